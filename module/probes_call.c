// SPDX-License-Identifier: GPL-2.0-only
/*
 * probes_call.c - system calls on IP sockets
 *
 * Purpose:   probes_call.h.  A call that is not in the table below costs a few
 *            instructions here; one on a file that is no IP socket, or in a
 *            namespace that does not ask, a look at the descriptor.
 * Context:   a task's own, at the entry and the return of its call; before 6.13
 *            with preemption off.  Nothing sleeps, nothing is allocated.
 * Locking:   a place in the table of calls under way belongs to the thread whose
 *            number stands in it, from cmpxchg() to smp_store_release(); only
 *            that thread reads the rest of it.
 */
#include <linux/fdtable.h>
#include <linux/file.h>
#include <linux/hash.h>
#include <linux/mutex.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>

#include "compat.h"
#include "name.h"
#include "ns.h"
#include "probes_call.h"
#include "skid.h"
#include "syscall.h"
#include "tuple.h"

/* ---- which calls --------------------------------------------------------- */

#define NT_CALL		0x80	/* the call is recorded */
#define NT_CALL_NOFD	0x40	/* socket(): the first argument is no descriptor */
#define NT_CALL_NEWFD	0x20	/* it returns one */
#define NT_CALL_ADDR	0x10	/* argument 1 is a socket address, 2 its length */
#define NT_CALL_CLOSE	0x01	/* there is no descriptor when it returns */
/* argument 1, 2 or 3, from 0, is a value; the others are pointers, or none */
#define NT_CALL_VAL(n)	(1 << (n))
#define NT_VAL12	(NT_CALL_VAL(1) | NT_CALL_VAL(2))
#define NT_VAL23	(NT_CALL_VAL(2) | NT_CALL_VAL(3))

/* splice() and setsockopt() are not among them: docs/limitations.md */
static const u8 nt_call_kind[] = {
	[__NR_socket] = NT_CALL | NT_CALL_NOFD | NT_CALL_NEWFD | NT_VAL12,
	[__NR_bind] = NT_CALL | NT_CALL_ADDR | NT_CALL_VAL(2),
	[__NR_listen] = NT_CALL | NT_CALL_VAL(1),
	[__NR_connect] = NT_CALL | NT_CALL_ADDR | NT_CALL_VAL(2),
#ifdef __NR_accept
	[__NR_accept] = NT_CALL | NT_CALL_NEWFD,
#endif
	[__NR_accept4] = NT_CALL | NT_CALL_NEWFD | NT_CALL_VAL(3),
	[__NR_sendto] = NT_CALL | NT_VAL23,
	[__NR_sendmsg] = NT_CALL | NT_CALL_VAL(2),
	[__NR_sendmmsg] = NT_CALL | NT_VAL23,
	[__NR_recvfrom] = NT_CALL | NT_VAL23,
	[__NR_recvmsg] = NT_CALL | NT_CALL_VAL(2),
	[__NR_recvmmsg] = NT_CALL | NT_VAL23,
	[__NR_read] = NT_CALL | NT_CALL_VAL(2),
	[__NR_readv] = NT_CALL | NT_CALL_VAL(2),
	[__NR_write] = NT_CALL | NT_CALL_VAL(2),
	[__NR_writev] = NT_CALL | NT_CALL_VAL(2),
	[__NR_sendfile] = NT_CALL | NT_CALL_VAL(1) | NT_CALL_VAL(3),
	[__NR_shutdown] = NT_CALL | NT_CALL_VAL(1),
	[__NR_close] = NT_CALL | NT_CALL_CLOSE,
};

static __always_inline u8 nt_kind(long nr)
{
	return (unsigned long)nr < ARRAY_SIZE(nt_call_kind) ? nt_call_kind[nr] : 0;
}

/* ---- calls under way ----------------------------------------------------- */

