// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_tcp.c - a segment: SYN, data, acknowledgement
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"

/* ---- the handshake ---------------------------------------------------------- */

static void scale_note(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nettrace_packet *p = &a->pkt;
	const struct nt_arrow *syn;

	if (!(p->optflags & NETTRACE_OPT_WSCALE))
		return;
	if (!(p->tcp_flags & NETTRACE_TH_ACK)) {
		nt_x_note(
			s,
			_("Window scaling: the window field has 16 bits and reaches to 65535 bytes. With ws=%u the %s offers to count in units of %u bytes in all later segments, if the other end offers the option too (RFC 7323, 2.2)."),
			p->wscale, nt_x_who(x, a->dir), 1U << (p->wscale & 15));
		return;
	}
	syn = nt_x_before(x, a, !(a->dir & 1), NETTRACE_TH_SYN | NETTRACE_TH_ACK, NETTRACE_TH_SYN);
	if (syn && (syn->pkt.optflags & NETTRACE_OPT_WSCALE))
		nt_x_note(
			s,
			_("Both SYNs carry the window scale option (ws=%u and ws=%u), so it holds: a window field is multiplied by %u when the %s has sent it. In the SYNs themselves it never is: this one offers %u bytes."),
			syn->pkt.wscale, p->wscale, 1U << (p->wscale & 15), nt_x_who(x, a->dir),
			p->window);
}

static void loopback_note(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	if (!nt_x_loopback(x, a) || a->nsight < 2)
		return;
	nt_x_note(
		s,
		_("Both ends are on this machine (%s): one and the same packet is seen leaving one socket and, %s later, reaching the other. That is one arrow here, and no retransmission."),
		nt_x_name(x, a->pkt.dev, sizeof(a->pkt.dev)), nt_x_span(x, a->t_last - a->t));
}

/* why a SYN had no answer, as far as the trace tells */
static void unanswered_note(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nt_conv *c = x->c;
	const char *to = nt_x_addr(x, 1);

	if (c->opened != NT_OPEN_UNANSWERED)
		return;
	if (c->failed == NT_FAILED_DROPPED && c->failed_reason)
		nt_x_note(
			s,
			_("It gets no answer because the kernel dropped it on its way to %s; its reason is %s."),
			to, c->failed_reason);
	else if (c->failed == NT_FAILED_DROPPED)
		nt_x_note(s, _("It gets no answer because the kernel dropped it on its way to %s."),
			  to);
	else if (c->failed == NT_FAILED_ACCEPT_FULL)
		nt_x_note(
			s,
			_("It gets no answer because the accept queue of the listener at %s is full: the program there does not call accept() fast enough."),
			to);
	else if (c->failed == NT_FAILED_REQUEST_FULL)
		nt_x_note(s,
			  _("It gets no answer because too many connections to %s are half open."),
			  to);
	else if (nt_x_arrived(a))
		nt_x_note(
			s,
			_("It reached %s after %s, and no answer was seen to leave there: something behind the hook took it without a word, or the answer was stopped on its way out."),
			to, nt_x_span(x, a->t_last - a->t));
	else
		nt_x_note(
			s,
			_("No answer came to it. From here that looks the same whatever the reason: a firewall on the way to %s drops it silently, that host is down, or the answer finds no way back. A host without a listener would have answered by RST."),
			to);
}

static void syn_again(struct nt_explain *x, const struct nt_arrow *a, const struct nt_arrow *last,
		      struct nt_told *s)
{
	const struct nt_arrow *b, *earlier;
	uint32_t tries = 1;

	s->kind = "syn-again";
	s->rfc = "RFC 6298, 5";
	for (b = a; (b = nt_x_before(x, b, a->dir & 1, NETTRACE_TH_SYN | NETTRACE_TH_ACK,
				     NETTRACE_TH_SYN));)
		tries++;
	earlier = nt_x_before(x, last, a->dir & 1, NETTRACE_TH_SYN | NETTRACE_TH_ACK,
			      NETTRACE_TH_SYN);
	nt_x_title(s, _("the SYN once more (attempt %" PRIu32 ")"), tries);
	nt_x_say(s,
		 _("No answer has come in the %s since segment %" PRIu32
		   ", so the %s sends its SYN again."),
		 nt_x_span(x, a->t - last->t), last->n, nt_x_who(x, a->dir));
	if (earlier)
		nt_x_say(
			s,
			_("The time before had been %s: it doubles with each attempt, so as not to burden a network that may be overloaded."),
			nt_x_span(x, last->t - earlier->t));
	else
		nt_x_say(
			s,
			_("If this one stays unanswered as well, the next wait will be twice as long; after some attempts (net.ipv4.tcp_syn_retries) connect() fails with ETIMEDOUT."));
}

