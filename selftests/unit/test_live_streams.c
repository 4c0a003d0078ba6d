// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_live_streams.c - streams of source_live.c that come, go and are refused, and what
 * live_open.c and netns.c say when there is nothing to open
 */
#include <fcntl.h>

#include "../../userspace/netns.h"
#include "live_slots.h"

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

/* less may be held than is: the oldest go early, and a stream more is not refused */
static void held_less(void **state)
{
	const unsigned int most = 256 * 1024 / NETTRACE_REC_SIZE + 100;
	uint64_t t = now() + 3600 * 1000 * MS;
	struct nettrace_info info = good_info();
	uint8_t first[9 * STRIDE] = { 0 };
	struct nt_event ev, many[64];
	unsigned int i, n = 0;
	struct nt_source *s;
	struct nt_error err;
	int fd, sv[2];

	(void)state;
	s = open_streams(&fd, 1, 8192);
	for (i = 0; i < 64 * 64; i++) {
		many[i % 64] = make_event(t + i, 0, 0, i);
		if (i % 64 != 63)
			continue;
		send_slots(fd, many, 64);
		assert_int_equal(nt_source_next(s, &ev, &err), 0);
	}
	nt_source_live_hold(s, most);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
	info.netns = 77;
	memcpy(first, &info, sizeof(info));
	for (i = 0; i < 8; i++) {
		ev = make_event(t + 1000 + i, 0, 0, i);
		memcpy(first + (i + 1) * STRIDE, &ev.rec, sizeof(ev.rec));
	}
	assert_int_equal(send(sv[0], first, sizeof(first), 0), sizeof(first));
	assert_int_equal(nt_source_live_add(s, sv[1], "late", &err), 0);
	while (nt_source_next(s, &ev, &err) == 1)
		n++;
	/* one read more has room again, and no more than that */
	assert_in_range(n, 64 * 64 + 8 - most, 64 * 64 + 8 - 1);
	close(sv[0]);
	close(fd);
	while (nt_source_next(s, &ev, &err) == 1)
		n++;
	assert_int_equal(n, 64 * 64 + 8);
	assert_int_equal(s->late, 0);
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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(stream_facts),	 cmocka_unit_test(streams_end),
		cmocka_unit_test(other_modules), cmocka_unit_test(one_more),
		cmocka_unit_test(places),	 cmocka_unit_test(held_less),
		cmocka_unit_test(namespaces),	 cmocka_unit_test(not_a_namespace),
	};

	return cmocka_run_group_tests_name("live_streams", tests, NULL, NULL);
}
