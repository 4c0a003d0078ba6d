// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_store.c - what nettraced keeps: the bound holds, the counts are
 * exact, what goes is what should, and whoever missed it is told
 */
#include <netinet/in.h>

#include "../../userspace/daemon_store.h"
#include "support.h"

#define MIB (1024u * 1024)

static uint64_t seed = 88172645463325252ull;

/* xorshift: the same in each run */
static uint32_t roll(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)(seed >> 11) % n;
}

static struct nt_event blank(uint8_t type)
{
	static uint64_t seq;
	struct nt_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.t = (int64_t)(1000000 + seq * 1000);
	ev.rec.hdr.time = 1000 + seq * 1000;
	ev.rec.hdr.seq = seq++;
	ev.rec.hdr.type = type;
	return ev;
}

/* connection number @n, from its client or back */
static struct nt_event segment(uint32_t n, bool back, uint16_t flags)
{
	struct nt_event ev = blank(NETTRACE_PACKET);
	struct nettrace_packet *p = &ev.rec.packet;
	uint32_t client = htonl(0x0a000000 + n), server = htonl(0x0a800001);

	p->hdr.family = NETTRACE_IPV4;
	p->proto = IPPROTO_TCP;
	p->flags = NETTRACE_PKT_L4;
	p->tcp_flags = flags;
	memcpy(back ? p->dst : p->src, &client, 4);
	memcpy(back ? p->src : p->dst, &server, 4);
	p->sport = back ? 80 : 40000;
	p->dport = back ? 40000 : 80;
	return ev;
}

static struct nt_event transition(uint32_t n, uint8_t kind, uint8_t what)
{
	struct nt_event ev = blank(NETTRACE_STATE);
	struct nettrace_state *s = &ev.rec.state;
	uint32_t client = htonl(0x0a000000 + n), server = htonl(0x0a800001);

	s->hdr.family = NETTRACE_IPV4;
	s->kind = kind;
	s->what = what;
	memcpy(s->local, &client, 4);
	memcpy(s->remote, &server, 4);
	s->lport = 40000;
	s->rport = 80;
	s->sk_id = n + 1;
	return ev;
}

static void add(struct ntd_store *s, struct nt_event ev)
{
	ntd_store_add(s, &ev);
}

/* a SYN and its answer, as in a flood */
static void half(struct ntd_store *s, uint32_t n)
{
	add(s, segment(n, false, NETTRACE_TH_SYN));
	add(s, segment(n, true, NETTRACE_TH_SYN | NETTRACE_TH_ACK));
}

static void opened(struct ntd_store *s, uint32_t n)
{
	half(s, n);
	add(s, segment(n, false, NETTRACE_TH_ACK));
}

static void whole(struct ntd_store *s, uint32_t n)
{
	opened(s, n);
	add(s, segment(n, false, NETTRACE_TH_FIN | NETTRACE_TH_ACK));
	add(s, segment(n, true, NETTRACE_TH_FIN | NETTRACE_TH_ACK));
}

/* some of its payload was kept: bytes that go by its number, as many as .payload says */
static struct nt_event with_bytes(struct nt_event ev)
{
	static uint8_t all[256 + 400];
	unsigned int i;

	for (i = 0; i < sizeof(all); i++)
		all[i] = (uint8_t)i;
	ev.nbytes = 1 + roll(400);
	ev.bytes = all + (uint8_t)ev.rec.hdr.seq;
	ev.rec.packet.payload = ev.nbytes;
	return ev;
}

static void expect_bytes(const struct ntd_cursor *c, const struct nt_rf_event *ev)
{
	unsigned int i;

	assert_int_equal(c->nbytes,
			 ev->rec.hdr.type == NETTRACE_PACKET ? ev->rec.packet.payload : 0);
	for (i = 0; i < c->nbytes; i++)
		assert_int_equal(c->bytes[i], (uint8_t)(ev->rec.hdr.seq + i));
}

