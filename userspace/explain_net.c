// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_net.c - before the first packet can leave: route, neighbour, ARP
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"
#include "subnet.h"

static const char *mac(struct nt_explain *x, const uint8_t m[6])
{
	return nt_describe_mac(nt_x_word(x), m);
}

/* ---- route ------------------------------------------------------------------ */

static void and_note(struct nt_explain *x, const struct nt_route *r, const struct nt_subnet *n,
		     struct nt_told *s)
{
	nt_x_note(s, _("The mask has %u ones. %s AND mask is %s, and %s AND mask is %s."),
		  r->src_len, nt_x_ip(x, r->src.family, r->src.b),
		  nt_x_ip(x, r->src.family, n->src), nt_x_ip(x, r->dst.family, r->dst.b),
		  nt_x_ip(x, r->dst.family, n->dst));
}

bool nt_x_route(struct nt_explain *x, const struct nt_route *r, struct nt_told *s)
{
	const char *dst = nt_x_ip(x, r->dst.family, r->dst.b), *net;
	const char *dev = nt_x_name(x, r->dev, NETTRACE_NAME_LEN);
	const char *gate = r->gateway.family ? nt_x_ip(x, r->gateway.family, r->gateway.b) : "";
	struct nt_subnet n;

	s->rfc = "RFC 1122, 3.3.1";
	nt_x_title(s, _("the route to %s"), dst);
	if (r->flags & NETTRACE_RT_LOCAL) {
		nt_x_say(
			s,
			_("%s is an address of this very host, so packets of the %s to it stay inside"
			  " the machine (%s)."),
			dst, nt_x_who(x, r->end), dev);
		return true;
	}
	if (r->flags & (NETTRACE_RT_BROADCAST | NETTRACE_RT_MULTICAST)) {
		nt_x_say(
			s,
			r->flags & NETTRACE_RT_BROADCAST ?
				_("%s is a broadcast address: every host on the link of %s shall hear"
				  " it, and nobody is asked for a link address.") :
				_("%s is a multicast address: everybody on the link of %s who has joined"
				  " its group shall hear it, and nobody is asked for a link address."),
			dst, dev);
		return true;
	}
	if (!(r->flags & NETTRACE_RT_SRC_LEN) ||
	    !nt_subnet_of(&n, r->src.family, r->src_len, r->src.b, r->dst.b)) {
		if (*gate)
			nt_x_say(s, _("Packets to %s go to the gateway %s, by %s."), dst, gate,
				 dev);
		else
			nt_x_say(s, _("Packets to %s go straight to it, by %s."), dst, dev);
		return true;
	}
	net = nt_describe_net(nt_x_word(x), NT_EXPLAIN_WORD, r->src.family, r->src.b, r->src_len);
	if (*gate && n.same)
		nt_x_say(
			s,
			_("%s lies in the own subnet %s, and yet the routing table sends packets to it"
			  " to the gateway %s, by %s."),
			dst, net, gate, dev);
	else if (*gate)
		nt_x_say(
			s,
			_("%s lies outside the own subnet %s, so packets go to the gateway %s, by %s."
			  " It is the gateway's link address that is needed, not the target's."),
			dst, net, gate, dev);
	else if (n.same)
		nt_x_say(
			s,
			_("%s lies in the own subnet %s, so packets go straight to it, by %s, and its"
			  " own link address is asked for."),
			dst, net, dev);
	else
		nt_x_say(
			s,
			_("%s lies outside the own subnet %s, and yet the routing table says that it is"
			  " on the link of %s."),
			dst, net, dev);
	and_note(x, r, &n, s);
	return true;
}

/* ---- neighbours ------------------------------------------------------------- */

bool nt_x_neigh(struct nt_explain *x, const struct nt_neigh *n, struct nt_told *s)
{
	const char *ip = nt_x_ip(x, n->addr.family, n->addr.b), *to = nt_nud_name(n->to);
	const char *dev = nt_x_name(x, n->dev, NETTRACE_NAME_LEN);

	s->rfc = "RFC 4861, 7.3.2";
	nt_x_title(s, _("neighbour %s: %s"), ip, to);
	switch (n->to) {
	case NETTRACE_NUD_INCOMPLETE:
		nt_x_say(
			s,
			ngettext(
				"The kernel has no link address for %s on %s yet. It makes an entry and"
				" asks the link; %" PRIu32 " packet waits for the answer.",
				"The kernel has no link address for %s on %s yet. It makes an entry and"
				" asks the link; %" PRIu32 " packets wait for the answer.",
				n->queued),
			ip, dev, n->queued);
		break;
	case NETTRACE_NUD_REACHABLE:
		nt_x_say(s,
			 _("%s is known to be at %s now (%s): packets to it can leave without a"
			   " question."),
			 ip, n->mac_known ? mac(x, n->mac) : "?", dev);
		break;
	case NETTRACE_NUD_STALE:
		nt_x_say(
			s,
			_("The entry of %s (%s) is old or was not asked for. It is used all the same,"
			  " and checked when the next packet goes there."),
			ip, dev);
		break;
	case NETTRACE_NUD_DELAY:
		nt_x_say(
			s,
			_("A packet goes to %s by an entry that may be out of date. For some seconds the"
			  " kernel waits for a sign that it arrives, before it asks on %s again."),
			ip, dev);
		break;
	case NETTRACE_NUD_PROBE:
		nt_x_say(
			s,
			_("No sign came, so the kernel asks %s itself, by unicast on %s, whether it is"
			  " still there (%" PRIu32 " so far without an answer)."),
			ip, dev, n->probes);
		break;
	case NETTRACE_NUD_FAILED:
		nt_x_say(s,
			 _("Nobody on %s answered for %s, after %" PRIu32
			   " requests: packets to it are given up, and programs get \"No route to"
			   " host\" (EHOSTUNREACH)."),
			 dev, ip, n->probes);
		break;
	default:
		nt_x_say(s, _("The kernel's entry for neighbour %s on %s is %s now."), ip, dev, to);
	}
	return true;
}

