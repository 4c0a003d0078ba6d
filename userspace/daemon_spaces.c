// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_spaces.c - the namespaces that nettraced is told to read
 */
#include "daemon_spaces.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon_msg.h"
#include "daemon_say.h"
#include "live_open.h"
#include "netns.h"
#include "netns_watch.h"

#define MODULE "/proc/nettrace" /* a link of its: the first to go, the last to come */

/* one that is named: it may go and come back */
struct named {
	char spec[256]; /* "": our own */
	uint64_t inode; /* 0: it is not read */
	bool said;	/* why it is not */
};

struct ntd_spaces {
	int worker;
	struct named named[NTD_NETNS_MAX];
	size_t nnamed;
	struct nt_nswatch *watch; /* of all; NULL: only those named */
	struct nt_nswatch *next;  /* which it may be soon */
	uint64_t *reading;	  /* inodes */
	size_t nreading, reading_cap;
	uint64_t *unread; /* of all: met but not opened, the next to be tried first */
	size_t nunread, unread_cap;
	uint64_t *refused; /* by the worker, which was said: until one of them ends */
	size_t nrefused, refused_cap;
	bool said_unread;
	bool unloaded; /* the module went */
};

static bool put(uint64_t **array, size_t *n, size_t *cap, uint64_t inode)
{
	size_t more = *cap ? *cap * 2 : 16;
	uint64_t *p;

	if (*n == *cap) {
		p = reallocarray(*array, more, sizeof(*p));
		if (!p)
			return false;
		*array = p;
		*cap = more;
	}
	(*array)[(*n)++] = inode;
	return true;
}

static bool take_out(uint64_t *array, size_t *n, uint64_t inode)
{
	size_t i;

	for (i = 0; i < *n && array[i] != inode; i++)
		;
	if (i == *n)
		return false;
	(*n)--;
	memmove(array + i, array + i + 1, (*n - i) * sizeof(*array));
	return true;
}

static bool has(const uint64_t *array, size_t n, uint64_t inode)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (array[i] == inode)
			return true;
	return false;
}

static int send_to(const struct ntd_spaces *sp, uint32_t type, uint64_t inode, const char *name,
		   int fd)
{
	struct ntd_msg m = { .type = type, .inode = inode };

	if (name)
		snprintf(m.name, sizeof(m.name), "%s", name);
	return ntd_send(sp->worker, &m, NULL, fd);
}

/* opens the events of @ns and hands them over; 0 or negative errno */
static int read_ns(struct ntd_spaces *sp, const struct nt_live_ns *ns, struct nt_error *err)
{
	int fd, ret;

	if (has(sp->reading, sp->nreading, ns->inode))
		return 0;
	fd = nt_live_open(ns, false, err);
	if (fd < 0)
		return fd;
	ret = put(&sp->reading, &sp->nreading, &sp->reading_cap, ns->inode) ? 0 : -ENOMEM;
	if (!ret)
		ret = send_to(sp, NTD_STREAM, ns->inode, ns->name, fd);
	close(fd);
	if (!ret)
		return 0;
	take_out(sp->reading, &sp->nreading, ns->inode);
	return nt_error_set(err, ret, "the worker does not take network namespace %s: %s", ns->name,
			    strerror(-ret));
}

/* ---- by name ------------------------------------------------------------------------ */

static int open_named(struct ntd_spaces *sp, struct named *n, struct nt_error *err)
{
	struct nt_live_ns ns = { .spec = *n->spec ? n->spec : NULL };
	int ret;

	ns.nsfd = nt_netns_open(ns.spec, err);
	if (ns.nsfd < 0)
		return ns.nsfd;
	ns.inode = nt_netns_inode(ns.nsfd);
	nt_netns_name(ns.inode, ns.name, sizeof(ns.name));
	if (!*ns.name && ns.spec)
		snprintf(ns.name, sizeof(ns.name), "netns:%" PRIu64, ns.inode);
	if (!ns.spec) { /* we are in it: no need to enter */
		close(ns.nsfd);
		ns.nsfd = -1;
	}
	ret = read_ns(sp, &ns, err);
	if (ns.nsfd >= 0)
		close(ns.nsfd);
	if (!ret) {
		n->inode = ns.inode;
		n->said = false;
	}
	return ret;
}

/* where it is being unloaded, a namespace's end is told before the module has gone */
static bool module_is_there(void)
{
	struct stat st;

	return !lstat(MODULE, &st);
}

