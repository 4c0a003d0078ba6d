// SPDX-License-Identifier: GPL-2.0-only
/*
 * Arguments, and the running of a command: what is understood, what is
 * refused, which status comes back.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "filter.h"
#include "priv.h"

const struct nt_command *const nt_commands[] = {
	&nt_cmd_timeline, &nt_cmd_follow, &nt_cmd_list,	 &nt_cmd_show,
	&nt_cmd_explain,  &nt_cmd_arp,	  &nt_cmd_stats, &nt_cmd_record,
	&nt_cmd_sockets,  &nt_cmd_start,  &nt_cmd_stop,	 &nt_cmd_filter,
	&nt_cmd_replay,	  NULL,
};

#define ARGS_MAX 16

/* what is said goes to a file, for what was said last is part of the test */
static char said[8192];

static int parse(struct nt_cli *cli, const char *line)
{
	static char copy[512];
	static char *argv[ARGS_MAX];
	char *rest = copy, *word;
	int argc = 0, status, keep[2], fd, i;
	char path[] = "/tmp/nettrace-test-XXXXXX";
	ssize_t n;

	snprintf(copy, sizeof(copy), "nettrace %s", line);
	while ((word = strsep(&rest, " ")))
		if (*word && argc < ARGS_MAX - 1)
			argv[argc++] = word;
	argv[argc] = NULL;
	fd = mkstemp(path);
	assert_true(fd >= 0);
	unlink(path);
	fflush(NULL);
	for (i = 0; i < 2; i++) {
		keep[i] = dup(1 + i);
		dup2(fd, 1 + i);
	}
	status = nt_cli_parse(cli, argc, argv);
	fflush(NULL);
	for (i = 0; i < 2; i++) {
		dup2(keep[i], 1 + i);
		close(keep[i]);
	}
	n = pread(fd, said, sizeof(said) - 1, 0);
	said[n > 0 ? n : 0] = '\0';
	close(fd);
	return status;
}

static void refused(const char *line, const char *because)
{
	struct nt_cli cli;

	assert_int_equal(parse(&cli, line), NT_EXIT_USAGE);
	if (!strstr(said, because))
		fail_msg("'%s' is answered by: %s", line, said);
	nt_cli_free(&cli);
}

static void test_understood(void **state)
{
	struct nt_cli cli;

	(void)state;
	assert_int_equal(parse(&cli, "timeline"), -1);
	assert_ptr_equal(cli.cmd, &nt_cmd_timeline);
	assert_null(cli.command);
	assert_int_equal(cli.wait_ns, 200000000);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "-- ls -l --json"), -1);
	assert_ptr_equal(cli.cmd, &nt_cmd_timeline);
	assert_string_equal(cli.command[1], "-l");
	assert_string_equal(cli.command[2], "--json");
	assert_null(cli.command[3]);
	assert_false(cli.json);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "-N a,12,b list --json -w 99 --color=never"), -1);
	assert_ptr_equal(cli.cmd, &nt_cmd_list);
	assert_int_equal(cli.nnetns, 3);
	assert_string_equal(cli.netns[1], "12");
	assert_true(cli.json);
	assert_int_equal(cli.width, 99);
	assert_int_equal(cli.color, NT_NEVER);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "timeline --conv 3,7-9,4294967295"), -1);
	assert_int_equal(cli.nconv, 3);
	assert_true(nt_cli_wants(&cli, 3) && nt_cli_wants(&cli, 7) && nt_cli_wants(&cli, 9));
	assert_true(nt_cli_wants(&cli, UINT32_MAX));
	assert_false(nt_cli_wants(&cli, 4) || nt_cli_wants(&cli, 10) || nt_cli_wants(&cli, 1));
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "timeline --symbols --deltas --options --unfold"), -1);
	assert_int_equal(cli.draw.numbers, NT_NUMBERS_SYMBOLS);
	assert_true(cli.draw.deltas && cli.draw.options && cli.draw.unfold);
	assert_false(cli.draw.hops);
	assert_false(cli.draw.timers || cli.draw.calls);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "timeline --conntrack"), -1);
	assert_int_equal(cli.conntrack, NT_ALWAYS);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "list --conntrack=never"), -1);
	assert_int_equal(cli.conntrack, NT_NEVER);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "follow --conntrack"), -1);
	assert_int_equal(cli.conntrack, NT_ALWAYS);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "explain --conntrack=never 1"), -1);
	assert_int_equal(cli.conntrack, NT_NEVER);
	nt_cli_free(&cli);
	refused("timeline --symbols --absolute", "exclude each other");
	refused("follow --symbols", "follow has no option --symbols");
	refused("list --timers", "list has no option --timers");

	assert_int_equal(parse(&cli, "follow --absolute --timers --calls --hops"), -1);
	assert_int_equal(cli.draw.numbers, NT_NUMBERS_ABSOLUTE);
	assert_true(cli.draw.timers && cli.draw.calls && cli.draw.hops);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "-N all follow"), -1);
	assert_true(cli.every_netns);
	assert_int_equal(cli.nnetns, 0);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "show 3 -r file --ascii"), -1);
	assert_int_equal(cli.narg, 1);
	assert_string_equal(cli.arg[0], "3");
	assert_string_equal(cli.file, "file");
	assert_int_equal(cli.unicode, NT_NEVER);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "follow --wait 1.5 --until-closed -- x"), -1);
	assert_int_equal(cli.wait_ns, 1500000000);
	assert_true(cli.until_closed);
	nt_cli_free(&cli);
}

