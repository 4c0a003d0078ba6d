// SPDX-License-Identifier: GPL-2.0-only
/*
 * explain_errno.c - a call that failed, or does not return: what that says to who wrote
 * the program
 */
#include <errno.h>
#include <inttypes.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "calls.h"
#include "describe.h"
#include "explain_priv.h"

/* "10.0.2.2:80": what the call was about */
static const char *target(struct nt_explain *x, const struct nt_call *call)
{
	if (call->addr.family)
		return nt_describe_addr(nt_x_word(x), NT_EXPLAIN_WORD, &call->addr);
	return x->c ? nt_x_addr(x, !(call->end & 1)) : "?";
}

static void refused(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	s->rfc = "RFC 9293, 3.5.2";
	nt_x_note(
		s,
		_("The host of %s was reached, and said by RST that nobody listens on that port. Look"
		  " whether the server runs, whether the port is the same in both programs, and"
		  " whether it listens on this address (127.0.0.1 is heard on the same machine"
		  " only)."),
		target(x, call));
}

static void in_use(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const char *addr = target(x, call);

	nt_x_note(
		s,
		_("Address already in use: another socket has %s. Either a server still runs there"
		  " ('ss -ltnp sport = :%u' names it), or one that ended has left a connection in"
		  " TIME-WAIT, where it stays for 60 s because it closed first. Against the latter a"
		  " server sets SO_REUSEADDR before bind()."),
		addr, call->addr.port);
}

static void reset(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const struct nt_arrow *rst = NULL;
	size_t i;

	for (i = 0; x->c && i < x->c->nitem && x->c->item[i].t <= call->t_end; i++) {
		const struct nt_arrow *a = nt_x_segment(&x->c->item[i]);

		if (a && (a->pkt.tcp_flags & NETTRACE_TH_RST) && (a->dir & 1) != (call->end & 1))
			rst = a;
	}
	s->rfc = "RFC 9293, 3.10.7";
	if (rst)
		nt_x_note(
			s,
			_("The peer, %s, has reset the connection: segment %" PRIu32
			  ", %s before this call returned. That segment's own explanation says why."),
			target(x, call), rst->n, nt_x_span(x, call->t_end - rst->t));
	else
		nt_x_note(
			s,
			_("The connection with %s has been reset; the RST itself is not in the trace."),
			target(x, call));
}

/* it does not get there, or is not allowed to */
static void no_way(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const char *to = target(x, call);

	switch (-call->result) {
	case ETIMEDOUT:
		nt_x_note(
			s,
			_("%s did not answer for so long that the kernel gave up. A RST would have"
			  " said that nobody listens; silence means that packets, or their answers,"
			  " get lost: a firewall that drops, a host that is down."),
			to);
		break;
	case EHOSTUNREACH:
		nt_x_note(
			s,
			_("No route to host: nobody answered the ARP request for the next hop to %s, or"
			  " an ICMP error said that it cannot be reached."),
			to);
		break;
	case ENETUNREACH:
		nt_x_note(
			s,
			_("The routing table has no entry for %s, not even a default gateway: no packet"
			  " was sent."),
			to);
		break;
	case EACCES:
		nt_x_note(s,
			  _("The kernel does not allow it for %s: ports below 1024 need"
			    " CAP_NET_BIND_SERVICE, and sending to a broadcast address needs"
			    " SO_BROADCAST."),
			  to);
		break;
	case EADDRNOTAVAIL:
		nt_x_note(
			s,
			_("%s is no address of this host, or no port is left: bind() takes one of its"
			  " own, or 0.0.0.0 for all."),
			to);
		break;
	default:
		break;
	}
}

