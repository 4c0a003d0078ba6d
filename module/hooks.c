// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks.c - the packet path: one record per packet and hook
 *
 * Purpose:   hooks.h.
 * Context:   softirq or task, under the hook's rcu_read_lock; interrupts are
 *            off while a record is written (ring.h).
 * Locking:   none.  Nothing is allocated, formatted or sent here, and no
 *            packet is changed or dropped: every hook returns NF_ACCEPT.
 */
#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <linux/slab.h>
#include <linux/tcp.h>
#include <net/ndisc.h>

#include "filter.h"
#include "hooks.h"
#include "hooks_bridge.h"
#include "minisock.h"
#include "probes_neigh.h"
#include "route.h"
#include "sample.h"
#include "sight.h"
#include "timers.h"

/* can this arrival end a mini socket: is it TCP, with SYN or RST? */
static __always_inline bool nt_may_end_mini(const struct sk_buff *skb,
					    u8 family)
{
	const int off = skb_network_offset(skb);
	unsigned int th;
	u8 proto;

	if (family == NETTRACE_IPV4) {
		proto = ip_hdr(skb)->protocol;
		th = off + ip_hdr(skb)->ihl * 4;
		if (proto != IPPROTO_TCP)
			return false;
	} else {
		proto = ipv6_hdr(skb)->nexthdr;
		th = off + sizeof(struct ipv6hdr);
		if (proto == IPPROTO_UDP || proto == IPPROTO_ICMPV6)
			return false;
		if (proto != IPPROTO_TCP)
			return true;	/* there may be TCP behind it */
	}
	if (skb_headlen(skb) < th + sizeof(struct tcphdr))
		return true;
	return skb->data[th + 13] & (NETTRACE_TH_SYN | NETTRACE_TH_RST);
}

/* the filter left it out, or there is no ring for it, but mini sockets are followed all the same */
static noinline void nt_arrival_unrecorded(struct nt_trace *tr,
					   struct sk_buff *skb, u8 family)
{
	const int off = skb_network_offset(skb);
	struct nettrace_packet p = { };
	struct sock *sk = NULL;
	unsigned long flags;
	unsigned int need;

	local_irq_save(flags);
	need = nt_parse(&p, family, skb_network_header(skb),
			skb_headlen(skb) - off, skb->len - off);
	if (need)
		nt_parse_gathered(&p, family, skb, need);
	if (p.proto == IPPROTO_TCP && p.flags & NETTRACE_PKT_L4)
		sk = nt_sample_in(tr, &p, skb);
	local_irq_restore(flags);
	if (sk)
		sock_gen_put(sk);
}

/* each hook's place, known when it is compiled */
struct nt_where {
	u8 family;		/* enum nettrace_family */
	u8 hook;		/* enum nettrace_hook */
};

static __always_inline unsigned int
nt_arrival_rejected(struct nt_trace *tr, struct sk_buff *skb,
		    const struct nt_where at)
{
	if (at.hook == NETTRACE_LOCAL_IN && nt_may_end_mini(skb, at.family))
		nt_arrival_unrecorded(tr, skb, at.family);
	return NF_ACCEPT;
}

/* this CPU has no ring */
static noinline unsigned int nt_arrival_ringless(struct nt_trace *tr,
						 struct sk_buff *skb,
						 const struct nt_where at)
{
	return nt_arrival_rejected(tr, skb, at);
}

static __always_inline unsigned int
nt_arrival(struct nt_trace *tr, struct sk_buff *skb,
	   const struct nf_hook_state *st, const struct nt_where at)
{
	union nettrace_rec *rec;
	struct sock *sk = NULL;
	unsigned long flags;

	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	if (unlikely(!rec))
		return nt_arrival_ringless(tr, skb, at);
	nt_sight(tr, &rec->packet, at.family, at.hook, skb, st->in);
	if (nt_has_eth(skb, st->in))
		nt_copy_macs(&rec->packet, eth_hdr(skb));
	if (at.hook == NETTRACE_LOCAL_IN && rec->packet.proto == IPPROTO_TCP &&
	    rec->packet.flags & NETTRACE_PKT_L4)
		sk = nt_sample_in(tr, &rec->packet, skb);
	nt_ring_publish(&tr->ring);
	if (at.hook == NETTRACE_LOCAL_IN &&
	    static_branch_unlikely(&nt_timers_key))
		nt_timers_in(tr, &rec->packet, skb->sk ? skb->sk : sk);
	local_irq_restore(flags);
	if (at.hook == NETTRACE_LOCAL_IN && sk)
		sock_gen_put(sk);
	return NF_ACCEPT;
}

