// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_stats.c - the module's counters, and one reader's account, as tables
 */
#include <inttypes.h>

#include "i18n.h"
#include "render.h"
#include "text.h"

/* @key: a word of the module's, or of ours in the user's language */
static void stat_line(const struct nt_view *v, const char *key, uint64_t value, const char *what)
{
	char word[128];

	fprintf(v->out, "  %s %12" PRIu64 "%s%s\n", nt_text_column(word, sizeof(word), key, 24),
		value, *what ? "  " : "", what);
}

/* those that have seen something */
static void stat_cpus(const struct nt_view *v, const struct nt_stats *s)
{
	static const char *const head[] = { N_("seen"), N_("recorded"), N_("filtered"),
					    N_("unrecorded"), N_("overwritten") };
	const struct nt_stat_cpu *c;
	char word[64];
	size_t i;

	if (!s->ncpu)
		return;
	fprintf(v->out, " %s", nt_text_column(word, sizeof(word), _("each CPU"), 11));
	for (i = 0; i < sizeof(head) / sizeof(head[0]); i++)
		fprintf(v->out, " %s", nt_text_column(word, sizeof(word), _(head[i]), -12));
	fputc('\n', v->out);
	for (c = s->cpu; c < s->cpu + s->ncpu; c++)
		if (c->seen)
			fprintf(v->out,
				"  cpu%-8" PRIu32 "%12" PRIu64 " %12" PRIu64 " %12" PRIu64
				" %12" PRIu64 " %12" PRIu64 "\n",
				c->cpu, c->seen, c->recorded, c->filtered, c->unrecorded,
				c->overwritten);
}

static void stat_module(const struct nt_view *v, const struct nt_stats *s)
{
	char name[80], version[80], key[96];
	size_t i;

	nt_text_escape(name, sizeof(name), s->netns, SIZE_MAX / 2);
	nt_text_escape(version, sizeof(version), s->version, SIZE_MAX / 2);
	if (*name)
		fprintf(v->out, "netns %s\n", name);
	else
		fprintf(v->out, "%s\n", _("this namespace"));
	if (*version) {
		fprintf(v->out, _(" module %s"), version);
		fputc('\n', v->out);
	}
	for (i = 0; i < s->nmodule; i++) {
		nt_text_escape(key, sizeof(key), s->module[i].key, SIZE_MAX / 2);
		stat_line(v, key, s->module[i].value, "");
	}
}

void nt_line_stats(const struct nt_view *v, const struct nt_stats *s)
{
	stat_module(v, s);
	stat_cpus(v, s);
	fprintf(v->out, " %s\n", _("this reader"));
	stat_line(v, _("seen"), s->seen, _("= delivered + filtered + lost"));
	stat_line(v, _("delivered"), s->delivered, "");
	stat_line(v, _("filtered"), s->filtered, "");
	stat_line(v, _("lost"), s->lost, "");
	if (!s->model)
		return;
	fprintf(v->out, " %s\n", _("what they were"));
	stat_line(v, _("packets"), s->model->packets, _("sightings"));
	stat_line(v, _("transitions"), s->model->transitions, "");
	stat_line(v, "arp", s->model->arps, "");
	stat_line(v, _("fragments"), s->model->fragments, _("sightings"));
	stat_line(v, _("other packets"), s->model->other_packets,
		  _("damaged before it is known whose they are"));
	stat_line(v, _("unknown records"), s->model->unknown_records, "");
	stat_line(v, _("disagreements"), s->model->disagreements,
		  _("inferred state was not the observed one"));
	nt_line_agreement(v, s->model);
}
