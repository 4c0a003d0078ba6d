// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_ladder.c - a conversation as a picture: two lifelines, arrows, states
 *
 * Wide (from WIDE columns): the states stand outside, beside their lifeline.
 *
 *      #       ms        client ┬                          ┬ server
 *      1    0.101      SYN-SENT ├── SYN  seq=0 ───────────▶┤ LISTEN
 *                               │             segment 1 →  ● SYN-RECEIVED
 *
 * Narrow: a state stands between the lifelines, where it changes.
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "explain.h"
#include "i18n.h"
#include "ladder.h"
#include "names.h"
#include "text.h"

#define STATE_W	 13 /* "~SYN-RECEIVED" */
#define CAUSE_W	 26 /* "~SYN-RECEIVED ← segment 12" */
#define PAUSE_NS 500000000LL

static void plan(struct ladder *d)
{
	int width = d->v->width > NT_WIDTH_MAX ? NT_WIDTH_MAX : d->v->width;
	uint32_t n = d->c->narrow;

	for (d->num = 2; n > 99; n /= 10)
		d->num++;
	d->state = 0;
	if (d->l->states && width >= NT_LADDER_WIDER)
		d->state = CAUSE_W;
	else if (d->l->states && width >= NT_LADDER_WIDE)
		d->state = STATE_W;
	d->life[0] = d->num + 10 + (d->state ? d->state + 1 : 0);
	d->life[1] = width - 1 - (d->state ? d->state + 1 : 0);
}

static void print(struct ladder *d)
{
	nt_line_print(&d->line, d->v->out, d->v->color);
}

/* what is to be said of a mini socket's timer, or how long a state lasted */
static void lasting(const struct nt_transition *tr, int64_t lasted, char *buf, size_t size)
{
	char span[24];

	*buf = '\0';
	if (tr->to == NT_TIME_WAIT && tr->left_ms) {
		nt_describe_span(span, sizeof(span), tr->left_ms * 1000000LL);
		snprintf(buf, size,
			 tr->from == NT_TIME_WAIT ? _(", again %s to run") : _(", %s to run"),
			 span);
	} else if (tr->from == NT_TIME_WAIT && lasted >= 0) {
		nt_describe_span(span, sizeof(span), lasted);
		snprintf(buf, size, _(", after %s"), span);
	}
}

static const char *cause_text(const struct nt_row *r, const struct nt_transition *tr, char *buf,
			      size_t size)
{
	char cause[NT_OWNER_TEXT + 48], more[48];

	nt_describe_why(cause, sizeof(cause), tr);
	lasting(tr, r->lasted, more, sizeof(more));
	snprintf(buf, size, "%s%s", cause, more);
	return buf;
}

/*
 * A cause that is too long for what is left of the line is cut between words.
 * Return: what goes below, in the same buffer; "" if all fits.
 */
static char *cut_why(const struct ladder *d, char *why, int state)
{
	int room = d->life[1] - d->life[0] - 6 - (state ? state + 1 : 0);
	char *end = why + strlen(why), *at = end, saved;

	if (nt_text_width(why, d->v->unicode) <= room)
		return end;
	while (--at > why) {
		if (*at != ' ')
			continue;
		saved = *at;
		*at = '\0';
		if (nt_text_width(why, d->v->unicode) <= room)
			return at + 1;
		*at = saved;
	}
	return end;
}

