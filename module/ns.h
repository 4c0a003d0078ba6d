/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ns.h - what nettrace keeps for a network namespace
 *
 * Ownership: allocated and freed by the pernet machinery (main.c); its life is
 *            the namespace's or the module's, whichever ends first.
 * Locking:   @tracing is read without a lock in the packet path; it is cleared
 *            before a grace period, and what it guards is freed after it.
 */
#ifndef NETTRACE_NS_H
#define NETTRACE_NS_H

#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "ring.h"

struct nf_hook_ops;
struct nt_minis;

struct nt_net {
	struct net *net;
	bool tracing;
	int refused;		/* why it is not traced: an errno, or 0 */
	struct nt_ring ring;
	struct nt_minis *minis;
	struct nf_hook_ops *ops;	/* this namespace's hooks */
	unsigned int nops;
	struct proc_dir_entry *proc;
};

extern unsigned int nt_net_id;

static inline struct nt_net *nt_net(const struct net *net)
{
	return net_generic(net, nt_net_id);
}

#endif /* NETTRACE_NS_H */
