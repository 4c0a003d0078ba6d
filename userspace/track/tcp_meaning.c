// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_meaning.c - see tcp_meaning.h
 */
#include "tcp_tcb.h"

struct list {
	enum nt_meaning *m;
	size_t n;
};

static void say(struct list *l, enum nt_meaning m)
{
	if (l->n < NT_MEANINGS_MAX)
		l->m[l->n++] = m;
}

/* what it numbers lies in what this end has sent, after its SYN */
static bool of_own_stream(const struct nt_tcb *t, uint32_t seq)
{
	if (nt_seq_before(t->nxt, seq))
		return false;
	return !t->iss_known || nt_seq_before(t->iss, seq);
}

size_t nt_meaning_sent(const struct nt_tcb *t, const struct nt_segment *g,
		       enum nt_meaning m[NT_MEANINGS_MAX])
{
	struct list l = { m, 0 };

	if (TH(g, RST)) {
		if (t->snd_known ? of_own_stream(t, g->seq) : !t->irs_known)
			say(&l, NT_SND_RST);
		else
			say(&l, TH(g, ACK) ? NT_SND_RST_REFUSE : NT_SND_RST_REPLY);
		return l.n;
	}
	if (TH(g, SYN)) {
		say(&l, TH(g, ACK) ? NT_SND_SYNACK : NT_SND_SYN);
		return l.n;
	}
	if (!TH(g, ACK))
		return 0;
	say(&l, NT_SND_ACK);
	if (t->fin_seen && nt_seq_before(t->peer_fin, g->ack))
		say(&l, NT_SND_ACK_OF_FIN);
	if (g->len && t->snd_known && nt_seq_before(t->nxt, g->seq + g->len))
		say(&l, NT_SND_TEXT);
	if (TH(g, FIN))
		say(&l, NT_SND_FIN);
	return l.n;
}

static bool in_window(const struct nt_tcb *t, uint32_t seq)
{
	if (!t->rcv_known)
		return true;
	if (!t->right_known)
		return !nt_seq_before(seq, t->rcv_nxt);
	/* a window of 0 takes what carries no text: ACK, URG, RST */
	if (!nt_rcv_wnd(t))
		return seq == t->rcv_nxt;
	return seq - t->rcv_nxt < nt_rcv_wnd(t);
}

/* RFC 9293, 3.4: the first or the last octet lies in the window */
static inline bool acceptable(const struct nt_tcb *t, const struct nt_segment *g)
{
	uint32_t len = nt_seglen(g);

	if (in_window(t, g->seq))
		return true;
	return len && (!t->right_known || nt_rcv_wnd(t)) && in_window(t, g->seq + len - 1);
}

/* RFC 7323, 5.3, R1 */
static bool paws_rejects(const struct nt_tcb *t, const struct nt_segment *g)
{
	return t->ts_known && (g->optflags & NETTRACE_OPT_TS) && !TH(g, RST) &&
	       nt_seq_before(g->tsval, t->ts_recent);
}

/*
 * RFC 9293, 3.6.1 and RFC 6191: a newer timestamp, or a higher number than the
 * old connection's last.
 */
static bool may_reuse(const struct nt_tcb *t, const struct nt_segment *g)
{
	bool higher = !t->rcv_known || nt_seq_before(t->rcv_nxt, g->seq);

	if (TH(g, ACK))
		return false;
	if (t->ts_known && (g->optflags & NETTRACE_OPT_TS))
		return nt_seq_before(t->ts_recent, g->tsval) ||
		       (t->ts_recent == g->tsval && higher);
	return higher;
}

/* seventh and eighth of 3.10.7.4: text, then FIN */
static inline void text_and_fin(const struct nt_tcb *t, const struct nt_segment *g, struct list *l)
{
	bool has_fin, known = t->fin_seen;
	uint32_t end = nt_tcb_text_end(t, g, &has_fin), fin = t->peer_fin, edge;

	if (!t->rcv_known) {
		if (g->len)
			say(l, NT_RCV_TEXT);
		if (has_fin)
			say(l, NT_RCV_FIN);
		return;
	}
	/* nothing follows a FIN */
	if (t->fin_seen && nt_seq_before(t->peer_fin, t->rcv_nxt))
		return;
	if (t->right_known && !nt_rcv_wnd(t) && (g->len || TH(g, FIN))) {
		say(l, NT_RCV_PROBE);
		return;
	}
	if (nt_seq_before(g->seq, end) && nt_seq_before(t->rcv_nxt, end))
		say(l, NT_RCV_TEXT);
	if (has_fin && !known) {
		known = true;
		fin = nt_fin_of(g);
	}
	if (!known)
		return;
	edge = nt_tcb_edge(t, g->seq, end);
	if (edge == fin)
		say(l, NT_RCV_FIN);
	else if (has_fin)
		say(l, NT_RCV_FIN_EARLY);
}

