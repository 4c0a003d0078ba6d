// SPDX-License-Identifier: GPL-2.0-only
/*
 * timers.c - the timers of the socket of a sighting
 *
 * Purpose, context and locking: timers.h.
 */
#include <net/inet_timewait_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "compat.h"
#include "minisock.h"
#include "sample.h"
#include "skid.h"
#include "timers.h"

DEFINE_STATIC_KEY_FALSE(nt_timers_key);

/* RTO, tail loss probe, reordering, persist: one timer, used for one of them */
static void nt_rtx_timer(struct nettrace_timer *t, const struct sock *sk)
{
	switch (READ_ONCE(inet_csk(sk)->icsk_pending)) {
	case ICSK_TIME_RETRANS:
		t->armed |= NETTRACE_TIMER_RTO;
		break;
	case ICSK_TIME_PROBE0:
		t->armed |= NETTRACE_TIMER_PERSIST;
		break;
	case ICSK_TIME_LOSS_PROBE:
		t->armed |= NETTRACE_TIMER_TLP;
		break;
	case ICSK_TIME_REO_TIMEOUT:
		t->armed |= NETTRACE_TIMER_REO;
		break;
	default:
		return;
	}
	t->left_ms = nt_left_ms(nt_rtx_expires(sk));
}

static void nt_delack_timer(struct nettrace_timer *t, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);

	t->ato_ms = jiffies_to_msecs(icsk->icsk_ack.ato);
	if (!(READ_ONCE(icsk->icsk_ack.pending) & ICSK_ACK_TIMER))
		return;
	t->armed |= NETTRACE_TIMER_DELACK;
	t->delack_ms = nt_left_ms(nt_delack_expires(sk));
}

