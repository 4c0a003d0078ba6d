// SPDX-License-Identifier: GPL-2.0-only
/*
 * parse.c - headers from the network layer up, without trusting one byte
 *
 * Purpose:   see parse.h.  In the hot path an IPv4 or IPv6 TCP segment with
 *            the usual timestamp option is straight-line code.
 * Ownership: the caller's; this file has no state.
 * Context:   any, softirq included.
 * Offsets:   rare.h says what off, lim and end mean.
 */
#include "rare.h"

#define IPV4_HLEN	20
#define IPV6_HLEN	40
#define TCP_HLEN	20
#define UDP_HLEN	8
#define ARP_LEN		28

/* no-op, no-op, timestamp: how nearly all stacks begin, RFC 7323, A */
#define TS_ALIGNED	0x0101080a
/* MSS; SACK permitted, timestamp; no-op, window scale: a SYN of Linux */
#define SYN_MSS		0x0204
#define SYN_SACK_TS	0x0402080a
#define SYN_WSCALE	0x010303

/* the fixed TCP header; returns its word of data offset, flags and window */
static __always_inline u32 tcp_fixed(struct nettrace_packet *p, const u8 *th)
{
	u32 ports = nettrace_get32(th);
	u32 word = nettrace_get32(th + 12);

	p->sport = ports >> 16;
	p->dport = ports;
	p->seq = nettrace_get32(th + 4);
	p->ack = nettrace_get32(th + 8);
	p->tcp_flags = word >> 16 & 0x0fff;
	p->window = word;
	return word;
}

static __always_inline unsigned int
parse_tcp(struct nettrace_packet *p, const u8 *data, unsigned int off,
	  unsigned int lim, unsigned int end)
{
	const u8 *th = data + off;
	unsigned int hlen, optlen;

	if (unlikely(off + TCP_HLEN > lim))
		return nettrace_short_of(p, off + TCP_HLEN, end);
	hlen = tcp_fixed(p, th) >> 28 << 2;
	p->flags |= NETTRACE_PKT_L4;
	if (unlikely(hlen < TCP_HLEN)) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	if (unlikely(off + hlen > lim)) {
		if (off + hlen <= end)
			return off + hlen;
		nettrace_overlong(p);
		return 0;
	}
	p->payload = end - off - hlen;

	optlen = hlen - TCP_HLEN;
	th += TCP_HLEN;
	if (optlen >= 12 && likely(nettrace_get32(th) == TS_ALIGNED)) {
		nettrace_tcp_timestamp(p, th + 2);
		th += 12;
		optlen -= 12;
	}
	if (optlen)
		nettrace_tcp_options(p, th, optlen);
	return 0;
}

static unsigned int parse_udp(struct nettrace_packet *p, const u8 *data,
			      unsigned int off, unsigned int lim,
			      unsigned int end)
{
	const u8 *uh = data + off;
	unsigned int room = end - off, len;

	if (unlikely(off + UDP_HLEN > lim))
		return nettrace_short_of(p, off + UDP_HLEN, end);
	p->sport = nettrace_get16(uh);
	p->dport = nettrace_get16(uh + 2);
	p->flags |= NETTRACE_PKT_L4;

	len = nettrace_get16(uh + 4);
	if (unlikely(!len && room > 0xffff))	/* RFC 2675, 4: jumbogram */
		len = room;
	if (unlikely(len < UDP_HLEN)) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	if (unlikely(len > room)) {
		/* the first fragment carries the length of the whole */
		if (!(p->flags & NETTRACE_PKT_MORE_FRAGS))
			nettrace_overlong(p);
		len = room;
	}
	p->payload = len - UDP_HLEN;
	return 0;
}

/* @off <= @end and @off <= NETTRACE_PARSE_MAX */
static __always_inline unsigned int
parse_l4(struct nettrace_packet *p, const u8 *data, unsigned int off,
	 unsigned int caplen, unsigned int end)
{
	unsigned int lim = caplen < end ? caplen : end;

	if (likely(p->proto == PROTO_TCP))
		return parse_tcp(p, data, off, lim, end);
	if (p->proto == PROTO_UDP)
		return parse_udp(p, data, off, lim, end);
	return nettrace_parse_other(p, data, off, lim, end);
}

