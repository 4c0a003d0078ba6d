/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * range.h - which bytes of a direction were seen
 *
 * Purpose:   distinct bytes (a retransmission counts once), the in-order edge,
 *            and whether a range was seen before.
 * Ownership: the caller owns the set; a zeroed one is empty.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * Positions are 64-bit, so that the 32-bit sequence numbers may wrap:
 * nt_unwrap() gives the position nearest to a known one.
 */
#ifndef NETTRACE_TRACK_RANGE_H
#define NETTRACE_TRACK_RANGE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * More holes than this at once and the lowest one is given up: its bytes, should
 * they come after all, are not counted.
 */
#define NT_RANGES_MAX 24

struct nt_range {
	uint64_t from, to; /* [from, to) */
};

struct nt_ranges {
	unsigned int n;
	struct nt_range r[NT_RANGES_MAX + 1];
};

/**
 * nt_unwrap() - the position of a sequence number
 * @near:	a position known to be less than 2^31 away
 * @seq:	sequence number
 */
static inline uint64_t nt_unwrap(uint64_t near, uint32_t seq)
{
	return near + (uint64_t)(int64_t)(int32_t)(seq - (uint32_t)near);
}

/**
 * nt_ranges_new() - how many bytes of [@from, @to) are not in the set
 */
uint64_t nt_ranges_new(const struct nt_ranges *s, uint64_t from, uint64_t to);

/**
 * nt_ranges_add() - put [@from, @to) in the set
 * Return: how many bytes were not in it.
 */
uint64_t nt_ranges_add(struct nt_ranges *s, uint64_t from, uint64_t to);

/**
 * nt_ranges_edge() - the end of the unbroken run that begins at or before @from
 * Return: @from when the set does not hold it.
 */
uint64_t nt_ranges_edge(const struct nt_ranges *s, uint64_t from);

#endif /* NETTRACE_TRACK_RANGE_H */