static void try_named(struct ntd_spaces *sp)
{
	struct nt_error err = { "" };
	size_t i;

	for (i = 0; i < sp->nnamed; i++) {
		struct named *n = &sp->named[i];

		if (n->inode)
			continue;
		if (open_named(sp, n, &err)) {
			if (!n->said)
				ntd_say(NTD_WARN, "%s; it is tried again every second", err.text);
		} else if (!has(sp->refused, sp->nrefused, n->inode)) {
			ntd_say(NTD_NOTICE, "network namespace %s is read again",
				*n->spec ? n->spec : "of its own");
		}
		n->said = true;
	}
}

/* ---- all of them ----------------------------------------------------------------------- */

static void meet(struct ntd_spaces *sp, const struct nt_nsfound *found, bool first)
{
	struct nt_live_ns ns = { .spec = found->name, .nsfd = found->nsfd, .inode = found->inode };
	struct nt_error err = { "" };
	int ret;

	memcpy(ns.name, found->name, sizeof(ns.name));
	if (found->renamed) {
		send_to(sp, NTD_RENAME, found->inode, found->name, -1);
		return;
	}
	if (found->nsfd >= 0) {
		ret = read_ns(sp, &ns, &err);
		close(found->nsfd);
	} else {
		ret = nt_error_set(&err, found->nsfd, "network namespace %s may not be entered: %s",
				   found->name, strerror(-found->nsfd));
	}
	if (!ret)
		return;
	put(&sp->unread, &sp->nunread, &sp->unread_cap, found->inode);
	if (!first && !sp->said_unread && !sp->unloaded) {
		sp->said_unread = true;
		ntd_say(NTD_WARN, "%s", err.text);
	}
}

static void look_around(struct ntd_spaces *sp, bool first)
{
	struct nt_error err = { "" };
	struct nt_nsfound found;
	int ret;

	/* one of those that could not be opened: the next look will meet it again */
	if (!first && sp->nunread) {
		nt_nswatch_gone(sp->watch, sp->unread[0]);
		take_out(sp->unread, &sp->nunread, sp->unread[0]);
	}
	while ((ret = nt_nswatch_next(sp->watch, &found, &err)) == 1)
		meet(sp, &found, first);
	if (ret < 0)
		ntd_say(NTD_ERR, "%s", err.text);
}

static int watch_all(struct ntd_spaces *sp, bool first, struct nt_error *err)
{
	struct nt_live_ns own = { .nsfd = -1 };
	int ret = sp->next ? 0 : nt_nswatch_open(&sp->next, err);

	if (ret)
		return ret;
	sp->watch = sp->next;
	sp->next = NULL;
	look_around(sp, true);
	if (!first || sp->nreading) {
		if (sp->nunread)
			ntd_say(NTD_WARN, "%zu of %zu network namespaces cannot be read",
				sp->nunread, sp->nunread + sp->nreading);
		return 0;
	}
	/* why not even our own? */
	ret = nt_live_open(&own, false, err);
	if (ret < 0)
		return ret;
	close(ret);
	return nt_error_set(err, -ENOENT, "no network namespace can be read");
}

static void unwatch(struct ntd_spaces *sp)
{
	nt_nswatch_close(sp->watch);
	sp->watch = NULL;
	sp->nunread = 0;
}

/* ---- what the opener calls ---------------------------------------------------------------- */

static bool is_wanted(const struct ntd_spaces *sp, uint64_t inode)
{
	size_t i;

	if (sp->watch)
		return true;
	for (i = 0; i < sp->nnamed; i++)
		if (sp->named[i].inode == inode)
			return true;
	return false;
}

static void drop_unwanted(struct ntd_spaces *sp)
{
	size_t i = 0;

	while (i < sp->nreading) {
		uint64_t inode = sp->reading[i];

		if (is_wanted(sp, inode)) {
			i++;
			continue;
		}
		send_to(sp, NTD_DROP, inode, NULL, -1);
		take_out(sp->reading, &sp->nreading, inode);
	}
}

static int set_named(struct ntd_spaces *sp, const struct ntd_conf *conf, bool first,
		     struct nt_error *err)
{
	size_t i;
	int ret;

