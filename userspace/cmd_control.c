// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_control.c - start, stop, filter: what the module does in a namespace
 *
 * A refusal comes in the kernel's own words.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "each_netns.h"
#include "i18n.h"
#include "text.h"

static int start_one(void *arg, const struct nt_each *e)
{
	const struct nt_cli *cli = arg;
	struct nt_error err = { "" };
	struct nt_ctl *c;
	int ret = nt_ctl_open(&c, e->nsfd, &err);

	if (!ret)
		ret = nt_ctl_start(c, &cli->set, &err);
	nt_ctl_close(c);
	if (ret == -EALREADY && e->all)
		ret = 0;
	return ret ? nt_each_failed(e, &err) : NT_EXIT_OK;
}

static int run_start(const struct nt_cli *cli)
{
	return nt_each_netns(cli, start_one, (void *)cli);
}

static int stop_one(void *arg, const struct nt_each *e)
{
	struct nt_error err = { "" };
	struct nt_ctl *c;
	int ret = nt_ctl_open(&c, e->nsfd, &err);

	(void)arg;
	if (!ret)
		ret = nt_ctl_stop(c, &err);
	nt_ctl_close(c);
	if (ret == -EALREADY && e->all)
		ret = 0;
	return ret ? nt_each_failed(e, &err) : NT_EXIT_OK;
}

static int run_stop(const struct nt_cli *cli)
{
	return nt_each_netns(cli, stop_one, NULL);
}

static void show_filter(const struct nt_each *e, const struct nt_ctl_trace *t)
{
	char name[256];

	nt_text_escape(name, sizeof(name), e->name, strlen(e->name));
	printf("%s%s", name, *name ? ": " : "");
	if (t->filter_len)
		printf(t->filter_owned ?
			       _("a filter of %u instructions, of the program that reads\n") :
			       _("a filter of %u instructions\n"),
		       t->filter_len);
	else
		puts(_("no filter"));
}

static int filter_one(void *arg, const struct nt_each *e)
{
	const struct nt_cli *cli = arg;
	struct nt_error err = { "" };
	struct nt_ctl_trace t;
	struct nt_ctl *c;
	int ret = nt_ctl_open(&c, e->nsfd, &err);

	if (!ret && (cli->filter || cli->off))
		ret = nt_ctl_filter(c, cli->filter, false, &err);
	else if (!ret)
		ret = nt_ctl_get(c, &t, &err);
	nt_ctl_close(c);
	if (ret)
		return nt_each_failed(e, &err);
	if (!cli->filter && !cli->off)
		show_filter(e, &t);
	return NT_EXIT_OK;
}

static int run_filter(const struct nt_cli *cli)
{
	if (cli->filter && cli->off) {
		fputs(_("nettrace: an expression sets the filter and --off removes it: give one of them\n"),
		      stderr);
		return NT_EXIT_USAGE;
	}
	return nt_each_netns(cli, filter_one, (void *)cli);
}

const struct nt_command nt_cmd_start = {
	.name = "start",
	.args = "",
	.brief = N_("trace a namespace that is not traced"),
	.help = N_(
		"Tells the module to trace this network namespace, or those of -N, with these\n"
		"settings; one that is not given stays as it was. The module traces every\n"
		"namespace from the beginning unless it was loaded with trace=. With --timers and\n"
		"--calls these are recorded for whoever reads; --timers=off and --calls=off end it.\n"),
	.opts = NT_OPT_SETTINGS | NT_OPT_EXTRA,
	.run = run_start,
};

const struct nt_command nt_cmd_stop = {
	.name = "stop",
	.args = "",
	.brief = N_("trace it no longer: packets cost nothing more"),
	.help = N_(
		"Tells the module to trace this network namespace, or those of -N, no longer. No\n"
		"hook is left there. Programs that read get what there is, then the end.\n"),
	.run = run_stop,
};

const struct nt_command nt_cmd_filter = {
	.name = "filter",
	.args = "",
	.brief = N_("record only packets that match, for everybody"),
	.help = N_(
		"Sets which packets the module records in this network namespace, or in those of\n"
		"-N, for every program that reads; it stays until it is changed, also over stop\n"
		"and start. Changes of state are recorded all the same. Without EXPRESSION it\n"
		"tells whether there is a filter. To filter for yourself alone, give EXPRESSION\n"
		"to the subcommand that shows or records.\n"),
	.opts = NT_OPT_FILTER | NT_OPT_OFF,
	.run = run_filter,
};