static void syn(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_ACK;
	int dir = a->dir & 1;
	const struct nt_arrow *last = nt_x_before(x, a, dir, both, NETTRACE_TH_SYN);
	const struct nt_arrow *other = nt_x_before(x, a, !dir, both, NETTRACE_TH_SYN);
	const struct nt_arrow *answer = nt_x_after(x, a, !dir, NETTRACE_TH_ACK, NETTRACE_TH_ACK);

	s->kind = "syn";
	s->rfc = "RFC 9293, 3.5";
	if (last && last->pkt.seq == a->pkt.seq) {
		syn_again(x, a, last, s);
		return;
	}
	nt_x_title(s, "SYN, seq=%" PRIu32, a->pkt.seq);
	if (other && !nt_x_before(x, a, dir, both, both)) {
		s->kind = "syn-simultaneous";
		nt_x_say(
			s,
			_("The %s sends a SYN too, %s after that of the other end and before it can know of it: a simultaneous open. Its initial sequence number is %" PRIu32
			  "."),
			nt_x_who(x, dir), nt_x_span(x, a->t - other->t), a->pkt.seq);
		nt_x_note(
			s,
			_("Two SYNs that cross make one connection, not two: each end, %s and %s, goes to SYN-RECEIVED and acknowledges the SYN of the other."),
			nt_x_addr(x, 0), nt_x_addr(x, 1));
		return;
	}
	nt_x_say(
		s,
		_("The %s asks %s for a connection: a SYN with its initial sequence number, %" PRIu32
		  ", which is written as 0 from here on."),
		nt_x_who(x, dir), nt_x_addr(x, !dir), a->pkt.seq);
	if (answer)
		nt_x_say(s, _("The answer is segment %" PRIu32 ", %s later."), answer->n,
			 nt_x_span(x, answer->t - a->t));
	else
		nt_x_say(
			s,
			_("If no answer comes, a Linux kernel sends it again after about a second."));
	if (a->pkt.optflags & NETTRACE_OPT_MSS)
		nt_x_say(s, _("It takes at most %u bytes in one segment (MSS)."), a->pkt.mss);
	loopback_note(x, a, s);
	unanswered_note(x, a, s);
	scale_note(x, a, s);
}

static void syn_ack(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_ACK;
	int dir = a->dir & 1;
	const struct nt_arrow *asked = nt_x_before(x, a, !dir, both, NETTRACE_TH_SYN);
	const struct nt_arrow *last = nt_x_before(x, a, dir, both, both);

	s->kind = "syn-ack";
	s->rfc = "RFC 9293, 3.5";
	nt_x_title(s, "SYN,ACK, seq=%" PRIu32, a->pkt.seq);
	if (last && last->pkt.seq == a->pkt.seq) {
		s->kind = "syn-ack-again";
		nt_x_say(
			s,
			_("The third segment of the handshake has not come in the %s since segment %" PRIu32
			  ": the %s sends its SYN,ACK again."),
			nt_x_span(x, a->t - last->t), last->n, nt_x_who(x, dir));
		return;
	}
	if (nt_x_before(x, a, dir, both, NETTRACE_TH_SYN)) {
		nt_x_say(
			s,
			_("The %s acknowledges the SYN that crossed its own, and repeats its own, in SYN-RECEIVED."),
			nt_x_who(x, dir));
		return;
	}
	nt_x_say(
		s,
		_("The %s agrees: it acknowledges the SYN (its ack is the SYN's number and 1, for a SYN takes one number) and sends its own initial number, %" PRIu32
		  "."),
		nt_x_who(x, dir), a->pkt.seq);
	if (asked)
		nt_x_say(s, _("That took it %s since segment %" PRIu32 "."),
			 nt_x_span(x, a->t - asked->t), asked->n);
	nt_x_say(s, _("It still needs the acknowledgement of the %s."), nt_x_who(x, !dir));
	if (nt_mark_of(a, NT_MARK_SYN_COOKIE))
		nt_x_note(
			s,
			_("A SYN cookie: the %s keeps nothing of this half-open connection. The number %" PRIu32
			  " itself holds, encrypted, what it will have to know; it learns that again from the ACK, which has to bring back %" PRIu32
			  " (RFC 4987, 3.6)."),
			nt_x_who(x, dir), a->pkt.seq, a->pkt.seq + 1);
	else
		nt_x_note(
			s,
			_("It is the kernel at %s that answers, not the program: accept() plays no part in the handshake. Until the third segment comes, the connection is half open."),
			nt_x_addr(x, dir));
	scale_note(x, a, s);
}

