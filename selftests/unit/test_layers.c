// SPDX-License-Identifier: GPL-2.0-only
/*
 * One packet, opened: which bytes belong to which header, and what is not known.
 *
 * The packets are bytes; what the parser makes of them is opened, and the ranges are
 * compared with those bytes.  Texts are compared with selftests/cases/layers-*.txt;
 * NT_GOLDEN=write make run writes them: look at each with your own eyes.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "../../module/core/parse.h"
#include "golden.h"
#include "language.h"
#include "layers.h"
#include "render.h"
#include "scene.h"
#include "schema.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

/* what stands where, written down by hand from RFC 791 and RFC 9293 */
static const uint8_t syn[60] = {
	0x45, 0x02, 0x00, 0x3c, 0x1c, 0x46, 0x40, 0x00, 0x40, 0x06, 0xaa, 0xbb, 10,   0,    1,
	1,    10,   0,	  2,	2,    0x9d, 0x78, 0x00, 0x50, 0x00, 0x00, 0x30, 0x39, 0x00, 0x00,
	0x00, 0x00, 0xa0, 0x02, 0xfa, 0xf0, 0xcc, 0xdd, 0x00, 0x00, 0x02, 0x04, 0x05, 0xb4, 0x04,
	0x02, 0x08, 0x0a, 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x01, 0x03, 0x03, 0x07,
};

static const uint8_t udp[33] = {
	0x45, 0, 0, 33,	  0,	1, 0,  0, 0x3f, 17, 0, 0,   10,	 0,   1,   1,	10,
	0,    2, 2, 0x14, 0xe9, 0, 53, 0, 13,	0,  0, 'h', 'e', 'l', 'l', 'o',
};

static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 1, 1 }, { 2, 0, 0, 0, 1, 2 } };

static void parse(struct nettrace_packet *p, const uint8_t *b, size_t n, bool link)
{
	memset(p, 0, sizeof(*p));
	if (b[0] >> 4 == 6)
		assert_int_equal(nettrace_parse_ipv6(p, b, n, n), 0);
	else
		assert_int_equal(nettrace_parse_ipv4(p, b, n, n), 0);
	if (!link)
		return;
	p->flags |= NETTRACE_PKT_MAC;
	memcpy(p->mac_src, mac[0], 6);
	memcpy(p->mac_dst, mac[1], 6);
}

/* "Ethernet 0+14 IPv4 14+20 …"; ? is not known */
static const char *shape(const struct nt_layers *l)
{
	static char text[256];
	char off[16], len[16];
	unsigned int i;
	int n = 0;

	*text = '\0';
	for (i = 0; i < l->n; i++) {
		const struct nt_layer *a = &l->layer[i];

		snprintf(off, sizeof(off), a->off < 0 ? "?" : "%d", a->off);
		snprintf(len, sizeof(len), a->len < 0 ? "?" : "%d", a->len);
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s %s+%s", i ? ", " : "",
			      a->name, off, len);
	}
	return text;
}

static const struct nt_field *field(const struct nt_layers *l, unsigned int layer, const char *name)
{
	unsigned int i;

	assert_true(layer < l->n);
	for (i = 0; i < l->layer[layer].nfield; i++)
		if (!strcmp(l->layer[layer].field[i].name, name))
			return &l->layer[layer].field[i];
	fail_msg("no field %s", name);
	return NULL;
}

static void has(const struct nt_layers *l, unsigned int layer, const char *name, int first,
		int last, const char *value)
{
	const struct nt_field *f = field(l, layer, name);

	assert_int_equal(f->first, first);
	assert_int_equal(f->last, last);
	assert_string_equal(f->value, value);
	assert_int_equal(f->known, *value ? NT_KNOWN : NT_UNRECORDED);
}

static void set16(uint8_t *b, unsigned int v)
{
	b[0] = (uint8_t)(v >> 8);
	b[1] = (uint8_t)v;
}

