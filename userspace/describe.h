/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * describe.h - parts of the model as short pieces of text
 *
 * Purpose:   one wording for all text formats: what an arrow carries, what
 *            caused a transition, who owns an end.
 * Ownership: text goes into buffers of the caller; foreign names are escaped.
 */
#ifndef NETTRACE_DESCRIBE_H
#define NETTRACE_DESCRIBE_H

#include "canvas.h"
#include "model.h"
#include "numbers.h"
#include "oui.h"
#include "path.h"

#define NT_ADDR_TEXT  64 /* "[ipv6]:65535" */
#define NT_OWNER_TEXT 96 /* 16 bytes escaped, and "[pid]" */
#define NT_STATE_TEXT 24

/** nt_describe_ip() - an address without its port */
char *nt_describe_ip(char *buf, size_t size, unsigned int family, const uint8_t *b);

/** nt_describe_addr() - "10.0.1.2:80", "[2001:db8::1]:80"; no port: only the address */
char *nt_describe_addr(char *buf, size_t size, const struct nt_addr *a);

/** nt_describe_end() - the address of an end; its port if the protocol has ports */
char *nt_describe_end(char *buf, size_t size, const struct nt_conv *c, int end);

/** nt_has_ports() - in ICMP's conversations the port is an identifier */
bool nt_has_ports(const struct nt_conv *c);

char *nt_describe_mac(char buf[18], const uint8_t mac[6]);

/** nt_describe_owner() - "python3[412]", or "" where none was observed */
char *nt_describe_owner(char *buf, size_t size, const char *comm, uint32_t pid);

/** nt_describe_state() - "ESTABLISHED", inferred "~ESTABLISHED" */
char *nt_describe_state(char *buf, size_t size, enum nt_state s, enum nt_basis basis);

/** nt_describe_cause() - "segment 3", "close() python3[412]", "timer time-wait", "unknown: why" */
char *nt_describe_cause(char *buf, size_t size, const struct nt_cause *c);

/**
 * nt_describe_why() - the cause of a transition, short
 *
 * Of an end that is not traced: "shown by segment 8", for who asked for it is
 * not known, and the mark of an inference says so already.
 */
char *nt_describe_why(char *buf, size_t size, const struct nt_transition *tr);

/** nt_describe_closed() - "closed by the client (FIN)", "still open" */
char *nt_describe_closed(char *buf, size_t size, const struct nt_conv *c);

/** nt_describe_span() - a length of time, ns, with a unit: "42 µs", "60.9 s" */
char *nt_describe_span(char *buf, size_t size, int64_t ns);

/**
 * nt_describe_ms() - @ns in milliseconds, in eight columns
 *
 * Microseconds, as long as there is room: "9999.999", "60914.22".
 */
char *nt_describe_ms(char *buf, size_t size, int64_t ns);

/* which of an arrow's marks a label has */
enum nt_marks { NT_MARKS_NONE, NT_MARKS_DRAWN, NT_MARKS_ALL };

/** nt_describe_marks() - one piece, of rank 1, for each mark */
void nt_describe_marks(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks);

/**
 * nt_describe_arrow() - what a packet is and carries, most important first
 * @marks:	DRAWN: without those that are seen from the drawing
 * @num:	how to write its numbers; NULL: relative
 *
 * For TCP: flags, marks, relative numbers, length, options; ranks fall with
 * importance so that a narrow line keeps what a reader needs most.
 */
void nt_describe_arrow(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks,
		       const struct nt_numbers *num);

/*
 * nt_describe_dgram() - the same of what is not TCP (describe_dgram.c)
 * Return: its length is to be said.
 */
bool nt_describe_dgram(struct nt_label *label, const struct nt_arrow *a, enum nt_marks marks);

/**
 * nt_describe_below() - what is written below an arrow, perhaps nothing
 * @about:	what an ICMP error is about, for which its own line has no room
 *
 * "fragments 0..1479 1480..2959", a piece for each
 */
void nt_describe_below(struct nt_label *label, const struct nt_arrow *a, bool about);

/** nt_describe_proto() - "UDP", "protocol 200" */
char *nt_describe_proto(char *buf, size_t size, unsigned int proto);

/** nt_describe_opened() - how what is not TCP was answered; for a list: eight columns */
char *nt_describe_opened(char *buf, size_t size, const struct nt_conv *c);
const char *nt_opened_short(enum nt_opened how);

/** nt_describe_options() - TCP's options and the window, all of them */
void nt_describe_options(struct nt_label *label, const struct nt_arrow *a,
			 const struct nt_numbers *num);

/**
 * nt_describe_arp() - behind the word ARP or ND: "who has 10.0.1.1? tell 10.0.1.2"
 * @oui:	with whose the link addresses are; NULL: without
 */
void nt_describe_arp(struct nt_label *label, const struct nt_arp *arp, struct nt_oui *oui);

