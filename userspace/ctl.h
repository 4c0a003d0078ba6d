/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctl.h - the module's generic netlink family, from the tools' side
 *
 * Purpose:   start, stop, settings, filter, counters, followed sockets, of one
 *            network namespace (module/uapi/nettrace.yaml).
 * Ownership: nt_ctl_close(); a filter set with @owned goes with it.
 * Errors:    negative errno; the kernel's own sentence is in the nt_error.
 */
#ifndef NETTRACE_CTL_H
#define NETTRACE_CTL_H

#include "event.h"
#include "source.h"

struct nt_ctl;
struct nt_filter;

/** nt_ctl_open() - @nsfd: a descriptor of the namespace; -1: our own */
int nt_ctl_open(struct nt_ctl **c, int nsfd, struct nt_error *err);
void nt_ctl_close(struct nt_ctl *c);

enum nt_hooks { NT_HOOKS_DEFAULT, NT_HOOKS_PATH, NT_HOOKS_LINK };

/* what the module says of a namespace */
struct nt_ctl_trace {
	char version[16];
	uint32_t abi;
	uint32_t netns; /* inode */
	bool tracing;
	uint32_t refused; /* errno: why it is not */
	uint32_t ring, payload, minisocks;
	enum nt_hooks hooks;
	uint64_t memory, memory_max; /* bytes, all namespaces */
	uint32_t readers;	     /* open event files */
	uint32_t filter_len;	     /* instructions; 0: none */
	bool filter_owned;	     /* it goes with the socket that set it */
	bool timers, calls;	     /* they are recorded; not traced: will be */
};
int nt_ctl_get(struct nt_ctl *c, struct nt_ctl_trace *t, struct nt_error *err);

/* settings for nt_ctl_start(): 0 or -1 leaves one as it is */
struct nt_ctl_settings {
	uint32_t ring; /* events per CPU */
	uint32_t minisocks;
	int64_t payload;   /* bytes; -1 */
	int hooks;	   /* enum nt_hooks; -1 */
	int timers, calls; /* bool; -1 */
};
int nt_ctl_start(struct nt_ctl *c, const struct nt_ctl_settings *set, struct nt_error *err);
int nt_ctl_stop(struct nt_ctl *c, struct nt_error *err);

/**
 * nt_ctl_filter() - the namespace records only what passes
 * @f:		NULL: all again
 * @owned:	for our reader alone: refused with -EBUSY while others read, lifted
 *		when another comes
 */
int nt_ctl_filter(struct nt_ctl *c, const struct nt_filter *f, bool owned, struct nt_error *err);

/**
 * nt_ctl_ask() - record timers and calls while we read
 *
 * Our reader is open.  What is false stays as it is.
 */
int nt_ctl_ask(struct nt_ctl *c, bool timers, bool calls, struct nt_error *err);
/** nt_ctl_ask_routes() - the same of routes; an older module refuses it */
int nt_ctl_ask_routes(struct nt_ctl *c, struct nt_error *err);

struct nt_ctl_cpu {
	uint32_t cpu;
	uint64_t seen, recorded, filtered, unrecorded, overwritten;
};
/** nt_ctl_counters() - *cpu: an array of *n, to be freed */
int nt_ctl_counters(struct nt_ctl *c, struct nt_ctl_cpu **cpu, size_t *n, struct nt_error *err);

/* a half-open or TIME-WAIT socket that the module follows */
struct nt_ctl_sock {
	uint8_t kind;  /* enum nettrace_sk_kind */
	uint8_t state; /* enum nettrace_tcp_state */
	uint8_t family;
	uint8_t local[16], remote[16];
	uint16_t lport, rport;
	uint32_t left_ms;
	uint64_t sk_id;
};
/** nt_ctl_sockets() - *s: an array of *n, to be freed */
int nt_ctl_sockets(struct nt_ctl *c, struct nt_ctl_sock **s, size_t *n, struct nt_error *err);

/* a TCP socket, by its addresses, and the device it is bound to, or 0 */
struct nt_ctl_tuple {
	uint8_t family; /* NETTRACE_IPV4, NETTRACE_IPV6 */
	uint8_t local[16], remote[16];
	uint16_t lport, rport;
	uint32_t ifindex;
};
/**
 * nt_ctl_timers() - the timers of a socket, as they are now (ctl_timers.c)
 * @r:		filled but for the header and what only a record has
 * Return: 0, -ENOENT: there is no such socket (any more), or another error.
 */
int nt_ctl_timers(struct nt_ctl *c, const struct nt_ctl_tuple *t, struct nettrace_timer *r,
		  struct nt_error *err);

#endif /* NETTRACE_CTL_H */
