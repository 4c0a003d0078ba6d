// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_tcp_fsm.c - the tracker's table against an oracle of RFC 9293, 3.10
 *
 * Every state times every meaning is enumerated; besides, segments of every
 * combination of flags, place in the window, acknowledgment, length and timestamp
 * reach every state, and the tracker and the oracle (rfc9293.c) must agree on the
 * state after it and on the answer.  What the table calls impossible must never
 * come up; what it does not must.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <string.h>

#include "rfc9293.h"
#include "track/tcp.h"

#define WND	1000u
#define MAX_WND 300u /* that the peer has offered */

static const enum nt_state state_of[RFC_STATES] = {
	[RFC_CLOSED] = NT_CLOSED,	    [RFC_LISTEN] = NT_LISTEN,
	[RFC_SYN_SENT] = NT_SYN_SENT,	    [RFC_SYN_RECEIVED] = NT_SYN_RECEIVED,
	[RFC_ESTABLISHED] = NT_ESTABLISHED, [RFC_FIN_WAIT_1] = NT_FIN_WAIT_1,
	[RFC_FIN_WAIT_2] = NT_FIN_WAIT_2,   [RFC_CLOSE_WAIT] = NT_CLOSE_WAIT,
	[RFC_CLOSING] = NT_CLOSING,	    [RFC_LAST_ACK] = NT_LAST_ACK,
	[RFC_TIME_WAIT] = NT_TIME_WAIT,
};

/* an end in a state, with variables that fit it */
struct setting {
	enum rfc_state state;
	bool passive, ts, held, held_fin, forgot_fin;
	uint32_t iss, irs, wnd;
};

static void oracle_of(struct rfc_tcb *t, const struct setting *s)
{
	bool acked = s->state == RFC_FIN_WAIT_2 || s->state == RFC_TIME_WAIT;

	*t = (struct rfc_tcb){ .state = s->state, .passive = s->passive, .iss = s->iss };
	if (s->state <= RFC_LISTEN)
		return;
	t->snd_una = s->iss;
	t->snd_nxt = s->iss + 1;
	t->rcv_wnd = s->wnd;
	if (s->state == RFC_SYN_SENT)
		return;
	t->irs = s->irs;
	t->rcv_nxt = s->irs + 1;
	t->ts = s->ts;
	t->ts_recent = 100;
	if (s->state == RFC_SYN_RECEIVED)
		return;
	/* 500 octets came, 400 were sent and acknowledged, 50 more were sent */
	t->max_snd_wnd = MAX_WND;
	t->rcv_nxt += 500;
	t->snd_una += 401;
	t->snd_nxt = t->snd_una + 50;
	t->fin_sent = s->state != RFC_ESTABLISHED && s->state != RFC_CLOSE_WAIT;
	t->snd_nxt += t->fin_sent;
	if (acked)
		t->snd_una = t->snd_nxt;
	if (s->state >= RFC_CLOSE_WAIT)
		t->rcv_nxt++;
	t->held = s->held && s->state <= RFC_FIN_WAIT_2;
	t->held_fin = s->held_fin;
	t->held_from = t->rcv_nxt + 10;
	t->held_to = t->rcv_nxt + 20;
}

static void tracker_of(struct nt_tcp *e, const struct rfc_tcb *t, const struct setting *s)
{
	struct nt_tcb *c = &e->tcb;

	nt_tcp_begin(e, NT_SET(state_of[t->state]));
	if (t->state <= RFC_LISTEN)
		return;
	c->passive = t->passive;
	c->iss_known = c->snd_known = c->una_known = true;
	c->iss = t->iss;
	c->una = t->snd_una;
	c->nxt = t->snd_nxt;
	c->syn_wnd = (uint16_t)t->rcv_wnd;
	if (t->state == RFC_SYN_SENT)
		return;
	c->irs_known = c->rcv_known = c->right_known = true;
	c->irs = t->irs;
	c->rcv_nxt = t->rcv_nxt;
	c->right = t->rcv_nxt + t->rcv_wnd;
	c->max_wnd = t->max_snd_wnd;
	c->ts_known = t->ts;
	c->ts_recent = t->ts_recent;
	c->fin_sent = t->fin_sent;
	c->fin = t->snd_nxt - 1;
	if (t->state >= RFC_CLOSE_WAIT && !s->forgot_fin) {
		c->fin_seen = true;
		c->peer_fin = t->rcv_nxt - 1;
	}
	if (t->held) {
		c->nahead = 1;
		c->ahead[0].from = t->held_from;
		c->ahead[0].to = t->held_to;
		c->fin_seen |= t->held_fin;
		if (t->held_fin)
			c->peer_fin = t->held_to;
	}
}

