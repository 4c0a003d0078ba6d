// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - the life of a namespace's trace
 *
 * Purpose, context, locking: control.h.  What is set up last is taken down
 * first.
 */
#include <linux/kernel.h>
#include <linux/kmemleak.h>
#include <linux/log2.h>
#include <linux/pid.h>
#include <linux/sched.h>
#include <linux/slab.h>

#include "control.h"
#include "filter.h"
#include "hooks.h"
#include "minisock.h"
#include "notify.h"
#include "probes.h"
#include "probes_call.h"
#include "route.h"
#include "timers.h"

/* rings ready, nobody writes yet */
static struct nt_trace *nt_trace_new(struct nt_net *nt,
				     const struct nt_settings *set)
{
	unsigned int stride = NETTRACE_REC_SIZE + set->payload;
	struct nt_trace *tr;
	int ret;

	tr = kzalloc(sizeof(*tr), GFP_KERNEL);
	if (!tr)
		return ERR_PTR(-ENOMEM);
	refcount_set(&tr->refs, 1);
	tr->net = nt->net;
	tr->set = *set;
	RCU_INIT_POINTER(tr->filter, nt->filter);
	ret = nt_ring_init(&tr->ring, tr->set.ring, stride);
	if (ret)
		goto err_free;
	ret = nt_minis_init(tr, tr->set.minis);
	if (ret)
		goto err_ring;
	ret = nt_notify_start(tr);
	if (ret)
		goto err_minis;
	return tr;

err_minis:
	nt_minis_stop(tr);
	nt_minis_free(tr);
err_ring:
	nt_ring_free(&tr->ring);
err_free:
	kfree(tr);
	return ERR_PTR(ret);
}

/* the opposite, when no writer and no reader is left */
static void nt_trace_free(struct nt_trace *tr)
{
	if (nt_ring_free(&tr->ring)) {
		kfree(tr);
		return;
	}
	/* the queue in it is in use; nothing else of it is */
	kmemleak_not_leak(tr);
	pr_warn_ratelimited("nettrace: a program polls a trace that has gone, and does not return: %zu bytes stay\n",
			    sizeof(*tr));
}

void nt_trace_put(struct nt_trace *tr)
{
	if (refcount_dec_and_test(&tr->refs))
		nt_trace_free(tr);
}

struct nt_trace *nt_trace_get(struct nt_net *nt)
{
	struct nt_trace *tr;

	rcu_read_lock();
	tr = rcu_dereference(nt->trace);
	if (tr && !refcount_inc_not_zero(&tr->refs))
		tr = NULL;
	rcu_read_unlock();
	return tr;
}

/**
 * nt_stop_finish() - second half of a stop, a grace period after the first
 * @tr:	no hook and no probe writes to it any more
 *
 * Its readers get what there is, then the end.
 */
void nt_stop_finish(struct nt_trace *tr)
{
	nt_probes_put();
	nt_hooks_free(tr);
	RCU_INIT_POINTER(tr->filter, NULL);
	nt_minis_stop(tr);
	nt_ring_end(&tr->ring);
	nt_notify_stop(tr);
	nt_minis_free(tr);
	nt_trace_put(tr);
}

/**
 * nt_extra_update() - record timers, calls and routes while somebody asks for them
 * @nt:	traced or not; its lock is held
 *
 * Somebody is: the namespace's own settings, or a reader.  Where it is not traced
 * nobody is heard.  Timers and routes are patched into the packet path, calls attached
 * to the kernel's tracepoints, while any namespace needs them.
 *
 * Return: 0; or what nt_probes_call_get() said, then calls are not recorded.
 */
int nt_extra_update(struct nt_net *nt)
{
	struct nt_trace *tr = rcu_dereference_protected(nt->trace,
							lockdep_is_held(&nt->lock));
	unsigned int want = 0, old = nt->extra;
	int ret = 0;

	if (tr)
		want = nt->set.extra | (nt->want_timers ? NT_TIMERS : 0) |
		       (nt->want_calls ? NT_CALLS : 0) |
		       (nt->want_routes ? NT_ROUTES : 0);
	if (want & ~old & NT_CALLS) {
		ret = nt_probes_call_get();
		if (ret)
			want &= ~NT_CALLS;
	}
	if (want & ~old & NT_TIMERS)
		static_branch_inc(&nt_timers_key);
	if (want & ~old & NT_ROUTES)
		static_branch_inc(&nt_routes_key);
	if (want & NT_ROUTES)
		nt_routes_forget();
	nt->extra = want;
	if (tr)
		WRITE_ONCE(tr->extra, want);
	if (old & ~want & NT_TIMERS)
		static_branch_dec(&nt_timers_key);
	if (old & ~want & NT_ROUTES)
		static_branch_dec(&nt_routes_key);
	if (old & ~want & NT_CALLS)
		nt_probes_call_put();
	return ret;
}

/* what reader @at asks for beside packets and transitions; nt_extra_update() is due */
void nt_want(struct nt_net *nt, struct nt_attached *at, unsigned int want)
{
	nt->want_timers += !!(want & NT_TIMERS) - !!(at->want & NT_TIMERS);
	nt->want_calls += !!(want & NT_CALLS) - !!(at->want & NT_CALLS);
	nt->want_routes += !!(want & NT_ROUTES) - !!(at->want & NT_ROUTES);
	at->want = want;
}

