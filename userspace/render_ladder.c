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

#include "describe.h"
#include "layout.h"
#include "names.h"
#include "render.h"
#include "text.h"

#define WIDE	76		/* states outside the lifelines */
#define WIDER	110		/* and with room for their cause */
#define STATE_W	13		/* "~SYN-RECEIVED" */
#define CAUSE_W	26		/* "~SYN-RECEIVED ← segment 12" */
#define PAUSE_NS 1000000000LL

/* where things stand in a line, in columns */
struct ladder {
	const struct nt_view *v;
	const struct nt_conv *c;
	const struct nt_layout *l;
	struct nt_line line;
	int num;		/* width of the arrow's number */
	int life[2];		/* the lifelines' columns */
	int state;		/* width of a state's field; 0: none outside */
};

static void plan(struct ladder *d)
{
	int width = d->v->width > NT_WIDTH_MAX ? NT_WIDTH_MAX : d->v->width;
	uint32_t n = d->c->narrow;

	for (d->num = 2; n > 99; n /= 10)
		d->num++;
	d->state = 0;
	if (d->l->states && width >= WIDER)
		d->state = CAUSE_W;
	else if (d->l->states && width >= WIDE)
		d->state = STATE_W;
	d->life[0] = d->num + 10 + (d->state ? d->state + 1 : 0);
	d->life[1] = width - 1 - (d->state ? d->state + 1 : 0);
}

static bool is_shut(const struct nt_row_state *st)
{
	return st->state == NT_CLOSED || st->state == NT_LISTEN;
}

/* the lifelines: dotted while there is no connection behind them */
static void lifelines(struct ladder *d, const struct nt_row_state st[2])
{
	int k;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	for (k = 0; k < 2; k++)
		nt_line_put(&d->line, d->life[k], d->life[k] + 1,
			    d->l->states && is_shut(&st[k]) ? "┆" : "│",
			    NT_ROLE_DIM);
}

static void put_time(struct ladder *d, int64_t t)
{
	char ms[24];

	nt_describe_ms(ms, sizeof(ms), t - d->c->t0);
	nt_line_right(&d->line, d->num, d->num + 9, ms, NT_ROLE_TIME);
}

static void print(struct ladder *d)
{
	nt_line_print(&d->line, d->v->out, d->v->color);
}

static enum nt_role state_role(const struct nt_row_state *st, bool fresh)
{
	if (st->basis == NT_INFERRED)
		return NT_ROLE_INFERRED;
	return fresh ? NT_ROLE_NEW_STATE : NT_ROLE_STATE;
}

/* a state in its field outside the lifeline of @end, with its cause or none */
static void put_state(struct ladder *d, int end, const struct nt_row_state *st,
		      const char *cause)
{
	enum nt_role role = state_role(st, cause != NULL);
	int width = d->v->width, at = d->life[end];
	char text[NT_STATE_TEXT], why[160];
	int w;

	if (!d->state)
		return;
	nt_describe_state(text, sizeof(text), st->state, st->basis);
	w = nt_text_width(text, d->v->unicode);
	if (end == 0) {
		nt_line_right(&d->line, at - 1 - d->state, at - 1, text, role);
		if (cause && *cause) {
			snprintf(why, sizeof(why), "%s →", cause);
			nt_line_right(&d->line, at - 1 - d->state, at - 2 - w,
				      why, NT_ROLE_CAUSE);
		}
		return;
	}
	w = nt_line_put(&d->line, at + 2, width, text, role);
	if (cause && *cause) {
		snprintf(why, sizeof(why), "← %s", cause);
		nt_line_put(&d->line, w + 1, width, why, NT_ROLE_CAUSE);
	}
}

/* what is to be said of a mini socket's timer, or how long a state lasted */
static void lasting(const struct nt_transition *tr, int64_t lasted, char *buf,
		    size_t size)
{
	char span[24];

	*buf = '\0';
	if (tr->to == NT_TIME_WAIT && tr->left_ms) {
		nt_describe_span(span, sizeof(span), tr->left_ms * 1000000LL);
		snprintf(buf, size, tr->from == NT_TIME_WAIT ?
			 ", again %s to run" : ", %s to run", span);
	} else if (tr->from == NT_TIME_WAIT && lasted >= 0) {
		nt_describe_span(span, sizeof(span), lasted);
		snprintf(buf, size, ", after %s", span);
	}
}

