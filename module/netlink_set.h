/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netlink_set.h - what a request sets: settings, filter, timers, calls, routes
 *
 * Purpose:   the request's attributes, checked, and then in force; uapi/nettrace.yaml
 *            tells which there are.
 * Context:   process.
 * Locking:   nt_net::lock is held.
 */
#ifndef NETTRACE_NETLINK_SET_H
#define NETTRACE_NETLINK_SET_H

#include <net/genetlink.h>

#include "ns.h"

int nt_start_asked(struct nt_net *nt, struct genl_info *info);
int nt_set_asked(struct nt_net *nt, struct genl_info *info);

/* true, and @value is set, if the request has the attribute */
static inline bool nt_has_u32(const struct genl_info *info, int attr, u32 *value)
{
	if (!info->attrs[attr])
		return false;
	*value = nla_get_u32(info->attrs[attr]);
	return true;
}

static inline struct nt_trace *nt_running(struct nt_net *nt)
{
	return rcu_dereference_protected(nt->trace, lockdep_is_held(&nt->lock));
}

#endif /* NETTRACE_NETLINK_SET_H */
