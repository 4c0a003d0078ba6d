// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli.c - what the user asked for
 */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "canvas.h"
#include "cli_priv.h"
#include "filter.h"
#include "i18n.h"

/* after COMMAND has ended, time for what is still on its way */
#define DRAIN_NS 200000000LL

/* the one table of options: parsed, checked against the command, explained */
static const struct {
	const char *name;
	int has_arg, val;
	unsigned int group; /* NT_OPT_*; 0: every subcommand has it */
	const char *text;
} option[] = {
	{ "netns", required_argument, 'N', 0,
	  N_("-N, --netns NAME[,NAME...]  these network namespaces: names, PIDs, paths; or\n"
	     "                              all: every one, also those to come") },
	{ "read", required_argument, 'r', NT_OPT_FILE,
	  N_("-r, --read FILE             a recording, instead of this machine") },
	{ "daemon", optional_argument, 'd', NT_OPT_DAEMON,
	  N_("-d, --daemon[=SOCKET]       what nettraced has kept (%s)") },
	{ "width", required_argument, 'w', NT_OPT_LOOK,
	  N_("-w, --width COLUMNS         of the picture: 60 or more") },
	{ "ascii", no_argument, OPT_ASCII, NT_OPT_LOOK,
	  N_("    --ascii                 draw with ASCII characters") },
	{ "unicode", no_argument, OPT_UNICODE, NT_OPT_LOOK,
	  N_("    --unicode               draw with lines and arrows") },
	{ "color", optional_argument, OPT_COLOR, NT_OPT_LOOK,
	  N_("    --color[=WHEN]          always, never, or auto: on a terminal") },
	{ "absolute", no_argument, OPT_ABSOLUTE, NT_OPT_ROWS,
	  N_("    --absolute              sequence numbers as in the segments") },
	{ "symbols", no_argument, OPT_SYMBOLS, NT_OPT_DRAW,
	  N_("    --symbols               the textbook's letters: seq=x, ack=x+1, y, u, v, w") },
	{ "deltas", no_argument, OPT_DELTAS, NT_OPT_DRAW,
	  N_("    --deltas                time since the row before") },
	{ "options", no_argument, OPT_OPTIONS, NT_OPT_DRAW,
	  N_("    --options               window and options below each segment") },
	{ "unfold", no_argument, OPT_UNFOLD, NT_OPT_DRAW | NT_OPT_UNFOLD,
	  N_("    --unfold                all rows of long data phases") },
	{ "timers", optional_argument, OPT_TIMERS, NT_OPT_EXTRA | NT_OPT_TIMERS,
	  N_("    --timers                where timers are armed, reset, stopped, or fire") },
	{ "calls", optional_argument, OPT_CALLS, NT_OPT_EXTRA,
	  N_("    --calls                 system calls on the sockets; live, that costs every\n"
	     "                              system call of the machine something") },
	{ "hops", no_argument, OPT_HOPS, NT_OPT_HOPS,
	  N_("    --hops                  below each packet: namespaces, devices, TTL, MACs") },
	{ "conntrack", optional_argument, OPT_CONNTRACK, NT_OPT_CONNTRACK,
	  N_("    --conntrack[=WHEN]      the kernel's table of NAT: always (says also where it has\n"
	     "                              nothing), never, or auto: where it is loaded") },
	{ "explain", no_argument, OPT_EXPLAIN, NT_OPT_EXPLAIN,
	  N_("    --explain               below each step what it is, why, and what comes next;\n"
	     "                              with COMMAND also --calls") },
	{ "layers", no_argument, OPT_LAYERS, NT_OPT_LAYERS,
	  N_("    --layers                each header of a packet, its fields and their bytes") },
	{ "json", no_argument, OPT_JSON, NT_OPT_JSON,
	  N_("    --json                  JSON Lines, one object a line") },
	{ "conv", required_argument, OPT_CONV, NT_OPT_PICK,
	  N_("    --conv N[,N-M...]       only these conversations") },
	{ "last", no_argument, OPT_LAST, NT_OPT_PICK,
	  N_("    --last                  only the conversation that began last") },
	{ "wait", required_argument, OPT_WAIT, NT_OPT_COMMAND,
	  N_("    --wait SECONDS          after COMMAND: until all is closed, at most so long") },
	{ "until-closed", no_argument, OPT_UNTIL_CLOSED, NT_OPT_COMMAND,
	  N_("    --until-closed          the same without a limit: TIME-WAIT lasts a minute") },
	{ "all", no_argument, OPT_ALL, NT_OPT_ALL,
	  N_("    --all                   also what is left out otherwise") },
	{ "ring", required_argument, OPT_RING, NT_OPT_SETTINGS,
	  N_("    --ring EVENTS           kept on each CPU") },
	{ "payload", required_argument, OPT_PAYLOAD, NT_OPT_SETTINGS,
	  N_("    --payload BYTES         kept of each packet's payload") },
	{ "minisocks", required_argument, OPT_MINISOCKS, NT_OPT_SETTINGS,
	  N_("    --minisocks N           half-open and TIME-WAIT sockets followed at a time") },
	{ "hooks", required_argument, OPT_HOOKS, NT_OPT_SETTINGS,
	  N_("    --hooks WHICH           default; path: also PRE_ROUTING and POST_ROUTING; link: bridges") },
	{ "off", no_argument, OPT_OFF, NT_OPT_OFF,
	  N_("    --off                   record all packets again") },
	{ "step", no_argument, OPT_STEP, NT_OPT_LAB,
	  N_("    --step                  wait for Enter before each step: predict, then see") },
	{ "quiz", no_argument, OPT_QUIZ, NT_OPT_LAB,
	  N_("    --quiz                  ask what comes next; the trace is the judge") },
	{ "speed", required_argument, OPT_SPEED, NT_OPT_LAB,
	  N_("    --speed FACTOR          wait as long as reading takes: 1 slowly, 2 twice as fast") },
	{ "keep", no_argument, OPT_KEEP, NT_OPT_LAB,
	  N_("    --keep                  leave the network to play with") },
	{ "prevent", no_argument, OPT_PREVENT, NT_OPT_LAB,
	  N_("    --prevent               without what the lab shows: its claim must fail") },
	{ "clean", no_argument, OPT_CLEAN, NT_OPT_LAB,
	  N_("    --clean                 take away what --keep left") },
	{ "help", no_argument, 'h', 0, N_("-h, --help                  this text") },
	{ "version", no_argument, OPT_VERSION, 0, NULL },
};

