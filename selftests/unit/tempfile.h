/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tempfile.h - a file of its own for each test, and bytes that are changed in it
 *
 * Purpose:   cmocka_unit_test_setup_teardown(f, setup, teardown) of what reads files.
 * Ownership: setup() makes the file at path, teardown() removes it.
 */
#ifndef NETTRACE_UNIT_TEMPFILE_H
#define NETTRACE_UNIT_TEMPFILE_H

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support.h"

static char path[] = "/tmp/nettrace-test-XXXXXX";

static inline int setup(void **state)
{
	int fd;

	(void)state;
	strcpy(path + strlen(path) - 6, "XXXXXX");
	fd = mkstemp(path);
	return fd < 0 ? -1 : close(fd);
}

static inline int teardown(void **state)
{
	(void)state;
	return unlink(path);
}

static inline off_t file_size(void)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	return st.st_size;
}

static inline void patch(off_t at, const void *bytes, size_t n)
{
	int fd = open(path, O_WRONLY);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, bytes, n, at), n);
	close(fd);
}

#endif /* NETTRACE_UNIT_TEMPFILE_H */
