/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * no_netns.h - instead of network namespaces, which a unit test has none of: each can be
 * opened and has no event, and what watches for them is the test's own
 */
#ifndef UNIT_NO_NETNS_H
#define UNIT_NO_NETNS_H

#include <fcntl.h>

#include "../../userspace/live_open.h"
#include "../../userspace/netns_watch.h"

int nt_live_open(const struct nt_live_ns *w, bool from_now, struct nt_error *err)
{
	(void)w;
	(void)from_now;
	(void)err;
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

void nt_nswatch_close(struct nt_nswatch *w)
{
	(void)w;
}

int nt_nswatch_fd(const struct nt_nswatch *w)
{
	(void)w;
	return -1;
}

#endif /* UNIT_NO_NETNS_H */
