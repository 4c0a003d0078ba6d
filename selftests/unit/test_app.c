// SPDX-License-Identifier: GPL-2.0-only
/*
 * What payloads say: bytes of real programs, bytes that are meant to mislead, and
 * each of them cut off at every place.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "app/app.h"
#include "payloads.h"

enum { UDP, TCP, FIRST }; /* of what the bytes are; FIRST: those that an end sends first */

static struct nt_app app;

static bool parse(int how, uint16_t sport, uint16_t dport, const void *b, size_t n, size_t len)
{
	struct nt_app_in in = {
		.n = (uint32_t)n,
		.len = (uint32_t)len,
		.sport = sport,
		.dport = dport,
		.tcp = how != UDP,
		.start = how == FIRST,
	};
	uint8_t *copy = malloc(n ? n : 1); /* its end is seen by the sanitizer */
	bool ret;

	memcpy(copy, b, n);
	in.b = copy;
	memset(&app, 0xa5, sizeof(app));
	ret = nt_app_parse(&app, &in);
	free(copy);
	if (ret) {
		assert_true(app.proto > NT_APP_NONE && app.proto < NT_APP_MAX);
		assert_true(app.kind < NT_APP_KIND_MAX);
		assert_true(app.n <= NT_APP_TEXT);
	}
	return ret;
}

/* each beginning, as if the rest had not been kept, and as if it were all */
static void cut_everywhere(int how, uint16_t sport, uint16_t dport, const void *b, size_t len)
{
	size_t n;

	for (n = 0; n < len; n++) {
		parse(how, sport, dport, b, n, len);
		parse(how, sport, dport, b, n, n);
	}
}

static void says_bytes(int how, uint16_t sport, uint16_t dport, const void *b, size_t len,
		       enum nt_app_proto proto, const char *text, size_t ntext)
{
	cut_everywhere(how, sport, dport, b, len);
	if (!parse(how, sport, dport, b, len, len))
		fail_msg("nothing is said, in place of '%s'", text);
	assert_int_equal(app.proto, proto);
	if (app.n != ntext || memcmp(app.text, text, ntext))
		fail_msg("'%.*s' is said, in place of '%s'", app.n, app.text, text);
}

#define SAYS(how, sport, dport, bytes, proto, text) \
	says_bytes(how, sport, dport, bytes, sizeof(bytes) - 1, proto, text, sizeof(text) - 1)

static void silent_bytes(int how, uint16_t sport, uint16_t dport, const void *b, size_t len)
{
	cut_everywhere(how, sport, dport, b, len);
	if (parse(how, sport, dport, b, len, len))
		fail_msg("%s '%.*s' is said", nt_app_name(app.proto), app.n, app.text);
}

#define SILENT(how, sport, dport, bytes) silent_bytes(how, sport, dport, bytes, sizeof(bytes) - 1)

/* ---- DNS -------------------------------------------------------------------- */

#define QUERY				 "\x12\x34\1\0\0\1\0\0\0\0\0\0"
#define ANSWER(n)			 "\x12\x34\x81\x80\0\1\0" n "\0\0\0\0"
#define NAME				 "\3www\7example\3org\0"
#define A_IN				 "\0\1\0\1"
#define ADDR(d)				 "\xc0\x0c" A_IN "\0\0\0\x3c\0\4\x0a\0\0" d

