// SPDX-License-Identifier: GPL-2.0-only
/*
 * minisock.c - the table of followed request and TIME-WAIT sockets
 *
 * Purpose, ownership, context: minisock.h.
 * Locking: nt_minis::lock, interrupts off, protects the hash, the free list
 * and the entries.  An entry's memory lives as long as the table, so a timer
 * that lost a race finds an entry that is free, or due later, and returns.
 */
#include <linux/slab.h>
#include <linux/workqueue.h>
#include <net/inet_timewait_sock.h>
#include <net/request_sock.h>

#include "compat.h"
#include "minisock.h"
#include "sample.h"

#define NT_MINI_CHAIN	16		/* entries a bucket, when all are in use */
#define NT_MINI_CHUNK	256		/* entries allocated at a time */
#define NT_MINI_LOW	64		/* fewer free ones: allocate */

struct nt_mini {
	struct hlist_node node;		/* in a bucket or on the free list */
	struct timer_list timer;
	struct nt_minis *minis;
	unsigned long expires;		/* the mini socket's own timer, jiffies */
	unsigned long due;		/* when to look again */
	u64 sk_id;
	bool used;
	u8 kind;			/* enum nettrace_sk_kind */
	u8 state;			/* enum nettrace_tcp_state */
	struct nt_tuple tuple;
};

struct nt_mini_chunk {
	struct list_head list;
	struct nt_mini entry[NT_MINI_CHUNK];
};

struct nt_minis {
	raw_spinlock_t lock;		/* all below, and the entries */
	struct nt_trace *tr;
	struct hlist_head free;
	struct nt_minis_stats stats;
	unsigned int entries;		/* allocated, free or not */
	bool growing;			/* the work is under way */
	unsigned long grow_from;	/* jiffies; it gave up, and tries no earlier */
	struct list_head chunks;
	struct work_struct grow;
	size_t bytes;			/* of this */
	unsigned int mask;		/* buckets - 1 */
	struct hlist_head bucket[];
};

/*
 * The kernel's own keyed hash of the addresses, which the request socket, the
 * full and the timewait socket of one connection share.
 */
static struct hlist_head *nt_mini_bucket(struct nt_minis *m,
					 const struct sock *sk)
{
	return &m->bucket[sk->sk_hash & m->mask];
}

static struct nt_mini *nt_mini_find(struct hlist_head *bucket,
				    const struct nt_tuple *t, u8 kind)
{
	struct nt_mini *e;

	hlist_for_each_entry(e, bucket, node)
		if (e->kind == kind && nt_tuple_equal(&e->tuple, t))
			return e;
	return NULL;
}

static struct nt_mini *nt_mini_add(struct nt_minis *m,
				   struct hlist_head *bucket,
				   const struct nt_tuple *t, u8 kind)
{
	struct nt_mini *e;

	if (m->entries - m->stats.now < NT_MINI_LOW && !m->growing &&
	    m->entries < m->stats.max && time_after_eq(jiffies, m->grow_from)) {
		m->growing = true;
		schedule_work(&m->grow);
	}
	if (hlist_empty(&m->free)) {
		m->stats.unfollowed++;
		return NULL;
	}
	e = hlist_entry(m->free.first, struct nt_mini, node);
	hlist_del(&e->node);
	e->tuple = *t;
	e->kind = kind;
	e->used = true;
	hlist_add_head(&e->node, bucket);
	m->stats.followed++;
	m->stats.now++;
	return e;
}

static void nt_mini_del(struct nt_minis *m, struct nt_mini *e)
{
	timer_delete(&e->timer);
	e->used = false;
	hlist_del(&e->node);
	hlist_add_head(&e->node, &m->free);
	m->stats.now--;
}

static void nt_mini_look_at(struct nt_mini *e, unsigned long when)
{
	if (e->due == when && timer_pending(&e->timer))
		return;
	e->due = when;
	mod_timer(&e->timer, when);
}

