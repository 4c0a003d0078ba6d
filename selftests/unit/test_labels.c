// SPDX-License-Identifier: GPL-2.0-only
/*
 * Labels from event to line: which arrow and which conversation has one, what the
 * port's name is against it, and that nothing foreign is shown as it came.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <netinet/in.h>

#include "describe.h"
#include "render.h"
#include "schema.h"
#include "text.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"
#define T0     1700000000000000000LL

static struct nt_model *m;
static struct nt_services *services;
static int64_t now;
static uint32_t sent[2]; /* by client, by server */

static int setup(void **state)
{
	(void)state;
	m = nt_model_new(0, NULL);
	services = nt_services_new();
	nt_services_add(services, IPPROTO_TCP, 80, "http");
	nt_services_add(services, IPPROTO_TCP, 110, "pop3");
	nt_services_add(services, IPPROTO_UDP, 53, "domain");
	nt_services_add(services, IPPROTO_TCP, 81, "ev\x1bil");
	now = T0;
	sent[0] = 1000;
	sent[1] = 5000;
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	nt_model_free(m);
	nt_services_free(services);
	return 0;
}

/* from client (0) or server (1), whose port is @port; @kept of its bytes */
static void packet(int dir, uint8_t proto, uint16_t port, uint16_t flags, const void *b, uint32_t n,
		   uint32_t kept)
{
	struct nt_event ev = { .bytes = b, .nbytes = kept };
	struct nettrace_packet *p = &ev.rec.packet;
	uint8_t *addr[2] = { p->src, p->dst };

	ev.t = now += 1000000;
	p->hdr.time = (uint64_t)(now - T0);
	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_IPV4;
	p->hook = NETTRACE_CAPTURE;
	p->proto = proto;
	p->flags = NETTRACE_PKT_L4;
	p->payload = n;
	p->len = n + (proto == IPPROTO_TCP ? 40 : 28);
	p->ttl = 64;
	memcpy(addr[dir], "\x0a\0\0\1", 4);
	memcpy(addr[!dir], "\x0a\0\0\2", 4);
	p->sport = dir ? port : 40000;
	p->dport = dir ? 40000 : port;
	if (proto == IPPROTO_TCP) {
		p->tcp_flags = flags;
		p->seq = sent[dir];
		p->ack = sent[!dir];
		p->window = 1000;
		sent[dir] += n + !!(flags & NETTRACE_TH_SYN);
	}
	assert_int_equal(nt_model_feed(m, &ev), 0);
}

static void handshake(uint16_t port)
{
	packet(0, IPPROTO_TCP, port, NETTRACE_TH_SYN, NULL, 0, 0);
	packet(1, IPPROTO_TCP, port, NETTRACE_TH_SYN | NETTRACE_TH_ACK, NULL, 0, 0);
	packet(0, IPPROTO_TCP, port, NETTRACE_TH_ACK, NULL, 0, 0);
}

#define SEND(dir, port, text)                                                                     \
	packet(dir, IPPROTO_TCP, port, NETTRACE_TH_PSH | NETTRACE_TH_ACK, text, sizeof(text) - 1, \
	       sizeof(text) - 1)
#define DATAGRAM(dir, port, text) \
	packet(dir, IPPROTO_UDP, port, 0, text, sizeof(text) - 1, sizeof(text) - 1)

static const struct nt_conv *conv(size_t i)
{
	const struct nt_conv *c = nt_model_conv(m, i);

	assert_non_null(c);
	return c;
}

/* the label of packet @n, as it is shown; "" for none */
static const char *label(size_t i, uint32_t n)
{
	static char text[NT_APP_TEXT_SHOWN];
	const struct nt_conv *c = conv(i);
	size_t k;

	for (k = 0; k < c->nitem; k++)
		if (c->item[k].type == NT_ITEM_ARROW && c->item[k].arrow->n == n)
			return c->item[k].arrow->app ?
				       nt_describe_app(text, sizeof(text), c->item[k].arrow->app) :
				       "";
	fail_msg("there is no packet %u", n);
	return NULL;
}

static const char *service(size_t i)
{
	static char text[NT_SERVICE_TEXT];

	return nt_describe_service(text, sizeof(text), services, conv(i));
}

