/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nlstorm.h - hostile callers of the netlink family
 *
 * Purpose:   processes that send sound and spoilt requests from several sockets,
 *            join, leave, close what is unread, begin dumps, and read and write the
 *            files of /proc, all by a seed; each thing that comes is judged.
 * Ownership: struct nl_storm is memory that the callers share with who started them.
 */
#ifndef SELFTESTS_NLSTORM_H
#define SELFTESTS_NLSTORM_H

#include "nlans.h"
#include "stage.h"

#define NL_CALLERS 3

struct nl_storm {
	enum who who;
	uint64_t seed, datagrams; /* of each caller */
	struct nl_count c[NL_CALLERS];
	char wrong[NL_CALLERS][4096]; /* empty: nothing */
};

/** nl_call() - be caller number @n, to the end: nothing is left open */
void nl_call(struct nl_storm *s, unsigned int n);

/** nl_planted_found() - does what looks for planted things find them where they are? */
const char *nl_planted_found(void);

#endif /* SELFTESTS_NLSTORM_H */
