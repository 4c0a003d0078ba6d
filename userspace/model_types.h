/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * model_types.h - what the model keeps
 *
 * Purpose:   its constants, what waits in its queue, its conversations and itself.
 *            Included by model_priv.h, which tells how they are used.
 * Ownership: everything hangs on struct nt_model.
 */
#ifndef NETTRACE_MODEL_TYPES_H
#define NETTRACE_MODEL_TYPES_H

#include "model.h"
#include "track/agree.h"
#include "track/dir.h"
#include "track/pair.h"

#define NT_MS	       1000000LL
#define NT_SLOP	       (NT_MS / 10)    /* clocks of two CPUs may differ so much */
#define NT_PAIR_WINDOW (2000 * NT_MS)  /* how late a sighting may still join */
#define NT_DROP_WINDOW (60000 * NT_MS) /* ... the end of one that was never delivered */
#define NT_LOST_WAIT   (200 * NT_MS)   /* what is not delivered by then is said not to be */
#define NT_ECHO_WAIT   (1000 * NT_MS)  /* an echo that takes longer is unanswered until it comes */
#define NT_SOURCES     65536	       /* nt_sighting::source is a uint16_t */

enum nt_pend_type {
	NT_PEND_ARROW,
	NT_PEND_STATE,
	NT_PEND_ARP,
	NT_PEND_GAP,
	NT_PEND_LATE,
	NT_PEND_TRACK,
	NT_PEND_CALL,
	NT_PEND_TIMER,
	NT_PEND_QUEUE,
	NT_PEND_DROP,
	NT_PEND_NEIGH,
	NT_PEND_ROUTE,
	NT_PEND_FRAG
};

/* a place in the queue; first member of what waits there */
struct nt_pend {
	struct nt_pend *prev, *next;
	int64_t t;
	enum nt_pend_type type;
	struct nt_convx *cv; /* NULL: belongs to none */
};

/* what the model knows of a sighting besides */
struct nt_sightx {
	uint16_t cpu;
	uint32_t upto; /* seq after what it covered */
};

/* an arrow's sightings, where there are more than it has room for itself */
#define NT_SIGHTINGS_FEW 2
struct nt_sightings {
	struct nt_sighting sight[NT_SIGHTINGS_MAX];
	struct nt_sightx x[NT_SIGHTINGS_MAX];
};

struct nt_arrowx {
	struct nt_pend pend;
	struct nt_arrow a;
	struct nt_arrowx *prev, *next; /* of the conversation, as fed */
	struct nt_arrowx *unsure_next; /* among those that may come yet */
	struct nt_arrowx *asking_next; /* among echo requests that have no answer yet */
	bool asking;
	bool whole;   /* its fragments make up all of it at some place, or it was sighted whole */
	bool expects; /* more of its fragments: model_frag.c has it in its table */
	uint32_t first_len; /* octets of its first fragment, while @a.pkt is of that; else 0 */
	bool final;
	bool icmp;	     /* an error about the conversation */
	uint16_t open;	     /* model_nat.c has it in its table, at this place less one; 0: not */
	uint32_t drops;	     /* that have it, and are not final: it stays as long */
	struct nt_sightx *x; /* of a.sight, one each */
	struct nt_sightings *many; /* where these are; NULL: they are here */
	struct nt_sighting few[NT_SIGHTINGS_FEW];
	struct nt_sightx fewx[NT_SIGHTINGS_FEW];
};

/* a NETTRACE_STATE or NETTRACE_RESET record that knows its end */
struct nt_statex {
	struct nt_pend pend;
	uint8_t end;
	uint16_t source;
	struct nettrace_state rec;
};

/* a segment left or reached a traced end */
struct nt_trackx {
	struct nt_pend pend;
	uint8_t end;
	bool in;
	bool dropped; /* before its socket looked at it */
	uint8_t sk_kind, sock_state;
	struct nt_segment g;
};

/* a traced end: see track/agree.h */
struct nt_agreex {
	struct nt_agree a;
	struct nt_disputed closing; /* valid while a.closing */
	int64_t closing_t;
};

struct nt_arpx {
	struct nt_pend pend;
	bool gone; /* about to be freed */
	struct nt_arp a;
	struct nettrace_packet pkt;
};

