// SPDX-License-Identifier: GPL-2.0-only
/*
 * session.c - what the commands share: open, pump, show
 */
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "priv.h"
#include "session_priv.h"
#include "source_pcap.h"

#define LATE_NS	      50000000LL     /* no event comes later, where the source says nothing */
#define TIDY_NS	      100000000LL    /* between looks at what can be let go */
#define POLL_MS	      50	     /* how soon COMMAND's end is noticed */
#define IDLE_MS	      500	     /* without a COMMAND: a signal that came just before */
#define FORGET_NS     300000000000LL /* what a long follow lets go: silent so long */
#define BURST	      4096	     /* events between looks at the rest */
#define CALL_COST     90	     /* instructions a system call: docs/performance.md */
#define CALL_COST_IO  260	     /* of those that may be on a socket, on other files */

/*
 * Files.  Time is that of the events.  A packet that was captured at one place
 * waits only for others that were written before it and are older.
 */
#define STEP	      16	       /* events between steps of the model */
#define ONE_PLACE_NS  200000000LL      /* a FIN is looked at along with the answer to it */
#define FILE_GRACE_NS 10000000000LL    /* a closed conversation's stragglers */
#define FILE_OPEN_NS  10800000000000LL /* keepalives come every two hours */

static void say(const struct nt_error *err)
{
	fprintf(stderr, "nettrace: %s\n", err->text);
}

static void say_sentence(void *arg, const char *sentence)
{
	(void)arg;
	fprintf(stderr, "nettrace: %s\n", sentence);
}

static int open_file(struct nt_session *s, struct nt_error *err)
{
	struct nt_read_opts opts = { .expr = s->cli->expr, .say = say_sentence };
	int ret = nt_source_read(&s->src, s->cli->file, &opts, &s->capture, err);

	if (ret || s->capture || !s->cli->filter_wrong)
		return ret;
	return nt_error_set(err, -EINVAL, "%s", s->cli->filter_wrong);
}

static bool put_filter(struct nt_session *s, struct nt_error *err)
{
	struct nt_source *inner = s->src;

	if (!nt_source_filtered(&s->src, inner, s->cli->filter, err))
		return true;
	nt_source_close(inner);
	s->src = NULL;
	return false;
}

int nt_session_open(struct nt_session *s, const struct nt_cli *cli, enum nt_mode mode)
{
	bool from_now = mode != NT_ONCE || cli->command;
	struct nt_live_opts opts = {
		.netns = cli->netns,
		.n = cli->nnetns,
		.all = cli->every_netns,
		.from_now = from_now,
		.filter = from_now ? cli->filter : NULL,
		.timers = from_now && cli->draw.timers,
		.calls = from_now && cli->draw.calls,
		/* they cost each packet something, and a recording is for speed */
		.routes = from_now && strcmp(cli->cmd->name, "record") != 0,
		.say = say_sentence,
	};
	struct nt_error err = { "" };
	int ret;

	memset(s, 0, sizeof(*s));
	s->cli = cli;
	s->live = !cli->file && from_now;
	if (cli->file)
		ret = open_file(s, &err);
	else if (cli->daemon)
		ret = nt_source_daemon(&s->src, cli->socket, mode == NT_BOTH || !from_now, from_now,
				       &err);
	else
		ret = nt_source_live(&s->src, &opts, &err);
	if (ret < 0) {
		say(&err);
		if (ret == -EINVAL && (s->capture || (cli->file && s->src)))
			return NT_EXIT_USAGE;
		return cli->command ? NT_EXIT_TRACE : NT_EXIT_FAIL;
	}
	if (!cli->file && !cli->daemon && !from_now)
		nt_source_live_until_now(s->src);
	if (cli->filter && !s->capture && !put_filter(s, &err)) {
		say(&err);
		return cli->command ? NT_EXIT_TRACE : NT_EXIT_FAIL;
	}
	if (s->live)
		nt_session_catch(cli->command);
	if (opts.calls && !cli->file && !cli->daemon)
		fprintf(stderr,
			_("nettrace: system calls are recorded: until this ends, each one of the machine costs about %d instructions more, those that read or write %d\n"),
			CALL_COST, CALL_COST_IO);
	return -1;
}

