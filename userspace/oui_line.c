// SPDX-License-Identifier: GPL-2.0-only
/*
 * oui_line.c - one line of a list of link address prefixes
 *
 * Told apart are:
 *
 *	IEEE's text	00-22-72   (hex)		Name
 *			002272     (base 16)		Name	or F00000-FFFFFF
 *	IEEE's CSV	MA-L,002272,"Name, Inc.",Address
 *	Wireshark's	00:22:72	Short	Name	or 00:1B:C5:00:00:00/36
 *	udev's hwdb	OUI:002272*
 *			 ID_OUI_FROM_DATABASE=Name
 */
#include <string.h>

#include "oui_priv.h"

static void found(struct nt_oui_line *o, uint64_t bits, unsigned int len, const char *name,
		  size_t size)
{
	o->bits = bits;
	o->len = (uint8_t)len;
	o->name = name;
	o->size = size;
}

static int digit(char c)
{
	return c >= '0' && c <= '9' ? c - '0' :
	       c >= 'a' && c <= 'f' ? c - 'a' + 10 :
	       c >= 'A' && c <= 'F' ? c - 'A' + 10 :
				      -1;
}

/* hexadecimal digits, @sep between octets if not 0; how many there are, at most 12 */
static unsigned int read_hex(const char **p, char sep, uint64_t *bits)
{
	unsigned int n = 0;

	for (*bits = 0; n < 12; n++) {
		const char *at = *p;

		if (sep && n && n % 2 == 0) {
			if (*at != sep || digit(at[1]) < 0)
				break;
			at++;
		}
		if (digit(*at) < 0)
			break;
		*bits = *bits << 4 | (uint64_t)digit(*at);
		*p = at + 1;
	}
	return n;
}

static bool skip_word(const char **p, const char *word)
{
	size_t n = strlen(word);

	*p += strspn(*p, " \t");
	if (strncmp(*p, word, n))
		return false;
	*p += n;
	return true;
}

/* "F00000-FFFFFF": 24 bits behind the base; how many of them the prefix has, 0: none */
static unsigned int range_bits(uint64_t first, uint64_t last)
{
	uint64_t unlike = first ^ last;

	if (unlike == 0xfffff && !(first & unlike))
		return 4;
	return unlike == 0xfff && !(first & unlike) ? 12 : 0;
}

static bool ieee_text(struct nt_oui_line *o, const char *line)
{
	uint64_t first, last;
	const char *p = line;
	unsigned int n;

	if (read_hex(&p, '-', &first) == 6 && skip_word(&p, "(hex)")) {
		o->base = first;
		return true;
	}
	p = line;
	if (read_hex(&p, 0, &first) != 6)
		return false;
	if (*p != '-') {
		if (!skip_word(&p, "(base 16)"))
			return false;
		found(o, first, 24, p, strlen(p));
		return true;
	}
	p++;
	if (read_hex(&p, 0, &last) != 6 || !skip_word(&p, "(base 16)"))
		return false;
	n = range_bits(first, last);
	if (n && o->base != UINT64_MAX)
		found(o, o->base << n | first >> (24 - n), 24 + n, p, strlen(p));
	return true;
}

/* a field of CSV, its quotes taken away in place; what is behind its comma */
static char *csv_field(char **field, char *p)
{
	char *out;

	*field = out = p;
	if (*p != '"') {
		p += strcspn(p, ",");
	} else {
		for (p++; *p; p++) {
			if (*p == '"' && p[1] != '"')
				break;
			if (*p == '"')
				p++;
			*out++ = *p;
		}
		p += strcspn(p, ",");
		if (*p == ',')
			p++;
		*out = '\0';
		return p;
	}
	if (*p == ',')
		*p++ = '\0';
	return p;
}

static bool ieee_csv(struct nt_oui_line *o, char *line)
{
	char *registry, *assignment, *name, *p;
	const char *digits;
	unsigned int n;
	uint64_t bits;

	if (strncmp(line, "MA-", 3) && strncmp(line, "IAB,", 4))
		return false;
	p = csv_field(&registry, line);
	p = csv_field(&assignment, p);
	csv_field(&name, p);
	digits = assignment;
	n = read_hex(&digits, 0, &bits);
	if (!*digits && (n == 6 || n == 7 || n == 9))
		found(o, bits, n * 4, name, strlen(name));
	return true;
}

static bool wireshark(struct nt_oui_line *o, const char *line)
{
	const char *p = line, *name;
	char sep = line[0] && line[1] ? line[2] : 0;
	unsigned int n, len;
	uint64_t bits;

	if (sep != ':' && sep != '-')
		return false;
	n = read_hex(&p, sep, &bits);
	len = n * 4;
	if (*p == '/') {
		len = 0;
		for (p++; *p >= '0' && *p <= '9' && len < 100; p++)
			len = len * 10 + (unsigned int)(*p - '0');
	}
	if ((len != 24 && len != 28 && len != 36) || n * 4 < len || (*p != '\t' && *p != ' '))
		return false;
	/* the short name, and mostly the long one */
	p += strspn(p, " \t");
	name = strchr(p, '\t') ? strchr(p, '\t') + 1 : p;
	found(o, bits >> (n * 4 - len), len, name, strcspn(name, "\t"));
	return true;
}

static bool udev(struct nt_oui_line *o, const char *line)
{
	const char *p = line;
	unsigned int n;

	if (skip_word(&p, "ID_OUI_FROM_DATABASE=")) {
		if (o->pending_len)
			found(o, o->pending, o->pending_len, p, strlen(p));
		o->pending_len = 0;
		return true;
	}
	if (!skip_word(&p, "OUI:"))
		return false;
	n = read_hex(&p, 0, &o->pending);
	o->pending_len = *p == '*' && (n == 6 || n == 7 || n == 9) ? (uint8_t)(n * 4) : 0;
	return true;
}

bool nt_oui_read(struct nt_oui_line *o, char *line)
{
	line[strcspn(line, "\r\n")] = '\0';
	o->len = 0;
	if (!*line || *line == '#')
		return false;
	if (!ieee_csv(o, line) && !ieee_text(o, line) && !wireshark(o, line))
		udev(o, line);
	return o->len;
}
