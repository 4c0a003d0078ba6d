// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - nothing is lost without being counted
 *
 * For each reader, from its attaching on: seen = delivered + filtered + lost,
 * to the event; the GAP record stands exactly where the events are missing; and
 * a reader that is overtaken while it reads never gets a torn record.
 *
 * NT_STORM is the size of three of these tests, to be run one at a time with it:
 *   overtaken_while_reading  datagrams, from all CPUs together (20000 for each CPU)
 *   two_hundred_readers      rounds of 20 to 39 datagrams each (20)
 *   the_date_is_set          how often (3)
 * At most 10000000.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/own.h"

#define BUF	(64 * 1024)
#define PORT0	20000
#define PORTS	1000
#define CPUS	64
#define READERS 200
#define MOST	10000000
#define HOURS	(4 * 3600)

/* A datagram's length follows from its port: a torn record betrays itself. */
static unsigned int length_of(unsigned int port)
{
	return 1 + port % 97;
}

/*
 * @n datagrams to lo: each is sighted at LOCAL_OUT and at LOCAL_IN, and then
 * dropped for its wrong checksum, without an ICMP error.
 */
static int send_datagrams(unsigned int n)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int out = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	struct {
		unsigned char ip[20];
		uint16_t sport, dport, len, check;
		char data[128];
	} p;
	unsigned int i, port, len;
	int ret = 0;

	memset(&p, 0, sizeof(p));
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	for (i = 0; i < n && !ret; i++) {
		port = PORT0 + i % PORTS;
		len = 28 + length_of(port);
		p.ip[0] = 0x45;
		p.ip[2] = (unsigned char)(len >> 8);
		p.ip[3] = (unsigned char)len;
		p.ip[8] = 64;
		p.ip[9] = IPPROTO_UDP;
		memcpy(p.ip + 12, &to.sin_addr, 4);
		memcpy(p.ip + 16, &to.sin_addr, 4);
		p.sport = htons((uint16_t)port);
		p.dport = htons((uint16_t)port);
		p.len = htons((uint16_t)(len - 20));
		p.check = htons(0x1234);
		if (sendto(out, &p, len, 0, (struct sockaddr *)&to, sizeof(to)) < 0)
			ret = -errno;
	}
	close(out);
	return ret;
}

/* what a reader has to hold to, beyond its counters */
struct checks {
	uint64_t next[CPUS];
	uint64_t torn, misplaced, backwards;
	uint64_t last[CPUS];
};

static void check_packet(struct checks *c, const struct nettrace_packet *p)
{
	if (p->proto != IPPROTO_UDP || p->dport < PORT0 || p->dport >= PORT0 + PORTS)
		return;
	if (p->sport != p->dport || p->payload != length_of(p->dport) ||
	    p->len != 28 + p->payload || p->hdr.family != NETTRACE_IPV4)
		c->torn++;
}

static void check(struct checks *c, const union nettrace_rec *r)
{
	unsigned int cpu = r->hdr.cpu % CPUS;

	if (r->hdr.type == NETTRACE_GAP) {
		if (r->hdr.seq - c->next[cpu] != r->gap.lost + r->gap.filtered)
			c->misplaced++;
		c->next[cpu] = r->hdr.seq;
		return;
	}
	if (r->hdr.seq != c->next[cpu])
		c->misplaced++;
	if (r->hdr.time < c->last[cpu])
		c->backwards++;
	c->next[cpu] = r->hdr.seq + 1;
	c->last[cpu] = r->hdr.time;
	if (r->hdr.type == NETTRACE_PACKET)
		check_packet(c, &r->packet);
}

/* all that is there now: 0, or what events_next() failed with */
static int read_all(struct events *e, struct checks *c)
{
	union nettrace_rec rec;
	int ret;

	while ((ret = events_next(e, &rec)) > 0)
		check(c, &rec);
	return ret;
}

FIXTURE(ring)
{
	struct events a, b;
	struct checks ca, cb;
};

