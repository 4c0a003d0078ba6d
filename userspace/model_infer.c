// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_infer.c - the states of an end that no traced kernel owns
 *
 * Inferred from the segments by track/tcp.c, as if each segment that was seen
 * also arrived, and at once: but a SYN or FIN that crosses the receiver's own
 * arrives after that was sent, as far as that has been seen already.  Why the untraced end sent what it sent (which call) is not
 * known, and said so.  Of an end whose own namespace is traced nothing is shown
 * by inference: there its socket speaks, and model_agree.c compares.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"
#include "track/words.h"

#define AHEAD 64 /* segments that are looked at for an answer */

static bool untraced(const struct nt_convx *cv, int end)
{
	return cv->c.end[end].source < 0;
}

static int move(struct nt_model *m, struct nt_arrowx *x, int end, enum nt_state from,
		enum nt_state to, struct nt_cause cause)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_transition *tr = nt_transition_new(m);
	struct nt_item item = {
		.type = NT_ITEM_TRANSITION, .t = x->pend.t, .conv = &cv->c, .tr = tr
	};

	if (!tr)
		return -ENOMEM;
	tr->t = x->a.t;
	tr->end = end;
	tr->from = from;
	tr->to = to;
	tr->basis = NT_INFERRED;
	tr->cause = cause;
	cv->c.end[end].state = to;
	cv->c.end[end].basis = NT_INFERRED;
	nt_conv_moved(cv, tr, cause.kind == NT_CAUSE_SEGMENT ? x : NULL);
	if (nt_emit(m, cv, &item)) {
		free(tr);
		return -ENOMEM;
	}
	return 0;
}

/* the peer's last SYN before this arrow: what a SYN,ACK answers */
static const struct nt_arrowx *syn_before(const struct nt_arrowx *x)
{
	const struct nt_arrowx *s;

	for (s = x->prev; s; s = s->prev) {
		if (s->a.dir != x->a.dir && !s->icmp && (s->a.pkt.tcp_flags & NETTRACE_TH_SYN))
			return s;
	}
	return NULL;
}

/* that there was a listener shows when it answers */
static int listener_answers(struct nt_model *m, struct nt_arrowx *x)
{
	const struct nt_arrowx *syn = syn_before(x);
	struct nt_cause cause = { .kind = NT_CAUSE_SEGMENT };

	if (syn) {
		cause.n = syn->a.n;
	} else {
		cause.kind = NT_CAUSE_UNKNOWN;
		cause.name = N_("its SYN is not in the trace");
	}
	x->pend.cv->c.end[x->a.dir].listening = true;
	return move(m, x, x->a.dir, NT_LISTEN, NT_SYN_RECEIVED, cause);
}

void nt_infer_begin(struct nt_convx *cv, int from, const struct nt_segment *g)
{
	nt_states sender = NT_SET_ANY, receiver = NT_SET_ANY;
	struct nt_tcp *e[2] = { &cv->e[from].tcp, &cv->e[!from].tcp };

	if ((g->flags & NETTRACE_TH_SYN) && !(g->flags & NETTRACE_TH_ACK)) {
		sender = NT_SET(NT_CLOSED);
		receiver = NT_SET(NT_CLOSED) | NT_SET(NT_LISTEN);
	} else if (g->flags & NETTRACE_TH_SYN) {
		/* an answer: to a SYN that was sent before the trace began */
		sender = NT_SET(NT_LISTEN);
		receiver = NT_SET(NT_SYN_SENT) | NT_SET(NT_CLOSED) | NT_SET(NT_ESTABLISHED);
	}
	if (!e[0]->may)
		nt_tcp_begin(e[0], sender);
	if (!e[1]->may)
		nt_tcp_begin(e[1], receiver);
}

/* a RST from an end that never sent anything else: nobody listens there */
static bool refuses(const struct nt_arrowx *x, int e)
{
	return x->a.dir == e && (x->a.pkt.tcp_flags & NETTRACE_TH_RST) &&
	       !x->pend.cv->e[e].dir.sent;
}

/* did they lead anywhere: hardly any does, once the connection stands */
static bool moved(const struct nt_step *step, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (step[i].to != step[i].from)
			return true;
	}
	return false;
}

