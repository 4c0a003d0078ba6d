// SPDX-License-Identifier: GPL-2.0-only
/*
 * One packet's way: which hooks, in which order, what is not looked at, what NAT is.
 *
 * Records are fed as the module writes them; what becomes of them is compared as a
 * line, drawn texts with selftests/cases/path-*.txt (NT_GOLDEN=write make run).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "golden.h"
#include "language.h"
#include "names.h"
#include "path.h"
#include "render.h"
#include "schema.h"
#include "ways.h"

#define SCHEMA	     "../../userspace/schema/nettrace.schema.json"
#define WAY(m, p, a) way(m, p, a, sizeof(a) / sizeof((a)[0]))

/* "0 sends: LOCAL_OUT ?POST_ROUTING; …": ? not looked at, - not sighted */
static const char *way(struct nt_model **m, struct nt_path *p, const struct at *at, size_t count)
{
	static char text[1024];
	const struct nt_conv *c;
	unsigned int i, k;
	int n = 0;

	*m = nt_model_new(0, NULL);
	assert_non_null(*m);
	ways_feed(*m, at, count);
	c = nt_model_conv(*m, 0);
	assert_non_null(c);
	nt_path_of(p, *m, c, first_arrow(c));
	for (i = 0; i < p->nspace; i++) {
		const struct nt_space *s = &p->space[i];

		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%u %s:", i ? "; " : "",
			      s->source, nt_path_role_name(s->role));
		for (k = 0; k < s->nstep; k++)
			n += snprintf(text + n, sizeof(text) - (size_t)n, " %s%s",
				      s->step[k].passage == NT_PASSED	  ? "" :
				      s->step[k].passage == NT_NOT_LOOKED ? "?" :
									    "-",
				      nt_hook_name(s->step[k].hook));
	}
	return text;
}

static void test_ways(void **state)
{
	static const struct {
		const struct at *at;
		size_t n;
		const char *way;
	} t[] = {
		{ routed, 7,
		  "0 sends: LOCAL_OUT POST_ROUTING; 1 forwards: PRE_ROUTING FORWARD POST_ROUTING; "
		  "2 receives: PRE_ROUTING LOCAL_IN" },
		{ plain, 3,
		  "0 sends: LOCAL_OUT ?POST_ROUTING; 1 forwards: ?PRE_ROUTING FORWARD ?POST_ROUTING; "
		  "2 receives: ?PRE_ROUTING LOCAL_IN" },
		{ loopback, 4,
		  "0 sends-and-receives: LOCAL_OUT POST_ROUTING PRE_ROUTING LOCAL_IN" },
		{ bridged, 4,
		  "0 sends: LOCAL_OUT ?POST_ROUTING; 1 bridges: BR_FORWARD BR_FORWARD; "
		  "2 receives: ?PRE_ROUTING LOCAL_IN" },
		{ dropped, 4, "0 sends: LOCAL_OUT POST_ROUTING; 2 ends: PRE_ROUTING DROPPED" },
		{ routed, 3, "0 sends: LOCAL_OUT POST_ROUTING; 1 ends: PRE_ROUTING" },
	};
	struct nt_model *m;
	struct nt_path p;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		assert_string_equal(way(&m, &p, t[i].at, t[i].n), t[i].way);
		nt_model_free(m);
	}
}

/* a hook at which another packet of the namespace was sighted is looked at */
static void test_looked_at(void **state)
{
	struct at at[4];
	struct nt_model *m;
	struct nt_path p;

	(void)state;
	memcpy(at, plain, sizeof(plain));
	at[3] = (struct at){ 900, ROUTER, NETTRACE_PRE_ROUTING, "left", 64, 2, SYN };
	at[3].seq = 5000;
	assert_string_equal(WAY(&m, &p, at),
			    "0 sends: LOCAL_OUT ?POST_ROUTING; 1 forwards: -PRE_ROUTING FORWARD "
			    "-POST_ROUTING; 2 receives: ?PRE_ROUTING LOCAL_IN");
	nt_model_free(m);
}

