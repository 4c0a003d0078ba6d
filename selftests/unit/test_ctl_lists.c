// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ctl_lists.c - ctl*.c: counters, sockets and timers, which may come in pieces and are
 * checked; any bytes at all, against a kernel that is played here
 */
#include "ctl_kernel.h"

static void put_cpu(struct kernel *k, uint32_t id)
{
	struct nlattr *nest = mnl_attr_nest_start(&k->m.nlh, NETTRACE_A_CPU);

	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_CPU_ID, id);
	mnl_attr_put_u64(&k->m.nlh, NETTRACE_A_CPU_SEEN, id * 1000 + 10);
	mnl_attr_put_u64(&k->m.nlh, NETTRACE_A_CPU_RECORDED, id * 1000 + 7);
	mnl_attr_put_u64(&k->m.nlh, NETTRACE_A_CPU_FILTERED, 2);
	mnl_attr_put_u64(&k->m.nlh, NETTRACE_A_CPU_UNRECORDED, 1);
	mnl_attr_put_u64(&k->m.nlh, NETTRACE_A_CPU_OVERWRITTEN, id);
	mnl_attr_nest_end(&k->m.nlh, nest);
}

static void counters_come_in_pieces(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct nt_error err = { "" };
	struct nt_ctl_cpu *cpu;
	struct kernel k;
	uint32_t i, v;
	size_t n;

	(void)state;
	begin(&k);
	answer(&k, 2);
	for (i = 0; i < 70; i++)
		put_cpu(&k, i);
	mnl_attr_put_u32(&k.m.nlh, NETTRACE_A_NEXT, 70);
	put(&k);
	ack(&k, 2, 0, NULL);
	answer(&k, 3);
	put_cpu(&k, 70);
	put(&k);
	ack(&k, 3, 0, NULL);
	assert_int_equal(nt_ctl_counters(k.c, &cpu, &n, &err), 0);
	assert_int_equal(n, 71);
	for (i = 0; i < n; i++) {
		assert_int_equal(cpu[i].cpu, i);
		assert_int_equal(cpu[i].seen,
				 cpu[i].recorded + cpu[i].filtered + cpu[i].unrecorded);
		assert_int_equal(cpu[i].overwritten, i);
	}
	free(cpu);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_COUNTERS_GET);
	assert_null(a[NETTRACE_A_FROM]);
	assert_int_equal(asked(&k, 3, a), NETTRACE_CMD_COUNTERS_GET);
	assert_true(nt_ctl_u32(a[NETTRACE_A_FROM], &v) && v == 70);

	/* it would never end */
	for (i = 4; i < 6; i++) {
		answer(&k, i);
		put_cpu(&k, 0);
		mnl_attr_put_u32(&k.m.nlh, NETTRACE_A_NEXT, 1);
		put(&k);
		ack(&k, i, 0, NULL);
	}
	assert_int_equal(nt_ctl_counters(k.c, &cpu, &n, &err), -EPROTO);
	assert_null(cpu);
	assert_int_equal(n, 0);
	end(&k);
}

static void put_sock(struct kernel *k, uint32_t family, uint32_t state, size_t addr_len)
{
	static const uint8_t addr[16] = { 10, 0, 0, 1 };
	struct nlattr *nest = mnl_attr_nest_start(&k->m.nlh, NETTRACE_A_SOCKET);

	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_KIND, NETTRACE_SK_TIMEWAIT);
	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_STATE, state);
	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_FAMILY, family);
	mnl_attr_put(&k->m.nlh, NETTRACE_A_SOCKET_LOCAL, addr_len, addr);
	mnl_attr_put(&k->m.nlh, NETTRACE_A_SOCKET_REMOTE, addr_len, addr);
	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_LPORT, 80);
	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_RPORT, 40000);
	mnl_attr_put_u32(&k->m.nlh, NETTRACE_A_SOCKET_LEFT_MS, 59000);
	mnl_attr_nest_end(&k->m.nlh, nest);
}

static void sockets_are_checked(void **state)
{
	static const struct {
		uint32_t family, state;
		size_t len;
		int ret;
	} cases[] = {
		{ NETTRACE_IPV4, NETTRACE_TCP_TIME_WAIT, 4, 0 },
		{ NETTRACE_IPV6, NETTRACE_TCP_FIN_WAIT2, 16, 0 },
		{ NETTRACE_IPV4, NETTRACE_TCP_TIME_WAIT, 16, -EPROTO },
		{ NETTRACE_IPV6, NETTRACE_TCP_TIME_WAIT, 4, -EPROTO },
		{ NETTRACE_IPV4, 99, 4, -EPROTO },
		{ 5, NETTRACE_TCP_TIME_WAIT, 16, -EPROTO },
	};
	struct nt_ctl_sock *s;
	struct kernel k;
	size_t i, n;

	(void)state;
	begin(&k);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		answer(&k, (uint32_t)i + 2);
		put_sock(&k, cases[i].family, cases[i].state, cases[i].len);
		put(&k);
		ack(&k, (uint32_t)i + 2, 0, NULL);
		assert_int_equal(nt_ctl_sockets(k.c, &s, &n, NULL), cases[i].ret);
		assert_int_equal(n, cases[i].ret ? 0 : 1);
		if (!n)
			continue;
		assert_int_equal(s->kind, NETTRACE_SK_TIMEWAIT);
		assert_int_equal(s->family, cases[i].family);
		assert_int_equal(s->local[0], 10);
		assert_int_equal(s->lport, 80);
		assert_int_equal(s->rport, 40000);
		assert_int_equal(s->left_ms, 59000);
		free(s);
	}
	end(&k);
}

