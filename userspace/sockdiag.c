// SPDX-License-Identifier: GPL-2.0-only
/*
 * sockdiag.c - see sockdiag.h
 */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/netlink.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "i18n.h"
#include "netns.h"
#include "sockdiag.h"
#include "track/tcp_state.h"

struct found {
	struct nt_ctl_tuple *s;
	size_t n, cap;
};

/* all but those that have no peer */
#define STATES (~(1U << NETTRACE_TCP_LISTEN | 1U << NETTRACE_TCP_CLOSE))

static int take(const struct nlmsghdr *nlh, void *arg)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	const struct inet_diag_msg *d = mnl_nlmsg_get_payload(nlh);
	struct found *f = arg;
	struct nt_ctl_tuple *t;
	size_t skip = 0, len = 4;

	if (mnl_nlmsg_get_payload_len(nlh) < sizeof(*d))
		return MNL_CB_ERROR;
	if (f->n == f->cap) {
		size_t cap = f->cap ? 2 * f->cap : 64;

		t = reallocarray(f->s, cap, sizeof(*t));
		if (!t) {
			errno = ENOMEM;
			return MNL_CB_ERROR;
		}
		f->s = t;
		f->cap = cap;
	}
	t = &f->s[f->n++];
	memset(t, 0, sizeof(*t));
	t->family = NETTRACE_IPV4;
	if (d->idiag_family == AF_INET6 && !memcmp(d->id.idiag_src, mapped, sizeof(mapped))) {
		skip = sizeof(mapped);
	} else if (d->idiag_family == AF_INET6) {
		t->family = NETTRACE_IPV6;
		len = 16;
	}
	memcpy(t->local, (const uint8_t *)d->id.idiag_src + skip, len);
	memcpy(t->remote, (const uint8_t *)d->id.idiag_dst + skip, len);
	t->lport = ntohs(d->id.idiag_sport);
	t->rport = ntohs(d->id.idiag_dport);
	t->ifindex = d->id.idiag_if;
	return MNL_CB_OK;
}

static int dump(int fd, uint8_t family, struct found *f)
{
	union {
		struct nlmsghdr nlh;
		uint8_t b[32768];
	} buf;
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf.b);
	struct inet_diag_req_v2 *req;
	ssize_t len;
	int ret;

	nlh->nlmsg_type = SOCK_DIAG_BY_FAMILY;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	nlh->nlmsg_seq = family;
	req = mnl_nlmsg_put_extra_header(nlh, sizeof(*req));
	req->sdiag_family = family;
	req->sdiag_protocol = IPPROTO_TCP;
	req->idiag_states = STATES;
	if (send(fd, nlh, nlh->nlmsg_len, 0) < 0)
		return -errno;
	do {
		len = recv(fd, buf.b, sizeof(buf.b), 0);
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -errno;
		ret = mnl_cb_run(buf.b, (size_t)len, family, 0, take, f);
		if (ret < 0)
			return -errno;
	} while (len < 0 || ret > MNL_CB_STOP);
	return 0;
}

int nt_sockdiag_tcp(int nsfd, struct nt_ctl_tuple **s, size_t *n, struct nt_error *err)
{
	struct found f = { NULL, 0, 0 };
	const char *stage;
	int fd, ret;

	*s = NULL;
	*n = 0;
	fd = nt_netns_socket(nsfd, AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG, &stage);
	if (fd < 0)
		return nt_error_set(err, fd, _("cannot ask the kernel for its sockets: %s"),
				    strerror(-fd));
	ret = dump(fd, AF_INET, &f);
	if (!ret)
		ret = dump(fd, AF_INET6, &f);
	if (ret == -ENOENT && f.n) /* a kernel without IPv6 */
		ret = 0;
	close(fd);
	if (ret) {
		free(f.s);
		return nt_error_set(err, ret, _("cannot ask the kernel for its sockets: %s%s"),
				    strerror(-ret),
				    ret == -ENOENT ? _(" (it needs the module tcp_diag)") : "");
	}
	*s = f.s;
	*n = f.n;
	return 0;
}
