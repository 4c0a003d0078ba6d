// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_state.c - records of sockets find the end that they are about
 *
 * Most name both addresses.  Two do not: CLOSED -> SYN-SENT of connect() has no
 * local port yet, and a child's LISTEN -> SYN-RECEIVED has no remote address
 * before Linux 7.2.  They wait for a complete record of the same socket or, the
 * former, for the SYN that leaves microseconds later.
 *
 * A socket's id is its address in the kernel, which is used again soon: it only
 * ever joins records that follow each other closely.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"

#define ORPHAN_WAIT   (1000 * NT_MS) /* a connect() may wait, for a lock or a CPU */
#define LISTENERS_MAX 4096

static bool is_any(const uint8_t *b)
{
	static const uint8_t any[16];

	return !memcmp(b, any, sizeof(any));
}

const struct nt_listener *nt_listener_find(const struct nt_model *m, unsigned int source,
					   const struct nt_addr *a)
{
	const struct nt_listener *wild = NULL;
	size_t i;

	for (i = 0; i < m->nlistener; i++) {
		const struct nt_listener *l = &m->listener[i];

		if (l->source != source || l->addr.port != a->port)
			continue;
		if (nt_addr_eq(&l->addr, a))
			return l;
		/* :: takes IPv4 as well, unless IPV6_V6ONLY */
		if (is_any(l->addr.b) &&
		    (l->addr.family == a->family || l->addr.family == NETTRACE_IPV6))
			wild = l;
	}
	return wild;
}

static int listener_feed(struct nt_model *m, const struct nt_event *ev, const struct nt_addr *local)
{
	const struct nettrace_state *rec = &ev->rec.state;
	struct nt_listener *array, *l = NULL;
	size_t i;

	for (i = 0; i < m->nlistener && !l; i++) {
		if (m->listener[i].source == ev->source && nt_addr_eq(&m->listener[i].addr, local))
			l = &m->listener[i];
	}
	nt_calls_listener(m, ev->source, rec->sk_id, rec->new_state == NETTRACE_TCP_LISTEN);
	if (rec->new_state != NETTRACE_TCP_LISTEN) {
		if (l)
			*l = m->listener[--m->nlistener];
		return 0;
	}
	if (!l) {
		if (m->nlistener == LISTENERS_MAX)
			return 0;
		array = nt_grow(m->listener, &m->listener_cap, m->nlistener, sizeof(*array));
		if (!array)
			return -ENOMEM;
		m->listener = array;
		l = &array[m->nlistener++];
	}
	*l = (struct nt_listener){ .source = ev->source, .addr = *local, .sk_id = rec->sk_id };
	if ((rec->flags & NETTRACE_CTX_TASK) && !(rec->flags & NETTRACE_CTX_KTHREAD)) {
		l->pid = rec->pid;
		memcpy(l->comm, rec->comm, sizeof(l->comm));
		l->comm[sizeof(l->comm) - 1] = '\0';
	}
	return 0;
}

void nt_owner_set(struct nt_convx *cv, int end, enum nt_owner_rank rank, uint32_t pid,
		  const char *comm)
{
	struct nt_end *e = &cv->c.end[end];

	if (!pid || rank <= cv->e[end].rank)
		return;
	cv->e[end].rank = rank;
	e->pid = pid;
	memset(e->comm, 0, sizeof(e->comm));
	if (comm)
		memcpy(e->comm, comm, strnlen(comm, sizeof(e->comm) - 1));
}

void nt_listener_apply(struct nt_model *m, struct nt_convx *cv, int end, unsigned int source)
{
	const struct nt_listener *l = nt_listener_find(m, source, &cv->c.end[end].addr);

	cv->c.end[end].listening = true;
	if (!l)
		return;
	nt_owner_set(cv, end, NT_OWNER_LISTENER, l->pid, l->comm);
	nt_calls_of_listener(m, cv, end, source, l->sk_id);
}

