// SPDX-License-Identifier: GPL-2.0-only
/*
 * path.c - sightings become a way: see path.h
 *
 * Sightings that follow each other in one namespace are one visit.  What a host is
 * for the packet (sender, router, …) follows from the hooks it passed there, and
 * from that, which hooks it must have passed.
 */
#include <string.h>

#include "i18n.h"
#include "path.h"

#define BIT(hook) (1U << (hook))

/* those of a host that the module always looks at */
#define ALWAYS	  (BIT(NETTRACE_LOCAL_IN) | BIT(NETTRACE_LOCAL_OUT) | BIT(NETTRACE_FORWARD))

#define PATH	  (BIT(NETTRACE_PRE_ROUTING) | BIT(NETTRACE_POST_ROUTING))
#define BRIDGE	  (BIT(NETTRACE_BR_IN) | BIT(NETTRACE_BR_FORWARD) | BIT(NETTRACE_BR_OUT))

_Static_assert(__NETTRACE_HOOK_MAX < 32, "a bit for each hook");

const char *nt_path_role_name(enum nt_path_role role)
{
	static const char *const name[NT_PATH_ROLE_MAX] = {
		[NT_PATH_SENDS] = "sends",	 [NT_PATH_RECEIVES] = "receives",
		[NT_PATH_FORWARDS] = "forwards", [NT_PATH_BOTH] = "sends-and-receives",
		[NT_PATH_BRIDGES] = "bridges",	 [NT_PATH_ENDS] = "ends",
		[NT_PATH_CAPTURE] = "capture",
	};

	return role < NT_PATH_ROLE_MAX ? name[role] : "?";
}

const char *nt_hook_decides(unsigned int hook)
{
	static const char *const text[__NETTRACE_HOOK_MAX] = {
		[NETTRACE_PRE_ROUTING] = N_(
			"It has arrived and is not routed yet. Decided here: destination NAT, and to which tracked connection it belongs."),
		[NETTRACE_LOCAL_IN] = N_(
			"It is for this host. Decided before: the firewall's input rules. Next the socket gets it."),
		[NETTRACE_FORWARD] = N_(
			"It is for another host, and its TTL is lowered by one. Decided before: the firewall's forward rules."),
		[NETTRACE_LOCAL_OUT] = N_(
			"A socket of this host sends it; its route is chosen. Decided next: the firewall's output rules."),
		[NETTRACE_POST_ROUTING] = N_(
			"It is about to leave. Decided before: source NAT. Next: the neighbour's link address, and the device's queue."),
		[NETTRACE_DROPPED] = N_("The kernel threw it away here."),
		[NETTRACE_BR_IN] = N_(
			"A bridge hands the frame to its own host: its link address is the bridge's, or it is for all."),
		[NETTRACE_BR_FORWARD] = N_(
			"A bridge passes the frame on to another port, by the link address alone: no TTL, no route."),
		[NETTRACE_BR_OUT] = N_("A bridge sends a frame of its own host out by a port."),
	};

	return hook < __NETTRACE_HOOK_MAX && text[hook] ? text[hook] : "";
}

/* in which order a host's hooks come; what cannot be told has none */
static unsigned int rank(unsigned int hook)
{
	switch (hook) {
	case NETTRACE_LOCAL_OUT:
		return 1;
	case NETTRACE_PRE_ROUTING:
		return 2;
	case NETTRACE_FORWARD:
		return 3;
	case NETTRACE_POST_ROUTING:
		return 4;
	case NETTRACE_LOCAL_IN:
		return 5;
	default:
		return 0;
	}
}

static unsigned int seen_in(const struct nt_space *s)
{
	unsigned int i, mask = 0;

	for (i = 0; i < s->nstep; i++)
		if (s->step[i].passage == NT_PASSED && s->step[i].hook < __NETTRACE_HOOK_MAX)
			mask |= BIT(s->step[i].hook);
	return mask;
}

enum nt_passage nt_path_passage(const struct nt_space *s, unsigned int hook)
{
	if (hook >= __NETTRACE_HOOK_MAX)
		return NT_NOT_LOOKED;
	if (seen_in(s) & BIT(hook))
		return NT_PASSED;
	return s->looked & BIT(hook) ? NT_NOT_PASSED : NT_NOT_LOOKED;
}

/*
 * At which hooks packets of that namespace are recorded: where one was.  Those of a
 * setting come together (hooks=path, hooks=link).
 */
static unsigned int looked_at(const struct nt_model *m, uint16_t source)
{
	unsigned int mask = ALWAYS, k;
	size_t i, j;

	for (i = 0; i < nt_model_nconv(m); i++) {
		const struct nt_conv *c = nt_model_conv(m, i);

		for (j = 0; j < c->nitem; j++) {
			const struct nt_arrow *a = c->item[j].arrow;

			if (c->item[j].type != NT_ITEM_ARROW)
				continue;
			for (k = 0; k < a->nsight && k < NT_SIGHTINGS_MAX; k++)
				if (a->sight[k].source == source &&
				    a->sight[k].hook < __NETTRACE_HOOK_MAX)
					mask |= BIT(a->sight[k].hook);
		}
	}
	if (mask & PATH)
		mask |= PATH;
	return mask & BRIDGE ? mask | BRIDGE : mask;
}