static void dns(void **state)
{
	(void)state;
	SAYS(UDP, 40000, 53, QUERY NAME A_IN, NT_APP_DNS, "A www.example.org?");
	assert_int_equal(app.kind, NT_APP_REQUEST);
	SAYS(UDP, 53, 40000, ANSWER("\1") NAME A_IN ADDR("\1"), NT_APP_DNS,
	     "A www.example.org: 10.0.0.1");
	assert_int_equal(app.kind, NT_APP_RESPONSE);
	assert_false(app.cut);
	SAYS(UDP, 53, 40000,
	     ANSWER("\6") NAME A_IN ADDR("\1") ADDR("\2") ADDR("\3") ADDR("\4") ADDR("\5")
		     ADDR("\6"),
	     NT_APP_DNS, "A www.example.org: 10.0.0.1, 10.0.0.2, 10.0.0.3, 10.0.0.4");
	assert_true(app.cut);
	SAYS(UDP, 53, 40000, "\x12\x34\x81\x83\0\1\0\0\0\0\0\0" NAME A_IN, NT_APP_DNS,
	     "A www.example.org: NXDOMAIN");
	SAYS(UDP, 53, 40000, ANSWER("\0") NAME A_IN, NT_APP_DNS, "A www.example.org: no answer");
	SAYS(UDP, 40000, 53, QUERY "\0\0\2\0\1", NT_APP_DNS, "NS .?");
	SAYS(UDP, 40000, 53, QUERY "\1x\0\xff\xf0\0\1", NT_APP_DNS, "TYPE65520 x?");
	/* an alias, by a pointer to the middle of a name */
	SAYS(UDP, 53, 40000,
	     ANSWER("\2") NAME A_IN "\xc0\x0c\0\5\0\1\0\0\0\1\0\4\1a\xc0\x10"
				    "\xc0\x2d" A_IN "\0\0\0\1\0\4\1\2\3\4",
	     NT_APP_DNS, "A www.example.org: CNAME a.example.org, 1.2.3.4");
	/* multicast: an answer without a question */
	SAYS(UDP, 5353, 5353,
	     "\0\0\x84\0\0\0\0\1\0\0\0\0\2pc\5local\0\0\1\x80\1\0\0\0\x78\0\4\x0a\0\0\7",
	     NT_APP_DNS, "A pc.local: 10.0.0.7");
	SAYS(UDP, 5353, 5353,
	     "\0\0\0\0\0\2\0\0\0\0\0\0\2pc\5local\0" A_IN "\2pc\5local\0\0\x1c\0\1", NT_APP_DNS,
	     "A pc.local +1?");
}

/* elsewhere than on its port, only what is a message to its last byte */
static void dns_elsewhere(void **state)
{
	(void)state;
	SAYS(UDP, 40000, 4000, QUERY NAME A_IN, NT_APP_DNS, "A www.example.org?");
	SAYS(UDP, 4000, 40000, ANSWER("\1") NAME A_IN ADDR("\1"), NT_APP_DNS,
	     "A www.example.org: 10.0.0.1");
	SILENT(UDP, 40000, 4000, QUERY NAME A_IN "x");
	SILENT(UDP, 40000, 4000, QUERY NAME "\0\1\0\2");
	SILENT(UDP, 40000, 4000, "\x12\x34\1\x80\0\1\0\0\0\0\0\0" NAME A_IN);
	assert_false(parse(UDP, 40000, 4000, QUERY NAME A_IN, 32, 33));
	/* over TCP the length stands in front */
	SAYS(TCP, 40000, 53, "\0\x21" QUERY NAME A_IN, NT_APP_DNS, "A www.example.org?");
	SAYS(TCP, 53, 40000, "\0\x31" ANSWER("\1") NAME A_IN ADDR("\1"), NT_APP_DNS,
	     "A www.example.org: 10.0.0.1");
	SILENT(TCP, 40000, 4000, "\0\x20" QUERY NAME A_IN);
	/* and more of it may be in the next segment */
	assert_true(parse(TCP, 53, 40000, "\4\0" ANSWER("\1") NAME A_IN, 35, 35));
	assert_true(app.cut);
}

/* names that lead round, or out, or pretend */
static void dns_hostile(void **state)
{
	char chain[600] = QUERY;
	uint8_t many[12 + 5 * 200];
	size_t i, n;

	(void)state;
	SILENT(UDP, 40000, 53, QUERY "\xc0\x0c" A_IN);
	SILENT(UDP, 40000, 53, QUERY "\3www\xc0\x0c" A_IN);
	SILENT(UDP, 40000, 53, QUERY "\xc0\x20" A_IN);
	SILENT(UDP, 40000, 53, QUERY "\xff\xff" A_IN);
	SILENT(UDP, 40000, 53, QUERY "\xc0\2" A_IN); /* into the header */
	SILENT(UDP, 40000, 53, QUERY "\x40x\0" A_IN);
	SILENT(UDP, 40000, 53, QUERY "\x3fx\0" A_IN);
	SILENT(UDP, 53, 40000, ANSWER("\1") NAME A_IN "\xc0\x0c" A_IN "\0\0\0\1\xff\xff\1\2\3\4");
	/* 256 bytes of name */
	for (n = 12, i = 0; i < 4; i++, n += 64) {
		chain[n] = 63;
		memset(chain + n + 1, 'a', 63);
	}
	memcpy(chain + n, "\0\0\1\0\1", 5);
	silent_bytes(UDP, 40000, 53, chain, n + 5);
	/* pointers to pointers, each to a prior one: more than anyone needs */
	memset(many, 0, sizeof(many));
	memcpy(many, QUERY, 12);
	many[5] = 200;
	memcpy(many + 12, "\0\0\1\0\1", 5);
	for (i = 1, n = 17; n + 6 <= sizeof(many); i++, n += 6) {
		size_t to = i == 1 ? 12 : n - 6;

		many[n] = (uint8_t)(0xc0 | to >> 8);
		many[n + 1] = (uint8_t)to;
		many[n + 3] = 1;
		many[n + 5] = 1;
	}
	many[5] = (uint8_t)i;
	silent_bytes(UDP, 40000, 53, many, n);
	/* what our own text has a meaning for is told from it; all else is as it came */
	SAYS(UDP, 40000, 53, QUERY "\4a.b\\\4: ,?\3\x1b[m\2\0\xff\0" A_IN, NT_APP_DNS,
	     "A a\\.b\\\\.\\:\\ \\,\\?.\x1b[m.\0\xff?");
	/* counts that the bytes cannot hold */
	SILENT(UDP, 40000, 53, "\x12\x34\1\0\xff\xff\xff\xff\xff\xff\xff\xff" NAME A_IN);
}

