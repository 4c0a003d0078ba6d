/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_open.h - open the module's events of one namespace, or of all
 *
 * Purpose:   what live_open.c (the namespaces that are named) and live_all.c
 *            (every one) share.
 * Ownership: descriptors belong to the caller.
 * Context:   threads come and go (netns.h).
 */
#ifndef NETTRACE_LIVE_OPEN_H
#define NETTRACE_LIVE_OPEN_H

#include "source.h"

struct nt_live_ns {
	const char *spec; /* as it was asked for; NULL: our own */
	int nsfd;	  /* -1: our own */
	uint64_t inode;
	char name[64];	/* for messages and the stream */
	bool in_kernel; /* nt_live_filter() has succeeded */
};

/** nt_live_open() - its events; negative errno with a sentence in @err */
int nt_live_open(const struct nt_live_ns *w, bool from_now, struct nt_error *err);

/**
 * nt_live_filter() - the kernel may leave out what @f rejects
 *
 * For this process alone, and as long as it reads: refused where others read, too.
 * Its events must be open.  Sets w->in_kernel; that it fails is no error, for what
 * comes is filtered here as well.
 */
void nt_live_filter(struct nt_live_ns *w, const struct nt_filter *f);

/**
 * nt_live_ask() - what opts has of timers and calls is recorded from now on
 *
 * Its events must be open; it ends with them.  Return: 0, or why it is not.
 */
int nt_live_ask(const struct nt_live_ns *w, const struct nt_live_opts *opts, struct nt_error *err);

/** nt_live_filter_holds() - is it still in force? */
bool nt_live_filter_holds(const char *name, uint64_t inode);

/** nt_live_not_loaded() - the module's netlink family is not there: -ENOENT */
int nt_live_not_loaded(struct nt_error *err);

/** nt_source_live_all() - nt_source_live() with nt_live_opts::all */
int nt_source_live_all(struct nt_source **s, const struct nt_live_opts *opts, struct nt_error *err);

#endif /* NETTRACE_LIVE_OPEN_H */
