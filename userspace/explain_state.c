// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_state.c - a transition: what the new state means, and what ends it
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"

/* the change itself, and its cause */
static void change(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const char *who = nt_x_who(x, tr->end), *from = nt_state_name(tr->from);
	const char *to = nt_state_name(tr->to);

	nt_x_title(s, "%s → %s", from, to);
	if (tr->basis == NT_INFERRED && tr->cause.n)
		nt_x_say(s,
			 _("The %s goes from %s to %s; that is inferred from segment %" PRIu32
			   ", for its socket is not traced."),
			 who, from, to, tr->cause.n);
	else if (tr->basis == NT_INFERRED)
		nt_x_say(
			s,
			_("The %s goes from %s to %s; that is inferred from the segments, for its socket is not traced."),
			who, from, to);
	else
		nt_x_say(s, _("The %s goes from %s to %s; the cause is %s."), who, from, to,
			 nt_x_cause(x, &tr->cause));
}

/* the segment that caused it; NULL: none did, or it is not there */
static const struct nt_arrow *causing(const struct nt_explain *x, const struct nt_transition *tr)
{
	size_t i;

	for (i = 0; tr->cause.kind == NT_CAUSE_SEGMENT && i < x->c->nitem; i++) {
		const struct nt_arrow *a = nt_x_segment(&x->c->item[i]);

		if (a && a->n == tr->cause.n)
			return a;
	}
	return NULL;
}

static bool by_flag(const struct nt_explain *x, const struct nt_transition *tr, uint8_t flag)
{
	const struct nt_arrow *a = causing(x, tr);

	return a && a->pkt.tcp_flags & flag;
}

static bool by_rst(const struct nt_explain *x, const struct nt_transition *tr)
{
	return by_flag(x, tr, NETTRACE_TH_RST);
}

/* Linux begins the wait again for nearly all that comes, RSTs excepted */
static void wait_again(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const char *who = nt_x_who(x, tr->end & 1);

	if (by_flag(x, tr, NETTRACE_TH_FIN))
		nt_x_say(
			s,
			_("The FIN came once more, so the last ACK had been lost, or was late: the %s acknowledges it again, and its wait begins anew."),
			who);
	else if (tr->cause.kind == NT_CAUSE_SEGMENT)
		nt_x_say(
			s,
			_("Segment %" PRIu32
			  " came although both directions are closed: then Linux lets the wait of the %s begin anew."),
			tr->cause.n, who);
	else
		nt_x_say(s, _("The wait of the %s begins anew."), who);
}

static void time_wait(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	int end = tr->end & 1;

	s->rfc = "RFC 9293, 3.6.1";
	if (tr->from == NT_TIME_WAIT) {
		wait_again(x, tr, s);
		return;
	}
	nt_x_say(
		s,
		_("Both directions are closed now. The %s has to wait, for its last ACK may get lost: then the FIN of the other end comes once more and has to be acknowledged again."),
		nt_x_who(x, end));
	if (tr->from == NT_CLOSING)
		nt_x_note(
			s,
			_("Both ends closed at the same time, so neither was second, and both wait: %s and %s."),
			nt_x_addr(x, 0), nt_x_addr(x, 1));
	else
		nt_x_note(
			s,
			_("TIME-WAIT belongs to the end that closed first, here the %s; the other one has none. As long as it lasts, old segments of this connection cannot be taken for those of a new one between the same ports (%u and %u)."),
			nt_x_who(x, end), x->c->end[0].addr.port, x->c->end[1].addr.port);
	if (tr->left_ms)
		nt_x_note(
			s,
			_("RFC 9293 asks for twice the maximum segment lifetime, 4 minutes; Linux waits a fixed 60 s, and the timer here shows %s."),
			nt_x_span(x, tr->left_ms * 1000000LL));
	else
		nt_x_note(
			s,
			_("RFC 9293 asks for twice the maximum segment lifetime, 4 minutes; Linux waits a fixed 60 s."));
}

