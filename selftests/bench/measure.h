/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * measure.h - what a load cost, in guest instructions
 *
 * Purpose:   under `scripts/vm --bench` CLOCK_MONOTONIC advances one nanosecond
 *            a guest instruction, so the time that passed without being idle is
 *            the work done by all: the load, the kernel and whoever listens.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

#include "load.h"

struct work {
	uint64_t start, idle;
};

/* begin to count, and how much it was since then; the units are instructions */
void work_begin(struct work *w);
uint64_t work_end(const struct work *w);

/* packets that a device received and sent; each on lo counts as both */
uint64_t packets_of(const char *dev);

/**
 * measure() - a load: open it, a fifth of @count units to warm up, as long a time
 *	       of doing nothing as is needed until nothing is left to be done, and
 *	       then @count units and such a time
 *
 * Prints "unit=packet units=N warm_up=N packets=N work=N idle=N seconds=N"; warm_up:
 * units of the first run; work:
 * instructions of the load and the wait; idle: of the wait alone; seconds: its
 * length.
 *
 * Return: 0, or 1 if the kernel's own counters saw another number of packets than
 * the load should have.
 */
int measure(const struct load *l, unsigned long count);

#endif /* BENCH_MEASURE_H */
