// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_ct.c - conntrack's entries, as text
 */
#include <inttypes.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nf_conntrack_tcp.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"

const char *nt_ct_state_name(unsigned int state)
{
	static const char *const name[TCP_CONNTRACK_MAX] = {
		[TCP_CONNTRACK_NONE] = "NONE",	       [TCP_CONNTRACK_SYN_SENT] = "SYN_SENT",
		[TCP_CONNTRACK_SYN_RECV] = "SYN_RECV", [TCP_CONNTRACK_ESTABLISHED] = "ESTABLISHED",
		[TCP_CONNTRACK_FIN_WAIT] = "FIN_WAIT", [TCP_CONNTRACK_CLOSE_WAIT] = "CLOSE_WAIT",
		[TCP_CONNTRACK_LAST_ACK] = "LAST_ACK", [TCP_CONNTRACK_TIME_WAIT] = "TIME_WAIT",
		[TCP_CONNTRACK_CLOSE] = "CLOSE",       [TCP_CONNTRACK_SYN_SENT2] = "SYN_SENT2",
	};

	return state < TCP_CONNTRACK_MAX ? name[state] : "?";
}

const char *nt_ct_status_name(unsigned int bit)
{
	static const char *const name[] = {
		[IPS_EXPECTED_BIT] = "EXPECTED",
		[IPS_SEEN_REPLY_BIT] = "SEEN_REPLY",
		[IPS_ASSURED_BIT] = "ASSURED",
		[IPS_CONFIRMED_BIT] = "CONFIRMED",
		[IPS_SRC_NAT_BIT] = "SRC_NAT",
		[IPS_DST_NAT_BIT] = "DST_NAT",
		[IPS_SEQ_ADJUST_BIT] = "SEQ_ADJUST",
		[IPS_SRC_NAT_DONE_BIT] = "SRC_NAT_DONE",
		[IPS_DST_NAT_DONE_BIT] = "DST_NAT_DONE",
		[IPS_DYING_BIT] = "DYING",
		[IPS_FIXED_TIMEOUT_BIT] = "FIXED_TIMEOUT",
		[IPS_TEMPLATE_BIT] = "TEMPLATE",
		[IPS_UNTRACKED_BIT] = "NAT_CLASH",
		[IPS_HELPER_BIT] = "HELPER",
		[IPS_OFFLOAD_BIT] = "OFFLOAD",
		[15] = "HW_OFFLOAD",
	};

	return bit < sizeof(name) / sizeof(name[0]) ? name[bit] : NULL;
}

const char *nt_ct_outcome_name(enum nt_ct_outcome o)
{
	static const char *const name[NT_CT_OUTCOME_MAX] = {
		[NT_CT_FOUND] = "found",	   [NT_CT_NONE] = "no-entry",
		[NT_CT_NOT_LOADED] = "not-loaded", [NT_CT_NO_NETLINK] = "no-netlink",
		[NT_CT_NO_RIGHT] = "no-right",	   [NT_CT_GONE] = "namespace-gone",
		[NT_CT_FAILED] = "failed",	   [NT_CT_SEVERAL] = "several",
		[NT_CT_UNSEARCHED] = "unsearched",
	};

	return o < NT_CT_OUTCOME_MAX ? name[o] : "?";
}

const char *nt_ct_verdict_name(enum nt_ct_verdict v)
{
	return v == NT_CT_AGREES    ? "agrees" :
	       v == NT_CT_DISAGREES ? "disagrees" :
	       v == NT_CT_MISSING   ? "no-entry" :
				      "not-asked";
}

static const char *why_not(enum nt_ct_outcome o)
{
	switch (o) {
	case NT_CT_NONE:
		return _("no entry of this conversation now");
	case NT_CT_NOT_LOADED:
		return _("not asked, nf_conntrack is not loaded");
	case NT_CT_NO_NETLINK:
		return _("not asked, nf_conntrack_netlink is not loaded");
	case NT_CT_NO_RIGHT:
		return _("may not be asked");
	case NT_CT_GONE:
		return _("not asked, the namespace has ended");
	case NT_CT_SEVERAL:
		return _(
			"several entries with these addresses, of different zones; which one is not known");
	case NT_CT_UNSEARCHED:
		return _("no entry by these addresses; its table was not looked through for zones");
	default:
		return _("cannot be asked");
	}
}

