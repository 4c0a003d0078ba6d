/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * each_netns.h - do something in each namespace that -N names
 *
 * Ownership: descriptors are the walk's; a name is valid during the call.
 * Errors:    a namespace that cannot be opened is said on stderr, and the others
 *            still have their turn.
 */
#ifndef NETTRACE_EACH_NETNS_H
#define NETTRACE_EACH_NETNS_H

#include "cli.h"

/* one namespace of those that were asked for */
struct nt_each {
	int nsfd;	  /* -1: our own */
	const char *name; /* as it was asked for; "" for our own */
	bool all;	  /* one of all there are: nobody named it */
};

/**
 * nt_each_netns() - call @fn for our own, for those named, or for all there are
 * @fn:		returns an exit status
 * Return: NT_EXIT_OK, or the last status that was not.
 */
int nt_each_netns(const struct nt_cli *cli, int (*fn)(void *arg, const struct nt_each *e),
		  void *arg);

/** nt_each_failed() - say what went wrong there: NT_EXIT_FAIL */
int nt_each_failed(const struct nt_each *e, const struct nt_error *err);

#endif /* NETTRACE_EACH_NETNS_H */
