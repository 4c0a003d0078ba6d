// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_track.c - tracker, marks, pairing and model against any segments
 *
 * Input:	byte 0: how the model keeps; then 12 bytes for each event: a segment
 *		of one of four conversations at one of three places, with numbers
 *		near those of the stream, or a step of a socket.
 * Checks:	it ends; states are states; numbers of arrows count up; what is
 *		marked has a reason and a basis that exist; bytes and segments are
 *		no more than was fed; the model with and without items agrees.
 */
#include <netinet/in.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/model.h"

#define EVENT 12

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct look {
	int64_t t;
	uint32_t n[1024]; /* last arrow of each conversation */
	uint64_t items, sum;
};

static void must(int cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "track: %s\n", what);
	abort();
}

static void arrow(struct look *l, const struct nt_conv *c, const struct nt_arrow *a)
{
	unsigned int i;

	must(a->dir < 2, "a third direction");
	must(a->nsight && a->nsight <= NT_SIGHTINGS_MAX, "sightings");
	must(a->nmark <= NT_MARKS_MAX, "marks");
	for (i = 0; i < a->nmark; i++) {
		must(a->mark[i].name < NT_MARK_MAX, "a mark that is none");
		must(a->mark[i].basis <= NT_INFERRED, "a basis that is none");
	}
	if (c->id < 1024) {
		must(a->n == l->n[c->id] + 1, "arrows are not counted up");
		l->n[c->id] = a->n;
	}
}

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	struct look *l = arg;

	(void)m;
	l->items++;
	l->sum = (l->sum ^ (uint64_t)it->type ^ (uint64_t)it->t) * 0x9e3779b97f4a7c15u;
	if (it->type == NT_ITEM_ARROW)
		arrow(l, it->conv, it->arrow);
	if (it->type == NT_ITEM_TRANSITION) {
		must(it->tr->from < NT_ST_MAX && it->tr->to < NT_ST_MAX, "a state that is none");
		must(it->tr->end < 2, "a third end");
		must(it->tr->basis <= NT_INFERRED, "a basis that is none");
		l->sum += (uint64_t)it->tr->from * 16 + it->tr->to;
	}
}

static void address(struct nettrace_packet *p, unsigned int conv, int from)
{
	uint8_t client[4] = { 10, 0, 0, (uint8_t)(1 + conv / 2) }, server[4] = { 10, 0, 1, 1 };

	memcpy(p->src, from ? server : client, 4);
	memcpy(p->dst, from ? client : server, 4);
	p->sport = from ? 80 : (uint16_t)(1000 + conv % 2);
	p->dport = from ? (uint16_t)(1000 + conv % 2) : 80;
}

/* numbers near the stream's, and near the place where they wrap */
static uint32_t near(uint8_t b, uint8_t fine)
{
	static const uint32_t base[8] = { 0,	       1,	    1000,	 0xfffffff0u,
					  0x7fffffffu, 0x80000000u, 0xffff0000u, 100000 };

	return base[b & 7] + (uint32_t)(b >> 3) * 100 + fine;
}

static void segment(struct nt_event *ev, const uint8_t *b)
{
	static const uint8_t hooks[3] = { NETTRACE_LOCAL_OUT, NETTRACE_CAPTURE, NETTRACE_LOCAL_IN };
	struct nettrace_packet *p = &ev->rec.packet;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_IPV4;
	p->proto = IPPROTO_TCP;
	p->flags = NETTRACE_PKT_L4;
	p->hook = hooks[(b[0] >> 3) % 3];
	address(p, b[0] & 3, b[0] >> 2 & 1);
	p->tcp_flags = b[1];
	p->seq = near(b[2], b[3]);
	p->ack = near(b[4], b[5]);
	p->payload = b[6] < 200 ? b[6] : (b[6] - 200) * 1448u;
	p->window = b[7] ? (uint16_t)(b[7] << 4) : 0;
	p->len = 40 + p->payload;
	p->ttl = 64;
	if (b[8] & 1) {
		p->optflags |= NETTRACE_OPT_TS;
		p->tsval = b[8] >> 3;
		p->tsecr = b[9];
	}
	if (b[8] & 2) {
		p->optflags |= NETTRACE_OPT_WSCALE | NETTRACE_OPT_MSS;
		p->wscale = b[9] & 15;
		p->mss = 1460;
	}
	if (b[8] & 4) {
		p->optflags |= NETTRACE_OPT_SACK;
		p->nsack = 1;
		p->sack[0][0] = near(b[9], b[5]);
		p->sack[0][1] = near(b[10], b[3]);
	}
	p->ip_id = b[10] & 0x1f;
	p->gso_size = b[10] & 0x80 ? 1448 : 0;
	p->gso_segs = (uint16_t)(p->gso_size ? p->payload / 1448 : 0);
}

