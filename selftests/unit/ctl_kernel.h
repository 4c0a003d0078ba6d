/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ctl_kernel.h - a kernel that is played: what it answers ctl*.c, and what it was asked
 *
 * Purpose:   a request's answers are sent ahead: the numbers of requests are 1 (the
 *            family), 2, 3, …  What was asked is looked at afterwards.
 * Ownership: begin() opens both ends, end() closes them.
 */
#ifndef NETTRACE_UNIT_CTL_KERNEL_H
#define NETTRACE_UNIT_CTL_KERNEL_H

#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../../module/uapi/nettrace_netlink.h"
#include "../../userspace/ctl_priv.h"
#include "support.h"

#define FAMILY 0x1c

struct kernel {
	int fd;
	struct nt_ctl *c;
	union {
		struct nlmsghdr nlh;
		uint8_t b[16384];
	} m;
};

static inline struct nlmsghdr *answer(struct kernel *k, uint32_t seq)
{
	struct genlmsghdr *g;

	memset(&k->m, 0, sizeof(k->m));
	mnl_nlmsg_put_header(k->m.b);
	k->m.nlh.nlmsg_type = seq == 1 ? GENL_ID_CTRL : FAMILY;
	k->m.nlh.nlmsg_seq = seq;
	g = mnl_nlmsg_put_extra_header(&k->m.nlh, sizeof(*g));
	g->cmd = 1;
	return &k->m.nlh;
}

static inline void put(struct kernel *k)
{
	assert_int_equal(send(k->fd, k->m.b, k->m.nlh.nlmsg_len, 0), k->m.nlh.nlmsg_len);
}

/* take back the answer just put, to change it */
static inline void again(struct kernel *k)
{
	assert_int_equal(recv(k->c->fd, k->m.b, sizeof(k->m.b), 0), k->m.nlh.nlmsg_len);
}

/* @text: in words, as extended acknowledgements do; NULL: none */
static inline void ack(struct kernel *k, uint32_t seq, int error, const char *text)
{
	struct nlmsgerr *e;

	memset(&k->m, 0, sizeof(k->m));
	mnl_nlmsg_put_header(k->m.b);
	k->m.nlh.nlmsg_type = NLMSG_ERROR;
	k->m.nlh.nlmsg_flags = NLM_F_CAPPED;
	k->m.nlh.nlmsg_seq = seq;
	e = mnl_nlmsg_put_extra_header(&k->m.nlh, sizeof(*e));
	e->error = error;
	e->msg.nlmsg_len = NLMSG_HDRLEN;
	if (text) {
		k->m.nlh.nlmsg_flags |= NLM_F_ACK_TLVS;
		mnl_attr_put_strz(&k->m.nlh, NLMSGERR_ATTR_MSG, text);
	}
	put(k);
}

static inline void begin(struct kernel *k)
{
	struct nt_error err = { "" };
	int fd[2];

	assert_int_equal(socketpair(AF_UNIX, SOCK_DGRAM, 0, fd), 0);
	k->fd = fd[0];
	answer(k, 1);
	mnl_attr_put_strz(&k->m.nlh, CTRL_ATTR_FAMILY_NAME, "nettrace");
	mnl_attr_put_u16(&k->m.nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	put(k);
	ack(k, 1, 0, NULL);
	if (nt_ctl_fd(&k->c, fd[1], &err))
		fail_msg("%s", err.text);
}

static inline void end(struct kernel *k)
{
	nt_ctl_close(k->c);
	close(k->fd);
}

/* the request of that number; its attributes in @a */
static inline uint8_t asked(struct kernel *k, uint32_t seq, const struct nlattr **a)
{
	struct nt_attrs t = { a, NETTRACE_A_MAX };
	ssize_t n;

	do {
		n = recv(k->fd, k->m.b, sizeof(k->m.b), MSG_DONTWAIT);
		assert_true(n >= (ssize_t)(NLMSG_HDRLEN + sizeof(struct genlmsghdr)));
		assert_int_equal(k->m.nlh.nlmsg_len, n);
	} while (k->m.nlh.nlmsg_seq != seq);
	assert_int_equal(k->m.nlh.nlmsg_type, FAMILY);
	assert_int_equal(k->m.nlh.nlmsg_flags, NLM_F_REQUEST | NLM_F_ACK);
	nt_ctl_attrs(&k->m.nlh, &t);
	return ((struct genlmsghdr *)mnl_nlmsg_get_payload(&k->m.nlh))->cmd;
}

/* what get answers, less the attribute @without */
static inline void trace_answer(struct kernel *k, uint32_t seq, uint16_t without)
{
	struct nlmsghdr *nlh = answer(k, seq);

	if (without != NETTRACE_A_VERSION)
		mnl_attr_put_strz(nlh, NETTRACE_A_VERSION, "0.2.0");
	if (without != NETTRACE_A_ABI)
		mnl_attr_put_u32(nlh, NETTRACE_A_ABI, 1);
	if (without != NETTRACE_A_NETNS)
		mnl_attr_put_u32(nlh, NETTRACE_A_NETNS, 4026531840u);
	mnl_attr_put(nlh, NETTRACE_A_TRACING, 0, NULL);
	if (without != NETTRACE_A_RING)
		mnl_attr_put_u32(nlh, NETTRACE_A_RING, 4096);
	if (without != NETTRACE_A_PAYLOAD)
		mnl_attr_put_u32(nlh, NETTRACE_A_PAYLOAD, 64);
	if (without != NETTRACE_A_MINISOCKS)
		mnl_attr_put_u32(nlh, NETTRACE_A_MINISOCKS, 8192);
	if (without != NETTRACE_A_HOOKS)
		mnl_attr_put_u32(nlh, NETTRACE_A_HOOKS, NETTRACE_HOOKS_PATH);
	if (without != NETTRACE_A_MEMORY)
		mnl_attr_put_u64(nlh, NETTRACE_A_MEMORY, 1ull << 33);
	if (without != NETTRACE_A_MEMORY_MAX)
		mnl_attr_put_u64(nlh, NETTRACE_A_MEMORY_MAX, 1ull << 34);
	if (without != NETTRACE_A_READERS)
		mnl_attr_put_u32(nlh, NETTRACE_A_READERS, 2);
	mnl_attr_put_u32(nlh, NETTRACE_A_FILTER_LEN, 12);
	mnl_attr_put(nlh, NETTRACE_A_FILTER_OWNED, 0, NULL);
	mnl_attr_put_u32(nlh, NETTRACE_A_MAX + 7, 1); /* of a newer module */
	put(k);
}

#endif /* NETTRACE_UNIT_CTL_KERNEL_H */
