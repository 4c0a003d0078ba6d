// SPDX-License-Identifier: GPL-2.0-only
/*
 * tracking_table.c - ask the table of one namespace: see tracking_priv.h
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "netns.h"
#include "text.h"
#include "tracking_priv.h"

void nt_tracking_tell(const char *netns, const struct nt_error *err)
{
	char name[256];

	nt_text_escape(name, sizeof(name), netns, SIZE_MAX / 2);
	fprintf(stderr, "nettrace: %s%s%s\n", name, *name ? ": " : "", err->text);
}

/* said of a namespace's table once, when it is met */
static void open_table(struct nt_tracking *k, struct nt_table *t)
{
	const struct nt_cli *cli = k->s->cli;
	const struct nt_stream *st = &k->s->src->stream[t->source];
	struct nt_error err = { "" };
	int nsfd, ret;

	t->outcome = NT_CT_GONE;
	if (st->ended || nt_netns_find(st->netns, cli->netns, cli->nnetns, &nsfd)) {
		nt_error_set(&err, -ESRCH,
			     _("conntrack is not asked: this network namespace has ended"));
		nt_tracking_tell(st->name, &err);
		return;
	}
	ret = nt_conntrack_open(&t->ct, nsfd, &err);
	if (nsfd >= 0)
		close(nsfd);
	t->outcome = ret == -EPERM ? NT_CT_NO_RIGHT : ret ? NT_CT_FAILED : NT_CT_FOUND;
	if (ret)
		nt_tracking_tell(st->name, &err);
}

struct nt_table *nt_table_of(struct nt_tracking *k, uint16_t source)
{
	struct nt_table *t;
	size_t i;

	for (i = 0; i < k->ntable; i++)
		if (k->table[i].source == source)
			break;
	if (i < k->ntable) {
		t = &k->table[i];
		if (t->outcome == NT_CT_FOUND && !t->ct)
			open_table(k, t);
		return t;
	}
	if (k->ntable == NT_TABLES)
		return NULL;
	t = &k->table[k->ntable++];
	memset(t, 0, sizeof(*t));
	t->source = source;
	t->outcome = k->ready;
	if (k->ready == NT_CT_FOUND)
		open_table(k, t);
	return t;
}

void nt_table_ask(struct nt_tracking *k, struct nt_table *t, const struct nt_conv *c,
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
	if (!ret || ret == -ENOENT)
		return;
	t->outcome = is->outcome = ret == -EPERM ? NT_CT_NO_RIGHT : NT_CT_FAILED;
	nt_tracking_tell(k->s->src->stream[t->source].name, &err);
}

static bool belongs(const void *arg, const struct nt_ct *entry)
{
	return nt_ct_places(entry, arg, NULL) != NT_CT_NOWHERE;
}

/* true: an empty table has no entry, and a long one is not looked through */
static bool is_over(struct nt_tracking *k, struct nt_table *t, struct nt_conv_ct *is,
		    struct nt_error *err, int *ret)
{
	uint32_t n = 0;

	*ret = nt_conntrack_count(t->ct, &n, err);
	if (*ret || !n)
		return true;
	if (n <= NT_CONNTRACK_LONG && !t->no_walk && k->walks < NT_TRACKING_WALKS)
		return false;
	is->outcome = NT_CT_UNSEARCHED;
	if (n > NT_CONNTRACK_LONG && !t->no_walk) {
		nt_error_set(
			err, -EFBIG,
			_("conntrack has %u entries, too many to be looked through: those of zones are not found, nor those of packets between two translations"),
			n);
		nt_tracking_tell(k->s->src->stream[t->source].name, err);
	}
	t->no_walk = t->no_walk || n > NT_CONNTRACK_LONG;
	return true;
}

/*
 * A client's packet has its source in the one tuple, before translation or not; a
 * server's in the other.  Who is who is not known where the trace began later.
 */
void nt_table_walk(struct nt_tracking *k, struct nt_table *t, const struct nt_conv *c,
		   struct nt_conv_ct *is)
{
	unsigned int i, ways = c->opened == NT_OPEN_HANDSHAKE ? 2 : 4;
	struct nt_error err = { "" };
	struct nt_ct_walk w = { 0 };
	struct nt_ct_tuple tuple;
	int ret;

	if (!is_over(k, t, is, &err, &ret)) {
		for (i = 0; !ret && !w.n && i < ways; i++) {
			bool reply = i & 1, turned = i & 2;

			nt_ct_asked(&tuple, c, reply != turned);
			ret = nt_conntrack_walk(t->ct, &tuple, reply, belongs, c, &w, &err);
			k->walks++;
		}
	}
	if (!ret && w.n) {
		is->outcome = w.n > 1 ? NT_CT_SEVERAL : NT_CT_FOUND;
		is->ct = w.entry;
	}
	if (!ret)
		return;
	t->no_walk = true; /* asked by addresses it may still be */
	is->outcome = NT_CT_UNSEARCHED;
	nt_tracking_tell(k->s->src->stream[t->source].name, &err);
}
