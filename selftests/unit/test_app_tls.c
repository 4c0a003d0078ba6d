// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_app_tls.c - userspace/app/tls.c: hellos whose lengths and lists are wrong,
 * and which version they mean
 *
 * They are made here field by field, by RFC 8446, 4.1.2 and 4.2.  Nothing is claimed
 * that the bytes do not say: where the list of versions is not read, no version is.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/app.h"

struct hello {
	uint8_t b[512];
	size_t n;
	size_t ext; /* where the length of the extensions is; 0: there are none */
};

static void put(struct hello *h, const void *b, size_t n)
{
	assert_true(h->n + n <= sizeof(h->b));
	memcpy(h->b + h->n, b, n);
	h->n += n;
}

static void set16(struct hello *h, size_t at, size_t v)
{
	h->b[at] = (uint8_t)(v >> 8);
	h->b[at + 1] = (uint8_t)v;
}

/* all lengths by what is there */
static void lengths(struct hello *h)
{
	set16(h, 3, h->n - 5);
	set16(h, 7, h->n - 9);
	if (h->ext)
		set16(h, h->ext, h->n - h->ext - 2);
}

#define CLIENT 1
#define SERVER 2

/* up to its extensions */
static void begin(struct hello *h, uint8_t type, uint8_t minor)
{
	uint8_t random[32];

	h->n = h->ext = 0;
	memset(random, 0x5c, sizeof(random));
	put(h, "\x16\3\1\0\0", 5);
	put(h, &type, 1);
	put(h, "\0\0\0\3", 4);
	put(h, &minor, 1);
	put(h, random, sizeof(random));
	put(h, "\0", 1); /* session */
	if (type == CLIENT)
		put(h, "\0\2\x13\1\1\0", 6);
	else
		put(h, "\x13\1\0", 3);
	lengths(h);
}

static void extension(struct hello *h, uint8_t type, const void *b, size_t n)
{
	uint8_t head[4] = { 0, type, (uint8_t)(n >> 8), (uint8_t)n };

	if (!h->ext) {
		h->ext = h->n;
		put(h, "\0\0", 2);
	}
	put(h, head, sizeof(head));
	put(h, b, n);
	lengths(h);
}

#define EXT(h, type, b) extension(h, type, b, sizeof(b) - 1)
#define SNI		0
#define VERSIONS	43

/* of the first @n bytes of its packet */
static bool parse_first(struct nt_app *app, const struct hello *h, size_t n)
{
	bool client = h->b[5] == CLIENT;
	struct nt_app_in in = {
		.n = (uint32_t)n,
		.len = (uint32_t)h->n,
		.sport = client ? 40000 : 443,
		.dport = client ? 443 : 40000,
		.tcp = true,
		.start = true,
	};
	uint8_t *copy = malloc(n ? n : 1); /* its end is seen by the sanitizer */
	bool ret;

	memcpy(copy, h->b, n);
	in.b = copy;
	memset(app, 0, sizeof(*app));
	ret = nt_app_parse(app, &in);
	free(copy);
	return ret && app->proto == NT_APP_TLS;
}

static void says(const struct hello *h, const char *want)
{
	struct nt_app app;

	if (!parse_first(&app, h, h->n))
		fail_msg("silent, not '%s'", want);
	if (app.n != strlen(want) || memcmp(app.text, want, app.n))
		fail_msg("'%.*s', not '%s'", (int)app.n, (const char *)app.text, want);
	assert_false(app.cut);
}

static void silent(const struct hello *h)
{
	struct nt_app app;

	if (parse_first(&app, h, h->n))
		fail_msg("'%.*s', where it is no hello", (int)app.n, (const char *)app.text);
}

/* the field says 1.2 in all of them, or what was the newest before there was a list */
static void versions(void **state)
{
	struct hello h;

	(void)state;
	begin(&h, CLIENT, 2);
	says(&h, "ClientHello TLS 1.1"); /* no extensions at all */
	begin(&h, CLIENT, 3);
	EXT(&h, 23, "");
	says(&h, "ClientHello TLS 1.2");
	EXT(&h, VERSIONS, "\6\x7a\x7a\3\4\3\3"); /* the first is GREASE, RFC 8701 */
	says(&h, "ClientHello TLS 1.3");
	begin(&h, SERVER, 3);
	EXT(&h, VERSIONS, "\3\4");
	says(&h, "ServerHello TLS 1.3");
	begin(&h, SERVER, 3);
	EXT(&h, 23, "");
	says(&h, "ServerHello TLS 1.2");
}

/* a list that is there, and tells nothing that is known: the field is not meant then */
static void versions_unknown(void **state)
{
	struct hello h;

	(void)state;
	begin(&h, CLIENT, 3);
	EXT(&h, VERSIONS, "\4\x7a\x7a\x7f\x1c"); /* a draft's */
	says(&h, "ClientHello");
	begin(&h, CLIENT, 3);
	EXT(&h, VERSIONS, "\3\3\4\3\3"); /* its length is wrong */
	says(&h, "ClientHello");
	begin(&h, CLIENT, 3);
	EXT(&h, VERSIONS, "");
	says(&h, "ClientHello");
	begin(&h, SERVER, 3);
	EXT(&h, VERSIONS, "\3\4\3\3"); /* a server chooses one */
	says(&h, "ServerHello");
	begin(&h, SERVER, 3);
	EXT(&h, VERSIONS, "\x7f\x1c");
	says(&h, "ServerHello");
}

