/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * support.h - what the tests of sources share: cmocka's includes, events and
 * files to be made, sentences to be checked
 */
#ifndef NETTRACE_TEST_SUPPORT_H
#define NETTRACE_TEST_SUPPORT_H

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "../../userspace/source.h"

/* an event that can be told from others by time, cpu and seq; full of bytes */
static inline struct nt_event make_event(uint64_t time, unsigned int source, uint16_t cpu,
					 uint64_t seq)
{
	struct nt_event ev;

	memset(&ev, 0x5a, sizeof(ev));
	ev.bytes = NULL;
	ev.nbytes = 0;
	ev.source = source;
	ev.rec.hdr.time = time;
	ev.rec.hdr.seq = seq;
	ev.rec.hdr.cpu = cpu;
	ev.rec.hdr.type = NETTRACE_PACKET;
	ev.t = (int64_t)time + 1000;
	return ev;
}

static inline void assert_says(const struct nt_error *err, const char *what)
{
	if (!strstr(err->text, what))
		fail_msg("'%s' does not say '%s'", err->text, what);
}

#endif /* NETTRACE_TEST_SUPPORT_H */
