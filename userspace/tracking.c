// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracking.c - ask conntrack for what is shown: see tracking.h
 *
 * Newest first: where two conversations had the same addresses one after the other, the
 * entry is the later one's.  A conversation as it is between destination and source NAT
 * is in no entry as a tuple; it is found in the entries of those on both sides.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "conntrack.h"
#include "i18n.h"
#include "netns.h"
#include "text.h"
#include "tracking.h"

#define TABLES	 256 /* namespaces with a socket open */
#define ARROWS	 64  /* of a conversation that are looked at for where it was sighted */
#define SEARCHED 4096

/* a namespace's */
struct table {
	uint16_t source;
	enum nt_ct_outcome outcome; /* FOUND: it can be asked */
	struct nt_conntrack *ct;
};

/* an answer, until all are there */
struct answer {
	const struct nt_conv *c;
	struct nt_conv_ct is;
};

struct asking {
	const struct nt_session *s;
	bool (*shows)(const void *arg, const struct nt_conv *c);
	const void *arg;
	enum nt_ct_outcome ready;
	struct nt_error why; /* it is not */
	bool told;
	int64_t now;
	struct table table[TABLES];
	size_t ntable;
	struct answer *answer;
	size_t n, left_out, questions;
};

static void tell(const char *netns, const struct nt_error *err)
{
	char name[256];

	nt_text_escape(name, sizeof(name), netns, SIZE_MAX / 2);
	fprintf(stderr, "nettrace: %s%s%s\n", name, *name ? ": " : "", err->text);
}

/* said of a namespace's table once, when it is met */
static void open_table(struct asking *k, struct table *t)
{
	const struct nt_cli *cli = k->s->cli;
	const struct nt_stream *st = &k->s->src->stream[t->source];
	struct nt_error err = { "" };
	int nsfd, ret;

	t->outcome = NT_CT_GONE;
	if (st->ended || nt_netns_find(st->netns, cli->netns, cli->nnetns, &nsfd)) {
		nt_error_set(&err, -ESRCH,
			     _("conntrack is not asked: this network namespace has ended"));
		tell(st->name, &err);
		return;
	}
	ret = nt_conntrack_open(&t->ct, nsfd, &err);
	if (nsfd >= 0)
		close(nsfd);
	t->outcome = ret == -EPERM ? NT_CT_NO_RIGHT : ret ? NT_CT_FAILED : NT_CT_FOUND;
	if (ret)
		tell(st->name, &err);
}

static struct table *table_of(struct asking *k, uint16_t source)
{
	struct table *t;
	size_t i;

	for (i = 0; i < k->ntable; i++)
		if (k->table[i].source == source)
			return &k->table[i];
	if (k->ntable == TABLES)
		return NULL;
	t = &k->table[k->ntable++];
	memset(t, 0, sizeof(*t));
	t->source = source;
	t->outcome = k->ready;
	if (k->ready == NT_CT_FOUND)
		open_table(k, t);
	return t;
}

/* an earlier one with these very addresses was not this entry's connection */
static bool used_again(const struct asking *k, const struct nt_conv *c, const struct nt_conv_ct *is)
{
	size_t i;

	for (i = 0; i < k->n; i++) {
		const struct answer *a = &k->answer[i];

		if (a->is.outcome == NT_CT_FOUND && a->is.source == is->source &&
		    a->is.ct.id == is->ct.id && a->c != c &&
		    nt_ct_places(&a->is.ct, a->c, NULL) == nt_ct_places(&is->ct, c, NULL))
			return true;
	}
	return false;
}

static void ask_table(struct asking *k, struct table *t, const struct nt_conv *c,
		      struct nt_conv_ct *is)
{
	struct nt_error err = { "" };
	struct nt_ct_tuple tuple;
	int from_server, ret = -ENOENT;

	for (from_server = 0; ret == -ENOENT && from_server < 2; from_server++) {
		nt_ct_asked(&tuple, c, from_server);
		ret = nt_conntrack_get(t->ct, &tuple, &is->ct, &err);
		k->questions++;
	}
	is->outcome = ret ? NT_CT_NONE : NT_CT_FOUND;
	if (!ret && used_again(k, c, is))
		is->outcome = NT_CT_NONE;
	if (!ret || ret == -ENOENT)
		return;
	t->outcome = is->outcome = ret == -EPERM ? NT_CT_NO_RIGHT : NT_CT_FAILED;
	tell(k->s->src->stream[t->source].name, &err);
}