/* what the return of a call has to be told by its entry */
struct nt_under_way {
	int tid;		/* 0: free */
	int nr;
	const struct net *net;	/* compared with, not followed: it may be gone */
	unsigned int inum;
	u8 proto;
	u64 sk_id;		/* 0: the entry knew no socket */
};

#define NT_WAYS		4	/* places that a thread can have */
#define NT_WAY_BITS	9
#define NT_WAY_BYTES	(sizeof(struct nt_under_way) * NT_WAYS << NT_WAY_BITS)

static struct nt_under_way *nt_ways;
static atomic64_t nt_unpaired;

u64 nt_calls_unpaired(void)
{
	return atomic64_read(&nt_unpaired);
}

static struct nt_under_way *nt_ways_of(int tid)
{
	return nt_ways + hash_32(tid, NT_WAY_BITS) * NT_WAYS;
}

static struct nt_under_way *nt_way_find(int tid)
{
	struct nt_under_way *w = nt_ways_of(tid);
	unsigned int i;

	for (i = 0; i < NT_WAYS; i++)
		if (READ_ONCE(w[i].tid) == tid)
			return &w[i];
	return NULL;
}

/* a place for this thread, NULL (counted) when all that it can have are taken */
static struct nt_under_way *nt_way_take(int tid)
{
	struct nt_under_way *w = nt_way_find(tid);
	unsigned int i;

	if (w)
		return w;
	w = nt_ways_of(tid);
	for (i = 0; i < NT_WAYS; i++)
		if (!READ_ONCE(w[i].tid) && !cmpxchg(&w[i].tid, 0, tid))
			return &w[i];
	atomic64_inc(&nt_unpaired);
	return NULL;
}

static void nt_way_free(struct nt_under_way *w)
{
	/* what was read of it was read before it is another's: cmpxchg() above */
	smp_store_release(&w->tid, 0);
}

/* ---- whose socket -------------------------------------------------------- */

/*
 * The IP socket behind a descriptor of the running task, and its file with a
 * reference to drop by fput(); NULL: it is something else.  The first look, which
 * takes none, keeps reads and writes of other files cheap.
 */
static struct file *nt_socket_file(int fd, struct sock **sk)
{
	struct files_struct *files = current->files;
	struct socket *sock = NULL;
	struct file *file;

	if (!files || fd < 0)
		return NULL;
	rcu_read_lock();
	file = files_lookup_fd_raw(files, fd);
	if (file)
		sock = sock_from_file(file);
	rcu_read_unlock();
	if (!sock)
		return NULL;
	file = fget(fd);
	if (!file)
		return NULL;
	sock = sock_from_file(file);
	*sk = sock ? READ_ONCE(sock->sk) : NULL;
	if (*sk && ((*sk)->sk_family == AF_INET || (*sk)->sk_family == AF_INET6))
		return file;
	fput(file);
	return NULL;
}

/* under rcu_read_lock(): the trace of @net, if calls are asked for there */
static struct nt_trace *nt_calls_of(const struct net *net)
{
	struct nt_trace *tr = nt_trace_of(net);

	return tr && READ_ONCE(tr->extra) & NT_CALLS ? tr : NULL;
}

/* the same of a namespace that may be gone, and its memory another's */
static struct nt_trace *nt_calls_of_way(const struct nt_under_way *w)
{
	struct net *net = current->nsproxy ? current->nsproxy->net_ns : NULL;

	if (net != w->net)
		for_each_net_rcu(net)
			if (net == w->net)
				break;
	/* the list's end is no namespace, but it is not @w's either */
	if (net != w->net || net->ns.inum != w->inum)
		return NULL;
	return nt_calls_of(net);
}

/* ---- records ------------------------------------------------------------- */

static void nt_call_who(struct nettrace_call *c, long nr, u8 phase)
{
	c->pid = current->tgid;
	c->tid = current->pid;
	nt_copy_comm(c->comm);
	c->syscall = nr;
	c->phase = phase;
}

