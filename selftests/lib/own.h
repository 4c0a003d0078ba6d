/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * own.h - a test's own module, namespace, packets
 *
 * Purpose: what the C tests share.  Each test process moves into a network
 *          namespace of its own, which dies with it.
 */
#ifndef SELFTESTS_OWN_H
#define SELFTESTS_OWN_H

#include <stdint.h>

#include "events.h"

/**
 * module_load() - load the module freshly, whatever was there
 * @params: "ring=64 hooks=path", or ""
 * Return: 0 or -errno.  The file is $NETTRACE_KO, or ../module/nettrace.ko
 *	   beside the folder of the running program.
 */
int module_load(const char *params);
/* 0 also when it was not loaded; -errno */
int module_unload(void);
int module_loaded(void);

/** put_file() - write a text into a file that is there: 0 or -errno */
int put_file(const char *path, const char *text);

/** own_netns() - a new network namespace with lo up: 0 or -errno */
int own_netns(void);

/** set_link_up() - bring a device of this namespace up: 0 or -errno */
int set_link_up(const char *dev);

/**
 * seen_so_far() - this namespace's counter "seen", once it stands still
 * Return: the count, or UINT64_MAX when it cannot be read.
 */
uint64_t seen_so_far(void);

/** own_mono() - CLOCK_MONOTONIC in nanoseconds */
uint64_t own_mono(void);

/**
 * storm_size() - how much of what a test does: $NT_STORM, or @usual without it
 * @most:	more than that is a mistake of the caller's
 * Return: 1 to @most.  Anything else in NT_STORM ends the test, with a sentence.
 */
unsigned long storm_size(unsigned long usual, unsigned long most);

#endif /* SELFTESTS_OWN_H */
