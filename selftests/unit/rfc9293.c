// SPDX-License-Identifier: GPL-2.0-only
/*
 * rfc9293.c - see rfc9293.h
 *
 * "->" in comments is the RFC's wording, shortened.  Where it leaves a choice the
 * comment says which one is taken.
 */
#include "rfc9293.h"

/* 3.4: arithmetic modulo 2^32 */
static bool lt(uint32_t a, uint32_t b)
{
	return a != b && b - a < 0x80000000u;
}

static bool le(uint32_t a, uint32_t b)
{
	return a == b || lt(a, b);
}

static bool has(const struct rfc_seg *g, unsigned int ctl)
{
	return (g->ctl & ctl) == ctl;
}

static uint32_t seg_len(const struct rfc_seg *g)
{
	return g->len + has(g, RFC_SYN) + has(g, RFC_FIN);
}

static struct rfc_out reply(enum rfc_reply r)
{
	return (struct rfc_out){ .reply = r };
}

/* 3.10.7.1 -> all data is discarded; a RST is discarded, else a RST is sent */
static struct rfc_out closed(const struct rfc_seg *g)
{
	struct rfc_out o = reply(RFC_REPLY_RST);

	if (has(g, RFC_RST))
		return reply(RFC_NO_REPLY);
	o.rst_has_ack = !has(g, RFC_ACK);
	return o;
}

/* 3.10.7.2 */
static struct rfc_out listen_state(struct rfc_tcb *t, const struct rfc_seg *g)
{
	/* first: an incoming RST should be ignored */
	if (has(g, RFC_RST))
		return reply(RFC_NO_REPLY);
	/* second: any acknowledgment is bad -> <SEQ=SEG.ACK><CTL=RST> */
	if (has(g, RFC_ACK))
		return reply(RFC_REPLY_RST);
	/* third: SYN */
	if (has(g, RFC_SYN)) {
		t->rcv_nxt = g->seq + 1;
		t->irs = g->seq;
		t->snd_nxt = t->iss + 1;
		t->snd_una = t->iss;
		t->passive = true;
		t->state = RFC_SYN_RECEIVED;
		return reply(RFC_REPLY_SYNACK);
	}
	/* fourth: other data or control: drop */
	return reply(RFC_NO_REPLY);
}

static bool wnd_has(const struct rfc_tcb *t, uint32_t n)
{
	return le(t->rcv_nxt, n) && lt(n, t->rcv_nxt + t->rcv_wnd);
}

/* the table of 3.4 with its four cases */
static bool seq_acceptable(const struct rfc_tcb *t, const struct rfc_seg *g)
{
	uint32_t len = seg_len(g);

	if (len == 0 && t->rcv_wnd == 0)
		return g->seq == t->rcv_nxt;
	if (len == 0)
		return wnd_has(t, g->seq);
	if (t->rcv_wnd == 0)
		return false;
	return wnd_has(t, g->seq) || wnd_has(t, g->seq + len - 1);
}

/* seventh and eighth: text and FIN of what has passed all checks */
static struct rfc_out text_and_fin(struct rfc_tcb *t, const struct rfc_seg *g, uint32_t from)
{
	uint32_t end = g->seq + has(g, RFC_SYN) + g->len, right = t->rcv_nxt + t->rcv_wnd;
	struct rfc_out o = reply(RFC_NO_REPLY);
	bool fin = has(g, RFC_FIN), takes, done = false;

	takes = t->state == RFC_ESTABLISHED || t->state == RFC_FIN_WAIT_1 ||
		t->state == RFC_FIN_WAIT_2;
	/* "trimming off any portions that lie outside the window (including FIN)" */
	if (fin && !lt(end, right))
		fin = false;
	if (lt(right, end))
		end = right;
	/* CLOSE-WAIT, CLOSING, LAST-ACK, TIME-WAIT -> ignore the segment text */
	if (!takes)
		return o;
	if (lt(from, t->rcv_nxt))
		from = t->rcv_nxt;
	if (lt(t->rcv_nxt, from)) {
		/* a higher beginning number: held, and acknowledged (RFC 5681, 4.2) */
		if (lt(from, end) || fin)
			o.reply = RFC_REPLY_ACK;
		return o;
	}
	if (lt(t->rcv_nxt, end)) {
		t->rcv_nxt = end;
		o.reply = RFC_REPLY_ACK;
	}
	if (fin && t->rcv_nxt == end)
		done = true;
	if (!done && t->held && le(t->held_from, t->rcv_nxt) && le(t->rcv_nxt, t->held_to)) {
		t->rcv_nxt = t->held_to;
		done = t->held_fin;
	}
	if (!done)
		return o;
	/* eighth -> advance RCV.NXT over the FIN, and send an acknowledgment */
	t->rcv_nxt++;
	o.reply = RFC_REPLY_ACK;
	o.acks_fin = true;
	switch (t->state) {
	case RFC_ESTABLISHED:
		t->state = RFC_CLOSE_WAIT;
		break;
	case RFC_FIN_WAIT_1:
		/* had it been acknowledged, perhaps in this segment, this were FIN-WAIT-2 */
		t->state = RFC_CLOSING;
		break;
	case RFC_FIN_WAIT_2:
		t->state = RFC_TIME_WAIT;
		break;
	default:
		break;
	}
	return o;
}

