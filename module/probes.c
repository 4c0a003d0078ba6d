// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes.c - attach the kernel's tracepoints, and detach them
 *
 * Purpose, ownership: probes.h.
 * Context:   process.
 * Locking:   nt_probes_lock.
 */
#include <linux/mutex.h>
#include <linux/random.h>
#include <linux/tracepoint.h>

#include "probes.h"
#include "probes_drop.h"
#include "probes_neigh.h"
#include "probes_tcp.h"
#include "skid.h"

struct nt_sk_key nt_sk_key __read_mostly;

static const struct {
	struct nt_probe *probe;
	unsigned int n;
} nt_tables[] = {
	{ nt_probes_tcp, NT_PROBES_TCP },
	{ nt_probes_neigh, NT_PROBES_NEIGH },
	{ nt_probes_drop, NT_PROBES_DROP },
};

#define NT_PROBES	(NT_PROBES_TCP + NT_PROBES_NEIGH + NT_PROBES_DROP)

/* how many of them are wanted; those of drops are the last */
static unsigned int nt_probes_wanted = NT_PROBES;

/* the @i-th of all, below NT_PROBES */
static struct nt_probe *nt_probe_at(unsigned int i)
{
	unsigned int t = 0;

	while (i >= nt_tables[t].n)
		i -= nt_tables[t++].n;
	return &nt_tables[t].probe[i];
}

/* many are exported by name only: find all of them so */
static void nt_probe_match(struct tracepoint *tp, void *priv)
{
	unsigned int i;

	for (i = 0; i < NT_PROBES; i++)
		if (!strcmp(tp->name, nt_probe_at(i)->name))
			nt_probe_at(i)->tp = tp;
}

/* how many namespaces are traced: the probes are attached while any is */
static DEFINE_MUTEX(nt_probes_lock);
static unsigned int nt_probes_users;
/*
 * And while every namespace has its struct nt_net: when the module is loaded and
 * unloaded they get and lose it one after the other, and a probe cannot tell.
 */
static bool nt_probes_on;

/* one that still runs finds no trace; nt_probes_close() waits for it */
static void nt_probes_detach(unsigned int n)
{
	while (n--)
		tracepoint_probe_unregister(nt_probe_at(n)->tp,
					    nt_probe_at(n)->func, NULL);
}

static int nt_probes_attach(void)
{
	unsigned int i;
	int ret;

	nt_probes_neigh_forget();
	for (i = 0; i < nt_probes_wanted; i++) {
		ret = tracepoint_probe_register(nt_probe_at(i)->tp,
						nt_probe_at(i)->func, NULL);
		if (ret) {
			nt_probes_detach(i);
			return ret;
		}
	}
	return 0;
}

/**
 * nt_probes_get() - a namespace is going to be traced
 *
 * Where none is, the kernel pays nothing: the first one attaches the probes.
 *
 * Return: 0, then nt_probes_put() is due; or what
 * tracepoint_probe_register() said.
 * Context: process; takes the kernel's locks of tracepoints and CPUs.
 */
int nt_probes_get(void)
{
	int ret = 0;

	mutex_lock(&nt_probes_lock);
	if (!nt_probes_users && nt_probes_on)
		ret = nt_probes_attach();
	if (!ret)
		nt_probes_users++;
	mutex_unlock(&nt_probes_lock);
	return ret;
}

/* it is traced no longer: probes cannot find its trace any more */
void nt_probes_put(void)
{
	mutex_lock(&nt_probes_lock);
	if (!--nt_probes_users && nt_probes_on)
		nt_probes_detach(nt_probes_wanted);
	mutex_unlock(&nt_probes_lock);
}

/**
 * nt_probes_init() - find the kernel's tracepoints
 * @drops:	also that of dropped packets
 *
 * Return: 0, or -ENOENT if this kernel lacks one of them; it is named in the
 * log.
 */
int nt_probes_init(bool drops)
{
	unsigned int i;

	get_random_bytes(&nt_sk_key, sizeof(nt_sk_key));
	nt_sk_key.factor |= 1;
	nt_probes_drop_init();
	if (!drops)
		nt_probes_wanted -= NT_PROBES_DROP;
	for_each_kernel_tracepoint(nt_probe_match, NULL);
	for (i = 0; i < nt_probes_wanted; i++) {
		if (nt_probe_at(i)->tp)
			continue;
		pr_err("nettrace: this kernel has no tracepoint %s; it needs CONFIG_TRACEPOINTS and CONFIG_INET\n",
		       nt_probe_at(i)->name);
		return -ENOENT;
	}
	return 0;
}

/**
 * nt_probes_open() - every namespace has its struct nt_net
 *
 * Return: 0, then nt_probes_close() is due before any of them loses it; or
 * what tracepoint_probe_register() said.
 */
int nt_probes_open(void)
{
	int ret = 0;

	mutex_lock(&nt_probes_lock);
	if (nt_probes_users)
		ret = nt_probes_attach();
	nt_probes_on = !ret;
	mutex_unlock(&nt_probes_lock);
	return ret;
}

/* no probe runs, and none will, when this returns */
void nt_probes_close(void)
{
	mutex_lock(&nt_probes_lock);
	if (nt_probes_users)
		nt_probes_detach(nt_probes_wanted);
	nt_probes_on = false;
	mutex_unlock(&nt_probes_lock);
	tracepoint_synchronize_unregister();
}
