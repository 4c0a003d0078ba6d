// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_json_path.c - one packet's way as an object of type "path"
 */
#include "describe.h"
#include "names.h"
#include "path.h"
#include "render_json.h"

static const char *passage(enum nt_passage p)
{
	return p == NT_PASSED ? "sighted" : p == NT_NOT_PASSED ? "not-sighted" : "not-looked-at";
}

static json_t *step(const struct nt_path *p, const struct nt_step *t)
{
	json_t *o =
		json_pack("{s:s,s:s}", "hook", nt_hook_name(t->hook), "seen", passage(t->passage));
	const struct nt_sighting *s = t->sight;
	char mac[18];

	if (!s)
		return o;
	json_object_set_new(o, "t", json_integer(s->t));
	json_object_set_new(o, "dev", nt_json_foreign(s->dev, NETTRACE_NAME_LEN));
	json_object_set_new(o, "ttl", json_integer(s->ttl));
	if (s->in_ifindex)
		json_object_set_new(o, "in_ifindex", json_integer(s->in_ifindex));
	if (s->flags & NETTRACE_PKT_MAC) {
		json_object_set_new(o, "mac_src", json_string(nt_describe_mac(mac, s->mac_src)));
		json_object_set_new(o, "mac_dst", json_string(nt_describe_mac(mac, s->mac_dst)));
	}
	if (p->nas > 1) {
		json_object_set_new(o, "conv", json_integer(p->as[t->arrow].conv->id));
		json_object_set_new(o, "n", json_integer(p->as[t->arrow].arrow->n));
	}
	return o;
}

static json_t *space(const struct nt_view *v, const struct nt_path *p, const struct nt_space *s)
{
	json_t *o = json_pack("{s:s}", "role", nt_path_role_name(s->role)), *list = json_array();
	unsigned int i;

	nt_json_set_netns(v, o, s->source);
	for (i = 0; i < s->nstep; i++)
		json_array_append_new(list, step(p, &s->step[i]));
	json_object_set_new(o, "hooks", list);
	return o;
}

static json_t *nat(const struct nt_view *v, const struct nt_nat *n)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:s}", "part", n->dst ? "destination" : "source",
			      "before", nt_hook_name(n->before), "after", nt_hook_name(n->after),
			      "basis", nt_basis_name(NT_INFERRED));

	nt_json_set_netns(v, o, n->source);
	json_object_set_new(o, "from", nt_json_addr(&n->from));
	json_object_set_new(o, "to", nt_json_addr(&n->to));
	return o;
}

void nt_json_path(const struct nt_view *v, const struct nt_path *p)
{
	const struct nt_arrow *a = p->as[p->asked].arrow;
	json_t *o = json_pack("{s:s,s:I,s:I,s:I,s:s}", "type", "path", "t", (json_int_t)p->t,
			      "conv", (json_int_t)p->as[p->asked].conv->id, "n", (json_int_t)a->n,
			      "dir", a->dir & 1 ? "s>c" : "c>s");
	json_t *list = json_array();
	unsigned int i;

	for (i = 0; i < p->nspace; i++)
		json_array_append_new(list, space(v, p, &p->space[i]));
	json_object_set_new(o, "spaces", list);
	if (p->nas > 1) {
		list = json_array();
		for (i = 0; i + 1 < p->nas; i++)
			json_array_append_new(list, nat(v, &p->nat[i]));
		json_object_set_new(o, "nat", list);
	}
	if (p->left_out)
		json_object_set_new(o, "left_out", json_integer(p->left_out));
	nt_json_emit(v, o);
}
