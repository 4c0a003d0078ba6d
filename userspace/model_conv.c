// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_conv.c - conversations: finding, creating, forgetting
 *
 * A conversation is found by protocol, addresses and ports, in either
 * direction.  Several may have had the same ones, one after the other; of these
 * the newest stands first in their bucket.
 */
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

static uint64_t mix(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

static uint64_t hash_addr(const struct nt_addr *a, uint64_t seed)
{
	uint64_t w[2], h;

	memcpy(w, a->b, sizeof(w));
	h = mix((w[0] ^ seed) + ((uint64_t)a->port << 32));
	return w[1] ? mix(h ^ w[1]) : h; /* of IPv4 it is 0 */
}

/* the same for both directions */
static uint32_t hash_tuple(const struct nt_model *m, const struct nt_tuple *t)
{
	uint64_t h = hash_addr(&t->a[0], m->hash_seed) + hash_addr(&t->a[1], m->hash_seed);

	return (uint32_t)mix(h + t->proto + ((uint64_t)(uint32_t)t->scope << 8));
}

static bool is_of(const struct nt_convx *cv, const struct nt_tuple *t)
{
	const struct nt_addr *a = &cv->c.end[0].addr, *b = &cv->c.end[1].addr;

	if (cv->c.proto != t->proto || cv->scope != t->scope)
		return false;
	return (nt_addr_eq(a, &t->a[0]) && nt_addr_eq(b, &t->a[1])) ||
	       (nt_addr_eq(a, &t->a[1]) && nt_addr_eq(b, &t->a[0]));
}

struct nt_convx *nt_conv_older(const struct nt_convx *cv, const struct nt_tuple *t)
{
	struct nt_convx *o;

	for (o = cv->hnext; o && !is_of(o, t); o = o->hnext)
		;
	return o;
}

struct nt_convx *nt_conv_find(const struct nt_model *m, const struct nt_tuple *t)
{
	uint32_t hash = hash_tuple(m, t);
	struct nt_convx **head = &m->bucket[hash & (m->nbucket - 1)], *cv = *head, *before = NULL;

	while (cv && (cv->hash != hash || !is_of(cv, t))) {
		before = cv;
		cv = cv->hnext;
	}
	/* to the front: the next packet need not look at those that are silent */
	if (cv && before) {
		before->hnext = cv->hnext;
		cv->hnext = *head;
		*head = cv;
	}
	return cv;
}

/* more buckets; without memory for them the old ones do */
static void rehash(struct nt_model *m)
{
	size_t i, n = m->nbucket * 4;
	struct nt_convx **bucket = calloc(n, sizeof(*bucket));

	if (!bucket)
		return;
	free(m->bucket);
	m->bucket = bucket;
	m->nbucket = n;
	/* oldest first, so that the newest heads its bucket */
	for (i = 0; i < m->nconv; i++) {
		struct nt_convx *cv = m->conv[i];

		if (cv->over)
			continue;
		cv->hnext = bucket[cv->hash & (n - 1)];
		bucket[cv->hash & (n - 1)] = cv;
	}
}

struct nt_convx *nt_conv_new(struct nt_model *m, const struct nt_tuple *t, int client)
{
	struct nt_convx *cv, **array;
	int e;

	array = nt_grow(m->conv, &m->conv_cap, m->nconv, sizeof(*array));
	if (!array)
		return NULL;
	m->conv = array;
	cv = calloc(1, sizeof(*cv));
	if (!cv)
		return NULL;
	if (m->nhashed >= m->nbucket)
		rehash(m);
	cv->c.id = ++m->last_id;
	cv->c.proto = t->proto;
	cv->c.opened = NT_OPEN_MIDSTREAM;
	cv->c.closed = NT_CLOSE_OPEN;
	cv->c.closer = -1;
	cv->c.priv = cv;
	cv->scope = t->scope;
	for (e = 0; e < 2; e++) {
		cv->c.end[e].addr = t->a[e ^ client];
		cv->c.end[e].source = -1;
		cv->c.end[e].basis = NT_INFERRED;
	}
	cv->hash = hash_tuple(m, t);
	cv->hnext = m->bucket[cv->hash & (m->nbucket - 1)];
	m->bucket[cv->hash & (m->nbucket - 1)] = cv;
	m->nhashed++;
	m->conv[m->nconv++] = cv;
	return cv;
}

const struct nt_conv *nt_model_conv_of(const struct nt_model *m, uint32_t id)
{
	size_t lo = 0, hi = m->nconv; /* by id */

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->conv[mid]->c.id == id)
			return &m->conv[mid]->c;
		if (m->conv[mid]->c.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return NULL;
}

/* arrows are among the items in the order of their numbers */
const struct nt_arrow *nt_conv_arrow(const struct nt_conv *c, uint32_t n)
{
	size_t lo = 0, hi = c->nitem;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2, i = mid;

		while (i < hi && c->item[i].type != NT_ITEM_ARROW)
			i++;
		if (i == hi || c->item[i].arrow->n > n)
			hi = mid;
		else if (c->item[i].arrow->n < n)
			lo = i + 1;
		else
			return c->item[i].arrow;
	}
	return NULL;
}

