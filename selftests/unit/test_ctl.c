// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_ctl.c - ctl*.c against a kernel that is played here, and against the one
 * that runs, which has no module
 *
 * A request's answers are sent ahead: the numbers of requests are 1 (the family),
 * 2, 3, …  What was asked is looked at afterwards.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../module/uapi/nettrace_netlink.h"
#include "../../userspace/ctl_priv.h"
#include "../../userspace/filter.h"
#include "support.h"

#define FAMILY 0x1c

struct kernel {
	int fd;
	struct nt_ctl *c;
	union {
		struct nlmsghdr nlh;
		uint8_t b[16384];
	} m;
};

static struct nlmsghdr *answer(struct kernel *k, uint32_t seq)
{
	struct genlmsghdr *g;

	memset(&k->m, 0, sizeof(k->m));
	mnl_nlmsg_put_header(k->m.b);
	k->m.nlh.nlmsg_type = seq == 1 ? GENL_ID_CTRL : FAMILY;
	k->m.nlh.nlmsg_seq = seq;
	g = mnl_nlmsg_put_extra_header(&k->m.nlh, sizeof(*g));
	g->cmd = 1;
	return &k->m.nlh;
}

static void put(struct kernel *k)
{
	assert_int_equal(send(k->fd, k->m.b, k->m.nlh.nlmsg_len, 0), k->m.nlh.nlmsg_len);
}

/* take back the answer just put, to change it */
static void again(struct kernel *k)
{
	assert_int_equal(recv(k->c->fd, k->m.b, sizeof(k->m.b), 0), k->m.nlh.nlmsg_len);
}

/* @text: in words, as extended acknowledgements do; NULL: none */
static void ack(struct kernel *k, uint32_t seq, int error, const char *text)
{
	struct nlmsgerr *e;

	memset(&k->m, 0, sizeof(k->m));
	mnl_nlmsg_put_header(k->m.b);
	k->m.nlh.nlmsg_type = NLMSG_ERROR;
	k->m.nlh.nlmsg_flags = NLM_F_CAPPED;
	k->m.nlh.nlmsg_seq = seq;
	e = mnl_nlmsg_put_extra_header(&k->m.nlh, sizeof(*e));
	e->error = error;
	e->msg.nlmsg_len = NLMSG_HDRLEN;
	if (text) {
		k->m.nlh.nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(&k->m.nlh, NLMSGERR_ATTR_MSG, text);
	}
	put(k);
}

static void begin(struct kernel *k)
{
	struct nt_error err = { "" };
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	k->fd = fd[0];
	answer(k, 1);
	mnl_attr_put_strz(&k->m.nlh, CTRL_ATTR_FAMILY_NAME, "nettrace");
	mnl_attr_put_u16(&k->m.nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	put(k);
	ack(k, 1, 0, NULL);
	if (nt_ctl_fd(&k->c, fd[1], &err))
		fail_msg("%s", err.text);
}

static void end(struct kernel *k)
{
	nt_ctl_close(k->c);
	close(k->fd);
}

/* the request of that number; its attributes in @a */
static uint8_t asked(struct kernel *k, uint32_t seq, const struct nlattr **a)
{
	struct nt_attrs t = { a, NETTRACE_A_MAX };
	ssize_t n;

	do {
		n = recv(k->fd, k->m.b, sizeof(k->m.b), MSG_DONTWAIT);
		assert_true(n >= (ssize_t)(NLMSG_HDRLEN + sizeof(struct genlmsghdr)));
		assert_int_equal(k->m.nlh.nlmsg_len, n);
	} while (k->m.nlh.nlmsg_seq != seq);
	assert_int_equal(k->m.nlh.nlmsg_type, FAMILY);
	assert_int_equal(k->m.nlh.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	nt_ctl_attrs(&k->m.nlh, &t);
	return ((struct genlmsghdr *)mnl_nlmsg_get_payload(&k->m.nlh))->cmd;
}

/* what get answers, less the attribute @without */
static void trace_answer(struct kernel *k, uint32_t seq, uint16_t without)
{
	struct nlmsghdr *nlh = answer(k, seq);

	if (without != NETTRACE_A_VERSION)
		mnl_attr_put_strz(nlh, NETTRACE_A_VERSION, "0.2.0");
	if (without != NETTRACE_A_ABI)
		mnl_attr_put_u32(nlh, NETTRACE_A_ABI, 1);
	if (without != NETTRACE_A_NETNS)
		mnl_attr_put_u32(nlh, NETTRACE_A_NETNS, 4026531840u);
	mnl_attr_put(nlh, NETTRACE_A_TRACING, 0, NULL);
	if (without != NETTRACE_A_RING)
		mnl_attr_put_u32(nlh, NETTRACE_A_RING, 4096);
	if (without != NETTRACE_A_PAYLOAD)
		mnl_attr_put_u32(nlh, NETTRACE_A_PAYLOAD, 64);
	if (without != NETTRACE_A_MINISOCKS)
		mnl_attr_put_u32(nlh, NETTRACE_A_MINISOCKS, 8192);
	if (without != NETTRACE_A_HOOKS)
		mnl_attr_put_u32(nlh, NETTRACE_A_HOOKS, NETTRACE_HOOKS_PATH);
	if (without != NETTRACE_A_MEMORY)
		mnl_attr_put_u64(nlh, NETTRACE_A_MEMORY, 1ull << 33);
	if (without != NETTRACE_A_MEMORY_MAX)
		mnl_attr_put_u64(nlh, NETTRACE_A_MEMORY_MAX, 1ull << 34);
	if (without != NETTRACE_A_READERS)
		mnl_attr_put_u32(nlh, NETTRACE_A_READERS, 2);
	mnl_attr_put_u32(nlh, NETTRACE_A_FILTER_LEN, 12);
	mnl_attr_put(nlh, NETTRACE_A_FILTER_OWNED, 0, NULL);
	mnl_attr_put_u32(nlh, NETTRACE_A_MAX + 7, 1); /* of a newer module */
	put(k);
}

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
		cmocka_unit_test(counters_come_in_pieces),
		cmocka_unit_test(sockets_are_checked),
		cmocka_unit_test(timers_are_checked),
		cmocka_unit_test(any_bytes_are_survived),
		cmocka_unit_test(not_loaded_is_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
