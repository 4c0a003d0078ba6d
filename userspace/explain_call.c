// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_call.c - a system call of a program, and what it has to do with the segments
 */
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "describe.h"
#include "explain_priv.h"

/* the named argument, or -1 */
static int64_t number(const struct nt_call *call, const char *name)
{
	struct nt_call_arg arg[NT_CALL_ARGS];
	int i, n = nt_call_args(call, arg);

	for (i = 0; i < n; i++)
		if (!strcmp(arg[i].name, name) && arg[i].is_number)
			return arg[i].number;
	return -1;
}

static bool is_tcp(const struct nt_explain *x)
{
	return x->c && x->c->proto == IPPROTO_TCP;
}

static void prepare(struct nt_explain *x, const struct nt_call *call, const char *who,
		    struct nt_told *s)
{
	char *addr = nt_x_word(x);

	nt_describe_addr(addr, NT_EXPLAIN_WORD, &call->addr);
	if (!strcmp(call->name, "socket")) {
		nt_x_say(s,
			 _("%s creates a socket, descriptor %" PRId64
			   ": an end of a connection that does not exist yet. Nothing is sent."),
			 who, call->result);
		return;
	}
	if (!strcmp(call->name, "bind")) {
		nt_x_say(
			s,
			_("%s gives its socket (descriptor %d) the address %s. Nothing is sent; the"
			  " kernel notes that the address is taken."),
			who, call->fd, addr);
		return;
	}
	s->rfc = "RFC 9293, 3.10.1";
	nt_x_say(
		s,
		_("%s makes its socket (descriptor %d) a listener: its kernel answers each SYN from"
		  " now on."),
		who, call->fd);
	nt_x_note(
		s,
		_("listen(%" PRId64
		  ") bounds the accept queue: the connections whose handshake is complete and that"
		  " %s has not taken by accept() yet. It does not bound the half-open ones, as many"
		  " textbooks say."),
		number(call, "backlog"), who);
}

static void connects(struct nt_explain *x, const struct nt_call *call, const char *who,
		     enum nt_call_part part, struct nt_told *s)
{
	char *addr = nt_x_word(x);

	s->rfc = "RFC 9293, 3.10.1";
	nt_describe_addr(addr, NT_EXPLAIN_WORD, &call->addr);
	if (part == NT_CALL_BEGUN)
		nt_x_say(
			s,
			_("%s asks its kernel to connect descriptor %d with %s, and waits until that is"
			  " answered."),
			who, call->fd, addr);
	else if (is_tcp(x))
		nt_x_say(
			s,
			_("%s: connect() has returned after %s. The handshake is complete as far as"
			  " this end knows; whether a program accepts the connection over there is"
			  " another matter."),
			who, nt_x_span(x, call->t_end - call->t));
	else
		nt_x_say(
			s,
			_("%s sets %s as the only peer of descriptor %d. Nothing is sent for that: the"
			  " protocol knows no connection."),
			who, addr, call->fd);
}

static void accepts(struct nt_explain *x, const struct nt_call *call, const char *who,
		    struct nt_told *s)
{
	nt_x_say(s,
		 _("%s takes a connection that is complete from the accept queue; it is descriptor"
		   " %" PRId64 " there."),
		 who, call->result);
	if (call->t_end - call->t > 1000000)
		nt_x_say(s, _("It had waited %s for one."), nt_x_span(x, call->t_end - call->t));
	if (x->c)
		nt_x_note(s,
			  _("accept() plays no part in the handshake: the connection with %s was"
			    " established before %s asked for it."),
			  nt_x_addr(x, 0), who);
}

static void sends(struct nt_explain *x, const struct nt_call *call, const char *who,
		  struct nt_told *s)
{
	int64_t want = number(call, "len");

	if (!call->result && want <= 0 && is_tcp(x)) {
		s->kind = "call-empty";
		nt_x_title(s, _("an empty message"));
		nt_x_say(
			s,
			_("%s sends 0 bytes by %s() on descriptor %d. TCP carries a stream of bytes and"
			  " knows no messages, so there is nothing to carry: no segment leaves."),
			who, call->name, call->fd);
		nt_x_note(
			s,
			_("The %s cannot learn of it, and a recv() there goes on waiting. If an empty"
			  " line means something in your protocol, it needs bytes of its own, such as"
			  " a line feed or a length before each message."),
			nt_x_who(x, !(call->end & 1)));
		return;
	}
	s->rfc = "RFC 9293, 3.10.2";
	if (want > call->result && call->result > 0)
		nt_x_say(
			s,
			_("%s gave %s() %s, of which the kernel took only %s: its send buffer is full."
			  " The program has to send the rest itself (Python: sendall())."),
			who, call->name, nt_x_size(x, (uint64_t)want),
			nt_x_size(x, (uint64_t)call->result));
	else
		nt_x_say(
			s,
			_("%s gives its kernel %s by %s(), which took %s. That they were taken does not"
			  " mean that they have arrived; when they leave is TCP's own decision."),
			who, nt_x_size(x, (uint64_t)call->result), call->name,
			nt_x_span(x, call->t_end - call->t));
}

