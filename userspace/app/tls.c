// SPDX-License-Identifier: GPL-2.0-only
/*
 * tls.c - the first messages of TLS, which are not encrypted: RFC 8446, 4.1
 *
 * What is told: the name that is asked for (SNI, RFC 6066), the highest version
 * that is offered or the one that was chosen, and alerts that are not encrypted.
 */
#include <string.h>

#include "app_priv.h"

enum { ALERT = 21, HANDSHAKE = 22 };
enum { CLIENT_HELLO = 1, SERVER_HELLO = 2 };
enum { EXT_SERVER_NAME = 0, EXT_VERSIONS = 43 };

#define HELLO_MIN 38 /* version, random, and three empty vectors */

/* a version that is one: not of GREASE (RFC 8701) */
static bool is_version(uint16_t v)
{
	return v >= 0x0300 && v <= 0x0304;
}

static void say_version(struct nt_app *out, uint16_t v)
{
	static const char *const name[] = { " SSL 3.0", " TLS 1.0", " TLS 1.1", " TLS 1.2",
					    " TLS 1.3" };

	if (is_version(v))
		nt_app_say(out, name[v - 0x0300]);
}

struct hello {
	uint16_t version;
	bool chosen;	       /* the version is not only the field that all fill alike */
	bool listed;	       /* an extension tells it: then the field says nothing */
	uint32_t sni, sni_len; /* 0: none */
};

/* a list of names, of which the first is a host's (RFC 6066, 3) */
static void server_name(const struct nt_bytes *m, uint32_t off, uint32_t n, struct hello *h)
{
	uint16_t len;

	if (n < 5 || !nt_have(m, off, 5) || m->b[off + 2])
		return;
	len = nt_be16(m->b + off + 3);
	if (!len || len > n - 5 || !nt_have(m, off + 5, len))
		return;
	h->sni = off + 5;
	h->sni_len = len;
}

static void versions(const struct nt_bytes *m, uint32_t off, uint32_t n, bool client,
		     struct hello *h)
{
	uint16_t best = 0, v;
	uint32_t i, from = client ? 1 : 0;

	h->listed = true;
	if (!nt_have(m, off, n) || (!client && n != 2) || (client && (!n || m->b[off] != n - 1)))
		return;
	for (i = from; i + 2 <= n; i += 2) {
		v = nt_be16(m->b + off + i);
		if (is_version(v) && v > best)
			best = v;
	}
	if (!best)
		return;
	h->version = best;
	h->chosen = true;
}

/* 1: all read; 0: they go on behind what is there; -1: damaged, what came before is told */
static int extensions(const struct nt_bytes *m, uint32_t off, uint32_t end, bool client,
		      struct hello *h)
{
	uint16_t type, n;

	while (off + 4 <= end) {
		if (!nt_have(m, off, 4))
			return 0;
		type = nt_be16(m->b + off);
		n = nt_be16(m->b + off + 2);
		off += 4;
		if (n > end - off)
			return -1;
		if (!nt_have(m, off, n))
			return 0;
		if (type == EXT_SERVER_NAME && client)
			server_name(m, off, n, h);
		else if (type == EXT_VERSIONS)
			versions(m, off, n, client, h);
		off += n;
	}
	return 1;
}

/* are the @n bytes at @off there?  1, 0; -1: the hello ends before that */
static int within(const struct nt_bytes *m, uint32_t off, uint32_t n, uint32_t end)
{
	if (n > end || off > end - n)
		return -1;
	return nt_have(m, off, n);
}

/* *off: behind the three lists that come first; as hello() */
static int lists(const struct nt_bytes *m, uint32_t end, bool client, uint32_t *off)
{
	int ret = within(m, *off, 1, end);

	if (ret <= 0)
		return ret;
	*off += 1u + m->b[*off]; /* session */
	if (!client) {
		*off += 3; /* the cipher suite and the compression that were chosen */
		return *off > end ? -1 : 1;
	}
	ret = within(m, *off, 2, end);
	if (ret <= 0)
		return ret;
	*off += 2u + nt_be16(m->b + *off); /* cipher suites */
	ret = within(m, *off, 1, end);
	if (ret <= 0)
		return ret;
	*off += 1u + m->b[*off]; /* compression */
	return *off > end ? -1 : 1;
}

