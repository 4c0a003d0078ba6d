// SPDX-License-Identifier: GPL-2.0-only
/*
 * filter_packet.c - headers put together again from a record
 *
 * Purpose, ownership: filter.h, filter_priv.h.  What a field of the record
 * means is in module/core/parse.h; what no field holds stays unknown: options,
 * checksums, the urgent pointer, the flow label, reserved bits, payload.
 */
#include <linux/if_ether.h>
#include <netinet/in.h>
#include <string.h>

#include "filter_priv.h"

#define IPV4_HLEN 20
#define IPV6_HLEN 40
#define FRAG_HLEN 8
#define ARP_LEN	  28
#define ND_LEN	  24 /* a solicitation and its target */

#define IHL_MIN	  5
#define IHL_MAX	  15
#define DOFF_MIN  5
#define DOFF_MAX  15

/* the IPv6 extension headers that the parser steps over; 44 is FRAGMENT */
static const uint8_t ext_types[] = { 44, 0, 43, 51, 60, 135, 139, 140 };
#define EXT_TYPES   (sizeof(ext_types) / sizeof(ext_types[0]))

#define BROKEN	    (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED)

/* a packet that ends inside of its IPv4 options: of the fragment word only DF is read */
#define FRAG_UNREAD (NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_IP_OPTS)

static void put_bits(struct nt_partial *pkt, unsigned int at, uint8_t v, uint8_t known)
{
	if (at >= NT_PARTIAL_BYTES)
		return;
	pkt->byte[at] = v & known;
	pkt->known[at] = known;
}

static void put8(struct nt_partial *pkt, unsigned int at, uint8_t v)
{
	put_bits(pkt, at, v, 0xff);
}

static void put16(struct nt_partial *pkt, unsigned int at, uint16_t v)
{
	put8(pkt, at, v >> 8);
	put8(pkt, at + 1, v & 0xff);
}

static void put32(struct nt_partial *pkt, unsigned int at, uint32_t v)
{
	put16(pkt, at, v >> 16);
	put16(pkt, at + 2, v & 0xffff);
}

static void put(struct nt_partial *pkt, unsigned int at, const uint8_t *bytes, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		put8(pkt, at + i, bytes[i]);
}

/*
 * Where the transport header begins if the record tells, else 0; with a later
 * fragment, where its payload does.
 */
static unsigned int l4_offset(const struct nettrace_packet *p, unsigned int fixed)
{
	unsigned int behind = p->len - p->payload;

	if (!(p->flags & NETTRACE_PKT_IP_OPTS))
		return fixed;
	if (!(p->flags & NETTRACE_PKT_L4))
		return p->flags & BROKEN ? 0 : behind;
	switch (p->proto) {
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_IGMP:
	case IPPROTO_UDPLITE:
		return behind - 8;
	case IPPROTO_SCTP:
		return behind - 12;
	case IPPROTO_UDP:
		/* its length field may claim less than there is: this is where it
		 * begins or behind that, so that the first place there can be is
		 * certain
		 */
		return behind - 8 == fixed + (fixed == IPV4_HLEN ? 4 : 8) ? behind - 8 : 0;
	default:
		return 0;
	}
}

static bool is_tcp(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_TCP && p->flags & NETTRACE_PKT_L4;
}

/* the TCP header's length in words; 0: not known; -1: it cannot begin at @off */
static int tcp_words(const struct nettrace_packet *p, unsigned int off)
{
	unsigned int behind = p->len - p->payload;

	if (p->flags & BROKEN)
		return 0;
	if (behind < off + 4 * DOFF_MIN || behind > off + 4 * DOFF_MAX || (behind - off) % 4)
		return -1;
	return (int)(behind - off) / 4;
}

static void put_tcp(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int off)
{
	int words = tcp_words(p, off);

	put32(pkt, off + 4, p->seq);
	put32(pkt, off + 8, p->ack);
	put_bits(pkt, off + 12, (uint8_t)(p->tcp_flags >> 8 & 0xf), 0x0f);
	if (words > 0)
		put_bits(pkt, off + 12, (uint8_t)(words << 4 | pkt->byte[off + 12]), 0xff);
	put8(pkt, off + 13, p->tcp_flags & 0xff);
	put16(pkt, off + 14, p->window);
}

static bool is_echo(const struct nettrace_packet *p)
{
	if (p->proto == IPPROTO_ICMP)
		return p->icmp_type == 0 || p->icmp_type == 8;
	return p->proto == IPPROTO_ICMPV6 && (p->icmp_type == 128 || p->icmp_type == 129);
}

