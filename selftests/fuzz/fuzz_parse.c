// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_parse.c - module/core against any bytes
 *
 * Input:	byte 0 picks the family, bytes 1-2 how much may be read at first,
 *		the rest is the packet.
 * Checks:	no read beyond what may be read (the sanitizer sees it: each
 *		piece has an allocation of its own size), parse.h's protocol, and
 *		the same record however the packet was cut.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../module/core/parse.h"

typedef unsigned int (*parse_fn)(struct nettrace_packet *p, const u8 *data, unsigned int caplen,
				 unsigned int wirelen);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "parse: %s\n", what);
	abort();
}

static void parse(parse_fn fn, struct nettrace_packet *p, const uint8_t *data, unsigned int cap,
		  unsigned int wirelen)
{
	unsigned int need = cap, rounds = 0;
	u8 *piece;

	do {
		must(rounds++ < 32, "asks for ever");
		must(need <= wirelen, "asks for more than there is");
		cap = need;
		piece = malloc(cap ? cap : 1);
		must(piece != NULL, "no memory");
		memcpy(piece, data, cap);
		memset(p, 0, sizeof(*p));
		need = fn(p, piece, cap, wirelen);
		free(piece);
		must(!need || need > cap, "asks for what it has");
		must(need <= NETTRACE_PARSE_MAX, "asks beyond its bound");
	} while (need);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const parse_fn fn[] = {
		nettrace_parse_ipv4,
		nettrace_parse_ipv6,
		nettrace_parse_arp,
	};
	struct nettrace_packet whole, cut;
	unsigned int first, len;
	parse_fn f;

	if (size < 3 || size > 100000)
		return 0;
	f = fn[data[0] % 3];
	len = (unsigned int)size - 3;
	first = (data[1] | (unsigned int)data[2] << 8) % (len + 1);
	parse(f, &whole, data + 3, len, len);
	parse(f, &cut, data + 3, first, len);
	must(!memcmp(&whole, &cut, sizeof(whole)), "depends on how it is cut");
	must(whole.len <= len && whole.payload <= whole.len, "lengths grow");
	must(whole.nsack <= NETTRACE_SACK_MAX, "too many SACK blocks");
	return 0;
}
