/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * daemon_msg.h - what nettraced's two processes say to each other
 *
 * Purpose:   the opener enters namespaces and hands over descriptors of their
 *            events; the worker reads them.  Each message is one packet of a
 *            socketpair: struct ntd_msg, then @len bytes.
 * Ownership: a descriptor that is sent stays the sender's; one that came is the
 *            receiver's.
 */
#ifndef NETTRACE_DAEMON_MSG_H
#define NETTRACE_DAEMON_MSG_H

#include <stdint.h>

#include "source.h"

enum ntd_msg_type {
	/* opener -> worker */
	NTD_STREAM = 1, /* a descriptor; name, inode */
	NTD_RENAME,	/* of inode: name */
	NTD_SETTINGS,	/* value: bytes of memory; payload: filter's program, then
			 * the expression; none: no filter
			 */
	NTD_DROP, /* of inode: read it no more */
	NTD_SYNC, /* all before it is done? NTD_SYNCED is the answer */
	NTD_STOP,
	/* worker -> opener */
	NTD_READY,  /* the settings are in use, the worker is confined */
	NTD_FAILED, /* payload: a sentence; of inode, or 0: of the settings */
	NTD_SYNCED,
	NTD_ENDED,  /* of inode: no more will come */
	NTD_NEWS,   /* payload: what the service manager may show */
	NTD_BYE,    /* after NTD_STOP: all is said */
};

#define NTD_PAYLOAD_MAX (48u * 1024)

struct ntd_msg {
	uint32_t type;
	uint32_t len; /* of what follows */
	uint64_t inode;
	uint64_t value;
	uint32_t ninsn; /* NTD_SETTINGS: instructions of the filter */
	uint32_t pad;
	char name[64];
};

/** ntd_send() - @passed: a descriptor, or -1.  0 or negative errno */
int ntd_send(int fd, const struct ntd_msg *m, const void *payload, int passed);

/**
 * ntd_recv() - one message, without waiting
 * @payload:	of NTD_PAYLOAD_MAX + 1 bytes; a NUL is put behind what came
 * @passed:	the descriptor, or -1; -EMFILE: one came, but this process may have no more
 * Return: 1; 0: there is none; -ESHUTDOWN: the other process is gone; -EPROTO.
 */
int ntd_recv(int fd, struct ntd_msg *m, char *payload, int *passed);

#endif /* NETTRACE_DAEMON_MSG_H */
