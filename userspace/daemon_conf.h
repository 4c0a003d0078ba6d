/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_conf.h - what nettraced is told: options and its file
 *
 * Purpose:   the file has lines "key = value"; an option says more than the
 *            file.  On SIGHUP the file is read again, and the options again
 *            over it.
 * Ownership: values.
 */
#ifndef NETTRACE_DAEMON_CONF_H
#define NETTRACE_DAEMON_CONF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

#define NTD_CONF_FILE  "/etc/nettraced.conf"
#define NTD_MEMORY	64 /* MiB */
#define NTD_MEMORY_MIN	24
#define NTD_MEMORY_MAX	(1024 * 1024)
#define NTD_NETNS_MAX	64
#define NTD_FILTER_MAX	4096
#define NTD_VALUE_MAX	4096

struct ntd_conf {
	/* keys of the file, and options */
	char netns[NTD_NETNS_MAX][256];
	size_t nnetns; /* 0: the one that nettraced is started in */
	bool all;
	uint64_t memory; /* MiB */
	char filter[NTD_FILTER_MAX];
	unsigned int mode;
	char group[64]; /* "": nettrace if it is there, else root */
	/* options only */
	char user[64]; /* "": nettrace if it is there, else nobody */
	char socket[108];
	char file[256];
	bool file_named; /* it must be there */
};

enum ntd_done { NTD_GO_ON = -1, NTD_DONE = 0, NTD_USAGE = 2 };

/**
 * ntd_conf_options() - read the arguments over what is in @c
 * @speak:	false: they were read before, say nothing
 * Return: NTD_GO_ON, or an exit status: after --help and --version, and what
 * could not be understood.
 */
int ntd_conf_options(struct ntd_conf *c, int argc, char **argv, bool speak);

/** ntd_conf_default() - what holds when nothing is said */
void ntd_conf_default(struct ntd_conf *c);

/** ntd_conf_file() - read @c->file over what is in @c; @err names file and line */
int ntd_conf_file(struct ntd_conf *c, struct nt_error *err);

/** ntd_conf_set() - one key; -EINVAL with what is wrong in @err */
int ntd_conf_set(struct ntd_conf *c, const char *key, const char *value, struct nt_error *err);

#endif /* NETTRACE_DAEMON_CONF_H */
