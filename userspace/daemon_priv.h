/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_priv.h - what each of nettraced's processes gives up
 *
 * Purpose:   the worker, which reads what others sent, has no capability, another
 *            user, no way to new privileges, and a short list of system calls
 *            that open nothing.  The opener, which reads no packet, keeps the
 *            capabilities that entering namespaces needs, and a list of its own.
 *            A call that is not on the list ends the process (SIGSYS).
 * Context:   called once in each process, with one thread.
 */
#ifndef NETTRACE_DAEMON_PRIV_H
#define NETTRACE_DAEMON_PRIV_H

#include <sys/types.h>

#include "source.h"

/**
 * ntd_user() - who the worker will be
 * @name:	"": nettrace if it is there, else nobody
 * Return: 0 or negative errno; root is refused.
 */
int ntd_user(const char *name, uid_t *uid, gid_t *gid, struct nt_error *err);

/** ntd_group() - @name "": nettrace if it is there, else root */
int ntd_group(const char *name, gid_t *gid, struct nt_error *err);

/** ntd_confine_worker() - it dies with its parent, too */
int ntd_confine_worker(uid_t uid, gid_t gid, struct nt_error *err);

int ntd_confine_opener(struct nt_error *err);

#endif /* NETTRACE_DAEMON_PRIV_H */
