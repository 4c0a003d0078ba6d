/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_spaces.h - the namespaces that nettraced is told to read
 *
 * Purpose:   the opener's list of them: opened, handed to the worker, missed when
 *            they end, opened again when they are back.  What cannot be opened is
 *            said once and tried again every second.
 * Ownership: ntd_spaces_free(); the worker's socket stays the caller's.
 */
#ifndef NETTRACE_DAEMON_SPACES_H
#define NETTRACE_DAEMON_SPACES_H

#include "daemon_conf.h"

struct ntd_spaces;

struct ntd_spaces *ntd_spaces_new(int worker);
void ntd_spaces_free(struct ntd_spaces *sp);

/**
 * ntd_spaces_prepare() - what of ntd_spaces_set() may fail while the daemon runs
 *
 * What is read does not change.  ntd_spaces_set() with the same @conf, or
 * ntd_spaces_cancel(), comes next.
 */
int ntd_spaces_prepare(struct ntd_spaces *sp, const struct ntd_conf *conf, struct nt_error *err);
void ntd_spaces_cancel(struct ntd_spaces *sp);

/**
 * ntd_spaces_set() - read those of @conf and no others
 * @first:	it must be possible: the sentence that says why not is in @err; later what
 *		is named and not there is tried again every second
 */
int ntd_spaces_set(struct ntd_spaces *sp, const struct ntd_conf *conf, bool first,
		   struct nt_error *err);

/** ntd_spaces_ended() - the worker says that nothing more comes of it */
void ntd_spaces_ended(struct ntd_spaces *sp, uint64_t inode);

/** ntd_spaces_refused() - the worker could not read it: said once, tried again */
void ntd_spaces_refused(struct ntd_spaces *sp, uint64_t inode, const char *why);

/** ntd_spaces_fd() - to be polled; -1: none */
int ntd_spaces_fd(const struct ntd_spaces *sp);

/** ntd_spaces_look() - what is new, what is back?  When the descriptor is
 * readable, and once a second
 */
void ntd_spaces_look(struct ntd_spaces *sp);

#endif /* NETTRACE_DAEMON_SPACES_H */
