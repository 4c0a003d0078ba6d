// SPDX-License-Identifier: GPL-2.0-only
/*
 * Looking through conntrack's table: what is asked, what is taken of the answer, and what
 * is said of an entry of a zone, of several, and by an explanation.
 *
 * The entries are a kernel's (conntrack_bytes.h); zones are put into them here.
 */
#include "support.h"

#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>
#include <linux/netlink.h>
#include <locale.h>
#include <unistd.h>

#include "conntrack.h"
#include "describe.h"
#include "render.h"
#include "ways.h"

#include "conntrack_bytes.h"

#define SEQ 77

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
	return (struct nt_ct_tuple){
		.proto = proto,
		.src = addr(src, sport),
		.dst = addr(dst, dport),
	};
}

/* the attribute of that type among those of a message, or in a nest */
static const struct nlattr *attr_of(const struct nlmsghdr *nlh, uint16_t type)
{
	const struct nlattr *a;

	mnl_attr_for_each(a, nlh, sizeof(struct nfgenmsg))
		if (mnl_attr_get_type(a) == type)
			return a;
	return NULL;
}

static const struct nlattr *attr_in(const struct nlattr *nest, uint16_t type)
{
	const struct nlattr *a;

	assert_non_null(nest);
	mnl_attr_for_each_nested(a, nest)
		if (mnl_attr_get_type(a) == type)
			return a;
	return NULL;
}

/* a dump, filtered by one source; by IPv6 addresses some kernels filter wrongly */
static void test_request(void **state)
{
	static const struct {
		uint8_t proto;
		const char *src, *dst;
		uint32_t flags; /* address 1, protocol 8, source port 16 */
	} r[] = {
		{ IPPROTO_TCP, "10.0.1.1", "10.0.9.9", 1 | 8 | 16 },
		{ IPPROTO_UDP, "fd00:1::1", "fd00:9::9", 8 | 16 },
		{ IPPROTO_ICMP, "10.0.1.1", "10.0.9.9", 1 | 8 },
		{ IPPROTO_ICMPV6, "fd00:1::1", "fd00:9::9", 8 },
	};
	uint8_t buf[NT_CONNTRACK_REQUEST] __attribute__((aligned(4)));
	const struct nlmsghdr *nlh = (const struct nlmsghdr *)buf;
	const struct nlattr *flags;
	size_t i;
	size_t len;
	int reply;

	(void)state;
	for (i = 0; i < 2 * sizeof(r) / sizeof(r[0]); i++) {
		struct nt_ct_tuple t = tuple(r[i / 2].proto, r[i / 2].src, 4000, r[i / 2].dst, 80);

		reply = i & 1;
		len = nt_conntrack_put_walk(buf, SEQ, &t, reply);
		assert_int_equal(len, nlh->nlmsg_len);
		assert_int_equal(nlh->nlmsg_type, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET);
		assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST | NLM_F_DUMP);
		assert_int_equal(nlh->nlmsg_seq, SEQ);
		assert_non_null(attr_of(nlh, reply ? CTA_TUPLE_REPLY : CTA_TUPLE_ORIG));
		assert_null(attr_of(nlh, reply ? CTA_TUPLE_ORIG : CTA_TUPLE_REPLY));
		flags = attr_in(attr_of(nlh, CTA_FILTER),
				reply ? CTA_FILTER_REPLY_FLAGS : CTA_FILTER_ORIG_FLAGS);
		assert_non_null(flags);
		assert_int_equal(mnl_attr_get_u32(flags), r[i / 2].flags);
	}
	len = nt_conntrack_put_count(buf, SEQ);
	assert_int_equal(len, nlh->nlmsg_len);
	assert_int_equal(nlh->nlmsg_type, NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS);
	assert_int_equal(nlh->nlmsg_flags, NLM_F_REQUEST);
}

/* sample @i as a part of a dump, of a zone, under another identifier; its length */
static size_t entry_at(uint8_t *buf, size_t i, uint16_t zone, bool one_way, uint32_t id)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;
	struct nlattr *orig;
	const uint8_t z[8] = { 6, 0, one_way ? CTA_TUPLE_ZONE : CTA_ZONE, 0, zone >> 8, zone };
	size_t len = sample[i].nanswer, at = len;

	memcpy(buf, sample[i].answer, len);
	if (zone && one_way) { /* at the end of the nest that comes first */
		orig = (struct nlattr *)(buf + sizeof(*nlh) + sizeof(struct nfgenmsg));
		at = (size_t)((uint8_t *)orig - buf) + orig->nla_len;
		orig->nla_len += sizeof(z);
	}
	if (zone) {
		memmove(buf + at + sizeof(z), buf + at, len - at);
		memcpy(buf + at, z, sizeof(z));
		len += sizeof(z);
	}
	nlh->nlmsg_len = (uint32_t)len;
	nlh->nlmsg_seq = SEQ;
	nlh->nlmsg_flags = NLM_F_MULTI;
	id = htonl(id);
	memcpy(mnl_attr_get_payload(attr_of(nlh, CTA_ID)), &id, sizeof(id));
	return MNL_ALIGN(len);
}

