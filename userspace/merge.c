// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - a heap of runs over the memory that they were read into
 *
 * Purpose, ownership, context: merge.h.  The heap has an entry for each run, by
 * its first record.  What is taken of the oldest goes up to the first record of
 * the next oldest: of one CPU alone, all that is due, at the cost of one record.
 */
#include "merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HEAP_FIRST 64 /* entries to begin with */
/* as many as hold what comes in while a reader sleeps, and what it holds back: memory
 * that went back to the kernel would come again a page fault at a time
 */
#define SPARES	   8

struct nt_merge_chunk {
	struct nt_merge_chunk *next; /* of the spare ones */
	unsigned int refs;	     /* runs, and who reads into it */
	size_t used;
	_Alignas(64) uint8_t bytes[NT_MERGE_SPACE];
};

void nt_merge_init(struct nt_merge *m, size_t cap)
{
	memset(m, 0, sizeof(*m));
	m->cap = cap;
}

/* some are kept for the next time */
static void put_chunk(struct nt_merge *m, struct nt_merge_chunk *c)
{
	if (!c || --c->refs)
		return;
	if (m->nspare == SPARES) {
		free(c);
		return;
	}
	c->next = m->spare;
	m->spare = c;
	m->nspare++;
}

/* NULL: none was kept */
static struct nt_merge_chunk *take_spare(struct nt_merge *m)
{
	struct nt_merge_chunk *c = m->spare;

	if (c) {
		m->spare = c->next;
		m->nspare--;
	}
	return c;
}

void nt_merge_free(struct nt_merge *m)
{
	struct nt_merge_chunk *c;
	size_t i;

	for (i = 0; i < m->nheap; i++)
		put_chunk(m, m->heap[i].chunk);
	put_chunk(m, m->taken);
	put_chunk(m, m->chunk);
	while ((c = take_spare(m)))
		free(c);
	free(m->heap);
	nt_merge_init(m, 0);
}

static void let_go(struct nt_merge *m)
{
	put_chunk(m, m->taken);
	m->taken = NULL;
}

static struct nt_merge_chunk *new_chunk(struct nt_merge *m)
{
	struct nt_merge_chunk *c = take_spare(m);

	if (!c)
		c = aligned_alloc(64, sizeof(*c));
	if (c) {
		c->refs = 1;
		c->used = 0;
	}
	return c;
}

uint8_t *nt_merge_space(struct nt_merge *m, size_t *room)
{
	struct nt_merge_chunk *c;

	let_go(m);
	if (m->chunk && m->chunk->refs == 1)
		m->chunk->used = 0; /* nobody needs what is in it */
	if (!m->chunk || NT_MERGE_SPACE - m->chunk->used < NT_MERGE_SPACE / 4) {
		c = new_chunk(m);
		if (!c)
			return NULL;
		put_chunk(m, m->chunk);
		m->chunk = c;
	}
	*room = NT_MERGE_SPACE - m->chunk->used;
	return m->chunk->bytes + m->chunk->used;
}

void nt_merge_used(struct nt_merge *m, size_t bytes)
{
	m->chunk->used += (bytes + 63) & ~(size_t)63;
}

static const struct nettrace_hdr *header(const struct nt_run *r, size_t i)
{
	return (const struct nettrace_hdr *)(const void *)(r->at + i * r->stride);
}

static bool before(const struct nt_merge_key *a, const struct nt_merge_key *b)
{
	if (a->time != b->time)
		return a->time < b->time;
	if (a->cpu != b->cpu)
		return a->cpu < b->cpu;
	if (a->source != b->source)
		return a->source < b->source;
	if (a->seq != b->seq)
		return a->seq < b->seq;
	return a->order < b->order;
}

static void set_key(struct nt_merge_entry *e)
{
	const struct nettrace_hdr *hdr = header(&e->run, 0);

	e->key.time = hdr->time;
	e->key.seq = hdr->seq;
}

static int grow(struct nt_merge *m)
{
	size_t size = m->size ? m->size * 2 : HEAP_FIRST;
	void *p = reallocarray(m->heap, size, sizeof(*m->heap));

	if (!p)
		return -ENOMEM;
	m->heap = p;
	m->size = size;
	return 0;
}

int nt_merge_add(struct nt_merge *m, const struct nt_run *run)
{
	struct nt_merge_entry e = { .run = *run, .chunk = m->chunk };
	size_t i, up;

	if (run->n > nt_merge_room(m))
		return -ENOBUFS;
	if (m->nheap == m->size && grow(m))
		return -ENOMEM;
	e.key.cpu = header(run, 0)->cpu;
	e.key.source = (uint16_t)run->source;
	e.key.order = m->order++;
	set_key(&e);
	for (i = m->nheap++; i; i = up) {
		up = (i - 1) / 2;
		if (!before(&e.key, &m->heap[up].key))
			break;
		m->heap[i] = m->heap[up];
	}
	m->heap[i] = e;
	m->n += run->n;
	m->chunk->refs++;
	return 0;
}

/* @e sinks from the top, which is free */
static void sink(struct nt_merge *m, const struct nt_merge_entry *e)
{
	size_t i, down;

	for (i = 0;; i = down) {
		down = 2 * i + 1;
		if (down >= m->nheap)
			break;
		if (down + 1 < m->nheap && before(&m->heap[down + 1].key, &m->heap[down].key))
			down++;
		if (!before(&m->heap[down].key, &e->key))
			break;
		m->heap[i] = m->heap[down];
	}
	m->heap[i] = *e;
}

bool nt_merge_oldest(const struct nt_merge *m, uint64_t *time)
{
	if (!m->nheap)
		return false;
	*time = m->heap[0].key.time;
	return true;
}

/* of the run's records, which are in order, those that are older than @time */
static uint32_t older(const struct nt_run *r, uint64_t time)
{
	uint32_t lo = 0, hi = r->n, mid;

	if (header(r, r->n - 1)->time < time)
		return r->n;
	while (lo < hi) {
		mid = lo + (hi - lo) / 2;
		if (header(r, mid)->time < time)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* the records at the top's beginning that no other run comes before, nor @until */
static uint32_t stretch(const struct nt_merge *m, uint64_t until)
{
	const struct nt_run *r = &m->heap[0].run;
	const struct nt_merge_key *next = NULL;
	uint32_t n;

	if (m->nheap > 1)
		next = &m->heap[1].key;
	if (m->nheap > 2 && before(&m->heap[2].key, next))
		next = &m->heap[2].key;
	if (next && next->time <= until)
		n = older(r, next->time);
	else
		n = until == UINT64_MAX ? r->n : older(r, until + 1);
	/* the first is not younger than @until, and next to nothing else */
	return n ? n : 1;
}

bool nt_merge_take(struct nt_merge *m, uint64_t until, uint32_t max, struct nt_run *out)
{
	struct nt_merge_entry e;
	uint32_t n;

	let_go(m);
	if (!m->nheap || m->heap[0].key.time > until)
		return false;
	n = stretch(m, until);
	if (n > max)
		n = max;
	e = m->heap[0];
	*out = e.run;
	out->n = n;
	m->n -= n;
	e.run.at += (size_t)n * e.run.stride;
	e.run.n -= n;
	if (e.run.n) {
		set_key(&e);
		sink(m, &e);
		return true;
	}
	m->taken = e.chunk;
	m->nheap--;
	if (m->nheap)
		sink(m, &m->heap[m->nheap]);
	return true;
}
