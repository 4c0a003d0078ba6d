// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_file_step.c - steps, as a lab file writes them: one thing each, and a condition
 */
#include <signal.h>
#include <string.h>

#include "lab/lab_file.h"
#include "lab/lab_match.h"
#include "i18n.h"

static int take_signal(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct {
		const char *name;
		int nr;
	} known[] = {
		{ "TERM", SIGTERM }, { "INT", SIGINT },	  { "KILL", SIGKILL }, { "STOP", SIGSTOP },
		{ "CONT", SIGCONT }, { "USR1", SIGUSR1 }, { "HUP", SIGHUP },
	};
	const char *name;
	int i, ret = nt_yaml_text(y, v, &name);

	for (i = 0; !ret && i < COUNT(known); i++)
		if (!strcmp(known[i].name, name)) {
			*(int *)to = known[i].nr;
			return 0;
		}
	return ret ? ret :
		     nt_yaml_wrong(y, v, _("'%s' is not TERM, INT, KILL, STOP, CONT, USR1 or HUP"),
				   name);
}

struct listening {
	int host, port;
	bool udp;
};

static int take_listening(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "on", nt_lab_take_host_name, offsetof(struct listening, host), true },
		{ "port", nt_yaml_number, offsetof(struct listening, port), true },
		{ "udp", nt_yaml_bool, offsetof(struct listening, udp), false },
	};
	struct nt_lab_until *u = to;
	struct listening l = { -1, 0, false };
	int ret = nt_yaml_map(y, v, keys, COUNT(keys), &l);

	u->host = l.host;
	u->port = l.port;
	u->udp = l.udp;
	return ret;
}

static int take_output(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "of", nt_yaml_name, offsetof(struct nt_lab_until, program), true },
		{ "has", nt_yaml_text, offsetof(struct nt_lab_until, has), true },
	};

	return nt_yaml_map(y, v, keys, COUNT(keys), to);
}

/* a pattern that no claim has named anything for */
static int take_see(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_error err = { "" };
	int ret = nt_yaml_pattern(y, v, to);
	const char *type = ret ? NULL : json_string_value(json_object_get(*(json_t **)to, "type"));

	if (type && (!strcmp(type, "conversation") || !strcmp(type, "program")))
		return nt_yaml_wrong(
			y, v, _("a %s is known at the end only: claims can ask for it"), type);
	if (!ret && nt_lab_pattern_check(*(json_t **)to, NULL, NULL, &err))
		ret = nt_yaml_wrong(y, v, "%s", err.text);
	return ret;
}

static int take_until(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "listening", take_listening, 0, false },
		{ "ended", nt_yaml_name, offsetof(struct nt_lab_until, ended), false },
		{ "output", take_output, 0, false },
		{ "see", take_see, offsetof(struct nt_lab_until, see), false },
		{ "count", nt_yaml_number, offsetof(struct nt_lab_until, count), false },
	};
	struct nt_lab_until *u = to;
	int ret;

	u->line = nt_yaml_line(v);
	u->count = 1;
	ret = nt_yaml_map(y, v, keys, COUNT(keys), to);
	if (!ret && (u->host >= 0) + !!u->ended + !!u->program + !!u->see != 1)
		ret = nt_yaml_wrong(y, v,
				    _("'until' awaits one thing: listening, ended, output or see"));
	return ret;
}

static int take_ask(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	static const struct nt_yaml_key keys[] = {
		{ "text", nt_yaml_text, offsetof(struct nt_lab_ask, text), true },
		{ "see", take_see, offsetof(struct nt_lab_ask, see), true },
		{ "take", nt_yaml_text, offsetof(struct nt_lab_ask, take), true },
	};

	return nt_yaml_map(y, v, keys, COUNT(keys), to);
}

/* what a step can do: at most one of these */
struct act {
	struct nt_lab_words run, start;
	int signal;
	const char *tell;
	int host;
};

static int take_run(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	return nt_yaml_words(y, v, to);
}

struct raw_step {
	struct nt_lab_step s;
	struct act a;
};

#define S(field) offsetof(struct raw_step, s.field)
#define A(field) offsetof(struct raw_step, a.field)

static const struct nt_yaml_key step_keys[] = {
	{ "id", nt_yaml_name, S(id), false },
	{ "say", nt_yaml_text, S(say), false },
	{ "then", nt_yaml_text, S(then), false },
	{ "on", nt_lab_take_host_name, A(host), false },
	{ "name", nt_yaml_name, S(name), false },
	{ "run", take_run, A(run), false },
	{ "start", take_run, A(start), false },
	{ "signal", take_signal, A(signal), false },
	{ "tell", nt_yaml_text, A(tell), false },
	{ "prevented", nt_yaml_bool, S(prevented_only), false },
	{ "silent", nt_yaml_bool, S(silent), false },
	{ "within", nt_yaml_number, S(within), false },
	{ "until", take_until, S(until), false },
	{ "ask", take_ask, S(ask), false },
};

/* which of its acts; false: several */
static bool choose_act(struct raw_step *r)
{
	struct nt_lab_step *s = &r->s;
	int n = 0;

	if (r->a.run.n && ++n) {
		s->act = NT_LAB_RUN;
		s->words = r->a.run;
	}
	if (r->a.start.n && ++n) {
		s->act = NT_LAB_START;
		s->words = r->a.start;
	}
	if (r->a.signal && ++n) {
		s->act = NT_LAB_SIGNAL;
		s->signal = r->a.signal;
	}
	if (r->a.tell && ++n) {
		s->act = NT_LAB_TELL;
		s->input = r->a.tell;
	}
	s->host = r->a.host;
	return n <= 1;
}

static int read_step(struct nt_yaml *y, yaml_node_t *v, struct nt_lab_step *to)
{
	struct raw_step r = { .s.within = NT_LAB_WITHIN, .s.until.host = -1, .a.host = -1 };
	int ret;

	r.s.line = nt_yaml_line(v);
	ret = nt_yaml_map(y, v, step_keys, COUNT(step_keys), &r);
	if (!ret && !choose_act(&r))
		ret = nt_yaml_wrong(y, v, _("a step does one thing: run, start, signal or tell"));
	*to = r.s; /* patterns are freed with the lab, whatever is wrong */
	if (ret)
		return ret;
	if ((to->act == NT_LAB_RUN || to->act == NT_LAB_START) && to->host < 0)
		return nt_yaml_wrong(y, v, _("'on' is missing: which host runs it?"));
	if (to->act >= NT_LAB_START && !to->name)
		return nt_yaml_wrong(y, v, _("'name' is missing: of which program?"));
	return 0;
}

static int take_step(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab *lab = to;

	return read_step(y, v, &lab->step[lab->nstep++]);
}

int nt_lab_take_steps(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	(void)to;
	return nt_yaml_each(y, v, NT_LAB_STEPS_MAX, take_step, y->lab);
}

static int take_setup_step(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	struct nt_lab *lab = to;
	struct nt_lab_step *s = &lab->setup[lab->nsetup++];
	int ret = read_step(y, v, s);

	if (!ret && (s->act != NT_LAB_RUN || s->until.line || s->ask.text))
		ret = nt_yaml_wrong(y, v, _("'setup' only runs commands ('on' and 'run')"));
	return ret;
}

int nt_lab_take_setup(struct nt_yaml *y, yaml_node_t *v, void *to)
{
	(void)to;
	return nt_yaml_each(y, v, NT_LAB_STEPS_MAX, take_setup_step, y->lab);
}
