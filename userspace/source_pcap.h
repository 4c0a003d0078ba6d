/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * source_pcap.h - a packet capture as a source of events
 *
 * Purpose:   each captured frame is a sighting at NETTRACE_CAPTURE: somewhere on
 *            the way, at neither end.  No socket is seen, so all states are
 *            inferred by those who read.  An interface of the capture is a
 *            stream; a capture of one interface has one point of view.
 * Ownership: as source.h.
 */
#ifndef NETTRACE_SOURCE_PCAP_H
#define NETTRACE_SOURCE_PCAP_H

#include "capture.h"

/* what is read from a file that may be a recording or a capture */
struct nt_read_opts {
	/* pcap-filter expression, for a capture: its own link layer decides what it
	 * may ask for.  NULL: none
	 */
	const char *expr;
	/* for sentences about what is left out; may be NULL */
	void (*say)(void *arg, const char *sentence);
	void *say_arg;
};

/**
 * nt_source_read() - a recording or a capture: its first bytes tell
 * @path:	"-": standard input
 * @capture:	set to whether it is a capture, then opts->expr has been applied
 */
int nt_source_read(struct nt_source **s, const char *path, const struct nt_read_opts *opts,
		   bool *capture, struct nt_error *err);

/** nt_source_capture() - @in: with at least four bytes of the file; taken over */
int nt_source_capture(struct nt_source **s, const struct nt_input *in,
		      const struct nt_read_opts *opts, struct nt_error *err);

#endif /* NETTRACE_SOURCE_PCAP_H */
