// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_cause.c - which causes are possible, and the table of states
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <errno.h>
#include <string.h>
#include <sys/syscall.h>

#include "track/cause.h"

static struct nettrace_state record(unsigned int flags, int nr)
{
	return (struct nettrace_state){
		.kind = NETTRACE_SK_FULL,
		.what = NETTRACE_CHANGE,
		.flags = flags,
		.syscall = nr,
		.pid = 1,
	};
}

static struct nt_plan plan(const struct nettrace_state *rec, enum nt_state from, enum nt_state to,
			   bool rst)
{
	struct nt_cause_facts f = { .from = from, .to = to, .rst = rst };
	struct nt_plan p;

	nt_cause_plan(rec, &f, &p);
	assert_in_range(p.n, 1, NT_PLAN_MAX);
	assert_int_equal(p.t[p.n - 1].kind, NT_CAUSE_UNKNOWN);
	assert_non_null(p.t[p.n - 1].name);
	return p;
}

static bool names_a_call(const struct nt_plan *p)
{
	size_t i;

	for (i = 0; i < p->n; i++) {
		if (p->t[i].kind == NT_CAUSE_CALL)
			return true;
	}
	return false;
}

/*
 * The closed list of transitions that may have a call, tried with every call
 * there is and with a dying process: no other ever names one.
 */
static void test_closed_list(void **state)
{
	static const uint8_t allowed[][2] = {
		{ NT_CLOSED, NT_SYN_SENT },	    { NT_CLOSED, NT_LISTEN },
		{ NT_LISTEN, NT_CLOSED },	    { NT_SYN_SENT, NT_CLOSED },
		{ NT_SYN_RECEIVED, NT_FIN_WAIT_1 }, { NT_SYN_RECEIVED, NT_CLOSED },
		{ NT_ESTABLISHED, NT_FIN_WAIT_1 },  { NT_ESTABLISHED, NT_CLOSED },
		{ NT_FIN_WAIT_1, NT_CLOSED },	    { NT_FIN_WAIT_2, NT_CLOSED },
		{ NT_CLOSE_WAIT, NT_LAST_ACK },	    { NT_CLOSE_WAIT, NT_CLOSED },
	};
	unsigned int from, to, i, named = 0;
	int nr;

	(void)state;
	for (from = NT_ST_NONE; from < NT_ST_MAX; from++) {
		for (to = NT_ST_NONE; to < NT_ST_MAX; to++) {
			bool may = false, does = false;

			for (i = 0; i < sizeof(allowed) / sizeof(allowed[0]); i++)
				may |= allowed[i][0] == from && allowed[i][1] == to;
			for (nr = 0; nr < 512; nr++) {
				struct nettrace_state r = record(NETTRACE_CTX_TASK, nr);
				struct nt_plan p = plan(&r, from, to, false);

				does |= names_a_call(&p);
				r.flags |= NETTRACE_CTX_EXITING;
				p = plan(&r, from, to, false);
				does |= names_a_call(&p);
			}
			assert_int_equal(does, may);
			named += does;
		}
	}
	assert_int_equal(named, sizeof(allowed) / sizeof(allowed[0]));
}

static void expect_call(unsigned int flags, int nr, enum nt_state from, enum nt_state to,
			const char *name)
{
	struct nettrace_state r = record(flags, nr);
	struct nt_plan p = plan(&r, from, to, false);

	assert_int_equal(p.t[0].kind, NT_CAUSE_CALL);
	assert_string_equal(p.t[0].name, name);
	assert_true(p.owner);
}

static void expect_none(unsigned int flags, int nr, enum nt_state from, enum nt_state to,
			const char *why)
{
	struct nettrace_state r = record(flags, nr);
	struct nt_plan p = plan(&r, from, to, false);

	assert_false(names_a_call(&p));
	assert_false(p.owner);
	assert_string_equal(p.t[p.n - 1].name, why);
}

