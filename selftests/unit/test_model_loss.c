// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_loss.c - what is lost, repeated, merged, reordered or not traced
 */
#include "script.h"

/* client in stream 0, server in stream 1 */
static const char established[] = " 10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
				  " 12 0 OUT c>s SYN seq=1000 id=1\n"
				  " 14 1 IN  c>s SYN seq=1000 id=1\n"
				  " 16 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
				  " 17 1 OUT s>c SYN,ACK seq=5000 ack=1001\n"
				  " 19 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"
				  " 20 0 FULL c SYN_SENT>ESTABLISHED\n"
				  " 22 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"
				  " 24 1 IN  c>s ACK seq=1001 ack=5001 id=2\n"
				  " 26 1 FULL s SYN_RECV>ESTABLISHED\n";

/* items of the handshake: 3 arrows, 4 transitions */
static const char handshake_arrows[] = "1 c>s SYN seq=0 out0 in1\n"
				       "2 s>c SYN ACK seq=0 ack=1 out1 in0\n"
				       "3 c>s ACK seq=1 ack=1 out0 in1\n";

static void begin(struct script *s, const char *script)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
	script_run(s, established);
	script_run(s, script);
}

static void expect(const char *script, const char *arrows, const char *conv)
{
	char want[2048];
	struct script s;

	begin(&s, script);
	nt_model_finish(s.m);
	snprintf(want, sizeof(want), "%s%s", handshake_arrows, arrows);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ARROWS), want);
	if (conv)
		assert_string_equal(script_conv(&s, 0), conv);
	assert_int_equal(nt_model_nconv(s.m), 1);
	script_end(&s);
}

/* a data segment is dropped on the way: exactly one arrow is a retransmission */
static void test_lost_data(void **state)
{
	(void)state;
	expect("   100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
	       "300100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=4 sk=FULL:ESTABLISHED nxt=1006 una=1001 ca=4 retrans\n"
	       "300102 1 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=4 sk=FULL:ESTABLISHED\n"
	       "300103 1 OUT s>c ACK seq=5001 ack=1006 id=100\n"
	       "300104 0 IN  s>c ACK seq=5001 ack=1006 id=100\n"
	       "900000 0 OUT c>s PSH,ACK seq=1006 ack=5001 len=5 id=5 sk=FULL:ESTABLISHED\n"
	       "900002 1 IN  c>s PSH,ACK seq=1006 ack=5001 len=5 id=5 sk=FULL:ESTABLISHED\n",
	       "4 c>s PSH ACK seq=1 ack=1 len=5 out0 not-delivered:-:inferred\n"
	       "5 c>s PSH ACK seq=1 ack=1 len=5 out0 in1 retransmission:rto:observed\n"
	       "6 s>c ACK seq=1 ack=6 out1 in0\n"
	       "7 c>s PSH ACK seq=6 ack=1 len=5 out0 in1\n",
	       "handshake open closer=-1 mask=15 ESTABLISHED/ESTABLISHED "
	       "segs=5/2 bytes=10/0 rtx=1/0 pid=10/0");
}

/* neither identification nor timestamps: the newest takes the delivery */
static void test_lost_without_id(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "2001:db8::1", "2001:db8::2");
	script_run(&s, established);
	script_run(&s, "   100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5\n"
		       "300100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 pend=5 retrans\n"
		       "300102 1 IN  c>s PSH,ACK seq=1001 ack=5001 len=5\n"
		       "900000 0 OUT c>s ACK seq=1006 ack=5001\n"
		       "900001 1 IN  c>s ACK seq=1006 ack=5001\n");
	nt_model_finish(s.m);
	script_dump(&s, 0, SCRIPT_ARROWS);
	assert_string_equal(strstr(s.out, "4 c>s"),
			    "4 c>s PSH ACK seq=1 ack=1 len=5 out0 not-delivered:-:inferred\n"
			    "5 c>s PSH ACK seq=1 ack=1 len=5 out0 in1 retransmission:tlp:observed\n"
			    "6 c>s ACK seq=6 ack=1 out0 in1\n");
	script_end(&s);
}

/* sighted at the receiver only: the second time it is another packet */
static void test_receiver_only(void **state)
{
	(void)state;
	expect("100 1 IN c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n"
	       "200 1 IN c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n",
	       "4 c>s PSH ACK seq=1 ack=1 len=5 in1\n"
	       "5 c>s PSH ACK seq=1 ack=1 len=5 in1 old-duplicate:copy:inferred\n",
	       NULL);
}

