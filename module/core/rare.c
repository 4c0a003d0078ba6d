// SPDX-License-Identifier: GPL-2.0-only
/*
 * rare.c - the parts of the parser that few packets run
 *
 * Purpose:   TCP options beyond the timestamp, IPv6 extension headers, ICMP and
 *            the packet it quotes, IGMP, the minor transport protocols.
 * Ownership, context, offsets: rare.h.
 */
#include "rare.h"

#define IPV4_HLEN	20
#define IPV6_HLEN	40
#define ICMP_HLEN	8
#define IGMP_HLEN	8

/* how deep a transport header may lie, so that nothing needs PARSE_MAX bytes */
#define L4_MAX		296
#define INNER_L4_MAX	(NETTRACE_PARSE_MAX - 8)

unsigned int nettrace_short_of(struct nettrace_packet *p, unsigned int need,
			       unsigned int end)
{
	if (need <= end)
		return need;
	p->flags |= NETTRACE_PKT_TRUNCATED;
	return 0;
}

void nettrace_overlong(struct nettrace_packet *p)
{
	if (p->flags & (NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_FRAGMENT))
		p->flags |= NETTRACE_PKT_TRUNCATED;
	else
		p->flags |= NETTRACE_PKT_MALFORMED;
}

static void tcp_sack(struct nettrace_packet *p, const u8 *o, unsigned int len)
{
	unsigned int i, n = (len - 2) / 8;

	p->optflags |= NETTRACE_OPT_SACK;
	if (n > NETTRACE_SACK_MAX)	/* 40 bytes hold no more; for the reader */
		n = NETTRACE_SACK_MAX;
	for (i = 0; i < n; i++) {
		p->sack[i][0] = nettrace_get32(o + 2 + 8 * i);
		p->sack[i][1] = nettrace_get32(o + 6 + 8 * i);
	}
	p->nsack = n;
}

/* one option of @len bytes, kind and length included; false: length is wrong */
static bool tcp_option(struct nettrace_packet *p, const u8 *o, unsigned int len)
{
	switch (o[0]) {
	case 2:		/* RFC 9293, 3.2 */
		if (len != 4)
			return false;
		p->mss = nettrace_get16(o + 2);
		p->optflags |= NETTRACE_OPT_MSS;
		return true;
	case 3:		/* RFC 7323, 2.2; as in the header, not clamped to 14 */
		if (len != 3)
			return false;
		p->wscale = o[2];
		p->optflags |= NETTRACE_OPT_WSCALE;
		return true;
	case 4:		/* RFC 2018, 2 */
		if (len != 2)
			return false;
		p->optflags |= NETTRACE_OPT_SACK_OK;
		return true;
	case 5:		/* RFC 2018, 3 */
		if (len < 10 || (len - 2) % 8)
			return false;
		tcp_sack(p, o, len);
		return true;
	case 8:		/* RFC 7323, 3.2 */
		if (len != 10)
			return false;
		nettrace_tcp_timestamp(p, o);
		return true;
	case 30:	/* RFC 8684, 3 */
		p->optflags |= NETTRACE_OPT_MPTCP;
		return true;
	case 34:	/* RFC 7413, 4.1.1 */
		p->optflags |= NETTRACE_OPT_FASTOPEN;
		return true;
	case 254:	/* RFC 6994; 0xf989 is Fast Open's former number */
		if (len >= 4 && nettrace_get16(o + 2) == 0xf989)
			p->optflags |= NETTRACE_OPT_FASTOPEN;
		else
			p->optflags |= NETTRACE_OPT_OTHER;
		return true;
	default:
		p->optflags |= NETTRACE_OPT_OTHER;
		return true;
	}
}

void nettrace_tcp_options(struct nettrace_packet *p, const u8 *o,
			  unsigned int n)
{
	unsigned int len;

	for (; n; o += len, n -= len) {
		if (o[0] == 0)		/* end of the list */
			return;
		len = 1;
		if (o[0] == 1)		/* no operation */
			continue;
		len = n >= 2 ? o[1] : 0;
		if (len < 2 || len > n || !tcp_option(p, o, len)) {
			p->flags |= NETTRACE_PKT_BAD_OPTS;
			return;
		}
	}
}

