// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain.c - what happened in a step, why, and what comes next
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "explain_priv.h"
#include "names.h"
#include "text.h"

/* a sentence that ends in the full stop of Chinese and Japanese takes no blank behind it */
static bool wants_blank(const char *text, size_t n)
{
	return n && !(n >= 3 && !memcmp(text + n - 3, "。", 3)) &&
	       !(n >= 3 && !memcmp(text + n - 3, "）", 3));
}

static void append(char *to, size_t size, const char *fmt, va_list ap)
{
	size_t n = strlen(to), at = n;
	int w;

	if (wants_blank(to, n) && at + 1 < size)
		to[at++] = ' ';
	w = vsnprintf(to + at, size - at, fmt, ap);
	if (w < 0 || (size_t)w >= size - at)
		to[n] = '\0';
}

void nt_x_say(struct nt_told *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(s->text, sizeof(s->text), fmt, ap);
	va_end(ap);
}

void nt_x_note(struct nt_told *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	append(s->note, sizeof(s->note), fmt, ap);
	va_end(ap);
}

void nt_x_title(struct nt_told *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->title, sizeof(s->title), fmt, ap);
	va_end(ap);
}

/* ---- words ------------------------------------------------------------------ */

char *nt_x_word(struct nt_explain *x)
{
	char *word = x->word[x->nword++ % NT_EXPLAIN_WORDS];

	*word = '\0';
	return word;
}

const char *nt_x_who(struct nt_explain *x, int end)
{
	const struct nt_end *e = &x->c->end[end & 1];
	char *word = nt_x_word(x), name[NT_OWNER_TEXT];

	if (!*nt_describe_owner(name, sizeof(name), e->comm, e->pid))
		nt_describe_end(name, sizeof(name), x->c, end);
	if (x->c->proto != IPPROTO_TCP && x->c->proto != IPPROTO_UDP)
		snprintf(word, NT_EXPLAIN_WORD, _("host %s"), name);
	else if (end & 1)
		snprintf(word, NT_EXPLAIN_WORD, _("server %s"), name);
	else
		snprintf(word, NT_EXPLAIN_WORD, _("client %s"), name);
	return word;
}

const char *nt_x_owner(struct nt_explain *x, const char *comm, uint32_t pid)
{
	return nt_describe_owner(nt_x_word(x), NT_EXPLAIN_WORD, comm, pid);
}

const char *nt_x_addr(struct nt_explain *x, int end)
{
	return nt_describe_end(nt_x_word(x), NT_EXPLAIN_WORD, x->c, end);
}

const char *nt_x_ip(struct nt_explain *x, unsigned int family, const uint8_t *b)
{
	return nt_describe_ip(nt_x_word(x), NT_EXPLAIN_WORD, family, b);
}

const char *nt_x_span(struct nt_explain *x, int64_t ns)
{
	return nt_describe_span(nt_x_word(x), NT_EXPLAIN_WORD, ns);
}

const char *nt_x_size(struct nt_explain *x, uint64_t bytes)
{
	return nt_describe_size(nt_x_word(x), NT_EXPLAIN_WORD, bytes);
}

const char *nt_x_name(struct nt_explain *x, const char *foreign, size_t max)
{
	return nt_text_escape(nt_x_word(x), NT_EXPLAIN_WORD, foreign, max);
}

const char *nt_x_cause(struct nt_explain *x, const struct nt_cause *c)
{
	const char *name = c->name ? c->name : "?", *owner = nt_x_owner(x, c->comm, c->pid);
	char *word = nt_x_word(x);

	switch (c->kind) {
	case NT_CAUSE_SEGMENT:
		snprintf(word, NT_EXPLAIN_WORD, _("segment %" PRIu32), c->n);
		break;
	case NT_CAUSE_CALL:
		if (!strcmp(name, "exit"))
			snprintf(word, NT_EXPLAIN_WORD, _("the end of process %s"), owner);
		else if (*owner)
			snprintf(word, NT_EXPLAIN_WORD, _("%s() of %s"), name, owner);
		else
			snprintf(word, NT_EXPLAIN_WORD, "%s()", name);
		break;
	case NT_CAUSE_TIMER:
		snprintf(word, NT_EXPLAIN_WORD, "%s", nt_timer_cause_text(name, true));
		break;
	case NT_CAUSE_ICMP:
		snprintf(word, NT_EXPLAIN_WORD, _("ICMP error %" PRIu32), c->n);
		break;
	default:
		snprintf(word, NT_EXPLAIN_WORD, _("something that is not in the trace (%s)"),
			 _(name));
	}
	return word;
}

/* ---- steps ------------------------------------------------------------------ */

void nt_explain_start(struct nt_explain *x, const struct nt_model *m, const struct nt_conv *c)
{
	memset(x, 0, sizeof(*x));
	x->m = m;
	x->c = c;
	nt_numbers_of(&x->num, NT_NUMBERS_RELATIVE, c);
}

static void start(struct nt_told *s, const char *kind, int64_t t, int end)
{
	memset(s, 0, offsetof(struct nt_told, title));
	s->title[0] = '\0';
	s->text[0] = '\0';
	s->note[0] = '\0';
	s->kind = kind;
	s->rfc = "";
	s->basis = NT_OBSERVED;
	s->t = t;
	s->end = (int8_t)end;
}

