// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_close.c - FIN and RST: how a connection ends, and why
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"

#define LATER_NS 1000000 /* a socket may send its RST before it is CLOSED */

/* ---- FIN -------------------------------------------------------------------- */

static void fin_asked(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_transition *tr = nt_x_trans(x, dir, a->t, NT_FIN_WAIT_1);
	const struct nt_arrow *next;

	if (!tr)
		tr = nt_x_trans(x, dir, a->t, NT_LAST_ACK);
	if (!tr || tr->cause.kind != NT_CAUSE_CALL) {
		nt_x_say(
			s,
			_("Which call of its program asked for that is not known: the socket of %s is not traced, or what it did was not seen."),
			nt_x_addr(x, dir));
		return;
	}
	if (strcmp(tr->cause.name, "exit"))
		nt_x_say(s, _("%s asked for it, %s before."), nt_x_cause(x, &tr->cause),
			 nt_x_span(x, a->t - tr->t));
	next = nt_x_after(x, a, !dir, 0, 0);
	if (next && !strcmp(tr->cause.name, "shutdown"))
		nt_x_note(
			s,
			_("shutdown() closes one direction only: the %s still receives. It is a half close, and the %s may go on sending; its next segment is %" PRIu32
			  "."),
			nt_x_who(x, dir), nt_x_who(x, !dir), next->n);
	else if (!strcmp(tr->cause.name, "exit"))
		nt_x_note(
			s,
			_("No program called close(): process %s ended, and the kernel closed what it had left open."),
			nt_x_owner(x, tr->cause.comm, tr->cause.pid));
}

/* the second FIN, when the first has been received */
static void second_fin(struct nt_explain *x, const struct nt_arrow *a, const struct nt_arrow *first,
		       struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *b, *ack = NULL;

	for (b = first;
	     !ack && (b = nt_x_after(x, b, dir, NETTRACE_TH_ACK, NETTRACE_TH_ACK)) && b->n < a->n;)
		if (b->ack_valid && b->ack == nt_x_end_seq(first))
			ack = b;
	s->kind = ack ? "fin-second" : "fin-merged";
	if (ack) {
		nt_x_say(
			s,
			_("Now the %s has said all, too: its FIN, %s after it acknowledged that of the other end (segment %" PRIu32
			  "). It takes the number %" PRIu32 "."),
			nt_x_who(x, dir), nt_x_span(x, a->t - ack->t), ack->n, nt_x_end_seq(a) - 1);
		nt_x_note(
			s,
			_("This is the third segment of the textbook's four-way close: FIN (%" PRIu32
			  "), ACK (%" PRIu32 "), FIN (%" PRIu32
			  "), and the ACK that is still to come."),
			first->n, ack->n, a->n);
		return;
	}
	nt_x_say(s,
		 _("The %s acknowledges the FIN of segment %" PRIu32 " (ack=%" PRIu32
		   ") and closes its own direction in the same segment."),
		 nt_x_who(x, dir), first->n, a->ack);
	nt_x_note(
		s,
		_("The textbook draws four segments; here segment %" PRIu32
		  " is its second and its third in one, so the close takes three. At %s its own direction was closed within %s of the first FIN, before Linux had sent the ACK that it owed: the FIN takes it along."),
		a->n, nt_x_addr(x, dir), nt_x_span(x, a->t - first->t));
}

void nt_x_fin(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *other = nt_x_before(x, a, !dir, NETTRACE_TH_FIN, NETTRACE_TH_FIN);
	const struct nt_arrow *own = nt_x_before(x, a, dir, NETTRACE_TH_FIN, NETTRACE_TH_FIN);

	s->kind = "fin";
	s->rfc = "RFC 9293, 3.6";
	nt_x_title(s, "FIN, seq=%" PRIu32, nt_x_end_seq(a) - 1);
	if (own) {
		s->kind = "fin-again";
		nt_x_say(s,
			 _("The FIN of segment %" PRIu32
			   " was not acknowledged within %s: the %s sends it again."),
			 own->n, nt_x_span(x, a->t - own->t), nt_x_who(x, dir));
		return;
	}
	if (a->pkt.payload)
		nt_x_say(
			s,
			_("The %s sends its last %s and, in the same segment, a FIN: nothing follows behind byte %" PRIu32
			  "."),
			nt_x_who(x, dir), nt_x_size(x, a->pkt.payload), nt_x_end_seq(a) - 2);
	if (other && a->ack_valid && a->ack == nt_x_end_seq(other)) {
		second_fin(x, a, other, s);
		fin_asked(x, a, s);
		return;
	}
	if (other) {
		s->kind = "fin-simultaneous";
		nt_x_say(s,
			 _("The %s closes as well, before it has the FIN of segment %" PRIu32
			   ", which left %s earlier: both FINs are on their way at once."),
			 nt_x_who(x, dir), other->n, nt_x_span(x, a->t - other->t));
		nt_x_note(
			s,
			_("A simultaneous close: %s and %s both are in FIN-WAIT-1 and go to CLOSING, and then both have to wait in TIME-WAIT, for neither was second."),
			nt_x_addr(x, 0), nt_x_addr(x, 1));
		fin_asked(x, a, s);
		return;
	}
	if (!a->pkt.payload)
		nt_x_say(
			s,
			_("The %s has nothing more to send: its FIN says so. It takes a number of its own, %" PRIu32
			  ", as a byte would, so that it can be acknowledged."),
			nt_x_who(x, dir), nt_x_end_seq(a) - 1);
	fin_asked(x, a, s);
	nt_x_say(s, _("The %s will acknowledge it; it may still send."), nt_x_who(x, !dir));
}

