// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_prompt.c - follow: what is complete is handed out at once, what is
 * not after a short wait, and what shows later is said later
 */
#include "script.h"

#define HOLD_US 200000
#define WAIT_US 10000

struct log {
	char text[4096];
	int64_t last;
};

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *item)
{
	static const char *const type[] = { "arrow", "transition", "arp", "gap", "late" };
	struct log *l = arg;
	size_t n = strlen(l->text);
	char *to = l->text + n;

	(void)m;
	assert_true(item->t >= l->last);
	l->last = item->t;
	n = sizeof(l->text) - n;
	if (item->type == NT_ITEM_LATE) {
		assert_non_null(item->conv);
		assert_int_equal(item->late->t, item->t);
		snprintf(to, n, "%s%u@%lld ", item->late->lost ? "lost" : "late",
			 item->late->arrow->n, (long long)(item->t - SCRIPT_T0) / 1000);
	} else {
		snprintf(to, n, "%s@%lld ", type[item->type],
			 (long long)(item->t - SCRIPT_T0) / 1000);
	}
}

static void begin(struct script *s, struct log *l, int wait_us)
{
	const struct nt_observer obs = { .item = on_item, .arg = l };

	memset(l, 0, sizeof(*l));
	script_begin(s, "10.0.1.2", "10.0.2.2");
	nt_model_free(s->m);
	s->m = nt_model_new(HOLD_US * 1000LL, &obs);
	assert_non_null(s->m);
	nt_model_prompt(s->m, wait_us * 1000LL);
}

/* what is handed out when all up to then has been fed */
static void expect(struct script *s, struct log *l, long long us, const char *want)
{
	*l->text = '\0';
	nt_model_advance(s->m, SCRIPT_T0 + us * 1000);
	assert_string_equal(l->text, want);
}

static long long due_us(const struct script *s)
{
	int64_t due = nt_model_due(s->m);

	return due == INT64_MAX ? -1 : (long long)(due - SCRIPT_T0) / 1000;
}

static void test_complete(void **state)
{
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	assert_int_equal(due_us(&s), -1);
	script_run(&s, "1000 0 OUT c>s SYN seq=1 id=1\n");
	assert_int_equal(due_us(&s), 11000);
	expect(&s, &l, 1020, "");
	script_run(&s, "1030 1 IN c>s SYN seq=1 id=1\n"
		       "1032 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n");
	/* an older one of another CPU might come so much later */
	assert_int_equal(due_us(&s), 1130);
	expect(&s, &l, 1131, "arrow@1000 ");
	expect(&s, &l, 1132, "transition@1032 ");
	assert_false(nt_model_pending(s.m));
	assert_int_equal(due_us(&s), -1);
	nt_model_finish(s.m);
	script_end(&s);
}

/* the other end is on another machine: once that is known, nothing is awaited */
static void test_remote(void **state)
{
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, "1000 0 OUT c>s SYN seq=1 id=1\n");
	expect(&s, &l, 10999, "");
	expect(&s, &l, 11000, "arrow@1000 ");
	script_run(&s, "20000 0 IN s>c SYN,ACK seq=9 ack=2 id=1\n");
	expect(&s, &l, 20100, "transition@20000 arrow@20000 ");
	script_run(&s, "20200 0 OUT c>s ACK seq=2 ack=10 id=2\n");
	expect(&s, &l, 22199, "");
	expect(&s, &l, 22200, "arrow@20200 transition@20200 ");
	/* nobody ever says whether it came */
	expect(&s, &l, 900000, "");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_conv(s.m, 0)->item[0].arrow->nmark, 0);
	script_end(&s);
}

static const char slow_path[] = "1000 0 OUT c>s SYN seq=1 id=1\n"
				"1010 1 IN c>s SYN seq=1 id=1\n"
				"1020 1 OUT s>c SYN,ACK seq=9 ack=2 id=1\n"
				"1030 0 IN s>c SYN,ACK seq=9 ack=2 id=1\n"
				"2000 0 OUT c>s ACK seq=2 ack=10 len=4 id=2\n";

