// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_store.c - what nettraced keeps: events in bounded memory
 *
 * Purpose, honesty, memory, context: daemon_store.h.
 *
 * Each event is in the list of all, in the order of arrival, and in that of its
 * conversation.  Conversations are in one of four lists by what can be expected
 * of them, the longest silent first: an event moves its own to the end.
 *
 * Who goes when memory is full: daemon_room.c.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon_store_priv.h"

/* ---- adding ------------------------------------------------------------------ */

static struct ntd_conv *find(const struct ntd_store *s, const struct ntd_key *key,
			     unsigned int hash)
{
	struct ntd_conv *conv;

	HASH_FIND_BYHASHVALUE(hh, s->conv, key, sizeof(*key), hash, conv);
	return conv;
}

static struct ntd_conv *new_conv(struct ntd_store *s, const struct ntd_key *key, unsigned int hash)
{
	struct ntd_conv *conv = ntd_take(s, sizeof(*conv));
	size_t before = ntd_table_bytes(s);

	if (!conv)
		return NULL;
	conv->key = *key;
	HASH_ADD_BYHASHVALUE(hh, s->conv, key, sizeof(conv->key), hash, conv);
	if (!conv->hh.tbl) { /* no memory for the table */
		ntd_give(s, conv);
		return NULL;
	}
	s->n.bytes += ntd_table_bytes(s) - before;
	s->n.conversations++;
	ntd_enter(s, conv, NTD_OPEN);
	return conv;
}

static void append(struct ntd_store *s, struct ntd_conv *conv, struct ntd_node *node)
{
	size_t size = ntd_size_of(node);

	node->conv = conv;
	node->cnext = NULL;
	if (conv->last)
		conv->last->cnext = node;
	else
		conv->first = node;
	conv->last = node;
	conv->bytes += size;
	conv->n++;
	if (conv->rank == NTD_HALF)
		s->half += size;
}

/* what a socket did before its other end was known is this conversation's */
static void adopt(struct ntd_store *s, struct ntd_conv *conv, const struct nt_event *ev)
{
	struct ntd_conv *early;
	struct ntd_node *node;
	struct ntd_key key;

	ntd_key_socket(ev, &key);
	early = find(s, &key, ntd_key_hash(&key, s->seed));
	if (!early)
		return;
	while ((node = early->first)) {
		early->first = node->cnext;
		ntd_shrink(s, early, ntd_size_of(node));
		append(s, conv, node);
	}
	conv->met |= early->met;
	ntd_drop_empty(s, early);
}

static void learn(struct ntd_conv *conv, const struct ntd_sign *sign)
{
	if (sign->begins) {
		conv->fin = 0;
		conv->reset = false;
	}
	conv->fin |= sign->fin;
	conv->reset |= sign->reset;
	conv->syn |= sign->syn;
	conv->met |= sign->met;
	if (sign->waits > 0)
		conv->waits++;
	else if (sign->waits < 0 && conv->waits)
		conv->waits--;
}

static void spoken(struct ntd_store *s, struct ntd_conv *conv)
{
	enum ntd_rank rank = NTD_OPEN;

	if (conv->syn && !conv->met)
		rank = NTD_HALF;
	else if (conv->reset || conv->fin == 3)
		rank = conv->waits ? NTD_WAITING : NTD_CLOSED;
	ntd_leave(s, conv);
	ntd_enter(s, conv, rank);
}

/* which list takes it; NULL: no memory */
static struct ntd_conv *place(struct ntd_store *s, const struct nt_event *ev)
{
	struct ntd_conv *conv;
	struct ntd_sign sign;
	struct ntd_key key;
	unsigned int hash;

	switch (ntd_key_of(ev, &key, &sign)) {
	case NTD_OTHER:
		return &s->other;
	case NTD_LISTENER:
		return &s->listener;
	case NTD_TUPLE:
	case NTD_SOCKET:
		break;
	}
	hash = ntd_key_hash(&key, s->seed);
	conv = find(s, &key, hash);
	if (!conv && sign.late)
		return &s->other; /* it was let go, or began before us */
	if (!conv)
		conv = new_conv(s, &key, hash);
	if (!conv)
		return NULL;
	if (key.kind == NTD_TUPLE && sign.sk_id)
		adopt(s, conv, ev);
	learn(conv, &sign);
	spoken(s, conv);
	return conv;
}

