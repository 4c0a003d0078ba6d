// SPDX-License-Identifier: GPL-2.0-only
/*
 * A packet's hops below its arrow; conversations on both sides of NAT; who waits for ARP.
 *
 * Drawn texts are compared with selftests/cases/hops-*.txt (NT_GOLDEN=write make run).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>

#include "describe.h"
#include "golden.h"
#include "language.h"
#include "path.h"
#include "render.h"
#include "schema.h"
#include "waiting.h"
#include "ways.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

#define N(a)   (sizeof(a) / sizeof((a)[0]))

static struct nt_model *model_of(const struct at *at, size_t n)
{
	struct nt_model *m = nt_model_new(0, NULL);

	assert_non_null(m);
	ways_feed(m, at, n);
	return m;
}

/* "0 sends eth0 64>64; 1 forwards left right 64>63 :02 nat 1" */
static const char *hops(const struct nt_model *m, const struct nt_conv *c, const struct nt_arrow *a)
{
	static char text[1024];
	struct nt_path p;
	struct nt_hop h;
	unsigned int i, k;
	int n = 0;

	nt_path_way(&p, m, c, a);
	for (i = 0; nt_path_hop(&p, i, &h); i++) {
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%u %s%s", i ? "; " : "",
			      h.source, nt_path_role_name(h.role), h.dropped ? " drops" : "");
		for (k = 0; k < h.ndev; k++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, " %s", h.dev[k]);
		n += snprintf(text + n, sizeof(text) - (size_t)n, " %u>%u", h.ttl_before, h.ttl);
		if (h.link)
			n += snprintf(text + n, sizeof(text) - (size_t)n, " :%02x",
				      h.link->mac_dst[5]);
		if (h.nnat)
			n += snprintf(text + n, sizeof(text) - (size_t)n, " nat %u", h.nnat);
	}
	assert_false(nt_path_hop(&p, i, &h));
	return text;
}

static void test_hops(void **state)
{
	static const struct {
		const struct at *at;
		size_t n;
		const char *hops;
	} t[] = {
		{ routed, 7,
		  "0 sends eth0 64>64; 1 forwards left right 64>63 :02; 2 receives eth0 63>63 :04" },
		{ plain, 3,
		  "0 sends eth0 64>64; 1 forwards left 64>63 :02; 2 receives eth0 63>63 :04" },
		{ loopback, 4, "0 sends-and-receives lo 64>64" },
		{ bridged, 4,
		  "0 sends eth0 64>64; 1 bridges port2 port3 64>64 :04; 2 receives eth0 64>64 :04" },
		{ dropped, 4, "0 sends eth0 64>64; 2 ends drops eth0 64>64 :02" },
		{ nat, 7,
		  "0 sends eth0 64>64; 1 forwards left right 64>63 :02 nat 2; 2 receives eth0 63>63 :04" },
	};
	const struct nt_conv *c;
	struct nt_model *m;
	size_t i;

	(void)state;
	for (i = 0; i < N(t); i++) {
		m = model_of(t[i].at, t[i].n);
		c = nt_model_conv(m, 0);
		assert_string_equal(hops(m, c, first_arrow(c)), t[i].hops);
		nt_model_free(m);
	}
}

/* eight sightings are kept, four devices are named; that there were more is said */
static void test_left_out(void **state)
{
	struct nt_view v = { .width = 80 };
	struct nt_model *m;
	struct at at[12];
	char dev[12][8], *text;
	struct nt_path p;
	size_t i, size;

	(void)state;
	at[0] = plain[0];
	for (i = 1; i < 12; i++) {
		snprintf(dev[i], sizeof(dev[i]), "port%zu", i % 100);
		at[i] = (struct at){ (int)i, ROUTER, NETTRACE_BR_FORWARD, dev[i], 64, 4, SYN };
	}
	m = model_of(at, 12);
	assert_string_equal(hops(m, nt_model_conv(m, 0), first_arrow(nt_model_conv(m, 0))),
			    "0 sends eth0 64>64; 1 bridges port1 port2 port3 port4 64>64 :04");
	nt_path_way(&p, m, nt_model_conv(m, 0), first_arrow(nt_model_conv(m, 0)));
	assert_int_equal(p.left_out, 4);
	v.draw.hops = true;
	v.out = open_memstream(&text, &size);
	assert_int_equal(nt_format_ladder.conv(&v, m, nt_model_conv(m, 0)), 0);
	assert_int_equal(nt_format_json.conv(&v, m, nt_model_conv(m, 0)), 0);
	assert_int_equal(fclose(v.out), 0);
	assert_non_null(strstr(text, "and 4 sightings more, not kept"));
	assert_non_null(strstr(text, "\"hops_left_out\":4"));
	free(text);
	nt_model_free(m);
}

