// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_daemon_key.c - which conversation an event belongs to: both directions, both
 * families, what sockets and ICMP errors say of it; and the hash of its key
 */
#include <arpa/inet.h>
#include <netinet/in.h>

#include "../../userspace/daemon_key.h"
#include "support.h"

#define HASHED 65536u

/* an address as records have it: 16 bytes, IPv4 in the first four */
static void addr(uint8_t *to, uint8_t family, const char *text)
{
	memset(to, 0, 16);
	assert_int_equal(inet_pton(family == NETTRACE_IPV4 ? AF_INET : AF_INET6, text, to), 1);
}

static struct nt_event blank(uint8_t type, uint8_t family)
{
	struct nt_event ev;

	memset(&ev, 0, sizeof(ev));
	ev.rec.hdr.type = type;
	ev.rec.hdr.family = family;
	return ev;
}

static struct nt_event packet(uint8_t family, uint8_t proto, const char *src, uint16_t sport,
			      const char *dst, uint16_t dport)
{
	struct nt_event ev = blank(NETTRACE_PACKET, family);
	struct nettrace_packet *p = &ev.rec.packet;

	p->proto = proto;
	p->flags = NETTRACE_PKT_L4;
	addr(p->src, family, src);
	addr(p->dst, family, dst);
	p->sport = sport;
	p->dport = dport;
	return ev;
}

static struct nt_event transition(uint8_t family, const char *local, uint16_t lport,
				  const char *remote, uint16_t rport)
{
	struct nt_event ev = blank(NETTRACE_STATE, family);
	struct nettrace_state *s = &ev.rec.state;

	addr(s->local, family, local);
	addr(s->remote, family, remote);
	s->lport = lport;
	s->rport = rport;
	s->kind = NETTRACE_SK_FULL;
	s->sk_id = 77;
	return ev;
}

static struct ntd_sign sign_of(const struct nt_event *ev)
{
	struct ntd_sign sign;
	struct ntd_key key;

	ntd_key_of(ev, &key, &sign);
	return sign;
}

static enum ntd_kind kind_of(const struct nt_event *ev)
{
	struct ntd_sign sign;
	struct ntd_key key;

	return ntd_key_of(ev, &key, &sign);
}

static bool same(const struct nt_event *a, const struct nt_event *b)
{
	struct ntd_sign sign;
	struct ntd_key x, y;

	ntd_key_of(a, &x, &sign);
	ntd_key_of(b, &y, &sign);
	if (memcmp(&x, &y, sizeof(x)))
		return false;
	assert_int_equal(ntd_key_hash(&x, 1), ntd_key_hash(&y, 1));
	return true;
}

/* whichever end sends, and whatever the order of addresses and ports is */
static void test_directions(void **state)
{
	static const struct {
		uint8_t family;
		const char *a, *b;
		uint16_t ap, bp;
	} t[] = {
		{ NETTRACE_IPV4, "10.0.0.1", "10.0.0.2", 40000, 80 },
		{ NETTRACE_IPV4, "10.0.0.2", "10.0.0.1", 40000, 80 },
		{ NETTRACE_IPV4, "10.0.0.1", "10.0.0.1", 40000, 80 },
		{ NETTRACE_IPV4, "10.0.0.1", "10.0.0.1", 80, 40000 },
		{ NETTRACE_IPV4, "10.0.0.1", "10.0.0.1", 80, 80 },
		{ NETTRACE_IPV6, "fd00::1", "fd00::2", 40000, 80 },
		{ NETTRACE_IPV6, "fd00::2", "fd00::1", 40000, 80 },
		{ NETTRACE_IPV6, "fd00::1", "fd01::1", 40000, 80 },
		{ NETTRACE_IPV6, "fd00::1", "fd00::1", 80, 40000 },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nt_event ab =
			packet(t[i].family, IPPROTO_TCP, t[i].a, t[i].ap, t[i].b, t[i].bp);
		struct nt_event ba =
			packet(t[i].family, IPPROTO_TCP, t[i].b, t[i].bp, t[i].a, t[i].ap);
		struct nt_event other =
			packet(t[i].family, IPPROTO_TCP, t[i].a, t[i].ap, t[i].b, t[i].bp + 1);
		struct nt_event udp =
			packet(t[i].family, IPPROTO_UDP, t[i].a, t[i].ap, t[i].b, t[i].bp);

		assert_int_equal(kind_of(&ab), NTD_TUPLE);
		assert_true(same(&ab, &ba));
		assert_false(same(&ab, &other));
		assert_false(same(&ab, &udp));
		/* a FIN of each end: two different bits, unless the ends are one */
		ab.rec.packet.tcp_flags = NETTRACE_TH_FIN | NETTRACE_TH_ACK;
		ba.rec.packet.tcp_flags = NETTRACE_TH_FIN | NETTRACE_TH_ACK;
		if (t[i].ap != t[i].bp || strcmp(t[i].a, t[i].b))
			assert_int_equal(sign_of(&ab).fin | sign_of(&ba).fin, 3);
		/* a socket of either end, and the way of what it sends */
		ba = transition(t[i].family, t[i].b, t[i].bp, t[i].a, t[i].ap);
		assert_true(same(&ab, &ba));
		ba = blank(NETTRACE_ROUTE, t[i].family);
		ba.rec.route.proto = IPPROTO_TCP;
		addr(ba.rec.route.src, t[i].family, t[i].a);
		addr(ba.rec.route.dst, t[i].family, t[i].b);
		ba.rec.route.sport = t[i].ap;
		ba.rec.route.dport = t[i].bp;
		assert_true(same(&ab, &ba));
	}
}

