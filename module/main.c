// SPDX-License-Identifier: GPL-2.0-only
/*
 * main.c - nettrace: parameters, namespaces, load and unload
 *
 * Purpose:   tie the parts together.  Exit mirrors init.
 * Ownership: struct nt_net of each namespace belongs to the pernet machinery,
 *            which calls us for every namespace, present and future.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/mm.h>
#include <linux/module.h>

#include "control.h"
#include "filter.h"
#include "minisock.h"
#include "netlink.h"
#include "probes.h"
#include "probes_call.h"
#include "proc.h"

static char *trace = "all";
module_param(trace, charp, 0444);
MODULE_PARM_DESC(trace, "namespaces to trace: all (default), init, none");

static char *hooks = "default";
module_param(hooks, charp, 0444);
MODULE_PARM_DESC(hooks, "default: LOCAL_IN, LOCAL_OUT, FORWARD, ARP; path: also PRE_ROUTING and POST_ROUTING; link: default and what passes bridges");

static unsigned int ring = 4096;
module_param(ring, uint, 0444);
MODULE_PARM_DESC(ring, "events kept per CPU and namespace, 16 to 1048576, rounded up to a power of two (default 4096)");

static unsigned int memory;
module_param(memory, uint, 0444);
MODULE_PARM_DESC(memory, "MiB that all namespaces together may take (default: a sixteenth of RAM, at most 256)");

static unsigned int payload;
module_param(payload, uint, 0444);
MODULE_PARM_DESC(payload, "bytes of each packet's payload kept with it, 0 to 4096 (default 0)");

static unsigned int minisocks = 16384;
module_param(minisocks, uint, 0444);
MODULE_PARM_DESC(minisocks, "half-open and TIME-WAIT sockets followed at a time, per namespace, 256 to 1048576 (default 16384)");

static bool timers;
module_param(timers, bool, 0444);
MODULE_PARM_DESC(timers, "record the timers of each packet's socket (default off; readers can ask for them)");

static bool calls;
module_param(calls, bool, 0444);
MODULE_PARM_DESC(calls, "record system calls on IP sockets, which costs every system call of the machine (default off; readers can ask for them)");

static bool routes;
module_param(routes, bool, 0444);
MODULE_PARM_DESC(routes, "record how packets of other protocols than TCP are routed (default off; readers can ask for them)");

static bool drops = true;
module_param(drops, bool, 0444);
MODULE_PARM_DESC(drops, "record packets that the kernel drops, with its reason (default on)");

unsigned int nt_net_id __read_mostly;

static struct nt_settings settings;

static bool nt_wanted(const struct net *net)
{
	if (!strcmp(trace, "all"))
		return true;
	return !strcmp(trace, "init") && net_eq(net, &init_net);
}

/*
 * A namespace that cannot be traced is no reason to refuse the namespace: it
 * is counted and named, and its stats file tells why.
 */
static void nt_net_trace(struct nt_net *nt)
{
	int ret = nt_start(nt);

	if (!ret)
		return;
	if (ret == -ENOSPC)
		pr_warn_ratelimited("namespace %u is not traced: it would pass the memory cap; load with memory=MiB or a smaller ring=\n",
				    nt->net->ns.inum);
	else
		pr_warn_ratelimited("namespace %u is not traced: error %d\n",
				    nt->net->ns.inum, ret);
}

static int __net_init nt_net_init(struct net *net)
{
	struct nt_net *nt = nt_net(net);
	int ret;

	nt->net = net;
	nt->set = settings;
	mutex_init(&nt->lock);
	INIT_LIST_HEAD(&nt->readers);
	if (nt_wanted(net))
		nt_net_trace(nt);
	ret = nt_proc_add(nt);
	if (ret)
		pr_warn_ratelimited("namespace %u has no /proc/net/nettrace: error %d\n",
				    net->ns.inum, ret);
	return 0;
}

static void __net_exit nt_net_pre_exit(struct net *net)
{
	struct nt_net *nt = nt_net(net);

	/* somebody may be reading its stats */
	mutex_lock(&nt->lock);
	nt->ending = nt_stop_writers(nt);
	mutex_unlock(&nt->lock);
}

