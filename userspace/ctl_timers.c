// SPDX-License-Identifier: GPL-2.0-only
/*
 * ctl_timers.c - the timers of one socket, asked of the module
 */
#include <errno.h>
#include <string.h>

#include "../module/uapi/nettrace_netlink.h"
#include "ctl_priv.h"
#include "i18n.h"

static bool small(const struct nlattr *a, uint8_t *v)
{
	uint32_t n;

	if (!nt_ctl_u32(a, &n) || n > UINT8_MAX)
		return false;
	*v = (uint8_t)n;
	return true;
}

static int take_timers(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1], *b[NETTRACE_A_TIMER_MAX + 1];
	struct nt_attrs outer = { a, NETTRACE_A_MAX }, inner = { b, NETTRACE_A_TIMER_MAX };
	struct nettrace_timer *r = arg;

	nt_ctl_attrs(nlh, &outer);
	if (!a[NETTRACE_A_TIMER])
		return -EPROTO;
	nt_ctl_nest(a[NETTRACE_A_TIMER], &inner);
	if (!small(b[NETTRACE_A_TIMER_KIND], &r->kind) || r->kind >= __NETTRACE_SK_KIND_MAX ||
	    !small(b[NETTRACE_A_TIMER_STATE], &r->sock_state) ||
	    r->sock_state >= __NETTRACE_TCP_STATE_MAX ||
	    !small(b[NETTRACE_A_TIMER_ARMED], &r->armed) ||
	    !small(b[NETTRACE_A_TIMER_BACKOFF], &r->backoff) ||
	    !small(b[NETTRACE_A_TIMER_RETRANSMITS], &r->retransmits) ||
	    !small(b[NETTRACE_A_TIMER_PROBES_OUT], &r->probes_out) ||
	    !small(b[NETTRACE_A_TIMER_KEEP_PROBES], &r->keep_probes) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_LEFT_MS], &r->left_ms) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_DELACK_MS], &r->delack_ms) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_KEEP_MS], &r->keep_ms) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_RTO_US], &r->rto_us) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_SRTT_US], &r->srtt_us) ||
	    !nt_ctl_u32(b[NETTRACE_A_TIMER_RTTVAR_US], &r->rttvar_us))
		return -EPROTO;
	return 0;
}

int nt_ctl_timers(struct nt_ctl *c, const struct nt_ctl_tuple *t, struct nettrace_timer *r,
		  struct nt_error *err)
{
	static const char *const what = N_("ask the module for a socket's timers");
	struct nlmsghdr *nlh = nt_ctl_request(c, NETTRACE_CMD_TIMERS_GET);
	size_t len = t->family == NETTRACE_IPV4 ? 4 : 16;
	struct nlattr *nest;
	int ret;

	memset(r, 0, sizeof(*r));
	nest = mnl_attr_nest_start(nlh, NETTRACE_A_SOCKET);
	mnl_attr_put_u32(nlh, NETTRACE_A_SOCKET_FAMILY, t->family);
	mnl_attr_put(nlh, NETTRACE_A_SOCKET_LOCAL, len, t->local);
	mnl_attr_put(nlh, NETTRACE_A_SOCKET_REMOTE, len, t->remote);
	mnl_attr_put_u32(nlh, NETTRACE_A_SOCKET_LPORT, t->lport);
	mnl_attr_put_u32(nlh, NETTRACE_A_SOCKET_RPORT, t->rport);
	if (t->ifindex)
		mnl_attr_put_u32(nlh, NETTRACE_A_SOCKET_IFINDEX, t->ifindex);
	mnl_attr_nest_end(nlh, nest);
	ret = nt_ctl_talk(c, take_timers, r, what, err);
	if (!ret && r->kind == NETTRACE_SK_NONE)
		ret = nt_ctl_bad_answer(what, err);
	return ret;
}
