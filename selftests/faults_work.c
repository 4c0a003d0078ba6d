// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm: --mem 1024
 *
 * faults_work.c - nothing breaks when memory does not come back at once
 *
 * "faults" lets one allocation fail; here all of one function of the module's do, until the
 * test lets it be.  For what is allocated in work of its own there is nobody to refuse it
 * to: the trace goes on meanwhile, what could not be done is counted and told, and afterwards
 * it is done again.  And what has a second way when the first fails (kvmalloc() of more than a
 * page) is refused only if both do.  Needs the kernel of "faults".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "kselftest_harness.h"
#include "lib/fault.h"
#include "lib/nlsock.h"
#include "lib/own.h"

#define PATIENCE 300 /* seconds until something must have happened */
#define FIRST	 256 /* mini sockets that there is room for at first (minisock.c) */

FIXTURE(faults_work)
{
	struct sockaddr_in at;
	int listener;
};

FIXTURE_SETUP(faults_work)
{
	socklen_t len = sizeof(self->at);

	ASSERT_EQ(0, fault_allow())
	{
		TH_LOG("this kernel injects no faults: scripts/check-debug has one that does");
	}
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, module_load("ring=4096"));
	self->listener = socket(AF_INET, SOCK_STREAM, 0);
	self->at.sin_family = AF_INET;
	self->at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ASSERT_EQ(0, bind(self->listener, (struct sockaddr *)&self->at, len));
	ASSERT_EQ(0, listen(self->listener, 8));
	ASSERT_EQ(0, getsockname(self->listener, (struct sockaddr *)&self->at, &len));
}

FIXTURE_TEARDOWN(faults_work)
{
	fault_below_end();
	close(self->listener);
	EXPECT_EQ(0, module_unload());
}

/* a connection, from beginning to end; its TIME-WAIT stays: 0 or -errno */
static int connect_once(const struct sockaddr_in *at, int listener)
{
	int client = socket(AF_INET, SOCK_STREAM, 0), server;

	if (connect(client, (const struct sockaddr *)at, sizeof(*at)))
		return -errno;
	server = accept(listener, NULL, NULL);
	if (server < 0)
		return -errno;
	close(client);
	close(server);
	return 0;
}

/* until what fault_below() names has been at work, and failed: how often, or 0 */
static int wait_for_failure(void)
{
	uint64_t end = own_mono() + PATIENCE * 1000000000ull;

	while (!fault_below_count() && own_mono() < end)
		usleep(10000);
	return fault_below_count();
}

/* a counter of the module's in this namespace; the test ends if it cannot be read */
static uint64_t counter(struct __test_metadata *_metadata, const char *name)
{
	uint64_t n = 0;

	ASSERT_EQ(0, nettrace_stat(NULL, name, &n));
	return n;
}

/* the table of the mini sockets grows in work of its own */
TEST_F_TIMEOUT(faults_work, growing, 1200)
{
	uint64_t end, before;
	int i, failed;

	before = counter(_metadata, "seen");
	ASSERT_EQ(0, fault_below("nt_minis_grow"));
	for (i = 0; i < FIRST + 64; i++)
		ASSERT_EQ(0, connect_once(&self->at, self->listener));
	EXPECT_LT(0, wait_for_failure());
	EXPECT_LT(0, counter(_metadata, "mini_unfollowed"));
	EXPECT_GE(FIRST, counter(_metadata, "mini_now"));
	EXPECT_LT(before, counter(_metadata, "seen"));
	failed = fault_below_end();
	TH_LOG("%d allocations failed; %llu sockets not followed", failed,
	       (unsigned long long)counter(_metadata, "mini_unfollowed"));
	for (end = own_mono() + PATIENCE * 1000000000ull;
	     counter(_metadata, "mini_now") <= FIRST && own_mono() < end;) {
		ASSERT_EQ(0, connect_once(&self->at, self->listener));
		usleep(10000);
	}
	EXPECT_LT(FIRST, counter(_metadata, "mini_now"));
}

