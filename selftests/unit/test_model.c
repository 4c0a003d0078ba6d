// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model.c - whole connections: every item, every transition and its cause
 *
 * The orders of records are those that the kernels 6.1 and 6.12 produce.
 */
#include "script.h"

/* client and server in one namespace; the client closes first */
static const char handshake[] =
	"  0 0 FULL s CLOSE>LISTEN noremote call=listen pid=20 comm=server\n"
	" 10 0 FULL c CLOSE>SYN_SENT lport0 call=connect pid=10 comm=client\n"
	" 12 0 OUT c>s SYN seq=1000 id=1 sk=FULL:SYN_SENT task pid=10\n"
	" 14 0 IN  c>s SYN seq=1000 id=1 sk=LISTEN:LISTEN\n"
	" 16 0 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
	" 17 0 OUT s>c SYN,ACK seq=5000 ack=1001 sk=REQUEST:NEW_SYN_RECV\n"
	" 19 0 IN  s>c SYN,ACK seq=5000 ack=1001 sk=FULL:SYN_SENT\n"
	" 20 0 FULL c SYN_SENT>ESTABLISHED call=connect pid=10\n"
	" 22 0 OUT c>s ACK seq=1001 ack=5001 id=2 sk=FULL:ESTABLISHED\n"
	" 24 0 IN  c>s ACK seq=1001 ack=5001 id=2 sk=REQUEST:NEW_SYN_RECV\n"
	" 25 0 FULL s LISTEN>SYN_RECV noremote\n"
	" 26 0 FULL s SYN_RECV>ESTABLISHED\n"
	" 26 0 REQ s END NEW_SYN_RECV>ESTABLISHED why=PROMOTED\n";

static const char data[] =
	"100 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
	"102 0 IN  c>s PSH,ACK seq=1001 ack=5001 len=5 id=3 sk=FULL:ESTABLISHED\n"
	"103 0 OUT s>c ACK seq=5001 ack=1006 id=101 sk=FULL:ESTABLISHED\n"
	"104 0 IN  s>c ACK seq=5001 ack=1006 id=101 sk=FULL:ESTABLISHED\n";

static const char client_closes[] =
	"200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close pid=10 comm=client\n"
	"201 0 OUT c>s FIN,ACK seq=1006 ack=5001 id=4 sk=FULL:FIN_WAIT1\n"
	"203 0 IN  c>s FIN,ACK seq=1006 ack=5001 id=4 sk=FULL:ESTABLISHED\n"
	"204 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
	"205 0 OUT s>c ACK seq=5001 ack=1007 id=102 sk=FULL:CLOSE_WAIT\n"
	"206 0 IN  s>c ACK seq=5001 ack=1007 id=102 sk=FULL:FIN_WAIT1\n"
	"207 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
	"300 0 FULL s CLOSE_WAIT>LAST_ACK call=close pid=21 comm=worker\n"
	"301 0 OUT s>c FIN,ACK seq=5001 ack=1007 id=103 sk=FULL:LAST_ACK\n"
	"303 0 IN  s>c FIN,ACK seq=5001 ack=1007 id=103 sk=FULL:FIN_WAIT2\n"
	"304 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000\n"
	"305 0 OUT c>s ACK seq=1007 ack=5002 id=5\n"
	"307 0 IN  c>s ACK seq=1007 ack=5002 id=5 sk=FULL:LAST_ACK\n"
	"308 0 FULL s LAST_ACK>CLOSE call=close pid=21\n";

static const char opened_items[] = "c CLOSED>SYN-SENT observed call:connect:10:client\n"
				   "1 c>s SYN seq=0 out0 in0\n"
				   "s LISTEN>SYN-RECEIVED observed segment:1\n"
				   "2 s>c SYN ACK seq=0 ack=1 out0 in0\n"
				   "c SYN-SENT>ESTABLISHED observed segment:2\n"
				   "3 c>s ACK seq=1 ack=1 out0 in0\n"
				   "s SYN-RECEIVED>ESTABLISHED observed segment:3\n";

