// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_dgram.c - what is not TCP: silence, answers, echoes, ICMP errors,
 * other protocols
 */
#include "script.h"

static void begin(struct script *s)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
}

/* conversation @i: how it began and ended, and its arrows */
static void expect(struct script *s, size_t i, enum nt_opened opened, enum nt_closed closed,
		   const char *arrows)
{
	const struct nt_conv *c = nt_model_conv(s->m, i);

	assert_non_null(c);
	assert_string_equal(nt_opened_name(c->opened), nt_opened_name(opened));
	assert_string_equal(nt_closed_name(c->closed), nt_closed_name(closed));
	if (arrows)
		assert_string_equal(script_dump(s, i, SCRIPT_ALL), arrows);
}

static void test_answers(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=3 id=1\n"
		       "9 0 UDPIN s>c - len=4 id=2\n");
	s.port[0]++; /* nobody answers */
	script_run(&s, "20 0 UDPOUT c>s - len=3 id=3\n");
	s.port[0]++; /* nobody is there */
	script_run(&s, "30 0 UDPOUT c>s - len=3 id=4\n"
		       "39 0 ICMPIN c proto=udp code=3 quoted=4 from=10.0.2.2\n");
	s.port[0]++; /* the way ends */
	script_run(&s, "40 0 UDPOUT c>s - len=3 id=5 ttl=1\n"
		       "49 0 ICMPIN c proto=udp type=11 code=0 quoted=5\n");
	s.port[0]++;
	script_run(&s, "50 0 UDPOUT c>s - len=3 id=6\n"
		       "59 0 ICMPIN c proto=udp type=3 code=1 quoted=6\n");
	s.port[0]++; /* an error, and yet an answer */
	script_run(&s, "60 0 UDPOUT c>s - len=3 id=7\n"
		       "69 0 ICMPIN c proto=udp type=3 code=4 info=1400 quoted=7\n"
		       "70 0 UDPOUT c>s - len=2 id=8\n"
		       "79 0 UDPIN s>c - len=1 id=9\n");
	s.port[0]++; /* a group answers from other addresses */
	inet_pton(AF_INET, "224.0.0.251", s.addr[1]);
	script_run(&s, "80 0 UDPOUT c>s - len=3 id=10\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 7);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN, NULL);
	expect(&s, 1, NT_OPEN_UNANSWERED, NT_CLOSE_OPEN, NULL);
	expect(&s, 2, NT_OPEN_NO_PORT, NT_CLOSE_OPEN,
	       "1 c>s udp len=3 out0\n2 s>c icmp about=1 in0\n");
	expect(&s, 3, NT_OPEN_TTL, NT_CLOSE_OPEN, NULL);
	expect(&s, 4, NT_OPEN_NO_WAY, NT_CLOSE_OPEN, NULL);
	expect(&s, 5, NT_OPEN_ANSWERED, NT_CLOSE_OPEN, NULL);
	expect(&s, 6, NT_OPEN_ONE_WAY, NT_CLOSE_OPEN, NULL);
	script_end(&s);
}

/* conntrack's times: 30 s; 120 s once both have spoken for two seconds */
static void test_silence(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=3 id=1\n"
		       "29000000 0 UDPOUT c>s - len=3 id=2\n"
		       "59500000 0 UDPOUT c>s - len=3 id=3\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	expect(&s, 0, NT_OPEN_UNANSWERED, NT_CLOSE_TIMEOUT,
	       "1 c>s udp len=3 out0\n2 c>s udp len=3 out0\n");
	expect(&s, 1, NT_OPEN_UNANSWERED, NT_CLOSE_OPEN, "1 c>s udp len=3 out0\n");
	script_end(&s);

	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=3 id=1\n"
		       "1000 0 UDPIN s>c - len=3 id=2\n"
		       "3000000 0 UDPOUT c>s - len=3 id=3\n");
	nt_model_advance(s.m, SCRIPT_T0 + 20 * 1000000000LL);
	script_run(&s, "122000000 0 UDPOUT c>s - len=3 id=4\n"
		       "243000000 0 UDPOUT c>s - len=3 id=5\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_TIMEOUT, NULL);
	assert_int_equal(nt_model_conv(s.m, 0)->narrow, 4);
	script_end(&s);
}

/* it is let go as soon as nothing can join it */
static void test_forgotten(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=3 id=1\n");
	nt_model_advance(s.m, SCRIPT_T0 + 29 * 1000000000LL);
	nt_model_forget(s.m, 300 * 1000000000LL);
	assert_int_equal(nt_model_nconv(s.m), 1);
	script_run(&s, "1000 0 ICMPIN c proto=udp type=11 code=1 quoted=1\n");
	assert_int_equal(nt_model_nconv(s.m), 1);
	nt_model_advance(s.m, SCRIPT_T0 + 36 * 1000000000LL);
	nt_model_forget(s.m, 300 * 1000000000LL);
	assert_int_equal(nt_model_nconv(s.m), 0);
	script_end(&s);
}

