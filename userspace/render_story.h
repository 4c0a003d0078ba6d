/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * render_story.h - a conversation's steps, as text and JSON tell them
 *
 * Purpose:   the rows that a view shows, and what explains one after the other.
 * Ownership: the caller closes what it opened; model, view and conversation outlive it.
 */
#ifndef NETTRACE_RENDER_STORY_H
#define NETTRACE_RENDER_STORY_H

#include "explain.h"
#include "layout.h"
#include "render.h"

struct nt_story {
	struct nt_explain x;
	struct nt_layout l;
	struct nt_told s; /* the step that was told last */
};

/** nt_story_open() - 0 or -errno; calls are always told, timers if the view has them */
int nt_story_open(struct nt_story **story, const struct nt_view *v, const struct nt_model *m,
		  const struct nt_conv *c);
void nt_story_close(struct nt_story *story);

#endif /* NETTRACE_RENDER_STORY_H */
