// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_filter.c - a source that hands out what a filter accepts
 *
 * Purpose, ownership: source.h, filter.h.
 * Context:   one thread.
 *
 * Gaps pass: what was lost may have matched.  A connection's first step does not
 * tell all of its addresses: from LISTEN to SYN-RECEIVED there is no remote end
 * before 7.2, from CLOSED to SYN-SENT no local port.  The same socket's next step,
 * or the SYN that it sends, comes microseconds later, does tell, and decides for
 * both.  So here the source looks ahead, a short way and only at what is there.
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "i18n.h"
#include "source.h"

#define AHEAD_MAX 128	  /* events */
#define AHEAD_NS  1000000 /* and no further */
#define LEFT_OUT  64	  /* streams that may wait for a reason at once */

struct nt_filtered {
	struct nt_source s; /* first: ops get a pointer to it */
	struct nt_source *inner;
	const struct nt_filter *filter;
	uint64_t delivered, filtered, undecided;
	struct nt_event ahead[AHEAD_MAX];
	uint8_t *bytes[AHEAD_MAX]; /* of ahead[], copied: the inner source goes on */
	unsigned int head, n;	   /* of ahead[], a ring */
	int over;		   /* what the inner source ended with, or 0 */
	struct nt_error err;
	/* dropped packets that were left out: their reasons come next, on their CPU */
	struct {
		unsigned int source;
		uint16_t cpu;
		uint64_t reason; /* the number of its record; 0: none */
	} left_out[LEFT_OUT];
};

static struct nt_filtered *of(struct nt_source *s)
{
	return (struct nt_filtered *)s;
}

/* what the inner source knows now */
static void mirror(struct nt_filtered *f, unsigned int stream)
{
	struct nt_source *in = f->inner;
	int64_t settled = in->settled;

	for (; f->s.nstream < in->nstream; f->s.nstream++)
		f->s.stream[f->s.nstream] = in->stream[f->s.nstream];
	if (stream < in->nstream)
		f->s.stream[stream] = in->stream[stream];
	if (f->n && f->ahead[f->head].t < settled)
		settled = f->ahead[f->head].t;
	f->s.settled = settled;
	f->s.lost = in->lost;
	f->s.late = in->late;
	f->s.unread = in->unread;
	f->s.filtered = in->filtered + f->filtered;
	f->s.delivered = f->delivered;
	f->s.undecided = f->undecided;
}

/* as nt_source_next(), of the inner source; its end is final */
static int pull(struct nt_filtered *f, struct nt_event *ev)
{
	int ret;

	if (f->over)
		return f->over;
	ret = nt_source_next(f->inner, ev, &f->err);
	if (ret < 0)
		f->over = ret;
	return ret;
}

/* as pull(), to be held for a while; without memory for its payload, without that */
static int pull_ahead(struct nt_filtered *f, unsigned int i)
{
	struct nt_event *ev = &f->ahead[i];
	int ret = pull(f, ev);

	if (ret != 1 || !ev->nbytes)
		return ret;
	free(f->bytes[i]);
	f->bytes[i] = malloc(ev->nbytes);
	if (f->bytes[i])
		memcpy(f->bytes[i], ev->bytes, ev->nbytes);
	else
		ev->nbytes = 0;
	ev->bytes = f->bytes[i];
	return ret;
}

static bool is_new_child(const struct nt_event *ev)
{
	const struct nettrace_state *st = &ev->rec.state;

	return ev->rec.hdr.type == NETTRACE_STATE && st->what == NETTRACE_CHANGE &&
	       st->old_state == NETTRACE_TCP_LISTEN && st->new_state == NETTRACE_TCP_SYN_RECV &&
	       !st->rport;
}

static bool is_next_step(const struct nt_event *ev, const struct nt_event *child)
{
	const struct nettrace_state *st = &ev->rec.state;

	return ev->rec.hdr.type == NETTRACE_STATE && ev->source == child->source &&
	       st->sk_id == child->rec.state.sk_id && st->rport;
}

static bool is_connecting(const struct nt_event *ev)
{
	const struct nettrace_state *st = &ev->rec.state;

	return ev->rec.hdr.type == NETTRACE_STATE && st->what == NETTRACE_CHANGE &&
	       st->old_state == NETTRACE_TCP_CLOSE && st->new_state == NETTRACE_TCP_SYN_SENT &&
	       !st->lport;
}

static bool is_its_syn(const struct nt_event *ev, const struct nt_event *connecting)
{
	const struct nettrace_state *st = &connecting->rec.state;
	const struct nettrace_packet *p = &ev->rec.packet;
	size_t n = st->hdr.family == NETTRACE_IPV6 ? 16 : 4;

	return ev->rec.hdr.type == NETTRACE_PACKET && ev->source == connecting->source &&
	       p->hook == NETTRACE_LOCAL_OUT && p->proto == IPPROTO_TCP &&
	       p->hdr.family == st->hdr.family && p->hdr.cpu == st->hdr.cpu &&
	       (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) == NETTRACE_TH_SYN &&
	       p->dport == st->rport && !memcmp(p->dst, st->remote, n);
}