/* ---- ARP, neighbour discovery ------------------------------------------------ */

static void request(struct nt_explain *x, const struct nt_arp *arp, struct nt_told *s)
{
	bool six = arp->family == NETTRACE_IPV6;
	const char *who = mac(x, arp->sha), *ip = nt_x_ip(x, arp->family, arp->tpa);

	if (!memcmp(arp->spa, arp->tpa, sizeof(arp->spa)))
		nt_x_say(
			s,
			_("%s tells everybody that %s is its own: an announcement, which nobody has to answer."),
			who, ip);
	else if (arp->kind == NT_ARP_PROBE)
		nt_x_say(
			s,
			_("%s asks whether anybody has %s already, before it uses that address itself."),
			who, ip);
	else if (six)
		nt_x_say(s,
			 _("%s asks a multicast group which link address %s has: IPv6 has neighbour"
			   " solicitations in place of ARP."),
			 nt_x_ip(x, arp->family, arp->spa), ip);
	else if (arp->broadcast)
		nt_x_say(
			s,
			_("%s (%s) asks the whole link by broadcast which link address %s has: only its"
			  " owner will answer."),
			nt_x_ip(x, arp->family, arp->spa), who, ip);
	else
		nt_x_say(s, _("%s asks %s alone, by unicast, whether it is still there."), who, ip);
	if (arp->tries > 1)
		nt_x_say(s, _("It is attempt %" PRIu32 "."), arp->tries);
	if (arp->fate == NT_ARP_UNANSWERED)
		nt_x_say(s, _("Nobody answers: no host on this link has %s, or it does not hear."),
			 ip);
}

static void reply(struct nt_explain *x, const struct nt_arp *arp, struct nt_told *s)
{
	const char *ip = nt_x_ip(x, arp->family, arp->spa);
	static const uint8_t none[6];
	bool at = memcmp(arp->sha, none, sizeof(none));

	if (arp->kind == NT_ARP_PROXY)
		nt_x_say(
			s,
			_("A router answers for %s with its own link address %s, for it forwards what is meant for that one (proxy ARP)."),
			ip, mac(x, arp->sha));
	else if (arp->kind == NT_ARP_GRATUITOUS)
		nt_x_say(s, _("%s tells unasked that it is at %s."), ip, mac(x, arp->sha));
	else if (at)
		nt_x_say(
			s,
			_("%s answers, to the one who asked alone (unicast): it is at %s. What waited for"
			  " that can leave now."),
			ip, mac(x, arp->sha));
	else
		nt_x_say(s, _("%s answers that it is there."), ip);
	if (arp->delay >= 0)
		nt_x_say(s, _("That took %s."), nt_x_span(x, arp->delay));
}

bool nt_x_arp(struct nt_explain *x, const struct nt_arp *arp, struct nt_told *s)
{
	bool six = arp->family == NETTRACE_IPV6;
	char op[16];

	s->rfc = arp->kind == NT_ARP_PROBE || arp->kind == NT_ARP_ANNOUNCEMENT ? "RFC 5227" :
										 "RFC 826";
	if (six)
		s->rfc = "RFC 4861, 7.2";
	if (arp->op == 1 || arp->op == 2)
		nt_x_title(s, arp->op == 1 ? _("%s: request") : _("%s: reply"), six ? "ND" : "ARP");
	else
		nt_x_title(s, "%s: %s", six ? "ND" : "ARP",
			   nt_arp_op_name(arp->op, op, sizeof(op)));
	if (arp->op == 1)
		request(x, arp, s);
	else if (arp->op == 2)
		reply(x, arp, s);
	else
		return false;
	if (arp->kind == NT_ARP_CONFLICT)
		nt_x_note(
			s,
			_("An address conflict: %s claims what another one claims as well (%s). Packets"
			  " will reach now the one, now the other."),
			mac(x, arp->sha), mac(x, arp->other));
	return true;
}
