// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_marks_ack.c - acknowledgments, windows, probes and challenges: each mark where it
 * belongs, and not where it nearly does
 */
#include "marks.h"

#define UNDER_WAY                                                \
	" 9000 0 FWD s>c ACK seq=5001 ack=1001 win=500\n"        \
	" 9999 0 FWD c>s ACK seq=1001 ack=5001 len=10 win=502\n" \
	"10000 0 FWD c>s ACK seq=1011 ack=5001 len=10 win=502\n"

/* RFC 5681, 2: (a) to (e), one at a time */
static void test_dup_ack(void **state)
{
	(void)state;
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=500\n"
				" 11001 0 FWD s>c ACK seq=5001 ack=1001 win=500\n"
				" 11002 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"
				" 11003 0 FWD s>c ACK seq=5001 ack=1011 win=500\n",
	      "7 ~duplicate-ack#1\n8 ~duplicate-ack#2\n10 ~duplicate-ack#1\n");
	/* (a) nothing is under way */
	CHECK(OPENING " 9000 0 FWD s>c ACK seq=5001 ack=1001 win=500\n"
		      " 9100 0 FWD s>c ACK seq=5001 ack=1001 win=500\n",
	      "");
	/* (b) it carries data, (c) a FIN */
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=500 len=1\n", "");
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c FIN,ACK seq=5001 ack=1001 win=500\n", "");
	/* (d) less than the greatest that was acknowledged */
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"
				" 11001 0 FWD s>c ACK seq=5001 ack=1001 win=500\n",
	      "");
	/* (e) another window */
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=499\n", "");
	/* RFC 6675: unless a new SACK block says that something came */
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=510 sack=1011-1021\n"
				" 11001 0 FWD s>c ACK seq=5001 ack=1001 win=520 sack=1011-1021\n"
				" 11002 0 FWD s>c ACK seq=5001 ack=1001 win=530 sack=1011-1031\n",
	      "7 ~duplicate-ack:sack#1 sack#1\n8 ~window-update sack#1\n"
	      "9 ~duplicate-ack:sack#2 sack#1\n");
	/* a DSACK tells of nothing new */
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=499 sack=901-911\n",
	      "7 sack:dsack#1\n");
}

static void test_window_update(void **state)
{
	(void)state;
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=501\n",
	      "7 ~window-update\n");
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1011 win=501\n", "");
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1001 win=501 len=5\n", "");
	CHECK(OPENING UNDER_WAY " 11000 0 FWD s>c ACK seq=5001 ack=1021 win=0\n"
				" 12000 0 FWD s>c ACK seq=5001 ack=1021 win=9\n",
	      "7 zero-window\n8 ~window-update:reopened\n");
}

static void test_zero_window(void **state)
{
	(void)state;
	CHECK(OPENING " 9000 0 FWD s>c ACK seq=5001 ack=1001 win=0 len=3\n", "4 zero-window\n");
	CHECK(OPENING " 9000 0 FWD s>c ACK seq=5001 ack=1001 win=1 len=3\n", "");
	CHECK(OPENING " 9000 0 FWD s>c RST,ACK seq=5001 ack=1001 win=0\n", "");
}