static void nt_mini_record(struct nt_mini *e, u8 what, u8 old_state,
			   u8 new_state, u8 why, u16 ctx)
{
	struct nt_ring *ring = &e->minis->tr->ring;
	struct nettrace_state *s;
	union nettrace_rec *rec;
	unsigned long flags;

	rec = nt_ring_begin(ring, NETTRACE_STATE, &flags);
	if (!rec)
		return;
	s = &rec->state;
	s->hdr.family = e->tuple.family;
	s->kind = e->kind;
	s->what = what;
	s->old_state = old_state;
	s->new_state = new_state;
	s->flags = ctx;
	s->end_why = why;
	memcpy(s->local, e->tuple.local, sizeof(s->local));
	memcpy(s->remote, e->tuple.remote, sizeof(s->remote));
	s->lport = e->tuple.lport;
	s->rport = e->tuple.rport;
	s->syscall = -1;
	s->sk_id = e->sk_id;
	if (what != NETTRACE_END)
		s->left_ms = nt_left_ms(e->expires);
	nt_ring_commit(ring, flags);
}

static void nt_mini_end(struct nt_mini *e, u8 new_state, u8 why, u16 ctx)
{
	nt_mini_record(e, NETTRACE_END, e->state, new_state, why, ctx);
	nt_mini_del(e->minis, e);
}

/*
 * The mini socket is still there: has it moved on?  Its timer was set again
 * when expiry jumped by more than the granularity of a jiffy.
 */
static void nt_mini_still(struct nt_mini *e, unsigned long expires, u8 state,
			  u16 ctx)
{
	bool restarted = (long)(expires - e->expires) > 1;
	u8 old = e->state;

	e->expires = expires;
	e->state = state;
	if (old != state || restarted)
		nt_mini_record(e, NETTRACE_RESTART, old, state, 0, ctx);
	/*
	 * Late timers of the wheel fire together with those of the same
	 * expiry, in any order: then look again at the next tick.
	 */
	nt_mini_look_at(e, time_after(expires, jiffies) ? expires : jiffies + 1);
}

static void nt_mini_gone(struct nt_mini *e, const struct sock *sk)
{
	bool request = e->kind == NETTRACE_SK_REQUEST;

	if (sk && request && nt_kind_of(sk) == NETTRACE_SK_FULL)
		nt_mini_end(e, TCP_SYN_RECV, NETTRACE_END_PROMOTED,
			    NETTRACE_CTX_TIMER);
	else if (sk)
		nt_mini_end(e, TCP_CLOSE, NETTRACE_END_REUSED,
			    NETTRACE_CTX_TIMER);
	else if (time_before(jiffies, e->expires))
		nt_mini_end(e, TCP_CLOSE, NETTRACE_END_KILLED,
			    NETTRACE_CTX_TIMER);
	else
		nt_mini_end(e, TCP_CLOSE, NETTRACE_END_EXPIRED,
			    NETTRACE_CTX_TIMER);
}

/*
 * Ask the kernel what has become of the mini socket; table locked.
 * Return: the socket of its addresses, or NULL.  To let go of the last reference
 * frees it, which is not to be done under the lock.
 */
static struct sock *nt_mini_check(struct nt_mini *e)
{
	struct sock *sk = nt_lookup(e->minis->tr->net, &e->tuple);

	if (!sk || nt_kind_of(sk) != e->kind)
		nt_mini_gone(e, sk);
	else if (e->kind == NETTRACE_SK_REQUEST)
		nt_mini_still(e, READ_ONCE(inet_reqsk(sk)->rsk_timer.expires),
			      TCP_NEW_SYN_RECV, NETTRACE_CTX_TIMER);
	else
		nt_mini_still(e, READ_ONCE(inet_twsk(sk)->tw_timer.expires),
			      READ_ONCE(inet_twsk(sk)->tw_substate),
			      NETTRACE_CTX_TIMER);
	return sk;
}

static void nt_mini_timer(struct timer_list *t)
{
	struct nt_mini *e = timer_container_of(e, t, timer);
	struct nt_minis *m = e->minis;
	struct sock *sk = NULL;
	unsigned long flags;

	raw_spin_lock_irqsave(&m->lock, flags);
	if (e->used && !time_before(jiffies, e->due))
		sk = nt_mini_check(e);
	raw_spin_unlock_irqrestore(&m->lock, flags);
	if (sk)
		sock_gen_put(sk);
}