/* which entries of the table came up, received ones by segments */
static bool came_up[NT_ST_MAX][NT_MEANING_MAX];

static enum rfc_reply answer_of(const struct nt_step *step, size_t n)
{
	static const enum rfc_reply reply[] = {
		[NT_ANSWER_NONE] = RFC_NO_REPLY,
		[NT_ANSWER_ACK] = RFC_REPLY_ACK,
		[NT_ANSWER_SYNACK] = RFC_REPLY_SYNACK,
		[NT_ANSWER_RST] = RFC_REPLY_RST,
	};
	enum rfc_reply r = RFC_NO_REPLY;
	size_t i;

	for (i = 0; i < n; i++) {
		if (reply[nt_meaning_answer(step[i].meaning)] > r)
			r = reply[nt_meaning_answer(step[i].meaning)];
	}
	return r;
}

static const char *names(const struct nt_step *step, size_t n)
{
	static char text[128];
	size_t i;

	text[0] = '\0';
	for (i = 0; i < n; i++) {
		strcat(text, nt_meaning_name(step[i].meaning));
		strcat(text, " ");
	}
	return text;
}

static unsigned long tried;

/* a peer has one FIN, and nothing behind it: RFC 9293 says nothing of others */
static bool contradicts(const struct rfc_tcb *t, const struct rfc_seg *g)
{
	uint32_t end = g->seq + g->len + !!(g->ctl & RFC_SYN);
	bool fin = g->ctl & RFC_FIN;

	if (!t->held || (int32_t)(end - t->rcv_nxt) < 0)
		return false;
	if (t->held_fin)
		return (fin && end != t->held_to) || (int32_t)(end - t->held_to) > 0;
	return fin && (int32_t)(end - t->held_to) < 0;
}

static void try_segment(const struct setting *s, const struct rfc_seg *g)
{
	struct nt_segment seg = {
		.seq = g->seq,
		.ack = g->ack,
		.len = g->len,
		.flags = (uint16_t)g->ctl,
		.window = 1,
		.tsval = g->tsval,
		.optflags = g->ts ? NETTRACE_OPT_TS : 0,
	};
	struct nt_step step[NT_MEANINGS_MAX];
	struct rfc_tcb t;
	struct rfc_out o;
	struct nt_tcp e;
	uint32_t before;
	size_t i, n;

	oracle_of(&t, s);
	tracker_of(&e, &t, s);
	if (contradicts(&t, g))
		return;
	before = t.rcv_nxt;
	o = rfc_segment_arrives(&t, g);
	n = nt_tcp_received(&e, &seg, step);
	tried++;
	for (i = 0; i < n; i++)
		came_up[step[i].from][step[i].meaning] = true;
	if (e.impossible || nt_tcp_state(&e) != state_of[t.state] ||
	    (!s->forgot_fin && answer_of(step, n) != o.reply))
		fail_msg(
			"%s%s, ctl %#x seq RCV.NXT%+d ack SND.UNA%+d (SND.NXT%+d) len %u wnd %u ts %d: "
			"%s-> %s answer %d%s, RFC 9293: %s reply %d",
			nt_state_name(state_of[s->state]), s->passive ? " (passive)" : "", g->ctl,
			(int)(g->seq - before), (int)(g->ack - s->iss), (int)(g->ack - t.snd_nxt),
			g->len, s->wnd, g->ts ? (int)g->tsval : -1, names(step, n),
			nt_state_name(nt_tcp_state(&e)), answer_of(step, n),
			e.impossible ? " impossible" : "", nt_state_name(state_of[t.state]),
			o.reply);
	if (!s->forgot_fin && state_of[t.state] >= NT_ESTABLISHED && s->state >= RFC_SYN_RECEIVED &&
	    e.tcb.rcv_nxt != t.rcv_nxt)
		fail_msg("%s, ctl %#x seq RCV.NXT%+d len %u: %s-> RCV.NXT%+d, RFC 9293: %+d",
			 nt_state_name(state_of[s->state]), g->ctl, (int)(g->seq - before), g->len,
			 names(step, n), (int)(e.tcb.rcv_nxt - before), (int)(t.rcv_nxt - before));
}

