// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_conf.c - what nettraced is told: options and its file
 */
#include "daemon_conf.h"

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../module/core/version.h"
#include "i18n.h"

static int set_netns(struct ntd_conf *c, const char *value, struct nt_error *err)
{
	const char *end;
	size_t n;

	c->all = false;
	c->nnetns = 0;
	if (!strcmp(value, "all")) {
		c->all = true;
		return 0;
	}
	while (*value) {
		end = strchrnul(value, ',');
		n = (size_t)(end - value);
		while (n && isspace((unsigned char)value[n - 1]))
			n--;
		if (!n)
			return nt_error_set(err, -EINVAL,
					    _("the name of a network namespace is empty"));
		if (n >= sizeof(c->netns[0]))
			return nt_error_set(err, -EINVAL,
					    _("the name of a network namespace is too long"));
		if (c->nnetns == NTD_NETNS_MAX)
			return nt_error_set(
				err, -EINVAL,
				_("more than %d network namespaces are named: 'all' means every one"),
				NTD_NETNS_MAX);
		memcpy(c->netns[c->nnetns], value, n);
		c->netns[c->nnetns++][n] = '\0';
		value = *end ? end + 1 : end;
		while (isspace((unsigned char)*value))
			value++;
		if (*end && !*value)
			return nt_error_set(err, -EINVAL,
					    _("the name of a network namespace is empty"));
	}
	return 0;
}

static int set_memory(struct ntd_conf *c, const char *value, struct nt_error *err)
{
	unsigned long long n;
	char *end;

	errno = 0;
	n = strtoull(value, &end, 10);
	if (errno || end == value || *end || *value == '-' || n < NTD_MEMORY_MIN ||
	    n > NTD_MEMORY_MAX)
		return nt_error_set(err, -EINVAL, _("'%s' is not a number of MiB from %d to %d"),
				    value, NTD_MEMORY_MIN, NTD_MEMORY_MAX);
	c->memory = n;
	return 0;
}

static int set_mode(struct ntd_conf *c, const char *value, struct nt_error *err)
{
	unsigned long n;
	char *end;

	errno = 0;
	n = strtoul(value, &end, 8);
	if (errno || end == value || *end || *value == '-' || n > 0777)
		return nt_error_set(err, -EINVAL, _("'%s' is not a file mode such as 0660"), value);
	c->mode = (unsigned int)n;
	return 0;
}

static int set_text(char *to, size_t size, const char *what, const char *value,
		    struct nt_error *err)
{
	if (strlen(value) >= size)
		return nt_error_set(err, -EINVAL, _("the %s is too long: %zu bytes at most"),
				    _(what), size - 1);
	strcpy(to, value);
	return 0;
}

int ntd_conf_set(struct ntd_conf *c, const char *key, const char *value, struct nt_error *err)
{
	if (!strcmp(key, "namespaces"))
		return set_netns(c, value, err);
	if (!strcmp(key, "memory"))
		return set_memory(c, value, err);
	if (!strcmp(key, "mode"))
		return set_mode(c, value, err);
	if (!strcmp(key, "filter"))
		return set_text(c->filter, sizeof(c->filter), "filter", value, err);
	if (!strcmp(key, "group"))
		return set_text(c->group, sizeof(c->group), "group", value, err);
	return nt_error_set(
		err, -EINVAL,
		_("there is no key '%s': namespaces, memory, filter, mode and group are known"),
		key);
}

void ntd_conf_default(struct ntd_conf *c)
{
	memset(c, 0, sizeof(*c));
	c->memory = NTD_MEMORY;
	c->mode = 0660;
	strcpy(c->socket, NT_DAEMON_SOCKET);
	strcpy(c->file, NTD_CONF_FILE);
}

static char *stripped(char *s)
{
	size_t n;

	while (isspace((unsigned char)*s))
		s++;
	n = strlen(s);
	while (n && isspace((unsigned char)s[n - 1]))
		s[--n] = '\0';
	return s;
}

static int set_line(struct ntd_conf *c, char *line, struct nt_error *err)
{
	char *value, *key = stripped(line);

	if (!*key || *key == '#')
		return 0;
	value = strchr(key, '=');
	if (!value)
		return nt_error_set(err, -EINVAL, _("a line is 'key = value', or begins with '#'"));
	*value++ = '\0';
	return ntd_conf_set(c, stripped(key), stripped(value), err);
}

int ntd_conf_file(struct ntd_conf *c, struct nt_error *err)
{
	struct nt_error why = { "" };
	char line[NTD_VALUE_MAX + 64];
	unsigned int n = 0;
	FILE *f = fopen(c->file, "re");
	int ret = 0;

	if (!f && errno == ENOENT && !c->file_named)
		return 0;
	if (!f)
		return nt_error_set(err, -errno, _("cannot read %s: %s"), c->file, strerror(errno));
	while (!ret && fgets(line, sizeof(line), f)) {
		n++;
		if (!strchr(line, '\n') && !feof(f))
			ret = nt_error_set(&why, -EINVAL, _("the line is too long"));
		else
			ret = set_line(c, line, &why);
	}
	if (!ret && ferror(f))
		ret = nt_error_set(&why, -EIO, _("reading it failed"));
	fclose(f);
	if (ret)
		nt_error_set(err, ret, _("%s, line %u: %s"), c->file, n, why.text);
	return ret;
}

