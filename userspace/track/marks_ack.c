// SPDX-License-Identifier: GPL-2.0-only
/*
 * marks_ack.c - acknowledgements, windows, probes and their answers
 */
#include "marks_priv.h"

#define ANSWER_TIME NT_TIME_S /* a probe, or what is challenged, is answered by then */

/* the window of this segment, scaled as its sender's others */
static uint32_t window_of(const struct nt_mark_at *a)
{
	bool scaled = a->d->wscale_ok && !TH(a->p, SYN);

	return (uint32_t)a->p->window << (scaled ? a->d->wscale : 0);
}

void nt_marks_of_window(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;

	if (TH(p, SYN) || TH(p, RST))
		return;
	if (!p->window && TH(p, ACK))
		nt_marks_add(a->out, NT_MARK_ZERO_WINDOW, NULL, NT_OBSERVED, 0);
	if (p->payload && a->d->based && a->peer->window_known && !a->peer->wscale_guess &&
	    a->seq + p->payload == a->peer->right && a->end > a->d->acked)
		nt_marks_add(a->out, NT_MARK_WINDOW_FULL, NULL, NT_INFERRED, 0);
}

/* its number, and those under way, are those of a probe; @zero: the window is 0 */
static bool probes(const struct nt_mark_at *a, bool zero)
{
	const struct nettrace_packet *p = a->p;

	if (!TH(p, ACK) || TH(p, SYN) || TH(p, FIN) || TH(p, RST))
		return false;
	if (a->f->owned)
		return p->sk_kind == NETTRACE_SK_FULL && p->payload <= 1 &&
		       p->seq == p->snd_nxt - 1 && p->snd_una == p->snd_nxt;
	/* one octet of what is to come, outside the window */
	if (zero && p->payload == 1 && a->seq == a->peer->right)
		return true;
	if (p->payload > 1 || a->seq + 1 != a->d->max || a->d->acked < a->d->max)
		return false;
	/* it acknowledges less than its sender has: it was under way for long */
	if (a->ack_ok && a->ack < a->peer->acked)
		return false;
	/* with an octet it may be its retransmission, unless there was silence before */
	return !p->payload || zero || !a->own->t_sent || a->f->t - a->own->t_sent >= NT_TIME_S;
}

/*
 * RFC 9293, 3.8.4 and 3.8.6.1.  Linux sends the same segment for both.  Which one
 * it is the window tells; a socket that backs off probes a window, for keepalives
 * come at equal intervals.
 */
bool nt_marks_of_probe(struct nt_mark_at *a)
{
	bool zero = a->peer->window_known && !a->peer->window;
	enum nt_basis basis = a->f->owned ? NT_OBSERVED : NT_INFERRED;

	if (!probes(a, zero))
		return false;
	if (zero) {
		if (!a->p->backoff)
			basis = NT_INFERRED;
		nt_marks_add(a->out, NT_MARK_PERSIST_PROBE, NULL, basis, 0);
	} else {
		nt_marks_add(a->out, NT_MARK_KEEPALIVE, NULL, basis, 0);
	}
	a->other->owes = zero ? NT_OWES_PERSIST : NT_OWES_KEEPALIVE;
	a->other->t_owes = a->f->t;
	a->other->answer = a->peer->max;
	a->other->answer_ack = a->end > a->d->max ? a->end : a->d->max;
	return true;
}

/* the segment answers what its sender owed an answer to */
static bool mark_answer(struct nt_mark_at *a)
{
	static const struct {
		enum nt_mark_name name;
		const char *reason;
	} answer[] = {
		[NT_OWES_KEEPALIVE] = { NT_MARK_KEEPALIVE_ACK, NULL },
		[NT_OWES_PERSIST] = { NT_MARK_PERSIST_ACK, NULL },
		[NT_OWES_SYN] = { NT_MARK_CHALLENGE_ACK, "syn" },
		[NT_OWES_RST] = { NT_MARK_CHALLENGE_ACK, "rst" },
		[NT_OWES_ACK] = { NT_MARK_CHALLENGE_ACK, "ack" },
	};
	uint8_t owes = a->own->owes;
	bool fits;

	if (owes == NT_OWES_NOTHING || !nt_pure_ack(a->p))
		return false;
	a->own->owes = NT_OWES_NOTHING;
	/* a probe may carry an octet, which is taken or is not */
	fits = a->seq == a->own->answer && a->ack_ok && a->ack >= a->peer->acked &&
	       a->ack <= a->own->answer_ack && a->f->t - a->own->t_owes <= ANSWER_TIME;
	if (fits)
		nt_marks_add(a->out, answer[owes].name, answer[owes].reason, NT_INFERRED, 0);
	return fits;
}

