/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marks.h - what is worth saying about a segment
 *
 * Purpose:   a segment is a retransmission, a duplicate ACK, a keepalive, …;
 *            here that is decided, each mark with its reason and its basis:
 *            observed (the sender's or the receiver's own socket, or the header
 *            itself says so) or inferred (from the segments that were seen).
 *            What has no ground has no reason, or no mark.
 * Ownership: the caller owns a conversation's struct nt_marker; a zeroed one has
 *            seen nothing.  Reasons are static strings, or (DROPPED) the model's own.
 * Context:   pure: no allocation, lock, clock or output; time comes in.
 */
#ifndef NETTRACE_TRACK_MARKS_H
#define NETTRACE_TRACK_MARKS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../../module/uapi/nettrace.h"
#include "dir.h"

enum nt_basis { NT_OBSERVED, NT_INFERRED };

/*
 * One line each: what it means, then its reasons.  @n: struct nt_mark's.
 *
 * RETRANSMISSION	octets that were sent before
 *	"rto"		the retransmission timer ran out: observed, or inferred from
 *			a silence that long
 *	"fast"		loss recovery: observed, or inferred from duplicate ACKs
 *	"tlp"		tail loss probe (RFC 8985), observed
 *	"pmtu"		an ICMP error had told of a smaller MTU, observed
 *	"syn timer", "syn+ack timer"
 * KEEPALIVE		one octet below the next number, nothing under way (RFC 9293, 3.8.4)
 * OUT_OF_ORDER		sent before what was seen before it
 * MALFORMED		a length contradicts the bytes
 * NOT_DELIVERED	its receiver is traced, and never got it
 * DUP_ACK		RFC 5681, 2; @n: the first, the second, …
 *	"sack"		by RFC 6675, 2: the window is another, but a new SACK block says
 *			that something came
 * WINDOW_UPDATE	changes nothing but the window, which grows; "reopened": it was 0
 * ZERO_WINDOW		its sender takes nothing more
 * WINDOW_FULL		it fills the window that its receiver offered
 * KEEPALIVE_ACK	answers a keepalive
 * PERSIST_PROBE	asks whether a window of 0 is open again (RFC 9293, 3.8.6.1)
 * PERSIST_ACK		answers it
 * SPURIOUS		a retransmission of what had arrived
 *	"received"	its receiver's socket had it, observed
 *	"acknowledged"	the acknowledgement had been seen
 * CHALLENGE_ACK	asks a sender to prove what it claims (RFC 5961)
 *	"syn", "rst", "ack"	what it answers
 * OLD_DUPLICATE	a copy that is older than the connection has come
 *	"copy"		the same packet twice: the network made one of them
 *	"late"		its retransmission came first, by the IPv4 identifications
 *	"paws"		its timestamp is older than one accepted (RFC 7323, 5)
 * SUPER_SEGMENT	stands for @n segments on the wire
 *	"gso", "gro"	by the kernel's own word
 *	"mss"		longer than the segments its receiver takes: at least @n
 * SACK			has @n blocks; "dsack": the first tells of what came twice (RFC 2883)
 * ECN			RFC 3168
 *	"offered", "accepted"	in the SYN and in the SYN,ACK
 *	"ce", "ece", "cwr"	congestion experienced, told back, reacted to; may be joined by +
 * PORT_REUSE		a SYN over addresses and ports that had a connection in this trace
 * FASTOPEN		RFC 7413
 *	"cookie"	the option, in a SYN without data: asks for one
 *	"granted"	the option in the SYN,ACK
 *	"data"		a SYN with data
 *	"data accepted", "data refused"	a SYN,ACK that acknowledges it, or does not
 * SYN_COOKIE		a SYN,ACK that left no state behind, observed
 * DROPPED		the kernel freed it as dropped, observed; on its way, or, if it had
 *			been delivered, behind the hook of its delivery
 *	the kernel's own name for the reason, as "NETFILTER_DROP"; none: it has none
 * UNANSWERED		an echo request to which neither a reply nor an error came in a second
 */
enum nt_mark_name {
	NT_MARK_RETRANSMISSION,
	NT_MARK_KEEPALIVE,
	NT_MARK_OUT_OF_ORDER,
	NT_MARK_MALFORMED,
	NT_MARK_NOT_DELIVERED,
	NT_MARK_DUP_ACK,
	NT_MARK_WINDOW_UPDATE,
	NT_MARK_ZERO_WINDOW,
	NT_MARK_WINDOW_FULL,
	NT_MARK_KEEPALIVE_ACK,
	NT_MARK_PERSIST_PROBE,
	NT_MARK_PERSIST_ACK,
	NT_MARK_SPURIOUS,
	NT_MARK_CHALLENGE_ACK,
	NT_MARK_OLD_DUPLICATE,
	NT_MARK_SUPER_SEGMENT,
	NT_MARK_SACK,
	NT_MARK_ECN,
	NT_MARK_PORT_REUSE,
	NT_MARK_FASTOPEN,
	NT_MARK_SYN_COOKIE,
	NT_MARK_DROPPED,
	NT_MARK_UNANSWERED,
	NT_MARK_MAX
};

