/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * filter.h - pcap-filter expressions, for the kernel and for records
 *
 * Purpose:   libpcap compiles the expression for a cooked link type; what it
 *            makes is rewritten to begin at the network header, as the hooks'
 *            packets do: the protocol becomes an ancillary load, every other
 *            load of the cooked header is refused with a sentence.  The same
 *            program decides in the kernel before a packet is parsed, and here
 *            on headers put together again from a record.
 * Honesty:   a record does not hold all bytes of a packet.  Where the program
 *            asks for others, the answer is "undecided", never a guess.
 * Ownership: the caller owns the filter; the program belongs to the filter.
 */
#ifndef NETTRACE_FILTER_H
#define NETTRACE_FILTER_H

#include "event.h"
#include "source.h"

struct sock_filter;
struct nt_filter;

enum nt_verdict { NT_REJECT, NT_ACCEPT, NT_UNDECIDED };

/**
 * nt_filter_compile() - @expr as tcpdump takes it (pcap-filter(7))
 * Return: 0; -EINVAL: it is wrong, or asks for what the hooks do not see.
 */
int nt_filter_compile(struct nt_filter **f, const char *expr, struct nt_error *err);
void nt_filter_free(struct nt_filter *f);

/**
 * nt_filter_from() - a filter that was compiled elsewhere: nt_filter_program()
 * Return: 0; -EINVAL: no program that a kernel would take; -ENOMEM.
 */
int nt_filter_from(struct nt_filter **f, const char *expr, const struct sock_filter *prog,
		   unsigned int n, struct nt_error *err);

/** nt_filter_expr() - as it was given */
const char *nt_filter_expr(const struct nt_filter *f);

/** nt_filter_program() - for the kernel: loads count from the network header */
const struct sock_filter *nt_filter_program(const struct nt_filter *f, unsigned int *n);

/**
 * nt_filter_record() - would the packet of this record pass?
 * @rec:	NETTRACE_PACKET; NETTRACE_STATE and NETTRACE_RESET: could any segment
 *		between its addresses pass?  Others are accepted.
 */
enum nt_verdict nt_filter_record(const struct nt_filter *f, const union nettrace_rec *rec);

#endif /* NETTRACE_FILTER_H */
