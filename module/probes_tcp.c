// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes_tcp.c - tracepoints of TCP: inet_sock_set_state, tcp_*_reset
 *
 * Purpose:   probes_tcp.h.
 * Context:   whoever changes the state: a system call, softirq, a timer.
 *            Since 7.2 probes run preemptible and outside of RCU, so each
 *            takes rcu_read_lock_sched() itself.
 * Locking:   the socket is locked or private to its caller.  A namespace that
 *            is not traced has no ring: nt_net::trace is read under RCU.
 */
#include <linux/sched.h>
#include <net/inet_sock.h>
#include <net/inet_timewait_sock.h>
#include <net/tcp.h>

#include "minisock.h"
#include "name.h"
#include "probes_tcp.h"
#include "sample.h"
#include "skid.h"
#include "syscall.h"

/* the records' state numbers are the kernel's (uapi/nettrace.h) */
static_assert((int)NETTRACE_TCP_ESTABLISHED == (int)TCP_ESTABLISHED);
static_assert((int)NETTRACE_TCP_SYN_SENT == (int)TCP_SYN_SENT);
static_assert((int)NETTRACE_TCP_SYN_RECV == (int)TCP_SYN_RECV);
static_assert((int)NETTRACE_TCP_FIN_WAIT1 == (int)TCP_FIN_WAIT1);
static_assert((int)NETTRACE_TCP_FIN_WAIT2 == (int)TCP_FIN_WAIT2);
static_assert((int)NETTRACE_TCP_TIME_WAIT == (int)TCP_TIME_WAIT);
static_assert((int)NETTRACE_TCP_CLOSE == (int)TCP_CLOSE);
static_assert((int)NETTRACE_TCP_CLOSE_WAIT == (int)TCP_CLOSE_WAIT);
static_assert((int)NETTRACE_TCP_LAST_ACK == (int)TCP_LAST_ACK);
static_assert((int)NETTRACE_TCP_LISTEN == (int)TCP_LISTEN);
static_assert((int)NETTRACE_TCP_CLOSING == (int)TCP_CLOSING);
static_assert((int)NETTRACE_TCP_NEW_SYN_RECV == (int)TCP_NEW_SYN_RECV);
static_assert(sizeof(union nettrace_rec) == NETTRACE_REC_SIZE);

static bool nt_probed(const struct sock *sk)
{
	return sk->sk_protocol == IPPROTO_TCP &&
	       (sk->sk_family == AF_INET || sk->sk_family == AF_INET6);
}

/* who is running, and in which system call (docs/honesty.md, rule 4) */
static void nt_context(struct nettrace_state *s)
{
	struct task_struct *task = current;

	s->syscall = -1;
	if (!in_task())
		return;
	s->flags = NETTRACE_CTX_TASK;
	s->pid = task->tgid;
	s->tid = task->pid;
	nt_copy_comm(s->comm);
	if (task->flags & PF_EXITING)
		s->flags |= NETTRACE_CTX_EXITING;
	if (task->flags & PF_IO_WORKER)
		s->flags |= NETTRACE_CTX_IO_URING;
	else if (task->flags & PF_KTHREAD)
		s->flags |= NETTRACE_CTX_KTHREAD;
	else
		s->syscall = nt_syscall_nr();
	if (in_compat_syscall())
		s->flags |= NETTRACE_CTX_COMPAT;
}

static void nt_addresses(struct nettrace_state *s, const struct sock *sk)
{
	s->hdr.family = nt_sock_addresses(s->local, s->remote, sk);
	/* inet_num is already 0 at ->CLOSE; inet_sport is not */
	s->lport = ntohs(inet_sk(sk)->inet_sport);
	s->rport = ntohs(sk->sk_dport);
}

static void nt_socket_facts(struct nettrace_state *s, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	s->sk_err = READ_ONCE(sk->sk_err);
	s->shutdown = READ_ONCE(sk->sk_shutdown);
	s->dead = sock_flag(sk, SOCK_DEAD);
	s->snd_nxt = tp->snd_nxt;
	s->rcv_nxt = tp->rcv_nxt;
	s->unread = tp->rcv_nxt - tp->copied_seq;
	s->retransmits = icsk->icsk_retransmits;
	s->probes_out = icsk->icsk_probes_out;
	s->pending = icsk->icsk_pending;
}

/*
 * X -> CLOSE of a full socket: if a timewait socket has taken its place in the
 * hash table, this is no end but the beginning of TIME-WAIT (or an orphan that
 * waits for its FIN in FIN-WAIT-2).
 */
static void nt_timewait_begins(struct nettrace_state *s,
			       const struct inet_timewait_sock *tw)
{
	s->kind = NETTRACE_SK_TIMEWAIT;
	s->what = NETTRACE_BEGIN;
	s->new_state = READ_ONCE(tw->tw_substate);
	s->left_ms = nt_left_ms(READ_ONCE(tw->tw_timer.expires));
}

static struct sock *nt_find_timewait(struct nt_trace *tr, const struct sock *sk)
{
	struct nt_tuple t;
	struct sock *tw;