/**
 * nt_mini_request_out() - a SYN+ACK leaves for @req
 * @tr:		the listener's namespace
 * @req:	half open
 *
 * Return: true if the request was known, so this SYN+ACK is sent again.
 * Context: LOCAL_OUT, before the segment's own record.
 */
bool nt_mini_request_out(struct nt_trace *tr, struct request_sock *req)
{
	struct nt_minis *m = tr->minis;
	struct hlist_head *bucket = nt_mini_bucket(m, req_to_sk(req));
	struct nt_tuple t;
	struct nt_mini *e;
	unsigned long flags;
	bool again;

	nt_tuple_of_sock(&t, req_to_sk(req), inet_rsk(req)->ir_num);
	raw_spin_lock_irqsave(&m->lock, flags);
	e = nt_mini_find(bucket, &t, NETTRACE_SK_REQUEST);
	again = e;
	if (!e) {
		struct nt_mini lone = { .minis = m, .tuple = t,
					.kind = NETTRACE_SK_REQUEST };
		u8 why = 0;

		e = nt_mini_add(m, bucket, &t, NETTRACE_SK_REQUEST);
		if (!e) {
			e = &lone;
			why = NETTRACE_END_UNFOLLOWED;
		}
		e->sk_id = 0;
		e->state = TCP_NEW_SYN_RECV;
		e->expires = READ_ONCE(req->rsk_timer.expires);
		nt_mini_record(e, NETTRACE_BEGIN, TCP_LISTEN, TCP_NEW_SYN_RECV,
			       why, 0);
		if (!why)
			nt_mini_look_at(e, e->expires);
	} else {
		/* its timer is set after this segment has left: see then */
		nt_mini_look_at(e, jiffies + 1);
	}
	raw_spin_unlock_irqrestore(&m->lock, flags);
	return again;
}

/* the child of a request socket is established: the request is over */
void nt_mini_promoted(struct nt_trace *tr, const struct sock *sk)
{
	struct nt_minis *m = tr->minis;
	struct nt_tuple t;
	struct nt_mini *e;
	unsigned long flags;

	nt_tuple_of_sock(&t, sk, ntohs(inet_sk(sk)->inet_sport));
	raw_spin_lock_irqsave(&m->lock, flags);
	e = nt_mini_find(nt_mini_bucket(m, sk), &t, NETTRACE_SK_REQUEST);
	if (e)
		nt_mini_end(e, TCP_SYN_RECV, NETTRACE_END_PROMOTED, 0);
	raw_spin_unlock_irqrestore(&m->lock, flags);
}

/**
 * nt_mini_timewait() - follow @tw, which just replaced a full socket
 * @tr:		its namespace
 * @tw:		already in the kernel's hash table
 * @sk_id:	of the full socket
 *
 * Return: 0, or NETTRACE_END_UNFOLLOWED when the table is full.
 */
u8 nt_mini_timewait(struct nt_trace *tr, const struct inet_timewait_sock *tw,
		    u64 sk_id)
{
	const struct sock *sk = (const struct sock *)tw;
	struct nt_minis *m = tr->minis;
	struct hlist_head *bucket = nt_mini_bucket(m, sk);
	struct nt_tuple t;
	struct nt_mini *e;
	unsigned long flags;

	nt_tuple_of_sock(&t, sk, ntohs(tw->tw_sport));
	raw_spin_lock_irqsave(&m->lock, flags);
	e = nt_mini_find(bucket, &t, NETTRACE_SK_TIMEWAIT);
	if (e)		/* the old one went unnoticed: its place was taken */
		nt_mini_end(e, TCP_CLOSE, NETTRACE_END_REUSED, 0);
	e = nt_mini_add(m, bucket, &t, NETTRACE_SK_TIMEWAIT);
	if (e) {
		e->sk_id = sk_id;
		e->state = READ_ONCE(tw->tw_substate);
		e->expires = READ_ONCE(tw->tw_timer.expires);
		nt_mini_look_at(e, e->expires);
	}
	raw_spin_unlock_irqrestore(&m->lock, flags);
	return e ? 0 : NETTRACE_END_UNFOLLOWED;
}

