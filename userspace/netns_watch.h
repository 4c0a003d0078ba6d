/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns_watch.h - every network namespace of this machine, as they come
 *
 * Purpose:   for -N all and for nettraced: our own, those that are mounted
 *            somewhere (`ip netns` does that, and container engines), and those
 *            that only processes have.  Mounts are told by the kernel at once;
 *            processes are looked at twice a second, so that a namespace that
 *            nothing but a shorter-lived process had is never met, nor is one
 *            that only a thread beside its process's first is in.
 * Ownership: nt_nswatch_close(); descriptors handed out belong to the caller.
 *            None is kept here: a descriptor would keep its namespace alive.
 * Context:   one thread.
 */
#ifndef NETTRACE_NETNS_WATCH_H
#define NETTRACE_NETNS_WATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "source.h"

struct nt_nswatch;

struct nt_nsfound {
	int nsfd; /* negative errno: it is there, but may not be opened */
	uint64_t inode;
	char name[64]; /* as `ip netns` has it, else "netns:INODE" */
	bool renamed;  /* handed out before, without a name; nsfd is -1 */
};

int nt_nswatch_open(struct nt_nswatch **w, struct nt_error *err);
void nt_nswatch_close(struct nt_nswatch *w);

/**
 * nt_nswatch_fd() - readable when it is worth to call nt_nswatch_next() again
 *
 * Of a mount it says so once: who polls it must not ask a second time.
 */
int nt_nswatch_fd(const struct nt_nswatch *w);

/**
 * nt_nswatch_next() - 1: *found was not known before; 0: no more now; -errno
 *
 * Call it until it says 0; the next call after that looks again.
 */
int nt_nswatch_next(struct nt_nswatch *w, struct nt_nsfound *found, struct nt_error *err);

/** nt_nswatch_gone() - forget it, so that a later namespace of that inode is new */
void nt_nswatch_gone(struct nt_nswatch *w, uint64_t inode);

#endif /* NETTRACE_NETNS_WATCH_H */
