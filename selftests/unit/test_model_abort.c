// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_abort.c - connections that never open, or end at once
 */
#include <errno.h>

#include "script.h"

#define STR_(x) #x
#define STR(x)	STR_(x)

static const char established[] = " 10 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
				  " 12 0 OUT c>s SYN seq=1000 id=1\n"
				  " 14 0 IN  c>s SYN seq=1000 id=1\n"
				  " 16 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
				  " 17 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
				  " 19 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"
				  " 20 0 FULL c SYN_SENT>ESTABLISHED\n"
				  " 22 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"
				  " 24 0 IN  c>s ACK seq=1001 ack=5001 id=2\n"
				  " 26 0 FULL s SYN_RECV>ESTABLISHED\n"
				  "100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n"
				  "102 0 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=3\n";

static const char established_tr[] = "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
				     "s LISTEN>SYN-RECEIVED observed segment:1\n"
				     "c SYN-SENT>ESTABLISHED observed segment:2\n"
				     "s SYN-RECEIVED>ESTABLISHED observed segment:3\n";

static void expect_after(struct script *s, const char *script, const char *tr, const char *conv)
{
	char want[2048];

	script_begin(s, "127.0.0.1", "127.0.0.1");
	script_run(s, established);
	script_run(s, script);
	nt_model_finish(s->m);
	snprintf(want, sizeof(want), "%s%s", established_tr, tr);
	assert_string_equal(script_dump(s, 0, SCRIPT_TRANSITIONS), want);
	if (conv)
		assert_string_equal(script_conv(s, 0), conv);
	assert_int_equal(nt_model_nconv(s->m), 1);
	script_end(s);
}

static void expect(struct script *s, const char *script, const char *items, const char *conv)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
	script_run(s, script);
	nt_model_finish(s->m);
	assert_string_equal(script_dump(s, 0, SCRIPT_ALL), items);
	assert_string_equal(script_conv(s, 0), conv);
	script_end(s);
}

/* the server closes while data is unread: a RST, never a FIN */
static void test_unread_data(void **state)
{
	struct script s;

	(void)state;
	expect_after(&s,
		     "200 0 FULL s ESTABLISHED>CLOSE call=close pid=20\n"
		     "201 0 OUT s>c RST,ACK seq=5001 ack=1006 id=100\n"
		     "202 0 RST_SENT s\n"
		     "203 0 IN  s>c RST,ACK seq=5001 ack=1006 id=100\n"
		     "204 0 RST_RCVD c\n"
		     "205 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n",
		     "s ESTABLISHED>CLOSED observed call:close:20:prog\n"
		     "c ESTABLISHED>CLOSED observed segment:5\n",
		     "handshake rst closer=1 mask=47 CLOSED/CLOSED "
		     "segs=3/2 bytes=5/0 rtx=0/0 pid=10/20");
}

/* SIGKILL with data unread; the RST is processed inside the peer's own recv() */
static void test_killed(void **state)
{
	struct script s;

	(void)state;
	expect_after(&s,
		     "200 0 FULL s ESTABLISHED>CLOSE exit call=recvfrom pid=20\n"
		     "201 0 OUT s>c RST,ACK seq=5001 ack=1006 id=100\n"
		     "203 0 IN  s>c RST,ACK seq=5001 ack=1006 id=100\n"
		     "204 0 RST_RCVD c call=recvfrom\n"
		     "205 0 FULL c ESTABLISHED>CLOSE call=recvfrom err=" STR(ECONNRESET) "\n",
		     "s ESTABLISHED>CLOSED observed call:exit:20:prog\n"
		     "c ESTABLISHED>CLOSED observed segment:5\n",
		     NULL);
	/* nothing unread: an ordinary FIN, by exit, whatever call it was in */
	expect_after(&s,
		     "200 0 FULL c ESTABLISHED>FIN_WAIT1 exit call=recvfrom pid=10\n"
		     "201 0 OUT c>s FIN,ACK seq=1006 ack=5001 id=4\n"
		     "202 0 IN  c>s FIN,ACK seq=1006 ack=5001 id=4\n"
		     "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed call:exit:10:prog\n"
		     "s ESTABLISHED>CLOSE-WAIT observed segment:5\n",
		     NULL);
}

