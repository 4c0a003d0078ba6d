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

#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>

#include "model.h"
#include "names.h"

#define SCRIPT_T0   1700000000000000000LL
#define SCRIPT_HOLD 1000000000LL

struct script {
	struct nt_model *m;
	uint8_t family;
	uint8_t addr[2][16]; /* c, s */
	uint16_t port[2];
	uint16_t id;	 /* next IPv4 identification given by itself */
	char out[16384]; /* what script_dump() wrote */
};

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

/* value of KEY=… in a line, NULL: not there; "" for a word */
static inline const char *script_key(const char *line, const char *key)
{
	size_t n = strlen(key);
	const char *p = line;

	while ((p = strstr(p, key))) {
		if ((p == line || p[-1] == ' ') && (p[n] == '=' || p[n] == ' ' || !p[n]))
			return p[n] == '=' ? p + n + 1 : p + n;
		p += n;
	}
	return NULL;
}

static inline uint32_t script_num(const char *line, const char *key, uint32_t def)
{
	const char *v = script_key(line, key);

	return v ? (uint32_t)strtoul(v, NULL, 0) : def;
}

static inline void script_word(const char *line, const char *key, char *to, size_t size)
{
	const char *v = script_key(line, key);

	if (v)
		snprintf(to, size, "%.*s", (int)strcspn(v, " "), v);
}

/* the number of a name in a list; a script with a wrong word is a defect */
static inline unsigned int script_find(const char *word, size_t len, const char *const *names,
				       size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		if (names[i] && strlen(names[i]) == len && !strncmp(names[i], word, len))
			return i;
	}
	fail_msg("script: unknown word '%.*s'", (int)len, word);
	return 0;
}

static inline unsigned int script_state(const char *word, size_t len)
{
	static const char *const names[] = {
		[1] = "ESTABLISHED", "SYN_SENT",  "SYN_RECV", "FIN_WAIT1",
		"FIN_WAIT2",	     "TIME_WAIT", "CLOSE",    "CLOSE_WAIT",
		"LAST_ACK",	     "LISTEN",	  "CLOSING",  "NEW_SYN_RECV",
	};

	return script_find(word, len, names, sizeof(names) / sizeof(names[0]));
}

static inline uint16_t script_flags(const char *w)
{
	static const char *const names[] = {
		"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR"
	};
	uint16_t flags = 0;

	while (*w && *w != '-') {
		size_t n = strcspn(w, ",");

		flags |= 1 << script_find(w, n, names, 8);
		w += n + (w[n] == ',');
	}
	return flags;
}

static inline void script_sk(struct nettrace_packet *p, const char *v)
{
	static const char *const kinds[] = { "NONE", "FULL", "LISTEN", "REQUEST", "TIMEWAIT" };
	size_t n;

	if (!v)
		return;
	n = strcspn(v, ": ");
	p->sk_kind = script_find(v, n, kinds, 5);
	if (v[n] == ':')
		p->sock_state = script_state(v + n + 1, strcspn(v + n + 1, " "));
}

static inline void script_common(struct script *s, struct nettrace_packet *p, const char *line,
				 bool from_s)
{
	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = s->family;
	memcpy(p->src, s->addr[from_s], 16);
	memcpy(p->dst, s->addr[!from_s], 16);
	p->sport = s->port[from_s];
	p->dport = s->port[!from_s];
	p->flags = NETTRACE_PKT_L4;
	p->payload = script_num(line, "len", 0);
	p->ip_id = script_num(line, "id", 0);
	p->ttl = script_num(line, "ttl", 64);
	p->pid = script_num(line, "pid", 0);
	strcpy(p->dev, "lo");
	script_word(line, "dev", p->dev, sizeof(p->dev));
	if (script_key(line, "task"))
		p->flags |= NETTRACE_PKT_TASK;
	if (script_key(line, "prog")) {
		p->flags |= NETTRACE_PKT_TASK | NETTRACE_PKT_COMM;
		script_word(line, "prog", p->comm, sizeof(p->comm));
	}
	if (script_key(line, "malformed"))
		p->flags |= NETTRACE_PKT_MALFORMED;
}

