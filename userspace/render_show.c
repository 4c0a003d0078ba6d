// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_show.c - one conversation with everything that is known of it
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "layout.h"
#include "names.h"
#include "render.h"
#include "text.h"

/* a line of detail, indented, cut at the view's width */
static void detail(const struct nt_view *v, int indent, enum nt_role role, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static void detail(const struct nt_view *v, int indent, enum nt_role role, const char *fmt, ...)
{
	struct nt_line line;
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	nt_line_start(&line, v->width, v->unicode);
	nt_line_put(&line, indent, v->width, text, role);
	nt_line_print(&line, v->out, v->color);
}

static void show_ip(const struct nt_view *v, const struct nettrace_packet *p)
{
	char proto[24];

	detail(v, 6, NT_ROLE_PLAIN,
	       p->hdr.family == NETTRACE_IPV6 ?
		       _("IPv6 %" PRIu32 " bytes, hop limit=%u, DSCP %u, ECN %u%s, protocol %s") :
		       _("IPv4 %" PRIu32 " bytes, ttl=%u, DSCP %u, ECN %u%s, protocol %s"),
	       p->len, p->ttl, p->tos >> 2, p->tos & 3,
	       p->flags & NETTRACE_PKT_DONT_FRAG ? _(", don't fragment") : "",
	       nt_proto_name(p->proto, proto, sizeof(proto)));
	if (p->hdr.family == NETTRACE_IPV4)
		detail(v, 6, NT_ROLE_PLAIN, _("identification 0x%04" PRIx32), p->ip_id);
	if (p->flags & NETTRACE_PKT_FRAGMENT)
		detail(v, 6, NT_ROLE_PLAIN,
		       p->flags & NETTRACE_PKT_MORE_FRAGS ? _("fragment at byte %u, more follow") :
							    _("fragment at byte %u, the last one"),
		       p->frag_off);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		detail(v, 6, NT_ROLE_PLAIN, "%s",
		       p->hdr.family == NETTRACE_IPV6 ? _("with extension headers") :
							_("with IP options"));
	if (p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED))
		detail(v, 6, NT_ROLE_MARK, "%s",
		       p->flags & NETTRACE_PKT_TRUNCATED ?
			       _("the packet ends inside a header") :
			       _("a length in the headers contradicts the bytes"));
}

static void show_options(const struct nt_view *v, const struct nettrace_packet *p)
{
	int i;

	if (p->optflags & NETTRACE_OPT_MSS)
		detail(v, 6, NT_ROLE_PLAIN, _("option mss=%u: largest segment it accepts, bytes"),
		       p->mss);
	if (p->optflags & NETTRACE_OPT_WSCALE)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("option ws=%u: its later windows count in %" PRIu32 " bytes"), p->wscale,
		       UINT32_C(1) << (p->wscale & 15));
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		detail(v, 6, NT_ROLE_PLAIN, "%s",
		       _("option sackok: selective acknowledgements permitted"));
	for (i = 0; (p->optflags & NETTRACE_OPT_SACK) && i < p->nsack && i < NETTRACE_SACK_MAX; i++)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("option sack: has %" PRIu32 " to before %" PRIu32 " (absolute)"),
		       p->sack[i][0], p->sack[i][1]);
	if (p->optflags & NETTRACE_OPT_TS)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("option timestamps: value %" PRIu32 ", echo %" PRIu32), p->tsval,
		       p->tsecr);
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		detail(v, 6, NT_ROLE_PLAIN, _("option %s"), "fastopen");
	if (p->optflags & NETTRACE_OPT_MPTCP)
		detail(v, 6, NT_ROLE_PLAIN, _("option %s"), "mptcp");
	if (p->optflags & NETTRACE_OPT_OTHER)
		detail(v, 6, NT_ROLE_PLAIN, "%s", _("further options"));
	if (p->flags & NETTRACE_PKT_BAD_OPTS)
		detail(v, 6, NT_ROLE_MARK, "%s", _("the TCP options do not parse"));
}

