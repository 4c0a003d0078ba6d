// SPDX-License-Identifier: GPL-2.0-only
/*
 * i18n.c - sentences in the user's language
 */
#include <langinfo.h>
#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "i18n.h"

#define DOMAIN "nettrace"

/* the locale that the environment asks for, by POSIX' order; NULL: none */
static const char *asked(void)
{
	static const char *const name[] = { "LC_ALL", "LC_MESSAGES", "LANG" };
	size_t i;

	for (i = 0; i < sizeof(name) / sizeof(name[0]); i++) {
		const char *v = getenv(name[i]);

		if (v && *v)
			return v;
	}
	return NULL;
}

static int is_utf8(const char *locale)
{
	const char *dot = strchr(locale, '.');

	return dot && (!strncasecmp(dot, ".utf-8", 6) || !strncasecmp(dot, ".utf8", 5));
}

/* gettext looks for no language where the locale is C: small systems install no other */
static void without_locale(void)
{
	const char *want = asked();

	if (!want || !is_utf8(want) || !setlocale(LC_CTYPE, "C.UTF-8"))
		return;
	setlocale(LC_MESSAGES, "C.UTF-8");
	setenv("LANGUAGE", want, 0);
}

/* beside the folder of the program: PREFIX/bin, PREFIX/share/locale */
static const char *beside(char *buf, size_t size)
{
	static const char share[] = "/share/locale";
	ssize_t n = readlink("/proc/self/exe", buf, size - sizeof(share));
	char *slash;
	int i;

	if (n <= 0 || (size_t)n >= size - sizeof(share))
		return "/usr/local/share/locale";
	buf[n] = '\0';
	for (i = 0; i < 2; i++) {
		slash = strrchr(buf, '/');
		if (!slash)
			return "/usr/local/share/locale";
		*slash = '\0';
	}
	strcat(buf, share);
	return buf;
}

void nt_i18n_start(void)
{
	static const char *const domain[] = { DOMAIN, NT_I18N_LABS };
	const char *dir = getenv("NETTRACE_LOCALEDIR");
	bool found = false;
	char path[4096];
	size_t i;

	if (!setlocale(LC_CTYPE, "") || !setlocale(LC_MESSAGES, ""))
		without_locale();
	if (!dir || !*dir)
		dir = beside(path, sizeof(path));
	for (i = 0; i < sizeof(domain) / sizeof(domain[0]); i++) {
		bindtextdomain(domain[i], dir);
		bind_textdomain_codeset(domain[i], "UTF-8");
		found |= *dgettext(domain[i], "") != '\0'; /* a catalogue's header */
	}
	textdomain(DOMAIN);
	/* or each sentence is looked for in vain, at 1 200 instructions */
	if (!found)
		nt_i18n_ascii();
	/* the pictures' text is UTF-8, whatever the language */
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		nt_i18n_ascii();
}

void nt_i18n_end(void)
{
	nt_i18n_ascii();
	textdomain("messages"); /* whose folder is libc's, an absolute path */
}

void nt_i18n_ascii(void)
{
	setlocale(LC_MESSAGES, "C");
}