static inline void script_options(struct nettrace_packet *p, const char *line)
{
	const char *v = script_key(line, "sack");
	int n;

	if (script_key(line, "mss"))
		p->optflags |= NETTRACE_OPT_MSS;
	p->mss = (uint16_t)script_num(line, "mss", 0);
	if (script_key(line, "ws"))
		p->optflags |= NETTRACE_OPT_WSCALE;
	p->wscale = (uint8_t)script_num(line, "ws", 0);
	if (script_key(line, "sackok"))
		p->optflags |= NETTRACE_OPT_SACK_OK;
	if (script_key(line, "tfo"))
		p->optflags |= NETTRACE_OPT_FASTOPEN;
	for (; v && p->nsack < NETTRACE_SACK_MAX; v = v[n] == ',' ? v + n + 1 : NULL) {
		uint32_t *block = p->sack[p->nsack++];

		if (sscanf(v, "%u-%u%n", &block[0], &block[1], &n) != 2)
			fail_msg("script: cannot read sack=%s", v);
		p->optflags |= NETTRACE_OPT_SACK;
	}
}

static inline void script_queues(struct nettrace_packet *p, const char *line)
{
	const char *v = script_key(line, "queue");

	p->accept_len = 0;
	p->accept_max = 128;
	if (v && sscanf(v, "%u/%u", &p->accept_len, &p->accept_max) != 2)
		fail_msg("script: cannot read queue=%s", v);
	p->request_len = script_num(line, "half", 0);
	p->listen = (uint8_t)script_num(line, "listen", 0);
	p->syncookies = (uint8_t)script_num(line, "cookies", 1);
}

