// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_tell.c - how a lab speaks: wrapped text, commands, output, verdicts
 */
#include <string.h>

#include "lab/lab_tell.h"
#include "i18n.h"
#include "text.h"

#define LINE_MAX_ 1024
#define WIDE	  76 /* longer lines are hard to read */

static int width_of(const struct nt_lab_tell *t)
{
	return t->width > WIDE || t->width < 20 ? WIDE : t->width;
}

static const char *style(const struct nt_lab_tell *t, const char *code)
{
	return t->color ? code : "";
}

/* a line of its own: not joined with the one before */
static bool kept_as_is(const char *p)
{
	return *p == ' ' || *p == '\n' || !*p;
}

static bool take_as_is(const char **text, char *line, size_t size)
{
	size_t n = strcspn(*text, "\n"), c = n < size ? n : size - 1;

	memcpy(line, *text, c);
	line[c] = '\0';
	*text += n + ((*text)[n] == '\n');
	return true;
}

bool nt_lab_wrap(const char **text, int width, char *line, size_t size)
{
	const char *p = *text, *fit = NULL, *end = p + strlen(p);
	size_t len = 0, fit_len = 0;
	uint32_t before = 0;
	int cols = 0;

	if (!*p)
		return false;
	if (*p == ' ' || *p == '\n')
		return take_as_is(text, line, size);
	while (*p && len + 8 < size) {
		const char *from = p;
		uint32_t cp;

		nt_utf8_next(&p, end, &cp);
		if (cp == '\n' && kept_as_is(p))
			break;
		if (cp == '\n')
			cp = ' ';
		if (cp == ' ' || (len && before != ' ' && nt_cp_breaks(before, cp))) {
			fit = from;
			fit_len = len;
		}
		cols += nt_cp_width(cp) > 0 ? nt_cp_width(cp) : 1;
		if (cols > width && fit && fit_len) {
			p = fit;
			len = fit_len;
			p += *p == ' ' || *p == '\n';
			break;
		}
		if (cp == ' ')
			line[len++] = ' ';
		else
			len += (size_t)nt_utf8_put(line + len, cp);
		before = cp;
	}
	line[len] = '\0';
	*text = p;
	return true;
}

void nt_lab_tell_text(const struct nt_lab_tell *t, int indent, const char *text)
{
	char line[LINE_MAX_];
	size_t len;

	text = nt_lab_text(text);
	while (nt_lab_wrap(&text, width_of(t) - indent, line, sizeof(line))) {
		len = strlen(line);
		if (!len && !*text) /* a block of YAML ends in an end of line */
			break;
		fprintf(t->out, "%*s%s\n", len ? indent : 0, "", line);
	}
}

void nt_lab_tell_head(const struct nt_lab_tell *t, const char *text)
{
	fprintf(t->out, "\n%s%s %s%s\n\n", style(t, "\033[1m"), t->unicode ? "══" : "==", text,
		style(t, "\033[0m"));
}

void nt_lab_tell_step(const struct nt_lab_tell *t, int n, const char *text)
{
	char line[LINE_MAX_];
	bool first = true;

	text = nt_lab_text(text);
	fputc('\n', t->out);
	while (nt_lab_wrap(&text, width_of(t) - 4, line, sizeof(line))) {
		if (!*line && !*text)
			break;
		if (first)
			fprintf(t->out, "%s%2d. %s%s\n", style(t, "\033[1m"), n, line,
				style(t, "\033[0m"));
		else
			fprintf(t->out, "%s%*s%s%s\n", style(t, "\033[1m"), *line ? 4 : 0, "", line,
				style(t, "\033[0m"));
		first = false;
	}
}

void nt_lab_tell_command(const struct nt_lab_tell *t, const char *host,
			 const struct nt_lab_words *words)
{
	char safe[512];
	int i;

	fprintf(t->out, "    %s%s$", style(t, "\033[36m"), host);
	for (i = 0; i < words->n; i++) {
		const char *w = words->word[i];
		const char *q = !*w || strpbrk(w, " \t\n;|&<>(){}*?$#") ? "'" : "";

		nt_text_escape(safe, sizeof(safe), w, strlen(w));
		fprintf(t->out, " %s%s%s", q, safe, q);
	}
	fprintf(t->out, "%s\n", style(t, "\033[0m"));
}

void nt_lab_tell_output(const struct nt_lab_tell *t, const char *who, const char *text, size_t len)
{
	char safe[2048];

	nt_text_escape(safe, sizeof(safe), text, len);
	fprintf(t->out, "    %s%s %s%s %s\n", style(t, "\033[36m"), who, t->unicode ? "│" : "|",
		style(t, "\033[0m"), safe);
}

static const char *word(const json_t *item, const char *path)
{
	const char *s = json_string_value(nt_lab_field(item, path));

	return s ? s : "?";
}

static long long number(const json_t *item, const char *path)
{
	return (long long)json_integer_value(nt_lab_field(item, path));
}

/* for people: in their language; not what programs read */
__attribute__((format_arg(2))) static const char *tr(bool told, const char *text)
{
	return told ? gettext(text) : text;
}