static void time_wait_over(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const struct nt_transition *since = nt_x_trans(x, tr->end, tr->t - 1, tr->from);
	int end = tr->end & 1;

	if (tr->end_why == NETTRACE_END_REUSED) {
		nt_x_say(
			s,
			_("A new connection over the same ports, %u and %u, ends the wait early: its SYN is newer than all that could still be on its way."),
			x->c->end[0].addr.port, x->c->end[1].addr.port);
	} else if (by_rst(x, tr)) {
		nt_x_say(
			s,
			_("A RST, segment %" PRIu32
			  ", cuts its wait short, which RFC 1337 warns of: old segments may still be on their way to port %u."),
			tr->cause.n, x->c->end[end].addr.port);
	} else {
		s->rfc = "RFC 9293, 3.6.1";
		if (since)
			nt_x_say(
				s,
				_("TIME-WAIT has lasted %s. Port %u of the %s is free for a new connection to the same peer."),
				nt_x_span(x, tr->t - since->t), x->c->end[end].addr.port,
				nt_x_who(x, end));
	}
}

/* its FIN is on its way, or has arrived */
static bool sent_fin(enum nt_state state)
{
	return state == NT_FIN_WAIT_1 || state == NT_FIN_WAIT_2 || state == NT_CLOSING ||
	       state == NT_LAST_ACK;
}

/* the FIN that an orphan waits for */
static void no_fin(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const struct nt_transition *since = nt_x_trans(x, tr->end, tr->t - 1, tr->from);
	const char *peer = nt_x_addr(x, !(tr->end & 1));

	if (since)
		nt_x_say(
			s,
			_("For %s the FIN of %s has not come, and no program is left that could wait for it: the kernel gives the connection up, without TIME-WAIT."),
			nt_x_span(x, tr->t - since->t), peer);
	else
		nt_x_say(
			s,
			_("The FIN of %s has not come, and no program is left that could wait for it: the kernel gives the connection up, without TIME-WAIT."),
			peer);
	nt_x_note(
		s,
		_("RFC 9293 would wait for ever. Linux waits, once the program at %s has called close(), as long as tcp_fin_timeout or its TCP_LINGER2 says: 60 s, unless it was changed."),
		nt_x_addr(x, tr->end & 1));
}

/* a timer ended it: what was waited for in vain depends on the state */
static void closed_by_timer(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const struct nt_transition *since = nt_x_trans(x, tr->end, tr->t - 1, tr->from);
	const char *span = nt_x_span(x, tr->t - (since ? since->t : x->c->t0));
	const char *peer = nt_x_addr(x, !(tr->end & 1));

	if (tr->from == NT_SYN_SENT)
		nt_x_say(
			s,
			_("%s have passed since the first SYN without an answer: connect() gives up with ETIMEDOUT."),
			span);
	else if (tr->from == NT_SYN_RECEIVED)
		nt_x_say(
			s,
			_("For %s the last ACK of the handshake has not come from %s, so the kernel gives the half-open connection up."),
			span, peer);
	else if (tr->cause.name && !strcmp(tr->cause.name, "fin-wait-2"))
		no_fin(x, tr, s);
	else if (sent_fin(tr->from) && tr->from != NT_FIN_WAIT_2)
		nt_x_say(
			s,
			_("%s has not acknowledged the FIN, nor what may be before it, for too long: the kernel gives the connection up."),
			peer);
	else
		nt_x_say(
			s,
			_("The peer, %s, has not answered for too long: the kernel gives the connection up, and the program's next call fails with ETIMEDOUT."),
			peer);
}

