/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * recordfile.h - the format of a recording
 *
 * Purpose:   events as the module wrote them, with what is known of the
 *            namespaces they come from; readable while it grows, through a
 *            pipe or a socket, in constant memory and without seeking.
 * Ownership: values.
 *
 *   file  = header block*
 *   block = block-header body		body: len bytes, a multiple of 8
 *
 *   type 1, stream:	struct nt_rf_stream.  Says what stream an index means;
 *			comes before the first event of that stream, may come
 *			again anywhere (a namespace that appeared later).
 *   type 2, events:	struct nt_rf_event, as many as fill the body
 *   type 3, end:	struct nt_rf_end.  The recorder ended in good order.  A
 *			file without it was left by a recorder that was killed;
 *			it is complete up to its last block.
 *   type 4, records:	struct nt_rf_run, then as many records as fill the body,
 *			as the module wrote them (version 2)
 *   type 5, bytes:	struct nt_rf_bytes, each with the payload that was kept of
 *			an event of the next block of type 2, in their order;
 *			only where the module kept any
 *   others:		a reader skips them.  What must not be skipped needs a
 *			higher version in the header.
 *
 * Integers are in the byte order of the machine that recorded; the mark in the
 * header tells which that is.  Each block carries a checksum of its type,
 * length and body, so that whatever is cut off or changed is found, and found
 * at a place: the events of the blocks before it are sound.
 */
#ifndef NETTRACE_RECORDFILE_H
#define NETTRACE_RECORDFILE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "crc32c.h"
#include "event.h"
#include "source.h"

/* no text: a text transfer changes one of its last bytes */
#define NT_RF_MAGIC	    "\x89NTREC\r\n"
#define NT_RF_MAGIC_LEN	    8
#define NT_RF_ORDER	    0x01020304u
#define NT_RF_ORDER_SWAPPED 0x04030201u
#define NT_RF_VERSION	    2		  /* 1 had no blocks of records; it is read, too */
#define NT_RF_BODY_MAX	    (256u * 1024) /* a longer block is damage */

struct nt_rf_header {
	uint8_t magic[NT_RF_MAGIC_LEN];
	uint32_t order;	   /* NT_RF_ORDER */
	uint16_t version;  /* NT_RF_VERSION */
	uint16_t abi;	   /* NETTRACE_ABI of the records */
	uint16_t rec_size; /* NETTRACE_REC_SIZE */
	uint16_t pad[3];   /* 0 */
};

enum nt_rf_type {
	NT_RF_STREAM = 1,
	NT_RF_EVENTS = 2,
	NT_RF_END = 3,
	NT_RF_RECORDS = 4,
	NT_RF_BYTES = 5,
};

struct nt_rf_block {
	uint32_t type; /* enum nt_rf_type */
	uint32_t len;  /* of the body in bytes */
	uint64_t sum;  /* nt_rf_sum() */
};

struct nt_rf_stream {
	uint32_t index; /* what nt_rf_event::stream refers to */
	uint32_t cpus;
	uint64_t netns;	     /* inode */
	int64_t real_offset; /* record time + this = Unix time, ns */
	uint32_t stride;
	uint32_t ring;
	char name[64]; /* these three end in a NUL */
	char version[16];
	char release[64];
};

struct nt_rf_event {
	int64_t t; /* Unix time, ns */
	uint32_t stream;
	uint32_t pad; /* 0 */
	union nettrace_rec rec;
};

struct nt_rf_run {
	uint32_t stream;
	uint32_t pad;	/* 0 */
	int64_t offset; /* record time + this = Unix time, ns */
};

struct nt_rf_bytes {
	uint32_t event; /* its place in the block */
	uint32_t n;	/* bytes that follow, filled up to a multiple of 8 */
};

struct nt_rf_end {
	uint64_t events; /* in all blocks before */
};

