/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink_list.h - answers that may be longer than a message
 *
 * Purpose:   as much as fits, and where to go on.  Nothing is kept between two
 *            requests: an answer that nobody fetches holds nothing.
 * Context:   process.
 * Locking:   nt_net::lock is held, so that the trace stays.
 */
#ifndef NETTRACE_NETLINK_LIST_H
#define NETTRACE_NETLINK_LIST_H

#include <linux/skbuff.h>

#include "ns.h"

int nt_put_cpus(struct sk_buff *skb, const struct nt_trace *tr, u32 from);
int nt_put_sockets(struct sk_buff *skb, const struct nt_trace *tr, u32 from);

#endif /* NETTRACE_NETLINK_LIST_H */