/* 50 ms on its way: its line is not held back so long */
static void test_late(void **state)
{
	const struct nt_arrow *a;
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, slow_path);
	expect(&s, &l, 11999, "arrow@1000 arrow@1020 ");
	expect(&s, &l, 12000, "arrow@2000 ");
	assert_int_equal(due_us(&s), 202000);
	script_run(&s, "51900 0 OUT s>c ACK seq=10 ack=2 id=9\n"
		       "52000 1 IN c>s ACK seq=2 ack=10 len=4 id=2\n");
	/* in the order of time, behind what is not complete */
	expect(&s, &l, 52200, "");
	expect(&s, &l, 62000, "arrow@51900 late3@52000 ");
	expect(&s, &l, 500000, "lost4@251900 ");
	a = nt_model_conv(s.m, 0)->item[2].arrow;
	assert_int_equal(a->nsight, 2);
	assert_int_equal(a->nmark, 0);
	assert_int_equal(nt_model_stats(s.m)->late_sightings, 1);
	assert_int_equal(nt_model_conv(s.m, 0)->nitem, 4); /* that it was late is none */
	nt_model_finish(s.m);
	script_end(&s);
}

static void test_lost(void **state)
{
	const struct nt_arrow *a;
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, slow_path);
	expect(&s, &l, 201999, "arrow@1000 arrow@1020 arrow@2000 ");
	a = nt_model_conv(s.m, 0)->item[2].arrow;
	assert_int_equal(a->nmark, 0);
	nt_model_forget(s.m, 0); /* it is not let go meanwhile */
	assert_int_equal(nt_model_nconv(s.m), 1);
	expect(&s, &l, 202100, "lost3@202000 ");
	assert_int_equal(a->nmark, 1);
	assert_int_equal(a->mark[0].name, NT_MARK_NOT_DELIVERED);
	/* and it comes after all: that is said as well */
	script_run(&s, "300000 1 IN c>s ACK seq=2 ack=10 len=4 id=2\n");
	expect(&s, &l, 300100, "late3@300000 ");
	assert_int_equal(a->nmark, 0);
	nt_model_finish(s.m);
	script_end(&s);
}

/* the trace ends: of the last ones nobody can say that they were lost */
static void test_end(void **state)
{
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, slow_path);
	expect(&s, &l, 50000, "arrow@1000 arrow@1020 arrow@2000 ");
	script_run(&s, "150000 0 OUT c>s ACK seq=6 ack=10 len=4 id=3\n");
	*l.text = '\0';
	nt_model_finish(s.m);
	assert_string_equal(l.text, "arrow@150000 ");
	script_end(&s);

	begin(&s, &l, WAIT_US);
	script_run(&s, slow_path);
	expect(&s, &l, 50000, "arrow@1000 arrow@1020 arrow@2000 ");
	script_run(&s, "250000 0 OUT c>s ACK seq=6 ack=10 len=4 id=3\n");
	*l.text = '\0';
	nt_model_finish(s.m);
	assert_string_equal(l.text, "lost3@202000 arrow@250000 ");
	script_end(&s);
}

/* a wait as long as the hold: nothing is ever said later, but what comes after it */
static void test_whole(void **state)
{
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, HOLD_US);
	script_run(&s, slow_path);
	expect(&s, &l, 100000, "arrow@1000 arrow@1020 ");
	script_run(&s, "100000 1 IN c>s ACK seq=2 ack=10 len=4 id=2\n");
	expect(&s, &l, 100100, "arrow@2000 ");
	script_run(&s, "110000 0 OUT c>s ACK seq=6 ack=10 len=4 id=3\n"
		       "110010 0 ARPOUT 1\n");
	expect(&s, &l, 309999, "");
	expect(&s, &l, 310010, "arrow@110000 arp@110010 ");
	nt_model_finish(s.m);
	script_end(&s);
}

