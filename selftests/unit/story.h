/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * story.h - a conversation told step by step, for tests of explanations
 *
 * Purpose:   what explain*.c says of each row, and finding the step that is meant.
 * Ownership: values.
 */
#ifndef NETTRACE_UNIT_STORY_H
#define NETTRACE_UNIT_STORY_H

#include "explain.h"
#include "layout.h"
#include "script.h"

#define STORY_STEPS 512

struct story {
	struct nt_told step[STORY_STEPS];
	size_t n;
};

static inline void tell_conv(struct story *st, const struct nt_model *m, const struct nt_conv *c)
{
	const struct nt_layout_opts opts = { .calls = true, .timers = true };
	struct nt_layout l;
	struct nt_explain x;
	size_t i;

	assert_int_equal(nt_layout_conv(&l, m, c, &opts), 0);
	nt_explain_start(&x, m, c);
	for (i = 0; i < l.nrow; i++) {
		assert_true(st->n < STORY_STEPS);
		if (nt_explain_row(&x, &l.row[i], &st->step[st->n]))
			st->n++;
	}
	nt_explain_summary(&x, 0, &st->step[st->n++]);
	nt_layout_free(&l);
}

static inline const struct nt_told *find(const struct story *st, const char *kind)
{
	size_t i;

	for (i = 0; i < st->n; i++)
		if (!strcmp(st->step[i].kind, kind))
			return &st->step[i];
	fail_msg("there is no step of kind %s", kind);
	return NULL;
}

static inline void has(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("lacks '%s': %s", part, text);
}

/* the last step with that title */
static inline const struct nt_told *titled(const struct story *st, const char *title)
{
	size_t i;

	for (i = st->n; i-- > 0;)
		if (!strcmp(st->step[i].title, title))
			return &st->step[i];
	fail_msg("there is no step with the title %s", title);
	return NULL;
}

/* what a script makes of its first conversation */
static inline void tell_script(struct story *st, const char *const part[], size_t n)
{
	struct script s;
	size_t i;

	script_begin(&s, "10.0.1.2", "10.0.2.2");
	for (i = 0; i < n; i++)
		script_run(&s, part[i]);
	nt_model_finish(s.m);
	st->n = 0;
	tell_conv(st, s.m, nt_model_conv(s.m, 0));
	script_end(&s);
}

#endif /* NETTRACE_UNIT_STORY_H */
