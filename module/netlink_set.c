// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink_set.c - what a request sets
 *
 * Purpose, context, locking: netlink_set.h.  Each refusal says why in a sentence.
 */
#include <linux/pid.h>
#include <linux/sched.h>

#include "control.h"
#include "filter.h"
#include "netlink_set.h"
#include "uapi/nettrace_netlink.h"

static_assert((int)NT_HOOKS_DEFAULT == (int)NETTRACE_HOOKS_DEFAULT);
static_assert((int)NT_HOOKS_PATH == (int)NETTRACE_HOOKS_PATH);
static_assert((int)NT_HOOKS_LINK == (int)NETTRACE_HOOKS_LINK);

/* ---- settings ----------------------------------------------------------- */

static_assert(NT_RING_MIN == 16 && NT_RING_MAX == 1048576);
static_assert(NT_PAYLOAD_MAX == 4096);
static_assert(NT_MINIS_MIN == 256 && NT_MINIS_MAX == 1048576);

/* 1, and @extra is changed, if the request has the attribute; 0; -EINVAL */
static int nt_take_extra(unsigned int *extra, unsigned int bit, int attr,
			 struct genl_info *info)
{
	u32 on;

	if (!nt_has_u32(info, attr, &on))
		return 0;
	if (on > 1) {
		NL_SET_ERR_MSG_ATTR(info->extack, info->attrs[attr], "timers, calls, routes: give 0 (off) or 1 (on)");
		return -EINVAL;
	}
	*extra = on ? *extra | bit : *extra & ~bit;
	return 1;
}

/* timers, calls and routes, as the request has them: how many of them, or -EINVAL */
static int nt_take_extras(unsigned int *extra, struct genl_info *info)
{
	int timers = nt_take_extra(extra, NT_TIMERS, NETTRACE_A_TIMERS, info);
	int calls = nt_take_extra(extra, NT_CALLS, NETTRACE_A_CALLS, info);
	int routes = nt_take_extra(extra, NT_ROUTES, NETTRACE_A_ROUTES, info);

	if (timers < 0 || calls < 0 || routes < 0)
		return -EINVAL;
	return timers + calls + routes;
}

/* what the request says of the settings goes into @set: how much that is, or -EINVAL */
static int nt_take_settings(struct nt_settings *set, struct genl_info *info)
{
	struct nlattr **a = info->attrs;
	int given = 0;
	u32 hooks;

	given += nt_has_u32(info, NETTRACE_A_RING, &set->ring);
	given += nt_has_u32(info, NETTRACE_A_PAYLOAD, &set->payload);
	given += nt_has_u32(info, NETTRACE_A_MINISOCKS, &set->minis);
	if (set->ring < NT_RING_MIN || set->ring > NT_RING_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[NETTRACE_A_RING], "ring: give a number of events from 16 to 1048576");
		return -EINVAL;
	}
	if (set->payload > NT_PAYLOAD_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[NETTRACE_A_PAYLOAD], "payload: give a number of bytes from 0 to 4096");
		return -EINVAL;
	}
	if (set->minis < NT_MINIS_MIN || set->minis > NT_MINIS_MAX) {
		NL_SET_ERR_MSG_ATTR(info->extack, a[NETTRACE_A_MINISOCKS], "minisocks: give a number of sockets from 256 to 1048576");
		return -EINVAL;
	}
	if (nt_has_u32(info, NETTRACE_A_HOOKS, &hooks)) {
		if (hooks > NETTRACE_HOOKS_LINK) {
			NL_SET_ERR_MSG_ATTR(info->extack, a[NETTRACE_A_HOOKS], "hooks: give default (0), path (1) or link (2)");
			return -EINVAL;
		}
		set->hooks = hooks;
		given++;
	}
	nt_settings_round(set);
	return given;
}

/**
 * nt_start_asked() - begin to trace, with the settings that the request has
 * @nt:	its namespace, locked
 * @info:	the request
 *
 * Return: 0; -EINVAL; -EALREADY; -ENOSPC; -ENOMEM.
 */
int nt_start_asked(struct nt_net *nt, struct genl_info *info)
{
	struct nt_settings set = nt->set;
	int ret = nt_take_settings(&set, info);

	if (ret < 0 || nt_take_extras(&set.extra, info) < 0)
		return -EINVAL;
	ret = nt_start_locked(nt, &set);
	if (ret == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "this namespace is being traced already; stop it first to trace it with other settings");
	else if (ret == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "its rings would pass the module's memory cap; give a smaller ring, or load the module with memory=MiB");
	return ret;
}

/* ---- filter ------------------------------------------------------------- */

static bool nt_read_by_others(const struct nt_net *nt)
{
	const struct nt_attached *at;

	list_for_each_entry(at, &nt->readers, list)
		if (at->opener != task_tgid(current))
			return true;
	return false;
}

