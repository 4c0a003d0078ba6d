/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes_drop.h - packets that the kernel drops, and its reason
 *
 * Purpose: each IPv4, IPv6 or ARP packet that the kernel frees as dropped becomes
 *          a sighting, and right behind it a record of the kernel's reason.
 */
#ifndef NETTRACE_PROBES_DROP_H
#define NETTRACE_PROBES_DROP_H

#include "probes.h"

#define NT_PROBES_DROP	1
extern struct nt_probe nt_probes_drop[NT_PROBES_DROP];

void nt_probes_drop_init(void);

/* packets that do not tell in which namespace they were dropped; all namespaces */
u64 nt_drops_unplaced(void);

#endif /* NETTRACE_PROBES_DROP_H */
