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
 * IPv4 end: its packets are.  @local and @remote are zero before.
 *
 * Return: NETTRACE_IPV4 or NETTRACE_IPV6.
 */
static __always_inline u8 nt_sock_addresses(u8 local[16], u8 remote[16],
					    const struct sock *sk)
{
#if IS_ENABLED(CONFIG_IPV6)
	if (sk->sk_family == AF_INET6 &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_daddr) &&
	    !ipv6_addr_v4mapped(&sk->sk_v6_rcv_saddr)) {
		memcpy(local, &sk->sk_v6_rcv_saddr, 16);
		memcpy(remote, &sk->sk_v6_daddr, 16);
		return NETTRACE_IPV6;
	}
#endif
	memcpy(local, &sk->sk_rcv_saddr, 4);
	memcpy(remote, &sk->sk_daddr, 4);
	return NETTRACE_IPV4;
}

static inline void nt_tuple_of_sock(struct nt_tuple *t, const struct sock *sk,
				    u16 lport)
{
	memset(t, 0, sizeof(*t));
	t->family = nt_sock_addresses(t->local, t->remote, sk);
	t->lport = lport;
	t->rport = ntohs(sk->sk_dport);
	t->dif = sk->sk_bound_dev_if;
}

/*
 * The socket of an end in the established hash table: a full socket, a request
 * socket or a timewait socket, with a reference to drop by sock_gen_put(); NULL:
 * none.  Ports are in host order.  Context: rcu_read_lock(), as in a hook.
 */
static inline struct sock *nt_lookup4(struct net *net, __be32 remote, u16 rport,
				      __be32 local, u16 lport, int dif, int sdif)
{
	return __inet_lookup_established(net, remote, htons(rport), local,
					 lport, dif, sdif);
}

static inline struct sock *nt_lookup6(struct net *net,
				      const struct in6_addr *remote, u16 rport,
				      const struct in6_addr *local, u16 lport,
				      int dif, int sdif)
{
#if IS_ENABLED(CONFIG_IPV6)
	return __inet6_lookup_established(net, remote, htons(rport), local,
					  lport, dif, sdif);
#else
	return NULL;
#endif
}

/* the same, in any context */
static inline struct sock *nt_lookup(struct net *net, const struct nt_tuple *t)
{
	struct sock *sk;

	rcu_read_lock();
	if (t->family == NETTRACE_IPV4)
		sk = nt_lookup4(net, t->remote4, t->rport, t->local4, t->lport,
				t->dif, t->sdif);
	else
		sk = nt_lookup6(net, &t->remote6, t->rport, &t->local6, t->lport,
				t->dif, t->sdif);
	rcu_read_unlock();
	return sk;
}

#endif /* NETTRACE_TUPLE_H */
