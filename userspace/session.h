/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * session.h - what the commands share: open, pump, show
 *
 * Purpose:   one loop from a source to a model, a recorder, or both, for
 *            recordings, for what the rings hold, for live traffic and for the
 *            time that a COMMAND runs.
 * Ownership: nt_session_close() frees all that the session opened.
 * Errors:    said on stderr where they are found; functions return an exit
 *            status, or -1 to go on.
 */
#ifndef NETTRACE_SESSION_H
#define NETTRACE_SESSION_H

#include <sys/types.h>

#include "cli.h"
#include "model.h"
#include "render.h"
#include "source.h"

/* a long follow keeps so many conversations; beyond, those that never opened go early */
#define NT_SESSION_CONVS 8192

enum nt_mode {
	NT_ONCE, /* what the rings hold; or COMMAND's time; or a file */
	NT_LIVE, /* from now on, until a signal; or COMMAND's time */
	NT_BOTH, /* what nettraced has kept, then as NT_LIVE */
};

struct nt_session {
	const struct nt_cli *cli;
	struct nt_source *src;
	struct nt_model *model;	 /* NULL: none wanted */
	struct nt_recorder *rec; /* NULL: none wanted */
	/* each event, before the model gets it; may be NULL */
	void (*peek)(void *arg, const struct nt_event *ev);
	void *peek_arg;
	/* whenever there is nothing to read, and now and then; may be NULL */
	void (*idle)(void *arg);
	void *idle_arg;
	bool stop; /* set by who is idle: enough was read */
	bool live;
	bool capture;	   /* the file is one of packets: nothing but those is in it */
	bool damaged;	   /* the file, somewhere; what came before was read */
	bool flush_out;	   /* flush stdout whenever there is silence */
	bool forget;	   /* let closed conversations go: nobody asks for them later */
	bool no_items;	   /* of a file: the observer is all that wants items */
	bool no_order;	   /* of a file: nor what happens in which conversation first */
	int64_t t_max;	   /* of a file: up to here it has been read, Unix ns */
	uint64_t since;	   /* events since what is over was let go last */
	pid_t child;	   /* 0: no COMMAND */
	bool ended;	   /* COMMAND has */
	int64_t ended_at;  /* ns, CLOCK_REALTIME */
	uint32_t last_id;  /* of the conversations that COMMAND can have begun; 0: not known */
	int child_status;  /* exit status of COMMAND */
	unsigned int told; /* streams given to the recorder */
	int64_t tidied;	   /* when closed conversations were let go last */
};

/**
 * nt_session_open() - open the source that the arguments name
 * Return: -1 to go on, or an exit status; the sentence has been said.
 */
int nt_session_open(struct nt_session *s, const struct nt_cli *cli, enum nt_mode mode);

/**
 * nt_session_model() - a model behind the source
 * @hold_ms:	how long an arrow waits for its other sightings
 * Return: -1 to go on, or an exit status.
 */
int nt_session_model(struct nt_session *s, int hold_ms, const struct nt_observer *obs);

/**
 * nt_session_run() - start COMMAND, if there is one, and read to the end
 * Return: -1 when it went well, or an exit status.
 */
int nt_session_run(struct nt_session *s);

void nt_session_close(struct nt_session *s);

/** nt_session_signal() - the signal that ended the last nt_session_run(); 0: none */
int nt_session_signal(void);

/**
 * nt_session_exit() - the status to exit with
 * @status:	of the command's own work
 * With COMMAND: its own status, unless tracing failed.
 */
int nt_session_exit(const struct nt_session *s, int status);

/* does a conversation belong to what was asked for (--all, COMMAND)? */
bool nt_session_shows(const struct nt_session *s, const struct nt_conv *c);

/**
 * nt_view_open() - how and where to draw
 * @fit:	the format needs a width; without, lines are as long as they are
 * Return: -1 to go on, or an exit status (a terminal that is too narrow).
 */
int nt_view_open(struct nt_view *v, const struct nt_session *s, bool fit);

/** nt_view_check() - did writing fail?  Call it soon after writing: errno */
bool nt_view_check(struct nt_view *v);

/** nt_view_close() - flush; a failed write is said (not a closed pipe) */
int nt_view_close(struct nt_view *v);

#endif /* NETTRACE_SESSION_H */
