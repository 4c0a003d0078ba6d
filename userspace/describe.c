// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe.c - parts of the model as short pieces of text
 */
#include <arpa/inet.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"
#include "text.h"

char *nt_describe_ip(char *buf, size_t size, unsigned int family, const uint8_t *b)
{
	int af = family == NETTRACE_IPV6 ? AF_INET6 : AF_INET;
	char *p = buf;
	int i;

	/* the same as inet_ntop() writes, which takes its time */
	if (af == AF_INET && size >= INET_ADDRSTRLEN) {
		for (i = 0; i < 4; i++) {
			p = nt_text_number(p, b[i]);
			*p++ = '.';
		}
		p[-1] = '\0';
	} else if (!inet_ntop(af, b, buf, (socklen_t)size)) {
		snprintf(buf, size, "?");
	}
	return buf;
}

char *nt_describe_addr(char *buf, size_t size, const struct nt_addr *a)
{
	bool six = a->family == NETTRACE_IPV6;
	char ip[INET6_ADDRSTRLEN], port[NT_DIGITS], *p = buf;

	nt_describe_ip(ip, sizeof(ip), a->family, a->b);
	if (!a->port) {
		nt_text_put(buf, buf + size, ip);
		return buf;
	}
	nt_text_number(port, a->port);
	if (six)
		p = nt_text_put(p, buf + size, "[");
	p = nt_text_put(p, buf + size, ip);
	p = nt_text_put(p, buf + size, six ? "]:" : ":");
	nt_text_put(p, buf + size, port);
	return buf;
}

bool nt_has_ports(const struct nt_conv *c)
{
	return c->proto != IPPROTO_ICMP && c->proto != IPPROTO_ICMPV6;
}

char *nt_describe_end(char *buf, size_t size, const struct nt_conv *c, int end)
{
	struct nt_addr a = c->end[end & 1].addr;

	if (!nt_has_ports(c))
		a.port = 0;
	return nt_describe_addr(buf, size, &a);
}

char *nt_describe_mac(char buf[18], const uint8_t m[6])
{
	snprintf(buf, 18, "%02x:%02x:%02x:%02x:%02x:%02x", m[0], m[1], m[2], m[3], m[4], m[5]);
	return buf;
}

char *nt_describe_owner(char *buf, size_t size, const char *comm, uint32_t pid)
{
	char name[NETTRACE_NAME_LEN * NT_ESCAPE_MAX + 1];

	if (!pid) {
		*buf = '\0';
		return buf;
	}
	nt_text_escape(name, sizeof(name), comm, NETTRACE_NAME_LEN);
	snprintf(buf, size, "%s[%u]", *name ? name : "?", pid);
	return buf;
}

char *nt_describe_state(char *buf, size_t size, enum nt_state s, enum nt_basis basis)
{
	char *p = nt_text_put(buf, buf + size, basis == NT_INFERRED && s != NT_ST_NONE ? "~" : "");

	nt_text_put(p, buf + size, nt_state_name(s));
	return buf;
}

char *nt_describe_cause(char *buf, size_t size, const struct nt_cause *c)
{
	const char *name = c->name ? c->name : "?";
	char owner[NT_OWNER_TEXT];
	bool exited;

	switch (c->kind) {
	case NT_CAUSE_SEGMENT:
		snprintf(buf, size, _("segment %" PRIu32), c->n);
		break;
	case NT_CAUSE_CALL:
		exited = !strcmp(name, "exit"); /* not a call: the process ended */
		nt_describe_owner(owner, sizeof(owner), c->comm, c->pid);
		snprintf(buf, size, "%s%s%s%s", exited ? _("exit") : name, exited ? "" : "()",
			 *owner ? " " : "", owner);
		break;
	case NT_CAUSE_TIMER:
		snprintf(buf, size, "%s", nt_timer_cause_text(name, false));
		break;
	case NT_CAUSE_ICMP:
		snprintf(buf, size, _("ICMP error %" PRIu32), c->n);
		break;
	default:
		snprintf(buf, size, _("unknown: %s"), _(name));
	}
	return buf;
}

char *nt_describe_why(char *buf, size_t size, const struct nt_transition *tr)
{
	if (tr->basis == NT_INFERRED && tr->cause.kind == NT_CAUSE_UNKNOWN && tr->cause.n)
		snprintf(buf, size, _("shown by segment %" PRIu32), tr->cause.n);
	else
		nt_describe_cause(buf, size, &tr->cause);
	return buf;
}

const char *nt_end_name(const struct nt_conv *c, int end)
{
	if (c->proto == IPPROTO_TCP || c->proto == IPPROTO_UDP)
		return end ? _("server") : _("client");
	return end ? "B" : "A";
}

