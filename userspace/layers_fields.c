// SPDX-License-Identifier: GPL-2.0-only
/*
 * layers_fields.c - the fields of each header, in the order of their bytes
 *
 * RFC 826 (ARP), 791 (IPv4), 8200 (IPv6), 9293 (TCP), 768 (UDP), 792 and 4443
 * (ICMP).  All values are numbers and words of ours: nothing is to be escaped.
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "i18n.h"
#include "layers_priv.h"
#include "names.h"

/* @first, @last: bytes of the header */
static struct nt_field *add(struct nt_layer *a, const char *name, int first, int last,
			    enum nt_known known)
{
	struct nt_field *f = &a->field[a->nfield < NT_FIELDS_MAX ? a->nfield++ : NT_FIELDS_MAX - 1];

	f->name = name;
	f->known = known;
	f->is_mac = false;
	f->first = a->off < 0 ? -1 : a->off + first;
	f->last = a->off < 0 || last < 0 ? -1 : a->off + last;
	*f->value = '\0';
	*f->said = '\0';
	return f;
}

/* @fmt: marked with N_() where there are words in it; its arguments are none */
static void put(struct nt_layer *a, const char *name, int first, int last, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void put(struct nt_layer *a, const char *name, int first, int last, const char *fmt, ...)
{
	struct nt_field *f = add(a, name, first, last, NT_KNOWN);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->value, sizeof(f->value), fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(f->said, sizeof(f->said), _(fmt), ap);
	va_end(ap);
}

static void unrecorded(struct nt_layer *a, const char *name, int first, int last)
{
	add(a, name, first, last, NT_UNRECORDED);
}

static void put_addr(struct nt_layer *a, const char *name, int first, unsigned int family,
		     const uint8_t *b)
{
	char ip[NT_ADDR_TEXT];

	put(a, name, first, first + (family == NETTRACE_IPV6 ? 15 : 3), "%s",
	    nt_describe_ip(ip, sizeof(ip), family, b));
}

static void put_mac(struct nt_layer *a, const char *name, int first, const uint8_t *b)
{
	struct nt_field *f = add(a, name, first, first + 5, NT_KNOWN);
	char mac[18];

	snprintf(f->value, sizeof(f->value), "%s", nt_describe_mac(mac, b));
	memcpy(f->said, mac, sizeof(mac));
	f->is_mac = true;
	memcpy(f->mac, b, sizeof(f->mac));
}

static void put_text(struct nt_layer *a, const char *name, int first, int last, const char *text)
{
	struct nt_field *f = add(a, name, first, last, NT_KNOWN);

	snprintf(f->value, sizeof(f->value), "%s", text);
	snprintf(f->said, sizeof(f->said), "%s", _(text));
}

static const char *ether_type(const struct nettrace_packet *p)
{
	switch (p->hdr.family) {
	case NETTRACE_IPV4:
		return "0x0800 (IPv4)";
	case NETTRACE_IPV6:
		return "0x86dd (IPv6)";
	default:
		return "0x0806 (ARP)";
	}
}

void nt_fields_ethernet(struct nt_layer *a, const struct nettrace_packet *p)
{
	struct nt_field *f;

	put_mac(a, N_("destination"), 0, p->mac_dst);
	put_mac(a, N_("source"), 6, p->mac_src);
	f = add(a, N_("type"), 12, 13, NT_CONCLUDED);
	snprintf(f->value, sizeof(f->value), "%s", ether_type(p));
	snprintf(f->said, sizeof(f->said), "%s", ether_type(p));
	a->note = N_("VLAN tags and the frame check sequence are not recorded; each tag on the "
		     "wire shifts what follows by 4 bytes");
}

void nt_fields_arp(struct nt_layer *a, const struct nettrace_packet *p)
{
	char op[24];

	/* the parser takes no other */
	put(a, N_("hardware type"), 0, 1, "1 (Ethernet)");
	put(a, N_("protocol type"), 2, 3, "0x0800 (IPv4)");
	put(a, N_("hardware length"), 4, 4, "6");
	put(a, N_("protocol length"), 5, 5, "4");
	put(a, N_("operation"), 6, 7, "%u (%s)", p->arp_op,
	    nt_arp_op_name(p->arp_op, op, sizeof(op)));
	put_mac(a, N_("sender MAC"), 8, p->arp_sha);
	put_addr(a, N_("sender IP"), 14, NETTRACE_IPV4, p->src);
	put_mac(a, N_("target MAC"), 18, p->arp_tha);
	put_addr(a, N_("target IP"), 24, NETTRACE_IPV4, p->dst);
	a->note = N_(
		"between the layers: it finds the link address that belongs to a network address");
}

static void put_tos(struct nt_layer *a, const struct nettrace_packet *p, int first, int last)
{
	static const char *const ecn[] = { N_("%u (not ECN-capable)"), "%u (ECT(1))", "%u (ECT(0))",
					   "%u (CE)" };

	put(a, N_("DSCP (6 bits)"), first, last, "%u", p->tos >> 2);
	put(a, N_("ECN (2 bits)"), last, last, ecn[p->tos & 3], p->tos & 3);
}

static void put_proto(struct nt_layer *a, const char *name, int at, const struct nettrace_packet *p)
{
	char proto[24];

	put(a, name, at, at, "%u (%s)", p->proto, nt_proto_name(p->proto, proto, sizeof(proto)));
}

static void put_fragment(struct nt_layer *a, const struct nettrace_packet *p)
{
	static const char *const text[2][2] = {
		{ N_("don't fragment: no, more fragments: no"),
		  N_("don't fragment: no, more fragments: yes") },
		{ N_("don't fragment: yes, more fragments: no"),
		  N_("don't fragment: yes, more fragments: yes") },
	};

	put_text(
		a, N_("DF, MF (2 bits)"), 6, 6,
		text[!!(p->flags & NETTRACE_PKT_DONT_FRAG)][!!(p->flags & NETTRACE_PKT_MORE_FRAGS)]);
	put(a, N_("fragment offset"), 6, 7, N_("%u bytes"), p->frag_off);
}

/* @len: what the field says where the packet is as long as it says */
static void put_length(struct nt_layer *a, const char *name, int at,
		       const struct nettrace_packet *p, uint32_t len)
{
	if (p->flags & (NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_MALFORMED))
		unrecorded(a, name, at, at + 1);
	else if (len > 0xffff)
		put(a, name, at, at + 1, N_("0 (the packet is longer than 16 bits can say)"));
	else
		put(a, name, at, at + 1, "%" PRIu32, len);
}

void nt_fields_ipv4(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, N_("version (4 bits)"), 0, 0, "4");
	if (a->len >= 0)
		put(a, N_("header length"), 0, 0,
		    N_("%" PRId32 " (in 4 bits, as %" PRId32 " words)"), a->len, a->len / 4);
	else
		unrecorded(a, N_("header length"), 0, 0);
	put_tos(a, p, 1, 1);
	put_length(a, N_("total length"), 2, p, p->len);
	put(a, N_("identification"), 4, 5, "0x%04" PRIx32, p->ip_id);
	put_fragment(a, p);
	put(a, N_("time to live"), 8, 8, "%u", p->ttl);
	put_proto(a, N_("protocol"), 9, p);
	unrecorded(a, N_("checksum"), 10, 11);
	put_addr(a, N_("source"), 12, NETTRACE_IPV4, p->src);
	put_addr(a, N_("destination"), 16, NETTRACE_IPV4, p->dst);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		unrecorded(a, N_("options"), 20, a->len < 0 ? -1 : a->len - 1);
	if (p->flags & NETTRACE_PKT_MALFORMED)
		a->note = N_("a length in the headers contradicts the bytes");
	else if (p->flags & NETTRACE_PKT_TRUNCATED)
		a->note = N_("the packet ends before its headers say so");
}

