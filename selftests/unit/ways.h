/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ways.h - SYNs on their way through namespaces, as the module records them
 *
 * Ownership: the model is the caller's.
 */
#ifndef NETTRACE_UNIT_WAYS_H
#define NETTRACE_UNIT_WAYS_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "model.h"

#define T0 1772366400000000000LL

enum { CLIENT, ROUTER, SERVER };

/* a SYN at a hook */
struct at {
	int us;
	unsigned int source;
	uint8_t hook;
	const char *dev;
	uint8_t ttl, mac; /* mac: last byte of the receiver's; 0: none */
	const char *src, *dst;
	uint32_t seq;
};

#define SYN "10.0.1.1", "10.0.2.2", 100

static inline void ways_put(struct nt_model *m, const struct at *at, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct nt_event ev = { .t = T0 + at[i].us * 1000LL, .source = at[i].source };
		struct nettrace_packet *p = &ev.rec.packet;

		p->hdr.type = NETTRACE_PACKET;
		p->hdr.family = NETTRACE_IPV4;
		p->hdr.time = (uint64_t)at[i].us * 1000;
		p->hook = at[i].hook;
		p->proto = IPPROTO_TCP;
		p->flags = NETTRACE_PKT_L4 | (at[i].mac ? NETTRACE_PKT_MAC : 0);
		p->tcp_flags = NETTRACE_TH_SYN;
		p->len = 60;
		p->ip_id = 7;
		p->ttl = at[i].ttl;
		p->seq = at[i].seq;
		inet_pton(AF_INET, at[i].src, p->src);
		inet_pton(AF_INET, at[i].dst, p->dst);
		p->sport = 40312;
		p->dport = 80;
		snprintf(p->dev, sizeof(p->dev), "%s", at[i].dev);
		if (at[i].mac) {
			memcpy(p->mac_src, "\2\0\0\0\1", 5);
			memcpy(p->mac_dst, "\2\0\0\0\1", 5);
			p->mac_src[5] = at[i].mac - 1;
			p->mac_dst[5] = at[i].mac;
		}
		assert_int_equal(nt_model_feed(m, &ev), 0);
	}
}

static inline void ways_feed(struct nt_model *m, const struct at *at, size_t n)
{
	ways_put(m, at, n);
	nt_model_finish(m);
}

static const struct at routed[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, SYN },
	{ 4, CLIENT, NETTRACE_POST_ROUTING, "eth0", 64, 0, SYN },
	{ 30, ROUTER, NETTRACE_PRE_ROUTING, "left", 64, 2, SYN },
	{ 33, ROUTER, NETTRACE_FORWARD, "left", 63, 2, SYN },
	{ 35, ROUTER, NETTRACE_POST_ROUTING, "right", 63, 0, SYN },
	{ 60, SERVER, NETTRACE_PRE_ROUTING, "eth0", 63, 4, SYN },
	{ 64, SERVER, NETTRACE_LOCAL_IN, "eth0", 63, 4, SYN },
};

/* hooks=default */
static const struct at plain[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, SYN },
	{ 33, ROUTER, NETTRACE_FORWARD, "left", 63, 2, SYN },
	{ 64, SERVER, NETTRACE_LOCAL_IN, "eth0", 63, 4, SYN },
};

static const struct at loopback[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "lo", 64, 0, SYN },
	{ 1, CLIENT, NETTRACE_POST_ROUTING, "lo", 64, 0, SYN },
	{ 2, CLIENT, NETTRACE_PRE_ROUTING, "lo", 64, 0, SYN },
	{ 3, CLIENT, NETTRACE_LOCAL_IN, "lo", 64, 0, SYN },
};

#define OLD "10.0.1.1", "10.0.9.9", 100
#define MID "10.0.1.1", "10.0.2.2", 100
#define NEW "10.0.2.1", "10.0.2.2", 100

/* the router changes the destination, then the source */
static const struct at nat[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, OLD },
	{ 4, CLIENT, NETTRACE_POST_ROUTING, "eth0", 64, 0, OLD },
	{ 30, ROUTER, NETTRACE_PRE_ROUTING, "left", 64, 2, OLD },
	{ 33, ROUTER, NETTRACE_FORWARD, "left", 63, 2, MID },
	{ 35, ROUTER, NETTRACE_POST_ROUTING, "right", 63, 0, NEW },
	{ 60, SERVER, NETTRACE_PRE_ROUTING, "eth0", 63, 4, NEW },
	{ 64, SERVER, NETTRACE_LOCAL_IN, "eth0", 63, 4, NEW },
};

static const struct at bridged[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, SYN },
	{ 30, ROUTER, NETTRACE_BR_FORWARD, "port2", 64, 4, SYN },
	{ 31, ROUTER, NETTRACE_BR_FORWARD, "port3", 64, 4, SYN },
	{ 64, SERVER, NETTRACE_LOCAL_IN, "eth0", 64, 4, SYN },
};

static const struct at dropped[] = {
	{ 0, CLIENT, NETTRACE_LOCAL_OUT, "eth0", 64, 0, SYN },
	{ 4, CLIENT, NETTRACE_POST_ROUTING, "eth0", 64, 0, SYN },
	{ 30, SERVER, NETTRACE_PRE_ROUTING, "eth0", 64, 2, SYN },
	{ 35, SERVER, NETTRACE_DROPPED, "eth0", 64, 2, SYN },
};

/* behind what its sender's state is inferred to be */
static inline const struct nt_arrow *first_arrow(const struct nt_conv *c)
{
	size_t i;

	for (i = 0; i < c->nitem; i++)
		if (c->item[i].type == NT_ITEM_ARROW)
			return c->item[i].arrow;
	fail_msg("conversation %u has no arrow", c->id);
	return NULL;
}

#endif /* NETTRACE_UNIT_WAYS_H */