static void test_fast_retransmit(void **state)
{
	(void)state;
	expect("100 0 OUT c>s ACK seq=1001 ack=5001 len=10 id=3\n"
	       "101 0 OUT c>s ACK seq=1011 ack=5001 len=10 id=4\n"
	       "103 1 IN  c>s ACK seq=1011 ack=5001 len=10 id=4\n"
	       "104 1 OUT s>c ACK seq=5001 ack=1001 id=100\n"
	       "105 0 IN  s>c ACK seq=5001 ack=1001 id=100\n"
	       "106 0 OUT c>s ACK seq=1001 ack=5001 len=10 id=5 ca=3 retrans\n"
	       "107 1 IN  c>s ACK seq=1001 ack=5001 len=10 id=5\n"
	       "900000 1 OUT s>c ACK seq=5001 ack=1021 id=101\n"
	       "900001 0 IN  s>c ACK seq=5001 ack=1021 id=101\n",
	       "4 c>s ACK seq=1 ack=1 len=10 out0 not-delivered:-:inferred\n"
	       "5 c>s ACK seq=11 ack=1 len=10 out0 in1\n"
	       "6 s>c ACK seq=1 ack=1 out1 in0 duplicate-ack:-:inferred:1\n"
	       "7 c>s ACK seq=1 ack=1 len=10 out0 in1 retransmission:fast:observed\n"
	       "8 s>c ACK seq=1 ack=21 out1 in0\n",
	       "handshake open closer=-1 mask=15 ESTABLISHED/ESTABLISHED "
	       "segs=5/3 bytes=20/0 rtx=1/0 pid=10/0");
}

static void test_reordered(void **state)
{
	(void)state;
	expect("100 0 OUT c>s ACK seq=1001 ack=5001 len=10 id=3\n"
	       "101 0 OUT c>s ACK seq=1011 ack=5001 len=10 id=4\n"
	       "103 1 IN  c>s ACK seq=1011 ack=5001 len=10 id=4\n"
	       "104 1 IN  c>s ACK seq=1001 ack=5001 len=10 id=3\n",
	       "4 c>s ACK seq=1 ack=1 len=10 out0 in1 out-of-order:-:inferred\n"
	       "5 c>s ACK seq=11 ack=1 len=10 out0 in1\n",
	       NULL);
}

/* under way when the trace ends: nothing is claimed */
static void test_under_way(void **state)
{
	(void)state;
	expect("100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n",
	       "4 c>s PSH ACK seq=1 ack=1 len=5 out0\n", NULL);
}

