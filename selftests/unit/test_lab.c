// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labs: what a lab file may say, what is said of one that is wrong, and what makes a
 * claim hold.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <glob.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cmd.h"
#include "lab/lab_match.h"
#include "lab/lab_net.h"
#include "lab/lab_run.h"
#include "lab/lab_tell.h"
#include "language.h"
#include "text.h"

const struct nt_command *const nt_commands[] = { &nt_cmd_lab, NULL };

#define HEAD   "lab: x\ntitle: t\nchapter: c\nabout: a\n"
#define HOSTS  "hosts:\n  a: {}\n  b: {}\n"
#define STEPS  "steps:\n  - say: hello\n"
#define CLAIMS "claims:\n  - text: t\n    see: {type: segment}\n"

static struct nt_error said;

static struct nt_lab *parse(const char *text)
{
	struct nt_lab *lab;

	*said.text = '\0';
	if (nt_lab_parse(&lab, "x.lab", text, strlen(text), &said))
		return NULL;
	assert_string_equal(said.text, "");
	return lab;
}

static void test_good(void **state)
{
	struct nt_lab *lab = parse(HEAD HOSTS
				   "links:\n"
				   "  - [a eth0 10.0.1.1/24 02:00:00:00:00:01, b eth0 fd00::1/64]\n"
				   "steps:\n  - say: hello\n    on: b\n    name: p\n"
				   "    start: [sh, -c, 'a b']\n    until: {ended: p}\n"
				   "    within: 3\n" CLAIMS);

	(void)state;
	assert_non_null(lab);
	assert_int_equal(lab->nhost, 2);
	assert_string_equal(lab->link[0].end[0].mac, "02:00:00:00:00:01");
	assert_string_equal(lab->link[0].end[1].addr[0], "fd00::1/64");
	assert_int_equal(lab->step[0].act, NT_LAB_START);
	assert_int_equal(lab->step[0].words.n, 3);
	assert_string_equal(lab->step[0].words.word[2], "a b");
	assert_string_equal(lab->step[0].until.ended, "p");
	assert_int_equal(lab->step[0].within, 3);
	assert_int_equal(lab->claim[0].min, 1);
	assert_int_equal(lab->claim[0].max, -1);
	nt_lab_free(lab);
}

/* what an alias stands for is read once more, all of it */
static void test_alias(void **state)
{
	struct nt_lab *lab = parse(HEAD HOSTS "steps:\n  - on: a\n    run: &cmd ping -c 1 b\n"
					      "  - on: b\n    run: *cmd\n" CLAIMS);
	int i;

	(void)state;
	assert_non_null(lab);
	assert_int_equal(lab->nstep, 2);
	for (i = 0; i < 2; i++) {
		assert_int_equal(lab->step[i].words.n, 4);
		assert_string_equal(lab->step[i].words.word[0], "ping");
		assert_string_equal(lab->step[i].words.word[3], "b");
	}
	nt_lab_free(lab);
}

