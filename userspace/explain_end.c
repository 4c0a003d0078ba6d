// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_end.c - a conversation in a few sentences
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "countdown.h"
#include "describe.h"
#include "explain_priv.h"
#include "model_ct.h"

static void opened(struct nt_explain *x, struct nt_told *s)
{
	const struct nt_conv *c = x->c;

	switch (c->opened) {
	case NT_OPEN_HANDSHAKE:
		if (nt_conv_halfway(c)) {
			nt_x_say(
				s,
				_("A SYN of the %s was answered, and no third segment was seen: half a handshake is no connection."),
				nt_x_who(x, 0));
			break;
		}
		nt_x_say(s, _("The %s connected with the %s by a three-way handshake."),
			 nt_x_who(x, 0), nt_x_who(x, 1));
		break;
	case NT_OPEN_SIMULTANEOUS:
		nt_x_say(s, _("The %s and the %s opened their connection at the same moment."),
			 nt_x_who(x, 0), nt_x_who(x, 1));
		break;
	case NT_OPEN_MIDSTREAM:
		nt_x_say(
			s,
			_("The connection of %s with %s began before the trace did: its handshake was not seen, and what depends on it is not known."),
			nt_x_addr(x, 0), nt_x_addr(x, 1));
		break;
	case NT_OPEN_REFUSED:
		nt_x_say(
			s,
			_("The connection of the %s to %s was refused: nothing was ever transmitted."),
			nt_x_who(x, 0), nt_x_addr(x, 1));
		break;
	default:
		nt_x_say(s, _("The %s got no answer from %s, and no connection came about."),
			 nt_x_who(x, 0), nt_x_addr(x, 1));
	}
}

static void carried(struct nt_explain *x, struct nt_told *s)
{
	const struct nt_end *e = x->c->end;

	nt_x_say(s,
		 ngettext("In %s, %" PRIu32 " packet was sent: %" PRIu32 " by the %s (%s), %" PRIu32
			  " by the %s (%s).",
			  "In %s, %" PRIu32 " packets were sent: %" PRIu32
			  " by the %s (%s), %" PRIu32 " by the %s (%s).",
			  x->c->narrow),
		 nt_x_span(x, x->c->t1 - x->c->t0), x->c->narrow, e[0].arrows, nt_x_who(x, 0),
		 nt_x_size(x, e[0].bytes), e[1].arrows, nt_x_who(x, 1), nt_x_size(x, e[1].bytes));
	if (e[0].retransmissions + e[1].retransmissions)
		nt_x_say(s,
			 ngettext("%" PRIu32 " segment had to be sent again.",
				  "%" PRIu32 " segments had to be sent again.",
				  e[0].retransmissions + e[1].retransmissions),
			 e[0].retransmissions + e[1].retransmissions);
}

/* how many segments the close took, from the first FIN to the ACK of the second */
static void fins(struct nt_explain *x, struct nt_told *s)
{
	uint32_t first = 0, second = 0, ack = 0, behind = 0;
	bool merged = false;
	size_t i;
	int dir = -1;

	for (i = 0; i < x->c->nitem; i++) {
		const struct nt_arrow *a = nt_x_segment(&x->c->item[i]);

		if (!a)
			continue;
		if ((a->pkt.tcp_flags & NETTRACE_TH_FIN) && dir < 0) {
			first = a->n;
			dir = a->dir & 1;
			behind = nt_x_end_seq(a);
		} else if ((a->pkt.tcp_flags & NETTRACE_TH_FIN) && (a->dir & 1) != dir && !second) {
			second = a->n;
			merged = a->ack_valid && a->ack == behind;
		} else if (first && !second && (a->dir & 1) != dir && !ack && a->ack_valid &&
			   a->ack == behind) {
			ack = a->n;
		}
	}
	if (first && second && ack)
		nt_x_say(s,
			 _("Each direction was closed by a FIN of its own: segment %" PRIu32
			   " (acknowledged by %" PRIu32 ") and segment %" PRIu32
			   ", the four-way close."),
			 first, ack, second);
	else if (merged)
		nt_x_say(s,
			 _("The close took three segments and not four: segment %" PRIu32
			   " acknowledges the FIN of segment %" PRIu32 " and is a FIN itself."),
			 second, first);
}

static void over(struct nt_explain *x, struct nt_told *s)
{
	const struct nt_conv *c = x->c;

	switch (c->closed) {
	case NT_CLOSE_FIN:
		if (c->closer >= 0)
			nt_x_say(s, _("The %s closed first."), nt_x_who(x, c->closer));
		fins(x, s);
		break;
	case NT_CLOSE_RST:
		if (c->opened != NT_OPEN_REFUSED && !nt_conv_halfway(c))
			nt_x_say(
				s,
				_("It ended by a RST, without FINs: what was under way then between %s and %s is lost."),
				nt_x_addr(x, 0), nt_x_addr(x, 1));
		break;
	case NT_CLOSE_TIMEOUT:
		nt_x_say(
			s,
			_("It ended because an end no longer answered: after %s the kernel gave up."),
			nt_x_span(x, c->t1 - c->t0));
		break;
	default:
		if (c->opened != NT_OPEN_UNANSWERED)
			nt_x_say(
				s,
				_("It was still open when the trace ended: the client in %s, the server in %s."),
				nt_state_name(c->end[0].state), nt_state_name(c->end[1].state));
	}
}