/* 1: read; 0: it goes on behind what is there; -1: it is none */
static int hello(const struct nt_bytes *m, uint32_t end, bool client, struct hello *h)
{
	uint32_t off = 9 + 2 + 32, n;
	int ret;

	if (!nt_have(m, 9, 2))
		return 0;
	h->version = nt_be16(m->b + 9);
	if (!is_version(h->version))
		return -1;
	ret = lists(m, end, client, &off);
	if (ret <= 0)
		return ret;
	if (off == end) { /* no extensions: that was so up to TLS 1.2 */
		h->chosen = true;
		return 1;
	}
	ret = within(m, off, 2, end);
	if (ret <= 0)
		return ret;
	n = nt_be16(m->b + off);
	if (n > end - off - 2)
		return -1;
	ret = extensions(m, off + 2, off + 2 + n, client, h);
	if (ret > 0 && !h->listed)
		h->chosen = true; /* all were read: the field says what is meant */
	return ret != 0;
}

static bool handshake(struct nt_app *out, const struct nt_bytes *m)
{
	/* of a ServerHello that asks for another ClientHello (RFC 8446, 4.1.3) */
	static const uint8_t retry[] = { 0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11 };
	struct hello h = { 0 };
	bool client;
	uint32_t n;
	int ret;

	if (!nt_have(m, 5, 4) || (m->b[5] != CLIENT_HELLO && m->b[5] != SERVER_HELLO))
		return false;
	client = m->b[5] == CLIENT_HELLO;
	n = nt_be24(m->b + 6);
	if (n < HELLO_MIN || n > 65535)
		return false;
	ret = hello(m, 9 + n, client, &h);
	if (ret < 0)
		return false;
	nt_app_begin(out, NT_APP_TLS, client ? NT_APP_REQUEST : NT_APP_RESPONSE);
	if (!client && nt_have(m, 11, sizeof(retry)) && !memcmp(m->b + 11, retry, sizeof(retry)))
		nt_app_say(out, "HelloRetryRequest");
	else
		nt_app_say(out, client ? "ClientHello" : "ServerHello");
	if (h.sni) {
		nt_app_say(out, " ");
		nt_app_put(out, m->b + h.sni, h.sni_len);
	}
	if (h.chosen)
		say_version(out, h.version);
	if (!ret)
		out->cut = true;
	return true;
}

static bool alert(struct nt_app *out, const struct nt_bytes *m)
{
	static const struct {
		uint8_t code;
		const char *name;
	} known[] = {
		{ 0, "close notify" },
		{ 10, "unexpected message" },
		{ 20, "bad record MAC" },
		{ 40, "handshake failure" },
		{ 42, "bad certificate" },
		{ 43, "unsupported certificate" },
		{ 44, "certificate revoked" },
		{ 45, "certificate expired" },
		{ 46, "certificate unknown" },
		{ 47, "illegal parameter" },
		{ 48, "unknown CA" },
		{ 50, "decode error" },
		{ 51, "decrypt error" },
		{ 70, "protocol version" },
		{ 71, "insufficient security" },
		{ 80, "internal error" },
		{ 90, "user canceled" },
		{ 109, "missing extension" },
		{ 110, "unsupported extension" },
		{ 112, "unrecognized name" },
		{ 116, "certificate required" },
		{ 120, "no application protocol" },
	};
	size_t i;

	/* level and description; longer ones are encrypted */
	if (!nt_have(m, 5, 2) || nt_be16(m->b + 3) != 2 || m->b[5] < 1 || m->b[5] > 2)
		return false;
	nt_app_begin(out, NT_APP_TLS, NT_APP_RESPONSE);
	nt_app_say(out, m->b[5] == 2 ? "fatal alert: " : "alert: ");
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].code != m->b[6])
			continue;
		nt_app_say(out, known[i].name);
		return true;
	}
	nt_app_number(out, m->b[6]);
	return true;
}

bool nt_app_tls(struct nt_app *out, const struct nt_app_in *in)
{
	struct nt_bytes m = nt_bytes_of(in);
	uint16_t n;

	/* type, version, length: RFC 8446, 5.1 */
	if (m.n < 6 || m.b[1] != 3 || m.b[2] > 4)
		return false;
	n = nt_be16(m.b + 3);
	if (!n || n > 16384)
		return false;
	return m.b[0] == HANDSHAKE ? handshake(out, &m) : alert(out, &m);
}
