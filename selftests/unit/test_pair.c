// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_pair.c - which sightings are one packet; ranges of bytes
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "track/pair.h"
#include "track/range.h"

static struct nettrace_packet segment(void)
{
	return (struct nettrace_packet){
		.hdr.family = NETTRACE_IPV4,
		.proto = IPPROTO_TCP,
		.src = { 10, 0, 0, 1 },
		.dst = { 10, 0, 0, 2 },
		.sport = 1,
		.dport = 2,
		.seq = 100,
		.ack = 7,
		.tcp_flags = NETTRACE_TH_ACK,
		.payload = 10,
		.ip_id = 5,
		.optflags = NETTRACE_OPT_TS,
		.tsval = 3,
		.tsecr = 4,
		.ttl = 64,
	};
}

/* each field that tells packets apart does, and only those */
static void test_same(void **state)
{
	struct nettrace_packet a = segment(), b;

	(void)state;
	b = a;
	b.ttl = 63;
	b.hdr.time = 9;
	b.hdr.cpu = 3;
	b.sk_kind = NETTRACE_SK_FULL;
	b.tos = 3; /* a router may set congestion experienced */
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);

#define DIFFERS(field, value)                                       \
	do {                                                        \
		b = a;                                              \
		b.field = (value);                                  \
		assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_NONE); \
		assert_int_equal(nt_pair_fit(&b, &a), NT_FIT_NONE); \
	} while (0)
	DIFFERS(hdr.family, NETTRACE_IPV6);
	DIFFERS(proto, IPPROTO_UDP);
	DIFFERS(src[3], 9);
	DIFFERS(dst[3], 9);
	DIFFERS(sport, 9);
	DIFFERS(dport, 9);
	DIFFERS(seq, 101);
	DIFFERS(ack, 8);
	DIFFERS(tcp_flags, NETTRACE_TH_ACK | NETTRACE_TH_PSH);
	DIFFERS(payload, 0);
	DIFFERS(ip_id, 6);
	DIFFERS(ip_id, 0);
}

static void test_stamps(void **state)
{
	struct nettrace_packet a = segment(), b;

	(void)state;
	/* the identification decides where there is one */
	b = a;
	b.tsval = 9;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);
	a.ip_id = 0;
	b.ip_id = 0;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_NONE);
	b.tsval = a.tsval;
	b.tsecr = 9;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_NONE);
	b.tsecr = a.tsecr;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);
	b.optflags = 0;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_NONE);
	/* IPv6 has no identification; a fragment's is another thing */
	a.hdr.family = NETTRACE_IPV6;
	b = a;
	b.ip_id = 77;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);
}

static void test_pieces(void **state)
{
	struct nettrace_packet whole = segment(), piece;

	(void)state;
	whole.payload = 3000;
	whole.gso_size = 1000;
	whole.tcp_flags |= NETTRACE_TH_PSH;
	piece = whole;
	piece.payload = 1000;
	piece.gso_size = 0;
	piece.tcp_flags = NETTRACE_TH_ACK;
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_PART);
	assert_int_equal(nt_pair_fit(&piece, &whole), NT_FIT_WHOLE);
	piece.seq += 2000;
	piece.ip_id += 2;
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_PART);
	piece.seq += 1; /* sticks out at the end */
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.seq -= 2002; /* at the beginning */
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.seq += 1;
	piece.ip_id = 4; /* sent before the whole */
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.ip_id = 5;
	piece.ack++;
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.ack--;
	piece.tsval++; /* a retransmission */
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.tsval--;
	piece.tcp_flags |= NETTRACE_TH_RST;
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	piece.tcp_flags = NETTRACE_TH_ACK;
	piece.payload = 0; /* a pure ACK is no piece of data */
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_NONE);
	/* across the wrap of the sequence numbers */
	piece.payload = 1000;
	whole.seq = 0xfffffff0;
	piece.seq = 0x10;
	assert_int_equal(nt_pair_fit(&whole, &piece), NT_FIT_PART);
}

static void test_datagrams(void **state)
{
	struct nettrace_packet a = segment(), b;

	(void)state;
	a.proto = IPPROTO_UDP;
	b = a;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);
	DIFFERS(payload, 11);
	DIFFERS(ip_id, 6);
	DIFFERS(frag_off, 8);
	a.proto = IPPROTO_ICMP;
	a.icmp_type = 8;
	a.icmp_id = 3;
	a.icmp_info = 1;
	b = a;
	assert_int_equal(nt_pair_fit(&a, &b), NT_FIT_SAME);
	DIFFERS(icmp_type, 0);
	DIFFERS(icmp_code, 1);
	DIFFERS(icmp_id, 4);
	DIFFERS(icmp_info, 2);
	assert_false(nt_pair_fifo(&a)); /* its identification tells it apart */
	a.ip_id = 0;
	assert_true(nt_pair_fifo(&a));
	a = segment();
	assert_false(nt_pair_fifo(&a));
	a.payload = 0;
	assert_false(nt_pair_fifo(&a));
	a.ip_id = 0;
	assert_true(nt_pair_fifo(&a));
	a.tcp_flags = NETTRACE_TH_SYN;
	assert_false(nt_pair_fifo(&a));
}

