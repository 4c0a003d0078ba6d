// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_neigh.c - entries of the kernel's neighbour tables, as they change
 *
 * They belong to a namespace and a device, not to a conversation; the layout finds
 * those that concern one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

int nt_neigh_feed(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_neigh *r = &ev->rec.neigh;
	struct nt_neighx *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_NEIGH;
	x->pend.t = ev->t;
	x->n = (struct nt_neigh){
		.t = ev->t,
		.source = (uint16_t)ev->source,
		.from_known = r->flags & NETTRACE_NEIGH_OLD,
		.from = r->old_state,
		.to = r->new_state,
		.what = r->what,
		.probes = r->probes,
		.queued = r->queued,
		.reachable_ms = r->reachable_ms,
		.mac_known = r->lladdr_len == sizeof(x->n.mac),
	};
	nt_addr_set(&x->n.addr, r->hdr.family, r->addr, 0);
	if (x->n.mac_known)
		memcpy(x->n.mac, r->lladdr, sizeof(x->n.mac));
	if (r->flags & NETTRACE_NEIGH_TASK) {
		x->n.pid = r->pid;
		memcpy(x->n.comm, r->comm, sizeof(x->n.comm));
	}
	memcpy(x->n.dev, r->dev, sizeof(x->n.dev));
	x->n.dev[sizeof(x->n.dev) - 1] = '\0';
	nt_queue_add(m, &x->pend);
	return 0;
}

int nt_neigh_final(struct nt_model *m, struct nt_neighx *x)
{
	struct nt_item item = { .type = NT_ITEM_NEIGH, .t = x->n.t, .neigh = &x->n };
	struct nt_neighx **array;

	array = nt_grow(m->neigh, &m->neigh_cap, m->nneigh, sizeof(*array));
	if (!array) {
		free(x);
		return -ENOMEM;
	}
	m->neigh = array;
	if (x->n.to == NETTRACE_NUD_FAILED)
		nt_resolve_failed(m, &x->n);
	nt_shared_after(&x->pend, m->nneigh ? &array[m->nneigh - 1]->pend : NULL);
	m->neigh[m->nneigh++] = x;
	return nt_emit(m, NULL, &item);
}