static void expect_tail(struct script *s, size_t conv, int which, const char *head,
			const char *tail)
{
	const char *out = script_dump(s, conv, which);

	if (head) {
		if (strncmp(out, head, strlen(head)))
			assert_string_equal(out, head);
		out += strlen(head);
	}
	assert_string_equal(out, tail);
}

static void test_loopback(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, data);
	script_run(&s, client_closes);
	script_run(&s, "61000000 0 TW c END TIME_WAIT>CLOSE why=EXPIRED timer\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	expect_tail(&s, 0, SCRIPT_ALL, opened_items,
		    "4 c>s PSH ACK seq=1 ack=1 len=5 out0 in0\n"
		    "5 s>c ACK seq=1 ack=6 out0 in0\n"
		    "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:client\n"
		    "6 c>s FIN ACK seq=6 ack=1 out0 in0\n"
		    "s ESTABLISHED>CLOSE-WAIT observed segment:6\n"
		    "7 s>c ACK seq=1 ack=7 out0 in0\n"
		    "c FIN-WAIT-1>FIN-WAIT-2 observed segment:7\n"
		    "s CLOSE-WAIT>LAST-ACK observed call:close:21:worker\n"
		    "8 s>c FIN ACK seq=1 ack=7 out0 in0\n"
		    "c FIN-WAIT-2>TIME-WAIT observed segment:8\n"
		    "9 c>s ACK seq=7 ack=2 out0 in0\n"
		    "s LAST-ACK>CLOSED observed segment:9\n"
		    "c TIME-WAIT>CLOSED observed timer:time-wait\n");
	assert_string_equal(script_conv(&s, 0), "handshake fin closer=0 mask=31 CLOSED/CLOSED "
						"segs=5/4 bytes=5/0 rtx=0/0 pid=10/21");
	assert_true(nt_model_conv(s.m, 0)->end[1].listening);
	assert_int_equal(nt_model_stats(s.m)->disagreements, 0);
	assert_int_equal(nt_model_stats(s.m)->unjoined, 0);
	script_end(&s);
}

/* what was recorded on another CPU a little too early still follows its cause */
static void test_clock_skew(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, data);
	script_run(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close cpu=1\n"
		       "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
		       "210 0 OUT c>s FIN,ACK seq=1006 ack=5001 id=4 cpu=1\n"
		       "211 0 IN  c>s FIN,ACK seq=1006 ack=5001 id=4\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_ALL, opened_items,
		    "4 c>s PSH ACK seq=1 ack=1 len=5 out0 in0\n"
		    "5 s>c ACK seq=1 ack=6 out0 in0\n"
		    "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:prog\n"
		    "6 c>s FIN ACK seq=6 ack=1 out0 in0\n"
		    "s ESTABLISHED>CLOSE-WAIT observed segment:6\n");
	script_end(&s);
}

/*
 * The peer's FIN comes in on the other CPU before this CPU has processed the
 * ACK of ours: the cause of FIN-WAIT-2 is the ACK.
 */
static void test_two_cpus(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close\n"
		       "201 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=4\n"
		       "203 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=4\n"
		       "204 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
		       "205 0 OUT s>c ACK seq=5001 ack=1002 id=102\n"
		       "206 0 IN  s>c ACK seq=5001 ack=1002 id=102\n"
		       "207 0 FULL s CLOSE_WAIT>LAST_ACK call=close cpu=1\n"
		       "208 0 OUT s>c FIN,ACK seq=5001 ack=1002 id=103 cpu=1\n"
		       "209 0 IN  s>c FIN,ACK seq=5001 ack=1002 id=103 cpu=1\n"
		       "210 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
		       "212 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000 cpu=1\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_TRANSITIONS, NULL,
		    "c CLOSED>SYN-SENT observed call:connect:10:client\n"
		    "s LISTEN>SYN-RECEIVED observed segment:1\n"
		    "c SYN-SENT>ESTABLISHED observed segment:2\n"
		    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n"
		    "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:prog\n"
		    "s ESTABLISHED>CLOSE-WAIT observed segment:4\n"
		    "s CLOSE-WAIT>LAST-ACK observed call:close:10:prog\n"
		    "c FIN-WAIT-1>FIN-WAIT-2 observed segment:5\n"
		    "c FIN-WAIT-2>TIME-WAIT observed segment:6\n");
	script_end(&s);
}