static void show_tcp(const struct nt_view *v, const struct nt_arrow *a,
		     const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;
	char win[96] = "";
	int64_t bytes = nt_window(num, a);

	if (a->seq_valid)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("seq %" PRIu32 " relative, %" PRIu32 " in the segment"), a->seq, p->seq);
	else
		detail(v, 6, NT_ROLE_PLAIN, _("seq %" PRIu32 " in the segment"), p->seq);
	if ((p->tcp_flags & NETTRACE_TH_ACK) && a->ack_valid)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("ack %" PRIu32 " relative, %" PRIu32 " in the segment"), a->ack, p->ack);
	else if (p->tcp_flags & NETTRACE_TH_ACK)
		detail(v, 6, NT_ROLE_PLAIN, _("ack %" PRIu32 " in the segment"), p->ack);
	if (bytes < 0)
		snprintf(win, sizeof(win), "%s", _(" (times what its SYN said, not seen)"));
	else if (bytes != p->window)
		snprintf(win, sizeof(win), _(" = %" PRId64 " bytes"), bytes);
	detail(v, 6, NT_ROLE_PLAIN, _("%" PRIu32 " bytes of data, window %u%s"), p->payload,
	       p->window, win);
	if (a->wire_segs > 1 && p->gso_size)
		detail(v, 6, NT_ROLE_PLAIN,
		       _("%" PRIu32 " segments on the wire, %u bytes each at most"), a->wire_segs,
		       p->gso_size);
	else if (a->wire_segs > 1)
		detail(v, 6, NT_ROLE_INFERRED,
		       _("~%" PRIu32 " segments on the wire or more: longer than the MSS"),
		       a->wire_segs);
	show_options(v, p);
}

static void show_fragments(const struct nt_view *v, const struct nt_conv *c,
			   const struct nt_arrow *a)
{
	char name[80], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1], ms[24];
	const struct nt_fragments *f;
	uint32_t i, from, to;

	for (f = a->frags; f; f = f->next) {
		nt_view_netns(v, f->source, name, sizeof(name));
		nt_text_escape(dev, sizeof(dev), f->dev, NETTRACE_NAME_LEN);
		detail(v, 6, NT_ROLE_PLAIN,
		       ngettext("%" PRIu32 " fragment at %s%s%s by %s, %" PRIu32 " of %" PRIu32
				"%s bytes",
				"%" PRIu32 " fragments at %s%s%s by %s, %" PRIu32 " of %" PRIu32
				"%s bytes",
				f->n),
		       f->n, name, *name ? "/" : "", dev, nt_hook_name(f->hook), f->have, f->total,
		       f->total ? "" : _(" (not known)"));
		for (i = 0; i < f->npiece; i++) {
			nt_describe_ms(ms, sizeof(ms), f->piece[i].t - c->t0);
			detail(v, 8, NT_ROLE_DIM,
			       _("at %8s ms: %" PRIu32 "..%" PRIu32 " (%" PRIu32 " B)"), ms,
			       f->piece[i].off, f->piece[i].off + f->piece[i].len - 1,
			       f->piece[i].len);
		}
		for (from = 0; nt_fragments_hole(f, &from, &to); from = to) {
			if (!to) {
				detail(v, 8, NT_ROLE_MARK, _("missing: from %" PRIu32 " on"), from);
				break;
			}
			detail(v, 8, NT_ROLE_MARK, _("missing: %" PRIu32 "..%" PRIu32), from,
			       to - 1);
		}
	}
}

static void show_sightings(const struct nt_view *v, const struct nt_conv *c,
			   const struct nt_arrow *a)
{
	int i;

	for (i = 0; i < a->nsight && i < NT_SIGHTINGS_MAX; i++) {
		const struct nt_sighting *s = &a->sight[i];
		char ms[24], dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];
		char name[80], pid[32] = "", sock[64] = "";
		const char *netns = nt_view_in_netns(v, s->source, name, sizeof(name));

		nt_describe_ms(ms, sizeof(ms), s->t - c->t0);
		nt_text_escape(dev, sizeof(dev), s->dev, NETTRACE_NAME_LEN);
		if (s->pid)
			snprintf(pid, sizeof(pid), ", pid %" PRIu32, s->pid);
		if (s->sk_kind != NETTRACE_SK_NONE)
			snprintf(sock, sizeof(sock), _(", %s in %s"),
				 _(nt_sk_kind_name(s->sk_kind)), nt_state_name(s->state));
		detail(v, 6, NT_ROLE_DIM, _("seen at %8s ms by %s, %s%s%s%s%s"), ms,
		       nt_hook_name(s->hook), dev, *netns ? ", " : "", netns, sock, pid);
	}
	if (a->nsighted > a->nsight)
		detail(v, 6, NT_ROLE_DIM, _("and %d times more"), a->nsighted - a->nsight);
}

/* what nt_app_kind_name() tells programs */
static const char *kind_text(unsigned int kind)
{
	static const char *const text[] = {
		[NT_APP_REQUEST] = N_("request"),
		[NT_APP_RESPONSE] = N_("response"),
		[NT_APP_GREETING] = N_("greeting"),
		[NT_APP_NEGOTIATION] = N_("negotiation"),
	};

	_Static_assert(sizeof(text) / sizeof(text[0]) == NT_APP_KIND_MAX, "every kind has a text");
	return kind < NT_APP_KIND_MAX ? _(text[kind]) : "?";
}

