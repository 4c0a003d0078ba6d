/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * sockdiag.h - which TCP sockets are there now
 *
 * Purpose:   the kernel's own list (sock_diag(7), as ss has it), to ask for each
 *            one's timers.
 * Ownership: the caller frees the list.
 * Errors:    negative errno, with a sentence.
 */
#ifndef NETTRACE_SOCKDIAG_H
#define NETTRACE_SOCKDIAG_H

#include "ctl.h"

/**
 * nt_sockdiag_tcp() - the TCP sockets of a namespace that have a peer
 * @nsfd:	the namespace; -1: our own
 * @s:		an array of *@n
 */
int nt_sockdiag_tcp(int nsfd, struct nt_ctl_tuple **s, size_t *n, struct nt_error *err);

#endif /* NETTRACE_SOCKDIAG_H */