static void ask(struct asking *k, const struct nt_conv *c, uint16_t source)
{
	struct answer *a = &k->answer[k->n];
	struct table *t;

	if (k->n == NT_TRACKING_MAX || k->questions >= NT_TRACKING_MAX) {
		k->left_out++;
		return;
	}
	t = table_of(k, source);
	if (!t) {
		k->left_out++;
		return;
	}
	*a = (struct answer){
		.c = c,
		.is = { .t = k->now, .source = source, .outcome = t->outcome },
	};
	if (t->outcome == NT_CT_FOUND)
		ask_table(k, t, c, &a->is);
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
static void ask_all(struct asking *k, const struct nt_conv *c)
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

static bool wanted(const struct asking *k, const struct nt_conv *c)
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
static void between(struct asking *k)
{
	size_t i, j;

	for (i = 0; i < k->n; i++) {
		struct answer *a = &k->answer[i];

		for (j = 0; a->is.outcome == NT_CT_NONE && j < k->n; j++) {
			const struct answer *b = &k->answer[j];

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

/* the conversation on the other side of a translation that the entry has */
static uint32_t other_of(const struct asking *k, const struct answer *a)
{
	size_t n = nt_model_nconv(k->s->model), i;
	unsigned int here = nt_ct_places(&a->is.ct, a->c, NULL);

	if (!nt_ct_translates(&a->is.ct, 0) && !nt_ct_translates(&a->is.ct, 1))
		return 0;
	for (i = n; i > 0 && n - i < SEARCHED; i--) {
		const struct nt_conv *c = nt_model_conv(k->s->model, i - 1);
		unsigned int there = nt_ct_places(&a->is.ct, c, NULL);

		if (c != a->c && there & ~here & (NT_CT_CLIENT_SIDE | NT_CT_SERVER_SIDE))
			return c->id;
	}
	return 0;
}

/*
 * The conversation on the other side, where this namespace has sighted nothing of it: a
 * router whose PRE_ROUTING is not looked at.  The entry has its very addresses.
 */
static int give_other(struct asking *k, const struct answer *a)
{
	const struct nt_conv *o = nt_model_conv_of(k->s->model, a->is.other);
	struct nt_conv_ct is = a->is;

	if (!o || nt_conv_ct(o, is.source))
		return 0;
	is.other = a->c->id;
	return nt_model_ct(k->s->model, o->id, &is);
}

/* what is said beside a conversation; that there is no entry, where somebody asks for it */
static void give(struct asking *k)
{
	bool all = k->s->cli->conntrack == NT_ALWAYS;
	size_t i;
	int side, err = 0;

	for (i = 0; i < k->n; i++) {
		struct answer *a = &k->answer[i];
		bool nat = false;

		for (side = 0; side < 2; side++)
			nat = nat ||
			      (a->c->nat[side].conv && a->c->nat[side].source == a->is.source);
		if (a->is.outcome == NT_CT_FOUND)
			a->is.other = other_of(k, a);
		else if (a->is.outcome == NT_CT_NONE && !all && !nat)
			continue;
		if (nat && k->ready != NT_CT_FOUND)
			k->told = true;
		err |= nt_model_ct(k->s->model, a->c->id, &a->is) == -ENOMEM;
	}
	for (i = 0; i < k->n; i++)
		if (k->answer[i].is.outcome == NT_CT_FOUND && k->answer[i].is.other)
			err |= give_other(k, &k->answer[i]) == -ENOMEM;
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

static void tell_left_out(const struct asking *k)
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

void nt_tracking_ask(const struct nt_session *s,
		     bool (*shows)(const void *arg, const struct nt_conv *c), const void *arg)
{
	struct asking *k;
	struct timespec ts;
	size_t i;

	if (nothing_to_ask(s))
		return;
	k = calloc(1, sizeof(*k));
	if (k)
		k->answer = calloc(NT_TRACKING_MAX, sizeof(*k->answer));
	if (!k || !k->answer) {
		free(k);
		fputs(_("nettrace: out of memory\n"), stderr);
		return;
	}
	k->s = s;
	k->shows = shows;
	k->arg = arg;
	k->ready = nt_conntrack_ready(NULL, &k->why);
	if (k->ready == NT_CT_NOT_LOADED && s->cli->conntrack != NT_ALWAYS)
		goto out; /* the common case: nobody tracks, and there is no NAT */
	clock_gettime(CLOCK_REALTIME, &ts);
	k->now = ts.tv_sec * 1000000000LL + ts.tv_nsec;
	for (i = nt_model_nconv(s->model); i > 0; i--)
		if (wanted(k, nt_model_conv(s->model, i - 1)))
			ask_all(k, nt_model_conv(s->model, i - 1));
	between(k);
	give(k);
	if (k->ready != NT_CT_FOUND && (k->told || s->cli->conntrack == NT_ALWAYS))
		tell("", &k->why);
	tell_left_out(k);
	for (i = 0; i < k->ntable; i++)
		nt_conntrack_close(k->table[i].ct);
out:
	free(k->answer);
	free(k);
}