/* each is refused, by a sentence with the line where the mistake is */
static void test_bad(void **state)
{
	static const struct {
		const char *text, *sentence;
	} row[] = {
		{ "", "x.lab: there is nothing in it" },
		{ "lab: [x\n", "x.lab:2: " },
		{ "- a\n", "x.lab:1: expected 'key: value' here" },
		{ HEAD HOSTS STEPS, "x.lab:1: 'claims' is missing" },
		{ HEAD "frobnicate: 1\n", "x.lab:5: there is no 'frobnicate' here" },
		{ HEAD "title: t\n", "x.lab:5: 'title' is here twice" },
		{ HEAD "time: soon\n", "x.lab:5: expected a whole number here" },
		{ HEAD "calls: maybe\n", "x.lab:5: expected true or false here" },
		{ HEAD "hosts:\n  Big: {}\n", "x.lab:6: 'Big': a host's name" },
		{ HEAD "hosts:\n  a: {sysctl: {kernel.panic: 1}}\n",
		  "x.lab:6: sysctl 'kernel.panic' is not one of net.*" },
		{ HEAD HOSTS "links:\n  - [a eth0, c eth0]\n", "x.lab:9: 'hosts' has no 'c'" },
		{ HEAD HOSTS "links:\n  - [a eth0]\n", "x.lab:9: a link has two ends" },
		{ HEAD HOSTS "links:\n  - [a eth0 10.0.0.1, b eth0]\n",
		  "x.lab:9: '10.0.0.1' is neither ADDRESS/LENGTH nor a MAC address" },
		{ HEAD HOSTS "steps:\n  - run: [ls]\n" CLAIMS, "x.lab:9: 'on' is missing" },
		{ HEAD HOSTS "steps:\n  - on: a\n    run: [ls]\n    start: [ls]\n" CLAIMS,
		  "x.lab:9: a step does one thing" },
		{ HEAD HOSTS "steps:\n  - name: p\n    signal: 9\n" CLAIMS,
		  "x.lab:10: '9' is not TERM" },
		{ HEAD HOSTS "steps:\n  - until: {ended: p, listening: {on: a, port: 1}}\n" CLAIMS,
		  "x.lab:9: 'until' awaits one thing" },
		{ HEAD HOSTS "steps:\n  - until: {see: {type: program}}\n" CLAIMS,
		  "x.lab:9: a program is known at the end only" },
		{ HEAD HOSTS STEPS "claims:\n  - text: t\n    see: {type: sgment}\n",
		  "x.lab:11: no object of the trace has type 'sgment'" },
		{ HEAD HOSTS STEPS "claims:\n  - text: t\n    see: {type: segment, flgs: SYN}\n",
		  "x.lab:11: no object of the trace has a field 'flgs'" },
		{ HEAD HOSTS STEPS
		  "claims:\n  - text: t\n    see: {type: segment, ack: =syn.seq}\n",
		  "x.lab:11: '=syn.seq': no claim above has 'as: syn'" },
		{ HEAD HOSTS STEPS "claims:\n  - text: t\n    see: {type: arp}\n    after: y\n",
		  "x.lab:11: no claim above has 'as: y'" },
		{ HEAD HOSTS STEPS "claims:\n  - text: t\n    see: {type: arp}\n    count: 1\n"
				   "    at_least: 1\n",
		  "x.lab:11: 'count' is the exact number" },
		{ HEAD HOSTS STEPS CLAIMS "prevent: {text: t, without: [z], fails: y}\n",
		  "x.lab:13: no step has 'id: z'" },
		{ HEAD HOSTS STEPS CLAIMS "prevent: {text: t, fails: y}\n",
		  "x.lab:13: no claim has 'id: y'" },
		{ HEAD "a: &x [*x]\n", "x.lab:5: " },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(row) / sizeof(row[0]); i++) {
		struct nt_lab *lab = parse(row[i].text);

		if (lab)
			fail_msg("taken without a word: %s", row[i].text);
		if (strncmp(said.text, row[i].sentence, strlen(row[i].sentence)))
			fail_msg("said '%s', expected '%s'", said.text, row[i].sentence);
	}
}

/* a list that contains itself does not hang the reader */
static void test_endless(void **state)
{
	(void)state;
	assert_null(parse(HEAD HOSTS STEPS "claims:\n  - text: t\n"
					   "    see: {type: segment, flags: &x [*x]}\n"));
	assert_non_null(strstr(said.text, "nested too deeply"));
}

static bool matches(const char *pattern, const char *item)
{
	json_t *p = json_loads(pattern, 0, NULL), *i = json_loads(item, 0, NULL);
	struct nt_lab_bound bound = { .n = 1, .row[0] = { "x", i }, .it = i };
	bool ret;

	assert_non_null(p);
	assert_non_null(i);
	ret = nt_lab_match(p, i, &bound);
	json_decref(p);
	json_decref(i);
	return ret;
}

static void test_match(void **state)
{
	const char *item =
		"{\"type\":\"segment\",\"flags\":\"FIN,ACK\",\"len\":5,\"t\":100,"
		"\"seq_abs\":4294967295,\"marks\":[{\"name\":\"sack\"},{\"name\":\"retransmission\","
		"\"reason\":\"rto\"}],\"cause\":{\"call\":\"close\"},\"duration\":7}";

	(void)state;
	assert_true(matches("{\"type\":\"segment\"}", item));
	assert_false(matches("{\"type\":\"arp\"}", item));
	assert_true(matches("{\"flags\":{\"has\":\"FIN\"}}", item));
	assert_false(matches("{\"flags\":\"FIN\"}", item));
	assert_true(matches("{\"flags\":[\"SYN\",\"FIN,ACK\"]}", item));
	assert_true(matches("{\"len\":{\"above\":4,\"at_most\":5}}", item));
	assert_false(matches("{\"len\":{\"below\":5}}", item));
	assert_true(matches("{\"marks\":{\"name\":\"retransmission\",\"reason\":\"rto\"}}", item));
	assert_false(matches("{\"marks\":{\"name\":\"sack\",\"reason\":\"rto\"}}", item));
	assert_true(matches("{\"marks.1.reason\":\"rto\"}", item));
	assert_false(matches("{\"marks\":{\"not\":{\"name\":\"sack\"}}}", item));
	assert_true(matches("{\"marks\":{\"not\":{\"name\":\"ecn\"}}}", item));
	assert_true(matches("{\"cause.call\":\"close\"}", item));
	assert_true(matches("{\"cause\":{\"call\":\"close\"}}", item));
	assert_true(matches("{\"gso\":null}", item));
	assert_false(matches("{\"len\":null}", item));
	assert_true(matches("{\"len\":\"=x.len\"}", item));
	assert_true(matches("{\"t\":\"=x.t + 10 - 10\"}", item));
	assert_true(matches("{\"flags\":\"=x.flags\"}", item));
	assert_true(matches("{\"duration\":{\"above\":\"=x.t - it.t\"}}", item));
	assert_false(matches("{\"len\":\"=y.len\"}", item));
}

