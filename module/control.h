/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * control.h - starting and stopping the trace of a namespace
 *
 * Ownership: settings are the module's parameters, fixed while it is loaded.
 * Context:   process; the caller serialises start and stop of a namespace.
 */
#ifndef NETTRACE_CONTROL_H
#define NETTRACE_CONTROL_H

#include "hooks.h"
#include "ns.h"

#define NT_VERSION "0.1.0"

struct nt_settings {
	unsigned int ring;		/* records per CPU, a power of two */
	unsigned int minis;		/* mini sockets followed, per namespace */
	unsigned int payload;		/* bytes kept of each packet */
	enum nt_hook_set hooks;
};

int nt_start(struct nt_net *nt, const struct nt_settings *set);
/* stop is in two halves with a grace period in between */
void nt_stop_writers(struct nt_net *nt);
void nt_stop_free(struct nt_net *nt);

#endif /* NETTRACE_CONTROL_H */