FIXTURE_SETUP(ring)
{
	memset(&self->ca, 0, sizeof(self->ca));
	memset(&self->cb, 0, sizeof(self->cb));
	ASSERT_EQ(0, module_load("ring=64 drops=0"))
	{
		TH_LOG("the module must load: is NETTRACE_KO right?");
	}
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, events_open(&self->a, NULL, false, BUF));
	ASSERT_EQ(0, events_open(&self->b, NULL, false, BUF));
}

FIXTURE_TEARDOWN(ring)
{
	events_close(&self->a);
	events_close(&self->b);
	EXPECT_EQ(0, module_unload());
}

#define EXPECT_CLEAN(c)                      \
	do {                                 \
		EXPECT_EQ(0, (c).torn);      \
		EXPECT_EQ(0, (c).misplaced); \
		EXPECT_EQ(0, (c).backwards); \
	} while (0)

TEST_F(ring, info_comes_first)
{
	union nettrace_rec rec;

	ASSERT_EQ(0, send_datagrams(1));
	ASSERT_EQ(1, events_next(&self->a, &rec));
	EXPECT_TRUE(self->a.have_info);
	EXPECT_EQ(64, self->a.info.ring);
	EXPECT_EQ((uint32_t)sysconf(_SC_NPROCESSORS_CONF), self->a.info.cpus);
	EXPECT_NE(0, self->a.info.version[0]);
	EXPECT_NE(0, self->a.info.release[0]);
}

TEST_F(ring, without_loss_each_sighting_is_delivered)
{
	ASSERT_EQ(0, send_datagrams(10));
	ASSERT_EQ(20, seen_so_far());
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	EXPECT_EQ(20, self->a.delivered);
	EXPECT_EQ(0, self->a.lost);
	EXPECT_EQ(0, self->a.gaps);
	EXPECT_CLEAN(self->ca);
}

TEST_F(ring, readers_do_not_consume)
{
	ASSERT_EQ(0, send_datagrams(10));
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	ASSERT_EQ(0, read_all(&self->b, &self->cb));
	EXPECT_EQ(20, self->a.delivered);
	EXPECT_EQ(20, self->b.delivered);
}

/* b stops reading half-way; a keeps up as it can */
TEST_F(ring, overflow_is_counted_exactly_for_each_reader)
{
	uint64_t seen;
	int i;

	for (i = 0; i < 50; i++) {
		ASSERT_EQ(0, send_datagrams(100));
		ASSERT_EQ(0, read_all(&self->a, &self->ca));
		if (i < 5) {
			ASSERT_EQ(0, read_all(&self->b, &self->cb));
		}
	}
	seen = seen_so_far();
	ASSERT_EQ(10000, seen);
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	ASSERT_EQ(0, read_all(&self->b, &self->cb));
	EXPECT_EQ(seen, self->a.delivered + self->a.filtered + self->a.lost);
	EXPECT_EQ(seen, self->b.delivered + self->b.filtered + self->b.lost);
	EXPECT_GT(self->a.lost, 0);
	EXPECT_GT(self->b.lost, self->a.lost - self->a.lost / 10);
	EXPECT_GT(self->b.gaps, 0);
	EXPECT_CLEAN(self->ca);
	EXPECT_CLEAN(self->cb);
}

TEST_F(ring, from_now_counts_from_now)
{
	uint64_t before, after;
	struct events now;
	struct checks c;

	ASSERT_EQ(0, send_datagrams(200));
	before = seen_so_far();
	ASSERT_EQ(0, events_open(&now, NULL, true, BUF));
	ASSERT_EQ(0, send_datagrams(7));
	after = seen_so_far();
	memset(&c, 0, sizeof(c));
	/* where each CPU stands is known from the first reader's end */
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	ASSERT_EQ(0, read_all(&now, &c));
	EXPECT_EQ(14, after - before);
	EXPECT_EQ(14, now.delivered + now.filtered + now.lost);
	EXPECT_EQ(0, now.lost);
	EXPECT_EQ(0, c.torn);
	events_close(&now);
}