static void test_wraps(void **state)
{
	json_t *p = json_loads("{\"ack_abs\":\"=x.seq_abs + 1\"}", 0, NULL);
	json_t *x = json_loads("{\"seq_abs\":4294967295}", 0, NULL);
	json_t *i = json_loads("{\"ack_abs\":0}", 0, NULL);
	struct nt_lab_bound bound = { .n = 1, .row[0] = { "x", x } };

	(void)state;
	assert_true(nt_lab_match(p, i, &bound));
	json_decref(p);
	json_decref(x);
	json_decref(i);
}

static void test_judge(void **state)
{
	struct nt_lab *lab = parse(HEAD HOSTS STEPS
				   "claims:\n"
				   "  - {text: a, see: {type: segment, flags: SYN}, as: syn}\n"
				   "  - {text: b, see: {type: segment, flags: ACK}, after: syn}\n"
				   "  - {text: c, see: {type: segment, flags: ACK}, before: syn}\n"
				   "  - {text: d, see: {type: segment, flags: RST}, count: 0}\n"
				   "  - {text: e, see: {type: segment, flags: ACK}, count: 1}\n"
				   "  - {text: f, see: {type: segment, flags: ACK}, at_most: 2}\n"
				   "  - {text: g, see: {type: arp}, as: arp}\n"
				   "  - {text: h, see: {type: segment}, after: arp}\n"
				   "  - {text: i, see: {type: segment}, count: 0, after: arp}\n");
	static const bool holds[] = { true, true, false, true, false, true, false, false, false };
	json_t *items = json_loads("[{\"type\":\"segment\",\"t\":1,\"flags\":\"SYN\"},"
				   "{\"type\":\"segment\",\"t\":1,\"flags\":\"ACK\"},"
				   "{\"type\":\"segment\",\"t\":2,\"flags\":\"ACK\"}]",
				   0, NULL);
	struct nt_lab_verdict v[NT_LAB_CLAIMS_MAX];
	int i;

	(void)state;
	assert_non_null(lab);
	assert_int_equal(nt_lab_judge(lab, items, v), 5);
	for (i = 0; i < lab->nclaim; i++)
		if (v[i].holds != holds[i])
			fail_msg("claim %s: holds %d", v[i].claim->text, v[i].holds);
	assert_int_equal(v[1].seen, 2);
	assert_string_equal(v[7].unbound, "arp");
	json_decref(items);
	nt_lab_free(lab);
}

static void test_prevented_steps(void **state)
{
	struct nt_lab *lab = parse(HEAD HOSTS "steps:\n  - {id: a, say: x}\n"
					      "  - {say: y, prevented: true}\n"
					      "claims:\n  - {id: c, text: t, see: {type: arp}}\n"
					      "prevent: {text: t, without: a, fails: c}\n");

	(void)state;
	assert_non_null(lab);
	assert_true(nt_lab_has_step(lab, &lab->step[0], false));
	assert_false(nt_lab_has_step(lab, &lab->step[1], false));
	assert_false(nt_lab_has_step(lab, &lab->step[0], true));
	assert_true(nt_lab_has_step(lab, &lab->step[1], true));
	nt_lab_free(lab);
}

