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

/* parts of a line: a name of others, escaped; an address, perhaps with its port */
void nt_text_name(struct seq_file *m, const char *name);
void nt_text_end(struct seq_file *m, u8 family, const u8 *addr, u16 port,
		 bool has_port);

/* text_below.c */
void nt_text_neigh(struct seq_file *m, const struct nettrace_neigh *n);
void nt_text_route(struct seq_file *m, const struct nettrace_route *r);
void nt_text_drop(struct seq_file *m, const struct nettrace_drop *d);
void nt_text_columns(struct seq_file *m);

#endif /* NETTRACE_TEXT_H */
