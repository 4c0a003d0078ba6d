// SPDX-License-Identifier: GPL-2.0-only
/*
 * canvas.c - one line of a picture, and labels that shrink to fit it
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "canvas.h"
#include "text.h"

#define ELLIPSIS "\u2026"

void nt_line_start(struct nt_line *l, int width, bool unicode)
{
	memset(l, 0, sizeof(*l));
	l->width = width > NT_WIDTH_MAX ? NT_WIDTH_MAX : width;
	l->unicode = unicode;
}

/* one character that is certain to be narrow, or both halves of a wide one */
static int put_cell(struct nt_line *l, int col, int limit, uint32_t ch, int width,
		    enum nt_role role)
{
	if (col < 0 || col + width > limit)
		return limit;
	l->cell[col].ch = ch;
	l->cell[col].role = role;
	if (width == 2) {
		l->cell[col + 1].ch = 0;
		l->cell[col + 1].role = role;
	}
	return col + width;
}

static int put_ascii(struct nt_line *l, int col, int limit, const char *s, enum nt_role role)
{
	for (; *s && col < limit; s++)
		col = put_cell(l, col, limit, (unsigned char)*s, 1, role);
	return col;
}

static int put_cp(struct nt_line *l, int col, int limit, uint32_t cp, enum nt_role role)
{
	int w = nt_cp_width(cp), i, n;
	const char *ascii;
	char esc[NT_ESCAPE_MAX + 1], utf8[4];

	if (w > 0 && (l->unicode || cp < 0x7f))
		return put_cell(l, col, limit, cp, w, role);
	ascii = l->unicode ? NULL : nt_cp_ascii(cp);
	if (ascii)
		return put_ascii(l, col, limit, ascii, role);
	n = nt_utf8_put(utf8, cp);
	for (i = 0; i < n; i++) {
		snprintf(esc, sizeof(esc), "\\x%02x", (unsigned char)utf8[i]);
		col = put_ascii(l, col, limit, esc, role);
	}
	return col;
}

static int put_all(struct nt_line *l, int col, int limit, const char *s, enum nt_role role)
{
	const char *end = s + strlen(s);
	char esc[NT_ESCAPE_MAX + 1];
	uint32_t cp;

	while (s < end && col < limit) {
		if (*s >= 0x20 && *s < 0x7f) /* most are */
			col = put_cell(l, col, limit, (unsigned char)*s++, 1, role);
		else if (nt_utf8_next(&s, end, &cp)) {
			col = put_cp(l, col, limit, cp, role);
		} else {
			snprintf(esc, sizeof(esc), "\\x%02x", (unsigned char)cp);
			col = put_ascii(l, col, limit, esc, role);
		}
	}
	return col;
}

int nt_line_put(struct nt_line *l, int col, int limit, const char *s, enum nt_role role)
{
	int dots = nt_text_width(ELLIPSIS, l->unicode);

	if (limit > l->width)
		limit = l->width;
	if (col < 0)
		col = 0;
	if (col >= limit || !*s)
		return col;
	if (nt_text_width(s, l->unicode) <= limit - col)
		return put_all(l, col, limit, s, role);
	if (limit - col < dots)
		return col;
	/* a wide character may leave the last column free: then it stays free */
	put_all(l, col, limit - dots, s, role);
	return put_all(l, limit - dots, limit, ELLIPSIS, role);
}

void nt_line_right(struct nt_line *l, int col, int limit, const char *s, enum nt_role role)
{
	int at = limit - nt_text_width(s, l->unicode);

	nt_line_put(l, at > col ? at : col, limit, s, role);
}

void nt_line_fill(struct nt_line *l, int col, int limit, const char *ch, enum nt_role role)
{
	if (limit > l->width)
		limit = l->width;
	if (col < 0)
		col = 0;
	while (col < limit) {
		int next = put_all(l, col, limit, ch, role);

		if (next <= col)
			break;
		col = next;
	}
}

/* ECMA-48 SGR parameters; the sixteen colours that every terminal has */
static const char *const sgr[NT_ROLE_MAX] = {
	[NT_ROLE_PLAIN] = "",	     [NT_ROLE_DIM] = "2",    [NT_ROLE_TITLE] = "1",
	[NT_ROLE_TIME] = "2",	     [NT_ROLE_END0] = "36",  [NT_ROLE_END1] = "35",
	[NT_ROLE_FLAGS] = "1",	     [NT_ROLE_STATE] = "2",  [NT_ROLE_NEW_STATE] = "1;32",
	[NT_ROLE_INFERRED] = "3;32", [NT_ROLE_CAUSE] = "33", [NT_ROLE_MARK] = "1;31",
	[NT_ROLE_GAP] = "7;31",	     [NT_ROLE_ARP] = "34",   [NT_ROLE_TIMER] = "34",
	[NT_ROLE_APP] = "32",
};