static void test_wrap(void **state)
{
	const char *text = "one two three\nfour\n\n  kept as it is, however long\nfive";
	static const char *const want[] = { "one two", "three four", "",
					    "  kept as it is, however long", "five" };
	char line[64];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
		assert_true(nt_lab_wrap(&text, 10, line, sizeof(line)));
		assert_string_equal(line, want[i]);
	}
	assert_false(nt_lab_wrap(&text, 10, line, sizeof(line)));
	text = "三次握手打开连接。";
	assert_true(nt_lab_wrap(&text, 8, line, sizeof(line)));
	assert_string_equal(line, "三次握手");
	assert_true(nt_lab_wrap(&text, 8, line, sizeof(line)));
	/* no line begins with a comma or ends with an opening bracket */
	text = "三次（SYN），握手";
	assert_true(nt_lab_wrap(&text, 6, line, sizeof(line)));
	assert_string_equal(line, "三次");
	assert_true(nt_lab_wrap(&text, 9, line, sizeof(line)));
	assert_string_equal(line, "（SYN），");
}

/* the labs that we ship */
static void test_shipped(void **state)
{
	glob_t g;
	size_t i;

	(void)state;
	assert_int_equal(glob("../../userspace/labs/*.lab", 0, NULL, &g), 0);
	for (i = 0; i < g.gl_pathc; i++) {
		struct nt_error err = { "" };
		const char *name = strrchr(g.gl_pathv[i], '/') + 1;
		struct nt_lab *lab;

		if (nt_lab_read(&lab, g.gl_pathv[i], &err))
			fail_msg("%s", err.text);
		assert_int_equal(strncmp(name, lab->name, strlen(lab->name)), 0);
		assert_string_equal(name + strlen(lab->name), ".lab");
		if (!lab->prevent.fails)
			fail_msg("%s says not how it is prevented", name);
		nt_lab_free(lab);
	}
	globfree(&g);
}

/* it is told in Chinese, in lines that fit; @indent as its reader sees it */
static void in_chinese(const char *text, const char *lab, int indent)
{
	const char *chinese;
	char line[1024];

	if (!text)
		return;
	chinese = nt_lab_text(text);
	/* what is only a name or a flag stays as it is */
	if (!strcmp(chinese, text) && strpbrk(text, " "))
		fail_msg("%s: not in the catalogue: %s", lab, text);
	while (nt_lab_wrap(&chinese, 76 - indent, line, sizeof(line)))
		if (nt_text_width(line, true) > 76 - indent)
			fail_msg("%s: too wide: %s", lab, line);
}

static void steps_in_chinese(const struct nt_lab_step *s, int n, const char *lab)
{
	for (; n; n--, s++) {
		in_chinese(s->say, lab, 4);
		in_chinese(s->then, lab, 4);
		in_chinese(s->ask.text, lab, 4);
	}
}

/* with the catalogue, every text of every lab that we ship is in Chinese */
static void test_chinese(void **state)
{
	glob_t g;
	size_t i;
	int j;

	(void)state;
	language_set(true);
	assert_string_equal(nt_lab_text("The client closes first."), "客户端先关闭。");
	assert_int_equal(glob("../../userspace/labs/*.lab", 0, NULL, &g), 0);
	for (i = 0; i < g.gl_pathc; i++) {
		struct nt_error err = { "" };
		struct nt_lab *lab;

		assert_int_equal(nt_lab_read(&lab, g.gl_pathv[i], &err), 0);
		in_chinese(lab->title, lab->name, 20);
		in_chinese(lab->chapter, lab->name, 0);
		in_chinese(lab->about, lab->name, 2);
		in_chinese(lab->summary, lab->name, 2);
		in_chinese(lab->prevent.text, lab->name, 2);
		steps_in_chinese(lab->setup, lab->nsetup, lab->name);
		steps_in_chinese(lab->step, lab->nstep, lab->name);
		for (j = 0; j < lab->nclaim; j++)
			in_chinese(lab->claim[j].text, lab->name, 6);
		for (j = 0; j < lab->nbook; j++) {
			in_chinese(lab->book[j].book, lab->name, 42);
			in_chinese(lab->book[j].kernel, lab->name, 42);
			in_chinese(lab->book[j].why, lab->name, 2);
		}
		nt_lab_free(lab);
	}
	globfree(&g);
	language_set(false);
	assert_string_equal(nt_lab_text("The client closes first."), "The client closes first.");
}

/* what no catalogue has, stays; so does nothing */
static void test_unknown(void **state)
{
	(void)state;
	language_set(true);
	assert_string_equal(nt_lab_text("My own lab says this."), "My own lab says this.");
	assert_string_equal(nt_lab_text(""), "");
	language_set(false);
}

