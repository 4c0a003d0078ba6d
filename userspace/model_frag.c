// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_frag.c - fragments, and the datagram that they are of
 *
 * A hook before reassembly, a router and a capture see fragments; only the first
 * has ports.  Those of one datagram share source, destination, protocol and
 * identification (RFC 791, 3.2; RFC 8200, 4.5).  A table of NT_FRAGS_MAX datagrams
 * tells what they belong to; when it is full the oldest one has to go.
 *
 * A datagram is one arrow.  Of each place where fragments of it are seen it has
 * the list of them (struct nt_fragments), so that what is missing is known of each.
 * Fragments that come before the first one wait in the queue, as long as an arrow
 * does; then they are shown without ports.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define WINDOW (30 * 1000 * NT_MS) /* as long as Linux waits: ipfrag_time */

/* octets of the datagram in a fragment; the first one's are counted from its ports */
static uint32_t piece_len(const struct nettrace_packet *p)
{
	if (p->frag_off || !(p->flags & NETTRACE_PKT_L4))
		return p->payload;
	if (p->hdr.family == NETTRACE_IPV4 && !(p->flags & NETTRACE_PKT_IP_OPTS) && p->len > 20)
		return p->len - 20;
	switch (p->proto) {
	case IPPROTO_TCP: /* the fragment's extension header, and no other */
		return p->len > 48 ? p->len - 48 : p->payload;
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		return p->payload + 12;
	default:
		return p->payload + 8;
	}
}

/* ---- the fragments at one place --------------------------------------------- */

static void free_sets(struct nt_fragments *f)
{
	struct nt_fragments *next;

	for (; f; f = next) {
		next = f->next;
		free(f->piece);
		free(f);
	}
}

static struct nt_fragments *set_here(struct nt_fragments *f, const struct nt_seen *s)
{
	while (f && (f->source != s->ev->source || f->hook != s->p->hook ||
		     strncmp(f->dev, s->p->dev, sizeof(f->dev) - 1)))
		f = f->next;
	return f;
}

static struct nt_fragments *new_set(const struct nt_seen *s)
{
	struct nt_fragments *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->source = (uint16_t)s->ev->source;
	f->hook = s->p->hook;
	memcpy(f->dev, s->p->dev, sizeof(f->dev) - 1);
	return f;
}

/* octets that are there, each once; do pieces overlap that are not alike */
static void count(struct nt_fragments *f)
{
	uint32_t end = 0, i;

	f->have = 0;
	for (i = 0; i < f->npiece; i++) {
		const struct nt_frag *p = &f->piece[i];
		uint32_t from = p->off > end ? p->off : end, to = p->off + p->len;

		f->conflict |= p->off < end;
		if (f->total && to > f->total) {
			f->conflict = true;
			to = f->total;
		}
		if (to > from)
			f->have += to - from;
		if (to > end)
			end = to;
	}
}

bool nt_fragments_hole(const struct nt_fragments *f, uint32_t *from, uint32_t *to)
{
	uint32_t at = *from, i;

	if (f->n > f->npiece) /* some were not kept */
		return false;
	for (i = 0; i < f->npiece; i++) {
		const struct nt_frag *p = &f->piece[i];

		if (p->off > at)
			break;
		if (p->off + p->len > at)
			at = p->off + p->len;
	}
	if (f->total && at >= f->total)
		return false;
	*from = at;
	*to = i < f->npiece ? f->piece[i].off : f->total;
	if (f->total && *to > f->total)
		*to = f->total;
	return true;
}

static bool had_piece(const struct nt_fragments *f, const struct nettrace_packet *p)
{
	uint32_t i, len = piece_len(p);

	for (i = 0; i < f->npiece; i++)
		if (f->piece[i].off == p->frag_off && f->piece[i].len == len)
			return true;
	return false;
}

static int add_piece(struct nt_fragments *f, const struct nt_seen *s)
{
	const struct nettrace_packet *p = s->p;
	struct nt_frag piece = { .t = s->ev->t, .off = p->frag_off, .len = piece_len(p) };
	struct nt_frag *array;
	uint32_t i;

	if (had_piece(f, p))
		return 0;
	f->n++;
	if (!(p->flags & NETTRACE_PKT_MORE_FRAGS) && !f->total)
		f->total = piece.off + piece.len;
	else if (!(p->flags & NETTRACE_PKT_MORE_FRAGS))
		f->conflict = true;
	if (f->npiece == NT_FRAGMENTS_MAX)
		return 0;
	/* a datagram has few: exact sizes */
	array = reallocarray(f->piece, f->npiece + 1, sizeof(*array));
	if (!array)
		return -ENOMEM;
	f->piece = array;
	for (i = f->npiece; i > 0 && array[i - 1].off > piece.off; i--)
		array[i] = array[i - 1];
	array[i] = piece;
	f->npiece++;
	count(f);
	return 0;
}

