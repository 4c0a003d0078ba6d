// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes_drop.c - the tracepoint kfree_skb
 *
 * Purpose:   probes_drop.h.
 * Context:   whoever drops the packet: a task, softirq, hardirq.
 * Locking:   none: nobody else has the packet any more, its data perhaps.
 *
 * Which namespace it was dropped in is not among what the kernel tells.  A packet
 * knows its device in skb->dev, but that word is another thing while the packet is
 * in a socket's queue, in a queue of fragments or in a scheduler's tree, and is left
 * like that when it comes out to be dropped.  So it is followed only where the
 * reason says that the packet has not been there; nt_drop_net() has the others.
 */
#include <linux/bits.h>
#include <linux/icmp.h>
#include <linux/icmpv6.h>
#include <linux/netdevice.h>
#include <net/dst.h>
#include <net/sock.h>
#include <trace/events/skb.h>

#include "compat.h"
#include "filter.h"
#include "probes_drop.h"
#include "sample.h"
#include "sight.h"
#include "tuple.h"

/* ---- reasons -------------------------------------------------------------- */

/* as this kernel names them; what is no drop has no name */
#define NT_REASON(reason)	[SKB_DROP_REASON_##reason] = #reason,
static const char *const nt_reasons[] = {
	DEFINE_DROP_REASON(NT_REASON, NT_REASON)
};

#undef NT_REASON

/*
 * Given by who has just got the packet from its device, or is about to hand it to
 * one.  Not every kernel has all of them.
 */
static const char *const nt_reasons_at_device[] = {
	"ARP_PVLAN_DISABLE", "BRIDGE_INGRESS_STP_STATE", "CPU_BACKLOG",
	"IPV6DISABLED", "IP_CSUM", "IP_INADDRERRORS", "IP_INHDR",
	"IP_INNOROUTES", "IP_INVALID_DEST", "IP_INVALID_SOURCE", "IP_LOCALNET",
	"IP_LOCAL_SOURCE", "IP_RPFILTER", "LOCAL_MAC", "MAC_IEEE_MAC_CONTROL",
	"MAC_INVALID_SOURCE", "NETFILTER_DROP", "NO_TX_TARGET", "OTHERHOST",
	"QDISC_DROP", "TC_EGRESS", "TC_INGRESS", "UNHANDLED_PROTO",
	"UNICAST_IN_L2_MULTICAST", "XDP",
};

static DECLARE_BITMAP(nt_at_device, ARRAY_SIZE(nt_reasons));

/* a queue is emptied, since 6.6 with a reason of its own */
static unsigned int nt_reason_purge = SKB_DROP_REASON_NOT_SPECIFIED;

/* the kernel's other lists, of mac80211 and Open vSwitch, are not asked */
static const char *nt_reason_name(unsigned int reason)
{
	return reason < ARRAY_SIZE(nt_reasons) ? nt_reasons[reason] : NULL;
}

/* a number of another list than the kernel's own */
static bool nt_reason_foreign(unsigned int reason)
{
	return reason >= ARRAY_SIZE(nt_reasons);
}

static bool nt_reason_at_device(unsigned int reason)
{
	return !nt_reason_foreign(reason) && test_bit(reason, nt_at_device);
}

/* before the probe is attached */
void nt_probes_drop_init(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(nt_reasons); i++) {
		if (!nt_reasons[i])
			continue;
		if (!strcmp(nt_reasons[i], "QUEUE_PURGE"))
			nt_reason_purge = i;
		for (j = 0; j < ARRAY_SIZE(nt_reasons_at_device); j++)
			if (!strcmp(nt_reasons[i], nt_reasons_at_device[j]))
				__set_bit(i, nt_at_device);
	}
}

/* out of the queue of a socket that goes, which is still there: it owns what it queued */
static bool nt_was_queued(const struct sk_buff *skb, unsigned int reason)
{
	return (reason == nt_reason_purge ||
		reason == SKB_DROP_REASON_NOT_SPECIFIED) &&
	       skb->destructor == sock_rfree;
}

/*
 * A segment that TCP has taken, acknowledged and queued, the FIN of every connection
 * among them: known before anything of it is read.
 */
static bool nt_was_taken(const struct sk_buff *skb, unsigned int reason)
{
	return nt_was_queued(skb, reason) && skb->sk && nt_sk_is_tcp(skb->sk);
}

/* no socket for ping alone wants this echo; a raw one may have got a copy */
static bool nt_is_echo_reply(const struct nettrace_packet *p)
{
	if (!(p->flags & NETTRACE_PKT_L4))
		return false;
	return (p->proto == IPPROTO_ICMP && p->icmp_type == ICMP_ECHOREPLY) ||
	       (p->proto == IPPROTO_ICMPV6 &&
		p->icmp_type == ICMPV6_ECHO_REPLY);
}