_Static_assert(sizeof(struct nt_rf_header) == 24, "file format");
_Static_assert(sizeof(struct nt_rf_block) == 16, "file format");
_Static_assert(sizeof(struct nt_rf_stream) == 176, "file format");
_Static_assert(sizeof(struct nt_rf_event) == 208, "file format");
_Static_assert(sizeof(struct nt_rf_run) == 16, "file format");
_Static_assert(sizeof(struct nt_rf_bytes) == 8, "file format");

/** nt_rf_stream_of() - what a recording says of the stream that has this index */
static inline struct nt_rf_stream nt_rf_stream_of(uint32_t index, const struct nt_stream *st)
{
	struct nt_rf_stream to = {
		.index = index,
		.cpus = st->cpus,
		.netns = st->netns,
		.real_offset = st->real_offset,
		.stride = st->stride,
		.ring = st->ring,
	};

	memcpy(to.name, st->name, sizeof(to.name) - 1);
	memcpy(to.version, st->version, sizeof(to.version) - 1);
	memcpy(to.release, st->release, sizeof(to.release) - 1);
	return to;
}

/** nt_rf_bytes_size() - what @n bytes of a payload take in a block of bytes */
static inline size_t nt_rf_bytes_size(uint32_t n)
{
	return sizeof(struct nt_rf_bytes) + (((size_t)n + 7) & ~(size_t)7);
}

/** nt_rf_put_bytes() - write them to @to, which has that room; returns it */
static inline size_t nt_rf_put_bytes(uint8_t *to, uint32_t event, const uint8_t *bytes, uint32_t n)
{
	struct nt_rf_bytes head = { .event = event, .n = n };
	size_t size = nt_rf_bytes_size(n);

	memset(to + size - 8, 0, 8);
	memcpy(to, &head, sizeof(head));
	memcpy(to + sizeof(head), bytes, n);
	return size;
}

/** nt_rf_header() - of what this nettrace writes */
static inline struct nt_rf_header nt_rf_header(void)
{
	struct nt_rf_header h = {
		.order = NT_RF_ORDER,
		.version = NT_RF_VERSION,
		.abi = NETTRACE_ABI,
		.rec_size = NETTRACE_REC_SIZE,
	};

	memcpy(h.magic, NT_RF_MAGIC, sizeof(h.magic));
	return h;
}

/**
 * nt_rf_sum() - the checksum of a block
 * @body:	@len bytes, a multiple of 8, aligned to 8
 *
 * Of records: their CRC-32C, begun with that of type and length.  Of all else:
 * A multiply and a shift for each 8 bytes.  Each step is a bijection of the sum
 * so far and of the word that comes in: damage within one word is always
 * found, more of it but for one case in 2^64.  Not against forgery.
 */
static inline uint64_t nt_rf_sum(uint32_t type, uint32_t len, const void *body)
{
	const unsigned char *p = body;
	uint64_t h = (uint64_t)type << 32 | len;
	uint64_t word;
	uint32_t i;

	if (type == NT_RF_RECORDS)
		return nt_crc32c(nt_crc32c(0, &h, sizeof(h)), body, len);
	h = (h ^ 0x6e657474726163ull) * 0x9e3779b97f4a7c15ull;
#pragma GCC unroll 8 /* half of what writing an event costs, else two thirds */
	for (i = 0; i + 8 <= len; i += 8) {
		memcpy(&word, p + i, 8);
		h = (h ^ word) * 0x9e3779b97f4a7c15ull;
		h ^= h >> 32;
	}
	return h;
}

/**
 * nt_rf_sum_run() - the same of a block of records that lie elsewhere than @run
 * @head:	its type and length are set
 */
static inline uint64_t nt_rf_sum_run(const struct nt_rf_block *head, const struct nt_rf_run *run,
				     const void *records)
{
	uint64_t h = (uint64_t)head->type << 32 | head->len;
	uint32_t sum = nt_crc32c(nt_crc32c(0, &h, sizeof(h)), run, sizeof(*run));

	return nt_crc32c(sum, records, head->len - sizeof(*run));
}

#endif /* NETTRACE_RECORDFILE_H */
