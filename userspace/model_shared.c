// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_shared.c - ARP messages, neighbour entries and gaps that were handed out
 *
 * They belong to no conversation, and to the picture of each of their time: one that
 * is drawn when it is over wants those since its beginning.  They stand in the order
 * in which they were handed out, which is that of time, but for files whose time goes
 * back.
 */
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

void nt_shared_after(struct nt_pend *p, const struct nt_pend *before)
{
	if (before && before->t > p->t)
		p->t = before->t;
}

typedef int64_t upto_fn(const struct nt_model *m, size_t i);

static int64_t arp_upto(const struct nt_model *m, size_t i)
{
	return m->arp[i]->pend.t;
}

static int64_t neigh_upto(const struct nt_model *m, size_t i)
{
	return m->neigh[i]->pend.t;
}

static int64_t gap_upto(const struct nt_model *m, size_t i)
{
	return m->gap[i]->pend.t;
}

/* the first of @n that none of those before it is as late as @t */
static size_t first_since(const struct nt_model *m, size_t n, int64_t t, upto_fn *upto)
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (upto(m, mid) < t)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t nt_model_narp(const struct nt_model *m)
{
	return m->narp;
}

const struct nt_arp *nt_model_arp(const struct nt_model *m, size_t i)
{
	return i < m->narp ? &m->arp[i]->a : NULL;
}

size_t nt_model_arp_since(const struct nt_model *m, int64_t t)
{
	return first_since(m, m->narp, t, arp_upto);
}

size_t nt_model_nneigh(const struct nt_model *m)
{
	return m->nneigh;
}

const struct nt_neigh *nt_model_neigh(const struct nt_model *m, size_t i)
{
	return i < m->nneigh ? &m->neigh[i]->n : NULL;
}

size_t nt_model_neigh_since(const struct nt_model *m, int64_t t)
{
	return first_since(m, m->nneigh, t, neigh_upto);
}

size_t nt_model_ngap(const struct nt_model *m)
{
	return m->ngap;
}

const struct nt_gap *nt_model_gap(const struct nt_model *m, size_t i)
{
	return i < m->ngap ? &m->gap[i]->g : NULL;
}

size_t nt_model_gap_since(const struct nt_model *m, int64_t t)
{
	return first_since(m, m->ngap, t, gap_upto);
}

/* of @have pointers the first @n are gone; how many are left */
static size_t close_up(void *array, size_t have, size_t n)
{
	if (n && have > n)
		memmove(array, (char *)array + n * sizeof(void *), (have - n) * sizeof(void *));
	return have - n;
}

/* the first @n go */
static void drop_arps(struct nt_model *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		m->arp[i]->gone = true;
	nt_resolve_forget(m);
	for (i = 0; i < n; i++)
		free(m->arp[i]);
	m->narp = close_up(m->arp, m->narp, n);
}

static void drop_neighs(struct nt_model *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(m->neigh[i]);
	m->nneigh = close_up(m->neigh, m->nneigh, n);
}

static void drop_gaps(struct nt_model *m, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		free(m->gap[i]);
	m->ngap = close_up(m->gap, m->ngap, n);
}

/* what is older belongs to no picture that is still to be drawn */
static int64_t wanted_since(const struct nt_model *m)
{
	int64_t since = INT64_MAX;
	size_t i;

	/* one of which nothing was handed out begins later than all that was */
	for (i = 0; i < m->nconv; i++)
		if (m->conv[i]->any && m->conv[i]->c.t0 < since)
			since = m->conv[i]->c.t0;
	return since;
}

/* how many of @n are older than @since, or too many */
static size_t unwanted(const struct nt_model *m, size_t n, int64_t since, upto_fn *upto)
{
	size_t old = first_since(m, n, since, upto);

	return n - old > NT_SHARED_MAX ? n - NT_SHARED_MAX : old;
}

void nt_shared_forget(struct nt_model *m)
{
	size_t narp = m->narp, nneigh = m->nneigh, ngap = m->ngap;
	int64_t since;

	if (m->policy.shared) {
		since = wanted_since(m);
		narp = unwanted(m, narp, since, arp_upto);
		nneigh = unwanted(m, nneigh, since, neigh_upto);
		ngap = first_since(m, ngap, since, gap_upto);
	}
	drop_arps(m, narp);
	drop_neighs(m, nneigh);
	drop_gaps(m, ngap);
}

void nt_shared_free(struct nt_model *m)
{
	drop_arps(m, m->narp);
	drop_neighs(m, m->nneigh);
	drop_gaps(m, m->ngap);
	free(m->arp);
	free(m->neigh);
	free(m->gap);
}
