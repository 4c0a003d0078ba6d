/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nlans.h - what comes from the family, judged
 *
 * Purpose:   each answer is an ACK, a message that the specification knows, or an
 *            error with a sentence; each request gets exactly one end; and no byte of
 *            any of it is of another namespace, an address of the kernel's, or memory
 *            that was never written.
 * Ownership: nothing is kept.  What is wrong is told in a static buffer, which the
 *            next call overwrites: one thread.
 */
#ifndef SELFTESTS_NLANS_H
#define SELFTESTS_NLANS_H

#include "nlreq.h"

/* what stands in the other namespace, and must not be found anywhere else */
#define PLANTED_COMM  "nt5ecretcomm"
#define PLANTED_DEV   "nt5ecretdev"
#define PLANTED_ADDR4 "198.51.100.77"
#define PLANTED_PEER4 "198.51.100.78"
#define PLANTED_ADDR6 "2001:db8:5ec2:e7::77"
#define PLANTED_PORT  48879
#define PLANTED_CPORT 57005

struct nl_count {
	uint64_t datagrams, requests, acks, data, notified, texts, refused, dumps, half_read;
	uint64_t sk_ids, sk_ids_like_pointers, overruns, joins, closed_unread;
	uint64_t errors[160];
};

/**
 * nl_judge() - are these the answers to that datagram, and is there nothing in them?
 * @got:	messages as they came, one after another
 * @may:	the caller has the capability; otherwise all must be refused
 * @lossy:	the socket said that something was lost
 * Return: NULL, or what is wrong.
 */
const char *nl_judge(const struct nl_req *q, const unsigned char *got, size_t len, bool may,
		     bool lossy, struct nl_count *c);

/**
 * nl_know_kernel() - learn where the kernel has memory, as root and before anything is judged
 * Return: 0 or -errno.
 */
int nl_know_kernel(void);

/** nl_like_pointer() - is that an address of the kernel's? */
bool nl_like_pointer(uint64_t v);

/** nl_search_answer() - the first thing in @p, from any byte on, that should not be there */
const char *nl_search_answer(const void *p, size_t len);

/** nl_search() - the first thing in @p that should not be there, or NULL: records */
const char *nl_search(const void *p, size_t len);

/** nl_search_text() - the same in text for people: addresses as they are written */
const char *nl_search_text(const char *text);

#endif /* SELFTESTS_NLANS_H */
