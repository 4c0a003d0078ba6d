// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_cursor.c - who reads the store, and what each of them missed
 *
 * Purpose, ownership, context: daemon_store.h.
 */
#include <stdlib.h>
#include <string.h>

#include "daemon_store_priv.h"

/* ---- accounts of what is gone ---------------------------------------------- */

/* the account of @stream has no such CPU yet */
struct ntd_cell *ntd_cell_more(struct ntd_store *s, struct ntd_tally *t, uint32_t stream,
			       uint16_t cpu)
{
	uint32_t n = (cpu + 8u) & ~7u;
	struct ntd_cell *new = ntd_take(s, n * sizeof(*new));

	if (!new)
		return NULL;
	if (t->ncpu[stream])
		memcpy(new, t->cpu[stream], t->ncpu[stream] * sizeof(*new));
	ntd_give(s, t->cpu[stream]);
	t->cpu[stream] = new;
	t->ncpu[stream] = n;
	return &new[cpu];
}

static bool tally(struct ntd_store *s, struct ntd_tally *t, uint32_t stream, uint16_t cpu,
		  uint64_t n, uint64_t low)
{
	struct ntd_cell *cell = ntd_cell(s, t, stream, cpu);

	if (!cell)
		return false;
	if (!cell->lost || low < cell->low)
		cell->low = low;
	cell->lost += n;
	t->sum += n;
	return true;
}

bool ntd_tally_event(struct ntd_store *s, struct ntd_tally *t, const struct nt_rf_event *e,
		     uint64_t n)
{
	uint64_t seq = e->rec.hdr.seq;

	if (e->rec.hdr.type == NETTRACE_GAP)
		seq -= e->rec.gap.lost < seq ? e->rec.gap.lost : seq;
	return !n || tally(s, t, e->stream, e->rec.hdr.cpu, n, seq);
}

void ntd_tally_forget(struct ntd_store *s, struct ntd_tally *t, unsigned int stream)
{
	uint32_t i;

	for (i = 0; i < t->ncpu[stream]; i++)
		t->sum -= t->cpu[stream][i].lost;
	ntd_give(s, t->cpu[stream]);
	t->cpu[stream] = NULL;
	t->ncpu[stream] = 0;
}

void ntd_cursors_lose(struct ntd_store *s, const struct ntd_node *node, const struct ntd_node *cut)
{
	uint64_t n = ntd_weight(&node->e);
	struct ntd_cursor *c;

	DL_FOREACH(s->cursor, c)
	{
		bool told_by_cut;

		if (!c->at || c->at->number > node->number)
			continue;
		told_by_cut = cut && c->at->number <= cut->number;
		if (c->at == node)
			c->at = node->next;
		if (!told_by_cut && !ntd_tally_event(s, &c->missed, &node->e, n))
			c->broken = true;
	}
}

/* ---- cursors ----------------------------------------------------------------- */

void ntd_cursor_init(struct ntd_store *s, struct ntd_cursor *c, bool history)
{
	unsigned int i;
	uint32_t cpu;

	memset(c, 0, sizeof(*c));
	c->at = history ? s->all : NULL;
	DL_APPEND(s->cursor, c);
	for (i = 0; history && i < NT_STREAM_MAX; i++)
		for (cpu = 0; cpu < s->evicted.ncpu[i]; cpu++) {
			const struct ntd_cell *cell = &s->evicted.cpu[i][cpu];

			if (cell->lost &&
			    !tally(s, &c->missed, i, (uint16_t)cpu, cell->lost, cell->low))
				c->broken = true;
		}
}

void ntd_cursor_done(struct ntd_store *s, struct ntd_cursor *c)
{
	unsigned int i;

	DL_DELETE(s->cursor, c);
	for (i = 0; i < NT_STREAM_MAX; i++)
		ntd_tally_forget(s, &c->missed, i);
}

/* the next gap that is owed, as of @t, which is @time in the module's clock */
static void owed(struct ntd_cursor *c, int64_t t, uint64_t time, struct nt_rf_event *ev)
{
	struct ntd_cell *cell = NULL;
	unsigned int i;
	uint32_t cpu = 0;

	for (i = 0; i < NT_STREAM_MAX && !cell; i++)
		for (cpu = 0; cpu < c->missed.ncpu[i] && !cell; cpu++)
			if (c->missed.cpu[i][cpu].lost)
				cell = &c->missed.cpu[i][cpu];
	/* both counters have gone one too far */
	memset(ev, 0, sizeof(*ev));
	ev->t = t;
	ev->stream = i - 1;
	ev->rec.gap.hdr.type = NETTRACE_GAP;
	ev->rec.gap.hdr.time = time;
	ev->rec.gap.hdr.cpu = (uint16_t)(cpu - 1);
	ev->rec.gap.hdr.seq = cell->low + cell->lost;
	ev->rec.gap.lost = cell->lost;
	if (!c->started) { /* in front of the first conversation, not in it */
		ev->t--;
		ev->rec.gap.hdr.time--;
	}
	c->missed.sum -= cell->lost;
	c->told += cell->lost;
	cell->lost = 0;
}

bool ntd_cursor_has(const struct ntd_cursor *c, uint64_t below)
{
	return c->missed.sum || (c->at && c->at->number < below);
}

uint32_t ntd_cursor_bytes(const struct ntd_cursor *c)
{
	return c->at && !c->missed.sum ? c->at->e.pad : 0;
}

bool ntd_cursor_next(struct ntd_store *s, struct ntd_cursor *c, uint64_t below,
		     struct nt_rf_event *ev)
{
	c->nbytes = 0;
	if (c->missed.sum) {
		if (c->at)
			owed(c, c->at->e.t, c->at->e.rec.hdr.time, ev);
		else
			owed(c, s->edge.t, s->edge.time, ev);
		return true;
	}
	if (!c->at || c->at->number >= below)
		return false;
	c->started = true;
	*ev = c->at->e;
	c->bytes = c->at->bytes;
	c->nbytes = ev->pad;
	ev->pad = 0;
	c->at = c->at->next;
	return true;
}

bool ntd_store_idle(struct ntd_store *s, unsigned int stream)
{
	struct ntd_cursor *c;
	uint32_t i;

	if (stream >= NT_STREAM_MAX || s->held[stream])
		return false;
	DL_FOREACH(s->cursor, c)
	for (i = 0; i < c->missed.ncpu[stream]; i++)
		if (c->missed.cpu[stream][i].lost)
			return false;
	ntd_tally_forget(s, &s->evicted, stream);
	return true;
}