/* and IGMP, which is built alike */
static void put_icmp(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int off)
{
	put8(pkt, off, p->icmp_type);
	put8(pkt, off + 1, p->icmp_code);
	if (is_echo(p)) {
		put16(pkt, off + 4, p->icmp_id);
		put16(pkt, off + 6, (uint16_t)p->icmp_info);
	} else {
		put32(pkt, off + 4, p->icmp_info);
	}
}

static void put_l4(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int off)
{
	if (!(p->flags & NETTRACE_PKT_L4))
		return;
	if (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6 || p->proto == IPPROTO_IGMP) {
		put_icmp(pkt, p, off);
		return;
	}
	put16(pkt, off, p->sport);
	put16(pkt, off + 2, p->dport);
	if (p->proto == IPPROTO_TCP)
		put_tcp(pkt, p, off);
	/* a fragment's says how long the whole is */
	if (p->proto == IPPROTO_UDP && !(p->flags & (BROKEN | NETTRACE_PKT_FRAGMENT)) &&
	    p->payload <= 0xffff - 8)
		put16(pkt, off + 4, (uint16_t)(p->payload + 8));
}

/* what of the IP header the record holds: all, or not even its version */
static bool has_fixed(const struct nettrace_packet *p, unsigned int fixed)
{
	if (p->flags & NETTRACE_PKT_MALFORMED && !(p->flags & NETTRACE_PKT_L4))
		return false;
	return p->len >= fixed;
}

static bool ipv4_packet(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i)
{
	unsigned int off = l4_offset(p, IPV4_HLEN);
	unsigned int ihl, frag;

	pkt->ethertype = ETH_P_IP;
	pkt->exact = true;
	if (!has_fixed(p, IPV4_HLEN))
		return i == 0;
	if (!off)
		ihl = IHL_MIN + 1 + i;
	else if (i || off % 4 || off / 4 < IHL_MIN || off / 4 > IHL_MAX)
		return false;
	else
		ihl = off / 4;
	if (ihl > IHL_MAX)
		return false;

	put8(pkt, 0, (uint8_t)(0x40 | ihl));
	put8(pkt, 1, p->tos);
	if (!(p->flags & NETTRACE_PKT_TRUNCATED))
		put16(pkt, 2, p->len > 0xffff ? 0 : (uint16_t)p->len);
	put16(pkt, 4, (uint16_t)p->ip_id);
	frag = p->frag_off / 8;
	if (p->flags & NETTRACE_PKT_DONT_FRAG)
		frag |= 0x4000;
	if (p->flags & NETTRACE_PKT_MORE_FRAGS)
		frag |= 0x2000;
	if ((p->flags & FRAG_UNREAD) == FRAG_UNREAD && !(p->flags & NETTRACE_PKT_L4)) {
		put_bits(pkt, 6, (uint8_t)(frag >> 8), 0x40);
	} else {
		put_bits(pkt, 6, (uint8_t)(frag >> 8), 0x7f); /* the reserved bit is not kept */
		put8(pkt, 7, frag & 0xff);
	}
	put8(pkt, 8, p->ttl);
	put8(pkt, 9, p->proto);
	put(pkt, 12, p->src, 4);
	put(pkt, 16, p->dst, 4);
	put_l4(pkt, p, 4 * ihl);
	return true;
}

static void ipv6_fixed(struct nt_partial *pkt, const struct nettrace_packet *p)
{
	put8(pkt, 0, 0x60 | p->tos >> 4);
	put_bits(pkt, 1, (uint8_t)(p->tos << 4), 0xf0);
	if (!(p->flags & NETTRACE_PKT_TRUNCATED))
		put16(pkt, 4, p->len - IPV6_HLEN > 0xffff ? 0 : (uint16_t)(p->len - IPV6_HLEN));
	put8(pkt, 7, p->ttl);
	put(pkt, 8, p->src, 16);
	put(pkt, 24, p->dst, 16);
}

/* a fragment header is the only extension header */
static void ipv6_fragment(struct nt_partial *pkt, const struct nettrace_packet *p)
{
	uint16_t w = p->frag_off;

	if (p->flags & NETTRACE_PKT_MORE_FRAGS)
		w |= 1;
	put8(pkt, 6, IPPROTO_FRAGMENT);
	put8(pkt, IPV6_HLEN, p->proto);
	put8(pkt, IPV6_HLEN + 2, w >> 8);
	put_bits(pkt, IPV6_HLEN + 3, w & 0xff, 0xf9);
	put32(pkt, IPV6_HLEN + 4, p->ip_id);
	put_l4(pkt, p, IPV6_HLEN + FRAG_HLEN);
}

/*
 * With extension headers: a single fragment header is told in full; of others
 * only that there are some, the first being one of a few.
 */
