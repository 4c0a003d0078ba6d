// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_parse_edges.c - module/core: what almost looks usual, and the last place
 * where something may stand
 */
#include "packets.h"

#include "../../module/core/rare.h"

/* as long as the options of a SYN of Linux, which are read in one piece, but others */
static void syn_of_others(void **state)
{
	static const struct {
		u8 o[20];
		u16 mss;
		u8 wscale;
	} t[] = {
		/* the window scale comes before what Linux puts there */
		{ { 2, 4, 5, 0xb4, 1, 3, 3, 7, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 5 }, 1460, 7 },
		/* no-operations come first */
		{ { 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 5, 2, 4, 5, 0xb4, 1, 3, 3, 7 }, 1460, 7 },
		/* the window scale before its no-operation */
		{ { 2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 5, 3, 3, 7, 1 }, 1460, 7 },
		/* a scale of 3, of which the first bytes are those of the option itself */
		{ { 2, 4, 3, 3, 4, 2, 8, 10, 0, 0, 0, 9, 0, 0, 0, 5, 1, 3, 3, 3 }, 771, 3 },
	};
	struct nettrace_packet p;
	unsigned int i;
	struct pkt k;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		ip4(&k, 6);
		tcp(&k, NETTRACE_TH_SYN, t[i].o, sizeof(t[i].o));
		ip4_done(&k);
		parse4(&k, &p);
		assert_flags(&p, L4 | DF);
		assert_int_equal(p.optflags, NETTRACE_OPT_MSS | NETTRACE_OPT_SACK_OK |
						     NETTRACE_OPT_TS | NETTRACE_OPT_WSCALE);
		assert_int_equal(p.mss, t[i].mss);
		assert_int_equal(p.wscale, t[i].wscale);
		assert_int_equal(p.tsval, 9);
		assert_int_equal(p.tsecr, 5);
		assert_int_equal(p.payload, 0);
	}
}

/* a header of TCP holds four blocks; should a list be longer, four are kept, the first */
static void sack_blocks_are_bounded(void **state)
{
	u8 o[2 + 6 * 8] = { 5, sizeof(o) };
	struct {
		struct nettrace_packet p;
		u8 behind[16];
	} m;
	unsigned int i;

	(void)state;
	memset(&m, 0, sizeof(m));
	for (i = 2; i < sizeof(o); i++)
		o[i] = i;
	nettrace_tcp_options(&m.p, o, sizeof(o));
	assert_int_equal(m.p.optflags, NETTRACE_OPT_SACK);
	assert_int_equal(m.p.flags, 0);
	assert_int_equal(m.p.nsack, NETTRACE_SACK_MAX);
	assert_int_equal(m.p.sack[0][0], 0x02030405);
	assert_int_equal(m.p.sack[3][1], 0x1e1f2021);
	/* what stands behind the list in the record is still 0 */
	memset(m.p.sack, 0, sizeof(m.p.sack));
	m.p.nsack = m.p.optflags = 0;
	for (i = 0; i < sizeof(m); i++)
		assert_int_equal(((u8 *)&m)[i], 0);
}

/* an error about an echo of IPv6 has the echo's identifier and number */
static void icmp6_about_echo(void **state)
{
	struct nettrace_packet p;
	struct pkt in, k;
	u8 type;

	(void)state;
	for (type = 127; type <= 130; type++) {
		bool echo = type == 128 || type == 129;

		ip6(&in, 58);
		add8(&in, type);
		add8(&in, 0);
		add16(&in, 0xffff);
		add16(&in, 0x1234);
		add16(&in, 7);
		ip6_done(&in);
		ip6(&k, 58);
		add32(&k, 3 << 24); /* time exceeded */
		add32(&k, 0);
		add(&k, in.b, in.len);
		ip6_done(&k);
		parse6(&k, &p);
		assert_flags(&p, L4 | NETTRACE_PKT_INNER);
		assert_int_equal(p.inner_proto, 58);
		assert_int_equal(p.inner_sport, echo ? 0x1234 : 0);
		assert_int_equal(p.inner_dport, echo ? 0x1234 : 0);
		assert_int_equal(p.tsval, echo ? 7 : 0);
	}
}

