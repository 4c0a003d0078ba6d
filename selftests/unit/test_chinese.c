// SPDX-License-Identifier: GPL-2.0-only
/*
 * The pictures, lists and details in Chinese: against files in selftests/cases, at
 * every width, with straight lifelines; and JSON, whose words are those of programs,
 * which is the same in every language.
 */
#include <ctype.h>
#include <netinet/in.h>
#include <time.h>

#include "describe.h"
#include "golden.h"
#include "language.h"
#include "layers.h"
#include "names.h"
#include "render.h"
#include "scenes.h"
#include "track/excuse.h"

static const struct {
	const char *name;
	struct scene *(*make)(void);
	int64_t now;		/* ns after SCENE_T0 at which the trace ends; 0: not known */
	bool wide, show, lines; /* files of these, beside the picture at 80 columns */
} scenes[] = {
	{ "echo", scene_echo, 0, true, true, false },
	{ "loss", scene_loss, 0, true, true, true },
	{ "refused6", scene_refused6, 0, false, false, false },
	{ "udp", scene_udp, 0, false, false, true },
	{ "dropped-all", scene_dropped, 0, false, true, true },
	{ "routes", scene_routes, 0, false, true, false },
	{ "busy", scene_busy, 34008140000, true, false, true },
};

#define NSCENES (sizeof(scenes) / sizeof(scenes[0]))

enum what { PICTURE, DETAIL, LINES, LAYERS, WHAT_MAX };

static void begin(struct nt_view *v, int width, int64_t now, char **text, size_t *size)
{
	*v = (struct nt_view){ .width = width,
			       .unicode = true,
			       .draw = { .calls = true, .timers = true },
			       .now = now ? SCENE_T0 + now : 0,
			       .netns = { "client", "router", "server" } };
	v->out = open_memstream(text, size);
	assert_non_null(v->out);
}

static const struct nt_arrow *first_arrow(const struct scene *s)
{
	size_t i;

	for (i = 0; i < s->conv.nitem; i++)
		if (s->item[i].type == NT_ITEM_ARROW)
			return s->item[i].arrow;
	return NULL;
}

static char *draw(const struct nt_format *f, const struct scene *s, enum what what, int width,
		  int64_t now)
{
	struct nt_view v;
	char *text;
	size_t size;

	begin(&v, width, now, &text, &size);
	if (what == PICTURE) {
		assert_int_equal(f->conv(&v, s->model, &s->conv), 0);
	} else if (what == DETAIL) {
		assert_int_equal(f->detail(&v, s->model, &s->conv), 0);
	} else if (what == LINES) {
		assert_int_equal(nt_format_line.conv(&v, s->model, &s->conv), 0);
		f->list_head(&v);
		f->list(&v, &s->conv);
	} else {
		f->layers(&v, &s->conv, first_arrow(s));
	}
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void check(const char *name, const char *what, char *text, int width)
{
	char file[80];

	snprintf(file, sizeof(file), "%s-%s-chinese", name, what);
	golden(file, text);
	narrow_enough(text, width);
	free(text);
}

static void test_golden(void **state)
{
	size_t i;

	(void)state;
	language_set(true);
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();
		const char *name = scenes[i].name;
		int64_t now = scenes[i].now;

		check(name, "80", draw(&nt_format_ladder, s, PICTURE, 80, now), 80);
		if (scenes[i].wide)
			check(name, "120", draw(&nt_format_ladder, s, PICTURE, 120, now), 120);
		if (scenes[i].show)
			check(name, "show", draw(&nt_format_ladder, s, DETAIL, 100, now), 100);
		if (scenes[i].lines)
			check(name, "lines", draw(&nt_format_ladder, s, LINES, 120, now), 120);
		scene_free(s);
	}
}