static const char *cause_text(const struct nt_row *r,
			      const struct nt_transition *tr, char *buf,
			      size_t size)
{
	char cause[NT_OWNER_TEXT + 48], more[48];

	nt_describe_cause(cause, sizeof(cause), &tr->cause);
	lasting(tr, r->lasted, more, sizeof(more));
	snprintf(buf, size, "%s%s", cause, more);
	return buf;
}

/* between the lifelines, at the side of @end */
static void put_inside(struct ladder *d, int end, const char *state,
		       enum nt_role role, const char *why)
{
	int from = d->life[0] + 2, to = d->life[1] - 1;
	char text[256];
	int w;

	if (end == 0) {
		w = from;
		if (*state)
			w = nt_line_put(&d->line, from, to, state, role) + 1;
		snprintf(text, sizeof(text), "← %s", why);
		if (*why)
			nt_line_put(&d->line, w, to, text, NT_ROLE_CAUSE);
		return;
	}
	w = *state ? nt_text_width(state, d->v->unicode) : 0;
	nt_line_right(&d->line, from, to, state, role);
	snprintf(text, sizeof(text), "%s →", why);
	if (*why)
		nt_line_right(&d->line, from, to - (w ? w + 1 : 0), text,
			      NT_ROLE_CAUSE);
}

static void draw_transition(struct ladder *d, const struct nt_row *r)
{
	const struct nt_transition *tr = r->tr;
	int end = tr->end & 1;
	char why[256], state[NT_STATE_TEXT] = "";
	enum nt_role role = state_role(&r->st[end], true);

	lifelines(d, r->st);
	put_time(d, r->t);
	nt_line_put(&d->line, d->life[end], d->life[end] + 1, "●", role);
	cause_text(r, tr, why, sizeof(why));
	if (d->state) {
		put_state(d, end, &r->st[end], "");
		put_state(d, !end, &r->st[!end], NULL);
	} else {
		nt_describe_state(state, sizeof(state), tr->to, tr->basis);
	}
	put_inside(d, end, state, role, why);
	print(d);
}

/* the line of the arrow and what is written on it */
static void put_arrow(struct ladder *d, const struct nt_arrow *a)
{
	bool broken = nt_mark_of(a, NT_MARK_NOT_DELIVERED), right = !(a->dir & 1);
	enum nt_role role = broken ? NT_ROLE_MARK :
			    right ? NT_ROLE_END0 : NT_ROLE_END1;
	int from = d->life[0] + 1, to = d->life[1], w, at, end;
	struct nt_line *line = &d->line;
	struct nt_label label;

	nt_describe_arrow(&label, a);
	if (d->v->width < WIDER)
		nt_label_plain(&label);
	/* two dashes before the text, one and the head behind it */
	w = nt_line_label_width(&label, to - from - 6, d->v->unicode);
	nt_line_put(line, d->life[!right], d->life[!right] + 1,
		    right ? "├" : "┤", role);
	if (right) {
		at = from + 3;
		end = broken ? (from + to) / 2 : to - 1;
		if (end < at + w + 2)
			end = at + w + 2;
		nt_line_fill(line, from, at - 1, "─", role);
		nt_line_fill(line, at + w + 1, end, "─", role);
		nt_line_put(line, end, end + 1, broken ? "✕" : "▶", role);
	} else {
		at = to - 3 - w;
		end = broken ? (from + to) / 2 : from;
		if (end > at - 3)
			end = at - 3;
		nt_line_fill(line, end + 1, at - 1, "─", role);
		nt_line_fill(line, at + w + 1, to, "─", role);
		nt_line_put(line, end, end + 1, broken ? "✕" : "◀", role);
	}
	nt_line_label(line, at, at + w, &label);
}