/* what a reader of all gets: events, and the sum of its gaps */
struct got {
	uint64_t events, lost, gaps;
	int64_t last_t;
};

static void drain(struct ntd_store *s, struct ntd_cursor *c, uint64_t most, struct got *g)
{
	struct nt_rf_event ev;

	while (most-- && ntd_cursor_next(s, c, UINT64_MAX, &ev)) {
		assert_true(ev.t >= g->last_t - 1);
		expect_bytes(c, &ev);
		g->last_t = ev.t;
		if (ev.rec.hdr.type == NETTRACE_GAP) {
			g->gaps++;
			g->lost += ev.rec.gap.lost;
		} else {
			g->events++;
		}
	}
}

static struct got read_all(struct ntd_store *s)
{
	struct got g = { 0 };
	struct ntd_cursor c;

	ntd_cursor_init(s, &c, true);
	drain(s, &c, UINT64_MAX, &g);
	assert_false(ntd_cursor_has(&c, UINT64_MAX));
	ntd_cursor_done(s, &c);
	return g;
}

static bool holds(struct ntd_store *s, uint32_t n)
{
	struct nt_rf_event ev;
	struct ntd_cursor c;
	bool found = false;
	uint32_t client = htonl(0x0a000000 + n);

	ntd_cursor_init(s, &c, true);
	while (ntd_cursor_next(s, &c, UINT64_MAX, &ev))
		found |= ev.rec.hdr.type == NETTRACE_PACKET &&
			 (!memcmp(ev.rec.packet.src, &client, 4) ||
			  !memcmp(ev.rec.packet.dst, &client, 4));
	ntd_cursor_done(s, &c);
	return found;
}

static void test_order(void **state)
{
	struct ntd_store *s = ntd_store_new(4 * MIB);
	const struct ntd_counts *n = ntd_store_counts(s);
	struct nt_rf_event ev;
	struct ntd_cursor c;
	uint64_t last = 0;
	uint32_t i;

	(void)state;
	for (i = 0; i < 100; i++)
		whole(s, i % 7);
	assert_int_equal(n->received, 500);
	assert_int_equal(n->events, 500);
	assert_int_equal(n->conversations, 7);
	assert_int_equal(n->evicted, 0);
	ntd_cursor_init(s, &c, true);
	for (i = 0; ntd_cursor_next(s, &c, UINT64_MAX, &ev); i++) {
		assert_int_equal(ev.rec.hdr.type, NETTRACE_PACKET);
		assert_true(!i || ev.rec.hdr.seq == last + 1);
		last = ev.rec.hdr.seq;
	}
	assert_int_equal(i, 500);
	ntd_cursor_done(s, &c);
	ntd_store_free(s);
}

/* closed before waiting before open; the longest silent first */
static void test_who_goes(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	const struct ntd_counts *n = ntd_store_counts(s);
	uint32_t i;

	(void)state;
	add(s, segment(1, false, NETTRACE_TH_SYN)); /* stays open */
	whole(s, 2);				    /* in TIME-WAIT */
	add(s, transition(2, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN));
	whole(s, 3); /* closed, silent for long */
	for (i = 100; !n->evicted_conversations; i++)
		whole(s, i);
	assert_false(holds(s, 3));
	assert_true(holds(s, 100)); /* closed later */
	while (holds(s, 100))
		whole(s, i++);
	assert_true(holds(s, 1));
	assert_true(holds(s, 2));
	for (; i < 3000; i++)
		whole(s, i);
	assert_true(holds(s, 1));
	assert_true(holds(s, 2));
	/* only open ones come: the waiting one goes when no closed one is left */
	for (; i < 20000 && holds(s, 2); i++)
		opened(s, i);
	assert_false(holds(s, 2));
	assert_true(holds(s, 1));
	/* a word from it, and it is not the longest silent any more */
	add(s, segment(1, true, NETTRACE_TH_ACK));
	for (; i < 24000; i++)
		opened(s, i);
	assert_false(holds(s, 1));
	assert_int_equal(n->received, n->events + n->evicted);
	ntd_store_free(s);
}

