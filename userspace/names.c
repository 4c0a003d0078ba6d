// SPDX-License-Identifier: GPL-2.0-only
/*
 * names.c - numbers of the contract, as words
 */
#include <stdio.h>
#include <string.h>

#include "i18n.h"
#include "names.h"

#define N(a)		 (sizeof(a) / sizeof((a)[0]))
#define LOOKUP(table, i) ((size_t)(i) < N(table) && (table)[i] ? (table)[i] : "?")

const char *nt_hook_name(unsigned int hook)
{
	static const char *const name[] = {
		[NETTRACE_PRE_ROUTING] = "PRE_ROUTING",
		[NETTRACE_LOCAL_IN] = "LOCAL_IN",
		[NETTRACE_FORWARD] = "FORWARD",
		[NETTRACE_LOCAL_OUT] = "LOCAL_OUT",
		[NETTRACE_POST_ROUTING] = "POST_ROUTING",
		[NETTRACE_ARP_IN] = "ARP_IN",
		[NETTRACE_ARP_OUT] = "ARP_OUT",
		[NETTRACE_ARP_FORWARD] = "ARP_FORWARD",
		[NETTRACE_CAPTURE] = "CAPTURE",
		[NETTRACE_DROPPED] = "DROPPED",
		[NETTRACE_BR_IN] = "BR_IN",
		[NETTRACE_BR_FORWARD] = "BR_FORWARD",
		[NETTRACE_BR_OUT] = "BR_OUT",
	};

	return LOOKUP(name, hook);
}

const char *nt_sk_kind_name(unsigned int kind)
{
	static const char *const name[] = {
		[NETTRACE_SK_NONE] = N_("no socket"),
		[NETTRACE_SK_FULL] = N_("socket"),
		[NETTRACE_SK_LISTEN] = N_("listener"),
		[NETTRACE_SK_REQUEST] = N_("request socket"),
		[NETTRACE_SK_TIMEWAIT] = N_("timewait socket"),
	};

	return LOOKUP(name, kind);
}

const char *nt_mark_word(enum nt_mark_name mark)
{
	static const char *const name[] = {
		[NT_MARK_RETRANSMISSION] = N_("retransmission"),
		[NT_MARK_KEEPALIVE] = N_("keepalive"),
		[NT_MARK_OUT_OF_ORDER] = N_("out-of-order"),
		[NT_MARK_MALFORMED] = N_("malformed"),
		[NT_MARK_NOT_DELIVERED] = N_("not-delivered"),
		[NT_MARK_DUP_ACK] = N_("duplicate-ack"),
		[NT_MARK_WINDOW_UPDATE] = N_("window-update"),
		[NT_MARK_ZERO_WINDOW] = N_("zero-window"),
		[NT_MARK_WINDOW_FULL] = N_("window-full"),
		[NT_MARK_KEEPALIVE_ACK] = N_("keepalive-ack"),
		[NT_MARK_PERSIST_PROBE] = N_("persist-probe"),
		[NT_MARK_PERSIST_ACK] = N_("persist-ack"),
		[NT_MARK_SPURIOUS] = N_("spurious-retransmission"),
		[NT_MARK_CHALLENGE_ACK] = N_("challenge-ack"),
		[NT_MARK_OLD_DUPLICATE] = N_("old-duplicate"),
		[NT_MARK_SUPER_SEGMENT] = N_("super-segment"),
		[NT_MARK_SACK] = N_("sack"),
		[NT_MARK_ECN] = N_("ecn"),
		[NT_MARK_PORT_REUSE] = N_("port-reuse"),
		[NT_MARK_FASTOPEN] = N_("fast-open"),
		[NT_MARK_SYN_COOKIE] = N_("syn-cookie"),
		[NT_MARK_DROPPED] = N_("dropped"),
		[NT_MARK_UNANSWERED] = N_("unanswered"),
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_MARK_MAX, "every mark has a name");

	return LOOKUP(name, mark);
}