static void test_echo(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 ECHOOUT c>s request seq=1 id=1 len=56\n"
		       "30 2 ECHOIN c>s request seq=1 id=1 len=56\n"
		       "35 2 ECHOOUT s>c reply seq=1 id=9 len=56\n"
		       "70 0 ECHOIN s>c reply seq=1 id=9 len=56\n"
		       "1000000 0 ECHOOUT c>s request seq=2 id=2\n"
		       "2000000 0 ECHOOUT c>s request seq=3 id=3\n"
		       /* late, but an answer */
		       "3500000 0 ECHOIN s>c reply seq=3 id=10\n"
		       "3600000 0 ECHOOUT c>s request seq=4 id=4\n"
		       "3600500 0 ICMPIN c proto=echo number=4 type=11 code=0\n"
		       /* too young to be told unanswered */
		       "9000000 0 ECHOOUT c>s request seq=5 id=5\n");
	nt_model_finish(s.m);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN,
	       "1 c>s icmp len=56 out0 in2\n"
	       "2 s>c icmp answers=1 rtt=70 len=56 out2 in0\n"
	       "3 c>s icmp out0 unanswered:-:inferred not-delivered:-:inferred\n"
	       "4 c>s icmp out0 not-delivered:-:inferred\n"
	       "5 s>c icmp answers=4 rtt=1500000 in0\n"
	       "6 c>s icmp out0 not-delivered:-:inferred\n"
	       "7 s>c icmp about=6 in0\n"
	       "8 c>s icmp out0\n");
	script_end(&s);
}

/* the way it took is not to be seen from everywhere, and then no round trip is told */
static void test_echo_from_elsewhere(void **state)
{
	struct script s;

	(void)state;
	begin(&s); /* where it is answered */
	script_run(&s, "30 2 ECHOIN c>s request seq=1 id=1\n"
		       "35 2 ECHOOUT s>c reply seq=1 id=9\n");
	nt_model_finish(s.m);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN,
	       "1 c>s icmp in2\n2 s>c icmp answers=1 after=5 out2\n");
	script_end(&s);
	begin(&s); /* a router */
	script_run(&s, "30 1 ECHOFWD c>s request seq=1 id=1\n"
		       "75 1 ECHOFWD s>c reply seq=1 id=9\n");
	nt_model_finish(s.m);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN,
	       "1 c>s icmp fwd1\n2 s>c icmp answers=1 after=45 fwd1\n");
	script_end(&s);
	begin(&s); /* the trace begins between the two: who asked is known all the same */
	script_run(&s, "75 1 ECHOFWD s>c reply seq=1 id=9\n");
	nt_model_finish(s.m);
	expect(&s, 0, NT_OPEN_MIDSTREAM, NT_CLOSE_OPEN, "1 s>c icmp fwd1\n");
	assert_memory_equal(nt_model_conv(s.m, 0)->end[0].addr.b, s.addr[0], 4);
	script_end(&s);
	script_begin(&s, "fd00:1::2", "fd00:2::2");
	script_run(&s, "0 0 ECHOOUT c>s request seq=65535\n"
		       "9 0 ECHOIN s>c reply seq=65535\n");
	nt_model_finish(s.m);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN,
	       "1 c>s icmp out0\n2 s>c icmp answers=1 rtt=9 in0\n");
	script_end(&s);
}

static struct nt_late late[8];
static unsigned int nlate;

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	(void)arg;
	(void)m;
	if (it->type == NT_ITEM_LATE && nlate < 8)
		late[nlate++] = *it->late;
}

/* follow has shown the request already: that nothing came is said later */
static void test_unanswered_late(void **state)
{
	const struct nt_observer obs = { .item = on_item };
	struct script s;

	(void)state;
	begin(&s);
	nt_model_free(s.m);
	s.m = nt_model_new(SCRIPT_HOLD / 5, &obs);
	nt_model_prompt(s.m, 10 * 1000000LL);
	nlate = 0;
	script_run(&s, "0 0 ECHOOUT c>s request seq=1 id=1\n"
		       "100 0 ECHOOUT c>s request seq=2 id=2\n"
		       "200 0 ECHOIN s>c reply seq=2 id=9\n");
	nt_model_advance(s.m, SCRIPT_T0 + 900 * 1000000LL);
	assert_int_equal(nlate, 0);
	assert_int_equal(nt_model_due(s.m), SCRIPT_T0 + 1000 * 1000000LL);
	nt_model_advance(s.m, SCRIPT_T0 + 1100 * 1000000LL);
	assert_int_equal(nlate, 1);
	assert_int_equal(late[0].mark, NT_MARK_UNANSWERED);
	assert_int_equal(late[0].arrow->n, 1);
	script_end(&s);
}

