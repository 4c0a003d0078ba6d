// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_arp.c - messages of ARP and neighbour discovery, neighbour entries, as text
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "text.h"

static bool has_mac(const uint8_t mac[6])
{
	static const uint8_t none[6];

	return memcmp(mac, none, sizeof(none)) != 0;
}

/* whose that address is, or of which kind */
static void add_words(struct nt_label *label, struct nt_oui *oui, const uint8_t mac[6])
{
	char words[NT_MAC_WORDS];

	if (*nt_describe_mac_words(words, sizeof(words), oui, mac))
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, "[%s]", words);
}

/* "is at 02:…", or that it is there, where the message has no address */
static void add_owner(struct nt_label *label, const struct nt_arp *arp, const char *ip,
		      struct nt_oui *oui)
{
	char mac[18];

	if (has_mac(arp->sha))
		nt_label_add(label, 0, NT_ROLE_ARP, _("%s is at %s"), ip,
			     nt_describe_mac(mac, arp->sha));
	else
		nt_label_add(label, 0, NT_ROLE_ARP, _("%s is here"), ip);
	add_words(label, oui, arp->sha);
}

static void add_request(struct nt_label *label, const struct nt_arp *arp, const char *sip,
			const char *tip, struct nt_oui *oui)
{
	char mac[18];

	if (arp->kind == NT_ARP_PROBE)
		nt_label_add(label, 0, NT_ROLE_ARP, _("has anybody %s?"), tip);
	else
		nt_label_add(label, 0, NT_ROLE_ARP, _("who has %s?"), tip);
	if (arp->fate == NT_ARP_UNANSWERED && arp->tries > 1)
		nt_label_add(label, 1, NT_ROLE_MARK, _("unanswered, try %" PRIu32), arp->tries);
	else if (arp->fate == NT_ARP_UNANSWERED)
		nt_label_add(label, 1, NT_ROLE_MARK, "%s", _("unanswered"));
	else if (arp->tries > 1)
		nt_label_add(label, 1, NT_ROLE_CAUSE, _("try %" PRIu32), arp->tries);
	if (arp->kind == NT_ARP_PROBE) {
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, _("(probe by %s)"),
			     nt_describe_mac(mac, arp->sha));
		add_words(label, oui, arp->sha);
		return;
	}
	nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_ARP, _("tell %s"), sip);
	nt_label_add(label, NT_RANK_EXTRA + 1, NT_ROLE_DIM, "(%s)", nt_describe_mac(mac, arp->sha));
	add_words(label, oui, arp->sha);
}

static void add_reply(struct nt_label *label, const struct nt_arp *arp, const char *sip,
		      const char *tip, struct nt_oui *oui)
{
	char span[24];

	add_owner(label, arp, sip, oui);
	if (arp->kind == NT_ARP_PROXY)
		nt_label_add(label, 1, NT_ROLE_MARK, "%s", _("(proxy: who says so forwards)"));
	else if (arp->kind == NT_ARP_GRATUITOUS)
		nt_label_add(label, 1, NT_ROLE_CAUSE, "%s", _("(unasked)"));
	if (arp->delay >= 0)
		nt_label_add(label, NT_RANK_EXTRA + 2, NT_ROLE_DIM, _("after %s"),
			     nt_describe_span(span, sizeof(span), arp->delay));
	nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, _("(to %s)"), tip);
}

void nt_describe_arp(struct nt_label *label, const struct nt_arp *arp, struct nt_oui *oui)
{
	char sip[NT_ADDR_TEXT], tip[NT_ADDR_TEXT], mac[18], op[16];

	nt_label_start(label);
	nt_describe_ip(sip, sizeof(sip), arp->family, arp->spa);
	nt_describe_ip(tip, sizeof(tip), arp->family, arp->tpa);
	if (arp->op == 1 && !memcmp(arp->spa, arp->tpa, sizeof(arp->spa))) {
		nt_label_add(label, 0, NT_ROLE_ARP, _("%s is mine"), sip);
		nt_label_add(label, 1, NT_ROLE_ARP, "(%s)", nt_describe_mac(mac, arp->sha));
		add_words(label, oui, arp->sha);
	} else if (arp->op == 1) {
		add_request(label, arp, sip, tip, oui);
	} else if (arp->op == 2) {
		add_reply(label, arp, sip, tip, oui);
	} else {
		nt_label_add(label, 0, NT_ROLE_ARP, _("%s from %s"),
			     nt_arp_op_name(arp->op, op, sizeof(op)), sip);
	}
	if (arp->kind == NT_ARP_CONFLICT && !has_mac(arp->other)) {
		nt_label_add(label, 1, NT_ROLE_MARK, "%s", _("CONFLICT: it is taken"));
	} else if (arp->kind == NT_ARP_CONFLICT) {
		nt_label_add(label, 1, NT_ROLE_MARK, _("CONFLICT with %s"),
			     nt_describe_mac(mac, arp->other));
		add_words(label, oui, arp->other);
	}
}

void nt_describe_neigh(struct nt_label *label, const struct nt_neigh *n, bool word,
		       struct nt_oui *oui)
{
	char ip[NT_ADDR_TEXT], mac[18], owner[NT_OWNER_TEXT];
	bool failed = n->to == NETTRACE_NUD_FAILED, waits = n->to == NETTRACE_NUD_INCOMPLETE;

	nt_label_start(label);
	nt_label_add(label, 0, NT_ROLE_ARP,
		     word ? _("neighbour %s:") : "%s:", nt_describe_addr(ip, sizeof(ip), &n->addr));
	if (n->from_known && n->from != n->to)
		nt_label_add(label, 0, NT_ROLE_ARP, "%s →", nt_nud_name(n->from));
	nt_label_add(label, 0, failed ? NT_ROLE_MARK : NT_ROLE_NEW_STATE, "%s", nt_nud_name(n->to));
	if (n->what == NETTRACE_NEIGH_TIMER)
		nt_label_add(label, 2, NT_ROLE_CAUSE, "%s", _("(timer)"));
	else if (n->what == NETTRACE_NEIGH_SEND)
		nt_label_add(label, 2, NT_ROLE_CAUSE, "%s", _("(to send there)"));
	if (n->queued)
		nt_label_add(label, 1, NT_ROLE_PLAIN,
			     waits ? ngettext("%" PRIu32 " packet waits",
					      "%" PRIu32 " packets wait", n->queued) :
				     ngettext("%" PRIu32 " packet waited",
					      "%" PRIu32 " packets waited", n->queued),
			     n->queued);
	if (n->mac_known) {
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_ARP, _("at %s"),
			     nt_describe_mac(mac, n->mac));
		add_words(label, oui, n->mac);
	}
	if (n->probes)
		nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, _("asked %" PRIu32 "×"), n->probes);
	if (*nt_describe_owner(owner, sizeof(owner), n->comm, n->pid))
		nt_label_add(label, NT_RANK_EXTRA + 1, NT_ROLE_DIM, "%s", owner);
}
