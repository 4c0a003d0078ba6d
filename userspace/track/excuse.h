/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * excuse.h - why what a socket did may differ from what its segments imply
 *
 * Purpose:   the closed list of reasons that excuse a disagreement, each a
 *            predicate over facts, with a name and a ceiling.  What none of them
 *            covers is a defect of the tracker, or of the module.
 * Ownership: values and static strings only.
 * Context:   pure: no allocation, lock, clock or output.
 */
#ifndef NETTRACE_TRACK_EXCUSE_H
#define NETTRACE_TRACK_EXCUSE_H

#include "cause.h"
#include "tcp_fsm.h"

enum nt_excuse {
	NT_EXCUSE_NONE, /* unexplained */
	NT_EXCUSE_GAP,
	NT_EXCUSE_TIMER,
	NT_EXCUSE_ICMP,
	NT_EXCUSE_CALL,
	NT_EXCUSE_DESTROYED,
	NT_EXCUSE_REUSED,
	NT_EXCUSE_LENIENT,
	NT_EXCUSE_COOKIE,
	NT_EXCUSE_SYN_DROPPED,
	NT_EXCUSE_ACK_DROPPED,
	NT_EXCUSE_MAX
};

/**
 * struct nt_disputed - what is known of a disagreement
 * @from, @to:	the observed transition; equal: none was observed, though
 * @inferred:	is where the segments had led by then
 * @cause:	of the observed transition; UNKNOWN when none was observed
 * @gap:	events were lost while the conversation lived
 * @timed_out:	the socket's error is ETIMEDOUT: a timer gave up, whichever it was
 * @destroyed:	the socket's error is ECONNABORTED: another program ended it
 * @reused:	a new connection took the addresses over
 * @lenient:	Linux takes a segment that came, and that RFC 9293 refuses, and by
 *		it the table gives @to
 * @rst_sent:	the end sent a RST with or after the transition
 * @passive:	the end came from LISTEN
 * @answered:	it sent a SYN,ACK
 * @request:	a request socket was seen to hold the half-open connection
 */
struct nt_disputed {
	enum nt_state from, to, inferred;
	enum nt_cause_kind cause;
	bool gap, timed_out, destroyed, reused, lenient, rst_sent, passive, answered, request;
};

/* the first of the list that covers it, or NT_EXCUSE_NONE */
enum nt_excuse nt_excuse_find(const struct nt_disputed *d);

/* "gap", "timer", ...; "unexplained" for NT_EXCUSE_NONE; "?" for none of them */
const char *nt_excuse_name(enum nt_excuse e);
/* a sentence */
const char *nt_excuse_text(enum nt_excuse e);
/* how many of 1,000 connections may have it before it is no excuse any more */
unsigned int nt_excuse_ceiling(enum nt_excuse e);

#endif /* NETTRACE_TRACK_EXCUSE_H */
