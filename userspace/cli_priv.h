/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli_priv.h - between cli.c, which knows which options there are and where each
 * may stand, and cli_values.c, which knows what they mean
 */
#ifndef NETTRACE_CLI_PRIV_H
#define NETTRACE_CLI_PRIV_H

#include "cli.h"

/* what getopt_long() returns of an option without a letter */
enum {
	OPT_ASCII = 256,
	OPT_UNICODE,
	OPT_COLOR,
	OPT_JSON,
	OPT_LAST,
	OPT_CONV,
	OPT_WAIT,
	OPT_UNTIL_CLOSED,
	OPT_ALL,
	OPT_RING,
	OPT_PAYLOAD,
	OPT_MINISOCKS,
	OPT_HOOKS,
	OPT_OFF,
	OPT_ABSOLUTE,
	OPT_SYMBOLS,
	OPT_DELTAS,
	OPT_OPTIONS,
	OPT_UNFOLD,
	OPT_TIMERS,
	OPT_CALLS,
	OPT_LAYERS,
	OPT_HOPS,
	OPT_CONNTRACK,
	OPT_EXPLAIN,
	OPT_STEP,
	OPT_QUIZ,
	OPT_SPEED,
	OPT_KEEP,
	OPT_PREVENT,
	OPT_CLEAN,
	OPT_VERSION
};

/**
 * nt_cli_take() - an option was given: its letter, or OPT_*
 * @arg:	its value, or NULL
 * Return: -1 to go on, or an exit status with a sentence said.
 */
int nt_cli_take(struct nt_cli *cli, int val, const char *arg);

/** nt_cli_filter() - the expression that these words make; none: no filter; as above */
int nt_cli_filter(struct nt_cli *cli, char *const *word, int n);

#endif /* NETTRACE_CLI_PRIV_H */
