// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm: --mem 1024
 *
 * faults.c - nothing breaks when memory runs out, wherever that happens
 *
 * Needs a kernel with fault injection (scripts/check-debug): the first, then
 * the second, then the third … allocation, or copy from or to the caller, of one
 * system call fails, until the call has no more of them.  Each time the call must
 * work all the same or be refused with a reason that names the fault, and what
 * was begun must be undone: then the same call without a fault works.  What
 * KASAN, lockdep and kmemleak say of it stands in the kernel's log.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "kselftest_harness.h"
#include "lib/own.h"

#define MOST 20000 /* faults in one call: more is a loop without an end */

/* also allocations that may sleep fail; no report for each */
static int allow_faults(void)
{
	static const char *const files[][2] = {
		{ "failslab/ignore-gfp-wait", "N" },	    { "failslab/verbose", "0" },
		{ "fail_page_alloc/ignore-gfp-wait", "N" }, { "fail_page_alloc/min-order", "0" },
		{ "fail_page_alloc/verbose", "0" },	    { "fail_usercopy/verbose", "0" },
	};
	char path[128];
	size_t i;
	int ret;

	for (i = 0; i < sizeof(files) / sizeof(*files); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/%s", files[i][0]);
		ret = put_file(path, files[i][1]);
		if (ret)
			return ret;
	}
	return 0;
}

static int nth_fd = -1;

static void fail_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/* this copies from us: a fault that is left may hit it, and is used up then */
	if (pwrite(nth_fd, text, len, 0) != len && pwrite(nth_fd, text, len, 0) != len)
		abort();
}

/* how many places before the fault were not reached; none is left behind */
static unsigned int left_over(void)
{
	char text[16] = "";
	unsigned int left;

	/* this copies to us: a fault that is left may hit it */
	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		return 1;
	left = (unsigned int)strtoul(text, NULL, 10);
	fail_nth(0);
	return left;
}

static bool failed_one(void)
{
	return !left_over();
}

static bool of_a_fault(int ret)
{
	return ret == -ENOMEM || ret == -EFAULT || ret == -ENOBUFS;
}

/* ---- netlink, by hand ------------------------------------------------------ */

struct request {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char attrs[128];
};

static void put(struct request *r, unsigned short type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)r + NLMSG_ALIGN(r->n.nlmsg_len));

	a->nla_type = type;
	a->nla_len = (unsigned short)(NLA_HDRLEN + len);
	memcpy((char *)a + NLA_HDRLEN, data, len);
	r->n.nlmsg_len = NLMSG_ALIGN(r->n.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

static void make(struct request *r, unsigned short type, unsigned char cmd, unsigned short flags)
{
	memset(r, 0, sizeof(*r));
	r->n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	r->n.nlmsg_type = type;
	r->n.nlmsg_flags = NLM_F_REQUEST | flags;
	r->g.cmd = cmd;
	r->g.version = 1;
}

static int nl_open(void)
{
	struct timeval second = { .tv_sec = 5 };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &second, sizeof(second));
	return fd;
}