/* the first block tells what came last (RFC 2018, 4): is it another than before */
static bool new_sack(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	uint32_t *last = a->other->sacked;

	if (!p->nsack || nt_is_dsack(p) || (last[0] == p->sack[0][0] && last[1] == p->sack[0][1]))
		return false;
	last[0] = p->sack[0][0];
	last[1] = p->sack[0][1];
	return true;
}

/*
 * RFC 5681, 2: no data, no SYN, no FIN, the same acknowledgement and the same
 * window, while data is under way; RFC 6675, 2: or a new SACK block.  A receiver
 * whose buffer grows may tell another window each time.
 */
static void mark_repeated(struct nt_mark_at *a, bool sack)
{
	uint32_t window = window_of(a);
	bool same = window == a->d->window;

	if (!nt_pure_ack(a->p) || a->ack != a->peer->acked || !a->d->window_known ||
	    a->seq != a->d->max)
		return;
	if (a->peer->max > a->peer->acked && (same || sack)) {
		a->other->dup_acks++;
		nt_marks_add(a->out, NT_MARK_DUP_ACK, same ? NULL : "sack", NT_INFERRED,
			     a->other->dup_acks);
		if (a->other->dup_acks == 3 && !a->other->recover)
			a->other->recover = a->peer->max;
	} else if (window > a->d->window) {
		nt_marks_add(a->out, NT_MARK_WINDOW_UPDATE, a->d->window ? NULL : "reopened",
			     NT_INFERRED, 0);
	}
}

/*
 * RFC 9293, 3.10.7.4: an ACK without data has the next number to send.  One with an older
 * number, that acknowledges less than was acknowledged already, was sent before.
 */
static bool is_overtaken(const struct nt_mark_at *a)
{
	return nt_pure_ack(a->p) && !a->f->owned && a->seq < a->d->max && a->ack < a->peer->acked;
}

/* it was overtaken, or it is the second of two: the first may have come in its turn */
static void mark_overtaken(struct nt_mark_at *a)
{
	if (nt_mark_is_copy(a) || (!a->p->ip_id && a->f->copy))
		nt_marks_add(a->out, NT_MARK_OLD_DUPLICATE, "copy", NT_INFERRED, 0);
	else
		nt_marks_add(a->out, NT_MARK_OUT_OF_ORDER, NULL, NT_INFERRED, 0);
}

void nt_marks_of_ack(struct nt_mark_at *a)
{
	bool answer = a->d->based && mark_answer(a);
	bool sack = new_sack(a);

	if (!a->ack_ok || !a->d->based || TH(a->p, RST))
		return;
	if (a->ack > a->peer->acked) {
		a->other->dup_acks = 0;
		a->other->t_acked = a->f->t;
		if (a->ack >= a->other->recover)
			a->other->recover = 0;
		return;
	}
	if (is_overtaken(a))
		mark_overtaken(a);
	else if (!answer || a->d->window != window_of(a))
		mark_repeated(a, sack);
}

/*
 * RFC 5961: what a synchronised end does not believe, it answers by an ACK: a SYN
 * (4), a RST in the window that is not at its left edge (3), and an ACK of what it
 * did not send or of what is long past (5).
 */
void nt_marks_owe(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	const struct nt_dir *d = a->d, *peer = a->peer;
	enum nt_owes owes = NT_OWES_NOTHING;

	if (!d->based || !peer->based || d->acked <= d->base || peer->acked <= peer->base)
		return;
	if (TH(p, RST)) {
		if (peer->window_known && a->seq > d->edge && a->seq < peer->right)
			owes = NT_OWES_RST;
	} else if (TH(p, SYN)) {
		owes = NT_OWES_SYN;
	} else if (a->ack_ok && peer->sent &&
		   (a->ack > peer->max ||
		    (d->window_known && !d->wscale_guess && a->ack + d->window < peer->acked &&
		     a->ack + 65535 < peer->acked))) {
		owes = NT_OWES_ACK;
	}
	if (owes == NT_OWES_NOTHING)
		return;
	a->other->owes = owes;
	a->other->t_owes = a->f->t;
	a->other->answer = peer->max;
	a->other->answer_ack = d->max;
}