/* fifth of 3.10.7.4, with RFC 5961, 5.2; false: the segment is dropped here */
static bool ack_field(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
		      struct list *l)
{
	bool unsent = t->snd_known && nt_seq_before(t->nxt, g->ack);

	if (s == NT_SYN_RECEIVED) {
		if (unsent || (t->una_known && !nt_seq_before(t->una, g->ack))) {
			say(l, NT_RCV_BAD_ACK);
			return false;
		}
		say(l, NT_RCV_ACK_OF_SYN);
		return true;
	}
	if (unsent) {
		say(l, NT_RCV_ACK_UNSENT);
		return false;
	}
	if (t->una_known && t->max_wnd && nt_seq_before(g->ack, t->una - t->max_wnd)) {
		say(l, NT_RCV_ACK_TOO_OLD);
		return false;
	}
	if (t->fin_sent && g->ack == t->fin + 1) {
		say(l, NT_RCV_ACK_OF_FIN);
		return s != NT_LAST_ACK;
	}
	say(l, NT_RCV_ACK);
	return true;
}

/* 3.10.7.3 */
static void in_syn_sent(const struct nt_tcb *t, const struct nt_segment *g, struct list *l)
{
	bool ack_ok = TH(g, ACK) && (!t->iss_known || nt_seq_before(t->iss, g->ack)) &&
		      (!t->snd_known || !nt_seq_before(t->nxt, g->ack));
	struct nt_tcb after = *t;

	if (TH(g, ACK) && !ack_ok) {
		say(l, TH(g, RST) ? NT_RCV_IGNORED : NT_RCV_BAD_ACK);
		return;
	}
	if (TH(g, RST)) {
		say(l, ack_ok ? NT_RCV_RST : NT_RCV_IGNORED);
		return;
	}
	if (!TH(g, SYN)) {
		say(l, NT_RCV_IGNORED);
		return;
	}
	say(l, ack_ok ? NT_RCV_SYNACK : NT_RCV_SYN);
	if (!ack_ok || !(g->len || TH(g, FIN)))
		return;
	/* "other controls or text": on with the sixth step */
	after.rcv_known = true;
	after.rcv_nxt = g->seq + 1;
	after.right = after.rcv_nxt + t->syn_wnd;
	after.right_known = t->iss_known;
	text_and_fin(&after,
		     &(struct nt_segment){ .seq = g->seq + 1, .len = g->len, .flags = TH(g, FIN) },
		     l);
}

/* 3.10.7.2 */
static void in_listen(const struct nt_segment *g, struct list *l)
{
	if (TH(g, RST))
		say(l, NT_RCV_IGNORED);
	else if (TH(g, ACK))
		say(l, NT_RCV_BAD_ACK);
	else
		say(l, TH(g, SYN) ? NT_RCV_SYN : NT_RCV_IGNORED);
}

/* a SYN to a state that has one already; false: to be judged like any segment */
static bool another_syn(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			struct list *l)
{
	if (s == NT_SYN_RECEIVED) {
		/* figure 8: its own SYN crossed the peer's, now comes the answer */
		if (t->passive || !TH(g, ACK) || !t->irs_known || g->seq != t->irs ||
		    (t->iss_known && !nt_seq_before(t->iss, g->ack)) ||
		    (t->snd_known && nt_seq_before(t->nxt, g->ack)))
			return false;
		say(l, NT_RCV_SYNACK);
		return true;
	}
	if (s == NT_TIME_WAIT && may_reuse(t, g))
		say(l, NT_RCV_SYN_REUSE);
	else
		say(l, NT_RCV_SYN_CHALLENGE);
	return true;
}

