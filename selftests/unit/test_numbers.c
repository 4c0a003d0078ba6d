// SPDX-License-Identifier: GPL-2.0-only
/*
 * Numbers as they are written: relative, absolute, the textbook's letters;
 * windows with their scale.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "calls.h"
#include "numbers.h"
#include "scenes.h"

/* "seq/ack" of each arrow, as the style writes them */
static const char *all(const struct scene *s, enum nt_number_style style)
{
	static char text[1024];
	struct nt_numbers num;
	size_t i, n = 0;

	*text = '\0';
	nt_numbers_of(&num, style, &s->conv);
	for (i = 0; i < s->conv.nitem; i++) {
		const struct nt_arrow *a = s->item[i].arrow;
		char seq[NT_NUMBER_TEXT], ack[NT_NUMBER_TEXT];

		if (s->item[i].type != NT_ITEM_ARROW)
			continue;
		nt_number(seq, &num, a->dir, a, a->seq, a->pkt.seq);
		nt_number(ack, &num, !a->dir, a, a->ack, a->pkt.ack);
		n += (size_t)snprintf(text + n, sizeof(text) - n, "%s/%s ", seq,
				      a->ack_valid ? ack : "-");
		assert_true(n < sizeof(text));
	}
	return text;
}

static struct scene *begin(void)
{
	struct scene *s = scene_new(IPPROTO_TCP);

	scene_end(s, 0, "10.0.0.1", 1, NULL, 0, 0);
	scene_end(s, 1, "10.0.0.2", 2, NULL, 0, 1);
	return s;
}

/* the figure of the textbooks: x, y; u, v, w */
static void test_textbook(void **state)
{
	struct scene *s = scene_echo();

	(void)state;
	assert_string_equal(all(s, NT_NUMBERS_SYMBOLS),
			    "x/- y/x+1 x+1/y+1 x+1/y+1 y+1/x+6 y+1/x+6 x+6/y+6 u/y+6 v/u+1 w/u+1 "
			    "u+1/w+1 ");
	assert_string_equal(all(s, NT_NUMBERS_RELATIVE),
			    "0/- 0/1 1/1 1/1 1/6 1/6 6/6 6/6 6/7 6/7 7/7 ");
	assert_string_equal(all(s, NT_NUMBERS_ABSOLUTE),
			    "1000/- 1000/2001 1001/2001 1001/2001 1001/2006 1001/2006 1006/2006 "
			    "1006/2006 1006/2007 1006/2007 1007/2007 ");
	scene_free(s);
}

/* after the first FIN the other end goes on sending: v+1, then w is not v */
static void test_half_close(void **state)
{
	struct scene *s = begin();

	(void)state;
	scene_tcp(s, 0, 0, TH_SYN, 0, 0, 0);
	scene_tcp(s, 1, 1, TH_SYN | TH_ACK, 0, 1, 0);
	scene_tcp(s, 2, 0, TH_ACK, 1, 1, 0);
	scene_tcp(s, 3, 1, TH_FIN, 1, 1, 0); /* the server closes first */
	scene_tcp(s, 4, 0, TH_ACK, 1, 2, 0);
	scene_tcp(s, 5, 0, TH_PSH, 1, 2, 5);
	scene_tcp(s, 6, 0, TH_PSH, 6, 2, 5);
	scene_tcp(s, 7, 1, TH_ACK, 2, 11, 0);
	scene_tcp(s, 8, 0, TH_FIN, 11, 2, 0);
	scene_tcp(s, 9, 1, TH_ACK, 2, 12, 0);
	assert_string_equal(all(s, NT_NUMBERS_SYMBOLS),
			    "x/- y/x+1 x+1/y+1 u/x+1 v/u+1 v/u+1 v+5/u+1 u+1/v+10 w/u+1 u+1/w+1 ");
	scene_free(s);
}

/* three segments: no v; both at once: neither; a FIN with data; said again */
static void test_other_closes(void **state)
{
	struct scene *s = begin();

	(void)state;
	scene_tcp(s, 0, 0, TH_FIN, 1, 1, 4);
	scene_tcp(s, 1, 1, TH_FIN, 1, 6, 0);
	scene_tcp(s, 2, 1, TH_FIN, 1, 6, 0);
	scene_tcp(s, 3, 0, TH_ACK, 6, 2, 0);
	assert_string_equal(all(s, NT_NUMBERS_SYMBOLS), "x+1/y+1 w/u+1 w/u+1 u+1/w+1 ");
	scene_free(s);
	s = begin();
	scene_tcp(s, 0, 0, TH_FIN, 1, 1, 0);
	scene_tcp(s, 1, 1, TH_FIN, 1, 1, 0);
	scene_tcp(s, 2, 0, TH_ACK, 2, 2, 0);
	scene_tcp(s, 3, 1, TH_ACK, 2, 2, 0);
	/* the second FIN acknowledges x+1: u's number, but it is not about the FIN */
	assert_string_equal(all(s, NT_NUMBERS_SYMBOLS), "u/y+1 w/u u+1/w+1 w+1/u+1 ");
	scene_free(s);
}