static void draw_transition(struct ladder *d, const struct nt_row *r)
{
	const struct nt_transition *tr = r->tr;
	int end = tr->end & 1;
	char why[256], state[NT_STATE_TEXT] = "", *rest;
	enum nt_role role = nt_ladder_role(&r->st[end], true);

	nt_ladder_lifelines(d, r->st);
	nt_ladder_time(d, r->t);
	nt_line_put(&d->line, d->life[end], d->life[end] + 1, "●", role);
	cause_text(r, tr, why, sizeof(why));
	if (d->state) {
		nt_ladder_state(d, end, &r->st[end], "");
		nt_ladder_state(d, !end, &r->st[!end], NULL);
	} else {
		nt_describe_state(state, sizeof(state), tr->to, tr->basis);
	}
	rest = cut_why(d, why, nt_text_width(state, d->v->unicode));
	nt_ladder_inside(d, end, state, role, why);
	print(d);
	if (!*rest)
		return;
	nt_ladder_lifelines(d, r->st);
	if (end)
		nt_line_right(&d->line, d->life[0] + 2, d->life[1] - 1, rest, NT_ROLE_CAUSE);
	else
		nt_line_put(&d->line, d->life[0] + 4, d->life[1] - 1, rest, NT_ROLE_CAUSE);
	print(d);
}

/* what found no room on its arrow: below it, at the sender's side */
static void draw_below(struct ladder *d, const struct nt_row *r, const struct nt_label *all)
{
	int from = d->life[0] + 4, to = d->life[1] - 3, w, at, i;
	struct nt_label one;

	for (i = 0; i < all->n;) {
		/* as many on a line as fit, one at least */
		nt_label_start(&one);
		do {
			nt_label_add(&one, 0, (enum nt_role)all->piece[i].role, "%s",
				     all->text + all->piece[i].off);
			w = nt_label_width(&one, 0, d->v->unicode);
			if (one.n > 1 && w > to - from) {
				one.n--;
				break;
			}
		} while (++i < all->n);
		nt_ladder_lifelines(d, r->st);
		w = nt_line_label_width(&one, to - from, d->v->unicode);
		at = r->arrow->dir & 1 ? to - w : from;
		nt_line_label(&d->line, at, at + w, &one);
		print(d);
	}
}

/* its way through the namespaces, a line or more for each */
static void draw_hops(struct ladder *d, const struct nt_row *r)
{
	struct nt_label label;
	struct nt_path p;
	struct nt_hop h;
	char name[80];
	unsigned int i, k;

	nt_path_way(&p, d->m, d->c, r->arrow);
	for (i = 0; nt_path_hop(&p, i, &h); i++) {
		nt_describe_hop(&label, &p, &h, nt_view_netns(d->v, h.source, name, sizeof(name)));
		draw_below(d, r, &label);
		for (k = 0; k < h.nnat; k++)
			d->inferred |= h.nat[k]->ct != NT_CT_AGREES;
	}
	if (nt_describe_left_out(&label, &p))
		draw_below(d, r, &label);
}

static void draw_arrow(struct ladder *d, const struct nt_row *r)
{
	const struct nt_arrow *a = r->arrow;
	int from = a->dir & 1, to = !from, room = d->life[1] - d->life[0] - 7;
	struct nt_label label;
	char n[16], why[256];
	bool below, cut;

	nt_ladder_lifelines(d, r->st);
	snprintf(n, sizeof(n), "%" PRIu32, a->n);
	nt_line_right(&d->line, 0, d->num, n, NT_ROLE_PLAIN);
	nt_ladder_time(d, r->t);
	nt_ladder_label(d, &label, a, NT_MARKS_DRAWN);
	below = a->nmark && nt_label_rank(&label, room - 6, d->v->unicode) < 4;
	cut = nt_label_rank(&label, room, d->v->unicode) < 2;
	nt_ladder_arrow(d, a, below ? NT_MARKS_NONE : NT_MARKS_DRAWN);
	nt_ladder_state(d, from, &r->st[from], NULL);
	nt_ladder_state(d, to, &r->st[to],
			r->fresh ? cause_text(r, r->fresh, why, sizeof(why)) : NULL);
	if (r->fresh)
		nt_line_put(&d->line, d->life[to], d->life[to] + 1, "●",
			    nt_ladder_role(&r->st[to], true));
	print(d);
	if (below) {
		nt_label_start(&label);
		nt_describe_marks(&label, a, NT_MARKS_DRAWN);
		draw_below(d, r, &label);
	}
	nt_describe_below(&label, a, cut);
	draw_below(d, r, &label);
	if (d->v->draw.options && nt_ladder_options(d, r))
		print(d);
	if (d->v->draw.hops)
		draw_hops(d, r);
}

