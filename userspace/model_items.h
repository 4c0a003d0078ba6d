/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_items.h - what the model tells: packets, transitions, and all else that happened
 *
 * Purpose:   the items of a conversation, as they are handed out.  Included by
 *            model.h, where ownership and honesty are told.
 */
#ifndef NETTRACE_MODEL_ITEMS_H
#define NETTRACE_MODEL_ITEMS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "app/app.h"
#include "event.h"
#include "track/cause.h"
#include "track/excuse.h"
#include "track/icmp.h"
#include "track/marks.h"
#include "track/tcp_state.h"

/* enum nt_state and nt_state_name(): track/tcp_state.h; struct nt_cause: track/cause.h; marks: track/marks.h */

struct nt_addr {
	uint8_t family; /* NETTRACE_IPV4, NETTRACE_IPV6 */
	uint8_t b[16];
	uint16_t port;
};

struct nt_sighting {
	int64_t t;
	uint16_t source; /* stream index: the namespace */
	uint8_t hook;	 /* enum nettrace_hook */
	uint8_t sk_kind;
	enum nt_state state; /* of the local socket when sighted */
	uint16_t flags;	     /* NETTRACE_PKT_*, NT_SIGHT_* */
	char dev[NETTRACE_NAME_LEN];
	uint8_t ttl;			/* or hop limit, there */
	uint8_t mac_src[6], mac_dst[6]; /* NETTRACE_PKT_MAC: of the link it came by */
	uint32_t pid;
	uint32_t in_ifindex; /* BR_FORWARD: the port it came in by */
};
#define NT_SIGHT_CE	 0x4000 /* congestion experienced (RFC 3168) */
#define NT_SIGHT_HAD	 0x8000 /* the receiver's socket had had all of it */
#define NT_SIGHTINGS_MAX 8	/* further ones are counted in nsighted only */

/* a fragment of a datagram; @off: where in the datagram, behind its IP header */
struct nt_frag {
	int64_t t;
	uint32_t off, len;
};

/*
 * The fragments of one datagram at one place.  One that comes twice counts once;
 * where a router cut one again, its parts are pieces too.
 */
struct nt_fragments {
	struct nt_fragments *next; /* at the next place */
	uint16_t source;
	uint8_t hook;
	bool conflict; /* they overlap, or do not agree where the whole ends */
	char dev[NETTRACE_NAME_LEN];
	uint32_t total;	       /* octets of the whole; 0: its last fragment is not known */
	uint32_t have;	       /* of these, how many are here */
	uint32_t n, npiece;    /* n - npiece found no room */
	struct nt_frag *piece; /* by @off */
};
#define NT_FRAGMENTS_MAX 128

/* one place has all of them */
static inline bool nt_fragments_whole(const struct nt_fragments *f)
{
	return f->total && f->have == f->total;
}

/**
 * nt_fragments_hole() - what is missing
 * @from:	octet from which on to look; set to the first that is missing
 * @to:		set to the first that is there again; 0: it is not known where they end
 * Return: false: nothing is.
 */
bool nt_fragments_hole(const struct nt_fragments *f, uint32_t *from, uint32_t *to);

/*
 * The same packet is another arrow, of another conversation, where an address was
 * translated (track/nat.h).  Inferred.
 */
struct nt_translated {
	struct {
		uint32_t conv, n; /* conv 0: none */
	} before, after;
	bool unsure; /* several could be what came after: none is said to be */
};

/*
 * One packet between the two ends of a conversation, however often sighted.
 * An ICMP error about a conversation is an arrow of it too, towards the end
 * whose packet it is about: pkt.proto tells, seq_valid and ack_valid are false,
 * and it is not counted as a segment.  pkt.src is its true sender.
 *
 * A datagram that is sighted in fragments is one arrow.  @pkt is of the whole once
 * that is known, until then of its first fragment.
 */
