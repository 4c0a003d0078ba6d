/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes_call.h - system calls on the IP sockets of traced namespaces
 *
 * Purpose: where somebody asks for them (NT_CALLS), each call of a closed list
 *          becomes two records: its entry and its return.  The kernel's
 *          tracepoints for that cost every system call of the machine, so the
 *          probes are attached only while a namespace asks.
 * Not seen: calls through io_uring, which are none; 32-bit calls, whose numbers
 *          and arguments are others.
 */
#ifndef NETTRACE_PROBES_CALL_H
#define NETTRACE_PROBES_CALL_H

#include <linux/types.h>

int nt_probes_call_open(void);
void nt_probes_call_close(void);

/* attached while somebody has got them */
int nt_probes_call_get(void);
void nt_probes_call_put(void);

/* calls whose return could not be waited for, and is not recorded; all namespaces */
u64 nt_calls_unpaired(void);

#endif /* NETTRACE_PROBES_CALL_H */