/* what tells more of the same connection, or the event itself if nothing does */
static const struct nt_event *look_ahead(struct nt_filtered *f, const struct nt_event *child,
					 bool (*tells)(const struct nt_event *ev,
						       const struct nt_event *of))
{
	struct nt_event *ev;
	unsigned int i;

	for (i = 0; i < AHEAD_MAX; i++) {
		ev = &f->ahead[(f->head + i) % AHEAD_MAX];
		if (i == f->n) {
			if (pull_ahead(f, (f->head + i) % AHEAD_MAX) != 1)
				break;
			f->n++;
		}
		if (ev->t > child->t + AHEAD_NS)
			break;
		if (tells(ev, child))
			return ev;
	}
	return child;
}

static enum nt_verdict judge(struct nt_filtered *f, const struct nt_event *ev)
{
	const struct nt_event *by = ev;
	union nettrace_rec whole;

	if (is_new_child(ev)) {
		by = look_ahead(f, ev, is_next_step);
	} else if (is_connecting(ev)) {
		by = look_ahead(f, ev, is_its_syn);
		if (by != ev) {
			whole = ev->rec;
			whole.state.lport = by->rec.packet.sport;
			return nt_filter_record(f->filter, &whole);
		}
	}
	return nt_filter_record(f->filter, &by->rec);
}

static unsigned int slot_of(const struct nt_event *ev)
{
	return (ev->source * 7U + ev->rec.hdr.cpu) % LEFT_OUT;
}

/* a drop's reason stays with its packet, whose record is the one before */
static bool is_left_out(struct nt_filtered *f, const struct nt_event *ev)
{
	unsigned int i = slot_of(ev);

	return ev->rec.hdr.type == NETTRACE_DROP && f->left_out[i].reason &&
	       f->left_out[i].reason == ev->rec.hdr.seq && f->left_out[i].source == ev->source &&
	       f->left_out[i].cpu == ev->rec.hdr.cpu;
}

static void leave_out(struct nt_filtered *f, const struct nt_event *ev)
{
	unsigned int i = slot_of(ev);

	f->filtered++;
	if (ev->rec.hdr.type != NETTRACE_PACKET || ev->rec.packet.hook != NETTRACE_DROPPED)
		return;
	f->left_out[i].source = ev->source;
	f->left_out[i].cpu = ev->rec.hdr.cpu;
	f->left_out[i].reason = ev->rec.hdr.seq + 1;
}

static bool passes(struct nt_filtered *f, const struct nt_event *ev)
{
	if (is_left_out(f, ev)) {
		f->filtered++;
		return false;
	}
	switch (judge(f, ev)) {
	case NT_REJECT:
		leave_out(f, ev);
		return false;
	case NT_UNDECIDED:
		/* the others are no packets: what they lack is nobody's question */
		if (ev->rec.hdr.type == NETTRACE_PACKET)
			f->undecided++;
		return true;
	default:
		return true;
	}
}

static int filtered_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_filtered *f = of(s);
	unsigned int i;
	int ret;

	for (;;) {
		if (f->n) {
			*ev = f->ahead[f->head];
			f->head = (f->head + 1) % AHEAD_MAX;
			f->n--;
		} else {
			ret = pull(f, ev);
			if (ret != 1)
				break;
		}
		if (ev->rec.hdr.type != NETTRACE_GAP) {
			if (!passes(f, ev))
				continue;
			f->delivered++;
		}
		mirror(f, ev->source);
		return 1;
	}
	for (i = 0; i < f->inner->nstream; i++)
		mirror(f, i);
	if (ret < 0 && err)
		*err = f->err;
	return ret;
}

static int filtered_wait(struct nt_source *s, int timeout_ms)
{
	return of(s)->n ? 0 : nt_source_wait(of(s)->inner, timeout_ms);
}

static void filtered_close(struct nt_source *s)
{
	unsigned int i;

	nt_source_close(of(s)->inner);
	for (i = 0; i < AHEAD_MAX; i++)
		free(of(s)->bytes[i]);
	free(s);
}

/* the kernel decides on the packet itself: what it let pass does match */
static uint64_t filtered_undecided(struct nt_source *s)
{
	struct nt_source *in = of(s)->inner;

	if (!of(s)->undecided || (in->ops->in_kernel && in->ops->in_kernel(in)))
		return 0;
	return of(s)->undecided;
}

static const struct nt_source_ops filtered_ops = {
	.next = filtered_next,
	.wait = filtered_wait,
	.close = filtered_close,
	.undecided = filtered_undecided,
};

int nt_source_filtered(struct nt_source **s, struct nt_source *inner,
		       const struct nt_filter *filter, struct nt_error *err)
{
	struct nt_filtered *f = calloc(1, sizeof(*f));

	*s = NULL;
	if (!f)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	f->s.ops = &filtered_ops;
	f->inner = inner;
	f->filter = filter;
	mirror(f, 0);
	*s = &f->s;
	return 0;
}