static void by_bytes(void **state)
{
	(void)state;
	handshake(80);
	SEND(0, 80, "GET /a HTTP/1.1\r\n\r\n");
	SEND(1, 80, "HTTP/1.1 200 OK\r\n\r\n");
	SEND(1, 80, "220 this is the body");
	SEND(1, 80, "SSH-2.0-of_the_body\r\n");
	nt_model_finish(m);
	assert_string_equal(label(0, 1), "");
	assert_string_equal(label(0, 4), "GET /a HTTP/1.1");
	assert_string_equal(label(0, 5), "HTTP/1.1 200 OK");
	assert_string_equal(label(0, 6), "");
	/* of a conversation that speaks HTTP */
	assert_string_equal(label(0, 7), "");
	assert_string_equal(service(0), "http");
	assert_null(nt_service_of(services, conv(0)).by_port);
}

static void by_port(void **state)
{
	(void)state;
	handshake(80);
	packet(0, IPPROTO_TCP, 80, NETTRACE_TH_ACK, NULL, 100, 0);
	packet(0, IPPROTO_UDP, 53, 0, NULL, 33, 0);
	packet(0, IPPROTO_UDP, 5300, 0, NULL, 33, 0);
	nt_model_finish(m);
	assert_string_equal(service(0), "http?");
	assert_string_equal(service(1), "dns?");
	assert_string_equal(service(2), "");
	assert_false(nt_service_of(services, conv(0)).sure);
	/* without the list nothing is guessed */
	assert_null(nt_service_of(NULL, conv(0)).name);
}

static void bytes_against_port(void **state)
{
	struct nt_service r;

	(void)state;
	handshake(80);
	SEND(1, 80, "SSH-2.0-x\r\n");
	nt_model_finish(m);
	r = nt_service_of(services, conv(0));
	assert_true(r.sure);
	assert_string_equal(r.name, "ssh");
	assert_string_equal(r.by_port, "http");
}

/* it begins with what no HTTP does: then it is none, and what it is, is not known */
static void unlike_port(void **state)
{
	struct nt_service r;

	(void)state;
	handshake(80);
	SEND(0, 80, "\1\2\3 something else");
	nt_model_finish(m);
	r = nt_service_of(services, conv(0));
	assert_null(r.name);
	assert_string_equal(r.by_port, "http");
	assert_string_equal(service(0), "");
}

/* too few bytes to say so; or of a protocol that is not known here */
static void unlike_is_not_guessed(void **state)
{
	(void)state;
	handshake(80);
	packet(0, IPPROTO_TCP, 80, NETTRACE_TH_ACK, "\1\2\3", 3, 3);
	packet(0, IPPROTO_TCP, 80, NETTRACE_TH_ACK, "\1\2\3\4\5\6\7\10\11", 5000, 9);
	nt_model_finish(m);
	assert_string_equal(service(0), "http?");
	teardown(NULL);
	setup(NULL);
	handshake(110);
	SEND(1, 110, "+OK ready, and more\r\n");
	nt_model_finish(m);
	assert_string_equal(service(0), "pop3?");
}

/* TLS begins inside of what a proxy speaks */
static void tls_inside(void **state)
{
	(void)state;
	handshake(80);
	SEND(0, 80, "CONNECT x:443 HTTP/1.1\r\n\r\n");
	SEND(1, 80, "HTTP/1.1 200 OK\r\n\r\n");
	SEND(0, 80, "\x15\3\3\0\2\2\x28");
	nt_model_finish(m);
	assert_string_equal(label(0, 6), "fatal alert: handshake failure");
	assert_string_equal(service(0), "http");
}

static void datagrams(void **state)
{
	(void)state;
	DATAGRAM(0, 53, "\1\2\1\0\0\1\0\0\0\0\0\0\1x\0\0\1\0\1");
	DATAGRAM(1, 53, "\1\2\x81\x83\0\1\0\0\0\0\0\0\1x\0\0\1\0\1");
	nt_model_finish(m);
	assert_string_equal(label(0, 1), "A x?");
	assert_string_equal(label(0, 2), "A x: NXDOMAIN");
	assert_string_equal(service(0), "dns");
}

