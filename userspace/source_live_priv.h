/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_live_priv.h - the live source's inside
 *
 * Purpose:   what source_live.c (reading, merging, waiting) and live_stream.c
 *            (streams that begin) share.  Nobody else includes it.
 * Ownership: everything hangs on struct nt_live, which is the source itself.
 */
#ifndef NETTRACE_SOURCE_LIVE_PRIV_H
#define NETTRACE_SOURCE_LIVE_PRIV_H

#include <poll.h>

#include "merge.h"
#include "source_live.h"

#define NT_LIVE_BUF NT_MERGE_SPACE

struct nt_live_in {
	int fd; /* -1: it has ended */
	uint32_t stride;
	bool released;
	bool in_kernel; /* the filter was set there, too */
	uint64_t since; /* what is older is left out */
};

struct nt_live {
	struct nt_source s; /* first: ops get a pointer to it */
	struct nt_live_in in[NT_STREAM_MAX];
	struct nt_merge merge;
	uint64_t until; /* what is not younger may go */
	uint64_t reached; /* all older ones were read; 0: never yet */
	uint64_t last;	/* time of the youngest event handed out */
	int64_t skew;	/* records' clock less ours: time namespaces */
	bool until_now;
	bool drained; /* until_now: all has been read */
	bool bulk;    /* the last call was batch(): nobody waits for single events */
	bool fixed_cap;
	struct nt_run run; /* was taken of the merge and not handed out yet */
	struct nt_live_finder *finder; /* NULL: no namespace comes later */
	bool look;		       /* it has something: some files say so only once */
	uint64_t since;
	struct pollfd pfd[NT_STREAM_MAX + 1];
};

static inline struct nt_live *nt_live_of(struct nt_source *s)
{
	return (struct nt_live *)s;
}

/* source_live.c */
extern const struct nt_source_ops nt_live_ops;
/* the time as the module's clock has it */
uint64_t nt_live_now(const struct nt_live *l);
/* what was read of stream @i into @buf, @n bytes, goes into the merge from byte @at on */
int nt_live_take(struct nt_live *l, unsigned int i, const uint8_t *buf, size_t at, size_t n,
		 struct nt_error *err);
/* of a stream, for messages */
const char *nt_live_title(const struct nt_stream *st);

#endif /* NETTRACE_SOURCE_LIVE_PRIV_H */
