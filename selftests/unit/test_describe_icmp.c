// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_describe_icmp.c - what stands on the arrow of an ICMP, ICMPv6 or IGMP message,
 * and in its object of JSON, from the bytes of RFC 792, 1191, 4443, 4861, 2236
 */
#include <jansson.h>

#include "describe.h"
#include "packets.h"
#include "render_json.h"
#include "scene.h"

struct message {
	u8 proto; /* 1, 58, or 2 */
	u8 type, code;
	u32 word;
	const char *label; /* its pieces, with blanks */
	const char *json;  /* of its member "icmp" or "igmp" */
};

/* the packet that an error is about: UDP to port 53, or an echo */
static void add_quote(struct pkt *k, bool v6, u8 proto)
{
	struct pkt in;

	if (v6)
		ip6(&in, proto);
	else
		ip4(&in, proto);
	if (proto == 17) {
		add32(&in, 40000u << 16 | 53);
		add32(&in, 8u << 16);
	} else {
		add32(&in, (v6 ? 128u : 8u) << 24);
		add32(&in, 0x12340007);
	}
	if (v6)
		ip6_done(&in);
	else
		ip4_done(&in);
	add(k, in.b, in.len);
}

/* @quote: the protocol of the packet in it; 0: there is none */
static void make(struct nettrace_packet *p, const struct message *m, u8 quote)
{
	bool v6 = m->proto == 58;
	struct pkt k;

	if (v6)
		ip6(&k, 58);
	else
		ip4(&k, m->proto);
	add8(&k, m->type);
	add8(&k, m->code);
	add16(&k, 0);
	add32(&k, m->word);
	if (quote)
		add_quote(&k, v6, quote);
	else if (m->type >= 135 && v6)
		add(&k, "\376\200\0\0\0\0\0\0\0\0\0\0\0\0\0\1", 16);
	if (v6) {
		ip6_done(&k);
		parse6(&k, p);
	} else {
		ip4_done(&k);
		parse4(&k, p);
	}
}

static const char *text_of(const struct nt_label *l)
{
	static char text[512];
	int i, n = 0;

	*text = '\0';
	for (i = 0; i < l->n; i++)
		n += snprintf(text + n, sizeof(text) - (size_t)n, "%s%s", i ? " " : "",
			      l->text + l->piece[i].off);
	return text;
}

static void one(const struct message *m, u8 quote)
{
	struct scene *s = scene_new(m->proto);
	struct nt_view v = { .netns = { "a", "b" } };
	struct nt_arrow *a;
	struct nt_label l;
	json_t *o, *word;
	char *json;

	scene_end(s, 0, "10.0.1.2", 0, NULL, 0, 0);
	scene_end(s, 1, "10.0.2.2", 0, NULL, 0, 1);
	a = scene_packet(s, 0, 0, 0);
	make(&a->pkt, m, quote);
	nt_label_start(&l);
	nt_describe_dgram(&l, a, NT_MARKS_ALL);
	assert_string_equal(text_of(&l), m->label);
	o = nt_json_datagram(&v, &s->conv, a);
	word = json_object_get(o, m->proto == 2 ? "igmp" : "icmp");
	assert_non_null(word);
	json = json_dumps(word, JSON_COMPACT | JSON_SORT_KEYS);
	assert_string_equal(json, m->json);
	assert_int_equal(!!json_object_get(o, "about"), quote != 0);
	free(json);
	json_decref(o);
	scene_free(s);
}

