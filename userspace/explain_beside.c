// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_beside.c - what an end has beside its segments: queues, timers, drops; and what
 * of the trace is missing or folded
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"

/* what a full queue does to the one who asked */
static void full(struct nt_explain *x, const struct nt_queue *q, struct nt_told *s)
{
	switch (q->verdict) {
	case NT_QUEUE_ACCEPT_FULL:
		nt_x_say(s,
			 _("The accept queue of the %s is full: %" PRIu32
			   " connections wait in it, and the limit is %" PRIu32
			   " (one more than that is let in). So segment %" PRIu32
			   " is dropped without a word."),
			 nt_x_who(x, q->end), q->accept_len, q->accept_max, q->arrow);
		nt_x_note(
			s,
			_("The connections in it are complete; what is missing is that the program at %s calls accept(). The limit is the number given to listen(), or net.core.somaxconn if that is smaller. The client hears nothing and sends its segment %" PRIu32
			  " again."),
			nt_x_addr(x, q->end), q->arrow);
		break;
	case NT_QUEUE_REQUEST_FULL:
		nt_x_say(
			s,
			_("%" PRIu32
			  " connections to the %s are half open already, which is too many, and SYN cookies are off: segment %" PRIu32
			  " is dropped."),
			q->request_len, nt_x_who(x, q->end), q->arrow);
		break;
	case NT_QUEUE_COOKIE:
		if (q->syncookies == 2)
			nt_x_say(
				s,
				_("net.ipv4.tcp_syncookies is 2, so the %s answers segment %" PRIu32
				  " by a SYN cookie, though only %" PRIu32
				  " connections are half open."),
				nt_x_who(x, q->end), q->arrow, q->request_len);
		else
			nt_x_say(
				s,
				_("%" PRIu32
				  " connections to the %s are half open, its queue is full: segment %" PRIu32
				  " is answered by a SYN cookie, which needs no place in it."),
				q->request_len, nt_x_who(x, q->end), q->arrow);
		nt_x_note(
			s,
			_("This is the defence against a SYN flood: who never answers costs the server at %s nothing (RFC 4987)."),
			nt_x_addr(x, q->end));
		break;
	default:
		nt_x_say(s,
			 _("Segment %" PRIu32
			   " is not answered, though neither queue is full (accept queue %" PRIu32
			   " of %" PRIu32 ", half open %" PRIu32 ")."),
			 q->arrow, q->accept_len, q->accept_max, q->request_len);
	}
}

bool nt_x_queue(struct nt_explain *x, const struct nt_queue *q, struct nt_told *s)
{
	s->arrow = q->arrow;
	s->basis = q->basis;
	nt_x_title(s, _("the queues of the listener"));
	if (q->verdict != NT_QUEUE_OK)
		full(x, q, s);
	else if (q->ack)
		nt_x_say(s,
			 _("Segment %" PRIu32
			   " moves the connection to the accept queue of the %s; that had %" PRIu32
			   " before, of at most %" PRIu32 "."),
			 q->arrow, nt_x_who(x, q->end), q->accept_len, q->accept_max);
	else
		nt_x_say(s,
			 _("The listener of the %s when segment %" PRIu32
			   " comes: half-open connections %" PRIu32
			   "; complete ones that wait for accept() %" PRIu32 ", of at most %" PRIu32
			   "."),
			 nt_x_who(x, q->end), q->arrow, q->request_len, q->accept_len,
			 q->accept_max);
	return true;
}

static void fired(struct nt_explain *x, const struct nt_timer *tm, struct nt_told *s)
{
	nt_x_say(s, _("The %s of the %s has run out; what it does then is segment %" PRIu32 "."),
		 nt_timer_text(tm->name), nt_x_who(x, tm->end), tm->arrow);
	if (tm->backoff)
		nt_x_say(s,
			 ngettext("Its time has been doubled %u time so far.",
				  "Its time has been doubled %u times so far.", tm->backoff),
			 tm->backoff);
}

