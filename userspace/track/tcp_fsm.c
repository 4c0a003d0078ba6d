// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_fsm.c - see tcp_fsm.h
 *
 * A row is a meaning, a column a state.  Where the RFC drops a segment, answers
 * it or returns an error to the user, the state stays the same.
 */
#include "tcp_fsm.h"

#define CLSD NT_CLOSED
#define LSTN NT_LISTEN
#define SYNS NT_SYN_SENT
#define SYNR NT_SYN_RECEIVED
#define ESTB NT_ESTABLISHED
#define FIN1 NT_FIN_WAIT_1
#define FIN2 NT_FIN_WAIT_2
#define CLOW NT_CLOSE_WAIT
#define CLNG NT_CLOSING
#define LACK NT_LAST_ACK
#define TIMW NT_TIME_WAIT
#define same NT_FSM_SAME
#define ____ NT_FSM_IMPOSSIBLE
#define back NT_FSM_BACK
#define eith NT_FSM_EITHER

#define TO(cl, li, ss, sr, es, f1, f2, cw, cg, la, tw)                                     \
	{                                                                                  \
		[NT_CLOSED] = (cl), [NT_LISTEN] = (li), [NT_SYN_SENT] = (ss),              \
		[NT_SYN_RECEIVED] = (sr), [NT_ESTABLISHED] = (es), [NT_FIN_WAIT_1] = (f1), \
		[NT_FIN_WAIT_2] = (f2), [NT_CLOSE_WAIT] = (cw), [NT_CLOSING] = (cg),       \
		[NT_LAST_ACK] = (la), [NT_TIME_WAIT] = (tw),                               \
	}

#define STAYS(s, to) ((unsigned int)(to) == NT_FSM_SAME ? NT_SET(s) : 0)

/* nt_fsm_row::to and ::stays */
#define ROW(cl, li, ss, sr, es, f1, f2, cw, cg, la, tw)                                \
	TO(cl, li, ss, sr, es, f1, f2, cw, cg, la, tw),                                \
		STAYS(NT_CLOSED, cl) | STAYS(NT_LISTEN, li) | STAYS(NT_SYN_SENT, ss) | \
			STAYS(NT_SYN_RECEIVED, sr) | STAYS(NT_ESTABLISHED, es) |       \
			STAYS(NT_FIN_WAIT_1, f1) | STAYS(NT_FIN_WAIT_2, f2) |          \
			STAYS(NT_CLOSE_WAIT, cw) | STAYS(NT_CLOSING, cg) |             \
			STAYS(NT_LAST_ACK, la) | STAYS(NT_TIME_WAIT, tw)

