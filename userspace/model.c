// SPDX-License-Identifier: GPL-2.0-only
/*
 * model.c - the queue of what is not final yet, and what the outside calls
 *
 * model_priv.h tells how the files work together.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

void *nt_grow(void *array, size_t *cap, size_t n, size_t size)
{
	size_t more = *cap ? *cap * 2 : 16;
	void *new;

	if (n < *cap)
		return array;
	new = reallocarray(array, more, size);
	if (new)
		*cap = more;
	return new;
}

void nt_queue_after(struct nt_model *m, struct nt_pend *p, struct nt_pend *after)
{
	p->prev = after;
	p->next = after ? after->next : m->head;
	if (p->next)
		p->next->prev = p;
	else
		m->tail = p;
	if (after)
		after->next = p;
	else
		m->head = p;
	if (p->cv)
		p->cv->pending++;
}

void nt_queue_add(struct nt_model *m, struct nt_pend *p)
{
	struct nt_pend *after = m->tail;

	while (after && after->t > p->t)
		after = after->prev;
	nt_queue_after(m, p, after);
}

void nt_queue_del(struct nt_model *m, struct nt_pend *p)
{
	if (p->prev)
		p->prev->next = p->next;
	else
		m->head = p->next;
	if (p->next)
		p->next->prev = p->prev;
	else
		m->tail = p->prev;
	p->prev = NULL;
	p->next = NULL;
	if (p->cv)
		p->cv->pending--;
}

struct nt_transition *nt_transition_new(struct nt_model *m)
{
	struct nt_transition *tr = m->spent;

	if (!tr)
		return calloc(1, sizeof(*tr));
	m->spent = NULL;
	memset(tr, 0, sizeof(*tr));
	return tr;
}

int nt_emit(struct nt_model *m, struct nt_convx *cv, const struct nt_item *item)
{
	struct nt_item *array;

	if (cv) {
		if (!m->policy.no_items) {
			array = nt_grow(cv->c.item, &cv->cap, cv->c.nitem, sizeof(*array));
			if (!array)
				return -ENOMEM;
			cv->c.item = array;
			cv->c.item[cv->c.nitem++] = *item;
		}
		if (!cv->any)
			cv->c.t0 = item->t;
		if (!cv->any || item->t > cv->c.t1)
			cv->c.t1 = item->t;
		cv->any = true;
	}
	if (item->t > m->handed)
		m->handed = item->t;
	if (m->obs.item)
		m->obs.item(m->obs.arg, m, item);
	/* its maker may look at it once more: it goes with the next one */
	if (m->policy.no_items && item->type == NT_ITEM_TRANSITION) {
		free(m->spent);
		m->spent = item->tr;
	}
	return 0;
}

/* every conversation that was alive in that namespace may lack events */
static int gap_final(struct nt_model *m, struct nt_gapx *x)
{
	struct nt_item item = { .type = NT_ITEM_GAP, .t = x->g.t, .gap = &x->g };
	struct nt_gapx **array;
	size_t i;
	int e;

	array = nt_grow(m->gap, &m->gap_cap, m->ngap, sizeof(*array));
	if (!array) {
		free(x);
		return -ENOMEM;
	}
	m->gap = array;
	nt_shared_after(&x->pend, m->ngap ? &array[m->ngap - 1]->pend : NULL);
	m->gap[m->ngap++] = x;
	for (i = 0; i < m->nconv; i++) {
		struct nt_conv *c = &m->conv[i]->c;
		bool hit = false;

		for (e = 0; e < 2; e++) {
			if (c->end[e].source != x->g.source || c->end[e].state == NT_CLOSED)
				continue;
			m->conv[i]->e[e].resync = true;
			hit = true;
		}
		/* forwarded only: any namespace may have been its router */
		if (c->end[0].source < 0 && c->end[1].source < 0 && c->closed == NT_CLOSE_OPEN)
			hit = true;
		if (hit)
			c->lost_near += x->g.lost;
	}
	return nt_emit(m, NULL, &item);
}

