/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * syn.h - a TCP segment without data for a raw socket, and its checksum (RFC 9293, 3.1)
 */
#ifndef SELFTESTS_SYN_H
#define SELFTESTS_SYN_H

#include <arpa/inet.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stddef.h>
#include <stdint.h>

struct syn {
	struct iphdr ip;
	struct tcphdr tcp;
};

static inline uint16_t tcp_sum(const struct syn *s)
{
	const unsigned char *p = (const void *)&s->ip.saddr;
	uint32_t sum = IPPROTO_TCP + sizeof(s->tcp);
	size_t i;

	/* addresses and the header behind them */
	for (i = 0; i < 8 + sizeof(s->tcp); i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	sum = (sum & 0xffff) + (sum >> 16);
	return htons((uint16_t) ~((sum & 0xffff) + (sum >> 16)));
}

#endif /* SELFTESTS_SYN_H */
