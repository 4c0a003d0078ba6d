/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_file.h - the reader of blocks, for files and for nettraced's socket
 *
 * Purpose:   what comes behind the header of a recording (recordfile.h), from a
 *            descriptor that somebody else opened.
 * Ownership: the descriptor is taken over, also when nt_source_blocks() fails.
 */
#ifndef NETTRACE_SOURCE_FILE_H
#define NETTRACE_SOURCE_FILE_H

#include "recordfile.h"
#include "source.h"

/* a file of which the first bytes may have been read, to see what it is */
struct nt_input {
	int fd;
	bool own;	   /* close it */
	const char *title; /* for sentences */
	size_t n;	   /* of head[] */
	uint8_t head[24];
};

/** nt_input_open() - @path: "-" is standard input */
int nt_input_open(struct nt_input *in, const char *path, struct nt_error *err);

/** nt_source_recording() - @in is taken over, also when this fails */
int nt_source_recording(struct nt_source **s, const struct nt_input *in, struct nt_error *err);

struct nt_blocks {
	int fd;
	const char *title; /* for sentences: what is read */
	uint64_t offset;   /* of the first block, for messages */
	/*
	 * A socket: it ends with its end block; without one, the other side
	 * was cut off, which is said.  A file may do without (recordfile.h).
	 */
	bool must_end;
	/*
	 * A block of another type than the three of a recording: 0 to go on,
	 * or a negative errno, said in @err.  NULL: they are skipped.
	 */
	int (*other)(void *arg, uint32_t type, const void *body, uint32_t len,
		     struct nt_error *err);
	void *arg;
};

/** nt_source_blocks() - what is known of the streams is there when it returns,
 * as far as it can be read without waiting
 */
int nt_source_blocks(struct nt_source **s, const struct nt_blocks *b, struct nt_error *err);

#endif /* NETTRACE_SOURCE_FILE_H */
