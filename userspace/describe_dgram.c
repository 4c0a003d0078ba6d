// SPDX-License-Identifier: GPL-2.0-only
/*
 * describe_dgram.c - what is not TCP as short pieces of text
 */
#include <inttypes.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "names.h"

/* "UDP", "GRE", "protocol 200" */
char *nt_describe_proto(char *buf, size_t size, unsigned int proto)
{
	char name[24];
	const char *from = nt_proto_name(proto, name, sizeof(name));
	size_t i;

	if (from == name) {
		snprintf(buf, size, _("protocol %u"), proto);
		return buf;
	}
	for (i = 0; from[i] && i + 1 < size; i++)
		buf[i] = (char)(from[i] >= 'a' && from[i] <= 'z' ? from[i] - 'a' + 'A' : from[i]);
	buf[i] = '\0';
	return buf;
}

char *nt_describe_opened(char *buf, size_t size, const struct nt_conv *c)
{
	static const char *const text[NT_OPEN_MAX] = {
		[NT_OPEN_MIDSTREAM] = N_("began before the trace"),
		[NT_OPEN_UNANSWERED] = N_("unanswered"),
		[NT_OPEN_ANSWERED] = N_("answered"),
		[NT_OPEN_ONE_WAY] = N_("one way"),
		[NT_OPEN_NO_PORT] = N_("port unreachable"),
		[NT_OPEN_NO_WAY] = N_("unreachable"),
		[NT_OPEN_TTL] = N_("TTL ran out on the way"),
	};
	const char *how = (unsigned int)c->opened < NT_OPEN_MAX ? text[c->opened] : NULL;

	snprintf(buf, size, "%s%s", how ? _(how) : nt_opened_name(c->opened),
		 c->closed == NT_CLOSE_TIMEOUT ? _(", silent since") : "");
	return buf;
}

const char *nt_opened_short(enum nt_opened how)
{
	static const char *const text[NT_OPEN_MAX] = {
		[NT_OPEN_UNANSWERED] = N_("no reply"), [NT_OPEN_ANSWERED] = N_("answered"),
		[NT_OPEN_ONE_WAY] = N_("one-way"),     [NT_OPEN_NO_PORT] = N_("no port"),
		[NT_OPEN_NO_WAY] = N_("no way"),       [NT_OPEN_TTL] = "ttl",
	};

	return (unsigned int)how < NT_OPEN_MAX && text[how] ? _(text[how]) : "";
}

/* ---- fragments -------------------------------------------------------------- */

static void add_span(struct nt_label *label, int rank, enum nt_role role, const char *word,
		     uint32_t from, uint32_t to)
{
	if (to)
		nt_label_add(label, rank, role, "%s%" PRIu32 "..%" PRIu32, word, from, to - 1);
	else
		nt_label_add(label, rank, role, "%s%" PRIu32 "..?", word, from);
}

/* the last place that lacks some; NULL: none does */
static const struct nt_fragments *lacking(const struct nt_arrow *a)
{
	const struct nt_fragments *f, *found = NULL;

	for (f = a->frags; f; f = f->next)
		if (!nt_fragments_whole(f))
			found = f;
	return found;
}

static void list_fragments(struct nt_label *label, const struct nt_fragments *f)
{
	uint32_t i;

	nt_label_add(label, 0, NT_ROLE_DIM, "%s", _("fragments"));
	for (i = 0; i < f->npiece; i++) {
		/* of many the first ones and the last */
		if (f->npiece > 12 && i == 10) {
			nt_label_add(label, 0, NT_ROLE_DIM, "…");
			i = f->npiece - 1;
		}
		add_span(label, 0, NT_ROLE_DIM, "", f->piece[i].off,
			 f->piece[i].off + f->piece[i].len);
	}
}

static void add_fragments(struct nt_label *label, const struct nt_arrow *a)
{
	const struct nt_fragments *f = lacking(a);
	uint32_t from = 0, to, n = 0;

	if (!a->frags)
		return;
	nt_label_add(label, 2, NT_ROLE_PLAIN,
		     ngettext("in %" PRIu32 " fragment", "in %" PRIu32 " fragments", a->frags->n),
		     a->frags->n);
	for (; f && n < 3 && nt_fragments_hole(f, &from, &to); n++) {
		add_span(label, 1, NT_ROLE_MARK, n ? "" : _("MISSING "), from, to);
		if (!to)
			break;
		from = to;
	}
}

/* ---- ICMP ------------------------------------------------------------------- */

