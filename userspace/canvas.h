/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * canvas.h - one line of a picture, and labels that shrink to fit it
 *
 * Purpose:   text is put into columns and can never leave the line: what does
 *            not fit ends in an ellipsis.  A label is a list of pieces with a
 *            rank; the least important go first when room is short.
 * Ownership: both structures are values of the caller; nothing is allocated.
 */
#ifndef NETTRACE_CANVAS_H
#define NETTRACE_CANVAS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

#define NT_WIDTH_MIN 60	 /* columns a picture needs */
#define NT_WIDTH_MAX 240 /* wider is not easier to read */

/* what a piece of text is; the terminal's colours follow from it */
enum nt_role {
	NT_ROLE_PLAIN,
	NT_ROLE_DIM,
	NT_ROLE_TITLE,
	NT_ROLE_TIME,
	NT_ROLE_END0,
	NT_ROLE_END1, /* client, server: arrows they send */
	NT_ROLE_FLAGS,
	NT_ROLE_STATE,
	NT_ROLE_NEW_STATE,
	NT_ROLE_INFERRED,
	NT_ROLE_CAUSE,
	NT_ROLE_MARK,
	NT_ROLE_GAP,
	NT_ROLE_ARP,
	NT_ROLE_TIMER,
	NT_ROLE_APP,
	NT_ROLE_MAX
};

struct nt_cell {
	uint32_t ch; /* 0: nothing, or the right half of a wide character */
	uint8_t role;
};

struct nt_line {
	int width;
	bool unicode;
	struct nt_cell cell[NT_WIDTH_MAX];
};

/** nt_line_start() - an empty line of @width columns (cut to NT_WIDTH_MAX) */
void nt_line_start(struct nt_line *l, int width, bool unicode);

/**
 * nt_line_put() - write @s at column @col
 * @limit:	first column that stays untouched; the text is cut before it
 * Return: the column behind the text.
 */
int nt_line_put(struct nt_line *l, int col, int limit, const char *s, enum nt_role role);

/** nt_line_right() - write @s so that it ends before @limit, not before @col */
void nt_line_right(struct nt_line *l, int col, int limit, const char *s, enum nt_role role);

/** nt_line_fill() - fill columns @col to @limit - 1 with one character */
void nt_line_fill(struct nt_line *l, int col, int limit, const char *ch, enum nt_role role);

/**
 * nt_line_wrap() - write text of any length, broken at blanks and between ideographs, from column @col on
 * @l:		what stands left of @col is kept; further lines begin anew
 * @indent:	where further lines begin
 *
 * Prints every line, the last one too.
 */
void nt_line_wrap(struct nt_line *l, int col, int indent, const char *s, enum nt_role role,
		  FILE *out, bool color);

/** nt_line_print() - the line without trailing blanks, and a line feed */
void nt_line_print(const struct nt_line *l, FILE *out, bool color);

#define NT_PIECES_MAX 24
#define NT_LABEL_TEXT 768

/* pieces of this rank or higher are extras: left out without an ellipsis */
#define NT_RANK_EXTRA 10

struct nt_piece {
	uint16_t off; /* of the terminated text */
	uint8_t rank; /* 0: goes last */
	uint8_t role;
	uint8_t least; /* columns to which it may be cut; 0: it is whole, or not there */
};

struct nt_label {
	uint8_t n;
	uint16_t used;
	struct nt_piece piece[NT_PIECES_MAX];
	char text[NT_LABEL_TEXT];
};

void nt_label_start(struct nt_label *label);

/** nt_label_add() - one more piece; a piece too many is dropped whole */
void nt_label_add(struct nt_label *label, int rank, enum nt_role role, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/**
 * nt_label_cuttable() - the piece that was added last may be cut to @least columns
 *
 * Extras go before it is cut, all other pieces only when it has gone, for which no
 * ellipsis takes room from them.
 */
void nt_label_cuttable(struct nt_label *label, int least);

/** nt_label_plain() - without the extras (NT_RANK_EXTRA and higher) */
void nt_label_plain(struct nt_label *label);

/**
 * nt_label_width() - columns of the pieces of rank <= @rank, one blank between
 */
int nt_label_width(const struct nt_label *label, int rank, bool unicode);

/**
 * nt_label_rank() - the highest rank up to which the label fits @width columns
 * Return: -1 when not even the pieces of rank 0 fit.
 */
int nt_label_rank(const struct nt_label *label, int width, bool unicode);

/**
 * nt_line_label() - write what fits between @col and @limit, with an ellipsis
 * for what had to go
 * Return: the column behind it.
 */
int nt_line_label(struct nt_line *l, int col, int limit, const struct nt_label *label);

/** nt_line_label_width() - the columns that nt_line_label() would use */
int nt_line_label_width(const struct nt_label *label, int width, bool unicode);

#endif /* NETTRACE_CANVAS_H */
