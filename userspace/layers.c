// SPDX-License-Identifier: GPL-2.0-only
/*
 * layers.c - which headers a packet has, and where: see layers.h
 *
 * A record holds the packet's length and that of its data, not those of its
 * headers.  Without IP options the first is 20 (40) bytes, so the other follows;
 * with them the border between the two is known only where the transport header's
 * length is fixed.  layers_fields.c has what is in a header.
 */
#include <netinet/in.h>
#include <string.h>

#include "i18n.h"
#include "layers_priv.h"
#include "names.h"

#define ETH_BYTES 14
#define NOT_WHOLE (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED)

const char *nt_osi_name(unsigned int layer)
{
	static const char *const name[] = {
		[1] = N_("physical"),	 [2] = N_("data link"), [3] = N_("network"),
		[4] = N_("transport"),	 [5] = N_("session"),	[6] = N_("presentation"),
		[7] = N_("application"),
	};

	return layer < sizeof(name) / sizeof(name[0]) && name[layer] ? name[layer] : "?";
}

const char *nt_osi_range(unsigned int layer)
{
	static const char *const name[] = { "?", "1", "2", "3", "4", "?", "?", "5-7" };

	return layer < sizeof(name) / sizeof(name[0]) ? name[layer] : "?";
}

struct nt_layer *nt_layers_add(struct nt_layers *l, enum nt_layer_type type, int32_t off,
			       int32_t len)
{
	static const struct {
		const char *name;
		uint8_t osi;
		const char *tcpip;
	} kind[NT_LAYER_MAX] = {
		[NT_LAYER_ETHERNET] = { "Ethernet", 2, N_("link") },
		[NT_LAYER_ARP] = { "ARP", 2, N_("link") },
		[NT_LAYER_IPV4] = { "IPv4", 3, N_("internet") },
		[NT_LAYER_IPV6] = { "IPv6", 3, N_("internet") },
		[NT_LAYER_EXTENSION] = { N_("IPv6 extension"), 3, N_("internet") },
		[NT_LAYER_ICMP] = { "ICMP", 3, N_("internet") },
		[NT_LAYER_ICMPV6] = { "ICMPv6", 3, N_("internet") },
		[NT_LAYER_TCP] = { "TCP", 4, N_("transport") },
		[NT_LAYER_UDP] = { "UDP", 4, N_("transport") },
		[NT_LAYER_TRANSPORT] = { "?", 4, N_("transport") },
		[NT_LAYER_QUOTE] = { N_("quoted packet"), 3, N_("internet") },
		[NT_LAYER_DATA] = { N_("data"), 7, N_("application") },
	};
	struct nt_layer *a = &l->layer[l->n < NT_LAYERS_MAX ? l->n++ : NT_LAYERS_MAX - 1];

	memset(a, 0, sizeof(*a));
	a->type = type;
	a->name = kind[type].name;
	a->osi = kind[type].osi;
	a->tcpip = kind[type].tcpip;
	a->off = off;
	a->len = off < 0 && type != NT_LAYER_DATA ? -1 : len;
	return a;
}

/* bytes of the transport header, where its protocol says so; 0: none is read; -1: it varies */
static int32_t fixed_length(const struct nettrace_packet *p)
{
	switch (p->proto) {
	case IPPROTO_TCP:
	case IPPROTO_UDP: /* its data may end before the packet does */
	case IPPROTO_DCCP:
		return -1;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
	case IPPROTO_UDPLITE:
		return 8;
	case IPPROTO_SCTP:
		return 12;
	default:
		return 0;
	}
}

/* bytes of IP's headers, options and extension headers included; -1: not known */
static int32_t ip_bytes(const struct nettrace_packet *p)
{
	int32_t base = p->hdr.family == NETTRACE_IPV6 ? 40 : 20;
	int32_t both, fixed = p->flags & NETTRACE_PKT_L4 ? fixed_length(p) : 0;

	if (!(p->flags & NETTRACE_PKT_IP_OPTS))
		return base;
	if (p->flags & NOT_WHOLE || p->payload > p->len || fixed < 0)
		return -1;
	both = (int32_t)(p->len - p->payload) - fixed;
	return both >= base ? both : -1;
}

/* bytes of the transport header behind @ip; -1: not known */
static int32_t transport_bytes(const struct nettrace_packet *p, int32_t ip)
{
	int32_t n;

	if (!(p->flags & NETTRACE_PKT_L4))
		return -1;
	if (p->proto == IPPROTO_UDP)
		return 8;
	if (fixed_length(p) >= 0)
		return fixed_length(p);
	if (ip < 0 || p->flags & NOT_WHOLE || p->payload > p->len)
		return -1;
	n = (int32_t)(p->len - p->payload) - ip;
	if (p->proto == IPPROTO_TCP && (n < 20 || n > 60 || n % 4))
		return -1;
	return n > 0 ? n : -1;
}

static void add_network(struct nt_layers *l, const struct nettrace_packet *p, int32_t base,
			int32_t ip)
{
	struct nt_layer *a;

	if (p->hdr.family == NETTRACE_IPV4) {
		a = nt_layers_add(l, NT_LAYER_IPV4, base, ip);
		nt_fields_ipv4(a, p);
		return;
	}
	a = nt_layers_add(l, NT_LAYER_IPV6, base, 40);
	nt_fields_ipv6(a, p);
	if (!(p->flags & NETTRACE_PKT_IP_OPTS))
		return;
	a = nt_layers_add(l, NT_LAYER_EXTENSION, base + 40, ip < 0 ? -1 : ip - 40);
	nt_fields_extension(a, p);
}

