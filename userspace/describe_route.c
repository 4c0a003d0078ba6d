// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_route.c - where a packet goes, as short pieces of text
 */
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "subnet.h"
#include "text.h"

char *nt_describe_net(char *buf, size_t size, unsigned int family, const uint8_t *b,
		      unsigned int len)
{
	char ip[NT_ADDR_TEXT];
	struct nt_subnet s;

	if (!nt_subnet_of(&s, family, len, b, b))
		snprintf(buf, size, "?");
	else
		snprintf(buf, size, "%s/%u", nt_describe_ip(ip, sizeof(ip), family, s.src), len);
	return buf;
}

/* "via 10.0.1.1 on eth0"; @but: the subnet says otherwise */
static void add_way(struct nt_label *label, const struct nt_route *r, const char *dev, bool but)
{
	char ip[NT_ADDR_TEXT];

	if (r->gateway.family)
		nt_label_add(label, 0, NT_ROLE_NEW_STATE,
			     but ? _("yet via %s on %s") : _("via %s on %s"),
			     nt_describe_addr(ip, sizeof(ip), &r->gateway), dev);
	else
		nt_label_add(label, 0, NT_ROLE_NEW_STATE,
			     but ? _("yet on-link, %s") : _("on-link, %s"), dev);
}

void nt_describe_route(struct nt_label *label, const struct nt_route *r, bool word)
{
	const char *route = word ? _("route: ") : "";
	char dst[NT_ADDR_TEXT], net[NT_ADDR_TEXT + 4], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
	bool known = r->flags & NETTRACE_RT_SRC_LEN;
	struct nt_subnet s;

	nt_label_start(label);
	nt_describe_addr(dst, sizeof(dst), &r->dst);
	nt_text_escape(dev, sizeof(dev), r->dev, NETTRACE_NAME_LEN);
	if (r->flags & NETTRACE_RT_LOCAL) {
		nt_label_add(label, 0, NT_ROLE_CAUSE, _("%s%s is this host's own:"), route, dst);
		nt_label_add(label, 0, NT_ROLE_NEW_STATE, "%s", dev);
	} else if (r->flags & (NETTRACE_RT_BROADCAST | NETTRACE_RT_MULTICAST)) {
		nt_label_add(label, 0, NT_ROLE_CAUSE,
			     r->flags & NETTRACE_RT_BROADCAST ? _("%s%s is a broadcast address:") :
								_("%s%s is a multicast address:"),
			     route, dst);
		nt_label_add(label, 0, NT_ROLE_NEW_STATE, _("all on %s"), dev);
	} else if (known && nt_subnet_of(&s, r->src.family, r->src_len, r->src.b, r->dst.b)) {
		bool but = s.same == (r->gateway.family != 0);

		nt_label_add(label, 0, NT_ROLE_CAUSE,
			     s.same ? _("%s%s is in %s%s") : _("%s%s is outside %s%s"), route, dst,
			     nt_describe_net(net, sizeof(net), r->src.family, r->src.b, r->src_len),
			     s.same && !but ? ":" : ",");
		add_way(label, r, dev, but);
	} else {
		nt_label_add(label, 0, NT_ROLE_CAUSE, "%s%s", route, dst);
		add_way(label, r, dev, false);
	}
}
