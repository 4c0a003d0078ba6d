// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns_watch.c - every network namespace of this machine, as they come
 *
 * Purpose, ownership, context: netns_watch.h.
 *
 * Mounts are read from /proc/self/mountinfo, whatever folder they are in: there
 * the kernel names the inode of each, so nothing has to be opened, and the file
 * can be polled: no folder is watched for a file that is no namespace yet.
 */
#include "i18n.h"
#include "netns_watch.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/stat.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "netns.h"

#define MOUNTS	 "/proc/self/mountinfo"
#define OWN	 "/proc/thread-self/ns/net"
#define PERIOD	 500000000L /* ns between looks at the processes */
#define MAX_NETS 65536	    /* remembered; a machine with more is not understood */

struct known {
	uint64_t inode;
	bool named;
};

struct pending {
	uint64_t inode;
	char *path; /* NULL: only its name is new */
};

struct nt_nswatch {
	int epoll, timer, mounts;
	bool looked;	     /* in this round */
	struct known *known; /* by inode */
	size_t nknown, known_cap;
	struct pending *pend;
	size_t npend, next, pend_cap;
	bool no_memory;
};

static void *room(void *array, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap ? *cap * 2 : 64;
	void *p;

	if (n < *cap)
		return array;
	p = reallocarray(array, more, size);
	if (p)
		*cap = more;
	return p;
}

/* where it is, or would be */
static size_t place(const struct nt_nswatch *w, uint64_t inode)
{
	size_t lo = 0, hi = w->nknown;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (w->known[mid].inode < inode)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static struct known *find(struct nt_nswatch *w, uint64_t inode)
{
	size_t i = place(w, inode);

	return i < w->nknown && w->known[i].inode == inode ? &w->known[i] : NULL;
}

/* hand it out in this round */
static bool queue(struct nt_nswatch *w, uint64_t inode, const char *path)
{
	struct pending *p = room(w->pend, &w->pend_cap, w->npend, sizeof(*p));
	char *copy = path ? strdup(path) : NULL;

	if (p)
		w->pend = p;
	if (!p || (path && !copy)) {
		free(copy);
		w->no_memory = true;
		return false;
	}
	w->pend[w->npend++] = (struct pending){ inode, copy };
	return true;
}

/* a namespace is at @path; @mounted: it may have a name there */
static void met(struct nt_nswatch *w, uint64_t inode, const char *path, bool mounted)
{
	struct known *k = find(w, inode);
	size_t i;

	if (k) {
		if (mounted && !k->named)
			k->named = queue(w, inode, NULL);
		return;
	}
	if (w->nknown >= MAX_NETS)
		return;
	k = room(w->known, &w->known_cap, w->nknown, sizeof(*k));
	if (!k) {
		w->no_memory = true;
		return;
	}
	w->known = k;
	if (!queue(w, inode, path))
		return;
	i = place(w, inode);
	memmove(&w->known[i + 1], &w->known[i], (w->nknown - i) * sizeof(*k));
	w->known[i] = (struct known){ inode, mounted };
	w->nknown++;
}

/* mountinfo writes blanks and such as \ooo */
static void unescape(char *s)
{
	char *to = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' && s[2] <= '7' &&
		    s[3] >= '0' && s[3] <= '7') {
			*to++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 | (s[3] - '0'));
			s += 3;
		} else {
			*to++ = *s;
		}
	}
	*to = '\0';
}

/* a line: ID PARENT MAJOR:MINOR ROOT MOUNTPOINT …; the root is "net:[INODE]" */
static void look_at_mount(struct nt_nswatch *w, char *line)
{
	char *field = NULL, *root = NULL;
	uint64_t inode;
	int i;

	for (i = 0; i < 5 && line; i++) {
		field = strsep(&line, " ");
		if (i == 3)
			root = field;
	}
	if (i < 5 || !field || sscanf(root, "net:[%" SCNu64 "]", &inode) != 1)
		return;
	unescape(field);
	met(w, inode, field, true);
}

static void look_at_mounts(struct nt_nswatch *w)
{
	FILE *f = fopen(MOUNTS, "re");
	char *line = NULL;
	size_t size = 0;

	while (f && getline(&line, &size, f) > 0)
		look_at_mount(w, line);
	free(line);
	if (f)
		fclose(f);
}