static void closed_by_rst(const struct nt_transition *tr, struct nt_told *s)
{
	if (tr->from == NT_SYN_SENT)
		nt_x_say(s,
			 _("Segment %" PRIu32
			   " refuses the connection: connect() fails with ECONNREFUSED."),
			 tr->cause.n);
	else if (sent_fin(tr->from))
		nt_x_say(
			s,
			_("The RST of segment %" PRIu32
			  " breaks the closing off: nothing is waited for any more, and what was not acknowledged yet is thrown away."),
			tr->cause.n);
	else
		nt_x_say(
			s,
			_("The RST of segment %" PRIu32
			  " ends it at once, without FIN and without TIME-WAIT; what was not sent or not acknowledged yet is thrown away."),
			tr->cause.n);
}

/* no RST: text that nobody will read, or what is the last that an orphan waits for */
static void closed_by_segment(struct nt_explain *x, const struct nt_transition *tr,
			      struct nt_told *s)
{
	const struct nt_arrow *a = causing(x, tr);

	if (by_rst(x, tr) || tr->from == NT_SYN_SENT) {
		closed_by_rst(tr, s);
	} else if (a && a->pkt.payload) {
		s->rfc = "RFC 1122, 4.2.2.13";
		nt_x_say(
			s,
			_("Segment %" PRIu32
			  " brings data that nobody will read any more, for the program at %s has closed both directions: the kernel answers by a RST and ends the connection at once, without TIME-WAIT."),
			tr->cause.n, nt_x_addr(x, tr->end & 1));
	} else if (by_flag(x, tr, NETTRACE_TH_FIN)) {
		s->rfc = "RFC 1122, 4.2.2.13";
		nt_x_say(
			s,
			_("The FIN of segment %" PRIu32
			  " has come, but data before it are missing, and nobody will read them any more, for the program at %s has closed both directions: the kernel answers by a RST and ends the connection at once, without TIME-WAIT."),
			tr->cause.n, nt_x_addr(x, tr->end & 1));
	} else if (a && tr->from == NT_FIN_WAIT_2) {
		nt_x_say(
			s,
			_("Segment %" PRIu32
			  " acknowledges its FIN, and the kernel does not wait for that of %s, as a program can ask for by TCP_LINGER2: it ends the connection at once, without TIME-WAIT."),
			tr->cause.n, nt_x_addr(x, !(tr->end & 1)));
	} else {
		nt_x_say(s, _("Segment %" PRIu32 " ends it at once, without TIME-WAIT."),
			 tr->cause.n);
	}
}

static void closed_by_call(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	const char *peer = nt_x_who(x, !(tr->end & 1));

	if (tr->from == NT_SYN_SENT)
		nt_x_say(
			s,
			_("That gave the attempt up. The %s is not told: if it answers after all, that is refused by a RST."),
			peer);
	else if (sent_fin(tr->from))
		nt_x_say(
			s,
			_("That ended it at once, without waiting for what is still to come and without TIME-WAIT; the %s is told by a RST."),
			peer);
	else
		nt_x_say(
			s,
			_("That ended it at once, without FIN and without TIME-WAIT; the %s is told by a RST."),
			peer);
}

/* the connection is no more */
static void closed(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	int end = tr->end & 1;

	if (tr->from == NT_TIME_WAIT) {
		time_wait_over(x, tr, s);
	} else if (tr->from == NT_LAST_ACK && tr->cause.kind == NT_CAUSE_SEGMENT &&
		   !by_rst(x, tr)) {
		s->rfc = "RFC 9293, 3.6";
		nt_x_say(s, _("Its FIN is acknowledged, so nothing is left to be done at %s."),
			 nt_x_addr(x, end));
		nt_x_note(
			s,
			_("The %s closed second, and so has no TIME-WAIT: it was told that its FIN arrived, and owes no acknowledgement to anybody. Only the end that closed first, the %s, has to wait."),
			nt_x_who(x, end), nt_x_who(x, !end));
	} else if (tr->cause.kind == NT_CAUSE_TIMER) {
		closed_by_timer(x, tr, s);
	} else if (tr->cause.kind == NT_CAUSE_ICMP) {
		nt_x_say(
			s,
			_("ICMP error %" PRIu32
			  " says that %s cannot be reached, so the kernel gives the connection up."),
			tr->cause.n, nt_x_addr(x, !end));
	} else if (tr->cause.kind == NT_CAUSE_SEGMENT) {
		closed_by_segment(x, tr, s);
	} else if (tr->cause.kind == NT_CAUSE_CALL) {
		closed_by_call(x, tr, s);
	}
}

