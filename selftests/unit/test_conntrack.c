// SPDX-License-Identifier: GPL-2.0-only
/*
 * Conntrack's messages as bytes, where its modules are looked for, and its entries beside
 * what was inferred of NAT.
 *
 * The answers are a kernel's (Debian 6.1, destination and source NAT on a router); beside
 * each stands what `conntrack -L -o extended,id` said of the same entry.
 */
#include "support.h"

#include <errno.h>
#include <linux/netlink.h>
#include <sys/stat.h>
#include <unistd.h>

#include "conntrack.h"
#include "describe.h"
#include "names.h"
#include "path.h"
#include "render.h"
#include "schema.h"
#include "ways.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

#include "conntrack_bytes.h"

static struct nt_addr addr(const char *text, uint16_t port)
{
	bool v6 = strchr(text, ':');
	struct nt_addr a = { .family = v6 ? NETTRACE_IPV6 : NETTRACE_IPV4, .port = port };

	assert_int_equal(inet_pton(v6 ? AF_INET6 : AF_INET, text, a.b), 1);
	return a;
}

static struct nt_ct_tuple tuple(uint8_t proto, const char *src, uint16_t sport, const char *dst,
				uint16_t dport)
{
	struct nt_ct_tuple t = { .proto = proto, .src = addr(src, sport), .dst = addr(dst, dport) };

	return t;
}

static struct nt_ct_tuple asked_for(const struct sample *s)
{
	struct nt_ct_tuple t = tuple(s->proto, s->asked[0], s->aport[0], s->asked[1], s->aport[1]);

	t.icmp_type = s->type;
	return t;
}

static void assert_tuple(const struct nt_ct_tuple *is, const struct nt_ct_tuple *want)
{
	assert_int_equal(is->proto, want->proto);
	assert_int_equal(is->icmp_type, want->icmp_type);
	assert_memory_equal(is->src.b, want->src.b, 16);
	assert_memory_equal(is->dst.b, want->dst.b, 16);
	assert_int_equal(is->src.port, want->src.port);
	assert_int_equal(is->dst.port, want->dst.port);
	assert_true(nt_ct_tuple_eq(is, want));
}

/* headers of messages and attributes are in the machine's order; these are a PC's */
static void only_little_endian(void)
{
	if (htons(1) == 1)
		skip();
}

/* what we ask is what the kernel was asked when it gave these answers */
static void test_request(void **state)
{
	uint8_t buf[NT_CONNTRACK_REQUEST];
	size_t i;

	(void)state;
	only_little_endian();
	for (i = 0; i < NSAMPLES; i++) {
		const struct sample *s = &sample[i];
		struct nt_ct_tuple t = asked_for(s);

		assert_int_equal(nt_conntrack_put(buf, s->seq, &t), s->nask);
		assert_memory_equal(buf, s->ask, s->nask);
	}
}

static void test_answer(void **state)
{
	struct nt_ct e;
	size_t i;

	(void)state;
	only_little_endian();
	for (i = 0; i < NSAMPLES; i++) {
		const struct sample *s = &sample[i];
		struct nt_ct_tuple t = asked_for(s);
		struct nt_ct_tuple orig =
			tuple(s->proto, s->orig[0], s->oport[0], s->orig[1], s->oport[1]);
		struct nt_ct_tuple reply =
			tuple(s->proto, s->reply[0], s->rport[0], s->reply[1], s->rport[1]);

		orig.icmp_type = s->orig_type;
		reply.icmp_type = s->reply_type;
		assert_int_equal(nt_conntrack_take(s->answer, s->nanswer, s->seq, &t, &e), 0);
		assert_tuple(&e.orig, &orig);
		assert_tuple(&e.reply, &reply);
		assert_int_equal(e.has_state, s->proto == IPPROTO_TCP);
		if (e.has_state)
			assert_string_equal(nt_ct_state_name(e.state), s->state);
		assert_true(e.has_timeout);
		assert_int_equal(e.timeout_s, s->left);
		assert_int_equal(e.id, s->id);
		assert_int_equal(e.mark, 0);
		/* not of another request, nor of other addresses */
		assert_int_equal(nt_conntrack_take(s->answer, s->nanswer, s->seq + 1, &t, &e),
				 -EAGAIN);
		t.dst.port++;
		assert_int_equal(nt_conntrack_take(s->answer, s->nanswer, s->seq, &t, &e),
				 -EBADMSG);
	}
}

