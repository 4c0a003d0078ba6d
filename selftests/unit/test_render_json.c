// SPDX-License-Identifier: GPL-2.0-only
/*
 * JSON Lines: every object is what the schema says, and says what happened.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "cmd.h"
#include "render.h"
#include "scenes.h"
#include "schema.h"
#include "walk.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

static const struct nt_format *f = &nt_format_json;

struct out {
	struct nt_view v;
	struct scene *s;
};

static void put(const void *arg, const struct nt_item *it)
{
	const struct out *o = arg;

	f->item(&o->v, o->s->model, it);
}

/* an object a line, those of the scene's model (ARP, gaps) among them */
static json_t *objects_as(struct scene *s, bool explain)
{
	struct out o = { .v = { .netns = { "client", "rou\nter", "\xff" } }, .s = s };
	json_t *list = json_array(), *obj;
	char *text, *rest, *line;
	json_error_t err;
	size_t size, i;

	o.v.out = open_memstream(&text, &size);
	assert_non_null(o.v.out);
	o.v.draw.explain = explain;
	assert_int_equal(nt_walk(s->model, NULL, true, put, &o), 0);
	assert_int_equal(f->conv(&o.v, s->model, &s->conv), 0);
	if (explain)
		assert_int_equal(f->explain(&o.v, s->model, &s->conv), 0);
	assert_int_equal(fclose(o.v.out), 0);
	for (i = 0; i < size; i++)
		assert_true(text[i] == '\n' || (text[i] >= 0x20 && (unsigned char)text[i] < 0x7f));
	rest = text;
	while ((line = strsep(&rest, "\n")) && *line) {
		obj = json_loads(line, JSON_REJECT_DUPLICATES, &err);
		if (!obj)
			fail_msg("%s: %s", err.text, line);
		json_array_append_new(list, obj);
	}
	free(text);
	return list;
}

static json_t *objects(struct scene *s)
{
	return objects_as(s, false);
}

static void check(struct schema *c, const json_t *list)
{
	json_t *obj, *sub;
	size_t i;

	json_array_foreach(list, i, obj)
	{
		sub = json_object_get(json_object_get(c->root, "definitions"),
				      json_string_value(json_object_get(obj, "type")));
		assert_non_null(sub);
		*c->why = '\0';
		if (!schema_ok(c, sub, obj) || !schema_ok(c, c->root, obj))
			fail_msg("%s\n%s", c->why, json_dumps(obj, JSON_INDENT(1)));
	}
}

static void load(struct schema *c)
{
	json_error_t err;

	c->root = json_load_file(SCHEMA, JSON_REJECT_DUPLICATES, &err);
	if (!c->root)
		fail_msg("%s: %s", SCHEMA, err.text);
}

static void test_schema(void **state)
{
	static struct scene *(*const make[])(void) = {
		scene_echo, scene_loss,	   scene_refused6, scene_udp,
		scene_busy, scene_dropped, scene_routes,
	};
	struct schema c;
	size_t i;

	(void)state;
	load(&c);
	for (i = 0; i < sizeof(make) / sizeof(make[0]); i++) {
		struct scene *s = make[i]();
		json_t *list = objects(s);

		assert_true(json_array_size(list) > 4);
		check(&c, list);
		json_decref(list);
		list = objects_as(s, true);
		assert_string_equal(
			json_string_value(json_object_get(
				json_array_get(list, json_array_size(list) - 1), "type")),
			"explanation");
		check(&c, list);
		json_decref(list);
		scene_free(s);
	}
	json_decref(c.root);
}

/* the checker does refuse: without this, test_schema could not fail */
static void test_schema_refuses(void **state)
{
	static const char *const wrong[] = {
		"{}",
		"{\"type\":\"nothing\"}",
		"{\"type\":\"gap\",\"t\":1}",
		"{\"type\":\"gap\",\"t\":1,\"lost\":-1}",
		"{\"type\":\"gap\",\"t\":\"1\",\"lost\":1}",
		"{\"type\":\"gap\",\"t\":1,\"lost\":1,\"new\":2}",
		"{\"type\":\"arp\",\"t\":1,\"op\":\"x\",\"broadcast\":true,"
		"\"sender\":{\"mac\":\"00:00:00:00:00:00\",\"ip\":\"1.1.1.1\"},"
		"\"target\":{\"mac\":\"00:00:00:00:00:00\",\"ip\":\"1.1.1.1\"}}",
	};
	struct schema c;
	size_t i;

	(void)state;
	load(&c);
	for (i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		json_t *obj = json_loads(wrong[i], 0, NULL);

		assert_non_null(obj);
		*c.why = '\0';
		assert_false(schema_ok(&c, c.root, obj));
		json_decref(obj);
	}
	json_decref(c.root);
}

