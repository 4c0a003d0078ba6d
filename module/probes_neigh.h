/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes_neigh.h - the kernel's own word on its neighbour tables
 *
 * Purpose: each change of an entry of ARP's or IPv6's neighbour table becomes a
 *          record, and each request that its timer sends again.
 */
#ifndef NETTRACE_PROBES_NEIGH_H
#define NETTRACE_PROBES_NEIGH_H

#include "probes.h"

#define NT_PROBES_NEIGH	5
extern struct nt_probe nt_probes_neigh[NT_PROBES_NEIGH];

struct net_device;
struct sk_buff;

/* called by the hooks, beside the packet that asks */
void nt_neigh_asks_arp(struct net_device *dev, const struct sk_buff *skb);
void nt_neigh_asks_nd(struct net_device *dev, const struct sk_buff *skb, int off);

/* before they are attached */
void nt_probes_neigh_forget(void);

#endif /* NETTRACE_PROBES_NEIGH_H */
