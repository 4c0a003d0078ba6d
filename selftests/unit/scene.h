/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scene.h - conversations made by hand, for tests of layout and renderers
 *
 * Purpose:   a picture's test must not depend on how the model infers: arrows
 *            and transitions are put down as they should be shown.  ARP and
 *            gaps go through a model, for they belong to no conversation.
 * Ownership: a scene owns its items; scene_free().
 */
#ifndef NETTRACE_SCENE_H
#define NETTRACE_SCENE_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"

/* 2026-03-01 12:00:00 UTC */
#define SCENE_T0    1772366400000000000LL
#define SCENE_ITEMS 192

struct scene {
	struct nt_conv conv;
	struct nt_item item[SCENE_ITEMS];
	struct nt_model *model;
};

enum { SCENE_CLIENT, SCENE_ROUTER, SCENE_SERVER }; /* streams */

static inline void scene_end(struct scene *s, int k, const char *ip, uint16_t port,
			     const char *comm, uint32_t pid, int source)
{
	struct nt_end *e = &s->conv.end[k];

	e->addr.family = strchr(ip, ':') ? NETTRACE_IPV6 : NETTRACE_IPV4;
	inet_pton(strchr(ip, ':') ? AF_INET6 : AF_INET, ip, e->addr.b);
	e->addr.port = port;
	e->source = source;
	e->pid = pid;
	if (comm)
		memcpy(e->comm, comm, strnlen(comm, sizeof(e->comm)));
}

static inline struct scene *scene_new(uint8_t proto)
{
	struct scene *s = calloc(1, sizeof(*s));

	s->conv.id = 1;
	s->conv.proto = proto;
	s->conv.item = s->item;
	s->conv.t0 = s->conv.t1 = SCENE_T0;
	s->conv.closer = -1;
	s->conv.closed = NT_CLOSE_OPEN;
	s->model = nt_model_new(0, NULL);
	return s;
}

static inline void scene_free(struct scene *s)
{
	size_t i;

	for (i = 0; i < s->conv.nitem; i++)
		free(s->item[i].arrow); /* of whatever type: one allocation */
	nt_model_free(s->model);
	free(s);
}

static inline struct nt_item *scene_item(struct scene *s, double us)
{
	struct nt_item *it = &s->item[s->conv.nitem++];

	if (s->conv.nitem > SCENE_ITEMS)
		abort();
	it->t = SCENE_T0 + (int64_t)(us * 1000);
	it->conv = &s->conv;
	if (it->t > s->conv.t1)
		s->conv.t1 = it->t;
	return it;
}

static inline void scene_see(struct nt_arrow *a, int64_t t, int source, int hook, const char *dev)
{
	struct nt_sighting *g = &a->sight[a->nsight++];

	g->t = t;
	g->source = (uint16_t)source;
	g->hook = (uint8_t)hook;
	memcpy(g->dev, dev, strlen(dev) + 1);
	a->nsighted++;
	a->t_last = t;
}

/* a packet sent at @us and seen to arrive 30 µs later */
static inline struct nt_arrow *scene_packet(struct scene *s, double us, int dir, uint32_t len)
{
	struct nt_item *it = scene_item(s, us);
	/* its sightings behind it: one allocation */
	struct nt_arrow *a = calloc(1, sizeof(*a) + NT_SIGHTINGS_MAX * sizeof(*a->sight));

	it->type = NT_ITEM_ARROW;
	it->arrow = a;
	a->sight = (struct nt_sighting *)(a + 1);
	a->n = ++s->conv.narrow;
	a->dir = (uint8_t)dir;
	a->t = it->t;
	a->wire_segs = 1;
	a->pkt.proto = s->conv.proto;
	a->pkt.hdr.family = s->conv.end[0].addr.family;
	a->pkt.flags = NETTRACE_PKT_L4;
	a->pkt.payload = len;
	a->pkt.ttl = 64;
	scene_see(a, it->t, s->conv.end[dir].source, NETTRACE_LOCAL_OUT, "eth0");
	scene_see(a, it->t + 30000, s->conv.end[!dir].source, NETTRACE_LOCAL_IN, "eth0");
	s->conv.end[dir].arrows++;
	s->conv.end[dir].bytes += len;
	return a;
}