/* to the end of the answer: its error, or 0; reply: the first message of it */
static int answer(int fd, char *reply, size_t size)
{
	char buf[16384];
	struct nlmsghdr *n;
	ssize_t got;
	int left;

	for (;;) {
		got = recv(fd, buf, sizeof(buf), 0);
		if (got < 0)
			return -errno;
		left = (int)got;
		for (n = (struct nlmsghdr *)buf; NLMSG_OK(n, left); n = NLMSG_NEXT(n, left)) {
			if (n->nlmsg_type == NLMSG_ERROR)
				return ((struct nlmsgerr *)NLMSG_DATA(n))->error;
			if (n->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(n);
			if (reply && n->nlmsg_len <= size)
				memcpy(reply, n, n->nlmsg_len);
		}
	}
}

static int ask(int fd, const struct request *r, char *reply, size_t size)
{
	if (send(fd, r, r->n.nlmsg_len, 0) < 0)
		return -errno;
	return answer(fd, reply, size);
}

static const struct nlattr *find(const char *reply, unsigned short type)
{
	const struct nlmsghdr *n = (const struct nlmsghdr *)reply;
	size_t at = NLMSG_LENGTH(GENL_HDRLEN);

	while (at + NLA_HDRLEN <= n->nlmsg_len) {
		const struct nlattr *a = (const struct nlattr *)(reply + at);

		if ((a->nla_type & NLA_TYPE_MASK) == type)
			return a;
		if (a->nla_len < NLA_HDRLEN)
			break;
		at += NLA_ALIGN(a->nla_len);
	}
	return NULL;
}

static int family(int fd)
{
	char reply[4096] = "";
	const struct nlattr *a;
	struct request r;
	int ret;

	make(&r, GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK);
	put(&r, CTRL_ATTR_FAMILY_NAME, NETTRACE_FAMILY_NAME, sizeof(NETTRACE_FAMILY_NAME));
	ret = ask(fd, &r, reply, sizeof(reply));
	a = ret ? NULL : find(reply, CTRL_ATTR_FAMILY_ID);
	return a ? *(const unsigned short *)((const char *)a + NLA_HDRLEN) : ret ? ret : -ENOENT;
}

/* ---- the module's own ------------------------------------------------------ */

/* 1, 0 or -errno */
static int traced(void)
{
	int fd = open("/proc/thread-self/net/nettrace/events", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || errno == ENODATA ? 0 : -errno;
	close(fd);
	return 1;
}

static int read_all(const char *name)
{
	char path[128], buf[8192];
	ssize_t n;
	int fd, i;

	snprintf(path, sizeof(path), "/proc/thread-self/net/nettrace/%s", name);
	fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* a trace is endless for nobody, but events come as long as we make some */
	for (i = 0; i < 64; i++) {
		n = read(fd, buf, sizeof(buf));
		if (n <= 0)
			break;
	}
	i = n < 0 && errno != EAGAIN ? -errno : 0;
	close(fd);
	return i;
}

FIXTURE(faults)
{
	int nl, family;
};

FIXTURE_SETUP(faults)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	ASSERT_LE(0, nth_fd)
	{
		TH_LOG("this kernel injects no faults: scripts/check-debug has one that does");
	}
	ASSERT_EQ(0, allow_faults());
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, module_load("ring=256"));
	self->nl = nl_open();
	ASSERT_LE(0, self->nl);
	self->family = family(self->nl);
	ASSERT_LT(0, self->family);
}

FIXTURE_TEARDOWN(faults)
{
	fail_nth(0);
	close(self->nl);
	close(nth_fd);
	EXPECT_EQ(0, module_unload());
}

/*
 * The module loader's own allocations are not ours, and the kernel warns of some
 * that fail: a parameter that is refused tells how many come before our code.
 */
TEST_F_TIMEOUT(faults, loading, 1800)
{
	unsigned int n, first;
	bool more = true;
	int ret;

	ASSERT_EQ(0, module_unload());
	fail_nth(MOST);
	ret = module_load("ring=none");
	first = MOST - left_over();
	ASSERT_EQ(-EINVAL, ret);
	ASSERT_LT(20, first);
	for (n = first + 1; more && n < MOST; n++) {
		ASSERT_EQ(0, module_unload());
		fail_nth(n);
		ret = module_load("ring=256");
		more = failed_one();
		ASSERT_TRUE(!ret || of_a_fault(ret))
		TH_LOG("fault %u: error %d", n, ret);
		ASSERT_EQ(!ret, module_loaded());
	}
	TH_LOG("%u places to fail, after %u of the loader", n - 2 - first, first);
	ASSERT_LT(first + 20, n);
	ASSERT_EQ(0, ret);
	ASSERT_EQ(1, traced());
}

/* start(), with what the request itself needs */
TEST_F_TIMEOUT(faults, starting, 600)
{
	struct request start, stop;
	unsigned int n;
	bool more = true;
	int ret;

	make(&start, self->family, NETTRACE_CMD_START, NLM_F_ACK);
	make(&stop, self->family, NETTRACE_CMD_STOP, NLM_F_ACK);
	for (n = 1; more && n < MOST; n++) {
		ret = traced();
		ASSERT_LE(0, ret);
		if (ret) {
			ASSERT_EQ(0, ask(self->nl, &stop, NULL, 0));
		}
		ASSERT_EQ(0, traced());
		fail_nth(n);
		ret = ask(self->nl, &start, NULL, 0);
		more = failed_one();
		ASSERT_TRUE(!ret || of_a_fault(ret))
		TH_LOG("fault %u: error %d", n, ret);
		/* the answer may be what there was no memory for */
		if (!ret) {
			ASSERT_EQ(1, traced());
		}
	}
	TH_LOG("%u places to fail", n - 2);
	ASSERT_LT(10, n);
	ASSERT_EQ(1, traced());
}