/* with ws=7 a window of 1 is 128 bytes */
static void test_window_full(void **state)
{
	(void)state;
	CHECK(OPENING " 9000 0 FWD s>c ACK seq=5001 ack=1001 win=1 len=3\n"
		      "10000 0 FWD c>s ACK seq=66161 ack=5004 len=200\n",
	      "");
	CHECK(OPENING "10000 0 FWD c>s ACK seq=1001 ack=5001 len=65160\n",
	      "4 ~window-full ~super-segment:mss#45\n");
	CHECK(OPENING "10000 0 FWD c>s ACK seq=1001 ack=5001 len=65159\n",
	      "4 ~super-segment:mss#45\n");
	/* the scale is not known */
	CHECK(" 9000 0 FWD s>c ACK seq=5001 ack=1001 win=100\n"
	      "10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "");
	/* no scale is known to be in use */
	CHECK("    0 0 FWD c>s SYN seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 win=100\n"
	      "10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "3 ~window-full\n");
}

static void test_keepalive(void **state)
{
	(void)state;
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1010 ack=5001 win=502\n"
			   "5001000 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"
			   "5002000 0 FWD s>c ACK seq=5001 ack=1011 win=500\n",
	      "6 ~keepalive\n7 ~keepalive-ack\n");
	/* with the octet that some send, after silence; at once it is repeated */
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1010 ack=5001 len=1\n", "6 ~keepalive\n");
	CHECK(OPENING IDLE "  50000 0 FWD c>s ACK seq=1010 ack=5001 len=1\n",
	      "6 ~retransmission ~spurious-retransmission:acknowledged\n");
	/* two below; the next one; something under way; a FIN; late; with data */
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1009 ack=5001\n", "");
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1011 ack=5001\n", "");
	CHECK(OPENING " 9000 0 FWD c>s ACK seq=1001 ack=5001 len=10\n"
		      "5000000 0 FWD c>s ACK seq=1010 ack=5001\n",
	      "");
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1010 ack=5001 win=502\n"
			   "7000000 0 FWD s>c ACK seq=5001 ack=1011 win=500\n",
	      "6 ~keepalive\n");
	CHECK(OPENING IDLE "5000000 0 FWD c>s ACK seq=1010 ack=5001 win=502\n"
			   "5001000 0 FWD s>c ACK seq=5001 ack=1011 win=500 len=9\n",
	      "6 ~keepalive\n");
	/* nor one that its sender's FIN has overtaken: it acknowledges less than that did */
	CHECK(OPENING IDLE " 50000 0 FWD s>c ACK seq=5001 ack=1011 len=9\n"
			   " 51000 0 FWD c>s FIN,ACK seq=1011 ack=5010\n"
			   " 52000 0 FWD s>c FIN,ACK seq=5010 ack=1012\n"
			   " 53000 0 FWD c>s ACK seq=1012 ack=5011\n"
			   " 54000 0 FWD c>s ACK seq=1011 ack=5010\n",
	      "10 ~out-of-order\n");
	/* but a copy of one that came in its turn is that, if it can be told */
	CHECK(OPENING IDLE " 50000 0 FWD s>c ACK seq=5001 ack=1011 len=9\n"
			   " 51000 0 FWD c>s ACK seq=1011 ack=5010 id=7\n"
			   " 52000 0 FWD c>s FIN,ACK seq=1011 ack=5010 id=8\n"
			   " 53000 0 FWD s>c FIN,ACK seq=5010 ack=1012\n"
			   " 54000 0 FWD c>s ACK seq=1012 ack=5011 id=9\n"
			   " 55000 0 FWD c>s ACK seq=1011 ack=5010 id=7\n"
			   " 56000 0 FWD c>s ACK seq=1011 ack=5010 id=6\n",
	      "11 ~old-duplicate:copy\n12 ~out-of-order\n");
	/* nor is it one because its sender always has the same identification */
	CHECK(OPENING IDLE " 50000 0 FWD s>c ACK seq=5001 ack=1011 len=9\n"
			   " 50500 0 FWD c>s ACK seq=1011 ack=5001 id=7\n"
			   " 52000 0 FWD c>s FIN,ACK seq=1011 ack=5012 id=7\n"
			   " 53000 0 FWD s>c ACK seq=5010 ack=1011 len=2\n"
			   " 54000 0 FWD c>s ACK seq=1012 ack=5012 id=7\n"
			   " 55000 0 FWD c>s ACK seq=1011 ack=5010 id=7\n",
	      "7 ~duplicate-ack#1\n11 ~out-of-order\n");
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=5 sk=FULL:ESTABLISHED\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=5 sk=FULL:ESTABLISHED\n"
		     " 120 1 OUT s>c ACK seq=5001 ack=1006 sk=FULL:ESTABLISHED\n"
		     " 130 0 IN  s>c ACK seq=5001 ack=1006 sk=FULL:ESTABLISHED\n"
		     " 140 1 OUT s>c ACK seq=5001 ack=1006 len=5 sk=FULL:ESTABLISHED\n"
		     " 150 0 IN  s>c ACK seq=5001 ack=1006 len=5 sk=FULL:ESTABLISHED\n"
		     " 160 0 OUT c>s ACK seq=1006 ack=5006 len=5 sk=FULL:ESTABLISHED\n"
		     " 170 1 IN  c>s ACK seq=1006 ack=5006 len=5 sk=FULL:ESTABLISHED\n"
		     " 180 1 OUT s>c ACK seq=5006 ack=1011 sk=FULL:ESTABLISHED\n"
		     " 190 0 IN  s>c ACK seq=5006 ack=1011 sk=FULL:ESTABLISHED\n"
		     " 200 0 IN  s>c ACK seq=5001 ack=1006 sk=FULL:ESTABLISHED\n",
	      "9 ~old-duplicate:copy\n");
	/* the socket's own numbers */
	CHECK(TRACED "  100 0 OUT c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED nxt=1001\n"
		     "  110 1 IN  c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED\n",
	      "4 keepalive\n");
	CHECK(TRACED "  100 0 OUT c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED nxt=1001 "
		     "una=1000\n"
		     "  110 1 IN  c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED\n",
	      "");
}

