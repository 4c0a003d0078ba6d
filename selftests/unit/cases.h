/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cases.h - the segment scripts of selftests/cases
 *
 * Purpose:   a case is a file of event lines as in script.h, and of directives;
 *            what the model makes of it is drawn, and compared with a file.
 *            ../cases/README tells the format to those who write one.
 * Ownership: the caller's struct script owns the model; script_end().
 *
 * A SEG line is a segment on its way: it becomes the sightings that @seen asks
 * for.  Lines of sockets in a namespace that is not seen are left out, so that
 * one script serves every vantage point.
 */
#ifndef NETTRACE_UNIT_CASES_H
#define NETTRACE_UNIT_CASES_H

#include "script.h"
#include "render.h"

#define CASES_DIR   "../cases"
#define CASE_LINES  512
#define CASE_LINE   256
#define CASE_SHOTS  16
#define CASE_WAY_US 30

enum case_seen { CASE_BOTH, CASE_CLIENT, CASE_SERVER, CASE_BETWEEN };

/* a picture of the case */
struct case_shot {
	enum case_seen seen;
	int width;
	bool ascii;
	bool explain, chinese; /* the steps as sentences */
	struct nt_draw draw;
	char suffix[64]; /* of the golden file: "-80", "-between-120-ascii" */
};

struct case_file {
	char ends[2][64];
	int64_t now; /* ns after SCRIPT_T0; 0: not known */
	struct case_shot shot[CASE_SHOTS];
	int nshot;
	/* while it is read for one shot */
	enum case_seen seen;
	struct {
		int64_t us;
		uint16_t port;
		char text[CASE_LINE];
	} line[CASE_LINES];
	size_t n;
	uint16_t port;
	uint16_t id;
};

static inline void case_add(struct case_file *c, int64_t us, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

static inline void case_add(struct case_file *c, int64_t us, const char *fmt, ...)
{
	char *text = c->line[c->n].text;
	va_list ap;
	int n;

	assert_true(c->n < CASE_LINES);
	n = snprintf(text, CASE_LINE, "%lld ", (long long)us);
	va_start(ap, fmt);
	vsnprintf(text + n, CASE_LINE - (size_t)n, fmt, ap);
	va_end(ap);
	c->line[c->n].port = c->port;
	c->line[c->n++].us = us;
}

/* a word out of a line; @rest: what is behind it */
static inline const char *case_word(const char *line, char *word, size_t size)
{
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, " \t\n");
	assert_true(n < size);
	memcpy(word, line, n);
	word[n] = '\0';
	return line + n + strspn(line + n, " \t");
}

/* what its sender's socket says is not known where it arrives, and vice versa */
static inline void case_words(char to[CASE_LINE], const char *from, bool out)
{
	static const char *const sender[] = { "sk=",   "nxt=", "una=",	  "ca=",
					      "pend=", "pid=", "retrans", "task" };
	char word[64];
	size_t i, n = 0;

	while (*from) {
		from = case_word(from, word, sizeof(word));
		for (i = 0; i < sizeof(sender) / sizeof(sender[0]); i++)
			if (!strncmp(word, sender[i], strlen(sender[i])))
				break;
		if (!out && i < sizeof(sender) / sizeof(sender[0]))
			continue;
		if (!strncmp(word, "rk=", 3)) {
			if (out)
				continue;
			word[0] = 's';
		}
		n += (size_t)snprintf(to + n, CASE_LINE - n, "%s ", word);
		assert_true(n < CASE_LINE);
	}
}

/*
 * "T SEG c>s FLAGS …": where it is sighted; "lost": where it would arrive it is not; "drop=REASON":
 * nor is it, for it is dropped there; "discard=REASON": it is, and then dropped
 */
static inline void case_seg(struct case_file *c, int64_t us, const char *rest)
{
	bool from_s = rest[0] == 's', lost = script_key(rest, "lost") != NULL;
	int64_t way = script_num(rest, "way", CASE_WAY_US);
	bool sees_out = c->seen == CASE_BOTH || c->seen == (from_s ? CASE_SERVER : CASE_CLIENT);
	bool sees_in = c->seen == CASE_BOTH || c->seen == (from_s ? CASE_CLIENT : CASE_SERVER);

	char out[CASE_LINE], in[CASE_LINE], reason[64] = "";

	c->id++;
	case_words(out, rest, true);
	case_words(in, rest, false);
	if (c->seen == CASE_BETWEEN)
		case_add(c, us + way / 2, "1 FWD %s id=%u", in, c->id);
	if (sees_out)
		case_add(c, us, "%d OUT %s id=%u", from_s ? 2 : 0, out, c->id);
	script_word(rest, "drop", reason, sizeof(reason));
	if (*reason && sees_in)
		case_add(c, us + way, "%d DROP %s id=%u reason=%s dev=eth0", from_s ? 0 : 2, in,
			 c->id, reason);
	lost |= *reason != '\0';
	reason[0] = '\0';
	script_word(rest, "discard", reason, sizeof(reason));
	if (*reason && sees_in)
		case_add(c, us + way + 2, "%d DROP %s id=%u reason=%s dev=eth0", from_s ? 0 : 2, in,
			 c->id, reason);
	if (sees_in && !lost)
		case_add(c, us + way, "%d IN %s id=%u", from_s ? 0 : 2, in, c->id);
}

