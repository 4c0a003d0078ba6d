// SPDX-License-Identifier: GPL-2.0-only
/*
 * mkpcap.c - a large capture of TCP, the same for the same arguments
 *
 *	mkpcap PACKETS CONCURRENT SEED [SNAPLEN [PACE [SEGMENTS]]] >FILE
 *
 * Purpose:	something to measure replay with.  CONCURRENT connections at any
 *		time; each opens, sends a request, gets an answer of up to some
 *		hundred segments, closes, and is followed by another.  One data
 *		segment in a hundred is lost behind the point of capture: then
 *		come duplicate ACKs with SACK and the retransmission; one in a
 *		hundred is overtaken.  Headers as Linux writes them, with
 *		timestamps; checksums are 0.  PACE: microseconds from packet to packet,
 *		on average (10).  SEGMENTS: each answer has so many, instead.
 */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MSS   1448
#define QUEUE 16

enum step { SYN, SYNACK, ACK, REQUEST, REQUEST_ACK, DATA, FIN, FINACK, LAST };

struct conn {
	uint32_t id;
	enum step step;
	uint32_t seq[2], ts;
	unsigned int left;	/* data segments to send */
	unsigned int since_ack; /* sent since the last ACK */
	uint32_t acked;		/* by the client */
	unsigned int dup;	/* duplicate ACKs still to come */
	uint32_t hole;		/* the lost segment's number */
	uint32_t sacked;	/* up to here, behind the hole */
	uint16_t ip_id[2];
	uint32_t late; /* an overtaken segment's number; 0: none */
};

static uint64_t now_us = 1700000000000000ull;
static uint64_t state;
static unsigned int snaplen = 65535, pace = 10, segments;
static unsigned long written;
static uint32_t last_id;

static uint32_t rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16) % n;
}

static void be16(uint8_t *p, unsigned int v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
}

static void be32(uint8_t *p, uint32_t v)
{
	be16(p, v >> 16);
	be16(p + 2, v & 0xffff);
}

#define F_FIN 1
#define F_SYN 2
#define F_PSH 8
#define F_ACK 16

/* @from: 0 the client, 1 the server; @sack: the edge of a block, 0 none */
static void segment(struct conn *c, int from, unsigned int flags, uint32_t seq, uint32_t ack,
		    unsigned int len, uint32_t sack)
{
	static uint8_t b[16 + 14 + 60 + 60 + MSS];
	uint8_t *eth = b + 16, *ip = eth + 14, *tcp = ip + 20, *opt = tcp + 20;
	uint32_t client = 0x0a000000 | (c->id * 7919 & 0xffff), server = 0x0a010001 + c->id % 50;
	unsigned int olen = 12, total, caplen, record[4];

	memset(b, 0, 16 + 14 + 120);
	eth[5] = (uint8_t)(2 - from);
	eth[11] = (uint8_t)(1 + from);
	be16(eth + 12, 0x0800);
	if (flags & F_SYN) {
		memcpy(opt, "\2\4\5\xb4\4\2\x8\x0a", 8);
		be32(opt + 8, c->ts);
		be32(opt + 12, flags & F_ACK ? c->ts - 1 : 0);
		memcpy(opt + 16, "\1\3\3\7", 4);
		olen = 20;
	} else {
		memcpy(opt, "\1\1\x8\x0a", 4);
		be32(opt + 4, c->ts);
		be32(opt + 8, c->ts - 1);
		if (sack) {
			memcpy(opt + 12, "\1\1\5\x0a", 4);
			be32(opt + 16, c->hole + MSS);
			be32(opt + 20, sack);
			olen = 24;
		}
	}
	total = 40 + olen + len;
	ip[0] = 0x45;
	be16(ip + 2, total);
	be16(ip + 4, c->ip_id[from]++);
	be16(ip + 6, 0x4000);
	ip[8] = 64;
	ip[9] = 6;
	be32(ip + 12, from ? server : client);
	be32(ip + 16, from ? client : server);
	be16(tcp, from ? 80 : 1024 + c->id % 60000);
	be16(tcp + 2, from ? 1024 + c->id % 60000 : 80);
	be32(tcp + 4, seq);
	be32(tcp + 8, ack);
	be16(tcp + 12, (20 + olen) / 4 << 12 | flags);
	be16(tcp + 14, 502);

	total += 14;
	caplen = total < snaplen ? total : snaplen;
	now_us += 1 + rnd(2 * pace);
	record[0] = (unsigned int)(now_us / 1000000);
	record[1] = (unsigned int)(now_us % 1000000);
	record[2] = caplen;
	record[3] = total;
	memcpy(b, record, sizeof(record));
	fwrite(b, 1, 16 + caplen, stdout);
	written++;
	c->ts++;
}