static inline struct nt_arrow *scene_tcp(struct scene *s, double us, int dir, unsigned int flags,
					 uint32_t seq, uint32_t ack, uint32_t len)
{
	struct nt_arrow *a = scene_packet(s, us, dir, len);

	a->seq = seq;
	a->ack = ack;
	a->seq_valid = true;
	a->ack_valid = flags & NETTRACE_TH_ACK;
	a->pkt.seq = seq + 1000;
	a->pkt.ack = ack + 2000;
	a->pkt.tcp_flags = (uint16_t)flags;
	a->pkt.window = 502;
	if (flags & NETTRACE_TH_SYN) {
		a->pkt.optflags = NETTRACE_OPT_MSS | NETTRACE_OPT_WSCALE | NETTRACE_OPT_SACK_OK;
		a->pkt.mss = 1460;
		a->pkt.wscale = 7;
		a->pkt.window = 64240;
	}
	return a;
}

static inline struct nt_transition *scene_state(struct scene *s, double us, int end,
						enum nt_state from, enum nt_state to)
{
	struct nt_item *it = scene_item(s, us);
	struct nt_transition *tr = calloc(1, sizeof(*tr));

	it->type = NT_ITEM_TRANSITION;
	it->tr = tr;
	tr->t = it->t;
	tr->end = (uint8_t)end;
	tr->from = from;
	tr->to = to;
	tr->kind = NETTRACE_SK_FULL;
	s->conv.end[end].state = to;
	return tr;
}

static inline struct nt_transition *scene_by_segment(struct nt_transition *tr, uint32_t n)
{
	tr->cause.kind = NT_CAUSE_SEGMENT;
	tr->cause.n = n;
	return tr;
}

static inline struct nt_transition *scene_by_call(struct nt_transition *tr, const char *call,
						  const char *comm, uint32_t pid)
{
	tr->cause.kind = NT_CAUSE_CALL;
	tr->cause.name = call;
	tr->cause.pid = pid;
	memcpy(tr->cause.comm, comm, strnlen(comm, sizeof(tr->cause.comm)));
	return tr;
}

static inline void scene_mark(struct nt_arrow *a, enum nt_mark_name name, const char *reason,
			      enum nt_basis basis)
{
	struct nt_mark *m = &a->mark[a->nmark++];

	m->name = name;
	m->reason = reason;
	m->basis = basis;
}

static inline struct nt_call *scene_call(struct scene *s, double us, double lasts, int end,
					 const char *name, int fd, int64_t result)
{
	struct nt_call *call = calloc(1, sizeof(*call));
	struct nt_item *it = scene_item(s, us);

	it->type = NT_ITEM_CALL;
	it->call = call;
	call->t = it->t;
	call->t_end = it->t + (int64_t)(lasts * 1000);
	call->end = (uint8_t)end;
	call->name = name;
	call->fd = fd;
	call->result = result;
	call->pid = call->tid = s->conv.end[end].pid;
	memcpy(call->comm, s->conv.end[end].comm, sizeof(call->comm));
	return call;
}

static inline struct nt_timer *scene_timer(struct scene *s, double us, int end,
					   enum nt_timer_name name, enum nt_timer_event event,
					   uint32_t left_ms)
{
	struct nt_timer *tm = calloc(1, sizeof(*tm));
	struct nt_item *it = scene_item(s, us);

	it->type = NT_ITEM_TIMER;
	it->timer = tm;
	tm->t = it->t;
	tm->end = (uint8_t)end;
	tm->name = name;
	tm->event = event;
	tm->left_ms = left_ms;
	tm->value_us = left_ms * 1000;
	tm->arrow = s->conv.narrow;
	return tm;
}

static inline struct nt_queue *scene_queue(struct scene *s, double us, uint32_t len, uint32_t max,
					   uint32_t half, enum nt_queue_verdict verdict)
{
	struct nt_queue *q = calloc(1, sizeof(*q));
	struct nt_item *it = scene_item(s, us);

	it->type = NT_ITEM_QUEUE;
	it->queue = q;
	q->t = it->t;
	q->end = 1;
	q->arrow = s->conv.narrow;
	q->accept_len = len;
	q->accept_max = max;
	q->request_len = half;
	q->verdict = verdict;
	return q;
}

