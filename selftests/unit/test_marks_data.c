// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_marks_data.c - segments that are lost, sent again, doubled, overtaken: each mark
 * where it belongs, and not where it nearly does
 */
#include "marks.h"

#define NO_SACK                                                      \
	"    0 0 FWD c>s SYN seq=1000 ws=7\n"                        \
	" 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 ws=7 win=64000\n" \
	" 2000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n"

/* a timeout is a silence that long, before what is first in line */
static void test_rto(void **state)
{
	(void)state;
	CHECK(OPENING TWO "213000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "6 ~retransmission:rto\n");
	CHECK(OPENING TWO "150000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "6 ~retransmission\n");
	/* the last one may be a tail loss probe; the second time it is none */
	CHECK(OPENING TWO " 12000 0 FWD s>c ACK seq=5001 ack=1101\n"
			  "413000 0 FWD c>s ACK seq=1101 ack=5001 len=100\n"
			  "900000 0 FWD c>s ACK seq=1101 ack=5001 len=100\n",
	      "7 ~retransmission\n8 ~retransmission:rto\n");
	/* without SACK there are no such probes (RFC 8985, 7) */
	CHECK("    0 0 FWD c>s SYN seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n"
	      " 2000 0 FWD c>s ACK seq=1001 ack=5001\n"
	      " 3000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
	      "213000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "5 ~retransmission:rto\n");
	/* in the silence something was acknowledged: the timer began anew */
	CHECK(OPENING TWO "130000 0 FWD s>c ACK seq=5001 ack=1101\n"
			  "250000 0 FWD c>s ACK seq=1101 ack=5001 len=100\n",
	      "7 ~retransmission\n");
}

#define DUP " 0 FWD s>c ACK seq=5001 ack=1001 win=500\n"
#define FOUR                                                            \
	"  9000" DUP " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n" \
	" 10010 0 FWD c>s ACK seq=1101 ack=5001 len=100\n"              \
	" 10020 0 FWD c>s ACK seq=1201 ack=5001 len=100\n"              \
	" 10030 0 FWD c>s ACK seq=1301 ack=5001 len=100\n"

/* three duplicate ACKs are the ground for "fast"; two are not */
static void test_fast(void **state)
{
	(void)state;
	CHECK(OPENING FOUR " 11000" DUP " 11010" DUP " 11020" DUP
			   " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~duplicate-ack#3\n"
	      "12 ~retransmission:fast\n");
	CHECK(NO_SACK FOUR " 11000" DUP " 11010" DUP " 11020" DUP
			   " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~duplicate-ack#3\n"
	      "12 ~retransmission:fast\n");
	CHECK(NO_SACK FOUR " 11000" DUP " 11010" DUP
			   " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~retransmission\n");
	/* nor with SACK that only one of them offered */
	CHECK("    0 0 FWD c>s SYN seq=1000 ws=7 sackok\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 ws=7 win=64000\n"
	      " 2000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n" FOUR " 11000" DUP
	      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~retransmission\n");
	/* what recovery began with is over: what goes again beyond is not of it */
	CHECK(NO_SACK FOUR " 11000" DUP " 11010" DUP " 11020" DUP
			   " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
			   " 12010 0 FWD c>s ACK seq=1401 ack=5001 len=100\n"
			   " 12020 0 FWD c>s ACK seq=1301 ack=5001 len=100\n"
			   " 12030 0 FWD c>s ACK seq=1401 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~duplicate-ack#3\n"
	      "12 ~retransmission:fast\n14 ~retransmission:fast\n15 ~retransmission\n");
	/* with SACK one is enough (RFC 8985), if it is not the last that goes again */
	CHECK(OPENING FOUR " 11000" DUP " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~retransmission:fast\n");
	CHECK(OPENING FOUR " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "9 ~retransmission\n");
	CHECK(OPENING "  9000" DUP " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n 11000" DUP
		      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "6 ~duplicate-ack#1\n7 ~retransmission\n");
	/* a partial acknowledgement: the recovery goes on (RFC 6582) */
	CHECK(OPENING FOUR " 11000" DUP " 11010" DUP " 11020" DUP
			   " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
			   " 14000 0 FWD s>c ACK seq=5001 ack=1201 win=500\n"
			   " 14010 0 FWD c>s ACK seq=1201 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~duplicate-ack#3\n"
	      "12 ~retransmission:fast\n14 ~retransmission:fast\n");
	/* all is acknowledged: what comes then is none */
	CHECK(OPENING FOUR " 11000" DUP " 11010" DUP " 11020" DUP
			   " 14000 0 FWD s>c ACK seq=5001 ack=1401 win=500\n"
			   " 14010 0 FWD c>s ACK seq=1401 ack=5001 len=100\n"
			   " 14020 0 FWD c>s ACK seq=1401 ack=5001 len=100\n",
	      "9 ~duplicate-ack#1\n10 ~duplicate-ack#2\n11 ~duplicate-ack#3\n"
	      "14 ~retransmission\n");
}

static void retransmits(const char *facts, const char *want, int line)
{
	char script[2048];

	snprintf(script, sizeof(script),
		 TRACED "  100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
			"900000 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 "
			"sk=FULL:ESTABLISHED nxt=1006 una=1001 %s\n"
			"900100 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4 sk=FULL:ESTABLISHED\n",
		 facts);
	check_at(script, want, 0, line);
}

/* the sending socket's own word, and what drove it */
static void test_observed(void **state)
{
	(void)state;
	retransmits("retrans ca=4 retr=1", "4 ~not-delivered\n5 retransmission:rto\n", __LINE__);
	retransmits("retrans ca=3", "4 ~not-delivered\n5 retransmission:fast\n", __LINE__);
	retransmits("retrans ca=0 pend=5", "4 ~not-delivered\n5 retransmission:tlp\n", __LINE__);
	/* the probe's timer was armed when recovery began */
	retransmits("retrans ca=3 pend=5", "4 ~not-delivered\n5 retransmission:fast\n", __LINE__);
	retransmits("retrans ca=1 pend=1", "4 ~not-delivered\n5 retransmission\n", __LINE__);
	/* it says that it did not: nothing is inferred against it */
	retransmits("", "4 ~not-delivered\n", __LINE__);
}

#define TOO_BIG(code)                                                                            \
	TRACED "  100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"          \
	       "  110 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED rcv=1001\n" \
	       "  200 0 ICMPIN c code=" #code "\n"

/* a smaller MTU sends a socket into loss without a timeout */
static void test_pmtu(void **state)
{
	(void)state;
	CHECK(TOO_BIG(4) "  300 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 retrans ca=4\n"
			 "  310 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4\n",
	      "6 retransmission:pmtu\n");
	CHECK(TOO_BIG(4) "  300 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 retrans ca=4 retr=1\n"
			 "  310 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4\n",
	      "6 retransmission:rto\n");
	CHECK(TOO_BIG(1) "  300 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 retrans ca=4\n"
			 "  310 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4\n",
	      "6 retransmission:rto\n");
}

static void test_syn(void **state)
{
	(void)state;
	CHECK("      0 0 FWD c>s SYN seq=1000 id=7\n"
	      "1000000 0 FWD c>s SYN seq=1000 id=8\n"
	      "1001000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n"
	      "2002000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n",
	      "2 ~retransmission:syn timer\n4 ~retransmission:syn+ack timer\n");
	CHECK("      0 0 FWD c>s SYN seq=1000 id=7\n"
	      " 500000 0 FWD c>s SYN seq=1000 id=8\n",
	      "2 ~retransmission\n");
	CHECK("      0 0 OUT c>s SYN seq=1000 id=7\n"
	      " 500000 0 OUT c>s SYN seq=1000 id=8 retrans sk=FULL:SYN_SENT\n",
	      "2 retransmission:syn timer\n");
}

/* octets in a hole: what says when they were sent decides */
static void test_order(void **state)
{
	(void)state;
	/* timestamps: the sender's clock */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=60\n"
		      " 99000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=59\n",
	      "5 ~out-of-order\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=60\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=61\n",
	      "5 ~retransmission\n");
	/* identifications that count */
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 id=10\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 id=11\n"
		      "  3002 0 FWD c>s ACK seq=1003 ack=5001 len=1 id=12\n"
		      "  3003 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=13\n"
		      "  3005 0 FWD c>s ACK seq=1006 ack=5001 len=1 id=15\n"
		      " 99000 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=14\n",
	      "9 ~out-of-order\n");
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 id=10\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 id=11\n"
		      "  3002 0 FWD c>s ACK seq=1003 ack=5001 len=1 id=12\n"
		      "  3003 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=13\n"
		      "  3005 0 FWD c>s ACK seq=1006 ack=5001 len=1 id=15\n"
		      "  3010 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=16\n",
	      "9 ~retransmission\n");
	/* within a tick of the sender's clock one step that fits is enough */
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 ts=60 id=10\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 ts=61 id=11\n"
		      "  3005 0 FWD c>s ACK seq=1004 ack=5001 len=1 ts=61 id=13\n"
		      " 99000 0 FWD c>s ACK seq=1003 ack=5001 len=1 ts=61 id=12\n",
	      "7 ~out-of-order\n");
	/* an acknowledgment without data overtook them: they are older, all of them */
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 ts=60 id=10\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 ts=61 id=11\n"
		      "  3005 0 FWD c>s ACK seq=1005 ack=5001 ts=61 id=14\n"
		      " 99000 0 FWD c>s ACK seq=1003 ack=5001 len=1 ts=61 id=12\n"
		      " 99001 0 FWD c>s ACK seq=1004 ack=5001 len=1 ts=61 id=13\n",
	      "7 ~out-of-order\n8 ~out-of-order\n");
	/* an identification of 0 is none */
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 ts=60 id=10\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 ts=61 id=11\n"
		      "  3005 0 FWD c>s ACK seq=1004 ack=5001 ts=61\n"
		      " 99000 0 FWD c>s ACK seq=1003 ack=5001 len=1 ts=61 id=12\n",
	      "7 ~retransmission\n");
	/* identifications that do not count say nothing: time does */
	CHECK(OPENING "  3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 id=900\n"
		      "  3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 id=11\n"
		      "  3002 0 FWD c>s ACK seq=1003 ack=5001 len=1 id=700\n"
		      "  3005 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=15\n"
		      "  3010 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=99\n",
	      "8 ~out-of-order\n");
	/* less than the round trip of 2 ms, or more */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1101 ack=5001 len=100\n"
		      " 11900 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "5 ~out-of-order\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1101 ack=5001 len=100\n"
		      " 12100 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "5 ~retransmission\n");
	/* partly new: a sender sends nothing twice by being overtaken */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
		      " 10100 0 FWD c>s ACK seq=1051 ack=5001 len=100\n",
	      "5 ~retransmission\n");
}

