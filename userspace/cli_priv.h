/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli_priv.h - between cli.c, which knows which options there are and where each may
 * stand, cli_values.c, which knows what they mean, and cli_find.c, which knows what else
 * may have been meant
 *
 * Those that return an int return -1 to go on, or an exit status with a sentence said.
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
 */
int nt_cli_take(struct nt_cli *cli, int val, const char *arg);

/** nt_cli_filter() - the expression that these words make; none: no filter */
int nt_cli_filter(struct nt_cli *cli, char *const *word, int n);

/* the @i-th word that could be meant; NULL behind the last one */
typedef const char *nt_cli_name(size_t i);

/** nt_cli_near() - the word that is nearly @word; NULL: none is */
const char *nt_cli_near(const char *word, nt_cli_name *name);

/** nt_cli_command() - the subcommand of that name; NULL: there is none */
const struct nt_command *nt_cli_command(const char *name);

/* say that there is no such subcommand (the first of these words), no such option */
int nt_cli_no_command(char *const *word, int n);
int nt_cli_no_option(const char *word, nt_cli_name *name);

#endif /* NETTRACE_CLI_PRIV_H */
