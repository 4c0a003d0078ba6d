// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_drop.c - why the kernel dropped a packet
 *
 * The packet's own record (hook DROPPED) joins its arrow as a sighting on the way;
 * the reason is the next record of that CPU.  The arrow gets a mark with it, and
 * the conversation an item that says where.  A packet that is dropped behind its
 * delivery (no socket, a checksum, data that is old) is not undelivered: both stay.
 *
 * Reasons are names from outside.  Each is kept once, for as long as the model
 * lives, with nothing but letters, digits and underscores in it.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define CANDIDATES_MAX 1024 /* arrows looked at for one sighting */

/*
 * The packet is not gone: it was never this host's to take (a frame, or a question
 * for a neighbour), or a copy of it was made for who looks on.
 */
static bool is_no_drop(const char *reason)
{
	static const char *const name[] = {
		"OTHERHOST",
		"IPV6_NDISC_NS_OTHERHOST",
		"PACKET_SOCK_ERROR",
	};
	size_t i;

	for (i = 0; reason && i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(reason, name[i]))
			return true;
	return false;
}

/*
 * An ICMP message that no ping socket takes is freed so; but raw sockets, ping's for
 * one, have had their copies by then.
 */
static bool is_leftover(const struct nettrace_packet *p, const char *reason)
{
	return (p->proto == IPPROTO_ICMP || p->proto == IPPROTO_ICMPV6) && reason &&
	       !strcmp(reason, "NO_SOCKET");
}

/*
 * TCP frees some segments without a reason when it has done what they say: an ACK that
 * finds its socket closing, a RST, a SYN that was answered before and is again.  So it
 * does with an ACK that a request has no room for (the accept queue is full), and with
 * data that nobody takes: those are drops.
 */
static bool is_done(const struct nt_arrow *a, unsigned int source, const char *reason)
{
	unsigned int i;

	if (a->pkt.proto != IPPROTO_TCP || a->pkt.payload || !reason ||
	    strcmp(reason, "NOT_SPECIFIED"))
		return false;
	for (i = 0; i < a->nsight; i++) {
		const struct nt_sighting *s = &a->sight[i];

		if (s->source != source || nt_hook_stage(s->hook) != NT_STAGE_IN)
			continue;
		if (s->sk_kind == NETTRACE_SK_FULL || s->sk_kind == NETTRACE_SK_TIMEWAIT ||
		    (s->sk_kind == NETTRACE_SK_REQUEST &&
		     (a->pkt.tcp_flags & (NETTRACE_TH_RST | NETTRACE_TH_SYN))))
			return true;
	}
	return false;
}

/* it was thrown away before TCP looked at what it says */
static bool is_unread(const char *reason)
{
	static const char *const name[] = {
		"TCP_CSUM",	     "SOCKET_BACKLOG", "SOCKET_FILTER",	  "XFRM_POLICY",
		"PKT_TOO_SMALL",     "TCP_MINTTL",     "TCP_MD5NOTFOUND", "TCP_MD5UNEXPECTED",
		"TCP_MD5FAILURE",    "TCP_AUTH_HDR",   "TCP_AONOTFOUND",  "TCP_AOUNEXPECTED",
		"TCP_AOKEYNOTFOUND", "TCP_AOFAILURE",
	};
	size_t i;

	for (i = 0; reason && i < sizeof(name) / sizeof(name[0]); i++)
		if (!strcmp(reason, name[i]))
			return true;
	return false;
}

/* the receiver's state machine does not get it (model_agree.c) */
static void take_back(const struct nt_dropx *d)
{
	const struct nt_arrow *a = &d->x->a;
	struct nt_pend *p;
	unsigned int i;

	for (p = d->pend.prev; p && p->t >= a->t; p = p->prev) {
		struct nt_trackx *t = (struct nt_trackx *)p;

		if (p->type != NT_PEND_TRACK || p->cv != d->pend.cv || !t->in || t->end != !a->dir)
			continue;
		for (i = 0; i < a->nsight; i++)
			if (a->sight[i].t == p->t && a->sight[i].source == d->d.source &&
			    nt_hook_stage(a->sight[i].hook) == NT_STAGE_IN)
				t->dropped = true;
	}
}

