/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * numbers.h - how sequence numbers and windows are written
 *
 * Purpose:   the same number can be relative (0 is the SYN), absolute (as in
 *            the segment), or a textbook's letter: x and y are the initial
 *            numbers of client and server, u is the number of the first FIN, v
 *            that of the ACK which answers it, w that of the second FIN.
 * Ownership: a value that is made for one conversation and points nowhere.
 * Context:   pure; reads the conversation's items, allocates nothing.
 */
#ifndef NETTRACE_NUMBERS_H
#define NETTRACE_NUMBERS_H

#include "model.h"

enum nt_number_style { NT_NUMBERS_RELATIVE, NT_NUMBERS_ABSOLUTE, NT_NUMBERS_SYMBOLS };

#define NT_LETTERS_MAX 3 /* of one end: x, u or y, v, w */
#define NT_NUMBER_TEXT 24

struct nt_letter {
	char name;
	uint32_t from; /* arrow from which on it is used */
	uint32_t pos;  /* the relative number that it stands for */
};

struct nt_numbers {
	enum nt_number_style style;
	bool below;	       /* window and options are written below the arrow */
	bool based[2], isn[2]; /* @base is set; it is the number of a SYN */
	uint32_t base[2];      /* absolute number of relative 0 */
	int8_t shift[2];       /* of the end's window field; -1: its SYN was not seen */
	uint8_t nletter[2];
	struct nt_letter letter[2][NT_LETTERS_MAX];
};

/**
 * nt_numbers_of() - how to write the numbers of a conversation
 *
 * Letters need all items of it; the others look at its beginning only, so that
 * it costs little for each line.
 */
void nt_numbers_of(struct nt_numbers *num, enum nt_number_style style, const struct nt_conv *c);

/**
 * nt_number() - the number @rel that end @dir sends, as it is written at arrow @a
 * @rel:	relative
 * @abs:	as in the segment
 */
char *nt_number(char buf[NT_NUMBER_TEXT], const struct nt_numbers *num, int dir,
		const struct nt_arrow *a, uint32_t rel, uint32_t abs);

/** nt_window() - the bytes that a segment's window offers; -1: scale not known */
int64_t nt_window(const struct nt_numbers *num, const struct nt_arrow *a);

#endif /* NETTRACE_NUMBERS_H */
