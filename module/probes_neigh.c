// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes_neigh.c - tracepoints of the neighbour tables
 *
 * Purpose:   probes_neigh.h.
 * Context:   task or softirq; as all probes (probes_tcp.c).
 * Locking:   none: none of these tracepoints is under the entry's lock, each field
 *            is true for some instant of the call.
 *
 * Which state was left: the kernel's functions tell only the one that an entry has
 * when they end, but for neigh_update, which is there before the change, and asks
 * for a state that the entry need not get.  So the state that an entry was last
 * seen in is remembered.  Every change passes one of these tracepoints, from the
 * entry's making on.  Where two processors change an entry at the same time, a state
 * that lasts no longer than that can go unseen.
 */
#include <linux/hash.h>
#include <linux/if_arp.h>
#include <linux/sched.h>
#include <net/arp.h>
#include <net/ndisc.h>
#include <net/neighbour.h>
#include <trace/events/neigh.h>

#include "probes_neigh.h"
#include "sample.h"
#include "sight.h"

static_assert(NETTRACE_NUD_NONE == NUD_NONE);
static_assert(NETTRACE_NUD_INCOMPLETE == NUD_INCOMPLETE);
static_assert(NETTRACE_NUD_REACHABLE == NUD_REACHABLE);
static_assert(NETTRACE_NUD_STALE == NUD_STALE);
static_assert(NETTRACE_NUD_DELAY == NUD_DELAY);
static_assert(NETTRACE_NUD_PROBE == NUD_PROBE);
static_assert(NETTRACE_NUD_FAILED == NUD_FAILED);
static_assert(NETTRACE_NUD_NOARP == NUD_NOARP);
static_assert(NETTRACE_NUD_PERMANENT == NUD_PERMANENT);

/* ---- the state that an entry was last seen in ----------------------------- */

/*
 * A word each, so that it is read and written whole: the entry's address, which
 * is a multiple of eight and begins like all of them, and below it a number for
 * the state.  An entry whose place another took is not known any more.
 */
#define NT_LAST_BITS	10
#define NT_LAST_CODE	0x0f	/* 1: no state; 2 to 9: its bit; 0: not known */
#define NT_LAST_MOVED	0x10	/* another link-layer address is to be entered */
#define NT_LAST_TOLD	0x20	/* recorded as it sent its first request */
#define NT_LAST_BELOW	(NT_LAST_CODE | NT_LAST_MOVED | NT_LAST_TOLD)
static unsigned long nt_last[1 << NT_LAST_BITS];

static unsigned long nt_last_key(const struct neighbour *n)
{
	return (unsigned long)n << 3;
}

static unsigned long *nt_last_of(const struct neighbour *n)
{
	return &nt_last[hash_ptr(n, NT_LAST_BITS)];
}

/* 0, or what is known of it: a code, perhaps with NT_LAST_MOVED or _TOLD */
static unsigned int nt_last_get(const struct neighbour *n)
{
	unsigned long v = READ_ONCE(*nt_last_of(n)) ^ nt_last_key(n);

	return v > NT_LAST_BELOW ? 0 : v;
}

static void nt_last_set(const struct neighbour *n, u8 state, unsigned int more)
{
	unsigned int code = state ? __ffs(state) + 2 : 1;

	WRITE_ONCE(*nt_last_of(n), nt_last_key(n) | code | more);
}

/* @last: of nt_last_get(), not 0 */
static u8 nt_last_state(unsigned int last)
{
	unsigned int code = last & NT_LAST_CODE;

	return code > 1 ? 1 << (code - 2) : NUD_NONE;
}

/* changes were not seen until now */
void nt_probes_neigh_forget(void)
{
	memset(nt_last, 0, sizeof(nt_last));
}

/* ---- records -------------------------------------------------------------- */

/* ARP's table or IPv6's: NETTRACE_IPV4, NETTRACE_IPV6; 0: some other */
static u8 nt_neigh_family(const struct neighbour *n)
{
	if (n->tbl->family == AF_INET && n->tbl->key_len == 4)
		return NETTRACE_IPV4;
	if (n->tbl->family == AF_INET6 && n->tbl->key_len == 16)
		return NETTRACE_IPV6;
	return 0;
}

