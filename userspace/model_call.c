// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_call.c - system calls: entry and return become one, and find their end
 *
 * A call is two records of one thread.  Until it returns it is *under way*.  Its
 * conversation is known at once where its socket has both addresses; at the return,
 * for accept() and whatever waited; and for socket(), bind(), and a connect() that
 * still has no port, when a record of the same socket names both ends: until then
 * the call is *kept*.  Calls on a listener are kept as long as it listens, and each
 * of its conversations gets a copy.
 *
 * model.h tells where a call's item stands.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "model_priv.h"

#define WAYS	  1024		/* calls under way at a time */
#define WAYS_EACH 8		/* places that a thread's can have */
#define KEPT	  512		/* calls whose conversation is not known */
#define PRELUDE	  (100 * NT_MS) /* an earlier one is shown where it was; others, where it begins */

struct way {
	bool used, begun; /* handed out without its result */
	uint16_t source;
	uint32_t conv; /* its id; 0: not known */
	uint64_t sk_id;
	struct nt_callx *x;  /* in the queue; NULL: it is not */
	struct nt_call *out; /* begun: what was handed out, the conversation's */
	struct nt_call c;
};

struct kept {
	uint16_t source;
	bool listener;
	uint64_t sk_id;
	struct nt_call c;
};

struct nt_calls {
	struct way way[WAYS];
	struct kept kept[KEPT];
	unsigned int nkept;
	unsigned int nlost;		     /* under way without a conversation */
	struct kept failed[NT_MODEL_FAILED]; /* the oldest makes room */
	unsigned int nfailed;
};

/* ---- which call ---------------------------------------------------------- */

static const struct call_name {
	int32_t nr;
	bool waits; /* for the peer: shown where it returns */
	const char *name;
} names[] = {
	{ SYS_socket, false, "socket" },     { SYS_bind, false, "bind" },
	{ SYS_listen, false, "listen" },     { SYS_connect, false, "connect" },
#ifdef SYS_accept
	{ SYS_accept, true, "accept" },
#endif
	{ SYS_accept4, true, "accept4" },    { SYS_sendto, false, "sendto" },
	{ SYS_sendmsg, false, "sendmsg" },   { SYS_sendmmsg, false, "sendmmsg" },
	{ SYS_recvfrom, true, "recvfrom" },  { SYS_recvmsg, true, "recvmsg" },
	{ SYS_recvmmsg, true, "recvmmsg" },  { SYS_read, true, "read" },
	{ SYS_readv, true, "readv" },	     { SYS_write, false, "write" },
	{ SYS_writev, false, "writev" },     { SYS_sendfile, false, "sendfile" },
	{ SYS_shutdown, false, "shutdown" }, { SYS_close, false, "close" },
};

static const struct call_name *name_of(int32_t nr)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].nr == nr)
			return &names[i];
	return NULL;
}

static bool waits(const struct nt_call *c)
{
	const struct call_name *n = name_of(c->nr);

	return n && n->waits;
}

/* what makes a listener: each of its conversations is shown these */
static bool makes_listener(const struct nt_call *c)
{
	return c->nr == SYS_socket || c->nr == SYS_bind || c->nr == SYS_listen;
}

/* ---- under way ----------------------------------------------------------- */

static struct way *way_at(struct nt_calls *k, uint32_t tid, unsigned int i)
{
	return &k->way[(tid * 2654435761u + i) % WAYS];
}

static struct way *way_find(struct nt_calls *k, uint16_t source, uint32_t tid)
{
	unsigned int i;

	for (i = 0; i < WAYS_EACH; i++) {
		struct way *w = way_at(k, tid, i);

		if (w->used && w->source == source && w->c.tid == tid)
			return w;
	}
	return NULL;
}

static void way_free(struct nt_calls *k, struct way *w)
{
	if (w->used && !w->conv)
		k->nlost--;
	w->used = false;
	w->x = NULL;
}

