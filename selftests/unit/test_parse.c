// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_parse.c - module/core: IPv4, TCP and its options, UDP, ARP
 */
#include "packets.h"

static const u8 ts_opt[] = { 1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4 };

static void seg4(struct pkt *k, const void *opts, unsigned int nopt, unsigned int payload)
{
	ip4(k, 6);
	tcp(k, NETTRACE_TH_ACK | NETTRACE_TH_PSH, opts, nopt);
	addn(k, payload);
	ip4_done(k);
}

static void tcp4_fields(void **state)
{
	static const u8 src[16] = { 10, 0, 1, 2 }, dst[16] = { 10, 0, 2, 2 };
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	seg4(&k, ts_opt, sizeof(ts_opt), 5);
	parse4(&k, &p);
	assert_flags(&p, L4 | DF);
	assert_int_equal(p.hdr.family, NETTRACE_IPV4);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.len, 57);
	assert_int_equal(p.payload, 5);
	assert_memory_equal(p.src, src, 16);
	assert_memory_equal(p.dst, dst, 16);
	assert_int_equal(p.sport, 40312);
	assert_int_equal(p.dport, 8090);
	assert_int_equal(p.seq, 0x01020304);
	assert_int_equal(p.ack, 0x0a0b0c0d);
	assert_int_equal(p.tcp_flags, NETTRACE_TH_ACK | NETTRACE_TH_PSH);
	assert_int_equal(p.window, 502);
	assert_int_equal(p.ip_id, 0x1234);
	assert_int_equal(p.ttl, 64);
	assert_int_equal(p.tos, 0x2e);
	assert_int_equal(p.optflags, NETTRACE_OPT_TS);
	assert_int_equal(p.tsval, 0x0102);
	assert_int_equal(p.tsecr, 0x0304);
}

/* the short way through the parser and the long one: an IP option decides */
static void tcp_both_ways(void **state)
{
	struct nettrace_packet p, q;
	unsigned int i, j;
	struct pkt k, o;

	(void)state;
	srandom(1);
	for (i = 0; i < 200; i++) {
		seg4(&k, ts_opt, sizeof(ts_opt), i % 50);
		for (j = 0; j < 12; j++) /* ports, seq, ack */
			k.b[20 + j] = random();
		k.b[1] = random();
		k.b[33] = random();
		set16(&k, 4, random());
		set16(&k, 6, i % 2 ? 0x4000 : 0);
		set16(&k, 34, random());
		o = k;
		o.len = 20;
		o.b[0] = 0x46;
		add32(&o, 0x01010100);
		add(&o, k.b + 20, k.len - 20);
		ip4_done(&o);
		parse4(&k, &p);
		parse4(&o, &q);
		assert_int_equal(q.flags, p.flags | NETTRACE_PKT_IP_OPTS);
		assert_int_equal(q.len, p.len + 4);
		q.flags = p.flags;
		q.len = p.len;
		assert_memory_equal(&p, &q, sizeof(p));
	}
}

/* all 12 bits, AE and the reserved ones included */
static void tcp_flag_bits(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip4(&k, 6);
	tcp(&k, 0xfff, "", 0);
	ip4_done(&k);
	parse4(&k, &p);
	assert_int_equal(p.tcp_flags, 0xfff);
	assert_int_equal(p.payload, 0);
	assert_flags(&p, L4 | DF);
}

static void tcp_syn_options(void **state)
{
	static const u8 linux_syn[] = {
		2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 0, 1, 3, 3, 7,
	};
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	seg4(&k, linux_syn, sizeof(linux_syn), 0);
	parse4(&k, &p);
	assert_flags(&p, L4 | DF);
	assert_int_equal(p.mss, 1460);
	assert_int_equal(p.wscale, 7);
	assert_int_equal(p.tsval, 9);
	assert_int_equal(p.optflags, NETTRACE_OPT_MSS | NETTRACE_OPT_WSCALE | NETTRACE_OPT_SACK_OK |
					     NETTRACE_OPT_TS);
}

