// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_nat.c - track/nat.c and track/icmp.h: which two sightings may be one packet
 * whose address was changed between them; what the words of an ICMP message are
 */
#include <netinet/in.h>

#include "packets.h"
#include "track/icmp.h"
#include "track/nat.h"

static struct nettrace_packet udp(void)
{
	struct nettrace_packet p;
	struct pkt k;

	ip4(&k, IPPROTO_UDP);
	add16(&k, 40000);
	add16(&k, 53);
	add16(&k, 8 + 20);
	add16(&k, 0);
	addn(&k, 20);
	ip4_done(&k);
	parse4(&k, &p);
	return p;
}

/* a message of ICMP or ICMPv6; @word: what follows its checksum */
static struct nettrace_packet message(bool v6, u8 type, u8 code, u32 word)
{
	struct nettrace_packet p;
	struct pkt k;

	if (v6)
		ip6(&k, IPPROTO_ICMPV6);
	else
		ip4(&k, IPPROTO_ICMP);
	add8(&k, type);
	add8(&k, code);
	add16(&k, 0);
	add32(&k, word);
	if (v6) {
		addn(&k, 32);
		ip6_done(&k);
		parse6(&k, &p);
	} else {
		ip4_done(&k);
		parse4(&k, &p);
	}
	return p;
}

/* Linux translates behind PRE_ROUTING and LOCAL_OUT, and before POST_ROUTING and LOCAL_IN */
static void between_hooks(void **state)
{
	static const struct {
		u8 last, first;
		int ttl; /* how much less it is at the first with the new address */
	} may[] = {
		{ NETTRACE_PRE_ROUTING, NETTRACE_LOCAL_IN, 0 },
		{ NETTRACE_PRE_ROUTING, NETTRACE_FORWARD, 1 },
		{ NETTRACE_FORWARD, NETTRACE_POST_ROUTING, 0 },
		{ NETTRACE_LOCAL_OUT, NETTRACE_POST_ROUTING, 0 },
	};
	unsigned int last, first;
	size_t i;
	int ttl;

	(void)state;
	for (last = 0; last < 16; last++)
		for (first = 0; first < 16; first++)
			for (ttl = -1; ttl <= 2; ttl++) {
				struct nt_nat_place a = { 1000, 3, (u8)last, 64 };
				struct nt_nat_place b = { 2000, 3, (u8)first, (u8)(64 - ttl) };
				bool want = false;

				for (i = 0; i < sizeof(may) / sizeof(may[0]); i++)
					want |= may[i].last == last && may[i].first == first &&
						may[i].ttl == ttl;
				assert_int_equal(nt_nat_between(&a, &b), want);
				if (want) {
					assert_true(nt_nat_leaves(last));
					assert_true(nt_nat_enters(first));
				}
			}
}

static void between_times(void **state)
{
	struct nt_nat_place a = { 1000000000, 3, NETTRACE_LOCAL_OUT, 64 };
	struct nt_nat_place b = a;

	(void)state;
	b.hook = NETTRACE_POST_ROUTING;
	assert_true(nt_nat_between(&a, &b));
	b.source = 4; /* in one namespace alone */
	assert_false(nt_nat_between(&a, &b));
	b.source = 3;
	b.t = a.t + NT_NAT_WINDOW;
	assert_true(nt_nat_between(&a, &b));
	b.t++;
	assert_false(nt_nat_between(&a, &b));
	b.t = a.t - NT_NAT_SLOP;
	assert_true(nt_nat_between(&a, &b));
	b.t--;
	assert_false(nt_nat_between(&a, &b));
}

/* one end is another, nothing else; and then the hash is the same */
static void one_end_changes(void **state)
{
	struct nettrace_packet a = udp(), b = a;
	bool dst = true;

	(void)state;
	assert_false(nt_nat_same(&a, &b, &dst)); /* nothing did */
	b.sport++;
	assert_true(nt_nat_same(&a, &b, &dst));
	assert_false(dst);
	assert_int_equal(nt_nat_hash(&a, 1), nt_nat_hash(&b, 1));
	assert_int_not_equal(nt_nat_hash(&a, 1), nt_nat_hash(&a, 2));
	b.src[3] = 99;
	assert_true(nt_nat_same(&a, &b, &dst));
	b.dport++;
	assert_false(nt_nat_same(&a, &b, &dst)); /* both are */
	b = a;
	b.dst[0] = 192;
	assert_true(nt_nat_same(&a, &b, &dst));
	assert_true(dst);
	assert_int_equal(nt_nat_hash(&a, 1), nt_nat_hash(&b, 1));
	b.ip_id++; /* another packet */
	assert_false(nt_nat_same(&a, &b, &dst));
	b = a;
	b.dst[0] = 192;
	b.payload++;
	assert_false(nt_nat_same(&a, &b, &dst));
	b = a;
	b.proto = IPPROTO_TCP;
	assert_false(nt_nat_same(&a, &b, &dst));
	b = a;
	b.hdr.family = NETTRACE_IPV6;
	assert_false(nt_nat_same(&a, &b, &dst));
}

