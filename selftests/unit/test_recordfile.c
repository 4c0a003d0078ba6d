// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_recordfile.c - recorder.c and source_file.c: what is written is read,
 * whatever is damaged is found and said, what is sound before it is read
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../userspace/recordfile.h"
#include "tempfile.h"

#define HEADER sizeof(struct nt_rf_header)
#define BLOCK  sizeof(struct nt_rf_block)

static const struct nt_stream streams[2] = {
	{ .name = "client",
	  .netns = 4026532001,
	  .real_offset = 1000,
	  .cpus = 2,
	  .stride = 192,
	  .ring = 4096,
	  .version = "0.1",
	  .release = "6.1.0" },
	{ .name = "server", .netns = 4026532002, .real_offset = 1000 },
};

static struct nt_event nth(unsigned int i)
{
	struct nt_event ev = make_event(1000 + i, i % 2, (uint16_t)(i % 3), i);

	if (i % 100 == 99) {
		memset(&ev.rec.gap, 0, sizeof(ev.rec.gap));
		ev.rec.hdr.type = NETTRACE_GAP;
		ev.rec.gap.lost = 5;
	}
	return ev;
}

static void record(unsigned int n)
{
	struct nt_recorder *r;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i;

	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	for (i = 0; i < n; i++) {
		ev = nth(i);
		assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
	}
	assert_int_equal(nt_recorder_close(r, &err), 0);
}

/* read all; how many, and the code at the end; each event is compared */
static int replay(unsigned int *n, struct nt_error *err)
{
	struct nt_event ev, want;
	struct nt_source *s;
	int ret;

	*n = 0;
	err->text[0] = '\0';
	ret = nt_source_file(&s, path, err);
	if (ret)
		return ret;
	while ((ret = nt_source_next(s, &ev, err)) == 1) {
		want = nth(*n);
		assert_int_equal(ev.t, want.t);
		assert_int_equal(ev.source, want.source);
		assert_memory_equal(&ev.rec, &want.rec, sizeof(ev.rec));
		++*n;
	}
	/* once over, it stays so */
	assert_int_equal(nt_source_next(s, &ev, err), ret);
	nt_source_close(s);
	return ret;
}

static void round_trip(void **state)
{
	static const unsigned int counts[] = { 0, 1, 255, 256, 257, 1000 };
	struct nt_source *s;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		record(counts[i]);
		assert_int_equal(replay(&n, &err), -ENODATA);
		assert_int_equal(n, counts[i]);
	}
	assert_int_equal(nt_source_file(&s, path, &err), 0);
	assert_int_equal(s->nstream, 2); /* known before the first event */
	assert_memory_equal(&s->stream[0], &streams[0], sizeof(streams[0]));
	assert_string_equal(s->stream[1].name, "server");
	while (nt_source_next(s, &ev, &err) == 1)
		;
	assert_int_equal(s->delivered, 990);
	assert_int_equal(s->lost, 50);
	nt_source_close(s);
}

static void stream_in_mid_file(void **state)
{
	static const struct nt_stream late = { .name = "router", .cpus = 7 };
	struct nt_event ev = make_event(1, 0, 0, 0), got;
	struct nt_recorder *r;
	struct nt_source *s;
	struct nt_error err;

	(void)state;
	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
	ev.source = 2;
	assert_int_equal(nt_recorder_write(r, &ev, &err), -EINVAL);
	assert_int_equal(nt_recorder_stream(r, 2, &late, &err), 0);
	assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
	assert_int_equal(nt_recorder_stream(r, NT_STREAM_MAX, &late, &err), -E2BIG);
	assert_int_equal(nt_recorder_close(r, &err), 0);

	assert_int_equal(nt_source_file(&s, path, &err), 0);
	assert_int_equal(s->nstream, 2);
	assert_int_equal(nt_source_next(s, &got, &err), 1);
	assert_int_equal(got.source, 0);
	assert_int_equal(nt_source_next(s, &got, &err), 1);
	assert_int_equal(got.source, 2);
	assert_int_equal(s->nstream, 3);
	assert_string_equal(s->stream[2].name, "router");
	assert_int_equal(nt_source_next(s, &got, &err), -ENODATA);
	nt_source_close(s);
}