static void running(struct nt_explain *x, int64_t now, struct nt_told *s)
{
	struct nt_countdown cd[NT_COUNTDOWNS_MAX];
	int i, n = now ? nt_countdowns(x->c, now, false, cd) : 0;

	for (i = 0; i < n; i++)
		if (cd[i].due > now)
			nt_x_say(s, _("When the trace ends, the %s of the %s still has %s to go."),
				 nt_timer_text(cd[i].name), nt_x_who(x, cd[i].end),
				 nt_x_span(x, cd[i].due - now));
}

static void others(struct nt_explain *x, struct nt_told *s)
{
	switch (x->c->opened) {
	case NT_OPEN_ANSWERED:
		nt_x_say(s, _("The %s asked, and the %s answered."), nt_x_who(x, 0),
			 nt_x_who(x, 1));
		break;
	case NT_OPEN_ONE_WAY:
		nt_x_say(s, _("The %s sent to %s, from which no answer is due."), nt_x_who(x, 0),
			 nt_x_addr(x, 1));
		break;
	case NT_OPEN_NO_PORT:
	case NT_OPEN_NO_WAY:
	case NT_OPEN_TTL:
		nt_x_say(
			s,
			_("The %s sent to %s and was told by an ICMP error that it does not work."),
			nt_x_who(x, 0), nt_x_addr(x, 1));
		break;
	default:
		nt_x_say(s, _("The %s sent to %s, and no answer was seen."), nt_x_who(x, 0),
			 nt_x_addr(x, 1));
	}
}

/* "10.0.9.9:80", of ICMP without the identifier that is in the place of a port */
static const char *end_of(struct nt_explain *x, const struct nt_addr *a)
{
	struct nt_addr without = *a;

	if (!nt_has_ports(x->c))
		without.port = 0;
	return nt_describe_addr(nt_x_word(x), NT_EXPLAIN_WORD, &without);
}

/* the first entry that translates something; NULL: none does, or nobody was asked */
static const struct nt_ct *entry_of(const struct nt_conv *c)
{
	unsigned int i;

	for (i = 0; i < c->nct; i++)
		if (c->ct[i].outcome == NT_CT_FOUND &&
		    (nt_ct_translates(&c->ct[i].ct, 0) || nt_ct_translates(&c->ct[i].ct, 1)))
			return &c->ct[i].ct;
	return NULL;
}

/* addresses that change on the way: by conntrack's table, else as was inferred */
static void translated(struct nt_explain *x, struct nt_told *s)
{
	const struct nt_ct *ct = entry_of(x->c);
	const struct nt_conv_nat *n;
	int end, side;

	for (end = 1; ct && end >= 0; end--) {
		if (!nt_ct_translates(ct, end))
			continue;
		nt_x_say(
			s,
			end ? _("NAT changes the destination of the client's packets on the way, %s becomes %s: conntrack's table has it.") :
			      _("NAT changes the source of the client's packets on the way, %s becomes %s: conntrack's table has it."),
			end_of(x, nt_ct_end(ct, end, false)), end_of(x, nt_ct_end(ct, end, true)));
	}
	for (side = 0; !ct && side < 2; side++) {
		n = &x->c->nat[side];
		if (n->conv)
			nt_x_say(
				s,
				n->end ?
					_("NAT seems to change the server's address on the way, between %s and %s: conversation %" PRIu32
					  " is the same one there (inferred).") :
					_("NAT seems to change the client's address on the way, between %s and %s: conversation %" PRIu32
					  " is the same one there (inferred)."),
				end_of(x, &x->c->end[n->end].addr), end_of(x, &n->addr), n->conv);
	}
}

void nt_explain_summary(struct nt_explain *x, int64_t now, struct nt_told *s)
{
	const struct nt_conv *c = x->c;

	memset(s, 0, sizeof(*s));
	s->kind = "summary";
	s->rfc = "";
	s->t = c->t1;
	s->end = -1;
	nt_x_title(s, _("In short"));
	if (c->proto == IPPROTO_TCP)
		opened(x, s);
	else
		others(x, s);
	carried(x, s);
	translated(x, s);
	if (c->proto != IPPROTO_TCP)
		return;
	over(x, s);
	running(x, now, s);
	if (c->lost_near)
		nt_x_note(
			s,
			ngettext(
				"%" PRIu64
				" event was lost while it lived, so something may be missing in this story.",
				"%" PRIu64
				" events were lost while it lived, so something may be missing in this story.",
				c->lost_near),
			c->lost_near);
}