/* client, server, and which conversation is on the other side, at which packet */
static void linked(const struct nt_model *m, size_t i, uint32_t client, uint32_t server)
{
	const struct nt_conv *c = nt_model_conv(m, i);

	assert_int_equal(c->nat[0].conv, client);
	assert_int_equal(c->nat[1].conv, server);
}

static void test_linked(void **state)
{
	struct nt_model *m = model_of(nat, N(nat));
	const struct nt_conv *c = nt_model_conv(m, 0);
	struct at at[8];
	char text[256];

	(void)state;
	linked(m, 0, 0, 2);
	linked(m, 1, 1, 3);
	linked(m, 2, 2, 0);
	assert_int_equal(c->nat[1].end, 1);
	assert_int_equal(c->nat[1].source, ROUTER);
	assert_memory_equal(c->nat[1].addr.b, "\x0a\0\2\2", 4);
	assert_true(nt_describe_nat(text, sizeof(text), c, 1, "netns r"));
	assert_string_equal(text,
			    "~server translated to 10.0.2.2:80 by NAT in netns r: the same as #2");
	assert_false(nt_describe_nat(text, sizeof(text), c, 0, "netns r"));
	assert_true(nt_describe_nat(text, sizeof(text), nt_model_conv(m, 2), 0, ""));
	assert_string_equal(text, "~client translated from 10.0.1.1:40312 by NAT: the same as #2");
	assert_ptr_equal(nt_model_conv_of(m, 3), nt_model_conv(m, 2));
	assert_null(nt_model_conv_of(m, 4));
	nt_model_free(m);
	/* two that could be it: none is, also where the first was taken for it at first */
	memcpy(at, nat, sizeof(nat));
	at[7] = (struct at){ 70, ROUTER, NETTRACE_FORWARD, "left", 63, 2, OLD };
	at[7].dst = "10.0.2.3";
	m = model_of(at, 8);
	linked(m, 0, 0, 0);
	linked(m, 1, 0, 3);
	nt_model_free(m);
	/* not looked at there: nothing is said */
	m = model_of(plain, N(plain));
	linked(m, 0, 0, 0);
	nt_model_free(m);
}

/* a reply goes through the same translations, backwards */
static void test_reply(void **state)
{
	static const struct at way[] = {
		{ 0, SERVER, NETTRACE_LOCAL_OUT, "eth0", 64, 0, "10.0.2.2", "10.0.2.1", 9 },
		{ 9, ROUTER, NETTRACE_PRE_ROUTING, "right", 64, 2, "10.0.2.2", "10.0.2.1", 9 },
		{ 10, ROUTER, NETTRACE_FORWARD, "right", 63, 2, "10.0.2.2", "10.0.1.1", 9 },
		{ 11, ROUTER, NETTRACE_POST_ROUTING, "left", 63, 0, "10.0.9.9", "10.0.1.1", 9 },
		{ 15, CLIENT, NETTRACE_LOCAL_IN, "eth0", 63, 4, "10.0.9.9", "10.0.1.1", 9 },
	};
	struct nt_model *m = model_of(way, N(way));

	(void)state;
	/* who sends the SYN is the client: the address that it had first is its own */
	linked(m, 0, 0, 2);
	linked(m, 1, 1, 3);
	linked(m, 2, 2, 0);
	assert_int_equal(nt_model_conv(m, 0)->nat[1].end, 1);
	assert_int_equal(nt_model_conv(m, 2)->nat[0].end, 0);
	nt_model_free(m);
}

