// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_mark.c - what is special about a segment, and what became of it
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"

static bool is(const struct nt_mark *m, const char *reason)
{
	return m->reason && !strcmp(m->reason, reason);
}

/* the last segment of @a's sender with the same first number: what @a repeats */
static const struct nt_arrow *repeated(const struct nt_explain *x, const struct nt_arrow *a)
{
	const struct nt_arrow *b = a;
	int i;

	for (i = 0; i < 256 && (b = nt_x_before(x, b, a->dir & 1, 0, 0)); i++)
		if (b->seq_valid && a->seq_valid && b->seq <= a->seq && nt_x_end_seq(b) > a->seq)
			return b;
	return NULL;
}

static void retransmission(struct nt_explain *x, const struct nt_arrow *a, const struct nt_mark *m,
			   struct nt_told *s)
{
	const struct nt_arrow *b = repeated(x, a);

	s->rfc = "RFC 6298, 5";
	if (b)
		nt_x_note(s,
			  _("A retransmission: bytes from %" PRIu32 " on were in segment %" PRIu32
			    " already, %s before."),
			  a->seq, b->n, nt_x_span(x, a->t - b->t));
	else
		nt_x_note(s, _("A retransmission: the bytes from %" PRIu32 " on were sent before."),
			  a->seq);
	if (is(m, "rto"))
		nt_x_note(
			s,
			_("No acknowledgement came in time, so the retransmission timer of the %s ran out. Each time it does, the next wait is doubled. Its program notices nothing but the delay."),
			nt_x_who(x, a->dir));
	else if (is(m, "fast"))
		nt_x_note(
			s,
			_("The %s did not wait for its timer: duplicate ACKs or SACK blocks had told it that later segments arrived and this one did not (fast retransmit, RFC 5681, 3.2)."),
			nt_x_who(x, a->dir));
	else if (is(m, "tlp"))
		nt_x_note(
			s,
			_("A tail loss probe (RFC 8985, 7): the last segment of a flight has no later ones that could reveal its loss, so the %s sends it again after about two round trips."),
			nt_x_who(x, a->dir));
	else if (is(m, "pmtu"))
		nt_x_note(
			s,
			_("An ICMP error had said that packets of that size do not get through: the %s sends the same bytes again in smaller segments."),
			nt_x_who(x, a->dir));
	else if (!m->reason)
		nt_x_note(s, _("Why the %s sent it again is not in the trace."),
			  nt_x_who(x, a->dir));
}

/* has there been one before, so that what it is was told? */
static bool told_before(const struct nt_explain *x, const struct nt_arrow *a,
			enum nt_mark_name name)
{
	const struct nt_arrow *b = a;
	int i;

	for (i = 0; i < 64 && (b = nt_x_before(x, b, a->dir & 1, 0, 0)); i++)
		if (nt_mark_of(b, name))
			return true;
	return false;
}

static void persist(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *b = a, *zero = NULL;

	while ((b = nt_x_before(x, b, !dir, NETTRACE_TH_ACK, NETTRACE_TH_ACK)) && !b->pkt.window)
		zero = b;
	s->kind = "persist-probe";
	s->rfc = "RFC 9293, 3.8.6.1";
	nt_x_title(s, _("window probe"));
	nt_x_say(
		s,
		_("The window of the %s has been closed for %s, so the %s asks whether it is open again: with a number that was acknowledged long ago (%" PRIu32
		  "), which has to be answered."),
		nt_x_who(x, !dir), nt_x_span(x, zero ? a->t - zero->t : 0), nt_x_who(x, dir),
		a->seq);
	if (told_before(x, a, NT_MARK_PERSIST_PROBE))
		return;
	nt_x_note(
		s,
		_("This is the persist timer. Without it the connection between %s and %s would hang for ever if the one segment that opens the window were lost, for pure ACKs are not sent again."),
		nt_x_addr(x, 0), nt_x_addr(x, 1));
}

