/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * subnet.h - is an address in one's own subnet?  The AND, bit by bit
 *
 * Purpose:   one place that computes it and writes it down.  What the kernel does
 *            with a packet its table says; this is why the table says so.
 * Ownership: values of the caller.
 * Context:   pure.
 */
#ifndef NETTRACE_SUBNET_H
#define NETTRACE_SUBNET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NT_BITS_TEXT 40 /* four bytes in binary, or sixteen in hexadecimal */

struct nt_subnet {
	uint8_t bytes; /* of an address: 4 or 16 */
	uint8_t mask[16];
	uint8_t src[16], dst[16]; /* address AND mask */
	bool same;
};

/**
 * nt_subnet_of() - source AND mask, destination AND mask
 * @family:	NETTRACE_IPV4 or NETTRACE_IPV6
 * @len:	prefix length
 * Return: false if no address of that family has so long a prefix.
 */
bool nt_subnet_of(struct nt_subnet *s, unsigned int family, unsigned int len, const uint8_t *src,
		  const uint8_t *dst);

/** nt_subnet_bits() - "00001010.00000000.00000001.00000010"; IPv6: all digits, hexadecimal */
char *nt_subnet_bits(char buf[NT_BITS_TEXT], unsigned int family, const uint8_t *b);

#endif /* NETTRACE_SUBNET_H */
