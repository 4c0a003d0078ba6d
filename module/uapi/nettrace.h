/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * nettrace: the records that the module writes and every tool reads
 *
 * Purpose:   the binary contract between the kernel module and its readers.
 *            A record states a fact: what passed a hook, what a socket did,
 *            what was lost.  Whatever needs judgement is left to userspace.
 * Ownership: a record is copied to the reader; nothing in it points anywhere.
 * Layout:    every record is NETTRACE_REC_SIZE bytes and begins with struct
 *            nettrace_hdr.  Slots may be larger (struct nettrace_info::stride)
 *            when bytes of payload follow the record.  All integers are in
 *            host byte order; addresses are bytes in network order, an IPv4
 *            address in the first four of sixteen, the others zero.
 *
 * Reading /proc/net/nettrace/events: each read() returns whole slots.  The
 * first slot of a reader is a NETTRACE_INFO record; then come the events the
 * rings hold, oldest first on each CPU (merge CPUs by time, then CPU, then
 * sequence).  lseek(fd, 0, SEEK_END) before the first read() starts at "now"
 * instead.  A NETTRACE_GAP record stands where this reader lost events, so that
 * from its attaching on: seen = delivered + filtered + lost.
 * read() returns 0 when tracing in this namespace has ended.  poll() for POLLIN
 * waits for any event; for POLLPRI alone, until a quarter of a CPU's ring is unread,
 * so that who wants many at a time can sleep and lose nothing.
 */
#ifndef _UAPI_NETTRACE_H
#define _UAPI_NETTRACE_H

#include <linux/types.h>

#define NETTRACE_ABI		1
#define NETTRACE_MAGIC		0x4352544e	/* "NTRC" in memory on little endian */
#define NETTRACE_REC_SIZE	192
#define NETTRACE_NAME_LEN	16		/* IFNAMSIZ, TASK_COMM_LEN */

enum nettrace_type {
	NETTRACE_NONE = 0,
	NETTRACE_INFO,		/* struct nettrace_info: about the stream */
	NETTRACE_PACKET,	/* struct nettrace_packet: one sighting */
	NETTRACE_STATE,		/* struct nettrace_state: a socket's transition */
	NETTRACE_RESET,		/* struct nettrace_state: RST sent or received */
	NETTRACE_GAP,		/* struct nettrace_gap: events this reader lost */
	NETTRACE_CALL,		/* struct nettrace_call: a socket's system call */
	NETTRACE_TIMER,		/* struct nettrace_timer: a socket's timers, sampled */
	NETTRACE_NEIGH,		/* struct nettrace_neigh: a neighbour entry changed */
	NETTRACE_ROUTE,		/* struct nettrace_route: how a packet is routed */
	NETTRACE_DROP,		/* struct nettrace_drop: why the packet before it went */
	__NETTRACE_TYPE_MAX,
};

struct nettrace_hdr {
	__u64 time;		/* CLOCK_MONOTONIC, nanoseconds */
	__u64 seq;		/* number within (namespace, CPU), from 0 */
	__u16 cpu;
	__u8  type;		/* enum nettrace_type */
	__u8  family;		/* enum nettrace_family */
	__u32 ifindex;		/* of the packet's device; 0: none */
};

enum nettrace_family {
	NETTRACE_FAMILY_NONE = 0,
	NETTRACE_IPV4 = 4,
	NETTRACE_IPV6 = 6,
	NETTRACE_ARP = 8,
};

/* where a packet was sighted; names as netfilter's, ARP's own chains apart */
enum nettrace_hook {
	NETTRACE_HOOK_NONE = 0,
	NETTRACE_PRE_ROUTING,
	NETTRACE_LOCAL_IN,
	NETTRACE_FORWARD,
	NETTRACE_LOCAL_OUT,
	NETTRACE_POST_ROUTING,
	NETTRACE_ARP_IN,
	NETTRACE_ARP_OUT,
	NETTRACE_ARP_FORWARD,
	NETTRACE_CAPTURE,	/* no hook: read from a packet capture; the
				 * module never writes it
				 */
	NETTRACE_DROPPED,	/* no hook: the kernel frees it as dropped; a
				 * NETTRACE_DROP record follows
				 */
	NETTRACE_BR_IN,		/* a bridge: a frame for this host */
	NETTRACE_BR_FORWARD,	/* from port to port, once for each it leaves by */
	NETTRACE_BR_OUT,	/* a frame of this host */
	__NETTRACE_HOOK_MAX,
};

