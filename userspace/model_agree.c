// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_agree.c - traced ends: what their segments imply, beside what they do
 *
 * Each segment that leaves or reaches a traced end waits in the queue at the
 * time of that very sighting, however late the arrow itself is shown; so the
 * tracker gets them as the end did.  Each transition of the socket is compared
 * with it (track/agree.h).  A difference is excused by a named reason
 * (track/excuse.h) or unexplained; both are counted and kept.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

#define CROSSING (1000 * NT_MS) /* a segment may be so long inside its socket */

static struct nt_agreex *agree_of(struct nt_model *m, struct nt_convx *cv, int end)
{
	struct nt_endx *e = &cv->e[end];

	if (e->agree)
		return e->agree;
	e->agree = calloc(1, sizeof(*e->agree));
	if (!e->agree)
		return NULL;
	e->agree->a.tcp = e->tcp;
	m->stats.checked += !cv->e[!end].agree;
	return e->agree;
}

int nt_agree_feed(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	bool in = s->stage == NT_STAGE_IN;
	int end = in ? !s->dir : s->dir;
	struct nt_trackx *x;

	if (s->p->proto != IPPROTO_TCP || s->icmp || (!in && s->stage != NT_STAGE_OUT) ||
	    cv->c.end[end].source != (int)s->ev->source ||
	    (s->p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED)))
		return 0;
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_TRACK;
	x->pend.t = s->ev->t;
	x->pend.cv = cv;
	x->end = end;
	x->in = in;
	x->sk_kind = s->p->sk_kind;
	x->sock_state = s->p->sock_state;
	nt_segment_of(&x->g, s->p);
	nt_queue_add(m, &x->pend);
	return 0;
}

static void note_arrows(struct nt_disagreement *d, const struct nt_convx *cv)
{
	const struct nt_arrowx *x;
	uint8_t i;

	for (x = cv->last; x && d->narrow < 4; x = x->prev) {
		if (x->final && x->a.t <= d->t + NT_SLOP)
			d->arrow[d->narrow++] = x->a.n;
	}
	for (i = 0; i < d->narrow / 2; i++) {
		uint32_t n = d->arrow[i];

		d->arrow[i] = d->arrow[d->narrow - 1 - i];
		d->arrow[d->narrow - 1 - i] = n;
	}
}

/* short of memory it is counted, and not kept */
static enum nt_excuse disagree(struct nt_model *m, struct nt_convx *cv, int end, int64_t t,
			       const struct nt_disputed *d)
{
	enum nt_excuse e = nt_excuse_find(d);
	struct nt_disagreement *array = NULL;

	if (e == NT_EXCUSE_NONE)
		m->stats.disagreements++;
	else
		m->stats.excused[e]++;
	if (m->ndis < NT_DISAGREEMENTS_MAX)
		array = nt_grow(m->dis, &m->dis_cap, m->ndis, sizeof(*array));
	if (!array) {
		m->stats.disagreements_lost++;
		return e;
	}
	m->dis = array;
	array[m->ndis] = (struct nt_disagreement){
		.t = t,
		.conv = cv->c.id,
		.addr = { cv->c.end[0].addr, cv->c.end[1].addr },
		.end = end,
		.from = d->from,
		.to = d->to,
		.inferred = d->inferred,
		.excuse = e,
	};
	note_arrows(&array[m->ndis++], cv);
	return e;
}

static struct nt_disputed dispute(const struct nt_convx *cv, const struct nt_agree *a)
{
	return (struct nt_disputed){
		.from = a->seen,
		.to = a->seen,
		.inferred = nt_tcp_state(&a->tcp),
		.cause = NT_CAUSE_UNKNOWN,
		.gap = cv->c.lost_near,
		.passive = a->tcp.tcb.passive || a->seen == NT_LISTEN,
		.answered = a->answered,
		.request = a->request,
	};
}

/* it went to CLOSED, and no RST told its peer */
static void settle_closing(struct nt_model *m, struct nt_convx *cv, int end)
{
	struct nt_agreex *ax = cv->e[end].agree;

	if (!ax->a.closing)
		return;
	ax->a.closing = false;
	disagree(m, cv, end, ax->closing_t, &ax->closing);
}

/* what waits since before @t was never observed */
static void settle_waiting(struct nt_model *m, struct nt_convx *cv, int end, int64_t t)
{
	struct nt_agree *a = &cv->e[end].agree->a;
	struct nt_disputed d;

	if (!a->nwait || a->wait[0].t >= t)
		return;
	d = dispute(cv, a);
	/* that the listener is there shows in nothing but its answers */
	if (d.from == NT_ST_NONE) {
		d.from = a->wait[0].step.from;
		d.to = d.from;
	}
	disagree(m, cv, end, a->wait[0].t, &d);
	nt_agree_yield(a);
	a->nwait = 0;
}

void nt_agree_settle(struct nt_model *m, struct nt_convx *cv)
{
	int e;

	for (e = 0; e < 2; e++) {
		if (!cv->e[e].agree)
			continue;
		settle_closing(m, cv, e);
		settle_waiting(m, cv, e, m->t_max - CROSSING);
	}
}

static bool is_syn(const struct nt_segment *g)
{
	return (g->flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) == NETTRACE_TH_SYN;
}

