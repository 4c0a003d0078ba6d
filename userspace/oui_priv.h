/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * oui_priv.h - between oui.c, which keeps the list, and oui_line.c, which reads it
 *
 * Ownership: names point into the line that was given.
 */
#ifndef NETTRACE_OUI_PRIV_H
#define NETTRACE_OUI_PRIV_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* begins with @base UINT64_MAX, all else zero, for each file */
struct nt_oui_line {
	/* what the last line had, if nt_oui_read() returned true */
	uint64_t bits; /* right-aligned */
	uint8_t len;   /* of them: 24, 28, 36 */
	const char *name;
	size_t size;
	/* what earlier lines of the same entry said */
	uint64_t base; /* 24 bits, of a line with (hex) */
	uint64_t pending;
	uint8_t pending_len;
};

/**
 * nt_oui_read() - one line; it is changed
 * Return: true: it names who has a prefix; false: it does not, or is damaged.
 */
bool nt_oui_read(struct nt_oui_line *o, char *line);

#endif /* NETTRACE_OUI_PRIV_H */