static void test_persist(void **state)
{
	(void)state;
	CHECK(OPENING IDLE "  10000 0 FWD s>c ACK seq=5001 ack=1011 win=0\n"
			   " 300000 0 FWD c>s ACK seq=1010 ack=5001 win=502\n"
			   " 301000 0 FWD s>c ACK seq=5001 ack=1011 win=0\n"
			   " 700000 0 FWD c>s ACK seq=1010 ack=5001 win=502\n"
			   " 701000 0 FWD s>c ACK seq=5001 ack=1011 win=7\n",
	      "6 zero-window\n7 ~persist-probe\n8 ~persist-ack zero-window\n"
	      "9 ~persist-probe\n10 ~persist-ack ~window-update:reopened\n");
	/* an octet outside the window, again and again: no retransmission */
	CHECK("      0 0 FWD c>s SYN seq=1000\n"
	      "   1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 win=10\n"
	      "   2000 0 FWD c>s ACK seq=1001 ack=5001 len=10\n"
	      "   3000 0 FWD s>c ACK seq=5001 ack=1011 win=0\n"
	      " 300000 0 FWD c>s ACK seq=1011 ack=5001 len=1\n"
	      " 301000 0 FWD s>c ACK seq=5001 ack=1011 win=0\n"
	      " 900000 0 FWD c>s ACK seq=1011 ack=5001 len=1\n"
	      " 901000 0 FWD s>c ACK seq=5001 ack=1012 win=0\n",
	      "3 ~window-full\n4 zero-window\n5 ~persist-probe\n6 ~persist-ack zero-window\n"
	      "7 ~persist-probe\n8 ~persist-ack zero-window\n");
	/* a socket that backs off */
	CHECK(TRACED "  90 1 OUT s>c ACK seq=5001 ack=1001 win=0 id=9 sk=FULL:ESTABLISHED\n"
		     "  95 0 IN  s>c ACK seq=5001 ack=1001 win=0 id=9 sk=FULL:ESTABLISHED\n"
		     " 100 0 OUT c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED nxt=1001\n"
		     " 110 1 IN  c>s ACK seq=1000 ack=5001 id=3 sk=FULL:ESTABLISHED\n"
		     " 200 0 OUT c>s ACK seq=1000 ack=5001 id=4 sk=FULL:ESTABLISHED nxt=1001 "
		     "back=1\n"
		     " 210 1 IN  c>s ACK seq=1000 ack=5001 id=4 sk=FULL:ESTABLISHED\n",
	      "4 zero-window\n5 ~persist-probe\n6 persist-probe\n");
}

