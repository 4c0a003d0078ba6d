// SPDX-License-Identifier: GPL-2.0-only
/*
 * sample.c - reading the local socket at a sighting
 *
 * Purpose, context and locking: sample.h.  Sockets change under our eyes; each
 * field is read once and is true for some instant of the sighting.
 */
#include <net/inet_timewait_sock.h>
#include <net/request_sock.h>
#include <net/tcp.h>

#include "minisock.h"
#include "sample.h"

/* a listener: its queues, and what the kernel will ask of them (tcp_conn_request()) */
static noinline void nt_sample_listener(struct nettrace_packet *p,
					const struct sock *sk)
{
	const struct netns_ipv4 *ipv4 = &sock_net(sk)->ipv4;
	int max = READ_ONCE(ipv4->sysctl_max_syn_backlog);

	p->sk_kind = NETTRACE_SK_LISTEN;
	p->accept_len = READ_ONCE(sk->sk_ack_backlog);
	p->accept_max = READ_ONCE(sk->sk_max_ack_backlog);
	p->request_len = reqsk_queue_len(&inet_csk(sk)->icsk_accept_queue);
	p->syncookies = READ_ONCE(ipv4->sysctl_tcp_syncookies);
	if (sk_acceptq_is_full(sk))
		p->listen |= NETTRACE_LISTEN_ACCEPT_FULL;
	if (inet_csk_reqsk_queue_is_full(sk))
		p->listen |= NETTRACE_LISTEN_REQUEST_FULL;
	if (max - (int)p->request_len < max >> 2)
		p->listen |= NETTRACE_LISTEN_SYN_BACKLOG;
}

/* a full TCP socket: state, sequence space, loss recovery */
static __always_inline void nt_sample_full(struct nettrace_packet *p,
					   const struct sock *sk)
{
	const struct inet_connection_sock *icsk = inet_csk(sk);
	const struct tcp_sock *tp = tcp_sk(sk);

	p->sock_state = READ_ONCE(sk->sk_state);
	if (p->sock_state == TCP_LISTEN) {
		nt_sample_listener(p, sk);
		return;
	}
	p->sk_kind = NETTRACE_SK_FULL;
	p->snd_una = tp->snd_una;
	p->snd_nxt = tp->snd_nxt;
	p->rcv_nxt = tp->rcv_nxt;
	p->ca_state = icsk->icsk_ca_state;
	p->pending = icsk->icsk_pending;
	p->retransmits = icsk->icsk_retransmits;
	p->backoff = icsk->icsk_backoff;
}

/* of a request's listener, which lives as long as the request */
static void nt_sample_accept_queue(struct nettrace_packet *p,
				   const struct sock *listener)
{
	if (!listener)
		return;
	p->listener_len = READ_ONCE(listener->sk_ack_backlog);
	p->listener_max = READ_ONCE(listener->sk_max_ack_backlog);
}

/* a request or TIME-WAIT socket: its state and how long its timer has to run */
void nt_sample_mini(struct nettrace_packet *p, const struct sock *sk)
{
	if (sk->sk_state == TCP_NEW_SYN_RECV) {
		p->sk_kind = NETTRACE_SK_REQUEST;
		p->sock_state = TCP_NEW_SYN_RECV;
		p->left_ms = nt_left_ms(READ_ONCE(inet_reqsk(sk)->rsk_timer.expires));
		nt_sample_accept_queue(p, READ_ONCE(inet_reqsk(sk)->rsk_listener));
	} else {
		p->sk_kind = NETTRACE_SK_TIMEWAIT;
		p->sock_state = READ_ONCE(inet_twsk(sk)->tw_substate);
		p->left_ms = nt_left_ms(READ_ONCE(inet_twsk(sk)->tw_timer.expires));
	}
}

/*
 * The sending socket knows what it has sent before: a segment that occupies
 * sequence space below SND.NXT goes out again (tcp_transmit_skb() runs before
 * snd_nxt moves on).  The one exception: the SYN+ACK of a simultaneous open
 * repeats the SYN's number and is sent for the first time.
 */
static bool nt_is_retransmission(const struct nettrace_packet *p,
				 const struct sock *sk)
{
	u16 synfin = p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_FIN);

	if (!p->payload && !synfin)
		return false;
	if (!before(p->seq, p->snd_nxt))
		return false;
	return !((synfin & NETTRACE_TH_SYN) && sk->sk_state == TCP_SYN_RECV &&
		 !p->retransmits);
}

