// SPDX-License-Identifier: GPL-2.0-only
/*
 * app.c - which parser is asked, and the writing of labels
 */
#include <arpa/inet.h>
#include <string.h>

#include "app_priv.h"

void nt_app_begin(struct nt_app *out, enum nt_app_proto proto, enum nt_app_kind kind)
{
	out->proto = (uint8_t)proto;
	out->kind = (uint8_t)kind;
	out->cut = false;
	out->n = 0;
}

void nt_app_put(struct nt_app *out, const void *b, size_t n)
{
	size_t room = sizeof(out->text) - out->n;

	if (n > room) {
		out->cut = true;
		n = room;
	}
	memcpy(out->text + out->n, b, n);
	out->n = (uint8_t)(out->n + n);
}

void nt_app_say(struct nt_app *out, const char *s)
{
	nt_app_put(out, s, strlen(s));
}

void nt_app_number(struct nt_app *out, uint32_t v)
{
	char digits[10];
	size_t i = sizeof(digits);

	do {
		digits[--i] = (char)('0' + v % 10);
		v /= 10;
	} while (v);
	nt_app_put(out, digits + i, sizeof(digits) - i);
}

void nt_app_addr(struct nt_app *out, const uint8_t *b, size_t n)
{
	char text[INET6_ADDRSTRLEN];

	if (inet_ntop(n == 16 ? AF_INET6 : AF_INET, b, text, sizeof(text)))
		nt_app_say(out, text);
}

uint32_t nt_app_line(const uint8_t *b, uint32_t n, bool *ended)
{
	const uint8_t *lf = memchr(b, '\n', n);

	*ended = lf != NULL;
	if (lf)
		n = (uint32_t)(lf - b);
	return lf && n && b[n - 1] == '\r' ? n - 1 : n;
}

/* TCP: the first byte leaves one or two to ask */
static bool parse_tcp(struct nt_app *out, const struct nt_app_in *in)
{
	uint8_t c = in->b[0];

	if (c == 21 || c == 22)
		return nt_app_tls(out, in);
	if (c == 0xff)
		return nt_app_telnet(out, in);
	if (c >= 'A' && c <= 'Z')
		return nt_app_ssh(out, in) || nt_app_http(out, in);
	if (in->start && (c == '2' || c == '4' || c == '5') && nt_app_reply(out, in))
		return true;
	return (in->start && nt_app_mysql(out, in)) || nt_app_dns(out, in);
}

static bool parse_udp(struct nt_app *out, const struct nt_app_in *in)
{
	return nt_app_dhcp(out, in) || nt_app_ntp(out, in) || nt_app_tftp(out, in) ||
	       nt_app_dns(out, in);
}

bool nt_app_parse(struct nt_app *out, const struct nt_app_in *in)
{
	if (!in->n || in->n > in->len)
		return false;
	return in->tcp ? parse_tcp(out, in) : parse_udp(out, in);
}

const char *nt_app_name(unsigned int proto)
{
	static const char *const name[] = {
		[NT_APP_NONE] = "?",	[NT_APP_DNS] = "dns",	[NT_APP_DHCP] = "dhcp",
		[NT_APP_HTTP] = "http", [NT_APP_TLS] = "tls",	[NT_APP_SSH] = "ssh",
		[NT_APP_FTP] = "ftp",	[NT_APP_SMTP] = "smtp", [NT_APP_TELNET] = "telnet",
		[NT_APP_NTP] = "ntp",	[NT_APP_TFTP] = "tftp", [NT_APP_MYSQL] = "mysql",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_APP_MAX, "every protocol has a name");
	return proto < NT_APP_MAX ? name[proto] : "?";
}

const char *nt_app_kind_name(unsigned int kind)
{
	static const char *const name[] = {
		[NT_APP_REQUEST] = "request",
		[NT_APP_RESPONSE] = "response",
		[NT_APP_GREETING] = "greeting",
		[NT_APP_NEGOTIATION] = "negotiation",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_APP_KIND_MAX, "every kind has a name");
	return kind < NT_APP_KIND_MAX ? name[kind] : "?";
}

enum nt_app_proto nt_app_of_service(const char *name)
{
	static const struct {
		const char *name;
		enum nt_app_proto proto;
	} known[] = {
		{ "domain", NT_APP_DNS },
		{ "mdns", NT_APP_DNS },
		{ "llmnr", NT_APP_DNS },
		{ "bootps", NT_APP_DHCP },
		{ "bootpc", NT_APP_DHCP },
		{ "dhcpv6-client", NT_APP_DHCP },
		{ "dhcpv6-server", NT_APP_DHCP },
		{ "http", NT_APP_HTTP },
		{ "http-alt", NT_APP_HTTP },
		{ "https", NT_APP_TLS },
		{ "domain-s", NT_APP_TLS },
		{ "imaps", NT_APP_TLS },
		{ "ldaps", NT_APP_TLS },
		{ "pop3s", NT_APP_TLS },
		{ "submissions", NT_APP_TLS },
		{ "ftps", NT_APP_TLS },
		{ "telnets", NT_APP_TLS },
		{ "ssh", NT_APP_SSH },
		{ "ftp", NT_APP_FTP },
		{ "smtp", NT_APP_SMTP },
		{ "submission", NT_APP_SMTP },
		{ "telnet", NT_APP_TELNET },
		{ "ntp", NT_APP_NTP },
		{ "tftp", NT_APP_TFTP },
		{ "mysql", NT_APP_MYSQL },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(name, known[i].name))
			return known[i].proto;
	return NT_APP_NONE;
}

bool nt_app_begins_so(enum nt_app_proto proto)
{
	switch (proto) {
	case NT_APP_DNS:
	case NT_APP_DHCP:
	case NT_APP_HTTP:
	case NT_APP_TLS:
	case NT_APP_SSH:
		return true;
	default: /* options, errors and what follows are not known here */
		return false;
	}
}
