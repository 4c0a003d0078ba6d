/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * merge.h - records of many CPUs and namespaces, back in the order of time
 *
 * Purpose:   records stay where they were read.  What one CPU wrote is in order
 *            already: such a run is one entry here, however many records it has.
 *            Stretches of runs come out by time, then CPU, stream, sequence; a
 *            gap before the event that it precedes.
 * Ownership: the memory that records are read into is the merge's.  A stretch
 *            that was taken is valid until the next call of nt_merge_space() or
 *            nt_merge_take().
 * Context:   one thread; reads no clock: the caller says how far time has come.
 */
#ifndef NETTRACE_MERGE_H
#define NETTRACE_MERGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

/* what one read() may give */
#define NT_MERGE_SPACE (256u * 1024)

struct nt_merge_chunk;

struct nt_merge_key {
	uint64_t time; /* CLOCK_MONOTONIC, ns */
	uint64_t seq;
	uint64_t order; /* of arrival: what is equal keeps it */
	uint16_t cpu;
	uint16_t source;
};

struct nt_merge_entry {
	struct nt_merge_key key; /* of its first record */
	struct nt_run run;
	struct nt_merge_chunk *chunk;
};

struct nt_merge {
	struct nt_merge_entry *heap;
	size_t nheap, size;
	size_t n;   /* records held */
	size_t cap; /* records that may be held */
	uint64_t order;
	struct nt_merge_chunk *chunk;	/* what is read into */
	struct nt_merge_chunk *taken;	/* of the last stretch, if it was its last */
	struct nt_merge_chunk *spare; /* to be used again */
	unsigned int nspare;
};

/** nt_merge_init() - @cap: records held at most; memory grows as needed */
void nt_merge_init(struct nt_merge *m, size_t cap);
void nt_merge_free(struct nt_merge *m);

/**
 * nt_merge_space() - memory to read records into, aligned as they are
 * @room: how much there is, NT_MERGE_SPACE / 4 at least
 * Return: NULL when memory is short.
 */
uint8_t *nt_merge_space(struct nt_merge *m, size_t *room);

/** nt_merge_used() - of that, @bytes will be added, or have been */
void nt_merge_used(struct nt_merge *m, size_t bytes);

/**
 * nt_merge_add() - a run that was read into nt_merge_space()
 * Return: 0; -ENOBUFS: there is no room for it; -ENOMEM.
 */
int nt_merge_add(struct nt_merge *m, const struct nt_run *run);

/** nt_merge_room() - how many more records can be added */
static inline size_t nt_merge_room(const struct nt_merge *m)
{
	return m->n < m->cap ? m->cap - m->n : 0;
}

/** nt_merge_oldest() - its time in *time; false: there is none */
bool nt_merge_oldest(const struct nt_merge *m, uint64_t *time);

/**
 * nt_merge_take() - the oldest records that follow each other in one run
 * @until:	none that is younger
 * @max:	not more, but one at least
 */
bool nt_merge_take(struct nt_merge *m, uint64_t until, uint32_t max, struct nt_run *out);

#endif /* NETTRACE_MERGE_H */