/* the socket is not in the state that the call needs */
static void other(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const char *to = target(x, call);
	int fd = call->fd;

	switch (-call->result) {
	case EPIPE:
		nt_x_note(
			s,
			_("Nothing more can be sent to %s: this end has closed that direction, or the"
			  " peer has reset the connection. Who does not ignore SIGPIPE (Python does)"
			  " is ended by it."),
			to);
		break;
	case ENOTCONN:
		nt_x_note(
			s,
			_("Descriptor %d is not connected with anybody: connect() or accept() comes first; a listener itself carries no data."),
			fd);
		break;
	case EISCONN:
		nt_x_note(
			s,
			_("Descriptor %d is connected already; a new connection needs a new socket."),
			fd);
		break;
	case EINPROGRESS:
		nt_x_note(
			s,
			_("No failure: descriptor %d does not block, so connect() to %s returns before"
			  " the handshake is complete. poll() tells when it is."),
			fd, to);
		break;
	case EAGAIN:
		nt_x_note(
			s,
			_("No failure of the network: descriptor %d does not block, or has a time limit,"
			  " and there was nothing to do for this call yet."),
			fd);
		break;
	default:
		no_way(x, call, s);
	}
}

/* the other end's last send() of nothing */
static const struct nt_call *empty_send(const struct nt_explain *x, const struct nt_call *call)
{
	size_t i;

	for (i = x->c ? x->c->nitem : 0; i-- > 0;) {
		const struct nt_call *c = x->c->item[i].call;

		if (x->c->item[i].type == NT_ITEM_CALL && (c->end & 1) != (call->end & 1) &&
		    c->t_end && !c->result && c->name &&
		    (!strncmp(c->name, "send", 4) || !strncmp(c->name, "write", 5)))
			return c;
	}
	return NULL;
}

static void empty_note(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const struct nt_call *empty = empty_send(x, call);

	if (empty && x->c->proto == IPPROTO_TCP)
		nt_x_note(
			s,
			_("%s did call %s(), but with 0 bytes, which puts nothing on the wire. If both"
			  " programs now wait for each other, neither will ever go on."),
			nt_x_owner(x, empty->comm, empty->pid), empty->name);
}

void nt_x_failed(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const char *who = nt_x_owner(x, call->comm, call->pid);
	char *err = nt_x_word(x);
	const char *name = nt_errno_name(-call->result, err, NT_EXPLAIN_WORD);

	s->kind = "call-failed";
	nt_x_title(s, _("%s() fails: %s"), call->name, name);
	if (-call->result >= 512) { /* ERESTARTSYS and its like */
		nt_x_say(
			s,
			_("A signal interrupted %s() of %s after %s; the kernel begins it again, or"
			  " returns EINTR."),
			call->name, who, nt_x_span(x, call->t_end - call->t));
		if (!strncmp(call->name, "recv", 4) || !strncmp(call->name, "read", 4))
			empty_note(x, call, s);
		return;
	}
	if (call->addr.family)
		nt_x_say(s, _("%s() of %s for %s fails with %s, %s after it was called."),
			 call->name, who, target(x, call), name,
			 nt_x_span(x, call->t_end - call->t));
	else
		nt_x_say(s, _("%s() of %s on descriptor %d fails with %s, %s after it was called."),
			 call->name, who, call->fd, name, nt_x_span(x, call->t_end - call->t));
	switch (-call->result) {
	case ECONNREFUSED:
		refused(x, call, s);
		break;
	case EADDRINUSE:
		in_use(x, call, s);
		break;
	case ECONNRESET:
		reset(x, call, s);
		break;
	default:
		other(x, call, s);
	}
}

void nt_x_waits(struct nt_explain *x, const struct nt_call *call, struct nt_told *s)
{
	const char *who = nt_x_owner(x, call->comm, call->pid);
	int64_t until = x->c ? x->c->t1 : call->t;

	if (strncmp(call->name, "recv", 4) && strncmp(call->name, "read", 4) &&
	    strncmp(call->name, "accept", 6)) {
		nt_x_say(s, _("%s calls %s() on descriptor %d; it has not returned yet."), who,
			 call->name, call->fd);
		return;
	}
	s->kind = "call-waits";
	nt_x_title(s, _("%s() waits"), call->name);
	nt_x_say(s,
		 _("%s waits in %s() on descriptor %d, for %s by the end of this trace: it has not"
		   " returned, for there is nothing to give it."),
		 who, call->name, call->fd, nt_x_span(x, until - call->t));
	empty_note(x, call, s);
}