/* clang-format off */
const struct nt_fsm_row nt_fsm_table[NT_MEANING_MAX] = {
	/*                        CLOSED LISTEN SYN-S SYN-R ESTAB FIN-1 FIN-2 CLO-W CLOSG LASTA TIMEW */
	[NT_SND_SYN]	    = { ROW(SYNS, SYNS, same, ____, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.1" },
	[NT_SND_SYNACK]	    = { ROW(____, SYNR, SYNR, same, ____, ____, ____, ____, ____, ____, SYNR),
				"RFC 9293, 3.5" },
	/* to acknowledge a SYN it must have come */
	[NT_SND_ACK]	    = { ROW(____, ____, ESTB, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.5" },
	/* before its FIN, which CLOSE queues behind the text; in SYN-RECEIVED: RFC 7413 */
	[NT_SND_TEXT]	    = { ROW(____, ____, ____, same, same, same, ____, same, same, same, ____),
				"RFC 9293, 3.10.4" },
	/* to acknowledge a FIN it must have come */
	[NT_SND_ACK_OF_FIN] = { ROW(____, ____, ____, CLOW, CLOW, eith, TIMW, same, same, same, same),
				"RFC 9293, 3.10.7.4, eighth" },
	[NT_SND_FIN]	    = { ROW(____, ____, ____, FIN1, FIN1, same, ____, LACK, same, same, ____),
				"RFC 9293, 3.10.4" },
	[NT_SND_RST]	    = { ROW(same, ____, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD),
				"RFC 9293, 3.10.5" },
	[NT_SND_RST_REPLY]  = { ROW(same, same, same, same, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.5.2" },
	[NT_SND_RST_REFUSE] = { ROW(same, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.5.2" },

	/*                        CLOSED LISTEN SYN-S SYN-R ESTAB FIN-1 FIN-2 CLO-W CLOSG LASTA TIMEW */
	[NT_RCV_SYN]	    = { ROW(____, SYNR, SYNR, ____, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7.4, fourth", true },
	/* in SYN-RECEIVED: figure 8, the answer to a SYN that crossed */
	[NT_RCV_SYNACK]	    = { ROW(____, ____, ESTB, ESTB, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7.4, fourth", true },
	[NT_RCV_ACK_OF_SYN] = { ROW(____, ____, ____, ESTB, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_ACK]	    = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_ACK_OF_FIN] = { ROW(____, ____, ____, ____, ____, FIN2, same, ____, TIMW, CLSD, same),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_TEXT]	    = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, seventh", true },
	[NT_RCV_PROBE]	    = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, first", true },
	[NT_RCV_FIN]	    = { ROW(____, ____, ____, ____, CLOW, CLNG, TIMW, same, same, same, same),
				"RFC 9293, 3.10.7.4, eighth", true },
	[NT_RCV_FIN_EARLY]  = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, eighth", true },
	[NT_RCV_RST]	    = { ROW(____, ____, CLSD, back, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD),
				"RFC 9293, 3.10.7.4, second", true },
	[NT_RCV_RST_CHALLENGE] = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, second", true },
	[NT_RCV_RST_OUTSIDE] = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, second", true },
	[NT_RCV_SYN_AGAIN]  = { ROW(____, ____, ____, LSTN, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7.4, fourth", true },
	[NT_RCV_SYN_CHALLENGE] = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, fourth", true },
	[NT_RCV_SYN_REUSE]  = { ROW(____, ____, ____, ____, ____, ____, ____, ____, ____, ____, SYNR),
				"RFC 9293, 3.6.1" },
	[NT_RCV_OLD_DUPLICATE] = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, first", true },
	[NT_RCV_UNACCEPTABLE] = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, first", true },
	[NT_RCV_PAWS]	    = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 7323, 5.3" },
	[NT_RCV_NO_ACK]	    = { ROW(____, ____, ____, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_BAD_ACK]    = { ROW(____, same, same, same, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_ACK_UNSENT] = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.7.4, fifth", true },
	[NT_RCV_ACK_TOO_OLD] = { ROW(____, ____, ____, ____, same, same, same, same, same, same, same),
				"RFC 5961, 5.2" },
	[NT_RCV_IGNORED]    = { ROW(same, same, same, ____, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7", true },
	[NT_RCV_TO_NOBODY]  = { ROW(same, ____, ____, ____, ____, ____, ____, ____, ____, ____, ____),
				"RFC 9293, 3.10.7", true },

	/*                        CLOSED LISTEN SYN-S SYN-R ESTAB FIN-1 FIN-2 CLO-W CLOSG LASTA TIMEW */
	[NT_USR_OPEN]	    = { ROW(SYNS, SYNS, same, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.1" },
	[NT_USR_LISTEN]	    = { ROW(LSTN, same, same, same, same, same, same, same, same, same, same),
				"RFC 9293, 3.10.1" },
	[NT_USR_CLOSE]	    = { ROW(same, CLSD, CLSD, FIN1, FIN1, same, same, LACK, same, same, same),
				"RFC 9293, 3.10.4" },
	[NT_USR_ABORT]	    = { ROW(same, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD),
				"RFC 9293, 3.10.5" },
	[NT_TMO_USER]	    = { ROW(same, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD),
				"RFC 9293, 3.10.8" },
	[NT_TMO_TIME_WAIT]  = { ROW(____, ____, ____, ____, ____, ____, ____, ____, ____, ____, CLSD),
				"RFC 9293, 3.10.8" },
	[NT_ICMP_HARD]	    = { ROW(same, same, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD, CLSD),
				"RFC 9293, 3.9.2.2" },
};
/* clang-format on */

enum nt_fsm_entry nt_fsm_entry(enum nt_state s, enum nt_meaning m)
{
	if ((unsigned int)s >= NT_ST_MAX || (unsigned int)m >= NT_MEANING_MAX)
		return NT_FSM_UNWRITTEN;
	return nt_fsm_table[m].to[s];
}

nt_states nt_fsm_next(enum nt_state s, enum nt_meaning m, bool passive)
{
	enum nt_fsm_entry e = nt_fsm_entry(s, m);

	switch (e) {
	case NT_FSM_UNWRITTEN:
	case NT_FSM_IMPOSSIBLE:
		return 0;
	case NT_FSM_SAME:
		return NT_SET(s);
	case NT_FSM_BACK:
		return NT_SET(passive ? NT_LISTEN : NT_CLOSED);
	case NT_FSM_EITHER:
		return NT_SET(NT_CLOSING) | NT_SET(NT_TIME_WAIT);
	default:
		return NT_SET(e);
	}
}

const char *nt_fsm_section(enum nt_state s, enum nt_meaning m)
{
	if (nt_fsm_entry(s, m) == NT_FSM_UNWRITTEN)
		return "?";
	if (!nt_fsm_table[m].arrives)
		return nt_fsm_table[m].rfc;
	if (s == NT_CLOSED)
		return "RFC 9293, 3.10.7.1";
	if (s == NT_LISTEN)
		return "RFC 9293, 3.10.7.2";
	if (s == NT_SYN_SENT)
		return "RFC 9293, 3.10.7.3";
	return nt_fsm_table[m].rfc;
}
