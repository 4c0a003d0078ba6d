/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * gate.h - one look at a packet that spares most of them the filter's program
 *
 * Purpose:   a filter leaves out nearly all packets, and running its program is
 *            most of what that costs.  From the program follows, for each
 *            family, a short list of tests of which every packet that it accepts
 *            meets at least one: for "tcp port 81" that one of the ports is 81.
 *            A packet that meets none of them needs no program.
 * Honesty:   the list is derived from the program alone, by following all of its
 *            paths: without the edges on which these tests hold, no path leads to
 *            an accepting return.  So the gate never shuts out what the program
 *            would accept.  Where no such list is found the gate stands open and
 *            the program decides, as it does for what the gate lets in.
 * Ownership: values; the caller has the memory of the derivation.
 * Context:   nettrace_gate_shuts() in the packet path; nettrace_gate_make() when
 *            a filter is set.
 */
#ifndef NETTRACE_CORE_GATE_H
#define NETTRACE_CORE_GATE_H

#include "port.h"

#define NETTRACE_GATE_TESTS 4

enum nettrace_gate_kind {
	NETTRACE_GATE_OPEN,	/* nothing is known: the program decides */
	NETTRACE_GATE_CLOSED,	/* it accepts nothing of this family */
	NETTRACE_GATE_NETWORK,	/* tests of words from the network header on */
	NETTRACE_GATE_TRANSPORT, /* from the transport header of IPv4 on */
};

/**
 * struct nettrace_gate - what a packet of one family has to have
 * @need:	bytes, from where the tests count
 * @n:		tests: 1 or 2 stand in the first two, more in all; what is left
 *		over repeats another
 *
 * A test holds if the 4 bytes at @off, masked, are @value; both are in network
 * byte order, as the bytes are.
 */
struct nettrace_gate {
	u8 kind;
	u8 n;
	u16 need;
	struct {
		__be32 mask;
		__be32 value;
		u32 off;
	} test[NETTRACE_GATE_TESTS];
};

/* what is known before an instruction: the caller's memory for the derivation */
struct nettrace_gate_step {
	u32 k;			/* of A: a constant, or where it was loaded */
	u32 mask;		/* of A: bits of the load that were kept */
	u8 a;			/* what A is */
	u8 size;		/* of the load in A */
	u8 x_transport;		/* X is where the transport header begins */
	u8 reached;
};

/**
 * nettrace_gate_make() - derive the gate of a program for a family
 * @g:		filled in any case
 * @code:	@n instructions that the kernel or nt_filter_check() has accepted
 * @family:	enum nettrace_family; the packets' protocol is the family's own
 * @steps:	@n of them
 */
void nettrace_gate_make(struct nettrace_gate *g, const struct sock_filter *code,
			unsigned int n, u8 family,
			struct nettrace_gate_step *steps);

static __always_inline bool nettrace_gate_test(const struct nettrace_gate *g,
					       unsigned int i, const u8 *data)
{
	__be32 word;

	memcpy(&word, data + g->test[i].off, sizeof(word));
	return (word & g->test[i].mask) == g->test[i].value;
}

/**
 * nettrace_gate_shuts() - does the program reject this packet for certain?
 * @data:	the network header
 * @len:	bytes that can be read there; negative: none
 */
static __always_inline bool nettrace_gate_shuts(const struct nettrace_gate *g,
						const u8 *data, long len)
{
	if (unlikely(g->kind < NETTRACE_GATE_NETWORK))
		return g->kind == NETTRACE_GATE_CLOSED;
	if (g->kind == NETTRACE_GATE_TRANSPORT) {
		unsigned int ihl;

		if (unlikely(len < 20))
			return false;
		ihl = (*data & 0xf) * 4;
		data += ihl;
		len -= ihl;
	}
	if (unlikely(len < (long)g->need))
		return false;
	if (nettrace_gate_test(g, 0, data) || nettrace_gate_test(g, 1, data))
		return false;
	if (likely(g->n <= 2))
		return true;
	return !nettrace_gate_test(g, 2, data) &&
	       !nettrace_gate_test(g, 3, data);
}

#endif /* NETTRACE_CORE_GATE_H */
