/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_key.h - which conversation an event belongs to, and what it says of it
 *
 * Purpose:   only what keeping needs: which events go together, and whether
 *            more is to be expected.  What happened is the model's business.
 * Ownership: values.  Pure functions.
 */
#ifndef NETTRACE_DAEMON_KEY_H
#define NETTRACE_DAEMON_KEY_H

#include <stdbool.h>

#include "event.h"

enum ntd_kind {
	NTD_OTHER,    /* ARP, gaps, packets without ports */
	NTD_LISTENER, /* a socket that listens, or does no longer */
	NTD_TUPLE,    /* protocol, addresses and ports */
	NTD_SOCKET,   /* a socket whose other end is not known yet */
};

/* no padding: it is hashed and compared as bytes */
struct ntd_key {
	uint8_t kind; /* enum ntd_kind */
	uint8_t family;
	uint8_t proto;
	uint8_t pad;
	uint32_t scope; /* 1 + stream, where addresses mean one namespace only */
	uint64_t sk_id; /* NTD_SOCKET */
	uint8_t addr[2][16];
	uint16_t port[2];
	uint32_t pad2;
};

_Static_assert(sizeof(struct ntd_key) == 56, "no holes");

/* what an event says of its conversation: struct ntd_sign */
struct ntd_sign {
	bool begins;  /* a new connection: forget the old one's end */
	bool reset;   /* an RST */
	uint8_t fin;  /* bit 0, 1: FIN of key.addr[0], [1] */
	int8_t waits; /* +1, -1: a TIME-WAIT begins, ends */
	bool syn;     /* a SYN */
	bool met;     /* more than a SYN from elsewhere and what it was answered */
	bool late;    /* says nothing without the conversation it ends */
	uint64_t sk_id; /* of the socket it is about; 0: none */
};

/** ntd_key_of() - the key of an event, and what it says */
enum ntd_kind ntd_key_of(const struct nt_event *ev, struct ntd_key *key, struct ntd_sign *sign);

/** ntd_key_hash() - of a key; @seed: a number that who sends packets does not know */
unsigned int ntd_key_hash(const struct ntd_key *key, uint64_t seed);

/** ntd_key_socket() - the key of what a socket did before its other end was known */
void ntd_key_socket(const struct nt_event *ev, struct ntd_key *key);

#endif /* NETTRACE_DAEMON_KEY_H */
