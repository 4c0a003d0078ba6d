// SPDX-License-Identifier: GPL-2.0-only
/*
 * render_path.c - one packet's way through the hooks, a map for each namespace
 *
 *    ─▶●PRE_ROUTING ─▶ route ─▶●FORWARD ─▶●POST_ROUTING ─▶
 *                        ▼                      ▲
 *                    ○LOCAL_IN              ○LOCAL_OUT
 *
 * Below the map: each hook with its time, device and TTL, and what is decided there.
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "render.h"
#include "text.h"

#define MAP_COL	 3
#define MAP_W	 57 /* with the shortest arrows */
#define MARK_COL 12
#define NAME_COL 14
#define WHAT_COL 28

/* a map: from the left to the right, and what is below its middle and its end */
struct map {
	uint8_t first, middle, last; /* hooks; 0: text in its place */
	uint8_t below_route, below_last;
	const char *in, *route, *out;
};

static const struct map ip_map = {
	.first = NETTRACE_PRE_ROUTING,
	.route = N_("route"),
	.middle = NETTRACE_FORWARD,
	.last = NETTRACE_POST_ROUTING,
	.below_route = NETTRACE_LOCAL_IN,
	.below_last = NETTRACE_LOCAL_OUT,
};

static const struct map bridge_map = {
	.in = N_("port"),
	.route = N_("link address"),
	.middle = NETTRACE_BR_FORWARD,
	.out = N_("port"),
	.below_route = NETTRACE_BR_IN,
	.below_last = NETTRACE_BR_OUT,
};

static const char *mark_of(enum nt_passage p)
{
	return p == NT_PASSED ? "●" : p == NT_NOT_PASSED ? "○" : "?";
}

static int put_hook(struct nt_line *l, const struct nt_view *v, const struct nt_space *s, int col,
		    uint8_t hook)
{
	enum nt_passage p = nt_path_passage(s, hook);
	enum nt_role role = p == NT_PASSED ? NT_ROLE_NEW_STATE : NT_ROLE_DIM;

	col = nt_line_put(l, col, v->width, mark_of(p), role);
	return nt_line_put(l, col, v->width, nt_hook_name(hook), role);
}

static int put_arrow(struct nt_line *l, const struct nt_view *v, int col, int more)
{
	nt_line_fill(l, col, col + 1 + more, "─", NT_ROLE_DIM);
	return nt_line_put(l, col + 1 + more, v->width, "▶", NT_ROLE_DIM);
}

/* @text in the middle of what lies around column @at */
static void put_below(struct nt_line *l, const struct nt_view *v, const struct nt_space *s, int at,
		      uint8_t hook)
{
	put_hook(l, v, s, at - ((int)strlen(nt_hook_name(hook)) + 1) / 2, hook);
}

static void draw_map(const struct nt_view *v, const struct nt_space *s, const struct map *m)
{
	int more = (v->width - MAP_COL - MAP_W) / 4, col = MAP_COL, route, last;
	const char *word = _(m->route);
	struct nt_line l;

	more = more < 0 ? 0 : more > 6 ? 6 : more;
	nt_line_start(&l, v->width, v->unicode);
	if (m->first) {
		col = put_arrow(&l, v, col, 0);
		col = put_hook(&l, v, s, col, m->first) + 1;
	} else {
		col = nt_line_put(&l, col, v->width, _(m->in), NT_ROLE_PLAIN) + 1;
	}
	col = put_arrow(&l, v, col, more) + 1;
	route = col + nt_text_width(word, v->unicode) / 2;
	col = nt_line_put(&l, col, v->width, word, NT_ROLE_PLAIN) + 1;
	col = put_arrow(&l, v, col, more);
	col = put_hook(&l, v, s, col, m->middle) + 1;
	col = put_arrow(&l, v, col, more);
	if (m->last) {
		last = col + ((int)strlen(nt_hook_name(m->last)) + 1) / 2;
		col = put_hook(&l, v, s, col, m->last) + 1;
		put_arrow(&l, v, col, 0);
	} else {
		word = _(m->out);
		last = col + 1 + nt_text_width(word, v->unicode) / 2;
		nt_line_put(&l, col + 1, v->width, word, NT_ROLE_PLAIN);
	}
	nt_line_print(&l, v->out, v->color);
	nt_line_start(&l, v->width, v->unicode);
	nt_line_put(&l, route, v->width, "▼", NT_ROLE_DIM);
	nt_line_put(&l, last, v->width, "▲", NT_ROLE_DIM);
	nt_line_print(&l, v->out, v->color);
	nt_line_start(&l, v->width, v->unicode);
	put_below(&l, v, s, route, m->below_route);
	put_below(&l, v, s, last, m->below_last);
	nt_line_print(&l, v->out, v->color);
}

