// SPDX-License-Identifier: GPL-2.0-only
/*
 * waiting.c - which packets wait for the answer to a request: see waiting.h
 */
#include <netinet/in.h>
#include <string.h>

#include "track/pair.h"
#include "waiting.h"

#define PATIENCE 5000000000LL /* ns: the kernel has given up by then */
#define AT_ONCE	 1000000LL    /* asked in the very call that sends the packet */

/* the sighting of the one who asks; NULL: it was heard only */
static const struct nt_sighting *asker(const struct nt_arp *arp)
{
	unsigned int i;

	for (i = 0; i < arp->nsight && i < NT_SIGHTINGS_MAX; i++)
		if (nt_hook_stage(arp->sight[i].hook) == NT_STAGE_OUT)
			return &arp->sight[i];
	return NULL;
}

static bool is_nd(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_ICMPV6 && p->icmp_type >= 133 && p->icmp_type <= 137;
}

/* where it stood when the request was sent, if that is where it could go on */
static const struct nt_sighting *stands(const struct nt_arrow *a, const struct nt_sighting *ask)
{
	const struct nt_sighting *s = NULL;
	unsigned int i;

	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX && a->sight[i].t <= ask->t; i++)
		s = &a->sight[i];
	if (!s || s->source != ask->source || ask->t - s->t > PATIENCE)
		return NULL;
	return s->hook == NETTRACE_LOCAL_OUT || s->hook == NETTRACE_FORWARD ||
			       s->hook == NETTRACE_POST_ROUTING ?
		       s :
		       NULL;
}

/* is that address the next hop of packet @a? */
static bool leads_there(const struct nt_conv *c, const struct nt_arrow *a,
			const struct nt_sighting *s, const struct nt_arp *arp)
{
	bool routed = false;
	size_t i;

	if (!memcmp(a->pkt.dst, arp->tpa, sizeof(arp->tpa)))
		return true;
	for (i = 0; i < c->nitem; i++) {
		const struct nt_route *r = c->item[i].route;

		if (c->item[i].type != NT_ITEM_ROUTE || r->source != s->source ||
		    (r->end & 1) != (a->dir & 1))
			continue;
		routed = true;
		if (r->gateway.family == arp->family &&
		    !memcmp(r->gateway.b, arp->tpa, sizeof(arp->tpa)))
			return true;
	}
	return !routed && arp->t - s->t <= AT_ONCE;
}

unsigned int nt_waiting_for(const struct nt_model *m, const struct nt_arp *arp,
			    struct nt_waiting w[NT_WAITING_MAX])
{
	const struct nt_sighting *ask = asker(arp), *s;
	unsigned int n = 0;
	size_t i, k;

	/* one to a single host looks whether it is still there: nobody waits for that */
	if (!m || !ask || arp->kind != NT_ARP_REQUEST || !arp->broadcast)
		return 0;
	for (i = 0; i < nt_model_nconv(m); i++) {
		const struct nt_conv *c = nt_model_conv(m, i);

		if (c->end[0].addr.family != arp->family || c->t0 > ask->t ||
		    c->t1 < ask->t - PATIENCE)
			continue;
		for (k = 0; k < c->nitem && n < NT_WAITING_MAX; k++) {
			const struct nt_arrow *a = c->item[k].arrow;

			if (c->item[k].type != NT_ITEM_ARROW || a->t > ask->t || is_nd(&a->pkt))
				continue;
			s = stands(a, ask);
			if (!s || !leads_there(c, a, s, arp))
				continue;
			w[n++] = (struct nt_waiting){ .conv = c, .arrow = a };
		}
	}
	return n;
}
