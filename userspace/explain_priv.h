/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain_priv.h - between the files of explain*.c
 *
 * explain.c		entry points, titles, how sentences are put together
 * explain_facts.c	looking things up in the conversation
 * explain_tcp.c	a segment: SYN, data, acknowledgement
 * explain_close.c	FIN and RST
 * explain_mark.c	what is special about a segment, and what became of it
 * explain_state.c	a transition
 * explain_call.c	a system call
 * explain_errno.c	a call that failed, or does not return
 * explain_net.c	route, neighbour, ARP
 * explain_dgram.c	what is not TCP
 * explain_beside.c	queues, timers, drops, gaps, folds
 * explain_end.c	the summary
 *
 * Arguments of sentences are words of @x: they hold until the next step.
 */
#ifndef NETTRACE_EXPLAIN_PRIV_H
#define NETTRACE_EXPLAIN_PRIV_H

#include "explain.h"
#include "i18n.h"

#define NT_TH_HANDSHAKE (NETTRACE_TH_SYN | NETTRACE_TH_ACK | NETTRACE_TH_FIN | NETTRACE_TH_RST)

/* one more sentence, of the text or of the note; what does not fit is left out whole */
void nt_x_say(struct nt_told *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void nt_x_note(struct nt_told *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void nt_x_title(struct nt_told *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* ---- words (explain.c) ------------------------------------------------------ */

char *nt_x_word(struct nt_explain *x);
/* "client python3[412]", or by its address where no owner was observed */
const char *nt_x_who(struct nt_explain *x, int end);
const char *nt_x_owner(struct nt_explain *x, const char *comm, uint32_t pid);
const char *nt_x_addr(struct nt_explain *x, int end);
const char *nt_x_ip(struct nt_explain *x, unsigned int family, const uint8_t *b);
const char *nt_x_span(struct nt_explain *x, int64_t ns);
const char *nt_x_size(struct nt_explain *x, uint64_t bytes);
const char *nt_x_name(struct nt_explain *x, const char *foreign, size_t max);
/* what caused a transition: "segment 3", "close() of python3[412]" */
const char *nt_x_cause(struct nt_explain *x, const struct nt_cause *c);

/* ---- facts (explain_facts.c) ------------------------------------------------ */

/* a TCP segment; NULL: this item is none */
const struct nt_arrow *nt_x_segment(const struct nt_item *it);
/* the last one of @dir (-1: either) before @a, the first behind it, whose flags under @mask are
 * @flags; NULL: not among the items near it
 */
const struct nt_arrow *nt_x_before(const struct nt_explain *x, const struct nt_arrow *a, int dir,
				   unsigned int mask, unsigned int flags);
const struct nt_arrow *nt_x_after(const struct nt_explain *x, const struct nt_arrow *a, int dir,
				  unsigned int mask, unsigned int flags);
/* the last transition of an end before @t, to @to (NT_ST_NONE: any) */
const struct nt_transition *nt_x_trans(const struct nt_explain *x, int end, int64_t t,
				       enum nt_state to);
/* bytes that calls of an end have received by @t; -1: no call of it is recorded */
int64_t nt_x_received(const struct nt_explain *x, int end, int64_t t);
/* bytes of an end's stream that had reached the other by @t, gaps included */
uint64_t nt_x_came(const struct nt_explain *x, int dir, int64_t t);
/* both ends are of one namespace, or the packet went over lo */
bool nt_x_loopback(const struct nt_explain *x, const struct nt_arrow *a);
/* it was sighted where it arrived */
bool nt_x_arrived(const struct nt_arrow *a);
/* the relative number behind the last that it occupies */
uint32_t nt_x_end_seq(const struct nt_arrow *a);
/* the first segment with data of the conversation? */
bool nt_x_first_data(const struct nt_explain *x, const struct nt_arrow *a);

/* ---- steps: false: there is nothing to be said ------------------------------ */

bool nt_x_tcp(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
void nt_x_fin(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
void nt_x_ack_of_fin(struct nt_explain *x, const struct nt_arrow *a, const struct nt_arrow *fin,
		     struct nt_told *s);
void nt_x_rst(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
/* true: the mark tells all that there is to tell of this segment */
bool nt_x_special(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
void nt_x_marks(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
bool nt_x_transition(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s);
bool nt_x_call(struct nt_explain *x, const struct nt_call *call, enum nt_call_part part,
	       struct nt_told *s);
void nt_x_failed(struct nt_explain *x, const struct nt_call *call, struct nt_told *s);
void nt_x_waits(struct nt_explain *x, const struct nt_call *call, struct nt_told *s);
bool nt_x_arp(struct nt_explain *x, const struct nt_arp *arp, struct nt_told *s);
bool nt_x_route(struct nt_explain *x, const struct nt_route *r, struct nt_told *s);
bool nt_x_neigh(struct nt_explain *x, const struct nt_neigh *n, struct nt_told *s);
bool nt_x_dgram(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s);
bool nt_x_queue(struct nt_explain *x, const struct nt_queue *q, struct nt_told *s);
bool nt_x_timer(struct nt_explain *x, const struct nt_timer *tm, struct nt_told *s);
bool nt_x_drop(struct nt_explain *x, const struct nt_drop *d, struct nt_told *s);
bool nt_x_gap(struct nt_explain *x, const struct nt_gap *g, struct nt_told *s);
bool nt_x_fold(struct nt_explain *x, const struct nt_fold *f, struct nt_told *s);
bool nt_x_late(struct nt_explain *x, const struct nt_late *l, struct nt_told *s);

#endif /* NETTRACE_EXPLAIN_PRIV_H */
