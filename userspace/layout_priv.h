/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout_priv.h - between layout.c, layout_arp.c and layout_neigh.c
 */
#ifndef NETTRACE_LAYOUT_PRIV_H
#define NETTRACE_LAYOUT_PRIV_H

#include "layout.h"

/* the streams that forwarded a packet of @c: bit n for stream n */
uint64_t nt_layout_routers(const struct nt_conv *c);

/* is it about an end of @c, or was it seen on a router on the way? */
bool nt_arp_concerns(const struct nt_conv *c, const struct nt_arp *arp, uint64_t routers);

/*
 * The end of @c that has the entry and sends by it, to its peer or to its next hop;
 * -1: neither does.
 */
int nt_neigh_end(const struct nt_model *m, const struct nt_conv *c, const struct nt_neigh *n);

/* beside which end an ARP row stands, and which way it points */
void nt_arp_place(struct nt_row *r, const struct nt_conv *c);

#endif /* NETTRACE_LAYOUT_PRIV_H */