/* an echo's identifier is translated as a port is; its number is not */
static void echo_changes(void **state)
{
	unsigned int v6;

	(void)state;
	for (v6 = 0; v6 < 2; v6++) {
		struct nettrace_packet a = message(v6, v6 ? 128 : 8, 0, 0x12340007), b = a;
		bool dst = true;

		assert_int_equal(a.icmp_id, 0x1234);
		b.src[1] ^= 0x80;
		b.icmp_id = 0x4321;
		assert_true(nt_nat_same(&a, &b, &dst));
		assert_false(dst);
		assert_int_equal(nt_nat_hash(&a, 1), nt_nat_hash(&b, 1));
		b.icmp_info++;
		assert_false(nt_nat_same(&a, &b, &dst));
	}
}

/* RFC 792, 1191, 4443: by type and code, from the bytes */
static void words_of_icmp(void **state)
{
	static const struct {
		bool v6;
		u8 type, code;
		u32 word, mtu;
		int64_t pointer;
		bool gateway;
	} t[] = {
		{ false, 3, 4, 0x12340578, 1400, -1, false }, /* the upper half is unused */
		{ false, 3, 1, 0x00000578, 0, -1, false },
		{ false, 5, 1, 0x0a000101, 0, -1, true },
		{ false, 12, 0, 0x14000000, 0, 20, false },
		{ false, 12, 1, 0x14000000, 0, -1, false }, /* an option is missing: no octet */
		{ false, 11, 0, 0x14000000, 0, -1, false },
		{ true, 2, 0, 1280, 1280, -1, false },
		{ true, 2, 0, 0x12340578, 0x12340578, -1, false },
		{ true, 4, 1, 40, 0, 40, false },
		{ true, 4, 0, 0xffffffff, 0, 0xffffffff, false },
		{ true, 5, 0, 0x0a000101, 0, -1, false },
		{ true, 12, 0, 0x14000000, 0, -1, false },
		{ true, 3, 4, 0x00000578, 0, -1, false },
	};
	struct nettrace_packet p;
	u8 b[16];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		p = message(t[i].v6, t[i].type, t[i].code, t[i].word);
		assert_true(nt_is_icmp(&p));
		assert_false(nt_is_echo(&p));
		assert_int_equal(nt_icmp_mtu(&p), t[i].mtu);
		assert_true(nt_icmp_pointer(&p) == t[i].pointer);
		memset(b, 0xff, sizeof(b));
		assert_int_equal(nt_icmp_gateway(&p, b), t[i].gateway);
		if (t[i].gateway)
			assert_memory_equal(b, "\12\0\1\1\0\0\0\0\0\0\0\0\0\0\0\0", 16);
		/* what was cut off before its header tells nothing */
		p.flags &= ~NETTRACE_PKT_L4;
		assert_false(nt_is_icmp(&p));
		assert_int_equal(nt_icmp_mtu(&p), 0);
		assert_true(nt_icmp_pointer(&p) == -1);
		assert_false(nt_icmp_gateway(&p, b));
	}
	for (i = 0; i < 256; i++) {
		p = message(false, (u8)i, 0, 0);
		assert_int_equal(nt_is_echo_request(&p), i == 8);
		assert_int_equal(nt_is_echo_reply(&p), i == 0);
		p = message(true, (u8)i, 0, 0);
		assert_int_equal(nt_is_echo_request(&p), i == 128);
		assert_int_equal(nt_is_echo_reply(&p), i == 129);
	}
}

/* RFC 2236, 9776: version 3 has no group there */
static void group_of_igmp(void **state)
{
	static const u8 none[] = { 0x22, 0x11 };
	struct nettrace_packet p;
	u8 b[16];
	struct pkt k;

	(void)state;
	ip4(&k, IPPROTO_IGMP);
	add32(&k, 0x16000000);
	add32(&k, 0xe0000105);
	ip4_done(&k);
	parse4(&k, &p);
	assert_true(nt_igmp_group(&p, b));
	assert_memory_equal(b, "\340\0\1\5\0\0\0\0\0\0\0\0\0\0\0\0", 16);
	k.b[20] = none[0];
	parse4(&k, &p);
	assert_false(nt_igmp_group(&p, b));
	k.b[20] = none[1];
	memset(k.b + 24, 0, 4); /* a query about all groups */
	parse4(&k, &p);
	assert_false(nt_igmp_group(&p, b));
	k.len -= 1;
	ip4_done(&k);
	parse4(&k, &p);
	assert_false(nt_igmp_group(&p, b));
}

static void protocols_that_are_read(void **state)
{
	static const u8 read[] = { 1, 2, 6, 17, 33, 58, 132, 136 };
	unsigned int i;

	(void)state;
	for (i = 0; i < 256; i++)
		assert_int_equal(nt_has_l4((u8)i), memchr(read, (int)i, sizeof(read)) != NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(between_hooks),	   cmocka_unit_test(between_times),
		cmocka_unit_test(one_end_changes),	   cmocka_unit_test(echo_changes),
		cmocka_unit_test(words_of_icmp),	   cmocka_unit_test(group_of_igmp),
		cmocka_unit_test(protocols_that_are_read),
	};

	return cmocka_run_group_tests_name("nat", tests, NULL, NULL);
}