static void tcp_sack_blocks(void **state)
{
	u8 o[40] = { 1, 1, 8, 10, 0, 0, 1, 2, 0, 0, 3, 4, 1, 1, 5, 26 };
	u8 four[36] = { 1, 1, 5, 34 };
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 16; i < 40; i++)
		o[i] = i;
	seg4(&k, o, sizeof(o), 0);
	parse4(&k, &p);
	assert_int_equal(p.nsack, 3);
	assert_int_equal(p.sack[0][0], 0x10111213);
	assert_int_equal(p.sack[0][1], 0x14151617);
	assert_int_equal(p.sack[2][1], 0x24252627);
	assert_int_equal(p.optflags, NETTRACE_OPT_TS | NETTRACE_OPT_SACK);
	assert_int_equal(p.tsecr, 0x0304);

	for (i = 4; i < 36; i++)
		four[i] = i;
	seg4(&k, four, sizeof(four), 0);
	parse4(&k, &p);
	assert_int_equal(p.nsack, 4);
	assert_int_equal(p.sack[3][1], 0x20212223);
}

static void tcp_other_options(void **state)
{
	static const struct {
		u8 o[8];
		u8 optflags;
	} t[] = {
		{ { 30, 4, 0, 0, 0, 0, 0, 0 }, NETTRACE_OPT_MPTCP },
		{ { 34, 2, 0, 0, 0, 0, 0, 0 }, NETTRACE_OPT_FASTOPEN },
		{ { 34, 6, 1, 2, 3, 4, 1, 1 }, NETTRACE_OPT_FASTOPEN },
		{ { 254, 4, 0xf9, 0x89, 0, 0, 0, 0 }, NETTRACE_OPT_FASTOPEN },
		{ { 254, 4, 0xf9, 0x88, 0, 0, 0, 0 }, NETTRACE_OPT_OTHER },
		{ { 254, 2, 0xf9, 0x89, 0, 0, 0, 0 }, NETTRACE_OPT_OTHER | 0 },
		{ { 28, 4, 0, 1, 1, 1, 1, 1 }, NETTRACE_OPT_OTHER },
		{ { 1, 1, 1, 1, 1, 1, 4, 2 }, NETTRACE_OPT_SACK_OK },
		/* what follows the end of the list is not an option */
		{ { 0, 2, 4, 5, 0xb4, 4, 2, 0 }, 0 },
	};
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		seg4(&k, t[i].o, 8, 3);
		if (t[i].o[0] == 254 && t[i].o[1] == 2)
			k.b[42] = 0; /* ends the list after it */
		parse4(&k, &p);
		assert_int_equal(p.optflags, t[i].optflags);
		assert_flags(&p, L4 | DF);
		assert_int_equal(p.payload, 3);
	}
}

static void tcp_bad_options(void **state)
{
	static const u8 t[][8] = {
		{ 2, 0, 5, 0xb4 }, /* length 0: no endless loop */
		{ 2, 1, 5, 0xb4 },
		{ 2, 3, 5, 1, 1, 1, 1, 1 },    /* MSS is 4 */
		{ 2, 9, 5, 0xb4, 1, 1, 1, 1 }, /* beyond the header */
		{ 3, 2, 1, 1, 1, 1, 1, 1 },
		{ 4, 3, 1, 1, 1, 1, 1, 1 },
		{ 5, 2, 1, 1, 1, 1, 1, 1 }, /* no block */
		{ 5, 8, 1, 1, 1, 1, 1, 1 }, /* not a multiple */
		{ 8, 8, 0, 0, 0, 0, 0, 0 },
		{ 1, 1, 1, 1, 1, 1, 1, 8 }, /* kind without a length */
		{ 99, 0, 0, 0, 0, 0, 0, 0 },
		{ 99, 1, 0, 0, 0, 0, 0, 0 },
		{ 99, 9, 0, 0, 0, 0, 0, 0 },
	};
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		seg4(&k, t[i], 8, 3);
		parse4(&k, &p);
		assert_flags(&p, L4 | DF | NETTRACE_PKT_BAD_OPTS);
		assert_int_equal(p.optflags & ~NETTRACE_OPT_MSS, 0);
		assert_int_equal(p.payload, 3);
	}
	/* what came before the bad one stands */
	seg4(&k, (u8[]){ 2, 4, 5, 0xb4, 8, 3, 0, 0 }, 8, 0);
	parse4(&k, &p);
	assert_int_equal(p.mss, 1460);
	assert_int_equal(p.optflags, NETTRACE_OPT_MSS);
	assert_true(p.flags & NETTRACE_PKT_BAD_OPTS);
}

