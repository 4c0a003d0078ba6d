// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_serve.c - nettraced's server, and nettrace's own client of it, in
 * one process: what is sent is read, and nobody who does not read is waited for
 */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "../../userspace/daemon_serve.h"
#include "../../userspace/source_daemon.h"
#include "support.h"

#define TAG    4
#define SECOND 1000000000LL

static struct nt_source streams; /* only its streams are looked at */
static char path[64];

struct daemon {
	struct ntd_store *store;
	struct ntd_server *server;
	int epoll;
	pthread_t thread;
	pthread_mutex_t lock;
	atomic_bool stop;
	atomic_bool cut; /* stop without an end block */
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static size_t counters(void *arg, char *buf, size_t size)
{
	(void)arg;
	return (size_t)snprintf(buf, size, "version test\nevents %d\n", 42);
}

/* the worker's loop, without a worker */
static void *serve(void *arg)
{
	struct daemon *d = arg;
	struct epoll_event ev[64];
	int i, n;

	while (!d->stop) {
		n = epoll_wait(d->epoll, ev, 64, 1);
		pthread_mutex_lock(&d->lock);
		for (i = 0; i < n; i++) {
			if (ev[i].data.u64 == TAG - 1)
				ntd_server_accept(d->server, now_ns());
			else
				ntd_server_ready(d->server, ev[i].data.u64 - TAG, ev[i].events,
						 now_ns());
		}
		ntd_server_push(d->server, now_ns(), now_ns());
		pthread_mutex_unlock(&d->lock);
	}
	if (!d->cut)
		ntd_server_end(d->server, 1000);
	return NULL;
}

static void start(struct daemon *d)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ntd_server_opts o = { .src = &streams, .tag = TAG, .counters = counters };

	memset(d, 0, sizeof(*d));
	snprintf(path, sizeof(path), "/tmp/nettrace-test-%d", getpid());
	unlink(path);
	strcpy(a.sun_path, path);
	streams.nstream = 2;
	strcpy(streams.stream[0].name, "client");
	strcpy(streams.stream[1].name, "server");
	pthread_mutex_init(&d->lock, NULL);
	d->epoll = epoll_create1(EPOLL_CLOEXEC);
	d->store = ntd_store_new(NTD_LIMIT_MIN);
	o.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(o.listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(o.listener, 64), 0);
	o.store = d->store;
	o.epoll = d->epoll;
	d->server = ntd_server_new(&o);
	assert_non_null(d->server);
	ntd_server_stream(d->server, 0);
	ntd_server_stream(d->server, 1);
	assert_int_equal(pthread_create(&d->thread, NULL, serve, d), 0);
}

static void end(struct daemon *d, bool cut)
{
	d->cut = cut;
	d->stop = true;
	pthread_join(d->thread, NULL);
	ntd_server_free(d->server);
	ntd_store_free(d->store);
	close(d->epoll);
	unlink(path);
}

static void add(struct daemon *d, uint64_t first, uint64_t n)
{
	uint64_t i;

	pthread_mutex_lock(&d->lock);
	for (i = first; i < first + n; i++) {
		struct nt_event ev = make_event(1000 + i, i & 1, 0, i);

		memset(&ev.rec.packet.dev, 0, sizeof(ev.rec) - sizeof(ev.rec.hdr));
		ev.rec.hdr.family = NETTRACE_ARP;
		ntd_store_add(d->store, &ev);
	}
	pthread_mutex_unlock(&d->lock);
}

/* read until @want events came, or the end: its code */
static int read_some(struct nt_source *s, uint64_t want, struct nt_error *err)
{
	int64_t give_up = now_ns() + 20 * SECOND;
	struct nt_event ev;
	int ret;

	while (s->delivered < want && now_ns() < give_up) {
		ret = nt_source_next(s, &ev, err);
		if (ret < 0)
			return ret;
		if (!ret)
			nt_source_wait(s, 100);
	}
	return 0;
}