static bool is_bridge(unsigned int hook)
{
	return hook == NETTRACE_BR_IN || hook == NETTRACE_BR_FORWARD || hook == NETTRACE_BR_OUT;
}

static bool has(const struct nt_space *s, bool bridge)
{
	unsigned int i;

	for (i = 0; i < s->nstep; i++)
		if (s->step[i].passage == NT_PASSED && is_bridge(s->step[i].hook) == bridge)
			return true;
	return false;
}

static void put_text(const struct nt_view *v, int col, const char *text, enum nt_role role)
{
	struct nt_line l;

	nt_line_start(&l, v->width, v->unicode);
	nt_line_wrap(&l, col, col, text, role, v->out, v->color);
}

static char *dev_of(char *buf, size_t size, const struct nt_sighting *s)
{
	return nt_text_escape(buf, size, s->dev, NETTRACE_NAME_LEN);
}

/* "eth0, TTL 63: one less" */
static void describe_step(char *buf, size_t size, const struct nt_path *p,
			  const struct nt_sighting *s, const struct nt_sighting *before)
{
	bool v6 = p->as[0].arrow->pkt.hdr.family == NETTRACE_IPV6;
	char dev[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1], less[48] = "", port[48] = "";

	if (before && before->ttl == s->ttl + 1)
		snprintf(less, sizeof(less), "%s", _(", one less"));
	else if (before && before->ttl != s->ttl)
		snprintf(less, sizeof(less), _(", was %u"), before->ttl);
	if (s->hook == NETTRACE_BR_FORWARD && s->in_ifindex)
		snprintf(port, sizeof(port), _(" from port %" PRIu32), s->in_ifindex);
	dev_of(dev, sizeof(dev), s);
	snprintf(buf, size, "%s%s%s%s %u%s", dev, port, *dev ? ", " : "",
		 v6 ? _("hop limit") : "TTL", s->ttl, less);
}

static const char *nat_text(bool dst, bool observed)
{
	if (dst)
		return observed ?
			       _("destination NAT, observed: %s → %s%s; from here on it is packet %" PRIu32
				 ".%" PRIu32) :
			       _("destination NAT, inferred: %s → %s%s; from here on it is packet %" PRIu32
				 ".%" PRIu32);
	return observed ? _("source NAT, observed: %s → %s%s; from here on it is packet %" PRIu32
			    ".%" PRIu32) :
			  _("source NAT, inferred: %s → %s%s; from here on it is packet %" PRIu32
			    ".%" PRIu32);
}

static void nat_row(const struct nt_view *v, const struct nt_path *p, unsigned int i)
{
	char from[NT_ADDR_TEXT], to[NT_ADDR_TEXT], more[NT_VERDICT_TEXT], text[512];
	const struct nt_nat *n = &p->nat[i];
	bool observed = n->ct == NT_CT_AGREES;
	enum nt_role role = observed ? NT_ROLE_PLAIN : NT_ROLE_INFERRED;
	struct nt_addr a = n->from, b = n->to;
	struct nt_line l;

	nt_line_start(&l, v->width, v->unicode);
	nt_line_put(&l, MARK_COL, v->width, observed ? "=" : "~", role);
	snprintf(text, sizeof(text), nat_text(n->dst, observed),
		 nt_describe_addr(from, sizeof(from), &a), nt_describe_addr(to, sizeof(to), &b),
		 nt_describe_verdict(more, sizeof(more), n->ct, &n->has,
				     nt_has_ports(p->as[i + 1].conv)),
		 p->as[i + 1].conv->id, p->as[i + 1].arrow->n);
	nt_line_wrap(&l, NAME_COL, NAME_COL, text, role, v->out, v->color);
}

/* what the routing decision was follows from the next hook */
static void route_row(const struct nt_view *v, const struct nt_space *s, unsigned int i)
{
	const char *text = NULL;

	if (s->step[i].hook == NETTRACE_LOCAL_IN && s->step[i].passage == NT_PASSED)
		text = _("Routing has found: an address of this host.");
	else if (s->step[i].hook == NETTRACE_FORWARD && s->step[i].passage == NT_PASSED)
		text = _("Routing has found: not an address of this host, so it goes on.");
	if (text)
		put_text(v, NAME_COL, text, NT_ROLE_DIM);
}

