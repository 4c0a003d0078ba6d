/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * stage.h - a namespace in which something goes on, and who is in it
 *
 * Purpose:   hostile callers need other people's traffic beside them, and an identity.
 * Ownership: processes started here end with the one that started them.
 */
#ifndef SELFTESTS_STAGE_H
#define SELFTESTS_STAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

enum who {
	WHO_ROOT,   /* of the machine */
	WHO_USER,   /* root of a user namespace of nobody's own */
	WHO_NOBODY, /* of nothing */
};

/** become() - this process is that, with a network namespace of its own unless it is nobody */
int become(enum who who);

struct talk {
	const char *comm;
	const char *addr;	/* IPv4 */
	const char *addr6;	/* or NULL */
	const char *datagram;	/* an address to send UDP to as well, or NULL */
	uint16_t port, cport;
	bool keep;		/* one connection stays open */
};

/**
 * talk() - a process that connects, sends and closes, for ever
 * Return: its pid, when a connection has been made; or -errno.
 */
pid_t talk(const struct talk *t);

/** kernel_trouble() - how often the kernel has complained; what scripts/vm looks for too */
int kernel_trouble(void);

#endif /* SELFTESTS_STAGE_H */
