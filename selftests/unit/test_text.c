// SPDX-License-Identifier: GPL-2.0-only
/*
 * Foreign bytes made safe, widths, and lines that nothing can leave.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "describe.h"
#include "names.h"
#include "text.h"

static void escapes(const char *src, size_t n, const char *want)
{
	char buf[256];

	assert_ptr_equal(nt_text_escape(buf, sizeof(buf), src, n), buf);
	assert_string_equal(buf, want);
}

static void test_escape(void **state)
{
	(void)state;
	escapes("python3", 16, "python3");
	escapes("python3", 3, "pyt");
	escapes("", 16, "");
	escapes("a\0b", 3, "a");
	escapes("\033[2J", 4, "\\x1b[2J");
	escapes("a\nb\tc\r", 6, "a\\x0ab\\x09c\\x0d");
	escapes("back\\slash", 16, "back\\\\slash");
	escapes("\x7f", 1, "\\x7f");
	escapes("\u00e9\u4e2d", 16, "\u00e9\u4e2d");
	escapes("\u202e"
		"exe",
		16, "\\xe2\\x80\\xaeexe");	  /* right to left */
	escapes("\u200b", 16, "\\xe2\\x80\\x8b"); /* no width */
	escapes("e\u0301", 16, "e\\xcc\\x81");	  /* combining */
	escapes("\u05d0", 16, "\\xd7\\x90");	  /* Hebrew */
	escapes("\xc2\x9b"
		"31m",
		16, "\\xc2\\x9b31m"); /* C1: CSI */
}

static void test_escape_invalid(void **state)
{
	(void)state;
	escapes("\xff\xfe", 2, "\\xff\\xfe");
	escapes("\x80", 1, "\\x80");
	escapes("\xc3", 1, "\\xc3"); /* cut short */
	escapes("\xe4\xb8", 2, "\\xe4\\xb8");
	escapes("\xe4\xb8\xad", 2, "\\xe4\\xb8"); /* cut by the field */
	escapes("\xc0\xaf", 2, "\\xc0\\xaf");	  /* overlong */
	escapes("\xe0\x80\xaf", 3, "\\xe0\\x80\\xaf");
	escapes("\xed\xa0\x80", 3, "\\xed\\xa0\\x80"); /* surrogate */
	escapes("\xf4\x90\x80\x80", 4, "\\xf4\\x90\\x80\\x80");
	escapes("\xc3(", 2, "\\xc3(");
}

/* whatever the bytes: printable, valid, within the buffer, terminated */
static void test_escape_all(void **state)
{
	unsigned int a, b, size;

	(void)state;
	for (a = 1; a < 256; a++)
		for (b = 0; b < 256; b++) {
			char src[3] = { (char)a, (char)b, 'z' }, buf[40];
			const char *p = buf;
			uint32_t cp;

			nt_text_escape(buf, sizeof(buf), src, sizeof(src));
			while (*p) {
				assert_true(nt_utf8_next(&p, buf + strlen(buf), &cp));
				assert_true(nt_cp_width(cp) > 0);
			}
		}
	for (size = 1; size < 20; size++) {
		char *buf = malloc(size); /* ASan watches its end */

		assert_non_null(buf);
		nt_text_escape(buf, size, "\033\u4e2d\\x", 16);
		assert_true(strlen(buf) < size);
		free(buf);
	}
}

static void test_width(void **state)
{
	uint32_t cp;

	(void)state;
	assert_int_equal(nt_text_width("abc", true), 3);
	assert_int_equal(nt_text_width("\u4e2d\u6587", true), 4);
	assert_int_equal(nt_text_width("\u2500\u25b6", true), 2);
	assert_int_equal(nt_text_width("\u2190", false), 2); /* <- */
	assert_int_equal(nt_text_width("\u2026", false), 3); /* ... */
	assert_int_equal(nt_text_width("\u00e9", false), 8); /* \xc3\xa9 */
	for (cp = 0; cp < 0x20; cp++)
		assert_int_equal(nt_cp_width(cp), -1);
	for (cp = 0x7f; cp < 0xa0; cp++)
		assert_int_equal(nt_cp_width(cp), -1);
	assert_int_equal(nt_cp_width(0x10ffff), -1);
}

