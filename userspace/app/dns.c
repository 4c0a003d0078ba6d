// SPDX-License-Identifier: GPL-2.0-only
/*
 * dns.c - questions and answers of the domain name system, RFC 1035
 *
 * On its ports a message has to be sound up to where its bytes end.  Elsewhere,
 * where nearly any bytes could be one, it has to be kept whole and to end exactly
 * where the datagram does.
 */
#include "app_priv.h"

#define HEADER	     12
#define NAME_MAX_LEN 255
#define VALUES_MAX   4	/* of the answers that are told */
#define HOPS_MAX     32 /* pointers in a name: nobody needs more than two */

enum { A = 1, NS = 2, CNAME = 5, PTR = 12, MX = 15, AAAA = 28, SRV = 33 };

enum step { GOOD, CUT, BAD };

static bool dns_port(uint16_t port)
{
	return port == 53 || port == 5353 || port == 5355;
}

static void say_type(struct nt_app *out, uint16_t type)
{
	static const struct {
		uint16_t type;
		const char *name;
	} known[] = {
		{ A, "A" },	 { NS, "NS" },	  { CNAME, "CNAME" }, { 6, "SOA" },
		{ PTR, "PTR" },	 { MX, "MX" },	  { 16, "TXT" },      { AAAA, "AAAA" },
		{ SRV, "SRV" },	 { 35, "NAPTR" }, { 39, "DNAME" },    { 43, "DS" },
		{ 46, "RRSIG" }, { 47, "NSEC" },  { 48, "DNSKEY" },   { 52, "TLSA" },
		{ 64, "SVCB" },	 { 65, "HTTPS" }, { 251, "IXFR" },    { 252, "AXFR" },
		{ 255, "ANY" },	 { 257, "CAA" },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].type != type)
			continue;
		nt_app_say(out, known[i].name);
		return;
	}
	nt_app_say(out, "TYPE");
	nt_app_number(out, type);
}

static void say_rcode(struct nt_app *out, unsigned int rcode)
{
	static const char *const name[] = { "NOERROR", "FORMERR", "SERVFAIL", "NXDOMAIN",
					    "NOTIMP",  "REFUSED", "YXDOMAIN", "YXRRSET",
					    "NXRRSET", "NOTAUTH", "NOTZONE" };

	if (rcode < sizeof(name) / sizeof(name[0])) {
		nt_app_say(out, name[rcode]);
		return;
	}
	nt_app_say(out, "RCODE ");
	nt_app_number(out, rcode);
}

/* what has a meaning in our text gets a backslash; all else is as it came */
static void put_label(struct nt_app *out, const uint8_t *b, uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++) {
		if (b[i] == '.' || b[i] == '\\' || b[i] == ' ' || b[i] == ',' || b[i] == ':' ||
		    b[i] == '?')
			nt_app_put(out, "\\", 1);
		nt_app_put(out, b + i, 1);
	}
}

/*
 * The name at *off, which is put behind it; written to @out unless that is NULL.
 * A pointer must lead to before the place where this part of the name began (RFC
 * 1035, 4.1.4: a prior name), so that none leads round.
 */
static enum step name(const struct nt_bytes *m, uint32_t *off, struct nt_app *out)
{
	uint32_t at = *off, begin = *off, length = 0, to;
	bool jumped = false;
	int hops = 0;

	for (;;) {
		if (!nt_have(m, at, 1))
			return at < m->len ? CUT : BAD;
		if (m->b[at] >= 0xc0) {
			if (!nt_have(m, at, 2))
				return at + 1 < m->len ? CUT : BAD;
			to = nt_be16(m->b + at) & 0x3fff;
			if (to >= begin || to < HEADER || ++hops > HOPS_MAX)
				return BAD;
			if (!jumped)
				*off = at + 2;
			jumped = true;
			at = to;
			begin = to;
			continue;
		}
		if (m->b[at] > 63)
			return BAD;
		if (!m->b[at])
			break;
		length += m->b[at] + 1u;
		if (length >= NAME_MAX_LEN || at + 1u + m->b[at] > m->len)
			return BAD;
		if (!nt_have(m, at, 1u + m->b[at]))
			return CUT;
		if (out && length > m->b[at] + 1u)
			nt_app_say(out, ".");
		if (out)
			put_label(out, m->b + at + 1, m->b[at]);
		at += m->b[at] + 1u;
	}
	if (out && !length)
		nt_app_say(out, ".");
	if (!jumped)
		*off = at + 1;
	return GOOD;
}

/* a question: its name, behind its type */
static enum step question(const struct nt_bytes *m, uint32_t *off, struct nt_app *out, bool strict)
{
	uint32_t at = *off;
	enum step s = name(m, off, NULL);
	uint16_t class;

	if (s != GOOD)
		return s;
	if (!nt_have(m, *off, 4))
		return *off + 4 <= m->len ? CUT : BAD;
	class = nt_be16(m->b + *off + 2);
	if (strict && class != 1 && class != 255)
		return BAD;
	if (out) {
		say_type(out, nt_be16(m->b + *off));
		nt_app_say(out, " ");
		name(m, &at, out);
	}
	*off += 4;
	return GOOD;
}