/* a mini socket that sends, with a reference; @again: it sent this SYN+ACK before */
struct nt_mini_sender {
	struct sock *sk;
	bool again;
};

/* whose segment is this, by its addresses?  IPv6: no extension headers */
static struct sock *nt_lookup_leaving(struct net *net,
				      const struct sk_buff *skb, u8 family)
{
	int off = skb_network_offset(skb);
	struct {
		__be16 sport, dport;
	} _ports, *ports;

	if (family == NETTRACE_IPV4) {
		struct iphdr _iph, *iph;

		iph = skb_header_pointer(skb, off, sizeof(_iph), &_iph);
		if (!iph || iph->protocol != IPPROTO_TCP)
			return NULL;
		ports = skb_header_pointer(skb, off + iph->ihl * 4,
					   sizeof(_ports), &_ports);
		if (!ports)
			return NULL;
		return nt_lookup4(net, iph->daddr, ntohs(ports->dport),
				  iph->saddr, ntohs(ports->sport), 0, 0);
	} else {
		struct ipv6hdr _ip6h, *ip6h;

		ip6h = skb_header_pointer(skb, off, sizeof(_ip6h), &_ip6h);
		if (!ip6h || ip6h->nexthdr != IPPROTO_TCP)
			return NULL;
		ports = skb_header_pointer(skb, off + sizeof(_ip6h),
					   sizeof(_ports), &_ports);
		if (!ports)
			return NULL;
		return nt_lookup6(net, &ip6h->daddr, ntohs(ports->dport),
				  &ip6h->saddr, ntohs(ports->sport), 0, 0);
	}
}

/*
 * A segment that no full TCP socket sends: a request's SYN+ACK, a TIME-WAIT
 * socket's answer (before 7.2 sent by the control socket over IPv4, by none
 * over IPv6), a RST for nobody.  What became of the mini socket is recorded
 * before the segment.
 */
static noinline struct nt_mini_sender
nt_departure_mini(struct nt_trace *tr, struct sk_buff *skb, u8 family)
{
	struct nt_mini_sender from = { .sk = skb->sk };

	if (from.sk && from.sk->sk_state == TCP_NEW_SYN_RECV) {
		from.again = nt_mini_request_out(tr, inet_reqsk(from.sk));
		if (!refcount_inc_not_zero(&from.sk->sk_refcnt))
			from.sk = NULL;
		return from;
	}
	from.sk = nt_lookup_leaving(tr->net, skb, family);
	if (from.sk && from.sk->sk_state == TCP_TIME_WAIT) {
		nt_mini_timewait_out(tr, inet_twsk(from.sk));
	} else if (from.sk) {
		sock_gen_put(from.sk);
		from.sk = NULL;
	}
	return from;
}

static __always_inline bool nt_needs_mini(const struct sock *sk)
{
	return !sk || !sk_fullsock(sk) ||
	       (sk->sk_protocol == IPPROTO_TCP && sk->sk_type == SOCK_RAW);
}

/* a neighbour solicitation with the address that it is about, RFC 4861, 4.3 */
static __always_inline bool nt_solicits(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_ICMPV6 && p->flags & NETTRACE_PKT_L4 &&
	       p->icmp_type == NDISC_NEIGHBOUR_SOLICITATION &&
	       p->payload >= sizeof(struct in6_addr);
}

/*
 * What leaves and is not TCP: its program, too.
 * Return: where the address is that it solicits; 0: it solicits none.
 */
static __always_inline int nt_sample_other(struct nettrace_packet *p,
					   const struct sk_buff *skb, u8 family)
{
	nt_sample_comm(p);
	if (family == NETTRACE_IPV6 && nt_solicits(p))
		return skb_network_offset(skb) + p->len - p->payload;
	return 0;
}