/* the words behind a subcommand's own arguments are one expression */
static void test_expression(void **state)
{
	struct nt_cli cli;

	(void)state;
	assert_int_equal(parse(&cli, "follow tcp port 80"), -1);
	assert_string_equal(nt_filter_expr(cli.filter), "tcp port 80");
	nt_cli_free(&cli);
	assert_null(cli.filter);

	assert_int_equal(parse(&cli, "record f host 10.0.0.1 and not arp -N a"), -1);
	assert_string_equal(cli.arg[0], "f");
	assert_string_equal(nt_filter_expr(cli.filter), "host 10.0.0.1 and not arp");
	assert_int_equal(cli.nnetns, 1);
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "show 3 udp -- "), NT_EXIT_USAGE);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "list arp -- udp"), -1);
	assert_string_equal(nt_filter_expr(cli.filter), "arp");
	assert_string_equal(cli.command[0], "udp");
	nt_cli_free(&cli);

	assert_int_equal(parse(&cli, "timeline"), -1);
	assert_null(cli.filter);
	nt_cli_free(&cli);

	refused("follow tcp port", "pcap-filter(7)");
	refused("record f vlan 7", "VLAN tag");
	refused("arp rarp", "match nothing");
	refused("stats tcp", "'tcp'");
	refused("sockets tcp", "'tcp'");
	refused("start tcp", "'tcp'");
}

static void test_settings(void **state)
{
	struct nt_cli cli;

	(void)state;
	assert_int_equal(parse(&cli, "start"), -1);
	assert_int_equal(cli.set.ring, 0);
	assert_int_equal(cli.set.payload, -1);
	assert_int_equal(cli.set.hooks, -1);
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli,
			       "start --ring 64 --payload 0 --minisocks 512 --hooks default -N a"),
			 -1);
	assert_int_equal(cli.set.ring, 64);
	assert_int_equal(cli.set.payload, 0);
	assert_int_equal(cli.set.minisocks, 512);
	assert_int_equal(cli.set.hooks, NT_HOOKS_DEFAULT);
	nt_cli_free(&cli);
	refused("start --ring 0", "'0' is not a number for --ring");
	refused("start --payload -1", "'-1' is not a number for --payload");
	refused("start --minisocks x", "'x' is not a number for --minisocks");
	refused("start --ring 4294967296", "--ring");
	refused("start --hooks all", "default, path or link");
	refused("stop --ring 64", "no option --ring");
	refused("follow --off", "no option --off");
}

