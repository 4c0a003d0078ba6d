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
#include <netinet/in.h>
#include <stdint.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "kselftest_harness.h"
#include "lib/fault.h"
#include "lib/own.h"

#define MOST 20000 /* faults in one call: more is a loop without an end */

/* ---- netlink, by hand ------------------------------------------------------ */

struct request {
	struct nlmsghdr n;
	struct genlmsghdr g;
	char attrs[256];
};

static void put(struct request *r, unsigned short type, const void *data, size_t len)
{
	struct nlattr *a = (struct nlattr *)((char *)r + NLMSG_ALIGN(r->n.nlmsg_len));

	a->nla_type = type;
	a->nla_len = (unsigned short)(NLA_HDRLEN + len);
	memcpy((char *)a + NLA_HDRLEN, data, len);
	r->n.nlmsg_len = NLMSG_ALIGN(r->n.nlmsg_len) + NLA_ALIGN(a->nla_len);
}

/* an integer of the family's; they all have four bytes */
static void put_number(struct request *r, unsigned short type, uint32_t value)
{
	put(r, type, &value, sizeof(value));
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

/* what a fault has kept from being read must not be taken for the next answer */
static void forget(int fd)
{
	char buf[16384];

	while (recv(fd, buf, sizeof(buf), MSG_DONTWAIT) >= 0 || errno == ENOBUFS)
		;
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
	ASSERT_EQ(0, fault_allow())
	{
		TH_LOG("this kernel injects no faults: scripts/check-debug has one that does");
	}
	ASSERT_EQ(0, fault_open());
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, module_load("ring=256"));
	self->nl = nl_open();
	ASSERT_LE(0, self->nl);
	self->family = family(self->nl);
	ASSERT_LT(0, self->family);
}

FIXTURE_TEARDOWN(faults)
{
	fault_nth(0);
	close(self->nl);
	fault_close();
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
	fault_nth(MOST);
	ret = module_load("ring=none");
	first = MOST - fault_left();
	ASSERT_EQ(-EINVAL, ret);
	ASSERT_LT(20, first);
	for (n = first + 1; more && n < MOST; n++) {
		ASSERT_EQ(0, module_unload());
		fault_nth(n);
		ret = module_load("ring=256");
		more = fault_met();
		ASSERT_TRUE(!ret || fault_reason(ret))
		TH_LOG("fault %u: error %d", n, ret);
		ASSERT_EQ(!ret, module_loaded());
	}
	TH_LOG("%u places to fail, after %u of the loader", n - 2 - first, first);
	ASSERT_LT(first + 20, n);
	ASSERT_EQ(0, ret);
	ASSERT_EQ(1, traced());
}

/* each place of one start fails once; what it stands in is not traced before */
static void fail_each_start(struct __test_metadata *_metadata, int nl, int family, const char *name,
			    const struct request *start)
{
	struct request stop;
	bool more = true;
	unsigned int n;
	int ret = 0;

	make(&stop, (unsigned short)family, NETTRACE_CMD_STOP, NLM_F_ACK);
	for (n = 1; more && n < MOST; n++) {
		ret = traced();
		ASSERT_LE(0, ret);
		if (ret) {
			ASSERT_EQ(0, ask(nl, &stop, NULL, 0));
		}
		ASSERT_EQ(0, traced());
		fault_nth(n);
		ret = ask(nl, start, NULL, 0);
		more = fault_met();
		forget(nl);
		ASSERT_TRUE(!ret || fault_reason(ret))
		TH_LOG("%s: fault %u: error %d", name, n, ret);
		/* the answer may be what there was no memory for */
		if (!ret) {
			ASSERT_EQ(1, traced());
		}
	}
	TH_LOG("%s: %u places to fail", name, n - 2);
	ASSERT_LT(10, n);
	ASSERT_EQ(1, traced());
}

/* start(), with what the request itself needs */
TEST_F_TIMEOUT(faults, starting, 1200)
{
	static const struct {
		const char *name;
		unsigned short attr;
		uint32_t value;
	} starts[] = {
		{ "start with hooks=default", NETTRACE_A_HOOKS, NETTRACE_HOOKS_DEFAULT },
		{ "start with hooks=path", NETTRACE_A_HOOKS, NETTRACE_HOOKS_PATH },
		{ "start with hooks=link", NETTRACE_A_HOOKS, NETTRACE_HOOKS_LINK },
		{ "start with payload", NETTRACE_A_PAYLOAD, 64 },
		{ "start with system calls", NETTRACE_A_CALLS, 1 },
	};
	struct request start;
	size_t i;

	for (i = 0; i < sizeof(starts) / sizeof(*starts); i++) {
		make(&start, self->family, NETTRACE_CMD_START, NLM_F_ACK);
		put_number(&start, starts[i].attr, starts[i].value);
		fail_each_start(_metadata, self->nl, self->family, starts[i].name, &start);
	}
}