/* of many that could be translated the oldest go; what is forgotten is not looked for */
static void test_many(void **state)
{
	struct nt_model *m = nt_model_new(0, NULL);
	const struct nt_conv *c;
	struct at at = nat[2];
	char src[32];
	int i;

	(void)state;
	assert_non_null(m);
	for (i = 0; i < 3000; i++) {
		snprintf(src, sizeof(src), "10.%d.%d.1", i / 250, i % 250);
		at.src = src;
		at.us = i;
		at.seq = (uint32_t)i % 7;
		ways_put(m, &at, 1);
	}
	nt_model_advance(m, T0 + 1000000000LL);
	ways_put(m, nat, N(nat));
	nt_model_finish(m);
	nt_model_forget(m, 0);
	assert_true(nt_model_nconv(m) <= 1);
	nt_model_free(m);
	/* the other conversation is gone, its number is not */
	m = model_of(nat, N(nat));
	c = nt_model_conv(m, 0);
	nt_model_advance(m, T0 + 10000000000LL);
	ways_put(m, &(struct at){ 10000000, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, OLD }, 1);
	nt_model_advance(m, T0 + 10000000000LL + 1000);
	nt_model_forget(m, 1000000000LL);
	assert_ptr_equal(nt_model_conv_of(m, 1), c);
	if (c) {
		assert_null(nt_model_conv_of(m, 2));
		assert_string_equal(hops(m, c, first_arrow(c)),
				    "0 sends eth0 64>64; 1 ends left 64>64 :02");
	}
	nt_model_free(m);
}

static char *text_of(const struct nt_view *view, const struct nt_format *f,
		     const struct nt_model *m, size_t i, bool list)
{
	struct nt_view v = *view;
	char *text;
	size_t size;

	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	if (list)
		f->list(&v, nt_model_conv(m, i));
	else
		assert_int_equal(f->conv(&v, m, nt_model_conv(m, i)), 0);
	assert_int_equal(fclose(v.out), 0);
	return text;
}

static void draw(const struct nt_model *m, const char *name)
{
	static const int width[] = { 60, 80, 120 };
	struct nt_view v = { .netns = { "client", "router", "server" } };
	char file[64], *text;
	size_t i;

	v.draw.hops = true;
	for (i = 0; i < 7; i++) { /* the last one in Chinese */
		v.width = i < 6 ? width[i / 2] : 80;
		v.unicode = i % 2 || i == 6;
		language_set(i == 6);
		text = text_of(&v, &nt_format_ladder, m, 0, false);
		snprintf(file, sizeof(file), "hops-%s-%d%s", name, v.width,
			 i == 6	   ? "-chinese" :
			 v.unicode ? "" :
				     "-ascii");
		golden(file, text);
		narrow_enough(text, v.width);
		free(text);
	}
	language_set(false);
	v.unicode = true;
	v.width = 100;
	text = text_of(&v, &nt_format_line, m, 0, false);
	snprintf(file, sizeof(file), "hops-%s-lines", name);
	golden(file, text);
	free(text);
}

/* @hops: are there to be hops */
static void check_json(struct schema *c, const struct nt_model *m, bool want)
{
	struct nt_view v = { .netns = { "cli\nent", "router", "\xff" } };
	char *text, *line, *rest;
	json_t *o;
	size_t i;

	v.draw.hops = want;
	for (i = 0; i < nt_model_nconv(m); i++) {
		text = rest = text_of(&v, &nt_format_json, m, i, false);
		while ((line = strsep(&rest, "\n")) && *line) {
			o = schema_line(c, line);
			if (!strcmp(json_string_value(json_object_get(o, "type")), "segment"))
				assert_int_equal(json_object_get(o, "hops") != NULL, want);
			json_decref(o);
		}
		free(text);
	}
}