/* one super-segment sent, its pieces received, in order; then the reverse */
static void test_gso_gro(void **state)
{
	struct script s;

	(void)state;
	expect("100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=3000 id=3 gso=1000 ts=7\n"
	       "102 1 IN  c>s ACK seq=1001 ack=5001 len=1000 id=3 ts=7\n"
	       "103 1 IN  c>s ACK seq=2001 ack=5001 len=1000 id=4 ts=7\n"
	       "104 1 IN  c>s PSH,ACK seq=3001 ack=5001 len=1000 id=5 ts=7\n",
	       "4 c>s PSH ACK seq=1 ack=1 len=3000 out0 in1 super-segment:gso:observed:3\n", NULL);
	begin(&s, "100 0 OUT c>s ACK seq=1001 ack=5001 len=1000 id=3 ts=7\n"
		  "101 0 OUT c>s ACK seq=2001 ack=5001 len=1000 id=4 ts=7\n"
		  "102 0 OUT c>s PSH,ACK seq=3001 ack=5001 len=500 id=5 ts=7\n"
		  "104 1 IN  c>s PSH,ACK seq=1001 ack=5001 len=2500 id=3 ts=7 gso=1000\n");
	nt_model_finish(s.m);
	script_dump(&s, 0, SCRIPT_ARROWS);
	assert_string_equal(strstr(s.out, "4 c>s"),
			    "4 c>s ACK seq=1 ack=1 len=1000 out0 in1\n"
			    "5 c>s ACK seq=1001 ack=1 len=1000 out0 in1\n"
			    "6 c>s PSH ACK seq=2001 ack=1 len=500 out0 in1\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 2500);
	script_end(&s);
	begin(&s, "100 0 OUT c>s ACK seq=1001 ack=5001 len=3000 id=3 gso=1000\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_conv(s.m, 0)->item[7].arrow->wire_segs, 3);
	script_end(&s);
}

static void test_keepalive(void **state)
{
	(void)state;
	expect("100 0 OUT c>s ACK seq=1001 ack=5001 len=10 id=3\n"
	       "101 1 IN  c>s ACK seq=1001 ack=5001 len=10 id=3\n"
	       "102 1 OUT s>c ACK seq=5001 ack=1011 id=100\n"
	       "103 0 IN  s>c ACK seq=5001 ack=1011 id=100\n"
	       "200 0 OUT c>s ACK seq=1010 ack=5001 id=4 sk=FULL:ESTABLISHED nxt=1011 una=1011\n"
	       "201 1 IN  c>s ACK seq=1010 ack=5001 id=4\n"
	       "202 1 OUT s>c ACK seq=5001 ack=1011 id=101 win=0\n"
	       "203 0 IN  s>c ACK seq=5001 ack=1011 id=101 win=0\n"
	       "300 0 OUT c>s ACK seq=1010 ack=5001 id=5 sk=FULL:ESTABLISHED nxt=1011 una=1011\n"
	       "301 1 IN  c>s ACK seq=1010 ack=5001 id=5\n",
	       "4 c>s ACK seq=1 ack=1 len=10 out0 in1\n"
	       "5 s>c ACK seq=1 ack=11 out1 in0\n"
	       "6 c>s ACK seq=10 ack=1 out0 in1 keepalive:-:observed\n"
	       "7 s>c ACK seq=1 ack=11 out1 in0 keepalive-ack:-:inferred zero-window:-:observed\n"
	       "8 c>s ACK seq=10 ack=1 out0 in1 persist-probe:-:inferred\n",
	       NULL);
}

/* a router's namespace alone: both ends are inferred */
static void test_forwarded_only(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 FWD c>s SYN seq=1000 id=1\n"
		       "12 0 FWD s>c SYN,ACK seq=5000 ack=1001\n"
		       "14 0 FWD c>s ACK seq=1001 ack=5001 id=2\n"
		       "20 0 FWD c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n"
		       "30 0 FWD c>s PSH,ACK seq=1001 ack=5001 len=5 id=4\n"
		       "31 0 FWD s>c ACK seq=5001 ack=1006 id=100\n"
		       "32 0 FWD c>s ACK seq=1005 ack=5001 id=5\n"
		       "40 0 FWD c>s FIN,ACK seq=1016 ack=5001 id=7\n"
		       "41 0 FWD c>s PSH,ACK seq=1006 ack=5001 len=10 id=6\n"
		       "42 0 FWD s>c ACK seq=5001 ack=1017 id=101\n"
		       "43 0 FWD s>c FIN,ACK seq=5001 ack=1017 id=102\n"
		       "44 0 FWD c>s ACK seq=1017 ack=5002 id=8\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL),
			    "c CLOSED>SYN-SENT inferred unknown:this end is not traced\n"
			    "1 c>s SYN seq=0 fwd0\n"
			    "s LISTEN>SYN-RECEIVED inferred segment:1\n"
			    "2 s>c SYN ACK seq=0 ack=1 fwd0\n"
			    "c SYN-SENT>ESTABLISHED inferred segment:2\n"
			    "3 c>s ACK seq=1 ack=1 fwd0\n"
			    "s SYN-RECEIVED>ESTABLISHED inferred segment:3\n"
			    "4 c>s PSH ACK seq=1 ack=1 len=5 fwd0\n"
			    "5 c>s PSH ACK seq=1 ack=1 len=5 fwd0 retransmission:-:inferred\n"
			    "6 s>c ACK seq=1 ack=6 fwd0\n"
			    "7 c>s ACK seq=5 ack=1 fwd0 keepalive:-:inferred\n"
			    "c ESTABLISHED>FIN-WAIT-1 inferred unknown:this end is not traced\n"
			    "8 c>s FIN ACK seq=16 ack=1 fwd0\n"
			    "9 c>s PSH ACK seq=6 ack=1 len=10 fwd0 out-of-order:-:inferred\n"
			    "s ESTABLISHED>CLOSE-WAIT inferred segment:9\n"
			    "10 s>c ACK seq=1 ack=17 fwd0\n"
			    "c FIN-WAIT-1>FIN-WAIT-2 inferred segment:10\n"
			    "s CLOSE-WAIT>LAST-ACK inferred unknown:this end is not traced\n"
			    "11 s>c FIN ACK seq=1 ack=17 fwd0\n"
			    "c FIN-WAIT-2>TIME-WAIT inferred segment:11\n"
			    "12 c>s ACK seq=17 ack=2 fwd0\n"
			    "s LAST-ACK>CLOSED inferred segment:12\n");
	assert_string_equal(script_conv(&s, 0), "handshake fin closer=0 mask=31 TIME-WAIT/CLOSED "
						"segs=8/4 bytes=15/0 rtx=1/0 pid=0/0");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].source, -1);
	script_end(&s);
}