/* the RST record or the RST itself fell in a gap */
static void test_rst_lost(void **state)
{
	struct script s;

	(void)state;
	expect_after(&s,
		     "203 0 IN  s>c RST,ACK seq=5001 ack=1006 id=100\n"
		     "205 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n",
		     "c ESTABLISHED>CLOSED observed segment:5\n", NULL);
	expect_after(&s,
		     "204 0 RST_RCVD c\n"
		     "205 0 FULL c ESTABLISHED>CLOSE err=" STR(ECONNRESET) "\n",
		     "c ESTABLISHED>CLOSED observed unknown:a RST that is not in the trace\n",
		     NULL);
}

static void test_timers(void **state)
{
	struct script s;

	(void)state;
	expect_after(&s, "900 0 FULL c ESTABLISHED>CLOSE retr=15 err=" STR(ETIMEDOUT) "\n",
		     "c ESTABLISHED>CLOSED observed timer:retransmission\n",
		     "handshake timeout closer=0 mask=15 CLOSED/ESTABLISHED "
		     "segs=3/1 bytes=5/0 rtx=0/0 pid=10/0");
	/* keepalive sends a RST first: a timeout all the same */
	expect_after(&s,
		     "899 0 OUT c>s RST,ACK seq=1006 ack=5001 id=9\n"
		     "900 0 FULL c ESTABLISHED>CLOSE probes=9 err=" STR(ETIMEDOUT) "\n",
		     "c ESTABLISHED>CLOSED observed timer:keepalive\n",
		     "handshake timeout closer=0 mask=47 CLOSED/ESTABLISHED "
		     "segs=4/1 bytes=5/0 rtx=0/0 pid=10/0");
	expect_after(&s,
		     "800 0 OUT s>c ACK seq=5001 ack=1006 id=100 win=0\n"
		     "801 0 IN s>c ACK seq=5001 ack=1006 id=100 win=0\n"
		     "900 0 FULL c ESTABLISHED>CLOSE probes=15 err=" STR(ETIMEDOUT) "\n",
		     "c ESTABLISHED>CLOSED observed timer:window probe\n", NULL);
	expect_after(&s, "900 0 FULL c ESTABLISHED>CLOSE err=" STR(ETIMEDOUT) "\n",
		     "c ESTABLISHED>CLOSED observed unknown:a timer (ETIMEDOUT), "
		     "which one is not recorded\n",
		     NULL);
}

/* an orphan in FIN-WAIT-2: no TIME-WAIT, though a mini socket stands for it */
static void test_fin_wait_2(void **state)
{
	static const char to_fw2[] = "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close\n"
				     "201 0 OUT c>s FIN,ACK seq=1006 ack=5001 id=4\n"
				     "202 0 IN  c>s FIN,ACK seq=1006 ack=5001 id=4\n"
				     "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
				     "204 0 OUT s>c ACK seq=5001 ack=1007 id=100\n"
				     "205 0 IN  s>c ACK seq=5001 ack=1007 id=100\n"
				     "206 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
				     "207 0 TW c BEGIN FIN_WAIT2>FIN_WAIT2 left=60000\n";
	static const char fw2_tr[] = "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:prog\n"
				     "s ESTABLISHED>CLOSE-WAIT observed segment:5\n"
				     "c FIN-WAIT-1>FIN-WAIT-2 observed segment:6\n";
	char script[2048], tr[1024];
	struct script s;

	(void)state;
	snprintf(script, sizeof(script), "%s%s", to_fw2,
		 "60000000 0 TW c END FIN_WAIT2>CLOSE why=EXPIRED timer\n");
	snprintf(tr, sizeof(tr), "%s%s", fw2_tr, "c FIN-WAIT-2>CLOSED observed timer:fin-wait-2\n");
	expect_after(&s, script, tr, NULL);

	snprintf(script, sizeof(script), "%s%s", to_fw2,
		 "300 0 FULL s CLOSE_WAIT>LAST_ACK call=close pid=20\n"
		 "301 0 OUT s>c FIN,ACK seq=5001 ack=1007 id=101\n"
		 "302 0 IN  s>c FIN,ACK seq=5001 ack=1007 id=101\n"
		 "303 0 TW c RESTART FIN_WAIT2>TIME_WAIT left=60000\n");
	snprintf(tr, sizeof(tr), "%s%s", fw2_tr,
		 "s CLOSE-WAIT>LAST-ACK observed call:close:20:prog\n"
		 "c FIN-WAIT-2>TIME-WAIT observed segment:7\n");
	expect_after(&s, script, tr, NULL);
}

