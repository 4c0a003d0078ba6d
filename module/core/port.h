/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * port.h - all that module/core/ needs from the world it is compiled in
 *
 * Purpose:   the same source runs in the kernel's packet path and, unchanged,
 *            in userspace (files, unit tests, fuzzing).  This page is the only
 *            place where the two differ.
 * Context:   anything here may run in softirq; nothing allocates or sleeps.
 */
#ifndef NETTRACE_CORE_PORT_H
#define NETTRACE_CORE_PORT_H

#include <linux/filter.h>	/* struct sock_filter, in both worlds */
#include <linux/types.h>

#ifdef __KERNEL__

#include <asm/byteorder.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>

#else

#include <stdbool.h>
#include <string.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define be16_to_cpu(x)	__builtin_bswap16(x)
#define be32_to_cpu(x)	__builtin_bswap32(x)
#define cpu_to_be32(x)	__builtin_bswap32(x)
#else
#define be16_to_cpu(x)	(x)
#define be32_to_cpu(x)	(x)
#define cpu_to_be32(x)	(x)
#endif

#define likely(x)	__builtin_expect(!!(x), 1)
#define unlikely(x)	__builtin_expect(!!(x), 0)

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#endif

#ifndef __always_inline
#define __always_inline	inline __attribute__((__always_inline__))
#endif

#ifndef noinline
#define noinline	__attribute__((__noinline__))
#endif

#ifndef __cold
#define __cold	__attribute__((__cold__))
#endif

#endif /* __KERNEL__ */

/* big-endian loads from any alignment: one instruction where the CPU can */
static __always_inline u16 nettrace_get16(const u8 *p)
{
	__be16 v;

	memcpy(&v, p, sizeof(v));
	return be16_to_cpu(v);
}

static __always_inline u32 nettrace_get32(const u8 *p)
{
	__be32 v;

	memcpy(&v, p, sizeof(v));
	return be32_to_cpu(v);
}

#endif /* NETTRACE_CORE_PORT_H */