/* every length that it may be cut at, and every byte that may be another: no read outside,
 * and no entry of other addresses
 */
static void test_damaged(void **state)
{
	const struct sample *s = &sample[0];
	struct nt_ct_tuple t = asked_for(s);
	struct nt_ct e;
	uint8_t *copy;
	size_t i, bit;
	int ret;

	(void)state;
	only_little_endian();
	for (i = 0; i < s->nanswer; i++) {
		copy = malloc(i ? i : 1);
		assert_non_null(copy);
		memcpy(copy, s->answer, i);
		assert_int_equal(nt_conntrack_take(copy, i, s->seq, &t, &e), -EBADMSG);
		free(copy);
		for (bit = 0; bit < 8; bit++) {
			copy = malloc(s->nanswer);
			assert_non_null(copy);
			memcpy(copy, s->answer, s->nanswer);
			copy[i] ^= 1u << bit;
			ret = nt_conntrack_take(copy, s->nanswer, s->seq, &t, &e);
			if (!ret)
				assert_true(nt_ct_tuple_eq(&e.orig, &t) ||
					    nt_ct_tuple_eq(&e.reply, &t));
			free(copy);
		}
	}
}

/* what a kernel refuses is its own errno; nonsense is no errno */
static void test_refused(void **state)
{
	const struct sample *s = &sample[0];
	struct nt_ct_tuple t = asked_for(s);
	struct {
		struct nlmsghdr h;
		struct nlmsgerr e;
	} msg = { .h = { .nlmsg_len = sizeof(msg), .nlmsg_type = NLMSG_ERROR, .nlmsg_seq = 9 } };
	static const struct {
		int error, is;
	} r[] = {
		{ -ENOENT, -ENOENT }, { -EPERM, -EPERM },  { -EOPNOTSUPP, -EOPNOTSUPP },
		{ 0, -EBADMSG }, /* an answer was asked for, not an acknowledgement */
		{ 5, -EBADMSG },      { -5000, -EBADMSG },
	};
	struct nt_ct e;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(r) / sizeof(r[0]); i++) {
		msg.e.error = r[i].error;
		assert_int_equal(nt_conntrack_take(&msg, sizeof(msg), 9, &t, &e), r[i].is);
	}
	msg.h.nlmsg_type = 0x7777;
	assert_int_equal(nt_conntrack_take(&msg, sizeof(msg), 9, &t, &e), -EBADMSG);
}

static void put_file(const char *path, const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	assert_int_equal(fclose(f), 0);
}

static void test_ready(void **state)
{
	char dir[] = "/tmp/nt-ct-XXXXXX", modules[64], table[96], netlink[96], builtin[64];
	const struct nt_conntrack_paths paths = { modules, builtin };
	struct nt_error err = { "" };

	(void)state;
	assert_non_null(mkdtemp(dir));
	snprintf(modules, sizeof(modules), "%s/module", dir);
	snprintf(builtin, sizeof(builtin), "%s/builtin", dir);
	snprintf(table, sizeof(table), "%s/nf_conntrack", modules);
	snprintf(netlink, sizeof(netlink), "%s/nf_conntrack_netlink", modules);
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_FAILED);
	assert_says(&err, modules);
	assert_int_equal(mkdir(modules, 0700), 0);
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_NOT_LOADED);
	assert_says(&err, "nf_conntrack is not loaded");
	assert_int_equal(mkdir(table, 0700), 0);
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_NO_NETLINK);
	assert_says(&err, "'modprobe nf_conntrack_netlink'");
	put_file(builtin, "kernel/net/netfilter/nf_conntrack.ko\n"
			  "kernel/net/netfilter/xnf_conntrack_netlink.ko\n");
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_NO_NETLINK);
	put_file(builtin, "kernel/net/core/x.ko\n"
			  "kernel/net/netfilter/nf_conntrack_netlink.ko\n");
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_FOUND);
	assert_int_equal(unlink(builtin), 0);
	assert_int_equal(mkdir(netlink, 0700), 0);
	assert_int_equal(nt_conntrack_ready(&paths, &err), NT_CT_FOUND);
	rmdir(netlink);
	rmdir(table);
	rmdir(modules);
	rmdir(dir);
}

