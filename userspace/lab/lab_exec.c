// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_exec.c - a command, run to its end; and a look at who listens
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "lab/lab_net.h"
#include "i18n.h"
#include "netns.h"

/* a group of its own: Ctrl-C must not end what cleans up */
static void child(const char *const *argv, int out)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	execvp(argv[0], (char **)(uintptr_t)argv);
	dprintf(STDERR_FILENO, _("cannot run %s: %s"), argv[0], strerror(errno));
	_exit(127);
}

static void read_output(int fd, char *out, size_t size)
{
	char rest[512];
	size_t len = 0;
	ssize_t n;

	for (;;) {
		bool room = len + 1 < size;

		n = read(fd, room ? out + len : rest, room ? size - 1 - len : sizeof(rest));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if (room)
			len += (size_t)n;
	}
	if (size)
		out[len] = '\0';
}

int nt_lab_exec(const char *const *argv, char *out, size_t size)
{
	int fd[2], status;
	pid_t pid;

	if (pipe2(fd, O_CLOEXEC))
		return -errno;
	fflush(NULL);
	pid = fork();
	if (pid == 0)
		child(argv, fd[1]);
	close(fd[1]);
	if (pid > 0)
		read_output(fd[0], out, size);
	close(fd[0]);
	if (pid < 0)
		return -EAGAIN;
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return -errno;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* a line of /proc/net/tcp and its like: "sl: ADDRESS:PORT ADDRESS:PORT STATE ..." */
static bool line_listens(const char *line, int port, bool udp)
{
	unsigned int lport, rport, state;

	if (sscanf(line, " %*u: %*[0-9A-Fa-f]:%x %*[0-9A-Fa-f]:%x %x", &lport, &rport, &state) != 3)
		return false;
	return (int)lport == port && (udp ? rport == 0 : state == 0x0a);
}

static bool file_listens(int nsfd, const char *path, int port, bool udp)
{
	const char *stage;
	int fd = nt_netns_file(nsfd, path, O_RDONLY, &stage);
	FILE *f = fd >= 0 ? fdopen(fd, "r") : NULL;
	char line[512];
	bool found = false;

	if (!f)
		return false;
	while (!found && fgets(line, sizeof(line), f))
		found = line_listens(line, port, udp);
	fclose(f);
	return found;
}

bool nt_lab_listens(const char *host, int port, bool udp)
{
	char name[64];
	int nsfd;
	bool found;

	nt_lab_netns(name, sizeof(name), host);
	nsfd = nt_netns_open(name, NULL);
	if (nsfd < 0)
		return false;
	found = file_listens(nsfd, udp ? "/proc/thread-self/net/udp" : "/proc/thread-self/net/tcp",
			     port, udp) ||
		file_listens(nsfd,
			     udp ? "/proc/thread-self/net/udp6" : "/proc/thread-self/net/tcp6",
			     port, udp);
	close(nsfd);
	return found;
}
