// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_filter.c - let the kernel leave out what is not asked for, and record what is
 *
 * Purpose:   live_open.h.  What the kernel leaves out takes no place in a ring
 *            and is not copied.
 * Context:   process start and end; threads come and go (netns.h).
 *
 * No socket stays open for it: that would keep a namespace alive that ends
 * otherwise.
 */
#include <unistd.h>

#include "ctl.h"
#include "live_open.h"
#include "netns.h"

void nt_live_filter(struct nt_live_ns *w, const struct nt_filter *f)
{
	struct nt_ctl *c;

	w->in_kernel = false;
	if (nt_ctl_open(&c, w->nsfd, NULL))
		return;
	w->in_kernel = !nt_ctl_filter(c, f, true, NULL);
	nt_ctl_close(c);
}

int nt_live_ask(const struct nt_live_ns *w, const struct nt_live_opts *opts, struct nt_error *err)
{
	bool must = opts->timers || opts->calls;
	struct nt_ctl *c;
	int ret;

	if (!must && !opts->routes)
		return 0;
	ret = nt_ctl_open(&c, w->nsfd, must ? err : NULL);
	if (ret)
		return must ? ret : 0;
	/* a module that does not know them is no reason not to read */
	if (opts->routes)
		nt_ctl_ask_routes(c, NULL);
	ret = must ? nt_ctl_ask(c, opts->timers, opts->calls, err) : 0;
	nt_ctl_close(c);
	return ret;
}

bool nt_live_filter_holds(const char *name, uint64_t inode)
{
	int nsfd = nt_netns_open(*name ? name : NULL, NULL);
	struct nt_ctl_trace t = { .filter_owned = false };
	struct nt_ctl *c;

	if (nsfd < 0)
		return false;
	/* whoever has that name now: is it the same one? */
	if (nt_netns_inode(nsfd) == inode && !nt_ctl_open(&c, *name ? nsfd : -1, NULL)) {
		nt_ctl_get(c, &t, NULL);
		nt_ctl_close(c);
	}
	close(nsfd);
	return t.filter_owned;
}