static int gap_feed(struct nt_model *m, const struct nt_event *ev)
{
	struct nt_gapx *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_GAP;
	x->pend.t = ev->t;
	x->g.t = ev->t;
	x->g.lost = ev->rec.gap.lost;
	x->g.source = ev->source;
	x->g.cpu = ev->rec.hdr.cpu;
	m->stats.gaps++;
	m->stats.lost += x->g.lost;
	nt_queue_add(m, &x->pend);
	return 0;
}

/*
 * In the order of the file, in each conversation: what was captured at one place
 * waits for no sighting, but a SYN or FIN for its answer, and a datagram for the
 * rest of its fragments.
 */
int nt_arrow_ripen(struct nt_model *m, struct nt_convx *cv)
{
	struct nt_arrowx *x;
	int ret = 0;

	while (!ret && (x = cv->unripe) &&
	       (x->final || (!nt_infer_waits(x) && !nt_frag_waits(x)))) {
		cv->unripe = x->next;
		if (x->final)
			continue;
		nt_queue_del(m, &x->pend);
		ret = nt_arrow_final(m, x);
	}
	nt_arrow_trim(m, cv);
	return ret;
}

int nt_arrow_eager(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;
	int ret;

	/* nearly always */
	if (!cv->unripe && !nt_infer_waits(x)) {
		ret = nt_arrow_final(m, x);
		nt_arrow_trim(m, cv);
		return ret;
	}
	nt_queue_add(m, &x->pend);
	if (!cv->unripe)
		cv->unripe = x;
	return nt_arrow_ripen(m, cv);
}

static int make_final(struct nt_model *m, struct nt_pend *p)
{
	int ret = 0;

	nt_queue_del(m, p);
	switch (p->type) {
	case NT_PEND_ARROW:
		ret = nt_arrow_final(m, (struct nt_arrowx *)p);
		nt_arrow_trim(m, p->cv);
		break;
	case NT_PEND_STATE:
		ret = nt_state_final(m, (struct nt_statex *)p);
		if (ret != 1)
			free(p);
		break;
	case NT_PEND_ARP:
		ret = nt_arp_final(m, (struct nt_arpx *)p);
		break;
	case NT_PEND_GAP:
		ret = gap_final(m, (struct nt_gapx *)p);
		break;
	case NT_PEND_LATE:
		ret = nt_late_final(m, (struct nt_latex *)p);
		break;
	case NT_PEND_TRACK:
		ret = nt_agree_final(m, (struct nt_trackx *)p);
		free(p);
		break;
	case NT_PEND_CALL:
		ret = nt_call_final(m, (struct nt_callx *)p);
		free(p);
		break;
	case NT_PEND_TIMER:
		ret = nt_timer_final(m, (struct nt_timerx *)p);
		free(p);
		break;
	case NT_PEND_QUEUE:
		ret = nt_queue_final(m, (struct nt_queuex *)p);
		free(p);
		break;
	case NT_PEND_ROUTE:
		ret = nt_route_final(m, (struct nt_routex *)p);
		free(p);
		break;
	case NT_PEND_NEIGH:
		ret = nt_neigh_final(m, (struct nt_neighx *)p);
		break;
	case NT_PEND_DROP:
		ret = nt_drop_final(m, (struct nt_dropx *)p);
		free(p);
		break;
	case NT_PEND_FRAG:
		ret = nt_frag_final(m, (struct nt_fragx *)p);
		break;
	}
	return ret < 0 ? ret : 0;
}

struct nt_model *nt_model_new(int64_t hold_ns, const struct nt_observer *obs)
{
	struct nt_model *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->nbucket = 256;
	m->bucket = calloc(m->nbucket, sizeof(*m->bucket));
	if (!m->bucket) {
		free(m);
		return NULL;
	}
	m->hold = hold_ns < 0 ? 0 : hold_ns;
	/* no one who sends packets is to know which of them share a bucket */
	m->hash_seed = (uint64_t)(uintptr_t)m * 0x9e3779b97f4a7c15u;
	m->policy.grace_ns = 2000 * NT_MS;
	if (obs)
		m->obs = *obs;
	return m;
}

void nt_model_policy(struct nt_model *m, const struct nt_model_policy *p)
{
	m->policy = *p;
}

