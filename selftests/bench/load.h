/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * load.h - the loads of the benchmarks
 *
 * Purpose:   a load is opened once, run several times, closed.  One thread
 *            writes and reads, so the number of packets does not depend on
 *            scheduling.
 * Ownership: struct sockets is the caller's; open_() fills it, and the end of
 *            the process closes what is in it.
 * Names:     "near" is the namespace that the program was started in, the one
 *            that is traced; "far" and "left", "right" are others, made by
 *            guest.sh.
 */
#ifndef BENCH_LOAD_H
#define BENCH_LOAD_H

#include <netinet/in.h>

#define NEAR_DEV   "near"
#define FAR_DEV	   "far"
#define NEAR_ADDR  "10.9.0.1"
#define FAR_ADDR   "10.9.0.2"
#define RIGHT_ADDR "10.9.2.2"

struct sockets {
	int tx, rx;
	struct sockaddr_in addr; /* of the one that receives */
};

struct load {
	const char *name;
	const char *unit;     /* what a cost is given for */
	const char *dev;      /* whose packet counters prove what has passed */
	unsigned int packets; /* of dev, in a unit; 0: TCP decides, each counts as a unit */
	unsigned int spare;   /* at most so many more, however many units */
	unsigned int drain;   /* seconds after which nothing is left to be done */
	void (*open)(struct sockets *s);
	void (*run)(struct sockets *s, unsigned long count);
};

/* ended by an entry without a name */
extern const struct load loads[];

/* print what failed and why, and end */
__attribute__((noreturn)) void die(const char *what);

#endif /* BENCH_LOAD_H */