/* nothing is newer than the request, and yet it is known that nothing came */
static void test_unanswered_until(void **state)
{
	static const char *const want[] = { "1 c>s icmp out0\n",
					    "1 c>s icmp out0 unanswered:-:inferred\n" };
	struct script s;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		begin(&s);
		script_run(&s, "0 0 ECHOOUT c>s request seq=1 id=1\n");
		nt_model_until(s.m, SCRIPT_T0 + (i ? 1000 : 999) * 1000000LL);
		nt_model_finish(s.m);
		assert_string_equal(script_dump(&s, 0, SCRIPT_ALL), want[i]);
		script_end(&s);
	}
}

/* which packet an error is about, and when that is a guess */
static void test_about(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=3 id=1\n"
		       "10 0 UDPOUT c>s - len=3 id=2\n"
		       "20 0 UDPOUT c>s - len=3 id=3\n"
		       "30 0 ICMPIN c proto=udp code=3 quoted=2\n"
		       "40 0 ICMPIN c proto=udp code=3\n");
	nt_model_finish(s.m);
	assert_non_null(strstr(script_dump(&s, 0, SCRIPT_ALL), "4 s>c icmp about=2 in0\n"
							       "5 s>c icmp about=~3 in0\n"));
	script_end(&s);

	/* a segment that is too long for the path, and the error's MTU */
	begin(&s);
	script_run(&s, "0 0 OUT c>s SYN seq=100 id=1\n"
		       "10 0 IN s>c SYN,ACK seq=900 ack=101 id=1\n"
		       "20 0 OUT c>s ACK seq=101 ack=901 len=4344 gso=1448 id=2\n"
		       "30 0 OUT c>s ACK seq=4445 ack=901 len=1448 id=5\n"
		       "40 0 ICMPIN c type=3 code=4 info=1400 quoted=4 number=2997\n"
		       "50 0 ICMPIN c type=3 code=4 info=1400 number=4445\n");
	nt_model_finish(s.m);
	assert_non_null(strstr(script_dump(&s, 0, SCRIPT_ALL), "s>c icmp about=3 in0\n"));
	assert_non_null(strstr(s.out, "s>c icmp about=4 in0\n"));
	script_end(&s);
}

static void test_others(void **state)
{
	struct nt_event ev = { .t = SCRIPT_T0 };
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 IPOUT c>s - proto=47 len=60 id=1\n"
		       "9 1 IPFWD c>s - proto=47 len=60 id=1 ttl=63\n"
		       "19 0 IPOUT c>s - proto=50 len=60 id=2\n"
		       "29 0 IPIN s>c - proto=47 len=20 id=2\n");
	/* ports where there are some: 132 is SCTP */
	ev.rec.packet.hdr.type = NETTRACE_PACKET;
	ev.rec.packet.hdr.family = NETTRACE_IPV4;
	ev.rec.packet.proto = 132;
	ev.rec.packet.flags = NETTRACE_PKT_L4;
	ev.rec.packet.hook = NETTRACE_LOCAL_OUT;
	ev.rec.packet.src[0] = ev.rec.packet.dst[0] = 10;
	ev.rec.packet.sport = 5000;
	ev.rec.packet.dport = 36412;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	/* its header is damaged: nobody's */
	ev.rec.packet.flags = NETTRACE_PKT_TRUNCATED;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 3);
	expect(&s, 0, NT_OPEN_ANSWERED, NT_CLOSE_OPEN,
	       "1 c>s other len=60 out0 fwd1\n2 s>c other len=20 in0\n");
	expect(&s, 1, NT_OPEN_ONE_WAY, NT_CLOSE_OPEN, "1 c>s other len=60 out0\n");
	assert_int_equal(nt_model_conv(s.m, 2)->end[1].addr.port, 36412);
	assert_int_equal(nt_model_stats(s.m)->other_packets, 1);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_answers),
		cmocka_unit_test(test_silence),
		cmocka_unit_test(test_forgotten),
		cmocka_unit_test(test_echo),
		cmocka_unit_test(test_about),
		cmocka_unit_test(test_echo_from_elsewhere),
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_unanswered_late),
		cmocka_unit_test(test_unanswered_until),
	};

	return cmocka_run_group_tests_name("model: dgram", tests, NULL, NULL);
}
