// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_arrow.c - sightings are fed: to which conversation, to which arrow
 *
 * model_pair.c finds the arrow that a sighting joins, if there is one.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

/*
 * Where a sighting stands among those of its arrow: in the order of the way; but that
 * it was dropped may come behind its delivery, and time tells.
 */
static unsigned int place_of(const struct nt_arrow *a, const struct nt_seen *s)
{
	unsigned int i = a->nsight;

	while (i > 0) {
		enum nt_stage before = nt_hook_stage(a->sight[i - 1].hook);

		if ((s->p->hook == NETTRACE_DROPPED || a->sight[i - 1].hook == NETTRACE_DROPPED) &&
		    a->sight[i - 1].t <= s->ev->t)
			break;
		if (before < s->stage || (before == s->stage && a->sight[i - 1].t <= s->ev->t))
			break;
		i--;
	}
	return i;
}

static void set_sighting(struct nt_arrowx *x, unsigned int at, const struct nt_seen *s)
{
	nt_sighting_set(&x->a.sight[at], s->ev, s->p);
	x->x[at].cpu = s->ev->rec.hdr.cpu;
	x->x[at].upto = s->p->seq + s->p->payload;
}

/* room for all sightings that are kept */
static int make_room(struct nt_arrowx *x)
{
	struct nt_sightings *many = malloc(sizeof(*many));

	if (!many)
		return -ENOMEM;
	memcpy(many->sight, x->few, sizeof(x->few));
	memcpy(many->x, x->fewx, sizeof(x->fewx));
	x->many = many;
	x->a.sight = many->sight;
	x->x = many->x;
	return 0;
}

/* it has others already */
static int add_sighting(struct nt_arrowx *x, const struct nt_seen *s)
{
	struct nt_arrow *a = &x->a;
	unsigned int i, at;

	if (a->nsight == NT_SIGHTINGS_FEW && !x->many && make_room(x))
		return -ENOMEM;
	a->nsighted++;
	if (a->nsight == NT_SIGHTINGS_MAX) {
		/* delivery is what matters: it takes the place of a way-point */
		if (s->stage != NT_STAGE_IN ||
		    nt_hook_stage(a->sight[a->nsight - 1].hook) == NT_STAGE_IN)
			return 0;
		a->nsight--;
	}
	at = place_of(a, s);
	for (i = a->nsight; i > at; i--) {
		a->sight[i] = a->sight[i - 1];
		x->x[i] = x->x[i - 1];
	}
	a->nsight++;
	set_sighting(x, at, s);
	if (s->ev->t < a->t)
		a->t = s->ev->t;
	if (s->ev->t > a->t_last)
		a->t_last = s->ev->t;
	if (s->stage == NT_STAGE_OUT)
		a->pkt = *s->p;
	return 0;
}

int nt_arrow_join(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s)
{
	struct nt_convx *cv = x->pend.cv;
	int ret = add_sighting(x, s);

	if (ret)
		return ret;
	if (s->stage == NT_STAGE_IN && !(s->p->flags & NETTRACE_PKT_FRAGMENT)) {
		nt_arrow_unmark(&x->a, NT_MARK_NOT_DELIVERED);
		if (s->ev->t - x->a.t > cv->max_delay)
			cv->max_delay = s->ev->t - x->a.t;
	}
	if (s->p->hook == NETTRACE_DROPPED)
		return nt_dropped_feed(m, x, s);
	return x->final ? nt_late_sighting(m, x, s) : 0;
}

int nt_arrow_add(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s,
		 struct nt_fragments *set, struct nt_arrowx **made)
{
	struct nt_arrowx *x = nt_arrow_new(m);
	int ret;

	if (made)
		*made = x;
	if (!x)
		return -ENOMEM;
	x->a.frags = set;
	x->whole = !set;
	x->pend.type = NT_PEND_ARROW;
	x->pend.t = s->ev->t;
	x->pend.cv = cv;
	x->icmp = s->icmp;
	x->a.dir = s->dir;
	x->a.t = s->ev->t;
	x->a.t_last = s->ev->t;
	x->a.pkt = *s->p;
	x->a.nsight = 1;
	x->a.nsighted = 1;
	set_sighting(x, 0, s);
	ret = s->ev->nbytes ? nt_app_feed(cv, &x->a, s) : 0;
	if (s->stage != NT_STAGE_OUT && !s->icmp)
		cv->e[s->dir].away = true;
	x->prev = cv->last;
	if (cv->last)
		cv->last->next = x;
	else
		cv->first = x;
	cv->last = x;
	cv->narrows++;
	cv->sighted = true;
	if (m->policy.eager && !set)
		return ret ? ret : nt_arrow_eager(m, x);
	nt_queue_add(m, &x->pend);
	if (!ret && s->p->hook == NETTRACE_DROPPED)
		ret = nt_dropped_feed(m, x, s);
	return ret;
}

