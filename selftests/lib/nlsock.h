/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nlsock.h - sockets of generic netlink, without any library
 *
 * Purpose:   requests of lib/nlreq.h go out and all that comes back is there, still
 *            as it came.  Netlink answers before send() returns.
 * Ownership: the caller closes the descriptor.
 */
#ifndef SELFTESTS_NLSOCK_H
#define SELFTESTS_NLSOCK_H

#include "nlreq.h"

#define NL_GOT_MAX (1 << 20)

struct nl_got {
	size_t len;
	bool lossy; /* ENOBUFS */
	unsigned char p[NL_GOT_MAX];
};

/**
 * nl_open() - a socket with extended ACKs
 * @port:	its number, unused; 0: netlink's choice
 * @cap:	errors do not repeat the request
 */
int nl_open(uint32_t port, bool cap);

/** nl_family() - the number of the family nettrace and of its group: 0 or -errno */
int nl_family(uint16_t *family, uint32_t *group);

/** nl_drain() - what is there now, after what is in @got: 0 or -errno */
int nl_drain(int fd, struct nl_got *got);

/** nl_ask() - send a datagram, take what comes: 0 or -errno */
int nl_ask(int fd, const struct nl_req *q, struct nl_got *got);

/** nl_do() - one request that has an ACK: its error, or 0 */
int nl_do(int fd, const struct nl_req *q, struct nl_got *got);

/** nl_dump() - ask for all families, or this one's policies; nothing is read: 0 or -errno */
int nl_dump(int fd, bool policies, uint32_t seq);

#endif /* SELFTESTS_NLSOCK_H */
