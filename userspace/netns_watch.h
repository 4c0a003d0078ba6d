/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns_watch.h - every network namespace of this machine, as they come
 *
 * Purpose:   for -N all and for nettraced: those with a name (`ip netns`, and
 *            other folders of namespaces) and those that only processes have.
 * Ownership: nt_nswatch_close(); descriptors handed out belong to the caller.
 * Context:   one thread.
 */
#ifndef NETTRACE_NETNS_WATCH_H
#define NETTRACE_NETNS_WATCH_H

#include <stdint.h>

#include "source.h"

struct nt_nswatch;

struct nt_nsfound {
	int nsfd;
	uint64_t inode;
	char name[64]; /* as `ip netns` has it, else "netns:INODE" */
};

int nt_nswatch_open(struct nt_nswatch **w, struct nt_error *err);
void nt_nswatch_close(struct nt_nswatch *w);

/** nt_nswatch_fd() - readable when it is worth to call nt_nswatch_next() again */
int nt_nswatch_fd(const struct nt_nswatch *w);

/** nt_nswatch_next() - 1: *found was not known before; 0: no more now; -errno */
int nt_nswatch_next(struct nt_nswatch *w, struct nt_nsfound *found, struct nt_error *err);

/** nt_nswatch_gone() - forget it, so that a later namespace of that inode is new */
void nt_nswatch_gone(struct nt_nswatch *w, uint64_t inode);

#endif /* NETTRACE_NETNS_WATCH_H */