/* a grace period after nt_net_pre_exit() */
static void __net_exit nt_net_exit(struct net *net)
{
	struct nt_net *nt = nt_net(net);

	/* readers that sleep wake up at the end, and leave the files */
	if (nt->ending)
		nt_stop_finish(nt->ending);
	nt_proc_remove(nt);
	nt_filter_free(nt->filter);
}

static struct pernet_operations nt_net_ops = {
	.init = nt_net_init,
	.pre_exit = nt_net_pre_exit,
	.exit = nt_net_exit,
	.id = &nt_net_id,
	.size = sizeof(struct nt_net),
};

static int __init nt_range(const char *name, unsigned int value,
			   unsigned int min, unsigned int max)
{
	if (value >= min && value <= max)
		return 0;
	pr_err("%s=%u: give a number from %u to %u\n", name, value, min, max);
	return -EINVAL;
}

static int __init nt_settings_init(void)
{
	if (strcmp(trace, "all") && strcmp(trace, "init") &&
	    strcmp(trace, "none")) {
		pr_err("trace=%s: give all, init or none\n", trace);
		return -EINVAL;
	}
	if (!strcmp(hooks, "path")) {
		settings.hooks = NT_HOOKS_PATH;
	} else if (!strcmp(hooks, "link")) {
		settings.hooks = NT_HOOKS_LINK;
		if (!IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE))
			pr_warn("hooks=link: this kernel has no hooks of bridges (CONFIG_NETFILTER_FAMILY_BRIDGE)\n");
	} else if (strcmp(hooks, "default")) {
		pr_err("hooks=%s: give default, path or link\n", hooks);
		return -EINVAL;
	}
	if (nt_range("ring", ring, NT_RING_MIN, NT_RING_MAX) ||
	    nt_range("payload", payload, 0, NT_PAYLOAD_MAX) ||
	    nt_range("minisocks", minisocks, NT_MINIS_MIN, NT_MINIS_MAX))
		return -EINVAL;
	if (!memory)
		memory = clamp(totalram_pages() >> (20 - PAGE_SHIFT + 4), 8UL,
			       256UL);
	if (nt_range("memory", memory, 1, min(1UL << 20, ULONG_MAX >> 20)))
		return -EINVAL;
	settings.ring = ring;
	settings.payload = payload;
	settings.minis = minisocks;
	settings.extra = (timers ? NT_TIMERS : 0) | (calls ? NT_CALLS : 0) |
			 (routes ? NT_ROUTES : 0);
	nt_settings_round(&settings);
	ring = settings.ring;
	return 0;
}

static int __init nettrace_init(void)
{
	int ret;

	ret = nt_settings_init();
	if (ret)
		return ret;
	ret = nt_ring_global_init((unsigned long)memory << 20);
	if (ret)
		return ret;
	ret = nt_probes_init(drops);
	if (ret)
		goto err_ring;
	ret = register_pernet_subsys(&nt_net_ops);
	if (ret)
		goto err_ring;
	ret = nt_probes_open();
	if (ret)
		goto err_pernet;
	ret = nt_probes_call_open();
	if (ret) {
		pr_err("calls=1: system calls cannot be recorded: error %d; it needs CONFIG_FTRACE_SYSCALLS, and a little of memory=\n",
		       ret);
		goto err_calls;
	}
	ret = nt_netlink_init();
	if (ret)
		goto err_calls;
	ret = nt_proc_init();
	if (ret)
		goto err_netlink;
	pr_info("tracing %s namespaces; read /proc/nettrace\n", trace);
	return 0;

err_netlink:
	nt_netlink_exit();
err_calls:
	nt_probes_call_close();
	nt_probes_close();
err_pernet:
	unregister_pernet_subsys(&nt_net_ops);
err_ring:
	nt_ring_global_exit();
	return ret;
}

static void __exit nettrace_exit(void)
{
	nt_proc_exit();
	nt_netlink_exit();
	nt_probes_call_close();
	nt_probes_close();
	unregister_pernet_subsys(&nt_net_ops);
	nt_ring_global_exit();
}

module_init(nettrace_init);
module_exit(nettrace_exit);

MODULE_LICENSE("GPL");
MODULE_AUTHOR("The nettrace authors");
MODULE_DESCRIPTION("Traces ARP, IP, TCP and TCP state transitions per network namespace");
MODULE_VERSION(NT_VERSION);
