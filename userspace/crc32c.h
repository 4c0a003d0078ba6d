/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * crc32c.h - the checksum of a recording's blocks of records
 *
 * Purpose:   CRC-32C (Castagnoli; RFC 3720, B.4), by the CPU's own instruction
 *            where there is one: an instruction for 8 bytes.
 * Context:   one thread at the first call; later any.
 */
#ifndef NETTRACE_CRC32C_H
#define NETTRACE_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/**
 * nt_crc32c() - continue a sum
 * @crc:	0, or what the bytes before gave
 */
uint32_t nt_crc32c(uint32_t crc, const void *bytes, size_t n);

/* the same without that instruction: other CPUs, and the test */
uint32_t nt_crc32c_plain(uint32_t crc, const void *bytes, size_t n);

#endif /* NETTRACE_CRC32C_H */
