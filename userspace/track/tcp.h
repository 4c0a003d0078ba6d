/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp.h - the tracker: the state of one end of a TCP connection, inferred
 *
 * Purpose:   fed with what the end sent and with what reached it, in the order
 *            in which it did, says in which state it must be by RFC 9293: the
 *            meaning of each segment (tcp_meaning.h), then the table
 *            (tcp_fsm.h).  The same for a remote end, for forwarded traffic, for
 *            a capture, and beside the socket of a traced end.
 * Ownership: the caller owns it; nt_tcp_begin() makes it usable.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * What is known is a set of states: one, when the trace has the beginning.
 * Where the trace began later the set shrinks as segments rule states out.  A
 * segment that is impossible in every state of the set changes nothing.
 */
#ifndef NETTRACE_TRACK_TCP_H
#define NETTRACE_TRACK_TCP_H

#include "tcp_fsm.h"

struct nt_tcp {
	nt_states may;	     /* one of these */
	bool impossible;     /* the last segment fitted no state of the set */
	struct nt_tcb tcb;
};

/* what one meaning did; @from, @to: NT_ST_NONE where not known */
struct nt_step {
	enum nt_meaning meaning;
	enum nt_state from, to;
};

/* an end of which @may is known, and nothing else */
void nt_tcp_begin(struct nt_tcp *e, nt_states may);

/* its state; NT_ST_NONE: it may be in several */
enum nt_state nt_tcp_state(const struct nt_tcp *e);

/* it is known to be in @s now: its socket said so */
void nt_tcp_set(struct nt_tcp *e, enum nt_state s);

/**
 * nt_tcp_sent() - the end sent a segment
 * Return: how many steps, in their order.
 */
size_t nt_tcp_sent(struct nt_tcp *e, const struct nt_segment *g,
		   struct nt_step step[NT_MEANINGS_MAX]);

/* a segment reached the end */
size_t nt_tcp_received(struct nt_tcp *e, const struct nt_segment *g,
		       struct nt_step step[NT_MEANINGS_MAX]);

/* a call of the user, a time-out, an ICMP error: NT_USR_*, NT_TMO_*, NT_ICMP_* */
struct nt_step nt_tcp_event(struct nt_tcp *e, enum nt_meaning m);

#endif /* NETTRACE_TRACK_TCP_H */
