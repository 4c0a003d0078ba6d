// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_capture.c - capture*.c and source_pcap.c: both formats, both byte orders,
 * every link type; headers alone; what is cut or damaged is found and said
 *
 * Files are made here byte by byte, as the formats' documents say.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "../../userspace/source_pcap.h"
#include "support.h"

#define FILE_MAX 65536

static char path[] = "/tmp/nettrace-test-XXXXXX";
static uint8_t file[FILE_MAX];
static size_t size;
static bool swapped;
static char sentence[512];

static int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	size = 0;
	swapped = false;
	sentence[0] = '\0';
	return fd < 0 ? -1 : close(fd);
}

static int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static void put(const void *b, size_t n)
{
	assert_true(size + n <= sizeof(file));
	memcpy(file + size, b, n);
	size += n;
}

static void put16(uint16_t v)
{
	v = swapped ? __builtin_bswap16(v) : v;
	put(&v, sizeof(v));
}

static void put32(uint32_t v)
{
	v = swapped ? __builtin_bswap32(v) : v;
	put(&v, sizeof(v));
}

static void pcap_header(uint32_t magic, uint32_t link)
{
	put32(magic);
	put16(2);
	put16(4);
	put32(0);
	put32(0);
	put32(65535);
	put32(link);
}

static void pcap_packet(uint32_t sec, uint32_t frac, const void *b, size_t n, size_t wirelen)
{
	put32(sec);
	put32(frac);
	put32((uint32_t)n);
	put32((uint32_t)wirelen);
	put(b, n);
}

/* a block of pcapng around @n bytes that are at the end of the file already */
static void block(uint32_t type, const void *body, size_t n)
{
	uint32_t len = (uint32_t)((n + 3) & ~3u) + 12;

	put32(type);
	put32(len);
	put(body, n);
	put("\0\0\0", (4 - n % 4) % 4);
	put32(len);
}

static void section(void)
{
	put32(0x0a0d0d0a);
	put32(28);
	put32(0x1a2b3c4d);
	put16(1);
	put16(0);
	put32(0xffffffff);
	put32(0xffffffff);
	put32(28);
}

/* is the file? */
static bool big_endian(void)
{
	return swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* in native order, made into the file's by the caller's choice of swapped */
static size_t words(uint8_t *b, const uint32_t *w, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t v = swapped ? __builtin_bswap32(w[i]) : w[i];

		memcpy(b + 4 * i, &v, sizeof(v));
	}
	return 4ul * n;
}

static size_t half(uint8_t *b, uint16_t v)
{
	v = swapped ? __builtin_bswap16(v) : v;
	memcpy(b, &v, sizeof(v));
	return sizeof(v);
}

/* @resol: of the clock; -1: not said */
static void interface(uint16_t link, const char *name, int resol)
{
	uint8_t b[128] = { 0 };
	uint32_t snaplen = 0;
	size_t n = half(b, link);

	n += 2;
	n += words(b + n, &snaplen, 1);
	if (name) {
		n += half(b + n, 2);
		n += half(b + n, (uint16_t)strlen(name));
		memcpy(b + n, name, strlen(name));
		n += (strlen(name) + 3) & ~3ul;
	}
	if (resol >= 0) {
		n += half(b + n, 9);
		n += half(b + n, 1);
		b[n] = (uint8_t)resol;
		n += 4;
	}
	block(1, b, n + 4);
}

static void ng_packet(uint32_t iface, uint64_t ts, const void *bytes, size_t n, size_t wirelen)
{
	uint32_t w[5] = { iface, (uint32_t)(ts >> 32), (uint32_t)ts, (uint32_t)n,
			  (uint32_t)wirelen };
	uint8_t b[2048];

	assert_true(n + 20 <= sizeof(b));
	memcpy(b + words(b, w, 5), bytes, n);
	block(6, b, 20 + n);
}

static void save(size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, n), (ssize_t)n);
	close(fd);
}

static void hear(void *arg, const char *text)
{
	(void)arg;
	snprintf(sentence, sizeof(sentence), "%s", text);
}

struct got {
	struct nt_event ev[64];
	unsigned int n;
	uint64_t lost, late, filtered;
	bool one_place;
};

/* reads the file; the code at its end */
static int read_all(struct got *g, const char *expr, struct nt_error *err)
{
	struct nt_read_opts opts = { .expr = expr, .say = hear };
	struct nt_source *s;
	struct nt_event ev;
	bool capture;
	int ret = nt_source_read(&s, path, &opts, &capture, err);

	memset(g, 0, sizeof(*g));
	if (ret)
		return ret;
	assert_true(capture);
	g->one_place = s->one_place;
	while ((ret = nt_source_next(s, &ev, err)) == 1) {
		assert_true(ev.source < s->nstream);
		if (g->n < 64)
			g->ev[g->n] = ev;
		g->n++;
	}
	assert_int_equal(s->delivered + (s->lost ? 1 : 0), g->n);
	g->lost = s->lost;
	g->late = s->late;
	g->filtered = s->filtered;
	nt_source_close(s);
	return ret;
}