static bool ipv6_extended(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i)
{
	unsigned int off = l4_offset(p, IPV6_HLEN), alone = IPV6_HLEN + FRAG_HLEN;
	bool fragment = p->flags & NETTRACE_PKT_FRAGMENT;
	bool can_be = fragment && (!off || off == alone) &&
		      (!is_tcp(p) || tcp_words(p, alone) >= 0);

	if (can_be && !i) {
		ipv6_fragment(pkt, p);
		return true;
	}
	if (can_be) {
		if (off)
			return false;
		i--;
	}
	if (!fragment && !(p->flags & BROKEN))
		i++; /* the first of the types is FRAGMENT: it has been read if it is there */
	if (i >= EXT_TYPES)
		return false;
	put8(pkt, 6, ext_types[i]);
	return true;
}

static bool ipv6_packet(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i)
{
	pkt->ethertype = ETH_P_IPV6;
	pkt->exact = true;
	if (!has_fixed(p, IPV6_HLEN))
		return i == 0;
	ipv6_fixed(pkt, p);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		return ipv6_extended(pkt, p, i);
	put8(pkt, 6, p->proto);
	put_l4(pkt, p, IPV6_HLEN);
	return i == 0;
}

/* on the wire it may have been padded: its length is not known */
static bool arp_packet(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i)
{
	pkt->ethertype = ETH_P_ARP;
	if (p->flags & NETTRACE_PKT_L4) {
		put32(pkt, 0, 0x00010800);
		put16(pkt, 4, 0x0604);
		put16(pkt, 6, p->arp_op);
		put(pkt, 8, p->arp_sha, 6);
		put(pkt, 14, p->src, 4);
		put(pkt, 18, p->arp_tha, 6);
		put(pkt, 24, p->dst, 4);
	} else {
		pkt->exact = true;
	}
	return i == 0;
}

bool nt_partial_packet(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i)
{
	memset(pkt, 0, sizeof(*pkt));
	pkt->len = p->len;
	switch (p->hdr.family) {
	case NETTRACE_IPV4:
		return ipv4_packet(pkt, p, i);
	case NETTRACE_IPV6:
		return ipv6_packet(pkt, p, i);
	case NETTRACE_ARP:
		return arp_packet(pkt, p, i);
	default:
		return false;
	}
}

/* a socket's address: none if the socket is not bound or not connected */
static void put_addr(struct nt_partial *pkt, unsigned int at, const uint8_t *addr, unsigned int n)
{
	static const uint8_t any[16];

	if (memcmp(addr, any, n))
		put(pkt, at, addr, n);
}

static void put_port(struct nt_partial *pkt, unsigned int at, uint16_t port, bool is_known)
{
	if (port || is_known)
		put16(pkt, at, port);
}

/*
 * What a listener does itself concerns no remote port; on its way to SYN-RECEIVED
 * it is a connection's socket already, whose remote end is not told.
 */
static bool listens(const struct nettrace_state *st)
{
	return st->new_state == NETTRACE_TCP_LISTEN ||
	       (st->old_state == NETTRACE_TCP_LISTEN && st->new_state != NETTRACE_TCP_SYN_RECV);
}

/* an unbound IPv6 socket may speak IPv4, too */
static bool speaks_both(const struct nettrace_state *st)
{
	static const uint8_t any[16];

	return st->hdr.family == NETTRACE_IPV6 && !memcmp(st->local, any, 16) &&
	       !memcmp(st->remote, any, 16);
}

/* connect() chooses the local port after this step: it has none yet */
static bool connects(const struct nettrace_state *st)
{
	return st->old_state == NETTRACE_TCP_CLOSE && st->new_state == NETTRACE_TCP_SYN_SENT;
}

bool nt_partial_segment(struct nt_partial *pkt, const struct nettrace_state *st, unsigned int i)
{
	static const uint8_t flags[] = {
		NETTRACE_TH_SYN,
		NETTRACE_TH_SYN | NETTRACE_TH_ACK,
		NETTRACE_TH_ACK,
		NETTRACE_TH_PSH | NETTRACE_TH_ACK,
		NETTRACE_TH_FIN | NETTRACE_TH_ACK,
		NETTRACE_TH_RST,
		NETTRACE_TH_RST | NETTRACE_TH_ACK,
	};
	unsigned int nflags = sizeof(flags);
	bool v6 = st->hdr.family == NETTRACE_IPV6 && i < 2 * nflags, out = i / nflags % 2 == 0;
	unsigned int n = v6 ? 16 : 4, off = v6 ? IPV6_HLEN : IPV4_HLEN;

	memset(pkt, 0, sizeof(*pkt));
	if (i >= (speaks_both(st) ? 4 : 2) * nflags)
		return false;
	pkt->ethertype = v6 ? ETH_P_IPV6 : ETH_P_IP;
	pkt->len = off + 4 * DOFF_MIN;
	put_bits(pkt, 0, v6 ? 0x60 : 0x45, v6 ? 0xf0 : 0xff);
	if (!v6)
		put_bits(pkt, 6, 0, 0x3f); /* a segment is whole when a socket has it */
	if (!v6)
		put8(pkt, 7, 0);
	put8(pkt, v6 ? 6 : 9, IPPROTO_TCP);
	put_addr(pkt, v6 ? 8 : 12, out ? st->local : st->remote, n);
	put_addr(pkt, v6 ? 24 : 16, out ? st->remote : st->local, n);
	put_port(pkt, out ? off : off + 2, st->lport, connects(st));
	put_port(pkt, out ? off + 2 : off, st->rport, listens(st));
	put8(pkt, off + 13, flags[i % nflags]);
	return true;
}