static void test_tcp(void **state)
{
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	parse(&p, syn, sizeof(syn), true);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "Ethernet 0+14, IPv4 14+20, TCP 34+40");
	assert_int_equal(l.bytes, 74);
	has(&l, 0, "destination", 0, 5, "02:00:00:00:01:02");
	has(&l, 0, "source", 6, 11, "02:00:00:00:01:01");
	assert_int_equal(field(&l, 0, "type")->known, NT_CONCLUDED);
	has(&l, 1, "ECN (2 bits)", 15, 15, "2 (ECT(0))");
	has(&l, 1, "total length", 16, 17, "60");
	has(&l, 1, "identification", 18, 19, "0x1c46");
	has(&l, 1, "time to live", 22, 22, "64");
	has(&l, 1, "checksum", 24, 25, "");
	has(&l, 1, "destination", 30, 33, "10.0.2.2");
	has(&l, 2, "source port", 34, 35, "40312");
	has(&l, 2, "sequence number", 38, 41, "12345");
	has(&l, 2, "data offset", 46, 46, "40 (in 4 bits, as 10 words)");
	has(&l, 2, "window", 48, 49, "64240");
	has(&l, 2, "checksum", 50, 51, "");
	has(&l, 2, "options", 54, 73,
	    "mss 1460, window scale 7, SACK permitted, timestamps 1 echo 0");
	/* without the link header nothing says how long it was */
	p.flags &= ~NETTRACE_PKT_MAC;
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, TCP 20+40");
	assert_false(l.link);
}

static void test_udp(void **state)
{
	uint8_t longer[40] = { 0 };
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	parse(&p, udp, sizeof(udp), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, UDP 20+8, data 28+5");
	has(&l, 1, "length", 24, 25, "13");
	/* UDP may end before the packet: its data ends there, too */
	memcpy(longer, udp, sizeof(udp));
	longer[3] = 40;
	parse(&p, longer, sizeof(longer), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, UDP 20+8, data 28+5");
	assert_int_equal(l.bytes, 40);
}

/* where IP options end is not recorded: the ranges behind them are not known */
static void test_options(void **state)
{
	uint8_t b[64] = { 0 };
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	memcpy(b, syn, 20);
	b[0] = 0x46;
	b[3] = 64;
	b[20] = 0x94;
	b[21] = 4;
	memcpy(b + 24, syn + 20, 40);
	parse(&p, b, sizeof(b), true);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "Ethernet 0+14, IPv4 14+?, TCP ?+?");
	has(&l, 1, "header length", 14, 14, "");
	has(&l, 2, "source port", -1, -1, "40312");
	/* ICMP's header is of 8 bytes always, so there it follows */
	b[9] = 1;
	memset(b + 24, 0, 40);
	b[24] = 8;
	parse(&p, b, sizeof(b), true);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "Ethernet 0+14, IPv4 14+24, ICMP 38+8, data 46+32");
}

