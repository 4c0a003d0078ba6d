// SPDX-License-Identifier: GPL-2.0-only
/*
 * ctl.c - what the module's netlink family is asked, and what it answers
 *
 * Purpose, ownership, errors: ctl.h.  The document of record is
 * module/uapi/nettrace.yaml.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "ctl_priv.h"
#include "filter.h"
#include "i18n.h"
#include "live_open.h"
#include "netns.h"

_Static_assert((int)NT_HOOKS_DEFAULT == (int)NETTRACE_HOOKS_DEFAULT &&
		       (int)NT_HOOKS_PATH == (int)NETTRACE_HOOKS_PATH,
	       "as the module numbers them");

int nt_ctl_open(struct nt_ctl **c, int nsfd, struct nt_error *err)
{
	const char *stage;
	int fd, ret;

	*c = NULL;
	fd = nt_netns_socket(nsfd, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC, &stage);
	if (fd == -EPERM)
		return nt_error_set(
			err, fd,
			_("entering another network namespace needs CAP_SYS_ADMIN: run with sudo"));
	if (fd < 0)
		return nt_error_set(err, fd, _("cannot %s: %s"),
				    strcmp(stage, "enter") ? _("make a netlink socket") :
							     _("enter the network namespace"),
				    strerror(-fd));
	ret = nt_ctl_fd(c, fd, err);
	return ret == -ENOENT ? nt_live_not_loaded(err) : ret;
}

void nt_ctl_close(struct nt_ctl *c)
{
	if (!c)
		return;
	close(c->fd);
	free(c);
}

static bool take_settings(const struct nlattr **a, struct nt_ctl_trace *t)
{
	uint32_t hooks = 0;

	if (!nt_ctl_u32(a[NETTRACE_A_RING], &t->ring) ||
	    !nt_ctl_u32(a[NETTRACE_A_PAYLOAD], &t->payload) ||
	    !nt_ctl_u32(a[NETTRACE_A_MINISOCKS], &t->minisocks) ||
	    !nt_ctl_u32(a[NETTRACE_A_HOOKS], &hooks) || hooks > NT_HOOKS_LINK)
		return false;
	t->hooks = (enum nt_hooks)hooks;
	return true;
}

static bool take_bool(const struct nlattr *a, bool *v)
{
	uint32_t n;

	if (!nt_ctl_u32(a, &n) || n > 1)
		return false;
	*v = n;
	return true;
}

static int take_trace(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1];
	struct nt_attrs t = { a, NETTRACE_A_MAX };
	struct nt_ctl_trace *tr = arg;

	nt_ctl_attrs(nlh, &t);
	if (!nt_ctl_text(a[NETTRACE_A_VERSION], tr->version, sizeof(tr->version)) ||
	    !nt_ctl_u32(a[NETTRACE_A_ABI], &tr->abi) ||
	    !nt_ctl_u32(a[NETTRACE_A_NETNS], &tr->netns) || !take_settings(a, tr) ||
	    !nt_ctl_u64(a[NETTRACE_A_MEMORY], &tr->memory) ||
	    !nt_ctl_u64(a[NETTRACE_A_MEMORY_MAX], &tr->memory_max) ||
	    !nt_ctl_u32(a[NETTRACE_A_READERS], &tr->readers))
		return -EPROTO;
	/* these are left out where they say nothing */
	if (a[NETTRACE_A_REFUSED] && !nt_ctl_u32(a[NETTRACE_A_REFUSED], &tr->refused))
		return -EPROTO;
	if (a[NETTRACE_A_FILTER_LEN] && !nt_ctl_u32(a[NETTRACE_A_FILTER_LEN], &tr->filter_len))
		return -EPROTO;
	/* an older module has none */
	if ((a[NETTRACE_A_TIMERS] && !take_bool(a[NETTRACE_A_TIMERS], &tr->timers)) ||
	    (a[NETTRACE_A_CALLS] && !take_bool(a[NETTRACE_A_CALLS], &tr->calls)))
		return -EPROTO;
	tr->tracing = a[NETTRACE_A_TRACING];
	tr->filter_owned = a[NETTRACE_A_FILTER_OWNED];
	return 0;
}

int nt_ctl_get(struct nt_ctl *c, struct nt_ctl_trace *t, struct nt_error *err)
{
	int ret;

	memset(t, 0, sizeof(*t));
	nt_ctl_request(c, NETTRACE_CMD_GET);
	ret = nt_ctl_talk(c, take_trace, t, N_("ask the module for its settings"), err);
	if (!ret && !*t->version)
		ret = nt_ctl_bad_answer(N_("ask the module for its settings"), err);
	return ret;
}

