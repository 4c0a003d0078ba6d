// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout.c - a conversation as the rows of a picture
 *
 * Three steps: collect what belongs to the picture, sort it by time, lay the
 * rows while following both ends' states.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "layout.h"
#include "layout_priv.h"

/* what is to be laid, before it has its place */
struct entry {
	int64_t t;
	size_t order; /* among equals: as collected */
	enum nt_row_type type;
	const void *what;
};

#define HELD_MAX 8
#define LASTS_NS 10000000 /* calls from here on have a row for their return */

struct work {
	struct nt_layout *l;
	const struct nt_model *m;
	const struct nt_layout_opts *o;
	struct entry *e;
	size_t n, room;
	const struct entry *held[HELD_MAX]; /* transitions before their cause */
	int nheld;
	int64_t since[2]; /* when the ends' present states began */
	bool known[2];	  /* ... if that was seen */
	int err;
};

/* ... while the conversation still had packets on their way */
static int64_t last_arrow(const struct nt_conv *c)
{
	int64_t last = c->t0;
	size_t i;

	for (i = 0; i < c->nitem; i++)
		if (c->item[i].type == NT_ITEM_ARROW && c->item[i].arrow->t_last > last)
			last = c->item[i].arrow->t_last;
	return last;
}

static void add(struct work *w, enum nt_row_type type, int64_t t, const void *what)
{
	struct entry *e;

	if (w->n == w->room) {
		size_t room = w->room ? 2 * w->room : 64;

		e = realloc(w->e, room * sizeof(*e));
		if (!e) {
			w->err = -ENOMEM;
			return;
		}
		w->e = e;
		w->room = room;
	}
	e = &w->e[w->n];
	e->t = t;
	e->order = w->n++;
	e->type = type;
	e->what = what;
}

/* when it was sighted last; that it was dropped, perhaps where it waited, is no progress */
static int64_t moved_last(const struct nt_arrow *a)
{
	int64_t last = a->t;
	unsigned int i;

	if (!nt_arrow_dropped(a))
		return a->t_last;
	for (i = 0; i < a->nsight; i++)
		if (a->sight[i].hook != NETTRACE_DROPPED && a->sight[i].t > last)
			last = a->sight[i].t;
	return last;
}

/*
 * Did this arrow wait for address resolution, and leave?  It did if an ARP request
 * that concerns the conversation was sent between its first and its last sighting.
 */
static bool waited(const struct work *w, size_t narp, const struct nt_arrow *a)
{
	int64_t last = moved_last(a);
	size_t i;

	for (i = 0; i < narp; i++) {
		const struct nt_arp *arp = w->e[i].what;

		if (arp->op == 1 && arp->t > a->t && arp->t < last)
			return true;
	}
	return false;
}

/*
 * A call that lasts has two rows: what happens meanwhile stands between them.
 * Those that wait for the peer stand at their return, and need but that one.
 */
static bool is_split(const struct nt_call *call, int64_t t)
{
	return call->part == NT_CALL_BEGUN || (t == call->t && call->t_end - call->t >= LASTS_NS);
}

static void collect_call(struct work *w, const struct nt_item *it)
{
	const struct nt_call *call = it->call;

	if (call->part == NT_CALL_RETURNED) {
		add(w, NT_ROW_RETURN, it->t, call);
		return;
	}
	add(w, NT_ROW_CALL, it->t, call);
	if (call->part == NT_CALL_WHOLE && is_split(call, it->t))
		add(w, NT_ROW_RETURN, call->t_end, call);
}

static void collect_item(struct work *w, size_t narp, const struct nt_item *it)
{
	bool wait;

	switch (it->type) {
	case NT_ITEM_TRANSITION:
		add(w, NT_ROW_TRANSITION, it->t, it->tr);
		break;
	case NT_ITEM_ARROW:
		wait = waited(w, narp, it->arrow);
		if (wait)
			add(w, NT_ROW_DEPART, it->arrow->t, it->arrow);
		add(w, NT_ROW_ARROW, wait ? moved_last(it->arrow) : it->arrow->t, it->arrow);
		break;
	case NT_ITEM_CALL:
		if (w->o->calls)
			collect_call(w, it);
		break;
	case NT_ITEM_TIMER:
		if (w->o->timers)
			add(w, NT_ROW_TIMER, it->t, it->timer);
		break;
	case NT_ITEM_QUEUE:
		add(w, NT_ROW_QUEUE, it->t, it->queue);
		break;
	case NT_ITEM_ROUTE:
		add(w, NT_ROW_ROUTE, it->t, it->route);
		break;
	case NT_ITEM_DROP:
		add(w, NT_ROW_DROP, it->t, it->drop);
		break;
	default: /* ARP and gaps belong to none */
		break;
	}
}