const char *nt_mark_text(enum nt_mark_name mark)
{
	static const char *const text[] = {
		[NT_MARK_RETRANSMISSION] = N_("retransmission"),
		[NT_MARK_KEEPALIVE] = N_("keepalive"),
		[NT_MARK_OUT_OF_ORDER] = N_("out of order"),
		[NT_MARK_MALFORMED] = N_("malformed"),
		[NT_MARK_NOT_DELIVERED] = N_("not delivered"),
		[NT_MARK_DUP_ACK] = N_("duplicate ACK"),
		[NT_MARK_WINDOW_UPDATE] = N_("window update"),
		[NT_MARK_ZERO_WINDOW] = N_("zero window"),
		[NT_MARK_WINDOW_FULL] = N_("fills the window"),
		[NT_MARK_KEEPALIVE_ACK] = N_("answers the keepalive"),
		[NT_MARK_PERSIST_PROBE] = N_("window probe"),
		[NT_MARK_PERSIST_ACK] = N_("answers the probe"),
		[NT_MARK_SPURIOUS] = N_("had arrived"),
		[NT_MARK_CHALLENGE_ACK] = N_("challenge ACK"),
		[NT_MARK_OLD_DUPLICATE] = N_("old duplicate"),
		[NT_MARK_SUPER_SEGMENT] = N_("super-segment"),
		[NT_MARK_SACK] = N_("selective ACK"),
		[NT_MARK_ECN] = N_("congestion notice"),
		[NT_MARK_PORT_REUSE] = N_("same ports again"),
		[NT_MARK_FASTOPEN] = N_("Fast Open"),
		[NT_MARK_SYN_COOKIE] = N_("SYN cookie"),
		[NT_MARK_DROPPED] = N_("dropped"),
		[NT_MARK_UNANSWERED] = N_("unanswered"),
	};

	_Static_assert(sizeof(text) / sizeof(text[0]) == NT_MARK_MAX, "every mark has a text");
	return _(LOOKUP(text, mark));
}

/* the tracker's and the kernel's words; those that are names stay */
const char *nt_mark_reason(const struct nt_mark *m)
{
	static const char *const said[] = {
		N_("accepted"), N_("acknowledged"),  N_("cookie"),    N_("copy"),
		N_("data"),	N_("data accepted"), N_("fast"),      N_("data refused"),
		N_("granted"),	N_("late"),	     N_("offered"),   N_("received"),
		N_("reopened"), N_("syn+ack timer"), N_("syn timer"), N_("rto"),
	};
	size_t i;

	for (i = 0; m->reason && i < N(said); i++)
		if (!strcmp(m->reason, said[i]))
			return _(said[i]);
	return m->reason ? m->reason : "";
}

const char *nt_timer_word(enum nt_timer_name timer)
{
	static const char *const name[] = {
		[NT_TIMER_RTO] = N_("retransmission"),	  [NT_TIMER_TLP] = N_("tail-loss-probe"),
		[NT_TIMER_REO] = N_("reordering"),	  [NT_TIMER_PERSIST] = N_("persist"),
		[NT_TIMER_DELACK] = N_("delayed-ack"),	  [NT_TIMER_KEEPALIVE] = N_("keepalive"),
		[NT_TIMER_FIN_WAIT_2] = N_("fin-wait-2"), [NT_TIMER_TIME_WAIT] = N_("time-wait"),
		[NT_TIMER_SYN_ACK] = N_("syn+ack"),
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_TIMER_MAX, "every timer has a name");
	return LOOKUP(name, timer);
}

/* whole phrases: in another language the words do not stand apart, nor in this order */
const char *nt_timer_cause_text(const char *name, bool sentence)
{
	static const struct {
		const char *name, *label, *phrase;
	} text[] = {
		{ "retransmission", N_("timer retransmission"), N_("the retransmission timer") },
		{ "window probe", N_("timer window probe"), N_("the window probe timer") },
		{ "keepalive", N_("timer keepalive"), N_("the keepalive timer") },
		{ "fin-wait-2", N_("timer fin-wait-2"), N_("the fin-wait-2 timer") },
		{ "time-wait", N_("timer time-wait"), N_("the time-wait timer") },
		{ "syn+ack", N_("timer syn+ack"), N_("the syn+ack timer") },
	};
	size_t i;

	for (i = 0; i < N(text); i++)
		if (!strcmp(name, text[i].name))
			return sentence ? _(text[i].phrase) : _(text[i].label);
	return name;
}

const char *nt_timer_event_name(enum nt_timer_event event)
{
	static const char *const name[] = {
		[NT_TIMER_ARMED] = N_("armed"),
		[NT_TIMER_RESET] = N_("reset"),
		[NT_TIMER_STOPPED] = N_("stopped"),
		[NT_TIMER_FIRED] = N_("fired"),
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_TIMER_EVENT_MAX,
		       "every event has a name");
	return LOOKUP(name, event);
}

const char *nt_queue_verdict_name(enum nt_queue_verdict verdict)
{
	static const char *const name[] = {
		[NT_QUEUE_OK] = "ok",
		[NT_QUEUE_ACCEPT_FULL] = "accept-queue-full",
		[NT_QUEUE_REQUEST_FULL] = "request-queue-full",
		[NT_QUEUE_COOKIE] = "syn-cookie",
		[NT_QUEUE_UNANSWERED] = "unanswered",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_QUEUE_MAX, "every verdict has a name");
	return LOOKUP(name, verdict);
}