/* the model's own copy of a name; NULL: it is empty, or there is no room */
static const char *intern(struct nt_model *m, const char *name, size_t max)
{
	char text[64];
	unsigned int i;
	size_t n;

	if (max > sizeof(text) - 1)
		max = sizeof(text) - 1;
	for (n = 0; n < max && name[n]; n++)
		text[n] = (char)(isalnum((unsigned char)name[n]) && !(name[n] & 0x80) ? name[n] :
											'_');
	text[n] = '\0';
	if (!n)
		return NULL;
	for (i = 0; i < m->nreason; i++)
		if (!strcmp(m->reason[i], text))
			return m->reason[i];
	if (m->nreason == NT_REASONS_MAX)
		return NULL;
	m->reason[m->nreason] = strdup(text);
	return m->reason[m->nreason] ? m->reason[m->nreason++] : NULL;
}

/* when it was sighted in this namespace last; INT64_MIN: not yet */
static int64_t here_last(const struct nt_arrow *a, const struct nt_seen *s, bool *dropped)
{
	int64_t last = INT64_MIN;
	unsigned int i;

	*dropped = false;
	for (i = 0; i < a->nsight; i++) {
		if (a->sight[i].source != s->ev->source)
			continue;
		if (a->sight[i].hook == NETTRACE_DROPPED)
			*dropped = true;
		else if (a->sight[i].t > last)
			last = a->sight[i].t;
	}
	return last;
}

/* had it come to its receiver anywhere */
static bool delivered(const struct nt_arrow *a)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++)
		if (nt_hook_stage(a->sight[i].hook) == NT_STAGE_IN)
			return true;
	return false;
}

/*
 * Packets that nothing tells apart: the one that came by here last, and was not
 * dropped yet.  If all were, a copy was.  What waits for a neighbour that does not
 * answer, or in a queue, is dropped long after it was sent.
 */
struct nt_arrowx *nt_find_dropped(const struct nt_convx *cv, const struct nt_seen *s)
{
	struct nt_arrowx *x, *found = NULL, *again = NULL;
	int64_t best = INT64_MIN, last, age;
	unsigned int n = 0;
	bool dropped;

	for (x = cv->last; x && n < CANDIDATES_MAX; x = x->prev, n++) {
		enum nt_fit fit;

		age = s->ev->t - x->a.t_last;
		if (age > NT_DROP_WINDOW)
			break;
		if (age > NT_PAIR_WINDOW && (delivered(&x->a) || nt_arrow_dropped(&x->a)))
			continue;
		if (x->a.dir != s->dir || x->icmp != s->icmp || s->p->ttl > x->a.pkt.ttl)
			continue;
		fit = nt_pair_fit(&x->a.pkt, s->p);
		if (fit != NT_FIT_SAME && fit != NT_FIT_PART)
			continue;
		last = here_last(&x->a, s, &dropped);
		if (dropped) {
			again = again ? again : x;
		} else if (!found || last > best) {
			found = x;
			best = last;
		}
	}
	return found ? found : again;
}

/* had it come to its receiver in that namespace */
static bool delivered_there(const struct nt_arrow *a, unsigned int source)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++)
		if (a->sight[i].source == source && nt_hook_stage(a->sight[i].hook) == NT_STAGE_IN)
			return true;
	return false;
}

int nt_dropped_feed(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s)
{
	struct nt_dropx *d = calloc(1, sizeof(*d));

	if (!d)
		return -ENOMEM;
	d->pend.type = NT_PEND_DROP;
	d->pend.t = s->ev->t;
	d->pend.cv = x->pend.cv;
	d->seq = s->ev->rec.hdr.seq;
	d->cpu = s->ev->rec.hdr.cpu;
	d->heard = s->p->flags & NETTRACE_PKT_OTHERHOST;
	d->x = x;
	x->drops++;
	d->d.t = s->ev->t;
	d->d.dir = x->a.dir;
	d->d.source = (uint16_t)s->ev->source;
	d->d.delivered = delivered_there(&x->a, s->ev->source);
	memcpy(d->d.dev, s->p->dev, sizeof(d->d.dev));
	d->d.dev[sizeof(d->d.dev) - 1] = '\0';
	m->dropped[m->ndropped++ % NT_DROPS_OPEN] = d;
	nt_queue_add(m, &d->pend);
	return 0;
}

