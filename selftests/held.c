// SPDX-License-Identifier: GPL-2.0-only
/*
 * held.c - readers whose memory or patience is not what the module would like
 *
 * A reader whose memory is served by a program (userfaultfd here, as FUSE would) holds
 * up neither the end of a namespace nor the module's unloading for ever: the first
 * waits for it alone, the second is refused.  Who polls something else, too, that does
 * not answer, holds up neither.  And who waits for edges gets them.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/own.h"

#define PAGE 4096UL
#define BUF  (64 * 1024)

/* one page that is not there until somebody brings it */
struct absent {
	int uffd;
	char *page;
};

/* 0 or -errno; -ENOSYS: this kernel has no userfaultfd */
static int absent_open(struct absent *a)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };

	a->uffd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (a->uffd < 0)
		return -errno;
	a->page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (unsigned long)a->page;
	reg.range.len = PAGE;
	if (a->page == MAP_FAILED || ioctl(a->uffd, UFFDIO_API, &api) ||
	    ioctl(a->uffd, UFFDIO_REGISTER, &reg))
		return -errno;
	return 0;
}

static int absent_bring(struct absent *a)
{
	struct uffdio_zeropage zero = { .range = { (unsigned long)a->page, PAGE } };

	return ioctl(a->uffd, UFFDIO_ZEROPAGE, &zero) ? -errno : 0;
}

/* is somebody waiting for it?  1, or 0 after a minute */
static int absent_awaited(struct absent *a)
{
	struct pollfd p = { .fd = a->uffd, .events = POLLIN };

	return poll(&p, 1, 60000);
}

struct reading {
	pthread_t thread;
	int fd;
	char *to;
	ssize_t got;
};

/* from a namespace of its own, so that the one that is read can end */
static void *reading_begin(void *arg)
{
	struct reading *r = arg;

	r->got = unshare(CLONE_NEWNET) ? -errno : read(r->fd, r->to, PAGE);
	if (r->got < 0)
		r->got = -errno;
	return NULL;
}

/* the rings of a namespace go with it; asked for a minute */
static int memory_falls_below(uint64_t bytes)
{
	uint64_t now = 0;
	int i;

	for (i = 0; i < 600; i++) {
		if (!nettrace_stat(NULL, "memory", &now) && now < bytes)
			return 1;
		usleep(100000);
	}
	return 0;
}

/* @file: of /proc/net/nettrace, read into memory that nobody serves for a while */
static void served_late(struct __test_metadata *_metadata, const char *file)
{
	struct reading r = { .fd = -1 };
	struct absent a = { .uffd = -1 };
	uint64_t memory;
	char path[64];
	int ret;

	ret = absent_open(&a);
	if (ret == -ENOSYS)
		SKIP(return, "this kernel has no userfaultfd");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, module_load("ring=64"));
	ASSERT_EQ(0, own_netns());
	snprintf(path, sizeof(path), "/proc/thread-self/net/nettrace/%s", file);
	r.fd = open(path, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, r.fd);
	r.to = a.page;
	ASSERT_EQ(0, pthread_create(&r.thread, NULL, reading_begin, &r));
	ASSERT_EQ(1, absent_awaited(&a));

	/* refused at once, and nothing has happened */
	EXPECT_EQ(-EAGAIN, module_unload());
	EXPECT_TRUE(module_loaded());
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &memory));

	/* the namespace is left: others can be made, with what follows all of them */
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, absent_bring(&a));
	pthread_join(r.thread, NULL);
	EXPECT_LT(0, r.got);
	/* gone are the one that was read, and the reader's own */
	EXPECT_TRUE(memory_falls_below(memory));
	close(r.fd);
	close(a.uffd);
	munmap(a.page, PAGE);
	EXPECT_EQ(0, module_unload());
}

TEST(events_into_memory_that_comes_late)
{
	served_late(_metadata, "events");
}

TEST(text_into_memory_that_comes_late)
{
	served_late(_metadata, "trace");
}

TEST(stats_into_memory_that_comes_late)
{
	served_late(_metadata, "stats");
}

/* two threads: one keeps an epoll locked, the other polls it behind what is ours */
struct stuck {
	pthread_t holds, polls;
	int ep;
	struct epoll_event *to;
	struct pollfd fds[2];
	pid_t tid;
	int got;
};

static void *stuck_hold(void *arg)
{
	struct stuck *s = arg;

	epoll_wait(s->ep, s->to, 1, 60000);
	return NULL;
}

static void *stuck_poll(void *arg)
{
	struct stuck *s = arg;

	__atomic_store_n(&s->tid, (pid_t)syscall(SYS_gettid), __ATOMIC_RELEASE);
	s->got = poll(s->fds, 2, 60000);
	return NULL;
}

/* is that thread waiting for a lock, "D"? */
static int stuck_waits(struct stuck *s)
{
	pid_t tid = __atomic_load_n(&s->tid, __ATOMIC_ACQUIRE);
	char path[64], line[256] = "", *end;
	int fd;

	snprintf(path, sizeof(path), "/proc/self/task/%d/stat", tid);
	fd = tid ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	if (fd < 0)
		return 0;
	if (read(fd, line, sizeof(line) - 1) < 0)
		line[0] = '\0';
	close(fd);
	end = strrchr(line, ')');
	return end && end[1] == ' ' && end[2] == 'D';
}

/* 1, or 0 after a minute */
static int stuck_comes_to_wait(struct stuck *s)
{
	int i;

	for (i = 0; i < 6000 && !stuck_waits(s); i++)
		usleep(10000);
	return i < 6000;
}

