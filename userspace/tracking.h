/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracking.h - conntrack's entries of the conversations that are shown
 *
 * Purpose:   for each of them asks the table of every namespace that sighted it, and
 *            gives the model what it says (model_ct.h).
 * Ownership: what was found belongs to the model; nt_tracking_close() frees the rest.
 * Errors:    what cannot be asked is said on stderr, once each, and beside the
 *            conversation (its outcome); the command goes on.
 */
#ifndef NETTRACE_TRACKING_H
#define NETTRACE_TRACKING_H

#include "session.h"

/* of one command, or, of what is asked as it comes, in a second; what is left out is said */
#define NT_TRACKING_MAX	  4096 /* questions */
#define NT_TRACKING_WALKS 64   /* looks through a table */

/**
 * nt_tracking_ask() - after nt_session_run(), before anything is shown
 * @shows:	which conversations; what NAT links them to is asked for as well
 */
void nt_tracking_ask(const struct nt_session *s,
		     bool (*shows)(const void *arg, const struct nt_conv *c), const void *arg);

struct nt_tracking;

/** nt_tracking_open() - to ask for conversations as they come; NULL: nothing is to be asked */
struct nt_tracking *nt_tracking_open(const struct nt_session *s);

/** nt_tracking_conv() - ask for one of them, now; @k may be NULL */
void nt_tracking_conv(struct nt_tracking *k, const struct nt_conv *c);

/** nt_tracking_close() - and say how many were left out */
void nt_tracking_close(struct nt_tracking *k);

#endif /* NETTRACE_TRACKING_H */