static void nt_call_socket(struct nettrace_call *c, const struct sock *sk)
{
	c->hdr.family = nt_sock_addresses(c->local, c->remote, sk);
	c->lport = ntohs(inet_sk(sk)->inet_sport);
	c->rport = ntohs(sk->sk_dport);
	c->proto = sk->sk_protocol;
	c->sock_state = READ_ONCE(sk->sk_state);
	c->sk_id = nt_sk_id(sk);
	c->valid = NETTRACE_CALL_SOCK;
	if (c->lport)
		c->valid |= NETTRACE_CALL_LOCAL;
	if (c->rport)
		c->valid |= NETTRACE_CALL_REMOTE;
}

/*
 * connect()'s peer, bind()'s own address, as the argument has it.  @len bytes
 * were copied; an IPv6 address that stands for an IPv4 one is told as that.
 */
static void nt_call_address(struct nettrace_call *c,
			    const struct sockaddr_in6 *a, unsigned int len,
			    bool remote)
{
	const struct sockaddr_in *a4 = (const struct sockaddr_in *)a;
	u8 *to = remote ? c->remote : c->local;
	u16 port;

	if (len >= sizeof(*a4) && a->sin6_family == AF_INET) {
		memset(to, 0, 16);
		memcpy(to, &a4->sin_addr, 4);
		c->hdr.family = NETTRACE_IPV4;
		port = ntohs(a4->sin_port);
	} else if (len >= SIN6_LEN_RFC2133 && a->sin6_family == AF_INET6) {
		memset(to, 0, 16);
		if (ipv6_addr_v4mapped(&a->sin6_addr))
			memcpy(to, &a->sin6_addr.s6_addr32[3], 4);
		else
			memcpy(to, &a->sin6_addr, 16);
		c->hdr.family = ipv6_addr_v4mapped(&a->sin6_addr) ?
					NETTRACE_IPV4 : NETTRACE_IPV6;
		port = ntohs(a->sin6_port);
	} else {
		return;
	}
	if (remote)
		c->rport = port;
	else
		c->lport = port;
	c->valid |= remote ? NETTRACE_CALL_REMOTE : NETTRACE_CALL_LOCAL;
}

/* without a fault: 0, and the return of the call will tell, if it is not there now */
static unsigned int nt_call_copy(struct sockaddr_in6 *a, unsigned long addr,
				 unsigned long len)
{
	if (len < sizeof(struct sockaddr_in) || len > sizeof(struct sockaddr_storage))
		return 0;
	len = min(len, sizeof(*a));
	return copy_from_user_nofault(a, (const void __user *)addr, len) ? 0 : len;
}

static void nt_enter_record(struct nt_trace *tr, const struct sock *sk, long nr,
			    u8 kind, const unsigned long *arg)
{
	struct sockaddr_in6 addr;
	unsigned int i, len = 0;
	struct nettrace_call *c;
	union nettrace_rec *rec;
	unsigned long flags;

	if (kind & NT_CALL_ADDR)
		len = nt_call_copy(&addr, arg[1], arg[2]);
	rec = nt_ring_begin(&tr->ring, NETTRACE_CALL, &flags);
	if (!rec)
		return;
	c = &rec->call;
	nt_call_who(c, nr, NETTRACE_CALL_ENTER);
	c->fd = arg[0];
	for (i = 1; i <= 3; i++)
		if (kind & NT_CALL_VAL(i))
			c->arg[i - 1] = arg[i];
	if (sk)
		nt_call_socket(c, sk);
	if (len)
		nt_call_address(c, &addr, len, nr == __NR_connect);
	nt_ring_commit(&tr->ring, flags);
}