/* @events: of a namespace; @a: brought, it ends.  0 or -errno */
static int stuck_begin(struct stuck *s, int events, struct absent *a)
{
	struct epoll_event ev = { .events = EPOLLIN };
	int ready = eventfd(1, EFD_CLOEXEC);

	memset(s, 0, sizeof(*s));
	s->ep = epoll_create1(EPOLL_CLOEXEC);
	s->to = (struct epoll_event *)a->page;
	s->fds[0] = (struct pollfd){ .fd = events, .events = POLLIN };
	s->fds[1] = (struct pollfd){ .fd = s->ep, .events = POLLIN };
	if (ready < 0 || s->ep < 0 || epoll_ctl(s->ep, EPOLL_CTL_ADD, ready, &ev))
		return -errno;
	if (pthread_create(&s->holds, NULL, stuck_hold, s) || absent_awaited(a) != 1)
		return -EIO;
	return pthread_create(&s->polls, NULL, stuck_poll, s) ? -EIO : 0;
}

/* does the kernel's log, from @kmsg's place on, have this? */
static int log_tells(int kmsg, const char *text)
{
	char line[4096];
	ssize_t n;

	while ((n = read(kmsg, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		if (strstr(line, text))
			return 1;
	}
	return 0;
}

TEST(polled_with_what_never_answers)
{
	int kmsg, pin, fd, ret;
	struct absent a = { .uffd = -1 };
	uint64_t memory;
	struct stuck s;

	ret = absent_open(&a);
	if (ret == -ENOSYS)
		SKIP(return, "this kernel has no userfaultfd");
	ASSERT_EQ(0, ret);
	ASSERT_EQ(0, module_load("ring=64"));
	ASSERT_EQ(0, own_netns());
	kmsg = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, kmsg);
	lseek(kmsg, 0, SEEK_END);
	fd = open("/proc/thread-self/net/nettrace/events", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, fd);
	/* nobody is in that namespace then, and this alone keeps it */
	pin = open("/proc/thread-self/ns/net", O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, pin);
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, stuck_begin(&s, fd, &a));
	ASSERT_TRUE(stuck_comes_to_wait(&s));

	/* its end is not held up, nor is the module's; the log tells what is left of it */
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &memory));
	close(pin);
	EXPECT_TRUE(memory_falls_below(memory));
	EXPECT_EQ(0, module_unload());
	EXPECT_FALSE(module_loaded());
	EXPECT_TRUE(log_tells(kmsg, "nettrace: a program polls a trace that has gone"));
	EXPECT_TRUE(stuck_waits(&s));

	/* who leaves poll() at last finds the queue that it is on */
	ASSERT_EQ(0, absent_bring(&a));
	pthread_join(s.holds, NULL);
	pthread_join(s.polls, NULL);
	EXPECT_LE(1, s.got);
	close(fd);
	close(s.ep);
	close(kmsg);
	close(a.uffd);
	munmap(a.page, PAGE);
	ASSERT_EQ(0, module_load("ring=64"));
	EXPECT_EQ(0, module_unload());
}

static int send_to_nobody(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(9) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to)) != 1)
		ret = -errno;
	close(fd);
	return ret;
}

/* a buffer of which the end is not there: what has room is delivered, the rest stays */
TEST(a_buffer_that_ends_too_early)
{
	const size_t slot = NETTRACE_REC_SIZE;
	char *two, all[64 * NETTRACE_REC_SIZE];
	int fd;

	ASSERT_EQ(0, module_load("ring=64 drops=0"));
	ASSERT_EQ(0, own_netns());
	fd = open("/proc/thread-self/net/nettrace/events", O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	ASSERT_LE(0, fd);
	ASSERT_EQ(0, send_to_nobody());
	two = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	ASSERT_NE(MAP_FAILED, two);
	ASSERT_EQ(0, munmap(two + PAGE, PAGE));
	/* the INFO record, and then there is no room */
	EXPECT_EQ((ssize_t)slot, read(fd, two + PAGE - slot, 2 * slot));
	EXPECT_EQ(-1, read(fd, two + PAGE, slot));
	EXPECT_EQ(EFAULT, errno);
	EXPECT_EQ((ssize_t)(seen_so_far() * slot), read(fd, all, sizeof(all)));
	EXPECT_EQ(-1, read(fd, all, sizeof(all)));
	EXPECT_EQ(EAGAIN, errno);
	close(fd);
	munmap(two, PAGE);
	EXPECT_EQ(0, module_unload());
}

/* who reads until EAGAIN and waits for an edge is woken by the next event, each time */
TEST(each_edge_is_told)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLET };
	int ep = epoll_create1(EPOLL_CLOEXEC), i;
	union nettrace_rec rec;
	struct events e;

	ASSERT_LE(0, ep);
	ASSERT_EQ(0, module_load("ring=64"));
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, events_open(&e, NULL, false, BUF));
	ASSERT_EQ(0, epoll_ctl(ep, EPOLL_CTL_ADD, e.fd, &ev));
	for (i = 0; i < 20; i++) {
		/* the first time there is the INFO record */
		ASSERT_EQ(1, epoll_wait(ep, &ev, 1, 60000))
		{
			TH_LOG("no edge for event %d", i);
		}
		while (events_next(&e, &rec) > 0)
			;
		ASSERT_EQ(0, send_to_nobody());
	}
	close(ep);
	events_close(&e);
	EXPECT_EQ(0, module_unload());
}

TEST_HARNESS_MAIN
