/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * calls.h - the arguments and the result of a system call, by their names
 *
 * Purpose:   one table of what each argument of a socket's call means, for
 *            pictures, lines and JSON alike.
 * Ownership: values; text in buffers of the caller.
 * Context:   pure.
 */
#ifndef NETTRACE_CALLS_H
#define NETTRACE_CALLS_H

#include "model.h"

#define NT_CALL_ARGS	 4
#define NT_CALL_ARG_TEXT 256 /* all flags that have a name */

struct nt_call_arg {
	const char *name;		/* "fd", "backlog", …; static */
	bool is_number, is_addr;	/* else @text is a name or several */
	bool is_bytes;			/* a number of bytes */
	bool is_zero;			/* no flag is set: nothing to be said */
	int64_t number;
	char text[NT_CALL_ARG_TEXT];
};

/**
 * nt_call_args() - what a call was given, as far as it is known
 * Return: how many of @arg are filled.
 */
int nt_call_args(const struct nt_call *call, struct nt_call_arg arg[NT_CALL_ARGS]);

/** nt_errno_name() - "ECONNREFUSED"; of a number without a name "error 4711" */
const char *nt_errno_name(int64_t err, char *buf, size_t size);

/** nt_call_moves_data() - it sends or receives */
bool nt_call_moves_data(const struct nt_call *call);

#endif /* NETTRACE_CALLS_H */
