// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_run.c - a lab, from the empty machine to the verdict
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "lab/lab_run.h"
#include "i18n.h"
#include "netns.h"

#define HOLD_MS 200
#define WAIT_MS 10

/* before and after the session, which has handlers of its own */
static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

static void catch_signals(void)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	sigaction(SIGHUP, &sa, NULL);
	signal(SIGPIPE, SIG_IGN);
}

static void say(const struct nt_error *err)
{
	fprintf(stderr, "nettrace: %s\n", err->text);
}

static void on_item(void *arg, const struct nt_model *m, const struct nt_item *it)
{
	struct nt_lab_run *r = arg;
	json_t *o = nt_lab_item_json(r, m, it);

	if (o)
		json_array_append_new(r->seen, o);
	if (!r->cli->json && !nt_view_check(&r->v))
		nt_format_line.item(&r->v, m, it);
}

/* of the signals, the session knows two; a terminal that goes is the third */
static void on_idle(void *arg)
{
	struct nt_lab_run *r = arg;

	if (caught)
		r->s.stop = true;
	else
		nt_lab_tick(r);
}

static void on_line(void *arg, const struct nt_lab_prog *p, const char *text, size_t len)
{
	struct nt_lab_run *r = arg;

	if (!r->cli->json)
		nt_lab_tell_output(&r->tell, p->name, text, len);
}

/* ---- what must be there --------------------------------------------------- */

static bool in_path(const char *program)
{
	const char *path = getenv("PATH"), *rest = path ? path : "/usr/sbin:/usr/bin:/sbin:/bin";
	char file[512];

	while (*rest) {
		size_t n = strcspn(rest, ":");

		if ((size_t)snprintf(file, sizeof(file), "%.*s/%s", (int)n, rest, program) <
			    sizeof(file) &&
		    !access(file, X_OK))
			return true;
		rest += n + (rest[n] == ':');
	}
	return false;
}

static bool has_programs(const struct nt_lab *lab)
{
	int i, missing = 0;

	if (!in_path("ip")) {
		fputs(_("nettrace: a lab needs the program ip (iproute2), which is not there: install it\n"),
		      stderr);
		missing++;
	}
	for (i = 0; i < lab->needs.n; i++)
		if (!in_path(lab->needs.word[i])) {
			fprintf(stderr,
				_("nettrace: the lab %s needs the program %s, which is not there: install it, or use 'make lab NAME=%s'\n"),
				lab->name, lab->needs.word[i], lab->name);
			missing++;
		}
	return !missing;
}

/* ---- from nothing to a trace ---------------------------------------------- */

/* settings hold from the beginning of a trace: begin, again where there are any (@anew) */
static int set_one(const char *netns, const struct nt_ctl_settings *set, bool anew,
		   struct nt_error *err)
{
	int nsfd = nt_netns_open(netns, err), ret;
	struct nt_ctl *c;

	if (nsfd < 0)
		return nsfd;
	ret = nt_ctl_open(&c, nsfd, err);
	if (!ret) {
		if (anew)
			nt_ctl_stop(c, NULL); /* it need not be traced by now */
		ret = nt_ctl_start(c, set, err);
		if (ret == -EALREADY)
			ret = 0;
	}
	nt_ctl_close(c);
	close(nsfd);
	return ret;
}

static int trace_settings(const struct nt_lab *lab, struct nt_error *err)
{
	struct nt_ctl_settings set = {
		.payload = lab->payload, .hooks = -1, .timers = -1, .calls = -1
	};
	char netns[64];
	int i, ret = 0;

	if (lab->hooks)
		set.hooks = !strcmp(lab->hooks, "path") ? NT_HOOKS_PATH :
			    !strcmp(lab->hooks, "link") ? NT_HOOKS_LINK :
							  NT_HOOKS_DEFAULT;
	for (i = 0; !ret && i < lab->nhost; i++) {
		if (lab->host[i].untraced)
			continue;
		nt_lab_netns(netns, sizeof(netns), lab->host[i].name);
		ret = set_one(netns, &set, lab->payload >= 0 || lab->hooks, err);
	}
	return ret;
}

/* commands before anything is traced */
static int set_up(struct nt_lab_run *r, struct nt_error *err)
{
	const char *argv[NT_LAB_WORDS_MAX + 5] = { "ip", "netns", "exec" };
	char netns[64], out[256];
	int i, j, status;

	for (i = 0; i < r->lab->nsetup && !caught; i++) {
		const struct nt_lab_step *s = &r->lab->setup[i];

		if (!nt_lab_has_step(r->lab, s, r->cli->lab.prevent))
			continue;
		nt_lab_netns(netns, sizeof(netns), r->lab->host[s->host].name);
		argv[3] = netns;
		for (j = 0; j < s->words.n; j++)
			argv[4 + j] = s->words.word[j];
		argv[4 + j] = NULL;
		if (!r->cli->json && !s->silent) {
			if (s->say)
				nt_lab_tell_text(&r->tell, 2, s->say);
			nt_lab_tell_command(&r->tell, r->lab->host[s->host].name, &s->words);
		}
		status = nt_lab_exec(argv, out, sizeof(out));
		out[strcspn(out, "\n")] = '\0';
		if (status)
			return nt_error_set(err, -EIO, _("%s:%d: '%s ...' on %s failed: %s"),
					    r->lab->name, s->line, s->words.word[0],
					    r->lab->host[s->host].name, out);
	}
	return 0;
}

