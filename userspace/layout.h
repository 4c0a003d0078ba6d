/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * layout.h - a conversation as the rows of a picture
 *
 * Purpose:   decides what is drawn and in which order: arrows, the states of
 *            both ends beside them, calls, timers, queues, ARP that belongs to
 *            the conversation, neighbour entries, losses, long silences.  How it looks is the renderer's business.
 * Ownership: rows point into the model, which must outlive the layout.  The
 *            caller owns the struct and calls nt_layout_free().
 * Context:   no I/O; one thread.
 */
#ifndef NETTRACE_LAYOUT_H
#define NETTRACE_LAYOUT_H

#include "model.h"

enum nt_row_type {
	NT_ROW_ARROW,
	NT_ROW_DEPART, /* an arrow leaves its socket but waits for ARP */
	NT_ROW_TRANSITION,
	NT_ROW_ARP,
	NT_ROW_GAP,
	NT_ROW_PAUSE, /* nothing happened for @pause ns */
	NT_ROW_CALL,
	NT_ROW_RETURN, /* of a call whose NT_ROW_CALL is further up */
	NT_ROW_TIMER,
	NT_ROW_QUEUE,
	NT_ROW_DROP,  /* why the kernel dropped an arrow's packet */
	NT_ROW_NEIGH, /* beside the end whose kernel's entry it is */
	NT_ROW_ROUTE, /* where an end's packets go */
	NT_ROW_FOLD,  /* rows of a long data phase that are not drawn */
};

/* what a fold hides: nothing but data that went on */
struct nt_fold {
	int64_t t_last;	      /* of its last row */
	uint32_t narrow;      /* arrows */
	uint32_t first, last; /* their numbers */
	uint64_t wire;	      /* segments on the wire they stand for */
	uint64_t bytes[2];    /* payload, by sender, retransmissions not counted */
	uint32_t mark[NT_MARK_MAX];
	uint32_t calls, timers;
};

struct nt_row_state {
	enum nt_state state;
	enum nt_basis basis;
};

struct nt_row {
	enum nt_row_type type;
	int64_t t; /* Unix time, ns */
	union {
		const struct nt_arrow *arrow;
		const struct nt_transition *tr;
		const struct nt_arp *arp;
		const struct nt_gap *gap;
		int64_t pause; /* ns */
		const struct nt_call *call;
		const struct nt_timer *timer;
		const struct nt_queue *queue;
		const struct nt_drop *drop;
		const struct nt_neigh *neigh;
		const struct nt_route *route;
		struct nt_fold *fold; /* the layout's own */
	};
	/* both ends' states once this row has happened */
	struct nt_row_state st[2];
	/* ARROW: the transition it caused at its receiver, if shown here */
	const struct nt_transition *fresh;
	/* TRANSITION, or @fresh: how long the old state had lasted, ns; -1: unknown */
	int64_t lasted;
	bool whole; /* CALL: it returned before anything else happened */
	bool apart; /* DROP: its packet's row is not the last one of a packet */
	/* ARP: beside which end (-1: between them); sent by it; to the other */
	int8_t end;
	bool out, across;
};

/* what of its call a CALL or RETURN row shows */
static inline enum nt_call_part nt_layout_part(const struct nt_row *r)
{
	if (r->type == NT_ROW_RETURN)
		return NT_CALL_RETURNED;
	return r->whole ? NT_CALL_WHOLE : NT_CALL_BEGUN;
}

struct nt_layout {
	const struct nt_conv *conv;
	struct nt_row_state first[2]; /* states before the first row */
	bool states;		      /* this protocol has states */
	bool inferred;		      /* some state or mark is an inference */
	bool broken;		      /* some arrow was not delivered */
	bool dropped;		      /* ... and the kernel said that it dropped it */
	bool super;		      /* some arrow stands for several segments */
	struct nt_row *row;
	size_t nrow, room;
};

struct nt_layout_opts {
	int64_t pause_ns;   /* silences from here on get a row; 0: none do */
	bool merge;	    /* a state may share the row of its segment */
	bool fold;	    /* long data phases become a row */
	bool calls, timers; /* rows of them */
};

/**
 * nt_layout_conv() - lay out one conversation
 * @l:		filled; free with nt_layout_free(), also after an error
 * @m:		the model @c is of, for ARP and gaps of its time
 * Return: 0, or -ENOMEM.
 */
int nt_layout_conv(struct nt_layout *l, const struct nt_model *m, const struct nt_conv *c,
		   const struct nt_layout_opts *o);
void nt_layout_free(struct nt_layout *l);

/**
 * nt_layout_fold() - long data phases become a row (layout_fold.c)
 *
 * A fold never hides a transition, a gap, a loss, or a mark that it does not
 * count.  Return: 0, or -ENOMEM.
 */
int nt_layout_fold(struct nt_layout *l);

/**
 * nt_layout_path() - the streams that saw something of a conversation
 * Return: bit n for stream n.
 */
uint64_t nt_layout_path(const struct nt_conv *c);

#endif /* NETTRACE_LAYOUT_H */
