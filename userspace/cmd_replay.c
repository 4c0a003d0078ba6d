// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_replay.c - a file, however long, from its beginning to its end
 *
 * Nothing is kept for later but what is still going on: a conversation is drawn
 * when it is over; with --json each thing is written when nothing can be added
 * to it.
 */
#include <stdio.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"

#define HOLD_MS 2000 /* as the other commands that read files */

struct replay {
	struct nt_view v;
	const struct nt_session *s;
	const struct nt_format *f;
	bool json, failed;
	uint64_t shown, seen;
};

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	struct replay *r = arg;

	if (nt_view_check(&r->v))
		return;
	r->shown++;
	r->f->item(&r->v, m, it);
	nt_view_check(&r->v);
}

static void on_gone(void *arg, const struct nt_model *m, const struct nt_conv *c)
{
	struct replay *r = arg;

	r->seen++;
	if (r->failed || nt_view_check(&r->v))
		return;
	if (r->json) {
		r->f->list(&r->v, c);
		return;
	}
	if (nt_conv_is_housekeeping(c) && !r->s->cli->all)
		return;
	if (r->shown++)
		fputc('\n', r->v.out);
	if (r->f->conv(&r->v, m, c)) {
		fputs(_("nettrace: out of memory\n"), stderr);
		r->failed = true;
	}
	nt_view_check(&r->v);
}

static int run_replay(const struct nt_cli *cli)
{
	struct replay r = { .json = cli->json };
	const struct nt_observer obs = {
		.item = cli->json ? on_item : NULL,
		.gone = on_gone,
		.arg = &r,
	};
	struct nt_session s;
	int status = nt_session_open(&s, cli, NT_ONCE), out;
	size_t i;

	r.s = &s;
	r.f = cli->json ? &nt_format_json : &nt_format_ladder;
	s.forget = true;
	s.no_items = cli->json && !cli->draw.explain; /* it looks at what came before */
	if (status < 0)
		status = nt_view_open(&r.v, &s, !cli->json);
	if (status < 0)
		status = nt_session_model(&s, HOLD_MS, &obs);
	if (status < 0)
		status = nt_session_run(&s);
	/* what was going on when the file ended */
	for (i = 0; status < 0 && i < nt_model_nconv(s.model); i++)
		on_gone(&r, s.model, nt_model_conv(s.model, i));
	if (status < 0 && !r.shown)
		status = nt_say_nothing(&s, 0, (size_t)r.seen);
	out = r.v.out ? nt_view_close(&r.v) : NT_EXIT_OK;
	if (status < 0 || out != NT_EXIT_OK)
		status = out;
	if (status == NT_EXIT_OK && r.failed)
		status = NT_EXIT_FAIL;
	status = nt_session_exit(&s, status);
	nt_session_close(&s);
	return status;
}

const struct nt_command nt_cmd_replay = {
	.name = "replay",
	.args = "FILE",
	.brief = N_("a capture or a recording, however long"),
	.help = N_(
		"Reads a packet capture (pcap or pcapng: tcpdump -w, Wireshark) or a recording\n"
		"of nettrace, and draws each conversation when it is over, so they come in the\n"
		"order in which they end; with --json each packet and each change of state is an\n"
		"object, and a conversation's own object follows when it is over. What is over is\n"
		"forgotten: the file may be larger than the memory, and may be a pipe ('-').\n"
		"A capture holds no socket: all states are concluded from the segments and marked\n"
		"with '~'. It may have Ethernet (with VLAN tags), Linux cooked (tcpdump -i any), raw\n"
		"IP, loopback or 802.11 frames. A file that is damaged or cut off is shown up to\n"
		"there; what is wrong with it is said, and the exit status is 1.\n"),
	.opts = NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_FILTER | NT_OPT_ALL | NT_OPT_FILE_ARG |
		NT_OPT_ROWS | NT_OPT_EXTRA | NT_OPT_DRAW | NT_OPT_EXPLAIN,
	.min_args = 1,
	.max_args = 1,
	.run = run_replay,
};