void nt_fields_ipv6(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, N_("version (4 bits)"), 0, 0, "6");
	put_tos(a, p, 0, 1);
	unrecorded(a, N_("flow label"), 1, 3);
	put_length(a, N_("payload length"), 4, p, p->len - 40);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		unrecorded(a, N_("next header"), 6, 6);
	else
		put_proto(a, N_("next header"), 6, p);
	put(a, N_("hop limit"), 7, 7, "%u", p->ttl);
	put_addr(a, N_("source"), 8, NETTRACE_IPV6, p->src);
	put_addr(a, N_("destination"), 24, NETTRACE_IPV6, p->dst);
}

void nt_fields_extension(struct nt_layer *a, const struct nettrace_packet *p)
{
	if (p->flags & NETTRACE_PKT_FRAGMENT) {
		put(a, N_("identification"), 0, -1, "0x%08" PRIx32, p->ip_id);
		put(a, N_("fragment offset"), 0, -1,
		    p->flags & NETTRACE_PKT_MORE_FRAGS ? N_("%u bytes, more follow") :
							 N_("%u bytes, the last one"),
		    p->frag_off);
	}
	put_proto(a, N_("last next header"), 0, p);
	a->field[a->nfield - 1].first = a->field[a->nfield - 1].last = -1;
	a->note = N_("which extension headers there are, and where each lies, is not recorded");
}

