// SPDX-License-Identifier: GPL-2.0-only
/*
 * ring.c - memory of the rings, CPUs that come later, and the readers' side
 *
 * Purpose, ownership, context and locking: ring.h.  The list of rings and the
 * allocation of slots are under nt_ring_lock (process context only).
 */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/overflow.h>
#include <linux/poll.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "compat.h"
#include "ring.h"

#define NT_POLLERS_PATIENCE	(HZ / 4)	/* with those who leave poll() */

static DEFINE_MUTEX(nt_ring_lock);
static LIST_HEAD(nt_rings);
static atomic_long_t nt_memory;
static unsigned long nt_memory_cap;
static int nt_hp_state;

bool nt_memory_charge(unsigned long bytes)
{
	if (bytes > nt_memory_cap)
		return false;
	if ((unsigned long)atomic_long_add_return(bytes, &nt_memory) <= nt_memory_cap)
		return true;
	atomic_long_sub(bytes, &nt_memory);
	return false;
}

void nt_memory_uncharge(unsigned long bytes)
{
	atomic_long_sub(bytes, &nt_memory);
}

/** nt_ring_memory() - bytes now held by rings and tables, all namespaces */
unsigned long nt_ring_memory(void)
{
	return atomic_long_read(&nt_memory);
}

/** nt_ring_memory_max() - bytes that they may hold */
unsigned long nt_ring_memory_max(void)
{
	return nt_memory_cap;
}

static unsigned long nt_ring_bytes(const struct nt_ring *ring)
{
	return (unsigned long)ring->slots * ring->stride;
}

static int nt_ring_alloc_cpu(struct nt_ring *ring, unsigned int cpu)
{
	struct nt_cpu_ring *r = nt_ring_of(ring, cpu);
	void *slots;

	if (r->slots)
		return 0;
	if (!nt_memory_charge(nt_ring_bytes(ring)))
		return -ENOSPC;
	slots = vzalloc_node(nt_ring_bytes(ring), cpu_to_node(cpu));
	if (!slots) {
		nt_memory_uncharge(nt_ring_bytes(ring));
		return -ENOMEM;
	}
	r->mask = ring->slots - 1;
	/* a writer on this CPU that sees the slots sees the mask */
	smp_store_release(&r->slots, slots);
	return 0;
}

/* a CPU comes: a namespace for which memory is short counts in noslots */
static int nt_ring_cpu_prepare(unsigned int cpu)
{
	struct nt_ring *ring;

	mutex_lock(&nt_ring_lock);
	list_for_each_entry(ring, &nt_rings, list)
		nt_ring_alloc_cpu(ring, cpu);
	mutex_unlock(&nt_ring_lock);
	return 0;
}

/**
 * nt_ring_global_init() - before the first nt_ring_init()
 * @cap_bytes:	bound of all memory taken by nt_memory_charge()
 */
int nt_ring_global_init(unsigned long cap_bytes)
{
	int ret;

	nt_memory_cap = cap_bytes;
	ret = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "net/nettrace:prepare",
					nt_ring_cpu_prepare, NULL);
	if (ret < 0)
		return ret;
	nt_hp_state = ret;
	return 0;
}

void nt_ring_global_exit(void)
{
	cpuhp_remove_state_nocalls(nt_hp_state);
}

static void nt_ring_wake_all(struct nt_ring *ring)
{
	wake_up_interruptible_poll(&ring->wait,
				   EPOLLIN | EPOLLRDNORM | EPOLLPRI);
}

/* a lone event reaches a sleeping reader at the next tick; see nt_ring_wake() */
static void nt_ring_wake_timer(struct timer_list *t)
{
	struct nt_ring *ring = timer_container_of(ring, t, wake);

	nt_ring_wake_all(ring);
}

/* as soon as interrupts are on */
static void nt_ring_wake_work(struct irq_work *work)
{
	nt_ring_wake_all(container_of(work, struct nt_ring, wake_now));
}

/**
 * nt_ring_wake() - wake the readers soon
 * @ring:	one of whose CPUs has come to its wake_at
 *
 * A wake-up costs about as much as forty records, so it is left to a timer at
 * the next tick: however many events come until then share it.  But who waits
 * for a ring to fill up is woken at once, for it goes on filling.
 * Context: a writer, interrupts off.
 */
void nt_ring_wake(struct nt_ring *ring)
{
	if (READ_ONCE(ring->hurry)) {
		WRITE_ONCE(ring->hurry, false);
		irq_work_queue(&ring->wake_now);
	} else {
		mod_timer(&ring->wake, jiffies);
	}
}