/* a backlog worked off in task context: ACK and FIN waited together */
static void test_backlog(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close\n"
		       "201 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=4\n"
		       "202 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=4\n"
		       "203 0 IN  s>c ACK seq=5001 ack=1002 id=102\n"
		       "204 0 IN  s>c FIN,ACK seq=5001 ack=1002 id=103\n"
		       "205 0 FULL c FIN_WAIT1>FIN_WAIT2 call=close\n"
		       "206 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000 call=close\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_ALL, opened_items,
		    "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:prog\n"
		    "4 c>s FIN ACK seq=1 ack=1 out0 in0\n"
		    "5 s>c ACK seq=1 ack=2 in0\n"
		    "6 s>c FIN ACK seq=1 ack=2 in0\n"
		    "c FIN-WAIT-1>FIN-WAIT-2 observed segment:5\n"
		    "c FIN-WAIT-2>TIME-WAIT observed segment:6\n");
	script_end(&s);
}

/* client in stream 0, router in 1, server in 2 */
static void test_router(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "  0 0 FULL c CLOSE>SYN_SENT lport0 call=connect\n"
		       "  1 0 ARPOUT 1\n"
		       "  2 1 ARPIN 1 dev=eth1\n"
		       "  3 1 ARPOUT 2 dev=eth1\n"
		       "  4 0 ARPIN 2\n"
		       "  5 0 OUT c>s SYN seq=1000 id=1 ttl=64 dev=eth0\n"
		       "  7 1 FWD c>s SYN seq=1000 id=1 ttl=63 dev=eth1\n"
		       "  9 2 IN  c>s SYN seq=1000 id=1 ttl=63 dev=eth0\n"
		       " 10 2 REQ s BEGIN LISTEN>NEW_SYN_RECV\n"
		       " 11 2 OUT s>c SYN,ACK seq=5000 ack=1001 ttl=64 dev=eth0\n"
		       " 12 1 FWD s>c SYN,ACK seq=5000 ack=1001 ttl=63 dev=eth0\n"
		       " 13 0 IN  s>c SYN,ACK seq=5000 ack=1001 ttl=63 dev=eth0\n"
		       " 14 0 FULL c SYN_SENT>ESTABLISHED\n"
		       " 15 0 OUT c>s ACK seq=1001 ack=5001 id=2 dev=eth0\n"
		       " 16 1 FWD c>s ACK seq=1001 ack=5001 id=2 ttl=63 dev=eth1\n"
		       " 17 2 IN  c>s ACK seq=1001 ack=5001 id=2 ttl=63 dev=eth0\n"
		       " 18 2 FULL s LISTEN>SYN_RECV\n"
		       " 19 2 FULL s SYN_RECV>ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	expect_tail(&s, 0, SCRIPT_ALL, NULL,
		    "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
		    "1 c>s SYN seq=0 out0 fwd1 in2\n"
		    "s LISTEN>SYN-RECEIVED observed segment:1\n"
		    "2 s>c SYN ACK seq=0 ack=1 out2 fwd1 in0\n"
		    "c SYN-SENT>ESTABLISHED observed segment:2\n"
		    "3 c>s ACK seq=1 ack=1 out0 fwd1 in2\n"
		    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].source, 0);
	assert_int_equal(nt_model_conv(s.m, 0)->end[1].source, 2);
	assert_int_equal(nt_model_narp(s.m), 2);
	assert_int_equal(nt_model_arp(s.m, 0)->nsight, 2);
	assert_true(nt_model_arp(s.m, 0)->broadcast);
	assert_false(nt_model_arp(s.m, 1)->broadcast);
	assert_null(nt_model_arp(s.m, 2));
	script_end(&s);
}

