/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * script.h - event scripts: a few lines of text become records for the model
 *
 * Purpose:   tests say what the module would emit, one record a line, and
 *            compare what the model makes of it, one item a line.
 * Ownership: a script owns its model; script_end() frees it.
 *
 * A line is TIME STREAM WHAT …; TIME in microseconds, STREAM a namespace:
 *
 *   OUT|IN|FWD|PRE|POST c>s|s>c FLAGS	a TCP packet; FLAGS as SYN,ACK or -
 *	seq= ack= len= id= ts= ecr= win= ttl= dev= cpu= sk=KIND:STATE nxt= una=
 *	ca= pend= back= retr= rcv= pid= gso=SIZE retrans task malformed listener
 *	tos= mss= ws= sackok tfo sack=FROM-TO,FROM-TO (numbers as in the header)
 *	of a listener: queue=LEN/MAX half= listen=NETTRACE_LISTEN_* cookies=
 *   DROP c>s FLAGS …			the kernel drops it: reason=NAME heard number=
 *   UDPOUT|UDPIN|UDPFWD c>s -		len= id=; of a fragment: frag=OFFSET more
 *   ECHOOUT|ECHOIN|… c>s request|reply	seq= id= ident=
 *   IPOUT|IPIN|… c>s -			another protocol: proto= len=
 *   ICMPOUT|ICMPIN c|s			an error (type=3 code= info=) about what c or s sent:
 *					quoted=ID number= proto=udp|echo ident=
 *   ARPOUT|ARPIN 1|2			who has 10.0.1.1, tell 10.0.1.2 / the reply
 *   NDOUT|NDIN 1|2			who has target=, asked by c / the answer to c; mac=
 *   FULL c|s OLD>NEW			a socket's transition
 *   TW|REQ c|s BEGIN|RESTART|END OLD>NEW
 *	call=NAME pid= comm= sk= err= retr= probes= left= why=EXPIRED|…
 *	task exit kthread uring compat dead timer lport0 noremote cpu=
 *	number=N: of the record on its CPU
 *   RST_RCVD|RST_SENT c|s
 *   GAP lost=N
 *   NEIGH ADDR OLD>NEW			what=update|timer|send queued= probes= mac= pid= dev=
 *   ROUTE c|s				via=ADDR own=LEN match=LEN proto=NUMBER dev= local
 */
#ifndef NETTRACE_UNIT_SCRIPT_H
#define NETTRACE_UNIT_SCRIPT_H

#include "script_dump.h"
#include "script_packet.h"
#include "script_state.h"
#include "script_word.h"

static inline void script_begin(struct script *s, const char *c, const char *srv)
{
	int af = strchr(c, ':') ? AF_INET6 : AF_INET;

	memset(s, 0, sizeof(*s));
	s->m = nt_model_new(SCRIPT_HOLD, NULL);
	assert_non_null(s->m);
	s->family = af == AF_INET6 ? NETTRACE_IPV6 : NETTRACE_IPV4;
	assert_int_equal(inet_pton(af, c, s->addr[0]), 1);
	assert_int_equal(inet_pton(af, srv, s->addr[1]), 1);
	s->port[0] = 40000;
	s->port[1] = 80;
}

static inline void script_end(struct script *s)
{
	nt_model_free(s->m);
	s->m = NULL;
}

/* the record behind that of a dropped packet */
static inline void script_reason(struct script *s, const struct nt_event *packet, const char *line)
{
	struct nt_event ev = { .t = packet->t, .source = packet->source };

	if (!script_key(line, "reason"))
		return;
	ev.rec.hdr = packet->rec.hdr;
	ev.rec.hdr.type = NETTRACE_DROP;
	ev.rec.hdr.seq++;
	ev.rec.drop.reason = 7;
	script_word(line, "reason", ev.rec.drop.name, sizeof(ev.rec.drop.name));
	assert_int_equal(nt_model_feed(s->m, &ev), 0);
}

