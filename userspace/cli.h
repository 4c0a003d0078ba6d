/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * cli.h - what the user asked for
 *
 * Purpose:   turns arguments into a struct; no option is a global variable.
 * Ownership: the struct points into argv; nt_cli_free() frees what is made of it.
 * Errors:    a sentence on stderr and NT_EXIT_USAGE.
 */
#ifndef NETTRACE_CLI_H
#define NETTRACE_CLI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../module/core/version.h"
#include "ctl.h"
#include "render.h"
#include "source.h"

/* exit statuses; with COMMAND, its own status comes back unless tracing failed */
enum nt_exit {
	NT_EXIT_OK = 0,
	NT_EXIT_FAIL = 1,
	NT_EXIT_USAGE = 2,
	NT_EXIT_NOTHING = 3,  /* no such conversation, nothing recorded */
	NT_EXIT_CLAIM = 4,    /* lab: what it claims did not occur; 128 + N: interrupted */
	NT_EXIT_TRACE = 125,  /* with COMMAND: tracing it failed */
	NT_EXIT_NOEXEC = 126, /* COMMAND is there but cannot be run */
	NT_EXIT_NOENT = 127,  /* COMMAND is not there */
};

#define NT_CLI_CONVS_MAX 32

enum nt_when { NT_AUTO, NT_ALWAYS, NT_NEVER };

struct nt_command;

struct nt_cli {
	const struct nt_command *cmd;
	const char *netns[NT_LIVE_NAMED_MAX];
	size_t nnetns;
	bool every_netns;   /* -N all */
	char *names;	    /* what netns[] points into */
	const char *file;   /* -r: read this recording; NULL: live */
	bool daemon;	    /* -d: ask nettraced */
	const char *socket; /* of nettraced; NULL: NT_DAEMON_SOCKET */
	int width;	    /* columns; 0: find out */
	enum nt_when unicode;
	enum nt_when color;
	enum nt_when conntrack; /* ask it: where it is loaded, and say where not; or never */
	struct nt_draw draw;
	bool json;
	bool last;
	bool all;
	bool until_closed;
	bool layers; /* show: open the packets */
	struct {
		uint32_t first, last;
	} conv[NT_CLI_CONVS_MAX]; /* --conv */
	int nconv;		  /* 0: all conversations */
	int64_t wait_ns;	  /* after COMMAND has ended */
	struct nt_ctl_settings set;
	struct {
		bool step, quiz, keep, prevent, clean;
		double speed; /* 1: as one reads; 0: does not wait */
	} lab;
	bool off;		  /* lift the filter */
	char *expr;		  /* the filter's expression; NULL: none was given */
	struct nt_filter *filter; /* made of it for hooks and records; NULL: none was
				   * given, or only a capture can answer it
				   */
	char *filter_wrong;	  /* a sentence: why only that */
	char **arg;		  /* the subcommand's arguments */
	int narg;
	char **command; /* NULL, or COMMAND and its arguments */
};

/* options that not every subcommand has */
#define NT_OPT_FILE	0x01 /* -r */
#define NT_OPT_LOOK	0x02 /* --width, --ascii, --unicode, --color */
#define NT_OPT_JSON	0x04
#define NT_OPT_PICK	0x08	/* --conv, --last */
#define NT_OPT_COMMAND	0x10	/* -- COMMAND, --wait, --until-closed */
#define NT_OPT_ALL	0x20	/* --all */
#define NT_OPT_DAEMON	0x40	/* --daemon */
#define NT_OPT_FILTER	0x80	/* EXPRESSION behind the arguments */
#define NT_OPT_SETTINGS 0x100	/* --ring, --payload, --minisocks, --hooks */
#define NT_OPT_OFF	0x200	/* --off */
#define NT_OPT_FILE_ARG 0x400	/* the first argument is the file to read, as with -r */
#define NT_OPT_ROWS	0x800	/* --absolute */
#define NT_OPT_DRAW	0x1000	/* --symbols, --deltas, --options, --unfold */
#define NT_OPT_EXTRA	0x2000	/* --timers, --calls: recorded, shown */
#define NT_OPT_TIMERS	0x4000	/* --timers alone */
#define NT_OPT_LAYERS	0x8000	/* --layers */
#define NT_OPT_EXPLAIN	0x10000 /* --explain */
#define NT_OPT_UNFOLD	0x20000 /* --unfold alone */
#define NT_OPT_HOPS	0x40000 /* --hops */
#define NT_OPT_CONNTRACK 0x100000 /* --conntrack */
#define NT_OPT_LAB	0x80000 /* --step, --quiz, --speed, --keep, --prevent, --clean */

struct nt_command {
	const char *name;
	const char *args;  /* "FILE", or "" */
	const char *brief; /* half a line */
	const char *help;  /* paragraphs */
	unsigned int opts;
	int min_args, max_args;
	int (*run)(const struct nt_cli *cli); /* exit status */
};

/* NULL-terminated; the first is what COMMAND alone means (nettrace.c) */
extern const struct nt_command *const nt_commands[];

/**
 * nt_cli_parse() - read the arguments
 * @cli:	filled; free with nt_cli_free()
 * Return: -1 to go on with cli->cmd->run(), or the exit status: after --help,
 * --version, and what could not be understood.
 */
int nt_cli_parse(struct nt_cli *cli, int argc, char **argv);
void nt_cli_free(struct nt_cli *cli);

/** nt_cli_wants() - does --conv name that conversation, or is it not given? */
bool nt_cli_wants(const struct nt_cli *cli, uint32_t conv);

#endif /* NETTRACE_CLI_H */
