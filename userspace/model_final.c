// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_final.c - an arrow becomes final: number, marks, bytes
 *
 * Sequence numbers are relative to the SYN's.  Where the trace began later, the
 * first one seen counts as 1, as if the SYN had come right before it.
 */

#include "model_priv.h"

#define TH(p, f) ((p)->tcp_flags & NETTRACE_TH_##f)

/* nearly no segment has one: none is copied that is not there */
static void take_marks(struct nt_mark_list *s, const struct nt_arrow *a)
{
	unsigned int i;

	s->n = a->nmark;
	s->left_out = a->marks_left_out;
	for (i = 0; i < s->n; i++)
		s->m[i] = a->mark[i];
}

static void put_marks(struct nt_arrow *a, const struct nt_mark_list *s)
{
	unsigned int i;

	for (i = 0; i < s->n; i++)
		a->mark[i] = s->m[i];
	a->nmark = s->n;
	a->marks_left_out = s->left_out;
}

void nt_arrow_mark(struct nt_arrow *a, enum nt_mark_name name, const char *reason,
		   enum nt_basis basis)
{
	struct nt_mark_list s;

	take_marks(&s, a);
	nt_marks_add(&s, name, reason, basis, 0);
	put_marks(a, &s);
}

void nt_arrow_unmark(struct nt_arrow *a, enum nt_mark_name name)
{
	unsigned int i, kept = 0;

	for (i = 0; i < a->nmark; i++) {
		if (a->mark[i].name != name)
			a->mark[kept++] = a->mark[i];
	}
	a->nmark = kept;
}

static bool marked(const struct nt_arrow *a, enum nt_mark_name name)
{
	unsigned int i;

	for (i = 0; i < a->nmark; i++) {
		if (a->mark[i].name == name)
			return true;
	}
	return false;
}

static void number(struct nt_arrowx *x, struct nt_dir *d, struct nt_dir *peer)
{
	const struct nettrace_packet *p = &x->a.pkt;

	if (!d->based || !peer->based)
		nt_dir_base(d, peer, p);
	if (d->based) {
		x->a.seq = p->seq - (uint32_t)d->base;
		x->a.seq_valid = true;
	}
	if (TH(p, ACK) && peer->based) {
		x->a.ack = p->ack - (uint32_t)peer->base;
		x->a.ack_valid = true;
	}
}

/* it opens a conversation whose addresses and ports have had one before */
static bool reuses_ports(const struct nt_convx *cv, const struct nt_arrow *a)
{
	const struct nt_convx *o;
	struct nt_tuple t;

	if (a->n != 1 || !TH(&a->pkt, SYN) || TH(&a->pkt, ACK))
		return false;
	t = (struct nt_tuple){
		.proto = cv->c.proto,
		.a = { cv->c.end[0].addr, cv->c.end[1].addr },
		.scope = cv->scope,
	};
	o = nt_conv_older(cv, &t);
	return o && o->tcp_seen;
}

/* @in: where it arrived, or NULL */
static void mark_segment(struct nt_convx *cv, struct nt_arrowx *x, const struct nt_sighting *in,
			 const struct nt_dir *d, const struct nt_dir *peer)
{
	const struct nettrace_packet *p = &x->a.pkt;
	struct nt_end *end = &cv->c.end[x->a.dir];
	bool traced = end->source >= 0;
	bool out = nt_hook_stage(x->a.sight[0].hook) == NT_STAGE_OUT;
	struct nt_mark_facts f = {
		.p = p,
		.t = x->a.t,
		.dir = x->a.dir,
		.out = out,
		.owned = out && traced,
		.copy = !out && traced && !cv->c.lost_near && p->gso_segs <= 1,
		.had = in && (in->flags & NT_SIGHT_HAD) && p->gso_segs <= 1,
		.reused = reuses_ports(cv, &x->a),
	};
	struct nt_mark_list s;
	unsigned int i;

	take_marks(&s, &x->a);
	for (i = 0; i < x->a.nsight; i++)
		f.ce |= (x->a.sight[i].flags & NT_SIGHT_CE) != 0;
	x->a.wire_segs = nt_marks_segment(&cv->marker, &f, d, peer, &s);
	put_marks(&x->a, &s);
	if (marked(&x->a, NT_MARK_RETRANSMISSION))
		end->retransmissions++;
}

