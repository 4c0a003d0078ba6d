// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_prompt.c - when is a thing handed out, and what is added to it later
 *
 * Without nt_model_prompt() everything waits for the hold.  With it a thing goes
 * as soon as nothing can be added to it: most packets that were sent here are
 * delivered here, within microseconds, and all sightings up to a certain time
 * have been fed (nt_model_advance()).  What is not complete goes after a shorter
 * wait, and what turns up after that is an item of its own: that it was sighted
 * elsewhere, or that it was not delivered within the hold.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

/*
 * Nobody tells of its delivery; but on its way through this machine it may be
 * sighted again, within so short a time.
 */
#define WAY (2 * NT_MS)

static int64_t shorter(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

static int64_t arrow_due(const struct nt_model *m, const struct nt_arrowx *x)
{
	const struct nt_conv *c = &x->pend.cv->c;
	int to = !x->a.dir;

	/* who delivers a group's datagram is not the only one who does */
	if (x->a.pkt.proto == IPPROTO_TCP && nt_delivery(&x->a))
		return x->a.t_last + NT_SLOP;
	if (nt_arrow_dropped(&x->a))
		return x->a.t_last + NT_SLOP;
	/* what comes from there is not seen to leave: it is no namespace of ours */
	if (c->end[to].source < 0 && x->pend.cv->e[to].away)
		return x->pend.t + shorter(WAY, m->wait);
	return x->pend.t + m->wait;
}

/* when @p may be handed out, if nothing is added to it before */
static int64_t due(const struct nt_model *m, const struct nt_pend *p)
{
	int64_t t;

	if (!m->prompt)
		return p->t + m->hold;
	switch (p->type) {
	case NT_PEND_ARROW:
		t = arrow_due(m, (const struct nt_arrowx *)p);
		break;
	case NT_PEND_ARP:
	case NT_PEND_FRAG: /* for the fragment with the ports */
		t = p->t + m->wait;
		break;
	case NT_PEND_CALL: /* rather with its result */
		t = p->t + (((const struct nt_callx *)p)->c.t_end ? NT_SLOP : m->wait);
		break;
	case NT_PEND_QUEUE:
		t = p->t + (nt_queue_settled((const struct nt_queuex *)p) ? NT_SLOP : m->wait);
		break;
	default: /* its cause may be recorded a little later */
		t = p->t + NT_SLOP;
		break;
	}
	return shorter(t, p->t + m->hold);
}

bool nt_pend_due(const struct nt_model *m, const struct nt_pend *p)
{
	return m->now >= due(m, p);
}

void nt_model_prompt(struct nt_model *m, int64_t wait_ns)
{
	m->prompt = true;
	m->wait = wait_ns < m->hold ? wait_ns : m->hold;
}

static int64_t lost_wait(const struct nt_model *m)
{
	return shorter(m->hold, NT_LOST_WAIT);
}

int64_t nt_model_due(const struct nt_model *m)
{
	int64_t t = m->head ? due(m, m->head) : INT64_MAX;

	if (m->unsure)
		t = shorter(t, m->unsure->a.t_last + lost_wait(m));
	if (m->asking)
		t = shorter(t, m->asking->a.t + NT_ECHO_WAIT);
	return t;
}

/* @s: where it was sighted; NULL: @mark is said */
static int late_add(struct nt_model *m, struct nt_arrowx *x, int64_t t, const struct nt_sighting *s,
		    enum nt_mark_name mark)
{
	struct nt_latex *l = calloc(1, sizeof(*l));

	if (!l)
		return -ENOMEM;
	l->pend.type = NT_PEND_LATE;
	l->pend.t = t;
	l->pend.cv = x->pend.cv;
	l->l.t = t;
	l->l.arrow = &x->a;
	l->l.lost = !s;
	l->l.mark = mark;
	if (s)
		l->l.sight = *s;
	nt_queue_add(m, &l->pend);
	return 0;
}

int nt_late_sighting(struct nt_model *m, struct nt_arrowx *x, const struct nt_seen *s)
{
	struct nt_sighting sight;

	m->stats.late_sightings++;
	if (!m->prompt)
		return 0;
	nt_sighting_set(&sight, s->ev, s->p);
	return late_add(m, x, s->ev->t, &sight, NT_MARK_NOT_DELIVERED);
}

int nt_late_mark(struct nt_model *m, struct nt_arrowx *x, enum nt_mark_name mark, int64_t t)
{
	return late_add(m, x, t, NULL, mark);
}

int nt_late_final(struct nt_model *m, struct nt_latex *x)
{
	struct nt_item item = {
		.type = NT_ITEM_LATE,
		.t = x->pend.t,
		.conv = &x->pend.cv->c,
		.late = &x->l,
	};
	int ret = nt_emit(m, NULL, &item);

	free(x);
	return ret;
}

/* it is too early to say that it was lost */
bool nt_unsure(struct nt_model *m, struct nt_arrowx *x)
{
	if (!m->prompt || m->finishing || m->now - x->a.t_last >= lost_wait(m))
		return false;
	x->unsure_next = NULL;
	if (m->unsure)
		m->unsure_last->unsure_next = x;
	else
		m->unsure = x;
	m->unsure_last = x;
	x->pend.cv->pending++;
	return true;
}

/* say of those whose time has come that they were not delivered; at the end, of all */
void nt_unsure_settle(struct nt_model *m)
{
	struct nt_arrowx *x;

	while ((x = m->unsure) && (m->finishing || m->now - x->a.t_last >= lost_wait(m))) {
		m->unsure = x->unsure_next;
		x->pend.cv->pending--;
		if (nt_mark_lost(m, x->pend.cv, x))
			nt_late_mark(m, x, NT_MARK_NOT_DELIVERED, x->a.t_last + lost_wait(m));
	}
}
