/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ring.h - per-namespace, per-CPU rings of records, and their readers
 *
 * Purpose:   keep the last events of a namespace.  A ring overwrites its
 *            oldest record; nobody waits for a reader.
 * Ownership: struct nt_ring lives in its namespace (ns.h).  A writer owns its
 *            CPU's slots between nt_ring_begin() and nt_ring_commit(), with
 *            interrupts off, so there is one writer per ring at any time.
 * Context:   writers: any but NMI.  Readers: process context.
 * Locking:   none between the two.  The writer publishes a record by storing
 *            @head (release).  Slot p is whole as long as head - p < slots:
 *            index p + slots, which shares its slot, is begun when
 *            head == p + slots.  A reader copies first and asks then.
 *            A reader that is about to sleep leaves in each CPU's @wake_at
 *            the head at which it wants to run again, and looks once more.
 */
#ifndef NETTRACE_RING_H
#define NETTRACE_RING_H

#include <linux/irq_work.h>
#include <linux/irqflags.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/smp.h>
#include <linux/timekeeping.h>
#include <linux/timer.h>
#include <linux/wait.h>

#include "uapi/nettrace.h"

struct nt_cpu_ring {
	unsigned long head;	/* index of the next record */
	unsigned long mask;	/* slots - 1 */
	void *slots;		/* NULL: this CPU has none */
	unsigned long wake_at;	/* the head at which a reader wants to be woken */
	unsigned long noslots;	/* events that found none */
	unsigned long filtered;	/* packets that the filter left out */
};

struct nt_ring {
	struct nt_cpu_ring __percpu *cpu;
	unsigned int stride;	/* bytes from slot to slot */
	unsigned int slots;	/* per CPU, a power of two */
	bool hurry;		/* who is to be woken cannot wait for a tick */
	bool ended;		/* no record will follow */
	wait_queue_head_t wait;
	struct timer_list wake;
	struct irq_work wake_now;
	struct list_head list;	/* all rings, for CPUs that come later */
	/* of @wait's lock, where somebody polls longer than the module is there */
	struct lock_class_key left_key;
	char left_name[16];
};

/**
 * struct nt_reader - one reader's place in the rings of a namespace
 * @pos:	per CPU, the index it reads next
 * @lost:	per CPU, events overwritten before it read them, not yet told
 * @filtered:	per CPU, packets left out of which it has been told, or which
 *		were left out before it attached
 * @noslots:	the same of events that found no ring; they count as lost
 */
struct nt_reader {
	struct nt_ring *ring;
	u64 delivered;
	u64 lost;
	struct nt_cursor {
		unsigned long pos;
		unsigned long limit;	/* where a bounded reader stops */
		unsigned long lost;
		unsigned long filtered;
		unsigned long noslots;
	} cur[];
};

int nt_ring_global_init(unsigned long cap_bytes);
void nt_ring_global_exit(void);
unsigned long nt_ring_memory(void);
unsigned long nt_ring_memory_max(void);

int nt_ring_init(struct nt_ring *ring, unsigned int slots, unsigned int stride);
void nt_ring_end(struct nt_ring *ring);
bool nt_ring_free(struct nt_ring *ring);
void nt_ring_wake(struct nt_ring *ring);

struct nt_reader *nt_reader_new(struct nt_ring *ring);
void nt_reader_free(struct nt_reader *rd);
void nt_reader_from_oldest(struct nt_reader *rd);
void nt_reader_from_now(struct nt_reader *rd);
void nt_reader_limit_now(struct nt_reader *rd);
void nt_reader_to_limit(struct nt_reader *rd);
bool nt_reader_has_data(const struct nt_reader *rd);
bool nt_reader_sleep(struct nt_reader *rd, unsigned long unread);
int nt_reader_peek(struct nt_reader *rd, unsigned int cpu,
		   union nettrace_rec *rec);
void nt_reader_skip(struct nt_reader *rd, unsigned int cpu);
unsigned long nt_reader_run(struct nt_reader *rd, unsigned int cpu,
			    unsigned long max, const void **slots);
bool nt_reader_taken(struct nt_reader *rd, unsigned int cpu, unsigned long n);
unsigned long nt_reader_filtered(const struct nt_reader *rd, unsigned int cpu);

/* memory charged to the cap by others than the rings; false: over the cap */
bool nt_memory_charge(unsigned long bytes);
void nt_memory_uncharge(unsigned long bytes);

static inline struct nt_cpu_ring *nt_ring_of(const struct nt_ring *ring,
					     unsigned int cpu)
{
	return per_cpu_ptr(ring->cpu, cpu);
}

/*
 * Clear all of a record but its header.  In steps that become plain stores: of a
 * longer memset() the compiler makes "rep stos", which costs twice as much.
 */
static __always_inline void nt_ring_clear(union nettrace_rec *rec)
{
	const size_t step = 40;
	u8 *body = (u8 *)rec + sizeof(rec->hdr);

	BUILD_BUG_ON(sizeof(*rec) - sizeof(rec->hdr) != 4 * step + 8);
	memset(body, 0, step);
	memset(body + step, 0, step);
	memset(body + 2 * step, 0, step);
	memset(body + 3 * step, 0, step);
	memset(body + 4 * step, 0, 8);
}

/**
 * nt_ring_begin() - the next slot of this CPU, zeroed, its header filled
 * @ring:	of the namespace
 * @type:	enum nettrace_type
 * @flags:	interrupt state, for nt_ring_commit() or nt_ring_abort()
 *
 * Inline everywhere: most of it is stores, and @flags stays in a register.
 *
 * Return: the record, or NULL (counted) where this CPU has no ring; then
 * interrupts are as before.
 */
static __always_inline union nettrace_rec *
nt_ring_begin(struct nt_ring *ring, u8 type, unsigned long *flags)
{
	struct nt_cpu_ring *r;
	union nettrace_rec *rec;

	local_irq_save(*flags);
	r = this_cpu_ptr(ring->cpu);
	if (unlikely(!r->slots)) {
		r->noslots++;
		local_irq_restore(*flags);
		return NULL;
	}
	rec = r->slots + (r->head & r->mask) * ring->stride;
	/* the last commit's head is out before this slot is touched */
	smp_wmb();
	nt_ring_clear(rec);
	rec->hdr = (struct nettrace_hdr){
		.time = ktime_get_ns(),
		.seq = r->head,
		.cpu = smp_processor_id(),
		.type = type,
	};
	return rec;
}

static inline void nt_ring_abort(unsigned long flags)
{
	local_irq_restore(flags);
}

/* the record is out; interrupts stay off, so that another can follow it directly */
static __always_inline void nt_ring_publish(struct nt_ring *ring)
{
	struct nt_cpu_ring *r = this_cpu_ptr(ring->cpu);
	const unsigned long head = r->head + 1;

	/* a reader that sees the new head sees the record */
	smp_store_release(&r->head, head);
	/* it sees the new head, or we its wish: pairs with nt_reader_sleep() */
	smp_mb();
	if (unlikely(READ_ONCE(r->wake_at) == head))
		nt_ring_wake(ring);
}

static inline void nt_ring_commit(struct nt_ring *ring, unsigned long flags)
{
	nt_ring_publish(ring);
	local_irq_restore(flags);
}

#endif /* NETTRACE_RING_H */
