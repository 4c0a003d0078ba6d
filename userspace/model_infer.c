// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_infer.c - the states of an end that no traced kernel owns
 *
 * Inferred from the segments by track/tcp_state.c's table, as if each segment
 * that was seen also arrived.  Why the untraced end sent what it sent (which
 * call) is not known, and said so.  Nothing is inferred for an end whose own
 * namespace is traced: there its socket speaks.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

static bool untraced(const struct nt_convx *cv, int end)
{
	return cv->c.end[end].source < 0;
}

static int move(struct nt_model *m, struct nt_arrowx *x, int end, enum nt_state from,
		enum nt_state to, struct nt_cause cause)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_transition *tr = calloc(1, sizeof(*tr));
	struct nt_item item = {
		.type = NT_ITEM_TRANSITION, .t = x->pend.t, .conv = &cv->c, .tr = tr
	};

	if (!tr)
		return -ENOMEM;
	tr->t = x->a.t;
	tr->end = end;
	tr->from = from;
	tr->to = to;
	tr->basis = NT_INFERRED;
	tr->cause = cause;
	cv->c.end[end].state = to;
	cv->c.end[end].basis = NT_INFERRED;
	nt_conv_moved(cv, tr, cause.kind == NT_CAUSE_SEGMENT ? x : NULL);
	if (nt_emit(m, cv, &item)) {
		free(tr);
		return -ENOMEM;
	}
	return 0;
}

/* the peer's last SYN before this arrow: what a SYN,ACK answers */
static const struct nt_arrowx *syn_before(const struct nt_arrowx *x)
{
	const struct nt_arrowx *s;

	for (s = x->prev; s; s = s->prev) {
		if (s->a.dir != x->a.dir && !s->icmp && (s->a.pkt.tcp_flags & NETTRACE_TH_SYN))
			return s;
	}
	return NULL;
}

/* that there was a listener shows when it answers */
static int listener_answers(struct nt_model *m, struct nt_arrowx *x)
{
	const struct nt_arrowx *syn = syn_before(x);
	struct nt_cause cause = { .kind = NT_CAUSE_SEGMENT };

	if (syn) {
		cause.n = syn->a.n;
	} else {
		cause.kind = NT_CAUSE_UNKNOWN;
		cause.name = "its SYN is not in the trace";
	}
	x->pend.cv->c.end[x->a.dir].listening = true;
	return move(m, x, x->a.dir, NT_LISTEN, NT_SYN_RECEIVED, cause);
}

int nt_infer_sent(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_end *end = &cv->c.end[x->a.dir];
	const struct nettrace_packet *p = &x->a.pkt;
	struct nt_cause cause = {
		.kind = NT_CAUSE_UNKNOWN,
		.n = x->a.n,
		.name = "this end is not traced",
	};
	enum nt_tcp_event ev[NT_TCP_EVENTS_MAX];
	bool syn = p->tcp_flags & NETTRACE_TH_SYN;
	bool ack = p->tcp_flags & NETTRACE_TH_ACK;
	size_t i, n;
	int ret;

	if (!untraced(cv, x->a.dir))
		return 0;
	if (end->state == NT_ST_NONE && syn && ack)
		return listener_answers(m, x);
	if (end->state == NT_ST_NONE && !syn && (p->tcp_flags & NETTRACE_TH_RST) &&
	    cv->c.opened != NT_OPEN_MIDSTREAM)
		end->state = NT_CLOSED; /* it refuses: nobody listens */
	if (end->state == NT_ST_NONE && syn)
		end->state = NT_CLOSED;
	n = nt_tcp_sent(p, ev);
	for (i = 0; i < n; i++) {
		enum nt_state to = nt_tcp_next(end->state, ev[i]);

		if (to == end->state)
			continue;
		ret = move(m, x, x->a.dir, end->state, to, cause);
		if (ret)
			return ret;
	}
	return 0;
}

/* the trace began later: both ends talk, and neither has said goodbye */
static void midstream(struct nt_convx *cv, const struct nt_arrowx *x)
{
	const struct nettrace_packet *p = &x->a.pkt;
	int e;

	if ((p->tcp_flags & NETTRACE_TH_ACK) &&
	    !(p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_FIN | NETTRACE_TH_RST)))
		cv->e[x->a.dir].acks = true;
	if (cv->c.opened != NT_OPEN_MIDSTREAM || !cv->e[0].acks || !cv->e[1].acks ||
	    cv->e[0].flow.fin_known || cv->e[1].flow.fin_known || cv->rst_fed)
		return;
	for (e = 0; e < 2; e++) {
		if (untraced(cv, e) && cv->c.end[e].state == NT_ST_NONE)
			cv->c.end[e].state = NT_ESTABLISHED;
	}
}

int nt_infer_received(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	int to_end = !x->a.dir;
	struct nt_end *end = &cv->c.end[to_end];
	struct nt_cause cause = { .kind = NT_CAUSE_SEGMENT, .n = x->a.n };
	enum nt_tcp_event ev[NT_TCP_EVENTS_MAX];
	size_t i, n;
	int ret;

	midstream(cv, x);
	if (!untraced(cv, to_end) || end->state == NT_ST_NONE)
		return 0;
	n = nt_tcp_received(&x->a.pkt, &cv->e[x->a.dir].flow, &cv->e[to_end].flow, end->state, ev);
	for (i = 0; i < n; i++) {
		enum nt_state to = nt_tcp_next(end->state, ev[i]);

		if (to == end->state)
			continue;
		ret = move(m, x, to_end, end->state, to, cause);
		if (ret)
			return ret;
	}
	return 0;
}
