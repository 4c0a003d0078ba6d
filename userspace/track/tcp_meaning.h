/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp_meaning.h - what a segment means for the end that sends or receives it
 *
 * Purpose:   RFC 9293's acceptability rules (3.4, 3.10.7) with window scaling
 *            and PAWS (RFC 7323) and the challenge ACKs of RFC 5961 turn a
 *            segment into one to four meanings out of a closed list; the table
 *            of tcp_fsm.h says what each does to a state.
 * Ownership: the caller owns each end's variables; zeroed ones know nothing.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * What is not known (the trace began later) refuses nothing: a segment counts
 * as acceptable until a variable that is known says that it is not.
 */
#ifndef NETTRACE_TRACK_TCP_MEANING_H
#define NETTRACE_TRACK_TCP_MEANING_H

#include "tcp_state.h"

/*
 * NT_SND_*: the end sent it.  NT_RCV_*: it received it; the words in brackets
 * are what RFC 9293 has it answer.  NT_USR_* and NT_TMO_*: what shows in no
 * segment, calls of the user and time-outs, known of traced ends only.
 */
enum nt_meaning {
	NT_SND_SYN,	   /* without ACK */
	NT_SND_SYNACK,
	NT_SND_ACK,	   /* any segment with ACK that is neither SYN nor RST */
	NT_SND_TEXT,	   /* octets that it had not sent before */
	NT_SND_ACK_OF_FIN, /* so it has received the peer's FIN */
	NT_SND_FIN,
	NT_SND_RST,	   /* numbered within what it has sent: an abort */
	NT_SND_RST_REPLY,  /* numbered by the acknowledgment that it refuses */
	NT_SND_RST_REFUSE, /* to what carries no ACK: only CLOSED answers so */

	NT_RCV_SYN,	      /* opens: in LISTEN, or crosses the own SYN [SYN,ACK] */
	NT_RCV_SYNACK,	      /* acknowledges the own SYN [ACK] */
	NT_RCV_ACK_OF_SYN,    /* the same, without a SYN */
	NT_RCV_ACK,	      /* acknowledges no SYN or FIN that was not before */
	NT_RCV_ACK_OF_FIN,
	NT_RCV_TEXT,	      /* [ACK] */
	NT_RCV_PROBE,	      /* text while the window is 0: only its ACK counts [ACK] */
	NT_RCV_FIN,	      /* and all before it is here [ACK] */
	NT_RCV_FIN_EARLY,     /* something before it is missing: it is kept [ACK] */
	NT_RCV_RST,	      /* at RCV.NXT, or answers the own SYN */
	NT_RCV_RST_CHALLENGE, /* elsewhere in the window: RFC 5961, 3.2 [ACK] */
	NT_RCV_RST_OUTSIDE,   /* not in the window */
	NT_RCV_SYN_AGAIN,     /* in SYN-RECEIVED of a passive OPEN, in the window */
	NT_RCV_SYN_CHALLENGE, /* in a synchronised state: RFC 5961, 4.2 [ACK] */
	NT_RCV_SYN_REUSE,     /* in TIME-WAIT, newer than the old connection [SYN,ACK] */
	NT_RCV_OLD_DUPLICATE, /* ends before RCV.NXT [ACK] */
	NT_RCV_UNACCEPTABLE,  /* begins beyond the window [ACK] */
	NT_RCV_PAWS,	      /* older than the newest timestamp: RFC 7323, 5 [ACK] */
	NT_RCV_NO_ACK,	      /* a synchronised state takes nothing without ACK */
	NT_RCV_BAD_ACK,	      /* while the SYN is not acknowledged: of something else [RST] */
	NT_RCV_ACK_UNSENT,    /* of what was never sent [ACK] */
	NT_RCV_ACK_TOO_OLD,   /* RFC 5961, 5.2 [ACK] */
	NT_RCV_IGNORED,	      /* dropped in LISTEN, SYN-SENT or CLOSED without answer */
	NT_RCV_TO_NOBODY,     /* to CLOSED [RST] */

	NT_USR_OPEN,	      /* connect() */
	NT_USR_LISTEN,	      /* listen() */
	NT_USR_CLOSE,	      /* close(), shutdown() */
	NT_USR_ABORT,	      /* close() with unread data or SO_LINGER 0, ... */
	NT_TMO_USER,	      /* retransmissions or probes without answer */
	NT_TMO_TIME_WAIT,
	NT_ICMP_HARD,	      /* 3.9.2.2: an error that aborts */
	NT_MEANING_MAX
};

/* what RFC 9293 has the receiver answer at once */
enum nt_answer { NT_ANSWER_NONE, NT_ANSWER_ACK, NT_ANSWER_SYNACK, NT_ANSWER_RST };

/* "rcv-syn", ...; "?" for what is no meaning */
const char *nt_meaning_name(enum nt_meaning m);
enum nt_answer nt_meaning_answer(enum nt_meaning m);

