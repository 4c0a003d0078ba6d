// SPDX-License-Identifier: GPL-2.0-only
/*
 * Pictures against files in selftests/cases: what is drawn, at 60, 80 and 120
 * columns, in Unicode and ASCII; and what holds at every width.
 *
 * After a change that is meant: NT_GOLDEN=write make run, look at each picture
 * with your own eyes, commit.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <time.h>

#include "render.h"
#include "scenes.h"
#include "text.h"

#define CASES	"../cases"
#define LICENCE "# SPDX-License-Identifier: GPL-2.0-only\n" /* first line of each */

static const struct {
	const char *name;
	struct scene *(*make)(void);
	struct nt_draw draw;
	int64_t now; /* ns after SCENE_T0 at which the trace ends; 0: not known */
} scenes[] = {
	{ "echo", scene_echo, { 0 }, 0 },
	{ "loss", scene_loss, { 0 }, 0 },
	{ "refused6", scene_refused6, { 0 }, 0 },
	{ "udp", scene_udp, { 0 }, 0 },
	{ "dropped-all", scene_dropped, { 0 }, 0 },
	{ "routes", scene_routes, { 0 }, 0 },
	{ "busy", scene_busy, { .calls = true, .timers = true }, 34008140000 },
};

#define NSCENES (sizeof(scenes) / sizeof(scenes[0]))

/* the same with other options, at 80 columns */
static const struct {
	const char *name;
	size_t scene;
	struct nt_draw draw;
} variant[] = {
	{ "echo-80-symbols", 0, { .numbers = NT_NUMBERS_SYMBOLS } },
	{ "echo-80-absolute", 0, { .numbers = NT_NUMBERS_ABSOLUTE } },
	{ "echo-80-deltas", 0, { .deltas = true } },
	{ "echo-80-options", 0, { .options = true } },
	{ "loss-80-symbols", 1, { .numbers = NT_NUMBERS_SYMBOLS } },
	{ "loss-80-options", 1, { .options = true, .deltas = true } },
	{ "busy-80-plain", 6, { 0 } },
	{ "busy-80-unfold", 6, { .unfold = true, .timers = true } },
};

enum what { PICTURE, DETAIL, LINES };

static char *draw_as(const struct scene *s, enum what what, int width, bool unicode, bool color,
		     const struct nt_draw *how, int64_t now)
{
	struct nt_view v = { .width = width,
			     .draw = *how,
			     .now = now ? SCENE_T0 + now : 0,
			     .unicode = unicode,
			     .color = color,
			     .netns = { "client", "router", "server" } };
	const struct nt_format *f = &nt_format_ladder;
	char *text = NULL;
	size_t size;
	int err;

	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	if (what == PICTURE)
		err = f->conv(&v, s->model, &s->conv);
	else if (what == DETAIL)
		err = f->detail(&v, s->model, &s->conv);
	else
		err = nt_format_line.conv(&v, s->model, &s->conv);
	if (what == LINES) {
		f->list_head(&v);
		f->list(&v, &s->conv);
	}
	assert_int_equal(err, 0);
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static char *draw(size_t i, const struct scene *s, enum what what, int width, bool unicode,
		  bool color)
{
	return draw_as(s, what, width, unicode, color, &scenes[i].draw, scenes[i].now);
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text;
	size_t n;

	if (!f)
		return NULL;
	text = calloc(1, 262144);
	assert_non_null(text);
	n = fread(text, 1, 262143, f);
	assert_true(n < 262143);
	fclose(f);
	return text;
}

static void golden(const char *name, const char *text)
{
	const char *mode = getenv("NT_GOLDEN");
	char path[256], *want;

	snprintf(path, sizeof(path), CASES "/%s.txt", name);
	if (mode && !strcmp(mode, "write")) {
		FILE *f = fopen(path, "w");

		assert_non_null(f);
		fputs(LICENCE, f);
		fputs(text, f);
		assert_int_equal(fclose(f), 0);
		return;
	}
	want = read_all(path);
	if (!want)
		fail_msg("%s is not there", path);
	assert_memory_equal(want, LICENCE, strlen(LICENCE));
	if (strcmp(want + strlen(LICENCE), text))
		fail_msg("%s says\n%s\nand this was drawn\n%s", path, want, text);
	free(want);
}

static void test_golden(void **state)
{
	static const int width[] = { 60, 80, 120 };
	char name[64], *text;
	size_t i, w;
	int ascii;

	(void)state;
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();

		for (w = 0; w < 3; w++)
			for (ascii = 0; ascii < 2; ascii++) {
				text = draw(i, s, PICTURE, width[w], !ascii, false);
				snprintf(name, sizeof(name), "%s-%d%s", scenes[i].name, width[w],
					 ascii ? "-ascii" : "");
				golden(name, text);
				free(text);
			}
		text = draw(i, s, DETAIL, 100, true, false);
		snprintf(name, sizeof(name), "%s-show", scenes[i].name);
		golden(name, text);
		free(text);
		text = draw(i, s, LINES, 120, true, false);
		snprintf(name, sizeof(name), "%s-lines", scenes[i].name);
		golden(name, text);
		free(text);
		text = draw(i, s, LINES, 0, true, false); /* to a file: addresses on each */
		snprintf(name, sizeof(name), "%s-lines-wide", scenes[i].name);
		golden(name, text);
		free(text);
		scene_free(s);
	}
}

static void test_variants(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(variant) / sizeof(variant[0]); i++) {
		size_t k = variant[i].scene;
		struct scene *s = scenes[k].make();
		char *text = draw_as(s, PICTURE, 80, true, false, &variant[i].draw, scenes[k].now);

		golden(variant[i].name, text);
		free(text);
		scene_free(s);
	}
}