struct nt_routex {
	struct nt_pend pend;
	struct nt_route r;
};

struct nt_neighx {
	struct nt_pend pend;
	struct nt_neigh n;
};

struct nt_gapx {
	struct nt_pend pend;
	struct nt_gap g;
};

struct nt_latex {
	struct nt_pend pend;
	struct nt_late l;
};

struct nt_callx {
	struct nt_pend pend;
	uint16_t source;
	struct nt_call c;
};

/* a NETTRACE_TIMER record */
struct nt_timerx {
	struct nt_pend pend;
	uint8_t end;
	uint16_t source;
	struct nettrace_timer rec;
};

/* a SYN or ACK that a listener got */
struct nt_queuex {
	struct nt_pend pend;
	uint16_t source;
	uint8_t listen; /* NETTRACE_LISTEN_* */
	struct nt_queue q;
};

/* a dropped packet, whose reason comes with the next record of its CPU */
struct nt_dropx {
	struct nt_pend pend;
	uint64_t seq; /* of the packet's record */
	uint16_t cpu;
	bool heard; /* for another host */
	struct nt_arrowx *x;
	struct nt_drop d;
};

/* a decision whose packet has not been sighted yet: it is the next record of its CPU */
struct nt_routing {
	int64_t t;
	uint16_t source;
	bool used;
	struct nettrace_route rec;
};

#define NT_ROUTES_OPEN 32

#define NT_REASONS_MAX 256 /* different ones; kernels have a hundred */
#define NT_DROPS_OPEN  32  /* dropped packets whose reason may come */

/* a datagram of which fragments are seen */
struct nt_fragx {
	struct nt_pend pend; /* queued until its first fragment shows its ports */
	bool queued;
	uint8_t family, proto;
	uint32_t id;
	uint8_t src[16], dst[16];
	int64_t t;		  /* last fragment of it */
	struct nt_arrowx *x;	  /* NULL: the first fragment is not seen yet, and */
	struct nt_fragments *set; /* here is what was, */
	struct nt_event ev;	  /* here the first of them */
};
#define NT_FRAGS_MAX 256

struct nt_resolver; /* model_resolve.c */
struct nt_calls;    /* model_call.c */
struct nt_timers;   /* model_timer.c */

/* who tells the owner of an end; the higher, the surer */
enum nt_owner_rank { NT_OWNER_NONE, NT_OWNER_PACKET, NT_OWNER_LISTENER, NT_OWNER_CALL };

struct nt_endx {
	/* fed: may be ahead of what is final */
	struct nt_flow fed;    /* isn and fin this end sent */
	bool placed, places;   /* sent packets sighted at one place; at several */
	uint16_t place_source; /* the one */
	uint8_t place_hook;
	char place_dev[NETTRACE_NAME_LEN];
	bool away;     /* what it sends is not seen to leave */
	bool gone;     /* left for CLOSED or TIME-WAIT */
	bool timewait; /* a TIME-WAIT socket stands for it */
	uint64_t sk_id;
	enum nt_owner_rank rank;
	bool listener_calls; /* those of its listener are shown */
	int64_t child_t;     /* when a full socket took over from the request */
	/* final */
	bool rst;			 /* accepted a RST since its last transition */
	uint64_t moved_seq;		 /* of the record of that transition, */
	uint16_t moved_cpu;		 /* on its CPU */
	bool resync;			 /* a gap: take the next state that is seen */
	struct nt_tcp tcp;		 /* its state, inferred, while it is not traced */
	struct nt_agreex *agree;	 /* from when it is */
	struct nt_dir dir;		 /* sequence space of what it sent */
	const struct nt_arrowx *cause;	 /* of its last transition */
	const struct nt_arrowx *crossed; /* a SYN or FIN that comes to it after its own */
	struct nt_timers *timers;	 /* as sampled last; NULL: never */
};

