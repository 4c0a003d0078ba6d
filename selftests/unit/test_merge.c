// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_merge.c - userspace/merge.c: order, gaps, the bound, many runs; memory is
 * used again and never under a stretch that was taken
 */
#include <errno.h>

#include "../../userspace/merge.h"
#include "support.h"

#define STRIDE 256

/* as a read() would: one run */
static int add_events(struct nt_merge *m, const struct nt_event *ev, uint32_t n,
		      unsigned int source)
{
	struct nt_run run = { .n = n, .stride = STRIDE, .source = source };
	size_t room;
	uint8_t *at = nt_merge_space(m, &room);
	uint32_t i;

	assert_non_null(at);
	assert_true((size_t)n * STRIDE <= room);
	memset(at, 0xaa, (size_t)n * STRIDE);
	for (i = 0; i < n; i++)
		memcpy(at + (size_t)i * STRIDE, &ev[i].rec, sizeof(ev[i].rec));
	run.at = at;
	nt_merge_used(m, (size_t)n * STRIDE);
	return nt_merge_add(m, &run);
}

static void add(struct nt_merge *m, uint64_t time, unsigned int source, uint16_t cpu, uint64_t seq)
{
	struct nt_event ev = make_event(time, source, cpu, seq);

	assert_int_equal(add_events(m, &ev, 1, source), 0);
}

/* the oldest alone */
static bool pop(struct nt_merge *m, uint64_t until, struct nt_event *ev)
{
	struct nt_run run;

	if (!nt_merge_take(m, until, 1, &run))
		return false;
	assert_int_equal(run.n, 1);
	assert_int_equal(run.stride, STRIDE);
	memcpy(&ev->rec, run.at, sizeof(ev->rec));
	ev->source = run.source;
	return true;
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
		assert_true(pop(&m, UINT64_MAX, &ev));
		assert_int_equal(ev.rec.hdr.time, want[i].time);
		assert_int_equal(ev.rec.hdr.cpu, want[i].cpu);
		assert_int_equal(ev.source, want[i].source);
		assert_int_equal(ev.rec.hdr.seq, want[i].seq);
	}
	assert_false(pop(&m, UINT64_MAX, &ev));
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
	assert_int_equal(add_events(&m, &gap, 1, 0), 0);
	add(&m, 10, 0, 1, 500);
	add(&m, 10, 0, 1, 499);
	assert_true(pop(&m, UINT64_MAX, &ev));
	assert_int_equal(ev.rec.hdr.seq, 499);
	assert_true(pop(&m, UINT64_MAX, &ev));
	assert_int_equal(ev.rec.hdr.type, NETTRACE_GAP);
	assert_true(pop(&m, UINT64_MAX, &ev));
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
	assert_false(pop(&m, 9, &ev));
	assert_true(nt_merge_oldest(&m, &oldest));
	assert_int_equal(oldest, 10);
	assert_true(pop(&m, 10, &ev));
	assert_false(pop(&m, 10, &ev));
	assert_true(pop(&m, 20, &ev));
	nt_merge_free(&m);
}

static void full_is_said(void **state)
{
	struct nt_event ev = make_event(1, 0, 0, 0), five[5];
	struct nt_merge m;
	unsigned int i;

	(void)state;
	for (i = 0; i < 5; i++)
		five[i] = make_event(i, 0, 0, i);
	nt_merge_init(&m, 1500);
	for (i = 0; i < 300; i++)
		assert_int_equal(add_events(&m, five, 5, 0), 0);
	assert_int_equal(nt_merge_room(&m), 0);
	assert_int_equal(add_events(&m, &ev, 1, 0), -ENOBUFS);
	assert_true(pop(&m, UINT64_MAX, &ev));
	add(&m, 7, 0, 0, 7);
	assert_int_equal(add_events(&m, &ev, 1, 0), -ENOBUFS);
	nt_merge_free(&m);
}