static void add_transport(struct nt_layers *l, const struct nettrace_packet *p, int32_t off,
			  int32_t len)
{
	struct nt_layer *a;

	switch (p->proto) {
	case IPPROTO_TCP:
		a = nt_layers_add(l, NT_LAYER_TCP, off, len);
		nt_fields_tcp(a, p);
		return;
	case IPPROTO_UDP:
		a = nt_layers_add(l, NT_LAYER_UDP, off, len);
		nt_fields_udp(a, p);
		return;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		a = nt_layers_add(l, p->proto == IPPROTO_ICMP ? NT_LAYER_ICMP : NT_LAYER_ICMPV6,
				  off, len);
		nt_fields_icmp(a, p);
		return;
	}
	a = nt_layers_add(l, NT_LAYER_TRANSPORT, off, len ? len : -1);
	a->name = nt_proto_name(p->proto, l->proto, sizeof(l->proto));
	nt_fields_ports(a, p, len > 0);
}

static void add_data(struct nt_layers *l, const struct nettrace_packet *p, int32_t off)
{
	struct nt_layer *a;

	if (!p->payload || p->flags & NOT_WHOLE)
		return;
	if (p->flags & NETTRACE_PKT_INNER) {
		a = nt_layers_add(l, NT_LAYER_QUOTE, off, (int32_t)p->payload);
		nt_fields_quote(a, p);
		return;
	}
	a = nt_layers_add(l, NT_LAYER_DATA, off, (int32_t)p->payload);
	nt_fields_data(a, p);
}

static void add_ip(struct nt_layers *l, const struct nettrace_packet *p, int32_t base)
{
	int32_t ip = ip_bytes(p), th = transport_bytes(p, ip), off = ip < 0 ? -1 : base + ip;

	add_network(l, p, base, ip);
	if (p->flags & NETTRACE_PKT_L4) {
		/* what no parser reads has no border between header and data */
		add_transport(l, p, off, th);
		if (p->proto != IPPROTO_TCP && fixed_length(p) == 0)
			return;
		off = off < 0 || th < 0 ? -1 : off + th;
	}
	/* data reaches to the end, but for UDP, which says where it ends */
	if (off < 0 && p->proto != IPPROTO_UDP && !(p->flags & NOT_WHOLE) && p->payload <= p->len)
		off = base + (int32_t)(p->len - p->payload);
	add_data(l, p, off);
}

void nt_layers_of(struct nt_layers *l, const struct nettrace_packet *p)
{
	int32_t base = 0;

	memset(l, 0, sizeof(*l));
	l->link = p->flags & NETTRACE_PKT_MAC;
	l->segs = p->gso_size && p->payload ? (p->payload + p->gso_size - 1) / p->gso_size : 1;
	if (l->link) {
		base = ETH_BYTES;
		nt_fields_ethernet(nt_layers_add(l, NT_LAYER_ETHERNET, 0, ETH_BYTES), p);
	}
	l->bytes = (uint32_t)base + p->len;
	if (p->hdr.family == NETTRACE_ARP)
		nt_fields_arp(nt_layers_add(l, NT_LAYER_ARP, base, (int32_t)p->len), p);
	else if (p->hdr.family == NETTRACE_IPV4 || p->hdr.family == NETTRACE_IPV6)
		add_ip(l, p, base);
}

const struct nt_sighting *nt_layers_arrow(struct nt_layers *l, const struct nt_arrow *a)
{
	struct nettrace_packet p = a->pkt;
	const struct nt_sighting *link = NULL;
	unsigned int i;

	for (i = 0; !(p.flags & NETTRACE_PKT_MAC) && i < a->nsight && i < NT_SIGHTINGS_MAX; i++) {
		if (!(a->sight[i].flags & NETTRACE_PKT_MAC))
			continue;
		link = &a->sight[i];
		memcpy(p.mac_src, link->mac_src, sizeof(p.mac_src));
		memcpy(p.mac_dst, link->mac_dst, sizeof(p.mac_dst));
		p.flags |= NETTRACE_PKT_MAC;
	}
	nt_layers_of(l, &p);
	return link;
}

void nt_layers_arp(struct nt_layers *l, const struct nt_arp *arp)
{
	struct nettrace_packet p = { .hdr.family = NETTRACE_ARP, .len = 28, .arp_op = arp->op };
	unsigned int i;

	memcpy(p.arp_sha, arp->sha, sizeof(p.arp_sha));
	memcpy(p.arp_tha, arp->tha, sizeof(p.arp_tha));
	memcpy(p.src, arp->spa, sizeof(arp->spa));
	memcpy(p.dst, arp->tpa, sizeof(arp->tpa));
	for (i = 0; i < arp->nsight && i < NT_SIGHTINGS_MAX; i++) {
		if (!(arp->sight[i].flags & NETTRACE_PKT_MAC))
			continue;
		memcpy(p.mac_src, arp->sight[i].mac_src, sizeof(p.mac_src));
		memcpy(p.mac_dst, arp->sight[i].mac_dst, sizeof(p.mac_dst));
		p.flags |= NETTRACE_PKT_MAC;
		break;
	}
	nt_layers_of(l, &p);
}
