// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_trans.c - what a traced socket did: its transition and the cause
 *
 * The kernel's events and RFC 9293's transitions are not one to one.  A child
 * socket passes LISTEN -> SYN-RECEIVED at the third segment, when its request
 * has been half open since the SYN: the request counts.  A full socket that
 * makes way for a TIME-WAIT socket does not close.  An orphan that waits in
 * FIN-WAIT-2 as a mini socket stays in FIN-WAIT-2.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

/* false: the record is no transition of the end */
static bool map_record(const struct nt_convx *cv, const struct nt_statex *x, enum nt_state *from,
		       enum nt_state *to)
{
	const struct nettrace_state *rec = &x->rec;

	*from = nt_state_from_kernel(rec->old_state);
	*to = nt_state_from_kernel(rec->new_state);
	switch (rec->kind) {
	case NETTRACE_SK_FULL:
		if (rec->what != NETTRACE_CHANGE)
			return false;
		if (*from == NT_LISTEN && *to == NT_SYN_RECEIVED &&
		    cv->c.end[x->end].state == NT_SYN_RECEIVED)
			return false;
		break;
	case NETTRACE_SK_REQUEST:
		/* a Fast Open child is half open already when its request shows */
		if (rec->what == NETTRACE_BEGIN) {
			if (cv->c.end[x->end].basis == NT_OBSERVED &&
			    cv->c.end[x->end].state >= NT_SYN_RECEIVED &&
			    cv->c.end[x->end].state != NT_TIME_WAIT)
				return false;
			break;
		}
		if (rec->what != NETTRACE_END || rec->end_why == NETTRACE_END_PROMOTED)
			return false;
		*from = NT_SYN_RECEIVED;
		*to = NT_CLOSED;
		break;
	case NETTRACE_SK_TIMEWAIT:
		if (rec->what == NETTRACE_END)
			*to = NT_CLOSED;
		else if (rec->what == NETTRACE_RESTART && *from == *to)
			return *to == NT_TIME_WAIT;
		break;
	default:
		return false;
	}
	return *from != *to && *from != NT_ST_NONE && *to != NT_ST_NONE;
}

/* where and when an arrow came to the end that owns stream @source; -1: not */
static int came_in(const struct nt_arrowx *x, unsigned int source)
{
	int i;

	for (i = 0; i < x->a.nsight; i++) {
		if (x->a.sight[i].hook == NETTRACE_LOCAL_IN && x->a.sight[i].source == source)
			return i;
	}
	return -1;
}

static bool matches(const struct nt_statex *st, const struct nt_arrowx *x, const struct nt_try *t)
{
	const struct nt_endx *own = &st->pend.cv->e[st->end];

	if (t->kind == NT_CAUSE_ICMP)
		return x->icmp;
	return !x->icmp && x->a.pkt.proto == IPPROTO_TCP &&
	       nt_want_match(t->want, &x->a.pkt, &own->fed);
}

/*
 * The inbound segment behind a transition.  In softirq the segment being
 * processed is the last that came in on that CPU.  In task context a backlog is
 * worked off, in order: the first that fits, not before the previous cause (one
 * segment may cause two transitions).
 */
static struct nt_arrowx *find_cause(const struct nt_statex *st, const struct nt_try *t,
				    int64_t until)
{
	/* a mini socket has no backlog; it comes to be in the full one's */
	bool softirq = !(st->rec.flags & NETTRACE_CTX_TASK) ||
		       (st->rec.kind != NETTRACE_SK_FULL && st->rec.what != NETTRACE_BEGIN);
	const struct nt_convx *cv = st->pend.cv;
	struct nt_arrowx *x, *found = NULL;
	bool found_here = false;

	for (x = cv->last; x; x = x->prev) {
		int i = came_in(x, st->source);
		bool here;

		/* what began the wait does not begin it again */
		if (t->want == NT_WANT_ANY && x == cv->e[st->end].cause)
			break;
		if (x->a.dir != st->end && i >= 0 && x->a.sight[i].t <= until &&
		    matches(st, x, t)) {
			here = x->x[i].cpu == st->rec.hdr.cpu;
			if (!softirq || !found || (here && !found_here)) {
				found = x;
				found_here = here;
			}
			if (softirq && found_here)
				break;
		}
		if (x == cv->e[st->end].cause)
			break;
	}
	return found;
}

static struct nt_arrowx *try_segment(const struct nt_statex *st, const struct nt_try *t)
{
	struct nt_arrowx *x = find_cause(st, t, st->pend.t);

	return x ? x : find_cause(st, t, st->pend.t + NT_SLOP);
}

static void find_and_set(const struct nt_statex *st, const struct nt_plan *plan,
			 struct nt_transition *tr, struct nt_arrowx **arrow)
{
	size_t i;

