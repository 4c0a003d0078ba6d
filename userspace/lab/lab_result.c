// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_result.c - what the trace holds in the end, and what follows from it
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "lab/lab_run.h"
#include "i18n.h"
#include "walk.h"

#define PICTURES_MAX 6

/* what the JSON format writes, as objects */
struct sink {
	struct nt_view v;
	char *text;
	size_t len;
	const struct nt_model *m;
};

static bool open_sink(struct sink *k, const struct nt_lab_run *r)
{
	k->v = r->v;
	k->text = NULL;
	k->v.out = open_memstream(&k->text, &k->len);
	return k->v.out != NULL;
}

/* append to @list */
static void close_sink(struct sink *k, json_t *list)
{
	char *rest, *line;

	fclose(k->v.out);
	for (rest = k->text; rest && (line = strsep(&rest, "\n"));) {
		json_t *o = *line ? json_loads(line, 0, NULL) : NULL;

		if (o)
			json_array_append_new(list, o);
	}
	free(k->text);
}

json_t *nt_lab_item_json(struct nt_lab_run *r, const struct nt_model *m, const struct nt_item *it)
{
	json_t *list = json_array(), *o = NULL;
	struct sink k;

	if (open_sink(&k, r)) {
		nt_format_json.item(&k.v, m, it);
		close_sink(&k, list);
		o = json_incref(json_array_get(list, 0));
	}
	json_decref(list);
	return o;
}

static void walk_item(const void *arg, const struct nt_item *it)
{
	const struct sink *k = arg;

	nt_format_json.item(&k->v, k->m, it);
}

json_t *nt_lab_items(struct nt_lab_run *r)
{
	json_t *list = json_array();
	struct sink k;
	size_t i;
	int j;

	if (!open_sink(&k, r))
		return list;
	k.m = r->s.model;
	nt_walk(k.m, NULL, true, walk_item, &k);
	for (i = 0; i < nt_model_nconv(k.m); i++)
		nt_format_json.list(&k.v, nt_model_conv(k.m, i));
	close_sink(&k, list);
	for (j = 0; j < r->progs.n; j++)
		json_array_append_new(list, nt_lab_prog_json(&r->progs.prog[j]));
	return list;
}

static void pictures(struct nt_lab_run *r)
{
	const struct nt_model *m = r->s.model;
	struct timespec ts;
	int drawn = 0, left = 0;
	size_t i;

	clock_gettime(CLOCK_REALTIME, &ts);
	r->v.now = ts.tv_sec * 1000000000LL + ts.tv_nsec;
	for (i = 0; i < nt_model_nconv(m); i++) {
		const struct nt_conv *c = nt_model_conv(m, i);

		if (nt_conv_is_housekeeping(c) && !r->lab->all)
			continue;
		if (drawn == PICTURES_MAX) {
			left++;
			continue;
		}
		if (!drawn++)
			nt_lab_tell_head(&r->tell, _("The whole of it"));
		else
			fputc('\n', r->v.out);
		nt_format_ladder.conv(&r->v, m, c);
		if (nt_view_check(&r->v))
			return;
	}
	if (left)
		fprintf(r->v.out,
			ngettext("\n  and %d further conversation\n",
				 "\n  and %d further conversations\n", (unsigned long)left),
			left);
}

