/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nlspec.h - the netlink family as its specification has it, in tables
 *
 * Purpose: what lib/nlspec.py makes of nettrace.yaml when the tests are built.
 */
#ifndef SELFTESTS_NLSPEC_H
#define SELFTESTS_NLSPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum nl_kind {
	NL_NONE, /* no such attribute */
	NL_PAD,
	NL_U32,
	NL_U64,
	NL_S32,
	NL_FLAG,
	NL_STRING,
	NL_BINARY,
	NL_NEST,
};

/* @low, @high: of numbers; s32 are not limited */
struct nl_attr {
	const char *name;
	enum nl_kind kind;
	bool multi;
	int nest; /* in nl_sets[] */
	uint64_t low, high;
};

struct nl_set {
	const char *name;
	const struct nl_attr *attr; /* by its number */
	size_t n;
};

/* @ask, @says: bit N is attribute N, of a request and of what comes */
struct nl_op {
	const char *name;
	uint8_t cmd;
	bool event;
	uint64_t ask, says;
};

extern const struct nl_set *const nl_set_of;
extern const struct nl_op *const nl_op_of;
extern const size_t nl_op_count;
extern const int nl_top; /* the set that requests and answers are made of */

/** nl_op_find() - the operation with that number, or NULL */
const struct nl_op *nl_op_find(uint8_t cmd);

/** nl_attr_find() - attribute @type of a set, or NULL */
const struct nl_attr *nl_attr_find(int set, unsigned int type);

/** nl_attr_named() - the number of an attribute; 0: there is none */
unsigned int nl_attr_named(int set, const char *name);

/**
 * nl_names_socket() - is that attribute of a nest what names a socket in a request?
 *
 * The specification says so in words only, at timers-get; others are answers' alone.
 */
bool nl_names_socket(const char *name);

#endif /* SELFTESTS_NLSPEC_H */
