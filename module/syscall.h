/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syscall.h - which system call a task is in, and with what
 *
 * Purpose: on some processors (s390x) the C library makes all calls on sockets
 *          through one, socketcall(), whose first argument says which it is and
 *          whose second points to that call's own arguments.  A record has the
 *          number of the call that was meant.
 * Context: the task's own, in that call; nothing here sleeps.
 */
#ifndef NETTRACE_SYSCALL_H
#define NETTRACE_SYSCALL_H

#include <asm/syscall.h>
#include <linux/net.h>
#include <linux/nospec.h>
#include <linux/sched.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#ifdef __NR_socketcall

#ifdef __NR_accept
#define NT_NR_ACCEPT	__NR_accept
#else
#define NT_NR_ACCEPT	__NR_accept4	/* without flags it is the same */
#endif

struct nt_socketcall {
	u16 nr;		/* 0: none that is told apart */
	u8 args;
};

static inline struct nt_socketcall nt_socketcall(unsigned long call)
{
	static const struct nt_socketcall calls[] = {
		[SYS_SOCKET] = { __NR_socket, 3 },
		[SYS_BIND] = { __NR_bind, 3 },
		[SYS_CONNECT] = { __NR_connect, 3 },
		[SYS_LISTEN] = { __NR_listen, 2 },
		[SYS_ACCEPT] = { NT_NR_ACCEPT, 3 },
		[SYS_SEND] = { __NR_sendto, 4 },
		[SYS_RECV] = { __NR_recvfrom, 4 },
		[SYS_SENDTO] = { __NR_sendto, 6 },
		[SYS_RECVFROM] = { __NR_recvfrom, 6 },
		[SYS_SHUTDOWN] = { __NR_shutdown, 2 },
		[SYS_SENDMSG] = { __NR_sendmsg, 3 },
		[SYS_RECVMSG] = { __NR_recvmsg, 3 },
		[SYS_ACCEPT4] = { __NR_accept4, 4 },
		[SYS_RECVMMSG] = { __NR_recvmmsg, 5 },
		[SYS_SENDMMSG] = { __NR_sendmmsg, 4 },
	};

	/* 0 is no call */
	if (call >= ARRAY_SIZE(calls))
		call = 0;
	return calls[array_index_nospec(call, ARRAY_SIZE(calls))];
}

/* the number of the call that @nr stands for */
static inline long nt_syscall_meant(struct pt_regs *regs, long nr)
{
	unsigned long arg[6];

	if (nr != __NR_socketcall || in_compat_syscall())
		return nr;
	syscall_get_arguments(current, regs, arg);
	return nt_socketcall(arg[0]).nr ?: nr;
}

/* false: they are not in memory now */
static inline bool nt_syscall_arguments(struct pt_regs *regs, unsigned long *arg)
{
	const void __user *from;
	size_t len;

	syscall_get_arguments(current, regs, arg);
	if (syscall_get_nr(current, regs) != __NR_socketcall)
		return true;
	from = (const void __user *)arg[1];
	len = nt_socketcall(arg[0]).args * sizeof(*arg);
	memset(arg, 0, 6 * sizeof(*arg));
	return !copy_from_user_nofault(arg, from, len);
}

#else

static inline long nt_syscall_meant(struct pt_regs *regs, long nr)
{
	return nr;
}

static inline bool nt_syscall_arguments(struct pt_regs *regs, unsigned long *arg)
{
	syscall_get_arguments(current, regs, arg);
	return true;
}

#endif

/* the native number; -1: in none */
static inline long nt_syscall_nr(void)
{
	struct pt_regs *regs = task_pt_regs(current);

	return nt_syscall_meant(regs, syscall_get_nr(current, regs));
}

#endif /* NETTRACE_SYSCALL_H */