/* behind the help of a subcommand that takes one */
static const char *const expression = N_(
	"\nEXPRESSION selects packets as it does for tcpdump, see pcap-filter(7): 'tcp port 80',\n"
	"'host 10.0.0.1 and not arp'. Packets begin at the network header: 'len' counts from\n"
	"there, 'ether' and 'vlan' are refused. Of a connection whose packets can match, the\n"
	"changes of state are shown, too. A packet is shown also if it depends on bytes that a\n"
	"record does not hold (checksums, options, payload) whether it matches; how many these\n"
	"were is said at the end.\n");

#define NOPTIONS (sizeof(option) / sizeof(option[0]))

/* one names the daemon's socket */
static void put_option(FILE *out, const char *text)
{
	fputs("  ", out);
	fprintf(out, text, NT_DAEMON_SOCKET);
	fputc('\n', out);
}

static void print_options(FILE *out, unsigned int groups)
{
	size_t i;

	fputs(_("\nOptions:\n"), out);
	for (i = 0; i < NOPTIONS; i++)
		if (option[i].text && (!option[i].group || (option[i].group & groups)))
			put_option(out, _(option[i].text));
}

static void help_all(FILE *out)
{
	int i;

	fputs(_("Usage: nettrace [OPTION...] SUBCOMMAND [ARGUMENT...]\n"
		"       nettrace [OPTION...] [SUBCOMMAND] -- COMMAND [ARGUMENT...]\n\n"
		"Shows what the kernel's network stack does: segments, both ends' states and\n"
		"what caused them. Needs the kernel module nettrace (insmod nettrace.ko), and\n"
		"root or CAP_NET_ADMIN to read it; recordings can be read by anyone.\n\n"
		"Subcommands:\n"),
	      out);
	for (i = 0; nt_commands[i]; i++)
		fprintf(out, "  %-9s %-5s %s\n", nt_commands[i]->name, nt_commands[i]->args,
			_(nt_commands[i]->brief));
	fputs(_("\nWith -- COMMAND, the command is run and traced; under sudo it runs as the user\n"
		"who called sudo. Its standard output goes to standard error. Without a\n"
		"subcommand that is a timeline.\n"),
	      out);
	print_options(out, ~0U);
	fputs(_("\nExit status: 0 done; 1 failed; 2 not understood; 3 nothing found; 4 what a\n"
		"lab claims did not occur. With COMMAND: its own (128 + N when signal N ended\n"
		"it), 125 if tracing it failed, 126 if it could not be run, 127 if it was not\n"
		"found.\n"
		"'nettrace help SUBCOMMAND' tells more.\n"),
	      out);
}

