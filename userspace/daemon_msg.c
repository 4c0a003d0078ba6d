// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_msg.c - what nettraced's two processes say to each other
 */
#include "daemon_msg.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

union control {
	struct cmsghdr align;
	char buf[CMSG_SPACE(sizeof(int))];
};

int ntd_send(int fd, const struct ntd_msg *m, const void *payload, int passed)
{
	struct ntd_msg head = *m;
	struct iovec iov[2] = { { &head, sizeof(head) }, { (void *)(uintptr_t)payload, m->len } };
	struct msghdr h = { .msg_iov = iov, .msg_iovlen = m->len ? 2 : 1 };
	union control c = { .buf = { 0 } };
	struct cmsghdr *cm;

	if (m->len > NTD_PAYLOAD_MAX)
		return -EMSGSIZE;
	if (passed >= 0) {
		h.msg_control = c.buf;
		h.msg_controllen = sizeof(c.buf);
		cm = CMSG_FIRSTHDR(&h);
		cm->cmsg_level = SOL_SOCKET;
		cm->cmsg_type = SCM_RIGHTS;
		cm->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(cm), &passed, sizeof(int));
	}
	/* the other one reads soon, or is gone: then this fails */
	while (sendmsg(fd, &h, MSG_NOSIGNAL) < 0) {
		struct pollfd pfd = { .fd = fd, .events = POLLOUT };

		if (errno != EINTR && errno != EAGAIN)
			return -errno;
		if (errno == EAGAIN && poll(&pfd, 1, 10000) <= 0)
			return -ETIMEDOUT;
	}
	return 0;
}

static int descriptor_of(struct msghdr *h)
{
	struct cmsghdr *cm = CMSG_FIRSTHDR(h);
	int fd = -1;

	if (cm && cm->cmsg_level == SOL_SOCKET && cm->cmsg_type == SCM_RIGHTS &&
	    cm->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(&fd, CMSG_DATA(cm), sizeof(int));
	return fd;
}

int ntd_recv(int fd, struct ntd_msg *m, char *payload, int *passed)
{
	struct iovec iov[2] = { { m, sizeof(*m) }, { payload, NTD_PAYLOAD_MAX } };
	union control c;
	struct msghdr h = {
		.msg_iov = iov,
		.msg_iovlen = 2,
		.msg_control = c.buf,
		.msg_controllen = sizeof(c.buf),
	};
	ssize_t n = recvmsg(fd, &h, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);

	*passed = -1;
	if (n < 0)
		return errno == EAGAIN || errno == EINTR ? 0 : -ESHUTDOWN;
	if (!n)
		return -ESHUTDOWN;
	*passed = descriptor_of(&h);
	/* the kernel has no other word for a descriptor that found no room */
	if (h.msg_flags & MSG_CTRUNC && *passed < 0) {
		*passed = -EMFILE;
		h.msg_flags &= ~MSG_CTRUNC;
	}
	if (h.msg_flags & (MSG_TRUNC | MSG_CTRUNC) || (size_t)n < sizeof(*m) ||
	    m->len > NTD_PAYLOAD_MAX || (size_t)n != sizeof(*m) + m->len) {
		if (*passed >= 0)
			close(*passed);
		*passed = -1;
		return -EPROTO;
	}
	m->name[sizeof(m->name) - 1] = '\0';
	payload[m->len] = '\0';
	return 1;
}
