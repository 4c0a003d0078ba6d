// SPDX-License-Identifier: GPL-2.0-only
/*
 * counted.c - counted COMMAND ARG...: its guest instructions and its memory
 *
 * Purpose:   prints "instructions=N peak_kb=N" on stderr: all that the machine did
 *            while the command ran (bench/measure.h), and the most memory that it had.
 * Exit:      as the command.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "../bench/measure.h"

int main(int argc, char **argv)
{
	struct rusage ru;
	struct work w;
	int status;
	pid_t pid;

	if (argc < 2) {
		fputs("usage: counted COMMAND ARG...\n", stderr);
		return 2;
	}
	work_begin(&w);
	pid = fork();
	if (!pid) {
		execvp(argv[1], argv + 1);
		die(argv[1]);
	}
	if (pid < 0 || wait4(pid, &status, 0, &ru) != pid)
		die("fork");
	fprintf(stderr, "instructions=%" PRIu64 " peak_kb=%ld\n", work_end(&w), ru.ru_maxrss);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}