/* of ICMP both are quoted: a request, and a reply that comes nowhere */
static void icmp_about_echo(void **state)
{
	struct nettrace_packet p;
	struct pkt in, k;
	unsigned int type;

	(void)state;
	for (type = 0; type < 256; type++) {
		bool echo = type == 0 || type == 8;

		ip4(&in, 1);
		add8(&in, type);
		add8(&in, 0);
		add16(&in, 0xffff);
		add16(&in, 0x1234);
		add16(&in, 7);
		ip4_done(&in);
		ip4(&k, 1);
		add32(&k, 11 << 24); /* time exceeded */
		add32(&k, 0);
		add(&k, in.b, in.len);
		ip4_done(&k);
		parse4(&k, &p);
		assert_flags(&p, L4 | DF | NETTRACE_PKT_INNER);
		assert_int_equal(p.inner_sport, echo ? 0x1234 : 0);
		assert_int_equal(p.inner_dport, echo ? 0x1234 : 0);
		assert_int_equal(p.tsval, echo ? 7 : 0);
	}
}

/* the type 8 of ICMP is no echo in ICMPv6, and the type 128 is none in ICMP */
static void echo_of_the_other_family(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 58);
	add32(&k, 8 << 24);
	add32(&k, 0x12340007);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.icmp_id, 0);
	assert_int_equal(p.icmp_info, 0x12340007);
	ip4(&k, 1);
	add32(&k, 128u << 24);
	add32(&k, 0x12340007);
	ip4_done(&k);
	parse4(&k, &p);
	assert_flags(&p, L4 | DF);
	assert_int_equal(p.icmp_id, 0);
}

/* more can be read than the packet has: what is behind it is not the packet */
static void memory_behind_the_packet(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 6);
	tcp(&k, NETTRACE_TH_SYN, "", 0);
	ip6_done(&k);
	memset(&p, 0, sizeof(p));
	assert_int_equal(nettrace_parse_ipv6(&p, k.b, k.len, 39), 0);
	assert_flags(&p, CUT);
	assert_int_equal(p.len, 39);
	assert_int_equal(p.proto, 0);
	memset(&p, 0, sizeof(p));
	assert_int_equal(nettrace_parse_ipv6(&p, k.b, k.len, 59), 0);
	assert_flags(&p, CUT);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.sport, 0);

	k.len = 0;
	add(&k, "\0\1\10\0\6\4\0\1", 8);
	addn(&k, 20);
	memset(&p, 0, sizeof(p));
	assert_int_equal(nettrace_parse_arp(&p, k.b, k.len, 7), 0);
	assert_flags(&p, CUT);
	memset(&p, 0, sizeof(p));
	assert_int_equal(nettrace_parse_arp(&p, k.b, k.len, 27), 0);
	assert_flags(&p, CUT);
	assert_int_equal(p.arp_op, 0);
	memset(&p, 0, sizeof(p));
	assert_int_equal(nettrace_parse_arp(&p, k.b, k.len, 28), 0);
	assert_flags(&p, L4);
}

/* a transport header may begin 296 bytes into the packet, and no header after that */
static void extension_at_the_limit(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 60);
	ext(&k, 60, 30);
	ext(&k, 17, 0); /* ends at 296 */
	add16(&k, 53);
	add16(&k, 1024);
	add16(&k, 8);
	add16(&k, 0);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, EXT | L4);
	assert_int_equal(p.dport, 1024);

	ip6(&k, 60);
	ext(&k, 60, 31); /* ends at 296 */
	ext(&k, 17, 0);
	add16(&k, 53);
	add16(&k, 1024);
	add16(&k, 8);
	add16(&k, 0);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, EXT | BAD);
	assert_int_equal(p.proto, 60);
	assert_int_equal(p.dport, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_of_others),
		cmocka_unit_test(sack_blocks_are_bounded),
		cmocka_unit_test(icmp_about_echo),
		cmocka_unit_test(icmp6_about_echo),
		cmocka_unit_test(echo_of_the_other_family),
		cmocka_unit_test(memory_behind_the_packet),
		cmocka_unit_test(extension_at_the_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