/* the status of a run whose trace is empty */
static int status_of(const char *text_of_lab, bool stopped)
{
	struct nt_cli cli = { .json = true };
	struct nt_lab_run *r = calloc(1, sizeof(*r));
	struct nt_lab *lab = parse(text_of_lab);
	size_t len;
	char *text;
	int status;

	assert_non_null(r);
	assert_non_null(lab);
	r->cli = &cli;
	r->lab = lab;
	r->over_time = stopped;
	r->s.model = nt_model_new(0, NULL);
	r->v.out = open_memstream(&text, &len);
	status = nt_lab_result(r);
	fclose(r->v.out);
	assert_non_null(strstr(text, "\"ok\":"));
	assert_int_equal(!!strstr(text, "\"ok\":true"), status == NT_EXIT_OK);
	free(text);
	nt_model_free(r->s.model);
	nt_lab_free(lab);
	free(r);
	return status;
}

/* a run that was stopped is no success, and no claim of it has failed for that alone */
static void test_stopped(void **state)
{
	static const char holds[] = HEAD HOSTS STEPS
		"claims:\n  - text: t\n    see: {type: arp}\n    count: 0\n";

	(void)state;
	assert_int_equal(status_of(holds, false), NT_EXIT_OK);
	assert_int_equal(status_of(holds, true), NT_EXIT_FAIL);
	assert_int_equal(status_of(HEAD HOSTS STEPS CLAIMS, false), NT_EXIT_CLAIM);
	assert_int_equal(status_of(HEAD HOSTS STEPS CLAIMS, true), NT_EXIT_CLAIM);
}

static pid_t sleeper(void)
{
	pid_t pid = fork();

	if (!pid) {
		alarm(60); /* should nobody end it */
		pause();
		_exit(0);
	}
	assert_true(pid > 0);
	return pid;
}

static void write_file(const char *dir, const char *name, const char *text)
{
	char path[64];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "w");
	assert_non_null(f);
	assert_true(fputs(text, f) >= 0);
	assert_int_equal(fclose(f), 0);
	assert_int_equal(chmod(path, 0755), 0);
}

/*
 * An ip that lists more PIDs than there is room for, cut off where what is left of a
 * number is the PID of somebody else; the next time, one more.
 */
static void fake_ip(const char *dir, pid_t other, pid_t inside)
{
	char list[2200] = "4194305\n", pid[16], path[256];
	size_t n = (size_t)snprintf(pid, sizeof(pid), "%d", other), at = strlen(list);

	memset(list + at, '\n', 2047 - n - at);
	snprintf(list + 2047 - n, sizeof(list) - 2047 + n, "%s9\n", pid);
	write_file(dir, "first", list);
	snprintf(list, sizeof(list), "%d\n", inside);
	write_file(dir, "second", list);
	write_file(dir, "ip",
		   "#!/bin/sh\n[ \"$2\" = pids ] || exit 0\ncd \"${0%/*}\"\n"
		   "for f in first second; do [ ! -e $f ] || { cat $f; rm $f; exit; }; done\n");
	snprintf(path, sizeof(path), "%s:/usr/bin:/bin", dir);
	assert_int_equal(setenv("PATH", path, 1), 0);
}

/* who is in the namespace is killed, however many there are, and nobody else */
static void test_network_down(void **state)
{
	struct nt_lab lab = { .nhost = 1, .host[0] = { .name = "unit-test" } };
	struct nt_lab_net net = { .lab = &lab, .lock = -1, .made = { true } };
	char dir[] = "/tmp/nettrace-test-XXXXXX", *path = strdup(getenv("PATH"));
	pid_t other = sleeper(), inside = sleeper();
	char file[64];
	int status;

	(void)state;
	assert_non_null(mkdtemp(dir));
	fake_ip(dir, other, inside);
	nt_lab_net_down(&net);
	setenv("PATH", path, 1);
	free(path);
	snprintf(file, sizeof(file), "%s/ip", dir);
	unlink(file);
	assert_int_equal(rmdir(dir), 0); /* both lists were read */
	assert_int_equal(waitpid(inside, &status, 0), inside);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
	assert_int_equal(waitpid(other, &status, WNOHANG), 0);
	kill(other, SIGKILL);
	waitpid(other, &status, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),	     cmocka_unit_test(test_bad),
		cmocka_unit_test(test_endless),	     cmocka_unit_test(test_alias),
		cmocka_unit_test(test_match),	     cmocka_unit_test(test_wraps),
		cmocka_unit_test(test_judge),	     cmocka_unit_test(test_prevented_steps),
		cmocka_unit_test(test_wrap),	     cmocka_unit_test(test_shipped),
		cmocka_unit_test(test_chinese),	     cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_network_down), cmocka_unit_test(test_stopped),
	};

	language_start();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
