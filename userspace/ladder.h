/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ladder.h - the parts of a ladder's line: lifelines, states, arrows, causes
 *
 * Purpose:   render_ladder.c decides what stands in a row; ladder_parts.c puts
 *            it into its columns.
 * Ownership: a struct ladder lives as long as one picture is drawn.
 */
#ifndef NETTRACE_LADDER_H
#define NETTRACE_LADDER_H

#include "countdown.h"
#include "describe.h"
#include "layout.h"
#include "render.h"

#define NT_LADDER_WIDE	76  /* states outside the lifelines */
#define NT_LADDER_WIDER 110 /* and with room for their cause */

/* where things stand in a line, in columns */
struct ladder {
	const struct nt_view *v;
	const struct nt_model *m;
	const struct nt_conv *c;
	const struct nt_layout *l;
	struct nt_line line;
	struct nt_numbers numbers;
	int64_t before; /* time of the row before, for --deltas */
	int num;	/* width of the arrow's number */
	int life[2];	/* the lifelines' columns */
	int state;	/* width of a state's field; 0: none outside */
	bool inferred;	/* something is, beside what the layout knows of */
};

/** nt_ladder_lifelines() - a new line: dotted while an end has no connection */
void nt_ladder_lifelines(struct ladder *d, const struct nt_row_state st[2]);

/** nt_ladder_time() - @t (Unix ns) in ms since the conversation, or the row before, began */
void nt_ladder_time(struct ladder *d, int64_t t);

/** nt_ladder_role() - how a state looks; @fresh: it begins in this row */
enum nt_role nt_ladder_role(const struct nt_row_state *st, bool fresh);

/** nt_ladder_state() - in the field outside the lifeline; @cause may be NULL */
void nt_ladder_state(struct ladder *d, int end, const struct nt_row_state *st, const char *cause);

/**
 * nt_ladder_inside() - between the lifelines, at the side of @end: a state, why
 *
 * What is too long is cut, but not the arrow from the cause to the state.
 */
void nt_ladder_inside(struct ladder *d, int end, const char *state, enum nt_role role,
		      const char *why);

/** nt_ladder_label() - an arrow's label, with as much as this width wants */
void nt_ladder_label(const struct ladder *d, struct nt_label *label, const struct nt_arrow *a,
		     enum nt_marks marks);

/** nt_ladder_arrow() - the line of an arrow and what is written on it */
void nt_ladder_arrow(struct ladder *d, const struct nt_arrow *a, enum nt_marks marks);

/** nt_ladder_word() - beside the lifeline of @end; narrow: left of the time */
void nt_ladder_word(struct ladder *d, int end, const char *word);

/**
 * nt_ladder_arp() - a dashed arrow at the side of the end that sends or gets it
 *
 * Across the picture when it goes from one end to the other.
 */
void nt_ladder_arp(struct ladder *d, const struct nt_row *r, const struct nt_label *label);

/* ladder_items.c: each fills a line, which the caller prints, or calls @print for each */

/** nt_ladder_beside() - a call, a timer, a queue or a drop, at the side of its end */
void nt_ladder_beside(struct ladder *d, const struct nt_row *r, void (*print)(struct ladder *d));

/** nt_ladder_options() - window and options of an arrow; false: it has none */
bool nt_ladder_options(struct ladder *d, const struct nt_row *r);

/** nt_ladder_fold() - "… 148 segments, 212 kB →, 3 retransmissions", a line or more */
void nt_ladder_fold(struct ladder *d, const struct nt_row *r, void (*print)(struct ladder *d));

/** nt_ladder_countdown() - a timer that still runs */
void nt_ladder_countdown(struct ladder *d, const struct nt_row_state st[2],
			 const struct nt_countdown *cd);

#endif /* NETTRACE_LADDER_H */
