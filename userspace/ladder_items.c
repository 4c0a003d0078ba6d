// SPDX-License-Identifier: GPL-2.0-only
/*
 * ladder_items.c - rows beside the arrows: calls, timers, queues, drops, folds, options
 */
#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#include "countdown.h"
#include "i18n.h"
#include "ladder.h"
#include "text.h"

/* a label between the lifelines, at the side of @end */
static void put_inside(struct ladder *d, int end, const struct nt_label *label)
{
	int from = d->life[0] + 2, to = d->life[1] - 1, w;

	w = nt_line_label_width(label, to - from, d->v->unicode);
	if (end & 1)
		from = to - w;
	nt_line_label(&d->line, from, from + w, label);
}

/* rather without flags than without a result */
static void describe_call(const struct ladder *d, struct nt_label *label, const struct nt_row *r)
{
	nt_describe_call(label, r->call, nt_layout_part(r), false);
	if (nt_label_rank(label, d->life[1] - d->life[0] - 3, d->v->unicode) < 1)
		nt_describe_call(label, r->call, nt_layout_part(r), true);
}

/* the pieces that must be said and do not fit beside the others: below */
static void split(const struct ladder *d, struct nt_label *label, struct nt_label *rest)
{
	int room = d->life[1] - d->life[0] - 3, i, n = 0, w = 0;

	nt_label_start(rest);
	if (nt_label_rank(label, room, d->v->unicode) >= 1)
		return;
	for (i = 0; i < label->n; i++) {
		const struct nt_piece *p = &label->piece[i];
		const char *text = label->text + p->off;

		if (p->rank > 1)
			continue;
		w += nt_text_width(text, d->v->unicode) + 1;
		if (n && (rest->n || w > room + 1))
			nt_label_add(rest, 0, (enum nt_role)p->role, "%s", text);
		else
			label->piece[n++] = *p;
	}
	label->n = (uint8_t)n;
}

void nt_ladder_beside(struct ladder *d, const struct nt_row *r, void (*print)(struct ladder *d))
{
	struct nt_label label, rest;
	char netns[80], which[32] = "";

	nt_ladder_lifelines(d, r->st);
	nt_ladder_time(d, r->t);
	if (r->type == NT_ROW_DROP && r->apart)
		snprintf(which, sizeof(which),
			 d->c->proto == IPPROTO_TCP ? _("segment %" PRIu32) : _("packet %" PRIu32),
			 r->drop->arrow);
	if (r->type == NT_ROW_CALL || r->type == NT_ROW_RETURN)
		describe_call(d, &label, r);
	else if (r->type == NT_ROW_TIMER)
		nt_describe_timer(&label, r->timer);
	else if (r->type == NT_ROW_QUEUE)
		nt_describe_queue(&label, r->queue);
	else if (r->type == NT_ROW_NEIGH)
		nt_describe_neigh(&label, r->neigh, !d->state, NULL);
	else if (r->type == NT_ROW_ROUTE)
		nt_describe_route(&label, r->route, !d->state);
	else
		nt_describe_drop(&label, r->drop, which,
				 nt_view_netns(d->v, r->drop->source, netns, sizeof(netns)));
	if ((r->type == NT_ROW_NEIGH || r->type == NT_ROW_ROUTE) && d->state)
		nt_ladder_word(d, r->end, r->type == NT_ROW_NEIGH ? _("neighbour") : _("route"));
	split(d, &label, &rest);
	put_inside(d, r->end, &label);
	print(d);
	if (!rest.n)
		return;
	nt_ladder_lifelines(d, r->st);
	put_inside(d, r->end, &rest);
	print(d);
}

bool nt_ladder_options(struct ladder *d, const struct nt_row *r)
{
	struct nt_numbers num = d->numbers;
	struct nt_label label;
	int from = d->life[0] + 4, to = d->life[1] - 3, w;

	num.below = false;
	nt_describe_options(&label, r->arrow, &num);
	if (!label.n)
		return false;
	nt_ladder_lifelines(d, r->st);
	w = nt_line_label_width(&label, to - from, d->v->unicode);
	if (r->arrow->dir & 1)
		from = to - w;
	nt_line_label(&d->line, from, from + w, &label);
	return true;
}

/* what a fold says, a part each; a line takes as many as it has room for */
struct parts {
	char text[12][80];
	int n;
};