/* those that belong to none stand in the order of time */
static void collect(struct work *w)
{
	const struct nt_model *m = w->m;
	const struct nt_conv *c = w->l->conv;
	uint64_t path = nt_layout_path(c), via = nt_layout_routers(c);
	int64_t last = last_arrow(c);
	size_t i, narp;

	for (i = m ? nt_model_arp_since(m, c->t0) : 0; m && i < nt_model_narp(m); i++) {
		const struct nt_arp *arp = nt_model_arp(m, i);

		if (arp->t > last)
			break;
		if (arp->t >= c->t0 && nt_arp_concerns(c, arp, via))
			add(w, NT_ROW_ARP, arp->t, arp);
	}
	narp = w->n;
	for (i = 0; i < c->nitem && !w->err; i++)
		collect_item(w, narp, &c->item[i]);
	for (i = m ? nt_model_neigh_since(m, c->t0) : 0; m && i < nt_model_nneigh(m); i++) {
		const struct nt_neigh *n = nt_model_neigh(m, i);

		if (n->t > last)
			break;
		if (n->t >= c->t0 && nt_neigh_end(m, c, n) >= 0)
			add(w, NT_ROW_NEIGH, n->t, n);
	}
	for (i = m ? nt_model_gap_since(m, c->t0) : 0; m && i < nt_model_ngap(m); i++) {
		const struct nt_gap *g = nt_model_gap(m, i);

		if (g->t > c->t1)
			break;
		if (g->t >= c->t0 && (!path || g->source >= 64 || path & 1ULL << g->source))
			add(w, NT_ROW_GAP, g->t, g);
	}
}

static int earlier(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->t != y->t)
		return x->t < y->t ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static struct nt_row *add_row(struct work *w, enum nt_row_type type, int64_t t)
{
	struct nt_layout *l = w->l;
	struct nt_row_state before[2];
	struct nt_row *r;

	memcpy(before, l->nrow ? l->row[l->nrow - 1].st : l->first, sizeof(before));
	if (l->nrow == l->room) {
		size_t room = l->room ? 2 * l->room : 64;

		r = realloc(l->row, room * sizeof(*r));
		if (!r) {
			w->err = -ENOMEM;
			return NULL;
		}
		l->row = r;
		l->room = room;
	}
	r = &l->row[l->nrow++];
	memset(r, 0, sizeof(*r));
	r->type = type;
	r->t = t;
	r->lasted = -1;
	r->end = -1;
	memcpy(r->st, before, sizeof(before));
	return r;
}

static void lay_pause(struct work *w, int64_t t)
{
	const struct nt_layout *l = w->l;
	int64_t before;
	struct nt_row *r;

	if (!l->nrow || w->o->pause_ns <= 0)
		return;
	before = l->row[l->nrow - 1].t;
	if (t - before < w->o->pause_ns)
		return;
	r = add_row(w, NT_ROW_PAUSE, t);
	if (r)
		r->pause = t - before;
}

static void lay_transition(struct work *w, const struct nt_transition *tr)
{
	struct nt_layout *l = w->l;
	struct nt_row *last = l->nrow ? &l->row[l->nrow - 1] : NULL;
	int end = tr->end & 1;
	struct nt_row *r;

	/* TIME-WAIT has more to say than a shared row has room for */
	if (w->o->merge && last && last->type == NT_ROW_ARROW && !last->fresh &&
	    tr->to != NT_TIME_WAIT && tr->from != NT_TIME_WAIT &&
	    tr->cause.kind == NT_CAUSE_SEGMENT && tr->cause.n == last->arrow->n &&
	    end != (last->arrow->dir & 1)) {
		r = last;
		r->fresh = tr;
	} else {
		lay_pause(w, tr->t);
		r = add_row(w, NT_ROW_TRANSITION, tr->t);
		if (!r)
			return;
		r->tr = tr;
	}
	if (w->known[end])
		r->lasted = tr->t - w->since[end];
	if (tr->to != tr->from || !w->known[end]) {
		w->since[end] = tr->t;
		w->known[end] = true;
	}
	r->st[end].state = tr->to;
	r->st[end].basis = tr->basis;
	if (tr->basis == NT_INFERRED)
		l->inferred = true;
}

