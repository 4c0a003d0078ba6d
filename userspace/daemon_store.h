/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_store.h - what nettraced keeps: events in bounded memory
 *
 * Purpose:   events in one order, each in its conversation; when memory is full
 *            whole conversations go: closed ones first, the longest silent of
 *            them first, then those whose TIME-WAIT still runs, then open ones.
 *            One conversation may hold a quarter of it: of a longer one the
 *            beginning and the end are kept, with a gap between them.
 * Honesty:   what goes is counted by (stream, CPU).  A cursor that had not yet
 *            come to it hands out a NETTRACE_GAP with the number instead; what
 *            had gone before the cursor was made is told in front of the first
 *            event, one gap for each stream and CPU.
 * Memory:    counted as the allocator gives it, its overhead included, against
 *            the limit; so are the hash table and the cursors' accounts.
 * Context:   one thread; no I/O, no clock.
 * Ownership: the store owns its events; a cursor belongs to its user, who calls
 *            ntd_cursor_done() before the store goes.
 */
#ifndef NETTRACE_DAEMON_STORE_H
#define NETTRACE_DAEMON_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "recordfile.h"
#include "source.h"

#define NTD_LIMIT_MIN (1024u * 1024)
#define NTD_HEAD      64 /* events of a conversation's beginning that stay */

struct ntd_store;
struct ntd_node;

/* lost events of one (stream, CPU) */
struct ntd_cell {
	uint64_t lost;
	uint64_t low; /* the lowest number of them */
	bool met;     /* an event came from there (the store's own account) */
};

struct ntd_tally {
	struct ntd_cell *cpu[NT_STREAM_MAX];
	uint32_t ncpu[NT_STREAM_MAX];
	uint64_t sum; /* of all cells */
};

struct ntd_cursor {
	struct ntd_node *at;	 /* comes next; NULL: all was handed out */
	struct ntd_tally missed; /* to be told as gaps */
	uint64_t told;		 /* events told so far, in gaps */
	const uint8_t *bytes;	 /* what was kept of the payload of the last event, @nbytes */
	uint32_t nbytes;	 /* of them: until the store is asked for anything else */
	bool started;
	bool broken; /* no memory for its account: give it up */
	struct ntd_cursor *prev, *next;
};

struct ntd_counts {
	uint64_t received;	/* events, gaps not counted */
	uint64_t lost;		/* in the rings: sum of their gaps */
	uint64_t before;	/* overwritten before the first one that came */
	uint64_t events;	/* held now */
	uint64_t conversations; /* held now */
	uint64_t evicted;	/* events that were let go */
	uint64_t evicted_conversations;
	uint64_t trimmed;   /* of evicted: out of the middle of long ones */
	uint64_t no_memory; /* of evicted: could not be kept at all */
	size_t bytes, limit;
};

struct ntd_store *ntd_store_new(size_t limit);
void ntd_store_free(struct ntd_store *s);

/** ntd_store_limit() - another limit; what is too much goes at once */
void ntd_store_limit(struct ntd_store *s, size_t limit);

/** ntd_store_add() - the event that comes next; one that cannot be kept is counted */
void ntd_store_add(struct ntd_store *s, const struct nt_event *ev);

const struct ntd_counts *ntd_store_counts(const struct ntd_store *s);

/** ntd_store_idle() - is nothing held or owed of this stream?  Then forget it */
bool ntd_store_idle(struct ntd_store *s, unsigned int stream);

/** ntd_cursor_init() - @history: from the oldest event; else from the next */
void ntd_cursor_init(struct ntd_store *s, struct ntd_cursor *c, bool history);
void ntd_cursor_done(struct ntd_store *s, struct ntd_cursor *c);

/**
 * ntd_cursor_next() - hand out an event, or a gap
 * @below:	only events with a lower number
 * Return: is there one?
 */
bool ntd_cursor_next(struct ntd_store *s, struct ntd_cursor *c, uint64_t below,
		     struct nt_rf_event *ev);

/** ntd_cursor_bytes() - how many bytes of payload come with the next event */
uint32_t ntd_cursor_bytes(const struct ntd_cursor *c);

/** ntd_cursor_has() - would ntd_cursor_next() hand out something? */
bool ntd_cursor_has(const struct ntd_cursor *c, uint64_t below);

/** ntd_store_number() - of the event that comes next */
uint64_t ntd_store_number(const struct ntd_store *s);

#endif /* NETTRACE_DAEMON_STORE_H */
