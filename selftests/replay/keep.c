// SPDX-License-Identifier: GPL-2.0-only
/*
 * keep.c - what nettraced does with events, without its sockets and processes
 *
 * Use:  keep MIB FILE    a capture or a recording
 *
 * Reads events in their order and keeps them by conversation in MIB of memory, as the
 * daemon's worker does; says how many there were, and what is held in the end.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "daemon_store.h"
#include "source.h"
#include "source_pcap.h"

int main(int argc, char **argv)
{
	const struct ntd_counts *c;
	struct nt_error err = { "" };
	struct ntd_store *store;
	struct nt_source *src;
	struct nt_read_opts opts = { 0 };
	struct nt_event ev;
	bool capture;
	int ret;

	if (argc != 3)
		return 2;
	store = ntd_store_new(strtoul(argv[1], NULL, 10) * 1024 * 1024);
	if (!store || nt_source_read(&src, argv[2], &opts, &capture, &err) < 0) {
		fprintf(stderr, "keep: %s\n", err.text);
		return 1;
	}
	while ((ret = nt_source_next(src, &ev, &err)) == 1)
		ntd_store_add(store, &ev);
	if (*err.text)
		fprintf(stderr, "keep: %s\n", err.text);
	c = ntd_store_counts(store);
	printf("%" PRIu64 " events, %" PRIu64 " held in %" PRIu64
	       " conversations, %zu KiB of %zu\n",
	       c->received, c->events, c->conversations, c->bytes / 1024, c->limit / 1024);
	ntd_store_free(store);
	nt_source_close(src);
	return *err.text != 0;
}
