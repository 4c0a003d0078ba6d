/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp_state.h - the eleven states of RFC 9293: names, and the kernel's numbers
 *
 * Purpose:   the words that all others use; what moves between the states is in
 *            tcp_meaning.h and tcp_fsm.h.
 * Ownership: values only.
 * Context:   pure: no allocation, lock, clock or output.
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

/* a before b in sequence space: RFC 9293, 3.4 */
static inline bool nt_seq_before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

#endif /* NETTRACE_TRACK_TCP_STATE_H */
