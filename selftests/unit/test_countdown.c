// SPDX-License-Identifier: GPL-2.0-only
/*
 * What follow counts down: a line for each timer that runs, on a terminal of any width,
 * also on one that does not tell its own.
 */
#include "script.h"

#include "canvas.h"
#include "language.h"
#include "render.h"
#include "text.h"

/* two half-open requests and a TIME-WAIT, each on a connection of its own */
static void begin(struct script *s)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
	script_run(s, "10 0 OUT c>s FIN,ACK seq=9 ack=5 id=1\n"
		      "50 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000\n");
	s->port[0]++;
	script_run(s, "110 0 IN c>s SYN seq=1 id=2\n"
		      "150 0 REQ s BEGIN LISTEN>NEW_SYN_RECV left=63000\n");
	s->port[0]++;
	script_run(s, "210 0 IN c>s SYN seq=1 id=2\n"
		      "250 0 REQ s BEGIN LISTEN>NEW_SYN_RECV left=63000\n");
	nt_model_finish(s->m);
}

static char *draw(const struct script *s, int width, int max, int lines)
{
	struct nt_view v = { .width = width, .unicode = true, .now = SCRIPT_T0 + 33000000000LL };
	char *text = NULL;
	size_t size;

	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	assert_int_equal(nt_line_countdowns(&v, s->m, max), lines);
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void test_width(void **state)
{
	static const int width[] = { 0, -1, 10, 24, 80, NT_WIDTH_MAX, 100000 };
	struct script s;
	char *text, *at;
	unsigned int i;
	int lines;

	(void)state;
	begin(&s);
	for (i = 0; i < sizeof(width) / sizeof(width[0]); i++) {
		text = draw(&s, width[i], 8, 3);
		for (at = strtok(text, "\n"), lines = 0; at; at = strtok(NULL, "\n"), lines++)
			assert_in_range(nt_text_width(at, true), 3,
					width[i] > 0 ? width[i] : NT_WIDTH_MAX);
		assert_int_equal(lines, 3); /* none is empty */
		free(text);
	}
	text = draw(&s, 0, 8, 3);
	assert_string_equal(strrchr(text, '#'),
			    "#1 client TIME-WAIT 60 s ▓▓▓▓▓▓░░░░░░ 27 s left\n");
	free(text);
	script_end(&s);
}

static void test_more(void **state)
{
	struct script s;
	char *text;

	(void)state;
	begin(&s);
	text = draw(&s, 0, 2, 2);
	assert_non_null(strstr(text, "\n… and 2 more timers\n"));
	free(text);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_width),
		cmocka_unit_test(test_more),
	};

	language_start();
	language_set(false);
	return cmocka_run_group_tests_name("countdown", tests, NULL, NULL);
}
