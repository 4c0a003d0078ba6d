// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_drop.c - packets that the kernel dropped: which arrow, why, where
 */
#include "script.h"

/* all drops of a conversation: "ARROW SOURCE REASON delivered" */
static const char *drops(struct script *s, size_t conv)
{
	const struct nt_conv *c = nt_model_conv(s->m, conv);
	size_t i;

	s->out[0] = '\0';
	for (i = 0; c && i < c->nitem; i++) {
		const struct nt_drop *d = c->item[i].drop;

		if (c->item[i].type == NT_ITEM_DROP)
			script_put(s, "%u %u %s %s%s\n", d->arrow, d->source, d->dev,
				   d->reason ? d->reason : "-", d->delivered ? " delivered" : "");
	}
	return s->out;
}

static void begin(struct script *s)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
}

/* the sender is traced, a router in between, and the receiver's namespace */
static void test_on_the_way(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "20 1 FWD c>s SYN seq=1 id=1 ttl=63\n"
		       "30 2 DROP c>s SYN seq=1 id=1 ttl=63 reason=NETFILTER_DROP dev=eth0\n"
		       "1000010 0 OUT c>s SYN seq=1 id=2 retrans\n"
		       "1000020 1 DROP c>s SYN seq=1 id=2 reason=QDISC_DROP dev=r0\n"
		       /* others go on: that nothing more comes of these is known */
		       "9000000 0 OUT c>s - seq=7 id=3\n");
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "1 2 eth0 NETFILTER_DROP\n2 1 r0 QDISC_DROP\n");
	assert_string_equal(script_dump(&s, 0, SCRIPT_ARROWS),
			    "1 c>s SYN seq=0 out0 fwd1 dropped2 dropped:NETFILTER_DROP:observed\n"
			    "2 c>s SYN seq=0 out0 dropped1 dropped:QDISC_DROP:observed"
			    " retransmission:syn timer:observed\n"
			    "3 c>s seq=6 out0\n");
	assert_int_equal(nt_model_conv(s.m, 0)->failed, NT_FAILED_DROPPED);
	assert_string_equal(nt_model_conv(s.m, 0)->failed_reason, "QDISC_DROP");
	script_end(&s);
}

/*
 * Freed without a reason, when TCP has done what it says: an ACK for a socket that
 * closes, a RST for a half-open one.  Not so what the kernel has no room for (the third
 * segment, when the accept queue is full), nor data.
 */
static void test_done(void **state)
{
	static const char *const none = "reason=NOT_SPECIFIED";
	static const struct {
		const char *what, *sk;
		bool drop;
	} of[] = {
		{ "ACK seq=9 ack=5", "FULL:CLOSE_WAIT", false },
		{ "FIN,ACK seq=9 ack=5", "FULL:LAST_ACK", false },
		{ "ACK seq=9 ack=5 len=7", "FULL:CLOSE_WAIT", true },
		{ "RST seq=9", "REQUEST:NEW_SYN_RECV", false },
		{ "SYN seq=9", "REQUEST:NEW_SYN_RECV", false },
		{ "RST seq=9", "TIMEWAIT:TIME_WAIT", false },
		{ "ACK seq=9 ack=5", "REQUEST:NEW_SYN_RECV", true },
		{ "ACK seq=9 ack=5", "LISTEN:LISTEN", true },
	};
	char text[512];
	struct script s;
	unsigned int i;

	(void)state;
	for (i = 0; i < sizeof(of) / sizeof(of[0]); i++) {
		begin(&s);
		snprintf(text, sizeof(text),
			 "10 0 OUT c>s %s id=1\n30 2 IN c>s %s id=1 sk=%s\n"
			 "31 2 DROP c>s %s id=1 %s\n",
			 of[i].what, of[i].what, of[i].sk, of[i].what, none);
		script_run(&s, text);
		nt_model_finish(s.m);
		assert_string_equal(drops(&s, 0),
				    of[i].drop ? "1 2 lo NOT_SPECIFIED delivered\n" : "");
		assert_int_equal(!!strstr(script_dump(&s, 0, SCRIPT_ARROWS), "dropped:"),
				 of[i].drop);
		script_end(&s);
	}
}

