// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_agree.c - the tracker beside a socket: what agrees, and what excuses
 *
 * Scripts of both ends in one namespace.  Each says how many transitions were
 * compared, how many disagreements are unexplained, and which reasons excused how
 * many.
 */
#include <errno.h>

#include "script.h"

#define STR_(x) #x
#define STR(x)	STR_(x)

static const char handshake[] = " 10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
				" 12 0 OUT c>s SYN seq=1000 id=1\n"
				" 14 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
				" 16 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
				" 17 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=REQUEST:NEW_SYN_RECV\n"
				" 19 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"
				" 20 0 FULL c SYN_SENT>ESTABLISHED\n"
				" 22 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"
				" 24 0 IN  c>s ACK seq=1001 ack=5001 id=2\n"
				" 26 0 FULL s SYN_RECV>ESTABLISHED\n";

/* "compared unexplained reason:count …" after a script; @rest may be NULL */
static const char *account(struct script *s, const char *text, const char *rest)
{
	const struct nt_model_stats *st;
	unsigned int e;

	script_begin(s, "127.0.0.1", "127.0.0.1");
	script_run(s, text);
	if (rest)
		script_run(s, rest);
	nt_model_finish(s->m);
	st = nt_model_stats(s->m);
	s->out[0] = '\0';
	script_put(s, "%u %u", (unsigned int)st->compared, (unsigned int)st->disagreements);
	for (e = NT_EXCUSE_NONE + 1; e < NT_EXCUSE_MAX; e++) {
		if (st->excused[e])
			script_put(s, " %s:%u", nt_excuse_name(e), (unsigned int)st->excused[e]);
	}
	return s->out;
}

static void expect(const char *text, const char *rest, const char *want)
{
	struct script s;

	assert_string_equal(account(&s, text, rest), want);
	script_end(&s);
}

/* every state of the book; TIME-WAIT's end is the table's own time-out */
static void test_agrees(void **state)
{
	(void)state;
	expect(handshake,
	       "100 0 FULL c ESTABLISHED>FIN_WAIT1 call=close pid=10\n"
	       "101 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=3\n"
	       "102 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
	       "103 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
	       "104 0 OUT s>c ACK seq=5001 ack=1002 id=100\n"
	       "105 0 IN  s>c ACK seq=5001 ack=1002 id=100\n"
	       "106 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
	       "107 0 FULL s CLOSE_WAIT>LAST_ACK call=close pid=20\n"
	       "108 0 OUT s>c FIN,ACK seq=5001 ack=1002 id=101\n"
	       "109 0 IN  s>c FIN,ACK seq=5001 ack=1002 id=101\n"
	       "110 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000\n"
	       "111 0 OUT c>s ACK seq=1002 ack=5002 id=4\n"
	       "112 0 IN  c>s ACK seq=1002 ack=5002 id=4\n"
	       "113 0 FULL s LAST_ACK>CLOSE\n"
	       "61000000 0 TW c END TIME_WAIT>CLOSE why=EXPIRED timer\n",
	       "11 0");
}

/*
 * The peer's FIN is in the socket's backlog when the user closes: the call comes
 * first, then the FIN, as if it had come after it.
 */
static void test_backlog(void **state)
{
	(void)state;
	expect(handshake,
	       "100 0 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20\n"
	       "101 0 OUT s>c FIN,ACK seq=5001 ack=1001 id=100\n"
	       "102 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
	       "110 0 FULL c ESTABLISHED>FIN_WAIT1 call=close pid=10\n"
	       "111 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=3\n"
	       "112 0 FULL c FIN_WAIT1>CLOSING\n"
	       "113 0 OUT c>s ACK seq=1002 ack=5002 id=4\n"
	       "114 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
	       "115 0 FULL s FIN_WAIT1>CLOSING\n",
	       "8 0");
}

/* close() with unread data: the RST that follows shows it */
static void test_abort(void **state)
{
	(void)state;
	expect(handshake,
	       "200 0 FULL s ESTABLISHED>CLOSE call=close pid=20\n"
	       "201 0 OUT s>c RST,ACK seq=5001 ack=1001 id=100\n"
	       "203 0 IN  s>c RST,ACK seq=5001 ack=1001 id=100\n"
	       "204 0 RST_RCVD c\n"
	       "205 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n",
	       "6 0");
}

