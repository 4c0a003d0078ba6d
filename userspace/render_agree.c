// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_agree.c - disagreements, and the account of them, as lines and as JSON
 */
#include <inttypes.h>

#include "describe.h"
#include "i18n.h"
#include "render.h"
#include "render_json.h"

static json_t *json_state(enum nt_state s)
{
	return s == NT_ST_NONE || s >= NT_ST_MAX ? json_null() : json_string(nt_state_name(s));
}

static void emit(const struct nt_view *v, json_t *o)
{
	json_dumpf(o, v->out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', v->out);
	json_decref(o);
}

void nt_json_disagreement(const struct nt_view *v, const struct nt_disagreement *d)
{
	json_t *o = json_object(), *n = json_array();
	unsigned int i;

	json_object_set_new(o, "type", json_string("disagreement"));
	json_object_set_new(o, "t", json_integer(d->t));
	json_object_set_new(o, "conv", json_integer(d->conv));
	json_object_set_new(o, "client", nt_json_addr(&d->addr[0]));
	json_object_set_new(o, "server", nt_json_addr(&d->addr[1]));
	json_object_set_new(o, "end", json_string(d->end ? "server" : "client"));
	json_object_set_new(o, "from", json_state(d->from));
	json_object_set_new(o, "to", json_state(d->to));
	json_object_set_new(o, "inferred", json_state(d->inferred));
	json_object_set_new(o, "reason",
			    d->excuse == NT_EXCUSE_NONE ? json_null() :
							  json_string(nt_excuse_name(d->excuse)));
	for (i = 0; i < d->narrow; i++)
		json_array_append_new(n, json_integer(d->arrow[i]));
	json_object_set_new(o, "segments", n);
	emit(v, o);
}

json_t *nt_json_agreement(const struct nt_model_stats *s)
{
	json_t *o = json_object(), *excused = json_object(), *one;
	unsigned int e;

	json_object_set_new(o, "connections", json_integer((json_int_t)s->checked));
	json_object_set_new(o, "transitions", json_integer((json_int_t)s->compared));
	json_object_set_new(o, "unexplained", json_integer((json_int_t)s->disagreements));
	for (e = NT_EXCUSE_NONE + 1; e < NT_EXCUSE_MAX; e++) {
		one = json_object();
		json_object_set_new(one, "count", json_integer((json_int_t)s->excused[e]));
		json_object_set_new(one, "per_1000", json_integer(nt_excuse_ceiling(e)));
		json_object_set_new(excused, nt_excuse_name(e), one);
	}
	json_object_set_new(o, "excused", excused);
	json_object_set_new(o, "not_kept", json_integer((json_int_t)s->disagreements_lost));
	return o;
}

void nt_json_agreement_line(const struct nt_view *v, const struct nt_model_stats *s)
{
	json_t *o = nt_json_agreement(s);

	json_object_set_new(o, "type", json_string("agreement"));
	emit(v, o);
}

void nt_line_disagreement(const struct nt_view *v, const struct nt_disagreement *d)
{
	char a[NT_ADDR_TEXT], b[NT_ADDR_TEXT];
	unsigned int i;

	fprintf(v->out, "#%" PRIu32 " %s -> %s, %s: ", d->conv,
		nt_describe_addr(a, sizeof(a), &d->addr[0]),
		nt_describe_addr(b, sizeof(b), &d->addr[1]), d->end ? _("server") : _("client"));
	if (d->from != d->to)
		fprintf(v->out, _("went from %s to %s"), nt_state_name(d->from),
			nt_state_name(d->to));
	else
		fprintf(v->out, _("stayed in %s"), nt_state_name(d->from));
	if (d->inferred != NT_ST_NONE)
		fprintf(v->out, _(", its segments imply %s"), nt_state_name(d->inferred));
	/* the name of a reason is looked up in the manual */
	fprintf(v->out, "; %s", nt_excuse_name(d->excuse));
	for (i = 0; i < d->narrow; i++)
		fprintf(v->out, "%s%" PRIu32, i ? ", " : _("; segments "), d->arrow[i]);
	fputc('\n', v->out);
}

void nt_line_agreement(const struct nt_view *v, const struct nt_model_stats *s)
{
	unsigned int e;

	fprintf(v->out,
		ngettext("%" PRIu64 " transitions of %" PRIu64 " connections compared: %" PRIu64
			 " disagreement unexplained\n",
			 "%" PRIu64 " transitions of %" PRIu64 " connections compared: %" PRIu64
			 " disagreements unexplained\n",
			 s->disagreements),
		s->compared, s->checked, s->disagreements);
	for (e = NT_EXCUSE_NONE + 1; e < NT_EXCUSE_MAX; e++) {
		if (s->excused[e])
			fprintf(v->out, "%8" PRIu64 "  %s: %s\n", s->excused[e], nt_excuse_name(e),
				_(nt_excuse_text(e)));
	}
	if (s->disagreements_lost)
		fprintf(v->out, _("%8" PRIu64 "  of them counted, and not kept\n"),
			s->disagreements_lost);
}
