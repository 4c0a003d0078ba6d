// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - a row and a heap of keys over a store of events
 *
 * Purpose, ownership, context: merge.h.  What is not older than the last of the
 * row goes behind it: that costs a comparison to add and one to take, and of one
 * CPU it is nearly everything.  The rest goes into the heap: to take one from it
 * costs the logarithm of what is there.
 */
#include "merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define MERGE_FIRST 1024 /* slots to begin with */

void nt_merge_init(struct nt_merge *m, size_t cap)
{
	memset(m, 0, sizeof(*m));
	m->cap = cap;
}

void nt_merge_free(struct nt_merge *m)
{
	free(m->heap);
	free(m->link);
	free(m->slot);
	free(m->free);
	nt_merge_init(m, 0);
}

static int grow(struct nt_merge *m)
{
	size_t i, size = m->size ? m->size * 2 : MERGE_FIRST;
	void *p;

	if (m->size >= m->cap)
		return -ENOBUFS;
	if (size > m->cap)
		size = m->cap;
	/* each pointer is kept at once: a later failure leaves all valid */
	p = reallocarray(m->heap, size, sizeof(*m->heap));
	if (!p)
		return -ENOMEM;
	m->heap = p;
	p = reallocarray(m->link, size, sizeof(*m->link));
	if (!p)
		return -ENOMEM;
	m->link = p;
	p = reallocarray(m->slot, size, sizeof(*m->slot));
	if (!p)
		return -ENOMEM;
	m->slot = p;
	p = reallocarray(m->free, size, sizeof(*m->free));
	if (!p)
		return -ENOMEM;
	m->free = p;
	/* called when all slots are in use: the new ones are the free ones */
	for (i = 0; i < size - m->size; i++)
		m->free[i] = (uint32_t)(size - 1 - i);
	m->size = size;
	return 0;
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

static size_t in_row(const struct nt_merge *m)
{
	return m->n - m->nheap;
}

/* the oldest of all; NULL: none is held */
static const struct nt_merge_key *oldest(const struct nt_merge *m)
{
	if (!in_row(m))
		return m->nheap ? &m->heap[0] : NULL;
	if (m->nheap && before(&m->heap[0], &m->link[m->first].key))
		return &m->heap[0];
	return &m->link[m->first].key;
}

static void heap_add(struct nt_merge *m, const struct nt_merge_key *key)
{
	size_t i, up;

	for (i = m->nheap++; i; i = up) {
		up = (i - 1) / 2;
		if (!before(key, &m->heap[up]))
			break;
		m->heap[i] = m->heap[up];
	}
	m->heap[i] = *key;
}

/* the last key sinks from the top */
static void heap_take(struct nt_merge *m)
{
	struct nt_merge_key key = m->heap[--m->nheap];
	size_t i, down;

	for (i = 0;; i = down) {
		down = 2 * i + 1;
		if (down >= m->nheap)
			break;
		if (down + 1 < m->nheap && before(&m->heap[down + 1], &m->heap[down]))
			down++;
		if (!before(&m->heap[down], &key))
			break;
		m->heap[i] = m->heap[down];
	}
	m->heap[i] = key;
}

int nt_merge_add(struct nt_merge *m, const struct nt_event *ev)
{
	struct nt_merge_key key = {
		.time = ev->rec.hdr.time,
		.seq = ev->rec.hdr.seq,
		.cpu = ev->rec.hdr.cpu,
		.source = (uint16_t)ev->source,
	};
	int ret;

	if (m->n == m->size) {
		ret = grow(m);
		if (ret)
			return ret;
	}
	key.order = m->order++;
	key.slot = m->free[m->size - m->n - 1];
	m->slot[key.slot] = *ev;

	if (in_row(m) && before(&key, &m->link[m->last].key)) {
		heap_add(m, &key);
	} else {
		if (in_row(m))
			m->link[m->last].next = key.slot;
		else
			m->first = key.slot;
		m->last = key.slot;
		m->link[key.slot].key = key;
	}
	m->n++;
	return 0;
}

bool nt_merge_oldest(const struct nt_merge *m, uint64_t *time)
{
	const struct nt_merge_key *key = oldest(m);

	if (key)
		*time = key->time;
	return key;
}

bool nt_merge_pop(struct nt_merge *m, uint64_t until, struct nt_event *ev)
{
	const struct nt_merge_key *key = oldest(m);
	uint32_t slot;

	if (!key || key->time > until)
		return false;
	slot = key->slot;
	*ev = m->slot[slot];
	if (m->nheap && key == &m->heap[0])
		heap_take(m);
	else
		m->first = m->link[slot].next;
	m->n--;
	m->free[m->size - m->n - 1] = slot;
	return true;
}
