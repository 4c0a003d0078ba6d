// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_all.c - the events of every network namespace, also of those to come
 *
 * Purpose:   nt_source_live() with nt_live_opts::all: one stream for each
 *            namespace that can be read, opened when it is met.
 * Ownership: the source owns what is here (struct nt_live_finder).
 * Context:   one thread, apart from those of netns.h.
 *
 * What cannot be read (it is not traced, or may not be entered) is left out,
 * counted, and said once.  Tracing may be started there later, so with each look
 * one of them is tried again.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "i18n.h"
#include "live_open.h"
#include "netns_watch.h"
#include "source_live.h"

#define MODULE "/sys/module/nettrace"
#define FILES  "/proc/thread-self/net/nettrace"

struct all {
	struct nt_live_finder f; /* first */
	struct nt_nswatch *w;
	struct nt_live_opts opts;
	bool first;	  /* this is the first look */
	bool said;	  /* that something is left out */
	bool said_full;	  /* that there are too many */
	uint64_t *unread; /* inodes, the next to be tried again first */
	size_t nunread, cap;
	struct nt_error why; /* of the first of them, and its errno */
	int error;
};

static struct all *of(struct nt_live_finder *f)
{
	return (struct all *)f;
}

static void say(const struct all *a, const char *sentence)
{
	if (a->opts.say)
		a->opts.say(a->opts.say_arg, sentence);
}

/* a machine with many namespaces needs more descriptors than one gets unasked */
static bool more_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r) || r.rlim_cur >= r.rlim_max)
		return false;
	r.rlim_cur = r.rlim_max;
	return !setrlimit(RLIMIT_NOFILE, &r);
}

static int leave_out(struct all *a, uint64_t inode, struct nt_error *err)
{
	uint64_t *p;

	if (a->nunread == a->cap) {
		p = reallocarray(a->unread, a->cap ? a->cap * 2 : 16, sizeof(*p));
		if (!p)
			return nt_error_set(err, -ENOMEM, _("memory is short"));
		a->unread = p;
		a->cap = a->cap ? a->cap * 2 : 16;
	}
	a->unread[a->nunread++] = inode;
	return 0;
}

/* a descriptor of its events, or negative errno */
static int open_found(struct all *a, const struct nt_nsfound *found, bool *in_kernel,
		      struct nt_error *err)
{
	struct nt_live_ns ns = { .spec = found->name, .nsfd = found->nsfd, .inode = found->inode };
	int fd, ret;

	*in_kernel = false;
	memcpy(ns.name, found->name, sizeof(ns.name));
	if (found->nsfd < 0)
		return nt_error_set(err, found->nsfd,
				    _("network namespace %s may not be entered: %s"), found->name,
				    strerror(-found->nsfd));
	fd = nt_live_open(&ns, a->first && a->opts.from_now, err);
	if (fd == -EMFILE && more_descriptors())
		fd = nt_live_open(&ns, a->first && a->opts.from_now, err);
	if (fd >= 0 && a->opts.filter)
		nt_live_filter(&ns, a->opts.filter);
	ret = fd >= 0 ? nt_live_ask(&ns, &a->opts, err) : 0;
	if (ret) {
		close(fd);
		fd = ret;
	}
	*in_kernel = ns.in_kernel;
	close(found->nsfd);
	return fd;
}

/* 0, or what no further namespace can mend */
static int take(struct all *a, struct nt_source *s, const struct nt_nsfound *found,
		struct nt_error *err)
{
	struct nt_error why = { "" };
	bool in_kernel;
	int ret, fd;

	if (found->renamed) {
		nt_source_live_rename(s, found->inode, found->name);
		return 0;
	}
	fd = open_found(a, found, &in_kernel, &why);
	if (fd >= 0)
		ret = nt_source_live_add(s, fd, found->name, &why);
	else
		ret = fd;
	if (!ret && in_kernel)
		nt_source_live_in_kernel(s, found->inode);
	if (!ret)
		return 0;
	if (ret == -ENOMEM || ret == -EPROTO) {
		*err = why;
		return ret;
	}
	if (ret == -ESHUTDOWN || ret == -EIO) { /* gone; if not, it is met again */
		nt_nswatch_gone(a->w, found->inode);
		return 0;
	}
	if (ret == -E2BIG && !a->said_full) {
		a->said_full = true;
		say(a, why.text);
	} else if (!a->first && !a->said && ret != -E2BIG) {
		a->said = true;
		say(a, why.text);
	}
	if (a->first && !a->error) {
		a->why = why;
		a->error = ret;
	}
	return leave_out(a, found->inode, err);
}

/* the one that has waited longest will be met again by the next look */
static void try_again(struct all *a)
{
	if (!a->nunread)
		return;
	nt_nswatch_gone(a->w, a->unread[0]);
	a->nunread--;
	memmove(a->unread, a->unread + 1, a->nunread * sizeof(*a->unread));
}

static int look(struct nt_live_finder *f, struct nt_source *s, struct nt_error *err)
{
	struct all *a = of(f);
	struct nt_nsfound found;
	int ret;

	if (!a->first)
		try_again(a);
	while ((ret = nt_nswatch_next(a->w, &found, err)) == 1) {
		ret = take(a, s, &found, err);
		if (ret)
			return ret;
	}
	s->unread = a->nunread;
	return ret;
}

static void ended(struct nt_live_finder *f, uint64_t inode)
{
	nt_nswatch_gone(of(f)->w, inode);
}

static bool is_over(struct nt_live_finder *f)
{
	(void)f;
	return access(MODULE, F_OK) || access(FILES, F_OK);
}

static void finder_close(struct nt_live_finder *f)
{
	nt_nswatch_close(of(f)->w);
	free(of(f)->unread);
	free(f);
}

/* what the first look has found */
static int first_account(struct all *a, const struct nt_source *s, struct nt_error *err)
{
	char text[sizeof(a->why.text) + 128];

	if (!s->nstream && !a->error)
		return nt_error_set(err, -ENOENT,
				    _("no network namespace is to be found: is /proc mounted?"));
	if (!s->nstream) {
		*err = a->why;
		return a->error;
	}
	if (!a->nunread)
		return 0;
	snprintf(text, sizeof(text),
		 _("%zu of %zu network namespaces cannot be read; the first: %s"), a->nunread,
		 a->nunread + s->nstream, a->why.text);
	say(a, text);
	a->said = true;
	return 0;
}

int nt_source_live_all(struct nt_source **s, const struct nt_live_opts *opts, struct nt_error *err)
{
	struct all *a = calloc(1, sizeof(*a));
	int ret;

	*s = NULL;
	if (!a)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	a->opts = *opts;
	a->first = true;
	ret = nt_nswatch_open(&a->w, err);
	if (ret) {
		free(a);
		return ret;
	}
	a->f = (struct nt_live_finder){
		.fd = nt_nswatch_fd(a->w),
		.look = look,
		.ended = ended,
		.over = is_over,
		.close = finder_close,
	};
	ret = nt_source_live_fds(s, NULL, NULL, 0, 0, err);
	if (ret) {
		finder_close(&a->f);
		return ret;
	}
	nt_source_live_finder(*s, &a->f, opts->from_now);
	ret = look(&a->f, *s, err);
	a->first = false;
	if (!ret)
		ret = first_account(a, *s, err);
	if (ret) {
		nt_source_close(*s);
		*s = NULL;
	}
	return ret;
}