/* the ACK of a SYN,ACK, if it carries nothing else */
static bool third(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_ACK;
	int dir = a->dir & 1;
	const struct nt_arrow *sa = nt_x_before(x, a, !dir, both, both), *first;

	if (!sa || nt_x_before(x, a, dir, NETTRACE_TH_SYN | NETTRACE_TH_ACK, NETTRACE_TH_ACK) ||
	    a->pkt.ack != sa->pkt.seq + 1)
		return false;
	first = nt_x_before(x, sa, dir, both, NETTRACE_TH_SYN);
	s->kind = "handshake-ack";
	s->rfc = "RFC 9293, 3.5";
	nt_x_title(s, _("the handshake's third segment"));
	nt_x_say(s,
		 _("The %s acknowledges the SYN of the %s (ack=%" PRIu32
		   "). With this the three-way handshake is complete."),
		 nt_x_who(x, dir), nt_x_who(x, !dir), a->ack);
	if (first)
		nt_x_say(s, _("It has taken %s since the SYN; a round trip was measured as %s."),
			 nt_x_span(x, a->t - first->t), nt_x_span(x, sa->t_last - first->t));
	nt_x_say(s, _("From now on the %s may send data, and the %s as soon as this arrives."),
		 nt_x_who(x, dir), nt_x_who(x, !dir));
	return true;
}

/* ---- data ------------------------------------------------------------------- */

static void super_note(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	bool out = a->nsight && a->sight[0].hook == NETTRACE_LOCAL_OUT;

	if (a->wire_segs < 2)
		return;
	if (out)
		nt_x_note(
			s,
			_("These %s are one packet here and %" PRIu32
			  " on the wire: the kernel hands down a large one, and driver or network card cut it into segments of at most the MSS (GSO). The cut comes after the place where it is seen here."),
			nt_x_size(x, a->pkt.payload), a->wire_segs);
	else
		nt_x_note(
			s,
			_("These %s were %" PRIu32
			  " segments on the wire: the receiving kernel joins segments that belong together before anything else sees them (GRO)."),
			nt_x_size(x, a->pkt.payload), a->wire_segs);
}

static void checksum_note(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	if (!nt_x_first_data(x, a) || !a->nsight || a->sight[0].hook != NETTRACE_LOCAL_OUT)
		return;
	if (nt_x_loopback(x, a))
		nt_x_note(
			s,
			_("Its checksum is never computed: the network card would do that, and %s has none. A sniffer that calls the checksum of segment %" PRIu32
			  " wrong has seen a packet that was never damaged."),
			nt_x_name(x, a->pkt.dev, sizeof(a->pkt.dev)), a->n);
	else
		nt_x_note(
			s,
			_("Here, on its way out of the %s, its checksum is not computed yet: the driver or the card of the interface does that after this point. A sniffer on the sending host may call it wrong."),
			nt_x_who(x, a->dir));
}

static void data(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *fin = nt_x_before(x, a, !dir, NETTRACE_TH_FIN, NETTRACE_TH_FIN);
	const struct nt_arrow *early = nt_x_before(x, a, dir, 0, 0);
	uint32_t last = a->seq + a->pkt.payload - 1;
	char text[NT_APP_TEXT_SHOWN];

	s->kind = "data";
	s->rfc = "RFC 9293, 3.8";
	nt_x_title(s, _("%s of data"), nt_x_size(x, a->pkt.payload));
	if (a->seq_valid)
		nt_x_say(s,
			 _("The %s sends %s: bytes %" PRIu32 " to %" PRIu32
			   " of its stream, so it expects ack=%" PRIu32 "."),
			 nt_x_who(x, dir), nt_x_size(x, a->pkt.payload), a->seq, last, last + 1);
	else
		nt_x_say(
			s,
			_("The %s sends %s; where in its stream they are is not known, for the trace began later."),
			nt_x_who(x, dir), nt_x_size(x, a->pkt.payload));
	if (a->app)
		nt_x_say(s, _("They are of %s: %s"), nt_app_name(a->app->proto),
			 nt_describe_app(text, sizeof(text), a->app));
	if (a->pkt.tcp_flags & NETTRACE_TH_PSH)
		nt_x_say(
			s,
			_("PSH: with this %s has sent all that it was given so far, and the other end shall hand it on at once."),
			nt_x_addr(x, dir));
	if (fin) {
		s->kind = "half-close-data";
		s->rfc = "RFC 9293, 3.6.1";
		if (!early || early->n < fin->n)
			nt_x_note(
				s,
				_("A half-closed connection: the %s said with segment %" PRIu32
				  " that it will send nothing more, but it still receives. So the %s may go on sending for as long as it wants."),
				nt_x_who(x, !dir), fin->n, nt_x_who(x, dir));
	}
	checksum_note(x, a, s);
	super_note(x, a, s);
}