/* the n-th object of a type, from 0 */
static json_t *nth(const json_t *list, const char *type, int n)
{
	json_t *obj;
	size_t i;

	json_array_foreach(
		list, i, obj) if (!strcmp(json_string_value(json_object_get(obj, "type")), type) &&
				  !n--) return obj;
	fail_msg("there is no %s %d", type, n);
	return NULL;
}

static void says(json_t *obj, const char *want)
{
	json_t *w = json_loads(want, 0, NULL), *value;
	const char *key;

	assert_non_null(w);
	json_object_foreach(w, key, value) if (!json_equal(json_object_get(obj, key), value))
		fail_msg("%s is not as in %s: %s", key, want, json_dumps(obj, 0));
	json_decref(w);
}

static void test_contract(void **state)
{
	struct scene *s = scene_echo();
	json_t *list = objects(s);

	(void)state;
	says(nth(list, "arp", 0),
	     "{\"t\":1772366400000021000,\"op\":\"request\",\"broadcast\":true,"
	     "\"sender\":{\"mac\":\"02:00:00:00:00:02\",\"ip\":\"10.0.1.2\"},"
	     "\"target\":{\"mac\":\"00:00:00:00:00:00\",\"ip\":\"10.0.1.1\"}}");
	says(nth(list, "transition", 0),
	     "{\"t\":1772366400000000000,\"conv\":1,\"end\":\"client\","
	     "\"from\":\"CLOSED\",\"to\":\"SYN-SENT\",\"basis\":\"observed\","
	     "\"cause\":{\"call\":\"connect\",\"pid\":412,\"comm\":\"python3\"}}");
	says(nth(list, "segment", 1),
	     "{\"n\":2,\"dir\":\"s>c\",\"flags\":\"SYN,ACK\",\"seq\":0,\"ack\":1,"
	     "\"seq_abs\":1000,\"ack_abs\":2001,\"len\":0,\"win\":65160,\"marks\":[],"
	     "\"opts\":{\"mss\":1460,\"wscale\":7,\"sack_ok\":true}}");
	says(nth(list, "transition", 1), "{\"cause\":{\"segment\":1}}");
	says(nth(list, "transition", 10), "{\"from\":\"TIME-WAIT\",\"to\":\"CLOSED\","
					  "\"cause\":{\"timer\":\"time-wait\"},\"late\":true}");
	says(nth(list, "conversation", 0),
	     "{\"conv\":1,\"proto\":\"tcp\",\"opened\":\"handshake\",\"closed\":\"fin\","
	     "\"completeness\":31,\"client_state\":\"CLOSED\","
	     "\"server_state\":\"CLOSED\",\"segments\":{\"c>s\":6,\"s>c\":5},"
	     "\"bytes\":{\"c>s\":5,\"s>c\":5},"
	     "\"retransmissions\":{\"c>s\":0,\"s>c\":0}}");
	json_decref(list);
	scene_free(s);
}

static void test_beside(void **state)
{
	struct scene *s = scene_busy();
	json_t *list = objects(s);

	(void)state;
	says(nth(list, "call", 0),
	     "{\"t\":1772366399999910000,\"conv\":1,\"end\":\"client\",\"call\":\"socket\","
	     "\"args\":{\"family\":\"AF_INET\",\"type\":\"SOCK_STREAM|SOCK_CLOEXEC\","
	     "\"protocol\":0},\"result\":3,\"duration\":4000,\"pid\":412,\"tid\":412,"
	     "\"comm\":\"curl\"}");
	says(nth(list, "call", 1),
	     "{\"args\":{\"fd\":3,\"addr\":{\"addr\":\"10.0.2.2\",\"port\":8090}},"
	     "\"result\":0}");
	says(nth(list, "call", 3), "{\"call\":\"recvfrom\",\"args\":{\"fd\":3,\"len\":16384,"
				   "\"flags\":\"MSG_DONTWAIT\"},\"result\":-11,"
				   "\"error\":\"EAGAIN\"}");
	says(nth(list, "call", 4), "{\"args\":{\"fd\":3,\"how\":\"SHUT_WR\"}}");
	says(nth(list, "timer", 0), "{\"end\":\"client\",\"timer\":\"retransmission\","
				    "\"event\":\"fired\",\"basis\":\"observed\","
				    "\"segment\":1,\"backoff\":1}");
	says(nth(list, "timer", 2),
	     "{\"timer\":\"delayed-ack\",\"event\":\"armed\",\"basis\":\"inferred\","
	     "\"left_ms\":40}");
	says(nth(list, "queue", 0), "{\"end\":\"server\",\"segment\":1,"
				    "\"accept\":{\"len\":129,\"max\":128},\"half_open\":0,"
				    "\"verdict\":\"accept-queue-full\",\"basis\":\"inferred\"}");
	says(nth(list, "segment", 3), "{\"win\":502,\"win_bytes\":64256}");
	json_decref(list);
	scene_free(s);
}