/*
 * The kernel's own state numbers (include/net/tcp_states.h); a build-time
 * assertion in the module keeps the two equal.
 */
enum nettrace_tcp_state {
	NETTRACE_TCP_NONE = 0,
	NETTRACE_TCP_ESTABLISHED,
	NETTRACE_TCP_SYN_SENT,
	NETTRACE_TCP_SYN_RECV,
	NETTRACE_TCP_FIN_WAIT1,
	NETTRACE_TCP_FIN_WAIT2,
	NETTRACE_TCP_TIME_WAIT,
	NETTRACE_TCP_CLOSE,
	NETTRACE_TCP_CLOSE_WAIT,
	NETTRACE_TCP_LAST_ACK,
	NETTRACE_TCP_LISTEN,
	NETTRACE_TCP_CLOSING,
	NETTRACE_TCP_NEW_SYN_RECV,	/* a half-open request socket */
	__NETTRACE_TCP_STATE_MAX,
};

/* what kind of kernel object is the end of a connection */
enum nettrace_sk_kind {
	NETTRACE_SK_NONE = 0,	/* no socket was found */
	NETTRACE_SK_FULL,	/* struct tcp_sock */
	NETTRACE_SK_LISTEN,	/* a listener: it owns the port, not the end */
	NETTRACE_SK_REQUEST,	/* struct request_sock: half open */
	NETTRACE_SK_TIMEWAIT,	/* struct inet_timewait_sock: TIME-WAIT, or an
				 * orphan's FIN-WAIT-2; the state tells which
				 */
	__NETTRACE_SK_KIND_MAX,
};

/* nettrace_packet::flags */
#define NETTRACE_PKT_MALFORMED	0x0001	/* a length or version contradicts the bytes,
					 * or more headers follow than are read
					 */
#define NETTRACE_PKT_TRUNCATED	0x0002	/* the packet ends inside a header */
#define NETTRACE_PKT_FRAGMENT	0x0004	/* one fragment of a datagram */
#define NETTRACE_PKT_MORE_FRAGS	0x0008	/* not the last fragment */
#define NETTRACE_PKT_DONT_FRAG	0x0010	/* IPv4 DF */
#define NETTRACE_PKT_L4		0x0020	/* sport, dport and the l4 union are valid */
#define NETTRACE_PKT_IP_OPTS	0x0040	/* IPv4 options or IPv6 extension headers */
#define NETTRACE_PKT_INNER	0x0080	/* an ICMP error: inner_* are valid */
#define NETTRACE_PKT_MAC	0x0100	/* mac_src and mac_dst are valid */
#define NETTRACE_PKT_RETRANS	0x0200	/* the sending socket had sent this range before */
#define NETTRACE_PKT_TASK	0x0400	/* sighted in task context: pid is its process */
#define NETTRACE_PKT_LOOKUP	0x0800	/* the socket was looked up by address, the
					 * packet was not yet tied to it
					 */
#define NETTRACE_PKT_BAD_OPTS	0x1000	/* TCP options do not parse */
#define NETTRACE_PKT_OTHERHOST	0x2000	/* the frame was for another host's address */
#define NETTRACE_PKT_ND		0x4000	/* neighbour discovery: nd_target is valid */
#define NETTRACE_PKT_COMM	0x8000	/* TASK, and comm is valid: not of TCP, whose
					 * transitions tell it
					 */

/* nettrace_packet::tcp_flags: the 12 bits of the header, RFC 9293, 3.1 */
#define NETTRACE_TH_FIN		0x001
#define NETTRACE_TH_SYN		0x002
#define NETTRACE_TH_RST		0x004
#define NETTRACE_TH_PSH		0x008
#define NETTRACE_TH_ACK		0x010
#define NETTRACE_TH_URG		0x020
#define NETTRACE_TH_ECE		0x040
#define NETTRACE_TH_CWR		0x080
#define NETTRACE_TH_AE		0x100

