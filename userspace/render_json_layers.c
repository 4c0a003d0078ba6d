// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json_layers.c - one packet, opened, as an object of type "layers"
 */
#include "describe.h"
#include "layers.h"
#include "names.h"
#include "render_json.h"

static void set_range(json_t *o, int32_t first, int32_t last)
{
	if (first < 0)
		return;
	json_object_set_new(o, "first", json_integer(first));
	if (last >= first)
		json_object_set_new(o, "last", json_integer(last));
}

static json_t *field(const struct nt_view *v, const struct nt_field *f)
{
	json_t *o = json_pack("{s:s}", "name", f->name);

	set_range(o, f->first, f->last);
	if (f->known == NT_UNRECORDED) {
		json_object_set_new(o, "recorded", json_false());
		return o;
	}
	json_object_set_new(o, "value", json_string(f->value));
	if (f->is_mac)
		nt_json_set_mac_words(v, o, "mac", f->mac);
	if (f->known == NT_CONCLUDED)
		json_object_set_new(o, "basis", json_string(nt_basis_name(NT_INFERRED)));
	return o;
}

static json_t *layer(const struct nt_view *v, const struct nt_layer *a)
{
	json_t *o = json_pack("{s:s,s:s,s:s}", "name", a->name, "osi", nt_osi_range(a->osi),
			      "tcpip", a->tcpip);
	json_t *list = json_array();
	unsigned int i;

	set_range(o, a->off, a->off < 0 || a->len <= 0 ? -1 : a->off + a->len - 1);
	if (a->len >= 0)
		json_object_set_new(o, "length", json_integer(a->len));
	for (i = 0; i < a->nfield; i++)
		json_array_append_new(list, field(v, &a->field[i]));
	json_object_set_new(o, "fields", list);
	if (a->note)
		json_object_set_new(o, "note", json_string(a->note));
	return o;
}

static json_t *place(const struct nt_view *v, const struct nt_sighting *s)
{
	json_t *o = json_object();

	json_object_set_new(o, "t", json_integer(s->t));
	nt_json_set_netns(v, o, s->source);
	json_object_set_new(o, "hook", json_string(nt_hook_name(s->hook)));
	json_object_set_new(o, "dev", nt_json_foreign(s->dev, NETTRACE_NAME_LEN));
	return o;
}

static void set_layers(const struct nt_view *v, json_t *o, const struct nt_layers *l)
{
	json_t *list = json_array();
	unsigned int i;

	json_object_set_new(o, "from", json_string(l->link ? "link" : "network"));
	json_object_set_new(o, "bytes", json_integer(l->bytes));
	if (l->segs > 1)
		json_object_set_new(o, "segs", json_integer(l->segs));
	for (i = 0; i < l->n; i++)
		json_array_append_new(list, layer(v, &l->layer[i]));
	json_object_set_new(o, "layers", list);
}

void nt_json_layers(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a)
{
	json_t *o = json_pack("{s:s,s:I,s:I,s:I,s:s}", "type", "layers", "t", (json_int_t)a->t,
			      "conv", (json_int_t)c->id, "n", (json_int_t)a->n, "dir",
			      a->dir & 1 ? "s>c" : "c>s");
	const struct nt_sighting *link;
	struct nt_layers l;

	link = nt_layers_arrow(&l, a);
	json_object_set_new(o, "at", place(v, nt_packet_sighting(a)));
	if (link)
		json_object_set_new(o, "link_at", place(v, link));
	set_layers(v, o, &l);
	nt_json_emit(v, o);
}

void nt_json_layers_arp(const struct nt_view *v, uint32_t n, const struct nt_arp *arp)
{
	json_t *o = json_pack("{s:s,s:I,s:I}", "type", "layers", "t", (json_int_t)arp->t, "arp",
			      (json_int_t)n);
	struct nt_layers l;

	nt_layers_arp(&l, arp);
	json_object_set_new(o, "at", place(v, &arp->sight[0]));
	set_layers(v, o, &l);
	nt_json_emit(v, o);
}
