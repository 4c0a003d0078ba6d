// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_frag.c - fragments are of a datagram: one arrow, and what is missing
 */
#include "script.h"

/* a ping of 4000 bytes as Linux cuts it at an MTU of 1500: 8 + 4000 octets */
#define FIRST "len=1480 frag=0 more"
#define THEN  "len=1480 frag=1480 more"
#define LAST  "len=1048 frag=2960"

static void begin(struct script *s)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
}

static const struct nt_arrow *arrow(struct script *s, size_t conv, size_t i)
{
	const struct nt_conv *c = nt_model_conv(s->m, conv);

	assert_non_null(c);
	assert_true(i < c->nitem);
	assert_int_equal(c->item[i].type, NT_ITEM_ARROW);
	return c->item[i].arrow;
}

/* whole at both ends, in fragments on the way */
static void test_joined(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=4000 id=5\n"
		       "10 1 UDPPRE c>s - id=5 " FIRST "\n"
		       "11 1 UDPPRE c>s - id=5 " THEN "\n"
		       "12 1 UDPPRE c>s - id=5 " LAST "\n"
		       "20 1 UDPFWD c>s - id=5 " FIRST "\n"
		       "21 1 UDPFWD c>s - id=5 " THEN "\n"
		       "22 1 UDPFWD c>s - id=5 " LAST "\n"
		       "40 2 UDPIN c>s - len=4000 id=5\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "1 c>s udp [1:0,1480,2960/4008] [1:0,1480,2960/4008] len=4000 out0 "
			    "pre1 fwd1 in2\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 4000);
	assert_int_equal(nt_model_stats(s.m)->fragments, 6);
	assert_int_equal(nt_model_stats(s.m)->other_packets, 0);
	script_end(&s);
}

/* a capture has nothing but fragments, in any order */
static void test_alone(void **state)
{
	static const char *const order[] = {
		"0 1 UDPFWD c>s - id=5 " FIRST "\n1 1 UDPFWD c>s - id=5 " THEN
		"\n2 1 UDPFWD c>s - id=5 " LAST "\n",
		"0 1 UDPFWD c>s - id=5 " LAST "\n1 1 UDPFWD c>s - id=5 " THEN
		"\n2 1 UDPFWD c>s - id=5 " FIRST "\n",
		"0 1 UDPFWD c>s - id=5 " THEN "\n1 1 UDPFWD c>s - id=5 " FIRST
		"\n2 1 UDPFWD c>s - id=5 " LAST "\n",
	};
	struct script s;
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		begin(&s);
		script_run(&s, order[i]);
		script_run(&s, "9 1 UDPFWD s>c - id=6 len=3\n"
			       "40 2 UDPIN c>s - len=4000 id=5\n");
		nt_model_finish(s.m);
		assert_int_equal(nt_model_nconv(s.m), 1);
		assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
				    "1 c>s udp [1:0,1480,2960/4008] len=4000 fwd1 in2\n"
				    "2 s>c udp len=3 fwd1\n");
		assert_false(arrow(&s, 0, 0)->pkt.flags & NETTRACE_PKT_FRAGMENT);
		assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 4000);
		script_end(&s);
	}
}

/* two datagrams at once, and the identification of one again, later */
static void test_apart(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 1 UDPFWD c>s - id=5 " FIRST "\n"
		       "1 1 UDPFWD c>s - id=6 " FIRST "\n"
		       "2 1 UDPFWD s>c - id=5 " FIRST "\n"
		       "3 1 UDPFWD c>s - id=6 " LAST "\n"
		       "4 1 UDPFWD c>s - id=5 " LAST "\n"
		       "5 1 UDPFWD c>s - id=5 " THEN "\n"
		       "6 1 UDPFWD c>s - id=5 " FIRST "\n"
		       "7 1 UDPFWD c>s - id=5 " THEN "\n"
		       /* a copy counts once */
		       "8 1 UDPFWD c>s - id=5 " THEN "\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "1 c>s udp [1:0,1480,2960/4008] len=4000 fwd1\n"
			    "2 c>s udp [1:0,2960/4008 -1480..2960] len=1472 fwd1\n"
			    "3 s>c udp [1:0/0 -1480..0] len=1472 fwd1\n"
			    "4 c>s udp [1:0,1480/0 -2960..0] len=1472 fwd1\n");
	script_end(&s);
}