static void tcp_header_lengths(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	seg4(&k, "", 0, 4);
	k.b[32] = 4 << 4; /* data offset 16 bytes */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | BAD);
	assert_int_equal(p.payload, 0);

	seg4(&k, "", 0, 4);
	k.b[32] = 7 << 4; /* 28 of 24 bytes */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | BAD);

	seg4(&k, ts_opt, sizeof(ts_opt), 0);
	k.len -= 6; /* the packet was cut off on its way */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | CUT);
	assert_int_equal(p.sport, 40312);
	assert_int_equal(p.optflags, 0);

	seg4(&k, "", 0, 0);
	k.len -= 1;
	parse4(&k, &p);
	assert_flags(&p, DF | CUT);
	assert_int_equal(p.sport, 0);

	seg4(&k, ts_opt, sizeof(ts_opt), 9);
	k.len -= 6; /* … or only in its payload */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | CUT);
	assert_int_equal(p.len, 55);
	assert_int_equal(p.payload, 3);
	assert_int_equal(p.tsval, 0x0102);

	ip4(&k, 6); /* an IP total that holds half a header */
	addn(&k, 10);
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, DF | CUT);
	assert_int_equal(p.proto, 6);
}

static void ip4_lengths(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	seg4(&k, "", 0, 2);
	addn(&k, 4); /* Ethernet's padding */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF);
	assert_int_equal(p.len, 42);
	assert_int_equal(p.payload, 2);

	set16(&k, 2, 19); /* total length below the header's */
	parse4(&k, &p);
	assert_flags(&p, BAD | DF);
	set16(&k, 2, 0); /* 0 is "BIG TCP" only above 65535 */
	parse4(&k, &p);
	assert_flags(&p, BAD | DF);

	set16(&k, 2, 1000); /* more than is there */
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | CUT);
	assert_int_equal(p.len, 46);
	assert_int_equal(p.payload, 6);

	k.len = 19;
	parse4(&k, &p);
	assert_flags(&p, CUT);
	assert_int_equal(p.len, 19);
	k.len = 0;
	parse4(&k, &p);
	assert_flags(&p, CUT);
}

static void ip4_versions_and_options(void **state)
{
	struct nettrace_packet p;
	struct pkt k, o;

	(void)state;
	seg4(&k, "", 0, 2);
	k.b[0] = 0x44; /* a header of 16 bytes */
	parse4(&k, &p);
	assert_flags(&p, BAD);
	k.b[0] = 0x65;
	parse4(&k, &p);
	assert_flags(&p, BAD);
	assert_int_equal(p.proto, 0);

	ip4(&o, 6); /* router alert, padded to 24 */
	o.b[0] = 0x46;
	add32(&o, 0x94040000);
	tcp(&o, NETTRACE_TH_SYN, "", 0);
	ip4_done(&o);
	parse4(&o, &p);
	assert_flags(&p, L4 | DF | NETTRACE_PKT_IP_OPTS);
	assert_int_equal(p.sport, 40312);
	assert_int_equal(p.payload, 0);

	o.b[0] = 0x4f; /* 60 bytes of header in 44 */
	parse4(&o, &p);
	assert_flags(&p, BAD | DF | NETTRACE_PKT_IP_OPTS);
	set16(&o, 2, 100); /* … because it was cut off */
	parse4(&o, &p);
	assert_flags(&p, CUT | DF | NETTRACE_PKT_IP_OPTS);
}

