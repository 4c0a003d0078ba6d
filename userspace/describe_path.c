// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_path.c - hops and translated addresses, as text
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "text.h"

/* what a hop does; the name of who does it goes into it */
static const char *does(const struct nt_hop *h)
{
	static const char *const text[NT_PATH_ROLE_MAX] = {
		[NT_PATH_SENDS] = N_("%s sends:"),
		[NT_PATH_RECEIVES] = N_("%s receives:"),
		[NT_PATH_FORWARDS] = N_("%s forwards:"),
		[NT_PATH_BOTH] = N_("%s sends and receives:"),
		[NT_PATH_BRIDGES] = N_("%s bridges:"),
		[NT_PATH_ENDS] = N_("%s has it last:"),
		[NT_PATH_CAPTURE] = N_("%s captured:"),
	};

	return _(h->dropped ? N_("%s drops:") : text[h->role]);
}

/* "left → right" */
static void add_devs(struct nt_label *label, const struct nt_hop *h)
{
	char text[NT_HOP_DEVS * (NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 8)];
	char dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
	const char *between = h->role == NT_PATH_BRIDGES ? ", " : " → ";
	unsigned int i;
	int n = 0;

	for (i = 0; i < h->ndev; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s", i ? between : "",
			      nt_text_escape(dev, sizeof(dev), h->dev[i], NETTRACE_NAME_LEN));
	if (h->ndev)
		nt_label_add(label, 0, NT_ROLE_DIM, "%s,", text);
}

static void add_nat(struct nt_label *label, const struct nt_path *p, const struct nt_nat *n)
{
	unsigned int as = (unsigned int)(n - p->nat) + 1;
	bool observed = n->ct == NT_CT_AGREES;
	enum nt_role role = observed ? NT_ROLE_PLAIN : NT_ROLE_INFERRED;
	char addr[NT_ADDR_TEXT], more[NT_VERDICT_TEXT];

	nt_describe_addr(addr, sizeof(addr), &n->from);
	if (n->dst)
		nt_label_add(label, 0, role, observed ? _("destination %s") : _("~destination %s"),
			     addr);
	else
		nt_label_add(label, 0, role, observed ? _("source %s") : _("~source %s"), addr);
	nt_label_add(label, 0, role, "→ %s", nt_describe_addr(addr, sizeof(addr), &n->to));
	nt_label_add(label, 0, role, _("as #%" PRIu32 ".%" PRIu32 "%s,"), p->as[as].conv->id,
		     p->as[as].arrow->n,
		     nt_describe_verdict(more, sizeof(more), n->ct, &n->has,
					 nt_has_ports(p->as[as].conv)));
}

void nt_describe_hop(struct nt_label *label, const struct nt_path *p, const struct nt_hop *h,
		     const char *netns)
{
	const char *more = h->link || h->nnat || h->t > p->t ? "," : "";
	const char *ttl = p->as[0].arrow->pkt.hdr.family == NETTRACE_IPV6 ? _("hop limit") : "TTL";
	char mac[18], span[24];
	unsigned int i;

	nt_label_start(label);
	nt_label_add(label, 0, NT_ROLE_PLAIN, does(h), *netns ? netns : _("this host"));
	add_devs(label, h);
	if (h->ttl_before != h->ttl)
		nt_label_add(label, 0, NT_ROLE_NEW_STATE, "%s %u → %u%s", ttl, h->ttl_before,
			     h->ttl, more);
	else
		nt_label_add(label, 0, NT_ROLE_DIM, "%s %u%s", ttl, h->ttl, more);
	if (h->link) {
		nt_label_add(label, 0, NT_ROLE_ARP, "%s →", nt_describe_mac(mac, h->link->mac_src));
		nt_label_add(label, 0, NT_ROLE_ARP, "%s%s", nt_describe_mac(mac, h->link->mac_dst),
			     h->nnat || h->t > p->t ? "," : "");
	}
	for (i = 0; i < h->nnat; i++)
		add_nat(label, p, h->nat[i]);
	if (h->t > p->t)
		nt_label_add(label, 0, NT_ROLE_DIM, _("after %s"),
			     nt_describe_span(span, sizeof(span), h->t - p->t));
}

bool nt_describe_left_out(struct nt_label *label, const struct nt_path *p)
{
	nt_label_start(label);
	if (p->left_out)
		nt_label_add(label, 0, NT_ROLE_GAP,
			     ngettext("and %u sighting more, not kept",
				      "and %u sightings more, not kept", p->left_out),
			     p->left_out);
	return p->left_out;
}

bool nt_describe_nat(char *buf, size_t size, const struct nt_conv *c, int side, const char *netns)
{
	const struct nt_conv_nat *n = &c->nat[side];
	enum nt_ct_verdict verdict;
	struct nt_addr other = n->addr;
	char addr[NT_ADDR_TEXT], more[NT_VERDICT_TEXT];
	const struct nt_addr *is;
	const char *mark;

	*buf = '\0';
	if (!n->conv)
		return false;
	if (!nt_has_ports(c))
		other.port = 0;
	verdict = nt_conv_nat_verdict(c, side, &is);
	mark = verdict == NT_CT_AGREES ? "" : "~";
	nt_describe_addr(addr, sizeof(addr), &other);
	nt_describe_verdict(more, sizeof(more), verdict, is, nt_has_ports(c));
	if (*netns)
		snprintf(buf, size,
			 side ? _("%s%s translated to %s by NAT in %s: the same as #%" PRIu32
				  "%s") :
				_("%s%s translated from %s by NAT in %s: the same as #%" PRIu32
				  "%s"),
			 mark, nt_end_name(c, n->end), addr, netns, n->conv, more);
	else
		snprintf(buf, size,
			 side ? _("%s%s translated to %s by NAT: the same as #%" PRIu32 "%s") :
				_("%s%s translated from %s by NAT: the same as #%" PRIu32 "%s"),
			 mark, nt_end_name(c, n->end), addr, n->conv, more);
	return true;
}
