// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_marks.c - each mark where it belongs, and not where it nearly does
 *
 * Most is seen from a router (FWD), where all has to be inferred; what a socket
 * tells is seen at its end (OUT, IN).
 */
#include <jansson.h>

#include "script.h"
#include "track/marks.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

/* a round trip of 2 ms; numbers from 1001 and 5001 on */
#define OPENING                                                                      \
	"    0 0 FWD c>s SYN seq=1000 mss=1460 ws=7 sackok win=64240\n"              \
	" 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 mss=1460 ws=7 sackok win=65160\n" \
	" 2000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n"

#define NO_SACK                                                      \
	"    0 0 FWD c>s SYN seq=1000 ws=7\n"                        \
	" 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 ws=7 win=64000\n" \
	" 2000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n"

/* client in stream 0, server in 1 */
#define TRACED                                               \
	"   0 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n" \
	"  10 0 OUT c>s SYN seq=1000 id=1\n"                 \
	"  20 1 IN  c>s SYN seq=1000 id=1\n"                 \
	"  30 1 OUT s>c SYN,ACK seq=5000 ack=1001\n"         \
	"  40 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"         \
	"  50 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"        \
	"  60 1 IN  c>s ACK seq=1001 ack=5001 id=2\n"

/* the marks of conversation @conv, a line for each arrow that has any */
static const char *marks(struct script *s, const char *script, size_t conv)
{
	const struct nt_conv *c;
	size_t i;
	int k;

	script_begin(s, "10.0.1.2", "10.0.2.2");
	script_run(s, script);
	nt_model_finish(s->m);
	s->out[0] = '\0';
	c = nt_model_conv(s->m, conv);
	for (i = 0; i < c->nitem; i++) {
		const struct nt_arrow *a = c->item[i].arrow;

		if (c->item[i].type != NT_ITEM_ARROW || !a->nmark)
			continue;
		script_put(s, "%u", a->n);
		for (k = 0; k < a->nmark; k++) {
			const struct nt_mark *m = &a->mark[k];

			script_put(s, " %s%s%s%s", m->basis == NT_INFERRED ? "~" : "",
				   nt_mark_word(m->name), m->reason ? ":" : "",
				   m->reason ? m->reason : "");
			if (m->n)
				script_put(s, "#%u", m->n);
		}
		script_put(s, "\n");
	}
	return s->out;
}

static void check_at(const char *script, const char *want, size_t conv, int line)
{
	struct script s;
	const char *got = marks(&s, script, conv);

	if (strcmp(got, want)) {
		print_error("line %d:\n%s--- instead of ---\n%s", line, got, want);
		fail();
	}
	script_end(&s);
}

#define CHECK(script, want) check_at(script, want, 0, __LINE__)

/* nothing of a plain exchange is worth a mark */
static void test_plain(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s PSH,ACK seq=1001 ack=5001 len=100\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101\n"
		      " 12000 0 FWD s>c PSH,ACK seq=5001 ack=1101 len=1460\n"
		      " 13000 0 FWD c>s ACK seq=1101 ack=6461\n"
		      " 14000 0 FWD c>s FIN,ACK seq=1101 ack=6461\n"
		      " 15000 0 FWD s>c FIN,ACK seq=6461 ack=1102\n"
		      " 16000 0 FWD c>s ACK seq=1102 ack=6462\n",
	      "");
}

#define TWO                                                        \
	" 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 win=502\n" \
	" 10010 0 FWD c>s ACK seq=1101 ack=5001 len=100 win=502\n"

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

static void test_copy(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n",
	      "5 ~old-duplicate:copy\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=9\n"
		      " 10100 0 FWD c>s ACK seq=1001 ack=5001 len=100 id=10\n",
	      "5 ~retransmission\n");
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

#define IDLE                                                     \
	" 9000 0 FWD c>s ACK seq=1001 ack=5001 len=10 win=502\n" \
	" 9500 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"

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

static void test_super_segment(void **state)
{
	(void)state;
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=3000 gso=1448 id=3\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=3000 gso=1448 id=3\n",
	      "4 super-segment:gso#3\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2000 gso=1448\n",
	      "4 super-segment:gro#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1448 gso=1448\n", "");
	/* without the kernel's word: longer than the MSS, less the options */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1461\n",
	      "4 ~super-segment:mss#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1460\n", "");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2896 ts=1\n",
	      "4 ~super-segment:mss#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2897 ts=1\n",
	      "4 ~super-segment:mss#3\n");
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

static void test_ecn(void **state)
{
	(void)state;
	CHECK("    0 0 FWD c>s SYN,ECE,CWR seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE seq=5000 ack=1001\n"
	      " 2000 0 FWD c>s ACK seq=1001 ack=5001 len=9 tos=2\n"
	      " 3000 0 FWD c>s ACK seq=1010 ack=5001 len=9 tos=3\n"
	      " 4000 0 FWD s>c ACK,ECE seq=5001 ack=1019\n"
	      " 5000 0 FWD c>s ACK,CWR seq=1019 ack=5001 len=9 tos=3\n",
	      "1 ecn:offered\n2 ecn:accepted\n4 ecn:ce\n5 ecn:ece\n6 ecn:ce+cwr\n");
	/* half an offer; an answer that reflects both; one that nobody asked for */
	CHECK("    0 0 FWD c>s SYN,ECE seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE seq=5000 ack=1001\n",
	      "");
	CHECK("    0 0 FWD c>s SYN,ECE,CWR seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE,CWR seq=5000 ack=1001\n",
	      "1 ecn:offered\n");
	/* the router marked it: its sender's record does not know */
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 tos=2\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=3 tos=3\n",
	      "4 ecn:ce\n");
}

