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
	return f;
}

static void put(struct nt_layer *a, const char *name, int first, int last, const char *fmt, ...)
	__attribute__((format(printf, 5, 6)));

static void put(struct nt_layer *a, const char *name, int first, int last, const char *fmt, ...)
{
	struct nt_field *f = add(a, name, first, last, NT_KNOWN);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(f->value, sizeof(f->value), fmt, ap);
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
	f->is_mac = true;
	memcpy(f->mac, b, sizeof(f->mac));
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

	put_mac(a, "destination", 0, p->mac_dst);
	put_mac(a, "source", 6, p->mac_src);
	f = add(a, "type", 12, 13, NT_CONCLUDED);
	snprintf(f->value, sizeof(f->value), "%s", ether_type(p));
	a->note = "VLAN tags and the frame check sequence are not recorded; each tag on the "
		  "wire shifts what follows by 4 bytes";
}

void nt_fields_arp(struct nt_layer *a, const struct nettrace_packet *p)
{
	char op[24];

	/* the parser takes no other */
	put(a, "hardware type", 0, 1, "1 (Ethernet)");
	put(a, "protocol type", 2, 3, "0x0800 (IPv4)");
	put(a, "hardware length", 4, 4, "6");
	put(a, "protocol length", 5, 5, "4");
	put(a, "operation", 6, 7, "%u (%s)", p->arp_op, nt_arp_op_name(p->arp_op, op, sizeof(op)));
	put_mac(a, "sender MAC", 8, p->arp_sha);
	put_addr(a, "sender IP", 14, NETTRACE_IPV4, p->src);
	put_mac(a, "target MAC", 18, p->arp_tha);
	put_addr(a, "target IP", 24, NETTRACE_IPV4, p->dst);
	a->note = "between the layers: it finds the link address that belongs to a network address";
}

static void put_tos(struct nt_layer *a, const struct nettrace_packet *p, int first, int last)
{
	static const char *const ecn[] = { "not ECN-capable", "ECT(1)", "ECT(0)", "CE" };

	put(a, "DSCP (6 bits)", first, last, "%u", p->tos >> 2);
	put(a, "ECN (2 bits)", last, last, "%u (%s)", p->tos & 3, ecn[p->tos & 3]);
}

static void put_proto(struct nt_layer *a, const char *name, int at, const struct nettrace_packet *p)
{
	char proto[24];

	put(a, name, at, at, "%u (%s)", p->proto, nt_proto_name(p->proto, proto, sizeof(proto)));
}

static void put_fragment(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, "DF, MF (2 bits)", 6, 6, "don't fragment: %s, more fragments: %s",
	    p->flags & NETTRACE_PKT_DONT_FRAG ? "yes" : "no",
	    p->flags & NETTRACE_PKT_MORE_FRAGS ? "yes" : "no");
	put(a, "fragment offset", 6, 7, "%u bytes", p->frag_off);
}

void nt_fields_ipv4(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, "version (4 bits)", 0, 0, "4");
	if (a->len >= 0)
		put(a, "header length", 0, 0, "%" PRId32 " (in 4 bits, as %" PRId32 " words)",
		    a->len, a->len / 4);
	else
		unrecorded(a, "header length", 0, 0);
	put_tos(a, p, 1, 1);
	if (p->flags & NETTRACE_PKT_TRUNCATED)
		unrecorded(a, "total length", 2, 3);
	else
		put(a, "total length", 2, 3, "%" PRIu32, p->len);
	put(a, "identification", 4, 5, "0x%04" PRIx32, p->ip_id);
	put_fragment(a, p);
	put(a, "time to live", 8, 8, "%u", p->ttl);
	put_proto(a, "protocol", 9, p);
	unrecorded(a, "checksum", 10, 11);
	put_addr(a, "source", 12, NETTRACE_IPV4, p->src);
	put_addr(a, "destination", 16, NETTRACE_IPV4, p->dst);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		unrecorded(a, "options", 20, a->len < 0 ? -1 : a->len - 1);
	if (p->flags & NETTRACE_PKT_MALFORMED)
		a->note = "a length in the headers contradicts the bytes";
	else if (p->flags & NETTRACE_PKT_TRUNCATED)
		a->note = "the packet ends before its headers say so";
}