/* what a record says, where that is an address or a name */
static bool value(const struct nt_bytes *m, uint32_t off, uint16_t type, uint16_t n,
		  struct nt_app *out, bool first)
{
	uint32_t skip = type == MX ? 2 : type == SRV ? 6 : 0, at = off + skip;
	bool addr = (type == A && n == 4) || (type == AAAA && n == 16);
	bool named = type == NS || type == CNAME || type == PTR || type == MX || type == SRV;

	if (!addr && (!named || n <= skip || name(m, &at, NULL) != GOOD))
		return false;
	nt_app_say(out, first ? ": " : ", ");
	if (addr) {
		nt_app_addr(out, m->b + off, n);
		return true;
	}
	say_type(out, type);
	nt_app_say(out, " ");
	at = off + skip;
	name(m, &at, out);
	return true;
}

/* one record; *told counts what was said of them; @named: also whose it is */
static enum step record(const struct nt_bytes *m, uint32_t *off, struct nt_app *out,
			unsigned int *told, bool named)
{
	uint32_t at = *off;
	uint16_t type, n;
	enum step s = name(m, off, NULL);

	if (s != GOOD)
		return s;
	if (!nt_have(m, *off, 10))
		return *off + 10 <= m->len ? CUT : BAD;
	type = nt_be16(m->b + *off);
	n = nt_be16(m->b + *off + 8);
	*off += 10;
	if (*off + n > m->len)
		return BAD;
	if (!nt_have(m, *off, n))
		return CUT;
	if (out && named) {
		say_type(out, type);
		nt_app_say(out, " ");
		name(m, &at, out);
	}
	if (out && *told < VALUES_MAX)
		*told += value(m, *off, type, n, out, !*told);
	else if (out)
		out->cut = true;
	*off += n;
	return GOOD;
}

struct header {
	uint16_t flags, count[4]; /* questions, answers, authorities, additional */
};

static bool is_response(const struct header *h)
{
	return h->flags & 0x8000;
}

static unsigned int rcode(const struct header *h)
{
	return h->flags & 15;
}

/* which headers are believed: @strict where the port says nothing */
static bool plausible(const struct header *h, const struct nt_bytes *m, bool strict)
{
	unsigned int opcode = h->flags >> 11 & 15, i;

	/* each takes a byte of name, type and class; a record ten more */
	if (h->count[0] * 5u + (h->count[1] + h->count[2] + h->count[3]) * 11u > m->len - HEADER)
		return false;
	if (!strict)
		return opcode != 3 && opcode < 7;
	for (i = 1; i < 4 && !is_response(h); i++)
		if (h->count[i] > (i == 3 ? 2 : 0))
			return false;
	return !opcode && !(h->flags & 0x40) && h->count[0] == 1 &&
	       (is_response(h) || !(h->flags & 0x048f)) && rcode(h) <= 10;
}

/* questions and answers; @strict: and the rest, to the last byte */
static enum step body(const struct nt_bytes *m, const struct header *h, struct nt_app *out,
		      bool strict)
{
	unsigned int i, k, told = 0, sections = strict ? 4 : 2;
	bool answers = is_response(h) && !rcode(h);
	uint32_t off = HEADER;
	enum step s = GOOD;

	for (i = 0; i < h->count[0] && s == GOOD; i++)
		s = question(m, &off, i ? NULL : out, strict);
	if (s != GOOD)
		return s;
	if (h->count[0] > 1) {
		nt_app_say(out, " +");
		nt_app_number(out, h->count[0] - 1u);
	}
	if (!is_response(h))
		nt_app_say(out, "?");
	else if (rcode(h)) {
		nt_app_say(out, h->count[0] ? ": " : "");
		say_rcode(out, rcode(h));
	}
	for (k = 1; k < sections; k++)
		for (i = 0; i < h->count[k] && s == GOOD; i++)
			s = record(m, &off, k == 1 && answers ? out : NULL, &told,
				   !h->count[0] && !i);
	if (s == GOOD && answers && !h->count[1])
		nt_app_say(out, ": no answer");
	if (strict && s == GOOD && off != m->len)
		return BAD;
	return s;
}

/* over TCP two bytes of length stand before each message (RFC 1035, 4.2.2) */
static bool message(const struct nt_app_in *in, struct nt_bytes *m)
{
	uint32_t n;

	*m = nt_bytes_of(in);
	if (!in->tcp)
		return m->n >= HEADER;
	if (m->n < 2 + HEADER)
		return false;
	n = nt_be16(m->b);
	m->b += 2;
	m->n -= 2;
	m->len = n;
	if (m->n > n)
		m->n = n;
	return n >= HEADER;
}

bool nt_app_dns(struct nt_app *out, const struct nt_app_in *in)
{
	bool strict = !dns_port(in->sport) && !dns_port(in->dport);
	struct header h;
	struct nt_bytes m;
	unsigned int i;
	enum step s;

	if (!message(in, &m) || (strict && m.n < m.len))
		return false;
	h.flags = nt_be16(m.b + 2);
	for (i = 0; i < 4; i++)
		h.count[i] = nt_be16(m.b + 4 + 2 * i);
	if (!plausible(&h, &m, strict) || (in->tcp && h.count[0] != 1))
		return false;
	nt_app_begin(out, NT_APP_DNS, is_response(&h) ? NT_APP_RESPONSE : NT_APP_REQUEST);
	s = body(&m, &h, out, strict);
	if (s == CUT)
		out->cut = true;
	return s != BAD;
}