static const char *print(const struct nt_line *l, bool color)
{
	static char text[4096];
	FILE *f = fmemopen(text, sizeof(text), "w");

	assert_non_null(f);
	nt_line_print(l, f, color);
	assert_int_equal(fclose(f), 0);
	return text;
}

static void test_line(void **state)
{
	struct nt_line l;

	(void)state;
	nt_line_start(&l, 10, true);
	assert_int_equal(nt_line_put(&l, 2, 10, "abc", NT_ROLE_PLAIN), 5);
	assert_string_equal(print(&l, false), "  abc\n");
	nt_line_put(&l, 6, 10, "defgh", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "  abc def\u2026\n");
	nt_line_start(&l, 10, true);
	nt_line_put(&l, 0, 5, "\u4e2d\u4e2d\u4e2d", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "\u4e2d\u4e2d\u2026\n");
	nt_line_start(&l, 10, true);
	nt_line_put(&l, 0, 4, "\u4e2d\u4e2d\u4e2d", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "\u4e2d \u2026\n");
	nt_line_start(&l, 8, false);
	nt_line_put(&l, 0, 8, "abcdefghij", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "abcde...\n");
	nt_line_start(&l, 8, true);
	nt_line_right(&l, 0, 8, "xy", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "      xy\n");
	nt_line_put(&l, -5, 3, "long text", NT_ROLE_PLAIN);
	nt_line_put(&l, 3, 500, "far too long a text", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, false), "lo\u2026far \u2026\n");
}

static void test_line_color(void **state)
{
	struct nt_line l;

	(void)state;
	nt_line_start(&l, 10, true);
	nt_line_put(&l, 0, 10, "a", NT_ROLE_TITLE);
	nt_line_put(&l, 1, 10, "b", NT_ROLE_PLAIN);
	assert_string_equal(print(&l, true), "\033[0;1ma\033[0mb\n");
}

static void test_label(void **state)
{
	struct nt_label label;
	struct nt_line l;

	(void)state;
	nt_label_start(&label);
	nt_label_add(&label, 0, NT_ROLE_PLAIN, "SYN");
	nt_label_add(&label, 1, NT_ROLE_PLAIN, "seq=%d", 0);
	nt_label_add(&label, 5, NT_ROLE_PLAIN, "mss=1460");
	nt_label_add(&label, NT_RANK_EXTRA, NT_ROLE_PLAIN, "win=9");
	nt_line_start(&l, 60, true);
	nt_line_label(&l, 0, 60, &label);
	assert_string_equal(print(&l, false), "SYN seq=0 mss=1460 win=9\n");
	nt_line_start(&l, 60, true);
	nt_line_label(&l, 0, 20, &label); /* an extra goes in silence */
	assert_string_equal(print(&l, false), "SYN seq=0 mss=1460\n");
	nt_line_start(&l, 60, true);
	nt_line_label(&l, 0, 15, &label); /* what matters is missed */
	assert_string_equal(print(&l, false), "SYN seq=0 \u2026\n");
	nt_line_start(&l, 60, true);
	nt_line_label(&l, 0, 2, &label);
	assert_string_equal(print(&l, false), "S\u2026\n");
	assert_int_equal(nt_line_label_width(&label, 15, true), 11);
}

