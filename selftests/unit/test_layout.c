// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the rows are, in which order, with which states beside them.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>

#include "layout.h"
#include "scenes.h"

/* the rows as a word each: "A1" arrow, "D1" departs, "T0" of an end, … */
static const char *words(const struct nt_layout *l)
{
	static char text[1024];
	size_t i, n = 0;

	*text = '\0';
	for (i = 0; i < l->nrow && n < sizeof(text) - 16; i++) {
		const struct nt_row *r = &l->row[i];

		switch (r->type) {
		case NT_ROW_ARROW:
			n += (size_t)sprintf(text + n, "A%u%s ", r->arrow->n, r->fresh ? "+" : "");
			break;
		case NT_ROW_DEPART:
			n += (size_t)sprintf(text + n, "D%u ", r->arrow->n);
			break;
		case NT_ROW_TRANSITION:
			n += (size_t)sprintf(text + n, "T%d ", r->tr->end);
			break;
		case NT_ROW_ARP:
			n += (size_t)sprintf(text + n, "R%d ", r->end);
			break;
		case NT_ROW_GAP:
			n += (size_t)sprintf(text + n, "G ");
			break;
		case NT_ROW_PAUSE:
			n += (size_t)sprintf(text + n, "P ");
			break;
		case NT_ROW_CALL:
			n += (size_t)sprintf(text + n, "C%d ", r->end);
			break;
		case NT_ROW_RETURN:
			n += (size_t)sprintf(text + n, "c%d ", r->end);
			break;
		case NT_ROW_TIMER:
			n += (size_t)sprintf(text + n, "M%d ", r->end);
			break;
		case NT_ROW_QUEUE:
			n += (size_t)sprintf(text + n, "Q%d ", r->end);
			break;
		case NT_ROW_DROP:
			n += (size_t)sprintf(text + n, "X%d ", r->end);
			break;
		case NT_ROW_NEIGH:
			n += (size_t)sprintf(text + n, "N%d ", r->end);
			break;
		case NT_ROW_ROUTE:
			n += (size_t)sprintf(text + n, "W%d ", r->end);
			break;
		case NT_ROW_FOLD:
			n += (size_t)sprintf(text + n, "F%u-%u ", r->fold->first, r->fold->last);
			break;
		}
	}
	return text;
}

static void lays(struct scene *s, bool merge, int64_t pause, const char *want)
{
	struct nt_layout_opts o = { .pause_ns = pause, .merge = merge };
	struct nt_layout l;

	assert_int_equal(nt_layout_conv(&l, s->model, &s->conv, &o), 0);
	assert_string_equal(words(&l), want);
	nt_layout_free(&l);
}

static void test_echo(void **state)
{
	struct scene *s = scene_echo();

	(void)state;
	/* the SYN leaves, ARP, the SYN is on its way; each state its own row */
	lays(s, false, 0,
	     "T0 D1 R0 R0 A1 T1 A2 T0 A3 T1 A4 A5 A6 A7 T0 A8 T1 A9 T0 T1 A10 T0 A11 T1 T0 ");
	/* states on the rows of their segments, but not TIME-WAIT; the silence */
	lays(s, true, 1000000000,
	     "T0 D1 R0 R0 A1+ A2+ A3+ A4 A5 A6 A7 T0 A8+ A9+ T1 A10 T0 A11+ P T0 ");
	scene_free(s);
}

static void test_states(void **state)
{
	struct nt_layout_opts o = { .merge = true };
	struct scene *s = scene_echo();
	struct nt_layout l;
	size_t i;

	(void)state;
	assert_int_equal(nt_layout_conv(&l, s->model, &s->conv, &o), 0);
	assert_int_equal(l.first[0].state, NT_CLOSED);
	assert_int_equal(l.first[1].state, NT_LISTEN);
	for (i = 0; i < l.nrow; i++) {
		const struct nt_row *r = &l.row[i];

		if (r->type != NT_ROW_ARROW || r->arrow->n != 8)
			continue;
		assert_int_equal(r->st[0].state, NT_FIN_WAIT_1);
		assert_int_equal(r->st[1].state, NT_CLOSE_WAIT);
		assert_int_equal(r->fresh->to, NT_CLOSE_WAIT);
	}
	assert_int_equal(l.row[l.nrow - 1].lasted, (60916480 - 1270) * 1000LL); /* TIME-WAIT */
	assert_false(l.inferred || l.broken || l.super);
	nt_layout_free(&l);
	scene_free(s);
}

