/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * proc.h - /proc/net/nettrace/{trace,events,stats} of a namespace
 *
 * Purpose:   trace: text for people; events: records for programs; stats:
 *            counters.  Reading takes nothing away from other readers.
 * Ownership: the files go before what they read: proc_remove() returns when
 *            no call is inside and every open file has been released.
 */
#ifndef NETTRACE_PROC_H
#define NETTRACE_PROC_H

#include "ns.h"

int nt_proc_init(void);
void nt_proc_exit(void);
int nt_proc_add(struct nt_net *nt);
void nt_proc_remove(struct nt_net *nt);

#endif /* NETTRACE_PROC_H */
