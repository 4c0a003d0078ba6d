// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_timer.c - timers: samples become what was armed, set anew, stopped, fired
 *
 * A sample tells which timers run, and for how long, at a sighting.  Two of the same
 * end, one after the other, tell what happened in between; where nothing did, there
 * is nothing to say.  That a timer fired is told by what it sends: its arrow's mark.
 * The timers of request and TIME-WAIT sockets are in their own records.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "model_priv.h"
#include "model_sample.h"

/*
 * Timers are counted in jiffies, ten milliseconds at most, and rounded to whole
 * milliseconds: a due time that differs by less is the same one.
 */
#define SAME	   (12 * NT_MS)
#define DELACK_MIN (35 * NT_MS)	 /* TCP_ATO_MIN, 40 ms, less a jiffy */
#define DELACK_MAX (500 * NT_MS) /* RFC 1122, 4.2.3.2 */

struct nt_timers {
	int64_t due[NT_TIMER_MAX]; /* 0: it does not run */
	bool fired[NT_TIMER_MAX];  /* since it was armed */
	int64_t owes;		   /* when data came that is not acknowledged; 0: none */
};

void nt_model_timers(struct nt_model *m)
{
	m->timers = true;
}

static struct nt_timers *timers_of(struct nt_convx *cv, int end)
{
	if (!cv->e[end].timers)
		cv->e[end].timers = calloc(1, sizeof(*cv->e[end].timers));
	return cv->e[end].timers;
}

static int tell(struct nt_model *m, struct nt_convx *cv, const struct nt_timer *t)
{
	struct nt_item item = { .type = NT_ITEM_TIMER, .t = t->t };

	return nt_emit_copy(m, cv, &item, t, sizeof(*t));
}

/* ---- samples ------------------------------------------------------------- */

int nt_timer_feed(struct nt_model *m, const struct nt_event *ev)
{
	struct nettrace_timer rec = ev->rec.timer;
	__u8 *addr[2] = { rec.local, rec.remote };
	struct nt_tuple t = { .proto = IPPROTO_TCP };
	struct nt_timerx *x;
	struct nt_convx *cv;

	m->timers = true;
	nt_addr_unmap(&rec.hdr.family, addr, 2);
	nt_addr_set(&t.a[0], rec.hdr.family, rec.local, rec.lport);
	nt_addr_set(&t.a[1], rec.hdr.family, rec.remote, rec.rport);
	nt_tuple_scope(&t, ev->source);
	cv = nt_conv_find(m, &t);
	if (!cv)
		return 0; /* its packet was left out */
	x = calloc(1, sizeof(*x));
	if (!x)
		return -ENOMEM;
	x->pend.type = NT_PEND_TIMER;
	x->pend.t = ev->t;
	x->pend.cv = cv;
	x->end = nt_conv_end(cv, &t.a[0]);
	x->source = ev->source;
	x->rec = rec;
	nt_queue_add(m, &x->pend);
	return 0;
}

/* the arrow whose sighting the sample was taken at; 0: it is not in the trace */
static uint32_t sampled_at(const struct nt_timerx *x)
{
	const struct nt_arrowx *a;
	unsigned int i, n = 0;

	for (a = x->pend.cv->last; a && n < 64; a = a->prev, n++)
		for (i = 0; i < a->a.nsight; i++)
			if (a->a.sight[i].t == x->pend.t && a->a.sight[i].source == x->source)
				return a->a.n;
	return 0;
}

static bool same(int64_t a, int64_t b)
{
	return a - b < SAME && b - a < SAME;
}

static int sample_one(struct nt_model *m, struct nt_timerx *x, enum nt_timer_name name,
		      uint32_t arrow)
{
	struct nt_timers *s = x->pend.cv->e[x->end].timers;
	int64_t left = nt_sample_left(&x->rec, name), old = s->due[name];
	struct nt_timer t = {
		.t = x->pend.t,
		.end = x->end,
		.name = name,
		.basis = NT_OBSERVED,
		.arrow = arrow,
	};

	s->due[name] = left < 0 ? 0 : x->pend.t + left * NT_MS;
	if (left >= 0) {
		if (old && same(old, s->due[name]))
			return 0;
		t.event = old ? NT_TIMER_RESET : NT_TIMER_ARMED;
		t.left_ms = (uint32_t)left;
		t.value_us = nt_sample_value(&x->rec, name);
		t.backoff = x->rec.backoff;
	} else {
		/* it fired, and that was said; TIME-WAIT's own end has a record */
		if (!old || s->fired[name] || name == NT_TIMER_TIME_WAIT)
			return 0;
		t.event = NT_TIMER_STOPPED;
	}
	s->fired[name] = false;
	return tell(m, x->pend.cv, &t);
}

int nt_timer_final(struct nt_model *m, struct nt_timerx *x)
{
	uint32_t arrow = sampled_at(x);
	int name, ret = 0;

	if (!timers_of(x->pend.cv, x->end))
		return -ENOMEM;
	for (name = 0; name < NT_TIMER_MAX && !ret; name++)
		ret = sample_one(m, x, (enum nt_timer_name)name, arrow);
	return ret;
}

/* ---- request and TIME-WAIT sockets --------------------------------------- */

