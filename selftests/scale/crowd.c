// SPDX-License-Identifier: GPL-2.0-only
/*
 * crowd.c - many established connections, and what one more packet costs
 *
 * Use:       crowd, which reads orders from stdin, a line each, and answers each
 *            with a line on stdout:
 *              grow N           until there are N connections over lo
 *              turns COUNT      measured: a byte to and fro, each acknowledged by
 *                               itself, so four packets, on one after the other of
 *                               a thousand of the connections, chosen at random
 *              churn COUNT      measured: connect, accept, a byte each way, close,
 *                               beside the others; until TIME-WAIT is over
 *              opening COUNT    the same, but TIME-WAIT is not waited for
 *              timewait COUNT   not measured: so many are closed, and left
 *              silence 1        not measured: when this process ends, its connections
 *                               do without a segment
 *            "measured" is as in bench/measure.h, and so is the answer.
 * Ownership: one process has both ends.  At the end of the orders it keeps all of
 *            it until it is killed.  Closing a million connections takes minutes, and
 *            the kernel finds itself stalled by their timers: see "silence".
 * Context:   one thread.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../bench/measure.h"

#define PORT	    7000
#define PER_ADDRESS 10000 /* connections to one address: its ports do not run out */
#define SAMPLE	    1000
#define SETTLED	    3  /* seconds: nothing of TCP's or a reader's own is pending */
#define ENDED	    65 /* seconds: TIME-WAIT is over */
#define MOST	    2000000ul

struct pair {
	int ours, theirs;
};

static struct pair *all;
static unsigned long have, made; /* kept; and ever */
static struct pair sample[SAMPLE];
static unsigned long sampled;
static int listener = -1;
static uint64_t seed = 1;

/* splitmix64, of the public domain: the same on every machine */
static uint64_t rnd(uint64_t below)
{
	uint64_t z = (seed += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return (z ^ (z >> 31)) % below;
}

static void do_listen(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };

	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (listener < 0 || bind(listener, (struct sockaddr *)&a, sizeof(a)) ||
	    listen(listener, 16))
		die("listen");
}

/* one more, to 127.1.0.1, 127.1.0.2, ...: each address has few of them */
static struct pair do_connect(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	uint32_t number = (uint32_t)(made++ / PER_ADDRESS);
	struct pair p;

	a.sin_addr.s_addr = htonl(0x7f010001 + number);
	p.ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (p.ours < 0 || connect(p.ours, (struct sockaddr *)&a, sizeof(a)))
		die("connect");
	p.theirs = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (p.theirs < 0)
		die("accept");
	return p;
}

/* which of them speak: as many of each crowd, and each as often */
static void choose(void)
{
	unsigned long *index = malloc(have * sizeof(*index)), i, j, other;
	int one = 1;

	if (!index)
		die("memory");
	for (i = 0; i < have; i++)
		index[i] = i;
	sampled = have < SAMPLE ? have : SAMPLE;
	for (i = 0; i < sampled; i++) {
		j = i + rnd(have - i);
		other = index[j];
		index[j] = index[i];
		sample[i] = all[other];
		if (setsockopt(sample[i].ours, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
		    setsockopt(sample[i].theirs, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
			die("TCP_NODELAY");
	}
	free(index);
}

static void grow(unsigned long count)
{
	struct rlimit many = { 2 * count + 100, 2 * count + 100 };

	if (setrlimit(RLIMIT_NOFILE, &many))
		die("so many open files; is fs.nr_open high enough?");
	all = realloc(all, count * sizeof(*all));
	if (!all)
		die("memory");
	while (have < count)
		all[have++] = do_connect();
	choose();
}

/* a socket under repair is closed without a FIN or RST: tcp_close() */
static void silence(void)
{
	unsigned long i;
	int on = 1;

	for (i = 0; i < have; i++)
		if (setsockopt(all[i].ours, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)) ||
		    setsockopt(all[i].theirs, IPPROTO_TCP, TCP_REPAIR, &on, sizeof(on)))
			die("TCP_REPAIR");
}

static void say(int fd)
{
	if (send(fd, "", 1, 0) != 1)
		die("send");
}

/* and acknowledge it now, not with what is sent next */
static void hear(int fd)
{
	int now = 1;
	char c;

	if (recv(fd, &c, 1, 0) != 1)
		die("recv");
	if (setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &now, sizeof(now)))
		die("TCP_QUICKACK");
}

static void nothing_to_open(struct sockets *s)
{
	(void)s;
}

static void turns(struct sockets *s, unsigned long count)
{
	static unsigned long next;

	(void)s;
	while (count--) {
		const struct pair *p = &sample[next++ % sampled];

		say(p->ours);
		hear(p->theirs);
		say(p->theirs);
		hear(p->ours);
	}
}

static void churn(struct sockets *s, unsigned long count)
{
	(void)s;
	while (count--) {
		struct pair p = do_connect();
		char c;

		say(p.ours);
		if (recv(p.theirs, &c, 1, 0) != 1)
			die("recv");
		say(p.theirs);
		if (recv(p.ours, &c, 1, 0) != 1)
			die("recv");
		close(p.ours);
		close(p.theirs);
	}
}

static const struct load orders[] = {
	{ "turns", "turn", "lo", 4, 0, SETTLED, nothing_to_open, turns },
	{ "churn", "connection", "lo", 10, 0, ENDED, nothing_to_open, churn },
	{ "opening", "connection", "lo", 10, 0, SETTLED, nothing_to_open, churn },
	{ 0 },
};

static void obey(const char *order, unsigned long count)
{
	const struct load *l;

	if (!strcmp(order, "grow")) {
		grow(count);
		printf("connections=%lu\n", have);
		return;
	}
	if (!strcmp(order, "timewait")) {
		churn(NULL, count);
		printf("closed=%lu\n", count);
		return;
	}
	if (!strcmp(order, "silence")) {
		silence();
		printf("silent=%lu\n", have);
		return;
	}
	for (l = orders; l->name; l++)
		if (!strcmp(order, l->name)) {
			if (l->run == turns && !sampled) {
				fputs("crowd: nobody is there to take turns: grow first\n", stderr);
				exit(1);
			}
			if (measure(l, count))
				exit(1);
			return;
		}
	fprintf(stderr, "crowd: no order '%s'\n", order);
	exit(2);
}

int main(void)
{
	unsigned long count;
	char order[16];
	int n;

	setvbuf(stdout, NULL, _IOLBF, 0);
	do_listen();
	while ((n = scanf("%15s %lu", order, &count)) == 2) {
		if (!count || count > MOST) {
			fprintf(stderr, "crowd: %s: a number from 1 to %lu is needed\n", order,
				MOST);
			return 2;
		}
		obey(order, count);
	}
	if (n != EOF) {
		fputs("crowd: an order is a word and a number\n", stderr);
		return 2;
	}
	for (;;)
		pause();
}
