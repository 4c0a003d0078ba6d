// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_path.c - hops and translated addresses, as text
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "text.h"

static const char *verb(const struct nt_hop *h)
{
	static const char *const does[NT_PATH_ROLE_MAX] = {
		[NT_PATH_SENDS] = "sends",	 [NT_PATH_RECEIVES] = "receives",
		[NT_PATH_FORWARDS] = "forwards", [NT_PATH_BOTH] = "sends and receives",
		[NT_PATH_BRIDGES] = "bridges",	 [NT_PATH_ENDS] = "has it last",
		[NT_PATH_CAPTURE] = "captured",
	};

	return h->dropped ? "drops" : does[h->role];
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

	nt_label_add(label, 0, role, "%s%s %s", observed ? "" : "~",
		     n->dst ? "destination" : "source",
		     nt_describe_addr(addr, sizeof(addr), &n->from));
	nt_label_add(label, 0, role, "→ %s", nt_describe_addr(addr, sizeof(addr), &n->to));
	nt_label_add(label, 0, role, "as #%" PRIu32 ".%" PRIu32 "%s,", p->as[as].conv->id,
		     p->as[as].arrow->n,
		     nt_describe_verdict(more, sizeof(more), n->ct, &n->has,
					 nt_has_ports(p->as[as].conv)));
}

void nt_describe_hop(struct nt_label *label, const struct nt_path *p, const struct nt_hop *h,
		     const char *netns)
{
	const char *more = h->link || h->nnat || h->t > p->t ? "," : "";
	const char *ttl = p->as[0].arrow->pkt.hdr.family == NETTRACE_IPV6 ? "hop limit" : "TTL";
	char mac[18], span[24];
	unsigned int i;

	nt_label_start(label);
	nt_label_add(label, 0, NT_ROLE_PLAIN, "%s %s:", *netns ? netns : "this host", verb(h));
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
		nt_label_add(label, 0, NT_ROLE_DIM, "after %s",
			     nt_describe_span(span, sizeof(span), h->t - p->t));
}

bool nt_describe_left_out(struct nt_label *label, const struct nt_path *p)
{
	nt_label_start(label);
	if (p->left_out)
		nt_label_add(label, 0, NT_ROLE_GAP, "and %u sighting%s more, not kept", p->left_out,
			     p->left_out == 1 ? "" : "s");
	return p->left_out;
}

bool nt_describe_nat(char *buf, size_t size, const struct nt_conv *c, int side, const char *netns)
{
	const struct nt_conv_nat *n = &c->nat[side];
	enum nt_ct_verdict verdict;
	struct nt_addr other = n->addr;
	char addr[NT_ADDR_TEXT], more[NT_VERDICT_TEXT];
	const struct nt_addr *is;

	*buf = '\0';
	if (!n->conv)
		return false;
	if (!nt_has_ports(c))
		other.port = 0;
	verdict = nt_conv_nat_verdict(c, side, &is);
	snprintf(buf, size, "%s%s translated %s %s by NAT%s%s: the same as #%" PRIu32 "%s",
		 verdict == NT_CT_AGREES ? "" : "~", nt_end_name(c, n->end), side ? "to" : "from",
		 nt_describe_addr(addr, sizeof(addr), &other), *netns ? " in " : "", netns, n->conv,
		 nt_describe_verdict(more, sizeof(more), verdict, is, nt_has_ports(c)));
	return true;
}