bool nt_conv_over(const struct nt_convx *cv)
{
	return cv->rst_fed || cv->e[0].gone || cv->e[1].gone ||
	       (cv->e[0].fed.fin_known && cv->e[1].fed.fin_known);
}

/*
 * It refused the peer's SYN, and now opens itself: the peer's socket lives, so
 * the RST has not reached it (yet), and the two SYNs cross.
 */
bool nt_conv_crossing(const struct nt_convx *cv, int end)
{
	const struct nt_endx *peer = &cv->e[!end];

	return cv->rst_fed && !cv->talk_fed && peer->fed.isn_known && peer->sk_id && !peer->gone;
}

#define SPARE_MAX     4096 /* arrows that are not given back */
#define RECALL_DGRAMS 16   /* one of them may be what an ICMP error is about */
#define RECALL	      1 /* the arrow before: the SYN that a SYN,ACK answers (eager: is waiting) */

struct nt_arrowx *nt_arrow_new(struct nt_model *m)
{
	struct nt_arrowx *x = m->spare;

	if (!x) {
		x = calloc(1, sizeof(*x));
		if (!x)
			return NULL;
	} else {
		m->spare = x->next;
		m->nspare--;
		/* beyond nsight and nmark nobody reads what these hold; who asks writes @pkt */
		memset(&x->pend, 0, sizeof(x->pend));
		memset(&x->a, 0, offsetof(struct nt_arrow, pkt));
		memset(&x->prev, 0,
		       offsetof(struct nt_arrowx, few) - offsetof(struct nt_arrowx, prev));
	}
	x->a.sight = x->few;
	x->x = x->fewx;
	return x;
}

static void arrow_free(struct nt_model *m, struct nt_arrowx *x)
{
	nt_frag_forget(m, x);
	nt_nat_forget(m, x);
	free(x->a.app);
	free(x->a.nat);
	free(x->many);
	if (m->nspare == SPARE_MAX) {
		free(x);
		return;
	}
	x->next = m->spare;
	m->spare = x;
	m->nspare++;
}

void nt_arrows_free(struct nt_model *m)
{
	struct nt_arrowx *x;

	while ((x = m->spare)) {
		m->spare = x->next;
		free(x);
	}
}

/* will nothing look for the conversation's first arrow any more? */
static bool outlived(const struct nt_model *m, const struct nt_convx *cv)
{
	const struct nt_arrowx *x = cv->first;

	unsigned int recall = cv->c.proto != IPPROTO_TCP ? RECALL_DGRAMS :
			      m->policy.eager		 ? 0 :
							   RECALL;

	if (!x || !x->final || cv->narrows <= recall || x == cv->unripe || x == cv->e[0].crossed ||
	    x == cv->e[1].crossed || x->asking || x->expects || x->drops)
		return false;
	return m->policy.one_place || m->now - m->hold - x->a.t_last > NT_PAIR_WINDOW;
}

void nt_arrow_trim(struct nt_model *m, struct nt_convx *cv)
{
	struct nt_arrowx *x;
	int e;

	while (m->policy.no_items && outlived(m, cv)) {
		x = cv->first;
		cv->first = x->next;
		if (cv->first)
			cv->first->prev = NULL;
		else
			cv->last = NULL;
		cv->narrows--;
		for (e = 0; e < 2; e++) {
			if (cv->e[e].cause == x)
				cv->e[e].cause = NULL;
		}
		arrow_free(m, x);
	}
}

