/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * golden.h - a text against the file in selftests/cases that a human has looked at
 *
 * Purpose:   NT_GOLDEN=write draws the files anew; without, a difference fails the
 *            test.
 * Ownership: borrows what it is given.
 */
#ifndef NETTRACE_UNIT_GOLDEN_H
#define NETTRACE_UNIT_GOLDEN_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"

#define GOLDEN_CASES   "../cases"
#define GOLDEN_LICENCE "# SPDX-License-Identifier: GPL-2.0-only\n" /* first line of each */

static inline void golden(const char *name, const char *text)
{
	const char *mode = getenv("NT_GOLDEN");
	static char want[65536];
	char path[256];
	size_t n;
	FILE *f;

	snprintf(path, sizeof(path), GOLDEN_CASES "/%s.txt", name);
	f = fopen(path, mode && !strcmp(mode, "write") ? "w" : "r");
	if (!f)
		fail_msg("%s is not there", path);
	if (mode && !strcmp(mode, "write")) {
		fprintf(f, GOLDEN_LICENCE "%s", text);
		assert_int_equal(fclose(f), 0);
		return;
	}
	n = fread(want, 1, sizeof(want) - 1, f);
	fclose(f);
	assert_true(n < sizeof(want) - 1);
	want[n] = '\0';
	assert_memory_equal(want, GOLDEN_LICENCE, strlen(GOLDEN_LICENCE));
	if (strcmp(want + strlen(GOLDEN_LICENCE), text))
		fail_msg("%s says\n%s\nand this was drawn\n%s", path, want, text);
}

/* no line is wider than @width */
static inline void narrow_enough(const char *text, int width)
{
	char line[1024];

	for (; *text; text += strcspn(text, "\n") + 1) {
		snprintf(line, sizeof(line), "%.*s", (int)strcspn(text, "\n"), text);
		if (nt_text_width(line, true) > width)
			fail_msg("wider than %d columns: %s", width, line);
	}
}

#endif /* NETTRACE_UNIT_GOLDEN_H */
