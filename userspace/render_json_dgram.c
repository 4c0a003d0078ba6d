// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json_dgram.c - objects of type "datagram" and "icmp"
 */
#include <string.h>

#include "describe.h"
#include "names.h"
#include "render_json.h"

/* octets of the datagram, counted from behind its IP header */
static json_t *holes(const struct nt_fragments *f)
{
	json_t *list = json_array(), *o;
	uint32_t from = 0, to = 1;

	while (to && nt_fragments_hole(f, &from, &to)) {
		o = json_pack("{s:I}", "from", (json_int_t)from);
		if (to)
			json_object_set_new(o, "to", json_integer(to));
		json_array_append_new(list, o);
		from = to;
	}
	return list;
}

static json_t *place(const struct nt_view *v, const struct nt_fragments *f)
{
	json_t *o = json_object(), *list = json_array();
	uint32_t i;

	nt_json_set_netns(v, o, f->source);
	json_object_set_new(o, "hook", json_string(nt_hook_name(f->hook)));
	json_object_set_new(o, "dev", nt_json_foreign(f->dev, NETTRACE_NAME_LEN));
	if (f->total)
		json_object_set_new(o, "len", json_integer(f->total));
	json_object_set_new(o, "n", json_integer(f->n));
	json_object_set_new(o, "missing", holes(f));
	for (i = 0; i < f->npiece; i++)
		json_array_append_new(list,
				      json_pack("{s:I,s:I,s:I}", "t", (json_int_t)f->piece[i].t,
						"off", (json_int_t)f->piece[i].off, "len",
						(json_int_t)f->piece[i].len));
	json_object_set_new(o, "pieces", list);
	return o;
}

static void set_fragments(const struct nt_view *v, json_t *o, const struct nt_arrow *a)
{
	const struct nt_fragments *f;
	json_t *list;

	if (!a->frags)
		return;
	list = json_array();
	for (f = a->frags; f; f = f->next)
		json_array_append_new(list, place(v, f));
	json_object_set_new(o, "fragments", list);
}

static json_t *message(const struct nettrace_packet *p)
{
	char word[48], ip[NT_ADDR_TEXT];
	json_t *o = json_object();
	uint8_t addr[16];

	json_object_set_new(o, "type", json_integer(p->icmp_type));
	json_object_set_new(o, "code", json_integer(p->icmp_code));
	json_object_set_new(o, "name",
			    json_string(nt_icmp_word(p->proto, p->icmp_type, p->icmp_code, word,
						     sizeof(word))));
	if (nt_is_echo(p)) {
		json_object_set_new(o, "id", json_integer(p->icmp_id));
		json_object_set_new(o, "seq", json_integer(p->icmp_info));
	}
	if (nt_icmp_mtu(p))
		json_object_set_new(o, "mtu", json_integer(nt_icmp_mtu(p)));
	if (nt_icmp_gateway(p, addr))
		json_object_set_new(
			o, "gateway",
			json_string(nt_describe_ip(ip, sizeof(ip), NETTRACE_IPV4, addr)));
	if (nt_icmp_pointer(p) >= 0)
		json_object_set_new(o, "pointer", json_integer(nt_icmp_pointer(p)));
	if (nt_igmp_group(p, addr))
		json_object_set_new(
			o, "group",
			json_string(nt_describe_ip(ip, sizeof(ip), NETTRACE_IPV4, addr)));
	return o;
}

/* whose packet an error quotes, and which arrow that is */
static void set_about(json_t *o, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	struct nt_addr about = { .family = p->hdr.family, .port = p->inner_dport };
	char name[24], ip[NT_ADDR_TEXT];
	json_t *q;

	memcpy(about.b, p->inner_dst, sizeof(about.b));
	if (p->inner_proto == p->proto) /* an identifier, no port */
		about.port = 0;
	q = nt_json_addr(&about);
	json_object_set_new(q, "proto",
			    json_string(nt_proto_name(p->inner_proto, name, sizeof(name))));
	if (a->about) {
		json_object_set_new(q, "n", json_integer(a->about));
		json_object_set_new(q, "basis", json_string(nt_basis_name(a->about_basis)));
	}
	json_object_set_new(o, "about", q);
	json_object_set_new(o, "from",
			    json_string(nt_describe_ip(ip, sizeof(ip), p->hdr.family, p->src)));
}

static void set_echo(json_t *o, const struct nt_arrow *a)
{
	bool whole;
	int64_t ns = nt_arrow_rtt(a, &whole);

	if (!a->request)
		return;
	json_object_set_new(o, "request", json_integer(a->request));
	if (ns >= 0)
		json_object_set_new(o, whole ? "rtt" : "after", json_integer(ns));
}

json_t *nt_json_datagram(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	bool icmp = nt_is_icmp(p), l4 = p->flags & NETTRACE_PKT_L4;
	json_t *o = nt_json_packet(icmp ? "icmp" : "datagram", c, a);
	char name[24], ip[NT_ADDR_TEXT];

	json_object_set_new(o, "proto", json_string(nt_proto_name(p->proto, name, sizeof(name))));
	if (l4 && !icmp && p->proto != IPPROTO_IGMP) {
		json_object_set_new(o, "sport", json_integer(p->sport));
		json_object_set_new(o, "dport", json_integer(p->dport));
	}
	json_object_set_new(o, "len", json_integer(p->payload));
	json_object_set_new(o, "ttl", json_integer(p->ttl));
	if (icmp)
		json_object_set_new(o, "icmp", message(p));
	else if (l4 && p->proto == IPPROTO_IGMP)
		json_object_set_new(o, "igmp", message(p));
	if (icmp && p->flags & NETTRACE_PKT_ND)
		json_object_set_new(
			o, "nd_target",
			json_string(nt_describe_ip(ip, sizeof(ip), p->hdr.family, p->nd_target)));
	if (icmp && p->flags & NETTRACE_PKT_INNER)
		set_about(o, a);
	set_echo(o, a);
	set_fragments(v, o, a);
	if (a->wire_segs > 1 && p->gso_size)
		json_object_set_new(o, "gso", nt_json_gso(a));
	if (a->app)
		json_object_set_new(o, "app", nt_json_app(a->app));
	json_object_set_new(o, "marks", nt_json_marks(a));
	json_object_set_new(o, "sightings", nt_json_sightings(v, a->sight, a->nsight));
	return o;
}