/* appends to a list with commas, as it stands and in the user's language */
static void append(struct nt_field *f, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void append(struct nt_field *f, const char *fmt, ...)
{
	size_t n = strlen(f->value), said = strlen(f->said);
	const char *comma = n ? ", " : "";
	va_list ap;

	n += (size_t)snprintf(f->value + n, sizeof(f->value) - n, "%s", comma);
	said += (size_t)snprintf(f->said + said, sizeof(f->said) - said, "%s", comma);
	if (n >= sizeof(f->value) || said >= sizeof(f->said))
		return;
	va_start(ap, fmt);
	vsnprintf(f->value + n, sizeof(f->value) - n, fmt, ap);
	va_end(ap);
	va_start(ap, fmt);
	vsnprintf(f->said + said, sizeof(f->said) - said, _(fmt), ap);
	va_end(ap);
}

static void list_options(struct nt_field *f, const struct nettrace_packet *p)
{
	if (p->optflags & NETTRACE_OPT_MSS)
		append(f, "mss %u", p->mss);
	if (p->optflags & NETTRACE_OPT_WSCALE)
		append(f, N_("window scale %u"), p->wscale);
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		append(f, N_("SACK permitted"));
	if (p->optflags & NETTRACE_OPT_SACK)
		append(f, p->nsack == 1 ? N_("SACK of %u block") : N_("SACK of %u blocks"),
		       p->nsack);
	if (p->optflags & NETTRACE_OPT_TS)
		append(f, N_("timestamps %" PRIu32 " echo %" PRIu32), p->tsval, p->tsecr);
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		append(f, "Fast Open");
	if (p->optflags & NETTRACE_OPT_MPTCP)
		append(f, "MPTCP");
	if (p->optflags & NETTRACE_OPT_OTHER)
		append(f, N_("others"));
}

static void put_options(struct nt_layer *a, const struct nettrace_packet *p)
{
	const unsigned int listed = NETTRACE_OPT_MSS | NETTRACE_OPT_WSCALE | NETTRACE_OPT_SACK_OK |
				    NETTRACE_OPT_SACK | NETTRACE_OPT_TS | NETTRACE_OPT_FASTOPEN |
				    NETTRACE_OPT_MPTCP | NETTRACE_OPT_OTHER;
	bool any = p->optflags & listed;

	if (any)
		list_options(add(a, N_("options"), 20, a->len > 20 ? a->len - 1 : -1, NT_KNOWN), p);
	else if (a->len > 20)
		unrecorded(a, N_("options"), 20, a->len - 1);
	if (p->flags & NETTRACE_PKT_BAD_OPTS)
		a->note = N_("the options do not parse");
	else if (any)
		a->note = N_(
			"the order of the options, and the padding between them, is not recorded");
}

void nt_fields_tcp(struct nt_layer *a, const struct nettrace_packet *p)
{
	char flags[48] = "";

	put(a, N_("source port"), 0, 1, "%u", p->sport);
	put(a, N_("destination port"), 2, 3, "%u", p->dport);
	put(a, N_("sequence number"), 4, 7, "%" PRIu32, p->seq);
	put(a, N_("acknowledgment"), 8, 11,
	    p->tcp_flags & NETTRACE_TH_ACK ? "%" PRIu32 :
					     N_("%" PRIu32 " (no ACK: it says nothing)"),
	    p->ack);
	if (a->len >= 0)
		put(a, N_("data offset"), 12, 12,
		    N_("%" PRId32 " (in 4 bits, as %" PRId32 " words)"), a->len, a->len / 4);
	else
		unrecorded(a, N_("data offset"), 12, 12);
	nt_tcp_flags(p->tcp_flags, flags, sizeof(flags));
	if (p->tcp_flags)
		put(a, N_("flags (12 bits)"), 12, 13, "0x%03x (%s)", p->tcp_flags & 0xfff, flags);
	else
		put(a, N_("flags (12 bits)"), 12, 13, N_("0x%03x (no flags)"), 0);
	put(a, N_("window"), 14, 15, "%u", p->window);
	unrecorded(a, N_("checksum"), 16, 17);
	unrecorded(a, N_("urgent pointer"), 18, 19);
	put_options(a, p);
}

void nt_fields_udp(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, N_("source port"), 0, 1, "%u", p->sport);
	put(a, N_("destination port"), 2, 3, "%u", p->dport);
	/* of a first fragment the parser counts what is there */
	if (p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_MORE_FRAGS))
		unrecorded(a, N_("length"), 4, 5);
	else
		put(a, N_("length"), 4, 5, "%" PRIu32, p->payload + 8);
	unrecorded(a, N_("checksum"), 6, 7);
}