/* 3.10.7.3 */
static struct rfc_out syn_sent(struct rfc_tcb *t, const struct rfc_seg *g)
{
	bool acceptable = false;
	struct rfc_out o;

	/* first, check the ACK bit */
	if (has(g, RFC_ACK)) {
		if (le(g->ack, t->iss) || lt(t->snd_nxt, g->ack))
			return reply(has(g, RFC_RST) ? RFC_NO_REPLY : RFC_REPLY_RST);
		acceptable = lt(t->snd_una, g->ack) && le(g->ack, t->snd_nxt);
	}
	/* second, check the RST bit */
	if (has(g, RFC_RST)) {
		if (acceptable)
			t->state = RFC_CLOSED;
		return reply(RFC_NO_REPLY);
	}
	/* fifth: neither SYN nor RST -> drop */
	if (!has(g, RFC_SYN))
		return reply(RFC_NO_REPLY);
	/* fourth, check the SYN bit */
	t->rcv_nxt = g->seq + 1;
	t->irs = g->seq;
	if (acceptable)
		t->snd_una = g->ack;
	if (!lt(t->iss, t->snd_una)) {
		t->state = RFC_SYN_RECEIVED;
		return reply(RFC_REPLY_SYNACK);
	}
	t->state = RFC_ESTABLISHED;
	/* other controls or text -> continue at the sixth step */
	o = text_and_fin(t, g, g->seq + 1);
	o.reply = RFC_REPLY_ACK;
	return o;
}

/* first: sequence number, with RFC 7323 (R1) before it; false: dropped, @o says how */
static bool first(const struct rfc_tcb *t, const struct rfc_seg *g, struct rfc_out *o)
{
	*o = reply(has(g, RFC_RST) ? RFC_NO_REPLY : RFC_REPLY_ACK);
	if (t->ts && g->ts && !has(g, RFC_RST) && lt(g->tsval, t->ts_recent))
		return false;
	if (seq_acceptable(t, g))
		return true;
	/* a zero window: "special allowance ... to accept valid ACKs, URGs, and RSTs" */
	return t->rcv_wnd == 0 && g->seq == t->rcv_nxt;
}

/* second: RST, by RFC 5961, 3.2 */
static struct rfc_out second(struct rfc_tcb *t, const struct rfc_seg *g)
{
	bool inside = t->rcv_wnd ? wnd_has(t, g->seq) : g->seq == t->rcv_nxt;

	if (!inside)
		return reply(RFC_NO_REPLY);
	if (g->seq != t->rcv_nxt)
		return reply(RFC_REPLY_ACK); /* challenge ACK */
	/* SYN-RECEIVED: a passive OPEN returns to LISTEN */
	t->state = t->state == RFC_SYN_RECEIVED && t->passive ? RFC_LISTEN : RFC_CLOSED;
	return reply(RFC_NO_REPLY);
}

/* RFC 6191, 2, "an improved algorithm" of the first check; false: not for it */
static bool time_wait_syn(struct rfc_tcb *t, const struct rfc_seg *g)
{
	bool higher = lt(t->rcv_nxt, g->seq);

	if (t->state != RFC_TIME_WAIT || !has(g, RFC_SYN) || has(g, RFC_ACK) || has(g, RFC_RST))
		return false;
	if (t->ts && g->ts ? !(lt(t->ts_recent, g->tsval) || (t->ts_recent == g->tsval && higher)) :
			     !higher)
		return false;
	t->state = RFC_SYN_RECEIVED;
	return true;
}

/* fifth: the ACK field; true: go on */
static bool fifth(struct rfc_tcb *t, const struct rfc_seg *g, struct rfc_out *o)
{
	bool acks_fin;

	*o = reply(RFC_NO_REPLY);
	if (!has(g, RFC_ACK))
		return false;
	if (t->state == RFC_SYN_RECEIVED) {
		/* RFC 5961, 5 is for synchronised states: here a bad one gets a RST */
		if (!(lt(t->snd_una, g->ack) && le(g->ack, t->snd_nxt))) {
			*o = reply(RFC_REPLY_RST);
			return false;
		}
		t->snd_una = g->ack;
		t->state = RFC_ESTABLISHED;
		return true;
	}
	if (lt(t->snd_nxt, g->ack) || lt(g->ack, t->snd_una - t->max_snd_wnd)) {
		*o = reply(RFC_REPLY_ACK);
		return false;
	}
	acks_fin = t->fin_sent && g->ack == t->snd_nxt;
	if (lt(t->snd_una, g->ack))
		t->snd_una = g->ack;
	if (t->state == RFC_FIN_WAIT_1 && acks_fin)
		t->state = RFC_FIN_WAIT_2;
	else if (t->state == RFC_CLOSING && acks_fin)
		t->state = RFC_TIME_WAIT;
	else if (t->state == RFC_LAST_ACK && acks_fin)
		t->state = RFC_CLOSED;
	return t->state != RFC_CLOSED;
}

