// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_open.c - open the module's events in one or several namespaces
 *
 * Purpose:   nt_source_live() of source.h; whatever is in the way is said in a
 *            sentence that tells what to do.
 * Context:   process start; threads come and go (netns.h).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "live_open.h"
#include "netns.h"
#include "source_live.h"

#define EVENTS "/proc/thread-self/net/nettrace/events"
#define TRACE  "/proc/thread-self/net/nettrace/trace"
#define MODULE "/sys/module/nettrace"

/* what insmod will say, and what to do then */
#define SIGN_IT                                                                                     \
	_("; this kernel takes signed modules only (Secure Boot or lockdown): README.md tells how " \
	  "to sign it")
#define BUILD_IT \
	_(" ('Invalid module format' means built for another kernel: run 'make clean && make' first)")

/* does the kernel refuse modules that nobody it trusts has signed? */
static bool only_signed(void)
{
	static const struct {
		const char *path, *sign;
	} signs[] = {
		{ "/sys/module/module/parameters/sig_enforce", "Y" },
		{ "/sys/kernel/security/lockdown", "[integrity]" },
		{ "/sys/kernel/security/lockdown", "[confidentiality]" },
	};
	bool found = false;

	for (size_t i = 0; i < sizeof(signs) / sizeof(*signs) && !found; i++) {
		FILE *f = fopen(signs[i].path, "re");
		char line[128] = "";

		if (!f)
			continue;
		found = fgets(line, sizeof(line), f) && strstr(line, signs[i].sign);
		fclose(f);
	}
	return found;
}

/* "namespace lab1 " or "this namespace" */
static const char *title(const struct nt_live_ns *w, char *buf, size_t size)
{
	if (!w->spec)
		return _("this network namespace");
	snprintf(buf, size, _("network namespace %s"), w->spec);
	return buf;
}

/*
 * The module is there, but does not trace this namespace: its text file knows
 * why ("… not traced: REASON")
 */
static int not_traced(const struct nt_live_ns *w, int error, struct nt_error *err)
{
	static const char mark[] = "not traced: ";
	char line[512], t[128], *reason = NULL;
	const char *stage;
	ssize_t n = -1;
	int fd;

	fd = nt_netns_file(w->nsfd, TRACE, O_RDONLY, &stage);
	if (fd >= 0) {
		n = read(fd, line, sizeof(line) - 1);
		close(fd);
	}
	if (n > 0) {
		line[n] = '\0';
		reason = strstr(line, mark);
	}
	if (reason) {
		reason += strlen(mark);
		reason[strcspn(reason, "\n")] = '\0';
	}
	return nt_error_set(err, -error, _("%s is not traced: %s"), title(w, t, sizeof(t)),
			    reason ? reason :
				     _("the module leaves it out; load the module with trace=all"));
}

static int not_loaded(struct nt_error *err)
{
	return nt_error_set(err, -ENOENT,
			    _("the module is not loaded: run 'sudo insmod module/nettrace.ko'%s"),
			    only_signed() ? SIGN_IT : BUILD_IT);
}

int nt_live_not_loaded(struct nt_error *err)
{
	if (access(MODULE, F_OK))
		return not_loaded(err);
	return nt_error_set(
		err, -ENOENT,
		_("the module is loaded, but has no netlink family of that name: it is another module, or an older one"));
}

static int cannot_open(const struct nt_live_ns *w, int error, const char *stage,
		       struct nt_error *err)
{
	char t[128];