static inline void script_tcp(struct script *s, struct nettrace_packet *p, const char *line,
			      const char *dir, const char *flags)
{
	script_common(s, p, line, dir[0] == 's');
	p->proto = IPPROTO_TCP;
	p->tcp_flags = script_flags(flags);
	p->seq = script_num(line, "seq", 0);
	p->ack = script_num(line, "ack", 0);
	p->window = script_num(line, "win", 502);
	if (script_key(line, "ts")) {
		p->optflags |= NETTRACE_OPT_TS;
		p->tsval = script_num(line, "ts", 0);
		p->tsecr = script_num(line, "ecr", 0);
	}
	p->gso_size = script_num(line, "gso", 0);
	if (p->gso_size)
		p->gso_segs = (p->payload + p->gso_size - 1) / p->gso_size;
	p->ca_state = script_num(line, "ca", 0);
	p->pending = script_num(line, "pend", 0);
	p->backoff = script_num(line, "back", 0);
	p->retransmits = script_num(line, "retr", 0);
	p->rcv_nxt = script_num(line, "rcv", 0);
	p->tos = script_num(line, "tos", 0);
	script_options(p, line);
	/* a SYN,ACK without any socket is a SYN cookie's: sk=NONE says so */
	if ((p->tcp_flags & 0x12) == 0x12)
		p->sk_kind = NETTRACE_SK_REQUEST;
	script_sk(p, script_key(line, "sk"));
	p->snd_nxt = script_num(line, "nxt", p->seq);
	p->snd_una = script_num(line, "una", p->snd_nxt);
	if (p->sk_kind == NETTRACE_SK_LISTEN)
		script_queues(p, line);
	if (script_key(line, "retrans"))
		p->flags |= NETTRACE_PKT_RETRANS;
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

static inline void script_icmp(struct script *s, struct nettrace_packet *p, const char *line,
			       const char *about)
{
	bool v6 = s->family == NETTRACE_IPV6;
	bool end = about[0] == 's';
	char proto[8] = "", from[64] = "10.0.1.1";

	script_common(s, p, line, !end);
	if (v6)
		strcpy(from, "fd00::1");
	script_word(line, "from", from, sizeof(from));
	inet_pton(v6 ? AF_INET6 : AF_INET, from, p->src);
	p->proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	p->sport = 0;
	p->dport = 0;
	p->flags |= NETTRACE_PKT_INNER;
	p->icmp_type = (uint8_t)script_num(line, "type", v6 ? 1 : 3);
	p->icmp_info = script_num(line, "info", 0);
	p->icmp_id = (uint16_t)script_num(line, "quoted", 0);
	p->tsval = script_num(line, "number", 0);
	p->icmp_code = (uint8_t)script_num(line, "code", 1);
	memcpy(p->inner_src, s->addr[end], 16);
	memcpy(p->inner_dst, s->addr[!end], 16);
	p->inner_sport = s->port[end];
	p->inner_dport = s->port[!end];
	p->inner_proto = IPPROTO_TCP;
	script_word(line, "proto", proto, sizeof(proto));
	if (!strcmp(proto, "udp"))
		p->inner_proto = IPPROTO_UDP;
	if (!strcmp(proto, "echo")) {
		p->inner_proto = p->proto;
		p->inner_sport = p->inner_dport = (uint16_t)script_num(line, "ident", 77);
	}
}

/* a fragment of a datagram: len= is then of its octets behind the IP header */
static inline void script_frag(struct nettrace_packet *p, const char *line)
{
	if (!script_key(line, "frag"))
		return;
	p->frag_off = (uint16_t)script_num(line, "frag", 0);
	p->len = p->payload + 20;
	p->flags |= NETTRACE_PKT_FRAGMENT;
	if (script_key(line, "more"))
		p->flags |= NETTRACE_PKT_MORE_FRAGS;
	if (p->hdr.family == NETTRACE_IPV6)
		p->flags |= NETTRACE_PKT_IP_OPTS;
	if (p->frag_off) {
		p->flags &= ~NETTRACE_PKT_L4;
		p->sport = p->dport = 0;
	} else {
		p->payload -= 8;
	}
}

static inline void script_echo(struct script *s, struct nettrace_packet *p, const char *line,
			       const char *dir, const char *what)
{
	bool v6 = s->family == NETTRACE_IPV6, reply = !strcmp(what, "reply");

	script_common(s, p, line, dir[0] == 's');
	p->sport = p->dport = 0;
	p->proto = v6 ? IPPROTO_ICMPV6 : IPPROTO_ICMP;
	p->icmp_type = v6 ? 128 + reply : reply ? 0 : 8;
	p->icmp_id = (uint16_t)script_num(line, "ident", 77);
	p->icmp_info = script_num(line, "seq", 0);
	script_frag(p, line);
}

static inline void script_arp(struct nettrace_packet *p, const char *line, unsigned int op)
{
	static const uint8_t ip[2][4] = { { 10, 0, 1, 2 }, { 10, 0, 1, 1 } };
	static const uint8_t mac[2][6] = { { 2, 0, 0, 0, 0, 2 }, { 2, 0, 0, 0, 0, 1 } };

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_ARP;
	p->arp_op = op;
	memcpy(p->src, ip[op == 2], 4);
	memcpy(p->dst, ip[op != 2], 4);
	memcpy(p->arp_sha, mac[op == 2], 6);
	if (op == 2)
		memcpy(p->arp_tha, mac[0], 6);
	p->flags = NETTRACE_PKT_MAC;
	memset(p->mac_dst, 0xff, 6);
	if (op == 2)
		memcpy(p->mac_dst, mac[0], 6);
	strcpy(p->dev, "eth0");
	script_word(line, "dev", p->dev, sizeof(p->dev));
}

static inline void script_nd(struct script *s, struct nettrace_packet *p, const char *line,
			     unsigned int op)
{
	unsigned int mac = script_num(line, "mac", op);
	char target[64] = "fe80::1";

	script_common(s, p, line, false);
	script_word(line, "target", target, sizeof(target));
	p->proto = IPPROTO_ICMPV6;
	p->sport = 0;
	p->dport = 0;
	p->ttl = 255;
	p->payload = 24;
	p->flags |= NETTRACE_PKT_ND;
	p->icmp_type = op == 1 ? 135 : 136;
	assert_int_equal(inet_pton(AF_INET6, target, p->nd_target), 1);
	p->nd_lladdr[0] = 2;
	p->nd_lladdr[5] = (uint8_t)mac;
	if (op == 1) {
		inet_pton(AF_INET6, "ff02::1:ff00:1", p->dst);
	} else {
		memcpy(p->src, p->nd_target, 16);
		memcpy(p->dst, s->addr[0], 16);
	}
	strcpy(p->dev, "eth0");
}

/* OLD may be "?" */
static inline void script_neigh(struct nettrace_neigh *r, const char *line, const char *addr,
				const char *change)
{
	static const char *const nud[] = { "INCOMPLETE", "REACHABLE", "STALE", "DELAY",
					   "PROBE",	 "FAILED",    "NOARP", "PERMANENT" };
	static const char *const whats[] = { "", "update", "timer", "send" };
	const char *what = script_key(line, "what");
	size_t n = strcspn(change, ">");
	bool six = strchr(addr, ':');
	unsigned int mac = script_num(line, "mac", 0);

	r->hdr.type = NETTRACE_NEIGH;
	r->hdr.family = six ? NETTRACE_IPV6 : NETTRACE_IPV4;
	assert_int_equal(inet_pton(six ? AF_INET6 : AF_INET, addr, r->addr), 1);
	if (*change != '?') {
		r->flags |= NETTRACE_NEIGH_OLD;
		r->old_state = strncmp(change, "NONE", n) ? 1 << script_find(change, n, nud, 8) : 0;
	}
	r->new_state = 1 << script_find(change + n + 1, strlen(change + n + 1), nud, 8);
	r->what = what ? script_find(what, strcspn(what, " "), whats, 4) : NETTRACE_NEIGH_UPDATE;
	r->queued = script_num(line, "queued", 0);
	r->probes = script_num(line, "probes", 0);
	if (mac) {
		r->lladdr_len = 6;
		r->lladdr[0] = 2;
		r->lladdr[5] = (uint8_t)mac;
	}
	r->pid = script_num(line, "pid", 0);
	if (r->pid)
		r->flags |= NETTRACE_NEIGH_TASK;
	strcpy(r->dev, "eth0");
	script_word(line, "dev", r->dev, sizeof(r->dev));
	script_word(line, "comm", r->comm, sizeof(r->comm));
}

static inline void script_route(struct script *s, struct nettrace_route *r, const char *line,
				bool from_s)
{
	char via[64] = "";

	r->hdr.type = NETTRACE_ROUTE;
	r->hdr.family = s->family;
	memcpy(r->src, s->addr[from_s], 16);
	memcpy(r->dst, s->addr[!from_s], 16);
	r->sport = s->port[from_s];
	r->dport = s->port[!from_s];
	r->proto = (uint8_t)script_num(line, "proto", IPPROTO_TCP);
	script_word(line, "via", via, sizeof(via));
	if (*via) {
		r->flags |= NETTRACE_RT_GATEWAY;
		assert_int_equal(inet_pton(strchr(via, ':') ? AF_INET6 : AF_INET, via, r->gateway),
				 1);
	}
	if (script_key(line, "own"))
		r->flags |= NETTRACE_RT_SRC_LEN;
	r->src_len = (uint8_t)script_num(line, "own", 0);
	if (script_key(line, "match"))
		r->flags |= NETTRACE_RT_FIB;
	if (script_key(line, "local"))
		r->flags |= NETTRACE_RT_LOCAL;
	r->match_len = (uint8_t)script_num(line, "match", 0);
	r->rt_proto = 3;
	r->table = 254;
	r->mtu = 1500;
	r->pid = script_num(line, "pid", 0);
	strcpy(r->dev, "eth0");
	script_word(line, "dev", r->dev, sizeof(r->dev));
}

static inline int script_call(const char *line)
{
	static const struct {
		const char *name;
		int nr;
	} calls[] = {
		{ "connect", SYS_connect },	    { "close", SYS_close },
		{ "shutdown", SYS_shutdown },	    { "listen", SYS_listen },
		{ "sendto", SYS_sendto },	    { "dup3", SYS_dup3 },
		{ "execve", SYS_execve },	    { "recvfrom", SYS_recvfrom },
		{ "close_range", SYS_close_range },
	};
	char name[32] = "";
	size_t i;

	script_word(line, "call", name, sizeof(name));
	if (!name[0])
		return -1;
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		if (!strcmp(calls[i].name, name))
			return calls[i].nr;
	}
	fail_msg("script: unknown call '%s'", name);
	return -1;
}