/* of what the receiver's side drops behind the hook both is true: it came, it went */
static void test_behind_delivery(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "30 2 IN c>s SYN seq=1 id=1\n"
		       "31 2 DROP c>s SYN seq=1 id=1 reason=NO_SOCKET dev=eth0\n"
		       "40 2 OUT s>c RST,ACK seq=0 ack=2 id=9\n"
		       "50 0 IN s>c RST,ACK seq=0 ack=2 id=9\n");
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "1 2 eth0 NO_SOCKET delivered\n");
	/* in the order of time */
	assert_int_equal(strncmp(script_dump(&s, 0, SCRIPT_ARROWS),
				 "1 c>s SYN seq=0 out0 in2 dropped2 ", 34),
			 0);
	assert_int_equal(nt_model_conv(s.m, 0)->opened, NT_OPEN_REFUSED);
	assert_int_equal(nt_model_conv(s.m, 0)->failed, NT_FAILED_NO_LISTENER);
	assert_false(nt_arrow_dropped(nt_model_conv(s.m, 0)->item[0].arrow));
	script_end(&s);
}

/* frames that were heard, and copies for who looks on: nothing was dropped */
static void test_heard(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "12 1 DROP c>s SYN seq=1 id=1 reason=OTHERHOST\n"
		       "13 3 DROP c>s SYN seq=1 id=1 heard\n"
		       "14 4 DROP c>s SYN seq=1 id=1 reason=PACKET_SOCK_ERROR\n"
		       "20 2 IN c>s SYN seq=1 id=1\n");
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "");
	assert_string_equal(script_dump(&s, 0, SCRIPT_ARROWS),
			    "1 c>s SYN seq=0 out0 dropped1 dropped3 dropped4 in2\n");
	assert_int_equal(nt_model_conv(s.m, 0)->failed, NT_FAILED_NOT);
	script_end(&s);
}

/* an echo reply that ping's raw socket has got, and whose rest no ping socket takes */
static void test_leftover(void **state)
{
	struct nt_event ev = { .t = SCRIPT_T0, .source = 0 };
	struct nettrace_packet *p = &ev.rec.packet;
	const struct nt_arrow *a;
	struct script s;

	(void)state;
	begin(&s);
	ev.rec.hdr = (struct nettrace_hdr){ .type = NETTRACE_PACKET, .family = NETTRACE_IPV4 };
	p->proto = IPPROTO_ICMP;
	p->flags = NETTRACE_PKT_L4;
	p->ttl = 64;
	p->ip_id = 7;
	memcpy(p->src, s.addr[1], 16);
	memcpy(p->dst, s.addr[0], 16);
	p->hook = NETTRACE_LOCAL_IN;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.t += 1000;
	p->hdr.seq = 1;
	p->hook = NETTRACE_DROPPED;
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	memset(&ev.rec, 0, sizeof(ev.rec));
	ev.rec.hdr = (struct nettrace_hdr){ .type = NETTRACE_DROP, .seq = 2 };
	strcpy(ev.rec.drop.name, "NO_SOCKET");
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "");
	a = nt_model_conv(s.m, 0)->item[0].arrow;
	assert_int_equal(a->nsight, 1);
	assert_int_equal(a->nsighted, 1);
	assert_int_equal(a->nmark, 0);
	script_end(&s);
}

/* a reason belongs to the record before it on that CPU, and to no other packet */
static void test_whose_reason(void **state)
{
	struct nt_event ev = { .t = SCRIPT_T0 + 30000, .source = 2 };
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "30 2 DROP c>s SYN seq=1 id=1 number=70 cpu=1 dev=eth0\n");
	ev.rec.hdr = (struct nettrace_hdr){ .type = NETTRACE_DROP, .seq = 71, .cpu = 0 };
	strcpy(ev.rec.drop.name, "WRONG_CPU");
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.rec.hdr.cpu = 1;
	ev.rec.hdr.seq = 72;
	strcpy(ev.rec.drop.name, "WRONG_NUMBER");
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	ev.source = 0;
	ev.rec.hdr.seq = 71;
	strcpy(ev.rec.drop.name, "WRONG_NAMESPACE");
	assert_int_equal(nt_model_feed(s.m, &ev), 0);
	nt_model_finish(s.m);
	/* it was dropped all the same, for a reason that is not in the trace */
	assert_string_equal(drops(&s, 0), "1 2 eth0 -\n");
	script_end(&s);
}