static void test_ipv6(void **state)
{
	uint8_t b[40 + 8 + 40] = { 0x60, 0, 0, 0, 0, 48, 0, 63 };
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	b[40] = 6; /* hop-by-hop options, then TCP */
	memcpy(b + 48, syn + 20, 40);
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv6 0+40, IPv6 extension 40+?, TCP ?+?");
	has(&l, 0, "next header", 6, 6, "");
	has(&l, 0, "payload length", 4, 5, "48");
	b[5] = 40;
	b[6] = 6;
	memmove(b + 40, b + 48, 40);
	parse(&p, b, 80, false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv6 0+40, TCP 40+40");
	has(&l, 0, "next header", 6, 6, "6 (tcp)");
	has(&l, 0, "hop limit", 7, 7, "63");
}

/* of what is damaged no length is believed */
static void test_damaged(void **state)
{
	uint8_t b[60];
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	memcpy(b, syn, sizeof(b));
	b[32] = 0x20; /* a data offset of 8 bytes */
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, TCP 20+?");
	memcpy(b, syn, sizeof(b));
	b[2] = 4; /* longer than it is */
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, TCP 20+?");
	has(&l, 0, "total length", 2, 3, "");
}

static void test_fragment(void **state)
{
	uint8_t b[60];
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	memcpy(b, syn, sizeof(b));
	b[6] = 0x20;
	b[7] = 0xb9;
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, data 20+40");
	has(&l, 0, "fragment offset", 6, 7, "1480 bytes");
}

/* extension headers hide where they end, unless the rest has a fixed length */
static void test_ipv6_fragment(void **state)
{
	uint8_t b[40 + 8 + 24] = { 0x60, 0, 0, 0, 0, 32, 44, 63 };
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	b[40] = 58; /* ICMPv6, the first 24 bytes of more */
	b[43] = 1;
	memcpy(b + 44, "\1\2\3\4", 4);
	b[48] = 128;
	b[53] = 9;
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv6 0+40, IPv6 extension 40+8, ICMPv6 48+8, data 56+16");
	has(&l, 1, "identification", 40, -1, "0x01020304");
	has(&l, 1, "fragment offset", 40, -1, "0 bytes, more follow");
	has(&l, 1, "last next header", -1, -1, "58 (icmpv6)");
	has(&l, 2, "identifier", 52, 53, "9");
	set16(b + 42, 1448); /* a later one, and the last */
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv6 0+40, IPv6 extension 40+8, data 48+24");
	has(&l, 1, "fragment offset", 40, -1, "1448 bytes, the last one");
	assert_non_null(strstr(l.layer[2].note, "a later fragment"));
}

/* what an ICMP message is about stands where its bytes are */
static void test_quote(void **state)
{
	uint8_t b[40 + 8 + 40 + 8] = { 0x45, 0, 0, 56, 0, 1, 0, 0, 64, 1 };
	struct nettrace_packet p;
	struct nt_layers l;

	(void)state;
	memcpy(b + 12, "\12\0\1\1\12\0\1\2\3\3", 10);
	memcpy(b + 28, udp, 28);
	parse(&p, b, 56, false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv4 0+20, ICMP 20+8, quoted packet 28+28");
	has(&l, 1, "rest of header", 24, 27, "0x00000000");
	has(&l, 2, "protocol", 37, 37, "17 (udp)");
	has(&l, 2, "source", 40, 43, "10.0.1.1");
	has(&l, 2, "destination", 44, 47, "10.0.2.2");
	has(&l, 2, "source port", -1, -1, "5353");
	has(&l, 2, "destination port", -1, -1, "53");
	/* the same of IPv6, about a packet without ports */
	memset(b, 0, sizeof(b));
	memcpy(b, "\x60\0\0\0\0\x38\x3a\x40", 8);
	b[40] = 3;
	memcpy(b + 48, "\x60\0\0\0\0\x08\x2f\x01", 8);
	b[48 + 23] = 1;
	b[48 + 39] = 2;
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(shape(&l), "IPv6 0+40, ICMPv6 40+8, quoted packet 48+48");
	has(&l, 2, "protocol", -1, -1, "47 (gre)");
	has(&l, 2, "source", 56, 71, "::1");
	has(&l, 2, "destination", 72, 87, "::2");
	assert_int_equal(l.layer[2].nfield, 3);
}

/* protocols of which only the ports are read, or nothing */
static void test_other_transports(void **state)
{
	static const struct {
		uint8_t proto;
		const char *shape;
	} t[] = {
		{ 132, "IPv4 0+20, sctp 20+12, data 32+8" },
		{ 136, "IPv4 0+20, udplite 20+8, data 28+12" },
		{ 33, "IPv4 0+20, dccp 20+16, data 36+4" },
		{ 2, "IPv4 0+20, igmp 20+?" },
		{ 47, "IPv4 0+20, data 20+20" },
	};
	uint8_t b[40] = { 0x45, 0, 0, 40 };
	struct nettrace_packet p;
	struct nt_layers l;
	size_t i;

	(void)state;
	set16(b + 20, 7);
	set16(b + 22, 9);
	b[24] = 4; /* of DCCP: four words */
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		b[9] = t[i].proto;
		parse(&p, b, sizeof(b), false);
		nt_layers_of(&l, &p);
		assert_string_equal(shape(&l), t[i].shape);
		if (t[i].proto > 30 && t[i].proto != 47) {
			has(&l, 1, "source port", 20, 21, "7");
			has(&l, 1, "destination port", 22, 23, "9");
		}
	}
}

static void test_tcp_options(void **state)
{
	static const struct {
		uint8_t o[12];
		const char *text;
	} t[] = {
		{ { 5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0 }, "SACK of 1 block" },
		{ { 34, 4, 1, 2, 30, 4, 0, 0, 77, 4, 0, 0 }, "Fast Open, MPTCP, others" },
		{ { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1 }, "" },
	};
	struct nettrace_packet p;
	struct nt_layers l;
	uint8_t b[52];
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		memcpy(b, syn, 40);
		b[3] = sizeof(b);
		b[32] = 0x80;
		b[33] = 0;
		memcpy(b + 40, t[i].o, 12);
		parse(&p, b, sizeof(b), false);
		nt_layers_of(&l, &p);
		assert_string_equal(shape(&l), "IPv4 0+20, TCP 20+32");
		has(&l, 1, "options", 40, 51, t[i].text);
		has(&l, 1, "flags (12 bits)", 32, 33, "0x000 (no flags)");
		assert_null(i == 2 ? l.layer[1].note : NULL);
	}
	b[40] = 2; /* a length that does not fit */
	b[41] = 99;
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	assert_string_equal(l.layer[1].note, "the options do not parse");
}

