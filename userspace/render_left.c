// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_left.c - a line for each timer that runs: what follow counts down
 */
#include <inttypes.h>

#include "countdown.h"
#include "describe.h"
#include "i18n.h"
#include "render.h"

static void line(const struct nt_view *v, const struct nt_conv *c, const struct nt_countdown *cd)
{
	char id[16], text[NT_COUNTDOWN_TEXT];
	int end = cd->end & 1, col;
	struct nt_line l;

	nt_line_start(&l, nt_view_width(v), v->unicode);
	snprintf(id, sizeof(id), "#%" PRIu32, c->id);
	col = nt_line_put(&l, 0, l.width, id, NT_ROLE_TITLE) + 1;
	col = nt_line_put(&l, col, l.width, nt_end_name(c, end), end ? NT_ROLE_END1 : NT_ROLE_END0);
	nt_line_put(&l, col + 1, l.width,
		    nt_describe_countdown(text, cd, v->now, NT_COUNTDOWN_CELLS), NT_ROLE_TIMER);
	nt_line_print(&l, v->out, v->color);
}

int nt_line_countdowns(const struct nt_view *v, const struct nt_model *m, int max)
{
	struct nt_countdown cd[NT_COUNTDOWNS_MAX];
	size_t i, more = 0;
	struct nt_line l;
	char text[64];
	int k, n, lines = 0;

	/* the newest first: they are what one looks at */
	for (i = nt_model_nconv(m); i-- > 0;) {
		const struct nt_conv *c = nt_model_conv(m, i);

		n = nt_countdowns(c, v->now, true, cd);
		for (k = 0; k < n; k++) {
			if (lines >= max - 1) {
				more++;
				continue;
			}
			line(v, c, &cd[k]);
			lines++;
		}
	}
	if (!more)
		return lines;
	nt_line_start(&l, nt_view_width(v), v->unicode);
	snprintf(text, sizeof(text),
		 ngettext("… and %zu more timer", "… and %zu more timers", more), more);
	nt_line_put(&l, 0, l.width, text, NT_ROLE_DIM);
	nt_line_print(&l, v->out, v->color);
	return lines + 1;
}