/* strings of the trace are escaped already (render_json.c) */
void nt_lab_item_words(char *buf, size_t size, const json_t *item, bool told)
{
	const char *type = word(item, "type");

	if (!strcmp(type, "segment"))
		snprintf(buf, size, tr(told, N_("segment %lld of #%lld, %s")), number(item, "n"),
			 number(item, "conv"), word(item, "flags"));
	else if (!strcmp(type, "transition"))
		snprintf(buf, size, tr(told, N_("%s of #%lld, %s -> %s")),
			 tr(told, word(item, "end")), number(item, "conv"), word(item, "from"),
			 word(item, "to"));
	else if (!strcmp(type, "datagram") || !strcmp(type, "icmp"))
		snprintf(buf, size, "%s %lld of #%lld", type, number(item, "n"),
			 number(item, "conv"));
	else if (!strcmp(type, "conversation"))
		snprintf(buf, size, tr(told, N_("conversation #%lld")), number(item, "conv"));
	else if (!strcmp(type, "arp") || !strcmp(type, "nd"))
		snprintf(buf, size, "%s %s", type, word(item, "op"));
	else if (!strcmp(type, "neigh"))
		snprintf(buf, size, tr(told, N_("neighbour %s, to %s")), word(item, "addr"),
			 word(item, "to"));
	else if (!strcmp(type, "call"))
		snprintf(buf, size, tr(told, N_("%s() by the %s of #%lld")), word(item, "call"),
			 tr(told, word(item, "end")), number(item, "conv"));
	else if (!strcmp(type, "queue"))
		snprintf(buf, size, tr(told, N_("queue at segment %lld of #%lld: %s")),
			 number(item, "segment"), number(item, "conv"), word(item, "verdict"));
	else if (!strcmp(type, "drop"))
		snprintf(buf, size, tr(told, N_("segment %lld of #%lld dropped: %s")),
			 number(item, "segment"), number(item, "conv"), word(item, "reason"));
	else if (!strcmp(type, "route"))
		snprintf(buf, size, tr(told, N_("route to %s by %s")), word(item, "dst"),
			 word(item, "dev"));
	else if (!strcmp(type, "timer"))
		snprintf(buf, size, tr(told, N_("timer %s of the %s of #%lld, %s")),
			 word(item, "timer"), tr(told, word(item, "end")), number(item, "conv"),
			 word(item, "event"));
	else if (!strcmp(type, "program"))
		snprintf(buf, size, tr(told, N_("program %s, status %lld")), word(item, "name"),
			 number(item, "status"));
	else
		snprintf(buf, size, "%s", type);
}

/* why it does not hold */
static void tell_why(const struct nt_lab_tell *t, const struct nt_lab_verdict *v)
{
	const struct nt_lab_claim *c = v->claim;
	unsigned long seen = (unsigned long)v->seen;

	if (v->unbound)
		fprintf(t->out, _("      it builds on '%s', which the trace does not show\n"),
			v->unbound);
	else if (c->max == 0)
		fprintf(t->out,
			ngettext("      the trace shows it %d time\n",
				 "      the trace shows it %d times\n", seen),
			v->seen);
	else if (!v->seen)
		fputs(_("      nothing in the trace is like that\n"), t->out);
	else if (c->max < 0)
		fprintf(t->out,
			ngettext("      the trace shows it %d time, not %d or more\n",
				 "      the trace shows it %d times, not %d or more\n", seen),
			v->seen, c->min);
	else
		fprintf(t->out,
			ngettext("      the trace shows it %d time, not %d to %d\n",
				 "      the trace shows it %d times, not %d to %d\n", seen),
			v->seen, c->min, c->max);
}

void nt_lab_tell_verdicts(const struct nt_lab_tell *t, const struct nt_lab_verdict *v, int n)
{
	char line[LINE_MAX_], evidence[256];
	int i;

	for (i = 0; i < n; i++) {
		const char *text = nt_lab_text(v[i].claim->text);
		const char *sign = t->unicode ? (v[i].holds ? "✓" : "✗") :
						(v[i].holds ? "ok" : "NO");
		bool first = true;

		while (nt_lab_wrap(&text, width_of(t) - 6, line, sizeof(line)) && *line) {
			fprintf(t->out, "  %s%-*s%s  %s\n",
				first ? style(t, v[i].holds ? "\033[32m" : "\033[1;31m") : "",
				t->unicode && first ? (int)strlen(sign) + 1 : 2, first ? sign : "",
				first ? style(t, "\033[0m") : "", line);
			first = false;
		}
		if (!v[i].holds)
			tell_why(t, &v[i]);
		if (!v[i].first)
			continue;
		nt_lab_item_words(evidence, sizeof(evidence), v[i].first, true);
		fprintf(t->out, "      %s%s%s", style(t, "\033[2m"), evidence, style(t, "\033[0m"));
		if (v[i].seen > 1)
			fprintf(t->out, _("; %d in all"), v[i].seen);
		fputc('\n', t->out);
	}
}

/* one text to the left, one to the right */
static void side_by_side(const struct nt_lab_tell *t, const char *left, const char *right)
{
	char l[LINE_MAX_], r[LINE_MAX_];
	int half = (width_of(t) - 7) / 2;
	bool more_l = true, more_r = true;

	while (more_l || more_r) {
		*l = *r = '\0';
		more_l = more_l && nt_lab_wrap(&left, half, l, sizeof(l));
		more_r = more_r && nt_lab_wrap(&right, half, r, sizeof(r));
		if (!*l && !*r)
			break;
		fprintf(t->out, "  %s%*s %s %s\n", l, half - nt_text_width(l, true), "",
			t->unicode ? "│" : "|", r);
	}
}

void nt_lab_tell_books(const struct nt_lab_tell *t, const struct nt_lab *lab)
{
	int i;

	if (!lab->nbook)
		return;
	nt_lab_tell_head(t, _("The textbook, and this kernel"));
	side_by_side(t, _("BOOKS SAY"), _("THIS KERNEL DID"));
	for (i = 0; i < lab->nbook; i++) {
		const struct nt_lab_book *b = &lab->book[i];

		fputc('\n', t->out);
		side_by_side(t, nt_lab_text(b->book), nt_lab_text(b->kernel));
		if (b->why)
			nt_lab_tell_text(t, 2, b->why);
	}
}