/* ---- HTTP, TLS, SSH ------------------------------------------------------------ */

static void http(void **state)
{
	(void)state;
	SAYS(TCP, 40000, 80, "GET / HTTP/1.1\r\nHost: x\r\n\r\n", NT_APP_HTTP, "GET / HTTP/1.1");
	assert_int_equal(app.kind, NT_APP_REQUEST);
	assert_false(app.cut);
	SAYS(TCP, 40000, 9999, "M-SEARCH * HTTP/1.1\n", NT_APP_HTTP, "M-SEARCH * HTTP/1.1");
	SAYS(TCP, 80, 40000, "HTTP/1.0 404 Not Found\r\n", NT_APP_HTTP, "HTTP/1.0 404 Not Found");
	assert_int_equal(app.kind, NT_APP_RESPONSE);
	SAYS(TCP, 80, 40000, "HTTP/1.1 204\r\n", NT_APP_HTTP, "HTTP/1.1 204");
	SAYS(TCP, 40000, 80, "GET /\x1b[2J<b> HTTP/1.1\r\n", NT_APP_HTTP,
	     "GET /\x1b[2J<b> HTTP/1.1");
	/* its end is not there */
	SAYS(TCP, 40000, 80, "POST /very/long", NT_APP_HTTP, "POST /very/long");
	assert_true(app.cut);
	SILENT(TCP, 40000, 80, "HELLO /very/long");
	SILENT(TCP, 40000, 80, "GET / HTTP/x.1\r\n");
	SILENT(TCP, 40000, 80, "GET /HTTP/1.1\r\n");
	SILENT(TCP, 40000, 80, "GE");
	SILENT(TCP, 40000, 80, "get / HTTP/1.1\r\n");
	SILENT(TCP, 80, 40000, "HTTP/1.1 2x4 no\r\n");
	SILENT(TCP, 80, 40000, "HTTP/1.1\r\n");
	/* UDP is not asked: SSDP has the same lines */
	SILENT(UDP, 40000, 1900, "GET / HTTP/1.1\r\n\r\n");
}

static void http_long(void **state)
{
	char line[300];

	(void)state;
	memset(line, 'x', sizeof(line));
	memcpy(line, "GET /", 5);
	memcpy(line + 280, " HTTP/1.1\r\n", 11);
	assert_true(parse(TCP, 40000, 80, line, 291, 291));
	assert_int_equal(app.n, NT_APP_TEXT);
	assert_true(app.cut);
	assert_memory_equal(app.text, line, NT_APP_TEXT);
}

static void tls(void **state)
{
	uint8_t b[sizeof(client_hello)];

	(void)state;
	says_bytes(FIRST, 40000, 443, client_hello, sizeof(client_hello), NT_APP_TLS,
		   "ClientHello secret.test TLS 1.3", 31);
	assert_int_equal(app.kind, NT_APP_REQUEST);
	says_bytes(FIRST, 443, 40000, server_hello, sizeof(server_hello), NT_APP_TLS,
		   "ServerHello TLS 1.3", 19);
	says_bytes(FIRST, 443, 40000, server_hello_12, sizeof(server_hello_12), NT_APP_TLS,
		   "ServerHello TLS 1.2", 19);
	SAYS(TCP, 443, 40000, "\x15\3\3\0\2\2\x28", NT_APP_TLS, "fatal alert: handshake failure");
	SAYS(TCP, 443, 40000, "\x15\3\3\0\2\1\xfe", NT_APP_TLS, "alert: 254");
	SILENT(TCP, 443, 40000, "\x15\3\3\0\x13\2\x28xxxxxxxxxxxxxxxxx"); /* encrypted */
	SILENT(TCP, 443, 40000, "\x17\3\3\0\2\2\x28");
	SILENT(FIRST, 40000, 443, "\x16\3\1\0\5\1\0\0\1\0");
	/* where its extensions are not there, neither is the version claimed */
	assert_true(parse(FIRST, 40000, 443, client_hello, 60, sizeof(client_hello)));
	assert_int_equal(app.n, 11);
	assert_true(app.cut);
	/* lengths that lie */
	memcpy(b, client_hello, sizeof(b));
	b[43] = 255;
	cut_everywhere(FIRST, 40000, 443, b, sizeof(b));
	memcpy(b, client_hello, sizeof(b));
	memset(b + 6, 0xff, 3);
	assert_false(parse(FIRST, 40000, 443, b, sizeof(b), sizeof(b)));
}

