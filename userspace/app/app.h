/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * app.h - what the first bytes of a payload say
 *
 * Purpose:   bytes of one packet in, a label out: which protocol they are of, and
 *            a few words of what they ask or answer.
 * Ownership: values; nothing is kept, nothing allocated.
 * Context:   pure functions, bounded time.  The bytes are anybody's: every length
 *            is checked, and the text that comes out is as it came.  Who shows it
 *            escapes it.
 * Honesty:   a label is of these bytes alone.  Bytes that are no proof (four that
 *            any datagram may have) count only where the port says the same.
 */
#ifndef NETTRACE_APP_APP_H
#define NETTRACE_APP_APP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NT_APP_TEXT 128

enum nt_app_proto {
	NT_APP_NONE,
	NT_APP_DNS,    /* RFC 1035; also multicast (RFC 6762) and link-local (RFC 4795) */
	NT_APP_DHCP,   /* RFC 2131, RFC 8415 */
	NT_APP_HTTP,   /* RFC 9112 */
	NT_APP_TLS,    /* RFC 8446 */
	NT_APP_SSH,    /* RFC 4253 */
	NT_APP_FTP,    /* RFC 959 */
	NT_APP_SMTP,   /* RFC 5321 */
	NT_APP_TELNET, /* RFC 854 */
	NT_APP_NTP,    /* RFC 5905 */
	NT_APP_TFTP,   /* RFC 1350 */
	NT_APP_MYSQL,
	NT_APP_MAX
};

enum nt_app_kind {
	NT_APP_REQUEST,
	NT_APP_RESPONSE,
	NT_APP_GREETING,
	NT_APP_NEGOTIATION,
	NT_APP_KIND_MAX
};

struct nt_app {
	uint8_t proto; /* enum nt_app_proto */
	uint8_t kind;  /* enum nt_app_kind */
	bool cut;      /* there was more to say: for want of room, or of bytes */
	uint8_t n;
	char text[NT_APP_TEXT]; /* @n bytes, not terminated, whatever they are */
};

struct nt_app_in {
	const uint8_t *b;
	uint32_t n;   /* bytes at @b */
	uint32_t len; /* of the payload: more than @n if not all was kept */
	uint16_t sport, dport;
	bool tcp;   /* else UDP */
	bool start; /* TCP: these are the first bytes that this end sends */
};

/**
 * nt_app_parse() - what the bytes say
 * Return: false: nothing that is known here; *out is not to be read then.
 */
bool nt_app_parse(struct nt_app *out, const struct nt_app_in *in);

/** nt_app_name() - "dns"; "?" for what is none */
const char *nt_app_name(unsigned int proto);

/** nt_app_kind_name() - "request" */
const char *nt_app_kind_name(unsigned int kind);

/**
 * nt_app_of_service() - which of the protocols a name of /etc/services means
 * Return: NT_APP_NONE: none of them; that of "https" is TLS.
 */
enum nt_app_proto nt_app_of_service(const char *name);

/**
 * nt_app_begins_so() - does each conversation of this protocol begin with bytes
 * that nt_app_parse() knows?  Then other ones say that it is another protocol.
 */
bool nt_app_begins_so(enum nt_app_proto proto);

#endif /* NETTRACE_APP_APP_H */
