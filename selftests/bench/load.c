// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c - a repeatable load, and what it cost in guest instructions
 *
 * Purpose:   under `scripts/vm --bench` CLOCK_MONOTONIC advances one
 *            nanosecond a guest instruction, so elapsed time is work done.
 *            One thread writes and reads, so the number of packets does not
 *            depend on scheduling.
 * Use:       load udp-lo|tcp-lo|churn COUNT [events-file]
 *            prints "WORKLOAD COUNT INSTRUCTIONS-PER-UNIT", the consumer
 *            included when an events file is given: the same thread drains it
 *            in bulk every 64 units and at the end, and "lost" must be 0.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../module/uapi/nettrace.h"

#define DRAIN_EVERY 64

static char drain_buf[1 << 20];
static unsigned long long drained, lost;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000ull + ts.tv_nsec;
}

static void drain(int fd)
{
	ssize_t n;

	if (fd < 0)
		return;
	while ((n = read(fd, drain_buf, sizeof(drain_buf))) > 0) {
		drained += n / NETTRACE_REC_SIZE;
		for (ssize_t i = 0; i < n; i += NETTRACE_REC_SIZE) {
			const union nettrace_rec *rec = (void *)(drain_buf + i);

			if (rec->hdr.type == NETTRACE_GAP)
				lost += rec->gap.lost;
		}
	}
	if (n < 0 && errno != EAGAIN)
		die("read events");
}

static void loopback(struct sockaddr_in *a, int fd)
{
	socklen_t len = sizeof(*a);

	memset(a, 0, sizeof(*a));
	a->sin_family = AF_INET;
	a->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (bind(fd, (struct sockaddr *)a, len) || getsockname(fd, (struct sockaddr *)a, &len))
		die("bind");
}

static void udp_lo(unsigned long count, int events)
{
	int rx = socket(AF_INET, SOCK_DGRAM, 0);
	int tx = socket(AF_INET, SOCK_DGRAM, 0);
	struct sockaddr_in a;
	char b[64] = "x";

	loopback(&a, rx);
	if (connect(tx, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	for (unsigned long i = 0; i < count; i++) {
		if (send(tx, b, sizeof(b), 0) != sizeof(b) ||
		    recv(rx, b, sizeof(b), 0) != sizeof(b))
			die("udp");
		if (i % DRAIN_EVERY == 0)
			drain(events);
	}
	close(rx);
	close(tx);
}

static void tcp_lo(unsigned long count, int events)
{
	int lfd = socket(AF_INET, SOCK_STREAM, 0);
	int c = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a;
	char b[64] = "x";
	int s, one = 1;

	loopback(&a, lfd);
	if (listen(lfd, 1) || connect(c, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	s = accept(lfd, NULL, NULL);
	if (s < 0 || setsockopt(c, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("accept");
	for (unsigned long i = 0; i < count; i++) {
		if (send(c, b, sizeof(b), 0) != sizeof(b) ||
		    recv(s, b, sizeof(b), MSG_WAITALL) != sizeof(b))
			die("tcp");
		if (i % DRAIN_EVERY == 0)
			drain(events);
	}
	close(c);
	close(s);
	close(lfd);
}

static void churn(unsigned long count, int events)
{
	int lfd = socket(AF_INET, SOCK_STREAM, 0);
	struct sockaddr_in a;
	char b[8] = "x";

	loopback(&a, lfd);
	if (listen(lfd, 16))
		die("listen");
	for (unsigned long i = 0; i < count; i++) {
		int c = socket(AF_INET, SOCK_STREAM, 0);
		int s;

		if (connect(c, (struct sockaddr *)&a, sizeof(a)))
			die("connect");
		s = accept(lfd, NULL, NULL);
		if (s < 0 || send(c, b, 1, 0) != 1 || recv(s, b, 1, 0) != 1)
			die("churn");
		close(c);
		close(s);
		if (i % DRAIN_EVERY == 0)
			drain(events);
	}
	close(lfd);
}

int main(int argc, char **argv)
{
	static const struct {
		const char *name;
		void (*run)(unsigned long count, int events);
	} loads[] = { { "udp-lo", udp_lo }, { "tcp-lo", tcp_lo }, { "churn", churn } };
	unsigned long count = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	int events = -1;

	if (argc > 3) {
		events = open(argv[3], O_RDONLY | O_NONBLOCK);
		if (events < 0)
			die(argv[3]);
		lseek(events, 0, SEEK_END);
	}
	for (size_t i = 0; count && i < sizeof(loads) / sizeof(*loads); i++) {
		uint64_t t0, t1;

		if (strcmp(argv[1], loads[i].name))
			continue;
		loads[i].run(count / 10 + 1, events); /* warm-up */
		drained = 0;
		lost = 0;
		t0 = now();
		loads[i].run(count, events);
		drain(events);
		t1 = now();
		printf("%s %lu %llu drained=%llu lost=%llu\n", argv[1], count,
		       (unsigned long long)(t1 - t0) / count, drained, lost);
		return 0;
	}
	fprintf(stderr, "usage: load udp-lo|tcp-lo|churn COUNT [EVENTS-FILE]\n");
	return 2;
}