/* LAST-ACK -> CLOSED has no call, though close() is what the task is in */
static void test_last_ack(void **state)
{
	static const char script[] = "201 0 OUT c>s FIN,ACK seq=1006 ack=5001 id=4\n"
				     "202 0 IN  c>s FIN,ACK seq=1006 ack=5001 id=4\n"
				     "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
				     "204 0 FULL s CLOSE_WAIT>LAST_ACK call=close pid=20\n"
				     "205 0 OUT s>c FIN,ACK seq=5001 ack=1007 id=101\n"
				     "208 0 FULL s LAST_ACK>CLOSE call=close pid=20\n";
	struct script s;

	(void)state;
	expect_after(&s, script,
		     "s ESTABLISHED>CLOSE-WAIT observed segment:5\n"
		     "s CLOSE-WAIT>LAST-ACK observed call:close:20:prog\n"
		     "s LAST-ACK>CLOSED observed unknown:the segment that did it "
		     "is not in the trace\n",
		     NULL);
}

/* whose call it is not, it is not called */
static void test_calls_unknown(void **state)
{
	struct script s;

	(void)state;
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=recvfrom\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed unknown:a call that is not "
		     "known to do this\n",
		     NULL);
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 task uring\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed unknown:io_uring\n", NULL);
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close compat\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed unknown:32-bit call\n", NULL);
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 task kthread\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed unknown:a kernel thread\n", NULL);
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close_range\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed call:close_range:10:prog\n", NULL);
	expect_after(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=execve\n",
		     "c ESTABLISHED>FIN-WAIT-1 observed call:execve:10:prog\n", NULL);
}

static void test_refused(void **state)
{
	struct script s;

	(void)state;
	expect(&s,
	       "10 0 FULL c CLOSE>SYN_SENT lport0 call=connect\n"
	       "12 0 OUT c>s SYN seq=1000 id=1\n"
	       "14 1 IN  c>s SYN seq=1000 id=1\n"
	       "15 1 OUT s>c RST,ACK seq=0 ack=1001\n"
	       "17 0 IN  s>c RST,ACK seq=0 ack=1001\n"
	       "18 0 RST_RCVD c call=connect\n"
	       "19 0 FULL c SYN_SENT>CLOSE call=connect err=" STR(ECONNREFUSED) "\n",
	       "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
	       "1 c>s SYN seq=0 out0 in1\n"
	       "2 s>c RST ACK ack=1 out1 in0\n"
	       "c SYN-SENT>CLOSED observed segment:2\n",
	       "refused rst closer=-1 mask=37 CLOSED/CLOSED segs=1/1 bytes=0/0 "
	       "rtx=0/0 pid=10/0");
}

/* refused by a host that is not traced: its end is inferred */
static void test_refused_remote(void **state)
{
	struct script s;

	(void)state;
	expect(&s,
	       "10 0 FULL c CLOSE>SYN_SENT call=connect\n"
	       "12 0 OUT c>s SYN seq=1000 id=1\n"
	       "17 0 IN  s>c RST,ACK seq=0 ack=1001\n"
	       "18 0 RST_RCVD c\n"
	       "19 0 FULL c SYN_SENT>CLOSE err=" STR(ECONNREFUSED) "\n",
	       "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
	       "1 c>s SYN seq=0 out0\n"
	       "2 s>c RST ACK ack=1 in0\n"
	       "c SYN-SENT>CLOSED observed segment:2\n",
	       "refused rst closer=-1 mask=37 CLOSED/CLOSED segs=1/1 bytes=0/0 "
	       "rtx=0/0 pid=10/0");
}

static void test_unanswered(void **state)
{
	static const char syns[] = "     10 0 FULL c CLOSE>SYN_SENT call=connect\n"
				   "     12 0 OUT c>s SYN seq=1000 id=1 ts=1\n"
				   "1000012 0 OUT c>s SYN seq=1000 id=2 ts=1001 ca=4 retrans\n"
				   "3000012 0 OUT c>s SYN seq=1000 id=3 ts=3001 ca=4 retrans\n";
	static const char items[] = "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
				    "1 c>s SYN seq=0 out0\n"
				    "2 c>s SYN seq=0 out0 retransmission:syn timer:observed\n"
				    "3 c>s SYN seq=0 out0 retransmission:syn timer:observed\n";
	char script[1024], want[1024];
	struct script s;

	(void)state;
	snprintf(script, sizeof(script), "%s%s", syns,
		 "7000012 0 FULL c SYN_SENT>CLOSE retr=2 err=" STR(ETIMEDOUT) "\n");
	snprintf(want, sizeof(want), "%s%s", items,
		 "c SYN-SENT>CLOSED observed timer:retransmission\n");
	expect(&s, script, want,
	       "unanswered timeout closer=0 mask=1 CLOSED/? segs=3/0 bytes=0/0 "
	       "rtx=2/0 pid=10/0");
	snprintf(script, sizeof(script), "%s%s", syns,
		 "7000012 0 FULL c SYN_SENT>CLOSE exit call=connect\n");
	snprintf(want, sizeof(want), "%s%s", items,
		 "c SYN-SENT>CLOSED observed call:exit:10:prog\n");
	expect(&s, script, want,
	       "unanswered open closer=0 mask=1 CLOSED/? segs=3/0 bytes=0/0 "
	       "rtx=2/0 pid=10/0");
}