#define ANSWER " 20100 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"

/* RFC 5961, 3 to 5 */
static void test_challenge(void **state)
{
	(void)state;
	CHECK(OPENING IDLE " 20000 0 FWD c>s SYN seq=1005\n" ANSWER, "7 ~challenge-ack:syn\n");
	CHECK(OPENING IDLE " 20000 0 FWD c>s RST seq=1012\n" ANSWER, "7 ~challenge-ack:rst\n");
	CHECK(OPENING IDLE " 20000 0 FWD c>s ACK seq=1011 ack=5002\n" ANSWER,
	      "7 ~challenge-ack:ack\n");
	/* a RST at the left edge is taken; one outside is dropped */
	CHECK(OPENING IDLE " 20000 0 FWD c>s RST seq=1011\n" ANSWER, "");
	CHECK(OPENING IDLE " 20000 0 FWD c>s RST seq=1010\n" ANSWER, "");
	CHECK(OPENING IDLE " 20000 0 FWD c>s RST seq=66161\n" ANSWER, "");
	CHECK(OPENING IDLE " 20000 0 FWD c>s RST seq=66160\n" ANSWER, "7 ~challenge-ack:rst\n");
	/* an ACK of what was sent */
	CHECK(OPENING IDLE " 20000 0 FWD c>s ACK seq=1011 ack=5001\n" ANSWER, "");
	/* the answer is no pure ACK; is late */
	CHECK(OPENING IDLE " 20000 0 FWD c>s SYN seq=1005\n"
			   " 20100 0 FWD s>c PSH,ACK seq=5001 ack=1011 win=500 len=4\n",
	      "");
	CHECK(OPENING IDLE " 20000 0 FWD c>s SYN seq=1005\n"
			   "2000000 0 FWD s>c ACK seq=5001 ack=1011 win=500\n",
	      "");
	/* a SYN,ACK that comes again: its ACK was lost */
	CHECK(OPENING "1001000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n"
		      "1002000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n",
	      "4 ~retransmission:syn+ack timer ~spurious-retransmission:acknowledged\n"
	      "5 ~challenge-ack:syn\n");
}

static void test_sack(void **state)
{
	(void)state;
	CHECK(OPENING TWO " 11000 0 FWD s>c ACK seq=5001 ack=1001 sack=1101-1201\n",
	      "6 ~duplicate-ack:sack#1 sack#1\n");
	CHECK(OPENING TWO " 11000 0 FWD s>c ACK seq=5001 ack=1201 sack=1101-1201\n",
	      "6 sack:dsack#1\n");
	/* inside the second one, at its very edges; and beside it */
	CHECK(OPENING TWO " 11000 0 FWD s>c ACK seq=5001 ack=1001 sack=1101-1201,1101-1201\n",
	      "6 sack:dsack#2\n");
	CHECK(OPENING TWO " 11000 0 FWD s>c ACK seq=5001 ack=1001 sack=1120-1130,1101-1201\n",
	      "6 sack:dsack#2\n");
	CHECK(OPENING TWO " 11000 0 FWD s>c ACK seq=5001 ack=1001 sack=1220-1230,1101-1201\n",
	      "6 ~duplicate-ack:sack#1 sack#2\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dup_ack),	    cmocka_unit_test(test_window_update),
		cmocka_unit_test(test_zero_window), cmocka_unit_test(test_window_full),
		cmocka_unit_test(test_keepalive),   cmocka_unit_test(test_persist),
		cmocka_unit_test(test_challenge),   cmocka_unit_test(test_sack),
	};

	return cmocka_run_group_tests_name("marks_ack", tests, NULL, NULL);
}