struct nt_arrow {
	uint32_t n;	   /* 1, 2, 3, … in the conversation */
	uint8_t dir;	   /* the sending end: 0 or 1 */
	int64_t t;	   /* first sighting */
	int64_t t_last;	   /* last sighting */
	uint32_t seq, ack; /* relative: 0 is the SYN; absolute in pkt */
	bool ack_valid;	   /* relative ack is known (peer's ISN known) */
	bool seq_valid;
	uint32_t wire_segs; /* segments on the wire it stands for */
	uint8_t nsight, nmark;
	uint8_t marks_left_out; /* found no room in @mark */
	uint16_t nsighted;
	uint32_t about;		    /* an ICMP error: the arrow whose packet it quotes; 0: which one
			 * is not known
			 */
	enum nt_basis about_basis;  /* INFERRED: nothing in the quotation tells it apart */
	uint32_t request;	    /* an echo reply: the arrow that it answers; 0: not seen */
	struct nt_sighting asked;   /* the first sighting of that one */
	struct nt_sighting *sight;  /* @nsight of them, in the order of the way; they may move */
	bool answered;		    /* an echo request: a reply or an error came */
	struct nt_fragments *frags; /* NULL: none was sighted; at the place of the first first */
	struct nt_app *app;	    /* what its payload says; NULL: nothing, or not kept */
	struct nt_translated *nat;  /* NULL: as far as is known it kept its addresses */
	struct nettrace_packet pkt; /* the first sighting's record; that of
					 * LOCAL_OUT where there is one
					 */
	struct nt_mark mark[NT_MARKS_MAX];
};

/*
 * from == to only for a RESTART of TIME-WAIT.  A cause that is UNKNOWN may
 * still name in @cause.n the arrow that shows the transition (an untraced end
 * that sends a FIN has left ESTABLISHED; who asked for it is not known).
 */
struct nt_transition {
	int64_t t;
	uint8_t end; /* 0 or 1 */
	enum nt_state from, to;
	enum nt_basis basis;
	struct nt_cause cause;
	uint8_t kind;		/* enum nettrace_sk_kind of the object, 0: inferred */
	uint8_t what;		/* enum nettrace_what: BEGIN/RESTART/END for minis */
	uint8_t end_why;	/* enum nettrace_end */
	uint32_t left_ms;	/* timer of a mini socket */
	bool late;		/* found by a timer, up to NETTRACE_LATE_MS late */
	enum nt_state inferred; /* what the segments had implied in place of
				 * @from, when that differs; else NT_ST_NONE
				 */
};

/* what a message that resolves addresses is, beside what it says */
enum nt_arp_kind {
	NT_ARP_REQUEST,
	NT_ARP_REPLY,
	NT_ARP_PROBE,	     /* has anybody that address? RFC 5227, 2.1; RFC 4862, 5.4 */
	NT_ARP_ANNOUNCEMENT, /* a request for the sender's own address: RFC 5227, 2.3 */
	NT_ARP_GRATUITOUS,   /* a reply about itself, or to all */
	NT_ARP_PROXY,	     /* a reply by who was seen to forward packets for that address */
	NT_ARP_CONFLICT,     /* it claims what somebody else claims, too: @other */
	NT_ARP_OTHER,
	NT_ARP_KIND_MAX
};

/* what became of a request */
enum nt_arp_fate { NT_ARP_FATE_UNKNOWN, NT_ARP_ANSWERED, NT_ARP_UNANSWERED };

/*
 * ARP (family NETTRACE_IPV4), or in its place IPv6's neighbour solicitation and
 * advertisement, whose packets are those of ICMPv6 conversations, too.
 */
struct nt_arp {
	int64_t t;
	uint8_t family;
	uint16_t op;		  /* 1 request, solicitation; 2 reply, advertisement */
	uint8_t sha[6], tha[6];	  /* 0: it has none */
	uint8_t spa[16], tpa[16]; /* 2: @spa is the address that is at @sha */
	uint8_t mac_dst[6];
	bool broadcast; /* the frame went to ff:ff:ff:ff:ff:ff, or to a group */
	uint8_t nsight;
	struct nt_sighting sight[NT_SIGHTINGS_MAX];
	enum nt_arp_kind kind;
	enum nt_arp_fate fate;
	uint32_t tries;	  /* REQUEST, PROBE: the how many-th; REPLY: to so many */
	int64_t delay;	  /* of the reply, since the last of them; -1: not known */
	uint8_t other[6]; /* CONFLICT: who else */
};

