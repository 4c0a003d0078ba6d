// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_live.c - source_live.c on sockets that give slots as the module does: events in
 * their order, not too soon, each loss counted.  What comes and goes: test_live_streams.c.
 */
#include <signal.h>
#include <sys/time.h>

#include "live_slots.h"

static void merged_in_order(void **state)
{
	uint64_t t = now() - 100 * MS;
	struct nt_event a[3], ev;
	struct nt_source *s;
	unsigned int i;
	int fd[2];

	(void)state;
	s = open_streams(fd, 2, 0);
	/* one read() gives CPU 0's run, then CPU 1's, which is older */
	a[0] = make_event(t + 2, 0, 0, 10);
	a[1] = make_event(t + 4, 0, 0, 11);
	a[2] = make_event(t + 1, 0, 1, 90);
	send_slots(fd[0], a, 3);
	send_one(fd[1], t + 3, 0, 0);
	for (i = 1; i <= 4; i++) {
		ev = must_get(s);
		assert_int_equal(ev.rec.hdr.time, t + i);
		assert_int_equal(ev.source, i == 3);
		/* one offset for all, or Unix time would not be in order */
		assert_int_equal(ev.t, t + i + 5000);
	}
	assert_int_equal(s->delivered, 4);
	assert_int_equal(s->late, 0);
	close(fd[0]);
	close(fd[1]);
	nt_source_close(s);
}

/* what has just happened waits for what is older and comes later */
static void held_back(void **state)
{
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	uint64_t t, t0;
	int fd[2];

	(void)state;
	s = open_streams(fd, 2, 0);
	t = now() + 300 * MS; /* far enough ahead for a slow machine */
	send_one(fd[0], t, 0, 0);
	assert_int_equal(nt_source_next(s, &ev, &err), 0);
	t0 = now();
	assert_int_equal(nt_source_wait(s, 1000), 0);
	assert_true(now() - t0 < 250 * MS); /* 3 ms, not the time-out */
	send_one(fd[1], t - 1, 0, 0);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.time, t - 1);
	assert_true(now() >= t - 1 + NT_LIVE_SLACK_NS);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.time, t);
	assert_int_equal(s->late, 0);
	close(fd[0]);
	close(fd[1]);
	nt_source_close(s);
}

/* nothing leaves before its time, seen with the clock on both sides */
static void not_too_soon(void **state)
{
	unsigned int i, seen = 0;
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	uint64_t t;
	int fd, ret;

	(void)state;
	s = open_streams(&fd, 1, 0);
	for (i = 0; i < 100 && seen < 5; i++) {
		t = now();
		send_one(fd, t, 0, i);
		ret = nt_source_next(s, &ev, &err);
		if (now() < t + NT_LIVE_SLACK_NS) {
			assert_int_equal(ret, 0);
			seen++;
		}
		if (!ret)
			ev = must_get(s);
		assert_int_equal(ev.rec.hdr.seq, i);
	}
	assert_int_equal(seen, 5); /* or the machine was too slow to tell */
	close(fd);
	nt_source_close(s);
}

static void gaps_are_counted(void **state)
{
	uint64_t t = now() - 100 * MS;
	struct nt_event a[2], ev;
	struct nt_source *s;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	a[0] = make_event(t, 0, 0, 500);
	a[0].rec.hdr.type = NETTRACE_GAP;
	a[0].rec.gap.lost = 17;
	a[1] = make_event(t, 0, 0, 500);
	send_slots(fd, a, 2);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.type, NETTRACE_GAP);
	assert_int_equal(s->lost, 17);
	assert_int_equal(s->delivered, 0);
	must_get(s);
	assert_int_equal(s->lost, 17);
	assert_int_equal(s->delivered, 1);
	close(fd);
	nt_source_close(s);
}

