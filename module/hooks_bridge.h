/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks_bridge.h - what passes the bridges of a namespace
 *
 * Purpose: the hooks of hooks=link: frames for this host, from port to port (once
 *          for each that they leave by), and of this host.  Registered with the
 *          others, by hooks.c.
 */
#ifndef NETTRACE_HOOKS_BRIDGE_H
#define NETTRACE_HOOKS_BRIDGE_H

#include <linux/netfilter.h>

/* 0 where the kernel has no hooks of bridges */
#if IS_ENABLED(CONFIG_NETFILTER_FAMILY_BRIDGE)
#define NT_OPS_BRIDGE	3
#else
#define NT_OPS_BRIDGE	0
#endif

extern const struct nf_hook_ops nt_ops_bridge[];

#endif /* NETTRACE_HOOKS_BRIDGE_H */
