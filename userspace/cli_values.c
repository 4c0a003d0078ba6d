// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli_values.c - what stands behind an option, and the filter expression
 *
 * Each returns -1 to go on, or the exit status with a sentence said.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli_priv.h"
#include "filter.h"
#include "i18n.h"

static int parse_number(const char *text, long min, long max, long *n)
{
	char *end;

	errno = 0;
	*n = strtol(text, &end, 10);
	if (errno || end == text || *end || *n < min || *n > max)
		return -EINVAL;
	return 0;
}

int nt_cli_netns(struct nt_cli *cli, const char *text)
{
	char *name, *rest;

	if (cli->names) {
		fputs(_("nettrace: -N is given twice; name all namespaces in one: -N a,b\n"),
		      stderr);
		return NT_EXIT_USAGE;
	}
	cli->names = strdup(text);
	if (!cli->names) {
		fputs(_("nettrace: out of memory\n"), stderr);
		return NT_EXIT_FAIL;
	}
	rest = cli->names;
	while ((name = strsep(&rest, ","))) {
		if (!*name) {
			fprintf(stderr, _("nettrace: '%s' contains an empty namespace name\n"),
				text);
			return NT_EXIT_USAGE;
		}
		if (cli->nnetns == NT_LIVE_NAMED_MAX) {
			fprintf(stderr, _("nettrace: more than %d namespaces\n"),
				NT_LIVE_NAMED_MAX);
			return NT_EXIT_USAGE;
		}
		if (!strcmp(name, "all"))
			cli->every_netns = true;
		cli->netns[cli->nnetns++] = name;
	}
	if (!cli->every_netns)
		return -1;
	if (cli->nnetns > 1) {
		fprintf(stderr,
			_("nettrace: '%s' names all network namespaces and others: -N all is enough (one that is called 'all' goes by its path)\n"),
			text);
		return NT_EXIT_USAGE;
	}
	cli->nnetns = 0;
	return -1;
}

int nt_cli_width(struct nt_cli *cli, const char *text)
{
	long n;

	if (parse_number(text, 1, 100000, &n)) {
		fprintf(stderr, _("nettrace: '%s' is not a width in columns\n"), text);
		return NT_EXIT_USAGE;
	}
	cli->width = (int)n;
	return -1;
}

int nt_cli_when(enum nt_when *when, const char *text, const char *option)
{
	if (!text || !strcmp(text, "always")) {
		*when = NT_ALWAYS;
	} else if (!strcmp(text, "never")) {
		*when = NT_NEVER;
	} else if (!strcmp(text, "auto")) {
		*when = NT_AUTO;
	} else {
		fprintf(stderr, _("nettrace: --%s takes always, never or auto, not '%s'\n"), option,
			text);
		return NT_EXIT_USAGE;
	}
	return -1;
}

int nt_cli_numbers(struct nt_cli *cli, enum nt_number_style style)
{
	enum nt_number_style *now = &cli->draw.numbers;

	if (*now != NT_NUMBERS_RELATIVE && *now != style) {
		fputs(_("nettrace: numbers are written in one way: --absolute and --symbols exclude each other\n"),
		      stderr);
		return NT_EXIT_USAGE;
	}
	*now = style;
	return -1;
}

int nt_cli_speed(struct nt_cli *cli, const char *text)
{
	char *end;

	cli->lab.speed = strtod(text, &end);
	if (end != text && !*end && cli->lab.speed >= 0.1 && cli->lab.speed <= 100)
		return -1;
	fprintf(stderr, _("nettrace: --speed needs a number from 0.1 to 100, not '%s'\n"), text);
	return NT_EXIT_USAGE;
}

int nt_cli_wait(struct nt_cli *cli, const char *text)
{
	char *end;
	double s = strtod(text, &end);

	if (end == text || *end || !isfinite(s) || s < 0 || s > 1e6) {
		fprintf(stderr, _("nettrace: '%s' is not a number of seconds\n"), text);
		return NT_EXIT_USAGE;
	}
	cli->wait_ns = (int64_t)(s * 1e9);
	return -1;
}

