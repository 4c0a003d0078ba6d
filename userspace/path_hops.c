// SPDX-License-Identifier: GPL-2.0-only
/*
 * path_hops.c - a packet's way in short: what each namespace did with it
 */
#include <string.h>

#include "path.h"

/* the last sighting before namespace @i; NULL: none */
static const struct nt_sighting *before(const struct nt_path *p, unsigned int i)
{
	while (i--)
		if (p->space[i].nstep)
			return p->space[i].step[p->space[i].nstep - 1].sight;
	return NULL;
}

static void add_dev(struct nt_hop *h, const struct nt_sighting *s)
{
	unsigned int i;

	if (!*s->dev || h->ndev == NT_HOP_DEVS)
		return;
	for (i = 0; i < h->ndev; i++)
		if (!strncmp(h->dev[i], s->dev, NETTRACE_NAME_LEN))
			return;
	h->dev[h->ndev++] = s->dev;
}

bool nt_path_hop(const struct nt_path *p, unsigned int i, struct nt_hop *h)
{
	const struct nt_space *s = i < p->nspace ? &p->space[i] : NULL;
	const struct nt_sighting *last;
	unsigned int k;

	memset(h, 0, sizeof(*h));
	if (!s || !s->nstep || !s->step[0].sight)
		return false;
	last = before(p, i);
	h->source = s->source;
	h->role = s->role;
	h->t = s->step[0].sight->t;
	h->ttl_before = last ? last->ttl : s->step[0].sight->ttl;
	for (k = 0; k < s->nstep; k++) {
		const struct nt_step *t = &s->step[k];

		if (!t->sight)
			continue;
		h->dropped |= t->hook == NETTRACE_DROPPED;
		h->ttl = t->sight->ttl;
		add_dev(h, t->sight);
		if (!h->link && t->sight->flags & NETTRACE_PKT_MAC)
			h->link = t->sight;
		if (k && s->step[k - 1].sight && s->step[k - 1].arrow < t->arrow &&
		    h->nnat < NT_PATH_ARROWS - 1)
			h->nat[h->nnat++] = &p->nat[s->step[k - 1].arrow];
	}
	return true;
}