/* an entry of the router, for what ways.h sends through it */
static struct nt_conv_ct entry(const char *vip, const char *server, const char *client,
			       const char *router)
{
	struct nt_conv_ct ct = { .t = T0 + 1, .source = ROUTER, .outcome = NT_CT_FOUND };

	ct.ct.orig = tuple(IPPROTO_TCP, client, 40312, vip, 80);
	ct.ct.reply = tuple(IPPROTO_TCP, server, 80, router, 40312);
	ct.ct.status = 0x2 | 0x4 | 0x8;
	ct.ct.state = 3;
	ct.ct.has_state = ct.ct.has_timeout = true;
	ct.ct.timeout_s = 431999;
	ct.ct.id = 77;
	return ct;
}

static struct nt_model *translated(const struct nt_conv_ct *ct)
{
	struct nt_model *m = nt_model_new(0, NULL);
	uint32_t id;

	assert_non_null(m);
	ways_feed(m, nat, sizeof(nat) / sizeof(nat[0]));
	assert_int_equal(nt_model_nconv(m), 3);
	for (id = 1; id <= 3; id++)
		assert_int_equal(nt_model_ct(m, id, ct), 0);
	return m;
}

static void verdicts(const struct nt_model *m, size_t i, enum nt_ct_verdict client,
		     enum nt_ct_verdict server)
{
	const struct nt_conv *c = nt_model_conv(m, i);
	const struct nt_addr *is;

	assert_int_equal(nt_conv_nat_verdict(c, 0, &is), client);
	assert_int_equal(nt_conv_nat_verdict(c, 1, &is), server);
}

static void test_agrees(void **state)
{
	struct nt_conv_ct ct = entry("10.0.9.9", "10.0.2.2", "10.0.1.1", "10.0.2.1");
	struct nt_model *m = translated(&ct);
	struct nt_path p;
	char text[256];

	(void)state;
	verdicts(m, 0, NT_CT_UNASKED, NT_CT_AGREES);
	verdicts(m, 1, NT_CT_AGREES, NT_CT_AGREES);
	verdicts(m, 2, NT_CT_AGREES, NT_CT_UNASKED);
	assert_false(nt_conv_nat_open(nt_model_conv(m, 1)));
	assert_int_equal(nt_ct_places(&ct.ct, nt_model_conv(m, 0), NULL), NT_CT_CLIENT_SIDE);
	assert_int_equal(nt_ct_places(&ct.ct, nt_model_conv(m, 1), NULL), NT_CT_BETWEEN);
	assert_int_equal(nt_ct_places(&ct.ct, nt_model_conv(m, 2), NULL), NT_CT_SERVER_SIDE);
	assert_true(nt_describe_nat(text, sizeof(text), nt_model_conv(m, 0), 1, "netns r"));
	assert_string_equal(text, "server translated to 10.0.2.2:80 by NAT in netns r: the same as "
				  "#2 (observed: conntrack)");
	nt_path_of(&p, m, nt_model_conv(m, 0), nt_conv_arrow(nt_model_conv(m, 0), 1));
	assert_int_equal(p.nas, 3);
	assert_int_equal(p.nat[0].ct, NT_CT_AGREES);
	assert_int_equal(p.nat[1].ct, NT_CT_AGREES);
	nt_model_free(m);
}

