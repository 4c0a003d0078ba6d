// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlreq.c - see nlreq.h
 */
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>

#include "nlreq.h"

#define HEADERS	   NLMSG_LENGTH(GENL_HDRLEN)
#define ROOM	   NL_DATAGRAM_MAX
#define ATTR_MAX   64 /* of one message that the spoiling looks at */
#define BATCH_MAX  4
#define UNUSED_MIN 0x400 /* families have numbers below this */

uint32_t nl_rnd(struct nl_rng *r, uint32_t n)
{
	/* splitmix64 */
	uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
	z ^= z >> 31;
	return (uint32_t)(((z >> 32) * n) >> 32);
}

static uint32_t rnd(struct nl_req *q, uint32_t n)
{
	return nl_rnd(q->rng, n);
}

static bool one_in(struct nl_req *q, uint32_t n)
{
	return !rnd(q, n);
}

/* ---- sound requests --------------------------------------------------------- */

/* where the last message of the datagram begins */
static size_t last_at(const struct nl_req *q)
{
	size_t at = 0, next;
	uint32_t len;

	for (;;) {
		memcpy(&len, q->p + at, sizeof(len));
		next = at + NLMSG_ALIGN(len);
		if (len < NLMSG_HDRLEN || next + NLMSG_HDRLEN > q->len)
			return at;
		at = next;
	}
}

static void set_len(struct nl_req *q, size_t at)
{
	uint32_t len = (uint32_t)(q->len - at);

	memcpy(q->p + at, &len, sizeof(len));
}

static void begin(struct nl_req *q, uint8_t cmd, uint16_t flags)
{
	struct nlmsghdr n = {
		.nlmsg_len = HEADERS,
		.nlmsg_type = q->family,
		.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
		.nlmsg_seq = q->seq++,
	};
	struct genlmsghdr g = { .cmd = cmd, .version = 1 };

	memcpy(q->p + q->len, &n, sizeof(n));
	memcpy(q->p + q->len + NLMSG_HDRLEN, &g, sizeof(g));
	q->len += HEADERS;
}

/* without touching the length of a message: an attribute may be in a nest */
static void put_raw(struct nl_req *q, unsigned int type, const void *data, size_t len)
{
	struct nlattr a = { .nla_len = (uint16_t)(NLA_HDRLEN + len), .nla_type = (uint16_t)type };
	size_t whole = NLA_ALIGN(NLA_HDRLEN + len);

	if (q->len + whole > ROOM)
		return;
	memset(q->p + q->len, 0, whole);
	memcpy(q->p + q->len, &a, sizeof(a));
	if (len)
		memcpy(q->p + q->len + NLA_HDRLEN, data, len);
	q->len += whole;
}

void nl_req_put(struct nl_req *q, unsigned int type, const void *data, size_t len)
{
	size_t at = last_at(q);

	put_raw(q, type, data, len);
	set_len(q, at);
}

void nl_req_plain(struct nl_req *q, uint8_t cmd)
{
	q->len = 0;
	begin(q, cmd, NLM_F_ACK);
}

/* small ones more often: a ring of a million events costs more than it teaches */
static uint64_t number(struct nl_req *q, uint64_t low, uint64_t high)
{
	uint64_t span = high - low;

	switch (rnd(q, 8)) {
	case 0:
		return low;
	case 1:
		return high;
	case 2:
		return low + span / 2;
	default:
		return low + rnd(q, span > 2000 ? 2000 : (uint32_t)span + 1);
	}
}

