// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_ct.c - what conntrack has of a conversation: lines below its own, and JSON
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "names.h"
#include "render_json.h"

static void line(const struct nt_view *v, const struct nt_conv *c, const struct nt_conv_ct *ct,
		 int col)
{
	char text[NT_CT_TEXT], name[80];
	struct nt_line l;

	nt_describe_ct(text, sizeof(text), c, ct,
		       nt_view_in_netns(v, ct->source, name, sizeof(name)));
	nt_line_start(&l, nt_view_width(v), v->unicode);
	nt_line_wrap(&l, col, col + 2, text, NT_ROLE_DIM, v->out, v->color);
}

void nt_line_ct(const struct nt_view *v, const struct nt_conv *c, int col, bool nat_only)
{
	unsigned int i;

	for (i = 0; i < c->nct; i++) {
		const struct nt_conv_ct *ct = &c->ct[i];

		if (nat_only && (ct->outcome != NT_CT_FOUND ||
				 (!nt_ct_translates(&ct->ct, 0) && !nt_ct_translates(&ct->ct, 1))))
			continue;
		if (nt_ct_is_drawn(c, ct))
			line(v, c, ct, col);
	}
}

void nt_line_ct_of(const struct nt_view *v, const struct nt_conv *c, unsigned int source, int col)
{
	const struct nt_conv_ct *ct = nt_conv_ct(c, source);

	if (ct && nt_ct_is_drawn(c, ct))
		line(v, c, ct, col);
}

static json_t *tuple(const struct nt_conv *c, const struct nt_ct_tuple *t)
{
	json_t *o = json_object(), *src = nt_json_addr(&t->src), *dst = nt_json_addr(&t->dst);

	if (!nt_has_ports(c)) {
		json_object_del(src, "port");
		json_object_del(dst, "port");
		json_object_set_new(o, "icmp_type", json_integer(t->icmp_type));
		json_object_set_new(o, "icmp_id", json_integer(t->src.port));
	}
	json_object_set_new(o, "src", src);
	json_object_set_new(o, "dst", dst);
	return o;
}

static void set_entry(json_t *o, const struct nt_conv *c, const struct nt_conv_ct *ct)
{
	json_t *status = json_array();
	unsigned int bit;

	json_object_set_new(o, "basis", json_string(nt_basis_name(NT_OBSERVED)));
	json_object_set_new(o, "orig", tuple(c, &ct->ct.orig));
	json_object_set_new(o, "reply", tuple(c, &ct->ct.reply));
	if (ct->ct.has_state)
		json_object_set_new(o, "state", json_string(nt_ct_state_name(ct->ct.state)));
	if (ct->ct.has_timeout)
		json_object_set_new(o, "timeout_s", json_integer(ct->ct.timeout_s));
	for (bit = 0; bit < 32; bit++)
		if (ct->ct.status >> bit & 1 && nt_ct_status_name(bit))
			json_array_append_new(status, json_string(nt_ct_status_name(bit)));
	json_object_set_new(o, "status", status);
	json_object_set_new(o, "id", json_integer(ct->ct.id));
	if (ct->ct.mark)
		json_object_set_new(o, "mark", json_integer(ct->ct.mark));
	if (ct->ct.zone)
		json_object_set_new(o, "zone", json_integer(ct->ct.zone));
	if (ct->other)
		json_object_set_new(o, "conv", json_integer(ct->other));
}

json_t *nt_json_ct(const struct nt_view *v, const struct nt_conv *c)
{
	json_t *list, *o;
	unsigned int i;

	if (!c->nct)
		return NULL;
	list = json_array();
	for (i = 0; i < c->nct; i++) {
		o = json_pack("{s:s,s:I}", "outcome", nt_ct_outcome_name(c->ct[i].outcome), "t",
			      (json_int_t)c->ct[i].t);
		nt_json_set_netns(v, o, c->ct[i].source);
		if (c->ct[i].outcome == NT_CT_FOUND)
			set_entry(o, c, &c->ct[i]);
		json_array_append_new(list, o);
	}
	return list;
}

void nt_json_set_verdict(json_t *o, enum nt_ct_verdict verdict, const struct nt_addr *is,
			 bool ports)
{
	struct nt_addr a;

	json_object_set_new(
		o, "basis",
		json_string(nt_basis_name(verdict == NT_CT_AGREES ? NT_OBSERVED : NT_INFERRED)));
	if (verdict != NT_CT_UNASKED)
		json_object_set_new(o, "conntrack", json_string(nt_ct_verdict_name(verdict)));
	if (verdict != NT_CT_DISAGREES || !is)
		return;
	a = *is;
	if (!ports)
		a.port = 0;
	json_object_set_new(o, "conntrack_has", nt_json_addr(&a));
}
