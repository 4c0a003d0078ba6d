// SPDX-License-Identifier: GPL-2.0-only
/*
 * proc_events.c - /proc/net/nettrace/events: records for programs
 *
 * Purpose:   slots in bulk, straight from the rings; uapi/nettrace.h tells
 *            what a reader gets.
 * Context:   process.  A blocked reader is woken by nt_ring_end() before the
 *            file is removed, and gets the end of file.
 * Locking:   proc_file.h.
 */
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <linux/utsname.h>

#include "compat.h"
#include "control.h"
#include "proc_file.h"

static int nt_events_open(struct inode *inode, struct file *file)
{
	struct nt_net *nt = pde_data(inode);
	int ret = nt_may_open(nt);
	struct nt_file *f;

	if (ret)
		return ret;
	f = nt_file_new(nt);
	if (!f)
		return -ENOMEM;
	if (!f->rd) {
		nt_file_free(f);
		return -ENODATA;
	}
	nt_attach(nt, f->tr, &f->at);
	file->private_data = f;
	return 0;
}

static int nt_events_release(struct inode *inode, struct file *file)
{
	struct nt_file *f = file->private_data;

	nt_detach(f->nt, &f->at);
	nt_file_free(f);
	return 0;
}

static const u8 nt_zeroes[64];

/* one slot that is not in the ring: the record, then zeroes up to the stride */
static int nt_put_slot(struct nt_file *f, char __user *buf,
		       const union nettrace_rec *rec)
{
	const unsigned int stride = f->tr->ring.stride;
	unsigned int at = sizeof(*rec), n;
	int ret = nt_copy_out(f->nt, buf, rec, at);

	for (; !ret && at < stride; at += n) {
		n = min_t(unsigned int, stride - at, sizeof(nt_zeroes));
		ret = nt_copy_out(f->nt, buf + at, nt_zeroes, n);
	}
	return ret;
}

static int nt_put_info(struct nt_file *f, char __user *buf)
{
	const struct nt_ring *ring = &f->tr->ring;
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
	return nt_put_slot(f, buf, &rec);
}

/*
 * What this reader lost stands where it was lost, before the CPU's next record;
 * with it, what the filter left out until now.
 */
static int nt_put_gap(struct nt_file *f, unsigned int cpu,
		      const struct nettrace_hdr *next, char __user *buf)
{
	unsigned long filtered = nt_reader_filtered(f->rd, cpu);
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
			.filtered = filtered,
		},
	};
	int ret = nt_put_slot(f, buf, &rec);

	if (ret)
		return ret;
	c->lost = 0;
	c->filtered += filtered;
	return 0;
}

/*
 * There is no record to stand before: only what the filter left out, or found no
 * ring.  Told at the end, and to those who do not wait; nobody is woken for it.
 */
static long nt_put_filtered(struct nt_file *f, char __user *buf,
			    unsigned long room)
{
	struct nettrace_hdr next = { .time = ktime_get_ns() };
	unsigned long put = 0;
	unsigned int cpu;
	int ret;

	for_each_possible_cpu(cpu) {
		if (put == room)
			break;
		if (!nt_reader_filtered(f->rd, cpu) && !f->rd->cur[cpu].lost)
			continue;
		next.seq = f->rd->cur[cpu].pos;
		ret = nt_put_gap(f, cpu, &next, buf + put * f->tr->ring.stride);
		if (ret)
			return put ? put : ret;
		put++;
	}
	return put;
}

/*
 * Slots of one CPU, up to @room of them.  The slots are copied first and asked
 * after; what a writer overtook meanwhile is copied over.
 *
 * Return: slots put, or what nt_copy_out() said.
 */
static long nt_put_cpu(struct nt_file *f, unsigned int cpu, char __user *buf,
		       unsigned long room)
{
	const unsigned int stride = f->tr->ring.stride;
	struct nt_cursor *c = &f->rd->cur[cpu];
	unsigned long n, put = 0;
	const void *slots;
	bool tell;
	int ret;

	while (put < room) {
		n = nt_reader_run(f->rd, cpu, room - put, &slots);
		if (!n)
			break;
		/* of the filter's, one word a read() is enough */
		tell = c->lost || (!put && nt_reader_filtered(f->rd, cpu));
		if (tell) {
			struct nettrace_hdr next = *(const struct nettrace_hdr *)slots;

			if (!nt_reader_taken(f->rd, cpu, 0))
				continue;
			ret = nt_put_gap(f, cpu, &next, buf + put * stride);
			if (ret)
				return put ? put : ret;
			put++;
			continue;
		}
		ret = nt_copy_out(f->nt, buf + put * stride, slots, n * stride);
		if (ret)
			return put ? put : ret;
		if (nt_reader_taken(f->rd, cpu, n))
			put += n;
		cond_resched();
	}
	return put;
}