static void test_outputs(void **state)
{
	static const struct {
		const char *name;
		const struct at *at;
		size_t n;
	} t[] = {
		{ "routed", routed, 7 },   { "nat", nat, 7 },	      { "loopback", loopback, 4 },
		{ "bridged", bridged, 4 }, { "dropped", dropped, 4 },
	};
	struct nt_view v = { .netns = { "client", "router", "server" }, .width = 80 };
	struct schema c = { .root = json_load_file(SCHEMA, 0, NULL) };
	struct nt_model *m;
	char *text;
	size_t i;

	(void)state;
	assert_non_null(c.root);
	for (i = 0; i < N(t); i++) {
		m = model_of(t[i].at, t[i].n);
		draw(m, t[i].name);
		check_json(&c, m, true);
		check_json(&c, m, false);
		nt_model_free(m);
	}
	m = model_of(nat, N(nat));
	v.unicode = true;
	text = text_of(&v, &nt_format_ladder, m, 1, true);
	golden("hops-list-80", text);
	free(text);
	nt_model_free(m);
	json_decref(c.root);
}

static void ask(struct nt_model *m, int us, const char *target, bool broadcast)
{
	struct nt_event ev = { .t = T0 + us * 1000LL, .source = CLIENT };
	struct nettrace_packet *p = &ev.rec.packet;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_ARP;
	p->hdr.time = (uint64_t)us * 1000;
	p->hook = NETTRACE_ARP_OUT;
	p->flags = NETTRACE_PKT_L4 | NETTRACE_PKT_MAC;
	p->arp_op = 1;
	memcpy(p->arp_sha, "\2\0\0\0\0\1", 6);
	memset(p->mac_dst, broadcast ? 0xff : 2, 6);
	inet_pton(AF_INET, "10.0.1.1", p->src);
	inet_pton(AF_INET, target, p->dst);
	snprintf(p->dev, sizeof(p->dev), "eth0");
	assert_int_equal(nt_model_feed(m, &ev), 0);
}

static void test_waiting(void **state)
{
	static const struct at way[] = {
		{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, SYN },
		{ 500, SERVER, NETTRACE_LOCAL_IN, "eth0", 64, 4, SYN },
	};
	static const struct {
		int us;
		const char *target;
		bool broadcast;
		unsigned int n;
	} t[] = {
		{ 10, "10.0.2.2", true, 1 },  /* its destination */
		{ 10, "10.0.2.2", false, 0 }, /* is it still there? */
		{ 10, "10.0.1.2", true, 1 },  /* just then: perhaps the gateway */
		{ 600, "10.0.2.2", true, 0 }, /* it has left */
		{ -5, "10.0.2.2", true, 0 },  /* it has not come yet */
	};
	struct nt_view v = { .width = 0 };
	struct schema c = { .root = json_load_file(SCHEMA, 0, NULL) };
	struct nt_waiting w[NT_WAITING_MAX];
	struct nt_model *m;
	char *text;
	size_t i, size;
	json_t *o;

	(void)state;
	for (i = 0; i < N(t); i++) {
		m = nt_model_new(0, NULL);
		ways_put(m, way, N(way));
		ask(m, t[i].us, t[i].target, t[i].broadcast);
		nt_model_finish(m);
		assert_int_equal(nt_model_narp(m), 1);
		assert_int_equal(nt_waiting_for(m, nt_model_arp(m, 0), w), t[i].n);
		assert_int_equal(nt_waiting_for(NULL, nt_model_arp(m, 0), w), 0);
		v.out = open_memstream(&text, &size);
		nt_format_json.arp(&v, m, nt_model_arp(m, 0));
		nt_format_ladder.arp(&v, m, nt_model_arp(m, 0));
		fclose(v.out);
		o = json_loads(text, JSON_DISABLE_EOF_CHECK, NULL);
		if (!schema_ok(&c, c.root, o))
			fail_msg("%s: %s", c.why, text);
		assert_int_equal(json_array_size(json_object_get(o, "waits")), t[i].n);
		assert_int_equal(strstr(text, "~#1.1 waits") != NULL, t[i].n == 1);
		json_decref(o);
		free(text);
		nt_model_free(m);
	}
	json_decref(c.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hops),	cmocka_unit_test(test_left_out),
		cmocka_unit_test(test_linked),	cmocka_unit_test(test_reply),
		cmocka_unit_test(test_many),	cmocka_unit_test(test_outputs),
		cmocka_unit_test(test_waiting),
	};

	language_start();
	return cmocka_run_group_tests_name("hops", tests, NULL, NULL);
}
