// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_state.c - see tcp_state.h
 */
#include "tcp_state.h"

const char *nt_state_name(enum nt_state s)
{
	static const char *const name[NT_ST_MAX] = {
		[NT_ST_NONE] = "?",
		[NT_CLOSED] = "CLOSED",
		[NT_LISTEN] = "LISTEN",
		[NT_SYN_SENT] = "SYN-SENT",
		[NT_SYN_RECEIVED] = "SYN-RECEIVED",
		[NT_ESTABLISHED] = "ESTABLISHED",
		[NT_FIN_WAIT_1] = "FIN-WAIT-1",
		[NT_FIN_WAIT_2] = "FIN-WAIT-2",
		[NT_CLOSE_WAIT] = "CLOSE-WAIT",
		[NT_CLOSING] = "CLOSING",
		[NT_LAST_ACK] = "LAST-ACK",
		[NT_TIME_WAIT] = "TIME-WAIT",
	};

	return (unsigned int)s < NT_ST_MAX ? name[s] : "?";
}

enum nt_state nt_state_from_kernel(unsigned int k)
{
	static const enum nt_state state[__NETTRACE_TCP_STATE_MAX] = {
		[NETTRACE_TCP_NONE] = NT_ST_NONE,
		[NETTRACE_TCP_ESTABLISHED] = NT_ESTABLISHED,
		[NETTRACE_TCP_SYN_SENT] = NT_SYN_SENT,
		[NETTRACE_TCP_SYN_RECV] = NT_SYN_RECEIVED,
		[NETTRACE_TCP_FIN_WAIT1] = NT_FIN_WAIT_1,
		[NETTRACE_TCP_FIN_WAIT2] = NT_FIN_WAIT_2,
		[NETTRACE_TCP_TIME_WAIT] = NT_TIME_WAIT,
		[NETTRACE_TCP_CLOSE] = NT_CLOSED,
		[NETTRACE_TCP_CLOSE_WAIT] = NT_CLOSE_WAIT,
		[NETTRACE_TCP_LAST_ACK] = NT_LAST_ACK,
		[NETTRACE_TCP_LISTEN] = NT_LISTEN,
		[NETTRACE_TCP_CLOSING] = NT_CLOSING,
		[NETTRACE_TCP_NEW_SYN_RECV] = NT_SYN_RECEIVED,
	};

	return k < __NETTRACE_TCP_STATE_MAX ? state[k] : NT_ST_NONE;
}

/*
 * RFC 9293, 3.3.2 (figure 5) and 3.10.  A row is a state, a column what
 * happened; an empty place (NT_ST_NONE) changes nothing.
 *
 * A RST ends every synchronised state.  A FIN that comes in SYN-RECEIVED comes
 * with the ACK of the SYN or after it: CLOSE-WAIT.  Sending a FIN in
 * SYN-RECEIVED is the CLOSE call of 3.10.4.  TIME-WAIT's own end shows in no
 * segment: the table has no timer, and infers none.
 */
#define ABORT [NT_EV_SND_RST] = NT_CLOSED, [NT_EV_RCV_RST] = NT_CLOSED

