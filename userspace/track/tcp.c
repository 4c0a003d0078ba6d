// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp.c - see tcp.h
 */
#include "tcp.h"

/* its peer's FIN has come; its own has gone */
#define FIN_RCVD \
	(NT_SET(NT_CLOSE_WAIT) | NT_SET(NT_CLOSING) | NT_SET(NT_LAST_ACK) | NT_SET(NT_TIME_WAIT))
#define FIN_SENT                                                              \
	(NT_SET(NT_FIN_WAIT_1) | NT_SET(NT_FIN_WAIT_2) | NT_SET(NT_CLOSING) | \
	 NT_SET(NT_LAST_ACK) | NT_SET(NT_TIME_WAIT))

void nt_tcp_begin(struct nt_tcp *e, nt_states may)
{
	*e = (struct nt_tcp){ .may = may };
}

enum nt_state nt_tcp_state(const struct nt_tcp *e)
{
	return nt_set_only(e->may);
}

void nt_tcp_set(struct nt_tcp *e, enum nt_state s)
{
	if (s == NT_SYN_RECEIVED && (e->may & NT_SET(NT_LISTEN)))
		e->tcb.passive = true;
	e->may = NT_SET(s);
}

/* every state of a set moves; empty when the meaning fits none */
static nt_states next_of(nt_states from, enum nt_meaning m, bool passive)
{
	nt_states to = 0;
	unsigned int s;

	if (nt_set_only(from) != NT_ST_NONE) /* nearly always */
		return nt_fsm_next(nt_set_only(from), m, passive);
	for (s = NT_CLOSED; s < NT_ST_MAX; s++) {
		if (from & NT_SET(s))
			to |= nt_fsm_next(s, m, passive);
	}
	return to;
}

static bool opens_passively(enum nt_state from, enum nt_state to)
{
	return from == NT_LISTEN && to == NT_SYN_RECEIVED;
}

static enum nt_state moves(struct nt_tcp *e, enum nt_meaning m)
{
	enum nt_state from = nt_set_only(e->may);
	nt_states to = next_of(e->may, m, e->tcb.passive);

	if (to == e->may)
		return from;
	if (!to)
		e->impossible = true;
	else
		e->may = to;
	if (opens_passively(from, nt_set_only(e->may)))
		e->tcb.passive = true;
	return nt_set_only(e->may);
}

static inline struct nt_step apply(struct nt_tcp *e, enum nt_meaning m)
{
	enum nt_state s = nt_set_only(e->may);
	struct nt_step step = { .meaning = m, .from = s, .to = s };

	if (!nt_fsm_stays(e->may, m)) /* seldom */
		step.to = moves(e, m);
	return step;
}

struct nt_step nt_tcp_event(struct nt_tcp *e, enum nt_meaning m)
{
	e->impossible = false;
	return apply(e, m);
}

size_t nt_tcp_sent(struct nt_tcp *e, const struct nt_segment *g,
		   struct nt_step step[NT_MEANINGS_MAX])
{
	enum nt_meaning m[NT_MEANINGS_MAX];
	size_t i, n = nt_meaning_sent(&e->tcb, g, m);

	e->impossible = false;
	/* it has no connection yet: a RST refuses what is left of an older one */
	if (n && m[0] == NT_SND_RST && !(e->may & ~(NT_SET(NT_CLOSED) | NT_SET(NT_LISTEN))))
		m[0] = g->flags & NETTRACE_TH_ACK ? NT_SND_RST_REFUSE : NT_SND_RST_REPLY;
	/* that it answers a SYN shows that it listened */
	if (n && m[0] == NT_SND_SYNACK && !(e->may & NT_SET(NT_SYN_SENT)) &&
	    (e->may & (NT_SET(NT_LISTEN) | NT_SET(NT_SYN_RECEIVED))) &&
	    nt_tcp_state(e) == NT_ST_NONE)
		e->tcb.passive = true;
	for (i = 0; i < n; i++) {
		enum nt_state from = nt_set_only(e->may);

		/* several states: what is new was sent before the FIN */
		if (m[i] == NT_SND_TEXT && from == NT_ST_NONE && (e->may & ~FIN_SENT))
			e->may &= (nt_states)~FIN_SENT;
		step[i] = apply(e, m[i]);
		step[i].from = from;
	}
	nt_tcb_sent(&e->tcb, g);
	return n;
}

/*
 * Several states: each judges the segment by itself.  New text shows that its
 * sender has not closed, so no FIN has come from there.
 */
static size_t received_by_several(struct nt_tcp *e, const struct nt_segment *g,
				  struct nt_step step[NT_MEANINGS_MAX])
{
	enum nt_meaning m[NT_MEANINGS_MAX], took[NT_MEANINGS_MAX] = { NT_RCV_IGNORED };
	nt_states to = 0, set;
	size_t i, n, ntook = 0;
	unsigned int s;

	step[0].from = nt_tcp_state(e);
	if (g->len && e->tcb.rcv_known && e->tcb.acked_known &&
	    nt_seq_before(e->tcb.rcv_nxt, g->seq + g->len) && (e->may & ~FIN_RCVD))
		e->may &= (nt_states)~FIN_RCVD;
	for (s = NT_CLOSED; s < NT_ST_MAX; s++) {
		if (!(e->may & NT_SET(s)))
			continue;
		n = nt_meaning_received(&e->tcb, s, g, m);
		for (set = NT_SET(s), i = 0; i < n; i++)
			set = next_of(set, m[i], e->tcb.passive);
		to |= set;
		/* the one that takes most of it is what the variables follow: of a SYN,
		 * to a listener or to nobody, the listener
		 */
		if (n > ntook || (n == ntook && s >= NT_LISTEN)) {
			for (i = 0; i < n; i++)
				took[i] = m[i];
			ntook = n;
		}
	}
	if (to)
		e->may = to;
	else
		e->impossible = true;
	step[0].meaning = took[0];
	step[0].to = nt_tcp_state(e);
	nt_tcb_received(&e->tcb, g, took, ntook);
	return 1;
}

size_t nt_tcp_received(struct nt_tcp *e, const struct nt_segment *g,
		       struct nt_step step[NT_MEANINGS_MAX])
{
	enum nt_meaning m[NT_MEANINGS_MAX];
	enum nt_state s = nt_set_only(e->may);
	size_t i, n;

	e->impossible = false;
	if (s == NT_ST_NONE && e->may)
		return received_by_several(e, g, step);
	n = nt_meaning_received(&e->tcb, s, g, m);
	for (i = 0; i < n; i++)
		step[i] = apply(e, m[i]);
	nt_tcb_received(&e->tcb, g, m, n);
	return n;
}
