// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_sockets.c - the half-open and TIME-WAIT sockets that the module follows, or
 * the timers of all TCP sockets (cmd_timers.c)
 */
#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "describe.h"
#include "each_netns.h"
#include "i18n.h"
#include "names.h"
#include "text.h"

struct sockets {
	bool json;
	size_t n;
};

struct nt_addr nt_ctl_addr(uint8_t family, const uint8_t *b, uint16_t port)
{
	struct nt_addr a = { .family = family, .port = port };

	memcpy(a.b, b, sizeof(a.b));
	return a;
}

static const char *state_of(const struct nt_ctl_sock *s)
{
	return nt_state_name(nt_state_from_kernel(s->state));
}

json_t *nt_json_ctl_end(uint8_t family, const uint8_t *b, uint16_t port)
{
	char text[NT_ADDR_TEXT];

	return json_pack("{s:s,s:i}", "addr", nt_describe_ip(text, sizeof(text), family, b), "port",
			 (int)port);
}

void nt_json_socket(FILE *out, const char *netns, const struct nt_ctl_sock *s)
{
	json_t *o = json_pack("{s:s}", "type", "socket");

	if (*netns)
		json_object_set_new(o, "netns", json_string(netns));
	json_object_set_new(o, "socket", json_string(nt_sk_kind_name(s->kind)));
	json_object_set_new(o, "state", json_string(state_of(s)));
	json_object_set_new(o, "local", nt_json_ctl_end(s->family, s->local, s->lport));
	json_object_set_new(o, "remote", nt_json_ctl_end(s->family, s->remote, s->rport));
	json_object_set_new(o, "left_ms", json_integer(s->left_ms));
	json_dumpf(o, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(o);
}

static void show_head(void)
{
	char word[4][64];

	printf("%s %s  %s %s\n", nt_text_column(word[0], sizeof(word[0]), _("state"), 13),
	       nt_text_column(word[1], sizeof(word[1]), _("left"), -9),
	       nt_text_column(word[2], sizeof(word[2]), _("local"), 24),
	       nt_text_column(word[3], sizeof(word[3]), _("remote"), 24));
}

/* one table, so that names of namespaces stand in the last column */
static void show_line(struct sockets *all, const char *netns, const struct nt_ctl_sock *s)
{
	char local[NT_ADDR_TEXT], remote[NT_ADDR_TEXT], left[32];
	struct nt_addr a = nt_ctl_addr(s->family, s->local, s->lport);
	struct nt_addr b = nt_ctl_addr(s->family, s->remote, s->rport);

	if (!all->n)
		show_head();
	snprintf(left, sizeof(left), "%u.%u s", s->left_ms / 1000, s->left_ms % 1000 / 100);
	printf("%-13s %9s  %-24s %-24s%s%s\n", state_of(s), left,
	       nt_describe_addr(local, sizeof(local), &a),
	       nt_describe_addr(remote, sizeof(remote), &b), *netns ? " " : "", netns);
}

static int sockets_of(void *arg, const struct nt_each *e)
{
	struct nt_ctl_sock *s = NULL;
	struct nt_error err = { "" };
	struct sockets *all = arg;
	struct nt_ctl *c;
	char name[256];
	size_t i, n;
	int ret;

	ret = nt_ctl_open(&c, e->nsfd, &err);
	if (!ret)
		ret = nt_ctl_sockets(c, &s, &n, &err);
	nt_ctl_close(c);
	if (ret == -ENODATA && e->all) /* it is not traced, and nobody said it was */
		return NT_EXIT_OK;
	if (ret)
		return nt_each_failed(e, &err);
	nt_text_escape(name, sizeof(name), e->name, strlen(e->name));
	for (i = 0; i < n; i++) {
		if (all->json)
			nt_json_socket(stdout, name, &s[i]);
		else
			show_line(all, name, &s[i]);
		all->n++;
	}
	free(s);
	return NT_EXIT_OK;
}

static int run_sockets(const struct nt_cli *cli)
{
	struct sockets all = { .json = cli->json };
	int status;

	if (cli->draw.timers)
		return nt_show_timers(cli);
	status = nt_each_netns(cli, sockets_of, &all);
	if (fflush(stdout) || ferror(stdout)) {
		perror(_("nettrace: cannot write to standard output"));
		return NT_EXIT_FAIL;
	}
	if (status != NT_EXIT_OK || all.n)
		return status;
	fputs(_("nettrace: no half-open or TIME-WAIT socket is there now\n"), stderr);
	return NT_EXIT_NOTHING;
}

const struct nt_command nt_cmd_sockets = {
	.name = "sockets",
	.args = "",
	.brief = N_("half-open and TIME-WAIT sockets there are now; all sockets' timers"),
	.help = N_(
		"Lists the half-open (SYN-RECEIVED) and TIME-WAIT sockets that the module follows\n"
		"in this network namespace, or in those of -N, with the time until their timer\n"
		"fires. A closed end that waits for the other's FIN can be among them, in\n"
		"FIN-WAIT-2. Sockets in other states: ss(8).\n"
		"\n"
		"With --timers: every TCP socket that has a peer, in whatever state, and its timers\n"
		"as they are now, asked of the sockets themselves.\n"),
	.opts = NT_OPT_JSON | NT_OPT_TIMERS,
	.run = run_sockets,
};