static void help_command(const struct nt_command *cmd)
{
	printf(_("Usage: nettrace %s%s%s [OPTION...]%s%s\n\n%s"), cmd->name, *cmd->args ? " " : "",
	       cmd->args, cmd->opts & NT_OPT_FILTER ? " [EXPRESSION]" : "",
	       cmd->opts & NT_OPT_COMMAND ? " [-- COMMAND [ARGUMENT...]]" : "", _(cmd->help));
	if (cmd->opts & NT_OPT_FILTER)
		fputs(_(expression), stdout);
	print_options(stdout, cmd->opts);
}

static int usage(const char *cmd)
{
	fprintf(stderr, _("nettrace: see 'nettrace %s%s--help'\n"), cmd ? cmd : "", cmd ? " " : "");
	return NT_EXIT_USAGE;
}

static size_t option_of(int val)
{
	size_t i;

	for (i = 0; i < NOPTIONS; i++)
		if (option[i].val == val)
			break;
	return i;
}

/* do the options, arguments and COMMAND suit the subcommand? */
static int check(const struct nt_cli *cli, const char *const used[NOPTIONS])
{
	const struct nt_command *cmd = cli->cmd;
	bool named = cli->nnetns || cli->every_netns;
	size_t i;

	for (i = 0; i < NOPTIONS; i++) {
		if (!used[i] || !option[i].group || (option[i].group & cmd->opts))
			continue;
		fprintf(stderr, _("nettrace: %s has no option --%s\n"), cmd->name, option[i].name);
		return usage(cmd->name);
	}
	if (cli->command && !(cmd->opts & NT_OPT_COMMAND)) {
		fprintf(stderr, _("nettrace: %s traces no command\n"), cmd->name);
		return usage(cmd->name);
	}
	if (cli->command && cli->file) {
		fputs(_("nettrace: a recording (-r) and a command to trace (--) exclude each other\n"),
		      stderr);
		return usage(cmd->name);
	}
	if (!cli->command && (used[option_of(OPT_WAIT)] || used[option_of(OPT_UNTIL_CLOSED)])) {
		fputs(_("nettrace: --wait and --until-closed tell how long to go on after a command: give one behind '--'\n"),
		      stderr);
		return usage(cmd->name);
	}
	if (cli->file && cli->daemon) {
		fputs(_("nettrace: a recording (-r) and the daemon (-d) exclude each other\n"),
		      stderr);
		return usage(cmd->name);
	}
	if (cli->daemon && named) {
		fputs(_("nettrace: -N names namespaces to look at; the daemon (-d) looks at its own\n"),
		      stderr);
		return usage(cmd->name);
	}
	if (cli->file && named) {
		fputs(_("nettrace: -N names namespaces of this machine; a recording (-r) holds its own\n"),
		      stderr);
		return usage(cmd->name);
	}
	if (cli->narg < cmd->min_args) {
		fprintf(stderr, _("nettrace: %s needs %s\n"), cmd->name, cmd->args);
		return usage(cmd->name);
	}
	if (cli->narg > cmd->max_args && !(cmd->opts & NT_OPT_FILTER)) {
		fprintf(stderr, _("nettrace: %s: do not know what to do with '%s'\n"), cmd->name,
			cli->arg[cmd->max_args]);
		return usage(cmd->name);
	}
	return -1;
}

/* nettraced reads what there is: what is asked of it has nothing more recorded */
static void tell_of_daemon(const struct nt_cli *cli, const char *const used[NOPTIONS])
{
	if (cli->daemon && ((used[option_of(OPT_TIMERS)] && cli->draw.timers) ||
			    (used[option_of(OPT_CALLS)] && cli->draw.calls)))
		fputs(_("nettrace: the daemon (-d) has timers and system calls only from where 'nettrace start --timers --calls' has them recorded\n"),
		      stderr);
}

static const char *option_name(size_t i)
{
	return i < NOPTIONS ? option[i].name : NULL;
}

/* what is behind the first "--" is COMMAND; returns what is before it */
static int cut_command(struct nt_cli *cli, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--"))
			break;
	if (i < argc)
		cli->command = argv + i + 1;
	return i;
}

