// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_capture.c - capture*.c and source_pcap.c: both formats, both byte orders,
 * headers alone; what is cut or damaged is found and said.  Link types:
 * test_capture_link.c
 */
#include "capfile.h"

static void byte_orders(void **state)
{
	static const uint32_t magic[] = { 0xa1b2c3d4, 0xa1b23c4d };
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;
	int i;

	(void)state;
	n = frame(b, MACS "\x08\0", 14, ip4, sizeof(ip4));
	for (i = 0; i < 4; i++) {
		size = 0;
		swapped = i & 1;
		pcap_header(magic[i / 2], 1);
		pcap_packet(1700000000, 123456, b, n, n);
		pcap_packet(1700000001, 5, b, n, n);
		save(size);
		assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
		assert_int_equal(g.n, 2);
		assert_true(g.one_place);
		is_ip4(&g.ev[0]);
		assert_true(g.ev[0].t == 1700000000000000000 + 123456 * (i / 2 ? 1 : 1000));
		assert_true(g.ev[1].t == 1700000001000000000 + 5 * (i / 2 ? 1 : 1000));
		assert_int_equal(g.ev[1].rec.hdr.seq, 1);
		assert_true(g.ev[0].rec.packet.flags & NETTRACE_PKT_MAC);
		assert_memory_equal(g.ev[0].rec.packet.mac_dst, MACS, 6);
	}
}

/* tcpdump -s: lengths are the wire's, TRUNCATED only where a header is cut */
static void headers_alone(void **state)
{
	static uint8_t whole[1500];
	struct nt_error err;
	struct got g;
	size_t n;

	(void)state;
	memcpy(whole, ip4, sizeof(ip4));
	whole[2] = 1500 >> 8;
	whole[3] = 1500 & 0xff;
	pcap_header(0xa1b2c3d4, 228);
	for (n = 16; n < 64; n++)
		pcap_packet(1, 0, whole, n, 1500);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	for (n = 16; n < 64; n++) {
		const struct nettrace_packet *p = &g.ev[n - 16].rec.packet;

		assert_int_equal(!!(p->flags & NETTRACE_PKT_TRUNCATED), n < 52);
		assert_int_equal(!!(p->flags & NETTRACE_PKT_L4), n >= 40);
		if (n >= 20)
			assert_int_equal(p->len, 1500);
		if (n >= 40)
			assert_int_equal(p->payload, 1448);
		if (n >= 40)
			assert_int_equal(p->seq, 0x01020304);
	}
	/* IPv6, in the fixed header of which TCP's begins at 40 */
	size = 0;
	memcpy(whole, ip6, sizeof(ip6));
	whole[4] = 1460 >> 8;
	whole[5] = 1460 & 0xff;
	whole[52] = 0x80; /* 12 bytes of options */
	pcap_header(0xa1b2c3d4, 229);
	pcap_packet(1, 0, whole, 60, 1500);
	pcap_packet(1, 0, whole, 72, 1500);
	pcap_packet(1, 0, whole, 59, 1500);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.ev[0].rec.packet.payload, 1500 - 72);
	assert_true(g.ev[0].rec.packet.flags & NETTRACE_PKT_TRUNCATED);
	assert_int_equal(g.ev[1].rec.packet.payload, 1500 - 72);
	assert_false(g.ev[1].rec.packet.flags & NETTRACE_PKT_TRUNCATED);
	assert_false(g.ev[2].rec.packet.flags & NETTRACE_PKT_L4);
}

static void pcapng(void **state)
{
	uint32_t w[7] = { 0, 0, 0, 5 | 8 << 16, 7, 0, 0 };
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;
	int i;

	(void)state;
	n = frame(b, MACS "\x08\0", 14, ip4, sizeof(ip4));
	for (i = 0; i < 2; i++) {
		size = 0;
		swapped = i;
		section();
		interface(1, "eth0", -1);
		interface(101, "tun0", 9);
		block(0x0bad, "a block that is not known", 25);
		ng_packet(0, 1700000000000001, b, n, n);
		ng_packet(1, 1700000000000002000, ip6, sizeof(ip6), sizeof(ip6));
		ng_packet(0, 1700000000000000, b, n, n); /* older */
		section(); /* again: the same interface, and one with a clock of 2^-10 */
		interface(1, "eth0", -1);
		interface(1, "eth1", 0x8a);
		ng_packet(0, 1700000000000004, b, n, n);
		ng_packet(1, 1700000000ull * 1024 + 512, b, n, n);
		w[3] = big_endian() ? 5 << 16 | 8 : 5 | 8 << 16; /* two halves */
		w[4] = big_endian() ? 0 : 7;
		w[5] = big_endian() ? 7 : 0;
		block(5, b + 64, words(b + 64, w, 7)); /* seven were dropped */
		save(size);
		assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
		assert_int_equal(g.n, 6);
		assert_false(g.one_place);
		assert_int_equal(g.late, 1);
		is_ip4(&g.ev[0]);
		assert_string_equal(g.ev[0].rec.packet.dev, "eth0");
		is_ip6(&g.ev[1]);
		assert_int_equal(g.ev[1].source, 1);
		assert_string_equal(g.ev[1].rec.packet.dev, "tun0");
		assert_true(g.ev[0].t == 1700000000000001000);
		assert_true(g.ev[1].t == 1700000000000002000);
		assert_int_equal(g.ev[3].source, 0);
		assert_int_equal(g.ev[4].source, 2);
		assert_true(g.ev[4].t == 1700000000500000000);
		assert_int_equal(g.ev[5].rec.hdr.type, NETTRACE_GAP);
		assert_int_equal(g.lost, 7);
	}
}