static void test_calls(void **state)
{
	const unsigned int task = NETTRACE_CTX_TASK;

	(void)state;
	expect_call(task, SYS_connect, NT_CLOSED, NT_SYN_SENT, "connect");
	expect_call(task, SYS_sendmsg, NT_CLOSED, NT_SYN_SENT, "sendmsg");
	expect_call(task, SYS_listen, NT_CLOSED, NT_LISTEN, "listen");
	expect_call(task, SYS_close, NT_LISTEN, NT_CLOSED, "close");
	expect_call(task, SYS_close, NT_ESTABLISHED, NT_FIN_WAIT_1, "close");
	expect_call(task, SYS_shutdown, NT_CLOSE_WAIT, NT_LAST_ACK, "shutdown");
	expect_call(task, SYS_dup3, NT_ESTABLISHED, NT_FIN_WAIT_1, "dup3");
	expect_call(task, SYS_execve, NT_ESTABLISHED, NT_CLOSED, "execve");
	/* connect(AF_UNSPEC) */
	expect_call(task, SYS_connect, NT_ESTABLISHED, NT_CLOSED, "connect");
	expect_call(task | NETTRACE_CTX_EXITING, SYS_recvfrom, NT_ESTABLISHED, NT_FIN_WAIT_1,
		    "exit");
	/* shutdown never drops a connection at once; exit never opens one */
	expect_none(task, SYS_shutdown, NT_ESTABLISHED, NT_CLOSED,
		    "a call that is not known to do this");
	expect_none(task | NETTRACE_CTX_EXITING, SYS_connect, NT_CLOSED, NT_SYN_SENT,
		    "a dying process");
	expect_none(0, SYS_close, NT_ESTABLISHED, NT_FIN_WAIT_1, "not in the context of a call");
	expect_none(task | NETTRACE_CTX_COMPAT, SYS_close, NT_ESTABLISHED, NT_FIN_WAIT_1,
		    "32-bit call");
	expect_none(task | NETTRACE_CTX_IO_URING, -1, NT_ESTABLISHED, NT_FIN_WAIT_1, "io_uring");
	expect_none(task | NETTRACE_CTX_KTHREAD, SYS_close, NT_ESTABLISHED, NT_FIN_WAIT_1,
		    "a kernel thread");
}

/* a RST, a time-out or an ICMP error, even when it is processed in a call */
static void test_not_the_call(void **state)
{
	struct nettrace_state r = record(NETTRACE_CTX_TASK, SYS_close);
	struct nt_plan p;

	(void)state;
	/* the kernel says so as well when text comes that nobody will read */
	p = plan(&r, NT_FIN_WAIT_1, NT_CLOSED, true);
	assert_int_equal(p.t[0].want, NT_WANT_RST);
	assert_int_equal(p.t[1].want, NT_WANT_DATA);
	p = plan(&r, NT_ESTABLISHED, NT_CLOSED, true);
	assert_int_equal(p.n, 2);
	assert_false(names_a_call(&p));
	assert_int_equal(p.t[0].kind, NT_CAUSE_SEGMENT);
	assert_int_equal(p.t[0].want, NT_WANT_RST);
	r.sk_err = ETIMEDOUT;
	r.retransmits = 3;
	p = plan(&r, NT_FIN_WAIT_1, NT_CLOSED, false);
	assert_false(names_a_call(&p));
	assert_int_equal(p.t[0].kind, NT_CAUSE_TIMER);
	p = plan(&r, NT_LAST_ACK, NT_CLOSED, false);
	assert_int_equal(p.t[0].kind, NT_CAUSE_TIMER);
	r = record(NETTRACE_CTX_TASK, SYS_connect);
	r.sk_err = EHOSTUNREACH;
	p = plan(&r, NT_SYN_SENT, NT_CLOSED, false);
	assert_int_equal(p.t[0].kind, NT_CAUSE_ICMP);
	/* an error that IP_RECVERR left pending is not why close() closes */
	r = record(NETTRACE_CTX_TASK, SYS_close);
	r.sk_err = EHOSTUNREACH;
	p = plan(&r, NT_ESTABLISHED, NT_CLOSED, false);
	assert_int_equal(p.t[0].kind, NT_CAUSE_CALL);
	/* ss -K: the caller is not the owner */
	r = record(NETTRACE_CTX_TASK, SYS_sendmsg);
	r.sk_err = ECONNABORTED;
	p = plan(&r, NT_ESTABLISHED, NT_CLOSED, false);
	assert_false(names_a_call(&p));
	assert_false(p.owner);
}

static void test_mini(void **state)
{
	struct nettrace_state r = { .kind = NETTRACE_SK_TIMEWAIT,
				    .what = NETTRACE_END,
				    .syscall = -1,
				    .old_state = NETTRACE_TCP_TIME_WAIT,
				    .end_why = NETTRACE_END_EXPIRED };
	struct nt_plan p;

	(void)state;
	p = plan(&r, NT_TIME_WAIT, NT_CLOSED, false);
	assert_string_equal(p.t[0].name, "time-wait");
	r.kind = NETTRACE_SK_REQUEST;
	p = plan(&r, NT_SYN_RECEIVED, NT_CLOSED, false);
	assert_string_equal(p.t[0].name, "syn+ack");
	r.end_why = NETTRACE_END_KILLED;
	p = plan(&r, NT_SYN_RECEIVED, NT_CLOSED, false);
	assert_int_equal(p.t[0].want, NT_WANT_RST);
	assert_int_equal(p.n, 2);
	/* an orphan's FIN-WAIT-2: text, too, and a FIN that comes before its text */
	r.kind = NETTRACE_SK_TIMEWAIT;
	r.old_state = NETTRACE_TCP_FIN_WAIT2;
	p = plan(&r, NT_FIN_WAIT_2, NT_CLOSED, false);
	assert_int_equal(p.n, 4);
	assert_int_equal(p.t[1].want, NT_WANT_DATA);
	assert_int_equal(p.t[2].want, NT_WANT_FIN);
	assert_int_equal(p.t[3].kind, NT_CAUSE_UNKNOWN);
	r.old_state = NETTRACE_TCP_TIME_WAIT;
	p = plan(&r, NT_TIME_WAIT, NT_CLOSED, false);
	assert_int_equal(p.n, 2);
	r.kind = NETTRACE_SK_REQUEST;
	r.end_why = 200;
	p = plan(&r, NT_SYN_RECEIVED, NT_CLOSED, false);
	assert_int_equal(p.t[0].kind, NT_CAUSE_UNKNOWN);
}

