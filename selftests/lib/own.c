// SPDX-License-Identifier: GPL-2.0-only
/*
 * own.c - see own.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "own.h"

int put_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC), ret;

	if (fd < 0)
		return -errno;
	ret = write(fd, text, strlen(text)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

int module_loaded(void)
{
	return !access("/sys/module/nettrace", F_OK);
}

int module_unload(void)
{
	if (syscall(SYS_delete_module, "nettrace", O_NONBLOCK) && errno != ENOENT)
		return -errno;
	return 0;
}

static void module_path(char *path, size_t size)
{
	const char *given = getenv("NETTRACE_KO");
	char self[PATH_MAX] = "";

	if (given) {
		snprintf(path, size, "%s", given);
		return;
	}
	if (readlink("/proc/self/exe", self, sizeof(self) - 1) < 0)
		strcpy(self, "./x");
	snprintf(path, size, "%.*s/../module/nettrace.ko", (int)size - 32, dirname(self));
}

int module_load(const char *params)
{
	char path[PATH_MAX + 32];
	int fd, ret;

	ret = module_unload();
	if (ret)
		return ret;
	module_path(path, sizeof(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	ret = syscall(SYS_finit_module, fd, params, 0) ? -errno : 0;
	close(fd);
	return ret;
}

int set_link_up(const char *dev)
{
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;
	struct ifreq ifr = { .ifr_flags = IFF_UP | IFF_RUNNING };

	if (fd < 0)
		return -errno;
	snprintf(ifr.ifr_name, sizeof(ifr.ifr_name), "%s", dev);
	if (ioctl(fd, SIOCSIFFLAGS, &ifr))
		ret = -errno;
	close(fd);
	return ret;
}

int own_netns(void)
{
	return unshare(CLONE_NEWNET) ? -errno : set_link_up("lo");
}

uint64_t seen_so_far(void)
{
	struct timespec tick = { .tv_nsec = 20000000 };
	uint64_t before = UINT64_MAX, now;
	int i;

	for (i = 0; i < 250; i++) {
		if (nettrace_stat(NULL, "seen", &now))
			return UINT64_MAX;
		if (now == before)
			return now;
		before = now;
		nanosleep(&tick, NULL);
	}
	return UINT64_MAX;
}

uint64_t own_mono(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000u + (uint64_t)ts.tv_nsec;
}

unsigned long storm_size(unsigned long usual, unsigned long most)
{
	const char *given = getenv("NT_STORM");
	unsigned long n;
	char *end;

	if (!given || !*given)
		return usual;
	errno = 0;
	n = strtoul(given, &end, 10);
	if (*end || *given < '0' || *given > '9' || errno || !n || n > most) {
		fprintf(stderr, "# NT_STORM is '%s': it must be a whole number from 1 to %lu\n",
			given, most);
		exit(1);
	}
	return n;
}
