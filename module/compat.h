/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the newest kernel's interface on older kernels
 *
 * Purpose: the code is written for the newest kernel; this page alone knows
 *          that others exist.  It asks for the thing, not for a version:
 *          distribution kernels carry back-ports.  Built and tested on 5.10,
 *          6.1, 6.12 and 7.2: docs/compatibility.md.
 */
#ifndef NETTRACE_COMPAT_H
#define NETTRACE_COMPAT_H

#include <linux/filter.h>
#include <linux/net.h>
#include <linux/proc_fs.h>
#include <linux/sched.h>
#include <linux/timer.h>
#include <net/genetlink.h>
#include <net/inet6_hashtables.h>
#include <net/inet_hashtables.h>
#include <net/netns/ipv4.h>
#include <net/request_sock.h>
#include <net/tcp.h>

/* 6.16 renamed from_timer() */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

/*
 * Since 6.2, and in stable kernels of 6.1.  What it adds, that the timer cannot be
 * set any more, is not needed: when it is called, only the timer's own function
 * still sets it, and that is waited for.
 */
#ifndef NT_HAVE_TIMER_SHUTDOWN
#define timer_shutdown_sync(timer)	del_timer_sync(timer)
#endif

#ifndef NT_HAVE_TIMER_DELETE
#define timer_delete(timer)		del_timer(timer)
#endif

/*
 * 5.17 made it an enumerator and, with it, clears what stands behind a program's
 * shorter name.  Where that is not known to be so, the rest is not copied.
 */
#ifdef TASK_COMM_LEN
#define NT_COMM_HAS_REST
#endif

/* 5.17 renamed it */
#ifndef NT_HAVE_PDE_DATA
#define pde_data(inode)			PDE_DATA(inode)
#endif

/* 5.15 renamed it */
#ifdef BPF_PROG_RUN
#define bpf_prog_run(prog, ctx)		BPF_PROG_RUN(prog, ctx)
#endif

/* 5.11 took the second argument away, which nobody asked for */
#ifdef NT_SOCK_FROM_FILE_TELLS_ERROR
#define sock_from_file(file)						\
({									\
	int nt_err;							\
									\
	sock_from_file(file, &nt_err);					\
})
#endif

/* the tracepoint tcp_send_reset tells its reason since 6.10, when this came */
#if __has_include("net/rstreason.h")
#include <net/rstreason.h>
#define NT_HAVE_RST_REASON
#endif

/*
 * A multicast group that only administrators of the namespace may join: since
 * 6.8 and in later stable kernels; those of 5.10 ask for the greater capability.
 * Without either anybody could, so there is none.
 */
#ifdef GENL_MCAST_CAP_NET_ADMIN
#define NT_MCAST_CAP	.flags = GENL_MCAST_CAP_NET_ADMIN
#elif defined(NT_HAVE_MCAST_CAP_SYS_ADMIN)
#define NT_MCAST_CAP	.cap_sys_admin = 1
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

/* the first time-out of a half-open request, a constant before 5.17 */
static inline unsigned long nt_request_timeout(const struct request_sock *req)
{
#ifdef NT_HAVE_REQUEST_TIMEOUT
	return req->timeout;
#else
	return TCP_TIMEOUT_INIT;
#endif
}

/* the tracepoint kfree_skb tells why, since 5.17; before that nobody knows */
#ifdef NT_HAVE_DROP_REASON
#define NT_DROP_REASONS	true
#else
#define NT_DROP_REASONS	false

enum skb_drop_reason {
	SKB_DROP_REASON_NOT_SPECIFIED,
	SKB_DROP_REASON_NO_SOCKET,	/* never given */
};

#define DEFINE_DROP_REASON(name, ...)	name(NOT_SPECIFIED)
#endif

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