/* in the set of its place, which is made where there is none */
static int add_to(struct nt_fragments **sets, const struct nt_seen *s, struct nt_fragments **here)
{
	struct nt_fragments *f = set_here(*sets, s), **last;
	unsigned int n = 0;

	*here = f;
	if (!f) {
		for (last = sets; *last; last = &(*last)->next)
			n++;
		if (n == NT_SIGHTINGS_MAX)
			return 0;
		f = new_set(s);
		if (!f)
			return -ENOMEM;
		*last = f;
		*here = f;
	}
	return add_piece(f, s);
}

/* ---- the table -------------------------------------------------------------- */

static bool is_of(const struct nt_fragx *e, const struct nettrace_packet *p)
{
	/* of IPv6's only the first tells the protocol behind more headers */
	return e->id == p->ip_id && e->family == p->hdr.family &&
	       (e->proto == p->proto || e->family == NETTRACE_IPV6) &&
	       !memcmp(e->src, p->src, sizeof(e->src)) && !memcmp(e->dst, p->dst, sizeof(e->dst));
}

static void drop(struct nt_model *m, unsigned int i)
{
	struct nt_fragx *e = m->frag[i];

	m->nfrag--;
	memmove(&m->frag[i], &m->frag[i + 1], (m->nfrag - i) * sizeof(m->frag[0]));
	if (e->x)
		e->x->expects = false;
	if (e->queued)
		nt_queue_del(m, &e->pend);
	free_sets(e->set);
	free(e);
}

void nt_frag_forget(struct nt_model *m, struct nt_arrowx *x)
{
	unsigned int i;

	if (!x->a.frags)
		return;
	for (i = m->nfrag; i-- > 0;)
		if (m->frag[i]->x == x)
			drop(m, i);
	free_sets(x->a.frags);
	x->a.frags = NULL;
}

void nt_frag_free(struct nt_model *m)
{
	while (m->nfrag)
		drop(m, m->nfrag - 1);
}

/* the conversation need not keep what nobody will ask for */
void nt_frag_expire(struct nt_model *m)
{
	while (m->nfrag && !m->frag[0]->queued && m->now - m->frag[0]->t > WINDOW)
		drop(m, 0);
}

/* the same identification again is another datagram: it is long ago, or complete here */
static struct nt_fragx *find(const struct nt_model *m, const struct nt_seen *s)
{
	unsigned int i;

	for (i = m->nfrag; i-- > 0;) {
		struct nt_fragx *e = m->frag[i];
		struct nt_fragments *f;

		if (!is_of(e, s->p))
			continue;
		if (s->ev->t - e->t > WINDOW)
			return NULL;
		f = set_here(e->x ? e->x->a.frags : e->set, s);
		return f && nt_fragments_whole(f) && had_piece(f, s->p) ? NULL : e;
	}
	return NULL;
}

static struct nt_fragx *new_entry(struct nt_model *m, const struct nt_seen *s)
{
	struct nt_fragx *e = calloc(1, sizeof(*e));

	if (!e)
		return NULL;
	if (m->nfrag == NT_FRAGS_MAX) {
		m->stats.other_packets += m->frag[0]->queued;
		drop(m, 0);
	}
	m->frag[m->nfrag++] = e;
	e->family = s->p->hdr.family;
	e->proto = s->p->proto;
	e->id = s->p->ip_id;
	memcpy(e->src, s->p->src, sizeof(e->src));
	memcpy(e->dst, s->p->dst, sizeof(e->dst));
	e->t = s->ev->t;
	return e;
}

/* ---- datagrams -------------------------------------------------------------- */

bool nt_frag_waits(const struct nt_arrowx *x)
{
	return x->expects && !x->whole;
}