enum ext_result {
	EXT_DONE,	/* proto and off are those of the transport header */
	EXT_LATER,	/* a later fragment: proto is its first header's */
	EXT_MORE,	/* need more bytes: off of them */
	EXT_BAD,	/* too many or too long, or an impossible length */
};

struct exts {
	unsigned int off;
	u8 proto;
	u8 last;	/* 1: nothing follows this fragment */
	u8 fragment;	/* there is a fragment header */
	u16 frag_off;	/* bytes */
	u32 id;
};

/*
 * Walk the extension headers, RFC 8200, 4, from x->proto at x->off on.  A
 * header need not be there in full to be stepped over, only its first 8 bytes.
 */
static enum ext_result walk_exts(struct exts *x, const u8 *data,
				 unsigned int lim, unsigned int max)
{
	unsigned int n = 0, len;
	const u8 *h;

	while (nettrace_is_ext(x->proto)) {
		if (++n > NETTRACE_EXT_HEADERS || x->off + 8 > max)
			return EXT_BAD;
		if (x->off + 8 > lim) {
			x->off += 8;
			return EXT_MORE;
		}
		h = data + x->off;
		len = (h[1] + 1U) * 8;
		if (x->proto == PROTO_AH) {	/* RFC 4302, 2.2: words less 2 */
			len = (h[1] + 2U) * 4;
		} else if (x->proto == PROTO_FRAGMENT) {
			len = 8;
			x->fragment = 1;
			x->frag_off = nettrace_get16(h + 2) & 0xfff8;
			x->last = !(h[3] & 1);
			x->id = nettrace_get32(h + 4);
		}
		x->proto = h[0];
		x->off += len;
		if (x->frag_off)
			return EXT_LATER;
		if (x->off > max)
			return EXT_BAD;
	}
	return EXT_DONE;
}

unsigned int nettrace_parse_exts(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int *off)
{
	unsigned int end = p->len;
	struct exts x = { .off = IPV6_HLEN, .proto = p->proto };
	enum ext_result r;

	r = walk_exts(&x, data, caplen < end ? caplen : end, L4_MAX);
	*off = 0;
	p->flags |= NETTRACE_PKT_IP_OPTS;
	p->proto = x.proto;
	if (x.fragment) {
		p->flags |= NETTRACE_PKT_FRAGMENT;
		if (!x.last)
			p->flags |= NETTRACE_PKT_MORE_FRAGS;
		p->frag_off = x.frag_off;
		p->ip_id = x.id;
	}
	if (r == EXT_BAD) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	if (x.off - (r == EXT_MORE ? 8 : 0) > end) {
		nettrace_overlong(p);
		return 0;
	}
	if (r == EXT_MORE)
		return nettrace_short_of(p, x.off, end);
	if (r == EXT_LATER)
		p->payload = end - x.off;
	else
		*off = x.off;
	return 0;
}