/*
 * It came, and TCP has looked at it and frees it without a reason: an ACK that finds
 * its socket in CLOSE-WAIT, CLOSING or LAST-ACK ends so (tcp_rcv_state_process()).
 * What TCP refuses has a reason, on kernels that have any.
 */
static bool nt_was_an_ack(const struct nettrace_packet *p,
			  const struct sk_buff *skb, const struct sock *sk)
{
	return NT_DROP_REASONS && skb->skb_iif && !p->payload &&
	       nt_sk_is_tcp(sk) && sk->sk_state != TCP_LISTEN;
}

/*
 * Freed without a reason: TCP and IPv6's ICMP end so also with what they have taken,
 * and IGMP does.  @sk: looked at for it, with a reference, or NULL; to let go of it
 * may free it, for which it is too early inside of a record.
 */
static bool nt_no_drop(const struct net *net, const struct nettrace_packet *p,
		       const struct sk_buff *skb, unsigned int reason,
		       struct sock **sk)
{
	struct nt_tuple t = { };

	/* what TCP had taken, too, but this is a raw socket's copy of it */
	if (p->proto == IPPROTO_TCP && nt_was_queued(skb, reason))
		return true;
	if (reason == SKB_DROP_REASON_NO_SOCKET)
		return nt_is_echo_reply(p);
	if (reason != SKB_DROP_REASON_NOT_SPECIFIED)
		return false;
	if (p->proto == IPPROTO_ICMPV6 || p->proto == IPPROTO_IGMP)
		return true;
	if (!NT_DROP_REASONS && nt_is_echo_reply(p))
		return true;
	if (p->proto != IPPROTO_TCP || !(p->flags & NETTRACE_PKT_L4))
		return false;
	t.family = p->hdr.family;
	t.lport = p->dport;
	t.rport = p->sport;
	t.dif = skb->skb_iif;
	memcpy(t.local, p->dst, sizeof(t.local));
	memcpy(t.remote, p->src, sizeof(t.remote));
	*sk = nt_lookup((struct net *)net, &t);
	return *sk && ((*sk)->sk_state == TCP_TIME_WAIT || nt_was_an_ack(p, skb, *sk));
}

/* ---- where ---------------------------------------------------------------- */

static atomic64_t nt_unplaced;

u64 nt_drops_unplaced(void)
{
	return atomic64_read(&nt_unplaced);
}

/* its route's device; the one of a device that has gone is nobody's */
static struct net_device *nt_drop_route_dev(const struct sk_buff *skb)
{
	const struct dst_entry *dst = skb_dst(skb);
	struct net_device *dev;

	if (!dst || dst->flags & DST_METADATA)
		return NULL;
	dev = READ_ONCE(dst->dev);
	return dev == blackhole_netdev ? NULL : dev;
}

/*
 * The socket that a packet belongs to, NULL: none that tells where it is.  One whose
 * socket counts on hearing of its end has a destructor; without one skb->sk may be old.
 * A packet keeps its sender on its way through pairs of devices and bridges into other
 * namespaces: where it has come by a device, only its receiver counts.  Since 5.18
 * the kernel's own sockets, which answer for everybody, are all in one namespace.
 */
static const struct sock *nt_drop_sk(const struct sk_buff *skb)
{
	const struct sock *sk = skb->sk;

	if (!skb->destructor || !sk || !sk_fullsock(sk) ||
	    (NT_DROP_REASONS && !sk->sk_net_refcnt))
		return NULL;
	if (skb->skb_iif && skb->destructor != sock_rfree &&
	    skb->destructor != sock_edemux)
		return NULL;
	return sk;
}

/* @rx_sk: who should have got it, where the kernel tells */
static struct net *nt_drop_net(const struct sk_buff *skb, const struct sock *rx_sk,
			       unsigned int reason)
{
	const struct net_device *dev = nt_drop_route_dev(skb);
	const struct sock *sk;

	if (dev)
		return dev_net(dev);
	if (rx_sk)
		return sock_net(rx_sk);
	if (nt_reason_at_device(reason) && skb->dev)
		return dev_net(skb->dev);
	sk = nt_drop_sk(skb);
	return sk ? sock_net(sk) : NULL;
}

/* the one it came by; if it came by none, the one it was to leave by */
static struct net_device *nt_drop_dev(struct net *net, const struct sk_buff *skb,
				      unsigned int reason)
{
	if (nt_reason_at_device(reason) && skb->dev &&
	    net_eq(dev_net(skb->dev), net))
		return skb->dev;
	if (skb->skb_iif)
		return dev_get_by_index_rcu(net, skb->skb_iif);
	return nt_drop_route_dev(skb);
}

