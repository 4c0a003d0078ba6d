// SPDX-License-Identifier: GPL-2.0-only
/*
 * subnet.c - is an address in one's own subnet?
 */
#include <stdio.h>
#include <string.h>

#include "event.h"
#include "subnet.h"

bool nt_subnet_of(struct nt_subnet *s, unsigned int family, unsigned int len, const uint8_t *src,
		  const uint8_t *dst)
{
	unsigned int i, bytes = family == NETTRACE_IPV6 ? 16 : 4;

	memset(s, 0, sizeof(*s));
	if ((family != NETTRACE_IPV4 && family != NETTRACE_IPV6) || len > 8 * bytes)
		return false;
	s->bytes = (uint8_t)bytes;
	for (i = 0; i < bytes; i++) {
		unsigned int bits = len > 8 * i ? len - 8 * i : 0;

		s->mask[i] = bits >= 8 ? 0xff : (uint8_t)(0xff00 >> bits);
		s->src[i] = src[i] & s->mask[i];
		s->dst[i] = dst[i] & s->mask[i];
	}
	s->same = !memcmp(s->src, s->dst, bytes);
	return true;
}

char *nt_subnet_bits(char buf[NT_BITS_TEXT], unsigned int family, const uint8_t *b)
{
	size_t n = 0;
	int i, k;

	for (i = 0; family == NETTRACE_IPV6 && i < 16; i++)
		n += (size_t)snprintf(buf + n, NT_BITS_TEXT - n, "%s%02x", i && !(i & 1) ? ":" : "",
				      b[i]);
	for (i = 0; family != NETTRACE_IPV6 && i < 4; i++) {
		if (i)
			buf[n++] = '.';
		for (k = 7; k >= 0; k--)
			buf[n++] = b[i] >> k & 1 ? '1' : '0';
	}
	buf[n] = '\0';
	return buf;
}