static bool has_ports(u8 proto)
{
	switch (proto) {
	case PROTO_TCP:
	case PROTO_UDP:
	case PROTO_DCCP:
	case PROTO_SCTP:
	case PROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* an echo's identifier stands for both ports, RFC 792, RFC 4443, 4 */
static unsigned int inner_echo(struct nettrace_packet *p, const u8 *data,
			       unsigned int off, unsigned int lim,
			       unsigned int end)
{
	bool echo;

	if (off + 8 > end)
		return 0;
	if (off + 8 > lim)
		return off + 8;
	if (p->inner_proto == PROTO_ICMPV6)
		echo = data[off] == 128 || data[off] == 129;
	else
		echo = data[off] == 0 || data[off] == 8;
	if (!echo)
		return 0;
	p->inner_sport = nettrace_get16(data + off + 4);
	p->inner_dport = p->inner_sport;
	p->tsval = nettrace_get16(data + off + 6);
	return 0;
}

/*
 * What tells the packet apart that an ICMP error is about: ports, sequence
 * number.  It may be cut short anywhere.
 */
static unsigned int inner_ports(struct nettrace_packet *p, const u8 *data,
				unsigned int off, unsigned int lim,
				unsigned int end)
{
	unsigned int need = off + 4;

	if (p->inner_proto == p->proto)
		return inner_echo(p, data, off, lim, end);
	if (!has_ports(p->inner_proto) || need > end)
		return 0;
	if (p->inner_proto == PROTO_TCP && off + 8 <= end)
		need = off + 8;
	if (need > lim)
		return need;
	p->inner_sport = nettrace_get16(data + off);
	p->inner_dport = nettrace_get16(data + off + 2);
	if (need == off + 8)
		p->tsval = nettrace_get32(data + off + 4);
	return 0;
}

/* RFC 792: the datagram's header and at least 8 bytes after it */
static unsigned int inner_ipv4(struct nettrace_packet *p, const u8 *data,
			       unsigned int off, unsigned int lim,
			       unsigned int end)
{
	const u8 *ih = data + off;
	unsigned int hlen;

	if (off + IPV4_HLEN > lim)
		return nettrace_short_of(p, off + IPV4_HLEN, end);
	hlen = (ih[0] & 0x0f) * 4U;
	if (ih[0] >> 4 != 4 || hlen < IPV4_HLEN) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	p->inner_proto = ih[9];
	p->icmp_id = nettrace_get16(ih + 4);
	memcpy(p->inner_src, ih + 12, 4);
	memcpy(p->inner_dst, ih + 16, 4);
	p->flags |= NETTRACE_PKT_INNER;
	if (nettrace_get16(ih + 6) & 0x1fff)	/* a later fragment: no ports */
		return 0;
	return inner_ports(p, data, off + hlen, lim, end);
}

/* RFC 4443, 2.4 (c): as much of the packet as fits */
static unsigned int inner_ipv6(struct nettrace_packet *p, const u8 *data,
			       unsigned int off, unsigned int lim,
			       unsigned int end)
{
	const u8 *ih = data + off;
	struct exts x = { .off = off + IPV6_HLEN };
	enum ext_result r;

	if (off + IPV6_HLEN > lim)
		return nettrace_short_of(p, off + IPV6_HLEN, end);
	if (ih[0] >> 4 != 6) {
		p->flags |= NETTRACE_PKT_MALFORMED;
		return 0;
	}
	x.proto = ih[6];
	r = walk_exts(&x, data, lim, INNER_L4_MAX);
	if (r == EXT_MORE && x.off <= end)
		return x.off;
	p->inner_proto = x.proto;
	memcpy(p->inner_src, ih + 8, 16);
	memcpy(p->inner_dst, ih + 24, 16);
	p->flags |= NETTRACE_PKT_INNER;
	if (r != EXT_DONE)
		return 0;
	return inner_ports(p, data, x.off, lim, end);
}

/* errors, redirect and source quench: those that quote a packet */
static bool icmp_quotes(const struct nettrace_packet *p)
{
	if (p->proto == PROTO_ICMPV6)
		return p->icmp_type >= 1 && p->icmp_type <= 4;
	switch (p->icmp_type) {
	case 3: case 4: case 5: case 11: case 12:
		return true;
	default:
		return false;
	}
}

/* RFC 4861, 4.3 to 4.6: the target, and the option that mostly comes first */
static unsigned int parse_nd(struct nettrace_packet *p, const u8 *data,
			     unsigned int off, unsigned int lim,
			     unsigned int end)
{
	u8 kind = p->icmp_type == 135 ? 1 : 2;
	const u8 *o = data + off + 16;

	if (off + 16 > lim)
		return nettrace_short_of(p, off + 16, end);
	if (off + 24 <= end && off + 24 > lim)
		return off + 24;
	memcpy(p->nd_target, data + off, 16);
	p->flags |= NETTRACE_PKT_ND;
	if (off + 24 <= lim && o[0] == kind && o[1] == 1)
		memcpy(p->nd_lladdr, o + 2, 6);
	return 0;
}

static unsigned int parse_icmp(struct nettrace_packet *p, const u8 *data,
			       unsigned int off, unsigned int lim,
			       unsigned int end)
{
	const u8 *h = data + off;
	bool v6 = p->proto == PROTO_ICMPV6;

	if (off + ICMP_HLEN > lim)
		return nettrace_short_of(p, off + ICMP_HLEN, end);
	p->icmp_type = h[0];
	p->icmp_code = h[1];
	p->flags |= NETTRACE_PKT_L4;
	p->payload = end - off - ICMP_HLEN;

	if (v6 ? h[0] == 128 || h[0] == 129 : h[0] == 0 || h[0] == 8) {
		p->icmp_id = nettrace_get16(h + 4);
		p->icmp_info = nettrace_get16(h + 6);
		return 0;
	}
	p->icmp_info = nettrace_get32(h + 4);
	off += ICMP_HLEN;
	if (v6 && h[0] >= 135 && h[0] <= 137)
		return parse_nd(p, data, off, lim, end);
	if (!icmp_quotes(p))
		return 0;
	if (v6)
		return inner_ipv6(p, data, off, lim, end);
	return inner_ipv4(p, data, off, lim, end);
}

/* RFC 2236, 2; RFC 9776, 4: a version 3 report counts its records there */
static unsigned int parse_igmp(struct nettrace_packet *p, const u8 *data,
			       unsigned int off, unsigned int lim,
			       unsigned int end)
{
	const u8 *h = data + off;

	if (off + IGMP_HLEN > lim)
		return nettrace_short_of(p, off + IGMP_HLEN, end);
	p->icmp_type = h[0];
	p->icmp_code = h[1];
	p->icmp_info = nettrace_get32(h + 4);
	p->flags |= NETTRACE_PKT_L4;
	p->payload = end - off - IGMP_HLEN;
	return 0;
}

/* protocols of which only the ports are of interest: @hlen holds them */
static unsigned int parse_ports(struct nettrace_packet *p, const u8 *data,
				unsigned int off, unsigned int lim,
				unsigned int end, unsigned int hlen)
{
	const u8 *h = data + off;

	if (off + hlen > lim)
		return nettrace_short_of(p, off + hlen, end);
	p->sport = nettrace_get16(h);
	p->dport = nettrace_get16(h + 2);
	p->flags |= NETTRACE_PKT_L4;

	if (p->proto == PROTO_DCCP) {	/* RFC 4340, 5.1: data offset in words */
		if (h[4] * 4U < hlen) {
			p->flags |= NETTRACE_PKT_MALFORMED;
			return 0;
		}
		hlen = h[4] * 4U;
		if (off + hlen > end) {
			nettrace_overlong(p);
			return 0;
		}
	}
	p->payload = end - off - hlen;
	return 0;
}

unsigned int nettrace_parse_other(struct nettrace_packet *p, const u8 *data,
				  unsigned int off, unsigned int lim,
				  unsigned int end)
{
	switch (p->proto) {
	case PROTO_ICMP:
		if (p->hdr.family != NETTRACE_IPV4)
			break;
		return parse_icmp(p, data, off, lim, end);
	case PROTO_ICMPV6:
		if (p->hdr.family != NETTRACE_IPV6)
			break;
		return parse_icmp(p, data, off, lim, end);
	case PROTO_IGMP:
		if (p->hdr.family != NETTRACE_IPV4)
			break;
		return parse_igmp(p, data, off, lim, end);
	case PROTO_UDPLITE:
		return parse_ports(p, data, off, lim, end, 8);
	case PROTO_SCTP:
	case PROTO_DCCP:
		return parse_ports(p, data, off, lim, end, 12);
	}
	p->payload = end - off;
	return 0;
}
