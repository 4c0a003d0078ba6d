// SPDX-License-Identifier: GPL-2.0-only
/*
 * nettrace.c - main: read the arguments, run the subcommand
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cmd.h"
#include "i18n.h"

const struct nt_command *const nt_commands[] = {
	&nt_cmd_timeline, /* what -- COMMAND alone means */
	&nt_cmd_follow,	  &nt_cmd_list,	  &nt_cmd_show,		 &nt_cmd_explain,
	&nt_cmd_path,	  &nt_cmd_arp,	  &nt_cmd_replay,	 &nt_cmd_stats,
	&nt_cmd_sockets,  &nt_cmd_record, &nt_cmd_disagreements, &nt_cmd_start,
	&nt_cmd_stop,	  &nt_cmd_filter, &nt_cmd_lab,		 NULL,
};

/* a JSON object with pieces missing would be a lie: end instead */
static void *json_memory(size_t size)
{
	static const char sorry[] = "nettrace: out of memory\n";
	void *p = malloc(size);

	if (p)
		return p;
	if (write(STDERR_FILENO, sorry, sizeof(sorry) - 1) < 0)
		_exit(NT_EXIT_FAIL);
	_exit(NT_EXIT_FAIL);
}

int main(int argc, char **argv)
{
	struct nt_cli cli;
	int status;

	nt_i18n_start();
	json_set_alloc_funcs(json_memory, free);
	status = nt_cli_parse(&cli, argc, argv);
	if (status < 0)
		status = cli.cmd->run(&cli);
	nt_cli_free(&cli);
	if (fflush(stdout) && status == NT_EXIT_OK) { /* --help >/dev/full */
		perror(_("nettrace: cannot write to standard output"));
		status = NT_EXIT_FAIL;
	}
	return status;
}
