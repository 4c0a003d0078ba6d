// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_room.c - the memory of what nettraced keeps: who gets it, and who goes
 *
 * Purpose, memory, ownership, context: daemon_store.h.
 *
 * A SYN costs its sender nothing.  So those that never got beyond it have a share of
 * the memory and push out nobody else: a flood of them leaves what really happened.
 */
#include <stdlib.h>

#include "daemon_store_priv.h"

#define OTHER_SHARE    8  /* of the memory: for what is in no conversation */
#define HALF_SHARE     8  /* for all that are not open yet, or never were */
#define LISTENER_SHARE 16 /* for what listeners did */
#define CONV_SHARE     4  /* for one conversation */

/*
 * Nodes that are kept to be used again: where memory is full one goes for each that
 * comes, and the allocator would take an eighth of what an event costs.
 */
#define SPARE_MAX      64

void *ntd_take(struct ntd_store *s, size_t size)
{
	void *p = calloc(1, size);

	if (p)
		s->n.bytes += ntd_size_of(p);
	return p;
}

void ntd_give(struct ntd_store *s, void *p)
{
	if (p)
		s->n.bytes -= ntd_size_of(p);
	free(p);
}

static size_t weight_of(struct ntd_conv *conv)
{
	return conv->bytes + ntd_size_of(conv);
}

/* ---- nodes ------------------------------------------------------------------- */

struct ntd_node *ntd_node_new(struct ntd_store *s, uint32_t n)
{
	struct ntd_node *node = s->spare;

	if (node && !n) {
		s->spare = node->cnext;
		s->nspare--;
		return node;
	}
	node = malloc(sizeof(*node) + n);
	if (node)
		s->n.bytes += ntd_size_of(node);
	return node;
}

static void free_node(struct ntd_store *s, struct ntd_node *node, size_t size)
{
	if (!node->e.pad && s->nspare < SPARE_MAX) {
		node->cnext = s->spare;
		s->spare = node;
		s->nspare++;
		return;
	}
	s->n.bytes -= size;
	free(node);
}

static void free_spare(struct ntd_store *s, uint32_t but)
{
	while (s->nspare > but) {
		struct ntd_node *node = s->spare;

		s->spare = node->cnext;
		s->nspare--;
		ntd_give(s, node);
	}
}

/* ---- letting go ------------------------------------------------------------- */

/* out of the list of all; the conversation's is the caller's */
static void drop_node(struct ntd_store *s, struct ntd_node *node, size_t size, struct ntd_node *cut)
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
	free_node(s, node, size);
}

void ntd_shrink(struct ntd_store *s, struct ntd_conv *conv, size_t bytes)
{
	conv->bytes -= bytes;
	conv->n--;
	if (conv->rank == NTD_HALF)
		s->half -= bytes;
}

static void drop_first(struct ntd_store *s, struct ntd_conv *conv)
{
	struct ntd_node *node = conv->first;
	size_t size = ntd_size_of(node);

	conv->first = node->cnext;
	if (!conv->first)
		conv->last = NULL;
	ntd_shrink(s, conv, size);
	if (conv->cut == node)
		conv->cut = NULL;
	drop_node(s, node, size, NULL);
}

size_t ntd_table_bytes(const struct ntd_store *s)
{
	const struct UT_hash_table *t = s->conv ? s->conv->hh.tbl : NULL;

	return t ? sizeof(*t) + t->num_buckets * sizeof(*t->buckets) : 0;
}

void ntd_enter(struct ntd_store *s, struct ntd_conv *conv, enum ntd_rank rank)
{
	conv->rank = rank;
	DL_APPEND(s->rank[rank], conv);
	if (rank == NTD_HALF)
		s->half += weight_of(conv);
}

void ntd_leave(struct ntd_store *s, struct ntd_conv *conv)
{
	DL_DELETE(s->rank[conv->rank], conv);
	if (conv->rank == NTD_HALF)
		s->half -= weight_of(conv);
}