/* where to cut next: at the borders of blocks, each byte of the first ones */
static off_t cut_before(off_t at, off_t size, off_t second)
{
	off_t next = at - (at > 600 ? 97 : 1);

	if (at > size - 24 && next < size - 24)
		return size - 24;
	if (at > second && next < second)
		return second;
	return next;
}

/* cut at many bytes: sound blocks are read, the rest is said to be damaged */
static void cut_anywhere(void **state)
{
	const off_t stream = BLOCK + sizeof(struct nt_rf_stream);
	const off_t first = HEADER + 2 * stream;
	const off_t second = first + BLOCK + 256 * sizeof(struct nt_rf_event);
	struct nt_error err;
	off_t size, at;
	unsigned int n;
	int ret;

	(void)state;
	record(300);
	size = file_size();
	for (at = size - 1; at >= 0; at = cut_before(at, size, second)) {
		assert_int_equal(truncate(path, at), 0);
		ret = replay(&n, &err);
		assert_int_equal(n, at >= size - 24 ? 300 : at >= second ? 256 : 0);
		if (at == 0) {
			assert_int_equal(ret, -EINVAL);
			assert_says(&err, "empty");
		} else if (at == (off_t)HEADER || at == second || at == first ||
			   at == (off_t)HEADER + stream || at == size - 24) {
			/* as a killed recorder leaves it */
			assert_int_equal(ret, -ENODATA);
		} else {
			assert_int_equal(ret, -EBADMSG);
			assert_says(&err, "is damaged at byte");
			assert_says(&err, n == 300 ? "first 300 events" :
					  n	   ? "first 256 events" :
						     "first 0 events");
		}
	}
}

/* each byte of a small file changed: never read as if nothing were the matter */
static void change_anywhere(void **state)
{
	struct nt_error err;
	off_t size, at;
	unsigned int n;
	uint8_t c, bad;
	int fd, ret;

	(void)state;
	record(2);
	size = file_size();
	fd = open(path, O_RDONLY);
	assert_true(fd >= 0);
	for (at = 0; at < size; at++) {
		if (at >= (off_t)HEADER - 6 && at < (off_t)HEADER)
			continue; /* padding, not looked at */
		assert_int_equal(pread(fd, &c, 1, at), 1);
		bad = c ^ 0x10;
		patch(at, &bad, 1);
		ret = replay(&n, &err);
		assert_true(ret == -EBADMSG || ret == -EINVAL);
		assert_true(strlen(err.text) > 20);
		patch(at, &c, 1);
	}
	close(fd);
	assert_int_equal(replay(&n, &err), -ENODATA);
	assert_int_equal(n, 2);
}

static void foreign_files(void **state)
{
	static const struct {
		const char *bytes;
		size_t n;
		const char *says;
	} t[] = {
		{ "hello, this is no recording at all\n", 35, "neither a recording" },
		{ "x", 1, "neither a recording" },
		{ "\xd4\xc3\xb2\xa1\2\0\4\0\0\0\0\0\0\0\0\0\0\0\4\0\1\0\0\0", 24,
		  "packet capture" },
		{ "\x0a\x0d\x0d\x0a", 4, "packet capture" },
		{ "\x89NTR", 4, "inside its header" },
	};
	struct nt_source *s;
	struct nt_error err;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_int_equal(truncate(path, 0), 0);
		patch(0, t[i].bytes, t[i].n);
		assert_true(replay(&n, &err) < 0);
		assert_says(&err, t[i].says);
	}
	assert_int_equal(nt_source_file(&s, "/nonexistent/x\x1b[2J", &err), -ENOENT);
	assert_says(&err, "No such file");
	assert_null(strchr(err.text, '\x1b')); /* a name is not a command */
	assert_int_equal(nt_source_file(&s, "/tmp", &err), -EISDIR);
}

static void other_versions(void **state)
{
	uint32_t swapped = NT_RF_ORDER_SWAPPED;
	uint16_t newer = NT_RF_VERSION + 1, abi = NETTRACE_ABI + 1;
	struct nt_error err;
	unsigned int n;

	(void)state;
	record(1);
	patch(offsetof(struct nt_rf_header, order), &swapped, 4);
	assert_int_equal(replay(&n, &err), -EINVAL);
	assert_says(&err, "byte order");
	record(1);
	patch(offsetof(struct nt_rf_header, version), &newer, 2);
	assert_int_equal(replay(&n, &err), -EINVAL);
	assert_says(&err, "format 2");
	record(1);
	patch(offsetof(struct nt_rf_header, abi), &abi, 2);
	assert_int_equal(replay(&n, &err), -EINVAL);
	assert_says(&err, "ABI 2");
	abi = 0;
	patch(offsetof(struct nt_rf_header, abi), &abi, 2);
	assert_int_equal(replay(&n, &err), -EINVAL);
	assert_says(&err, "older");
}

