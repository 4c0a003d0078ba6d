// SPDX-License-Identifier: GPL-2.0-only
/*
 * priv.c - a command, run as the user who asked for it
 *
 * Only root can take another user's identity, and only root's environment is
 * believed: SUDO_UID of an ordinary caller changes nothing.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "i18n.h"
#include "priv.h"

/* a whole non-negative number of the environment; -1: none */
static long env_id(const char *name)
{
	const char *text = getenv(name);
	char *end;
	long id;

	if (!text || !*text)
		return -1;
	errno = 0;
	id = strtol(text, &end, 10);
	return errno || *end || id < 0 || id >= UINT32_MAX ? -1 : id;
}

/* become the caller of sudo for good; 0 or -errno */
static int drop(void)
{
	long uid = env_id("SUDO_UID"), gid = env_id("SUDO_GID");
	gid_t g = (gid_t)gid;
	uid_t u = (uid_t)uid;
	struct passwd *pw;

	if (geteuid() != 0 || uid <= 0 || gid < 0)
		return 0;
	pw = getpwuid(u);
	if (pw ? initgroups(pw->pw_name, g) : setgroups(1, &g))
		return -errno;
	if (setresgid(g, g, g) || setresuid(u, u, u))
		return -errno;
	if (setuid(0) == 0) /* must be impossible now */
		return -EPERM;
	if (pw && (setenv("HOME", pw->pw_dir, 1) || setenv("USER", pw->pw_name, 1) ||
		   setenv("LOGNAME", pw->pw_name, 1)))
		return -errno;
	return 0;
}

struct report {
	int error;
	bool dropping; /* it was not exec that failed */
};

static void child(char **argv, int pipe_fd)
{
	struct report r = { 0 };
	sigset_t none;

	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	r.error = -drop();
	r.dropping = r.error != 0;
	if (!r.error && dup2(STDERR_FILENO, STDOUT_FILENO) < 0)
		r.error = errno;
	if (!r.error) {
		execvp(argv[0], argv);
		r.error = errno;
	}
	while (write(pipe_fd, &r, sizeof(r)) < 0 && errno == EINTR)
		;
	_exit(127);
}

int nt_spawn(pid_t *pid, char **argv, struct nt_error *err)
{
	struct report r = { 0 };
	int fd[2];
	ssize_t n;

	if (pipe2(fd, O_CLOEXEC)) {
		r.error = errno;
		goto failed;
	}
	fflush(NULL);
	*pid = fork();
	if (*pid == 0)
		child(argv, fd[1]);
	r.error = *pid < 0 ? errno : 0;
	close(fd[1]);
	if (!r.error) {
		do
			n = read(fd[0], &r, sizeof(r));
		while (n < 0 && errno == EINTR);
		if (n > 0) /* the pipe closes by itself when exec succeeds */
			waitpid(*pid, NULL, 0);
		else
			r.error = 0;
	}
	close(fd[0]);
	if (!r.error)
		return 0;
failed:
	if (r.dropping)
		return nt_error_set(
			err, -EPERM,
			_("'%s' cannot be run as the user who called sudo (SUDO_UID): %s"), argv[0],
			strerror(r.error));
	return nt_error_set(err, -r.error, _("cannot run '%s': %s"), argv[0], strerror(r.error));
}

int nt_status_of(int status)
{
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}
