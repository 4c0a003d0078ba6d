// SPDX-License-Identifier: GPL-2.0-only
/*
 * peer.c - one end of a connection, driven line by line
 *
 * Purpose: tests that freeze a TCP state must decide when a program makes its
 *          next system call.  Each line on stdin is a command; each gets one
 *          line on stdout: "ok", "ok VALUE" or "err ERRNO-NAME".  End of file on
 *          stdin ends the program as a return from main() would.
 * Use:     peer [NAME]      NAME becomes the process's command name
 *
 *   listen ADDR PORT [BACKLOG]   accept    close-listen
 *   bind ADDR PORT               connect ADDR PORT    start ADDR PORT
 *   finish        wait for what start began
 *   send N        recv N (exactly)         eof (the peer's FIN, nothing else)
 *   wait N        until N unread bytes are there
 *   shut rd|wr|rdwr    linger0    close    port    pid    quit
 *   keepalive IDLE INTERVAL COUNT (seconds)    rcvbuf BYTES (before listen, too)
 *   tfo N         the listener accepts data in a SYN, N at once (RFC 7413)
 *   open ADDR PORT N             connect by sending N bytes, in the SYN if it can be
 *   udp ADDR PORT N    N datagrams of four bytes
 *   drain ADDR PORT N  N connections, one after another, each closed at once
 *
 * Every blocking command gives up after ten seconds with "err ETIMEDOUT".
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PATIENCE_MS 10000

struct peer {
	int listener, sock;
};

static int reply(int ret)
{
	if (ret < 0)
		printf("err %s\n", strerrorname_np(-ret) ?: "?");
	else
		puts("ok");
	return ret;
}

static int wait_for(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	int n = poll(&p, 1, PATIENCE_MS);

	return n < 0 ? -errno : n ? 0 : -ETIMEDOUT;
}

static int resolve(const char *addr, const char *port, struct addrinfo **ai, int type)
{
	struct addrinfo hints = {
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV,
		.ai_socktype = type,
	};

	return addr && port && !getaddrinfo(addr, port, &hints, ai) ? 0 : -EINVAL;
}

/* make the socket if there is none: bind may come before connect */
static int need_sock(int *fd, int family)
{
	int one = 1;

	if (*fd >= 0)
		return 0;
	*fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (*fd < 0)
		return -errno;
	setsockopt(*fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return 0;
}

static int do_bind(int *fd, const char *addr, const char *port)
{
	struct addrinfo *ai;
	int ret = resolve(addr, port, &ai, SOCK_STREAM);

	if (ret)
		return ret;
	ret = need_sock(fd, ai->ai_family);
	if (!ret && bind(*fd, ai->ai_addr, ai->ai_addrlen))
		ret = -errno;
	freeaddrinfo(ai);
	return ret;
}

static int do_listen(struct peer *p, const char *addr, const char *port, const char *backlog)
{
	int ret = do_bind(&p->listener, addr, port);

	if (!ret && listen(p->listener, backlog ? atoi(backlog) : 16))
		ret = -errno;
	return ret;
}

static int do_accept(struct peer *p)
{
	int ret = wait_for(p->listener, POLLIN);

	if (ret)
		return ret;
	p->sock = accept4(p->listener, NULL, NULL, SOCK_CLOEXEC);
	return p->sock < 0 ? -errno : 0;
}

static int do_start(struct peer *p, const char *addr, const char *port)
{
	struct addrinfo *ai;
	int ret = resolve(addr, port, &ai, SOCK_STREAM);

	if (ret)
		return ret;
	ret = need_sock(&p->sock, ai->ai_family);
	if (!ret) {
		fcntl(p->sock, F_SETFL, O_NONBLOCK);
		if (connect(p->sock, ai->ai_addr, ai->ai_addrlen) && errno != EINPROGRESS)
			ret = -errno;
	}
	freeaddrinfo(ai);
	return ret;
}

static int do_finish(struct peer *p)
{
	socklen_t len = sizeof(int);
	int err = 0, ret = wait_for(p->sock, POLLOUT);

	if (ret)
		return ret;
	if (getsockopt(p->sock, SOL_SOCKET, SO_ERROR, &err, &len))
		return -errno;
	fcntl(p->sock, F_SETFL, 0);
	return -err;
}

/* a blocking connect(), as ordinary programs call it */
static int do_connect(struct peer *p, const char *addr, const char *port)
{
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	struct addrinfo *ai;
	int ret = resolve(addr, port, &ai, SOCK_STREAM);

	if (ret)
		return ret;
	ret = need_sock(&p->sock, ai->ai_family);
	if (!ret) {
		setsockopt(p->sock, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
		if (connect(p->sock, ai->ai_addr, ai->ai_addrlen))
			ret = errno == EINPROGRESS ? -ETIMEDOUT : -errno;
	}
	freeaddrinfo(ai);
	return ret;
}

static int do_send(struct peer *p, long n)
{
	char buf[4096];
	ssize_t done;

	memset(buf, 'a', sizeof(buf));
	while (n > 0) {
		done = send(p->sock, buf, n < (long)sizeof(buf) ? (size_t)n : sizeof(buf),
			    MSG_NOSIGNAL);
		if (done < 0)
			return -errno;
		n -= done;
	}
	return 0;
}

static int do_recv(struct peer *p, long n)
{
	char buf[4096];
	ssize_t done;
	int ret;

	while (n > 0) {
		ret = wait_for(p->sock, POLLIN);
		if (ret)
			return ret;
		done = recv(p->sock, buf, n < (long)sizeof(buf) ? (size_t)n : sizeof(buf), 0);
		if (done <= 0)
			return done ? -errno : -EPIPE;
		n -= done;
	}
	return 0;
}

static int do_eof(struct peer *p)
{
	int ret = wait_for(p->sock, POLLIN);
	ssize_t n;
	char c;

	if (ret)
		return ret;
	n = recv(p->sock, &c, 1, MSG_PEEK);
	return n < 0 ? -errno : n ? -EEXIST : 0;
}

static int do_wait(struct peer *p, int want)
{
	struct timespec tick = { .tv_nsec = 2000000 };
	int i, have;

	for (i = 0; i < PATIENCE_MS / 2; i++) {
		if (ioctl(p->sock, FIONREAD, &have))
			return -errno;
		if (have >= want)
			return 0;
		nanosleep(&tick, NULL);
	}
	return -ETIMEDOUT;
}

static int do_shut(struct peer *p, const char *how)
{
	int which = !how		 ? -1 :
		    !strcmp(how, "rd")	 ? SHUT_RD :
		    !strcmp(how, "wr")	 ? SHUT_WR :
		    !strcmp(how, "rdwr") ? SHUT_RDWR :
					   -1;

	return shutdown(p->sock, which) ? -errno : 0;
}

static int do_linger0(struct peer *p)
{
	struct linger l = { .l_onoff = 1 };

	return setsockopt(p->sock, SOL_SOCKET, SO_LINGER, &l, sizeof(l)) ? -errno : 0;
}

static int do_keepalive(struct peer *p, int idle, int interval, int count)
{
	int one = 1;

	if (setsockopt(p->sock, IPPROTO_TCP, TCP_KEEPIDLE, &idle, sizeof(idle)) ||
	    setsockopt(p->sock, IPPROTO_TCP, TCP_KEEPINTVL, &interval, sizeof(interval)) ||
	    setsockopt(p->sock, IPPROTO_TCP, TCP_KEEPCNT, &count, sizeof(count)) ||
	    setsockopt(p->sock, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one)))
		return -errno;
	return 0;
}

static int do_rcvbuf(struct peer *p, int bytes)
{
	int ret = p->sock < 0 ? need_sock(&p->listener, AF_INET) : 0;
	int fd = p->sock < 0 ? p->listener : p->sock;

	if (!ret && setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof(bytes)))
		ret = -errno;
	return ret;
}