/* every combination of flags, place, acknowledgment, length and timestamp */
static void try_all(const struct setting *s)
{
	static const uint32_t lens[] = { 0, 1, 9, 10, 20, WND };
	static const int tsvals[] = { -1, 99, 100, 101 };
	struct rfc_tcb t;
	unsigned int ctl, q, a, l, k;

	oracle_of(&t, s);
	for (ctl = 0; ctl < 16; ctl++) {
		uint32_t seq[] = { t.irs - 1,
				   t.irs,
				   t.rcv_nxt - 20,
				   t.rcv_nxt - 2,
				   t.rcv_nxt - 1,
				   t.rcv_nxt,
				   t.rcv_nxt + 1,
				   t.rcv_nxt + 10,
				   t.rcv_nxt + 20,
				   t.rcv_nxt + s->wnd - 1,
				   t.rcv_nxt + s->wnd,
				   t.rcv_nxt + s->wnd + 1,
				   t.rcv_nxt + 0x70000000 };
		uint32_t ack[] = {
			t.iss - 1,	     t.iss,	    t.iss + 1,	   t.snd_una - MAX_WND - 1,
			t.snd_una - MAX_WND, t.snd_una - 1, t.snd_una,	   t.snd_una + 1,
			t.snd_nxt - 1,	     t.snd_nxt,	    t.snd_nxt + 1, t.snd_nxt + 0x70000000
		};
		struct rfc_seg g = { .ctl = (ctl & 7) | (ctl & 8 ? RFC_ACK : 0) };

		for (q = 0; q < sizeof(seq) / sizeof(seq[0]); q++)
			for (a = 0; a < sizeof(ack) / sizeof(ack[0]); a++)
				for (l = 0; l < sizeof(lens) / sizeof(lens[0]); l++)
					for (k = 0; k < (t.ts ? 4 : 1); k++) {
						g.seq = seq[q];
						g.ack = ack[a];
						g.len = lens[l];
						g.ts = tsvals[k] >= 0;
						g.tsval = (uint32_t)tsvals[k];
						try_segment(s, &g);
					}
	}
}

/* bits of @bits choose the rest of a setting */
static struct setting setting_of(unsigned int state, unsigned int bits)
{
	return (struct setting){
		.state = state,
		.passive = bits & 1,
		.ts = bits & 2,
		.held = bits & 4,
		.held_fin = bits & 8,
		.wnd = bits & 16 ? 0 : WND,
		/* once far from, once at the wrap-around of all numbers */
		.iss = bits & 32 ? 0xffffff00u : 70000,
		.irs = bits & 32 ? 0xfffffe00u : 5000000,
	};
}

static void test_segments(void **state)
{
	unsigned int s, bits, m;
	struct setting set;

	(void)state;
	for (s = 0; s < RFC_STATES; s++) {
		for (bits = 0; bits < 64; bits++) {
			set = setting_of(s, bits);
			/* a window of 0 keeps nothing, LISTEN and CLOSED know nothing */
			if ((set.held_fin && !set.held) || (!set.wnd && set.held) ||
			    (s <= RFC_SYN_SENT && (bits & ~32u)))
				continue;
			try_all(&set);
		}
		/* the trace does not have the FIN that has come; a window of 0 or not */
		for (bits = 0; bits <= 16 && s >= RFC_CLOSE_WAIT; bits += 16) {
			set = setting_of(s, bits);
			set.forgot_fin = true;
			try_all(&set);
		}
	}
	print_message("# %lu segments\n", tried);
	for (s = NT_CLOSED; s < NT_ST_MAX; s++) {
		for (m = NT_RCV_SYN; m < NT_USR_OPEN; m++) {
			if (came_up[s][m] != (nt_fsm_entry(s, m) != NT_FSM_IMPOSSIBLE))
				fail_msg("%s, %s: the table has %s, and it %s", nt_state_name(s),
					 nt_meaning_name(m),
					 came_up[s][m] ? "impossible" : "an entry",
					 came_up[s][m] ? "came up" : "never came up");
		}
	}
}