/* the same packet sighted again keeps its label, and is not asked for it twice */
static void sighted_twice(void **state)
{
	struct nt_event ev = { .t = T0 + 1, .bytes = (const uint8_t *)"SSH-2.0-x\n", .nbytes = 10 };
	struct nettrace_packet *p = &ev.rec.packet;

	(void)state;
	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_IPV4;
	p->hook = NETTRACE_LOCAL_OUT;
	p->proto = IPPROTO_TCP;
	p->flags = NETTRACE_PKT_L4;
	p->tcp_flags = NETTRACE_TH_ACK;
	p->payload = 10;
	p->len = 50;
	p->src[0] = 1;
	p->dst[0] = 2;
	p->sport = 22;
	p->dport = 40000;
	memcpy(p->dev, "eth0", 5);
	ev.nbytes = 0; /* where it left, nothing is kept */
	assert_int_equal(nt_model_feed(m, &ev), 0);
	p->hook = NETTRACE_LOCAL_IN;
	ev.t++;
	ev.source = 1;
	ev.nbytes = 10;
	assert_int_equal(nt_model_feed(m, &ev), 0);
	nt_model_finish(m);
	assert_int_equal(nt_model_nconv(m), 1);
	assert_string_equal(label(0, 1), "SSH-2.0-x");
}

/* ---- shown ---------------------------------------------------------------------- */

#define HARM "\x1b[2J\x1b]0;x\x07\x9b\xc2\x9b\b\x7f\xe2\x80\xae<script>"

enum what { PICTURE, DETAIL, LINES, LIST };

