// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_model_route.c - routing decisions find their packet; neighbour entries
 */
#include "layout.h"
#include "script.h"

static const struct nt_route *route(struct script *s, size_t conv, size_t n)
{
	const struct nt_conv *c = nt_model_conv(s->m, conv);
	size_t i;

	for (i = 0; c && i < c->nitem; i++)
		if (c->item[i].type == NT_ITEM_ROUTE && !n--)
			return c->item[i].route;
	return NULL;
}

/* right before its packet, which tells the conversation and the end */
static void test_joins(void **state)
{
	const struct nt_conv *c;
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "9 0 ROUTE c via=10.0.1.1 own=24 match=0\n"
		       "10 0 OUT c>s SYN seq=1 id=1\n"
		       "30 2 IN c>s SYN seq=1 id=1\n"
		       "39 2 ROUTE s via=10.0.2.1 own=24 match=0 dev=eth1\n"
		       "40 2 OUT s>c SYN,ACK seq=9 ack=2 id=1\n");
	nt_model_finish(s.m);
	c = nt_model_conv(s.m, 0);
	assert_int_equal(c->item[0].type, NT_ITEM_ROUTE);
	assert_int_equal(c->item[1].type, NT_ITEM_ARROW);
	assert_int_equal(route(&s, 0, 0)->end, 0);
	assert_int_equal(route(&s, 0, 0)->gateway.b[3], 1);
	assert_int_equal(route(&s, 0, 1)->end, 1);
	assert_string_equal(route(&s, 0, 1)->dev, "eth1");
	assert_null(route(&s, 0, 2));
	script_end(&s);
}

/* of another namespace, CPU, protocol or port, or long ago: of another packet */
static void test_not_its_packet(void **state)
{
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "1 1 ROUTE c own=24\n"
		       "2 0 ROUTE c own=24 cpu=1\n"
		       "3 0 ROUTE c own=24 proto=17\n"
		       "4 0 ROUTE s own=24\n"
		       "10 0 OUT c>s SYN seq=1 id=1\n");
	/* one that waits for a packet that is never recorded */
	s.port[0]++;
	script_run(&s, "20 0 ROUTE c own=24\n"
		       "20020 0 OUT c>s SYN seq=1 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nconv(s.m), 2);
	assert_null(route(&s, 0, 0));
	assert_null(route(&s, 1, 0));
	script_end(&s);
}

/* many decisions, no packets: the table is a ring, and what comes then still joins */
static void test_bounded(void **state)
{
	struct script s;
	char line[64];
	int i;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	for (i = 0; i < 300; i++) {
		s.port[0] = (uint16_t)(1000 + i);
		snprintf(line, sizeof(line), "%d 0 ROUTE c own=24\n", i);
		script_run(&s, line);
	}
	script_run(&s, "301 0 OUT c>s SYN seq=1 id=1\n");
	nt_model_finish(s.m);
	assert_non_null(route(&s, 0, 0));
	script_end(&s);
}

static void test_neigh(void **state)
{
	const struct nt_neigh *n;
	struct script s;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.2.2");
	script_run(&s, "10 0 NEIGH 10.0.1.1 NONE>INCOMPLETE what=send queued=1 pid=7 comm=ping\n"
		       "20 0 NEIGH 10.0.1.1 ?>REACHABLE mac=1\n"
		       "30 1 NEIGH fe80::1 PROBE>FAILED what=timer probes=3 pid=0 comm=x\n");
	nt_model_finish(s.m);
	assert_int_equal(nt_model_nneigh(s.m), 3);
	n = nt_model_neigh(s.m, 0);
	assert_true(n->from_known);
	assert_int_equal(n->from, NETTRACE_NUD_NONE);
	assert_int_equal(n->to, NETTRACE_NUD_INCOMPLETE);
	assert_int_equal(n->queued, 1);
	assert_string_equal(n->comm, "ping");
	assert_false(n->mac_known);
	n = nt_model_neigh(s.m, 1);
	assert_false(n->from_known);
	assert_true(n->mac_known);
	n = nt_model_neigh(s.m, 2);
	assert_int_equal(n->addr.family, NETTRACE_IPV6);
	assert_int_equal(n->probes, 3);
	assert_int_equal(n->comm[0], 0); /* not in a task's time: whose name is it? */
	/* they go with what is forgotten */
	nt_model_forget(s.m, 0);
	assert_int_equal(nt_model_nneigh(s.m), 0);
	script_end(&s);
}

static unsigned int neighbours(struct script *s, int8_t *end)
{
	struct nt_layout_opts o = { 0 };
	struct nt_layout l;
	unsigned int n = 0;
	size_t i;

	assert_int_equal(nt_layout_conv(&l, s->m, nt_model_conv(s->m, 0), &o), 0);
	for (i = 0; i < l.nrow; i++)
		if (l.row[i].type == NT_ROW_NEIGH) {
			*end = l.row[i].end;
			n++;
		}
	nt_layout_free(&l);
	return n;
}

/* only where its packets go next, only of its own ends, only of its time */
static void test_concerns(void **state)
{
	struct script s;
	int8_t end = -1;

	(void)state;
	script_begin(&s, "10.0.1.2", "10.0.1.3");
	script_run(&s, "1 0 NEIGH 10.0.1.3 STALE>DELAY\n" /* before it */
		       "10 0 OUT c>s SYN seq=1 id=1\n"
		       "11 0 NEIGH 10.0.1.3 NONE>INCOMPLETE\n"
		       "12 0 NEIGH 10.0.1.4 NONE>INCOMPLETE\n" /* another host */
		       "13 1 NEIGH 10.0.1.3 NONE>INCOMPLETE\n" /* in another namespace */
		       "14 0 NEIGH 10.0.1.1 NONE>INCOMPLETE\n" /* no route leads there */
		       "30 2 IN c>s SYN seq=1 id=1\n"
		       "99 0 NEIGH 10.0.1.3 REACHABLE>STALE\n"); /* after it */
	nt_model_finish(s.m);
	assert_int_equal(neighbours(&s, &end), 1);
	assert_int_equal(end, 0);
	script_end(&s);
	/* the gateway of the server's route */
	script_begin(&s, "10.0.1.2", "10.0.2.3");
	script_run(&s, "10 0 OUT c>s SYN seq=1 id=1\n"
		       "20 2 IN c>s SYN seq=1 id=1\n"
		       "21 2 ROUTE s via=10.0.2.1\n"
		       "22 2 OUT s>c SYN,ACK seq=9 ack=2 id=1\n"
		       "23 2 NEIGH 10.0.2.1 STALE>DELAY\n"
		       "24 2 NEIGH 10.0.2.7 STALE>DELAY\n"
		       "30 0 IN s>c SYN,ACK seq=9 ack=2 id=1\n");
	nt_model_finish(s.m);
	assert_int_equal(neighbours(&s, &end), 1);
	assert_int_equal(end, 1);
	script_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_joins),	 cmocka_unit_test(test_not_its_packet),
		cmocka_unit_test(test_bounded),	 cmocka_unit_test(test_neigh),
		cmocka_unit_test(test_concerns),
	};

	return cmocka_run_group_tests_name("model_route", tests, NULL, NULL);
}
