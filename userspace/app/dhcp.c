// SPDX-License-Identifier: GPL-2.0-only
/*
 * dhcp.c - messages of DHCP, RFC 2131 and RFC 8415: which, and the address
 */
#include <string.h>

#include "app_priv.h"

#define FIXED 236 /* bytes of BOOTP before the magic cookie */

enum { OPT_PAD = 0, OPT_REQUESTED = 50, OPT_TYPE = 53, OPT_END = 255 };

struct options {
	uint8_t type;
	const uint8_t *requested;
};

/* false: they go on behind what is there */
static bool options(const struct nt_bytes *m, struct options *o)
{
	uint32_t off = FIXED + 4;
	uint8_t code, n;

	while (nt_have(m, off, 1)) {
		code = m->b[off++];
		if (code == OPT_END)
			return true;
		if (code == OPT_PAD)
			continue;
		if (!nt_have(m, off, 1))
			break;
		n = m->b[off++];
		if (!nt_have(m, off, n))
			break;
		if (code == OPT_TYPE && n == 1)
			o->type = m->b[off];
		else if (code == OPT_REQUESTED && n == 4)
			o->requested = m->b + off;
		off += n;
	}
	return m->n >= m->len;
}

static bool is_set(const uint8_t *addr)
{
	return addr && (addr[0] || addr[1] || addr[2] || addr[3]);
}

static bool dhcp4(struct nt_app *out, const struct nt_bytes *m)
{
	static const uint8_t cookie[] = { 0x63, 0x82, 0x53, 0x63 };
	static const char *const name[] = { "",	   "DISCOVER", "OFFER",	  "REQUEST", "DECLINE",
					    "ACK", "NAK",      "RELEASE", "INFORM",  "FORCERENEW" };
	const uint8_t *ciaddr, *yiaddr;
	struct options o = { 0 };
	bool whole;

	if (!nt_have(m, 0, FIXED + 4) || memcmp(m->b + FIXED, cookie, sizeof(cookie)) ||
	    m->b[0] < 1 || m->b[0] > 2)
		return false;
	whole = options(m, &o);
	nt_app_begin(out, NT_APP_DHCP, m->b[0] == 1 ? NT_APP_REQUEST : NT_APP_RESPONSE);
	if (o.type && o.type < sizeof(name) / sizeof(name[0])) {
		nt_app_say(out, name[o.type]);
	} else if (o.type) {
		nt_app_say(out, "type ");
		nt_app_number(out, o.type);
	} else if (whole) {
		nt_app_say(out, "BOOTP");
	}
	ciaddr = m->b + 12;
	yiaddr = m->b + 16;
	if (is_set(yiaddr) || is_set(o.requested) || is_set(ciaddr)) {
		nt_app_say(out, " ");
		nt_app_addr(out,
			    is_set(yiaddr)	? yiaddr :
			    is_set(o.requested) ? o.requested :
						  ciaddr,
			    4);
	}
	if (!whole)
		out->cut = !o.type;
	return true;
}

static bool dhcp6(struct nt_app *out, const struct nt_bytes *m)
{
	static const char *const name[] = { "",		  "SOLICIT",	 "ADVERTISE",
					    "REQUEST",	  "CONFIRM",	 "RENEW",
					    "REBIND",	  "REPLY",	 "RELEASE",
					    "DECLINE",	  "RECONFIGURE", "INFORMATION-REQUEST",
					    "RELAY-FORW", "RELAY-REPL" };
	uint8_t type = m->b[0];

	if (m->n < 4 || !type || type >= sizeof(name) / sizeof(name[0]))
		return false;
	nt_app_begin(out, NT_APP_DHCP,
		     type == 2 || type == 7 || type == 13 ? NT_APP_RESPONSE : NT_APP_REQUEST);
	nt_app_say(out, name[type]);
	return true;
}

bool nt_app_dhcp(struct nt_app *out, const struct nt_app_in *in)
{
	struct nt_bytes m = nt_bytes_of(in);

	if (nt_on_port(in, 546) || nt_on_port(in, 547))
		return dhcp6(out, &m);
	return dhcp4(out, &m);
}
