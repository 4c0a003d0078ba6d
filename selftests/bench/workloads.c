// SPDX-License-Identifier: GPL-2.0-only
/*
 * workloads.c - the loads of the benchmarks
 *
 * Purpose:   load.h.
 * Context:   one thread.  It enters another namespace only to make a socket
 *            there, and returns.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/if_ether.h>
#include <netinet/tcp.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "load.h"

#define DATAGRAM 64
#define CHUNK	 65536
#define SETTLED	 3  /* seconds: nothing of TCP's or a reader's own is pending */
#define ENDED	 65 /* seconds: TIME-WAIT is over */

static char buf[CHUNK];

static void enter(const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || setns(fd, CLONE_NEWNET))
		die(path);
	close(fd);
}

/* a socket in the namespace called @ns; NULL is our own */
static int socket_in(const char *ns, int domain, int type, int proto)
{
	char path[64];
	int fd, home = -1;

	if (ns) {
		home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
		if (home < 0)
			die("/proc/self/ns/net");
		snprintf(path, sizeof(path), "/run/netns/%s", ns);
		enter(path);
	}
	fd = socket(domain, type | SOCK_CLOEXEC, proto);
	if (fd < 0)
		die("socket");
	if (ns && setns(home, CLONE_NEWNET))
		die("return to the own namespace");
	if (ns)
		close(home);
	return fd;
}

static void bind_to(struct sockets *s, int fd, const char *addr)
{
	socklen_t len = sizeof(s->addr);

	memset(&s->addr, 0, len);
	s->addr.sin_family = AF_INET;
	if (inet_pton(AF_INET, addr, &s->addr.sin_addr) != 1)
		die(addr);
	if (bind(fd, (struct sockaddr *)&s->addr, len) ||
	    getsockname(fd, (struct sockaddr *)&s->addr, &len))
		die("bind");
}

static void connect_to(int fd, const struct sockets *s)
{
	if (connect(fd, (const struct sockaddr *)&s->addr, sizeof(s->addr)))
		die("connect");
}

static void put(int fd, size_t len)
{
	if (send(fd, buf, len, 0) != (ssize_t)len)
		die("send");
}

static void get(int fd, size_t len)
{
	if (recv(fd, buf, len, MSG_WAITALL) != (ssize_t)len)
		die("recv");
}

static void udp_pair(struct sockets *s, const char *from, const char *to, const char *addr)
{
	s->rx = socket_in(to, AF_INET, SOCK_DGRAM, 0);
	s->tx = socket_in(from, AF_INET, SOCK_DGRAM, 0);
	bind_to(s, s->rx, addr);
	connect_to(s->tx, s);
}

static void udp_lo_open(struct sockets *s)
{
	udp_pair(s, NULL, NULL, "127.0.0.1");
}

static void forward_open(struct sockets *s)
{
	udp_pair(s, "left", "right", RIGHT_ADDR);
}

static void datagrams(struct sockets *s, unsigned long count)
{
	while (count--) {
		put(s->tx, DATAGRAM);
		get(s->rx, DATAGRAM);
	}
}

static void tcp_open(struct sockets *s)
{
	int listener = socket_in(NULL, AF_INET, SOCK_STREAM, 0), one = 1, room = 2 * CHUNK;

	/* room for a chunk, so that who writes it need not wait for the reader: itself */
	s->tx = socket_in("far", AF_INET, SOCK_STREAM, 0);
	if (setsockopt(listener, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room)) ||
	    setsockopt(s->tx, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)))
		die("room");
	bind_to(s, listener, NEAR_ADDR);
	if (listen(listener, 1))
		die("listen");
	connect_to(s->tx, s);
	s->rx = accept(listener, NULL, NULL);
	if (s->rx < 0 || setsockopt(s->tx, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) ||
	    setsockopt(s->rx, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)))
		die("accept");
	close(listener);
}