static bool arrow(struct nt_explain *x, const struct nt_arrow *a, int64_t t, struct nt_told *s)
{
	start(s, "packet", t, a->dir & 1);
	s->arrow = a->n;
	if (a->pkt.proto == IPPROTO_TCP && (a->pkt.flags & NETTRACE_PKT_L4))
		return nt_x_tcp(x, a, s);
	return nt_x_dgram(x, a, s);
}

static bool transition(struct nt_explain *x, const struct nt_transition *tr, struct nt_told *s)
{
	start(s, "transition", tr->t, tr->end & 1);
	s->basis = tr->basis;
	if (tr->cause.kind == NT_CAUSE_SEGMENT || tr->cause.kind == NT_CAUSE_ICMP)
		s->arrow = tr->cause.n;
	return nt_x_transition(x, tr, s);
}

static bool call(struct nt_explain *x, const struct nt_call *c, enum nt_call_part part, int64_t t,
		 struct nt_told *s)
{
	start(s, "call", t, c->end & 1);
	return nt_x_call(x, c, part, s);
}

static bool departs(struct nt_explain *x, const struct nt_arrow *a, struct nt_told *s)
{
	bool six = a->pkt.hdr.family == NETTRACE_IPV6;

	start(s, "depart", a->t, a->dir & 1);
	s->arrow = a->n;
	s->rfc = six ? "RFC 4861, 7.2.2" : "RFC 826";
	nt_x_title(s, _("packet %" PRIu32 " waits"), a->n);
	nt_x_say(s,
		 _("The %s sends packet %" PRIu32
		   ", but nobody knows yet at which link address its next hop is: the packet waits"
		   " in the kernel until that has been asked, %s in all."),
		 nt_x_who(x, a->dir), a->n, nt_x_span(x, a->t_last - a->t));
	return true;
}

static bool beside(struct nt_explain *x, const struct nt_row *r, struct nt_told *s)
{
	switch (r->type) {
	case NT_ROW_TIMER:
		start(s, "timer", r->t, r->timer->end & 1);
		return nt_x_timer(x, r->timer, s);
	case NT_ROW_QUEUE:
		start(s, "queue", r->t, r->queue->end & 1);
		return nt_x_queue(x, r->queue, s);
	case NT_ROW_DROP:
		start(s, "drop", r->t, -1);
		return nt_x_drop(x, r->drop, s);
	case NT_ROW_NEIGH:
		start(s, "neighbour", r->t, r->end);
		return nt_x_neigh(x, r->neigh, s);
	case NT_ROW_ROUTE:
		start(s, "route", r->t, r->route->end & 1);
		return nt_x_route(x, r->route, s);
	case NT_ROW_ARP:
		start(s, "arp", r->t, r->end);
		return nt_x_arp(x, r->arp, s);
	case NT_ROW_GAP:
		start(s, "gap", r->t, -1);
		return nt_x_gap(x, r->gap, s);
	case NT_ROW_FOLD:
		start(s, "fold", r->t, -1);
		return nt_x_fold(x, r->fold, s);
	default:
		return false;
	}
}

bool nt_explain_row(struct nt_explain *x, const struct nt_row *r, struct nt_told *s)
{
	switch (r->type) {
	case NT_ROW_ARROW:
		return arrow(x, r->arrow, r->t, s);
	case NT_ROW_DEPART:
		return departs(x, r->arrow, s);
	case NT_ROW_TRANSITION:
		return transition(x, r->tr, s);
	case NT_ROW_CALL:
	case NT_ROW_RETURN:
		return call(x, r->call, nt_layout_part(r), r->t, s);
	default:
		return beside(x, r, s);
	}
}

bool nt_explain_item(struct nt_explain *x, const struct nt_item *it, struct nt_told *s)
{
	struct nt_row r = { .t = it->t, .end = -1, .lasted = -1 };

	switch (it->type) {
	case NT_ITEM_ARROW:
		return arrow(x, it->arrow, it->t, s);
	case NT_ITEM_TRANSITION:
		return transition(x, it->tr, s);
	case NT_ITEM_CALL:
		return call(x, it->call, it->call->part, it->t, s);
	case NT_ITEM_LATE:
		start(s, "late", it->t, -1);
		s->arrow = it->late->arrow->n;
		return nt_x_late(x, it->late, s);
	case NT_ITEM_TIMER:
		r.type = NT_ROW_TIMER;
		r.timer = it->timer;
		break;
	case NT_ITEM_QUEUE:
		r.type = NT_ROW_QUEUE;
		r.queue = it->queue;
		break;
	case NT_ITEM_DROP:
		r.type = NT_ROW_DROP;
		r.drop = it->drop;
		break;
	case NT_ITEM_NEIGH:
		r.type = NT_ROW_NEIGH;
		r.neigh = it->neigh;
		break;
	case NT_ITEM_ROUTE:
		r.type = NT_ROW_ROUTE;
		r.route = it->route;
		break;
	case NT_ITEM_ARP:
		r.type = NT_ROW_ARP;
		r.arp = it->arp;
		break;
	case NT_ITEM_GAP:
		r.type = NT_ROW_GAP;
		r.gap = it->gap;
		break;
	}
	return beside(x, &r, s);
}

bool nt_explain_lone(const struct nt_call *c, struct nt_told *s)
{
	struct nt_explain x = { .m = NULL };

	start(s, "call", c->t, -1);
	return nt_x_call(&x, c, NT_CALL_WHOLE, s);
}
