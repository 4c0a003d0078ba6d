/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * priv.h - a command, run as the user who asked for it
 *
 * Purpose:   `sudo nettrace -- COMMAND` traces as root and runs COMMAND as the
 *            user who called sudo.  Without sudo it runs as who we are.
 * Ownership: the caller waits for the process.
 */
#ifndef NETTRACE_PRIV_H
#define NETTRACE_PRIV_H

#include <sys/types.h>

#include "source.h"

/**
 * nt_spawn() - start a command
 * @pid:	its process
 * @argv:	NULL-terminated; searched for in PATH
 * Its standard output is our standard error: ours carries the data only.
 * Return: 0; -ENOENT and the like when it cannot be executed; another negative
 * errno with a sentence in @err in every case.
 */
int nt_spawn(pid_t *pid, char **argv, struct nt_error *err);

/** nt_status_of() - a wait status as shells give it: code, or 128 + signal */
int nt_status_of(int wait_status);

#endif /* NETTRACE_PRIV_H */