static void test_refused(void **state)
{
	(void)state;
	refused("", "Usage");
	refused("nonsense", "no subcommand 'nonsense'");
	refused("replay", "needs FILE");
	refused("timeline --nonsense", "no option '--nonsense'");
	refused("timeline -w", "value is missing");
	refused("timeline -w x", "not a width");
	refused("timeline -w 0", "not a width");
	refused("timeline --color=blue", "blue");
	refused("timeline --conntrack=perhaps", "--conntrack takes always, never or auto");
	refused("arp --conntrack", "arp has no option --conntrack");
	refused("timeline --conv 0", "'0'");
	refused("timeline --conv 3-1", "'3-1'");
	refused("timeline --conv 1,", "'1,'");
	refused("timeline --conv 1-,2", "'1-,2'");
	refused("timeline --conv -1", "'-1'");
	refused("timeline --conv 1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,"
		"26,27,28,29,30,31,32,33",
		"at most 32");
	refused("timeline --conv 99999999999", "'99999999999'");
	refused("timeline --wait nan -- x", "seconds");
	refused("timeline --wait -1 -- x", "seconds");
	refused("timeline --wait 3", "give one behind '--'");
	refused("record f --until-closed", "give one behind '--'");
	refused("-r f timeline --until-closed", "give one behind '--'");
	refused("timeline extra", "'extra'");
	refused("show", "needs N");
	refused("show 1 2", "'2'");
	refused("record", "needs FILE");
	refused("record f --json", "no option --json");
	refused("stats --conv 1", "no option --conv");
	refused("show 1 -- x", "traces no command");
	refused("list --layers", "no option --layers");
	refused("list --hops", "list has no option --hops");
	refused("--", "no command after");
	refused("-r f -- x", "exclude each other");
	refused("-r f -N a list", "recording");
	refused("-N a,,b list", "empty");
	refused("-N a,all list", "-N all is enough");
	refused("-r f -N all list", "recording");
	refused("-N a -N b list", "twice");
}

/* what the daemon keeps was recorded before: to ask for more of it has none recorded */
static void test_daemon_records_nothing(void **state)
{
	static const char *const line[] = { "-d timeline --calls", "-d follow --timers",
					    "-d record f --timers --calls -- x" };
	struct nt_cli cli;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(line) / sizeof(line[0]); i++) {
		assert_int_equal(parse(&cli, line[i]), -1);
		if (!strstr(said, "only from where 'nettrace start --timers --calls'"))
			fail_msg("'%s' says: %s", line[i], said);
		nt_cli_free(&cli);
	}
	assert_int_equal(parse(&cli, "-d timeline --explain"), -1);
	assert_string_equal(said, "");
	nt_cli_free(&cli);
	assert_int_equal(parse(&cli, "timeline --calls -- x"), -1);
	assert_string_equal(said, "");
	nt_cli_free(&cli);
}

static void test_help(void **state)
{
	struct nt_cli cli;

	(void)state;
	assert_int_equal(parse(&cli, "--help"), NT_EXIT_OK);
	assert_non_null(strstr(said, "Exit status"));
	assert_int_equal(parse(&cli, "--version"), NT_EXIT_OK);
	assert_string_equal(said, "nettrace " NT_VERSION "\n");
	assert_int_equal(parse(&cli, "record --help"), NT_EXIT_OK);
	assert_non_null(strstr(said, "record FILE"));
	assert_null(strstr(said, "--json"));
}

/* the whole line that the program said */
static void answers(const char *line, const char *want)
{
	struct nt_cli cli;

	assert_int_equal(parse(&cli, line), NT_EXIT_USAGE);
	if (!strstr(said, want))
		fail_msg("%s: no '%s' in '%s'", line, want, said);
	nt_cli_free(&cli);
}