/**
 * nt_ring_init() - allocate the rings of a namespace for all CPUs online
 * @ring:	zeroed
 * @slots:	records per CPU, a power of two
 * @stride:	bytes per slot, at least NETTRACE_REC_SIZE, a multiple of 64
 *
 * Return: 0, -ENOSPC (over the module's memory cap) or -ENOMEM.
 * Context: process.
 */
int nt_ring_init(struct nt_ring *ring, unsigned int slots, unsigned int stride)
{
	unsigned long bytes;
	unsigned int cpu;
	int ret;

	if (check_mul_overflow((unsigned long)slots, (unsigned long)stride, &bytes))
		return -ENOSPC;
	ring->slots = slots;
	ring->stride = stride;
	init_waitqueue_head(&ring->wait);
	timer_setup(&ring->wake, nt_ring_wake_timer, 0);
	init_irq_work(&ring->wake_now, nt_ring_wake_work);
	INIT_LIST_HEAD(&ring->list);
	ring->cpu = alloc_percpu(struct nt_cpu_ring);
	if (!ring->cpu)
		return -ENOMEM;

	/* cpus_read_lock() first: the prepare callback runs inside of it */
	cpus_read_lock();
	mutex_lock(&nt_ring_lock);
	for_each_online_cpu(cpu) {
		ret = nt_ring_alloc_cpu(ring, cpu);
		if (ret)
			break;
	}
	if (!ret)
		list_add(&ring->list, &nt_rings);
	mutex_unlock(&nt_ring_lock);
	cpus_read_unlock();
	if (ret)
		nt_ring_free(ring);
	return ret;
}

/* no writer is left: let the readers go; they take what there is, then end */
void nt_ring_end(struct nt_ring *ring)
{
	WRITE_ONCE(ring->ended, true);
	timer_shutdown_sync(&ring->wake);
	irq_work_sync(&ring->wake_now);
	wake_up_all(&ring->wait);
}

static bool nt_ring_polled(struct nt_ring *ring)
{
	bool polled;

	/* with the lock: who left last has let go of it */
	spin_lock_irq(&ring->wait.lock);
	polled = !list_empty(&ring->wait.head);
	spin_unlock_irq(&ring->wait.lock);
	return polled;
}

/* the lock that stays, too, for a class and a name that do not go with the module */
static void nt_ring_leave(struct nt_ring *ring)
{
	strscpy(ring->left_name, "nettrace left", sizeof(ring->left_name));
	lockdep_register_key(&ring->left_key);
	lockdep_set_class_and_name(&ring->wait.lock, &ring->left_key,
				   ring->left_name);
}

/*
 * /proc releases a file that is still open when its entry goes, and with it the
 * ring; who sleeps in poll() on it is on the queue until it runs again, for which
 * nt_ring_end() has woken it.  epoll stays until it is told that the queue goes away,
 * and looks for the queue under RCU.
 *
 * Return: false: somebody is there still.  poll() asks all of its files before it
 * leaves, and another file's answer may take for ever.
 */
static bool nt_ring_wait_pollers(struct nt_ring *ring)
{
	const unsigned long until = jiffies + NT_POLLERS_PATIENCE;

	if (!nt_ring_polled(ring))
		return true;
	__wake_up(&ring->wait, TASK_NORMAL, 0,
		  poll_to_key(EPOLLHUP | POLLFREE));
	while (nt_ring_polled(ring)) {
		if (time_after(jiffies, until)) {
			nt_ring_leave(ring);
			return false;
		}
		wake_up_all(&ring->wait);
		usleep_range(200, 1000);
	}
	synchronize_rcu();
	return true;
}

/**
 * nt_ring_free() - the opposite of nt_ring_init()
 * @ring:	ended, or never begun
 *
 * Context: process, may sleep; no writer and no reader is left, but who polls
 * may still be about to leave.
 *
 * Return: true.  False: somebody polls still, for whom the memory that holds @ring
 * has to stay, for ever; what @ring points to has gone.
 */
bool nt_ring_free(struct nt_ring *ring)
{
	const bool left = nt_ring_wait_pollers(ring);
	unsigned int cpu;

	mutex_lock(&nt_ring_lock);
	list_del_init(&ring->list);
	mutex_unlock(&nt_ring_lock);
	for_each_possible_cpu(cpu) {
		struct nt_cpu_ring *r = nt_ring_of(ring, cpu);

		if (!r->slots)
			continue;
		vfree(r->slots);
		nt_memory_uncharge(nt_ring_bytes(ring));
	}
	free_percpu(ring->cpu);
	ring->cpu = NULL;
	return left;
}