struct nt_mark {
	enum nt_mark_name name;
	const char *reason; /* or NULL; lives as long as the model */
	enum nt_basis basis;
	uint32_t n; /* a number that belongs to it; 0: none */
};
#define NT_MARKS_MAX 6

/* the marks of a segment, the weightiest first */
struct nt_mark_list {
	uint8_t n, left_out; /* left_out: found no room */
	struct nt_mark m[NT_MARKS_MAX];
};

/**
 * nt_marks_add() - one more mark, in its place
 *
 * When there is no room the lightest one is left out, and counted.
 */
void nt_marks_add(struct nt_mark_list *s, enum nt_mark_name name, const char *reason,
		  enum nt_basis basis, uint32_t n);

#define NT_RECENT_MAX 16 /* the second half: what was sent again */
#define NT_PRINTS_MAX 64

/* what a segment was, to know it again */
struct nt_recent {
	uint32_t seq, len, ts;
	uint16_t ip_id;
	bool timed; /* @ts is its timestamp */
	bool out;   /* seen to leave */
};

/* what an end has to answer with its next ACK */
enum nt_owes {
	NT_OWES_NOTHING,
	NT_OWES_KEEPALIVE,
	NT_OWES_PERSIST,
	NT_OWES_SYN,
	NT_OWES_RST,
	NT_OWES_ACK,
};

/**
 * struct nt_mark_dir - what has to be remembered of an end's segments
 * @t_sent:	time of its last segment that occupies sequence space
 * @t_max:	time of the one that ends at struct nt_dir::max
 * @t_acked:	time of the peer's last acknowledgement of something new
 * @t_owes:	time of what @owes asks to answer
 * @answer:	position of its own at which the answer has to stand,
 * @answer_ack: and of the peer's that it acknowledges at most
 * @recover:	fast recovery lasts up to this position; 0: there is none
 * @again:	position of the last retransmission
 * @dup_acks:	the peer's duplicate ACKs in a row
 * @sacked:	the first block of the peer's last SACK
 * @max_ts:	timestamp of the one at max
 * @max_id:	IPv4 identification of it
 * @ids:	how often in a row that grew by little with a segment in order
 * @prints:	of its last packets with an IPv4 identification, to know a copy
 * @mss:	that it offered; 0: not known
 * @syns:	SYNs, or SYN,ACKs, that were seen
 */
struct nt_mark_dir {
	int64_t t_sent, t_max, t_acked, t_owes;
	uint64_t answer, answer_ack, recover, again;
	uint32_t dup_acks, max_ts, sacked[2];
	uint16_t max_id, mss;
	uint8_t ids, syns, owes, next[2], next_print;
	bool max_ts_known, sack_ok, too_big, syn_data, ecn_offered, synack;
	struct nt_recent recent[NT_RECENT_MAX];
	uint32_t prints[NT_PRINTS_MAX];
};

/**
 * struct nt_marker - a conversation's
 * @t_syn:	time of the SYN
 * @rtt:	from the handshake: SYN to its SYN,ACK to the ACK of that; 0: not known
 */
struct nt_marker {
	int64_t t_syn, rtt;
	struct nt_mark_dir d[2];
};

/**
 * struct nt_mark_facts - a segment, and what is known of it besides
 * @p:		the record, the sender's own where there is one
 * @t:		when it was first sighted, ns
 * @dir:	the end that sent it
 * @owned:	@p was sighted as it left its sender's own socket
 * @out:	it was seen to leave its sender
 * @copy:	it was not, though its sender is traced and no event was lost
 * @had:	its receiver's socket had had all of it when it arrived
 * @ce:		it was sighted somewhere with congestion experienced
 * @reused:	it opens a conversation, and its addresses have had one before
 */
struct nt_mark_facts {
	const struct nettrace_packet *p;
	int64_t t;
	uint8_t dir;
	bool owned, out, copy, had, ce, reused;
};

/**
 * nt_marks_segment() - the marks of a TCP segment
 * @m:		the conversation's
 * @f:		the segment
 * @d:		its sender's direction, after nt_dir_base(), before nt_dir_pass()
 * @peer:	the other one
 * @out:	added to
 * Return: on how many segments of the wire it stands for (at least).
 */
uint32_t nt_marks_segment(struct nt_marker *m, const struct nt_mark_facts *f,
			  const struct nt_dir *d, const struct nt_dir *peer,
			  struct nt_mark_list *out);

/**
 * nt_marks_icmp() - an ICMP error about what end @dir has sent passed
 */
void nt_marks_icmp(struct nt_marker *m, int dir, const struct nettrace_packet *p);

/* is it there */
static inline const struct nt_mark *nt_mark_find(const struct nt_mark_list *s,
						 enum nt_mark_name name)
{
	unsigned int i;

	for (i = 0; i < s->n && i < NT_MARKS_MAX; i++) {
		if (s->m[i].name == name)
			return &s->m[i];
	}
	return NULL;
}

#endif /* NETTRACE_TRACK_MARKS_H */
