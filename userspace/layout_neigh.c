// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout_neigh.c - which neighbour entries belong to a conversation
 *
 * Those of an end's own namespace, for where its packets go next: to its peer, to the
 * gateway of its route, or (routes are not always recorded) to whom its namespace asks
 * for by ARP while the conversation has packets on their way.
 */
#include <string.h>

#include "layout_priv.h"

static bool same_ip(const struct nt_addr *a, const struct nt_addr *b)
{
	return a->family == b->family && !memcmp(a->b, b->b, sizeof(a->b));
}

/* does the namespace of that end ask for it, with the end's own address? */
static bool asked_for(const struct nt_model *m, const struct nt_conv *c, int end,
		      const struct nt_neigh *n)
{
	const struct nt_addr *a = &c->end[end].addr;
	size_t i;

	for (i = nt_model_arp_since(m, c->t0); i < nt_model_narp(m); i++) {
		const struct nt_arp *arp = nt_model_arp(m, i);

		if (arp->t > c->t1)
			break;
		if (arp->t < c->t0 || arp->op != 1)
			continue;
		if (arp->family == a->family && arp->family == n->addr.family &&
		    !memcmp(arp->spa, a->b, sizeof(arp->spa)) &&
		    !memcmp(arp->tpa, n->addr.b, sizeof(arp->tpa)))
			return true;
	}
	return false;
}

/* does a route of that end lead there? */
static bool routed_to(const struct nt_conv *c, int end, const struct nt_neigh *n)
{
	size_t i;

	for (i = 0; i < c->nitem; i++)
		if (c->item[i].type == NT_ITEM_ROUTE && (c->item[i].route->end & 1) == end &&
		    same_ip(&c->item[i].route->gateway, &n->addr))
			return true;
	return false;
}

int nt_neigh_end(const struct nt_model *m, const struct nt_conv *c, const struct nt_neigh *n)
{
	int k;

	for (k = 0; k < 2; k++)
		if (c->end[k].source == n->source && (same_ip(&c->end[!k].addr, &n->addr) ||
						      routed_to(c, k, n) || asked_for(m, c, k, n)))
			return k;
	return -1;
}
