// SPDX-License-Identifier: GPL-2.0-only
/*
 * numbers.c - how sequence numbers and windows are written
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "numbers.h"

#define BEGINNING 16 /* items among which the SYNs are */

static const struct nt_arrow *segment_of(const struct nt_item *it)
{
	const struct nt_arrow *a = it->arrow;

	if (it->type != NT_ITEM_ARROW || a->pkt.proto != IPPROTO_TCP ||
	    !(a->pkt.flags & NETTRACE_PKT_L4))
		return NULL;
	return a;
}

static void see_begin(struct nt_numbers *num, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	int dir = a->dir & 1;

	if (a->seq_valid && (!num->based[dir] || (p->tcp_flags & NETTRACE_TH_SYN))) {
		num->based[dir] = true;
		num->isn[dir] = p->tcp_flags & NETTRACE_TH_SYN;
		num->base[dir] = p->seq - a->seq;
	}
	if (a->ack_valid && (p->tcp_flags & NETTRACE_TH_ACK) && !num->based[!dir]) {
		num->based[!dir] = true;
		num->base[!dir] = p->ack - a->ack;
	}
	if (p->tcp_flags & NETTRACE_TH_SYN)
		num->shift[dir] = p->optflags & NETTRACE_OPT_WSCALE ? p->wscale & 15 : 0;
}

/*
 * Both ends have to offer the scale (RFC 7323, 2.2); 14 is the most.  Where the items
 * are gone, the conversation remembers its SYNs.
 */
static void settle_shift(struct nt_numbers *num, const struct nt_conv *c, bool offered[2])
{
	int k;

	for (k = 0; k < 2; k++) {
		if (num->shift[k] >= 0 || !c->end[k].syn)
			continue;
		offered[k] = c->end[k].wscale >= 0;
		num->shift[k] = offered[k] ? c->end[k].wscale : 0;
	}
	for (k = 0; k < 2; k++) {
		if (num->shift[0] < 0 || num->shift[1] < 0)
			num->shift[k] = -1;
		else if (!offered[0] || !offered[1])
			num->shift[k] = 0;
		else if (num->shift[k] > 14)
			num->shift[k] = 14;
	}
}

static void add_letter(struct nt_numbers *num, int dir, char name, uint32_t from, uint32_t pos)
{
	struct nt_letter *l = &num->letter[dir][num->nletter[dir]];

	if (num->nletter[dir] == NT_LETTERS_MAX)
		return;
	l->name = name;
	l->from = from;
	l->pos = pos;
	num->nletter[dir]++;
}

static uint32_t fin_number(const struct nt_arrow *a)
{
	return a->seq + a->pkt.payload + !!(a->pkt.tcp_flags & NETTRACE_TH_SYN);
}

static void find_letters(struct nt_numbers *num, const struct nt_conv *c)
{
	int first = -1; /* the end that sends the first FIN */
	bool done[2] = { false, false };
	bool answered = false;
	uint32_t u = 0;
	size_t i;

	add_letter(num, 0, 'x', 0, 0);
	add_letter(num, 1, 'y', 0, 0);
	for (i = 0; i < c->nitem; i++) {
		const struct nt_arrow *a = segment_of(&c->item[i]);
		int dir = a ? a->dir & 1 : 0;

		if (!a || !a->seq_valid || (a->pkt.tcp_flags & NETTRACE_TH_RST))
			continue;
		if ((a->pkt.tcp_flags & NETTRACE_TH_FIN) && !done[dir]) {
			done[dir] = true;
			add_letter(num, dir, first < 0 ? 'u' : 'w', a->n, fin_number(a));
			if (first < 0) {
				first = dir;
				u = fin_number(a);
			}
		} else if (first >= 0 && dir != first && !done[dir] && !answered && a->ack_valid &&
			   a->ack == u + 1) {
			answered = true;
			add_letter(num, dir, 'v', a->n, a->seq);
		}
	}
}

void nt_numbers_of(struct nt_numbers *num, enum nt_number_style style, const struct nt_conv *c)
{
	bool offered[2] = { false, false };
	size_t i;

	memset(num, 0, sizeof(*num));
	num->style = style;
	num->shift[0] = -1;
	num->shift[1] = -1;
	if (c->proto != IPPROTO_TCP)
		return;
	for (i = 0; i < c->nitem && i < BEGINNING; i++) {
		const struct nt_arrow *a = segment_of(&c->item[i]);

		if (!a)
			continue;
		see_begin(num, a);
		if ((a->pkt.tcp_flags & NETTRACE_TH_SYN) && (a->pkt.optflags & NETTRACE_OPT_WSCALE))
			offered[a->dir & 1] = true;
	}
	settle_shift(num, c, offered);
	if (style == NT_NUMBERS_SYMBOLS)
		find_letters(num, c);
}

char *nt_number(char buf[NT_NUMBER_TEXT], const struct nt_numbers *num, int dir,
		const struct nt_arrow *a, uint32_t rel, uint32_t abs)
{
	const struct nt_letter *l, *best = NULL;
	enum nt_number_style style = num ? num->style : NT_NUMBERS_RELATIVE;
	int i;

	dir &= 1;
	/* a letter begins where its segment is; what lies before it keeps the one before */
	for (i = 0; style == NT_NUMBERS_SYMBOLS && i < num->nletter[dir]; i++) {
		l = &num->letter[dir][i];
		if (l->from <= a->n && (int32_t)(rel - l->pos) >= 0)
			best = l;
	}
	if (style == NT_NUMBERS_ABSOLUTE)
		snprintf(buf, NT_NUMBER_TEXT, "%" PRIu32, abs);
	else if (!best)
		snprintf(buf, NT_NUMBER_TEXT, "%" PRIu32, rel);
	else if (rel == best->pos)
		snprintf(buf, NT_NUMBER_TEXT, "%c", best->name);
	else
		snprintf(buf, NT_NUMBER_TEXT, "%c+%" PRIu32, best->name, rel - best->pos);
	return buf;
}

int64_t nt_window(const struct nt_numbers *num, const struct nt_arrow *a)
{
	int shift = num ? num->shift[a->dir & 1] : -1;

	/* a SYN's window is never scaled, and no shift makes more of none */
	if ((a->pkt.tcp_flags & NETTRACE_TH_SYN) || !a->pkt.window)
		return a->pkt.window;
	return shift < 0 ? -1 : (int64_t)a->pkt.window << shift;
}
