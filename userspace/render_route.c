// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_route.c - a route in full: the AND in binary, the table's entry, the next hop
 */
#include <inttypes.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "render.h"
#include "subnet.h"

#define BITS_AT 28 /* column of an address in binary */

static void put(const struct nt_view *v, int indent, const char *text, enum nt_role role)
{
	struct nt_line line;

	nt_line_start(&line, v->width, v->unicode);
	nt_line_put(&line, indent, v->width, text, role);
	nt_line_print(&line, v->out, v->color);
}

/* "10.0.1.2   00001010.00000000.00000001.00000010" */
static void put_bits(const struct nt_view *v, const char *word, const char *text,
		     unsigned int family, const uint8_t *b, enum nt_role role)
{
	char bits[NT_BITS_TEXT];
	struct nt_line line;
	int col;

	nt_line_start(&line, v->width, v->unicode);
	col = nt_line_put(&line, 6, v->width, word, NT_ROLE_DIM);
	col = nt_line_put(&line, col, v->width, text, role) + 1;
	nt_line_put(&line, col < BITS_AT ? BITS_AT : col, v->width, nt_subnet_bits(bits, family, b),
		    role);
	nt_line_print(&line, v->out, v->color);
}

static void put_and(const struct nt_view *v, const struct nt_addr *a, const char *len,
		    const struct nt_subnet *s, const uint8_t *masked)
{
	char ip[NT_ADDR_TEXT];

	put_bits(v, "    ", nt_describe_addr(ip, sizeof(ip), a), a->family, a->b, NT_ROLE_PLAIN);
	put_bits(v, "AND ", len, a->family, s->mask, NT_ROLE_DIM);
	put_bits(v, "  = ", nt_describe_ip(ip, sizeof(ip), a->family, masked), a->family, masked,
		 NT_ROLE_NEW_STATE);
}

static void show_subnet(const struct nt_view *v, const struct nt_route *r)
{
	char len[8];
	struct nt_subnet s;

	if (!(r->flags & NETTRACE_RT_SRC_LEN) ||
	    !nt_subnet_of(&s, r->src.family, r->src_len, r->src.b, r->dst.b))
		return;
	snprintf(len, sizeof(len), "/%u", r->src_len);
	put_and(v, &r->src, len, &s, s.src);
	put_and(v, &r->dst, len, &s, s.dst);
	put(v, 6,
	    s.same ? _("equal: the destination is in the source's own subnet") :
		     _("not equal: the destination is outside of the source's own subnet"),
	    NT_ROLE_CAUSE);
}

static void show_entry(const struct nt_view *v, const struct nt_route *r)
{
	char net[NT_ADDR_TEXT + 4], table[16], proto[16], scope[16], text[256];

	if (!(r->flags & NETTRACE_RT_FIB))
		return;
	snprintf(text, sizeof(text),
		 _("decided by table %s: entry %s%s, installed by %s, scope %s"),
		 nt_rt_table_name(r->table, table, sizeof(table)),
		 nt_describe_net(net, sizeof(net), r->dst.family, r->dst.b, r->match_len),
		 r->match_len ? "" : _(" (default)"),
		 nt_rt_proto_name(r->rt_proto, proto, sizeof(proto)),
		 nt_rt_scope_name(r->rt_scope, scope, sizeof(scope)));
	put(v, 6, text, NT_ROLE_PLAIN);
}

static void show_next(const struct nt_view *v, const struct nt_route *r)
{
	const struct nt_addr *next = r->gateway.family ? &r->gateway : &r->dst;
	bool six = next->family == NETTRACE_IPV6;
	char ip[NT_ADDR_TEXT], text[256];

	nt_describe_addr(ip, sizeof(ip), next);
	snprintf(
		text, sizeof(text),
		r->gateway.family ?
			_("next hop %s (gateway): its MAC address is what %s has to find") :
			_("next hop %s (the destination itself): its MAC address is what %s has to find"),
		ip, six ? _("neighbour discovery") : "ARP");
	put(v, 6, text, NT_ROLE_PLAIN);
}

void nt_show_route(const struct nt_view *v, const struct nt_route *r)
{
	char text[96];

	const unsigned int other = NETTRACE_RT_LOCAL | NETTRACE_RT_BROADCAST |
				   NETTRACE_RT_MULTICAST;
	bool unicast = !(r->flags & other);

	if (unicast)
		show_subnet(v, r);
	show_entry(v, r);
	if (unicast)
		show_next(v, r);
	if (!r->mtu)
		return;
	snprintf(text, sizeof(text), _("MTU of the path: %" PRIu32 " bytes"), r->mtu);
	put(v, 6, text, NT_ROLE_DIM);
}