int nt_timer_mini(struct nt_model *m, const struct nt_statex *x)
{
	const struct nettrace_state *r = &x->rec;
	bool request = r->kind == NETTRACE_SK_REQUEST;
	struct nt_timer t = { .t = x->pend.t, .end = x->end, .basis = NT_OBSERVED };
	struct nt_timers *s;

	if (!m->timers || (!request && r->kind != NETTRACE_SK_TIMEWAIT))
		return 0;
	s = timers_of(x->pend.cv, x->end);
	if (!s)
		return -ENOMEM;
	t.name = request ? NT_TIMER_SYN_ACK :
		 (r->what == NETTRACE_END ? r->old_state : r->new_state) == NETTRACE_TCP_FIN_WAIT2 ?
			   NT_TIMER_FIN_WAIT_2 :
			   NT_TIMER_TIME_WAIT;
	t.left_ms = r->left_ms;
	if (r->what == NETTRACE_END) {
		if (!s->due[t.name])
			return 0;
		t.event = r->end_why == NETTRACE_END_EXPIRED ? NT_TIMER_FIRED : NT_TIMER_STOPPED;
		s->due[t.name] = 0;
		return tell(m, x->pend.cv, &t);
	}
	t.event = s->due[t.name] ? NT_TIMER_RESET : NT_TIMER_ARMED;
	s->fired[t.name] = false;
	if (t.name == NT_TIMER_TIME_WAIT)
		s->due[NT_TIMER_FIN_WAIT_2] = 0; /* it has become this one */
	s->due[t.name] = x->pend.t + r->left_ms * NT_MS;
	return tell(m, x->pend.cv, &t);
}

/* ---- what arrows tell ---------------------------------------------------- */

static int fired(struct nt_model *m, const struct nt_arrowx *x, enum nt_timer_name name,
		 enum nt_basis basis)
{
	struct nt_convx *cv = x->pend.cv;
	struct nt_timers *s = timers_of(cv, x->a.dir);
	struct nt_timer t = {
		.t = x->a.t,
		.end = x->a.dir,
		.name = name,
		.event = NT_TIMER_FIRED,
		.basis = basis,
		.arrow = x->a.n,
	};

	if (!s)
		return -ENOMEM;
	if (x->a.pkt.sk_kind == NETTRACE_SK_FULL)
		t.backoff = x->a.pkt.backoff;
	s->fired[name] = true;
	s->due[name] = 0;
	return tell(m, cv, &t);
}

/* which timer sends a segment that has this mark; NT_TIMER_MAX: none */
static enum nt_timer_name sender_of(const struct nt_mark *mark)
{
	static const struct {
		const char *reason;
		enum nt_timer_name name;
	} by[] = {
		{ "rto", NT_TIMER_RTO },
		{ "syn timer", NT_TIMER_RTO },
		{ "tlp", NT_TIMER_TLP },
		{ "syn+ack timer", NT_TIMER_SYN_ACK },
	};
	size_t i;

	if (mark->name == NT_MARK_KEEPALIVE)
		return NT_TIMER_KEEPALIVE;
	if (mark->name == NT_MARK_PERSIST_PROBE)
		return NT_TIMER_PERSIST;
	for (i = 0;
	     mark->name == NT_MARK_RETRANSMISSION && mark->reason && i < sizeof(by) / sizeof(by[0]);
	     i++)
		if (!strcmp(mark->reason, by[i].reason))
			return by[i].name;
	return NT_TIMER_MAX;
}

static bool is_pure_ack(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_TCP && !p->payload &&
	       (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_FIN | NETTRACE_TH_RST |
				NETTRACE_TH_ACK)) == NETTRACE_TH_ACK;
}

/*
 * An ACK of its own, so late after the data: it was delayed.  The timer is cleared
 * before the segment leaves, so only a sample from before tells that it ran.
 */
static int delayed_ack(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_timers *s = x->pend.cv->e[x->a.dir].timers;
	int64_t owes = s ? s->owes : 0;

	if (s)
		s->owes = 0;
	if (!owes || !is_pure_ack(&x->a.pkt) || x->a.nmark || x->a.t - owes < DELACK_MIN ||
	    x->a.t - owes > DELACK_MAX)
		return 0;
	return fired(m, x, NT_TIMER_DELACK,
		     s->due[NT_TIMER_DELACK] && same(s->due[NT_TIMER_DELACK], x->a.t) ?
			     NT_OBSERVED :
			     NT_INFERRED);
}

int nt_timer_sent(struct nt_model *m, struct nt_arrowx *x)
{
	const struct nt_sighting *in;
	struct nt_timers *s;
	unsigned int i;
	int ret = 0;

	if (!m->timers || x->icmp || x->a.pkt.proto != IPPROTO_TCP)
		return 0;
	for (i = 0; i < x->a.nmark && !ret; i++) {
		enum nt_timer_name name = sender_of(&x->a.mark[i]);

		if (name != NT_TIMER_MAX)
			ret = fired(m, x, name, x->a.mark[i].basis);
	}
	if (!ret && (x->a.pkt.tcp_flags & NETTRACE_TH_ACK))
		ret = delayed_ack(m, x);
	if (ret || !x->a.pkt.payload)
		return ret;
	/* where its arrival is not seen, it may have come at any time from now on */
	in = nt_delivery(&x->a);
	s = timers_of(x->pend.cv, !x->a.dir);
	if (!s)
		return -ENOMEM;
	if (in && !s->owes)
		s->owes = in->t;
	return 0;
}
