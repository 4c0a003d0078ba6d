// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_parse_deep.c - module/core: ICMP and the packets it quotes, the minor transports,
 * and packets of chance
 */
#include "packets.h"

static void icmp(struct pkt *k, u8 type, u8 code, u32 info)
{
	add8(k, type);
	add8(k, code);
	add16(k, 0xffff);
	add32(k, info);
}

static void icmp_echo(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip4(&k, 1);
	icmp(&k, 8, 0, 0x12340007);
	addn(&k, 56);
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG);
	assert_int_equal(p.icmp_type, 8);
	assert_int_equal(p.icmp_id, 0x1234);
	assert_int_equal(p.icmp_info, 7);
	assert_int_equal(p.payload, 56);

	ip6(&k, 58);
	icmp(&k, 129, 0, 0x43210009);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.icmp_id, 0x4321);
	assert_int_equal(p.icmp_info, 9);

	ip6(&k, 1); /* ICMPv4 inside IPv6 is only a number */
	icmp(&k, 8, 0, 1);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, 0);
	assert_int_equal(p.payload, 8);
}

/* neighbour discovery: whom it is about, and the address that its first option gives */
static void neighbour_discovery(void **state)
{
	static const u8 target[16] = { 0xfe, 0x80, [14] = 1, [15] = 2 };
	static const u8 zero[16];
	static const struct {
		u8 type, option[8];
		unsigned int n; /* bytes of it that are there */
		bool found;
	} row[] = {
		{ 135, { 1, 1, 2, 0, 0, 0, 0, 9 }, 8, true },
		{ 136, { 2, 1, 2, 0, 0, 0, 0, 9 }, 8, true },
		{ 137, { 2, 1, 2, 0, 0, 0, 0, 9 }, 8, true },
		{ 135, { 2, 1, 2, 0, 0, 0, 0, 9 }, 8, false },	/* the target's: not here */
		{ 136, { 1, 1, 2, 0, 0, 0, 0, 9 }, 8, false },	/* the source's */
		{ 135, { 14, 1, 2, 0, 0, 0, 0, 9 }, 8, false }, /* a nonce, RFC 3971 */
		{ 136, { 2, 2, 2, 0, 0, 0, 0, 9 }, 8, false },	/* not of six bytes */
		{ 136, { 2, 1, 2, 0, 0, 0, 0, 9 }, 7, false },	/* cut */
		{ 136, { 0 }, 0, false },
	};
	struct nettrace_packet p;
	struct pkt k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		ip6(&k, 58);
		icmp(&k, row[i].type, 0, 0x60000000);
		add(&k, target, sizeof(target));
		add(&k, row[i].option, row[i].n);
		ip6_done(&k);
		parse6(&k, &p);
		assert_flags(&p, L4 | NETTRACE_PKT_ND);
		assert_int_equal(p.icmp_info, 0x60000000);
		assert_int_equal(p.payload, 16 + row[i].n);
		assert_memory_equal(p.nd_target, target, sizeof(target));
		assert_memory_equal(p.nd_lladdr, row[i].found ? row[i].option + 2 : zero, 6);
	}
	/* it ends inside the target; and others have none, whatever their bytes */
	ip6(&k, 58);
	icmp(&k, 135, 0, 0);
	add(&k, target, 15);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_TRUNCATED);
	ip6(&k, 58);
	icmp(&k, 134, 0, 0);
	add(&k, target, sizeof(target));
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4);
	ip4(&k, 1);
	icmp(&k, 135, 0, 0);
	add(&k, target, sizeof(target));
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG);
}

/* an ICMPv4 error about a UDP datagram, 8 bytes of which are quoted */
static void icmp4_error(struct pkt *k, u8 type, u8 code, u32 info)
{
	struct pkt in;

	ip4(&in, 17);
	add32(&in, 1111 << 16 | 33434);
	add32(&in, 8 << 16);
	set16(&in, 2, 60);
	ip4(k, 1);
	icmp(k, type, code, info);
	add(k, in.b, in.len);
	ip4_done(k);
}