static void add_about(struct nt_label *label, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	bool sure = a->about_basis == NT_OBSERVED;
	char text[NT_ADDR_TEXT], proto[24];
	struct nt_addr inner = { .family = p->hdr.family, .port = p->inner_dport };

	if (a->about) {
		nt_label_add(label, 2, sure ? NT_ROLE_PLAIN : NT_ROLE_INFERRED,
			     p->inner_proto == IPPROTO_TCP ? _("%sabout segment %" PRIu32) :
							     _("%sabout packet %" PRIu32),
			     sure ? "" : "~", a->about);
	} else {
		memcpy(inner.b, p->inner_dst, sizeof(inner.b));
		if (p->inner_proto == p->proto)
			inner.port = 0;
		nt_label_add(label, 2, NT_ROLE_PLAIN, _("about %s to %s"),
			     nt_proto_name(p->inner_proto, proto, sizeof(proto)),
			     nt_describe_addr(text, sizeof(text), &inner));
	}
	/* a router's, or of the host itself */
	if (memcmp(p->src, p->inner_dst, sizeof(p->src)))
		nt_label_add(label, 2, NT_ROLE_PLAIN, _("from %s"),
			     nt_describe_ip(text, sizeof(text), p->hdr.family, p->src));
}

static void add_echo(struct nt_label *label, const struct nt_arrow *a)
{
	const struct nettrace_packet *p = &a->pkt;
	char span[24];
	bool whole;
	int64_t ns;

	nt_label_add(label, 1, NT_ROLE_PLAIN, "id=%u seq=%" PRIu32, p->icmp_id, p->icmp_info);
	ns = nt_arrow_rtt(a, &whole);
	if (ns < 0)
		return;
	nt_describe_span(span, sizeof(span), ns);
	nt_label_add(label, 2, NT_ROLE_PLAIN, whole ? _("rtt %s") : _("after %s"), span);
}

static void add_icmp(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks)
{
	const struct nettrace_packet *p = &a->pkt;
	char name[96], ip[NT_ADDR_TEXT];
	uint8_t gateway[16];

	nt_label_add(label, 0, NT_ROLE_FLAGS, "%s",
		     nt_icmp_text(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name)));
	nt_describe_marks(label, a, marks);
	if (nt_icmp_mtu(p))
		nt_label_add(label, 0, NT_ROLE_MARK, "mtu=%" PRIu32, nt_icmp_mtu(p));
	if (nt_icmp_gateway(p, gateway))
		nt_label_add(label, 0, NT_ROLE_PLAIN, _("to gateway %s"),
			     nt_describe_ip(ip, sizeof(ip), NETTRACE_IPV4, gateway));
	if (nt_icmp_pointer(p) >= 0)
		nt_label_add(label, 1, NT_ROLE_PLAIN, _("at octet %" PRId64), nt_icmp_pointer(p));
	if (nt_is_echo(p))
		add_echo(label, a);
	if (p->flags & NETTRACE_PKT_ND)
		nt_label_add(label, 2, NT_ROLE_PLAIN,
			     p->icmp_type == 135 ? _("who has %s") :
			     p->icmp_type == 136 ? _("about %s") :
						   _("go to %s"),
			     nt_describe_ip(ip, sizeof(ip), p->hdr.family, p->nd_target));
	if (p->flags & NETTRACE_PKT_INNER)
		add_about(label, a);
}

static void add_igmp(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks)
{
	const struct nettrace_packet *p = &a->pkt;
	char name[96], ip[NT_ADDR_TEXT];
	uint8_t group[16];

	nt_label_add(label, 0, NT_ROLE_FLAGS, "IGMP %s",
		     nt_icmp_text(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name)));
	nt_describe_marks(label, a, marks);
	if (nt_igmp_group(p, group))
		nt_label_add(label, 1, NT_ROLE_PLAIN, _("group %s"),
			     nt_describe_ip(ip, sizeof(ip), NETTRACE_IPV4, group));
	else if (p->icmp_type == 0x22)
		nt_label_add(label, 1, NT_ROLE_PLAIN, _("%" PRIu32 " records"),
			     p->icmp_info & 0xffff);
}

void nt_describe_below(struct nt_label *label, const struct nt_arrow *a, bool about)
{
	nt_label_start(label);
	if (about && (a->pkt.flags & NETTRACE_PKT_INNER))
		add_about(label, a);
	if (a->frags)
		list_fragments(label, a->frags);
}

bool nt_describe_dgram(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks)
{
	const struct nettrace_packet *p = &a->pkt;
	char name[24];

	if (nt_is_icmp(p)) {
		add_icmp(label, a, marks);
		add_fragments(label, a);
		return !(p->flags & NETTRACE_PKT_INNER);
	}
	if (p->proto == IPPROTO_IGMP && (p->flags & NETTRACE_PKT_L4)) {
		add_igmp(label, a, marks);
		return false;
	}
	nt_label_add(label, 0, NT_ROLE_FLAGS, "%s",
		     nt_describe_proto(name, sizeof(name), p->proto));
	nt_describe_marks(label, a, marks);
	if (a->frags)
		add_fragments(label, a);
	else if (p->flags & NETTRACE_PKT_FRAGMENT)
		nt_label_add(label, 1, NT_ROLE_PLAIN, _("fragment at %u"), p->frag_off);
	if (!p->payload)
		nt_label_add(label, 5, NT_ROLE_PLAIN, "(0 B)");
	return true;
}
