/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * icmp.h - what the fields of an ICMP message mean, by its type
 *
 * Purpose:   RFC 792, 1191, 4443, 4884: the 32 bits behind the checksum are an MTU,
 *            a gateway, a pointer, or an echo's two numbers.
 * Ownership: values only.
 * Context:   pure: no allocation, lock, clock or output.
 */
#ifndef NETTRACE_TRACK_ICMP_H
#define NETTRACE_TRACK_ICMP_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"

/* protocols of which core/parse reads more than where they begin */
static inline bool nt_has_l4(uint8_t proto)
{
	switch (proto) {
	case IPPROTO_ICMP:
	case IPPROTO_IGMP:
	case IPPROTO_TCP:
	case IPPROTO_UDP:
	case IPPROTO_DCCP:
	case IPPROTO_ICMPV6:
	case IPPROTO_SCTP:
	case IPPROTO_UDPLITE:
		return true;
	default:
		return false;
	}
}

/* ICMP of either family, whose type and code are known */
static inline bool nt_is_icmp(const struct nettrace_packet *p)
{
	return (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) &&
	       (p->flags & NETTRACE_PKT_L4);
}

static inline bool nt_is_echo_request(const struct nettrace_packet *p)
{
	return nt_is_icmp(p) && p->icmp_type == (p->proto == IPPROTO_ICMP ? 8 : 128);
}

static inline bool nt_is_echo_reply(const struct nettrace_packet *p)
{
	return nt_is_icmp(p) && p->icmp_type == (p->proto == IPPROTO_ICMP ? 0 : 129);
}

/* they carry an identifier in place of ports */
static inline bool nt_is_echo(const struct nettrace_packet *p)
{
	return nt_is_echo_request(p) || nt_is_echo_reply(p);
}

/* the MTU of the next link, which it tells; 0: none, or an old router's (RFC 1191, 5) */
static inline uint32_t nt_icmp_mtu(const struct nettrace_packet *p)
{
	if (!nt_is_icmp(p))
		return 0;
	if (p->proto == IPPROTO_ICMPV6)
		return p->icmp_type == 2 ? p->icmp_info : 0;
	return p->icmp_type == 3 && p->icmp_code == 4 ? p->icmp_info & 0xffff : 0;
}

/* an IPv4 redirect names a better gateway */
static inline bool nt_icmp_gateway(const struct nettrace_packet *p, uint8_t b[16])
{
	unsigned int i;

	if (!nt_is_icmp(p) || p->proto != IPPROTO_ICMP || p->icmp_type != 5)
		return false;
	for (i = 0; i < 16; i++)
		b[i] = i < 4 ? (uint8_t)(p->icmp_info >> (24 - 8 * i)) : 0;
	return true;
}

/* a parameter problem: which octet of the packet; -1: it tells none */
static inline int64_t nt_icmp_pointer(const struct nettrace_packet *p)
{
	if (!nt_is_icmp(p))
		return -1;
	if (p->proto == IPPROTO_ICMPV6)
		return p->icmp_type == 4 ? (int64_t)p->icmp_info : -1;
	return p->icmp_type == 12 && !p->icmp_code ? (int64_t)(p->icmp_info >> 24) : -1;
}

/* IGMP, but version 3: the group it is about; a query of 0.0.0.0 is about all */
static inline bool nt_igmp_group(const struct nettrace_packet *p, uint8_t b[16])
{
	unsigned int i;

	if (p->proto != IPPROTO_IGMP || !(p->flags & NETTRACE_PKT_L4) || p->icmp_type == 0x22 ||
	    !p->icmp_info)
		return false;
	for (i = 0; i < 16; i++)
		b[i] = i < 4 ? (uint8_t)(p->icmp_info >> (24 - 8 * i)) : 0;
	return true;
}

#endif /* NETTRACE_TRACK_ICMP_H */