/* one is lost behind the router: the whole never arrives, and what is missing is known */
static void test_missing(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 UDPOUT c>s - len=4000 id=5\n"
		       "10 1 UDPFWD c>s - id=5 " FIRST "\n"
		       "11 1 UDPFWD c>s - id=5 " THEN "\n"
		       "12 1 UDPFWD c>s - id=5 " LAST "\n"
		       "20 2 UDPPRE c>s - id=5 " FIRST "\n"
		       "21 2 UDPPRE c>s - id=5 " LAST "\n"
		       "100 2 UDPOUT s>c - len=1 id=9\n"
		       "130 0 UDPIN s>c - len=1 id=9\n"
		       "900000 0 UDPOUT c>s - len=1 id=10\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "1 c>s udp [1:0,1480,2960/4008] [2:0,2960/4008 -1480..2960] len=4000 "
			    "out0 fwd1 pre2 not-delivered:-:inferred\n"
			    "2 s>c udp len=1 out2 in0\n"
			    "3 c>s udp len=1 out0\n");
	script_end(&s);
}

/* IPv6 delivers fragments: it has arrived when all have */
static void test_ipv6(void **state)
{
	struct script s;
	int i;

	(void)state;
	for (i = 0; i < 2; i++) {
		script_begin(&s, "fd00:1::2", "fd00:2::2");
		script_run(&s, "0 0 ECHOOUT c>s request seq=1 len=4000\n"
			       "1 0 ECHOOUT c>s request seq=2 len=4000\n"
			       "40 2 ECHOIN c>s request seq=1 id=100 len=1448 frag=0 more\n"
			       "41 2 ECHOIN c>s request seq=1 id=100 len=1448 frag=1448 more\n"
			       "50 2 ECHOIN c>s request seq=2 id=101 len=1448 frag=0 more\n");
		if (i)
			script_run(&s, "60 2 ECHOIN c>s request seq=1 id=100 len=1112 frag=2896\n");
		script_run(&s, "61 2 ECHOOUT s>c reply seq=1 len=4\n"
			       "3000000 0 UDPOUT c>s - len=1\n");
		nt_model_finish(s.m);
		script_dump(&s, 0, SCRIPT_ALL);
		assert_int_equal(arrow(&s, 0, 0)->nsight, 2);
		if (i)
			assert_non_null(strstr(s.out, "1 c>s icmp [2:0,1448,2896/4008] len=4000 "
						      "out0 in2\n"));
		else
			assert_non_null(strstr(s.out, "1 c>s icmp [2:0,1448/0 -2896..0] len=4000 "
						      "out0 in2 not-delivered:-:inferred\n"));
		assert_non_null(strstr(s.out, "2 c>s icmp [2:0/0 -1448..0] len=4000 out0 in2 "));
		script_end(&s);
	}
}

/* its first fragment never comes: no ports, and said so */
static void test_no_first(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 1 UDPFWD c>s - id=5 " LAST "\n"
		       "1 1 UDPFWD c>s - id=5 " THEN "\n"
		       "9 1 UDPFWD c>s - id=6 len=3\n"
		       "3000000 1 UDPFWD c>s - id=7 len=3\n");
	nt_model_advance(s.m, SCRIPT_T0 + 2900 * 1000000LL);
	assert_int_equal(nt_model_nconv(s.m), 2);
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 1, SCRIPT_ALL),
			    "1 c>s udp [1:1480,2960/4008 -0..1480] len=1048 fwd1\n");
	assert_int_equal(nt_model_conv(s.m, 1)->end[1].addr.port, 0);
	script_end(&s);
}

/*
 * It waits for the first one, and the bytes that came with it do not: its source has
 * others there by then.  In the middle of a datagram they say nothing, anyhow.
 */
