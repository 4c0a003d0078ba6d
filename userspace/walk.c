// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk.c - everything of a model in the order of time
 */
#include <errno.h>
#include <stdlib.h>

#include "walk.h"

struct step {
	struct nt_item item;
	size_t order; /* what happened at one instant stays in order */
};

static int earlier(const void *a, const void *b)
{
	const struct step *x = a, *y = b;

	if (x->item.t != y->item.t)
		return x->item.t < y->item.t ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static size_t count(const struct nt_model *m)
{
	size_t i, n = nt_model_narp(m) + nt_model_nneigh(m) + nt_model_ngap(m);

	for (i = 0; i < nt_model_nconv(m); i++)
		n += nt_model_conv(m, i)->nitem;
	return n;
}

static size_t collect_lone(const struct nt_model *m, struct step *s, size_t n)
{
	size_t i;

	for (i = 0; i < nt_model_narp(m); i++, n++) {
		s[n].item.type = NT_ITEM_ARP;
		s[n].item.arp = (struct nt_arp *)(uintptr_t)nt_model_arp(m, i);
		s[n].item.t = s[n].item.arp->t;
	}
	for (i = 0; i < nt_model_nneigh(m); i++, n++) {
		s[n].item.type = NT_ITEM_NEIGH;
		s[n].item.neigh = (struct nt_neigh *)(uintptr_t)nt_model_neigh(m, i);
		s[n].item.t = s[n].item.neigh->t;
	}
	for (i = 0; i < nt_model_ngap(m); i++, n++) {
		s[n].item.type = NT_ITEM_GAP;
		s[n].item.gap = (struct nt_gap *)(uintptr_t)nt_model_gap(m, i);
		s[n].item.t = s[n].item.gap->t;
	}
	return n;
}

int nt_walk(const struct nt_model *m, bool (*show)(const void *arg, const struct nt_conv *c),
	    bool lone, void (*fn)(const void *arg, const struct nt_item *it), const void *arg)
{
	struct step *s = calloc(count(m) + 1, sizeof(*s));
	size_t i, j, n = 0;

	if (!s)
		return -ENOMEM;
	if (lone)
		n = collect_lone(m, s, n);
	for (i = 0; i < nt_model_nconv(m); i++) {
		const struct nt_conv *c = nt_model_conv(m, i);

		if (show && !show(arg, c))
			continue;
		for (j = 0; j < c->nitem; j++, n++) {
			s[n].item = c->item[j];
			s[n].item.conv = (struct nt_conv *)(uintptr_t)c;
		}
	}
	for (i = 0; i < n; i++)
		s[i].order = i;
	qsort(s, n, sizeof(*s), earlier);
	for (i = 0; i < n; i++)
		fn(arg, &s[i].item);
	free(s);
	return 0;
}
