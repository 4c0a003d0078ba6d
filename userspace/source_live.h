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
 * Its events take their place in the order of time, as far as younger ones were
 * not handed out before.
 * Return: 0; -E2BIG: there are NT_STREAM_MAX already, and none was released.
 */
int nt_source_live_add(struct nt_source *s, int fd, const char *name, struct nt_error *err);

/**
 * nt_source_live_hold() - another @max, where nt_source_live_fds() got one
 *
 * Of what is held already nothing goes: before more is read, the oldest are handed
 * out before their time.
 */
void nt_source_live_hold(struct nt_source *s, size_t max);

/** nt_source_live_drop() - read stream @i no more: it has ended, as far as we know */
void nt_source_live_drop(struct nt_source *s, unsigned int i);

/** nt_source_live_rename() - the namespace of that inode has a name now */
void nt_source_live_rename(struct nt_source *s, uint64_t inode, const char *name);

/** nt_source_live_in_kernel() - nt_live_opts::filter is in force in that namespace */
void nt_source_live_in_kernel(struct nt_source *s, uint64_t inode);

/*
 * Who brings more namespaces while the source runs (live_all.c).  The source
 * calls look() when @fd is readable, and owns it from nt_source_live_finder() on.
 */
struct nt_live_finder {
	int fd;
	int (*look)(struct nt_live_finder *f, struct nt_source *s, struct nt_error *err);
	/* the namespace of that inode has ended, or is traced no more */
	void (*ended)(struct nt_live_finder *f, uint64_t inode);
	/* with all streams ended: will none follow? */
	bool (*over)(struct nt_live_finder *f);
	void (*close)(struct nt_live_finder *f);
};

/** nt_source_live_finder() - @from_now: of what it brings, leave out what is older */
void nt_source_live_finder(struct nt_source *s, struct nt_live_finder *f, bool from_now);

#endif /* NETTRACE_SOURCE_LIVE_H */