/* who mistypes is told what is near, who forgets "--" what to type */
static void test_meant(void **state)
{
	struct nt_cli cli;
	char whole[sizeof(said)];

	(void)state;
	answers("timelin", "no subcommand 'timelin'; did you mean 'nettrace timeline'?\n");
	answers("lsit", "did you mean 'nettrace list'?\n");
	answers("recrod f", "did you mean 'nettrace record'?\n");
	answers("timeline --explian", "no option '--explian'; did you mean '--explain'?\n");
	answers("timeline --with=60", "did you mean '--width'?\n");
	answers("timeline --zzz", "there is no option '--zzz'\n");
	/* of short words not everything is near; and programs are no subcommands */
	answers("ss", "to trace a command, write 'nettrace -- ss'\n");
	answers("nc -z 10.0.0.1 80", "to trace a command, write 'nettrace -- nc -z 10.0.0.1 80'\n");
	answers("curl http://10.0.0.1/",
		"to trace a command, write 'nettrace -- curl http://10.0.0.1/'\n");
	answers("my_client.py 80",
		"to trace a command, write 'nettrace -- python3 my_client.py 80'\n");
	answers("./my_client.py", "to trace a command, write 'nettrace -- ./my_client.py'\n");
	answers("-r some.pcap",
		"what shall be shown of 'some.pcap'? 'nettrace -r some.pcap timeline'");

	assert_int_equal(parse(&cli, "--help"), NT_EXIT_OK);
	strcpy(whole, said);
	assert_int_equal(parse(&cli, "help"), NT_EXIT_OK);
	assert_string_equal(said, whole);
	assert_int_equal(parse(&cli, "record --help"), NT_EXIT_OK);
	strcpy(whole, said);
	assert_int_equal(parse(&cli, "help record"), NT_EXIT_OK);
	assert_string_equal(said, whole);
	answers("help recrod", "did you mean 'nettrace record'?\n");
}

static int run(const char *script)
{
	char *argv[] = { "sh", "-c", (char *)(uintptr_t)script, NULL };
	struct nt_error err = { "" };
	int status;
	pid_t pid;

	assert_int_equal(nt_spawn(&pid, argv, &err), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return nt_status_of(status);
}

static void test_spawn(void **state)
{
	char *none[] = { "/nonexistent\033/x", NULL }, *dir[] = { "/etc", NULL };
	struct nt_error err = { "" };
	pid_t pid;

	(void)state;
	assert_int_equal(run("exit 0"), 0);
	assert_int_equal(run("exit 7"), 7);
	assert_int_equal(run("kill -TERM $$"), 128 + 15);
	assert_int_equal(nt_spawn(&pid, none, &err), -ENOENT);
	assert_non_null(strstr(err.text, "\\x1b"));
	assert_null(strchr(err.text, '\033'));
	assert_int_equal(nt_spawn(&pid, dir, &err), -EACCES);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1); /* nothing is left */
}

/* the command's output must not mix with the data on our standard output */
static void test_spawn_output(void **state)
{
	int out[2], keep, flags;
	char c;

	(void)state;
	assert_int_equal(pipe(out), 0);
	fflush(stdout);
	keep = dup(1);
	dup2(out[1], 1);
	close(out[1]);
	assert_int_equal(run("echo '# this is to be on standard error'"), 0);
	assert_int_equal(run("test /proc/self/fd/1 -ef /proc/self/fd/2"), 0);
	dup2(keep, 1);
	close(keep);
	flags = fcntl(out[0], F_GETFL);
	fcntl(out[0], F_SETFL, flags | O_NONBLOCK);
	assert_int_equal(read(out[0], &c, 1), 0); /* the end: nobody holds it, nothing in it */
	close(out[0]);
}

/* sudo's variables are root's to believe: as another user they change nothing */
static void test_spawn_user(void **state)
{
	(void)state;
	setenv("SUDO_UID", "65534", 1);
	setenv("SUDO_GID", "65534", 1);
	if (geteuid() == 0) {
		assert_int_equal(run("test $(id -u) = 65534 && test $(id -g) = 65534"), 0);
		assert_int_equal(run("test \"$(id -G)\" = 65534"), 0);
	} else {
		assert_int_equal(run("test $(id -u) != 65534"), 0);
	}
	setenv("SUDO_UID", "12x", 1);
	assert_int_equal(run("test $(id -u) != 12"), 0);
	setenv("SUDO_UID", "0", 1);
	assert_int_equal(run("true"), 0);
	unsetenv("SUDO_UID");
	unsetenv("SUDO_GID");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_understood), cmocka_unit_test(test_refused),
		cmocka_unit_test(test_help),	   cmocka_unit_test(test_meant),
		cmocka_unit_test(test_spawn),	   cmocka_unit_test(test_expression),
		cmocka_unit_test(test_settings),   cmocka_unit_test(test_spawn_output),
		cmocka_unit_test(test_spawn_user), cmocka_unit_test(test_daemon_records_nothing),
	};

	return cmocka_run_group_tests_name("cli", tests, NULL, NULL);
}
