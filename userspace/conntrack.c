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
		len = recv(ct->fd, buf.b, sizeof(buf.b), 0);
		if (len < 0 && errno == EINTR) {
			ret = -EAGAIN;
			continue;
		}
		if (len < 0)
			return cannot(errno == EAGAIN ? -ETIMEDOUT : -errno, err);
		ret = nt_conntrack_take(buf.b, (size_t)len, seq, t, entry);
	} while (ret == -EAGAIN);
	return !ret || ret == -ENOENT ? ret : cannot(ret, err);
}
