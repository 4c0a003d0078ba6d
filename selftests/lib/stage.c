// SPDX-License-Identifier: GPL-2.0-only
/*
 * stage.c - see stage.h
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "own.h"
#include "stage.h"

#define NOBODY 65534

static int user_namespace(void)
{
	char map[32];
	int ret;

	if (unshare(CLONE_NEWUSER))
		return -errno;
	snprintf(map, sizeof(map), "0 %d 1", NOBODY);
	ret = put_file("/proc/self/setgroups", "deny");
	if (!ret)
		ret = put_file("/proc/self/uid_map", map);
	if (!ret)
		ret = put_file("/proc/self/gid_map", map);
	return ret;
}

int become(enum who who)
{
	int ret;

	if (who != WHO_ROOT) {
		if (setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
		    setresuid(NOBODY, NOBODY, NOBODY))
			return -errno;
		/* /proc/self is ours all the same, and we end with our parent */
		prctl(PR_SET_DUMPABLE, 1);
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	if (who == WHO_NOBODY)
		return 0;
	ret = who == WHO_USER ? user_namespace() : 0;
	return ret ? ret : own_netns();
}

/* ---- traffic -------------------------------------------------------------------- */

static socklen_t address(struct sockaddr_storage *ss, const char *addr, uint16_t port)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *a4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	if (strchr(addr, ':')) {
		a6->sin6_family = AF_INET6;
		a6->sin6_port = htons(port);
		inet_pton(AF_INET6, addr, &a6->sin6_addr);
		return sizeof(*a6);
	}
	a4->sin_family = AF_INET;
	a4->sin_port = htons(port);
	inet_pton(AF_INET, addr, &a4->sin_addr);
	return sizeof(*a4);
}

static int bound(const char *addr, uint16_t port)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, addr, port);
	int fd = socket(ss.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd >= 0 && !bind(fd, (struct sockaddr *)&ss, len))
		return fd;
	close(fd);
	return -1;
}

/* one connection; @reset: closed by a RST, so that its addresses are free at once */
static bool connection(int listener, const char *addr, uint16_t port, uint16_t cport, bool reset,
		       bool keep)
{
	struct linger now = { .l_onoff = 1 };
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, addr, port);
	int c = bound(addr, cport), s;
	char buf[8];

	if (c < 0)
		return false;
	if (reset)
		setsockopt(c, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	if (connect(c, (struct sockaddr *)&ss, len)) {
		close(c);
		return false;
	}
	s = accept(listener, NULL, NULL);
	if (write(c, "hello", 5) == 5)
		(void)!read(s, buf, sizeof(buf));
	if (keep)
		return true;
	close(c);
	close(s);
	return true;
}

static void send_datagram(const char *to)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, to, 9);
	int fd = socket(ss.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	sendto(fd, "x", 1, MSG_DONTWAIT, (struct sockaddr *)&ss, len);
	close(fd);
}

static void talk_on(const struct talk *t, int ready)
{
	struct timespec rest = { .tv_nsec = 30000000 };
	int listener = bound(t->addr, t->port), listener6 = -1;
	bool told = false;
	unsigned int i;

	listen(listener, 16);
	if (t->addr6) {
		listener6 = bound(t->addr6, t->port);
		listen(listener6, 16);
	}
	if (t->keep)
		connection(listener, t->addr, t->port, t->cport, false, true);
	for (i = 0;; i++) {
		bool ok = connection(listener, t->addr, t->port, t->keep ? 0 : t->cport,
				     !t->keep || i % 8, false);

		if (t->addr6)
			ok &= connection(listener6, t->addr6, t->port, t->cport, true, false);
		if (t->datagram)
			send_datagram(t->datagram);
		if (ok && !told)
			told = write(ready, "y", 1) == 1;
		nanosleep(&rest, NULL);
	}
}

pid_t talk(const struct talk *t)
{
	int ready[2];
	char c = 0;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC))
		return -errno;
	pid = fork();
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		prctl(PR_SET_NAME, t->comm);
		close(ready[0]);
		talk_on(t, ready[1]);
		_exit(1);
	}
	close(ready[1]);
	if (pid > 0 && read(ready[0], &c, 1) != 1)
		pid = -ECHILD;
	close(ready[0]);
	return pid;
}

int kernel_trouble(void)
{
	FILE *f = popen("dmesg | grep -cE 'BUG:|WARNING:|Oops|refcount_t|general protection|"
			"rcu: INFO|blocked for more|unregister_netdevice: waiting'",
			"re");
	int n = -1;

	if (!f)
		return -1;
	if (fscanf(f, "%d", &n) != 1)
		n = -1;
	pclose(f);
	return n;
}