const char *nt_opened_name(enum nt_opened how)
{
	static const char *const name[] = {
		[NT_OPEN_HANDSHAKE] = "handshake",   [NT_OPEN_SIMULTANEOUS] = "simultaneous",
		[NT_OPEN_MIDSTREAM] = "midstream",   [NT_OPEN_REFUSED] = "refused",
		[NT_OPEN_UNANSWERED] = "unanswered", [NT_OPEN_ANSWERED] = "answered",
		[NT_OPEN_ONE_WAY] = "one-way",	     [NT_OPEN_NO_PORT] = "port-unreachable",
		[NT_OPEN_NO_WAY] = "unreachable",    [NT_OPEN_TTL] = "ttl-exceeded",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_OPEN_MAX, "every way has a name");

	return LOOKUP(name, how);
}

const char *nt_closed_name(enum nt_closed how)
{
	static const char *const name[] = {
		[NT_CLOSE_FIN] = "fin",
		[NT_CLOSE_RST] = "rst",
		[NT_CLOSE_TIMEOUT] = "timeout",
		[NT_CLOSE_OPEN] = "open",
	};

	return LOOKUP(name, how);
}

const char *nt_failed_name(enum nt_failed how)
{
	static const char *const name[] = {
		[NT_FAILED_DROPPED] = "dropped",
		[NT_FAILED_ACCEPT_FULL] = "accept-queue-full",
		[NT_FAILED_REQUEST_FULL] = "request-queue-full",
		[NT_FAILED_NO_LISTENER] = "no-listener",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_FAILED_MAX, "every way has a name");
	return LOOKUP(name, how);
}

const char *nt_basis_name(enum nt_basis basis)
{
	return basis == NT_OBSERVED ? N_("observed") : N_("inferred");
}

const char *nt_nud_name(unsigned int state)
{
	static const char *const name[] = {
		"INCOMPLETE", "REACHABLE", "STALE", "DELAY",
		"PROBE",      "FAILED",	   "NOARP", "PERMANENT",
	};
	unsigned int i;

	if (state == NETTRACE_NUD_NONE)
		return "NONE";
	for (i = 0; i < N(name); i++)
		if (state == 1u << i)
			return name[i];
	return "?";
}

const char *nt_neigh_what_name(unsigned int what)
{
	static const char *const name[] = {
		[NETTRACE_NEIGH_UPDATE] = "update",
		[NETTRACE_NEIGH_TIMER] = "timer",
		[NETTRACE_NEIGH_SEND] = "send",
	};

	return LOOKUP(name, what);
}

const char *nt_arp_kind_name(enum nt_arp_kind kind)
{
	static const char *const name[] = {
		[NT_ARP_REQUEST] = "request",	    [NT_ARP_REPLY] = "reply",
		[NT_ARP_PROBE] = "probe",	    [NT_ARP_ANNOUNCEMENT] = "announcement",
		[NT_ARP_GRATUITOUS] = "gratuitous", [NT_ARP_PROXY] = "proxy",
		[NT_ARP_CONFLICT] = "conflict",	    [NT_ARP_OTHER] = "other",
	};

	_Static_assert(sizeof(name) / sizeof(name[0]) == NT_ARP_KIND_MAX, "every kind has a name");
	return LOOKUP(name, kind);
}

const char *nt_arp_op_name(unsigned int op, char *buf, size_t size)
{
	if (op == 1)
		return "request";
	if (op == 2)
		return "reply";
	snprintf(buf, size, "op %u", op);
	return buf;
}

const char *nt_tcp_flags(unsigned int flags, char *buf, size_t size)
{
	static const struct {
		unsigned int bit;
		const char *name;
	} order[] = {
		/* the way people say them: SYN,ACK; FIN,ACK; PSH,ACK */
		{ NETTRACE_TH_SYN, "SYN" }, { NETTRACE_TH_FIN, "FIN" }, { NETTRACE_TH_RST, "RST" },
		{ NETTRACE_TH_PSH, "PSH" }, { NETTRACE_TH_URG, "URG" }, { NETTRACE_TH_ACK, "ACK" },
		{ NETTRACE_TH_ECE, "ECE" }, { NETTRACE_TH_CWR, "CWR" }, { NETTRACE_TH_AE, "AE" },
	};
	size_t i, used = 0;

	snprintf(buf, size, "%s", _("no flags"));
	for (i = 0; i < N(order); i++) {
		int n;

		if (!(flags & order[i].bit))
			continue;
		n = snprintf(buf + used, size - used, "%s%s", used ? "," : "", order[i].name);
		if (n < 0 || (size_t)n >= size - used)
			break;
		used += (size_t)n;
	}
	return buf;
}
