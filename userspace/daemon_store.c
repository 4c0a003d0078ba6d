// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_store.c - what nettraced keeps: events in bounded memory
 *
 * Purpose, honesty, memory, context: daemon_store.h.
 *
 * Each event is in the list of all, in the order of arrival, and in that of its
 * conversation.  Conversations are in one of three lists by what can be expected
 * of them, the longest silent first: an event moves its own to the end.
 *
 * A SYN costs its sender nothing.  So those that never got beyond it have a share of
 * the memory and push out nobody else: a flood of them leaves what really happened.
 */
#include <malloc.h>
#include <stdlib.h>
#include <string.h>

#define HASH_NONFATAL_OOM 1
#include "daemon_store_priv.h"

#define OTHER_SHARE    8  /* of the memory: for what is in no conversation */
#define HALF_SHARE     8  /* for all that are not open yet, or never were */
#define LISTENER_SHARE 16 /* for what listeners did */
#define CONV_SHARE     4  /* for one conversation */

/* what the allocator spends on it */
static size_t size_of(void *p)
{
	return malloc_usable_size(p) + sizeof(size_t);
}

void *ntd_take(struct ntd_store *s, size_t size)
{
	void *p = calloc(1, size);

	if (p)
		s->n.bytes += size_of(p);
	return p;
}

void ntd_give(struct ntd_store *s, void *p)
{
	if (p)
		s->n.bytes -= size_of(p);
	free(p);
}

static size_t weight_of(struct ntd_conv *conv)
{
	return conv->bytes + size_of(conv);
}

/* ---- letting go ------------------------------------------------------------- */

/* out of the list of all; the conversation's is the caller's */
static void drop_node(struct ntd_store *s, struct ntd_node *node, struct ntd_node *cut)
{
	uint64_t n = ntd_weight(&node->e);

	ntd_cursors_lose(s, node, cut);
	if (cut)
		cut->e.rec.gap.lost += n;
	else
		ntd_tally_event(s, &s->evicted, &node->e, n);
	if (node->e.rec.hdr.type != NETTRACE_GAP) {
		s->n.events--;
		s->n.evicted++;
		s->n.trimmed += cut != NULL;
	}
	s->held[node->e.stream]--;
	DL_DELETE(s->all, node);
	ntd_give(s, node);
}

/* an event of so many bytes leaves @conv */
static void shrink(struct ntd_store *s, struct ntd_conv *conv, size_t bytes)
{
	conv->bytes -= bytes;
	conv->n--;
	if (conv->rank == NTD_HALF)
		s->half -= bytes;
}

static void drop_first(struct ntd_store *s, struct ntd_conv *conv)
{
	struct ntd_node *node = conv->first;

	conv->first = node->cnext;
	if (!conv->first)
		conv->last = NULL;
	shrink(s, conv, size_of(node));
	if (conv->cut == node)
		conv->cut = NULL;
	drop_node(s, node, NULL);
}

static size_t table_bytes(const struct ntd_store *s)
{
	const struct UT_hash_table *t = s->conv ? s->conv->hh.tbl : NULL;

	return t ? sizeof(*t) + t->num_buckets * sizeof(*t->buckets) : 0;
}

static void enter(struct ntd_store *s, struct ntd_conv *conv, enum ntd_rank rank)
{
	conv->rank = rank;
	DL_APPEND(s->rank[rank], conv);
	if (rank == NTD_HALF)
		s->half += weight_of(conv);
}

static void leave(struct ntd_store *s, struct ntd_conv *conv)
{
	DL_DELETE(s->rank[conv->rank], conv);
	if (conv->rank == NTD_HALF)
		s->half -= weight_of(conv);
}

static void drop_empty(struct ntd_store *s, struct ntd_conv *conv)
{
	size_t before = table_bytes(s);

	leave(s, conv);
	HASH_DEL(s->conv, conv);
	s->n.bytes += table_bytes(s) - before;
	s->n.conversations--;
	ntd_give(s, conv);
}

static void evict_conv(struct ntd_store *s, struct ntd_conv *conv)
{
	while (conv->first)
		drop_first(s, conv);
	drop_empty(s, conv);
	s->n.evicted_conversations++;
}

/* the longest silent of the lowest rank, but not @keep */
static struct ntd_conv *dispensable(const struct ntd_store *s, const struct ntd_conv *keep)
{
	int i;

	for (i = 0; i < NTD_RANKS; i++) {
		struct ntd_conv *conv = s->rank[i];

		if (conv && conv == keep)
			conv = conv->next;
		if (conv)
			return conv;
	}
	return NULL;
}

static void make_room(struct ntd_store *s, size_t need, const struct ntd_conv *keep)
{
	struct ntd_conv *conv;

	while (s->other.first && s->other.bytes > s->n.limit / OTHER_SHARE)
		drop_first(s, &s->other);
	while (s->listener.first && s->listener.bytes > s->n.limit / LISTENER_SHARE)
		drop_first(s, &s->listener);
	while (s->half > s->n.limit / HALF_SHARE && s->rank[NTD_HALF] != keep)
		evict_conv(s, s->rank[NTD_HALF]);
	while (s->n.bytes + need > s->n.limit) {
		conv = dispensable(s, keep);
		if (conv)
			evict_conv(s, conv);
		else if (s->other.first)
			drop_first(s, &s->other);
		else if (s->listener.first)
			drop_first(s, &s->listener);
		else
			break;
	}
}

/*
 * A conversation that is too long: its beginning stays, the event behind it
 * becomes a gap, and that grows over those that follow.
 */
