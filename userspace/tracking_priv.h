/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tracking_priv.h - between tracking.c (what is asked, and what is said of it) and
 *                   tracking_table.c (how a namespace's table is asked)
 *
 * Ownership: all of it belongs to struct nt_tracking.
 */
#ifndef NETTRACE_TRACKING_PRIV_H
#define NETTRACE_TRACKING_PRIV_H

#include "conntrack.h"
#include "tracking.h"

#define NT_TABLES 256 /* namespaces with a socket open */

/* a namespace's */
struct nt_table {
	uint16_t source;
	enum nt_ct_outcome outcome; /* FOUND: it can be asked */
	struct nt_conntrack *ct; /* NULL: not open at this moment */
	bool no_walk; /* that it is not looked through has been said */
};

/* an answer, until all are there */
struct nt_ct_answer {
	const struct nt_conv *c;
	struct nt_conv_ct is;
};

struct nt_tracking {
	const struct nt_session *s;
	bool (*shows)(const void *arg, const struct nt_conv *c);
	const void *arg;
	enum nt_ct_outcome ready;
	struct nt_error why; /* it is not */
	bool told, said; /* ... and that matters; it was said */
	int64_t now;
	struct nt_table table[NT_TABLES];
	size_t ntable;
	struct nt_ct_answer *answer;
	size_t n, left_out;
	/* since when, of what is asked as it comes */
	int64_t since;
	size_t questions, walks;
};

/** nt_table_of() - the table of a namespace, opened; NULL: there are too many */
struct nt_table *nt_table_of(struct nt_tracking *k, uint16_t source);

/** nt_table_ask() - by the conversation's addresses, outside of zones */
void nt_table_ask(struct nt_tracking *k, struct nt_table *t, const struct nt_conv *c,
		  struct nt_conv_ct *is);

/** nt_table_walk() - look through it for what was not found: zones, two translations */
void nt_table_walk(struct nt_tracking *k, struct nt_table *t, const struct nt_conv *c,
		   struct nt_conv_ct *is);

/** nt_tracking_tell() - a sentence about a namespace */
void nt_tracking_tell(const char *netns, const struct nt_error *err);

#endif /* NETTRACE_TRACKING_PRIV_H */
