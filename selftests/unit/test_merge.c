// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_merge.c - userspace/merge.c: order, gaps, the bound, many events
 */
#include <errno.h>

#include "../../userspace/merge.h"
#include "support.h"

static void add(struct nt_merge *m, uint64_t time, unsigned int source, uint16_t cpu, uint64_t seq)
{
	struct nt_event ev = make_event(time, source, cpu, seq);

	assert_int_equal(nt_merge_add(m, &ev), 0);
}

static void by_time_cpu_stream_seq(void **state)
{
	static const struct {
		uint64_t time, seq;
		uint16_t cpu;
		unsigned int source;
	} want[] = {
		{ 1, 9, 3, 1 }, { 5, 0, 0, 1 }, { 5, 7, 1, 0 },		 { 5, 1, 1, 1 },
		{ 5, 2, 1, 1 }, { 5, 0, 2, 0 }, { 1ull << 40, 0, 0, 0 },
	};
	static const unsigned int in[] = { 4, 0, 6, 2, 5, 3, 1 };
	struct nt_merge m;
	struct nt_event ev;
	unsigned int i;

	(void)state;
	nt_merge_init(&m, 100);
	for (i = 0; i < 7; i++)
		add(&m, want[in[i]].time, want[in[i]].source, want[in[i]].cpu, want[in[i]].seq);
	for (i = 0; i < 7; i++) {
		assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
		assert_int_equal(ev.rec.hdr.time, want[i].time);
		assert_int_equal(ev.rec.hdr.cpu, want[i].cpu);
		assert_int_equal(ev.source, want[i].source);
		assert_int_equal(ev.rec.hdr.seq, want[i].seq);
	}
	assert_false(nt_merge_pop(&m, UINT64_MAX, &ev));
	nt_merge_free(&m);
}

/* a gap carries time and seq of the event it precedes, and comes first */
static void gap_before_its_event(void **state)
{
	struct nt_event gap = make_event(10, 0, 1, 500), ev;
	struct nt_merge m;

	(void)state;
	gap.rec.hdr.type = NETTRACE_GAP;
	nt_merge_init(&m, 100);
	assert_int_equal(nt_merge_add(&m, &gap), 0);
	add(&m, 10, 0, 1, 500);
	add(&m, 10, 0, 1, 499);
	assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
	assert_int_equal(ev.rec.hdr.seq, 499);
	assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
	assert_int_equal(ev.rec.hdr.type, NETTRACE_GAP);
	assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
	assert_int_equal(ev.rec.hdr.type, NETTRACE_PACKET);
	nt_merge_free(&m);
}

static void bound_holds_back(void **state)
{
	struct nt_event ev;
	struct nt_merge m;
	uint64_t oldest;

	(void)state;
	nt_merge_init(&m, 100);
	assert_false(nt_merge_oldest(&m, &oldest));
	add(&m, 20, 0, 0, 0);
	add(&m, 10, 0, 0, 1);
	assert_false(nt_merge_pop(&m, 9, &ev));
	assert_true(nt_merge_oldest(&m, &oldest));
	assert_int_equal(oldest, 10);
	assert_true(nt_merge_pop(&m, 10, &ev));
	assert_false(nt_merge_pop(&m, 10, &ev));
	assert_true(nt_merge_pop(&m, 20, &ev));
	nt_merge_free(&m);
}

static void full_is_said(void **state)
{
	struct nt_event ev = make_event(1, 0, 0, 0);
	struct nt_merge m;
	unsigned int i;

	(void)state;
	nt_merge_init(&m, 1500); /* grows once, then is at its end */
	for (i = 0; i < 1500; i++)
		add(&m, i, 0, 0, i);
	assert_int_equal(nt_merge_room(&m), 0);
	assert_int_equal(nt_merge_add(&m, &ev), -ENOBUFS);
	assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
	add(&m, 7, 0, 0, 7);
	assert_int_equal(nt_merge_add(&m, &ev), -ENOBUFS);
	nt_merge_free(&m);
}

/* adding and taking by turns, against a sort */
static void many_by_turns(void **state)
{
	uint64_t time, last = 0, sum_in = 0, sum_out = 0;
	unsigned int i, in = 0, out = 0;
	struct nt_event ev, want;
	struct nt_merge m;

	(void)state;
	srandom(7);
	nt_merge_init(&m, 1 << 20);
	for (i = 0; i < 20000; i++) {
		/* time goes on; what is added is never older than was taken */
		time = last + (uint64_t)random() % 5000;
		add(&m, time, 0, (uint16_t)(i % 4), i);
		sum_in += time * (i + 1);
		in++;
		if (random() % 3)
			continue;
		assert_true(nt_merge_pop(&m, UINT64_MAX, &ev));
		assert_true(ev.rec.hdr.time >= last);
		last = ev.rec.hdr.time;
		sum_out += last * (ev.rec.hdr.seq + 1);
		out++;
	}
	while (nt_merge_pop(&m, UINT64_MAX, &ev)) {
		assert_true(ev.rec.hdr.time >= last);
		last = ev.rec.hdr.time;
		sum_out += last * (ev.rec.hdr.seq + 1);
		out++;
		want = make_event(last, 0, ev.rec.hdr.cpu, ev.rec.hdr.seq);
		assert_memory_equal(&ev.rec, &want.rec, sizeof(ev.rec));
	}
	assert_int_equal(in, out);
	assert_int_equal(sum_in, sum_out);
	nt_merge_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time_cpu_stream_seq), cmocka_unit_test(gap_before_its_event),
		cmocka_unit_test(bound_holds_back),	  cmocka_unit_test(full_is_said),
		cmocka_unit_test(many_by_turns),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
