// SPDX-License-Identifier: GPL-2.0-only
/*
 * kept.c - what a record keeps is its packet's, and nothing else's
 *
 * A device had a longer name before, perhaps in another namespace, and so had a program;
 * a datagram of UDP is shorter than the IP packet that brings it (RFC 9868).  What stands
 * behind them is told to nobody, though payload is asked for.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/own.h"

#define LONG_NAME "loopback-longer"
#define PORT	  9
#define ROOM	  64 /* payload= */
#define TEXT	  "hello"
#define SURPLUS	  "SURPLUS"

FIXTURE(kept)
{
	struct events e;
	int raw;
};

FIXTURE_SETUP(kept)
{
	int on = 1;

	ASSERT_EQ(0, module_load("ring=64 payload=64 drops=0"));
	ASSERT_EQ(0, own_netns());
	self->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	ASSERT_LE(0, self->raw);
	ASSERT_EQ(0, setsockopt(self->raw, IPPROTO_IP, IP_HDRINCL, &on, sizeof(on)));
	ASSERT_EQ(0, events_open(&self->e, NULL, true, 1 << 16));
}

FIXTURE_TEARDOWN(kept)
{
	events_close(&self->e);
	close(self->raw);
	EXPECT_EQ(0, module_unload());
}

/* a datagram with TEXT, and behind its end what else the IP packet has: 0 or -errno */
static int send_datagram(int raw, const char *behind)
{
	struct {
		struct iphdr ip;
		struct udphdr udp;
		char text[sizeof(TEXT) + sizeof(SURPLUS)];
	} __attribute__((packed)) p = {
		.ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP },
	};
	const size_t own = sizeof(p.udp) + strlen(TEXT), all = sizeof(p.ip) + own + strlen(behind);
	struct sockaddr_in to = { .sin_family = AF_INET };

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p.ip.saddr = to.sin_addr.s_addr;
	p.ip.daddr = to.sin_addr.s_addr;
	p.udp.source = htons(PORT);
	p.udp.dest = htons(PORT);
	p.udp.len = htons((uint16_t)own);
	snprintf(p.text, sizeof(p.text), "%s%s", TEXT, behind);
	if (sendto(raw, &p, all, 0, (struct sockaddr *)&to, sizeof(to)) != (ssize_t)all)
		return -errno;
	return 0;
}

/* the next sighting of a datagram of ours: its slot, or NULL when there is none */
static const char *next_datagram(struct events *e, union nettrace_rec *rec)
{
	while (events_next(e, rec) > 0) {
		if (rec->hdr.type != NETTRACE_PACKET || rec->packet.proto != IPPROTO_UDP ||
		    rec->packet.dport != PORT)
			continue;
		return (const char *)e->buf + e->pos - e->info.stride + NETTRACE_REC_SIZE;
	}
	return NULL;
}

/* datagrams of which the record has this: sightings, or 0 when one has anything else */
static int kept_of_each(struct events *e, const char *text)
{
	char want[ROOM] = "";
	union nettrace_rec rec;
	const char *kept;
	int n = 0;

	memcpy(want, text, strlen(text));
	while ((kept = next_datagram(e, &rec))) {
		if (rec.packet.payload != strlen(TEXT) || memcmp(kept, want, ROOM)) {
			fprintf(stderr, "# payload of %u bytes, kept: '%.*s'\n", rec.packet.payload,
				ROOM, kept);
			return 0;
		}
		n++;
	}
	return n;
}

TEST_F(kept, no_surplus_of_a_datagram)
{
	/* leaves, and arrives */
	ASSERT_EQ(0, send_datagram(self->raw, ""));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	ASSERT_EQ(2, kept_of_each(&self->e, TEXT));
	/* where it begins is not looked for: nothing is kept of it */
	ASSERT_EQ(0, send_datagram(self->raw, SURPLUS));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	EXPECT_EQ(2, kept_of_each(&self->e, ""));
}

/* is this name all that the record has there? */
static bool is_all(const char *field, const char *name)
{
	char want[NETTRACE_NAME_LEN] = "";

	memcpy(want, name, strlen(name));
	if (!memcmp(field, want, sizeof(want)))
		return true;
	fprintf(stderr, "# '%.16s', behind it '%.15s'\n", field, field + strnlen(field, 15) + 1);
	return false;
}

/* sightings on a device of this name, behind which nothing stands; 0 when something does */
static int named(struct events *e, const char *name)
{
	union nettrace_rec rec;
	int n = 0;

	for (; next_datagram(e, &rec); n++)
		if (!is_all(rec.packet.dev, name))
			return 0;
	return n;
}

TEST_F(kept, nothing_of_an_older_name)
{
	ASSERT_EQ(0, system("ip link set lo down && ip link set lo name " LONG_NAME
			    " && ip link set " LONG_NAME " up"));
	ASSERT_EQ(0, send_datagram(self->raw, ""));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	ASSERT_EQ(2, named(&self->e, LONG_NAME));
	ASSERT_EQ(0, system("ip link set " LONG_NAME " down && ip link set " LONG_NAME
			    " name lo && ip link set lo up"));
	ASSERT_EQ(0, send_datagram(self->raw, ""));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	EXPECT_EQ(2, named(&self->e, "lo"));
}

/* a socket's own datagram: raw ones have no program's name, nor has what arrives */
static int send_named(const char *name)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(PORT) };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), ret = 0;

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (prctl(PR_SET_NAME, name) ||
	    sendto(fd, TEXT, strlen(TEXT), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		ret = -errno;
	close(fd);
	return ret;
}

/* datagrams that this program sent, of whose name nothing else stands there */
static int sent_by(struct events *e, const char *name)
{
	union nettrace_rec rec;
	int n = 0;

	while (next_datagram(e, &rec)) {
		if (!(rec.packet.flags & NETTRACE_PKT_COMM))
			continue;
		if (!is_all(rec.packet.comm, name))
			return 0;
		n++;
	}
	return n;
}

TEST_F(kept, nothing_of_an_older_program)
{
	ASSERT_EQ(0, send_named("a-longer-name-x"));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	ASSERT_EQ(1, sent_by(&self->e, "a-longer-name-x"));
	ASSERT_EQ(0, send_named("ab"));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	EXPECT_EQ(1, sent_by(&self->e, "ab"));
}

TEST_HARNESS_MAIN
