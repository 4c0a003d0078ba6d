/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model.h - what happened, as the tools understand it
 *
 * Purpose:   events in, conversations out: arrows (paired sightings), state
 *            transitions with cause and basis, ARP, gaps.  The model does no
 *            I/O and reads no clock; sources fill it, renderers read it.
 * Ownership: the model owns all it hands out; pointers stay valid until
 *            nt_model_free() or nt_model_forget().  One thread.
 * Honesty:   every transition has a basis: observed (a NETTRACE_STATE record)
 *            or inferred (RFC 9293 applied to the segments).  A cause that is
 *            not certain is CAUSE_UNKNOWN with the reason, never a guess.
 */
#ifndef NETTRACE_MODEL_H
#define NETTRACE_MODEL_H

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

struct nt_end {
	struct nt_addr addr;
	int source;	     /* stream that owns this end's socket; -1: none seen */
	enum nt_state state; /* now */
	enum nt_basis basis; /* of the state */
	uint32_t pid;	     /* 0: no owner observed */
	char comm[NETTRACE_NAME_LEN];
	uint64_t bytes;	 /* distinct payload bytes this end sent */
	uint32_t arrows; /* it sent */
	uint32_t retransmissions;
	bool listening; /* LISTEN stood behind this end when it began */
	bool syn;	/* its SYN was seen */
	int8_t wscale;	/* in that; -1: it offered none */
};

/* of tshark's completeness: what was seen of a TCP conversation */
enum nt_completeness {
	NT_SEEN_SYN = 1,
	NT_SEEN_SYN_ACK = 2,
	NT_SEEN_ACK = 4,
	NT_SEEN_DATA = 8,
	NT_SEEN_FIN = 16,
	NT_SEEN_RST = 32,
};

enum nt_opened {
	NT_OPEN_HANDSHAKE,
	NT_OPEN_SIMULTANEOUS,
	NT_OPEN_MIDSTREAM,
	NT_OPEN_REFUSED,
	NT_OPEN_UNANSWERED,
	/* those of protocols that open nothing: how it was answered */
	NT_OPEN_ANSWERED,
	NT_OPEN_ONE_WAY, /* to a group, or of a protocol that need not answer */
	NT_OPEN_NO_PORT, /* by ICMP: port unreachable */
	NT_OPEN_NO_WAY,	 /* ... something else is unreachable */
	NT_OPEN_TTL,	 /* ... its TTL ran out on the way */
	NT_OPEN_MAX
};
/* what became of the SYN, where the connection was never opened */
enum nt_failed {
	NT_FAILED_NOT,
	NT_FAILED_DROPPED,     /* the kernel dropped it on its way, for nt_conv::failed_reason */
	NT_FAILED_ACCEPT_FULL, /* a full queue of the listener, as in enum nt_queue_verdict */
	NT_FAILED_REQUEST_FULL,
	NT_FAILED_NO_LISTENER, /* it arrived, and the kernel found no socket for it */
	NT_FAILED_MAX
};
/* TIMEOUT, of what is not TCP: nothing was said for so long that it counts as over */
enum nt_closed { NT_CLOSE_FIN, NT_CLOSE_RST, NT_CLOSE_TIMEOUT, NT_CLOSE_OPEN };

/*
 * Where its packets are another conversation's too, under another address: on the
 * client's side of the translation (0), on the server's (1).  Inferred.
 */
struct nt_conv_nat {
	uint32_t conv;	     /* id of the other one; 0: none */
	uint32_t n;	     /* of this one: the packet that showed it */
	uint16_t source;     /* the namespace that translates */
	uint8_t end;	     /* whose address differs */
	struct nt_addr addr; /* that end's, in the other conversation */
};

struct nt_conv_ct;

struct nt_conv {
	uint32_t id;	      /* 1, 2, 3, … */
	uint8_t proto;	      /* IPPROTO_TCP, IPPROTO_UDP, IPPROTO_ICMP, … */
	uint8_t app;	      /* enum nt_app_proto: what its bytes are of */
	bool app_unlike;      /* its first bytes are of none that begins so that it is known */
	struct nt_end end[2]; /* 0: client (who sent the SYN, or spoke first) */
	int64_t t0, t1;	      /* first and last item */
	enum nt_opened opened;
	enum nt_closed closed;
	enum nt_failed failed; /* means something while UNANSWERED or REFUSED */
	enum nt_basis failed_basis;
	const char *failed_reason; /* the kernel's name; NULL: none */
	int closer;		   /* the end that closed first: 0, 1; -1 none yet */
	uint8_t completeness; /* Wireshark's mask: 1 SYN 2 SYN+ACK 4 ACK 8 data 16 FIN 32 RST */
	struct nt_item *item; /* nitem of them */
	size_t nitem;
	uint32_t narrow;
	uint64_t lost_near; /* events lost while it lived */
	struct nt_conv_nat nat[2];
	struct nt_conv_ct *ct; /* nct of them: what conntrack says of it (model_ct.h) */
	uint8_t nct;
	void *priv; /* the tracker's own */
};

