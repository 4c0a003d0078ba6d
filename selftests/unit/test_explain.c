// SPDX-License-Identifier: GPL-2.0-only
/*
 * Explanations: composed of the trace, so that another trace never reads the same;
 * in both languages; nothing foreign unescaped; what a learner's program did.
 *
 * What they say word by word is in selftests/cases/NAME-…-explain*.txt.
 */
#include "cases.h"
#include "language.h"
#include "scene.h"
#include "story.h"

#include <dirent.h>
#include <errno.h>
#include <time.h>

#include "text.h"

static void tell(struct story *st, const char *name, enum case_seen seen,
		 void (*change)(struct case_file *c))
{
	static struct case_file c;
	struct script s;
	size_t i;

	st->n = 0;
	case_feed_as(&c, name, seen, &s, change);
	for (i = 0; i < nt_model_nconv(s.m); i++)
		tell_conv(st, s.m, nt_model_conv(s.m, i));
	script_end(&s);
}

static int is_script(const struct dirent *d)
{
	size_t n = strlen(d->d_name);

	return n > 7 && !strcmp(d->d_name + n - 7, ".script");
}

static void each_case(void (*fn)(const char *name, enum case_seen seen))
{
	struct dirent **list;
	int i, k, n = scandir(CASES_DIR, &list, is_script, alphasort);

	assert_true(n > 0);
	for (i = 0; i < n; i++) {
		for (k = CASE_BOTH; k <= CASE_BETWEEN; k++)
			fn(list[i]->d_name, (enum case_seen)k);
		free(list[i]);
	}
	free(list);
}

/* ---- another trace reads otherwise ------------------------------------------ */

/* "KEY=" becomes "KEY=@put" wherever it stands in @line */
static void insert(char *line, const char *key, const char *put)
{
	char copy[2 * CASE_LINE], *out = copy, *from = line, *at;

	while ((at = strstr(from, key))) {
		memcpy(out, from, (size_t)(at - from) + strlen(key));
		out += (at - from) + (ptrdiff_t)strlen(key);
		out = stpcpy(out, put);
		from = at + strlen(key);
	}
	strcpy(out, from);
	assert_true(strlen(copy) < CASE_LINE);
	strcpy(line, copy);
}

/* the same happens to others: programs, processes, hosts, numbers of what was lost */
static void others(struct case_file *c)
{
	bool six = strchr(c->ends[0], ':');
	size_t i;

	strcpy(c->ends[0], six ? "fd00:7::9" : "10.9.1.7");
	strcpy(c->ends[1], six ? "fd00:8::9" : "10.9.2.8");
	for (i = 0; i < c->n; i++) {
		insert(c->line[i].text, "comm=", "z");
		insert(c->line[i].text, "pid=", "9");
		insert(c->line[i].text, "GAP lost=", "4");
	}
}

static struct story one, two;

static void check_differs(const char *name, enum case_seen seen)
{
	size_t i;

	tell(&one, name, seen, NULL);
	tell(&two, name, seen, others);
	if (one.n != two.n)
		return; /* ARP and neighbours of a script are of its own addresses */
	for (i = 0; i < one.n; i++) {
		const struct nt_told *a = &one.step[i], *b = &two.step[i];

		if (!strcmp(a->kind, "arp") || !strcmp(a->kind, "neighbour") ||
		    !strcmp(a->kind, "drop"))
			continue; /* told by addresses that a script gives itself */
		if (!strcmp(a->text, b->text))
			fail_msg("%s: step %zu (%s) reads the same of two traces: %s", name, i + 1,
				 a->kind, a->text);
		/* a note may be about the segments' numbers, which are the same in both */
		if (*a->note && !strcmp(a->note, b->note) && !strpbrk(a->note, "123456789"))
			fail_msg("%s: the note of step %zu (%s) has nothing of the trace: %s", name,
				 i + 1, a->kind, a->note);
	}
}

static void test_differs(void **state)
{
	(void)state;
	language_set(false);
	each_case(check_differs);
}

/* ---- both languages --------------------------------------------------------- */

static bool has_ideograph(const char *s)
{
	const char *end = s + strlen(s);
	uint32_t cp;

	while (s < end)
		if (nt_utf8_next(&s, end, &cp) && cp >= 0x4e00 && cp <= 0x9fff)
			return true;
	return false;
}

/* valid UTF-8, all of it printable */
static void check_text(const char *name, const char *text)
{
	const char *p = text, *end = text + strlen(text);
	uint32_t cp;

	while (p < end)
		if (!nt_utf8_next(&p, end, &cp) || nt_cp_width(cp) < 0)
			fail_msg("%s: a character that cannot be shown in: %s", name, text);
	if (strstr(text, "(null)") || strstr(text, "%s") || strstr(text, "  "))
		fail_msg("%s: badly put together: %s", name, text);
}