void nt_fields_ipv6(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, "version (4 bits)", 0, 0, "6");
	put_tos(a, p, 0, 1);
	unrecorded(a, "flow label", 1, 3);
	if (p->flags & NETTRACE_PKT_TRUNCATED || p->len < 40)
		unrecorded(a, "payload length", 4, 5);
	else
		put(a, "payload length", 4, 5, "%" PRIu32, p->len - 40);
	if (p->flags & NETTRACE_PKT_IP_OPTS)
		unrecorded(a, "next header", 6, 6);
	else
		put_proto(a, "next header", 6, p);
	put(a, "hop limit", 7, 7, "%u", p->ttl);
	put_addr(a, "source", 8, NETTRACE_IPV6, p->src);
	put_addr(a, "destination", 24, NETTRACE_IPV6, p->dst);
}

void nt_fields_extension(struct nt_layer *a, const struct nettrace_packet *p)
{
	if (p->flags & NETTRACE_PKT_FRAGMENT) {
		put(a, "identification", 0, -1, "0x%08" PRIx32, p->ip_id);
		put(a, "fragment offset", 0, -1, "%u bytes, %s", p->frag_off,
		    p->flags & NETTRACE_PKT_MORE_FRAGS ? "more follow" : "the last one");
	}
	put_proto(a, "last next header", 0, p);
	a->field[a->nfield - 1].first = a->field[a->nfield - 1].last = -1;
	a->note = "which extension headers there are, and where each lies, is not recorded";
}