/* show what the steps did to an end that only they can tell of */
static int show(struct nt_model *m, struct nt_arrowx *x, int e, const struct nt_step *step,
		size_t n, struct nt_cause cause)
{
	const struct nt_cause several = {
		.kind = NT_CAUSE_UNKNOWN,
		.n = x->a.n,
		.name = N_("it may have been in several states"),
	};
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		if (step[i].to == step[i].from)
			continue;
		if (step[i].from == NT_ST_NONE && step[i].meaning == NT_SND_SYNACK) {
			ret = listener_answers(m, x);
			if (ret)
				return ret;
		} else if (refuses(x, e) && step[i].to == NT_CLOSED) {
			/* it was so all the time */
			x->pend.cv->c.end[e].state = step[i].to;
		} else if (step[i].from == NT_ST_NONE || step[i].to == NT_ST_NONE) {
			/* which of several: how it came there was not seen */
			ret = move(m, x, e, step[i].from, step[i].to, several);
			if (ret)
				return ret;
		} else {
			ret = move(m, x, e, step[i].from, step[i].to, cause);
			if (ret)
				return ret;
		}
	}
	return 0;
}

int nt_infer_sent(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_tcp *tcp = &cv->e[x->a.dir].tcp;
	struct nt_step step[NT_MEANINGS_MAX];
	struct nt_segment g;
	size_t n;

	nt_segment_of(&g, &x->a.pkt);
	if (!tcp->may || !cv->e[!x->a.dir].tcp.may)
		nt_infer_begin(cv, x->a.dir, &g);
	if (!untraced(cv, x->a.dir))
		return 0;
	/* with a SYN a state begins to be known */
	if (cv->c.end[x->a.dir].state == NT_ST_NONE)
		cv->c.end[x->a.dir].state = nt_tcp_state(tcp);
	n = nt_tcp_sent(tcp, &g, step);
	if (!moved(step, n))
		return 0;
	return show(m, x, x->a.dir, step, n,
		    (struct nt_cause){
			    .kind = NT_CAUSE_UNKNOWN,
			    .n = x->a.n,
			    .name = N_("this end is not traced"),
		    });
}

enum crossing { CROSSES_NOT, CROSSES, CROSSES_MAYBE };

/*
 * Had @x, a SYN or a FIN, not arrived yet when its receiver sent its own?  What
 * the receiver sent next, if that was seen already, does not acknowledge it.
 */
static enum crossing crossing(const struct nt_arrowx *x)
{
	const unsigned int both = NETTRACE_TH_SYN | NETTRACE_TH_FIN;
	uint32_t end = x->a.pkt.seq + nt_seg_len(&x->a.pkt);
	const struct nt_arrowx *y;
	int n = 0;

	if (!(x->a.pkt.tcp_flags & both) ||
	    (x->a.pkt.tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) ==
		    (NETTRACE_TH_SYN | NETTRACE_TH_ACK))
		return CROSSES_NOT;
	for (y = x->next; y && n < AHEAD; y = y->next, n++) {
		const struct nettrace_packet *p = &y->a.pkt;
		bool acks = (p->tcp_flags & NETTRACE_TH_ACK) && (int32_t)(p->ack - end) >= 0;

		if (y->icmp || y->a.dir == x->a.dir)
			continue;
		if (acks || (p->tcp_flags & NETTRACE_TH_RST))
			return CROSSES_NOT;
		if (p->tcp_flags & x->a.pkt.tcp_flags & both)
			return CROSSES;
	}
	return y ? CROSSES_NOT : CROSSES_MAYBE;
}

bool nt_infer_waits(const struct nt_arrowx *x)
{
	return crossing(x) == CROSSES_MAYBE;
}

/* @x reached the end that did not send it, at the time of @at */
static inline int received(struct nt_model *m, const struct nt_arrowx *x, struct nt_arrowx *at)
{
	struct nt_step step[NT_MEANINGS_MAX];
	int end = !x->a.dir;
	struct nt_segment g;
	size_t n;

	nt_segment_of(&g, &x->a.pkt);
	n = nt_tcp_received(&x->pend.cv->e[end].tcp, &g, step);
	if (!moved(step, n))
		return 0;
	return show(m, at, end, step, n,
		    (struct nt_cause){ .kind = NT_CAUSE_SEGMENT, .n = x->a.n });
}

int nt_infer_received(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_endx *from = &cv->e[x->a.dir], *to = &cv->e[!x->a.dir];
	const struct nt_arrowx *crossed = from->crossed;
	int ret;

	/* what was on its way to the sender when it sent this */
	if (crossed && (x->a.pkt.tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_FIN))) {
		from->crossed = NULL;
		ret = received(m, crossed, x);
		if (ret)
			return ret;
	}
	if (!untraced(cv, !x->a.dir))
		return 0;
	if (crossing(x) == CROSSES) {
		to->crossed = x;
		return 0;
	}
	return received(m, x, x);
}