static size_t done_at(uint8_t *buf)
{
	struct nlmsghdr *nlh = (struct nlmsghdr *)buf;

	memset(buf, 0, 20);
	nlh->nlmsg_len = 20;
	nlh->nlmsg_type = NLMSG_DONE;
	nlh->nlmsg_flags = NLM_F_MULTI;
	nlh->nlmsg_seq = SEQ;
	return 20;
}

static bool is_tcp(const void *arg, const struct nt_ct *e)
{
	(void)arg;
	return e->orig.proto == IPPROTO_TCP;
}

static int take(const void *buf, size_t len, struct nt_ct_walk *w)
{
	return nt_conntrack_take_walk(buf, len, SEQ, is_tcp, NULL, w);
}

/* what fits is counted once, what does not is left out, whatever zone it has */
static void test_take(void **state)
{
	union {
		struct nlmsghdr nlh;
		uint8_t b[4096];
	} m = { .b = { 0 } };
	struct nt_ct_walk w = { 0 };
	size_t n;

	(void)state;
	if (htons(1) == 1)
		skip();
	n = entry_at(m.b, 2, 0, false, 1); /* ICMP */
	n += entry_at(m.b + n, 4, 5, false, 2);
	assert_int_equal(take(m.b, n, &w), 0);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.entry.zone, 5);
	assert_int_equal(w.entry.orig.dst.port, 8081);
	n = entry_at(m.b, 4, 5, false, 2); /* the same again */
	n += done_at(m.b + n);
	assert_int_equal(take(m.b, n, &w), 1);
	assert_int_equal(w.n, 1);
	assert_int_equal(w.seen, 3);
	n = entry_at(m.b, 4, 6, false, 3); /* another one */
	assert_int_equal(take(m.b, n, &w), 0);
	assert_int_equal(w.n, 2);
	assert_int_equal(w.entry.zone, 5);
	/* of another question, as after one that was broken off */
	m.nlh.nlmsg_seq = SEQ - 1;
	assert_int_equal(take(m.b, n, &w), 0);
	assert_int_equal(w.seen, 4);
	/* the zone of one direction alone stands in its tuple */
	memset(&w, 0, sizeof(w));
	n = entry_at(m.b, 4, 7, true, 4);
	assert_int_equal(take(m.b, n, &w), 0);
	assert_int_equal(w.entry.zone, 7);
	assert_int_equal(w.entry.orig.src.port, 37110);
	/* who does not filter gives all, and is not listened to for ever */
	for (w.seen = 0; w.seen < NT_CONNTRACK_SEEN_MAX;)
		assert_int_equal(take(m.b, n, &w), 0);
	assert_int_equal(take(m.b, n, &w), -EFBIG);
}

static void test_damaged(void **state)
{
	union {
		struct nlmsghdr nlh;
		uint8_t b[2048];
	} m = { .b = { 0 } };
	struct nlmsgerr *e = mnl_nlmsg_get_payload(&m.nlh);
	struct nt_ct_walk w;
	uint8_t *copy;
	size_t n, i;

	(void)state;
	if (htons(1) == 1)
		skip();
	memset(&m, 0, sizeof(m));
	n = entry_at(m.b, 4, 7, true, 4);
	n += entry_at(m.b + n, 5, 5, false, 5);
	for (i = 0; i < n; i++) {
		memset(&w, 0, sizeof(w));
		copy = malloc(i ? i : 1);
		assert_non_null(copy);
		memcpy(copy, m.b, i);
		assert_int_equal(take(copy, i, &w), i < m.nlh.nlmsg_len ? -EBADMSG : 0);
		assert_int_equal(w.n, i >= m.nlh.nlmsg_len);
		memcpy(copy, m.b, i);
		if (i >= m.nlh.nlmsg_len) { /* each byte another */
			copy[i - m.nlh.nlmsg_len] ^= 0xff;
			take(copy, i, &w);
		}
		free(copy);
	}
	memset(&m, 0, sizeof(m));
	m.nlh.nlmsg_len = sizeof(m.nlh) + sizeof(*e);
	m.nlh.nlmsg_type = NLMSG_ERROR;
	m.nlh.nlmsg_seq = SEQ;
	e->error = -EBUSY;
	assert_int_equal(take(m.b, m.nlh.nlmsg_len, &w), -EBUSY);
	m.nlh.nlmsg_type = 0x7777;
	assert_int_equal(take(m.b, m.nlh.nlmsg_len, &w), -EBADMSG);
}