/* "3", "2-5"; the rest of @text is behind it */
static int parse_range(const char **text, uint32_t *first, uint32_t *last)
{
	char *end;
	unsigned long long n;

	if (**text < '0' || **text > '9')
		return -EINVAL;
	n = strtoull(*text, &end, 10);
	if (!n || n > UINT32_MAX)
		return -EINVAL;
	*first = (uint32_t)n;
	if (*end == '-') {
		if (end[1] < '0' || end[1] > '9')
			return -EINVAL;
		n = strtoull(end + 1, &end, 10);
		if (n > UINT32_MAX || n < *first)
			return -EINVAL;
	}
	*last = (uint32_t)n;
	*text = end;
	return 0;
}

int nt_cli_conv(struct nt_cli *cli, const char *text)
{
	const char *rest = text;

	for (;;) {
		if (cli->nconv == NT_CLI_CONVS_MAX) {
			fprintf(stderr, _("nettrace: --conv takes at most %d numbers and ranges\n"),
				NT_CLI_CONVS_MAX);
			return NT_EXIT_USAGE;
		}
		if (parse_range(&rest, &cli->conv[cli->nconv].first, &cli->conv[cli->nconv].last) ||
		    (*rest && *rest != ','))
			break;
		cli->nconv++;
		if (!*rest++)
			return -1;
	}
	fprintf(stderr,
		_("nettrace: '%s' does not name conversations as 3 or 1,4-6 does; 'nettrace list' shows them\n"),
		text);
	return NT_EXIT_USAGE;
}

bool nt_cli_wants(const struct nt_cli *cli, uint32_t conv)
{
	int i;

	for (i = 0; i < cli->nconv; i++)
		if (conv >= cli->conv[i].first && conv <= cli->conv[i].last)
			return true;
	return !cli->nconv;
}

/* of --ring, --payload and --minisocks; the module says what is too much */
int nt_cli_count(const char *text, const char *option, uint32_t *n)
{
	long v;

	if (parse_number(text, strcmp(option, "payload") ? 1 : 0, UINT32_MAX, &v)) {
		fprintf(stderr, _("nettrace: '%s' is not a number for --%s\n"), text, option);
		return NT_EXIT_USAGE;
	}
	*n = (uint32_t)v;
	return -1;
}

int nt_cli_payload(struct nt_cli *cli, const char *text)
{
	uint32_t n = 0;
	int status = nt_cli_count(text, "payload", &n);

	cli->set.payload = n;
	return status;
}

int nt_cli_hooks(struct nt_cli *cli, const char *text)
{
	if (!strcmp(text, "default")) {
		cli->set.hooks = NT_HOOKS_DEFAULT;
	} else if (!strcmp(text, "path")) {
		cli->set.hooks = NT_HOOKS_PATH;
	} else if (!strcmp(text, "link")) {
		cli->set.hooks = NT_HOOKS_LINK;
	} else {
		fprintf(stderr, _("nettrace: --hooks takes default, path or link, not '%s'\n"),
			text);
		return NT_EXIT_USAGE;
	}
	return -1;
}

static char *join(char *const *word, int n)
{
	size_t size = 1;
	char *text, *p;
	int i;

	for (i = 0; i < n; i++)
		size += strlen(word[i]) + 1;
	text = malloc(size);
	if (!text)
		return NULL;
	for (i = 0, p = text; i < n; i++)
		p += sprintf(p, "%s%s", i ? " " : "", word[i]);
	*p = '\0';
	return text;
}

int nt_cli_filter(struct nt_cli *cli, char *const *word, int n)
{
	struct nt_error err = { "" };
	int ret;

	if (n <= 0)
		return -1;
	cli->expr = join(word, n);
	if (!cli->expr) {
		fputs(_("nettrace: out of memory\n"), stderr);
		return NT_EXIT_FAIL;
	}
	ret = nt_filter_compile(&cli->filter, cli->expr, &err);
	if (!ret)
		return -1;
	if (ret == -EINVAL && cli->file) { /* a capture's link layer may answer it */
		cli->filter_wrong = strdup(err.text);
		if (cli->filter_wrong)
			return -1;
	}
	fprintf(stderr, "nettrace: %s\n", err.text);
	return ret == -EINVAL ? NT_EXIT_USAGE : NT_EXIT_FAIL;
}

int nt_cli_switch(const char *arg, const char *option)
{
	if (!arg || !strcmp(arg, "on"))
		return 1;
	if (!strcmp(arg, "off"))
		return 0;
	fprintf(stderr, _("nettrace: --%s=%s: give on (or nothing) or off\n"), option, arg);
	return -1;
}
