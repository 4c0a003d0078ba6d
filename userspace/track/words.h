/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * words.h - words of the tracker that a reader sees
 *
 * Purpose:   the tracker speaks no language: it marks its words with N_(), and who
 *            prints them looks them up (i18n.h has the same macro).
 */
#ifndef NETTRACE_TRACK_WORDS_H
#define NETTRACE_TRACK_WORDS_H

#define N_(text) (text)

#endif /* NETTRACE_TRACK_WORDS_H */
