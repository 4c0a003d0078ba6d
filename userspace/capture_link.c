// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture_link.c - see capture_link.h
 *
 * The formats: https://www.tcpdump.org/linktypes.html
 */
#include <linux/if_ether.h>
#include <string.h>

#include "capture_link.h"

/* as in a file; where libpcap's DLT_* differs, nt_link_dlt() tells */
enum {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_DLT_RAW = 12, /* not to be in a file; some hold it all the same */
	LINK_DLT_RAW_BSD = 14,
	LINK_RAW = 101,
	LINK_IEEE802_11 = 105,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_RADIOTAP = 127,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276,
};

#define TAGS_MAX 4 /* VLAN tags in front of one packet */

static uint16_t be16(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)be16(p) << 16 | be16(p + 2);
}

static uint16_t le16(const uint8_t *p)
{
	return (uint16_t)(p[1] << 8 | p[0]);
}

bool nt_link_known(uint32_t link)
{
	switch (link) {
	case LINK_NULL:
	case LINK_ETHERNET:
	case LINK_DLT_RAW:
	case LINK_DLT_RAW_BSD:
	case LINK_RAW:
	case LINK_IEEE802_11:
	case LINK_LOOP:
	case LINK_LINUX_SLL:
	case LINK_RADIOTAP:
	case LINK_IPV4:
	case LINK_IPV6:
	case LINK_LINUX_SLL2:
		return true;
	default:
		return false;
	}
}

bool nt_link_is_place(uint32_t link)
{
	return link != LINK_LINUX_SLL2;
}

int nt_link_dlt(uint32_t link)
{
	if (link == LINK_RAW || link == LINK_DLT_RAW_BSD)
		return LINK_DLT_RAW;
	return (int)link;
}

/* IEEE 802.2 with SNAP, RFC 1042: AA AA 03, an organisation, an EtherType */
static bool snap(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	if (caplen < l->off + 8u || be16(b + l->off) != 0xaaaa || b[l->off + 2] != 3)
		return false;
	l->ethertype = be16(b + l->off + 6);
	l->off += 8;
	return true;
}

/* @type stands just before l->off: step over VLAN tags, 802.1Q and 802.1ad */
static inline bool tagged(uint16_t type, const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	unsigned int i;

	for (i = 0; type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1; i++) {
		if (i == TAGS_MAX || caplen < l->off + 4u)
			return false;
		type = be16(b + l->off + 2);
		l->off += 4;
	}
	if (type < ETH_P_802_3_MIN)
		return snap(b, caplen, l);
	l->ethertype = type;
	return true;
}

static bool ethernet(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	if (caplen < ETH_HLEN)
		return false;
	l->off = ETH_HLEN;
	l->mac = true;
	memcpy(l->dst, b, sizeof(l->dst));
	memcpy(l->src, b + 6, sizeof(l->src));
	return tagged(be16(b + 12), b, caplen, l);
}

/* type (2), ARPHRD (2), address length (2), address (8), protocol (2) */
static bool cooked(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	if (caplen < 16)
		return false;
	l->off = 16;
	return tagged(be16(b + 14), b, caplen, l);
}

/* protocol (2), zero (2), interface (4), ARPHRD (2), type, address length, address (8) */
static bool cooked2(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	if (caplen < 20)
		return false;
	l->off = 20;
	l->ifindex = be32(b + 4);
	return tagged(be16(b), b, caplen, l);
}

static bool raw(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	unsigned int version = caplen ? b[0] >> 4 : 0;

	l->ethertype = version == 4 ? ETH_P_IP : version == 6 ? ETH_P_IPV6 : 0;
	return l->ethertype;
}

/* the address family of the system that captured, in its own byte order or not */
static bool family(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	uint32_t af;

	if (caplen < 4)
		return false;
	af = be32(b);
	if (af > 0xffff)
		af = __builtin_bswap32(af);
	l->off = 4;
	switch (af) {
	case 2:
		l->ethertype = ETH_P_IP;
		return true;
	case 10: /* Linux */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		l->ethertype = ETH_P_IPV6;
		return true;
	default:
		return false;
	}
}

#define WLAN_TYPE_DATA 0x08
#define WLAN_TYPE_MASK 0x0c
#define WLAN_NO_DATA   0x40 /* of the subtype: null frames */
#define WLAN_QOS       0x80
#define WLAN_TO_DS     0x01
#define WLAN_FROM_DS   0x02
#define WLAN_PROTECTED 0x40
#define WLAN_ORDER     0x80
#define WLAN_AMSDU     0x80 /* of the QoS field */

/* @pad: headers are padded to four bytes (radiotap says so) */
static bool wlan(const uint8_t *b, uint32_t caplen, bool pad, struct nt_link *l)
{
	unsigned int at = l->off, len = 24;
	uint8_t type, flags;

	if (caplen < at + 2)
		return false;
	type = b[at];
	flags = b[at + 1];
	if ((type & WLAN_TYPE_MASK) != WLAN_TYPE_DATA || (type & WLAN_NO_DATA) ||
	    (flags & WLAN_PROTECTED))
		return false;
	if ((flags & WLAN_TO_DS) && (flags & WLAN_FROM_DS))
		len += 6;
	if (type & WLAN_QOS) {
		if (caplen < at + len + 2 || (b[at + len] & WLAN_AMSDU))
			return false;
		len += 2;
		if (flags & WLAN_ORDER)
			len += 4;
	}
	if (pad)
		len = (len + 3) & ~3u;
	if (at + len > UINT16_MAX)
		return false;
	l->off = (uint16_t)(at + len);
	return snap(b, caplen, l);
}

/* version, pad, length (2, little endian), words of flags, fields */
static bool radiotap(const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	unsigned int len, at = 4;
	bool pad = false;
	uint8_t first;

	if (caplen < 8 || b[0])
		return false;
	len = le16(b + 2);
	if (len < 8 || len > caplen)
		return false;
	first = b[4];
	while (at + 4 <= len && (b[at + 3] & 0x80)) /* more words follow */
		at += 4;
	at += 4;
	if (first & 1) /* the time, aligned to eight */
		at = ((at + 7) & ~7u) + 8;
	if ((first & 2) && at < len)
		pad = b[at] & 0x20;
	l->off = (uint16_t)len;
	return wlan(b, caplen, pad, l);
}

bool nt_link_decode(uint32_t link, const uint8_t *b, uint32_t caplen, struct nt_link *l)
{
	l->ethertype = 0;
	l->off = 0;
	l->mac = false;
	l->ifindex = 0;
	switch (link) {
	case LINK_ETHERNET:
		return ethernet(b, caplen, l);
	case LINK_LINUX_SLL:
		return cooked(b, caplen, l);
	case LINK_LINUX_SLL2:
		return cooked2(b, caplen, l);
	case LINK_NULL:
	case LINK_LOOP:
		return family(b, caplen, l);
	case LINK_IPV4:
		l->ethertype = ETH_P_IP;
		return true;
	case LINK_IPV6:
		l->ethertype = ETH_P_IPV6;
		return true;
	case LINK_IEEE802_11:
		return wlan(b, caplen, false, l);
	case LINK_RADIOTAP:
		return radiotap(b, caplen, l);
	default:
		return raw(b, caplen, l);
	}
}