static void count_in(struct ntd_store *s, const struct nt_event *ev, struct ntd_cell *cell)
{
	uint64_t lost = ev->rec.hdr.type == NETTRACE_GAP ? ev->rec.gap.lost : 0;

	if (cell && !cell->met) {
		cell->met = true;
		s->n.before += ev->rec.hdr.seq > lost ? ev->rec.hdr.seq - lost : 0;
	}
	if (ev->rec.hdr.type == NETTRACE_GAP)
		s->n.lost += ev->rec.gap.lost;
	else
		s->n.received++;
}

static void arrived(struct ntd_store *s, struct ntd_node *node)
{
	struct ntd_cursor *c;

	DL_APPEND(s->all, node);
	DL_FOREACH(s->cursor, c)
	if (!c->at)
		c->at = node;
	s->n.events += node->e.rec.hdr.type != NETTRACE_GAP;
	s->held[node->e.stream]++;
}

/* an event that there is no memory for */
static void refuse(struct ntd_store *s, const struct nt_event *ev)
{
	struct nt_rf_event e = { .t = ev->t, .stream = ev->source, .rec = ev->rec };

	s->n.evicted += ev->rec.hdr.type != NETTRACE_GAP;
	s->n.no_memory++;
	ntd_tally_event(s, &s->evicted, &e, ntd_weight(&e));
}

void ntd_store_add(struct ntd_store *s, const struct nt_event *ev)
{
	uint32_t n = ev->nbytes < NT_EVENT_BYTES ? ev->nbytes : NT_EVENT_BYTES;
	struct ntd_node *node;
	struct ntd_conv *conv;
	struct ntd_cell *cell;

	if (ev->source >= NT_STREAM_MAX)
		return;
	/* there before it is needed, so that letting go takes no memory */
	cell = ntd_cell(s, &s->evicted, ev->source, ev->rec.hdr.cpu);
	count_in(s, ev, cell);
	s->edge.t = ev->t;
	s->edge.time = ev->rec.hdr.time;
	ntd_make_room(s, sizeof(*node) + n, NULL);
	node = ntd_node_new(s, n);
	conv = node && cell ? place(s, ev) : NULL;
	if (!conv) {
		ntd_give(s, node);
		refuse(s, ev);
		return;
	}
	node->e.t = ev->t;
	node->e.stream = ev->source;
	node->e.pad = n;
	node->e.rec = ev->rec;
	if (n)
		memcpy(node->bytes, ev->bytes, n);
	node->number = s->number++;
	append(s, conv, node);
	arrived(s, node);
	ntd_trim(s, conv);
	ntd_make_room(s, 0, conv);
}

/* ---- the store ---------------------------------------------------------------- */

struct ntd_store *ntd_store_new(size_t limit)
{
	struct ntd_store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->n.bytes = ntd_size_of(s);
	s->seed = (uint64_t)(uintptr_t)s * 0x9e3779b97f4a7c15u;
	s->n.limit = limit < NTD_LIMIT_MIN ? NTD_LIMIT_MIN : limit;
	return s;
}

void ntd_store_free(struct ntd_store *s)
{
	unsigned int i;

	if (!s)
		return;
	ntd_let_all_go(s);
	for (i = 0; i < NT_STREAM_MAX; i++)
		ntd_tally_forget(s, &s->evicted, i);
	free(s);
}

void ntd_store_limit(struct ntd_store *s, size_t limit)
{
	bool less = limit < s->n.limit;

	s->n.limit = limit < NTD_LIMIT_MIN ? NTD_LIMIT_MIN : limit;
	ntd_make_room(s, 0, NULL);
	if (less)
		ntd_give_back(s);
}

const struct ntd_counts *ntd_store_counts(const struct ntd_store *s)
{
	return &s->n;
}

uint64_t ntd_store_number(const struct ntd_store *s)
{
	return s->number;
}
