// SPDX-License-Identifier: GPL-2.0-only
/*
 * netlink.c - the generic netlink family "nettrace"
 *
 * Purpose, context, locking: netlink.h.  Attributes are checked strictly, no
 * request outlives its answer, and every refusal says why in a sentence.
 */
#include <linux/netlink.h>
#include <linux/notifier.h>

#include "compat.h"
#include "control.h"
#include "filter.h"
#include "netlink.h"
#include "netlink_list.h"
#include "netlink_set.h"
#include "netlink_timers.h"
#include "notify.h"
#include "proc_file.h"
#include "uapi/nettrace_netlink.h"

/* flags that a request may have */
#define NT_FLAGS	(NLM_F_REQUEST | NLM_F_ACK | NLM_F_ECHO)

static struct genl_family nt_family;

static struct sk_buff *nt_answer(const struct genl_info *info, void **head)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*head = genlmsg_put(skb, info->snd_portid, info->snd_seq, &nt_family, 0,
			    info->genlhdr->cmd);
	if (*head)
		return skb;
	nlmsg_free(skb);
	return NULL;
}

/* @ret: 0, an error, or true: an attribute found no room */
static int nt_answer_with(int ret, struct sk_buff *skb, void *head,
			  struct genl_info *info)
{
	if (ret) {
		nlmsg_free(skb);
		return ret < 0 ? ret : -EMSGSIZE;
	}
	genlmsg_end(skb, head);
	return genlmsg_reply(skb, info);
}

/* ---- get ---------------------------------------------------------------- */

static int nt_put_settings(struct sk_buff *skb, const struct nt_settings *set)
{
	return nla_put_u32(skb, NETTRACE_A_RING, set->ring) ||
	       nla_put_u32(skb, NETTRACE_A_PAYLOAD, set->payload) ||
	       nla_put_u32(skb, NETTRACE_A_MINISOCKS, set->minis) ||
	       nla_put_u32(skb, NETTRACE_A_HOOKS, set->hooks);
}

static int nt_put_filter(struct sk_buff *skb, const struct nt_filter *f)
{
	if (nla_put_u32(skb, NETTRACE_A_FILTER_LEN, f ? f->len : 0))
		return -EMSGSIZE;
	return f && f->owner ? nla_put_flag(skb, NETTRACE_A_FILTER_OWNED) : 0;
}

static int nt_put_extra(struct sk_buff *skb, unsigned int extra)
{
	return nla_put_u32(skb, NETTRACE_A_TIMERS, !!(extra & NT_TIMERS)) ||
	       nla_put_u32(skb, NETTRACE_A_CALLS, !!(extra & NT_CALLS)) ||
	       nla_put_u32(skb, NETTRACE_A_ROUTES, !!(extra & NT_ROUTES));
}

static int nt_put_trace(struct sk_buff *skb, struct nt_net *nt)
{
	const struct nt_trace *tr = nt_running(nt);

	return nla_put_string(skb, NETTRACE_A_VERSION, NT_VERSION) ||
	       nla_put_u32(skb, NETTRACE_A_ABI, NETTRACE_ABI) ||
	       nla_put_u32(skb, NETTRACE_A_NETNS, nt->net->ns.inum) ||
	       (tr && nla_put_flag(skb, NETTRACE_A_TRACING)) ||
	       nla_put_u32(skb, NETTRACE_A_REFUSED, -nt->refused) ||
	       nt_put_settings(skb, tr ? &tr->set : &nt->set) ||
	       nla_put_u64_64bit(skb, NETTRACE_A_MEMORY, nt_ring_memory(),
				 NETTRACE_A_PAD) ||
	       nla_put_u64_64bit(skb, NETTRACE_A_MEMORY_MAX,
				 nt_ring_memory_max(), NETTRACE_A_PAD) ||
	       nla_put_u32(skb, NETTRACE_A_READERS, nt->nreaders) ||
	       nt_put_filter(skb, nt->filter) ||
	       nt_put_extra(skb, tr ? nt->extra : nt->set.extra);
}

static int nt_get(struct nt_net *nt, struct genl_info *info)
{
	struct sk_buff *ans;
	void *head;
	int ret;

	ans = nt_answer(info, &head);
	if (!ans)
		return -ENOMEM;
	mutex_lock(&nt->lock);
	ret = nt_put_trace(ans, nt);
	mutex_unlock(&nt->lock);
	return nt_answer_with(ret, ans, head, info);
}

/* ---- start, stop, set ---------------------------------------------------- */

static int nt_start_now(struct nt_net *nt, struct genl_info *info)
{
	int ret;

	mutex_lock(&nt->lock);
	ret = nt_start_asked(nt, info);
	mutex_unlock(&nt->lock);
	return ret;
}

static int nt_stop_now(struct nt_net *nt, struct genl_info *info)
{
	int ret;

	mutex_lock(&nt->lock);
	ret = nt_stop_locked(nt);
	if (ret == -EALREADY)
		NL_SET_ERR_MSG(info->extack, "this namespace is not being traced");
	mutex_unlock(&nt->lock);
	return ret;
}

