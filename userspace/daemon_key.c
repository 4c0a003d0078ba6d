// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_key.c - which conversation an event belongs to, and what it says of it
 */
#include "daemon_key.h"

#include <netinet/in.h>
#include <string.h>

static bool is_zero(const uint8_t *addr)
{
	static const uint8_t zero[16];

	return !memcmp(addr, zero, sizeof(zero));
}

static bool host_only(uint8_t family, const uint8_t *addr)
{
	static const uint8_t v6_loopback[16] = { [15] = 1 };

	if (family == NETTRACE_IPV4)
		return addr[0] == 127;
	return !memcmp(addr, v6_loopback, sizeof(v6_loopback));
}

/* an IPv4 address that an IPv6 socket has */
static bool is_mapped(const uint8_t *addr)
{
	static const uint8_t prefix[12] = { [10] = 0xff, [11] = 0xff };

	return !memcmp(addr, prefix, sizeof(prefix));
}

static void unmap(uint8_t *to, const uint8_t *addr)
{
	memset(to, 0, 16);
	memcpy(to, addr + 12, 4);
}

/* in one order, whichever, for both directions; true: the first given became the second */
static bool set(struct ntd_key *k, unsigned int stream, const uint8_t *a, uint16_t ap,
		const uint8_t *b, uint16_t bp)
{
	uint64_t x[2], y[2];
	bool swap;

	memcpy(x, a, 16);
	memcpy(y, b, 16);
	if (x[0] != y[0])
		swap = x[0] > y[0];
	else if (x[1] != y[1])
		swap = x[1] > y[1];
	else
		swap = ap > bp;
	memcpy(k->addr[swap], a, 16);
	memcpy(k->addr[!swap], b, 16);
	k->port[swap] = ap;
	k->port[!swap] = bp;
	if (host_only(k->family, a) || host_only(k->family, b))
		k->scope = 1 + stream;
	return swap;
}

static bool is_echo(const struct nettrace_packet *p)
{
	if (p->proto == IPPROTO_ICMP)
		return p->icmp_type == 0 || p->icmp_type == 8;
	return p->proto == IPPROTO_ICMPV6 && (p->icmp_type == 128 || p->icmp_type == 129);
}

static enum ntd_kind of_packet(const struct nt_event *ev, struct ntd_key *k, struct ntd_sign *sign)
{
	const struct nettrace_packet *p = &ev->rec.packet;
	bool swap;

	if (p->hdr.family != NETTRACE_IPV4 && p->hdr.family != NETTRACE_IPV6)
		return NTD_OTHER;
	k->family = p->hdr.family;
	k->proto = p->proto;
	if (p->flags & NETTRACE_PKT_INNER) { /* about another packet */
		k->proto = p->inner_proto;
		set(k, ev->source, p->inner_src, p->inner_sport, p->inner_dst, p->inner_dport);
		return NTD_TUPLE;
	}
	if (is_echo(p) && p->flags & NETTRACE_PKT_L4) {
		set(k, ev->source, p->src, p->icmp_id, p->dst, p->icmp_id);
		sign->met = true;
		return NTD_TUPLE;
	}
	if ((p->proto != IPPROTO_TCP && p->proto != IPPROTO_UDP) || !(p->flags & NETTRACE_PKT_L4))
		return NTD_OTHER;
	swap = set(k, ev->source, p->src, p->sport, p->dst, p->dport);
	sign->met = p->proto != IPPROTO_TCP ||
		    !(p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_RST));
	if (p->proto == IPPROTO_TCP) {
		sign->syn = p->tcp_flags & NETTRACE_TH_SYN;
		sign->begins = (p->tcp_flags & (NETTRACE_TH_SYN | NETTRACE_TH_ACK)) ==
			       NETTRACE_TH_SYN;
		sign->reset = p->tcp_flags & NETTRACE_TH_RST;
		sign->fin = p->tcp_flags & NETTRACE_TH_FIN ? 1 << swap : 0;
	}
	return NTD_TUPLE;
}

