// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_capture_ng.c - capture_ng.c and source_pcap.c on files that are wrong, or
 * unusual: each place where a block can lie, clocks, counts of what was lost, and
 * packets that were captured up to inside a header
 */
#include "capfile.h"
#include "language.h"

/* a block of @n words */
static void word_block(uint32_t type, const uint32_t *w, unsigned int n)
{
	uint8_t b[128];

	block(type, b, words(b, w, n));
}

/* an option of @len bytes at b; how long it is */
static size_t option(uint8_t *b, uint16_t code, const void *value, uint16_t len)
{
	size_t n = half(b, code);

	n += half(b + n, len);
	memset(b + n, 0, (len + 3u) & ~3u);
	memcpy(b + n, value, len);
	return n + ((len + 3u) & ~3u);
}

/* an interface of raw IP with the @n bytes of options */
static void raw_interface(uint32_t snaplen, const uint8_t *opts, size_t n)
{
	uint8_t b[256] = { 0 };
	size_t at = half(b, 101) + 2;

	at += words(b + at, &snaplen, 1);
	if (n)
		memcpy(b + at, opts, n);
	block(1, b, at + n);
}

static void put_damage(int which)
{
	uint32_t w[8] = { 0, 0, 0, 4000, 4000 };
	uint8_t b[32];

	switch (which) {
	case 0:
		word_block(1, w, 1);
		break;
	case 1:
		raw_interface(0, b, option(b, 9, "\x14", 1)); /* 10^-20 s */
		break;
	case 2:
		raw_interface(0, b, option(b, 9, "\xc0", 1)); /* 2^-64 s */
		break;
	case 3:
		word_block(6, w, 4);
		break;
	case 4:
		word_block(6, w, 7);
		break;
	case 5:
		w[0] = 0xffffffff;
		word_block(6, w, 5);
		break;
	case 6:
		word_block(3, w, 0);
		break;
	case 7:
		w[0] = 5;
		word_block(3, w, 2);
		break;
	case 8:
		word_block(5, w, 2);
		break;
	case 9:
		w[0] = 1;
		word_block(5, w, 3);
		break;
	case 10:
		word_block(6, w, 8);
		put32(6); /* not a block: its length is more than a block may have */
		put32(0x7ffffffc);
		break;
	case 11:
		put32(6);
		put32(8);
		break;
	case 12:
		section();
		memset(file + size - 20, 0x55, 4); /* its magic */
		break;
	case 13:
		section();
		memset(file + size - 24, 0, 4); /* its length */
		break;
	}
}

/* what is said of each of them */
static const char *const said[] = {
	"the description of an interface is too short",
	"an interface's clock is finer than can be",
	"an interface's clock is finer than can be",
	"a packet's block is too short",
	"a packet is longer than its block",
	"a packet is of an interface that is not described",
	"a packet's block is too short, or of no interface",
	"a packet is longer than its block",
	"a block of statistics is too short",
	"statistics are of an interface that is not described",
	"a packet is longer than its block",
	"a block's length is impossible",
	"the header of a section makes no sense",
	"a block's length is impossible",
};

#define NLIES (sizeof(said) / sizeof(said[0]))

static void save_lie(unsigned int which)
{
	size = 0;
	section();
	raw_interface(0, NULL, 0);
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	put_damage((int)which);
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
}

/* whatever lies is found, and what came before it is there */
static void every_lie_is_found(void **state)
{
	struct nt_error err;
	struct got g;
	unsigned int i;

	(void)state;
	for (i = 0; i < 2 * NLIES; i++) {
		swapped = i & 1;
		save_lie(i / 2);
		assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
		assert_int_equal(g.n, 1);
		is_ip4(&g.ev[0]);
		assert_says(&err, "after packet 1: ");
		assert_says(&err, said[i / 2]);
	}
}

/* in Chinese the whole of the sentence is */
static void every_lie_in_chinese(void **state)
{
	struct nt_error err;
	struct got g;
	unsigned int i;

	(void)state;
	language_start();
	language_set(true);
	for (i = 0; i < NLIES; i++) {
		save_lie(i);
		assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
		if (strstr(err.text, said[i]))
			fail_msg("half of it is English: %s", err.text);
		assert_int_equal(g.n, 1);
	}
	language_set(false);
}

