// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_dir.c - the sequence space of a direction: what was sent, acknowledged,
 * offered
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>
#include <string.h>

#include "track/dir.h"

#define FIN NETTRACE_TH_FIN
#define SYN NETTRACE_TH_SYN
#define RST NETTRACE_TH_RST
#define ACK NETTRACE_TH_ACK

/* c sends in d[0], s in d[1] */
struct talk {
	struct nt_dir d[2];
	uint32_t isn[2];
};

static struct nettrace_packet segment(const struct talk *t, int from, unsigned int flags,
				      uint32_t seq, uint32_t ack, uint32_t len)
{
	return (struct nettrace_packet){
		.proto = IPPROTO_TCP,
		.tcp_flags = (uint16_t)flags,
		.seq = t->isn[from] + seq,
		.ack = flags & ACK ? t->isn[!from] + ack : 0,
		.payload = len,
		.window = 1000,
	};
}

static uint32_t pass(struct talk *t, int from, const struct nettrace_packet *p)
{
	nt_dir_base(&t->d[from], &t->d[!from], p);
	return nt_dir_pass(&t->d[from], &t->d[!from], p);
}

/* numbers are relative to the initial ones; returns the new bytes */
static uint32_t say(struct talk *t, int from, unsigned int flags, uint32_t seq, uint32_t ack,
		    uint32_t len)
{
	struct nettrace_packet p = segment(t, from, flags, seq, ack, len);

	return pass(t, from, &p);
}

static void say_ts(struct talk *t, int from, uint32_t seq, uint32_t ack, uint32_t len, uint32_t ts)
{
	struct nettrace_packet p = segment(t, from, ACK, seq, ack, len);

	p.optflags = NETTRACE_OPT_TS;
	p.tsval = ts;
	pass(t, from, &p);
}

static void handshake(struct talk *t, int wscale_c, int wscale_s)
{
	struct nettrace_packet p = segment(t, 0, SYN, 0, 0, 0);

	p.optflags = wscale_c >= 0 ? NETTRACE_OPT_WSCALE : 0;
	p.wscale = wscale_c >= 0 ? (uint8_t)wscale_c : 0;
	pass(t, 0, &p);
	p = segment(t, 1, SYN | ACK, 0, 1, 0);
	p.optflags = wscale_s >= 0 ? NETTRACE_OPT_WSCALE : 0;
	p.wscale = wscale_s >= 0 ? (uint8_t)wscale_s : 0;
	pass(t, 1, &p);
	say(t, 0, ACK, 1, 1, 0);
}

static struct talk begin(uint32_t isn_c, uint32_t isn_s)
{
	struct talk t = { .isn = { isn_c, isn_s } };

	handshake(&t, -1, -1);
	return t;
}

#define AT(d, member) ((uint32_t)((d).member - (d).base))

/* SYN and FIN are an octet each; the ACK of either shows */
static void test_syn_fin(void **state)
{
	struct talk t = begin(1000, 5000);

	(void)state;
	assert_true(t.d[0].isn_known && t.d[1].isn_known && t.d[0].sent && t.d[1].sent);
	assert_int_equal(AT(t.d[0], max), 1);
	assert_int_equal(AT(t.d[0], acked), 1);
	assert_int_equal(AT(t.d[1], acked), 1);
	assert_int_equal(AT(t.d[0], edge), 1);

	assert_int_equal(say(&t, 0, ACK | FIN, 1, 1, 10), 10);
	assert_true(t.d[0].fin_known);
	assert_int_equal(AT(t.d[0], fin), 11);
	assert_int_equal(AT(t.d[0], max), 12);
	assert_int_equal(AT(t.d[0], edge), 12);
	assert_int_equal(AT(t.d[0], acked), 1);
	say(&t, 1, ACK, 1, 12, 0);
	assert_int_equal(AT(t.d[0], acked), 12);
	/* once more: nothing is new */
	assert_int_equal(say(&t, 0, ACK | FIN, 1, 1, 10), 0);
	assert_int_equal(AT(t.d[0], max), 12);
	assert_int_equal(AT(t.d[0], edge), 12);
}