/* @w0, @w1: the first two words of the header */
static __always_inline void ipv4_fixed(struct nettrace_packet *p,
				       const u8 *data, u32 w0, u32 w1)
{
	p->tos = w0 >> 16;
	p->ip_id = w1 >> 16;
	p->ttl = data[8];
	p->proto = data[9];
	memcpy(p->src, data + 12, 4);
	memcpy(p->dst, data + 16, 4);
}

/* @w1: the second word of the header */
static __always_inline u16 ipv4_dont_frag(u32 w1)
{
	_Static_assert(0x4000 >> 10 == NETTRACE_PKT_DONT_FRAG, "DF");
	return w1 >> 10 & NETTRACE_PKT_DONT_FRAG;
}

/* the 20 bytes of options of a SYN as Linux and Android send it, or false */
static __always_inline bool usual_syn(struct nettrace_packet *p, const u8 *o)
{
	u32 mss = nettrace_get32(o), wscale = nettrace_get32(o + 16);

	if (mss >> 16 != SYN_MSS || nettrace_get32(o + 4) != SYN_SACK_TS ||
	    wscale >> 8 != SYN_WSCALE)
		return false;
	p->mss = mss;
	p->wscale = wscale;
	p->optflags = NETTRACE_OPT_MSS | NETTRACE_OPT_SACK_OK |
		      NETTRACE_OPT_WSCALE;
	nettrace_tcp_timestamp(p, o + 6);
	return true;
}

/*
 * TCP with the aligned timestamp as its only option, or a SYN with its options;
 * else false.  Of 52 bytes or more.
 */
static __always_inline bool usual_tcp(struct nettrace_packet *p,
				      const u8 *data, unsigned int lim,
				      unsigned int end)
{
	const u8 *th = data + IPV4_HLEN;

	if (likely(th[12] >> 4 == 8)) {
		if (unlikely(nettrace_get32(th + 20) != TS_ALIGNED))
			return false;
		nettrace_tcp_timestamp(p, th + 22);
		p->payload = end - 52;
	} else {
		if (th[12] >> 4 != 10 || lim < 60 || !usual_syn(p, th + 20))
			return false;
		p->payload = end - 60;
	}
	tcp_fixed(p, th);
	return true;
}

/* UDP of 28 bytes or more, no longer than the packet */
static __always_inline bool usual_udp(struct nettrace_packet *p,
				      const u8 *data, unsigned int end)
{
	u32 ports = nettrace_get32(data + IPV4_HLEN);
	unsigned int len = nettrace_get16(data + 24);

	if (unlikely(len < UDP_HLEN || len > end - IPV4_HLEN))
		return false;
	p->sport = ports >> 16;
	p->dport = ports;
	p->payload = len - UDP_HLEN;
	return true;
}

/*
 * What nearly all packets are: no IP option, no fragment; UDP, or TCP with a
 * timestamp.  Offsets are constants and each length is looked at once;
 * parse_ipv4() would find the same, in twice the time.  Returns false for all
 * other packets, with nothing in @p that parse_ipv4() will not write.
 */
static __always_inline bool parse_usual(struct nettrace_packet *p,
					const u8 *data, unsigned int caplen,
					unsigned int wirelen)
{
	unsigned int end, lim;
	bool known;
	u32 w0, w1;

	if (unlikely(caplen < IPV4_HLEN + UDP_HLEN))
		return false;
	w0 = nettrace_get32(data);
	w1 = nettrace_get32(data + 4);
	end = w0 & 0xffff;
	lim = caplen < end ? caplen : end;
	if (unlikely(w0 >> 24 != 0x45 || w1 & 0x3fff || end > wirelen))
		return false;
	ipv4_fixed(p, data, w0, w1);
	p->len = end;
	if (likely(p->proto == PROTO_TCP))
		known = lim >= 52 && usual_tcp(p, data, lim, end);
	else
		known = p->proto == PROTO_UDP && lim >= 28 && usual_udp(p, data, end);
	if (likely(known))
		p->flags |= NETTRACE_PKT_L4 | ipv4_dont_frag(w1);
	return known;
}

