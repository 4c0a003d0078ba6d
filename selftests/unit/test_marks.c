// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_marks.c - a plain exchange has no mark; those of single segments; room, and names
 *
 * What is lost and sent again: test_marks_data.c; acknowledgments: test_marks_ack.c.
 */
#include <jansson.h>

#include "marks.h"

#define SCHEMA "../../userspace/schema/nettrace.schema.json"

/* nothing of a plain exchange is worth a mark */
static void test_plain(void **state)
{
	(void)state;
	CHECK(OPENING " 10000 0 FWD c>s PSH,ACK seq=1001 ack=5001 len=100\n"
		      " 11000 0 FWD s>c ACK seq=5001 ack=1101\n"
		      " 12000 0 FWD s>c PSH,ACK seq=5001 ack=1101 len=1460\n"
		      " 13000 0 FWD c>s ACK seq=1101 ack=6461\n"
		      " 14000 0 FWD c>s FIN,ACK seq=1101 ack=6461\n"
		      " 15000 0 FWD s>c FIN,ACK seq=6461 ack=1102\n"
		      " 16000 0 FWD c>s ACK seq=1102 ack=6462\n",
	      "");
}

static void test_super_segment(void **state)
{
	(void)state;
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=3000 gso=1448 id=3\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=3000 gso=1448 id=3\n",
	      "4 super-segment:gso#3\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2000 gso=1448\n",
	      "4 super-segment:gro#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1448 gso=1448\n", "");
	/* without the kernel's word: longer than the MSS, less the options */
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1461\n",
	      "4 ~super-segment:mss#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=1460\n", "");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2896 ts=1\n",
	      "4 ~super-segment:mss#2\n");
	CHECK(OPENING " 10000 0 FWD c>s ACK seq=1001 ack=5001 len=2897 ts=1\n",
	      "4 ~super-segment:mss#3\n");
}

static void test_ecn(void **state)
{
	(void)state;
	CHECK("    0 0 FWD c>s SYN,ECE,CWR seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE seq=5000 ack=1001\n"
	      " 2000 0 FWD c>s ACK seq=1001 ack=5001 len=9 tos=2\n"
	      " 3000 0 FWD c>s ACK seq=1010 ack=5001 len=9 tos=3\n"
	      " 4000 0 FWD s>c ACK,ECE seq=5001 ack=1019\n"
	      " 5000 0 FWD c>s ACK,CWR seq=1019 ack=5001 len=9 tos=3\n",
	      "1 ecn:offered\n2 ecn:accepted\n4 ecn:ce\n5 ecn:ece\n6 ecn:ce+cwr\n");
	/* half an offer; an answer that reflects both; one that nobody asked for */
	CHECK("    0 0 FWD c>s SYN,ECE seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE seq=5000 ack=1001\n",
	      "");
	CHECK("    0 0 FWD c>s SYN,ECE,CWR seq=1000\n"
	      " 1000 0 FWD s>c SYN,ACK,ECE,CWR seq=5000 ack=1001\n",
	      "1 ecn:offered\n");
	/* the router marked it: its sender's record does not know */
	CHECK(TRACED " 100 0 OUT c>s ACK seq=1001 ack=5001 len=5 id=3 tos=2\n"
		     " 110 1 IN  c>s ACK seq=1001 ack=5001 len=5 id=3 tos=3\n",
	      "4 ecn:ce\n");
}

static void test_fastopen(void **state)
{
	(void)state;
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 tfo\n",
	      "1 fast-open:cookie\n2 fast-open:granted\n");
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo len=10\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1011\n",
	      "1 fast-open:data\n2 fast-open:data accepted\n");
	CHECK("    0 0 FWD c>s SYN seq=1000 tfo len=10\n"
	      " 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001\n",
	      "1 fast-open:data\n2 fast-open:data refused\n");
}