/* nothing in the trace explains it: that is a defect, and no reason covers it */
static void test_unexplained(void **state)
{
	const struct nt_disagreement *d;
	struct script s;

	(void)state;
	assert_string_equal(account(&s, handshake, "200 0 FULL c ESTABLISHED>CLOSE_WAIT\n"), "5 1");
	assert_int_equal(nt_model_ndisagreement(s.m), 1);
	d = nt_model_disagreement(s.m, 0);
	assert_int_equal(d->end, 0);
	assert_int_equal(d->from, NT_ESTABLISHED);
	assert_int_equal(d->to, NT_CLOSE_WAIT);
	assert_int_equal(d->inferred, NT_ESTABLISHED);
	assert_int_equal(d->excuse, NT_EXCUSE_NONE);
	assert_int_equal(d->conv, 1);
	assert_int_equal(d->narrow, 3);
	assert_int_equal(d->arrow[0], 1);
	assert_int_equal(d->arrow[2], 3);
	assert_null(nt_model_disagreement(s.m, 1));
	script_end(&s);

	/* a FIN that came, and that the socket never made anything of */
	expect(handshake,
	       "100 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
	       "9000000 0 OUT s>c ACK seq=5001 ack=1001 id=101\n",
	       "4 1");
	/* the state that the socket left was not the one it was in */
	expect(handshake, "200 0 FULL c FIN_WAIT1>FIN_WAIT2\n", "5 1");
	/* an end without a call, a timer, a RST */
	expect(handshake, "200 0 FULL c ESTABLISHED>CLOSE\n", "5 1");
}

static void test_excuses(void **state)
{
	(void)state;
	expect(handshake, "200 0 GAP lost=3\n201 0 FULL c ESTABLISHED>CLOSE_WAIT\n", "5 0 gap:1");
	expect(handshake, "200 0 FULL c ESTABLISHED>CLOSE err=" STR(ETIMEDOUT) " retr=6\n",
	       "5 0 timer:1");
	expect(handshake,
	       "200 0 FULL c ESTABLISHED>CLOSE task call=recvfrom err=" STR(ECONNABORTED) "\n",
	       "5 0 destroyed:1");
	expect(" 10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
	       " 12 0 OUT c>s SYN seq=1000 id=1\n"
	       " 50 0 FULL c SYN_SENT>CLOSE call=close pid=10\n",
	       NULL, "2 0 call:1");
	expect(" 10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
	       " 12 0 OUT c>s SYN seq=1000 id=1\n"
	       " 14 0 ICMPIN c\n"
	       " 15 0 FULL c SYN_SENT>CLOSE err=" STR(EHOSTUNREACH) "\n",
	       NULL, "2 0 icmp:1");
	/* a RST behind the FIN that came, one below RCV.NXT */
	expect(handshake,
	       "100 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
	       "101 0 FULL c ESTABLISHED>CLOSE_WAIT\n"
	       "102 0 IN  s>c RST seq=5001 id=101\n"
	       "103 0 RST_RCVD c\n"
	       "104 0 FULL c CLOSE_WAIT>CLOSE err=" STR(EPIPE) "\n",
	       "6 0 lenient:1");
	/* but not one that is nowhere near the window */
	expect(handshake,
	       "100 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
	       "101 0 FULL c ESTABLISHED>CLOSE_WAIT\n"
	       "102 0 IN  s>c RST seq=4000 id=101\n"
	       "103 0 RST_RCVD c\n"
	       "104 0 FULL c CLOSE_WAIT>CLOSE err=" STR(EPIPE) "\n",
	       "6 1");
}

/*
 * tcp_validate_incoming(): a RST where the last block ends that the receiver
 * acknowledged selectively is taken, too
 */
static void test_rst_behind_sack(void **state)
{
#define AHEAD(rst)                                                  \
	"100 0 IN  s>c ACK seq=5011 ack=1001 len=10 id=101\n"       \
	"101 0 OUT c>s ACK seq=1001 ack=5001 sack=5011-5021 id=3\n" \
	"102 0 IN  s>c ACK seq=5031 ack=1001 len=10 id=102\n"       \
	"103 0 OUT c>s ACK seq=1001 ack=5001 sack=5031-5041 id=4\n" \
	"104 0 IN  s>c RST seq=" rst " id=103\n"                    \
	"105 0 RST_RCVD c\n"                                        \
	"106 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n"
	(void)state;
	expect(handshake, AHEAD("5041"), "5 0 lenient:1");
	/* at the end of another one, inside of it, or behind it, it gets a challenge */
	expect(handshake, AHEAD("5021"), "5 1");
	expect(handshake, AHEAD("5040"), "5 1");
	expect(handshake, AHEAD("5042"), "5 1");
	/* where the next octet is expected it is simply taken */
	expect(handshake, AHEAD("5001"), "5 0");
#undef AHEAD
}

/*
 * RFC 7323 refuses what is one tick too old, Linux takes it (TCP_PAWS_WINDOW).  A FIN
 * that came so, ahead of its time, is known of when its receiver acknowledges it
 * selectively; then what fills the hole brings it.
 */