/* all that the record may stand for must end alike */
static enum nt_verdict packet_verdict(const struct sock_filter *prog, unsigned int n,
				      const struct nettrace_packet *p)
{
	enum nt_verdict all = NT_UNDECIDED, v;
	struct nt_partial pkt;
	bool any = false;
	unsigned int i;

	for (i = 0; nt_partial_packet(&pkt, p, i); i++) {
		if (is_tcp(p) && pkt.ethertype == ETH_P_IP && pkt.known[0] == 0xff &&
		    tcp_words(p, 4U * (pkt.byte[0] & 0xf)) < 0)
			continue;
		v = nt_filter_run(prog, n, &pkt);
		if (v == NT_UNDECIDED || (any && v != all))
			return NT_UNDECIDED;
		all = v;
		any = true;
	}
	return all;
}

/* a packet that a record of another kind speaks of: so many bytes behind the IP header */
static uint32_t told_len(uint8_t family, uint32_t behind)
{
	return (family == NETTRACE_IPV6 ? IPV6_HLEN : IPV4_HLEN) + behind;
}

static bool has_ports(uint8_t proto)
{
	return proto == IPPROTO_TCP || proto == IPPROTO_UDP || proto == IPPROTO_UDPLITE ||
	       proto == IPPROTO_SCTP;
}

/* as the packet that it is about; what else that holds is not known */
static enum nt_verdict route_verdict(const struct sock_filter *prog, unsigned int n,
				     const struct nettrace_route *r)
{
	struct nettrace_packet p = {
		.hdr = { .type = NETTRACE_PACKET, .family = r->hdr.family },
		.hook = NETTRACE_LOCAL_OUT,
		.proto = r->proto,
		.sport = r->sport,
		.dport = r->dport,
		.flags = has_ports(r->proto) ? NETTRACE_PKT_L4 : 0,
		.len = told_len(r->hdr.family, r->proto == IPPROTO_TCP ? 4 * DOFF_MIN : 8),
		.tcp_flags = NETTRACE_TH_SYN,
		.ttl = 64,
	};

	memcpy(p.src, r->src, sizeof(p.src));
	memcpy(p.dst, r->dst, sizeof(p.dst));
	return packet_verdict(prog, n, &p);
}

/* as ARP, or neighbour discovery, for its address */
static enum nt_verdict neigh_verdict(const struct sock_filter *prog, unsigned int n,
				     const struct nettrace_neigh *r)
{
	bool six = r->hdr.family == NETTRACE_IPV6;
	struct nettrace_packet p = {
		.hdr = { .type = NETTRACE_PACKET, .family = six ? NETTRACE_IPV6 : NETTRACE_ARP },
		.proto = six ? IPPROTO_ICMPV6 : 0,
		.flags = NETTRACE_PKT_L4,
		.len = six ? told_len(NETTRACE_IPV6, ND_LEN) : ARP_LEN,
		.ttl = 255,
	};

	memcpy(p.dst, r->addr, sizeof(p.dst));
	if (six)
		p.icmp_type = 135;
	else
		p.arp_op = 1;
	return packet_verdict(prog, n, &p);
}

enum nt_verdict nt_filter_record(const struct nt_filter *f, const union nettrace_rec *rec)
{
	const struct sock_filter *prog;
	struct nt_partial pkt;
	unsigned int n, i;

	prog = nt_filter_program(f, &n);
	switch (rec->hdr.type) {
	case NETTRACE_PACKET:
		return packet_verdict(prog, n, &rec->packet);
	case NETTRACE_STATE:
	case NETTRACE_RESET:
		for (i = 0; nt_partial_segment(&pkt, &rec->state, i); i++)
			if (nt_filter_run(prog, n, &pkt) != NT_REJECT)
				return NT_ACCEPT;
		return NT_REJECT;
	case NETTRACE_ROUTE:
		return route_verdict(prog, n, &rec->route);
	case NETTRACE_NEIGH:
		return neigh_verdict(prog, n, &rec->neigh);
	default:
		return NT_ACCEPT;
	}
}