/* the server's host is not traced */
static void test_remote_not_owned(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, " 10 0 FULL c CLOSE>SYN_SENT call=connect\n"
		       " 12 0 OUT c>s SYN seq=1000 id=1\n"
		       " 19 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"
		       " 20 0 FULL c SYN_SENT>ESTABLISHED\n"
		       " 22 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"
		       " 30 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
		       " 31 0 FULL c ESTABLISHED>CLOSE_WAIT\n"
		       " 32 0 OUT c>s ACK seq=1001 ack=5002 id=3\n"
		       " 33 0 FULL c CLOSE_WAIT>LAST_ACK call=close\n"
		       " 34 0 OUT c>s FIN,ACK seq=1001 ack=5002 id=4\n"
		       " 39 0 IN  s>c ACK seq=5002 ack=1002 id=101\n"
		       " 40 0 FULL c LAST_ACK>CLOSE\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			    "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
			    "s LISTEN>SYN-RECEIVED inferred segment:1\n"
			    "c SYN-SENT>ESTABLISHED observed segment:2\n"
			    "s SYN-RECEIVED>ESTABLISHED inferred segment:3\n"
			    "s ESTABLISHED>FIN-WAIT-1 inferred unknown:this end is not traced\n"
			    "c ESTABLISHED>CLOSE-WAIT observed segment:4\n"
			    "s FIN-WAIT-1>FIN-WAIT-2 inferred segment:5\n"
			    "c CLOSE-WAIT>LAST-ACK observed call:close:10:prog\n"
			    "s FIN-WAIT-2>TIME-WAIT inferred segment:6\n"
			    "c LAST-ACK>CLOSED observed segment:7\n");
	script_end(&s);
}

/* the trace began later; states beside the sightings are taken, not invented */
static void test_midstream(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 OUT c>s PSH,ACK seq=7000 ack=9000 len=5 id=3 sk=FULL:ESTABLISHED\n"
		       "12 0 IN  s>c ACK seq=9000 ack=7005 id=100 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL), "1 c>s PSH ACK seq=1 ack=1 len=5 out0\n"
							    "2 s>c ACK seq=1 ack=6 in0\n");
	assert_string_equal(script_conv(&s, 0), "midstream open closer=-1 mask=12 ESTABLISHED/? "
						"segs=1/1 bytes=5/0 rtx=0/0 pid=0/0");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].basis, NT_OBSERVED);
	/* it may have sent its FIN before; new text of both shows that neither has */
	nt_model_advance(s.m, SCRIPT_T0 + 2 * SCRIPT_HOLD);
	script_run(&s,
		   "3000000 0 IN  s>c PSH,ACK seq=9000 ack=7005 len=3 id=101 sk=FULL:ESTABLISHED\n"
		   "3000010 0 OUT c>s PSH,ACK seq=7005 ack=9003 len=5 id=4 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_string_equal(script_conv(&s, 0),
			    "midstream open closer=-1 mask=12 ESTABLISHED/ESTABLISHED "
			    "segs=2/2 bytes=10/3 rtx=0/0 pid=0/0");
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].basis, NT_INFERRED);
	script_end(&s);

	/* one way only: the untraced end may be in any state */
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 FWD c>s PSH,ACK seq=7000 ack=9000 len=5 id=3\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].state, NT_ST_NONE);
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].state, NT_ST_NONE);
	script_end(&s);
}

