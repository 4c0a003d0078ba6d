// SPDX-License-Identifier: GPL-2.0-only
/*
 * path_nat.c - the same packet under other addresses
 *
 * A translated packet is a conversation of its own for the model.  It is taken for
 * the same packet where one namespace has both its last sighting with the old
 * addresses and its first with the new ones, at a later hook, within NAT_WINDOW; where
 * either source or destination differs, not both; where identification, length,
 * sequence and acknowledgment numbers and timestamps are equal (track/pair.h); and
 * where only one packet is like that.
 */
#include <netinet/in.h>
#include <string.h>

#include "path.h"
#include "track/pair.h"

#define NAT_WINDOW 200000000LL /* ns from hook to hook, on a busy machine */
#define NAT_SLOP   100000LL    /* clocks of two CPUs may differ so much */

static bool same_end(const uint8_t *a, uint16_t ap, const uint8_t *b, uint16_t bp)
{
	return ap == bp && !memcmp(a, b, 16);
}

/* @b is @a with one end changed; @dst: which */
static bool translated(const struct nettrace_packet *a, const struct nettrace_packet *b, bool *dst)
{
	struct nettrace_packet like = *b;
	bool src_same, dst_same;

	if (a->hdr.family != b->hdr.family || a->proto != b->proto)
		return false;
	src_same = same_end(a->src, a->sport, b->src, b->sport);
	dst_same = same_end(a->dst, a->dport, b->dst, b->dport);
	if (src_same == dst_same)
		return false;
	*dst = src_same;
	memcpy(like.src, a->src, sizeof(like.src));
	memcpy(like.dst, a->dst, sizeof(like.dst));
	like.sport = a->sport;
	like.dport = a->dport;
	if (a->proto == IPPROTO_ICMP || a->proto == IPPROTO_ICMPV6)
		like.icmp_id = a->icmp_id; /* it is translated as a port is */
	return nt_pair_fit(a, &like) == NT_FIT_SAME;
}

/* an address changes from hook to hook: not elsewhere */
static bool may_change(const struct nt_sighting *last, const struct nt_sighting *first)
{
	int64_t wait = first->t - last->t;

	if (last->source != first->source || wait < -NAT_SLOP || wait > NAT_WINDOW)
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

static const struct nt_sighting *last_of(const struct nt_arrow *a)
{
	unsigned int n = a->nsight < NT_SIGHTINGS_MAX ? a->nsight : NT_SIGHTINGS_MAX;

	return n ? &a->sight[n - 1] : NULL;
}

static bool follows(const struct nt_arrow *old, const struct nt_arrow *new, bool *dst)
{
	return old->nsight && new->nsight &&may_change(last_of(old), &new->sight[0]) &&
	       translated(&old->pkt, &new->pkt, dst);
}

/* the one arrow that comes before (after) @a; NULL: none, or several fit */
static const struct nt_arrow *find(const struct nt_path *p, const struct nt_model *m,
				   const struct nt_arrow *a, bool before,
				   const struct nt_conv **conv)
{
	const struct nt_arrow *found = NULL, *b;
	uint8_t proto = p->as[0].conv->proto;
	size_t i, j;
	bool dst;

	for (i = 0; i < nt_model_nconv(m); i++) {
		const struct nt_conv *c = nt_model_conv(m, i);

		if (c->proto != proto || c->t0 > a->t_last + NAT_WINDOW ||
		    c->t1 < a->t - NAT_WINDOW)
			continue;
		for (j = 0; j < c->nitem; j++) {
			b = c->item[j].arrow;
			if (c->item[j].type != NT_ITEM_ARROW || b == a ||
			    !(before ? follows(b, a, &dst) : follows(a, b, &dst)))
				continue;
			if (found)
				return NULL;
			found = b;
			*conv = c;
		}
	}
	return found;
}

static struct nt_addr end_of(const struct nettrace_packet *p, bool dst)
{
	struct nt_addr a = { .family = p->hdr.family, .port = dst ? p->dport : p->sport };

	memcpy(a.b, dst ? p->dst : p->src, sizeof(a.b));
	return a;
}

static void note(struct nt_nat *n, const struct nt_arrow *old, const struct nt_arrow *new)
{
	bool dst = false;

	translated(&old->pkt, &new->pkt, &dst);
	n->source = new->sight[0].source;
	n->before = last_of(old)->hook;
	n->after = new->sight[0].hook;
	n->dst = dst;
	n->from = end_of(&old->pkt, dst);
	n->to = end_of(&new->pkt, dst);
}

bool nt_path_nat_before(struct nt_path *p, const struct nt_model *m)
{
	const struct nt_conv *conv = NULL;
	const struct nt_arrow *a;

	if (p->nas == NT_PATH_ARROWS)
		return false;
	a = find(p, m, p->as[0].arrow, true, &conv);
	if (!a)
		return false;
	memmove(&p->as[1], &p->as[0], p->nas * sizeof(p->as[0]));
	memmove(&p->nat[1], &p->nat[0], (p->nas - 1) * sizeof(p->nat[0]));
	p->as[0].conv = conv;
	p->as[0].arrow = a;
	p->nas++;
	p->asked++;
	note(&p->nat[0], a, p->as[1].arrow);
	return true;
}

bool nt_path_nat_after(struct nt_path *p, const struct nt_model *m)
{
	const struct nt_conv *conv = NULL;
	const struct nt_arrow *a;

	if (p->nas == NT_PATH_ARROWS)
		return false;
	a = find(p, m, p->as[p->nas - 1].arrow, false, &conv);
	if (!a)
		return false;
	note(&p->nat[p->nas - 1], p->as[p->nas - 1].arrow, a);
	p->as[p->nas].conv = conv;
	p->as[p->nas].arrow = a;
	p->nas++;
	return true;
}
