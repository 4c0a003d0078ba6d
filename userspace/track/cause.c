// SPDX-License-Identifier: GPL-2.0-only
/*
 * cause.c - see cause.h
 *
 * System call numbers are those of the machine this is compiled for; the
 * module writes its kernel's native numbers, and tells 32-bit calls apart.
 */
#include <errno.h>
#include <sys/syscall.h>

#include "cause.h"
#include "words.h"

struct call {
	int nr;
	unsigned int class;
	const char *name;
};

/* clang-format off */
static const struct call calls[] = {
	{ SYS_connect,	  NT_CALL_CONNECT | NT_CALL_DISCONNECT, "connect" },
	/* TCP Fast Open: MSG_FASTOPEN, TCP_FASTOPEN_CONNECT */
	{ SYS_sendto,	  NT_CALL_CONNECT, "sendto" },
	{ SYS_sendmsg,	  NT_CALL_CONNECT, "sendmsg" },
	{ SYS_sendmmsg,	  NT_CALL_CONNECT, "sendmmsg" },
	{ SYS_write,	  NT_CALL_CONNECT, "write" },
	{ SYS_writev,	  NT_CALL_CONNECT, "writev" },
	{ SYS_listen,	  NT_CALL_LISTEN, "listen" },
	{ SYS_shutdown,	  NT_CALL_SHUTDOWN, "shutdown" },
	/* each of these can close the last descriptor of a socket */
	{ SYS_close,	  NT_CALL_CLOSE, "close" },
#ifdef SYS_close_range
	{ SYS_close_range, NT_CALL_CLOSE, "close_range" },
#endif
#ifdef SYS_dup2
	{ SYS_dup2,	  NT_CALL_CLOSE, "dup2" },
#endif
	{ SYS_dup3,	  NT_CALL_CLOSE, "dup3" },
	{ SYS_execve,	  NT_CALL_CLOSE, "execve" },
	{ SYS_execveat,	  NT_CALL_CLOSE, "execveat" },
};
/* clang-format on */

#define CLOSING_CALLS  (NT_CALL_CLOSE | NT_CALL_SHUTDOWN)
#define ABORTING_CALLS (NT_CALL_CLOSE | NT_CALL_DISCONNECT)

/*
 * Which causes a transition can have.  @want: the inbound segment.  @calls:
 * the user calls of RFC 9293, 3.10.  A transition to CLOSED may besides come
 * from a RST, a timer or an ICMP error; the record tells which.  What is not in
 * the table has no known cause.
 */
struct rule {
	uint8_t from, to;
	uint8_t want;
	uint8_t calls;
};