/* 10.0.1.2:40312 -> 10.0.2.2:8090, PSH,ACK with a timestamp and 5 bytes */
static const uint8_t ip4[] = {
	0x45, 0,    0,	  57,	0x12, 0x34, 0x40, 0,	64,   6,   0,	0,   10, 0,    1,
	2,    10,   0,	  2,	2,    0x9d, 0x78, 0x1f, 0x9a, 1,   2,	3,   4,	 0x0a, 0x0b,
	0x0c, 0x0d, 0x80, 0x18, 1,    0xf6, 0,	  0,	0,    0,   1,	1,   8,	 10,   0,
	0,    0,    1,	  0,	0,    0,    2,	  'h',	'e',  'l', 'l', 'o',
};

static const uint8_t ip6[] = {
	0x60, 0,    0,	  0,	0,    20, 6, 64, 0xfd, 0, 0, 0, 0,    0,    0, 0,    0, 0, 0, 0,
	0,    1,    0,	  2,	0xfd, 0,  0, 0,	 0,    0, 0, 0, 0,    0,    0, 0,    0, 2, 0, 2,
	0x9d, 0x78, 0x1f, 0x9a, 1,    2,  3, 4,	 0,    0, 0, 0, 0x50, 0x02, 1, 0xf6, 0, 0, 0, 0,
};

static void is_ip4(const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;

	assert_int_equal(p->hdr.type, NETTRACE_PACKET);
	assert_int_equal(p->hdr.family, NETTRACE_IPV4);
	assert_int_equal(p->hook, NETTRACE_CAPTURE);
	assert_memory_equal(p->src, "\x0a\0\1\2", 4);
	assert_int_equal(p->sport, 40312);
	assert_int_equal(p->dport, 8090);
	assert_int_equal(p->seq, 0x01020304);
	assert_int_equal(p->tcp_flags, NETTRACE_TH_PSH | NETTRACE_TH_ACK);
	assert_int_equal(p->payload, 5);
	assert_int_equal(p->len, 57);
	assert_int_equal(p->tsval, 1);
	assert_false(p->flags & (NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_MALFORMED));
}

static void is_ip6(const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;

	assert_int_equal(p->hdr.family, NETTRACE_IPV6);
	assert_int_equal(p->dport, 8090);
	assert_int_equal(p->tcp_flags, NETTRACE_TH_SYN);
	assert_int_equal(p->payload, 0);
}

static size_t frame(uint8_t *b, const void *link, size_t n, const void *ip, size_t len)
{
	memcpy(b, link, n);
	memcpy(b + n, ip, len);
	return n + len;
}

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

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