enum {
	OPT_FILTER = 256,
	OPT_MEMORY,
	OPT_SOCKET,
	OPT_MODE,
	OPT_GROUP,
	OPT_USER,
	OPT_CONFIG,
	OPT_VERSION
};

static const struct option options[] = {
	{ "netns", required_argument, NULL, 'N' },
	{ "filter", required_argument, NULL, OPT_FILTER },
	{ "memory", required_argument, NULL, OPT_MEMORY },
	{ "socket", required_argument, NULL, OPT_SOCKET },
	{ "mode", required_argument, NULL, OPT_MODE },
	{ "group", required_argument, NULL, OPT_GROUP },
	{ "user", required_argument, NULL, OPT_USER },
	{ "config", required_argument, NULL, OPT_CONFIG },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, OPT_VERSION },
	{ NULL, 0, NULL, 0 },
};

static void help(void)
{
	printf(_("Usage: nettraced [OPTION...]\n\n"
		 "Receives what the kernel module nettrace records, keeps it in bounded memory and\n"
		 "serves it on a unix socket, so that 'nettrace SUBCOMMAND --daemon' shows what\n"
		 "happened before one looked. It stays in the foreground. Started as root, it\n"
		 "splits in two: one process enters namespaces and opens their events, the other\n"
		 "reads them and serves clients, without any privilege.\n\n"
		 "Options:\n"
		 "  -N, --netns NAME[,NAME...]  these network namespaces (names, PIDs or paths), or\n"
		 "                              all: every one, also those to come; otherwise the\n"
		 "                              one it is started in\n"
		 "      --filter EXPRESSION     keep only what a pcap-filter(7) expression accepts\n"
		 "      --memory MIB            that the worker may use (64); what is too much goes:\n"
		 "                              closed conversations first, the longest silent first\n"
		 "      --socket PATH           to serve on (%s)\n"
		 "      --mode MODE             of the socket (0660)\n"
		 "      --group NAME            of the socket (nettrace if there is such a group,\n"
		 "                              else root)\n"
		 "      --user NAME             that the worker runs as (nettrace if there is such\n"
		 "                              a user, else nobody)\n"
		 "      --config FILE           (%s) with lines 'key = value':\n"
		 "                              namespaces, filter, memory, mode, group\n"
		 "  -h, --help                  this text\n"
		 "      --version\n\n"
		 "Signals: SIGHUP reads the file again; SIGTERM and SIGINT end it in good order.\n"
		 "Exit status: 0 ended in good order; 1 failed; 2 not understood.\n"),
	       NT_DAEMON_SOCKET, NTD_CONF_FILE);
}

static int misused(const struct nt_error *err)
{
	fprintf(stderr, _("nettraced: %s\nnettraced: see 'nettraced --help'\n"), err->text);
	return NTD_USAGE;
}

/* 0 or negative errno */
static int take(struct ntd_conf *c, int val, const char *arg, struct nt_error *err)
{
	switch (val) {
	case 'N':
		return ntd_conf_set(c, "namespaces", arg, err);
	case OPT_FILTER:
		return ntd_conf_set(c, "filter", arg, err);
	case OPT_MEMORY:
		return ntd_conf_set(c, "memory", arg, err);
	case OPT_MODE:
		return ntd_conf_set(c, "mode", arg, err);
	case OPT_GROUP:
		return ntd_conf_set(c, "group", arg, err);
	case OPT_USER:
		return set_text(c->user, sizeof(c->user), N_("user"), arg, err);
	case OPT_SOCKET:
		return set_text(c->socket, sizeof(c->socket), N_("name of the socket"), arg, err);
	case OPT_CONFIG:
		c->file_named = true;
		return set_text(c->file, sizeof(c->file), N_("name of the file"), arg, err);
	}
	return 0;
}

int ntd_conf_options(struct ntd_conf *c, int argc, char **argv, bool speak)
{
	struct nt_error err = { "" };
	int val, ret = 0;

	opterr = 0;
	optind = 1;
	while (!ret && (val = getopt_long(argc, argv, ":N:h", options, NULL)) != -1) {
		if (val == ':' || val == '?')
			ret = nt_error_set(&err, -EINVAL,
					   val == ':' ? _("a value is missing after '%s'") :
							_("there is no option '%s'"),
					   argv[optind - 1]);
		else if (val == 'h' || val == OPT_VERSION) {
			if (val == 'h')
				help();
			else
				puts("nettraced " NT_VERSION);
			return NTD_DONE;
		} else
			ret = take(c, val, optarg, &err);
	}
	if (!ret && optind < argc)
		ret = nt_error_set(&err, -EINVAL, _("do not know what to do with '%s'"),
				   argv[optind]);
	if (!ret)
		return NTD_GO_ON;
	return speak ? misused(&err) : NTD_USAGE;
}
