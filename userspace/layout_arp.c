// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout_arp.c - which way a conversation takes, and which ARP belongs to it
 *
 * Of an IPv6 conversation: neighbour solicitations and advertisements.
 */
#include <netinet/in.h>
#include <string.h>

#include "layout_priv.h"

static bool same_ip(const struct nt_addr *a, const struct nt_arp *arp, const uint8_t ip[16])
{
	return a->family == arp->family && !memcmp(a->b, ip, 16);
}

/* streams that sighted a packet of @c; @hook: only there, 0: anywhere */
static uint64_t sighted_in(const struct nt_conv *c, unsigned int hook)
{
	uint64_t set = 0;
	size_t i;
	int k;

	for (i = 0; i < c->nitem; i++) {
		const struct nt_arrow *a = c->item[i].arrow;

		if (c->item[i].type != NT_ITEM_ARROW)
			continue;
		for (k = 0; k < a->nsight && k < NT_SIGHTINGS_MAX; k++)
			if (a->sight[k].source < 64 && (!hook || a->sight[k].hook == hook))
				set |= 1ULL << a->sight[k].source;
	}
	return set;
}

uint64_t nt_layout_path(const struct nt_conv *c)
{
	uint64_t path = sighted_in(c, 0);
	int k;

	for (k = 0; k < 2; k++)
		if (c->end[k].source >= 0 && c->end[k].source < 64)
			path |= 1ULL << c->end[k].source;
	return path;
}

uint64_t nt_layout_routers(const struct nt_conv *c)
{
	return sighted_in(c, NETTRACE_FORWARD);
}

/* the conversation's own packet: an arrow of it, already */
static bool is_arrow_of(const struct nt_conv *c, const struct nt_arp *arp)
{
	size_t i;

	if (c->proto != IPPROTO_ICMPV6 || arp->family != NETTRACE_IPV6)
		return false;
	for (i = 0; i < c->nitem; i++)
		if (c->item[i].type == NT_ITEM_ARROW && c->item[i].arrow->t == arp->t)
			return true;
	return false;
}

bool nt_arp_concerns(const struct nt_conv *c, const struct nt_arp *arp, uint64_t routers)
{
	int i;

	if (arp->family != c->end[0].addr.family || is_arrow_of(c, arp))
		return false;
	for (i = 0; i < 2; i++)
		if (same_ip(&c->end[i].addr, arp, arp->spa) ||
		    same_ip(&c->end[i].addr, arp, arp->tpa))
			return true;
	for (i = 0; i < arp->nsight && i < NT_SIGHTINGS_MAX; i++)
		if (arp->sight[i].source < 64 && routers & 1ULL << arp->sight[i].source)
			return true;
	return false;
}

void nt_arp_place(struct nt_row *r, const struct nt_conv *c)
{
	const struct nt_arp *arp = r->arp;
	int i, k;

	/* who asks, or who answers, stands at its own side */
	for (k = 0; k < 2; k++) {
		if (!same_ip(&c->end[k].addr, arp, arp->spa))
			continue;
		r->end = (int8_t)k;
		r->out = true;
		r->across = same_ip(&c->end[!k].addr, arp, arp->tpa);
		return;
	}
	for (k = 0; k < 2; k++)
		for (i = 0; i < arp->nsight && i < NT_SIGHTINGS_MAX; i++)
			if (c->end[k].source == arp->sight[i].source ||
			    same_ip(&c->end[k].addr, arp, arp->tpa)) {
				r->end = (int8_t)k;
				return;
			}
}
