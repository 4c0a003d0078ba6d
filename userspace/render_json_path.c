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

static json_t *step(const struct nt_view *v, const struct nt_path *p, const struct nt_step *t)
{
	json_t *o =
		json_pack("{s:s,s:s}", "hook", nt_hook_name(t->hook), "seen", passage(t->passage));
	const struct nt_sighting *s = t->sight;

	if (!s)
		return o;
	json_object_set_new(o, "t", json_integer(s->t));
	json_object_set_new(o, "dev", nt_json_foreign(s->dev, NETTRACE_NAME_LEN));
	json_object_set_new(o, "ttl", json_integer(s->ttl));
	if (s->in_ifindex)
		json_object_set_new(o, "in_ifindex", json_integer(s->in_ifindex));
	if (s->flags & NETTRACE_PKT_MAC) {
		nt_json_set_mac(v, o, "mac_src", s->mac_src);
		nt_json_set_mac(v, o, "mac_dst", s->mac_dst);
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
		json_array_append_new(list, step(v, p, &s->step[i]));
	json_object_set_new(o, "hooks", list);
	return o;
}

static json_t *nat(const struct nt_view *v, const struct nt_nat *n)
{
	json_t *o = json_pack("{s:s,s:s,s:s}", "part", n->dst ? "destination" : "source", "before",
			      nt_hook_name(n->before), "after", nt_hook_name(n->after));

	nt_json_set_verdict(o, n->ct, &n->has, true);
	nt_json_set_netns(v, o, n->source);
	json_object_set_new(o, "from", nt_json_addr(&n->from));
	json_object_set_new(o, "to", nt_json_addr(&n->to));
	return o;
}

static json_t *hop(const struct nt_view *v, const struct nt_path *p, const struct nt_hop *h)
{
	json_t *o = json_pack("{s:s,s:I,s:I,s:I}", "role", nt_path_role_name(h->role), "t",
			      (json_int_t)h->t, "ttl_before", (json_int_t)h->ttl_before, "ttl",
			      (json_int_t)h->ttl);
	json_t *devs = json_array(), *list;
	unsigned int i;

	nt_json_set_netns(v, o, h->source);
	for (i = 0; i < h->ndev; i++)
		json_array_append_new(devs, nt_json_foreign(h->dev[i], NETTRACE_NAME_LEN));
	json_object_set_new(o, "devs", devs);
	if (h->link) {
		nt_json_set_mac(v, o, "mac_src", h->link->mac_src);
		nt_json_set_mac(v, o, "mac_dst", h->link->mac_dst);
	}
	if (h->dropped)
		json_object_set_new(o, "dropped", json_true());
	if (!h->nnat)
		return o;
	list = json_array();
	for (i = 0; i < h->nnat; i++) {
		unsigned int as = (unsigned int)(h->nat[i] - p->nat) + 1;
		json_t *n = nat(v, h->nat[i]);

		json_object_set_new(n, "conv", json_integer(p->as[as].conv->id));
		json_object_set_new(n, "n", json_integer(p->as[as].arrow->n));
		json_array_append_new(list, n);
	}
	json_object_set_new(o, "nat", list);
	return o;
}

void nt_json_set_hops(const struct nt_view *v, json_t *o, const struct nt_model *m,
		      const struct nt_conv *c, const struct nt_arrow *a)
{
	json_t *list = json_array();
	struct nt_path p;
	struct nt_hop h;
	unsigned int i;

	nt_path_way(&p, m, c, a);
	for (i = 0; nt_path_hop(&p, i, &h); i++)
		json_array_append_new(list, hop(v, &p, &h));
	json_object_set_new(o, "hops", list);
	if (p.left_out)
		json_object_set_new(o, "hops_left_out", json_integer(p.left_out));
}

static json_t *conv_nat(const struct nt_view *v, const struct nt_conv *c, int side)
{
	const struct nt_conv_nat *n = &c->nat[side];
	struct nt_addr own = c->end[n->end].addr, other = n->addr;
	json_t *o = json_pack("{s:I,s:s,s:s,s:I}", "conv", (json_int_t)n->conv, "side",
			      side ? "server" : "client", "end", n->end ? "server" : "client", "n",
			      (json_int_t)n->n);
	const struct nt_addr *is;
	enum nt_ct_verdict verdict = nt_conv_nat_verdict(c, side, &is);

	nt_json_set_verdict(o, verdict, is, nt_has_ports(c));
	nt_json_set_netns(v, o, n->source);
	if (!nt_has_ports(c))
		own.port = other.port = 0;
	json_object_set_new(o, "from", nt_json_addr(side ? &own : &other));
	json_object_set_new(o, "to", nt_json_addr(side ? &other : &own));
	return o;
}

json_t *nt_json_conv_nat(const struct nt_view *v, const struct nt_conv *c)
{
	json_t *list;
	int side;

	if (!c->nat[0].conv && !c->nat[1].conv)
		return NULL;
	list = json_array();
	for (side = 0; side < 2; side++)
		if (c->nat[side].conv)
			json_array_append_new(list, conv_nat(v, c, side));
	return list;
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