/* who sent the RST that ended it; else who closed first; -1: nobody yet */
static int ender(const struct nt_conv *c)
{
	size_t i;

	for (i = c->nitem; c->closed == NT_CLOSE_RST && i-- > 0;) {
		const struct nt_arrow *a = c->item[i].arrow;

		if (c->item[i].type == NT_ITEM_ARROW && a->pkt.proto == IPPROTO_TCP &&
		    (a->pkt.tcp_flags & NETTRACE_TH_RST))
			return a->dir & 1;
	}
	return c->closer;
}

char *nt_describe_closed(char *buf, size_t size, const struct nt_conv *c)
{
	static const struct {
		const char *fin, *rst, *timeout;
	} text[] = {
		{ N_("closed (FIN)"), N_("reset (RST)"), N_("given up (time-out)") },
		{ N_("closed by the client (FIN)"), N_("reset by the client (RST)"),
		  N_("given up by the client (time-out)") },
		{ N_("closed by the server (FIN)"), N_("reset by the server (RST)"),
		  N_("given up by the server (time-out)") },
	};
	int end = ender(c), who = end == 0 || end == 1 ? end + 1 : 0;

	switch (c->closed) {
	case NT_CLOSE_FIN:
		snprintf(buf, size, "%s", _(text[who].fin));
		break;
	case NT_CLOSE_RST:
		if (c->opened == NT_OPEN_REFUSED)
			snprintf(buf, size, "%s", _("refused (RST)"));
		else
			snprintf(buf, size, "%s", _(text[who].rst));
		break;
	case NT_CLOSE_TIMEOUT:
		snprintf(buf, size, "%s", _(text[who].timeout));
		break;
	default:
		snprintf(buf, size, "%s",
			 c->opened == NT_OPEN_UNANSWERED ? _("unanswered") : _("still open"));
	}
	return buf;
}

char *nt_describe_span(char *buf, size_t size, int64_t ns)
{
	double v = ns < 0 ? 0 : (double)ns;

	if (v < 1e6)
		snprintf(buf, size, "%.0f µs", v / 1e3);
	else if (v < 1e9)
		snprintf(buf, size, "%.1f ms", v / 1e6);
	else
		snprintf(buf, size, "%.1f s", v / 1e9);
	return buf;
}

char *nt_describe_ms(char *buf, size_t size, int64_t ns)
{
	double ms = (double)ns / 1e6;
	int digits;

	for (digits = 3; digits >= 0; digits--)
		if (snprintf(buf, size, "%.*f", digits, ms) <= 8)
			return buf;
	snprintf(buf, size, "%.0fs", ms / 1e3);
	return buf;
}

const struct nt_mark *nt_mark_of(const struct nt_arrow *a, enum nt_mark_name name)
{
	int i;

	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		if (a->mark[i].name == name)
			return &a->mark[i];
	return NULL;
}

/* those that a picture shows otherwise: by its line, a row below, by xN, by sack= */
static bool is_drawn(enum nt_mark_name name)
{
	return name == NT_MARK_NOT_DELIVERED || name == NT_MARK_SUPER_SEGMENT ||
	       name == NT_MARK_SACK || name == NT_MARK_DROPPED;
}

void nt_describe_marks(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks)
{
	const struct nt_mark *last = NULL, *m;
	int i;

	for (i = 0; i < a->nmark && i < NT_MARKS_MAX; i++)
		if (marks == NT_MARKS_ALL ||
		    (marks == NT_MARKS_DRAWN && !is_drawn(a->mark[i].name)))
			last = &a->mark[i];
	for (m = a->mark; last && m <= last; m++) {
		bool sure = m->basis == NT_OBSERVED;

		if (marks == NT_MARKS_DRAWN && is_drawn(m->name))
			continue;
		nt_label_add(label, 1, sure ? NT_ROLE_MARK : NT_ROLE_INFERRED, "%s%s%s%s%s",
			     sure ? "" : "~", nt_mark_text(m->name), m->reason ? ": " : "",
			     nt_mark_reason(m), m < last ? "," : "");
	}
}

static void add_length(struct nt_label *label, const struct nt_arrow *a)
{
	if (a->pkt.payload)
		nt_label_add(label, 5, NT_ROLE_PLAIN, "(%" PRIu32 " B)", a->pkt.payload);
	if (a->wire_segs > 1)
		nt_label_add(label, 3, NT_ROLE_MARK, "%s×%" PRIu32, a->pkt.gso_size ? "" : "~",
			     a->wire_segs);
}

static void add_window(struct nt_label *label, const struct nt_arrow *a, int rank,
		       const struct nt_numbers *num)
{
	int64_t bytes = nt_window(num, a);

	if (a->pkt.tcp_flags & NETTRACE_TH_RST)
		return; /* says nothing */
	if (bytes < 0)
		nt_label_add(label, rank, NT_ROLE_DIM, _("win=%u (unscaled)"), a->pkt.window);
	else
		nt_label_add(label, bytes ? rank : 3, NT_ROLE_DIM, "win=%" PRId64, bytes);
}

