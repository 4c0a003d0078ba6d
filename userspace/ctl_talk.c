// SPDX-License-Identifier: GPL-2.0-only
/*
 * ctl_talk.c - one netlink request and its answers
 *
 * Purpose, ownership: ctl_priv.h.
 *
 * Nothing of an answer is believed before its length is checked, for the module
 * may be of another version.  What does not belong to the request (another
 * number) is passed over.
 */
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "ctl_priv.h"
#include "i18n.h"

#ifndef SOL_NETLINK
#define SOL_NETLINK 270
#endif

struct nlmsghdr *nt_ctl_request(struct nt_ctl *c, uint8_t cmd)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(c->out.b);
	struct genlmsghdr *g;

	nlh->nlmsg_type = c->family;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nlh->nlmsg_seq = ++c->seq;
	g = mnl_nlmsg_put_extra_header(nlh, sizeof(*g));
	g->cmd = cmd;
	g->version = c->family == GENL_ID_CTRL ? 1 : NETTRACE_FAMILY_VERSION;
	return nlh;
}

int nt_ctl_bad_answer(const char *what, struct nt_error *err)
{
	return nt_error_set(
		err, -EPROTO,
		_("cannot %s: the module's answer is not understood: rebuild module and nettrace together"),
		_(what));
}

static void collect(const struct nlattr *first, size_t len, const struct nt_attrs *t)
{
	const uint8_t *p = (const uint8_t *)first;
	const struct nlattr *a;
	uint16_t type;

	memset(t->a, 0, (t->max + 1U) * sizeof(*t->a));
	while (len >= sizeof(*a)) {
		a = (const struct nlattr *)p;
		if (!mnl_attr_ok(a, (int)len))
			return;
		type = mnl_attr_get_type(a);
		if (type <= t->max)
			t->a[type] = a;
		if ((size_t)MNL_ALIGN(a->nla_len) >= len)
			return;
		len -= MNL_ALIGN(a->nla_len);
		p += MNL_ALIGN(a->nla_len);
	}
}

void nt_ctl_attrs(const struct nlmsghdr *nlh, const struct nt_attrs *t)
{
	size_t head = sizeof(struct genlmsghdr), len = mnl_nlmsg_get_payload_len(nlh);

	collect(mnl_nlmsg_get_payload_offset(nlh, head), len < head ? 0 : len - head, t);
}

void nt_ctl_nest(const struct nlattr *nest, const struct nt_attrs *t)
{
	collect(mnl_attr_get_payload(nest), mnl_attr_get_payload_len(nest), t);
}

bool nt_ctl_u32(const struct nlattr *a, uint32_t *v)
{
	if (!a || mnl_attr_get_payload_len(a) != sizeof(*v))
		return false;
	memcpy(v, mnl_attr_get_payload(a), sizeof(*v));
	return true;
}

bool nt_ctl_u64(const struct nlattr *a, uint64_t *v)
{
	if (!a || mnl_attr_get_payload_len(a) != sizeof(*v))
		return false;
	memcpy(v, mnl_attr_get_payload(a), sizeof(*v));
	return true;
}

bool nt_ctl_text(const struct nlattr *a, char *buf, size_t size)
{
	size_t len;

	if (!a || !mnl_attr_get_payload_len(a))
		return false;
	len = strnlen(mnl_attr_get_payload(a), mnl_attr_get_payload_len(a));
	if (len >= size)
		return false;
	memcpy(buf, mnl_attr_get_payload(a), len);
	buf[len] = '\0';
	return true;
}

/* what the kernel says in words, "" if nothing */
static void extack(const struct nlmsghdr *nlh, const struct nlmsgerr *e, char *buf, size_t size)
{
	const struct nlattr *a[NLMSGERR_ATTR_MSG + 1];
	struct nt_attrs t = { a, NLMSGERR_ATTR_MSG };
	size_t head = sizeof(*e), len = mnl_nlmsg_get_payload_len(nlh);

	*buf = '\0';
	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED) && e->msg.nlmsg_len > NLMSG_HDRLEN)
		head += MNL_ALIGN(e->msg.nlmsg_len - NLMSG_HDRLEN);
	if (head >= len)
		return;
	collect(mnl_nlmsg_get_payload_offset(nlh, head), len - head, &t);
	if (!nt_ctl_text(a[NLMSGERR_ATTR_MSG], buf, size))
		*buf = '\0';
}

/* the acknowledgement: 0, or the refusal with its sentence */
static int take_ack(const struct nlmsghdr *nlh, const char *what, struct nt_error *err)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	char text[sizeof(err->text)];

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*e) || e->error > 0 || e->error < -4095)
		return nt_ctl_bad_answer(what, err);
	if (!e->error)
		return 0;
	extack(nlh, e, text, sizeof(text));
	if (*text)
		return nt_error_set(err, e->error, _("cannot %s: %s"), _(what), text);
	if (e->error == -EPERM)
		return nt_error_set(err, e->error,
				    _("cannot %s: it needs CAP_NET_ADMIN: run with sudo"), _(what));
	return nt_error_set(err, e->error, _("cannot %s: %s"), _(what), strerror(-e->error));
}