/* "@shot [both|client|server|between] [WIDTH] [ascii] [symbols] [explain] [chinese] …" */
static inline void case_shot(struct case_file *c, const char *line)
{
	static const char *const seen[] = { "both", "client", "server", "between" };
	struct case_shot *s = &c->shot[c->nshot++];
	char word[24], tail[32] = "";
	unsigned int i;

	assert_true(c->nshot <= CASE_SHOTS);
	memset(s, 0, sizeof(*s));
	s->width = 80;
	while (*line && *line != '\n') {
		line = case_word(line, word, sizeof(word));
		for (i = 0; i < 4 && strcmp(word, seen[i]); i++)
			;
		if (i < 4)
			s->seen = (enum case_seen)i;
		else if (atoi(word))
			s->width = atoi(word);
		else if (!strcmp(word, "ascii"))
			s->ascii = true;
		else if (!strcmp(word, "explain"))
			s->explain = true;
		else if (!strcmp(word, "chinese"))
			s->chinese = true;
		else if (!strcmp(word, "ladder"))
			s->draw.explain = true;
		else if (!strcmp(word, "symbols"))
			s->draw.numbers = NT_NUMBERS_SYMBOLS;
		else if (!strcmp(word, "absolute"))
			s->draw.numbers = NT_NUMBERS_ABSOLUTE;
		else if (!strcmp(word, "deltas"))
			s->draw.deltas = true;
		else if (!strcmp(word, "options"))
			s->draw.options = true;
		else if (!strcmp(word, "unfold"))
			s->draw.unfold = true;
		else if (!strcmp(word, "timers"))
			s->draw.timers = true;
		else if (!strcmp(word, "calls"))
			s->draw.calls = true;
		else
			fail_msg("@shot: unknown word '%s'", word);
		if (i == 4 && !atoi(word) && !s->ascii)
			snprintf(tail + strlen(tail), sizeof(tail) - strlen(tail), "-%s", word);
	}
	snprintf(s->suffix, sizeof(s->suffix), "%s%s-%d%s%s", s->seen ? "-" : "",
		 s->seen ? seen[s->seen] : "", s->width, tail, s->ascii ? "-ascii" : "");
}

static inline void case_read(struct case_file *c, const char *name, bool shots);

static inline void case_directive(struct case_file *c, const char *line, bool shots)
{
	char word[64], arg[64] = "";
	const char *rest = case_word(line, word, sizeof(word));

	if (!strcmp(word, "@shot")) {
		if (shots)
			case_shot(c, rest);
		return;
	}
	rest = case_word(rest, arg, sizeof(arg));
	if (!strcmp(word, "@ends")) {
		strcpy(c->ends[0], arg);
		case_word(rest, c->ends[1], sizeof(c->ends[1]));
	} else if (!strcmp(word, "@port")) {
		c->port = (uint16_t)atoi(arg);
	} else if (!strcmp(word, "@now")) {
		c->now = atoll(arg) * 1000;
	} else if (!strcmp(word, "@include")) {
		/* what is included begins at that time */
		size_t i = c->n;
		int64_t at = *rest ? atoll(rest) : 0;

		case_read(c, arg, false);
		for (; i < c->n; i++) {
			char copy[CASE_LINE];

			c->line[i].us += at;
			strcpy(copy, c->line[i].text);
			snprintf(c->line[i].text, CASE_LINE, "%lld%s", (long long)c->line[i].us,
				 strchr(copy, ' '));
		}
	} else {
		fail_msg("unknown directive '%s'", word);
	}
}

static inline void case_event(struct case_file *c, const char *line)
{
	char when[32], word[16];
	const char *rest = case_word(line, when, sizeof(when)), *more;
	static const bool sees[4][3] = {
		[CASE_BOTH] = { true, false, true },
		[CASE_CLIENT] = { true, false, false },
		[CASE_SERVER] = { false, false, true },
		[CASE_BETWEEN] = { false, true, false },
	};

	more = case_word(rest, word, sizeof(word));
	if (!strcmp(word, "SEG")) {
		case_seg(c, atoll(when), more);
		return;
	}
	assert_in_range(atoi(word), 0, 2);
	if (sees[c->seen][atoi(word)])
		case_add(c, atoll(when), "%s", rest);
}

static inline void case_read(struct case_file *c, const char *name, bool shots)
{
	char path[256], line[CASE_LINE];
	FILE *f;

	snprintf(path, sizeof(path), CASES_DIR "/%s", name);
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s cannot be read", path);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (line[0] == '@')
			case_directive(c, line, shots);
		else if (line[strspn(line, " \t")] && line[0] != '#')
			case_event(c, line);
	}
	fclose(f);
}

/* what is to be drawn of a case */
static inline void case_shots(struct case_file *c, const char *name)
{
	memset(c, 0, sizeof(*c));
	case_read(c, name, true);
	if (!c->nshot)
		case_shot(c, "");
}

/* the lines in the order of time, into a model; @change: what to do to them before, or NULL */
static inline void case_feed_as(struct case_file *c, const char *name, enum case_seen seen,
				struct script *s, void (*change)(struct case_file *c))
{
	size_t i, k;

	memset(c, 0, sizeof(*c));
	strcpy(c->ends[0], "10.0.1.2");
	strcpy(c->ends[1], "10.0.2.2");
	c->port = 40000;
	c->seen = seen;
	case_read(c, name, false);
	if (change)
		change(c);
	script_begin(s, c->ends[0], c->ends[1]);
	/* stable, and the files are short */
	for (i = 0; i < c->n; i++) {
		size_t at = 0;

		for (k = 1; k < c->n; k++)
			if (c->line[k].us < c->line[at].us)
				at = k;
		s->port[0] = c->line[at].port;
		if (c->line[at].us == INT64_MAX)
			break;
		script_line(s, c->line[at].text);
		c->line[at].us = INT64_MAX;
	}
	nt_model_finish(s->m);
}

static inline void case_feed(struct case_file *c, const char *name, enum case_seen seen,
			     struct script *s)
{
	case_feed_as(c, name, seen, s, NULL);
}

#endif /* NETTRACE_UNIT_CASES_H */