/* nettrace_packet::optflags: which TCP options the segment carries */
#define NETTRACE_OPT_MSS	0x01
#define NETTRACE_OPT_WSCALE	0x02
#define NETTRACE_OPT_SACK_OK	0x04
#define NETTRACE_OPT_SACK	0x08
#define NETTRACE_OPT_TS		0x10
#define NETTRACE_OPT_FASTOPEN	0x20
#define NETTRACE_OPT_MPTCP	0x40
#define NETTRACE_OPT_OTHER	0x80	/* MD5, TCP-AO, user timeout, unknown */

/* nettrace_packet::listen: what the kernel itself asks before it takes a SYN */
#define NETTRACE_LISTEN_ACCEPT_FULL	0x01	/* more wait for accept() than it allows */
#define NETTRACE_LISTEN_REQUEST_FULL	0x02	/* more are half open than its backlog */
#define NETTRACE_LISTEN_SYN_BACKLOG	0x04	/* less than a quarter of
						 * tcp_max_syn_backlog is left
						 */

#define NETTRACE_SACK_MAX	4

/**
 * struct nettrace_packet - one packet at one hook in one namespace
 *
 * A GSO or GRO super-segment stands for gso_segs wire segments of gso_size
 * bytes of payload each (the last may be shorter); gso_size 0: one segment.
 */
struct nettrace_packet {
	struct nettrace_hdr hdr;
	char  dev[NETTRACE_NAME_LEN];	/* out-device, or in-device on arrival */
	__u8  hook;		/* enum nettrace_hook */
	__u8  proto;		/* IANA protocol number after extension headers */
	__u16 flags;		/* NETTRACE_PKT_* */
	__u32 len;		/* bytes from the network header on */
	__u8  src[16];		/* ARP: sender protocol address */
	__u8  dst[16];		/* ARP: target protocol address */
	__u16 sport;
	__u16 dport;
	union {
		struct {
			__u32 seq;
			__u32 ack;
			__u16 tcp_flags;
			__u16 window;	/* as in the header, unscaled */
		};
		struct {
			__u8  icmp_type;	/* also IGMP's */
			__u8  icmp_code;	/* IGMP: longest response time */
			__u16 icmp_id;		/* echo: identifier; errors: IPv4
						 * identification of the packet
						 * they are about
						 */
			__u32 icmp_info;	/* echo: sequence; errors: the
						 * 32 bits after the checksum;
						 * IGMP: group, or the number of
						 * records of a v3 report
						 */
			__u16 inner_sport;	/* about an echo: its identifier, */
			__u16 inner_dport;	/* in both */
		};
		struct {
			__u16 arp_op;		/* 1 request, 2 reply */
			__u16 arp_pad[5];
		};
	};
	__u32 payload;		/* bytes after the transport header */
	__u32 ip_id;		/* IPv4 identification, IPv6 fragment's */
	__u16 frag_off;		/* bytes */
	__u8  ttl;		/* or hop limit */
	__u8  tos;		/* DSCP and ECN */
	__u16 gso_size;
	__u16 gso_segs;
	__u16 mss;
	__u8  wscale;
	__u8  optflags;		/* NETTRACE_OPT_* */
	__u32 tsval;		/* ICMP error: the sequence number of the TCP
				 * segment or echo that it is about; 0: unknown
				 */
	__u32 tsecr;
	__u8  nsack;
	__u8  sk_kind;		/* enum nettrace_sk_kind: the local socket */
	__u8  sock_state;		/* enum nettrace_tcp_state, when sighted */
	__u8  inner_proto;	/* ICMP error: protocol of the packet it is about */
	union {
		__u32 sack[NETTRACE_SACK_MAX][2];	/* left, right edge */
		struct {
			__u8 inner_src[16];
			__u8 inner_dst[16];
		};
		struct {			/* ICMPv6 135 to 137 */
			__u8 nd_target[16];
			__u8 nd_lladdr[6];	/* its first option, if that is the
						 * sender's (135) or the target's
						 * (136, 137) address; 0: it is not
						 */
			__u8 nd_pad[10];
		};
		char comm[NETTRACE_NAME_LEN];	/* NETTRACE_PKT_COMM */
		struct {
			__u8 arp_sha[6];	/* sender hardware address */
			__u8 arp_tha[6];	/* target hardware address */
			__u8 arp_pad2[20];
		};
	};
	union {
		struct {			/* NETTRACE_SK_FULL */
			__u32 snd_una;
			__u32 snd_nxt;
			__u32 rcv_nxt;
		};
		struct {			/* NETTRACE_SK_LISTEN */
			__u32 accept_len;	/* connections waiting for accept() */
			__u32 accept_max;
			__u32 request_len;	/* half-open connections */
		};
		struct {			/* NETTRACE_SK_TIMEWAIT, _REQUEST */
			__u32 left_ms;		/* until its timer fires */
			__u32 listener_len;	/* _REQUEST: the accept queue of */
			__u32 listener_max;	/* its listener */
		};
	};
	union {
		__u32 pid;	/* process (thread group), initial pid namespace */
		__u32 in_ifindex;	/* BR_FORWARD: the port it came in by */
	};
	union {
		__u8 ca_state;	/* 0 Open 1 Disorder 2 CWR 3 Recovery 4 Loss */
		__u8 listen;	/* NETTRACE_SK_LISTEN: NETTRACE_LISTEN_* */
	};
	union {
		__u8 pending;	/* icsk_pending: 1 RTO 3 persist 5 TLP 6 RACK */
		__u8 syncookies;/* NETTRACE_SK_LISTEN: the sysctl tcp_syncookies */
	};
	__u8  retransmits;	/* unanswered retransmissions so far */
	__u8  backoff;		/* exponent of the RTO or persist timer */
	__u8  mac_src[6];
	__u8  mac_dst[6];
};