/* a line of a packet, at a hook or dropped */
static inline void script_any_packet(struct script *s, struct nettrace_packet *p, const char *line,
				     const char *what, const char *a, const char *b)
{
	static const char *const hooks[] = { "", "PRE", "IN", "FWD", "OUT", "POST" };
	const char *hook = what;

	if (!strncmp(what, "ARP", 3)) {
		script_arp(p, line, atoi(a));
		p->hook = what[3] == 'O' ? NETTRACE_ARP_OUT : NETTRACE_ARP_IN;
		return;
	}
	if (!strcmp(what, "DROP")) {
		script_tcp(s, p, line, a, b);
		p->hook = NETTRACE_DROPPED;
		p->hdr.seq = script_num(line, "number", 1000);
		if (script_key(line, "heard"))
			p->flags |= NETTRACE_PKT_OTHERHOST;
		return;
	}
	if (!strncmp(what, "ND", 2)) {
		script_nd(s, p, line, (unsigned int)atoi(a));
		hook += 2;
	} else if (!strncmp(what, "ICMP", 4)) {
		script_icmp(s, p, line, a);
		hook += 4;
	} else if (!strncmp(what, "ECHO", 4)) {
		script_echo(s, p, line, a, b);
		hook += 4;
	} else if (!strncmp(what, "IP", 2)) {
		script_common(s, p, line, a[0] == 's');
		p->proto = (uint8_t)script_num(line, "proto", 47);
		p->flags &= ~NETTRACE_PKT_L4;
		hook += 2;
	} else if (!strncmp(what, "UDP", 3)) {
		script_common(s, p, line, a[0] == 's');
		p->proto = IPPROTO_UDP;
		script_frag(p, line);
		hook += 3;
	} else {
		script_tcp(s, p, line, a, b);
	}
	p->hook = script_find(hook, strlen(hook), hooks, 6);
}

static inline void script_line(struct script *s, const char *line)
{
	static const char *const whats[] = { "", "CHANGE", "BEGIN", "RESTART", "END" };
	struct nt_event ev = { .t = 0 };
	char what[16] = "", a[32] = "", b[32] = "", c[32] = "";
	long long us;

	if (sscanf(line, "%lld %u %15s %31s %31s %31s", &us, &ev.source, what, a, b, c) < 3)
		fail_msg("script: cannot read '%s'", line);
	ev.t = SCRIPT_T0 + us * 1000;
	ev.rec.hdr.time = us * 1000;
	if (!strcmp(what, "GAP")) {
		ev.rec.hdr.type = NETTRACE_GAP;
		ev.rec.gap.lost = script_num(line, "lost", 1);
	} else if (!strcmp(what, "FULL")) {
		script_socket(s, &ev.rec.state, line, a[0] == 's', NETTRACE_SK_FULL,
			      NETTRACE_CHANGE, b);
	} else if (!strcmp(what, "TW") || !strcmp(what, "REQ")) {
		script_socket(s, &ev.rec.state, line, a[0] == 's',
			      what[0] == 'T' ? NETTRACE_SK_TIMEWAIT : NETTRACE_SK_REQUEST,
			      script_find(b, strlen(b), whats, 5), c);
	} else if (!strncmp(what, "RST_", 4)) {
		script_socket(s, &ev.rec.state, line, a[0] == 's', NETTRACE_SK_FULL,
			      !strcmp(what, "RST_SENT") ? NETTRACE_RST_SENT : NETTRACE_RST_RECEIVED,
			      "");
	} else if (!strcmp(what, "NEIGH")) {
		script_neigh(&ev.rec.neigh, line, a, b);
	} else if (!strcmp(what, "ROUTE")) {
		script_route(s, &ev.rec.route, line, a[0] == 's');
	} else {
		script_any_packet(s, &ev.rec.packet, line, what, a, b);
	}
	ev.rec.hdr.cpu = script_num(line, "cpu", 0);
	assert_int_equal(nt_model_feed(s->m, &ev), 0);
	if (!strcmp(what, "DROP"))
		script_reason(s, &ev, line);
}

/* feeds the lines of a text; empty ones and those from a # on are comments */
static inline void script_run(struct script *s, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char line[256];

		assert_true(n < sizeof(line));
		memcpy(line, text, n);
		line[n] = '\0';
		if (line[strspn(line, " \t")] && line[0] != '#')
			script_line(s, line);
		text += n + (text[n] == '\n');
	}
}

#endif /* NETTRACE_UNIT_SCRIPT_H */
