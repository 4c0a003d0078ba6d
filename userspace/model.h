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

#include "event.h"
#include "model_items.h"

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