#define NT_APP_TEXT_SHOWN (NT_APP_TEXT * 4 + 1)

/** nt_describe_app() - the text of a label, escaped, all of it */
char *nt_describe_app(char *buf, size_t size, const struct nt_app *app);

/** nt_describe_app_piece() - the same, with the protocol's name: cut before numbers go */
void nt_describe_app_piece(struct nt_label *label, const struct nt_app *app);

/** nt_describe_size() - "840 B", "212 kB" */
char *nt_describe_size(char *buf, size_t size, uint64_t bytes);

/**
 * nt_describe_call() - "connect(3, 10.0.2.2:8090) = 0  0.4 ms"
 * @part:	BEGUN: without its result; RETURNED: without its arguments
 * @brief:	without flags
 */
void nt_describe_call(struct nt_label *label, const struct nt_call *call, enum nt_call_part part,
		      bool brief);

/** nt_timer_text() - "retransmission timer" */
const char *nt_timer_text(enum nt_timer_name name);

/** nt_describe_timer() - "retransmission timer armed: 204.0 ms" */
void nt_describe_timer(struct nt_label *label, const struct nt_timer *tm);

/** nt_describe_queue() - "accept queue 0/128, half open 1", loud where one is full */
void nt_describe_queue(struct nt_label *label, const struct nt_queue *q);

/**
 * nt_describe_drop() - "dropped in server: NETFILTER_DROP a firewall rule"
 * @which:	the packet, "segment 8"; "": it is plain which
 * @netns:	the name of its namespace, escaped; "": it has none
 *
 * Behind its delivery a packet is discarded: the picture shows that it came.
 */
void nt_describe_drop(struct nt_label *label, const struct nt_drop *drop, const char *which,
		      const char *netns);

/**
 * nt_describe_neigh() - "neighbour 10.0.1.1: INCOMPLETE → REACHABLE"
 * @word:	with the word "neighbour"
 * @oui:	as above
 */
void nt_describe_neigh(struct nt_label *label, const struct nt_neigh *n, bool word,
		       struct nt_oui *oui);

/** nt_describe_gap() - "3 events lost on CPU 0 (netns r)"; @netns: "": it has no name */
char *nt_describe_gap(char *buf, size_t size, const struct nt_gap *gap, const char *netns);

/** nt_describe_net() - "10.0.1.0/24", of any address in it */
char *nt_describe_net(char *buf, size_t size, unsigned int family, const uint8_t *b,
		      unsigned int len);

/**
 * nt_describe_route() - "route: 10.0.2.2 is outside 10.0.1.0/24, via 10.0.1.1 on eth0"
 * @word:	with the word "route"
 */
void nt_describe_route(struct nt_label *label, const struct nt_route *r, bool word);

/**
 * nt_describe_hop() - "router forwards: left → right TTL 64 → 63 …", in pieces of rank 0
 * @netns:	the name of its namespace, escaped; "": it has none
 */
void nt_describe_hop(struct nt_label *label, const struct nt_path *p, const struct nt_hop *h,
		     const char *netns);

/** nt_describe_left_out() - how many sightings were not kept; false: none */
bool nt_describe_left_out(struct nt_label *label, const struct nt_path *p);

/**
 * nt_describe_nat() - "~server translated to 10.0.2.2:80 by NAT in netns r: the same as #2"
 * @side:	index of nt_conv::nat
 * @netns:	"netns router", escaped; "": it has no name
 * Return: false: nothing is known to be translated on that side.
 */
bool nt_describe_nat(char *buf, size_t size, const struct nt_conv *c, int side,
		     const char *netns);

#define NT_CT_TEXT 640

/**
 * nt_describe_ct() - "conntrack in netns r, observed: A → B, replies C → D, ESTABLISHED, …"
 * @netns:	as above
 */
void nt_describe_ct(char *buf, size_t size, const struct nt_conv *c, const struct nt_conv_ct *ct,
		    const char *netns);

/** nt_ct_is_drawn() - is it said in a picture, or only to programs? */
bool nt_ct_is_drawn(const struct nt_conv *c, const struct nt_conv_ct *ct);

/**
 * nt_describe_verdict() - " (observed: conntrack)", " (but conntrack has 10.0.2.3:80)", ""
 * @is:		what it has, where it disagrees
 */
const char *nt_describe_verdict(char *buf, size_t size, enum nt_ct_verdict verdict,
				const struct nt_addr *is, bool ports);
#define NT_VERDICT_TEXT 160

/** nt_mark_of() - the arrow's mark of that name, or NULL */
const struct nt_mark *nt_mark_of(const struct nt_arrow *a, enum nt_mark_name name);

/* "client" and "server", or for protocols without roles "A" and "B" */
const char *nt_end_name(const struct nt_conv *c, int end);

#endif /* NETTRACE_DESCRIBE_H */