/* where the kernel decided to send what an end has for its peer; it names the facts */
struct nt_route {
	int64_t t;
	uint8_t end;
	uint16_t source;
	uint16_t flags; /* NETTRACE_RT_* */
	struct nt_addr src, dst;
	struct nt_addr gateway; /* family 0: @dst itself is the next hop */
	char dev[NETTRACE_NAME_LEN];
	uint8_t src_len; /* NETTRACE_RT_SRC_LEN: prefix length of the device's address @src */
	/* NETTRACE_RT_FIB: the table's entry */
	uint8_t match_len, rt_proto, rt_scope;
	uint32_t table;
	uint32_t mtu;
	uint32_t pid;
};

/* an entry of a neighbour table was changed, or a packet asked for it */
struct nt_neigh {
	int64_t t;
	uint16_t source;
	struct nt_addr addr; /* no port */
	char dev[NETTRACE_NAME_LEN];
	uint8_t mac[6]; /* after the change */
	bool mac_known;
	bool from_known;
	uint8_t from, to; /* NETTRACE_NUD_* */
	uint8_t what;	  /* enum nettrace_neigh_what */
	uint32_t probes;  /* requests without an answer */
	uint32_t queued;  /* packets that wait for the answer */
	uint32_t reachable_ms;
	uint32_t pid; /* who changed it, or sends there; 0: not in a task's time */
	char comm[NETTRACE_NAME_LEN];
};

#define NT_MODEL_FAILED 64 /* calls for nt_model_failed() */

struct nt_gap {
	int64_t t;
	uint64_t lost;
	uint16_t source, cpu;
};

/*
 * Something about an arrow that was handed out before (nt_model_prompt()).  Only
 * the observer gets it, and it is freed after that: the arrow itself holds it all.
 */
struct nt_late {
	int64_t t;
	const struct nt_arrow *arrow;
	bool lost;		/* @mark is to be said of it; else sighted: */
	enum nt_mark_name mark; /* NT_MARK_NOT_DELIVERED, NT_MARK_UNANSWERED */
	struct nt_sighting sight;
};

enum nt_call_part {
	NT_CALL_WHOLE,	  /* with its result */
	NT_CALL_BEGUN,	  /* it had not returned when this was handed out */
	NT_CALL_RETURNED, /* the return of one that was handed out as BEGUN */
};

/*
 * A system call on the socket of an end; only where calls are recorded.  Calls,
 * timers and queues are malloc()ed; they go with their conversation.
 *
 * Its item stands at the entry; but calls that wait for the peer (accept(), recv()
 * and the like) stand at their return, and those from before the conversation
 * (socket(), the listener's) where it begins.  A BEGUN one gets its result when it
 * returns, and a second item, RETURNED, a copy, stands there.
 */
struct nt_call {
	int64_t t, t_end; /* entry and return; @t_end 0: it has not returned */
	enum nt_call_part part;
	uint8_t end;
	bool listener;	  /* on the listener behind the end, before it was there */
	int32_t nr;	  /* number of the call in the kernel's native table */
	const char *name; /* static: "connect", "send", … */
	int32_t fd;
	int64_t result;	     /* as the call returned it: -errno on failure */
	uint64_t arg[3];     /* second to fourth argument; pointers are 0 */
	struct nt_addr addr; /* of bind(), connect(); family 0: none */
	uint32_t pid, tid;
	char comm[NETTRACE_NAME_LEN];
};

