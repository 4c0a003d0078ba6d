// SPDX-License-Identifier: GPL-2.0-only
/*
 * vm: --mem 1024
 *
 * faults_work.c - nothing breaks when memory runs out behind everybody's back
 *
 * What the module allocates in work of its own, which no system call waits for: there is
 * nobody to refuse it to.  Each allocation of that work fails, until the test lets it be.
 * Meanwhile the trace goes on, and what could not be done is counted and told; afterwards
 * it is done again.  Needs the kernel of "faults".
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

/* the module's counter in this namespace, or UINT64_MAX */
static uint64_t counter(const char *name)
{
	uint64_t n;

	return nettrace_stat(NULL, name, &n) ? UINT64_MAX : n;
}

/* the table of the mini sockets grows in work of its own */
TEST_F_TIMEOUT(faults_work, growing, 1200)
{
	uint64_t end, before;
	int i, failed;

	ASSERT_EQ(0, fault_below("nt_minis_grow"));
	for (i = 0; i < FIRST + 64; i++)
		ASSERT_EQ(0, connect_once(&self->at, self->listener));
	EXPECT_LT(0, wait_for_failure());
	EXPECT_LT(0, counter("mini_unfollowed"));
	EXPECT_GE(FIRST, counter("mini_now"));
	failed = fault_below_end();
	TH_LOG("%d allocations failed; %llu sockets not followed", failed,
	       (unsigned long long)counter("mini_unfollowed"));
	before = counter("seen");
	for (end = own_mono() + PATIENCE * 1000000000ull;
	     counter("mini_now") <= FIRST && own_mono() < end;) {
		ASSERT_EQ(0, connect_once(&self->at, self->listener));
		usleep(10000);
	}
	EXPECT_LT(FIRST, counter("mini_now"));
	EXPECT_LT(before, counter("seen"));
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

TEST_HARNESS_MAIN