/* the stream goes past 2^32, in both directions, and its SYN too */
static void test_wrap(void **state)
{
	struct talk t = begin(0xfffffff0u, 0xffffffffu);
	uint32_t i, bytes = 0;

	(void)state;
	for (i = 0; i < 5; i++) {
		bytes += say(&t, 0, ACK, 1 + 10 * i, 1, 10);
		say(&t, 1, ACK, 1, 11 + 10 * i, 0);
	}
	assert_int_equal(bytes, 50);
	assert_int_equal(AT(t.d[0], max), 51);
	assert_int_equal(AT(t.d[0], acked), 51);
	assert_int_equal(AT(t.d[0], edge), 51);
	assert_true(t.d[0].max > t.d[0].base);
	assert_true(nt_dir_seq(&t.d[0], t.isn[0] + 1) < t.d[0].max);
	assert_int_equal(say(&t, 1, ACK, 1, 51, 7), 7);
	assert_int_equal(AT(t.d[1], max), 8);

	/* more than 2^32 in all: each step is less than 2^31 */
	for (i = 0; i < 5; i++) {
		say(&t, 0, ACK, 51 + i * 0x3fffffffu, 8, 0x3fffffffu);
		say(&t, 1, ACK, 8, 51 + (i + 1) * 0x3fffffffu, 0);
	}
	assert_true(t.d[0].max - t.d[0].base == 51 + 5ULL * 0x3fffffffu);
	assert_true(t.d[0].acked == t.d[0].max && t.d[0].edge == t.d[0].max);
}

/* holes, their filling, and what is sent twice */
static void test_holes(void **state)
{
	struct talk t = begin(1000, 5000);

	(void)state;
	assert_int_equal(say(&t, 0, ACK, 1, 1, 100), 100);
	assert_int_equal(say(&t, 0, ACK, 201, 1, 100), 100);
	assert_int_equal(AT(t.d[0], edge), 101);
	assert_int_equal(AT(t.d[0], max), 301);
	/* half of it is known */
	assert_int_equal(say(&t, 0, ACK, 51, 1, 100), 50);
	assert_int_equal(AT(t.d[0], edge), 151);
	assert_int_equal(say(&t, 0, ACK, 151, 1, 50), 50);
	assert_int_equal(AT(t.d[0], edge), 301);
	assert_int_equal(say(&t, 0, ACK, 1, 1, 300), 0);

	/* a FIN behind a hole is known, and not come up to */
	say(&t, 0, ACK | FIN, 401, 1, 0);
	assert_true(t.d[0].fin_known);
	assert_int_equal(AT(t.d[0], fin), 401);
	assert_int_equal(AT(t.d[0], edge), 301);
	/* what was missed here was received there */
	say(&t, 1, ACK, 1, 401, 0);
	assert_int_equal(AT(t.d[0], edge), 402);
	assert_int_equal(AT(t.d[0], acked), 401);
}

/* the trace began later: the first number seen counts as 1 */
static void test_midstream(void **state)
{
	struct talk t = { .isn = { 1000, 5000 } };

	(void)state;
	assert_int_equal(say(&t, 0, ACK, 501, 801, 10), 10);
	assert_true(t.d[0].based && t.d[0].sent && !t.d[0].isn_known);
	assert_int_equal((uint32_t)t.d[0].base, 1500);
	assert_int_equal(AT(t.d[0], edge), 11);
	assert_int_equal(AT(t.d[0], acked), 1);
	/* the other one's are known of its acknowledgement alone */
	assert_true(t.d[1].based && !t.d[1].sent && !t.d[1].isn_known);
	assert_int_equal((uint32_t)t.d[1].base, 5800);
	assert_int_equal(AT(t.d[1], acked), 1);
	assert_int_equal(AT(t.d[1], max), 1);
	assert_int_equal(say(&t, 1, ACK, 801, 511, 20), 20);
	assert_int_equal(AT(t.d[1], max), 21);
	assert_int_equal(AT(t.d[0], acked), 11);
	/* before the beginning: a keepalive's octet counts nowhere */
	assert_int_equal(say(&t, 1, ACK, 800, 511, 1), 0);
	assert_int_equal(AT(t.d[1], max), 21);
}

/* begun between SYN and SYN,ACK: the SYN's number is one less */
static void test_from_synack(void **state)
{
	struct talk t = { .isn = { 1000, 5000 } };

	(void)state;
	say(&t, 1, SYN | ACK, 0, 1, 0);
	assert_true(t.d[1].isn_known && !t.d[0].isn_known && t.d[0].based);
	assert_int_equal((uint32_t)t.d[0].base, 1000);
	assert_int_equal(AT(t.d[0], acked), 1);
}

