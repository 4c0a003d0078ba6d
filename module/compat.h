/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the newest kernel's interface on older kernels
 *
 * Purpose: the code is written for the newest kernel; this page alone knows
 *          that others exist.  It asks for the thing, not for a version:
 *          distribution kernels carry back-ports.  Built and tested on 6.1,
 *          6.12 and 7.2.
 */
#ifndef NETTRACE_COMPAT_H
#define NETTRACE_COMPAT_H

#include <linux/timer.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/netns/ipv4.h>
#include <net/tcp.h>

/* 6.16 renamed from_timer() */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

/* the tracepoint tcp_send_reset tells its reason since 6.10, when this came */
#if __has_include("net/rstreason.h")
#include <net/rstreason.h>
#define NT_HAVE_RST_REASON
#endif

/*
 * A multicast group that only administrators of the namespace may join: since
 * 6.8 and in later 6.1.y.  Without it anybody could, so there is none.
 */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define NT_HAVE_MCAST_CAP
#endif

/*
 * When the timers of a TCP socket fire, in jiffies.  That moved several times, and
 * stable kernels took some of it over; Kbuild looks at the header.
 */
static inline unsigned long nt_rtx_expires(const struct sock *sk)
{
#if defined(NT_HAVE_TCP_TIMEOUT_EXPIRES)
	return tcp_timeout_expires(sk);
#elif defined(NT_HAVE_ICSK_TIMEOUT)
	return icsk_timeout(inet_csk(sk));
#else
	return READ_ONCE(inet_csk(sk)->icsk_timeout);
#endif
}

static inline unsigned long nt_delack_expires(const struct sock *sk)
{
#ifdef NT_HAVE_ICSK_DELACK_TIMEOUT
	return icsk_delack_timeout(inet_csk(sk));
#else
	return READ_ONCE(inet_csk(sk)->icsk_ack.timeout);
#endif
}

static inline const struct timer_list *nt_keep_timer(const struct sock *sk)
{
#ifdef NT_HAVE_ICSK_KEEPALIVE_TIMER
	return &inet_csk(sk)->icsk_keepalive_timer;
#else
	return &sk->sk_timer;
#endif
}

/* the tracepoint kfree_skb tells who should have got the packet, since 6.11 */
#ifdef NT_HAVE_DROP_RX_SK_CONST
#define NT_HAVE_DROP_RX_SK
#define nt_drop_rx_sk const struct sock
#elif defined(NT_HAVE_DROP_RX_SK)
#define nt_drop_rx_sk struct sock
#endif

/*
 * Where the sockets of a namespace are looked up: the functions ask the
 * namespace themselves on newer kernels, and are told on older ones.  Kbuild
 * looks which it is.
 */
#ifdef NT_LOOKUP_TAKES_HASHINFO
#define NT_LOOKUP(function, net, ...)					\
({									\
	typeof(net) nt_net = (net);					\
									\
	function(nt_net, nt_net->ipv4.tcp_death_row.hashinfo,		\
		 __VA_ARGS__);						\
})

#define __inet_lookup_established(...) \
	NT_LOOKUP(__inet_lookup_established, __VA_ARGS__)
#define __inet6_lookup_established(...) \
	NT_LOOKUP(__inet6_lookup_established, __VA_ARGS__)
#define __inet_lookup_listener(...) \
	NT_LOOKUP(__inet_lookup_listener, __VA_ARGS__)
#define inet6_lookup_listener(...) \
	NT_LOOKUP(inet6_lookup_listener, __VA_ARGS__)
#endif

#endif /* NETTRACE_COMPAT_H */