/* lengths that a block must not have, whatever is in it */
static void lengths_of_blocks(void **state)
{
	struct nt_error err;
	struct got g;
	size_t at;

	(void)state;
	section();
	raw_interface(0, NULL, 0);
	at = size;
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	file[size - (big_endian() ? 1 : 4)] ^= 4; /* the second length */
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_says(&err, "a block's two lengths differ");
	size = at;
	put32(6);
	put32(512 * 1024 + 4);
	put("\0\0\0\0", 4);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_says(&err, "a packet's block is longer than can be");
	/* a block that nobody knows may be long: it is stepped over, and here is cut */
	size = at;
	put32(0x0bad);
	put32(512 * 1024 + 4);
	put("\0\0\0\0", 4);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EBADMSG);
	assert_says(&err, "cut off at byte");
}

/* an interface's options: what is too long, or behind the end, is no option */
static void options_of_interfaces(void **state)
{
	static const char far_away[] = "123456789012345678901234567890";
	uint8_t b[128];
	struct nt_error err;
	struct got g;
	size_t n;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		int64_t offset = -1600000000;
		uint32_t two[2] = { (uint32_t)((uint64_t)offset >> 32), (uint32_t)offset };
		uint32_t order[2];

		size = 0;
		swapped = i;
		section();
		n = option(b, 2, far_away, sizeof(far_away) - 1); /* cut to a name's length */
		n += option(b + n, 9, "\x09\x09", 2);  /* no resolution: it has one byte */
		n += option(b + n, 14, "\1\2\3\4", 4); /* no offset: it has eight */
		n += option(b + n, 99, "whatever", 8);
		n += half(b + n, 0);
		n += half(b + n, 0);
		n += option(b + n, 9, "\x09", 1); /* behind the end */
		raw_interface(0, b, n);
		order[0] = two[big_endian() ? 0 : 1];
		order[1] = two[big_endian() ? 1 : 0];
		words(b + 64, order, 2);
		n = option(b, 14, b + 64, 8);
		n += half(b + n, 9); /* longer than the block */
		n += half(b + n, 5);
		b[n] = 9;
		raw_interface(0, b, n + 4);
		ng_packet(0, 1700000000000001, ip4, sizeof(ip4), sizeof(ip4));
		ng_packet(1, 1700000000000002, ip6, sizeof(ip6), sizeof(ip6));
		ng_packet(1, 1, ip4, sizeof(ip4), sizeof(ip4));	    /* before 1970 */
		ng_packet(0, ~0ull, ip4, sizeof(ip4), sizeof(ip4)); /* 584,000 years */
		save(size);
		assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
		assert_int_equal(g.n, 4);
		is_ip4(&g.ev[0]);
		assert_true(g.ev[0].t == 1700000000000001000);
		assert_memory_equal(g.ev[0].rec.packet.dev, far_away,
				    strlen(g.ev[0].rec.packet.dev));
		is_ip6(&g.ev[1]);
		assert_true(g.ev[1].t == 100000000000002000);
		assert_true(g.ev[2].t == 0);
		assert_true(g.ev[3].t > 1700000000000001000);
	}
}

/* a simple packet has the interface's length, and a packet may claim less than is there */
static void lengths_of_packets(void **state)
{
	uint32_t w[5] = { 1500, 0, 0, sizeof(ip4), 20 };
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;

	(void)state;
	section();
	raw_interface(sizeof(ip4), NULL, 0);
	n = words(b, w, 1);
	memcpy(b + n, ip4, sizeof(ip4));
	b[n + 2] = 1500 >> 8;
	b[n + 3] = 1500 & 0xff;
	block(3, b, n + sizeof(ip4));
	w[0] = 0;
	n = words(b, w, 5);
	memcpy(b + n, ip4, sizeof(ip4));
	block(6, b, n + sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 2);
	assert_int_equal(g.ev[0].rec.packet.len, 1500);
	assert_int_equal(g.ev[0].rec.packet.payload, 1448);
	is_ip4(&g.ev[1]);
}