/* the field is shown as it is in the header, or not at all */
static void test_lengths(void **state)
{
	struct nettrace_packet p;
	struct nt_layers l;
	uint8_t b[60];

	(void)state;
	memcpy(b, syn, sizeof(b));
	b[3] = 19; /* less than its own header: the packet's length is that of what is there */
	parse(&p, b, sizeof(b), false);
	nt_layers_of(&l, &p);
	has(&l, 0, "total length", 2, 3, "");
	/* "BIG TCP" has 0 there */
	parse(&p, syn, sizeof(syn), false);
	p.len = 100000;
	p.payload = 100000 - 60;
	nt_layers_of(&l, &p);
	has(&l, 0, "total length", 2, 3, "0 (the packet is longer than 16 bits can say)");
	p.hdr.family = NETTRACE_IPV6;
	nt_layers_of(&l, &p);
	has(&l, 0, "payload length", 4, 5, "0 (the packet is longer than 16 bits can say)");
}

/* an arrow whose sender's record has no link header, as the module writes it */
static struct scene *routed(const uint8_t *b, size_t n)
{
	struct scene *s = scene_new(b[9]);
	struct nt_arrow *a;

	scene_end(s, 0, "10.0.1.1", 40312, "curl", 4711, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 80, "nginx", 80, SCENE_SERVER);
	a = b[9] == IPPROTO_TCP ? scene_tcp(s, 0, 0, NETTRACE_TH_SYN, 0, 0, 0) :
				  scene_packet(s, 0, 0, 5);
	parse(&a->pkt, b, n, false);
	a->pkt.hook = NETTRACE_LOCAL_OUT;
	memcpy(a->sight[1].mac_src, mac[0], 6);
	memcpy(a->sight[1].mac_dst, mac[1], 6);
	a->sight[1].flags |= NETTRACE_PKT_MAC;
	return s;
}

static void test_link_of_another(void **state)
{
	struct scene *s = routed(syn, sizeof(syn));
	const struct nt_sighting *link;
	struct nt_layers l;

	(void)state;
	link = nt_layers_arrow(&l, s->item[0].arrow);
	assert_ptr_equal(link, &s->item[0].arrow->sight[1]);
	assert_string_equal(shape(&l), "Ethernet 0+14, IPv4 14+20, TCP 34+40");
	scene_free(s);
}

static struct nt_arp request(void)
{
	struct nt_arp arp = { .t = SCENE_T0, .op = 1, .broadcast = true, .nsight = 1 };

