// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_live.c - source_live.c on sockets that give slots as the module does,
 * and what live_open.c and netns.c say when there is nothing to open
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "../../userspace/netns.h"
#include "../../userspace/source_live.h"
#include "support.h"

#define STRIDE 256 /* slots may be larger than records */
#define MS     1000000ull

static const char *const names[] = { "client", "server" };

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static struct nettrace_info good_info(void)
{
	return (struct nettrace_info){
		.hdr = { .type = NETTRACE_INFO, .time = now() },
		.magic = NETTRACE_MAGIC,
		.abi = NETTRACE_ABI,
		.rec_size = NETTRACE_REC_SIZE,
		.stride = STRIDE,
		.ring = 64,
		.cpus = 2,
		.real_offset = 5000,
		.netns = 4026531840,
		.version = "0.1",
		.release = "6.1.0",
	};
}

/* a message is one read() of the module's file: @n slots */
static void send_slots(int fd, const struct nt_event *ev, unsigned int n)
{
	uint8_t buf[64 * STRIDE] = { 0 };
	unsigned int i;

	assert_true(n <= 64);
	for (i = 0; i < n; i++)
		memcpy(buf + i * STRIDE, &ev[i].rec, sizeof(ev[i].rec));
	assert_int_equal(send(fd, buf, n * STRIDE, 0), n * STRIDE);
}

static void send_one(int fd, uint64_t time, uint16_t cpu, uint64_t seq)
{
	struct nt_event ev = make_event(time, 0, cpu, seq);

	send_slots(fd, &ev, 1);
}

static void send_info(int fd, const struct nettrace_info *info)
{
	uint8_t buf[STRIDE] = { 0 };

	memcpy(buf, info, sizeof(*info));
	assert_int_equal(send(fd, buf, sizeof(buf), 0), sizeof(buf));
}

/* @n streams; our ends in ours[] */
static struct nt_source *open_streams(int *ours, unsigned int n, size_t max)
{
	struct nettrace_info info = good_info();
	struct nt_source *s;
	struct nt_error err;
	unsigned int i;
	int sv[2], theirs[2];

	for (i = 0; i < n; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
		ours[i] = sv[0];
		theirs[i] = sv[1];
		info.netns += i;
		send_info(ours[i], &info);
		info.real_offset += 77; /* the clock was stepped in between */
	}
	if (nt_source_live_fds(&s, theirs, names, n, max, &err))
		fail_msg("%s", err.text);
	return s;
}

/* the next event, waiting as a command does */
static struct nt_event must_get(struct nt_source *s)
{
	uint64_t give_up = now() + 2000 * MS;
	struct nt_event ev;
	struct nt_error err;
	int ret;

	while ((ret = nt_source_next(s, &ev, &err)) == 0 && now() < give_up)
		nt_source_wait(s, 100);
	assert_int_equal(ret, 1);
	return ev;
}

static void stream_facts(void **state)
{
	struct nt_source *s;
	int fd[2];

	(void)state;
	s = open_streams(fd, 2, 0);
	assert_int_equal(s->nstream, 2);
	assert_string_equal(s->stream[0].name, "client");
	assert_string_equal(s->stream[1].name, "server");
	assert_int_equal(s->stream[1].netns, 4026531841);
	assert_int_equal(s->stream[0].cpus, 2);
	assert_int_equal(s->stream[0].ring, 64);
	assert_string_equal(s->stream[0].version, "0.1");
	assert_string_equal(s->stream[0].release, "6.1.0");
	close(fd[0]);
	close(fd[1]);
	nt_source_close(s);
}

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