/* calls and time-outs: the oracle's procedures have no other case */
static void test_events(void **state)
{
	static const enum nt_meaning events[] = { NT_USR_OPEN,	NT_USR_LISTEN, NT_USR_CLOSE,
						  NT_USR_ABORT, NT_TMO_USER,   NT_TMO_TIME_WAIT };
	unsigned int s, i;
	struct setting set;
	struct rfc_tcb t;

	(void)state;
	for (s = 0; s < RFC_STATES; s++) {
		for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
			set = setting_of(s, 0);
			oracle_of(&t, &set);
			switch (events[i]) {
			case NT_USR_OPEN:
				rfc_open_active(&t);
				break;
			case NT_USR_LISTEN:
				rfc_open_passive(&t);
				break;
			case NT_USR_CLOSE:
				rfc_close(&t);
				break;
			case NT_USR_ABORT:
				rfc_abort(&t);
				break;
			case NT_TMO_USER:
				rfc_user_timeout(&t);
				break;
			default:
				/* this timer runs in TIME-WAIT only */
				if (s != RFC_TIME_WAIT) {
					assert_int_equal(nt_fsm_entry(state_of[s], events[i]),
							 NT_FSM_IMPOSSIBLE);
					continue;
				}
				rfc_time_wait_timeout(&t);
				break;
			}
			if (nt_fsm_next(state_of[s], events[i], false) != NT_SET(state_of[t.state]))
				fail_msg("%s, %s: not %s", nt_state_name(state_of[s]),
					 nt_meaning_name(events[i]),
					 nt_state_name(state_of[t.state]));
		}
		/* 3.9.2.2: "SHOULD abort the connection"; there is none in LISTEN */
		assert_int_equal(nt_fsm_next(state_of[s], NT_ICMP_HARD, false),
				 NT_SET(s == RFC_LISTEN ? NT_LISTEN : NT_CLOSED));
	}
}

/* what a segment is for its sender, and where the RFC sends such a one */
enum {
	S_SYN,
	S_SYNACK,
	S_ACK,
	S_TEXT,
	S_ACK_OF_FIN,
	S_FIN,
	S_RST,
	S_RST_REPLY,
	S_RST_REFUSE,
	S_KINDS
};

static nt_states sends[RFC_STATES][S_KINDS];

static void note_reply(const struct setting *s, const struct rfc_seg *g)
{
	struct rfc_tcb t;
	struct rfc_out o;
	unsigned int kind;

	oracle_of(&t, s);
	o = rfc_segment_arrives(&t, g);
	switch (o.reply) {
	case RFC_REPLY_ACK:
		kind = o.acks_fin ? S_ACK_OF_FIN : S_ACK;
		break;
	case RFC_REPLY_SYNACK:
		kind = S_SYNACK;
		break;
	case RFC_REPLY_RST:
		kind = o.rst_has_ack ? S_RST_REFUSE : S_RST_REPLY;
		break;
	default:
		return;
	}
	sends[s->state][kind] |= NT_SET(state_of[t.state]);
	/* once a FIN has come every acknowledgment is one of it */
	if (kind == S_ACK && s->state >= RFC_CLOSE_WAIT)
		sends[s->state][S_ACK_OF_FIN] |= NT_SET(state_of[t.state]);
}

static void note_call(enum rfc_state s, unsigned int (*call)(struct rfc_tcb *t))
{
	struct setting set = setting_of(s, 0);
	struct rfc_tcb t;
	unsigned int sent;

	oracle_of(&t, &set);
	sent = call(&t);
	if (sent)
		sends[s][sent == RFC_SYN ? S_SYN :
			 sent == RFC_FIN ? S_FIN :
					   S_RST] |= NT_SET(state_of[t.state]);
}

/* 3.10.8: what is on the retransmission queue is sent again; 3.10.2: SEND */
static void note_queues(void)
{
	static const struct {
		uint8_t s, kind;
	} same[] = {
		{ RFC_SYN_SENT, S_SYN },
		{ RFC_SYN_RECEIVED, S_SYNACK },
		{ RFC_FIN_WAIT_1, S_FIN },
		{ RFC_CLOSING, S_FIN },
		{ RFC_LAST_ACK, S_FIN },
		{ RFC_ESTABLISHED, S_TEXT },
		{ RFC_CLOSE_WAIT, S_TEXT },
		/* 3.10.4: "until all preceding SENDs have been segmentized" */
		{ RFC_FIN_WAIT_1, S_TEXT },
		{ RFC_CLOSING, S_TEXT },
		{ RFC_LAST_ACK, S_TEXT },
		/* RFC 7413, 4.2: a Fast Open server answers before the handshake ends */
		{ RFC_SYN_RECEIVED, S_TEXT },
	};
	unsigned int i;

	for (i = 0; i < sizeof(same) / sizeof(same[0]); i++)
		sends[same[i].s][same[i].kind] |= NT_SET(state_of[same[i].s]);
	/* 3.10.5 ends these without a RST; one that is sent ends them all the same */
	for (i = RFC_CLOSING; i <= RFC_TIME_WAIT; i++)
		sends[i][S_RST] |= NT_SET(NT_CLOSED);
	/* the answer to an acknowledgment of nothing is numbered by it, in CLOSED too */
	sends[RFC_CLOSED][S_RST] |= NT_SET(NT_CLOSED);
	/* an abort of SYN-SENT sends none either */
	sends[RFC_SYN_SENT][S_RST] |= NT_SET(NT_CLOSED);
}

