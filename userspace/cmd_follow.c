// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_follow.c - a line for each thing, as it happens
 */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"
#include "tracking.h"

/*
 * A packet's line is printed as soon as nothing can be added to it: when it has
 * arrived, or its way leads out of the namespaces that are read.  Else it waits
 * so long, and what shows later has a line of its own.  Programs rather have it
 * whole: JSON waits up to the hold, after which a packet counts as lost.
 */
#define HOLD_MS	  200
#define WAIT_MS	  10

#define DRAW_NS	  200000000 /* how often what counts down is drawn */
#define LINES_MAX 6

struct follow {
	struct nt_view v;
	const struct nt_format *f;
	struct nt_tracking *k; /* NULL: conntrack is not asked */
	bool all_ct;	       /* say also where it has no NAT, or nothing */
	/* what counts down, below the last line of a terminal */
	const struct nt_model *m;
	int lines;     /* of it on the screen */
	int64_t drawn; /* when, ns */
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* the cursor stands at the first line of the countdown: the rest is cleared */
static void clear_countdown(struct follow *f)
{
	if (f->lines)
		fputs("\033[J", f->v.out);
	f->lines = 0;
}

static void draw_countdown(void *arg)
{
	struct follow *f = arg;

	f->v.now = now_ns();
	if (f->lines && f->v.now - f->drawn >= 0 && f->v.now - f->drawn < DRAW_NS)
		return;
	f->drawn = f->v.now;
	clear_countdown(f);
	f->lines = nt_line_countdowns(&f->v, f->m, LINES_MAX);
	if (f->lines)
		fprintf(f->v.out, "\033[%dA\r", f->lines);
}

/*
 * With its second packet a conversation has an entry, if it is tracked: that is made
 * when the first one leaves.  Its object has what was found then, too: at its end the
 * model is letting things go, and cannot be looked through.
 */
static void add_tracking(struct follow *f, const struct nt_item *it)
{
	if (it->type != NT_ITEM_ARROW || it->arrow->n != 2 || !f->k)
		return;
	nt_tracking_conv(f->k, it->conv);
	if (f->f == &nt_format_line)
		nt_line_ct(&f->v, it->conv, NT_BELOW_COL, !f->all_ct);
}

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	struct follow *f = arg;

	clear_countdown(f);
	if (!nt_view_check(&f->v))
		f->f->item(&f->v, m, it);
	add_tracking(f, it);
	nt_view_check(&f->v);
}

/* JSON only: a conversation's object is written when nothing more can come */
static void on_gone(void *arg, const struct nt_model *m, const struct nt_conv *c)
{
	struct follow *f = arg;

	(void)m;
	if (!nt_view_check(&f->v))
		f->f->list(&f->v, c);
}

static int run_follow(const struct nt_cli *cli)
{
	struct follow f = { 0 };
	struct nt_observer obs = {
		.item = on_item,
		.arg = &f,
		.gone = cli->json ? on_gone : NULL,
	};
	struct nt_session s;
	int status = nt_session_open(&s, cli, NT_LIVE), out;
	size_t i;

	f.f = cli->json ? &nt_format_json : &nt_format_line;
	if (status < 0)
		status = nt_view_open(&f.v, &s, false);
	if (status < 0)
		status = nt_session_model(&s, HOLD_MS, &obs);
	if (s.model)
		nt_model_prompt(s.model, (cli->json ? HOLD_MS : WAIT_MS) * 1000000LL);
	if (s.model && !cli->json && cli->draw.timers && !cli->file && isatty(STDOUT_FILENO)) {
		f.m = s.model;
		s.idle = draw_countdown;
		s.idle_arg = &f;
	}
	s.flush_out = true;
	s.forget = !cli->file;
	if (s.model)
		f.k = nt_tracking_open(&s);
	f.all_ct = cli->conntrack == NT_ALWAYS;
	if (status < 0)
		status = nt_session_run(&s);
	for (i = 0; s.model && cli->json && i < nt_model_nconv(s.model); i++)
		on_gone(&f, s.model, nt_model_conv(s.model, i));
	nt_tracking_close(f.k);
	clear_countdown(&f);
	out = f.v.out ? nt_view_close(&f.v) : NT_EXIT_OK;
	if (s.model && nt_model_stats(s.model)->disagreements)
		fprintf(stderr,
			_("nettrace: %" PRIu64
			  " times a socket did what its segments do not imply, and no"
			  " reason is known: nettrace disagreements\n"),
			nt_model_stats(s.model)->disagreements);
	if (s.model && nt_model_stats(s.model)->shed)
		fprintf(stderr,
			_("nettrace: more than %d conversations at a time: %" PRIu64
			  " that never got beyond a SYN were let go early\n"),
			NT_SESSION_CONVS, nt_model_stats(s.model)->shed);
	if (status < 0 || out != NT_EXIT_OK)
		status = out;
	status = nt_session_exit(&s, status);
	nt_session_close(&s);
	return status;
}

const struct nt_command nt_cmd_follow = {
	.name = "follow",
	.args = "",
	.brief = N_("a line for each packet and state, live"),
	.help = N_(
		"Prints what happens from now on, a line for each packet and each change of\n"
		"state, until Ctrl-C or until the command ends. In brackets: the state of the\n"
		"socket that sent the packet, and of the one that got it, at that moment.\n"
		"A packet that is on its way for more than 10 ms has a second line when it\n"
		"arrives, or when it has not after 200 ms.\n"
		"With --hops, below a packet: where it was sighted when its line was printed.\n"
		"With --timers on a terminal, timers that run count down below the last line.\n"
		"With --json a conversation's own object follows when it is over.\n"
		"Below the second packet of a conversation stands which NAT conntrack has of it,\n"
		"and with --conntrack its entry without NAT, too; in JSON it is in the object.\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_FILTER |
		NT_OPT_COMMAND | NT_OPT_ROWS | NT_OPT_EXTRA | NT_OPT_HOPS | NT_OPT_EXPLAIN |
		NT_OPT_CONNTRACK,
	.run = run_follow,
};
