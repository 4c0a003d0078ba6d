/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter_priv.h - a packet that is known in part, and a filter that runs on it
 *
 * Purpose:   filter.c makes the program, filter_packet.c the packet out of a
 *            record, filter_run.c lets one decide on the other.
 * Ownership: values.
 * Context:   pure functions, bounded time, nothing allocated.
 */
#ifndef NETTRACE_FILTER_PRIV_H
#define NETTRACE_FILTER_PRIV_H

#include <linux/filter.h>
#include <stdbool.h>
#include <stdint.h>

#include "filter.h"

/* more is never known of a packet: an IP header with all options, and TCP's */
#define NT_PARTIAL_BYTES 96

/**
 * struct nt_partial - a packet from the network header on, as far as it is known
 * @ethertype:	what the kernel calls skb->protocol
 * @exact:	@len is its length; otherwise it is that long at least
 * @known:	bits of @byte that are known; the others of @byte are 0
 *
 * Bytes from NT_PARTIAL_BYTES on are not known.
 */
struct nt_partial {
	uint16_t ethertype;
	bool exact;
	uint32_t len;
	uint8_t byte[NT_PARTIAL_BYTES];
	uint8_t known[NT_PARTIAL_BYTES];
};

/**
 * nt_partial_packet() - the packets that a record may stand for
 * @i:		0, 1, …: a record may leave open how long a header is
 * Return: false: there is no packet number @i.  @pkt is filled otherwise.
 */
bool nt_partial_packet(struct nt_partial *pkt, const struct nettrace_packet *p, unsigned int i);

/** nt_partial_segment() - the segments that a socket's addresses allow, likewise */
bool nt_partial_segment(struct nt_partial *pkt, const struct nettrace_state *st, unsigned int i);

/**
 * nt_filter_check() - is it a program that ends, as the kernel demands?
 *
 * Instructions that exist, jumps that go forward and stay inside, a return at
 * the end.  nt_filter_run() relies on it.
 */
bool nt_filter_check(const struct sock_filter *prog, unsigned int n);

/**
 * nt_filter_run() - what the program says of the packet
 * Return: NT_UNDECIDED when that depends on bits that are not known.
 */
enum nt_verdict nt_filter_run(const struct sock_filter *prog, unsigned int n,
			      const struct nt_partial *pkt);

#endif /* NETTRACE_FILTER_PRIV_H */
