// SPDX-License-Identifier: GPL-2.0-only
/*
 * conntrack.c - ask the kernel's connection tracking: see conntrack.h
 */
#include <errno.h>
#include <limits.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "conntrack.h"
#include "i18n.h"
#include "netns.h"

#define TABLE	   "nf_conntrack"
#define NETLINK	   "nf_conntrack_netlink"

/* the kernel answers while it is asked: so long it takes only if something is wrong */
#define PATIENCE_S 2

struct nt_conntrack {
	int fd;
	uint32_t seq;
};

static bool has_dir(const char *dir, const char *name)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "%s/%s", dir, name);

	return n > 0 && (size_t)n < sizeof(path) && !access(path, F_OK);
}

/* a module that is built in has no directory if it has no parameters */
static bool built_in(const char *list, const char *name)
{
	char line[512], want[64];
	FILE *f = fopen(list, "re");
	bool found = false;

	if (!f)
		return false;
	snprintf(want, sizeof(want), "/%s.ko", name);
	while (!found && fgets(line, sizeof(line), f))
		found = strstr(line, want) != NULL;
	fclose(f);
	return found;
}

enum nt_ct_outcome nt_conntrack_ready(const struct nt_conntrack_paths *paths, struct nt_error *err)
{
	const char *modules = paths ? paths->modules : "/sys/module";
	const char *builtin = paths ? paths->builtin : NULL;
	char list[512];
	struct utsname u;

	if (!builtin && !uname(&u)) {
		snprintf(list, sizeof(list), "/lib/modules/%s/modules.builtin", u.release);
		builtin = list;
	}
	if (access(modules, F_OK)) {
		nt_error_set(
			err, -ENOENT,
			_("conntrack is not asked: whether it is loaded cannot be told without %s; mount sysfs there"),
			modules);
		return NT_CT_FAILED;
	}
	if (!has_dir(modules, TABLE)) {
		nt_error_set(
			err, -ENOENT,
			_("conntrack is not asked: the kernel tracks no connections, %s is not loaded (and is not loaded for asking)"),
			TABLE);
		return NT_CT_NOT_LOADED;
	}
	if (!has_dir(modules, NETLINK) && !(builtin && built_in(builtin, NETLINK))) {
		nt_error_set(
			err, -ENOENT,
			_("conntrack is not asked: its table can be read when %s is loaded, and nothing is loaded for asking: 'modprobe %s' does"),
			NETLINK, NETLINK);
		return NT_CT_NO_NETLINK;
	}
	return NT_CT_FOUND;
}

int nt_conntrack_open(struct nt_conntrack **ct, int nsfd, struct nt_error *err)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	const char *stage;
	int fd;

	*ct = NULL;
	fd = nt_netns_socket(nsfd, AF_NETLINK, SOCK_RAW, NETLINK_NETFILTER, &stage);
	if (fd < 0)
		return nt_error_set(err, fd, _("conntrack cannot be asked: %s"), strerror(-fd));
	*ct = malloc(sizeof(**ct));
	if (!*ct) {
		close(fd);
		return nt_error_set(err, -ENOMEM, _("out of memory"));
	}
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	(*ct)->fd = fd;
	(*ct)->seq = 0;
	return 0;
}

void nt_conntrack_close(struct nt_conntrack *ct)
{
	if (!ct)
		return;
	close(ct->fd);
	free(ct);
}

static int cannot(int code, struct nt_error *err)
{
	if (code == -EPERM)
		return nt_error_set(
			err, code,
			_("conntrack may not be asked without CAP_NET_ADMIN in that namespace: run with sudo"));
	if (code == -EBADMSG)
		return nt_error_set(
			err, code,
			_("conntrack's answer is not understood: this kernel's is of another form; ask 'conntrack -L'"));
	return nt_error_set(err, code, _("conntrack cannot be asked: %s"), strerror(-code));
}

/* big enough for what a kernel puts together of a dump */
#define BUFFER 32768

/* an answer; its length, or -errno */
static ssize_t answer(const struct nt_conntrack *ct, void *buf, size_t size)
{
	ssize_t len;

	do
		len = recv(ct->fd, buf, size, 0);
	while (len < 0 && errno == EINTR);
	if (len < 0)
		return errno == EAGAIN ? -ETIMEDOUT : -errno;
	return len;
}

int nt_conntrack_get(struct nt_conntrack *ct, const struct nt_ct_tuple *t, struct nt_ct *entry,
		     struct nt_error *err)
{
	union {
		struct nlmsghdr nlh;
		uint8_t b[8192];
	} buf;
	uint32_t seq = ++ct->seq;
	size_t size = nt_conntrack_put(buf.b, seq, t);
	ssize_t len;
	int ret;

	if (send(ct->fd, buf.b, size, 0) < 0)
		return cannot(-errno, err);
	do {
		len = answer(ct, buf.b, sizeof(buf.b));
		if (len < 0)
			return cannot((int)len, err);
		ret = nt_conntrack_take(buf.b, (size_t)len, seq, t, entry);
	} while (ret == -EAGAIN);
	return !ret || ret == -ENOENT ? ret : cannot(ret, err);
}

int nt_conntrack_count(struct nt_conntrack *ct, uint32_t *n, struct nt_error *err)
{
	union {
		struct nlmsghdr nlh;
		uint8_t b[8192];
	} buf;
	uint32_t seq = ++ct->seq;
	size_t size = nt_conntrack_put_count(buf.b, seq);
	ssize_t len;
	int ret;

	if (send(ct->fd, buf.b, size, 0) < 0)
		return cannot(-errno, err);
	do {
		len = answer(ct, buf.b, sizeof(buf.b));
		if (len < 0)
			return cannot((int)len, err);
		ret = nt_conntrack_take_count(buf.b, (size_t)len, seq, n);
	} while (ret == -EAGAIN);
	return ret ? cannot(ret, err) : 0;
}

int nt_conntrack_walk(struct nt_conntrack *ct, const struct nt_ct_tuple *t, bool reply,
		      nt_conntrack_fits *fits, const void *arg, struct nt_ct_walk *w,
		      struct nt_error *err)
{
	uint8_t *buf = malloc(BUFFER);
	uint32_t seq = ++ct->seq;
	ssize_t len;
	int ret = 0;

	if (!buf)
		return nt_error_set(err, -ENOMEM, _("out of memory"));
	if (send(ct->fd, buf, nt_conntrack_put_walk(buf, seq, t, reply), 0) < 0)
		ret = -errno;
	while (!ret) {
		len = answer(ct, buf, BUFFER);
		ret = len < 0 ? (int)len :
				nt_conntrack_take_walk(buf, (size_t)len, seq, fits, arg, w);
	}
	free(buf);
	if (ret == -EFBIG) /* the rest of it comes yet, and belongs to no other question */
		return nt_error_set(
			err, ret,
			_("conntrack is not looked through: this kernel gives all entries where those of one address are asked for"));
	return ret < 0 ? cannot(ret, err) : 0;
}