static void introduce(struct nt_lab_run *r)
{
	const struct nt_lab *lab = r->lab;
	char head[256];

	if (r->cli->json)
		return;
	snprintf(head, sizeof(head), "%s: %s", lab->name, nt_lab_text(lab->title));
	nt_lab_tell_head(&r->tell, head);
	nt_lab_tell_text(&r->tell, 2, lab->about);
	fputc('\n', r->v.out);
	nt_lab_draw(r->v.out, lab, r->tell.width, r->tell.unicode);
	if (r->cli->lab.prevent) {
		fputs(_("\n  What is to be shown is PREVENTED here:\n"), r->v.out);
		nt_lab_tell_text(&r->tell, 2, lab->prevent.text);
	}
	fputc('\n', r->v.out);
	fflush(r->v.out);
}

/* the session's own arguments: our namespaces, the lab's wishes */
static void arguments(struct nt_cli *c, const struct nt_lab_run *r, char name[NT_LAB_HOSTS_MAX][64])
{
	int i;

	*c = *r->cli;
	c->nnetns = 0;
	for (i = 0; i < r->lab->nhost; i++) {
		if (r->lab->host[i].untraced)
			continue;
		nt_lab_netns(name[i], 64, r->lab->host[i].name);
		c->netns[c->nnetns++] = name[i];
	}
	c->draw.calls |= r->lab->calls;
	c->draw.timers |= r->lab->timers;
	if (r->lab->symbols && c->draw.numbers == NT_NUMBERS_RELATIVE)
		c->draw.numbers = NT_NUMBERS_SYMBOLS;
}

static int run_session(struct nt_lab_run *r, struct nt_cli *cli)
{
	const struct nt_observer obs = { .item = on_item, .arg = r };
	int status = nt_session_open(&r->s, cli, NT_LIVE);

	if (status < 0)
		status = nt_view_open(&r->v, &r->s, true);
	if (status < 0)
		status = nt_session_model(&r->s, HOLD_MS, &obs);
	if (status >= 0)
		return status;
	nt_model_prompt(r->s.model, WAIT_MS * 1000000LL);
	r->s.flush_out = true;
	r->s.idle = on_idle;
	r->s.idle_arg = r;
	r->deadline = nt_lab_clock() + r->lab->time * 1000000000LL;
	status = nt_session_run(&r->s);
	r->signal = nt_session_signal() ? nt_session_signal() : caught;
	if (status < 0 && !r->signal && !r->broken && !r->s.stop) {
		fputs(_("nettrace: tracing ended before the lab did\n"), stderr);
		status = NT_EXIT_FAIL;
	}
	return status;
}

/* the network is there; an exit status */
static int with_network(struct nt_lab_run *r)
{
	char name[NT_LAB_HOSTS_MAX][64];
	struct nt_error err = { "" };
	struct nt_cli cli;
	int status;

	if (trace_settings(r->lab, &err) || set_up(r, &err)) {
		say(&err);
		return NT_EXIT_FAIL;
	}
	if (caught)
		return 128 + caught;
	arguments(&cli, r, name);
	status = run_session(r, &cli);
	catch_signals();
	if (r->signal)
		status = 128 + r->signal;
	else if (r->broken)
		status = NT_EXIT_FAIL;
	else if (status < 0)
		status = nt_lab_result(r);
	if (r->signal)
		fputs(_("nettrace: interrupted; the lab's network is taken away\n"), stderr);
	if (nt_view_close(&r->v) && status == NT_EXIT_OK)
		status = NT_EXIT_FAIL;
	nt_session_close(&r->s);
	return status;
}

static void tell_kept(const struct nt_lab *lab)
{
	int i;

	fputs(_("\nnettrace: the network is left, to play with:\n"), stderr);
	for (i = 0; i < lab->nhost; i++)
		fprintf(stderr, "  ip netns exec " NT_LAB_PREFIX "%s bash\n", lab->host[i].name);
	fputs(_("'nettrace lab --clean' takes it away; so does the next lab that needs its names.\n"),
	      stderr);
}

static void prepare(struct nt_lab_run *r, const struct nt_cli *cli, const struct nt_lab *lab)
{
	memset(r, 0, sizeof(*r));
	r->cli = cli;
	r->lab = lab;
	r->net.lock = -1;
	r->progs.line = on_line;
	r->progs.arg = r;
	r->seen = json_array();
	r->steps = json_array();
	r->quiz = json_array();
}

int nt_lab_run(const struct nt_cli *cli, const struct nt_lab *lab)
{
	struct nt_lab_run *r = malloc(sizeof(*r));
	struct nt_error err = { "" };
	int status;

	if (!r || !has_programs(lab)) {
		free(r);
		return NT_EXIT_FAIL;
	}
	prepare(r, cli, lab);
	status = nt_view_open(&r->v, &(struct nt_session){ .cli = cli }, true);
	catch_signals();
	if (status < 0) {
		r->tell = (struct nt_lab_tell){ r->v.out, r->v.width, r->v.unicode, r->v.color };
		introduce(r);
		nt_services_free(r->v.services); /* the session opens its own */
		r->v.services = NULL;
		status = nt_lab_net_up(&r->net, lab, &err) ? NT_EXIT_FAIL : -1;
	}
	if (status == NT_EXIT_FAIL && *err.text)
		say(&err);
	if (status < 0)
		status = caught ? 128 + caught : with_network(r);
	nt_lab_progs_end(&r->progs);
	if (cli->lab.keep && status <= NT_EXIT_CLAIM && r->net.lock >= 0) {
		nt_lab_net_keep(&r->net);
		tell_kept(lab);
	} else {
		nt_lab_net_down(&r->net);
	}
	json_decref(r->seen);
	json_decref(r->steps);
	json_decref(r->quiz);
	free(r);
	return status;
}
