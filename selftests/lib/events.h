/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * events.h - the module's binary events, read without any of the tools
 *
 * Purpose:   tests that need exact accounting read /proc/net/nettrace/events
 *            themselves, so that a mistake of the tools cannot hide one of the
 *            module.
 * Ownership: the caller owns struct events; events_close() frees what it holds.
 * Context:   one thread per struct events.  Opening another namespace's file
 *            happens in a short-lived thread: the caller's namespace stays.
 */
#ifndef SELFTESTS_EVENTS_H
#define SELFTESTS_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"

struct events {
	int fd;
	struct nettrace_info info;	/* valid once a read() has returned */
	bool have_info;
	unsigned char *buf;
	size_t size, have, pos;
	uint64_t delivered;		/* events handed out, INFO and GAP apart */
	uint64_t lost, filtered;	/* as the GAP records say */
	uint64_t gaps;
};

/**
 * events_open() - open a namespace's events, not blocking
 * @netns:	a name of `ip netns`, or NULL for the caller's namespace
 * @from_now:	skip what the rings already hold
 * @size:	bytes for one read()
 * Return: 0 or -errno (-ENOENT: not loaded, not traced, or no such namespace).
 */
int events_open(struct events *e, const char *netns, bool from_now, size_t size);

/**
 * events_next() - the next record, GAP records included, INFO not
 * Return: 1 *rec is filled; 0 nothing now; -ENODATA the stream has ended;
 *	   -EPROTO the bytes contradict the uapi header; another -errno of read().
 */
int events_next(struct events *e, union nettrace_rec *rec);

/** events_wait() - poll until there may be something: 1, or 0 after @ms */
int events_wait(struct events *e, int ms);

void events_close(struct events *e);

/**
 * nettrace_stat() - one value of /proc/net/nettrace/stats
 * @netns:	as events_open()
 * Return: 0 and *value, or -errno (-ENOMSG: no such key).
 */
int nettrace_stat(const char *netns, const char *key, uint64_t *value);

/**
 * open_in_netns() - open @path as a thread inside the namespace sees it
 * @path:	of /proc/net: write it as "/proc/thread-self/net/…"
 */
int open_in_netns(const char *netns, const char *path, int flags);

#endif /* SELFTESTS_EVENTS_H */
