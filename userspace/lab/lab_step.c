// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_step.c - one step after another: told, taken, its condition awaited
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "lab/lab_run.h"
#include "i18n.h"

#define SETTLE_NS    300000000LL /* a packet that is on its way so long is not waited for */
#define WORDS_MINUTE 180	 /* that a reader reads, at --speed 1 */
#define SECOND	     1000000000LL

int64_t nt_lab_clock(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int64_t unix_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static const struct nt_lab_step *step(const struct nt_lab_run *r)
{
	return &r->lab->step[r->at];
}

static void enter(struct nt_lab_run *r, enum nt_lab_phase phase)
{
	r->phase = phase;
	r->since = nt_lab_clock();
}

static void note(struct nt_lab_run *r, const struct nt_lab_step *s)
{
	json_t *o = json_pack("{s:s,s:I,s:i,s:s}", "type", "step", "t", (json_int_t)unix_now(), "n",
			      r->told, "text", s->say ? s->say : "");

	if (s->host >= 0)
		json_object_set_new(o, "on", json_string(r->lab->host[s->host].name));
	json_array_append_new(r->steps, o);
}

/* ns that reading it takes */
static int64_t reading_time(const char *text, double speed)
{
	int words = 0;

	for (; *text; text++)
		words += *text == ' ' || (*text & 0xc0) == 0xc0;
	return (int64_t)((words + 3) * 60.0 * SECOND / WORDS_MINUTE / speed);
}

static void tell_step(struct nt_lab_run *r)
{
	const struct nt_lab_step *s = step(r);
	FILE *out = r->v.out;

	if (s->say)
		r->told++;
	note(r, s);
	if (r->cli->json)
		return;
	if (s->say)
		nt_lab_tell_step(&r->tell, r->told, s->say);
	if (s->words.n && !s->silent)
		nt_lab_tell_command(&r->tell, r->lab->host[s->host].name, &s->words);
	if (s->act == NT_LAB_TELL && !s->silent)
		fprintf(out, "    %s <- %s\n", s->name, s->input);
	if (s->act == NT_LAB_SIGNAL && !s->silent)
		fprintf(out, _("    %s: signal %d, %s\n"), s->name, s->signal,
			strsignal(s->signal));
	if (r->cli->lab.quiz && s->ask.text)
		nt_lab_ask(r, s);
	else if (r->cli->lab.step && s->say)
		fputs("    [Enter] ", out);
	fflush(out);
}

static void begin_step(struct nt_lab_run *r)
{
	while (r->at < r->lab->nstep && !nt_lab_has_step(r->lab, step(r), r->cli->lab.prevent))
		r->at++;
	if (r->at == r->lab->nstep) {
		r->s.stop = true;
		return;
	}
	r->from = json_array_size(r->seen);
	tell_step(r);
	enter(r, NT_LAB_READ);
}

static void broken(struct nt_lab_run *r, const char *what)
{
	fprintf(stderr, "nettrace: %s:%d: %s\n", r->lab->name, step(r)->line, what);
	r->broken = true;
	r->s.stop = true;
}

static void act(struct nt_lab_run *r)
{
	const struct nt_lab_step *s = step(r);
	struct nt_error err = { "" };
	struct nt_lab_prog *p = NULL;
	int ret = 0;

	r->running = NULL;
	if (s->act == NT_LAB_RUN || s->act == NT_LAB_START) {
		p = nt_lab_prog_start(&r->progs, r->lab, r->lab->host[s->host].name, s->name,
				      &s->words, &err);
		if (!p)
			broken(r, err.text);
		if (s->act == NT_LAB_RUN)
			r->running = p;
	} else if (s->act != NT_LAB_NOTHING) {
		p = nt_lab_prog_named(&r->progs, s->name);
		if (!p)
			broken(r, _("no such program was started"));
		else if (s->act == NT_LAB_SIGNAL)
			ret = nt_lab_prog_signal(p, s->signal);
		else
			ret = nt_lab_prog_tell(p, s->input);
		if (ret)
			fprintf(stderr, _("nettrace: %s has ended already\n"), s->name);
	}
	enter(r, NT_LAB_AWAIT);
	r->until = r->since + s->within * SECOND;
}

static bool seen_enough(const struct nt_lab_run *r, const struct nt_lab_until *u)
{
	size_t i;
	int n = 0;

	for (i = 0; i < json_array_size(r->seen) && n < u->count; i++)
		n += nt_lab_match(u->see, json_array_get(r->seen, i), NULL);
	return n >= u->count;
}

static bool wrote(const struct nt_lab_prog *p, const char *text)
{
	return p && p->text && memmem(p->text, p->len, text, strlen(text));
}

static bool condition(struct nt_lab_run *r)
{
	const struct nt_lab_until *u = &step(r)->until;
	const struct nt_lab_prog *p;

	if (r->running && !(r->running->ended && r->running->out < 0))
		return false;
	if (!u->line)
		return true;
	if (u->host >= 0)
		return nt_lab_listens(r->lab->host[u->host].name, u->port, u->udp);
	if (u->ended) {
		p = nt_lab_prog_named(&r->progs, u->ended);
		return p && p->ended;
	}
	if (u->program)
		return wrote(nt_lab_prog_named(&r->progs, u->program), u->has);
	return seen_enough(r, u);
}

/* it cannot come any more: the program that it is about has ended, or never began */
static bool hopeless(struct nt_lab_run *r)
{
	const struct nt_lab_until *u = &step(r)->until;
	const char *name = u->ended ? u->ended : u->program;
	const struct nt_lab_prog *p = name ? nt_lab_prog_named(&r->progs, name) : NULL;

	return name && !r->running && (!p || (p->ended && p->out < 0));
}

static void unmet(struct nt_lab_run *r)
{
	const struct nt_lab_step *s = step(r);

	r->unmet++;
	fprintf(stderr, _("nettrace: %s:%d: what this step awaits did not come (within %d s)\n"),
		r->lab->name, s->until.line ? s->until.line : s->line, s->within);
	if (r->running && !r->running->ended)
		nt_lab_prog_signal(r->running, SIGKILL);
	r->running = NULL;
}

static void await(struct nt_lab_run *r)
{
	bool came = condition(r);

	if (!came && nt_lab_clock() < r->until && !hopeless(r))
		return;
	if (!came)
		unmet(r);
	r->settle_at = unix_now();
	enter(r, NT_LAB_SETTLE);
}

/* all that happened up to the condition is told */
static bool settled(const struct nt_lab_run *r)
{
	if (r->s.src->settled && r->s.src->settled <= r->settle_at &&
	    nt_lab_clock() - r->since < 2 * SETTLE_NS)
		return false;
	return !nt_model_pending(r->s.model) || nt_lab_clock() - r->since > SETTLE_NS;
}

static void finish_step(struct nt_lab_run *r)
{
	const struct nt_lab_step *s = step(r);

	if (r->cli->lab.quiz && s->ask.text)
		nt_lab_grade(r, s);
	if (s->then && !r->cli->json)
		nt_lab_tell_text(&r->tell, 4, s->then);
	fflush(r->v.out);
	r->at++;
	enter(r, NT_LAB_NEXT);
}

/* may the step be taken: has the reader read, predicted, answered? */
static bool reader_ready(struct nt_lab_run *r)
{
	const struct nt_lab_step *s = step(r);
	bool quiz = r->cli->lab.quiz && s->ask.text;
	int64_t waited = nt_lab_clock() - r->since;

	if (!r->cli->json && (quiz || (r->cli->lab.step && s->say))) {
		if (!nt_lab_line(r))
			return false;
		if (quiz)
			nt_lab_answer(r, s);
	} else if (!r->cli->json && r->cli->lab.speed > 0 && s->say) {
		if (waited < reading_time(s->say, r->cli->lab.speed))
			return false;
	}
	r->deadline += waited; /* the lab's time does not run meanwhile */
	return true;
}

static void look_at_limits(struct nt_lab_run *r)
{
	if (nt_view_check(&r->v)) {
		r->s.stop = true;
	} else if (r->phase != NT_LAB_READ && nt_lab_clock() > r->deadline) {
		fprintf(stderr, _("nettrace: the lab took longer than its %d s: it ends here\n"),
			r->lab->time);
		r->over_time = true;
		r->s.stop = true;
	} else if (json_array_size(r->seen) > NT_LAB_ITEMS_MAX) {
		fprintf(stderr, _("nettrace: more than %d things happened: the lab ends here\n"),
			NT_LAB_ITEMS_MAX);
		r->over_time = true;
		r->s.stop = true;
	}
}

void nt_lab_tick(void *arg)
{
	struct nt_lab_run *r = arg;
	enum nt_lab_phase before;

	nt_lab_progs_look(&r->progs);
	look_at_limits(r);
	do {
		before = r->phase;
		if (r->s.stop)
			return;
		switch (r->phase) {
		case NT_LAB_NEXT:
			begin_step(r);
			break;
		case NT_LAB_READ:
			if (reader_ready(r))
				act(r);
			break;
		case NT_LAB_AWAIT:
			await(r);
			break;
		case NT_LAB_SETTLE:
			if (settled(r))
				finish_step(r);
			break;
		}
	} while (r->phase != before);
}