static void until_now(void **state)
{
	uint64_t t = now();
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	send_one(fd, t + 3600 * 1000 * MS, 1, 5);
	send_one(fd, t, 0, 4);
	nt_source_live_until_now(s);
	assert_int_equal(nt_source_next(s, &ev, &err), 1);
	assert_int_equal(ev.rec.hdr.seq, 4);
	send_one(fd, t + 1, 0, 6); /* after "now" */
	assert_int_equal(nt_source_next(s, &ev, &err), 1);
	assert_int_equal(ev.rec.hdr.seq, 5);
	assert_int_equal(nt_source_next(s, &ev, &err), -ENODATA);
	assert_int_equal(nt_source_wait(s, -1), 0);
	close(fd);
	nt_source_close(s);
}

/* many at a time: the same events in the same order, with single ones between */
static void in_runs(void **state)
{
	uint64_t t = now() - 100 * MS, last = 0, give_up = now() + 2000 * MS;
	unsigned int i, n = 0, batches = 0, seq[2] = { 0 };
	struct nt_event ev[30];
	struct nt_source *s;
	struct nt_error err;
	struct nt_run run;
	int fd[2], ret;

	(void)state;
	s = open_streams(fd, 2, 0);
	for (i = 0; i < 30; i++)
		ev[i] = make_event(t + 10 * i, 0, 0, i);
	ev[20].rec.hdr.type = NETTRACE_GAP;
	memset(&ev[20].rec.gap.lost, 0, sizeof(ev[20].rec) - sizeof(ev[20].rec.hdr));
	ev[20].rec.gap.lost = 7;
	send_slots(fd[0], ev, 30);
	send_one(fd[1], t + 105, 1, 0);
	while (n < 31 && now() < give_up) {
		ret = n == 11 ? nt_source_next(s, &ev[0], &err) : s->ops->batch(s, &run, &err);
		assert_true(ret >= 0);
		if (n == 11 && ret)
			run = (struct nt_run){ (void *)&ev[0].rec, 1, 0, ev[0].source };
		for (i = 0; ret && i < run.n; i++, n++) {
			const struct nettrace_hdr *hdr =
				(const void *)(run.at + (size_t)i * run.stride);

			assert_true(hdr->time > last);
			last = hdr->time;
			assert_int_equal(hdr->seq, seq[run.source]++);
		}
		batches += ret;
		if (!ret)
			nt_source_wait(s, 100);
	}
	assert_int_equal(n, 31);
	/* up to the other stream's, that one, up to the gap, the gap, the rest */
	assert_int_equal(batches, 5);
	assert_int_equal(s->delivered, 30);
	assert_int_equal(s->lost, 7);
	close(fd[0]);
	close(fd[1]);
	nt_source_close(s);
}

/* who takes many at a time is not woken for what comes while events are held back */
static void waits_long_in_bulk(void **state)
{
	uint64_t t = now() + 300 * MS, t0;
	struct nt_source *s;
	struct nt_error err;
	struct nt_event ev;
	struct nt_run run;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	send_one(fd, t, 0, 0);
	assert_int_equal(s->ops->batch(s, &run, &err), 0);
	send_one(fd, t + 1, 0, 1);
	t0 = now();
	assert_int_equal(nt_source_wait(s, 1000), 0);
	assert_true(now() - t0 >= 10 * MS);
	assert_true(now() - t0 < 250 * MS); /* nor for the time-out */
	t0 = now();
	assert_int_equal(nt_source_wait(s, 4), 0); /* which is the most */
	assert_true(now() - t0 < 250 * MS);
	close(fd);
	assert_int_equal(nt_source_wait(s, 5000), 0); /* its end wakes */
	assert_true(now() < t);
	while (now() < t + 3 * MS)
		nt_source_wait(s, 10);
	assert_int_equal(nt_source_next(s, &ev, &err), 1);
	assert_int_equal(ev.rec.hdr.seq, 0);
	nt_source_close(s);
}