	title(w, t, sizeof(t));
	if (!strcmp(stage, "enter")) {
		if (error == EPERM)
			return nt_error_set(err, -error,
					    _("entering %s needs CAP_SYS_ADMIN: run with sudo"), t);
		if (error == EINVAL)
			return nt_error_set(err, -error, _("%s is not a network namespace"),
					    w->spec);
		return nt_error_set(err, -error, _("%s cannot be entered: %s"), t, strerror(error));
	}
	if (error == EPERM || error == EACCES)
		return nt_error_set(
			err, -error,
			_("reading what the module recorded needs CAP_NET_ADMIN: run with sudo%s"),
			access(NT_DAEMON_SOCKET, W_OK) ? "" : _(", or ask the daemon: --daemon"));
	if (error == ENODATA)
		return not_traced(w, error, err);
	if (error != ENOENT)
		return nt_error_set(err, -error, _("%s of %s cannot be opened: %s"), EVENTS, t,
				    strerror(error));
	if (access("/proc/thread-self/net", F_OK))
		return nt_error_set(err, -error,
				    _("/proc is not mounted: run 'sudo mount -t proc proc /proc'"));
	if (access(MODULE, F_OK))
		return not_loaded(err);
	return nt_error_set(
		err, -error,
		_("the module is loaded, but %s has no events of it: another module of this name, or one that traces only some namespaces (trace=)"),
		t);
}

static void name_it(struct nt_live_ns *w)
{
	int fd = w->nsfd;

	if (fd < 0)
		fd = nt_netns_open(NULL, NULL);
	w->inode = fd >= 0 ? nt_netns_inode(fd) : 0;
	if (fd >= 0 && fd != w->nsfd)
		close(fd);
	nt_netns_name(w->inode, w->name, sizeof(w->name));
	if (!*w->name && w->spec)
		snprintf(w->name, sizeof(w->name), "netns:%llu", (unsigned long long)w->inode);
}

int nt_live_open(const struct nt_live_ns *w, bool from_now, struct nt_error *err)
{
	const char *stage;
	int fd, error;

	fd = nt_netns_file(w->nsfd, EVENTS, O_RDONLY | O_NONBLOCK, &stage);
	if (fd < 0)
		fd = cannot_open(w, -fd, stage, err);
	if (fd >= 0 && from_now && lseek(fd, 0, SEEK_END) < 0) {
		error = errno;
		close(fd);
		fd = cannot_open(w, error, "open", err);
	}
	return fd;
}

/* a descriptor of the events of @w->spec; its name and inode in *w */
static int open_one(struct nt_live_ns *w, const struct nt_live_opts *opts, struct nt_error *err)
{
	int fd, ret;

	w->nsfd = -1;
	w->in_kernel = false;
	if (w->spec) {
		w->nsfd = nt_netns_open(w->spec, err);
		if (w->nsfd < 0)
			return w->nsfd;
	}
	name_it(w);
	fd = nt_live_open(w, opts->from_now, err);
	if (fd >= 0 && opts->filter)
		nt_live_filter(w, opts->filter);
	ret = fd >= 0 ? nt_live_ask(w, opts, err) : 0;
	if (ret) {
		close(fd);
		fd = ret;
	}
	if (w->nsfd >= 0)
		close(w->nsfd);
	return fd;
}

int nt_source_live(struct nt_source **s, const struct nt_live_opts *opts, struct nt_error *err)
{
	size_t n = opts->n;
	struct nt_live_ns which[NT_LIVE_NAMED_MAX];
	const char *names[NT_LIVE_NAMED_MAX];
	int fds[NT_LIVE_NAMED_MAX];
	size_t i, j, k = 0;
	int fd = 0;

	*s = NULL;
	if (opts->all)
		return nt_source_live_all(s, opts, err);
	if (n > NT_LIVE_NAMED_MAX)
		return nt_error_set(
			err, -E2BIG,
			_("%zu network namespaces by name are too many: %d is the most, or all of them"),
			n, NT_LIVE_NAMED_MAX);
	for (i = 0; i < (n ? n : 1); i++) {
		which[k].spec = n ? opts->netns[i] : NULL;
		fd = open_one(&which[k], opts, err);
		if (fd < 0)
			break;
		/* under two names it would be told twice */
		for (j = 0; j < k && which[j].inode != which[k].inode; j++)
			;
		if (j < k) {
			close(fd);
			continue;
		}
		fds[k] = fd;
		names[k] = which[k].name;
		k++;
	}
	if (fd < 0) {
		while (k)
			close(fds[--k]);
		return fd;
	}
	fd = nt_source_live_fds(s, fds, names, k, 0, err);
	for (i = 0; !fd && i < k; i++)
		if (which[i].in_kernel)
			nt_source_live_in_kernel(*s, which[i].inode);
	return fd;
}
