// SPDX-License-Identifier: GPL-2.0-only
/*
 * path_nat.c - the same packet under other addresses
 *
 * A translated packet is a conversation of its own for the model, which has found that
 * two of their packets are one (model_nat.c).
 */
#include <string.h>

#include "path.h"
#include "track/nat.h"

static const struct nt_sighting *last_of(const struct nt_arrow *a)
{
	unsigned int n = a->nsight < NT_SIGHTINGS_MAX ? a->nsight : NT_SIGHTINGS_MAX;

	return n ? &a->sight[n - 1] : NULL;
}

/* the arrow that comes before (after) @a; NULL: none is known, or it is forgotten */
static const struct nt_arrow *find(const struct nt_model *m, const struct nt_arrow *a, bool before,
				   const struct nt_conv **conv)
{
	const struct nt_arrow *b;

	if (!m || !a->nat || !(before ? a->nat->before.conv : a->nat->after.conv))
		return NULL;
	*conv = nt_model_conv_of(m, before ? a->nat->before.conv : a->nat->after.conv);
	b = *conv ? nt_conv_arrow(*conv, before ? a->nat->before.n : a->nat->after.n) : NULL;
	return b && b->nsight && a->nsight ? b : NULL;
}

static struct nt_addr end_of(const struct nettrace_packet *p, bool dst)
{
	struct nt_addr a = { .family = p->hdr.family, .port = dst ? p->dport : p->sport };

	memcpy(a.b, dst ? p->dst : p->src, sizeof(a.b));
	return a;
}

/* by the entry beside one of the two conversations */
static void judge(struct nt_nat *n, const struct nt_arrow *old, const struct nt_arrow *new,
		  const struct nt_conv *before, const struct nt_conv *after)
{
	const struct nt_conv_ct *ct = nt_conv_ct(before, n->source);
	const struct nt_conv_ct *other = nt_conv_ct(after, n->source);
	struct nt_addr from = n->from, to = n->to;
	const struct nt_addr *is;
	bool reply = old->dir & 1, echo = before->end[0].addr.port && !old->pkt.sport;

	if (!ct || (ct->outcome != NT_CT_FOUND && other)) {
		ct = other;
		reply = new->dir & 1;
	}
	if (echo) { /* an identifier is in the place of the ports */
		from.port = old->pkt.icmp_id;
		to.port = new->pkt.icmp_id;
	}
	n->ct = nt_ct_judge(ct, n->dst != reply, reply ? &to : &from, reply ? &from : &to, &is);
	if (!is)
		return;
	n->has = *is;
	if (echo)
		n->has.port = 0;
}

static void note(struct nt_nat *n, const struct nt_arrow *old, const struct nt_arrow *new,
		 const struct nt_conv *before, const struct nt_conv *after)
{
	bool dst = false;

	nt_nat_same(&old->pkt, &new->pkt, &dst);
	n->source = new->sight[0].source;
	n->before = last_of(old)->hook;
	n->after = new->sight[0].hook;
	n->dst = dst;
	n->from = end_of(&old->pkt, dst);
	n->to = end_of(&new->pkt, dst);
	judge(n, old, new, before, after);
}

bool nt_path_nat_before(struct nt_path *p, const struct nt_model *m)
{
	const struct nt_conv *conv = NULL;
	const struct nt_arrow *a;

	if (p->nas == NT_PATH_ARROWS)
		return false;
	a = find(m, p->as[0].arrow, true, &conv);
	if (!a)
		return false;
	memmove(&p->as[1], &p->as[0], p->nas * sizeof(p->as[0]));
	memmove(&p->nat[1], &p->nat[0], (p->nas - 1) * sizeof(p->nat[0]));
	p->as[0].conv = conv;
	p->as[0].arrow = a;
	p->nas++;
	p->asked++;
	note(&p->nat[0], a, p->as[1].arrow, conv, p->as[1].conv);
	return true;
}

bool nt_path_nat_after(struct nt_path *p, const struct nt_model *m)
{
	const struct nt_conv *conv = NULL;
	const struct nt_arrow *a;

	if (p->nas == NT_PATH_ARROWS)
		return false;
	a = find(m, p->as[p->nas - 1].arrow, false, &conv);
	if (!a)
		return false;
	note(&p->nat[p->nas - 1], p->as[p->nas - 1].arrow, a, p->as[p->nas - 1].conv, conv);
	p->as[p->nas].conv = conv;
	p->as[p->nas].arrow = a;
	p->nas++;
	return true;
}
