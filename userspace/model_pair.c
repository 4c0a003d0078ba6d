// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_pair.c - which arrow does a sighting belong to
 *
 * A sighting joins the arrow of the same packet (track/pair.h) if the hooks are
 * in a possible order: the sender's LOCAL_OUT, then any number on the way, then
 * LOCAL_IN.  A second sighting at the same hook and device of a namespace is
 * always another packet.  Where nothing in the packet tells two apart (a
 * retransmission without IPv4 identification and timestamps), the newest arrow
 * takes the sighting, since what was sent before it was lost; packets that have
 * no sequence take turns.
 *
 * Super-segments: a piece joins the arrow that covers it (the sender's GSO
 * segment; pieces arrive in order, and all of them are one sighting there).  A
 * GRO-merged segment joins every arrow that it covers, provided they cover all
 * of it; otherwise it is an arrow of its own.
 */
#include <string.h>

#include "model_priv.h"

#define CANDIDATES_MAX 1024 /* arrows looked at for one sighting */

int nt_sighted_here(const struct nt_arrow *a, const struct nt_seen *s)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++) {
		if (a->sight[i].source == s->ev->source && a->sight[i].hook == s->p->hook &&
		    !strncmp(a->sight[i].dev, s->p->dev, NETTRACE_NAME_LEN - 1))
			return i;
	}
	return -1;
}

static bool has_stage(const struct nt_arrow *a, enum nt_stage stage)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++) {
		if (nt_hook_stage(a->sight[i].hook) == stage)
			return true;
	}
	return false;
}

/* can the packet of @a have been at this hook as well */
static bool path_possible(const struct nt_arrow *a, const struct nt_seen *s)
{
	switch (s->stage) {
	case NT_STAGE_OUT:
		/* the start of the way; only clocks can make it come second */
		return !has_stage(a, NT_STAGE_OUT) && s->ev->t - a->t <= NT_SLOP;
	case NT_STAGE_IN:
		/* a group's datagram is delivered in several namespaces */
		if (a->pkt.proto == IPPROTO_TCP && has_stage(a, NT_STAGE_IN))
			return false;
		break;
	case NT_STAGE_PATH:
		if (has_stage(a, NT_STAGE_IN) && s->ev->t - a->t_last > NT_SLOP)
			return false;
		break;
	}
	return s->p->ttl <= a->pkt.ttl;
}

struct nt_arrowx *nt_find_same(const struct nt_convx *cv, const struct nt_seen *s)
{
	int64_t window = s->stage == NT_STAGE_OUT ? NT_SLOP : NT_PAIR_WINDOW;
	bool fifo = nt_pair_fifo(s->p);
	struct nt_arrowx *x, *found = NULL;
	unsigned int n = 0;

	for (x = cv->last; x && n < CANDIDATES_MAX; x = x->prev, n++) {
		if (s->ev->t - x->a.t_last > window)
			break;
		if (x->a.dir != s->dir || x->icmp != s->icmp ||
		    nt_pair_fit(&x->a.pkt, s->p) != NT_FIT_SAME)
			continue;
		if (nt_sighted_here(&x->a, s) >= 0 || !path_possible(&x->a, s))
			continue;
		found = x;
		if (!fifo)
			break;
	}
	return found;
}

/*
 * IPv4 gives the whole the identification that its fragments have.  IPv6 gives it
 * none: those that were cut first come first.
 */
struct nt_arrowx *nt_find_cut(const struct nt_convx *cv, const struct nt_seen *s)
{
	struct nt_arrowx *x, *found = NULL;
	unsigned int n = 0;

	for (x = cv->last; x && n < CANDIDATES_MAX; x = x->prev, n++) {
		const struct nettrace_packet *p = &x->a.pkt;

		if (s->ev->t - x->a.t_last > NT_PAIR_WINDOW)
			break;
		if (x->a.dir != s->dir || x->icmp != s->icmp || x->a.frags ||
		    p->payload <= s->p->payload || !path_possible(&x->a, s))
			continue;
		if (p->hdr.family == NETTRACE_IPV4 && p->ip_id != s->p->ip_id)
			continue;
		if (nt_is_icmp(p) &&
		    (p->icmp_type != s->p->icmp_type || p->icmp_id != s->p->icmp_id ||
		     p->icmp_info != s->p->icmp_info))
			continue;
		if (p->proto == IPPROTO_TCP && p->seq != s->p->seq)
			continue;
		found = x;
		if (p->hdr.family == NETTRACE_IPV4)
			break;
	}
	return found;
}

struct nt_arrowx *nt_find_whole(const struct nt_convx *cv, const struct nt_seen *s, int *at)
{
	struct nt_arrowx *x;
	unsigned int n = 0;

	for (x = cv->last; x && n < CANDIDATES_MAX; x = x->prev, n++) {
		if (s->ev->t - x->a.t_last > NT_PAIR_WINDOW)
			break;
		if (x->a.dir != s->dir || nt_pair_fit(&x->a.pkt, s->p) != NT_FIT_PART)
			continue;
		*at = nt_sighted_here(&x->a, s);
		if (*at >= 0 && x->x[*at].upto == s->p->seq)
			return x;
		if (*at < 0 && path_possible(&x->a, s))
			return x;
	}
	return NULL;
}

unsigned int nt_find_parts(const struct nt_convx *cv, const struct nt_seen *s,
			   struct nt_arrowx *part[NT_MERGED_MAX])
{
	uint32_t end = s->p->seq + s->p->payload;
	unsigned int n = 0, parts = 0;
	struct nt_arrowx *x;

	for (x = cv->last; x && n < CANDIDATES_MAX; x = x->prev, n++) {
		if (s->ev->t - x->a.t_last > NT_PAIR_WINDOW)
			break;
		if (x->a.dir != s->dir || x->a.pkt.seq + x->a.pkt.payload != end ||
		    nt_pair_fit(&x->a.pkt, s->p) != NT_FIT_WHOLE ||
		    nt_sighted_here(&x->a, s) >= 0 || !path_possible(&x->a, s))
			continue;
		if (parts == NT_MERGED_MAX)
			return 0;
		part[parts++] = x;
		end = x->a.pkt.seq;
		if (end == s->p->seq)
			return parts;
	}
	return 0;
}
