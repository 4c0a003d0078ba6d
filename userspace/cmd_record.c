// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_record.c - events into a file, to be shown later or elsewhere
 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"

/* writing begins with making the file empty */
static bool onto_itself(const struct nt_cli *cli)
{
	struct stat from, to;

	return cli->file && !stat(cli->file, &from) && !stat(cli->arg[0], &to) &&
	       from.st_dev == to.st_dev && from.st_ino == to.st_ino;
}

/* a signal ends it also where nobody takes what is written; 0 or -errno */
static int open_recorder(struct nt_session *s, const char *path, struct nt_error *err)
{
	int ret = nt_recorder_open(&s->rec, path, NULL, 0, err);

	if (ret)
		return ret;
	nt_recorder_until(s->rec, nt_session_signal);
	for (; !ret && s->told < s->src->nstream; s->told++)
		ret = nt_recorder_stream(s->rec, s->told, &s->src->stream[s->told], err);
	if (ret) {
		nt_recorder_close(s->rec, NULL);
		s->rec = NULL;
	}
	return ret;
}

static int run_record(const struct nt_cli *cli)
{
	struct nt_error err = { "" };
	struct nt_session s;
	bool kept = cli->daemon && !cli->command;
	int status, ret;

	if (onto_itself(cli)) {
		fprintf(stderr,
			_("nettrace: %s cannot be read and written at once: name another file\n"),
			cli->arg[0]);
		return NT_EXIT_USAGE;
	}
	status = nt_session_open(&s, cli, kept ? NT_BOTH : NT_LIVE);

	if (status < 0) {
		ret = open_recorder(&s, cli->arg[0], &err);
		if (ret < 0) {
			fprintf(stderr, "nettrace: %s\n", err.text);
			status = cli->command ? NT_EXIT_TRACE : NT_EXIT_FAIL;
		}
	}
	if (status < 0) {
		if (!cli->command && !cli->file)
			fprintf(stderr, _("nettrace: recording to %s; Ctrl-C ends it\n"),
				cli->arg[0]);
		/* a model only where the end depends on what happened */
		if (cli->command)
			status = nt_session_model(&s, 200, NULL);
	}
	if (status < 0)
		status = nt_session_run(&s);
	if (s.rec) {
		ret = nt_recorder_close(s.rec, &err);
		if (ret < 0) {
			fprintf(stderr, "nettrace: %s\n", err.text);
			status = NT_EXIT_FAIL;
		}
	}
	if (status < 0) {
		fprintf(stderr, _("nettrace: %" PRIu64 " events recorded, %" PRIu64 " lost"),
			s.src->delivered, s.src->lost);
		if (cli->expr)
			fprintf(stderr, _(", %" PRIu64 " left out by the filter"), s.src->filtered);
		fputc('\n', stderr);
		status = NT_EXIT_OK;
	}
	status = nt_session_exit(&s, status);
	nt_session_close(&s);
	return status;
}

const struct nt_command nt_cmd_record = {
	.name = "record",
	.args = "FILE",
	.brief = N_("write what happens to FILE"),
	.help = N_(
		"Writes all events from now on to FILE, until Ctrl-C or until the command\n"
		"ends. Every subcommand that shows something reads it back with -r FILE. With\n"
		"--daemon and no command it begins with what nettraced has kept. With -r it copies\n"
		"from another recording what matches EXPRESSION.\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_FILTER | NT_OPT_COMMAND | NT_OPT_EXTRA,
	.min_args = 1,
	.max_args = 1,
	.run = run_record,
};
