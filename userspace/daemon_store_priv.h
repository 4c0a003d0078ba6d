/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_store_priv.h - inside of the store: daemon_store.c, daemon_cursor.c
 *
 * Ownership: the store owns nodes and conversations.  One thread.
 */
#ifndef NETTRACE_DAEMON_STORE_PRIV_H
#define NETTRACE_DAEMON_STORE_PRIV_H

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
	uint64_t number;	 /* of the next event */
	uint64_t seed;		 /* of the hash: who sends packets does not know it */
	struct nt_rf_event edge; /* the youngest that ever came: for gaps at the end */
	struct ntd_counts n;
};

/* memory that counts against the limit */
void *ntd_take(struct ntd_store *s, size_t size);
void ntd_give(struct ntd_store *s, void *p);

static inline uint64_t ntd_weight(const struct nt_rf_event *e)
{
	return e->rec.hdr.type == NETTRACE_GAP ? e->rec.gap.lost : 1;
}

/* daemon_cursor.c */

/* what is gone of (stream, CPU); NULL: no memory */
struct ntd_cell *ntd_cell(struct ntd_store *s, struct ntd_tally *t, uint32_t stream, uint16_t cpu);
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