/* statistics: begun at @began, @n dropped by the kernel; 0: they do not tell when */
static void statistics(uint32_t began, uint32_t n)
{
	uint32_t w[3] = { 0, 0, 1 }, when[2] = { 0, began }, count[2] = { 0, 0 };
	uint8_t b[64], value[8];
	size_t at = words(b, w, 3);

	count[big_endian() ? 1 : 0] = n;
	if (began) {
		words(value, when, 2);
		at += option(b + at, 2, value, 8);
	}
	words(value, count, 2);
	at += option(b + at, 7, value, 8);
	at += option(b + at, 7, "\1\1\1\1", 4); /* no count: it has eight bytes */
	block(5, b, at);
}

/*
 * A count goes on within a capture, also where it is in several sections; another
 * capture, whose file was put behind, begins anew.
 */
static void drops_of_several_captures(void **state)
{
	static const struct {
		uint32_t began[3], n[3], lost;
	} t[] = {
		{ { 7, 7, 7 }, { 5, 5, 9 }, 9 },  /* one capture in three files */
		{ { 7, 8, 9 }, { 5, 5, 9 }, 19 }, /* three captures */
		{ { 0, 0, 0 }, { 5, 9, 2 }, 11 }, /* a count that goes back began anew */
		{ { 7, 8, 8 }, { 5, 0, 1 }, 6 },
	};
	struct nt_error err;
	struct got g;
	size_t i, k;

	(void)state;
	for (i = 0; i < 2 * (sizeof(t) / sizeof(t[0])); i++) {
		size = 0;
		swapped = i & 1;
		for (k = 0; k < 3; k++) {
			section();
			raw_interface(0, NULL, 0);
			statistics(t[i / 2].began[k], t[i / 2].n[k]);
		}
		save(size);
		read_all(&g, NULL, &err);
		if (g.lost != t[i / 2].lost)
			fail_msg("case %zu: %llu were lost, not %u", i / 2,
				 (unsigned long long)g.lost, t[i / 2].lost);
	}
}

/* statistics that are older than the last packet do not turn the time back */
static void drops_of_long_ago(void **state)
{
	struct nt_error err;
	struct got g;

	(void)state;
	section();
	raw_interface(0, NULL, 0);
	ng_packet(0, 1700000000000002, ip4, sizeof(ip4), sizeof(ip4));
	statistics(0, 3); /* of the year 1970 */
	ng_packet(0, 1700000000000001, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 3);
	assert_int_equal(g.lost, 3);
	assert_int_equal(g.late, 1);
}

/* ---- headers that were not captured as a whole --------------------------- */

/* IPv4 without options, or with those of @ihl words */
static size_t ipv4_header(uint8_t *b, uint8_t ihl, uint8_t proto, uint16_t len)
{
	memset(b, 0, ihl * 4u);
	memcpy(b, ip4, 20);
	b[0] = 0x40 | ihl;
	b[2] = (uint8_t)(len >> 8);
	b[3] = (uint8_t)len;
	b[9] = proto;
	return ihl * 4u;
}

/* the record of the first @n bytes of a packet of @wirelen */
static struct nettrace_packet captured(const uint8_t *b, size_t n, size_t wirelen, uint32_t link)
{
	struct nt_error err;
	struct got g;

	size = 0;
	pcap_header(0xa1b2c3d4, link);
	pcap_packet(1, 0, b, n, wirelen);
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.ev[0].rec.packet.len, wirelen);
	return g.ev[0].rec.packet;
}

/* where the transport header is not whole, nothing is said of what follows it */
static void udp_cut(void **state)
{
	uint8_t b[64] = { 0 };
	size_t n;

	(void)state;
	ipv4_header(b, 5, 17, 128);
	memcpy(b + 20, "\0\65\4\0\0\154\0", 8);
	for (n = 20; n < 32; n++) {
		struct nettrace_packet p = captured(b, n, 128, 228);

		assert_int_equal(!!(p.flags & NETTRACE_PKT_TRUNCATED), n < 28);
		assert_int_equal(!!(p.flags & NETTRACE_PKT_L4), n >= 28);
		assert_int_equal(p.payload, n < 28 ? 0 : 100);
		assert_int_equal(p.sport, n < 28 ? 0 : 53);
	}
}

