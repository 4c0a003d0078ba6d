// SPDX-License-Identifier: GPL-2.0-only
/*
 * ladder_parts.c - the parts of a ladder's line, each in its columns
 */
#include <stdio.h>

#include "i18n.h"
#include "ladder.h"
#include "text.h"

static bool is_shut(const struct nt_row_state *st)
{
	return st->state == NT_CLOSED || st->state == NT_LISTEN;
}

/* the lifelines: dotted while there is no connection behind them */
void nt_ladder_lifelines(struct ladder *d, const struct nt_row_state st[2])
{
	int k;

	nt_line_start(&d->line, d->v->width, d->v->unicode);
	for (k = 0; k < 2; k++)
		nt_line_put(&d->line, d->life[k], d->life[k] + 1,
			    d->l->states && is_shut(&st[k]) ? "┆" : "│", NT_ROLE_DIM);
}

void nt_ladder_time(struct ladder *d, int64_t t)
{
	bool deltas = d->v->draw.deltas;
	char ms[24];

	nt_describe_ms(ms, sizeof(ms), t - (deltas ? d->before : d->c->t0));
	nt_line_right(&d->line, d->num, d->num + 9, ms, NT_ROLE_TIME);
}

enum nt_role nt_ladder_role(const struct nt_row_state *st, bool fresh)
{
	if (st->basis == NT_INFERRED)
		return NT_ROLE_INFERRED;
	return fresh ? NT_ROLE_NEW_STATE : NT_ROLE_STATE;
}

/* a state in its field outside the lifeline of @end, with its cause or none */
void nt_ladder_state(struct ladder *d, int end, const struct nt_row_state *st, const char *cause)
{
	enum nt_role role = nt_ladder_role(st, cause != NULL);
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
			nt_line_right(&d->line, at - 1 - d->state, at - 2 - w, why, NT_ROLE_CAUSE);
		}
		return;
	}
	w = nt_line_put(&d->line, at + 2, width, text, role);
	if (cause && *cause) {
		snprintf(why, sizeof(why), "← %s", cause);
		nt_line_put(&d->line, w + 1, width, why, NT_ROLE_CAUSE);
	}
}

/*
 * Between the lifelines, at the side of @end: a state and why.  What is too
 * long is cut, but not the arrow that leads from the cause to the state.
 */
void nt_ladder_inside(struct ladder *d, int end, const char *state, enum nt_role role,
		      const char *why)
{
	int from = d->life[0] + 2, to = d->life[1] - 1, w;

	if (end == 0) {
		if (*state)
			from = nt_line_put(&d->line, from, to, state, role) + 1;
		if (!*why)
			return;
		from = nt_line_put(&d->line, from, to, "←", NT_ROLE_CAUSE) + 1;
		nt_line_put(&d->line, from, to, why, NT_ROLE_CAUSE);
		return;
	}
	if (*state) {
		nt_line_right(&d->line, from, to, state, role);
		to -= nt_text_width(state, d->v->unicode) + 1;
	}
	if (!*why)
		return;
	w = nt_text_width("→", d->v->unicode);
	nt_line_right(&d->line, from, to, "→", NT_ROLE_CAUSE);
	nt_line_right(&d->line, from, to - w - 1, why, NT_ROLE_CAUSE);
}

void nt_ladder_label(const struct ladder *d, struct nt_label *label, const struct nt_arrow *a,
		     enum nt_marks marks)
{
	nt_describe_arrow(label, a, marks, &d->numbers);
	if (d->v->width < NT_LADDER_WIDER)
		nt_label_plain(label);
}

/* the line of the arrow and what is written on it */
void nt_ladder_arrow(struct ladder *d, const struct nt_arrow *a, enum nt_marks marks)
{
	bool broken = nt_mark_of(a, NT_MARK_NOT_DELIVERED) || nt_arrow_dropped(a);
	bool right = !(a->dir & 1);
	enum nt_role role = broken ? NT_ROLE_MARK : right ? NT_ROLE_END0 : NT_ROLE_END1;
	int from = d->life[0] + 1, to = d->life[1], w, at, end;
	struct nt_line *line = &d->line;
	struct nt_label label;

	nt_ladder_label(d, &label, a, marks);
	/* two dashes before the text, one and the head behind it; a gap if broken */
	w = nt_line_label_width(&label, to - from - (broken ? 12 : 6), d->v->unicode);
	nt_line_put(line, d->life[!right], d->life[!right] + 1, right ? "├" : "┤", role);
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

/* a word in the field beside a lifeline; narrow: left of both, in time's column */
void nt_ladder_word(struct ladder *d, int end, const char *word)
{
	if (d->state && end == 1)
		nt_line_put(&d->line, d->life[1] + 2, d->v->width, word, NT_ROLE_ARP);
	else if (d->state)
		nt_line_right(&d->line, 0, d->life[0] - 1, word, NT_ROLE_ARP);
	else
		nt_line_put(&d->line, 0, d->num + 1, word, NT_ROLE_ARP);
}

/*
 * ARP: a dashed arrow, at the side of the end that sends or gets it; across
 * the picture when it goes from one end to the other.
 */
void nt_ladder_arp(struct ladder *d, const struct nt_row *r, const struct nt_label *label)
{
	bool right = r->out == (r->end == 0); /* which way it points */
	const char *group = r->arp->family == NETTRACE_IPV6 ? _("group") : _("all");
	const char *all = r->arp->broadcast && r->out ? group : "";
	int len = nt_text_width(all, d->v->unicode);
	int room = d->life[1] - d->life[0] - 1, rest = len ? len + 2 : 0;
	int w = nt_line_label_width(label, room - 5 - rest, d->v->unicode);
	int total = r->across ? room : w + 5 + rest, from, to, tail, head;
	struct nt_line *line = &d->line;

	from = r->end == 1 ? d->life[1] - total : d->life[0] + 1;
	to = from + total;
	if (r->out)
		nt_line_put(line, d->life[r->end], d->life[r->end] + 1, r->end ? "┤" : "├",
			    NT_ROLE_ARP);
	head = right ? to - 1 - rest : from + rest;
	tail = right ? from : to - 1;
	nt_line_fill(line, right ? tail : head, right ? head : tail + 1, "╌", NT_ROLE_ARP);
	nt_line_put(line, head, head + 1, right ? "▶" : "◀", NT_ROLE_ARP);
	if (*all)
		nt_line_put(line, right ? to - len - 1 : from + 1, right ? to - 1 : from + 1 + len,
			    all, NT_ROLE_ARP);
	from = right ? tail + 2 : tail - 1 - w;
	nt_line_fill(line, from - 1, from + w + 1, " ", NT_ROLE_PLAIN);
	nt_line_label(line, from, from + w, label);
}
