// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_resolve.c - messages of ARP and neighbour discovery: which belong together
 *
 * A reply is paired with the request that it answers, requests with those before
 * them.  Who claims an address is remembered for each place (namespace and device)
 * that heard it: two who claim the same one, heard at the same place within HOLDS,
 * are a conflict.  Addresses that never meet on a link are not compared.
 *
 * All tables are small and of one size: when one is full, the oldest entry goes,
 * and a pair is not told.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define ASKS	  64
#define CLAIMS	  256
#define FORWARDED 256
#define PATIENCE  (5000 * NT_MS)  /* a reply that is later answers nothing */
#define RETRY	  (1000 * NT_MS)  /* the kernel asks again after so long (retrans_time) */
#define HOLDS	  (30000 * NT_MS) /* an answer is believed about so long */

/* a request that is open, or was answered last */
struct ask {
	struct nt_arpx *x; /* the last of them; NULL: forgotten */
	int64_t t;
	uint32_t tries;
	uint8_t family;
	uint8_t spa[16], tpa[16], sha[6];
	int from; /* the stream that sent it; -1: it was heard */
	bool answered;
};

struct claim {
	int64_t t;
	uint16_t source;
	uint8_t family; /* 0: empty */
	uint8_t ip[16], mac[6];
	char dev[NETTRACE_NAME_LEN];
};

struct forwarded {
	bool used;
	uint16_t source;
	uint8_t family;
	uint8_t ip[16];
};

struct nt_resolver {
	struct ask ask[ASKS];
	struct claim claim[CLAIMS];
	struct forwarded forwarded[FORWARDED]; /* by hash: the last one of each */
	unsigned int nask, nclaim;
};

static struct nt_resolver *resolver(struct nt_model *m)
{
	if (!m->resolver)
		m->resolver = calloc(1, sizeof(*m->resolver));
	return m->resolver;
}

static bool is_zero(const uint8_t *b, size_t n)
{
	while (n--)
		if (*b++)
			return false;
	return true;
}

/* the namespace that sends it; -1: none that is seen */
static int origin(const struct nt_arp *a)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++)
		if (nt_hook_stage(a->sight[i].hook) == NT_STAGE_OUT)
			return a->sight[i].source;
	return -1;
}

/* the request that is the same as this one, if it was not long ago */
static struct ask *asked_before(struct nt_resolver *r, const struct nt_arp *a)
{
	unsigned int i;

	for (i = 0; i < ASKS; i++) {
		struct ask *k = &r->ask[i];

		if (k->family == a->family && a->t - k->t <= PATIENCE && !k->answered &&
		    !memcmp(k->spa, a->spa, sizeof(k->spa)) &&
		    !memcmp(k->tpa, a->tpa, sizeof(k->tpa)) &&
		    !memcmp(k->sha, a->sha, sizeof(k->sha)))
			return k;
	}
	return NULL;
}

static void note_request(struct nt_resolver *r, struct nt_arpx *x)
{
	struct nt_arp *a = &x->a;
	struct ask *k = asked_before(r, a);

	if (k) {
		if (k->x)
			k->x->a.fate = NT_ARP_UNANSWERED;
	} else {
		k = &r->ask[r->nask++ % ASKS];
		*k = (struct ask){ .family = a->family, .from = origin(a) };
		memcpy(k->spa, a->spa, sizeof(k->spa));
		memcpy(k->tpa, a->tpa, sizeof(k->tpa));
		memcpy(k->sha, a->sha, sizeof(k->sha));
	}
	k->x = x;
	k->t = a->t;
	a->tries = ++k->tries;
}

/* is it somebody else who answers the probe: who probed will claim the address himself */
static bool answers_probe(const struct ask *k, const struct nt_arp *a)
{
	/* by ARP, to its hardware address */
	if (a->family == NETTRACE_IPV4)
		return !memcmp(k->sha, a->tha, sizeof(k->sha)) &&
		       memcmp(k->sha, a->sha, sizeof(k->sha));
	/* by neighbour discovery to all, and the probe does not say whose it is */
	return k->from >= 0 && k->from != origin(a);
}

/* the request that @a answers; a probe has no address to which to answer */
static struct ask *question(struct nt_resolver *r, const struct nt_arp *a)
{
	struct ask *found = NULL;
	unsigned int i;

	for (i = 0; i < ASKS; i++) {
		struct ask *k = &r->ask[i];
		bool probe = is_zero(k->spa, sizeof(k->spa));

		if (k->family != a->family || a->t < k->t || a->t - k->t > PATIENCE ||
		    memcmp(k->tpa, a->spa, sizeof(k->tpa)))
			continue;
		if (probe ? !answers_probe(k, a) : memcmp(k->spa, a->tpa, sizeof(k->spa)))
			continue;
		if (!found || k->t > found->t)
			found = k;
	}
	return found;
}

static void note_reply(struct nt_resolver *r, struct nt_arp *a)
{
	struct ask *k = question(r, a);

	if (!k)
		return;
	a->delay = a->t - k->t;
	a->tries = k->tries;
	a->kind = NT_ARP_REPLY;
	if (k->x)
		k->x->a.fate = NT_ARP_ANSWERED;
	k->answered = true;
	if (!is_zero(k->spa, sizeof(k->spa)))
		return;
	/* it is what the probe was to find out: somebody has the address */
	a->kind = NT_ARP_CONFLICT;
	memcpy(a->other, k->sha, sizeof(a->other));
}

