// SPDX-License-Identifier: GPL-2.0-only
/*
 * measure.c - what a load cost, in guest instructions
 *
 * Purpose:   measure.h.
 * Context:   one thread.
 */
#include <errno.h>
#include <inttypes.h>
#include <linux/netlink.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "measure.h"

#define NSEC	     1000000000ull
#define WARM_UP	     5
/* more than a slab of kmalloc-512 or kmalloc-1k has */
#define SLAB_OBJECTS 96

void die(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

static uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * NSEC + ts.tv_nsec;
}

/* nanoseconds that all CPUs have been idle */
static uint64_t idle_time(void)
{
	FILE *file = fopen("/proc/timer_list", "re");
	uint64_t sum = 0, ns;
	bool any = false;
	char line[256];

	if (!file)
		die("/proc/timer_list");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " .idle_sleeptime : %" SCNu64, &ns) == 1) {
			sum += ns;
			any = true;
		}
	fclose(file);
	if (!any) {
		errno = ENODATA;
		die("/proc/timer_list tells no idle time");
	}
	return sum;
}

uint64_t packets_of(const char *dev)
{
	FILE *file = fopen("/proc/self/net/dev", "re");
	uint64_t rx, tx, sum = 0;
	char line[512], name[32];

	if (!file)
		die("/proc/self/net/dev");
	while (fgets(line, sizeof(line), file))
		if (sscanf(line, " %31[^:]: %*u %" SCNu64 " %*u %*u %*u %*u %*u %*u %*u %" SCNu64,
			   name, &rx, &tx) == 3 &&
		    !strcmp(name, dev))
			sum = strcmp(dev, "lo") ? rx + tx : rx;
	fclose(file);
	return sum;
}

static void wait_for(unsigned int seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	while (nanosleep(&ts, &ts))
		if (errno != EINTR)
			die("nanosleep");
}

/*
 * Make the allocator start from empty slabs, for packets of either size.  Should
 * it hold just one full slab after the other, each packet would take the slow
 * path both ways, 280 instructions more, in one run in ten and not in the next.
 */
static void make_room(void)
{
	/* not AF_UNIX: its messages come from the accounted caches, packets do not */
	int to = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	int from = socket(AF_NETLINK, SOCK_RAW, NETLINK_USERSOCK);
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	static const char filling[400];
	socklen_t len = sizeof(addr);
	int size = 1 << 20, i;

	if (bind(to, (struct sockaddr *)&addr, len) ||
	    getsockname(to, (struct sockaddr *)&addr, &len) ||
	    setsockopt(to, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("netlink");
	for (i = 0; i < 2 * SLAB_OBJECTS; i++)
		if (sendto(from, filling, i % 2 ? sizeof(filling) : 64, 0, (struct sockaddr *)&addr,
			   len) < 0)
			die("send to oneself");
	close(from);
	close(to);
}

void work_begin(struct work *w)
{
	w->idle = idle_time();
	w->start = now();
}

uint64_t work_end(const struct work *w)
{
	uint64_t end = now();

	return end - w->start - (idle_time() - w->idle);
}

/* work of one run of @count units and the wait after it */
static uint64_t work(const struct load *l, struct sockets *s, unsigned long count)
{
	struct work w;

	make_room();
	work_begin(&w);
	if (count)
		l->run(s, count);
	wait_for(l->drain);
	return work_end(&w);
}

int measure(const struct load *l, unsigned long count)
{
	struct sockets s = { -1, -1, { 0 } };
	uint64_t idle, busy, packets, warm_up;

	l->open(&s);
	warm_up = packets_of(l->dev);
	work(l, &s, count / WARM_UP);
	warm_up = l->packets ? count / WARM_UP : packets_of(l->dev) - warm_up;
	idle = work(l, &s, 0);
	packets = packets_of(l->dev);
	busy = work(l, &s, count);
	packets = packets_of(l->dev) - packets;
	if (!l->packets)
		count = packets;
	else if (packets - (uint64_t)count * l->packets > l->spare) {
		fprintf(stderr, "%s: %" PRIu64 " packets on %s, expected %lu times %u\n", l->name,
			packets, l->dev, count, l->packets);
		return 1;
	}
	printf("unit=%s units=%lu warm_up=%" PRIu64 " packets=%" PRIu64 " work=%" PRIu64
	       " idle=%" PRIu64 " seconds=%u\n",
	       l->unit, count, warm_up, packets, busy, idle, l->drain);
	fflush(stdout);
	if (s.tx >= 0)
		close(s.tx);
	if (s.rx >= 0)
		close(s.rx);
	return 0;
}