static char *draw(const struct nt_format *f, enum what what, int width, bool unicode)
{
	struct nt_view v = { .width = width, .unicode = unicode, .services = services };
	const struct nt_conv *c;
	char *text;
	size_t n, i;

	v.out = open_memstream(&text, &n);
	assert_non_null(v.out);
	for (i = 0; i < nt_model_nconv(m); i++) {
		c = nt_model_conv(m, i);
		if (what == PICTURE)
			assert_int_equal(f->conv(&v, m, c), 0);
		else if (what == DETAIL)
			assert_int_equal(f->detail(&v, m, c), 0);
		else if (what == LINES)
			assert_int_equal(nt_format_line.conv(&v, m, c), 0);
		else
			f->list(&v, c);
	}
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void harm(void)
{
	handshake(80);
	SEND(0, 80, "GET /" HARM " HTTP/1.1\r\n");
	SEND(1, 80, "HTTP/1.1 200 " HARM "\r\n");
	handshake(81);
	SEND(1, 81, "SSH-2.0-" HARM "\r\n");
	packet(0, IPPROTO_TCP, 81, NETTRACE_TH_ACK, NULL, 9, 0);
	DATAGRAM(0, 53, "\1\2\1\0\0\1\0\0\0\0\0\0\x0a\x1b[2J<b>.\0\n\0\0\1\0\1");
	nt_model_finish(m);
}

static void nothing_to_obey(void **state)
{
	static const int width[] = { 0, 60, 80, 120, 240 };
	unsigned int w, what, unicode;
	const char *p, *end;
	uint32_t cp;
	char *text;

	(void)state;
	harm();
	for (w = 0; w < 5; w++)
		for (what = PICTURE; what <= LIST; what++)
			for (unicode = 0; unicode < 2; unicode++) {
				if (!width[w] && what < LINES)
					continue;
				text = draw(&nt_format_ladder, what, width[w], unicode);
				end = text + strlen(text);
				for (p = text; p < end;) {
					assert_true(nt_utf8_next(&p, end, &cp));
					assert_true(cp == '\n' || nt_cp_width(cp) > 0);
				}
				if (what == LINES && width[w] == 240)
					assert_non_null(
						strstr(text, "GET /\\x1b[2J\\x1b]0;x\\x07"));
				free(text);
			}
}

/* the last arrow's label is another one, or none */
static struct nt_app *without_label(struct nt_app *app)
{
	const struct nt_conv *c = conv(0);
	struct nt_app *old = NULL;
	size_t i = c->nitem;

	while (i--)
		if (c->item[i].type == NT_ITEM_ARROW) {
			old = c->item[i].arrow->app;
			c->item[i].arrow->app = app;
			break;
		}
	return old;
}

/* a narrow picture cuts the label, before it loses a flag or a number */
static void numbers_stay(void **state)
{
	static const char numbers[] = "PSH,ACK seq=1..34 ack=1 (34 B)";
	int width, told = 0;
	struct nt_app *app;
	char *text;

	(void)state;
	handshake(80);
	SEND(0, 80, "GET /a/rather/long/path HTTP/1.1\r\n");
	nt_model_finish(m);
	for (width = 60; width < 160; width++) {
		bool bare, both;

		text = draw(&nt_format_ladder, PICTURE, width, true);
		both = strstr(text, numbers);
		free(text);
		app = without_label(NULL);
		text = draw(&nt_format_ladder, PICTURE, width, true);
		bare = strstr(text, numbers);
		free(text);
		without_label(app);
		assert_int_equal(bare, both);
		told += both;
	}
	assert_in_range(told, 70, 100);
	text = draw(&nt_format_ladder, PICTURE, 75, true);
	assert_non_null(strstr(text, "(34 B) GET /a/r"));
	free(text);
	text = draw(&nt_format_ladder, PICTURE, 100, true);
	assert_non_null(strstr(text, "http  handshake"));
	free(text);
	text = draw(&nt_format_ladder, LIST, 80, true);
	assert_non_null(strstr(text, "10.0.0.2:80 http "));
	free(text);
}

static void json(void **state)
{
	struct schema c = { json_load_file(SCHEMA, 0, NULL), "" };
	char *text, *line, *rest;
	int segments = 0, services_seen = 0;

	(void)state;
	assert_non_null(c.root);
	harm();
	text = draw(&nt_format_json, PICTURE, 0, true);
	for (rest = text; (line = strsep(&rest, "\n")) && *line;) {
		json_t *o = schema_line(&c, line), *app;
		const char *p;

		for (p = line; *p; p++)
			assert_in_range((unsigned char)*p, 0x20, 0x7e);
		app = json_object_get(o, "app");
		if (app && json_object_get(app, "basis"))
			services_seen++;
		else if (app)
			segments++;
		json_decref(o);
	}
	assert_int_equal(segments, 4);
	assert_int_equal(services_seen, 3);
	free(text);
	text = draw(&nt_format_json, PICTURE, 0, true);
	assert_non_null(strstr(text,
			       "\"text\":\"GET /\\\\x1b[2J\\\\x1b]0;x\\\\x07\\\\x9b\\\\xc2\\\\x9b"
			       "\\\\x08\\\\x7f\\\\xe2\\\\x80\\\\xae<script> HTTP/1.1\""));
	assert_non_null(strstr(text, "\"by_port\":\"ev\\\\x1bil\""));
	assert_non_null(strstr(text, "A \\\\x1b[2J<b>\\\\\\\\.\\\\x00\\\\x0a?"));
	free(text);
	json_decref(c.root);
}

/* ---- the list of services ------------------------------------------------------- */

static void list_of_services(void **state)
{
	struct nt_services *s = nt_services_new();
	char name[40];
	unsigned int i;

	(void)state;
	assert_true(nt_services_add(s, IPPROTO_TCP, 1, "one"));
	assert_false(nt_services_add(s, IPPROTO_TCP, 1, "another"));
	assert_false(nt_services_add(s, IPPROTO_SCTP, 2, "two"));
	assert_false(nt_services_add(s, IPPROTO_TCP, 3, ""));
	memset(name, 'x', sizeof(name));
	name[NT_SERVICE_NAME] = '\0';
	assert_false(nt_services_add(s, IPPROTO_TCP, 3, name));
	name[NT_SERVICE_NAME - 1] = '\0';
	assert_true(nt_services_add(s, IPPROTO_UDP, 65535, name));
	assert_string_equal(nt_service_name(s, IPPROTO_TCP, 1), "one");
	assert_null(nt_service_name(s, IPPROTO_UDP, 1));
	assert_null(nt_service_name(s, IPPROTO_ICMP, 1));
	assert_string_equal(nt_service_name(s, IPPROTO_UDP, 65535), name);
	for (i = 2; i < 65535; i++)
		if (!nt_services_add(s, IPPROTO_TCP, (uint16_t)i, "many"))
			break;
	assert_int_equal(i, NT_SERVICES_MAX);
	assert_string_equal(nt_service_name(s, IPPROTO_TCP, (uint16_t)(i - 1)), "many");
	assert_null(nt_service_name(s, IPPROTO_TCP, (uint16_t)i));
	nt_services_free(s);
	nt_services_free(NULL);
}

int main(void)
{
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		TEST(by_bytes),
		TEST(by_port),
		TEST(bytes_against_port),
		TEST(unlike_port),
		TEST(unlike_is_not_guessed),
		TEST(tls_inside),
		TEST(datagrams),
		TEST(sighted_twice),
		TEST(nothing_to_obey),
		TEST(numbers_stay),
		TEST(json),
		cmocka_unit_test(list_of_services),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
