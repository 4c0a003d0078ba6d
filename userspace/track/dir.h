/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * dir.h - what one direction of a TCP conversation has shown so far
 *
 * Purpose:   the sequence space of one end, unwrapped to 64-bit positions: what
 *            it sent, what of it was acknowledged, the window it offers.  The
 *            tracker (states) and the marks both read it; it is kept once.
 * Ownership: the caller owns both directions of a conversation; a zeroed one
 *            has shown nothing.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * Positions near @base stay clear of 0, so that what lies before the first
 * number that was seen does not underflow.
 */
#ifndef NETTRACE_TRACK_DIR_H
#define NETTRACE_TRACK_DIR_H

#include <stdbool.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"
#include "range.h"

/**
 * struct nt_dir - one direction: what this end sent
 * @based:	@base is set: a number of this end was seen, or acknowledged
 * @isn_known:	its SYN was seen, so that @base is its initial sequence number
 * @fin_known:	its FIN was seen, at @fin
 * @sent:	a segment of it was seen, so that @max is one it really sent
 * @base:	position of relative sequence number 0
 * @fin:	position of the FIN
 * @max:	position after the highest octet, SYN or FIN that was seen: at
 *		least SND.NXT as far as the trace knows
 * @acked:	position up to which the peer has acknowledged it (SND.UNA)
 * @edge:	everything up to here, the FIN included, was seen without a hole or
 *		was acknowledged: RCV.NXT of the peer, if all that was seen arrived
 * @ranges:	payload that was seen
 * @window_known: @window and @right are valid
 * @window:	bytes this end last offered to its peer, scaled
 * @right:	position, in the *peer's* space, of the right edge it offered
 * @wscale_ok:	both SYNs carried the option, so @wscale applies (RFC 7323, 2.2)
 * @wscale:	shift of this end's window field
 * @wscale_offered: its SYN was seen, and carried the option
 * @wscale_guess: the SYNs were not seen: @window may be up to 2^14 times as much
 * @wl1:	@window is of the segment at this position of its own space,
 * @wl2:	which acknowledged this position of the peer's (SND.WL1, SND.WL2)
 * @wild:	a segment far beyond the window; 0: none
 * @unseen:	an acknowledgement of what was not seen; 0: none
 * @ts_known:	@ts_val: its last timestamp in order: TS.Recent (RFC 7323) of a peer at this place
 * @echo_known:	@ts_echo: the newest of its timestamps that the peer echoed: the peer's TS.Recent
 */
struct nt_dir {
	bool based, isn_known, fin_known, sent;
	bool window_known, wscale_offered, wscale_ok, wscale_guess, ts_known, echo_known;
	uint8_t wscale;
	uint32_t window, ts_val, ts_echo;
	uint64_t base, fin, max, acked, edge, right, wl1, wl2, wild, unseen;
	struct nt_ranges ranges;
};

/**
 * nt_dir_base() - make the numbers of a segment positions, where they are not yet
 * @d:		the sender's direction
 * @peer:	the other one
 * @p:		the segment
 *
 * Where the trace began later than the connection, the first number that is
 * seen counts as 1, as if the SYN had come right before it and been
 * acknowledged.  A RST to nowhere (RFC 9293, 3.5.2) has a number of no stream, and
 * sets nothing.
 */
void nt_dir_base(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p);

/**
 * nt_dir_pass() - take note of a segment that passed
 * @d:		the sender's direction, after nt_dir_base()
 * @peer:	the other one
 * @p:		the segment
 *
 * What is not of this stream changes nothing: a RST, a SYN with another number,
 * a single segment far beyond the window, a single acknowledgement of what was not
 * seen to be sent (a second one close to it is believed).
 * Return: how many bytes of payload were not seen before.
 */
uint32_t nt_dir_pass(struct nt_dir *d, struct nt_dir *peer, const struct nettrace_packet *p);

/* octets of sequence space: SEG.LEN of RFC 9293, 3.3.1 */
static inline uint32_t nt_seg_len(const struct nettrace_packet *p)
{
	return p->payload + !!(p->tcp_flags & NETTRACE_TH_SYN) + !!(p->tcp_flags & NETTRACE_TH_FIN);
}

/* position of SEG.SEQ in its sender's space; @d is based */
static inline uint64_t nt_dir_seq(const struct nt_dir *d, uint32_t seq)
{
	return nt_unwrap(d->max, seq);
}

#endif /* NETTRACE_TRACK_DIR_H */
