// SPDX-License-Identifier: GPL-2.0-only
/*
 * proc.c - the folder /proc/net/nettrace, its stats, and /proc/nettrace
 *
 * Purpose, ownership: proc.h.  The other two files: proc_events.c,
 * proc_trace.c.
 * Context:   process.
 */
#include <linux/capability.h>
#include <linux/proc_fs.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "compat.h"
#include "control.h"
#include "filter.h"
#include "minisock.h"
#include "probes_call.h"
#include "probes_drop.h"
#include "proc.h"
#include "proc_file.h"

/* a namespace is shown to those who administer it, and to nobody else */
int nt_may_open(const struct nt_net *nt)
{
	return ns_capable(nt->net->user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

/**
 * nt_copy_out() - copy to who reads
 * @nt:		whose file is read
 * @to:		the reader's
 * @from:	@n bytes
 * @n:		any number
 *
 * While a file is in use neither the module nor the namespace can go; and where the
 * reader's memory is not there yet, a copy waits for who serves it, which may be a
 * program (FUSE, userfaultfd) that never does.  So then both are held: rmmod is told
 * that the module is in use, and the namespace lives on.
 *
 * Return: 0, -EFAULT, or -ESHUTDOWN: one of them is about to go.
 */
int nt_copy_out(const struct nt_net *nt, void __user *to, const void *from,
		size_t n)
{
	int ret = -ESHUTDOWN;
	size_t left;

	if (!access_ok(to, n))
		return -EFAULT;
	pagefault_disable();
	left = __copy_to_user_inatomic(to, from, n);
	pagefault_enable();
	if (!left)
		return 0;
	if (!try_module_get(THIS_MODULE))
		return ret;
	if (maybe_get_net(nt->net)) {
		ret = copy_to_user(to + (n - left), from + (n - left), left) ?
			      -EFAULT : 0;
		put_net(nt->net);
	}
	module_put(THIS_MODULE);
	return ret;
}

/* seq_read(), whose copy is nt_copy_out() */
ssize_t nt_seq_read(struct file *file, char __user *buf, size_t count,
		    loff_t *ppos)
{
	struct kvec vec = { .iov_len = min_t(size_t, count, PAGE_SIZE) };
	struct iov_iter iter;
	struct kiocb kiocb;
	ssize_t n;
	int ret;

	vec.iov_base = kmalloc(PAGE_SIZE, GFP_KERNEL);
	if (!vec.iov_base)
		return -ENOMEM;
	init_sync_kiocb(&kiocb, file);
	kiocb.ki_pos = *ppos;
	iov_iter_kvec(&iter, READ, &vec, 1, vec.iov_len);
	n = seq_read_iter(&kiocb, &iter);
	if (n > 0) {
		ret = nt_copy_out(pde_data(file_inode(file)), buf, vec.iov_base, n);
		if (ret)
			n = ret == -ESHUTDOWN ? 0 : ret;
	}
	if (n > 0)
		*ppos = kiocb.ki_pos;
	kfree(vec.iov_base);
	return n;
}

void nt_file_free(struct nt_file *f)
{
	if (f->rd)
		nt_reader_free(f->rd);
	if (f->tr)
		nt_trace_put(f->tr);
	kvfree(f->ahead);
	kvfree(f->have);
	kfree(f);
}

struct nt_file *nt_file_new(struct nt_net *nt)
{
	struct nt_file *f = kzalloc(sizeof(*f), GFP_KERNEL_ACCOUNT);

	if (!f)
		return NULL;
	mutex_init(&f->lock);
	f->nt = nt;
	f->tr = nt_trace_get(nt);
	if (!f->tr)
		return f;
	f->rd = nt_reader_new(&f->tr->ring);
	if (f->rd)
		return f;
	nt_file_free(f);
	return NULL;
}

void nt_counters_read(const struct nt_ring *ring, struct nt_counters *c)
{
	unsigned int cpu;

	memset(c, 0, sizeof(*c));
	for_each_possible_cpu(cpu) {
		const struct nt_cpu_ring *r = nt_ring_of(ring, cpu);
		unsigned long head = READ_ONCE(r->head);

		c->recorded += head;
		c->held += min_t(unsigned long, head, ring->slots - 1);
		c->noslots += READ_ONCE(r->noslots);
		c->filtered += READ_ONCE(r->filtered);
	}
}

/* under nt_net::lock: the trace does not stop meanwhile */
static void nt_stats_rings(struct seq_file *m, struct nt_trace *tr)
{
	struct nt_minis_stats minis;
	struct nt_counters c;
	unsigned int cpu;

	nt_counters_read(&tr->ring, &c);
	nt_minis_stats(tr, &minis);
	seq_printf(m, "ring %u\nstride %u\n", tr->ring.slots, tr->ring.stride);
	seq_printf(m, "seen %llu\nrecorded %llu\nfiltered %llu\nunrecorded %llu\noverwritten %llu\n",
		   c.recorded + c.filtered + c.noslots, c.recorded, c.filtered,
		   c.noslots, c.recorded - c.held);
	seq_printf(m, "mini_followed %llu\nmini_unfollowed %llu\nmini_now %u\nmini_max %u\n",
		   minis.followed, minis.unfollowed, minis.now, minis.max);
	for_each_possible_cpu(cpu) {
		const struct nt_cpu_ring *r = nt_ring_of(&tr->ring, cpu);

		unsigned long head = READ_ONCE(r->head);
		unsigned long filtered = READ_ONCE(r->filtered);

		if (r->slots || READ_ONCE(r->noslots))
			seq_printf(m, "cpu%u seen=%lu recorded=%lu filtered=%lu\n",
				   cpu, head + filtered + READ_ONCE(r->noslots),
				   head, filtered);
	}
}

static int nt_stats_show(struct seq_file *m, void *v)
{
	struct nt_net *nt = m->private;
	struct nt_trace *tr;

	mutex_lock(&nt->lock);
	tr = rcu_dereference_protected(nt->trace, lockdep_is_held(&nt->lock));
	seq_printf(m, "version %s\nabi %d\nnetns %u\n", NT_VERSION, NETTRACE_ABI,
		   nt->net->ns.inum);
	seq_printf(m, "tracing %d\nrefused %d\nmemory %lu\n", !!tr,
		   -nt->refused, nt_ring_memory());
	seq_printf(m, "readers %u\nfilter_len %u\n", nt->nreaders,
		   nt->filter ? nt->filter->len : 0);
	seq_printf(m, "timers %d\ncalls %d\ncalls_unpaired %llu\n",
		   !!(nt->extra & NT_TIMERS), !!(nt->extra & NT_CALLS),
		   nt_calls_unpaired());
	seq_printf(m, "routes %d\n", !!(nt->extra & NT_ROUTES));
	seq_printf(m, "drops_unplaced %llu\n", nt_drops_unplaced());
	if (tr)
		nt_stats_rings(m, tr);
	mutex_unlock(&nt->lock);
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
	.proc_read = nt_seq_read,
	.proc_lseek = seq_lseek,
	.proc_release = single_release,
};

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
