// SPDX-License-Identifier: GPL-2.0-only
/*
 * notify.c - a reader of the rings that multicasts transitions
 *
 * Purpose, ownership, context: notify.h.
 *
 * A look at the rings ends in one of two ways.  There was something: another
 * look is due, soon when it was sent, later when nobody wanted it.  There was
 * nothing: a wish for a wake-up is left, as any reader leaves it.
 *
 * The kernel does not tell when somebody joins.  So what a look finds while
 * nobody is there is passed over, up to where the rings stood before the
 * question: who joins after it gets everything since.
 */
#include <linux/rwsem.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "compat.h"
#include "notify.h"
#include "uapi/nettrace_netlink.h"

#define NT_LOOK_EVERY	(HZ / 10)
#define NT_SEND_EVERY	(HZ / 100 ?: 1)
#define NT_GROUP	0	/* the family's only one */

struct nt_notify {
	struct nt_trace *tr;
	struct nt_reader *rd;
	struct wait_queue_entry wait;	/* in the ring's queue */
	struct delayed_work work;
	struct sk_buff *skb;		/* being filled, or NULL */
	void *head;			/* of its message */
	u64 lost;			/* not told yet */
};

static DECLARE_RWSEM(nt_notify_lock);
static const struct genl_family *nt_notify_family;

void nt_notify_on(const struct genl_family *family)
{
	down_write(&nt_notify_lock);
	nt_notify_family = family;
	up_write(&nt_notify_lock);
}

void nt_notify_off(void)
{
	nt_notify_on(NULL);
}

static void *nt_msg_new(struct sk_buff **skb, u8 cmd)
{
	void *head;

	*skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	if (!*skb)
		return NULL;
	head = genlmsg_put(*skb, 0, 0, nt_notify_family, 0, cmd);
	if (head)
		return head;
	nlmsg_free(*skb);
	*skb = NULL;
	return NULL;
}

static int nt_msg_send(const struct nt_notify *n, struct sk_buff *skb,
		       void *head)
{
	genlmsg_end(skb, head);
	return genlmsg_multicast_netns(nt_notify_family, n->tr->net, skb, 0,
				       NT_GROUP, GFP_KERNEL);
}

/* -ESRCH: nobody in this namespace has joined */
static int nt_send_wake(const struct nt_notify *n)
{
	struct sk_buff *skb;
	unsigned int cpu;
	u64 recorded = 0;
	void *head;

	head = nt_msg_new(&skb, NETTRACE_CMD_WAKE_NTF);
	if (!head)
		return -ENOMEM;
	for_each_possible_cpu(cpu)
		recorded += n->rd->cur[cpu].limit;
	if (nla_put_u64_64bit(skb, NETTRACE_A_RECORDED, recorded,
			      NETTRACE_A_PAD)) {
		nlmsg_free(skb);
		return -EMSGSIZE;
	}
	return nt_msg_send(n, skb, head);
}

/* what has been gathered; a receiver that is too slow is told by its own socket */
static void nt_flush(struct nt_notify *n)
{
	if (!n->skb)
		return;
	nt_msg_send(n, n->skb, n->head);
	n->skb = NULL;
}

static bool nt_open_msg(struct nt_notify *n)
{
	if (n->skb)
		return true;
	n->head = nt_msg_new(&n->skb, NETTRACE_CMD_TRANSITION_NTF);
	if (!n->head)
		return false;
	if (n->lost &&
	    !nla_put_u64_64bit(n->skb, NETTRACE_A_LOST, n->lost, NETTRACE_A_PAD))
		n->lost = 0;
	return true;
}

static int nt_put_where(struct sk_buff *skb, const struct nettrace_state *s)
{
	unsigned int len = s->hdr.family == NETTRACE_IPV6 ? 16 : 4;

	return nla_put(skb, NETTRACE_A_TRANSITION_LOCAL, len, s->local) ||
	       nla_put(skb, NETTRACE_A_TRANSITION_REMOTE, len, s->remote) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_LPORT, s->lport) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_RPORT, s->rport) ||
	       nla_put_u64_64bit(skb, NETTRACE_A_TRANSITION_SK_ID, s->sk_id,
				 NETTRACE_A_TRANSITION_PAD);
}

static int nt_put_what(struct sk_buff *skb, const struct nettrace_state *s)
{
	return nla_put_u32(skb, NETTRACE_A_TRANSITION_FAMILY, s->hdr.family) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_KIND, s->kind) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_WHAT, s->what) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_OLD_STATE, s->old_state) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_NEW_STATE, s->new_state) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_END_WHY, s->end_why) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_LEFT_MS, s->left_ms);
}

/* in whose time; names and numbers of a task only where there was one */
static int nt_put_who(struct sk_buff *skb, const struct nettrace_state *s)
{
	char comm[NETTRACE_NAME_LEN + 1] = "";

	if (nla_put_u32(skb, NETTRACE_A_TRANSITION_FLAGS, s->flags) ||
	    nla_put_s32(skb, NETTRACE_A_TRANSITION_SYSCALL, s->syscall))
		return -EMSGSIZE;
	if (!s->pid)
		return 0;
	memcpy(comm, s->comm, sizeof(s->comm));
	return nla_put_u32(skb, NETTRACE_A_TRANSITION_PID, s->pid) ||
	       nla_put_u32(skb, NETTRACE_A_TRANSITION_TID, s->tid) ||
	       nla_put_string(skb, NETTRACE_A_TRANSITION_COMM, comm);
}