static void draw_depart(struct ladder *d, const struct nt_row *r)
{
	const struct nt_arrow *a = r->arrow;
	int from = d->life[0] + 2, to = d->life[1] - 1, end = a->dir & 1;
	const char *how = a->pkt.hdr.family == NETTRACE_IPV6 ? "ND" : "ARP";
	char flags[48], text[96];

	nt_ladder_lifelines(d, r->st);
	nt_ladder_time(d, r->t);
	if (d->l->states)
		snprintf(text, sizeof(text), _("segment %" PRIu32 ", %s: sent, waits for %s"), a->n,
			 nt_tcp_flags(a->pkt.tcp_flags, flags, sizeof(flags)), how);
	else
		snprintf(text, sizeof(text), _("packet %" PRIu32 ": sent, waits for %s"), a->n,
			 how);
	if (end)
		nt_line_right(&d->line, from, to, text, NT_ROLE_DIM);
	else
		nt_line_put(&d->line, from, to, text, NT_ROLE_DIM);
	print(d);
}

static void draw_arp(struct ladder *d, const struct nt_row *r)
{
	int from = d->life[0] + 2, to = d->life[1] - 1, w, at;
	struct nt_label label;

	nt_ladder_lifelines(d, r->st);
	nt_ladder_time(d, r->t);
	nt_describe_arp(&label, r->arp, NULL);
	if (r->end >= 0) {
		nt_ladder_word(d, r->end, r->arp->family == NETTRACE_IPV6 ? "ND" : "ARP");
		nt_ladder_arp(d, r, &label);
	} else {
		w = nt_line_label_width(&label, to - from, d->v->unicode);
		at = (from + to - w) / 2;
		nt_line_label(&d->line, at, at + w, &label);
	}
	print(d);
}

static void draw_gap(struct ladder *d, const struct nt_row *r)
{
	int from = d->num + 1, to = d->v->width, w, at;
	char text[200], gap[160], name[80];

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	nt_view_in_netns(d->v, r->gap->source, name, sizeof(name));
	snprintf(text, sizeof(text), " %s ", nt_describe_gap(gap, sizeof(gap), r->gap, name));
	nt_line_fill(&d->line, from, to, "~", NT_ROLE_GAP);
	w = nt_text_width(text, d->v->unicode);
	at = from + (to - from - w) / 2;
	nt_line_put(&d->line, at < from + 1 ? from + 1 : at, to - 1, text, NT_ROLE_GAP);
	print(d);
}

static void draw_pause(struct ladder *d, const struct nt_row *r)
{
	char text[48], span[24];
	int k;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	for (k = 0; k < 2; k++)
		nt_line_put(&d->line, d->life[k], d->life[k] + 1, "⋮", NT_ROLE_DIM);
	nt_describe_span(span, sizeof(span), r->pause);
	snprintf(text, sizeof(text), _("%s later"), span);
	nt_line_put(&d->line, (d->life[0] + d->life[1] - nt_text_width(text, true)) / 2, d->life[1],
		    text, NT_ROLE_DIM);
	print(d);
}