/* @tw answers a segment: a FIN may have moved it to TIME-WAIT, or restarted it */
void nt_mini_timewait_out(struct nt_trace *tr, const struct inet_timewait_sock *tw)
{
	const struct sock *sk = (const struct sock *)tw;
	struct nt_minis *m = tr->minis;
	struct nt_tuple t;
	struct nt_mini *e;
	unsigned long flags, due;

	nt_tuple_of_sock(&t, sk, ntohs(tw->tw_sport));
	raw_spin_lock_irqsave(&m->lock, flags);
	e = nt_mini_find(nt_mini_bucket(m, sk), &t, NETTRACE_SK_TIMEWAIT);
	if (e) {
		due = e->due;
		nt_mini_still(e, READ_ONCE(tw->tw_timer.expires),
			      READ_ONCE(tw->tw_substate), 0);
		/* what it answers may be its end: nt_mini_poke() */
		if (time_before(due, e->due))
			nt_mini_look_at(e, due);
	}
	raw_spin_unlock_irqrestore(&m->lock, flags);
}

/*
 * A SYN, RST or text for mini socket @sk may end it without a sound: look at the
 * next tick.  Context: a record is being written, interrupts off; this writes none.
 */
void nt_mini_poke(struct nt_trace *tr, const struct sock *sk)
{
	struct nt_minis *m = tr->minis;
	struct hlist_head *bucket = nt_mini_bucket(m, sk);
	struct nt_tuple t;
	struct nt_mini *e;

	nt_tuple_of_sock(&t, sk, sk->sk_num);
	raw_spin_lock(&m->lock);
	e = nt_mini_find(bucket, &t, NETTRACE_SK_TIMEWAIT);
	if (!e)
		e = nt_mini_find(bucket, &t, NETTRACE_SK_REQUEST);
	if (e)
		nt_mini_look_at(e, jiffies + 1);
	raw_spin_unlock(&m->lock);
}

static int nt_minis_add_chunk(struct nt_minis *m)
{
	struct nt_mini_chunk *c;
	unsigned long flags;
	unsigned int i;

	if (!nt_memory_charge(sizeof(*c)))
		return -ENOSPC;
	c = kvzalloc(sizeof(*c), GFP_KERNEL);
	if (!c) {
		nt_memory_uncharge(sizeof(*c));
		return -ENOMEM;
	}
	for (i = 0; i < NT_MINI_CHUNK; i++) {
		c->entry[i].minis = m;
		timer_setup(&c->entry[i].timer, nt_mini_timer, 0);
	}
	raw_spin_lock_irqsave(&m->lock, flags);
	for (i = 0; i < NT_MINI_CHUNK; i++)
		hlist_add_head(&c->entry[i].node, &m->free);
	m->entries += NT_MINI_CHUNK;
	list_add_tail(&c->list, &m->chunks);
	raw_spin_unlock_irqrestore(&m->lock, flags);
	return 0;
}

/*
 * Room for as many again, in process context, before the free entries run
 * out.  When memory is short it stays as it is for a second: what is not followed
 * counts.
 */
static void nt_minis_grow(struct work_struct *work)
{
	struct nt_minis *m = container_of(work, struct nt_minis, grow);
	unsigned int target = min(m->entries * 2, m->stats.max);
	unsigned long flags;
	int ret = 0;

	while (!ret && m->entries < target)
		ret = nt_minis_add_chunk(m);
	raw_spin_lock_irqsave(&m->lock, flags);
	if (ret)
		m->grow_from = jiffies + HZ;
	m->growing = false;
	raw_spin_unlock_irqrestore(&m->lock, flags);
}

/**
 * nt_minis_init() - the table of a namespace
 * @tr:		not yet traced
 * @max:	how many mini sockets are followed at a time; the table begins
 *		small and grows with them
 *
 * Return: 0, -ENOSPC (over the module's memory cap) or -ENOMEM.
 */
