/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink_timers.h - the timers of one socket, asked for by its addresses
 *
 * Purpose:   between two segments a timer may be set anew without a sound; who
 *            wants to know now asks the socket itself.
 * Context:   process.
 * Locking:   a reference to the socket while it is looked at; none is kept.
 */
#ifndef NETTRACE_NETLINK_TIMERS_H
#define NETTRACE_NETLINK_TIMERS_H

#include <net/genetlink.h>

#include "uapi/nettrace.h"
#include "uapi/nettrace_netlink.h"

extern const struct nla_policy nt_timers_policy[NETTRACE_A_SOCKET_IFINDEX + 1];

int nt_timers_asked(struct nettrace_timer *t, struct net *net,
		    struct genl_info *info);
int nt_put_timers(struct sk_buff *skb, const struct nettrace_timer *t);

#endif /* NETTRACE_NETLINK_TIMERS_H */