/* @mini: the mini socket that sends, if one does; @again: see there */
static __always_inline unsigned int
nt_departure(struct nt_trace *tr, struct sk_buff *skb,
	     const struct nf_hook_state *st, const struct nt_where at,
	     struct sock *mini, bool again)
{
	struct nettrace_packet *p;
	union nettrace_rec *rec;
	unsigned long flags;
	int ask = 0;

	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	if (!rec)
		return NF_ACCEPT;
	p = &rec->packet;
	nt_sight(tr, p, at.family, at.hook, skb, st->out);
	if (at.hook == NETTRACE_LOCAL_OUT) {
		nt_sample_task(p);
		if (mini) {
			nt_sample_mini(p, mini);
			if (again)
				p->flags |= NETTRACE_PKT_RETRANS;
		} else if (p->proto != IPPROTO_TCP) {
			ask = nt_sample_other(p, skb, at.family);
		} else if (skb->sk && nt_sk_is_tcp(skb->sk)) {
			nt_sample_out(p, skb->sk);
		}
		if (unlikely(nt_opens(p)))
			p = nt_route_syn(tr, p, skb);
		else if (static_branch_unlikely(&nt_routes_key))
			p = nt_route_other(tr, p, skb);
	}
	nt_ring_publish(&tr->ring);
	if (at.hook == NETTRACE_LOCAL_OUT &&
	    static_branch_unlikely(&nt_timers_key))
		nt_timers_out(tr, p, mini ? mini : skb->sk);
	local_irq_restore(flags);
	if (at.hook == NETTRACE_LOCAL_OUT && at.family == NETTRACE_IPV6 &&
	    unlikely(ask))
		nt_neigh_asks_nd(st->out, skb, ask);
	return NF_ACCEPT;
}

typedef unsigned int (*nt_departure_fn)(struct nt_trace *tr,
					struct sk_buff *skb,
					const struct nf_hook_state *st,
					struct sock *mini, bool again);

/* what became of a mini socket is recorded, the packet perhaps not */
static noinline unsigned int
nt_departure_of_mini(struct nt_trace *tr, struct sk_buff *skb,
		     const struct nf_hook_state *st, u8 family,
		     nt_departure_fn record)
{
	struct nt_mini_sender mini = nt_departure_mini(tr, skb, family);

	if (nt_filter_pass(tr, skb, family))
		record(tr, skb, st, mini.sk, mini.again);
	if (mini.sk)
		sock_gen_put(mini.sk);
	return NF_ACCEPT;
}

/*
 * Each hook is four functions: the one that netfilter calls needs no stack frame
 * and goes on to the one that records, or, if there is a filter, to the one that
 * looks at its gate and lets its program decide only on what gets in.
 */
#define NT_ARRIVAL(name, ...)						\
static const struct nt_where name##_where = { __VA_ARGS__ };		\
									\