/* "10.0.1.1:4000 → 10.0.9.9:80" */
static void pair(char *buf, size_t size, const struct nt_ct_tuple *t, bool ports)
{
	char src[NT_ADDR_TEXT], dst[NT_ADDR_TEXT];
	struct nt_addr a = t->src, b = t->dst;

	if (!ports)
		a.port = b.port = 0;
	snprintf(buf, size, "%s → %s", nt_describe_addr(src, sizeof(src), &a),
		 nt_describe_addr(dst, sizeof(dst), &b));
}

/* that a table of rules was asked says little; JSON has these */
#define DONE (IPS_SRC_NAT_DONE | IPS_DST_NAT_DONE)

/* ", zone 5, ESTABLISHED, 431999 s left, SEEN_REPLY ASSURED" */
static void how(char *buf, size_t size, const struct nt_ct *ct)
{
	const char *before = ", ";
	unsigned int bit;
	size_t n = 0;

	*buf = '\0';
	if (ct->zone) {
		n += (size_t)snprintf(buf, size, ", ");
		n += (size_t)snprintf(buf + n, size - n, _("zone %u"), ct->zone);
	}
	if (ct->has_state)
		n += (size_t)snprintf(buf + n, size - n, ", %s", nt_ct_state_name(ct->state));
	if (ct->has_timeout && n < size) {
		n += (size_t)snprintf(buf + n, size - n, ", ");
		n += (size_t)snprintf(buf + n, size - n, _("%" PRIu32 " s left"), ct->timeout_s);
	}
	for (bit = 0; bit < 32 && n < size; bit++) {
		if (!(ct->status & ~DONE & 1U << bit) || !nt_ct_status_name(bit))
			continue;
		n += (size_t)snprintf(buf + n, size - n, "%s%s", before, nt_ct_status_name(bit));
		before = " ";
	}
}

void nt_describe_ct(char *buf, size_t size, const struct nt_conv *c, const struct nt_conv_ct *ct,
		    const char *netns)
{
	char orig[2 * NT_ADDR_TEXT + 8], reply[2 * NT_ADDR_TEXT + 8], more[320], where[120] = "";

	if (*netns)
		snprintf(where, sizeof(where), _(" in %s"), netns);
	if (ct->outcome != NT_CT_FOUND) {
		snprintf(buf, size, _("conntrack%s: %s"), where, why_not(ct->outcome));
		return;
	}
	pair(orig, sizeof(orig), &ct->ct.orig, nt_has_ports(c));
	pair(reply, sizeof(reply), &ct->ct.reply, nt_has_ports(c));
	how(more, sizeof(more), &ct->ct);
	snprintf(buf, size, _("conntrack%s, observed: %s, replies %s%s"), where, orig, reply, more);
	if (ct->other && ct->other != c->nat[0].conv && ct->other != c->nat[1].conv) {
		size_t n = strlen(buf);

		snprintf(buf + n, size - n, _("; behind NAT it is #%" PRIu32), ct->other);
	}
}

bool nt_ct_is_drawn(const struct nt_conv *c, const struct nt_conv_ct *ct)
{
	/* said where somebody wants to know: in JSON it always is */
	return ct->outcome != NT_CT_NO_NETLINK ||
	       (c->nat[0].conv && c->nat[0].source == ct->source) ||
	       (c->nat[1].conv && c->nat[1].source == ct->source);
}

const char *nt_describe_verdict(char *buf, size_t size, enum nt_ct_verdict verdict,
				const struct nt_addr *is, bool ports)
{
	char text[NT_ADDR_TEXT];
	struct nt_addr a;

	*buf = '\0';
	if (verdict == NT_CT_AGREES) {
		snprintf(buf, size, "%s", _(" (observed: conntrack)"));
	} else if (verdict == NT_CT_MISSING) {
		snprintf(buf, size, "%s", _(" (conntrack has no entry of it now)"));
	} else if (verdict == NT_CT_DISAGREES && is) {
		a = *is;
		if (!ports)
			a.port = 0;
		snprintf(buf, size, _(" (but conntrack has %s)"),
			 nt_describe_addr(text, sizeof(text), &a));
	}
	return buf;
}
