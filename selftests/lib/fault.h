/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * fault.h - allocations that fail when a test says so
 *
 * Purpose: the kernel's fault injection (Documentation/fault-injection in its sources),
 *          in the two forms that the tests use.
 * Needs:   scripts/debug-kernel's configuration; root.
 */
#ifndef SELFTESTS_FAULT_H
#define SELFTESTS_FAULT_H

#include <stdbool.h>

/**
 * fault_allow() - from now on allocations that may sleep can fail, too; no report for each
 * Return: 0 or -errno; -ENOENT: this kernel injects no faults.
 */
int fault_allow(void);

/* ---- the Nth of a task's own system call ----------------------------------- */

/** fault_open() - this task's faults: 0 or -errno.  A child opens its own. */
int fault_open(void);
void fault_close(void);

/** fault_nth() - what fails is the @n th allocation, or copy, from now on; 0: nothing */
void fault_nth(unsigned int n);

/** fault_left() - how many places before it were not reached; none is left behind */
unsigned int fault_left(void);

/* it was reached */
static inline bool fault_met(void)
{
	return !fault_left();
}

/** fault_reason() - is this the error of a call in which an allocation or a copy failed? */
bool fault_reason(int ret);

/* ---- all below one function of the module, whoever runs it ------------------ */

/**
 * fault_below() - from now on each allocation fails that @function, or what it calls, makes
 * @function: of the loaded module, not inlined
 * Return: 0 or -errno; -ESRCH: the module has no function of that name.
 */
int fault_below(const char *function);

/** fault_below_count() - how many have failed since then, or -errno */
int fault_below_count(void);

/** fault_below_end() - no more of them: how many failed, or -errno */
int fault_below_end(void);

#endif /* SELFTESTS_FAULT_H */