/*
 * Very many at once: the first third reads all the time, the second now and then, the
 * last not before the end.  Each has its own account, and none costs the module a ring.
 */
TEST_F_TIMEOUT(ring, two_hundred_readers, HOURS)
{
	unsigned int rounds = (unsigned int)storm_size(20, MOST);
	struct events *e = calloc(READERS, sizeof(*e));
	struct checks *c = calloc(READERS, sizeof(*c));
	uint64_t seen, memory = 0, after = 1, readers = 0, sent = 0, lost = 0;
	unsigned int i, round;

	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &memory));
	for (i = 0; i < READERS; i++)
		ASSERT_EQ(0, events_open(&e[i], NULL, false, 8 * NETTRACE_REC_SIZE));
	for (round = 0; round < rounds; round++) {
		ASSERT_EQ(0, send_datagrams(20 + round % 20));
		sent += 20 + round % 20;
		for (i = 0; i < READERS; i++)
			if (i % 3 == 0 || (i % 3 == 1 && round % 7 == i % 7))
				ASSERT_EQ(0, read_all(&e[i], &c[i]));
	}
	seen = seen_so_far();
	ASSERT_EQ(2 * sent, seen);
	ASSERT_EQ(0, nettrace_stat(NULL, "readers", &readers));
	EXPECT_EQ(READERS + 2, readers);
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &after));
	EXPECT_EQ(memory, after);
	for (i = 0; i < READERS; i++) {
		ASSERT_EQ(0, read_all(&e[i], &c[i]));
		EXPECT_EQ(seen, e[i].delivered + e[i].filtered + e[i].lost);
		EXPECT_CLEAN(c[i]);
		if (i % 3 == 2 && rounds >= 20)
			EXPECT_LT(0, e[i].lost);
		lost += e[i].lost;
		events_close(&e[i]);
	}
	printf("# storm did: %u readers at once, a third of which stopped reading; %llu events each\n",
	       READERS, (unsigned long long)seen);
	printf("# storm lost: %llu of %llu, and seen = delivered + lost for each of the %u\n",
	       (unsigned long long)lost, (unsigned long long)seen * READERS, READERS);
	fflush(stdout);
	free(e);
	free(c);
}

static int step_clock(int64_t seconds)
{
	struct timespec ts;

	if (clock_gettime(CLOCK_REALTIME, &ts))
		return -errno;
	ts.tv_sec += seconds;
	return clock_settime(CLOCK_REALTIME, &ts) ? -errno : 0;
}

/* the date is set back and forth: neither order nor distances of events follow it */
TEST_F_TIMEOUT(ring, the_date_is_set, HOURS)
{
	/* a multiple of three brings it back */
	size_t times = (storm_size(3, MOST) + 2) / 3 * 3, total = 10 * times + 10;
	static const int64_t steps[] = { 86400, -172800, 86400 };
	uint64_t since = own_mono(), until;
	int64_t offset = 0;
	union nettrace_rec rec;
	struct events after;
	struct checks c;
	size_t i;

	memset(&c, 0, sizeof(c));
	for (i = 0; i <= times; i++) {
		ASSERT_EQ(0, send_datagrams(5));
		if (i < times)
			ASSERT_EQ(0, step_clock(steps[i % 3]));
		if (i % 3 != 2 && i < times)
			continue;
		until = own_mono();
		while (events_next(&self->a, &rec) > 0) {
			EXPECT_LE(since, rec.hdr.time);
			EXPECT_GE(until, rec.hdr.time);
			check(&self->ca, &rec);
		}
	}
	EXPECT_EQ(total, self->a.delivered);
	EXPECT_EQ(0, self->a.lost);
	EXPECT_CLEAN(self->ca);
	/* a reader is told the distance to the date as it is when it begins to read */
	ASSERT_EQ(0, step_clock(3600));
	ASSERT_EQ(0, events_open(&after, NULL, false, BUF));
	ASSERT_EQ(0, read_all(&after, &c));
	EXPECT_EQ(total < 64 ? total : after.delivered, after.delivered);
	offset = (int64_t)(after.info.real_offset - self->a.info.real_offset);
	EXPECT_GT(1000000000, llabs(offset - 3600 * 1000000000ll));
	events_close(&after);
	ASSERT_EQ(0, step_clock(-3600));
	printf("# storm did: the date set %zu times, by one or two days; %zu events, all between the times before and after, in order\n",
	       times, total);
	printf("# storm lost: %llu of %zu\n", (unsigned long long)self->a.lost, total);
	fflush(stdout);
}

