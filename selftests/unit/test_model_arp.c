// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_arp.c - ARP and neighbour discovery: what answers what, what it is
 */
#include "script.h"

#define OUT true
#define IN  false

/* a message as one place sees it; @sha: last byte of the MAC address, 0: none */
struct msg {
	int64_t ms;
	int source;
	bool out;
	int op;
	const char *spa, *tpa;
	int sha;
};

static void mac_of(uint8_t mac[6], int n)
{
	memset(mac, 0, 6);
	mac[0] = n ? 2 : 0;
	mac[5] = (uint8_t)n;
}

static void feed_arp(struct nt_model *m, const struct msg *g)
{
	struct nt_event ev = { .t = SCRIPT_T0 + g->ms * 1000000,
			       .source = (unsigned int)g->source };
	struct nettrace_packet *p = &ev.rec.packet;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_ARP;
	p->hook = g->out ? NETTRACE_ARP_OUT : NETTRACE_ARP_IN;
	p->flags = NETTRACE_PKT_L4 | NETTRACE_PKT_MAC;
	p->arp_op = (uint16_t)g->op;
	assert_int_equal(inet_pton(AF_INET, g->spa, p->src), 1);
	assert_int_equal(inet_pton(AF_INET, g->tpa, p->dst), 1);
	mac_of(p->arp_sha, g->sha);
	memset(p->mac_dst, g->op == 1 ? 0xff : 2, 6);
	/* a reply is to who asked: the tests' askers end in their MAC's number */
	if (g->op == 2)
		mac_of(p->arp_tha, p->dst[3]);
	strcpy(p->dev, "eth0");
	assert_int_equal(nt_model_feed(m, &ev), 0);
}

static void feed_nd(struct nt_model *m, const struct msg *g)
{
	struct nt_event ev = { .t = SCRIPT_T0 + g->ms * 1000000,
			       .source = (unsigned int)g->source };
	struct nettrace_packet *p = &ev.rec.packet;
	bool asks = g->op == 1;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_IPV6;
	p->hook = g->out ? NETTRACE_LOCAL_OUT : NETTRACE_LOCAL_IN;
	p->proto = IPPROTO_ICMPV6;
	p->ttl = 255;
	p->flags = NETTRACE_PKT_L4 | NETTRACE_PKT_ND;
	p->icmp_type = asks ? 135 : 136;
	assert_int_equal(inet_pton(AF_INET6, asks ? g->spa : g->spa, p->src), 1);
	assert_int_equal(inet_pton(AF_INET6, asks ? "ff02::1:ff00:1" : g->tpa, p->dst), 1);
	assert_int_equal(inet_pton(AF_INET6, asks ? g->tpa : g->spa, p->nd_target), 1);
	mac_of(p->nd_lladdr, g->sha);
	strcpy(p->dev, "eth0");
	assert_int_equal(nt_model_feed(m, &ev), 0);
}

static struct script s;

static void run(void (*feed)(struct nt_model *m, const struct msg *g), const struct msg *g,
		size_t n)
{
	size_t i;

	script_begin(&s, "10.0.1.2", "10.0.2.2");
	for (i = 0; i < n; i++)
		feed(s.m, &g[i]);
}

static const char *const kind[] = { "request", "reply", "probe",    "announce",
				    "unasked", "proxy", "conflict", "other" };

/* all of it, a line each: "KIND tries fate delay" */
static const char *told(void)
{
	static const char *const fate[] = { "", " answered", " unanswered" };
	size_t i;

	s.out[0] = '\0';
	for (i = 0; i < nt_model_narp(s.m); i++) {
		const struct nt_arp *a = nt_model_arp(s.m, i);

		script_put(&s, "%s", kind[a->kind]);
		if (a->tries)
			script_put(&s, " %u", a->tries);
		script_put(&s, "%s", fate[a->fate]);
		if (a->delay >= 0)
			script_put(&s, " %d", (int)(a->delay / 1000000));
		if (a->kind == NT_ARP_CONFLICT)
			script_put(&s, " with %d", a->other[5]);
		script_put(&s, "\n");
	}
	return s.out;
}

#define RUN(feed, msgs) run(feed, msgs, sizeof(msgs) / sizeof((msgs)[0]))

