// SPDX-License-Identifier: GPL-2.0-only
/*
 * nlsock.c - see nlsock.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../module/uapi/nettrace_netlink.h"
#include "nlsock.h"

int nl_open(uint32_t port, bool cap)
{
	struct sockaddr_nl me = { .nl_family = AF_NETLINK, .nl_pid = port };
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC), on = 1;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&me, sizeof(me)) ||
	    setsockopt(fd, SOL_NETLINK, NETLINK_EXT_ACK, &on, sizeof(on)) ||
	    (cap && setsockopt(fd, SOL_NETLINK, NETLINK_CAP_ACK, &on, sizeof(on)))) {
		on = errno;
		close(fd);
		return -on;
	}
	return fd;
}

int nl_drain(int fd, struct nl_got *got)
{
	ssize_t n;

	for (;;) {
		if (got->len + 65536 > sizeof(got->p))
			return -E2BIG;
		n = recv(fd, got->p + got->len, sizeof(got->p) - got->len, MSG_DONTWAIT);
		if (n < 0 && errno == ENOBUFS) {
			got->lossy = true;
			continue;
		}
		if (n < 0)
			return errno == EAGAIN ? 0 : -errno;
		got->len += NLMSG_ALIGN((size_t)n);
	}
}

int nl_ask(int fd, const struct nl_req *q, struct nl_got *got)
{
	got->len = 0;
	got->lossy = false;
	if (send(fd, q->p, q->len, 0) < 0)
		return -errno;
	return nl_drain(fd, got);
}

int nl_do(int fd, const struct nl_req *q, struct nl_got *got)
{
	int ret = nl_ask(fd, q, got), error;
	struct nlmsghdr h;
	size_t at = 0;

	while (!ret && at + NLMSG_HDRLEN + sizeof(error) <= got->len) {
		memcpy(&h, got->p + at, sizeof(h));
		if (h.nlmsg_type == NLMSG_ERROR) {
			memcpy(&error, got->p + at + NLMSG_HDRLEN, sizeof(error));
			return error;
		}
		if (h.nlmsg_len < NLMSG_HDRLEN)
			break;
		at += NLMSG_ALIGN(h.nlmsg_len);
	}
	return ret ? ret : -EPROTO;
}

struct ctrl {
	struct nlmsghdr n;
	struct genlmsghdr g;
	struct nlattr a;
	char name[NLA_ALIGN(sizeof(NETTRACE_FAMILY_NAME))];
};

static int ctrl_send(int fd, uint8_t cmd, uint16_t flags, uint32_t seq)
{
	struct ctrl q = {
		.n = {
			.nlmsg_len = sizeof(q),
			.nlmsg_type = GENL_ID_CTRL,
			.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags),
			.nlmsg_seq = seq,
		},
		.g = { .cmd = cmd, .version = 1 },
		.a = {
			.nla_len = NLA_HDRLEN + sizeof(NETTRACE_FAMILY_NAME),
			.nla_type = CTRL_ATTR_FAMILY_NAME,
		},
		.name = NETTRACE_FAMILY_NAME,
	};

	return send(fd, &q, sizeof(q), 0) < 0 ? -errno : 0;
}

int nl_dump(int fd, bool policies, uint32_t seq)
{
	return ctrl_send(fd, policies ? CTRL_CMD_GETPOLICY : CTRL_CMD_GETFAMILY, NLM_F_DUMP, seq);
}

/* the first attribute @type among @len bytes at @p, or NULL */
static const unsigned char *find(const unsigned char *p, size_t len, unsigned int type)
{
	struct nlattr a;

	while (len >= NLA_HDRLEN) {
		memcpy(&a, p, sizeof(a));
		if ((a.nla_type & NLA_TYPE_MASK) == type)
			return p;
		if (a.nla_len < NLA_HDRLEN || NLA_ALIGN((size_t)a.nla_len) > len)
			break;
		len -= NLA_ALIGN(a.nla_len);
		p += NLA_ALIGN(a.nla_len);
	}
	return NULL;
}

static size_t room(const unsigned char *a)
{
	uint16_t len;

	memcpy(&len, a, sizeof(len));
	return len - (size_t)NLA_HDRLEN;
}

static int take_family(const unsigned char *p, size_t len, uint16_t *family, uint32_t *group)
{
	const unsigned char *id = find(p, len, CTRL_ATTR_FAMILY_ID);
	const unsigned char *groups = find(p, len, CTRL_ATTR_MCAST_GROUPS), *one, *g;

	if (!id || !groups)
		return -ENOENT;
	memcpy(family, id + NLA_HDRLEN, sizeof(*family));
	one = find(groups + NLA_HDRLEN, room(groups), 1);
	g = one ? find(one + NLA_HDRLEN, room(one), CTRL_ATTR_MCAST_GRP_ID) : NULL;
	if (!g)
		return -ENOENT;
	memcpy(group, g + NLA_HDRLEN, sizeof(*group));
	return 0;
}

int nl_family(uint16_t *family, uint32_t *group)
{
	unsigned char reply[8192];
	int fd = nl_open(0, true), ret;
	ssize_t n;

	if (fd < 0)
		return fd;
	ret = ctrl_send(fd, CTRL_CMD_GETFAMILY, 0, 1);
	if (!ret) {
		n = recv(fd, reply, sizeof(reply), 0);
		ret = n < (ssize_t)NLMSG_LENGTH(GENL_HDRLEN) ?
			      -ENOENT :
			      take_family(reply + NLMSG_LENGTH(GENL_HDRLEN),
					  (size_t)n - NLMSG_LENGTH(GENL_HDRLEN), family, group);
	}
	close(fd);
	return ret;
}