static void test_bytes(void **state)
{
	static const char text[] = "GET /secret HTTP/1.1\r\nHost: ab\r\n\r\n";
	struct nt_event ev = { .t = SCRIPT_T0, .source = 1, .nbytes = strlen(text) };
	uint8_t *bytes = malloc(sizeof(text));
	const struct nt_conv *c;
	struct script s;

	(void)state;
	assert_non_null(bytes);
	memcpy(bytes, text, sizeof(text));
	begin(&s);
	ev.bytes = bytes;
	script_common(&s, &ev.rec.packet, "id=5 len=34 frag=1480", false);
	ev.rec.packet.proto = IPPROTO_TCP;
	ev.rec.packet.hook = NETTRACE_FORWARD;
	script_frag(&ev.rec.packet, "id=5 len=34 frag=1480");
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	memset(bytes, 'x', sizeof(text));
	free(bytes); /* ASan tells who reads it */
	nt_model_finish(s.m);
	assert_non_null(strstr(script_dump(&s, 0, SCRIPT_ALL), " [1:1480/1514 -0..1480] len=34 "));
	c = nt_model_conv(s.m, 0);
	assert_null(arrow(&s, 0, 0)->app);
	assert_int_equal(c->app, 0);
	assert_false(c->app_unlike);
	script_end(&s);
}

static void test_overlap(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 1 UDPFWD c>s - id=5 " FIRST "\n"
		       "1 1 UDPFWD c>s - id=5 len=64 frag=1472\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "1 c>s udp [1:0,1472/1536] len=1528 fwd1 "
			    "malformed:fragments contradict each other:observed\n");
	script_end(&s);
}

/* memory is bounded: datagrams that are never complete, fragments without end */
static void test_flood(void **state)
{
	char line[128];
	struct script s;
	unsigned int i;

	(void)state;
	begin(&s);
	for (i = 0; i < 2000; i++) {
		snprintf(line, sizeof(line), "%u 1 UDPFWD c>s - id=%u len=8 frag=80 more\n", i,
			 i + 1);
		script_run(&s, line);
	}
	assert_int_equal(nt_model_stats(s.m)->other_packets, 2000 - 256);
	nt_model_finish(s.m);
	nt_model_advance(s.m, SCRIPT_T0 + 400 * 1000000000LL);
	nt_model_forget(s.m, 0);
	assert_int_equal(nt_model_nconv(s.m), 0);
	for (i = 0; i < 4000; i++) {
		snprintf(line, sizeof(line), "500000000 1 UDPFWD c>s - id=1 len=8 frag=%u more\n",
			 i * 8);
		/* its first one has a header of 8 */
		script_run(&s, line);
	}
	nt_model_finish(s.m);
	assert_int_equal(arrow(&s, 0, 0)->frags->n, 4000);
	assert_int_equal(arrow(&s, 0, 0)->frags->npiece, NT_FRAGMENTS_MAX);
	script_end(&s);
}

/* replay of a long capture keeps nothing but what may still be completed */
static void test_eager(void **state)
{
	const struct nt_model_policy policy = { .no_items = true,
						.one_place = true,
						.eager = true };
	char text[1024];
	struct script s;
	unsigned int i;

	(void)state;
	begin(&s);
	nt_model_policy(s.m, &policy);
	for (i = 1; i < 1000; i++) {
		snprintf(text, sizeof(text),
			 "%u 1 UDPFWD c>s - id=%u " FIRST "\n%u 1 UDPFWD c>s - id=%u " THEN
			 "\n%u 1 UDPFWD c>s - id=%u " LAST "\n",
			 i * 100, i, i * 100 + 1, i, i * 100 + 2, i);
		script_run(&s, text);
	}
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].arrows, 999);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 999 * 4000);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joined),	cmocka_unit_test(test_alone),
		cmocka_unit_test(test_apart),	cmocka_unit_test(test_missing),
		cmocka_unit_test(test_ipv6),	cmocka_unit_test(test_no_first),
		cmocka_unit_test(test_overlap), cmocka_unit_test(test_flood),
		cmocka_unit_test(test_eager),	cmocka_unit_test(test_bytes),
	};

	return cmocka_run_group_tests_name("model: frag", tests, NULL, NULL);
}