/* the answer to the probe of segment @n */
static void persist_ack(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s,
			uint32_t n)
{
	int64_t bytes = nt_window(&x->num, a);

	s->kind = "persist-ack";
	s->rfc = "RFC 9293, 3.8.6.1";
	nt_x_title(s, _("answer to a window probe"));
	if (bytes < 0)
		nt_x_say(
			s,
			_("The %s answers the probe of segment %" PRIu32
			  ": its window is open again, and it expects byte %" PRIu32
			  ". The window field says %u; by how much that is multiplied, the SYNs tell, which are not in the trace."),
			nt_x_who(x, a->dir & 1), n, a->ack, a->pkt.window);
	else
		nt_x_say(s,
			 _("The %s answers the probe of segment %" PRIu32 ": its window is %" PRId64
			   ", and it expects byte %" PRIu32 "."),
			 nt_x_who(x, a->dir & 1), n, bytes, a->ack);
}

static void keepalive(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nt_arrow *b = a, *last = nt_x_before(x, a, !(a->dir & 1), 0, 0);
	uint32_t n = 1;

	while ((b = nt_x_before(x, b, -1, 0, 0)) && nt_mark_of(b, NT_MARK_KEEPALIVE))
		n++;
	s->kind = "keepalive";
	s->rfc = "RFC 9293, 3.8.4";
	nt_x_title(s, _("keepalive"));
	nt_x_say(
		s,
		_("For %s nothing has come from the %s: the %s asks by a keepalive whether it is still there. Its number, %" PRIu32
		  ", was acknowledged before, so a living peer has to answer."),
		nt_x_span(x, last ? a->t - last->t : 0), nt_x_who(x, !(a->dir & 1)),
		nt_x_who(x, a->dir), a->seq);
	if (n > 1)
		nt_x_say(s, _("It is attempt %" PRIu32 ": those before were not answered."), n);
	if (n > 1 || told_before(x, a, NT_MARK_KEEPALIVE))
		return;
	nt_x_note(
		s,
		_("Keepalive is off unless the program at %s sets SO_KEEPALIVE. Linux then asks after two hours of silence, every 75 seconds, and gives up after 9 probes without an answer (many textbooks say 10), unless the program chose other times."),
		nt_x_addr(x, a->dir));
}

bool nt_x_special(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nt_arrow *last = nt_x_before(x, a, !(a->dir & 1), 0, 0);
	uint32_t n = last ? last->n : 0;
	int dir = a->dir & 1;
	const struct nt_mark *m;

	if (nt_mark_of(a, NT_MARK_KEEPALIVE)) {
		keepalive(x, a, s);
		return true;
	}
	if (nt_mark_of(a, NT_MARK_PERSIST_PROBE)) {
		persist(x, a, s);
		return true;
	}
	if (nt_mark_of(a, NT_MARK_KEEPALIVE_ACK)) {
		s->kind = "keepalive-ack";
		s->rfc = "RFC 9293, 3.8.4";
		nt_x_title(s, _("answer to a keepalive"));
		nt_x_say(s,
			 _("The %s is still there: it answers the keepalive of segment %" PRIu32
			   " after %s. The other end counts its silence from 0 again."),
			 nt_x_who(x, dir), n, nt_x_span(x, last ? a->t - last->t : 0));
		return true;
	}
	if (nt_mark_of(a, NT_MARK_PERSIST_ACK)) {
		persist_ack(x, a, s, n);
		return true;
	}
	m = nt_mark_of(a, NT_MARK_CHALLENGE_ACK);
	if (m) {
		s->kind = "challenge-ack";
		s->rfc = "RFC 5961";
		nt_x_title(s, _("challenge ACK"));
		s->basis = m->basis;
		nt_x_say(
			s,
			_("The %s does not believe segment %" PRIu32
			  ": it might be forged, or be left from an old connection. It changes nothing and repeats what it expects (ack=%" PRIu32
			  "); if the peer meant it, the peer can prove that now."),
			nt_x_who(x, dir), n, a->ack);
		return true;
	}
	return false;
}

static void window_update(struct nt_explain *x, const struct nt_arrow *a, bool reopened,
			  struct nt_told *s)
{
	const char *addr = nt_x_addr(x, a->dir & 1), *peer = nt_x_who(x, !(a->dir & 1));
	int64_t bytes = nt_window(&x->num, a);

