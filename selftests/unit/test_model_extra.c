// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_extra.c - system calls, timers and queues: records become items
 *
 * Packets and transitions come from script.h; the records of calls and timers are
 * put down by hand.
 */
#include <errno.h>

#include "script.h"

enum { CLIENT, SERVER };

/* ---- calls ---------------------------------------------------------------- */

struct call {
	int nr;
	int end; /* whose socket: CLIENT, SERVER */
	uint32_t tid;
	uint64_t sk;
	uint8_t valid, state;
	int fd;
	int64_t result;
};

static void feed_call(struct script *s, long long us, unsigned int stream, uint8_t phase,
		      const struct call *c)
{
	struct nt_event ev = { .t = SCRIPT_T0 + us * 1000, .source = stream };
	struct nettrace_call *r = &ev.rec.call;

	r->hdr.type = NETTRACE_CALL;
	r->hdr.time = us * 1000;
	r->hdr.family = s->family;
	r->phase = phase;
	r->syscall = c->nr;
	r->tid = c->tid;
	r->pid = c->tid;
	r->fd = c->fd;
	r->valid = c->valid;
	r->sock_state = c->state;
	r->proto = IPPROTO_TCP;
	r->sk_id = c->sk;
	r->result = c->result;
	strcpy(r->comm, c->end == CLIENT ? "cli" : "srv");
	if (c->valid & NETTRACE_CALL_LOCAL) {
		memcpy(r->local, s->addr[c->end], 16);
		r->lport = s->port[c->end];
	}
	if (c->valid & NETTRACE_CALL_REMOTE) {
		memcpy(r->remote, s->addr[!c->end], 16);
		r->rport = s->port[!c->end];
	}
	assert_int_equal(nt_model_feed(s->m, &ev), 0);
}

#define ENTER(s, us, stream, ...) \
	feed_call(s, us, stream, NETTRACE_CALL_ENTER, &(struct call){ __VA_ARGS__ })
#define EXIT(s, us, stream, ...) \
	feed_call(s, us, stream, NETTRACE_CALL_EXIT, &(struct call){ __VA_ARGS__ })

#define BOTH (NETTRACE_CALL_SOCK | NETTRACE_CALL_LOCAL | NETTRACE_CALL_REMOTE)
#define OWN  (NETTRACE_CALL_SOCK | NETTRACE_CALL_LOCAL)

/* the items of the first conversation, calls, timers and queues by name */
static void expect_items(const struct script *s, const char *want)
{
	static const char *const event[] = { "armed", "reset", "stopped", "fired" };
	static const char *const verdict[] = { "ok", "accept", "request", "cookie", "unanswered" };
	const struct nt_conv *c = nt_model_conv(s->m, 0);
	char text[4096] = "", *to = text;
	size_t i, n = sizeof(text);
	int64_t last = 0;

	assert_non_null(c);
	for (i = 0; i < c->nitem; i++) {
		const struct nt_item *it = &c->item[i];
		int len = 0;

		assert_true(it->t >= last);
		last = it->t;
		if (it->type == NT_ITEM_ARROW)
			len = snprintf(to, n, "%u ", it->arrow->n);
		else if (it->type == NT_ITEM_TRANSITION)
			len = snprintf(to, n, "%s ", it->tr->end ? "S" : "C");
		else if (it->type == NT_ITEM_CALL)
			len = snprintf(to, n, "%s%s%s()%s%s ", it->call->listener ? "L" : "",
				       it->call->end ? "s:" : "c:", it->call->name,
				       it->call->t_end ? "" : "?",
				       it->call->part == NT_CALL_RETURNED ? "<" : "");
		else if (it->type == NT_ITEM_TIMER)
			len = snprintf(to, n, "%s%d%s%s@%u ",
				       it->timer->end ? "s:" : "c:", it->timer->name,
				       event[it->timer->event],
				       it->timer->basis == NT_INFERRED ? "~" : "",
				       it->timer->arrow);
		else if (it->type == NT_ITEM_QUEUE)
			len = snprintf(to, n, "%s%s%s@%u ", verdict[it->queue->verdict],
				       it->queue->basis == NT_INFERRED ? "~" : "",
				       it->queue->ack ? "(ack)" : "", it->queue->arrow);
		to += len;
		n -= (size_t)len;
	}
	assert_string_equal(text, want);
}

