// SPDX-License-Identifier: GPL-2.0-only
/*
 * text.c - foreign bytes made safe to show; how wide text is on a screen
 */
#include <stdio.h>
#include <string.h>

#include "text.h"

bool nt_utf8_next(const char **p, const char *end, uint32_t *cp)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *s = (const unsigned char *)*p;
	uint32_t c = s[0];
	int i, n;

	*cp = c;
	(*p)++;
	if (c < 0x80)
		return true;
	if (c >= 0xc2 && c <= 0xdf)
		n = 2;
	else if (c >= 0xe0 && c <= 0xef)
		n = 3;
	else if (c >= 0xf0 && c <= 0xf4)
		n = 4;
	else
		return false;
	if ((const char *)s + n > end)
		return false;
	c &= 0x7f >> n;
	for (i = 1; i < n; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return false;
		c = c << 6 | (s[i] & 0x3f);
	}
	if (c < least[n] || c > 0x10ffff || (c >= 0xd800 && c <= 0xdfff))
		return false;
	*cp = c;
	*p += n - 1;
	return true;
}

int nt_utf8_put(char buf[4], uint32_t cp)
{
	if (cp < 0x80) {
		buf[0] = (char)cp;
		return 1;
	}
	if (cp < 0x800) {
		buf[0] = (char)(0xc0 | cp >> 6);
		buf[1] = (char)(0x80 | (cp & 0x3f));
		return 2;
	}
	if (cp < 0x10000) {
		buf[0] = (char)(0xe0 | cp >> 12);
		buf[1] = (char)(0x80 | (cp >> 6 & 0x3f));
		buf[2] = (char)(0x80 | (cp & 0x3f));
		return 3;
	}
	buf[0] = (char)(0xf0 | cp >> 18);
	buf[1] = (char)(0x80 | (cp >> 12 & 0x3f));
	buf[2] = (char)(0x80 | (cp >> 6 & 0x3f));
	buf[3] = (char)(0x80 | (cp & 0x3f));
	return 4;
}

/*
 * What is shown as it is: scripts written left to right whose characters
 * stand alone.  Whatever is not here is escaped: that is safe, and honest.
 */
static const struct {
	uint32_t first, last;
	int width;
} shown[] = {
	{ 0x0020, 0x007e, 1 },				/* ASCII */
	{ 0x00a1, 0x00ac, 1 },				/* Latin-1, without the soft hyphen */
	{ 0x00ae, 0x02ff, 1 },	 { 0x0370, 0x0377, 1 }, /* Greek */
	{ 0x037a, 0x037f, 1 },	 { 0x0384, 0x038a, 1 },
	{ 0x038e, 0x03a1, 1 },	 { 0x03a3, 0x0482, 1 }, /* Greek, Cyrillic */
	{ 0x048a, 0x052f, 1 },	 { 0x1e00, 0x1eff, 1 },
	{ 0x2010, 0x2027, 1 },				/* dashes, quotes, the ellipsis */
	{ 0x2030, 0x205e, 1 },	 { 0x2190, 0x22ff, 1 }, /* arrows, mathematics */
	{ 0x2500, 0x25fc, 1 },				/* lines, blocks, shapes */
	{ 0x2713, 0x2718, 1 },				/* ticks and crosses */
	{ 0x3001, 0x3029, 2 },				/* CJK */
	{ 0x3041, 0x3096, 2 },	 { 0x30a1, 0x30ff, 2 },
	{ 0x3105, 0x312f, 2 },	 { 0x3400, 0x4dbf, 2 },
	{ 0x4e00, 0x9fff, 2 },	 { 0xac00, 0xd7a3, 2 },
	{ 0xf900, 0xfa6d, 2 },	 { 0xff01, 0xff60, 2 },
	{ 0x20000, 0x2a6df, 2 },
};

int nt_cp_width(uint32_t cp)
{
	size_t lo = 1, hi = sizeof(shown) / sizeof(shown[0]);

	if (cp <= shown[0].last) /* most are */
		return cp >= shown[0].first ? shown[0].width : -1;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cp > shown[mid].last)
			lo = mid + 1;
		else if (cp < shown[mid].first)
			hi = mid;
		else
			return shown[mid].width;
	}
	return -1;
}

/* no line begins with these, and none ends with those */
static bool closes(uint32_t cp)
{
	static const uint32_t list[] = { 0x3001, 0x3002, 0x3009, 0x300b, 0x300d, 0x300f,
					 0x3011, 0xff01, 0xff09, 0xff0c, 0xff1a, 0xff1b,
					 0xff1f, 0x2026, 0x201d, 0x2019 };
	size_t i;

	for (i = 0; i < sizeof(list) / sizeof(list[0]); i++)
		if (list[i] == cp)
			return true;
	return cp < 0x80 && strchr(")]},.;:!?", (int)cp) && cp;
}