/* an end turns out to be traced: observed wins, the difference is said */
static void test_disagreement(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 FWD c>s SYN seq=1000 id=1\n"
		       "12 0 FWD s>c SYN,ACK seq=5000 ack=1001\n"
		       "14 0 FWD c>s ACK seq=1001 ack=5001 id=2\n");
	nt_model_advance(s.m, SCRIPT_T0 + 2 * SCRIPT_HOLD);
	script_run(&s, "3000000 1 FULL c FIN_WAIT1>FIN_WAIT2\n");
	nt_model_finish(s.m);
	script_dump(&s, 0, SCRIPT_TRANSITIONS);
	assert_non_null(strstr(s.out, "c FIN-WAIT-1>FIN-WAIT-2 observed unknown:the "
				      "segment that did it is not in the trace "
				      "inferred:ESTABLISHED\n"));
	assert_int_equal(nt_model_stats(s.m)->disagreements, 1);
	script_end(&s);
}

/* a gap hides the client's FIN; its state is taken up again where it shows */
static void test_gap(void **state)
{
	struct script s;

	(void)state;
	begin(&s, "100 0 GAP lost=17\n"
		  "110 1 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
		  "111 1 FULL s ESTABLISHED>CLOSE_WAIT\n"
		  "112 1 OUT s>c ACK seq=5001 ack=1002 id=100\n"
		  "113 0 IN  s>c ACK seq=5001 ack=1002 id=100 sk=FULL:FIN_WAIT1\n"
		  "114 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
		  "900000 0 OUT c>s ACK seq=1002 ack=5001 id=9\n"
		  "2900000 0 OUT c>s ACK seq=1002 ack=5001 id=10\n");
	nt_model_finish(s.m);
	script_dump(&s, 0, SCRIPT_ALL);
	assert_string_equal(strstr(s.out, "4 c>s"), "4 c>s FIN ACK seq=1 ack=1 in1\n"
						    "s ESTABLISHED>CLOSE-WAIT observed segment:4\n"
						    "5 s>c ACK seq=1 ack=2 out1 in0\n"
						    "c FIN-WAIT-1>FIN-WAIT-2 observed segment:5\n"
						    "6 c>s ACK seq=2 ack=1 out0\n"
						    "7 c>s ACK seq=2 ack=1 out0\n");
	assert_int_equal(nt_model_ngap(s.m), 1);
	assert_int_equal(nt_model_gap(s.m, 0)->lost, 17);
	assert_int_equal(nt_model_conv(s.m, 0)->lost_near, 17);
	assert_int_equal(nt_model_stats(s.m)->lost, 17);
	script_end(&s);
	/* nothing but a sighting tells where the client is by now */
	begin(&s, "100 0 GAP lost=3\n"
		  "110 0 OUT c>s ACK seq=1002 ack=5001 id=9 sk=FULL:FIN_WAIT2\n"
		  "120 0 OUT c>s ACK seq=1002 ack=5001 id=10 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].state, NT_FIN_WAIT_2);
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].basis, NT_OBSERVED);
	script_end(&s);
}

/* the server closes first, and waits */
#define SERVER_WAITS                                             \
	"200 1 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20\n" \
	"201 1 OUT s>c FIN,ACK seq=5001 ack=1001 id=100\n"       \
	"202 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"       \
	"203 0 FULL c ESTABLISHED>CLOSE_WAIT\n"                  \
	"204 0 FULL c CLOSE_WAIT>LAST_ACK call=close\n"          \
	"205 0 OUT c>s FIN,ACK seq=1001 ack=5002 id=3\n"         \
	"206 1 IN  c>s FIN,ACK seq=1001 ack=5002 id=3\n"         \
	"207 1 FULL s FIN_WAIT1>FIN_WAIT2\n"                     \
	"208 1 TW s BEGIN FIN_WAIT2>TIME_WAIT left=60000\n"      \
	"209 1 OUT s>c ACK seq=5002 ack=1002 id=101\n"           \
	"210 0 IN  s>c ACK seq=5002 ack=1002 id=101\n"           \
	"211 0 FULL c LAST_ACK>CLOSE\n"

