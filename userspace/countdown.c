// SPDX-License-Identifier: GPL-2.0-only
/*
 * countdown.c - timers that run when the picture ends
 */
#include <stdio.h>
#include <string.h>

#include "countdown.h"
#include "describe.h"
#include "i18n.h"

/* items at the end of a conversation that are looked at, so that it costs little */
#define RECENT 256

struct run {
	int64_t total, due; /* due 0: it does not run */
};

static void set(struct run r[2][NT_TIMER_MAX], int end, enum nt_timer_name name, int64_t t,
		uint32_t left_ms)
{
	r[end & 1][name].total = left_ms * 1000000LL;
	r[end & 1][name].due = left_ms ? t + left_ms * 1000000LL : 0;
}

/* a state that ends by a timer says how long it has, when it begins */
static void see_transition(struct run r[2][NT_TIMER_MAX], const struct nt_transition *tr)
{
	memset(r[tr->end & 1], 0, sizeof(r[0]));
	if (tr->to == NT_TIME_WAIT)
		set(r, tr->end, NT_TIMER_TIME_WAIT, tr->t, tr->left_ms);
	else if (tr->to == NT_FIN_WAIT_2)
		set(r, tr->end, NT_TIMER_FIN_WAIT_2, tr->t, tr->left_ms);
	else if (tr->to == NT_SYN_RECEIVED)
		set(r, tr->end, NT_TIMER_SYN_ACK, tr->t, tr->left_ms);
}

static void see_timer(struct run r[2][NT_TIMER_MAX], const struct nt_timer *tm)
{
	bool runs = tm->event == NT_TIMER_ARMED || tm->event == NT_TIMER_RESET;

	if ((unsigned int)tm->name < NT_TIMER_MAX)
		set(r, tm->end, tm->name, tm->t, runs ? tm->left_ms : 0);
}

int nt_countdowns(const struct nt_conv *c, int64_t now, bool all,
		  struct nt_countdown cd[NT_COUNTDOWNS_MAX])
{
	struct run r[2][NT_TIMER_MAX] = { 0 };
	int end, name, n = 0;
	size_t i = c->nitem > RECENT ? c->nitem - RECENT : 0;

	for (; i < c->nitem; i++) {
		if (c->item[i].type == NT_ITEM_TRANSITION)
			see_transition(r, c->item[i].tr);
		else if (c->item[i].type == NT_ITEM_TIMER)
			see_timer(r, c->item[i].timer);
	}
	for (end = 0; end < 2; end++)
		for (name = 0; name < NT_TIMER_MAX; name++) {
			if (r[end][name].due <= now)
				continue;
			if (!all && name != NT_TIMER_TIME_WAIT && name != NT_TIMER_FIN_WAIT_2)
				continue;
			cd[n].end = (uint8_t)end;
			cd[n].name = (enum nt_timer_name)name;
			cd[n].total = r[end][name].total;
			cd[n++].due = r[end][name].due;
		}
	return n;
}

static void put_seconds(char *buf, size_t size, int64_t ns)
{
	double s = (double)ns / 1e9;

	if (s < 1)
		snprintf(buf, size, "%.0f ms", s * 1e3);
	else
		snprintf(buf, size, s < 9.95 ? "%.1f s" : "%.0f s", s);
}

char *nt_describe_countdown(char buf[NT_COUNTDOWN_TEXT], const struct nt_countdown *cd, int64_t now,
			    int cells)
{
	char total[24], left[24], bar[NT_COUNTDOWN_CELLS * 3 + 1] = "";
	int64_t rest = cd->due - now;
	const char *name = cd->name == NT_TIMER_TIME_WAIT  ? "TIME-WAIT" :
			   cd->name == NT_TIMER_FIN_WAIT_2 ? "FIN-WAIT-2" :
							     nt_timer_text(cd->name);
	int i, gone;

	if (cells > NT_COUNTDOWN_CELLS)
		cells = NT_COUNTDOWN_CELLS;
	if (rest < 0)
		rest = 0;
	if (rest > cd->total)
		rest = cd->total;
	gone = cd->total ? (int)((cd->total - rest) * cells / cd->total) : cells;
	for (i = 0; i < cells; i++)
		strcat(bar, i < gone ? "▓" : "░");
	put_seconds(total, sizeof(total), cd->total);
	put_seconds(left, sizeof(left), rest);
	snprintf(buf, NT_COUNTDOWN_TEXT, _("%s %s %s %s left"), name, total, bar, left);
	return buf;
}