static void check_chinese(const char *name, enum case_seen seen)
{
	size_t i;

	language_set(false);
	tell(&one, name, seen, NULL);
	language_set(true);
	tell(&two, name, seen, NULL);
	language_set(false);
	assert_int_equal(one.n, two.n);
	for (i = 0; i < one.n; i++) {
		assert_true(*one.step[i].text && *one.step[i].title);
		check_text(name, one.step[i].text);
		check_text(name, one.step[i].note);
		check_text(name, two.step[i].text);
		check_text(name, two.step[i].note);
		if (has_ideograph(one.step[i].text) || !has_ideograph(two.step[i].text))
			fail_msg("%s: not translated: %s", name, two.step[i].text);
		if (*two.step[i].note && !has_ideograph(two.step[i].note))
			fail_msg("%s: not translated: %s", name, two.step[i].note);
	}
}

static void test_chinese(void **state)
{
	(void)state;
	each_case(check_chinese);
}

/* ---- what a learner's program did ------------------------------------------- */

static struct scene *programs(void)
{
	struct scene *s = scene_new(IPPROTO_TCP);

	scene_end(s, 0, "10.0.1.2", 40312, "my_client.py", 412, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 8090, "my_server.py", 398, SCENE_SERVER);
	s->conv.opened = NT_OPEN_HANDSHAKE;
	return s;
}

static void test_refused(void **state)
{
	struct scene *s = programs();
	struct nt_call *call;

	(void)state;
	s->conv.opened = NT_OPEN_REFUSED;
	call = scene_call(s, 0, 190, 0, "connect", 3, -ECONNREFUSED);
	call->addr = s->conv.end[1].addr;
	one.n = 0;
	tell_conv(&one, s->model, &s->conv);
	has(find(&one, "call-failed")->text, "connect() of my_client.py[412] for 10.0.2.2:8090");
	has(find(&one, "call-failed")->text, "ECONNREFUSED, 190 µs after");
	has(find(&one, "call-failed")->note, "nobody listens on that port");
	scene_free(s);
}

static void test_empty(void **state)
{
	struct scene *s = programs();
	struct nt_call *call;

	(void)state;
	scene_call(s, 1000, 4, 0, "sendto", 3, 0);
	call = scene_call(s, 2000, 0, 1, "recvfrom", 4, 0);
	call->part = NT_CALL_BEGUN;
	call->t_end = 0;
	one.n = 0;
	tell_conv(&one, s->model, &s->conv);
	has(find(&one, "call-empty")->text, "my_client.py[412] sends 0 bytes by sendto()");
	has(find(&one, "call-empty")->text, "no segment leaves");
	has(find(&one, "call-empty")->note, "server my_server.py[398]");
	has(find(&one, "call-waits")->text, "my_server.py[398] waits in recvfrom()");
	has(find(&one, "call-waits")->note, "my_client.py[412] did call sendto(), but with 0");
	scene_free(s);
}

static void test_in_use(void **state)
{
	struct nt_call call = { .name = "bind", .fd = 3, .result = -EADDRINUSE, .t = 1, .t_end = 9 };
	struct nt_told t;

	(void)state;
	call.pid = 500;
	strcpy(call.comm, "ser\033ver");
	call.addr.family = NETTRACE_IPV4;
	call.addr.port = 8090;
	assert_true(nt_explain_lone(&call, &t));
	has(t.text, "bind() of ser\\x1bver[500] for 0.0.0.0:8090 fails with EADDRINUSE");
	has(t.note, "SO_REUSEADDR");
	has(t.note, "sport = :8090");
	check_text("bind", t.text);
}

/* three reasons for a RST by close() */
static void abort_of(struct story *st, uint32_t came, int64_t received)
{
	struct scene *s = programs();
	const unsigned int ack = NETTRACE_TH_ACK;

	if (came)
		scene_tcp(s, 100, 0, ack, 1, 1, came);
	if (received >= 0)
		scene_call(s, 300, 5, 1, "recvfrom", 4, received);
	scene_by_call(scene_state(s, 900, 1, NT_ESTABLISHED, NT_CLOSED), "close", "my_server.py",
		      398);
	scene_tcp(s, 905, 1, NETTRACE_TH_RST | ack, 1, came + 1, 0);
	st->n = 0;
	tell_conv(st, s->model, &s->conv);
	scene_free(s);
}

static void test_reset(void **state)
{
	(void)state;
	abort_of(&one, 0, -1);
	has(find(&one, "rst-abort")->note, "SO_LINGER with a time of 0");
	abort_of(&one, 100, 30);
	has(find(&one, "rst-abort")->note,
	    "100 B had come in, of which the program had received 30 B");
	abort_of(&one, 100, 100);
	has(find(&one, "rst-abort")->note, "had received all 100 B");
	abort_of(&one, 100, -1);
	has(find(&one, "rst-abort")->note, "--calls");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differs), cmocka_unit_test(test_chinese),
		cmocka_unit_test(test_refused), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_in_use),	cmocka_unit_test(test_reset),
	};

	setenv("TZ", "UTC", 1);
	tzset();
	language_start();
	return cmocka_run_group_tests_name("explain", tests, NULL, NULL);
}
