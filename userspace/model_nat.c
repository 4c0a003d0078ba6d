// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_nat.c - the same packet under another address
 *
 * A translated packet is an arrow of a conversation of its own.  Those whose last, or
 * first, sighting is at a hook behind which an address may change wait in a table, by
 * what translation leaves alone; a pair that fits (track/nat.h) and is the only one is
 * the same packet.  Two conversations that share a packet are the same exchange.
 *
 * The table is small and of one size: where many such packets come at a time the
 * oldest goes, and a pair is not told.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"
#include "track/nat.h"

#define SETS 256
#define WAYS 4

struct nt_natter {
	struct {
		struct nt_arrowx *x; /* NULL: free */
		uint32_t hash;
	} open[SETS * WAYS];
	uint8_t turn[SETS]; /* which of a set is the oldest */
};

static const struct nt_sighting *last_of(const struct nt_arrow *a)
{
	return &a->sight[a->nsight - 1];
}

static struct nt_nat_place place(const struct nt_sighting *s)
{
	return (struct nt_nat_place){
		.t = s->t,
		.source = s->source,
		.hook = s->hook,
		.ttl = s->ttl,
	};
}

static bool follows(const struct nt_arrow *old, const struct nt_arrow *new)
{
	struct nt_nat_place last = place(last_of(old)), first = place(&new->sight[0]);
	bool dst;

	return nt_nat_between(&last, &first) && nt_nat_same(&old->pkt, &new->pkt, &dst);
}

static bool set(struct nt_arrow *a)
{
	if (!a->nat)
		a->nat = calloc(1, sizeof(*a->nat));
	return a->nat;
}

static void link_conv(struct nt_convx *cv, int side, const struct nt_arrowx *by,
		      const struct nt_convx *other, int end, uint16_t source)
{
	struct nt_conv_nat *n = &cv->c.nat[side];

	if (n->conv) /* the first packet has told it */
		return;
	*n = (struct nt_conv_nat){
		.conv = other->c.id,
		.n = by->a.n,
		.source = source,
		.end = (uint8_t)end,
		.addr = other->c.end[end].addr,
	};
}

/* what goes to the server has the client's side first */
static void link_convs(const struct nt_arrowx *old, const struct nt_arrowx *new)
{
	const struct nt_arrowx *a = old->a.dir ? new : old, *b = old->a.dir ? old : new;
	struct nt_convx *client = a->pend.cv, *server = b->pend.cv;
	uint16_t source = new->a.sight[0].source;
	int end;

	for (end = 0; end < 2; end++)
		if (nt_addr_eq(&client->c.end[!end].addr, &server->c.end[!end].addr))
			break;
	if (end == 2 || client == server) /* who opened it is not agreed on */
		return;
	link_conv(client, 1, a, server, end, source);
	link_conv(server, 0, b, client, end, source);
}

static void untie_conv(struct nt_convx *cv, const struct nt_arrowx *by, uint32_t other)
{
	int side;

	for (side = 0; side < 2; side++)
		if (cv->c.nat[side].conv == other && cv->c.nat[side].n == by->a.n)
			cv->c.nat[side].conv = 0;
}

/* another one could be what came after @old as well: none of them is said to be */
static void untie(struct nt_model *m, struct nt_arrowx *old)
{
	struct nt_translated *nat = old->a.nat;
	unsigned int i;

	nat->unsure = true;
	for (i = 0; nat->after.conv && i < SETS * WAYS; i++) {
		struct nt_arrowx *x = m->natter->open[i].x;

		if (!x || x->pend.cv->c.id != nat->after.conv || x->a.n != nat->after.n ||
		    !x->a.nat)
			continue;
		x->a.nat->before.conv = 0;
		untie_conv(x->pend.cv, x, old->pend.cv->c.id);
	}
	untie_conv(old->pend.cv, old, nat->after.conv);
	nat->after.conv = 0;
}

static int join(struct nt_model *m, struct nt_arrowx *old, struct nt_arrowx *new)
{
	if (!set(&old->a) || !set(&new->a))
		return -ENOMEM;
	if (old->a.nat->after.conv)
		untie(m, old);
	if (old->a.nat->unsure)
		return 0;
	old->a.nat->after.conv = new->pend.cv->c.id;
	old->a.nat->after.n = new->a.n;
	new->a.nat->before.conv = old->pend.cv->c.id;
	new->a.nat->before.n = old->a.n;
	link_convs(old, new);
	return 0;
}

/* the only one in the table that is what @x was before (after); NULL: none, or several */
static struct nt_arrowx *find(const struct nt_natter *n, const struct nt_arrowx *x, uint32_t hash,
			      bool before)
{
	struct nt_arrowx *found = NULL, *o;
	unsigned int i, at = hash % SETS * WAYS;

	for (i = at; i < at + WAYS; i++) {
		o = n->open[i].x;
		if (!o || o == x || n->open[i].hash != hash ||
		    !(before ? follows(&o->a, &x->a) : follows(&x->a, &o->a)))
			continue;
		if (found)
			return NULL;
		found = o;
	}
	return found;
}

static void put(struct nt_natter *n, struct nt_arrowx *x, uint32_t hash)
{
	unsigned int set = hash % SETS, at = set * WAYS + n->turn[set]++ % WAYS;

	if (n->open[at].x)
		n->open[at].x->open = 0;
	n->open[at].x = x;
	n->open[at].hash = hash;
	x->open = (uint16_t)(at + 1);
}

int nt_nat_final(struct nt_model *m, struct nt_arrowx *x)
{
	bool leaves, enters;
	struct nt_arrowx *o;
	uint32_t hash;
	int ret = 0;

	if (!x->a.nsight)
		return 0;
	leaves = nt_nat_leaves(last_of(&x->a)->hook);
	enters = nt_nat_enters(x->a.sight[0].hook);
	if (!leaves && !enters)
		return 0;
	if (!m->natter)
		m->natter = calloc(1, sizeof(*m->natter));
	if (!m->natter)
		return -ENOMEM;
	if (enters) {
		hash = nt_nat_hash(&x->a.pkt, x->a.sight[0].source);
		o = find(m->natter, x, hash, true);
		if (o)
			ret = join(m, o, x);
		put(m->natter, x, hash);
	}
	if (leaves && !ret) {
		hash = nt_nat_hash(&x->a.pkt, last_of(&x->a)->source);
		o = find(m->natter, x, hash, false);
		if (o)
			ret = join(m, x, o);
		nt_nat_forget(m, x);
		put(m->natter, x, hash);
	}
	return ret;
}

void nt_nat_forget(struct nt_model *m, struct nt_arrowx *x)
{
	if (x->open)
		m->natter->open[x->open - 1].x = NULL;
	x->open = 0;
}