/* the ends' names above the lifelines, their first states below the names */
static void draw_head(struct ladder *d)
{
	int k, at;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	nt_line_right(&d->line, 0, d->num, "#", NT_ROLE_DIM);
	nt_line_right(&d->line, d->num, d->num + 9, d->v->draw.deltas ? "+ms" : "ms", NT_ROLE_DIM);
	for (k = 0; k < 2; k++) {
		const char *name = nt_end_name(d->c, k);

		at = d->life[k];
		if (d->state && k == 0)
			nt_line_right(&d->line, 0, at - 1, name, NT_ROLE_TITLE);
		else if (d->state)
			nt_line_put(&d->line, at + 2, d->v->width, name, NT_ROLE_TITLE);
		else if (k == 0)
			nt_line_put(&d->line, at, d->v->width, name, NT_ROLE_TITLE);
		else
			nt_line_right(&d->line, 0, at + 1, name, NT_ROLE_TITLE);
	}
	print(d);
	if (!d->l->states)
		return;
	nt_ladder_lifelines(d, d->l->first);
	for (k = 0; k < 2; k++) {
		char state[NT_STATE_TEXT];

		if (d->state) {
			nt_ladder_state(d, k, &d->l->first[k], NULL);
			continue;
		}
		nt_describe_state(state, sizeof(state), d->l->first[k].state, d->l->first[k].basis);
		nt_ladder_inside(d, k, state, nt_ladder_role(&d->l->first[k], false), "");
	}
	print(d);
}

static void legend_line(const struct nt_view *v, const char *text)
{
	struct nt_line line;

	nt_line_start(&line, v->width, v->unicode);
	nt_line_put(&line, 3, v->width, text, NT_ROLE_DIM);
	nt_line_print(&line, v->out, v->color);
}

/* what each letter stands for */
static void legend_letters(const struct ladder *d)
{
	const struct nt_numbers *num = &d->numbers;
	char text[160];
	int k, i;

	for (k = 0; k < 2; k++) {
		if (!num->based[k])
			continue;
		snprintf(text, sizeof(text), "%c = %" PRIu32 ": %s", k ? 'y' : 'x', num->base[k],
			 num->isn[k] ? k ? _("the server's initial sequence number") :
					   _("the client's initial sequence number") :
				       _("one before the first number that was seen"));
		legend_line(d->v, text);
	}
	for (k = 0; k < 2; k++)
		for (i = 1; i < num->nletter[k]; i++) {
			const struct nt_letter *l = &num->letter[k][i];

			snprintf(text, sizeof(text), "%c = %c+%" PRIu32 ": %s", l->name,
				 k ? 'y' : 'x', l->pos,
				 l->name == 'u' ? _("the number of the first FIN") :
				 l->name == 'v' ? _("that of the ACK which answers it") :
						  _("the number of the second FIN"));
			legend_line(d->v, text);
		}
}

static void legend(const struct ladder *d)
{
	const struct nt_view *v = d->v;
	const char *text[4];
	int i, n = 0;

	if (d->l->inferred || d->inferred)
		text[n++] = _("~ inferred from the segments, not observed");
	if (d->l->broken)
		text[n++] = _("✕ sent, but not seen to arrive");
	if (d->l->dropped)
		text[n++] = d->l->broken ?
				    _("✕ or dropped by the kernel, where that is said below it") :
				    _("✕ dropped by the kernel, for the reason below it");
	if (d->l->super)
		text[n++] = _("×N one packet here, N segments on the wire");
	for (i = 0; i < n; i++)
		legend_line(v, text[i]);
	if (v->draw.numbers == NT_NUMBERS_SYMBOLS)
		legend_letters(d);
}

/* timers that still run when the trace ends */
static void draw_countdowns(struct ladder *d)
{
	const struct nt_layout *l = d->l;
	const struct nt_row_state *st = l->nrow ? l->row[l->nrow - 1].st : l->first;
	struct nt_countdown cd[NT_COUNTDOWNS_MAX];
	int i, n;

	n = d->v->now ? nt_countdowns(d->c, d->v->now, d->v->draw.timers, cd) : 0;
	for (i = 0; i < n; i++) {
		nt_ladder_countdown(d, st, &cd[i]);
		print(d);
		d->before = d->v->now;
	}
}

