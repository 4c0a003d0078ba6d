/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture_priv.h - between capture.c (pcap, the buffer) and capture_ng.c (pcapng)
 *
 * Ownership, context: capture.h.
 */
#ifndef NETTRACE_CAPTURE_PRIV_H
#define NETTRACE_CAPTURE_PRIV_H

#include "capture.h"

#define NT_BLOCK_MAX	 (512u * 1024) /* of pcapng: a packet with its options */
#define NT_CAPTURE_CHUNK (128u * 1024) /* read at once */
#define NT_CAPTURE_BUF	 (NT_BLOCK_MAX + NT_CAPTURE_CHUNK)

struct nt_capture {
	struct nt_input in;
	char title[256];
	bool ng, swapped;
	uint64_t base;	  /* offset in the file of buf[0] */
	size_t pos, have; /* in buf[] */
	uint64_t skip;	  /* bytes to step over before anything else */
	uint64_t packets; /* read so far */
	int64_t last;	  /* time of the last one: a simple packet block has none */
	struct nt_capture_if *iface;
	unsigned int niface;
	/* pcapng: interfaces are numbered in their section */
	unsigned int section[NT_STREAM_MAX];
	unsigned int nsection;
	uint8_t buf[NT_CAPTURE_BUF];
};

/* nt_capture_need(), where there are less in buf[] */
int nt_capture_fill(struct nt_capture *c, size_t n, struct nt_error *err);

/*
 * Have @n bytes at buf[pos].  1: they are there; 0: not now; -ENODATA: the file
 * ends before; other -errno: failed, said in @err.
 */
static inline int nt_capture_need(struct nt_capture *c, size_t n, struct nt_error *err)
{
	return c->have - c->pos >= n ? 1 : nt_capture_fill(c, n, err);
}

/* -EBADMSG, with the place and what can be used */
int nt_capture_damaged(const struct nt_capture *c, const char *what, struct nt_error *err);

/* what to return when need() does: the file ends inside something */
int nt_capture_short(const struct nt_capture *c, int ret, struct nt_error *err);

/* a new interface; its index, or a negative errno, said in @err */
int nt_capture_add_if(struct nt_capture *c, const struct nt_capture_if *new, struct nt_error *err);

/* capture_ng.c: one block; 1: it is a frame; 2: go on; else as need() */
int nt_capture_block(struct nt_capture *c, struct nt_frame *f, struct nt_error *err);

static inline uint16_t nt_cap16(const struct nt_capture *c, const uint8_t *p)
{
	uint16_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap16(v) : v;
}

static inline uint32_t nt_cap32(const struct nt_capture *c, const uint8_t *p)
{
	uint32_t v;

	__builtin_memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap32(v) : v;
}

#endif /* NETTRACE_CAPTURE_PRIV_H */