/* all other packets; out of line, so that the usual ones need no stack */
static noinline unsigned int
parse_ipv4(struct nettrace_packet *p, const u8 *data, unsigned int caplen,
	   unsigned int wirelen)
{
	unsigned int hlen, end;
	u32 w0, w1;

	p->len = wirelen;
	if (unlikely(caplen < IPV4_HLEN))
		return nettrace_short_of(p, IPV4_HLEN, wirelen);
	w0 = nettrace_get32(data);
	w1 = nettrace_get32(data + 4);
	hlen = (data[0] & 0x0f) * 4U;
	end = w0 & 0xffff;
	if (unlikely(data[0] >> 4 != 4 || hlen < IPV4_HLEN)) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	ipv4_fixed(p, data, w0, w1);
	p->flags |= ipv4_dont_frag(w1);
	if (unlikely(hlen > IPV4_HLEN))
		p->flags |= NETTRACE_PKT_IP_OPTS;

	if (unlikely(!end && wirelen > 0xffff))
		end = wirelen;	/* "BIG TCP": too long for the field */
	if (unlikely(end > wirelen)) {
		p->flags |= NETTRACE_PKT_TRUNCATED;
		end = wirelen;
		if (hlen > end)		/* the options were cut off */
			return 0;
	} else if (unlikely(end < hlen)) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	p->len = end;

	if (unlikely(w1 & 0x3fff)) {
		p->flags |= NETTRACE_PKT_FRAGMENT;
		if (w1 & 0x2000)
			p->flags |= NETTRACE_PKT_MORE_FRAGS;
		p->frag_off = (w1 & 0x1fff) * 8;
		if (p->frag_off) {
			p->payload = end - hlen;
			return 0;
		}
	}
	return parse_l4(p, data, hlen, caplen, end);
}

unsigned int nettrace_parse_ipv4(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int wirelen)
{
	p->hdr.family = NETTRACE_IPV4;
	if (likely(parse_usual(p, data, caplen, wirelen)))
		return 0;
	return parse_ipv4(p, data, caplen, wirelen);
}

unsigned int nettrace_parse_ipv6(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int wirelen)
{
	unsigned int off = IPV6_HLEN, end, plen, need;

	p->hdr.family = NETTRACE_IPV6;
	p->len = wirelen;
	if (unlikely(caplen < IPV6_HLEN || wirelen < IPV6_HLEN))
		return nettrace_short_of(p, IPV6_HLEN, wirelen);
	if (unlikely(data[0] >> 4 != 6)) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	p->tos = nettrace_get16(data) >> 4 & 0xff;
	p->proto = data[6];
	p->ttl = data[7];
	memcpy(p->src, data + 8, 16);
	memcpy(p->dst, data + 24, 16);

	plen = nettrace_get16(data + 4);
	end = IPV6_HLEN + plen;
	/* RFC 2675 jumbogram, or "BIG TCP" without the option */
	if (unlikely(!plen && wirelen > IPV6_HLEN + 0xffff))
		end = wirelen;
	if (unlikely(end > wirelen)) {
		p->flags |= NETTRACE_PKT_TRUNCATED;
		end = wirelen;
	}
	p->len = end;

	if (unlikely(p->proto != PROTO_TCP && nettrace_is_ext(p->proto))) {
		need = nettrace_parse_exts(p, data, caplen, &off);
		if (need || !off)
			return need;
	}
	return parse_l4(p, data, off, caplen, end);
}

unsigned int nettrace_parse_arp(struct nettrace_packet *p, const u8 *data,
				unsigned int caplen, unsigned int wirelen)
{
	p->hdr.family = NETTRACE_ARP;
	p->len = wirelen;
	if (caplen < 8 || wirelen < 8)
		return nettrace_short_of(p, 8, wirelen);
	/* hardware Ethernet, protocol IPv4, 6- and 4-byte addresses */
	if (nettrace_get32(data) != 0x00010800 ||
	    nettrace_get16(data + 4) != 0x0604) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	if (caplen < ARP_LEN || wirelen < ARP_LEN)
		return nettrace_short_of(p, ARP_LEN, wirelen);
	p->len = ARP_LEN;
	p->arp_op = nettrace_get16(data + 6);
	memcpy(p->arp_sha, data + 8, 6);
	memcpy(p->src, data + 14, 4);
	memcpy(p->arp_tha, data + 18, 6);
	memcpy(p->dst, data + 24, 4);
	p->flags |= NETTRACE_PKT_L4;
	return 0;
}