/* the server closes first: TIME-WAIT is its own */
static void test_server_closes(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, "200 0 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20\n"
		       "201 0 OUT s>c FIN,ACK seq=5001 ack=1001 id=100\n"
		       "202 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
		       "203 0 FULL c ESTABLISHED>CLOSE_WAIT\n"
		       "204 0 FULL c CLOSE_WAIT>LAST_ACK call=close pid=10\n"
		       "205 0 OUT c>s FIN,ACK seq=1001 ack=5002 id=3\n"
		       "206 0 IN  c>s FIN,ACK seq=1001 ack=5002 id=3\n"
		       "207 0 FULL s FIN_WAIT1>FIN_WAIT2\n"
		       "208 0 TW s BEGIN FIN_WAIT2>TIME_WAIT left=60000\n"
		       "209 0 OUT s>c ACK seq=5002 ack=1002 id=101\n"
		       "210 0 IN  s>c ACK seq=5002 ack=1002 id=101\n"
		       "211 0 FULL c LAST_ACK>CLOSE\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_ALL, opened_items,
		    "s ESTABLISHED>FIN-WAIT-1 observed call:close:20:prog\n"
		    "4 s>c FIN ACK seq=1 ack=1 out0 in0\n"
		    "c ESTABLISHED>CLOSE-WAIT observed segment:4\n"
		    "c CLOSE-WAIT>LAST-ACK observed call:close:10:prog\n"
		    "5 c>s FIN ACK seq=1 ack=2 out0 in0\n"
		    "s FIN-WAIT-1>FIN-WAIT-2 observed segment:5\n"
		    "s FIN-WAIT-2>TIME-WAIT observed segment:5\n"
		    "6 s>c ACK seq=2 ack=2 out0 in0\n"
		    "c LAST-ACK>CLOSED observed segment:6\n");
	assert_string_equal(script_conv(&s, 0), "handshake fin closer=1 mask=23 CLOSED/TIME-WAIT "
						"segs=3/3 bytes=0/0 rtx=0/0 pid=10/20");
	script_end(&s);
}

static void test_simultaneous_close(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, handshake);
	script_run(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=close pid=10\n"
		       "201 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=3\n"
		       "202 0 FULL s ESTABLISHED>FIN_WAIT1 call=close pid=20\n"
		       "203 0 OUT s>c FIN,ACK seq=5001 ack=1001 id=100\n"
		       "210 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
		       "211 0 FULL s FIN_WAIT1>CLOSING\n"
		       "212 0 OUT s>c ACK seq=5002 ack=1002 id=101\n"
		       "213 0 IN  s>c FIN,ACK seq=5001 ack=1001 id=100\n"
		       "214 0 FULL c FIN_WAIT1>CLOSING\n"
		       "215 0 OUT c>s ACK seq=1002 ack=5002 id=4\n"
		       "216 0 IN  s>c ACK seq=5002 ack=1002 id=101\n"
		       "217 0 TW c BEGIN CLOSING>TIME_WAIT left=60000\n"
		       "218 0 IN  c>s ACK seq=1002 ack=5002 id=4\n"
		       "219 0 TW s BEGIN CLOSING>TIME_WAIT left=60000\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_TRANSITIONS, NULL,
		    "c CLOSED>SYN-SENT observed call:connect:10:client\n"
		    "s LISTEN>SYN-RECEIVED observed segment:1\n"
		    "c SYN-SENT>ESTABLISHED observed segment:2\n"
		    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n"
		    "c ESTABLISHED>FIN-WAIT-1 observed call:close:10:prog\n"
		    "s ESTABLISHED>FIN-WAIT-1 observed call:close:20:prog\n"
		    "s FIN-WAIT-1>CLOSING observed segment:4\n"
		    "c FIN-WAIT-1>CLOSING observed segment:5\n"
		    "c CLOSING>TIME-WAIT observed segment:6\n"
		    "s CLOSING>TIME-WAIT observed segment:7\n");
	script_end(&s);
}