/**
 * nt_reader_new() - a reader that starts at the oldest records
 * @ring:	of a namespace; outlives the reader
 *
 * Return: NULL when memory is short; freed by nt_reader_free().
 */
struct nt_reader *nt_reader_new(struct nt_ring *ring)
{
	struct nt_reader *rd;

	rd = kvzalloc(struct_size(rd, cur, nr_cpu_ids), GFP_KERNEL_ACCOUNT);
	if (!rd)
		return NULL;
	rd->ring = ring;
	nt_reader_from_oldest(rd);
	return rd;
}

void nt_reader_free(struct nt_reader *rd)
{
	kvfree(rd);
}

static unsigned long nt_cpu_head(const struct nt_ring *ring, unsigned int cpu)
{
	/* whatever was written before the head moved is seen */
	return smp_load_acquire(&nt_ring_of(ring, cpu)->head);
}

/* the oldest index that no writer can be writing over, given @head */
static unsigned long nt_oldest(const struct nt_ring *ring, unsigned long head)
{
	return head < ring->slots ? 0 : head - ring->slots + 1;
}

/* what the rings hold now, and all that follows; limit is now */
void nt_reader_from_oldest(struct nt_reader *rd)
{
	unsigned int cpu;

	rd->delivered = 0;
	rd->lost = 0;
	for_each_possible_cpu(cpu) {
		struct nt_cursor *c = &rd->cur[cpu];

		c->limit = nt_cpu_head(rd->ring, cpu);
		c->pos = nt_oldest(rd->ring, c->limit);
		c->lost = 0;
		c->filtered = READ_ONCE(nt_ring_of(rd->ring, cpu)->filtered);
		c->noslots = READ_ONCE(nt_ring_of(rd->ring, cpu)->noslots);
	}
}

/* only what follows */
void nt_reader_from_now(struct nt_reader *rd)
{
	unsigned int cpu;

	nt_reader_from_oldest(rd);
	for_each_possible_cpu(cpu)
		rd->cur[cpu].pos = rd->cur[cpu].limit;
}

/* stop at what is there now; the place stays */
void nt_reader_limit_now(struct nt_reader *rd)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		rd->cur[cpu].limit = nt_cpu_head(rd->ring, cpu);
}

/* count what found no ring on that CPU since it was asked for last */
static void nt_reader_noslots(struct nt_reader *rd, unsigned int cpu)
{
	struct nt_cursor *c = &rd->cur[cpu];
	unsigned long n = READ_ONCE(nt_ring_of(rd->ring, cpu)->noslots) -
			  c->noslots;

	if (likely(!n))
		return;
	c->noslots += n;
	c->lost += n;
	rd->lost += n;
}

/* what lies before the limit does not matter, lost or not */
void nt_reader_to_limit(struct nt_reader *rd)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		nt_reader_noslots(rd, cpu);
		rd->cur[cpu].pos = rd->cur[cpu].limit;
		rd->cur[cpu].lost = 0;
	}
	rd->lost = 0;
}

/* does a CPU have @n records or more that were not read? */
static bool nt_reader_unread(const struct nt_reader *rd, unsigned long n)
{
	unsigned int cpu;

	for_each_possible_cpu(cpu)
		if (nt_cpu_head(rd->ring, cpu) - rd->cur[cpu].pos >= n)
			return true;
	return false;
}

bool nt_reader_has_data(const struct nt_reader *rd)
{
	return nt_reader_unread(rd, 1);
}

/*
 * Wake at head @at, or at the next record if that is past, unless another reader's
 * wish will be fulfilled before.
 */
static void nt_cpu_wish(struct nt_ring *ring, unsigned int cpu, unsigned long at)
{
	struct nt_cpu_ring *r = nt_ring_of(ring, cpu);
	unsigned long next, old;

	do {
		next = READ_ONCE(r->head) + 1;
		if ((long)(at - next) < 0)
			at = next;
		old = READ_ONCE(r->wake_at);
		if (old - next < at - next)
			return;
	} while (cmpxchg(&r->wake_at, old, at) != old);
	/* the writer passed it meanwhile, and the other's wish is gone: each asks again */
	if ((long)(at - READ_ONCE(r->head)) <= 0)
		nt_ring_wake_all(ring);
}

/**
 * nt_reader_sleep() - leave the wish to be woken
 * @rd:		the reader; who sleeps is on its ring's queue by now
 * @unread:	wake it when so many records of one CPU are there that it has
 *		not read; more than 1: at once, otherwise at the next tick
 *
 * A wish is fulfilled once, and readers may be woken for that of another.
 *
 * Return: true: so many are there already.
 */
