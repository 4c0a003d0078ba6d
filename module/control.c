// SPDX-License-Identifier: GPL-2.0-only
/*
 * control.c - the life of a namespace's trace
 *
 * Purpose:   control.h.  What is set up last is taken down first.
 */
#include "control.h"
#include "minisock.h"

/**
 * nt_start() - trace a namespace from now on
 * @nt:		not traced
 * @set:	the module's settings
 *
 * Return: 0; -ENOSPC: it would pass the module's memory cap; -ENOMEM; or what
 * the registration of the hooks said.
 */
int nt_start(struct nt_net *nt, const struct nt_settings *set)
{
	unsigned int stride = NETTRACE_REC_SIZE + ALIGN(set->payload, 64);
	int ret;

	ret = nt_ring_init(&nt->ring, set->ring, stride);
	if (ret)
		return ret;
	ret = nt_minis_init(nt, set->minis);
	if (ret)
		goto err_ring;
	ret = nt_hooks_register(nt, set->hooks);
	if (ret)
		goto err_minis;
	/* probes find the namespace by this flag; all they need is there */
	smp_store_release(&nt->tracing, true);
	return 0;

err_minis:
	/* a hook may have run: its record and its timers are waited for */
	synchronize_rcu();
	nt_hooks_free(nt);
	nt_minis_stop(nt);
	nt_minis_free(nt);
err_ring:
	nt_ring_free(&nt->ring);
	return ret;
}

/* first half: no new writer enters; then the caller waits a grace period */
void nt_stop_writers(struct nt_net *nt)
{
	WRITE_ONCE(nt->tracing, false);
	nt_hooks_unregister(nt);
}

/*
 * Second half: no writer is left but the mini sockets' timers.  The caller
 * has ended the readers (nt_ring_end() and the removal of their files).
 */
void nt_stop_free(struct nt_net *nt)
{
	nt_hooks_free(nt);
	nt_minis_free(nt);
	nt_ring_free(&nt->ring);
}
