// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_open.c - nettraced's opener reads its file again; the worker is played
 *
 * The opener is a process of its own as in earnest, but keeps its privileges, and
 * opens no module's events.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../userspace/daemon_msg.h"
#include "../../userspace/daemon_open.h"
#include "../../userspace/daemon_priv.h"
#include "no_netns.h"
#include "tempfile.h"

#define MIB 1048576ull

static char sock[64]; /* which is not there */

struct opener {
	pid_t pid;
	int worker; /* its end */
	int words;  /* what is said */
	char said[4096];
	size_t nsaid;
	uint64_t memory; /* that the worker was told last */
	unsigned int settings, streams;
};

int ntd_confine_opener(struct nt_error *err)
{
	(void)err;
	return 0;
}

/* all of them cannot be watched */
int nt_nswatch_open(struct nt_nswatch **w, struct nt_error *err)
{
	*w = NULL;
	return nt_error_set(err, -EMFILE, "too many open files");
}

int nt_nswatch_next(struct nt_nswatch *w, struct nt_nsfound *found, struct nt_error *err)
{
	(void)w;
	(void)found;
	(void)err;
	return 0;
}

void nt_nswatch_gone(struct nt_nswatch *w, uint64_t inode)
{
	(void)w;
	(void)inode;
}

static void write_file(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

static _Noreturn void open_all(struct opener *k, int worker, int words)
{
	char *argv[] = { "nettraced", "--socket", sock, NULL };
	static struct ntd_conf conf;
	struct ntd_open_opts o = {
		.conf = &conf, .argc = 3, .argv = argv, .worker = worker, .pid = -1
	};
	struct nt_error err;
	sigset_t set;

	close(k->worker);
	dup2(words, STDERR_FILENO);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigprocmask(SIG_BLOCK, &set, NULL);
	ntd_conf_default(&conf);
	strcpy(conf.file, path);
	conf.file_named = true;
	if (ntd_conf_file(&conf, &err) || ntd_conf_options(&conf, 3, argv, false) != NTD_GO_ON)
		_exit(2);
	_exit(ntd_open(&o));
}

/* until it says @words: it is answered as a worker does that agrees, or does not */
static void hear_until(struct opener *k, const char *words, bool agree)
{
	static char payload[NTD_PAYLOAD_MAX + 1];
	struct pollfd pfd[2] = {
		{ .fd = k->worker, .events = POLLIN },
		{ .fd = k->words, .events = POLLIN },
	};
	struct ntd_msg m;
	ssize_t n;
	int fd;

	while (!strstr(k->said, words)) {
		if (poll(pfd, 2, 20000) <= 0 || pfd[0].revents & POLLHUP)
			fail_msg("'%s' does not say '%s'", k->said, words);
		while (pfd[0].revents && ntd_recv(k->worker, &m, payload, &fd) == 1) {
			if (fd >= 0)
				close(fd);
			k->streams += m.type == NTD_STREAM;
			k->settings += m.type == NTD_SETTINGS;
			if (m.type == NTD_SETTINGS)
				k->memory = m.value;
			m.type = m.type == NTD_SYNC	? NTD_SYNCED :
				 m.type != NTD_SETTINGS ? 0 :
				 agree			? NTD_READY :
							  NTD_FAILED;
			m.len = m.type == NTD_FAILED ? 3 : 0;
			m.inode = 0;
			if (m.type)
				ntd_send(k->worker, &m, "no!", -1);
		}
		if (!pfd[1].revents)
			continue;
		n = read(k->words, k->said + k->nsaid, sizeof(k->said) - 1 - k->nsaid);
		if (n > 0)
			k->nsaid += (size_t)n;
		k->said[k->nsaid] = '\0';
	}
}

static void start(struct opener *k)
{
	int pair[2], words[2];

	memset(k, 0, sizeof(*k));
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	assert_int_equal(pipe(words), 0);
	write_file("memory = 100\n");
	snprintf(sock, sizeof(sock), "%s.sock", path);
	k->worker = pair[0];
	k->words = words[0];
	k->pid = fork();
	assert_true(k->pid >= 0);
	if (!k->pid)
		open_all(k, pair[1], words[1]);
	close(pair[1]);
	close(words[1]);
	hear_until(k, "serving on", true);
	assert_int_equal(k->settings, 1);
	assert_int_equal(k->streams, 1);
}

static void reload(struct opener *k, const char *file, const char *words, bool agree)
{
	write_file(file);
	k->nsaid = 0;
	k->said[0] = '\0';
	kill(k->pid, SIGHUP);
	hear_until(k, words, agree);
}

static void end(struct opener *k)
{
	int status;

	close(k->worker); /* as if the worker had ended */
	assert_int_equal(waitpid(k->pid, &status, 0), k->pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	close(k->words);
}

/* one that is not there is no mistake: the rest is taken, and it is tried again */
static void absent(void **state)
{
	struct opener k;

	(void)state;
	start(&k);
	reload(&k, "memory = 200\nnamespaces = no-such-name\n", "was read again", true);
	assert_non_null(strstr(k.said, "no-such-name"));
	assert_non_null(strstr(k.said, "it is tried again every second"));
	assert_int_equal(k.settings, 2);
	assert_int_equal(k.memory, 200 * MIB);
	end(&k);
}

/* what is said of the old settings is true: the worker was not told of new ones */
static void all_or_nothing(void **state)
{
	struct opener k;

	(void)state;
	start(&k);
	/* there is no socket whose mode could be changed */
	reload(&k, "memory = 200\nmode = 0600\n", "the old settings stay", true);
	assert_non_null(strstr(k.said, "cannot have mode 0600"));
	assert_int_equal(k.settings, 1);
	reload(&k, "memory = 300\nnamespaces = all\n", "the old settings stay", true);
	assert_non_null(strstr(k.said, "too many open files"));
	assert_int_equal(k.settings, 1);
	reload(&k, "memory = 400\n", "was read again", true);
	assert_int_equal(k.memory, 400 * MIB);
	end(&k);
}

/* the worker does not take them: what went before is taken back */
static void taken_back(void **state)
{
	struct opener k;
	struct stat st;
	int fd;

	(void)state;
	start(&k);
	fd = creat(sock, 0600);
	assert_true(fd >= 0);
	assert_int_equal(fchmod(fd, 0660), 0);
	reload(&k, "mode = 0666\n", "no!; the old settings stay", false);
	assert_int_equal(k.settings, 2);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0660);
	reload(&k, "mode = 0666\n", "was read again", true);
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0666);
	end(&k);
	close(fd);
	unlink(sock);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(absent, setup, teardown),
		cmocka_unit_test_setup_teardown(all_or_nothing, setup, teardown),
		cmocka_unit_test_setup_teardown(taken_back, setup, teardown),
	};

	return cmocka_run_group_tests_name("daemon_open", tests, NULL, NULL);
}
