/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * i18n.h - sentences in the user's language, by gettext
 *
 * Purpose:   _("…") is the sentence as the catalogue of text domain "nettrace" has
 *            it, or as it stands here.  Sentences are whole: a translation may put
 *            their arguments in another order (%2$s), never in another sentence.
 *            Texts of lab files have a domain of their own (nt_lab_text()).
 * Context:   nt_i18n_start() once, before the first thread; the rest is pure.
 */
#ifndef NETTRACE_I18N_H
#define NETTRACE_I18N_H

#include <libintl.h>

#define _(text)	 gettext(text)
#define N_(text) (text)

#define NT_I18N_LABS "nettrace-labs"

/**
 * nt_i18n_start() - set the locale, find the catalogue
 *
 * It is looked for in the environment's NETTRACE_LOCALEDIR, else in ../share/locale as
 * seen from the program's own folder, wherever that was installed.  Where the
 * locale is not installed, its language is used all the same, in UTF-8.  Numbers and
 * times stay as they are: other programs read them.
 */
void nt_i18n_start(void);

/**
 * nt_i18n_end() - from now on everything is said as it stands in the sources
 *
 * No file is looked for any more, nor the current folder: the sandbox of a daemon's
 * worker has neither.
 */
void nt_i18n_end(void);

/** nt_i18n_ascii() - what is printed has to be ASCII: no translation */
void nt_i18n_ascii(void);

#endif /* NETTRACE_I18N_H */
