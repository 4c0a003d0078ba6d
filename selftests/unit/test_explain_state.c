// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said of a transition depends on what caused it, and on the state that it
 * ends: a RST, data that nobody reads, one timer or another.
 */
#include "story.h"

#include <errno.h>

#include "language.h"

#define STR_(n) #n
#define STR(n)	STR_(n)

/* both ends are of this kernel */
static const char handshake[] = "10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
				"11 0 OUT c>s SYN seq=1000 id=1\n"
				"12 0 IN  c>s SYN seq=1000 id=1\n"
				"13 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
				"14 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
				"15 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"
				"16 0 FULL c SYN_SENT>ESTABLISHED\n"
				"17 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"
				"18 0 IN  c>s ACK seq=1001 ack=5001 id=2\n"
				"19 0 FULL s LISTEN>SYN_RECV noremote\n"
				"20 0 FULL s SYN_RECV>ESTABLISHED\n"
				"20 0 REQ s END NEW_SYN_RECV>ESTABLISHED why=PROMOTED\n";
/* the client closes */
static const char fin[] = "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close pid=10\n"
			  "201 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=4\n"
			  "202 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=4\n"
			  "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n";
static const char fin_acked[] = "204 0 OUT s>c ACK seq=5001 ack=1002 id=100\n"
				"205 0 IN  s>c ACK seq=5001 ack=1002 id=100\n"
				"206 0 FULL c FIN_WAIT1>FIN_WAIT2\n";
static const char orphan[] = "207 0 TW c BEGIN FIN_WAIT2>FIN_WAIT2 left=60000\n";
/* the server closes, too, and gets its ACK */
static const char other_fin[] = "300 0 FULL s CLOSE_WAIT>LAST_ACK call=close pid=20\n"
				"301 0 OUT s>c FIN,ACK seq=5001 ack=1002 id=101\n"
				"302 0 IN  s>c FIN,ACK seq=5001 ack=1002 id=101\n"
				"303 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000\n"
				"304 0 OUT c>s ACK seq=1002 ack=5002 id=5\n";

static struct story story;

static const struct nt_told *told(const char *title, const char *const part[])
{
	size_t n = 0;

	while (part[n])
		n++;
	tell_script(&story, part, n);
	return titled(&story, title);
}

#define TOLD(title, ...) told(title, (const char *const[]){ __VA_ARGS__, NULL })

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("has '%s': %s", part, text);
}

/* nobody answers a request, an orphan's FIN, a program; each by a timer of its own */
static void test_timers(void **state)
{
	const struct nt_told *t;

	(void)state;
	t = TOLD("SYN-RECEIVED → CLOSED",
		 "10 0 IN c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
		 "11 0 REQ s BEGIN LISTEN>NEW_SYN_RECV left=1000\n"
		 "12 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
		 "3000011 0 REQ s END NEW_SYN_RECV>CLOSE why=EXPIRED timer\n");
	has(t->text, "For 3.0 s the last ACK of the handshake has not come from 10.0.1.2:40000");
	lacks(t->text, "ETIMEDOUT");

	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked, orphan,
		 "60000206 0 TW c END FIN_WAIT2>CLOSE why=EXPIRED timer\n");
	has(t->text, "For 60.0 s the FIN of 10.0.2.2:80 has not come, and no program is left");
	has(t->note, "once the program at 10.0.1.2:40000 has called close()");
	lacks(t->text, "ETIMEDOUT");

	/* half closed by shutdown(): its program lives, and its call fails */
	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked,
		 "9000000 0 FULL c FIN_WAIT2>CLOSE probes=9 err=" STR(ETIMEDOUT) " timer\n");
	has(t->text, "The peer, 10.0.2.2:80, has not answered for too long");
	has(t->text, "ETIMEDOUT");
	assert_string_equal(t->note, "");

	t = TOLD("FIN-WAIT-1 → CLOSED", handshake, fin,
		 "9000000 0 FULL c FIN_WAIT1>CLOSE retr=8 dead err=" STR(ETIMEDOUT) " timer\n");
	has(t->text, "10.0.2.2:80 has not acknowledged the FIN, nor what may be before it");
	lacks(t->text, "ETIMEDOUT");

	t = TOLD("ESTABLISHED → CLOSED", handshake,
		 "900000000 0 FULL c ESTABLISHED>CLOSE retr=15 err=" STR(ETIMEDOUT) " timer\n");
	has(t->text, "The peer, 10.0.2.2:80, has not answered for too long");
	has(t->text, "ETIMEDOUT");
}