static void test_refused_fin(void **state)
{
#define OPENED(sack)                                                       \
	"100 0 IN  s>c ACK seq=5001 ack=1001 ts=51 id=101\n"               \
	"101 0 IN  s>c FIN,PSH,ACK seq=5011 ack=1001 len=5 ts=50 id=102\n" \
	"102 0 OUT c>s ACK seq=1001 ack=5001 " sack " ts=9 id=3\n"         \
	"200 0 IN  s>c ACK seq=5001 ack=1001 len=10 ts=60 id=103\n"        \
	"201 0 FULL c ESTABLISHED>CLOSE_WAIT\n"
	(void)state;
	expect(handshake, OPENED("sack=5011-5017"), "5 0");
	/* without the FIN's number it has not come */
	expect(handshake, OPENED("sack=5011-5016"), "5 1");
	expect(handshake, OPENED(""), "5 1");
	/* nor is it one that ends elsewhere */
	expect(handshake, OPENED("sack=5011-5018"), "5 1");
#undef OPENED
}

/* another socket tries the same port, in vain: no conversation, and nothing here */
static void test_vain_attempt(void **state)
{
	struct script s;

	(void)state;
	assert_string_equal(account(&s, handshake,
				    "100 0 FULL c CLOSE>SYN_SENT call=connect pid=11 sk=9\n"
				    "101 0 FULL c SYN_SENT>CLOSE call=connect pid=11 sk=9\n"
				    "102 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
				    "103 0 FULL c ESTABLISHED>CLOSE_WAIT\n"),
			    "5 0");
	assert_int_equal(nt_model_nconv(s.m), 1);
	script_end(&s);
}

/* the listener: what it drops shows in nothing but what it does not answer */
static void test_listener(void **state)
{
	(void)state;
	expect(" 12 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       "9000000 0 IN  c>s SYN seq=1000 id=2 sk=LISTEN:LISTEN\n",
	       NULL, "0 0 syn-dropped:1");
	expect(" 12 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       " 17 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n"
	       "9000000 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n",
	       NULL, "0 0 syn-cookie:1");
	/* a cookie comes back: its child has both states at once, late and in order */
	expect(" 12 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       " 17 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n"
	       " 24 0 IN  c>s ACK seq=1001 ack=5001 id=2\n"
	       " 25 0 FULL s LISTEN>SYN_RECV\n"
	       " 26 0 FULL s SYN_RECV>ESTABLISHED\n",
	       NULL, "2 0");
	expect(" 12 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       " 16 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
	       " 17 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=REQUEST:NEW_SYN_RECV\n"
	       " 24 0 IN  c>s ACK seq=1001 ack=5001 id=2\n"
	       "9000000 0 OUT s>c SYN,ACK seq=5000 ack=1001\n",
	       NULL, "1 0 ack-dropped:1");
}

/* the list is closed: a name, a sentence and a ceiling each; no two alike */
static void test_list(void **state)
{
	struct nt_disputed d = { .from = NT_ESTABLISHED, .to = NT_CLOSE_WAIT };
	unsigned int e, f;

	(void)state;
	assert_int_equal(nt_excuse_find(&d), NT_EXCUSE_NONE);
	for (e = 0; e < NT_EXCUSE_MAX; e++) {
		assert_true(strlen(nt_excuse_text(e)) > 10);
		assert_true(nt_excuse_ceiling(e) < 200);
		for (f = 0; f < e; f++)
			assert_string_not_equal(nt_excuse_name(e), nt_excuse_name(f));
	}
	assert_int_equal(nt_excuse_ceiling(NT_EXCUSE_NONE), 0);
	assert_int_equal(nt_excuse_ceiling(NT_EXCUSE_GAP), 0);
	assert_string_equal(nt_excuse_name(NT_EXCUSE_MAX), "?");
	assert_string_equal(nt_excuse_text(-1), "?");
	d = (struct nt_disputed){ .from = NT_TIME_WAIT, .to = NT_CLOSED, .reused = true };
	assert_int_equal(nt_excuse_find(&d), NT_EXCUSE_REUSED);
	d.from = NT_ESTABLISHED;
	assert_int_equal(nt_excuse_find(&d), NT_EXCUSE_NONE);
	/* a RST that was sent is what its segments imply: a call alone excuses no more */
	d = (struct nt_disputed){ .from = NT_SYN_SENT, .to = NT_CLOSED, .cause = NT_CAUSE_CALL };
	assert_int_equal(nt_excuse_find(&d), NT_EXCUSE_CALL);
	d.rst_sent = true;
	assert_int_equal(nt_excuse_find(&d), NT_EXCUSE_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_agrees),	    cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_abort),	    cmocka_unit_test(test_unexplained),
		cmocka_unit_test(test_excuses),	    cmocka_unit_test(test_rst_behind_sack),
		cmocka_unit_test(test_refused_fin), cmocka_unit_test(test_listener),
		cmocka_unit_test(test_list),	    cmocka_unit_test(test_vain_attempt),
	};

	return cmocka_run_group_tests_name("agree", tests, NULL, NULL);
}