static void test_loss(void **state)
{
	struct scene *s = scene_loss();
	json_t *list = objects(s);

	(void)state;
	says(nth(list, "gap", 0), "{\"t\":1772366400001300000,\"lost\":17,\"cpu\":1}");
	says(nth(list, "segment", 0), "{\"gso\":{\"segs\":5,\"size\":1448}}");
	says(nth(list, "segment", 2),
	     "{\"marks\":[{\"name\":\"retransmission\",\"reason\":\"fast\","
	     "\"basis\":\"observed\"},"
	     "{\"name\":\"not-delivered\",\"basis\":\"inferred\"}]}");
	says(nth(list, "transition", 1),
	     "{\"basis\":\"inferred\",\"cause\":{\"unknown\":\"this end is not traced\"}}");
	/* bytes of others: escaped, not dropped, not raw */
	says(nth(list, "conversation", 0),
	     "{\"client\":{\"addr\":\"192.0.2.7\",\"port\":51000,\"netns\":\"client\","
	     "\"pid\":77,\"comm\":\"a\\\\x1b[31m\\\\xff\\\\\\\\b\"}}");
	json_decref(list);
	scene_free(s);
}

static void test_datagram(void **state)
{
	struct scene *s = scene_udp();
	json_t *list = objects(s);

	(void)state;
	says(nth(list, "datagram", 0), "{\"n\":1,\"dir\":\"c>s\",\"proto\":\"udp\",\"len\":33}");
	says(nth(list, "icmp", 0), "{\"proto\":\"icmp\",\"icmp\":{\"type\":3,\"code\":3,"
				   "\"name\":\"port-unreachable\"},"
				   "\"about\":{\"addr\":\"10.0.1.3\",\"port\":53,\"proto\":\"udp\","
				   "\"n\":3,\"basis\":\"observed\"},\"from\":\"10.0.1.3\"}");
	says(nth(list, "conversation", 0), "{\"opened\":\"answered\",\"closed\":\"open\"}");
	assert_null(json_object_get(nth(list, "conversation", 0), "completeness"));
	json_decref(list);
	scene_free(s);
}

/* what was not known when the segment's object was written */
static void test_late(void **state)
{
	struct scene *s = scene_udp();
	struct nt_late late = { .t = 5000,
				.arrow = s->item[0].arrow,
				.mark = NT_MARK_NOT_DELIVERED };
	struct nt_item it = { .type = NT_ITEM_LATE, .t = 5000, .conv = &s->conv, .late = &late };
	struct nt_view v = { .netns = { "a", "b" } };
	struct schema k;
	json_t *obj;
	char *text;
	size_t size;
	int i;

	(void)state;
	load(&k);
	late.sight = (struct nt_sighting){ .t = 5000, .source = 1, .hook = NETTRACE_LOCAL_IN };
	late.sight.dev[0] = '\x1b';
	for (i = 0; i < 2; i++, late.lost = true) {
		v.out = open_memstream(&text, &size);
		assert_non_null(v.out);
		f->item(&v, s->model, &it);
		assert_int_equal(fclose(v.out), 0);
		obj = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
		assert_non_null(obj);
		says(obj,
		     i ? "{\"type\":\"mark\",\"t\":5000,\"conv\":1,\"n\":1,\"dir\":\"c>s\","
			 "\"name\":\"not-delivered\",\"basis\":\"inferred\"}" :
			 "{\"type\":\"sighting\",\"t\":5000,\"conv\":1,\"n\":1,\"netns\":\"b\","
			 "\"hook\":\"LOCAL_IN\",\"dev\":\"\\\\x1b\"}");
		*k.why = '\0';
		if (!schema_ok(&k, k.root, obj))
			fail_msg("%s", k.why);
		json_decref(obj);
		free(text);
	}
	json_decref(k.root);
	scene_free(s);
}