static void begin(struct script *s)
{
	script_begin(s, "10.0.1.2", "10.0.2.2");
}

static void connecting(struct script *s)
{
	begin(s);
	ENTER(s, 0, 0, .nr = SYS_socket, .tid = 7);
	EXIT(s, 5, 0, .nr = SYS_socket, .tid = 7, .sk = 1, .valid = NETTRACE_CALL_SOCK,
	     .state = NETTRACE_TCP_CLOSE, .result = 3);
	ENTER(s, 10, 0, .nr = SYS_connect, .tid = 7, .sk = 1, .fd = 3,
	      .valid = NETTRACE_CALL_SOCK | NETTRACE_CALL_REMOTE, .state = NETTRACE_TCP_CLOSE);
	script_run(s, "20 0 FULL c CLOSE>SYN_SENT call=connect lport0\n"
		      "30 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n"
		      "40 0 IN s>c SYN,ACK seq=900 ack=101 sk=FULL:SYN_SENT\n"
		      "50 0 FULL c SYN_SENT>ESTABLISHED call=connect\n"
		      "60 0 OUT c>s ACK seq=101 ack=901 sk=FULL:ESTABLISHED\n");
}

/* socket() and connect() come before the conversation's addresses are known */
static void calls_before_the_addresses(void **state)
{
	struct script s;
	const struct nt_conv *c;

	(void)state;
	connecting(&s);
	EXIT(&s, 70, 0, .nr = SYS_connect, .tid = 7, .sk = 1, .valid = BOTH,
	     .state = NETTRACE_TCP_ESTABLISHED);
	nt_model_finish(s.m);
	c = nt_model_conv(s.m, 0);
	assert_int_equal(nt_model_nconv(s.m), 1);
	assert_int_equal(c->item[0].call->result, 3);
	assert_int_equal(c->item[1].call->t_end - c->item[1].call->t, 60000);
	assert_int_equal(c->item[1].call->addr.port, 80);
	expect_items(&s, "c:socket() c:connect() C 1 S 2 C 3 S ");
	script_end(&s);
}

/* what waits for the peer stands where it returns; what does not, at its entry */
static void calls_that_wait(void **state)
{
	struct script s;

	(void)state;
	connecting(&s);
	EXIT(&s, 70, 0, .nr = SYS_connect, .tid = 7, .sk = 1, .valid = BOTH,
	     .state = NETTRACE_TCP_ESTABLISHED);
	ENTER(&s, 80, 0, .nr = SYS_recvfrom, .tid = 7, .sk = 1, .valid = BOTH,
	      .state = NETTRACE_TCP_ESTABLISHED);
	script_run(&s, "90 0 IN s>c PSH,ACK seq=901 ack=101 len=5 sk=FULL:ESTABLISHED\n");
	EXIT(&s, 100, 0, .nr = SYS_recvfrom, .tid = 7, .sk = 1, .valid = BOTH, .result = 5,
	     .state = NETTRACE_TCP_ESTABLISHED);
	ENTER(&s, 110, 0, .nr = SYS_sendto, .tid = 7, .sk = 1, .valid = BOTH,
	      .state = NETTRACE_TCP_ESTABLISHED);
	script_run(&s, "120 0 OUT c>s PSH,ACK seq=101 ack=906 len=4 sk=FULL:ESTABLISHED\n");
	EXIT(&s, 130, 0, .nr = SYS_sendto, .tid = 7, .sk = 1, .valid = BOTH, .result = 4,
	     .state = NETTRACE_TCP_ESTABLISHED);
	/* one that never returns */
	ENTER(&s, 140, 0, .nr = SYS_recvfrom, .tid = 7, .sk = 1, .valid = BOTH,
	      .state = NETTRACE_TCP_ESTABLISHED);
	/* and returns of calls that began before the trace, or in another thread */
	EXIT(&s, 150, 0, .nr = SYS_sendto, .tid = 8, .sk = 1, .valid = BOTH);
	nt_model_finish(s.m);
	expect_items(&s, "c:socket() c:connect() C 1 S 2 C 3 S 4 c:recvfrom() c:sendto() 5 "
			 "c:recvfrom()? ");
	script_end(&s);
}

