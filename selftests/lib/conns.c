// SPDX-License-Identifier: GPL-2.0-only
/*
 * conns.c - many TCP connections between two namespaces, each opened and ended
 * in a way of its own
 *
 * Purpose: what nettrace infers is compared with what the sockets did; this
 *          makes the sockets do as much as two ends can do to each other.
 * Use:     conns [-n COUNT] [-p AT-A-TIME] [-s SEED] CLIENT-NS ADDR4 ADDR6 SERVER-NS ADDR4 ADDR6
 *
 * Each connection is two processes, one for each end, which a socket pair joins:
 * so that both may be told to do something at the same instant, and each may
 * die.  What the two do follows from the seed and the connection's number alone;
 * when, from the network between them.  No step waits longer than PATIENCE_MS,
 * no process lives longer than LIFE seconds.
 *
 * It ends when all processes have; their sockets may live on, in TIME-WAIT or
 * as orphans.  Prints how often each way was taken: "opening NAME COUNT".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATIENCE_MS 8000
#define LIFE	    90
#define FIRST_PORT  10000
#define PORTS	    20000
#define DEAF_PORT   9  /* what is sent there is dropped (agreement.sh) */
#define REJECT_PORT 11 /* what is sent there is answered by ICMP */
#define ROUNDS	    6
#define CHUNK	    9000

enum opening {
	OPEN_PLAIN,
	OPEN_FAST,	   /* TCP Fast Open, both sides willing */
	OPEN_SIMULTANEOUS, /* both connect */
	OPEN_AGAIN,	   /* twice from the same port to the same port */
	OPEN_REFUSED,	   /* nobody listens */
	OPEN_DEAF,	   /* no answer at all */
	OPEN_REJECTED,	   /* an ICMP error */
	OPEN_MAX
};

enum ending {
	END_CLOSE,     /* at once */
	END_DRAIN,     /* after the other's FIN */
	END_HALF,      /* FIN, then read to the other's FIN */
	END_LATE,      /* after the other's FIN still send something */
	END_TOGETHER,  /* both at the same instant */
	END_BOTH,      /* shutdown of both directions */
	END_DEAF,      /* shutdown of reading, then close */
	END_ABORT,     /* SO_LINGER of 0: a RST */
	END_UNREAD,    /* close, with data that nobody read: a RST */
	END_UNBIND,    /* connect() to AF_UNSPEC */
	END_KILLED,    /* SIGKILL */
	END_EXIT,      /* return from main() */
	END_LINGER,    /* close() that waits */
	END_IMPATIENT, /* TCP_LINGER2 below 0: no FIN-WAIT-2 for an orphan */
	END_MAX
};

static const char *const opening_names[OPEN_MAX] = {
	[OPEN_PLAIN] = "plain",
	[OPEN_FAST] = "fast-open",
	[OPEN_SIMULTANEOUS] = "simultaneous",
	[OPEN_AGAIN] = "again",
	[OPEN_REFUSED] = "refused",
	[OPEN_DEAF] = "unanswered",
	[OPEN_REJECTED] = "rejected",
};
static const unsigned int opening_weights[OPEN_MAX] = {
	[OPEN_PLAIN] = 120,  [OPEN_FAST] = 16, [OPEN_SIMULTANEOUS] = 20, [OPEN_AGAIN] = 16,
	[OPEN_REFUSED] = 12, [OPEN_DEAF] = 8,  [OPEN_REJECTED] = 1,
};
static const char *const ending_names[END_MAX] = {
	[END_CLOSE] = "close",	      [END_DRAIN] = "close-after-eof",
	[END_HALF] = "half-close",    [END_LATE] = "send-after-eof",
	[END_TOGETHER] = "together",  [END_BOTH] = "shutdown-both",
	[END_DEAF] = "shutdown-read", [END_ABORT] = "linger-0",
	[END_UNREAD] = "unread-data", [END_UNBIND] = "disconnect",
	[END_KILLED] = "killed",      [END_EXIT] = "exit",
	[END_LINGER] = "linger-1",    [END_IMPATIENT] = "linger2",
};
static const unsigned int ending_weights[END_MAX] = {
	[END_CLOSE] = 14,    [END_DRAIN] = 16,	  [END_HALF] = 14,  [END_LATE] = 8,
	[END_TOGETHER] = 12, [END_BOTH] = 6,	  [END_DEAF] = 4,   [END_ABORT] = 6,
	[END_UNREAD] = 5,    [END_UNBIND] = 3,	  [END_KILLED] = 5, [END_EXIT] = 3,
	[END_LINGER] = 4,    [END_IMPATIENT] = 3,
};