int nt_session_model(struct nt_session *s, int hold_ms, const struct nt_observer *obs)
{
	const struct nt_model_policy policy = {
		.no_items = s->no_items,
		.keep_over = !s->forget,
		.shared = !s->no_items,
		.one_place = s->src->one_place,
		.eager = s->no_order && s->no_items && s->src->one_place,
		.grace_ns = FILE_GRACE_NS,
		.open_ns = FILE_OPEN_NS,
	};

	s->model = nt_model_new(s->src->one_place ? ONE_PLACE_NS : hold_ms * 1000000LL, obs);
	if (s->model && s->cli->file)
		nt_model_policy(s->model, &policy);
	if (s->model && s->cli->draw.timers)
		nt_model_timers(s->model);
	if (s->model)
		return -1;
	fputs(_("nettrace: out of memory\n"), stderr);
	return s->cli->command ? NT_EXIT_TRACE : NT_EXIT_FAIL;
}

/* streams that the recording has not been told of; 0, or -errno */
static int tell_streams(struct nt_session *s, struct nt_error *err)
{
	int ret = 0;

	while (!ret && s->rec && s->told < s->src->nstream) {
		ret = nt_recorder_stream(s->rec, s->told, &s->src->stream[s->told], err);
		s->told++;
	}
	return ret;
}

/* 0, or -errno with the sentence said */
static int take(struct nt_session *s, const struct nt_event *ev)
{
	struct nt_error err; /* not cleared: there are many events, and few errors */
	int ret = 0;

	if (s->peek)
		s->peek(s->peek_arg, ev);
	ret = tell_streams(s, &err);
	if (!ret && s->rec)
		ret = nt_recorder_write(s->rec, ev, &err);
	if (ret) {
		say(&err);
		return ret;
	}
	if (s->model)
		ret = nt_model_feed(s->model, ev);
	if (ret)
		fputs(_("nettrace: out of memory for what was traced; trace for a shorter time\n"),
		      stderr);
	return ret;
}

/* who only records takes what comes as it comes: many at a time */
static bool only_records(const struct nt_session *s)
{
	return s->live && s->rec && !s->model && !s->peek && s->src->ops->batch;
}

/* 1: *n events were recorded; else as nt_source_next(), or what the recorder said */
static int record_run(struct nt_session *s, unsigned int *n, struct nt_error *err)
{
	struct nt_run run;
	int ret = s->src->ops->batch(s->src, &run, err);

	if (ret != 1)
		return ret;
	ret = tell_streams(s, err);
	if (!ret)
		ret = nt_recorder_run(s->rec, &run, err);
	*n = run.n;
	return ret ? ret : 1;
}

/* Unix time up to which all events have been fed */
static int64_t settled(const struct nt_session *s)
{
	return s->src->settled ? s->src->settled : nt_session_now() - LATE_NS;
}

/*
 * Let go what is over, now and then.  To look through all conversations costs as many
 * steps as there are: the more there are, the more seldom, and where there are too many,
 * at once when as many events have come.
 */
static void tidy(struct nt_session *s)
{
	int64_t now = nt_session_now(), rest;
	unsigned int i;

	rest = TIDY_NS * (int64_t)(1 + nt_model_nconv(s->model) / NT_SESSION_CONVS);
	if (now - s->tidied >= 0 && now - s->tidied < rest &&
	    (s->since < nt_model_nconv(s->model) || nt_model_nconv(s->model) <= NT_SESSION_CONVS))
		return;
	s->tidied = now;
	s->since = 0;
	for (i = 0; i < s->src->nstream; i++)
		if (s->src->stream[i].ended)
			nt_model_stream_ended(s->model, i);
	nt_model_forget(s->model, FORGET_NS);
	nt_model_shed(s->model, NT_SESSION_CONVS);
}

/*
 * Until the model has something to hand out, or it is time to look after the rest.
 * What comes, and nearly each signal, ends the wait before that.
 */
static int patience_ms(const struct nt_session *s)
{
	int most = s->child || s->idle ? POLL_MS : IDLE_MS;
	int64_t due;

	if (!s->live || !s->model)
		return most;
	due = nt_model_due(s->model);
	if (due == INT64_MAX)
		return most;
	due = (due - settled(s)) / 1000000 + 1;
	return due < 1 ? 1 : due > most ? most : (int)due;
}

