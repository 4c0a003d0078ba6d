// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_explain.c - steps as sentences: below a picture's rows, and as a story
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "explain.h"
#include "i18n.h"
#include "render.h"
#include "render_story.h"
#include "text.h"

static void paragraph(const struct nt_view *v, const char *text, int indent, enum nt_role role)
{
	struct nt_line line;

	nt_line_start(&line, nt_view_width(v), v->unicode);
	nt_line_wrap(&line, indent, indent, text, role, v->out, v->color);
}

void nt_render_step(const struct nt_view *v, const struct nt_told *s, int indent)
{
	char text[NT_STEP_TEXT + 64];

	/* its ground is named where it can be read up */
	snprintf(text, sizeof(text), *s->rfc ? "%s [%s]" : "%s%s", s->text, s->rfc);
	paragraph(v, text, indent, NT_ROLE_PLAIN);
	if (*s->note)
		paragraph(v, s->note, indent + 2, NT_ROLE_DIM);
}

/* "  3      0.163  SYN,ACK, seq=…", and its sentences */
static void numbered(const struct nt_view *v, const struct nt_conv *c, unsigned int n,
		     const struct nt_told *s)
{
	char text[32], title[NT_STEP_TITLE + 64], span[24];
	struct nt_line line;
	int col;

	nt_line_start(&line, nt_view_width(v), v->unicode);
	snprintf(text, sizeof(text), "%u.", n);
	nt_line_right(&line, 0, 4, text, NT_ROLE_TITLE);
	nt_describe_ms(span, sizeof(span), s->t - c->t0);
	snprintf(text, sizeof(text), "%s ms", span);
	nt_line_right(&line, 5, 16, text, NT_ROLE_TIME);
	col = 18;
	if (s->arrow) {
		snprintf(text, sizeof(text), "#%" PRIu32, s->arrow);
		col = nt_line_put(&line, col, line.width, text, NT_ROLE_DIM) + 1;
	}
	snprintf(title, sizeof(title),
		 s->end < 0 ? "%s%s" :
		 s->end	    ? _("%sserver: %s") :
			      _("%sclient: %s"),
		 s->basis == NT_INFERRED ? "~" : "", s->title);
	if (s->end >= 0 && *nt_end_name(c, 0) == 'A')
		snprintf(title, sizeof(title), "%s%s", s->basis == NT_INFERRED ? "~" : "",
			 s->title);
	nt_line_put(&line, col, line.width, title, NT_ROLE_TITLE);
	nt_line_print(&line, v->out, v->color);
	nt_render_step(v, s, 5);
}

int nt_render_explain(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	struct nt_story *t;
	unsigned int n = 0;
	size_t i;
	int err = nt_story_open(&t, v, m, c);

	if (err)
		return err;
	nt_render_title(v, c);
	for (i = 0; i < t->l.nrow && !ferror(v->out); i++) {
		if (!nt_explain_row(&t->x, &t->l.row[i], &t->s))
			continue;
		fputc('\n', v->out);
		numbered(v, c, ++n, &t->s);
	}
	nt_explain_summary(&t->x, v->now, &t->s);
	fputc('\n', v->out);
	paragraph(v, t->s.title, 0, NT_ROLE_TITLE);
	nt_render_step(v, &t->s, 5);
	if (t->l.inferred) {
		fputc('\n', v->out);
		paragraph(v, _("~ inferred from the segments, not observed"), 5, NT_ROLE_DIM);
	}
	nt_story_close(t);
	return 0;
}

void nt_render_lone(const struct nt_view *v, const struct nt_model *m)
{
	struct nt_told *s;
	size_t i;

	if (!nt_model_nfailed(m))
		return;
	s = malloc(sizeof(*s));
	if (!s)
		return;
	paragraph(v, _("Calls that failed on sockets of which no packet came"), 0, NT_ROLE_TITLE);
	for (i = 0; i < nt_model_nfailed(m); i++)
		if (nt_explain_lone(nt_model_failed(m, i), s)) {
			paragraph(v, s->title, 3, NT_ROLE_MARK);
			nt_render_step(v, s, 5);
		}
	free(s);
}
