// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_stats.c - the module's counters, and one reader's account
 *
 * The reader's "seen" is not the sum of the rest: it is taken from the events'
 * own numbers (first to last on each CPU), so that the equation
 * seen = delivered + filtered + lost can fail, and says so when it does.  What a
 * filter in the kernel left out has no number: it is counted there.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "each_netns.h"
#include "i18n.h"
#include "netns.h"
#include "session.h"

#define MODULE_MAX 64
#define STATS	   "/proc/thread-self/net/nettrace/stats"
#define EVENTS	   "/proc/thread-self/net/nettrace/events"
#define CPUS	   (UINT16_MAX + 1)

struct span {
	uint64_t first, next; /* next 0: nothing yet */
};

struct account {
	struct span *cpu[NT_STREAM_MAX]; /* CPUS each, when needed */
	bool no_memory;
};

/* what the module's stats file says */
struct counters {
	char text[4096];
	char version[64];
	struct nt_stat_line line[MODULE_MAX];
	size_t n;
};

static void count(void *arg, const struct nt_event *ev)
{
	const struct nettrace_hdr *h = &ev->rec.hdr;
	struct account *a = arg;
	uint64_t first = h->seq;
	struct span *s;

	if (ev->source >= NT_STREAM_MAX || h->type == NETTRACE_INFO)
		return;
	if (!a->cpu[ev->source])
		a->cpu[ev->source] = calloc(CPUS, sizeof(*s));
	if (!a->cpu[ev->source]) {
		a->no_memory = true;
		return;
	}
	s = &a->cpu[ev->source][h->cpu];
	if (h->type == NETTRACE_GAP) {
		/* its number is the first event's after it, still to come; what a
		 * filter leaves out has no number
		 */
		first -= ev->rec.gap.lost;
		if (!s->next)
			s->first = first;
		if (h->seq > s->next)
			s->next = h->seq;
		return;
	}
	if (!s->next)
		s->first = first;
	if (h->seq + 1 > s->next)
		s->next = h->seq + 1;
}

static uint64_t seen(const struct account *a)
{
	uint64_t sum = 0;
	size_t i, cpu;

	for (i = 0; i < NT_STREAM_MAX; i++)
		for (cpu = 0; a->cpu[i] && cpu < CPUS; cpu++)
			sum += a->cpu[i][cpu].next - a->cpu[i][cpu].first;
	return sum;
}

static void forget(struct account *a)
{
	size_t i;

	for (i = 0; i < NT_STREAM_MAX; i++)
		free(a->cpu[i]);
}

/* lines "key value"; what is not a number (version, cpuN a=b) is no counter */
static void parse(struct counters *c)
{
	char *rest = c->text, *line, *value, *end;
	uint64_t n;

	while ((line = strsep(&rest, "\n")) && c->n < MODULE_MAX) {
		value = strchr(line, ' ');
		if (!value)
			continue;
		*value++ = '\0';
		if (!strcmp(line, "version"))
			snprintf(c->version, sizeof(c->version), "%s", value);
		n = strtoull(value, &end, 10);
		if (end == value || *end || *value == '-')
			continue;
		c->line[c->n].key = line;
		c->line[c->n++].value = n;
	}
}

/* -1 to go on, or an exit status */
static int read_counters(struct counters *c, int nsfd)
{
	const char *stage = "open";
	int fd = nt_netns_file(nsfd, STATS, O_RDONLY, &stage);
	size_t used = 0;
	ssize_t n;

	if (fd < 0) {
		fprintf(stderr,
			strcmp(stage, "enter") ?
				_("nettrace: cannot open the module's counters (/proc/net/nettrace/stats): %s\n") :
				_("nettrace: cannot enter the module's counters (/proc/net/nettrace/stats): %s\n"),
			strerror(-fd));
		return NT_EXIT_FAIL;
	}
	while (used < sizeof(c->text) - 1) {
		n = read(fd, c->text + used, sizeof(c->text) - 1 - used);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		used += (size_t)n;
	}
	close(fd);
	c->text[used] = '\0';
	parse(c);
	return -1;
}

/* what the module counts on each CPU */
struct cpus {
	struct nt_stat_cpu *cpu;
	size_t n;
};

static int take_cpus(struct cpus *to, const struct nt_ctl_cpu *from, size_t n)
{
	size_t i;

	to->cpu = calloc(n ? n : 1, sizeof(*to->cpu));
	if (!to->cpu) {
		fputs(_("nettrace: out of memory\n"), stderr);
		return NT_EXIT_FAIL;
	}
	for (i = 0; i < n; i++)
		to->cpu[i] = (struct nt_stat_cpu){
			.cpu = from[i].cpu,
			.seen = from[i].seen,
			.recorded = from[i].recorded,
			.filtered = from[i].filtered,
			.unrecorded = from[i].unrecorded,
			.overwritten = from[i].overwritten,
		};
	to->n = n;
	return -1;
}