static enum nt_path_role role_of(unsigned int seen)
{
	if (seen & BIT(NETTRACE_CAPTURE))
		return NT_PATH_CAPTURE;
	if (seen & BIT(NETTRACE_FORWARD))
		return NT_PATH_FORWARDS;
	if (seen & BIT(NETTRACE_LOCAL_OUT) && seen & BIT(NETTRACE_LOCAL_IN))
		return NT_PATH_BOTH;
	if (seen & BIT(NETTRACE_LOCAL_OUT))
		return NT_PATH_SENDS;
	if (seen & BIT(NETTRACE_LOCAL_IN))
		return NT_PATH_RECEIVES;
	if (seen & BIT(NETTRACE_PRE_ROUTING) && seen & BIT(NETTRACE_POST_ROUTING))
		return NT_PATH_FORWARDS;
	if (seen & BRIDGE && !(seen & BIT(NETTRACE_PRE_ROUTING)))
		return NT_PATH_BRIDGES;
	return NT_PATH_ENDS;
}

/* the hooks that it must have passed */
static unsigned int must_pass(enum nt_path_role role)
{
	switch (role) {
	case NT_PATH_SENDS:
		return BIT(NETTRACE_LOCAL_OUT) | BIT(NETTRACE_POST_ROUTING);
	case NT_PATH_RECEIVES:
		return BIT(NETTRACE_PRE_ROUTING) | BIT(NETTRACE_LOCAL_IN);
	case NT_PATH_FORWARDS:
		return BIT(NETTRACE_PRE_ROUTING) | BIT(NETTRACE_FORWARD) |
		       BIT(NETTRACE_POST_ROUTING);
	case NT_PATH_BOTH:
		return BIT(NETTRACE_LOCAL_OUT) | BIT(NETTRACE_POST_ROUTING) |
		       BIT(NETTRACE_PRE_ROUTING) | BIT(NETTRACE_LOCAL_IN);
	case NT_PATH_ENDS:
		return BIT(NETTRACE_PRE_ROUTING);
	default:
		return 0;
	}
}

static void insert(struct nt_space *s, unsigned int at, const struct nt_step *step)
{
	if (s->nstep == NT_PATH_STEPS)
		return;
	memmove(&s->step[at + 1], &s->step[at], (s->nstep - at) * sizeof(*step));
	s->step[at] = *step;
	s->nstep++;
}

/* loopback: what leaves comes in again, so POST_ROUTING is before PRE_ROUTING */
static unsigned int rank_in(const struct nt_space *s, unsigned int hook)
{
	if (s->role == NT_PATH_BOTH && hook == NETTRACE_POST_ROUTING)
		return 1;
	return rank(hook);
}

static void add_missing(struct nt_space *s, unsigned int hook, enum nt_passage passage)
{
	struct nt_step step = { .hook = (uint8_t)hook, .passage = passage };
	unsigned int at = s->nstep;

	while (at > 0 && (rank_in(s, s->step[at - 1].hook) > rank_in(s, hook) ||
			  s->step[at - 1].hook == NETTRACE_DROPPED))
		at--;
	insert(s, at, &step);
}

static void complete(struct nt_space *s, const struct nt_model *m)
{
	unsigned int hook, missing, seen = seen_in(s);

	s->looked = looked_at(m, s->source);
	missing = must_pass(s->role) & ~seen;
	for (hook = 0; hook < __NETTRACE_HOOK_MAX; hook++)
		if (missing & BIT(hook))
			add_missing(s, hook, s->looked & BIT(hook) ? NT_NOT_PASSED : NT_NOT_LOOKED);
}

/* in the order of time, for a drop may come after the delivery */
static void add_sighting(struct nt_path *p, unsigned int as, const struct nt_sighting *g)
{
	struct nt_space *s = p->nspace ? &p->space[p->nspace - 1] : NULL;
	struct nt_step step = { .hook = g->hook, .passage = NT_PASSED, .sight = g, .arrow = as };
	unsigned int at;

	if (!s || s->source != g->source) {
		if (p->nspace == NT_PATH_SPACES) {
			p->left_out++;
			return;
		}
		s = &p->space[p->nspace++];
		s->source = g->source;
	}
	/* room for those that are missing */
	if (s->nstep == NT_PATH_STEPS - 4) {
		p->left_out++;
		return;
	}
	for (at = s->nstep; at > 0 && s->step[at - 1].sight->t > g->t; at--)
		;
	insert(s, at, &step);
}

void nt_path_way(struct nt_path *p, const struct nt_model *m, const struct nt_conv *c,
		 const struct nt_arrow *a)
{
	unsigned int i, k;

	memset(p, 0, sizeof(*p));
	p->nas = 1;
	p->as[0].conv = c;
	p->as[0].arrow = a;
	while (nt_path_nat_before(p, m))
		;
	while (nt_path_nat_after(p, m))
		;
	p->t = p->as[0].arrow->t;
	for (i = 0; i < p->nas; i++) {
		a = p->as[i].arrow;
		for (k = 0; k < a->nsight && k < NT_SIGHTINGS_MAX; k++)
			add_sighting(p, i, &a->sight[k]);
		if (a->nsighted > a->nsight)
			p->left_out += a->nsighted - a->nsight;
	}
	for (i = 0; i < p->nspace; i++)
		p->space[i].role = role_of(seen_in(&p->space[i]));
}

void nt_path_of(struct nt_path *p, const struct nt_model *m, const struct nt_conv *c,
		const struct nt_arrow *a)
{
	unsigned int i;

	nt_path_way(p, m, c, a);
	for (i = 0; i < p->nspace; i++)
		complete(&p->space[i], m);
}
