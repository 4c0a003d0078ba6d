// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_route.c - where a local packet goes, as the kernel has decided
 *
 * The decision is recorded right before its packet is sighted at LOCAL_OUT, so it
 * waits for that: only the packet tells which conversation it is of.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define WAIT (10 * NT_MS) /* the packet leaves at once, or is not recorded */

int nt_route_feed(struct nt_model *m, const struct nt_event *ev)
{
	struct nt_routing *w = &m->routing[m->nrouting++ % NT_ROUTES_OPEN];

	m->routing_open += !w->used;
	w->used = true;
	w->t = ev->t;
	w->source = (uint16_t)ev->source;
	w->rec = ev->rec.route;
	return 0;
}

static bool is_about(const struct nt_routing *w, const struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;

	return w->source == s->ev->source && w->rec.hdr.cpu == s->ev->rec.hdr.cpu &&
	       w->rec.hdr.family == p->hdr.family && w->rec.proto == p->proto &&
	       w->rec.sport == p->sport && w->rec.dport == p->dport &&
	       !memcmp(w->rec.src, p->src, sizeof(p->src)) &&
	       !memcmp(w->rec.dst, p->dst, sizeof(p->dst));
}

static int enqueue(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_routing *w)
{
	const struct nettrace_route *r = &w->rec;
	struct nt_routex *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_ROUTE;
	x->pend.t = w->t;
	x->pend.cv = cv;
	x->r = (struct nt_route){
		.t = w->t,
		.end = (uint8_t)end,
		.source = w->source,
		.flags = r->flags,
		.src_len = r->src_len,
		.match_len = r->match_len,
		.rt_proto = r->rt_proto,
		.rt_scope = r->rt_scope,
		.table = r->table,
		.mtu = r->mtu,
		.pid = r->pid,
	};
	nt_addr_set(&x->r.src, r->hdr.family, r->src, 0);
	nt_addr_set(&x->r.dst, r->hdr.family, r->dst, 0);
	if (r->flags & NETTRACE_RT_GATEWAY)
		nt_addr_set(&x->r.gateway, r->hdr.family, r->gateway, 0);
	memcpy(x->r.dev, r->dev, sizeof(x->r.dev));
	x->r.dev[sizeof(x->r.dev) - 1] = '\0';
	nt_queue_add(m, &x->pend);
	return 0;
}

int nt_route_join(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; i < NT_ROUTES_OPEN && !ret; i++) {
		struct nt_routing *w = &m->routing[i];
		bool about = w->used && is_about(w, s);

		if (!w->used || (!about && s->ev->t - w->t <= WAIT))
			continue;
		w->used = false;
		m->routing_open--;
		if (about && s->ev->t - w->t <= WAIT)
			ret = enqueue(m, cv, s->dir, w);
	}
	return ret;
}

int nt_route_final(struct nt_model *m, struct nt_routex *x)
{
	struct nt_item item = { .type = NT_ITEM_ROUTE, .t = x->pend.t };

	return nt_emit_copy(m, x->pend.cv, &item, &x->r, sizeof(x->r));
}