/* a name is from outside: it has no byte that could do harm, and there is an end */
static void test_names(void **state)
{
	struct script s;
	char line[160];
	int i;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 DROP c>s SYN seq=1 id=1 reason=a\033[31m\xff<b>\n");
	for (i = 0; i < 2 * 256; i++) {
		snprintf(line, sizeof(line), "%d 0 DROP c>s ACK seq=1 id=%d reason=R%d\n", 20 + i,
			 i + 2, i);
		script_run(&s, line);
	}
	snprintf(line, sizeof(line), "900 0 DROP c>s ACK seq=1 id=999 reason=%070d\n", 0);
	script_run(&s, line);
	nt_model_finish(s.m);
	drops(&s, 0);
	assert_int_equal(strncmp(s.out, "1 0 lo a__31m__b_\n2 0 lo R0\n", 28), 0);
	assert_non_null(strstr(s.out, "R254\n"));
	assert_null(strstr(s.out, "R255\n"));
	script_end(&s);
}

/* no identification tells these apart: the one that came by here last */
static void test_equal_packets(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "fd00::1", "fd00::2");
	script_run(&s, "10 0 OUT c>s ACK seq=1 ack=1\n"
		       "20 2 IN c>s ACK seq=1 ack=1\n"
		       "30 0 OUT c>s ACK seq=1 ack=1\n"
		       "40 2 IN c>s ACK seq=1 ack=1\n"
		       "41 2 DROP c>s ACK seq=1 ack=1 reason=SOCKET_BACKLOG number=4\n"
		       /* under way meanwhile, and not here yet */
		       "45 0 OUT c>s ACK seq=1 ack=1\n"
		       /* a copy of it */
		       "46 2 DROP c>s ACK seq=1 ack=1 reason=SOCKET_BACKLOG number=6\n"
		       "47 2 DROP c>s ACK seq=1 ack=1 reason=SOCKET_BACKLOG number=8\n");
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "2 2 lo SOCKET_BACKLOG delivered\n"
					  "1 2 lo SOCKET_BACKLOG delivered\n"
					  "3 2 lo SOCKET_BACKLOG\n");
	assert_int_equal(nt_model_conv(s.m, 0)->narrow, 3);
	script_end(&s);
}

struct told {
	unsigned int arrows, drops, lates;
	uint32_t arrow; /* that was dropped last */
};

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	struct told *t = arg;

	(void)m;
	t->arrows += it->type == NT_ITEM_ARROW;
	t->drops += it->type == NT_ITEM_DROP;
	t->lates += it->type == NT_ITEM_LATE;
	if (it->type == NT_ITEM_DROP)
		t->arrow = it->drop->arrow;
}

/* a packet is handed out at once when it was dropped; that it was, only once */
/* what waited for a neighbour in vain is dropped long after it was sent, in that order */
static void test_late(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "10 0 OUT c>s ACK seq=9 ack=5 id=6\n"
		       "1000010 0 OUT c>s ACK seq=9 ack=5 id=7\n"
		       "2000010 0 OUT c>s ACK seq=9 ack=5 id=8\n"
		       "3000010 0 OUT c>s RST,ACK seq=10 ack=5 id=9\n"
		       "3000100 0 DROP c>s ACK seq=9 ack=5 id=6 reason=NEIGH_FAILED\n"
		       "3000110 0 DROP c>s ACK seq=9 ack=5 id=7 reason=NEIGH_FAILED\n"
		       "3000120 0 DROP c>s ACK seq=9 ack=5 id=8 reason=NEIGH_FAILED\n"
		       "3000130 0 DROP c>s RST,ACK seq=10 ack=5 id=9 reason=NEIGH_FAILED\n"
		       /* one that was delivered is another, however alike */
		       "4000000 0 OUT c>s ACK seq=9 ack=5 id=10\n"
		       "4000010 2 IN c>s ACK seq=9 ack=5 id=10\n"
		       "7000000 2 DROP c>s ACK seq=9 ack=5 id=10 reason=NEIGH_FAILED\n"
		       "9000000 0 OUT c>s ACK seq=9 ack=5 id=11\n");
	nt_model_finish(s.m);
	assert_string_equal(drops(&s, 0), "1 0 lo NEIGH_FAILED\n2 0 lo NEIGH_FAILED\n"
					  "3 0 lo NEIGH_FAILED\n4 0 lo NEIGH_FAILED\n"
					  "6 2 lo NEIGH_FAILED\n");
	script_end(&s);
}

