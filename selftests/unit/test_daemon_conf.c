// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_conf.c - nettraced's file and options: what is understood, what is
 * refused, and that the line is named
 */
#include <errno.h>
#include <unistd.h>

#include "../../userspace/daemon_conf.h"
#include "tempfile.h"

static int read_file(struct ntd_conf *c, const char *text, struct nt_error *err)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
	ntd_conf_default(c);
	strcpy(c->file, path);
	c->file_named = true;
	return ntd_conf_file(c, err);
}

static void test_file(void **state)
{
	struct ntd_conf c;
	struct nt_error err;

	(void)state;
	assert_int_equal(read_file(&c,
				   "# comment\n\n  namespaces = one, two ,three\n"
				   "memory=128\nfilter = tcp port 80 and host 10.0.0.1\n"
				   "mode = 0600\ngroup = adm\n",
				   &err),
			 0);
	assert_int_equal(c.nnetns, 3);
	assert_string_equal(c.netns[0], "one");
	assert_string_equal(c.netns[1], "two");
	assert_string_equal(c.netns[2], "three");
	assert_int_equal(c.memory, 128);
	assert_string_equal(c.filter, "tcp port 80 and host 10.0.0.1");
	assert_int_equal(c.mode, 0600);
	assert_string_equal(c.group, "adm");
	assert_int_equal(read_file(&c, "namespaces = all", &err), 0); /* no newline */
	assert_true(c.all);
	assert_int_equal(read_file(&c, "", &err), 0);
	assert_int_equal(c.memory, NTD_MEMORY);
	assert_int_equal(c.nnetns, 0);
}

static void test_wrong_lines(void **state)
{
	static const struct {
		const char *text, *says;
	} wrong[] = {
		{ "memory = 64\ncolour = blue\n", "line 2: there is no key 'colour'" },
		{ "\n\nmemory\n", "line 3: a line is 'key = value'" },
		{ "memory = 1\n", "not a number of MiB" },
		{ "memory = -64\n", "not a number of MiB" },
		{ "memory = 64x\n", "not a number of MiB" },
		{ "mode = 0999\n", "not a file mode" },
		{ "mode = 7777\n", "not a file mode" },
		{ "namespaces = a,,b\n", "is empty" },
		{ "namespaces = a,\n", "is empty" },
		{ "namespaces = ,a\n", "is empty" },
	};
	struct ntd_conf c;
	struct nt_error err;
	char text[NTD_VALUE_MAX * 2];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		assert_int_equal(read_file(&c, wrong[i].text, &err), -EINVAL);
		assert_says(&err, wrong[i].says);
		assert_says(&err, path);
	}
	memset(text, 'x', sizeof(text));
	memcpy(text, "filter = ", 9);
	text[sizeof(text) - 1] = '\0';
	assert_int_equal(read_file(&c, text, &err), -EINVAL);
	assert_says(&err, "line 1: the line is too long");
}

static void test_many_names(void **state)
{
	char text[NTD_NETNS_MAX * 4 + 64] = "namespaces = a";
	struct ntd_conf c;
	struct nt_error err;
	unsigned int i;

	(void)state;
	for (i = 1; i < NTD_NETNS_MAX; i++)
		strcat(text, ",a");
	assert_int_equal(read_file(&c, text, &err), 0);
	assert_int_equal(c.nnetns, NTD_NETNS_MAX);
	strcat(text, ",a");
	assert_int_equal(read_file(&c, text, &err), -EINVAL);
	assert_says(&err, "'all' means every one");
}

static void test_no_file(void **state)
{
	struct ntd_conf c;
	struct nt_error err;

	(void)state;
	ntd_conf_default(&c);
	strcpy(c.file, "/nonexistent/nettraced.conf");
	assert_int_equal(ntd_conf_file(&c, &err), 0); /* the usual one may be missing */
	c.file_named = true;
	assert_int_equal(ntd_conf_file(&c, &err), -ENOENT);
	assert_says(&err, "cannot read /nonexistent/nettraced.conf");
}

/* an option says more than the file */
static void test_options(void **state)
{
	char *argv[] = { "nettraced", "-N",	  "all",	 "--memory", "32",
			 "--mode",    "0666",	  "--socket",	 "/tmp/s",   "--user",
			 "daemon",    "--filter", "icmp or udp", NULL };
	char *wrong[] = { "nettraced", "--memory", "1", NULL };
	char *more[] = { "nettraced", "argument", NULL };
	struct ntd_conf c;
	struct nt_error err;

	(void)state;
	assert_int_equal(read_file(&c, "namespaces = a\nmemory = 64\ngroup = adm\n", &err), 0);
	assert_int_equal(ntd_conf_options(&c, 13, argv, false), NTD_GO_ON);
	assert_true(c.all);
	assert_int_equal(c.memory, 32);
	assert_int_equal(c.mode, 0666);
	assert_string_equal(c.group, "adm");
	assert_string_equal(c.socket, "/tmp/s");
	assert_string_equal(c.user, "daemon");
	assert_string_equal(c.filter, "icmp or udp");
	assert_int_equal(ntd_conf_options(&c, 3, wrong, false), NTD_USAGE);
	assert_int_equal(ntd_conf_options(&c, 2, more, false), NTD_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_file),	   cmocka_unit_test(test_wrong_lines),
		cmocka_unit_test(test_many_names), cmocka_unit_test(test_no_file),
		cmocka_unit_test(test_options),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