	*arrow = NULL;
	for (i = 0; i < plan->n; i++) {
		const struct nt_try *t = &plan->t[i];

		tr->cause.kind = t->kind;
		tr->cause.name = t->name;
		if (t->kind != NT_CAUSE_SEGMENT && t->kind != NT_CAUSE_ICMP)
			break;
		*arrow = try_segment(st, t);
		if (*arrow)
			break;
	}
	if (tr->cause.kind == NT_CAUSE_CALL) {
		tr->cause.pid = st->rec.pid;
		memcpy(tr->cause.comm, st->rec.comm, sizeof(tr->cause.comm));
		tr->cause.comm[sizeof(tr->cause.comm) - 1] = '\0';
	}
}

void nt_conv_moved(struct nt_convx *cv, const struct nt_transition *tr,
		   const struct nt_arrowx *cause)
{
	struct nt_conv *c = &cv->c;
	bool by_rst = cause && !cause->icmp && (cause->a.pkt.tcp_flags & NETTRACE_TH_RST);

	if (tr->to == NT_FIN_WAIT_1 && c->closer < 0)
		c->closer = tr->end;
	if (cause && cause->icmp && c->opened == NT_OPEN_UNANSWERED)
		c->opened = NT_OPEN_REFUSED;
	if (tr->to != NT_CLOSED || tr->from == NT_TIME_WAIT || c->closed == NT_CLOSE_FIN)
		return;
	if (tr->cause.kind == NT_CAUSE_TIMER) {
		c->closed = NT_CLOSE_TIMEOUT;
		if (c->closer < 0)
			c->closer = tr->end;
	} else if (by_rst && c->closed == NT_CLOSE_OPEN) {
		c->closed = NT_CLOSE_RST;
		if (c->closer < 0 && c->opened != NT_OPEN_REFUSED)
			c->closer = !tr->end;
	} else {
		/* the RST of an abort comes before (then it counts) or after */
		if ((c->completeness & 32) && c->closed == NT_CLOSE_OPEN)
			c->closed = NT_CLOSE_RST;
		if (tr->cause.kind == NT_CAUSE_CALL && c->closer < 0)
			c->closer = tr->end;
	}
}

static int emit_transition(struct nt_model *m, struct nt_convx *cv, const struct nt_transition *tr)
{
	struct nt_item item = { .type = NT_ITEM_TRANSITION, .t = tr->t, .conv = &cv->c };

	item.tr = malloc(sizeof(*item.tr));
	if (!item.tr)
		return -ENOMEM;
	*item.tr = *tr;
	if (nt_emit(m, cv, &item)) {
		free(item.tr);
		return -ENOMEM;
	}
	return 0;
}

static int transition(struct nt_model *m, struct nt_statex *x, enum nt_state from, enum nt_state to)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_end *end = &cv->c.end[x->end];
	struct nt_endx *e = &cv->e[x->end];
	struct nt_cause_facts facts = {
		.from = from,
		.to = to,
		.rst = e->rst,
		.zero_window = cv->e[!x->end].dir.window_known && !cv->e[!x->end].dir.window,
		.at_once = e->moved_cpu == x->rec.hdr.cpu && e->moved_seq &&
			   e->moved_seq + 1 == x->rec.hdr.seq,
	};
	struct nt_transition tr = {
		.t = x->pend.t,
		.end = x->end,
		.from = from,
		.to = to,
		.basis = NT_OBSERVED,
		.kind = x->rec.kind,
		.what = x->rec.what,
		.end_why = x->rec.end_why,
		.left_ms = x->rec.left_ms,
		.late = x->rec.flags & NETTRACE_CTX_TIMER,
	};
	struct nt_arrowx *arrow;
	struct nt_plan plan;
	int ret;

	nt_cause_plan(&x->rec, &facts, &plan);
	find_and_set(x, &plan, &tr, &arrow);
	if (arrow && !arrow->final) {
		/* recorded before its cause: shown behind it */
		x->pend.t = arrow->pend.t;
		nt_queue_after(m, &x->pend, &arrow->pend);
		return 1;
	}
	ret = nt_agree_transition(m, x, &tr);
	if (ret)
		return ret;
	if (arrow) {
		tr.cause.n = arrow->a.n;
		e->cause = arrow;
	}
	if (plan.owner && tr.cause.kind == NT_CAUSE_CALL)
		nt_owner_set(cv, x->end, NT_OWNER_CALL, tr.cause.pid, tr.cause.comm);
	end->state = to;
	end->basis = NT_OBSERVED;
	e->rst = false;
	e->moved_seq = x->rec.hdr.seq;
	e->moved_cpu = x->rec.hdr.cpu;
	e->resync = false;
	nt_conv_moved(cv, &tr, arrow);
	return emit_transition(m, cv, &tr);
}

int nt_state_final(struct nt_model *m, struct nt_statex *x)
{
	struct nt_convx *cv = x->pend.cv;
	enum nt_state from, to;
	int ret;

	if (x->rec.hdr.type == NETTRACE_RESET) {
		if (x->rec.what == NETTRACE_RST_RECEIVED)
			cv->e[x->end].rst = true;
		return 0;
	}
	if (!map_record(cv, x, &from, &to))
		return m->timers ? nt_timer_mini(m, x) : 0;
	ret = transition(m, x, from, to);
	return ret || !m->timers ? ret : nt_timer_mini(m, x);
}