/* CPUs' clocks differ by some µs: a result is never above its cause */
static void test_cause_first(void **state)
{
	struct scene *s = scene_new(IPPROTO_TCP);

	(void)state;
	scene_end(s, 0, "10.0.0.1", 1, NULL, 0, 0);
	scene_end(s, 1, "10.0.0.2", 2, NULL, 0, 1);
	scene_by_segment(scene_state(s, 5, 1, NT_LISTEN, NT_SYN_RECEIVED), 1);
	scene_tcp(s, 9, 0, TH_SYN, 0, 0, 0);
	lays(s, false, 0, "A1 T1 ");
	lays(s, true, 0, "A1+ ");
	/* a cause that is not in the picture cannot be waited for */
	scene_by_segment(scene_state(s, 10, 1, NT_SYN_RECEIVED, NT_CLOSED), 77);
	lays(s, false, 0, "A1 T1 T1 ");
	scene_free(s);
}

/* ARP and gaps: those of the conversation's time and way, no others */
static void test_strangers(void **state)
{
	struct scene *s = scene_new(IPPROTO_UDP);
	struct nt_arrow *a;

	(void)state;
	scene_end(s, 0, "10.0.1.2", 1, NULL, 0, SCENE_CLIENT);
	scene_end(s, 1, "10.0.2.2", 2, NULL, 0, SCENE_SERVER);
	scene_arp(s, -50, SCENE_CLIENT, NETTRACE_ARP_OUT, 1, "10.0.1.2", "10.0.1.1",
		  2);									/* before */
	scene_arp(s, 10, SCENE_CLIENT, NETTRACE_ARP_OUT, 1, "10.0.1.7", "10.0.1.8", 2); /* others */
	scene_arp(s, 20, SCENE_ROUTER, NETTRACE_ARP_OUT, 1, "10.0.9.1", "10.0.9.2",
		  2); /* the router's next hop */
	scene_arp(s, 30, SCENE_SERVER, NETTRACE_ARP_IN, 1, "10.0.2.1", "10.0.2.2",
		  2); /* who has the server? */
	scene_gap(s, 40, SCENE_ROUTER, 0, 3);
	scene_gap(s, 40, 7, 0, 3);		/* a namespace that is not on the way */
	scene_gap(s, 5000, SCENE_ROUTER, 0, 3); /* after */
	nt_model_finish(s->model);
	a = scene_packet(s, 0, 0, 9);
	scene_see(a, SCENE_T0 + 60000, SCENE_ROUTER, NETTRACE_FORWARD, "r0");
	scene_packet(s, 100, 1, 9);
	lays(s, false, 0, "D1 R-1 R1 G A1 A2 ");
	assert_int_equal(nt_layout_path(&s->conv), 7);
	scene_free(s);
}

/*
 * A fold hides rows that tell of data, and counts them; losses, zero windows
 * and the arrows around stay.  60 data segments, every second acknowledged.
 */
static void test_fold(void **state)
{
	struct nt_layout_opts o = { .fold = true, .calls = true, .timers = true };
	struct scene *s = scene_busy();
	const struct nt_fold *f = NULL;
	struct nt_layout l;
	uint32_t i, folds = 0, shown = 0, hidden = 0;

	(void)state;
	assert_int_equal(nt_layout_conv(&l, s->model, &s->conv, &o), 0);
	assert_non_null(strstr(words(&l), "A5 M0 A6 A7 F8-47 A48 A49 A50 A51 A52 A53 A54 F55-92 "
					  "A93 A94 A95 A96 C0 C0 T0 "));
	for (i = 0; i < l.nrow; i++) {
		const struct nt_row *r = &l.row[i];

		if (r->type == NT_ROW_FOLD) {
			f = f ? f : r->fold;
			folds++;
			hidden += r->fold->narrow;
		}
		shown += r->type == NT_ROW_ARROW;
	}
	assert_int_equal(folds, 2);
	assert_int_equal(shown + hidden, s->conv.narrow);
	assert_int_equal(f->narrow, 40);
	assert_int_equal(f->bytes[0], 0);
	/* 26 data segments in it, two of them retransmissions */
	assert_int_equal(f->bytes[1], 24 * 1448);
	assert_int_equal(f->mark[NT_MARK_RETRANSMISSION], 2);
	assert_int_equal(f->timers, 1);
	nt_layout_free(&l);
	/* not where it was not asked for, and not for a handful */
	o.fold = false;
	assert_int_equal(nt_layout_conv(&l, s->model, &s->conv, &o), 0);
	assert_null(strchr(words(&l), 'F'));
	nt_layout_free(&l);
	scene_free(s);
	s = scene_echo();
	o.fold = true;
	assert_int_equal(nt_layout_conv(&l, s->model, &s->conv, &o), 0);
	assert_null(strchr(words(&l), 'F'));
	nt_layout_free(&l);
	scene_free(s);
}

static void test_nothing(void **state)
{
	struct scene *s = scene_new(IPPROTO_TCP);

	(void)state;
	lays(s, true, 1, "");
	scene_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_echo),	    cmocka_unit_test(test_states),
		cmocka_unit_test(test_cause_first), cmocka_unit_test(test_strangers),
		cmocka_unit_test(test_fold),	    cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests_name("layout", tests, NULL, NULL);
}
