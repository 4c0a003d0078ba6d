/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * agree.h - the tracker beside a socket: does the one imply the other?
 *
 * Purpose:   of a traced end both are known: what its segments imply (tcp.h) and
 *            what its socket did.  The two are compared step by step, in their
 *            order, not at the same instant: a segment may wait in the socket's
 *            backlog, a call precedes the segment that it sends.
 * Ownership: the caller owns it; a zeroed one has seen nothing.
 * Context:   pure: no allocation, lock, clock or output.
 *
 * Each step that is inferred waits here until the socket makes it, too.  A call
 * (which shows in no segment until its FIN or RST leaves) goes before the
 * segments that wait: the socket is locked while they do.
 */
#ifndef NETTRACE_TRACK_AGREE_H
#define NETTRACE_TRACK_AGREE_H

#include "tcp.h"

#define NT_WAITING_MAX 8

/* a step that is inferred, and not observed yet; or, after lenience, a doubt */
struct nt_waiting {
	struct nt_step step;
	int64_t t;
	uint32_t arrow; /* the caller's */
};

/**
 * struct nt_agree - the comparison of one end
 * @tcp:	the tracker
 * @seen:	the last state that was observed; NT_ST_NONE: none yet
 * @doubt:	what Linux may have made of a segment that the RFC refuses
 * @request:	a request socket was seen
 * @answered:	a SYN,ACK was sent
 * @closing:	it went to CLOSED and the RST that shows it has not been seen yet
 */
struct nt_agree {
	struct nt_tcp tcp;
	enum nt_state seen;
	uint8_t nwait;
	bool request, answered, closing, doubtful;
	struct nt_waiting wait[NT_WAITING_MAX];
	struct nt_waiting doubt;
};

/* a segment that the end sent (@in false) or received at @t; Return: false, no room */
bool nt_agree_segment(struct nt_agree *a, const struct nt_segment *g, bool in, int64_t t,
		      uint32_t arrow);

enum nt_verdict {
	NT_AGREES,
	NT_AGREES_IF_RST, /* when a RST leaves */
	NT_DIFFERS,	  /* the inference now follows the observation */
	NT_NOT_COMPARED,  /* nothing was known */
};

/**
 * nt_agree_observed() - the socket went from one state to another
 * @m:		what shows in no segment and may have caused it: NT_USR_*, NT_TMO_*,
 *		NT_ICMP_HARD; NT_MEANING_MAX: nothing of that kind
 * @was:	set to where the segments had led; NT_ST_NONE: several states
 * @lenient:	set: it is what Linux makes of a segment that the RFC refuses
 */
enum nt_verdict nt_agree_observed(struct nt_agree *a, enum nt_state from, enum nt_state to,
				  enum nt_meaning m, enum nt_state *was, bool *lenient);

/* forget what is inferred and was not observed: go on from what was observed */
void nt_agree_yield(struct nt_agree *a);

#endif /* NETTRACE_TRACK_AGREE_H */
