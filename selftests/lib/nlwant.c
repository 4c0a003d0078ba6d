// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlwant.c - what has to come for a datagram, by the specification and netlink's rules
 *
 * Purpose, ownership: nlreq.h.  The bytes are taken apart here once more, by other
 * code than the kernel's: the one that makes requests does not say what they are.
 */
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "nlreq.h"

#define FAMILY_MAX  0x3ff
#define ADDR_MAX    16 /* bytes of the addresses in a nest */
#define FLAGS_KNOWN (NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO)

static bool size_fits(const struct nl_attr *a, bool nested, size_t len)
{
	switch (a->kind) {
	case NL_U32:
	case NL_S32:
		return len == 4;
	case NL_U64:
		return len == 8;
	case NL_FLAG:
		return !len;
	case NL_BINARY:
		return !nested || len <= ADDR_MAX;
	default:
		return true;
	}
}

/* numbers that are out of their range, by the last of each attribute, which counts */
static bool out_of_range(const struct nl_attr *a, const unsigned char *value)
{
	uint32_t v;

	if (a->kind != NL_U32)
		return false;
	memcpy(&v, value, sizeof(v));
	return v < a->low || v > a->high;
}

/* do these attributes follow the specification?  @ask: those of @set that may be there */
static bool allowed(int set, uint64_t ask, const unsigned char *p, size_t len)
{
	uint64_t wrong = 0;
	struct nlattr h;

	while (len >= NLA_HDRLEN) {
		const struct nl_attr *a;
		unsigned int type;
		size_t step;

		memcpy(&h, p, sizeof(h));
		if (h.nla_len < NLA_HDRLEN || h.nla_len > len)
			return false;
		type = h.nla_type & NLA_TYPE_MASK;
		a = nl_attr_find(set, type);
		if (!a || type > 63 || !(ask >> type & 1) ||
		    (set != nl_top && !nl_names_socket(a->name)))
			return false;
		if (!!(h.nla_type & NLA_F_NESTED) != (a->kind == NL_NEST) ||
		    !size_fits(a, set != nl_top, h.nla_len - (size_t)NLA_HDRLEN))
			return false;
		if (a->kind == NL_NEST &&
		    !allowed(a->nest, ~0ull, p + NLA_HDRLEN, h.nla_len - (size_t)NLA_HDRLEN))
			return false;
		wrong &= ~(1ull << type);
		if (set == nl_top && out_of_range(a, p + NLA_HDRLEN))
			wrong |= 1ull << type;
		step = NLA_ALIGN(h.nla_len);
		if (step >= len)
			return !wrong;
		p += step;
		len -= step;
	}
	return !len && !wrong;
}

static enum nl_must must(const struct nlmsghdr *n, const unsigned char *p, uint16_t family)
{
	const struct nl_op *op;
	struct genlmsghdr g;
	uint16_t flags = n->nlmsg_flags;

	if (!(flags & NLM_F_REQUEST) || n->nlmsg_type < NLMSG_MIN_TYPE)
		return NL_IGNORED;
	if (n->nlmsg_type != family)
		return n->nlmsg_type > FAMILY_MAX ? NL_CORE : NL_FOREIGN;
	if (n->nlmsg_len < NLMSG_LENGTH(GENL_HDRLEN))
		return NL_CORE;
	memcpy(&g, p + NLMSG_HDRLEN, sizeof(g));
	op = nl_op_find(g.cmd);
	if (!op || op->event || (flags & NLM_F_DUMP) == NLM_F_DUMP)
		return NL_CORE;
	if (g.reserved || flags & ~FLAGS_KNOWN)
		return NL_REFUSE;
	return allowed(nl_top, op->ask, p + NLMSG_LENGTH(GENL_HDRLEN),
		       n->nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN)) ?
		       NL_EITHER :
		       NL_REFUSE;
}

size_t nl_req_want(const struct nl_req *q, struct nl_want *want, size_t max)
{
	const unsigned char *p = q->p;
	size_t left = q->len, n = 0;
	struct nlmsghdr h;

	while (left >= NLMSG_HDRLEN && n < max) {
		memcpy(&h, p, sizeof(h));
		/* netlink stops here, and answers nothing */
		if (h.nlmsg_len < NLMSG_HDRLEN || h.nlmsg_len > left)
			break;
		want[n] = (struct nl_want){
			.at = p,
			.len = h.nlmsg_len,
			.must = must(&h, p, q->family),
			.ack = h.nlmsg_flags & NLM_F_ACK,
			.seq = h.nlmsg_seq,
		};
		if (h.nlmsg_len > NLMSG_HDRLEN)
			want[n].cmd = p[NLMSG_HDRLEN];
		n++;
		if (NLMSG_ALIGN(h.nlmsg_len) >= left)
			break;
		left -= NLMSG_ALIGN(h.nlmsg_len);
		p += NLMSG_ALIGN(h.nlmsg_len);
	}
	return n;
}
