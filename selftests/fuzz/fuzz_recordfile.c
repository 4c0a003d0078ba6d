// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_recordfile.c - source_file.c against any bytes
 *
 * Input:	a recording; the checksums of its blocks are made right first, or
 *		all that the fuzzer changes would end at them.
 * Checks:	it ends, with a code and, if that is an error, a sentence; the
 *		counters are those of the events that came out.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../userspace/recordfile.h"
#include "../../userspace/source.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "record file: %s\n", what);
	abort();
}

static void make_sums(uint8_t *b, size_t size)
{
	size_t at = sizeof(struct nt_rf_header);
	struct nt_rf_block head;

	while (at + sizeof(head) <= size) {
		memcpy(&head, b + at, sizeof(head));
		if (head.len > size - at - sizeof(head) || head.len % 8)
			return;
		head.sum = nt_rf_sum(head.type, head.len, b + at + sizeof(head));
		memcpy(b + at, &head, sizeof(head));
		at += sizeof(head) + head.len;
	}
}

static int file_of(const uint8_t *data, size_t size)
{
	uint8_t *b = malloc(size ? size : 1);
	int fd = memfd_create("recording", MFD_CLOEXEC);

	must(b && fd >= 0, "no memory");
	memcpy(b, data, size);
	make_sums(b, size);
	must(write(fd, b, size) == (ssize_t)size, "no memory");
	free(b);
	return fd;
}

static volatile unsigned int sum;

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint64_t events = 0, gaps = 0;
	uint32_t i;
	struct nt_error err = { "" };
	struct nt_source *s = NULL;
	struct nt_event ev;
	char path[64];
	int fd, ret;

	if (size > 1 << 20)
		return 0;
	fd = file_of(data, size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ret = nt_source_file(&s, path, &err);
	if (!ret) {
		while ((ret = nt_source_next(s, &ev, &err)) == 1) {
			must(ev.source < s->nstream, "an unknown stream");
			if (ev.rec.hdr.type == NETTRACE_GAP)
				gaps++;
			events++;
			must(events <= size, "more events than bytes");
			must(ev.nbytes <= NT_EVENT_BYTES, "more of a payload than is kept");
			for (i = 0; i < ev.nbytes; i++)
				sum += ev.bytes[i]; /* a sanitizer sees whose they are */
		}
		must(s->delivered + gaps == events, "counters are wrong");
		must(ret < 0, "a file has nothing now");
		nt_source_close(s);
	}
	must(ret == -ENODATA || *err.text, "failed without a word");
	close(fd);
	return 0;
}
