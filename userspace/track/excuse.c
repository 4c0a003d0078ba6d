// SPDX-License-Identifier: GPL-2.0-only
/*
 * excuse.c - see excuse.h
 */
#include "excuse.h"
#include "words.h"

static bool observed(const struct nt_disputed *d)
{
	return d->from != d->to;
}

static bool ends(const struct nt_disputed *d)
{
	return observed(d) && d->to == NT_CLOSED;
}

static bool by_gap(const struct nt_disputed *d)
{
	return d->gap;
}

static bool by_timer(const struct nt_disputed *d)
{
	return ends(d) && (d->cause == NT_CAUSE_TIMER || d->timed_out);
}

static bool by_icmp(const struct nt_disputed *d)
{
	return ends(d) && d->cause == NT_CAUSE_ICMP;
}

static bool by_call(const struct nt_disputed *d)
{
	return ends(d) && d->cause == NT_CAUSE_CALL && !d->rst_sent;
}

static bool by_destruction(const struct nt_disputed *d)
{
	return ends(d) && d->destroyed;
}

static bool by_reuse(const struct nt_disputed *d)
{
	return ends(d) && d->from == NT_TIME_WAIT && d->reused;
}

static bool by_lenience(const struct nt_disputed *d)
{
	return observed(d) && d->lenient;
}

static bool by_cookie(const struct nt_disputed *d)
{
	return !observed(d) && d->passive && d->answered && !d->request && d->from == NT_LISTEN &&
	       (d->inferred == NT_SYN_RECEIVED || d->inferred == NT_LISTEN);
}

static bool syn_dropped(const struct nt_disputed *d)
{
	return !observed(d) && d->passive && !d->answered && d->from == NT_LISTEN;
}

static bool ack_dropped(const struct nt_disputed *d)
{
	return d->passive && d->request && d->from == NT_SYN_RECEIVED &&
	       d->inferred != NT_SYN_RECEIVED && (!observed(d) || d->to == NT_CLOSED);
}

static const struct excuse {
	const char *name, *text;
	unsigned int ceiling; /* of 1,000 connections */
	bool (*covers)(const struct nt_disputed *d);
} excuses[NT_EXCUSE_MAX] = {
	[NT_EXCUSE_NONE] = { "unexplained", N_("no reason is known: a defect"), 0, NULL },
	[NT_EXCUSE_GAP] = { "gap", N_("events were lost while the connection lived"), 0, by_gap },
	[NT_EXCUSE_TIMER] = { "timer", N_("a timer ended it, which no segment shows"), 80,
			      by_timer },
	[NT_EXCUSE_ICMP] = { "icmp", N_("an ICMP error ended it"), 25, by_icmp },
	[NT_EXCUSE_DESTROYED] = { "destroyed", N_("another program had the socket destroyed"), 10,
				  by_destruction },
	[NT_EXCUSE_CALL] = { "call", N_("a call ended it without a segment"), 70, by_call },
	[NT_EXCUSE_REUSED] = { "reused", N_("a new connection took its addresses over"), 10,
			       by_reuse },
	[NT_EXCUSE_LENIENT] = { "lenient",
				N_("Linux took a segment that RFC 9293, 5961 or 7323 has it refuse"),
				100, by_lenience },
	[NT_EXCUSE_COOKIE] = { "syn-cookie", N_("a SYN cookie kept no state that could be seen"),
			       10, by_cookie },
	[NT_EXCUSE_SYN_DROPPED] = { "syn-dropped", N_("the listener dropped the SYN: a full queue"),
				    10, syn_dropped },
	[NT_EXCUSE_ACK_DROPPED] = { "ack-dropped",
				    N_("the listener dropped the handshake's ACK: a full accept queue, or "
				       "TCP_DEFER_ACCEPT"),
				    10, ack_dropped },
};

enum nt_excuse nt_excuse_find(const struct nt_disputed *d)
{
	unsigned int e;

	for (e = NT_EXCUSE_NONE + 1; e < NT_EXCUSE_MAX; e++) {
		if (excuses[e].covers(d))
			return e;
	}
	return NT_EXCUSE_NONE;
}

const char *nt_excuse_name(enum nt_excuse e)
{
	return (unsigned int)e < NT_EXCUSE_MAX ? excuses[e].name : "?";
}

const char *nt_excuse_text(enum nt_excuse e)
{
	return (unsigned int)e < NT_EXCUSE_MAX ? excuses[e].text : "?";
}

unsigned int nt_excuse_ceiling(enum nt_excuse e)
{
	return (unsigned int)e < NT_EXCUSE_MAX ? excuses[e].ceiling : 0;
}