/* what lies in the brackets of an attribute */
static void put_socket(struct request *r, const struct sockaddr_in *local,
		       const struct sockaddr_in *remote)
{
	struct request in = { .n.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN) };
	const char *attrs = (const char *)&in + in.n.nlmsg_len;

	put_number(&in, NETTRACE_A_SOCKET_FAMILY, NETTRACE_IPV4);
	put(&in, NETTRACE_A_SOCKET_LOCAL, &local->sin_addr, 4);
	put(&in, NETTRACE_A_SOCKET_REMOTE, &remote->sin_addr, 4);
	put_number(&in, NETTRACE_A_SOCKET_LPORT, ntohs(local->sin_port));
	put_number(&in, NETTRACE_A_SOCKET_RPORT, ntohs(remote->sin_port));
	put(r, NETTRACE_A_SOCKET | NLA_F_NESTED, attrs, in.n.nlmsg_len - NLMSG_LENGTH(GENL_HDRLEN));
}

/* a request that succeeds without a fault, again and again */
struct asked {
	const char *name;
	struct request r;
	struct request undo; /* if it has a length: sent before each */
};

/* requests of one attribute: NULL data, of none */
static void asked_for(struct asked *a, const char *name, int family, unsigned char cmd,
		      unsigned short type, const void *data, size_t len)
{
	a->name = name;
	make(&a->r, (unsigned short)family, cmd, NLM_F_ACK);
	if (data)
		put(&a->r, type, data, len);
	a->undo.n.nlmsg_len = 0;
}

/* what a setting was before */
static void undone_by(struct asked *a, int family, unsigned short type, uint32_t value)
{
	make(&a->undo, (unsigned short)family, NETTRACE_CMD_SET, NLM_F_ACK);
	put_number(&a->undo, type, value);
}

/* each place of one request fails once */
static void fail_each(struct __test_metadata *_metadata, int nl, const struct asked *a)
{
	bool more = true;
	unsigned int n;
	int ret = 0;

	for (n = 1; more && n < MOST; n++) {
		if (a->undo.n.nlmsg_len) {
			ASSERT_EQ(0, ask(nl, &a->undo, NULL, 0));
		}
		fault_nth(n);
		ret = ask(nl, &a->r, NULL, 0);
		more = fault_met();
		forget(nl);
		ASSERT_TRUE(!ret || fault_reason(ret))
		TH_LOG("%s: fault %u: error %d", a->name, n, ret);
		ASSERT_EQ(1, traced());
	}
	TH_LOG("%s: %u places to fail", a->name, n - 2);
	ASSERT_EQ(0, ret);
}

TEST_F_TIMEOUT(faults, requests, 1200)
{
	struct sock_filter all = BPF_STMT(BPF_RET | BPF_K, 0xffffffff);
	/* what tcpdump makes of "ip proto 17", with a test that a gate is made of */
	struct sock_filter udp[] = {
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0),
		BPF_STMT(BPF_ALU | BPF_AND | BPF_K, 0xf0),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x40, 0, 3),
		BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 9),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_UDP, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, 0xffffffff),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const uint32_t yes = 1;
	struct sockaddr_in at = { .sin_family = AF_INET,
				  .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in from = { .sin_family = AF_INET };
	int listener = socket(AF_INET, SOCK_STREAM, 0), client = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(at);
	struct asked asked[8];
	int n = 0, i;

	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&at, len));
	ASSERT_EQ(0, listen(listener, 1));
	ASSERT_EQ(0, getsockname(listener, (struct sockaddr *)&at, &len));
	ASSERT_EQ(0, connect(client, (struct sockaddr *)&at, len));
	ASSERT_EQ(0, getsockname(client, (struct sockaddr *)&from, &len));

#define SET(name, attr, data, len) \
	asked_for(&asked[n++], name, self->family, NETTRACE_CMD_SET, attr, data, len)
#define GET(name, cmd) asked_for(&asked[n++], name, self->family, cmd, 0, NULL, 0)
	GET("get", NETTRACE_CMD_GET);
	GET("counters", NETTRACE_CMD_COUNTERS_GET);
	GET("sockets", NETTRACE_CMD_SOCKETS_GET);
	GET("the timers of a socket", NETTRACE_CMD_TIMERS_GET);
	put_socket(&asked[n - 1].r, &from, &at);
	SET("a filter of one instruction", NETTRACE_A_FILTER, &all, sizeof(all));
	SET("a filter with a gate", NETTRACE_A_FILTER, udp, sizeof(udp));
	SET("system calls", NETTRACE_A_CALLS, &yes, sizeof(yes));
	undone_by(&asked[n - 1], self->family, NETTRACE_A_CALLS, 0);
	SET("timers", NETTRACE_A_TIMERS, &yes, sizeof(yes));
	undone_by(&asked[n - 1], self->family, NETTRACE_A_TIMERS, 0);
#undef GET
#undef SET
	for (i = 0; i < n; i++)
		fail_each(_metadata, self->nl, &asked[i]);
	close(client);
	close(listener);
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
			fault_nth(n);
			ret = read_all(files[i]);
			more = fault_met();
			ASSERT_TRUE(!ret || fault_reason(ret))
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
			if (fault_open())
				_exit(3);
			fault_nth(n);
			ret = unshare(CLONE_NEWNET) ? -errno : 0;
			more = fault_met();
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
