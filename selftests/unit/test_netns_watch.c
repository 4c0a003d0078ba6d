// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_netns_watch.c - network namespaces that come and go on this machine
 *
 * Needs to be root, or user namespaces: each test makes a network and a mount
 * namespace for itself, so that nothing of the machine changes.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../../userspace/netns.h"
#include "../../userspace/netns_watch.h"
#include "support.h"

struct kid {
	pid_t pid;
	int go; /* close it, and the process ends */
	uint64_t inode;
};

/* a process in a network namespace of its own, which nothing else has */
static struct kid start(void)
{
	char path[64], c;
	int up[2], down[2];
	struct kid k;
	struct stat st;

	assert_int_equal(pipe(up), 0);
	assert_int_equal(pipe(down), 0);
	k.pid = fork();
	assert_true(k.pid >= 0);
	if (!k.pid) {
		close(up[0]);
		close(down[1]);
		if (unshare(CLONE_NEWNET) || write(up[1], "x", 1) != 1)
			_exit(1);
		_exit(read(down[0], &c, 1) < 0);
	}
	close(up[1]);
	close(down[0]);
	assert_int_equal(read(up[0], &c, 1), 1); /* or it may not unshare */
	close(up[0]);
	k.go = down[1];
	snprintf(path, sizeof(path), "/proc/%d/ns/net", k.pid);
	assert_int_equal(stat(path, &st), 0);
	k.inode = st.st_ino;
	return k;
}

static void end(struct kid *k)
{
	close(k->go);
	assert_int_equal(waitpid(k->pid, NULL, 0), k->pid);
}

static struct nt_nswatch *must_open(void)
{
	struct nt_nswatch *w;
	struct nt_error err;

	if (nt_nswatch_open(&w, &err))
		fail_msg("%s", err.text);
	return w;
}

/* one round; 1 and *found if @inode is among what is new */
static int round_has(struct nt_nswatch *w, uint64_t inode, struct nt_nsfound *found)
{
	struct nt_nsfound f;
	struct nt_error err;
	int ret, n = 0;

	while ((ret = nt_nswatch_next(w, &f, &err)) == 1) {
		if (f.nsfd >= 0)
			close(f.nsfd);
		if (f.inode != inode)
			continue;
		*found = f;
		n++;
	}
	assert_int_equal(ret, 0);
	return n;
}

static bool readable(const struct nt_nswatch *w, int ms)
{
	struct pollfd pfd = { .fd = nt_nswatch_fd(w), .events = POLLIN };

	return poll(&pfd, 1, ms) == 1;
}

static unsigned int descriptors(void)
{
	unsigned int i, n = 0;

	for (i = 0; i < 256; i++)
		n += fcntl((int)i, F_GETFD) >= 0;
	return n;
}

static uint64_t own_inode(void)
{
	int fd = nt_netns_open(NULL, NULL);
	uint64_t inode = nt_netns_inode(fd);

	close(fd);
	return inode;
}

static void of_processes(void **state)
{
	struct nt_nswatch *w = must_open();
	struct nt_nsfound f;
	struct kid k;
	char name[64];

	(void)state;
	assert_int_equal(round_has(w, own_inode(), &f), 1);
	assert_int_equal(round_has(w, own_inode(), &f), 0);
	k = start();
	assert_true(readable(w, 5000));
	assert_int_equal(round_has(w, k.inode, &f), 1);
	snprintf(name, sizeof(name), "netns:%llu", (unsigned long long)k.inode);
	assert_string_equal(f.name, name);
	assert_false(f.renamed);
	assert_int_equal(round_has(w, k.inode, &f), 0);
	/* as if it had ended and another had got its inode */
	nt_nswatch_gone(w, k.inode);
	assert_int_equal(round_has(w, k.inode, &f), 1);
	end(&k);
	nt_nswatch_gone(w, k.inode);
	nt_nswatch_gone(w, k.inode);
	assert_int_equal(round_has(w, k.inode, &f), 0);
	nt_nswatch_close(w);
}

