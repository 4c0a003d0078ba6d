// SPDX-License-Identifier: GPL-2.0-only
/*
 * crc32c.c - CRC-32C by table, and by instruction
 *
 * Purpose, context: crc32c.h.
 */
#include "crc32c.h"

#include <stdbool.h>
#include <string.h>

#define POLYNOMIAL 0x82f63b78u /* of Castagnoli, the least bit first */

static uint32_t table[256];

static void fill_table(void)
{
	uint32_t i, k, c;

	for (i = 0; i < 256; i++) {
		c = i;
		for (k = 0; k < 8; k++)
			c = c & 1 ? c >> 1 ^ POLYNOMIAL : c >> 1;
		table[i] = c;
	}
}

uint32_t nt_crc32c_plain(uint32_t crc, const void *bytes, size_t n)
{
	const uint8_t *p = bytes;

	if (!table[1])
		fill_table();
	crc = ~crc;
	while (n--)
		crc = crc >> 8 ^ table[(crc ^ *p++) & 0xff];
	return ~crc;
}

#ifdef __x86_64__
__attribute__((target("sse4.2"))) static uint32_t by_instruction(uint32_t crc, const void *bytes,
								 size_t n)
{
	const uint8_t *p = bytes;
	uint64_t sum = (uint32_t)~crc, word;

#pragma GCC unroll 8
	for (; n >= 8; n -= 8, p += 8) {
		memcpy(&word, p, 8);
		sum = __builtin_ia32_crc32di(sum, word);
	}
	crc = (uint32_t)sum;
	while (n--)
		crc = __builtin_ia32_crc32qi(crc, *p++);
	return ~crc;
}

uint32_t nt_crc32c(uint32_t crc, const void *bytes, size_t n)
{
	return __builtin_cpu_supports("sse4.2") ? by_instruction(crc, bytes, n) :
						  nt_crc32c_plain(crc, bytes, n);
}
#else
uint32_t nt_crc32c(uint32_t crc, const void *bytes, size_t n)
{
	return nt_crc32c_plain(crc, bytes, n);
}
#endif