void nt_fields_icmp(struct nt_layer *a, const struct nettrace_packet *p)
{
	bool v6 = p->proto == IPPROTO_ICMPV6;
	char name[96];
	struct nt_field *f;

	put(a, N_("type"), 0, 0, "%u (%s)", p->icmp_type,
	    nt_icmp_name(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name)));
	f = &a->field[a->nfield - 1];
	snprintf(f->said, sizeof(f->said), "%u (%s)", p->icmp_type,
		 nt_icmp_text(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name)));
	put(a, N_("code"), 1, 1, "%u", p->icmp_code);
	unrecorded(a, N_("checksum"), 2, 3);
	if (v6 ? p->icmp_type == 128 || p->icmp_type == 129 :
		 p->icmp_type == 0 || p->icmp_type == 8) {
		put(a, N_("identifier"), 4, 5, "%u", p->icmp_id);
		put(a, N_("sequence number"), 6, 7, "%" PRIu32, p->icmp_info);
	} else {
		put(a, N_("rest of header"), 4, 7, "0x%08" PRIx32, p->icmp_info);
	}
	a->note = N_("beside IP, not above it: it carries what IP has to say, and no ports");
}

void nt_fields_ports(struct nt_layer *a, const struct nettrace_packet *p, bool ports)
{
	if (!ports) {
		a->note = N_("of this protocol neither header nor data are recorded");
		return;
	}
	put(a, N_("source port"), 0, 1, "%u", p->sport);
	put(a, N_("destination port"), 2, 3, "%u", p->dport);
	a->note = N_("the other fields of this header are not recorded");
}

/* where in the quotation is known only as far as IPv4 and IPv6 fix it */
void nt_fields_quote(struct nt_layer *a, const struct nettrace_packet *p)
{
	bool v6 = p->hdr.family == NETTRACE_IPV6;
	char proto[24];

	put(a, N_("protocol"), v6 ? 6 : 9, v6 ? 6 : 9, "%u (%s)", p->inner_proto,
	    nt_proto_name(p->inner_proto, proto, sizeof(proto)));
	if (v6) /* it may stand behind extension headers */
		a->field[0].first = a->field[0].last = -1;
	put_addr(a, N_("source"), v6 ? 8 : 12, p->hdr.family, p->inner_src);
	put_addr(a, N_("destination"), v6 ? 24 : 16, p->hdr.family, p->inner_dst);
	if (p->inner_sport || p->inner_dport) {
		int32_t off = a->off;

		a->off = -1; /* behind a header whose length is not recorded */
		put(a, N_("source port"), 0, 1, "%u", p->inner_sport);
		put(a, N_("destination port"), 2, 3, "%u", p->inner_dport);
		a->off = off;
	}
	a->note = N_("the beginning of the packet that the message is about");
}

void nt_fields_data(struct nt_layer *a, const struct nettrace_packet *p)
{
	if ((p->flags & NETTRACE_PKT_FRAGMENT) && p->frag_off)
		a->note = N_("a later fragment: the transport header is in the first one");
	else if (p->flags & NETTRACE_PKT_FRAGMENT)
		a->note = N_("the first fragment: the rest of the data is in others");
	else if (p->gso_size && p->payload > p->gso_size)
		a->note = N_("one packet here, several on the wire, each with headers of its own");
}