/* blocks of the peer's numbers: relative to what ack is relative to */
static void add_sack(struct nt_label *label, const struct nt_arrow *a, const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;
	char from[NT_NUMBER_TEXT], to[NT_NUMBER_TEXT];
	int i, peer = !(a->dir & 1);

	if (!(p->optflags & NETTRACE_OPT_SACK) || !a->ack_valid)
		return;
	for (i = 0; i < p->nsack && i < NETTRACE_SACK_MAX; i++) {
		uint32_t base = p->ack - a->ack;
		uint32_t first = p->sack[i][0], last = p->sack[i][1] - 1;

		nt_label_add(label, 4, NT_ROLE_PLAIN, "sack=%s..%s",
			     nt_number(from, num, peer, a, first - base, first),
			     nt_number(to, num, peer, a, last - base, last));
	}
}

static void add_options(struct nt_label *label, const struct nt_arrow *a,
			const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;

	if (p->optflags & NETTRACE_OPT_MSS)
		nt_label_add(label, 6, NT_ROLE_PLAIN, "mss=%u", p->mss);
	if (p->optflags & NETTRACE_OPT_WSCALE)
		nt_label_add(label, 7, NT_ROLE_PLAIN, "ws=%u", p->wscale);
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		nt_label_add(label, 8, NT_ROLE_PLAIN, "sackok");
	add_sack(label, a, num);
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		nt_label_add(label, 5, NT_ROLE_PLAIN, "fastopen");
	if (p->optflags & NETTRACE_OPT_MPTCP)
		nt_label_add(label, 5, NT_ROLE_PLAIN, "mptcp");
}

void nt_describe_options(struct nt_label *label, const struct nt_arrow *a,
			 const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;

	nt_label_start(label);
	if (p->proto != IPPROTO_TCP || !(p->flags & NETTRACE_PKT_L4))
		return;
	add_window(label, a, 1, num);
	add_options(label, a, num);
	if (p->optflags & NETTRACE_OPT_TS)
		nt_label_add(label, 7, NT_ROLE_PLAIN, "ts=%" PRIu32 " ecr=%" PRIu32, p->tsval,
			     p->tsecr);
	nt_label_add(label, 9, NT_ROLE_DIM, "ttl=%u", p->ttl);
}

static void add_numbers(struct nt_label *label, const struct nt_arrow *a,
			const struct nt_numbers *num)
{
	const unsigned int alone = NETTRACE_TH_SYN | NETTRACE_TH_FIN | NETTRACE_TH_RST;
	const struct nettrace_packet *p = &a->pkt;
	uint32_t last = p->payload - 1 + !!(p->tcp_flags & NETTRACE_TH_SYN);
	char from[NT_NUMBER_TEXT], to[NT_NUMBER_TEXT];
	int dir = a->dir & 1;

	if (a->seq_valid) {
		nt_number(from, num, dir, a, a->seq, p->seq);
		if (p->payload > 1)
			nt_label_add(label, 1, NT_ROLE_PLAIN, "seq=%s..%s", from,
				     nt_number(to, num, dir, a, a->seq + last, p->seq + last));
		else
			nt_label_add(label, p->payload || (p->tcp_flags & alone) ? 2 : 6,
				     NT_ROLE_PLAIN, "seq=%s", from);
	}
	if (a->ack_valid && (p->tcp_flags & NETTRACE_TH_ACK))
		nt_label_add(label, p->payload ? 4 : 2, NT_ROLE_PLAIN, "ack=%s",
			     nt_number(from, num, !dir, a, a->ack, p->ack));
}

static void add_tcp(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks,
		    const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;
	char flags[48];

	nt_label_add(label, 0, NT_ROLE_FLAGS, "%s",
		     nt_tcp_flags(p->tcp_flags, flags, sizeof(flags)));
	nt_describe_marks(label, a, marks);
	add_numbers(label, a, num);
	add_length(label, a);
	if (a->app)
		nt_describe_app_piece(label, a->app);
	if (num && num->below)
		return;
	add_options(label, a, num);
	add_window(label, a, NT_RANK_EXTRA, num);
	nt_label_add(label, NT_RANK_EXTRA + 1, NT_ROLE_DIM, "ttl=%u", p->ttl);
}

void nt_describe_arrow(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks,
		       const struct nt_numbers *num)
{
	const struct nettrace_packet *p = &a->pkt;

	nt_label_start(label);
	if (p->proto == IPPROTO_TCP && (p->flags & NETTRACE_PKT_L4)) {
		add_tcp(label, a, marks, num);
		return;
	}
	if (nt_describe_dgram(label, a, marks))
		add_length(label, a);
	if (a->app)
		nt_describe_app_piece(label, a->app);
	nt_label_add(label, NT_RANK_EXTRA, NT_ROLE_DIM, "ttl=%u", p->ttl);
}
