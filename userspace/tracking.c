// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracking.c - ask conntrack for what is shown: see tracking.h
 *
 * Newest first: where two conversations had the same addresses one after the other, the
 * entry is the later one's.  A conversation as it is between destination and source NAT
 * is in no entry as a tuple; it is found in the entries of those on both sides, or, where
 * no packet of theirs was sighted there, by looking through the table.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "i18n.h"
#include "tracking_priv.h"

#define ARROWS	 64 /* of a conversation that are looked at for where it was sighted */
#define SEARCHED 4096
#define SECOND	 1000000000LL

/* an earlier one with these very addresses was not this entry's connection */
static bool used_again(const struct nt_tracking *k, const struct nt_conv *c,
		       const struct nt_conv_ct *is)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		const struct nt_ct_answer *a = &k->answer[i];

		if (a->is.outcome == NT_CT_FOUND && a->is.source == is->source &&
		    a->is.ct.id == is->ct.id && a->c != c &&
		    nt_ct_places(&a->is.ct, a->c, NULL) == nt_ct_places(&is->ct, c, NULL))
			return true;
	}
	return false;
}

static void ask(struct nt_tracking *k, const struct nt_conv *c, uint16_t source)
{
	struct nt_ct_answer *a = &k->answer[k->n];
	struct nt_table *t;

	if (k->n == NT_TRACKING_MAX || k->questions >= NT_TRACKING_MAX) {
		k->left_out++;
		return;
	}
	t = nt_table_of(k, source);
	if (!t) {
		k->left_out++;
		return;
	}
	*a = (struct nt_ct_answer){
		.c = c,
		.is = { .t = k->now, .source = source, .outcome = t->outcome },
	};
	if (t->outcome == NT_CT_FOUND)
		nt_table_ask(k, t, c, &a->is);
	if (a->is.outcome == NT_CT_FOUND && used_again(k, c, &a->is))
		a->is.outcome = NT_CT_NONE;
	k->n++;
}

static bool can_be_tracked(const struct nt_conv *c)
{
	return c->proto == IPPROTO_TCP || c->proto == IPPROTO_UDP || c->proto == IPPROTO_UDPLITE ||
	       c->proto == IPPROTO_ICMP || c->proto == IPPROTO_ICMPV6;
}

static void add_source(uint16_t *to, unsigned int *n, int source)
{
	unsigned int i;

	for (i = 0; i < *n; i++)
		if (to[i] == source)
			return;
	if (source >= 0 && *n < NT_CONV_CT_MAX)
		to[(*n)++] = (uint16_t)source;
}

/* where it was sighted, where NAT was inferred first */
static void ask_all(struct nt_tracking *k, const struct nt_conv *c)
{
	uint16_t source[NT_CONV_CT_MAX];
	unsigned int n = 0, i, seen = 0;
	size_t at;

	for (i = 0; i < 2; i++)
		if (c->nat[i].conv)
			add_source(source, &n, c->nat[i].source);
	for (at = 0; at < c->nitem && seen < ARROWS; at++) {
		const struct nt_arrow *a = c->item[at].arrow;

		if (c->item[at].type != NT_ITEM_ARROW)
			continue;
		seen++;
		for (i = 0; i < a->nsight; i++)
			add_source(source, &n, a->sight[i].source);
	}
	for (i = 0; i < n; i++)
		ask(k, c, source[i]);
}

static bool wanted(const struct nt_tracking *k, const struct nt_conv *c)
{
	int side;

	if (!can_be_tracked(c))
		return false;
	if (k->shows(k->arg, c))
		return true;
	for (side = 0; side < 2; side++) {
		const struct nt_conv *o =
			c->nat[side].conv ? nt_model_conv_of(k->s->model, c->nat[side].conv) : NULL;

		if (o && k->shows(k->arg, o))
			return true;
	}
	return false;
}

