/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * parse.h - bytes of a packet in, facts of a record out
 *
 * Purpose:   one parser for the kernel's packet path and for userspace.
 * Ownership: the caller owns record and bytes; nothing is kept.
 * Context:   any; no allocation, no lock, no clock, bounded time.
 *
 * The three functions share one protocol:
 *
 * @p:		zeroed by the caller.  Filled: hdr.family, proto, len, src, dst,
 *		ports, the l4 union, payload, ip_id, frag_off, ttl, tos, the TCP
 *		options, inner_* of ICMP errors, the ARP fields.  NETTRACE_PKT_*
 *		are ORed into flags.  Nothing else of it is touched.
 * @data:	the network header
 * @caplen:	bytes readable at @data, in one piece
 * @wirelen:	the packet's length from the network header on; more than
 *		@caplen when the rest lies in pages, more than the packet's own
 *		total length when a link layer padded it
 *
 * Return: 0 when done.  Otherwise the number of bytes, more than @caplen and at
 * most @wirelen and NETTRACE_PARSE_MAX, that are needed in one piece: gather at
 * least so many, zero the record, call again.  What comes out depends on the
 * packet alone, never on how it was cut in pieces.
 *
 * What the fields mean where a packet is short or broken:
 *  - len: @wirelen, or the total length the packet claims if that is less
 *  - TRUNCATED: it claims more than is there, or ends inside a header
 *  - MALFORMED: version or lengths contradict the bytes, or its header chain is
 *    longer than is read here (NETTRACE_EXT_HEADERS, NETTRACE_PARSE_MAX)
 *  - L4: ports and l4 union are valid; may be set along with either of these
 *  - payload: bytes after the transport header; where none is known (other
 *    protocols, later fragments), bytes after the network headers
 */
#ifndef NETTRACE_CORE_PARSE_H
#define NETTRACE_CORE_PARSE_H

#include "port.h"
#include "../uapi/nettrace.h"

#define NETTRACE_PARSE_MAX	512	/* no more is ever asked for */
#define NETTRACE_EXT_HEADERS	8	/* IPv6 extension headers that are read */

/* RFC 791; TCP RFC 9293, 3.1; UDP RFC 768; ICMP RFC 792 */
unsigned int nettrace_parse_ipv4(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int wirelen);

/* RFC 8200; ICMPv6 RFC 4443 */
unsigned int nettrace_parse_ipv6(struct nettrace_packet *p, const u8 *data,
				 unsigned int caplen, unsigned int wirelen);

/* RFC 826, Ethernet and IPv4 only: all else is MALFORMED */
unsigned int nettrace_parse_arp(struct nettrace_packet *p, const u8 *data,
				unsigned int caplen, unsigned int wirelen);

#endif /* NETTRACE_CORE_PARSE_H */