static void greetings(void **state)
{
	(void)state;
	/* OpenSSH's and vsftpd's own words (selftests/greetings.sh) */
	SAYS(FIRST, 22, 40000, "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10\r\n", NT_APP_SSH,
	     "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u10");
	SAYS(FIRST, 21, 40000, "220 (vsFTPd 3.0.3)\r\n", NT_APP_FTP, "220 (vsFTPd 3.0.3)");
	SAYS(FIRST, 80, 40000, "SSH-1.99-x\n", NT_APP_SSH, "SSH-1.99-x");
	SILENT(FIRST, 22, 40000, "SSH-3.0-x\r\n");
	SAYS(FIRST, 21, 40000, "220 ready\r\n", NT_APP_FTP, "220 ready");
	SAYS(FIRST, 25, 40000, "220-ready\r\n", NT_APP_SMTP, "220-ready");
	SAYS(FIRST, 21, 40000, "220 mx ESMTP Postfix\r\n", NT_APP_SMTP, "220 mx ESMTP Postfix");
	SAYS(FIRST, 4000, 40000, "220 (vsFTPd 3.0.3)\r\n", NT_APP_FTP, "220 (vsFTPd 3.0.3)");
	SILENT(FIRST, 4000, 40000, "220 ready\r\n");
	SILENT(TCP, 21, 40000, "220 ready\r\n"); /* not what it says first */
	SILENT(FIRST, 21, 40000, "2200\r\n");
	SAYS(FIRST, 23, 40000, "\xff\xfd\x18\xff\xfb\1login: ", NT_APP_TELNET,
	     "DO TERMINAL-TYPE, WILL ECHO");
	assert_int_equal(app.kind, NT_APP_NEGOTIATION);
	/* what inetutils' telnetd sends first */
	SAYS(FIRST, 23, 40000,
	     "\xff\xfb\x25\xff\xfb\x26\xff\xfd\x18\xff\xfd\x20\xff\xfd\x23\xff\xfd\x27\xff\xfd\x24",
	     NT_APP_TELNET,
	     "WILL AUTHENTICATION, WILL ENCRYPT, DO TERMINAL-TYPE, DO TERMINAL-SPEED, "
	     "DO X-DISPLAY, DO NEW-ENVIRON, DO OLD-ENVIRON");
	SAYS(FIRST, 40000, 2323, "\xff\xfe\xc8", NT_APP_TELNET, "DONT 200");
	SILENT(FIRST, 40000, 2323, "\xff\xfe\xc8x");
	SILENT(FIRST, 23, 40000, "\xff\xff\xff");
	SAYS(FIRST, 3306, 40000,
	     "\x17\0\0\0\x0a"
	     "8.0.36\0\1\0\0\0saltsalt\0\0\0",
	     NT_APP_MYSQL, "server 8.0.36");
	SILENT(FIRST, 3306, 40000,
	       "\x18\0\0\0\x0a"
	       "8.0.36\0\1\0\0\0saltsalt\0\0\0");
	SILENT(TCP, 3306, 40000,
	       "\x17\0\0\0\x0a"
	       "8.0.36\0\1\0\0\0saltsalt\0\0\0");
	SILENT(FIRST, 3306, 40000,
	       "\x17\0\0\0\x0a"
	       "8\x1b.0.6\0\1\0\0\0saltsalt\0\0\0");
}

/* ---- over UDP -------------------------------------------------------------------- */

