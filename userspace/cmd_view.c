// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_view.c - timeline, list, show, arp: read all there is, then show it
 */
#include <errno.h>
#include <stdio.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cmd.h"
#include "filter.h"
#include "i18n.h"
#include "session.h"
#include "tracking.h"
#include "walk.h"

#define HOLD_MS 2000 /* nobody waits for it: the end of the source ends it */

struct look {
	struct nt_session s;
	struct nt_view v;
	const struct nt_format *f;
	bool quiet;    /* without what IPv6 says to itself (timeline) */
	uint32_t only; /* number of the one conversation; 0: all */
	/* list: what the model has let go of, without items */
	struct nt_conv *kept;
	size_t nkept, cap;
	bool lean, no_memory;
};

static size_t nconv(const struct look *k)
{
	return k->kept ? k->nkept : nt_model_nconv(k->s.model);
}

static const struct nt_conv *conv(const struct look *k, size_t i)
{
	return k->kept ? &k->kept[i] : nt_model_conv(k->s.model, i);
}

static const struct nt_format *format_of(const struct nt_cli *cli)
{
	return cli->json ? &nt_format_json : &nt_format_ladder;
}

/* open, read all, close the model; -1 to go on */
static int gather(struct look *k, const struct nt_cli *cli, const struct nt_observer *obs, bool fit)
{
	int status = nt_session_open(&k->s, cli, NT_ONCE);

	k->s.forget = k->lean;
	k->s.no_items = k->lean;
	k->s.no_order = k->lean;
	k->f = format_of(cli);
	if (cli->nconv == 1 && cli->conv[0].first == cli->conv[0].last)
		k->only = cli->conv[0].first;
	if (status < 0)
		status = nt_view_open(&k->v, &k->s, fit);
	if (status < 0)
		status = nt_session_model(&k->s, HOLD_MS, obs);
	if (status < 0)
		status = nt_session_run(&k->s);
	return status;
}

static int finish(struct look *k, int status)
{
	int out = k->v.out ? nt_view_close(&k->v) : NT_EXIT_OK;

	if (status < 0)
		status = out;
	else if (out != NT_EXIT_OK)
		status = out;
	status = nt_session_exit(&k->s, status);
	nt_session_close(&k->s);
	free(k->kept);
	return status;
}

static bool shows(const void *arg, const struct nt_conv *c)
{
	const struct look *k = arg;

	if (k->only)
		return c->id == k->only;
	if (k->s.cli->nconv)
		return nt_cli_wants(k->s.cli, c->id);
	return nt_session_shows(&k->s, c) && !(k->quiet && nt_conv_is_housekeeping(c));
}

/* how many conversations are to be shown; --last is turned into a number */
static size_t choose(struct look *k)
{
	const struct nt_conv *last = NULL, *c;
	size_t i, n = 0;

	for (i = 0; i < nconv(k); i++) {
		c = conv(k, i);
		if (!shows(k, c))
			continue;
		n++;
		if (!last || c->t0 >= last->t0)
			last = c;
	}
	if (!k->s.cli->last || !last)
		return n;
	k->only = last->id;
	return 1;
}

static void note_hidden(const struct look *k)
{
	size_t i, before = 0, own = 0;

	for (i = 0; !k->only && !k->s.cli->nconv && i < nconv(k); i++) {
		const struct nt_conv *c = conv(k, i);

		if (!nt_session_shows(&k->s, c))
			before++;
		else if (!shows(k, c))
			own++;
	}
	if (before)
		fprintf(stderr,
			ngettext(
				"nettrace: %zu conversation that had begun before the command left out: --all\n",
				"nettrace: %zu conversations that had begun before the command left out: --all\n",
				before),
			before);
	if (own)
		fprintf(stderr,
			ngettext(
				"nettrace: %zu conversation of IPv6's housekeeping left out: --all\n",
				"nettrace: %zu conversations of IPv6's housekeeping left out: --all\n",
				own),
			own);
}

static int no_memory(int err)
{
	if (!err)
		return -1;
	fputs(_("nettrace: out of memory\n"), stderr);
	return NT_EXIT_FAIL;
}

