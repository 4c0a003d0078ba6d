// SPDX-License-Identifier: GPL-2.0-only
/*
 * source.c - what all sources share
 *
 * Purpose, ownership: source.h.
 */
#include "source.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>

#include "text.h"

int nt_error_set(struct nt_error *err, int code, const char *fmt, ...)
{
	char raw[sizeof(err->text)];
	va_list ap;

	if (!err)
		return code;
	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	nt_text_escape(err->text, sizeof(err->text), raw, sizeof(raw));
	return code;
}

void nt_source_close(struct nt_source *s)
{
	if (s)
		s->ops->close(s);
}

uint64_t nt_source_undecided(struct nt_source *s)
{
	return s->ops->undecided ? s->ops->undecided(s) : s->undecided;
}

int nt_wait_readable(int fd, int timeout_ms)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };

	return poll(&pfd, 1, timeout_ms) < 0 ? -errno : 0;
}
