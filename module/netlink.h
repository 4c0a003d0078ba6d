/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink.h - the generic netlink family "nettrace"
 *
 * Purpose:   start, stop, settings, filter, counters, followed sockets of the
 *            namespace that asks; uapi/nettrace.yaml tells what is said.
 * Context:   process.
 * Locking:   nt_net::lock, taken here.
 */
#ifndef NETTRACE_NETLINK_H
#define NETTRACE_NETLINK_H

int nt_netlink_init(void);
void nt_netlink_exit(void);

#endif /* NETTRACE_NETLINK_H */