/* in what the entry of a call finds, its return will be recorded */
static void nt_enter(const struct net *net, const struct sock *sk, long nr,
		     u8 kind, const unsigned long *arg)
{
	struct nt_trace *tr;
	struct nt_under_way *w;

	rcu_read_lock();
	tr = nt_calls_of(net);
	if (tr) {
		w = nt_way_take(current->pid);
		if (w) {
			w->nr = nr;
			w->net = net;
			w->inum = net->ns.inum;
			w->proto = sk ? sk->sk_protocol : arg[2];
			w->sk_id = sk ? nt_sk_id(sk) : 0;
		}
		nt_enter_record(tr, sk, nr, kind, arg);
	}
	rcu_read_unlock();
}

static noinline void nt_call_entered(struct pt_regs *regs, long nr, u8 kind)
{
	unsigned long arg[6];
	struct file *file;
	struct sock *sk;

	if (in_compat_syscall())
		return;
	if (!nt_syscall_arguments(regs, arg))
		return;
	if (kind & NT_CALL_NOFD) {
		if ((int)arg[0] == AF_INET || (int)arg[0] == AF_INET6)
			nt_enter(current->nsproxy->net_ns, NULL, nr, kind, arg);
		return;
	}
	file = nt_socket_file(arg[0], &sk);
	if (!file)
		return;
	nt_enter(sock_net(sk), sk, nr, kind, arg);
	fput(file);
}

/* the socket as it is at the return, if it still is the one of the entry */
static struct file *nt_returned_file(const struct nt_under_way *w, u8 kind,
				     const unsigned long *arg, long ret,
				     struct sock **sk)
{
	struct file *file;

	*sk = NULL;
	if (kind & NT_CALL_CLOSE)
		return NULL;
	if (kind & NT_CALL_NEWFD && ret >= 0)
		return nt_socket_file(ret, sk);
	if (kind & NT_CALL_NOFD)
		return NULL;
	file = nt_socket_file(arg[0], sk);
	if (file && nt_sk_id(*sk) != w->sk_id) {
		fput(file);
		file = NULL;
	}
	if (!file)
		*sk = NULL;
	return file;
}

static noinline void nt_call_returned(struct pt_regs *regs, long nr, u8 kind,
				      long ret)
{
	struct nt_under_way *w = nt_way_find(current->pid);
	unsigned long arg[6], flags;
	union nettrace_rec *rec;
	struct nt_trace *tr;
	struct file *file;
	struct sock *sk;

	if (!w)
		return;
	if (w->nr != nr)
		goto out;
	if (!nt_syscall_arguments(regs, arg)) {
		atomic64_inc(&nt_unpaired);
		goto out;
	}
	file = nt_returned_file(w, kind, arg, ret, &sk);
	rcu_read_lock();
	tr = nt_calls_of_way(w);
	rec = tr ? nt_ring_begin(&tr->ring, NETTRACE_CALL, &flags) : NULL;
	if (rec) {
		nt_call_who(&rec->call, nr, NETTRACE_CALL_EXIT);
		rec->call.fd = arg[0];
		rec->call.result = ret;
		rec->call.proto = w->proto;
		rec->call.sk_id = w->sk_id;
		if (sk)
			nt_call_socket(&rec->call, sk);
		nt_ring_commit(&tr->ring, flags);
	}
	rcu_read_unlock();
	if (file)
		fput(file);
out:
	nt_way_free(w);
}

/* ---- tracepoints --------------------------------------------------------- */

static void nt_probe_sys_enter(void *data, struct pt_regs *regs, long nr)
{
	u8 kind;

	nr = nt_syscall_meant(regs, nr);
	kind = nt_kind(nr);
	if (kind)
		nt_call_entered(regs, nr, kind);
}

static void nt_probe_sys_exit(void *data, struct pt_regs *regs, long ret)
{
	long nr = nt_syscall_meant(regs, syscall_get_nr(current, regs));
	u8 kind = nt_kind(nr);

	if (kind)
		nt_call_returned(regs, nr, kind, ret);
}

