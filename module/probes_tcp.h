/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * probes_tcp.h - the kernel's own word on TCP state
 *
 * Purpose: each transition of a TCP socket, each RST it sends or accepts,
 *          becomes a record with the facts from which its cause is told.
 */
#ifndef NETTRACE_PROBES_TCP_H
#define NETTRACE_PROBES_TCP_H

int nt_probes_tcp_init(void);
int nt_probes_tcp_open(void);
void nt_probes_tcp_close(void);

/* attached while somebody has got them: from a namespace's start to its stop */
int nt_probes_tcp_get(void);
void nt_probes_tcp_put(void);

#endif /* NETTRACE_PROBES_TCP_H */