static void receives(struct nt_explain *x, const struct nt_call *call, const char *who,
		     struct nt_told *s)
{
	int64_t room = number(call, "len"), waited = call->t_end - call->t;

	s->rfc = "RFC 9293, 3.10.3";
	if (!call->result && is_tcp(x)) {
		s->kind = "call-end-of-stream";
		nt_x_title(s, _("the end of the stream"));
		nt_x_say(
			s,
			_("%s: %s() returns 0, the end of the stream. The %s has sent its FIN, and all"
			  " before it has been read."),
			who, call->name, nt_x_who(x, !(call->end & 1)));
		nt_x_note(
			s,
			_("A program that ignores this 0 and calls %s() again in a loop gets 0 again at"
			  " once, for ever; here it is time for %s to close descriptor %d."),
			call->name, who, call->fd);
		return;
	}
	nt_x_say(s, _("%s gets %s by %s()."), who, nt_x_size(x, (uint64_t)call->result),
		 call->name);
	if (waited > 1000000)
		nt_x_say(s, _("It had waited %s for them."), nt_x_span(x, waited));
	if (room > 0 && call->result == room && is_tcp(x))
		nt_x_say(
			s,
			_("That is as much as it asked for (%s), so more may be waiting: a stream has"
			  " no ends of messages."),
			nt_x_size(x, (uint64_t)room));
}

static void ends(struct nt_explain *x, const struct nt_call *call, const char *who,
		 struct nt_told *s)
{
	uint64_t how = call->arg[0];

	if (!strcmp(call->name, "shutdown")) {
		s->rfc = "RFC 9293, 3.6";
		if (how == 0)
			nt_x_say(
				s,
				_("%s says by shutdown(%d, SHUT_RD) that it will read nothing more. That is"
				  " between program and kernel: no segment tells the peer."),
				who, call->fd);
		else
			nt_x_say(
				s,
				_("%s closes the direction that it sends in, by shutdown(%d): a FIN goes"
				  " out. The descriptor stays, and what comes in can still be read."),
				who, call->fd);
		return;
	}
	if (is_tcp(x))
		nt_x_say(
			s,
			_("%s closes descriptor %d. If it was the last one for this socket, the kernel"
			  " now ends the connection by itself; close() does not wait for that (%s)."),
			who, call->fd, nt_x_span(x, call->t_end - call->t));
	else
		nt_x_say(s, _("%s closes descriptor %d; nothing is sent for that."), who, call->fd);
}

static bool one_of(const char *name, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(name, *list))
			return true;
	return false;
}

bool nt_x_call(struct nt_explain *x, const struct nt_call *call, enum nt_call_part part,
	       struct nt_told *s)
{
	static const char *const before[] = { "socket", "bind", "listen", NULL };
	static const char *const receive[] = { "recvfrom", "recvmsg", "recvmmsg", "recv",
					       "read",	   "readv",   NULL };
	static const char *const end[] = { "shutdown", "close", NULL };
	const char *who = nt_x_owner(x, call->comm, call->pid);

	if (!call->name)
		return false;
	nt_x_title(s, "%s()", call->name);
	if (part == NT_CALL_BEGUN && strcmp(call->name, "connect")) {
		nt_x_waits(x, call, s);
		return *s->text != '\0';
	}
	if (part != NT_CALL_BEGUN && call->t_end && call->result < 0)
		nt_x_failed(x, call, s);
	else if (one_of(call->name, before))
		prepare(x, call, who, s);
	else if (!strcmp(call->name, "connect"))
		connects(x, call, who, part, s);
	else if (!strncmp(call->name, "accept", 6))
		accepts(x, call, who, s);
	else if (one_of(call->name, receive))
		receives(x, call, who, s);
	else if (one_of(call->name, end))
		ends(x, call, who, s);
	else
		sends(x, call, who, s);
	return true;
}
