/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab.h - a lab: a network, programs, what is to be seen, and what is claimed of it
 *
 * Purpose:   what a lab file says (docs/labs.md), as a struct.  lab_file.c fills it,
 *            lab_net.c builds its network, lab_run.c runs it.
 * Ownership: nt_lab_free() frees all.  Strings and nodes point into the document.
 * Errors:    functions return 0 or a negative errno with a sentence; those about a
 *            file begin with FILE:LINE.
 */
#ifndef NETTRACE_LAB_H
#define NETTRACE_LAB_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source.h"

#define NT_LAB_PREFIX	   "lab-" /* of the namespaces' names */
#define NT_LAB_HOSTS_MAX   12
#define NT_LAB_LINKS_MAX   16
#define NT_LAB_ADDRS_MAX   4
#define NT_LAB_LIST_MAX	   16
#define NT_LAB_STEPS_MAX   64
#define NT_LAB_CLAIMS_MAX  48
#define NT_LAB_BOOKS_MAX   12
#define NT_LAB_WORDS_MAX   32
#define NT_LAB_TIME_MAX	   900 /* seconds: no lab may run longer */
#define NT_LAB_ITEMS_MAX   20000
#define NT_LAB_OUTPUT_MAX  16384 /* bytes of one program */
#define NT_LAB_WITHIN	   20	 /* seconds for a condition, if its step names none */

/* words of a command, or of a list; NULL-terminated */
struct nt_lab_words {
	const char *word[NT_LAB_WORDS_MAX + 1];
	int n;
};

struct nt_lab_pair {
	const char *key, *value;
};

struct nt_lab_host {
	const char *name;
	int line;
	const char *bridge; /* NULL, or the bridge that its devices are ports of */
	bool forward;
	bool untraced; /* nobody looks there */
	struct nt_lab_pair sysctl[NT_LAB_LIST_MAX];
	int nsysctl;
	const char *route[NT_LAB_LIST_MAX];
	int nroute;
};

struct nt_lab_port {
	int host; /* index */
	const char *dev, *mac;
	const char *addr[NT_LAB_ADDRS_MAX];
	int naddr;
};

struct nt_lab_link {
	struct nt_lab_port end[2];
	int line;
};

enum nt_lab_act {
	NT_LAB_NOTHING, /* text only */
	NT_LAB_RUN,	/* a program; the step ends when it has */
	NT_LAB_START,	/* a program, which goes on */
	NT_LAB_SIGNAL,
	NT_LAB_TELL, /* a line to a program's standard input */
};

/* what is awaited */
struct nt_lab_until {
	int line;
	int host; /* listening: there; -1: another condition */
	int port;
	bool udp;
	const char *ended;		 /* that program has */
	const char *program, *has;	 /* it has written that */
	json_t *see;			 /* such items */
	int count;			 /* of @see, at least */
};

struct nt_lab_ask {
	const char *text;
	json_t *see;	  /* the item that has the answer; NULL: none is asked */
	const char *take; /* ... in that field */
};

struct nt_lab_step {
	int line;
	const char *id, *say, *then; /* told before, and after */
	enum nt_lab_act act;
	int host;
	const char *name; /* of the program */
	struct nt_lab_words words;
	int signal;
	const char *input;
	bool prevented_only; /* in its place, when the phenomenon is prevented */
	bool silent;	     /* the command is not shown */
	int within;	     /* seconds for @until */
	struct nt_lab_until until;
	struct nt_lab_ask ask;
};

struct nt_lab_claim {
	int line;
	const char *id, *text;
	json_t *see;
	int min, max; /* how many such items; max -1: any number */
	const char *as;
	const char *after, *before; /* @as of earlier claims */
};

struct nt_lab_book {
	const char *book, *kernel, *why;
};

struct nt_lab_prevent {
	int line;
	const char *text, *fails;
	struct nt_lab_words without;
};

struct nt_lab {
	char *path, *dir;
	const char *name, *title, *chapter, *about, *summary;
	struct nt_lab_words needs;
	int number; /* in the list of all labs */
	int time;   /* seconds, all of it */
	bool calls, timers, ipv6, symbols, all;
	int payload; /* bytes; -1: as it is */
	const char *hooks;
	struct nt_lab_host host[NT_LAB_HOSTS_MAX];
	int nhost;
	struct nt_lab_link link[NT_LAB_LINKS_MAX];
	int nlink;
	struct nt_lab_step setup[NT_LAB_STEPS_MAX], step[NT_LAB_STEPS_MAX];
	int nsetup, nstep;
	struct nt_lab_claim claim[NT_LAB_CLAIMS_MAX];
	int nclaim;
	struct nt_lab_book book[NT_LAB_BOOKS_MAX];
	int nbook;
	struct nt_lab_prevent prevent;
	void *doc;
};

/* lab_file.c */
int nt_lab_read(struct nt_lab **lab, const char *path, struct nt_error *err);
int nt_lab_parse(struct nt_lab **lab, const char *name, const char *text, size_t len,
		 struct nt_error *err);
void nt_lab_free(struct nt_lab *lab);

/** nt_lab_text() - a text of a lab file in the reader's language, or as it is */
const char *nt_lab_text(const char *text);

/* is that step part of this run? */
bool nt_lab_has_step(const struct nt_lab *lab, const struct nt_lab_step *s, bool prevent);

#endif /* NETTRACE_LAB_H */