/* follow cannot wait: the entry without the result, and the return later */
static void calls_handed_out_begun(void **state)
{
	struct script s;
	const struct nt_conv *c;

	(void)state;
	connecting(&s);
	nt_model_prompt(s.m, 10 * 1000000LL);
	nt_model_advance(s.m, SCRIPT_T0 + 50000 * 1000LL);
	EXIT(&s, 60000, 0, .nr = SYS_connect, .tid = 7, .sk = 1, .valid = BOTH, .result = 0,
	     .state = NETTRACE_TCP_ESTABLISHED);
	nt_model_finish(s.m);
	c = nt_model_conv(s.m, 0);
	assert_int_equal(c->item[1].call->part, NT_CALL_BEGUN);
	/* it has its result now, too */
	assert_int_equal(c->item[1].call->t_end - c->item[1].call->t, 59990000);
	expect_items(&s, "c:socket() c:connect() C 1 S 2 C 3 S c:connect()< ");
	script_end(&s);
}

/* the listener's calls in each of its conversations; accept() in the child's */
static void calls_of_a_listener(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	ENTER(&s, 0, 1, .nr = SYS_socket, .tid = 9, .end = SERVER);
	EXIT(&s, 1, 1, .nr = SYS_socket, .tid = 9, .end = SERVER, .sk = 5,
	     .valid = NETTRACE_CALL_SOCK, .state = NETTRACE_TCP_CLOSE, .result = 3);
	ENTER(&s, 2, 1, .nr = SYS_bind, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	      .state = NETTRACE_TCP_CLOSE);
	EXIT(&s, 3, 1, .nr = SYS_bind, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	     .state = NETTRACE_TCP_CLOSE);
	ENTER(&s, 4, 1, .nr = SYS_listen, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	      .state = NETTRACE_TCP_CLOSE);
	script_run(&s, "5 1 FULL s CLOSE>LISTEN call=listen noremote sk=5\n");
	EXIT(&s, 6, 1, .nr = SYS_listen, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	     .state = NETTRACE_TCP_LISTEN);
	/* nobody there yet: of no conversation */
	ENTER(&s, 7, 1, .nr = SYS_accept4, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	      .state = NETTRACE_TCP_LISTEN);
	EXIT(&s, 8, 1, .nr = SYS_accept4, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	     .state = NETTRACE_TCP_LISTEN, .result = -EAGAIN);
	ENTER(&s, 9, 1, .nr = SYS_accept4, .tid = 9, .end = SERVER, .sk = 5, .valid = OWN,
	      .state = NETTRACE_TCP_LISTEN);
	script_run(&s, "900000 1 IN c>s SYN seq=100 sk=LISTEN:LISTEN\n"
		       "900010 1 REQ s BEGIN LISTEN>NEW_SYN_RECV left=1000\n"
		       "900020 1 OUT s>c SYN,ACK seq=900 ack=101\n"
		       "900030 1 IN c>s ACK seq=101 ack=901 sk=REQUEST:NEW_SYN_RECV\n"
		       "900040 1 FULL s LISTEN>SYN_RECV sk=6\n"
		       "900041 1 REQ s END NEW_SYN_RECV>SYN_RECV why=PROMOTED\n"
		       "900042 1 FULL s SYN_RECV>ESTABLISHED sk=6\n");
	EXIT(&s, 900050, 1, .nr = SYS_accept4, .tid = 9, .end = SERVER, .sk = 6, .valid = BOTH,
	     .state = NETTRACE_TCP_ESTABLISHED, .result = 4);
	ENTER(&s, 900060, 1, .nr = SYS_close, .tid = 9, .end = SERVER, .sk = 6, .valid = BOTH,
	      .state = NETTRACE_TCP_ESTABLISHED, .fd = 4);
	EXIT(&s, 900061, 1, .nr = SYS_close, .tid = 9, .end = SERVER, .sk = 6, .fd = 4);
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 1);
	expect_items(&s, "Ls:socket() Ls:bind() Ls:listen() C 1 ok@1 S 2 C 3 S s:accept4() "
			 "s:close() ");
	script_end(&s);
}