static int new_arrow(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	return nt_arrow_add(m, cv, s, NULL, NULL);
}

/* what the segment says about its conversation, before it is final */
static void note_fed(struct nt_convx *cv, const struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;
	struct nt_flow *f = &cv->e[s->dir].fed;

	if (s->icmp || p->proto != IPPROTO_TCP)
		return;
	if (p->tcp_flags & NETTRACE_TH_SYN) {
		if (!f->isn_known) {
			f->isn_known = true;
			f->isn = p->seq;
		}
	}
	if (p->tcp_flags & NETTRACE_TH_FIN) {
		f->fin_known = true;
		f->fin = p->seq + p->payload + !!(p->tcp_flags & NETTRACE_TH_SYN);
	}
	if (p->tcp_flags & NETTRACE_TH_RST)
		cv->rst_fed = true;
	if ((p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) != NETTRACE_TH_SYN)
		cv->nonsyn_fed = true;
	if (!(p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_RST)))
		cv->talk_fed = true;
}

/* which namespace owns an end, and who there, as far as a packet tells */
static void note_end(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	int end = s->stage == NT_STAGE_OUT ? s->dir : !s->dir;

	if (s->icmp || s->stage == NT_STAGE_PATH)
		return;
	if (cv->c.end[end].source < 0)
		cv->c.end[end].source = s->ev->source;
	if (s->stage == NT_STAGE_IN && s->p->sk_kind == NETTRACE_SK_LISTEN)
		nt_listener_apply(m, cv, end, s->ev->source);
	if (s->stage == NT_STAGE_OUT && (s->p->flags & NETTRACE_PKT_TASK) &&
	    (s->p->sk_kind == NETTRACE_SK_FULL || s->p->proto != IPPROTO_TCP))
		nt_owner_set(cv, end, NT_OWNER_PACKET, s->p->pid,
			     s->p->flags & NETTRACE_PKT_COMM ? s->p->comm : NULL);
}

/*
 * A SYN with another ISN than the one before opens a new connection, unless the
 * old one lives: then it is a stray (RFC 9293, 3.10.7.4), and belongs there.
 */
static bool opens_new(const struct nt_convx *cv, const struct nt_seen *s, int dir)
{
	const struct nt_endx *e = &cv->e[dir];

	if ((s->p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) != NETTRACE_TH_SYN)
		return false;
	if (!cv->sighted) /* known from its socket only */
		return nt_conv_over(cv);
	if (!e->fed.isn_known && nt_conv_crossing(cv, dir))
		return false;
	if (!e->fed.isn_known) /* a simultaneous open, or the roles changed */
		return cv->nonsyn_fed || nt_conv_over(cv);
	return e->fed.isn != s->p->seq && (nt_conv_over(cv) || !cv->nonsyn_fed);
}

/* a SYN,ACK, or midstream from a port that is listened on: the other is client */
static int server_speaks(const struct nt_model *m, const struct nt_tuple *t,
			 const struct nt_seen *s)
{
	if (s->p->proto != IPPROTO_TCP)
		return nt_is_echo_reply(s->p);
	if (s->p->tcp_flags & NETTRACE_TH_SYN)
		return !!(s->p->tcp_flags & NETTRACE_TH_ACK);
	return s->stage == NT_STAGE_OUT && nt_listener_find(m, s->ev->source, &t->a[0]);
}

/*
 * A SYN has opened @cv, and nothing has answered it yet.  What neither answers it
 * nor goes on behind it is of the connection before, which still lives at one end:
 * its challenge ACK, and the RST that this is answered by (RFC 5961, 4).
 */
static struct nt_convx *not_of_syn(struct nt_convx *cv, const struct nt_tuple *t,
				   const struct nt_seen *s, int dir)
{
	const struct nettrace_packet *p = s->p;
	const struct nt_flow *own = &cv->e[dir].fed, *peer = &cv->e[!dir].fed;
	struct nt_convx *older;

	if (cv->nonsyn_fed || (p->tcp_flags & NETTRACE_TH_SYN))
		return cv;
	if (peer->isn_known && (!(p->tcp_flags & NETTRACE_TH_ACK) || p->ack == peer->isn + 1))
		return cv;
	if (own->isn_known && p->seq == own->isn + 1)
		return cv;
	older = nt_conv_older(cv, t);
	return older ? older : cv;
}

