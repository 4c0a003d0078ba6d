// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_stream.c - a long trace: items as they become final, forgetting,
 * datagrams, records that are odd
 */
#include "script.h"

struct log {
	char text[4096];
	unsigned int gone;
	int64_t last;
};

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *item)
{
	static const char *const type[] = {
		"arrow", "transition", "arp",  "gap",	"late",	 "call",
		"timer", "queue",      "drop", "neigh", "route",
	};
	struct log *l = arg;

	(void)m;
	assert_true(item->t >= l->last);
	l->last = item->t;
	snprintf(l->text + strlen(l->text), sizeof(l->text) - strlen(l->text), "%s@%lld ",
		 type[item->type], (long long)(item->t - SCRIPT_T0) / 1000);
}

static void on_gone(void *arg, const struct nt_model *m, const struct nt_conv *c)
{
	struct log *l = arg;

	(void)m;
	assert_int_equal(c->end[0].state, NT_CLOSED);
	l->gone++;
}

static void begin(struct script *s, struct log *l)
{
	const struct nt_observer obs = { .item = on_item, .arg = l, .gone = on_gone };

	memset(l, 0, sizeof(*l));
	script_begin(s, "10.0.1.2", "10.0.2.2");
	nt_model_free(s->m);
	s->m = nt_model_new(1000000, &obs); /* 1 ms */
	assert_non_null(s->m);
}

static void advance(struct script *s, long long us)
{
	nt_model_advance(s->m, SCRIPT_T0 + us * 1000);
}

static void test_hold(void **state)
{
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l);
	script_run(&s, "100 0 FULL c CLOSE>SYN_SENT lport0 call=connect\n"
		       "110 0 OUT c>s SYN seq=1 id=1\n"
		       "120 0 ARPOUT 1\n"
		       "130 0 GAP lost=3\n");
	assert_string_equal(l.text, "");
	advance(&s, 1099);
	assert_string_equal(l.text, "");
	advance(&s, 1110);
	assert_string_equal(l.text, "transition@100 arrow@110 ");
	assert_true(nt_model_pending(s.m));
	advance(&s, 500); /* time does not go back */
	advance(&s, 2000);
	assert_string_equal(l.text, "transition@100 arrow@110 arp@120 gap@130 ");
	assert_false(nt_model_pending(s.m));
	/* delivered after all: the same arrow, not a second one */
	script_run(&s, "1900 1 IN c>s SYN seq=1 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_conv(s.m, 0)->narrow, 1);
	assert_int_equal(nt_model_conv(s.m, 0)->item[1].arrow->nsight, 2);
	assert_int_equal(nt_model_stats(s.m)->late_sightings, 1);
	script_end(&s);
}

/* "not delivered" is taken back when the packet comes after all */
static void test_late_delivery(void **state)
{
	const struct nt_arrow *a;
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l);
	script_run(&s, "100 0 OUT c>s SYN seq=1 id=1\n"
		       "110 1 IN c>s SYN seq=1 id=1\n"
		       "200 0 OUT c>s ACK seq=2 id=2 len=4\n");
	advance(&s, 5000);
	a = nt_model_conv(s.m, 0)->item[1].arrow;
	assert_int_equal(a->nmark, 1);
	assert_int_equal(a->mark[0].name, NT_MARK_NOT_DELIVERED);
	script_run(&s, "6000 1 IN c>s ACK seq=2 id=2 len=4\n"
		       "6010 0 OUT c>s ACK seq=6 id=3 len=4\n");
	assert_int_equal(a->nmark, 0);
	advance(&s, 20000);
	/* this way is slower than the hold: no more such claims */
	a = nt_model_conv(s.m, 0)->item[2].arrow;
	assert_int_equal(a->nmark, 0);
	script_end(&s);
}

