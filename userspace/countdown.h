/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * countdown.h - timers that run when the picture ends
 *
 * Purpose:   from the last samples of an end's timers: which still run, and for
 *            how long.  A sample tells when a timer was due; that it has not
 *            been set anew since is not known before the next one, so samples
 *            of long ago are not looked at.
 * Ownership: values.
 * Context:   pure: the caller says what time it is.
 */
#ifndef NETTRACE_COUNTDOWN_H
#define NETTRACE_COUNTDOWN_H

#include "model.h"

#define NT_COUNTDOWNS_MAX (2 * NT_TIMER_MAX)
#define NT_COUNTDOWN_TEXT 96
#define NT_COUNTDOWN_CELLS 12

struct nt_countdown {
	uint8_t end;
	enum nt_timer_name name;
	int64_t total; /* ns from the sample on */
	int64_t due;   /* Unix ns */
};

/**
 * nt_countdowns() - those that run at @now
 * @all:	false: only TIME-WAIT and FIN-WAIT-2, which end a connection
 * Return: how many were put into @cd.
 */
int nt_countdowns(const struct nt_conv *c, int64_t now, bool all,
		  struct nt_countdown cd[NT_COUNTDOWNS_MAX]);

/**
 * nt_describe_countdown() - "TIME-WAIT 60 s ▓▓▓▓▓▓░░░░░░ 27 s left"
 * @cells:	of the bar: 1 to NT_COUNTDOWN_CELLS
 */
char *nt_describe_countdown(char buf[NT_COUNTDOWN_TEXT], const struct nt_countdown *cd, int64_t now,
			    int cells);

#endif /* NETTRACE_COUNTDOWN_H */