static struct nt_convx *conv_of(struct nt_model *m, struct nt_tuple *t, struct nt_seen *s)
{
	struct nt_convx *cv;
	int dir;

	nt_tuple_scope(t, s->ev->source);
	cv = nt_conv_find(m, t);
	if (cv && s->p->proto == IPPROTO_TCP && !s->icmp) {
		dir = nt_conv_end(cv, &t->a[0]);
		cv = opens_new(cv, s, dir) ? NULL : not_of_syn(cv, t, s, dir);
	} else if (cv && !s->icmp && nt_dgram_silent(cv, s->ev->t)) {
		cv->c.closed = NT_CLOSE_TIMEOUT;
		cv = NULL;
	}
	if (!cv && !s->icmp)
		cv = nt_conv_new(m, t, server_speaks(m, t, s));
	if (cv)
		s->dir = nt_conv_end(cv, &t->a[0]);
	return cv;
}

/* an ICMP error belongs to the conversation whose packet it is about */
static struct nt_convx *conv_of_error(struct nt_model *m, struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;
	struct nt_tuple t = { .proto = p->inner_proto };
	struct nt_convx *cv;

	nt_addr_set(&t.a[0], p->hdr.family, p->inner_src, p->inner_sport);
	nt_addr_set(&t.a[1], p->hdr.family, p->inner_dst, p->inner_dport);
	s->icmp = true;
	cv = conv_of(m, &t, s);
	if (cv)
		s->dir = !s->dir; /* towards the sender of the inner packet */
	else
		s->icmp = false;
	return cv;
}

struct nt_convx *nt_conv_of(struct nt_model *m, struct nt_seen *s, uint16_t sport, uint16_t dport)
{
	const struct nettrace_packet *p = s->p;
	struct nt_tuple t = { .proto = p->proto };

	nt_addr_set(&t.a[0], p->hdr.family, p->src, sport);
	nt_addr_set(&t.a[1], p->hdr.family, p->dst, dport);
	return conv_of(m, &t, s);
}

static struct nt_convx *conv_of_packet(struct nt_model *m, struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;

	if (p->proto == IPPROTO_TCP && (p->flags & NETTRACE_PKT_L4)) /* nearly always */
		return nt_conv_of(m, s, p->sport, p->dport);
	/* echoes have an identifier, other ICMP and IGMP a type where others have ports */
	if (nt_is_echo(p))
		return nt_conv_of(m, s, p->icmp_id, p->icmp_id);
	if (!(p->flags & NETTRACE_PKT_L4) || nt_is_icmp(p) || p->proto == IPPROTO_IGMP)
		return nt_conv_of(m, s, 0, 0);
	return nt_conv_of(m, s, p->sport, p->dport);
}

/*
 * Have packets of this direction been seen anywhere but here?  If not, there is
 * nothing to join, and a fast one-sided stream need not be searched.
 */
static bool seen_elsewhere(struct nt_convx *cv, const struct nt_seen *s)
{
	struct nt_endx *e = &cv->e[s->dir];

	if (!e->placed) {
		e->placed = true;
		e->place_source = s->ev->source;
		e->place_hook = s->p->hook;
		memcpy(e->place_dev, s->p->dev, sizeof(e->place_dev));
	} else if (e->place_source != s->ev->source || e->place_hook != s->p->hook ||
		   strncmp(e->place_dev, s->p->dev, NETTRACE_NAME_LEN - 1)) {
		e->places = true;
	}
	return e->places;
}

static int join_or_new(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	struct nt_arrowx *part[NT_MERGED_MAX], *x;
	unsigned int i, n;
	int at = -1, ret = 0;

	if (m->policy.one_place || !seen_elsewhere(cv, s))
		return new_arrow(m, cv, s);
	x = s->p->hook == NETTRACE_DROPPED ? nt_find_dropped(cv, s) : nt_find_same(cv, s);
	if (x) {
		ret = s->ev->nbytes ? nt_app_feed(cv, &x->a, s) : 0;
		return ret ? ret : nt_arrow_join(m, x, s);
	}
	if (s->p->hook == NETTRACE_DROPPED)
		return new_arrow(m, cv, s);
	/* its sender cuts and merges nothing that left before */
	if (s->p->proto != IPPROTO_TCP || s->icmp || !s->p->payload || s->stage == NT_STAGE_OUT)
		return new_arrow(m, cv, s);
	x = nt_find_whole(cv, s, &at);
	if (x && at >= 0) {
		x->a.nsighted++;
		x->x[at].upto = s->p->seq + s->p->payload;
		if (s->ev->t > x->a.t_last)
			x->a.t_last = s->ev->t;
		return 0;
	}
	if (x)
		return nt_arrow_join(m, x, s);
	n = nt_find_parts(cv, s, part);
	if (!n)
		return new_arrow(m, cv, s);
	for (i = 0; i < n && !ret; i++)
		ret = nt_arrow_join(m, part[i], s);
	return ret;
}