static void test_nat(void **state)
{
	struct nt_model *m;
	struct nt_path p;
	struct at at[7];

	(void)state;
	assert_string_equal(WAY(&m, &p, nat),
			    "0 sends: LOCAL_OUT POST_ROUTING; 1 forwards: PRE_ROUTING FORWARD "
			    "POST_ROUTING; 2 receives: PRE_ROUTING LOCAL_IN");
	assert_int_equal(p.nas, 3);
	assert_int_equal(p.asked, 0);
	assert_true(p.nat[0].dst);
	assert_int_equal(p.nat[0].before, NETTRACE_PRE_ROUTING);
	assert_int_equal(p.nat[0].after, NETTRACE_FORWARD);
	assert_memory_equal(p.nat[0].to.b, "\x0a\0\2\2", 4);
	assert_false(p.nat[1].dst);
	assert_int_equal(p.nat[1].after, NETTRACE_POST_ROUTING);
	/* from its other end it is the same way */
	nt_path_of(&p, m, nt_model_conv(m, 2), first_arrow(nt_model_conv(m, 2)));
	assert_int_equal(p.nas, 3);
	assert_int_equal(p.asked, 2);
	assert_int_equal(p.nspace, 3);
	nt_model_free(m);
	/* another packet is not taken for it, nor is a TTL that did not fall */
	memcpy(at, nat, sizeof(nat));
	at[3].seq++;
	WAY(&m, &p, at);
	assert_int_equal(p.nas, 1);
	nt_model_free(m);
	memcpy(at, nat, sizeof(nat));
	at[3].ttl = 64;
	WAY(&m, &p, at);
	assert_int_equal(p.nas, 1);
	nt_model_free(m);
}

/* two that could be it: neither is */
static void test_nat_unsure(void **state)
{
	struct at at[8];
	struct nt_model *m;
	struct nt_path p;

	(void)state;
	memcpy(at, nat, sizeof(nat));
	at[7] = (struct at){ 70, ROUTER, NETTRACE_FORWARD, "left", 63, 2, OLD };
	at[7].dst = "10.0.2.3";
	WAY(&m, &p, at);
	assert_int_equal(p.nas, 1);
	nt_model_free(m);
}

static void draw(const struct nt_path *p, const char *name)
{
	static const int width[] = { 60, 80, 120 };
	struct nt_view v = { .netns = { "client", "router", "server" } };
	char file[64], *text;
	size_t size, i;

	for (i = 0; i < 7; i++) { /* the last one in Chinese */
		v.width = i < 6 ? width[i / 2] : 80;
		v.unicode = i % 2 || i == 6;
		language_set(i == 6);
		v.out = open_memstream(&text, &size);
		assert_non_null(v.out);
		nt_format_ladder.path(&v, p);
		assert_int_equal(fclose(v.out), 0);
		snprintf(file, sizeof(file), "path-%s-%d%s", name, v.width,
			 i == 6	   ? "-chinese" :
			 v.unicode ? "" :
				     "-ascii");
		golden(file, text);
		narrow_enough(text, v.width);
		free(text);
	}
	language_set(false);
}

static void check_json(struct schema *c, const struct nt_path *p)
{
	struct nt_view v = { .netns = { "cli\nent", "router", "\xff" } };
	size_t size;
	char *text;
	json_t *o;

	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	nt_format_json.path(&v, p);
	assert_int_equal(fclose(v.out), 0);
	o = schema_line(c, text);
	assert_int_equal(json_array_size(json_object_get(o, "spaces")), p->nspace);
	assert_int_equal(json_array_size(json_object_get(o, "nat")), p->nas - 1);
	json_decref(o);
	free(text);
}

static void test_outputs(void **state)
{
	static const struct {
		const char *name;
		const struct at *at;
		size_t n;
	} t[] = {
		{ "routed", routed, 7 }, { "default", plain, 3 },   { "loopback", loopback, 4 },
		{ "nat", nat, 7 },	 { "bridged", bridged, 4 }, { "dropped", dropped, 4 },
	};
	struct schema c = { 0 };
	struct nt_model *m;
	json_error_t err;
	struct nt_path p;
	size_t i;

	(void)state;
	c.root = json_load_file(SCHEMA, 0, &err);
	assert_non_null(c.root);
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		way(&m, &p, t[i].at, t[i].n);
		draw(&p, t[i].name);
		check_json(&c, &p);
		nt_model_free(m);
	}
	json_decref(c.root);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways),	cmocka_unit_test(test_looked_at),
		cmocka_unit_test(test_nat),	cmocka_unit_test(test_nat_unsure),
		cmocka_unit_test(test_outputs),
	};

	language_start();
	return cmocka_run_group_tests_name("path", tests, NULL, NULL);
}