static inline void script_context(struct nettrace_state *r, const char *line)
{
	r->syscall = script_call(line);
	if (r->syscall >= 0 || script_key(line, "task") || script_key(line, "exit"))
		r->flags |= NETTRACE_CTX_TASK;
	if (script_key(line, "exit"))
		r->flags |= NETTRACE_CTX_EXITING;
	if (script_key(line, "kthread"))
		r->flags |= NETTRACE_CTX_KTHREAD;
	if (script_key(line, "uring"))
		r->flags |= NETTRACE_CTX_IO_URING;
	if (script_key(line, "compat"))
		r->flags |= NETTRACE_CTX_COMPAT;
	if (script_key(line, "timer"))
		r->flags |= NETTRACE_CTX_TIMER;
	r->pid = script_num(line, "pid", r->flags & NETTRACE_CTX_TASK ? 10 : 0);
	if (r->pid)
		strcpy(r->comm, "prog");
	script_word(line, "comm", r->comm, sizeof(r->comm));
}

static inline void script_socket(struct script *s, struct nettrace_state *r, const char *line,
				 bool is_s, unsigned int kind, unsigned int what,
				 const char *change)
{
	static const char *const why[] = { "NONE",   "EXPIRED", "PROMOTED",
					   "REUSED", "KILLED",	"UNFOLLOWED" };
	size_t n = strcspn(change, ">");
	const char *v = script_key(line, "why");

	r->hdr.type = NETTRACE_STATE;
	r->hdr.family = s->family;
	r->hdr.seq = script_num(line, "number", 0);
	r->kind = kind;
	r->what = what;
	if (what == NETTRACE_RST_RECEIVED || what == NETTRACE_RST_SENT) {
		r->hdr.type = NETTRACE_RESET;
	} else {
		r->old_state = script_state(change, n);
		r->new_state = script_state(change + n + 1, strlen(change + n + 1));
	}
	memcpy(r->local, s->addr[is_s], 16);
	r->lport = script_key(line, "lport0") ? 0 : s->port[is_s];
	if (!script_key(line, "noremote")) {
		memcpy(r->remote, s->addr[!is_s], 16);
		r->rport = s->port[!is_s];
	}
	r->sk_id = script_num(line, "sk", is_s ? 2 : 1);
	r->sk_err = script_num(line, "err", 0);
	r->retransmits = script_num(line, "retr", 0);
	r->probes_out = script_num(line, "probes", 0);
	r->dead = script_key(line, "dead") != NULL;
	r->left_ms = script_num(line, "left", 0);
	if (v)
		r->end_why = script_find(v, strcspn(v, " "), why, 6);
	script_context(r, line);
}

