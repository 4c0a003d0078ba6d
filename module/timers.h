/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * timers.h - the timers of the socket of a sighting
 *
 * Purpose:   where somebody asks for them (NT_TIMERS), a record of the socket's
 *            timers right behind the packet's.  Where nobody does, in no
 *            namespace, a packet pays nothing: the branch is patched out.  And
 *            those of one socket, on request.
 * Context:   inside a hook, interrupts off, under rcu_read_lock(); the request
 *            in process context.
 * Locking:   none: each field is read once, and true for some instant of the
 *            sighting.
 */
#ifndef NETTRACE_TIMERS_H
#define NETTRACE_TIMERS_H

#include <linux/jump_label.h>

#include "ns.h"

/* on while any namespace asks (control.c) */
DECLARE_STATIC_KEY_FALSE(nt_timers_key);

void nt_timers_out(struct nt_trace *tr, const struct nettrace_packet *p,
		   const struct sock *sk);
void nt_timers_in(struct nt_trace *tr, const struct nettrace_packet *p,
		  const struct sock *sk);
bool nt_timers_now(struct nettrace_timer *t, const struct sock *sk);

#endif /* NETTRACE_TIMERS_H */
