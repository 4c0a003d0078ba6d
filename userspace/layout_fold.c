// SPDX-License-Identifier: GPL-2.0-only
/*
 * layout_fold.c - long data phases become a row
 *
 * A row may be folded if it tells nothing but that data went on: no change of
 * state, no loss, no SYN, FIN or RST, no mark but those that the fold counts.
 * The rows at both ends of a fold stay, so that one sees what goes on.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "calls.h"
#include "layout.h"

#define KEPT  3 /* arrows that stay before and behind a fold */
#define LEAST 8 /* arrows that are worth a fold */

static bool is_counted(enum nt_mark_name name)
{
	switch (name) {
	case NT_MARK_RETRANSMISSION:
	case NT_MARK_OUT_OF_ORDER:
	case NT_MARK_DUP_ACK:
	case NT_MARK_WINDOW_UPDATE:
	case NT_MARK_SUPER_SEGMENT:
	case NT_MARK_SACK:
		return true;
	default:
		return false;
	}
}

static bool plain_arrow(const struct nt_arrow *a)
{
	const unsigned int special = NETTRACE_TH_SYN | NETTRACE_TH_FIN | NETTRACE_TH_RST;
	const struct nettrace_packet *p = &a->pkt;
	int i;

	if (p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED))
		return false;
	if (a->frags)
		return false;
	if (p->proto == IPPROTO_TCP && (p->tcp_flags & special))
		return false;
	if (p->proto != IPPROTO_TCP && p->proto != IPPROTO_UDP)
		return false;
	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		if (!is_counted(a->mark[i].name))
			return false;
	return true;
}

static bool plain_row(const struct nt_row *r)
{
	switch (r->type) {
	case NT_ROW_ARROW:
		return !r->fresh && plain_arrow(r->arrow);
	case NT_ROW_CALL:
	case NT_ROW_RETURN:
		return nt_call_moves_data(r->call) && r->call->result >= 0;
	case NT_ROW_TIMER:
		return r->timer->event != NT_TIMER_FIRED;
	default:
		return false;
	}
}

static bool same_states(const struct nt_row *a, const struct nt_row *b)
{
	int k;

	for (k = 0; k < 2; k++)
		if (a->st[k].state != b->st[k].state || a->st[k].basis != b->st[k].basis)
			return false;
	return true;
}

/* the row behind the run of plain rows that begins at @from */
static size_t run_end(const struct nt_layout *l, size_t from)
{
	size_t i;

	for (i = from; i < l->nrow && plain_row(&l->row[i]); i++)
		if (i > from && !same_states(&l->row[i], &l->row[from]))
			break;
	return i;
}

/* from @from to before @to, without what KEPT arrows at both ends need; false: too short */
static bool trim(const struct nt_layout *l, size_t *from, size_t *to)
{
	size_t i, n = 0;
	int k;

	for (i = *from; i < *to; i++)
		n += l->row[i].type == NT_ROW_ARROW;
	if (n < 2 * KEPT + LEAST)
		return false;
	for (k = 0; k < KEPT; (*from)++)
		k += l->row[*from].type == NT_ROW_ARROW;
	for (k = 0; k < KEPT; (*to)--)
		k += l->row[*to - 1].type == NT_ROW_ARROW;
	return true;
}

static void count_arrow(struct nt_fold *f, const struct nt_arrow *a)
{
	bool again = false;
	int i;

	if (!f->narrow++)
		f->first = a->n;
	f->last = a->n;
	f->wire += a->wire_segs ? a->wire_segs : 1;
	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++) {
		again |= a->mark[i].name == NT_MARK_RETRANSMISSION;
		f->mark[a->mark[i].name]++; /* is_counted(): in bounds */
	}
	if (!again)
		f->bytes[a->dir & 1] += a->pkt.payload;
}

static struct nt_fold *fold(const struct nt_layout *l, size_t from, size_t to)
{
	struct nt_fold *f = calloc(1, sizeof(*f));
	size_t i;

	if (!f)
		return NULL;
	f->t_last = l->row[to - 1].t;
	for (i = from; i < to; i++) {
		const struct nt_row *r = &l->row[i];

		if (r->type == NT_ROW_ARROW)
			count_arrow(f, r->arrow);
		else if (r->type == NT_ROW_CALL)
			f->calls++;
		else if (r->type == NT_ROW_TIMER)
			f->timers++;
	}
	return f;
}

int nt_layout_fold(struct nt_layout *l)
{
	size_t from, to, end, n = 0;

	for (from = 0; from < l->nrow; from = end) {
		size_t i = from, first;
		struct nt_fold *f;

		end = run_end(l, from);
		if (end == from)
			end++;
		first = from;
		to = end;
		if (!trim(l, &first, &to)) {
			while (i < end)
				l->row[n++] = l->row[i++];
			continue;
		}
		f = fold(l, first, to);
		if (!f)
			return -ENOMEM;
		while (i < first)
			l->row[n++] = l->row[i++];
		l->row[n] = l->row[first];
		l->row[n].type = NT_ROW_FOLD;
		l->row[n++].fold = f;
		for (i = to; i < end; i++)
			l->row[n++] = l->row[i];
	}
	l->nrow = n;
	return 0;
}