/* the same ports again, while TIME-WAIT still stands; its end comes later */
static void test_port_reuse(void **state)
{
	struct script s;

	(void)state;
	begin(&s, SERVER_WAITS "900 0 FULL c CLOSE>SYN_SENT lport0 call=connect pid=11 sk=7\n"
			       "901 0 OUT c>s SYN seq=70000 id=1\n"
			       "902 1 IN  c>s SYN seq=70000 id=1\n"
			       "903 1 TW s END TIME_WAIT>CLOSE why=REUSED\n"
			       "904 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
			       "905 1 OUT s>c SYN,ACK seq=90000 ack=70001\n"
			       "906 0 IN  s>c SYN,ACK seq=90000 ack=70001\n"
			       "907 0 FULL c SYN_SENT>ESTABLISHED sk=7\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	script_dump(&s, 0, SCRIPT_TRANSITIONS);
	assert_non_null(strstr(s.out,
			       "c LAST-ACK>CLOSED observed segment:6\n"
			       "s TIME-WAIT>CLOSED observed unknown:a new connection took the "
			       "addresses over\n"));
	assert_string_equal(script_dump(&s, 1, SCRIPT_ALL),
			    "c CLOSED>SYN-SENT observed call:connect:11:prog\n"
			    "1 c>s SYN seq=0 out0 in1 port-reuse:-:observed\n"
			    "s LISTEN>SYN-RECEIVED observed segment:1\n"
			    "2 s>c SYN ACK seq=0 ack=1 out1 in0\n"
			    "c SYN-SENT>ESTABLISHED observed segment:2\n");
	assert_int_equal(nt_model_conv(s.m, 1)->id, 2);
	script_end(&s);
}

/*
 * The same, but its end is noticed when the new connection stands, whose socket has the
 * memory, and so the id, that the old one's had.
 */
static void test_port_reuse_late(void **state)
{
	struct script s;

	(void)state;
	begin(&s, SERVER_WAITS "900 0 FULL c CLOSE>SYN_SENT lport0 call=connect pid=11 sk=7\n"
			       "901 0 OUT c>s SYN seq=70000 id=1\n"
			       "902 1 IN  c>s SYN seq=70000 id=1\n"
			       "904 1 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
			       "905 1 OUT s>c SYN,ACK seq=90000 ack=70001\n"
			       "906 0 IN  s>c SYN,ACK seq=90000 ack=70001\n"
			       "907 0 FULL c SYN_SENT>ESTABLISHED sk=7\n"
			       "908 0 OUT c>s ACK seq=70001 ack=90001 id=2\n"
			       "909 1 IN  c>s ACK seq=70001 ack=90001 id=2\n"
			       "910 1 FULL s SYN_RECV>ESTABLISHED\n"
			       "911 1 REQ s END NEW_SYN_RECV>SYN_RECV why=PROMOTED\n"
			       "920 1 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20\n"
			       "921 1 TW s END TIME_WAIT>CLOSE why=REUSED\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	assert_non_null(strstr(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			       "s TIME-WAIT>CLOSED observed unknown:a new connection took the "
			       "addresses over\n"));
	assert_null(strstr(script_dump(&s, 1, SCRIPT_TRANSITIONS), ">CLOSED "));
	assert_int_equal(nt_model_conv(s.m, 1)->end[1].state, NT_FIN_WAIT_1);
	script_end(&s);
}

/* the third connection of a port follows the second's reset */
static void test_port_again(void **state)
{
	static const char once[] = "%u0 0 FULL c CLOSE>SYN_SENT lport0 call=connect sk=%u\n"
				   "%u1 0 OUT c>s SYN seq=%u000 id=1\n"
				   "%u2 0 IN s>c RST,ACK seq=0 ack=%u001\n"
				   "%u3 0 RST_RCVD c sk=%u\n"
				   "%u4 0 FULL c SYN_SENT>CLOSE err=111 sk=%u\n";
	struct script s;
	char text[512];
	unsigned int i;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	for (i = 1; i < 4; i++) {
		snprintf(text, sizeof(text), once, i, i, i, i, i, i, i, i, i, i);
		script_run(&s, text);
	}
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 3);
	for (i = 0; i < 3; i++)
		assert_string_equal(script_dump(&s, i, SCRIPT_TRANSITIONS),
				    "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
				    "c SYN-SENT>CLOSED observed segment:2\n");
	script_end(&s);

	/* the same of a router that owns neither end */
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 FWD c>s SYN seq=1000 id=1\n"
		       "11 0 FWD s>c RST,ACK seq=0 ack=1001\n"
		       "12 0 FWD c>s SYN seq=2000 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	script_end(&s);
}

