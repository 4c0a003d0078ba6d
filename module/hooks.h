/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the netfilter hooks of a namespace
 *
 * Purpose: each packet that enters or leaves a namespace becomes a sighting.
 */
#ifndef NETTRACE_HOOKS_H
#define NETTRACE_HOOKS_H

#include "ns.h"

/* which hooks: the module's parameter "hooks" */
enum nt_hook_set {
	NT_HOOKS_DEFAULT,	/* LOCAL_IN, LOCAL_OUT, FORWARD, ARP */
	NT_HOOKS_PATH,		/* and PRE_ROUTING, POST_ROUTING */
};

int nt_hooks_register(struct nt_net *nt, enum nt_hook_set set);
void nt_hooks_unregister(struct nt_net *nt);
void nt_hooks_free(struct nt_net *nt);
void nt_hooks_set_payload(unsigned int bytes);

#endif /* NETTRACE_HOOKS_H */
