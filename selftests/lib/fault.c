// SPDX-License-Identifier: GPL-2.0-only
/*
 * fault.c - see fault.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "fault.h"
#include "own.h"

#define FAULT_MOST 1000000 /* of fault_below() */

static int nth_fd = -1;

/* a file of that kind of fault, "failslab" or another: 0 or -errno */
static int put(const char *kind, const char *file, const char *value)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/%s", kind, file);
	return put_file(path, value);
}

int fault_allow(void)
{
	static const char *const files[][3] = {
		{ "failslab", "ignore-gfp-wait", "N" },
		{ "failslab", "verbose", "0" },
		{ "fail_page_alloc", "ignore-gfp-wait", "N" },
		{ "fail_page_alloc", "min-order", "0" },
		{ "fail_page_alloc", "verbose", "0" },
		{ "fail_usercopy", "verbose", "0" },
	};
	size_t i;
	int ret = 0;

	for (i = 0; i < sizeof(files) / sizeof(*files) && !ret; i++)
		ret = put(files[i][0], files[i][1], files[i][2]);
	return ret;
}

int fault_open(void)
{
	nth_fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return nth_fd < 0 ? -errno : 0;
}

void fault_close(void)
{
	close(nth_fd);
}

void fault_nth(unsigned int n)
{
	char text[16];
	int len = snprintf(text, sizeof(text), "%u", n);

	/* this copies from us: a fault that is left may hit it, and is used up then */
	if (pwrite(nth_fd, text, len, 0) != len && pwrite(nth_fd, text, len, 0) != len)
		abort();
}

unsigned int fault_left(void)
{
	char text[16] = "";
	unsigned int left;

	/* this copies to us: a fault that is left may hit it */
	if (pread(nth_fd, text, sizeof(text) - 1, 0) < 0)
		return 1;
	left = (unsigned int)strtoul(text, NULL, 10);
	fault_nth(0);
	return left;
}

bool fault_reason(int ret)
{
	return ret == -ENOMEM || ret == -EFAULT || ret == -ENOBUFS;
}

/* where a function of the module begins, and the next one: 0 or -errno */
static int find_function(const char *name, unsigned long *start, unsigned long *end)
{
	FILE *f = fopen("/proc/kallsyms", "re");
	char line[512], symbol[256];
	unsigned long at;
	int pass;

	if (!f)
		return -errno;
	*start = 0;
	*end = 0;
	/* the list is not in the order of the addresses */
	for (pass = 0; pass < 2; pass++) {
		rewind(f);
		while (fgets(line, sizeof(line), f)) {
			if (!strstr(line, "[nettrace]") ||
			    sscanf(line, "%lx %*c %255s", &at, symbol) != 2)
				continue;
			if (!pass && !strcmp(symbol, name))
				*start = at;
			if (pass && at > *start && (!*end || at < *end))
				*end = at;
		}
	}
	fclose(f);
	return *start && *end ? 0 : -ESRCH;
}

/* for slabs and pages alike; @probability "0" ends it */
static int put_below(unsigned long start, unsigned long end, const char *probability)
{
	static const char *const kinds[] = { "failslab", "fail_page_alloc" };
	char from[32], to[32], times[16];
	const char *const files[][2] = {
		{ "probability", "0" }, { "task-filter", "N" },		{ "interval", "1" },
		{ "space", "0" },	{ "require-start", from },	{ "require-end", to },
		{ "times", times },	{ "probability", probability },
	};
	size_t i, k;
	int ret = 0;

	snprintf(from, sizeof(from), "%#lx", start);
	snprintf(to, sizeof(to), "%#lx", end);
	snprintf(times, sizeof(times), "%d", FAULT_MOST);
	for (k = 0; k < 2 && !ret; k++)
		for (i = 0; i < sizeof(files) / sizeof(*files) && !ret; i++)
			ret = put(kinds[k], files[i][0], files[i][1]);
	return ret;
}

int fault_below(const char *function)
{
	unsigned long start = 0, end = 0;
	int ret = find_function(function, &start, &end);

	return ret ? ret : put_below(start, end, "100");
}

/* how often that kind has failed since fault_below(), or -errno */
static int failed_of(const char *kind)
{
	char path[128], text[32] = "";
	FILE *f;

	snprintf(path, sizeof(path), "/sys/kernel/debug/%s/times", kind);
	f = fopen(path, "re");
	if (!f)
		return -errno;
	if (!fgets(text, sizeof(text), f))
		text[0] = '\0';
	fclose(f);
	return FAULT_MOST - atoi(text);
}

int fault_below_count(void)
{
	int slabs = failed_of("failslab"), pages = failed_of("fail_page_alloc");

	return slabs < 0 ? slabs : pages < 0 ? pages : slabs + pages;
}

int fault_below_end(void)
{
	int count = fault_below_count(), ret = put_below(0, ULONG_MAX, "0");

	return ret ? ret : count;
}