static bool opens(uint32_t cp)
{
	return cp == 0x3008 || cp == 0x300a || cp == 0x300c || cp == 0x300e || cp == 0x3010 ||
	       cp == 0xff08 || cp == 0x201c || cp == 0x2018 || cp == '(' || cp == '[' || cp == '{';
}

bool nt_cp_breaks(uint32_t before, uint32_t cp)
{
	return (nt_cp_width(before) == 2 || nt_cp_width(cp) == 2) && !closes(cp) && !opens(before);
}

const char *nt_cp_ascii(uint32_t cp)
{
	static const struct {
		uint32_t cp;
		const char *ascii;
	} sub[] = {
		{ 0x2500, "-" },   /* ─ */
		{ 0x2502, "|" },   /* │ */
		{ 0x2506, ":" },   /* ┆ */
		{ 0x251c, "|" },   /* ├ */
		{ 0x2524, "|" },   /* ┤ */
		{ 0x254c, "." },   /* ╌ */
		{ 0x25b6, ">" },   /* ▶ */
		{ 0x25c0, "<" },   /* ◀ */
		{ 0x25cf, "*" },   /* ● */
		{ 0x25cb, "o" },   /* ○ */
		{ 0x25b2, "^" },   /* ▲ */
		{ 0x25bc, "v" },   /* ▼ */
		{ 0x2593, "#" },   /* ▓ */
		{ 0x2591, "." },   /* ░ */
		{ 0x2715, "X" },   /* ✕ */
		{ 0x22ee, ":" },   /* ⋮ */
		{ 0x2190, "<-" },  /* ← */
		{ 0x2192, "->" },  /* → */
		{ 0x2026, "..." }, /* … */
		{ 0x2013, "-" },   /* – */
		{ 0x00d7, "x" },   /* × */
		{ 0x00b7, "-" },   /* · */
		{ 0x00b5, "u" },   /* µ */
	};
	size_t i;

	for (i = 0; i < sizeof(sub) / sizeof(sub[0]); i++)
		if (sub[i].cp == cp)
			return sub[i].ascii;
	return NULL;
}

char *nt_text_escape(char *dst, size_t size, const char *src, size_t max)
{
	const char *end = src + strnlen(src, max);
	size_t out = 0;

	if (!size)
		return dst;
	while (src < end) {
		const char *from = src;
		char buf[4 * NT_ESCAPE_MAX + 1];
		uint32_t cp;
		int n = 0;

		if (nt_utf8_next(&src, end, &cp) && nt_cp_width(cp) > 0) {
			if (cp == '\\')
				buf[n++] = '\\';
			n += nt_utf8_put(buf + n, cp);
		} else {
			for (; from < src; from++)
				n += snprintf(buf + n, sizeof(buf) - (size_t)n, "\\x%02x",
					      (unsigned char)*from);
		}
		if (out + (size_t)n >= size)
			break;
		memcpy(dst + out, buf, (size_t)n);
		out += (size_t)n;
	}
	dst[out] = '\0';
	return dst;
}

char *nt_text_number(char buf[NT_DIGITS], uint64_t n)
{
	char digit[NT_DIGITS], *d = digit + sizeof(digit);
	size_t len;

	*--d = '\0';
	do
		*--d = (char)('0' + n % 10);
	while (n /= 10);
	len = (size_t)(digit + sizeof(digit) - d);
	memcpy(buf, d, len);
	return buf + len - 1;
}

char *nt_text_put(char *buf, const char *end, const char *s)
{
	size_t len = strlen(s);

	if (buf >= end)
		return buf;
	if (len >= (size_t)(end - buf))
		len = (size_t)(end - buf) - 1;
	memcpy(buf, s, len);
	buf[len] = '\0';
	return buf + len;
}

int nt_text_width(const char *s, bool unicode)
{
	const char *end = s + strlen(s);
	int width = 0;

	while (s < end) {
		const char *ascii;
		uint32_t cp;
		int w;

		if (*s >= 0x20 && *s < 0x7f) {
			width++;
			s++;
			continue;
		}
		if (!nt_utf8_next(&s, end, &cp)) {
			width += NT_ESCAPE_MAX;
			continue;
		}
		w = nt_cp_width(cp);
		if (unicode && w > 0) {
			width += w;
		} else if (cp >= 0x20 && cp < 0x7f) {
			width++;
		} else {
			ascii = unicode ? NULL : nt_cp_ascii(cp);
			if (ascii) {
				width += (int)strlen(ascii);
			} else {
				char b[4];

				width += NT_ESCAPE_MAX * nt_utf8_put(b, cp);
			}
		}
	}
	return width;
}

char *nt_text_column(char *buf, size_t size, const char *s, int width)
{
	int blanks = (width < 0 ? -width : width) - nt_text_width(s, true);

	if (blanks < 0)
		blanks = 0;
	if (width < 0)
		snprintf(buf, size, "%*s%s", blanks, "", s);
	else
		snprintf(buf, size, "%s%*s", s, blanks, "");
	return buf;
}
