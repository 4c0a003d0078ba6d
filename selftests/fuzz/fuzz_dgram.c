// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_dgram.c - the model against any datagrams, fragments, echoes and ICMP errors
 *
 * Input:	byte 0: how the model keeps; then 8 bytes for each event: a packet of one
 *		of four conversations at one of three places, whole or a fragment, in
 *		IPv4 or IPv6.
 * Checks:	it ends; pieces are in order and lie in what they are pieces of; what is
 *		missing is not there; arrows that errors and replies name came before
 *		them; nothing is delivered twice.
 */
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/model.h"

#define EVENT 8

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "dgram: %s\n", what);
	abort();
}

static void pieces(const struct nt_fragments *f)
{
	uint32_t i, from = 0, to, last = 0, missing = 0, n = 0;

	must(f->npiece <= NT_FRAGMENTS_MAX && f->npiece <= f->n, "pieces from nowhere");
	for (i = 0; i < f->npiece; i++) {
		must(f->piece[i].off >= last, "pieces out of order");
		last = f->piece[i].off;
	}
	must(!f->total || f->have <= f->total, "more octets than there are");
	while (nt_fragments_hole(f, &from, &to)) {
		must(n++ <= f->npiece, "holes without end");
		if (!to)
			return;
		must(from < to, "a hole of nothing");
		missing += to - from;
		from = to;
	}
	if (f->n == f->npiece && f->total && !f->conflict && nt_fragments_whole(f))
		must(!missing, "whole, but for what is missing");
}

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	const struct nt_fragments *f;
	const struct nt_arrow *a;
	uint64_t *items = arg;
	bool whole;

	(void)m;
	++*items;
	if (it->type != NT_ITEM_ARROW)
		return;
	a = it->arrow;
	must(a->nsight && a->nsight <= NT_SIGHTINGS_MAX, "sightings");
	must(a->nmark <= NT_MARKS_MAX, "marks");
	must(a->about < a->n && a->request < a->n, "it is about what comes after it");
	must(nt_arrow_rtt(a, &whole) < (int64_t)1 << 40, "a time without end");
	for (f = a->frags; f; f = f->next)
		pieces(f);
}

static void fragment(struct nettrace_packet *p, uint8_t b)
{
	uint16_t len = 8 * (1 + (b >> 5));

	p->flags |= NETTRACE_PKT_FRAGMENT;
	p->frag_off = 8 * (b & 0xf);
	if (b & 0x10)
		p->flags |= NETTRACE_PKT_MORE_FRAGS;
	p->payload = len;
	p->len = len + 20;
	if (p->frag_off) {
		p->flags &= ~NETTRACE_PKT_L4;
		p->sport = p->dport = 0;
	} else {
		p->payload -= 8;
	}
}

static void error(struct nettrace_packet *p, uint8_t b)
{
	bool v6 = p->hdr.family == NETTRACE_IPV6;

	memcpy(p->inner_src, p->dst, sizeof(p->inner_src));
	memcpy(p->inner_dst, p->src, sizeof(p->inner_dst));
	p->inner_proto = b & 1 ? IPPROTO_UDP : v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	p->inner_sport = b & 1 ? p->dport : 7;
	p->inner_dport = b & 1 ? p->sport : 7;
	p->proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	p->icmp_type = b >> 1 & 15;
	p->icmp_code = b >> 5;
	p->icmp_id = b >> 3 & 7;
	p->tsval = b & 3;
	p->flags |= NETTRACE_PKT_INNER;
}

static void packet(struct nt_event *ev, const uint8_t *b)
{
	static const uint8_t hooks[] = { NETTRACE_LOCAL_OUT, NETTRACE_FORWARD, NETTRACE_LOCAL_IN,
					 NETTRACE_PRE_ROUTING };
	struct nettrace_packet *p = &ev->rec.packet;
	int from = b[0] & 1;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = b[0] & 2 ? NETTRACE_IPV6 : NETTRACE_IPV4;
	p->hook = hooks[b[0] >> 2 & 3];
	p->proto = IPPROTO_UDP;
	p->flags = NETTRACE_PKT_L4;
	p->src[0] = p->dst[0] = 10;
	p->src[3] = (uint8_t)(1 + from);
	p->dst[3] = (uint8_t)(2 - from);
	p->sport = from ? 53 : 1000 + (b[1] & 1);
	p->dport = from ? 1000 + (b[1] & 1) : 53;
	p->ip_id = b[1] >> 1 & 7;
	p->payload = b[2];
	p->len = 28 + b[2];
	p->ttl = 64;
	if (b[1] & 0x10) { /* an echo */
		bool v6 = p->hdr.family == NETTRACE_IPV6;

		p->proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
		p->icmp_type = (uint8_t)(v6 ? 128 + from : 8 * !from);
		p->icmp_id = 7;
		p->icmp_info = b[3] & 3;
		p->sport = p->dport = 0;
	} else if (b[1] & 0x20) {
		error(p, b[3]);
	} else if (b[1] & 0x40) {
		p->proto = b[3];
		p->flags = 0;
	}
	if (b[1] & 0x80)
		fragment(p, b[4]);
}

static void run(const uint8_t *data, size_t size, bool no_items, unsigned int keep)
{
	uint64_t items = 0;
	struct nt_observer obs = { .item = on_item, .arg = &items };
	struct nt_model_policy policy = {
		.no_items = no_items,
		.keep_over = keep & 2,
		.one_place = keep & 16,
		.eager = no_items && keep & 16 && keep & 32,
	};
	struct nt_model *m = nt_model_new(keep & 8 ? 0 : 1000000, &obs);
	size_t at, events = 0;
	int64_t t = 1000000000;
	struct nt_event ev;

	must(m != NULL, "no memory");
	nt_model_policy(m, &policy);
	if (keep & 64 && !no_items)
		nt_model_prompt(m, 100000);
	for (at = 0; at + EVENT <= size; at += EVENT) {
		const uint8_t *b = data + at;

		memset(&ev, 0, sizeof(ev));
		/* up to hours, so that silence ends conversations */
		t += (int64_t)b[6] * (b[7] & 1 ? 1000000000 : b[7] & 2 ? 1000000 : 100);
		ev.t = b[7] == 0xfe ? t - 500000 : t;
		ev.source = b[0] >> 5 & 3;
		packet(&ev, b);
		must(!nt_model_feed(m, &ev), "no memory");
		nt_model_advance(m, t);
		if (++events % 8 == 0)
			nt_model_forget(m, 50000000000);
	}
	nt_model_finish(m);
	must(!nt_model_pending(m), "something is left");
	for (at = 0; at < nt_model_nconv(m); at++)
		must(nt_model_conv(m, at)->opened < NT_OPEN_MAX, "an end that is none");
	nt_model_free(m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1 + EVENT || size > 1 << 14)
		return 0;
	run(data + 1, size - 1, false, data[0]);
	run(data + 1, size - 1, true, data[0]);
	return 0;
}
