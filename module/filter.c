// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter.c - classic BPF programs of a namespace: checked, run, changed
 *
 * Purpose, ownership, context and locking: filter.h.
 */
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/pid.h>
#include <linux/rcupdate.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include "compat.h"
#include "filter.h"

/**
 * nt_filter_run() - let the program decide; what it leaves out is counted
 * @tr:		whose hook this is
 * @f:		its filter
 * @skb:	its network header is at its data, or, where ARP leaves, behind
 *
 * Context: a hook, under rcu_read_lock().
 */
bool nt_filter_run(struct nt_trace *tr, const struct nt_filter *f,
		   struct sk_buff *skb)
{
	const int off = skb_network_offset(skb);
	u32 pass;

	if (unlikely(off))
		__skb_pull(skb, off);
	preempt_disable();
	pass = bpf_prog_run(f->prog, skb);
	preempt_enable();
	if (unlikely(off))
		__skb_push(skb, off);
	if (!pass)
		this_cpu_inc(tr->ring.cpu->filtered);
	return pass;
}

/*
 * bpf_prog_create() checks the rest: jumps, memory words, unknown codes.  A
 * negative offset is relative to something: of the kernel's three the link
 * header is not there at these hooks.
 */
static int nt_filter_check(const struct sock_filter *code, unsigned int n,
			   struct netlink_ext_ack *extack)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		int k = (int)code[i].k;

		if (BPF_CLASS(code[i].code) != BPF_LD &&
		    code[i].code != (BPF_LDX | BPF_B | BPF_MSH))
			continue;
		if (BPF_MODE(code[i].code) != BPF_ABS &&
		    BPF_MODE(code[i].code) != BPF_IND &&
		    BPF_MODE(code[i].code) != BPF_MSH)
			continue;
		if (k >= SKF_NET_OFF)
			continue;
		if (k >= SKF_LL_OFF)
			NL_SET_ERR_MSG(extack, "filter: it loads from the link header, which these hooks do not see; offsets begin at the network header");
		else
			NL_SET_ERR_MSG(extack, "filter: it loads from a negative offset that means nothing; SKF_NET_OFF and SKF_AD_OFF are the ones it may use");
		return -EINVAL;
	}
	return 0;
}

static int nt_filter_gates(struct nt_filter *f, const struct sock_filter *code,
			   unsigned int n)
{
	static const u8 family[] = { NETTRACE_IPV4, NETTRACE_IPV6, NETTRACE_ARP };
	struct nettrace_gate_step *steps;
	unsigned int i;

	steps = kvmalloc_array(n, sizeof(*steps), GFP_KERNEL);
	if (!steps)
		return -ENOMEM;
	for (i = 0; i < ARRAY_SIZE(family); i++)
		nettrace_gate_make(&f->gate[nt_gate_of(family[i])], code, n,
				   family[i], steps);
	kvfree(steps);
	return 0;
}

static int nt_filter_load(struct nt_filter *f, struct sock_fprog_kern *prog,
			  struct netlink_ext_ack *extack)
{
	int ret = bpf_prog_create(&f->prog, prog);

	if (ret == -EINVAL)
		NL_SET_ERR_MSG(extack, "filter: the kernel refuses this classic BPF program: unknown instruction, bad jump, or no return");
	if (ret)
		return ret;
	ret = nt_filter_gates(f, prog->filter, prog->len);
	if (ret)
		return ret;
	f->len = prog->len;
	f->bytes = f->prog->pages * PAGE_SIZE + f->prog->jited_len;
	if (nt_memory_charge(f->bytes))
		return 0;
	f->bytes = 0;
	NL_SET_ERR_MSG(extack, "filter: it would pass the module's memory cap; load the module with memory=MiB");
	return -ENOSPC;
}

/**
 * nt_filter_make() - check and load a program
 * @f:		set on success
 * @code:	an array of struct sock_filter, aligned to 4
 * @bytes:	its size, not 0
 * @extack:	gets a sentence on every refusal; want of memory needs none
 *
 * Return: 0, -EINVAL, -E2BIG, -ENOSPC (over the memory cap), -ENOMEM.
 */
int nt_filter_make(struct nt_filter **f, const void *code, unsigned int bytes,
		   struct netlink_ext_ack *extack)
{
	struct sock_fprog_kern prog = {
		.len = bytes / sizeof(struct sock_filter),
		.filter = (struct sock_filter *)code,
	};
	struct nt_filter *new;
	int ret;

	if (bytes % sizeof(struct sock_filter)) {
		NL_SET_ERR_MSG(extack, "filter: its length is not a multiple of the 8 bytes of a struct sock_filter");
		return -EINVAL;
	}
	if (bytes / sizeof(struct sock_filter) > BPF_MAXINSNS) {
		NL_SET_ERR_MSG(extack, "filter: more than 4096 instructions");
		return -E2BIG;
	}
	ret = nt_filter_check(code, prog.len, extack);
	if (ret)
		return ret;
	new = kzalloc(sizeof(*new), GFP_KERNEL);
	if (!new)
		return -ENOMEM;
	ret = nt_filter_load(new, &prog, extack);
	if (ret)
		nt_filter_free(new);
	else
		*f = new;
	return ret;
}

/* no hook runs it any more */
void nt_filter_free(struct nt_filter *f)
{
	if (!f)
		return;
	if (f->prog)
		bpf_prog_destroy(f->prog);
	nt_memory_uncharge(f->bytes);
	put_pid(f->owner);
	kfree(f);
}

/**
 * nt_filter_set() - from now on this filter decides
 * @nt:	its lock is held; traced or not
 * @f:	now @nt's; NULL: every packet is recorded
 *
 * The one before is gone when this returns, a grace period later.
 */
void nt_filter_set(struct nt_net *nt, struct nt_filter *f)
{
	struct nt_trace *tr = rcu_dereference_protected(nt->trace,
							lockdep_is_held(&nt->lock));
	struct nt_filter *old = nt->filter;

	nt->filter = f;
	WRITE_ONCE(nt->filter_port, f ? f->portid : 0);
	if (tr)
		rcu_assign_pointer(tr->filter, f);
	/* an ending trace's hooks have it until the namespace's grace period is over */
	if (old && (tr || nt->ending))
		synchronize_rcu();
	nt_filter_free(old);
}

/* lift it if it is somebody's; @nt's lock is held */
void nt_filter_disown(struct nt_net *nt)
{
	if (nt->filter && nt->filter->owner)
		nt_filter_set(nt, NULL);
}
