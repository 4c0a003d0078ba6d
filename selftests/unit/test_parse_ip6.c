// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_parse_ip6.c - module/core: IPv6 and its extension headers
 */
#include "packets.h"

static void frag(struct pkt *k, u8 next, u16 off_flags)
{
	add8(k, next);
	add8(k, 0);
	add16(k, off_flags);
	add32(k, 0xdeadbeef);
}

static void ip6_tcp(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 6);
	tcp(&k, NETTRACE_TH_SYN, "\2\4\5\xa0", 4);
	addn(&k, 7);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.hdr.family, NETTRACE_IPV6);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.len, 71);
	assert_int_equal(p.payload, 7);
	assert_memory_equal(p.src, k.b + 8, 16);
	assert_memory_equal(p.dst, k.b + 24, 16);
	assert_int_equal(p.tos, 0x2e);
	assert_int_equal(p.ttl, 63);
	assert_int_equal(p.mss, 1440);
	assert_int_equal(p.dport, 8090);

	addn(&k, 3); /* padding */
	parse6(&k, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.payload, 7);
	k.len = 65; /* cut off in the payload */
	parse6(&k, &p);
	assert_flags(&p, L4 | CUT);
	assert_int_equal(p.payload, 1);
	k.b[0] = 0x45;
	parse6(&k, &p);
	assert_flags(&p, BAD);
	k.len = 39;
	parse6(&k, &p);
	assert_flags(&p, CUT);
}

static void ip6_chain(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 0);
	ext(&k, 43, 1); /* hop-by-hop */
	ext(&k, 60, 2); /* routing */
	ext(&k, 51, 0); /* destination options */
	add8(&k, 135);	/* authentication: words less 2 */
	add8(&k, 4);
	addn(&k, 22);
	ext(&k, 6, 0); /* mobility */
	tcp(&k, NETTRACE_TH_ACK, "", 0);
	addn(&k, 2);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4 | EXT);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.sport, 40312);
	assert_int_equal(p.payload, 2);

	k.len -= 10; /* cut in the TCP header */
	parse6(&k, &p);
	assert_flags(&p, EXT | CUT);
	ip6_done(&k); /* … or never longer */
	parse6(&k, &p);
	assert_flags(&p, EXT | CUT);
	k.b[41] = 20; /* hop-by-hop longer than the packet */
	k.b[40] = 6;
	parse6(&k, &p);
	assert_flags(&p, EXT | BAD);
	assert_int_equal(p.proto, 6);
	k.b[40] = 60; /* … with another one behind it */
	parse6(&k, &p);
	assert_flags(&p, EXT | BAD);
}

static void ip6_bounds(void **state)
{
	unsigned int n, i;
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	for (n = 1; n <= 10; n++) {
		ip6(&k, 60);
		for (i = 1; i < n; i++)
			ext(&k, 60, 0);
		ext(&k, 6, 0);
		tcp(&k, NETTRACE_TH_ACK, "", 0);
		ip6_done(&k);
		parse6(&k, &p);
		if (n <= NETTRACE_EXT_HEADERS)
			assert_flags(&p, EXT | L4);
		else
			assert_flags(&p, EXT | BAD);
	}
	for (n = 0; n < 200; n++) { /* one header, longer and longer */
		ip6(&k, 60);
		ext(&k, 6, n);
		tcp(&k, NETTRACE_TH_ACK, "\1\1\10\12\0\0\1\2\0\0\3\4", 12);
		ip6_done(&k);
		parse6(&k, &p);
		if (n <= 31) /* 40 + 256 */
			assert_flags(&p, EXT | L4);
		else
			assert_flags(&p, EXT | BAD);
	}
}

static void ip6_fragments(void **state)
{
	struct nettrace_packet p;
	struct pkt k;

	(void)state;
	ip6(&k, 44);
	frag(&k, 6, 1); /* first, more follow */
	tcp(&k, NETTRACE_TH_ACK, "", 0);
	addn(&k, 4);
	ip6_done(&k);
	parse6(&k, &p);
	assert_flags(&p, L4 | EXT | NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	assert_int_equal(p.ip_id, 0xdeadbeef);
	assert_int_equal(p.payload, 4);

	set16(&k, 42, 1448); /* the last one */
	parse6(&k, &p);
	assert_flags(&p, EXT | NETTRACE_PKT_FRAGMENT);
	assert_int_equal(p.frag_off, 1448);
	assert_int_equal(p.proto, 6);
	assert_int_equal(p.payload, 24);
	assert_int_equal(p.sport, 0);

	set16(&k, 42, 1448); /* what it says is next is not walked */
	k.b[40] = 60;
	parse6(&k, &p);
	assert_flags(&p, EXT | NETTRACE_PKT_FRAGMENT);
	assert_int_equal(p.proto, 60);
}

static void ip6_jumbo(void **state)
{
	unsigned int len = 80000;
	struct nettrace_packet p;
	struct pkt k;
	u8 *b;

	(void)state;
	ip6(&k, 0);
	add(&k, "\6\0\xc2\4\0\1\x38\x58", 8); /* jumbo payload option */
	tcp(&k, NETTRACE_TH_ACK, "", 0);
	b = calloc(1, len);
	assert_non_null(b);
	memcpy(b, k.b, k.len);
	parse_all_ways(nettrace_parse_ipv6, b, len, &p);
	assert_flags(&p, L4 | EXT);
	assert_int_equal(p.len, 80000);
	assert_int_equal(p.payload, 80000 - 68);

	ip6(&k, 17); /* UDP without a length, RFC 2675, 4 */
	add32(&k, 0x00350035);
	add32(&k, 0);
	memcpy(b, k.b, k.len);
	parse_all_ways(nettrace_parse_ipv6, b, len, &p);
	assert_flags(&p, L4);
	assert_int_equal(p.payload, 80000 - 48);
	free(b);

	parse6(&k, &p); /* length 0 and short: nothing inside */
	assert_flags(&p, CUT);
	assert_int_equal(p.len, 40);
	k.b[6] = 59; /* "no next header" may be empty */
	parse6(&k, &p);
	assert_flags(&p, 0);
	assert_int_equal(p.proto, 59);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ip6_tcp),    cmocka_unit_test(ip6_chain),
		cmocka_unit_test(ip6_bounds), cmocka_unit_test(ip6_fragments),
		cmocka_unit_test(ip6_jumbo),
	};

	return cmocka_run_group_tests_name("parse_ip6", tests, NULL, NULL);
}
