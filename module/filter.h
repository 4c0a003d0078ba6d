/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - which packets of a namespace are recorded
 *
 * Purpose:   a classic BPF program that decides before a packet is parsed and
 *            before it takes a slot.  What it leaves out is counted on its CPU
 *            (nt_cpu_ring::filtered).  Transitions are never filtered.
 * Ownership: nt_net::filter owns the program; nt_trace::filter is how the
 *            running trace finds it.  A filter that is nobody's stays until it
 *            is changed, over stops and starts.  One that is a process's own
 *            goes when it reads no more (if it does not read: with its socket),
 *            with a stop, and when another process opens the events.
 * Context:   nt_filter_pass() in a hook; all else in process context.
 * Locking:   nt_net::lock; the program is freed a grace period after it was
 *            taken away.
 */
#ifndef NETTRACE_FILTER_H
#define NETTRACE_FILTER_H

#include <linux/filter.h>
#include <linux/preempt.h>

#include "ns.h"

struct netlink_ext_ack;

struct nt_filter {
	struct bpf_prog *prog;
	unsigned int len;	/* instructions, as they were given */
	unsigned long bytes;	/* charged to the memory cap */
	u32 portid;		/* of the socket that set it, while it is open */
	struct pid *owner;	/* whose own it is; NULL: nobody's */
};

int nt_filter_make(struct nt_filter **f, const void *code, unsigned int bytes,
		   struct netlink_ext_ack *extack);
void nt_filter_free(struct nt_filter *f);
void nt_filter_set(struct nt_net *nt, struct nt_filter *f);
void nt_filter_disown(struct nt_net *nt);

bool nt_filter_run_at(struct nt_trace *tr, const struct bpf_prog *prog,
		      struct sk_buff *skb, unsigned int off);

/* what does not pass is counted; under rcu_read_lock() */
static __always_inline bool nt_filter_run(struct nt_trace *tr,
					  const struct bpf_prog *prog,
					  struct sk_buff *skb)
{
	u32 pass;

	preempt_disable();
	pass = bpf_prog_run(prog, skb);
	if (!pass)
		__this_cpu_inc(tr->ring.cpu->filtered);
	preempt_enable();
	return pass;
}

/**
 * nt_filter_pass() - is this packet to be recorded?  If not, it is counted
 * @tr:		whose hook this is
 * @skb:	its data begins at the network header
 */
static __always_inline bool nt_filter_pass(struct nt_trace *tr,
					   struct sk_buff *skb)
{
	const struct bpf_prog *prog = rcu_dereference(tr->filter);

	return !prog || nt_filter_run(tr, prog, skb);
}

/* the same for a packet that has @off bytes of link header at its data */
static __always_inline bool nt_filter_pass_at(struct nt_trace *tr,
					      struct sk_buff *skb,
					      unsigned int off)
{
	const struct bpf_prog *prog = rcu_dereference(tr->filter);

	return likely(!prog) || nt_filter_run_at(tr, prog, skb, off);
}

#endif /* NETTRACE_FILTER_H */
