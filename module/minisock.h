/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * minisock.h - following request and TIME-WAIT sockets
 *
 * Purpose:   the kernel tells nothing of the half-open request socket and of
 *            TIME-WAIT.  Their beginning is seen at the SYN+ACK and at the
 *            full socket's end; for their end a timer is set to their own
 *            expiry, and when it fires the kernel is asked again.
 * Ownership: a table per namespace (struct nt_minis), which grows up to the
 *            parameter minisocks; an entry holds addresses, never a reference
 *            to a socket.
 * Context:   softirq, task, timer; never NMI.
 * Locking:   the table's own lock, interrupts off; records are written inside.
 */
#ifndef NETTRACE_MINISOCK_H
#define NETTRACE_MINISOCK_H

#include "ns.h"
#include "tuple.h"

struct nt_minis_stats {
	u64 followed;		/* since tracing began */
	u64 unfollowed;		/* no free entry: their end is not seen */
	unsigned int now;	/* entries in use */
	unsigned int max;
};

/* one of them, as others may see it */
struct nt_mini_info {
	struct nt_tuple tuple;
	u64 sk_id;
	u32 left_ms;
	u8 kind;		/* enum nettrace_sk_kind */
	u8 state;		/* enum nettrace_tcp_state */
};

int nt_minis_init(struct nt_trace *tr, unsigned int max);
void nt_minis_stop(struct nt_trace *tr);
void nt_minis_free(struct nt_trace *tr);
void nt_minis_stats(const struct nt_trace *tr, struct nt_minis_stats *st);
unsigned int nt_minis_list(const struct nt_trace *tr, unsigned int *from,
			   struct nt_mini_info *out, unsigned int n);

/* the SYN+ACK of @req is about to leave; true: it is not the first one */
bool nt_mini_request_out(struct nt_trace *tr, struct request_sock *req);
/* a child socket took over from the request socket of these addresses */
void nt_mini_promoted(struct nt_trace *tr, const struct sock *sk);
/* @tw took the place of full socket @sk; returns 0 or NETTRACE_END_UNFOLLOWED */
u8 nt_mini_timewait(struct nt_trace *tr, const struct inet_timewait_sock *tw,
		    u64 sk_id);
/* a segment leaves on behalf of @tw: has its state or timer changed? */
void nt_mini_timewait_out(struct nt_trace *tr, const struct inet_timewait_sock *tw);
/* what may end mini socket @sk has come: look soon; inside a record */
void nt_mini_poke(struct nt_trace *tr, const struct sock *sk);

static inline u32 nt_left_ms(unsigned long expires)
{
	long left = (long)(expires - jiffies);

	return left > 0 ? jiffies_to_msecs(left) : 0;
}

#endif /* NETTRACE_MINISOCK_H */