	if (bytes < 0)
		nt_x_note(
			s,
			reopened ?
				_("It acknowledges nothing new, but opens the window that was closed: the program at %s has read, and the %s may go on. How far is not known: the SYNs, which tell the window's factor, are not in the trace.") :
				_("It acknowledges nothing new: the program at %s has read, and so there is more room for what the %s sends. How much is not known: the SYNs, which tell the window's factor, are not in the trace."),
			addr, peer);
	else
		nt_x_note(
			s,
			reopened ?
				_("It acknowledges nothing new, but opens the window that was closed: the program at %s has read, there is room for %s again, and the %s may go on.") :
				_("It acknowledges nothing new: the program at %s has read, and so there is more room, %s, for what the %s sends."),
			addr, nt_x_size(x, (uint64_t)bytes), peer);
}

static void window(struct nt_explain *x, const struct nt_arrow *a, const struct nt_mark *m,
		   struct nt_told *s)
{
	int dir = a->dir & 1;

	switch (m->name) {
	case NT_MARK_ZERO_WINDOW:
		if (nt_mark_of(a, NT_MARK_PERSIST_ACK))
			break; /* that says so already */
		nt_x_note(
			s,
			_("The window of the %s is 0: its receive buffer is full, because the program there does not read. The %s must not send anything new until a segment opens the window again (flow control). Bytes before %" PRIu32
			  " are safe."),
			nt_x_who(x, dir), nt_x_who(x, !dir), a->ack);
		break;
	case NT_MARK_WINDOW_UPDATE:
		window_update(x, a, is(m, "reopened"), s);
		break;
	default:
		nt_x_note(
			s,
			_("With byte %" PRIu32
			  " it fills the window that the %s has offered: it has to wait until that one makes room."),
			a->seq + a->pkt.payload - 1, nt_x_who(x, !dir));
	}
}

/* out of order, or a copy that is old */
static void late(struct nt_explain *x, const struct nt_arrow *a, const struct nt_mark *m,
		 struct nt_told *s)
{
	bool order = m->name == NT_MARK_OUT_OF_ORDER, bare = !nt_seg_len(&a->pkt);
	int dir = a->dir & 1;

	if (order && bare)
		nt_x_note(
			s,
			_("It was sent before what was seen before it: the network changed the order. It acknowledges nothing new, and nothing comes of it."));
	else if (order)
		nt_x_note(
			s,
			_("It was sent before what was seen before it: the network changed the order. TCP of %s puts byte %" PRIu32
			  " back into its place; the program does not notice."),
			nt_x_addr(x, !dir), a->seq);
	else if (bare)
		nt_x_note(
			s,
			_("The network brought this acknowledgement twice: it passed here before, and nothing comes of it."));
	else
		nt_x_note(
			s,
			is(m, "paws") ?
				_("Its timestamp is older than one that the %s has accepted: it is from long ago and has come late, though its number %" PRIu32
				  " would fit (PAWS, RFC 7323, 5). It is thrown away.") :
				_("A copy that is older than what the %s has got already: byte %" PRIu32
				  " came twice."),
			nt_x_who(x, !dir), a->seq);
}

static void duplicates(struct nt_explain *x, const struct nt_arrow *a, const struct nt_mark *m,
		       struct nt_told *s)
{
	int dir = a->dir & 1;

	switch (m->name) {
	case NT_MARK_DUP_ACK:
		nt_x_note(
			s,
			_("Duplicate ACK number %" PRIu32
			  ": something arrived at %s that is not the next byte, %" PRIu32
			  ", so that one is lost or late. At the third the %s sends it again without waiting for its timer (RFC 5681, 3.2)."),
			m->n, nt_x_addr(x, dir), a->ack, nt_x_who(x, !dir));
		break;
	case NT_MARK_OUT_OF_ORDER:
	case NT_MARK_OLD_DUPLICATE:
		late(x, a, m, s);
		break;
	case NT_MARK_SPURIOUS:
		nt_x_note(
			s,
			_("It was not needed: byte %" PRIu32
			  " had reached the %s before, and only its acknowledgement was late or lost."),
			a->seq, nt_x_who(x, !dir));
		break;
	case NT_MARK_SACK:
		if (a->pkt.nsack && a->ack_valid)
			nt_x_note(s,
				  _("Its SACK option says that bytes %" PRIu32 " to %" PRIu32
				    " have come as well, beyond the gap that begins at %" PRIu32
				    " (RFC 2018)."),
				  a->pkt.sack[0][0] - (a->pkt.ack - a->ack),
				  a->pkt.sack[0][1] - 1 - (a->pkt.ack - a->ack), a->ack);
		break;
	default:
		break;
	}
}