static void draw_arrow(struct ladder *d, const struct nt_row *r)
{
	const struct nt_arrow *a = r->arrow;
	int from = a->dir & 1, to = !from;
	char n[16], why[256];

	lifelines(d, r->st);
	snprintf(n, sizeof(n), "%" PRIu32, a->n);
	nt_line_right(&d->line, 0, d->num, n, NT_ROLE_PLAIN);
	put_time(d, r->t);
	put_arrow(d, a);
	put_state(d, from, &r->st[from], NULL);
	put_state(d, to, &r->st[to], r->fresh ?
		  cause_text(r, r->fresh, why, sizeof(why)) : NULL);
	if (r->fresh)
		nt_line_put(&d->line, d->life[to], d->life[to] + 1, "●",
			    state_role(&r->st[to], true));
	print(d);
}

static void draw_depart(struct ladder *d, const struct nt_row *r)
{
	const struct nt_arrow *a = r->arrow;
	int from = d->life[0] + 2, to = d->life[1] - 1, end = a->dir & 1;
	char flags[48], text[96];

	lifelines(d, r->st);
	put_time(d, r->t);
	if (d->l->states)
		snprintf(text, sizeof(text), "segment %" PRIu32 ", %s: sent, waits for ARP",
			 a->n, nt_tcp_flags(a->pkt.tcp_flags, flags, sizeof(flags)));
	else
		snprintf(text, sizeof(text), "packet %" PRIu32 ": sent, waits for ARP", a->n);
	if (end)
		nt_line_right(&d->line, from, to, text, NT_ROLE_DIM);
	else
		nt_line_put(&d->line, from, to, text, NT_ROLE_DIM);
	print(d);
}

/* a word in the field beside a lifeline; narrow: left of both, in time's column */
static void put_word(struct ladder *d, int end, const char *word)
{
	if (d->state && end == 1)
		nt_line_put(&d->line, d->life[1] + 2, d->v->width, word,
			    NT_ROLE_ARP);
	else if (d->state)
		nt_line_right(&d->line, 0, d->life[0] - 1, word, NT_ROLE_ARP);
	else
		nt_line_put(&d->line, 0, d->num + 1, word, NT_ROLE_ARP);
}

/*
 * ARP: a dashed arrow, at the side of the end that sends or gets it; across
 * the picture when it goes from one end to the other.
 */
static void put_arp(struct ladder *d, const struct nt_row *r,
		    const struct nt_label *label)
{
	bool right = r->out == (r->end == 0);	/* which way it points */
	const char *all = r->arp->broadcast && r->out ? "all" : "";
	int room = d->life[1] - d->life[0] - 1, rest = *all ? 4 : 0;
	int w = nt_line_label_width(label, room - 5 - rest, d->v->unicode);
	int total = r->across ? room : w + 5 + rest, from, to, tail, head;
	struct nt_line *line = &d->line;

	from = r->end == 1 ? d->life[1] - total : d->life[0] + 1;
	to = from + total;
	if (r->out)
		nt_line_put(line, d->life[r->end], d->life[r->end] + 1,
			    r->end ? "┤" : "├", NT_ROLE_ARP);
	head = right ? to - 1 - rest : from + rest;
	tail = right ? from : to - 1;
	nt_line_fill(line, right ? tail : head, right ? head : tail + 1, "╌",
		     NT_ROLE_ARP);
	nt_line_put(line, head, head + 1, right ? "▶" : "◀", NT_ROLE_ARP);
	if (*all)
		nt_line_put(line, right ? to - 3 : from, right ? to : from + 3,
			    all, NT_ROLE_ARP);
	from = right ? tail + 2 : tail - 1 - w;
	nt_line_fill(line, from - 1, from + w + 1, " ", NT_ROLE_PLAIN);
	nt_line_label(line, from, from + w, label);
}