static void step_row(const struct nt_view *v, const struct nt_path *p, const struct nt_step *t,
		     const struct nt_sighting *before)
{
	char ms[24], text[160];
	struct nt_line l;

	nt_line_start(&l, v->width, v->unicode);
	if (t->sight) {
		nt_describe_ms(ms, sizeof(ms), t->sight->t - p->t);
		nt_line_right(&l, 2, 11, ms, NT_ROLE_TIME);
	}
	nt_line_put(&l, MARK_COL, v->width, mark_of(t->passage),
		    t->passage == NT_PASSED ? NT_ROLE_NEW_STATE : NT_ROLE_DIM);
	nt_line_put(&l, NAME_COL, v->width, nt_hook_name(t->hook),
		    t->passage == NT_PASSED ? NT_ROLE_NEW_STATE : NT_ROLE_DIM);
	if (t->sight)
		describe_step(text, sizeof(text), p, t->sight, before);
	else
		snprintf(text, sizeof(text), "%s",
			 t->passage == NT_NOT_LOOKED ?
				 _("not looked at: recorded with hooks=path") :
				 _("not sighted, though others were"));
	nt_line_wrap(&l, WHAT_COL, WHAT_COL, text, NT_ROLE_PLAIN, v->out, v->color);
	if (*nt_hook_decides(t->hook))
		put_text(v, NAME_COL, _(nt_hook_decides(t->hook)), NT_ROLE_DIM);
}

static void title_of(const struct nt_view *v, const struct nt_space *s)
{
	static const char *const does[NT_PATH_ROLE_MAX] = {
		[NT_PATH_SENDS] = N_("%s: sends it"),
		[NT_PATH_RECEIVES] = N_("%s: receives it"),
		[NT_PATH_FORWARDS] = N_("%s: forwards it"),
		[NT_PATH_BOTH] = N_("%s: sends it to itself"),
		[NT_PATH_BRIDGES] = N_("%s: passes it on as a frame, without routing"),
		[NT_PATH_ENDS] = N_("%s: it arrives here, and is not sighted further on"),
		[NT_PATH_CAPTURE] = N_("%s: captured here: a capture knows no hooks"),
	};
	char name[80], text[256];

	nt_view_in_netns(v, s->source, name, sizeof(name));
	snprintf(text, sizeof(text), _(does[s->role]), *name ? name : _("this host"));
	put_text(v, 1, text, NT_ROLE_TITLE);
}

/* what conntrack has there; that of the packet under each of its addresses is one */
static void entries_of(const struct nt_view *v, const struct nt_path *p, const struct nt_space *s)
{
	const struct nt_conv_ct *ct, *shown = NULL;
	unsigned int i;

	for (i = 0; i < p->nas; i++) {
		ct = nt_conv_ct(p->as[i].conv, s->source);
		if (!ct || (shown && ct->outcome == shown->outcome && ct->ct.id == shown->ct.id))
			continue;
		nt_line_ct_of(v, p->as[i].conv, s->source, MARK_COL);
		shown = ct;
	}
}

/* all that was translated, the entry says so, too */
static bool nat_observed(const struct nt_path *p)
{
	unsigned int i;

	for (i = 0; i + 1 < p->nas; i++)
		if (p->nat[i].ct != NT_CT_AGREES)
			return false;
	return true;
}

static void draw_space(const struct nt_view *v, const struct nt_path *p, const struct nt_space *s,
		       const struct nt_sighting **before)
{
	unsigned int i;

	title_of(v, s);
	entries_of(v, p, s);
	if (has(s, true))
		draw_map(v, s, &bridge_map);
	if (has(s, false) && s->role != NT_PATH_CAPTURE)
		draw_map(v, s, &ip_map);
	for (i = 0; i < s->nstep; i++) {
		const struct nt_step *t = &s->step[i];

		if (t->sight && *before && i && s->step[i - 1].sight &&
		    s->step[i - 1].arrow != t->arrow)
			nat_row(v, p, s->step[i - 1].arrow);
		route_row(v, s, i);
		step_row(v, p, t, *before);
		if (t->sight)
			*before = t->sight;
	}
}

/* the first that was sighted there; NULL: none */
static const struct nt_sighting *first_in(const struct nt_space *s)
{
	unsigned int i;

	for (i = 0; i < s->nstep; i++)
		if (s->step[i].sight)
			return s->step[i].sight;
	return NULL;
}

