/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes_tcp.h - the kernel's own word on TCP state
 *
 * Purpose: each transition of a TCP socket, each RST it sends or accepts,
 *          becomes a record with the facts from which its cause is told.
 */
#ifndef NETTRACE_PROBES_TCP_H
#define NETTRACE_PROBES_TCP_H

#include "probes.h"

#define NT_PROBES_TCP	3
extern struct nt_probe nt_probes_tcp[NT_PROBES_TCP];

#endif /* NETTRACE_PROBES_TCP_H */