static void test_simultaneous_open(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, " 0 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n"
		       " 1 0 OUT c>s SYN seq=1000 id=1\n"
		       " 2 1 FULL s CLOSE>SYN_SENT call=connect pid=20\n"
		       " 3 1 OUT s>c SYN seq=5000 id=1\n"
		       " 9 1 IN  c>s SYN seq=1000 id=1\n"
		       "10 1 FULL s SYN_SENT>SYN_RECV\n"
		       "11 1 OUT s>c SYN,ACK seq=5000 ack=1001 id=2\n"
		       "12 0 IN  s>c SYN seq=5000 id=1\n"
		       "13 0 FULL c SYN_SENT>SYN_RECV\n"
		       "14 0 OUT c>s SYN,ACK seq=1000 ack=5001 id=2\n"
		       "20 0 IN  s>c SYN,ACK seq=5000 ack=1001 id=2\n"
		       "21 0 FULL c SYN_RECV>ESTABLISHED\n"
		       "22 1 IN  c>s SYN,ACK seq=1000 ack=5001 id=2\n"
		       "23 1 FULL s SYN_RECV>ESTABLISHED\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	expect_tail(&s, 0, SCRIPT_ALL, NULL,
		    "c CLOSED>SYN-SENT observed call:connect:10:prog\n"
		    "1 c>s SYN seq=0 out0 in1\n"
		    "s CLOSED>SYN-SENT observed call:connect:20:prog\n"
		    "2 s>c SYN seq=0 out1 in0\n"
		    "s SYN-SENT>SYN-RECEIVED observed segment:1\n"
		    "3 s>c SYN ACK seq=0 ack=1 out1 in0\n"
		    "c SYN-SENT>SYN-RECEIVED observed segment:2\n"
		    "4 c>s SYN ACK seq=0 ack=1 out0 in1\n"
		    "c SYN-RECEIVED>ESTABLISHED observed segment:3\n"
		    "s SYN-RECEIVED>ESTABLISHED observed segment:4\n");
	assert_int_equal(nt_model_conv(s.m, 0)->opened, NT_OPEN_SIMULTANEOUS);
	script_end(&s);
}

/* shutdown(SHUT_WR), then data the other way */
static void test_half_close(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, "200 0 FULL c ESTABLISHED>FIN_WAIT1 call=shutdown\n"
		       "201 0 OUT c>s FIN,ACK seq=1001 ack=5001 id=3\n"
		       "202 0 IN  c>s FIN,ACK seq=1001 ack=5001 id=3\n"
		       "203 0 FULL s ESTABLISHED>CLOSE_WAIT\n"
		       "204 0 OUT s>c ACK seq=5001 ack=1002 id=100\n"
		       "205 0 IN  s>c ACK seq=5001 ack=1002 id=100\n"
		       "206 0 FULL c FIN_WAIT1>FIN_WAIT2\n"
		       "300 0 OUT s>c PSH,ACK seq=5001 ack=1002 len=7 id=101\n"
		       "301 0 IN  s>c PSH,ACK seq=5001 ack=1002 len=7 id=101\n"
		       "302 0 OUT c>s ACK seq=1002 ack=5008 id=4\n"
		       "303 0 IN  c>s ACK seq=1002 ack=5008 id=4\n"
		       "400 0 FULL s CLOSE_WAIT>LAST_ACK exit pid=20\n"
		       "401 0 OUT s>c FIN,ACK seq=5008 ack=1002 id=102\n"
		       "402 0 IN  s>c FIN,ACK seq=5008 ack=1002 id=102\n"
		       "403 0 TW c BEGIN FIN_WAIT2>TIME_WAIT left=60000\n");
	nt_model_finish(s.m);
	expect_tail(&s, 0, SCRIPT_TRANSITIONS, NULL,
		    "c CLOSED>SYN-SENT observed call:connect:10:client\n"
		    "s LISTEN>SYN-RECEIVED observed segment:1\n"
		    "c SYN-SENT>ESTABLISHED observed segment:2\n"
		    "s SYN-RECEIVED>ESTABLISHED observed segment:3\n"
		    "c ESTABLISHED>FIN-WAIT-1 observed call:shutdown:10:prog\n"
		    "s ESTABLISHED>CLOSE-WAIT observed segment:4\n"
		    "c FIN-WAIT-1>FIN-WAIT-2 observed segment:5\n"
		    "s CLOSE-WAIT>LAST-ACK observed call:exit:20:prog\n"
		    "c FIN-WAIT-2>TIME-WAIT observed segment:8\n");
	assert_string_equal(script_conv(&s, 0), "handshake fin closer=0 mask=31 TIME-WAIT/LAST-ACK "
						"segs=4/4 bytes=0/7 rtx=0/0 pid=10/20");
	script_end(&s);
}