const struct nt_sighting *nt_delivery(const struct nt_arrow *a)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++) {
		/* IPv6 shows fragments there: one that others are missing from is none */
		if (nt_hook_stage(a->sight[i].hook) == NT_STAGE_IN &&
		    !(a->sight[i].flags & NETTRACE_PKT_FRAGMENT))
			return &a->sight[i];
	}
	return NULL;
}

/* a later part of the stream, sent after this one, was delivered before it */
static void mark_overtaken(struct nt_arrowx *x, const struct nt_sighting *in)
{
	const struct nt_sighting *other;
	const struct nt_arrowx *o;

	if (!in || !nt_seg_len(&x->a.pkt) || marked(&x->a, NT_MARK_RETRANSMISSION) ||
	    marked(&x->a, NT_MARK_OLD_DUPLICATE) || marked(&x->a, NT_MARK_OUT_OF_ORDER))
		return;
	for (o = x->next; o && o->a.t < in->t; o = o->next) {
		if (o->a.dir != x->a.dir || o->icmp || !nt_seg_len(&o->a.pkt) ||
		    !nt_seq_before(x->a.pkt.seq, o->a.pkt.seq))
			continue;
		other = nt_delivery(&o->a);
		if (other && other->t < in->t) {
			nt_arrow_mark(&x->a, NT_MARK_OUT_OF_ORDER, NULL, NT_INFERRED);
			return;
		}
	}
}

/*
 * Sent, and its receiver's namespace is traced, yet it never came.  Not said
 * when it may be under way still, nor where events were lost.
 */
bool nt_mark_lost(const struct nt_model *m, struct nt_convx *cv, struct nt_arrowx *x)
{
	int64_t wait = m->hold < NT_LOST_WAIT ? m->hold : NT_LOST_WAIT;

	if (nt_hook_stage(x->a.sight[0].hook) != NT_STAGE_OUT || cv->c.end[!x->a.dir].source < 0 ||
	    nt_delivery(&x->a) || nt_arrow_dropped(&x->a) || cv->c.lost_near)
		return false;
	if (cv->max_delay > m->hold / 2 || (m->finishing && m->t_max - x->a.t_last < wait))
		return false;
	nt_arrow_mark(&x->a, NT_MARK_NOT_DELIVERED, NULL, NT_INFERRED);
	return true;
}

/* how it began, and Wireshark's completeness mask */
static void note_opening(struct nt_convx *cv, const struct nt_arrowx *x)
{
	const struct nettrace_packet *p = &x->a.pkt;
	struct nt_conv *c = &cv->c;

	if (TH(p, SYN)) {
		c->completeness |= TH(p, ACK) ? NT_SEEN_SYN_ACK : NT_SEEN_SYN;
		c->end[x->a.dir].syn = true;
		c->end[x->a.dir].wscale =
			p->optflags & NETTRACE_OPT_WSCALE ? (int8_t)(p->wscale & 15) : -1;
	} else if (TH(p, ACK)) {
		c->completeness |= p->payload ? NT_SEEN_DATA : NT_SEEN_ACK;
	}
	if (TH(p, FIN))
		c->completeness |= NT_SEEN_FIN;
	if (TH(p, RST))
		c->completeness |= NT_SEEN_RST;

	if (!cv->tcp_seen) {
		cv->tcp_seen = true;
		c->opened = TH(p, SYN) && !TH(p, ACK) ? NT_OPEN_UNANSWERED : NT_OPEN_MIDSTREAM;
		return;
	}
	if (c->opened != NT_OPEN_UNANSWERED || x->a.dir == 0)
		return;
	if (TH(p, RST))
		c->opened = NT_OPEN_REFUSED;
	else if (TH(p, SYN))
		c->opened = TH(p, ACK) ? NT_OPEN_HANDSHAKE : NT_OPEN_SIMULTANEOUS;
}