static void nt_neigh_where(struct nettrace_neigh *r, const struct neighbour *n,
			   u8 family)
{
	r->hdr.family = family;
	r->hdr.ifindex = n->dev->ifindex;
	nt_copy_name(r->dev, n->dev->name);
	memcpy(r->addr, n->primary_key, n->tbl->key_len);
}

/* it is of use in these states only; read as the kernel's own tracepoint reads it */
static void nt_neigh_lladdr(struct nettrace_neigh *r, const struct neighbour *n)
{
	if (!(r->new_state & NUD_VALID))
		return;
	r->lladdr_len = n->dev->addr_len;
	memcpy(r->lladdr, n->ha, min_t(size_t, sizeof(r->lladdr), r->lladdr_len));
}

/*
 * An entry that has no answer yet begins to count where one that lost its answer
 * ends, so that both give up at the same number.
 */
static unsigned int nt_neigh_probes(const struct nettrace_neigh *r,
				    const struct neighbour *n)
{
	int probes = atomic_read(&n->probes);

	if ((r->old_state | r->new_state) & NUD_INCOMPLETE)
		probes -= NEIGH_VAR(n->parms, UCAST_PROBES);
	return max(probes, 0);
}

static void nt_neigh_task(struct nettrace_neigh *r)
{
	if (!in_task() || current->flags & PF_KTHREAD)
		return;
	r->flags |= NETTRACE_NEIGH_TASK;
	r->pid = current->tgid;
	nt_copy_comm(r->comm);
}

static void nt_neigh_fill(struct nettrace_neigh *r, const struct neighbour *n,
			  u8 what, unsigned int last, u8 state)
{
	r->what = what;
	r->new_state = state;
	if (last) {
		r->old_state = nt_last_state(last);
		r->flags = NETTRACE_NEIGH_OLD;
	}
	r->probes = nt_neigh_probes(r, n);
	r->queued = skb_queue_len_lockless(&n->arp_queue);
	r->reachable_ms = jiffies_to_msecs(READ_ONCE(n->parms->reachable_time));
	nt_neigh_lladdr(r, n);
	nt_neigh_task(r);
}

static void nt_neigh_record(const struct neighbour *n, u8 what,
			    unsigned int last, u8 state)
{
	u8 family = nt_neigh_family(n);
	union nettrace_rec *rec;
	struct nt_trace *tr;
	unsigned long flags;

	if (!family)
		return;
	rcu_read_lock_sched();
	tr = nt_probed_trace(dev_net(n->dev));
	if (tr) {
		rec = nt_ring_begin(&tr->ring, NETTRACE_NEIGH, &flags);
		if (rec) {
			nt_neigh_where(&rec->neigh, n, family);
			nt_neigh_fill(&rec->neigh, n, what, last, state);
			nt_ring_commit(&tr->ring, flags);
		}
	}
	rcu_read_unlock_sched();
}

/* one of the kernel's functions has ended; @again: these states are told again */
static void nt_neigh_done(const struct neighbour *n, u8 what, u8 again)
{
	unsigned int last = nt_last_get(n);
	u8 state = READ_ONCE(n->nud_state);

	nt_last_set(n, state, 0);
	if (!last || last & NT_LAST_MOVED || nt_last_state(last) != state ||
	    (state & again && !(last & NT_LAST_TOLD)))
		nt_neigh_record(n, what, last, state);
}

/*
 * It sends a request.  Whoever begins to ask is sighted here first: its tracepoint
 * comes when the request has left, and in a task the answer may be there by then.
 */
static void nt_neigh_asks(const struct neighbour *n)
{
	unsigned int last = nt_last_get(n);
	u8 state = READ_ONCE(n->nud_state), what;

	if (!(state & (NUD_INCOMPLETE | NUD_PROBE)) ||
	    !last || nt_last_state(last) == state)
		return;
	/* no timer makes an entry INCOMPLETE, nothing else has it PROBE so */
	what = state == NUD_PROBE ? NETTRACE_NEIGH_TIMER : NETTRACE_NEIGH_SEND;
	nt_last_set(n, state, NT_LAST_TOLD);
	nt_neigh_record(n, what, last, state);
}

/**
 * nt_neigh_asks_arp() - an ARP request is on its way out
 * @dev:	by which it leaves
 * @skb:	with its network header; anything may be in it
 */
