/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * event.h - one record of the module, on its way from a source to the model
 *
 * Ownership: a value; copied freely.
 */
#ifndef NETTRACE_EVENT_H
#define NETTRACE_EVENT_H

#include <stdint.h>

#include "../module/uapi/nettrace.h"

/* bytes of a payload that are kept at most: as many as the module's */
#define NT_EVENT_BYTES 4096

/**
 * struct nt_event - a record with the namespace it comes from
 * @t:		Unix time in nanoseconds (record time + the stream's offset)
 * @source:	index of the stream: one namespace is one stream
 * @nbytes:	of the packet's payload, from its beginning, that were kept
 * @bytes:	those; the source's, valid until its next event
 * @rec:	the record as the module wrote it
 */
struct nt_event {
	int64_t t;
	unsigned int source;
	uint32_t nbytes;
	const uint8_t *bytes;
	union nettrace_rec rec;
};

/**
 * struct nt_run - records of one CPU and stream as the module wrote them, in order
 * @at:		the first, aligned to 8
 * @n:		how many
 * @stride:	bytes from one to the next
 * @source:	index of the stream
 */
struct nt_run {
	const uint8_t *at;
	uint32_t n;
	uint32_t stride;
	unsigned int source;
};

/** nt_slot_bytes() - how much of a packet's payload follows its record in a slot */
static inline uint32_t nt_slot_bytes(const union nettrace_rec *rec, uint32_t stride)
{
	uint32_t n = stride - NETTRACE_REC_SIZE;

	if (rec->hdr.type != NETTRACE_PACKET || rec->hdr.family == NETTRACE_ARP)
		return 0;
	if (n > NT_EVENT_BYTES)
		n = NT_EVENT_BYTES;
	return rec->packet.payload < n ? rec->packet.payload : n;
}

#endif /* NETTRACE_EVENT_H */
