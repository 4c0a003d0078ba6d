// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns.c - network namespaces by name, PID or path
 *
 * Purpose, ownership, context: netns.h.
 */
#include "i18n.h"
#include "netns.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const netns_dir[] = { "/run/netns", "/var/run/netns" };
#define NETNS_DIRS (sizeof(netns_dir) / sizeof(netns_dir[0]))

static int cannot_open(const char *spec, int error, struct nt_error *err)
{
	if (error == EACCES || error == EPERM)
		return nt_error_set(err, -error,
				    _("network namespace %s may not be entered: run with sudo"),
				    spec);
	if (error != ENOENT && error != ENOTDIR && error != ESRCH)
		return nt_error_set(err, -error, _("network namespace %s cannot be opened: %s"),
				    spec, strerror(error));
	if (!strchr(spec, '/'))
		return nt_error_set(
			err, -ENOENT,
			_("there is no network namespace %s: 'ip netns list' shows the names; a PID or a path will do as well"),
			spec);
	return nt_error_set(err, -ENOENT, _("there is no network namespace at %s"), spec);
}

static int open_name(const char *name)
{
	char path[PATH_MAX];
	unsigned int i;
	int fd, n;

	for (i = 0; i < NETNS_DIRS; i++) {
		n = snprintf(path, sizeof(path), "%s/%s", netns_dir[i], name);
		if (n < 0 || (size_t)n >= sizeof(path)) {
			errno = ENOENT;
			return -1;
		}
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd >= 0 || errno != ENOENT)
			return fd;
	}
	return -1;
}

static int open_pid(const char *pid)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%.20s/ns/net", pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

int nt_netns_open(const char *spec, struct nt_error *err)
{
	int fd;

	if (!spec) {
		fd = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
		return fd >= 0 ? fd : cannot_open("/proc/thread-self/ns/net", errno, err);
	}
	if (!*spec || !strcmp(spec, ".") || !strcmp(spec, ".."))
		return nt_error_set(err, -EINVAL,
				    _("'%s' cannot be the name of a network namespace"), spec);
	if (strchr(spec, '/')) {
		/* whatever it is, opening it does not wait */
		fd = open(spec, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	} else {
		fd = open_name(spec);
		if (fd < 0 && errno == ENOENT && strlen(spec) < 20 &&
		    !spec[strspn(spec, "0123456789")])
			fd = open_pid(spec);
	}
	return fd >= 0 ? fd : cannot_open(spec, errno, err);
}

uint64_t nt_netns_inode(int nsfd)
{
	struct stat st;

	return fstat(nsfd, &st) ? 0 : st.st_ino;
}

static bool name_in(const char *dir, uint64_t inode, char *buf, size_t size)
{
	struct dirent *e;
	bool found = false;
	struct stat own, st;
	DIR *d;

	/* inode numbers mean something on the file system of namespaces only */
	if (stat("/proc/thread-self/ns/net", &own))
		return false;
	d = opendir(dir);
	while (d && !found && (e = readdir(d))) {
		if (fstatat(dirfd(d), e->d_name, &st, 0) || st.st_dev != own.st_dev ||
		    st.st_ino != inode)
			continue;
		found = true;
		snprintf(buf, size, "%s", e->d_name);
	}
	if (d)
		closedir(d);
	return found;
}

void nt_netns_name(uint64_t inode, char *buf, size_t size)
{
	unsigned int i;

	if (size)
		*buf = '\0';
	for (i = 0; i < NETNS_DIRS; i++)
		if (name_in(netns_dir[i], inode, buf, size))
			return;
}

struct errand {
	int nsfd;
	const char *path; /* to open with these flags; NULL: a socket */
	int flags;
	int domain, type, protocol;
	const char *stage;
	int ret; /* descriptor or negative errno */
};

/* a thread of its own: it ends inside the namespace, nobody else notices */
static void *run_errand(void *arg)
{
	struct errand *e = arg;

	e->stage = "enter";
	e->ret = -1;
	if (e->nsfd < 0 || !setns(e->nsfd, CLONE_NEWNET)) {
		e->stage = "open";
		if (e->path)
			e->ret = open(e->path, e->flags | O_CLOEXEC);
		else
			e->ret = socket(e->domain, e->type | SOCK_CLOEXEC, e->protocol);
	}
	if (e->ret < 0)
		e->ret = -errno;
	return NULL;
}

static int send_errand(struct errand *e, const char **stage)
{
	pthread_t t;
	int error;

	if (e->nsfd < 0) {
		run_errand(e);
		*stage = e->stage;
		return e->ret;
	}
	*stage = "enter";
	error = pthread_create(&t, NULL, run_errand, e);
	if (error)
		return -error;
	pthread_join(t, NULL);
	*stage = e->stage;
	return e->ret;
}

int nt_netns_file(int nsfd, const char *path, int flags, const char **stage)
{
	struct errand e = { .nsfd = nsfd, .path = path, .flags = flags };

	return send_errand(&e, stage);
}

int nt_netns_socket(int nsfd, int domain, int type, int protocol, const char **stage)
{
	struct errand e = { .nsfd = nsfd, .domain = domain, .type = type, .protocol = protocol };

	return send_errand(&e, stage);
}