static int do_tfo(struct peer *p, int n)
{
	return setsockopt(p->listener, IPPROTO_TCP, TCP_FASTOPEN, &n, sizeof(n)) ? -errno : 0;
}

static int do_open(struct peer *p, const char *addr, const char *port, long n)
{
	char buf[1024] = { 0 };
	struct addrinfo *ai;
	int ret = resolve(addr, port, &ai, SOCK_STREAM);

	if (ret)
		return ret;
	ret = need_sock(&p->sock, ai->ai_family);
	if (!ret && (n < 1 || n > (long)sizeof(buf)))
		ret = -EINVAL;
	if (!ret && sendto(p->sock, buf, (size_t)n, MSG_FASTOPEN, ai->ai_addr, ai->ai_addrlen) != n)
		ret = -errno;
	freeaddrinfo(ai);
	return ret;
}

static int do_close(int *fd)
{
	int ret = close(*fd) ? -errno : 0;

	*fd = -1;
	return ret;
}

static int do_udp(const char *addr, const char *port, long n)
{
	struct addrinfo *ai;
	int fd, ret = resolve(addr, port, &ai, SOCK_DGRAM);

	if (ret)
		return ret;
	fd = socket(ai->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	ret = fd < 0 ? -errno : 0;
	while (!ret && n-- > 0) {
		/* a refusal of an earlier one is reported here: send again */
		if (sendto(fd, "ping", 4, 0, ai->ai_addr, ai->ai_addrlen) < 0 &&
		    errno == ECONNREFUSED)
			n++;
	}
	if (fd >= 0)
		close(fd);
	freeaddrinfo(ai);
	return ret;
}

static int do_drain(const char *addr, const char *port, long n)
{
	struct peer one = { .listener = -1, .sock = -1 };
	int ret = 0;

	while (!ret && n-- > 0) {
		ret = do_connect(&one, addr, port);
		if (one.sock >= 0)
			do_close(&one.sock);
	}
	return ret;
}

static int local_port(struct peer *p)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (getsockname(p->sock >= 0 ? p->sock : p->listener, (struct sockaddr *)&ss, &len))
		return -errno;
	return ntohs(ss.ss_family == AF_INET6 ? ((struct sockaddr_in6 *)&ss)->sin6_port :
						((struct sockaddr_in *)&ss)->sin_port);
}