bool nt_x_timer(struct nt_explain *x, const struct nt_timer *tm, struct nt_told *s)
{
	const char *name = nt_timer_text(tm->name), *who = nt_x_who(x, tm->end);

	s->arrow = tm->arrow;
	s->basis = tm->basis;
	s->rfc = tm->name == NT_TIMER_RTO ? "RFC 6298, 5" : "";
	nt_x_title(s, "%s: %s", name, _(nt_timer_event_name(tm->event)));
	switch (tm->event) {
	case NT_TIMER_ARMED:
		nt_x_say(s, _("The %s of the %s runs now: it has %s to go."), name, who,
			 nt_x_span(x, tm->left_ms * 1000000LL));
		break;
	case NT_TIMER_RESET:
		nt_x_say(s, _("The %s of the %s has been set anew, to %s."), name, who,
			 nt_x_span(x, tm->left_ms * 1000000LL));
		break;
	case NT_TIMER_STOPPED:
		nt_x_say(s, _("The %s of the %s no longer runs: what it was for has happened."),
			 name, who);
		break;
	case NT_TIMER_FIRED:
		fired(x, tm, s);
		break;
	default:
		return false;
	}
	return true;
}

bool nt_x_drop(struct nt_explain *x, const struct nt_drop *d, struct nt_told *s)
{
	const char *text = d->reason ? nt_drop_text(d->reason) : NULL;
	const char *dev = nt_x_name(x, d->dev, NETTRACE_NAME_LEN);

	s->arrow = d->arrow;
	nt_x_title(s, _("packet %" PRIu32 " is dropped"), d->arrow);
	if (d->delivered)
		nt_x_say(
			s,
			_("Packet %" PRIu32
			  " had reached its host by %s; behind that the kernel discards it, for the reason %s."),
			d->arrow, dev, d->reason ? d->reason : "?");
	else
		nt_x_say(
			s,
			_("The kernel drops packet %" PRIu32
			  " on %s, for the reason %s: it does not reach its receiver, and the sender is not told."),
			d->arrow, dev, d->reason ? d->reason : "?");
	if (text)
		nt_x_say(s, _("In other words: %s (segment %" PRIu32 ")."), _(text), d->arrow);
	return true;
}

bool nt_x_gap(struct nt_explain *x, const struct nt_gap *g, struct nt_told *s)
{
	(void)x;
	nt_x_title(s, _("a gap in the trace"));
	nt_x_say(
		s,
		ngettext(
			"%" PRIu64
			" event of CPU %u was lost here, because more happened than could be read in time: what this conversation did meanwhile may be missing.",
			"%" PRIu64
			" events of CPU %u were lost here, because more happened than could be read in time: what this conversation did meanwhile may be missing.",
			g->lost),
		g->lost, g->cpu);
	return true;
}

bool nt_x_fold(struct nt_explain *x, const struct nt_fold *f, struct nt_told *s)
{
	s->arrow = f->first;
	s->kind = "data-phase";
	nt_x_title(s, _("segments %" PRIu32 " to %" PRIu32), f->first, f->last);
	nt_x_say(
		s,
		_("From segment %" PRIu32 " to %" PRIu32
		  " data goes on, %s from the %s and %s from the %s; nothing changes meanwhile (--unfold shows each)."),
		f->first, f->last, nt_x_size(x, f->bytes[0]), nt_x_who(x, 0),
		nt_x_size(x, f->bytes[1]), nt_x_who(x, 1));
	if (f->mark[NT_MARK_RETRANSMISSION])
		nt_x_say(s,
			 ngettext("%" PRIu32 " segment of them was sent again.",
				  "%" PRIu32 " segments of them were sent again.",
				  f->mark[NT_MARK_RETRANSMISSION]),
			 f->mark[NT_MARK_RETRANSMISSION]);
	return true;
}

bool nt_x_late(struct nt_explain *x, const struct nt_late *l, struct nt_told *s)
{
	nt_x_title(s, _("packet %" PRIu32 ", later"), l->arrow->n);
	if (l->lost) {
		s->basis = NT_INFERRED;
		nt_x_say(
			s,
			_("Packet %" PRIu32
			  " has not been seen to arrive within %s: it is lost, or the answer to it is."),
			l->arrow->n, nt_x_span(x, l->t - l->arrow->t));
	} else {
		nt_x_say(
			s,
			_("Packet %" PRIu32
			  " is seen again only now, %s after it was sent: so long it was on its way."),
			l->arrow->n, nt_x_span(x, l->sight.t - l->arrow->t));
	}
	return true;
}
