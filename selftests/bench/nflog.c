// SPDX-License-Identifier: GPL-2.0-only
/*
 * nflog.c - the least that a reader of NFLOG can do
 *
 * Purpose:   a peer in the benchmarks: receives what `nft ... log group N`
 *            sends, counts the packets by their sequence numbers, keeps none.
 * Use:       nflog GROUP; ends with SIGTERM, and tells on stderr.
 */
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <arpa/inet.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_log.h>

#define SNAPLEN	 96
#define BATCH	 (1 << 16)
#define RECEIVED (1 << 20) /* of the socket, as dumping programs ask for */

struct tally {
	uint64_t received, lost;
	uint32_t next;
	bool any;
};

static volatile sig_atomic_t ended;

static void end(int sig)
{
	(void)sig;
	ended = 1;
}

static void die(const char *what)
{
	fprintf(stderr, "nflog: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct nlmsghdr *config(char *buf, uint16_t group, uint8_t family)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);
	struct nfgenmsg *nfg;

	nlh->nlmsg_type = (NFNL_SUBSYS_ULOG << 8) | NFULNL_MSG_CONFIG;
	nlh->nlmsg_flags = NLM_F_REQUEST | NLM_F_ACK;
	nfg = mnl_nlmsg_put_extra_header(nlh, sizeof(*nfg));
	nfg->nfgen_family = family;
	nfg->version = NFNETLINK_V0;
	nfg->res_id = htons(group);
	return nlh;
}

static void request(struct mnl_socket *nl, struct nlmsghdr *nlh)
{
	char buf[MNL_SOCKET_BUFFER_SIZE];
	ssize_t n;

	if (mnl_socket_sendto(nl, nlh, nlh->nlmsg_len) < 0)
		die("send");
	n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
	if (n < 0 || mnl_cb_run(buf, n, 0, mnl_socket_get_portid(nl), NULL, NULL) < 0)
		die("the kernel refuses");
}

static void join(struct mnl_socket *nl, uint16_t group)
{
	struct nfulnl_msg_config_cmd bind = { .command = NFULNL_CFG_CMD_BIND };
	struct nfulnl_msg_config_mode mode = { .copy_range = htonl(SNAPLEN),
					       .copy_mode = NFULNL_COPY_PACKET };
	char buf[MNL_SOCKET_BUFFER_SIZE];
	struct nlmsghdr *nlh = config(buf, group, AF_UNSPEC);

	mnl_attr_put(nlh, NFULA_CFG_CMD, sizeof(bind), &bind);
	request(nl, nlh);
	nlh = config(buf, group, AF_UNSPEC);
	mnl_attr_put(nlh, NFULA_CFG_MODE, sizeof(mode), &mode);
	/* as many packets in a message as the kernel grants */
	mnl_attr_put_u32(nlh, NFULA_CFG_NLBUFSIZ, htonl(BATCH));
	/* numbers, so that what is lost is known */
	mnl_attr_put_u16(nlh, NFULA_CFG_FLAGS, htons(NFULNL_CFG_F_SEQ));
	request(nl, nlh);
}

static int attribute(const struct nlattr *attr, void *data)
{
	struct tally *t = data;
	uint32_t seq;

	if (mnl_attr_get_type(attr) != NFULA_SEQ)
		return MNL_CB_OK;
	if (mnl_attr_validate(attr, MNL_TYPE_U32) < 0)
		return MNL_CB_ERROR;
	seq = ntohl(mnl_attr_get_u32(attr));
	if (t->any)
		t->lost += seq - t->next;
	t->next = seq + 1;
	t->any = true;
	t->received++;
	return MNL_CB_OK;
}

static int message(const struct nlmsghdr *nlh, void *data)
{
	return mnl_attr_parse(nlh, sizeof(struct nfgenmsg), attribute, data);
}

int main(int argc, char **argv)
{
	struct sigaction sa = { .sa_handler = end };
	unsigned int size = RECEIVED;
	static char buf[1 << 18];
	struct tally t = { 0 };
	struct mnl_socket *nl;
	ssize_t n;

	if (argc != 2) {
		fputs("usage: nflog GROUP\n", stderr);
		return 2;
	}
	sigaction(SIGTERM, &sa, NULL);
	nl = mnl_socket_open(NETLINK_NETFILTER);
	if (!nl || mnl_socket_bind(nl, 0, MNL_SOCKET_AUTOPID) < 0)
		die("netlink");
	join(nl, (uint16_t)atoi(argv[1]));
	if (setsockopt(mnl_socket_get_fd(nl), SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)))
		die("receive buffer");
	fputs("nflog: listening\n", stderr);
	while (!ended) {
		n = mnl_socket_recvfrom(nl, buf, sizeof(buf));
		if (n < 0 && errno != EINTR && errno != ENOBUFS)
			die("receive");
		if (n > 0 && mnl_cb_run(buf, n, 0, 0, message, &t) < 0)
			die("a message of the kernel");
	}
	fprintf(stderr, "nflog: %" PRIu64 " packets received\nnflog: %" PRIu64 " packets lost\n",
		t.received, t.lost);
	return 0;
}
