/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crafted.h - packets, whole and broken, and what libpcap says of them
 *
 * Purpose:   what filters are tried on: random packets of all families, whose
 *            addresses, ports and flags are those that the expressions ask for.
 * Ownership: values.
 */
#ifndef NETTRACE_UNIT_CRAFTED_H
#define NETTRACE_UNIT_CRAFTED_H

#include <linux/if_ether.h>
#include <pcap/pcap.h>

#include "packets.h"
#include "support.h"
#include "../../userspace/filter_priv.h"

#define COOKED 16

static uint32_t rnd = 88172645u;

static inline uint32_t any(uint32_t n)
{
	rnd ^= rnd << 13;
	rnd ^= rnd >> 17;
	rnd ^= rnd << 5;
	return rnd % n;
}

static inline u8 any_of(const u8 *list, unsigned int n)
{
	return list[any(n)];
}

/* ---- packets ------------------------------------------------------------ */

struct crafted {
	struct pkt k;
	u16 type;
	union nettrace_rec rec;
};

static inline void any_bytes(struct pkt *k, unsigned int n)
{
	while (n--)
		add8(k, any(256));
}

static inline u16 any_port(void)
{
	static const u16 ports[] = { 22, 80, 8080, 1024, 40000, 53 };

	return ports[any(6)];
}

static inline void any_tcp(struct pkt *k)
{
	static const u8 flags[] = { 2, 0x12, 0x10, 0x18, 0x11, 4, 0x14, 0xc2, 0 };
	unsigned int doff = any(8) ? any(3) ? 8 : 5 : any(16);
	unsigned int opts = doff > 5 ? 4 * doff - 20 : 0;

	add16(k, any_port());
	add16(k, any_port());
	add32(k, any(3) ? any(1000) : rnd);
	add32(k, any(3) ? any(1000) : rnd);
	add8(k, doff << 4 | (any(8) ? 0 : any(16)));
	add8(k, any_of(flags, sizeof(flags)));
	add16(k, any(65536));
	add16(k, any(65536));
	add16(k, any(4) ? 0 : any(65536));
	if (any(2)) {
		while (opts--)
			add8(k, 1);
	} else {
		any_bytes(k, opts);
	}
}

static inline void any_l4(struct pkt *k, u8 proto, unsigned int payload)
{
	static const u8 types[] = { 0, 8, 3, 11, 128, 129, 135, 136, 1, 2 };

	switch (proto) {
	case 6:
		any_tcp(k);
		break;
	case 17:
	case 136:
		add16(k, any_port());
		add16(k, any_port());
		add16(k, any(6) ? 8 + payload : any(100));
		add16(k, any(65536));
		break;
	case 1:
	case 58:
		add8(k, any_of(types, sizeof(types)));
		add8(k, any(4));
		any_bytes(k, 6);
		break;
	case 132:
	case 33:
		add16(k, any_port());
		add16(k, any_port());
		any_bytes(k, 8);
		break;
	}
	any_bytes(k, payload);
}

static const u8 protos[] = { 6, 6, 6, 6, 17, 17, 1, 58, 132, 33, 136, 47, 2, 50 };

static inline void any_ip4(struct pkt *k)
{
	u8 proto = any_of(protos, sizeof(protos));
	unsigned int ihl = any(5) ? 5 : 5 + any(11);
	u16 frag = any(2) ? 0x4000 : 0;

	k->len = 0;
	if (!any(6))
		frag = any(3) ? 0x2000 : any(8) | (any(2) ? 0x2000 : 0);
	if (!any(20))
		frag |= 0x8000;
	add8(k, 0x40 | ihl);
	add8(k, any(3) ? 0 : any(256));
	add16(k, 0);
	add16(k, any(65536));
	add16(k, frag);
	add8(k, any(2) ? 64 : any(256));
	add8(k, proto);
	add16(k, any(65536));
	add32(k, 0x0a000100 + any(3));
	add32(k, any(4) ? 0x0a000100 + any(3) : 0xe0000001);
	any_bytes(k, 4 * ihl - 20);
	any_l4(k, proto, any(3) ? any(60) : 0);
	set16(k, 2, any(12) ? k->len : any(120));
	if (!any(40))
		k->b[0] = any(256);
}

static inline void any_addr6(struct pkt *k)
{
	add16(k, any(6) ? 0xfd00 : 0xff02);
	add32(k, 0);
	add32(k, 0);
	add32(k, 0);
	add16(k, 1 + any(3));
}