/* a socket's place in memory is used again: the calls of the old one are not the new's */
static void calls_of_a_socket_that_is_gone(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	ENTER(&s, 0, 0, .nr = SYS_socket, .tid = 7);
	EXIT(&s, 1, 0, .nr = SYS_socket, .tid = 7, .sk = 1, .valid = NETTRACE_CALL_SOCK,
	     .state = NETTRACE_TCP_CLOSE, .result = 3);
	ENTER(&s, 2, 0, .nr = SYS_close, .tid = 7, .sk = 1, .valid = NETTRACE_CALL_SOCK,
	      .state = NETTRACE_TCP_CLOSE);
	EXIT(&s, 3, 0, .nr = SYS_close, .tid = 7, .sk = 1);
	script_run(&s, "20 0 FULL c CLOSE>SYN_SENT call=connect lport0\n"
		       "30 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n");
	nt_model_finish(s.m);
	expect_items(&s, "C 1 ");
	script_end(&s);
}

/* the table is full of threads that never return: counted, nothing else */
static void calls_without_end(void **state)
{
	struct script s;
	uint32_t tid;

	(void)state;
	connecting(&s);
	for (tid = 100; tid < 5100; tid++)
		ENTER(&s, 80, 0, .nr = SYS_recvfrom, .tid = tid, .sk = 1, .valid = BOTH,
		      .state = NETTRACE_TCP_ESTABLISHED);
	assert_true(nt_model_stats(s.m)->calls_unpaired >= 5000 - 1024);
	nt_model_finish(s.m);
	nt_model_forget(s.m, 0);
	script_end(&s);
}

/* ---- timers --------------------------------------------------------------- */

static void feed_timer(struct script *s, long long us, int end, uint8_t kind, uint8_t armed,
		       uint32_t left_ms)
{
	struct nt_event ev = { .t = SCRIPT_T0 + us * 1000, .source = end };
	struct nettrace_timer *r = &ev.rec.timer;

	r->hdr.type = NETTRACE_TIMER;
	r->hdr.time = us * 1000;
	r->hdr.family = s->family;
	r->kind = kind;
	r->armed = armed;
	r->left_ms = left_ms;
	r->delack_ms = left_ms;
	r->keep_ms = left_ms;
	r->keep_time_ms = 7200000; /* more microseconds than 32 bits hold */
	r->rto_us = 200000;
	memcpy(r->local, s->addr[end], 16);
	memcpy(r->remote, s->addr[!end], 16);
	r->lport = s->port[end];
	r->rport = s->port[!end];
	assert_int_equal(nt_model_feed(s->m, &ev), 0);
}

/* armed, the same still, set anew, stopped: only what changes is said */
static void timers_from_samples(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n");
	feed_timer(&s, 0, CLIENT, NETTRACE_SK_FULL, 0, 0);
	script_run(&s, "100000 0 IN s>c SYN,ACK seq=900 ack=101 sk=FULL:SYN_SENT\n");
	feed_timer(&s, 100000, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_RTO, 900);
	script_run(&s, "200000 0 OUT c>s ACK seq=101 ack=901 sk=FULL:ESTABLISHED\n");
	feed_timer(&s, 200000, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_RTO, 804);
	script_run(&s,
		   "300000 0 OUT c>s PSH,ACK seq=101 ack=901 len=5 sk=FULL:ESTABLISHED nxt=101\n");
	feed_timer(&s, 300000, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_RTO | NETTRACE_TIMER_KEEP,
		   1000);
	script_run(&s, "400000 0 IN s>c ACK seq=901 ack=106 sk=FULL:ESTABLISHED\n");
	feed_timer(&s, 400000, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_KEEP, 900);
	nt_model_finish(s.m);
	expect_items(&s, "1 S 2 c:0armed@2 3 S 4 c:0reset@4 c:5armed@4 5 c:0stopped@5 ");
	script_end(&s);
}