/* every attribute of the answer; @without: but for that one, or 0 */
static void put_timers(struct kernel *k, uint16_t without, uint32_t kind)
{
	struct nlattr *nest = mnl_attr_nest_start(&k->m.nlh, NETTRACE_A_TIMER);
	uint16_t type;

	for (type = NETTRACE_A_TIMER_KIND; type <= NETTRACE_A_TIMER_MAX; type++)
		if (type != without)
			mnl_attr_put_u32(&k->m.nlh, type,
					 type == NETTRACE_A_TIMER_KIND ? kind : type);
	mnl_attr_nest_end(&k->m.nlh, nest);
}

static void timers_are_checked(void **state)
{
	struct nt_ctl_tuple t = { .family = NETTRACE_IPV4, .lport = 80, .rport = 40000 };
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct nt_error err = { "" };
	struct nettrace_timer r;
	struct kernel k;
	uint16_t type;
	uint32_t n = 2;

	(void)state;
	begin(&k);
	answer(&k, n);
	put_timers(&k, 0, NETTRACE_SK_FULL);
	put(&k);
	ack(&k, n++, 0, NULL);
	assert_int_equal(nt_ctl_timers(k.c, &t, &r, &err), 0);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_TIMERS_GET);
	assert_non_null(a[NETTRACE_A_SOCKET]);
	assert_int_equal(r.kind, NETTRACE_SK_FULL);
	assert_int_equal(r.keep_ms, NETTRACE_A_TIMER_KEEP_MS);
	assert_int_equal(r.keep_probes, NETTRACE_A_TIMER_KEEP_PROBES);
	/* none may be missing, and there is no such kind */
	for (type = NETTRACE_A_TIMER_KIND; type <= NETTRACE_A_TIMER_MAX + 1; type++, n++) {
		answer(&k, n);
		put_timers(&k, type, type > NETTRACE_A_TIMER_MAX ? 99 : NETTRACE_SK_FULL);
		put(&k);
		ack(&k, n, 0, NULL);
		assert_int_equal(nt_ctl_timers(k.c, &t, &r, &err), -EPROTO);
	}
	ack(&k, n, -ENOENT, "there is none");
	assert_int_equal(nt_ctl_timers(k.c, &t, &r, &err), -ENOENT);
	assert_says(&err, "there is none");
	end(&k);
}

static uint32_t next_random(void)
{
	static uint32_t rnd = 88172645u;

	rnd ^= rnd << 13;
	rnd ^= rnd >> 17;
	rnd ^= rnd << 5;
	return rnd;
}

static void empty(int fd)
{
	uint8_t b[16384];

	while (recv(fd, b, sizeof(b), MSG_DONTWAIT) > 0)
		;
}

/* whatever comes, nothing is read outside of it, and it ends */
static void any_bytes_are_survived(void **unused)
{
	struct nt_ctl_trace t;
	struct nt_ctl_sock *s;
	struct kernel k;
	uint32_t seq;
	size_t n;
	int i, e;

	(void)unused;
	begin(&k);
	/* so that a changed number of the acknowledgement does not wait for ever */
	assert_int_equal(setsockopt(k.c->fd, SOL_SOCKET, SO_RCVTIMEO,
				    &(struct timeval){ .tv_usec = 1 }, sizeof(struct timeval)),
			 0);
	for (i = 0; i < 20000; i++) {
		seq = k.c->seq + 1;
		if (i % 2) {
			answer(&k, seq);
			put_sock(&k, NETTRACE_IPV4, NETTRACE_TCP_TIME_WAIT, 4);
			put_sock(&k, NETTRACE_IPV6, NETTRACE_TCP_TIME_WAIT, 16);
		} else if (i % 3) {
			trace_answer(&k, seq, 0);
			again(&k);
		} else {
			ack(&k, seq, -EBUSY, "it is busy");
			again(&k);
		}
		n = k.m.nlh.nlmsg_len;
		for (e = 0; e < 1 + i % 5; e++)
			k.m.b[next_random() % n] = (uint8_t)next_random();
		assert_int_equal(send(k.fd, k.m.b, n, 0), n);
		ack(&k, seq, 0, NULL);
		if (!(i % 2))
			nt_ctl_get(k.c, &t, NULL);
		else if (!nt_ctl_sockets(k.c, &s, &n, NULL))
			free(s);
		empty(k.fd);
		empty(k.c->fd);
	}
	end(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counters_come_in_pieces),
		cmocka_unit_test(sockets_are_checked),
		cmocka_unit_test(timers_are_checked),
		cmocka_unit_test(any_bytes_are_survived),
	};

	return cmocka_run_group_tests_name("ctl_lists", tests, NULL, NULL);
}
