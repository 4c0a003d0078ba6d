// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_listen.c - nettraced's socket in the file system
 */
#include "daemon_listen.h"
#include "i18n.h"

#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define BACKLOG 64

static int make_folder(struct ntd_listen *l)
{
	char folder[PATH_MAX];
	char *slash;

	strncpy(folder, l->path, sizeof(folder) - 1);
	folder[sizeof(folder) - 1] = '\0';
	slash = strrchr(folder, '/');
	if (!slash || slash == folder)
		return -ENOENT;
	*slash = '\0';
	if (mkdir(folder, 0755))
		return -errno;
	l->made_folder = true;
	return 0;
}

static void remove_folder(const struct ntd_listen *l)
{
	char folder[PATH_MAX];

	if (!l->made_folder)
		return;
	strncpy(folder, l->path, sizeof(folder) - 1);
	folder[sizeof(folder) - 1] = '\0';
	*strrchr(folder, '/') = '\0';
	rmdir(folder);
}

/* nobody but us can connect until mode and group are as they should be */
static int bind_to(const struct ntd_listen *l, const struct sockaddr_un *a)
{
	mode_t mask = umask(0177);
	int ret = bind(l->fd, (const struct sockaddr *)a, sizeof(*a)) ? -errno : 0;

	umask(mask);
	return ret;
}

/* something is at the path: 0 if it was a killed daemon's and is gone now */
static int clear_away(const struct ntd_listen *l, const struct sockaddr_un *a, struct nt_error *err)
{
	struct stat st;
	int fd, ret;

	if (lstat(l->path, &st) || !S_ISSOCK(st.st_mode))
		return nt_error_set(
			err, -EEXIST,
			_("%s is there already and is no socket: name another (--socket)"),
			l->path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return nt_error_set(err, -errno, _("no socket can be made: %s"), strerror(errno));
	ret = connect(fd, (const struct sockaddr *)a, sizeof(*a)) ? errno : 0;
	close(fd);
	if (ret != ECONNREFUSED)
		return nt_error_set(
			err, -EADDRINUSE,
			_("another daemon serves on %s: end it first, or name another socket (--socket)"),
			l->path);
	if (unlink(l->path) && errno != ENOENT)
		return nt_error_set(err, -errno,
				    _("the socket that was left at %s cannot be removed: %s"),
				    l->path, strerror(errno));
	return 0;
}

static int cannot_serve(const struct ntd_listen *l, int ret, struct nt_error *err)
{
	return nt_error_set(err, ret, _("nettraced cannot serve on %s: %s"), l->path,
			    strerror(-ret));
}

/* at the path, in a folder that is made if need be */
static int make_socket(struct ntd_listen *l, const struct sockaddr_un *a, struct nt_error *err)
{
	int ret = bind_to(l, a);

	if (ret == -ENOENT && !make_folder(l))
		ret = bind_to(l, a);
	if (ret == -EADDRINUSE) {
		ret = clear_away(l, a, err);
		if (ret)
			return ret;
		ret = bind_to(l, a);
	}
	return ret ? cannot_serve(l, ret, err) : 0;
}

/* whom its group and mode let can connect now */
static int open_socket(struct ntd_listen *l, mode_t mode, gid_t group, struct nt_error *err)
{
	if (listen(l->fd, BACKLOG) || lstat(l->path, &l->st) || chown(l->path, (uid_t)-1, group) ||
	    chmod(l->path, mode))
		return cannot_serve(l, -errno, err);
	return 0;
}

int ntd_listen(struct ntd_listen *l, const char *path, mode_t mode, gid_t group,
	       struct nt_error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int ret;

	memset(l, 0, sizeof(*l));
	l->path = path;
	if (strlen(path) >= sizeof(a.sun_path))
		return nt_error_set(err, -ENAMETOOLONG, _("the socket's name is too long"));
	strcpy(a.sun_path, path);
	l->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (l->fd < 0)
		return nt_error_set(err, -errno, _("no socket can be made: %s"), strerror(errno));
	ret = make_socket(l, &a, err);
	if (!ret) {
		ret = open_socket(l, mode, group, err);
		if (ret)
			unlink(path);
	}
	if (ret) {
		remove_folder(l);
		close(l->fd);
	}
	return ret;
}

void ntd_listen_remove(const struct ntd_listen *l)
{
	struct stat st;

	if (lstat(l->path, &st) || st.st_ino != l->st.st_ino || st.st_dev != l->st.st_dev)
		return; /* another's by now */
	unlink(l->path);
	remove_folder(l);
}
