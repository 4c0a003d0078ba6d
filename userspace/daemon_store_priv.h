/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_store_priv.h - inside of the store: daemon_store.c, daemon_room.c, daemon_cursor.c
 *
 * Ownership: the store owns nodes and conversations.  One thread.
 */
#ifndef NETTRACE_DAEMON_STORE_PRIV_H
#define NETTRACE_DAEMON_STORE_PRIV_H

#include <malloc.h>

#define HASH_NONFATAL_OOM 1
#include <uthash.h>
#include <utlist.h>

#include "daemon_key.h"
#include "daemon_store.h"

struct ntd_node {
	struct ntd_node *prev, *next; /* of all */
	struct ntd_node *cnext;	      /* in the conversation */
	struct ntd_conv *conv;
	uint64_t number;
	struct nt_rf_event e; /* e.pad: how many bytes of payload follow */
	uint8_t bytes[];
};

/* in the order of going */
enum ntd_rank { NTD_CLOSED, NTD_WAITING, NTD_HALF, NTD_OPEN, NTD_RANKS };

struct ntd_conv {
	struct ntd_key key;
	UT_hash_handle hh;
	struct ntd_conv *prev, *next; /* of its rank */
	struct ntd_node *first, *last;
	struct ntd_node *cut; /* the gap in its middle */
	size_t bytes;
	uint32_t n;
	uint32_t waits; /* TIME-WAIT sockets */
	uint8_t fin;
	bool reset;
	bool syn;     /* one was seen */
	bool met;     /* and more than SYNs, their answers and RSTs */
	uint8_t rank; /* enum ntd_rank */
};

struct ntd_store {
	struct ntd_node *all;  /* oldest first */
	struct ntd_conv *conv; /* hashed */
	struct ntd_conv *rank[NTD_RANKS];
	struct ntd_conv other, listener; /* lists that are no conversations */
	size_t half;			 /* bytes of those in NTD_HALF */
	struct ntd_cursor *cursor;
	struct ntd_tally evicted;
	uint64_t held[NT_STREAM_MAX];
	uint64_t number;	/* of the next event */
	uint64_t seed;		/* of the hash: who sends packets does not know it */
	struct ntd_node *spare; /* to be used again, by cnext; they count as memory held */
	uint32_t nspare;
	struct {
		int64_t t;
		uint64_t time;
	} edge; /* when the youngest came that ever did: for gaps at the end */
	struct ntd_counts n;
};

/* daemon_room.c */

/* what the allocator spends on it */
static inline size_t ntd_size_of(void *p)
{
	return malloc_usable_size(p) + sizeof(size_t);
}

/* memory that counts against the limit */
void *ntd_take(struct ntd_store *s, size_t size);
void ntd_give(struct ntd_store *s, void *p);
/* not cleared: all of it will be written, @n bytes of payload among it; NULL: no memory */
struct ntd_node *ntd_node_new(struct ntd_store *s, uint32_t n);
/* what the hash table of conversations takes */
size_t ntd_table_bytes(const struct ntd_store *s);

/* @conv comes to the end of the list of its rank, or out of it */
void ntd_enter(struct ntd_store *s, struct ntd_conv *conv, enum ntd_rank rank);
void ntd_leave(struct ntd_store *s, struct ntd_conv *conv);
/* an event of so many bytes leaves @conv */
void ntd_shrink(struct ntd_store *s, struct ntd_conv *conv, size_t bytes);
void ntd_drop_empty(struct ntd_store *s, struct ntd_conv *conv);

/*
 * What is too much goes, but not @keep, until an event fits whose node has so many
 * bytes; 0: none comes
 */
void ntd_make_room(struct ntd_store *s, size_t node, const struct ntd_conv *keep);
/*
 * A conversation that is too long: its beginning stays, the event behind it
 * becomes a gap, and that grows over those that follow.
 */
void ntd_trim(struct ntd_store *s, struct ntd_conv *conv);
/* memory that is free goes back to the system */
void ntd_give_back(struct ntd_store *s);
void ntd_let_all_go(struct ntd_store *s);

static inline uint64_t ntd_weight(const struct nt_rf_event *e)
{
	return e->rec.hdr.type == NETTRACE_GAP ? e->rec.gap.lost : 1;
}

/* daemon_cursor.c */

struct ntd_cell *ntd_cell_more(struct ntd_store *s, struct ntd_tally *t, uint32_t stream,
			       uint16_t cpu);

/* what is gone of (stream, CPU); NULL: no memory */
static inline struct ntd_cell *ntd_cell(struct ntd_store *s, struct ntd_tally *t, uint32_t stream,
					uint16_t cpu)
{
	return cpu < t->ncpu[stream] ? &t->cpu[stream][cpu] : ntd_cell_more(s, t, stream, cpu);
}

/* add @n that went with @e; false: no memory */
bool ntd_tally_event(struct ntd_store *s, struct ntd_tally *t, const struct nt_rf_event *e,
		     uint64_t n);
void ntd_tally_forget(struct ntd_store *s, struct ntd_tally *t, unsigned int stream);

/*
 * @node goes: cursors that had not come to it will tell of it, but for those
 * that will come to the gap @cut, which does
 */
void ntd_cursors_lose(struct ntd_store *s, const struct ntd_node *node, const struct ntd_node *cut);

#endif /* NETTRACE_DAEMON_STORE_PRIV_H */