static void words(void **state)
{
	static const struct message t[] = {
		{ 1, 8, 0, 0x12340007, "echo request id=4660 seq=7",
		  "{\"code\":0,\"id\":4660,\"name\":\"echo-request\",\"seq\":7,\"type\":8}" },
		{ 1, 14, 0, 0x12340007, "timestamp reply",
		  "{\"code\":0,\"name\":\"timestamp-reply\",\"type\":14}" },
		{ 58, 129, 0, 0x12340007, "echo reply id=4660 seq=7",
		  "{\"code\":0,\"id\":4660,\"name\":\"echo-reply\",\"seq\":7,\"type\":129}" },
		{ 58, 135, 0, 0, "neighbour solicitation who has fe80::1",
		  "{\"code\":0,\"name\":\"neighbour-solicitation\",\"type\":135}" },
		{ 58, 136, 0, 0x60000000, "neighbour advertisement about fe80::1",
		  "{\"code\":0,\"name\":\"neighbour-advertisement\",\"type\":136}" },
		{ 58, 137, 0, 0, "redirect go to fe80::1",
		  "{\"code\":0,\"name\":\"redirect\",\"type\":137}" },
		{ 58, 133, 0, 0, "router solicitation",
		  "{\"code\":0,\"name\":\"router-solicitation\",\"type\":133}" },
		{ 2, 0x11, 100, 0, "IGMP membership query",
		  "{\"code\":100,\"name\":\"membership-query\",\"type\":17}" },
		{ 2, 0x16, 0, 0xe0000105, "IGMP membership report v2 group 224.0.1.5",
		  "{\"code\":0,\"group\":\"224.0.1.5\",\"name\":\"membership-report-v2\",\"type\":22}" },
		{ 2, 0x22, 0, 3, "IGMP membership report v3 3 records",
		  "{\"code\":0,\"name\":\"membership-report-v3\",\"type\":34}" },
		{ 1, 77, 3, 0, "type 77 code 3",
		  "{\"code\":3,\"name\":\"type-77-code-3\",\"type\":77}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		one(&t[i], 0);
}

static void errors(void **state)
{
	static const struct message t[] = {
		{ 1, 3, 3, 0, "port unreachable about udp to 10.0.2.2:53 from 10.0.1.2",
		  "{\"code\":3,\"name\":\"port-unreachable\",\"type\":3}" },
		{ 1, 3, 4, 1400,
		  "fragmentation needed mtu=1400 about udp to 10.0.2.2:53 from 10.0.1.2",
		  "{\"code\":4,\"mtu\":1400,\"name\":\"fragmentation-needed\",\"type\":3}" },
		{ 1, 5, 1, 0x0a000101,
		  "host redirect to gateway 10.0.1.1 about udp to 10.0.2.2:53 from 10.0.1.2",
		  "{\"code\":1,\"gateway\":\"10.0.1.1\",\"name\":\"host-redirect\",\"type\":5}" },
		{ 1, 11, 0, 0, "TTL exceeded about udp to 10.0.2.2:53 from 10.0.1.2",
		  "{\"code\":0,\"name\":\"ttl-exceeded\",\"type\":11}" },
		{ 1, 12, 0, 20u << 24,
		  "parameter problem at octet 20 about udp to 10.0.2.2:53 from 10.0.1.2",
		  "{\"code\":0,\"name\":\"parameter-problem\",\"pointer\":20,\"type\":12}" },
		{ 58, 1, 4, 0, "port unreachable about udp to [fd00::2:2]:53 from fd00::1:2",
		  "{\"code\":4,\"name\":\"port-unreachable\",\"type\":1}" },
		{ 58, 2, 0, 1280,
		  "packet too big mtu=1280 about udp to [fd00::2:2]:53 from fd00::1:2",
		  "{\"code\":0,\"mtu\":1280,\"name\":\"packet-too-big\",\"type\":2}" },
		{ 58, 4, 1, 40,
		  "unknown next header at octet 40 about udp to [fd00::2:2]:53 from fd00::1:2",
		  "{\"code\":1,\"name\":\"unknown-next-header\",\"pointer\":40,\"type\":4}" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++)
		one(&t[i], 17);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(words),
		cmocka_unit_test(errors),
	};

	return cmocka_run_group_tests_name("describe_icmp", tests, NULL, NULL);
}
