// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_daemon.c - stats --daemon: what nettraced says of itself
 *
 * Lines "key value" come, and go out as they are or as one JSON object; a value
 * that is no number (a version, a name) is a string.
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "i18n.h"
#include "source_daemon.h"
#include "text.h"

static void put_json(json_t *o, const char *key, const char *value)
{
	char *end, text[256];
	long long n;

	errno = 0;
	n = strtoll(value, &end, 10);
	if (!errno && *value && !*end) {
		json_object_set_new(o, key, json_integer(n));
		return;
	}
	nt_text_escape(text, sizeof(text), value, SIZE_MAX / 2);
	json_object_set_new(o, key, json_string(text));
}

static int show(char *lines, bool json)
{
	json_t *o = json ? json_object() : NULL;
	char *line, *value, key[64], text[256];

	while ((line = strsep(&lines, "\n"))) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		nt_text_escape(key, sizeof(key), line, SIZE_MAX / 2);
		nt_text_escape(text, sizeof(text), value, SIZE_MAX / 2);
		if (json)
			put_json(o, key, value);
		else
			printf("%-24s %s\n", key, text);
	}
	if (json) {
		json_t *all = json_pack("{s:s,s:o}", "type", "daemon", "counters", o);

		json_dumpf(all, stdout, JSON_COMPACT);
		putchar('\n');
		json_decref(all);
	}
	if (!fflush(stdout) && !ferror(stdout))
		return NT_EXIT_OK;
	perror(_("nettrace: cannot write to standard output"));
	return NT_EXIT_FAIL;
}

int nt_stats_of_daemon(const struct nt_cli *cli)
{
	struct nt_error err = { "" };
	char *text;
	int status;

	if (nt_daemon_counters(cli->socket, &text, &err)) {
		fprintf(stderr, "nettrace: %s\n", err.text);
		return NT_EXIT_FAIL;
	}
	status = show(text, cli->json);
	free(text);
	return status;
}