static void draw_row(struct ladder *d, const struct nt_row *r)
{
	switch (r->type) {
	case NT_ROW_ARROW:
		draw_arrow(d, r);
		break;
	case NT_ROW_DEPART:
		draw_depart(d, r);
		break;
	case NT_ROW_TRANSITION:
		draw_transition(d, r);
		break;
	case NT_ROW_ARP:
		draw_arp(d, r);
		break;
	case NT_ROW_GAP:
		draw_gap(d, r);
		break;
	case NT_ROW_PAUSE:
		draw_pause(d, r);
		break;
	case NT_ROW_FOLD:
		nt_ladder_fold(d, r, print);
		break;
	case NT_ROW_CALL:
	case NT_ROW_RETURN:
	case NT_ROW_TIMER:
	case NT_ROW_QUEUE:
	case NT_ROW_DROP:
	case NT_ROW_NEIGH:
	case NT_ROW_ROUTE:
		nt_ladder_beside(d, r, print);
		break;
	}
	/* a row of silence ends where the next one begins: that one's time tells it */
	if (r->type != NT_ROW_PAUSE)
		d->before = r->type == NT_ROW_FOLD ? r->fold->t_last : r->t;
}

/* the steps of one picture, and room for their sentences: --explain only */
struct told {
	struct nt_explain x;
	struct nt_told s;
};

static void tell(struct ladder *d, struct told *t, const struct nt_row *r)
{
	int indent = d->num + 4;

	if (r->fresh) { /* it shares the row of its segment */
		struct nt_row tr = { .type = NT_ROW_TRANSITION, .t = r->fresh->t };

		if (nt_explain_row(&t->x, r, &t->s))
			nt_render_step(d->v, &t->s, indent);
		tr.tr = r->fresh;
		if (nt_explain_row(&t->x, &tr, &t->s))
			nt_render_step(d->v, &t->s, indent);
	} else if (nt_explain_row(&t->x, r, &t->s)) {
		nt_render_step(d->v, &t->s, indent);
	}
}

static int draw_rows(struct ladder *d, const struct nt_model *m)
{
	const struct nt_layout *l = d->l;
	struct told *t = NULL;
	size_t i;

	if (d->v->draw.explain) {
		t = malloc(sizeof(*t));
		if (!t)
			return -ENOMEM;
		nt_explain_start(&t->x, m, d->c);
	}
	for (i = 0; i < l->nrow && !ferror(d->v->out); i++) {
		draw_row(d, &l->row[i]);
		if (t)
			tell(d, t, &l->row[i]);
	}
	draw_countdowns(d);
	if (t) {
		nt_explain_summary(&t->x, d->v->now, &t->s);
		nt_render_step(d->v, &t->s, 3);
	}
	free(t);
	return 0;
}

static int ladder_conv(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	struct nt_layout_opts opts = {
		.pause_ns = PAUSE_NS,
		.merge = v->width >= NT_LADDER_WIDER,
		.fold = !v->draw.unfold,
		.calls = v->draw.calls,
		.timers = v->draw.timers,
	};
	struct ladder *d = calloc(1, sizeof(*d));
	struct nt_layout l;
	int err;

	if (!d)
		return -ENOMEM;
	err = nt_layout_conv(&l, m, c, &opts);
	if (!err) {
		d->v = v;
		d->m = m;
		d->c = c;
		d->inferred = nt_conv_nat_open(c);
		d->l = &l;
		nt_numbers_of(&d->numbers, v->draw.numbers, c);
		d->numbers.below = v->draw.options;
		d->before = l.nrow ? l.row[0].t : c->t0;
		plan(d);
		nt_render_title(v, c);
		fputc('\n', v->out);
		draw_head(d);
		err = draw_rows(d, m);
		legend(d);
	}
	nt_layout_free(&l);
	free(d);
	return err;
}

const struct nt_format nt_format_ladder = {
	.name = "ladder",
	.item = nt_line_item,
	.conv = ladder_conv,
	.detail = nt_show_detail,
	.list_head = nt_list_head,
	.list = nt_list_conv,
	.arp = nt_line_arp,
	.stats = nt_line_stats,
	.layers = nt_render_layers,
	.layers_arp = nt_render_layers_arp,
	.path = nt_render_path,
	.explain = nt_render_explain,
	.lone = nt_render_lone,
};
