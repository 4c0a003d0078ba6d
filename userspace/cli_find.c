// SPDX-License-Identifier: GPL-2.0-only
/*
 * cli_find.c - which subcommand is meant; and what to write where none is
 *
 * Who mistypes a word is told the word that is near; who forgets "--" before the command
 * to be traced is given the whole line to type.
 */
#include <stdio.h>
#include <string.h>

#include "cli_priv.h"
#include "i18n.h"

#define LETTERS	 24 /* of words that are compared */
#define MISTAKES 2
#define LINE	 400

static unsigned int least(unsigned int a, unsigned int b, unsigned int c)
{
	unsigned int n = a < b ? a : b;

	return n < c ? n : c;
}

/*
 * How many letters have to be put in, left out or changed until @a is @b; two that have
 * changed places count once (the restricted Damerau-Levenshtein distance).
 */
static unsigned int mistakes(const char *a, const char *b)
{
	unsigned int row[3][LETTERS + 1], *before = row[0], *last = row[1], *now = row[2], *spare;
	size_t na = strlen(a), nb = strlen(b), i, j;

	if (na > LETTERS || nb > LETTERS)
		return LETTERS;
	for (j = 0; j <= nb; j++)
		last[j] = (unsigned int)j;
	memcpy(before, last, sizeof(row[0]));
	for (i = 1; i <= na; i++) {
		now[0] = (unsigned int)i;
		for (j = 1; j <= nb; j++) {
			now[j] = least(last[j] + 1, now[j - 1] + 1,
				       last[j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] &&
			    before[j - 2] + 1 < now[j])
				now[j] = before[j - 2] + 1;
		}
		spare = before;
		before = last;
		last = now;
		now = spare;
	}
	return last[nb];
}

const char *nt_cli_near(const char *word, nt_cli_name *name)
{
	unsigned int best = MISTAKES + 1, n;
	const char *found = NULL, *s;
	size_t len = strlen(word), i;

	for (i = 0; (s = name(i)); i++) {
		n = mistakes(word, s);
		/* of a short word two letters are too much, and no letter may be all of it */
		if (n < best && n * 3 <= len) {
			best = n;
			found = s;
		}
	}
	return found;
}

static const char *command_name(size_t i)
{
	return nt_commands[i] ? nt_commands[i]->name : NULL;
}

const struct nt_command *nt_cli_command(const char *name)
{
	size_t i;

	for (i = 0; nt_commands[i]; i++)
		if (!strcmp(nt_commands[i]->name, name))
			return nt_commands[i];
	return NULL;
}

static bool ends_in(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && !strcmp(s + n - m, end);
}

/* the line that traces it: "nettrace -- python3 my_client.py" */
static void line_for(char *buf, size_t size, char *const *word, int n)
{
	bool script = ends_in(word[0], ".py") && !strchr(word[0], '/');
	size_t len = (size_t)snprintf(buf, size, "nettrace --%s", script ? " python3" : "");
	int i;

	for (i = 0; i < n && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, " %s", word[i]);
	if (len >= size)
		snprintf(buf, size, "nettrace -- %.100s …", word[0]);
}

int nt_cli_no_command(char *const *word, int n)
{
	const char *near = nt_cli_near(word[0], command_name);
	char line[LINE];

	if (near) {
		fprintf(stderr,
			_("nettrace: there is no subcommand '%s'; did you mean 'nettrace %s'?\n"),
			word[0], near);
		return NT_EXIT_USAGE;
	}
	line_for(line, sizeof(line), word, n);
	fprintf(stderr,
		_("nettrace: there is no subcommand '%s'; to trace a command, write '%s'\n"),
		word[0], line);
	fputs(_("nettrace: see 'nettrace --help'\n"), stderr);
	return NT_EXIT_USAGE;
}

int nt_cli_no_option(const char *word, nt_cli_name *name)
{
	const char *near;
	char plain[LETTERS + 1];

	near = !strncmp(word, "--", 2) ? word + 2 : "";
	snprintf(plain, sizeof(plain), "%.*s", (int)strcspn(near, "="), near);
	near = nt_cli_near(plain, name);
	if (near)
		fprintf(stderr, _("nettrace: there is no option '%s'; did you mean '--%s'?\n"),
			word, near);
	else
		fprintf(stderr, _("nettrace: there is no option '%s'\n"), word);
	return NT_EXIT_USAGE;
}
