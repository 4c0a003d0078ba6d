/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * text.h - a record as a line of text
 *
 * Context: process, a reader's time; never the packet's.
 */
#ifndef NETTRACE_TEXT_H
#define NETTRACE_TEXT_H

#include <linux/seq_file.h>

#include "uapi/nettrace.h"

void nt_text_record(struct seq_file *m, const union nettrace_rec *rec);
void nt_text_columns(struct seq_file *m);

#endif /* NETTRACE_TEXT_H */
