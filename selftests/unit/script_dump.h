/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * script_dump.h - what the model made of a script, as text: an item a line
 *
 * Purpose:   what tests compare.
 * Ownership: the text stays in the script, until the next one.
 */
#ifndef NETTRACE_UNIT_SCRIPT_DUMP_H
#define NETTRACE_UNIT_SCRIPT_DUMP_H

#include "script_word.h"

static inline void script_put(struct script *s, const char *fmt, ...)
{
	size_t n = strlen(s->out);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->out + n, sizeof(s->out) - n, fmt, ap);
	va_end(ap);
}

static inline void script_put_rtt(struct script *s, const struct nt_arrow *a)
{
	bool whole;
	int64_t ns = nt_arrow_rtt(a, &whole);

	script_put(s, " answers=%u", a->request);
	if (ns >= 0)
		script_put(s, " %s=%d", whole ? "rtt" : "after", (int)(ns / 1000));
}

/* at each place: where its fragments begin, and what is missing */
static inline void script_put_frags(struct script *s, const struct nt_arrow *a)
{
	const struct nt_fragments *f;
	uint32_t i, from, to;

	for (f = a->frags; f; f = f->next) {
		script_put(s, " [%u:", f->source);
		for (i = 0; i < f->npiece; i++)
			script_put(s, "%s%u", i ? "," : "", f->piece[i].off);
		script_put(s, "/%u", f->total);
		for (from = 0; nt_fragments_hole(f, &from, &to); from = to) {
			script_put(s, " -%u..%u", from, to);
			if (!to)
				break;
		}
		script_put(s, "]");
	}
}

static inline void script_put_arrow(struct script *s, const struct nt_arrow *a)
{
	static const char *const flag[] = { "FIN", "SYN", "RST", "PSH", "ACK" };
	static const char *const hook[] = {
		"?", "pre", "in", "fwd", "out", "post", [NETTRACE_DROPPED] = "dropped"
	};
	unsigned int i;

	script_put(s, "%u %s", a->n, a->dir ? "s>c" : "c>s");
	if (a->pkt.proto == IPPROTO_TCP) {
		for (i = 0; i < 5; i++) {
			if (a->pkt.tcp_flags & 1 << i)
				script_put(s, " %s", flag[i]);
		}
		if (a->seq_valid)
			script_put(s, " seq=%u", a->seq);
		if (a->ack_valid)
			script_put(s, " ack=%u", a->ack);
	} else {
		script_put(s, a->pkt.proto == IPPROTO_UDP ? " udp" :
			      nt_is_icmp(&a->pkt)	  ? " icmp" :
							    " other");
	}
	if (a->about)
		script_put(s, " about=%s%u", a->about_basis == NT_INFERRED ? "~" : "", a->about);
	if (a->request)
		script_put_rtt(s, a);
	script_put_frags(s, a);
	if (a->pkt.payload)
		script_put(s, " len=%u", a->pkt.payload);
	for (i = 0; i < a->nsight; i++)
		script_put(s, " %s%u", hook[a->sight[i].hook], a->sight[i].source);
	for (i = 0; i < a->nmark; i++) {
		script_put(s, " %s:%s:%s", nt_mark_word(a->mark[i].name),
			   a->mark[i].reason ? a->mark[i].reason : "-",
			   a->mark[i].basis == NT_OBSERVED ? "observed" : "inferred");
		if (a->mark[i].n)
			script_put(s, ":%u", a->mark[i].n);
	}
	script_put(s, "\n");
}

static inline void script_put_tr(struct script *s, const struct nt_transition *t)
{
	script_put(s, "%c %s>%s %s ", t->end ? 's' : 'c', nt_state_name(t->from),
		   nt_state_name(t->to), t->basis == NT_OBSERVED ? "observed" : "inferred");
	switch (t->cause.kind) {
	case NT_CAUSE_SEGMENT:
		script_put(s, "segment:%u", t->cause.n);
		break;
	case NT_CAUSE_CALL:
		script_put(s, "call:%s:%u:%s", t->cause.name, t->cause.pid, t->cause.comm);
		break;
	case NT_CAUSE_TIMER:
		script_put(s, "timer:%s", t->cause.name);
		break;
	case NT_CAUSE_ICMP:
		script_put(s, "icmp:%u", t->cause.n);
		break;
	case NT_CAUSE_UNKNOWN:
		script_put(s, "unknown:%s", t->cause.name);
		break;
	}
	if (t->inferred != NT_ST_NONE)
		script_put(s, " inferred:%s", nt_state_name(t->inferred));
	script_put(s, "\n");
}

enum { SCRIPT_ARROWS = 1, SCRIPT_TRANSITIONS = 2, SCRIPT_ALL = 3 };

/* conversation @i (from 0) as text, in s->out */
static inline const char *script_dump(struct script *s, size_t i, int which)
{
	const struct nt_conv *c = nt_model_conv(s->m, i);
	size_t k;

	s->out[0] = '\0';
	assert_non_null(c);
	for (k = 0; k < c->nitem; k++) {
		assert_ptr_equal(c->item[k].conv, c);
		assert_true(!k || c->item[k].t >= c->item[k - 1].t);
		if (c->item[k].type == NT_ITEM_ARROW && (which & SCRIPT_ARROWS))
			script_put_arrow(s, c->item[k].arrow);
		if (c->item[k].type == NT_ITEM_TRANSITION && (which & SCRIPT_TRANSITIONS))
			script_put_tr(s, c->item[k].tr);
	}
	return s->out;
}

/* how a conversation looks from outside, as one line */
static inline const char *script_conv(struct script *s, size_t i)
{
	static const char *const opened[] = { "handshake",  "simultaneous", "midstream", "refused",
					      "unanswered", "answered",	    "one-way",	 "no-port",
					      "no-way",	    "ttl" };
	static const char *const closed[] = { "fin", "rst", "timeout", "open" };
	const struct nt_conv *c = nt_model_conv(s->m, i);

	assert_non_null(c);
	s->out[0] = '\0';
	script_put(s,
		   "%s %s closer=%d mask=%u %s/%s segs=%u/%u bytes=%u/%u "
		   "rtx=%u/%u pid=%u/%u",
		   opened[c->opened], closed[c->closed], c->closer, c->completeness,
		   nt_state_name(c->end[0].state), nt_state_name(c->end[1].state), c->end[0].arrows,
		   c->end[1].arrows, (unsigned int)c->end[0].bytes, (unsigned int)c->end[1].bytes,
		   c->end[0].retransmissions, c->end[1].retransmissions, c->end[0].pid,
		   c->end[1].pid);
	return s->out;
}

#endif /* NETTRACE_UNIT_SCRIPT_DUMP_H */