int nt_ctl_start(struct nt_ctl *c, const struct nt_ctl_settings *set, struct nt_error *err)
{
	struct nlmsghdr *nlh = nt_ctl_request(c, NETTRACE_CMD_START);

	if (set && set->ring)
		mnl_attr_put_u32(nlh, NETTRACE_A_RING, set->ring);
	if (set && set->minisocks)
		mnl_attr_put_u32(nlh, NETTRACE_A_MINISOCKS, set->minisocks);
	if (set && set->payload >= 0)
		mnl_attr_put_u32(nlh, NETTRACE_A_PAYLOAD, (uint32_t)set->payload);
	if (set && set->hooks >= 0)
		mnl_attr_put_u32(nlh, NETTRACE_A_HOOKS, (uint32_t)set->hooks);
	if (set && set->timers >= 0)
		mnl_attr_put_u32(nlh, NETTRACE_A_TIMERS, (uint32_t)set->timers);
	if (set && set->calls >= 0)
		mnl_attr_put_u32(nlh, NETTRACE_A_CALLS, (uint32_t)set->calls);
	return nt_ctl_talk(c, NULL, NULL, N_("start tracing"), err);
}

int nt_ctl_stop(struct nt_ctl *c, struct nt_error *err)
{
	nt_ctl_request(c, NETTRACE_CMD_STOP);
	return nt_ctl_talk(c, NULL, NULL, N_("stop tracing"), err);
}

int nt_ctl_filter(struct nt_ctl *c, const struct nt_filter *f, bool owned, struct nt_error *err)
{
	struct nlmsghdr *nlh = nt_ctl_request(c, NETTRACE_CMD_SET);
	const struct sock_filter *prog = NULL;
	unsigned int n = 0;

	if (f)
		prog = nt_filter_program(f, &n);
	mnl_attr_put(nlh, NETTRACE_A_FILTER, n * sizeof(*prog), prog);
	if (owned)
		mnl_attr_put(nlh, NETTRACE_A_FILTER_OWNED, 0, NULL);
	return nt_ctl_talk(c, NULL, NULL, f ? N_("set the filter") : N_("remove the filter"), err);
}

int nt_ctl_ask(struct nt_ctl *c, bool timers, bool calls, struct nt_error *err)
{
	struct nlmsghdr *nlh = nt_ctl_request(c, NETTRACE_CMD_SET);

	if (timers)
		mnl_attr_put_u32(nlh, NETTRACE_A_TIMERS, 1);
	if (calls)
		mnl_attr_put_u32(nlh, NETTRACE_A_CALLS, 1);
	mnl_attr_put(nlh, NETTRACE_A_WHILE_READING, 0, NULL);
	return nt_ctl_talk(c, NULL, NULL, N_("record timers or system calls"), err);
}

int nt_ctl_ask_routes(struct nt_ctl *c, struct nt_error *err)
{
	struct nlmsghdr *nlh = nt_ctl_request(c, NETTRACE_CMD_SET);

	mnl_attr_put_u32(nlh, NETTRACE_A_ROUTES, 1);
	mnl_attr_put(nlh, NETTRACE_A_WHILE_READING, 0, NULL);
	return nt_ctl_talk(c, NULL, NULL, N_("record routes"), err);
}

/* an answer in pieces: an array that grows, and where to go on */
struct list {
	uint8_t *item;
	size_t n, cap, size;
	uint16_t type; /* of the nested attributes */
	bool (*take)(const struct nlattr *nest, void *item);
	bool more;
	uint32_t next;
};

static int grow(struct list *l)
{
	size_t cap = l->cap ? 2 * l->cap : 64;
	uint8_t *p;

	if (l->n < l->cap)
		return 0;
	p = reallocarray(l->item, cap, l->size);
	if (!p)
		return -ENOMEM;
	l->item = p;
	l->cap = cap;
	return 0;
}

static int take_piece(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a[NETTRACE_A_MAX + 1], *each;
	struct nt_attrs t = { a, NETTRACE_A_MAX };
	struct list *l = arg;
	uint8_t *item;

	nt_ctl_attrs(nlh, &t);
	if (a[NETTRACE_A_NEXT]) {
		if (!nt_ctl_u32(a[NETTRACE_A_NEXT], &l->next))
			return -EPROTO;
		l->more = true;
	}
	mnl_attr_for_each(each, nlh, sizeof(struct genlmsghdr)) {
		if (mnl_attr_get_type(each) != l->type)
			continue;
		if (grow(l))
			return -ENOMEM;
		item = l->item + l->n * l->size;
		memset(item, 0, l->size);
		if (!l->take(each, item))
			return -EPROTO;
		l->n++;
	}
	return 0;
}

static int ask_list(struct nt_ctl *c, uint8_t cmd, struct list *l, const char *what,
		    struct nt_error *err)
{
	uint32_t from = 0;
	int ret;