/* one system call a process, and nothing is opened */
static void look_at_processes(struct nt_nswatch *w)
{
	char path[sizeof("/proc//ns/net") + NAME_MAX];
	struct dirent *e;
	struct stat st;
	DIR *d = opendir("/proc");

	while (d && (e = readdir(d))) {
		if (e->d_name[strspn(e->d_name, "0123456789")])
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", e->d_name);
		if (!fstatat(dirfd(d), path, &st, 0))
			met(w, st.st_ino, path, false);
	}
	if (d)
		closedir(d);
}

static void look(struct nt_nswatch *w)
{
	uint64_t ticks;
	struct stat st;

	/* ours to clear, or the descriptor stays readable */
	if (read(w->timer, &ticks, sizeof(ticks)) < 0)
		ticks = 0;
	if (!stat(OWN, &st))
		met(w, st.st_ino, OWN, false);
	look_at_mounts(w);
	look_at_processes(w);
}

void nt_nswatch_gone(struct nt_nswatch *w, uint64_t inode)
{
	struct known *k = find(w, inode);

	if (!k)
		return;
	w->nknown--;
	memmove(k, k + 1, (size_t)(&w->known[w->nknown] - k) * sizeof(*k));
}

/* true: `ip netns` has a name for it */
static bool name_it(struct nt_nswatch *w, struct nt_nsfound *found)
{
	struct known *k = find(w, found->inode);
	bool named;

	nt_netns_name(found->inode, found->name, sizeof(found->name));
	named = *found->name;
	if (k && named)
		k->named = true;
	if (!named)
		snprintf(found->name, sizeof(found->name), "netns:%" PRIu64, found->inode);
	return named;
}

/* false: it went meanwhile */
static bool take(struct nt_nswatch *w, const struct pending *p, struct nt_nsfound *found)
{
	memset(found, 0, sizeof(*found));
	found->inode = p->inode;
	found->renamed = !p->path;
	found->nsfd = -1;
	if (p->path) {
		/* whatever is there by now, opening it does not wait */
		found->nsfd = open(p->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
		if (found->nsfd < 0)
			found->nsfd = -errno;
		if (found->nsfd == -ENOENT || found->nsfd == -ESRCH) {
			nt_nswatch_gone(w, p->inode);
			return false;
		}
		if (found->nsfd >= 0 && nt_netns_inode(found->nsfd) != p->inode) {
			close(found->nsfd);
			nt_nswatch_gone(w, p->inode);
			return false;
		}
	}
	return name_it(w, found) || p->path;
}

int nt_nswatch_next(struct nt_nswatch *w, struct nt_nsfound *found, struct nt_error *err)
{
	if (!w->looked) {
		w->npend = 0;
		w->next = 0;
		w->looked = true;
		look(w);
	}
	while (w->next < w->npend) {
		struct pending *p = &w->pend[w->next++];
		bool there = take(w, p, found);

		free(p->path);
		p->path = NULL;
		if (there)
			return 1;
	}
	w->looked = false;
	if (!w->no_memory)
		return 0;
	w->no_memory = false;
	return nt_error_set(err, -ENOMEM, _("memory is short: network namespaces are overlooked"));
}

int nt_nswatch_fd(const struct nt_nswatch *w)
{
	return w->epoll;
}

static int listen_to(const struct nt_nswatch *w, int fd, uint32_t events)
{
	struct epoll_event ev = { .events = events };

	return fd < 0 ? -1 : epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev);
}

int nt_nswatch_open(struct nt_nswatch **out, struct nt_error *err)
{
	struct itimerspec period = { { 0, PERIOD }, { 0, PERIOD } };
	struct nt_nswatch *w = calloc(1, sizeof(*w));
	int error;

	*out = NULL;
	if (!w)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	w->mounts = open(MOUNTS, O_RDONLY | O_CLOEXEC);
	if (w->epoll < 0 || w->timer < 0 || timerfd_settime(w->timer, 0, &period, NULL) ||
	    listen_to(w, w->timer, EPOLLIN) || listen_to(w, w->mounts, EPOLLPRI)) {
		error = errno;
		nt_nswatch_close(w);
		return nt_error_set(err, -error, _("network namespaces cannot be watched (%s): %s"),
				    MOUNTS, strerror(error));
	}
	*out = w;
	return 0;
}

void nt_nswatch_close(struct nt_nswatch *w)
{
	size_t i;

	if (!w)
		return;
	for (i = 0; i < w->npend; i++)
		free(w->pend[i].path);
	free(w->pend);
	free(w->known);
	if (w->mounts >= 0)
		close(w->mounts);
	if (w->timer >= 0)
		close(w->timer);
	if (w->epoll >= 0)
		close(w->epoll);
	free(w);
}
