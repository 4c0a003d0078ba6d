/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * netns.h - network namespaces by name, PID or path
 *
 * Purpose:   find one, name one, open a file as it looks inside one.
 * Ownership: descriptors belong to the caller.
 * Context:   the calling thread stays in its own namespace: another, short-lived
 *            thread goes there.
 */
#ifndef NETTRACE_NETNS_H
#define NETTRACE_NETNS_H

#include <stddef.h>
#include <stdint.h>

#include "source.h"

/**
 * nt_netns_open() - a descriptor of a namespace
 * @spec:	a name in /run/netns, else a PID; a path if it has a slash;
 *		NULL: our own
 * Return: descriptor, or negative errno, said in @err.
 */
int nt_netns_open(const char *spec, struct nt_error *err);

/** nt_netns_inode() - what tells namespaces apart; 0: not to be had */
uint64_t nt_netns_inode(int nsfd);

/**
 * nt_netns_name() - what `ip netns` calls the namespace of that inode
 * @buf:	"" if it has no name there
 */
void nt_netns_name(uint64_t inode, char *buf, size_t size);

/**
 * nt_netns_file() - open a file while inside a namespace
 * @nsfd:	-1: our own, which takes no privilege to be in
 * @path:	of /proc/thread-self/net/, as that namespace has it
 * @flags:	for open(); O_CLOEXEC is added
 * @stage:	set to "enter" or "open": what failed
 * Return: descriptor, or negative errno.
 */
int nt_netns_file(int nsfd, const char *path, int flags, const char **stage);

/**
 * nt_netns_socket() - a socket that belongs to a namespace
 * @nsfd:	-1: our own
 * @stage:	set to "enter" or "open": what failed
 * Return: descriptor, or negative errno.  While it is open, the namespace lives.
 */
int nt_netns_socket(int nsfd, int domain, int type, int protocol, const char **stage);

/**
 * nt_netns_find() - a namespace that is known by its inode (netns_find.c)
 * @spec:	what it may have been called, @n of them, as nt_netns_open() takes it
 * @fd:		set to a descriptor, or to -1 for our own
 * Return: 0, or -ESRCH: it has ended, or nothing that we may look at is in it.
 */
int nt_netns_find(uint64_t inode, const char *const *spec, size_t n, int *fd);

#endif /* NETTRACE_NETNS_H */