static void streams_end(void **state)
{
	uint64_t t = now() + 50 * MS;
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	int fd[2];

	(void)state;
	s = open_streams(fd, 2, 0);
	send_one(fd[0], t, 0, 0);
	close(fd[0]); /* this namespace is gone */
	send_one(fd[1], t + 1, 0, 0);
	ev = must_get(s);
	assert_int_equal(ev.source, 0);
	ev = must_get(s);
	assert_int_equal(ev.source, 1);
	assert_int_equal(nt_source_next(s, &ev, &err), 0);
	send_one(fd[1], now() + 3600 * 1000 * MS, 0, 1);
	close(fd[1]); /* all are: nothing is held back now */
	assert_int_equal(nt_source_next(s, &ev, &err), 1);
	assert_int_equal(ev.rec.hdr.seq, 1);
	assert_int_equal(nt_source_next(s, &ev, &err), -ENODATA);
	assert_int_equal(nt_source_wait(s, -1), 0); /* does not hang */
	assert_int_equal(nt_source_next(s, &ev, &err), -ENODATA);
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

/* more at once than may be held: all is handed out, disorder is counted */
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

/* the first record decides whether anything is believed */
static void other_modules(void **state)
{
	struct nettrace_info t[6];
	static const char *const says[] = {
		"upgrade nettrace",
		"sudo rmmod nettrace",
		"does not come from the nettrace module",
		"does not come from the nettrace module",
		"rebuild",
		"rebuild",
	};
	struct nt_source *s;
	struct nt_error err;
	unsigned int i;
	int sv[2];

	(void)state;
	for (i = 0; i < 6; i++)
		t[i] = good_info();
	t[0].abi = NETTRACE_ABI + 1;
	t[0].rec_size = 256;
	t[1].abi = 0;
	t[2].magic = 1;
	t[3].hdr.type = NETTRACE_PACKET;
	t[4].rec_size = 184;
	t[5].stride = 100;
	for (i = 0; i < 6; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
		send_info(sv[0], &t[i]);
		assert_int_equal(nt_source_live_fds(&s, &sv[1], names, 1, 0, &err), -EPROTO);
		assert_null(s);
		assert_says(&err, says[i]);
		close(sv[0]);
	}
	/* a record that stops short; a file that ends at once */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	assert_int_equal(send(sv[0], &t[0], 20, 0), 20);
	assert_int_equal(nt_source_live_fds(&s, &sv[1], names, 1, 0, &err), -EPROTO);
	assert_says(&err, "cut short");
	close(sv[0]);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	close(sv[0]);
	assert_int_equal(nt_source_live_fds(&s, &sv[1], names, 1, 0, &err), -ESHUTDOWN);
	assert_says(&err, "unloaded");
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

static void namespaces(void **state)
{
	static const char *const bad[] = { "", ".", ".." };
	const char *stage;
	char pid[16], name[64];
	struct nt_error err;
	unsigned int i;
	int own, fd;

	(void)state;
	own = nt_netns_open(NULL, &err);
	assert_true(own >= 0);
	snprintf(pid, sizeof(pid), "%d", getpid());
	fd = nt_netns_open(pid, &err);
	assert_true(fd >= 0);
	assert_true(nt_netns_inode(own) != 0);
	assert_int_equal(nt_netns_inode(fd), nt_netns_inode(own));
	close(fd);
	close(own);
	fd = nt_netns_file(-1, "/proc/thread-self/net/dev", O_RDONLY, &stage);
	assert_true(fd >= 0);
	assert_int_equal(read(fd, name, 5), 5);
	close(fd);

	assert_int_equal(nt_netns_open("no-such\x1b[0m", &err), -ENOENT);
	assert_says(&err, "ip netns list");
	assert_null(strchr(err.text, '\x1b'));
	assert_int_equal(nt_netns_open("4194305", &err), -ENOENT);
	assert_int_equal(nt_netns_open("/no/such", &err), -ENOENT);
	assert_says(&err, "/no/such");
	for (i = 0; i < 3; i++)
		assert_int_equal(nt_netns_open(bad[i], &err), -EINVAL);
	nt_netns_name(1, name, sizeof(name));
	assert_string_equal(name, "");
}

/* a file that is no namespace: EINVAL from the kernel, whoever asks */
static void not_a_namespace(void **state)
{
	const char *const spec[] = { "/etc/passwd", "no-such-name" };
	struct nt_source *s;
	struct nt_error err;
	const char *many[NT_LIVE_NAMED_MAX + 1] = { NULL };

	(void)state;
	assert_int_equal(nt_source_live(&s, &(struct nt_live_opts){ .netns = &spec[0], .n = 1 },
					&err),
			 -EINVAL);
	assert_null(s);
	assert_says(&err, "/etc/passwd is not a network namespace");
	assert_int_equal(nt_source_live(&s, &(struct nt_live_opts){ .netns = &spec[1], .n = 1 },
					&err),
			 -ENOENT);
	assert_says(&err, "no-such-name");
	assert_int_equal(
		nt_source_live(&s,
			       &(struct nt_live_opts){ .netns = many, .n = NT_LIVE_NAMED_MAX + 1 },
			       &err),
		-E2BIG);
}

/* a stream more: merged with the others, counted when it is late, ended */
static void one_more(void **state)
{
	struct nettrace_info info = good_info();
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	int fd, sv[2];
	uint64_t t;

	(void)state;
	s = open_streams(&fd, 1, 0);
	t = now() - 50 * MS;
	send_one(fd, t, 0, 0);
	assert_int_equal(must_get(s).rec.hdr.time, t);
	assert_int_equal(s->settled, (int64_t)t + 5000);

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	info.netns = 77;
	info.real_offset += 99;
	send_info(sv[0], &info);
	assert_int_equal(nt_source_live_add(s, sv[1], "netns:77", &err), 0);
	assert_int_equal(s->nstream, 2);
	assert_string_equal(s->stream[1].name, "netns:77");
	nt_source_live_rename(s, 77, "late");
	nt_source_live_rename(s, 78, "other");
	assert_string_equal(s->stream[1].name, "late");
	send_one(sv[0], t + 2, 0, 0);
	send_one(fd, t + 1, 0, 1);
	send_one(sv[0], t - 1, 1, 0); /* from before it was met */
	assert_int_equal(must_get(s).rec.hdr.time, t - 1);
	assert_int_equal(s->late, 1);
	assert_int_equal(must_get(s).rec.hdr.time, t + 1);
	ev = must_get(s);
	assert_int_equal(ev.rec.hdr.time, t + 2);
	assert_int_equal(ev.source, 1);
	assert_int_equal(ev.t, (int64_t)t + 2 + 5000); /* by the first one's offset */

	/* what it says last is handed out; the others go on */
	send_one(sv[0], t + 3, 0, 1);
	close(sv[0]);
	assert_int_equal(must_get(s).rec.hdr.time, t + 3);
	assert_int_equal(nt_source_next(s, &ev, &err), 0);
	assert_true(s->stream[1].ended);
	assert_false(s->stream[0].ended);
	assert_true(s->settled > (int64_t)t + 3 + 5000);
	send_one(fd, t + 4, 0, 2);
	assert_int_equal(must_get(s).rec.hdr.time, t + 4);

	/* another module's: refused, and no stream is left of it */
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	info.abi++;
	send_info(sv[0], &info);
	assert_int_equal(nt_source_live_add(s, sv[1], "x", &err), -EPROTO);
	assert_int_equal(s->nstream, 2);
	assert_int_equal(send(sv[0], "x", 1, MSG_NOSIGNAL), -1); /* it was closed */
	close(sv[0]);
	close(fd);
	assert_int_equal(nt_source_next(s, &ev, &err), -ENODATA);
	nt_source_close(s);
}

/* every place used, then one given back */
static void places(void **state)
{
	struct nettrace_info info = good_info();
	struct nt_source *s;
	struct nt_error err;
	unsigned int i;
	int fd, sv[2];

	(void)state;
	s = open_streams(&fd, 1, 0);
	for (i = 1; i <= NT_STREAM_MAX; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
		info.netns = i;
		send_info(sv[0], &info);
		close(sv[0]);
		if (i == NT_STREAM_MAX)
			break;
		assert_int_equal(nt_source_live_add(s, sv[1], "n", &err), 0);
		assert_int_equal(nt_source_next(s, &(struct nt_event){ 0 }, &err), 0);
	}
	assert_int_equal(nt_source_live_add(s, sv[1], "last", &err), -E2BIG);
	assert_says(&err, "last");
	nt_source_live_release(s, 0); /* has not ended: not given back */
	nt_source_live_release(s, 9);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	send_info(sv[0], &info);
	assert_int_equal(nt_source_live_add(s, sv[1], "again", &err), 0);
	assert_int_equal(s->nstream, NT_STREAM_MAX);
	assert_string_equal(s->stream[9].name, "again");
	assert_false(s->stream[9].ended);
	close(sv[0]);
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
		cmocka_unit_test(stream_facts),	    cmocka_unit_test(merged_in_order),
		cmocka_unit_test(held_back),	    cmocka_unit_test(not_too_soon),
		cmocka_unit_test(gaps_are_counted), cmocka_unit_test(streams_end),
		cmocka_unit_test(until_now),	    cmocka_unit_test(in_runs),
		cmocka_unit_test(bounded),	    cmocka_unit_test(waiting),
		cmocka_unit_test(other_modules),    cmocka_unit_test(shorter_than_a_slot),
		cmocka_unit_test(one_more),	    cmocka_unit_test(places),
		cmocka_unit_test(filtered),	    cmocka_unit_test(namespaces),
		cmocka_unit_test(not_a_namespace),
	};

	return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