enum nt_timer_name {
	NT_TIMER_RTO,
	NT_TIMER_TLP,
	NT_TIMER_REO,
	NT_TIMER_PERSIST,
	NT_TIMER_DELACK,
	NT_TIMER_KEEPALIVE,
	NT_TIMER_FIN_WAIT_2,
	NT_TIMER_TIME_WAIT,
	NT_TIMER_SYN_ACK, /* a request socket's */
	NT_TIMER_MAX
};

enum nt_timer_event {
	NT_TIMER_ARMED,	  /* it runs, and did not in the sample before */
	NT_TIMER_RESET,	  /* it runs, set anew */
	NT_TIMER_STOPPED, /* it ran in the sample before */
	NT_TIMER_FIRED,	  /* what it does was seen: a retransmission, a probe, … */
	NT_TIMER_EVENT_MAX
};

/* a timer of an end, as sampled at a sighting (observed), or as what it did shows */
struct nt_timer {
	int64_t t;
	uint8_t end;
	enum nt_timer_name name;
	enum nt_timer_event event;
	enum nt_basis basis;
	uint32_t arrow;	   /* at which arrow it was sampled, or which it sent; 0: none */
	uint32_t left_ms;  /* ARMED, RESET: until it fires */
	uint32_t value_us; /* what it was set to, back-off included; 0: not known */
	uint8_t backoff;
};

enum nt_queue_verdict {
	NT_QUEUE_OK,
	NT_QUEUE_ACCEPT_FULL,  /* the accept queue is full: the SYN, or the ACK, is dropped */
	NT_QUEUE_REQUEST_FULL, /* too many half-open ones: dropped */
	NT_QUEUE_COOKIE,       /* too many half-open ones, or tcp_syncookies=2: answered by
				* a SYN cookie
				*/
	NT_QUEUE_UNANSWERED,   /* neither: no queue was full, yet nothing came back */
	NT_QUEUE_MAX
};

/* the queues of the listener at a SYN, or at the ACK that completes a handshake */
struct nt_queue {
	int64_t t;
	uint8_t end;
	uint32_t arrow;
	bool ack;	    /* at the ACK, where @request_len is not known */
	uint8_t syncookies; /* the sysctl tcp_syncookies, at a SYN */
	uint32_t accept_len, accept_max, request_len;
	enum nt_queue_verdict verdict;
	enum nt_basis basis; /* of the verdict; the numbers are observed */
};

/*
 * The kernel freed a packet as dropped.  Frames that were only heard, for another
 * host, and copies that were made to be looked at, are none.
 */
struct nt_drop {
	int64_t t;
	uint32_t arrow;
	uint8_t dir;	/* the arrow's */
	bool delivered; /* it had passed LOCAL_IN there: what lies behind it dropped it */
	uint16_t source;
	char dev[NETTRACE_NAME_LEN];
	uint32_t code;	    /* this kernel's number for the reason; 0: none was recorded */
	const char *reason; /* its name in this kernel; NULL: it has none */
};

enum nt_item_type {
	NT_ITEM_ARROW,
	NT_ITEM_TRANSITION,
	NT_ITEM_ARP,
	NT_ITEM_GAP,
	NT_ITEM_LATE,
	NT_ITEM_CALL,
	NT_ITEM_TIMER,
	NT_ITEM_QUEUE,
	NT_ITEM_DROP,
	NT_ITEM_NEIGH,
	NT_ITEM_ROUTE,
};

/* what happened next; items of a conversation are in the order of time */
struct nt_item {
	enum nt_item_type type;
	int64_t t;
	struct nt_conv *conv; /* NULL: ARP, neighbours and gaps belong to none */
	union {
		struct nt_arrow *arrow;
		struct nt_transition *tr;
		struct nt_arp *arp;
		struct nt_gap *gap;
		struct nt_late *late;
		struct nt_call *call;
		struct nt_timer *timer;
		struct nt_queue *queue;
		struct nt_drop *drop;
		struct nt_neigh *neigh;
		struct nt_route *route;
	};
};

#endif /* NETTRACE_MODEL_ITEMS_H */