static long number(const char *s)
{
	return s ? strtol(s, NULL, 10) : 0;
}

static int run(struct peer *p, char **w)
{
	if (!strcmp(w[0], "listen"))
		return do_listen(p, w[1], w[2], w[3]);
	if (!strcmp(w[0], "accept"))
		return do_accept(p);
	if (!strcmp(w[0], "close-listen"))
		return do_close(&p->listener);
	if (!strcmp(w[0], "bind"))
		return do_bind(&p->sock, w[1], w[2]);
	if (!strcmp(w[0], "connect"))
		return do_connect(p, w[1], w[2]);
	if (!strcmp(w[0], "start"))
		return do_start(p, w[1], w[2]);
	if (!strcmp(w[0], "finish"))
		return do_finish(p);
	if (!strcmp(w[0], "send"))
		return do_send(p, number(w[1]));
	if (!strcmp(w[0], "recv"))
		return do_recv(p, number(w[1]));
	if (!strcmp(w[0], "wait"))
		return do_wait(p, (int)number(w[1]));
	if (!strcmp(w[0], "eof"))
		return do_eof(p);
	if (!strcmp(w[0], "shut"))
		return do_shut(p, w[1]);
	if (!strcmp(w[0], "linger0"))
		return do_linger0(p);
	if (!strcmp(w[0], "keepalive"))
		return do_keepalive(p, (int)number(w[1]), (int)number(w[2]), (int)number(w[3]));
	if (!strcmp(w[0], "rcvbuf"))
		return do_rcvbuf(p, (int)number(w[1]));
	if (!strcmp(w[0], "tfo"))
		return do_tfo(p, (int)number(w[1]));
	if (!strcmp(w[0], "open"))
		return do_open(p, w[1], w[2], number(w[3]));
	if (!strcmp(w[0], "close"))
		return do_close(&p->sock);
	if (!strcmp(w[0], "udp"))
		return do_udp(w[1], w[2], number(w[3]));
	if (!strcmp(w[0], "drain"))
		return do_drain(w[1], w[2], number(w[3]));
	return -ENOSYS;
}

int main(int argc, char **argv)
{
	struct peer p = { .listener = -1, .sock = -1 };
	char line[256], *w[8];
	int i;

	if (argc > 1)
		prctl(PR_SET_NAME, argv[1]);
	signal(SIGPIPE, SIG_IGN);
	setvbuf(stdout, NULL, _IOLBF, 0);
	while (fgets(line, sizeof(line), stdin)) {
		memset(w, 0, sizeof(w));
		for (i = 0; i < 7; i++) {
			w[i] = strtok(i ? NULL : line, " \n");
			if (!w[i])
				break;
		}
		if (!w[0])
			continue;
		if (!strcmp(w[0], "quit"))
			break;
		if (!strcmp(w[0], "pid"))
			printf("ok %d\n", (int)getpid());
		else if (!strcmp(w[0], "port"))
			printf("ok %d\n", local_port(&p));
		else
			reply(run(&p, w));
	}
	return 0;
}
