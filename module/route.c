// SPDX-License-Identifier: GPL-2.0-only
/*
 * route.c - the kernel's routing decision for a packet at LOCAL_OUT
 *
 * Purpose, context, locking: route.h.  Next hop, device and MTU are those that the
 * packet carries with it.  Which entry of a table they are from IPv6 remembers;
 * IPv4 does not, so its table is asked again, and what it says is told only if it
 * leads where the packet goes.
 */
#include <linux/hash.h>
#include <linux/inetdevice.h>
#include <net/addrconf.h>
#include <net/ip6_fib.h>
#include <net/ip_fib.h>
#include <net/nexthop.h>
#include <net/route.h>

#include "route.h"
#include "sight.h"
#include "tuple.h"

DEFINE_STATIC_KEY_FALSE(nt_routes_key);

/* ---- IPv4 ----------------------------------------------------------------- */

static void nt_route_gateway4(struct nettrace_route *r, const struct rtable *rt)
{
	if (!rt->rt_uses_gateway)
		return;
	/* an IPv6 next hop of an IPv4 destination: all its sixteen bytes */
	if (rt->rt_gw_family == AF_INET6)
		memcpy(r->gateway, &rt->rt_gw6, 16);
	else if (rt->rt_gw_family == AF_INET)
		memcpy(r->gateway, &rt->rt_gw4, 4);
	else
		return;
	r->flags |= NETTRACE_RT_GATEWAY;
}

static void nt_route_source4(struct nettrace_route *r,
			     const struct net_device *dev)
{
	const struct in_device *in_dev = __in_dev_get_rcu(dev);
	const struct in_ifaddr *ifa;

	if (!in_dev)
		return;
	in_dev_for_each_ifa_rcu(ifa, in_dev) {
		if (memcmp(&ifa->ifa_local, r->src, 4))
			continue;
		r->src_len = ifa->ifa_prefixlen;
		r->flags |= NETTRACE_RT_SRC_LEN;
		return;
	}
}

/* does what the table says now lead where the packet goes? */
static bool nt_fib_agrees(const struct fib_result *res, const struct rtable *rt,
			  const struct net_device *dev)
{
	const struct fib_nh_common *nhc = res->nhc;

	if (rt->rt_type != res->type)
		return false;
	/* one of several next hops: the entry is the same */
	if (res->type != RTN_UNICAST || fib_info_num_path(res->fi) > 1)
		return true;
	if (nhc->nhc_dev != dev)
		return false;
	if (!rt->rt_uses_gateway)
		return !nhc->nhc_gw_family;
	if (nhc->nhc_gw_family != rt->rt_gw_family)
		return false;
	if (rt->rt_gw_family == AF_INET)
		return nhc->nhc_gw.ipv4 == rt->rt_gw4;
	return ipv6_addr_equal(&nhc->nhc_gw.ipv6, &rt->rt_gw6);
}

static void nt_route_fib4(struct nettrace_route *r, struct net *net,
			  const struct sk_buff *skb, const struct rtable *rt,
			  const struct net_device *dev)
{
	const struct sock *sk = skb->sk;
	struct fib_result res = { };
	__be32 saddr, daddr;
	struct flowi4 fl;

	memcpy(&saddr, r->src, sizeof(saddr));
	memcpy(&daddr, r->dst, sizeof(daddr));
	if (sk && !sk_fullsock(sk))
		sk = NULL;
	memset(&fl, 0, sizeof(fl));
	flowi4_init_output(&fl, sk ? READ_ONCE(sk->sk_bound_dev_if) : 0,
			   skb->mark, r->tos & 0xfc, RT_SCOPE_UNIVERSE,
			   r->proto, 0, daddr, saddr, htons(r->dport),
			   htons(r->sport), sock_net_uid(net, sk));
	if (fib_lookup(net, &fl, &res, 0) || !res.fi || !res.nhc ||
	    !nt_fib_agrees(&res, rt, dev))
		return;
	r->flags |= NETTRACE_RT_FIB;
	r->match_len = res.prefixlen;
	r->rt_proto = res.fi->fib_protocol;
	r->rt_scope = res.fi->fib_scope;
	r->table = res.fi->fib_tb_id;
}