/* a label takes what it has room for, and no more */
static void test_label_full(void **state)
{
	struct nt_label label;
	char big[NT_LABEL_TEXT];
	int i;

	(void)state;
	nt_label_start(&label);
	for (i = 0; i < 100; i++)
		nt_label_add(&label, 0, NT_ROLE_PLAIN, "x");
	assert_int_equal(label.n, NT_PIECES_MAX);
	memset(big, 'y', sizeof(big) - 1);
	big[sizeof(big) - 1] = '\0';
	nt_label_start(&label);
	nt_label_add(&label, 0, NT_ROLE_PLAIN, "%s", big);
	assert_int_equal(label.n, 1);
	nt_label_add(&label, 0, NT_ROLE_PLAIN, "one too many");
	assert_int_equal(label.n, 1);
}

static void test_names(void **state)
{
	char buf[48], tiny[6];
	unsigned int i;

	(void)state;
	for (i = 0; i < 1000; i++) {
		assert_non_null(nt_hook_name(i));
		assert_non_null(nt_sk_kind_name(i));
		assert_non_null(nt_mark_word((enum nt_mark_name)i));
		assert_non_null(nt_opened_name((enum nt_opened)i));
		assert_non_null(nt_closed_name((enum nt_closed)i));
		assert_true(*nt_proto_name(i, buf, sizeof(buf)));
	}
	assert_string_equal(nt_hook_name(255), "?");
	assert_string_equal(nt_hook_name(NETTRACE_LOCAL_OUT), "LOCAL_OUT");
	assert_string_equal(nt_tcp_flags(0x12, buf, sizeof(buf)), "SYN,ACK");
	assert_string_equal(nt_tcp_flags(0x19, buf, sizeof(buf)), "FIN,PSH,ACK");
	assert_string_equal(nt_tcp_flags(0, buf, sizeof(buf)), "no flags");
	assert_true(strlen(nt_tcp_flags(0xfff, tiny, sizeof(tiny))) < 6);
	assert_string_equal(nt_icmp_name(1, 3, 3, buf, sizeof(buf)), "port unreachable");
	assert_string_equal(nt_icmp_name(1, 3, 200, buf, sizeof(buf)), "destination unreachable");
	assert_string_equal(nt_icmp_name(58, 200, 1, buf, sizeof(buf)), "type 200 code 1");
}

/* what is written without snprintf() is what that would write */
static void test_numbers(void **state)
{
	static const uint64_t n[] = { 0, 7, 10, 99, 100, 65535, UINT32_MAX, UINT64_MAX };
	struct nt_addr a = { .family = NETTRACE_IPV4, .b = { 192, 0, 2, 255 }, .port = 1 };
	char buf[64], want[64];
	size_t i, size;

	(void)state;
	for (i = 0; i < sizeof(n) / sizeof(n[0]); i++) {
		snprintf(want, sizeof(want), "%llu", (unsigned long long)n[i]);
		assert_ptr_equal(nt_text_number(buf, n[i]), buf + strlen(want));
		assert_string_equal(buf, want);
	}
	for (size = 1; size < sizeof(buf); size++) {
		snprintf(want, size, "%s", "192.0.2.255:1");
		assert_string_equal(nt_describe_addr(buf, size, &a), want);
		assert_true(nt_text_put(buf, buf + size, "abc") == buf + strlen(buf));
		snprintf(want, size, "%s", "abc");
		assert_string_equal(buf, want);
	}
	a = (struct nt_addr){ .family = NETTRACE_IPV6, .b = { [15] = 1 }, .port = 65535 };
	assert_string_equal(nt_describe_addr(buf, sizeof(buf), &a), "[::1]:65535");
	a.port = 0;
	assert_string_equal(nt_describe_addr(buf, sizeof(buf), &a), "::1");
}