static void emit(const struct nt_lab_run *r, json_t *o)
{
	json_dumpf(o, r->v.out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', r->v.out);
	json_decref(o);
}

static void emit_all(const struct nt_lab_run *r, const json_t *list)
{
	size_t i;

	for (i = 0; i < json_array_size(list); i++)
		emit(r, json_incref(json_array_get(list, i)));
}

static json_t *verdict_json(const struct nt_lab_verdict *v)
{
	char words[256];
	json_t *o = json_pack("{s:s,s:s,s:b,s:i}", "type", "claim", "text", v->claim->text, "holds",
			      (int)v->holds, "seen", v->seen);

	if (v->claim->id)
		json_object_set_new(o, "id", json_string(v->claim->id));
	if (v->first) {
		nt_lab_item_words(words, sizeof(words), v->first, false);
		json_object_set_new(o, "evidence", json_string(words));
	}
	return o;
}

static void result_json(const struct nt_lab_run *r, const json_t *items,
			const struct nt_lab_verdict *v, int wrong)
{
	const struct nt_lab *lab = r->lab;
	int i;

	emit_all(r, r->steps);
	emit_all(r, items);
	emit_all(r, r->quiz);
	for (i = 0; i < lab->nclaim; i++)
		emit(r, verdict_json(&v[i]));
	for (i = 0; i < lab->nbook; i++)
		emit(r, json_pack("{s:s,s:s,s:s,s:s}", "type", "textbook", "book",
				  lab->book[i].book, "kernel", lab->book[i].kernel, "why",
				  lab->book[i].why ? lab->book[i].why : ""));
	emit(r, json_pack("{s:s,s:s,s:s,s:s,s:b,s:i,s:i,s:i,s:b}", "type", "lab", "lab", lab->name,
			  "title", lab->title, "chapter", lab->chapter, "prevented",
			  (int)r->cli->lab.prevent, "claims", lab->nclaim, "failed", wrong, "unmet",
			  r->unmet, "ok", (int)(!wrong && !r->over_time)));
}

static void result_text(struct nt_lab_run *r, const struct nt_lab_verdict *v, int wrong)
{
	const struct nt_lab *lab = r->lab;

	if (!r->v.error)
		pictures(r);
	nt_lab_tell_head(&r->tell, _("What this lab claims, and what the trace says"));
	nt_lab_tell_verdicts(&r->tell, v, lab->nclaim);
	if (!wrong) /* what a kernel did is said only where it did */
		nt_lab_tell_books(&r->tell, lab);
	if (lab->summary && !wrong && !r->cli->lab.prevent) {
		nt_lab_tell_head(&r->tell, _("In short"));
		nt_lab_tell_text(&r->tell, 2, lab->summary);
	}
	if (r->cli->lab.quiz && r->asked)
		fprintf(r->v.out, _("\nYour score: %d of %d\n"), r->right, r->asked);
	if (wrong)
		fprintf(r->v.out, _("\n%d of %d claims did not occur.\n"), wrong, lab->nclaim);
	else
		fprintf(r->v.out, _("\nAll %d claims occurred.\n"), lab->nclaim);
}

/* with --prevent: did the claim fail that is to fail? */
static int prevented_status(const struct nt_lab_run *r, const struct nt_lab_verdict *v)
{
	const char *id = r->lab->prevent.fails;
	int i;

	for (i = 0; i < r->lab->nclaim; i++) {
		if (!v[i].claim->id || strcmp(v[i].claim->id, id))
			continue;
		if (!v[i].holds) {
			fprintf(stderr, _("nettrace: prevented, as intended: '%s' did not occur\n"),
				id);
			return NT_EXIT_CLAIM;
		}
		fprintf(stderr, _("nettrace: '%s' occurred although it was prevented\n"), id);
	}
	return NT_EXIT_OK;
}

int nt_lab_result(struct nt_lab_run *r)
{
	static struct nt_lab_verdict v[NT_LAB_CLAIMS_MAX];
	json_t *items = nt_lab_items(r);
	int wrong = nt_lab_judge(r->lab, items, v), status;

	if (r->cli->json)
		result_json(r, items, v, wrong);
	else
		result_text(r, v, wrong);
	json_decref(items);
	if (r->cli->lab.prevent)
		status = prevented_status(r, v);
	else
		status = wrong ? NT_EXIT_CLAIM : NT_EXIT_OK;
	/* no claim failed, but it was not carried out to its end: said by then */
	return status == NT_EXIT_OK && r->over_time ? NT_EXIT_FAIL : status;
}
