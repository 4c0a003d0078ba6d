/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_listen.h - nettraced's socket in the file system
 *
 * Purpose:   made with its mode and group before anybody can connect; one that a
 *            killed daemon left is replaced, that of a living one is not; removed
 *            at the end, if it is still ours.
 * Ownership: the descriptor is the caller's.
 */
#ifndef NETTRACE_DAEMON_LISTEN_H
#define NETTRACE_DAEMON_LISTEN_H

#include <sys/stat.h>
#include <sys/types.h>

#include "source.h"

struct ntd_listen {
	const char *path;
	int fd;
	struct stat st;	   /* of the file */
	bool made_folder;  /* which goes with it */
};

/** ntd_listen() - 0; or negative errno with a sentence, and nothing is left of it */
int ntd_listen(struct ntd_listen *l, const char *path, mode_t mode, gid_t group,
	       struct nt_error *err);

/** ntd_listen_remove() - the file; not the descriptor */
void ntd_listen_remove(const struct ntd_listen *l);

#endif /* NETTRACE_DAEMON_LISTEN_H */
