// SPDX-License-Identifier: GPL-2.0-only
/*
 * group.c - a member of the netlink family's group, without any of the tools
 *
 * Purpose: a reader that is attached while the module goes.
 * Use:     group   writes "joined", and after SIGTERM "heard N": how many
 *          notifications came.  The group ends with the module, the socket does not.
 * Exit:    0; 1 the family or the group is not there
 */
#define _GNU_SOURCE
#include <linux/netlink.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "nlsock.h"

static volatile sig_atomic_t told;

static void on_term(int sig)
{
	(void)sig;
	told = 1;
}

int main(void)
{
	struct sigaction act = { .sa_handler = on_term };
	unsigned long heard = 0;
	static char buf[65536];
	uint32_t group = 0;
	uint16_t family;
	int fd = nl_open(0, true), ret;

	sigaction(SIGTERM, &act, NULL);
	ret = fd < 0 ? fd : nl_family(&family, &group);
	if (ret || setsockopt(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group))) {
		fprintf(stderr, "group: cannot join: %s\n", ret ? strerror(-ret) : "no group");
		return 1;
	}
	printf("joined\n");
	fflush(stdout);
	/* an overrun is told by ENOBUFS: more comes after it */
	while (!told)
		if (recv(fd, buf, sizeof(buf), 0) > 0)
			heard++;
	printf("heard %lu\n", heard);
	return 0;
}
