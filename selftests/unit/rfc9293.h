/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rfc9293.h - an oracle: section 3.10 of RFC 9293 as procedures
 *
 * Purpose:   what the tracker's table is compared with.  Written from the text of
 *            the RFC, step by step and in its words, with RFC 5961's checks, RFC
 *            7323's PAWS and RFC 6191's TIME-WAIT; it shares nothing with
 *            userspace/track, not even the names of the states.
 * Ownership: values only.
 */
#ifndef NETTRACE_UNIT_RFC9293_H
#define NETTRACE_UNIT_RFC9293_H

#include <stdbool.h>
#include <stdint.h>

enum rfc_state {
	RFC_CLOSED,
	RFC_LISTEN,
	RFC_SYN_SENT,
	RFC_SYN_RECEIVED,
	RFC_ESTABLISHED,
	RFC_FIN_WAIT_1,
	RFC_FIN_WAIT_2,
	RFC_CLOSE_WAIT,
	RFC_CLOSING,
	RFC_LAST_ACK,
	RFC_TIME_WAIT,
	RFC_STATES
};

/* 3.3.1, and what 5961 and 7323 add */
struct rfc_tcb {
	enum rfc_state state;
	bool passive;
	uint32_t iss, snd_una, snd_nxt, max_snd_wnd;
	bool fin_sent; /* its number is snd_nxt - 1 */
	uint32_t irs, rcv_nxt, rcv_wnd;
	bool held, held_fin; /* a segment that waits for what is before it */
	uint32_t held_from, held_to;
	bool ts;
	uint32_t ts_recent;
};

#define RFC_FIN 1u
#define RFC_SYN 2u
#define RFC_RST 4u
#define RFC_ACK 16u

struct rfc_seg {
	uint32_t seq, ack, len; /* len: octets of text */
	unsigned int ctl;
	bool ts;
	uint32_t tsval;
};

enum rfc_reply { RFC_NO_REPLY, RFC_REPLY_ACK, RFC_REPLY_SYNACK, RFC_REPLY_RST };

/* 3.10.7: what is sent in reply, and whether it acknowledges a FIN */
struct rfc_out {
	enum rfc_reply reply;
	bool acks_fin;
	bool rst_has_ack; /* <SEQ=0><ACK=SEG.SEQ+SEG.LEN><CTL=RST,ACK> */
};

struct rfc_out rfc_segment_arrives(struct rfc_tcb *t, const struct rfc_seg *g);

/* the user calls and time-outs; what they send, as control bits, or 0 */
unsigned int rfc_open_active(struct rfc_tcb *t);
unsigned int rfc_open_passive(struct rfc_tcb *t);
unsigned int rfc_close(struct rfc_tcb *t);
unsigned int rfc_abort(struct rfc_tcb *t);
void rfc_user_timeout(struct rfc_tcb *t);
void rfc_time_wait_timeout(struct rfc_tcb *t);

#endif /* NETTRACE_UNIT_RFC9293_H */