	memcpy(arp.sha, mac[0], 6);
	memcpy(arp.spa, "\x0a\0\1\1", 4);
	memcpy(arp.tpa, "\x0a\0\1\2", 4);
	arp.sight[0].hook = NETTRACE_ARP_OUT;
	strcpy(arp.sight[0].dev, "eth0");
	arp.sight[0].flags = NETTRACE_PKT_MAC;
	memcpy(arp.sight[0].mac_src, mac[0], 6);
	memset(arp.sight[0].mac_dst, 0xff, 6);
	return arp;
}

static void test_arp(void **state)
{
	struct nt_arp arp = request();
	struct nt_layers l;

	(void)state;
	nt_layers_arp(&l, &arp);
	assert_string_equal(shape(&l), "Ethernet 0+14, ARP 14+28");
	has(&l, 0, "destination", 0, 5, "ff:ff:ff:ff:ff:ff");
	has(&l, 1, "operation", 20, 21, "1 (request)");
	has(&l, 1, "target IP", 38, 41, "10.0.1.2");
}

static void test_pictures(void **state)
{
	static const int width[] = { 60, 80, 120 };
	struct nt_view v = { .netns = { "client", "router", "server" } };
	struct scene *s[2] = { routed(syn, sizeof(syn)), routed(udp, sizeof(udp)) };
	struct nt_arp arp = request();
	char name[64], *text;
	size_t size, i, k;

	(void)state;
	for (i = 0; i < 7; i++) /* the last one in Chinese */
		for (k = 0; k < 3; k++) {
			v.width = i < 6 ? width[i / 2] : 80;
			v.unicode = i % 2 || i == 6;
			language_set(i == 6);
			v.out = open_memstream(&text, &size);
			assert_non_null(v.out);
			if (k < 2)
				nt_format_ladder.layers(&v, &s[k]->conv, s[k]->item[0].arrow);
			else
				nt_format_ladder.layers_arp(&v, 1, &arp);
			assert_int_equal(fclose(v.out), 0);
			snprintf(name, sizeof(name), "layers-%s-%d%s",
				 k == 0 ? "tcp" :
				 k == 1 ? "udp" :
					  "arp",
				 v.width,
				 i == 6	   ? "-chinese" :
				 v.unicode ? "" :
					     "-ascii");
			golden(name, text);
			narrow_enough(text, v.width);
			free(text);
		}
	scene_free(s[0]);
	scene_free(s[1]);
}

static void test_json(void **state)
{
	struct nt_view v = { .netns = { "cli\nent", "router", "\xff" } };
	struct scene *s = routed(syn, sizeof(syn));
	struct nt_arp arp = request();
	struct schema c = { 0 };
	json_error_t err;
	char *text, *rest, *one;
	size_t size;
	json_t *o;
	int n = 0;

	(void)state;
	c.root = json_load_file(SCHEMA, 0, &err);
	assert_non_null(c.root);
	v.out = open_memstream(&text, &size);
	nt_format_json.layers(&v, &s->conv, s->item[0].arrow);
	nt_format_json.layers_arp(&v, 3, &arp);
	assert_int_equal(fclose(v.out), 0);
	rest = text;
	while ((one = strsep(&rest, "\n")) && *one) {
		o = schema_line(&c, one);
		assert_int_equal(json_array_size(json_object_get(o, "layers")), n ? 2 : 3);
		n++;
		json_decref(o);
	}
	assert_int_equal(n, 2);
	json_decref(c.root);
	free(text);
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tcp),
		cmocka_unit_test(test_udp),
		cmocka_unit_test(test_options),
		cmocka_unit_test(test_ipv6),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_fragment),
		cmocka_unit_test(test_ipv6_fragment),
		cmocka_unit_test(test_quote),
		cmocka_unit_test(test_other_transports),
		cmocka_unit_test(test_tcp_options),
		cmocka_unit_test(test_lengths),
		cmocka_unit_test(test_arp),
		cmocka_unit_test(test_link_of_another),
		cmocka_unit_test(test_pictures),
		cmocka_unit_test(test_json),
	};

	language_start();
	return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