static void note_all_replies(const struct setting *s)
{
	struct rfc_tcb t;
	unsigned int ctl, i, q, len;

	oracle_of(&t, s);
	for (ctl = 0; ctl < 16; ctl++) {
		uint32_t ack[] = { t.iss, t.iss + 1, t.snd_una, t.snd_nxt, t.snd_nxt + 1 };

		for (i = 0; i < 5; i++)
			for (q = 0; q < 5; q++)
				for (len = 0; len < 2; len++)
					note_reply(s, &(struct rfc_seg){
							      .ctl = (ctl & 7) |
								     (ctl & 8 ? RFC_ACK : 0),
							      .seq = t.rcv_nxt + q - 2,
							      .ack = ack[i],
							      .len = len });
	}
}

/* a segment shows at least what the sender must have been through to send it */
static void test_sent(void **state)
{
	static const enum nt_meaning meaning[S_KINDS] = {
		[S_SYN] = NT_SND_SYN,
		[S_SYNACK] = NT_SND_SYNACK,
		[S_ACK] = NT_SND_ACK,
		[S_TEXT] = NT_SND_TEXT,
		[S_ACK_OF_FIN] = NT_SND_ACK_OF_FIN,
		[S_FIN] = NT_SND_FIN,
		[S_RST] = NT_SND_RST,
		[S_RST_REPLY] = NT_SND_RST_REPLY,
		[S_RST_REFUSE] = NT_SND_RST_REFUSE,
	};
	unsigned int s, kind, bits;

	(void)state;
	for (s = 0; s < RFC_STATES; s++) {
		for (bits = 0; bits < 2; bits++) {
			struct setting set = setting_of(s, bits);

			note_all_replies(&set);
		}
		note_call(s, rfc_open_active);
		note_call(s, rfc_close);
		note_call(s, rfc_abort);
	}
	note_queues();
	for (s = 0; s < RFC_STATES; s++) {
		for (kind = 0; kind < S_KINDS; kind++) {
			enum nt_state from = state_of[s], mid;
			nt_states want = sends[s][kind], got;

			/* nothing is shown where the state may have stayed */
			if (want & NT_SET(from))
				want = NT_SET(from);
			/* an ACK of a FIN is an ACK first, and that alone tells much */
			if (kind == S_ACK_OF_FIN &&
			    nt_fsm_next(from, NT_SND_ACK, false) != NT_SET(from))
				assert_int_equal(nt_fsm_entry(from, NT_SND_ACK_OF_FIN),
						 NT_FSM_IMPOSSIBLE);
			mid = kind == S_ACK_OF_FIN ?
				      nt_set_only(nt_fsm_next(from, NT_SND_ACK, false)) :
				      from;
			got = mid == NT_ST_NONE ? 0 : nt_fsm_next(mid, meaning[kind], false);
			if (got != want)
				fail_msg("%s sends %s: %#x, RFC 9293: %#x", nt_state_name(from),
					 nt_meaning_name(meaning[kind]), got, want);
		}
	}
}

/* no entry is reached by default, and each has its section */
static void test_written(void **state)
{
	unsigned int s, m;

	(void)state;
	for (s = 0; s < NT_ST_MAX + 3u; s++) {
		for (m = 0; m < NT_MEANING_MAX + 3u; m++) {
			bool in = s > NT_ST_NONE && s < NT_ST_MAX && m < NT_MEANING_MAX;

			assert_true((nt_fsm_entry(s, m) != NT_FSM_UNWRITTEN) == in);
			assert_true((strncmp(nt_fsm_section(s, m), "RFC ", 4) == 0) == in);
			if (!in)
				assert_int_equal(nt_fsm_next(s, m, false), 0);
			else
				assert_true(nt_fsm_stays(NT_SET(s), m) ==
					    (nt_fsm_entry(s, m) == NT_FSM_SAME));
		}
	}
	for (m = 0; m < NT_MEANING_MAX; m++)
		assert_string_not_equal(nt_meaning_name(m), "?");
	assert_string_equal(nt_meaning_name(NT_MEANING_MAX), "?");
	assert_int_equal(nt_set_only(NT_SET(NT_CLOSING)), NT_CLOSING);
	assert_int_equal(nt_set_only(NT_SET_ANY), NT_ST_NONE);
	assert_int_equal(nt_set_only(0), NT_ST_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_events),
		cmocka_unit_test(test_sent),
	};

	return cmocka_run_group_tests_name("tcp_fsm", tests, NULL, NULL);
}
