// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlspec.c - see nlspec.h
 */
#include <string.h>

#include "nlspec.h"
#include "nltable.h"

const struct nl_set *const nl_set_of = nl_sets;
const struct nl_op *const nl_op_of = nl_ops;
const size_t nl_op_count = sizeof(nl_ops) / sizeof(*nl_ops);
const int nl_top = NL_TOP;

const struct nl_op *nl_op_find(uint8_t cmd)
{
	size_t i;

	for (i = 0; i < nl_op_count; i++)
		if (nl_ops[i].cmd == cmd)
			return &nl_ops[i];
	return NULL;
}

const struct nl_attr *nl_attr_find(int set, unsigned int type)
{
	const struct nl_set *s = &nl_sets[set];

	return type < s->n && s->attr[type].kind != NL_NONE ? &s->attr[type] : NULL;
}

unsigned int nl_attr_named(int set, const char *name)
{
	unsigned int i;

	for (i = 0; i < nl_sets[set].n; i++)
		if (nl_attr_find(set, i) && !strcmp(nl_sets[set].attr[i].name, name))
			return i;
	return 0;
}

bool nl_names_socket(const char *name)
{
	static const char *const of[] = { "family", "local", "remote", "lport", "rport", "ifindex" };
	size_t i;

	for (i = 0; i < sizeof(of) / sizeof(*of); i++)
		if (!strcmp(of[i], name))
			return true;
	return false;
}
