/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * walk.h - everything of a model in the order of time
 *
 * Purpose:   conversations keep their own items, ARP, neighbours and gaps belong to none;
 *            a stream of objects wants them all, oldest first.
 * Ownership: the caller's callback borrows the items.
 */
#ifndef NETTRACE_WALK_H
#define NETTRACE_WALK_H

#include "model.h"

/**
 * nt_walk() - call @fn for every item
 * @show:	which conversations; NULL: all
 * @lone:	also ARP, neighbours and gaps
 * Return: 0 or -ENOMEM.
 */
int nt_walk(const struct nt_model *m, bool (*show)(const void *arg, const struct nt_conv *c),
	    bool lone, void (*fn)(const void *arg, const struct nt_item *it), const void *arg);

#endif /* NETTRACE_WALK_H */
