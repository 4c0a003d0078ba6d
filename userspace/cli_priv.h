/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli_priv.h - between cli.c, which knows the options, cli_values.c, which knows what
 * their values mean, and cli_find.c, which knows what else may have been meant
 *
 * Those that return an int return -1 to go on, or an exit status with a sentence said.
 */
#ifndef NETTRACE_CLI_PRIV_H
#define NETTRACE_CLI_PRIV_H

#include "cli.h"

int nt_cli_netns(struct nt_cli *cli, const char *text);
int nt_cli_width(struct nt_cli *cli, const char *text);
/* always, never or auto; always where none is given */
int nt_cli_when(enum nt_when *when, const char *text, const char *option);
int nt_cli_numbers(struct nt_cli *cli, enum nt_number_style style);
int nt_cli_wait(struct nt_cli *cli, const char *text);
int nt_cli_speed(struct nt_cli *cli, const char *text);
int nt_cli_conv(struct nt_cli *cli, const char *text);
int nt_cli_count(const char *text, const char *option, uint32_t *n);
int nt_cli_payload(struct nt_cli *cli, const char *text);
int nt_cli_hooks(struct nt_cli *cli, const char *text);

/** nt_cli_filter() - the expression that these words make; none: no filter */
int nt_cli_filter(struct nt_cli *cli, char *const *word, int n);

/* on, which is also what no value means, or off: 1, 0; -1: neither, and that was said */
int nt_cli_switch(const char *arg, const char *option);

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