bool nt_reader_sleep(struct nt_reader *rd, unsigned long unread)
{
	unsigned int cpu;

	if (nt_reader_unread(rd, unread))
		return true;
	if (unread > 1)
		WRITE_ONCE(rd->ring->hurry, true);
	for_each_possible_cpu(cpu)
		nt_cpu_wish(rd->ring, cpu, rd->cur[cpu].pos + unread);
	/* a writer sees the wish, or we its record: pairs with nt_ring_publish() */
	smp_mb();
	return nt_reader_unread(rd, unread);
}

/* if a writer overtook the cursor, move it on and count what it missed */
static bool nt_reader_overtaken(struct nt_reader *rd, unsigned int cpu)
{
	struct nt_cursor *c = &rd->cur[cpu];
	unsigned long head, oldest;

	smp_rmb(); /* whatever was copied was read before head is */
	head = READ_ONCE(nt_ring_of(rd->ring, cpu)->head);
	if (head - c->pos < rd->ring->slots)
		return false;
	oldest = nt_oldest(rd->ring, head);
	c->lost += oldest - c->pos;
	rd->lost += oldest - c->pos;
	c->pos = oldest;
	return true;
}

/**
 * nt_reader_peek() - copy the next record of @cpu without taking it
 * @rd:		the reader
 * @cpu:	possible
 * @rec:	where to
 *
 * Return: 1 and the record, or 0 if there is none before the limit.  Counts
 * losses as nt_reader_run() does.
 */
int nt_reader_peek(struct nt_reader *rd, unsigned int cpu,
		   union nettrace_rec *rec)
{
	const struct nt_cpu_ring *r = nt_ring_of(rd->ring, cpu);
	struct nt_cursor *c = &rd->cur[cpu];

	nt_reader_noslots(rd, cpu);
	do {
		if ((long)(c->limit - c->pos) <= 0)
			return 0;
		memcpy(rec, r->slots + (c->pos & r->mask) * rd->ring->stride,
		       sizeof(*rec));
	} while (nt_reader_overtaken(rd, cpu));
	return 1;
}

/* take the record that nt_reader_peek() showed */
void nt_reader_skip(struct nt_reader *rd, unsigned int cpu)
{
	rd->cur[cpu].pos++;
	rd->delivered++;
}

/**
 * nt_reader_run() - the longest contiguous run of slots of a CPU
 * @rd:		the reader
 * @cpu:	possible
 * @max:	slots wanted at most
 * @slots:	where they are; copy them, then ask nt_reader_taken()
 *
 * Return: number of slots; 0: none.  Counts in cur[cpu].lost what the writer
 * took away before, and what found no ring.
 */
unsigned long nt_reader_run(struct nt_reader *rd, unsigned int cpu,
			    unsigned long max, const void **slots)
{
	const struct nt_cpu_ring *r = nt_ring_of(rd->ring, cpu);
	struct nt_cursor *c = &rd->cur[cpu];
	unsigned long n, at;

	nt_reader_noslots(rd, cpu);
	n = nt_cpu_head(rd->ring, cpu) - c->pos;
	if (!n)
		return 0;
	if (n >= rd->ring->slots) {
		nt_reader_overtaken(rd, cpu);
		n = nt_cpu_head(rd->ring, cpu) - c->pos;
	}
	at = c->pos & r->mask;
	*slots = r->slots + at * rd->ring->stride;
	return min3(n, max, r->mask + 1 - at);
}

/**
 * nt_reader_taken() - were the slots whole while they were copied?
 * @rd:		the reader
 * @cpu:	possible
 * @n:		how many, as nt_reader_run() said, or fewer
 *
 * Return: true: they are delivered, the cursor is past them.  False: the
 * writer overtook them; discard the copy, the loss is counted, try again.
 */
bool nt_reader_taken(struct nt_reader *rd, unsigned int cpu, unsigned long n)
{
	if (nt_reader_overtaken(rd, cpu))
		return false;
	rd->cur[cpu].pos += n;
	rd->delivered += n;
	return true;
}

/**
 * nt_reader_filtered() - packets left out of which this reader does not know
 * @rd:		the reader
 * @cpu:	possible
 *
 * To tell it of n of them is to add n to cur[cpu].filtered.
 */
unsigned long nt_reader_filtered(const struct nt_reader *rd, unsigned int cpu)
{
	return READ_ONCE(nt_ring_of(rd->ring, cpu)->filtered) -
	       rd->cur[cpu].filtered;
}