/* closes what one object was written to: it has what @want has, and the schema allows it */
static json_t *written(struct schema *c, FILE *out, char **text, const char *want)
{
	json_t *obj;

	assert_int_equal(fclose(out), 0);
	obj = schema_line(c, *text);
	says(obj, want);
	free(*text);
	return obj;
}

static void test_stats(void **state)
{
	static const struct nt_stat_line line[] = { { "recorded", 5 } };
	static const struct nt_stat_cpu cpu[] = { { 3, 9, 5, 4, 0, 1 } };
	struct nt_stats st = { .netns = "x",
			       .version = "0.1\n",
			       .module = line,
			       .nmodule = 1,
			       .cpu = cpu,
			       .ncpu = 1,
			       .seen = 5,
			       .delivered = 3,
			       .lost = 2 };
	struct nt_view v = { .netns = { NULL } };
	struct schema c;
	char *text;
	size_t size;
	json_t *obj;

	(void)state;
	load(&c);
	v.out = open_memstream(&text, &size);
	assert_non_null(v.out);
	f->stats(&v, &st);
	obj = written(&c, v.out, &text,
		      "{\"type\":\"stats\",\"netns\":\"x\",\"version\":\"0.1\\\\x0a\","
		      "\"module\":{\"recorded\":5},\"cpus\":[{\"cpu\":3,\"seen\":9,"
		      "\"recorded\":5,\"filtered\":4,\"unrecorded\":0,\"overwritten\":1}],"
		      "\"reader\":{\"seen\":5,"
		      "\"delivered\":3,\"filtered\":0,\"lost\":2}}");
	json_decref(obj);
	json_decref(c.root);
}

/* an object of `nettrace sockets --json` */
static void test_timers(void **state)
{
	struct nt_ctl_tuple t = { .family = NETTRACE_IPV4,
				  .local = { 10, 0, 1, 2 },
				  .remote = { 10, 0, 2, 2 },
				  .lport = 40000,
				  .rport = 80 };
	struct nettrace_timer r = { .kind = NETTRACE_SK_FULL,
				    .sock_state = NETTRACE_TCP_ESTABLISHED,
				    .armed = NETTRACE_TIMER_RTO | NETTRACE_TIMER_KEEP,
				    .left_ms = 300,
				    .keep_ms = 7200000,
				    .backoff = 1,
				    .retransmits = 1,
				    .rto_us = 408000,
				    .srtt_us = 1200 };
	struct schema c;
	char *text;
	size_t size;
	json_t *obj;
	FILE *out;

	(void)state;
	load(&c);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	nt_json_timers(out, "", &t, &r);
	obj = written(
		&c, out, &text,
		"{\"type\":\"socket\",\"socket\":\"socket\",\"state\":\"ESTABLISHED\","
		"\"local\":{\"addr\":\"10.0.1.2\",\"port\":40000},"
		"\"remote\":{\"addr\":\"10.0.2.2\",\"port\":80},"
		"\"timers\":[{\"timer\":\"retransmission\",\"left_ms\":300},"
		"{\"timer\":\"keepalive\",\"left_ms\":7200000}],"
		"\"backoff\":1,\"retransmits\":1,\"probes\":0,\"rto_us\":408000,\"srtt_us\":1200}");
	json_decref(obj);
	json_decref(c.root);
}

static void test_socket(void **state)
{
	struct nt_ctl_sock s = { .kind = NETTRACE_SK_TIMEWAIT,
				 .state = NETTRACE_TCP_TIME_WAIT,
				 .family = NETTRACE_IPV4,
				 .local = { 10, 0, 1, 2 },
				 .remote = { 10, 0, 2, 2 },
				 .lport = 40000,
				 .rport = 80,
				 .left_ms = 59950 };
	struct schema c;
	char *text;
	size_t size;
	json_t *obj;
	FILE *out;

	(void)state;
	load(&c);
	out = open_memstream(&text, &size);
	assert_non_null(out);
	nt_json_socket(out, "lab\\x0a", &s);
	obj = written(
		&c, out, &text,
		"{\"type\":\"socket\",\"netns\":\"lab\\\\x0a\",\"socket\":\"timewait socket\","
		"\"state\":\"TIME-WAIT\",\"local\":{\"addr\":\"10.0.1.2\",\"port\":40000},"
		"\"remote\":{\"addr\":\"10.0.2.2\",\"port\":80},\"left_ms\":59950}");
	/* the schema can say no */
	json_object_set_new(obj, "left_ms", json_integer(-1));
	assert_false(schema_ok(&c, c.root, obj));
	json_decref(obj);
	json_decref(c.root);
}

