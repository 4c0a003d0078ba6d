/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - starting and stopping the trace of a namespace
 *
 * Ownership: ns.h.
 * Context:   process.
 * Locking:   nt_start() takes nt_net::lock itself; nt_start_locked(),
 *            nt_extra_update(), nt_stop_locked() and nt_stop_writers() are called with it held.
 */
#ifndef NETTRACE_CONTROL_H
#define NETTRACE_CONTROL_H

#include "core/version.h"
#include "ns.h"

/* what may be set, as parameters of the module and by netlink */
#define NT_RING_MIN	16
#define NT_RING_MAX	1048576
#define NT_PAYLOAD_MAX	4096
#define NT_MINIS_MIN	256
#define NT_MINIS_MAX	1048576

void nt_settings_round(struct nt_settings *set);

int nt_extra_update(struct nt_net *nt);

/* an open file's part in it; nt_attach() and nt_detach() take nt_net::lock themselves */
void nt_attach(struct nt_net *nt, const struct nt_trace *tr, struct nt_attached *at);
void nt_detach(struct nt_net *nt, struct nt_attached *at);
bool nt_reads(const struct nt_net *nt, const struct pid *who);
void nt_want(struct nt_net *nt, struct nt_attached *at, unsigned int want);

int nt_start(struct nt_net *nt);
int nt_start_locked(struct nt_net *nt, const struct nt_settings *set);
int nt_stop_locked(struct nt_net *nt);

/* stop in two halves with a grace period in between */
struct nt_trace *nt_stop_writers(struct nt_net *nt);
void nt_stop_finish(struct nt_trace *tr);

/* the trace that runs now, kept until nt_trace_put(); NULL: none runs */
struct nt_trace *nt_trace_get(struct nt_net *nt);
void nt_trace_put(struct nt_trace *tr);

#endif /* NETTRACE_CONTROL_H */