static inline struct nt_drop *scene_drop(struct scene *s, double us, int dir, int source,
					 const char *reason, bool delivered)
{
	struct nt_drop *d = calloc(1, sizeof(*d));
	struct nt_item *it = scene_item(s, us);

	it->type = NT_ITEM_DROP;
	it->drop = d;
	d->t = it->t;
	d->dir = (uint8_t)dir;
	d->arrow = s->conv.narrow;
	d->source = (uint16_t)source;
	d->reason = reason;
	d->code = reason ? 7 : 0;
	d->delivered = delivered;
	memcpy(d->dev, "eth\033", 5);
	return d;
}

/* of end 0, for its peer; @via: NULL: on-link */
static inline struct nt_route *scene_route(struct scene *s, double us, int own, const char *via,
					   int match)
{
	struct nt_route *r = calloc(1, sizeof(*r));
	struct nt_item *it = scene_item(s, us);

	it->type = NT_ITEM_ROUTE;
	it->route = r;
	r->t = it->t;
	r->src = s->conv.end[0].addr;
	r->dst = s->conv.end[1].addr;
	r->src.port = r->dst.port = 0;
	r->source = (uint16_t)s->conv.end[0].source;
	r->flags = own < 0 ? 0 : NETTRACE_RT_SRC_LEN;
	r->src_len = (uint8_t)own;
	r->flags |= match < 0 ? 0 : NETTRACE_RT_FIB;
	r->match_len = (uint8_t)match;
	r->table = 254;
	r->rt_proto = match ? 2 : 3;
	r->rt_scope = via ? 0 : 253;
	r->mtu = 1500;
	memcpy(r->dev, "eth0", 5);
	if (via) {
		r->flags |= NETTRACE_RT_GATEWAY;
		r->gateway.family = strchr(via, ':') ? NETTRACE_IPV6 : NETTRACE_IPV4;
		inet_pton(strchr(via, ':') ? AF_INET6 : AF_INET, via, r->gateway.b);
	}
	return r;
}

static inline void scene_feed(struct scene *s, double us, int source, union nettrace_rec *rec)
{
	struct nt_event ev = { .t = SCENE_T0 + (int64_t)(us * 1000),
			       .source = (unsigned int)source,
			       .rec = *rec };

	ev.rec.hdr.time = (uint64_t)(ev.t - SCENE_T0);
	if (nt_model_feed(s->model, &ev))
		abort();
}

static inline void scene_arp(struct scene *s, double us, int source, int hook, int op,
			     const char *spa, const char *tpa, int mac)
{
	union nettrace_rec r = { .hdr = { .type = NETTRACE_PACKET, .family = NETTRACE_ARP } };

	r.packet.hook = (uint8_t)hook;
	r.packet.flags = NETTRACE_PKT_L4 | NETTRACE_PKT_MAC;
	r.packet.arp_op = (uint16_t)op;
	memcpy(r.packet.dev, "eth0", 5);
	inet_pton(AF_INET, spa, r.packet.src);
	inet_pton(AF_INET, tpa, r.packet.dst);
	r.packet.arp_sha[0] = 2;
	r.packet.arp_sha[5] = (uint8_t)mac;
	memset(r.packet.mac_dst, op == 1 ? 0xff : 2, 6);
	scene_feed(s, us, source, &r);
}

static inline void scene_neigh(struct scene *s, double us, int source, const char *addr, int from,
			       int to, int what, uint32_t queued)
{
	union nettrace_rec r = { .hdr = { .type = NETTRACE_NEIGH } };
	bool six = strchr(addr, ':');

	r.hdr.family = six ? NETTRACE_IPV6 : NETTRACE_IPV4;
	inet_pton(six ? AF_INET6 : AF_INET, addr, r.neigh.addr);
	memcpy(r.neigh.dev, "eth0", 5);
	r.neigh.old_state = (uint8_t)from;
	r.neigh.new_state = (uint8_t)to;
	r.neigh.flags = from < 0 ? 0 : NETTRACE_NEIGH_OLD;
	r.neigh.what = (uint8_t)what;
	r.neigh.queued = queued;
	if (to & (NETTRACE_NUD_REACHABLE | NETTRACE_NUD_STALE)) {
		r.neigh.lladdr_len = 6;
		memcpy(r.neigh.lladdr, "\2\0\0\0\0\1", 6);
	}
	if (what == NETTRACE_NEIGH_SEND) {
		r.neigh.flags |= NETTRACE_NEIGH_TASK;
		r.neigh.pid = 412;
		memcpy(r.neigh.comm, "py\033thon", 8);
	}
	scene_feed(s, us, source, &r);
}