/* TCP_LINGER2 below 0: the ACK that would lead an orphan to FIN-WAIT-2 ends it */
static void test_at_once(void **state)
{
	struct nettrace_state r = record(0, -1);
	struct nt_cause_facts f = { .from = NT_FIN_WAIT_2, .to = NT_CLOSED };
	struct nt_plan p;

	(void)state;
	r.dead = 1;
	nt_cause_plan(&r, &f, &p);
	assert_int_equal(p.t[0].want, NT_WANT_DATA);
	assert_int_equal(p.t[1].kind, NT_CAUSE_TIMER);
	f.at_once = true;
	nt_cause_plan(&r, &f, &p);
	assert_int_equal(p.t[0].kind, NT_CAUSE_SEGMENT);
	assert_int_equal(p.t[0].want, NT_WANT_ACK_OF_FIN);
	/* in a process's time, or with an owner, it is another thing */
	r.dead = 0;
	nt_cause_plan(&r, &f, &p);
	assert_int_equal(p.t[0].want, NT_WANT_DATA);
}

static void test_wants(void **state)
{
	struct nt_flow own = { .isn_known = true, .isn = 99, .fin_known = true, .fin = 200 };
	struct nettrace_packet p = { .ack = 100 };
	static const struct {
		uint16_t flags;
		uint32_t ack, payload;
		unsigned int wants; /* bit per enum nt_want */
	} cases[] = {
#define W(x) (1u << NT_WANT_##x)
		{ NETTRACE_TH_SYN, 0, 0, W(SYN) | W(OPENING) | W(ANY) },
		{ NETTRACE_TH_SYN | NETTRACE_TH_ACK, 100, 0, W(SYNACK) | W(ACK_OF_SYN) | W(ANY) },
		{ NETTRACE_TH_SYN | NETTRACE_TH_ACK, 99, 0, W(ANY) },
		{ NETTRACE_TH_ACK, 100, 0, W(OPENING) | W(ACK_OF_SYN) | W(ANY) },
		{ NETTRACE_TH_ACK, 99, 5, W(DATA) | W(ANY) },
		{ NETTRACE_TH_ACK, 201, 0, W(OPENING) | W(ACK_OF_SYN) | W(ACK_OF_FIN) | W(ANY) },
		{ NETTRACE_TH_FIN | NETTRACE_TH_ACK, 201, 0,
		  W(OPENING) | W(ACK_OF_SYN) | W(FIN) | W(ACK_OF_FIN) | W(ANY) },
		{ NETTRACE_TH_RST | NETTRACE_TH_ACK, 201, 0, W(RST) | W(ANY) },
	};
	unsigned int i, want, got;

	(void)state;
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		p.tcp_flags = cases[i].flags;
		p.ack = cases[i].ack;
		p.payload = cases[i].payload;
		for (got = 0, want = 0; want < NT_WANT_MAX; want++)
			got |= (unsigned int)nt_want_match(want, &p, &own) << want;
		assert_int_equal(got, cases[i].wants);
	}
	own = (struct nt_flow){ 0 };
	p.tcp_flags = NETTRACE_TH_ACK;
	assert_false(nt_want_match(NT_WANT_ACK_OF_FIN, &p, &own));
	assert_false(nt_want_match(NT_WANT_ACK_OF_SYN, &p, &own));
	assert_false(nt_want_match(200, &p, &own));
}

static void test_names(void **state)
{
	unsigned int i;

	(void)state;
	assert_string_equal(nt_state_name(NT_SYN_RECEIVED), "SYN-RECEIVED");
	assert_string_equal(nt_state_name(NT_ST_NONE), "?");
	assert_string_equal(nt_state_name(NT_ST_MAX), "?");
	assert_string_equal(nt_state_name(-1), "?");
	assert_int_equal(nt_state_from_kernel(NETTRACE_TCP_NEW_SYN_RECV), NT_SYN_RECEIVED);
	assert_int_equal(nt_state_from_kernel(13), NT_ST_NONE);
	assert_int_equal(nt_state_from_kernel(255), NT_ST_NONE);
	for (i = 1; i < __NETTRACE_TCP_STATE_MAX; i++)
		assert_string_not_equal(nt_state_name(nt_state_from_kernel(i)), "?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_closed_list),  cmocka_unit_test(test_calls),
		cmocka_unit_test(test_not_the_call), cmocka_unit_test(test_mini),
		cmocka_unit_test(test_at_once),	     cmocka_unit_test(test_wants),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("cause, states", tests, NULL, NULL);
}
