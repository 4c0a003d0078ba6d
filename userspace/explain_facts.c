// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_facts.c - looking things up in a conversation
 *
 * Searches go at most NEAR items far: a long transfer is told in linear time.
 */
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"

#define NEAR 2000

const struct nt_arrow *nt_x_segment(const struct nt_item *it)
{
	const struct nt_arrow *a = it->arrow;

	if (it->type != NT_ITEM_ARROW || a->pkt.proto != IPPROTO_TCP ||
	    !(a->pkt.flags & NETTRACE_PKT_L4))
		return NULL;
	return a;
}

/* the first item that is later than @t, or at it when @at */
static size_t index_of(const struct nt_conv *c, int64_t t, bool at)
{
	size_t lo = 0, hi = c->nitem;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (at ? c->item[mid].t < t : c->item[mid].t <= t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static bool matches(const struct nt_arrow *b, int dir, unsigned int mask, unsigned int flags)
{
	return b && (dir < 0 || (b->dir & 1) == dir) && (b->pkt.tcp_flags & mask) == flags;
}

const struct nt_arrow *nt_x_before(const struct nt_explain *x, const struct nt_arrow *a, int dir,
				   unsigned int mask, unsigned int flags)
{
	size_t i = index_of(x->c, a->t, false), n;

	for (n = 0; i-- > 0 && n < NEAR; n++) {
		const struct nt_arrow *b = nt_x_segment(&x->c->item[i]);

		if (b && b->n < a->n && matches(b, dir, mask, flags))
			return b;
	}
	return NULL;
}

const struct nt_arrow *nt_x_after(const struct nt_explain *x, const struct nt_arrow *a, int dir,
				  unsigned int mask, unsigned int flags)
{
	size_t i = index_of(x->c, a->t, true), n;

	for (n = 0; i < x->c->nitem && n < NEAR; i++, n++) {
		const struct nt_arrow *b = nt_x_segment(&x->c->item[i]);

		if (b && b->n > a->n && matches(b, dir, mask, flags))
			return b;
	}
	return NULL;
}

const struct nt_transition *nt_x_trans(const struct nt_explain *x, int end, int64_t t,
				       enum nt_state to)
{
	size_t i = index_of(x->c, t, false), n;

	for (n = 0; i-- > 0 && n < NEAR; n++) {
		const struct nt_transition *tr = x->c->item[i].tr;

		if (x->c->item[i].type == NT_ITEM_TRANSITION && (tr->end & 1) == (end & 1) &&
		    (to == NT_ST_NONE || tr->to == to))
			return tr;
	}
	return NULL;
}

static bool receives(const struct nt_call *call)
{
	return call->name && (!strncmp(call->name, "recv", 4) || !strncmp(call->name, "read", 4));
}

int64_t nt_x_received(const struct nt_explain *x, int end, int64_t t)
{
	bool any = false;
	int64_t sum = 0;
	size_t i;

	for (i = 0; i < x->c->nitem; i++) {
		const struct nt_call *call = x->c->item[i].call;

		if (x->c->item[i].type != NT_ITEM_CALL || (call->end & 1) != (end & 1) ||
		    call->listener)
			continue;
		any = true;
		if (receives(call) && call->t_end && call->t_end <= t && call->result > 0 &&
		    call->part != NT_CALL_RETURNED)
			sum += call->result;
	}
	return any ? sum : -1;
}

uint64_t nt_x_came(const struct nt_explain *x, int dir, int64_t t)
{
	uint32_t most = 0;
	size_t i;

	for (i = 0; i < x->c->nitem && x->c->item[i].t <= t; i++) {
		const struct nt_arrow *a = nt_x_segment(&x->c->item[i]);

		if (a && (a->dir & 1) == dir && a->pkt.payload && a->seq_valid && a->t_last <= t &&
		    !nt_arrow_dropped(a) && !nt_mark_of(a, NT_MARK_NOT_DELIVERED) &&
		    (int32_t)(a->seq + a->pkt.payload - most) > 0)
			most = a->seq + a->pkt.payload;
	}
	return most ? most - 1 : 0;
}

bool nt_x_loopback(const struct nt_explain *x, const struct nt_arrow *a)
{
	const struct nt_end *e = x->c->end;

	return !strncmp(a->pkt.dev, "lo", sizeof(a->pkt.dev)) && e[0].source >= 0 &&
	       e[0].source == e[1].source;
}

bool nt_x_arrived(const struct nt_arrow *a)
{
	int i;

	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX; i++)
		if (a->sight[i].hook == NETTRACE_LOCAL_IN)
			return true;
	return false;
}

uint32_t nt_x_end_seq(const struct nt_arrow *a)
{
	return a->seq + a->pkt.payload + !!(a->pkt.tcp_flags & NETTRACE_TH_SYN) +
	       !!(a->pkt.tcp_flags & NETTRACE_TH_FIN);
}

bool nt_x_first_data(const struct nt_explain *x, const struct nt_arrow *a)
{
	size_t i;

	for (i = 0; a->pkt.payload && i < x->c->nitem && i < NEAR; i++) {
		const struct nt_arrow *b = nt_x_segment(&x->c->item[i]);

		if (b && b->pkt.payload)
			return b->n == a->n;
	}
	return false;
}
