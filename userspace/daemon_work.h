/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_work.h - nettraced's worker: reads, keeps, serves
 *
 * Purpose:   one loop over the events of all namespaces, the opener and the
 *            clients.  Reading goes first: a client gets what time is left.
 * Memory:    the limit is for the whole process: what reading and clients may
 *            need at most is set aside, the store gets the rest.
 * Context:   a process of its own, confined before it reads anything.
 */
#ifndef NETTRACE_DAEMON_WORK_H
#define NETTRACE_DAEMON_WORK_H

#include <sys/types.h>

struct ntd_work_opts {
	int opener;   /* socketpair */
	int listener; /* bound, listening */
	uid_t uid;
	gid_t gid;
};

/** ntd_work() - the life of the worker; its exit status */
int ntd_work(const struct ntd_work_opts *o);

#endif /* NETTRACE_DAEMON_WORK_H */
