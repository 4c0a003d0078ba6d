/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * waiting.h - which packets wait for the answer to a request for a link address
 *
 * Purpose:   the kernel holds a packet back until it knows where on the link it goes,
 *            and asks by broadcast (ARP) or by a group (neighbour discovery) meanwhile.
 * Ownership: results point into the model.
 * Honesty:   inferred: the packet was sighted in the namespace that asks, before it
 *            did, and nowhere until it had; and its destination, or the gateway of its
 *            route, is the address that is asked for.  Of a forwarded packet the
 *            gateway is not recorded: there it is who came just before.
 */
#ifndef NETTRACE_WAITING_H
#define NETTRACE_WAITING_H

#include "model.h"

#define NT_WAITING_MAX 8 /* further ones are not looked for */

struct nt_waiting {
	const struct nt_conv *conv;
	const struct nt_arrow *arrow;
};

/** nt_waiting_for() - how many; 0: none, it is no such request, or @m is NULL */
unsigned int nt_waiting_for(const struct nt_model *m, const struct nt_arp *arp,
			    struct nt_waiting w[NT_WAITING_MAX]);

#endif /* NETTRACE_WAITING_H */