/* ---- acknowledgements ------------------------------------------------------- */

/* the last segment with something to acknowledge up to @a's ack */
static const struct nt_arrow *acknowledged(const struct nt_explain *x, const struct nt_arrow *a)
{
	const struct nt_arrow *b = a;
	int i;

	for (i = 0; i < 64 && (b = nt_x_before(x, b, !(a->dir & 1), 0, 0)); i++)
		if (b->seq_valid && nt_x_end_seq(b) == a->ack && nt_x_end_seq(b) != b->seq)
			return b;
	return NULL;
}

static void plain_ack(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	int dir = a->dir & 1;
	const struct nt_arrow *of = a->ack_valid ? acknowledged(x, a) : NULL;
	const struct nt_arrow *before = nt_x_before(x, a, dir, NETTRACE_TH_ACK, NETTRACE_TH_ACK);
	uint32_t more = 0;

	s->kind = "ack";
	s->rfc = "RFC 9293, 3.4";
	if (!a->ack_valid) {
		nt_x_title(s, "ACK");
		nt_x_say(
			s,
			_("The %s acknowledges what it has received, up to the absolute number %" PRIu32
			  "."),
			nt_x_who(x, dir), a->pkt.ack);
		return;
	}
	if (of && (of->pkt.tcp_flags & NETTRACE_TH_FIN)) {
		nt_x_ack_of_fin(x, a, of, s);
		return;
	}
	nt_x_title(s, "ACK, ack=%" PRIu32, a->ack);
	if (before && before->ack_valid)
		more = a->ack - before->ack;
	nt_x_say(s,
		 _("The %s tells with ack=%" PRIu32
		   " which byte it expects next: all before it have arrived."),
		 nt_x_who(x, dir), a->ack);
	if (before && before->ack_valid && !more)
		return; /* nothing new: its marks tell what it is for */
	if (of && a->t - of->t >= 35000000)
		nt_x_say(
			s,
			_("It waited %s since segment %" PRIu32
			  " before it answered. So looks a delayed ACK: data might have gone the same way and taken it along (RFC 9293, 3.8.6.3)."),
			nt_x_span(x, a->t - of->t), of->n);
	else if (of)
		nt_x_say(s, _("It answers segment %" PRIu32 ", %s later."), of->n,
			 nt_x_span(x, a->t - of->t));
	if (of && more > of->pkt.payload && more < 1U << 30)
		nt_x_say(s,
			 _("One ACK is for several segments here: it acknowledges %" PRIu32
			   " bytes at once, for the number counts all that came before."),
			 more);
}

/* ---- all -------------------------------------------------------------------- */

bool nt_x_tcp(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	unsigned int flags = a->pkt.tcp_flags & NT_TH_HANDSHAKE;
	char text[48];

	if (flags & NETTRACE_TH_RST)
		nt_x_rst(x, a, s);
	else if (nt_x_special(x, a, s))
		;
	else if ((flags & NETTRACE_TH_SYN) && (flags & NETTRACE_TH_ACK))
		syn_ack(x, a, s);
	else if (flags & NETTRACE_TH_SYN)
		syn(x, a, s);
	else if (flags & NETTRACE_TH_FIN)
		nt_x_fin(x, a, s);
	else if (a->pkt.payload)
		data(x, a, s);
	else if ((flags & NETTRACE_TH_ACK) && !third(x, a, s))
		plain_ack(x, a, s);
	nt_x_marks(x, a, s);
	if (!*s->text) {
		s->kind = "segment";
		nt_x_say(
			s,
			_("The %s sends a segment with the flags %s, for which RFC 9293 has no use."),
			nt_x_who(x, a->dir), nt_tcp_flags(a->pkt.tcp_flags, text, sizeof(text)));
	}
	return true;
}