/* addresses that mean one namespace only are not those of another */
static void test_loopback(void **state)
{
	static const struct {
		uint8_t family;
		const char *a, *b;
		bool only;
	} t[] = {
		{ NETTRACE_IPV4, "127.0.0.1", "127.0.0.1", true },
		{ NETTRACE_IPV4, "10.0.0.1", "127.9.0.1", true },
		{ NETTRACE_IPV4, "10.0.0.1", "10.0.0.2", false },
		{ NETTRACE_IPV6, "::1", "::1", true },
		{ NETTRACE_IPV6, "7f00::1", "fd00::1", false },
	};
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nt_event here = packet(t[i].family, IPPROTO_TCP, t[i].a, 1, t[i].b, 2);
		struct nt_event there = here;

		there.source = 1;
		assert_int_equal(same(&here, &there), !t[i].only);
	}
}

/* a socket of IPv6 that speaks IPv4 is in the conversation of its packets */
static void test_mapped(void **state)
{
	struct nt_event p = packet(NETTRACE_IPV4, IPPROTO_TCP, "10.0.0.1", 40000, "10.0.0.2", 80);
	struct nt_event s =
		transition(NETTRACE_IPV6, "::ffff:10.0.0.2", 80, "::ffff:10.0.0.1", 40000);
	struct nt_event v6 = transition(NETTRACE_IPV6, "fd00::2", 80, "fd00::1", 40000);

	(void)state;
	assert_true(same(&p, &s));
	assert_false(same(&p, &v6));
}

static void test_icmp(void **state)
{
	struct nt_event p = packet(NETTRACE_IPV4, IPPROTO_TCP, "10.0.0.1", 40000, "10.0.0.2", 80);
	struct nt_event e = packet(NETTRACE_IPV4, IPPROTO_ICMP, "10.9.9.9", 0, "10.0.0.1", 0);
	struct nt_event echo = e, reply, v6;

	(void)state;
	/* an error is about the packet that it quotes */
	e.rec.packet.icmp_type = 3;
	assert_int_equal(kind_of(&e), NTD_OTHER);
	e.rec.packet.flags |= NETTRACE_PKT_INNER;
	e.rec.packet.inner_proto = IPPROTO_TCP;
	addr(e.rec.packet.inner_src, NETTRACE_IPV4, "10.0.0.1");
	addr(e.rec.packet.inner_dst, NETTRACE_IPV4, "10.0.0.2");
	e.rec.packet.inner_sport = 40000;
	e.rec.packet.inner_dport = 80;
	assert_true(same(&p, &e));
	/* an echo and its reply, by their identifier */
	echo.rec.packet.icmp_type = 8;
	echo.rec.packet.icmp_id = 7;
	reply = packet(NETTRACE_IPV4, IPPROTO_ICMP, "10.0.0.1", 0, "10.9.9.9", 0);
	reply.rec.packet.icmp_type = 0;
	reply.rec.packet.icmp_id = 7;
	assert_true(same(&echo, &reply));
	assert_true(sign_of(&echo).met);
	reply.rec.packet.icmp_id = 8;
	assert_false(same(&echo, &reply));
	v6 = packet(NETTRACE_IPV6, IPPROTO_ICMPV6, "fd00::1", 0, "fd00::2", 0);
	v6.rec.packet.icmp_type = 128;
	assert_int_equal(kind_of(&v6), NTD_TUPLE);
	v6.rec.packet.icmp_type = 135;
	assert_int_equal(kind_of(&v6), NTD_OTHER);
}