/* before or after the arrow was handed out: who asks for it later has it */
static void mark_dropped(struct nt_arrow *a, const char *reason)
{
	struct nt_mark_list s = { .n = a->nmark, .left_out = a->marks_left_out };

	memcpy(s.m, a->mark, sizeof(s.m));
	if (nt_mark_find(&s, NT_MARK_DROPPED))
		return;
	nt_marks_add(&s, NT_MARK_DROPPED, reason, NT_OBSERVED, 0);
	memcpy(a->mark, s.m, sizeof(s.m));
	a->nmark = s.n;
	a->marks_left_out = s.left_out;
}

/* that it was sighted there says nothing */
static void unsight(struct nt_arrowx *x, const struct nt_drop *d)
{
	struct nt_arrow *a = &x->a;
	unsigned int i, kept = 0;

	for (i = 0; i < a->nsight; i++) {
		if (a->sight[i].hook == NETTRACE_DROPPED && a->sight[i].t == d->t &&
		    a->sight[i].source == d->source)
			continue;
		x->x[kept] = x->x[i];
		a->sight[kept++] = a->sight[i];
	}
	/* one that nobody else sighted stays */
	if (!kept)
		return;
	a->nsighted -= (uint16_t)(a->nsight - kept);
	a->nsight = (uint8_t)kept;
}

int nt_drop_feed(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_drop *rec = &ev->rec.drop;
	unsigned int i;

	m->stats.drops++;
	for (i = 0; i < NT_DROPS_OPEN; i++) {
		struct nt_dropx *d = m->dropped[i];

		if (!d || d->d.source != ev->source || d->cpu != rec->hdr.cpu ||
		    d->seq + 1 != rec->hdr.seq)
			continue;
		m->dropped[i] = NULL;
		d->d.code = rec->reason;
		d->d.reason = intern(m, rec->name, sizeof(rec->name));
		d->heard |= is_no_drop(d->d.reason);
		if (d->d.delivered && (is_leftover(&d->x->a.pkt, d->d.reason) ||
				       is_done(&d->x->a, ev->source, d->d.reason))) {
			d->heard = true;
			unsight(d->x, &d->d);
		}
		if (!d->heard)
			mark_dropped(&d->x->a, d->d.reason);
		if (d->d.delivered && is_unread(d->d.reason))
			take_back(d);
		break;
	}
	return 0;
}

/* why a connection was not opened: the last word counts, on its last SYN */
static void note_failed(struct nt_conv *c, const struct nt_arrow *a, const struct nt_drop *d)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_ACK;

	if (a->pkt.proto != IPPROTO_TCP || (a->pkt.tcp_flags & both) != NETTRACE_TH_SYN ||
	    (d->delivered && (!d->reason || strcmp(d->reason, "NO_SOCKET"))))
		return;
	c->failed = d->delivered ? NT_FAILED_NO_LISTENER : NT_FAILED_DROPPED;
	c->failed_basis = NT_OBSERVED;
	c->failed_reason = d->reason;
}

int nt_drop_final(struct nt_model *m, struct nt_dropx *x)
{
	struct nt_item item = { .type = NT_ITEM_DROP, .t = x->pend.t };
	unsigned int i;

	for (i = 0; i < NT_DROPS_OPEN; i++)
		if (m->dropped[i] == x)
			m->dropped[i] = NULL;
	x->x->drops--;
	if (x->heard)
		return 0;
	mark_dropped(&x->x->a, x->d.reason);
	x->d.arrow = x->x->a.n;
	note_failed(&x->pend.cv->c, &x->x->a, &x->d);
	return nt_emit_copy(m, x->pend.cv, &item, &x->d, sizeof(x->d));
}

void nt_drops_free(struct nt_model *m)
{
	unsigned int i;

	for (i = 0; i < m->nreason; i++)
		free(m->reason[i]);
}

bool nt_arrow_dropped(const struct nt_arrow *a)
{
	bool marked = false;
	unsigned int i;

	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		marked |= a->mark[i].name == NT_MARK_DROPPED;
	for (i = 0; marked && i < a->nsight && i < NT_SIGHTINGS_MAX; i++)
		if (nt_hook_stage(a->sight[i].hook) == NT_STAGE_IN)
			return false;
	return marked;
}