/* a copy that comes when @between segments have passed since */
static void late_copy(unsigned int between, const char *want, int line)
{
	char text[16384];
	unsigned int i, n;

	n = (unsigned int)snprintf(text, sizeof(text), "%s", OPENING);
	for (i = 0; i <= between; i++)
		n += (unsigned int)snprintf(text + n, sizeof(text) - n,
					    "%u 0 FWD c>s ACK seq=%u ack=5001 len=10 ts=60 id=%u\n",
					    10000 + i, 1001 + 10 * i, 100 + i);
	snprintf(text + n, sizeof(text) - n,
		 "%u 0 FWD c>s ACK seq=1001 ack=5001 len=10 ts=60 id=100\n", 10001 + between);
	check_at(text, want, 0, line);
}

static void test_copy(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n",
	      "5 ~old-duplicate:copy\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=10\n",
	      "5 ~retransmission\n");
	late_copy(40, "45 ~old-duplicate:copy\n", __LINE__);
	late_copy(63, "68 ~old-duplicate:copy\n", __LINE__);
	/* what was sent again came first: 14 after 15 */
	CHECK(OPENING " 3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 id=10\n"
		      " 3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 id=11\n"
		      " 3002 0 FWD c>s ACK seq=1003 ack=5001 len=1 id=12\n"
		      " 3003 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=13\n"
		      " 3004 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=15\n"
		      " 3005 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=14\n",
	      "9 ~old-duplicate:late\n");
	/* however much of the stream came between */
	CHECK(OPENING " 3000 0 FWD c>s ACK seq=1001 ack=5001 len=1 id=10\n"
		      " 3001 0 FWD c>s ACK seq=1002 ack=5001 len=1 id=11\n"
		      " 3002 0 FWD c>s ACK seq=1003 ack=5001 len=1 id=12\n"
		      " 3003 0 FWD c>s ACK seq=1005 ack=5001 len=1 id=14\n"
		      " 3004 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=15\n"
		      " 3005 0 FWD c>s ACK seq=1006 ack=5001 len=1 id=16\n"
		      " 3006 0 FWD c>s ACK seq=1007 ack=5001 len=1 id=17\n"
		      " 3007 0 FWD c>s ACK seq=1008 ack=5001 len=1 id=18\n"
		      " 3008 0 FWD c>s ACK seq=1009 ack=5001 len=1 id=19\n"
		      " 3009 0 FWD c>s ACK seq=1010 ack=5001 len=1 id=20\n"
		      " 3010 0 FWD c>s ACK seq=1011 ack=5001 len=1 id=21\n"
		      " 3011 0 FWD c>s ACK seq=1012 ack=5001 len=1 id=22\n"
		      " 3012 0 FWD c>s ACK seq=1013 ack=5001 len=1 id=23\n"
		      " 3013 0 FWD c>s ACK seq=1014 ack=5001 len=1 id=24\n"
		      " 3014 0 FWD c>s ACK seq=1004 ack=5001 len=1 id=13\n",
	      "8 ~retransmission\n18 ~old-duplicate:late\n");
	/* no identification, but a clock: as new as what came, or older */
	CHECK(OPENING " 9000 0 FWD c>s ACK seq=1001 ack=5001 len=9 ts=60\n"
		      " 9001 0 FWD c>s ACK seq=1001 ack=5001 len=9 ts=59\n"
		      " 9002 0 FWD c>s ACK seq=1001 ack=5001 len=9 ts=61\n",
	      "5 ~old-duplicate:late\n6 ~retransmission\n");
	/* no identification: a traced sender knows what it sent */
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=5 sk=FULL:ESTABLISHED\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=5 sk=FULL:ESTABLISHED\n"
		     " 120 1 IN  c>s ACK seq=1001 ack=5001 len=5 sk=FULL:ESTABLISHED\n",
	      "5 ~old-duplicate:copy\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "5 ~retransmission\n");
}