/*
 * What of a segment matters here, with merged or split ones as they are.  @sack_from,
 * @sack_to: the block that tells what came last (RFC 2018, 4); equal: there is none.
 */
struct nt_segment {
	uint32_t seq, ack, len; /* @len: octets of payload */
	uint32_t sack_from, sack_to;
	uint16_t flags, window;
	uint32_t tsval;
	uint8_t optflags, wscale;
};

/* RFC 2883, 4: the first block lies below the acknowledgement, or in the second */
static inline bool nt_is_dsack(const struct nettrace_packet *p)
{
	uint32_t from = p->sack[0][0], to = p->sack[0][1];

	if ((int32_t)(from - p->ack) < 0)
		return true;
	return p->nsack > 1 && (int32_t)(from - p->sack[1][0]) >= 0 &&
	       (int32_t)(p->sack[1][1] - to) >= 0;
}

static inline void nt_segment_of(struct nt_segment *g, const struct nettrace_packet *p)
{
	*g = (struct nt_segment){
		.seq = p->seq,
		.ack = p->ack,
		.len = p->payload,
		.flags = p->tcp_flags,
		.window = p->window,
		.tsval = p->tsval,
		.optflags = p->optflags,
		.wscale = p->wscale,
	};
	if (p->nsack) {
		unsigned int newest = p->nsack > 1 && nt_is_dsack(p);

		g->sack_from = p->sack[newest][0];
		g->sack_to = p->sack[newest][1];
	}
}

#define NT_HOLES_MAX 8

/**
 * struct nt_tcb - the variables of RFC 9293, 3.3.1, of one end
 *
 * SND.*: what this end sent, at @nxt its highest number, @una what was
 * acknowledged *to it*.  RCV.*: what reached it.
 *
 * @passive:	it came from LISTEN
 * @answered:	its last SYN was the answer to one
 * @max_wnd:	the largest window the peer offered, scaled; 0: not known
 * @right:	right edge of the window it offered: RCV.NXT + RCV.WND
 * @syn_wnd:	the window in its own SYN, until @right can be known
 * @acked:	the last acknowledgment it sent (Last.ACK.sent of RFC 7323)
 * @ahead:	what arrived beyond @rcv_nxt; what finds no room there counts as
 *		not arrived until the end acknowledges it
 * @refused_fin: a FIN that came with a segment that is to be refused; that its end
 *		acknowledges it, selectively, shows that it was not
 */
struct nt_tcb {
	bool iss_known, snd_known, una_known, fin_sent;
	bool irs_known, rcv_known, fin_seen, right_known, acked_known, ts_known;
	bool passive, answered, scale_sent, scale_seen, ts_sent, ts_seen, fin_refused;
	uint8_t scale, peer_scale; /* shifts of the own and the peer's window */
	uint8_t nahead;
	uint16_t syn_wnd;
	uint32_t iss, una, nxt, fin, max_wnd;
	uint32_t irs, rcv_nxt, right, peer_fin, refused_fin, acked, ts_recent;
	struct {
		uint32_t from, to;
	} ahead[NT_HOLES_MAX];
};

#define NT_MEANINGS_MAX 4

/**
 * nt_meaning_sent() - what a segment means for its sender
 * @t:	its variables before this segment
 * @g:	the segment
 * @m:	filled in the order in which they take effect
 * Return: how many; 0 for what no TCP sends.
 */
size_t nt_meaning_sent(const struct nt_tcb *t, const struct nt_segment *g,
		       enum nt_meaning m[NT_MEANINGS_MAX]);

/**
 * nt_meaning_received() - what a segment means for its receiver
 * @t:	its variables before this segment
 * @s:	its state
 * @g:	the segment
 * @m:	filled in the order of RFC 9293, 3.10.7: RST, SYN, ACK, text, FIN
 * Return: how many; at least one.
 */
size_t nt_meaning_received(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			   enum nt_meaning m[NT_MEANINGS_MAX]);

/**
 * nt_meaning_lenient() - the same as Linux would have it
 *
 * Linux lets through what ends exactly at the last acknowledgment it sent, and
 * what begins exactly at the right edge (tcp_sequence()): one octet more on
 * either side than 3.4.  For excuses only, never for an inference.
 * Return: 0 when Linux differs in nothing.
 */
size_t nt_meaning_lenient(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			  enum nt_meaning m[NT_MEANINGS_MAX]);

/* take note that the end sent a segment */
void nt_tcb_sent(struct nt_tcb *t, const struct nt_segment *g);

/* take note that the end received one, of which @m, @n are the meanings */
void nt_tcb_received(struct nt_tcb *t, const struct nt_segment *g, const enum nt_meaning *m,
		     size_t n);

#endif /* NETTRACE_TRACK_TCP_MEANING_H */
