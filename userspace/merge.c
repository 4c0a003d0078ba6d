// SPDX-License-Identifier: GPL-2.0-only
/*
 * merge.c - a heap of keys over a store of events
 *
 * Purpose, ownership, context: merge.h.  What comes in order costs one
 * comparison to add; to take one costs the logarithm of what is held.
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

int nt_merge_add(struct nt_merge *m, const struct nt_event *ev)
{
	struct nt_merge_key key = {
		.time = ev->rec.hdr.time,
		.seq = ev->rec.hdr.seq,
		.cpu = ev->rec.hdr.cpu,
		.source = (uint16_t)ev->source,
	};
	size_t i, up;
	int ret;

	if (m->n == m->size) {
		ret = grow(m);
		if (ret)
			return ret;
	}
	key.order = m->order++;
	key.slot = m->free[m->size - m->n - 1];
	m->slot[key.slot] = *ev;

	for (i = m->n++; i; i = up) {
		up = (i - 1) / 2;
		if (!before(&key, &m->heap[up]))
			break;
		m->heap[i] = m->heap[up];
	}
	m->heap[i] = key;
	return 0;
}

bool nt_merge_pop(struct nt_merge *m, uint64_t until, struct nt_event *ev)
{
	struct nt_merge_key key;
	size_t i, down;

	if (!m->n || m->heap[0].time > until)
		return false;
	*ev = m->slot[m->heap[0].slot];
	m->n--;
	m->free[m->size - m->n - 1] = m->heap[0].slot;

	/* the last key sinks from the top */
	key = m->heap[m->n];
	for (i = 0;; i = down) {
		down = 2 * i + 1;
		if (down >= m->n)
			break;
		if (down + 1 < m->n && before(&m->heap[down + 1], &m->heap[down]))
			down++;
		if (!before(&m->heap[down], &key))
			break;
		m->heap[i] = m->heap[down];
	}
	m->heap[i] = key;
	return true;
}
