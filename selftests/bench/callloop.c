// SPDX-License-Identifier: GPL-2.0-only
/*
 * callloop.c - what a system call costs, in guest instructions
 *
 * Use:       callloop getppid|write
 *            makes 50000 such calls, a fifth of them before to warm up, and prints
 *            what one cost; write: of a byte, to /dev/null.
 * Context:   under `scripts/vm --bench`, where CLOCK_MONOTONIC advances one
 *            nanosecond a guest instruction (measure.h).
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CALLS 50000

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1e9 + ts.tv_nsec;
}

/* 0 if all calls did what they should */
static int make_calls(int fd, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		if (fd < 0)
			syscall(SYS_getppid);
		else if (write(fd, "", 1) != 1)
			return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	const char *name = argc == 2 ? argv[1] : "";
	double start;
	int fd = -1;

	if (!strcmp(name, "write")) {
		fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
		if (fd < 0) {
			perror("/dev/null");
			return 1;
		}
	} else if (strcmp(name, "getppid")) {
		fputs("usage: callloop getppid|write\n", stderr);
		return 2;
	}
	if (make_calls(fd, CALLS / 5))
		return 1;
	start = now();
	if (make_calls(fd, CALLS))
		return 1;
	printf("%.1f\n", (now() - start) / CALLS);
	return 0;
}
