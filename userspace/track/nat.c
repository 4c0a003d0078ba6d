// SPDX-License-Identifier: GPL-2.0-only
/*
 * nat.c - see nat.h
 *
 * Identification, length, sequence and acknowledgment numbers and timestamps are equal
 * (pair.h); either source or destination differs, not both.
 */
#include <netinet/in.h>
#include <string.h>

#include "nat.h"
#include "pair.h"

bool nt_nat_leaves(unsigned int hook)
{
	return hook == NETTRACE_PRE_ROUTING || hook == NETTRACE_FORWARD ||
	       hook == NETTRACE_LOCAL_OUT;
}

bool nt_nat_enters(unsigned int hook)
{
	return hook == NETTRACE_LOCAL_IN || hook == NETTRACE_FORWARD ||
	       hook == NETTRACE_POST_ROUTING;
}

bool nt_nat_between(const struct nt_nat_place *last, const struct nt_nat_place *first)
{
	int64_t wait = first->t - last->t;

	if (last->source != first->source || wait < -NT_NAT_SLOP || wait > NT_NAT_WINDOW)
		return false;
	switch (last->hook) {
	case NETTRACE_PRE_ROUTING:
		if (first->hook == NETTRACE_LOCAL_IN)
			return first->ttl == last->ttl;
		return first->hook == NETTRACE_FORWARD && first->ttl + 1 == last->ttl;
	case NETTRACE_FORWARD:
	case NETTRACE_LOCAL_OUT:
		return first->hook == NETTRACE_POST_ROUTING && first->ttl == last->ttl;
	}
	return false;
}

static bool same_end(const uint8_t *a, uint16_t ap, const uint8_t *b, uint16_t bp)
{
	return ap == bp && !memcmp(a, b, 16);
}

static bool is_echo(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6;
}

bool nt_nat_same(const struct nettrace_packet *a, const struct nettrace_packet *b, bool *dst)
{
	struct nettrace_packet like;
	bool src_same, dst_same;

	if (a->hdr.family != b->hdr.family || a->proto != b->proto)
		return false;
	src_same = same_end(a->src, a->sport, b->src, b->sport);
	dst_same = same_end(a->dst, a->dport, b->dst, b->dport);
	if (src_same == dst_same)
		return false;
	*dst = src_same;
	like = *b;
	memcpy(like.src, a->src, sizeof(like.src));
	memcpy(like.dst, a->dst, sizeof(like.dst));
	like.sport = a->sport;
	like.dport = a->dport;
	if (is_echo(a))
		like.icmp_id = a->icmp_id; /* it is translated as a port is */
	return nt_pair_fit(a, &like) == NT_FIT_SAME;
}

static uint32_t mix(uint32_t h, uint32_t v)
{
	h = (h ^ v) * 0x9e3779b1u;
	return h ^ h >> 15;
}

uint32_t nt_nat_hash(const struct nettrace_packet *p, unsigned int source)
{
	uint32_t h = mix(source, (uint32_t)p->hdr.family << 8 | p->proto);

	h = mix(h, p->payload);
	if (p->hdr.family == NETTRACE_IPV4)
		h = mix(h, p->ip_id);
	if (p->proto == IPPROTO_TCP)
		return mix(mix(h, p->seq), p->ack);
	return is_echo(p) ? mix(h, p->icmp_info) : h;
}
