/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * merge.h - events of many CPUs and namespaces, back in the order of time
 *
 * Purpose:   events go in as they come (each CPU's more or less in order) and
 *            come out by time, then CPU, stream, sequence; a gap before the
 *            event that it precedes.
 * Ownership: events are copied in and out.
 * Context:   one thread; reads no clock: the caller says how far time has come.
 */
#ifndef NETTRACE_MERGE_H
#define NETTRACE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

struct nt_merge_key {
	uint64_t time; /* CLOCK_MONOTONIC, ns */
	uint64_t seq;
	uint64_t order; /* of arrival: what is equal keeps it */
	uint32_t slot;
	uint16_t cpu;
	uint16_t source;
};

/* a link of the row, at the index of its slot */
struct nt_merge_link {
	struct nt_merge_key key;
	uint32_t next;
};

struct nt_merge {
	struct nt_merge_key *heap;
	struct nt_merge_link *link;
	struct nt_event *slot;
	uint32_t *free;	      /* slots that are not in use */
	size_t n;	      /* events held */
	size_t nheap;	      /* of these in the heap; the others are in the row */
	size_t size;	      /* slots there are */
	size_t cap;	      /* slots there may ever be */
	uint32_t first, last; /* of the row */
	uint64_t order;
};

/** nt_merge_init() - @cap: events held at most; memory grows as needed */
void nt_merge_init(struct nt_merge *m, size_t cap);
void nt_merge_free(struct nt_merge *m);

/** nt_merge_add() - 0; -ENOBUFS: it is full; -ENOMEM */
int nt_merge_add(struct nt_merge *m, const struct nt_event *ev);

/** nt_merge_room() - how many more events can be added */
static inline size_t nt_merge_room(const struct nt_merge *m)
{
	return m->n < m->cap ? m->cap - m->n : 0;
}

/** nt_merge_oldest() - its time in *time; false: there is none */
bool nt_merge_oldest(const struct nt_merge *m, uint64_t *time);

/** nt_merge_pop() - the oldest event, if it is not younger than @until */
bool nt_merge_pop(struct nt_merge *m, uint64_t until, struct nt_event *ev);

#endif /* NETTRACE_MERGE_H */
