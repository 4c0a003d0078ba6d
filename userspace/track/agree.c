// SPDX-License-Identifier: GPL-2.0-only
/*
 * agree.c - see agree.h
 */
#include "agree.h"

/*
 * A half-open connection that a RST ends goes back to LISTEN (3.10.7.4); the
 * kernel has a socket of its own for it, which is CLOSED then.
 */
static bool alike(enum nt_state from, enum nt_state inferred, enum nt_state observed)
{
	return inferred == observed ||
	       (from == NT_SYN_RECEIVED && inferred == NT_LISTEN && observed == NT_CLOSED);
}

static void wait_pop(struct nt_agree *a)
{
	unsigned int i;

	a->nwait--;
	for (i = 0; i < a->nwait; i++)
		a->wait[i] = a->wait[i + 1];
}

/* the state before all that waits */
static enum nt_state base_of(const struct nt_agree *a)
{
	return a->nwait ? a->wait[0].step.from : nt_tcp_state(&a->tcp);
}

/* what Linux may make of it, where that moves the state */
static void note_doubt(struct nt_agree *a, const struct nt_segment *g, int64_t t, uint32_t arrow)
{
	enum nt_state s = nt_tcp_state(&a->tcp), to = s;
	enum nt_meaning m[NT_MEANINGS_MAX];
	size_t i, n;

	if (s == NT_ST_NONE)
		return;
	n = nt_meaning_lenient(&a->tcp.tcb, s, g, m);
	for (i = 0; i < n && to != NT_ST_NONE; i++)
		to = nt_set_only(nt_fsm_next(to, m[i], a->tcp.tcb.passive));
	if (!n || to == s || to == NT_ST_NONE)
		return;
	a->doubtful = true;
	a->doubt = (struct nt_waiting){ { m[0], s, to }, t, arrow };
}

bool nt_agree_segment(struct nt_agree *a, const struct nt_segment *g, bool in, int64_t t,
		      uint32_t arrow)
{
	struct nt_step step[NT_MEANINGS_MAX];
	bool room = true;
	size_t i, n;

	if (in)
		note_doubt(a, g, t, arrow);
	n = in ? nt_tcp_received(&a->tcp, g, step) : nt_tcp_sent(&a->tcp, g, step);
	if (!in && (g->flags & NETTRACE_TH_RST))
		a->closing = false;
	if (!in && (g->flags & NETTRACE_TH_SYN) && (g->flags & NETTRACE_TH_ACK))
		a->answered = true;
	for (i = 0; i < n; i++) {
		if (step[i].from == step[i].to || step[i].from == NT_ST_NONE ||
		    step[i].to == NT_ST_NONE)
			continue;
		if (a->nwait == NT_WAITING_MAX)
			room = false;
		else
			a->wait[a->nwait++] = (struct nt_waiting){ step[i], t, arrow };
	}
	return room;
}

/* the end is in @to now; what waited is applied to that, in its order */
static void go_on_from(struct nt_agree *a, enum nt_state to)
{
	unsigned int i, kept = 0;
	enum nt_state s = to, next;

	for (i = 0; i < a->nwait; i++) {
		struct nt_waiting w = a->wait[i];

		next = nt_set_only(nt_fsm_next(s, w.step.meaning, a->tcp.tcb.passive));
		if (next == NT_ST_NONE || next == s)
			continue;
		w.step.from = s;
		w.step.to = next;
		a->wait[kept++] = w;
		s = next;
	}
	a->nwait = kept;
	nt_tcp_set(&a->tcp, s);
}

void nt_agree_yield(struct nt_agree *a)
{
	a->nwait = 0;
	if (a->seen != NT_ST_NONE)
		nt_tcp_set(&a->tcp, a->seen);
}

/* a call or a timer, by the table: what the segments have not shown yet */
static enum nt_verdict by_event(struct nt_agree *a, enum nt_state from, enum nt_state to,
				enum nt_meaning m)
{
	enum nt_state base = base_of(a);
	bool reset = false;
	unsigned int i;

	/* text that nobody will read: it ends the connection instead of moving it */
	for (i = 0; i < a->nwait; i++)
		reset |= a->wait[i].step.meaning == NT_SND_RST;
	if (base != from || nt_set_only(nt_fsm_next(from, m, a->tcp.tcb.passive)) != to)
		return NT_DIFFERS;
	go_on_from(a, to);
	if (to != NT_CLOSED || m == NT_TMO_TIME_WAIT || reset)
		return NT_AGREES;
	/* an abort in a state that has sent something shows as a RST */
	a->closing = true;
	return NT_AGREES_IF_RST;
}

static enum nt_verdict compare(struct nt_agree *a, enum nt_state from, enum nt_state to,
			       enum nt_meaning m, bool *lenient)
{
	const struct nt_step *w = &a->wait[0].step;

	if (a->nwait && w->from == from && alike(from, w->to, to)) {
		wait_pop(a);
		return NT_AGREES;
	}
	/* one of several states: the socket tells which */
	if (!a->nwait && nt_tcp_state(&a->tcp) == NT_ST_NONE) {
		bool may = a->tcp.may & (NT_SET(from) | NT_SET(to));

		nt_tcp_set(&a->tcp, to);
		return may ? NT_NOT_COMPARED : NT_DIFFERS;
	}
	if (a->doubtful && a->doubt.step.from == from && alike(from, a->doubt.step.to, to)) {
		*lenient = true;
		return NT_DIFFERS;
	}
	return m == NT_MEANING_MAX ? NT_DIFFERS : by_event(a, from, to, m);
}

enum nt_verdict nt_agree_observed(struct nt_agree *a, enum nt_state from, enum nt_state to,
				  enum nt_meaning m, enum nt_state *was, bool *lenient)
{
	enum nt_verdict v;

	*was = nt_tcp_state(&a->tcp);
	*lenient = false;
	if (!a->tcp.may)
		nt_tcp_begin(&a->tcp, NT_SET(from));
	v = compare(a, from, to, m, lenient);
	if (from == NT_LISTEN && to == NT_SYN_RECEIVED)
		a->tcp.tcb.passive = true;
	a->seen = to;
	if (v == NT_DIFFERS) {
		/* the rest of what waits may still be on its way through the socket */
		if (a->nwait)
			wait_pop(a);
		go_on_from(a, to);
		a->doubtful = false;
	}
	return v;
}