int nt_model_feed(struct nt_model *m, const struct nt_event *ev)
{
	if (ev->t > m->t_max)
		m->t_max = ev->t;
	switch (ev->rec.hdr.type) {
	case NETTRACE_PACKET:
		m->stats.events++;
		m->stats.packets++;
		return nt_packet_feed(m, ev);
	case NETTRACE_STATE:
		m->stats.events++;
		m->stats.transitions++;
		return nt_state_feed(m, ev);
	case NETTRACE_RESET:
		m->stats.events++;
		return nt_state_feed(m, ev);
	case NETTRACE_GAP:
		return gap_feed(m, ev);
	case NETTRACE_CALL:
		m->stats.events++;
		return nt_call_feed(m, ev);
	case NETTRACE_TIMER:
		m->stats.events++;
		return nt_timer_feed(m, ev);
	case NETTRACE_ROUTE:
		m->stats.events++;
		return nt_route_feed(m, ev);
	case NETTRACE_NEIGH:
		m->stats.events++;
		return nt_neigh_feed(m, ev);
	case NETTRACE_DROP:
		m->stats.events++;
		return nt_drop_feed(m, ev);
	case NETTRACE_INFO:
		return 0;
	default:
		m->stats.events++;
		m->stats.unknown_records++;
		return 0;
	}
}

void nt_model_until(struct nt_model *m, int64_t t)
{
	if (t > m->t_max)
		m->t_max = t;
}

/* short of memory an item is missing, not wrong; the next feed reports it */
void nt_model_advance(struct nt_model *m, int64_t t)
{
	if (t > m->now)
		m->now = t;
	nt_unsure_settle(m);
	nt_echo_settle(m);
	while (m->head && nt_pend_due(m, m->head))
		make_final(m, m->head);
	nt_frag_expire(m);
}

void nt_model_finish(struct nt_model *m)
{
	size_t i;

	m->finishing = true;
	nt_calls_finish(m);
	nt_unsure_settle(m);
	while (m->head)
		make_final(m, m->head);
	nt_resolve_finish(m);
	nt_echo_settle(m);
	while (m->head)
		make_final(m, m->head);
	m->stats.unjoined += m->norphan;
	m->norphan = 0;
	for (i = 0; i < m->nconv; i++) {
		nt_agree_settle(m, m->conv[i]);
		if (nt_dgram_silent(m->conv[i], m->t_max))
			m->conv[i]->c.closed = NT_CLOSE_TIMEOUT;
	}
	m->finishing = false;
}

bool nt_model_pending(const struct nt_model *m)
{
	return m->head != NULL;
}

bool nt_conv_pending(const struct nt_conv *c)
{
	const struct nt_convx *cv = c->priv;

	return cv->pending != 0;
}

void nt_model_free(struct nt_model *m)
{
	size_t i;

	if (!m)
		return;
	while (m->head) {
		struct nt_pend *p = m->head;

		nt_queue_del(m, p);
		/* arrows are freed with their conversation, fragments below */
		if (p->type != NT_PEND_ARROW && p->type != NT_PEND_FRAG)
			free(p);
	}
	for (i = 0; i < m->nconv; i++)
		nt_conv_free(m, m->conv[i]);
	nt_shared_free(m);
	nt_calls_free(m);
	free(m->resolver);
	free(m->natter);
	nt_drops_free(m);
	nt_frag_free(m);
	free(m->conv);
	free(m->dis);
	free(m->listener);
	nt_arrows_free(m);
	free(m->spent);
	free(m->bucket);
	free(m);
}

size_t nt_model_nconv(const struct nt_model *m)
{
	return m->nconv;
}

const struct nt_conv *nt_model_conv(const struct nt_model *m, size_t i)
{
	return i < m->nconv ? &m->conv[i]->c : NULL;
}

size_t nt_model_ndisagreement(const struct nt_model *m)
{
	return m->ndis;
}

const struct nt_disagreement *nt_model_disagreement(const struct nt_model *m, size_t i)
{
	return i < m->ndis ? &m->dis[i] : NULL;
}

const struct nt_model_stats *nt_model_stats(const struct nt_model *m)
{
	return &m->stats;
}