void ntd_drop_empty(struct ntd_store *s, struct ntd_conv *conv)
{
	size_t before = ntd_table_bytes(s);

	ntd_leave(s, conv);
	HASH_DEL(s->conv, conv);
	s->n.bytes += ntd_table_bytes(s) - before;
	s->n.conversations--;
	ntd_give(s, conv);
}

static void evict_conv(struct ntd_store *s, struct ntd_conv *conv)
{
	while (conv->first)
		drop_first(s, conv);
	ntd_drop_empty(s, conv);
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

/* is there memory for an event whose node has so many bytes?  0: none comes */
static bool fits(const struct ntd_store *s, size_t node)
{
	size_t need = 0;

	if (node)
		need = sizeof(struct ntd_conv) + 64;
	if (node > sizeof(struct ntd_node) || !s->spare)
		need += node;
	return s->n.bytes + need <= s->n.limit;
}

/* and nobody has more than its share */
static bool has_room(const struct ntd_store *s, size_t node)
{
	return fits(s, node) && s->other.bytes <= s->n.limit / OTHER_SHARE &&
	       s->listener.bytes <= s->n.limit / LISTENER_SHARE &&
	       s->half <= s->n.limit / HALF_SHARE;
}

static __attribute__((noinline)) void let_go_for(struct ntd_store *s, size_t node,
						 const struct ntd_conv *keep)
{
	struct ntd_conv *conv;

	while (s->other.first && s->other.bytes > s->n.limit / OTHER_SHARE)
		drop_first(s, &s->other);
	while (s->listener.first && s->listener.bytes > s->n.limit / LISTENER_SHARE)
		drop_first(s, &s->listener);
	while (s->half > s->n.limit / HALF_SHARE && s->rank[NTD_HALF] != keep)
		evict_conv(s, s->rank[NTD_HALF]);
	while (!fits(s, node)) {
		free_spare(s, node ? 1 : 0);
		if (fits(s, node))
			break;
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

void ntd_make_room(struct ntd_store *s, size_t node, const struct ntd_conv *keep)
{
	if (!has_room(s, node))
		let_go_for(s, node, keep);
}

void ntd_give_back(struct ntd_store *s)
{
	free_spare(s, 0);
	malloc_trim(0);
}

void ntd_let_all_go(struct ntd_store *s)
{
	while (dispensable(s, NULL))
		evict_conv(s, dispensable(s, NULL));
	while (s->other.first)
		drop_first(s, &s->other);
	while (s->listener.first)
		drop_first(s, &s->listener);
	free_spare(s, 0);
}

/* the event behind the beginning of a conversation becomes a gap; NULL: there is none */
static struct ntd_node *cut_in(struct ntd_store *s, struct ntd_conv *conv)
{
	union nettrace_rec gap = { .gap = { .hdr = { .type = NETTRACE_GAP }, .lost = 1 } };
	struct ntd_node *cut = conv->first;
	uint32_t i;

	for (i = 0; i < NTD_HEAD && cut; i++)
		cut = cut->cnext;
	if (!cut || cut == conv->last)
		return NULL;
	gap.gap.hdr.time = cut->e.rec.hdr.time;
	gap.gap.hdr.seq = cut->e.rec.hdr.seq + 1;
	gap.gap.hdr.cpu = cut->e.rec.hdr.cpu;
	cut->e.rec = gap;
	cut->e.pad = 0;
	conv->cut = cut;
	s->n.events--;
	s->n.evicted++;
	s->n.trimmed++;
	return cut;
}

void ntd_trim(struct ntd_store *s, struct ntd_conv *conv)
{
	struct ntd_node *node, *cut = conv->cut;
	size_t size;

	if (conv->bytes <= s->n.limit / CONV_SHARE || conv == &s->other || conv == &s->listener)
		return;
	if (!cut)
		cut = cut_in(s, conv);
	if (!cut)
		return;
	while (conv->bytes > s->n.limit / CONV_SHARE && cut->cnext && cut->cnext != conv->last) {
		node = cut->cnext;
		size = ntd_size_of(node);
		cut->cnext = node->cnext;
		ntd_shrink(s, conv, size);
		drop_node(s, node, size, cut);
	}
}