void nt_x_ack_of_fin(struct nt_explain *x, const struct nt_arrow *a, const struct nt_arrow *fin,
		     struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *own = nt_x_before(x, a, dir, NETTRACE_TH_FIN, NETTRACE_TH_FIN);
	const struct nt_arrow *next = nt_x_after(x, a, dir, 0, 0);

	s->kind = own ? "ack-of-fin-last" : "ack-of-fin";
	s->rfc = "RFC 9293, 3.6";
	nt_x_title(s, _("ACK of the FIN, ack=%" PRIu32), a->ack);
	nt_x_say(s,
		 _("The %s acknowledges the FIN of segment %" PRIu32 ", %s after it: ack=%" PRIu32
		   " is the number of that FIN and 1."),
		 nt_x_who(x, dir), fin->n, nt_x_span(x, a->t - fin->t), a->ack);
	if (own) {
		nt_x_say(
			s,
			_("With it both directions are closed, but the %s cannot know whether this last ACK arrives."),
			nt_x_who(x, dir));
	} else if (next && next->pkt.payload) {
		nt_x_say(s,
			 _("That closes one direction only: with segment %" PRIu32
			   " it goes on sending."),
			 next->n);
	} else if (next) {
		nt_x_say(s,
			 _("Its own direction stays open until its own FIN, segment %" PRIu32 "."),
			 next->n);
	} else {
		nt_x_say(
			s,
			_("That closes one direction only: the program at %s has been told the end of the stream, and has not closed yet."),
			nt_x_addr(x, dir));
	}
}

/* ---- RST -------------------------------------------------------------------- */

/* what a close() that aborts had not read */
static void unread(struct nt_explain *x, const struct nt_arrow *a, const struct nt_transition *tr,
		   struct nt_told *s)
{
	int dir = a->dir & 1;
	int64_t got = nt_x_received(x, dir, a->t);
	uint64_t sent = nt_x_came(x, !dir, tr->t);
	const char *cause = nt_x_cause(x, &tr->cause);

	if (!strcmp(tr->cause.name, "connect"))
		return; /* with AF_UNSPEC, or one that failed */
	if (!sent)
		nt_x_note(
			s,
			_("%s ended the connection by RST, not by FIN, though nothing had come in that it could have left unread: so the program had set SO_LINGER with a time of 0, which asks for exactly this."),
			cause);
	else if (got >= 0 && (uint64_t)got < sent)
		nt_x_note(
			s,
			_("%s ended the connection by RST, not by FIN, because data was left unread: %s had come in, of which the program had received %s. So the sender learns that its data was thrown away (RFC 2525, 2.17)."),
			cause, nt_x_size(x, sent), nt_x_size(x, (uint64_t)got));
	else if (got >= 0)
		nt_x_note(
			s,
			_("%s ended the connection by RST, not by FIN, though the program had received all %s that had come in: so it had set SO_LINGER with a time of 0."),
			cause, nt_x_size(x, sent));
	else
		nt_x_note(
			s,
			_("%s ended the connection by RST, not by FIN. Linux does so for one of two reasons: data that had come in (%s in all) was not read to its end, or SO_LINGER was set with a time of 0. Recorded with --calls, the trace would tell which."),
			cause, nt_x_size(x, sent));
}

static void refused(struct nt_explain *x, const struct nt_arrow *a, const struct nt_arrow *syn,
		    struct nt_told *s)
{
	int dir = a->dir & 1;