/* more at once than may be held: all is handed out, disorder is counted */
static void bounded(void **state)
{
	const unsigned int slots = 256 * 1024 / STRIDE;
	uint64_t sum = 0, t = now() + 200 * MS;
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	unsigned int i, n = 0;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, slots + 2);
	for (i = 0; i < 100; i++)
		send_one(fd, t + i, 0, i);
	/* after 3 there is no room for another read: the oldest leave early */
	assert_int_equal(nt_source_next(s, &ev, &err), 1);
	assert_int_equal(ev.rec.hdr.seq, 0);
	assert_true(now() < t);		/* or this test has seen nothing */
	send_one(fd, t - 100, 1, 1000); /* older than what has left */
	for (sum = 0, n = 1; n < 101; n++)
		sum += must_get(s).rec.hdr.seq;
	assert_int_equal(sum, 99 * 100 / 2 + 1000);
	assert_int_equal(s->delivered, 101);
	assert_int_equal(s->late, 1);
	close(fd);
	nt_source_close(s);
}

static void on_alarm(int sig)
{
	(void)sig;
}

static void waiting(void **state)
{
	struct sigaction act = { .sa_handler = on_alarm };
	struct itimerval soon = { .it_value = { .tv_usec = 20000 } };
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	uint64_t t0;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	assert_int_equal(nt_source_next(s, &ev, &err), 0);
	t0 = now();
	assert_int_equal(nt_source_wait(s, 30), 0);
	assert_true(now() - t0 >= 30 * MS);
	sigaction(SIGALRM, &act, NULL);
	setitimer(ITIMER_REAL, &soon, NULL);
	assert_int_equal(nt_source_wait(s, 5000), -EINTR);
	send_one(fd, now(), 0, 0);
	t0 = now();
	assert_int_equal(nt_source_wait(s, 5000), 0); /* it wakes us */
	assert_true(now() - t0 < 2000 * MS);
	assert_int_equal(must_get(s).rec.hdr.seq, 0);
	close(fd);
	nt_source_close(s);
}

static void shorter_than_a_slot(void **state)
{
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	memset(&ev, 0, sizeof(ev));
	assert_int_equal(send(fd, &ev.rec, 192, 0), 192);
	assert_int_equal(nt_source_next(s, &ev, &err), -EPROTO);
	assert_says(&err, "client");
	assert_says(&err, "192 bytes");
	close(fd);
	nt_source_close(s);
}

/* a gap that tells only of what a filter left out is no event */
static void filtered(void **state)
{
	struct nt_event gap = make_event(0, 0, 0, 5);
	struct nt_source *s;
	struct nt_event ev;
	uint64_t t = now() - 50 * MS;
	int fd;

	(void)state;
	s = open_streams(&fd, 1, 0);
	gap.rec.hdr.type = NETTRACE_GAP;
	gap.rec.hdr.time = t;
	gap.rec.gap.lost = 0;
	gap.rec.gap.filtered = 5;
	send_slots(fd, &gap, 1);
	send_one(fd, t, 0, 5);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.type, NETTRACE_PACKET);
	gap.rec.gap.lost = 2;
	gap.rec.gap.filtered = 3;
	gap.rec.hdr.time = t + 1;
	send_slots(fd, &gap, 1);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.type, NETTRACE_GAP);
	assert_int_equal(s->filtered, 8);
	assert_int_equal(s->lost, 2);
	assert_int_equal(s->delivered, 1);
	close(fd);
	nt_source_close(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(merged_in_order),
		cmocka_unit_test(held_back),
		cmocka_unit_test(not_too_soon),
		cmocka_unit_test(gaps_are_counted),
		cmocka_unit_test(until_now),
		cmocka_unit_test(in_runs),
		cmocka_unit_test(waits_long_in_bulk),
		cmocka_unit_test(bounded),
		cmocka_unit_test(waiting),
		cmocka_unit_test(shorter_than_a_slot),
		cmocka_unit_test(filtered),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
