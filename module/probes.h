/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes.h - the kernel's tracepoints that every trace needs
 *
 * Purpose:   TCP's, the neighbour tables' and the one of drops are attached while
 *            any namespace is traced, together.  Where none is, the kernel pays
 *            nothing.  Those of system calls are another matter: probes_call.h.
 * Ownership: each probes_*.c has a table of its probes; probes.c attaches them.
 */
#ifndef NETTRACE_PROBES_H
#define NETTRACE_PROBES_H

#include "ns.h"

struct tracepoint;

struct nt_probe {
	const char *name;
	void *func;
	struct tracepoint *tp;	/* NULL until nt_probes_init() */
};

int nt_probes_init(bool drops);
int nt_probes_open(void);
void nt_probes_close(void);

/* attached while somebody has got them: from a namespace's start to its stop */
int nt_probes_get(void);
void nt_probes_put(void);

/* under rcu_read_lock_sched(), which costs less than rcu_read_lock() */
static inline struct nt_trace *nt_probed_trace(const struct net *net)
{
	return rcu_dereference_sched(nt_net(net)->trace);
}

#endif /* NETTRACE_PROBES_H */
