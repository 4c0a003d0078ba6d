/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp_state.h - the eleven states of RFC 9293 and what moves between them
 *
 * Purpose:   names of the states, the kernel's numbers for them, and the table
 *            by which the state of an end is inferred from segments when no
 *            traced kernel owns its socket.
 * Ownership: values only.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * A segment is first turned into what it *means* for one end (it sent a SYN, it
 * received the ACK of its FIN, …); the meaning is then looked up in a table of
 * states by meanings.  What the table has no entry for changes nothing.
 */
#ifndef NETTRACE_TRACK_TCP_STATE_H
#define NETTRACE_TRACK_TCP_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"

/* RFC 9293's eleven states; NT_ST_NONE: not known */
enum nt_state {
	NT_ST_NONE,
	NT_CLOSED,
	NT_LISTEN,
	NT_SYN_SENT,
	NT_SYN_RECEIVED,
	NT_ESTABLISHED,
	NT_FIN_WAIT_1,
	NT_FIN_WAIT_2,
	NT_CLOSE_WAIT,
	NT_CLOSING,
	NT_LAST_ACK,
	NT_TIME_WAIT,
	NT_ST_MAX
};

/**
 * nt_state_name() - the RFC's name
 * @s:	any number; one that is no state gives "?"
 */
const char *nt_state_name(enum nt_state s);

/**
 * nt_state_from_kernel() - a state by the kernel's number
 * @k:	enum nettrace_tcp_state, or anything a damaged file holds
 *
 * The half-open request (NEW_SYN_RECV) is RFC 9293's SYN-RECEIVED.
 * Return: NT_ST_NONE when @k is no state.
 */
enum nt_state nt_state_from_kernel(unsigned int k);

/* what a segment means for the end that sends or receives it */
enum nt_tcp_event {
	NT_EV_SND_SYN,
	NT_EV_SND_FIN,
	NT_EV_SND_RST,
	NT_EV_RCV_SYN,
	NT_EV_RCV_SYNACK,  /* acknowledges our SYN */
	NT_EV_RCV_ACK_SYN, /* acknowledges our SYN, carries none */
	NT_EV_RCV_ACK_FIN, /* acknowledges our FIN */
	NT_EV_RCV_FIN,	   /* and every byte before it was seen */
	NT_EV_RCV_RST,	   /* acceptable: RFC 9293, 3.10.7 */
	NT_EV_MAX
};

/**
 * struct nt_flow - what one direction of a conversation has shown so far
 * @isn_known:	@isn is the sequence number of its SYN
 * @fin_known:	@fin is the sequence number of its FIN
 * @nxt_known:	every byte before @nxt was seen
 */
struct nt_flow {
	bool isn_known, fin_known, nxt_known;
	uint32_t isn, fin, nxt;
};

#define NT_TCP_EVENTS_MAX 4

/**
 * nt_tcp_sent() - what a segment means for its sender
 * @p:		the segment
 * @ev:		filled in the order in which RFC 9293 applies them
 * Return: how many.
 */
size_t nt_tcp_sent(const struct nettrace_packet *p, enum nt_tcp_event ev[NT_TCP_EVENTS_MAX]);

/**
 * nt_tcp_received() - what a segment means for its receiver
 * @p:		the segment
 * @from:	the sender's direction, this segment included
 * @own:	the receiver's own direction
 * @s:		the receiver's state: it decides whether a RST is acceptable
 * @ev:		filled in the order of RFC 9293, 3.10.7: RST, SYN, ACK, FIN
 * Return: how many.
 */
size_t nt_tcp_received(const struct nettrace_packet *p, const struct nt_flow *from,
		       const struct nt_flow *own, enum nt_state s,
		       enum nt_tcp_event ev[NT_TCP_EVENTS_MAX]);

/**
 * nt_tcp_next() - the state after an event
 * Return: @s itself when @e changes nothing there.
 */
enum nt_state nt_tcp_next(enum nt_state s, enum nt_tcp_event e);

/* a before b in sequence space: RFC 9293, 3.4 */
static inline bool nt_seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif /* NETTRACE_TRACK_TCP_STATE_H */
