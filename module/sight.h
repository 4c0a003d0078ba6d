/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sight.h - a packet's bytes become a record
 *
 * Purpose: what each place that sights packets does with one: the hooks, and the
 *          kernel's drops.
 * Context: any but NMI; interrupts are off while a record is written (ring.h).
 * Locking: none.
 */
#ifndef NETTRACE_SIGHT_H
#define NETTRACE_SIGHT_H

#include <linux/if_arp.h>
#include <linux/if_ether.h>
#include <linux/netdevice.h>
#include <linux/skbuff.h>

#include "core/parse.h"
#include "name.h"
#include "ns.h"

static __always_inline unsigned int
nt_parse(struct nettrace_packet *p, u8 family, const u8 *data,
	 unsigned int caplen, unsigned int wirelen)
{
	if (family == NETTRACE_IPV4)
		return nettrace_parse_ipv4(p, data, caplen, wirelen);
	if (family == NETTRACE_IPV6)
		return nettrace_parse_ipv6(p, data, caplen, wirelen);
	return nettrace_parse_arp(p, data, caplen, wirelen);
}

/* the headers reach into fragments of the skb: they are copied together first */
void nt_parse_gathered(struct nettrace_packet *p, u8 family,
		       const struct sk_buff *skb, unsigned int need);

/* room: bytes of the slot after the record */
void nt_keep_payload(struct nettrace_packet *p, const struct sk_buff *skb,
		     unsigned int room);

static __always_inline void nt_copy_macs(struct nettrace_packet *p,
					 const struct ethhdr *eth)
{
	memcpy(p->mac_src, eth->h_source, ETH_ALEN);
	memcpy(p->mac_dst, eth->h_dest, ETH_ALEN);
	p->flags |= NETTRACE_PKT_MAC;
}

/* everything about a packet but its socket */
static __always_inline void
nt_sight(const struct nt_trace *tr, struct nettrace_packet *p, u8 family,
	 u8 hook, const struct sk_buff *skb, const struct net_device *dev)
{
	const int off = skb_network_offset(skb);
	unsigned int need;

	need = nt_parse(p, family, skb_network_header(skb),
			skb_headlen(skb) - off, skb->len - off);
	if (unlikely(need))
		nt_parse_gathered(p, family, skb, need);
	p->hook = hook;
	if (dev) {
		p->hdr.ifindex = dev->ifindex;
		nt_copy_name(p->dev, dev->name);
	}
	if (skb_is_gso(skb)) {
		p->gso_size = skb_shinfo(skb)->gso_size;
		p->gso_segs = skb_shinfo(skb)->gso_segs;
	}
	if (unlikely(tr->set.payload))
		nt_keep_payload(p, skb, tr->set.payload);
}

/* where no hook tells it: enum nettrace_family, or 0, what is not recorded */
static inline u8 nt_family_of(const struct sk_buff *skb)
{
	switch (skb->protocol) {
	case htons(ETH_P_IP):
		return NETTRACE_IPV4;
	case htons(ETH_P_IPV6):
		return NETTRACE_IPV6;
	case htons(ETH_P_ARP):
		return NETTRACE_ARP;
	}
	return 0;
}

static inline bool nt_has_eth(const struct sk_buff *skb,
			      const struct net_device *dev)
{
	return dev && dev->type == ARPHRD_ETHER &&
	       skb_mac_header_was_set(skb) &&
	       skb_mac_header_len(skb) >= ETH_HLEN;
}

#endif /* NETTRACE_SIGHT_H */