/* blocks that are whole and make no sense; and one that may be skipped */
static void sound_nonsense(void **state)
{
	struct {
		struct nt_rf_block head;
		union {
			struct nt_rf_event event;
			struct nt_rf_stream stream;
			struct nt_rf_end end;
			uint8_t b[512];
		};
	} k;
	static const struct {
		uint32_t type, len;
		int ret;
	} t[] = {
		{ NT_RF_EVENTS, 208, -EBADMSG }, /* of stream 9 */
		{ NT_RF_EVENTS, 200, -EBADMSG },
		{ NT_RF_STREAM, 176, -EBADMSG }, /* index too high */
		{ NT_RF_STREAM, 168, -EBADMSG },
		{ NT_RF_END, 8, -EBADMSG }, /* wrong number */
		{ NT_RF_END, 16, -EBADMSG },
		{ 4711, 512, -ENODATA }, /* unknown: skipped */
		{ 4711, 0, -ENODATA },
	};
	struct nt_error err;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		memset(&k, 0, sizeof(k));
		if (t[i].type == NT_RF_EVENTS)
			k.event.stream = 9;
		else if (t[i].type == NT_RF_STREAM)
			k.stream.index = NT_STREAM_MAX;
		else
			k.end.events = 12;
		k.head.type = t[i].type;
		k.head.len = t[i].len;
		k.head.sum = nt_rf_sum(t[i].type, t[i].len, k.b);
		record(3);
		assert_int_equal(truncate(path, file_size() - 24), 0);
		patch(file_size(), &k, BLOCK + t[i].len);
		assert_int_equal(replay(&n, &err), t[i].ret);
		assert_int_equal(n, 3);
	}
	record(3); /* nothing follows an end */
	patch(file_size(), &k, BLOCK);
	assert_int_equal(replay(&n, &err), -EBADMSG);
	assert_says(&err, "after its end");
}

/* a length that is not to be believed, and all the bytes that it asks for */
static void endless_block(void **state)
{
	struct nt_rf_block head = {
		.type = 4711,
		.len = NT_RF_BODY_MAX + 8,
	};
	struct nt_error err;
	unsigned int n;
	void *body;

	(void)state;
	body = calloc(1, head.len);
	assert_non_null(body);
	head.sum = nt_rf_sum(head.type, head.len, body);
	record(3);
	assert_int_equal(truncate(path, file_size() - 24), 0);
	patch(file_size(), &head, sizeof(head));
	patch(file_size(), body, head.len);
	free(body);
	assert_int_equal(replay(&n, &err), -EBADMSG);
	assert_int_equal(n, 3);
	assert_says(&err, "length is impossible");
}

