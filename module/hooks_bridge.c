// SPDX-License-Identifier: GPL-2.0-only
/*
 * hooks_bridge.c - frames at the hooks of a bridge
 *
 * Purpose:   hooks_bridge.h.  Their data begins at the network header, as at the
 *            hooks of IP; what is not IPv4, IPv6 or ARP is passed over.
 * Context, locking: as hooks.c.
 */
#include <linux/netfilter_bridge.h>

#include "filter.h"
#include "hooks_bridge.h"
#include "sample.h"
#include "sight.h"

/* @dev: the port it leaves by, or came by if it leaves by none */
static void nt_frame(struct nt_trace *tr, struct sk_buff *skb, u8 hook,
		     const struct nf_hook_state *st,
		     const struct net_device *dev)
{
	u8 family = nt_family_of(skb);
	struct nettrace_packet *p;
	union nettrace_rec *rec;
	unsigned long flags;

	if (!family || skb_network_offset(skb) ||
	    !nt_filter_pass(tr, skb, family))
		return;
	rec = nt_ring_begin(&tr->ring, NETTRACE_PACKET, &flags);
	if (!rec)
		return;
	p = &rec->packet;
	nt_sight(tr, p, family, hook, skb, dev);
	if (nt_has_eth(skb, dev))
		nt_copy_macs(p, eth_hdr(skb));
	if (skb->pkt_type == PACKET_OTHERHOST)
		p->flags |= NETTRACE_PKT_OTHERHOST;
	if (hook == NETTRACE_BR_OUT)
		nt_sample_task(p);
	else if (hook == NETTRACE_BR_FORWARD && st->in)
		p->in_ifindex = st->in->ifindex;
	nt_ring_commit(&tr->ring, flags);
}

static unsigned int nt_br_in(void *priv, struct sk_buff *skb,
			     const struct nf_hook_state *st)
{
	nt_frame(priv, skb, NETTRACE_BR_IN, st, st->in);
	return NF_ACCEPT;
}

static unsigned int nt_br_forward(void *priv, struct sk_buff *skb,
				  const struct nf_hook_state *st)
{
	nt_frame(priv, skb, NETTRACE_BR_FORWARD, st, st->out);
	return NF_ACCEPT;
}

static unsigned int nt_br_out(void *priv, struct sk_buff *skb,
			      const struct nf_hook_state *st)
{
	nt_frame(priv, skb, NETTRACE_BR_OUT, st, st->out);
	return NF_ACCEPT;
}

#define NT_BR_OP(fn, num, prio) \
	{ .hook = (fn), .pf = NFPROTO_BRIDGE, .hooknum = (num), .priority = (prio) }

/* arrivals after the bridge's firewall, what this host sends before it */
const struct nf_hook_ops nt_ops_bridge[] = {
	NT_BR_OP(nt_br_in, NF_BR_LOCAL_IN, INT_MAX),
	NT_BR_OP(nt_br_forward, NF_BR_FORWARD, INT_MAX),
	NT_BR_OP(nt_br_out, NF_BR_LOCAL_OUT, INT_MIN),
};
