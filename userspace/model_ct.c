// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_ct.c - see model_ct.h
 *
 * An entry has two tuples: of packets as the client sends them (orig), and of those
 * that come back, as they leave the server (reply).  So the client's side is in orig,
 * the server's in reply, turned round; and between destination NAT (before routing) and
 * source NAT (behind it) a packet has its source of the first, its destination of the
 * second.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>

#include "model_ct.h"
#include "model_priv.h"

#define ICMP_ECHO_REQUEST   8
#define ICMPV6_ECHO_REQUEST 128
#define ICMPV6_ECHO_ANSWER  129

const struct nt_addr *nt_ct_end(const struct nt_ct *ct, int end, bool server_side)
{
	if (server_side)
		return end ? &ct->reply.src : &ct->reply.dst;
	return end ? &ct->orig.dst : &ct->orig.src;
}

bool nt_ct_translates(const struct nt_ct *ct, int end)
{
	return !nt_addr_eq(nt_ct_end(ct, end, false), nt_ct_end(ct, end, true));
}

static unsigned int places(const struct nt_ct *ct, const struct nt_conv *c, bool turned)
{
	bool is[2][2]; /* end, side */
	int end, side;

	for (end = 0; end < 2; end++)
		for (side = 0; side < 2; side++)
			is[end][side] =
				nt_addr_eq(&c->end[end ^ turned].addr, nt_ct_end(ct, end, side));
	return (is[0][0] && is[1][0] ? NT_CT_CLIENT_SIDE : 0U) |
	       (is[0][1] && is[1][1] ? NT_CT_SERVER_SIDE : 0U) |
	       (is[0][0] && is[1][1] ? NT_CT_BETWEEN : 0U);
}

unsigned int nt_ct_places(const struct nt_ct *ct, const struct nt_conv *c, bool *turned)
{
	unsigned int at;

	if (turned)
		*turned = false;
	if (ct->orig.proto != c->proto)
		return NT_CT_NOWHERE;
	at = places(ct, c, false);
	if (at)
		return at;
	at = places(ct, c, true);
	if (turned)
		*turned = at;
	return at;
}

void nt_ct_asked(struct nt_ct_tuple *t, const struct nt_conv *c, bool from_server)
{
	memset(t, 0, sizeof(*t));
	t->proto = c->proto;
	t->src = c->end[from_server].addr;
	t->dst = c->end[!from_server].addr;
	if (c->proto == IPPROTO_ICMP)
		t->icmp_type = from_server ? 0 : ICMP_ECHO_REQUEST;
	else if (c->proto == IPPROTO_ICMPV6)
		t->icmp_type = from_server ? ICMPV6_ECHO_ANSWER : ICMPV6_ECHO_REQUEST;
}

bool nt_ct_tuple_eq(const struct nt_ct_tuple *a, const struct nt_ct_tuple *b)
{
	return a->proto == b->proto && a->icmp_type == b->icmp_type &&
	       a->icmp_code == b->icmp_code && nt_addr_eq(&a->src, &b->src) &&
	       nt_addr_eq(&a->dst, &b->dst);
}

const struct nt_conv_ct *nt_conv_ct(const struct nt_conv *c, unsigned int source)
{
	unsigned int i;

	for (i = 0; i < c->nct; i++)
		if (c->ct[i].source == source)
			return &c->ct[i];
	return NULL;
}

int nt_model_ct(struct nt_model *m, uint32_t id, const struct nt_conv_ct *ct)
{
	struct nt_conv *c = (struct nt_conv *)nt_model_conv_of(m, id);
	struct nt_conv_ct *at;

	if (!c)
		return -ENOENT;
	at = (struct nt_conv_ct *)nt_conv_ct(c, ct->source);
	if (!at && c->nct == NT_CONV_CT_MAX)
		return -ENOSPC;
	if (!at) {
		at = reallocarray(c->ct, c->nct + 1U, sizeof(*at));
		if (!at)
			return -ENOMEM;
		c->ct = at;
		at += c->nct++;
	}
	*at = *ct;
	at->turned = false;
	if (ct->outcome == NT_CT_FOUND)
		nt_ct_places(&ct->ct, c, &at->turned);
	return 0;
}

enum nt_ct_verdict nt_ct_judge(const struct nt_conv_ct *ct, int end, const struct nt_addr *from,
			       const struct nt_addr *to, const struct nt_addr **is)
{
	const struct nt_addr *before, *after;

	*is = NULL;
	if (!ct || (ct->outcome != NT_CT_FOUND && ct->outcome != NT_CT_NONE))
		return NT_CT_UNASKED;
	if (ct->outcome == NT_CT_NONE)
		return NT_CT_MISSING;
	before = nt_ct_end(&ct->ct, end ^ ct->turned, ct->turned);
	after = nt_ct_end(&ct->ct, end ^ ct->turned, !ct->turned);
	if (nt_addr_eq(before, from) && nt_addr_eq(after, to))
		return NT_CT_AGREES;
	*is = nt_addr_eq(before, from) ? after : before;
	return NT_CT_DISAGREES;
}

enum nt_ct_verdict nt_conv_nat_verdict(const struct nt_conv *c, int side, const struct nt_addr **is)
{
	const struct nt_conv_nat *n = &c->nat[side];
	const struct nt_addr *own = &c->end[n->end].addr;

	*is = NULL;
	if (!n->conv)
		return NT_CT_UNASKED;
	return nt_ct_judge(nt_conv_ct(c, n->source), n->end, side ? own : &n->addr,
			   side ? &n->addr : own, is);
}

bool nt_conv_nat_open(const struct nt_conv *c)
{
	const struct nt_addr *is;
	int side;

	for (side = 0; side < 2; side++)
		if (c->nat[side].conv && nt_conv_nat_verdict(c, side, &is) != NT_CT_AGREES)
			return true;
	return false;
}