static void show_app(const struct nt_view *v, const struct nt_app *app)
{
	char text[NT_APP_TEXT_SHOWN];

	nt_describe_app(text, sizeof(text), app);
	detail(v, 6, NT_ROLE_APP, "%s %s: %s%s", nt_app_name(app->proto), kind_text(app->kind),
	       text, app->cut ? "…" : "");
}

/* what it is for; two words that differ are told apart */
static void show_service(const struct nt_view *v, const struct nt_conv *c)
{
	struct nt_service r = nt_service_of(v->services, c);
	char port[NT_SERVICE_NAME * NT_ESCAPE_MAX + 1];

	if (r.by_port && !r.name)
		detail(v, 3, NT_ROLE_APP, _("not %s, which the port is for: it begins otherwise"),
		       nt_text_escape(port, sizeof(port), r.by_port, NT_SERVICE_NAME));
	else if (r.by_port)
		detail(v, 3, NT_ROLE_APP, _("%s by its bytes, although the port is for %s"), r.name,
		       nt_text_escape(port, sizeof(port), r.by_port, NT_SERVICE_NAME));
	else if (r.sure)
		detail(v, 3, NT_ROLE_APP, _("%s by its bytes"), r.name);
	else if (r.name)
		detail(v, 3, NT_ROLE_APP, _("%s? by the port alone"),
		       nt_text_escape(port, sizeof(port), r.name, NT_SERVICE_NAME));
}

/* "segment 3" */
static void packet_name(char *buf, size_t size, const struct nt_conv *c, uint32_t n)
{
	snprintf(buf, size, c->proto == IPPROTO_TCP ? _("segment %" PRIu32) : _("packet %" PRIu32),
		 n);
}

static void show_mark(const struct nt_view *v, const struct nt_mark *m)
{
	const char *word = nt_mark_word(m->name);

	/* in English the words of JSON, for whoever looks for them there */
	detail(v, 6, NT_ROLE_MARK, "%s%s%s (%s)", _(word), m->reason ? ": " : "", nt_mark_reason(m),
	       _(nt_basis_name(m->basis)));
}

static void show_arrow(const struct nt_view *v, const struct nt_conv *c, const struct nt_arrow *a,
		       const struct nt_numbers *num)
{
	char n[32], ms[24];
	struct nt_label label;
	struct nt_line line;
	int col, i;

	nt_line_start(&line, v->width, v->unicode);
	packet_name(n, sizeof(n), c, a->n);
	nt_describe_ms(ms, sizeof(ms), a->t - c->t0);
	nt_line_right(&line, 0, 8, ms, NT_ROLE_TIME);
	col = nt_line_put(&line, 9, v->width, n, NT_ROLE_TITLE);
	col = nt_line_put(&line, col + 1, v->width, a->dir & 1 ? "←" : "→",
			  a->dir & 1 ? NT_ROLE_END1 : NT_ROLE_END0);
	nt_describe_arrow(&label, a, NT_MARKS_ALL, num);
	nt_line_label(&line, col + 1, v->width, &label);
	nt_line_print(&line, v->out, v->color);
	show_ip(v, &a->pkt);
	if (a->pkt.proto == IPPROTO_TCP && (a->pkt.flags & NETTRACE_PKT_L4))
		show_tcp(v, a, num);
	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		show_mark(v, &a->mark[i]);
	show_fragments(v, c, a);
	if (a->app)
		show_app(v, a->app);
	show_sightings(v, c, a);
}

static void show_transition(const struct nt_view *v, const struct nt_conv *c,
			    const struct nt_transition *tr)
{
	char from[NT_STATE_TEXT], to[NT_STATE_TEXT], cause[NT_OWNER_TEXT + 48];
	char ms[24], span[24];

	nt_describe_ms(ms, sizeof(ms), tr->t - c->t0);
	nt_describe_state(from, sizeof(from), tr->from, tr->basis);
	nt_describe_state(to, sizeof(to), tr->to, tr->basis);
	nt_describe_cause(cause, sizeof(cause), &tr->cause);
	detail(v, 0, tr->basis == NT_INFERRED ? NT_ROLE_INFERRED : NT_ROLE_NEW_STATE,
	       "%8s %s: %s → %s", ms, nt_end_name(c, tr->end & 1), from, to);
	detail(v, 6, NT_ROLE_CAUSE, _("cause: %s"), cause);
	if (tr->basis == NT_OBSERVED && tr->kind)
		detail(v, 6, NT_ROLE_DIM, _("observed on the %s"), _(nt_sk_kind_name(tr->kind)));
	else
		detail(v, 6, NT_ROLE_DIM, "%s", _(nt_basis_name(tr->basis)));
	if (tr->left_ms)
		detail(v, 6, NT_ROLE_DIM, _("its timer fires in %s"),
		       nt_describe_span(span, sizeof(span), tr->left_ms * 1000000LL));
	if (tr->late)
		detail(v, 6, NT_ROLE_DIM, _("found by a timer, up to %d ms after it happened"),
		       NETTRACE_LATE_MS);
}