/* one datagram; 1: the acknowledgement has not come yet */
static int take_messages(struct nt_ctl *c, size_t len,
			 int (*take)(const struct nlmsghdr *nlh, void *arg), void *arg,
			 const char *what, struct nt_error *err)
{
	const struct nlmsghdr *nlh;
	size_t at;
	int ret;

	/* mnl_nlmsg_ok() takes a length of 2 GiB and more for a negative one */
	for (at = 0; at + sizeof(*nlh) <= len; at += MNL_ALIGN((size_t)nlh->nlmsg_len)) {
		nlh = (const struct nlmsghdr *)(c->in.b + at);
		if (nlh->nlmsg_len < sizeof(*nlh) || nlh->nlmsg_len > len - at)
			return nt_ctl_bad_answer(what, err);
		if (nlh->nlmsg_seq != c->seq)
			continue;
		if (nlh->nlmsg_type == NLMSG_ERROR)
			return take_ack(nlh, what, err);
		if (nlh->nlmsg_type != c->family || !take ||
		    mnl_nlmsg_get_payload_len(nlh) < sizeof(struct genlmsghdr))
			return nt_ctl_bad_answer(what, err);
		ret = take(nlh, arg);
		if (ret == -ENOMEM)
			return nt_error_set(err, ret, _("memory is short"));
		if (ret < 0)
			return nt_ctl_bad_answer(what, err);
	}
	return 1;
}

int nt_ctl_talk(struct nt_ctl *c, int (*take)(const struct nlmsghdr *nlh, void *arg), void *arg,
		const char *what, struct nt_error *err)
{
	ssize_t n;
	int ret;

	do
		n = send(c->fd, c->out.b, c->out.nlh.nlmsg_len, 0);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return nt_error_set(err, -errno, _("cannot %s: netlink: %s"), _(what),
				    strerror(errno));
	do {
		n = recv(c->fd, c->in.b, sizeof(c->in.b), MSG_TRUNC);
		if (n < 0 && errno == EINTR) {
			ret = 1;
			continue;
		}
		if (n < 0)
			return nt_error_set(err, -errno, _("cannot %s: netlink: %s"), _(what),
					    strerror(errno));
		if (!n || (size_t)n > sizeof(c->in.b))
			return nt_ctl_bad_answer(what, err);
		ret = take_messages(c, (size_t)n, take, arg, what, err);
	} while (ret == 1);
	return ret;
}

static int take_family(const struct nlmsghdr *nlh, void *arg)
{
	const struct nlattr *a[CTRL_ATTR_FAMILY_ID + 1];
	struct nt_attrs t = { a, CTRL_ATTR_FAMILY_ID };
	uint16_t *id = arg;

	nt_ctl_attrs(nlh, &t);
	if (!a[CTRL_ATTR_FAMILY_ID] ||
	    mnl_attr_get_payload_len(a[CTRL_ATTR_FAMILY_ID]) != sizeof(*id))
		return -EPROTO;
	memcpy(id, mnl_attr_get_payload(a[CTRL_ATTR_FAMILY_ID]), sizeof(*id));
	return 0;
}

static int find_family(struct nt_ctl *c, struct nt_error *err)
{
	struct nlmsghdr *nlh;
	uint16_t id = 0;
	int ret;

	c->family = GENL_ID_CTRL;
	nlh = nt_ctl_request(c, CTRL_CMD_GETFAMILY);
	mnl_attr_put_strz(nlh, CTRL_ATTR_FAMILY_NAME, NETTRACE_FAMILY_NAME);
	ret = nt_ctl_talk(c, take_family, &id, N_("find the module's netlink family"), err);
	if (!ret && id < NLMSG_MIN_TYPE)
		ret = nt_ctl_bad_answer(N_("find the module's netlink family"), err);
	c->family = id;
	return ret;
}

int nt_ctl_fd(struct nt_ctl **c, int fd, struct nt_error *err)
{
	struct sockaddr_nl addr = { .nl_family = AF_NETLINK };
	int on = 1, ret;

	*c = calloc(1, sizeof(**c));
	if (!*c) {
		close(fd);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	(*c)->fd = fd;
	/* no netlink socket, no options: a test plays the kernel */
	if (!setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on))) {
		setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on));
		bind(fd, (struct sockaddr *)&addr, sizeof(addr));
	}
	ret = find_family(*c, err);
	if (ret) {
		nt_ctl_close(*c);
		*c = NULL;
	}
	return ret;
}