static struct forwarded *forwarded_slot(struct nt_resolver *r, unsigned int source,
					unsigned int family, const uint8_t *ip)
{
	unsigned int i, h = source * 31 + family;

	for (i = 0; i < 16; i++)
		h = h * 31 + ip[i];
	return &r->forwarded[h % FORWARDED];
}

int nt_resolve_forwarded(struct nt_model *m, const struct nt_seen *s)
{
	struct nt_resolver *r = resolver(m);
	struct forwarded *f;

	if (!r)
		return -ENOMEM;
	f = forwarded_slot(r, s->ev->source, s->p->hdr.family, s->p->dst);
	f->used = true;
	f->source = (uint16_t)s->ev->source;
	f->family = s->p->hdr.family;
	memcpy(f->ip, s->p->dst, sizeof(f->ip));
	return 0;
}

/* who sends the answer was seen to pass on what is for that address: it is not its own */
static bool by_proxy(struct nt_resolver *r, const struct nt_arp *a)
{
	const struct forwarded *f;
	unsigned int i;

	for (i = 0; i < a->nsight; i++) {
		if (nt_hook_stage(a->sight[i].hook) != NT_STAGE_OUT)
			continue;
		f = forwarded_slot(r, a->sight[i].source, a->family, a->spa);
		if (f->used && f->source == a->sight[i].source && f->family == a->family &&
		    !memcmp(f->ip, a->spa, sizeof(f->ip)))
			return true;
	}
	return false;
}

/* was that address claimed by somebody else where this was heard? then remember this */
static void note_claim(struct nt_resolver *r, struct nt_arp *a)
{
	unsigned int i, k;

	if (is_zero(a->spa, sizeof(a->spa)) || is_zero(a->sha, sizeof(a->sha)))
		return;
	for (i = 0; i < a->nsight; i++) {
		const struct nt_sighting *s = &a->sight[i];
		struct claim *c = NULL;

		for (k = 0; k < CLAIMS && !c; k++)
			if (r->claim[k].family == a->family && r->claim[k].source == s->source &&
			    !memcmp(r->claim[k].ip, a->spa, sizeof(a->spa)) &&
			    !strncmp(r->claim[k].dev, s->dev, sizeof(s->dev)))
				c = &r->claim[k];
		if (c && memcmp(c->mac, a->sha, sizeof(c->mac)) && a->t - c->t <= HOLDS) {
			a->kind = NT_ARP_CONFLICT;
			memcpy(a->other, c->mac, sizeof(a->other));
		}
		if (!c) {
			c = &r->claim[r->nclaim++ % CLAIMS];
			c->family = a->family;
			c->source = s->source;
			memcpy(c->ip, a->spa, sizeof(c->ip));
			memcpy(c->dev, s->dev, sizeof(c->dev));
		}
		c->t = a->t;
		memcpy(c->mac, a->sha, sizeof(c->mac));
	}
}

int nt_resolve(struct nt_model *m, struct nt_arpx *x)
{
	struct nt_resolver *r = resolver(m);
	struct nt_arp *a = &x->a;
	bool own = !memcmp(a->spa, a->tpa, sizeof(a->spa));

	if (!r)
		return -ENOMEM;
	a->kind = NT_ARP_OTHER;
	if (a->op == 1) {
		a->kind = is_zero(a->spa, sizeof(a->spa)) ? NT_ARP_PROBE :
			  own				  ? NT_ARP_ANNOUNCEMENT :
							    NT_ARP_REQUEST;
		if (a->kind != NT_ARP_ANNOUNCEMENT)
			note_request(r, x);
	} else if (a->op == 2) {
		a->kind = own || a->broadcast ? NT_ARP_GRATUITOUS : NT_ARP_REPLY;
		note_reply(r, a);
		if (a->kind == NT_ARP_REPLY && by_proxy(r, a))
			a->kind = NT_ARP_PROXY;
	}
	note_claim(r, a);
	return 0;
}

void nt_resolve_failed(struct nt_model *m, const struct nt_neigh *n)
{
	unsigned int i, k;

	for (i = 0; m->resolver && i < ASKS; i++) {
		struct ask *q = &m->resolver->ask[i];

		if (!q->x || q->answered || q->family != n->addr.family ||
		    memcmp(q->tpa, n->addr.b, sizeof(q->tpa)))
			continue;
		for (k = 0; k < q->x->a.nsight; k++)
			if (q->x->a.sight[k].source == n->source &&
			    nt_hook_stage(q->x->a.sight[k].hook) == NT_STAGE_OUT)
				q->x->a.fate = NT_ARP_UNANSWERED;
	}
}

void nt_resolve_finish(struct nt_model *m)
{
	unsigned int i;

	for (i = 0; m->resolver && i < ASKS; i++) {
		struct ask *q = &m->resolver->ask[i];

		/* that nobody objects is what a probe hopes for */
		if (q->x && !q->answered && q->x->a.kind == NT_ARP_REQUEST &&
		    m->t_max - q->t >= RETRY)
			q->x->a.fate = NT_ARP_UNANSWERED;
	}
}

void nt_resolve_forget(struct nt_model *m)
{
	unsigned int i;

	for (i = 0; m->resolver && i < ASKS; i++)
		if (m->resolver->ask[i].x && m->resolver->ask[i].x->gone)
			m->resolver->ask[i].x = NULL;
}