static void opening(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	int end = tr->end & 1;

	s->rfc = "RFC 9293, 3.5";
	switch (tr->to) {
	case NT_LISTEN:
		nt_x_say(
			s,
			_("From now on its kernel answers each SYN to port %u, whether or not the program calls accept()."),
			x->c->end[end].addr.port);
		break;
	case NT_SYN_SENT:
		nt_x_say(
			s,
			_("It has port %u and sends a SYN to %s; connect() waits until that is answered."),
			x->c->end[end].addr.port, nt_x_addr(x, !end));
		break;
	case NT_SYN_RECEIVED:
		if (tr->from == NT_SYN_SENT)
			nt_x_say(
				s,
				_("A SYN came where a SYN,ACK was due: %s opens at the same moment. Both acknowledge the other's SYN."),
				nt_x_addr(x, !end));
		else
			nt_x_say(
				s,
				_("The connection with %s is half open: the kernel keeps a small request socket for it, and the listener itself stays in LISTEN for others."),
				nt_x_addr(x, !end));
		break;
	default:
		if (tr->from == NT_SYN_SENT)
			nt_x_say(
				s,
				_("Its SYN has been acknowledged: connect() returns, and it may send to %s."),
				nt_x_addr(x, !end));
		else
			nt_x_say(
				s,
				_("The handshake is complete at this end, too: the connection with %s waits in the accept queue until the program calls accept()."),
				nt_x_addr(x, !end));
	}
}

static void closing(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	int end = tr->end & 1;

	s->rfc = "RFC 9293, 3.6";
	switch (tr->to) {
	case NT_FIN_WAIT_1:
		nt_x_say(
			s,
			_("It has nothing more to send to %s: its FIN goes behind its last byte, and has to be acknowledged."),
			nt_x_addr(x, !end));
		break;
	case NT_FIN_WAIT_2:
		nt_x_say(
			s,
			_("Its FIN has been acknowledged: it waits for that of the %s, which may still send."),
			nt_x_who(x, !end));
		break;
	case NT_CLOSE_WAIT:
		nt_x_say(
			s,
			_("The %s will send nothing more: once all is read, recv() returns 0 here. The state lasts until its own program calls close()."),
			nt_x_who(x, !end));
		break;
	case NT_LAST_ACK:
		nt_x_say(
			s,
			_("It closes its own direction, too, and waits for the last thing that it needs: the acknowledgement of its FIN by the %s."),
			nt_x_who(x, !end));
		break;
	case NT_CLOSING:
		nt_x_say(
			s,
			_("The FIN of the %s came before the acknowledgement of its own: both closed at the same time."),
			nt_x_who(x, !end));
		break;
	default:
		break;
	}
}

bool nt_x_transition(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	change(x, tr, s);
	switch (tr->to) {
	case NT_TIME_WAIT:
		time_wait(x, tr, s);
		break;
	case NT_CLOSED:
		closed(x, tr, s);
		break;
	case NT_LISTEN:
	case NT_SYN_SENT:
	case NT_SYN_RECEIVED:
	case NT_ESTABLISHED:
		opening(x, tr, s);
		break;
	default:
		closing(x, tr, s);
	}
	if (tr->inferred != NT_ST_NONE && tr->inferred != tr->from)
		nt_x_note(
			s,
			_("The segments had implied %s in place of %s: a disagreement, see 'nettrace disagreements'."),
			nt_state_name(tr->inferred), nt_state_name(tr->from));
	return true;
}