/* the place of this thread; the oldest makes room when all that it can have are taken */
static struct way *way_new(struct nt_model *m, uint16_t source, uint32_t tid)
{
	struct nt_calls *k = m->calls;
	struct way *w = way_find(k, source, tid), *old = NULL;
	unsigned int i;

	for (i = 0; i < WAYS_EACH && !w; i++) {
		struct way *at = way_at(k, tid, i);

		if (!at->used)
			w = at;
		else if (!old || at->c.t < old->c.t)
			old = at;
	}
	if (!w)
		w = old;
	if (w->used)
		m->stats.calls_unpaired++;
	way_free(k, w);
	*w = (struct way){ .used = true, .source = source };
	k->nlost++;
	return w;
}

static void way_joins(struct nt_calls *k, struct way *w, const struct nt_convx *cv, int end)
{
	if (!w->conv)
		k->nlost--;
	w->conv = cv->c.id;
	w->c.end = (uint8_t)end;
}

/* ids rise along the array */
static struct nt_convx *conv_by_id(const struct nt_model *m, uint32_t id)
{
	size_t lo = 0, hi = m->nconv;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (m->conv[mid]->c.id < id)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < m->nconv && m->conv[lo]->c.id == id ? m->conv[lo] : NULL;
}

/* ---- into the queue ------------------------------------------------------ */

static struct nt_callx *enqueue(struct nt_model *m, struct nt_convx *cv, int64_t t,
				const struct nt_call *c)
{
	struct nt_callx *x = calloc(1, sizeof(*x));

	if (!x)
		return NULL;
	x->pend.type = NT_PEND_CALL;
	x->pend.t = t > m->handed ? t : m->handed;
	x->pend.cv = cv;
	x->c = *c;
	nt_queue_add(m, &x->pend);
	return x;
}

/* a call under way whose conversation is known now */
static int show_way(struct nt_model *m, struct way *w, struct nt_convx *cv)
{
	if (w->x || w->begun || waits(&w->c))
		return 0;
	w->x = enqueue(m, cv, w->c.t, &w->c);
	if (!w->x)
		return -ENOMEM;
	w->x->source = w->source;
	return 0;
}

/* one from before the conversation @cv, which begins at @t */
static int show_earlier(struct nt_model *m, struct nt_convx *cv, int64_t t, struct nt_call *c)
{
	return enqueue(m, cv, t - c->t < PRELUDE ? c->t : t - 1, c) ? 0 : -ENOMEM;
}

/* ---- kept ---------------------------------------------------------------- */

static void kept_del(struct nt_calls *k, unsigned int i)
{
	k->nkept--;
	memmove(&k->kept[i], &k->kept[i + 1], (k->nkept - i) * sizeof(k->kept[0]));
}

/* that socket is gone, or its place in memory is another's */
static void kept_drop(struct nt_calls *k, uint16_t source, uint64_t sk_id)
{
	unsigned int i = 0;

	while (i < k->nkept) {
		if (k->kept[i].source == source && k->kept[i].sk_id == sk_id)
			kept_del(k, i);
		else
			i++;
	}
}

static void keep(struct nt_model *m, uint16_t source, uint64_t sk_id, const struct nt_call *c)
{
	struct nt_calls *k = m->calls;
	unsigned int i = 0;

	if (!sk_id)
		return;
	if (c->nr == SYS_socket || c->nr == SYS_close)
		kept_drop(k, source, sk_id);
	if (c->nr == SYS_close)
		return;
	if (k->nkept == KEPT) {
		/* the oldest goes, if there is one that no listener needs */
		while (i < k->nkept && k->kept[i].listener)
			i++;
		if (i == k->nkept)
			i = 0;
		kept_del(k, i);
		m->stats.calls_unjoined++;
	}
	k->kept[k->nkept++] = (struct kept){ .source = source, .sk_id = sk_id, .c = *c };
}

/* ---- failed ----------------------------------------------------------------- */

