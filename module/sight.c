// SPDX-License-Identifier: GPL-2.0-only
/*
 * sight.c - the rare parts of reading a packet
 *
 * Purpose, context, locking: sight.h.
 */
#include <linux/percpu.h>
#include <linux/udp.h>

#include "sight.h"

/* headers that are not contiguous are gathered here, interrupts off */
#define NT_GATHER 512
static DEFINE_PER_CPU(u8 [NT_GATHER], nt_gather);

void nt_parse_gathered(struct nettrace_packet *p, u8 family,
		       const struct sk_buff *skb, unsigned int need)
{
	const int off = skb_network_offset(skb);
	struct nettrace_hdr hdr = p->hdr;
	u8 *buf = *this_cpu_ptr(&nt_gather);
	unsigned int wirelen = skb->len - off;

	while (need && need <= NT_GATHER) {
		if (skb_copy_bits(skb, off, buf, need))
			break;
		memset(p, 0, sizeof(*p));
		p->hdr = hdr;
		need = nt_parse(p, family, buf, need, wirelen);
	}
	if (need)
		p->flags |= NETTRACE_PKT_TRUNCATED;
}

/* UDP's length may leave bytes behind the datagram (RFC 9868): is its header here? */
static bool nt_is_udp_at(const struct nettrace_packet *p,
			 const struct sk_buff *skb, int off)
{
	const struct udphdr *uh;
	struct udphdr buf;

	uh = skb_header_pointer(skb, off, sizeof(buf), &buf);
	return uh && ntohs(uh->source) == p->sport && ntohs(uh->dest) == p->dport;
}

void nt_keep_payload(struct nettrace_packet *p, const struct sk_buff *skb,
		     unsigned int room)
{
	const int off = skb_network_offset(skb) + (p->len - p->payload);
	unsigned int n = min(room, p->payload);

	/* where its header is not right before it, rather none than wrong ones */
	if (n && p->proto == IPPROTO_UDP && p->flags & NETTRACE_PKT_L4 &&
	    !(p->flags & NETTRACE_PKT_MORE_FRAGS) &&
	    !nt_is_udp_at(p, skb, off - (int)sizeof(struct udphdr)))
		n = 0;
	if (n && skb_copy_bits(skb, off, p + 1, n))
		n = 0;
	memset((u8 *)(p + 1) + n, 0, room - n);
}