/* a small buffer must give the same events, in more reads */
TEST_F(ring, small_reads)
{
	struct events small;
	struct checks c;

	memset(&c, 0, sizeof(c));
	ASSERT_EQ(0, send_datagrams(10));
	ASSERT_EQ(0, events_open(&small, NULL, false, NETTRACE_REC_SIZE));
	ASSERT_EQ(0, read_all(&small, &c));
	EXPECT_EQ(20, small.delivered);
	EXPECT_CLEAN(c);
	events_close(&small);
}

TEST_F(ring, too_small_a_read_is_refused)
{
	char buf[NETTRACE_REC_SIZE - 1];

	ASSERT_EQ(0, send_datagrams(1));
	EXPECT_EQ(-1, read(self->a.fd, buf, sizeof(buf)));
	EXPECT_EQ(EINVAL, errno);
}

TEST_F(ring, nothing_is_eagain_and_poll_wakes)
{
	struct pollfd p = { .fd = self->a.fd, .events = POLLIN };
	uint64_t t0, waited;
	char buf[4096];
	pid_t pid;

	ASSERT_EQ(0, send_datagrams(1));
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	EXPECT_EQ(-1, read(self->a.fd, buf, sizeof(buf)));
	EXPECT_EQ(EAGAIN, errno);
	EXPECT_EQ(0, poll(&p, 1, 50));
	pid = fork();
	if (!pid) {
		usleep(100000);
		_exit(send_datagrams(1) ? 1 : 0);
	}
	t0 = own_mono();
	EXPECT_EQ(1, poll(&p, 1, 10000));
	waited = own_mono() - t0;
	EXPECT_GT(waited, 50000000);
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	EXPECT_EQ(4, self->a.delivered);
	waitpid(pid, NULL, 0);
}

static void on_cpu(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	sched_setaffinity(0, sizeof(set), &set);
}

/* POLLPRI: a quarter of a CPU's 64 is unread, not less, whoever else is woken */
TEST_F(ring, poll_waits_for_a_quarter)
{
	struct pollfd pri = { .fd = self->a.fd, .events = POLLPRI };
	struct pollfd in = { .fd = self->b.fd, .events = POLLIN };
	uint64_t t0;
	pid_t pid;
	int i;

	on_cpu(0);
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	ASSERT_EQ(0, read_all(&self->b, &self->cb));
	pid = fork();
	if (!pid) {
		for (i = 0; i < 8; i++) {
			usleep(50000);
			if (send_datagrams(1))
				_exit(1);
		}
		_exit(0);
	}
	t0 = own_mono();
	EXPECT_EQ(1, poll(&in, 1, 10000));
	EXPECT_EQ(POLLIN, in.revents);
	EXPECT_EQ(1, poll(&pri, 1, 10000));
	EXPECT_EQ(POLLPRI, pri.revents);
	EXPECT_LE(400000000, own_mono() - t0);
	EXPECT_EQ(16, seen_so_far());
	waitpid(pid, NULL, 0);
	EXPECT_EQ(1, poll(&pri, 1, 0));
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	EXPECT_EQ(0, poll(&pri, 1, 0));
	/* both: each by itself */
	pri.events = POLLIN | POLLPRI;
	ASSERT_EQ(0, send_datagrams(1));
	EXPECT_EQ(1, poll(&pri, 1, 0));
	EXPECT_EQ(POLLIN, pri.revents);
	EXPECT_EQ(16, self->a.delivered);
}

