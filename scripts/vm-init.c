// SPDX-License-Identifier: GPL-2.0-only
/*
 * PID 1 of the test VM: mounts what programs expect, loads the modules that the
 * VM itself needs, runs one command and hands its output, its exit status and
 * the contents of /out to the host.
 *
 * Three ports lead to the host: output, errors and result.  The result is one
 * line, "nettrace-vm STATUS SIZE\n", and then SIZE bytes of a tar file.  The
 * ports are virtio's: fast, and the host ends the machine when it has received
 * the result, so nothing that was sent can be lost on the way down.  Or they are
 * serial lines, when each run must count the same instructions: they make no
 * interrupt at a moment of the host's choosing.
 *
 * /.vm/terminal if it exists: the command has ttyS1, where somebody types
 * /.vm/serial   if it exists: the ports are ttyS1 to ttyS3
 * /.vm/modules  modules to load, a path a line, in order
 * /.vm/command  the command's words, each ended by a NUL
 * /.vm/env      its environment, in the same form
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define SERIAL_MARK    "/.vm/serial"
#define TERMINAL_MARK  "/.vm/terminal"
#define TERMINAL       "/dev/ttyS1"
#define PORT_PATTERN   "/dev/vport%dp%d"
#define SERIAL_PATTERN "/dev/ttyS%d"
#define MAX_WORDS      1024
#define STUDENT	       1000
#define LEAKS	       "/sys/kernel/debug/kmemleak"
#define OUT_TAR	       "/run/out.tar"

enum port { PORT_OUT = 1, PORT_ERR, PORT_RESULT, PORT_END };

/* The path of each port; the number of the device depends on the machine. */
static char port_path[PORT_END][32];