/* -1 to go on, or an exit status */
static int read_cpus(struct cpus *cpus, int nsfd)
{
	struct nt_error err = { "" };
	struct nt_ctl_cpu *from = NULL;
	struct nt_ctl *c = NULL;
	int ret, status = NT_EXIT_FAIL;
	size_t n;

	ret = nt_ctl_open(&c, nsfd, &err);
	if (!ret)
		ret = nt_ctl_counters(c, &from, &n, &err);
	if (ret)
		fprintf(stderr, "nettrace: %s\n", err.text);
	else
		status = take_cpus(cpus, from, n);
	nt_ctl_close(c);
	free(from);
	return status;
}

static int show(const struct nt_cli *cli, struct nt_view *v, const struct nt_stats *st)
{
	int status;

	(cli->json ? &nt_format_json : &nt_format_line)->stats(v, st);
	status = nt_view_close(v);
	if (st->seen == st->delivered + st->filtered + st->lost)
		return status;
	fprintf(stderr,
		_("nettrace: the account does not balance: seen %" PRIu64
		  ", delivered + filtered + lost %" PRIu64 "\n"),
		st->seen, st->delivered + st->filtered + st->lost);
	return NT_EXIT_FAIL;
}

/* what is asked of one namespace, our own, or a recording; @cli names no other */
static int stats_of(const struct nt_cli *cli, const struct nt_each *e)
{
	struct counters c = { .n = 0 };
	struct cpus cpus = { .n = 0 };
	struct account a = { .no_memory = false };
	struct nt_stats st = { .netns = cli->file ? cli->file : e->name };
	struct nt_session s;
	struct nt_view v = { .out = NULL };
	int status = nt_session_open(&s, cli, NT_ONCE);

	s.peek = count;
	s.peek_arg = &a;
	if (status < 0)
		status = nt_view_open(&v, &s, false);
	if (status < 0)
		status = nt_session_model(&s, 2000, NULL);
	if (status < 0)
		status = nt_session_run(&s);
	if (status < 0 && !cli->file)
		status = read_counters(&c, e->nsfd);
	if (status < 0 && !cli->file)
		status = read_cpus(&cpus, e->nsfd);
	if (status < 0 && a.no_memory) {
		fputs(_("nettrace: out of memory\n"), stderr);
		status = NT_EXIT_FAIL;
	}
	if (status < 0) {
		st.version = c.version;
		st.module = c.line;
		st.nmodule = c.n;
		st.cpu = cpus.cpu;
		st.ncpu = cpus.n;
		st.delivered = s.src->delivered;
		st.filtered = s.src->filtered;
		st.seen = seen(&a) + st.filtered;
		st.lost = s.src->lost;
		st.model = nt_model_stats(s.model);
		status = show(cli, &v, &st);
	}
	forget(&a);
	free(cpus.cpu);
	nt_session_close(&s);
	return status;
}

struct all {
	const struct nt_cli *cli;
	unsigned long untraced, shown;
};

static bool is_traced(int nsfd)
{
	const char *stage;
	int fd = nt_netns_file(nsfd, EVENTS, O_RDONLY | O_NONBLOCK, &stage);

	if (fd >= 0)
		close(fd);
	return fd != -ENODATA;
}

static int stats_of_each(void *arg, const struct nt_each *e)
{
	struct all *all = arg;
	struct nt_cli one = *all->cli;
	char path[32];

	if (e->all && !is_traced(e->nsfd)) { /* nobody said it was */
		all->untraced++;
		return NT_EXIT_OK;
	}
	/* not every one has a name by which it could be opened */
	snprintf(path, sizeof(path), "/proc/self/fd/%d", e->nsfd);
	one.every_netns = false;
	one.nnetns = e->nsfd >= 0;
	one.netns[0] = e->all ? path : e->name;
	all->shown++;
	return stats_of(&one, e);
}

static int run_stats(const struct nt_cli *cli)
{
	struct all all = { .cli = cli };
	int status;

	if (cli->daemon)
		return nt_stats_of_daemon(cli);
	status = nt_each_netns(cli, stats_of_each, &all);
	if (all.untraced)
		fprintf(stderr,
			ngettext("nettrace: %lu network namespace is not traced: left out\n",
				 "nettrace: %lu network namespaces are not traced: left out\n",
				 all.untraced),
			all.untraced);
	return all.untraced && !all.shown ? NT_EXIT_FAIL : status;
}

const struct nt_command nt_cmd_stats = {
	.name = "stats",
	.args = "",
	.brief = N_("counters of the module and of this reader"),
	.help = N_(
		"Shows the module's counters for this namespace (or those of -N), also for each\n"
		"CPU, and the account of one reader that reads all the rings hold: what it saw\n"
		"was delivered, filtered or lost. It fails when that does not add up. With --daemon:\n"
		"the counters of nettraced, one a line.\n"),
	.opts = NT_OPT_FILE | NT_OPT_DAEMON | NT_OPT_LOOK | NT_OPT_JSON,
	.run = run_stats,
};