struct nt_convx {
	struct nt_conv c;	/* first: c.priv points here */
	struct nt_convx *hnext; /* same bucket; of the same tuple newest first */
	uint32_t hash;
	int scope; /* stream, for addresses that never leave it */
	struct nt_endx e[2];
	struct nt_marker marker;
	struct nt_arrowx *first, *last; /* all arrows, as fed */
	size_t cap;			/* of c.item */
	unsigned int pending;		/* in the queue */
	unsigned int narrows;		/* from first to last */
	struct nt_arrowx *unripe;	/* eager: the first that is not final */
	bool sighted;			/* it has had an arrow */
	bool any;			/* it has had an item */
	bool over;			/* not found any more (nt_model_policy::keep_over) */
	uint8_t app_tries;		/* payloads that said nothing */
	bool rst_fed;			/* a RST was sighted */
	bool nonsyn_fed;		/* more than SYNs were sighted */
	bool talk_fed;			/* more than SYNs and RSTs */
	bool tcp_seen;			/* a TCP arrow is final */
	bool stream;			/* no TCP; packets both ways for a while */
	int64_t t_fed;			/* last record of any kind */
	int64_t max_delay;		/* longest way from OUT to IN */
};

/* both ends as a record names them: a[0] sends the packet, owns the socket */
struct nt_tuple {
	uint8_t proto;
	struct nt_addr a[2];
	int scope;
};

struct nt_listener {
	uint16_t source;
	struct nt_addr addr;
	uint64_t sk_id;
	uint32_t pid;
	char comm[NETTRACE_NAME_LEN];
};

/* a sighting on its way to its arrow */
struct nt_seen {
	const struct nt_event *ev;
	const struct nettrace_packet *p; /* IPv4-mapped addresses turned into IPv4 */
	enum nt_stage stage;
	uint8_t dir;
	bool icmp;
};

#define NT_MERGED_MAX  64 /* segments that GRO makes one of: 64 KiB */
#define NT_ORPHANS_MAX 256

/* a record whose addresses are not complete yet */
struct nt_orphan {
	int64_t t;
	uint16_t source;
	struct nettrace_state rec;
};

struct nt_model {
	int64_t hold;
	int64_t wait;	/* for what is not complete */
	bool prompt;	/* what is complete waits for nothing */
	int64_t now;	/* no older event will come */
	int64_t t_max;	/* newest event, or as far as the trace is known to reach */
	int64_t handed; /* time of the last item handed out: none is older after it */
	bool finishing;
	struct nt_observer obs;
	struct nt_model_stats stats;
	struct nt_pend *head, *tail;
	struct nt_arrowx *unsure, *unsure_last; /* final, not delivered yet */
	struct nt_arrowx *asking, *asking_last; /* final echo requests, not answered yet */
	struct nt_fragx *frag[NT_FRAGS_MAX];	/* oldest first */
	unsigned int nfrag;
	uint8_t ended[NT_SOURCES / 8]; /* streams, a bit each */
	struct nt_convx **bucket;
	size_t nbucket;
	uint64_t hash_seed;
	size_t nhashed; /* conversations in the buckets */
	struct nt_model_policy policy;
	struct nt_arrowx *spare; /* arrows to be used again, linked by next */
	size_t nspare;
	struct nt_transition *spent; /* handed out last, and not kept */
	struct nt_convx **conv;
	size_t nconv, conv_cap;
	uint32_t last_id;
	struct nt_arpx **arp;
	size_t narp, arp_cap;
	struct nt_disagreement *dis;
	size_t ndis, dis_cap;
	struct nt_resolver *resolver; /* NULL: nobody asked yet */
	struct nt_natter *natter;     /* NULL: no address may have changed yet */
	struct nt_neighx **neigh;
	size_t nneigh, neigh_cap;
	struct nt_gapx **gap;
	size_t ngap, gap_cap;
	struct nt_listener *listener;
	size_t nlistener, listener_cap;
	struct nt_orphan orphan[NT_ORPHANS_MAX];
	unsigned int norphan;
	struct nt_calls *calls;			   /* NULL: none was recorded */
	struct nt_routing routing[NT_ROUTES_OPEN]; /* a ring */
	unsigned int nrouting, routing_open;
	char *reason[NT_REASONS_MAX];
	unsigned int nreason;
	struct nt_dropx *dropped[NT_DROPS_OPEN]; /* a ring */
	unsigned int ndropped;
	bool timers; /* they are asked for, or were recorded */
};

#endif /* NETTRACE_MODEL_TYPES_H */