/* is it known whose packet it is: not where the headers are damaged before the ports */
static bool is_whose(const struct nettrace_packet *p)
{
	static const uint8_t nobody[16];

	if (p->hdr.family != NETTRACE_IPV4 && p->hdr.family != NETTRACE_IPV6)
		return false;
	if ((p->flags & (NETTRACE_PKT_L4 | NETTRACE_PKT_FRAGMENT)) == NETTRACE_PKT_L4)
		return true; /* nearly all */
	if (!memcmp(p->src, nobody, 16) && !memcmp(p->dst, nobody, 16))
		return false;
	if ((p->flags & (NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MALFORMED)) == NETTRACE_PKT_FRAGMENT)
		return p->frag_off || (p->flags & NETTRACE_PKT_L4) || !nt_has_l4(p->proto);
	if (p->flags & NETTRACE_PKT_L4)
		return true; /* a damaged fragment's */
	return !nt_has_l4(p->proto) && !(p->flags & NETTRACE_PKT_MALFORMED);
}

static struct nt_convx *find_conv(struct nt_model *m, struct nt_seen *s)
{
	struct nt_convx *cv = NULL;

	if (nt_is_icmp(s->p) && (s->p->flags & NETTRACE_PKT_INNER))
		cv = conv_of_error(m, s);
	return cv ? cv : conv_of_packet(m, s);
}

static int feed(struct nt_model *m, struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;
	struct nt_convx *cv;
	bool first;
	int ret;

	s->stage = nt_hook_stage(p->hook);
	if (p->flags & NETTRACE_PKT_FRAGMENT) {
		ret = nt_frag_feed(m, s);
		if (ret)
			return ret < 0 ? ret : 0;
	}
	cv = find_conv(m, s);
	if (!cv)
		return -ENOMEM;
	cv->t_fed = s->ev->t;
	first = !cv->e[s->dir].fed.isn_known;
	note_fed(cv, s);
	note_end(m, cv, s);
	if (first && s->stage == NT_STAGE_OUT && !s->icmp && cv->e[s->dir].fed.isn_known) {
		ret = nt_orphan_syn(m, cv, s->dir, s->ev);
		if (ret)
			return ret;
	}
	if (m->routing_open && s->p->hook == NETTRACE_LOCAL_OUT && !s->icmp) {
		ret = nt_route_join(m, cv, s);
		if (ret)
			return ret;
	}
	if (p->flags & NETTRACE_PKT_FRAGMENT) {
		seen_elsewhere(cv, s);
		return nt_frag_first(m, cv, s);
	}
	ret = join_or_new(m, cv, s);
	if (!ret && p->hook == NETTRACE_FORWARD)
		ret = nt_resolve_forwarded(m, s);
	if (!ret && nt_is_nd(p))
		ret = nt_arp_feed(m, s->ev);
	if (!ret && (p->sk_kind == NETTRACE_SK_LISTEN || p->sk_kind == NETTRACE_SK_REQUEST))
		ret = nt_queue_feed(m, cv, s);
	if (ret || s->stage == NT_STAGE_PATH)
		return ret;
	return nt_agree_feed(m, cv, s);
}

int nt_packet_feed(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;
	struct nt_seen s = { .ev = ev, .p = p };
	struct nettrace_packet plain;

	if (p->hdr.family == NETTRACE_ARP) {
		if (!(p->flags & NETTRACE_PKT_MALFORMED))
			return nt_arp_feed(m, ev);
		m->stats.other_packets++;
		return 0;
	}
	if (!is_whose(p)) {
		m->stats.other_packets++;
		return 0;
	}
	if (p->hdr.family == NETTRACE_IPV6) {
		__u8 *addr[2] = { plain.src, plain.dst };

		plain = *p;
		nt_addr_unmap(&plain.hdr.family, addr, 2);
		s.p = &plain;
	}
	return feed(m, &s);
}
