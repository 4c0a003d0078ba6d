// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli_values.c - what an option and its value mean, and the filter expression
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

static int take_netns(struct nt_cli *cli, const char *text)
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

static int take_width(struct nt_cli *cli, const char *text)
{
	long n;

	if (parse_number(text, 1, 100000, &n)) {
		fprintf(stderr, _("nettrace: '%s' is not a width in columns\n"), text);
		return NT_EXIT_USAGE;
	}
	cli->width = (int)n;
	return -1;
}

/* always, never or auto; always where none is given */
static int take_when(enum nt_when *when, const char *text, const char *option)
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

static int take_numbers(struct nt_cli *cli, enum nt_number_style style)
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

static int take_speed(struct nt_cli *cli, const char *text)
{
	char *end;

	cli->lab.speed = strtod(text, &end);
	if (end != text && !*end && cli->lab.speed >= 0.1 && cli->lab.speed <= 100)
		return -1;
	fprintf(stderr, _("nettrace: --speed needs a number from 0.1 to 100, not '%s'\n"), text);
	return NT_EXIT_USAGE;
}

static int take_wait(struct nt_cli *cli, const char *text)
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

static int take_conv(struct nt_cli *cli, const char *text)
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

/* of --ring, --payload and --minisocks; the module says what is too much */
static int take_count(const char *text, const char *option, uint32_t *n)
{
	long v;

	if (parse_number(text, strcmp(option, "payload") ? 1 : 0, UINT32_MAX, &v)) {
		fprintf(stderr, _("nettrace: '%s' is not a number for --%s\n"), text, option);
		return NT_EXIT_USAGE;
	}
	*n = (uint32_t)v;
	return -1;
}

static int take_payload(struct nt_cli *cli, const char *text)
{
	uint32_t n = 0;
	int status = take_count(text, "payload", &n);

	cli->set.payload = n;
	return status;
}

static int take_hooks(struct nt_cli *cli, const char *text)
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

/* on, which is also what no value means, or off: recorded, and so drawn */
static int take_switch(int *set, bool *draw, const char *text, const char *option)
{
	if (!text || !strcmp(text, "on")) {
		*set = 1;
	} else if (!strcmp(text, "off")) {
		*set = 0;
	} else {
		fprintf(stderr, _("nettrace: --%s=%s: give on (or nothing) or off\n"), option,
			text);
		return NT_EXIT_USAGE;
	}
	*draw = *set;
	return -1;
}

/* an option without a value that says yes to something: where that is kept */
static bool *said_by(struct nt_cli *cli, int val)
{
	switch (val) {
	case OPT_DELTAS:
		return &cli->draw.deltas;
	case OPT_OPTIONS:
		return &cli->draw.options;
	case OPT_UNFOLD:
		return &cli->draw.unfold;
	case OPT_HOPS:
		return &cli->draw.hops;
	case OPT_EXPLAIN:
		return &cli->draw.explain;
	case OPT_LAYERS:
		return &cli->layers;
	case OPT_JSON:
		return &cli->json;
	case OPT_LAST:
		return &cli->last;
	case OPT_UNTIL_CLOSED:
		return &cli->until_closed;
	case OPT_ALL:
		return &cli->all;
	case OPT_OFF:
		return &cli->off;
	case OPT_STEP:
		return &cli->lab.step;
	case OPT_QUIZ:
		return &cli->lab.quiz;
	case OPT_KEEP:
		return &cli->lab.keep;
	case OPT_PREVENT:
		return &cli->lab.prevent;
	case OPT_CLEAN:
		return &cli->lab.clean;
	}
	return NULL;
}

int nt_cli_take(struct nt_cli *cli, int val, const char *arg)
{
	bool *said = said_by(cli, val);

	if (said)
		*said = true;
	switch (val) {
	case 'N':
		return take_netns(cli, arg);
	case 'r':
		cli->file = arg;
		break;
	case 'd':
		cli->daemon = true;
		cli->socket = arg;
		break;
	case 'w':
		return take_width(cli, arg);
	case OPT_ASCII:
		cli->unicode = NT_NEVER;
		break;
	case OPT_UNICODE:
		cli->unicode = NT_ALWAYS;
		break;
	case OPT_COLOR:
		return take_when(&cli->color, arg, "color");
	case OPT_CONNTRACK:
		return take_when(&cli->conntrack, arg, "conntrack");
	case OPT_ABSOLUTE:
		return take_numbers(cli, NT_NUMBERS_ABSOLUTE);
	case OPT_SYMBOLS:
		return take_numbers(cli, NT_NUMBERS_SYMBOLS);
	case OPT_TIMERS:
		return take_switch(&cli->set.timers, &cli->draw.timers, arg, "timers");
	case OPT_CALLS:
		return take_switch(&cli->set.calls, &cli->draw.calls, arg, "calls");
	case OPT_CONV:
		return take_conv(cli, arg);
	case OPT_WAIT:
		return take_wait(cli, arg);
	case OPT_RING:
		return take_count(arg, "ring", &cli->set.ring);
	case OPT_PAYLOAD:
		return take_payload(cli, arg);
	case OPT_MINISOCKS:
		return take_count(arg, "minisocks", &cli->set.minisocks);
	case OPT_HOOKS:
		return take_hooks(cli, arg);
	case OPT_SPEED:
		return take_speed(cli, arg);
	}
	return -1;
}

bool nt_cli_wants(const struct nt_cli *cli, uint32_t conv)
{
	int i;

	for (i = 0; i < cli->nconv; i++)
		if (conv >= cli->conv[i].first && conv <= cli->conv[i].last)
			return true;
	return !cli->nconv;
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