void nt_conv_free(struct nt_model *m, struct nt_convx *cv)
{
	struct nt_arrowx *x, *next;
	size_t i;

	for (x = cv->first; x; x = next) {
		next = x->next;
		arrow_free(m, x);
	}
	for (i = 0; i < cv->c.nitem; i++) {
		switch (cv->c.item[i].type) {
		case NT_ITEM_TRANSITION:
			free(cv->c.item[i].tr);
			break;
		case NT_ITEM_CALL:
			free(cv->c.item[i].call);
			break;
		case NT_ITEM_TIMER:
			free(cv->c.item[i].timer);
			break;
		case NT_ITEM_QUEUE:
			free(cv->c.item[i].queue);
			break;
		case NT_ITEM_ROUTE:
			free(cv->c.item[i].route);
			break;
		case NT_ITEM_DROP:
			free(cv->c.item[i].drop);
			break;
		default:
			break;
		}
	}
	free(cv->e[0].agree);
	free(cv->e[1].agree);
	nt_calls_forget(m, cv);
	free(cv->e[0].timers);
	free(cv->e[1].timers);
	free(cv->c.ct);
	free(cv->c.item);
	free(cv);
}

static bool ended(const struct nt_model *m, int source)
{
	return source >= 0 && source < NT_SOURCES && (m->ended[source / 8] >> source % 8 & 1);
}

static bool forgettable(const struct nt_model *m, const struct nt_convx *cv, int64_t idle_ns)
{
	int64_t idle = m->now - cv->t_fed;
	int e, closed = 0;

	/* nearly always: no need to look at more of it */
	if (idle < idle_ns && idle < m->policy.grace_ns &&
	    (!m->policy.open_ns || idle < m->policy.open_ns))
		return false;
	if (cv->pending || cv->over)
		return false;
	if (cv->c.proto != IPPROTO_TCP)
		/* an error may come late: of what is not complete after 30 s */
		return idle >= idle_ns || idle > nt_dgram_timeout(cv) + 5000 * NT_MS;
	for (e = 0; e < 2; e++) {
		if (cv->c.end[e].state == NT_CLOSED)
			closed++;
		else if (cv->c.end[e].source >= 0 && !ended(m, cv->c.end[e].source) &&
			 cv->c.end[e].state != NT_ST_NONE)
			return false;
	}
	if (closed)
		return idle >= m->policy.grace_ns;
	if (m->policy.open_ns && cv->c.opened != NT_OPEN_UNANSWERED)
		return idle >= m->policy.open_ns;
	return idle >= idle_ns;
}

static void unhash(struct nt_model *m, const struct nt_convx *cv)
{
	struct nt_convx **p = &m->bucket[cv->hash & (m->nbucket - 1)];

	while (*p != cv)
		p = &(*p)->hnext;
	*p = cv->hnext;
	m->nhashed--;
}

/* true: it is freed */
static bool let_go(struct nt_model *m, struct nt_convx *cv)
{
	unhash(m, cv);
	if (nt_dgram_silent(cv, m->now))
		cv->c.closed = NT_CLOSE_TIMEOUT;
	if (m->policy.keep_over) {
		cv->over = true;
		return false;
	}
	if (m->obs.gone)
		m->obs.gone(m->obs.arg, m, &cv->c);
	nt_conv_free(m, cv);
	return true;
}

/* it never got beyond a SYN, and its client is nobody whose socket is seen */
static bool never_opened(const struct nt_model *m, const struct nt_convx *cv, int64_t idle_ns)
{
	return cv->c.proto == IPPROTO_TCP && !cv->pending && !cv->over &&
	       !(cv->c.completeness & ~(NT_SEEN_SYN | NT_SEEN_SYN_ACK | NT_SEEN_RST)) &&
	       cv->c.end[0].source < 0 && m->now - cv->t_fed >= idle_ns;
}

void nt_model_shed(struct nt_model *m, size_t most)
{
	int64_t idle;
	size_t i, kept;

	for (idle = 64000 * NT_MS; m->nconv > most && idle >= 250 * NT_MS; idle /= 4) {
		for (i = 0, kept = 0; i < m->nconv; i++) {
			if (never_opened(m, m->conv[i], idle)) {
				m->stats.shed++;
				if (let_go(m, m->conv[i]))
					continue;
			}
			m->conv[kept++] = m->conv[i];
		}
		m->nconv = kept;
	}
}

void nt_model_forget(struct nt_model *m, int64_t idle_ns)
{
	size_t i, kept = 0;

	for (i = 0; i < m->nconv; i++) {
		struct nt_convx *cv = m->conv[i];

		if (!forgettable(m, cv, idle_ns) || !let_go(m, cv))
			m->conv[kept++] = cv;
	}
	m->nconv = kept;
	if (!m->policy.keep_over)
		nt_shared_forget(m);
}
