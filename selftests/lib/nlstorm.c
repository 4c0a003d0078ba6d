// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlstorm.c - see nlstorm.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/netlink.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "nlsock.h"
#include "nlstorm.h"

#define SOCKETS	 6
#define SPOIL	 850 /* of a thousand requests */
#define PROC	 "/proc/thread-self/net/nettrace/"
#define TEXT_MAX (1 << 20)

static const char *const files[] = { "trace", "stats", "events" };

struct caller {
	struct nl_storm *s;
	struct nl_count *c;
	unsigned int n;
	struct nl_rng rng;
	uint32_t port; /* of the next socket */
	uint32_t group;
	int fd[SOCKETS];
	struct nl_req q;
	struct nl_got got;
	char text[TEXT_MAX];
};

static struct caller me; /* each caller is a process */

static bool may(const struct caller *k)
{
	return k->s->who != WHO_NOBODY;
}

/* what is wrong, and with which datagram: with that it can be sent again */
static void complain(struct caller *k, const char *what)
{
	char *to = k->s->wrong[k->n];
	size_t room = sizeof(k->s->wrong[k->n]), n, i;

	if (*to)
		return;
	n = (size_t)snprintf(to, room, "caller %u, datagram %llu, %zu bytes: %s:", k->n,
			     (unsigned long long)k->c->datagrams, k->q.len, what);
	for (i = 0; i < k->q.len && n + 3 < room; i++)
		n += (size_t)snprintf(to + n, room - n, "%s%02x", i % 4 ? "" : " ", k->q.p[i]);
}

static void reopen(struct caller *k, unsigned int i)
{
	if (k->fd[i] > 0)
		close(k->fd[i]);
	k->fd[i] = nl_open(k->port++, nl_rnd(&k->rng, 2));
	if (k->fd[i] < 0)
		complain(k, "no socket can be opened");
}

/* a datagram that is for the family: one that is not has nothing to say of it */
static void make(struct caller *k)
{
	struct nl_want want[64];
	size_t n, i;

	do {
		nl_req_make(&k->q, SPOIL);
		n = nl_req_want(&k->q, want, 64);
		for (i = 0; i < n && want[i].must != NL_FOREIGN; i++)
			;
	} while (i < n || n == 64 || !k->q.len);
}

static void exchange(struct caller *k)
{
	int fd = k->fd[nl_rnd(&k->rng, SOCKETS)], ret;
	const char *wrong;

	make(k);
	ret = nl_ask(fd, &k->q, &k->got);
	if (ret) {
		complain(k, strerror(-ret));
		return;
	}
	k->c->overruns += k->got.lossy;
	wrong = nl_judge(&k->q, k->got.p, k->got.len, may(k), k->got.lossy, k->c);
	if (wrong)
		complain(k, wrong);
}

/* closed with an answer in it that nobody reads */
static void leave_unread(struct caller *k)
{
	unsigned int i = nl_rnd(&k->rng, SOCKETS);

	make(k);
	if (send(k->fd[i], k->q.p, k->q.len, 0) < 0)
		complain(k, strerror(errno));
	k->c->closed_unread++;
	reopen(k, i);
}

static void join_or_leave(struct caller *k)
{
	int fd = k->fd[nl_rnd(&k->rng, SOCKETS)], ret;
	bool join = nl_rnd(&k->rng, 3);

	ret = setsockopt(fd, SOL_NETLINK, join ? NETLINK_ADD_MEMBERSHIP : NETLINK_DROP_MEMBERSHIP,
			 &k->group, sizeof(k->group));
	if (may(k) && ret)
		complain(k, "the group cannot be joined or left");
	if (!may(k) && join && (!ret || errno != EPERM))
		complain(k, "the group can be joined by anybody");
	k->c->joins += join;
}

/*
 * The family has no dumps.  Netlink's own of all families goes through it; the one of
 * its policies, which would hold the module, must be refused.  Read to the end, half,
 * or not at all, or asked for twice.
 */
static void dump(struct caller *k)
{
	bool policies = nl_rnd(&k->rng, 2);
	unsigned int way = nl_rnd(&k->rng, 4);
	int fd = nl_open(k->port++, true);
	const char *wrong;

	k->got.len = 0;
	k->got.lossy = false;
	if (fd < 0 || nl_dump(fd, policies, 1))
		complain(k, "no dump");
	else if (way == 1)
		(void)!recv(fd, k->got.p, 4096, 0);
	else if (way == 2)
		(void)!nl_dump(fd, policies, 2);
	else if (way == 3) {
		if (nl_drain(fd, &k->got) || (k->got.len < 200) != policies)
			complain(k, policies ? "policies are dumped" : "families are not dumped");
		wrong = nl_search(k->got.p, k->got.len);
		if (wrong)
			complain(k, wrong);
	}
	k->c->dumps++;
	k->c->half_read += way != 3;
	if (fd >= 0)
		close(fd);
}