static void test_history(void **state)
{
	struct nt_error err = { "" };
	struct nt_source *s;
	struct daemon d;

	(void)state;
	start(&d);
	add(&d, 0, 400);
	assert_int_equal(nt_source_daemon(&s, path, true, false, &err), 0);
	assert_int_equal(s->nstream, 2);
	assert_string_equal(s->stream[1].name, "server");
	assert_int_equal(read_some(s, UINT64_MAX, &err), -ENODATA);
	assert_int_equal(s->delivered, 400);
	assert_int_equal(s->lost, 0);
	nt_source_close(s);
	end(&d, false);
}

/* of event @i: none, few, more than a block takes of many */
static uint32_t length(uint64_t i)
{
	return i % 4 ? (uint32_t)(i * 97 % 1500) : i == 100 ? NT_EVENT_BYTES : 0;
}

static uint8_t byte(uint64_t i, uint32_t at)
{
	return (uint8_t)(i * 31 + at);
}

/* payloads come with their events, whatever the blocks are */
static void test_payloads(void **state)
{
	uint8_t bytes[NT_EVENT_BYTES];
	struct nt_error err = { "" };
	struct nt_source *s;
	struct nt_event ev;
	struct daemon d;
	uint64_t i;
	uint32_t at;
	int ret;

	(void)state;
	start(&d);
	pthread_mutex_lock(&d.lock);
	for (i = 0; i < 150; i++) {
		ev = make_event(1000 + i, i & 1, 0, i);
		memset(&ev.rec.packet.dev, 0, sizeof(ev.rec) - sizeof(ev.rec.hdr));
		ev.rec.hdr.family = NETTRACE_ARP;
		ev.nbytes = length(i);
		ev.bytes = bytes;
		for (at = 0; at < ev.nbytes; at++)
			bytes[at] = byte(i, at);
		ntd_store_add(d.store, &ev);
	}
	pthread_mutex_unlock(&d.lock);
	assert_int_equal(nt_source_daemon(&s, path, true, false, &err), 0);
	for (i = 0; i < 150; i += ret == 1) {
		ret = nt_source_next(s, &ev, &err);
		assert_in_range(ret, 0, 1);
		if (!ret) {
			assert_int_equal(nt_source_wait(s, 20000), 0);
			continue;
		}
		assert_int_equal(ev.rec.hdr.seq, i);
		assert_int_equal(ev.nbytes, length(i));
		for (at = 0; at < ev.nbytes; at++)
			assert_int_equal(ev.bytes[at], byte(i, at));
	}
	nt_source_close(s);
	end(&d, false);
}

static void test_live(void **state)
{
	struct nt_error err = { "" };
	struct nt_source *s, *both;
	struct daemon d;

	(void)state;
	start(&d);
	add(&d, 0, 100);
	assert_int_equal(nt_source_daemon(&s, path, false, true, &err), 0);
	assert_int_equal(nt_source_daemon(&both, path, true, true, &err), 0);
	add(&d, 100, 50);
	assert_int_equal(read_some(s, 50, &err), 0);
	assert_int_equal(read_some(both, 150, &err), 0);
	end(&d, false);
	assert_int_equal(read_some(s, UINT64_MAX, &err), -ENODATA);
	assert_int_equal(s->delivered, 50);
	assert_int_equal(read_some(both, UINT64_MAX, &err), -ENODATA);
	assert_int_equal(both->delivered, 150);
	nt_source_close(s);
	nt_source_close(both);
}

/* killed: said, and not taken for an end */
static void test_cut_off(void **state)
{
	struct nt_error err = { "" };
	struct nt_source *s;
	struct daemon d;

	(void)state;
	start(&d);
	assert_int_equal(nt_source_daemon(&s, path, false, true, &err), 0);
	add(&d, 0, 10);
	assert_int_equal(read_some(s, 10, &err), 0);
	end(&d, true);
	assert_int_equal(read_some(s, UINT64_MAX, &err), -ECONNRESET);
	assert_says(&err, "broke off");
	nt_source_close(s);
}