/* appends to a list with commas */
static int append(char *buf, size_t size, int n, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

static int append(char *buf, size_t size, int n, const char *fmt, ...)
{
	va_list ap;

	if (n && (size_t)n + 2 < size)
		n += snprintf(buf + n, size - (size_t)n, ", ");
	va_start(ap, fmt);
	n += vsnprintf(buf + n, size - (size_t)n, fmt, ap);
	va_end(ap);
	return (size_t)n < size ? n : (int)size - 1;
}

static void put_options(struct nt_layer *a, const struct nettrace_packet *p)
{
	char b[NT_FIELD_TEXT] = "";
	int n = 0;

	if (p->optflags & NETTRACE_OPT_MSS)
		n = append(b, sizeof(b), n, "mss %u", p->mss);
	if (p->optflags & NETTRACE_OPT_WSCALE)
		n = append(b, sizeof(b), n, "window scale %u", p->wscale);
	if (p->optflags & NETTRACE_OPT_SACK_OK)
		n = append(b, sizeof(b), n, "SACK permitted");
	if (p->optflags & NETTRACE_OPT_SACK)
		n = append(b, sizeof(b), n, "SACK of %u block%s", p->nsack,
			   p->nsack == 1 ? "" : "s");
	if (p->optflags & NETTRACE_OPT_TS)
		n = append(b, sizeof(b), n, "timestamps %" PRIu32 " echo %" PRIu32, p->tsval,
			   p->tsecr);
	if (p->optflags & NETTRACE_OPT_FASTOPEN)
		n = append(b, sizeof(b), n, "Fast Open");
	if (p->optflags & NETTRACE_OPT_MPTCP)
		n = append(b, sizeof(b), n, "MPTCP");
	if (p->optflags & NETTRACE_OPT_OTHER)
		append(b, sizeof(b), n, "others");
	if (*b)
		put(a, "options", 20, a->len > 20 ? a->len - 1 : -1, "%s", b);
	else if (a->len > 20)
		unrecorded(a, "options", 20, a->len - 1);
	if (p->flags & NETTRACE_PKT_BAD_OPTS)
		a->note = "the options do not parse";
	else if (*b)
		a->note = "the order of the options, and the padding between them, is not recorded";
}

void nt_fields_tcp(struct nt_layer *a, const struct nettrace_packet *p)
{
	char flags[48] = "";

	put(a, "source port", 0, 1, "%u", p->sport);
	put(a, "destination port", 2, 3, "%u", p->dport);
	put(a, "sequence number", 4, 7, "%" PRIu32, p->seq);
	put(a, "acknowledgment", 8, 11, "%" PRIu32 "%s", p->ack,
	    p->tcp_flags & NETTRACE_TH_ACK ? "" : " (no ACK: it says nothing)");
	if (a->len >= 0)
		put(a, "data offset", 12, 12, "%" PRId32 " (in 4 bits, as %" PRId32 " words)",
		    a->len, a->len / 4);
	else
		unrecorded(a, "data offset", 12, 12);
	nt_tcp_flags(p->tcp_flags, flags, sizeof(flags));
	put(a, "flags (12 bits)", 12, 13, "0x%03x (%s)", p->tcp_flags & 0xfff,
	    *flags ? flags : "none");
	put(a, "window", 14, 15, "%u", p->window);
	unrecorded(a, "checksum", 16, 17);
	unrecorded(a, "urgent pointer", 18, 19);
	put_options(a, p);
}

void nt_fields_udp(struct nt_layer *a, const struct nettrace_packet *p)
{
	put(a, "source port", 0, 1, "%u", p->sport);
	put(a, "destination port", 2, 3, "%u", p->dport);
	/* of a first fragment the parser counts what is there */
	if (p->flags & (NETTRACE_PKT_MALFORMED | NETTRACE_PKT_TRUNCATED | NETTRACE_PKT_MORE_FRAGS))
		unrecorded(a, "length", 4, 5);
	else
		put(a, "length", 4, 5, "%" PRIu32, p->payload + 8);
	unrecorded(a, "checksum", 6, 7);
}

void nt_fields_icmp(struct nt_layer *a, const struct nettrace_packet *p)
{
	bool v6 = p->proto == IPPROTO_ICMPV6;
	char name[64];

	put(a, "type", 0, 0, "%u (%s)", p->icmp_type,
	    nt_icmp_name(p->proto, p->icmp_type, p->icmp_code, name, sizeof(name)));
	put(a, "code", 1, 1, "%u", p->icmp_code);
	unrecorded(a, "checksum", 2, 3);
	if (v6 ? p->icmp_type == 128 || p->icmp_type == 129 :
		 p->icmp_type == 0 || p->icmp_type == 8) {
		put(a, "identifier", 4, 5, "%u", p->icmp_id);
		put(a, "sequence number", 6, 7, "%" PRIu32, p->icmp_info);
	} else {
		put(a, "rest of header", 4, 7, "0x%08" PRIx32, p->icmp_info);
	}
	a->note = "beside IP, not above it: it carries what IP has to say, and no ports";
}

void nt_fields_ports(struct nt_layer *a, const struct nettrace_packet *p, bool ports)
{
	if (!ports) {
		a->note = "of this protocol neither header nor data are recorded";
		return;
	}
	put(a, "source port", 0, 1, "%u", p->sport);
	put(a, "destination port", 2, 3, "%u", p->dport);
	a->note = "the other fields of this header are not recorded";
}

/* where in the quotation is known only as far as IPv4 and IPv6 fix it */
void nt_fields_quote(struct nt_layer *a, const struct nettrace_packet *p)
{
	bool v6 = p->hdr.family == NETTRACE_IPV6;
	char proto[24];

	put(a, "protocol", v6 ? 6 : 9, v6 ? 6 : 9, "%u (%s)", p->inner_proto,
	    nt_proto_name(p->inner_proto, proto, sizeof(proto)));
	if (v6) /* it may stand behind extension headers */
		a->field[0].first = a->field[0].last = -1;
	put_addr(a, "source", v6 ? 8 : 12, p->hdr.family, p->inner_src);
	put_addr(a, "destination", v6 ? 24 : 16, p->hdr.family, p->inner_dst);
	if (p->inner_sport || p->inner_dport) {
		int32_t off = a->off;

		a->off = -1; /* behind a header whose length is not recorded */
		put(a, "source port", 0, 1, "%u", p->inner_sport);
		put(a, "destination port", 2, 3, "%u", p->inner_dport);
		a->off = off;
	}
	a->note = "the beginning of the packet that the message is about";
}

void nt_fields_data(struct nt_layer *a, const struct nettrace_packet *p)
{
	if ((p->flags & NETTRACE_PKT_FRAGMENT) && p->frag_off)
		a->note = "a later fragment: the transport header is in the first one";
	else if (p->flags & NETTRACE_PKT_FRAGMENT)
		a->note = "the first fragment: the rest of the data is in others";
	else if (p->gso_size && p->payload > p->gso_size)
		a->note = "one packet here, several on the wire, each with headers of its own";
}