static long nt_put_all(struct nt_file *f, char __user *buf, unsigned long room)
{
	const unsigned int stride = f->tr->ring.stride;
	unsigned long put = 0;
	unsigned int cpu;
	long n;

	if (!f->told_info) {
		n = nt_put_info(f, buf);
		if (n)
			return n;
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
	struct nt_ring *ring = &f->tr->ring;

	return READ_ONCE(ring->ended) || !f->told_info ||
	       nt_reader_sleep(f->rd, 1) || READ_ONCE(ring->ended);
}

/*
 * What one read() gets.  @lone: also what the filter left out, if there is
 * nothing else; but not twice in a row, so that who reads until there is nothing
 * comes to an end, however fast packets are left out.
 */
static long nt_put(struct nt_file *f, char __user *buf, unsigned long room,
		   bool lone)
{
	long put = nt_put_all(f, buf, room);

	if (put || !lone ||
	    (f->told_filtered && !READ_ONCE(f->tr->ring.ended))) {
		f->told_filtered = false;
		return put;
	}
	put = nt_put_filtered(f, buf, room);
	f->told_filtered = put > 0;
	return put;
}

static ssize_t nt_events_read(struct file *file, char __user *buf, size_t count,
			      loff_t *ppos)
{
	struct nt_file *f = file->private_data;
	struct nt_ring *ring = &f->tr->ring;
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
		put = nt_put(f, buf, room,
			     ended || file->f_flags & O_NONBLOCK);
		if (put || ended)
			break;
		put = -EAGAIN;
		if (file->f_flags & O_NONBLOCK) {
			/* epoll may wait for an edge now: there has to be one */
			if (READ_ONCE(f->polled) && nt_readable(f))
				continue;
			break;
		}
		ret = wait_event_interruptible(ring->wait, nt_readable(f));
		put = ret;
		if (ret)
			break;
	}
	mutex_unlock(&f->lock);
	/* no copy any more: for whoever has it open it ends here */
	if (put == -ESHUTDOWN)
		return 0;
	return put < 0 ? put : put * ring->stride;
}

/* who asks for EPOLLPRI alone is not woken before a quarter of a ring is unread */
static __poll_t nt_events_poll(struct file *file, poll_table *wait)
{
	const __poll_t want = poll_requested_events(wait);
	struct nt_file *f = file->private_data;
	struct nt_ring *ring = &f->tr->ring;
	__poll_t mask = 0;

	WRITE_ONCE(f->polled, !!(want & (EPOLLIN | EPOLLRDNORM)));
	poll_wait(file, &ring->wait, wait);
	if (want & EPOLLPRI && nt_reader_sleep(f->rd, ring->slots / 4))
		mask |= EPOLLPRI;
	if (want & (EPOLLIN | EPOLLRDNORM) && nt_readable(f))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (READ_ONCE(ring->ended))
		mask |= EPOLLIN | EPOLLRDNORM | EPOLLHUP;
	return mask;
}

/* the beginning: what the rings hold; the end: now.  There is no other place. */
static loff_t nt_events_lseek(struct file *file, loff_t off, int whence)
{
	struct nt_file *f = file->private_data;

	if (off || (whence != SEEK_SET && whence != SEEK_END))
		return -EINVAL;
	if (mutex_lock_interruptible(&f->lock))
		return -ERESTARTSYS;
	if (whence == SEEK_END)
		nt_reader_from_now(f->rd);
	else
		nt_reader_from_oldest(f->rd);
	mutex_unlock(&f->lock);
	return 0;
}

const struct proc_ops nt_events_ops = {
	.proc_open = nt_events_open,
	.proc_read = nt_events_read,
	.proc_poll = nt_events_poll,
	.proc_lseek = nt_events_lseek,
	.proc_release = nt_events_release,
};
