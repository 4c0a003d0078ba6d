// SPDX-License-Identifier: GPL-2.0-only
/*
 * What is said of a window: in bytes where its scale is known, and no number of bytes
 * where it is not.
 */
#include "story.h"

#include "language.h"

/* a window of 64 KB that is full, closed, probed, and open again */
#define SYNS                                                                      \
	"10 0 OUT c>s SYN seq=1000 win=64240 mss=1460 ws=7 sackok id=1\n"         \
	"50 0 IN  s>c SYN,ACK seq=5000 ack=1001 win=65160 mss=1460 ws=7 sackok\n" \
	"90 0 OUT c>s ACK seq=1001 ack=5001 win=502 id=2\n"
#define CLOSED_WINDOW                                                      \
	"300 0 OUT c>s PSH,ACK seq=1001 ack=5001 len=1000 id=3\n"          \
	"400 0 IN  s>c ACK seq=5001 ack=2001 win=0 id=103\n"               \
	"240440 0 OUT c>s ACK seq=2000 ack=5001 nxt=2001 una=2001 pend=3 " \
	"sk=FULL:ESTABLISHED id=4\n"
#define OPEN_ANSWER "240480 0 IN  s>c ACK seq=5001 ack=2001 win=509 id=104\n"
#define SHUT_ANSWER "240480 0 IN  s>c ACK seq=5001 ack=2001 win=0 id=104\n"
#define REOPENED    "500000 0 IN  s>c ACK seq=5001 ack=2001 win=509 id=105\n"
#define MORE	    "600000 0 IN  s>c ACK seq=5001 ack=2001 win=600 id=106\n"

static struct story story;

static const struct nt_told *step_of(const char *kind, const char *script)
{
	tell_script(&story, &script, 1);
	return find(&story, kind);
}

/* the step with that segment number */
static const struct nt_told *segment(const char *script, uint32_t n)
{
	size_t i;

	tell_script(&story, &script, 1);
	for (i = 0; i < story.n; i++)
		if (story.step[i].arrow == n)
			return &story.step[i];
	fail_msg("there is no segment %u", n);
	return NULL;
}

static void lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("has '%s': %s", part, text);
}

/* 509 times 128 */
static void test_probed(void **state)
{
	const struct nt_told *t;

	(void)state;
	t = step_of("persist-ack", SYNS CLOSED_WINDOW OPEN_ANSWER);
	has(t->text, "its window is 65152, and it expects byte 1001");
	t = step_of("persist-ack", SYNS CLOSED_WINDOW SHUT_ANSWER);
	has(t->text, "its window is 0, and it expects byte 1001");
	/* nothing is 0 bytes by whatever factor */
	t = step_of("persist-ack", CLOSED_WINDOW SHUT_ANSWER);
	has(t->text, "its window is 0, and it expects byte");
	t = step_of("persist-ack", CLOSED_WINDOW OPEN_ANSWER);
	has(t->text, "its window is open again, and it expects byte 1001");
	has(t->text, "The window field says 509; by how much that is multiplied, the SYNs tell");
}

static void test_update(void **state)
{
	const struct nt_told *t;

	(void)state;
	t = segment(SYNS CLOSED_WINDOW SHUT_ANSWER REOPENED MORE, 8);
	has(t->note, "there is room for 65 kB again, and the client");
	t = segment(SYNS CLOSED_WINDOW SHUT_ANSWER REOPENED MORE, 9);
	has(t->note, "and so there is more room, 77 kB, for what the client");
	t = segment(CLOSED_WINDOW SHUT_ANSWER REOPENED MORE, 5);
	has(t->note, "opens the window that was closed");
	has(t->note, "How far is not known");
	lacks(t->note, "509");
	t = segment(CLOSED_WINDOW SHUT_ANSWER REOPENED MORE, 6);
	has(t->note, "so there is more room for what the client");
	has(t->note, "How much is not known");
	lacks(t->note, "600");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_probed),
		cmocka_unit_test(test_update),
	};

	language_start();
	language_set(false);
	return cmocka_run_group_tests_name("explain: marks", tests, NULL, NULL);
}
