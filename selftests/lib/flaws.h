/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * flaws.h - packets that contradict themselves, and what their records have to say
 *
 * malformed.c sends each of them as it is, and thousands that are made of them.
 */
#ifndef SELFTESTS_FLAWS_H
#define SELFTESTS_FLAWS_H

#include <stdint.h>

#include "../../module/uapi/nettrace.h"

#define MAL	NETTRACE_PKT_MALFORMED
#define TRUNC	NETTRACE_PKT_TRUNCATED
#define FRAG	NETTRACE_PKT_FRAGMENT
#define MORE	NETTRACE_PKT_MORE_FRAGS
#define L4	NETTRACE_PKT_L4
#define OPTS	NETTRACE_PKT_IP_OPTS
#define BADOPT	NETTRACE_PKT_BAD_OPTS
#define INNER	NETTRACE_PKT_INNER

/* @set: all of these; @any: one of these at least; @clear: none of these */
struct flaw {
	const char *name;
	uint8_t first;	 /* IPv4: version and header length */
	uint16_t frag;	 /* IPv4: flags and offset */
	uint8_t proto;	 /* or next header */
	const char *hex; /* what follows the 20 or 40 bytes */
	uint16_t set, any, clear;
};

#define PORTS  "1234 0050"
#define SEQACK "00000001 00000000"

