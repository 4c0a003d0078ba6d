/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source.h - where events come from: a live namespace, a record file, …
 *
 * Purpose:   one face for all sources, so that every command works on live
 *            traffic and on files alike (docs/architecture.md).
 * Ownership: the opener owns the source and frees it with nt_source_close().
 * Errors:    functions return 0 or a negative errno; nt_error carries the
 *            sentence for the user: what happened, to what, what to do next.
 */
#ifndef NETTRACE_SOURCE_H
#define NETTRACE_SOURCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct nt_error {
	char text[512];
};

/**
 * nt_error_set() - say what happened
 * @err:	may be NULL
 * @code:	negative errno
 * @fmt:	as printf; foreign bytes in the arguments come out escaped
 * Return: @code.
 */
int nt_error_set(struct nt_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* what is known of one stream (namespace) of a source */
struct nt_stream {
	char name[64];		/* as `ip netns` knows it, or "netns:INODE", or "" */
	uint64_t netns;		/* inode */
	int64_t real_offset;	/* record time + this = Unix time, ns */
	uint32_t cpus;
	uint32_t stride;
	uint32_t ring;
	char version[16];
	char release[64];
	bool ended; /* no more of it will come */
};

/*
 * Models and recordings tell namespaces apart by their stream's index, so the
 * place of one that has ended is not given to another, unless whoever reads says
 * that it has forgotten it (nt_source_live_release()).
 */
#define NT_STREAM_MAX 4096

struct nt_filter;
struct nt_source;

struct nt_source_ops {
	/*
	 * Next event in (time, CPU, sequence) order.
	 * 1: *ev is filled; 0: nothing now (live: wait on fds); -ENODATA: the
	 * end (all namespaces gone, end of file); other -errno: failed, see err.
	 */
	int (*next)(struct nt_source *s, struct nt_event *ev, struct nt_error *err);
	/*
	 * Optional: the same events, so many at a time as follow each other in one
	 * stream.  1: *run, valid until the next call of next() or batch().  The
	 * two may be mixed.
	 */
	int (*batch)(struct nt_source *s, struct nt_run *run, struct nt_error *err);
	/* wait until there may be something, or timeout_ms (-1: for ever) passed,
	 * or a signal came (returns -EINTR)
	 */
	int (*wait)(struct nt_source *s, int timeout_ms);
	void (*close)(struct nt_source *s);
	/* optional: see nt_source_undecided() */
	uint64_t (*undecided)(struct nt_source *s);
	/* optional: has the kernel applied nt_live_opts::filter to all that came? */
	bool (*in_kernel)(struct nt_source *s);
};

struct nt_source {
	const struct nt_source_ops *ops;
	struct nt_stream stream[NT_STREAM_MAX];
	unsigned int nstream;
	uint64_t delivered;	/* events handed out, gaps not counted */
	uint64_t lost;		/* sum of the gaps */
	uint64_t filtered;	/* left out by a filter, by the kernel or here; a
				 * gap that tells only of these is not handed out
				 */
	uint64_t undecided;	/* handed out because the filter's answer depends
				 * on bytes that no record holds
				 */
	uint64_t late;		/* handed out after a younger one: more came at
				 * once than the merge may hold, or of a namespace
				 * that was met after its first events
				 */
	uint64_t unread;	/* namespaces that are there and cannot be read */
	bool one_place;		/* a capture at one interface: no packet comes twice */
	int64_t settled;	/* Unix time: no event older than this will come,
				 * but those counted in @late; 0: not known
				 */
};

#define NT_LIVE_NAMED_MAX 64 /* namespaces by name, at once */

/* what a live source is to read */
struct nt_live_opts {
	const char *const *netns; /* names (`ip netns`), PIDs or paths */
	size_t n;		  /* how many; 0: our own */
	bool all;		  /* instead: every namespace, also those to come;
				   * what cannot be read is left out and counted
				   */
	bool from_now;		  /* skip what the rings already hold */
	/* for sentences about what is left out, said once; may be NULL */
	void (*say)(void *arg, const char *sentence);
	void *say_arg;
	/*
	 * The kernel may leave out what this rejects, where no other reader is
	 * deprived by it (filter.h).  NULL: none
	 */
	const struct nt_filter *filter;
	bool timers, calls; /* record these, too, while we read */
	bool routes;	    /* and these, if the module can */
};

/** nt_source_live() - open the events of one or several namespaces */
int nt_source_live(struct nt_source **s, const struct nt_live_opts *opts, struct nt_error *err);
/* discard: take what is committed now, then report the end (for one-shot commands) */
void nt_source_live_until_now(struct nt_source *s);

/**
 * nt_source_live_release() - a stream that has ended is not remembered any more
 * @i:	its index: another namespace may be given it, once all others are used
 */
void nt_source_live_release(struct nt_source *s, unsigned int i);

/** nt_wait_readable() - until @fd has something, or @timeout_ms (-1: for ever) passed; -errno */
int nt_wait_readable(int fd, int timeout_ms);

/** nt_source_file() - read a record file written by `nettrace record`; source_pcap.h
 * has nt_source_read(), which takes captures as well
 */
int nt_source_file(struct nt_source **s, const char *path, struct nt_error *err);

/**
 * nt_source_daemon() - what nettraced has kept, and what it sees from now on
 * @path:	of its socket; NULL: NT_DAEMON_SOCKET
 * @history:	begin with what it has kept
 * @live:	go on with what comes
 */
#define NT_DAEMON_SOCKET "/run/nettraced/socket"
int nt_source_daemon(struct nt_source **s, const char *path, bool history, bool live,
		     struct nt_error *err);

/**
 * nt_source_filtered() - a source that hands out what @filter accepts
 * @inner:	closed with the new source; when this fails it is still open
 * @filter:	belongs to the caller and outlives the source
 *
 * Of a connection whose segments can match, the transitions are handed out too.
 */
int nt_source_filtered(struct nt_source **s, struct nt_source *inner,
		       const struct nt_filter *filter, struct nt_error *err);

static inline int nt_source_next(struct nt_source *s, struct nt_event *ev,
				 struct nt_error *err)
{
	return s->ops->next(s, ev, err);
}

static inline int nt_source_wait(struct nt_source *s, int timeout_ms)
{
	return s->ops->wait(s, timeout_ms);
}

void nt_source_close(struct nt_source *s);

/**
 * nt_source_undecided() - packets that may not match the filter and were handed out
 *
 * None, if the kernel had the same filter all the time.
 */
uint64_t nt_source_undecided(struct nt_source *s);

/*
 * Record file (source_file.c, recordfile.h): writer side
 */
struct nt_recorder;
int nt_recorder_open(struct nt_recorder **r, const char *path,
		     const struct nt_stream *streams, unsigned int n,
		     struct nt_error *err);
/*
 * From when on @signal() is not 0, a reader (of a pipe) that takes nothing for a second
 * is not waited for: -ETIMEDOUT, and the recording is incomplete
 */
void nt_recorder_until(struct nt_recorder *r, int (*signal)(void));
int nt_recorder_write(struct nt_recorder *r, const struct nt_event *ev,
		      struct nt_error *err);
/* the same for many: what nt_source_ops::batch gave */
int nt_recorder_run(struct nt_recorder *r, const struct nt_run *run, struct nt_error *err);
/* what was written is in the file when this returns: call it before waiting, so
 * that a recorder that is killed loses nothing that it had seen
 */
int nt_recorder_flush(struct nt_recorder *r, struct nt_error *err);
/* a namespace that came later: give its stream before its first event */
int nt_recorder_stream(struct nt_recorder *r, unsigned int index,
		       const struct nt_stream *stream, struct nt_error *err);
/* flushes; reports a full disk; frees @r in any case */
int nt_recorder_close(struct nt_recorder *r, struct nt_error *err);

#endif /* NETTRACE_SOURCE_H */