static struct tracepoint *nt_sys_enter, *nt_sys_exit;	/* exported by name only */

static void nt_call_match(struct tracepoint *tp, void *priv)
{
	if (!strcmp(tp->name, "sys_enter"))
		nt_sys_enter = tp;
	else if (!strcmp(tp->name, "sys_exit"))
		nt_sys_exit = tp;
}

static DEFINE_MUTEX(nt_call_lock);	/* all below */
static unsigned int nt_call_users;
static bool nt_call_open;		/* as nt_probes_on in probes.c */

static void nt_call_detach(void)
{
	tracepoint_probe_unregister(nt_sys_enter, nt_probe_sys_enter, NULL);
	tracepoint_probe_unregister(nt_sys_exit, nt_probe_sys_exit, NULL);
}

/* the table stays until the module goes: a probe may still run in it */
static int nt_call_table(void)
{
	if (nt_ways) {
		/* calls that were under way at the last detachment */
		tracepoint_synchronize_unregister();
		memset(nt_ways, 0, NT_WAY_BYTES);
		return 0;
	}
	if (!nt_memory_charge(NT_WAY_BYTES))
		return -ENOSPC;
	nt_ways = kvzalloc(NT_WAY_BYTES, GFP_KERNEL);
	if (nt_ways)
		return 0;
	nt_memory_uncharge(NT_WAY_BYTES);
	return -ENOMEM;
}

static int nt_call_attach(void)
{
	int ret;

	if (!nt_sys_enter || !nt_sys_exit)
		return -EOPNOTSUPP;
	ret = nt_call_table();
	if (ret)
		return ret;
	ret = tracepoint_probe_register(nt_sys_exit, nt_probe_sys_exit, NULL);
	if (ret)
		return ret;
	ret = tracepoint_probe_register(nt_sys_enter, nt_probe_sys_enter, NULL);
	if (ret)
		tracepoint_probe_unregister(nt_sys_exit, nt_probe_sys_exit, NULL);
	return ret;
}

/**
 * nt_probes_call_get() - a namespace asks for calls
 *
 * Return: 0, then nt_probes_call_put() is due; -EOPNOTSUPP: this kernel has no
 * system call tracepoints; -ENOSPC: over the memory cap; -ENOMEM.
 * Context: process; takes the kernel's locks of tracepoints and CPUs.
 */
int nt_probes_call_get(void)
{
	int ret = 0;

	mutex_lock(&nt_call_lock);
	if (!nt_call_users && nt_call_open)
		ret = nt_call_attach();
	if (!ret)
		nt_call_users++;
	mutex_unlock(&nt_call_lock);
	return ret;
}

void nt_probes_call_put(void)
{
	mutex_lock(&nt_call_lock);
	if (!--nt_call_users && nt_call_open)
		nt_call_detach();
	mutex_unlock(&nt_call_lock);
}

/**
 * nt_probes_call_open() - every namespace has its struct nt_net
 *
 * Return: 0, then nt_probes_call_close() is due before any of them loses it; or
 * as nt_probes_call_get(), if the module's parameter asks for calls.
 */
int nt_probes_call_open(void)
{
	int ret = 0;

	for_each_kernel_tracepoint(nt_call_match, NULL);
	mutex_lock(&nt_call_lock);
	if (nt_call_users)
		ret = nt_call_attach();
	nt_call_open = !ret;
	mutex_unlock(&nt_call_lock);
	return ret;
}

/* no probe runs, and none will, when this returns */
void nt_probes_call_close(void)
{
	mutex_lock(&nt_call_lock);
	if (nt_call_users && nt_call_open)
		nt_call_detach();
	nt_call_open = false;
	mutex_unlock(&nt_call_lock);
	tracepoint_synchronize_unregister();
	if (nt_ways)
		nt_memory_uncharge(NT_WAY_BYTES);
	kvfree(nt_ways);
	nt_ways = NULL;
}