/* one of those that say "not yet" is no failure */
static bool has_failed(const struct nt_call *c)
{
	return c->result < 0 && c->result > -512 && c->result != -EAGAIN &&
	       c->result != -EINPROGRESS && c->result != -EINTR;
}

static void keep_failed(struct nt_calls *k, uint16_t source, uint64_t sk_id,
			const struct nt_call *c)
{
	if (!has_failed(c))
		return;
	if (k->nfailed == NT_MODEL_FAILED)
		memmove(&k->failed[0], &k->failed[1], --k->nfailed * sizeof(k->failed[0]));
	k->failed[k->nfailed++] = (struct kept){ .source = source, .sk_id = sk_id, .c = *c };
}

/* that call is shown with its conversation */
static void failed_joins(struct nt_calls *k, const struct kept *e)
{
	unsigned int i, n = 0;

	for (i = 0; i < k->nfailed; i++)
		if (k->failed[i].source != e->source || k->failed[i].c.t != e->c.t ||
		    k->failed[i].c.tid != e->c.tid)
			k->failed[n++] = k->failed[i];
	k->nfailed = n;
}

size_t nt_model_nfailed(const struct nt_model *m)
{
	return m->calls ? m->calls->nfailed : 0;
}

const struct nt_call *nt_model_failed(const struct nt_model *m, size_t i)
{
	return &m->calls->failed[i].c;
}

void nt_calls_listener(struct nt_model *m, unsigned int source, uint64_t sk_id, bool listens)
{
	struct nt_calls *k = m->calls;
	unsigned int i;

	if (k && !listens)
		kept_drop(k, source, sk_id);
	for (i = 0; k && i < k->nkept; i++)
		if (k->kept[i].source == source && k->kept[i].sk_id == sk_id)
			k->kept[i].listener = true;
}

int nt_calls_of_listener(struct nt_model *m, struct nt_convx *cv, int end, unsigned int source,
			 uint64_t sk_id)
{
	struct nt_calls *k = m->calls;
	int64_t t = cv->first && cv->first->a.t < cv->t_fed ? cv->first->a.t : cv->t_fed;
	unsigned int i;

	if (!k || cv->e[end].listener_calls)
		return 0;
	cv->e[end].listener_calls = true;
	for (i = 0; i < k->nkept; i++) {
		struct nt_call c = k->kept[i].c;

		if (k->kept[i].source != source || k->kept[i].sk_id != sk_id)
			continue;
		c.end = (uint8_t)end;
		c.listener = true;
		if (!enqueue(m, cv, t - 1, &c))
			return -ENOMEM;
	}
	return 0;
}

int nt_calls_of_socket(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev)
{
	const uint64_t sk_id = ev->rec.state.sk_id;
	struct nt_calls *k = m->calls;
	unsigned int i = 0;
	int ret = 0;

	if (!k || !sk_id)
		return 0;
	while (i < k->nkept && !ret) {
		struct kept *e = &k->kept[i];

		if (e->listener || e->source != ev->source || e->sk_id != sk_id || e->c.t > ev->t) {
			i++;
			continue;
		}
		e->c.end = (uint8_t)end;
		failed_joins(k, e);
		ret = show_earlier(m, cv, ev->t, &e->c);
		kept_del(k, i);
	}
	for (i = 0; i < WAYS && k->nlost && !ret; i++) {
		struct way *w = &k->way[i];

		if (!w->used || w->conv || w->source != ev->source || w->sk_id != sk_id)
			continue;
		way_joins(k, w, cv, end);
		ret = show_way(m, w, cv);
	}
	return ret;
}

/* ---- fed ----------------------------------------------------------------- */

/* both ends of the call's socket, if the record has them */
static struct nt_convx *conv_of(const struct nt_model *m, const struct nt_event *ev, int *end)
{
	struct nettrace_call rec = ev->rec.call;
	__u8 *addr[2] = { rec.local, rec.remote };
	struct nt_tuple t = { .proto = rec.proto };
	struct nt_convx *cv, *newest;