static void network_headers_cut(void **state)
{
	struct nettrace_packet p;
	uint8_t b[128] = { 0 };
	size_t n;

	(void)state;
	for (n = 20; n < 24; n++) { /* inside IPv4's options */
		ipv4_header(b, 6, 17, 1000);
		p = captured(b, n, 1000, 228);
		assert_true(p.flags & NETTRACE_PKT_TRUNCATED);
		assert_true(p.flags & NETTRACE_PKT_IP_OPTS);
		assert_int_equal(p.payload, 0);
	}
	/* IPv6 with an extension header of 16 bytes, before UDP */
	memcpy(b, ip6, 40);
	b[4] = 960 >> 8;
	b[5] = 960 & 0xff;
	b[6] = 60;
	memset(b + 40, 0, 88);
	b[40] = 17;
	b[41] = 1;
	memcpy(b + 56, "\0\65\4\0\3\260\0", 8);
	for (n = 40; n < 66; n++) {
		p = captured(b, n, 1000, 229);
		assert_int_equal(!!(p.flags & NETTRACE_PKT_TRUNCATED), n < 64);
		assert_int_equal(!!(p.flags & NETTRACE_PKT_L4), n >= 64);
		assert_int_equal(p.payload, n < 64 ? 0 : 936);
	}
}

/* a message about another packet is whole with its own header: the rest is payload */
static void quote_cut(void **state)
{
	uint8_t b[64] = { 0 };
	size_t n;

	(void)state;
	ipv4_header(b, 5, 1, 56);
	b[20] = 3;
	b[21] = 3;
	ipv4_header(b + 28, 5, 17, 60);
	memcpy(b + 48, "\4\0\0\65\0\50\0", 8);
	for (n = 28; n <= 56; n++) {
		struct nettrace_packet p = captured(b, n, 56, 228);

		assert_true(p.flags & NETTRACE_PKT_L4);
		assert_int_equal(p.payload, 28);
		assert_int_equal(!!(p.flags & NETTRACE_PKT_INNER), n >= 48);
		assert_int_equal(p.inner_dport, n >= 52 ? 53 : 0);
		assert_int_equal(!!(p.flags & NETTRACE_PKT_TRUNCATED), n < 52);
	}
}

static void arp(void **state)
{
	static const uint8_t request[] = {
		2, 0, 0, 0, 0, 2, 2, 0,	 0, 0, 0, 1, 8, 6, 0, 1, 8, 0,	6, 4, 0,
		1, 2, 0, 0, 0, 0, 1, 10, 0, 1, 2, 0, 0, 0, 0, 0, 0, 10, 0, 1, 1,
	};
	struct nt_error err;
	struct got g;
	size_t n;

	(void)state;
	pcap_header(0xa1b2c3d4, 1);
	pcap_packet(1, 0, request, sizeof(request), sizeof(request));
	for (n = 14; n < sizeof(request); n++)
		pcap_packet(1, 0, request, n, sizeof(request));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 29);
	assert_int_equal(g.ev[0].rec.packet.hdr.family, NETTRACE_ARP);
	assert_int_equal(g.ev[0].rec.packet.arp_op, 1);
	assert_memory_equal(g.ev[0].rec.packet.arp_sha, request + 6, 6);
	assert_memory_equal(g.ev[0].rec.packet.src, "\12\0\1\2", 4);
	assert_memory_equal(g.ev[0].rec.packet.dst, "\12\0\1\1", 4);
	assert_false(g.ev[0].rec.packet.flags & NETTRACE_PKT_TRUNCATED);
	for (n = 1; n < 29; n++) {
		assert_int_equal(g.ev[n].rec.packet.hdr.family, NETTRACE_ARP);
		assert_true(g.ev[n].rec.packet.flags & NETTRACE_PKT_TRUNCATED);
		assert_false(g.ev[n].rec.packet.flags & NETTRACE_PKT_L4);
		assert_int_equal(g.ev[n].rec.packet.arp_op, 0);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_lie_is_found),
		T(every_lie_in_chinese),
		T(lengths_of_blocks),
		T(options_of_interfaces),
		T(lengths_of_packets),
		T(drops_of_several_captures),
		T(drops_of_long_ago),
		T(udp_cut),
		T(network_headers_cut),
		T(quote_cut),
		T(arp),
	};

	return cmocka_run_group_tests_name("capture_ng", tests, NULL, NULL);
}