/* the SYN was answered, and nothing is missing in which a third segment might be */
static inline bool nt_conv_halfway(const struct nt_conv *c)
{
	return c->opened == NT_OPEN_HANDSHAKE && !c->lost_near &&
	       (c->completeness & ~(NT_SEEN_SYN | NT_SEEN_RST)) == NT_SEEN_SYN_ACK;
}

struct nt_model;

/*
 * Of a traced end: what its socket did and what its segments imply differ.
 * Copies, so that it outlives its conversation.
 */
struct nt_disagreement {
	int64_t t;
	uint32_t conv; /* nt_conv::id */
	struct nt_addr addr[2];
	uint8_t end;
	enum nt_state from, to; /* observed; equal: no transition was observed */
	enum nt_state inferred; /* where the segments had led; NT_ST_NONE: several */
	enum nt_excuse excuse;	/* NT_EXCUSE_NONE: unexplained */
	uint8_t narrow;
	uint32_t arrow[4]; /* the last ones by then, newest last */
};
#define NT_DISAGREEMENTS_MAX 1024  /* further ones are counted only */
#define NT_SHARED_MAX	     32768 /* ARP messages, and neighbour entries: kept for pictures */

/*
 * What to hold on to.  A model that nobody told keeps everything until
 * nt_model_forget().
 */
struct nt_model_policy {
	/*
	 * Items are the observer's alone: gone when it returns, and no
	 * conversation has any.  Not along with nt_model_prompt().
	 */
	bool no_items;
	/* nt_model_forget() keeps what it would free: nothing joins it any more */
	bool keep_over;
	/*
	 * nt_model_forget() keeps gaps, and the last NT_SHARED_MAX ARP messages and
	 * neighbour entries, of the time of a conversation that it keeps: they are in
	 * its picture
	 */
	bool shared;
	/* all packets are sighted at one place: none is ever sighted twice */
	bool one_place;
	/*
	 * With both of these: nobody asks for the order of what happens in
	 * different conversations.  Each packet is final as soon as it is told
	 * what it means for its receiver, which saves memory and time.
	 */
	bool eager;
	int64_t grace_ns; /* how long stragglers still find one that is closed */
	int64_t open_ns;  /* how long one that was established may be silent */
};

struct nt_model_stats {
	uint64_t events, packets, transitions, arps, gaps, lost;
	uint64_t unknown_records; /* types this tool does not know */
	uint64_t checked;	  /* connections with an end of which both are known */
	uint64_t compared;	  /* transitions whose inference was known */
	uint64_t disagreements;	  /* inferred ≠ observed, unexplained */
	uint64_t excused[NT_EXCUSE_MAX];
	uint64_t disagreements_lost; /* counted above, but not kept */
	uint64_t other_packets;	     /* neither of a conversation nor ARP: damaged */
	uint64_t fragments;	     /* sightings of them */
	uint64_t late_sightings;     /* joined an arrow that was final already */
	uint64_t unjoined;	     /* transitions whose addresses never showed */
	uint64_t calls_unpaired;     /* calls whose return is not in the trace, or not followed */
	uint64_t calls_unjoined;     /* calls whose socket never had a conversation, let go */
	uint64_t shed;		     /* conversations that nt_model_shed() let go */
	uint64_t drops;		     /* reasons for which the kernel dropped a packet */
};

/*
 * Items are final, and handed to the observer, in the order of time, once no
 * later sighting can join them (they are @hold ns old, or nt_model_finish()).
 */
struct nt_observer {
	void (*item)(void *arg, const struct nt_model *m, const struct nt_item *item);
	void *arg;
	/* nt_model_forget() is about to free @conv; may be NULL */
	void (*gone)(void *arg, const struct nt_model *m, const struct nt_conv *conv);
};

/**
 * nt_model_new() - an empty model
 * @hold_ns:	how long an arrow waits for its other sightings
 * @obs:	may be NULL
 * Return: NULL when memory is short.
 */
struct nt_model *nt_model_new(int64_t hold_ns, const struct nt_observer *obs);
/**
 * nt_model_prompt() - hand out each thing as soon as nothing can be added to it
 * @wait_ns:	how long one waits of which more may be seen; what turns up later is
 *		an item of its own, NT_ITEM_LATE.  The hold still is the time after
 *		which a packet counts as not delivered.
 *
 * nt_model_advance() has to be given the time up to which all events were fed.
 */