static void test_forget(void **state)
{
	static const char refused[] = "10 0 FULL c CLOSE>SYN_SENT call=connect\n"
				      "12 0 OUT c>s SYN seq=1 id=1\n"
				      "14 0 IN s>c RST,ACK seq=0 ack=2\n"
				      "15 0 RST_RCVD c\n"
				      "16 0 FULL c SYN_SENT>CLOSE err=111\n"
				      "17 0 ARPOUT 1\n"
				      "18 0 GAP lost=1\n";
	struct script s;
	struct log l;

	(void)state;
	begin(&s, &l);
	script_run(&s, refused);
	s.port[0]++;
	script_run(&s, "20 0 FULL c CLOSE>SYN_SENT call=connect\n"
		       "22 0 OUT c>s SYN seq=1 id=1\n");
	s.port[0]++;
	script_run(&s, "25 0 UDPOUT c>s - len=3\n");
	advance(&s, 1000000);
	nt_model_forget(s.m, 10000000000LL);
	assert_int_equal(nt_model_nconv(s.m), 3); /* a grace for stragglers */
	assert_int_equal(nt_model_narp(s.m), 0);
	assert_int_equal(nt_model_ngap(s.m), 0);
	advance(&s, 3000000);
	nt_model_forget(s.m, 10000000000LL);
	assert_int_equal(l.gone, 1);
	assert_int_equal(nt_model_nconv(s.m), 2);
	assert_int_equal(nt_model_conv(s.m, 0)->id, 2);
	/* the others are found still, the forgotten one is a new one */
	script_run(&s, "3000001 0 UDPIN s>c - len=3\n");
	s.port[0] -= 2;
	script_run(&s, "3000002 0 OUT c>s SYN seq=9 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 3);
	assert_int_equal(nt_model_conv(s.m, 1)->end[1].arrows, 1);
	assert_int_equal(nt_model_conv(s.m, 2)->id, 4);
	script_end(&s);
}

/*
 * What belongs to no conversation is in the pictures of those of its time, which are
 * drawn when they go: if so asked it stays as long as they do, and no longer.
 */
static void test_shared(void **state)
{
	static const char told[] = "10 0 FULL c CLOSE>SYN_SENT call=connect\n"
				   "12 0 OUT c>s SYN seq=1 id=1\n"
				   "14 0 ARPOUT 1\n"
				   "16 0 NEIGH 10.0.1.1 NONE>INCOMPLETE\n"
				   "18 0 GAP lost=1\n";
	static const char ends[] = "1000000 0 IN s>c RST,ACK seq=0 ack=2\n"
				   "1000001 0 RST_RCVD c\n"
				   "1000002 0 FULL c SYN_SENT>CLOSE err=111\n";
	struct nt_model_policy policy = { .grace_ns = 2000000000LL };
	struct script s;
	struct log l;
	int shared;

	(void)state;
	for (shared = 0; shared < 2; shared++) {
		begin(&s, &l);
		policy.shared = shared;
		nt_model_policy(s.m, &policy);
		script_run(&s, told);
		advance(&s, 900000);
		nt_model_forget(s.m, 10000000000LL);
		assert_int_equal(nt_model_nconv(s.m), 1);
		assert_int_equal(nt_model_narp(s.m), shared);
		assert_int_equal(nt_model_nneigh(s.m), shared);
		assert_int_equal(nt_model_ngap(s.m), shared);
		script_run(&s, ends);
		/* of the time of another one, which stays */
		s.port[0]++;
		script_run(&s, "1500000 0 FULL c CLOSE>SYN_SENT call=connect\n"
			       "1500002 0 OUT c>s SYN seq=1 id=2\n"
			       "1600000 0 GAP lost=2\n");
		advance(&s, 4000000);
		nt_model_forget(s.m, 10000000000LL);
		assert_int_equal(l.gone, 1);
		assert_int_equal(nt_model_nconv(s.m), 1);
		assert_int_equal(nt_model_narp(s.m), 0);
		assert_int_equal(nt_model_nneigh(s.m), 0);
		assert_int_equal(nt_model_ngap(s.m), shared);
		if (shared)
			assert_int_equal(nt_model_gap(s.m, 0)->lost, 2);
		/* the same question again: nobody has the first one any more */
		script_run(&s, "4500000 0 ARPOUT 1\n");
		nt_model_finish(s.m);
		assert_int_equal(nt_model_narp(s.m), 1);
		script_end(&s);
	}
}

/* as many as are kept, and from where on one has to look, also when time goes back */
static void test_shared_many(void **state)
{
	const struct nt_model_policy policy = { .grace_ns = 2000000000LL, .shared = true };
	struct script s;
	char line[64];
	struct log l;
	int i;

	(void)state;
	begin(&s, &l);
	nt_model_free(s.m);
	s.m = nt_model_new(1000000, NULL);
	nt_model_policy(s.m, &policy);
	script_run(&s, "10 0 FULL c CLOSE>SYN_SENT call=connect\n"
		       "12 0 OUT c>s SYN seq=1 id=1\n");
	for (i = 0; i < NT_SHARED_MAX + 5; i++) {
		snprintf(line, sizeof(line), "%d 0 ARPOUT 1\n", 1000 + 10 * i);
		script_run(&s, line);
	}
	advance(&s, 5000000);
	nt_model_forget(s.m, 10000000000LL);
	assert_int_equal(nt_model_narp(s.m), NT_SHARED_MAX);
	assert_int_equal(nt_model_arp(s.m, 0)->t, SCRIPT_T0 + 1050000);
	script_run(&s, "500 0 ARPOUT 1\n5000000 0 ARPOUT 1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_narp(s.m), NT_SHARED_MAX + 2);
	assert_int_equal(nt_model_arp(s.m, NT_SHARED_MAX)->t, SCRIPT_T0 + 500000);
	assert_int_equal(nt_model_arp_since(s.m, 0), 0);
	assert_int_equal(nt_model_arp_since(s.m, SCRIPT_T0 + 1060000), 1);
	assert_int_equal(nt_model_arp_since(s.m, SCRIPT_T0 + 4000000000LL), NT_SHARED_MAX + 1);
	assert_int_equal(nt_model_arp_since(s.m, INT64_MAX), NT_SHARED_MAX + 2);
	script_end(&s);
}

/* many at once: the table grows, each is found again; all are forgotten */
static void test_many(void **state)
{
	struct script s;
	struct log l;
	unsigned int i;

	(void)state;
	begin(&s, &l);
	nt_model_free(s.m);
	s.m = nt_model_new(1000, NULL);
	for (i = 0; i < 3000; i++) {
		s.port[0] = 1024 + i;
		script_run(&s, "10 0 UDPOUT c>s - len=3 id=1\n");
	}
	for (i = 0; i < 3000; i++) {
		s.port[0] = 1024 + i;
		script_run(&s, "20 1 UDPIN c>s - len=3 id=1\n");
	}
	assert_int_equal(nt_model_nconv(s.m), 3000);
	advance(&s, 5000);
	assert_int_equal(nt_model_conv(s.m, 2999)->item[0].arrow->nsight, 2);
	advance(&s, 20000000);
	nt_model_forget(s.m, 1000000000);
	assert_int_equal(nt_model_nconv(s.m), 0);
	script_end(&s);
}

static void test_datagrams(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s,
		   /* no identification: they take turns */
		   "10 0 UDPOUT c>s - len=3 task pid=77\n"
		   "11 0 UDPOUT c>s - len=3 task pid=77\n"
		   "15 1 UDPFWD c>s - len=3 ttl=63\n"
		   "16 1 UDPFWD c>s - len=3 ttl=63\n"
		   "20 2 UDPIN  c>s - len=3 ttl=63\n"
		   "21 2 UDPIN  c>s - len=3 ttl=63\n"
		   "30 2 UDPOUT s>c - len=9 id=5\n"
		   "900000 0 UDPOUT c>s - len=4 id=9\n"
		   "2900000 0 UDPOUT c>s - len=0 id=10\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "1 c>s udp len=3 out0 fwd1 in2\n"
			    "2 c>s udp len=3 out0 fwd1 in2\n"
			    "3 s>c udp len=9 out2 not-delivered:-:inferred\n"
			    "4 c>s udp len=4 out0 not-delivered:-:inferred\n"
			    "5 c>s udp out0\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].pid, 77);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 10);
	script_end(&s);
}

/* a loop sends the packet through the same hook twice, with a smaller TTL */
static void test_odd(void **state)
{
	struct nt_event ev = { .t = SCRIPT_T0 };
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1 ttl=64 malformed\n"
		       "11 1 FWD c>s SYN seq=1 id=1 ttl=63 dev=a\n"
		       "12 1 FWD c>s SYN seq=1 id=1 ttl=62 dev=a\n"
		       "13 0 IN  c>s SYN seq=1 id=1 ttl=65\n"
		       "20 0 FULL c CLOSE>SYN_SENT lport0 call=connect sk=99\n"
		       "21 0 TW c END TIME_WAIT>CLOSE why=EXPIRED\n");
	ev.rec.hdr.type = 200;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.rec.hdr.type = NETTRACE_PACKET; /* neither TCP nor UDP */
	ev.rec.packet.proto = 47;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.rec.packet.hdr.family = NETTRACE_ARP;
	ev.rec.packet.flags = NETTRACE_PKT_MALFORMED;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	memset(&ev.rec, 0xff, sizeof(ev.rec)); /* a damaged file */
	ev.rec.hdr.type = NETTRACE_STATE;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.rec.hdr.type = NETTRACE_PACKET;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ARROWS),
			    "1 c>s SYN seq=0 out0 fwd1 malformed:-:observed\n"
			    "2 c>s SYN seq=0 fwd1 old-duplicate:copy:inferred\n"
			    "3 c>s SYN seq=0 in0 old-duplicate:copy:inferred\n");
	assert_int_equal(nt_model_stats(s.m)->unknown_records, 1);
	assert_int_equal(nt_model_stats(s.m)->other_packets, 3);
	assert_int_equal(nt_model_stats(s.m)->unjoined, 1);
	script_end(&s);
}

/* an IPv6 socket that talks IPv4 is found by its packets */
static void test_mapped(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "11 1 IN c>s SYN seq=1 id=1\n");
	s.family = NETTRACE_IPV6;
	inet_pton(AF_INET6, "::ffff:10.0.1.2", s.addr[0]);
	inet_pton(AF_INET6, "::ffff:10.0.2.2", s.addr[1]);
	script_run(&s, "5 1 FULL s CLOSE>LISTEN noremote call=listen pid=20\n"
		       "12 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_string_equal(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			    "s LISTEN>SYN-RECEIVED observed segment:1\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].pid, 20);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hold),	    cmocka_unit_test(test_late_delivery),
		cmocka_unit_test(test_forget),	    cmocka_unit_test(test_many),
		cmocka_unit_test(test_datagrams),   cmocka_unit_test(test_odd),
		cmocka_unit_test(test_mapped),	    cmocka_unit_test(test_shared),
		cmocka_unit_test(test_shared_many),
	};

	return cmocka_run_group_tests_name("model: stream", tests, NULL, NULL);
}
