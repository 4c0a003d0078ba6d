// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_priv.c - what each of nettraced's processes gives up
 */
#include "daemon_priv.h"
#include "i18n.h"

#include <cap-ng.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

/* reading, sending, memory, time: nothing that opens, makes or becomes */
static const int worker_calls[] = {
	SCMP_SYS(read),	      SCMP_SYS(write),		 SCMP_SYS(close),
	SCMP_SYS(recvmsg),    SCMP_SYS(recvfrom),	 SCMP_SYS(sendmsg),
	SCMP_SYS(sendto),     SCMP_SYS(accept4),	 SCMP_SYS(epoll_ctl),
	SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),	 SCMP_SYS(poll),
	SCMP_SYS(ppoll),      SCMP_SYS(fcntl),		 SCMP_SYS(lseek),
	SCMP_SYS(brk),	      SCMP_SYS(munmap),		 SCMP_SYS(mremap),
	SCMP_SYS(madvise),    SCMP_SYS(clock_gettime),	 SCMP_SYS(gettimeofday),
	SCMP_SYS(getrandom), /* the allocator's */
	SCMP_SYS(futex),      SCMP_SYS(restart_syscall), SCMP_SYS(rt_sigreturn),
	SCMP_SYS(exit),	      SCMP_SYS(exit_group),
};

/* beside these: what entering a namespace in a thread and opening a file takes */
static const int opener_calls[] = {
	SCMP_SYS(setns),
	SCMP_SYS(openat),
	SCMP_SYS(openat2),
	SCMP_SYS(newfstatat),
	SCMP_SYS(fstat),
	SCMP_SYS(stat),
	SCMP_SYS(lstat),
	SCMP_SYS(statx),
	SCMP_SYS(access),
	SCMP_SYS(faccessat),
	SCMP_SYS(faccessat2),
	SCMP_SYS(readlink),
	SCMP_SYS(readlinkat),
	SCMP_SYS(getdents64),
	SCMP_SYS(pread64),
	SCMP_SYS(chmod),
	SCMP_SYS(fchmodat),
	SCMP_SYS(unlink),
	SCMP_SYS(unlinkat),
	SCMP_SYS(rmdir),
	SCMP_SYS(wait4),
	SCMP_SYS(waitid),
	SCMP_SYS(epoll_create1),
	SCMP_SYS(timerfd_create),
	SCMP_SYS(timerfd_settime),
	SCMP_SYS(inotify_init1),
	SCMP_SYS(inotify_add_watch),
	SCMP_SYS(inotify_rm_watch),
	SCMP_SYS(prlimit64), /* more descriptors */
	SCMP_SYS(getrlimit),
	SCMP_SYS(setrlimit),
	/* threads */
	SCMP_SYS(clone3),
	SCMP_SYS(clone),
	SCMP_SYS(set_robust_list),
	SCMP_SYS(rseq),
	SCMP_SYS(set_tid_address),
	SCMP_SYS(mprotect),
	SCMP_SYS(rt_sigprocmask),
	SCMP_SYS(rt_sigaction),
	SCMP_SYS(sched_getaffinity),
	SCMP_SYS(sched_yield),
	SCMP_SYS(gettid),
	SCMP_SYS(getpid),
	SCMP_SYS(geteuid),
	SCMP_SYS(getuid),
};

static int allow(scmp_filter_ctx f, const int *calls, size_t n)
{
	int ret = 0;

	while (n-- && !ret)
		ret = seccomp_rule_add(f, SCMP_ACT_ALLOW, calls[n], 0);
	return ret;
}

/* memory yes, but none that can be executed */
static int allow_mmap(scmp_filter_ctx f)
{
	return seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1,
				SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
}

static int load_filter(bool opener, struct nt_error *err)
{
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_KILL_PROCESS);
	int ret = f ? 0 : -ENOMEM;

	if (!ret)
		ret = allow(f, worker_calls, sizeof(worker_calls) / sizeof(worker_calls[0]));
	if (!ret)
		ret = allow_mmap(f);
	if (!ret && opener)
		ret = allow(f, opener_calls, sizeof(opener_calls) / sizeof(opener_calls[0]));
	/* the resolver may try, in vain: names of hosts in a filter that is read later */
	if (!ret && opener)
		ret = seccomp_rule_add(f, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 0);
	if (!ret)
		ret = seccomp_load(f);
	if (f)
		seccomp_release(f);
	if (!ret)
		return 0;
	return nt_error_set(
		err, ret,
		_("system calls cannot be restricted (seccomp): %s; the kernel needs CONFIG_SECCOMP_FILTER"),
		strerror(-ret));
}

int ntd_user(const char *name, uid_t *uid, gid_t *gid, struct nt_error *err)
{
	struct passwd *pw;

	pw = getpwnam(*name ? name : "nettrace");
	if (!pw && !*name)
		pw = getpwnam("nobody");
	if (!pw)
		return nt_error_set(
			err, -ENOENT,
			_("there is no user %s for the worker to be: name another (--user), or make one"),
			*name ? name : _("nettrace or nobody"));
	if (!pw->pw_uid || !pw->pw_gid)
		return nt_error_set(err, -EINVAL,
				    _("the worker must not be root, and %s is: name another user"),
				    name);
	*uid = pw->pw_uid;
	*gid = pw->pw_gid;
	return 0;
}

int ntd_group(const char *name, gid_t *gid, struct nt_error *err)
{
	struct group *g = getgrnam(*name ? name : "nettrace");

	*gid = g ? g->gr_gid : 0;
	if (g || !*name)
		return 0;
	return nt_error_set(err, -ENOENT, _("there is no group %s for the socket"), name);
}

static int cannot_drop(int error, struct nt_error *err)
{
	return nt_error_set(err, -error, _("privileges cannot be given up: %s: run with sudo"),
			    strerror(error));
}

int ntd_confine_worker(uid_t uid, gid_t gid, struct nt_error *err)
{
	int ret;

	capng_clear(CAPNG_SELECT_ALL);
	ret = capng_change_id((int)uid, (int)gid,
			      CAPNG_DROP_SUPP_GRP | CAPNG_CLEAR_BOUNDING | CAPNG_CLEAR_AMBIENT);
	if (ret)
		return nt_error_set(
			err, -EPERM,
			_("the worker cannot become user %u without capabilities (step %d): run with sudo"),
			uid, -ret);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) ||
	    prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0))
		return cannot_drop(errno, err);
	if (!setuid(0) || !setgid(0)) /* must be impossible now */
		return cannot_drop(EPERM, err);
	return load_filter(false, err);
}

int ntd_confine_opener(struct nt_error *err)
{
	capng_clear(CAPNG_SELECT_ALL);
	capng_updatev(CAPNG_ADD, CAPNG_EFFECTIVE | CAPNG_PERMITTED | CAPNG_BOUNDING_SET,
		      CAP_SYS_ADMIN,	   /* setns() */
		      CAP_NET_ADMIN,	   /* opening events */
		      CAP_SYS_PTRACE,	   /* /proc/PID/ns/net of other users' processes */
		      CAP_DAC_READ_SEARCH, /* events of a user namespace belong to its root */
		      -1);
	if (capng_apply(CAPNG_SELECT_ALL))
		return cannot_drop(EPERM, err);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
		return cannot_drop(errno, err);
	return load_filter(true, err);
}