static void names(void **state)
{
	static const struct {
		const char *b;
		size_t n;
		const char *text;
	} t[] = {
#define NAME(b, text) { b, sizeof(b) - 1, text }
		NAME("\0\6\0\0\3a.b", "ClientHello a.b TLS 1.2"),
		NAME("\0\6\1\0\3a.b", "ClientHello TLS 1.2"), /* no host's name */
		NAME("\0\6\0\0\4a.b", "ClientHello TLS 1.2"), /* longer than the extension */
		NAME("\0\6\0\0\0a.b", "ClientHello TLS 1.2"),
		NAME("\0\2\0\0", "ClientHello TLS 1.2"),
		NAME("", "ClientHello TLS 1.2"),
#undef NAME
	};
	struct hello h;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		begin(&h, CLIENT, 3);
		extension(&h, SNI, t[i].b, t[i].n);
		says(&h, t[i].text);
	}
	/* a server does not name itself */
	begin(&h, SERVER, 3);
	EXT(&h, SNI, "\0\6\0\0\3a.b");
	says(&h, "ServerHello TLS 1.2");
}

/* RFC 8446, 4.1.3: its random is this constant */
static void retry(void **state)
{
	static const uint8_t random[] = {
		0xcf, 0x21, 0xad, 0x74, 0xe5, 0x9a, 0x61, 0x11, 0xbe, 0x1d, 0x8c,
		0x02, 0x1e, 0x65, 0xb8, 0x91, 0xc2, 0xa2, 0x11, 0x16, 0x7a, 0xbb,
		0x8c, 0x5e, 0x07, 0x9e, 0x09, 0xe2, 0xc8, 0xa8, 0x33, 0x9c,
	};
	struct hello h;

	(void)state;
	begin(&h, SERVER, 3);
	memcpy(h.b + 11, random, sizeof(random));
	EXT(&h, VERSIONS, "\3\4");
	says(&h, "HelloRetryRequest TLS 1.3");
	/* a client's random may be anything */
	begin(&h, CLIENT, 3);
	memcpy(h.b + 11, random, sizeof(random));
	says(&h, "ClientHello TLS 1.2");
}

/* a length that contradicts the others: what came before is told, or it is no hello */
static void lengths_that_lie(void **state)
{
	struct hello h;

	(void)state;
	begin(&h, CLIENT, 3);
	EXT(&h, SNI, "\0\6\0\0\3a.b");
	EXT(&h, VERSIONS, "\2\3\4");
	set16(&h, h.n - 5, 4); /* goes beyond the last extension's end */
	says(&h, "ClientHello a.b");
	begin(&h, CLIENT, 3);
	EXT(&h, 23, "");
	set16(&h, h.ext, 5); /* beyond the hello's */
	silent(&h);
	begin(&h, CLIENT, 3);
	put(&h, "\0", 1); /* half a length */
	lengths(&h);
	silent(&h);
	begin(&h, CLIENT, 3);
	h.b[43] = 200; /* the session's id */
	silent(&h);
	begin(&h, CLIENT, 3);
	set16(&h, 44, 200); /* cipher suites */
	silent(&h);
	begin(&h, CLIENT, 3);
	h.b[48] = 200; /* compression */
	silent(&h);
	begin(&h, CLIENT, 5); /* a version that there is not */
	silent(&h);
	begin(&h, CLIENT, 3);
	set16(&h, 3, 0); /* of the record */
	silent(&h);
	begin(&h, CLIENT, 3);
	set16(&h, 3, 16385);
	silent(&h);
}

/* of what was not captured nothing is said, and what is said is a beginning */
static void cut_anywhere(void **state)
{
	static const char all[] = "ClientHello a.b TLS 1.3";
	struct nt_app app;
	struct hello h;
	size_t n;

	(void)state;
	begin(&h, CLIENT, 3);
	EXT(&h, SNI, "\0\6\0\0\3a.b");
	EXT(&h, VERSIONS, "\4\3\4\3\3");
	EXT(&h, 23, "");
	says(&h, all);
	for (n = 9; n < h.n; n++) {
		assert_true(parse_first(&app, &h, n));
		assert_true(app.cut);
		assert_true(app.n <= sizeof(all) - 1);
		assert_memory_equal(app.text, all, app.n);
	}
	for (n = 0; n < 9; n++)
		if (parse_first(&app, &h, n))
			fail_msg("%zu bytes are a hello", n);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(versions),
		cmocka_unit_test(versions_unknown),
		cmocka_unit_test(names),
		cmocka_unit_test(retry),
		cmocka_unit_test(lengths_that_lie),
		cmocka_unit_test(cut_anywhere),
	};

	return cmocka_run_group_tests_name("app_tls", tests, NULL, NULL);
}
