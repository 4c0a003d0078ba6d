// SPDX-License-Identifier: GPL-2.0-only
/*
 * noop.c - hooks that do nothing, where nettrace has its own
 *
 * Purpose:   what netfilter itself asks for calling a hook: the benchmarks
 *            compare a packet that nettrace's filter rejects with it.
 * Context:   the hooks run in the packet path, in the initial namespace.
 */
#include <linux/module.h>
#include <linux/netfilter.h>
#include <linux/netfilter_arp.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv6.h>
#include <net/net_namespace.h>

static unsigned int noop(void *priv, struct sk_buff *skb, const struct nf_hook_state *st)
{
	return NF_ACCEPT;
}

#define OP(family, num, prio)                                                      \
	{                                                                          \
		.hook = noop, .pf = (family), .hooknum = (num), .priority = (prio) \
	}

static const struct nf_hook_ops ops[] = {
	OP(NFPROTO_IPV4, NF_INET_LOCAL_IN, INT_MAX),  OP(NFPROTO_IPV4, NF_INET_LOCAL_OUT, INT_MIN),
	OP(NFPROTO_IPV4, NF_INET_FORWARD, INT_MAX),   OP(NFPROTO_IPV6, NF_INET_LOCAL_IN, INT_MAX),
	OP(NFPROTO_IPV6, NF_INET_LOCAL_OUT, INT_MIN), OP(NFPROTO_IPV6, NF_INET_FORWARD, INT_MAX),
	OP(NFPROTO_ARP, NF_ARP_IN, INT_MAX),	      OP(NFPROTO_ARP, NF_ARP_OUT, INT_MIN),
	OP(NFPROTO_ARP, NF_ARP_FORWARD, INT_MAX),
};

static int __init noop_init(void)
{
	return nf_register_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
}

static void __exit noop_exit(void)
{
	nf_unregister_net_hooks(&init_net, ops, ARRAY_SIZE(ops));
}

module_init(noop_init);
module_exit(noop_exit);

MODULE_DESCRIPTION("Netfilter hooks that do nothing, to compare with");
MODULE_LICENSE("GPL");
