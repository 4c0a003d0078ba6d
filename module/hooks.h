/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * hooks.h - the netfilter hooks of a namespace
 *
 * Purpose: each packet that enters or leaves a namespace becomes a sighting.
 */
#ifndef NETTRACE_HOOKS_H
#define NETTRACE_HOOKS_H

#include "ns.h"

int nt_hooks_register(struct nt_trace *tr);
void nt_hooks_unregister(struct nt_trace *tr);
void nt_hooks_free(struct nt_trace *tr);

#endif /* NETTRACE_HOOKS_H */