/* ---- the files of /proc ------------------------------------------------------------ */

static void refused_files(struct caller *k, const char *path)
{
	static const int ways[] = { O_RDONLY, O_WRONLY, O_RDWR, O_WRONLY | O_TRUNC };
	int fd = open(path, ways[nl_rnd(&k->rng, 4)] | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0 && (errno == EPERM || errno == EACCES))
		return;
	complain(k, fd < 0 ? "a file in /proc is refused, but not for want of permission" :
			     "a file in /proc can be opened by anybody");
	if (fd >= 0)
		close(fd);
}

static void written_files(struct caller *k, const char *path)
{
	int fd = open(path, (nl_rnd(&k->rng, 2) ? O_WRONLY : O_RDWR) | O_CLOEXEC);

	if (fd < 0)
		return;
	if (write(fd, "0 stop\n", 7) >= 0)
		complain(k, "a file in /proc can be written to");
	close(fd);
}

static void read_files(struct caller *k, const char *path, bool text)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	const char *wrong;
	size_t have = 0;
	ssize_t n;

	if (fd < 0) {
		if (errno != ENODATA)
			complain(k, "its own file in /proc is refused");
		return;
	}
	while (have < TEXT_MAX - 1) {
		n = read(fd, k->text + have, TEXT_MAX - 1 - have);
		if (n <= 0)
			break;
		have += (size_t)n;
		if (!text)
			break;
	}
	k->text[have] = 0;
	wrong = text ? nl_search_text(k->text) : nl_search(k->text, have);
	if (wrong)
		complain(k, wrong);
	close(fd);
}

static void proc_files(struct caller *k)
{
	unsigned int i = nl_rnd(&k->rng, 3);
	char path[64];

	snprintf(path, sizeof(path), PROC "%s", files[i]);
	if (!may(k))
		refused_files(k, path);
	else if (nl_rnd(&k->rng, 4))
		read_files(k, path, strcmp(files[i], "events"));
	else
		written_files(k, path);
}

void nl_call(struct nl_storm *s, unsigned int n)
{
	struct caller *k = &me;
	unsigned int i, what;

	k->s = s;
	k->c = &s->c[n];
	k->n = n;
	k->rng.state = s->seed * 1000003 + (uint64_t)s->who * 101 + n;
	k->port = 1 + n * 100000000;
	k->q.rng = &k->rng;
	k->q.seq = 1 + n * 1000000000;
	if (nl_family(&k->q.family, &k->group)) {
		complain(k, "netlink does not know the family");
		return;
	}
	for (i = 0; i < SOCKETS; i++)
		reopen(k, i);
	while (k->c->datagrams + k->c->closed_unread < s->datagrams && !s->wrong[n][0]) {
		what = nl_rnd(&k->rng, 1000);
		if (what < 8)
			join_or_leave(k);
		else if (what < 14)
			dump(k);
		else if (what < 18)
			proc_files(k);
		else if (what < 30)
			leave_unread(k);
		else
			exchange(k);
	}
	for (i = 0; i < SOCKETS; i++)
		close(k->fd[i]);
}

/* ---- can it fail? --------------------------------------------------------------------- */

/* where the planted things are, each of the ways to read has to find them */
const char *nl_planted_found(void)
{
	struct caller *k = &me;
	struct pollfd p = { .events = POLLIN };
	struct nl_rng rng = { 1 };
	uint16_t family;
	const char *wrong = NULL;
	int i;

	k->s = calloc(1, sizeof(*k->s));
	k->c = &k->s->c[0];
	k->q.rng = &rng;
	for (i = 0; i < 3; i += 2) {
		char path[64];

		snprintf(path, sizeof(path), PROC "%s", files[i]);
		k->s->wrong[0][0] = 0;
		read_files(k, path, !i);
		if (!strstr(k->s->wrong[0], "of another namespace"))
			return i ? "not found in the records" : "not found in the text";
	}
	p.fd = nl_open(77, true);
	if (nl_family(&family, &k->group) || p.fd < 0 ||
	    setsockopt(p.fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &k->group, sizeof(k->group)))
		return "no socket that listens";
	for (i = 0; i < 50 && !wrong; i++) {
		poll(&p, 1, 1000);
		k->got.len = 0;
		if (nl_drain(p.fd, &k->got))
			break;
		wrong = nl_judge(&k->q, k->got.p, k->got.len, true, false, k->c);
	}
	close(p.fd);
	if (!wrong)
		return "not found in what is multicast";
	return strstr(wrong, "of another namespace") ? NULL : wrong;
}