/* an account with its tables */
static void test_stats(void **state)
{
	static const struct nt_stat_line line[] = { { "recorded", 5 },
						    { "mini_followed", 123456 } };
	static const struct nt_stat_cpu cpu[] = { { 3, 9, 5, 4, 0, 1 }, { 10, 90, 50, 40, 0, 12 } };
	struct nt_model_stats model = { .packets = 4, .compared = 6, .checked = 2 };
	struct nt_stats st = { .netns = "",
			       .version = "0.1",
			       .module = line,
			       .nmodule = 2,
			       .cpu = cpu,
			       .ncpu = 2,
			       .seen = 5,
			       .delivered = 3,
			       .lost = 2,
			       .model = &model };
	struct nt_view v;
	int chinese;
	char *text;
	size_t size;

	(void)state;
	model.disagreements = 1;
	model.excused[NT_EXCUSE_GAP] = 2;
	for (chinese = 0; chinese < 2; chinese++) {
		language_set(chinese);
		begin(&v, 80, 0, &text, &size);
		nt_format_line.stats(&v, &st);
		assert_int_equal(fclose(v.out), 0);
		golden(chinese ? "stats-chinese" : "stats", text);
		if (chinese)
			narrow_enough(text, 80);
		free(text);
	}
}

/* a timer as a cause is one word, and not a mark's word beside that for a timer */
static void test_timer_cause(void **state)
{
	static const char *const is[][2] = {
		{ "retransmission", "重传定时器" },  { "window probe", "窗口探测定时器" },
		{ "keepalive", "保活定时器" },	     { "fin-wait-2", "FIN-WAIT-2 定时器" },
		{ "time-wait", "TIME-WAIT 定时器" }, { "syn+ack", "SYN,ACK 定时器" },
	};
	struct nt_cause cause = { .kind = NT_CAUSE_TIMER };
	char text[80], want[80];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(is) / sizeof(is[0]); i++) {
		cause.name = is[i][0];
		language_set(true);
		assert_string_equal(nt_describe_cause(text, sizeof(text), &cause), is[i][1]);
		language_set(false);
		snprintf(want, sizeof(want), "timer %s", is[i][0]);
		assert_string_equal(nt_describe_cause(text, sizeof(text), &cause), want);
	}
}

/* no line is wider than it may be, whatever had to be cut */
static void test_every_width(void **state)
{
	enum what what;
	size_t i;
	int w;

	(void)state;
	language_set(true);
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();

		for (w = NT_WIDTH_MIN; w <= NT_WIDTH_MAX; w += 3)
			for (what = PICTURE; what <= LINES; what++) {
				char *text = draw(&nt_format_ladder, s, what, w, scenes[i].now);

				narrow_enough(text, w);
				free(text);
			}
		scene_free(s);
	}
}

/* the character in column @col; 0: none, or the second half of a wide one */
static uint32_t column(const char *line, int col)
{
	const char *end = line + strlen(line);
	uint32_t cp;
	int at = 0;

	while (line < end) {
		assert_true(nt_utf8_next(&line, end, &cp));
		if (at == col)
			return cp;
		at += nt_cp_width(cp);
	}
	return 0;
}

static bool is_lifeline(uint32_t cp)
{
	/* │ ┆ ├ ┤ ● ⋮ */
	static const uint32_t drawn[] = { 0x2502, 0x2506, 0x251c, 0x2524, 0x25cf, 0x22ee };
	size_t i;

	for (i = 0; i < sizeof(drawn) / sizeof(drawn[0]); i++)
		if (cp == drawn[i])
			return true;
	return false;
}

/* both lifelines stand in the same columns on every row, as they do in English */
static void test_lifelines_straight(void **state)
{
	struct scene *s = scene_echo();
	int w;

	(void)state;
	language_set(true);
	for (w = NT_WIDTH_MIN; w < 150; w++) {
		char *text = draw(&nt_format_ladder, s, PICTURE, w, 0), *rest = text, *line;
		int left = 12 + (w >= 110 ? 27 : w >= 76 ? 14 : 0), n = 0;
		int right = w - 1 - (left - 12);

		while ((line = strsep(&rest, "\n"))) {
			if (n++ < 5 || !*line)
				continue;
			if (!is_lifeline(column(line, left)) || !is_lifeline(column(line, right)))
				fail_msg("a lifeline is not at %d, %d: %s", left, right, line);
		}
		assert_true(n > 12);
		free(text);
	}
	scene_free(s);
}

