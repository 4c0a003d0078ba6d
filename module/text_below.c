// SPDX-License-Identifier: GPL-2.0-only
/*
 * text_below.c - lines of what lies below TCP: neighbours, routes, drops
 *
 * Purpose, context: text.h.
 */
#include <linux/kernel.h>
#include <linux/string.h>

#include "text.h"

/* as ip-neighbour(8) writes them */
static const char *nt_nud_name(u8 state)
{
	static const char *const names[] = {
		"INCOMPLETE", "REACHABLE", "STALE", "DELAY", "PROBE", "FAILED",
		"NOARP", "PERMANENT",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (state == 1 << i)
			return names[i];
	return state ? "?" : "NONE";
}

static void nt_text_neigh_who(struct seq_file *m, const struct nettrace_neigh *n)
{
	static const char *const names[] = {
		[NETTRACE_NEIGH_UPDATE] = "update",
		[NETTRACE_NEIGH_TIMER] = "timer",
		[NETTRACE_NEIGH_SEND] = "send",
	};

	if (n->what < ARRAY_SIZE(names) && names[n->what])
		seq_printf(m, " by=%s", names[n->what]);
	if (!(n->flags & NETTRACE_NEIGH_TASK))
		return;
	seq_puts(m, "  in ");
	nt_text_name(m, n->comm);
	seq_printf(m, "[%u]", n->pid);
}

void nt_text_neigh(struct seq_file *m, const struct nettrace_neigh *n)
{
	seq_printf(m, "%-12s ", "neighbour");
	nt_text_name(m, n->dev);
	seq_putc(m, ' ');
	nt_text_end(m, n->hdr.family, n->addr, 0, false);
	seq_printf(m, "  %s -> %s",
		   n->flags & NETTRACE_NEIGH_OLD ? nt_nud_name(n->old_state) : "?",
		   nt_nud_name(n->new_state));
	if (n->lladdr_len)
		seq_printf(m, " at %*phC", min_t(int, n->lladdr_len, sizeof(n->lladdr)),
			   n->lladdr);
	if (n->probes)
		seq_printf(m, " probes=%u", n->probes);
	if (n->queued)
		seq_printf(m, " waiting=%u", n->queued);
	nt_text_neigh_who(m, n);
	seq_putc(m, '\n');
}

void nt_text_route(struct seq_file *m, const struct nettrace_route *r)
{
	static const u8 upper[12];
	bool six = r->hdr.family == NETTRACE_IPV4 &&
		   memcmp(r->gateway + 4, upper, sizeof(upper));

	seq_printf(m, "%-12s ", "route");
	nt_text_name(m, r->dev);
	seq_putc(m, ' ');
	nt_text_end(m, r->hdr.family, r->src, 0, false);
	if (r->flags & NETTRACE_RT_SRC_LEN)
		seq_printf(m, "/%u", r->src_len);
	seq_puts(m, " > ");
	nt_text_end(m, r->hdr.family, r->dst, 0, false);
	if (r->flags & NETTRACE_RT_GATEWAY) {
		seq_puts(m, " via ");
		nt_text_end(m, six ? NETTRACE_IPV6 : r->hdr.family, r->gateway, 0,
			    false);
	} else if (r->flags & NETTRACE_RT_LOCAL) {
		seq_puts(m, " local");
	} else if (r->flags & (NETTRACE_RT_BROADCAST | NETTRACE_RT_MULTICAST)) {
		seq_puts(m, r->flags & NETTRACE_RT_BROADCAST ? " broadcast" :
							       " multicast");
	} else {
		seq_puts(m, " on-link");
	}
	if (r->flags & NETTRACE_RT_FIB)
		seq_printf(m, "  matches /%u of table %u", r->match_len, r->table);
	seq_printf(m, " mtu=%u\n", r->mtu);
}

/* the packet's line stands before it; the name is one of the kernel's own */
void nt_text_drop(struct seq_file *m, const struct nettrace_drop *d)
{
	seq_printf(m, "%-12s reason %u", "dropped", d->reason);
	if (d->name[0])
		seq_printf(m, " %.*s", (int)sizeof(d->name), d->name);
	seq_putc(m, '\n');
}