/* nettrace_state::what of a NETTRACE_STATE record */
enum nettrace_what {
	NETTRACE_WHAT_NONE = 0,
	NETTRACE_CHANGE,	/* a full socket: old_state -> new_state */
	NETTRACE_BEGIN,		/* a request or TIME-WAIT socket is there */
	NETTRACE_RESTART,	/* its timer was set again; or its state changed */
	NETTRACE_END,		/* it is gone; new_state is what replaced it */
	NETTRACE_RST_SENT,	/* NETTRACE_RESET: the socket sent a RST */
	NETTRACE_RST_RECEIVED,	/* NETTRACE_RESET: it accepted one */
	__NETTRACE_WHAT_MAX,
};

/* nettrace_state::flags: in whose time the transition happened */
#define NETTRACE_CTX_TASK	0x0001	/* a task's own context: pid, comm, syscall */
#define NETTRACE_CTX_EXITING	0x0002	/* the task is dying: the call is "exit" */
#define NETTRACE_CTX_KTHREAD	0x0004	/* a kernel thread: no call */
#define NETTRACE_CTX_COMPAT	0x0008	/* 32-bit call: the number is not ours */
#define NETTRACE_CTX_IO_URING	0x0010	/* an io_uring worker: no call to read */
#define NETTRACE_CTX_TIMER	0x0020	/* found by this module's timer, up to
					 * NETTRACE_LATE_MS after it happened
					 */
#define NETTRACE_LATE_MS	20

/* nettrace_state::end_why of a NETTRACE_END */
enum nettrace_end {
	NETTRACE_END_NONE = 0,
	NETTRACE_END_EXPIRED,	/* its timer ran out */
	NETTRACE_END_PROMOTED,	/* request -> full socket; no CLOSED in between */
	NETTRACE_END_REUSED,	/* a new connection took the addresses over */
	NETTRACE_END_KILLED,	/* gone before its time: RST, or its listener closed */
	NETTRACE_END_UNFOLLOWED,/* no place in the table: the end will not be seen */
	__NETTRACE_END_MAX,
};

/**
 * struct nettrace_state - what a socket did
 *
 * Addresses are the socket's own: local and remote.  The remote end is zero
 * for a listener, and for LISTEN -> SYN-RECEIVED on kernels before 7.2: join
 * it by sk_id to the transition that follows.
 */