/* which of the tuple's conversations a record is about: the newest that fits */
static struct nt_convx *conv_of_record(const struct nt_model *m, const struct nt_tuple *t,
				       const struct nettrace_state *rec)
{
	/* TIME-WAIT has the id of the full socket, whose memory is used again by now */
	bool waits = rec->kind == NETTRACE_SK_TIMEWAIT && rec->what != NETTRACE_BEGIN;
	struct nt_convx *cv, *newest = nt_conv_find(m, t), *found = NULL;

	/* the end of an old one may come after the beginning of a new one */
	for (cv = newest; cv; cv = nt_conv_older(cv, t)) {
		const struct nt_endx *e = &cv->e[nt_conv_end(cv, &t->a[0])];

		if (e->sk_id != rec->sk_id || !e->sk_id || (waits ? !e->timewait : e->gone))
			continue;
		found = cv;
		/* what a new connection took over is not the newest */
		if (!waits || rec->end_why != NETTRACE_END_REUSED)
			break;
	}
	if (found)
		return found;
	for (cv = newest; cv; cv = nt_conv_older(cv, t)) {
		const struct nt_endx *e = &cv->e[nt_conv_end(cv, &t->a[0])];

		switch (rec->kind) {
		case NETTRACE_SK_TIMEWAIT:
			/* a new connection may have begun meanwhile */
			if (rec->what == NETTRACE_BEGIN ? !e->gone : e->timewait)
				return cv;
			break;
		case NETTRACE_SK_FULL:
			if (!e->gone)
				return cv;
			break;
		default:
			return cv;
		}
	}
	return newest;
}

/*
 * A socket that leaves CLOSED begins a conversation, and so does a request, if
 * what is known of these addresses is over.
 */
static bool begins_new(const struct nt_convx *cv, int end, const struct nettrace_state *rec)
{
	const struct nt_endx *e = &cv->e[end];

	if (rec->kind == NETTRACE_SK_FULL && rec->what == NETTRACE_CHANGE &&
	    rec->new_state == NETTRACE_TCP_SYN_SENT && nt_conv_crossing(cv, end))
		return e->gone || e->fed.isn_known;
	if (rec->kind == NETTRACE_SK_FULL && rec->what == NETTRACE_CHANGE &&
	    rec->new_state == NETTRACE_TCP_SYN_SENT)
		return e->gone || e->fed.isn_known || cv->nonsyn_fed || nt_conv_over(cv);
	if (rec->kind == NETTRACE_SK_REQUEST && rec->what == NETTRACE_BEGIN)
		return e->gone;
	return false;
}

static void note_record(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev)
{
	const struct nettrace_state *rec = &ev->rec.state;
	struct nt_endx *e = &cv->e[end];

	if (cv->c.end[end].source < 0)
		cv->c.end[end].source = ev->source;
	if (rec->hdr.type != NETTRACE_STATE)
		return;
	if (rec->kind == NETTRACE_SK_FULL) {
		e->sk_id = rec->sk_id;
		if (rec->new_state == NETTRACE_TCP_CLOSE)
			e->gone = true;
	} else if (rec->kind == NETTRACE_SK_TIMEWAIT) {
		e->gone = true;
		e->timewait = rec->what != NETTRACE_END;
	} else if (rec->kind == NETTRACE_SK_REQUEST) {
		nt_listener_apply(m, cv, end, ev->source);
		if (rec->what == NETTRACE_END && rec->end_why != NETTRACE_END_PROMOTED)
			e->gone = true;
		else if (rec->what == NETTRACE_END)
			e->child_t = ev->t;
	}
	if (rec->old_state == NETTRACE_TCP_LISTEN)
		nt_listener_apply(m, cv, end, ev->source);
}

static int enqueue(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev)
{
	struct nt_statex *x = calloc(1, sizeof(*x));

	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_STATE;
	x->pend.t = ev->t;
	x->pend.cv = cv;
	x->end = end;
	x->source = ev->source;
	x->rec = ev->rec.state;
	if (ev->t > cv->t_fed)
		cv->t_fed = ev->t;
	note_record(m, cv, end, ev);
	nt_queue_add(m, &x->pend);
	return nt_calls_of_socket(m, cv, end, ev);
}