static void test_syn_cookie(void **state)
{
	(void)state;
	CHECK(" 10 1 IN  c>s SYN seq=1000 sk=LISTEN:LISTEN\n"
	      " 20 1 OUT s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n",
	      "2 syn-cookie\n");
	CHECK(" 10 1 IN  c>s SYN seq=1000 sk=LISTEN:LISTEN\n"
	      " 20 1 OUT s>c SYN,ACK seq=5000 ack=1001 sk=REQUEST:NEW_SYN_RECV\n",
	      "");
	/* seen on the way, nobody can tell */
	CHECK(" 10 0 FWD c>s SYN seq=1000\n"
	      " 20 0 FWD s>c SYN,ACK seq=5000 ack=1001 sk=NONE\n",
	      "");
}

static void test_port_reuse(void **state)
{
	static const char twice[] = " 10 0 FWD c>s SYN seq=1000\n"
				    " 20 0 FWD s>c RST,ACK seq=0 ack=1001\n"
				    " 30 0 FWD c>s SYN seq=9000\n";

	(void)state;
	check_at(twice, "", 0, __LINE__);
	check_at(twice, "1 port-reuse\n", 1, __LINE__);
}

/* the heaviest stay, in order; what is left out is counted */
static void test_room(void **state)
{
	static const enum nt_mark_name light_first[] = {
		NT_MARK_SUPER_SEGMENT, NT_MARK_SACK,	      NT_MARK_ECN,
		NT_MARK_ZERO_WINDOW,   NT_MARK_OUT_OF_ORDER,  NT_MARK_RETRANSMISSION,
		NT_MARK_SPURIOUS,      NT_MARK_NOT_DELIVERED, NT_MARK_WINDOW_FULL,
	};
	static const enum nt_mark_name want[NT_MARKS_MAX] = {
		NT_MARK_NOT_DELIVERED, NT_MARK_RETRANSMISSION, NT_MARK_SPURIOUS,
		NT_MARK_OUT_OF_ORDER,  NT_MARK_ZERO_WINDOW,    NT_MARK_WINDOW_FULL,
	};
	struct nt_mark_list s = { .n = 0 };
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(light_first) / sizeof(light_first[0]); i++)
		nt_marks_add(&s, light_first[i], "r", NT_INFERRED, (uint32_t)i);
	assert_int_equal(s.n, NT_MARKS_MAX);
	assert_int_equal(s.left_out, 3);
	for (i = 0; i < NT_MARKS_MAX; i++)
		assert_int_equal(s.m[i].name, want[i]);
	nt_marks_add(&s, NT_MARK_SACK, NULL, NT_OBSERVED, 0);
	assert_int_equal(s.left_out, 4);
	assert_null(nt_mark_find(&s, NT_MARK_SACK));
	assert_string_equal(nt_mark_find(&s, NT_MARK_SPURIOUS)->reason, "r");
}

/* every mark has a name of its own, and programs may rely on it */
static void test_names(void **state)
{
	json_t *schema = json_load_file(SCHEMA, 0, NULL), *names;
	size_t i, k;

	(void)state;
	names = json_object_get(json_object_get(schema, "definitions"), "marks");
	names = json_object_get(json_object_get(names, "items"), "properties");
	names = json_object_get(json_object_get(names, "name"), "enum");
	assert_int_equal(json_array_size(names), NT_MARK_MAX + 1); /* and "?" */
	for (i = 0; i <= NT_MARK_MAX; i++) {
		const char *word = nt_mark_word((enum nt_mark_name)i);

		assert_true((i == NT_MARK_MAX) == !strcmp(word, "?"));
		for (k = 0; k <= NT_MARK_MAX; k++) {
			if (!strcmp(json_string_value(json_array_get(names, k)), word))
				break;
		}
		assert_true(k <= NT_MARK_MAX);
		for (k = 0; k < i; k++)
			assert_string_not_equal(word, nt_mark_word((enum nt_mark_name)k));
	}
	json_decref(schema);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plain),	   cmocka_unit_test(test_super_segment),
		cmocka_unit_test(test_ecn),	   cmocka_unit_test(test_fastopen),
		cmocka_unit_test(test_syn_cookie), cmocka_unit_test(test_port_reuse),
		cmocka_unit_test(test_room),	   cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("marks", tests, NULL, NULL);
}
