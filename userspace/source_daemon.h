/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_daemon.h - what is said on nettraced's socket
 *
 * Purpose:   the client sends one struct nt_dq and then only reads: a recording
 *            (recordfile.h), with two types of blocks that recordings do not
 *            have.  The same machine: integers are in its byte order.
 * Ownership: values.
 *
 *   answer = header, a stream block for each namespace, events, end block
 *
 * With NT_DQ_LIVE the end block comes when the daemon ends.  Events that the
 * daemon no longer held when it would have sent them stand as NETTRACE_GAP
 * records; those that it had let go before the client came are gaps in front of
 * the first event, one for each namespace and CPU.
 */
#ifndef NETTRACE_SOURCE_DAEMON_H
#define NETTRACE_SOURCE_DAEMON_H

#include <stddef.h>
#include <stdint.h>

#include "source.h"

#define NT_DQ_MAGIC   0x51445444u /* "DTDQ" */
#define NT_DQ_VERSION 1

/* nt_dq::flags */
#define NT_DQ_HISTORY  0x0001 /* what is kept */
#define NT_DQ_LIVE     0x0002 /* what comes from now on */
#define NT_DQ_COUNTERS 0x0004 /* a counters block before the end block */
#define NT_DQ_ALL      0x0007

struct nt_dq {
	uint32_t magic;
	uint16_t version;
	uint16_t flags;
	uint64_t pad; /* 0 */
};

_Static_assert(sizeof(struct nt_dq) == 16, "protocol");

/* types of blocks; their text is filled up with NULs to a multiple of 8 */
#define NT_DQ_BLOCK_COUNTERS 16 /* lines "key value" */
#define NT_DQ_BLOCK_REFUSED  17 /* a sentence: why nothing else comes */

/**
 * nt_daemon_counters() - what nettraced says of itself: lines "key value"
 * @path:	of its socket; NULL: NT_DAEMON_SOCKET
 * @text:	to be freed
 */
int nt_daemon_counters(const char *path, char **text, struct nt_error *err);

#endif /* NETTRACE_SOURCE_DAEMON_H */