static void switch_role(FILE *out, enum nt_role *now, enum nt_role role)
{
	if (*now == role)
		return;
	fputs("\033[0", out);
	if (role < NT_ROLE_MAX && *sgr[role])
		fprintf(out, ";%s", sgr[role]);
	fputc('m', out);
	*now = role;
}

void nt_line_print(const struct nt_line *l, FILE *out, bool color)
{
	char text[4 * NT_WIDTH_MAX + 1]; /* of one role */
	enum nt_role now = NT_ROLE_PLAIN, role;
	int col, last = l->width;
	bool half = false;
	size_t n = 0;

	while (last > 0 &&
	       (l->cell[last - 1].ch == ' ' ||
		(!l->cell[last - 1].ch && (last < 2 || nt_cp_width(l->cell[last - 2].ch) != 2))))
		last--;
	for (col = 0; col < last; col++) {
		const struct nt_cell *c = &l->cell[col];

		if (half && !c->ch) {
			half = false;
			continue;
		}
		half = c->ch >= 0x80 && nt_cp_width(c->ch) == 2;
		role = c->ch ? c->role : NT_ROLE_PLAIN;
		if (color && role != now) {
			fwrite(text, 1, n, out);
			n = 0;
			switch_role(out, &now, role);
		}
		if (c->ch < 0x80)
			text[n++] = c->ch ? (char)c->ch : ' ';
		else
			n += (size_t)nt_utf8_put(text + n, c->ch);
	}
	if (color && now != NT_ROLE_PLAIN) {
		fwrite(text, 1, n, out);
		n = 0;
		switch_role(out, &now, NT_ROLE_PLAIN);
	}
	text[n++] = '\n';
	fwrite(text, 1, n, out);
}

/* bytes up to where a line may be broken: a blank, or an ideograph */
static size_t unbroken(const char *s)
{
	const char *end = s + strlen(s), *p = s, *at;
	uint32_t before, cp;

	nt_utf8_next(&p, end, &before);
	while (p < end && *p != ' ') {
		at = p;
		nt_utf8_next(&p, end, &cp);
		if (nt_cp_breaks(before, cp))
			return (size_t)(at - s);
		before = cp;
	}
	return (size_t)(p - s);
}

/*
 * As many whole characters of @n bytes at @s as take at most @room columns, and no more
 * than @size bytes; one at least, and @n where all of them do.
 */
static size_t fitting(const char *s, size_t n, int room, size_t size, bool unicode)
{
	const char *p = s, *at;
	char one[5]; /* as it will be written: what cannot be shown takes more columns */
	uint32_t cp;
	int w = 0;

	/* nearly always */
	if (n <= size && n * NT_ESCAPE_MAX <= (size_t)room)
		return n;
	while (p < s + n) {
		at = p;
		nt_utf8_next(&p, s + n, &cp);
		snprintf(one, sizeof(one), "%.*s", (int)(p - at), at);
		w += nt_text_width(one, unicode);
		if (at > s && (w > room || (size_t)(p - s) > size))
			return (size_t)(at - s);
	}
	return n;
}

void nt_line_wrap(struct nt_line *l, int col, int indent, const char *s, enum nt_role role,
		  FILE *out, bool color)
{
	int begin = col, gap = 0;

	s += strspn(s, " ");
	while (*s) {
		char word[256];
		size_t n = unbroken(s);
		int w;

		n = fitting(s, n, l->width, sizeof(word) - 1, l->unicode);
		snprintf(word, sizeof(word), "%.*s", (int)n, s);
		w = nt_text_width(word, l->unicode);
		if (col > begin && col + gap + w > l->width) {
			nt_line_print(l, out, color);
			nt_line_start(l, l->width, l->unicode);
			col = begin = indent;
		}
		/* a long one stands further left rather than being cut */
		if (col == begin && col + w > l->width && col == indent)
			col = begin = w < l->width ? l->width - w : 0;
		col = nt_line_put(l, col == begin ? col : col + gap, l->width, word, role);
		s += n;
		gap = *s == ' ';
		s += strspn(s, " ");
	}
	nt_line_print(l, out, color);
}

void nt_label_start(struct nt_label *label)
{
	label->n = 0;
	label->used = 0;
}