static void icmp4_errors(void **state)
{
	static const u8 type[] = { 3, 4, 5, 11, 12 };
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(type); i++) {
		icmp4_error(&k, type[i], 1, 0x00000578);
		parse4(&k, &p);
		assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG | NETTRACE_PKT_INNER);
		assert_int_equal(p.icmp_info, 0x578);
		assert_int_equal(p.inner_proto, 17);
		assert_memory_equal(p.inner_src, "\x0a\0\1\2\0", 5);
		assert_memory_equal(p.inner_dst, "\x0a\0\2\2\0", 5);
		assert_int_equal(p.inner_sport, 1111);
		assert_int_equal(p.inner_dport, 33434);
	}
	assert_int_equal(p.icmp_id, (k.b[32] << 8) | k.b[33]);
	assert_int_equal(p.tsval, 0); /* UDP has no sequence number */

	icmp4_error(&k, 9, 0, 0); /* router advertisement: no quotation */
	parse4(&k, &p);
	assert_false(p.flags & NETTRACE_PKT_INNER);

	icmp4_error(&k, 3, 3, 0);
	set16(&k, 20 + 8 + 6, 100); /* about a later fragment: no ports */
	parse4(&k, &p);
	assert_true(p.flags & NETTRACE_PKT_INNER);
	assert_int_equal(p.inner_sport, 0);

	icmp4_error(&k, 3, 3, 0);
	k.len -= 6; /* fewer than 4 bytes of the ports */
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG | NETTRACE_PKT_INNER);
	assert_int_equal(p.inner_sport, 0);
	k.len -= 10;
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG | CUT);

	icmp4_error(&k, 3, 3, 0);
	k.b[28] = 0x65;
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG | BAD);
	k.b[28] = 0x44;
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG | BAD);
}

/* what tells the packet apart that it is about: TCP's number, an echo's two */
static void icmp_about(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	icmp4_error(&k, 3, 4, 1400);
	k.b[28 + 9] = 6; /* ports and sequence number, no more */
	set16(&k, 28 + 20 + 4, 0xdead);
	set16(&k, 28 + 20 + 6, 0xbeef);
	parse4(&k, &p);
	assert_int_equal(p.inner_sport, 1111);
	assert_int_equal(p.tsval, 0xdeadbeef);
	k.len -= 4; /* the ports, no more */
	ip4_done(&k);
	parse4(&k, &p);
	assert_int_equal(p.inner_dport, 33434);
	assert_int_equal(p.tsval, 0);

	icmp4_error(&k, 11, 0, 0);
	k.b[28 + 9] = 1;
	set16(&k, 28 + 20, 0x0800);
	set16(&k, 28 + 20 + 4, 0x1234);
	set16(&k, 28 + 20 + 6, 7);
	parse4(&k, &p);
	assert_int_equal(p.inner_sport, 0x1234);
	assert_int_equal(p.inner_dport, 0x1234);
	assert_int_equal(p.tsval, 7);
	k.b[28 + 20] = 13; /* a timestamp request is no echo */
	parse4(&k, &p);
	assert_int_equal(p.inner_sport, 0);
	k.b[28 + 20] = 8;
	k.len -= 1;
	ip4_done(&k);
	parse4(&k, &p);
	assert_true(p.flags & NETTRACE_PKT_INNER);
	assert_int_equal(p.inner_sport, 0);
}

static void igmp(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip4(&k, 2);
	add32(&k, 0x16000000);
	add32(&k, 0xe0000118); /* 224.0.1.24 */
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_DONT_FRAG);
	assert_int_equal(p.icmp_type, 0x16);
	assert_int_equal(p.icmp_info, 0xe0000118);
	assert_int_equal(p.payload, 0);
	k.len -= 1;
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, NETTRACE_PKT_DONT_FRAG | CUT);
	ip6(&k, 2); /* IPv6 has ICMPv6 for it */
	addn(&k, 8);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, 0);
}

static void icmp6_errors(void **state)
{
	struct nettrace_packet p;
	struct pkt in, k;
	u8 type;

	(void)state;
	ip6(&in, 60);
	ext(&in, 6, 1);
	tcp(&in, NETTRACE_TH_SYN, "", 0);
	ip6_done(&in);
	for (type = 1; type <= 4; type++) {
		ip6(&k, 58);
		icmp(&k, type, 0, 1280);
		add(&k, in.b, in.len);
		ip6_done(&k);
		parse6(&k, &p);
		assert_flags(&p, L4 | NETTRACE_PKT_INNER);
		assert_int_equal(p.icmp_info, 1280);
		assert_int_equal(p.inner_proto, 6);
		assert_int_equal(p.inner_sport, 40312);
		assert_int_equal(p.inner_dport, 8090);
		assert_memory_equal(p.inner_src, in.b + 8, 16);
		assert_memory_equal(p.inner_dst, in.b + 24, 16);
	}
	k.len = 48 + 40 + 4; /* quoted up to inside its extensions */
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_INNER);
	assert_int_equal(p.inner_proto, 60);
	assert_int_equal(p.inner_sport, 0);
	k.b[48] = 0x45;
	parse6(&k, &p);
	assert_flags(&p, L4 | BAD);
	k.len = 48 + 39;
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4 | CUT);
}