/* may this process change the filter that is in force, so? */
static int nt_may_filter(struct nt_net *nt, bool owned, struct genl_info *info)
{
	const struct nt_filter *old = nt->filter;

	if (old && old->owner && old->owner != task_tgid(current)) {
		NL_SET_ERR_MSG(info->extack, "another program's own filter is in force; it goes when that program ends, or when you read the events");
		return -EBUSY;
	}
	if (!owned)
		return 0;
	if (old && !old->owner) {
		NL_SET_ERR_MSG(info->extack, "a lasting filter is in force; remove it first, by an empty one");
		return -EBUSY;
	}
	if (!nt_running(nt)) {
		NL_SET_ERR_MSG(info->extack, "this namespace is not being traced: there is no reader whose own filter this could be");
		return -ENODATA;
	}
	if (nt_read_by_others(nt)) {
		NL_SET_ERR_MSG(info->extack, "other programs read these events too: they would not get what your own filter leaves out");
		return -EBUSY;
	}
	return 0;
}

static int nt_set_filter(struct nt_net *nt, struct genl_info *info)
{
	bool owned = nla_get_flag(info->attrs[NETTRACE_A_FILTER_OWNED]);
	const struct nlattr *code = info->attrs[NETTRACE_A_FILTER];
	struct nt_filter *f = NULL;
	int ret = nt_may_filter(nt, owned, info);

	if (ret)
		return ret;
	if (nla_len(code)) {
		ret = nt_filter_make(&f, nla_data(code), nla_len(code),
				     info->extack);
		if (ret)
			return ret;
	}
	if (f && owned) {
		f->owner = get_pid(task_tgid(current));
		f->portid = info->snd_portid;
	}
	nt_filter_set(nt, f);
	return 0;
}

/* ---- timers, calls, routes ----------------------------------------------------- */

static int nt_extra_refused(int ret, struct genl_info *info)
{
	if (ret == -EOPNOTSUPP)
		NL_SET_ERR_MSG(info->extack, "calls: this kernel has no tracepoints of system calls (CONFIG_FTRACE_SYSCALLS)");
	else if (ret == -ENOSPC)
		NL_SET_ERR_MSG(info->extack, "calls: it would pass the module's memory cap; load the module with memory=MiB");
	return ret;
}

/* each file by which this process reads asks for it; 0, or why that is in vain */
static int nt_ask_reading(struct nt_net *nt, struct genl_info *info)
{
	struct nt_attached *at;
	bool reads = false;
	int ret = 0;

	list_for_each_entry(at, &nt->readers, list) {
		unsigned int want = at->want;

		if (at->opener != task_tgid(current))
			continue;
		nt_take_extras(&want, info);
		nt_want(nt, at, want);
		reads = true;
	}
	if (!reads) {
		NL_SET_ERR_MSG(info->extack, "while-reading: this process does not read the events of this namespace; open them first");
		return -ENODATA;
	}
	ret = nt_extra_update(nt);
	if (!ret)
		return 0;
	list_for_each_entry(at, &nt->readers, list)
		if (at->opener == task_tgid(current))
			nt_want(nt, at, at->want & ~NT_CALLS);
	return nt_extra_refused(ret, info);
}

/* the request has some of timers, calls and routes, which are all right */
static int nt_set_extra(struct nt_net *nt, struct genl_info *info)
{
	unsigned int old = nt->set.extra;
	int ret;

	if (nla_get_flag(info->attrs[NETTRACE_A_WHILE_READING]))
		return nt_ask_reading(nt, info);
	nt_take_extras(&nt->set.extra, info);
	ret = nt_extra_update(nt);
	if (!ret)
		return 0;
	nt->set.extra = old;
	nt_extra_update(nt);
	return nt_extra_refused(ret, info);
}

/**
 * nt_set_asked() - settings, filter and extras, as the request has them
 * @nt:	its namespace, locked
 * @info:	the request
 *
 * Return: 0, or an error, and then nothing of it is set but what came before.
 */
int nt_set_asked(struct nt_net *nt, struct genl_info *info)
{
	bool filter = info->attrs[NETTRACE_A_FILTER];
	struct nt_settings set = nt->set;
	int given = nt_take_settings(&set, info), ret;
	int extra = nt_take_extras(&set.extra, info);

	if (given < 0 || extra < 0)
		return -EINVAL;
	if (!filter && info->attrs[NETTRACE_A_FILTER_OWNED]) {
		NL_SET_ERR_MSG(info->extack, "filter-owned says something of a filter, and there is none");
		return -EINVAL;
	}
	if (!extra && info->attrs[NETTRACE_A_WHILE_READING]) {
		NL_SET_ERR_MSG(info->extack, "while-reading says something of timers, calls and routes, and there are none");
		return -EINVAL;
	}
	if (!given && !filter && !extra) {
		NL_SET_ERR_MSG(info->extack, "nothing is to be set");
		return -EINVAL;
	}
	if (given && nt_running(nt)) {
		NL_SET_ERR_MSG(info->extack, "ring, payload, minisocks and hooks stay as they are while this namespace is traced; stop it first");
		return -EBUSY;
	}
	ret = filter ? nt_set_filter(nt, info) : 0;
	if (ret)
		return ret;
	set.extra = nt->set.extra;
	nt->set = set;
	return extra ? nt_set_extra(nt, info) : 0;
}
