// SPDX-License-Identifier: GPL-2.0-only
/*
 * malformed.c - packets that contradict themselves
 *
 * Raw sockets and a TAP device bring headers that are cut, too long, too short
 * or chained without end before the hooks.  Each is sighted once, flagged for
 * what it is, and harms nobody; what the kernel itself throws away before the
 * hooks is not sighted.  Then thousands of random ones, whose sightings must be
 * as many as the kernel's own counters say.
 *
 * NT_STORM is how many packets these are (7500; at most 100000000).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/flaws.h"
#include "lib/own.h"

#define ADDR4	"10.7.0.1"
#define PEER4	"10.7.0.2"
#define ADDR6	"fd07::1"
#define PEER6	"fd07::2"
#define OUR_TTL 77

static size_t put_hex(uint8_t *to, const char *hex)
{
	char pair[3] = "";
	size_t n = 0;
	int have = 0;

	for (; *hex; hex++) {
		if (*hex == ' ')
			continue;
		pair[have++] = *hex;
		if (have == 2) {
			to[n++] = (uint8_t)strtoul(pair, NULL, 16);
			have = 0;
		}
	}
	return n;
}

static void put16(uint8_t *to, unsigned int v)
{
	to[0] = (uint8_t)(v >> 8);
	to[1] = (uint8_t)v;
}

FIXTURE(bad)
{
	struct events e;
	int raw, tap;
	uint8_t mac[6];
};

static int addresses(void)
{
	return system("ip addr add " ADDR4 "/24 dev nt0 && "
		      "echo 0 >/proc/sys/net/ipv6/conf/nt0/accept_dad && "
		      "ip addr add " ADDR6 "/64 dev nt0 nodad && ip link set nt0 up");
}

static int make_tap(uint8_t *mac)
{
	struct ifreq ifr = { .ifr_name = "nt0", .ifr_flags = IFF_TAP | IFF_NO_PI };
	int fd;

	if (access("/dev/net/tun", F_OK) && system("modprobe tun"))
		return -ENODEV;
	fd = open("/dev/net/tun", O_RDWR | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	if (ioctl(fd, TUNSETIFF, &ifr) || addresses()) {
		close(fd);
		return -ENODEV;
	}
	ioctl(fd, SIOCGIFHWADDR, &ifr);
	memcpy(mac, ifr.ifr_hwaddr.sa_data, 6);
	return fd;
}

/* without and with the records of what the kernel drops */
FIXTURE_VARIANT(bad)
{
	const char *params;
};

FIXTURE_VARIANT_ADD(bad, hooks){
	.params = "ring=16384 drops=0",
};

FIXTURE_VARIANT_ADD(bad, drops){
	.params = "ring=16384",
};

FIXTURE_SETUP(bad)
{
	int on = 1;

	ASSERT_EQ(0, module_load(variant->params));
	ASSERT_EQ(0, own_netns());
	self->tap = make_tap(self->mac);
	ASSERT_LE(0, self->tap);
	self->raw = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_RAW);
	ASSERT_LE(0, self->raw);
	setsockopt(self->raw, IPPROTO_IP, IP_HDRINCL, &on, sizeof(on));
	ASSERT_NE(UINT64_MAX, seen_so_far());
	ASSERT_EQ(0, events_open(&self->e, NULL, true, 1 << 16));
}

FIXTURE_TEARDOWN(bad)
{
	events_close(&self->e);
	close(self->raw);
	close(self->tap);
	EXPECT_EQ(0, module_unload());
}

static size_t make_ipv4(uint8_t *p, const struct flaw *f)
{
	size_t n = 20 + put_hex(p + 20, f->hex);

	memset(p, 0, 20);
	p[0] = f->first;
	put16(p + 2, (unsigned int)n);
	put16(p + 4, 0x4e54);
	put16(p + 6, f->frag);
	p[8] = OUR_TTL;
	p[9] = f->proto;
	inet_pton(AF_INET, "127.0.0.1", p + 12);
	inet_pton(AF_INET, "127.0.0.1", p + 16);
	return n;
}

static size_t make_ipv6(uint8_t *p, const struct flaw *f)
{
	size_t n = put_hex(p + 40, f->hex);

	memset(p, 0, 40);
	p[0] = 0x60;
	put16(p + 4, (unsigned int)n);
	p[6] = f->proto;
	p[7] = 64;
	inet_pton(AF_INET6, PEER6, p + 8);
	inet_pton(AF_INET6, ADDR6, p + 24);
	return 40 + n;
}