/* an end whose state no transition has told: what its socket said of itself */
static void learn_state(struct nt_row *r, const struct nt_conv *c)
{
	const struct nt_arrow *a = r->arrow;
	int i, end;

	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX; i++) {
		const struct nt_sighting *s = &a->sight[i];

		if (s->state == NT_ST_NONE || s->sk_kind == NETTRACE_SK_LISTEN)
			continue;
		if (s->hook == NETTRACE_LOCAL_OUT)
			end = a->dir & 1;
		else if (s->hook == NETTRACE_LOCAL_IN)
			end = !(a->dir & 1);
		else
			continue;
		if (r->st[end].state == NT_ST_NONE && c->proto == IPPROTO_TCP) {
			r->st[end].state = s->state;
			r->st[end].basis = NT_OBSERVED;
		}
	}
}

static bool is_broken(const struct nt_arrow *a)
{
	int i;

	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		if (a->mark[i].name == NT_MARK_NOT_DELIVERED)
			return true;
	return false;
}

static void lay_arrow(struct work *w, const struct entry *e)
{
	const struct nt_arrow *a = e->what;
	struct nt_layout *l = w->l;
	struct nt_row *r;
	int i, k;

	r = add_row(w, e->type, e->t);
	if (!r)
		return;
	r->arrow = a;
	if (l->states)
		learn_state(r, l->conv);
	if (e->type == NT_ROW_DEPART)
		return;
	l->broken |= is_broken(a);
	l->dropped |= nt_arrow_dropped(a);
	l->super |= a->wire_segs > 1;
	l->inferred |= a->about && a->about_basis == NT_INFERRED;
	for (k = 0; k < a->nmark && k < NT_MARKS_MAX; k++)
		l->inferred |= a->mark[k].basis == NT_INFERRED;
	/* what it caused and what, by some µs, was written down before it */
	for (i = k = 0; i < w->nheld; i++) {
		const struct nt_transition *tr = w->held[i]->what;

		if (tr->cause.n == a->n)
			lay_transition(w, tr);
		else
			w->held[k++] = w->held[i];
	}
	w->nheld = k;
}

/* is there an arrow still to come that is said to have caused this? */
static bool cause_to_come(const struct work *w, size_t at)
{
	const struct nt_transition *tr = w->e[at].what;
	size_t i;

	if (tr->cause.kind != NT_CAUSE_SEGMENT)
		return false;
	for (i = at + 1; i < w->n; i++)
		if (w->e[i].type == NT_ROW_ARROW &&
		    ((const struct nt_arrow *)w->e[i].what)->n == tr->cause.n)
			return true;
	return false;
}

/* the reader has to be told which packet it was */
static bool is_apart(const struct nt_layout *l, const struct nt_drop *drop)
{
	size_t i = l->nrow;

	while (i-- && l->row[i].type != NT_ROW_ARROW)
		;
	return i < l->nrow && l->row[i].arrow->n != drop->arrow;
}

