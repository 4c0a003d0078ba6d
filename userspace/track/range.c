// SPDX-License-Identifier: GPL-2.0-only
/*
 * range.c - see range.h; the ranges are disjoint, do not touch, and ascend
 */
#include <string.h>

#include "range.h"

uint64_t nt_ranges_new(const struct nt_ranges *s, uint64_t from, uint64_t to)
{
	uint64_t fresh = from < to ? to - from : 0;
	unsigned int i;

	for (i = 0; i < s->n && fresh; i++) {
		uint64_t lo = s->r[i].from > from ? s->r[i].from : from;
		uint64_t hi = s->r[i].to < to ? s->r[i].to : to;

		if (lo < hi)
			fresh -= hi - lo;
	}
	return fresh;
}

/* the two lowest ranges become one: the hole between them is given up */
static void forget_lowest_hole(struct nt_ranges *s)
{
	s->r[1].from = s->r[0].from;
	memmove(&s->r[0], &s->r[1], (s->n - 1) * sizeof(s->r[0]));
	s->n--;
}

uint64_t nt_ranges_add(struct nt_ranges *s, uint64_t from, uint64_t to)
{
	uint64_t fresh;
	unsigned int i, j;

	if (from >= to)
		return 0;
	/* nearly always: it goes on where the last one ends */
	if (s->n && s->r[s->n - 1].to == from) {
		s->r[s->n - 1].to = to;
		return to - from;
	}
	fresh = nt_ranges_new(s, from, to);
	for (i = 0; i < s->n && s->r[i].to < from; i++)
		;
	/* r[i..j) touch the new range: they and it become one */
	for (j = i; j < s->n && s->r[j].from <= to; j++) {
		if (s->r[j].from < from)
			from = s->r[j].from;
		if (s->r[j].to > to)
			to = s->r[j].to;
	}
	memmove(&s->r[i + 1], &s->r[j], (s->n - j) * sizeof(s->r[0]));
	s->r[i] = (struct nt_range){ from, to };
	s->n = s->n - (j - i) + 1;
	if (s->n > NT_RANGES_MAX)
		forget_lowest_hole(s);
	return fresh;
}

uint64_t nt_ranges_edge(const struct nt_ranges *s, uint64_t from)
{
	unsigned int i;

	for (i = 0; i < s->n && s->r[i].from <= from; i++) {
		if (s->r[i].to > from)
			return s->r[i].to;
	}
	return from;
}
