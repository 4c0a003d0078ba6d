/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * app_priv.h - what the parsers share
 *
 * Purpose:   reading with every length checked, writing that cannot leave the
 *            label.  Nobody else includes it.
 * Context:   pure functions.
 */
#ifndef NETTRACE_APP_APP_PRIV_H
#define NETTRACE_APP_APP_PRIV_H

#include "app.h"

/* bytes of a message: @n are there of @len */
struct nt_bytes {
	const uint8_t *b;
	uint32_t n, len;
};

/* are there @n bytes from @off on? */
static inline bool nt_have(const struct nt_bytes *m, uint32_t off, uint32_t n)
{
	return off <= m->n && n <= m->n - off;
}

static inline uint16_t nt_be16(const uint8_t *b)
{
	return (uint16_t)(b[0] << 8 | b[1]);
}

static inline uint32_t nt_be24(const uint8_t *b)
{
	return (uint32_t)b[0] << 16 | (uint32_t)b[1] << 8 | b[2];
}

static inline uint32_t nt_be32(const uint8_t *b)
{
	return (uint32_t)b[0] << 24 | nt_be24(b + 1);
}

static inline struct nt_bytes nt_bytes_of(const struct nt_app_in *in)
{
	return (struct nt_bytes){ in->b, in->n, in->len };
}

/* is one of the two ports this one? */
static inline bool nt_on_port(const struct nt_app_in *in, uint16_t port)
{
	return in->sport == port || in->dport == port;
}

/* app.c: what does not fit is left out, and the label says so */
void nt_app_begin(struct nt_app *out, enum nt_app_proto proto, enum nt_app_kind kind);
void nt_app_put(struct nt_app *out, const void *b, size_t n);
void nt_app_say(struct nt_app *out, const char *s);
void nt_app_number(struct nt_app *out, uint32_t v);
/* an address of 4 or 16 bytes */
void nt_app_addr(struct nt_app *out, const uint8_t *b, size_t n);
/*
 * up to the end of the line: the length of what stands before CR LF, or LF;
 * @n if there is no end, which *ended tells
 */
uint32_t nt_app_line(const uint8_t *b, uint32_t n, bool *ended);

/* one for each protocol; true: it is that, and *out is filled */
bool nt_app_dns(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_dhcp(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_http(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_tls(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_ssh(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_reply(struct nt_app *out, const struct nt_app_in *in); /* FTP, SMTP */
bool nt_app_telnet(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_mysql(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_ntp(struct nt_app *out, const struct nt_app_in *in);
bool nt_app_tftp(struct nt_app *out, const struct nt_app_in *in);

#endif /* NETTRACE_APP_APP_PRIV_H */