static void test_count(void **state)
{
	uint8_t buf[64] __attribute__((aligned(4)));
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	uint32_t n = 0;
	size_t i, len;

	(void)state;
	nlh->nlmsg_type = NFNL_SUBSYS_CTNETLINK << 8 | IPCTNL_MSG_CT_GET_STATS;
	nlh->nlmsg_seq = SEQ;
	memset(mnl_nlmsg_put_extra_header(nlh, sizeof(struct nfgenmsg)), 0,
	       sizeof(struct nfgenmsg));
	mnl_attr_put_u32(nlh, CTA_STATS_GLOBAL_ENTRIES, htonl(65537));
	len = nlh->nlmsg_len;
	assert_int_equal(nt_conntrack_take_count(buf, len, SEQ, &n), 0);
	assert_int_equal(n, 65537);
	assert_int_equal(nt_conntrack_take_count(buf, len, SEQ + 1, &n), -EAGAIN);
	for (i = 0; i < len; i++)
		assert_int_equal(nt_conntrack_take_count(buf, i, SEQ, &n), -EBADMSG);
	nlh->nlmsg_len = sizeof(*nlh) + sizeof(struct nfgenmsg);
	assert_int_equal(nt_conntrack_take_count(buf, len, SEQ, &n), -EBADMSG);
}

/* the router's entry of what ways.h sends through it, beside each conversation */
static struct nt_model *model_with(enum nt_ct_outcome outcome, uint16_t zone)
{
	struct nt_conv_ct ct = { .t = T0 + 1, .source = ROUTER, .outcome = outcome };
	struct nt_model *m = nt_model_new(0, NULL);
	uint32_t id;

	assert_non_null(m);
	ways_feed(m, nat, sizeof(nat) / sizeof(nat[0]));
	ct.ct.orig = tuple(IPPROTO_TCP, "10.0.1.1", 40312, "10.0.9.9", 80);
	ct.ct.reply = tuple(IPPROTO_TCP, "10.0.2.2", 80, "10.0.2.1", 40312);
	ct.ct.zone = zone;
	for (id = 1; id <= 3; id++)
		assert_int_equal(nt_model_ct(m, id, &ct), 0);
	return m;
}

static void assert_explained(const struct nt_model *m, const char *want)
{
	struct nt_view v = { .width = 100, .unicode = true };
	char *text, *from, *to;
	size_t size;

	v.netns[ROUTER] = "r";
	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	assert_int_equal(nt_format_ladder.explain(&v, m, nt_model_conv(m, 0)), 0);
	assert_int_equal(fclose(v.out), 0);
	for (from = to = text; *from; from++) /* lines are cut somewhere */
		if (!strchr(" \n", *from))
			*to++ = *from;
		else if (to > text && to[-1] != ' ')
			*to++ = ' ';
	*to = '\0';
	if (!strstr(text, want))
		fail_msg("no '%s' in: %s", want, text);
	free(text);
}

static void test_explained(void **state)
{
	struct nt_model *m = model_with(NT_CT_FOUND, 5);

	(void)state;
	assert_explained(m, "conntrack in netns r, observed: 10.0.1.1:40312 → 10.0.9.9:80, replies "
			    "10.0.2.2:80 → 10.0.2.1:40312, zone 5");
	assert_explained(m, "NAT changes the destination of the client's packets on the way, "
			    "10.0.9.9:80 becomes 10.0.2.2:80: conntrack's table has it.");
	assert_explained(m, "NAT changes the source of the client's packets on the way, "
			    "10.0.1.1:40312 becomes 10.0.2.1:40312: conntrack's table has it.");
	nt_model_free(m);
	m = model_with(NT_CT_SEVERAL, 0);
	assert_explained(m, "conntrack in netns r: several entries with these addresses, of "
			    "different zones; which one is not known");
	assert_explained(m, "NAT seems to change the server's address on the way, between "
			    "10.0.9.9:80 and 10.0.2.2:80: conversation 2 is the same one there "
			    "(inferred).");
	nt_model_free(m);
	m = model_with(NT_CT_UNSEARCHED, 0);
	assert_explained(m, "conntrack in netns r: no entry by these addresses; its table was not "
			    "looked through for zones");
	nt_model_free(m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),	  cmocka_unit_test(test_take),
		cmocka_unit_test(test_damaged),	  cmocka_unit_test(test_count),
		cmocka_unit_test(test_explained),
	};

	setlocale(LC_ALL, "C.UTF-8");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
