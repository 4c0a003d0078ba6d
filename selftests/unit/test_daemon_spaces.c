// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_spaces.c - the namespaces that nettraced's opener hands to its worker,
 * which is played here, as are what opens them and what meets them
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../userspace/daemon_msg.h"
#include "../../userspace/daemon_say.h"
#include "../../userspace/daemon_spaces.h"
#include "../../userspace/netns.h"
#include "no_netns.h"
#include "support.h"

#define MET 3 /* namespaces, with -N all */

struct nt_nswatch {
	uint64_t pending[MET]; /* inodes */
	size_t n;
};

static struct nt_nswatch watch;
static unsigned int warnings, notices;
static char warning[1024]; /* the last one */
static int worker;	   /* its end */

void ntd_say(enum ntd_level level, const char *fmt, ...)
{
	va_list ap;

	notices += level == NTD_NOTICE;
	if (level > NTD_WARN)
		return;
	warnings++;
	va_start(ap, fmt);
	vsnprintf(warning, sizeof(warning), fmt, ap);
	va_end(ap);
}

int nt_nswatch_open(struct nt_nswatch **w, struct nt_error *err)
{
	(void)err;
	for (watch.n = 0; watch.n < MET; watch.n++)
		watch.pending[watch.n] = watch.n + 1;
	*w = &watch;
	return 0;
}

int nt_nswatch_next(struct nt_nswatch *w, struct nt_nsfound *found, struct nt_error *err)
{
	(void)err;
	if (!w->n)
		return 0;
	memset(found, 0, sizeof(*found));
	found->inode = w->pending[--w->n];
	found->nsfd = open("/dev/null", O_RDONLY | O_CLOEXEC);
	snprintf(found->name, sizeof(found->name), "n%u", (unsigned int)found->inode);
	return 1;
}

void nt_nswatch_gone(struct nt_nswatch *w, uint64_t inode)
{
	assert_true(w->n < MET);
	w->pending[w->n++] = inode;
}

static struct ntd_spaces *start(const struct ntd_conf *conf)
{
	struct nt_error err = { "" };
	struct ntd_spaces *sp;
	int pair[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair), 0);
	worker = pair[1];
	sp = ntd_spaces_new(pair[0]);
	assert_non_null(sp);
	if (ntd_spaces_set(sp, conf, true, &err))
		fail_msg("%s", err.text);
	warnings = 0;
	notices = 0;
	return sp;
}

/* what the worker was handed: how often @inode, and the last one in *last */
static unsigned int handed(uint64_t inode, uint64_t *last)
{
	static char payload[NTD_PAYLOAD_MAX + 1];
	unsigned int n = 0;
	struct ntd_msg m;
	int fd;

	while (ntd_recv(worker, &m, payload, &fd) == 1) {
		assert_int_equal(m.type, NTD_STREAM);
		assert_true(fd >= 0);
		close(fd);
		n += m.inode == inode;
		*last = m.inode;
	}
	return n;
}

/* one that is named: tried again with every look, said once */
static void named(void **state)
{
	static struct ntd_conf conf; /* our own namespace */
	struct ntd_spaces *sp = start(&conf);
	uint64_t inode = 0;
	unsigned int i;

	(void)state;
	handed(0, &inode);
	assert_int_not_equal(inode, 0);
	for (i = 0; i < 5; i++) {
		ntd_spaces_refused(sp, inode, "it is of another age");
		ntd_spaces_look(sp);
		assert_int_equal(handed(inode, &inode), 1);
	}
	assert_int_equal(warnings, 1);
	assert_string_equal(warning, "it is of another age; it is tried again every second");
	assert_int_equal(notices, 0);
	/* not refused any more: it is not handed over again */
	ntd_spaces_look(sp);
	assert_int_equal(handed(inode, &inode), 0);
	ntd_spaces_free(sp);
	close(worker);
}

/* of all of them: each is said once */
static void all(void **state)
{
	static struct ntd_conf conf = { .all = true };
	struct ntd_spaces *sp = start(&conf);
	uint64_t last = 0;
	unsigned int i;

	(void)state;
	assert_int_equal(handed(2, &last), 1);
	ntd_spaces_refused(sp, 2, "there are too many");
	ntd_spaces_refused(sp, 3, "there are too many");
	assert_int_equal(warnings, 2);
	assert_string_equal(warning, "there are too many");
	for (i = 0; i < 6; i++) {
		ntd_spaces_look(sp);
		assert_int_equal(handed(2 + i % 2, &last), 1);
		ntd_spaces_refused(sp, last, "there are too many");
	}
	assert_int_equal(warnings, 2);
	ntd_spaces_free(sp);
	close(worker);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(named),
		cmocka_unit_test(all),
	};

	return cmocka_run_group_tests_name("daemon_spaces", tests, NULL, NULL);
}