static void ip4_fragments(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip4(&k, 17);
	add16(&k, 1111);
	add16(&k, 53);
	add16(&k, 3008); /* of the whole datagram */
	add16(&k, 0);
	addn(&k, 16);
	ip4_done(&k);
	set16(&k, 6, 0x2000);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	assert_int_equal(p.dport, 53);
	assert_int_equal(p.payload, 16);
	assert_int_equal(p.frag_off, 0);

	set16(&k, 6, 0x2000 | 185);
	parse4(&k, &p);
	assert_flags(&p, NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	assert_int_equal(p.frag_off, 1480);
	assert_int_equal(p.payload, 24);
	assert_int_equal(p.dport, 0);

	set16(&k, 6, 0x1fff);
	parse4(&k, &p);
	assert_flags(&p, NETTRACE_PKT_FRAGMENT);
	assert_int_equal(p.frag_off, 65528);

	seg4(&k, ts_opt, sizeof(ts_opt), 8);
	set16(&k, 6, 0x2000);
	parse4(&k, &p);
	assert_flags(&p, L4 | NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	assert_int_equal(p.payload, 8);
	set16(&k, 6, 1);
	parse4(&k, &p);
	assert_flags(&p, NETTRACE_PKT_FRAGMENT);

	seg4(&k, ts_opt, sizeof(ts_opt), 0); /* a header in two fragments */
	k.len = 44;
	ip4_done(&k);
	set16(&k, 6, 0x2000);
	parse4(&k, &p);
	assert_flags(&p, L4 | CUT | NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
}

static void ip4_big_tcp(void **state)
{
	unsigned int len = 70000;
	struct nettrace_packet p;
	struct pkt k;
	u8 *b;

	(void)state;
	seg4(&k, ts_opt, sizeof(ts_opt), 0);
	set16(&k, 2, 0);
	b = calloc(1, len);
	assert_non_null(b);
	memcpy(b, k.b, k.len);
	parse_all_ways(nettrace_parse_ipv4, b, len, &p);
	assert_flags(&p, L4 | DF);
	assert_int_equal(p.len, 70000);
	assert_int_equal(p.payload, 70000 - 52);
	assert_int_equal(p.tsval, 0x0102);
	free(b);
}

static void udp(struct pkt *k, u16 len, unsigned int payload)
{
	ip4(k, 17);
	add16(k, 5353);
	add16(k, 53);
	add16(k, len);
	add16(k, 0xbeef);
	addn(k, payload);
	ip4_done(k);
}

static void udp_lengths(void **state)
{
	static const struct {
		u16 len;
		u16 flags;
		unsigned int payload;
	} t[] = {
		{ 18, L4 | DF, 10 },	   { 8, L4 | DF, 0 },
		{ 12, L4 | DF, 4 }, /* a surplus is not payload */
		{ 7, L4 | DF | BAD, 0 },   { 0, L4 | DF | BAD, 0 },
		{ 19, L4 | DF | BAD, 10 },
	};
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		udp(&k, t[i].len, 10);
		parse4(&k, &p);
		assert_flags(&p, t[i].flags);
		assert_int_equal(p.payload, t[i].payload);
		assert_int_equal(p.sport, 5353);
		assert_int_equal(p.dport, 53);
	}
	udp(&k, 18, 10);
	k.len -= 4;
	parse4(&k, &p);
	assert_flags(&p, L4 | DF | CUT);
	assert_int_equal(p.payload, 6);
	k.len = 27;
	parse4(&k, &p);
	assert_flags(&p, DF | CUT);
}

static void arp(struct pkt *k, u16 op)
{
	k->len = 0;
	add32(k, 0x00010800);
	add16(k, 0x0604);
	add16(k, op);
	add(k, "\x02\0\0\0\1\2\x0a\0\1\2\0\0\0\0\0\0\x0a\0\1\1", 20);
}

static void arp_fields(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	arp(&k, 1);
	addn(&k, 18); /* Ethernet's padding */
	parsearp(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.hdr.family, NETTRACE_ARP);
	assert_int_equal(p.len, 28);
	assert_int_equal(p.arp_op, 1);
	assert_memory_equal(p.arp_sha, "\2\0\0\0\1\2", 6);
	assert_memory_equal(p.arp_tha, "\0\0\0\0\0\0", 6);
	assert_memory_equal(p.src, "\x0a\0\1\2\0\0\0\0", 8);
	assert_memory_equal(p.dst, "\x0a\0\1\1\0\0\0\0", 8);
}

static void arp_refused(void **state)
{
	static const u8 at[] = { 1, 2, 4, 5 }; /* htype, ptype, hlen, plen */
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(at); i++) {
		arp(&k, 2);
		k.b[at[i]] ^= 2;
		parsearp(&k, &p);
		assert_flags(&p, BAD);
		assert_int_equal(p.arp_op, 0);
	}
	arp(&k, 2);
	k.len = 27;
	parsearp(&k, &p);
	assert_flags(&p, CUT);
	k.len = 3;
	parsearp(&k, &p);
	assert_flags(&p, CUT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tcp4_fields),	   cmocka_unit_test(tcp_both_ways),
		cmocka_unit_test(tcp_flag_bits),   cmocka_unit_test(tcp_syn_options),
		cmocka_unit_test(tcp_sack_blocks), cmocka_unit_test(tcp_other_options),
		cmocka_unit_test(tcp_bad_options), cmocka_unit_test(tcp_header_lengths),
		cmocka_unit_test(ip4_lengths),	   cmocka_unit_test(ip4_versions_and_options),
		cmocka_unit_test(ip4_fragments),   cmocka_unit_test(ip4_big_tcp),
		cmocka_unit_test(udp_lengths),	   cmocka_unit_test(arp_fields),
		cmocka_unit_test(arp_refused),
	};

	return cmocka_run_group_tests_name("parse", tests, NULL, NULL);
}
