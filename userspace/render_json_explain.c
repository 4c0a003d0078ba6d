// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json_explain.c - explanations as JSON objects
 */
#include <stdlib.h>

#include "explain.h"
#include "names.h"
#include "render_json.h"
#include "render_story.h"

json_t *nt_json_step(const struct nt_told *s)
{
	json_t *o = json_pack("{s:s,s:I,s:s,s:s,s:s}", "step", s->kind, "t", (json_int_t)s->t,
			      "title", s->title, "text", s->text, "basis", nt_basis_name(s->basis));

	if (s->arrow)
		json_object_set_new(o, "n", json_integer(s->arrow));
	if (s->end >= 0)
		json_object_set_new(o, "end", json_string(s->end & 1 ? "server" : "client"));
	if (*s->rfc)
		json_object_set_new(o, "rfc", json_string(s->rfc));
	if (*s->note)
		json_object_set_new(o, "note", json_string(s->note));
	return o;
}

json_t *nt_json_step_of(const struct nt_model *m, const struct nt_item *it)
{
	struct {
		struct nt_explain x;
		struct nt_told s;
	} *t = malloc(sizeof(*t));
	json_t *o = NULL;

	if (!t || !it->conv) {
		free(t);
		return NULL;
	}
	nt_explain_start(&t->x, m, it->conv);
	if (nt_explain_item(&t->x, it, &t->s))
		o = nt_json_step(&t->s);
	free(t);
	return o;
}

int nt_json_explain(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	struct nt_story *t;
	json_t *steps, *o, *ct;
	size_t i;
	int err = nt_story_open(&t, v, m, c);

	if (err)
		return err;
	steps = json_array();
	for (i = 0; i < t->l.nrow; i++)
		if (nt_explain_row(&t->x, &t->l.row[i], &t->s))
			json_array_append_new(steps, nt_json_step(&t->s));
	nt_explain_summary(&t->x, v->now, &t->s);
	json_array_append_new(steps, nt_json_step(&t->s));
	o = json_pack("{s:s,s:I,s:o}", "type", "explanation", "conv", (json_int_t)c->id, "steps",
		      steps);
	ct = nt_json_ct(v, c);
	if (ct)
		json_object_set_new(o, "conntrack", ct);
	nt_json_emit(v, o);
	nt_story_close(t);
	return 0;
}

void nt_json_lone(const struct nt_view *v, const struct nt_model *m)
{
	struct nt_told *s = malloc(sizeof(*s));
	json_t *steps = json_array();
	size_t i;

	for (i = 0; s && i < nt_model_nfailed(m); i++)
		if (nt_explain_lone(nt_model_failed(m, i), s))
			json_array_append_new(steps, nt_json_step(s));
	free(s);
	if (json_array_size(steps))
		nt_json_emit(v, json_pack("{s:s,s:o}", "type", "explanation", "steps", steps));
	else
		json_decref(steps);
}
