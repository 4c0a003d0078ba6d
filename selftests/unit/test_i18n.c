// SPDX-License-Identifier: GPL-2.0-only
/*
 * The user's language: help and errors in Chinese, aligned on 80 columns; and as they
 * always were in the C locale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "cmd.h"
#include "daemon_conf.h"
#include "language.h"
#include "netns.h"
#include "text.h"

#define COLUMNS	    80
#define TEXT_COLUMN 30 /* where the texts of the options stand */

const struct nt_command *const nt_commands[] = {
	&nt_cmd_timeline, &nt_cmd_follow, &nt_cmd_list,	  &nt_cmd_show,	 &nt_cmd_explain,
	&nt_cmd_path,	  &nt_cmd_arp,	  &nt_cmd_replay, &nt_cmd_stats, &nt_cmd_disagreements,
	&nt_cmd_sockets,  &nt_cmd_record, &nt_cmd_start,  &nt_cmd_stop,	 &nt_cmd_filter,
	&nt_cmd_lab,	  NULL,
};

static char said[32768];

/* what the words after the program's name make it say, on either output */
static void say(const char *words, bool daemon)
{
	char line[256], *rest = line, *argv[8] = { daemon ? "nettraced" : "nettrace" };
	int argc = 1, keep[2], fd = memfd_create("said", MFD_CLOEXEC), i;
	struct ntd_conf conf;
	struct nt_cli cli;
	ssize_t n;

	snprintf(line, sizeof(line), "%s", words);
	while (argc < 7 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	argv[argc] = NULL;
	for (i = 0; i < 2; i++) {
		fflush(i ? stderr : stdout);
		keep[i] = dup(i + 1);
		assert_true(dup2(fd, i + 1) >= 0);
	}
	if (daemon) {
		ntd_conf_default(&conf);
		ntd_conf_options(&conf, argc, argv, true);
	} else {
		nt_cli_parse(&cli, argc, argv);
		nt_cli_free(&cli);
	}
	for (i = 0; i < 2; i++) {
		fflush(i ? stderr : stdout);
		dup2(keep[i], i + 1);
		close(keep[i]);
	}
	n = pread(fd, said, sizeof(said) - 1, 0);
	close(fd);
	assert_true(n > 0 && n < (ssize_t)sizeof(said) - 1);
	said[n] = '\0';
}

static bool is_ascii(const char *s)
{
	while ((signed char)*s > 0)
		s++;
	return !*s;
}

/* an option's line: its text begins where all do */
static void check_option(const char *line)
{
	const char *name = line + strspn(line, " ");

	if (strncmp(line, "  ", 2) || *name != '-' || name - line > 6 || !line[TEXT_COLUMN - 1] ||
	    strlen(line) <= TEXT_COLUMN)
		return;
	if (line[TEXT_COLUMN - 1] != ' ' || line[TEXT_COLUMN] == ' ')
		fail_msg("not aligned: '%s'", line);
}

static void check_help(const char *words, bool daemon)
{
	char *rest = said, *line;
	int options = 0;

	say(words, daemon);
	assert_non_null(strstr(said, "用法："));
	assert_non_null(strstr(said, "选项："));
	while ((line = strsep(&rest, "\n"))) {
		if (nt_text_width(line, true) > COLUMNS)
			fail_msg("%s: %d columns: '%s'", words, nt_text_width(line, true), line);
		options += line[0] == ' ' && strstr(line, "--") && !is_ascii(line);
		check_option(line);
	}
	assert_true(options >= 1);
}

static void test_help(void **state)
{
	char words[64];
	int i;

	(void)state;
	language_set(true);
	check_help("--help", false);
	for (i = 0; nt_commands[i]; i++) {
		snprintf(words, sizeof(words), "%s --help", nt_commands[i]->name);
		check_help(words, false);
	}
	check_help("--help", true);
}

static void test_errors(void **state)
{
	struct nt_error err = { "" };

	(void)state;
	language_set(true);
	say("list --nonsense", false);
	assert_string_equal(said,
			    "nettrace: 没有选项 '--nonsense'\nnettrace: 见 'nettrace --help'\n");
	say("--nonsense", true);
	assert_string_equal(said,
			    "nettraced: 没有选项 '--nonsense'\nnettraced: 见 'nettraced --help'\n");
	assert_true(nt_netns_open("no-such-one", &err) < 0);
	assert_non_null(strstr(err.text, "没有网络命名空间 no-such-one"));
	say("list vlan 3", false);
	assert_non_null(strstr(said, "请按地址选择"));
}

static void test_c_locale(void **state)
{
	struct nt_error err = { "" };

	(void)state;
	language_set(false);
	say("--help", false);
	assert_true(is_ascii(said));
	assert_non_null(strstr(said, "Usage: nettrace [OPTION...] SUBCOMMAND [ARGUMENT...]\n"));
	assert_non_null(strstr(said, "  -d, --daemon[=SOCKET]       what nettraced has kept (/"));
	say("--help", true);
	assert_true(is_ascii(said));
	assert_non_null(strstr(said, "Usage: nettraced [OPTION...]\n"));
	say("list --nonsense", false);
	assert_string_equal(
		said,
		"nettrace: there is no option '--nonsense'\nnettrace: see 'nettrace --help'\n");
	assert_true(nt_netns_open("no-such-one", &err) < 0);
	assert_non_null(strstr(err.text, "there is no network namespace no-such-one: "));
}

/* a daemon's log is in one language, whatever the environment asks for */
static void test_end(void **state)
{
	(void)state;
	language_set(true);
	assert_string_equal(_("no filter"), "没有过滤器");
	nt_i18n_end();
	assert_string_equal(_("no filter"), "no filter");
	textdomain("nettrace");
}

/* a language of which there is no catalogue is not looked for with every sentence */
static void test_no_catalogue(void **state)
{
	(void)state;
	setenv("LANGUAGE", "eo", 1);
	nt_i18n_start();
	assert_string_equal(setlocale(LC_MESSAGES, NULL), "C");
	assert_string_equal(_("no filter"), "no filter");
	setenv("LANGUAGE", "zh_CN", 1);
	nt_i18n_start();
	assert_string_equal(setlocale(LC_MESSAGES, NULL), "C.UTF-8");
	assert_string_equal(_("no filter"), "没有过滤器");
}

static void test_column(void **state)
{
	char buf[32];

	(void)state;
	assert_string_equal(nt_text_column(buf, sizeof(buf), "state", 8), "state   ");
	assert_string_equal(nt_text_column(buf, sizeof(buf), "left", -6), "  left");
	assert_string_equal(nt_text_column(buf, sizeof(buf), "状态", 8), "状态    ");
	assert_string_equal(nt_text_column(buf, sizeof(buf), "剩余", -6), "  剩余");
	assert_string_equal(nt_text_column(buf, sizeof(buf), "剩余时间", 6), "剩余时间");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_help),	     cmocka_unit_test(test_errors),
		cmocka_unit_test(test_c_locale),     cmocka_unit_test(test_end),
		cmocka_unit_test(test_no_catalogue), cmocka_unit_test(test_column),
	};

	language_start();
	return cmocka_run_group_tests_name("the user's language", tests, NULL, NULL);
}