static const struct flaw ipv4[] = {
	{ "sound UDP", 0x45, 0, 17, PORTS "0009 0000 61", L4, 0, MAL | TRUNC },
	{ "header length 0", 0x40, 0, 17, PORTS "0009 0000 61", MAL, 0, L4 },
	{ "header length 4", 0x44, 0, 17, PORTS "0009 0000 61", MAL, 0, L4 },
	{ "version 6", 0x65, 0, 17, PORTS "0009 0000 61", MAL, 0, L4 },
	{ "version 0", 0x05, 0, 17, PORTS "0009 0000 61", MAL, 0, L4 },
	{ "ten words of options", 0x4f, 0, 17,
	  "01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101 01010101"
	  "01010100" PORTS "0009 0000 61",
	  OPTS | L4, 0, MAL | TRUNC },
	{ "no transport header", 0x45, 0, 6, "", 0, TRUNC | MAL, L4 },
	{ "TCP cut after its ports", 0x45, 0, 6, PORTS, TRUNC, 0, L4 },
	{ "TCP cut after 19 bytes", 0x45, 0, 6, PORTS SEQACK "5002 ffff 0000 00", TRUNC, 0, L4 },
	{ "TCP data offset 0", 0x45, 0, 6, PORTS SEQACK "0002 ffff 0000 0000", MAL, 0, 0 },
	{ "TCP data offset 4", 0x45, 0, 6, PORTS SEQACK "4002 ffff 0000 0000", MAL, 0, 0 },
	{ "TCP data offset beyond the packet", 0x45, 0, 6, PORTS SEQACK "f002 ffff 0000 0000", 0,
	  MAL | TRUNC, 0 },
	{ "TCP option of length 0", 0x45, 0, 6, PORTS SEQACK "6002 ffff 0000 0000 0200 0000",
	  BADOPT, 0, TRUNC },
	{ "TCP option of length 1", 0x45, 0, 6, PORTS SEQACK "6002 ffff 0000 0000 0801 0000",
	  BADOPT, 0, TRUNC },
	{ "TCP option beyond the header", 0x45, 0, 6,
	  PORTS SEQACK "6002 ffff 0000 0000 0204 05b4"
		       "ffff",
	  L4, 0, BADOPT },
	{ "TCP option longer than the header", 0x45, 0, 6,
	  PORTS SEQACK "6002 ffff 0000 0000 0228 05b4", BADOPT, 0, 0 },
	{ "TCP option without its length", 0x45, 0, 6, PORTS SEQACK "6002 ffff 0000 0000 0101 0102",
	  BADOPT, 0, 0 },
	{ "TCP SACK of three bytes", 0x45, 0, 6, PORTS SEQACK "6010 ffff 0000 0000 0503 0100",
	  BADOPT, 0, 0 },
	{ "TCP with all flags", 0x45, 0, 6, PORTS SEQACK "5fff ffff 0000 0000", L4, 0, TRUNC },
	{ "UDP cut after its ports", 0x45, 0, 17, PORTS, TRUNC, 0, L4 },
	{ "UDP longer than the packet", 0x45, 0, 17, PORTS "ffff 0000 61", 0, MAL | TRUNC, 0 },
	{ "UDP shorter than its header", 0x45, 0, 17, PORTS "0003 0000 61", MAL, 0, 0 },
	{ "ICMP cut after its type", 0x45, 0, 1, "08", TRUNC, 0, L4 },
	{ "ICMP error about nothing", 0x45, 0, 1, "0301 0000 00000000", 0, 0, INNER },
	{ "ICMP error about half a header", 0x45, 0, 1, "0301 0000 00000000 45000020 00000000", 0,
	  0, INNER },
	{ "first fragment, TCP cut", 0x45, 0x2000, 6, PORTS, FRAG | MORE, 0, L4 },
	{ "a later fragment", 0x45, 0x0010, 6, PORTS SEQACK "5002 ffff 0000 0000", FRAG, 0,
	  L4 | MORE },
	{ "the last fragment of all", 0x45, 0x1fff, 17, PORTS "0009 0000 61", FRAG, 0, L4 },
	{ "an unassigned protocol", 0x45, 0, 253, "00", 0, 0, L4 | MAL | TRUNC },
	/*
	 * What has broken other stacks and analysers, written anew by what is known of it:
	 * no packet of anybody's collection
	 */
	{ "ping of death: it ends beyond 65535", 0x45, 0x1fff, 1,
	  "00000000 00000000 00000000 00000000", FRAG, 0, L4 | MORE },
	{ "teardrop: it lies within the one before", 0x45, 0x0003, 17, "00000000", FRAG, 0,
	  L4 | MORE },
	{ "WinNuke: urgent data for NetBIOS", 0x45, 0, 6,
	  "1234 008b" SEQACK "5038 ffff 0000 0003 61", L4, 0, MAL | TRUNC | BADOPT },
	{ "Christmas tree: FIN, PSH and URG", 0x45, 0, 6, PORTS SEQACK "5029 ffff 0000 ffff", L4, 0,
	  MAL | TRUNC | BADOPT },
	{ "SACK panic: an MSS of 8", 0x45, 0, 6,
	  PORTS SEQACK "7002 ffff 0000 0000 0204 0008 0402 0000", L4, 0, BADOPT | TRUNC },
	{ "TCP timestamp of two bytes", 0x45, 0, 6, PORTS SEQACK "6010 ffff 0000 0000 0802 0101",
	  BADOPT, 0, TRUNC },
	{ "TCP window scale of 255", 0x45, 0, 6, PORTS SEQACK "6002 ffff 0000 0000 0303 ff00", L4,
	  0, TRUNC },
	{ "TCP options that end at once, and go on", 0x45, 0, 6,
	  PORTS SEQACK "6002 ffff 0000 0000 0002 04ff", L4, 0, TRUNC },
	{ "UDP of length 0", 0x45, 0, 17, PORTS "0000 0000 61", MAL, 0, 0 },
	{ "UDP longer within than without", 0x45, 0x2000, 17, PORTS "0400 0000 61", FRAG | MORE, 0,
	  MAL },
	{ "a source route that points beyond", 0x47, 0, 17,
	  "8307ff00 00000000" PORTS "0009 0000 61", OPTS, 0, 0 },
	{ "a route record without room", 0x47, 0, 17, "07030000 00000000" PORTS "0009 0000 61",
	  OPTS, 0, 0 },
	{ "an IP option of length 0", 0x46, 0, 17, "44000000" PORTS "0009 0000 61", OPTS, 0, 0 },
	{ "an error about a fragment", 0x45, 0, 1,
	  "0b01 0000 00000000 4500001c 00002010 40110000 0a070001 0a070002 12340050 00080000", 0, 0,
	  0 },
	{ "an error about an error", 0x45, 0, 1,
	  "0300 0000 00000000 45000038 00000000 40010000 0a070001 0a070002 0300 0000 00000000", 0,
	  0, 0 },
	{ "SCTP with a chunk of length 0", 0x45, 0, 132, PORTS "00000000 00000000 01000000", 0, 0,
	  TRUNC },
	{ "DCCP of which nothing is there", 0x45, 0, 33, "", 0, 0, L4 },
};

