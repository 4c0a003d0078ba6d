// SPDX-License-Identifier: GPL-2.0-only
/*
 * forge.c - send one TCP segment that no socket of ours stands behind
 *
 * Purpose: tests of challenge ACKs need a SYN, a RST or an ACK in the middle of
 *          somebody's connection.
 * Use:     forge SRC SPORT DST DPORT FLAGS SEQ ACK [WINDOW]
 *          IPv4; FLAGS of the letters S R A F P; numbers as in the header.
 * Exit:    0 it was sent; 1 it was not; 2 usage.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct segment {
	struct iphdr ip;
	struct tcphdr tcp;
};

static uint32_t sum(const void *data, size_t len, uint32_t start)
{
	const uint8_t *p = data;
	size_t i;

	for (i = 0; i + 1 < len; i += 2)
		start += (uint32_t)p[i] << 8 | p[i + 1];
	return start;
}

static uint16_t fold(uint32_t s)
{
	while (s >> 16)
		s = (s & 0xffff) + (s >> 16);
	return htons((uint16_t)~s);
}

static int set_flags(struct tcphdr *tcp, const char *flags)
{
	for (; *flags; flags++) {
		switch (*flags) {
		case 'S':
			tcp->syn = 1;
			break;
		case 'R':
			tcp->rst = 1;
			break;
		case 'A':
			tcp->ack = 1;
			break;
		case 'F':
			tcp->fin = 1;
			break;
		case 'P':
			tcp->psh = 1;
			break;
		default:
			return -EINVAL;
		}
	}
	return 0;
}

static int fill(struct segment *s, char **w)
{
	memset(s, 0, sizeof(*s));
	s->ip.version = 4;
	s->ip.ihl = 5;
	s->ip.ttl = 64;
	s->ip.protocol = IPPROTO_TCP;
	s->ip.tot_len = htons(sizeof(*s));
	if (inet_pton(AF_INET, w[0], &s->ip.saddr) != 1 ||
	    inet_pton(AF_INET, w[2], &s->ip.daddr) != 1 || set_flags(&s->tcp, w[4]))
		return -EINVAL;
	s->tcp.source = htons((uint16_t)strtoul(w[1], NULL, 10));
	s->tcp.dest = htons((uint16_t)strtoul(w[3], NULL, 10));
	s->tcp.seq = htonl((uint32_t)strtoul(w[5], NULL, 10));
	s->tcp.ack_seq = htonl((uint32_t)strtoul(w[6], NULL, 10));
	s->tcp.doff = sizeof(s->tcp) / 4;
	s->tcp.window = htons(w[7] ? (uint16_t)strtoul(w[7], NULL, 10) : 502);
	s->tcp.check = fold(
		sum(&s->tcp, sizeof(s->tcp), sum(&s->ip.saddr, 8, IPPROTO_TCP + sizeof(s->tcp))));
	return 0;
}

int main(int argc, char **argv)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	struct segment s;
	int fd;

	if ((argc != 8 && argc != 9) || fill(&s, argv + 1)) {
		fprintf(stderr, "usage: forge SRC SPORT DST DPORT FLAGS SEQ ACK [WINDOW]\n");
		return 2;
	}
	to.sin_addr.s_addr = s.ip.daddr;
	fd = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	if (fd < 0 ||
	    sendto(fd, &s, sizeof(s), 0, (struct sockaddr *)&to, sizeof(to)) != sizeof(s)) {
		fprintf(stderr, "forge: %s\n", strerror(errno));
		return 1;
	}
	close(fd);
	return 0;
}