/* clang-format off */
static const struct rule rules[] = {
	{ NT_CLOSED,	   NT_SYN_SENT,	    NT_WANT_NONE,	NT_CALL_CONNECT },
	{ NT_CLOSED,	   NT_LISTEN,	    NT_WANT_NONE,	NT_CALL_LISTEN },
	{ NT_LISTEN,	   NT_SYN_RECEIVED, NT_WANT_SYN,	0 },
	{ NT_LISTEN,	   NT_CLOSED,	    NT_WANT_NONE,	CLOSING_CALLS | NT_CALL_DISCONNECT },
	{ NT_SYN_SENT,	   NT_ESTABLISHED,  NT_WANT_SYNACK,	0 },
	{ NT_SYN_SENT,	   NT_SYN_RECEIVED, NT_WANT_SYN,	0 },
	{ NT_SYN_SENT,	   NT_CLOSED,	    NT_WANT_NONE,	ABORTING_CALLS | NT_CALL_SHUTDOWN },
	{ NT_SYN_RECEIVED, NT_ESTABLISHED,  NT_WANT_ACK_OF_SYN, 0 },
	{ NT_SYN_RECEIVED, NT_FIN_WAIT_1,   NT_WANT_NONE,	CLOSING_CALLS },
	{ NT_SYN_RECEIVED, NT_CLOSE_WAIT,   NT_WANT_FIN,	0 },
	{ NT_SYN_RECEIVED, NT_CLOSED,	    NT_WANT_NONE,	ABORTING_CALLS },
	{ NT_ESTABLISHED,  NT_FIN_WAIT_1,   NT_WANT_NONE,	CLOSING_CALLS },
	{ NT_ESTABLISHED,  NT_CLOSE_WAIT,   NT_WANT_FIN,	0 },
	{ NT_ESTABLISHED,  NT_CLOSED,	    NT_WANT_NONE,	ABORTING_CALLS },
	/* after close() nobody reads: data that still comes ends it (RFC 1122, 4.2.2.13) */
	{ NT_FIN_WAIT_1,   NT_FIN_WAIT_2,   NT_WANT_ACK_OF_FIN, 0 },
	{ NT_FIN_WAIT_1,   NT_CLOSING,	    NT_WANT_FIN,	0 },
	{ NT_FIN_WAIT_1,   NT_TIME_WAIT,    NT_WANT_FIN,	0 },
	{ NT_FIN_WAIT_1,   NT_CLOSED,	    NT_WANT_DATA,	ABORTING_CALLS },
	{ NT_FIN_WAIT_2,   NT_TIME_WAIT,    NT_WANT_FIN,	0 },
	{ NT_FIN_WAIT_2,   NT_CLOSED,	    NT_WANT_DATA,	ABORTING_CALLS },
	{ NT_CLOSE_WAIT,   NT_LAST_ACK,	    NT_WANT_NONE,	CLOSING_CALLS },
	{ NT_CLOSE_WAIT,   NT_CLOSED,	    NT_WANT_NONE,	ABORTING_CALLS },
	{ NT_CLOSING,	   NT_TIME_WAIT,    NT_WANT_ACK_OF_FIN, 0 },
	{ NT_CLOSING,	   NT_CLOSED,	    NT_WANT_NONE,	0 },
	/* even when the ACK is processed inside close() */
	{ NT_LAST_ACK,	   NT_CLOSED,	    NT_WANT_ACK_OF_FIN, 0 },
	/* the wait begins again: the peer's FIN came once more, or an old segment */
	{ NT_TIME_WAIT,	   NT_TIME_WAIT,    NT_WANT_ANY,	0 },
	{ NT_TIME_WAIT,	   NT_CLOSED,	    NT_WANT_NONE,	0 },
};
/* clang-format on */

static const struct rule *rule_find(enum nt_state from, enum nt_state to)
{
	size_t i;

	for (i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
		if (rules[i].from == from && rules[i].to == to)
			return &rules[i];
	}
	return NULL;
}

bool nt_want_match(enum nt_want want, const struct nettrace_packet *p, const struct nt_flow *own)
{
	bool syn = p->tcp_flags & NETTRACE_TH_SYN;
	bool ack = p->tcp_flags & NETTRACE_TH_ACK;
	bool rst = p->tcp_flags & NETTRACE_TH_RST;
	bool acks_syn = ack && own->isn_known && nt_seq_before(own->isn, p->ack);

	switch (want) {
	case NT_WANT_SYN:
		return syn && !ack && !rst;
	case NT_WANT_SYNACK:
		return syn && !rst && acks_syn;
	case NT_WANT_OPENING:
		return !rst && (syn ? !ack : acks_syn);
	case NT_WANT_ACK_OF_SYN:
		/* a SYN,ACK answers the SYN of a simultaneous open as well */
		return !rst && acks_syn;
	case NT_WANT_FIN:
		return !rst && (p->tcp_flags & NETTRACE_TH_FIN);
	case NT_WANT_ACK_OF_FIN:
		return ack && !rst && own->fin_known && p->ack == own->fin + 1;
	case NT_WANT_RST:
		return rst;
	case NT_WANT_DATA:
		return !rst && p->payload;
	case NT_WANT_ANY:
		return true;
	case NT_WANT_NONE:
	case NT_WANT_MAX:
		break;
	}
	return false;
}

