// SPDX-License-Identifier: GPL-2.0-only
/*
 * flood.c - what strangers send takes no more memory, and is not touched
 *
 * Thousands of SYNs from as many addresses, of which nobody completes the handshake:
 * the module follows what it has places for and counts the others.  And each byte that
 * is sent arrives, whatever is recorded of it.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/own.h"
#include "lib/syn.h"

#define SYNS	 2000
#define PLACES	 256
#define PORT	 8000
#define OUR_ADDR "10.99.0.1"

FIXTURE(flood)
{
	uint64_t memory;
};

FIXTURE_SETUP(flood)
{
	ASSERT_EQ(0, module_load("minisocks=256 hooks=path payload=4096 ring=64 drops=0"));
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, system("ip link add d0 type dummy && ip link set d0 up && "
			    "ip addr add " OUR_ADDR "/16 dev d0 && "
			    "sysctl -qw net.ipv4.tcp_syncookies=0 net.ipv4.conf.all.rp_filter=0 "
			    "net.ipv4.conf.lo.rp_filter=0 net.ipv4.tcp_max_syn_backlog=4096 "
			    "net.core.somaxconn=4096"));
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &self->memory));
}

FIXTURE_TEARDOWN(flood)
{
	EXPECT_EQ(0, module_unload());
}

/* from an address that is none of ours: the answer leaves by d0, into nothing */
static int send_syn(int fd, unsigned int i)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct syn s = {
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_TCP },
		.tcp = { .doff = 5, .syn = 1 },
	};

	inet_pton(AF_INET, OUR_ADDR, &to.sin_addr);
	s.ip.tot_len = htons(sizeof(s));
	s.ip.saddr = htonl(0x0a630100 + i);
	s.ip.daddr = to.sin_addr.s_addr;
	s.tcp.source = htons((uint16_t)(1024 + i));
	s.tcp.dest = htons(PORT);
	s.tcp.seq = htonl(i);
	s.tcp.window = htons(1000);
	s.tcp.check = tcp_sum(&s);
	return sendto(fd, &s, sizeof(s), 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

/* half-open sockets that the kernel itself knows: state 3 of /proc/net/tcp */
static unsigned int half_open(void)
{
	FILE *f = fopen("/proc/thread-self/net/tcp", "r");
	unsigned int n = 0, state;
	char line[256];

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, " %*d: %*s %*s %x", &state) == 1)
			n += state == 3;
	if (f)
		fclose(f);
	return n;
}

TEST_F(flood, half_open_sockets_are_bounded)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	uint64_t now = 0, most = 0, followed = 0, left_out = 0, memory = 0;
	int listener = socket(AF_INET, SOCK_STREAM, 0), raw, on = 1;
	unsigned int i;

	inet_pton(AF_INET, OUR_ADDR, &at.sin_addr);
	ASSERT_EQ(0, bind(listener, (struct sockaddr *)&at, sizeof(at)));
	ASSERT_EQ(0, listen(listener, 4096));
	raw = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	ASSERT_EQ(0, setsockopt(raw, IPPROTO_IP, IP_HDRINCL, &on, sizeof(on)));
	for (i = 0; i < SYNS; i++)
		ASSERT_EQ(0, send_syn(raw, i));
	ASSERT_EQ(0, nettrace_stat(NULL, "mini_now", &now));
	ASSERT_EQ(0, nettrace_stat(NULL, "mini_max", &most));
	ASSERT_EQ(0, nettrace_stat(NULL, "mini_followed", &followed));
	ASSERT_EQ(0, nettrace_stat(NULL, "mini_unfollowed", &left_out));
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &memory));
	/* it was a flood: the kernel keeps nearly all of them */
	EXPECT_LT(SYNS * 9 / 10, half_open());
	EXPECT_EQ(PLACES, most);
	EXPECT_GE(most, now);
	EXPECT_LE(PLACES, followed);
	EXPECT_LE(SYNS, followed + left_out);
	EXPECT_EQ(self->memory, memory);
	close(raw);
	close(listener);
}

TEST_F(flood, what_is_sent_arrives)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int in = socket(AF_INET, SOCK_DGRAM, 0), out = socket(AF_INET, SOCK_DGRAM, 0);
	unsigned char sent[9000], got[9001];
	unsigned int seed = 7, i;
	uint64_t seen = 0;
	size_t n, j;

	at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ASSERT_EQ(0, bind(in, (struct sockaddr *)&at, sizeof(at)));
	for (i = 0; i < 500; i++) {
		n = 1 + (size_t)rand_r(&seed) % sizeof(sent);
		for (j = 0; j < n; j++)
			sent[j] = (unsigned char)rand_r(&seed);
		ASSERT_EQ((ssize_t)n, sendto(out, sent, n, 0, (struct sockaddr *)&at, sizeof(at)));
		ASSERT_EQ((ssize_t)n, recv(in, got, sizeof(got), MSG_DONTWAIT));
		ASSERT_EQ(0, memcmp(sent, got, n));
	}
	/* at four hooks each; the device has something to say of its own */
	ASSERT_EQ(0, nettrace_stat(NULL, "seen", &seen));
	EXPECT_LE(2000, seen);
	close(in);
	close(out);
}

TEST_HARNESS_MAIN