struct nettrace_state {
	struct nettrace_hdr hdr;
	char  comm[NETTRACE_NAME_LEN];
	__u8  kind;		/* enum nettrace_sk_kind */
	__u8  what;		/* enum nettrace_what */
	__u8  old_state;	/* enum nettrace_tcp_state */
	__u8  new_state;
	__u16 flags;		/* NETTRACE_CTX_* */
	__u8  end_why;		/* enum nettrace_end */
	__u8  shutdown;		/* 1 receive side shut, 2 send side shut */
	__u8  local[16];
	__u8  remote[16];
	__u16 lport;		/* 0 in CLOSE -> SYN-SENT of connect() */
	__u16 rport;
	__u32 pid;		/* process; 0 outside task context */
	__u32 tid;
	__s32 syscall;		/* number in the kernel's native table; -1 none */
	__u32 left_ms;		/* mini sockets: until the timer fires */
	__s32 sk_err;		/* errno pending on the socket, positive */
	__u64 sk_id;		/* opaque; equal for the same socket */
	__u32 reason;		/* NETTRACE_RESET: the kernel's reset reason, 0 unknown */
	__u32 snd_nxt;
	__u32 rcv_nxt;
	__u32 unread;		/* bytes received and not read */
	__u8  dead;		/* SOCK_DEAD: no process holds the socket */
	__u8  retransmits;
	__u8  probes_out;	/* unanswered keepalive or window probes */
	__u8  pending;
	__u8  pad[60];
};

/* nettrace_call::phase: a call is two records of one thread */
enum nettrace_call_phase {
	NETTRACE_CALL_NONE = 0,
	NETTRACE_CALL_ENTER,	/* arguments */
	NETTRACE_CALL_EXIT,	/* result, and the socket as it is then */
	__NETTRACE_CALL_PHASE_MAX,
};

/* nettrace_call::valid: which of the fields are filled */
#define NETTRACE_CALL_LOCAL	0x01	/* local, lport */
#define NETTRACE_CALL_REMOTE	0x02	/* remote, rport: the socket's, or connect()'s
					 * argument at its entry
					 */
#define NETTRACE_CALL_SOCK	0x04	/* sk_id, sock_state */

/**
 * struct nettrace_call - a system call on an IP socket began or ended
 *
 * Recorded only where calls are asked for (`calls`): it costs every system call
 * of the machine.  Calls through io_uring and 32-bit calls are not seen.
 */
struct nettrace_call {
	struct nettrace_hdr hdr;	/* family: of the socket */
	char  comm[NETTRACE_NAME_LEN];
	__u32 pid;
	__u32 tid;
	__s32 syscall;		/* number in the kernel's native table */
	__u8  phase;		/* enum nettrace_call_phase */
	__u8  valid;		/* NETTRACE_CALL_* */
	__u8  sock_state;	/* enum nettrace_tcp_state */
	__u8  proto;		/* IPPROTO_TCP, ... */
	__s64 result;		/* EXIT: as the call returns it, -errno */
	__u64 arg[3];		/* ENTER: the second, third and fourth argument
				 * (length, flags, backlog, how, ...) as they
				 * are; pointers are 0
				 */
	__s32 fd;		/* the first argument */
	__u16 lport;
	__u16 rport;
	__u8  local[16];
	__u8  remote[16];
	__u64 sk_id;		/* as nettrace_state::sk_id */
	__u8  pad[56];
};

/* nettrace_timer::armed */
#define NETTRACE_TIMER_RTO	0x01	/* retransmission; of the SYN,ACK: a request's */
#define NETTRACE_TIMER_TLP	0x02	/* tail loss probe, RFC 8985 */
#define NETTRACE_TIMER_REO	0x04	/* reordering, RFC 8985 */
#define NETTRACE_TIMER_PERSIST	0x08	/* zero window probe, RFC 9293, 3.8.6.1 */
#define NETTRACE_TIMER_DELACK	0x10	/* delayed ACK */
#define NETTRACE_TIMER_KEEP	0x20	/* keepalive */
#define NETTRACE_TIMER_FIN2	0x40	/* an orphan's FIN-WAIT-2 */
#define NETTRACE_TIMER_TW	0x80	/* TIME-WAIT */