const char *nt_call_name(const struct nettrace_state *rec, unsigned int allowed, const char **why)
{
	size_t i;

	*why = NULL;
	if (rec->flags & NETTRACE_CTX_IO_URING)
		*why = N_("io_uring");
	else if (!(rec->flags & NETTRACE_CTX_TASK))
		*why = N_("not in the context of a call");
	else if (rec->flags & NETTRACE_CTX_KTHREAD)
		*why = N_("a kernel thread");
	if (*why)
		return NULL;
	if (rec->flags & NETTRACE_CTX_EXITING) {
		if (allowed & NT_CALL_CLOSE)
			return "exit";
		*why = N_("a dying process");
		return NULL;
	}
	if (rec->flags & NETTRACE_CTX_COMPAT) {
		*why = N_("32-bit call");
		return NULL;
	}
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (calls[i].nr == rec->syscall && (calls[i].class & allowed))
			return calls[i].name;
	}
	*why = N_("a call that is not known to do this");
	return NULL;
}

static void try_add(struct nt_plan *plan, enum nt_cause_kind kind, enum nt_want want,
		    const char *name)
{
	/* the last place is kept for the reason why nothing was found */
	if (plan->n < NT_PLAN_MAX - (kind != NT_CAUSE_UNKNOWN))
		plan->t[plan->n++] = (struct nt_try){ kind, want, name };
}

static void try_call(struct nt_plan *plan, const char *name)
{
	try_add(plan, NT_CAUSE_CALL, NT_WANT_NONE, name);
	plan->owner = true;
}

/*
 * ETIMEDOUT: tcp_write_err() of the kernel.  Its callers are the retransmission
 * timer, the keepalive timer and the window probe; TCP_USER_TIMEOUT shortens
 * each of them and leaves no trace of its own.
 */
static const char *timer_name(const struct nettrace_state *rec, const struct nt_cause_facts *f)
{
	if (rec->retransmits)
		return N_("retransmission");
	if (rec->probes_out)
		return f->zero_window ? N_("window probe") : N_("keepalive");
	return NULL;
}

static bool icmp_error(int err)
{
	return err == EHOSTUNREACH || err == ENETUNREACH || err == ECONNREFUSED ||
	       err == EHOSTDOWN || err == ENONET || err == ENOPROTOOPT || err == EOPNOTSUPP ||
	       err == EPROTO || err == EACCES || err == EMSGSIZE;
}

/* X -> CLOSED of a full socket: the ways in which a connection ends at once */
static void plan_closed(const struct nettrace_state *rec, const struct nt_cause_facts *f,
			const struct rule *rule, struct nt_plan *plan)
{
	bool softirq = !(rec->flags & NETTRACE_CTX_TASK);
	const char *why = NULL, *name;

	if (f->rst) {
		try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_RST, NULL);
		/* the kernel treats text that nobody will read as if it were one */
		if (rule->want == NT_WANT_DATA)
			try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_DATA, NULL);
		try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE, N_("a RST that is not in the trace"));
		return;
	}
	if (rec->sk_err == ETIMEDOUT) {
		name = timer_name(rec, f);
		if (name)
			try_add(plan, NT_CAUSE_TIMER, NT_WANT_NONE, name);
		try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE,
			N_("a timer (ETIMEDOUT), which one is not recorded"));
		return;
	}
	if (rec->sk_err == ECONNABORTED && !softirq) {
		try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE,
			N_("destroyed on request of another program"));
		return;
	}
	name = nt_call_name(rec, rule->calls & NT_CALL_CLOSE, &why);
	if (name) {
		try_call(plan, name);
	} else if (icmp_error(rec->sk_err)) {
		try_add(plan, NT_CAUSE_ICMP, NT_WANT_NONE, NULL);
		/* an error that is not there: the RST record may be in a gap */
		if (rec->sk_err == ECONNREFUSED)
			try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_RST, NULL);
		why = N_("an error (unreachable or refused) that is not in the trace");
	} else if (rec->sk_err == ECONNRESET || rec->sk_err == EPIPE) {
		try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_RST, NULL);
	} else {
		name = nt_call_name(rec, rule->calls, &why);
		/* TCP_LINGER2 below 0: an orphan does not wait in FIN-WAIT-2 */
		if (softirq && f->at_once && rule->from == NT_FIN_WAIT_2 && rec->dead)
			try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_ACK_OF_FIN, NULL);
		if (name)
			try_call(plan, name);
		else if (rule->want != NT_WANT_NONE)
			try_add(plan, NT_CAUSE_SEGMENT, rule->want, NULL);
		if (softirq && rule->from == NT_FIN_WAIT_2 && rec->dead)
			try_add(plan, NT_CAUSE_TIMER, NT_WANT_NONE, N_("fin-wait-2"));
		if (softirq || !rule->calls)
			why = N_("nothing in the trace explains it");
	}
	try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE,
		why ? why : N_("nothing in the trace explains it"));
}

