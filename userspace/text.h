/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - foreign bytes made safe to show; how wide text is on a screen
 *
 * Purpose:   names of programs, devices and namespaces are chosen by others.
 *            They reach a terminal, a file or JSON through nt_text_escape()
 *            only.  Widths are in columns of a character terminal.
 * Ownership: callers own all buffers; nothing is allocated.
 * Context:   pure functions, no locale: the tables are ours, so that a picture
 *            is the same everywhere.
 */
#ifndef NETTRACE_TEXT_H
#define NETTRACE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* the longest escape that one byte can become: \xNN */
#define NT_ESCAPE_MAX 4

/**
 * nt_utf8_next() - decode one character
 * @p:		in: where to read (before @end); out: behind what was read
 * @end:	first byte that must not be read
 * @cp:		the code point; for an invalid byte, that byte
 * Return: true for a well-formed character (RFC 3629: shortest form, no
 * surrogates), false for one invalid byte.
 */
bool nt_utf8_next(const char **p, const char *end, uint32_t *cp);

/** nt_utf8_put() - encode @cp; returns the number of bytes (1 to 4) */
int nt_utf8_put(char buf[4], uint32_t cp);

/**
 * nt_cp_width() - columns of a code point: 1 or 2
 *
 * Return: -1 for all that could move the cursor, join, combine, reorder
 * (right-to-left scripts) or whose width is not certain: it is to be escaped.
 */
int nt_cp_width(uint32_t cp);

/**
 * nt_cp_breaks() - may a line end between these two, without a blank?
 *
 * Beside an ideograph it may, but no line begins with a comma or ends with an
 * opening bracket (UAX 14, classes ID, CL, OP).
 */
bool nt_cp_breaks(uint32_t before, uint32_t cp);

/**
 * nt_cp_ascii() - what stands for one of our own symbols on an ASCII terminal
 *
 * Return: a string of ASCII characters, or NULL: not a symbol of ours.
 */
const char *nt_cp_ascii(uint32_t cp);

/**
 * nt_text_escape() - make foreign bytes printable
 * @dst:	result, always terminated when @size > 0
 * @size:	of @dst in bytes; what does not fit is cut at a character
 * @src:	bytes; read up to a NUL or @max, whichever comes first
 * @max:	of @src in bytes
 *
 * Printable characters of certain width are kept; a backslash is doubled;
 * any other byte becomes \xNN.  The result is valid UTF-8.
 * Return: @dst.
 */
char *nt_text_escape(char *dst, size_t size, const char *src, size_t max);

/* as many digits as a number can have, and a NUL */
#define NT_DIGITS 21

/**
 * nt_text_number() - a number in decimal, terminated, faster than snprintf()
 * Return: behind its last digit.
 */
char *nt_text_number(char buf[NT_DIGITS], uint64_t n);

/**
 * nt_text_put() - copy a string, as snprintf("%s") does but faster
 * @end:	of the room at @buf; what does not fit is left out
 * Return: where it is terminated; @buf when there is no room.
 */
char *nt_text_put(char *buf, const char *end, const char *s);

/**
 * nt_text_column() - a word of ours in a column of a table, with blanks to its end
 * @width:	columns; negative: the blanks stand before it
 * Return: @buf; a word that is wider stays whole, as with printf().
 */
char *nt_text_column(char *buf, size_t size, const char *s, int width);

/**
 * nt_text_width() - columns of a string of ours (escaped before)
 * @unicode:	false: as the ASCII stand-ins that will be shown
 */
int nt_text_width(const char *s, bool unicode);

#endif /* NETTRACE_TEXT_H */