	if ((rec.valid & (NETTRACE_CALL_SOCK | NETTRACE_CALL_LOCAL | NETTRACE_CALL_REMOTE)) !=
	    (NETTRACE_CALL_SOCK | NETTRACE_CALL_LOCAL | NETTRACE_CALL_REMOTE))
		return NULL;
	/* connect(): what it asks for, and a port that bind() may have given */
	if (rec.proto == IPPROTO_TCP && rec.phase == NETTRACE_CALL_ENTER &&
	    rec.sock_state == NETTRACE_TCP_CLOSE && rec.syscall == SYS_connect)
		return NULL;
	nt_addr_unmap(&rec.hdr.family, addr, 2);
	nt_addr_set(&t.a[0], rec.hdr.family, rec.local, rec.lport);
	nt_addr_set(&t.a[1], rec.hdr.family, rec.remote, rec.rport);
	nt_tuple_scope(&t, ev->source);
	newest = nt_conv_find(m, &t);
	for (cv = newest; cv; cv = nt_conv_older(cv, &t)) {
		*end = nt_conv_end(cv, &t.a[0]);
		if (cv->e[*end].sk_id == rec.sk_id)
			return cv;
	}
	if (newest)
		*end = nt_conv_end(newest, &t.a[0]);
	return newest;
}

static void fill(struct nt_call *c, const struct nt_event *ev)
{
	const struct nettrace_call *rec = &ev->rec.call;
	const struct call_name *n = name_of(rec->syscall);

	c->t = ev->t;
	c->nr = rec->syscall;
	c->name = n ? n->name : NULL;
	c->fd = rec->fd;
	c->pid = rec->pid;
	c->tid = rec->tid;
	memcpy(c->arg, rec->arg, sizeof(c->arg));
	memcpy(c->comm, rec->comm, sizeof(c->comm));
	c->comm[sizeof(c->comm) - 1] = '\0';
	if (rec->syscall == SYS_connect && rec->valid & NETTRACE_CALL_REMOTE)
		nt_addr_set(&c->addr, rec->hdr.family, rec->remote, rec->rport);
	else if (rec->syscall == SYS_bind && rec->valid & NETTRACE_CALL_LOCAL)
		nt_addr_set(&c->addr, rec->hdr.family, rec->local, rec->lport);
}

static int enter_feed(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_call *rec = &ev->rec.call;
	struct way *w = way_new(m, ev->source, rec->tid);
	struct nt_convx *cv;
	int end;

	fill(&w->c, ev);
	w->sk_id = rec->sk_id;
	cv = rec->sock_state == NETTRACE_TCP_LISTEN ? NULL : conv_of(m, ev, &end);
	if (!cv)
		return 0;
	way_joins(m->calls, w, cv, end);
	return show_way(m, w, cv);
}

/* its entry was handed out: the result is told twice, there and here */
static int returns_late(struct nt_model *m, struct way *w, struct nt_convx *cv)
{
	struct nt_call c = w->c;

	if (!cv)
		return 0;
	if (w->out) {
		w->out->t_end = c.t_end;
		w->out->result = c.result;
	}
	c.part = NT_CALL_RETURNED;
	return enqueue(m, cv, c.t_end, &c) ? 0 : -ENOMEM;
}