/* SYNs that are answered, from @n ports; source 1 is the server's namespace */
static void flood(struct script *s, long long us, int n)
{
	char text[160];
	int i;

	for (i = 0; i < n; i++, us += 30) {
		s->port[0]++;
		snprintf(text, sizeof(text),
			 "%lld 1 IN c>s SYN seq=1 id=1\n%lld 1 OUT s>c SYN,ACK seq=5 ack=2 id=2\n",
			 us, us + 10);
		script_run(s, text);
	}
}

/* too many: those go that never opened, but for what is new or somebody's who is seen */
static void test_shed(void **state)
{
	struct script s;
	struct log l;
	size_t i;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, "100 1 IN c>s SYN seq=1 id=1\n"
		       "110 1 OUT s>c SYN,ACK seq=5 ack=2 id=2\n"
		       "120 1 IN c>s ACK seq=2 ack=6 id=3\n");
	s.port[0]++;
	script_run(&s, "200 0 FULL c CLOSE>SYN_SENT call=connect pid=20\n"
		       "210 0 OUT c>s SYN seq=1 id=1\n");
	flood(&s, 1000, 1000);
	nt_model_advance(s.m, SCRIPT_T0 + 20000000000LL);
	nt_model_shed(s.m, 1002);
	assert_int_equal(nt_model_nconv(s.m), 1002);
	assert_int_equal(nt_model_stats(s.m)->shed, 0);
	flood(&s, 20000000, 10);
	nt_model_advance(s.m, SCRIPT_T0 + 20240000000LL);
	nt_model_shed(s.m, 1);
	assert_int_equal(nt_model_stats(s.m)->shed, 1000);
	assert_int_equal(nt_model_nconv(s.m), 12);
	nt_model_advance(s.m, SCRIPT_T0 + 20600000000LL);
	nt_model_shed(s.m, 1);
	assert_int_equal(nt_model_stats(s.m)->shed, 1010);
	assert_int_equal(nt_model_nconv(s.m), 2);
	for (i = 0; i < 2; i++)
		assert_int_equal(nt_model_conv(s.m, i)->id, i + 1);
	/* one of them goes on: it is a new conversation, begun in the middle */
	script_run(&s, "20700000 1 IN c>s ACK seq=2 ack=6 id=3\n");
	assert_int_equal(nt_model_nconv(s.m), 3);
	nt_model_finish(s.m);
	script_end(&s);
}

/* who listened in a namespace that is gone is no owner of what another has */
static void test_stream_ended(void **state)
{
	static const char old[] = "100 1 FULL s CLOSE>LISTEN noremote call=listen pid=20\n"
				  "1000 0 OUT c>s SYN seq=1 id=1\n"
				  "1010 1 IN c>s SYN seq=1 id=1\n"
				  "1020 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n";
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l, WAIT_US);
	script_run(&s, old);
	expect(&s, &l, 1200, "arrow@1000 transition@1020 ");
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].pid, 20);
	nt_model_advance(s.m, SCRIPT_T0 + 20000000000LL);
	nt_model_forget(s.m, 1000000000LL);
	assert_int_equal(nt_model_nconv(s.m), 1); /* half open, for all that is known */
	nt_model_stream_ended(s.m, 1);
	nt_model_stream_ended(s.m, 70000);
	nt_model_forget(s.m, 1000000000LL);
	assert_int_equal(nt_model_nconv(s.m), 0);
	s.port[0]++;
	script_run(&s, "20001000 2 OUT c>s SYN seq=1 id=1\n"
		       "20001010 1 IN c>s SYN seq=1 id=1\n"
		       "20001020 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].pid, 0);
	nt_model_finish(s.m);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_complete), cmocka_unit_test(test_remote),
		cmocka_unit_test(test_late),	 cmocka_unit_test(test_lost),
		cmocka_unit_test(test_end),	 cmocka_unit_test(test_whole),
		cmocka_unit_test(test_shed),	 cmocka_unit_test(test_stream_ended),
	};

	return cmocka_run_group_tests_name("model_prompt", tests, NULL, NULL);
}