static inline void script_line(struct script *s, const char *line)
{
	static const char *const hooks[] = { "", "PRE", "IN", "FWD", "OUT", "POST" };
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
	} else if (!strncmp(what, "ND", 2)) {
		script_nd(s, &ev.rec.packet, line, (unsigned int)atoi(a));
		ev.rec.packet.hook = script_find(what + 2, strlen(what + 2), hooks, 6);
	} else if (!strcmp(what, "NEIGH")) {
		script_neigh(&ev.rec.neigh, line, a, b);
	} else if (!strcmp(what, "ROUTE")) {
		script_route(s, &ev.rec.route, line, a[0] == 's');
	} else if (!strncmp(what, "ARP", 3)) {
		script_arp(&ev.rec.packet, line, atoi(a));
		ev.rec.packet.hook = what[3] == 'O' ? NETTRACE_ARP_OUT : NETTRACE_ARP_IN;
	} else if (!strncmp(what, "ICMP", 4)) {
		script_icmp(s, &ev.rec.packet, line, a);
		ev.rec.packet.hook = script_find(what + 4, strlen(what + 4), hooks, 6);
	} else if (!strncmp(what, "ECHO", 4)) {
		script_echo(s, &ev.rec.packet, line, a, b);
		ev.rec.packet.hook = script_find(what + 4, strlen(what + 4), hooks, 6);
	} else if (!strncmp(what, "IP", 2)) {
		script_common(s, &ev.rec.packet, line, a[0] == 's');
		ev.rec.packet.proto = (uint8_t)script_num(line, "proto", 47);
		ev.rec.packet.flags &= ~NETTRACE_PKT_L4;
		ev.rec.packet.hook = script_find(what + 2, strlen(what + 2), hooks, 6);
	} else if (!strncmp(what, "UDP", 3)) {
		script_common(s, &ev.rec.packet, line, a[0] == 's');
		ev.rec.packet.proto = IPPROTO_UDP;
		script_frag(&ev.rec.packet, line);
		ev.rec.packet.hook = script_find(what + 3, strlen(what + 3), hooks, 6);
	} else if (!strcmp(what, "DROP")) {
		script_tcp(s, &ev.rec.packet, line, a, b);
		ev.rec.packet.hook = NETTRACE_DROPPED;
		ev.rec.hdr.seq = script_num(line, "number", 1000);
		if (script_key(line, "heard"))
			ev.rec.packet.flags |= NETTRACE_PKT_OTHERHOST;
	} else {
		script_tcp(s, &ev.rec.packet, line, a, b);
		ev.rec.packet.hook = script_find(what, strlen(what), hooks, 6);
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

static inline void script_put(struct script *s, const char *fmt, ...)
{
	size_t n = strlen(s->out);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(s->out + n, sizeof(s->out) - n, fmt, ap);
	va_end(ap);
}

static inline void script_put_rtt(struct script *s, const struct nt_arrow *a)
{
	bool whole;
	int64_t ns = nt_arrow_rtt(a, &whole);

	script_put(s, " answers=%u", a->request);
	if (ns >= 0)
		script_put(s, " %s=%d", whole ? "rtt" : "after", (int)(ns / 1000));
}

/* at each place: where its fragments begin, and what is missing */
static inline void script_put_frags(struct script *s, const struct nt_arrow *a)
{
	const struct nt_fragments *f;
	uint32_t i, from, to;

	for (f = a->frags; f; f = f->next) {
		script_put(s, " [%u:", f->source);
		for (i = 0; i < f->npiece; i++)
			script_put(s, "%s%u", i ? "," : "", f->piece[i].off);
		script_put(s, "/%u", f->total);
		for (from = 0; nt_fragments_hole(f, &from, &to); from = to) {
			script_put(s, " -%u..%u", from, to);
			if (!to)
				break;
		}
		script_put(s, "]");
	}
}

static inline void script_put_arrow(struct script *s, const struct nt_arrow *a)
{
	static const char *const flag[] = { "FIN", "SYN", "RST", "PSH", "ACK" };
	static const char *const hook[] = {
		"?", "pre", "in", "fwd", "out", "post", [NETTRACE_DROPPED] = "dropped"
	};
	unsigned int i;

	script_put(s, "%u %s", a->n, a->dir ? "s>c" : "c>s");
	if (a->pkt.proto == IPPROTO_TCP) {
		for (i = 0; i < 5; i++) {
			if (a->pkt.tcp_flags & 1 << i)
				script_put(s, " %s", flag[i]);
		}
		if (a->seq_valid)
			script_put(s, " seq=%u", a->seq);
		if (a->ack_valid)
			script_put(s, " ack=%u", a->ack);
	} else {
		script_put(s, a->pkt.proto == IPPROTO_UDP ? " udp" :
			      nt_is_icmp(&a->pkt)	  ? " icmp" :
							    " other");
	}
	if (a->about)
		script_put(s, " about=%s%u", a->about_basis == NT_INFERRED ? "~" : "", a->about);
	if (a->request)
		script_put_rtt(s, a);
	script_put_frags(s, a);
	if (a->pkt.payload)
		script_put(s, " len=%u", a->pkt.payload);
	for (i = 0; i < a->nsight; i++)
		script_put(s, " %s%u", hook[a->sight[i].hook], a->sight[i].source);
	for (i = 0; i < a->nmark; i++) {
		script_put(s, " %s:%s:%s", nt_mark_word(a->mark[i].name),
			   a->mark[i].reason ? a->mark[i].reason : "-",
			   a->mark[i].basis == NT_OBSERVED ? "observed" : "inferred");
		if (a->mark[i].n)
			script_put(s, ":%u", a->mark[i].n);
	}
	script_put(s, "\n");
}

static inline void script_put_tr(struct script *s, const struct nt_transition *t)
{
	script_put(s, "%c %s>%s %s ", t->end ? 's' : 'c', nt_state_name(t->from),
		   nt_state_name(t->to), t->basis == NT_OBSERVED ? "observed" : "inferred");
	switch (t->cause.kind) {
	case NT_CAUSE_SEGMENT:
		script_put(s, "segment:%u", t->cause.n);
		break;
	case NT_CAUSE_CALL:
		script_put(s, "call:%s:%u:%s", t->cause.name, t->cause.pid, t->cause.comm);
		break;
	case NT_CAUSE_TIMER:
		script_put(s, "timer:%s", t->cause.name);
		break;
	case NT_CAUSE_ICMP:
		script_put(s, "icmp:%u", t->cause.n);
		break;
	case NT_CAUSE_UNKNOWN:
		script_put(s, "unknown:%s", t->cause.name);
		break;
	}
	if (t->inferred != NT_ST_NONE)
		script_put(s, " inferred:%s", nt_state_name(t->inferred));
	script_put(s, "\n");
}

enum { SCRIPT_ARROWS = 1, SCRIPT_TRANSITIONS = 2, SCRIPT_ALL = 3 };

/* conversation @i (from 0) as text, in s->out */
static inline const char *script_dump(struct script *s, size_t i, int which)
{
	const struct nt_conv *c = nt_model_conv(s->m, i);
	size_t k;

	s->out[0] = '\0';
	assert_non_null(c);
	for (k = 0; k < c->nitem; k++) {
		assert_ptr_equal(c->item[k].conv, c);
		assert_true(!k || c->item[k].t >= c->item[k - 1].t);
		if (c->item[k].type == NT_ITEM_ARROW && (which & SCRIPT_ARROWS))
			script_put_arrow(s, c->item[k].arrow);
		if (c->item[k].type == NT_ITEM_TRANSITION && (which & SCRIPT_TRANSITIONS))
			script_put_tr(s, c->item[k].tr);
	}
	return s->out;
}

/* how a conversation looks from outside, as one line */
static inline const char *script_conv(struct script *s, size_t i)
{
	static const char *const opened[] = { "handshake", "simultaneous", "midstream", "refused",
					      "unanswered", "answered", "one-way", "no-port",
					      "no-way", "ttl" };
	static const char *const closed[] = { "fin", "rst", "timeout", "open" };
	const struct nt_conv *c = nt_model_conv(s->m, i);

	assert_non_null(c);
	s->out[0] = '\0';
	script_put(s,
		   "%s %s closer=%d mask=%u %s/%s segs=%u/%u bytes=%u/%u "
		   "rtx=%u/%u pid=%u/%u",
		   opened[c->opened], closed[c->closed], c->closer, c->completeness,
		   nt_state_name(c->end[0].state), nt_state_name(c->end[1].state), c->end[0].arrows,
		   c->end[1].arrows, (unsigned int)c->end[0].bytes, (unsigned int)c->end[1].bytes,
		   c->end[0].retransmissions, c->end[1].retransmissions, c->end[0].pid,
		   c->end[1].pid);
	return s->out;
}

#endif /* NETTRACE_UNIT_SCRIPT_H */
