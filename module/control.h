/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - starting and stopping the trace of a namespace
 *
 * Ownership: ns.h.
 * Context:   process.
 * Locking:   nt_start() and nt_stop() take nt_net::lock themselves;
 *            nt_stop_writers() is called with it held.
 */
#ifndef NETTRACE_CONTROL_H
#define NETTRACE_CONTROL_H

#include "core/version.h"
#include "ns.h"

int nt_start(struct nt_net *nt);
int nt_stop(struct nt_net *nt);

/* stop in two halves with a grace period in between */
struct nt_trace *nt_stop_writers(struct nt_net *nt);
void nt_stop_finish(struct nt_trace *tr);

/* the trace that runs now, kept until nt_trace_put(); NULL: none runs */
struct nt_trace *nt_trace_get(struct nt_net *nt);
void nt_trace_put(struct nt_trace *tr);

#endif /* NETTRACE_CONTROL_H */
