/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * nlreq.h - requests as the specification allows them, then spoilt
 *
 * Purpose:   what a fuzzer sends, and what it must get for it.  Everything comes
 *            from the seed: the same seed makes the same requests.
 * Ownership: the caller owns all structs; nothing is allocated.
 */
#ifndef SELFTESTS_NLREQ_H
#define SELFTESTS_NLREQ_H

#include "nlspec.h"

#define NL_DATAGRAM_MAX 60000

struct nl_rng {
	uint64_t state;
};

/** nl_rnd() - 0 to @n - 1 */
uint32_t nl_rnd(struct nl_rng *r, uint32_t n);

struct nl_req {
	struct nl_rng *rng;
	uint16_t family; /* its number */
	uint32_t seq;	 /* of the next message */
	size_t len;
	unsigned char p[NL_DATAGRAM_MAX + 4096];
};

/** nl_req_make() - the next datagram: a request or some, @spoil of a thousand spoilt */
void nl_req_make(struct nl_req *q, unsigned int spoil);

/** nl_req_plain() - an operation without attributes, with an ACK */
void nl_req_plain(struct nl_req *q, uint8_t cmd);

/** nl_req_put() - one more attribute for the last message of the datagram */
void nl_req_put(struct nl_req *q, unsigned int type, const void *data, size_t len);

enum nl_must {
	NL_FOREIGN, /* it is for another family: not to be sent */
	NL_IGNORED, /* no request; there is an ACK if it asks for one */
	NL_CORE,    /* netlink itself refuses it, without a sentence perhaps */
	NL_REFUSE,  /* the specification does not allow it */
	NL_EITHER,  /* whether it can be done depends */
};

/* one message of a datagram, as the kernel takes it apart */
struct nl_want {
	const unsigned char *at;
	size_t len;
	enum nl_must must;
	bool ack;	/* it asks for one */
	uint32_t seq;
	uint8_t cmd;
};

/**
 * nl_req_want() - what the kernel has to answer to a datagram
 * Return: how many messages are in it; at most @max.
 */
size_t nl_req_want(const struct nl_req *q, struct nl_want *want, size_t max);

#endif /* SELFTESTS_NLREQ_H */