/* 3.10.7.4 */
static struct rfc_out otherwise(struct rfc_tcb *t, const struct rfc_seg *g)
{
	bool synchronised = t->state > RFC_SYN_RECEIVED;
	struct rfc_out o;

	if (time_wait_syn(t, g))
		return reply(RFC_REPLY_SYNACK);
	/* 3.5, figure 8, line 6: the SYN,ACK that answers a SYN which crossed */
	if (t->state == RFC_SYN_RECEIVED && !t->passive && has(g, RFC_SYN | RFC_ACK) &&
	    !has(g, RFC_RST) && g->seq == t->irs && lt(t->iss, g->ack) && le(g->ack, t->snd_nxt)) {
		t->state = RFC_ESTABLISHED;
		return reply(RFC_REPLY_ACK);
	}
	/* RFC 5961, 4.2: "irrespective of the sequence number" */
	if (synchronised && has(g, RFC_SYN) && !has(g, RFC_RST))
		return reply(RFC_REPLY_ACK);
	if (!first(t, g, &o))
		return o;
	if (has(g, RFC_RST))
		return second(t, g);
	/* fourth: only SYN-RECEIVED is left; before the window it is trimmed off */
	if (has(g, RFC_SYN) && (t->rcv_wnd ? wnd_has(t, g->seq) : g->seq == t->rcv_nxt)) {
		if (!t->passive)
			return reply(RFC_REPLY_ACK);
		t->state = RFC_LISTEN;
		return reply(RFC_NO_REPLY);
	}
	if (!fifth(t, g, &o))
		return o;
	if (t->rcv_wnd == 0 && seg_len(g))
		return reply(t->state == RFC_ESTABLISHED || t->state == RFC_FIN_WAIT_1 ||
					     t->state == RFC_FIN_WAIT_2 ?
				     RFC_REPLY_ACK :
				     RFC_NO_REPLY);
	return text_and_fin(t, g, g->seq + has(g, RFC_SYN));
}

struct rfc_out rfc_segment_arrives(struct rfc_tcb *t, const struct rfc_seg *g)
{
	switch (t->state) {
	case RFC_CLOSED:
		return closed(g);
	case RFC_LISTEN:
		return listen_state(t, g);
	case RFC_SYN_SENT:
		return syn_sent(t, g);
	default:
		return otherwise(t, g);
	}
}

/* 3.10.1 */
unsigned int rfc_open_active(struct rfc_tcb *t)
{
	if (t->state != RFC_CLOSED && t->state != RFC_LISTEN)
		return 0; /* error: connection already exists */
	t->state = RFC_SYN_SENT;
	return RFC_SYN;
}

unsigned int rfc_open_passive(struct rfc_tcb *t)
{
	if (t->state == RFC_CLOSED)
		t->state = RFC_LISTEN;
	return 0;
}

/* 3.10.4; of SYN-RECEIVED the case in which nothing is queued */
unsigned int rfc_close(struct rfc_tcb *t)
{
	switch (t->state) {
	case RFC_LISTEN:
	case RFC_SYN_SENT:
		t->state = RFC_CLOSED;
		return 0;
	case RFC_SYN_RECEIVED:
	case RFC_ESTABLISHED:
		t->state = RFC_FIN_WAIT_1;
		return RFC_FIN;
	case RFC_CLOSE_WAIT:
		t->state = RFC_LAST_ACK;
		return RFC_FIN;
	default:
		return 0; /* errors, "ok" */
	}
}

/* 3.10.5 */
unsigned int rfc_abort(struct rfc_tcb *t)
{
	enum rfc_state was = t->state;

	t->state = RFC_CLOSED;
	switch (was) {
	case RFC_SYN_RECEIVED:
	case RFC_ESTABLISHED:
	case RFC_FIN_WAIT_1:
	case RFC_FIN_WAIT_2:
	case RFC_CLOSE_WAIT:
		return RFC_RST; /* <SEQ=SND.NXT><CTL=RST> */
	default:
		return 0;
	}
}

/* 3.10.8 -> for any state: delete the TCB, enter CLOSED */
void rfc_user_timeout(struct rfc_tcb *t)
{
	t->state = RFC_CLOSED;
}

void rfc_time_wait_timeout(struct rfc_tcb *t)
{
	if (t->state == RFC_TIME_WAIT)
		t->state = RFC_CLOSED;
}