static void say(const char *fmt, ...)
{
	va_list ap;

	fputs("vm-init: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
}

static void power_off(void)
{
	sync();
	reboot(RB_POWER_OFF);
	pause();
}

/* No result reaches the host: it takes that as a failure and shows the console. */
static void give_up(const char *what, const char *whom)
{
	say("error: %s %s: %s", what, whom, strerror(errno));
	power_off();
}

static void mount_one(const char *type, const char *where, const char *data, bool needed)
{
	mkdir(where, 0755);
	if (mount(type, where, type, 0, data) && errno != EBUSY && needed)
		give_up("cannot mount", where);
}

/* Needed before anything can be said: the console is a device node. */
static void open_console(void)
{
	int fd;

	mount_one("devtmpfs", "/dev", NULL, true);
	fd = open("/dev/console", O_RDWR | O_NOCTTY);
	if (fd < 0)
		return;
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void mount_all(void)
{
	mount_one("proc", "/proc", NULL, true);
	mount_one("sysfs", "/sys", NULL, true);
	mount_one("devpts", "/dev/pts", "gid=5,mode=620,ptmxmode=666", true);
	mount_one("tmpfs", "/dev/shm", "mode=1777", true);
	mount_one("tmpfs", "/run", "mode=755", true);
	mount_one("cgroup2", "/sys/fs/cgroup", NULL, false);
	mount_one("debugfs", "/sys/kernel/debug", NULL, false);
	mount_one("tracefs", "/sys/kernel/tracing", NULL, false);
	mount_one("securityfs", "/sys/kernel/security", NULL, false);
	symlink("/proc/self/fd", "/dev/fd");
	symlink("/proc/self/fd/0", "/dev/stdin");
	symlink("/proc/self/fd/1", "/dev/stdout");
	symlink("/proc/self/fd/2", "/dev/stderr");
	chmod("/tmp", 01777);
	chown("/home/student", STUDENT, STUDENT);
}

static void lo_up(void)
{
	struct ifreq ifr = { .ifr_name = "lo", .ifr_flags = IFF_UP | IFF_RUNNING };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	if (fd < 0 || ioctl(fd, SIOCSIFFLAGS, &ifr))
		give_up("cannot bring up", "lo");
	close(fd);
}

static void load_module(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		give_up("cannot open", path);
	if (syscall(SYS_finit_module, fd, "", 0) && errno != EEXIST)
		give_up("cannot load", path);
	close(fd);
}

static void load_modules(void)
{
	FILE *list = fopen("/.vm/modules", "re");
	char path[512];

	if (!list)
		return;
	while (fgets(path, sizeof(path), list)) {
		path[strcspn(path, "\n")] = '\0';
		load_module(path);
	}
	fclose(list);
}

static bool use_serial(void)
{
	return access(SERIAL_MARK, F_OK) == 0;
}

/* A serial line that carries bytes as they are. */
static void make_raw(const char *path)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
	struct termios tio;

	if (fd < 0 || tcgetattr(fd, &tio))
		give_up("cannot open", path);
	cfmakeraw(&tio);
	tio.c_cflag |= CLOCAL;
	cfsetspeed(&tio, B115200);
	if (tcsetattr(fd, TCSANOW, &tio))
		give_up("cannot set up", path);
	/* kept open: the last close would forget the settings */
}

static void set_up_serial(void)
{
	int nr;

	for (nr = PORT_OUT; nr < PORT_END; nr++) {
		snprintf(port_path[nr], sizeof(port_path[nr]), SERIAL_PATTERN, nr);
		make_raw(port_path[nr]);
	}
}

/* Are all three ports there?  Their device is number 0 unless others came first. */
static bool find_ports(void)
{
	int dev, nr;

	for (dev = 0; dev < 4; dev++) {
		for (nr = PORT_OUT; nr < PORT_END; nr++) {
			snprintf(port_path[nr], sizeof(port_path[nr]), PORT_PATTERN, dev, nr);
			if (access(port_path[nr], W_OK))
				break;
		}
		if (nr == PORT_END)
			return true;
	}
	return false;
}

/* The host announces the ports after the driver is there: wait for the nodes. */
static void wait_for_ports(void)
{
	int fd = inotify_init1(IN_CLOEXEC);
	char events[4096];

	if (fd < 0 || inotify_add_watch(fd, "/dev", IN_CREATE | IN_ATTRIB) < 0)
		give_up("cannot watch", "/dev");
	while (!find_ports())
		if (read(fd, events, sizeof(events)) < 0 && errno != EINTR)
			give_up("cannot wait for", "the virtio ports");
	close(fd);
}

static int open_port(enum port nr)
{
	int fd = open(port_path[nr], O_WRONLY | O_NOCTTY | O_CLOEXEC);

	if (fd < 0)
		give_up("cannot open", port_path[nr]);
	return fd;
}

static void write_all(int fd, const char *buf, size_t len)
{
	ssize_t n;

	while (len) {
		n = write(fd, buf, len);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			give_up("cannot send to", "the host");
		buf += n;
		len -= n;
	}
}

/* A file of words, each ended by a NUL, as an argument vector. */
static char **read_words(const char *path)
{
	static char *none[] = { NULL };
	char **words = calloc(MAX_WORDS + 1, sizeof(*words));
	FILE *file = fopen(path, "re");
	size_t size, n = 0;

	if (!words || !file)
		return none;
	while (n < MAX_WORDS) {
		char *word = NULL;

		size = 0;
		if (getdelim(&word, &size, '\0', file) < 0)
			break;
		words[n++] = word;
	}
	fclose(file);
	return words;
}

static void make_pipe(int fd[2])
{
	if (pipe2(fd, O_CLOEXEC))
		give_up("cannot make", "a pipe");
	/* "/dev/stdout" is opened anew by some programs, and not only by root's */
	fchmod(fd[1], 0666);
	fcntl(fd[0], F_SETFL, O_NONBLOCK);
}

/* a serial line whose other end is the user's terminal: it controls the session */
static void take_terminal(void)
{
	int fd = open(TERMINAL, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return;
	ioctl(fd, TIOCSCTTY, 1);
	dup2(fd, STDIN_FILENO);
	dup2(fd, STDOUT_FILENO);
	dup2(fd, STDERR_FILENO);
	if (fd > STDERR_FILENO)
		close(fd);
}

static void child(char **argv, char **envp, int out, int err)
{
	int null = open("/dev/null", O_RDWR);
	sigset_t none;

	setsid();
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	if (!access(TERMINAL_MARK, F_OK))
		take_terminal();
	if (null > STDERR_FILENO)
		close(null);
	environ = envp;
	if (chdir("/nettrace"))
		chdir("/");
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "vm: cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* Copy what there is.  False when the other side is closed. */
static bool pump(int from, int to)
{
	char buf[65536];
	ssize_t n;

	for (;;) {
		n = read(from, buf, sizeof(buf));
		if (n > 0)
			write_all(to, buf, n);
		else if (n == 0)
			return false;
		else if (errno != EINTR)
			return errno == EAGAIN;
	}
}

/* Collect the children that ended.  True when the command was one of them. */
static bool reap(pid_t command, int *status)
{
	bool ended = false;
	int st;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0)
		if (pid == command) {
			*status = st;
			ended = true;
		}
	return ended;
}

static int sigchld_fd(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (fd < 0)
		give_up("cannot watch", "child processes");
	return fd;
}

/* Carry the command's output until it ends; then end what it left behind. */
static int supervise(pid_t command, int out, int err)
{
	int to_out = open_port(PORT_OUT), to_err = open_port(PORT_ERR);
	struct pollfd fds[] = {
		{ .fd = out, .events = POLLIN },
		{ .fd = err, .events = POLLIN },
		{ .fd = sigchld_fd(), .events = POLLIN },
	};
	struct signalfd_siginfo info;
	int status = 0;
	bool ended = false;

	/* the command may have ended before its signal was being watched for */
	ended = reap(command, &status);
	while (!ended) {
		if (poll(fds, 3, -1) < 0 && errno != EINTR)
			give_up("cannot wait for", "the command");
		if (fds[0].revents && !pump(out, to_out))
			fds[0].fd = -1;
		if (fds[1].revents && !pump(err, to_err))
			fds[1].fd = -1;
		while (read(fds[2].fd, &info, sizeof(info)) > 0)
			;
		ended = reap(command, &status);
	}
	kill(-1, SIGKILL);
	while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
		;
	pump(out, to_out);
	pump(err, to_err);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

static int run_command(void)
{
	char **argv = read_words("/.vm/command"), **envp = read_words("/.vm/env");
	int out[2], err[2];
	pid_t pid;

	if (!argv[0]) {
		errno = ENOENT;
		give_up("no command in", "/.vm/command");
	}
	make_pipe(out);
	make_pipe(err);
	pid = fork();
	if (pid < 0)
		give_up("cannot start", argv[0]);
	if (!pid)
		child(argv, envp, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	return supervise(pid, out[0], err[0]);
}

/* A kernel built to find leaks: let it look, and show what it found. */
static void show_leaks(void)
{
	int fd = open(LEAKS, O_RDWR | O_CLOEXEC);
	char buf[4096];
	ssize_t n;

	if (fd < 0)
		return;
	/* the second scan finds what the first one still took for reachable; EPERM: it was
	 * turned off, by scripts/vm --append, or by itself, of which the console tells
	 */
	if ((write(fd, "scan", 4) < 0 || write(fd, "scan", 4) < 0) && errno != EPERM)
		say("kmemleak does not scan: %s", strerror(errno));
	while ((n = read(fd, buf, sizeof(buf))) > 0)
		if (write(STDERR_FILENO, buf, n) != n)
			break;
	close(fd);
}

/* True when tar wrote what /out holds. */
static bool pack_out(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		execl("/usr/bin/tar", "tar", "-C", "/out", "-cf", OUT_TAR, ".", NULL);
		_exit(127);
	}
	return pid > 0 && waitpid(pid, &status, 0) == pid && status == 0;
}

static void send_result(int status)
{
	int port = open_port(PORT_RESULT), tar;
	char buf[65536];
	struct stat st;
	ssize_t n;

	if (!pack_out() || stat(OUT_TAR, &st))
		give_up("cannot pack", "/out");
	tar = open(OUT_TAR, O_RDONLY | O_CLOEXEC);
	if (tar < 0)
		give_up("cannot open", OUT_TAR);
	n = snprintf(buf, sizeof(buf), "nettrace-vm %d %lld\n", status, (long long)st.st_size);
	write_all(port, buf, n);
	while ((n = read(tar, buf, sizeof(buf))) > 0)
		write_all(port, buf, n);
	close(tar);
	if (use_serial())
		tcdrain(port);
}

int main(void)
{
	int status;

	if (getpid() != 1) {
		fprintf(stderr,
			"vm-init: this is the first process of a test VM; it does nothing here\n");
		return 1;
	}
	umask(022);
	open_console();
	mount_all();
	/* from here on every message of the kernel is wanted on the console */
	klogctl(8, NULL, 8);
	sethostname("vm", 2);
	lo_up();
	load_modules();
	if (use_serial())
		set_up_serial();
	else
		wait_for_ports();
	say("ready");
	status = run_command();
	show_leaks();
	send_result(status);
	say("done, status %d", status);
	if (use_serial())
		power_off();
	/* the host ends the machine; on its own it would run on for ever */
	for (;;)
		pause();
}