static enum ntd_kind of_route(const struct nt_event *ev, struct ntd_key *k)
{
	const struct nettrace_route *r = &ev->rec.route;

	if (r->proto != IPPROTO_TCP && r->proto != IPPROTO_UDP)
		return NTD_OTHER;
	k->family = r->hdr.family;
	k->proto = r->proto;
	set(k, ev->source, r->src, r->sport, r->dst, r->dport);
	return NTD_TUPLE;
}

static enum ntd_kind of_state(const struct nt_event *ev, struct ntd_key *k, struct ntd_sign *sign)
{
	const struct nettrace_state *s = &ev->rec.state;

	k->family = s->hdr.family;
	k->proto = IPPROTO_TCP;
	sign->sk_id = s->sk_id;
	/* who connects has a socket, and so has who was accepted; a request is none */
	sign->met = s->kind == NETTRACE_SK_FULL || s->kind == NETTRACE_SK_TIMEWAIT;
	sign->begins = s->what == NETTRACE_CHANGE && s->new_state == NETTRACE_TCP_SYN_SENT;
	sign->reset = s->what == NETTRACE_RST_SENT || s->what == NETTRACE_RST_RECEIVED;
	if (s->kind == NETTRACE_SK_TIMEWAIT) {
		sign->waits = s->what == NETTRACE_BEGIN ? 1 : s->what == NETTRACE_END ? -1 : 0;
		sign->late = s->what == NETTRACE_END || s->what == NETTRACE_RESTART;
	}
	if (s->lport && s->rport && !is_zero(s->remote)) {
		uint8_t local[16], remote[16];

		memcpy(local, s->local, sizeof(local));
		memcpy(remote, s->remote, sizeof(remote));
		if (k->family == NETTRACE_IPV6 && is_mapped(s->remote)) {
			k->family = NETTRACE_IPV4;
			unmap(local, s->local);
			unmap(remote, s->remote);
		}
		set(k, ev->source, local, s->lport, remote, s->rport);
		return NTD_TUPLE;
	}
	if (s->new_state == NETTRACE_TCP_LISTEN ||
	    (s->old_state == NETTRACE_TCP_LISTEN && s->new_state == NETTRACE_TCP_CLOSE))
		return NTD_LISTENER;
	if (!s->sk_id)
		return NTD_OTHER;
	ntd_key_socket(ev, k);
	return NTD_SOCKET;
}

void ntd_key_socket(const struct nt_event *ev, struct ntd_key *key)
{
	memset(key, 0, sizeof(*key));
	key->kind = NTD_SOCKET;
	key->scope = 1 + ev->source;
	key->sk_id = ev->rec.state.sk_id;
}

enum ntd_kind ntd_key_of(const struct nt_event *ev, struct ntd_key *key, struct ntd_sign *sign)
{
	memset(key, 0, sizeof(*key));
	memset(sign, 0, sizeof(*sign));
	switch (ev->rec.hdr.type) {
	case NETTRACE_PACKET:
		key->kind = of_packet(ev, key, sign);
		break;
	case NETTRACE_STATE:
	case NETTRACE_RESET:
		key->kind = of_state(ev, key, sign);
		break;
	case NETTRACE_ROUTE:
		key->kind = of_route(ev, key);
		break;
	}
	return key->kind;
}

static uint64_t mix(uint64_t h, uint64_t word)
{
	h = (h ^ word) * 0xd6e8feb86659fd93u;
	return h ^ h >> 32;
}

/* word by word: a quarter of what uthash's own takes, which goes by bytes */
unsigned int ntd_key_hash(const struct ntd_key *key, uint64_t seed)
{
	uint64_t word[7], h;

	_Static_assert(sizeof(word) == sizeof(*key), "all of it");
	memcpy(word, key, sizeof(word));
	h = mix(seed, word[0]);
	h = mix(h, word[1]);
	h = mix(h, word[2]);
	h = mix(h, word[3]);
	h = mix(h, word[4]);
	h = mix(h, word[5]);
	return (unsigned int)mix(h, word[6]);
}