/* the end of a half-open request or of a TIME-WAIT socket */
static void plan_mini_end(const struct nettrace_state *rec, struct nt_plan *plan)
{
	bool request = rec->kind == NETTRACE_SK_REQUEST;
	const char *why = N_("its end was not observed");

	switch (rec->end_why) {
	case NETTRACE_END_EXPIRED:
		try_add(plan, NT_CAUSE_TIMER, NT_WANT_NONE,
			request					 ? "syn+ack" :
			rec->old_state == NETTRACE_TCP_FIN_WAIT2 ? "fin-wait-2" :
								   "time-wait");
		break;
	case NETTRACE_END_REUSED:
		why = N_("a new connection took the addresses over");
		break;
	case NETTRACE_END_KILLED:
		try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_RST, NULL);
		why = request ? N_("its listener closed, or a RST that is not in the trace") :
				N_("a RST that is not in the trace");
		/* an orphan's: text that nobody will read ends it, and so does an early FIN */
		if (!request && rec->old_state == NETTRACE_TCP_FIN_WAIT2) {
			try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_DATA, NULL);
			try_add(plan, NT_CAUSE_SEGMENT, NT_WANT_FIN, NULL);
			why = N_("a RST or text that is not in the trace");
		}
		break;
	default:
		break;
	}
	try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE, why);
}

void nt_cause_plan(const struct nettrace_state *rec, const struct nt_cause_facts *f,
		   struct nt_plan *plan)
{
	const struct rule *rule = rule_find(f->from, f->to);
	const char *name, *why = N_("the segment that did it is not in the trace");
	enum nt_want want;

	*plan = (struct nt_plan){ .n = 0 };
	if (rec->kind != NETTRACE_SK_FULL && rec->what == NETTRACE_END) {
		plan_mini_end(rec, plan);
		return;
	}
	if (!rule) {
		try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE,
			N_("a transition that RFC 9293 does not have"));
		return;
	}
	/* LISTEN has calls only; LAST-ACK waits for its ACK, if all goes well */
	if (f->to == NT_CLOSED && f->from != NT_LISTEN &&
	    (f->from != NT_LAST_ACK || f->rst || rec->sk_err == ETIMEDOUT)) {
		plan_closed(rec, f, rule, plan);
		return;
	}
	if (rule->calls) {
		name = nt_call_name(rec, rule->calls, &why);
		if (name)
			try_call(plan, name);
	} else {
		want = rule->want;
		/* a child socket straight from LISTEN: Fast Open or a cookie */
		if (f->from == NT_LISTEN && rec->kind == NETTRACE_SK_FULL)
			want = NT_WANT_OPENING;
		try_add(plan, NT_CAUSE_SEGMENT, want, NULL);
	}
	try_add(plan, NT_CAUSE_UNKNOWN, NT_WANT_NONE, why ? why : N_("the call is not known"));
}
