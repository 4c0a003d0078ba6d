/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - which packets of a namespace are recorded
 *
 * Purpose:   a classic BPF program that decides before a packet is parsed and
 *            before it takes a slot.  What it leaves out is counted on its CPU
 *            (nt_cpu_ring::filtered).  Transitions are never filtered.  Most
 *            packets do not get as far as the program: core/gate.h.
 * Ownership: nt_net::filter owns it; nt_trace::filter is how the running trace
 *            finds it.  A filter that is nobody's stays until it
 *            is changed, over stops and starts.  One that is a process's own
 *            goes when it reads no more (if it does not read: with its socket),
 *            with a stop, and when another process opens the events.
 * Context:   nt_filter_pass() in a hook; all else in process context.
 * Locking:   nt_net::lock; the program is freed a grace period after it was
 *            taken away.
 */
#ifndef NETTRACE_FILTER_H
#define NETTRACE_FILTER_H

#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/skbuff.h>

#include "core/gate.h"
#include "ns.h"

struct netlink_ext_ack;

struct nt_filter {
	struct nettrace_gate gate[3];	/* by nt_gate_of() */
	struct bpf_prog *prog;
	unsigned int len;	/* instructions, as they were given */
	unsigned long bytes;	/* charged to the memory cap */
	u32 portid;		/* of the socket that set it, while it is open */
	struct pid *owner;	/* whose own it is; NULL: nobody's */
};

int nt_filter_make(struct nt_filter **f, const void *code, unsigned int bytes,
		   struct netlink_ext_ack *extack);
void nt_filter_free(struct nt_filter *f);
void nt_filter_set(struct nt_net *nt, struct nt_filter *f);
void nt_filter_disown(struct nt_net *nt);

bool nt_filter_run(struct nt_trace *tr, const struct nt_filter *f,
		   struct sk_buff *skb);

/* each family's gate; what is no family here has IPv4's */
static __always_inline unsigned int nt_gate_of(u8 family)
{
	return family == NETTRACE_IPV6 ? 1 : family == NETTRACE_ARP ? 2 : 0;
}

static __always_inline __be16 nt_protocol_of(u8 family)
{
	return family == NETTRACE_IPV6 ? htons(ETH_P_IPV6) :
	       family == NETTRACE_ARP ? htons(ETH_P_ARP) : htons(ETH_P_IP);
}

/**
 * nt_filter_shuts() - does a look at its first bytes tell that it is left out?
 * @tr:		whose hook this is
 * @f:		its filter
 * @skb:	with a network header of @family
 * @family:	the hook's, enum nettrace_family
 *
 * If so, it is counted; if not, nt_filter_run() has to decide.
 */
static __always_inline bool nt_filter_shuts(struct nt_trace *tr,
					    const struct nt_filter *f,
					    const struct sk_buff *skb,
					    u8 family)
{
	const u8 *data = skb_network_header(skb);

	if (unlikely(skb->protocol != nt_protocol_of(family)) ||
	    !nettrace_gate_shuts(&f->gate[nt_gate_of(family)], data,
				 skb_tail_pointer(skb) - data))
		return false;
	this_cpu_inc(tr->ring.cpu->filtered);
	return true;
}

/**
 * nt_filter_pass() - is this packet to be recorded?  If not, it is counted
 * @tr:		whose hook this is
 * @skb:	with a network header of @family, at its data or behind it
 * @family:	the hook's, enum nettrace_family
 */
static __always_inline bool nt_filter_pass(struct nt_trace *tr,
					   struct sk_buff *skb, u8 family)
{
	const struct nt_filter *f = rcu_dereference(tr->filter);

	if (likely(!f))
		return true;
	return !nt_filter_shuts(tr, f, skb, family) && nt_filter_run(tr, f, skb);
}

#endif /* NETTRACE_FILTER_H */