static void test_pair(void **state)
{
	static const struct msg g[] = {
		{ 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 },
		{ 1, 1, IN, 1, "10.0.1.2", "10.0.1.1", 2 },
		{ 2, 0, OUT, 1, "10.0.1.2", "10.0.1.9", 2 }, /* another question meanwhile */
		{ 3, 1, OUT, 2, "10.0.1.1", "10.0.1.2", 1 },
		{ 4, 0, IN, 2, "10.0.1.1", "10.0.1.2", 1 },
		{ 1100, 0, OUT, 1, "10.0.1.2", "10.0.1.9", 2 },
		{ 2200, 0, OUT, 1, "10.0.1.2", "10.0.1.9", 2 },
		{ 2250, 0, IN, 2, "10.0.1.9", "10.0.1.2", 9 },
	};

	(void)state;
	RUN(feed_arp, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 answered\n"
				    "request 1 unanswered\n"
				    "reply 1 3\n"
				    "request 2 unanswered\n"
				    "request 3 answered\n"
				    "reply 3 50\n");
	script_end(&s);
}

/* the trace must go on for as long as an answer may take, or the kernel say it */
static void test_unanswered(void **state)
{
	static const struct msg g[] = { { 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 },
					{ 900, 0, OUT, 1, "10.0.1.2", "10.0.1.7", 2 } };
	static const struct msg later = { 1001, 0, OUT, 1, "10.0.1.2", "10.0.1.8", 2 };

	(void)state;
	RUN(feed_arp, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1\nrequest 1\n");
	script_end(&s);
	RUN(feed_arp, g);
	feed_arp(s.m, &later);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 unanswered\nrequest 1\nrequest 1\n");
	script_end(&s);
	RUN(feed_arp, g);
	script_run(&s, "950000 0 NEIGH 10.0.1.7 INCOMPLETE>FAILED what=timer\n"
		       "950001 1 NEIGH 10.0.1.1 INCOMPLETE>FAILED what=timer\n" /* another's */);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1\nrequest 1 unanswered\n");
	script_end(&s);
}

/* RFC 5227: a probe, which nobody answers; then it is announced, twice; and arping -A */
static void test_claims(void **state)
{
	static const struct msg g[] = {
		{ 0, 0, OUT, 1, "0.0.0.0", "10.0.1.2", 2 },
		{ 1000, 0, OUT, 1, "0.0.0.0", "10.0.1.2", 2 },
		{ 3000, 0, OUT, 1, "10.0.1.2", "10.0.1.2", 2 },
		{ 5000, 0, OUT, 1, "10.0.1.2", "10.0.1.2", 2 },
		{ 6000, 0, OUT, 2, "10.0.1.2", "10.0.1.2", 2 },
		{ 7000, 1, IN, 2, "10.0.1.1", "10.0.1.3", 1 }, /* its request was not seen */
	};

	(void)state;
	RUN(feed_arp, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "probe 1 unanswered\nprobe 2\nannounce\nannounce\nunasked\n"
				    "reply\n");
	script_end(&s);
}

static void test_conflict(void **state)
{
	/* two answer one question */
	static const struct msg two[] = {
		{ 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 },
		{ 1, 0, IN, 2, "10.0.1.1", "10.0.1.2", 1 },
		{ 2, 0, IN, 2, "10.0.1.1", "10.0.1.2", 7 },
	};
	/* a probe is answered: the address is taken */
	static const struct msg taken[] = {
		{ 0, 0, OUT, 1, "0.0.0.0", "10.0.1.1", 0 },
		{ 1, 0, IN, 2, "10.0.1.1", "0.0.0.0", 1 },
	};
	/* somebody claims what this host has */
	static const struct msg claimed[] = {
		{ 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 },
		{ 20000, 0, IN, 1, "10.0.1.2", "10.0.1.2", 6 },
	};
	/* long after; on links that do not meet; the same one again: no conflict */
	static const struct msg none[] = {
		{ 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 },
		{ 1, 1, OUT, 1, "10.0.1.2", "10.0.1.1", 6 },
		{ 2, 0, OUT, 1, "10.0.1.2", "10.0.1.3", 2 },
		{ 40000, 0, IN, 1, "10.0.1.2", "10.0.1.2", 5 },
	};

	(void)state;
	RUN(feed_arp, two);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 answered\nreply 1 1\nconflict 1 2 with 1\n");
	script_end(&s);
	RUN(feed_arp, taken);
	nt_model_finish(s.m);
	assert_string_equal(told(), "probe 1 answered\nconflict 1 1 with 0\n");
	script_end(&s);
	RUN(feed_arp, claimed);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 unanswered\nconflict with 2\n");
	script_end(&s);
	RUN(feed_arp, none);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 unanswered\nrequest 1 unanswered\n"
				    "request 1 unanswered\nannounce\n");
	script_end(&s);
}

