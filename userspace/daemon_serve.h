/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_serve.h - nettraced's clients
 *
 * Purpose:   each client gets what the store holds and what comes, as fast as it
 *            reads (source_daemon.h).  Nobody waits for a client: it has one
 *            block of memory, and one that does not read is overtaken; its place
 *            is given to another after NTD_STALL_S, and after NTD_DROP_S if it
 *            has missed events.
 * Ownership: the server owns its clients and the listening socket.
 * Context:   one thread; descriptors are non-blocking.
 */
#ifndef NETTRACE_DAEMON_SERVE_H
#define NETTRACE_DAEMON_SERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon_store.h"
#include "source.h"

#define NTD_CLIENTS_MAX	 32
#define NTD_CLIENT_BYTES (64u * 1024) /* of memory, each */
#define NTD_ASK_S	 10	      /* until it has said what it wants */
#define NTD_STALL_S	 30
#define NTD_DROP_S	 60

struct ntd_server;

struct ntd_server_counts {
	uint64_t clients; /* now */
	uint64_t served;  /* clients that got an answer */
	uint64_t refused; /* too many, or what they asked for was not understood */
	uint64_t dropped; /* did not read, or did not ask */
	uint64_t sent;	  /* events */
	uint64_t missed;  /* events that clients were told of as gaps */
};

struct ntd_server_opts {
	struct ntd_store *store;
	const struct nt_source *src; /* its streams are the events' */
	int epoll;		     /* clients are added here, u64 from @tag on */
	uint64_t tag;
	int listener; /* taken over; u64 is @tag - 1 */
	/* what a counters block says; the server adds its own lines */
	size_t (*counters)(void *arg, char *buf, size_t size);
	void *arg;
};

struct ntd_server *ntd_server_new(const struct ntd_server_opts *o);
void ntd_server_free(struct ntd_server *sv);

/** ntd_server_stream() - stream @i of the source is new, or has another name */
void ntd_server_stream(struct ntd_server *sv, unsigned int i);

/** ntd_server_accept() - the listening socket is readable; @now: CLOCK_MONOTONIC, ns */
void ntd_server_accept(struct ntd_server *sv, int64_t now);

/** ntd_server_ready() - epoll says something of client @which: its u64 less the tag */
void ntd_server_ready(struct ntd_server *sv, uint64_t which, uint32_t events, int64_t now);

/**
 * ntd_server_push() - send what there is to whoever takes it now
 * @settled:	all that happened before (CLOCK_MONOTONIC, ns) is in the store
 * Return: true: there is more that could be sent at once.
 */
bool ntd_server_push(struct ntd_server *sv, int64_t settled, int64_t now);

/**
 * ntd_server_tick() - once a second or so: who has been silent for too long?
 *
 * Who could not be accepted for want of descriptors is looked for again.
 */
void ntd_server_tick(struct ntd_server *sv, int64_t now);

/** ntd_server_end() - an end block for all, for at most @ms */
void ntd_server_end(struct ntd_server *sv, int ms);

const struct ntd_server_counts *ntd_server_counts(const struct ntd_server *sv);

#endif /* NETTRACE_DAEMON_SERVE_H */