/* the old blocks */
static void pcapng_old(void **state)
{
	uint32_t w[5] = { 0, 0, 1000000, sizeof(ip4), sizeof(ip4) };
	struct nt_error err;
	uint8_t b[256];
	struct got g;

	(void)state;
	section();
	interface(101, NULL, -1);
	memcpy(b + words(b, w, 5), ip4, sizeof(ip4));
	block(2, b, 20 + sizeof(ip4));
	words(b, &w[3], 1);
	memcpy(b + 4, ip4, sizeof(ip4));
	block(3, b, 4 + sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 2);
	is_ip4(&g.ev[0]);
	is_ip4(&g.ev[1]);
	assert_true(g.ev[0].t == 1000000000);
	assert_true(g.ev[1].t == 1000000000); /* has none: that of the one before */
}

/* cut anywhere: all packets before are read, and it is said unless it ends between two */
static void cut_anywhere(void **state)
{
	size_t at, first, each;
	struct nt_error err;
	unsigned int whole;
	struct got g;
	int ret, ng;

	(void)state;
	for (ng = 0; ng < 2; ng++) {
		size = 0;
		if (ng) {
			section();
			interface(101, "x", -1);
		} else {
			pcap_header(0xa1b2c3d4, 101);
		}
		first = size;
		for (whole = 0; whole < 3; whole++)
			if (ng)
				ng_packet(0, whole, ip4, sizeof(ip4), sizeof(ip4));
			else
				pcap_packet(whole, 0, ip4, sizeof(ip4), sizeof(ip4));
		each = (size - first) / 3;
		for (at = first; at <= size; at++) {
			save(at);
			ret = read_all(&g, NULL, &err);
			assert_int_equal(g.n, (at - first) / each);
			assert_int_equal(ret, (at - first) % each ? -EBADMSG : -ENODATA);
			if (ret == -EBADMSG) {
				char where[64];

				snprintf(where, sizeof(where), "cut off at byte %zu", at);
				assert_says(&err, where);
			}
		}
		for (at = 4; at < first; at++) {
			save(at);
			ret = read_all(&g, NULL, &err);
			assert_int_equal(g.n, 0);
			/* between two blocks a pcapng file may end */
			assert_true(ret == -EBADMSG || (ng && ret == -ENODATA && at == 28));
		}
	}
}

static void damaged(void **state)
{
	struct nt_error err;
	struct got g;
	size_t at;

	(void)state;
	pcap_header(0xa1b2c3d4, 101);
	pcap_packet(1, 0, ip4, sizeof(ip4), sizeof(ip4));
	at = size;
	pcap_packet(1, 0, ip4, sizeof(ip4), sizeof(ip4));
	memset(file + at + 8, 0xff, 4);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_int_equal(g.n, 1);
	assert_says(&err, "damaged at byte 97, after packet 1: a packet's length is impossible");

	size = 0;
	section();
	interface(101, "x", -1);
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	at = size;
	ng_packet(1, 1, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_says(&err, "an interface that is not described");
	at += big_endian() ? 7 : 4; /* the low byte of its first length */
	file[at]++;
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_says(&err, "a block's length is impossible");
	file[at] += 3;
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_int_equal(g.n, 1);
}

/* a pipe that gives a byte at a time, and a name that is not there */
static void other_files(void **state)
{
	struct nt_read_opts opts = { .expr = NULL };
	struct nt_source *s;
	struct nt_error err;
	bool capture;

	(void)state;
	assert_int_equal(nt_source_read(&s, "/nonexistent/\x1b[2J", &opts, &capture, &err),
			 -ENOENT);
	assert_null(strchr(err.text, '\x1b'));
	put("\x1f\x8b\x08\0", 4);
	save(size);
	assert_int_equal(nt_source_read(&s, path, &opts, &capture, &err), -EINVAL);
	assert_says(&err, "zcat");
	size = 0;
	put32(0xa1b2c3d4);
	put16(1);
	put16(4);
	put("\0\0\0\0\0\0\0\0\0\0\0\0\1\0\0", 16);
	save(size);
	assert_int_equal(nt_source_read(&s, path, &opts, &capture, &err), -EBADMSG);
	assert_says(&err, "format 1.4");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(byte_orders),	 T(headers_alone), T(pcapng),	   T(pcapng_old),
		T(cut_anywhere), T(damaged),	   T(other_files),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
