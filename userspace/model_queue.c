// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_queue.c - the listener's queues, at the SYN and at the ACK
 *
 * What stands in the queues is observed.  Whether the kernel took the segment shows
 * in what it does next: a SYN,ACK with a request socket, one without (a SYN cookie),
 * or none.  Why there was none follows from what the kernel asks, in its order
 * (tcp_conn_request()): is the request queue full and no cookie allowed; is the
 * accept queue full; is less than a quarter of tcp_max_syn_backlog left.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

#define ANSWER_MAX  (100 * NT_MS) /* the SYN,ACK leaves in the time of the SYN */
#define ANSWER_LATE (300 * NT_MS) /* unless the machine itself stood still */

static bool is_syn(const struct nettrace_packet *p)
{
	return (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) == NETTRACE_TH_SYN;
}

/* does this segment complete the handshake of a half-open connection? */
static bool is_last_ack(const struct nettrace_packet *p)
{
	return (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_RST | NETTRACE_TH_ACK)) ==
	       NETTRACE_TH_ACK;
}

int nt_queue_feed(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;
	bool syn = p->sk_kind == NETTRACE_SK_LISTEN && is_syn(p);
	bool ack = p->sk_kind == NETTRACE_SK_REQUEST && is_last_ack(p) &&
		   p->listener_len > p->listener_max;
	struct nt_queuex *x;

	if (s->stage != NT_STAGE_IN || s->icmp || (!syn && !ack))
		return 0;
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_QUEUE;
	x->pend.t = s->ev->t;
	x->pend.cv = cv;
	x->source = s->ev->source;
	x->q.t = s->ev->t;
	x->q.end = !s->dir;
	x->q.ack = ack;
	if (syn) {
		x->q.syncookies = p->syncookies;
		x->q.accept_len = p->accept_len;
		x->q.accept_max = p->accept_max;
		x->q.request_len = p->request_len;
		x->listen = p->listen;
	} else {
		x->q.accept_len = p->listener_len;
		x->q.accept_max = p->listener_max;
	}
	nt_queue_add(m, &x->pend);
	return 0;
}

/* the SYN,ACK that answered the SYN of @x, as it left; NULL: none has */
static const struct nt_sighting *answer(const struct nt_queuex *x)
{
	const struct nt_sighting *found = NULL;
	const struct nt_arrowx *a;

	for (a = x->pend.cv->last; a && a->a.t_last >= x->q.t; a = a->prev) {
		const struct nettrace_packet *p = &a->a.pkt;
		const struct nt_sighting *s = &a->a.sight[0];

		if (a->icmp || p->proto != IPPROTO_TCP || !(p->tcp_flags & NETTRACE_TH_SYN))
			continue;
		if (a->a.dir != x->q.end && s->t > x->q.t)
			found = NULL; /* it came again: what follows answers that */
		else if (a->a.dir == x->q.end && (p->tcp_flags & NETTRACE_TH_ACK) &&
			 s->hook == NETTRACE_LOCAL_OUT && s->t >= x->q.t &&
			 s->t < x->q.t + ANSWER_LATE)
			found = s;
	}
	return found;
}

/* the child that the ACK of @x made: the request socket's end, or its state */
static bool has_child(const struct nt_queuex *x)
{
	return x->pend.cv->e[x->q.end].child_t >= x->q.t;
}

bool nt_queue_settled(const struct nt_queuex *x)
{
	return x->q.ack ? has_child(x) : answer(x) != NULL;
}

static enum nt_queue_verdict why_dropped(const struct nt_queuex *x)
{
	bool cookies = x->q.syncookies;

	if (!cookies && (x->listen & NETTRACE_LISTEN_REQUEST_FULL))
		return NT_QUEUE_REQUEST_FULL;
	if (x->listen & NETTRACE_LISTEN_ACCEPT_FULL)
		return NT_QUEUE_ACCEPT_FULL;
	if (!cookies && (x->listen & NETTRACE_LISTEN_SYN_BACKLOG))
		return NT_QUEUE_REQUEST_FULL;
	return NT_QUEUE_UNANSWERED;
}

/* the arrow that @x is about, which came before it in the queue */
static uint32_t arrow_of(const struct nt_queuex *x)
{
	const struct nt_arrowx *a;
	unsigned int i;

	for (a = x->pend.cv->last; a; a = a->prev)
		for (i = 0; a->final && i < a->a.nsight; i++)
			if (a->a.sight[i].t == x->q.t && a->a.sight[i].source == x->source)
				return a->a.n;
	return 0;
}

/* that nothing followed tells nothing where events were lost, or the trace ends */
static bool unsure(const struct nt_model *m, const struct nt_queuex *x)
{
	const struct nt_pend *p;

	if (x->pend.cv->c.lost_near || (m->finishing && m->t_max - x->q.t < ANSWER_MAX))
		return true;
	for (p = m->head; p && p->t < x->q.t + ANSWER_MAX; p = p->next)
		if (p->type == NT_PEND_GAP && ((const struct nt_gapx *)p)->g.source == x->source)
			return true;
	return false;
}

static void note_failed(struct nt_conv *c, const struct nt_queue *q)
{
	if (q->ack || (q->verdict != NT_QUEUE_ACCEPT_FULL && q->verdict != NT_QUEUE_REQUEST_FULL))
		return;
	c->failed = q->verdict == NT_QUEUE_ACCEPT_FULL ? NT_FAILED_ACCEPT_FULL :
							 NT_FAILED_REQUEST_FULL;
	c->failed_basis = q->basis;
	c->failed_reason = NULL;
}

int nt_queue_final(struct nt_model *m, struct nt_queuex *x)
{
	struct nt_item item = { .type = NT_ITEM_QUEUE, .t = x->pend.t };
	const struct nt_sighting *out;

	x->q.arrow = arrow_of(x);
	if (!nt_queue_settled(x) && unsure(m, x))
		return 0;
	if (x->q.ack) {
		if (has_child(x))
			return 0; /* one that was full made room meanwhile */
		x->q.verdict = NT_QUEUE_ACCEPT_FULL;
		x->q.basis = NT_INFERRED;
		return nt_emit_copy(m, x->pend.cv, &item, &x->q, sizeof(x->q));
	}
	out = answer(x);
	x->q.basis = out ? NT_OBSERVED : NT_INFERRED;
	if (!out)
		x->q.verdict = why_dropped(x);
	else
		x->q.verdict = out->sk_kind == NETTRACE_SK_NONE ? NT_QUEUE_COOKIE : NT_QUEUE_OK;
	note_failed(&x->pend.cv->c, &x->q);
	return nt_emit_copy(m, x->pend.cv, &item, &x->q, sizeof(x->q));
}
