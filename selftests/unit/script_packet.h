/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * script_packet.h - lines that are packets: of IP, TCP, UDP, ICMP, ARP, neighbour discovery
 *
 * Purpose:   fills the packet's record as the module would.
 * Ownership: none; the record is the caller's.
 */
#ifndef NETTRACE_UNIT_SCRIPT_PACKET_H
#define NETTRACE_UNIT_SCRIPT_PACKET_H

#include "script_word.h"

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

#endif /* NETTRACE_UNIT_SCRIPT_PACKET_H */
