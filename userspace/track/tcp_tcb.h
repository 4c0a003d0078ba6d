/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tcp_tcb.h - what tcp_meaning.c and tcp_tcb.c share of an end's variables
 *
 * Purpose:   lengths and edges; nobody else includes it.
 * Ownership: the caller's.
 * Context:   pure: no allocation, lock, clock or output.
 */
#ifndef NETTRACE_TRACK_TCP_TCB_H
#define NETTRACE_TRACK_TCP_TCB_H

#include "tcp_meaning.h"

#define TH(g, f) ((g)->flags & NETTRACE_TH_##f)

/* SEG.LEN of RFC 9293, 3.3.1; a RST's payload is a text for people */
static inline uint32_t nt_seglen(const struct nt_segment *g)
{
	return g->len + !!TH(g, SYN) + !!TH(g, FIN);
}

static inline uint32_t nt_fin_of(const struct nt_segment *g)
{
	return g->seq + g->len + !!TH(g, SYN);
}

/* 0 when the edge that was offered has been reached */
static inline uint32_t nt_rcv_wnd(const struct nt_tcb *t)
{
	return nt_seq_before(t->rcv_nxt, t->right) ? t->right - t->rcv_nxt : 0;
}

/* up to where all is there, with [@from, @to) besides */
uint32_t nt_tcb_edge(const struct nt_tcb *t, uint32_t from, uint32_t to);

/* the end of the part of the text that fits the window; *@fin: the FIN does, too */
static inline uint32_t nt_tcb_text_end(const struct nt_tcb *t, const struct nt_segment *g,
				       bool *fin)
{
	uint32_t end = g->seq + g->len;

	*fin = TH(g, FIN);
	if (!t->rcv_known || !t->right_known)
		return end;
	if (*fin && !nt_seq_before(end, t->right))
		*fin = false;
	if (nt_seq_before(t->right, end))
		end = t->right;
	return nt_seq_before(end, g->seq) ? g->seq : end;
}

#endif /* NETTRACE_TRACK_TCP_TCB_H */