/* does a process have the namespace's events open?  @nt's lock is held */
bool nt_reads(const struct nt_net *nt, const struct pid *who)
{
	const struct nt_attached *at;

	list_for_each_entry(at, &nt->readers, list)
		if (at->opener == who)
			return true;
	return false;
}

/**
 * nt_attach() - from now on this process reads the namespace's events
 * @nt:		its lock is free
 * @tr:		what it reads; it may have been stopped since
 * @at:		the file's; nt_detach() is due
 *
 * A filter that belongs to another is lifted: that one filters the rest itself.
 */
void nt_attach(struct nt_net *nt, const struct nt_trace *tr, struct nt_attached *at)
{
	at->opener = get_pid(task_tgid(current));
	INIT_LIST_HEAD(&at->list);
	mutex_lock(&nt->lock);
	if (rcu_access_pointer(nt->trace) == tr) {
		list_add(&at->list, &nt->readers);
		nt->nreaders++;
		if (nt->filter && nt->filter->owner != at->opener)
			nt_filter_disown(nt);
	}
	mutex_unlock(&nt->lock);
}

static void nt_reader_leaves(struct nt_net *nt, struct nt_attached *at)
{
	list_del_init(&at->list);
	nt->nreaders--;
	nt_want(nt, at, 0);
}

/* a reader's own filter goes with its last file, what it asks for with this one */
void nt_detach(struct nt_net *nt, struct nt_attached *at)
{
	mutex_lock(&nt->lock);
	if (!list_empty(&at->list)) {
		nt_reader_leaves(nt, at);
		nt_extra_update(nt);
		if (nt->filter && nt->filter->owner == at->opener &&
		    !nt_reads(nt, at->opener))
			nt_filter_disown(nt);
	}
	mutex_unlock(&nt->lock);
	put_pid(at->opener);
}

/**
 * nt_stop_writers() - first half: no new writer enters
 * @nt:	its lock is held
 *
 * Who has it open reads the rest of it, asks for nothing in the next trace, and does
 * not count there.
 *
 * Return: for nt_stop_finish() after a grace period; NULL: it is not traced.
 */
struct nt_trace *nt_stop_writers(struct nt_net *nt)
{
	struct nt_attached *at, *next;
	struct nt_trace *tr = rcu_dereference_protected(nt->trace,
							lockdep_is_held(&nt->lock));

	if (!tr)
		return NULL;
	RCU_INIT_POINTER(nt->trace, NULL);
	nt_hooks_unregister(tr);
	list_for_each_entry_safe(at, next, &nt->readers, list)
		nt_reader_leaves(nt, at);
	nt_extra_update(nt);
	return tr;
}

/* to what the rings and tables are made for; the ranges are the caller's to check */
void nt_settings_round(struct nt_settings *set)
{
	set->ring = roundup_pow_of_two(set->ring);
	set->payload = ALIGN(set->payload, 64);
	set->minis = round_up(set->minis, 256);
}

static int nt_begin(struct nt_net *nt, const struct nt_settings *set)
{
	struct nt_trace *tr;
	int ret;

	ret = nt_probes_get();
	if (ret)
		return ret;
	tr = nt_trace_new(nt, set);
	if (IS_ERR(tr)) {
		nt_probes_put();
		return PTR_ERR(tr);
	}
	ret = nt_hooks_register(tr);
	if (ret) {
		/* a hook may have run: its record and its timers are waited for */
		synchronize_rcu();
		nt_stop_finish(tr);
		return ret;
	}
	/* probes, attached already, find the trace by this: all that they need is there */
	rcu_assign_pointer(nt->trace, tr);
	return 0;
}

/**
 * nt_start_locked() - trace a namespace from now on
 * @nt:		traced or not; its lock is held
 * @set:	rounded; kept as @nt's when tracing has begun
 *
 * Return: 0; -EALREADY; -ENOSPC: it would pass the module's memory cap;
 * -ENOMEM; or what the registration of the hooks said.
 */
int nt_start_locked(struct nt_net *nt, const struct nt_settings *set)
{
	int ret;

	if (rcu_access_pointer(nt->trace))
		return -EALREADY;
	ret = nt_begin(nt, set);
	nt->refused = ret;
	if (ret)
		return ret;
	nt->set = *set;
	/* without its calls it is traced all the same; who asks is told by GET */
	if (nt_extra_update(nt))
		pr_warn_ratelimited("nettrace: system calls are not recorded in namespace %u\n",
				    nt->net->ns.inum);
	return 0;
}

/** nt_start() - the same with the settings that it has */
int nt_start(struct nt_net *nt)
{
	struct nt_settings set;
	int ret;

	mutex_lock(&nt->lock);
	set = nt->set;
	ret = nt_start_locked(nt, &set);
	mutex_unlock(&nt->lock);
	return ret;
}

/**
 * nt_stop_locked() - trace it no longer: no hook, no record, no memory but what
 *		      readers still hold, no filter that is somebody's own
 * @nt:	traced or not; its lock is held
 *
 * Return: 0 or -EALREADY.
 */
int nt_stop_locked(struct nt_net *nt)
{
	struct nt_trace *tr = nt_stop_writers(nt);

	if (!tr)
		return -EALREADY;
	synchronize_rcu();
	nt_stop_finish(tr);
	nt_filter_disown(nt);
	return 0;
}
