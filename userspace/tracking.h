/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracking.h - conntrack's entries of the conversations that are shown
 *
 * Purpose:   for each of them asks the table of every namespace that sighted it, and
 *            gives the model what it says (model_ct.h).
 * Ownership: nothing is kept; what was found belongs to the model.
 * Errors:    what cannot be asked is said on stderr, once each, and beside the
 *            conversation (its outcome); the command goes on.
 */
#ifndef NETTRACE_TRACKING_H
#define NETTRACE_TRACKING_H

#include "session.h"

#define NT_TRACKING_MAX 4096 /* questions of one command; what is left out is said */

/**
 * nt_tracking_ask() - after nt_session_run(), before anything is shown
 * @shows:	which conversations; what NAT links them to is asked for as well
 */
void nt_tracking_ask(const struct nt_session *s,
		     bool (*shows)(const void *arg, const struct nt_conv *c), const void *arg);

#endif /* NETTRACE_TRACKING_H */
