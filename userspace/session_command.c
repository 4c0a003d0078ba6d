// SPDX-License-Identifier: GPL-2.0-only
/*
 * session_command.c - signals, the end of COMMAND, and what is waited for after it
 */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <sys/wait.h>
#include <time.h>

#include "i18n.h"
#include "priv.h"
#include "session_priv.h"

#define DRAIN_NS 200000000LL /* after COMMAND: what is on its way */
#define LOOK_NS	 50000000L   /* how soon COMMAND's end is noticed where nothing is read */

/* set by a signal; the one thing here that is not in a struct */
static volatile sig_atomic_t signalled;

static void on_signal(int sig)
{
	signalled = sig;
}

int64_t nt_session_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

/* without SA_RESTART: a signal ends a wait */
void nt_session_catch(bool command)
{
	struct sigaction sa = { .sa_handler = on_signal };

	sigemptyset(&sa.sa_mask);
	sigaction(SIGINT, &sa, NULL);
	sigaction(SIGTERM, &sa, NULL);
	if (command) /* its end is to be waited for, whatever becomes of the output */
		signal(SIGPIPE, SIG_IGN);
}

int nt_session_signal(void)
{
	return signalled;
}

static bool is_closed(const struct nt_conv *c)
{
	int k;

	for (k = 0; k < 2; k++) {
		const struct nt_end *e = &c->end[k];

		/* of an inferred TIME-WAIT nobody tells the end */
		if (e->state == NT_ST_NONE || e->state == NT_CLOSED || e->state == NT_LISTEN ||
		    (e->state == NT_TIME_WAIT && e->basis == NT_INFERRED))
			continue;
		return false;
	}
	return true;
}

/*
 * Is it a connection that began while COMMAND ran?  That cannot be told of one of which
 * nothing is final yet, unless it was met when all that COMMAND can have begun had been.
 */
static bool is_commands(const struct nt_session *s, const struct nt_conv *c)
{
	if (c->proto != IPPROTO_TCP || c->id > s->last_id || c->t0 > s->ended_at)
		return false;
	return !c->narrow || c->opened != NT_OPEN_MIDSTREAM;
}

/* others are there at any time: one that waited for those might wait for ever */
static bool all_closed(const struct nt_session *s)
{
	size_t i;

	for (i = 0; s->model && i < nt_model_nconv(s->model); i++) {
		const struct nt_conv *c = nt_model_conv(s->model, i);

		if (is_commands(s, c) && (nt_conv_pending(c) || !is_closed(c)))
			return false;
	}
	return true;
}

static bool has_ended(struct nt_session *s)
{
	int status;

	if (signalled == SIGTERM)
		kill(s->child, SIGTERM);
	signalled = 0; /* SIGINT is COMMAND's: it got it from the terminal */
	if (waitpid(s->child, &status, WNOHANG) != s->child)
		return false;
	s->ended = true;
	s->ended_at = nt_session_now();
	s->child_status = nt_status_of(status);
	return true;
}

bool nt_command_done(struct nt_session *s)
{
	int64_t since;
	size_t n;

	if (!s->ended) {
		if (!has_ended(s))
			return false;
		if (s->cli->until_closed)
			fputs(_("nettrace: waiting until all connections that began while it ran are closed; Ctrl-C ends it\n"),
			      stderr);
	}
	if (signalled)
		return true;
	since = nt_session_now() - s->ended_at;
	if (since < DRAIN_NS)
		return false;
	/* by now all has been read that was recorded before it ended */
	n = s->model && !s->last_id ? nt_model_nconv(s->model) : 0;
	if (n)
		s->last_id = nt_model_conv(s->model, n - 1)->id;
	return all_closed(s) || (!s->cli->until_closed && since >= s->cli->wait_ns);
}

void nt_command_await(struct nt_session *s)
{
	while (s->child && !s->ended && !has_ended(s))
		nanosleep(&(struct timespec){ .tv_nsec = LOOK_NS }, NULL);
}
