/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * notify.h - transitions and wake-ups to those who have joined the group
 *
 * Purpose:   an ordinary reader of the rings that sends what it reads.  Nothing
 *            is sent from the packet path.  While nobody has joined, it looks
 *            ten times a second at most, and only where events come; where none
 *            come it sleeps until the first.
 * Ownership: a struct nt_notify belongs to its trace, from start to stop.
 * Context:   process, on a workqueue; the wake-up comes from a timer.
 * Locking:   nt_notify_lock: the family does not go while something is sent.
 */
#ifndef NETTRACE_NOTIFY_H
#define NETTRACE_NOTIFY_H

#include "ns.h"

struct genl_family;

/* from when on, until when, the family's first group may be sent to */
void nt_notify_on(const struct genl_family *family);
void nt_notify_off(void);

int nt_notify_start(struct nt_trace *tr);
void nt_notify_stop(struct nt_trace *tr);

#endif /* NETTRACE_NOTIFY_H */