static void test_disagrees(void **state)
{
	struct nt_conv_ct ct = entry("10.0.9.9", "10.0.2.3", "10.0.1.1", "10.0.2.1");
	struct nt_model *m = translated(&ct);
	const struct nt_addr *is;
	struct nt_path p;
	char text[256];

	(void)state;
	verdicts(m, 0, NT_CT_UNASKED, NT_CT_DISAGREES);
	/* the source is translated as was inferred, the destination is not */
	verdicts(m, 1, NT_CT_DISAGREES, NT_CT_AGREES);
	verdicts(m, 2, NT_CT_AGREES, NT_CT_UNASKED);
	assert_true(nt_conv_nat_open(nt_model_conv(m, 1)));
	assert_int_equal(nt_conv_nat_verdict(nt_model_conv(m, 0), 1, &is), NT_CT_DISAGREES);
	assert_memory_equal(is->b, "\x0a\0\2\3", 4);
	assert_true(nt_describe_nat(text, sizeof(text), nt_model_conv(m, 0), 1, ""));
	assert_string_equal(text, "~server translated to 10.0.2.2:80 by NAT: the same as #2 "
				  "(but conntrack has 10.0.2.3:80)");
	nt_path_of(&p, m, nt_model_conv(m, 0), nt_conv_arrow(nt_model_conv(m, 0), 1));
	assert_int_equal(p.nat[0].ct, NT_CT_DISAGREES);
	assert_memory_equal(p.nat[0].has.b, "\x0a\0\2\3", 4);
	assert_int_equal(p.nat[1].ct, NT_CT_AGREES);
	/* another answer takes its place: that there is none is nothing against it */
	ct.outcome = NT_CT_NONE;
	assert_int_equal(nt_model_ct(m, 1, &ct), 0);
	assert_int_equal(nt_model_conv(m, 0)->nct, 1);
	verdicts(m, 0, NT_CT_UNASKED, NT_CT_MISSING);
	ct.outcome = NT_CT_NO_NETLINK;
	assert_int_equal(nt_model_ct(m, 1, &ct), 0);
	verdicts(m, 0, NT_CT_UNASKED, NT_CT_UNASKED);
	assert_int_equal(nt_model_ct(m, 4, &ct), -ENOENT);
	nt_model_free(m);
}

/* the entry's server spoke first here: it is the same connection, the other way round */
static void test_turned(void **state)
{
	struct nt_conv_ct ct = entry("10.0.1.1", "10.0.1.1", "10.0.2.2", "10.0.2.2");
	struct nt_model *m = nt_model_new(0, NULL);
	const struct nt_addr *is, *from, *to;
	bool turned;

	(void)state;
	assert_non_null(m);
	ways_feed(m, routed, 7);
	/* who is the client here (10.0.1.1:40312) is the server there */
	ct.ct.orig.src.port = 80;
	ct.ct.orig.dst.port = 40312;
	ct.ct.reply.src = addr("10.0.9.1", 40312); /* and is translated */
	ct.ct.reply.dst.port = 80;
	assert_int_equal(nt_ct_places(&ct.ct, nt_model_conv(m, 0), &turned), NT_CT_CLIENT_SIDE);
	assert_true(turned);
	assert_int_equal(nt_model_ct(m, 1, &ct), 0);
	assert_true(nt_model_conv(m, 0)->ct[0].turned);
	/* end 0 is on the entry's client side what it is here, and on the other 10.0.9.1 */
	to = &nt_model_conv(m, 0)->end[0].addr;
	from = &ct.ct.reply.src;
	assert_int_equal(nt_ct_judge(&nt_model_conv(m, 0)->ct[0], 0, from, to, &is), NT_CT_AGREES);
	assert_int_equal(nt_ct_judge(&nt_model_conv(m, 0)->ct[0], 0, to, from, &is),
			 NT_CT_DISAGREES);
	nt_model_free(m);
}

