// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_say.c - what several commands leave out, and what they say when nothing is left
 */
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "cmd.h"
#include "i18n.h"
#include "session.h"

/*
 * Hosts that speak IPv6 announce their multicast groups, look for routers and
 * check that their addresses are theirs alone (RFC 3810, RFC 4861, RFC 4862),
 * whatever else goes on.  Neighbour discovery for a real destination stays.
 */
bool nt_conv_is_housekeeping(const struct nt_conv *c)
{
	static const uint8_t unspecified[16];
	size_t i;

	if (c->proto != IPPROTO_ICMPV6)
		return false;
	for (i = 0; i < c->nitem; i++) {
		const struct nettrace_packet *p;

		if (c->item[i].type != NT_ITEM_ARROW)
			return false;
		p = &c->item[i].arrow->pkt;
		if ((p->icmp_type >= 130 && p->icmp_type <= 134) || p->icmp_type == 143)
			continue;
		if (p->icmp_type != 135 || memcmp(p->src, unspecified, 16))
			return false;
	}
	return true;
}

/* a call that fails before anything is sent is told by --explain */
static const char *no_traffic(const struct nt_cli *cli)
{
	if (cli->draw.explain || !(cli->cmd->opts & NT_OPT_EXPLAIN))
		return _(
			"nettrace: nothing is recorded: the command caused no traffic in the namespaces that were watched (-N names others)\n");
	return _(
		"nettrace: nothing is recorded: the command caused no traffic in the namespaces that were watched (-N names others); with --explain its calls that failed are told\n");
}

/* nothing to show: say why, as far as it is known */
int nt_say_nothing(const struct nt_session *s, uint32_t only, size_t n)
{
	const struct nt_model_stats *st = nt_model_stats(s->model);

	if (only) {
		fprintf(stderr,
			_("nettrace: there is no conversation %u; 'nettrace list' shows the %zu there are\n"),
			only, n);
	} else if (n && s->cli->nconv) {
		fprintf(stderr,
			_("nettrace: none of the %zu conversations has a number that --conv names; 'nettrace list' shows them\n"),
			n);
	} else if (n) {
		fprintf(stderr,
			_("nettrace: none of the %zu conversations is to be shown; --all shows them\n"),
			n);
	} else if (st->arps) {
		fprintf(stderr,
			_("nettrace: no conversation is recorded, only ARP: see 'nettrace arp'\n"));
	} else if (s->cli->expr && s->src->filtered) {
		fprintf(stderr, _("nettrace: none of %llu events matches the filter '%s'\n"),
			(unsigned long long)s->src->filtered, s->cli->expr);
	} else if (!st->events) {
		fputs(s->cli->file    ? _("nettrace: nothing is recorded in that file\n") :
		      s->cli->command ? no_traffic(s->cli) :
					_("nettrace: nothing is recorded yet\n"),
		      stderr);
	} else {
		fprintf(stderr, _("nettrace: no conversation is recorded\n"));
	}
	return NT_EXIT_NOTHING;
}