static void nt_route4(struct nettrace_route *r, struct net *net,
		      const struct sk_buff *skb, const struct dst_entry *dst,
		      const struct net_device *dev)
{
	const struct rtable *rt = (const struct rtable *)dst;

	if (rt->rt_flags & RTCF_LOCAL)
		r->flags |= NETTRACE_RT_LOCAL;
	if (rt->rt_flags & RTCF_BROADCAST)
		r->flags |= NETTRACE_RT_BROADCAST;
	if (rt->rt_flags & RTCF_MULTICAST)
		r->flags |= NETTRACE_RT_MULTICAST;
	nt_route_gateway4(r, rt);
	nt_route_source4(r, dev);
	nt_route_fib4(r, net, skb, rt, dev);
}

/* ---- IPv6 ----------------------------------------------------------------- */

#if IS_ENABLED(CONFIG_IPV6)
static void nt_route_source6(struct nettrace_route *r,
			     const struct net_device *dev)
{
	const struct inet6_dev *idev = __in6_dev_get(dev);
	const struct inet6_ifaddr *ifa;

	if (!idev)
		return;
	list_for_each_entry_rcu(ifa, &idev->addr_list, if_list) {
		if (memcmp(&ifa->addr, r->src, 16))
			continue;
		r->src_len = ifa->prefix_len;
		r->flags |= NETTRACE_RT_SRC_LEN;
		return;
	}
}

static void nt_route6(struct nettrace_route *r, const struct dst_entry *dst,
		      const struct net_device *dev)
{
	const struct rt6_info *rt = (const struct rt6_info *)dst;
	const struct fib6_info *from = rcu_dereference(rt->from);

	if (rt->rt6i_flags & RTF_LOCAL)
		r->flags |= NETTRACE_RT_LOCAL;
	if (r->dst[0] == 0xff)
		r->flags |= NETTRACE_RT_MULTICAST;
	if (rt->rt6i_flags & RTF_GATEWAY) {
		memcpy(r->gateway, &rt->rt6i_gateway, 16);
		r->flags |= NETTRACE_RT_GATEWAY;
	}
	nt_route_source6(r, dev);
	/* the entry that stands for "no route" is in no table */
	if (!from || !from->fib6_table)
		return;
	r->flags |= NETTRACE_RT_FIB;
	r->match_len = from->fib6_dst.plen;
	r->rt_proto = from->fib6_protocol;
	r->rt_scope = RT_SCOPE_UNIVERSE;
	r->table = from->fib6_table->tb6_id;
}
#else
static void nt_route6(struct nettrace_route *r, const struct dst_entry *dst,
		      const struct net_device *dev)
{
}
#endif

/* ---- records -------------------------------------------------------------- */

/* a decision of IPsec is not looked through */
static const struct dst_entry *nt_decided(const struct sk_buff *skb, u8 family)
{
	const struct dst_entry *dst = skb_dst(skb);

	if (!dst || !dst->dev || dst->flags & DST_METADATA || dst_xfrm(dst) ||
	    dst->ops->family != (family == NETTRACE_IPV6 ? AF_INET6 : AF_INET))
		return NULL;
	return dst;
}

/* @r is zeroed but for its header */
static void nt_route_fill(struct nettrace_route *r, struct net *net,
			  const struct nettrace_packet *p,
			  const struct sk_buff *skb, const struct dst_entry *dst)
{
	const struct net_device *dev = dst->dev;

	r->hdr.family = p->hdr.family;
	r->hdr.ifindex = dev->ifindex;
	nt_copy_name(r->dev, dev->name);
	memcpy(r->src, p->src, sizeof(r->src));
	memcpy(r->dst, p->dst, sizeof(r->dst));
	r->sport = p->sport;
	r->dport = p->dport;
	r->proto = p->proto;
	r->tos = p->tos;
	r->pid = p->pid;
	r->mtu = dst_mtu(dst);
	if (p->hdr.family == NETTRACE_IPV6)
		nt_route6(r, dst, dev);
	else
		nt_route4(r, net, skb, dst, dev);
}

/*
 * The packet's record is begun and not yet out: the decision takes its place, and it
 * the next one.
 */