static void begin(struct conn *c)
{
	memset(c, 0, sizeof(*c));
	c->id = last_id++;
	c->seq[0] = (uint32_t)rnd(1u << 31) * 2 + rnd(2);
	c->seq[1] = (uint32_t)rnd(1u << 31) * 2 + rnd(2);
	c->ts = rnd(1u << 30) + 2;
	c->left = segments ? segments : 1 + rnd(rnd(8) ? 40 : 400);
	c->ip_id[0] = (uint16_t)rnd(65536);
	c->ip_id[1] = (uint16_t)rnd(65536);
}

static void ack_data(struct conn *c)
{
	c->acked = c->hole ? c->hole : c->late ? c->late : c->seq[1];
	segment(c, 0, F_ACK, c->seq[0], c->acked, 0, c->hole ? c->seq[1] : 0);
	c->since_ack = 0;
}

static void send_data(struct conn *c)
{
	uint32_t seq = c->seq[1];

	if (c->late) { /* what was overtaken comes now */
		segment(c, 1, F_ACK, c->late, c->seq[0], MSS, 0);
		c->late = 0;
		ack_data(c);
		return;
	}
	c->left--;
	c->seq[1] += MSS;
	if (!c->hole && c->left > 6 && !rnd(100)) {
		c->late = seq;
		seq = c->seq[1];
		c->seq[1] += MSS;
		c->left--;
	} else if (!c->hole && c->left > 6 && !rnd(100)) {
		c->hole = seq;
		c->dup = 3;
	}
	segment(c, 1, c->left ? F_ACK : F_ACK | F_PSH, seq, c->seq[0], MSS, 0);
	if (c->hole && c->hole != seq) {
		ack_data(c);
		if (!--c->dup) {
			segment(c, 1, F_ACK, c->hole, c->seq[0], MSS, 0);
			c->hole = 0;
			ack_data(c);
		}
	} else if (!c->hole && (++c->since_ack == 2 || c->late || !c->left)) {
		ack_data(c);
	}
}

static void go_on(struct conn *c)
{
	switch (c->step++) {
	case SYN:
		segment(c, 0, F_SYN, c->seq[0]++, 0, 0, 0);
		break;
	case SYNACK:
		segment(c, 1, F_SYN | F_ACK, c->seq[1]++, c->seq[0], 0, 0);
		break;
	case ACK:
		segment(c, 0, F_ACK, c->seq[0], c->seq[1], 0, 0);
		break;
	case REQUEST:
		segment(c, 0, F_ACK | F_PSH, c->seq[0], c->seq[1], 300, 0);
		c->seq[0] += 300;
		break;
	case REQUEST_ACK:
		segment(c, 1, F_ACK, c->seq[1], c->seq[0], 0, 0);
		break;
	case DATA:
		send_data(c);
		if (c->left || c->late || c->hole)
			c->step = DATA;
		break;
	case FIN:
		segment(c, 1, F_ACK | F_FIN, c->seq[1]++, c->seq[0], 0, 0);
		break;
	case FINACK:
		segment(c, 0, F_ACK | F_FIN, c->seq[0]++, c->seq[1], 0, 0);
		break;
	case LAST:
		segment(c, 1, F_ACK, c->seq[1], c->seq[0], 0, 0);
		begin(c);
		break;
	}
}

int main(int argc, char **argv)
{
	static const uint16_t version[2] = { 2, 4 };
	uint32_t head[6] = { 0xa1b2c3d4u, 0, 0, 0, 65535, 1 };
	unsigned long packets, n, i;
	struct conn *conn;

	if (argc < 4) {
		fprintf(stderr,
			"usage: %s PACKETS CONCURRENT SEED [SNAPLEN [PACE [SEGMENTS]]] >FILE\n",
			argv[0]);
		return 2;
	}
	packets = strtoul(argv[1], NULL, 10);
	n = strtoul(argv[2], NULL, 10);
	state = strtoull(argv[3], NULL, 10) * 0x9e3779b97f4a7c15ull + 1;
	if (argc > 4)
		snaplen = (unsigned int)strtoul(argv[4], NULL, 10);
	if (argc > 5)
		pace = (unsigned int)strtoul(argv[5], NULL, 10);
	if (argc > 6)
		segments = (unsigned int)strtoul(argv[6], NULL, 10);
	if (!n || !pace || pace > 1000000 || n > 1000000 || snaplen < 14 || snaplen > 65535)
		return 2;
	conn = calloc(n, sizeof(*conn));
	if (!conn)
		return 1;
	for (i = 0; i < n; i++)
		begin(&conn[i]);
	memcpy(&head[1], version, sizeof(version));
	fwrite(head, sizeof(head), 1, stdout);
	while (written < packets)
		go_on(&conn[rnd((uint32_t)n)]);
	free(conn);
	if (fflush(stdout) || ferror(stdout)) {
		perror("mkpcap");
		return 1;
	}
	return 0;
}