/* only who was seen to pass on what is for the address answers in its place */
static void test_proxy(void **state)
{
	static const struct msg g[] = {
		{ 0, 0, OUT, 1, "10.0.1.2", "10.0.2.2", 2 },
		{ 1, 1, IN, 1, "10.0.1.2", "10.0.2.2", 2 },
		{ 2, 1, OUT, 2, "10.0.2.2", "10.0.1.2", 1 },
		{ 3, 0, IN, 2, "10.0.2.2", "10.0.1.2", 1 },
	};

	(void)state;
	RUN(feed_arp, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 answered\nreply 1 2\n");
	script_end(&s);
	RUN(feed_arp, g);
	/* another namespace does, and this one something else */
	script_run(&s, "4000 2 FWD c>s SYN seq=1 id=1\n"
		       "4000 1 FWD s>c SYN,ACK seq=1 ack=2 id=1\n");
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 answered\nreply 1 2\n");
	script_end(&s);
	RUN(feed_arp, g);
	script_run(&s, "4000 1 FWD c>s SYN seq=1 id=1\n");
	nt_model_finish(s.m);
	assert_string_equal(told(), "request 1 answered\nproxy 1 2\n");
	script_end(&s);
}

/* IPv6: the same by ICMPv6, whose packets stay what they are */
static void test_nd(void **state)
{
	static const struct msg g[] = {
		{ 0, 0, OUT, 1, "::", "fe80::1", 0 }, /* RFC 4862: is it free */
		{ 10, 0, OUT, 1, "fd00::2", "fd00::1", 2 },
		{ 11, 1, IN, 1, "fd00::2", "fd00::1", 2 },
		{ 12, 1, OUT, 2, "fd00::1", "fd00::2", 1 },
		{ 13, 0, IN, 2, "fd00::1", "fd00::2", 1 },
		{ 20, 1, OUT, 2, "fd00::1", "ff02::1", 1 },
		{ 30, 0, IN, 2, "fd00::1", "ff02::1", 7 },
	};
	const struct nt_arp *a;

	(void)state;
	RUN(feed_nd, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "probe 1\nrequest 1 answered\nreply 1 2\nunasked\n"
				    "conflict with 1\n");
	a = nt_model_arp(s.m, 1);
	assert_int_equal(a->family, NETTRACE_IPV6);
	assert_int_equal(a->op, 1);
	assert_true(a->broadcast);
	assert_int_equal(a->nsight, 2);
	assert_int_equal(a->tpa[15], 1);
	assert_int_equal(nt_model_stats(s.m)->arps, 0);
	assert_int_equal(nt_model_stats(s.m)->packets, 7);
	assert_true(nt_model_nconv(s.m) > 0);
	script_end(&s);
}

/* who found an address free announces it; if another does so, the address is taken */
static void test_nd_probe(void **state)
{
	static const struct msg g[] = {
		{ 0, 0, OUT, 1, "::", "fe80::1", 0 },
		{ 1000, 0, OUT, 2, "fe80::1", "ff02::1", 2 },
		{ 2000, 0, OUT, 1, "::", "fe80::2", 0 },
		{ 2001, 0, IN, 2, "fe80::2", "ff02::1", 9 },
	};

	(void)state;
	RUN(feed_nd, g);
	nt_model_finish(s.m);
	assert_string_equal(told(), "probe 1\nunasked\nprobe 1 answered\n"
				    "conflict 1 1 with 0\n");
	script_end(&s);
}

/* more than the tables hold: nothing breaks; what is forgotten is not written to */
static void test_bounds(void **state)
{
	struct msg g = { 0, 0, OUT, 1, "10.0.1.2", "10.0.1.1", 2 };
	char ip[32];
	int i;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	for (i = 0; i < 2000; i++) {
		snprintf(ip, sizeof(ip), "10.1.%d.%d", i / 250, i % 250);
		g.ms = i;
		g.spa = i & 1 ? ip : "10.0.1.2";
		g.tpa = ip;
		feed_arp(s.m, &g);
		if (i % 100 == 50) {
			nt_model_advance(s.m, SCRIPT_T0 + (i + 5000) * 1000000LL);
			nt_model_forget(s.m, 0);
		}
	}
	nt_model_finish(s.m);
	assert_true(nt_model_narp(s.m) > 0);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_pair),   cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_claims), cmocka_unit_test(test_conflict),
		cmocka_unit_test(test_proxy),  cmocka_unit_test(test_nd),
		cmocka_unit_test(test_bounds), cmocka_unit_test(test_nd_probe),
	};

	return cmocka_run_group_tests_name("model_arp", tests, NULL, NULL);
}
