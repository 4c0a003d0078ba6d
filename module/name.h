/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * name.h - names, without what stands behind them
 *
 * Purpose: a device's and a program's name are 16 bytes each.  Whoever sets one may
 *          write no further than its zero byte (strscpy() in a kernel with
 *          FORTIFY_SOURCE; strlcpy() in older ones), so that the rest of a longer one
 *          from before stands behind it: a device may have had that in another namespace.
 * Context: any.
 * Locking: none.  A name that is changed meanwhile is a mixture, as for every reader.
 */
#ifndef NETTRACE_NAME_H
#define NETTRACE_NAME_H

#include <linux/sched.h>
#include <linux/string.h>
#include <asm/word-at-a-time.h>

#include "compat.h"
#include "uapi/nettrace.h"

/* true: the name ends in this word, and what is behind its end was not copied */
static __always_inline bool nt_copy_name_word(char *to, const char *name)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, zeros;
	bool ends;

	memcpy(&word, name, sizeof(word));
	ends = has_zero(word, &zeros, &constants);
	if (ends) {
		zeros = prep_zero_mask(word, zeros, &constants);
		word &= zero_bytemask(create_zero_mask(zeros));
	}
	memcpy(to, &word, sizeof(word));
	return ends;
}

/**
 * nt_copy_name() - up to the zero byte, word by word
 * @to:		NETTRACE_NAME_LEN bytes, all zero
 * @name:	as many
 */
static __always_inline void nt_copy_name(char *to, const char *name)
{
	const size_t word = sizeof(unsigned long);

	BUILD_BUG_ON(NETTRACE_NAME_LEN != 16 || 16 % word);
	if (likely(nt_copy_name_word(to, name)))
		return;
	if (nt_copy_name_word(to + word, name + word) || word == 8)
		return;
	if (!nt_copy_name_word(to + 2 * word, name + 2 * word))
		nt_copy_name_word(to + 3 * word, name + 3 * word);
}

/* the running program's; @to is zeroed */
static __always_inline void nt_copy_comm(char *to)
{
#ifdef NT_COMM_HAS_REST
	nt_copy_name(to, current->comm);
#else
	memcpy(to, current->comm, NETTRACE_NAME_LEN);
#endif
	to[NETTRACE_NAME_LEN - 1] = '\0';
}

#endif /* NETTRACE_NAME_H */