/**
 * struct nettrace_timer - the timers of the socket of a sighting, as sampled then
 *
 * Recorded right behind the packet's record, whose number is hdr.seq - 1, and
 * only where timers are asked for (`timers`).  At LOCAL_OUT the segment's own
 * sending has not armed anything yet.
 */
struct nettrace_timer {
	struct nettrace_hdr hdr;	/* time: the packet's */
	__u8  local[16];
	__u8  remote[16];
	__u16 lport;
	__u16 rport;
	__u8  sock_state;	/* enum nettrace_tcp_state */
	__u8  kind;		/* enum nettrace_sk_kind */
	__u8  armed;		/* NETTRACE_TIMER_* */
	__u8  backoff;
	__u64 sk_id;
	__u32 left_ms;		/* RTO, TLP, REO or PERSIST: until it fires */
	__u32 delack_ms;	/* until the delayed ACK */
	__u32 keep_ms;		/* until the keepalive, FIN2 or TW timer fires */
	__u32 rto_us;		/* the RTO in force, back-off included */
	__u32 srtt_us;
	__u32 rttvar_us;
	__u32 ato_ms;		/* what a delayed ACK waits */
	__u32 keep_time_ms;	/* idle time before the first keepalive */
	__u32 keep_intvl_ms;	/* between keepalives */
	__u32 snd_cwnd;		/* segments */
	__u32 snd_ssthresh;
	__u32 snd_wnd;		/* bytes the peer offers */
	__u32 rcv_wnd;		/* bytes offered to the peer */
	__u8  retransmits;
	__u8  probes_out;
	__u8  keep_probes;	/* unanswered ones after which it gives up */
	__u8  ca_state;
	__u8  pad[64];
};

/* nettrace_neigh::old_state, new_state: the kernel's own bits (linux/neighbour.h) */
#define NETTRACE_NUD_NONE	0x00
#define NETTRACE_NUD_INCOMPLETE	0x01
#define NETTRACE_NUD_REACHABLE	0x02
#define NETTRACE_NUD_STALE	0x04
#define NETTRACE_NUD_DELAY	0x08
#define NETTRACE_NUD_PROBE	0x10
#define NETTRACE_NUD_FAILED	0x20
#define NETTRACE_NUD_NOARP	0x40
#define NETTRACE_NUD_PERMANENT	0x80

/* nettrace_neigh::what: which of the kernel's functions changed it */
enum nettrace_neigh_what {
	NETTRACE_NEIGH_NONE = 0,
	NETTRACE_NEIGH_UPDATE,	/* an answer, another message, or an administrator */
	NETTRACE_NEIGH_TIMER,	/* its timer */
	NETTRACE_NEIGH_SEND,	/* a packet is to be sent there */
	__NETTRACE_NEIGH_MAX,
};

/* nettrace_neigh::flags */
#define NETTRACE_NEIGH_OLD	0x01	/* old_state is valid */
#define NETTRACE_NEIGH_TASK	0x02	/* in a task's own context: pid, comm */

/**
 * struct nettrace_neigh - an entry of the neighbour table was changed, or asked for
 *
 * hdr.family is that of @addr, hdr.ifindex the device's.
 */
struct nettrace_neigh {
	struct nettrace_hdr hdr;
	char  dev[NETTRACE_NAME_LEN];
	char  comm[NETTRACE_NAME_LEN];
	__u8  addr[16];
	__u8  lladdr[8];	/* the link-layer address after the change; 0: none */
	__u8  lladdr_len;	/* its length in bytes; 0: not known */
	__u8  what;		/* enum nettrace_neigh_what */
	__u8  old_state;	/* NETTRACE_NUD_*, before */
	__u8  new_state;	/* after */
	__u8  flags;		/* NETTRACE_NEIGH_* */
	__u8  pad1[3];
	__u32 probes;		/* requests sent without an answer */
	__u32 queued;		/* packets that wait for the answer */
	__u32 reachable_ms;	/* how long an answer is believed */
	__u32 pid;
	__u8  pad[84];
};

