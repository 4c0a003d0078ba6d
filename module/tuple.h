/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * tuple.h - the addresses of an end, and the kernel's socket for them
 *
 * Purpose:   one way to name an end and to ask the kernel's own hash tables
 *            for its socket.  The kernel keeps the table of connections.
 * Context:   any; the look-ups take rcu_read_lock() themselves.
 */
#ifndef NETTRACE_TUPLE_H
#define NETTRACE_TUPLE_H

#include <linux/ipv6.h>
#include <linux/string.h>

#include "compat.h"
#include "uapi/nettrace.h"

struct nt_tuple {
	union {
		__be32 local4;
		struct in6_addr local6;
		u8 local[16];
	};
	union {
		__be32 remote4;
		struct in6_addr remote6;
		u8 remote[16];
	};
	u16 lport;		/* host order */
	u16 rport;
	int dif;		/* device the socket is bound to, or arrived on */
	int sdif;
	u8 family;		/* NETTRACE_IPV4, NETTRACE_IPV6 */
};

static inline bool nt_tuple_equal(const struct nt_tuple *a,
				  const struct nt_tuple *b)
{
	return a->lport == b->lport && a->rport == b->rport &&
	       a->family == b->family &&
	       !memcmp(a->local, b->local, 16) &&
	       !memcmp(a->remote, b->remote, 16);
}

/*
 * The addresses of a TCP socket, full or mini: struct sock_common begins all
 * three kinds.  An IPv6 socket that speaks IPv4 (RFC 4291, 2.5.5.2) is an
 * IPv4 end: its packets are.
 */
static inline void nt_tuple_of_sock(struct nt_tuple *t, const struct sock *sk)
{
	memset(t, 0, sizeof(*t));
	t->rport = ntohs(sk->sk_dport);
	t->dif = sk->sk_bound_dev_if;
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_daddr) &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr)) {
		t->family = NETTRACE_IPV6;
		t->local6 = sk->sk_v6_rcv_saddr;
		t->remote6 = sk->sk_v6_daddr;
		return;
	}
#endif
	t->family = NETTRACE_IPV4;
	t->local4 = sk->sk_rcv_saddr;
	t->remote4 = sk->sk_daddr;
}

/**
 * nt_lookup() - the socket of this end in the established hash table
 *
 * Return: a full socket, a request socket or a timewait socket, with a
 * reference to drop by sock_gen_put(); NULL: none.
 */
static inline struct sock *nt_lookup(struct net *net, const struct nt_tuple *t)
{
	struct sock *sk = NULL;

	rcu_read_lock();
	if (t->family == NETTRACE_IPV4)
		sk = __inet_lookup_established(net, nt_hashinfo(net), t->remote4,
					       htons(t->rport), t->local4,
					       t->lport, t->dif, t->sdif);
#if IS_ENABLED(CONFIG_IPV6)
	else
		sk = __inet6_lookup_established(net, nt_hashinfo(net),
						&t->remote6, htons(t->rport),
						&t->local6, t->lport, t->dif,
						t->sdif);
#endif
	rcu_read_unlock();
	return sk;
}

#endif /* NETTRACE_TUPLE_H */