static int nt_set_now(struct nt_net *nt, struct genl_info *info)
{
	int ret;

	mutex_lock(&nt->lock);
	ret = nt_set_asked(nt, info);
	mutex_unlock(&nt->lock);
	return ret;
}

/* ---- filters that go with their socket ------------------------------------ */

/*
 * A filter goes with the socket that set it, unless its owner reads: then it goes
 * with the reader, and no socket has to keep the namespace alive.
 */
static void nt_lose_socket(struct nt_net *nt)
{
	if (!nt->filter || !nt_reads(nt, nt->filter->owner)) {
		nt_filter_disown(nt);
		return;
	}
	nt->filter->portid = 0;
	WRITE_ONCE(nt->filter_port, 0);
}

static int nt_socket_closed(struct notifier_block *nb, unsigned long event,
			    void *arg)
{
	const struct netlink_notify *closed = arg;
	struct nt_net *nt;

	if (event != NETLINK_URELEASE || closed->protocol != NETLINK_GENERIC)
		return NOTIFY_DONE;
	nt = nt_net(closed->net);
	if (READ_ONCE(nt->filter_port) != closed->portid)
		return NOTIFY_DONE;
	mutex_lock(&nt->lock);
	if (nt->filter_port == closed->portid)
		nt_lose_socket(nt);
	mutex_unlock(&nt->lock);
	return NOTIFY_OK;
}

static struct notifier_block nt_closed = {
	.notifier_call = nt_socket_closed,
};

/* ---- counters, sockets --------------------------------------------------- */

static int nt_list(struct nt_net *nt, struct genl_info *info,
		   int (*put)(struct sk_buff *skb, const struct nt_trace *tr,
			      u32 from))
{
	const struct nt_trace *tr;
	struct sk_buff *ans;
	int ret = -ENODATA;
	u32 from = 0;
	void *head;

	ans = nt_answer(info, &head);
	if (!ans)
		return -ENOMEM;
	nt_has_u32(info, NETTRACE_A_FROM, &from);
	mutex_lock(&nt->lock);
	tr = nt_running(nt);
	if (tr)
		ret = put(ans, tr, from);
	mutex_unlock(&nt->lock);
	if (tr)
		return nt_answer_with(ret, ans, head, info);
	nlmsg_free(ans);
	NL_SET_ERR_MSG(info->extack, "this namespace is not being traced: there is nothing to count or to list");
	return ret;
}

static int nt_counters(struct nt_net *nt, struct genl_info *info)
{
	return nt_list(nt, info, nt_put_cpus);
}

static int nt_sockets(struct nt_net *nt, struct genl_info *info)
{
	return nt_list(nt, info, nt_put_sockets);
}

/* ---- timers of a socket, now ---------------------------------------------- */

static int nt_timers(struct nt_net *nt, struct genl_info *info)
{
	struct nettrace_timer t = { };
	struct sk_buff *ans;
	void *head;
	int ret;

	ret = nt_timers_asked(&t, nt->net, info);
	if (ret)
		return ret;
	ans = nt_answer(info, &head);
	if (!ans)
		return -ENOMEM;
	return nt_answer_with(nt_put_timers(ans, &t), ans, head, info);
}

/* ---- the family --------------------------------------------------------- */

/* a policy as long as its last attribute; what it does not name is refused */
static const struct nla_policy nt_none_policy[NETTRACE_A_PAD + 1] = { };

static const struct nla_policy nt_start_policy[NETTRACE_A_ROUTES + 1] = {
	[NETTRACE_A_RING] = { .type = NLA_U32 },
	[NETTRACE_A_PAYLOAD] = { .type = NLA_U32 },
	[NETTRACE_A_MINISOCKS] = { .type = NLA_U32 },
	[NETTRACE_A_HOOKS] = { .type = NLA_U32 },
	[NETTRACE_A_TIMERS] = { .type = NLA_U32 },
	[NETTRACE_A_CALLS] = { .type = NLA_U32 },
	[NETTRACE_A_ROUTES] = { .type = NLA_U32 },
};

static const struct nla_policy nt_set_policy[NETTRACE_A_ROUTES + 1] = {
	[NETTRACE_A_RING] = { .type = NLA_U32 },
	[NETTRACE_A_PAYLOAD] = { .type = NLA_U32 },
	[NETTRACE_A_MINISOCKS] = { .type = NLA_U32 },
	[NETTRACE_A_HOOKS] = { .type = NLA_U32 },
	[NETTRACE_A_FILTER] = { .type = NLA_BINARY },
	[NETTRACE_A_FILTER_OWNED] = { .type = NLA_FLAG },
	[NETTRACE_A_TIMERS] = { .type = NLA_U32 },
	[NETTRACE_A_CALLS] = { .type = NLA_U32 },
	[NETTRACE_A_WHILE_READING] = { .type = NLA_FLAG },
	[NETTRACE_A_ROUTES] = { .type = NLA_U32 },
};

