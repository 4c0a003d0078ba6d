// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_line.c - one line for each thing: follow, list, arp
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "describe.h"
#include "explain.h"
#include "i18n.h"
#include "names.h"
#include "render.h"
#include "text.h"

#define COMPACT 140 /* columns from which on lines carry both addresses */

static void start(struct nt_line *line, const struct nt_view *v)
{
	nt_line_start(line, nt_view_width(v), v->unicode);
}

/* the time of day, local, to the microsecond */
static int put_clock(struct nt_line *line, int64_t t)
{
	time_t sec = (time_t)(t / 1000000000);
	char text[32];
	struct tm tm;
	size_t n;

	if (!localtime_r(&sec, &tm))
		memset(&tm, 0, sizeof(tm));
	n = strftime(text, sizeof(text), "%H:%M:%S", &tm);
	snprintf(text + n, sizeof(text) - n, ".%06d", (int)(t % 1000000000 / 1000));
	return nt_line_put(line, 0, line->width, text, NT_ROLE_TIME) + 1;
}

/* "#1", or for packet 8 of it "#1.8": causes name that number */
static int put_conv(struct nt_line *line, int col, const struct nt_conv *c, uint32_t n)
{
	char id[32];

	snprintf(id, sizeof(id), n ? "#%" PRIu32 ".%" PRIu32 : "#%" PRIu32, c->id, n);
	return nt_line_put(line, col, line->width, id, NT_ROLE_TITLE) + 1;
}

/* what the sockets at both ends were in when the packet passed */
static void add_states(struct nt_label *label, const struct nt_arrow *a)
{
	enum nt_state out = NT_ST_NONE, in = NT_ST_NONE;
	int i;

	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX; i++) {
		if (a->sight[i].hook == NETTRACE_LOCAL_OUT)
			out = a->sight[i].state;
		else if (a->sight[i].hook == NETTRACE_LOCAL_IN)
			in = a->sight[i].state;
	}
	if (out != NT_ST_NONE || in != NT_ST_NONE)
		nt_label_add(label, 1, NT_ROLE_STATE, "[%s → %s]", nt_state_name(out),
			     nt_state_name(in));
}

/* no room for both addresses on every line: then they stand above the first */
static bool compact(const struct nt_view *v)
{
	return nt_view_width(v) < COMPACT;
}

static void line_addresses(const struct nt_view *v, const struct nt_item *it)
{
	const struct nt_conv *c = it->conv;
	char from[NT_ADDR_TEXT], to[NT_ADDR_TEXT], text[2 * NT_ADDR_TEXT + 32];
	char proto[24], service[NT_SERVICE_TEXT];
	struct nt_line line;
	int col;

	if (it->type == NT_ITEM_LATE)
		return;
	/* all other kinds of items: one pointer, one address of its own */
	if (!compact(v) || !c->nitem || c->item[0].arrow != it->arrow ||
	    (it->type == NT_ITEM_CALL && !v->draw.calls) ||
	    (it->type == NT_ITEM_TIMER && !v->draw.timers))
		return;
	start(&line, v);
	col = put_conv(&line, put_clock(&line, it->t), c, 0);
	snprintf(text, sizeof(text), "%s %s → %s", nt_proto_name(c->proto, proto, sizeof(proto)),
		 nt_describe_end(from, sizeof(from), c, 0), nt_describe_end(to, sizeof(to), c, 1));
	col = nt_line_put(&line, col, line.width, text, NT_ROLE_TITLE);
	nt_describe_service(service, sizeof(service), v->services, c);
	nt_line_put(&line, col + 1, line.width, service, NT_ROLE_APP);
	nt_line_print(&line, v->out, v->color);
}

/* the time, which packet it is, from where to where */
static int start_arrow(struct nt_line *line, const struct nt_view *v, const struct nt_conv *c,
		       const struct nt_arrow *a, int64_t t)
{
	char from[NT_ADDR_TEXT], to[NT_ADDR_TEXT], text[2 * NT_ADDR_TEXT + 8];
	int col;

	start(line, v);
	col = put_conv(line, put_clock(line, t), c, a->n);
	nt_describe_end(from, sizeof(from), c, a->dir & 1);
	nt_describe_end(to, sizeof(to), c, !(a->dir & 1));
	if (compact(v))
		snprintf(text, sizeof(text), "%s", a->dir & 1 ? "←" : "→");
	else
		snprintf(text, sizeof(text), "%s → %s", from, to);
	return nt_line_put(line, col, line->width, text, a->dir & 1 ? NT_ROLE_END1 : NT_ROLE_END0) +
	       1;
}

