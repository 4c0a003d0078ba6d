/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_net.h - a lab's network: namespaces of its own, and nothing else
 *
 * Purpose:   everything happens in namespaces named lab-HOST, which were made for
 *            this; devices are made inside them, never in another. A file in
 *            NT_LAB_STATE says which namespaces are ours: one that only has the name
 *            is not touched, and the lab is refused.
 * Ownership: nt_lab_net_down() takes away all that nt_lab_net_up() made, also half-way.
 *            While the network is there, a lock keeps other labs away.
 * Errors:    0 or negative errno with a sentence.
 */
#ifndef NETTRACE_LAB_NET_H
#define NETTRACE_LAB_NET_H

#include <stdio.h>

#include "lab.h"

#define NT_LAB_STATE "/run/nettrace-lab"

struct nt_lab_net {
	const struct nt_lab *lab;
	int lock; /* descriptor; -1: none */
	bool made[NT_LAB_HOSTS_MAX];
};

int nt_lab_net_up(struct nt_lab_net *net, const struct nt_lab *lab, struct nt_error *err);
/** nt_lab_net_down() - programs in it are killed; what could not be removed is said */
void nt_lab_net_down(struct nt_lab_net *net);
/** nt_lab_net_keep() - leave it: only the lock is given up */
void nt_lab_net_keep(struct nt_lab_net *net);
/** nt_lab_net_clean() - remove what earlier labs left (--keep, or a crash); how many, or -errno */
int nt_lab_net_clean(struct nt_error *err);

/** nt_lab_netns() - the namespace of a host, as `ip netns` has it */
void nt_lab_netns(char *buf, size_t size, const char *host);

/**
 * nt_lab_exec() - run a command to its end, quietly
 * @out:	what it wrote, both outputs, cut to @size; may be NULL
 * Return: its exit status, or -errno.
 */
int nt_lab_exec(const char *const *argv, char *out, size_t size);

/** nt_lab_listens() - does a socket wait on that port in that namespace? */
bool nt_lab_listens(const char *host, int port, bool udp);

/* the devices that a host has, with the address that the drawing shows; lab_draw.c */
void nt_lab_draw(FILE *out, const struct nt_lab *lab, int width, bool unicode);

#endif /* NETTRACE_LAB_NET_H */