/* nothing is known of the end yet: the state beside the sighting tells where it is */
static void take_sample(struct nt_convx *cv, const struct nt_trackx *x, struct nt_agree *a)
{
	enum nt_state s = nt_state_from_kernel(x->sock_state);

	if (!a->tcp.may) {
		nt_infer_begin(cv, x->in ? !x->end : x->end, &x->g);
		a->tcp = cv->e[x->end].tcp;
	}
	if (a->seen != NT_ST_NONE)
		return;
	/* a TIME-WAIT socket is the connection's before; it hands the SYN to the listener */
	if (x->in && is_syn(&x->g) &&
	    (x->sk_kind == NETTRACE_SK_LISTEN || x->sk_kind == NETTRACE_SK_TIMEWAIT))
		s = NT_LISTEN;
	else if (x->sk_kind != NETTRACE_SK_FULL && x->sk_kind != NETTRACE_SK_REQUEST &&
		 x->sk_kind != NETTRACE_SK_TIMEWAIT)
		return;
	/* that somebody listens again shows in no segment: a RST to an old one left CLOSED */
	if (s == NT_ST_NONE || (nt_tcp_state(&a->tcp) != NT_ST_NONE &&
				(s != NT_LISTEN || nt_tcp_state(&a->tcp) != NT_CLOSED)))
		return;
	nt_tcp_set(&a->tcp, s);
	a->seen = s;
}

int nt_agree_final(struct nt_model *m, struct nt_trackx *x)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_agreex *ax = agree_of(m, cv, x->end);

	if (!ax)
		return -ENOMEM;
	take_sample(cv, x, &ax->a);
	if (!x->in && x->sk_kind == NETTRACE_SK_REQUEST)
		ax->a.request = true;
	if (x->dropped)
		return 0;
	if (!nt_agree_segment(&ax->a, &x->g, x->in, x->pend.t, cv->c.narrow))
		settle_waiting(m, cv, x->end, INT64_MAX);
	return 0;
}

/* what shows in no segment and may be behind it; NT_MEANING_MAX: nothing */
static enum nt_meaning event_of(const struct nt_transition *tr)
{
	if (tr->to == NT_SYN_SENT)
		return NT_USR_OPEN;
	if (tr->to == NT_FIN_WAIT_1 || tr->to == NT_LAST_ACK)
		return NT_USR_CLOSE;
	if (tr->to != NT_CLOSED)
		return NT_MEANING_MAX;
	if (tr->cause.kind == NT_CAUSE_TIMER)
		return tr->from == NT_TIME_WAIT ? NT_TMO_TIME_WAIT : NT_TMO_USER;
	if (tr->cause.kind == NT_CAUSE_ICMP)
		return NT_ICMP_HARD;
	return NT_USR_ABORT;
}

/* a segment that is processed on another CPU may carry a later time */
static struct nt_pend *segment_soon(const struct nt_statex *x, struct nt_pend *p)
{
	for (; p && p->t <= x->pend.t + NT_SLOP; p = p->next) {
		if (p->type == NT_PEND_TRACK && p->cv == x->pend.cv &&
		    ((struct nt_trackx *)p)->end == x->end)
			return p;
	}
	return NULL;
}

/* the end of a half-open connection leaves its listener behind */
static void back_to_listen(struct nt_agree *a, uint8_t kind)
{
	bool request = kind == NETTRACE_SK_REQUEST;

	nt_tcp_begin(&a->tcp, NT_SET(request ? NT_LISTEN : NT_CLOSED));
	a->seen = request ? NT_LISTEN : NT_CLOSED;
	a->nwait = 0;
}

static void compared(struct nt_model *m, struct nt_statex *x, struct nt_transition *tr,
		     enum nt_verdict v, struct nt_disputed *d)
{
	struct nt_agreex *ax = x->pend.cv->e[x->end].agree;

	m->stats.compared += v != NT_NOT_COMPARED;
	if (v == NT_AGREES_IF_RST) {
		ax->closing = *d;
		ax->closing_t = x->pend.t;
	} else if (v == NT_DIFFERS) {
		if (disagree(m, x->pend.cv, x->end, x->pend.t, d) == NT_EXCUSE_NONE &&
		    d->inferred != tr->from)
			tr->inferred = d->inferred;
	}
	if (tr->from == NT_SYN_RECEIVED && tr->to == NT_CLOSED)
		back_to_listen(&ax->a, x->rec.kind);
}

int nt_agree_transition(struct nt_model *m, struct nt_statex *x, struct nt_transition *tr)
{
	struct nt_agreex *ax = agree_of(m, x->pend.cv, x->end);
	struct nt_agree try;
	struct nt_disputed d;
	enum nt_verdict v;
	struct nt_pend *p;

	if (!ax)
		return -ENOMEM;
	if (tr->from == tr->to)
		return 0; /* TIME-WAIT begins again */
	try = ax->a;
	d = dispute(x->pend.cv, &ax->a);
	v = nt_agree_observed(&try, tr->from, tr->to, event_of(tr), &d.inferred, &d.lenient);
	/* what Linux makes of a segment that has come needs no other */
	if (v == NT_DIFFERS && !d.lenient) {
		p = segment_soon(x, m->head);
		if (p) {
			x->pend.t = p->t;
			nt_queue_after(m, &x->pend, p);
			return 1;
		}
	}
	settle_closing(m, x->pend.cv, x->end);
	ax->a = try;
	if (x->rec.kind == NETTRACE_SK_REQUEST)
		ax->a.request = true;
	d.from = tr->from;
	d.to = tr->to;
	d.cause = tr->cause.kind;
	d.timed_out = x->rec.sk_err == ETIMEDOUT;
	d.destroyed = x->rec.sk_err == ECONNABORTED;
	d.reused = x->rec.end_why == NETTRACE_END_REUSED;
	compared(m, x, tr, v, &d);
	return 0;
}