/* what is in no conversation, or in one of which the other end is not known yet */
static void test_kinds(void **state)
{
	struct nt_event p = packet(NETTRACE_IPV4, IPPROTO_TCP, "10.0.0.1", 40000, "10.0.0.2", 80);
	struct nt_event s = transition(NETTRACE_IPV4, "10.0.0.1", 40000, "0.0.0.0", 0);
	struct nt_event ev = blank(NETTRACE_GAP, 0);

	(void)state;
	assert_int_equal(kind_of(&ev), NTD_OTHER);
	ev = blank(NETTRACE_PACKET, NETTRACE_ARP);
	assert_int_equal(kind_of(&ev), NTD_OTHER);
	ev = blank(NETTRACE_ROUTE, NETTRACE_IPV4);
	ev.rec.route.proto = IPPROTO_ICMP;
	assert_int_equal(kind_of(&ev), NTD_OTHER);
	p.rec.packet.flags = 0; /* a later fragment */
	assert_int_equal(kind_of(&p), NTD_OTHER);
	p.rec.packet.proto = IPPROTO_SCTP;
	assert_int_equal(kind_of(&p), NTD_OTHER);
	assert_int_equal(kind_of(&s), NTD_SOCKET);
	s.rec.state.new_state = NETTRACE_TCP_LISTEN;
	assert_int_equal(kind_of(&s), NTD_LISTENER);
	s.rec.state.old_state = NETTRACE_TCP_LISTEN;
	s.rec.state.new_state = NETTRACE_TCP_CLOSE;
	assert_int_equal(kind_of(&s), NTD_LISTENER);
	s.rec.state.old_state = NETTRACE_TCP_CLOSE;
	s.rec.state.sk_id = 0;
	assert_int_equal(kind_of(&s), NTD_OTHER);
}

static void test_signs(void **state)
{
	struct nt_event p = packet(NETTRACE_IPV4, IPPROTO_TCP, "10.0.0.1", 40000, "10.0.0.2", 80);
	struct nt_event s = transition(NETTRACE_IPV4, "10.0.0.1", 40000, "10.0.0.2", 80);
	struct nt_event udp = packet(NETTRACE_IPV4, IPPROTO_UDP, "10.0.0.1", 53, "10.0.0.2", 53);

	(void)state;
	assert_true(sign_of(&udp).met);
	p.rec.packet.tcp_flags = NETTRACE_TH_SYN;
	assert_true(sign_of(&p).syn && sign_of(&p).begins && !sign_of(&p).met);
	p.rec.packet.tcp_flags = NETTRACE_TH_SYN | NETTRACE_TH_ACK;
	assert_true(sign_of(&p).syn && !sign_of(&p).begins && !sign_of(&p).met);
	p.rec.packet.tcp_flags = NETTRACE_TH_RST;
	assert_true(sign_of(&p).reset && !sign_of(&p).met);
	p.rec.packet.tcp_flags = NETTRACE_TH_ACK;
	assert_true(sign_of(&p).met && !sign_of(&p).reset && !sign_of(&p).fin);
	assert_true(sign_of(&s).met && sign_of(&s).sk_id == 77);
	s.rec.state.what = NETTRACE_RST_RECEIVED;
	assert_true(sign_of(&s).reset);
	s.rec.state.kind = NETTRACE_SK_TIMEWAIT;
	s.rec.state.what = NETTRACE_BEGIN;
	assert_true(sign_of(&s).waits == 1 && !sign_of(&s).late);
	s.rec.state.what = NETTRACE_END;
	assert_true(sign_of(&s).waits == -1 && sign_of(&s).late);
}

/*
 * Keys that differ in a port only, as a flood from one address has them, are spread, and
 * another seed spreads them otherwise.  By chance one of 65536 places gets 9 of as many
 * now and then; 16 never.
 */
static void test_hash(void **state)
{
	static uint8_t hits[2][HASHED];
	uint32_t i, s, moved = 0;

	(void)state;
	memset(hits, 0, sizeof(hits));
	for (i = 0; i < HASHED; i++) {
		struct nt_event ev =
			packet(NETTRACE_IPV4, IPPROTO_TCP, "10.0.0.1", (uint16_t)i, "10.0.0.2", 80);
		struct ntd_sign sign;
		struct ntd_key key;
		unsigned int h[2];

		ntd_key_of(&ev, &key, &sign);
		for (s = 0; s < 2; s++) {
			h[s] = ntd_key_hash(&key, 0x123456789abcdefull + s) % HASHED;
			assert_true(++hits[s][h[s]] < 16);
		}
		moved += h[0] != h[1];
	}
	assert_true(moved > HASHED / 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_directions), cmocka_unit_test(test_loopback),
		cmocka_unit_test(test_mapped),	   cmocka_unit_test(test_icmp),
		cmocka_unit_test(test_kinds),	   cmocka_unit_test(test_signs),
		cmocka_unit_test(test_hash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
