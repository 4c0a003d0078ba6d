/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_tell.h - how a lab speaks: wrapped text, commands, output, verdicts
 *
 * Purpose:   everything that a lab prints for people, but lines and pictures of the
 *            trace, which are the formats' own.
 * Ownership: keeps nothing.  What others wrote is escaped here.
 */
#ifndef NETTRACE_LAB_TELL_H
#define NETTRACE_LAB_TELL_H

#include <stdio.h>

#include "lab/lab_match.h"
#include "lab/lab_prog.h"

struct nt_lab_tell {
	FILE *out;
	int width;
	bool unicode, color;
};

/**
 * nt_lab_wrap() - the next line of a text
 * @text:	in: where to go on; out: behind what was taken
 * Return: false at the end.  Paragraphs are parted by an empty line; lines that begin
 * with a blank are kept as they are.
 */
bool nt_lab_wrap(const char **text, int width, char *line, size_t size);

/* wrapped, each line behind @indent blanks */
void nt_lab_tell_text(const struct nt_lab_tell *t, int indent, const char *text);
void nt_lab_tell_head(const struct nt_lab_tell *t, const char *text);
void nt_lab_tell_step(const struct nt_lab_tell *t, int n, const char *text);
void nt_lab_tell_command(const struct nt_lab_tell *t, const char *host,
			 const struct nt_lab_words *words);
void nt_lab_tell_output(const struct nt_lab_tell *t, const char *who, const char *text, size_t len);
void nt_lab_tell_verdicts(const struct nt_lab_tell *t, const struct nt_lab_verdict *v, int n);
void nt_lab_tell_books(const struct nt_lab_tell *t, const struct nt_lab *lab);

/* what an item of the trace is, in a few words: "segment 3 of #1"; @told: for people */
void nt_lab_item_words(char *buf, size_t size, const json_t *item, bool told);

#endif /* NETTRACE_LAB_TELL_H */