/* take orphan @i out and give it to its conversation */
static int orphan_adopt(struct nt_model *m, unsigned int i, struct nt_convx *cv, int end)
{
	struct nt_event ev = {
		.t = m->orphan[i].t,
		.source = m->orphan[i].source,
		.rec.state = m->orphan[i].rec,
	};

	m->norphan--;
	memmove(&m->orphan[i], &m->orphan[i + 1], (m->norphan - i) * sizeof(m->orphan[0]));
	return enqueue(m, cv, end, &ev);
}

static void orphan_add(struct nt_model *m, const struct nt_event *ev)
{
	struct nt_orphan *o;

	if (m->norphan == NT_ORPHANS_MAX || (m->norphan && ev->t - m->orphan[0].t > ORPHAN_WAIT)) {
		m->stats.unjoined++;
		m->norphan--;
		memmove(&m->orphan[0], &m->orphan[1], m->norphan * sizeof(m->orphan[0]));
	}
	o = &m->orphan[m->norphan++];
	o->t = ev->t;
	o->source = ev->source;
	o->rec = ev->rec.state;
}

/* a complete record: earlier, incomplete ones of the same socket belong to it */
static int orphans_of_socket(struct nt_model *m, struct nt_convx *cv, int end,
			     const struct nt_event *ev)
{
	const struct nettrace_state *rec = &ev->rec.state;
	unsigned int i = 0;
	int ret;

	while (i < m->norphan) {
		const struct nt_orphan *o = &m->orphan[i];

		if (o->source != ev->source || o->rec.sk_id != rec->sk_id ||
		    ev->t - o->t > ORPHAN_WAIT || (o->rec.rport && o->rec.rport != rec->rport)) {
			i++;
			continue;
		}
		ret = orphan_adopt(m, i, cv, end);
		if (ret)
			return ret;
	}
	return 0;
}

int nt_orphan_syn(struct nt_model *m, struct nt_convx *cv, int end, const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;
	const struct nt_addr *to = &cv->c.end[!end].addr;
	unsigned int i;

	for (i = 0; i < m->norphan; i++) {
		const struct nettrace_state *rec = &m->orphan[i].rec;
		struct nt_addr remote;

		nt_addr_set(&remote, rec->hdr.family, rec->remote, rec->rport);
		if (m->orphan[i].source != ev->source || ev->t - m->orphan[i].t > ORPHAN_WAIT ||
		    rec->new_state != NETTRACE_TCP_SYN_SENT || !nt_addr_eq(&remote, to))
			continue;
		if ((p->flags & NETTRACE_PKT_TASK) && rec->pid && p->pid != rec->pid)
			continue;
		return orphan_adopt(m, i, cv, end);
	}
	return 0;
}

/*
 * Two segments at once, on two CPUs, make two children of one request.  The
 * kernel keeps the one that gets into its table first and closes the other
 * where it stands (inet_ehash_nolisten()).  All that tells of that one are two
 * records, one right after the other on its CPU, or with the request's end
 * between them: it never was the end.
 */
static bool never_was(struct nt_model *m, const struct nt_event *ev)
{
	const struct nettrace_state *rec = &ev->rec.state;
	/* a Fast Open child that a call ends has sent its SYN,ACK in between */
	unsigned int between = !(rec->flags & NETTRACE_CTX_TASK);
	unsigned int i;

	if (rec->hdr.type != NETTRACE_STATE || rec->kind != NETTRACE_SK_FULL ||
	    rec->old_state != NETTRACE_TCP_SYN_RECV || rec->new_state != NETTRACE_TCP_CLOSE)
		return false;
	for (i = 0; i < m->norphan; i++) {
		const struct nt_orphan *o = &m->orphan[i];

		if (o->source != ev->source || o->rec.sk_id != rec->sk_id ||
		    o->rec.old_state != NETTRACE_TCP_LISTEN || o->rec.hdr.cpu != rec->hdr.cpu ||
		    rec->hdr.seq - o->rec.hdr.seq > between + 1)
			continue;
		m->norphan--;
		memmove(&m->orphan[i], &m->orphan[i + 1], (m->norphan - i) * sizeof(m->orphan[0]));
		return true;
	}
	return false;
}