	memset(sp->named, 0, sizeof(sp->named));
	sp->nnamed = conf->nnetns ? conf->nnetns : 1;
	for (i = 0; i < sp->nnamed; i++) {
		if (conf->nnetns)
			strcpy(sp->named[i].spec, conf->netns[i]);
		ret = open_named(sp, &sp->named[i], err);
		if (ret && first)
			return ret;
		if (ret)
			ntd_say(NTD_WARN, "%s; it is tried again every second", err->text);
		sp->named[i].said = ret;
	}
	return 0;
}

int ntd_spaces_prepare(struct ntd_spaces *sp, const struct ntd_conf *conf, struct nt_error *err)
{
	return conf->all && !sp->watch && !sp->next ? nt_nswatch_open(&sp->next, err) : 0;
}

void ntd_spaces_cancel(struct ntd_spaces *sp)
{
	nt_nswatch_close(sp->next);
	sp->next = NULL;
}

int ntd_spaces_set(struct ntd_spaces *sp, const struct ntd_conf *conf, bool first,
		   struct nt_error *err)
{
	int ret;

	if (conf->all) {
		sp->nnamed = 0;
		return sp->watch ? 0 : watch_all(sp, first, err);
	}
	unwatch(sp);
	ret = set_named(sp, conf, first, err);
	if (!ret)
		drop_unwanted(sp);
	return ret;
}

/* those who name it will look for it again; false: nobody does */
static bool forget_named(struct ntd_spaces *sp, uint64_t inode)
{
	bool any = false;
	size_t i;

	for (i = 0; i < sp->nnamed; i++) {
		if (sp->named[i].inode != inode)
			continue;
		sp->named[i].inode = 0;
		any = true;
	}
	return any;
}

void ntd_spaces_ended(struct ntd_spaces *sp, uint64_t inode)
{
	char name[64];
	size_t i;

	if (!take_out(sp->reading, &sp->nreading, inode))
		return; /* it was dropped, or refused */
	take_out(sp->refused, &sp->nrefused, inode);
	if (sp->watch)
		nt_nswatch_gone(sp->watch, inode);
	forget_named(sp, inode);
	if (!module_is_there()) {
		if (!sp->unloaded)
			ntd_say(NTD_WARN,
				"the module was unloaded: what is kept is served further, and reading begins again when the module is loaded");
		sp->unloaded = true;
		for (i = 0; i < sp->nnamed; i++)
			sp->named[i].said = true;
		return;
	}
	nt_netns_name(inode, name, sizeof(name));
	ntd_say(NTD_INFO, "network namespace %s%" PRIu64 "%s%s has ended, or is traced no more",
		"netns:", inode, *name ? " " : "", name);
}

void ntd_spaces_refused(struct ntd_spaces *sp, uint64_t inode, const char *why)
{
	bool named = forget_named(sp, inode);

	take_out(sp->reading, &sp->nreading, inode);
	if (!has(sp->refused, sp->nrefused, inode)) {
		put(&sp->refused, &sp->nrefused, &sp->refused_cap, inode);
		ntd_say(NTD_WARN, "%s%s", why, named ? "; it is tried again every second" : "");
	}
	if (sp->watch)
		put(&sp->unread, &sp->nunread, &sp->unread_cap, inode);
}

int ntd_spaces_fd(const struct ntd_spaces *sp)
{
	return sp->watch ? nt_nswatch_fd(sp->watch) : -1;
}

void ntd_spaces_look(struct ntd_spaces *sp)
{
	struct nt_error err = { "" };

	if (sp->unloaded) {
		if (!module_is_there())
			return;
		sp->unloaded = false;
		sp->said_unread = false;
		sp->nrefused = 0; /* another module may be refused for another reason */
		ntd_say(NTD_NOTICE, "the module is loaded again");
		if (sp->watch) { /* meet all of them anew */
			unwatch(sp);
			if (watch_all(sp, false, &err))
				ntd_say(NTD_ERR, "%s", err.text);
			return;
		}
	}
	if (sp->watch)
		look_around(sp, false);
	try_named(sp);
}

struct ntd_spaces *ntd_spaces_new(int worker)
{
	struct ntd_spaces *sp = calloc(1, sizeof(*sp));

	if (sp)
		sp->worker = worker;
	return sp;
}

void ntd_spaces_free(struct ntd_spaces *sp)
{
	if (!sp)
		return;
	nt_nswatch_close(sp->watch);
	nt_nswatch_close(sp->next);
	free(sp->reading);
	free(sp->unread);
	free(sp->refused);
	free(sp);
}