/* a RST has a number of no stream, and moves nothing */
static void test_rst(void **state)
{
	struct talk t = { .isn = { 1000, 5000 } }, before;

	(void)state;
	say(&t, 0, RST | ACK, 0, 77, 0);
	assert_false(t.d[0].based || t.d[1].based);
	t = begin(1000, 5000);
	before = t;
	assert_int_equal(say(&t, 0, RST | ACK, 500, 700, 9), 0);
	assert_memory_equal(&t, &before, sizeof(t));
}

/* a SYN with another number: stale, or the next connection's; nothing of this */
static void test_foreign_syn(void **state)
{
	struct talk t = begin(1000, 5000), before = t;

	(void)state;
	assert_int_equal(say(&t, 0, SYN, 70000, 0, 5), 0);
	assert_memory_equal(&t, &before, sizeof(t));
	/* the same number again is its retransmission */
	assert_int_equal(say(&t, 0, SYN, 0, 0, 0), 0);
	assert_int_equal(AT(t.d[0], max), 1);
}

/* far beyond the window: one is a stray, two close together are believed */
static void test_wild(void **state)
{
	const uint32_t far = 1u << 30;
	struct talk t = begin(1000, 5000);

	(void)state;
	assert_int_equal(say(&t, 0, ACK, far, 1, 10), 0);
	assert_int_equal(AT(t.d[0], max), 1);
	assert_int_equal(say(&t, 0, ACK, 1, 1, 10), 10);
	assert_int_equal(AT(t.d[0], max), 11);
	assert_int_equal(say(&t, 0, ACK, far + 10, 1, 10), 10);
	assert_int_equal(AT(t.d[0], max), far + 20);
	assert_int_equal(AT(t.d[0], edge), 11);

	say(&t, 1, ACK, 1, far + 20, 0);
	assert_int_equal(AT(t.d[0], acked), far + 20);
	assert_int_equal(AT(t.d[0], edge), far + 20);
}

/* so it is with a number that is acknowledged and was not seen */
static void test_unseen(void **state)
{
	struct talk t = begin(1000, 5000);

	(void)state;
	say(&t, 0, ACK, 1, 1, 10);
	say(&t, 1, ACK, 1, 5011, 0);
	assert_int_equal(AT(t.d[0], acked), 1);
	assert_int_equal(AT(t.d[0], max), 11);
	say(&t, 1, ACK, 1, 11, 0);
	assert_int_equal(AT(t.d[0], acked), 11);
	say(&t, 1, ACK, 1, 6011, 0);
	assert_int_equal(AT(t.d[0], acked), 6011);
	assert_int_equal(AT(t.d[0], max), 6011);
	assert_int_equal(AT(t.d[0], edge), 6011);
}

/* what is just beyond the window (updates may be missed) is believed at once */
static void test_beyond_window(void **state)
{
	struct talk t = begin(1000, 5000);

	(void)state;
	assert_int_equal(say(&t, 0, ACK, 1001, 1, 10), 10);
	assert_int_equal(say(&t, 0, ACK, 100000, 1, 10), 10);
	assert_int_equal(AT(t.d[0], max), 100010);
}

static uint32_t window_after(int wscale_c, int wscale_s, int from)
{
	struct talk t = { .isn = { 1000, 5000 } };

	handshake(&t, wscale_c, wscale_s);
	/* a SYN's own window is never scaled */
	assert_int_equal(t.d[1].window, 1000);
	say(&t, from, ACK, 1, 1, 0);
	assert_true(t.d[from].window_known);
	assert_false(t.d[from].wscale_guess);
	assert_int_equal(t.d[from].right - t.d[!from].base, 1 + t.d[from].window);
	return t.d[from].window;
}

/* RFC 7323, 2.2: both SYNs have to carry the option; 14 is the most */
static void test_wscale(void **state)
{
	(void)state;
	assert_int_equal(window_after(7, 3, 0), 1000 << 7);
	assert_int_equal(window_after(7, 3, 1), 1000 << 3);
	assert_int_equal(window_after(7, -1, 0), 1000);
	assert_int_equal(window_after(7, -1, 1), 1000);
	assert_int_equal(window_after(-1, -1, 1), 1000);
	assert_int_equal(window_after(7, 0, 1), 1000);
	assert_int_equal(window_after(200, 7, 0), 1000 << 14);
}

