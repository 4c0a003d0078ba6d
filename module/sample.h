/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sample.h - what a sighting reads from the local socket
 *
 * Purpose:   the socket's own state beside each segment, and the facts that
 *            are true only at that instant.
 * Context:   inside a record (interrupts off), under the hook's rcu_read_lock.
 */
#ifndef NETTRACE_SAMPLE_H
#define NETTRACE_SAMPLE_H

#include <linux/skbuff.h>

#include "name.h"
#include "ns.h"
#include "tuple.h"

/* a TCP socket proper: neither a mini socket nor a raw one that speaks TCP */
static inline bool nt_sk_is_tcp(const struct sock *sk)
{
	return sk_fullsock(sk) && sk->sk_protocol == IPPROTO_TCP &&
	       sk->sk_type == SOCK_STREAM;
}

/* enum nettrace_sk_kind of @sk, which is no listener */
static inline u8 nt_kind_of(const struct sock *sk)
{
	if (sk->sk_state == TCP_NEW_SYN_RECV)
		return NETTRACE_SK_REQUEST;
	if (sk->sk_state == TCP_TIME_WAIT)
		return NETTRACE_SK_TIMEWAIT;
	return nt_sk_is_tcp(sk) ? NETTRACE_SK_FULL : NETTRACE_SK_NONE;
}

/* nettrace_packet::pid and the TASK flag */
static inline void nt_sample_task(struct nettrace_packet *p)
{
	if (in_task() && !(current->flags & PF_KTHREAD)) {
		p->pid = current->tgid;
		p->flags |= NETTRACE_PKT_TASK;
	}
}

/*
 * nettrace_packet::comm: a datagram's program, which no other record tells.  It
 * stands where TCP has its SACK blocks and other ICMP what it is about.
 */
static inline void nt_sample_comm(struct nettrace_packet *p)
{
	const u16 need = NETTRACE_PKT_TASK, none = NETTRACE_PKT_INNER | NETTRACE_PKT_ND;

	if ((p->flags & (need | none)) != need)
		return;
	nt_copy_comm(p->comm);
	p->flags |= NETTRACE_PKT_COMM;
}

void nt_sample_out(struct nettrace_packet *p, const struct sock *sk);
void nt_sample_mini(struct nettrace_packet *p, const struct sock *sk);
struct sock *nt_sample_in(struct nt_trace *tr, struct nettrace_packet *p,
			  struct sk_buff *skb);

#endif /* NETTRACE_SAMPLE_H */