/* no quarter is missed, one after the other */
TEST_F(ring, poll_says_each_quarter)
{
	struct pollfd pri = { .fd = self->a.fd, .events = POLLPRI };
	unsigned int i, woken = 0;
	pid_t pid;

	on_cpu(0);
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	for (i = 0; i < 20; i++) {
		pid = fork();
		if (!pid)
			_exit(send_datagrams(8) ? 1 : 0);
		woken += poll(&pri, 1, 10000) == 1;
		waitpid(pid, NULL, 0);
		ASSERT_EQ(0, read_all(&self->a, &self->ca));
	}
	EXPECT_EQ(20, woken);
	EXPECT_EQ(320, self->a.delivered);
	EXPECT_EQ(0, self->a.lost);
	EXPECT_CLEAN(self->ca);
}

struct flood {
	int cpu, err;
	unsigned int n;
	atomic_int *running;
};

static void *flood(void *arg)
{
	struct flood *f = arg;

	on_cpu(f->cpu);
	f->err = send_datagrams(f->n);
	atomic_fetch_sub(f->running, 1);
	return NULL;
}

/* writers on each CPU overtake a reader in the middle of its copying */
TEST_F_TIMEOUT(ring, overtaken_while_reading, HOURS)
{
	int i, cpus = (int)sysconf(_SC_NPROCESSORS_ONLN);
	struct flood f[CPUS];
	pthread_t t[CPUS];
	atomic_int running;
	unsigned int each;
	uint64_t seen;

	cpus = cpus > CPUS ? CPUS : cpus;
	each = (unsigned int)(storm_size(20000ul * (unsigned int)cpus, MOST) + (unsigned int)cpus -
			      1) /
	       (unsigned int)cpus;
	atomic_init(&running, cpus);
	for (i = 0; i < cpus; i++) {
		f[i] = (struct flood){ .cpu = i, .n = each, .running = &running };
		ASSERT_EQ(0, pthread_create(&t[i], NULL, flood, &f[i]));
	}
	while (atomic_load(&running)) {
		ASSERT_EQ(0, read_all(&self->a, &self->ca));
	}
	for (i = 0; i < cpus; i++) {
		pthread_join(t[i], NULL);
		EXPECT_EQ(0, f[i].err);
	}
	seen = seen_so_far();
	ASSERT_EQ(0, read_all(&self->a, &self->ca));
	ASSERT_EQ(0, read_all(&self->b, &self->cb));
	/* each is sighted when it leaves and when it arrives */
	EXPECT_EQ(2ull * each * (unsigned int)cpus, seen);
	EXPECT_EQ(seen, self->a.delivered + self->a.filtered + self->a.lost);
	EXPECT_EQ(seen, self->b.delivered + self->b.filtered + self->b.lost);
	EXPECT_GT(self->b.lost, 0);
	printf("# storm did: %llu datagrams from %d CPUs, %llu events into rings of 64; 1 reader at full speed, 1 not before the end\n",
	       (unsigned long long)each * (unsigned int)cpus, cpus, (unsigned long long)seen);
	printf("# storm lost: %llu of %llu, %llu of %llu: delivered + lost = 2 x sent, for both\n",
	       (unsigned long long)self->a.lost, (unsigned long long)seen,
	       (unsigned long long)self->b.lost, (unsigned long long)seen);
	fflush(stdout);
	EXPECT_CLEAN(self->ca);
	EXPECT_CLEAN(self->cb);
}

/* the module goes while readers hold it open: a clean end, at once */
TEST_F(ring, unloading_ends_readers)
{
	union nettrace_rec rec;
	int ret;

	ASSERT_EQ(0, send_datagrams(3));
	ASSERT_EQ(0, module_unload());
	while ((ret = events_next(&self->a, &rec)) > 0)
		;
	EXPECT_EQ(-ENODATA, ret);
	EXPECT_EQ(1, events_wait(&self->b, 0));
}

TEST_HARNESS_MAIN