void nt_label_add(struct nt_label *label, int rank, enum nt_role role, const char *fmt, ...)
{
	size_t room = sizeof(label->text) - label->used;
	struct nt_piece *p = &label->piece[label->n];
	va_list ap;
	int n;

	if (label->n >= NT_PIECES_MAX)
		return;
	va_start(ap, fmt);
	n = vsnprintf(label->text + label->used, room, fmt, ap);
	va_end(ap);
	if (n <= 0 || (size_t)n >= room)
		return;
	p->off = label->used;
	p->rank = (uint8_t)rank;
	p->role = (uint8_t)role;
	p->least = 0;
	label->used = (uint16_t)(label->used + n + 1);
	label->n++;
}

void nt_label_cuttable(struct nt_label *label, int least)
{
	if (label->n)
		label->piece[label->n - 1].least = (uint8_t)least;
}

void nt_label_plain(struct nt_label *label)
{
	int i, n = 0;

	for (i = 0; i < label->n; i++)
		if (label->piece[i].rank < NT_RANK_EXTRA)
			label->piece[n++] = label->piece[i];
	label->n = (uint8_t)n;
}

int nt_label_width(const struct nt_label *label, int rank, bool unicode)
{
	int i, width = 0;

	for (i = 0; i < label->n; i++)
		if (label->piece[i].rank <= rank)
			width += nt_text_width(label->text + label->piece[i].off, unicode) + 1;
	return width ? width - 1 : 0;
}

/* the same, with what may be cut as short as it may be */
static int least_width(const struct nt_label *label, int rank, bool unicode)
{
	int i, w, width = nt_label_width(label, rank, unicode);

	for (i = 0; i < label->n; i++) {
		const struct nt_piece *p = &label->piece[i];

		if (!p->least || p->rank > rank)
			continue;
		w = nt_text_width(label->text + p->off, unicode);
		if (w > p->least)
			width -= w - p->least;
	}
	return width;
}

/* are there pieces above @rank whose absence should be told? */
static bool label_cut(const struct nt_label *label, int rank)
{
	int i;

	for (i = 0; i < label->n; i++)
		if (label->piece[i].rank > rank && label->piece[i].rank < NT_RANK_EXTRA &&
		    !label->piece[i].least)
			return true;
	return false;
}

/* blank and ellipsis, where one is needed */
static int cut_width(const struct nt_label *label, int rank, bool unicode)
{
	return label_cut(label, rank) ? nt_text_width(ELLIPSIS, unicode) + 1 : 0;
}

int nt_label_rank(const struct nt_label *label, int width, bool unicode)
{
	int i, rank = 0, w;

	for (i = 0; i < label->n; i++)
		if (label->piece[i].rank > rank)
			rank = label->piece[i].rank;
	for (; rank >= 0; rank--) {
		w = rank >= NT_RANK_EXTRA ? nt_label_width(label, rank, unicode) :
					    least_width(label, rank, unicode);
		if (w + cut_width(label, rank, unicode) <= width)
			break;
	}
	return rank;
}

int nt_line_label_width(const struct nt_label *label, int width, bool unicode)
{
	int rank = nt_label_rank(label, width, unicode), w;

	if (rank < 0) {
		w = nt_label_width(label, 0, unicode);
		return w < width ? w : width;
	}
	w = nt_label_width(label, rank, unicode) + cut_width(label, rank, unicode);
	return w < width ? w : width;
}

/* the first column that @p must leave to what comes behind it */
static int limit_of(const struct nt_label *label, const struct nt_piece *p, int rank, int limit,
		    bool unicode)
{
	const struct nt_piece *q;

	if (!p->least)
		return limit;
	for (q = p + 1; q < label->piece + label->n; q++)
		if (q->rank <= rank)
			limit -= nt_text_width(label->text + q->off, unicode) + 1;
	return limit - cut_width(label, rank, unicode);
}

int nt_line_label(struct nt_line *l, int col, int limit, const struct nt_label *label)
{
	int rank = nt_label_rank(label, limit - col, l->unicode);
	int top = rank < 0 ? 0 : rank;
	bool first = true;
	int i;

	for (i = 0; i < label->n; i++) {
		const struct nt_piece *p = &label->piece[i];

		if (p->rank > top)
			continue;
		if (!first)
			col++;
		first = false;
		col = nt_line_put(l, col, limit_of(label, p, top, limit, l->unicode),
				  label->text + p->off, p->role);
	}
	if (rank >= 0 && label_cut(label, rank))
		col = nt_line_put(l, col + 1, limit, ELLIPSIS, NT_ROLE_DIM);
	return col;
}