/* a retransmission's mark tells that the timer fired: it was not stopped */
static void timers_that_fire(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n"
		       "100 0 IN s>c SYN,ACK seq=900 ack=101 sk=FULL:SYN_SENT\n"
		       "200 0 OUT c>s PSH,ACK seq=101 ack=901 len=5 sk=FULL:ESTABLISHED nxt=101\n");
	feed_timer(&s, 200, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_RTO, 200);
	script_run(&s, "200200 0 OUT c>s PSH,ACK seq=101 ack=901 len=5 sk=FULL:ESTABLISHED nxt=106 "
		       "una=101 ca=4 pend=1 back=1 retrans\n");
	feed_timer(&s, 200200, CLIENT, NETTRACE_SK_FULL, 0, 0);
	nt_model_finish(s.m);
	expect_items(&s, "1 S 2 3 S c:0armed@3 c:0fired@4 4 ");
	script_end(&s);
}

/* an ACK of its own, 40 ms after the data */
static void delayed_acks(void **state)
{
	static const char *const text =
		"0 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n"
		"100 0 IN s>c SYN,ACK seq=900 ack=101 sk=FULL:SYN_SENT\n"
		"200 0 OUT c>s ACK seq=101 ack=901 sk=FULL:ESTABLISHED\n"
		"300 0 IN s>c PSH,ACK seq=901 ack=101 len=5 sk=FULL:ESTABLISHED\n";
	struct script s;

	(void)state;
	/* nothing sampled: inferred, if timers are asked for */
	begin(&s);
	nt_model_timers(s.m);
	script_run(&s, text);
	script_run(&s, "40400 0 OUT c>s ACK seq=101 ack=906 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	expect_items(&s, "1 S 2 3 S 4 c:4fired~@5 5 ");
	script_end(&s);
	/* sampled while it ran */
	begin(&s);
	script_run(&s, text);
	script_run(&s, "10000 0 IN s>c ACK seq=906 ack=101 sk=FULL:ESTABLISHED\n");
	feed_timer(&s, 10000, CLIENT, NETTRACE_SK_FULL, NETTRACE_TIMER_DELACK, 30);
	script_run(&s, "40400 0 OUT c>s ACK seq=101 ack=906 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	expect_items(&s, "1 S 2 3 S 4 5 c:4armed@5 c:4fired@6 6 ");
	script_end(&s);
	/* at once: not delayed */
	begin(&s);
	nt_model_timers(s.m);
	script_run(&s, text);
	script_run(&s, "1300 0 OUT c>s ACK seq=101 ack=906 sk=FULL:ESTABLISHED\n");
	nt_model_finish(s.m);
	expect_items(&s, "1 S 2 3 S 4 5 ");
	script_end(&s);
}

/* nobody asks: nothing is said of them */
static void timers_not_asked_for(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	script_run(&s, "0 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT\n"
		       "1000000 0 OUT c>s SYN seq=100 sk=FULL:SYN_SENT nxt=101 retrans\n");
	nt_model_finish(s.m);
	expect_items(&s, "1 2 ");
	script_end(&s);
}

/* ---- queues --------------------------------------------------------------- */

static void feed_syn(struct script *s, long long us, uint8_t listen, uint8_t cookies)
{
	struct nt_event ev = { .t = SCRIPT_T0 + us * 1000, .source = 1 };
	struct nettrace_packet *p = &ev.rec.packet;

	script_tcp(s, p, "seq=100 sk=LISTEN:LISTEN", "c>s", "SYN");
	p->hook = NETTRACE_LOCAL_IN;
	p->hdr.time = us * 1000;
	p->listen = listen;
	p->syncookies = cookies;
	p->accept_len = 2;
	p->accept_max = 1;
	p->request_len = 3;
	assert_int_equal(nt_model_feed(s->m, &ev), 0);
}

static void queue(uint8_t listen, uint8_t cookies, const char *answer, const char *want)
{
	struct script s;

	begin(&s);
	feed_syn(&s, 0, listen, cookies);
	if (answer)
		script_run(&s, answer);
	/* time passes: nothing else comes */
	script_run(&s, "900000 1 UDPOUT s>c - len=4\n");
	nt_model_finish(s.m);
	expect_items(&s, want);
	script_end(&s);
}

static void queues_told_apart(void **state)
{
	const uint8_t accept = NETTRACE_LISTEN_ACCEPT_FULL, request = NETTRACE_LISTEN_REQUEST_FULL,
		      backlog = NETTRACE_LISTEN_SYN_BACKLOG;

	(void)state;
	queue(0, 1, "20 1 OUT s>c SYN,ACK seq=900 ack=101\n", "C 1 ok@1 2 C ");
	queue(0, 2, "20 1 OUT s>c SYN,ACK seq=900 ack=101 sk=NONE\n", "C 1 cookie@1 2 C ");
	queue(accept, 0, NULL, "C 1 accept~@1 ");
	/* the order of the kernel's questions, where both are full */
	queue(accept | request, 0, NULL, "C 1 request~@1 ");
	queue(accept | request, 1, NULL, "C 1 accept~@1 ");
	queue(request, 0, NULL, "C 1 request~@1 ");
	queue(backlog, 0, NULL, "C 1 request~@1 ");
	queue(accept | backlog, 0, NULL, "C 1 accept~@1 ");
	queue(backlog, 1, NULL, "C 1 unanswered~@1 ");
	/* so late it is if the machine stood still, but not if the SYN came again */
	queue(accept, 0, "200000 1 OUT s>c SYN,ACK seq=900 ack=101\n", "C 1 ok@1 2 C ");
	queue(accept, 0,
	      "190000 1 IN c>s SYN seq=100\n"
	      "200000 1 OUT s>c SYN,ACK seq=900 ack=101\n",
	      "C 1 accept~@1 2 3 C ");
	/* an answer so late is to another SYN */
	queue(accept, 0, "400000 1 OUT s>c SYN,ACK seq=900 ack=101\n", "C 1 accept~@1 2 C ");
}

/* where events were lost, that nothing followed tells nothing */
static void queues_and_gaps(void **state)
{
	struct script s;

	(void)state;
	begin(&s);
	feed_syn(&s, 0, NETTRACE_LISTEN_ACCEPT_FULL, 0);
	script_run(&s, "10 1 GAP lost=3\n"
		       "900000 1 UDPOUT s>c - len=4\n");
	nt_model_finish(s.m);
	expect_items(&s, "C 1 ");
	script_end(&s);
	/* nor where the trace ends */
	begin(&s);
	feed_syn(&s, 0, NETTRACE_LISTEN_ACCEPT_FULL, 0);
	nt_model_finish(s.m);
	expect_items(&s, "C 1 ");
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(calls_before_the_addresses),
		cmocka_unit_test(calls_that_wait),
		cmocka_unit_test(calls_handed_out_begun),
		cmocka_unit_test(calls_of_a_listener),
		cmocka_unit_test(calls_of_a_socket_that_is_gone),
		cmocka_unit_test(calls_without_end),
		cmocka_unit_test(timers_from_samples),
		cmocka_unit_test(timers_that_fire),
		cmocka_unit_test(delayed_acks),
		cmocka_unit_test(timers_not_asked_for),
		cmocka_unit_test(queues_told_apart),
		cmocka_unit_test(queues_and_gaps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