/* nobody reads what still comes: that is no RST of the peer's, but leads to one */
static void test_data(void **state)
{
	static const char more[] = "250 0 OUT s>c PSH,ACK seq=5001 ack=1002 len=9 id=101\n"
				   "251 0 IN  s>c PSH,ACK seq=5001 ack=1002 len=9 id=101\n";
	const struct nt_told *t;

	(void)state;
	t = TOLD("FIN-WAIT-1 → CLOSED", handshake, fin, more, "252 0 FULL c FIN_WAIT1>CLOSE\n");
	has(t->text, "the cause is segment 5.");
	has(t->text, "Segment 5 brings data that nobody will read any more, for the program at "
		     "10.0.1.2:40000 has closed both directions");
	assert_string_equal(t->rfc, "RFC 1122, 4.2.2.13");
	lacks(t->text, "RST of segment");

	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked, orphan, more,
		 "252 0 TW c END FIN_WAIT2>CLOSE why=KILLED\n");
	has(t->text, "Segment 6 brings data that nobody will read any more");

	/* a FIN behind data that are lost */
	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked, orphan,
		 "250 0 OUT s>c FIN,ACK seq=5010 ack=1002 id=101\n"
		 "251 0 IN  s>c FIN,ACK seq=5010 ack=1002 id=101\n"
		 "252 0 TW c END FIN_WAIT2>CLOSE why=KILLED\n");
	has(t->text, "The FIN of segment 6 has come, but data before it are missing");

	/* TCP_LINGER2 below 0 */
	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin,
		 "204 0 OUT s>c ACK seq=5001 ack=1002 id=100\n"
		 "205 0 IN  s>c ACK seq=5001 ack=1002 id=100\n"
		 "206 0 FULL c FIN_WAIT1>FIN_WAIT2 number=7 dead\n"
		 "207 0 FULL c FIN_WAIT2>CLOSE number=8 dead\n");
	has(t->text, "Segment 5 acknowledges its FIN, and the kernel does not wait for that of "
		     "10.0.2.2:80");
}

static void test_rst(void **state)
{
	static const char rst[] = "250 0 OUT s>c RST seq=5001 id=101\n"
				  "251 0 IN  s>c RST seq=5001 id=101\n"
				  "252 0 RST_RCVD c\n";
	const struct nt_told *t;

	(void)state;
	t = TOLD("ESTABLISHED → CLOSED", handshake, rst,
		 "253 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n");
	has(t->text, "The RST of segment 4 ends it at once, without FIN and without TIME-WAIT");
	/* here a FIN was sent */
	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked, rst,
		 "253 0 FULL c FIN_WAIT2>CLOSE err=" STR(ECONNRESET) "\n");
	has(t->text, "The RST of segment 6 breaks the closing off");
	lacks(t->text, "without FIN");
}

static void test_calls(void **state)
{
	const struct nt_told *t;

	(void)state;
	t = TOLD("SYN-SENT → CLOSED", "10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
				      "11 0 OUT c>s SYN seq=1000 id=1\n"
				      "900 0 FULL c SYN_SENT>CLOSE call=close pid=10\n");
	has(t->text, "That gave the attempt up. The server 10.0.2.2:80 is not told");
	t = TOLD("ESTABLISHED → CLOSED", handshake,
		 "200 0 FULL c ESTABLISHED>CLOSE call=close pid=10\n");
	has(t->text, "without FIN and without TIME-WAIT; the server 10.0.2.2:80 is told by a RST");
	t = TOLD("FIN-WAIT-2 → CLOSED", handshake, fin, fin_acked,
		 "900 0 FULL c FIN_WAIT2>CLOSE call=close pid=10\n");
	has(t->text, "without waiting for what is still to come and without TIME-WAIT");
}

/* the wait begins again by a FIN, and by whatever else comes */
static void test_wait_again(void **state)
{
	const struct nt_told *t;

	(void)state;
	t = TOLD("TIME-WAIT → TIME-WAIT", handshake, fin, fin_acked, other_fin,
		 "200301 0 OUT s>c FIN,ACK seq=5001 ack=1002 id=102 retrans\n"
		 "200302 0 IN  s>c FIN,ACK seq=5001 ack=1002 id=102\n"
		 "200303 0 TW c RESTART TIME_WAIT>TIME_WAIT left=60000\n");
	has(t->text, "The FIN came once more, so the last ACK had been lost, or was late");

	t = TOLD("TIME-WAIT → TIME-WAIT", handshake, fin, fin_acked, other_fin,
		 "200301 0 OUT s>c ACK seq=5001 ack=1002 id=102\n"
		 "200302 0 IN  s>c ACK seq=5001 ack=1002 id=102\n"
		 "200303 0 TW c RESTART TIME_WAIT>TIME_WAIT left=60000\n");
	has(t->text, "Segment 8 came although both directions are closed");
	lacks(t->text, "FIN came");

	/* the segment is in a gap */
	t = TOLD("TIME-WAIT → TIME-WAIT", handshake, fin, fin_acked, other_fin,
		 "200303 0 TW c RESTART TIME_WAIT>TIME_WAIT left=60000\n");
	has(t->text, "The wait of the client prog[10] begins anew.");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_timers),	   cmocka_unit_test(test_data),
		cmocka_unit_test(test_rst),	   cmocka_unit_test(test_calls),
		cmocka_unit_test(test_wait_again),
	};

	language_start();
	language_set(false);
	return cmocka_run_group_tests_name("explain: state", tests, NULL, NULL);
}