static void test_spurious(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101\n"
		      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "6 ~retransmission ~spurious-retransmission:acknowledged\n");
	/* one octet was not */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1100\n"
		      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100\n",
	      "6 ~retransmission\n");
	/* the receiver's socket */
	CHECK(TRACED
	      "  100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
	      "  110 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED rcv=1001\n"
	      "90000 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 nxt=1006 retrans ca=4\n"
	      "90100 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4 sk=FULL:ESTABLISHED rcv=1006\n",
	      "5 retransmission:rto spurious-retransmission:received\n");
	CHECK(TRACED
	      "  100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
	      "  110 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED rcv=1001\n"
	      "90000 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=4 nxt=1006 retrans ca=4\n"
	      "90100 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=4 sk=FULL:ESTABLISHED rcv=1005\n",
	      "5 retransmission:rto\n");
}

/* RFC 7323, 5.3: older than one that was accepted in order */
static void test_paws(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101 ts=1\n"
		      " 12000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=70\n"
		      " 13000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n",
	      "7 ~old-duplicate:paws\n");
	/* a new identification: it was sent again, and came too late */
	CHECK(OPENING " 9000 0 FWD c>s ACK seq=1001 ack=5001 len=1 ts=60 id=10\n"
		      " 9001 0 FWD c>s ACK seq=1002 ack=5001 len=1 ts=60 id=11\n"
		      " 9002 0 FWD c>s ACK seq=1003 ack=5001 len=1 ts=60 id=12\n"
		      " 9003 0 FWD c>s ACK seq=1004 ack=5001 len=1 ts=60 id=13\n"
		      "11000 0 FWD s>c ACK seq=5001 ack=1005 ts=1\n"
		      "12000 0 FWD c>s ACK seq=1005 ack=5001 len=1 ts=70 id=15\n"
		      "13000 0 FWD c>s ACK seq=1004 ack=5001 len=1 ts=65 id=14\n",
	      "10 ~retransmission ~spurious-retransmission:acknowledged\n");
	/* as new as that: it is only repeated */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101 ts=1\n"
		      " 12000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=70\n"
		      " 13000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70\n",
	      "7 ~retransmission ~spurious-retransmission:acknowledged\n");
	/* sent again after the others, overtaken by the FIN; the first is long forgotten */