/* all of it is here: what the arrow knows of the first fragment is now of the whole */
static void completed(struct nt_arrowx *x, const struct nt_fragments *f)
{
	struct nettrace_packet *p = &x->a.pkt;
	uint32_t more;

	x->whole = true;
	if (!x->first_len || f->total < x->first_len)
		return;
	more = f->total - x->first_len;
	p->payload += more;
	p->len += more;
	p->frag_off = 0;
	p->flags &= ~(NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	if (p->hdr.family == NETTRACE_IPV6)
		p->ip_id = 0;
	x->first_len = 0;
	if (x->final && p->proto != IPPROTO_TCP && !x->icmp)
		x->pend.cv->c.end[x->a.dir].bytes += more;
}

static void settle_set(struct nt_arrowx *x, const struct nt_fragments *f, const struct nt_seen *s)
{
	int at;

	if (f->conflict) {
		nt_arrow_unmark(&x->a, NT_MARK_MALFORMED);
		nt_arrow_mark(&x->a, NT_MARK_MALFORMED, "fragments contradict each other",
			      NT_OBSERVED);
	}
	if (!nt_fragments_whole(f))
		return;
	completed(x, f);
	at = nt_sighted_here(&x->a, s);
	if (at >= 0)
		x->a.sight[at].flags &= ~(NETTRACE_PKT_FRAGMENT | NETTRACE_PKT_MORE_FRAGS);
	if (s->stage == NT_STAGE_IN)
		nt_arrow_unmark(&x->a, NT_MARK_NOT_DELIVERED);
}

/* one more fragment of a datagram that has an arrow */
static int join(struct nt_model *m, struct nt_fragx *e, const struct nt_seen *s)
{
	struct nt_arrowx *x = e->x;
	struct nt_fragments *f;
	struct nt_seen as = *s;
	int ret = add_to(&x->a.frags, s, &f);

	e->t = s->ev->t;
	x->pend.cv->t_fed = s->ev->t;
	if (ret || !f)
		return ret;
	as.dir = x->a.dir;
	if (nt_sighted_here(&x->a, s) < 0) {
		ret = nt_arrow_join(m, x, &as);
	} else {
		x->a.nsighted++;
		if (s->ev->t > x->a.t_last)
			x->a.t_last = s->ev->t;
	}
	settle_set(x, f, s);
	if (!ret && m->policy.eager && x->whole)
		ret = nt_arrow_ripen(m, x->pend.cv);
	return ret;
}

/* a later fragment comes first: it waits for the one that tells the ports */
static int stray(struct nt_model *m, const struct nt_seen *s)
{
	struct nt_fragx *e = new_entry(m, s);
	struct nt_fragments *f;

	if (!e)
		return -ENOMEM;
	e->ev = *s->ev;
	e->ev.rec.packet = *s->p;
	/* its source has them only until its next event */
	e->ev.bytes = NULL;
	e->ev.nbytes = 0;
	e->pend.type = NT_PEND_FRAG;
	e->pend.t = s->ev->t;
	nt_queue_add(m, &e->pend);
	e->queued = true;
	return add_to(&e->set, s, &f);
}

int nt_frag_feed(struct nt_model *m, const struct nt_seen *s)
{
	struct nt_fragx *e = find(m, s);
	struct nt_fragments *f;
	int ret;

	m->stats.fragments++;
	if (e && e->x) {
		ret = join(m, e, s);
		return ret ? ret : 1;
	}
	if (!s->p->frag_off)
		return 0;
	if (e) {
		e->t = s->ev->t;
		ret = add_to(&e->set, s, &f);
	} else {
		ret = stray(m, s);
	}
	return ret ? ret : 1;
}

/* the places where only later fragments had been seen */
static void sight_all(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s)
{
	const struct nt_fragments *f;
	struct nettrace_packet p = *s->p;
	struct nt_event ev = *s->ev;
	struct nt_seen at = *s;

	at.ev = &ev;
	at.p = &p;
	for (f = x->a.frags; f; f = f->next) {
		if (!f->npiece)
			continue;
		ev.source = f->source;
		ev.t = f->piece[0].t;
		p.hook = f->hook;
		at.stage = nt_hook_stage(f->hook);
		memcpy(p.dev, f->dev, sizeof(p.dev));
		if (nt_sighted_here(&x->a, &at) < 0)
			nt_arrow_join(m, x, &at);
		settle_set(x, f, &at);
	}
}

/* the arrow that @e's fragments are of: one that was sighted whole, or a new one */
static int give_arrow(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s,
		      struct nt_fragx *e)
{
	struct nt_arrowx *x = nt_find_cut(cv, s);
	struct nt_fragments *set = e->set;
	int ret = 0;

	e->set = NULL;
	if (x) {
		x->a.frags = set;
	} else {
		ret = nt_arrow_add(m, cv, s, set, &x);
		if (!x) {
			free_sets(set);
			return -ENOMEM;
		}
		x->first_len = piece_len(s->p);
	}
	e->x = x;
	x->expects = true;
	sight_all(m, x, s);
	if (m->policy.eager && !cv->unripe)
		cv->unripe = x;
	if (!ret && m->policy.eager)
		ret = nt_arrow_ripen(m, cv);
	return ret;
}

int nt_frag_first(struct nt_model *m, struct nt_convx *cv, const struct nt_seen *s)
{
	struct nt_fragx *e = find(m, s);
	struct nt_fragments *f;
	int ret;

	if (!e)
		e = new_entry(m, s);
	if (!e)
		return -ENOMEM;
	if (e->queued)
		nt_queue_del(m, &e->pend);
	e->queued = false;
	e->t = s->ev->t;
	ret = add_to(&e->set, s, &f);
	if (!ret)
		ret = give_arrow(m, cv, s, e);
	return ret;
}

int nt_frag_final(struct nt_model *m, struct nt_fragx *e)
{
	struct nettrace_packet *p = &e->ev.rec.packet;
	struct nt_seen s = {
		.ev = &e->ev,
		.p = p,
		.stage = nt_hook_stage(p->hook),
	};
	struct nt_convx *cv;

	e->queued = false; /* the caller has taken it out */
	p->flags &= ~NETTRACE_PKT_L4;
	cv = nt_conv_of(m, &s, 0, 0);
	if (!cv)
		return -ENOMEM;
	cv->t_fed = e->t;
	return give_arrow(m, cv, &s, e);
}