/* a router says that there is no way */
static void test_icmp(void **state)
{
	static const char items[] = "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
				    "1 c>s SYN seq=0 out0\n"
				    "2 s>c icmp out1 in0\n"
				    "c SYN-SENT>CLOSED observed icmp:2\n";
	static const char script[] =
		"10 0 FULL c CLOSE>SYN_SENT call=connect\n"
		"12 0 OUT c>s SYN seq=1000 id=1\n"
		"15 1 ICMPOUT c id=7\n"
		"17 0 ICMPIN c id=7\n"
		"19 0 FULL c SYN_SENT>CLOSE call=connect err=" STR(EHOSTUNREACH) "\n";
	struct script s;

	(void)state;
	expect(&s, script, items,
	       "refused open closer=-1 mask=1 CLOSED/? segs=1/0 bytes=0/0 "
	       "rtx=0/0 pid=10/0");
	script_begin(&s, "2001:db8::1", "2001:db8::2");
	script_run(&s, script);
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_ALL), items);
	script_end(&s);
}

/* nobody completes the handshake: the request expires */
static void test_request_expires(void **state)
{
	struct script s;

	(void)state;
	expect(&s,
	       "     10 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       "     11 0 REQ s BEGIN LISTEN>NEW_SYN_RECV left=1000\n"
	       "     12 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
	       "1000000 0 REQ s RESTART NEW_SYN_RECV>NEW_SYN_RECV left=2000\n"
	       "1000001 0 OUT s>c SYN,ACK seq=5000 ack=1001 retrans\n"
	       "3000000 0 REQ s END NEW_SYN_RECV>CLOSE why=EXPIRED timer\n",
	       "c CLOSED>SYN-SENT inferred unknown:this end is not traced\n"
	       "1 c>s SYN seq=0 in0\n"
	       "s LISTEN>SYN-RECEIVED observed segment:1\n"
	       "2 s>c SYN ACK seq=0 ack=1 out0\n"
	       "c SYN-SENT>ESTABLISHED inferred segment:2\n"
	       "3 s>c SYN ACK seq=0 ack=1 out0 retransmission:syn+ack timer:observed\n"
	       "s SYN-RECEIVED>CLOSED observed timer:syn+ack\n",
	       "handshake timeout closer=1 mask=3 ESTABLISHED/CLOSED segs=1/2 "
	       "bytes=0/0 rtx=0/1 pid=0/0");
}

/* a RST in answer to SYN,ACK: the request goes, the listener stays */
static void test_request_killed(void **state)
{
	struct script s;

	(void)state;
	expect(&s,
	       "10 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	       "11 0 REQ s BEGIN LISTEN>NEW_SYN_RECV left=1000\n"
	       "12 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
	       "20 0 IN  c>s RST seq=1001 id=2\n"
	       "21 0 REQ s END NEW_SYN_RECV>CLOSE why=KILLED\n",
	       "c CLOSED>SYN-SENT inferred unknown:this end is not traced\n"
	       "1 c>s SYN seq=0 in0\n"
	       "s LISTEN>SYN-RECEIVED observed segment:1\n"
	       "2 s>c SYN ACK seq=0 ack=1 out0\n"
	       "c SYN-SENT>ESTABLISHED inferred segment:2\n"
	       "c ESTABLISHED>CLOSED inferred unknown:this end is not traced\n"
	       "3 c>s RST seq=1 in0\n"
	       "s SYN-RECEIVED>CLOSED observed segment:3\n",
	       "handshake rst closer=0 mask=35 CLOSED/CLOSED segs=2/1 bytes=0/0 "
	       "rtx=0/0 pid=0/0");
}