static void rst(const struct nt_tcb *t, const struct nt_segment *g, struct list *l)
{
	if (!in_window(t, g->seq))
		say(l, NT_RCV_RST_OUTSIDE);
	else if (!t->rcv_known || g->seq == t->rcv_nxt)
		say(l, NT_RCV_RST);
	else
		say(l, NT_RCV_RST_CHALLENGE);
}

/* the rest of 3.10.7.4, for what is acceptable */
static inline void accepted(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			    struct list *l)
{
	const struct nt_segment *text = g;
	struct nt_segment rest;

	if (TH(g, SYN) && in_window(t, g->seq)) {
		say(l, t->passive ? NT_RCV_SYN_AGAIN : NT_RCV_SYN_CHALLENGE);
		return;
	}
	/* before the window it is trimmed off: "the idealized segment" of 3.10.7.4 */
	if (TH(g, SYN)) {
		rest = *g;
		rest.seq++;
		rest.flags &= (uint16_t)~NETTRACE_TH_SYN;
		text = &rest;
	}
	if (!TH(g, ACK)) {
		say(l, NT_RCV_NO_ACK);
		return;
	}
	if (ack_field(t, s, g, l))
		text_and_fin(t, text, l);
}

size_t nt_meaning_received(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			   enum nt_meaning m[NT_MEANINGS_MAX])
{
	struct list l = { m, 0 };

	if (s == NT_CLOSED || s == NT_ST_NONE)
		say(&l, TH(g, RST) ? NT_RCV_IGNORED : NT_RCV_TO_NOBODY);
	else if (s == NT_LISTEN)
		in_listen(g, &l);
	else if (s == NT_SYN_SENT)
		in_syn_sent(t, g, &l);
	else if (TH(g, RST))
		rst(t, g, &l);
	else if (TH(g, SYN) && another_syn(t, s, g, &l))
		;
	else if (paws_rejects(t, g))
		say(&l, NT_RCV_PAWS);
	else if (!acceptable(t, g))
		say(&l,
		    nt_seq_before(g->seq, t->rcv_nxt) ? NT_RCV_OLD_DUPLICATE : NT_RCV_UNACCEPTABLE);
	else
		accepted(t, s, g, &l);
	return l.n;
}

/* tcp_reset_check(), and the RST that follows the last SACK block that was sent */
static bool lenient_rst(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g)
{
	uint32_t last = t->rcv_nxt;
	size_t i;

	/* an orphan's FIN-WAIT-2 takes it anywhere in the window */
	if (s == NT_FIN_WAIT_2 && in_window(t, g->seq))
		return true;
	if (g->seq == t->rcv_nxt - 1)
		return s == NT_CLOSE_WAIT || s == NT_LAST_ACK || s == NT_CLOSING;
	for (i = 0; i < t->nahead; i++) {
		if (nt_seq_before(last, t->ahead[i].to))
			last = t->ahead[i].to;
	}
	return t->nahead && (g->seq == last || (t->fin_seen && g->seq == t->peer_fin + 1));
}

size_t nt_meaning_lenient(const struct nt_tcb *t, enum nt_state s, const struct nt_segment *g,
			  enum nt_meaning m[NT_MEANINGS_MAX])
{
	struct list l = { m, 0 };
	uint32_t left = t->acked_known ? t->acked : t->rcv_nxt;
	enum nt_meaning strict[NT_MEANINGS_MAX];

	if (s < NT_SYN_RECEIVED || s >= NT_ST_MAX || TH(g, SYN) || !t->rcv_known ||
	    nt_meaning_received(t, s, g, strict) != 1)
		return 0;
	switch (strict[0]) {
	case NT_RCV_RST_CHALLENGE:
	case NT_RCV_RST_OUTSIDE:
		if (lenient_rst(t, s, g))
			say(&l, NT_RCV_RST);
		break;
	case NT_RCV_PAWS:
		/* TCP_PAWS_WINDOW: a tick more */
		if (t->ts_recent - g->tsval <= 1 && acceptable(t, g))
			accepted(t, s, g, &l);
		break;
	case NT_RCV_OLD_DUPLICATE:
	case NT_RCV_UNACCEPTABLE:
		if (!nt_seq_before(g->seq + nt_seglen(g), left) &&
		    !(t->right_known && nt_seq_before(t->right, g->seq)))
			accepted(t, s, g, &l);
		break;
	default:
		break;
	}
	return l.n;
}
