// SPDX-License-Identifier: GPL-2.0-only
/*
 * delay.c - how long from a segment to the line that tells of it
 *
 * Purpose: runs COMMAND (nettrace follow …), sends lone segments of 7 bytes at
 *          random moments, and with a rate a steady load beside them, and reads
 *          what COMMAND prints.  A line's delay is the time when it came out of
 *          the pipe less the time of day that it begins with.
 * Checks:  each lone segment has one line, and the line's time lies between the
 *          clock before and after the send() that caused it; else status 1.
 * Use:     delay CLIENT SERVER ADDR PORT COUNT RATE -- COMMAND [ARGUMENT...]
 *
 * CLIENT and SERVER are files of network namespaces, ADDR is the server's.  RATE
 * is in segments a second.  COMMAND gets SIGINT at the end.  Prints a line for
 * the lone segments, and with a load one for all lines:
 *
 *   lone|lines N median MS p99 MS max MS
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define DAY	  86400000000000ll
#define LONE	  7 /* bytes */
#define WARM	  6 /* until COMMAND is at work */
#define LOAD	  10
#define PATIENCE  20 /* seconds */
#define LINES_MAX (1 << 20)
#define COUNT_MAX 10000

struct pair {
	int client, server;
};

struct sent {
	int64_t before, after; /* Unix ns */
};