/*
 * connect() goes to SYN-SENT before it knows that its port is free, and back when
 * it is not: the addresses are those of another socket, which lives.
 */
static bool vain_attempt(const struct nt_convx *cv, int end, const struct nettrace_state *rec)
{
	const struct nt_endx *e = &cv->e[end];

	return rec->hdr.type == NETTRACE_STATE && rec->kind == NETTRACE_SK_FULL && e->sk_id &&
	       e->sk_id != rec->sk_id && !e->gone && !cv->c.lost_near &&
	       (rec->new_state == NETTRACE_TCP_SYN_SENT ||
		(rec->old_state == NETTRACE_TCP_SYN_SENT && rec->new_state == NETTRACE_TCP_CLOSE));
}

static int joined_feed(struct nt_model *m, const struct nt_event *ev, struct nt_tuple *t)
{
	const struct nettrace_state *rec = &ev->rec.state;
	struct nt_convx *cv = conv_of_record(m, t, rec);
	bool server;
	int ret;

	if (cv && vain_attempt(cv, nt_conv_end(cv, &t->a[0]), rec))
		return 0;
	if (cv && begins_new(cv, nt_conv_end(cv, &t->a[0]), rec))
		cv = NULL;
	if (!cv && rec->what == NETTRACE_END)
		return 0; /* of what began and ended before the trace did */
	if (!cv && rec->hdr.type == NETTRACE_RESET)
		return 0; /* no connection: the RST shows as a segment */
	if (!cv) {
		server = rec->kind == NETTRACE_SK_REQUEST ||
			 rec->old_state == NETTRACE_TCP_LISTEN ||
			 (rec->new_state != NETTRACE_TCP_SYN_SENT &&
			  nt_listener_find(m, ev->source, &t->a[0]));
		cv = nt_conv_new(m, t, server);
		if (!cv)
			return -ENOMEM;
	}
	/* a mini socket has the id of the full one whose memory is used again by now */
	ret = rec->kind != NETTRACE_SK_FULL ?
		      0 :
		      orphans_of_socket(m, cv, nt_conv_end(cv, &t->a[0]), ev);
	return ret ? ret : enqueue(m, cv, nt_conv_end(cv, &t->a[0]), ev);
}

int nt_state_feed(struct nt_model *m, const struct nt_event *event)
{
	struct nt_event ev = *event;
	struct nettrace_state *rec = &ev.rec.state;
	__u8 *addr[2] = { rec->local, rec->remote };
	struct nt_tuple t = { .proto = IPPROTO_TCP };
	bool no_remote;

	nt_addr_unmap(&rec->hdr.family, addr, 2);
	no_remote = is_any(rec->remote) || !rec->rport;
	nt_addr_set(&t.a[0], rec->hdr.family, rec->local, rec->lport);
	nt_addr_set(&t.a[1], rec->hdr.family, rec->remote, rec->rport);
	if (rec->hdr.type == NETTRACE_STATE && no_remote && rec->what == NETTRACE_CHANGE &&
	    (rec->new_state == NETTRACE_TCP_LISTEN ||
	     (rec->old_state == NETTRACE_TCP_LISTEN && rec->new_state == NETTRACE_TCP_CLOSE)))
		return listener_feed(m, &ev, &t.a[0]);
	if (no_remote || !rec->lport) {
		if (rec->hdr.type == NETTRACE_STATE)
			orphan_add(m, &ev);
		return 0;
	}
	if (never_was(m, &ev))
		return 0;
	nt_tuple_scope(&t, ev.source);
	return joined_feed(m, &ev, &t);
}

void nt_model_stream_ended(struct nt_model *m, unsigned int source)
{
	size_t i = 0;

	if (source >= NT_SOURCES)
		return;
	m->ended[source / 8] |= (uint8_t)(1u << source % 8);
	while (i < m->nlistener) {
		if (m->listener[i].source == source)
			m->listener[i] = m->listener[--m->nlistener];
		else
			i++;
	}
}
