/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ns.h - what nettrace keeps for a network namespace
 *
 * Ownership: struct nt_net is the pernet machinery's (main.c); its life is the
 *            namespace's or the module's, whichever ends first.  A struct
 *            nt_trace lives from a start to the stop, and on, without writers,
 *            until the last open file that reads its rings is closed.
 * Locking:   nt_net::trace is read under RCU in the packet path and by probes;
 *            it is set and cleared under nt_net::lock.
 */
#ifndef NETTRACE_NS_H
#define NETTRACE_NS_H

#include <linux/refcount.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "ring.h"

struct nf_hook_ops;
struct nt_filter;
struct nt_minis;
struct nt_notify;

/* which hooks: the module's parameter "hooks" */
enum nt_hook_set {
	NT_HOOKS_DEFAULT,	/* LOCAL_IN, LOCAL_OUT, FORWARD, ARP */
	NT_HOOKS_PATH,		/* and PRE_ROUTING, POST_ROUTING */
	NT_HOOKS_LINK,		/* the first, and those of bridges */
};

/* what is recorded beside packets and transitions, where somebody asks for it */
#define NT_TIMERS	0x1
#define NT_CALLS	0x2
#define NT_ROUTES	0x4

struct nt_settings {
	unsigned int ring;		/* records per CPU, a power of two */
	unsigned int minis;		/* mini sockets followed */
	unsigned int payload;		/* bytes kept of each packet, a multiple of 64 */
	enum nt_hook_set hooks;
	unsigned int extra;		/* NT_TIMERS, ...: until they are unset */
};

/**
 * struct nt_trace - one run of tracing in a namespace, from start to stop
 * @set:	fixed while it runs, but for its extra
 */
struct nt_trace {
	struct net *net;
	struct nt_ring ring;
	struct nt_filter __rcu *filter;	/* nt_net's; NULL: none */
	struct nt_minis *minis;		/* NULL once stopped */
	struct nt_notify *notify;	/* likewise */
	struct nt_settings set;
	unsigned int extra;		/* NT_TIMERS, ...: recorded now */
	struct nf_hook_ops *ops;	/* this namespace's hooks */
	unsigned int nops;
	refcount_t refs;		/* one until the stop, one per open file */
};

/* an open file by which somebody reads what is traced now; nt_net::lock */
struct nt_attached {
	struct list_head list;		/* in nt_net::readers; empty: it reads what was */
	struct pid *opener;
	unsigned int want;		/* NT_TIMERS, ...: asked for while it reads */
};

struct nt_net {
	struct net *net;
	struct nt_trace __rcu *trace;	/* NULL: not traced */
	struct mutex lock;		/* start, stop, and what follows */
	struct nt_settings set;		/* of the next start */
	struct nt_filter *filter;	/* NULL: every packet is recorded */
	u32 filter_port;		/* nt_filter::portid, or 0 */
	int refused;			/* why it is not traced: an errno, or 0 */
	struct nt_trace *ending;	/* between the halves of the last stop */
	struct proc_dir_entry *proc;
	struct list_head readers;	/* struct nt_attached */
	unsigned int nreaders;
	unsigned int want_timers;	/* readers that ask for them */
	unsigned int want_calls;
	unsigned int want_routes;
	unsigned int extra;		/* what the trace has of NT_TIMERS, ... */
};

extern unsigned int nt_net_id;

static inline struct nt_net *nt_net(const struct net *net)
{
	return net_generic(net, nt_net_id);
}

/* the trace that runs in @net, or NULL; under rcu_read_lock() */
static inline struct nt_trace *nt_trace_of(const struct net *net)
{
	return rcu_dereference(nt_net(net)->trace);
}

#endif /* NETTRACE_NS_H */
