// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ctl.c - ctl*.c: settings and filters, against a kernel that is played here, and
 * against the one that runs, which has no module.  Lists: test_ctl_lists.c.
 */
#include <linux/filter.h>

#include "../../userspace/filter.h"
#include "ctl_kernel.h"

static void get_takes_all(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct nt_error err = { "" };
	struct nt_ctl_trace t;
	struct kernel k;

	(void)state;
	begin(&k);
	trace_answer(&k, 1, 0); /* what is left of another request */
	trace_answer(&k, 2, 0);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, &err), 0);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_GET);
	assert_string_equal(t.version, "0.2.0");
	assert_int_equal(t.abi, 1);
	assert_int_equal(t.netns, 4026531840u);
	assert_true(t.tracing);
	assert_int_equal(t.refused, 0);
	assert_int_equal(t.ring, 4096);
	assert_int_equal(t.payload, 64);
	assert_int_equal(t.minisocks, 8192);
	assert_int_equal(t.hooks, NT_HOOKS_PATH);
	assert_true(t.memory == 1ull << 33 && t.memory_max == 1ull << 34);
	assert_int_equal(t.readers, 2);
	assert_int_equal(t.filter_len, 12);
	assert_true(t.filter_owned);
	end(&k);
}

static void get_wants_all(void **state)
{
	static const uint16_t needed[] = {
		NETTRACE_A_VERSION,    NETTRACE_A_ABI,	     NETTRACE_A_NETNS, NETTRACE_A_RING,
		NETTRACE_A_PAYLOAD,    NETTRACE_A_MINISOCKS, NETTRACE_A_HOOKS, NETTRACE_A_MEMORY,
		NETTRACE_A_MEMORY_MAX, NETTRACE_A_READERS,
	};
	struct nt_ctl_trace t;
	struct kernel k;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(needed) / sizeof(needed[0]); i++) {
		struct nt_error err = { "" };

		begin(&k);
		trace_answer(&k, 2, needed[i]);
		ack(&k, 2, 0, NULL);
		assert_int_equal(nt_ctl_get(k.c, &t, &err), -EPROTO);
		assert_says(&err, "rebuild");
		end(&k);
	}
	/* an acknowledgement alone is no answer */
	begin(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, NULL), -EPROTO);
	end(&k);
}

static void wrong_sizes_are_refused(void **state)
{
	struct nt_error err = { "" };
	struct nt_ctl_trace t;
	struct kernel k;
	struct nlattr *a;

	(void)state;
	begin(&k);
	trace_answer(&k, 2, NETTRACE_A_ABI);
	again(&k);
	mnl_attr_put_u16(&k.m.nlh, NETTRACE_A_ABI, 1);
	put(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, &err), -EPROTO);
	end(&k);

	/* an attribute that claims to be longer than the message */
	begin(&k);
	trace_answer(&k, 2, 0);
	again(&k);
	a = mnl_nlmsg_get_payload_offset(&k.m.nlh, sizeof(struct genlmsghdr));
	a->nla_len = 5000;
	put(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, &err), -EPROTO);
	end(&k);

	/* a text that is too long, a number that the enum has not */
	begin(&k);
	trace_answer(&k, 2, NETTRACE_A_VERSION);
	again(&k);
	mnl_attr_put(&k.m.nlh, NETTRACE_A_VERSION, 40, "0123456789012345678901234567890123456789");
	put(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, &err), -EPROTO);
	end(&k);

	begin(&k);
	trace_answer(&k, 2, NETTRACE_A_HOOKS);
	again(&k);
	mnl_attr_put_u32(&k.m.nlh, NETTRACE_A_HOOKS, 9);
	put(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_get(k.c, &t, &err), -EPROTO);
	end(&k);
}

static void refusals_come_in_the_kernels_words(void **state)
{
	struct nt_error err = { "" };
	struct kernel k;

	(void)state;
	begin(&k);
	ack(&k, 2, -EBUSY, "it is \033[1mtraced\n already");
	assert_int_equal(nt_ctl_start(k.c, NULL, &err), -EBUSY);
	assert_says(&err, "cannot start tracing: it is \\x1b[1mtraced\\x0a already");
	ack(&k, 3, -EPERM, NULL);
	assert_int_equal(nt_ctl_stop(k.c, &err), -EPERM);
	assert_says(&err, "CAP_NET_ADMIN: run with sudo");
	ack(&k, 4, -ENOSPC, NULL);
	assert_int_equal(nt_ctl_stop(k.c, &err), -ENOSPC);
	assert_says(&err, "cannot stop tracing: No space left");
	ack(&k, 5, 77, NULL); /* errors are negative */
	assert_int_equal(nt_ctl_stop(k.c, &err), -EPROTO);
	end(&k);
}

