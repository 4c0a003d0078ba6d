// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_story.c - see render_story.h
 */
#include <errno.h>
#include <stdlib.h>

#include "render_story.h"

int nt_story_open(struct nt_story **story, const struct nt_view *v, const struct nt_model *m,
		  const struct nt_conv *c)
{
	const struct nt_layout_opts opts = {
		.fold = !v->draw.unfold,
		.calls = true,
		.timers = v->draw.timers,
	};
	struct nt_story *s = malloc(sizeof(*s));
	int err;

	*story = NULL;
	if (!s)
		return -ENOMEM;
	err = nt_layout_conv(&s->l, m, c, &opts);
	if (err) {
		nt_story_close(s);
		return err;
	}
	nt_explain_start(&s->x, m, c);
	*story = s;
	return 0;
}

void nt_story_close(struct nt_story *story)
{
	nt_layout_free(&story->l);
	free(story);
}