void nt_neigh_asks_arp(struct net_device *dev, const struct sk_buff *skb)
{
	const struct arphdr *arp = arp_hdr(skb);
	unsigned int target = sizeof(*arp) + 2 * dev->addr_len + 4;
	const struct neighbour *n;
	__be32 ip;

	if ((u8 *)arp + target + sizeof(ip) > skb_tail_pointer(skb) ||
	    arp->ar_op != htons(ARPOP_REQUEST))
		return;
	memcpy(&ip, (const u8 *)arp + target, sizeof(ip));
	rcu_read_lock_bh();
	n = __ipv4_neigh_lookup_noref(dev, (__force u32)ip);
	if (n)
		nt_neigh_asks(n);
	rcu_read_unlock_bh();
}

/**
 * nt_neigh_asks_nd() - a neighbour solicitation is on its way out
 * @dev:	by which it leaves
 * @skb:	at LOCAL_OUT
 * @off:	where its target address is, from the packet's data
 */
void nt_neigh_asks_nd(struct net_device *dev, const struct sk_buff *skb, int off)
{
#if IS_ENABLED(CONFIG_IPV6)
	const struct neighbour *n;
	struct in6_addr target;

	if (skb_copy_bits(skb, off, &target, sizeof(target)))
		return;
	rcu_read_lock_bh();
	n = __ipv6_neigh_lookup_noref(dev, &target);
	if (n)
		nt_neigh_asks(n);
	rcu_read_unlock_bh();
#endif
}

/* ---- tracepoints ---------------------------------------------------------- */

static void nt_probe_neigh_create(void *data, struct neigh_table *tbl,
				  struct net_device *dev, const void *pkey,
				  const struct neighbour *n, bool exempt_from_gc)
{
	if (n)
		nt_last_set(n, NUD_NONE, 0);
}

/*
 * Before an update: what the entry is now.  Where that is not what was seen last,
 * a packet has been given to it whose sender has not come back yet, or another
 * processor is at work on it too.
 */
static void nt_probe_neigh_update(void *data, struct neighbour *n,
				  const u8 *lladdr, u8 new, u32 flags,
				  u32 nlmsg_pid)
{
	unsigned int last = nt_last_get(n), moved = 0;
	u8 state = READ_ONCE(n->nud_state);

	if (lladdr && new & NUD_VALID && state & NUD_VALID &&
	    memcmp(lladdr, n->ha, n->dev->addr_len))
		moved = NT_LAST_MOVED;
	nt_last_set(n, state, moved);
	if (last && nt_last_state(last) != state)
		nt_neigh_record(n, state & (NUD_INCOMPLETE | NUD_DELAY) ?
				   NETTRACE_NEIGH_SEND : NETTRACE_NEIGH_NONE,
				last, state);
}

static void nt_probe_neigh_update_done(void *data, struct neighbour *n, int err)
{
	nt_neigh_done(n, NETTRACE_NEIGH_UPDATE, 0);
}

/* in these two states it has sent a request */
static void nt_probe_neigh_timer(void *data, struct neighbour *n, int err)
{
	nt_neigh_done(n, NETTRACE_NEIGH_TIMER, NUD_INCOMPLETE | NUD_PROBE);
}

static void nt_probe_neigh_send(void *data, struct neighbour *n, int rc)
{
	nt_neigh_done(n, NETTRACE_NEIGH_SEND, 0);
}

struct nt_probe nt_probes_neigh[NT_PROBES_NEIGH] = {
	{ "neigh_create", nt_probe_neigh_create },
	{ "neigh_update", nt_probe_neigh_update },
	{ "neigh_update_done", nt_probe_neigh_update_done },
	{ "neigh_timer_handler", nt_probe_neigh_timer },
	{ "neigh_event_send_done", nt_probe_neigh_send },
};

/* never called: the compiler compares the probes with what the kernel calls */
static void __maybe_unused nt_probes_neigh_types(void)
{
	check_trace_callback_type_neigh_create(nt_probe_neigh_create);
	check_trace_callback_type_neigh_update(nt_probe_neigh_update);
	check_trace_callback_type_neigh_update_done(nt_probe_neigh_update_done);
	check_trace_callback_type_neigh_timer_handler(nt_probe_neigh_timer);
	check_trace_callback_type_neigh_event_send_done(nt_probe_neigh_send);
}