/* relative numbers go round after 4 GiB: the letters stay what they are */
static void test_wrap(void **state)
{
	struct scene *s = begin();
	struct nt_numbers num;
	char buf[NT_NUMBER_TEXT];

	(void)state;
	scene_tcp(s, 0, 0, TH_SYN, 0, 0, 0)->pkt.seq = 4294967290U;
	scene_tcp(s, 1, 0, TH_PSH, 1, 1, 20)->pkt.seq = 4294967291U;
	nt_numbers_of(&num, NT_NUMBERS_SYMBOLS, &s->conv);
	assert_int_equal(num.base[0], 4294967290U);
	assert_true(num.isn[0] && !num.isn[1]);
	assert_string_equal(nt_number(buf, &num, 0, s->item[1].arrow, 20, 14), "x+20");
	scene_free(s);
}

static void test_window(void **state)
{
	struct scene *s = begin();
	struct nt_arrow *syn, *synack, *ack;
	struct nt_numbers num;

	(void)state;
	syn = scene_tcp(s, 0, 0, TH_SYN, 0, 0, 0);
	synack = scene_tcp(s, 1, 1, TH_SYN | TH_ACK, 0, 1, 0);
	ack = scene_tcp(s, 2, 0, TH_ACK, 1, 1, 0);
	synack->pkt.wscale = 2;
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, &s->conv);
	assert_int_equal(nt_window(&num, syn), 64240);
	assert_int_equal(nt_window(&num, ack), 502 << 7);
	ack->dir = 1;
	assert_int_equal(nt_window(&num, ack), 502 << 2);
	syn->pkt.wscale = 255; /* 14 is the most, RFC 7323, 2.3 */
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, &s->conv);
	ack->dir = 0;
	assert_int_equal(nt_window(&num, ack), 502 << 14);
	/* one end does not offer it: no scale for either */
	synack->pkt.optflags &= (uint8_t)~NETTRACE_OPT_WSCALE;
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, &s->conv);
	assert_int_equal(nt_window(&num, ack), 502);
	/* the SYNs were not seen: not known, but none is none */
	s->conv.nitem = 0;
	nt_numbers_of(&num, NT_NUMBERS_RELATIVE, &s->conv);
	s->conv.nitem = 3;
	assert_int_equal(nt_window(&num, ack), -1);
	assert_int_equal(nt_window(NULL, ack), -1);
	ack->pkt.window = 0;
	assert_int_equal(nt_window(&num, ack), 0);
	scene_free(s);
}

/* each flag by its name, what has none as a number; the kernel's own errors */
static void test_calls(void **state)
{
	struct nt_call call = { .name = "sendto", .fd = 7, .arg = { 0, 5, UINT32_MAX } };
	struct nt_call_arg arg[NT_CALL_ARGS];
	char buf[32];

	(void)state;
	assert_int_equal(nt_call_args(&call, arg), 3);
	assert_int_equal(arg[1].number, 5);
	assert_non_null(strstr(arg[2].text, "MSG_PEEK"));
	assert_non_null(strstr(arg[2].text, "MSG_FASTOPEN"));
	assert_true(strlen(arg[2].text) < NT_CALL_ARG_TEXT);
	call.arg[2] = 0;
	assert_int_equal(nt_call_args(&call, arg), 3);
	assert_true(arg[2].is_zero);
	call.name = "shutdown";
	call.arg[0] = 9;
	assert_int_equal(nt_call_args(&call, arg), 2);
	assert_string_equal(arg[1].text, "9");
	call.name = "frobnicate"; /* of a kernel to come */
	assert_int_equal(nt_call_args(&call, arg), 1);
	assert_int_equal(arg[0].number, 7);
	call.name = NULL;
	assert_int_equal(nt_call_args(&call, arg), 1);
	assert_string_equal(nt_errno_name(111, buf, sizeof(buf)), "ECONNREFUSED");
	assert_string_equal(nt_errno_name(512, buf, sizeof(buf)), "ERESTARTSYS");
	assert_string_equal(nt_errno_name(4711, buf, sizeof(buf)), "error 4711");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_textbook),     cmocka_unit_test(test_half_close),
		cmocka_unit_test(test_other_closes), cmocka_unit_test(test_wrap),
		cmocka_unit_test(test_window),	     cmocka_unit_test(test_calls),
	};

	return cmocka_run_group_tests_name("numbers", tests, NULL, NULL);
}
