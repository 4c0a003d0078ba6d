/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * compat.h - the newest kernel's interface on older kernels
 *
 * Purpose: the code is written for the newest kernel; this page alone knows
 *          that others exist.  Nothing else names a kernel version.
 */
#ifndef NETTRACE_COMPAT_H
#define NETTRACE_COMPAT_H

#include <linux/timer.h>
#include <linux/version.h>
#include <net/inet_hashtables.h>
#include <net/inet6_hashtables.h>
#include <net/netns/ipv4.h>
#include <net/tcp.h>

/* timer_container_of() and timer_delete() got their names in 6.16 and 6.2 */
#ifndef timer_container_of
#define timer_container_of(var, callback_timer, timer_fieldname) \
	from_timer(var, callback_timer, timer_fieldname)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 84)
#define timer_delete(t)			del_timer(t)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 1, 0)
#define timer_shutdown_sync(t)		del_timer_sync(t)
#define NT_HASHINFO(net)		(&tcp_hashinfo)
#else
#define NT_HASHINFO(net)		((net)->ipv4.tcp_death_row.hashinfo)
#endif

#if LINUX_VERSION_CODE < KERNEL_VERSION(5, 17, 0)
#define pde_data(inode)			PDE_DATA(inode)
#endif

/* the hash table became the namespace's own business in 7.x */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(7, 0, 0)
#define nt_lookup4_established(net, ...) \
	__inet_lookup_established(net, __VA_ARGS__)
#define nt_lookup6_established(net, ...) \
	__inet6_lookup_established(net, __VA_ARGS__)
#define nt_lookup4_listener(net, ...) \
	__inet_lookup_listener(net, __VA_ARGS__)
#define nt_lookup6_listener(net, ...) \
	inet6_lookup_listener(net, __VA_ARGS__)
#else
#define nt_lookup4_established(net, ...) \
	__inet_lookup_established(net, NT_HASHINFO(net), __VA_ARGS__)
#define nt_lookup6_established(net, ...) \
	__inet6_lookup_established(net, NT_HASHINFO(net), __VA_ARGS__)
#define nt_lookup4_listener(net, ...) \
	__inet_lookup_listener(net, NT_HASHINFO(net), __VA_ARGS__)
#define nt_lookup6_listener(net, ...) \
	inet6_lookup_listener(net, NT_HASHINFO(net), __VA_ARGS__)
#endif

/* tcp_send_reset tells its reason since 6.10 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 10, 0)
#define NT_RESET_REASON_PARAM		, const enum sk_rst_reason reason
#define NT_RESET_REASON			((u32)reason)
#else
#define NT_RESET_REASON_PARAM
#define NT_RESET_REASON			0U
#endif

#endif /* NETTRACE_COMPAT_H */
