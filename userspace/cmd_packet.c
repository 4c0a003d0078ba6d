// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_packet.c - show --layers and path: one packet out of all that is recorded
 *
 * A packet is named CONV.N, as pictures and lists number both; arp.N is an ARP
 * message, in the order in which they came.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"
#include "tracking.h"

#define HOLD_MS 2000 /* nobody waits for it: the end of the source ends it */

struct pick {
	struct nt_session s;
	struct nt_view v;
	const struct nt_format *f;
	bool arp;
	uint32_t conv; /* 0: the last one */
	uint32_t n;    /* 0: none is named */
};

static bool number(const char *s, const char *end, uint32_t *n)
{
	uint64_t v = 0;

	for (*n = 0; s < end; s++) {
		if (*s < '0' || *s > '9')
			return false;
		v = v * 10 + (uint64_t)(*s - '0');
		if (v > UINT32_MAX)
			return false;
	}
	*n = (uint32_t)v;
	return v;
}

/* CONV, CONV.N, arp.N */
static bool read_name(struct pick *k, const char *arg)
{
	const char *end = arg + strlen(arg), *dot = strchr(arg, '.');

	k->arp = !strncmp(arg, "arp.", 4);
	if (dot && !number(dot + 1, end, &k->n))
		return false;
	return k->arp || number(arg, dot ? dot : end, &k->conv);
}

static int bad_name(const char *arg, bool arp)
{
	fprintf(stderr,
		arp ? _("nettrace: '%s' names no packet: it is CONV.N, as in 1.3, or arp.N; 'nettrace list' shows the conversations\n") :
		      _("nettrace: '%s' names no packet: it is CONV.N, as in 1.3; 'nettrace list' shows the conversations\n"),
		arg);
	return NT_EXIT_USAGE;
}

/* open, read all, close the model; -1 to go on */
static int gather(struct pick *k, const struct nt_cli *cli)
{
	int status = nt_session_open(&k->s, cli, NT_ONCE);

	k->f = cli->json ? &nt_format_json : &nt_format_ladder;
	if (status < 0)
		status = nt_view_open(&k->v, &k->s, true);
	if (status < 0)
		status = nt_session_model(&k->s, HOLD_MS, NULL);
	if (status < 0)
		status = nt_session_run(&k->s);
	return status;
}

static int finish(struct pick *k, int status)
{
	int out = k->v.out ? nt_view_close(&k->v) : NT_EXIT_OK;

	if (status < 0 || out != NT_EXIT_OK)
		status = out;
	status = nt_session_exit(&k->s, status);
	nt_session_close(&k->s);
	return status;
}

static const struct nt_conv *find_conv(const struct pick *k)
{
	const struct nt_conv *last = NULL;
	size_t i;

	for (i = 0; i < nt_model_nconv(k->s.model); i++) {
		const struct nt_conv *c = nt_model_conv(k->s.model, i);

		if (k->conv) {
			if (c->id == k->conv)
				return c;
		} else if (nt_session_shows(&k->s, c) && !nt_conv_is_housekeeping(c) &&
			   (!last || c->t0 >= last->t0)) {
			last = c;
		}
	}
	return last;
}

static int no_packet(const struct nt_conv *c, uint32_t n)
{
	fprintf(stderr,
		_("nettrace: conversation %" PRIu32 " has no packet %" PRIu32 ", it has %" PRIu32
		  "\n"),
		c->id, n, c->narrow);
	return NT_EXIT_NOTHING;
}

static int open_arp(struct pick *k)
{
	size_t n = nt_model_narp(k->s.model);

	if (k->n > n) {
		fprintf(stderr,
			_("nettrace: there is no ARP message %" PRIu32 "; %zu are recorded\n"),
			k->n, n);
		return NT_EXIT_NOTHING;
	}
	k->f->layers_arp(&k->v, k->n, nt_model_arp(k->s.model, k->n - 1));
	return -1;
}

static int open_packets(struct pick *k)
{
	const struct nt_conv *c = find_conv(k);
	bool first = true;
	size_t i;

	if (!c)
		return nt_say_nothing(&k->s, k->conv, nt_model_nconv(k->s.model));
	if (k->n && !nt_conv_arrow(c, k->n))
		return no_packet(c, k->n);
	for (i = 0; i < c->nitem && !nt_view_check(&k->v); i++) {
		const struct nt_arrow *a = c->item[i].arrow;

		if (c->item[i].type != NT_ITEM_ARROW || (k->n && a->n != k->n))
			continue;
		if (!first && !k->s.cli->json)
			fputc('\n', k->v.out);
		first = false;
		k->f->layers(&k->v, c, a);
	}
	return -1;
}

int nt_show_layers(const struct nt_cli *cli)
{
	struct pick k = { 0 };
	int status;

	if (!read_name(&k, cli->arg[0]))
		return bad_name(cli->arg[0], true);
	status = gather(&k, cli);
	if (status < 0)
		status = k.arp ? open_arp(&k) : open_packets(&k);
	return finish(&k, status);
}

/* the packet's conversation, under each of its addresses */
static bool on_path(const void *arg, const struct nt_conv *c)
{
	const struct nt_path *p = arg;
	unsigned int i;

	for (i = 0; i < p->nas; i++)
		if (p->as[i].conv == c)
			return true;
	return false;
}

/* the first one where none is named */
static int run_path(const struct nt_cli *cli)
{
	struct pick k = { 0 };
	const struct nt_arrow *a;
	const struct nt_conv *c;
	struct nt_path path;
	int status;

	if (cli->narg && (!read_name(&k, cli->arg[0]) || k.arp))
		return bad_name(cli->arg[0], false);
	status = gather(&k, cli);
	if (status >= 0)
		return finish(&k, status);
	c = find_conv(&k);
	if (!c)
		return finish(&k, nt_say_nothing(&k.s, k.conv, nt_model_nconv(k.s.model)));
	a = nt_conv_arrow(c, k.n ? k.n : 1);
	if (!a)
		return finish(&k, no_packet(c, k.n ? k.n : 1));
	nt_path_of(&path, k.s.model, c, a);
	nt_tracking_ask(&k.s, on_path, &path);
	nt_path_of(&path, k.s.model, c, a); /* with what conntrack says of it */
	k.f->path(&k.v, &path);
	return finish(&k, -1);
}

const struct nt_command nt_cmd_path = {
	.name = "path",
	.args = "N[.M]",
	.brief = N_("one packet's way through the kernel's hooks"),
	.help = N_(
		"Draws which hooks of the kernel packet M of conversation N passed, in each\n"
		"network namespace, with times, devices, TTL and link addresses, and what is\n"
		"decided at each hook. Without M the first packet; without N the conversation\n"
		"that began last. PRE_ROUTING and POST_ROUTING are recorded with hooks=path only\n"
		"('nettrace start --hooks path'): without, they are drawn as not looked at. The\n"
		"namespaces on the way are named with -N, or all are read with -N all. What NAT does\n"
		"to it is inferred; where conntrack has an entry of it that is shown, and what agrees\n"
		"with it is observed (--conntrack).\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_COMMAND |
		NT_OPT_CONNTRACK,
	.max_args = 1,
	.run = run_path,
};
