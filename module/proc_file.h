/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * proc_file.h - what the files of /proc/net/nettrace share
 *
 * Ownership: an open file owns its struct nt_file and the reader in it.
 * Locking:   nt_file::lock serialises the users of one open file.
 */
#ifndef NETTRACE_PROC_FILE_H
#define NETTRACE_PROC_FILE_H

#include <linux/proc_fs.h>

#include "ns.h"

struct nt_file {
	struct mutex lock;	/* the reader's place, and all below */
	struct nt_net *nt;
	struct nt_trace *tr;	/* what it reads; NULL: not traced when opened */
	struct nt_reader *rd;	/* NULL as well then */
	bool told_info;
	bool told_filtered;		/* the last read() told of nothing else */
	bool polled;			/* the last poll() asked whether it can be read */
	struct nt_attached at;		/* events only */
	/* text only: the record at seq_file position pos, one per CPU ahead */
	loff_t pos;
	int cpu;		/* whose record is the current one; -1: the end */
	union nettrace_rec *ahead;
	bool *have;
};

struct nt_counters {
	u64 recorded;		/* since tracing began */
	u64 held;		/* of them, still in the rings */
	u64 noslots;		/* events on CPUs that have no ring */
	u64 filtered;		/* packets that the filter left out */
};

extern const struct proc_ops nt_events_ops;
extern const struct proc_ops nt_trace_ops;

int nt_may_open(const struct nt_net *nt);
int nt_copy_out(const struct nt_net *nt, void __user *to, const void *from,
		size_t n);
ssize_t nt_seq_read(struct file *file, char __user *buf, size_t count,
		    loff_t *ppos);
struct nt_file *nt_file_new(struct nt_net *nt);
void nt_file_free(struct nt_file *f);
void nt_counters_read(const struct nt_ring *ring, struct nt_counters *c);

#endif /* NETTRACE_PROC_FILE_H */