/* a parsed segment on its way out of a full TCP socket */
void nt_sample_out(struct nettrace_packet *p, const struct sock *sk)
{
	nt_sample_full(p, sk);
	if (p->sk_kind == NETTRACE_SK_FULL && nt_is_retransmission(p, sk))
		p->flags |= NETTRACE_PKT_RETRANS;
}

/* an address of a record, which the slots' alignment makes one of an int */
static __always_inline __be32 nt_addr4(const u8 *addr)
{
	return *(const __be32 *)addr;
}

static __always_inline const struct in6_addr *nt_addr6(const u8 *addr)
{
	return (const struct in6_addr *)addr;
}

/* the socket of these addresses, as TCP itself will look it up; with a reference */
static struct sock *nt_sample_lookup(struct net *net, struct sk_buff *skb,
				     const struct nettrace_packet *p)
{
	if (p->hdr.family == NETTRACE_IPV4)
		return nt_lookup4(net, nt_addr4(p->src), p->sport,
				  nt_addr4(p->dst), p->dport, inet_iif(skb),
				  inet_sdif(skb));
	return nt_lookup6(net, nt_addr6(p->src), p->sport, nt_addr6(p->dst),
			  p->dport, inet6_iif(skb), inet6_sdif(skb));
}

/*
 * A SYN for nobody's connection: is somebody listening?  Without the packet: a
 * program that chooses among several listeners is not run for it, but at TCP's own
 * look-up alone; which of them it will be is not known then.
 */
static struct sock *nt_listener(struct net *net, struct sk_buff *skb,
				const struct nettrace_packet *p)
{
	if (p->hdr.family == NETTRACE_IPV4)
		return __inet_lookup_listener(net, NULL, 0, nt_addr4(p->src),
					      htons(p->sport), nt_addr4(p->dst),
					      p->dport, inet_iif(skb),
					      inet_sdif(skb));
#if IS_ENABLED(CONFIG_IPV6)
	return inet6_lookup_listener(net, NULL, 0, nt_addr6(p->src),
				     htons(p->sport), nt_addr6(p->dst),
				     p->dport, inet6_iif(skb), inet6_sdif(skb));
#else
	return NULL;
#endif
}

/*
 * A segment for a mini socket.  A SYN or RST may end it without a sound, and so
 * does text, or an early FIN, an orphan's FIN-WAIT-2: nobody will read it.
 */
static noinline void nt_sample_mini_in(struct nt_trace *tr,
				       struct nettrace_packet *p,
				       const struct sock *sk)
{
	nt_sample_mini(p, sk);
	if ((p->tcp_flags &
	     (NETTRACE_TH_SYN | NETTRACE_TH_RST | NETTRACE_TH_FIN)) ||
	    p->payload)
		nt_mini_poke(tr, sk);
}

static __always_inline void nt_sample_any(struct nt_trace *tr,
					  struct nettrace_packet *p,
					  const struct sock *sk)
{
	if (likely(nt_sk_is_tcp(sk)))
		nt_sample_full(p, sk);
	else if (!sk_fullsock(sk))
		nt_sample_mini_in(tr, p, sk);
}

/* does a program choose among those that listen there? */
static bool nt_is_chosen(const struct sock *listener)
{
	const struct sock_reuseport *group;

	group = rcu_dereference(listener->sk_reuseport_cb);
	return group && rcu_access_pointer(group->prog);
}

static noinline struct sock *nt_sample_found(struct nt_trace *tr,
					     struct nettrace_packet *p,
					     struct sk_buff *skb)
{
	struct sock *sk = nt_sample_lookup(tr->net, skb, p);

	p->flags |= NETTRACE_PKT_LOOKUP;
	if (sk) {
		nt_sample_any(tr, p, sk);
	} else if (p->tcp_flags & NETTRACE_TH_SYN) {
		const struct sock *listener = nt_listener(tr->net, skb, p);

		if (listener && !nt_is_chosen(listener))
			nt_sample_full(p, listener);
	}
	return sk;
}

/**
 * nt_sample_in() - the socket that a TCP segment has arrived for
 * @tr:		the namespace it arrived in
 * @p:		parsed, with valid ports
 * @skb:	at LOCAL_IN
 *
 * Early demultiplexing has tied most segments to their socket; loopback's and
 * the first ones of a connection have to be looked up as TCP itself will.
 *
 * Return: NULL, or the socket that was looked up, with a reference.  To let go of
 * it, by sock_gen_put(), may free it: not before interrupts are on again.
 */
struct sock *nt_sample_in(struct nt_trace *tr, struct nettrace_packet *p,
			  struct sk_buff *skb)
{
	if (!skb->sk)
		return nt_sample_found(tr, p, skb);
	nt_sample_any(tr, p, skb->sk);
	return NULL;
}
