/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_ct.h - what the kernel's connection tracking has of a conversation
 *
 * Purpose:   the entry of nf_conntrack's table in one namespace, read at one moment,
 *            beside a conversation; and whether it says the same of NAT as what was
 *            inferred (model_nat.c).
 * Ownership: nt_model_ct() copies; the conversation owns the copy.
 * Context:   as the model: no input or output, no clock.  Who asks the kernel is
 *            conntrack.h.
 * Honesty:   an entry is observed, as of nt_conv_ct::t: the table has no history.  That
 *            it is of this conversation follows from its addresses and ports in a
 *            namespace that has sighted the conversation.
 */
#ifndef NETTRACE_MODEL_CT_H
#define NETTRACE_MODEL_CT_H

#include "model.h"

#define NT_CONV_CT_MAX 8 /* namespaces with an answer, for one conversation */

/* one direction; of ICMP both ports are the identifier, as in a conversation's ends */
struct nt_ct_tuple {
	uint8_t proto;
	uint8_t icmp_type, icmp_code;
	struct nt_addr src, dst;
};

/* an entry of the table; what the kernel did not tell of is not valid */
struct nt_ct {
	struct nt_ct_tuple orig, reply;
	uint32_t status;    /* enum ip_conntrack_status: bits */
	uint32_t timeout_s; /* until the entry goes, if no packet comes */
	uint32_t mark, id;
	uint16_t zone;
	uint8_t state; /* enum tcp_conntrack */
	bool has_state, has_timeout;
};

/* what came of asking in one namespace */
enum nt_ct_outcome {
	NT_CT_FOUND,
	NT_CT_NONE,	  /* the table has no entry with these addresses, or not any more */
	NT_CT_NOT_LOADED, /* no nf_conntrack: there is no table */
	NT_CT_NO_NETLINK, /* no nf_conntrack_netlink: nobody to ask; it is not loaded for it */
	NT_CT_NO_RIGHT,
	NT_CT_GONE, /* the namespace has ended, or cannot be found */
	NT_CT_FAILED,
	NT_CT_SEVERAL,	  /* entries of several zones have these addresses: it may be any */
	NT_CT_UNSEARCHED, /* none outside of zones; for them the table was not looked through */
	NT_CT_OUTCOME_MAX
};

struct nt_conv_ct {
	int64_t t; /* when it was asked, Unix ns */
	uint16_t source;
	enum nt_ct_outcome outcome;
	struct nt_ct ct; /* FOUND */
	bool turned;	 /* who is the client here opened nothing: a trace that began later.
			  * nt_model_ct() finds out
			  */
	uint32_t other;	 /* the conversation behind NAT that the entry has; 0: none is here */
};

/* what conntrack says of NAT that was inferred */
enum nt_ct_verdict {
	NT_CT_UNASKED,	 /* nothing: it was not, or could not be asked */
	NT_CT_MISSING,	 /* there is no entry of it */
	NT_CT_AGREES,	 /* the same: so it is observed */
	NT_CT_DISAGREES, /* another address */
};

/* at which end of a translation a conversation has the addresses that it has */
enum nt_ct_place {
	NT_CT_NOWHERE = 0,
	NT_CT_CLIENT_SIDE = 1, /* its packets are as the client sends them */
	NT_CT_SERVER_SIDE = 2, /* … as they reach the server; both: nothing is translated */
	NT_CT_BETWEEN = 4,     /* the destination is translated, the source not yet */
};

/**
 * nt_ct_places() - where conversation @c stands in an entry: enum nt_ct_place, or-ed
 * @turned:	set, if not NULL: the conversation's client is the entry's server
 */
unsigned int nt_ct_places(const struct nt_ct *ct, const struct nt_conv *c, bool *turned);

/** nt_ct_end() - an end's address on one side of the entry's translation */
const struct nt_addr *nt_ct_end(const struct nt_ct *ct, int end, bool server_side);

/** nt_ct_translates() - does the entry have another address for that end? */
bool nt_ct_translates(const struct nt_ct *ct, int end);

/** nt_ct_asked() - the tuple by which @c is looked for: to the server, or from it */
void nt_ct_asked(struct nt_ct_tuple *t, const struct nt_conv *c, bool from_server);

/** nt_ct_tuple_eq() - the same addresses and ports, of the same protocol */
bool nt_ct_tuple_eq(const struct nt_ct_tuple *a, const struct nt_ct_tuple *b);

/** nt_conv_ct() - the answer of one namespace; NULL: it was not asked */
const struct nt_conv_ct *nt_conv_ct(const struct nt_conv *c, unsigned int source);

/**
 * nt_model_ct() - an answer, beside conversation @id
 *
 * An answer of the same namespace that is there already is replaced.  Return: 0,
 * -ENOENT: there is no such conversation, -ENOSPC: it has NT_CONV_CT_MAX, -ENOMEM.
 */
int nt_model_ct(struct nt_model *m, uint32_t id, const struct nt_conv_ct *ct);

/**
 * nt_ct_judge() - the NAT of end @end, from @from (client's side) to @to, inferred there
 * @is:		of the same end, what conntrack has: set where it disagrees
 */
enum nt_ct_verdict nt_ct_judge(const struct nt_conv_ct *ct, int end, const struct nt_addr *from,
			       const struct nt_addr *to, const struct nt_addr **is);

/** nt_conv_nat_verdict() - the same of a conversation's @side */
enum nt_ct_verdict nt_conv_nat_verdict(const struct nt_conv *c, int side,
				       const struct nt_addr **is);

/** nt_conv_nat_open() - is there NAT that nobody but the inference says? */
bool nt_conv_nat_open(const struct nt_conv *c);

#endif /* NETTRACE_MODEL_CT_H */
