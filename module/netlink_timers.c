// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink_timers.c - see netlink_timers.h
 */
#include "netlink_timers.h"
#include "timers.h"
#include "tuple.h"

const struct nla_policy nt_timers_policy[NETTRACE_A_SOCKET_IFINDEX + 1] = {
	[NETTRACE_A_SOCKET_FAMILY] = { .type = NLA_U32 },
	[NETTRACE_A_SOCKET_LOCAL] = { .type = NLA_BINARY, .len = 16 },
	[NETTRACE_A_SOCKET_REMOTE] = { .type = NLA_BINARY, .len = 16 },
	[NETTRACE_A_SOCKET_LPORT] = { .type = NLA_U32 },
	[NETTRACE_A_SOCKET_RPORT] = { .type = NLA_U32 },
	[NETTRACE_A_SOCKET_IFINDEX] = { .type = NLA_U32 },
};

static bool nt_take_addr(u8 addr[16], const struct nlattr *a, u8 family)
{
	int len = family == NETTRACE_IPV6 ? 16 : 4;

	if (!a || nla_len(a) != len)
		return false;
	memcpy(addr, nla_data(a), len);
	return true;
}

static bool nt_take_port(u16 *port, const struct nlattr *a)
{
	if (!a || nla_get_u32(a) > U16_MAX)
		return false;
	*port = nla_get_u32(a);
	return true;
}

/* 0 or -EINVAL: something is missing, or cannot be */
static int nt_take_tuple(struct nt_tuple *t, struct nlattr **a)
{
	u32 family;

	if (!a[NETTRACE_A_SOCKET_FAMILY])
		return -EINVAL;
	family = nla_get_u32(a[NETTRACE_A_SOCKET_FAMILY]);
	if (family != NETTRACE_IPV4 && family != NETTRACE_IPV6)
		return -EINVAL;
	t->family = family;
	if (a[NETTRACE_A_SOCKET_IFINDEX])
		t->dif = nla_get_u32(a[NETTRACE_A_SOCKET_IFINDEX]);
	if (!nt_take_addr(t->local, a[NETTRACE_A_SOCKET_LOCAL], family) ||
	    !nt_take_addr(t->remote, a[NETTRACE_A_SOCKET_REMOTE], family) ||
	    !nt_take_port(&t->lport, a[NETTRACE_A_SOCKET_LPORT]) ||
	    !nt_take_port(&t->rport, a[NETTRACE_A_SOCKET_RPORT]))
		return -EINVAL;
	return 0;
}

/**
 * nt_timers_asked() - sample the timers of the socket that a request names
 * @t:		cleared
 * @net:	its namespace
 * @info:	the request, which the policy has passed
 *
 * Return: 0, -EINVAL or -ENOENT, with a sentence.
 */
int nt_timers_asked(struct nettrace_timer *t, struct net *net,
		    struct genl_info *info)
{
	struct nlattr *a[NETTRACE_A_SOCKET_IFINDEX + 1];
	struct nt_tuple tuple = { };
	struct sock *sk;
	bool tcp;

	if (!info->attrs[NETTRACE_A_SOCKET] ||
	    nla_parse_nested(a, NETTRACE_A_SOCKET_IFINDEX,
			     info->attrs[NETTRACE_A_SOCKET], nt_timers_policy,
			     info->extack) ||
	    nt_take_tuple(&tuple, a)) {
		NL_SET_ERR_MSG(info->extack, "socket: give family (4 or 6), local and remote address of that family, lport and rport");
		return -EINVAL;
	}
	sk = nt_lookup(net, &tuple);
	tcp = sk && nt_timers_now(t, sk);
	if (sk)
		sock_gen_put(sk);
	if (tcp)
		return 0;
	NL_SET_ERR_MSG(info->extack, "there is no TCP socket with these addresses and ports in this namespace; listeners have no timers");
	return -ENOENT;
}

/* nt_put_timers() - the answer: 0 or -EMSGSIZE */
int nt_put_timers(struct sk_buff *skb, const struct nettrace_timer *t)
{
	struct nlattr *nest = nla_nest_start(skb, NETTRACE_A_TIMER);

	if (!nest ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_KIND, t->kind) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_STATE, t->sock_state) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_ARMED, t->armed) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_LEFT_MS, t->left_ms) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_DELACK_MS, t->delack_ms) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_KEEP_MS, t->keep_ms) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_RTO_US, t->rto_us) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_SRTT_US, t->srtt_us) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_RTTVAR_US, t->rttvar_us) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_BACKOFF, t->backoff) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_RETRANSMITS, t->retransmits) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_PROBES_OUT, t->probes_out) ||
	    nla_put_u32(skb, NETTRACE_A_TIMER_KEEP_PROBES, t->keep_probes))
		return -EMSGSIZE;
	nla_nest_end(skb, nest);
	return 0;
}
