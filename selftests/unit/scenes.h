/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * scenes.h - the conversations that the golden pictures show
 *
 * Ownership: scene_free() each.
 */
#ifndef NETTRACE_SCENES_H
#define NETTRACE_SCENES_H

#include "scene.h"

#define TH_SYN NETTRACE_TH_SYN
#define TH_ACK NETTRACE_TH_ACK
#define TH_PSH (NETTRACE_TH_PSH | NETTRACE_TH_ACK)
#define TH_FIN (NETTRACE_TH_FIN | NETTRACE_TH_ACK)
#define TH_RST (NETTRACE_TH_RST | NETTRACE_TH_ACK)

static inline void scene_inferred(struct nt_transition *tr, const char *why)
{
	tr->basis = NT_INFERRED;
	tr->kind = 0;
	if (!why)
		return;
	tr->cause.kind = NT_CAUSE_UNKNOWN;
	tr->cause.name = why;
}

/*
 * All that can go wrong: the server is not of this machine (its states are
 * inferred), a super-segment, a loss and its retransmission, lost events, a
 * hostile program name.
 */
static inline struct scene *scene_loss(void)
{
	struct scene *s = scene_new(IPPROTO_TCP);
	struct nt_arrow *a;
	int i;

	scene_end(s, 0, "192.0.2.7", 51000, "a\033[31m\xff\\b", 77, SCENE_CLIENT);
	scene_end(s, 1, "198.51.100.23", 443, NULL, 0, -1);
	s->conv.opened = NT_OPEN_MIDSTREAM;
	s->conv.closed = NT_CLOSE_RST;
	s->conv.closer = 1;
	s->conv.narrow = 97; /* the numbers grow by a digit */
	s->conv.end[0].basis = NT_OBSERVED;
	a = scene_tcp(s, 0, 0, TH_PSH, 4001, 900, 7240);
	a->wire_segs = 5;
	a->pkt.gso_size = 1448;
	scene_inferred(scene_by_segment(scene_state(s, 40, 1, NT_ESTABLISHED, NT_ESTABLISHED), 98),
		       NULL);
	a = scene_tcp(s, 900, 1, TH_ACK, 900, 4001, 0);
	a->pkt.optflags = NETTRACE_OPT_SACK;
	a->pkt.nsack = 1;
	a->pkt.sack[0][0] = 5449 + 2000;
	a->pkt.sack[0][1] = 11241 + 2000;
	a = scene_tcp(s, 1200, 0, TH_ACK, 4001, 900, 1448);
	scene_mark(a, NT_MARK_RETRANSMISSION, "fast", NT_OBSERVED);
	scene_mark(a, NT_MARK_NOT_DELIVERED, NULL, NT_INFERRED);
	scene_gap(s, 1300, SCENE_CLIENT, 1, 17);
	a = scene_tcp(s, 201000, 0, TH_ACK, 4001, 900, 1448);
	scene_mark(a, NT_MARK_RETRANSMISSION, "rto", NT_OBSERVED);
	s->conv.end[0].retransmissions = 2;
	a = scene_tcp(s, 201500, 1, TH_PSH, 900, 11241, 1);
	scene_mark(a, NT_MARK_NOT_DELIVERED, NULL, NT_INFERRED);
	scene_tcp(s, 203000, 1, TH_RST, 901, 11241, 0);
	scene_inferred(scene_state(s, 203000, 1, NT_ESTABLISHED, NT_CLOSED),
		       "this end is not traced");
	scene_by_segment(scene_state(s, 203050, 0, NT_ESTABLISHED, NT_CLOSED), 103);
	for (i = 0; i < 2; i++)
		s->conv.end[i].basis = i ? NT_INFERRED : NT_OBSERVED;
	nt_model_finish(s->model);
	return s;
}