/* each segment acknowledges the other's, so there are as many as there are sends */
static void tcp_turns(struct sockets *s, unsigned long count)
{
	while (count) {
		put(s->tx, DATAGRAM);
		get(s->rx, DATAGRAM);
		if (!--count)
			break;
		put(s->rx, DATAGRAM);
		get(s->tx, DATAGRAM);
		count--;
	}
}

static void tcp_chunks(struct sockets *s, unsigned long count)
{
	while (count--) {
		put(s->tx, CHUNK);
		get(s->rx, CHUNK);
	}
}

static void churn_open(struct sockets *s)
{
	s->rx = socket_in(NULL, AF_INET, SOCK_STREAM, 0);
	bind_to(s, s->rx, "127.0.0.1");
	if (listen(s->rx, 16))
		die("listen");
}

static void churn(struct sockets *s, unsigned long count)
{
	int c, a;

	while (count--) {
		c = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		connect_to(c, s);
		a = accept(s->rx, NULL, NULL);
		if (c < 0 || a < 0)
			die("accept");
		put(c, 1);
		get(a, 1);
		put(a, 1);
		get(c, 1);
		close(c);
		close(a);
	}
}

/* far asks for near's address; what it sends is seen by near's ARP alone */
static struct ether_arp question;
static struct sockaddr_ll everyone;

static void arp_open(struct sockets *s)
{
	struct sockaddr_ll own = { .sll_family = AF_PACKET };
	socklen_t len = sizeof(own);
	struct ifreq ifr = { .ifr_name = FAR_DEV };

	/* of no protocol, so deaf, until it is bound */
	s->tx = socket_in("far", AF_PACKET, SOCK_DGRAM, 0);
	if (ioctl(s->tx, SIOCGIFINDEX, &ifr))
		die(FAR_DEV);
	own.sll_ifindex = ifr.ifr_ifindex;
	own.sll_protocol = htons(ETH_P_ARP);
	if (bind(s->tx, (struct sockaddr *)&own, sizeof(own)) ||
	    getsockname(s->tx, (struct sockaddr *)&own, &len))
		die("bind to " FAR_DEV);
	everyone = own;
	memset(everyone.sll_addr, 0xff, ETH_ALEN);
	question.arp_hrd = htons(ARPHRD_ETHER);
	question.arp_pro = htons(ETH_P_IP);
	question.arp_hln = ETH_ALEN;
	question.arp_pln = 4;
	question.arp_op = htons(ARPOP_REQUEST);
	memcpy(question.arp_sha, own.sll_addr, ETH_ALEN);
	if (inet_pton(AF_INET, FAR_ADDR, question.arp_spa) != 1 ||
	    inet_pton(AF_INET, NEAR_ADDR, question.arp_tpa) != 1)
		die("address");
}

static void arp(struct sockets *s, unsigned long count)
{
	const struct ether_arp *answer = (const struct ether_arp *)buf;

	while (count--) {
		if (sendto(s->tx, &question, sizeof(question), 0, (struct sockaddr *)&everyone,
			   sizeof(everyone)) != sizeof(question))
			die("send an ARP request");
		if (recv(s->tx, buf, sizeof(buf), 0) < (ssize_t)sizeof(*answer))
			die("receive an ARP reply");
		if (answer->arp_op != htons(ARPOP_REPLY)) {
			errno = EPROTO;
			die("something else than an ARP reply came");
		}
	}
}

const struct load loads[] = {
	{ "udp-lo", "packet", "lo", 1, 0, SETTLED, udp_lo_open, datagrams },
	/* TCP acknowledges at once after a silence, and at last what nobody answers */
	{ "tcp-veth", "packet", NEAR_DEV, 1, 2, SETTLED, tcp_open, tcp_turns },
	{ "tcp-bulk", "packet", NEAR_DEV, 0, 0, SETTLED, tcp_open, tcp_chunks },
	{ "churn", "connection", "lo", 10, 0, ENDED, churn_open, churn },
	{ "forward", "packet", "left", 1, 0, SETTLED, forward_open, datagrams },
	{ "arp", "pair", NEAR_DEV, 2, 0, SETTLED, arp_open, arp },
	{ 0 },
};