	if (!sk->sk_dport)
		return NULL;
	nt_tuple_of_sock(&t, sk, ntohs(inet_sk(sk)->inet_sport));
	tw = nt_lookup(tr->net, &t);
	if (!tw || tw->sk_state == TCP_TIME_WAIT)
		return tw;
	sock_gen_put(tw);
	return NULL;
}

/* all of a record of full socket @sk but its kind of event */
static noinline void nt_fill(struct nettrace_state *s, const struct sock *sk,
			     u8 what, int oldstate, int newstate)
{
	nt_context(s);
	nt_addresses(s, sk);
	nt_socket_facts(s, sk);
	s->kind = NETTRACE_SK_FULL;
	s->what = what;
	s->old_state = oldstate;
	s->new_state = newstate;
	s->sk_id = nt_sk_id(sk);
}

static __always_inline void nt_record_state(struct nt_trace *tr,
					    const struct sock *sk,
					    int oldstate, int newstate)
{
	union nettrace_rec *rec;
	unsigned long flags;

	rec = nt_ring_begin(&tr->ring, NETTRACE_STATE, &flags);
	if (!rec)
		return;
	nt_fill(&rec->state, sk, NETTRACE_CHANGE, oldstate, newstate);
	nt_ring_commit(&tr->ring, flags);
}

/* X -> CLOSE, which may be the beginning of TIME-WAIT */
static noinline void nt_record_close(struct nt_trace *tr, const struct sock *sk,
				     int oldstate)
{
	struct sock *tw = nt_find_timewait(tr, sk);
	union nettrace_rec *rec;
	unsigned long flags;
	u8 why;

	if (!tw) {
		nt_record_state(tr, sk, oldstate, TCP_CLOSE);
		return;
	}
	why = nt_mini_timewait(tr, inet_twsk(tw), nt_sk_id(sk));
	rec = nt_ring_begin(&tr->ring, NETTRACE_STATE, &flags);
	if (rec) {
		nt_fill(&rec->state, sk, NETTRACE_CHANGE, oldstate, TCP_CLOSE);
		nt_timewait_begins(&rec->state, inet_twsk(tw));
		rec->state.end_why = why;
		nt_ring_commit(&tr->ring, flags);
	}
	sock_gen_put(tw);
}

/*
 * A socket in SYN-SENT, or that never was connected, leaves no TIME-WAIT
 * (RFC 9293, 3.6): only these states can.
 */
static bool nt_may_wait(int oldstate)
{
	return oldstate == TCP_FIN_WAIT1 || oldstate == TCP_FIN_WAIT2 ||
	       oldstate == TCP_CLOSING || oldstate == TCP_TIME_WAIT;
}

static void nt_probe_set_state(void *data, const struct sock *sk,
			       const int oldstate, const int newstate)
{
	struct nt_trace *tr;

	if (!nt_probed(sk))
		return;
	rcu_read_lock_sched();
	tr = nt_probed_trace(sock_net(sk));
	if (!tr)
		goto out;
	if (newstate == TCP_CLOSE && nt_may_wait(oldstate)) {
		nt_record_close(tr, sk, oldstate);
		goto out;
	}
	if (oldstate == TCP_SYN_RECV)
		nt_mini_promoted(tr, sk);
	nt_record_state(tr, sk, oldstate, newstate);
out:
	rcu_read_unlock_sched();
}

static void nt_record_reset(const struct sock *sk, u8 what, u32 reason)
{
	union nettrace_rec *rec;
	struct nt_trace *tr;
	unsigned long flags;

	if (!sk || !nt_sk_is_tcp(sk) || !nt_probed(sk))
		return;
	rcu_read_lock_sched();
	tr = nt_probed_trace(sock_net(sk));
	if (tr) {
		rec = nt_ring_begin(&tr->ring, NETTRACE_RESET, &flags);
		if (rec) {
			nt_fill(&rec->state, sk, what, sk->sk_state,
				sk->sk_state);
			rec->state.reason = reason;
			nt_ring_commit(&tr->ring, flags);
		}
	}
	rcu_read_unlock_sched();
}

static void nt_probe_receive_reset(void *data, struct sock *sk)
{
	nt_record_reset(sk, NETTRACE_RST_RECEIVED, 0);
}

#ifdef NT_HAVE_RST_REASON
static void nt_probe_send_reset(void *data, const struct sock *sk,
				const struct sk_buff *skb,
				const enum sk_rst_reason reason)
{
	nt_record_reset(sk, NETTRACE_RST_SENT, reason);
}
#else
static void nt_probe_send_reset(void *data, const struct sock *sk,
				const struct sk_buff *skb)
{
	nt_record_reset(sk, NETTRACE_RST_SENT, 0);
}
#endif

struct nt_probe nt_probes_tcp[NT_PROBES_TCP] = {
	{ "inet_sock_set_state", nt_probe_set_state },
	{ "tcp_receive_reset", nt_probe_receive_reset },
	{ "tcp_send_reset", nt_probe_send_reset },
};
