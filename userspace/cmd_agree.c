// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_agree.c - disagreements: where sockets did what their segments do not imply
 */
#include <stdio.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"

#define HOLD_MS 2000

static void show(const struct nt_cli *cli, const struct nt_view *v, const struct nt_model *m)
{
	size_t i;

	for (i = 0; i < nt_model_ndisagreement(m) && !ferror(v->out); i++) {
		if (cli->json)
			nt_json_disagreement(v, nt_model_disagreement(m, i));
		else
			nt_line_disagreement(v, nt_model_disagreement(m, i));
	}
	if (cli->json)
		nt_json_agreement_line(v, nt_model_stats(m));
	else
		nt_line_agreement(v, nt_model_stats(m));
}

static int run_disagreements(const struct nt_cli *cli)
{
	struct nt_view v = { .out = NULL };
	struct nt_session s;
	int status, out;

	status = nt_session_open(&s, cli, NT_ONCE);
	if (status < 0)
		status = nt_view_open(&v, &s, false);
	if (status < 0)
		status = nt_session_model(&s, HOLD_MS, NULL);
	if (status < 0)
		status = nt_session_run(&s);
	if (status < 0)
		show(cli, &v, s.model);
	out = v.out ? nt_view_close(&v) : NT_EXIT_OK;
	if (status < 0 || out != NT_EXIT_OK)
		status = out;
	status = nt_session_exit(&s, status);
	nt_session_close(&s);
	return status;
}

const struct nt_command nt_cmd_disagreements = {
	.name = "disagreements",
	.args = "",
	.brief = N_("where sockets did what their segments do not imply"),
	.help = N_("Of each connection end in a traced namespace both are known: the transitions\n"
		   "of its socket, and what RFC 9293 makes of the segments that left and reached\n"
		   "it. A line for each difference: what was observed, what the segments imply,\n"
		   "the reason that excuses it or \"unexplained\", the last segments before it.\n"
		   "Then how many were compared, and how many each reason excused.\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_COMMAND,
	.run = run_disagreements,
};
