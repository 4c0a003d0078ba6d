// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_ask.c - predict, then see: questions, answers, and what the trace says
 */
#include <ctype.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "lab/lab_run.h"
#include "i18n.h"
#include "text.h"

bool nt_lab_line(struct nt_lab_run *r)
{
	struct pollfd p = { .fd = STDIN_FILENO, .events = POLLIN };
	ssize_t n;
	char c;

	while (!r->eof && poll(&p, 1, 0) == 1) {
		n = read(STDIN_FILENO, &c, 1);
		if (n < 0 && (errno == EINTR || errno == EAGAIN))
			return false;
		if (n <= 0) {
			r->eof = true;
			break;
		}
		if (c == '\n' || c == '\r') {
			r->line[r->linelen] = '\0';
			r->linelen = 0;
			return true;
		}
		if (r->linelen + 1 < sizeof(r->line))
			r->line[r->linelen++] = c;
	}
	if (!r->eof)
		return false;
	*r->line = '\0';
	fputc('\n', r->v.out);
	return true;
}

void nt_lab_ask(struct nt_lab_run *r, const struct nt_lab_step *s)
{
	nt_lab_tell_text(&r->tell, 4, s->ask.text);
	fputs("    ? ", r->v.out);
}

void nt_lab_answer(struct nt_lab_run *r, const struct nt_lab_step *s)
{
	char safe[sizeof(r->line) * NT_ESCAPE_MAX + 1];

	nt_text_escape(safe, sizeof(safe), r->line, strlen(r->line));
	json_array_append_new(r->quiz, json_pack("{s:s,s:s,s:s}", "type", "question", "text",
						 s->ask.text, "answer", safe));
}

static void as_text(const json_t *v, char *buf, size_t size)
{
	if (json_is_string(v))
		snprintf(buf, size, "%s", json_string_value(v));
	else if (json_is_integer(v))
		snprintf(buf, size, "%lld", (long long)json_integer_value(v));
	else
		*buf = '\0';
}

/* blanks, case, and how words are joined, are not what is asked for */
static bool same_answer(const char *a, const char *b)
{
	for (;;) {
		while (*a && strchr(" -_,+", *a))
			a++;
		while (*b && strchr(" -_,+", *b))
			b++;
		if (tolower((unsigned char)*a) != tolower((unsigned char)*b))
			return false;
		if (!*a)
			return true;
		a++;
		b++;
	}
}

void nt_lab_grade(struct nt_lab_run *r, const struct nt_lab_step *s)
{
	size_t i, n = json_array_size(r->quiz);
	json_t *q = n ? json_array_get(r->quiz, n - 1) : NULL;
	const char *given = json_string_value(json_object_get(q, "answer"));
	const json_t *item = NULL;
	char truth[128] = "";

	for (i = r->from; given && !item && i < json_array_size(r->seen); i++)
		if (nt_lab_match(s->ask.see, json_array_get(r->seen, i), NULL))
			item = json_array_get(r->seen, i);
	as_text(nt_lab_field(item, s->ask.take), truth, sizeof(truth));
	if (!*truth) {
		fputs(_("    the trace does not tell; this question does not count\n"), r->v.out);
		return;
	}
	r->asked++;
	json_object_set_new(q, "truth", json_string(truth));
	json_object_set_new(q, "right", json_boolean(same_answer(given, truth)));
	if (same_answer(given, truth)) {
		r->right++;
		fprintf(r->v.out, _("    right: %s\n"), truth);
	} else {
		fprintf(r->v.out, _("    the trace says: %s\n"), truth);
	}
}