static void rare(struct nt_explain *x, const struct nt_arrow *a, const struct nt_mark *m,
		 struct nt_told *s)
{
	switch (m->name) {
	case NT_MARK_PORT_REUSE:
		nt_x_note(
			s,
			_("The same addresses and ports, %s and %s, had a connection in this trace before; the initial number %" PRIu32
			  " keeps their segments apart (RFC 9293, 3.4.1)."),
			nt_x_addr(x, 0), nt_x_addr(x, 1), a->pkt.seq);
		break;
	case NT_MARK_FASTOPEN:
		if (is(m, "data"))
			nt_x_note(
				s,
				_("TCP Fast Open (RFC 7413): the SYN of %s carries %s already, with a cookie of an earlier connection; so the first answer comes a round trip earlier."),
				nt_x_addr(x, a->dir), nt_x_size(x, a->pkt.payload));
		else if (is(m, "data accepted"))
			nt_x_note(s,
				  _("It acknowledges the data of the SYN as well (ack=%" PRIu32
				    "): Fast Open has worked."),
				  a->ack);
		else if (is(m, "data refused"))
			nt_x_note(s,
				  _("It acknowledges only the SYN (ack=%" PRIu32
				    "), not its data: that has to be sent again."),
				  a->ack);
		break;
	case NT_MARK_ECN:
		nt_x_note(s,
			  _("Explicit congestion notification (RFC 3168), in segment %" PRIu32
			    ": %s."),
			  a->n, m->reason ? m->reason : "?");
		break;
	case NT_MARK_MALFORMED:
		nt_x_note(
			s,
			_("Segment %" PRIu32
			  " is malformed: a length in it contradicts its bytes, so what is told of it may be wrong."),
			a->n);
		break;
	default:
		break;
	}
}

/* what became of it on its way */
static void fate(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nt_mark *m = nt_mark_of(a, NT_MARK_DROPPED);
	const char *text = m && m->reason ? nt_drop_text(m->reason) : NULL;

	if (m && text)
		nt_x_say(
			s,
			_("It never reaches the program of the %s: the kernel drops it, by reason of %s (%s)."),
			nt_x_who(x, !(a->dir & 1)), m->reason, _(text));
	else if (m)
		nt_x_say(s, _("It never reaches the program of the %s: the kernel drops it (%s)."),
			 nt_x_who(x, !(a->dir & 1)), m->reason ? m->reason : "?");
	else if (nt_mark_of(a, NT_MARK_NOT_DELIVERED))
		nt_x_say(s, _("Segment %" PRIu32 " was not seen to arrive at the %s: it is lost."),
			 a->n, nt_x_who(x, !(a->dir & 1)));
}

void nt_x_marks(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int i;

	fate(x, a, s);
	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++) {
		const struct nt_mark *m = &a->mark[i];

		switch (m->name) {
		case NT_MARK_RETRANSMISSION:
			if (a->pkt.payload)
				retransmission(x, a, m, s);
			break;
		case NT_MARK_ZERO_WINDOW:
		case NT_MARK_WINDOW_UPDATE:
		case NT_MARK_WINDOW_FULL:
			window(x, a, m, s);
			break;
		default:
			duplicates(x, a, m, s);
			rare(x, a, m, s);
			break;
		}
		if (m->basis == NT_INFERRED && m->name != NT_MARK_SUPER_SEGMENT)
			s->basis = NT_INFERRED;
	}
}