TEST_F_TIMEOUT(faults, requests, 600)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
	struct {
		const char *name;
		struct request r;
	} requests[4];
	unsigned int i, n;
	bool more;
	int ret;

	requests[0].name = "get";
	make(&requests[0].r, self->family, NETTRACE_CMD_GET, NLM_F_ACK);
	requests[1].name = "set a filter";
	make(&requests[1].r, self->family, NETTRACE_CMD_SET, NLM_F_ACK);
	put(&requests[1].r, NETTRACE_A_FILTER, &all, sizeof(all));
	requests[2].name = "counters";
	make(&requests[2].r, self->family, NETTRACE_CMD_COUNTERS_GET, NLM_F_ACK);
	requests[3].name = "sockets";
	make(&requests[3].r, self->family, NETTRACE_CMD_SOCKETS_GET, NLM_F_ACK);
	for (i = 0; i < 4; i++) {
		more = true;
		for (n = 1; more && n < MOST; n++) {
			fail_nth(n);
			ret = ask(self->nl, &requests[i].r, NULL, 0);
			more = failed_one();
			ASSERT_TRUE(!ret || of_a_fault(ret))
			TH_LOG("%s: fault %u: error %d", requests[i].name, n, ret);
			ASSERT_EQ(1, traced());
		}
		TH_LOG("%s: %u places to fail", requests[i].name, n - 2);
		ASSERT_EQ(0, ret);
	}
}

TEST_F_TIMEOUT(faults, reading, 600)
{
	static const char *const files[] = { "events", "trace", "stats" };
	unsigned int i, n;
	bool more;
	int ret;

	for (i = 0; i < 3; i++) {
		more = true;
		for (n = 1; more && n < MOST; n++) {
			fail_nth(n);
			ret = read_all(files[i]);
			more = failed_one();
			ASSERT_TRUE(!ret || of_a_fault(ret))
			TH_LOG("%s: fault %u: error %d", files[i], n, ret);
		}
		TH_LOG("%s: %u places to fail", files[i], n - 2);
		ASSERT_EQ(0, ret);
	}
}

/*
 * A new namespace needs thousands of allocations, few of them ours (start() has
 * those one by one): every thirteenth.
 */
TEST_F_TIMEOUT(faults, a_new_namespace, 1200)
{
	unsigned int n;
	bool more = true;
	int status;
	pid_t pid;

	for (n = 1; more && n < MOST; n += 13) {
		pid = fork();
		ASSERT_LE(0, pid);
		if (!pid) {
			int ret;

			/* the parent's names the parent's task */
			nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
			fail_nth(n);
			ret = unshare(CLONE_NEWNET) ? -errno : 0;
			more = failed_one();
			/* the kernel's own have many names for it: ENODEV in
			 * uevent_net_init(), EAFNOSUPPORT in nl_fib_lookup_init(),
			 * ENFILE in sock_alloc()
			 */
			if (ret && !more)
				TH_LOG("unshare: error %d, and nothing was made to fail", ret);
			if (ret)
				_exit(more ? 1 : 3);
			/* it may have come to be without being traced */
			ret = traced();
			if (ret < 0)
				TH_LOG("/proc/net/nettrace/events: error %d", ret);
			_exit(ret < 0 ? 3 : more ? 1 : 0);
		}
		ASSERT_EQ(pid, waitpid(pid, &status, 0));
		ASSERT_TRUE(WIFEXITED(status));
		ASSERT_GE(1, WEXITSTATUS(status))
		TH_LOG("fault %u", n);
		more = WEXITSTATUS(status) == 1;
	}
	TH_LOG("about %u places to fail", n);
	ASSERT_LT(100, n);
}

TEST_HARNESS_MAIN
