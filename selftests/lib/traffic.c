// SPDX-License-Identifier: GPL-2.0-only
/*
 * traffic.c - keep a namespace busy until killed
 *
 * Purpose: tests of unloading and of full rings need all kinds of events at
 *          once, on all CPUs.
 * Use:     traffic [SECONDS]   over lo: connections that are opened, used and
 *          closed by either side, resets, refused ones, datagrams, in IPv4 and
 *          IPv6.  Three processes; they die with the first.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 7007

static void address(struct sockaddr_in6 *a, unsigned int round, int port)
{
	memset(a, 0, sizeof(*a));
	a->sin6_family = AF_INET6;
	a->sin6_port = htons(port);
	inet_pton(AF_INET6, round & 1 ? "::1" : "::ffff:127.0.0.1", &a->sin6_addr);
}

/* every fourth connection is left with unread data: a reset */
static void serve(int listener)
{
	unsigned int round;
	char buf[64];
	int fd;

	for (round = 0;; round++) {
		fd = accept(listener, NULL, NULL);
		if (fd < 0)
			continue;
		if (round % 4 && read(fd, buf, sizeof(buf)) > 0)
			(void)!write(fd, buf, sizeof(buf)); /* it may be gone */
		close(fd);
	}
}

static void connect_all_day(void)
{
	struct linger rst = { .l_onoff = 1 };
	struct sockaddr_in6 a;
	unsigned int round;
	char buf[64] = "traffic";
	int fd;

	for (round = 0;; round++) {
		fd = socket(AF_INET6, SOCK_STREAM, 0);
		address(&a, round, round % 16 ? PORT : PORT + 1);
		if (!connect(fd, (struct sockaddr *)&a, sizeof(a)) &&
		    write(fd, buf, sizeof(buf)) > 0 && round % 3)
			(void)!read(fd, buf, sizeof(buf));
		/* TIME-WAIT sockets would use up the ports */
		if (round % 8)
			setsockopt(fd, SOL_SOCKET, SO_LINGER, &rst, sizeof(rst));
		close(fd);
	}
}

static void send_all_day(void)
{
	int in = socket(AF_INET6, SOCK_DGRAM, 0), out = socket(AF_INET6, SOCK_DGRAM, 0);
	struct sockaddr_in6 a;
	unsigned int round;

	address(&a, 1, PORT);
	if (bind(in, (struct sockaddr *)&a, sizeof(a)))
		perror("traffic: bind");
	for (round = 0;; round++) {
		address(&a, round, round % 16 ? PORT : PORT + 1);
		(void)!sendto(out, &round, sizeof(round), 0, (struct sockaddr *)&a, sizeof(a));
	}
}

static void child(void (*work)(void), pid_t parent)
{
	if (fork())
		return;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	work();
}

int main(int argc, char **argv)
{
	int listener, zero = 0, one = 1;
	struct sockaddr_in6 a = { .sin6_family = AF_INET6, .sin6_port = htons(PORT) };

	signal(SIGPIPE, SIG_IGN);
	listener = socket(AF_INET6, SOCK_STREAM, 0);
	setsockopt(listener, IPPROTO_IPV6, IPV6_V6ONLY, &zero, sizeof(zero));
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&a, sizeof(a)) || listen(listener, 64)) {
		perror("traffic: listen");
		return 1;
	}
	if (argc > 1)
		alarm(strtoul(argv[1], NULL, 10));
	child(connect_all_day, getpid());
	child(send_all_day, getpid());
	serve(listener);
}
