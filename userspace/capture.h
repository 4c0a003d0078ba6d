/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * capture.h - the bytes of a pcap or pcapng file, as frames
 *
 * Purpose:   reads both formats in order, from a file or a pipe, in constant
 *            memory.  Our own reader and not libpcap's: that one refuses a
 *            pcapng file with interfaces of several link types, and does not
 *            tell of which interface a packet is, nor where in the file it stood.
 * Ownership: the descriptor is taken over if nt_input::own says so, also when
 *            opening fails; a frame's bytes are good until the next call.
 * Context:   one thread.  Trusts no byte.
 */
#ifndef NETTRACE_CAPTURE_H
#define NETTRACE_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "source_file.h"

#define NT_FRAME_MAX (256u * 1024) /* bytes of one packet; libpcap's own limit */

struct nt_capture_if {
	uint32_t link;	  /* LINKTYPE_*, as the file says */
	uint32_t snaplen; /* 0: no limit */
	uint64_t ticks;	  /* of its clock in a second */
	int64_t offset;	  /* seconds to add */
	uint64_t dropped; /* what the file says was not captured, up to now */
	uint64_t began;	  /* when that count began, in its ticks; 0: not said */
	char name[NETTRACE_NAME_LEN];
};

enum nt_frame_type {
	NT_FRAME_PACKET,
	NT_FRAME_DROPPED, /* no packet: the file says that so many more were lost */
};

struct nt_frame {
	enum nt_frame_type type;
	unsigned int iface; /* index for nt_capture_if() */
	int64_t t;	    /* Unix time, ns */
	uint32_t caplen, wirelen;
	const uint8_t *bytes;
	uint64_t dropped;
};

struct nt_capture;

/** nt_capture_magic() - do these bytes begin a capture? */
bool nt_capture_magic(const uint8_t *b, size_t n);

/**
 * nt_capture_open() - read the file's header
 * @in:		with what was read of it already
 * Return: 0, or a negative errno, said in @err.
 */
int nt_capture_open(struct nt_capture **c, const struct nt_input *in, struct nt_error *err);

/**
 * nt_capture_next() - the next frame
 * Return: 1: *f is filled; 0: none now (a signal, an empty pipe); -ENODATA: the
 * end; -EBADMSG: what follows is damaged or cut off; other -errno: failed.  What
 * is wrong is said in @err.
 */
int nt_capture_next(struct nt_capture *c, struct nt_frame *f, struct nt_error *err);

unsigned int nt_capture_nif(const struct nt_capture *c);
const struct nt_capture_if *nt_capture_if(const struct nt_capture *c, unsigned int i);
bool nt_capture_swapped(const struct nt_capture *c);
int nt_capture_fd(const struct nt_capture *c);
void nt_capture_close(struct nt_capture *c);

#endif /* NETTRACE_CAPTURE_H */