/* ---- records -------------------------------------------------------------- */

static void nt_drop_why(struct nt_trace *tr, const struct nettrace_packet *p,
			unsigned int reason)
{
	const char *name = nt_reason_name(reason);
	union nettrace_rec *rec;
	unsigned long flags;

	rec = nt_ring_begin(&tr->ring, NETTRACE_DROP, &flags);
	if (!rec)
		return;
	rec->drop.hdr.time = p->hdr.time;
	rec->drop.hdr.family = p->hdr.family;
	rec->drop.hdr.ifindex = p->hdr.ifindex;
	rec->drop.reason = reason;
	if (name)
		strscpy(rec->drop.name, name, sizeof(rec->drop.name));
	nt_ring_commit(&tr->ring, flags);
}

/* @skb: its data begins at the network header, its device is @dev or none */
static void nt_drop_record(struct nt_trace *tr, struct sk_buff *skb, u8 family,
			   const struct net_device *dev, unsigned int reason)
{
	union nettrace_rec *rec;
	struct sock *sk = NULL;
	unsigned long flags;

	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	if (!rec)
		return;
	nt_sight(tr, &rec->packet, family, NETTRACE_DROPPED, skb, dev);
	/* what is no drop is not counted as left out either */
	if (nt_no_drop(tr->net, &rec->packet, skb, reason, &sk) ||
	    !nt_filter_pass(tr, skb, family)) {
		nt_ring_abort(flags);
		goto out;
	}
	if (nt_has_eth(skb, dev))
		nt_copy_macs(&rec->packet, eth_hdr(skb));
	if (skb->pkt_type == PACKET_OTHERHOST)
		rec->packet.flags |= NETTRACE_PKT_OTHERHOST;
	nt_ring_publish(&tr->ring);
	nt_drop_why(tr, &rec->packet, reason);
	local_irq_restore(flags);
out:
	if (sk)
		sock_gen_put(sk);
}

/*
 * Whoever dropped it has moved its data to where he was reading, behind the network
 * header or in front of it.  It is ours: it is put back, and its device too.
 */
static void nt_drop_sight(struct nt_trace *tr, struct sk_buff *skb, u8 family,
			  unsigned int reason)
{
	struct net_device *dev = nt_drop_dev(tr->net, skb, reason);
	struct net_device *own = skb->dev;
	int off = skb_network_offset(skb);

	if (!skb->network_header || off > (int)skb_headlen(skb))
		return;
	skb->dev = dev;
	if (off > 0)
		__skb_pull(skb, off);
	else
		__skb_push(skb, -off);
	nt_drop_record(tr, skb, family, dev, reason);
	if (off > 0)
		__skb_push(skb, off);
	else
		__skb_pull(skb, -off);
	skb->dev = own;
}

static void nt_dropped(struct sk_buff *skb, unsigned int reason,
		       const struct sock *rx_sk)
{
	u8 family = nt_family_of(skb);
	struct nt_trace *tr;
	struct net *net;

	/* a copy for tcpdump and its like is no packet that was dropped */
	if (!family || skb->pkt_type == PACKET_OUTGOING || in_nmi() ||
	    (!nt_reason_foreign(reason) && !nt_reason_name(reason)))
		return;
	if (nt_was_taken(skb, reason))
		return;
	rcu_read_lock();
	net = nt_drop_net(skb, rx_sk, reason);
	if (net) {
		tr = nt_trace_of(net);
		if (tr)
			nt_drop_sight(tr, skb, family, reason);
	} else {
		atomic64_inc(&nt_unplaced);
	}
	rcu_read_unlock();
}

/* ---- the tracepoint ------------------------------------------------------- */

#ifdef NT_HAVE_DROP_RX_SK
static void nt_probe_kfree_skb(void *data, struct sk_buff *skb, void *location,
			       enum skb_drop_reason reason,
			       nt_drop_rx_sk *rx_sk)
{
	nt_dropped(skb, reason, rx_sk);
}
#elif defined(NT_HAVE_DROP_REASON)
static void nt_probe_kfree_skb(void *data, struct sk_buff *skb, void *location,
			       enum skb_drop_reason reason)
{
	nt_dropped(skb, reason, NULL);
}
#else
static void nt_probe_kfree_skb(void *data, struct sk_buff *skb, void *location)
{
	nt_dropped(skb, SKB_DROP_REASON_NOT_SPECIFIED, NULL);
}
#endif

struct nt_probe nt_probes_drop[NT_PROBES_DROP] = {
	{ "kfree_skb", nt_probe_kfree_skb },
};

/* never called: the compiler compares the probe with what the kernel calls */
static void __maybe_unused nt_probes_drop_types(void)
{
	check_trace_callback_type_kfree_skb(nt_probe_kfree_skb);
}