int nt_minis_init(struct nt_trace *tr, unsigned int max)
{
	unsigned int buckets = roundup_pow_of_two(max / NT_MINI_CHAIN);
	struct nt_minis *m;
	size_t bytes;
	int ret;

	bytes = struct_size(m, bucket, buckets);
	if (!nt_memory_charge(bytes))
		return -ENOSPC;
	m = kvzalloc(bytes, GFP_KERNEL);
	if (!m) {
		nt_memory_uncharge(bytes);
		return -ENOMEM;
	}
	m->bytes = bytes;
	m->mask = buckets - 1;
	raw_spin_lock_init(&m->lock);
	INIT_LIST_HEAD(&m->chunks);
	INIT_WORK(&m->grow, nt_minis_grow);
	m->tr = tr;
	m->stats.max = max;
	m->grow_from = jiffies;
	tr->minis = m;
	ret = nt_minis_add_chunk(m);
	if (ret)
		nt_minis_free(tr);
	return ret;
}

/* no writer is left; after this no timer runs and none can be set */
void nt_minis_stop(struct nt_trace *tr)
{
	struct nt_mini_chunk *c;
	unsigned int i;

	cancel_work_sync(&tr->minis->grow);
	list_for_each_entry(c, &tr->minis->chunks, list)
		for (i = 0; i < NT_MINI_CHUNK; i++)
			timer_shutdown_sync(&c->entry[i].timer);
}

void nt_minis_free(struct nt_trace *tr)
{
	struct nt_mini_chunk *c, *next;

	list_for_each_entry_safe(c, next, &tr->minis->chunks, list) {
		nt_memory_uncharge(sizeof(*c));
		kvfree(c);
	}
	nt_memory_uncharge(tr->minis->bytes);
	kvfree(tr->minis);
	tr->minis = NULL;
}

void nt_minis_stats(const struct nt_trace *tr, struct nt_minis_stats *st)
{
	struct nt_minis *m = tr->minis;
	unsigned long flags;

	raw_spin_lock_irqsave(&m->lock, flags);
	*st = m->stats;
	raw_spin_unlock_irqrestore(&m->lock, flags);
}

/* the chunk of entry number @from, which becomes the number within it */
static struct nt_mini_chunk *nt_minis_chunk(struct nt_minis *m,
					    unsigned int *from)
{
	struct nt_mini_chunk *c;

	list_for_each_entry(c, &m->chunks, list) {
		if (*from < NT_MINI_CHUNK)
			return c;
		*from -= NT_MINI_CHUNK;
	}
	return NULL;
}

/**
 * nt_minis_list() - some of the sockets that are followed
 * @tr:		being traced
 * @from:	an entry's number, which it keeps as long as it is in use; set to
 *		where to go on, 0: there are no more
 * @out:	filled
 * @n:		at most so many
 *
 * It looks at no more than a chunk, for interrupts are off meanwhile; fewer
 * than @n, even none, is not the end.
 *
 * Return: how many.
 */
unsigned int nt_minis_list(const struct nt_trace *tr, unsigned int *from,
			   struct nt_mini_info *out, unsigned int n)
{
	unsigned int i = *from, base, found = 0;
	struct nt_minis *m = tr->minis;
	struct nt_mini_chunk *c;
	unsigned long flags;

	raw_spin_lock_irqsave(&m->lock, flags);
	c = nt_minis_chunk(m, &i);
	base = *from - i;
	for (; c && i < NT_MINI_CHUNK && found < n; i++) {
		const struct nt_mini *e = &c->entry[i];

		if (!e->used)
			continue;
		out[found].tuple = e->tuple;
		out[found].sk_id = e->sk_id;
		out[found].left_ms = nt_left_ms(e->expires);
		out[found].kind = e->kind;
		out[found++].state = e->state;
	}
	*from = c && base + i < m->entries ? base + i : 0;
	raw_spin_unlock_irqrestore(&m->lock, flags);
	return found;
}
