// SPDX-License-Identifier: GPL-2.0-only
/*
 * talk.c - a load on each of several CPUs, for some time
 *
 * Use:       talk MODE CPUS SECONDS
 *              turns    each process has a connection over lo: a byte to and fro
 *              churn    each makes one connection after the other over lo
 *              socket   all of them send to, and receive from, the same UDP socket
 *              file     all of them write to the same file, whose lock is held long
 *            One process on each of the first CPUS CPUs; they begin together.
 *            Prints "units=N seconds=N": turns, connections, datagrams or writes of all.
 * Ownership: the children have what they open; the counts are shared memory.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST 64

static struct shared {
	unsigned int here; /* processes that are ready */
	bool over;
	unsigned long units[MOST];
} * shared;

static struct sockaddr_in addr;
static char block[1 << 18];
static int udp = -1, file = -1, listener = -1, ours = -1, theirs = -1;

static __attribute__((noreturn)) void die(const char *what)
{
	fprintf(stderr, "talk: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int bound(int type)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, len) ||
	    getsockname(fd, (struct sockaddr *)&a, &len))
		die("bind");
	addr = a;
	return fd;
}

static void do_connect(void)
{
	int one = 1;

	ours = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (ours < 0 || connect(ours, (struct sockaddr *)&addr, sizeof(addr)))
		die("connect");
	theirs = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	if (theirs < 0 || setsockopt(ours, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("accept");
}

static void do_listen(void)
{
	listener = bound(SOCK_STREAM);
	if (listen(listener, 16))
		die("listen");
}

static void pass(int from, int to)
{
	char c = 0;

	if (send(from, &c, 1, 0) != 1 || recv(to, &c, 1, 0) != 1)
		die("a byte");
}

static void turns_open(void)
{
	do_listen();
	do_connect();
}

static void turns(void)
{
	pass(ours, theirs);
	pass(theirs, ours);
}

static void churn(void)
{
	do_connect();
	turns();
	close(ours);
	close(theirs);
}

static void nothing(void)
{
}

/* whose datagram it is does not matter; when it is full nobody waits */
static void one_socket(void)
{
	char c = 0;

	(void)!sendto(udp, &c, 1, MSG_DONTWAIT, (struct sockaddr *)&addr, sizeof(addr));
	(void)!recv(udp, &c, 1, MSG_DONTWAIT);
}

static void one_file(void)
{
	if (pwrite(file, block, sizeof(block), 0) != sizeof(block))
		die("write");
}

static const struct mode {
	const char *name;
	void (*open)(void), (*unit)(void);
} modes[] = {
	{ "turns", turns_open, turns },
	{ "churn", do_listen, churn },
	{ "socket", nothing, one_socket },
	{ "file", nothing, one_file },
};

static void be(const struct mode *m, unsigned int number, unsigned int cpus)
{
	cpu_set_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	CPU_ZERO(&set);
	CPU_SET(number, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		die("there are not so many CPUs");
	m->open();
	__atomic_add_fetch(&shared->here, 1, __ATOMIC_SEQ_CST);
	while (__atomic_load_n(&shared->here, __ATOMIC_SEQ_CST) < cpus)
		sched_yield();
	while (!__atomic_load_n(&shared->over, __ATOMIC_RELAXED)) {
		m->unit();
		shared->units[number]++;
	}
	exit(0);
}

static int run(const struct mode *m, unsigned int cpus, unsigned int seconds)
{
	struct timespec ts = { .tv_sec = seconds };
	unsigned long sum = 0;
	unsigned int i;
	int status, bad = 0;

	for (i = 0; i < cpus; i++)
		switch (fork()) {
		case -1:
			die("fork");
		case 0:
			be(m, i, cpus);
		}
	/* they begin when all are there; a child that fails ends the waiting */
	while (__atomic_load_n(&shared->here, __ATOMIC_SEQ_CST) < cpus) {
		if (waitpid(-1, &status, WNOHANG) > 0)
			return 1;
		sched_yield();
	}
	nanosleep(&ts, NULL);
	__atomic_store_n(&shared->over, true, __ATOMIC_SEQ_CST);
	while (wait(&status) > 0)
		bad |= !WIFEXITED(status) || WEXITSTATUS(status);
	for (i = 0; i < cpus; i++)
		sum += shared->units[i];
	printf("units=%lu seconds=%u\n", sum, seconds);
	return bad;
}

int main(int argc, char **argv)
{
	unsigned long cpus = argc == 4 ? strtoul(argv[2], NULL, 10) : 0;
	unsigned long seconds = argc == 4 ? strtoul(argv[3], NULL, 10) : 0;
	unsigned int i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1,
		      0);
	if (shared == MAP_FAILED)
		die("mmap");
	for (i = 0; cpus && cpus <= MOST && seconds && i < sizeof(modes) / sizeof(modes[0]); i++)
		if (!strcmp(argv[1], modes[i].name)) {
			if (modes[i].unit == one_socket)
				udp = bound(SOCK_DGRAM);
			if (modes[i].unit == one_file)
				file = memfd_create("talk", MFD_CLOEXEC);
			return run(&modes[i], (unsigned int)cpus, (unsigned int)seconds);
		}
	fputs("usage: talk turns|churn|socket|file CPUS SECONDS\n", stderr);
	return 2;
}