static void test_prompt(void **state)
{
	struct told t = { 0 };
	const struct nt_observer obs = { .item = on_item, .arg = &t };
	struct script s;

	(void)state;
	begin(&s);
	nt_model_free(s.m);
	s.m = nt_model_new(200000000, &obs);
	nt_model_prompt(s.m, 10000000);
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "30 2 DROP c>s SYN seq=1 id=1 reason=NETFILTER_DROP\n");
	nt_model_advance(s.m, SCRIPT_T0 + 200000);
	assert_int_equal(t.arrows, 1);
	assert_int_equal(t.drops, 1);
	/* one that was handed out before it is dropped */
	script_run(&s, "50000 0 OUT c>s SYN seq=1 id=2\n");
	nt_model_advance(s.m, SCRIPT_T0 + 90000000);
	assert_int_equal(t.arrows, 2);
	script_run(&s, "91000 2 DROP c>s SYN seq=1 id=2 reason=NETFILTER_DROP number=9\n");
	nt_model_finish(s.m);
	assert_int_equal(t.drops, 2);
	assert_int_equal(t.lates, 0); /* neither sighted late, nor lost */
	script_end(&s);
}

#define MANY 4200 /* more than are kept to be used again: one more that goes is freed */

/*
 * Nothing is kept but what is still asked for, and that is the arrow of each drop that
 * was not handed out: also when time leaps, as it does behind a silence, and all that
 * waits is handed out at once.  As many drops of one packet as a counter must count.
 */
static void test_let_go(void **state)
{
	const struct nt_model_policy policy = { .no_items = true };
	struct told t = { 0 };
	const struct nt_observer obs = { .item = on_item, .arg = &t };
	char line[128];
	struct script s;
	unsigned int i;

	(void)state;
	begin(&s);
	nt_model_free(s.m);
	s.m = nt_model_new(SCRIPT_HOLD, &obs);
	nt_model_policy(s.m, &policy);
	for (i = 1; i <= MANY; i++) {
		snprintf(line, sizeof(line), "%u 0 OUT c>s ACK seq=9 ack=5 id=%u\n", i, i);
		script_run(&s, line);
	}
	for (i = 0; i < 256; i++) {
		snprintf(line, sizeof(line),
			 "%u 2 DROP c>s ACK seq=9 ack=5 id=%u reason=NO_SOCKET number=%u\n",
			 MANY + 10 + i, MANY - 9, 2 * i);
		script_run(&s, line);
	}
	nt_model_advance(s.m, SCRIPT_T0 + 60 * 1000000000LL);
	assert_int_equal(t.arrows, MANY);
	assert_int_equal(t.drops, 256);
	assert_int_equal(t.arrow, MANY - 9);
	/* then it goes, as the others did: ASan tells who looks at it */
	script_run(&s, "60000000 0 OUT c>s ACK seq=9 ack=5 id=9000\n");
	nt_model_finish(s.m);
	assert_int_equal(t.drops, 256);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_on_the_way),    cmocka_unit_test(test_behind_delivery),
		cmocka_unit_test(test_done),	      cmocka_unit_test(test_heard),
		cmocka_unit_test(test_whose_reason),  cmocka_unit_test(test_names),
		cmocka_unit_test(test_equal_packets), cmocka_unit_test(test_late),
		cmocka_unit_test(test_prompt),	      cmocka_unit_test(test_leftover),
		cmocka_unit_test(test_let_go),
	};

	return cmocka_run_group_tests_name("model_drop", tests, NULL, NULL);
}