/* nettrace_route::flags */
#define NETTRACE_RT_GATEWAY	0x0001	/* @gateway is the next hop; else @dst itself */
#define NETTRACE_RT_LOCAL	0x0002	/* an address of this host */
#define NETTRACE_RT_BROADCAST	0x0004
#define NETTRACE_RT_MULTICAST	0x0008
#define NETTRACE_RT_FIB		0x0010	/* match_len and what follows are valid */
#define NETTRACE_RT_SRC_LEN	0x0020	/* src_len is valid */

/**
 * struct nettrace_route - where a local packet goes, as the kernel has decided
 *
 * Recorded right before the sighting at LOCAL_OUT: for each SYN that opens a
 * connection, and, where routes are asked for (`routes`), for the packets of other
 * protocols whenever destination or decision are not those of the one before.
 */
struct nettrace_route {
	struct nettrace_hdr hdr;	/* ifindex: of the device it leaves by */
	char  dev[NETTRACE_NAME_LEN];
	__u8  src[16];
	__u8  dst[16];
	__u8  gateway[16];
	__u16 sport;		/* of the packet, where it has ports */
	__u16 dport;
	__u16 flags;		/* NETTRACE_RT_* */
	__u8  proto;		/* of the packet: IPPROTO_TCP, ... */
	__u8  src_len;		/* prefix length of the device's address @src */
	__u8  match_len;	/* prefix length of the table's entry */
	__u8  rt_proto;		/* who installed it: RTPROT_KERNEL 2, ... */
	__u8  rt_scope;		/* RT_SCOPE_LINK 253, ... */
	__u8  tos;
	__u32 table;		/* RT_TABLE_MAIN 254, ... */
	__u32 mtu;		/* of the path, bytes */
	__u32 pid;		/* process; 0 outside task context */
	__u8  pad[80];
};

/**
 * struct nettrace_drop - the kernel's reason for what it did to a packet
 *
 * Recorded right behind the packet's record of hook NETTRACE_DROPPED, whose number
 * is hdr.seq - 1.
 */
struct nettrace_drop {
	struct nettrace_hdr hdr;
	__u32 reason;		/* this kernel's number for it */
	__u32 pad1;
	char  name[64];		/* its name in this kernel, as NETFILTER_DROP; empty:
				 * it has none
				 */
	__u8  pad[96];
};

/**
 * struct nettrace_gap - what this reader does not get, on hdr.cpu
 *
 * @lost was overwritten, here.  @filtered is how many packets the kernel's
 * filter left out since this reader was last told, or has attached: somewhere
 * before, and perhaps after the next records.  Nobody is woken for it; it comes
 * along with records, with the end, or to a read() that does not block and finds
 * no record, but never to two of these in a row.  Either may be 0.
 */
struct nettrace_gap {
	struct nettrace_hdr hdr;	/* time and seq of the first event after */
	__u64 lost;			/* events */
	__u64 filtered;			/* packets, which have no numbers */
	__u8  pad[152];
};

/**
 * struct nettrace_info - about the stream; the layout up to and including
 * @rec_size never changes, so that any tool can tell any module's version
 */
struct nettrace_info {
	struct nettrace_hdr hdr;
	__u32 magic;		/* NETTRACE_MAGIC */
	__u16 abi;		/* NETTRACE_ABI */
	__u16 rec_size;		/* NETTRACE_REC_SIZE */
	__u32 stride;		/* bytes from slot to slot */
	__u32 ring;		/* slots per CPU */
	__s64 real_offset;	/* add to hdr.time for CLOCK_REALTIME */
	__u64 netns;		/* inode number of the namespace */
	__u32 cpus;		/* with a ring */
	__u32 hz;
	char  version[16];	/* of the module */
	char  release[64];	/* of the kernel */
	__u8  pad[48];
};

union nettrace_rec {
	struct nettrace_hdr	hdr;
	struct nettrace_packet	packet;
	struct nettrace_state	state;
	struct nettrace_gap	gap;
	struct nettrace_info	info;
	struct nettrace_call	call;
	struct nettrace_timer	timer;
	struct nettrace_neigh	neigh;
	struct nettrace_route	route;
	struct nettrace_drop	drop;
};

#endif /* _UAPI_NETTRACE_H */