static inline void scene_gap(struct scene *s, double us, int source, int cpu, uint64_t lost)
{
	union nettrace_rec r = { .hdr = { .type = NETTRACE_GAP, .cpu = (uint16_t)cpu } };

	r.gap.lost = lost;
	scene_feed(s, us, source, &r);
}

/*
 * The course's echo: handshake over a router that the client has to find
 * first, five bytes each way, closed by the client, TIME-WAIT to its end.
 */
static inline struct scene *scene_echo(void)
{
	const unsigned int ack = NETTRACE_TH_ACK, fin = NETTRACE_TH_FIN | ack;
	const unsigned int syn = NETTRACE_TH_SYN, psh = NETTRACE_TH_PSH | ack;
	struct scene *s = scene_new(IPPROTO_TCP);
	struct nt_transition *tr;
	struct nt_arrow *a;

	scene_end(s, 0, "10.0.1.2", 40312, "python3", 412, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 8090, "python3", 398, SCENE_SERVER);
	s->conv.end[1].listening = true;
	s->conv.opened = NT_OPEN_HANDSHAKE;
	s->conv.closed = NT_CLOSE_FIN;
	s->conv.closer = 0;
	s->conv.completeness = 31;

	scene_by_call(scene_state(s, 0, 0, NT_CLOSED, NT_SYN_SENT), "connect", "python3", 412);
	a = scene_tcp(s, 12, 0, syn, 0, 0, 0);
	a->sight[1].t = a->t_last = SCENE_T0 + 131000;
	scene_arp(s, 21, SCENE_CLIENT, NETTRACE_ARP_OUT, 1, "10.0.1.2", "10.0.1.1", 2);
	scene_arp(s, 95, SCENE_CLIENT, NETTRACE_ARP_IN, 2, "10.0.1.1", "10.0.1.2", 1);
	scene_by_segment(scene_state(s, 140, 1, NT_LISTEN, NT_SYN_RECEIVED), 1);
	scene_tcp(s, 163, 1, syn | ack, 0, 1, 0)->pkt.window = 65160;
	scene_by_segment(scene_state(s, 201, 0, NT_SYN_SENT, NT_ESTABLISHED), 2);
	scene_tcp(s, 210, 0, ack, 1, 1, 0);
	scene_by_segment(scene_state(s, 251, 1, NT_SYN_RECEIVED, NT_ESTABLISHED), 3);
	scene_tcp(s, 422, 0, psh, 1, 1, 5);
	scene_tcp(s, 460, 1, ack, 1, 6, 0);
	scene_tcp(s, 702, 1, psh, 1, 6, 5);
	scene_tcp(s, 744, 0, ack, 6, 6, 0);
	scene_by_call(scene_state(s, 1003, 0, NT_ESTABLISHED, NT_FIN_WAIT_1), "close", "python3",
		      412);
	scene_tcp(s, 1010, 0, fin, 6, 6, 0);
	scene_by_segment(scene_state(s, 1048, 1, NT_ESTABLISHED, NT_CLOSE_WAIT), 8);
	scene_tcp(s, 1060, 1, ack, 6, 7, 0);
	scene_by_segment(scene_state(s, 1101, 0, NT_FIN_WAIT_1, NT_FIN_WAIT_2), 9);
	scene_by_call(scene_state(s, 1220, 1, NT_CLOSE_WAIT, NT_LAST_ACK), "close", "python3", 398);
	scene_tcp(s, 1226, 1, fin, 6, 7, 0);
	tr = scene_state(s, 1270, 0, NT_FIN_WAIT_2, NT_TIME_WAIT);
	scene_by_segment(tr, 10)->left_ms = 60000;
	scene_tcp(s, 1280, 0, ack, 7, 7, 0);
	scene_by_segment(scene_state(s, 1320, 1, NT_LAST_ACK, NT_CLOSED), 11);
	tr = scene_state(s, 60916480, 0, NT_TIME_WAIT, NT_CLOSED);
	tr->cause.kind = NT_CAUSE_TIMER;
	tr->cause.name = "time-wait";
	tr->late = true;
	nt_model_finish(s->model);
	return s;
}

#endif /* NETTRACE_SCENE_H */