/* SYN cookies: no state between SYN and ACK, and none is claimed */
static void test_cookies(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
		       "12 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
		       "20 0 IN  c>s ACK seq=1001 ack=5001 id=2 sk=LISTEN:LISTEN\n"
		       "21 0 FULL s LISTEN>SYN_RECV noremote\n"
		       "22 0 FULL s SYN_RECV>ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			    "c CLOSED>SYN-SENT inferred unknown:this end is not traced\n"
			    "c SYN-SENT>ESTABLISHED inferred segment:2\n"
			    "s LISTEN>SYN-RECEIVED observed segment:3\n"
			    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n");
	script_end(&s);
}

/* TCP Fast Open: the call that opens is a send, the child lives from the SYN on */
static void test_fast_open(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, "10 0 FULL c CLOSE>SYN_SENT call=sendto\n"
		       "12 0 OUT c>s SYN seq=1000 len=4 id=1\n"
		       "14 0 IN  c>s SYN seq=1000 len=4 id=1 sk=LISTEN:LISTEN\n"
		       "16 0 FULL s LISTEN>SYN_RECV\n"
		       "17 0 OUT s>c SYN,ACK seq=5000 ack=1005\n"
		       "19 0 IN  s>c SYN,ACK seq=5000 ack=1005\n"
		       "20 0 FULL c SYN_SENT>ESTABLISHED\n"
		       "22 0 OUT c>s ACK seq=1005 ack=5001 id=2\n"
		       "24 0 IN  c>s ACK seq=1005 ack=5001 id=2\n"
		       "26 0 FULL s SYN_RECV>ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_string_equal(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			    "c CLOSED>SYN-SENT observed call:sendto:10:prog\n"
			    "s LISTEN>SYN-RECEIVED observed segment:1\n"
			    "c SYN-SENT>ESTABLISHED observed segment:2\n"
			    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].bytes, 4);
	script_end(&s);
}

/*
 * ACK and data meet the request on two CPUs: both make a child of it, the kernel
 * keeps one.  The other is closed before or after that has got on.
 */
static void two_children(const char *before, const char *after)
{
	struct script s;

	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "14 0 IN  c>s SYN seq=1000 id=1\n"
		       "16 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
		       "17 0 OUT s>c SYN,ACK seq=5000 ack=1001\n"
		       "24 0 IN  c>s ACK seq=1001 ack=5001 id=2 cpu=0\n"
		       "24 0 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=3 cpu=1\n"
		       "25 0 FULL s LISTEN>SYN_RECV noremote sk=2 number=7 cpu=0\n");
	script_run(&s, before);
	script_run(&s, "27 0 FULL s SYN_RECV>ESTABLISHED sk=2 number=8 cpu=0\n"
		       "27 0 REQ s END NEW_SYN_RECV>ESTABLISHED why=PROMOTED\n");
	script_run(&s, after);
	script_run(&s, "40 0 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20 sk=2 number=9\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_string_equal(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			    "c CLOSED>SYN-SENT inferred unknown:this end is not traced\n"
			    "s LISTEN>SYN-RECEIVED observed segment:1\n"
			    "c SYN-SENT>ESTABLISHED inferred segment:2\n"
			    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n"
			    "s ESTABLISHED>FIN-WAIT-1 observed call:close:20:prog\n");
	assert_int_equal(nt_model_stats(s.m)->unjoined, 0);
	script_end(&s);
}

static void test_two_children(void **state)
{
	static const char rival[] = "26 0 FULL s LISTEN>SYN_RECV noremote sk=3 number=4 cpu=1\n"
				    "26 0 FULL s SYN_RECV>CLOSE sk=3 number=5 cpu=1\n";
	static const char late[] = "28 0 FULL s LISTEN>SYN_RECV noremote sk=3 number=4 cpu=1\n"
				   "29 0 FULL s SYN_RECV>CLOSE sk=3 number=5 cpu=1\n";

	(void)state;
	two_children(rival, "");
	two_children("", late);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unread_data),    cmocka_unit_test(test_killed),
		cmocka_unit_test(test_rst_lost),       cmocka_unit_test(test_timers),
		cmocka_unit_test(test_fin_wait_2),     cmocka_unit_test(test_last_ack),
		cmocka_unit_test(test_calls_unknown),  cmocka_unit_test(test_refused),
		cmocka_unit_test(test_refused_remote), cmocka_unit_test(test_unanswered),
		cmocka_unit_test(test_icmp),	       cmocka_unit_test(test_request_expires),
		cmocka_unit_test(test_request_killed), cmocka_unit_test(test_cookies),
		cmocka_unit_test(test_fast_open),      cmocka_unit_test(test_two_children),
	};

	return cmocka_run_group_tests_name("model: aborts", tests, NULL, NULL);
}