static void link_types(void **state)
{
	/* clang-format off: bytes in the order of headers */
#define L(link, bytes, ip)                         \
	{                                          \
		link, bytes, sizeof(bytes) - 1, ip \
	}
	static const struct {
		uint32_t link;
		const char *bytes;
		size_t n;
		int ip; /* 4, 6; 0: neither */
	} t[] = {
		L(1, MACS "\x08\0", 4),
		L(1, MACS "\x86\xdd", 6),
		L(1, MACS "\x81\0\0\x64\x08\0", 4),
		L(1, MACS "\x88\xa8\0\x64\x81\0\0\x65\x86\xdd", 6),
		L(1, MACS "\x81\0\0\1\x81\0\0\2\x81\0\0\3\x81\0\0\4\x08\0", 4),
		L(1, MACS "\x81\0\0\1\x81\0\0\2\x81\0\0\3\x81\0\0\4\x81\0\0\5\x08\0", 0),
		L(1, MACS "\x88\xcc", 0),
		L(1, MACS "\0\x41\xaa\xaa\3\0\0\0\x08\0", 4),
		L(1, MACS "\0\x26\x42\x42\3", 0),
		L(0, "\2\0\0\0", 4),
		L(0, "\0\0\0\2", 4),
		L(0, "\x1e\0\0\0", 6),
		L(0, "\0\0\0\x1c", 6),
		L(0, "\7\0\0\0", 0),
		L(108, "\0\0\0\2", 4),
		L(108, "\0\0\0\x18", 6),
		L(12, "", 4),
		L(101, "", 4),
		L(101, "", 6),
		L(228, "", 4),
		L(229, "", 6),
		L(113, "\0\4\0\1\0\6\2\0\0\0\0\1\0\0\x08\0", 4),
		L(113, "\0\0\0\1\0\6\2\0\0\0\0\1\0\0\x81\0\0\7\x86\xdd", 6),
		L(276, "\x08\0\0\0\0\0\0\3\0\1\4\6\2\0\0\0\0\1\0\0", 4),
		L(276, "\x86\xdd\0\0\0\0\0\3\0\1\0\6\2\0\0\0\0\1\0\0", 6),
		/* 802.11: data to the access point; with QoS; between two of them */
		L(105,
		  "\x08\1\0\0" MACS "\2\0\0\0\0\3\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  4),
		L(105,
		  "\x88\2\0\0" MACS "\2\0\0\0\0\3\0\0\0\0"
		  "\xaa\xaa\3\0\0\0\x86\xdd",
		  6),
		L(105,
		  "\x08\3\0\0" MACS "\2\0\0\0\0\3\0\0\2\0\0\0\0\4"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  4),
		/* a beacon; no data; encrypted */
		L(105,
		  "\x80\0\0\0" MACS "\2\0\0\0\0\3\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  0),
		L(105,
		  "\x48\1\0\0" MACS "\2\0\0\0\0\3\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  0),
		L(105,
		  "\x08\x41\0\0" MACS "\2\0\0\0\0\3\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  0),
		/* radiotap: flags; time and flags that say "padded", with QoS */
		L(127,
		  "\0\0\x0c\0\2\0\0\0\0\0\0\0"
		  "\x08\1\0\0" MACS "\2\0\0\0\0\3\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  4),
		L(127,
		  "\0\0\x12\0\3\0\0\0\1\2\3\4\5\6\7\x08\x20\0"
		  "\x88\1\0\0" MACS "\2\0\0\0\0\3\0\0\0\0\0\0"
		  "\xaa\xaa\3\0\0\0\x08\0",
		  4),
	};
	/* clang-format on */
	struct nt_error err;
	uint8_t b[256];
	struct got g;
	size_t i, n;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		size = 0;
		pcap_header(0xa1b2c3d4, t[i].link);
		n = t[i].ip == 6 ? frame(b, t[i].bytes, t[i].n, ip6, sizeof(ip6)) :
				   frame(b, t[i].bytes, t[i].n, ip4, sizeof(ip4));
		pcap_packet(1, 0, b, n, n);
		/* and cut at every byte: nothing is read that is not there */
		for (; n--;)
			pcap_packet(1, 0, b, n, 2000);
		save(size);
		assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
		assert_int_equal(g.one_place, t[i].link != 276);
		if (t[i].ip == 4)
			is_ip4(&g.ev[0]);
		else if (t[i].ip == 6)
			is_ip6(&g.ev[0]);
		else
			assert_int_equal(g.ev[0].rec.hdr.family, NETTRACE_FAMILY_NONE);
		if (t[i].link == 276)
			assert_string_equal(g.ev[0].rec.packet.dev, "if3");
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

static void other_link_types(void **state)
{
	struct nt_error err;
	struct got g;

	(void)state;
	pcap_header(0xa1b2c3d4, 220);
	pcap_packet(1, 0, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -EPROTONOSUPPORT);
	assert_says(&err, "USB_LINUX_MMAPPED (220)");
	/* beside one that can be read it is left out, and that is said */
	size = 0;
	section();
	interface(220, "usbmon1", -1);
	interface(101, "tun0", -1);
	ng_packet(0, 1, ip4, sizeof(ip4), sizeof(ip4));
	ng_packet(1, 1, ip4, sizeof(ip4), sizeof(ip4));
	save(size);
	assert_int_equal(read_all(&g, NULL, &err), -ENODATA);
	assert_int_equal(g.n, 1);
	assert_non_null(strstr(sentence, "usbmon1"));
	assert_non_null(strstr(sentence, "USB_LINUX_MMAPPED (220)"));
}

/* the capture's own link layer answers */
static void filters(void **state)
{
	struct nt_error err;
	uint8_t b[128];
	struct got g;
	size_t n;

	(void)state;
	pcap_header(0xa1b2c3d4, 1);
	n = frame(b, MACS "\x81\0\0\x64\x08\0", 18, ip4, sizeof(ip4));
	pcap_packet(1, 0, b, n, n);
	n = frame(b, MACS "\x08\0", 14, ip4, sizeof(ip4));
	pcap_packet(1, 0, b, n, n);
	save(size);
	assert_int_equal(read_all(&g, "vlan 100 and tcp port 8090", &err), -ENODATA);
	assert_int_equal(g.n, 1);
	assert_int_equal(g.filtered, 1);
	is_ip4(&g.ev[0]);
	assert_int_equal(read_all(&g, "ether src 02:00:00:00:00:02", &err), -ENODATA);
	assert_int_equal(g.n, 2);
	assert_int_equal(read_all(&g, "tcp port 1", &err), -ENODATA);
	assert_int_equal(g.n, 0);
	assert_int_equal(read_all(&g, "tcp prot 1", &err), -EINVAL);
	assert_says(&err, "tcp prot 1");
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

#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		T(byte_orders),	 T(link_types), T(headers_alone),    T(pcapng),	 T(pcapng_old),
		T(cut_anywhere), T(damaged),	T(other_link_types), T(filters), T(other_files),
	};

	return cmocka_run_group_tests_name("capture", tests, NULL, NULL);
}