static int nt_put_transition(struct sk_buff *skb, const struct nettrace_state *s)
{
	struct nlattr *nest = nla_nest_start(skb, NETTRACE_A_TRANSITION);

	if (!nest)
		return -EMSGSIZE;
	if (nla_put_u64_64bit(skb, NETTRACE_A_TRANSITION_TIME, s->hdr.time,
			      NETTRACE_A_TRANSITION_PAD) ||
	    nla_put_u64_64bit(skb, NETTRACE_A_TRANSITION_SEQ, s->hdr.seq,
			      NETTRACE_A_TRANSITION_PAD) ||
	    nla_put_u32(skb, NETTRACE_A_TRANSITION_CPU, s->hdr.cpu) ||
	    nt_put_what(skb, s) || nt_put_where(skb, s) || nt_put_who(skb, s)) {
		nla_nest_cancel(skb, nest);
		return -EMSGSIZE;
	}
	nla_nest_end(skb, nest);
	return 0;
}

static void nt_gather(struct nt_notify *n, const struct nettrace_state *s)
{
	if (nt_open_msg(n) && !nt_put_transition(n->skb, s))
		return;
	/* it is full: the next one has room for one at least */
	nt_flush(n);
	if (!nt_open_msg(n) || nt_put_transition(n->skb, s))
		n->lost++;
}

/* what the writer took away is told before the transition that follows it */
static void nt_note_lost(struct nt_notify *n)
{
	if (!n->rd->lost)
		return;
	nt_flush(n);
	n->lost += n->rd->lost;
	n->rd->lost = 0;
}

static void nt_send_transitions(struct nt_notify *n)
{
	union nettrace_rec rec;
	unsigned int cpu;

	for_each_possible_cpu(cpu) {
		while (nt_reader_peek(n->rd, cpu, &rec)) {
			nt_note_lost(n);
			if (rec.hdr.type == NETTRACE_STATE)
				nt_gather(n, &rec.state);
			nt_reader_skip(n->rd, cpu);
			cond_resched();
		}
		nt_note_lost(n);
	}
	if (n->lost) { /* behind the last transition: in a message of its own */
		nt_flush(n);
		nt_open_msg(n);
	}
	nt_flush(n);
}

/* true: somebody listens */
static bool nt_look(struct nt_notify *n)
{
	bool sent = false;

	down_read(&nt_notify_lock);
	nt_reader_limit_now(n->rd);
	smp_mb(); /* who joins after this gets all that follows */
	if (nt_notify_family &&
	    genl_has_listeners(nt_notify_family, n->tr->net, NT_GROUP) &&
	    nt_send_wake(n) != -ESRCH) {
		nt_send_transitions(n);
		sent = true;
	} else {
		nt_reader_to_limit(n->rd);
		n->lost = 0;
	}
	up_read(&nt_notify_lock);
	return sent;
}

static void nt_notify_work(struct work_struct *work)
{
	struct nt_notify *n = container_of(to_delayed_work(work),
					   struct nt_notify, work);

	if (!nt_reader_sleep(n->rd, 1))
		return;
	queue_delayed_work(system_unbound_wq, &n->work,
			   nt_look(n) ? NT_SEND_EVERY : NT_LOOK_EVERY);
}

/* the ring's queue is woken; when a look is due already, that one does it */
static int nt_notify_wake(struct wait_queue_entry *wait, unsigned int mode,
			  int flags, void *key)
{
	struct nt_notify *n = container_of(wait, struct nt_notify, wait);

	queue_delayed_work(system_unbound_wq, &n->work, 0);
	return 0;
}

/**
 * nt_notify_start() - from now on those who join hear of this trace
 * @tr:	its rings are ready
 *
 * Return: 0 or -ENOMEM.
 */
int nt_notify_start(struct nt_trace *tr)
{
	struct nt_notify *n = kzalloc(sizeof(*n), GFP_KERNEL);

	if (!n)
		return -ENOMEM;
	n->rd = nt_reader_new(&tr->ring);
	if (!n->rd) {
		kfree(n);
		return -ENOMEM;
	}
	n->tr = tr;
	tr->notify = n;
	INIT_DELAYED_WORK(&n->work, nt_notify_work);
	init_waitqueue_func_entry(&n->wait, nt_notify_wake);
	add_wait_queue(&tr->ring.wait, &n->wait);
	/* it finds nothing and leaves its wish */
	queue_delayed_work(system_unbound_wq, &n->work, 0);
	return 0;
}

/**
 * nt_notify_stop() - tell the rest, then nothing more
 * @tr:	no writer is left
 */
void nt_notify_stop(struct nt_trace *tr)
{
	struct nt_notify *n = tr->notify;

	remove_wait_queue(&tr->ring.wait, &n->wait);
	cancel_delayed_work_sync(&n->work);
	if (nt_reader_has_data(n->rd))
		nt_look(n);
	tr->notify = NULL;
	nt_reader_free(n->rd);
	kfree(n);
}
