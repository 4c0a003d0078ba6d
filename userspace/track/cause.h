/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cause.h - what may have caused a transition of a socket
 *
 * Purpose:   one table says which causes each transition can have: a system
 *            call (only where RFC 9293, 3.10 has a user call), a segment, a
 *            timer, an ICMP error.  From the facts of the record it makes a
 *            plan: what to look for, in which order, and what to say when
 *            nothing of it is in the trace.
 * Ownership: values and static strings only.
 * Context:   pure: no allocation, lock, clock or output.
 */
#ifndef NETTRACE_TRACK_CAUSE_H
#define NETTRACE_TRACK_CAUSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "tcp_state.h"

enum nt_cause_kind {
	NT_CAUSE_SEGMENT, /* arrow @n of the conversation */
	NT_CAUSE_CALL,	  /* system call @name, by @pid @comm */
	NT_CAUSE_TIMER,	  /* timer @name: "time-wait", "retransmission", … */
	NT_CAUSE_ICMP,	  /* ICMP error: arrow @n of the conversation */
	NT_CAUSE_UNKNOWN, /* @name says why it is not known */
};

struct nt_cause {
	enum nt_cause_kind kind;
	uint32_t n;	  /* UNKNOWN: the arrow that shows it, or 0 */
	const char *name; /* static string */
	uint32_t pid;	  /* 0: not observed */
	char comm[NETTRACE_NAME_LEN];
};

/* which inbound segment is looked for */
enum nt_want {
	NT_WANT_NONE,
	NT_WANT_SYN,	 /* without ACK */
	NT_WANT_SYNACK,	 /* acknowledging our SYN */
	NT_WANT_OPENING, /* a SYN, or the ACK that proves a SYN cookie */
	NT_WANT_ACK_OF_SYN,
	NT_WANT_FIN,
	NT_WANT_ACK_OF_FIN,
	NT_WANT_RST,
	NT_WANT_DATA, /* payload that nobody will read */
	NT_WANT_ANY,
	NT_WANT_MAX
};

/**
 * nt_want_match() - is this the segment that is looked for
 * @p:		an inbound segment
 * @own:	what the receiving end itself has sent
 */
bool nt_want_match(enum nt_want want, const struct nettrace_packet *p, const struct nt_flow *own);

/* one thing to try: a cause, certain unless a segment has to be found for it */
struct nt_try {
	enum nt_cause_kind kind;
	enum nt_want want; /* NT_CAUSE_SEGMENT */
	const char *name;  /* else */
};
#define NT_PLAN_MAX 6

/**
 * struct nt_plan - tries in order; the last is always NT_CAUSE_UNKNOWN
 * @owner:	the record's process made the call and is the end's owner
 */
struct nt_plan {
	size_t n;
	struct nt_try t[NT_PLAN_MAX];
	bool owner;
};

/**
 * struct nt_cause_facts - what led up to a transition
 * @from:	old state
 * @to:		new state
 * @rst:	the socket accepted a RST since its last transition
 *		(NETTRACE_RST_RECEIVED)
 * @zero_window: the peer's last word was a window of 0
 * @at_once:	the transition before is the record before, on the same CPU
 */
struct nt_cause_facts {
	enum nt_state from, to;
	bool rst, zero_window, at_once;
};

/**
 * nt_cause_plan() - where to look for the cause of a transition
 * @rec:	the NETTRACE_STATE record
 * @f:		what is known besides
 * @plan:	filled
 */
void nt_cause_plan(const struct nettrace_state *rec, const struct nt_cause_facts *f,
		   struct nt_plan *plan);

/* which calls a transition may have; a call may be of several classes */
#define NT_CALL_CONNECT	   0x01 /* connect, or a send that opens (RFC 7413) */
#define NT_CALL_LISTEN	   0x02
#define NT_CALL_CLOSE	   0x04 /* what can drop the last reference */
#define NT_CALL_SHUTDOWN   0x08
#define NT_CALL_DISCONNECT 0x10 /* connect(AF_UNSPEC), or one that failed */

/**
 * nt_call_name() - the call in whose own context a record was made
 * @rec:	the record
 * @allowed:	NT_CALL_* that can cause the transition
 * @why:	set when NULL is returned: why no call is named
 * Return: a static name, "exit" for a dying process, or NULL.
 */
const char *nt_call_name(const struct nettrace_state *rec, unsigned int allowed, const char **why);

#endif /* NETTRACE_TRACK_CAUSE_H */