static const char *word(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "(none)";
}

/* what decides where a packet goes, and what comes of it: each with its own words */
static void test_routes(void **state)
{
	struct scene *s = scene_routes();
	json_t *list = objects(s), *o = nth(list, "route", 0), *own;

	(void)state;
	assert_string_equal(word(o, "end"), "client");
	assert_string_equal(word(o, "netns"), "client");
	assert_string_equal(word(o, "src"), "10.0.1.2");
	assert_string_equal(word(o, "dst"), "10.0.2.53");
	assert_string_equal(word(o, "gateway"), "10.0.1.1");
	assert_string_equal(word(o, "prefix"), "0.0.0.0/0");
	assert_string_equal(word(o, "table"), "main");
	own = json_object_get(o, "subnet");
	assert_string_equal(word(own, "net"), "10.0.1.0/24");
	assert_string_equal(word(own, "src"), "10.0.1.0");
	assert_string_equal(word(own, "dst"), "10.0.2.0");
	assert_true(json_is_false(json_object_get(own, "same")));
	o = nth(list, "route", 1);
	assert_null(json_object_get(o, "gateway"));
	assert_true(json_is_true(json_object_get(json_object_get(o, "subnet"), "same")));
	o = nth(list, "route", 4); /* what is not known is left out */
	assert_null(json_object_get(o, "subnet"));
	assert_null(json_object_get(o, "prefix"));
	assert_null(json_object_get(o, "mtu"));
	o = nth(list, "route", 5);
	assert_string_equal(word(o, "kind"), "local");
	assert_string_equal(word(o, "dev"), "l\\x1bo");
	o = nth(list, "neigh", 0);
	assert_string_equal(word(o, "addr"), "10.0.1.1");
	assert_string_equal(word(o, "from"), "NONE");
	assert_string_equal(word(o, "to"), "INCOMPLETE");
	assert_string_equal(word(o, "why"), "send");
	assert_string_equal(word(o, "comm"), "py\\x1bthon");
	assert_int_equal(json_integer_value(json_object_get(o, "queued")), 1);
	assert_null(json_object_get(o, "mac"));
	o = nth(list, "neigh", 1);
	assert_null(json_object_get(o, "from"));
	assert_string_equal(word(o, "mac"), "02:00:00:00:00:01");
	assert_null(json_object_get(o, "pid"));
	json_decref(list);
	scene_free(s);
}

/* where and why the kernel dropped a packet, and what became of the SYN */
static void test_dropped(void **state)
{
	struct scene *s = scene_dropped();
	json_t *list = objects(s), *o = nth(list, "drop", 0);

	(void)state;
	assert_string_equal(word(o, "netns"), "rou\\x0ater");
	assert_string_equal(word(o, "dev"), "eth\\x1b");
	assert_string_equal(word(o, "reason"), "IP_RPFILTER");
	assert_string_equal(word(o, "basis"), "observed");
	assert_int_equal(json_integer_value(json_object_get(o, "segment")), 1);
	assert_true(json_is_false(json_object_get(o, "delivered")));
	o = nth(list, "drop", 1);
	assert_true(json_is_null(json_object_get(o, "reason")));
	assert_null(json_object_get(o, "text"));
	o = nth(list, "drop", 2); /* a name that is not known here: as it is */
	assert_string_equal(word(o, "reason"), "TCP_NEW_ONE");
	assert_null(json_object_get(o, "text"));
	assert_true(json_is_true(json_object_get(o, "delivered")));
	o = json_object_get(nth(list, "conversation", 0), "failed");
	assert_string_equal(word(o, "why"), "dropped");
	assert_string_equal(word(o, "reason"), "IP_RPFILTER");
	json_decref(list);
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),	       cmocka_unit_test(test_schema),
		cmocka_unit_test(test_schema_refuses), cmocka_unit_test(test_contract),
		cmocka_unit_test(test_beside),	       cmocka_unit_test(test_loss),
		cmocka_unit_test(test_datagram),       cmocka_unit_test(test_stats),
		cmocka_unit_test(test_timers),	       cmocka_unit_test(test_socket),
		cmocka_unit_test(test_routes),	       cmocka_unit_test(test_dropped),
	};

	return cmocka_run_group_tests_name("render_json", tests, NULL, NULL);
}
