/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * packets.h - hand-made packets for the parser's tests
 *
 * Purpose:   build a packet field by field, and run the parser over it in all
 *            the ways a caller may: whole, and cut at every byte.
 * Ownership: struct pkt is a value; guarded memory is released by the test.
 */
#ifndef NETTRACE_TEST_PACKETS_H
#define NETTRACE_TEST_PACKETS_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <cmocka.h>

#include "../../module/core/parse.h"

/* flags of a record, as the tests' tables write them */
#define L4  NETTRACE_PKT_L4
#define EXT NETTRACE_PKT_IP_OPTS
#define DF  NETTRACE_PKT_DONT_FRAG
#define BAD NETTRACE_PKT_MALFORMED
#define CUT NETTRACE_PKT_TRUNCATED

#define PKT_MAX 2048

typedef unsigned int (*parse_fn)(struct nettrace_packet *p, const u8 *data, unsigned int caplen,
				 unsigned int wirelen);

struct pkt {
	unsigned int len;
	u8 b[PKT_MAX];
};

static inline void add(struct pkt *k, const void *bytes, unsigned int n)
{
	assert_true(k->len + n <= PKT_MAX);
	memcpy(k->b + k->len, bytes, n);
	k->len += n;
}

static inline void add8(struct pkt *k, u8 v)
{
	add(k, &v, 1);
}

static inline void add16(struct pkt *k, u16 v)
{
	add8(k, v >> 8);
	add8(k, v & 0xff);
}

static inline void add32(struct pkt *k, u32 v)
{
	add16(k, v >> 16);
	add16(k, v & 0xffff);
}

static inline void addn(struct pkt *k, unsigned int n)
{
	while (n--)
		add8(k, 0xa0 | (n & 0xf));
}

static inline void set16(struct pkt *k, unsigned int at, u16 v)
{
	k->b[at] = v >> 8;
	k->b[at + 1] = v & 0xff;
}

/* 10.0.1.2 -> 10.0.2.2, id 0x1234, DF, ttl 64; total length by ip4_done() */
static inline void ip4(struct pkt *k, u8 proto)
{
	/* clang-format off */
	static const u8 h[] = {
		0x45, 0x2e, 0, 0, 0x12, 0x34, 0x40, 0, 64, 0, 0, 0,
		10, 0, 1, 2, 10, 0, 2, 2,
	};
	/* clang-format on */

	k->len = 0;
	add(k, h, sizeof(h));
	k->b[9] = proto;
}

static inline void ip4_done(struct pkt *k)
{
	set16(k, 2, k->len);
}

/* fd00::1:2 -> fd00::2:2, traffic class 0x2e, hop limit 63 */
static inline void ip6(struct pkt *k, u8 next)
{
	/* clang-format off */
	static const u8 h[] = {
		0x62, 0xe1, 0x23, 0x45, 0, 0, 0, 63,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2,
		0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2,
	};
	/* clang-format on */

	k->len = 0;
	add(k, h, sizeof(h));
	k->b[6] = next;
}

static inline void ip6_done(struct pkt *k)
{
	set16(k, 4, k->len - 40);
}

/* 40312 -> 8090; @opts of @n bytes, padded by the caller to a multiple of 4 */
static inline void tcp(struct pkt *k, u16 flags, const void *opts, unsigned int n)
{
	add16(k, 40312);
	add16(k, 8090);
	add32(k, 0x01020304);
	add32(k, 0x0a0b0c0d);
	add16(k, (20 + n) / 4 << 12 | flags);
	add16(k, 502);
	add32(k, 0);
	add(k, opts, n);
}

/* @len bytes that end where memory ends: one byte further is a fault */
struct guard {
	u8 *map;
	size_t size;
};

static inline void guard_open(struct guard *g, size_t size)
{
	size_t page = sysconf(_SC_PAGESIZE);

	g->size = (size + page - 1) / page * page;
	g->map = mmap(NULL, g->size + page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		      0);
	assert_ptr_not_equal(g->map, MAP_FAILED);
	assert_int_equal(mprotect(g->map + g->size, page, PROT_NONE), 0);
}

static inline const u8 *guard_put(struct guard *g, const u8 *bytes, size_t len)
{
	assert_true(len <= g->size);
	return memcpy(g->map + g->size - len, bytes, len);
}

static inline void guard_close(struct guard *g)
{
	munmap(g->map, g->size + sysconf(_SC_PAGESIZE));
}

/*
 * Parse @wirelen bytes whole, then cut at every length: what is asked for is
 * given, and must lead to the same record.  Returns the record in *out.
 */
static inline void parse_all_ways(parse_fn fn, const u8 *bytes, unsigned int wirelen,
				  struct nettrace_packet *out)
{
	unsigned int cut, cap, need, rounds;
	struct nettrace_packet p;
	struct guard g;

	guard_open(&g, wirelen + 1);
	memset(out, 0, sizeof(*out));
	assert_int_equal(fn(out, guard_put(&g, bytes, wirelen), wirelen, wirelen), 0);
	for (cut = 0; cut <= wirelen && cut <= NETTRACE_PARSE_MAX + 1; cut++) {
		cap = cut;
		for (rounds = 0;; rounds++) {
			assert_true(rounds < 32);
			memset(&p, 0, sizeof(p));
			need = fn(&p, guard_put(&g, bytes, cap), cap, wirelen);
			if (!need)
				break;
			assert_true(need > cap);
			assert_true(need <= wirelen);
			assert_true(need <= NETTRACE_PARSE_MAX);
			cap = need;
		}
		assert_memory_equal(&p, out, sizeof(p));
	}
	guard_close(&g);
}

static inline void parse4(const struct pkt *k, struct nettrace_packet *p)
{
	parse_all_ways(nettrace_parse_ipv4, k->b, k->len, p);
}

static inline void parse6(const struct pkt *k, struct nettrace_packet *p)
{
	parse_all_ways(nettrace_parse_ipv6, k->b, k->len, p);
}

static inline void parsearp(const struct pkt *k, struct nettrace_packet *p)
{
	parse_all_ways(nettrace_parse_arp, k->b, k->len, p);
}

/* exactly these NETTRACE_PKT_ flags */
#define assert_flags(p, want) assert_int_equal((p)->flags, (want))

/* an options-like header of 8 * (1 + @units) bytes */
static inline void ext(struct pkt *k, u8 next, u8 units)
{
	add8(k, next);
	add8(k, units);
	addn(k, 6 + 8 * units);
}

#endif /* NETTRACE_TEST_PACKETS_H */
