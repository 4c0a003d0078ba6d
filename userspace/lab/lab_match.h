/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * lab_match.h - does an object of the trace match a pattern?
 *
 * Purpose:   claims and conditions of a lab are patterns on the very objects that
 *            `timeline --json` writes.  docs/labs.md describes the language.
 * Ownership: borrows all it is given.
 */
#ifndef NETTRACE_LAB_MATCH_H
#define NETTRACE_LAB_MATCH_H

#include "lab.h"

/* items that claims gave a name to */
struct nt_lab_bound {
	struct {
		const char *name;
		const json_t *item;
	} row[NT_LAB_CLAIMS_MAX];
	int n;
	const json_t *it; /* the item that is looked at: "=it.FIELD" */
};

bool nt_lab_match(const json_t *pattern, const json_t *item, const struct nt_lab_bound *bound);
const json_t *nt_lab_bound_item(const struct nt_lab_bound *bound, const char *name);

/** nt_lab_field() - what is at a path such as "cause.call"; a number steps into a list */
const json_t *nt_lab_field(const json_t *item, const char *path);

/**
 * nt_lab_pattern_check() - can such a pattern ever match?
 * @known:	may "=NAME.field" be used; fills in a sentence otherwise
 * Return: 0, or -EINVAL: a type or a field that no object has, or an unknown name.
 */
int nt_lab_pattern_check(const json_t *pattern, bool (*known)(const void *arg, const char *name),
			 const void *arg, struct nt_error *err);

struct nt_lab_verdict {
	const struct nt_lab_claim *claim;
	bool holds;
	int seen;
	const json_t *first; /* the first that matches; NULL: none */
	const char *unbound; /* the claim builds on one that did not hold */
};

/**
 * nt_lab_judge() - the claims of a lab against the items of a trace
 * @items:	array, in the order of time
 * @out:	lab->nclaim of them
 * Return: how many do not hold.
 */
int nt_lab_judge(const struct nt_lab *lab, const json_t *items, struct nt_lab_verdict *out);

#endif /* NETTRACE_LAB_MATCH_H */