/* clang-format off */
static const enum nt_state next_state[NT_ST_MAX][NT_EV_MAX] = {
	[NT_CLOSED] = {
		[NT_EV_SND_SYN]	    = NT_SYN_SENT,
	},
	[NT_LISTEN] = {
		[NT_EV_SND_SYN]	    = NT_SYN_SENT,
		[NT_EV_RCV_SYN]	    = NT_SYN_RECEIVED,
	},
	[NT_SYN_SENT] = {
		[NT_EV_RCV_SYN]	    = NT_SYN_RECEIVED,	/* simultaneous open */
		[NT_EV_RCV_SYNACK]  = NT_ESTABLISHED,
		[NT_EV_RCV_RST]	    = NT_CLOSED,
	},
	[NT_SYN_RECEIVED] = {
		[NT_EV_RCV_SYNACK]  = NT_ESTABLISHED,	/* simultaneous open */
		[NT_EV_RCV_ACK_SYN] = NT_ESTABLISHED,
		[NT_EV_SND_FIN]	    = NT_FIN_WAIT_1,
		[NT_EV_RCV_FIN]	    = NT_CLOSE_WAIT,
		ABORT,
	},
	[NT_ESTABLISHED] = {
		[NT_EV_SND_FIN]	    = NT_FIN_WAIT_1,
		[NT_EV_RCV_FIN]	    = NT_CLOSE_WAIT,
		ABORT,
	},
	[NT_FIN_WAIT_1] = {
		[NT_EV_RCV_ACK_FIN] = NT_FIN_WAIT_2,
		[NT_EV_RCV_FIN]	    = NT_CLOSING,
		ABORT,
	},
	[NT_FIN_WAIT_2] = {
		[NT_EV_RCV_FIN]	    = NT_TIME_WAIT,
		ABORT,
	},
	[NT_CLOSE_WAIT] = {
		[NT_EV_SND_FIN]	    = NT_LAST_ACK,
		ABORT,
	},
	[NT_CLOSING] = {
		[NT_EV_RCV_ACK_FIN] = NT_TIME_WAIT,
		ABORT,
	},
	[NT_LAST_ACK] = {
		[NT_EV_RCV_ACK_FIN] = NT_CLOSED,
		ABORT,
	},
	[NT_TIME_WAIT] = {
		[NT_EV_RCV_RST]	    = NT_CLOSED,
	},
};
/* clang-format on */

enum nt_state nt_tcp_next(enum nt_state s, enum nt_tcp_event e)
{
	enum nt_state to;

	if ((unsigned int)s >= NT_ST_MAX || (unsigned int)e >= NT_EV_MAX)
		return s;
	to = next_state[s][e];
	return to == NT_ST_NONE ? s : to;
}

size_t nt_tcp_sent(const struct nettrace_packet *p, enum nt_tcp_event ev[NT_TCP_EVENTS_MAX])
{
	size_t n = 0;

	if (p->tcp_flags & NETTRACE_TH_RST) {
		ev[n++] = NT_EV_SND_RST;
		return n;
	}
	if ((p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) == NETTRACE_TH_SYN)
		ev[n++] = NT_EV_SND_SYN;
	if (p->tcp_flags & NETTRACE_TH_FIN)
		ev[n++] = NT_EV_SND_FIN;
	return n;
}

/*
 * RFC 9293, 3.10.7.3 (SYN-SENT: the RST must acknowledge the SYN) and RFC 5961,
 * 3.2 (else its sequence number must be exactly the next expected one).
 */
static bool rst_acceptable(const struct nettrace_packet *p, const struct nt_flow *from,
			   const struct nt_flow *own, enum nt_state s)
{
	if (s == NT_SYN_SENT)
		return (p->tcp_flags & NETTRACE_TH_ACK) &&
		       (!own->isn_known || p->ack == own->isn + 1);
	if (!from->nxt_known)
		return true;
	return p->seq == from->nxt || (from->fin_known && p->seq == from->fin + 1);
}

size_t nt_tcp_received(const struct nettrace_packet *p, const struct nt_flow *from,
		       const struct nt_flow *own, enum nt_state s,
		       enum nt_tcp_event ev[NT_TCP_EVENTS_MAX])
{
	bool syn = p->tcp_flags & NETTRACE_TH_SYN;
	bool ack = p->tcp_flags & NETTRACE_TH_ACK;
	size_t n = 0;

	if (p->tcp_flags & NETTRACE_TH_RST) {
		if (rst_acceptable(p, from, own, s))
			ev[n++] = NT_EV_RCV_RST;
		return n;
	}
	if (syn && !ack)
		ev[n++] = NT_EV_RCV_SYN;
	if (ack && own->isn_known && nt_seq_before(own->isn, p->ack))
		ev[n++] = syn ? NT_EV_RCV_SYNACK : NT_EV_RCV_ACK_SYN;
	if (ack && own->fin_known && p->ack == own->fin + 1)
		ev[n++] = NT_EV_RCV_ACK_FIN;
	if (from->fin_known && from->nxt_known && from->nxt == from->fin)
		ev[n++] = NT_EV_RCV_FIN;
	return n;
}