/* nothing to read at this moment, or a long burst: true to end */
static bool pause_reading(struct nt_session *s)
{
	struct nt_error err = { "" };

	if (s->live && s->model)
		nt_model_advance(s->model, settled(s));
	if (s->forget && s->model)
		tidy(s);
	if (s->idle)
		s->idle(s->idle_arg);
	if (s->flush_out && (fflush(stdout) || ferror(stdout)))
		return true;
	if (s->rec && nt_recorder_flush(s->rec, &err)) {
		say(&err);
		return true;
	}
	if (s->stop)
		return true;
	return s->child ? nt_command_done(s) : nt_session_signal() != 0;
}

/*
 * What is old enough is final, what is over is let go.  To look through all
 * conversations costs as many steps as there are: not more often than so many
 * events.
 */
static void step_file(struct nt_session *s)
{
	nt_model_advance(s->model, s->t_max);
	s->since += STEP;
	if (s->since < BURST || s->since < 4 * nt_model_nconv(s->model))
		return;
	s->since = 0;
	nt_model_forget(s->model, FORGET_NS);
}

static int pump(struct nt_session *s)
{
	struct nt_error err = { "" };
	unsigned int burst = 0, n;
	bool runs = only_records(s);
	struct nt_event ev;
	int ret;

	for (;;) {
		ret = runs ? record_run(s, &n, &err) : nt_source_next(s->src, &ev, &err);
		if (ret == 1 && runs) {
			burst += n;
			if (burst < BURST)
				continue;
			burst = 0;
			if (pause_reading(s))
				return 0;
			continue;
		}
		if (ret == 1) {
			ret = take(s, &ev);
			if (ret < 0)
				return ret;
			++burst;
			if (s->cli->file) {
				if (ev.t > s->t_max)
					s->t_max = ev.t;
				if (s->model && burst % STEP == 0)
					step_file(s);
				continue;
			}
			s->since++;
			if (burst % BURST || !s->live)
				continue;
			if (pause_reading(s))
				return 0;
			continue;
		}
		if (ret == -ENODATA)
			break;
		if (ret == -EBADMSG && s->cli->file) { /* what could be read is shown */
			say(&err);
			s->damaged = true;
			break;
		}
		if (ret < 0) {
			say(&err);
			return ret;
		}
		if (pause_reading(s))
			return 0;
		nt_source_wait(s->src, patience_ms(s));
	}
	/* the module went */
	if (s->child && !s->ended)
		fputs(_("nettrace: tracing ended before the command did\n"), stderr);
	return 0;
}

/* what the filter could not decide is among what was shown */
static void tell_undecided(const struct nt_session *s)
{
	uint64_t n = nt_source_undecided(s->src);

	if (!n)
		return;
	fprintf(stderr,
		ngettext(
			"nettrace: %llu packet may not match the filter and was not left out: it asks for bytes that no record holds\n",
			"nettrace: %llu packets may not match the filter and were not left out: it asks for bytes that no record holds\n",
			(unsigned long)n),
		(unsigned long long)n);
}

int nt_session_run(struct nt_session *s)
{
	struct nt_error err = { "" };
	int ret;

	if (s->cli->command) {
		ret = nt_spawn(&s->child, s->cli->command, &err);
		if (ret < 0) {
			s->child = 0;
			say(&err);
			return ret == -ENOENT ? NT_EXIT_NOENT : NT_EXIT_NOEXEC;
		}
	}
	ret = pump(s);
	nt_command_await(s); /* however reading ended: it still runs to its end */
	if (s->model && !s->cli->file)
		nt_model_until(s->model, s->src->settled);
	if (s->model)
		nt_model_finish(s->model);
	tell_undecided(s);
	if (!ret)
		return -1;
	return s->child ? NT_EXIT_TRACE : NT_EXIT_FAIL;
}

void nt_session_close(struct nt_session *s)
{
	if (s->model)
		nt_model_free(s->model);
	if (s->src)
		nt_source_close(s->src);
	s->model = NULL;
	s->src = NULL;
}

int nt_session_exit(const struct nt_session *s, int status)
{
	if (status == NT_EXIT_OK && s->damaged)
		return NT_EXIT_FAIL;
	if (!s->cli->command)
		return status;
	if (status == NT_EXIT_FAIL)
		return NT_EXIT_TRACE;
	if (!s->ended)
		return status;
	return status == NT_EXIT_OK || status == NT_EXIT_NOTHING ? s->child_status : status;
}

bool nt_session_shows(const struct nt_session *s, const struct nt_conv *c)
{
	return !s->cli->command || s->cli->all || c->proto != IPPROTO_TCP ||
	       c->opened != NT_OPEN_MIDSTREAM;
}
