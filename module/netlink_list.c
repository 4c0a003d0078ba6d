// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink_list.c - counters and followed sockets as attributes
 *
 * Purpose, context, locking: netlink_list.h.
 */
#include <linux/sched.h>
#include <linux/slab.h>
#include <net/netlink.h>

#include "minisock.h"
#include "netlink_list.h"
#include "uapi/nettrace_netlink.h"

#define NT_LIST		16	/* sockets asked for at a time */
/* a nest of each kind with everything in it, and the cursor after it */
#define NT_CPU_ROOM	(nla_total_size(0) + nla_total_size(4) + \
			 5 * nla_total_size_64bit(8) + nla_total_size(4))
#define NT_SOCKET_ROOM	(nla_total_size(0) + 6 * nla_total_size(4) + \
			 2 * nla_total_size(16) + nla_total_size_64bit(8) + \
			 nla_total_size(4))

static int nt_put_cpu(struct sk_buff *skb, const struct nt_ring *ring,
		      unsigned int cpu)
{
	const struct nt_cpu_ring *r = nt_ring_of(ring, cpu);
	u64 head = READ_ONCE(r->head), filtered = READ_ONCE(r->filtered);
	u64 noslots = READ_ONCE(r->noslots);
	struct nlattr *nest = nla_nest_start(skb, NETTRACE_A_CPU);

	if (!nest ||
	    nla_put_u32(skb, NETTRACE_A_CPU_ID, cpu) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_CPU_SEEN,
			      head + filtered + noslots, NETTRACE_A_CPU_PAD) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_CPU_RECORDED, head,
			      NETTRACE_A_CPU_PAD) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_CPU_FILTERED, filtered,
			      NETTRACE_A_CPU_PAD) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_CPU_UNRECORDED, noslots,
			      NETTRACE_A_CPU_PAD) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_CPU_OVERWRITTEN,
			      head - min_t(u64, head, ring->slots - 1),
			      NETTRACE_A_CPU_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/**
 * nt_put_cpus() - the counters of CPU @from and those after it
 * @skb:	the answer; where to go on is put after them
 * @tr:		does not stop meanwhile
 * @from:	any number
 *
 * Return: 0 or -EMSGSIZE.
 */
int nt_put_cpus(struct sk_buff *skb, const struct nt_trace *tr, u32 from)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		if (cpu < from)
			continue;
		if (skb_tailroom(skb) < NT_CPU_ROOM)
			return nla_put_u32(skb, NETTRACE_A_NEXT, cpu);
		if (nt_put_cpu(skb, &tr->ring, cpu))
			return -EMSGSIZE;
	}
	return 0;
}

static int nt_put_socket(struct sk_buff *skb, const struct nt_mini_info *s)
{
	unsigned int len = s->tuple.family == NETTRACE_IPV6 ? 16 : 4;
	struct nlattr *nest = nla_nest_start(skb, NETTRACE_A_SOCKET);

	if (!nest ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_KIND, s->kind) ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_STATE, s->state) ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_FAMILY, s->tuple.family) ||
	    nla_put(skb, NETTRACE_A_SOCKET_LOCAL, len, s->tuple.local) ||
	    nla_put(skb, NETTRACE_A_SOCKET_REMOTE, len, s->tuple.remote) ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_LPORT, s->tuple.lport) ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_RPORT, s->tuple.rport) ||
	    nla_put_u32(skb, NETTRACE_A_SOCKET_LEFT_MS, s->left_ms) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_SOCKET_SK_ID, s->sk_id,
			      NETTRACE_A_SOCKET_PAD))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}

/* nt_put_sockets() - the same for followed sockets; also -ENOMEM */
int nt_put_sockets(struct sk_buff *skb, const struct nt_trace *tr, u32 from)
{
	struct nt_mini_info *list;
	unsigned int i, n;
	int ret = 0;

	list = kmalloc_array(NT_LIST, sizeof(*list), GFP_KERNEL);
	if (!list)
		return -ENOMEM;
	do {
		n = min_t(unsigned int, NT_LIST,
			  skb_tailroom(skb) / NT_SOCKET_ROOM);
		if (!n) {
			ret = nla_put_u32(skb, NETTRACE_A_NEXT, from);
			break;
		}
		n = nt_minis_list(tr, &from, list, n);
		for (i = 0; i < n && !ret; i++)
			ret = nt_put_socket(skb, &list[i]);
		cond_resched();
	} while (from && !ret);
	kfree(list);
	return ret;
}
