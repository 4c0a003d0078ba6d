/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marks_priv.h - what the marks_*.c files share.  Nobody else includes it.
 *
 *   marks.c       the order; what the header alone tells; what to remember
 *   marks_ack.c   acknowledgements, windows, probes and their answers
 *   marks_data.c  retransmissions, reordering, old duplicates
 */
#ifndef NETTRACE_TRACK_MARKS_PRIV_H
#define NETTRACE_TRACK_MARKS_PRIV_H

#include "marks.h"
#include "tcp_meaning.h"

#define TH(p, f)   ((p)->tcp_flags & NETTRACE_TH_##f)

#define NT_TIME_MS 1000000LL
#define NT_TIME_S  (1000 * NT_TIME_MS)

/* a segment and all that is looked at for it */
struct nt_mark_at {
	struct nt_marker *m;
	const struct nt_mark_facts *f;
	const struct nettrace_packet *p;
	const struct nt_dir *d, *peer;	 /* its sender's, its receiver's */
	struct nt_mark_dir *own, *other; /* likewise */
	struct nt_mark_list *out;
	uint64_t seq, end; /* positions; only where d->based */
	uint64_t ack;	   /* position in the peer's space; only with @ack_ok */
	bool ack_ok;
};

/* no SYN, FIN, RST, no payload */
static inline bool nt_pure_ack(const struct nettrace_packet *p)
{
	return !p->payload && TH(p, ACK) && !TH(p, SYN) && !TH(p, FIN) && !TH(p, RST);
}

/* marks.c */

/* marks_ack.c */
void nt_marks_of_ack(struct nt_mark_at *a);
void nt_marks_of_window(struct nt_mark_at *a);
/* true: it is a probe; then it is no retransmission */
bool nt_marks_of_probe(struct nt_mark_at *a);
/* note what its receiver will have to answer */
void nt_marks_owe(struct nt_mark_at *a);

/* marks_data.c */
void nt_marks_of_data(struct nt_mark_at *a);
/* one of its sender's last packets, as it is: known by its IPv4 identification */
bool nt_mark_is_copy(const struct nt_mark_at *a);
/* remember it as sent */
void nt_marks_sent(struct nt_mark_at *a);

#endif /* NETTRACE_TRACK_MARKS_PRIV_H */