static int read_options(struct nt_cli *cli, int argc, char **argv, const char *used[NOPTIONS])
{
	struct option longs[NOPTIONS + 1] = { 0 };
	int val, status;
	size_t i;

	for (i = 0; i < NOPTIONS; i++) {
		longs[i].name = option[i].name;
		longs[i].has_arg = option[i].has_arg;
		longs[i].val = option[i].val;
	}
	opterr = 0;
	optind = 1;
	while ((val = getopt_long(argc, argv, ":N:r:d::w:h", longs, NULL)) != -1) {
		if (val == '?') {
			nt_cli_no_option(argv[optind - 1], option_name);
			return usage(NULL);
		}
		if (val == ':') {
			fprintf(stderr, _("nettrace: a value is missing after '%s'\n"),
				argv[optind - 1]);
			return usage(NULL);
		}
		i = option_of(val);
		if (i < NOPTIONS)
			used[i] = option[i].name;
		status = nt_cli_take(cli, val, optarg);
		if (status >= 0)
			return status;
	}
	return -1;
}

/* "help" alone, or before a subcommand, is its --help; else the subcommand */
static int find_command(struct nt_cli *cli, char **word, int n, bool *help)
{
	if (!strcmp(word[0], "help")) {
		*help = true;
		word++;
		n--;
	}
	if (!n)
		return -1;
	cli->cmd = nt_cli_command(word[0]);
	if (!cli->cmd)
		return nt_cli_no_command(word, n);
	cli->arg = word + 1;
	cli->narg = n - 1;
	return -1;
}

/* neither a subcommand nor a COMMAND: a file that was named deserves an answer */
static int nothing_to_do(const struct nt_cli *cli)
{
	if (!cli->file) {
		help_all(stderr);
		return NT_EXIT_USAGE;
	}
	fprintf(stderr,
		_("nettrace: a subcommand is missing: what shall be shown of '%s'? 'nettrace -r %s timeline' draws it\n"),
		cli->file, cli->file);
	return usage(NULL);
}

int nt_cli_parse(struct nt_cli *cli, int argc, char **argv)
{
	const char *used[NOPTIONS] = { NULL };
	bool help = false;
	int end, status;

	memset(cli, 0, sizeof(*cli));
	cli->wait_ns = DRAIN_NS;
	cli->set =
		(struct nt_ctl_settings){ .payload = -1, .hooks = -1, .timers = -1, .calls = -1 };
	end = cut_command(cli, argc, argv);
	/* a program's options are not ours: look at its name before they are moved about */
	if (end > 1 && *argv[1] != '-' && strcmp(argv[1], "help") && !nt_cli_command(argv[1]))
		return nt_cli_no_command(argv + 1, end - 1);
	status = read_options(cli, end, argv, used);
	if (status >= 0)
		return status;
	if (used[option_of(OPT_VERSION)]) {
		puts("nettrace " NT_VERSION);
		return NT_EXIT_OK;
	}
	if (optind < end) {
		status = find_command(cli, argv + optind, end - optind, &help);
		if (status >= 0)
			return status;
	}
	if (help || used[option_of('h')]) {
		if (cli->cmd)
			help_command(cli->cmd);
		else
			help_all(stdout);
		return NT_EXIT_OK;
	}
	if (cli->command && !*cli->command) {
		fputs(_("nettrace: no command after '--'\n"), stderr);
		return usage(NULL);
	}
	if (!cli->cmd && !cli->command)
		return nothing_to_do(cli);
	if (!cli->cmd)
		cli->cmd = nt_commands[0];
	/* what a learner's program did is told in terms of its own calls */
	if (cli->draw.explain && cli->command && cli->set.calls < 0) {
		cli->set.calls = 1;
		cli->draw.calls = true;
	}
	if ((cli->cmd->opts & NT_OPT_FILE_ARG) && cli->narg)
		cli->file = cli->arg[0];
	status = check(cli, used);
	if (status < 0)
		tell_of_daemon(cli, used);
	if (status >= 0 || cli->narg <= cli->cmd->max_args)
		return status;
	return nt_cli_filter(cli, cli->arg + cli->cmd->max_args, cli->narg - cli->cmd->max_args);
}

void nt_cli_free(struct nt_cli *cli)
{
	free(cli->names);
	cli->names = NULL;
	nt_filter_free(cli->filter);
	cli->filter = NULL;
	free(cli->expr);
	cli->expr = NULL;
	free(cli->filter_wrong);
	cli->filter_wrong = NULL;
}