/* of all processes */
static struct counts {
	unsigned int openings[OPEN_MAX], endings[END_MAX];
	unsigned int established, not_established;
} * counts;

struct side {
	const char *netns, *addr4, *addr6;
};

/* one end of one connection */
struct end {
	uint64_t random;
	const struct side *own, *other;
	int pair; /* to the other end's process */
	bool server, six;
	enum opening opening;
	uint16_t port; /* the server's */
};

static void die(const char *what)
{
	fprintf(stderr, "conns: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* splitmix64, of the public domain: the same on every machine */
static uint64_t next(uint64_t *state)
{
	uint64_t z = (*state += 0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

static unsigned int below(struct end *e, unsigned int limit)
{
	return (unsigned int)(next(&e->random) % limit);
}

static unsigned int choose(uint64_t random, const unsigned int *weights, unsigned int n)
{
	unsigned int i, sum = 0, left;

	for (i = 0; i < n; i++)
		sum += weights[i];
	left = (unsigned int)(random % sum);
	for (i = 0; left >= weights[i]; i++)
		left -= weights[i];
	return i;
}

static void enter(const char *netns)
{
	char path[256];
	int fd;

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

static bool ready(int fd, short events, int ms)
{
	struct pollfd p = { .fd = fd, .events = events };

	return poll(&p, 1, ms) > 0;
}

/* both processes are here; or the other one is no more */
static void meet(struct end *e)
{
	char c = 0;

	if (send(e->pair, &c, 1, MSG_NOSIGNAL) == 1 && ready(e->pair, POLLIN, PATIENCE_MS))
		(void)!read(e->pair, &c, 1);
}

static socklen_t address(struct sockaddr_storage *ss, const struct side *side, bool six,
			 uint16_t port)
{
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *in = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (six) {
		in6->sin6_family = AF_INET6;
		in6->sin6_port = htons(port);
		inet_pton(AF_INET6, side->addr6, &in6->sin6_addr);
		return sizeof(*in6);
	}
	in->sin_family = AF_INET;
	in->sin_port = htons(port);
	inet_pton(AF_INET, side->addr4, &in->sin_addr);
	return sizeof(*in);
}

static uint16_t port_of(int fd)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(fd, (struct sockaddr *)&ss, &len))
		return 0;
	/* the port is at the same place in both families */
	return ntohs(((struct sockaddr_in *)&ss)->sin_port);
}

static void set(int fd, int level, int name, int value)
{
	setsockopt(fd, level, name, &value, sizeof(value));
}

/* a socket, bound to port unless that is 0; some with a small window, some hasty */
static int make_socket(struct end *e, uint16_t port)
{
	int fd = socket(e->six ? AF_INET6 : AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, e->own, e->six, port);

	if (fd < 0)
		die("socket");
	set(fd, SOL_SOCKET, SO_REUSEADDR, 1);
	if (!below(e, 5))
		set(fd, SOL_SOCKET, SO_RCVBUF, 2048 + (int)below(e, 8000));
	if (!below(e, 4))
		set(fd, IPPROTO_TCP, TCP_NODELAY, 1);
	if (bind(fd, (struct sockaddr *)&ss, len)) {
		close(fd);
		return -1;
	}
	return fd;
}

/* some give up before the kernel does */
static bool wait_open(struct end *e, int fd)
{
	socklen_t len = sizeof(int);
	int err = 0;

	if (!ready(fd, POLLOUT, PATIENCE_MS) && (below(e, 2) || !ready(fd, POLLOUT, LIFE * 1000)))
		return false;
	return !getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) && !err;
}

static int do_connect(struct end *e, int fd, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, e->other, e->six, port);

	if (fd < 0)
		return -1;
	fcntl(fd, F_SETFL, O_NONBLOCK);
	if (!connect(fd, (struct sockaddr *)&ss, len) || (errno == EINPROGRESS && wait_open(e, fd)))
		return fd;
	close(fd);
	return -1;
}

static int do_listen(struct end *e)
{
	int fd = make_socket(e, e->port);

	if (fd < 0)
		die("bind of a listener");
	if (e->opening == OPEN_FAST)
		set(fd, IPPROTO_TCP, TCP_FASTOPEN, 16);
	if (listen(fd, 8))
		die("listen");
	return fd;
}

/* the other end may have given up before; some listeners are closed before the others */
static int do_accept(struct end *e, int listener)
{
	int fd = -1;

	if (ready(listener, POLLIN, PATIENCE_MS))
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
	if (below(e, 2))
		close(listener);
	return fd;
}

/* each tells the other its port, then both connect */
static int open_simultaneously(struct end *e)
{
	int fd = make_socket(e, 0);
	uint16_t mine = fd < 0 ? 0 : port_of(fd), other = 0;

	if (send(e->pair, &mine, sizeof(mine), MSG_NOSIGNAL) != sizeof(mine) ||
	    !ready(e->pair, POLLIN, PATIENCE_MS) ||
	    read(e->pair, &other, sizeof(other)) != sizeof(other) || !mine || !other)
		return -1;
	return do_connect(e, fd, other);
}

static int open_client(struct end *e, uint16_t from)
{
	uint16_t port = e->opening == OPEN_DEAF	    ? DEAF_PORT :
			e->opening == OPEN_REJECTED ? REJECT_PORT :
						      e->port;
	int fd = make_socket(e, from);

	if (fd < 0)
		return -1;
	if (e->opening == OPEN_FAST)
		set(fd, IPPROTO_TCP, TCP_FASTOPEN_CONNECT, 1);
	if (e->opening == OPEN_DEAF)
		set(fd, IPPROTO_TCP, TCP_SYNCNT, 1 + (int)below(e, 3));
	return do_connect(e, fd, port);
}

static void nap(struct end *e, unsigned int most_ms)
{
	usleep(1000 * below(e, most_ms));
}

static void do_send(struct end *e, int fd)
{
	static char buf[CHUNK];
	size_t left = 1 + below(e, below(e, 2) ? 100 : CHUNK - 1);
	ssize_t n;

	while (left) {
		n = send(fd, buf, left, MSG_NOSIGNAL);
		if (n > 0)
			left -= (size_t)n;
		else if (n < 0 && errno != EAGAIN)
			return;
		else if (!ready(fd, POLLOUT, PATIENCE_MS))
			return;
	}
}

/* what is there; true at the end, or when nothing comes */
static bool do_read(int fd, int ms)
{
	char buf[4096];

	if (!ready(fd, POLLIN, ms))
		return ms == PATIENCE_MS;
	return read(fd, buf, sizeof(buf)) <= 0;
}

static void read_to_eof(int fd)
{
	while (!do_read(fd, PATIENCE_MS))
		;
}

static void talk(struct end *e, int fd)
{
	unsigned int round, rounds = below(e, ROUNDS);

	for (round = 0; round < rounds; round++) {
		switch (below(e, 4)) {
		case 0:
			nap(e, 60);
			break;
		case 1:
		case 2:
			do_send(e, fd);
			break;
		default:
			do_read(fd, (int)below(e, 80));
		}
	}
}

static void abort_connection(int fd)
{
	struct linger now = { .l_onoff = 1 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(fd);
}

static void linger(int fd)
{
	struct linger second = { .l_onoff = 1, .l_linger = 1 };

	fcntl(fd, F_SETFL, 0);
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &second, sizeof(second));
	close(fd);
}

static void end_connection(struct end *e, int fd, enum ending how)
{
	struct sockaddr unspec = { .sa_family = AF_UNSPEC };

	__atomic_add_fetch(&counts->endings[how], 1, __ATOMIC_RELAXED);
	switch (how) {
	case END_DRAIN:
		read_to_eof(fd);
		break;
	case END_HALF:
		shutdown(fd, SHUT_WR);
		read_to_eof(fd);
		break;
	case END_LATE:
		read_to_eof(fd);
		do_send(e, fd);
		break;
	case END_TOGETHER:
		meet(e);
		break;
	case END_BOTH:
		shutdown(fd, SHUT_RDWR);
		nap(e, 100);
		break;
	case END_DEAF:
		shutdown(fd, SHUT_RD);
		nap(e, 100);
		break;
	case END_ABORT:
		abort_connection(fd);
		return;
	case END_UNREAD:
		ready(fd, POLLIN, 500);
		break;
	case END_UNBIND:
		connect(fd, &unspec, sizeof(unspec));
		break;
	case END_KILLED:
		kill(getpid(), SIGKILL);
		break;
	case END_EXIT:
		exit(0);
	case END_LINGER:
		linger(fd);
		return;
	case END_IMPATIENT:
		set(fd, IPPROTO_TCP, TCP_LINGER2, -1);
		break;
	case END_CLOSE:
	case END_MAX:
		break;
	}
	close(fd);
}

/* from is the port to come from, 0: any; Return: the one that it was */
static uint16_t connection(struct end *e, int listener, uint16_t from, enum ending how)
{
	int fd;

	if (e->opening == OPEN_SIMULTANEOUS)
		fd = open_simultaneously(e);
	else if (e->server)
		fd = do_accept(e, listener);
	else
		fd = open_client(e, from);
	if (!e->server || fd >= 0)
		__atomic_add_fetch(fd < 0 ? &counts->not_established : &counts->established, 1,
				   __ATOMIC_RELAXED);
	if (fd < 0)
		return 0;
	from = port_of(fd);
	talk(e, fd);
	end_connection(e, fd, how);
	return from;
}

static bool listens(const struct end *e)
{
	return e->server && e->opening != OPEN_SIMULTANEOUS && e->opening != OPEN_REFUSED &&
	       e->opening != OPEN_DEAF && e->opening != OPEN_REJECTED;
}

/* one process */
static void be(struct end *e)
{
	enum ending how = choose(next(&e->random), ending_weights, END_MAX);
	int listener = -1;
	uint16_t port;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	alarm(LIFE);
	enter(e->own->netns);
	if (listens(e))
		listener = do_listen(e);
	meet(e);
	if (e->server && listener < 0 && e->opening != OPEN_SIMULTANEOUS)
		exit(0);
	if (e->opening != OPEN_AGAIN) {
		connection(e, listener, 0, how);
		exit(0);
	}
	/* the server ends it first, or the port is not free again */
	port = connection(e, listener, 0, e->server ? END_CLOSE : END_DRAIN);
	if (e->server) {
		close(listener);
		listener = do_listen(e);
	}
	meet(e);
	connection(e, listener, port, how);
	exit(0);
}

static pid_t start(const struct end *from, bool server, const struct side *sides, int pair[2])
{
	struct end e = *from;
	pid_t pid = fork();

	if (pid < 0)
		die("fork");
	if (pid)
		return pid;
	e.server = server;
	e.own = &sides[server];
	e.other = &sides[!server];
	e.pair = pair[server];
	e.random += server;
	next(&e.random);
	close(pair[!server]);
	be(&e);
	return 0;
}

/* how: the opening, from the seed and the number; then both ends go their ways */
static void start_both(uint64_t seed, unsigned int number, const struct side *sides)
{
	struct end e = { .random = seed ^ ((uint64_t)number << 20) };
	int pair[2];

	e.opening = choose(next(&e.random), opening_weights, OPEN_MAX);
	e.six = next(&e.random) & 1;
	e.random = next(&e.random);
	e.port = (uint16_t)(FIRST_PORT + number % PORTS);
	counts->openings[e.opening]++;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		die("socketpair");
	start(&e, true, sides, pair);
	start(&e, false, sides, pair);
	close(pair[0]);
	close(pair[1]);
}

static void print_counts(unsigned int n)
{
	unsigned int i;

	printf("connections %u\n", n);
	for (i = 0; i < OPEN_MAX; i++)
		printf("opening %s %u\n", opening_names[i], counts->openings[i]);
	for (i = 0; i < END_MAX; i++)
		printf("ending %s %u\n", ending_names[i], counts->endings[i]);
	printf("ends established %u\n", counts->established);
	printf("ends not-established %u\n", counts->not_established);
}

static unsigned int number_of(const char *text)
{
	char *rest;
	unsigned long n = strtoul(text, &rest, 10);

	if (!*text || *rest || n > 10000000) {
		fprintf(stderr, "conns: '%s' is no number\n", text);
		exit(2);
	}
	return (unsigned int)n;
}

int main(int argc, char **argv)
{
	unsigned int n = 100, at_a_time = 20, seed = 1, started = 0, running = 0;
	struct side sides[2];
	int opt;

	while ((opt = getopt(argc, argv, "n:p:s:")) > 0) {
		if (opt == 'n')
			n = number_of(optarg);
		else if (opt == 'p')
			at_a_time = number_of(optarg);
		else if (opt == 's')
			seed = number_of(optarg);
		else
			return 2;
	}
	if (argc - optind != 6) {
		fputs("usage: conns [-n COUNT] [-p AT-A-TIME] [-s SEED] NETNS ADDR4 ADDR6 NETNS ADDR4 ADDR6\n",
		      stderr);
		return 2;
	}
	argv += optind;
	sides[0] = (struct side){ argv[0], argv[1], argv[2] };
	sides[1] = (struct side){ argv[3], argv[4], argv[5] };
	counts = mmap(NULL, sizeof(*counts), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (counts == MAP_FAILED)
		die("mmap");
	while (started < n || running) {
		for (; started < n && running < 2 * at_a_time; running += 2)
			start_both(seed, started++, sides);
		if (wait(NULL) > 0)
			running--;
	}
	print_counts(n);
	return 0;
}