static void dhcp(void **state)
{
	(void)state;
	says_bytes(UDP, 68, 67, dhcp_discover, sizeof(dhcp_discover), NT_APP_DHCP, "DISCOVER", 8);
	says_bytes(UDP, 67, 68, dhcp_offer, sizeof(dhcp_offer), NT_APP_DHCP, "OFFER 10.0.1.60", 15);
	assert_int_equal(app.kind, NT_APP_RESPONSE);
	says_bytes(UDP, 68, 67, dhcp_request, sizeof(dhcp_request), NT_APP_DHCP,
		   "REQUEST 10.0.1.60", 17);
	says_bytes(UDP, 4000, 4001, dhcp_offer, sizeof(dhcp_offer), NT_APP_DHCP, "OFFER 10.0.1.60",
		   15);
	/* behind the cookie nothing was kept: it is one, of what type is not known */
	assert_true(parse(UDP, 68, 67, dhcp_discover, 240, sizeof(dhcp_discover)));
	assert_int_equal(app.n, 0);
	assert_true(app.cut);
	assert_false(parse(UDP, 68, 67, dhcp_discover, 239, sizeof(dhcp_discover)));
	SAYS(UDP, 546, 547, "\1\1\2\3", NT_APP_DHCP, "SOLICIT");
	SAYS(UDP, 547, 546, "\7\1\2\3\0\1\0\0", NT_APP_DHCP, "REPLY");
	SILENT(UDP, 546, 547, "\0\1\2\3");
	SILENT(UDP, 546, 547, "\x63\1\2\3");
}

static void ntp(void **state)
{
	uint8_t b[48] = { 0x23 };

	(void)state;
	says_bytes(UDP, 40000, 123, b, sizeof(b), NT_APP_NTP, "v4 client", 9);
	assert_int_equal(app.kind, NT_APP_REQUEST);
	silent_bytes(UDP, 40000, 124, b, sizeof(b));
	silent_bytes(UDP, 40000, 123, b, 47);
	b[0] = 0x1c;
	b[1] = 2;
	says_bytes(UDP, 123, 40000, b, sizeof(b), NT_APP_NTP, "v3 server stratum 2", 19);
	b[1] = 0;
	memcpy(b + 12, "RATE", 4);
	says_bytes(UDP, 123, 40000, b, sizeof(b), NT_APP_NTP, "v3 server refuses: RATE", 23);
	b[0] = 0x20;
	silent_bytes(UDP, 40000, 123, b, sizeof(b));
	b[0] = 0x3b;
	silent_bytes(UDP, 40000, 123, b, sizeof(b));
}

static void tftp(void **state)
{
	(void)state;
	SAYS(UDP, 40000, 69, "\0\1boot.img\0octet\0", NT_APP_TFTP, "read boot.img");
	SAYS(UDP, 40000, 69, "\0\2a\0netascii\0", NT_APP_TFTP, "write a");
	SILENT(UDP, 40000, 69, "\0\3a\0octet\0");
	SILENT(UDP, 40000, 69, "\0\1\0octet\0");
	SILENT(UDP, 40000, 70, "\0\1boot.img\0octet\0");
	SILENT(UDP, 40000, 69, "\0\1no-end");
	assert_true(parse(UDP, 40000, 69, "\0\1a-long-name", 13, 60));
	assert_true(app.cut);
}

/* ---- the rest ---------------------------------------------------------------------- */

static void names(void **state)
{
	int i;

	(void)state;
	assert_string_equal(nt_app_name(NT_APP_DNS), "dns");
	assert_string_equal(nt_app_name(NT_APP_MAX), "?");
	assert_string_equal(nt_app_name(1000), "?");
	assert_string_equal(nt_app_kind_name(NT_APP_KIND_MAX), "?");
	for (i = 1; i < NT_APP_MAX; i++)
		assert_string_not_equal(nt_app_name((unsigned int)i), "?");
	assert_int_equal(nt_app_of_service("domain"), NT_APP_DNS);
	assert_int_equal(nt_app_of_service("https"), NT_APP_TLS);
	assert_int_equal(nt_app_of_service("kerberos"), NT_APP_NONE);
	assert_true(nt_app_begins_so(NT_APP_HTTP));
	assert_false(nt_app_begins_so(NT_APP_NONE));
}

static void nothing(void **state)
{
	struct nt_app_in in = { .b = (const uint8_t *)"GET / HTTP/1.1\r\n", .n = 16, .len = 15 };

	(void)state;
	in.tcp = true;
	assert_false(nt_app_parse(&app, &in)); /* more than there can be */
	in.n = 0;
	assert_false(nt_app_parse(&app, &in));
	SILENT(UDP, 1, 2, "x");
	SILENT(TCP, 1, 2, "\0");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(dns),	       cmocka_unit_test(dns_elsewhere),
		cmocka_unit_test(dns_hostile), cmocka_unit_test(http),
		cmocka_unit_test(http_long),   cmocka_unit_test(tls),
		cmocka_unit_test(greetings),   cmocka_unit_test(dhcp),
		cmocka_unit_test(ntp),	       cmocka_unit_test(tftp),
		cmocka_unit_test(names),       cmocka_unit_test(nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