/* a flood of SYNs pushes out SYNs, and nothing that really happened */
static void test_flood(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	const struct ntd_counts *n = ntd_store_counts(s);
	uint32_t i;

	(void)state;
	for (i = 1; i <= 100; i++)
		whole(s, i);
	opened(s, 101);
	for (i = 1000; i < 21000; i++) {
		half(s, i);
		if (i % 2)
			add(s, segment(i, true, NETTRACE_TH_RST | NETTRACE_TH_ACK));
		if (i == 15000) { /* meets the flood, is slow, and gets through */
			half(s, 102);
			half(s, 103);
		}
		if (i == 15100) {
			add(s, segment(102, false, NETTRACE_TH_ACK));
			add(s, transition(103, NETTRACE_SK_FULL, NETTRACE_CHANGE));
		}
	}
	for (i = 1; i <= 103; i++)
		assert_true(holds(s, i));
	assert_true(holds(s, 20999));
	assert_false(holds(s, 1000));
	assert_true(n->bytes < NTD_LIMIT_MIN / 4 + 103 * 5 * 600);
	assert_int_equal(n->received, n->events + n->evicted);
	ntd_store_free(s);
}

/* the end of a TIME-WAIT whose conversation is gone makes no new one */
static void test_late_end(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	const struct ntd_counts *n = ntd_store_counts(s);

	(void)state;
	add(s, transition(1, NETTRACE_SK_TIMEWAIT, NETTRACE_END));
	assert_int_equal(n->conversations, 0);
	assert_int_equal(read_all(s).events, 1);
	ntd_store_free(s);
}

/* what a socket did before its other end was known goes with its conversation */
static void test_join(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	const struct ntd_counts *n = ntd_store_counts(s);
	struct nt_event ev;
	uint32_t i;

	(void)state;
	ev = transition(1, NETTRACE_SK_FULL, NETTRACE_CHANGE);
	ev.rec.state.lport = 0;
	ev.rec.state.new_state = NETTRACE_TCP_SYN_SENT;
	add(s, ev);
	assert_int_equal(n->conversations, 1);
	add(s, segment(1, false, NETTRACE_TH_SYN));
	assert_int_equal(n->conversations, 2);
	add(s, transition(1, NETTRACE_SK_FULL, NETTRACE_CHANGE));
	assert_int_equal(n->conversations, 1);
	add(s, segment(1, true, NETTRACE_TH_RST));
	for (i = 2; holds(s, 1); i++)
		whole(s, i);
	/* all four of it, and nothing else */
	assert_int_equal(n->evicted, 4);
	assert_int_equal(n->evicted_conversations, 1);
	ntd_store_free(s);
}

/* the beginning and the end of a long one are kept, the middle is a gap */
static void test_trim(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	const struct ntd_counts *n = ntd_store_counts(s);
	struct nt_rf_event ev;
	struct ntd_cursor c, early;
	struct got g = { 0 }, e = { 0 };
	uint64_t first = 0, last = 0;
	uint32_t i;

	(void)state;
	ntd_cursor_init(s, &early, true);
	add(s, segment(1, false, NETTRACE_TH_SYN));
	add(s, segment(2, false, NETTRACE_TH_SYN));
	for (i = 2; i < 10000; i++) {
		add(s, segment(1, i & 1, NETTRACE_TH_ACK));
		if (i == 5000) /* it has come into the middle */
			drain(s, &early, 100, &e);
	}
	assert_int_equal(n->conversations, 2);
	assert_int_equal(n->evicted_conversations, 0);
	assert_true(n->trimmed > 8000);
	assert_int_equal(n->trimmed, n->evicted);
	assert_true(n->bytes < NTD_LIMIT_MIN / 2);
	ntd_cursor_init(s, &c, true);
	for (i = 0; ntd_cursor_next(s, &c, UINT64_MAX, &ev); i++) {
		if (ev.rec.hdr.type == NETTRACE_GAP) {
			g.gaps++;
			g.lost += ev.rec.gap.lost;
			assert_int_equal(i, NTD_HEAD + 1); /* and one of the other */
			continue;
		}
		if (!g.events++)
			first = ev.rec.hdr.seq;
		last = ev.rec.hdr.seq;
	}
	assert_int_equal(g.gaps, 1);
	assert_int_equal(g.lost, n->trimmed);
	assert_int_equal(g.events + g.lost, 10000);
	assert_int_equal(last - first + 1, 10000);
	ntd_cursor_done(s, &c);
	drain(s, &early, UINT64_MAX, &e);
	assert_int_equal(e.events + e.lost, 10000);
	ntd_cursor_done(s, &early);
	ntd_store_free(s);
}