static void put_bytes(struct nl_req *q, unsigned int type, const char *name)
{
	static const struct sock_filter all[] = { BPF_STMT(BPF_RET | BPF_K, 0xffff) };
	static const struct sock_filter tcp[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 6, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	static const unsigned char lo[16] = { 127, 0, 0, 1 };
	unsigned char noise[256];
	size_t i;

	if (strcmp(name, "filter")) {
		put_raw(q, type, lo, one_in(q, 8) ? 16 : 4);
		return;
	}
	for (i = 0; i < sizeof(noise); i++)
		noise[i] = (unsigned char)rnd(q, 256);
	switch (rnd(q, 8)) {
	case 0:
		put_raw(q, type, NULL, 0);
		break;
	case 1:
	case 2:
		put_raw(q, type, noise, 8 * rnd(q, 33));
		break;
	case 3:
		put_raw(q, type, noise, rnd(q, 257));
		break;
	case 4:
		put_raw(q, type, tcp, sizeof(tcp));
		break;
	default:
		put_raw(q, type, all, sizeof(all));
	}
}

static void put_attr(struct nl_req *q, int set, unsigned int type);

static void put_nest(struct nl_req *q, const struct nl_attr *a, unsigned int type)
{
	size_t at = q->len, i;
	uint16_t len;

	put_raw(q, type | NLA_F_NESTED, NULL, 0);
	if (q->len == at)
		return;
	for (i = 1; i < nl_set_of[a->nest].n; i++)
		if (!one_in(q, 12))
			put_attr(q, a->nest, (unsigned int)i);
	len = (uint16_t)(q->len - at);
	memcpy(q->p + at, &len, sizeof(len));
}

static void put_attr(struct nl_req *q, int set, unsigned int type)
{
	const struct nl_attr *a = nl_attr_find(set, type);
	uint32_t half;
	uint64_t v;

	if (!a || (set != nl_top && !nl_names_socket(a->name) && !one_in(q, 40)))
		return;
	v = number(q, a->low, a->high);
	if (!strcmp(a->name, "family"))
		v = one_in(q, 8) ? 6 : 4;
	else if (!strcmp(a->name, "lport") || !strcmp(a->name, "rport"))
		v = one_in(q, 4) ? rnd(q, 65536) : 7100 + rnd(q, 2);
	else if (!strcmp(a->name, "ifindex"))
		v = rnd(q, 3);
	switch (a->kind) {
	case NL_U32:
	case NL_S32:
		half = (uint32_t)v;
		put_raw(q, type, &half, sizeof(half));
		break;
	case NL_U64:
		put_raw(q, type, &v, 8);
		break;
	case NL_NEST:
		put_nest(q, a, type);
		break;
	case NL_STRING:
		put_raw(q, type, "word", 5);
		break;
	case NL_BINARY:
		put_bytes(q, type, a->name);
		break;
	default:
		put_raw(q, type, NULL, 0);
	}
}

/* an operation: start and stop cost the kernel a grace period, so they are rarer */
static const struct nl_op *choose(struct nl_req *q)
{
	const struct nl_op *op;

	do
		op = &nl_op_of[rnd(q, (uint32_t)nl_op_count)];
	while (op->event ||
	       ((!strcmp(op->name, "start") || !strcmp(op->name, "stop")) && !one_in(q, 6)));
	return op;
}

static void sound(struct nl_req *q)
{
	const struct nl_op *op = choose(q);
	size_t at = q->len;
	unsigned int type;

	begin(q, op->cmd, one_in(q, 4) ? 0 : NLM_F_ACK);
	for (type = 1; type < 64; type++)
		if (op->ask >> type & 1 && one_in(q, op->ask & (op->ask - 1) ? 4 : 2))
			put_attr(q, nl_top, type);
	set_len(q, at);
}

/* ---- spoiling ---------------------------------------------------------------- */

/* where the attributes of the message at @at begin: how many there are */
static size_t attrs_of(const struct nl_req *q, size_t at, size_t *where)
{
	size_t n = 0, p = at + HEADERS;
	struct nlattr a;

	while (n < ATTR_MAX && p + NLA_HDRLEN <= q->len) {
		memcpy(&a, q->p + p, sizeof(a));
		if (a.nla_len < NLA_HDRLEN || p + a.nla_len > q->len)
			break;
		where[n++] = p;
		p += NLA_ALIGN(a.nla_len);
	}
	return n;
}

static void put16(unsigned char *p, uint32_t v)
{
	uint16_t half = (uint16_t)v;

	memcpy(p, &half, sizeof(half));
}

/* 4 bytes cut out of or put into what is at @p; the lengths that count it are not told */
static void move(struct nl_req *q, size_t p, bool grow)
{
	if (grow && q->len + 4 <= ROOM) {
		memmove(q->p + p + 4, q->p + p, q->len - p);
		q->len += 4;
	} else if (!grow && q->len >= p + 4) {
		memmove(q->p + p, q->p + p + 4, q->len - p - 4);
		q->len -= 4;
	}
}

/* just beyond what the specification has, or something that is odd for anybody */
static uint32_t odd_value(struct nl_req *q, unsigned int type)
{
	static const uint32_t odd[] = { 0,   1,	   2,	       3,	   15,
					255, 4097, 0x7fffffff, 0x80000000, 0xffffffff };
	const struct nl_attr *a = nl_attr_find(nl_top, type & NLA_TYPE_MASK);

	if (!a || a->kind != NL_U32 || one_in(q, 3))
		return odd[rnd(q, sizeof(odd) / sizeof(*odd))];
	return (uint32_t)(a->low && one_in(q, 2) ? a->low - 1 : a->high + 1);
}

static void spoil_attr(struct nl_req *q, size_t at)
{
	size_t where[ATTR_MAX], n = attrs_of(q, at, where), p;
	unsigned char copy[512];
	struct nlattr a;
	uint32_t v;

	if (!n)
		return;
	p = where[rnd(q, (uint32_t)n)];
	memcpy(&a, q->p + p, sizeof(a));
	switch (rnd(q, 8)) {
	case 0: /* a length that is not its own */
		put16(q->p + p, one_in(q, 2) ? rnd(q, 65536) : a.nla_len + rnd(q, 9) - 4);
		break;
	case 1: /* another attribute */
		put16(q->p + p + 2, one_in(q, 2) ? rnd(q, 65536) : rnd(q, 40));
		break;
	case 2: /* nested, or in network order, or not */
		put16(q->p + p + 2,
		      a.nla_type ^ (one_in(q, 2) ? NLA_F_NESTED : NLA_F_NET_BYTEORDER));
		break;
	case 3: /* a value */
		v = odd_value(q, a.nla_type);
		if (a.nla_len >= NLA_HDRLEN + 4)
			memcpy(q->p + p + NLA_HDRLEN, &v, sizeof(v));
		break;
	case 4: /* twice */
		if (a.nla_len <= sizeof(copy)) {
			memcpy(copy, q->p + p, a.nla_len);
			put_raw(q, a.nla_type, copy + NLA_HDRLEN, a.nla_len - NLA_HDRLEN);
		}
		break;
	case 5: /* longer, and so said */
		move(q, p + NLA_HDRLEN, true);
		put16(q->p + p, a.nla_len + 4u);
		break;
	case 6: /* shorter, and so said */
		move(q, p + NLA_HDRLEN, false);
		put16(q->p + p, a.nla_len - 4u);
		break;
	default: /* gone */
		while (a.nla_len >= 4 && q->len > p + 4) {
			move(q, p, false);
			a.nla_len -= 4;
		}
	}
	set_len(q, at);
}

/* nests in nests, of the same attribute, to a depth that nobody expects */
static void spoil_nest(struct nl_req *q, size_t at)
{
	unsigned int depth = 1 + rnd(q, 200), type = rnd(q, 32), i;
	size_t first = q->len;

	for (i = 0; i < depth && q->len + NLA_HDRLEN <= ROOM; i++) {
		put16(q->p + q->len, (depth - i) * NLA_HDRLEN);
		put16(q->p + q->len + 2, type | NLA_F_NESTED);
		q->len += NLA_HDRLEN;
	}
	if (q->len > first)
		set_len(q, at);
}

static void spoil_long(struct nl_req *q, size_t at)
{
	unsigned int times = 1 + rnd(q, 1500), type = 1 + rnd(q, 32);
	uint32_t v = rnd(q, 5000);

	while (times--)
		put_raw(q, one_in(q, 50) ? rnd(q, 40) : type, &v, 4);
	set_len(q, at);
}

static void spoil_head(struct nl_req *q, size_t at)
{
	uint32_t len;

	memcpy(&len, q->p + at, sizeof(len));
	switch (rnd(q, 8)) {
	case 0:
		len = one_in(q, 2) ? rnd(q, 64) : len + rnd(q, 17) - 8;
		memcpy(q->p + at, &len, sizeof(len));
		break;
	case 1:
		put16(q->p + at + 4,
		      one_in(q, 2) ? rnd(q, NLMSG_MIN_TYPE) : UNUSED_MIN + rnd(q, 5000));
		break;
	case 2:
		put16(q->p + at + 6, rnd(q, 65536));
		break;
	case 3:
		put16(q->p + at + 6, NLM_F_REQUEST | NLM_F_DUMP | (one_in(q, 2) ? NLM_F_ACK : 0));
		break;
	case 4:
		put16(q->p + at + 6, NLM_F_REQUEST | NLM_F_ACK | 1u << rnd(q, 16));
		break;
	case 5:
		q->p[at + NLMSG_HDRLEN] = (unsigned char)rnd(q, one_in(q, 2) ? 256 : 16);
		break;
	case 6:
		q->p[at + NLMSG_HDRLEN + 1] = (unsigned char)rnd(q, 256);
		break;
	default:
		put16(q->p + at + NLMSG_HDRLEN + 2, rnd(q, 65536));
	}
}

static void spoil(struct nl_req *q, size_t at)
{
	uint32_t i;

	switch (rnd(q, 16)) {
	case 0:
		spoil_long(q, at);
		break;
	case 1:
		spoil_nest(q, at);
		break;
	case 2: /* cut, wherever that is */
		q->len = at + rnd(q, (uint32_t)(q->len - at) + 1);
		break;
	case 3: /* noise */
		for (i = 1 + rnd(q, 4); i && q->len > at; i--)
			q->p[at + rnd(q, (uint32_t)(q->len - at))] = (unsigned char)rnd(q, 256);
		break;
	case 4: /* an attribute that does not belong there */
		put_attr(q, nl_top, rnd(q, (uint32_t)nl_set_of[nl_top].n));
		set_len(q, at);
		break;
	case 5:
	case 6:
	case 7:
	case 8:
		spoil_head(q, at);
		break;
	default:
		spoil_attr(q, at);
	}
}

void nl_req_make(struct nl_req *q, unsigned int chance)
{
	unsigned int messages = one_in(q, 10) ? 1 + rnd(q, BATCH_MAX) : 1, times;
	size_t at;

	q->len = 0;
	while (messages--) {
		at = q->len;
		sound(q);
		if (rnd(q, 1000) >= chance)
			continue;
		for (times = 1 + rnd(q, 3); times; times--)
			if (q->len >= at + HEADERS)
				spoil(q, at);
		if (q->len < at + HEADERS)
			return;
		/* the next one begins where the kernel looks for it, mostly */
		q->len = NLMSG_ALIGN(q->len);
	}
}
