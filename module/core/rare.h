/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * rare.h - between parse.c (what every packet runs) and rare.c (what few do)
 *
 * Purpose:   keeps the hot path short in source and in instruction cache.
 * Ownership, context: as parse.h.
 *
 * Offsets count from the network header.  "lim" is how far may be read,
 * min(caplen, end); "end" is where the packet ends.  Each read is preceded by
 * a comparison with lim; if that fails, nettrace_short_of() tells whether more
 * bytes exist (ask for them) or not (TRUNCATED).
 */
#ifndef NETTRACE_CORE_RARE_H
#define NETTRACE_CORE_RARE_H

#include "parse.h"

/* IANA "Assigned Internet Protocol Numbers" */
enum {
	PROTO_HOPOPTS = 0,
	PROTO_ICMP = 1,
	PROTO_IGMP = 2,
	PROTO_TCP = 6,
	PROTO_UDP = 17,
	PROTO_DCCP = 33,
	PROTO_ROUTING = 43,
	PROTO_FRAGMENT = 44,
	PROTO_AH = 51,
	PROTO_ICMPV6 = 58,
	PROTO_DSTOPTS = 60,
	PROTO_SCTP = 132,
	PROTO_MOBILITY = 135,
	PROTO_UDPLITE = 136,
	PROTO_HIP = 139,
	PROTO_SHIM6 = 140,
};

/* the IPv6 extension headers that can be stepped over */
static inline bool nettrace_is_ext(u8 proto)
{
	switch (proto) {
	case PROTO_HOPOPTS:
	case PROTO_ROUTING:
	case PROTO_FRAGMENT:
	case PROTO_AH:
	case PROTO_DSTOPTS:
	case PROTO_MOBILITY:
	case PROTO_HIP:
	case PROTO_SHIM6:
		return true;
	default:
		return false;
	}
}

/* RFC 7323, 3.2: @o is at the kind byte, 10 bytes are there */
static __always_inline void
nettrace_tcp_timestamp(struct nettrace_packet *p, const u8 *o)
{
	p->tsval = nettrace_get32(o + 2);
	p->tsecr = nettrace_get32(o + 6);
	p->optflags |= NETTRACE_OPT_TS;
}

/* @need bytes of a packet of @end: how many to ask for, or 0 and TRUNCATED */
__cold unsigned int nettrace_short_of(struct nettrace_packet *p,
				      unsigned int need, unsigned int end);

/* a length says more than the packet holds: cut off on its way, or a lie? */
__cold void nettrace_overlong(struct nettrace_packet *p);

/* all TCP options in the @n bytes at @o, which can be read */
void nettrace_tcp_options(struct nettrace_packet *p, const u8 *o,
			  unsigned int n);

/**
 * nettrace_parse_exts() - the IPv6 extension headers of the packet itself
 * @p:		proto is the first of them, len the packet's end
 * @off:	set to where the transport header is; 0: none is to be read
 * Return: 0, or how many bytes are needed.
 */
unsigned int nettrace_parse_exts(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int *off);

/* transport protocols other than TCP and UDP, by p->proto; as nettrace_parse_* */
unsigned int nettrace_parse_other(struct nettrace_packet *p, const u8 *data,
				  unsigned int off, unsigned int lim,
				  unsigned int end);

#endif /* NETTRACE_CORE_RARE_H */