/* those that the table has by the entries of others only */
static void between(struct nt_tracking *k)
{
	size_t i, j;

	for (i = 0; i < k->n; i++) {
		struct nt_ct_answer *a = &k->answer[i];

		for (j = 0; a->is.outcome == NT_CT_NONE && j < k->n; j++) {
			const struct nt_ct_answer *b = &k->answer[j];

			if (b->is.outcome != NT_CT_FOUND || b->is.source != a->is.source ||
			    nt_ct_places(&b->is.ct, a->c, NULL) != NT_CT_BETWEEN)
				continue;
			a->is = b->is;
			a->is.other = 0;
			if (used_again(k, a->c, &a->is))
				a->is.outcome = NT_CT_NONE;
		}
	}
}

/* those that the table has of a zone, or not under these addresses */
static void walk(struct nt_tracking *k)
{
	struct nt_ct_answer *a;
	struct nt_table *t;

	for (a = k->answer; a < k->answer + k->n; a++) {
		if (a->is.outcome != NT_CT_NONE)
			continue;
		t = nt_table_of(k, a->is.source);
		if (!t || t->outcome != NT_CT_FOUND)
			continue;
		nt_table_walk(k, t, a->c, &a->is);
		if (a->is.outcome == NT_CT_FOUND && used_again(k, a->c, &a->is))
			a->is.outcome = NT_CT_NONE;
	}
}

/* the conversation on the other side of a translation that the entry has */
static uint32_t other_of(const struct nt_tracking *k, const struct nt_conv *c,
			 const struct nt_ct *ct)
{
	size_t n = nt_model_nconv(k->s->model), i;
	unsigned int here = nt_ct_places(ct, c, NULL);

	if (!nt_ct_translates(ct, 0) && !nt_ct_translates(ct, 1))
		return 0;
	for (i = n; i > 0 && n - i < SEARCHED; i--) {
		const struct nt_conv *o = nt_model_conv(k->s->model, i - 1);

		if (o != c &&
		    nt_ct_places(ct, o, NULL) & ~here & (NT_CT_CLIENT_SIDE | NT_CT_SERVER_SIDE))
			return o->id;
	}
	return 0;
}

/*
 * The conversations on the other sides, where this namespace has sighted nothing of them:
 * a router whose PRE_ROUTING is not looked at.  The entry has their very addresses.  The
 * newest one on each side.
 */
static int give_others(struct nt_tracking *k, const struct nt_ct_answer *a)
{
	size_t n = nt_model_nconv(k->s->model), i;
	unsigned int left = NT_CT_CLIENT_SIDE | NT_CT_SERVER_SIDE;
	struct nt_conv_ct is = a->is;
	int err = 0;

	left &= ~nt_ct_places(&is.ct, a->c, NULL);
	for (i = n; left && err != -ENOMEM && i > 0 && n - i < SEARCHED; i--) {
		const struct nt_conv *o = nt_model_conv(k->s->model, i - 1);
		unsigned int there = o == a->c ? 0 : nt_ct_places(&is.ct, o, NULL);

		if (!(there & left))
			continue;
		left &= ~there;
		if (nt_conv_ct(o, is.source))
			continue;
		is.other = other_of(k, o, &is.ct);
		err = nt_model_ct(k->s->model, o->id, &is);
	}
	return err;
}

/* what is said beside a conversation; that there is no entry, where somebody asks for it */
static void give(struct nt_tracking *k)
{
	bool all = k->s->cli->conntrack == NT_ALWAYS;
	size_t i;
	int side, err = 0;

	for (i = 0; i < k->n; i++) {
		struct nt_ct_answer *a = &k->answer[i];
		bool nat = false;

		for (side = 0; side < 2; side++)
			nat = nat ||
			      (a->c->nat[side].conv && a->c->nat[side].source == a->is.source);
		if (a->is.outcome == NT_CT_FOUND)
			a->is.other = other_of(k, a->c, &a->is.ct);
		else if ((a->is.outcome == NT_CT_NONE || a->is.outcome == NT_CT_UNSEARCHED) &&
			 !all && !nat)
			continue;
		if (nat && k->ready != NT_CT_FOUND)
			k->told = true;
		err |= nt_model_ct(k->s->model, a->c->id, &a->is) == -ENOMEM;
	}
	for (i = 0; i < k->n; i++)
		if (k->answer[i].is.outcome == NT_CT_FOUND && k->answer[i].is.other)
			err |= give_others(k, &k->answer[i]) == -ENOMEM;
	if (err)
		fputs(_("nettrace: out of memory\n"), stderr);
}