/* what a notification says was lost; counts its transitions in @transitions */
static uint64_t lost_in(const struct nlmsghdr *n, unsigned int *transitions)
{
	size_t at = NLMSG_LENGTH(GENL_HDRLEN);
	uint64_t lost = 0;

	while (at + NLA_HDRLEN <= n->nlmsg_len) {
		const struct nlattr *a = (const struct nlattr *)((const char *)n + at);

		if (a->nla_len < NLA_HDRLEN)
			break;
		if ((a->nla_type & NLA_TYPE_MASK) == NETTRACE_A_LOST)
			memcpy(&lost, (const char *)a + NLA_HDRLEN, sizeof(lost));
		*transitions += (a->nla_type & NLA_TYPE_MASK) == NETTRACE_A_TRANSITION;
		at += NLA_ALIGN(a->nla_len);
	}
	return lost;
}

/* notifications are made of records in work of its own */
TEST_F_TIMEOUT(faults_work, telling, 1200)
{
	struct timeval tick = { .tv_usec = 200000 };
	unsigned int transitions = 0;
	static char buf[65536];
	uint32_t group = 0;
	uint64_t lost = 0, end;
	uint16_t family;
	int nl, failed;

	nl = nl_open(0, true);
	ASSERT_LE(0, nl);
	ASSERT_EQ(0, nl_family(&family, &group));
	ASSERT_EQ(0, setsockopt(nl, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)));
	ASSERT_EQ(0, setsockopt(nl, SOL_SOCKET, SO_RCVTIMEO, &tick, sizeof(tick)));
	ASSERT_EQ(0, fault_below("nt_notify_work"));
	ASSERT_EQ(0, connect_once(&self->at, self->listener));
	EXPECT_LT(0, wait_for_failure());
	failed = fault_below_end();
	for (end = own_mono() + PATIENCE * 1000000000ull;
	     (!lost || !transitions) && own_mono() < end;) {
		struct nlmsghdr *n = (struct nlmsghdr *)buf;
		ssize_t got;
		int left;

		ASSERT_EQ(0, connect_once(&self->at, self->listener));
		got = recv(nl, buf, sizeof(buf), 0);
		for (left = (int)got; got > 0 && NLMSG_OK(n, left); n = NLMSG_NEXT(n, left))
			lost += lost_in(n, &transitions);
	}
	TH_LOG("%d allocations failed; %llu transitions told as lost, %u told after that", failed,
	       (unsigned long long)lost, transitions);
	EXPECT_LT(0, lost);
	EXPECT_LT(0, transitions);
	close(nl);
}

/* both ways of what a request needs fail: it is refused, and what it took is given back */
TEST_F_TIMEOUT(faults_work, both_ways, 600)
{
	static const struct {
		const char *function;
		unsigned char undo, cmd;
		unsigned int attr;
	} asked[] = {
		{ "nt_ring_init", NETTRACE_CMD_STOP, NETTRACE_CMD_START, 0 },
		{ "nt_minis_init", NETTRACE_CMD_STOP, NETTRACE_CMD_START, 0 },
		{ "nt_minis_add_chunk", NETTRACE_CMD_STOP, NETTRACE_CMD_START, 0 },
		{ "nt_call_attach", 0, NETTRACE_CMD_SET, NETTRACE_A_CALLS },
	};
	static struct nl_req q;
	static struct nl_got got;
	const uint32_t yes = 1;
	uint32_t group;
	uint64_t memory;
	size_t i;
	int nl;

	nl = nl_open(0, true);
	ASSERT_LE(0, nl);
	ASSERT_EQ(0, nl_family(&q.family, &group));
	for (i = 0; i < sizeof(asked) / sizeof(*asked); i++) {
		if (asked[i].undo) {
			nl_req_plain(&q, asked[i].undo);
			ASSERT_EQ(0, nl_do(nl, &q, &got));
		}
		memory = counter(_metadata, "memory");
		nl_req_plain(&q, asked[i].cmd);
		if (asked[i].attr)
			nl_req_put(&q, asked[i].attr, &yes, sizeof(yes));
		ASSERT_EQ(0, fault_below(asked[i].function));
		EXPECT_EQ(-ENOMEM, nl_do(nl, &q, &got))
		TH_LOG("%s", asked[i].function);
		EXPECT_LT(0, fault_below_end());
		EXPECT_EQ(memory, counter(_metadata, "memory"))
		TH_LOG("%s", asked[i].function);
		EXPECT_EQ(0, nl_do(nl, &q, &got))
		TH_LOG("%s", asked[i].function);
	}
	close(nl);
}

TEST_HARNESS_MAIN
