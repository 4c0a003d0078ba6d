// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_file.c - what a lab file says
 */
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "i18n.h"
#include "lab/lab_file.h"
#include "lab/lab_match.h"
#include "i18n.h"

#define FILE_MAX (256 * 1024)

const char *nt_lab_text(const char *text)
{
	return *text ? dgettext(NT_I18N_LABS, text) : text;
}

bool nt_lab_has_step(const struct nt_lab *lab, const struct nt_lab_step *s, bool prevent)
{
	int i;

	if (!prevent)
		return !s->prevented_only;
	for (i = 0; s->id && i < lab->prevent.without.n; i++)
		if (!strcmp(s->id, lab->prevent.without.word[i]))
			return false;
	return true;
}

struct raw_claim {
	struct nt_lab_claim c;
	int count, at_least, at_most;
};

#define C(field) offsetof(struct raw_claim, c.field)

static const struct nt_yaml_key claim_keys[] = {
	{ "id", nt_yaml_name, C(id), false },
	{ "text", nt_yaml_text, C(text), true },
	{ "see", nt_yaml_pattern, C(see), true },
	{ "count", nt_yaml_number, offsetof(struct raw_claim, count), false },
	{ "at_least", nt_yaml_number, offsetof(struct raw_claim, at_least), false },
	{ "at_most", nt_yaml_number, offsetof(struct raw_claim, at_most), false },
	{ "as", nt_yaml_name, C(as), false },
	{ "after", nt_yaml_name, C(after), false },
	{ "before", nt_yaml_name, C(before), false },
};

/* has a claim before the last one that name? */
static bool known_name(const void *arg, const char *name)
{
	const struct nt_lab *lab = arg;
	int i;

	for (i = 0; i + 1 < lab->nclaim; i++)
		if (lab->claim[i].as && !strcmp(lab->claim[i].as, name))
			return true;
	return false;
}

static int check_claim(struct nt_yaml *y, yaml_node_t *v, const struct nt_lab_claim *c)
{
	struct nt_error err = { "" };

	if (nt_lab_pattern_check(c->see, known_name, y->lab, &err))
		return nt_yaml_wrong(y, v, "%s", err.text);
	if (c->after && !known_name(y->lab, c->after))
		return nt_yaml_wrong(y, v, _("no claim above has 'as: %s'"), c->after);
	if (c->before && !known_name(y->lab, c->before))
		return nt_yaml_wrong(y, v, _("no claim above has 'as: %s'"), c->before);
	if (c->as && known_name(y->lab, c->as))
		return nt_yaml_wrong(y, v, _("'as: %s' is there already"), c->as);
	return 0;
}

static int take_claim(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab *lab = to;
	struct raw_claim r = { .count = -1, .at_least = -1, .at_most = -1 };
	int ret;

	r.c.line = nt_yaml_line(v);
	ret = nt_yaml_map(y, v, claim_keys, COUNT(claim_keys), &r);
	if (!ret && r.count >= 0 && (r.at_least >= 0 || r.at_most >= 0))
		ret = nt_yaml_wrong(
			y, v, _("'count' is the exact number, which at_least and at_most are not"));
	r.c.min = r.count >= 0 ? r.count : r.at_least >= 0 ? r.at_least : r.at_most >= 0 ? 0 : 1;
	r.c.max = r.count >= 0 ? r.count : r.at_most;
	lab->claim[lab->nclaim++] = r.c;
	return ret ? ret : check_claim(y, v, &r.c);
}

static int take_claims(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	(void)to;
	return nt_yaml_each(y, v, NT_LAB_CLAIMS_MAX, take_claim, y->lab);
}

static int take_book(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "book", nt_yaml_text, offsetof(struct nt_lab_book, book), true },
		{ "kernel", nt_yaml_text, offsetof(struct nt_lab_book, kernel), true },
		{ "why", nt_yaml_text, offsetof(struct nt_lab_book, why), false },
	};
	struct nt_lab *lab = to;

	return nt_yaml_map(y, v, keys, COUNT(keys), &lab->book[lab->nbook++]);
}

static int take_books(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	(void)to;
	return nt_yaml_each(y, v, NT_LAB_BOOKS_MAX, take_book, y->lab);
}

static int take_prevent(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "text", nt_yaml_text, offsetof(struct nt_lab_prevent, text), true },
		{ "without", nt_yaml_words, offsetof(struct nt_lab_prevent, without), false },
		{ "fails", nt_yaml_name, offsetof(struct nt_lab_prevent, fails), true },
	};
	struct nt_lab_prevent *p = to;

	p->line = nt_yaml_line(v);
	return nt_yaml_map(y, v, keys, COUNT(keys), to);
}

#define L(field) offsetof(struct nt_lab, field)

static const struct nt_yaml_key lab_keys[] = {
	{ "lab", nt_yaml_text, L(name), true },
	{ "number", nt_yaml_number, L(number), false },
	{ "title", nt_yaml_text, L(title), true },
	{ "chapter", nt_yaml_text, L(chapter), true },
	{ "about", nt_yaml_text, L(about), true },
	{ "summary", nt_yaml_text, L(summary), false },
	{ "needs", nt_yaml_words, L(needs), false },
	{ "time", nt_yaml_number, L(time), false },
	{ "calls", nt_yaml_bool, L(calls), false },
	{ "timers", nt_yaml_bool, L(timers), false },
	{ "symbols", nt_yaml_bool, L(symbols), false },
	{ "ipv6", nt_yaml_bool, L(ipv6), false },
	{ "all", nt_yaml_bool, L(all), false },
	{ "payload", nt_yaml_number, L(payload), false },
	{ "hooks", nt_yaml_text, L(hooks), false },
	{ "hosts", nt_lab_take_hosts, 0, true },
	{ "links", nt_lab_take_links, 0, false },
	{ "setup", nt_lab_take_setup, 0, false },
	{ "steps", nt_lab_take_steps, 0, true },
	{ "claims", take_claims, 0, true },
	{ "textbook", take_books, 0, false },
	{ "prevent", take_prevent, L(prevent), false },
};

