// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_claim.c - the claims of a lab against the items of its trace
 */
#include <string.h>

#include "lab/lab_match.h"

static json_int_t time_of(const json_t *item)
{
	return json_integer_value(json_object_get(item, "t"));
}

/* items stand in the order of time, and equal times in the order of the list */
static bool precedes(const json_t *items, const json_t *a, const json_t *b)
{
	size_t i;

	if (time_of(a) != time_of(b))
		return time_of(a) < time_of(b);
	for (i = 0; i < json_array_size(items); i++) {
		const json_t *it = json_array_get(items, i);

		if (it == a || it == b)
			return it == a && a != b;
	}
	return false;
}

struct place {
	const json_t *items, *after, *before;
};

static bool in_place(const struct place *p, const json_t *item)
{
	return (!p->after || precedes(p->items, p->after, item)) &&
	       (!p->before || precedes(p->items, item, p->before));
}

static void judge_one(const struct nt_lab_claim *c, const json_t *items, struct nt_lab_bound *bound,
		      struct nt_lab_verdict *v)
{
	struct place p = { .items = items };
	size_t i;

	memset(v, 0, sizeof(*v));
	v->claim = c;
	if (c->after && !(p.after = nt_lab_bound_item(bound, c->after)))
		v->unbound = c->after;
	if (c->before && !(p.before = nt_lab_bound_item(bound, c->before)))
		v->unbound = c->before;
	for (i = 0; !v->unbound && i < json_array_size(items); i++) {
		const json_t *item = json_array_get(items, i);

		bound->it = item;
		if (!nt_lab_match(c->see, item, bound) || !in_place(&p, item))
			continue;
		if (!v->seen++)
			v->first = item;
	}
	v->holds = !v->unbound && v->seen >= c->min && (c->max < 0 || v->seen <= c->max);
	if (!c->as || !v->first || bound->n == NT_LAB_CLAIMS_MAX)
		return;
	bound->row[bound->n].name = c->as;
	bound->row[bound->n++].item = v->first;
}

int nt_lab_judge(const struct nt_lab *lab, const json_t *items, struct nt_lab_verdict *out)
{
	struct nt_lab_bound bound = { .n = 0 };
	int i, wrong = 0;

	for (i = 0; i < lab->nclaim; i++) {
		judge_one(&lab->claim[i], items, &bound, &out[i]);
		wrong += !out[i].holds;
	}
	return wrong;
}