static inline void any_ip6(struct pkt *k)
{
	static const u8 exts[] = { 44, 44, 44, 0, 43, 60, 51, 135, 139 };
	u8 proto = any_of(protos, sizeof(protos)), next, type;
	unsigned int n = any(3) ? 0 : 1 + any(3), at;

	k->len = 0;
	add32(k, 0x60000000 | (any(2) ? 0 : any(1 << 28)));
	add16(k, 0);
	add8(k, proto);
	add8(k, any(2) ? 64 : any(256));
	any_addr6(k);
	any_addr6(k);
	at = 6;
	while (n--) {
		type = any_of(exts, sizeof(exts));
		k->b[at] = type;
		at = k->len;
		next = proto;
		add8(k, next);
		if (type == 44) {
			add8(k, any(4) ? 0 : any(256));
			add16(k, any(4) ? any(2) : any(65536));
			add32(k, any(0xffffffff));
		} else if (type == 51) {
			add8(k, 1 + any(3));
			any_bytes(k, (k->b[k->len - 1] + 2) * 4 - 2);
		} else {
			add8(k, any(2));
			any_bytes(k, k->b[k->len - 1] * 8 + 6);
		}
	}
	any_l4(k, proto, any(3) ? any(60) : 0);
	set16(k, 4, any(12) ? k->len - 40 : any(120));
	if (!any(40))
		k->b[0] = any(256);
}

static inline void any_arp(struct pkt *k)
{
	k->len = 0;
	add16(k, any(12) ? 1 : any(8));
	add16(k, 0x0800);
	add16(k, any(12) ? 0x0604 : any(65536));
	add16(k, 1 + any(3));
	any_bytes(k, 6);
	add32(k, 0x0a000100 + any(3));
	any_bytes(k, 6);
	add32(k, 0x0a000100 + any(3));
	addn(k, any(2) ? 18 : 0);
}

static inline void parse(struct crafted *c)
{
	struct nettrace_packet *p = &c->rec.packet;

	memset(&c->rec, 0, sizeof(c->rec));
	p->hdr.type = NETTRACE_PACKET;
	if (c->type == ETH_P_IP)
		assert_int_equal(nettrace_parse_ipv4(p, c->k.b, c->k.len, c->k.len), 0);
	else if (c->type == ETH_P_IPV6)
		assert_int_equal(nettrace_parse_ipv6(p, c->k.b, c->k.len, c->k.len), 0);
	else
		assert_int_equal(nettrace_parse_arp(p, c->k.b, c->k.len, c->k.len), 0);
	/* IP cuts off what a link layer has padded, before any hook */
	if (c->type != ETH_P_ARP)
		c->k.len = p->len;
}

static inline void craft(struct crafted *c)
{
	switch (any(9)) {
	case 0:
		c->type = ETH_P_ARP;
		any_arp(&c->k);
		break;
	case 1:
	case 2:
	case 3:
		c->type = ETH_P_IPV6;
		any_ip6(&c->k);
		break;
	default:
		c->type = ETH_P_IP;
		any_ip4(&c->k);
	}
	if (!any(10))
		c->k.len = any(c->k.len + 1);
	parse(c);
}

/* ---- what others say ---------------------------------------------------- */

static inline void compile_pcap(const char *expr, struct bpf_program *bpf)
{
	pcap_t *pcap = pcap_open_dead(DLT_LINUX_SLL, 262144);

	assert_non_null(pcap);
	if (pcap_compile(pcap, bpf, expr, 1, PCAP_NETMASK_UNKNOWN))
		fail_msg("%s: %s", expr, pcap_geterr(pcap));
	pcap_close(pcap);
}

/* libpcap's own interpreter, behind a cooked header */
static inline bool by_pcap(const struct bpf_program *bpf, const struct crafted *c)
{
	u8 b[COOKED + PKT_MAX] = { 0 };
	struct pcap_pkthdr h = { .caplen = COOKED + c->k.len, .len = c->k.len };

	b[14] = c->type >> 8;
	b[15] = c->type & 0xff;
	memcpy(b + COOKED, c->k.b, c->k.len);
	return pcap_offline_filter(bpf, &h, b) != 0;
}

static inline struct nt_filter *compiled(const char *expr)
{
	struct nt_filter *f;
	struct nt_error err = { "" };

	if (nt_filter_compile(&f, expr, &err))
		fail_msg("%s", err.text);
	return f;
}

#endif /* NETTRACE_UNIT_CRAFTED_H */