static int send_raw(int fd, const uint8_t *p, size_t n)
{
	struct sockaddr_in to = { .sin_family = AF_INET };

	inet_pton(AF_INET, "127.0.0.1", &to.sin_addr);
	return sendto(fd, p, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
}

static int send_frame(int fd, const uint8_t *mac, unsigned int type, const uint8_t *p, size_t n)
{
	uint8_t frame[2048];

	memcpy(frame, mac, 6);
	memcpy(frame + 6, "\x02\0\0\0\0\x01", 6);
	put16(frame + 12, type);
	memcpy(frame + 14, p, n);
	return write(fd, frame, 14 + n) < 0 ? -errno : 0;
}

/*
 * The one packet at @hook since the last call, and how many there were.  What
 * the kernel answers to it is something else: it comes after it, with another
 * time to live than ours.
 */
static int sighted(struct events *e, unsigned int hook, struct nettrace_packet *found)
{
	union nettrace_rec rec;
	int n = 0, patience;

	for (patience = 0; patience < (n ? 2 : 100); patience++) {
		while (events_next(e, &rec) > 0) {
			if (rec.hdr.type != NETTRACE_PACKET || rec.packet.hook != hook ||
			    (hook == NETTRACE_LOCAL_OUT && rec.packet.ttl &&
			     rec.packet.ttl != OUR_TTL))
				continue;
			*found = rec.packet;
			n++;
		}
		events_wait(e, 10);
	}
	return n;
}

static bool as_it_should(const struct flaw *f, unsigned int flags)
{
	return (flags & f->set) == f->set && (!f->any || flags & f->any) && !(flags & f->clear);
}

#define EXPECT_FLAW(f, n, p)                                                                                \
	do {                                                                                                \
		EXPECT_EQ(1, n)                                                                             \
		{                                                                                           \
			TH_LOG("%s: sighted %d times", (f)->name, n);                                       \
		}                                                                                           \
		EXPECT_TRUE(as_it_should(f, (p).flags))                                                     \
		{                                                                                           \
			TH_LOG("%s: flags are 0x%04x; wanted all of 0x%04x, one of 0x%04x, none of 0x%04x", \
			       (f)->name, (p).flags, (f)->set, (f)->any, (f)->clear);                       \
		}                                                                                           \
	} while (0)

/* what a raw socket sends is seen as it leaves, before anybody checks it */
TEST_F(bad, ipv4_flaws)
{
	struct nettrace_packet p = { 0 };
	uint8_t buf[256];
	size_t i, len;
	int n, err;

	for (i = 0; i < ARRAY_SIZE(ipv4); i++) {
		len = make_ipv4(buf, &ipv4[i]);
		err = send_raw(self->raw, buf, len);
		n = sighted(&self->e, NETTRACE_LOCAL_OUT, &p);
		/* a header length below 5 is refused by newer kernels' sockets */
		if (err == -EINVAL && (ipv4[i].first & 15) < 5 && !n)
			continue;
		EXPECT_FLAW(&ipv4[i], n, p);
	}
}

TEST_F(bad, ipv6_flaws)
{
	struct nettrace_packet p = { 0 };
	uint8_t buf[512];
	size_t i, len;
	int n;

	for (i = 0; i < ARRAY_SIZE(ipv6); i++) {
		len = make_ipv6(buf, &ipv6[i]);
		ASSERT_EQ(0, send_frame(self->tap, self->mac, 0x86dd, buf, len));
		n = sighted(&self->e, NETTRACE_LOCAL_IN, &p);
		EXPECT_FLAW(&ipv6[i], n, p);
		EXPECT_EQ(NETTRACE_IPV6, p.hdr.family);
	}
}

TEST_F(bad, arp_flaws)
{
	struct nettrace_packet p = { 0 };
	uint8_t buf[64];
	size_t i, len;
	int n;

	for (i = 0; i < ARRAY_SIZE(arp); i++) {
		len = put_hex(buf, arp[i].hex);
		ASSERT_EQ(0, send_frame(self->tap, self->mac, 0x0806, buf, len));
		n = sighted(&self->e, NETTRACE_ARP_IN, &p);
		EXPECT_FLAW(&arp[i], n, p);
	}
}

/*
 * Cut so short that the kernel drops it before any hook: no sighting, no harm.  A whole
 * one behind them is the one that arrives; what the host says of itself meanwhile
 * (RFC 3810) leaves.
 */
TEST_F(bad, dropped_before_the_hooks)
{
	int arrivals = 0, patience;
	union nettrace_rec rec;
	uint8_t buf[64];
	size_t cut;

	for (cut = 0; cut < 20; cut++) {
		make_ipv4(buf, &ipv4[0]);
		send_frame(self->tap, self->mac, 0x0800, buf, cut);
		make_ipv6(buf, &ipv6[0]);
		send_frame(self->tap, self->mac, 0x86dd, buf, cut);
		put_hex(buf, arp[0].hex);
		send_frame(self->tap, self->mac, 0x0806, buf, cut);
	}
	ASSERT_EQ(0, send_frame(self->tap, self->mac, 0x0806, buf, put_hex(buf, arp[0].hex)));
	for (patience = 0; patience < (arrivals ? 2 : 100); patience++) {
		while (events_next(&self->e, &rec) > 0)
			arrivals += rec.hdr.type == NETTRACE_PACKET &&
				    rec.packet.hook != NETTRACE_DROPPED &&
				    rec.packet.hook != NETTRACE_LOCAL_OUT &&
				    rec.packet.hook != NETTRACE_ARP_OUT;
		events_wait(&self->e, 10);
	}
	EXPECT_EQ(1, arrivals);
}

/* the sum of named values in a line pair of /proc/net/snmp */
static uint64_t ip_counter(const char *name)
{
	char names[1024] = "", values[1024] = "", *n, *v, *sn, *sv;
	int fd = open_in_netns(NULL, "/proc/thread-self/net/snmp", O_RDONLY);
	FILE *f = fdopen(fd, "r");
	uint64_t value = UINT64_MAX;

	if (!f || !fgets(names, sizeof(names), f) || !fgets(values, sizeof(values), f))
		return UINT64_MAX;
	fclose(f);
	n = strtok_r(names, " \n", &sn);
	v = strtok_r(values, " \n", &sv);
	while (n && v) {
		if (!strcmp(n, name))
			value = strtoull(v, NULL, 10);
		n = strtok_r(NULL, " \n", &sn);
		v = strtok_r(NULL, " \n", &sv);
	}
	return value;
}

static void put_checksum(uint8_t *p)
{
	unsigned int sum = 0, words = (p[0] & 15) * 2u, i;

	put16(p + 10, 0);
	for (i = 0; i < words; i++)
		sum += (unsigned int)p[2 * i] << 8 | p[2 * i + 1];
	sum = (sum & 0xffff) + (sum >> 16);
	put16(p + 10, ~((sum & 0xffff) + (sum >> 16)));
}

/* a random packet, sound enough to come in: its headers are noise */
static size_t random_frame(uint8_t *p, unsigned int *type, unsigned int *seed)
{
	size_t i, n = 40 + (size_t)rand_r(seed) % 200;

	for (i = 0; i < n; i++)
		p[i] = (uint8_t)(rand_r(seed) >> 7);
	*type = (unsigned int)rand_r(seed) % 2 ? 0x0800 : 0x86dd;
	if (*type == 0x86dd) {
		p[0] = 0x60;
		put16(p + 4, (unsigned int)n - 40);
		p[6] = (uint8_t[]){ 0, 6, 17, 43, 44, 51, 58, 60 }[rand_r(seed) % 8];
		inet_pton(AF_INET6, PEER6, p + 8);
		inet_pton(AF_INET6, ADDR6, p + 24);
		return n;
	}
	p[0] = (uint8_t)(0x45 + (rand_r(seed) % 4 ? 0 : rand_r(seed) % 6));
	put16(p + 2, (unsigned int)n);
	if (rand_r(seed) % 8)
		put16(p + 6, 0);
	p[9] = (uint8_t[]){ 1, 6, 17, 6, 132, 33, 47, 6 }[rand_r(seed) % 8];
	inet_pton(AF_INET, PEER4, p + 12);
	inet_pton(AF_INET, ADDR4, p + 16);
	/* IPv4 options of noise would all be dropped: padding, mostly */
	memset(p + 20, 1, (size_t)((p[0] & 15) - 5) * 4);
	put_checksum(p);
	return n;
}

/* nothing in a record may lead a reader astray */
static bool in_range(const struct nettrace_packet *p)
{
	return p->hook && p->hook < __NETTRACE_HOOK_MAX && p->sk_kind < __NETTRACE_SK_KIND_MAX &&
	       p->sock_state < __NETTRACE_TCP_STATE_MAX && p->nsack <= NETTRACE_SACK_MAX &&
	       p->payload <= p->len && memchr(p->dev, 0, sizeof(p->dev)) &&
	       (p->hdr.family == NETTRACE_IPV4 || p->hdr.family == NETTRACE_IPV6 ||
		p->hdr.family == NETTRACE_ARP);
}

/*
 * One of the tables' packets with bytes behind its addresses, or in the header's length,
 * fragment offset or protocol, replaced: lengths, offsets, options and extension headers
 * that are nearly right.
 */
static size_t spoilt_frame(uint8_t *p, unsigned int *type, unsigned int *seed)
{
	static const uint8_t where4[] = { 0, 6, 7, 9 }, edge[] = { 0, 1, 0x40, 0x7f, 0x80, 0xff };
	unsigned int table = (unsigned int)rand_r(seed) % 8, n, head = table < 4 ? 20 : 40;
	size_t len, at;

	*type = table < 4 ? 0x0800 : table < 7 ? 0x86dd : 0x0806;
	if (*type == 0x0806) {
		len = put_hex(p, arp[(unsigned int)rand_r(seed) % ARRAY_SIZE(arp)].hex);
		head = 0;
	} else if (*type == 0x86dd) {
		len = make_ipv6(p, &ipv6[(unsigned int)rand_r(seed) % ARRAY_SIZE(ipv6)]);
	} else {
		len = make_ipv4(p, &ipv4[(unsigned int)rand_r(seed) % ARRAY_SIZE(ipv4)]);
		inet_pton(AF_INET, PEER4, p + 12);
		inet_pton(AF_INET, ADDR4, p + 16);
	}
	for (n = 1 + (unsigned int)rand_r(seed) % 3; n; n--) {
		at = head + (size_t)rand_r(seed) % 60;
		if (*type == 0x0800 && rand_r(seed) % 4 == 0)
			at = where4[rand_r(seed) % 4];
		else if (*type == 0x86dd && rand_r(seed) % 4 == 0)
			at = 6;
		if (at < len)
			p[at] = rand_r(seed) % 2 ? edge[rand_r(seed) % 6] :
						   (uint8_t)(rand_r(seed) >> 7);
	}
	/* cut: the lengths that IPv6 and those behind have stay */
	if (rand_r(seed) % 8 == 0 && len > head)
		len = head + (size_t)rand_r(seed) % (len - head);
	if (*type == 0x0800) {
		p[0] = (uint8_t)(0x40 | (p[0] & 15));
		put16(p + 2, (unsigned int)len);
		if ((p[0] & 15) * 4u <= len)
			put_checksum(p);
	}
	return len;
}

/* what the records say, in range, and how many were delivered here by IPv4 */
static void read_noise(struct events *e, uint64_t *in4, uint64_t *strange)
{
	union nettrace_rec rec;

	while (events_next(e, &rec) > 0) {
		if (rec.hdr.type != NETTRACE_PACKET)
			continue;
		*strange += !in_range(&rec.packet);
		*in4 += rec.packet.hook == NETTRACE_LOCAL_IN && rec.hdr.family == NETTRACE_IPV4;
	}
}

TEST_F_TIMEOUT(bad, noise, 4 * 3600)
{
	unsigned int seed = 20260117, type, frames, i;
	uint64_t in4 = 0, strange = 0, delivered, kernel, sent = 0, refused = 0;
	uint8_t buf[512];
	size_t len;

	delivered = ip_counter("InDelivers") + ip_counter("InUnknownProtos");
	/* four frames, and a packet of a raw socket */
	frames = (unsigned int)(storm_size(7500, 100000000) + 4) / 5 * 4;
	for (i = 0; i < frames; i++) {
		if (i % 3)
			len = spoilt_frame(buf, &type, &seed);
		else
			len = random_frame(buf, &type, &seed);
		refused += send_frame(self->tap, self->mac, type, buf, len) != 0;
		sent++;
		if (i % 1000 == 999)
			read_noise(&self->e, &in4, &strange);
		if (i % 4)
			continue;
		/* and out by a raw socket, first byte and all */
		buf[0] = (uint8_t)rand_r(&seed);
		refused += send_raw(self->raw, buf, len) != 0;
		sent++;
	}
	ASSERT_NE(UINT64_MAX, seen_so_far());
	read_noise(&self->e, &in4, &strange);
	kernel = ip_counter("InDelivers") + ip_counter("InUnknownProtos") - delivered;
	EXPECT_EQ(0, strange);
	EXPECT_EQ(0, self->e.lost);
	EXPECT_LT(frames / 8, kernel);
	EXPECT_EQ(kernel, in4);
	printf("# storm did: %llu packets, %u of them frames through tun, the others by a raw socket; %llu refused by the kernel; %llu delivered by IPv4, by its count and by ours\n",
	       (unsigned long long)sent, frames, (unsigned long long)refused,
	       (unsigned long long)in4);
	printf("# storm lost: %llu of %llu events\n", (unsigned long long)self->e.lost,
	       (unsigned long long)(self->e.lost + self->e.delivered));
	fflush(stdout);
}

TEST_HARNESS_MAIN