static void stream_item(const void *arg, const struct nt_item *it)
{
	const struct look *k = arg;

	if (!ferror(k->v.out))
		k->f->item(&k->v, k->s.model, it);
}

/* objects in the order of time, then the conversations they belong to */
static int stream(struct look *k)
{
	size_t i;
	int err;

	err = nt_walk(k->s.model, shows, true, stream_item, k);
	for (i = 0; !err && i < nt_model_nconv(k->s.model); i++) {
		const struct nt_conv *c = nt_model_conv(k->s.model, i);

		if (shows(k, c))
			k->f->list(&k->v, c);
	}
	nt_view_check(&k->v);
	return no_memory(err);
}

/* a recording goes up to its last event, all else up to this moment */
static int64_t end_of_trace(const struct look *k)
{
	struct timespec ts;
	int64_t last = 0;
	size_t i;

	if (!k->s.cli->file) {
		clock_gettime(CLOCK_REALTIME, &ts);
		return ts.tv_sec * 1000000000LL + ts.tv_nsec;
	}
	for (i = 0; i < nt_model_nconv(k->s.model); i++)
		if (nt_model_conv(k->s.model, i)->t1 > last)
			last = nt_model_conv(k->s.model, i)->t1;
	return last;
}

typedef int show_fn(const struct nt_view *v, const struct nt_model *m, const struct nt_conv *c);

static int pictures(struct look *k, show_fn *show)
{
	bool first = true;
	int err = 0;
	size_t i;

	k->v.now = end_of_trace(k);
	for (i = 0; !err && i < nt_model_nconv(k->s.model); i++) {
		const struct nt_conv *c = nt_model_conv(k->s.model, i);

		if (!shows(k, c))
			continue;
		if (!first)
			fputc('\n', k->v.out);
		first = false;
		err = show(&k->v, k->s.model, c);
		if (nt_view_check(&k->v))
			break;
	}
	return no_memory(err);
}

/* below @n pictures: what failed before anything could be drawn */
static void lone(struct look *k, size_t n)
{
	if (!k->f->lone || k->only || !nt_model_nfailed(k->s.model) || nt_view_check(&k->v))
		return;
	if (n && !k->s.cli->json)
		fputc('\n', k->v.out);
	k->f->lone(&k->v, k->s.model);
}

static int run_timeline(const struct nt_cli *cli)
{
	struct look k = { 0 };
	int status = gather(&k, cli, NULL, true);

	if (status < 0) {
		size_t n;

		k.quiet = !cli->all && !cli->json;
		n = choose(&k);
		note_hidden(&k);
		nt_tracking_ask(&k.s, shows, &k);
		if (cli->json && !k.only && !cli->nconv) /* ARP and its like are objects too */
			n += nt_model_narp(k.s.model) + nt_model_nneigh(k.s.model) +
			     nt_model_ngap(k.s.model);
		if (n)
			status = cli->json ? stream(&k) : pictures(&k, k.f->conv);
		else if (!cli->draw.explain || !nt_model_nfailed(k.s.model))
			status = nt_say_nothing(&k.s, k.only, nconv(&k));
		if (cli->draw.explain)
			lone(&k, n);
	}
	return finish(&k, status);
}

static void keep(struct look *k, const struct nt_conv *c)
{
	size_t cap = k->cap ? k->cap * 2 : 256;
	struct nt_conv *array;

	if (k->nkept == k->cap) {
		array = reallocarray(k->kept, cap, sizeof(*array));
		if (!array) {
			k->no_memory = true;
			return;
		}
		k->kept = array;
		k->cap = cap;
	}
	k->kept[k->nkept] = *c;
	k->kept[k->nkept++].priv = NULL;
}

static void on_gone(void *arg, const struct nt_model *m, const struct nt_conv *c)
{
	(void)m;
	keep(arg, c);
}

