/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * script_word.h - a script, and the words of its lines: KEY=VALUE, names, flags
 *
 * Purpose:   what all kinds of lines are read with (script.h says what can stand in one).
 * Ownership: as in script.h.
 */
#ifndef NETTRACE_UNIT_SCRIPT_WORD_H
#define NETTRACE_UNIT_SCRIPT_WORD_H

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "model.h"
#include "names.h"

#define SCRIPT_T0   1700000000000000000LL
#define SCRIPT_HOLD 1000000000LL

struct script {
	struct nt_model *m;
	uint8_t family;
	uint8_t addr[2][16]; /* c, s */
	uint16_t port[2];
	uint16_t id;	 /* next IPv4 identification given by itself */
	char out[16384]; /* what script_dump() wrote */
};

/* value of KEY=… in a line, NULL: not there; "" for a word */
static inline const char *script_key(const char *line, const char *key)
{
	size_t n = strlen(key);
	const char *p = line;

	while ((p = strstr(p, key))) {
		if ((p == line || p[-1] == ' ') && (p[n] == '=' || p[n] == ' ' || !p[n]))
			return p[n] == '=' ? p + n + 1 : p + n;
		p += n;
	}
	return NULL;
}

static inline uint32_t script_num(const char *line, const char *key, uint32_t def)
{
	const char *v = script_key(line, key);

	return v ? (uint32_t)strtoul(v, NULL, 0) : def;
}

static inline void script_word(const char *line, const char *key, char *to, size_t size)
{
	const char *v = script_key(line, key);

	if (v)
		snprintf(to, size, "%.*s", (int)strcspn(v, " "), v);
}

/* the number of a name in a list; a script with a wrong word is a defect */
static inline unsigned int script_find(const char *word, size_t len, const char *const *names,
				       size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (names[i] && strlen(names[i]) == len && !strncmp(names[i], word, len))
			return i;
	}
	fail_msg("script: unknown word '%.*s'", (int)len, word);
	return 0;
}

static inline unsigned int script_state(const char *word, size_t len)
{
	static const char *const names[] = {
		[1] = "ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
		"FIN_WAIT2",	     "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
		"LAST_ACK",	     "LISTEN",	  "CLOSING",  "NEW_SYN_RECV",
	};

	return script_find(word, len, names, sizeof(names) / sizeof(names[0]));
}

static inline uint16_t script_flags(const char *w)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	uint16_t flags = 0;

	while (*w && *w != '-') {
		size_t n = strcspn(w, ",");

		flags |= 1 << script_find(w, n, names, 8);
		w += n + (w[n] == ',');
	}
	return flags;
}

#endif /* NETTRACE_UNIT_SCRIPT_WORD_H */