/* " [locally administered]", or "" */
static const char *in_brackets(char buf[NT_MAC_WORDS + 4], const struct nt_view *v,
			       const uint8_t mac[6])
{
	char words[NT_MAC_WORDS];

	*buf = '\0';
	if (*nt_describe_mac_words(words, sizeof(words), v->oui, mac))
		snprintf(buf, NT_MAC_WORDS + 4, " [%s]", words);
	return buf;
}

/* from one namespace to the next: the only place where link addresses are read */
static void draw_link(const struct nt_view *v, const struct nt_sighting *from,
		      const struct nt_sighting *to)
{
	char a[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1], b[sizeof(a)], src[18], dst[18];
	char whose[2][NT_MAC_WORDS + 4], span[24], text[2 * NT_MAC_WORDS + 400];
	char macs[2 * NT_MAC_WORDS + 80];
	struct nt_line l;

	snprintf(macs, sizeof(macs), "%s", _("link addresses not recorded"));
	if (to->flags & NETTRACE_PKT_MAC)
		snprintf(macs, sizeof(macs), "%s%s → %s%s", nt_describe_mac(src, to->mac_src),
			 in_brackets(whose[0], v, to->mac_src), nt_describe_mac(dst, to->mac_dst),
			 in_brackets(whose[1], v, to->mac_dst));
	snprintf(text, sizeof(text), _("%s → %s, %s, %s after"), dev_of(a, sizeof(a), from),
		 dev_of(b, sizeof(b), to), macs,
		 nt_describe_span(span, sizeof(span), to->t - from->t));
	nt_line_start(&l, v->width, v->unicode);
	nt_line_put(&l, MAP_COL, v->width, "▼", NT_ROLE_ARP);
	nt_line_put(&l, 5, v->width, _("link"), NT_ROLE_ARP);
	nt_line_wrap(&l, 11, 11, text, NT_ROLE_ARP, v->out, v->color);
}

/* what stayed and what changed, as far as it was sighted */
static void account(const struct nt_view *v, const struct nt_path *p)
{
	const struct nt_sighting *first = NULL, *last = NULL;
	unsigned int i, k, forwards = 0, links = 0;
	bool v6 = p->as[0].arrow->pkt.hdr.family == NETTRACE_IPV6;
	char text[400], read[160];

	for (i = 0; i < p->nspace; i++) {
		for (k = 0; k < p->space[i].nstep; k++) {
			const struct nt_sighting *s = p->space[i].step[k].sight;

			if (!s)
				continue;
			first = first ? first : s;
			forwards += s != first && s->hook == NETTRACE_FORWARD;
			last = s;
		}
		links += i && first_in(&p->space[i]) &&
			 first_in(&p->space[i])->flags & NETTRACE_PKT_MAC;
	}
	if (!first || first == last)
		return;
	snprintf(read, sizeof(read),
		 ngettext("link addresses read on %u link.", "link addresses read on %u links.",
			  links),
		 links);
	snprintf(
		text, sizeof(text),
		ngettext("On the way: IP addresses %s; %s %u → %u, sighted at FORWARD %u time; %s",
			 "On the way: IP addresses %s; %s %u → %u, sighted at FORWARD %u times; %s",
			 forwards),
		p->nas == 1	? _("unchanged") :
		nat_observed(p) ? _("changed by NAT (observed)") :
				  _("changed by NAT (inferred)"),
		v6 ? _("hop limit") : "TTL", first->ttl, last->ttl, forwards, read);
	fputc('\n', v->out);
	put_text(v, 1, text, NT_ROLE_PLAIN);
}

void nt_render_path(const struct nt_view *v, const struct nt_path *p)
{
	const struct nt_sighting *before = NULL;
	char text[80];
	unsigned int i;

	nt_render_packet_title(v, p->as[p->asked].conv, p->as[p->asked].arrow);
	for (i = 0; i < p->nspace; i++) {
		const struct nt_sighting *next = first_in(&p->space[i]);

		fputc('\n', v->out);
		if (before && next) {
			draw_link(v, before, next);
			fputc('\n', v->out);
		}
		draw_space(v, p, &p->space[i], &before);
	}
	account(v, p);
	if (p->left_out) {
		snprintf(text, sizeof(text),
			 ngettext("%u more sighting was not kept.",
				  "%u more sightings were not kept.", p->left_out),
			 p->left_out);
		put_text(v, 1, text, NT_ROLE_GAP);
	}
	put_text(v, 1, _("● sighted  ○ not sighted  ? not looked at"), NT_ROLE_DIM);
}
