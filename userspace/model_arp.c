// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_arp.c - ARP messages: one, however many hosts heard it
 *
 * In IPv6 neighbour solicitations and advertisements do the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define ARP_WINDOW (500 * NT_MS) /* a request is repeated after a second */

void nt_sighting_set(struct nt_sighting *s, const struct nt_event *ev,
		     const struct nettrace_packet *p)
{
	*s = (struct nt_sighting){
		.t = ev->t,
		.source = ev->source,
		.hook = p->hook,
		.sk_kind = p->sk_kind,
		.flags = p->flags,
		.ttl = p->ttl,
	};
	if (p->hook == NETTRACE_BR_FORWARD)
		s->in_ifindex = p->in_ifindex;
	else
		s->pid = p->pid;
	if (p->flags & NETTRACE_PKT_MAC) {
		memcpy(s->mac_src, p->mac_src, sizeof(s->mac_src));
		memcpy(s->mac_dst, p->mac_dst, sizeof(s->mac_dst));
	}
	s->flags &= ~(NT_SIGHT_CE | NT_SIGHT_HAD);
	if ((p->tos & 3) == 3)
		s->flags |= NT_SIGHT_CE;
	if (p->hook == NETTRACE_LOCAL_IN && p->proto == IPPROTO_TCP &&
	    p->sk_kind == NETTRACE_SK_FULL && nt_seg_len(p) &&
	    !nt_seq_before(p->rcv_nxt, p->seq + nt_seg_len(p)))
		s->flags |= NT_SIGHT_HAD;
	if (p->sk_kind != NETTRACE_SK_NONE)
		s->state = nt_state_from_kernel(p->sock_state);
	memcpy(s->dev, p->dev, sizeof(s->dev));
	s->dev[sizeof(s->dev) - 1] = '\0';
}

bool nt_is_nd(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_ICMPV6 && p->hdr.family == NETTRACE_IPV6 &&
	       (p->flags & NETTRACE_PKT_ND) && (p->icmp_type == 135 || p->icmp_type == 136);
}

static bool same_message(const struct nettrace_packet *a, const struct nettrace_packet *b)
{
	if (a->hdr.family != b->hdr.family)
		return false;
	if (a->hdr.family == NETTRACE_ARP)
		return nt_pair_arp(a, b);
	return nt_pair_fit(a, b) == NT_FIT_SAME &&
	       !memcmp(a->nd_target, b->nd_target, sizeof(a->nd_target)) &&
	       !memcmp(a->nd_lladdr, b->nd_lladdr, sizeof(a->nd_lladdr));
}

/* the last such message that was not yet seen here */
static struct nt_arpx *arp_find(const struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;
	struct nt_pend *q;
	unsigned int i;

	for (q = m->tail; q && ev->t - q->t <= ARP_WINDOW; q = q->prev) {
		struct nt_arpx *x = (struct nt_arpx *)q;

		if (q->type != NT_PEND_ARP || !same_message(&x->pkt, p))
			continue;
		/* who sends it, sends another one */
		if (nt_hook_stage(p->hook) == NT_STAGE_OUT)
			return NULL;
		for (i = 0; i < x->a.nsight; i++) {
			const struct nt_sighting *s = &x->a.sight[i];

			if (s->source == ev->source && s->hook == p->hook &&
			    !strncmp(s->dev, p->dev, sizeof(s->dev)))
				return NULL;
		}
		return x;
	}
	return NULL;
}

static void set_arp(struct nt_arp *a, const struct nettrace_packet *p)
{
	a->family = NETTRACE_IPV4;
	a->op = p->arp_op;
	memcpy(a->sha, p->arp_sha, sizeof(a->sha));
	memcpy(a->tha, p->arp_tha, sizeof(a->tha));
	memcpy(a->spa, p->src, 4);
	memcpy(a->tpa, p->dst, 4);
}

/* RFC 4861: a solicitation asks for its target, an advertisement is about it */
static void set_nd(struct nt_arp *a, const struct nettrace_packet *p)
{
	bool asks = p->icmp_type == 135;

	a->family = NETTRACE_IPV6;
	a->op = asks ? 1 : 2;
	memcpy(a->sha, p->nd_lladdr, sizeof(a->sha));
	memcpy(a->spa, asks ? p->src : p->nd_target, sizeof(a->spa));
	memcpy(a->tpa, asks ? p->nd_target : p->dst, sizeof(a->tpa));
	a->broadcast = p->dst[0] == 0xff;
}

int nt_arp_feed(struct nt_model *m, const struct nt_event *ev)
{
	static const uint8_t all[6] = { 255, 255, 255, 255, 255, 255 };
	const struct nettrace_packet *p = &ev->rec.packet;
	struct nt_arpx *x = arp_find(m, ev);
	bool arp = p->hdr.family == NETTRACE_ARP;

	if (!x) {
		x = calloc(1, sizeof(*x));
		if (!x)
			return -ENOMEM;
		m->stats.arps += arp;
		x->pend.type = NT_PEND_ARP;
		x->pend.t = ev->t;
		x->pkt = *p;
		x->a.t = ev->t;
		x->a.delay = -1;
		if (arp)
			set_arp(&x->a, p);
		else
			set_nd(&x->a, p);
		nt_queue_add(m, &x->pend);
	}
	if (p->flags & NETTRACE_PKT_MAC) {
		memcpy(x->a.mac_dst, p->mac_dst, sizeof(x->a.mac_dst));
		if (arp)
			x->a.broadcast = !memcmp(p->mac_dst, all, sizeof(all));
	}
	if (x->a.nsight < NT_SIGHTINGS_MAX)
		nt_sighting_set(&x->a.sight[x->a.nsight++], ev, p);
	return 0;
}

int nt_arp_final(struct nt_model *m, struct nt_arpx *x)
{
	struct nt_item item = { .type = NT_ITEM_ARP, .t = x->a.t, .arp = &x->a };
	struct nt_arpx **array;

	array = nt_grow(m->arp, &m->arp_cap, m->narp, sizeof(*array));
	if (!array || nt_resolve(m, x)) {
		if (array)
			m->arp = array;
		free(x);
		return -ENOMEM;
	}
	m->arp = array;
	nt_shared_after(&x->pend, m->narp ? &array[m->narp - 1]->pend : NULL);
	m->arp[m->narp++] = x;
	return nt_emit(m, NULL, &item);
}
