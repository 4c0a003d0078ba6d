/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctl_priv.h - inside of the netlink control, and the seam that tests use
 *
 * Purpose:   ctl_talk.c sends a request and takes its answers, ctl.c knows what
 *            is asked and what an answer must hold.
 * Ownership: struct nt_ctl is its opener's.
 */
#ifndef NETTRACE_CTL_PRIV_H
#define NETTRACE_CTL_PRIV_H

#include <libmnl/libmnl.h>

#include "ctl.h"

#define NT_CTL_BUF 65536 /* the longest message; a filter takes 32 KiB */

struct nt_ctl {
	int fd;
	uint16_t family;
	uint32_t seq;
	union {
		struct nlmsghdr nlh;
		uint8_t b[NT_CTL_BUF];
	} out, in;
};

/** nt_ctl_fd() - talk over this netlink socket; taken over, also when it fails */
int nt_ctl_fd(struct nt_ctl **c, int fd, struct nt_error *err);

/** nt_ctl_request() - begin a request of the family; attributes may follow */
struct nlmsghdr *nt_ctl_request(struct nt_ctl *c, uint8_t cmd);

/**
 * nt_ctl_talk() - send the request, take its answers until the acknowledgement
 * @take:	each answer; negative errno ends it.  NULL: none may come
 * @what:	was asked, for the sentence: "start tracing"
 */
int nt_ctl_talk(struct nt_ctl *c, int (*take)(const struct nlmsghdr *nlh, void *arg), void *arg,
		const char *what, struct nt_error *err);

/*
 * The attributes of one message or nest, at most @max.  Those with a higher
 * number, of a newer module, are left out.  @a is cleared.
 */
struct nt_attrs {
	const struct nlattr **a;
	uint16_t max;
};
void nt_ctl_attrs(const struct nlmsghdr *nlh, const struct nt_attrs *t);
void nt_ctl_nest(const struct nlattr *nest, const struct nt_attrs *t);

/* values, if they are there and have the right size; false: they have not */
bool nt_ctl_u32(const struct nlattr *a, uint32_t *v);
bool nt_ctl_u64(const struct nlattr *a, uint64_t *v);
bool nt_ctl_text(const struct nlattr *a, char *buf, size_t size);

/** nt_ctl_bad_answer() - -EPROTO: it is not what this nettrace understands */
int nt_ctl_bad_answer(const char *what, struct nt_error *err);

#endif /* NETTRACE_CTL_PRIV_H */
