/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * skid.h - a name for a socket that tells no kernel address
 *
 * Purpose: nettrace_state::sk_id and its like: equal for the same socket,
 *          different for two.  A mask of random bits hides each bit of the
 *          pointer, an odd factor spreads them.
 * Context: any.  The key is made once, before the first namespace is traced.
 */
#ifndef NETTRACE_SKID_H
#define NETTRACE_SKID_H

#include <net/sock.h>

struct nt_sk_key {
	unsigned long mask, factor;
};

extern struct nt_sk_key nt_sk_key;	/* probes.c */

static inline u64 nt_sk_id(const struct sock *sk)
{
	return ((unsigned long)sk ^ nt_sk_key.mask) * nt_sk_key.factor;
}

#endif /* NETTRACE_SKID_H */