/* SIGKILL: what was flushed is there */
static void killed_recorder(void **state)
{
	struct nt_recorder *r;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i, n;
	int status;
	pid_t pid;

	(void)state;
	pid = fork();
	if (!pid) {
		if (nt_recorder_open(&r, path, streams, 2, &err))
			_exit(1);
		for (i = 0; i < 300; i++) {
			ev = nth(i);
			if (nt_recorder_write(r, &ev, &err))
				_exit(1);
		}
		if (nt_recorder_flush(r, &err))
			_exit(1);
		ev = nth(i);
		nt_recorder_write(r, &ev, &err); /* not flushed */
		raise(SIGKILL);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	assert_int_equal(replay(&n, &err), -ENODATA);
	assert_int_equal(n, 300);
}

/* a full disk: said once, with what is sound; the file is cut back to it */
static void full_disk(void **state)
{
	struct rlimit old, small = { .rlim_cur = 60000, .rlim_max = 0 };
	struct nt_recorder *r;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i, n;
	int ret = 0;

	(void)state;
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	for (i = 0; i < 600 && !ret; i++) {
		ev = nth(i);
		ret = nt_recorder_write(r, &ev, &err);
	}
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	assert_int_equal(ret, -EFBIG);
	assert_int_equal(i, 512);
	assert_says(&err, "first 256 events");
	assert_true(nt_recorder_write(r, &ev, &err) < 0);
	assert_int_equal(nt_recorder_close(r, &err), -EIO);
	assert_says(&err, "is not complete: it holds the first 256 events");
	assert_int_equal(replay(&n, &err), -ENODATA);
	assert_int_equal(n, 256);

	assert_int_equal(nt_recorder_open(&r, "/dev/full", streams, 2, &err), -ENOSPC);
	assert_says(&err, "No space left");
	assert_int_equal(nt_recorder_open(&r, "/nonexistent/x", streams, 2, &err), -ENOENT);
}

static volatile sig_atomic_t asked;

static void ask(int sig)
{
	asked = sig;
}

static int is_asked(void)
{
	return asked;
}

static void *trickle(void *arg)
{
	const char *fifo = arg;
	struct nt_recorder *r;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i;

	if (nt_recorder_open(&r, fifo, streams, 2, &err))
		return "open";
	nt_recorder_until(r, is_asked);
	for (i = 0; i < 600; i++) {
		ev = nth(i);
		if (nt_recorder_write(r, &ev, &err))
			return "write";
		if (i % 100 == 7 && nt_recorder_flush(r, &err))
			return "flush";
	}
	return nt_recorder_close(r, &err) ? "close" : NULL;
}

/* through a pipe, which gives 64 KiB at most and never a whole file */
static void through_a_pipe(void **state)
{
	struct nt_error err;
	unsigned int n;
	pthread_t t;
	void *failed;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(pthread_create(&t, NULL, trickle, path), 0);
	assert_int_equal(replay(&n, &err), -ENODATA);
	pthread_join(t, &failed);
	assert_null(failed);
	assert_int_equal(n, 600);
}

/* so that a signal ends a wait */
static void catch_alarm(void)
{
	struct sigaction sa = { .sa_handler = ask };

	sigemptyset(&sa.sa_mask);
	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
}

/* who does not read is not waited for when an end is wanted */
static void reader_asleep(void **state)
{
	struct nt_recorder *r;
	struct nt_error err;
	struct nt_event ev;
	unsigned int i;
	int fd, ret = 0;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	fd = open(path, O_RDONLY | O_NONBLOCK);
	assert_true(fd >= 0);
	asked = 0;
	catch_alarm();
	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	nt_recorder_until(r, is_asked);
	alarm(1);
	for (i = 0; !ret && i < 10000; i++) {
		ev = nth(i);
		ret = nt_recorder_write(r, &ev, &err);
	}
	assert_int_equal(ret, -ETIMEDOUT);
	assert_int_equal(asked, SIGALRM);
	assert_says(&err, "the recording is incomplete, it holds the first 256 events");
	assert_true(nt_recorder_close(r, &err) < 0);
	close(fd);
}

/* who reads gets all of it, also then */
static void reader_awake(void **state)
{
	struct nt_error err;
	unsigned int n;
	pthread_t t;
	void *failed;

	(void)state;
	assert_int_equal(unlink(path), 0);
	assert_int_equal(mkfifo(path, 0600), 0);
	asked = SIGINT;
	assert_int_equal(pthread_create(&t, NULL, trickle, path), 0);
	assert_int_equal(replay(&n, &err), -ENODATA);
	pthread_join(t, &failed);
	assert_null(failed);
	assert_int_equal(n, 600);
}

static void mode_of_a_new_file(void **state)
{
	struct stat st;

	(void)state;
	assert_int_equal(unlink(path), 0);
	record(1);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 0777, 0600);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(stream_in_mid_file, setup, teardown),
		cmocka_unit_test_setup_teardown(cut_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(change_anywhere, setup, teardown),
		cmocka_unit_test_setup_teardown(foreign_files, setup, teardown),
		cmocka_unit_test_setup_teardown(other_versions, setup, teardown),
		cmocka_unit_test_setup_teardown(sound_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(endless_block, setup, teardown),
		cmocka_unit_test_setup_teardown(killed_recorder, setup, teardown),
		cmocka_unit_test_setup_teardown(full_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(through_a_pipe, setup, teardown),
		cmocka_unit_test_setup_teardown(reader_asleep, setup, teardown),
		cmocka_unit_test_setup_teardown(reader_awake, setup, teardown),
		cmocka_unit_test_setup_teardown(mode_of_a_new_file, setup, teardown),
	};

	return cmocka_run_group_tests_name("recordfile", tests, NULL, NULL);
}
