// SPDX-License-Identifier: GPL-2.0-only
/*
 * tcp_tcb.c - the variables of an end follow what it sends and receives
 */
#include "tcp_tcb.h"

uint32_t nt_tcb_edge(const struct nt_tcb *t, uint32_t from, uint32_t to)
{
	uint32_t edge = t->rcv_nxt;
	bool more = true;
	size_t i;

	while (more) {
		more = false;
		if (!nt_seq_before(edge, from) && nt_seq_before(edge, to)) {
			edge = to;
			more = true;
		}
		for (i = 0; i < t->nahead; i++) {
			if (nt_seq_before(edge, t->ahead[i].from) ||
			    !nt_seq_before(edge, t->ahead[i].to))
				continue;
			edge = t->ahead[i].to;
			more = true;
		}
	}
	return edge;
}

/* an octet of this end was sent, up to @end */
static void sent_up_to(struct nt_tcb *t, uint32_t end)
{
	if (!t->snd_known || nt_seq_before(t->nxt, end))
		t->nxt = end;
	t->snd_known = true;
}

/* the same, where something is missing or was */
static void arrived_ahead(struct nt_tcb *t, uint32_t from, uint32_t to)
{
	size_t i = 0;

	t->rcv_nxt = nt_tcb_edge(t, from, to);
	while (i < t->nahead) {
		/* one that it touches becomes part of it */
		if (!nt_seq_before(t->ahead[i].to, from) && !nt_seq_before(to, t->ahead[i].from)) {
			if (nt_seq_before(t->ahead[i].from, from))
				from = t->ahead[i].from;
			if (nt_seq_before(to, t->ahead[i].to))
				to = t->ahead[i].to;
		} else if (nt_seq_before(t->rcv_nxt, t->ahead[i].to)) {
			i++;
			continue;
		}
		t->ahead[i] = t->ahead[--t->nahead];
		i = 0;
	}
	if (nt_seq_before(t->rcv_nxt, from) && nt_seq_before(from, to) &&
	    t->nahead < NT_HOLES_MAX) {
		t->ahead[t->nahead].from = from;
		t->ahead[t->nahead++].to = to;
	}
}

/* [@from, @to) arrived; what RCV.NXT reaches by it is no longer ahead */
static void arrived(struct nt_tcb *t, uint32_t from, uint32_t to)
{
	if (t->nahead || nt_seq_before(t->rcv_nxt, from))
		arrived_ahead(t, from, to);
	else if (nt_seq_before(t->rcv_nxt, to)) /* nearly always */
		t->rcv_nxt = to;
	/* the FIN takes a number of its own */
	if (t->fin_seen && t->rcv_nxt == t->peer_fin)
		t->rcv_nxt++;
}

/* it acknowledges: so all before @ack has reached it, the FIN perhaps */
static void acknowledges(struct nt_tcb *t, uint32_t ack)
{
	if (!t->rcv_known) {
		t->rcv_known = true;
		t->rcv_nxt = ack;
	} else if (nt_seq_before(t->rcv_nxt, ack)) {
		t->rcv_nxt = ack;
		arrived(t, ack, ack);
	}
	if (!t->acked_known || nt_seq_before(t->acked, ack))
		t->acked = ack;
	t->acked_known = true;
}

/*
 * It says to have what lies beyond a hole.  That is known from what came, but for a
 * segment that RFC 7323 refuses and Linux takes: one tick too old (TCP_PAWS_WINDOW).
 */
static void has_ahead(struct nt_tcb *t, uint32_t from, uint32_t to)
{
	if (!t->rcv_known || !nt_seq_before(from, to) || !nt_seq_before(t->rcv_nxt, from))
		return;
	if (t->fin_refused && !t->fin_seen && to == t->refused_fin + 1) {
		t->fin_seen = true;
		t->peer_fin = t->refused_fin;
	}
	/* its number is no octet's */
	if (t->fin_seen && to == t->peer_fin + 1)
		to--;
	if (nt_seq_before(from, to))
		arrived(t, from, to);
}

/*
 * The right edge that it offers; a SYN's window is never scaled.  Who answers a SYN
 * offers to scale only if that one did (both RFC 7323, 2.2), seen or not.
 */
static void offers(struct nt_tcb *t, const struct nt_segment *g)
{
	uint32_t wnd = g->window, right;

	if (!TH(g, SYN)) {
		/* whether it is scaled was said in SYNs that were not seen */
		if (!t->iss_known || (!t->irs_known && !t->answered))
			return;
		if (t->scale_sent && (t->scale_seen || !t->irs_known))
			wnd <<= t->scale;
	}
	right = g->ack + wnd;
	if (!t->right_known || nt_seq_before(t->right, right))
		t->right = right;
	t->right_known = true;
}