static bool has_id(const struct nt_lab *lab, const char *id)
{
	int i;

	for (i = 0; i < lab->nstep; i++)
		if (lab->step[i].id && !strcmp(lab->step[i].id, id))
			return true;
	for (i = 0; i < lab->nsetup; i++)
		if (lab->setup[i].id && !strcmp(lab->setup[i].id, id))
			return true;
	return false;
}

/* what can be said only of the whole */
static int check_lab(struct nt_yaml *y, const struct nt_lab *lab)
{
	yaml_node_t *root = yaml_document_get_root_node(&y->doc);
	const struct nt_lab_prevent *p = &lab->prevent;
	int i;

	if (lab->time < 1 || lab->time > NT_LAB_TIME_MAX)
		return nt_yaml_wrong(y, root, _("'time' is 1 to %d seconds"), NT_LAB_TIME_MAX);
	if (lab->hooks && strcmp(lab->hooks, "default") && strcmp(lab->hooks, "path") &&
	    strcmp(lab->hooks, "link"))
		return nt_yaml_wrong(y, root, _("'hooks' is default, path or link"));
	if (!lab->nclaim)
		return nt_yaml_wrong(y, root, _("'claims' is empty: a lab checks what it says"));
	for (i = 0; i < p->without.n; i++)
		if (!has_id(lab, p->without.word[i]))
			return nt_error_set(y->err, -EINVAL, _("%s:%d: no step has 'id: %s'"),
					    y->name, p->line, p->without.word[i]);
	for (i = 0; p->fails && i < lab->nclaim; i++)
		if (lab->claim[i].id && !strcmp(lab->claim[i].id, p->fails))
			return 0;
	if (p->fails)
		return nt_error_set(y->err, -EINVAL, _("%s:%d: no claim has 'id: %s'"), y->name,
				    p->line, p->fails);
	return 0;
}

int nt_lab_parse(struct nt_lab **out, const char *name, const char *text, size_t len,
		 struct nt_error *err)
{
	struct nt_lab *lab = calloc(1, sizeof(*lab));
	struct nt_yaml *y = calloc(1, sizeof(*y));
	int ret;

	*out = NULL;
	if (!lab || !y) {
		free(lab);
		free(y);
		return nt_error_set(err, -ENOMEM, _("out of memory"));
	}
	lab->doc = y;
	lab->time = 60;
	lab->number = 1000;
	lab->payload = -1;
	y->lab = lab;
	y->err = err;
	snprintf(y->name, sizeof(y->name), "%s", name);
	ret = nt_yaml_load(y, text, len);
	if (!ret)
		ret = nt_yaml_map(y, yaml_document_get_root_node(&y->doc), lab_keys,
				  COUNT(lab_keys), lab);
	if (!ret)
		ret = check_lab(y, lab);
	if (ret) {
		nt_lab_free(lab);
		return ret;
	}
	*out = lab;
	return 0;
}

static int read_all(const char *path, char **text, size_t *len, struct nt_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	ssize_t n = -1;

	*text = NULL;
	if (fd < 0 || fstat(fd, &st))
		goto failed;
	if (!S_ISREG(st.st_mode) || st.st_size > FILE_MAX) {
		close(fd);
		return nt_error_set(err, -EINVAL, _("%s is no lab: %s"), path,
				    S_ISREG(st.st_mode) ? _("it is too large") :
							  _("it is no file"));
	}
	*text = malloc((size_t)st.st_size + 1);
	if (*text)
		n = read(fd, *text, (size_t)st.st_size);
	if (n < 0)
		goto failed;
	close(fd);
	*len = (size_t)n;
	return 0;
failed:
	n = -errno;
	if (fd >= 0)
		close(fd);
	free(*text);
	*text = NULL;
	return nt_error_set(err, (int)n, _("cannot read %s: %s"), path, strerror((int)-n));
}

int nt_lab_read(struct nt_lab **lab, const char *path, struct nt_error *err)
{
	char *text, *real;
	size_t len = 0;
	int ret = read_all(path, &text, &len, err);

	if (ret)
		return ret;
	ret = nt_lab_parse(lab, path, text, len, err);
	free(text);
	if (ret)
		return ret;
	real = realpath(path, NULL);
	(*lab)->path = real ? real : strdup(path);
	(*lab)->dir = (*lab)->path ? strdup((*lab)->path) : NULL;
	if ((*lab)->dir)
		dirname((*lab)->dir);
	return 0;
}

static void free_steps(struct nt_lab_step *s, int n)
{
	for (; n > 0; n--, s++) {
		json_decref(s->until.see);
		json_decref(s->ask.see);
	}
}

void nt_lab_free(struct nt_lab *lab)
{
	int i;

	if (!lab)
		return;
	free_steps(lab->setup, lab->nsetup);
	free_steps(lab->step, lab->nstep);
	for (i = 0; i < lab->nclaim; i++)
		json_decref(lab->claim[i].see);
	if (lab->doc)
		nt_yaml_free(lab->doc);
	free(lab->doc);
	free(lab->path);
	free(lab->dir);
	free(lab);
}
