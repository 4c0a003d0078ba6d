// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_work.c - nettraced's worker, as the opener and a client see it
 *
 * It is a process of its own as in earnest, but keeps its privileges: what it may
 * not do any more is service.sh's to test.
 */
#include <poll.h>
#include <sys/resource.h>
#include <sys/un.h>
#include <sys/wait.h>

#include "../../userspace/daemon_msg.h"
#include "../../userspace/daemon_priv.h"
#include "../../userspace/daemon_store.h"
#include "../../userspace/daemon_work.h"
#include "../../userspace/source_daemon.h"
#include "live_slots.h"

#define MIB 1048576ull

struct worker {
	pid_t pid;
	int fd; /* the opener's */
	char path[64];
	char payload[NTD_PAYLOAD_MAX + 1];
};

int ntd_confine_worker(uid_t uid, gid_t gid, struct nt_error *err)
{
	(void)uid;
	(void)gid;
	(void)err;
	return 0;
}

/* two descriptors more than there are */
static void limit_files(void)
{
	struct rlimit r;
	int a = dup(0), b = dup(0);

	if (a < 0 || b < 0 || getrlimit(RLIMIT_NOFILE, &r))
		_exit(3);
	close(a);
	close(b);
	r.rlim_cur = (rlim_t)(a > b ? a : b) + 1;
	if (setrlimit(RLIMIT_NOFILE, &r))
		_exit(3);
}

static void start(struct worker *k, bool limited)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	struct ntd_work_opts o = { 0 };
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	snprintf(k->path, sizeof(k->path), "/tmp/nettrace-work-%d", getpid());
	unlink(k->path);
	strcpy(a.sun_path, k->path);
	o.listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_int_equal(bind(o.listener, (struct sockaddr *)&a, sizeof(a)), 0);
	assert_int_equal(listen(o.listener, 64), 0);
	o.opener = pair[1];
	k->fd = pair[0];
	k->pid = fork();
	assert_true(k->pid >= 0);
	if (!k->pid) {
		close(k->fd);
		if (limited)
			limit_files();
		_exit(ntd_work(&o));
	}
	close(o.opener);
	close(o.listener);
}

/* the next that is no news */
static struct ntd_msg hear(struct worker *k)
{
	struct pollfd pfd = { .fd = k->fd, .events = POLLIN };
	struct ntd_msg m;
	int passed, ret;

	do {
		assert_int_equal(poll(&pfd, 1, 20000), 1);
		ret = ntd_recv(k->fd, &m, k->payload, &passed);
		if (ret < 0)
			fail_msg("the worker is gone");
	} while (!ret || m.type == NTD_NEWS);
	return m;
}

static void ask(struct worker *k, uint32_t type, uint64_t value, uint32_t answer)
{
	struct ntd_msg m = { .type = type, .value = value };

	assert_int_equal(ntd_send(k->fd, &m, NULL, -1), 0);
	m = hear(k);
	if (m.type != answer)
		fail_msg("%u instead of %u: %s", m.type, answer, k->payload);
}

static void end(struct worker *k)
{
	int status;

	ask(k, NTD_STOP, 0, NTD_BYE);
	assert_int_equal(waitpid(k->pid, &status, 0), k->pid);
	assert_int_equal(status, 0);
	close(k->fd);
	unlink(k->path);
}

static uint64_t counter(const struct worker *k, const char *key)
{
	struct nt_error err = { "" };
	char *text, *at, word[64];
	uint64_t value;

	if (nt_daemon_counters(k->path, &text, &err))
		fail_msg("%s", err.text);
	snprintf(word, sizeof(word), "\n%s ", key);
	at = strstr(text, word);
	assert_non_null(at);
	value = strtoull(at + strlen(word), NULL, 10);
	free(text);
	return value;
}

/* the store has what merging and clients leave, whatever there was before */
static void test_memory(void **state)
{
	static const uint64_t mib[] = { 256, 32, 24, 1024, 24, 64 };
	static struct worker k;
	uint64_t first = 0;
	size_t i;

	(void)state;
	start(&k, false);
	for (i = 0; i < sizeof(mib) / sizeof(mib[0]); i++) {
		ask(&k, NTD_SETTINGS, mib[i] * MIB, NTD_READY);
		assert_int_equal(counter(&k, "memory_limit"), mib[i] * MIB);
		assert_in_range(counter(&k, "store_limit"), mib[i] * MIB / 4, mib[i] * MIB);
	}
	/* the same as if it had begun with it */
	first = counter(&k, "store_limit");
	end(&k);
	start(&k, false);
	ask(&k, NTD_SETTINGS, 64 * MIB, NTD_READY);
	assert_int_equal(counter(&k, "store_limit"), first);
	end(&k);
}

/* less than is set aside comes from no opener: it bounds all the same */
static void test_next_to_nothing(void **state)
{
	static struct worker k;

	(void)state;
	start(&k, false);
	ask(&k, NTD_SETTINGS, MIB, NTD_READY);
	assert_int_equal(counter(&k, "store_limit"), NTD_LIMIT_MIN);
	end(&k);
}

/* its other end: the stream ends when that is closed */
static int hand_over(struct worker *k, uint64_t inode)
{
	struct ntd_msg m = { .type = NTD_STREAM, .inode = inode, .name = "client" };
	struct nettrace_info info = good_info();
	int pair[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	info.netns = inode;
	send_info(pair[0], &info);
	assert_int_equal(ntd_send(k->fd, &m, NULL, pair[1]), 0);
	close(pair[1]);
	return pair[0];
}

/* no descriptor is left: that namespace is refused, with what to do, and all goes on */
static void test_no_descriptor(void **state)
{
	static struct worker k;
	struct rlimit r;
	struct ntd_msg m;

	(void)state;
	start(&k, true); /* it takes two itself */
	ask(&k, NTD_SETTINGS, 32 * MIB, NTD_READY);
	close(hand_over(&k, 77)); /* it has its first record, and ends then */
	m = hear(&k);
	assert_int_equal(m.type, NTD_FAILED);
	assert_int_equal(m.inode, 77);
	assert_non_null(strstr(k.payload, "network namespace client is left out"));
	assert_non_null(strstr(k.payload, "LimitNOFILE"));
	ask(&k, NTD_SYNC, 0, NTD_SYNCED);
	/* with more of them it is read */
	assert_int_equal(prlimit(k.pid, RLIMIT_NOFILE, NULL, &r), 0);
	r.rlim_cur += 2;
	assert_int_equal(prlimit(k.pid, RLIMIT_NOFILE, &r, NULL), 0);
	close(hand_over(&k, 77));
	m = hear(&k);
	assert_int_equal(m.type, NTD_ENDED);
	assert_int_equal(m.inode, 77);
	end(&k);
}

/* who has one dropped is not told of its end, which would be that of the next one */
static void test_dropped(void **state)
{
	struct ntd_msg m = { .type = NTD_DROP, .inode = 77 };
	static struct worker k;
	int other;

	(void)state;
	start(&k, false);
	ask(&k, NTD_SETTINGS, 32 * MIB, NTD_READY);
	other = hand_over(&k, 77);
	ask(&k, NTD_SYNC, 0, NTD_SYNCED);
	assert_int_equal(ntd_send(k.fd, &m, NULL, -1), 0);
	/* of what ends after it word comes, and no sooner */
	close(hand_over(&k, 78));
	m = hear(&k);
	assert_int_equal(m.type, NTD_ENDED);
	assert_int_equal(m.inode, 78);
	close(other);
	end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_memory),
		cmocka_unit_test(test_next_to_nothing),
		cmocka_unit_test(test_no_descriptor),
		cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
