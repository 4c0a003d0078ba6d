// SPDX-License-Identifier: GPL-2.0-only
/*
 * Golden timelines: every script of selftests/cases, drawn as its @shot lines
 * ask, against the file that a human has looked at.  Where both ends are of this
 * kernel, what the sockets did and what the segments imply must not differ.
 *
 * After a change that is meant: scripts/golden, read the diff against RFC 9293,
 * commit.
 */
#include "cases.h"
#include "language.h"

#include <dirent.h>
#include <time.h>

#define LICENCE "# SPDX-License-Identifier: GPL-2.0-only\n" /* first line of each */

static char *draw(struct case_file *c, const char *name, const struct case_shot *shot)
{
	struct nt_view v = { .width = shot->width,
			     .unicode = !shot->ascii,
			     .draw = shot->draw,
			     .netns = { "client", "router", "server" } };
	struct script s;
	char *text;
	size_t size, i;

	case_feed(c, name, shot->seen, &s);
	language_set(shot->chinese);
	for (i = 0; i < nt_model_ndisagreement(s.m); i++) {
		const struct nt_disagreement *d = nt_model_disagreement(s.m, i);

		if (d->excuse == NT_EXCUSE_NONE)
			fail_msg("%s: %s is observed to go from %s to %s, its segments imply %s",
				 name, d->end ? "the server" : "the client", nt_state_name(d->from),
				 nt_state_name(d->to), nt_state_name(d->inferred));
	}
	v.now = c->now ? SCRIPT_T0 + c->now : 0;
	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	for (i = 0; i < nt_model_nconv(s.m); i++) {
		if (i)
			fputc('\n', v.out);
		assert_int_equal((shot->explain ? nt_format_ladder.explain : nt_format_ladder.conv)(
					 &v, s.m, nt_model_conv(s.m, i)),
				 0);
	}
	if (shot->explain)
		nt_format_ladder.lone(&v, s.m);
	assert_int_equal(fclose(v.out), 0);
	if (!*text)
		fail_msg("%s draws nothing", name);
	script_end(&s);
	return text;
}

static void compare(const char *path, const char *text)
{
	const char *mode = getenv("NT_GOLDEN");
	static char want[131072];
	FILE *f;
	size_t n;

	if (mode && !strcmp(mode, "write")) {
		f = fopen(path, "w");
		assert_non_null(f);
		fprintf(f, LICENCE "%s", text);
		assert_int_equal(fclose(f), 0);
		return;
	}
	f = fopen(path, "r");
	if (!f)
		fail_msg("%s is not there", path);
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	assert_true(n < sizeof(want) - 1);
	want[n] = '\0';
	assert_memory_equal(want, LICENCE, strlen(LICENCE));
	if (strcmp(want + strlen(LICENCE), text))
		fail_msg("%s says\n%s\nand this was drawn\n%s", path, want, text);
}

static void run(const char *name)
{
	static struct case_file file, c;
	char path[512];
	int i;

	case_shots(&file, name);
	for (i = 0; i < file.nshot; i++) {
		char *text = draw(&c, name, &file.shot[i]);

		snprintf(path, sizeof(path), CASES_DIR "/%.*s%s.txt",
			 (int)(strlen(name) - strlen(".script")), name, file.shot[i].suffix);
		compare(path, text);
		free(text);
	}
}

static int is_script(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 7 && !strcmp(d->d_name + n - 7, ".script");
}

/* those that the specification names: without a file of each the set is not whole */
static const char *const named[] = {
	"close-four",
	"close-three",
	"simultaneous-open",
	"refused",
	"unanswered",
	"fastopen",
	"stale-syn",
	"syn-retransmission",
	"syn-cookies",
	"midstream",
	"half-close",
	"simultaneous-close",
	"fin-with-data",
	"fin-again",
	"rst-states",
	"challenge-ack",
	"timewait-restart",
	"timewait-reuse",
	"keepalive",
	"zero-window",
	"paws",
	"port-reuse",
	"wrap-around",
	"ends",
	"gap",
	"dropped",
	"resolve",
	"resolve6",
	"datagram",
	"ping",
	"traceroute",
	"pmtu",
	"fragments",
};

static void test_all(void **state)
{
	struct dirent **list;
	int i, n = scandir(CASES_DIR, &list, is_script, alphasort);
	size_t k;

	(void)state;
	assert_true(n > 0);
	for (i = 0; i < n; i++)
		run(list[i]->d_name);
	for (k = 0; k < sizeof(named) / sizeof(named[0]); k++) {
		char want[64];

		snprintf(want, sizeof(want), "%s.script", named[k]);
		for (i = 0; i < n && strcmp(list[i]->d_name, want); i++)
			;
		if (i == n)
			fail_msg("there is no %s", want);
	}
	for (i = 0; i < n; i++)
		free(list[i]);
	free(list);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	language_start();
	return cmocka_run_group_tests_name("cases", tests, NULL, NULL);
}
