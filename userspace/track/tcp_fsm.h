/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp_fsm.h - TCP's state machine: a table of states by meanings
 *
 * Purpose:   what each meaning of tcp_meaning.h does to each of the eleven
 *            states, with the section of RFC 9293 that says so.
 * Ownership: constants only.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * Every entry is written down: a state, "same", or "impossible", which is what
 * cannot come up in that state.  None is reached by default; an unwritten one is
 * a failed test.
 */
#ifndef NETTRACE_TRACK_TCP_FSM_H
#define NETTRACE_TRACK_TCP_FSM_H

#include "tcp_meaning.h"

/* a set of states: a bit each, by enum nt_state */
typedef uint16_t nt_states;

#define NT_SET(s)  ((nt_states)(1u << (s)))
#define NT_SET_ANY ((nt_states)((1u << NT_ST_MAX) - 2)) /* all eleven */

/* an entry of the table: an enum nt_state, or one of these */
enum nt_fsm_entry {
	NT_FSM_UNWRITTEN = 0,
	NT_FSM_SAME = NT_ST_MAX,
	NT_FSM_IMPOSSIBLE,
	NT_FSM_BACK,   /* LISTEN after a passive OPEN, else CLOSED */
	NT_FSM_EITHER, /* CLOSING or TIME-WAIT: was its own FIN acknowledged, too? */
	NT_FSM_ENTRY_MAX
};

/* a row of the table */
struct nt_fsm_row {
	uint8_t to[NT_ST_MAX];
	nt_states stays; /* where @to is "same" */
	const char *rfc; /* the section that it stands on */
	bool arrives;	 /* 3.10.7: CLOSED, LISTEN and SYN-SENT have sections of their own */
};
extern const struct nt_fsm_row nt_fsm_table[NT_MEANING_MAX];

/* as it is written; NT_FSM_UNWRITTEN for what is no state or no meaning */
enum nt_fsm_entry nt_fsm_entry(enum nt_state s, enum nt_meaning m);

/**
 * nt_fsm_next() - the states that may follow
 * @passive:	the end came from LISTEN
 * Return: a set, of one state almost always; empty: @m is impossible in @s.
 */
nt_states nt_fsm_next(enum nt_state s, enum nt_meaning m, bool passive);

/**
 * nt_fsm_stays() - does @m change nothing, whichever of @set it is
 * Return: true for an empty set, too.
 */
static inline bool nt_fsm_stays(nt_states set, enum nt_meaning m)
{
	return (unsigned int)m < NT_MEANING_MAX && !(set & ~nt_fsm_table[m].stays);
}

/* the section that the entry stands on, as "RFC 9293, 3.10.7.4, fifth" */
const char *nt_fsm_section(enum nt_state s, enum nt_meaning m);

/* the only member of a set; NT_ST_NONE when it has none or several */
static inline enum nt_state nt_set_only(nt_states set)
{
	if (!set || (set & (set - 1)) || set >= NT_SET(NT_ST_MAX))
		return NT_ST_NONE;
	return (enum nt_state)__builtin_ctz(set);
}

#endif /* NETTRACE_TRACK_TCP_FSM_H */