static void trim(struct ntd_store *s, struct ntd_conv *conv)
{
	struct ntd_node *node, *cut = conv->cut;
	union nettrace_rec gap = { .gap = { .hdr = { .type = NETTRACE_GAP } } };
	uint32_t i;

	if (!cut) {
		for (i = 0, cut = conv->first; i < NTD_HEAD && cut; i++)
			cut = cut->cnext;
		if (!cut || cut == conv->last)
			return;
		gap.gap.hdr.time = cut->e.rec.hdr.time;
		gap.gap.hdr.seq = cut->e.rec.hdr.seq + 1;
		gap.gap.hdr.cpu = cut->e.rec.hdr.cpu;
		gap.gap.lost = 1;
		cut->e.rec = gap;
		cut->e.pad = 0;
		conv->cut = cut;
		s->n.events--;
		s->n.evicted++;
		s->n.trimmed++;
	}
	while (conv->bytes > s->n.limit / CONV_SHARE && cut->cnext && cut->cnext != conv->last) {
		node = cut->cnext;
		cut->cnext = node->cnext;
		shrink(s, conv, size_of(node));
		drop_node(s, node, cut);
	}
}

/* ---- adding ------------------------------------------------------------------ */

/* word by word: a quarter of what uthash's own takes, which goes by bytes */
static unsigned int hash_of(const struct ntd_store *s, const struct ntd_key *key)
{
	uint64_t word[sizeof(*key) / sizeof(uint64_t)], h = s->seed;
	unsigned int i;

	memcpy(word, key, sizeof(word));
	for (i = 0; i < sizeof(word) / sizeof(word[0]); i++) {
		h = (h ^ word[i]) * 0xd6e8feb86659fd93u;
		h ^= h >> 32;
	}
	return (unsigned int)h;
}

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
	size_t before = table_bytes(s);

	if (!conv)
		return NULL;
	conv->key = *key;
	HASH_ADD_BYHASHVALUE(hh, s->conv, key, sizeof(conv->key), hash, conv);
	if (!conv->hh.tbl) { /* no memory for the table */
		ntd_give(s, conv);
		return NULL;
	}
	s->n.bytes += table_bytes(s) - before;
	s->n.conversations++;
	enter(s, conv, NTD_OPEN);
	return conv;
}

static void append(struct ntd_store *s, struct ntd_conv *conv, struct ntd_node *node)
{
	node->conv = conv;
	node->cnext = NULL;
	if (conv->last)
		conv->last->cnext = node;
	else
		conv->first = node;
	conv->last = node;
	conv->bytes += size_of(node);
	conv->n++;
	if (conv->rank == NTD_HALF)
		s->half += size_of(node);
}

/* what a socket did before its other end was known is this conversation's */
static void adopt(struct ntd_store *s, struct ntd_conv *conv, const struct nt_event *ev)
{
	struct ntd_conv *early;
	struct ntd_node *node;
	struct ntd_key key;

	ntd_key_socket(ev, &key);
	early = find(s, &key, hash_of(s, &key));
	if (!early)
		return;
	while ((node = early->first)) {
		early->first = node->cnext;
		shrink(s, early, size_of(node));
		append(s, conv, node);
	}
	conv->met |= early->met;
	drop_empty(s, early);
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
	leave(s, conv);
	enter(s, conv, rank);
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
	hash = hash_of(s, &key);
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

/* not cleared: all of it will be written, @n bytes of payload among it */
static struct ntd_node *new_node(struct ntd_store *s, uint32_t n)
{
	struct ntd_node *node = malloc(sizeof(*node) + n);

	if (node)
		s->n.bytes += size_of(node);
	return node;
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
	s->edge = (struct nt_rf_event){ .t = ev->t, .stream = ev->source, .rec = ev->rec };
	make_room(s, sizeof(*node) + n + sizeof(*conv) + 64, NULL);
	node = new_node(s, n);
	conv = node && cell ? place(s, ev) : NULL;
	if (!conv) {
		ntd_give(s, node);
		s->n.evicted += ev->rec.hdr.type != NETTRACE_GAP;
		s->n.no_memory++;
		ntd_tally_event(s, &s->evicted, &s->edge, ntd_weight(&s->edge));
		return;
	}
	node->e = s->edge;
	node->e.pad = n;
	if (n)
		memcpy(node->bytes, ev->bytes, n);
	node->number = s->number++;
	append(s, conv, node);
	arrived(s, node);
	if (conv->bytes > s->n.limit / CONV_SHARE && conv != &s->other && conv != &s->listener)
		trim(s, conv);
	make_room(s, 0, conv);
}

/* ---- the store ---------------------------------------------------------------- */

struct ntd_store *ntd_store_new(size_t limit)
{
	struct ntd_store *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->n.bytes = size_of(s);
	s->seed = (uint64_t)(uintptr_t)s * 0x9e3779b97f4a7c15u;
	s->n.limit = limit < NTD_LIMIT_MIN ? NTD_LIMIT_MIN : limit;
	return s;
}

void ntd_store_free(struct ntd_store *s)
{
	unsigned int i;

	if (!s)
		return;
	while (dispensable(s, NULL))
		evict_conv(s, dispensable(s, NULL));
	while (s->other.first)
		drop_first(s, &s->other);
	while (s->listener.first)
		drop_first(s, &s->listener);
	for (i = 0; i < NT_STREAM_MAX; i++)
		ntd_tally_forget(s, &s->evicted, i);
	free(s);
}

void ntd_store_limit(struct ntd_store *s, size_t limit)
{
	bool less = limit < s->n.limit;

	s->n.limit = limit < NTD_LIMIT_MIN ? NTD_LIMIT_MIN : limit;
	make_room(s, 0, NULL);
	if (less)
		malloc_trim(0);
}

const struct ntd_counts *ntd_store_counts(const struct ntd_store *s)
{
	return &s->n;
}

uint64_t ntd_store_number(const struct ntd_store *s)
{
	return s->number;
}
