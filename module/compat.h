/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the newest kernel's interface on older kernels
 *
 * Purpose: the code is written for the newest kernel; this page alone knows
 *          that others exist.  It asks for the thing, not for a version:
 *          distribution kernels carry back-ports.  Built and tested on 6.1
 *          and 6.12.
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

/* where the sockets of a namespace are looked up: its own table since 6.1 */
static inline struct inet_hashinfo *nt_hashinfo(const struct net *net)
{
	return net->ipv4.tcp_death_row.hashinfo;
}

#endif /* NETTRACE_COMPAT_H */