/* it went between being met and being opened */
static void gone_meanwhile(void **state)
{
	struct nt_nswatch *w = must_open();
	struct kid a = start(), b = start();
	uint64_t first = 0;
	struct nt_nsfound f;
	struct nt_error err;
	unsigned int seen = 0;
	int ret;

	(void)state;
	while ((ret = nt_nswatch_next(w, &f, &err)) == 1) {
		close(f.nsfd);
		if (f.inode != a.inode && f.inode != b.inode)
			continue;
		seen++;
		first = f.inode;
		end(f.inode == a.inode ? &b : &a);
	}
	assert_int_equal(ret, 0);
	assert_int_equal(seen, 1);
	end(first == a.inode ? &a : &b);
	nt_nswatch_close(w);
}

/* in a mount namespace of our own, with an empty /run/netns */
static void of_mounts(void **state)
{
	const char *const path = "/run/netns/blue";
	struct nt_nswatch *w;
	char from[64];
	struct nt_nsfound f;
	struct kid k;

	(void)state;
	assert_int_equal(unshare(CLONE_NEWNS), 0);
	assert_int_equal(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
	assert_int_equal(mount("none", "/run", "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir("/run/netns", 0755), 0);
	w = must_open();
	k = start();
	snprintf(from, sizeof(from), "/proc/%d/ns/net", k.pid);
	assert_int_equal(round_has(w, k.inode, &f), 1);
	assert_memory_equal(f.name, "netns:", 6);
	/* it gets a name, as `ip netns attach` does; the kernel tells at once */
	close(open(path, O_RDONLY | O_CREAT | O_EXCL, 0));
	while (readable(w, 0))
		round_has(w, 0, &f);
	assert_int_equal(mount(from, path, NULL, MS_BIND, NULL), 0);
	assert_true(readable(w, 250));
	assert_int_equal(round_has(w, k.inode, &f), 1);
	assert_string_equal(f.name, "blue");
	assert_true(f.renamed);
	assert_int_equal(f.nsfd, -1);
	assert_int_equal(round_has(w, k.inode, &f), 0);
	/* without a process it is there still */
	end(&k);
	nt_nswatch_gone(w, k.inode);
	assert_int_equal(round_has(w, k.inode, &f), 1);
	assert_string_equal(f.name, "blue");
	assert_false(f.renamed);
	/* elsewhere, as container engines do, with a blank in the name */
	assert_int_equal(mkdir("/run/a b", 0755), 0);
	close(open("/run/a b/c", O_RDONLY | O_CREAT | O_EXCL, 0));
	assert_int_equal(mount(path, "/run/a b/c", NULL, MS_BIND, NULL), 0);
	assert_int_equal(umount2(path, MNT_DETACH), 0);
	nt_nswatch_gone(w, k.inode);
	assert_int_equal(round_has(w, k.inode, &f), 1);
	assert_memory_equal(f.name, "netns:", 6);
	nt_nswatch_close(w);
	assert_int_equal(umount2("/run/a b/c", MNT_DETACH), 0);
}

static void keeps_nothing(void **state)
{
	unsigned int before = descriptors(), with;
	struct nt_nswatch *w = must_open();
	struct nt_nsfound f;
	int i;

	(void)state;
	round_has(w, 0, &f);
	with = descriptors();
	for (i = 0; i < 20; i++) {
		struct kid k = start();

		assert_int_equal(round_has(w, k.inode, &f), 1);
		end(&k);
		nt_nswatch_gone(w, k.inode);
	}
	assert_int_equal(descriptors(), with);
	nt_nswatch_close(w);
	assert_int_equal(descriptors(), before);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_processes),
		cmocka_unit_test(gone_meanwhile),
		cmocka_unit_test(keeps_nothing),
		cmocka_unit_test(of_mounts),
	};

	/* who is not root is so in a namespace of its own */
	if (geteuid() && unshare(CLONE_NEWUSER))
		return 1;
	return cmocka_run_group_tests_name("netns_watch", tests, NULL, NULL);
}