/* Chinese has no blanks: a line breaks between ideographs, never before a full stop */
static void test_wrap(void **state)
{
	struct nt_line l;
	char *text, *at;
	size_t size;
	FILE *f = open_memstream(&text, &size);
	int lines = 0;

	(void)state;
	assert_non_null(f);
	nt_line_start(&l, 24, true);
	nt_line_wrap(&l, 4, 4, "它确认 SYN（ack=1），并发出自己的初始序号 5000。然后等待 ACK。",
		     NT_ROLE_PLAIN, f, false);
	assert_int_equal(fclose(f), 0);
	for (at = strtok(text, "\n"); at; at = strtok(NULL, "\n"), lines++) {
		assert_true(nt_text_width(at, true) <= 24);
		assert_memory_equal(at, "    ", 4);
		assert_true(strncmp(at + 4, "。", 3) && strncmp(at + 4, "，", 3) &&
			    strncmp(at + 4, "）", 3) && at[4] != ' ');
	}
	assert_true(lines == 4);
	free(text);
}

/* @text wrapped at @width: no line is wider, and without blanks it is @want */
static int wrapped_as(const char *text, const char *want, int width, int col, bool unicode)
{
	char *out, *line, *back = calloc(1, strlen(want) + 1), *to = back;
	const char *p;
	struct nt_line l;
	int lines = 0;
	size_t size;
	FILE *f = open_memstream(&out, &size);

	assert_non_null(f);
	assert_non_null(back);
	nt_line_start(&l, width, unicode);
	nt_line_wrap(&l, col, col, text, NT_ROLE_PLAIN, f, false);
	assert_int_equal(fclose(f), 0);
	for (line = strtok(out, "\n"); line; line = strtok(NULL, "\n"), lines++) {
		assert_true(nt_text_width(line, unicode) <= width);
		for (p = line; *p; p++)
			if (*p != ' ' && (size_t)(to - back) < strlen(want))
				*to++ = *p;
	}
	for (p = want, to = back; *p; p++)
		if (*p != ' ' && *p != *to++)
			fail_msg("at %d columns lost: %s", width, p);
	assert_int_equal(*to, '\0');
	free(back);
	free(out);
	return lines;
}

static int wrapped(const char *text, int width, int col)
{
	return wrapped_as(text, text, width, col, true);
}

/* what has no blank is broken where the line is full: a path, a name, whole sentences */
static void test_wrap_long(void **state)
{
	char word[301], wide[301], mixed[301], escaped[1201];
	int width, i;

	(void)state;
	for (i = 0; i < 300; i++)
		word[i] = (char)('a' + i % 26);
	word[300] = '\0';
	for (i = 0; i < 100; i++) {
		memcpy(wide + 3 * i, "\u8fde", 3);
		memcpy(escaped + 12 * i, "\\xe8\\xbf\\x9e", 12);
	}
	wide[300] = '\0';
	escaped[1200] = '\0';
	assert_int_equal(wrapped(word, 20, 0), 15);
	assert_int_equal(wrapped(wide, 20, 0), 10);
	assert_int_equal(wrapped(wide, 21, 0), 10);
	assert_int_equal(wrapped(word, NT_WIDTH_MAX, 0), 2);
	assert_int_equal(wrapped_as(word, word, 20, 0, false), 15);
	assert_int_equal(wrapped_as(wide, escaped, 30, 0, false), 50);
	snprintf(mixed, sizeof(mixed), "see %.260s \u8fde%.20s", word, word);
	for (width = 2; width <= NT_WIDTH_MAX; width++) {
		wrapped(word, width, 0);
		wrapped(wide, width, 0);
		wrapped(mixed, width, 0);
		wrapped(mixed, width, width > 4 ? 4 : 0);
		if (width >= 12)
			wrapped_as(wide, escaped, width, 0, false);
	}
	/* of what fits nothing is changed */
	assert_int_equal(wrapped("a 20 bytes long word", 20, 0), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_escape),	   cmocka_unit_test(test_escape_invalid),
		cmocka_unit_test(test_escape_all), cmocka_unit_test(test_width),
		cmocka_unit_test(test_line),	   cmocka_unit_test(test_line_color),
		cmocka_unit_test(test_label),	   cmocka_unit_test(test_label_full),
		cmocka_unit_test(test_names),	   cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_wrap),	   cmocka_unit_test(test_wrap_long),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
