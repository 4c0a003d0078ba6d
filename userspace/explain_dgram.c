// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_dgram.c - what is not TCP: datagrams, echoes, ICMP errors
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"

static void about(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nettrace_packet *p = &a->pkt;
	char name[96];
	const char *what = nt_icmp_text(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name));
	const char *from = nt_x_ip(x, p->hdr.family, p->src);
	const char *to = nt_x_ip(x, p->hdr.family, p->inner_dst);

	s->kind = "icmp-error";
	s->rfc = p->proto == IPPROTO_ICMP ? "RFC 792" : "RFC 4443";
	nt_x_title(s, _("ICMP error: %s"), what);
	if (a->about)
		nt_x_say(
			s,
			_("%s reports about packet %" PRIu32
			  ", which was for %s: %s. It sends the beginning of that packet back, by which"
			  " the sender knows which one is meant."),
			from, a->about, to, what);
	else
		nt_x_say(s, _("%s reports about a packet for %s that is not in the trace: %s."),
			 from, to, what);
	if (a->about && a->about_basis == NT_INFERRED)
		s->basis = NT_INFERRED;
	if (nt_icmp_mtu(p))
		nt_x_note(
			s,
			_("The packet is longer than the next link takes, and may not be cut: at most %" PRIu32
			  " bytes pass there. The sender remembers that for %s and sends smaller"
			  " ones (path MTU discovery, RFC 1191)."),
			nt_icmp_mtu(p), to);
	else if (p->icmp_type == (p->proto == IPPROTO_ICMP ? 11 : 3))
		nt_x_note(
			s,
			_("Each router takes 1 off the TTL, and at %s it became 0: the packet is thrown"
			  " away there. traceroute makes use of it, by TTLs of 1, 2, 3 and so on."),
			from);
	else if (!memcmp(p->src, p->inner_dst, sizeof(p->src)))
		nt_x_note(
			s,
			_("It comes from the target %s itself: the host is there, but no program has"
			  " that port or protocol."),
			to);
	else
		nt_x_note(
			s,
			_("It does not come from the target %s but from %s on the way, which knows no way"
			  " to go on."),
			to, from);
}

static void echo(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nettrace_packet *p = &a->pkt;
	int64_t rtt;
	bool whole;

	s->rfc = p->proto == IPPROTO_ICMP ? "RFC 792" : "RFC 4443";
	if (nt_is_echo_request(p)) {
		s->kind = "echo-request";
		nt_x_title(s, _("echo request %" PRIu32), p->icmp_info);
		nt_x_say(
			s,
			_("The %s asks %s for an echo (ping): identifier %u tells whose, sequence number %" PRIu32
			  " which. The kernel there answers by itself."),
			nt_x_who(x, a->dir), nt_x_addr(x, !(a->dir & 1)), p->icmp_id, p->icmp_info);
		if (nt_mark_of(a, NT_MARK_UNANSWERED))
			nt_x_say(s, _("Neither a reply nor an error came to number %" PRIu32 "."),
				 p->icmp_info);
		return;
	}
	s->kind = "echo-reply";
	nt_x_title(s, _("echo reply %" PRIu32), p->icmp_info);
	rtt = nt_arrow_rtt(a, &whole);
	nt_x_say(s, _("The %s sends back what was in request %" PRIu32 "."), nt_x_who(x, a->dir),
		 p->icmp_info);
	if (rtt >= 0 && whole)
		nt_x_say(s, _("There and back took %s."), nt_x_span(x, rtt));
	else if (rtt >= 0)
		nt_x_say(s, _("From where it is seen here that took %s."), nt_x_span(x, rtt));
}

static void datagram(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	char proto[24], text[NT_APP_TEXT_SHOWN];

	nt_describe_proto(proto, sizeof(proto), a->pkt.proto);
	s->kind = "datagram";
	s->rfc = a->pkt.proto == IPPROTO_UDP ? "RFC 768" : "";
	nt_x_title(s, _("%s, %s"), proto, nt_x_size(x, a->pkt.payload));
	nt_x_say(s, _("The %s sends %s to %s in one %s packet."), nt_x_who(x, a->dir),
		 nt_x_size(x, a->pkt.payload), nt_x_addr(x, !(a->dir & 1)), proto);
	if (a->app)
		nt_x_say(s, _("They are of %s: %s"), nt_app_name(a->app->proto),
			 nt_describe_app(text, sizeof(text), a->app));
	if (a->pkt.proto == IPPROTO_UDP && a->n == 1)
		nt_x_note(
			s,
			_("UDP has no handshake, no acknowledgement and no repetition: if this datagram"
			  " to %s gets lost, no kernel notices, and if it is answered, its program alone"
			  " has decided so."),
			nt_x_addr(x, !(a->dir & 1)));
	if (a->pkt.proto == IPPROTO_UDP && !a->pkt.payload)
		nt_x_note(
			s,
			_("An empty datagram is one all the same: packet %" PRIu32
			  " goes over the wire, and a recv() at the other end returns 0 bytes. TCP would"
			  " have sent nothing."),
			a->n);
	if (a->frags)
		nt_x_note(
			s,
			ngettext(
				"It is too long for a link on the way, so IP has cut it: %" PRIu32
				" fragment was seen. The receiver puts them together again; if one is"
				" lost, all is.",
				"It is too long for a link on the way, so IP has cut it: %" PRIu32
				" fragments were seen. The receiver puts them together again; if one is"
				" lost, all is.",
				a->frags->n),
			a->frags->n);
}

bool nt_x_dgram(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	const struct nettrace_packet *p = &a->pkt;
	char name[48];

	if (p->flags & NETTRACE_PKT_INNER) {
		about(x, a, s);
	} else if (nt_is_echo(p)) {
		echo(x, a, s);
	} else if (nt_is_icmp(p) || p->proto == IPPROTO_IGMP) {
		s->kind = "icmp";
		nt_icmp_text(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name));
		nt_x_title(s, "%s", name);
		nt_x_say(s, _("The %s sends a control message to %s: %s."), nt_x_who(x, a->dir),
			 nt_x_addr(x, !(a->dir & 1)), name);
	} else {
		datagram(x, a, s);
	}
	nt_x_marks(x, a, s);
	return true;
}