#define NINE(id)                                                       \
	" 10002 0 FWD c>s ACK seq=1101 ack=5001 len=10 ts=61" id "1\n" \
	" 10003 0 FWD c>s ACK seq=1111 ack=5001 len=10 ts=61" id "2\n" \
	" 10004 0 FWD c>s ACK seq=1121 ack=5001 len=10 ts=61" id "3\n" \
	" 10005 0 FWD c>s ACK seq=1131 ack=5001 len=10 ts=61" id "4\n" \
	" 10006 0 FWD c>s ACK seq=1141 ack=5001 len=10 ts=61" id "5\n" \
	" 10007 0 FWD c>s ACK seq=1151 ack=5001 len=10 ts=61" id "6\n" \
	" 10008 0 FWD c>s ACK seq=1161 ack=5001 len=10 ts=61" id "7\n" \
	" 10009 0 FWD c>s ACK seq=1171 ack=5001 len=10 ts=61" id "8\n" \
	" 10010 0 FWD c>s ACK seq=1181 ack=5001 len=10 ts=61" id "9\n" \
	" 20000 0 FWD s>c ACK seq=5001 ack=1191 ts=7\n"
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60 id=20\n" NINE(
		      " id=2") " 30000 0 FWD c>s ACK,FIN seq=1191 ack=5001 ts=80 id=31\n"
			       " 31000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70 id=30\n",
	      "16 ~retransmission ~spurious-retransmission:acknowledged\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n" NINE(
		      " ecr=") " 30000 0 FWD c>s ACK,FIN seq=1191 ack=5001 ts=80\n"
			       " 31000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70\n",
	      "16 ~retransmission ~spurious-retransmission:acknowledged\n");
	/* by its clock the first of them all: refused */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n" NINE(
		      " ecr=") " 30000 0 FWD c>s ACK seq=1191 ack=5001 len=1 ts=62\n"
			       " 31000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n",
	      "16 ~old-duplicate:paws\n");
	/* in a hole, after what is behind it, before the newest */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1101 ack=5001 len=10 ts=60\n"
		      " 20000 0 FWD c>s ACK seq=1111 ack=5001 len=10 ts=80\n"
		      " 20001 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70\n",
	      "6 ~retransmission\n");
	/* the newer one is behind a hole: it does not count */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101 ts=1\n"
		      " 12000 0 FWD c>s ACK seq=1201 ack=5001 len=100 ts=70\n"
		      " 13000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=65\n",
	      "7 ~out-of-order\n");
	/* new numbers: refused when what the receiver echoes is newer */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101 ts=1 ecr=60\n"
		      " 12000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=59\n",
	      "6 ~old-duplicate:paws\n");
	/* what was sent after them and came before them may be refused, or come later */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101 ts=1 ecr=60\n"
		      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70\n"
		      " 13000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=65\n",
	      "6 ~retransmission ~spurious-retransmission:acknowledged\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=60\n"
		      " 12000 0 FWD c>s ACK seq=1001 ack=5001 len=100 ts=70\n"
		      " 13000 0 FWD c>s ACK seq=1101 ack=5001 len=100 ts=65\n",
	      "5 ~retransmission\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rto),	 cmocka_unit_test(test_fast),
		cmocka_unit_test(test_observed), cmocka_unit_test(test_pmtu),
		cmocka_unit_test(test_syn),	 cmocka_unit_test(test_order),
		cmocka_unit_test(test_copy),	 cmocka_unit_test(test_spurious),
		cmocka_unit_test(test_paws),
	};

	return cmocka_run_group_tests_name("marks_data", tests, NULL, NULL);
}
