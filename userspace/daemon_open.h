/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_open.h - nettraced's opener: enters namespaces, speaks for the daemon
 *
 * Purpose:   the process that is started: it keeps what entering namespaces
 *            needs, hands open descriptors to the worker, reads the file again on
 *            SIGHUP, tells the service manager.  It reads no packet and serves
 *            nobody.
 * Context:   one thread, apart from those of netns.h.
 */
#ifndef NETTRACE_DAEMON_OPEN_H
#define NETTRACE_DAEMON_OPEN_H

#include <sys/types.h>

#include "daemon_conf.h"
#include "filter.h"

struct ntd_open_opts {
	const struct ntd_conf *conf;
	struct nt_filter *filter; /* of conf; taken over; NULL: none */
	int argc;
	char **argv;
	int worker; /* socketpair */
	pid_t pid;
	gid_t group; /* of the socket */
};

/** ntd_open() - the life of the opener, confined; its exit status */
int ntd_open(const struct ntd_open_opts *o);

#endif /* NETTRACE_DAEMON_OPEN_H */