static void line_arrow(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a)
{
	struct nt_numbers num;
	struct nt_label label;
	struct nt_line line;
	int col = start_arrow(&line, v, c, a, a->t);

	nt_numbers_of(&num, v->draw.numbers, c);
	nt_describe_arrow(&label, a, NT_MARKS_ALL, &num);
	add_states(&label, a);
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

/* what was not known yet when the packet's own line was printed */
static void line_late(const struct nt_view *v, const struct nt_conv *c, const struct nt_late *l)
{
	char span[24], name[80], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
	const struct nt_sighting *s = &l->sight;
	bool in = s->hook == NETTRACE_LOCAL_IN;
	struct nt_label label;
	struct nt_line line;
	int col = start_arrow(&line, v, c, l->arrow, l->t);

	nt_describe_span(span, sizeof(span), l->t - l->arrow->t);
	nt_label_start(&label);
	if (l->lost) {
		nt_label_add(&label, 0, NT_ROLE_INFERRED, "~%s", nt_mark_text(l->mark));
		nt_label_add(&label, 1, NT_ROLE_PLAIN, _("within %s"), span);
	} else {
		nt_view_netns(v, s->source, name, sizeof(name));
		nt_text_escape(dev, sizeof(dev), s->dev, NETTRACE_NAME_LEN);
		nt_label_add(&label, 0, NT_ROLE_PLAIN,
			     in ? _("arrived at %s%s%s") : _("passed %s%s%s"), name,
			     *name ? "/" : "", dev);
		if (!in)
			nt_label_add(&label, 2, NT_ROLE_PLAIN, "%s", nt_hook_name(s->hook));
		nt_label_add(&label, 1, NT_ROLE_PLAIN, _("after %s"), span);
		if (in && s->state != NT_ST_NONE)
			nt_label_add(&label, 1, NT_ROLE_STATE, "[→ %s]", nt_state_name(s->state));
	}
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

static void line_transition(const struct nt_view *v, const struct nt_conv *c,
			    const struct nt_transition *tr)
{
	char from[NT_STATE_TEXT], to[NT_STATE_TEXT], cause[NT_OWNER_TEXT + 48];
	char addr[NT_ADDR_TEXT], span[24];
	int end = tr->end & 1, col;
	enum nt_role role = end ? NT_ROLE_END1 : NT_ROLE_END0;
	struct nt_label label;
	struct nt_line line;

	start(&line, v);
	col = put_conv(&line, put_clock(&line, tr->t), c, 0);
	nt_describe_end(addr, sizeof(addr), c, end);
	if (!compact(v))
		col = nt_line_put(&line, col, line.width, addr, role) + 1;
	col = nt_line_put(&line, col, line.width, nt_end_name(c, end), role) + 1;
	nt_describe_state(from, sizeof(from), tr->from, tr->basis);
	nt_describe_state(to, sizeof(to), tr->to, tr->basis);
	nt_describe_why(cause, sizeof(cause), tr);
	nt_label_start(&label);
	nt_label_add(&label, 0, NT_ROLE_STATE, "%s →", from);
	nt_label_add(&label, 0, tr->basis == NT_INFERRED ? NT_ROLE_INFERRED : NT_ROLE_NEW_STATE,
		     "%s", to);
	nt_label_add(&label, 1, NT_ROLE_CAUSE, "(%s)", cause);
	if (tr->to == NT_TIME_WAIT && tr->left_ms)
		nt_label_add(&label, 2, NT_ROLE_PLAIN, _("%s to run"),
			     nt_describe_span(span, sizeof(span), tr->left_ms * 1000000LL));
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

/* a call, a timer, a queue: what an end has beside its segments */
static void line_beside(const struct nt_view *v, const struct nt_item *it, int end)
{
	enum nt_role role = end & 1 ? NT_ROLE_END1 : NT_ROLE_END0;
	char addr[NT_ADDR_TEXT];
	struct nt_label label;
	struct nt_line line;
	int col;

	start(&line, v);
	col = put_conv(&line, put_clock(&line, it->t), it->conv, 0);
	nt_describe_end(addr, sizeof(addr), it->conv, end & 1);
	if (!compact(v))
		col = nt_line_put(&line, col, line.width, addr, role) + 1;
	col = nt_line_put(&line, col, line.width, nt_end_name(it->conv, end & 1), role) + 1;
	if (it->type == NT_ITEM_CALL)
		nt_describe_call(&label, it->call, it->call->part, false);
	else if (it->type == NT_ITEM_TIMER)
		nt_describe_timer(&label, it->timer);
	else if (it->type == NT_ITEM_ROUTE)
		nt_describe_route(&label, it->route, true);
	else
		nt_describe_queue(&label, it->queue);
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

/* where the kernel dropped a packet, and why */
static void line_drop(const struct nt_view *v, const struct nt_conv *c, const struct nt_drop *drop)
{
	const struct nt_arrow a = { .n = drop->arrow, .dir = drop->dir };
	char netns[80];
	struct nt_label label;
	struct nt_line line;
	int col = start_arrow(&line, v, c, &a, drop->t);

	nt_describe_drop(&label, drop, "", nt_view_netns(v, drop->source, netns, sizeof(netns)));
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

static void line_gap(const struct nt_view *v, const struct nt_gap *g)
{
	char text[200], gap[160], name[80];
	struct nt_line line;
	int col;

	start(&line, v);
	col = put_clock(&line, g->t);
	nt_view_in_netns(v, g->source, name, sizeof(name));
	snprintf(text, sizeof(text), "~~~ %s ~~~", nt_describe_gap(gap, sizeof(gap), g, name));
	nt_line_put(&line, col, line.width, text, NT_ROLE_GAP);
	nt_line_print(&line, v->out, v->color);
}

void nt_line_arp(const struct nt_view *v, const struct nt_model *m, const struct nt_arp *arp)
{
	struct nt_label label;
	struct nt_line line;
	char name[80], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
	bool six = arp->family == NETTRACE_IPV6;
	int col, i;

	start(&line, v);
	col = put_clock(&line, arp->t);
	col = nt_line_put(&line, col, line.width, six ? "ND" : "ARP", NT_ROLE_FLAGS) + 1;
	nt_describe_arp(&label, arp, v->oui);
	nt_label_waiting(&label, m, arp);
	if (arp->broadcast)
		nt_label_add(&label, 1, NT_ROLE_ARP, "→ %s", six ? _("group") : _("all"));
	for (i = 0; i < arp->nsight && i < NT_SIGHTINGS_MAX; i++) {
		const struct nt_sighting *s = &arp->sight[i];
		const char *way = nt_hook_name(s->hook);

		if (s->hook == NETTRACE_ARP_IN || s->hook == NETTRACE_LOCAL_IN)
			way = _("in");
		else if (s->hook == NETTRACE_ARP_OUT || s->hook == NETTRACE_LOCAL_OUT)
			way = _("out");
		nt_view_netns(v, s->source, name, sizeof(name));
		nt_text_escape(dev, sizeof(dev), s->dev, NETTRACE_NAME_LEN);
		nt_label_add(&label, 2 + i, NT_ROLE_DIM, "%s %s%s%s", way, name, *name ? "/" : "",
			     dev);
	}
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

static void line_neigh(const struct nt_view *v, const struct nt_neigh *n)
{
	char name[80], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
	struct nt_label label;
	struct nt_line line;
	int col;

	start(&line, v);
	col = put_clock(&line, n->t);
	nt_describe_neigh(&label, n, true, v->oui);
	nt_view_netns(v, n->source, name, sizeof(name));
	nt_text_escape(dev, sizeof(dev), n->dev, NETTRACE_NAME_LEN);
	nt_label_add(&label, 2, NT_ROLE_DIM, _("in %s%s%s"), name, *name ? "/" : "", dev);
	nt_line_label(&line, col, line.width, &label);
	nt_line_print(&line, v->out, v->color);
}

static void line_explain(const struct nt_view *v, const struct nt_model *m,
			 const struct nt_item *item)
{
	struct {
		struct nt_explain x;
		struct nt_told s;
	} * t;

	if (!item->conv || (item->type == NT_ITEM_CALL && !v->draw.calls) ||
	    (item->type == NT_ITEM_TIMER && !v->draw.timers))
		return;
	t = malloc(sizeof(*t));
	if (!t)
		return; /* the line itself is there */
	nt_explain_start(&t->x, m, item->conv);
	if (nt_explain_item(&t->x, item, &t->s))
		nt_render_step(v, &t->s, 6);
	free(t);
}

static void line_item(const struct nt_view *v, const struct nt_model *m, const struct nt_item *item)
{
	if (item->conv)
		line_addresses(v, item);
	switch (item->type) {
	case NT_ITEM_ARROW:
		line_arrow(v, item->conv, item->arrow);
		if (v->draw.hops)
			nt_line_hops(v, m, item->conv, item->arrow);
		break;
	case NT_ITEM_TRANSITION:
		line_transition(v, item->conv, item->tr);
		break;
	case NT_ITEM_ARP:
		/* of neighbour discovery the packet has a line of its own */
		if (item->arp->family != NETTRACE_IPV6)
			nt_line_arp(v, NULL, item->arp);
		break;
	case NT_ITEM_GAP:
		line_gap(v, item->gap);
		break;
	case NT_ITEM_LATE:
		line_late(v, item->conv, item->late);
		break;
	case NT_ITEM_CALL:
		if (v->draw.calls)
			line_beside(v, item, item->call->end);
		break;
	case NT_ITEM_TIMER:
		if (v->draw.timers)
			line_beside(v, item, item->timer->end);
		break;
	case NT_ITEM_QUEUE:
		line_beside(v, item, item->queue->end);
		break;
	case NT_ITEM_ROUTE:
		line_beside(v, item, item->route->end);
		break;
	case NT_ITEM_NEIGH:
		line_neigh(v, item->neigh);
		break;
	case NT_ITEM_DROP:
		line_drop(v, item->conv, item->drop);
		break;
	}
}

void nt_line_item(const struct nt_view *v, const struct nt_model *m, const struct nt_item *item)
{
	line_item(v, m, item);
	if (v->draw.explain)
		line_explain(v, m, item);
}

int nt_line_conv(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	size_t i;

	for (i = 0; i < c->nitem; i++)
		nt_line_item(v, m, &c->item[i]);
	return 0;
}

enum {
	COL_ID,
	COL_PROTO,
	COL_CLIENT,
	COL_SERVER,
	COL_SEGS,
	COL_BYTES,
	COL_CLOSED,
	COL_STATES,
	COL_MAX
};

static const struct {
	const char *head;
	bool right;
	uint8_t width[3]; /* from 60, 80, 120 columns on; 0: left out */
} column[COL_MAX] = {
	[COL_ID] = { "#", true, { 4, 4, 4 } },
	[COL_PROTO] = { N_("proto"), false, { 6, 6, 6 } },
	[COL_CLIENT] = { N_("client"), false, { 19, 24, 24 } },
	[COL_SERVER] = { N_("server"), false, { 19, 24, 24 } },
	[COL_SEGS] = { N_("packets"), true, { 0, 8, 8 } },
	[COL_BYTES] = { N_("bytes"), true, { 0, 0, 13 } },
	[COL_CLOSED] = { N_("end"), false, { 8, 8, 8 } },
	[COL_STATES] = { N_("states"), false, { 0, 0, 26 } },
};

/* which of the widths a view has */
static int list_size(const struct nt_view *v)
{
	int w = nt_view_width(v);

	return w >= 120 ? 2 : w >= 80 ? 1 : 0;
}

/* the server's address, and behind it, where there is room, the service's name */
static const char *with_service(char *buf, size_t size, const struct nt_view *v,
				const struct nt_conv *c, const char *addr)
{
	char service[NT_SERVICE_TEXT];

	nt_describe_service(service, sizeof(service), v->services, c);
	snprintf(buf, size, "%s%s%s", addr, *service ? " " : "", service);
	return nt_text_width(buf, v->unicode) <= column[COL_SERVER].width[list_size(v)] ? buf :
											  addr;
}

static void list_line(const struct nt_view *v, const char *const cell[COL_MAX], enum nt_role role)
{
	int size = list_size(v), i, col = 0;
	struct nt_line line;

	start(&line, v);
	for (i = 0; i < COL_MAX; i++) {
		int width = column[i].width[size];

		if (!width)
			continue;
		if (column[i].right)
			nt_line_right(&line, col, col + width, cell[i], role);
		else
			nt_line_put(&line, col, col + width, cell[i], role);
		col += width + 1;
	}
	nt_line_print(&line, v->out, v->color);
}

void nt_list_head(const struct nt_view *v)
{
	const char *cell[COL_MAX];
	int i;

	for (i = 0; i < COL_MAX; i++)
		cell[i] = i == COL_ID ? column[i].head : _(column[i].head);
	list_line(v, cell, NT_ROLE_TITLE);
}

/* of both ends */
static void pair_text(char buf[2 * NT_DIGITS], uint64_t a, uint64_t b)
{
	char *p = nt_text_number(buf, a);

	*p++ = '/';
	nt_text_number(p, b);
}

static const char *closed_short(enum nt_closed how)
{
	if (how == NT_CLOSE_TIMEOUT)
		return _("timeout");
	return how == NT_CLOSE_OPEN ? _("open") : nt_closed_name(how);
}

void nt_list_conv(const struct nt_view *v, const struct nt_conv *c)
{
	char id[NT_DIGITS], proto[24], end[2][NT_ADDR_TEXT];
	char server[NT_ADDR_TEXT + NT_SERVICE_TEXT];
	char segs[2 * NT_DIGITS], bytes[2 * NT_DIGITS];
	char state[2][NT_STATE_TEXT], states[2 * NT_STATE_TEXT], *p;
	bool tcp = c->proto == IPPROTO_TCP;
	const char *closed = tcp ? closed_short(c->closed) : nt_opened_short(c->opened);
	const char *cell[COL_MAX];
	int k;

	nt_text_number(id, c->id);
	for (k = 0; k < 2; k++) {
		nt_describe_end(end[k], sizeof(end[k]), c, k);
		nt_describe_state(state[k], sizeof(state[k]), c->end[k].state, c->end[k].basis);
	}
	pair_text(segs, c->end[0].arrows, c->end[1].arrows);
	pair_text(bytes, c->end[0].bytes, c->end[1].bytes);
	p = nt_text_put(states, states + sizeof(states), state[0]);
	p = nt_text_put(p, states + sizeof(states), "/");
	nt_text_put(p, states + sizeof(states), state[1]);
	if (tcp && c->opened == NT_OPEN_REFUSED)
		closed = _("refused");
	else if (tcp && c->opened == NT_OPEN_UNANSWERED && c->failed == NT_FAILED_DROPPED)
		closed = _("dropped");
	else if (tcp && c->opened == NT_OPEN_UNANSWERED && c->failed != NT_FAILED_NOT)
		closed = _("full"); /* a queue of the listener */
	cell[COL_ID] = id;
	cell[COL_PROTO] = nt_proto_name(c->proto, proto, sizeof(proto));
	cell[COL_CLIENT] = end[0];
	cell[COL_SERVER] = with_service(server, sizeof(server), v, c, end[1]);
	cell[COL_SEGS] = segs;
	cell[COL_BYTES] = bytes;
	cell[COL_CLOSED] = closed;
	cell[COL_STATES] = tcp ? states : "";
	list_line(v, cell, NT_ROLE_PLAIN);
	nt_line_nat(v, c, column[COL_ID].width[list_size(v)] + 1);
	nt_line_ct(v, c, column[COL_ID].width[list_size(v)] + 1, true);
}

const struct nt_format nt_format_line = {
	.name = "line",
	.item = nt_line_item,
	.conv = nt_line_conv,
	.detail = nt_show_detail,
	.list_head = nt_list_head,
	.list = nt_list_conv,
	.arp = nt_line_arp,
	.stats = nt_line_stats,
};