static void minor_transports(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 132); /* SCTP: 12 bytes of header */
	add32(&k, 36412U << 16 | 36413);
	addn(&k, 20);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.sport, 36412);
	assert_int_equal(p.dport, 36413);
	assert_int_equal(p.payload, 12);
	k.b[6] = 136; /* UDP-Lite: 8 */
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.payload, 16);
	k.b[6] = 33; /* DCCP: data offset in words */
	k.b[44] = 4;
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.payload, 8);
	k.b[44] = 2;
	parse6(&k, &p);
	assert_flags(&p, L4 | BAD);
	k.b[44] = 7;
	parse6(&k, &p);
	assert_flags(&p, L4 | BAD);
	k.b[6] = 50; /* ESP: a number only */
	parse6(&k, &p);
	assert_flags(&p, 0);
	assert_int_equal(p.proto, 50);
	assert_int_equal(p.payload, 24);
	k.b[6] = 132;
	k.len = 51;
	parse6(&k, &p);
	assert_flags(&p, CUT);
}

static u32 rnd(u32 *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	*s ^= *s << 5;
	return *s;
}

/* the beginnings of good packets, then broken */
static void seed_packet(struct pkt *k, u32 *s)
{
	static const u8 proto[] = { 6, 17, 1, 58, 0, 43, 44, 51, 60, 132, 33 };
	unsigned int i, n, kind = rnd(s) % 4;

	if (kind == 0)
		ip4(k, proto[rnd(s) % 4]);
	else if (kind == 1)
		ip6(k, proto[rnd(s) % sizeof(proto)]);
	else
		k->len = 0;
	for (n = rnd(s) % 4; kind == 1 && n; n--)
		ext(k, proto[rnd(s) % sizeof(proto)], rnd(s) % 3);
	if (kind <= 1 && rnd(s) % 2)
		tcp(k, rnd(s) & 0xfff, "\1\1\10\12\0\0\1\2\0\0\3\4", 12);
	else if (kind <= 1 && rnd(s) % 2)
		icmp4_error(k, 3, 3, 0);
	n = rnd(s) % 100;
	for (i = 0; i < n; i++)
		add8(k, rnd(s));
	if (kind == 0 && k->len >= 20)
		ip4_done(k);
	else if (kind == 1 && k->len >= 40)
		ip6_done(k);
	for (n = rnd(s) % 6; n && k->len; n--)
		k->b[rnd(s) % k->len] = rnd(s);
}

/* no read outside, no disagreement between cuts, whatever the bytes */
static void chance(void **state)
{
	static const parse_fn fn[] = {
		nettrace_parse_ipv4,
		nettrace_parse_ipv6,
		nettrace_parse_arp,
	};
	unsigned int i, reached = 0;
	struct nettrace_packet p;
	u32 s = 2463534242U;
	struct pkt k;

	(void)state;
	for (i = 0; i < 3000; i++) {
		seed_packet(&k, &s);
		parse_all_ways(fn[i % 3], k.b, k.len, &p);
		assert_true(p.len <= k.len);
		assert_true(p.payload <= p.len);
		assert_true(p.nsack <= NETTRACE_SACK_MAX);
		if (p.flags & NETTRACE_PKT_L4)
			reached++;
	}
	assert_true(reached > 200); /* or the seeds are worth nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(icmp_echo),
		cmocka_unit_test(neighbour_discovery),
		cmocka_unit_test(icmp4_errors),
		cmocka_unit_test(icmp_about),
		cmocka_unit_test(igmp),
		cmocka_unit_test(icmp6_errors),
		cmocka_unit_test(minor_transports),
		cmocka_unit_test(chance),
	};

	return cmocka_run_group_tests_name("parse_deep", tests, NULL, NULL);
}