void nt_model_prompt(struct nt_model *m, int64_t wait_ns);
/** nt_model_policy() - before the first event */
void nt_model_policy(struct nt_model *m, const struct nt_model_policy *p);
/** nt_model_timers() - tell which timers fired also where none was sampled */
void nt_model_timers(struct nt_model *m);
/**
 * nt_arrow_rtt() - how long an echo took, ns
 * @whole:	false: from where it was sighted on the way, or where it was answered
 * Return: -1 for what is no reply, or whose request was not seen at the same place.
 */
int64_t nt_arrow_rtt(const struct nt_arrow *a, bool *whole);
/* 0 or -ENOMEM */
int nt_model_feed(struct nt_model *m, const struct nt_event *ev);
/* no event older than @t (Unix ns) will come */
void nt_model_advance(struct nt_model *m, int64_t t);
/*
 * nt_model_until() - the trace reaches to @t (Unix ns), though its newest event may
 * be older: until then nothing more happened.  Before nt_model_finish().
 */
void nt_model_until(struct nt_model *m, int64_t t);
/* Unix ns to which to advance for something to be handed out; INT64_MAX: there is nothing */
int64_t nt_model_due(const struct nt_model *m);
/* the namespace of that stream is gone: its sockets, and who listened, are too */
void nt_model_stream_ended(struct nt_model *m, unsigned int source);
void nt_model_finish(struct nt_model *m);
/* is there anything that is not final yet; until then states are not current */
bool nt_model_pending(const struct nt_model *m);
/* ... of that conversation */
bool nt_conv_pending(const struct nt_conv *c);
/**
 * nt_model_forget() - free what a long `follow` will not need again
 * @idle_ns:	conversations of which nothing was heard for so long go, unless
 *		an end is known to be open or in TIME-WAIT
 *
 * Conversations whose known ends are CLOSED go after two seconds, or what the
 * policy says; ARP messages,
 * neighbour entries and gaps that were handed out go as well, but for what the policy
 * says.  Call it after nt_model_advance();
 * pointers to what went are invalid, indices shift, ids stay.
 */
void nt_model_forget(struct nt_model *m, int64_t idle_ns);
/**
 * nt_model_shed() - where there are more than @most conversations, let go others, too
 *
 * Those of TCP that never got beyond a SYN and are nobody's whose socket is seen, the
 * longest silent first, down to a quarter of a second: a flood of SYNs does not fill the
 * memory of a long `follow`.  Counted in nt_model_stats::shed; else as nt_model_forget().
 */
void nt_model_shed(struct nt_model *m, size_t most);
void nt_model_free(struct nt_model *m);

/*
 * The kernel dropped it before it was delivered anywhere.  That it is not drawn as
 * delivered follows from this, where nothing more was seen of it.
 */
bool nt_arrow_dropped(const struct nt_arrow *a);

size_t nt_model_nconv(const struct nt_model *m);
const struct nt_conv *nt_model_conv(const struct nt_model *m, size_t i);
/* by its id; NULL: none, or it is forgotten */
const struct nt_conv *nt_model_conv_of(const struct nt_model *m, uint32_t id);
/* packet @n; NULL: none */
const struct nt_arrow *nt_conv_arrow(const struct nt_conv *c, uint32_t n);
/* in the order in which they were handed out; …_since(): the first that may be of @t or later */
size_t nt_model_narp(const struct nt_model *m);
size_t nt_model_arp_since(const struct nt_model *m, int64_t t);
const struct nt_arp *nt_model_arp(const struct nt_model *m, size_t i);
size_t nt_model_nneigh(const struct nt_model *m);
size_t nt_model_neigh_since(const struct nt_model *m, int64_t t);
const struct nt_neigh *nt_model_neigh(const struct nt_model *m, size_t i);
/* calls that failed, on sockets that have had no conversation: the last ones */
size_t nt_model_nfailed(const struct nt_model *m);
const struct nt_call *nt_model_failed(const struct nt_model *m, size_t i);
size_t nt_model_ngap(const struct nt_model *m);
size_t nt_model_gap_since(const struct nt_model *m, int64_t t);
const struct nt_gap *nt_model_gap(const struct nt_model *m, size_t i);
/* complete after nt_model_finish() */
size_t nt_model_ndisagreement(const struct nt_model *m);
const struct nt_disagreement *nt_model_disagreement(const struct nt_model *m, size_t i);
const struct nt_model_stats *nt_model_stats(const struct nt_model *m);

#endif /* NETTRACE_MODEL_H */