/* without the SYNs, the shift is a guess: 0, and said so */
static void test_wscale_unknown(void **state)
{
	struct talk t = { .isn = { 1000, 5000 } };
	struct nettrace_packet p;

	(void)state;
	say(&t, 0, ACK, 501, 801, 0);
	assert_true(t.d[0].window_known && t.d[0].wscale_guess);
	assert_int_equal(t.d[0].window, 1000);

	/* the SYN,ACK tells its own, and that there is another */
	memset(&t, 0, sizeof(t));
	p = segment(&t, 1, SYN | ACK, 0, 1, 0);
	p.optflags = NETTRACE_OPT_WSCALE;
	p.wscale = 7;
	pass(&t, 1, &p);
	assert_true(t.d[1].wscale_ok && !t.d[1].wscale_guess && t.d[0].wscale_guess);
	say(&t, 0, ACK, 1, 1, 0);
	assert_true(t.d[0].wscale_guess);
	say(&t, 1, ACK, 1, 1, 0);
	assert_int_equal(t.d[1].window, 1000 << 7);

	/* a SYN,ACK without one: neither side scales */
	memset(&t, 0, sizeof(t));
	say(&t, 1, SYN | ACK, 0, 1, 0);
	say(&t, 0, ACK, 1, 1, 0);
	assert_false(t.d[0].wscale_guess || t.d[0].wscale_ok || t.d[1].wscale_guess);
}

/* an old segment's window is not taken; the right edge does not go back */
static void test_window_order(void **state)
{
	struct talk t = begin(1000, 5000);
	struct nettrace_packet p;

	(void)state;
	say(&t, 0, ACK, 1, 1, 500);
	p = segment(&t, 1, ACK, 1, 501, 0);
	p.window = 400;
	pass(&t, 1, &p);
	assert_int_equal(t.d[1].window, 400);
	assert_int_equal(t.d[1].right - t.d[0].base, 1001);
	/* overtaken: it acknowledges less */
	say(&t, 1, ACK, 1, 1, 0);
	assert_int_equal(t.d[1].window, 400);
	p.window = 0;
	pass(&t, 1, &p);
	assert_true(t.d[1].window_known);
	assert_int_equal(t.d[1].window, 0);
	assert_int_equal(t.d[1].right - t.d[0].base, 1001);
	/* as old by what it acknowledges, older by its own number */
	say(&t, 1, ACK, 1, 501, 10);
	p = segment(&t, 1, ACK, 11, 501, 0);
	p.window = 300;
	pass(&t, 1, &p);
	say(&t, 1, ACK, 1, 501, 10);
	assert_int_equal(t.d[1].window, 300);
}

/* RFC 7323, 4.3: a later segment behind a hole does not move TS.Recent */
static void test_timestamps(void **state)
{
	struct talk t = begin(1000, 5000);

	(void)state;
	say_ts(&t, 0, 1, 1, 10, 100);
	assert_true(t.d[0].ts_known);
	assert_int_equal(t.d[0].ts_val, 100);
	say_ts(&t, 0, 21, 1, 10, 120);
	assert_int_equal(t.d[0].ts_val, 100);
	say(&t, 1, ACK, 1, 11, 0);
	say_ts(&t, 0, 11, 1, 10, 130);
	assert_int_equal(t.d[0].ts_val, 130);
	say_ts(&t, 0, 1, 1, 10, 90);
	assert_int_equal(t.d[0].ts_val, 130);
	/* 5.3, R2: what its peer has all of is refused, whatever its timestamp */
	say_ts(&t, 0, 1, 1, 10, 140);
	assert_int_equal(t.d[0].ts_val, 130);
	say_ts(&t, 0, 1, 1, 20, 140);
	assert_int_equal(t.d[0].ts_val, 140);
	/* it wraps as sequence numbers do */
	t.d[0].ts_val = 0xfffffff0u;
	say_ts(&t, 0, 11, 1, 10, 5);
	assert_int_equal(t.d[0].ts_val, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_syn_fin),	     cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_holes),	     cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_from_synack),  cmocka_unit_test(test_rst),
		cmocka_unit_test(test_foreign_syn),  cmocka_unit_test(test_wild),
		cmocka_unit_test(test_unseen),	     cmocka_unit_test(test_beyond_window),
		cmocka_unit_test(test_wscale),	     cmocka_unit_test(test_wscale_unknown),
		cmocka_unit_test(test_window_order), cmocka_unit_test(test_timestamps),
	};

	return cmocka_run_group_tests_name("dir", tests, NULL, NULL);
}