static int exit_feed(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_call *rec = &ev->rec.call;
	struct way *w = way_find(m->calls, ev->source, rec->tid);
	struct nt_convx *cv = NULL;
	int end, ret = 0;

	if (!w)
		return 0; /* it began before the trace did */
	if (w->c.nr != rec->syscall) {
		way_free(m->calls, w);
		m->stats.calls_unpaired++;
		return 0;
	}
	w->c.t_end = ev->t;
	w->c.result = rec->result;
	if (rec->syscall == SYS_bind && rec->valid & NETTRACE_CALL_LOCAL && !w->c.addr.port)
		nt_addr_set(&w->c.addr, rec->hdr.family, rec->local, rec->lport);
	if (!w->conv && rec->sock_state != NETTRACE_TCP_LISTEN) {
		cv = conv_of(m, ev, &end);
		if (cv)
			way_joins(m->calls, w, cv, end);
	} else if (w->conv) {
		cv = conv_by_id(m, w->conv);
	}
	if (w->x) {
		w->x->c.t_end = w->c.t_end;
		w->x->c.result = w->c.result;
	} else if (w->begun) {
		ret = returns_late(m, w, cv);
	} else if (cv) {
		ret = enqueue(m, cv, waits(&w->c) ? w->c.t_end : w->c.t, &w->c) ? 0 : -ENOMEM;
	} else if (rec->sock_state == NETTRACE_TCP_LISTEN ? makes_listener(&w->c) : !w->conv) {
		/* listen() has made it one already */
		keep_failed(m->calls, ev->source, rec->sk_id, &w->c);
		keep(m, ev->source, rec->sk_id, &w->c);
		if (rec->sock_state == NETTRACE_TCP_LISTEN)
			nt_calls_listener(m, ev->source, rec->sk_id, true);
	}
	way_free(m->calls, w);
	return ret;
}

int nt_call_feed(struct nt_model *m, const struct nt_event *ev)
{
	if (!m->calls)
		m->calls = calloc(1, sizeof(*m->calls));
	if (!m->calls)
		return -ENOMEM;
	switch (ev->rec.call.phase) {
	case NETTRACE_CALL_ENTER:
		return enter_feed(m, ev);
	case NETTRACE_CALL_EXIT:
		return exit_feed(m, ev);
	default:
		m->stats.unknown_records++;
		return 0;
	}
}

/* ---- final --------------------------------------------------------------- */

int nt_emit_copy(struct nt_model *m, struct nt_convx *cv, struct nt_item *item, const void *what,
		 size_t size)
{
	int ret;

	/* all of the union's members are pointers to one allocation */
	item->call = malloc(size);
	if (!item->call)
		return -ENOMEM;
	memcpy(item->call, what, size);
	item->conv = &cv->c;
	ret = nt_emit(m, cv, item);
	if (ret || m->policy.no_items) {
		free(item->call);
		item->call = NULL;
	}
	return ret;
}

int nt_call_final(struct nt_model *m, struct nt_callx *x)
{
	struct nt_item item = { .type = NT_ITEM_CALL, .t = x->pend.t };
	struct way *w = NULL;
	int ret;

	if (!x->c.t_end) {
		x->c.part = NT_CALL_BEGUN;
		w = m->calls ? way_find(m->calls, x->source, x->c.tid) : NULL;
		if (w && w->x != x)
			w = NULL;
	}
	ret = nt_emit_copy(m, x->pend.cv, &item, &x->c, sizeof(x->c));
	if (w) {
		w->x = NULL;
		w->begun = true;
		w->out = ret ? NULL : item.call;
	}
	return ret;
}

void nt_calls_finish(struct nt_model *m)
{
	unsigned int i;

	for (i = 0; m->calls && i < WAYS; i++) {
		struct way *w = &m->calls->way[i];
		struct nt_convx *cv = w->used && w->conv ? conv_by_id(m, w->conv) : NULL;

		/* what waits in vain is shown where the trace ends */
		if (cv && !w->x && !w->begun)
			w->x = enqueue(m, cv, m->t_max, &w->c);
	}
}

void nt_calls_forget(struct nt_model *m, const struct nt_convx *cv)
{
	unsigned int i;

	for (i = 0; m->calls && i < WAYS; i++)
		if (m->calls->way[i].conv == cv->c.id)
			m->calls->way[i].out = NULL;
}

void nt_calls_free(struct nt_model *m)
{
	free(m->calls);
	m->calls = NULL;
}