static const struct nla_policy nt_from_policy[NETTRACE_A_FROM + 1] = {
	[NETTRACE_A_FROM] = { .type = NLA_U32 },
};

static const struct nla_policy nt_socket_policy[NETTRACE_A_SOCKET + 1] = {
	[NETTRACE_A_SOCKET] = NLA_POLICY_NESTED(nt_timers_policy),
};

struct nt_cmd {
	int (*doit)(struct nt_net *nt, struct genl_info *info);
	const struct nla_policy *policy;
	int maxattr;
};

static const struct nt_cmd nt_cmds[] = {
	[NETTRACE_CMD_GET] = { nt_get, nt_none_policy, ARRAY_SIZE(nt_none_policy) - 1 },
	[NETTRACE_CMD_START] = { nt_start_now, nt_start_policy, ARRAY_SIZE(nt_start_policy) - 1 },
	[NETTRACE_CMD_STOP] = { nt_stop_now, nt_none_policy, ARRAY_SIZE(nt_none_policy) - 1 },
	[NETTRACE_CMD_SET] = { nt_set_now, nt_set_policy, ARRAY_SIZE(nt_set_policy) - 1 },
	[NETTRACE_CMD_COUNTERS_GET] = {
		nt_counters, nt_from_policy, ARRAY_SIZE(nt_from_policy) - 1
	},
	[NETTRACE_CMD_SOCKETS_GET] = { nt_sockets, nt_from_policy, ARRAY_SIZE(nt_from_policy) - 1 },
	[NETTRACE_CMD_TIMERS_GET] = {
		nt_timers, nt_socket_policy, ARRAY_SIZE(nt_socket_policy) - 1
	},
};

/*
 * Every request comes this way.  Who may not ask is told so, whatever else is wrong
 * with it; the core's own check would refuse without a sentence.
 *
 * The core is not told the policies.  It would give them to anybody who asks for a dump
 * of them, and as long as that one does not read on the module could not be unloaded.
 */
static int nt_doit(struct sk_buff *skb, struct genl_info *info)
{
	const struct nt_cmd *cmd = &nt_cmds[info->genlhdr->cmd];
	struct nlattr *attrs[NETTRACE_A_MAX + 1] = { };
	struct net *net = genl_info_net(info);
	int ret;

	if (!netlink_ns_capable(skb, net->user_ns, CAP_NET_ADMIN)) {
		NL_SET_ERR_MSG(info->extack, "CAP_NET_ADMIN is needed in the user namespace that owns this network namespace");
		return -EPERM;
	}
	if (info->genlhdr->reserved || info->nlhdr->nlmsg_flags & ~NT_FLAGS) {
		NL_SET_ERR_MSG(info->extack, "the headers have bytes or flags set that mean nothing here; leave them 0");
		return -EINVAL;
	}
	ret = genlmsg_parse(info->nlhdr, &nt_family, attrs, cmd->maxattr,
			    cmd->policy, info->extack);
	if (ret)
		return ret;
	info->attrs = attrs;
	ret = cmd->doit(nt_net(net), info);
	info->attrs = NULL;
	return ret;
}

/* those of nt_cmds[]; the other numbers are notifications */
static const struct genl_small_ops nt_ops[] = {
	{ .cmd = NETTRACE_CMD_GET, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_START, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_STOP, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_SET, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_COUNTERS_GET, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_SOCKETS_GET, .doit = nt_doit },
	{ .cmd = NETTRACE_CMD_TIMERS_GET, .doit = nt_doit },
};

#ifdef NT_MCAST_CAP
static const struct genl_multicast_group nt_groups[] = {
	{ .name = NETTRACE_MCGRP_EVENTS, NT_MCAST_CAP },
};
#endif

static struct genl_family nt_family __ro_after_init = {
	.name = NETTRACE_FAMILY_NAME,
	.version = NETTRACE_FAMILY_VERSION,
	.netnsok = true,
	.parallel_ops = true,
	.small_ops = nt_ops,
	.n_small_ops = ARRAY_SIZE(nt_ops),
#ifdef NT_HAVE_RESV_START_OP
	/* the core leaves attributes to nt_doit() */
	.resv_start_op = __NETTRACE_CMD_MAX,
#endif
#ifdef NT_MCAST_CAP
	.mcgrps = nt_groups,
	.n_mcgrps = ARRAY_SIZE(nt_groups),
#endif
	.module = THIS_MODULE,
};

int __init nt_netlink_init(void)
{
	int ret;

	ret = netlink_register_notifier(&nt_closed);
	if (ret)
		return ret;
	ret = genl_register_family(&nt_family);
	if (ret) {
		netlink_unregister_notifier(&nt_closed);
		return ret;
	}
	if (nt_family.n_mcgrps)
		nt_notify_on(&nt_family);
	return 0;
}

/* no request is under way after this, and nothing is sent */
void nt_netlink_exit(void)
{
	nt_notify_off();
	genl_unregister_family(&nt_family);
	netlink_unregister_notifier(&nt_closed);
}