static void draw_arp(struct ladder *d, const struct nt_row *r)
{
	int from = d->life[0] + 2, to = d->life[1] - 1, w, at;
	struct nt_label label;

	lifelines(d, r->st);
	put_time(d, r->t);
	nt_describe_arp(&label, r->arp);
	if (r->end >= 0) {
		put_word(d, r->end, "ARP");
		put_arp(d, r, &label);
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
	char text[160], name[80];
	const char *netns;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	netns = nt_view_netns(d->v, r->gap->source, name, sizeof(name));
	snprintf(text, sizeof(text), " %" PRIu64 " event%s lost on CPU %u%s%s%s ",
		 r->gap->lost, r->gap->lost == 1 ? "" : "s", r->gap->cpu,
		 *netns ? " (netns " : "", netns, *netns ? ")" : "");
	nt_line_fill(&d->line, from, to, "~", NT_ROLE_GAP);
	w = nt_text_width(text, d->v->unicode);
	at = from + (to - from - w) / 2;
	nt_line_put(&d->line, at < from + 1 ? from + 1 : at, to - 1, text,
		    NT_ROLE_GAP);
	print(d);
}

static void draw_pause(struct ladder *d, const struct nt_row *r)
{
	char text[48], span[24];
	int k;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	for (k = 0; k < 2; k++)
		nt_line_put(&d->line, d->life[k], d->life[k] + 1, "⋮",
			    NT_ROLE_DIM);
	nt_describe_span(span, sizeof(span), r->pause);
	snprintf(text, sizeof(text), "%s later", span);
	nt_line_put(&d->line,
		    (d->life[0] + d->life[1] - nt_text_width(text, true)) / 2,
		    d->life[1], text, NT_ROLE_DIM);
	print(d);
}

/* the ends' names above the lifelines, their first states below the names */
static void draw_head(struct ladder *d)
{
	int k, at;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	nt_line_right(&d->line, 0, d->num, "#", NT_ROLE_DIM);
	nt_line_right(&d->line, d->num, d->num + 9, "ms", NT_ROLE_DIM);
	for (k = 0; k < 2; k++) {
		const char *name = nt_end_name(d->c, k);

		at = d->life[k];
		if (d->state && k == 0)
			nt_line_right(&d->line, 0, at - 1, name, NT_ROLE_TITLE);
		else if (d->state)
			nt_line_put(&d->line, at + 2, d->v->width, name,
				    NT_ROLE_TITLE);
		else if (k == 0)
			nt_line_put(&d->line, at, d->v->width, name,
				    NT_ROLE_TITLE);
		else
			nt_line_right(&d->line, 0, at + 1, name, NT_ROLE_TITLE);
	}
	print(d);
	if (!d->l->states)
		return;
	lifelines(d, d->l->first);
	for (k = 0; k < 2; k++) {
		char state[NT_STATE_TEXT];

		if (d->state) {
			put_state(d, k, &d->l->first[k], NULL);
			continue;
		}
		nt_describe_state(state, sizeof(state), d->l->first[k].state,
				  d->l->first[k].basis);
		put_inside(d, k, state, state_role(&d->l->first[k], false), "");
	}
	print(d);
}

static void legend(const struct ladder *d)
{
	const struct nt_view *v = d->v;
	struct nt_line line;
	const char *text[3];
	int i, n = 0;

	if (d->l->inferred)
		text[n++] = "~ inferred from the segments, not observed";
	if (d->l->broken)
		text[n++] = "✕ sent, but not delivered";
	if (d->l->super)
		text[n++] = "×N one packet here, N segments on the wire";
	for (i = 0; i < n; i++) {
		nt_line_start(&line, v->width, v->unicode);
		nt_line_put(&line, 3, v->width, text[i], NT_ROLE_DIM);
		nt_line_print(&line, v->out, v->color);
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
	}
}

static int ladder_conv(const struct nt_view *v, const struct nt_model *m,
		       const struct nt_conv *c)
{
	struct nt_layout_opts opts = {
		.pause_ns = PAUSE_NS,
		.merge = v->width >= WIDER,
	};
	struct ladder *d = calloc(1, sizeof(*d));
	struct nt_layout l;
	size_t i;
	int err;

	if (!d)
		return -ENOMEM;
	err = nt_layout_conv(&l, m, c, &opts);
	if (!err) {
		d->v = v;
		d->c = c;
		d->l = &l;
		plan(d);
		nt_render_title(v, c);
		fputc('\n', v->out);
		draw_head(d);
		for (i = 0; i < l.nrow && !ferror(v->out); i++)
			draw_row(d, &l.row[i]);
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
};
