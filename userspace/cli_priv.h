/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli_priv.h - between cli.c, which knows the options, and cli_values.c, which
 * knows what their values mean
 *
 * All return -1 to go on, or an exit status with a sentence said.
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

#endif /* NETTRACE_CLI_PRIV_H */