static void step(struct nt_event *ev, const uint8_t *b)
{
	struct nettrace_state *s = &ev->rec.state;
	struct nettrace_packet p;

	memset(&p, 0, sizeof(p));
	address(&p, b[0] & 3, b[0] >> 2 & 1);
	s->hdr.type = b[1] & 0x80 ? NETTRACE_RESET : NETTRACE_STATE;
	s->hdr.family = NETTRACE_IPV4;
	memcpy(s->local, p.src, sizeof(s->local));
	memcpy(s->remote, p.dst, sizeof(s->remote));
	s->lport = b[1] & 0x40 ? 0 : p.sport;
	s->rport = b[1] & 0x20 ? 0 : p.dport;
	s->kind = b[2] % 8;
	s->what = b[3] % 10;
	s->old_state = b[4] % 16;
	s->new_state = b[5] % 16;
	s->flags = b[6];
	s->end_why = b[7] % 8;
	s->sk_id = b[8] & 7;
	s->syscall = b[9];
	s->pid = b[10];
}

static uint64_t run(const uint8_t *data, size_t size, bool no_items, unsigned int keep)
{
	static struct look l;
	struct nt_observer obs = { .item = on_item, .arg = &l };
	struct nt_model_policy policy = {
		.no_items = no_items,
		.keep_over = keep & 2,
		.one_place = keep & 16,
		.grace_ns = 1000000,
		.open_ns = keep & 4 ? 100000000 : 0,
	};
	struct nt_model *m = nt_model_new(keep & 8 ? 0 : 1000000, &obs);
	struct nt_event ev;
	size_t at, events = 0;
	int64_t t = 1000000000;

	must(m != NULL, "no memory");
	memset(&l, 0, sizeof(l));
	nt_model_policy(m, &policy);
	for (at = 0; at + EVENT <= size; at += EVENT) {
		const uint8_t *b = data + at;

		memset(&ev, 0, sizeof(ev));
		t += (int64_t)b[11] * (b[11] & 1 ? 100000 : 100);
		ev.t = b[11] == 0xfe ? t - 500000 : t;
		ev.source = b[0] >> 6 & 1;
		ev.rec.hdr.time = (uint64_t)ev.t;
		if (b[0] & 0x80)
			step(&ev, b);
		else
			segment(&ev, b);
		must(!nt_model_feed(m, &ev), "no memory");
		nt_model_advance(m, t);
		if (++events % 8 == 0)
			nt_model_forget(m, 50000000);
	}
	nt_model_finish(m);
	for (at = 0; at < nt_model_nconv(m); at++) {
		const struct nt_conv *c = nt_model_conv(m, at);

		must(c->end[0].arrows + c->end[1].arrows <= events, "segments from nowhere");
		must(c->end[0].state < NT_ST_MAX && c->end[1].state < NT_ST_MAX,
		     "a state that is none");
		must(c->opened < NT_OPEN_MAX && c->closed <= NT_CLOSE_OPEN, "an end that is none");
		must(!no_items || !c->nitem, "items that were not to be kept");
		l.sum += c->end[0].bytes * 3 + c->end[1].bytes * 5 + c->completeness;
	}
	nt_model_free(m);
	return l.sum + l.items;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t with, without;

	if (size < 1 + EVENT || size > 1 << 14)
		return 0;
	with = run(data + 1, size - 1, false, data[0]);
	without = run(data + 1, size - 1, true, data[0]);
	must(with == without, "without items it is another story");
	return 0;
}
