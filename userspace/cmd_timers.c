// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_timers.c - sockets --timers: every TCP socket's timers, as they are now
 *
 * The kernel lists its sockets, the module samples each one's timers.  A socket
 * that has gone between the two is left out.
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
#include "model_sample.h"
#include "names.h"
#include "sockdiag.h"
#include "text.h"

struct shown {
	bool json;
	size_t n;
};

/* milliseconds, and hours where it lasts so long */
static void put_left(FILE *out, int64_t ms)
{
	if (ms >= 100000)
		fprintf(out, " %lld s", (long long)(ms / 1000));
	else if (ms >= 1000)
		fprintf(out, " %lld.%lld s", (long long)(ms / 1000), (long long)(ms % 1000 / 100));
	else
		fprintf(out, " %lld ms", (long long)ms);
}

static void show_timers(FILE *out, const struct nettrace_timer *r)
{
	int name, any = 0;

	for (name = 0; name < NT_TIMER_MAX; name++) {
		int64_t left = nt_sample_left(r, (enum nt_timer_name)name);

		if (left < 0)
			continue;
		fprintf(out, "%s%s", any++ ? ", " : "", _(nt_timer_word((enum nt_timer_name)name)));
		put_left(out, left);
	}
	if (!any)
		fputs(_("none"), out);
	if (r->backoff)
		fprintf(out, _("; back-off %u"), r->backoff);
	if (r->retransmits)
		fprintf(out, _("; %u unanswered"), r->retransmits);
	if (r->probes_out)
		fprintf(out, _("; %u probes unanswered"), r->probes_out);
}

static void show_head(void)
{
	char word[3][64];

	printf("%s %s %s %s\n", nt_text_column(word[0], sizeof(word[0]), _("state"), 13),
	       nt_text_column(word[1], sizeof(word[1]), _("local"), 24),
	       nt_text_column(word[2], sizeof(word[2]), _("remote"), 24),
	       _("timers: until they fire"));
}

static void show_line(struct shown *all, const char *netns, const struct nt_ctl_tuple *t,
		      const struct nettrace_timer *r)
{
	char local[NT_ADDR_TEXT], remote[NT_ADDR_TEXT];
	struct nt_addr a = nt_ctl_addr(t->family, t->local, t->lport);
	struct nt_addr b = nt_ctl_addr(t->family, t->remote, t->rport);

	if (!all->n)
		show_head();
	printf("%-13s %-24s %-24s ", nt_state_name(nt_state_from_kernel(r->sock_state)),
	       nt_describe_addr(local, sizeof(local), &a),
	       nt_describe_addr(remote, sizeof(remote), &b));
	show_timers(stdout, r);
	printf("%s%s\n", *netns ? "  netns " : "", netns);
}

void nt_json_timers(FILE *out, const char *netns, const struct nt_ctl_tuple *t,
		    const struct nettrace_timer *r)
{
	json_t *o = json_pack("{s:s}", "type", "socket"), *timers = json_array();
	int name;

	if (*netns)
		json_object_set_new(o, "netns", json_string(netns));
	json_object_set_new(o, "socket", json_string(nt_sk_kind_name(r->kind)));
	json_object_set_new(o, "state",
			    json_string(nt_state_name(nt_state_from_kernel(r->sock_state))));
	json_object_set_new(o, "local", nt_json_ctl_end(t->family, t->local, t->lport));
	json_object_set_new(o, "remote", nt_json_ctl_end(t->family, t->remote, t->rport));
	for (name = 0; name < NT_TIMER_MAX; name++) {
		int64_t left = nt_sample_left(r, (enum nt_timer_name)name);

		if (left >= 0)
			json_array_append_new(timers,
					      json_pack("{s:s,s:I}", "timer",
							nt_timer_word((enum nt_timer_name)name),
							"left_ms", (json_int_t)left));
	}
	json_object_set_new(o, "timers", timers);
	json_object_set_new(o, "backoff", json_integer(r->backoff));
	json_object_set_new(o, "retransmits", json_integer(r->retransmits));
	json_object_set_new(o, "probes", json_integer(r->probes_out));
	if (r->rto_us)
		json_object_set_new(o, "rto_us", json_integer(r->rto_us));
	if (r->srtt_us)
		json_object_set_new(o, "srtt_us", json_integer(r->srtt_us));
	json_dumpf(o, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	json_decref(o);
}

static int show_each(struct shown *all, const char *netns, struct nt_ctl *c,
		     const struct nt_ctl_tuple *s, size_t n, struct nt_error *err)
{
	struct nettrace_timer r;
	size_t i;
	int ret;

	for (i = 0; i < n; i++) {
		ret = nt_ctl_timers(c, &s[i], &r, err);
		if (ret == -ENOENT)
			continue;
		if (ret)
			return ret;
		if (all->json)
			nt_json_timers(stdout, netns, &s[i], &r);
		else
			show_line(all, netns, &s[i], &r);
		all->n++;
	}
	return 0;
}

static int timers_of(void *arg, const struct nt_each *e)
{
	struct nt_ctl_tuple *s = NULL;
	struct nt_error err = { "" };
	struct shown *all = arg;
	struct nt_ctl *c;
	char name[256];
	size_t n = 0;
	int ret;

	nt_text_escape(name, sizeof(name), e->name, strlen(e->name));
	ret = nt_ctl_open(&c, e->nsfd, &err);
	if (!ret)
		ret = nt_sockdiag_tcp(e->nsfd, &s, &n, &err);
	if (!ret)
		ret = show_each(all, name, c, s, n, &err);
	free(s);
	nt_ctl_close(c);
	return ret ? nt_each_failed(e, &err) : NT_EXIT_OK;
}

int nt_show_timers(const struct nt_cli *cli)
{
	struct shown all = { .json = cli->json };
	int status = nt_each_netns(cli, timers_of, &all);

	if (fflush(stdout) || ferror(stdout)) {
		perror(_("nettrace: cannot write to standard output"));
		return NT_EXIT_FAIL;
	}
	if (status != NT_EXIT_OK || all.n)
		return status;
	fputs(_("nettrace: no TCP socket that has a peer is there now\n"), stderr);
	return NT_EXIT_NOTHING;
}