	do {
		struct nlmsghdr *nlh = nt_ctl_request(c, cmd);

		if (from)
			mnl_attr_put_u32(nlh, NETTRACE_A_FROM, from);
		l->more = false;
		ret = nt_ctl_talk(c, take_piece, l, what, err);
		if (!ret && l->more && l->next <= from)
			ret = nt_ctl_bad_answer(what, err);
		from = l->next;
	} while (!ret && l->more);
	if (!ret)
		return 0;
	free(l->item);
	l->item = NULL;
	l->n = 0;
	return ret;
}

static bool take_cpu(const struct nlattr *nest, void *item)
{
	const struct nlattr *a[NETTRACE_A_CPU_MAX + 1];
	struct nt_attrs t = { a, NETTRACE_A_CPU_MAX };
	struct nt_ctl_cpu *cpu = item;

	nt_ctl_nest(nest, &t);
	return nt_ctl_u32(a[NETTRACE_A_CPU_ID], &cpu->cpu) &&
	       nt_ctl_u64(a[NETTRACE_A_CPU_SEEN], &cpu->seen) &&
	       nt_ctl_u64(a[NETTRACE_A_CPU_RECORDED], &cpu->recorded) &&
	       nt_ctl_u64(a[NETTRACE_A_CPU_FILTERED], &cpu->filtered) &&
	       nt_ctl_u64(a[NETTRACE_A_CPU_UNRECORDED], &cpu->unrecorded) &&
	       nt_ctl_u64(a[NETTRACE_A_CPU_OVERWRITTEN], &cpu->overwritten);
}

int nt_ctl_counters(struct nt_ctl *c, struct nt_ctl_cpu **cpu, size_t *n, struct nt_error *err)
{
	struct list l = { .size = sizeof(**cpu), .type = NETTRACE_A_CPU, .take = take_cpu };
	int ret = ask_list(c, NETTRACE_CMD_COUNTERS_GET, &l, N_("ask the module for its counters"),
			   err);

	*cpu = (struct nt_ctl_cpu *)l.item;
	*n = l.n;
	return ret;
}

static bool take_addr(const struct nlattr *a, uint8_t family, uint8_t *addr)
{
	size_t size = family == NETTRACE_IPV4 ? 4 : 16;

	if (!a || mnl_attr_get_payload_len(a) != size)
		return false;
	memcpy(addr, mnl_attr_get_payload(a), size);
	return true;
}

static bool take_sock(const struct nlattr *nest, void *item)
{
	const struct nlattr *a[NETTRACE_A_SOCKET_MAX + 1];
	struct nt_attrs t = { a, NETTRACE_A_SOCKET_MAX };
	uint32_t kind, state, family, lport, rport;
	struct nt_ctl_sock *s = item;

	nt_ctl_nest(nest, &t);
	if (!nt_ctl_u32(a[NETTRACE_A_SOCKET_KIND], &kind) || kind >= __NETTRACE_SK_KIND_MAX ||
	    !nt_ctl_u32(a[NETTRACE_A_SOCKET_STATE], &state) || state >= __NETTRACE_TCP_STATE_MAX ||
	    !nt_ctl_u32(a[NETTRACE_A_SOCKET_FAMILY], &family) ||
	    (family != NETTRACE_IPV4 && family != NETTRACE_IPV6) ||
	    !nt_ctl_u32(a[NETTRACE_A_SOCKET_LPORT], &lport) || lport > UINT16_MAX ||
	    !nt_ctl_u32(a[NETTRACE_A_SOCKET_RPORT], &rport) || rport > UINT16_MAX ||
	    !nt_ctl_u32(a[NETTRACE_A_SOCKET_LEFT_MS], &s->left_ms))
		return false;
	s->kind = (uint8_t)kind;
	s->state = (uint8_t)state;
	s->family = (uint8_t)family;
	s->lport = (uint16_t)lport;
	s->rport = (uint16_t)rport;
	if (a[NETTRACE_A_SOCKET_SK_ID] && !nt_ctl_u64(a[NETTRACE_A_SOCKET_SK_ID], &s->sk_id))
		return false;
	return take_addr(a[NETTRACE_A_SOCKET_LOCAL], s->family, s->local) &&
	       take_addr(a[NETTRACE_A_SOCKET_REMOTE], s->family, s->remote);
}

int nt_ctl_sockets(struct nt_ctl *c, struct nt_ctl_sock **s, size_t *n, struct nt_error *err)
{
	struct list l = { .size = sizeof(**s), .type = NETTRACE_A_SOCKET, .take = take_sock };
	int ret = ask_list(c, NETTRACE_CMD_SOCKETS_GET, &l, N_("ask the module for its sockets"),
			   err);

	*s = (struct nt_ctl_sock *)l.item;
	*n = l.n;
	return ret;
}
