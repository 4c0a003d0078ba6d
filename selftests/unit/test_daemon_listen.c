// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_listen.c - nettraced's socket in the file system: what is left of it
 */
#include <errno.h>
#include <grp.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../../userspace/daemon_listen.h"
#include "support.h"

static char top[] = "/tmp/nettrace-test-XXXXXX";
static char folder[64], path[96];

/* a folder that whoever the test becomes may write to */
static int setup(void **state)
{
	(void)state;
	strcpy(top + strlen(top) - 6, "XXXXXX");
	if (!mkdtemp(top) || chmod(top, 0777))
		return -1;
	snprintf(folder, sizeof(folder), "%s/made", top);
	snprintf(path, sizeof(path), "%s/socket", folder);
	return 0;
}

/* fails if something is left in it */
static int teardown(void **state)
{
	(void)state;
	return rmdir(top);
}

/* made with its folder, replaced, removed with its folder */
static void good(void **state)
{
	struct ntd_listen l, other;
	struct nt_error err;
	struct stat st;

	(void)state;
	if (ntd_listen(&l, path, 0640, getegid(), &err))
		fail_msg("%s", err.text);
	assert_int_equal(lstat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0640);
	assert_int_equal(ntd_listen(&other, path, 0640, getegid(), &err), -EADDRINUSE);
	assert_says(&err, "another daemon serves");
	assert_int_equal(lstat(path, &st), 0);
	close(l.fd); /* killed: its socket is left */
	if (ntd_listen(&other, path, 0600, getegid(), &err))
		fail_msg("%s", err.text);
	other.made_folder = true; /* by the first */
	ntd_listen_remove(&other);
	assert_int_equal(lstat(folder, &st), -1);
	close(other.fd);
}

/* the exit status of a process that is not root and is not in root's group: what is wrong */
static int refused(void)
{
	struct ntd_listen l;
	struct nt_error err = { "" };
	struct stat st;

	if (!geteuid() && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
		return 2;
	if (ntd_listen(&l, path, 0660, 0, &err) != -EPERM)
		return 3;
	if (!strstr(err.text, "cannot serve on"))
		return 4;
	if (!lstat(path, &st))
		return 5;
	if (!lstat(folder, &st))
		return 6;
	return 0;
}

/* the socket is there, but may not have its group: nothing of it is left */
static void no_group(void **state)
{
	int status;
	pid_t pid = fork();

	(void)state;
	assert_true(pid >= 0);
	if (!pid)
		_exit(refused());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* it cannot be bound in the folder that was made for it */
static void no_place(void **state)
{
	char deep[108];
	struct ntd_listen l;
	struct nt_error err;
	struct stat st;

	(void)state;
	snprintf(deep, sizeof(deep), "%s/", folder);
	assert_true(ntd_listen(&l, deep, 0660, getegid(), &err) < 0);
	assert_int_equal(lstat(folder, &st), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(good, setup, teardown),
		cmocka_unit_test_setup_teardown(no_group, setup, teardown),
		cmocka_unit_test_setup_teardown(no_place, setup, teardown),
	};

	return cmocka_run_group_tests_name("daemon_listen", tests, NULL, NULL);
}