static noinline unsigned int name##_record(struct nt_trace *tr,		\
					   struct sk_buff *skb,		\
					   const struct nf_hook_state *st) \
{									\
	return nt_arrival(tr, skb, st, name##_where);			\
}									\
									\
static noinline unsigned int name##_run(struct nt_trace *tr,		\
					struct sk_buff *skb,		\
					const struct nf_hook_state *st,	\
					const struct nt_filter *f)	\
{									\
	if (nt_filter_run(tr, f, skb))					\
		return name##_record(tr, skb, st);			\
	return nt_arrival_rejected(tr, skb, name##_where);		\
}									\
									\
static noinline unsigned int name##_filtered(struct nt_trace *tr,	\
					     struct sk_buff *skb,	\
					     const struct nf_hook_state *st, \
					     const struct nt_filter *f)	\
{									\
	if (nt_filter_shuts(tr, f, skb, name##_where.family))		\
		return nt_arrival_rejected(tr, skb, name##_where);	\
	return name##_run(tr, skb, st, f);				\
}									\
									\
static unsigned int name(void *priv, struct sk_buff *skb,		\
			 const struct nf_hook_state *st)		\
{									\
	struct nt_trace *tr = priv;					\
	const struct nt_filter *f = rcu_dereference(tr->filter);	\
									\
	if (likely(!f))							\
		return name##_record(tr, skb, st);			\
	return name##_filtered(tr, skb, st, f);				\
}

#define NT_DEPARTURE(name, ...)						\
static const struct nt_where name##_where = { __VA_ARGS__ };		\
									\
static noinline unsigned int name##_record(struct nt_trace *tr,		\
					   struct sk_buff *skb,		\
					   const struct nf_hook_state *st, \
					   struct sock *mini, bool again) \
{									\
	return nt_departure(tr, skb, st, name##_where, mini, again);	\
}									\
									\
static noinline unsigned int name##_run(struct nt_trace *tr,		\
					struct sk_buff *skb,		\
					const struct nf_hook_state *st,	\
					const struct nt_filter *f)	\
{									\
	if (nt_filter_run(tr, f, skb))					\
		return name##_record(tr, skb, st, NULL, false);		\
	return NF_ACCEPT;						\
}									\
									\
static noinline unsigned int name##_filtered(struct nt_trace *tr,	\
					     struct sk_buff *skb,	\
					     const struct nf_hook_state *st, \
					     const struct nt_filter *f)	\
{									\
	if (nt_filter_shuts(tr, f, skb, name##_where.family))		\
		return NF_ACCEPT;					\
	return name##_run(tr, skb, st, f);				\
}									\
									\
static unsigned int name(void *priv, struct sk_buff *skb,		\
			 const struct nf_hook_state *st)		\
{									\
	struct nt_trace *tr = priv;					\
	const struct nt_filter *f;					\
									\
	if (name##_where.hook == NETTRACE_LOCAL_OUT &&			\
	    unlikely(nt_needs_mini(skb->sk)))				\
		return nt_departure_of_mini(tr, skb, st,		\
					    name##_where.family,	\
					    name##_record);		\
	f = rcu_dereference(tr->filter);				\
	if (likely(!f))							\
		return name##_record(tr, skb, st, NULL, false);		\
	return name##_filtered(tr, skb, st, f);				\
}

NT_ARRIVAL(nt_in4, NETTRACE_IPV4, NETTRACE_LOCAL_IN)
NT_ARRIVAL(nt_in6, NETTRACE_IPV6, NETTRACE_LOCAL_IN)
NT_ARRIVAL(nt_fwd4, NETTRACE_IPV4, NETTRACE_FORWARD)
NT_ARRIVAL(nt_fwd6, NETTRACE_IPV6, NETTRACE_FORWARD)
NT_ARRIVAL(nt_pre4, NETTRACE_IPV4, NETTRACE_PRE_ROUTING)
NT_ARRIVAL(nt_pre6, NETTRACE_IPV6, NETTRACE_PRE_ROUTING)
NT_DEPARTURE(nt_out4, NETTRACE_IPV4, NETTRACE_LOCAL_OUT)
NT_DEPARTURE(nt_out6, NETTRACE_IPV6, NETTRACE_LOCAL_OUT)
NT_DEPARTURE(nt_post4, NETTRACE_IPV4, NETTRACE_POST_ROUTING)
NT_DEPARTURE(nt_post6, NETTRACE_IPV6, NETTRACE_POST_ROUTING)
NT_ARRIVAL(nt_arp_in, NETTRACE_ARP, NETTRACE_ARP_IN)
NT_ARRIVAL(nt_arp_fwd, NETTRACE_ARP, NETTRACE_ARP_FORWARD)

/* ARP leaves with its link header in front, at skb->data */
static unsigned int nt_arp_out(void *priv, struct sk_buff *skb,
			       const struct nf_hook_state *st)
{
	union nettrace_rec *rec;
	struct nt_trace *tr = priv;
	unsigned long flags;

	if (st->out)
		nt_neigh_asks_arp(st->out, skb);
	if (!nt_filter_pass(tr, skb, NETTRACE_ARP))
		return NF_ACCEPT;
	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	if (!rec)
		return NF_ACCEPT;
	nt_sight(tr, &rec->packet, NETTRACE_ARP, NETTRACE_ARP_OUT, skb, st->out);
	nt_sample_task(&rec->packet);
	if (st->out && st->out->type == ARPHRD_ETHER &&
	    skb_network_offset(skb) == ETH_HLEN)
		nt_copy_macs(&rec->packet, (const struct ethhdr *)skb->data);
	nt_ring_commit(&tr->ring, flags);
	return NF_ACCEPT;
}

#define NT_OP(fn, family, num, prio) \
	{ .hook = (fn), .pf = (family), .hooknum = (num), .priority = (prio) }

/*
 * LOCAL_OUT first of all (the socket's view, before NAT), LOCAL_IN last of all
 * (what TCP receives, after the firewall).  The first NT_OPS_DEFAULT are always
 * there, the others with hooks=path; those of bridges, hooks=link, go behind them.
 */
static const struct nf_hook_ops nt_ops[] = {
	NT_OP(nt_in4, NFPROTO_IPV4, NF_INET_LOCAL_IN, INT_MAX),
	NT_OP(nt_out4, NFPROTO_IPV4, NF_INET_LOCAL_OUT, INT_MIN),
	NT_OP(nt_fwd4, NFPROTO_IPV4, NF_INET_FORWARD, INT_MAX),
#if IS_ENABLED(CONFIG_IPV6)
	NT_OP(nt_in6, NFPROTO_IPV6, NF_INET_LOCAL_IN, INT_MAX),
	NT_OP(nt_out6, NFPROTO_IPV6, NF_INET_LOCAL_OUT, INT_MIN),
	NT_OP(nt_fwd6, NFPROTO_IPV6, NF_INET_FORWARD, INT_MAX),
#endif
#ifdef CONFIG_NETFILTER_FAMILY_ARP
	NT_OP(nt_arp_in, NFPROTO_ARP, NF_ARP_IN, INT_MAX),
	NT_OP(nt_arp_out, NFPROTO_ARP, NF_ARP_OUT, INT_MIN),
	NT_OP(nt_arp_fwd, NFPROTO_ARP, NF_ARP_FORWARD, INT_MAX),
#endif
	NT_OP(nt_pre4, NFPROTO_IPV4, NF_INET_PRE_ROUTING, INT_MIN),
	NT_OP(nt_post4, NFPROTO_IPV4, NF_INET_POST_ROUTING, INT_MAX),
#if IS_ENABLED(CONFIG_IPV6)
	NT_OP(nt_pre6, NFPROTO_IPV6, NF_INET_PRE_ROUTING, INT_MIN),
	NT_OP(nt_post6, NFPROTO_IPV6, NF_INET_POST_ROUTING, INT_MAX),
#endif
};

#define NT_OPS_PATH	(IS_ENABLED(CONFIG_IPV6) ? 4 : 2)
#define NT_OPS_DEFAULT	(ARRAY_SIZE(nt_ops) - NT_OPS_PATH)

/**
 * nt_hooks_register() - from now on this namespace's packets are recorded
 * @tr:		its rings and table of mini sockets are ready
 *
 * The namespace has a copy of the table, whose entries lead straight to @tr:
 * finding it through net_generic() costs each packet about 25 instructions.
 *
 * Return: 0, -ENOMEM or what nf_register_net_hooks() said; then
 * nt_hooks_free() is due after a grace period.
 */
int nt_hooks_register(struct nt_trace *tr)
{
	unsigned int own = tr->set.hooks == NT_HOOKS_PATH ? ARRAY_SIZE(nt_ops) :
							    NT_OPS_DEFAULT;
	unsigned int bridge = tr->set.hooks == NT_HOOKS_LINK ? NT_OPS_BRIDGE : 0;
	unsigned int i;

	tr->nops = own + bridge;
	tr->ops = kmalloc_array(tr->nops, sizeof(*nt_ops), GFP_KERNEL);
	if (!tr->ops)
		return -ENOMEM;
	memcpy(tr->ops, nt_ops, own * sizeof(*nt_ops));
	memcpy(tr->ops + own, nt_ops_bridge, bridge * sizeof(*nt_ops));
	for (i = 0; i < tr->nops; i++)
		tr->ops[i].priv = tr;
	return nf_register_net_hooks(tr->net, tr->ops, tr->nops);
}

/* a hook may still run until a grace period has passed */
void nt_hooks_unregister(struct nt_trace *tr)
{
	nf_unregister_net_hooks(tr->net, tr->ops, tr->nops);
}

void nt_hooks_free(struct nt_trace *tr)
{
	kfree(tr->ops);
	tr->ops = NULL;
}