static void note_closing(struct nt_convx *cv, const struct nt_arrowx *x)
{
	const struct nettrace_packet *p = &x->a.pkt;
	struct nt_conv *c = &cv->c;

	if (TH(p, FIN)) {
		if (c->closer < 0)
			c->closer = x->a.dir;
		if (cv->e[0].dir.fin_known && cv->e[1].dir.fin_known && c->closed == NT_CLOSE_OPEN)
			c->closed = NT_CLOSE_FIN;
	}
	/* an end that is CLOSED and sends a RST: it aborted, or refuses */
	if (TH(p, RST) && c->end[x->a.dir].state == NT_CLOSED) {
		if (c->closed == NT_CLOSE_OPEN)
			c->closed = NT_CLOSE_RST;
		if (c->closer < 0 && c->opened != NT_OPEN_REFUSED)
			c->closer = x->a.dir;
	}
}

static bool found_request(const struct nt_arrowx *x, const struct nt_sighting *s)
{
	return s->sk_kind == NETTRACE_SK_REQUEST && s->hook == NETTRACE_LOCAL_IN &&
	       (x->a.pkt.tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) == NETTRACE_TH_SYN;
}

/*
 * The trace began after the connection, or a gap hid a transition: the state
 * beside a sighting tells where an end is, though not how it came there.
 */
static void take_samples(struct nt_convx *cv, const struct nt_arrowx *x)
{
	unsigned int i;

	for (i = 0; i < x->a.nsight; i++) {
		const struct nt_sighting *s = &x->a.sight[i];
		enum nt_stage stage = nt_hook_stage(s->hook);
		int end = stage == NT_STAGE_OUT ? x->a.dir : !x->a.dir;
		struct nt_end *e = &cv->c.end[end];
		enum nt_state state = s->state;

		if (stage == NT_STAGE_PATH || e->source != s->source ||
		    (e->state != NT_ST_NONE && !cv->e[end].resync))
			continue;
		/* nobody is there to take it */
		if (stage == NT_STAGE_IN && s->sk_kind == NETTRACE_SK_NONE)
			state = NT_CLOSED;
		/*
		 * A SYN that finds a request is not the one that made it; the record
		 * of its beginning is older than this sighting, and may come still.
		 */
		if (state == NT_ST_NONE || found_request(x, s))
			continue;
		cv->e[end].resync = false;
		e->state = state;
		e->basis = NT_OBSERVED;
	}
}

static int tcp_final(struct nt_model *m, struct nt_convx *cv, struct nt_arrowx *x,
		     const struct nt_sighting *in)
{
	struct nt_dir *d = &cv->e[x->a.dir].dir, *peer = &cv->e[!x->a.dir].dir;
	int ret;

	number(x, d, peer);
	mark_segment(cv, x, in, d, peer);
	mark_overtaken(x, in);
	cv->c.end[x->a.dir].bytes += nt_dir_pass(d, peer, &x->a.pkt);
	note_opening(cv, x);
	take_samples(cv, x);
	ret = nt_infer_sent(m, x);
	note_closing(cv, x);
	return ret;
}

int nt_arrow_final(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_item item = {
		.type = NT_ITEM_ARROW,
		.t = x->pend.t,
		.conv = &cv->c,
		.arrow = &x->a,
	};
	const struct nt_sighting *in = nt_delivery(&x->a);
	const struct nettrace_packet *p = &x->a.pkt;
	struct nt_end *end = &cv->c.end[x->a.dir];
	bool tcp = p->proto == IPPROTO_TCP;
	int ret = 0;

	x->a.n = ++cv->c.narrow;
	x->a.wire_segs = p->gso_size && p->gso_segs ? p->gso_segs : 1;
	x->final = true;
	if (p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_BAD_OPTS))
		nt_arrow_mark(&x->a, NT_MARK_MALFORMED, NULL, NT_OBSERVED);
	if (tcp)
		ret = tcp_final(m, cv, x, in);
	else if (x->icmp)
		nt_marks_icmp(&cv->marker, !x->a.dir, &x->a.pkt);
	else
		end->bytes += p->payload;
	if (!tcp)
		nt_dgram_final(m, x);
	if (!x->icmp) {
		end->arrows++;
		if (!in && !nt_arrow_dropped(&x->a) && !nt_unsure(m, x))
			nt_mark_lost(m, cv, x);
	}
	if (!ret && m->timers)
		ret = nt_timer_sent(m, x);
	if (!ret)
		ret = nt_nat_final(m, x);
	if (!ret)
		ret = nt_emit(m, cv, &item);
	if (!ret && tcp && !nt_arrow_dropped(&x->a))
		ret = nt_infer_received(m, x);
	return ret;
}