/* a stray SYN into a living connection is no new one */
static void test_stray_syn(void **state)
{
	struct script s;

	(void)state;
	begin(&s, "100 1 IN c>s SYN seq=777 id=99\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_int_equal(nt_model_conv(s.m, 0)->narrow, 4);
	script_end(&s);
}

/* the old socket's last record comes after the new connection's SYN */
static void test_old_socket(void **state)
{
	struct script s;

	(void)state;
	begin(&s, "200 0 FULL c ESTABLISHED>CLOSE call=close\n"
		  "201 0 OUT c>s RST,ACK seq=1001 ack=5001 id=9\n"
		  "202 1 IN c>s RST,ACK seq=1001 ack=5001 id=9\n"
		  "203 0 OUT c>s SYN seq=70000 id=1\n"
		  "204 1 IN c>s SYN seq=70000 id=1\n"
		  "205 1 RST_RCVD s\n"
		  "206 1 FULL s ESTABLISHED>CLOSE err=104\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	script_dump(&s, 0, SCRIPT_TRANSITIONS);
	assert_non_null(strstr(s.out, "s ESTABLISHED>CLOSED observed segment:4\n"));
	script_end(&s);
}

/* one TCP segment is delivered once */
static void test_delivered_once(void **state)
{
	(void)state;
	expect("100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n"
	       "101 1 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n"
	       "102 2 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n",
	       "4 c>s PSH ACK seq=1 ack=1 len=5 out0 in1\n"
	       "5 c>s PSH ACK seq=1 ack=1 len=5 in2 old-duplicate:copy:inferred\n",
	       NULL);
}

/* the same loopback addresses in two namespaces are two conversations */
static void test_two_loopbacks(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, "10 0 OUT c>s SYN seq=1000 id=1\n"
		       "11 1 OUT c>s SYN seq=1000 id=1\n"
		       "12 0 IN  c>s SYN seq=1000 id=1\n"
		       "13 1 IN  c>s SYN seq=1000 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	assert_int_equal(nt_model_conv(s.m, 0)->narrow, 1);
	assert_int_equal(nt_model_conv(s.m, 1)->narrow, 1);
	script_end(&s);
}

static void test_seq_wraps(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, "10 0 OUT c>s SYN seq=4294967294 id=1\n"
		       "12 0 OUT s>c SYN,ACK seq=4294967295 ack=4294967295\n"
		       "14 0 OUT c>s ACK seq=4294967295 ack=0 len=10 id=2\n"
		       "15 0 OUT c>s ACK seq=9 ack=0 len=10 id=3\n"
		       "16 0 OUT c>s FIN,ACK seq=19 ack=0 id=4\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ARROWS),
			    "1 c>s SYN seq=0 out0\n"
			    "2 s>c SYN ACK seq=0 ack=1 out0\n"
			    "3 c>s ACK seq=1 ack=1 len=10 out0\n"
			    "4 c>s ACK seq=11 ack=1 len=10 out0\n"
			    "5 c>s FIN ACK seq=21 ack=1 out0\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 20);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lost_data),
		cmocka_unit_test(test_lost_without_id),
		cmocka_unit_test(test_receiver_only),
		cmocka_unit_test(test_fast_retransmit),
		cmocka_unit_test(test_reordered),
		cmocka_unit_test(test_under_way),
		cmocka_unit_test(test_gso_gro),
		cmocka_unit_test(test_keepalive),
		cmocka_unit_test(test_forwarded_only),
		cmocka_unit_test(test_remote_not_owned),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_disagreement),
		cmocka_unit_test(test_gap),
		cmocka_unit_test(test_port_reuse),
		cmocka_unit_test(test_port_reuse_late),
		cmocka_unit_test(test_port_again),
		cmocka_unit_test(test_stray_syn),
		cmocka_unit_test(test_old_socket),
		cmocka_unit_test(test_delivered_once),
		cmocka_unit_test(test_two_loopbacks),
		cmocka_unit_test(test_seq_wraps),
	};

	return cmocka_run_group_tests_name("model: losses", tests, NULL, NULL);
}