	s->kind = "rst-refused";
	s->rfc = "RFC 9293, 3.5.2";
	nt_x_title(s, _("connection refused"));
	nt_x_say(s,
		 _("The host of %s refuses: it answers the SYN of segment %" PRIu32
		   " by RST, after %s. Connecting from the %s fails with ECONNREFUSED."),
		 nt_x_addr(x, dir), syn->n, nt_x_span(x, a->t - syn->t), nt_x_who(x, !dir));
	if (x->c->failed == NT_FAILED_NO_LISTENER)
		nt_x_note(
			s,
			_("Nobody listens at %s: the kernel there found no socket for port %u. The server does not run, listens on another port, or on another address."),
			nt_x_addr(x, dir), x->c->end[dir].addr.port);
	else
		nt_x_note(
			s,
			_("Most likely nobody listens on port %u there; a firewall that rejects can answer the same way, and from %s the two look alike."),
			x->c->end[dir].addr.port, nt_x_addr(x, !dir));
}

/* an abort that the sender's own socket, or what came before, explains; false: nothing does */
static bool aborts(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_transition *tr = nt_x_trans(x, dir, a->t + LATER_NS, NT_CLOSED);
	const struct nt_arrow *last = nt_x_before(x, a, !dir, 0, 0);

	if (!tr || tr->basis != NT_OBSERVED)
		return false;
	if (last && last->t > tr->t && last->t_last > tr->t) {
		s->kind = "rst-gone";
		nt_x_say(
			s,
			_("Segment %" PRIu32
			  " came for a connection that the %s no longer has (its socket was closed %s before): the answer is a RST."),
			last->n, nt_x_who(x, dir), nt_x_span(x, a->t - tr->t));
		return true;
	}
	if (tr->cause.kind == NT_CAUSE_CALL) {
		s->kind = "rst-abort";
		nt_x_say(
			s,
			_("The %s aborts the connection, because of %s: a RST, which needs no answer and gets none."),
			nt_x_who(x, dir), nt_x_cause(x, &tr->cause));
		unread(x, a, tr, s);
		return true;
	}
	if (tr->cause.kind == NT_CAUSE_TIMER) {
		s->kind = "rst-timer";
		nt_x_say(s, _("The %s has given up (%s) and tells the other end so by a RST."),
			 nt_x_who(x, dir), nt_x_cause(x, &tr->cause));
		return true;
	}
	return false;
}

static void effect(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int to = !(a->dir & 1);
	const struct nt_transition *tr = nt_x_trans(x, to, a->t, NT_ST_NONE);

	if (nt_arrow_dropped(a) || nt_mark_of(a, NT_MARK_NOT_DELIVERED))
		return;
	if (tr && tr->to == NT_SYN_RECEIVED)
		nt_x_say(
			s,
			_("The connection was half open at the %s, so no program there had heard of it."),
			nt_x_who(x, to));
	else if (tr && tr->to == NT_CLOSE_WAIT)
		nt_x_say(
			s,
			_("What the %s still wanted to send is lost: sending fails there with EPIPE from now on."),
			nt_x_who(x, to));
	else if (!tr || tr->to != NT_TIME_WAIT)
		nt_x_say(s, _("The next call of the %s on its socket fails with ECONNRESET."),
			 nt_x_who(x, to));
}

void nt_x_rst(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_ACK;
	int dir = a->dir & 1;
	const struct nt_arrow *last = nt_x_before(x, a, !dir, 0, 0);

	s->kind = "rst";
	s->rfc = "RFC 9293, 3.10.7";
	nt_x_title(s, "RST");
	if (last && (last->pkt.tcp_flags & both) == NETTRACE_TH_SYN &&
	    !nt_x_before(x, a, dir, both, both) && a->pkt.ack == last->pkt.seq + 1) {
		refused(x, a, last, s);
		return;
	}
	if (aborts(x, a, s)) {
		effect(x, a, s);
		return;
	}
	if (last && (last->pkt.tcp_flags & both) == both && a->pkt.seq == last->pkt.ack &&
	    !nt_x_before(x, a, dir, both, NETTRACE_TH_ACK)) {
		s->kind = "rst-stale";
		s->rfc = "RFC 9293, 3.5";
		nt_x_title(s, _("a SYN that nobody asks for any more"));
		nt_x_say(
			s,
			_("Segment %" PRIu32 " acknowledges the number %" PRIu32
			  ", which the host of %s does not want to open anything with: it refuses by RST, and the half-open connection is gone before a program hears of it."),
			last->n, last->pkt.ack, nt_x_addr(x, dir));
		nt_x_note(
			s,
			_("This is what the third segment of the handshake is for: were two enough, an old SYN that the network had delayed would have opened a connection at %s with nobody at the other end."),
			nt_x_addr(x, !dir));
		return;
	}
	nt_x_say(s, _("The %s resets the connection."), nt_x_who(x, dir));
	if (last)
		nt_x_say(
			s,
			_("The last that it could have got before is segment %" PRIu32
			  ", %s earlier; whether that or a call is the reason is not in the trace."),
			last->n, nt_x_span(x, a->t - last->t));
	effect(x, a, s);
}
