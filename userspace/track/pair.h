/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * pair.h - are two sightings the same packet
 *
 * Purpose:   one packet passes several hooks, in one namespace or in several,
 *            and is one arrow.  Here two records are compared; which of several
 *            candidates is meant, and whether the hooks are in a possible
 *            order, the caller decides (model_arrow.c).
 * Ownership: values only.
 * Context:   pure: no allocation, lock, clock or output.
 */
#ifndef NETTRACE_TRACK_PAIR_H
#define NETTRACE_TRACK_PAIR_H

#include <stdbool.h>

#include "../../module/uapi/nettrace.h"

enum nt_stage {
	NT_STAGE_OUT,  /* leaves its sender */
	NT_STAGE_PATH, /* on the way, any number of times */
	NT_STAGE_IN,   /* is delivered */
};

static inline enum nt_stage nt_hook_stage(unsigned int hook)
{
	switch (hook) {
	case NETTRACE_LOCAL_OUT:
	case NETTRACE_ARP_OUT:
		return NT_STAGE_OUT;
	case NETTRACE_LOCAL_IN:
	case NETTRACE_ARP_IN:
		return NT_STAGE_IN;
	default:
		return NT_STAGE_PATH;
	}
}

enum nt_fit {
	NT_FIT_NONE, /* different packets */
	NT_FIT_SAME,
	NT_FIT_PART,  /* @b is a piece of @a: a GSO super-segment was cut */
	NT_FIT_WHOLE, /* @b holds all of @a: GRO merged segments */
};

/**
 * nt_pair_fit() - how one sighting relates to another
 * @a:	the earlier one
 * @b:	the later one
 *
 * The same packet has the same addresses, ports, flags, length, and for TCP
 * seq and ack; and the same IPv4 identification, or, where that is zero or
 * missing, the same TCP timestamps.  A retransmission differs in both, except
 * where neither exists; then only the order of hooks tells (the caller).
 * A piece and its whole share seq space, ack and timestamps: GRO merges no
 * segments that differ in these, and GSO gives each piece the same.
 */
enum nt_fit nt_pair_fit(const struct nettrace_packet *a, const struct nettrace_packet *b);

/* is the order of sending all that tells equal packets apart, first come first */
bool nt_pair_fifo(const struct nettrace_packet *p);

/* the same ARP message, seen somewhere else */
bool nt_pair_arp(const struct nettrace_packet *a, const struct nettrace_packet *b);

/**
 * nt_addr_unmap() - an IPv4-mapped IPv6 address (RFC 4291, 2.5.5.2) as IPv4
 * @family:	NETTRACE_IPV6; becomes NETTRACE_IPV4 if all @n addresses are mapped
 *		(an unspecified one counts as mapped beside one that is)
 */
void nt_addr_unmap(__u8 *family, __u8 *const addr[], unsigned int n);

#endif /* NETTRACE_TRACK_PAIR_H */
