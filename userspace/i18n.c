// SPDX-License-Identifier: GPL-2.0-only
/*
 * i18n.c - sentences in the user's language
 */
#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

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

void nt_i18n_start(void)
{
	const char *dir = getenv("NETTRACE_LOCALEDIR");

	if (!setlocale(LC_CTYPE, "") || !setlocale(LC_MESSAGES, ""))
		without_locale();
	bindtextdomain(DOMAIN, dir && *dir ? dir : NT_LOCALEDIR);
	bind_textdomain_codeset(DOMAIN, "UTF-8");
	textdomain(DOMAIN);
	/* the pictures' text is UTF-8, whatever the language */
	if (strcmp(nl_langinfo(CODESET), "UTF-8"))
		nt_i18n_ascii();
}

void nt_i18n_ascii(void)
{
	setlocale(LC_MESSAGES, "C");
}