/* keepalive, or an orphan's FIN-WAIT-2, before it becomes a mini socket: one timer */
static void nt_keepalive_timer(struct nettrace_timer *t, const struct sock *sk)
{
	const struct timer_list *timer = nt_keep_timer(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	t->keep_time_ms = jiffies_to_msecs(keepalive_time_when(tp));
	t->keep_intvl_ms = jiffies_to_msecs(keepalive_intvl_when(tp));
	t->keep_probes = min(keepalive_probes(tp), 255);
	if (!timer_pending(timer))
		return;
	if (sock_flag(sk, SOCK_DEAD) && t->sock_state == TCP_FIN_WAIT2)
		t->armed |= NETTRACE_TIMER_FIN2;
	else if (sock_flag(sk, SOCK_KEEPOPEN))
		t->armed |= NETTRACE_TIMER_KEEP;
	else
		return;
	t->keep_ms = nt_left_ms(READ_ONCE(timer->expires));
}

static void nt_full_timers(struct nettrace_timer *t, const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	t->sk_id = nt_sk_id(sk);
	t->lport = ntohs(inet_sk(sk)->inet_sport);
	t->rto_us = jiffies_to_usecs(READ_ONCE(icsk->icsk_rto));
	t->srtt_us = READ_ONCE(tp->srtt_us) >> 3;
	t->rttvar_us = READ_ONCE(tp->mdev_us) >> 2;
	t->snd_cwnd = READ_ONCE(tp->snd_cwnd);
	t->snd_ssthresh = READ_ONCE(tp->snd_ssthresh);
	t->snd_wnd = READ_ONCE(tp->snd_wnd);
	t->rcv_wnd = READ_ONCE(tp->rcv_wnd);
	t->backoff = READ_ONCE(icsk->icsk_backoff);
	t->retransmits = READ_ONCE(icsk->icsk_retransmits);
	t->probes_out = READ_ONCE(icsk->icsk_probes_out);
	t->ca_state = icsk->icsk_ca_state;
	nt_rtx_timer(t, sk);
	nt_delack_timer(t, sk);
	nt_keepalive_timer(t, sk);
}

static void nt_request_timer(struct nettrace_timer *t, const struct sock *sk)
{
	const struct request_sock *req = inet_reqsk(sk);

	t->lport = inet_rsk(req)->ir_num;
	t->backoff = req->num_timeout;
	t->retransmits = req->num_retrans;
	t->rto_us = jiffies_to_usecs(min_t(u64, TCP_RTO_MAX,
					   (u64)nt_request_timeout(req) << req->num_timeout));
	if (!timer_pending(&req->rsk_timer))
		return;
	t->armed = NETTRACE_TIMER_RTO;
	t->left_ms = nt_left_ms(READ_ONCE(req->rsk_timer.expires));
}

static void nt_timewait_timer(struct nettrace_timer *t, const struct sock *sk)
{
	const struct inet_timewait_sock *tw = inet_twsk(sk);

	t->lport = ntohs(tw->tw_sport);
	if (!timer_pending(&tw->tw_timer))
		return;
	t->armed = t->sock_state == TCP_FIN_WAIT2 ? NETTRACE_TIMER_FIN2 :
						    NETTRACE_TIMER_TW;
	t->keep_ms = nt_left_ms(READ_ONCE(tw->tw_timer.expires));
}

/* @t has the socket's kind and state */
static void nt_sample_timers(struct nettrace_timer *t, const struct sock *sk)
{
	t->hdr.family = nt_sock_addresses(t->local, t->remote, sk);
	t->rport = ntohs(sk->sk_dport);
	if (t->kind == NETTRACE_SK_FULL)
		nt_full_timers(t, sk);
	else if (t->kind == NETTRACE_SK_REQUEST)
		nt_request_timer(t, sk);
	else
		nt_timewait_timer(t, sk);
}

/**
 * nt_timers_now() - the timers of a socket that somebody asks for
 * @t:		cleared; filled but for what only a record has
 * @sk:		full, request or timewait socket, with a reference
 *
 * Context: any; the socket is not locked.
 *
 * Return: false if it is none of TCP's.
 */
bool nt_timers_now(struct nettrace_timer *t, const struct sock *sk)
{
	t->kind = nt_kind_of(sk);
	if (t->kind == NETTRACE_SK_NONE)
		return false;
	t->sock_state = t->kind == NETTRACE_SK_TIMEWAIT ?
				READ_ONCE(inet_twsk(sk)->tw_substate) :
				READ_ONCE(sk->sk_state);
	nt_sample_timers(t, sk);
	return true;
}

/**
 * nt_timers_out() - the timers of the socket whose packet was just recorded
 * @tr:		its namespace
 * @p:		the packet's record, published
 * @sk:		full, request or timewait socket; NULL: there is none
 */
void nt_timers_out(struct nt_trace *tr, const struct nettrace_packet *p,
		   const struct sock *sk)
{
	struct nettrace_timer *t;
	union nettrace_rec *rec;
	unsigned long flags;

	if (!(READ_ONCE(tr->extra) & NT_TIMERS) || !sk ||
	    p->sk_kind == NETTRACE_SK_NONE || p->sk_kind == NETTRACE_SK_LISTEN)
		return;
	rec = nt_ring_begin(&tr->ring, NETTRACE_TIMER, &flags);
	if (!rec)
		return;
	t = &rec->timer;
	t->hdr.time = p->hdr.time;
	t->sock_state = p->sock_state;
	t->kind = p->sk_kind;
	nt_sample_timers(t, sk);
	nt_ring_commit(&tr->ring, flags);
}

/**
 * nt_timers_in() - the same of the socket that a segment has arrived for
 * @tr:		its namespace
 * @p:		the packet's record, published
 * @sk:		the packet's, or the one that was looked up for it; NULL: none
 */
void nt_timers_in(struct nt_trace *tr, const struct nettrace_packet *p,
		  const struct sock *sk)
{
	/* a listener has none of these timers */
	if (sk && nt_kind_of(sk) == p->sk_kind)
		nt_timers_out(tr, p, sk);
}