/* RFC 7323, 2.3: a shift of more than 14 counts as 14 */
static uint8_t shift_of(const struct nt_segment *g)
{
	return g->wscale > 14 ? 14 : g->wscale;
}

void nt_tcb_sent(struct nt_tcb *t, const struct nt_segment *g)
{
	if (TH(g, RST))
		return;
	if (TH(g, SYN)) {
		if (!t->iss_known)
			t->una = g->seq;
		t->iss_known = true;
		t->una_known = true;
		t->iss = g->seq;
		t->syn_wnd = g->window;
		t->scale_sent = g->optflags & NETTRACE_OPT_WSCALE;
		t->scale = shift_of(g);
		t->answered = TH(g, ACK);
	}
	sent_up_to(t, g->seq + nt_seglen(g));
	if (TH(g, FIN)) {
		t->fin_sent = true;
		t->fin = nt_fin_of(g);
	}
	if (TH(g, ACK)) {
		acknowledges(t, g->ack);
		has_ahead(t, g->sack_from, g->sack_to);
		offers(t, g);
	}
}

static void peer_syn(struct nt_tcb *t, const struct nt_segment *g)
{
	t->irs_known = true;
	t->irs = g->seq;
	if (!t->rcv_known || nt_seq_before(t->rcv_nxt, g->seq + 1))
		t->rcv_nxt = g->seq + 1;
	t->rcv_known = true;
	t->scale_seen = g->optflags & NETTRACE_OPT_WSCALE;
	t->peer_scale = shift_of(g);
	if (t->iss_known && !t->right_known) {
		t->right = t->rcv_nxt + t->syn_wnd;
		t->right_known = true;
	}
}

static void acknowledged(struct nt_tcb *t, const struct nt_segment *g)
{
	uint32_t wnd = g->window;

	if (!t->una_known || nt_seq_before(t->una, g->ack))
		t->una = g->ack;
	t->una_known = true;
	if (!TH(g, SYN) && t->irs_known && t->scale_sent && t->scale_seen)
		wnd <<= t->peer_scale;
	else if (!TH(g, SYN) && !t->irs_known)
		wnd <<= 14;
	if (wnd > t->max_wnd)
		t->max_wnd = wnd;
}

static void text_arrived(struct nt_tcb *t, const struct nt_segment *g)
{
	uint32_t seq = g->seq + !!TH(g, SYN);
	struct nt_segment text = { .seq = seq, .len = g->len, .flags = TH(g, FIN) };
	bool fin;
	uint32_t end = nt_tcb_text_end(t, &text, &fin);

	if (!t->rcv_known) {
		t->rcv_known = true;
		t->rcv_nxt = seq;
	}
	if (fin && !t->fin_seen) {
		t->fin_seen = true;
		t->peer_fin = end;
	}
	arrived(t, seq, end);
}

#define BIT(m) (1ULL << (m))

void nt_tcb_received(struct nt_tcb *t, const struct nt_segment *g, const enum nt_meaning *m,
		     size_t n)
{
	bool opens, acks, text;
	uint64_t all = 0;
	size_t i;

	_Static_assert(NT_MEANING_MAX <= 64, "a bit for each meaning");
	for (i = 0; i < n; i++)
		all |= BIT(m[i]);
	opens = all & (BIT(NT_RCV_SYN) | BIT(NT_RCV_SYNACK));
	acks = all & (BIT(NT_RCV_SYNACK) | BIT(NT_RCV_ACK_OF_SYN) | BIT(NT_RCV_ACK) |
		      BIT(NT_RCV_ACK_OF_FIN));
	text = all & (BIT(NT_RCV_TEXT) | BIT(NT_RCV_FIN) | BIT(NT_RCV_FIN_EARLY));
	if (TH(g, FIN) && !text) {
		t->fin_refused = true;
		t->refused_fin = nt_fin_of(g);
	}
	if (!opens && !acks)
		return;
	if (opens)
		peer_syn(t, g);
	if (acks)
		acknowledged(t, g);
	/* RFC 7323, 4.3 */
	if ((g->optflags & NETTRACE_OPT_TS) &&
	    (!t->ts_known || (!nt_seq_before(g->tsval, t->ts_recent) &&
			      (opens || !t->acked_known || !nt_seq_before(t->acked, g->seq))))) {
		t->ts_known = true;
		t->ts_recent = g->tsval;
	}
	/* what a SYN without ACK carries waits, or comes again (RFC 7413) */
	if (text)
		text_arrived(t, g);
	else if (!t->rcv_known && acks) {
		t->rcv_known = true;
		t->rcv_nxt = g->seq;
	}
}