#define DSTOPT "0104 00000000" /* padding; the next header comes before */

static const struct flaw ipv6[] = {
	{ "sound UDP", 0, 0, 17, PORTS "0009 0000 61", L4, 0, MAL | TRUNC },
	{ "hop-by-hop options", 0, 0, 0, "1100" DSTOPT PORTS "0009 0000 61", OPTS | L4, 0,
	  MAL | TRUNC },
	{ "three options headers", 0, 0, 60,
	  "3c00" DSTOPT "3c00" DSTOPT "1100" DSTOPT PORTS "0009 0000 61", OPTS | L4, 0, MAL },
	{ "twenty options headers", 0, 0, 60,
	  "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT
	  "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT
	  "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT "3c00" DSTOPT
	  "3c00" DSTOPT "1100" DSTOPT PORTS "0009 0000 61",
	  MAL, 0, L4 },
	{ "an options header beyond the packet", 0, 0, 60, "11ff" DSTOPT, 0, MAL | TRUNC, L4 },
	{ "an options header cut", 0, 0, 60, "1100", 0, MAL | TRUNC, L4 },
	{ "nothing after the header", 0, 0, 6, "", 0, MAL | TRUNC, L4 },
	{ "no next header", 0, 0, 59, "", 0, 0, L4 },
	{ "TCP cut", 0, 0, 6, PORTS, TRUNC, 0, L4 },
	{ "TCP data offset 3", 0, 0, 6, PORTS SEQACK "3002 ffff 0000 0000", MAL, 0, 0 },
	{ "a first fragment", 0, 0, 44, "1100 0001 00000007" PORTS "0009 0000 61", FRAG | MORE, 0,
	  MAL },
	{ "a later fragment", 0, 0, 44, "1100 0011 00000008" PORTS "0009 0000 61", FRAG | MORE, 0,
	  L4 },
	{ "a fragment header cut", 0, 0, 44, "1100", 0, MAL | TRUNC, L4 },
	{ "ICMPv6 cut", 0, 0, 58, "80", TRUNC, 0, L4 },
	/* as above */
	{ "a routing header of type 0", 0, 0, 43,
	  "1102 0001 00000000 fd070000 00000000 00000000 00000001" PORTS "0009 0000 61", 0, 0, 0 },
	{ "an option that ends beyond its header", 0, 0, 60,
	  "1100 01ff 00000000" PORTS "0009 0000 61", 0, 0, 0 },
	{ "an atomic fragment", 0, 0, 44, "1100 0000 00000007" PORTS "0009 0000 61", 0, 0,
	  MAL | MORE },
	{ "a solicitation with an option of length 0", 0, 0, 58,
	  "8700 0000 00000000 fd070000 00000000 00000000 00000001 0100000000000000", 0, 0, 0 },
	{ "ESP of which four bytes are there", 0, 0, 50, "00000001", 0, 0, L4 },
	{ "an authentication header of length 255", 0, 0, 51, "11ff 0000 00000001 00000001", 0,
	  MAL | TRUNC, L4 },
};

static const struct flaw arp[] = {
	{ "a sound request", 0, 0, 0,
	  "0001 0800 06 04 0001 020000000001 0a070002 000000000000"
	  "0a070001",
	  0, 0, MAL | TRUNC },
	{ "of hardware type 77", 0, 0, 0,
	  "004d 0800 06 04 0001 020000000001 0a070002"
	  "000000000000 0a070001",
	  MAL, 0, 0 },
	{ "about no IPv4", 0, 0, 0,
	  "0001 86dd 06 04 0001 020000000001 0a070002"
	  "000000000000 0a070001",
	  MAL, 0, 0 },
	{ "of operation 999", 0, 0, 0,
	  "0001 0800 06 04 03e7 020000000001 0a070002"
	  "000000000000 0a070001",
	  0, 0, TRUNC },
};

#endif /* SELFTESTS_FLAWS_H */