static void add_part(struct parts *p, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void add_part(struct parts *p, const char *fmt, ...)
{
	va_list ap;

	if (p->n == (int)(sizeof(p->text) / sizeof(p->text[0])))
		return;
	va_start(ap, fmt);
	vsnprintf(p->text[p->n++], sizeof(p->text[0]), fmt, ap);
	va_end(ap);
}

/* @text: with the number in it */
static void add_count(struct parts *p, uint32_t n, const char *text)
{
	if (n)
		add_part(p, text, n);
}

static void fold_counts(struct parts *p, const struct nt_fold *f)
{
	const uint32_t *m = f->mark;

	add_count(p, m[NT_MARK_RETRANSMISSION],
		  ngettext("%" PRIu32 " retransmission", "%" PRIu32 " retransmissions",
			   m[NT_MARK_RETRANSMISSION]));
	add_count(p, m[NT_MARK_OUT_OF_ORDER], _("%" PRIu32 " out of order"));
	add_count(p, m[NT_MARK_DUP_ACK],
		  ngettext("%" PRIu32 " duplicate ACK", "%" PRIu32 " duplicate ACKs",
			   m[NT_MARK_DUP_ACK]));
	add_count(p, m[NT_MARK_SACK], _("%" PRIu32 " with SACK"));
	add_count(p, m[NT_MARK_WINDOW_UPDATE],
		  ngettext("%" PRIu32 " window update", "%" PRIu32 " window updates",
			   m[NT_MARK_WINDOW_UPDATE]));
	add_count(p, f->calls, ngettext("%" PRIu32 " call", "%" PRIu32 " calls", f->calls));
	add_count(p, f->timers,
		  ngettext("%" PRIu32 " timer sample", "%" PRIu32 " timer samples", f->timers));
}

static void fold_parts(struct parts *p, const struct nt_fold *f, int64_t t, bool tcp)
{
	char text[24];
	int k;

	p->n = 0;
	add_part(p,
		 tcp ? ngettext("… %" PRIu32 " segment", "… %" PRIu32 " segments", f->narrow) :
		       ngettext("… %" PRIu32 " packet", "… %" PRIu32 " packets", f->narrow),
		 f->narrow);
	for (k = 0; k < 2; k++)
		if (f->bytes[k])
			add_part(p, "%s %s", nt_describe_size(text, sizeof(text), f->bytes[k]),
				 k ? "←" : "→");
	fold_counts(p, f);
	if (f->wire > f->narrow)
		add_part(p, _("%" PRIu64 " on the wire"), f->wire);
	add_part(p, "%s", nt_describe_span(text, sizeof(text), f->t_last - t));
}

void nt_ladder_fold(struct ladder *d, const struct nt_row *r, void (*print)(struct ladder *d))
{
	int room = d->life[1] - d->life[0] - 3, k, i, w;
	struct parts p;
	char text[512];
	size_t used;

	fold_parts(&p, r->fold, r->t, d->l->states);
	nt_ladder_lifelines(d, r->st);
	nt_ladder_time(d, r->t);
	for (i = 0; i < p.n;) {
		*text = '\0';
		for (used = 0, w = 0; i < p.n; i++) {
			w += nt_text_width(p.text[i], d->v->unicode) + 2;
			if (used && w > room + 2)
				break;
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? ", " : "", p.text[i]);
		}
		for (k = 0; k < 2; k++)
			nt_line_put(&d->line, d->life[k], d->life[k] + 1, "⋮", NT_ROLE_DIM);
		k = (d->life[0] + d->life[1] + 1 - nt_text_width(text, d->v->unicode)) / 2;
		nt_line_put(&d->line, k, d->life[1], text, NT_ROLE_CAUSE);
		print(d);
		if (i == p.n - 1) /* how long it took is not worth a line */
			break;
		nt_ladder_lifelines(d, r->st);
	}
}

void nt_ladder_countdown(struct ladder *d, const struct nt_row_state st[2],
			 const struct nt_countdown *cd)
{
	char text[NT_COUNTDOWN_TEXT];
	struct nt_label label;

	nt_ladder_lifelines(d, st);
	nt_ladder_time(d, d->v->now);
	nt_label_start(&label);
	nt_label_add(&label, 0, NT_ROLE_TIMER, "%s",
		     nt_describe_countdown(text, cd, d->v->now, d->life[1] - d->life[0] - 28));
	put_inside(d, cd->end, &label);
}