/* a run comes out in one piece, up to the bound or to another run's first record */
static void stretches(void **state)
{
	struct nt_event a[10], b[3];
	struct nt_merge m;
	struct nt_run run;
	unsigned int i;

	(void)state;
	for (i = 0; i < 10; i++)
		a[i] = make_event(10 * i, 0, 0, i);
	for (i = 0; i < 3; i++)
		b[i] = make_event(35 + i, 1, 1, i);
	nt_merge_init(&m, 100);
	assert_int_equal(add_events(&m, a, 10, 0), 0);
	assert_int_equal(add_events(&m, b, 3, 1), 0);
	assert_true(nt_merge_take(&m, 20, UINT32_MAX, &run)); /* 0, 10, 20 */
	assert_int_equal(run.n, 3);
	assert_false(nt_merge_take(&m, 29, UINT32_MAX, &run));
	assert_true(nt_merge_take(&m, 80, UINT32_MAX, &run)); /* 30 */
	assert_int_equal(run.n, 1);
	assert_int_equal(run.source, 0);
	assert_true(nt_merge_take(&m, 80, UINT32_MAX, &run)); /* 35, 36, 37 */
	assert_int_equal(run.n, 3);
	assert_int_equal(run.source, 1);
	assert_true(nt_merge_take(&m, 80, 2, &run)); /* 40, 50 */
	assert_int_equal(run.n, 2);
	assert_true(nt_merge_take(&m, 80, UINT32_MAX, &run)); /* 60, 70, 80 */
	assert_int_equal(run.n, 3);
	assert_int_equal(nt_merge_room(&m), 99);
	assert_true(nt_merge_take(&m, UINT64_MAX, UINT32_MAX, &run)); /* 90 */
	assert_int_equal(run.n, 1);
	assert_false(nt_merge_take(&m, UINT64_MAX, UINT32_MAX, &run));
	nt_merge_free(&m);
}

/*
 * Runs of four CPUs by turns, added and taken: nothing is lost, changed or out of
 * order, and what was taken stays as it is while it may be looked at
 */
static void many_by_turns(void **state)
{
	uint64_t last = 0, sum_in = 0, sum_out = 0, from[4] = { 0 }, seq = 0;
	struct nt_event ev[100], want;
	unsigned int i, k, n, in = 0, out = 0;
	union nettrace_rec rec;
	struct nt_merge m;
	struct nt_run run;

	(void)state;
	srandom(7);
	nt_merge_init(&m, 1 << 20);
	for (i = 0; i < 6000; i++) {
		uint16_t cpu = (uint16_t)(random() % 4);
		uint64_t time = from[cpu] > last ? from[cpu] : last;

		n = 1 + (unsigned int)random() % 100;
		for (k = 0; k < n; k++) {
			time += (uint64_t)random() % 50;
			ev[k] = make_event(time, 0, cpu, seq++);
			sum_in += time * seq;
		}
		from[cpu] = time;
		in += n;
		assert_int_equal(add_events(&m, ev, n, 0), 0);
		while (i == 5999 || random() % 3) {
			if (!nt_merge_take(&m, i == 5999 ? UINT64_MAX : last + 300, UINT32_MAX,
					   &run))
				break;
			for (k = 0; k < run.n; k++) {
				memcpy(&rec, run.at + (size_t)k * run.stride, sizeof(rec));
				assert_true(rec.hdr.time >= last);
				last = rec.hdr.time;
				sum_out += last * (rec.hdr.seq + 1);
				want = make_event(last, 0, rec.hdr.cpu, rec.hdr.seq);
				assert_memory_equal(&rec, &want.rec, sizeof(rec));
			}
			out += run.n;
		}
	}
	assert_int_equal(in, out);
	assert_int_equal(sum_in, sum_out);
	assert_int_equal(nt_merge_room(&m), 1 << 20);
	nt_merge_free(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(by_time_cpu_stream_seq),
		cmocka_unit_test(gap_before_its_event),
		cmocka_unit_test(bound_holds_back),
		cmocka_unit_test(full_is_said),
		cmocka_unit_test(stretches),
		cmocka_unit_test(many_by_turns),
	};

	return cmocka_run_group_tests_name("merge", tests, NULL, NULL);
}
