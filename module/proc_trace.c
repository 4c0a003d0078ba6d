// SPDX-License-Identifier: GPL-2.0-only
/*
 * proc_trace.c - /proc/net/nettrace/trace: text for people
 *
 * Purpose:   a header with totals, then what the rings hold when the header is
 *            read, oldest first, the CPUs merged by time.
 * Context:   process; formatted in the reader's time.
 * Locking:   proc_file.h.
 */
#include <linux/seq_file.h>
#include <linux/slab.h>

#include "compat.h"
#include "control.h"
#include "filter.h"
#include "proc_file.h"
#include "text.h"

/* make f->cpu the CPU with the oldest record ahead, -1 if there is none */
static void nt_trace_choose(struct nt_file *f)
{
	unsigned int cpu;

	f->cpu = -1;
	for_each_possible_cpu(cpu) {
		if (!f->have[cpu])
			f->have[cpu] = nt_reader_peek(f->rd, cpu, &f->ahead[cpu]);
		if (f->have[cpu] &&
		    (f->cpu < 0 ||
		     f->ahead[cpu].hdr.time < f->ahead[f->cpu].hdr.time))
			f->cpu = cpu;
	}
}

static void nt_trace_next_record(struct nt_file *f)
{
	nt_reader_skip(f->rd, f->cpu);
	f->have[f->cpu] = false;
	nt_trace_choose(f);
}

/*
 * Position 0 is the header, position n the n-th record since the header was
 * last asked for.  Only forward, as cat and grep read.
 */
static void *nt_trace_start(struct seq_file *m, loff_t *pos)
{
	struct nt_file *f = m->private;

	mutex_lock(&f->lock);
	if (*pos == 0) {
		f->pos = 0;
		if (f->rd) {
			nt_reader_from_oldest(f->rd);
			memset(f->have, 0, nr_cpu_ids * sizeof(*f->have));
			nt_trace_choose(f);
		}
		return SEQ_START_TOKEN;
	}
	if (!f->rd || f->cpu < 0 || *pos != f->pos)
		return NULL;
	return &f->ahead[f->cpu];
}

static void *nt_trace_next(struct seq_file *m, void *v, loff_t *pos)
{
	struct nt_file *f = m->private;

	if (v != SEQ_START_TOKEN)
		nt_trace_next_record(f);
	f->pos = ++*pos;
	if (!f->rd || f->cpu < 0)
		return NULL;
	return &f->ahead[f->cpu];
}

static void nt_trace_stop(struct seq_file *m, void *v)
{
	struct nt_file *f = m->private;

	mutex_unlock(&f->lock);
}

static void nt_not_traced(struct seq_file *m, const struct nt_net *nt)
{
	if (nt->refused == -ENOSPC)
		seq_puts(m, "not traced: it would pass the memory cap; load the module with memory=MiB or a smaller ring=\n");
	else if (nt->refused)
		seq_printf(m, "not traced: error %d\n", nt->refused);
	else
		seq_puts(m, "not traced: it was stopped, or the module was loaded with a trace= that leaves this namespace out\n");
}

static bool nt_filtering(const struct nt_trace *tr)
{
	return rcu_access_pointer(tr->filter);
}

static void nt_trace_header(struct seq_file *m, struct nt_file *f)
{
	struct nt_net *nt = f->nt;
	struct nt_counters c;

	seq_printf(m, "# nettrace %s  namespace %u  ", NT_VERSION,
		   nt->net->ns.inum);
	if (!f->rd) {
		nt_not_traced(m, nt);
		return;
	}
	nt_counters_read(&f->tr->ring, &c);
	seq_printf(m, "%llu events seen, the last %llu are here, %llu overwritten, %llu not recorded\n",
		   c.recorded + c.filtered + c.noslots, c.held,
		   c.recorded - c.held, c.noslots);
	if (nt_filtering(f->tr) || c.filtered)
		seq_printf(m, "# a filter %s: %llu packets were left out\n",
			   nt_filtering(f->tr) ? "is in force" : "was in force",
			   c.filtered);
	nt_text_columns(m);
}

static int nt_trace_show(struct seq_file *m, void *v)
{
	struct nt_file *f = m->private;
	struct nt_cursor *c;

	if (v == SEQ_START_TOKEN) {
		nt_trace_header(m, f);
		return 0;
	}
	c = &f->rd->cur[f->cpu];
	if (c->lost)
		seq_printf(m, "~~~ %lu events of CPU %d were overwritten while this was read ~~~\n",
			   c->lost, f->cpu);
	nt_text_record(m, v);
	/* seq_file shows the record again when its buffer was too small */
	if (!seq_has_overflowed(m))
		c->lost = 0;
	return 0;
}

static const struct seq_operations nt_trace_seq = {
	.start = nt_trace_start,
	.next = nt_trace_next,
	.stop = nt_trace_stop,
	.show = nt_trace_show,
};

static int nt_trace_open(struct inode *inode, struct file *file)
{
	struct nt_net *nt = pde_data(inode);
	struct nt_file *f;
	int ret = nt_may_open(nt);

	if (ret)
		return ret;
	f = nt_file_new(nt);
	if (!f)
		return -ENOMEM;
	f->ahead = kvcalloc(nr_cpu_ids, sizeof(*f->ahead), GFP_KERNEL_ACCOUNT);
	f->have = kvcalloc(nr_cpu_ids, sizeof(*f->have), GFP_KERNEL_ACCOUNT);
	ret = f->ahead && f->have ? seq_open(file, &nt_trace_seq) : -ENOMEM;
	if (ret) {
		nt_file_free(f);
		return ret;
	}
	((struct seq_file *)file->private_data)->private = f;
	return 0;
}

static int nt_trace_release(struct inode *inode, struct file *file)
{
	struct seq_file *m = file->private_data;

	nt_file_free(m->private);
	return seq_release(inode, file);
}

const struct proc_ops nt_trace_ops = {
	.proc_open = nt_trace_open,
	.proc_read = nt_seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = nt_trace_release,
};
