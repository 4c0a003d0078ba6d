/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * names.h - numbers of the contract, as words
 *
 * Purpose:   every lookup is bounds-checked: a number that this tool does not
 *            know (a newer module, a damaged file) gives a word all the same.
 * Ownership: returned strings are static, unless a buffer is passed.
 */
#ifndef NETTRACE_NAMES_H
#define NETTRACE_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "model.h"
#include "model_ct.h"

const char *nt_hook_name(unsigned int hook);	  /* "LOCAL_OUT" */
const char *nt_sk_kind_name(unsigned int kind);	  /* "listener" */
const char *nt_mark_word(enum nt_mark_name name); /* "retransmission" */
/* the same for people, in their language: "duplicate ACK"; and its reason, or "" */
const char *nt_mark_text(enum nt_mark_name name);
const char *nt_mark_reason(const struct nt_mark *m);
const char *nt_timer_word(enum nt_timer_name timer);		  /* "tail-loss-probe" */
/* a timer as a cause (track/cause.c): "timer keepalive"; in a sentence "the keepalive timer" */
const char *nt_timer_cause_text(const char *name, bool sentence);
const char *nt_timer_event_name(enum nt_timer_event event);	  /* "armed" */
const char *nt_queue_verdict_name(enum nt_queue_verdict verdict); /* "accept-queue-full" */
const char *nt_opened_name(enum nt_opened how);			  /* "handshake" */
const char *nt_closed_name(enum nt_closed how);			  /* "fin" */
const char *nt_failed_name(enum nt_failed how);			  /* "accept-queue-full" */
/* what a kernel's name for a drop says, in a few words; NULL: not known here */
const char *nt_drop_text(const char *reason);
const char *nt_basis_name(enum nt_basis basis);	   /* "observed" */
const char *nt_nud_name(unsigned int state);	   /* "REACHABLE" */
const char *nt_neigh_what_name(unsigned int what); /* "update" */
/* names_route.c: a word, or the number put into @buf */
const char *nt_rt_table_name(uint32_t table, char *buf, size_t size);	  /* "main" */
const char *nt_rt_proto_name(unsigned int proto, char *buf, size_t size); /* "kernel" */
const char *nt_rt_scope_name(unsigned int scope, char *buf, size_t size); /* "link" */
const char *nt_route_kind_name(unsigned int flags);			  /* "unicast" */
const char *nt_arp_kind_name(enum nt_arp_kind kind);			  /* "announcement" */
const char *nt_arp_op_name(unsigned int op, char *buf, size_t size);

/* describe_ct.c: conntrack's own names; of a bit, NULL: it has none */
const char *nt_ct_state_name(unsigned int state);	     /* "ESTABLISHED" */
const char *nt_ct_status_name(unsigned int bit);	     /* "ASSURED" */
const char *nt_ct_outcome_name(enum nt_ct_outcome o);	     /* "no-entry" */
const char *nt_ct_verdict_name(enum nt_ct_verdict v);	     /* "agrees" */

/** nt_proto_name() - "tcp", or "proto 200" put into @buf (names_proto.c) */
const char *nt_proto_name(unsigned int proto, char *buf, size_t size);

/** nt_tcp_flags() - "SYN,ACK": the header's bits, RFC 9293 section 3.1 */
const char *nt_tcp_flags(unsigned int flags, char *buf, size_t size);

/**
 * nt_icmp_name() - what an ICMP message says
 * @proto:	IPPROTO_ICMP (RFC 792), IPPROTO_ICMPV6 (RFC 4443, RFC 4861), IPPROTO_IGMP
 * Return: @buf: "echo request", "port unreachable", or "type 42 code 0"
 */
const char *nt_icmp_name(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size);
/* the same in the user's language */
const char *nt_icmp_text(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size);
/* the same for programs: "port-unreachable" */
const char *nt_icmp_word(unsigned int proto, unsigned int type, unsigned int code, char *buf,
			 size_t size);

#endif /* NETTRACE_NAMES_H */