static int by_id(const void *a, const void *b)
{
	const struct nt_conv *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

/* of a file nothing but the conversations themselves is kept */
static int gather_list(struct look *k, const struct nt_cli *cli)
{
	const struct nt_observer obs = { .gone = on_gone, .arg = k };
	int status;
	size_t i;

	k->lean = cli->file;
	status = gather(k, cli, cli->file ? &obs : NULL, true);
	if (status >= 0 || !cli->file)
		return status;
	for (i = 0; i < nt_model_nconv(k->s.model); i++)
		keep(k, nt_model_conv(k->s.model, i));
	if (k->nkept)
		qsort(k->kept, k->nkept, sizeof(*k->kept), by_id);
	return no_memory(k->no_memory);
}

static int run_list(const struct nt_cli *cli)
{
	struct look k = { 0 };
	int status = gather_list(&k, cli);
	size_t i;

	if (status < 0 && !choose(&k)) {
		status = nt_say_nothing(&k.s, k.only, nconv(&k));
	} else if (status < 0) {
		note_hidden(&k);
		nt_tracking_ask(&k.s, shows, &k);
		k.f->list_head(&k.v);
		for (i = 0; i < nconv(&k); i++) {
			const struct nt_conv *c = conv(&k, i);

			if (shows(&k, c))
				k.f->list(&k.v, c);
			if (nt_view_check(&k.v))
				break;
		}
	}
	return finish(&k, status);
}

/* the argument as the number of a conversation; -1, or an exit status */
static int number_of(const struct nt_cli *cli, uint32_t *id)
{
	char *end;
	unsigned long n = strtoul(cli->arg[0], &end, 10);

	if (end == cli->arg[0] || *end || *cli->arg[0] == '-' || !n || n > UINT32_MAX) {
		fprintf(stderr,
			_("nettrace: '%s' is not the number of a conversation; 'nettrace list' shows them\n"),
			cli->arg[0]);
		return NT_EXIT_USAGE;
	}
	*id = (uint32_t)n;
	return -1;
}

static int run_show(const struct nt_cli *cli)
{
	struct look k = { 0 };
	uint32_t id;
	int status;

	if (cli->layers || strchr(cli->arg[0], '.'))
		return nt_show_layers(cli);
	status = number_of(cli, &id);
	if (status >= 0)
		return status;
	status = gather(&k, cli, NULL, true);
	k.only = id;
	if (status < 0 && choose(&k)) {
		nt_tracking_ask(&k.s, shows, &k);
		status = pictures(&k, k.f->detail);
	} else if (status < 0) {
		status = nt_say_nothing(&k.s, k.only, nconv(&k));
	}
	return finish(&k, status);
}

static int run_explain(const struct nt_cli *cli)
{
	struct look k = { 0 };
	uint32_t id = 0;
	int status = cli->narg ? number_of(cli, &id) : -1;
	size_t n;

	if (status >= 0)
		return status;
	status = gather(&k, cli, NULL, true);
	if (status < 0) {
		k.only = id;
		k.quiet = !cli->all;
		n = choose(&k);
		note_hidden(&k);
		nt_tracking_ask(&k.s, shows, &k);
		if (n)
			status = pictures(&k, k.f->explain);
		else if (id || !nt_model_nfailed(k.s.model))
			status = nt_say_nothing(&k.s, k.only, nconv(&k));
		lone(&k, n);
	}
	return finish(&k, status);
}

/* what resolves addresses, and what came of it */
static void arp_item(const void *arg, const struct nt_item *it)
{
	const struct look *k = arg;

	if (it->type == NT_ITEM_ARP && !ferror(k->v.out))
		k->f->arp(&k->v, k->s.model, it->arp);
	else if (it->type == NT_ITEM_NEIGH)
		stream_item(arg, it);
}

static bool shows_none(const void *arg, const struct nt_conv *c)
{
	(void)arg;
	(void)c;
	return false;
}

static int run_arp(const struct nt_cli *cli)
{
	struct look k = { 0 };
	int status = gather(&k, cli, NULL, false);

	if (status < 0 && !(nt_model_narp(k.s.model) + nt_model_nneigh(k.s.model))) {
		fputs(_("nettrace: no ARP is recorded\n"), stderr);
		status = NT_EXIT_NOTHING;
	} else if (status < 0) {
		status = no_memory(nt_walk(k.s.model, shows_none, true, arp_item, &k));
		nt_view_check(&k.v);
	}
	return finish(&k, status);
}

#define LOOK (NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_FILTER)

const struct nt_command nt_cmd_timeline = {
	.name = "timeline",
	.args = "",
	.brief = N_("conversations as pictures"),
	.help = N_(
		"Draws each conversation as a ladder: an arrow for each packet, both ends'\n"
		"states beside it, and what caused every change of state. A state that was\n"
		"not observed but concluded from the segments is marked with '~'.\n"
		"Without a command it shows what the module still holds. Left out, unless --all\n"
		"is given: with a command, what had begun before it; what IPv6 hosts say to\n"
		"find routers and announce themselves.\n"
		"A packet that several namespaces sighted is one arrow; --hops tells its way. Where\n"
		"NAT changed an address the title names the conversation on the other side of it:\n"
		"that is inferred, and needs hooks=path on the router. Where the kernel tracks\n"
		"connections its own entry stands below the title, as it is when this is drawn, and\n"
		"what agrees with it is observed (--conntrack).\n"),
	.opts = LOOK | NT_OPT_PICK | NT_OPT_COMMAND | NT_OPT_ALL | NT_OPT_ROWS | NT_OPT_EXTRA |
		NT_OPT_DRAW | NT_OPT_HOPS | NT_OPT_EXPLAIN | NT_OPT_CONNTRACK,
	.run = run_timeline,
};

const struct nt_command nt_cmd_list = {
	.name = "list",
	.args = "",
	.brief = N_("a line for each conversation"),
	.help = N_(
		"Lists the conversations, with the numbers that show and --conv take. Numbers\n"
		"count from the oldest event that is still held; a recording keeps them. So they\n"
		"move when the module overwrites or nettraced (--daemon) lets go of older ones:\n"
		"'nettrace stats --daemon' tells whether it did (conversations_evicted).\n"
		"Below one whose addresses NAT changed stands which one it is behind it: inferred, or\n"
		"observed where conntrack has the same (--conntrack).\n"),
	.opts = LOOK | NT_OPT_PICK | NT_OPT_COMMAND | NT_OPT_ALL | NT_OPT_CONNTRACK,
	.run = run_list,
};

const struct nt_command nt_cmd_show = {
	.name = "show",
	.args = "N",
	.brief = N_("conversation N in full detail"),
	.help = N_(
		"Shows one conversation with every header field, option and mark of every\n"
		"packet, where it was sighted, and each change of state with its evidence.\n\n"
		"With --layers it opens packets: each header with its fields, their bytes and\n"
		"lengths, on the layers of the OSI and the TCP/IP model. N is then a conversation\n"
		"(all its packets), N.M packet M of it (this implies --layers), or arp.M the Mth\n"
		"ARP message.\n"),
	.opts = LOOK | NT_OPT_LAYERS | NT_OPT_CONNTRACK,
	.min_args = 1,
	.max_args = 1,
	.run = run_show,
};

const struct nt_command nt_cmd_explain = {
	.name = "explain",
	.args = "[N]",
	.brief = N_("conversation N told step by step"),
	.help = N_(
		"Tells one conversation (or each) as numbered steps: what happened, why it did, by\n"
		"which RFC, and what comes next, with the trace's own numbers, names and delays;\n"
		"and at the end the whole in short. Calls are told where they were recorded\n"
		"(--calls), timers with --timers. A step that was not observed but concluded from\n"
		"the segments is marked with '~'. Words follow the locale: LANG, LANGUAGE.\n"
		"Where NAT changed an address, the end says so: inferred, or observed where\n"
		"conntrack has it (--conntrack).\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_PICK | NT_OPT_ALL |
		NT_OPT_EXTRA | NT_OPT_COMMAND | NT_OPT_UNFOLD | NT_OPT_CONNTRACK,
	.max_args = 1,
	.run = run_explain,
};

const struct nt_command nt_cmd_arp = {
	.name = "arp",
	.args = "",
	.brief = N_("who asked for which address, who answered"),
	.help = N_(
		"Lists ARP packets and, of IPv6, neighbour solicitations and advertisements, a line\n"
		"each, with where they were sighted: what answers what, after how long, what is\n"
		"unanswered, unasked, a proxy's, or in conflict; which packet waits for the answer\n"
		"(inferred). And what becomes of the kernel's neighbour entries. Behind a link\n"
		"address stands its vendor, if the system has the list, or what its bits say.\n"),
	.opts = LOOK | NT_OPT_COMMAND,
	.run = run_arp,
};