/* where packets go: all that the kernel can say of it, and what becomes of the next hop */
static inline struct scene *scene_routes(void)
{
	struct scene *s = scene_new(IPPROTO_UDP);
	struct nt_route *r;

	scene_end(s, 0, "10.0.1.2", 40001, "dig", 500, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.53", 53, NULL, 0, -1);
	s->conv.opened = NT_OPEN_UNANSWERED;
	scene_route(s, 0, 24, "10.0.1.1", 0);
	scene_neigh(s, 5, SCENE_CLIENT, "10.0.1.1", NETTRACE_NUD_NONE, NETTRACE_NUD_INCOMPLETE,
		    NETTRACE_NEIGH_SEND, 1);
	scene_arp(s, 6, SCENE_CLIENT, NETTRACE_ARP_OUT, 1, "10.0.1.2", "10.0.1.1", 2);
	scene_neigh(s, 90, SCENE_CLIENT, "10.0.1.1", -1, NETTRACE_NUD_REACHABLE,
		    NETTRACE_NEIGH_UPDATE, 1);
	scene_neigh(s, 95, SCENE_CLIENT, "10.0.1.1", NETTRACE_NUD_PROBE, NETTRACE_NUD_FAILED,
		    NETTRACE_NEIGH_TIMER, 0);
	scene_route(s, 10, 16, NULL, 16);
	/* the table says otherwise than the subnet */
	scene_route(s, 20, 16, "10.0.1.1", 32);
	scene_route(s, 30, 24, NULL, 24);
	/* not all is known */
	scene_route(s, 40, -1, "10.0.1.1", -1)->mtu = 0;
	r = scene_route(s, 50, 24, NULL, 32);
	r->flags |= NETTRACE_RT_LOCAL;
	r->table = 255;
	r->rt_scope = 254;
	memcpy(r->dev, "l\033o", 4);
	scene_route(s, 60, 24, NULL, 32)->flags |= NETTRACE_RT_BROADCAST;
	r = scene_route(s, 70, 64, "fe80::1", 0);
	r->src.family = r->dst.family = NETTRACE_IPV6;
	memcpy(r->src.b, "\xfd\0\0\1\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	memcpy(r->dst.b, "\xfd\0\0\2\0\0\0\0\0\0\0\0\0\0\0\2", 16);
	r->table = 1000;
	r->rt_proto = 186;
	r->rt_scope = 77;
	scene_packet(s, 100, 0, 33);
	nt_model_finish(s->model);
	return s;
}

/* the kernel drops: in the router, for no reason that it gives, and behind a delivery */
static inline struct scene *scene_dropped(void)
{
	struct scene *s = scene_new(IPPROTO_TCP);
	struct nt_arrow *a;
	int i;

	scene_end(s, 0, "10.0.1.2", 40312, "curl", 412, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 8090, NULL, 0, -1);
	s->conv.opened = NT_OPEN_UNANSWERED;
	s->conv.closed = NT_CLOSE_TIMEOUT;
	s->conv.failed = NT_FAILED_DROPPED;
	s->conv.failed_reason = "IP_RPFILTER";
	scene_by_call(scene_state(s, 0, 0, NT_CLOSED, NT_SYN_SENT), "connect", "curl", 412);
	for (i = 0; i < 3; i++) {
		a = scene_tcp(s, 10 + i * 1000, 0, TH_SYN, 0, 0, 0);
		a->sight[1].hook = i == 2 ? NETTRACE_LOCAL_IN : NETTRACE_DROPPED;
		a->sight[1].source = i == 2 ? SCENE_SERVER : SCENE_ROUTER;
		scene_mark(a, NT_MARK_DROPPED,
			   i == 1 ? NULL :
			   i	  ? "TCP_NEW_ONE" :
				    "IP_RPFILTER",
			   NT_OBSERVED);
		scene_drop(s, 40 + i * 1000, 0, i == 2 ? SCENE_SERVER : SCENE_ROUTER,
			   i == 1 ? NULL :
			   i	  ? "TCP_NEW_ONE" :
				    "IP_RPFILTER",
			   i == 2);
	}
	nt_model_finish(s->model);
	return s;
}

/* addresses that fill a line, and a refusal */
static inline struct scene *scene_refused6(void)
{
	struct scene *s = scene_new(IPPROTO_TCP);

	scene_end(s, 0, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:1", 49152, "nc", 9, SCENE_CLIENT);
	scene_end(s, 1, "2001:db8:aaaa:bbbb:cccc:dddd:eeee:2", 99, NULL, 0, SCENE_CLIENT);
	s->conv.opened = NT_OPEN_REFUSED;
	s->conv.closed = NT_CLOSE_RST;
	s->conv.end[1].state = NT_CLOSED;
	s->conv.end[1].basis = NT_INFERRED;
	scene_by_call(scene_state(s, 0, 0, NT_CLOSED, NT_SYN_SENT), "connect", "nc", 9);
	scene_tcp(s, 10, 0, TH_SYN, 0, 0, 0);
	scene_tcp(s, 60, 1, TH_RST, 0, 1, 0)->seq_valid = false;
	scene_by_segment(scene_state(s, 95, 0, NT_SYN_SENT, NT_CLOSED), 2);
	nt_model_finish(s->model);
	return s;
}

/* no states: a name server asked, another that is not there */
static inline struct scene *scene_udp(void)
{
	struct scene *s = scene_new(IPPROTO_UDP);
	struct nt_arrow *a;

	scene_end(s, 0, "10.0.1.2", 40001, "dig", 500, SCENE_CLIENT);
	scene_end(s, 1, "10.0.1.3", 53, "named", 600, SCENE_SERVER);
	s->conv.opened = NT_OPEN_ANSWERED;
	scene_arp(s, 1, SCENE_CLIENT, NETTRACE_ARP_OUT, 1, "10.0.1.2", "10.0.1.3", 2);
	scene_arp(s, 20, SCENE_CLIENT, NETTRACE_ARP_IN, 2, "10.0.1.3", "10.0.1.2", 3);
	a = scene_packet(s, 0, 0, 33);
	a->sight[1].t = a->t_last = SCENE_T0 + 60000;
	scene_packet(s, 800, 1, 49);
	scene_packet(s, 2000900, 0, 0);
	a = scene_packet(s, 2000950, 1, 0);
	a->pkt.proto = IPPROTO_ICMP;
	a->pkt.icmp_type = 3;
	a->pkt.icmp_code = 3;
	a->pkt.flags |= NETTRACE_PKT_INNER;
	a->pkt.inner_proto = IPPROTO_UDP;
	memcpy(a->pkt.inner_dst, s->conv.end[1].addr.b, 16);
	a->pkt.inner_dport = 53;
	memcpy(a->pkt.src, s->conv.end[1].addr.b, 16);
	a->about = 3;
	nt_model_finish(s->model);
	return s;
}

/*
 * Everything that --calls and --timers add, a full queue, 60 segments of data
 * with some marks among them: folded, and two that a fold must not hide.
 */
static inline struct scene *scene_busy(void)
{
	const unsigned int syn = NETTRACE_TH_SYN;
	struct scene *s = scene_new(IPPROTO_TCP);
	struct nt_transition *tr;
	struct nt_call *call;
	struct nt_timer *tm;
	struct nt_arrow *a;
	uint32_t i, seq = 1;

	scene_end(s, 0, "10.0.1.2", 40312, "curl", 412, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 8090, "httpd", 398, SCENE_SERVER);
	s->conv.end[1].listening = true;
	s->conv.opened = NT_OPEN_HANDSHAKE;
	s->conv.closed = NT_CLOSE_FIN;
	s->conv.closer = 0;
	call = scene_call(s, -90, 4, 0, "socket", AF_INET, 3);
	call->arg[0] = 1 | 02000000;
	call = scene_call(s, -20, 1000112, 0, "connect", 3, 0);
	call->addr = s->conv.end[1].addr;
	s->conv.t0 = SCENE_T0 - 90000;
	scene_by_call(scene_state(s, 0, 0, NT_CLOSED, NT_SYN_SENT), "connect", "curl", 412);
	scene_tcp(s, 12, 0, syn, 0, 0, 0);
	scene_queue(s, 40, 129, 128, 0, NT_QUEUE_ACCEPT_FULL)->basis = NT_INFERRED;
	tm = scene_timer(s, 1000012, 0, NT_TIMER_RTO, NT_TIMER_FIRED, 0);
	tm->backoff = 1;
	a = scene_tcp(s, 1000015, 0, syn, 0, 0, 0);
	scene_mark(a, NT_MARK_RETRANSMISSION, "rto", NT_OBSERVED);
	scene_queue(s, 1000040, 0, 128, 1, NT_QUEUE_OK);
	scene_by_segment(scene_state(s, 1000050, 1, NT_LISTEN, NT_SYN_RECEIVED), 1);
	scene_tcp(s, 1000060, 1, syn | TH_ACK, 0, 1, 0)->pkt.window = 65160;
	scene_by_segment(scene_state(s, 1000080, 0, NT_SYN_SENT, NT_ESTABLISHED), 3);
	scene_tcp(s, 1000090, 0, TH_ACK, 1, 1, 0);
	scene_by_segment(scene_state(s, 1000110, 1, NT_SYN_RECEIVED, NT_ESTABLISHED), 4);
	call = scene_call(s, 1000200, 12, 0, "sendto", 3, 87);
	call->arg[1] = 87;
	call->arg[2] = 0x4000;
	scene_tcp(s, 1000206, 0, TH_PSH, 1, 1, 87);
	scene_timer(s, 1000210, 0, NT_TIMER_RTO, NT_TIMER_ARMED, 204);
	for (i = 0; i < 60; i++) {
		double us = 1000300 + 100 * i;

		a = scene_tcp(s, us, 1, TH_ACK, seq, 88, 1448);
		if (i % 20 == 7)
			scene_mark(a, NT_MARK_RETRANSMISSION, "fast", NT_OBSERVED);
		if (i == 30)
			scene_mark(a, NT_MARK_NOT_DELIVERED, NULL, NT_INFERRED);
		seq += 1448;
		if (i % 2)
			scene_tcp(s, us + 20, 0, TH_ACK, 88, seq, 0);
		if (i == 10)
			scene_timer(s, us + 30, 0, NT_TIMER_DELACK, NT_TIMER_ARMED, 40)->basis =
				NT_INFERRED;
	}
	a = scene_tcp(s, 1007000, 0, TH_ACK, 88, seq, 0);
	a->pkt.window = 0;
	scene_mark(a, NT_MARK_ZERO_WINDOW, NULL, NT_OBSERVED);
	call = scene_call(s, 1007900, 3, 0, "recvfrom", 3, -11);
	call->arg[1] = 16384;
	call->arg[2] = 0x40;
	scene_call(s, 1008000, 8, 0, "shutdown", 3, 0)->arg[0] = 1;
	scene_by_call(scene_state(s, 1008001, 0, NT_ESTABLISHED, NT_FIN_WAIT_1), "shutdown", "curl",
		      412);
	scene_tcp(s, 1008010, 0, TH_FIN, 88, seq, 0);
	scene_by_segment(scene_state(s, 1008040, 1, NT_ESTABLISHED, NT_CLOSE_WAIT), s->conv.narrow);
	scene_by_call(scene_state(s, 1008100, 1, NT_CLOSE_WAIT, NT_LAST_ACK), "close", "httpd",
		      398);
	scene_tcp(s, 1008110, 1, TH_FIN, seq, 89, 0);
	tr = scene_state(s, 1008140, 0, NT_FIN_WAIT_1, NT_TIME_WAIT);
	scene_by_segment(tr, s->conv.narrow)->left_ms = 60000;
	scene_tcp(s, 1008150, 0, TH_ACK, 89, seq + 1, 0);
	scene_by_segment(scene_state(s, 1008180, 1, NT_LAST_ACK, NT_CLOSED), s->conv.narrow);
	nt_model_finish(s->model);
	return s;
}

#endif /* NETTRACE_SCENES_H */
