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

/**
 * struct nt_event - a record with the namespace it comes from
 * @t:		Unix time in nanoseconds (record time + the stream's offset)
 * @source:	index of the stream: one namespace is one stream
 * @rec:	the record as the module wrote it
 */
struct nt_event {
	int64_t t;
	unsigned int source;
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

#endif /* NETTRACE_EVENT_H */
