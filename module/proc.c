// SPDX-License-Identifier: GPL-2.0-only
/*
 * proc.c - the files of /proc/net/nettrace
 *
 * Purpose, ownership: proc.h.
 * Context:   process.  A blocked reader is woken by nt_ring_end() before the
 *            file is removed, and gets the end of file.
 * Locking:   struct nt_file::lock serialises the users of one open file.
 */
#include <linux/capability.h>
#include <linux/poll.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#include "compat.h"
#include "control.h"
#include "minisock.h"
#include "proc.h"
#include "text.h"

struct nt_file {
	struct mutex lock;	/* the reader's place, and all below */
	struct nt_net *nt;
	struct nt_reader *rd;
	bool told_info;
	/* text only: the record at seq_file position pos, one per CPU ahead */
	loff_t pos;
	int cpu;		/* whose record is the current one; -1: the end */
	u64 lost_told;
	union nettrace_rec *ahead;
	bool *have;
};

/* DESIGN: opening needs CAP_NET_ADMIN in the namespace's user namespace */
static int nt_may_open(const struct nt_net *nt)
{
	return ns_capable(nt->net->user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

static void nt_file_free(struct nt_file *f)
{
	if (f->rd)
		nt_reader_free(f->rd);
	kvfree(f->ahead);
	kvfree(f->have);
	kfree(f);
}

static struct nt_file *nt_file_new(struct nt_net *nt)
{
	struct nt_file *f = kzalloc(sizeof(*f), GFP_KERNEL);

	if (!f)
		return NULL;
	mutex_init(&f->lock);
	f->nt = nt;
	if (!nt->ring.cpu)
		return f;
	f->rd = nt_reader_new(&nt->ring);
	if (f->rd)
		return f;
	nt_file_free(f);
	return NULL;
}

/* --- events: records for programs ----------------------------------------- */

static int nt_events_open(struct inode *inode, struct file *file)
{
	struct nt_net *nt = pde_data(inode);
	int ret = nt_may_open(nt);

	if (ret)
		return ret;
	if (!nt->ring.cpu)
		return -ENODATA;
	file->private_data = nt_file_new(nt);
	return file->private_data ? 0 : -ENOMEM;
}

static int nt_events_release(struct inode *inode, struct file *file)
{
	nt_file_free(file->private_data);
	return 0;
}

/* one slot that is not in the ring: the record, then zeroes up to the stride */
static int nt_put_slot(char __user *buf, const union nettrace_rec *rec,
		       unsigned int stride)
{
	if (copy_to_user(buf, rec, sizeof(*rec)) ||
	    clear_user(buf + sizeof(*rec), stride - sizeof(*rec)))
		return -EFAULT;
	return 0;
}

static int nt_put_info(struct nt_file *f, char __user *buf)
{
	const struct nt_ring *ring = &f->nt->ring;
	union nettrace_rec rec = {
		.info = {
			.hdr = { .time = ktime_get_ns(), .type = NETTRACE_INFO },
			.magic = NETTRACE_MAGIC,
			.abi = NETTRACE_ABI,
			.rec_size = NETTRACE_REC_SIZE,
			.stride = ring->stride,
			.ring = ring->slots,
			.netns = f->nt->net->ns.inum,
			.hz = HZ,
			.version = NT_VERSION,
		},
	};
	unsigned int cpu;

	rec.info.real_offset = ktime_to_ns(ktime_mono_to_real(0));
	for_each_possible_cpu(cpu)
		rec.info.cpus += !!nt_ring_of(ring, cpu)->slots;
	strscpy(rec.info.release, utsname()->release, sizeof(rec.info.release));
	return nt_put_slot(buf, &rec, ring->stride);
}

/* what this reader lost stands where it was lost: before the CPU's next record */
static int nt_put_gap(struct nt_file *f, unsigned int cpu,
		      const struct nettrace_hdr *next, char __user *buf)
{
	struct nt_cursor *c = &f->rd->cur[cpu];
	union nettrace_rec rec = {
		.gap = {
			.hdr = {
				.time = next->time,
				.seq = next->seq,
				.cpu = cpu,
				.type = NETTRACE_GAP,
			},
			.lost = c->lost,
		},
	};
	int ret = nt_put_slot(buf, &rec, f->nt->ring.stride);

	if (!ret)
		c->lost = 0;
	return ret;
}

/*
 * Slots of one CPU, up to @room of them.  The slots are copied first and asked
 * after; what a writer overtook meanwhile is copied over.
 *
 * Return: slots put, or -EFAULT.
 */
static long nt_put_cpu(struct nt_file *f, unsigned int cpu, char __user *buf,
		       unsigned long room)
{
	const unsigned int stride = f->nt->ring.stride;
	struct nt_cursor *c = &f->rd->cur[cpu];
	unsigned long n, put = 0;
	const void *slots;

	while (put < room) {
		n = nt_reader_run(f->rd, cpu, room - put, &slots);
		if (!n)
			break;
		if (c->lost) {
			struct nettrace_hdr next = *(const struct nettrace_hdr *)slots;

			if (!nt_reader_taken(f->rd, cpu, 0))
				continue;
			if (nt_put_gap(f, cpu, &next, buf + put * stride))
				return -EFAULT;
			put++;
			continue;
		}
		if (copy_to_user(buf + put * stride, slots, n * stride))
			return -EFAULT;
		if (nt_reader_taken(f->rd, cpu, n))
			put += n;
		cond_resched();
	}
	return put;
}

static long nt_put_all(struct nt_file *f, char __user *buf, unsigned long room)
{
	const unsigned int stride = f->nt->ring.stride;
	unsigned long put = 0;
	unsigned int cpu;
	long n;

	if (!f->told_info) {
		if (nt_put_info(f, buf))
			return -EFAULT;
		f->told_info = true;
		put++;
	}
	for_each_possible_cpu(cpu) {
		n = nt_put_cpu(f, cpu, buf + put * stride, room - put);
		if (n < 0)
			return put ? put : n;
		put += n;
	}
	return put;
}

/* true: there is something, or there never will be */
static bool nt_readable(struct nt_file *f)
{
	struct nt_ring *ring = &f->nt->ring;

	if (READ_ONCE(ring->ended) || !f->told_info || nt_reader_has_data(f->rd))
		return true;
	WRITE_ONCE(ring->want_wake, 1);
	smp_mb(); /* a writer sees the wish, or we see its record */
	return nt_reader_has_data(f->rd) || READ_ONCE(ring->ended);
}

static ssize_t nt_events_read(struct file *file, char __user *buf, size_t count,
			      loff_t *ppos)
{
	struct nt_file *f = file->private_data;
	struct nt_ring *ring = &f->nt->ring;
	unsigned long room = count / ring->stride;
	bool ended;
	long put;
	int ret;

	if (!room)
		return -EINVAL;
	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	for (;;) {
		ended = READ_ONCE(ring->ended);
		put = nt_put_all(f, buf, room);
		if (put || ended)
			break;
		put = -EAGAIN;
		if (file->f_flags & O_NONBLOCK)
			break;
		ret = wait_event_interruptible(ring->wait, nt_readable(f));
		put = ret;
		if (ret)
			break;
	}
	mutex_unlock(&f->lock);
	return put < 0 ? put : put * ring->stride;
}

static __poll_t nt_events_poll(struct file *file, poll_table *wait)
{
	struct nt_file *f = file->private_data;

	poll_wait(file, &f->nt->ring.wait, wait);
	if (!nt_readable(f))
		return 0;
	return EPOLLIN | EPOLLRDNORM |
	       (READ_ONCE(f->nt->ring.ended) ? EPOLLHUP : 0);
}

/* the beginning: what the rings hold; the end: now.  There is no other place. */
static loff_t nt_events_lseek(struct file *file, loff_t off, int whence)
{
	struct nt_file *f = file->private_data;

	if (off || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	mutex_lock(&f->lock);
	if (whence == SEEK_END)
		nt_reader_from_now(f->rd);
	else
		nt_reader_from_oldest(f->rd);
	mutex_unlock(&f->lock);
	return 0;
}

static const struct proc_ops nt_events_ops = {
	.proc_open = nt_events_open,
	.proc_read = nt_events_read,
	.proc_poll = nt_events_poll,
	.proc_lseek = nt_events_lseek,
	.proc_release = nt_events_release,
};

/* --- trace: text for people ----------------------------------------------- */

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

static void nt_counters(const struct nt_ring *ring, u64 *recorded, u64 *held,
			u64 *noslots)
{
	unsigned int cpu;

	*recorded = 0;
	*held = 0;
	*noslots = 0;
	for_each_possible_cpu(cpu) {
		const struct nt_cpu_ring *r = nt_ring_of(ring, cpu);
		unsigned long head = READ_ONCE(r->head);

		*recorded += head;
		*held += min_t(unsigned long, head, ring->slots - 1);
		*noslots += READ_ONCE(r->noslots);
	}
}

static void nt_not_traced(struct seq_file *m, const struct nt_net *nt)
{
	if (nt->refused == -ENOSPC)
		seq_puts(m, "not traced: it would pass the memory cap; load the module with memory=MiB or a smaller ring=\n");
	else if (nt->refused)
		seq_printf(m, "not traced: error %d\n", nt->refused);
	else
		seq_puts(m, "not traced: the module was loaded with a trace= that leaves this namespace out\n");
}

static void nt_trace_header(struct seq_file *m, struct nt_file *f)
{
	struct nt_net *nt = f->nt;
	u64 recorded, held, noslots;

	seq_printf(m, "# nettrace %s  namespace %u  ", NT_VERSION,
		   nt->net->ns.inum);
	if (!f->rd) {
		nt_not_traced(m, nt);
		return;
	}
	nt_counters(&nt->ring, &recorded, &held, &noslots);
	seq_printf(m, "%llu events seen, the last %llu are here, %llu overwritten, %llu not recorded\n",
		   recorded + noslots, held, recorded - held, noslots);
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
	f->ahead = kvcalloc(nr_cpu_ids, sizeof(*f->ahead), GFP_KERNEL);
	f->have = kvcalloc(nr_cpu_ids, sizeof(*f->have), GFP_KERNEL);
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

static const struct proc_ops nt_trace_ops = {
	.proc_open = nt_trace_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = nt_trace_release,
};

/* --- stats: counters ------------------------------------------------------- */

static void nt_stats_rings(struct seq_file *m, struct nt_net *nt)
{
	struct nt_minis_stats minis;
	u64 recorded, held, noslots;
	unsigned int cpu;

	nt_counters(&nt->ring, &recorded, &held, &noslots);
	nt_minis_stats(nt, &minis);
	seq_printf(m, "ring %u\nstride %u\n", nt->ring.slots, nt->ring.stride);
	seq_printf(m, "seen %llu\nrecorded %llu\nunrecorded %llu\noverwritten %llu\n",
		   recorded + noslots, recorded, noslots, recorded - held);
	seq_printf(m, "mini_followed %llu\nmini_unfollowed %llu\nmini_now %u\nmini_max %u\n",
		   minis.followed, minis.unfollowed, minis.now, minis.max);
	for_each_possible_cpu(cpu) {
		const struct nt_cpu_ring *r = nt_ring_of(&nt->ring, cpu);

		if (r->slots)
			seq_printf(m, "cpu%u seen=%lu recorded=%lu\n", cpu,
				   READ_ONCE(r->head) + READ_ONCE(r->noslots),
				   READ_ONCE(r->head));
	}
}

static int nt_stats_show(struct seq_file *m, void *v)
{
	struct nt_net *nt = m->private;

	seq_printf(m, "version %s\nabi %d\nnetns %u\n", NT_VERSION, NETTRACE_ABI,
		   nt->net->ns.inum);
	seq_printf(m, "tracing %d\nrefused %d\nmemory %lu\n", nt->tracing,
		   -nt->refused, nt_ring_memory());
	if (nt->ring.cpu)
		nt_stats_rings(m, nt);
	return 0;
}

static int nt_stats_open(struct inode *inode, struct file *file)
{
	struct nt_net *nt = pde_data(inode);
	int ret = nt_may_open(nt);

	return ret ? ret : single_open(file, nt_stats_show, nt);
}

static const struct proc_ops nt_stats_ops = {
	.proc_open = nt_stats_open,
	.proc_read = seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

/* --- the folder ------------------------------------------------------------- */

/**
 * nt_proc_add() - /proc/net/nettrace of a namespace
 * @nt:	traced or not: its stats file tells which
 *
 * Return: 0 or -ENOMEM; then nothing is left behind.
 */
int nt_proc_add(struct nt_net *nt)
{
	nt->proc = proc_mkdir("nettrace", nt->net->proc_net);
	if (!nt->proc)
		return -ENOMEM;
	if (proc_create_data("trace", 0400, nt->proc, &nt_trace_ops, nt) &&
	    proc_create_data("events", 0400, nt->proc, &nt_events_ops, nt) &&
	    proc_create_data("stats", 0400, nt->proc, &nt_stats_ops, nt))
		return 0;
	nt_proc_remove(nt);
	return -ENOMEM;
}

/* waits for calls inside and releases what is open */
void nt_proc_remove(struct nt_net *nt)
{
	proc_remove(nt->proc);
	nt->proc = NULL;
}

static struct proc_dir_entry *nt_link;

/* /proc/nettrace: every namespace finds its own behind it */
int nt_proc_init(void)
{
	nt_link = proc_symlink("nettrace", NULL, "self/net/nettrace/trace");
	return nt_link ? 0 : -ENOMEM;
}

void nt_proc_exit(void)
{
	proc_remove(nt_link);
}