static void start_sends_what_is_set(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct nt_ctl_settings set = { .payload = -1, .hooks = -1, .timers = -1, .calls = -1 };
	struct kernel k;
	uint32_t v;

	(void)state;
	begin(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_start(k.c, &set, NULL), 0);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_START);
	assert_null(a[NETTRACE_A_RING]);
	assert_null(a[NETTRACE_A_PAYLOAD]);
	assert_null(a[NETTRACE_A_MINISOCKS]);
	assert_null(a[NETTRACE_A_HOOKS]);
	assert_null(a[NETTRACE_A_TIMERS]);
	assert_null(a[NETTRACE_A_CALLS]);
	set = (struct nt_ctl_settings){ 1024, 512, 0, NT_HOOKS_DEFAULT, 1, 0 };
	ack(&k, 3, 0, NULL);
	assert_int_equal(nt_ctl_start(k.c, &set, NULL), 0);
	asked(&k, 3, a);
	assert_true(nt_ctl_u32(a[NETTRACE_A_RING], &v) && v == 1024);
	assert_true(nt_ctl_u32(a[NETTRACE_A_MINISOCKS], &v) && v == 512);
	assert_true(nt_ctl_u32(a[NETTRACE_A_PAYLOAD], &v) && v == 0);
	assert_true(nt_ctl_u32(a[NETTRACE_A_HOOKS], &v) && v == 0);
	assert_true(nt_ctl_u32(a[NETTRACE_A_TIMERS], &v) && v == 1);
	assert_true(nt_ctl_u32(a[NETTRACE_A_CALLS], &v) && v == 0);
	end(&k);
}

static void a_reader_asks_for_itself(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct kernel k;
	uint32_t v;

	(void)state;
	begin(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_ask(k.c, false, true, NULL), 0);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_SET);
	assert_null(a[NETTRACE_A_TIMERS]);
	assert_true(nt_ctl_u32(a[NETTRACE_A_CALLS], &v) && v == 1);
	assert_non_null(a[NETTRACE_A_WHILE_READING]);
	end(&k);
}

static void a_reader_asks_for_routes(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct kernel k;
	uint32_t v;

	(void)state;
	begin(&k);
	ack(&k, 2, -EINVAL, NULL);
	/* an older module does not know them */
	assert_int_equal(nt_ctl_ask_routes(k.c, NULL), -EINVAL);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_SET);
	assert_null(a[NETTRACE_A_CALLS]);
	assert_true(nt_ctl_u32(a[NETTRACE_A_ROUTES], &v) && v == 1);
	assert_non_null(a[NETTRACE_A_WHILE_READING]);
	end(&k);
}

static void filters_are_sent_whole(void **state)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	const struct sock_filter *prog;
	struct nt_filter *f;
	struct kernel k;
	unsigned int n;

	(void)state;
	assert_int_equal(nt_filter_compile(&f, "tcp port 80 or arp", NULL), 0);
	prog = nt_filter_program(f, &n);
	begin(&k);
	ack(&k, 2, 0, NULL);
	assert_int_equal(nt_ctl_filter(k.c, f, true, NULL), 0);
	assert_int_equal(asked(&k, 2, a), NETTRACE_CMD_SET);
	assert_int_equal(mnl_attr_get_payload_len(a[NETTRACE_A_FILTER]), n * sizeof(*prog));
	assert_memory_equal(mnl_attr_get_payload(a[NETTRACE_A_FILTER]), prog, n * sizeof(*prog));
	assert_non_null(a[NETTRACE_A_FILTER_OWNED]);
	ack(&k, 3, 0, NULL);
	assert_int_equal(nt_ctl_filter(k.c, NULL, false, NULL), 0);
	asked(&k, 3, a);
	assert_int_equal(mnl_attr_get_payload_len(a[NETTRACE_A_FILTER]), 0);
	assert_null(a[NETTRACE_A_FILTER_OWNED]);
	end(&k);
	nt_filter_free(f);
}

/* the kernel that runs the tests has no module */
static void not_loaded_is_said(void **state)
{
	struct nt_error err = { "" };
	struct nt_ctl *c;

	(void)state;
	assert_int_not_equal(access("/sys/module/nettrace", F_OK), 0);
	assert_int_equal(nt_ctl_open(&c, -1, &err), -ENOENT);
	assert_null(c);
	assert_says(&err, "not loaded");
	assert_says(&err, "insmod");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(get_takes_all),
		cmocka_unit_test(get_wants_all),
		cmocka_unit_test(wrong_sizes_are_refused),
		cmocka_unit_test(refusals_come_in_the_kernels_words),
		cmocka_unit_test(start_sends_what_is_set),
		cmocka_unit_test(a_reader_asks_for_itself),
		cmocka_unit_test(a_reader_asks_for_routes),
		cmocka_unit_test(filters_are_sent_whole),
		cmocka_unit_test(not_loaded_is_said),
	};

	return cmocka_run_group_tests_name("ctl", tests, NULL, NULL);
}
