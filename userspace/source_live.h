/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_live.h - inside of the live source, and the seam that tests use
 *
 * Purpose:   live_open.c opens the files of the module and says why it cannot;
 *            source_live.c reads them and merges their events.
 * Ownership: nt_source_live_fds() takes the descriptors over, also when it
 *            fails.
 */
#ifndef NETTRACE_SOURCE_LIVE_H
#define NETTRACE_SOURCE_LIVE_H

#include "source.h"

/* an event is held back so long for one of another CPU that is older */
#define NT_LIVE_SLACK_NS 2000000ull

/**
 * nt_source_live_fds() - a source of descriptors that give slots when read
 * @fds:	as the module's events files: whole slots, the first one INFO;
 *		made non-blocking
 * @names:	of the streams, for messages and nt_stream::name
 * @max:	events held for merging at most; 0: what the rings call for
 */
int nt_source_live_fds(struct nt_source **s, const int *fds, const char *const *names, size_t n,
		       size_t max, struct nt_error *err);

/**
 * nt_source_live_add() - one more namespace, while it runs
 * @fd:	as of nt_source_live_fds(); taken over, also when this fails
 *
 * Return: 0; -E2BIG: there are NT_STREAM_MAX already, and no stream that has
 * ended could give its place.
 */
int nt_source_live_add(struct nt_source *s, int fd, const char *name, struct nt_error *err);

#endif /* NETTRACE_SOURCE_LIVE_H */
