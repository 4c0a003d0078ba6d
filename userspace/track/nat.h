/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nat.h - is a packet the same one as another, under another address
 *
 * Purpose:   a router (or a host, for its own packets) changes an end's address or port
 *            between two hooks of one network namespace.  Here two records are compared;
 *            that no other packet fits is for the caller to find (model_nat.c).
 * Ownership: values only.
 * Context:   pure: no allocation, lock, clock or output.
 * Honesty:   what is found is inferred.
 */
#ifndef NETTRACE_TRACK_NAT_H
#define NETTRACE_TRACK_NAT_H

#include <stdbool.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"

#define NT_NAT_WINDOW 200000000LL /* ns from hook to hook, on a busy machine */
#define NT_NAT_SLOP   100000LL	  /* clocks of two CPUs may differ so much */

/* where a packet was sighted last with the old, first with the new addresses */
struct nt_nat_place {
	int64_t t;
	uint16_t source;
	uint8_t hook, ttl;
};

/** nt_nat_leaves() - may an address change behind this hook? */
bool nt_nat_leaves(unsigned int hook);

/** nt_nat_enters() - may a packet be sighted first at this hook with a new address? */
bool nt_nat_enters(unsigned int hook);

/** nt_nat_between() - does translation happen between these two? */
bool nt_nat_between(const struct nt_nat_place *last, const struct nt_nat_place *first);

/**
 * nt_nat_same() - is @b @a with one of its ends changed, and nothing else
 * @dst:	set to which: the destination, else the source
 */
bool nt_nat_same(const struct nettrace_packet *a, const struct nettrace_packet *b, bool *dst);

/** nt_nat_hash() - of what translation leaves alone: equal for @a and @b above */
uint32_t nt_nat_hash(const struct nettrace_packet *p, unsigned int source);

#endif /* NETTRACE_TRACK_NAT_H */