/* a call, a timer, a queue, a drop: one line */
static void show_beside(const struct nt_view *v, const struct nt_conv *c, const struct nt_row *r)
{
	struct nt_label label;
	struct nt_line line;
	char ms[24], n[32], netns[80];
	int col;

	nt_line_start(&line, v->width, v->unicode);
	nt_describe_ms(ms, sizeof(ms), r->t - c->t0);
	nt_line_right(&line, 0, 8, ms, NT_ROLE_TIME);
	if (r->type == NT_ROW_DROP) { /* where it was dropped may be neither end */
		packet_name(n, sizeof(n), c, r->drop->arrow);
		col = nt_line_put(&line, 9, v->width, n, NT_ROLE_TITLE);
	} else {
		col = nt_line_put(&line, 9, v->width, nt_end_name(c, r->end & 1),
				  r->end & 1 ? NT_ROLE_END1 : NT_ROLE_END0);
	}
	col = nt_line_put(&line, col, v->width, ":", NT_ROLE_PLAIN);
	if (r->type == NT_ROW_CALL || r->type == NT_ROW_RETURN)
		nt_describe_call(&label, r->call, nt_layout_part(r), false);
	else if (r->type == NT_ROW_TIMER)
		nt_describe_timer(&label, r->timer);
	else if (r->type == NT_ROW_QUEUE)
		nt_describe_queue(&label, r->queue);
	else if (r->type == NT_ROW_NEIGH)
		nt_describe_neigh(&label, r->neigh, true, v->oui);
	else if (r->type == NT_ROW_ROUTE)
		nt_describe_route(&label, r->route, true);
	else
		nt_describe_drop(&label, r->drop, "",
				 nt_view_netns(v, r->drop->source, netns, sizeof(netns)));
	nt_line_label(&line, col + 1, v->width, &label);
	nt_line_print(&line, v->out, v->color);
}

int nt_show_detail(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c)
{
	struct nt_layout_opts opts = { .calls = true, .timers = true };
	struct nt_numbers num;
	struct nt_layout l;
	struct nt_item it;
	size_t i;
	int err = nt_layout_conv(&l, m, c, &opts);

	if (err) {
		nt_layout_free(&l);
		return err;
	}
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, c);
	nt_render_title(v, c);
	show_service(v, c);
	for (i = 0; i < l.nrow && !ferror(v->out); i++) {
		const struct nt_row *r = &l.row[i];

		fputc('\n', v->out);
		switch (r->type) {
		case NT_ROW_ARROW:
			show_arrow(v, c, r->arrow, &num);
			break;
		case NT_ROW_TRANSITION:
			show_transition(v, c, r->tr);
			break;
		case NT_ROW_DEPART:
			detail(v, 9, NT_ROLE_DIM,
			       l.states ? _("segment %" PRIu32 " is sent, but waits for %s") :
					  _("packet %" PRIu32 " is sent, but waits for %s"),
			       r->arrow->n,
			       r->arrow->pkt.hdr.family == NETTRACE_IPV6 ?
				       _("neighbour discovery") :
				       "ARP");
			break;
		case NT_ROW_ARP:
			nt_line_arp(v, m, r->arp);
			break;
		case NT_ROW_GAP:
			it = (struct nt_item){ .type = NT_ITEM_GAP, .t = r->t };
			it.gap = (struct nt_gap *)(uintptr_t)r->gap;
			nt_line_item(v, m, &it);
			break;
		case NT_ROW_CALL:
		case NT_ROW_RETURN:
		case NT_ROW_TIMER:
		case NT_ROW_QUEUE:
		case NT_ROW_DROP:
		case NT_ROW_NEIGH:
		case NT_ROW_ROUTE:
			show_beside(v, c, r);
			if (r->type == NT_ROW_ROUTE)
				nt_show_route(v, r->route);
			break;
		case NT_ROW_PAUSE:
		case NT_ROW_FOLD:
			break;
		}
	}
	nt_layout_free(&l);
	return 0;
}
