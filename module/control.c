// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - the life of a namespace's trace
 *
 * Purpose, context, locking: control.h.  What is set up last is taken down
 * first.
 */
#include <linux/align.h>
#include <linux/log2.h>
#include <linux/slab.h>

#include "control.h"
#include "filter.h"
#include "hooks.h"
#include "minisock.h"
#include "notify.h"
#include "probes_tcp.h"

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
	nt_ring_free(&tr->ring);
	kfree(tr);
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
	nt_probes_tcp_put();
	nt_hooks_free(tr);
	nt_minis_stop(tr);
	nt_ring_end(&tr->ring);
	nt_notify_stop(tr);
	nt_minis_free(tr);
	nt_trace_put(tr);
}

/**
 * nt_stop_writers() - first half: no new writer enters
 * @nt:	its lock is held
 *
 * Return: for nt_stop_finish() after a grace period; NULL: it is not traced.
 */
struct nt_trace *nt_stop_writers(struct nt_net *nt)
{
	struct nt_trace *tr = rcu_dereference_protected(nt->trace,
							lockdep_is_held(&nt->lock));

	if (!tr)
		return NULL;
	RCU_INIT_POINTER(nt->trace, NULL);
	nt_hooks_unregister(tr);
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

	ret = nt_probes_tcp_get();
	if (ret)
		return ret;
	tr = nt_trace_new(nt, set);
	if (IS_ERR(tr)) {
		nt_probes_tcp_put();
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
	if (!ret)
		nt->set = *set;
	return ret;
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