static void test_full(void **state)
{
	struct nt_conv_ct ct = entry("10.0.9.9", "10.0.2.2", "10.0.1.1", "10.0.2.1");
	struct nt_model *m = translated(&ct);
	unsigned int i;

	(void)state;
	for (i = 1; i < NT_CONV_CT_MAX; i++) {
		ct.source = (uint16_t)(100 + i);
		assert_int_equal(nt_model_ct(m, 1, &ct), 0);
	}
	ct.source = 99;
	assert_int_equal(nt_model_ct(m, 1, &ct), -ENOSPC);
	nt_model_free(m);
}

static char *drawn(const struct nt_model *m, const struct nt_format *f, int width)
{
	struct nt_view v = { .width = width, .unicode = true };
	size_t i, size;
	char *text;

	v.netns[ROUTER] = "r";
	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	for (i = 0; i < nt_model_nconv(m); i++)
		f->list(&v, nt_model_conv(m, i));
	assert_int_equal(f->conv ? f->conv(&v, m, nt_model_conv(m, 0)) : 0, 0);
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void test_drawn(void **state)
{
	struct nt_conv_ct ct = entry("10.0.9.9", "10.0.2.2", "10.0.1.1", "10.0.2.1");
	struct nt_model *m;
	char *text;

	(void)state;
	ct.other = 3;
	m = translated(&ct);
	text = drawn(m, &nt_format_ladder, 300);
	assert_non_null(strstr(
		text,
		"conntrack in netns r, observed: 10.0.1.1:40312 → 10.0.9.9:80, replies 10.0.2.2:80 "
		"→ 10.0.2.1:40312, ESTABLISHED, 431999 s left, SEEN_REPLY ASSURED CONFIRMED; behind "
		"NAT it is #3\n"));
	free(text);
	ct.outcome = NT_CT_NO_RIGHT;
	assert_int_equal(nt_model_ct(m, 1, &ct), 0);
	text = drawn(m, &nt_format_ladder, 300);
	assert_non_null(strstr(text, "   conntrack in netns r: may not be asked\n"));
	free(text);
	nt_model_free(m);
}

static void schema_check(const char *path, const char *lines)
{
	struct schema c = { .root = json_load_file(path, 0, NULL) };
	char *copy = strdup(lines), *line, *at = NULL;
	int n = 0;

	assert_non_null(c.root);
	assert_non_null(copy);
	for (line = strtok_r(copy, "\n", &at); line; line = strtok_r(NULL, "\n", &at)) {
		json_decref(schema_line(&c, line));
		n++;
	}
	assert_true(n > 0);
	free(copy);
	json_decref(c.root);
}

static void test_json(void **state)
{
	struct nt_conv_ct ct = entry("10.0.9.9", "10.0.2.3", "10.0.1.1", "10.0.2.1");
	enum nt_ct_outcome o;
	struct nt_model *m;
	char *text;

	(void)state;
	ct.ct.mark = 5;
	ct.ct.zone = 2;
	ct.other = 3;
	m = translated(&ct);
	text = drawn(m, &nt_format_json, 0);
	schema_check(SCHEMA, text);
	assert_non_null(strstr(text, "\"conntrack\":\"disagrees\""));
	assert_non_null(strstr(text, "\"conntrack_has\":{\"addr\":\"10.0.2.3\",\"port\":80}"));
	assert_non_null(strstr(text, "\"status\":[\"SEEN_REPLY\",\"ASSURED\",\"CONFIRMED\"]"));
	free(text);
	for (o = NT_CT_NONE; o < NT_CT_OUTCOME_MAX; o++) {
		ct.outcome = o;
		assert_int_equal(nt_model_ct(m, 1, &ct), 0);
		text = drawn(m, &nt_format_json, 0);
		schema_check(SCHEMA, text);
		assert_non_null(strstr(text, nt_ct_outcome_name(o)));
		free(text);
	}
	nt_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),	  cmocka_unit_test(test_answer),
		cmocka_unit_test(test_damaged),	  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_ready),	  cmocka_unit_test(test_agrees),
		cmocka_unit_test(test_disagrees), cmocka_unit_test(test_turned),
		cmocka_unit_test(test_full),	  cmocka_unit_test(test_drawn),
		cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests_name("conntrack", tests, NULL, NULL);
}
