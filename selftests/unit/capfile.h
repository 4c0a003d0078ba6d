/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capfile.h - captures for the tests of their readers, made byte by byte, as the
 * formats' documents say; and what comes out when they are read
 *
 * Ownership: one file at a time, in static memory and at path; setup() and
 * teardown() are the fixture.
 */
#ifndef NETTRACE_UNIT_CAPFILE_H
#define NETTRACE_UNIT_CAPFILE_H

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

static inline int setup(void **state)
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

static inline int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static inline void put(const void *b, size_t n)
{
	assert_true(size + n <= sizeof(file));
	memcpy(file + size, b, n);
	size += n;
}

static inline void put16(uint16_t v)
{
	v = swapped ? __builtin_bswap16(v) : v;
	put(&v, sizeof(v));
}

static inline void put32(uint32_t v)
{
	v = swapped ? __builtin_bswap32(v) : v;
	put(&v, sizeof(v));
}

static inline void pcap_header(uint32_t magic, uint32_t link)
{
	put32(magic);
	put16(2);
	put16(4);
	put32(0);
	put32(0);
	put32(65535);
	put32(link);
}

static inline void pcap_packet(uint32_t sec, uint32_t frac, const void *b, size_t n, size_t wirelen)
{
	put32(sec);
	put32(frac);
	put32((uint32_t)n);
	put32((uint32_t)wirelen);
	put(b, n);
}

/* a block of pcapng around @n bytes that are at the end of the file already */
static inline void block(uint32_t type, const void *body, size_t n)
{
	uint32_t len = (uint32_t)((n + 3) & ~3u) + 12;

	put32(type);
	put32(len);
	put(body, n);
	put("\0\0\0", (4 - n % 4) % 4);
	put32(len);
}

static inline void section(void)
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
static inline bool big_endian(void)
{
	return swapped != (__BYTE_ORDER__ == __ORDER_BIG_ENDIAN__);
}

/* in native order, made into the file's by the caller's choice of swapped */
static inline size_t words(uint8_t *b, const uint32_t *w, unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++) {
		uint32_t v = swapped ? __builtin_bswap32(w[i]) : w[i];

		memcpy(b + 4 * i, &v, sizeof(v));
	}
	return 4ul * n;
}

static inline size_t half(uint8_t *b, uint16_t v)
{
	v = swapped ? __builtin_bswap16(v) : v;
	memcpy(b, &v, sizeof(v));
	return sizeof(v);
}

/* @resol: of the clock; -1: not said */
static inline void interface(uint16_t link, const char *name, int resol)
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

static inline void ng_packet(uint32_t iface, uint64_t ts, const void *bytes, size_t n,
			     size_t wirelen)
{
	uint32_t w[5] = { iface, (uint32_t)(ts >> 32), (uint32_t)ts, (uint32_t)n,
			  (uint32_t)wirelen };
	uint8_t b[2048];

	assert_true(n + 20 <= sizeof(b));
	memcpy(b + words(b, w, 5), bytes, n);
	block(6, b, 20 + n);
}

static inline void save(size_t n)
{
	int fd = open(path, O_WRONLY | O_TRUNC);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, file, n), (ssize_t)n);
	close(fd);
}

static inline void hear(void *arg, const char *text)
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
static inline int read_all(struct got *g, const char *expr, struct nt_error *err)
{
	struct nt_read_opts opts = { .expr = expr, .say = hear };
	struct nt_source *s;
	unsigned int gaps = 0;
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
		gaps += ev.rec.hdr.type == NETTRACE_GAP;
		g->n++;
	}
	assert_int_equal(s->delivered + gaps, g->n);
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

static inline void is_ip4(const struct nt_event *ev)
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

static inline void is_ip6(const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;

	assert_int_equal(p->hdr.family, NETTRACE_IPV6);
	assert_int_equal(p->dport, 8090);
	assert_int_equal(p->tcp_flags, NETTRACE_TH_SYN);
	assert_int_equal(p->payload, 0);
}

static inline size_t frame(uint8_t *b, const void *link, size_t n, const void *ip, size_t len)
{
	memcpy(b, link, n);
	memcpy(b + n, ip, len);
	return n + len;
}

/* a test with a file of its own */
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

#define MACS "\2\0\0\0\0\1\2\0\0\0\0\2"

#endif /* NETTRACE_UNIT_CAPFILE_H */