static bool nothing_to_ask(const struct nt_session *s)
{
	const struct nt_cli *cli = s->cli;

	if (cli->conntrack == NT_NEVER || (!cli->file && !cli->daemon))
		return cli->conntrack == NT_NEVER;
	if (cli->conntrack == NT_ALWAYS)
		fputs(_("nettrace: conntrack is not asked: its table has what is now, and this is what was; without --read and --daemon it is asked\n"),
		      stderr);
	return true;
}

static void tell_left_out(const struct nt_tracking *k)
{
	if (!k->left_out)
		return;
	fprintf(stderr,
		ngettext(
			"nettrace: conntrack was not asked for %zu conversation of one namespace more: name those you want (--conv)\n",
			"nettrace: conntrack was not asked for %zu conversations of one namespace each more: name those you want (--conv)\n",
			k->left_out),
		k->left_out);
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

struct nt_tracking *nt_tracking_open(const struct nt_session *s)
{
	struct nt_tracking *k;

	if (nothing_to_ask(s))
		return NULL;
	k = calloc(1, sizeof(*k));
	if (k)
		k->answer = calloc(NT_TRACKING_MAX, sizeof(*k->answer));
	if (!k || !k->answer) {
		free(k);
		fputs(_("nettrace: out of memory\n"), stderr);
		return NULL;
	}
	k->s = s;
	return k;
}

/* false: the common case: nobody tracks, and there is no NAT */
static bool is_ready(struct nt_tracking *k)
{
	k->ready = nt_conntrack_ready(NULL, &k->why);
	k->now = now_ns();
	return k->ready != NT_CT_NOT_LOADED || k->s->cli->conntrack == NT_ALWAYS;
}

/* once */
static void tell_why(struct nt_tracking *k)
{
	if (k->ready == NT_CT_FOUND || k->said)
		return;
	if (!k->told && k->s->cli->conntrack != NT_ALWAYS)
		return;
	k->said = true;
	nt_tracking_tell("", &k->why);
}

void nt_tracking_close(struct nt_tracking *k)
{
	size_t i;

	if (!k)
		return;
	tell_left_out(k);
	for (i = 0; i < k->ntable; i++)
		nt_conntrack_close(k->table[i].ct);
	free(k->answer);
	free(k);
}

void nt_tracking_ask(const struct nt_session *s,
		     bool (*shows)(const void *arg, const struct nt_conv *c), const void *arg)
{
	struct nt_tracking *k = nt_tracking_open(s);
	size_t i;

	if (k && is_ready(k)) {
		k->shows = shows;
		k->arg = arg;
		for (i = nt_model_nconv(s->model); i > 0; i--)
			if (wanted(k, nt_model_conv(s->model, i - 1)))
				ask_all(k, nt_model_conv(s->model, i - 1));
		between(k);
		walk(k);
		give(k);
		tell_why(k);
	}
	nt_tracking_close(k);
}

void nt_tracking_conv(struct nt_tracking *k, const struct nt_conv *c)
{
	size_t i;

	if (!k || !can_be_tracked(c))
		return;
	if (!is_ready(k))
		return;
	if (k->now - k->since < 0 || k->now - k->since >= SECOND) {
		k->since = k->now;
		k->questions = 0;
		k->walks = 0;
	}
	k->n = 0;
	ask_all(k, c);
	walk(k);
	give(k);
	tell_why(k);
	/* an open socket would keep its namespace from ending */
	for (i = 0; i < k->ntable; i++) {
		nt_conntrack_close(k->table[i].ct);
		k->table[i].ct = NULL;
	}
}