/* a reader that is overtaken is told how much it missed; one that keeps up, nothing */
static void test_overtaken(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	struct ntd_cursor slow, quick, late;
	struct got a = { 0 }, b = { 0 }, l = { 0 };
	uint32_t i;

	(void)state;
	ntd_cursor_init(s, &slow, false);
	ntd_cursor_init(s, &quick, false);
	for (i = 0; i < 10000; i++) {
		whole(s, i);
		drain(s, &quick, UINT64_MAX, &b);
		if (i == 10)
			drain(s, &slow, 20, &a);
	}
	assert_int_equal(b.events, 50000);
	assert_int_equal(b.gaps, 0);
	assert_int_equal(a.events, 20);
	drain(s, &slow, UINT64_MAX, &a);
	assert_int_equal(a.events + a.lost, 50000);
	assert_int_equal(a.gaps, 1);
	/* live only: what went before it is not its loss */
	ntd_cursor_init(s, &late, false);
	whole(s, i);
	drain(s, &late, UINT64_MAX, &l);
	assert_int_equal(l.events, 5);
	assert_int_equal(l.gaps, 0);
	ntd_cursor_done(s, &slow);
	ntd_cursor_done(s, &quick);
	ntd_cursor_done(s, &late);
	ntd_store_free(s);
}

static void test_limit_lowered(void **state)
{
	struct ntd_store *s = ntd_store_new(8 * MIB);
	const struct ntd_counts *n = ntd_store_counts(s);
	uint32_t i;

	(void)state;
	for (i = 0; i < 4000; i++)
		whole(s, i);
	assert_int_equal(n->evicted, 0);
	ntd_store_limit(s, 2 * MIB);
	assert_true(n->bytes <= 2 * MIB);
	assert_true(n->evicted > 0);
	assert_int_equal(n->received, n->events + n->evicted);
	assert_int_equal(read_all(s).lost, n->evicted);
	ntd_store_free(s);
}

/* streams may be given to others when nothing of them is held or owed */
static void test_idle(void **state)
{
	struct ntd_store *s = ntd_store_new(NTD_LIMIT_MIN);
	struct nt_event ev = segment(1, false, NETTRACE_TH_RST);
	struct ntd_cursor c;
	struct got g = { 0 };
	uint32_t i;

	(void)state;
	assert_true(ntd_store_idle(s, 3));
	ev.source = 3;
	ntd_cursor_init(s, &c, false);
	add(s, ev);
	assert_false(ntd_store_idle(s, 3));
	for (i = 2; holds(s, 1); i++)
		whole(s, i);
	assert_false(ntd_store_idle(s, 3)); /* the cursor has not been told */
	drain(s, &c, UINT64_MAX, &g);
	assert_true(ntd_store_idle(s, 3));
	ntd_cursor_done(s, &c);
	ntd_store_free(s);
}

/* anything that may come, in any order */
static struct nt_event any(uint64_t *ring_lost)
{
	uint32_t n = roll(2000);
	struct nt_event ev;