static void test_json(void **state)
{
	enum what what;
	size_t i;

	(void)state;
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();

		for (what = PICTURE; what < WHAT_MAX; what++) {
			char *text[2];
			int chinese;

			if (what == LINES)
				continue;
			for (chinese = 0; chinese < 2; chinese++) {
				language_set(chinese);
				text[chinese] = draw(&nt_format_json, s, what, 0, scenes[i].now);
			}
			assert_true(strlen(text[0]) > 100);
			assert_string_equal(text[0], text[1]);
			free(text[0]);
			free(text[1]);
		}
		scene_free(s);
	}
}

/* names, of which people speak in Chinese too, and those that the scenes are made of */
static bool stays(const char *word, size_t n)
{
	static const char name[] =
		/* fields, flags and options; calls; protocols; ip-route's words */
		" ack seq ttl win mss sack sackok fin rst close connect recvfrom sendto shutdown"
		" socket icmp tcp udp netns boot global host kernel link local main"
		/* namespaces, programs, devices, parts of addresses */
		" client router server curl dig httpd named thon eth"
		" aaaa bbbb ccc cccc dddd eeee ffff ";
	char key[32];

	snprintf(key, sizeof(key), " %.*s ", (int)n, word);
	return strstr(name, key) != NULL;
}

/* no English word: three small letters or more, and nothing of a longer name around */
static void check_words(const char *text)
{
	const char *p = text, *word;

	while (*p) {
		if (!isalnum((unsigned char)*p) && *p != '_') {
			p += p[0] == '\\' && p[1] == 'x' ? 4 : 1; /* an escaped byte */
			continue;
		}
		for (word = p; islower((unsigned char)*p); p++)
			;
		if (p - word >= 3 && !isalnum((unsigned char)*p) && *p != '_' &&
		    !stays(word, (size_t)(p - word)))
			fail_msg("English: %.*s in\n%s", (int)(p - word), word, text);
		while (isalnum((unsigned char)*p) || *p == '_')
			p++;
	}
}

static void test_words(void **state)
{
	enum what what;
	size_t i;

	(void)state;
	language_set(true);
	for (i = 0; i < NSCENES; i++) {
		struct scene *s = scenes[i].make();

		for (what = PICTURE; what < WHAT_MAX; what++) {
			char *text = draw(&nt_format_ladder, s, what, 240, scenes[i].now);

			check_words(text);
			free(text);
		}
		scene_free(s);
	}
}

static void translated(const char *what, unsigned int i, const char *text)
{
	const char *p;

	for (p = text; *p && !(*p & 0x80); p++) /* char has no sign on arm64 and s390x */
		;
	if (!*p && strcmp(text, "Fast Open") && strcmp(text, "SYN cookie") &&
	    strcmp(text, "DVMRP") && strcmp(text, "traceroute"))
		fail_msg("%s %u is not in Chinese: %s", what, i, text);
}

/* the words of the tables, of which no scene has all */
static void test_tables(void **state)
{
	static const uint8_t icmp[] = { IPPROTO_ICMP, IPPROTO_ICMPV6, IPPROTO_IGMP };
	unsigned int i, type, code;
	char text[128];

	(void)state;
	language_set(true);
	for (i = 0; i < NT_MARK_MAX; i++)
		translated("mark", i, nt_mark_text((enum nt_mark_name)i));
	for (i = 0; i < NT_TIMER_MAX; i++)
		translated("timer", i, nt_timer_text((enum nt_timer_name)i));
	for (i = 1; i < NT_EXCUSE_MAX; i++)
		translated("excuse", i, _(nt_excuse_text((enum nt_excuse)i)));
	for (i = NETTRACE_SK_NONE; i <= NETTRACE_SK_TIMEWAIT; i++)
		translated("socket", i, _(nt_sk_kind_name(i)));
	for (i = 1; i <= 7; i++)
		translated("layer", i, _(nt_osi_name(i)));
	for (i = 0; i < 256; i++)
		if (*nt_hook_decides(i))
			translated("hook", i, _(nt_hook_decides(i)));
	for (i = 0; i < sizeof(icmp); i++)
		for (type = 0; type < 256; type++)
			for (code = 0; code < 20; code++)
				translated("ICMP", type,
					   nt_icmp_text(icmp[i], type, code, text, sizeof(text)));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_golden),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_timer_cause),
		cmocka_unit_test(test_every_width),
		cmocka_unit_test(test_lifelines_straight),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_tables),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	language_start();
	return cmocka_run_group_tests_name("chinese", tests, NULL, NULL);
}
