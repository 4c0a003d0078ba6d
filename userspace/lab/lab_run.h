/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_run.h - a lab, from the empty machine to the verdict
 *
 * Purpose:   builds the network, traces it, takes the steps while the session reads,
 *            shows, asks, judges, and takes everything away, whatever happens.
 * Ownership: nt_lab_run() leaves nothing behind, but with @keep the network.
 * Context:   steps are taken in the session's pauses (nt_session.idle); nothing waits
 *            for a time that is only long enough, but for conditions, and each of these
 *            has a limit.
 */
#ifndef NETTRACE_LAB_RUN_H
#define NETTRACE_LAB_RUN_H

#include "lab/lab_net.h"
#include "lab/lab_prog.h"
#include "lab/lab_tell.h"
#include "session.h"

enum nt_lab_phase {
	NT_LAB_NEXT,   /* choose the step */
	NT_LAB_READ,   /* it was told: a key, an answer, or the reader's time is awaited */
	NT_LAB_AWAIT,  /* it was taken: its condition is awaited */
	NT_LAB_SETTLE, /* it has come: the trace is, up to there */
};

struct nt_lab_run {
	const struct nt_cli *cli;
	const struct nt_lab *lab;
	struct nt_lab_tell tell;
	struct nt_lab_net net;
	struct nt_lab_progs progs;
	struct nt_session s;
	struct nt_view v;
	json_t *seen;  /* items that were handed out, as objects */
	json_t *steps; /* told, as objects */
	json_t *quiz;  /* questions, as objects */
	/* where it is */
	enum nt_lab_phase phase;
	int at, told; /* index of the step; how many were told */
	size_t from;  /* items seen before it */
	int64_t since, until, deadline; /* monotonic ns; the phase's, the lab's */
	int64_t settle_at;		/* Unix ns */
	int64_t reading;		/* monotonic ns that the reader took */
	struct nt_lab_prog *running;
	char line[256]; /* from standard input */
	size_t linelen;
	bool eof, over_time, full;
	/* how it went */
	int unmet; /* conditions that did not come */
	int asked, right;
	bool broken; /* it could not be carried out: said */
	int signal;
};

/** nt_lab_run() - an exit status */
int nt_lab_run(const struct nt_cli *cli, const struct nt_lab *lab);

/* lab_step.c: whenever there is nothing to read */
void nt_lab_tick(void *run);
int64_t nt_lab_clock(void);

/* lab_ask.c */
bool nt_lab_line(struct nt_lab_run *r); /* a whole line has come, or none will */
void nt_lab_ask(struct nt_lab_run *r, const struct nt_lab_step *s);
void nt_lab_answer(struct nt_lab_run *r, const struct nt_lab_step *s);
void nt_lab_grade(struct nt_lab_run *r, const struct nt_lab_step *s);

/* lab_result.c: what the trace holds, and what follows from it; an exit status */
json_t *nt_lab_items(struct nt_lab_run *r);
json_t *nt_lab_item_json(struct nt_lab_run *r, const struct nt_model *m, const struct nt_item *it);
int nt_lab_result(struct nt_lab_run *r);

#endif /* NETTRACE_LAB_RUN_H */