static void test_arp(void **state)
{
	struct nettrace_packet a = { .hdr.family = NETTRACE_ARP }, b;

	(void)state;
	a.arp_op = 1;
	a.src[0] = 10;
	a.dst[0] = 11;
	a.arp_sha[5] = 1;
	b = a;
	assert_true(nt_pair_arp(&a, &b));
	b.arp_op = 2;
	assert_false(nt_pair_arp(&a, &b));
	b = a;
	b.dst[3] = 1;
	assert_false(nt_pair_arp(&a, &b));
	b = a;
	b.arp_sha[0] = 1;
	assert_false(nt_pair_arp(&a, &b));
	b = a;
	b.arp_tha[0] = 1;
	assert_false(nt_pair_arp(&a, &b));
}

static void test_stages(void **state)
{
	(void)state;
	assert_int_equal(nt_hook_stage(NETTRACE_LOCAL_OUT), NT_STAGE_OUT);
	assert_int_equal(nt_hook_stage(NETTRACE_ARP_OUT), NT_STAGE_OUT);
	assert_int_equal(nt_hook_stage(NETTRACE_LOCAL_IN), NT_STAGE_IN);
	assert_int_equal(nt_hook_stage(NETTRACE_FORWARD), NT_STAGE_PATH);
	assert_int_equal(nt_hook_stage(255), NT_STAGE_PATH);
}

static void test_unmap(void **state)
{
	__u8 a[16] = { [10] = 0xff, 0xff, 10, 1, 2, 3 }, b[16] = { 0 };
	__u8 v6[16] = { 0x20, 0x01, [15] = 1 };
	__u8 *one[1] = { b }, *both[2] = { a, b }, *mixed[2] = { a, v6 };
	__u8 family = NETTRACE_IPV6;

	(void)state;
	nt_addr_unmap(&family, one, 1); /* :: is no IPv4 address */
	assert_int_equal(family, NETTRACE_IPV6);
	nt_addr_unmap(&family, mixed, 2);
	assert_int_equal(family, NETTRACE_IPV6);
	assert_int_equal(a[12], 10);
	nt_addr_unmap(&family, both, 2);
	assert_int_equal(family, NETTRACE_IPV4);
	assert_memory_equal(a, ((__u8[16]){ 10, 1, 2, 3 }), 16);
	assert_memory_equal(b, ((__u8[16]){ 0 }), 16);
}

static void test_ranges(void **state)
{
	struct nt_ranges s = { 0 };

	(void)state;
	assert_int_equal(nt_ranges_add(&s, 10, 20), 10);
	assert_int_equal(nt_ranges_add(&s, 10, 20), 0);
	assert_int_equal(nt_ranges_add(&s, 15, 25), 5);
	assert_int_equal(nt_ranges_add(&s, 40, 50), 10);
	assert_int_equal(nt_ranges_add(&s, 30, 35), 5);
	assert_int_equal(s.n, 3);
	assert_int_equal(nt_ranges_edge(&s, 10), 25);
	assert_int_equal(nt_ranges_edge(&s, 5), 5);
	assert_int_equal(nt_ranges_edge(&s, 27), 27);
	assert_int_equal(nt_ranges_new(&s, 0, 60), 30);
	assert_int_equal(nt_ranges_add(&s, 25, 30), 5); /* touches two */
	assert_int_equal(s.n, 2);
	assert_int_equal(nt_ranges_add(&s, 0, 60), 25);
	assert_int_equal(s.n, 1);
	assert_int_equal(nt_ranges_edge(&s, 0), 60);
	assert_int_equal(nt_ranges_add(&s, 70, 70), 0);
	assert_int_equal(nt_ranges_add(&s, 80, 70), 0);
}

/* every second byte: the lowest holes are given up, none is counted twice */
static void test_ranges_overflow(void **state)
{
	struct nt_ranges s = { 0 };
	uint64_t i, fresh = 0, again = 0;

	(void)state;
	for (i = 0; i < 200; i += 2)
		fresh += nt_ranges_add(&s, i, i + 1);
	assert_int_equal(fresh, 100);
	assert_int_equal(s.n, NT_RANGES_MAX);
	for (i = 0; i < 200; i += 2)
		again += nt_ranges_add(&s, i, i + 1);
	assert_int_equal(again, 0);
	/* only the holes between the ranges that are left are new */
	assert_int_equal(nt_ranges_add(&s, 0, 199), NT_RANGES_MAX - 1);
}

static void test_unwrap(void **state)
{
	uint64_t base = (1ULL << 32) + 5;

	(void)state;
	assert_true(nt_unwrap(base, 5) == base);
	assert_true(nt_unwrap(base, 0xffffffff) == (1ULL << 32) - 1);
	assert_true(nt_unwrap((1ULL << 32) - 1, 5) == base);
	assert_true(nt_unwrap(3ULL << 32, 7) == (3ULL << 32) + 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_stamps),
		cmocka_unit_test(test_pieces),
		cmocka_unit_test(test_datagrams),
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_stages),
		cmocka_unit_test(test_unmap),
		cmocka_unit_test(test_ranges),
		cmocka_unit_test(test_ranges_overflow),
		cmocka_unit_test(test_unwrap),
	};

	return cmocka_run_group_tests_name("pair, ranges", tests, NULL, NULL);
}
