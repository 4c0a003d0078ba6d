/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * route.h - where a local packet goes, as the kernel has decided
 *
 * Purpose:   a record of the decision right before the packet's own: for each SYN
 *            that opens a connection; where somebody asks for it (NT_ROUTES), for
 *            other protocols' packets too, when it is not the one before.
 * Context:   inside a hook at LOCAL_OUT, interrupts off, under rcu_read_lock().
 * Locking:   none; what was seen last belongs to its CPU.
 */
#ifndef NETTRACE_ROUTE_H
#define NETTRACE_ROUTE_H

#include <linux/jump_label.h>
#include <linux/skbuff.h>

#include "ns.h"

/* on while any namespace asks (control.c) */
DECLARE_STATIC_KEY_FALSE(nt_routes_key);

/* somebody new asks: what was seen before, it has not got */
void nt_routes_forget(void);

/* its first transmission: @p has been sampled */
static __always_inline bool nt_opens(const struct nettrace_packet *p)
{
	return (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) ==
		       NETTRACE_TH_SYN &&
	       p->proto == IPPROTO_TCP && p->flags & NETTRACE_PKT_L4 &&
	       !(p->flags & NETTRACE_PKT_RETRANS);
}

struct nettrace_packet *nt_route_syn(struct nt_trace *tr,
				     struct nettrace_packet *p,
				     const struct sk_buff *skb);
struct nettrace_packet *nt_route_other(struct nt_trace *tr,
				       struct nettrace_packet *p,
				       const struct sk_buff *skb);

#endif /* NETTRACE_ROUTE_H */
