// SPDX-License-Identifier: GPL-2.0-only
/*
 * spent.c - what a command takes: "CPU ms, ms, KiB" in a line at the end of a file
 *
 * Use:  spent FILE COMMAND [ARGUMENT...]
 *
 * CPU time is user and system together; KiB are the most that was in memory at a time.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static double ms(const struct timeval *t)
{
	return (double)t->tv_sec * 1e3 + (double)t->tv_usec / 1e3;
}

int main(int argc, char **argv)
{
	struct timespec a, b;
	struct rusage ru;
	int status;
	FILE *to;
	pid_t pid;

	if (argc < 3)
		return 2;
	clock_gettime(CLOCK_MONOTONIC, &a);
	pid = fork();
	if (!pid) {
		execvp(argv[2], argv + 2);
		perror(argv[2]);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid)
		return 1;
	clock_gettime(CLOCK_MONOTONIC, &b);
	to = fopen(argv[1], "a");
	if (!to)
		return 1;
	fprintf(to, "%.0f %.0f %ld\n", ms(&ru.ru_utime) + ms(&ru.ru_stime),
		(double)(b.tv_sec - a.tv_sec) * 1e3 + (double)(b.tv_nsec - a.tv_nsec) / 1e6,
		ru.ru_maxrss);
	fclose(to);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
