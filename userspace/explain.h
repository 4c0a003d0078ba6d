/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * explain.h - what happened in a step, why, and what comes next
 *
 * Purpose:   sentences for learners, composed of what the trace holds: names of
 *            processes, numbers, delays, states.  What is not known is said to be
 *            unknown; what is inferred has that basis.
 * Ownership: a step is the caller's, all of its text is in it; foreign names are
 *            escaped.  A struct nt_explain lives as long as one conversation is told;
 *            it points into the model.
 * Context:   no I/O, no clock; gettext() reads the catalogue.  One thread.
 *
 *	struct nt_explain x;
 *	struct nt_told s;
 *
 *	nt_explain_start(&x, model, conv);
 *	for (each row of the layout, or item)
 *		if (nt_explain_row(&x, row, &s))
 *			print s.text, s.rfc, s.note
 *	nt_explain_summary(&x, now, &s);
 */
#ifndef NETTRACE_EXPLAIN_H
#define NETTRACE_EXPLAIN_H

#include "layout.h"
#include "model.h"
#include "numbers.h"

#define NT_STEP_TITLE 192
#define NT_STEP_TEXT  2048
#define NT_STEP_NOTE  4096

struct nt_told {
	const char *kind; /* for programs: "syn", "fin", "transition", …; static */
	const char *rfc;  /* "RFC 9293, 3.5", where it can be read; "": nowhere; static */
	enum nt_basis basis;
	int64_t t;
	uint32_t arrow; /* number of the packet; 0: it is about none */
	int8_t end;	/* whose step it is; -1: nobody's */
	char title[NT_STEP_TITLE];
	char text[NT_STEP_TEXT]; /* one or two sentences, or three */
	char note[NT_STEP_NOTE]; /* longer, where something surprises; "": nothing does */
};

#define NT_EXPLAIN_WORDS 12
#define NT_EXPLAIN_WORD	 192

struct nt_explain {
	const struct nt_model *m; /* may be NULL */
	const struct nt_conv *c;  /* NULL: nt_explain_lone() only */
	struct nt_numbers num;
	/* arguments of the sentence that is being made */
	char word[NT_EXPLAIN_WORDS][NT_EXPLAIN_WORD];
	unsigned int nword;
};

/** nt_explain_start() - before the steps of conversation @c */
void nt_explain_start(struct nt_explain *x, const struct nt_model *m, const struct nt_conv *c);

/**
 * nt_explain_row() - a row of the picture
 * Return: false: there is nothing to be said of it.
 */
bool nt_explain_row(struct nt_explain *x, const struct nt_row *r, struct nt_told *s);

/** nt_explain_item() - the same of an item, whose conversation may go on */
bool nt_explain_item(struct nt_explain *x, const struct nt_item *it, struct nt_told *s);

/**
 * nt_explain_summary() - the whole in a few sentences
 * @now:	Unix ns up to which the trace goes; 0: not known
 */
void nt_explain_summary(struct nt_explain *x, int64_t now, struct nt_told *s);

/** nt_explain_lone() - a call that failed on a socket of which no packet came */
bool nt_explain_lone(const struct nt_call *call, struct nt_told *s);

#endif /* NETTRACE_EXPLAIN_H */