static void test_counters(void **state)
{
	struct nt_error err = { "" };
	struct daemon d;
	char *text;

	(void)state;
	start(&d);
	assert_int_equal(nt_daemon_counters(path, &text, &err), 0);
	assert_string_equal(text, "version test\nevents 42\n");
	free(text);
	end(&d, false);
}

/* one that does not read is overtaken, and told so when it reads again */
static void test_overtaken(void **state)
{
	struct nt_error err = { "" };
	struct nt_source *slow, *other;
	struct daemon d;
	uint64_t n;

	(void)state;
	start(&d);
	assert_int_equal(nt_source_daemon(&slow, path, false, true, &err), 0);
	for (n = 0; n < 40000; n += 400) {
		add(&d, n, 400);
		assert_int_equal(nt_source_daemon(&other, path, true, false, &err), 0);
		assert_int_equal(read_some(other, UINT64_MAX, &err), -ENODATA);
		assert_int_equal(other->delivered + other->lost, n + 400);
		nt_source_close(other);
	}
	end(&d, false);
	assert_int_equal(read_some(slow, UINT64_MAX, &err), -ECONNRESET);
	assert_true(slow->delivered > 0 && slow->delivered < 40000);
	nt_source_close(slow);
}

static void test_refused(void **state)
{
	struct nt_source *s[NTD_CLIENTS_MAX], *more;
	struct nt_error err = { "" };
	struct daemon d;
	unsigned int i;

	(void)state;
	start(&d);
	for (i = 0; i < NTD_CLIENTS_MAX; i++)
		assert_int_equal(nt_source_daemon(&s[i], path, false, true, &err), 0);
	assert_int_equal(nt_source_daemon(&more, path, true, false, &err), -ECONNREFUSED);
	assert_says(&err, "32 clients already");
	for (i = 0; i < NTD_CLIENTS_MAX; i++)
		nt_source_close(s[i]);
	end(&d, false);
	assert_int_equal(nt_source_daemon(&more, path, true, false, &err), -ENOENT);
	assert_says(&err, "there is no daemon");
}

/* the descriptors that there are and no more; what held before in *old */
static void limit_files(struct rlimit *old)
{
	struct rlimit r;
	int fd = dup(0);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, old), 0);
	r = *old;
	r.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &r), 0);
}

/* no descriptor for a client: it waits, and nobody turns round and round meanwhile */
static void test_no_descriptor(void **state)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct epoll_event ev;
	struct rlimit old;
	struct daemon d;
	int fd;

	(void)state;
	start(&d);
	d.stop = true; /* without the thread: each step is ours */
	pthread_join(d.thread, NULL);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(a.sun_path, path);
	assert_int_equal(connect(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 1000), 1);
	assert_int_equal(ev.data.u64, TAG - 1);
	limit_files(&old);
	ntd_server_accept(d.server, now_ns());
	assert_int_equal(ntd_server_counts(d.server)->clients, 0);
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 0), 0);
	/* nor is there one with the next tick, which looks again */
	ntd_server_tick(d.server, now_ns());
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 0), 1);
	ntd_server_accept(d.server, now_ns());
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 0), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	ntd_server_tick(d.server, now_ns());
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 0), 1);
	ntd_server_accept(d.server, now_ns());
	assert_int_equal(ntd_server_counts(d.server)->clients, 1);
	assert_int_equal(epoll_wait(d.epoll, &ev, 1, 0), 0);
	close(fd);
	ntd_server_free(d.server);
	ntd_store_free(d.store);
	close(d.epoll);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_history),	 cmocka_unit_test(test_payloads),
		cmocka_unit_test(test_live),	 cmocka_unit_test(test_cut_off),
		cmocka_unit_test(test_counters), cmocka_unit_test(test_overtaken),
		cmocka_unit_test(test_refused),	 cmocka_unit_test(test_no_descriptor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