static void fill_row(const struct work *w, struct nt_row *r, const struct entry *e)
{
	struct nt_layout *l = w->l;

	switch (e->type) {
	case NT_ROW_ARP:
		r->arp = e->what;
		nt_arp_place(r, l->conv);
		break;
	case NT_ROW_CALL:
	case NT_ROW_RETURN:
		r->call = e->what;
		r->end = r->call->end & 1;
		break;
	case NT_ROW_TIMER:
		r->timer = e->what;
		r->end = r->timer->end & 1;
		l->inferred |= r->timer->basis == NT_INFERRED;
		break;
	case NT_ROW_QUEUE:
		r->queue = e->what;
		r->end = r->queue->end & 1;
		l->inferred |= r->queue->verdict != NT_QUEUE_OK && r->queue->basis == NT_INFERRED;
		break;
	case NT_ROW_DROP:
		r->drop = e->what;
		r->apart = is_apart(l, r->drop);
		/* in a router: at the side that it did not come to */
		r->end = (int8_t) !(r->drop->dir & 1);
		if (l->conv->end[r->drop->dir & 1].source == r->drop->source &&
		    l->conv->end[r->end].source != r->drop->source)
			r->end = (int8_t)(r->drop->dir & 1);
		break;
	case NT_ROW_ROUTE:
		r->route = e->what;
		r->end = (int8_t)(r->route->end & 1);
		break;
	case NT_ROW_NEIGH:
		r->neigh = e->what;
		r->end = (int8_t)nt_neigh_end(w->m, l->conv, r->neigh);
		break;
	default:
		r->gap = e->what;
	}
}

/* Return: how many entries behind it are in this row, too */
static size_t lay_call(const struct work *w, struct nt_row *r, size_t at)
{
	const struct entry *next = at + 1 < w->n ? &w->e[at + 1] : NULL;
	const struct nt_call *call = r->call, *back;

	r->whole = !is_split(call, r->t);
	if (r->whole || !next || next->type != NT_ROW_RETURN)
		return 0;
	back = next->what; /* of one that had not returned: a copy */
	if (back->tid != call->tid || back->t != call->t)
		return 0;
	r->call = back;
	r->whole = true;
	return 1;
}

static void lay(struct work *w)
{
	struct nt_row *r;
	size_t i;

	for (i = 0; i < w->n && !w->err; i++) {
		const struct entry *e = &w->e[i];

		if (e->type == NT_ROW_TRANSITION) {
			if (w->nheld < HELD_MAX && cause_to_come(w, i))
				w->held[w->nheld++] = e;
			else
				lay_transition(w, e->what);
			continue;
		}
		lay_pause(w, e->t);
		if (e->type == NT_ROW_ARROW || e->type == NT_ROW_DEPART) {
			lay_arrow(w, e);
			continue;
		}
		r = add_row(w, e->type, e->t);
		if (!r)
			break;
		fill_row(w, r, e);
		if (e->type == NT_ROW_CALL)
			i += lay_call(w, r, i);
	}
}

/* what an end was in before anything of the picture happened */
static struct nt_row_state first_state(const struct nt_conv *c, int end)
{
	struct nt_row_state none = { NT_ST_NONE, NT_OBSERVED };
	size_t i;

	for (i = 0; i < c->nitem; i++) {
		const struct nt_transition *tr = c->item[i].tr;

		if (c->item[i].type != NT_ITEM_TRANSITION || (tr->end & 1) != end)
			continue;
		none.state = tr->from;
		none.basis = tr->basis;
		return none;
	}
	/* it never left the state it is in */
	none.state = c->end[end].listening ? NT_LISTEN : c->end[end].state;
	none.basis = c->end[end].listening ? NT_OBSERVED : c->end[end].basis;
	return none;
}

int nt_layout_conv(struct nt_layout *l, const struct nt_model *m, const struct nt_conv *c,
		   const struct nt_layout_opts *o)
{
	struct work w = { .l = l, .m = m, .o = o };
	int k;

	memset(l, 0, sizeof(*l));
	l->conv = c;
	l->states = c->proto == IPPROTO_TCP;
	for (k = 0; k < 2 && l->states; k++) {
		l->first[k] = first_state(c, k);
		if (l->first[k].basis == NT_INFERRED && l->first[k].state != NT_ST_NONE)
			l->inferred = true;
	}
	collect(&w);
	if (!w.err && w.n) {
		qsort(w.e, w.n, sizeof(*w.e), earlier);
		lay(&w);
	}
	free(w.e);
	if (!w.err && o->fold)
		w.err = nt_layout_fold(l);
	return w.err;
}

void nt_layout_free(struct nt_layout *l)
{
	size_t i;

	for (i = 0; i < l->nrow; i++)
		if (l->row[i].type == NT_ROW_FOLD)
			free(l->row[i].fold);
	free(l->row);
	l->row = NULL;
	l->nrow = 0;
	l->room = 0;
}