	switch (roll(12)) {
	case 0:
		ev = segment(n, false, NETTRACE_TH_SYN);
		break;
	case 1:
		ev = segment(n, roll(2), NETTRACE_TH_FIN | NETTRACE_TH_ACK);
		break;
	case 2:
		ev = segment(n, roll(2), NETTRACE_TH_RST);
		break;
	case 3:
		ev = transition(n, NETTRACE_SK_TIMEWAIT, roll(2) ? NETTRACE_BEGIN : NETTRACE_END);
		break;
	case 4:
		ev = transition(n, NETTRACE_SK_FULL, NETTRACE_CHANGE);
		ev.rec.state.lport = roll(2) ? 40000 : 0;
		ev.rec.state.new_state = (uint8_t)roll(__NETTRACE_TCP_STATE_MAX);
		ev.rec.state.old_state = (uint8_t)roll(__NETTRACE_TCP_STATE_MAX);
		break;
	case 5:
		ev = blank(NETTRACE_PACKET);
		ev.rec.hdr.family = NETTRACE_ARP;
		break;
	case 6:
		ev = blank(NETTRACE_GAP);
		if (!roll(20)) {
			ev.rec.gap.lost = roll(50);
			*ring_lost += ev.rec.gap.lost;
		}
		break;
	default: /* a few talk much */
		ev = segment(roll(4), roll(2), NETTRACE_TH_ACK);
		break;
	}
	if (ev.rec.hdr.type == NETTRACE_PACKET && !roll(3))
		ev = with_bytes(ev);
	ev.source = roll(3);
	ev.rec.hdr.cpu = (uint16_t)roll(4);
	return ev;
}

static void test_random(void **state)
{
	struct ntd_store *s = ntd_store_new(2 * MIB);
	const struct ntd_counts *n = ntd_store_counts(s);
	struct ntd_cursor c[8];
	struct got g[8];
	uint64_t lost = 0, base[8], lost_base[8], all = 0, total;
	uint32_t i, k;

	(void)state;
	for (k = 0; k < 8; k++) {
		memset(&g[k], 0, sizeof(g[k]));
		ntd_cursor_init(s, &c[k], k & 1);
		base[k] = 0;
		lost_base[k] = 0;
	}
	for (i = 0; i < 300000; i++) {
		struct nt_event ev = any(&lost);

		all += ev.rec.hdr.type != NETTRACE_GAP;
		ntd_store_add(s, &ev);
		assert_true(n->bytes <= n->limit);
		if (!roll(50)) { /* each at a pace of its own, the last ones never */
			k = roll(6);
			drain(s, &c[k], roll(100 << k), &g[k]);
		}
		if (!roll(20000)) { /* leave, and come back */
			k = roll(6);
			ntd_cursor_done(s, &c[k]);
			memset(&g[k], 0, sizeof(g[k]));
			ntd_cursor_init(s, &c[k], k & 1);
			base[k] = k & 1 ? 0 : all;
			lost_base[k] = k & 1 ? 0 : lost;
		}
		if (!roll(50000))
			ntd_store_limit(s, (1 + roll(4)) * MIB);
	}
	assert_int_equal(n->received, all);
	assert_int_equal(n->lost, lost);
	assert_int_equal(n->received, n->events + n->evicted);
	assert_true(n->evicted > 100000);
	for (k = 0; k < 8; k++) {
		drain(s, &c[k], UINT64_MAX, &g[k]);
		assert_false(c[k].broken);
		total = g[k].events + g[k].lost;
		if (total != all - base[k] + lost - lost_base[k])
			fail_msg("cursor %u: %llu events, %llu lost, of %llu + %llu", k,
				 (unsigned long long)g[k].events, (unsigned long long)g[k].lost,
				 (unsigned long long)(all - base[k]),
				 (unsigned long long)(lost - lost_base[k]));
		ntd_cursor_done(s, &c[k]);
	}
	ntd_store_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_who_goes),
		cmocka_unit_test(test_late_end),      cmocka_unit_test(test_join),
		cmocka_unit_test(test_trim),	      cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_limit_lowered), cmocka_unit_test(test_idle),
		cmocka_unit_test(test_random),	      cmocka_unit_test(test_flood),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