static struct nettrace_packet *
nt_route_before(struct nt_trace *tr, struct nettrace_packet *p,
		const struct sk_buff *skb, const struct dst_entry *dst)
{
	const struct nettrace_packet packet = *p;
	union nettrace_rec *rec = (union nettrace_rec *)p;
	unsigned long flags;

	nt_ring_clear(rec);
	rec->hdr.type = NETTRACE_ROUTE;
	nt_route_fill(&rec->route, tr->net, &packet, skb, dst);
	nt_ring_publish(&tr->ring);
	/* this CPU has a ring, and interrupts are off */
	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	memcpy((u8 *)rec + sizeof(rec->hdr), (const u8 *)&packet + sizeof(rec->hdr),
	       sizeof(packet) - sizeof(rec->hdr));
	rec->hdr.time = packet.hdr.time;
	rec->hdr.family = packet.hdr.family;
	rec->hdr.ifindex = packet.hdr.ifindex;
	if (tr->set.payload)
		nt_keep_payload(&rec->packet, skb, tr->set.payload);
	return &rec->packet;
}

/**
 * nt_route_syn() - the decision for a packet, before its record
 * @tr:		its namespace
 * @p:		the packet's record, begun and complete
 * @skb:	at LOCAL_OUT
 *
 * Return: where the packet's record is now, not yet out.
 */
noinline struct nettrace_packet *nt_route_syn(struct nt_trace *tr,
					      struct nettrace_packet *p,
					      const struct sk_buff *skb)
{
	const struct dst_entry *dst = nt_decided(skb, p->hdr.family);

	return dst ? nt_route_before(tr, p, skb, dst) : p;
}

/* ---- what was decided last ------------------------------------------------- */

struct nt_decision {
	const struct net *net;	/* compared with, not followed */
	unsigned int asked;	/* nt_asked then; 0: nothing */
	int ifindex;
	u8 family;
	u8 dst[16];
	u8 gateway[16];
};

#define NT_DECISION_BITS	6
static DEFINE_PER_CPU(struct nt_decision [1 << NT_DECISION_BITS], nt_decisions);

/* counts those who came to ask */
static atomic_t nt_asked;

void nt_routes_forget(void)
{
	atomic_inc(&nt_asked);
}

static void nt_decision_of(struct nt_decision *d, struct nt_trace *tr,
			   const struct nettrace_packet *p,
			   const struct dst_entry *dst)
{
	memset(d, 0, sizeof(*d));
	d->net = tr->net;
	d->asked = atomic_read(&nt_asked);
	d->ifindex = dst->dev->ifindex;
	d->family = p->hdr.family;
	memcpy(d->dst, p->dst, sizeof(d->dst));
	if (d->family == NETTRACE_IPV4) {
		const struct rtable *rt = (const struct rtable *)dst;

		if (rt->rt_gw_family == AF_INET6)
			memcpy(d->gateway, &rt->rt_gw6, 16);
		else if (rt->rt_gw_family)
			memcpy(d->gateway, &rt->rt_gw4, 4);
	} else {
		memcpy(d->gateway, &((const struct rt6_info *)dst)->rt6i_gateway, 16);
	}
}

/**
 * nt_route_other() - the same for other protocols, if it is not the one before
 * @tr:		its namespace
 * @p:		the packet's record, begun and complete
 * @skb:	at LOCAL_OUT
 *
 * Return: as nt_route_syn().
 */
noinline struct nettrace_packet *nt_route_other(struct nt_trace *tr,
						struct nettrace_packet *p,
						const struct sk_buff *skb)
{
	const struct dst_entry *dst;
	struct nt_decision now, *last;
	u32 w[4], at;

	if (!(READ_ONCE(tr->extra) & NT_ROUTES) || p->proto == IPPROTO_TCP)
		return p;
	dst = nt_decided(skb, p->hdr.family);
	if (!dst)
		return p;
	nt_decision_of(&now, tr, p, dst);
	memcpy(w, p->dst, sizeof(w));
	at = hash_32(w[0] ^ w[1] ^ w[2] ^ w[3], NT_DECISION_BITS);
	last = &(*this_cpu_ptr(&nt_decisions))[at];
	if (!memcmp(last, &now, sizeof(now)))
		return p;
	*last = now;
	return nt_route_before(tr, p, skb, dst);
}