struct run {
	struct pair lone, load;
	int count, rate;
	char to[64]; /* "> 10.0.0.1:80" as lines have it */
	struct sent sent[COUNT_MAX];
	int nsent, seen;
	int next; /* lone segment whose line is awaited */
	bool quiet, bad;
	int64_t delay[COUNT_MAX]; /* of the lone ones */
	int64_t *all;
	int nall;
	volatile bool stop;
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static void nap(long us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	while (nanosleep(&ts, &ts) && errno == EINTR)
		;
}

static void enter(const char *netns)
{
	int fd = open(netns, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		err(2, "%s", netns);
	close(fd);
}

static struct pair connected(const char *client, const char *server, struct sockaddr_in *to)
{
	socklen_t len = sizeof(*to);
	int on = 1, listener;
	struct pair p;

	enter(server);
	listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(listener, (struct sockaddr *)to, len) || listen(listener, 1))
		err(2, "listen");
	enter(client);
	p.client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (connect(p.client, (struct sockaddr *)to, len))
		err(2, "connect");
	p.server = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (p.server < 0)
		err(2, "accept");
	close(listener);
	setsockopt(p.client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return p;
}

/* one segment of @n bytes, taken off again at the other end */
static void one(const struct pair *p, size_t n, struct sent *s)
{
	char buf[LOAD] = { 0 };

	s->before = now();
	if (send(p->client, buf, n, MSG_NOSIGNAL) != (ssize_t)n)
		err(2, "send");
	s->after = now();
	if (recv(p->server, buf, n, MSG_WAITALL) != (ssize_t)n)
		err(2, "recv");
}

static void *send_load(void *arg)
{
	int64_t start = now(), n = 0;
	struct run *r = arg;
	struct sent s;

	while (!r->stop) {
		int64_t due = (now() - start) * r->rate / 1000000000;

		for (; n < due && !r->stop; n++)
			one(&r->load, LOAD, &s);
		nap(1000);
	}
	return NULL;
}

static void *send_lone(void *arg)
{
	struct run *r = arg;
	int i;

	for (i = 0; i < r->count && !r->stop; i++) {
		nap(20000 + random() % 80000);
		one(&r->lone, LONE, &r->sent[i]);
		__atomic_store_n(&r->nsent, i + 1, __ATOMIC_RELEASE);
	}
	return NULL;
}

/* the time of day that the line begins with, as ns of that day; -1: none */
static int64_t time_of(const char *line)
{
	unsigned int h, m, s, us;

	if (sscanf(line, "%2u:%2u:%2u.%6u ", &h, &m, &s, &us) != 4)
		return -1;
	return ((h * 60ll + m) * 60 + s) * 1000000000ll + us * 1000ll;
}

static bool is_segment(const struct run *r, const char *line, int bytes)
{
	char text[16];

	snprintf(text, sizeof(text), " (%d B) ", bytes);
	return strstr(line, r->to) && strstr(line, text);
}

static void take_lone(struct run *r, int64_t t, int64_t delay, const char *line)
{
	int nsent = __atomic_load_n(&r->nsent, __ATOMIC_ACQUIRE);

	if (strstr(line, "retransmission"))
		return;
	/* what is older than this one was left out: its events were lost */
	while (r->next < nsent && t > r->sent[r->next].after % DAY)
		r->next++;
	/* the line has whole microseconds; a send() that is not over has no after */
	if (r->next >= r->count || t < r->sent[r->next].before % DAY / 1000 * 1000) {
		warnx("not when it was sent: %s", line);
		r->bad = true;
		return;
	}
	r->next++;
	r->delay[r->seen++] = delay;
}

static void take_line(struct run *r, const char *line, int64_t at)
{
	int64_t t = time_of(line), delay;

	if (t < 0) {
		warnx("no time: %s", line);
		r->bad = true;
		return;
	}
	delay = (at % DAY - t + DAY) % DAY;
	if (delay > DAY / 2) /* before it happened: the clock was set? */
		delay -= DAY;
	if (is_segment(r, line, WARM))
		r->quiet = true;
	else if (is_segment(r, line, LONE))
		take_lone(r, t, delay, line);
	if (r->nsent && r->nall < LINES_MAX)
		r->all[r->nall++] = delay;
}

/* lines as they come, for so long; 0: that is the end of them */
static int read_lines(struct run *r, int fd, int ms)
{
	static char buf[1 << 16];
	static size_t have;
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	char *line, *end;
	int64_t at;
	ssize_t n;

	if (poll(&pfd, 1, ms) <= 0)
		return 1;
	n = read(fd, buf + have, sizeof(buf) - have - 1);
	at = now();
	if (n <= 0)
		return 0;
	have += (size_t)n;
	buf[have] = '\0';
	for (line = buf; (end = strchr(line, '\n')); line = end + 1) {
		*end = '\0';
		take_line(r, line, at);
	}
	have -= (size_t)(line - buf);
	memmove(buf, line, have);
	if (have == sizeof(buf) - 1)
		errx(2, "a line without an end");
	return 1;
}

static pid_t run_command(char **argv, int *fd)
{
	int p[2];
	pid_t pid;

	if (pipe2(p, O_CLOEXEC))
		err(2, "pipe");
	setenv("TZ", "UTC", 1); /* the time of day is that of Unix time */
	pid = fork();
	if (!pid) {
		dup2(p[1], STDOUT_FILENO);
		execvp(argv[0], argv);
		err(127, "%s", argv[0]);
	}
	close(p[1]);
	*fd = p[0];
	return pid;
}

/* until COMMAND tells of what is sent, and has told of all of it */
static void warm_up(struct run *r, int fd)
{
	int64_t end = now() + PATIENCE * 1000000000ll;
	struct sent s;

	while (!r->quiet && now() < end) {
		one(&r->lone, WARM, &s);
		if (!read_lines(r, fd, 300))
			break;
	}
	if (!r->quiet)
		errx(2, "nothing was printed within %d s", PATIENCE);
	while (r->quiet) { /* half a second without one */
		r->quiet = false;
		nap(500000);
		read_lines(r, fd, 0);
	}
}

static int by_size(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static void report(const char *what, int64_t *d, int n)
{
	if (!n)
		return;
	qsort(d, (size_t)n, sizeof(*d), by_size);
	printf("%s %d median %.2f p99 %.2f max %.2f\n", what, n, d[n / 2] / 1e6,
	       d[(n * 99 + 99) / 100 - 1] / 1e6, d[n - 1] / 1e6);
}

int main(int argc, char **argv)
{
	static struct run r;
	struct sockaddr_in to = { .sin_family = AF_INET };
	pthread_t lone, load;
	int64_t end;
	int fd, status;
	pid_t pid;

	if (argc < 9 || strcmp(argv[7], "--") || inet_pton(AF_INET, argv[3], &to.sin_addr) != 1)
		errx(2, "delay CLIENT SERVER ADDR PORT COUNT RATE -- COMMAND [ARGUMENT...]");
	to.sin_port = htons((uint16_t)atoi(argv[4]));
	r.count = atoi(argv[5]);
	r.rate = atoi(argv[6]);
	r.all = calloc(LINES_MAX, sizeof(*r.all));
	if (r.count < 1 || r.count > COUNT_MAX || !r.all)
		errx(2, "COUNT is from 1 to %d", COUNT_MAX);
	snprintf(r.to, sizeof(r.to), " %s:%s ", argv[3], argv[4]);
	r.lone = connected(argv[1], argv[2], &to);
	to.sin_port = htons((uint16_t)(atoi(argv[4]) + 1));
	r.load = connected(argv[1], argv[2], &to);

	pid = run_command(argv + 8, &fd);
	warm_up(&r, fd);
	if (r.rate && pthread_create(&load, NULL, send_load, &r))
		errx(2, "no thread");
	if (pthread_create(&lone, NULL, send_lone, &r))
		errx(2, "no thread");
	end = now() + (PATIENCE + r.count / 10) * 1000000000ll;
	while (r.next < r.count && now() < end && read_lines(&r, fd, 100))
		;
	r.stop = true;
	pthread_join(lone, NULL);
	if (r.rate)
		pthread_join(load, NULL);
	kill(pid, SIGINT);
	waitpid(pid, &status, 0);
	if (r.seen != r.count)
		warnx("%d of %d segments have a line", r.seen, r.count);
	report("lone", r.delay, r.seen);
	if (r.rate)
		report("lines", r.all, r.nall);
	return r.bad || r.seen != r.count;
}
