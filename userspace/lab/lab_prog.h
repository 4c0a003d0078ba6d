/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_prog.h - the programs of a lab: started in their host, heard, ended
 *
 * Purpose:   each runs by `ip netns exec`, in the folder of its lab file, in a process
 *            group of its own, and dies with us. What it writes is kept, up to a limit,
 *            and told a line at a time.
 * Ownership: nt_lab_progs_end() kills and frees all.
 */
#ifndef NETTRACE_LAB_PROG_H
#define NETTRACE_LAB_PROG_H

#include <sys/types.h>

#include "lab.h"

#define NT_LAB_PROGS_MAX (2 * NT_LAB_STEPS_MAX)

struct nt_lab_prog {
	const char *name, *host;
	pid_t pid;
	int in, out; /* pipes; -1: closed */
	bool ended;
	int status;    /* as shells have it */
	int64_t t_end; /* Unix ns */
	char *text;    /* what it wrote */
	size_t len, told;
	bool cut;
};

struct nt_lab_progs {
	struct nt_lab_prog prog[NT_LAB_PROGS_MAX];
	int n;
	/* a line that one wrote, not terminated; may be NULL */
	void (*line)(void *arg, const struct nt_lab_prog *p, const char *text, size_t len);
	void *arg;
};

/** nt_lab_prog_start() - @name NULL: the first word stands for it */
struct nt_lab_prog *nt_lab_prog_start(struct nt_lab_progs *ps, const struct nt_lab *lab,
				      const char *host, const char *name,
				      const struct nt_lab_words *words, struct nt_error *err);
/** nt_lab_progs_look() - take what they wrote, notice who has ended */
void nt_lab_progs_look(struct nt_lab_progs *ps);
/* the last one of that name; NULL */
struct nt_lab_prog *nt_lab_prog_named(struct nt_lab_progs *ps, const char *name);
int nt_lab_prog_signal(const struct nt_lab_prog *p, int sig);
int nt_lab_prog_tell(struct nt_lab_prog *p, const char *line);
void nt_lab_progs_end(struct nt_lab_progs *ps);

/* as an object of the trace: {"type":"program",...} */
json_t *nt_lab_prog_json(const struct nt_lab_prog *p);

#endif /* NETTRACE_LAB_PROG_H */