static void test_fastopen(void **state)
{
	(void)state;
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 tfo\n",
	      "1 fast-open:cookie\n2 fast-open:granted\n");
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo len=10\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1011\n",
	      "1 fast-open:data\n2 fast-open:data accepted\n");
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo len=10\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n",
	      "1 fast-open:data\n2 fast-open:data refused\n");
}

static void test_syn_cookie(void **state)
{
	(void)state;
	CHECK(" 10 1 IN  c>s SYN seq=1000 sk=LISTEN:LISTEN\n"
	      " 20 1 OUT s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n",
	      "2 syn-cookie\n");
	CHECK(" 10 1 IN  c>s SYN seq=1000 sk=LISTEN:LISTEN\n"
	      " 20 1 OUT s>c SYN,ACK seq=5000 ack=1001 sk=REQUEST:NEW_SYN_RECV\n",
	      "");
	/* seen on the way, nobody can tell */
	CHECK(" 10 0 FWD c>s SYN seq=1000\n"
	      " 20 0 FWD s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n",
	      "");
}

static void test_port_reuse(void **state)
{
	static const char twice[] = " 10 0 FWD c>s SYN seq=1000\n"
				    " 20 0 FWD s>c RST,ACK seq=0 ack=1001\n"
				    " 30 0 FWD c>s SYN seq=9000\n";

	(void)state;
	check_at(twice, "", 0, __LINE__);
	check_at(twice, "1 port-reuse\n", 1, __LINE__);
}

/* the heaviest stay, in order; what is left out is counted */
static void test_room(void **state)
{
	static const enum nt_mark_name light_first[] = {
		NT_MARK_SUPER_SEGMENT, NT_MARK_SACK,	      NT_MARK_ECN,
		NT_MARK_ZERO_WINDOW,   NT_MARK_OUT_OF_ORDER,  NT_MARK_RETRANSMISSION,
		NT_MARK_SPURIOUS,      NT_MARK_NOT_DELIVERED, NT_MARK_WINDOW_FULL,
	};
	static const enum nt_mark_name want[NT_MARKS_MAX] = {
		NT_MARK_NOT_DELIVERED, NT_MARK_RETRANSMISSION, NT_MARK_SPURIOUS,
		NT_MARK_OUT_OF_ORDER,  NT_MARK_ZERO_WINDOW,    NT_MARK_WINDOW_FULL,
	};
	struct nt_mark_list s = { .n = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(light_first) / sizeof(light_first[0]); i++)
		nt_marks_add(&s, light_first[i], "r", NT_INFERRED, (uint32_t)i);
	assert_int_equal(s.n, NT_MARKS_MAX);
	assert_int_equal(s.left_out, 3);
	for (i = 0; i < NT_MARKS_MAX; i++)
		assert_int_equal(s.m[i].name, want[i]);
	nt_marks_add(&s, NT_MARK_SACK, NULL, NT_OBSERVED, 0);
	assert_int_equal(s.left_out, 4);
	assert_null(nt_mark_find(&s, NT_MARK_SACK));
	assert_string_equal(nt_mark_find(&s, NT_MARK_SPURIOUS)->reason, "r");
}

/* every mark has a name of its own, and programs may rely on it */
static void test_names(void **state)
{
	json_t *schema = json_load_file(SCHEMA, 0, NULL), *names;
	size_t i, k;

	(void)state;
	names = json_object_get(json_object_get(schema, "definitions"), "marks");
	names = json_object_get(json_object_get(names, "items"), "properties");
	names = json_object_get(json_object_get(names, "name"), "enum");
	assert_int_equal(json_array_size(names), NT_MARK_MAX + 1); /* and "?" */
	for (i = 0; i <= NT_MARK_MAX; i++) {
		const char *word = nt_mark_word((enum nt_mark_name)i);

		assert_true((i == NT_MARK_MAX) == !strcmp(word, "?"));
		for (k = 0; k <= NT_MARK_MAX; k++) {
			if (!strcmp(json_string_value(json_array_get(names, k)), word))
				break;
		}
		assert_true(k <= NT_MARK_MAX);
		for (k = 0; k < i; k++)
			assert_string_not_equal(word, nt_mark_word((enum nt_mark_name)k));
	}
	json_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	      cmocka_unit_test(test_rto),
		cmocka_unit_test(test_fast),	      cmocka_unit_test(test_observed),
		cmocka_unit_test(test_pmtu),	      cmocka_unit_test(test_syn),
		cmocka_unit_test(test_order),	      cmocka_unit_test(test_copy),
		cmocka_unit_test(test_spurious),      cmocka_unit_test(test_dup_ack),
		cmocka_unit_test(test_window_update), cmocka_unit_test(test_zero_window),
		cmocka_unit_test(test_window_full),   cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_persist),	      cmocka_unit_test(test_challenge),
		cmocka_unit_test(test_paws),	      cmocka_unit_test(test_super_segment),
		cmocka_unit_test(test_sack),	      cmocka_unit_test(test_ecn),
		cmocka_unit_test(test_fastopen),      cmocka_unit_test(test_syn_cookie),
		cmocka_unit_test(test_port_reuse),    cmocka_unit_test(test_room),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
