/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * language.h - the tools' sentences in the language that a test wants
 *
 * The catalogues are those that were built, whatever this machine has installed; of
 * its locales only C.UTF-8 is needed.
 */
#ifndef NETTRACE_UNIT_LANGUAGE_H
#define NETTRACE_UNIT_LANGUAGE_H

#include <locale.h>
#include <stdlib.h>

#include "i18n.h"

#define LANGUAGE_DIR "../../build/share/locale"

static inline void language_start(void)
{
	setenv("NETTRACE_LOCALEDIR", LANGUAGE_DIR, 1);
	setenv("LC_ALL", "C.UTF-8", 1);
	setenv("LANGUAGE", "zh_CN", 1);
	nt_i18n_start();
	setlocale(LC_MESSAGES, "C");
}

static inline void language_set(bool chinese)
{
	assert_non_null(setlocale(LC_MESSAGES, chinese ? "C.UTF-8" : "C"));
}

#endif /* NETTRACE_UNIT_LANGUAGE_H */