/* what is said of a packet whose line was printed before */
static void test_late(void **state)
{
	static const char *const want[] = {
		"#1.1 → arrived at server/eth\\x0a after 50.0 ms [→ ESTABLISHED]\n",
		"#1.1 10.0.1.2:40312 → 10.0.2.2:8090 passed router/eth\\x0a FORWARD after 50.0 ms\n",
		"#1.1 → ~not delivered within 50.0 ms\n",
	};
	struct scene *s = scene_echo();
	struct nt_late late = { .sight = { .source = SCENE_SERVER,
					   .hook = NETTRACE_LOCAL_IN,
					   .state = NT_ESTABLISHED,
					   .dev = "eth\n" } };
	struct nt_item it = { .type = NT_ITEM_LATE, .conv = &s->conv, .late = &late };
	size_t i, size;

	(void)state;
	for (i = 0; i < s->conv.nitem && !late.arrow; i++)
		if (s->item[i].type == NT_ITEM_ARROW)
			late.arrow = s->item[i].arrow;
	late.t = late.arrow->t + 50000000;
	for (i = 0; i < 3; i++) {
		struct nt_view v = { .width = i == 1 ? 160 : 80,
				     .unicode = true,
				     .netns = { "client", "router", "server" } };
		char *text;

		if (i == 1) {
			late.sight.source = SCENE_ROUTER;
			late.sight.hook = NETTRACE_FORWARD;
		}
		late.lost = i == 2;
		late.mark = NT_MARK_NOT_DELIVERED;
		v.out = open_memstream(&text, &size);
		assert_non_null(v.out);
		nt_format_line.item(&v, s->model, &it);
		assert_int_equal(fclose(v.out), 0);
		assert_string_equal(strchr(text, '#'), want[i]);
		free(text);
	}
	scene_free(s);
}

/* no line is wider than it may be, nothing but ASCII where ASCII was asked */
static void check_lines(char *text, int width, bool unicode)
{
	char *rest = text, *line, *p;

	while ((line = strsep(&rest, "\n"))) {
		int w = nt_text_width(line, true);

		if (w > width)
			fail_msg("%d columns where %d are allowed: %s", w, width, line);
		for (p = line; *p; p++) {
			assert_true((unsigned char)*p >= 0x20 && *p != 0x7f);
			assert_true(unicode || !(*p & 0x80));
		}
	}
}

static void test_every_width(void **state)
{
	enum what what;
	size_t i;
	int w;

	(void)state;
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();

		for (w = NT_WIDTH_MIN; w <= NT_WIDTH_MAX + 3; w++)
			for (what = PICTURE; what <= LINES; what++) {
				char *text = draw(i, s, what, w, w & 1, false);

				check_lines(text, w, w & 1);
				free(text);
			}
		scene_free(s);
	}
}

/* a row's both lifelines stand in the same columns, whatever is on the row */
static void test_lifelines_straight(void **state)
{
	struct scene *s = scene_echo();
	int w;

	(void)state;
	for (w = NT_WIDTH_MIN; w < 150; w++) {
		char *text = draw(0, s, PICTURE, w, false, false), *rest = text;
		int left = 12 + (w >= 110 ? 27 : w >= 76 ? 14 : 0), n = 0;
		int right = w - 1 - (left - 12);
		char *line;

		while ((line = strsep(&rest, "\n"))) {
			if (n++ < 5 || !*line)
				continue;
			if ((int)strlen(line) <= right || !strchr("|:*", line[left]) ||
			    !strchr("|:*", line[right]))
				fail_msg("a lifeline is not at %d, %d: %s", left, right, line);
		}
		free(text);
	}
	scene_free(s);
}

/* colour adds escape sequences and takes nothing away */
static void test_color(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();
		char *plain = draw(i, s, PICTURE, 80, true, false);
		char *color = draw(i, s, PICTURE, 80, true, true), *from, *to;
		int n = 0;

		for (from = to = color; *from; from++) {
			if (from[0] == '\033' && from[1] == '[') {
				from += strcspn(from, "m");
				n++;
			} else {
				*to++ = *from;
			}
		}
		*to = '\0';
		assert_true(n > 10);
		assert_string_equal(plain, color);
		free(plain);
		free(color);
		scene_free(s);
	}
}

/* numbers that no table knows come from damaged files and newer modules */
static void test_unknown_numbers(void **state)
{
	struct scene *s = scene_echo();
	struct nt_arrow *a = s->item[1].arrow;
	struct nt_transition *tr = s->item[0].tr;
	enum what what;

	(void)state;
	a->sight[0].hook = 250;
	a->sight[0].sk_kind = 250;
	a->sight[0].state = (enum nt_state)99;
	a->sight[0].source = 60000;
	a->nmark = 200;
	a->nsight = 200;
	a->mark[0].name = (enum nt_mark_name)77;
	a->pkt.nsack = 200;
	a->pkt.optflags = 0xff;
	tr->from = (enum nt_state)200;
	tr->to = (enum nt_state)201;
	tr->kind = 250;
	tr->cause.kind = (enum nt_cause_kind)99;
	s->conv.end[0].source = 5000;
	s->conv.opened = (enum nt_opened)99;
	s->conv.closed = (enum nt_closed)99;
	for (what = PICTURE; what <= LINES; what++) {
		char *text = draw(0, s, what, 120, true, false);

		if (!strstr(text, "?"))
			fail_msg("no unknown name in %d:\n%s", what, text);
		check_lines(text, 120, true);
		free(text);
	}
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_variants),
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_lifelines_straight),
		cmocka_unit_test(test_color),
		cmocka_unit_test(test_unknown_numbers),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