/* the last ACK is lost: the FIN comes again, TIME-WAIT begins again */
static void test_time_wait_restart(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, data);
	script_run(&s, client_closes);
	script_run(&s, "900 0 OUT s>c FIN,ACK seq=5001 ack=1007 id=104 ca=4 retrans\n"
		       "901 0 IN  s>c FIN,ACK seq=5001 ack=1007 id=104\n"
		       "902 0 TW c RESTART TIME_WAIT>TIME_WAIT left=60000\n"
		       "61000000 0 TW c END TIME_WAIT>CLOSE why=KILLED\n");
	nt_model_finish(s.m);
	script_dump(&s, 0, SCRIPT_ALL);
	assert_non_null(strstr(
		s.out,
		"10 s>c FIN ACK seq=1 ack=7 out0 in0 retransmission:rto:observed spurious-retransmission:acknowledged:inferred\n"
		"c TIME-WAIT>TIME-WAIT observed segment:10\n"
		"c TIME-WAIT>CLOSED observed unknown:a RST that is not in the trace\n"));
	script_end(&s);
	/* what begins it again is in a gap: what began it does not */
	script_begin(&s, "127.0.0.1", "127.0.0.1");
	script_run(&s, handshake);
	script_run(&s, client_closes);
	script_run(&s, "902 0 TW c RESTART TIME_WAIT>TIME_WAIT left=60000\n");
	nt_model_finish(s.m);
	assert_non_null(strstr(script_dump(&s, 0, SCRIPT_TRANSITIONS),
			       "c TIME-WAIT>TIME-WAIT observed unknown:the segment that did it "));
	script_end(&s);
}

static void test_ipv6(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "2001:db8::1", "2001:db8::2");
	script_run(&s, handshake);
	script_run(&s, data);
	script_run(&s, client_closes);
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_string_equal(script_conv(&s, 0), "handshake fin closer=0 mask=31 TIME-WAIT/CLOSED "
						"segs=5/4 bytes=5/0 rtx=0/0 pid=10/21");
	assert_int_equal(nt_model_conv(s.m, 0)->end[0].addr.family, NETTRACE_IPV6);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_clock_skew),
		cmocka_unit_test(test_two_cpus),
		cmocka_unit_test(test_backlog),
		cmocka_unit_test(test_router),
		cmocka_unit_test(test_server_closes),
		cmocka_unit_test(test_simultaneous_close),
		cmocka_unit_test(test_simultaneous_open),
		cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_time_wait_restart),
		cmocka_unit_test(test_ipv6),
	};

	return cmocka_run_group_tests_name("model", tests, NULL, NULL);
}
