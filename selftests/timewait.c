// SPDX-License-Identifier: GPL-2.0-only
/* vm: --icount */
/*
 * timewait.c - the sockets for which the kernel reports nothing
 *
 * TIME-WAIT and half-open sockets begin, start again and end as the module says,
 * and when it says so.  The judge is /proc/net/tcp: the end lies between the last
 * time the socket was in there and NETTRACE_LATE_MS after it was not.  Each test
 * takes a minute or two; where idle time can be skipped, seconds.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "kselftest_harness.h"
#include "lib/own.h"

#define PORT		8080
#define CPORT		4000
#define MS		1000000ull
#define MINUTES		200 /* seconds that one test may take */

#define STATE_SYN_RECV	3 /* numbers of /proc/net/tcp */
#define STATE_TIME_WAIT 6

#define KEPT		256

/* all STATE records so far; packets pass by, the last FIN and RST are noted */
struct log {
	struct nettrace_state s[KEPT];
	unsigned int n;
	struct nettrace_packet fin; /* the last one that the server sent */
};

FIXTURE(tw)
{
	struct events e;
	struct log log;
	int listener, client, server;
};

FIXTURE_VARIANT(tw)
{
	int family;
};

FIXTURE_VARIANT_ADD(tw, ipv4){
	.family = AF_INET,
};

FIXTURE_VARIANT_ADD(tw, ipv6){
	.family = AF_INET6,
};

static socklen_t address(struct sockaddr_storage *ss, int family, unsigned int port)
{
	struct sockaddr_in6 *a6 = (struct sockaddr_in6 *)ss;
	struct sockaddr_in *a4 = (struct sockaddr_in *)ss;

	memset(ss, 0, sizeof(*ss));
	ss->ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		a6->sin6_port = htons((uint16_t)port);
		a6->sin6_addr = in6addr_loopback;
		return sizeof(*a6);
	}
	a4->sin_port = htons((uint16_t)port);
	a4->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return sizeof(*a4);
}

static int bound_socket(int family, unsigned int port)
{
	int one = 1, fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, family, port);

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	return bind(fd, (struct sockaddr *)&ss, len) ? -errno : fd;
}

/* a connection from CPORT to the listener on PORT */
static int connect_once(int family, int listener, int *client, int *server)
{
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, family, PORT);

	*client = bound_socket(family, CPORT);
	if (*client < 0 || connect(*client, (struct sockaddr *)&ss, len))
		return -errno;
	*server = accept(listener, NULL, NULL);
	return *server < 0 ? -errno : 0;
}

static void wait_for_fin(int fd)
{
	char c;

	(void)!recv(fd, &c, 1, MSG_PEEK);
}

FIXTURE_SETUP(tw)
{
	memset(&self->log, 0, sizeof(self->log));
	ASSERT_EQ(0, module_load(""));
	ASSERT_EQ(0, own_netns());
	ASSERT_EQ(0, events_open(&self->e, NULL, false, 1 << 16));
	self->listener = bound_socket(variant->family, PORT);
	ASSERT_LE(0, self->listener);
	ASSERT_EQ(0, listen(self->listener, 8));
}

FIXTURE_TEARDOWN(tw)
{
	events_close(&self->e);
	EXPECT_EQ(0, module_unload());
}

static void take(struct log *l, const union nettrace_rec *rec)
{
	if (rec->hdr.type == NETTRACE_STATE && l->n < KEPT)
		l->s[l->n++] = rec->state;
	if (rec->hdr.type == NETTRACE_PACKET && rec->packet.proto == IPPROTO_TCP &&
	    rec->packet.hook == NETTRACE_LOCAL_OUT && rec->packet.tcp_flags & NETTRACE_TH_FIN &&
	    rec->packet.sport == PORT)
		l->fin = rec->packet;
}

static void read_log(struct events *e, struct log *l)
{
	union nettrace_rec rec;

	while (events_next(e, &rec) > 0)
		take(l, &rec);
}

/* how many records there are of @kind and @what for the socket on @lport */
static unsigned int count(const struct log *l, unsigned int kind, unsigned int what,
			  unsigned int lport, const struct nettrace_state **last)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++) {
		const struct nettrace_state *s = &l->s[i];

		if (s->kind != kind || s->what != what || s->lport != lport || s->rport == 0)
			continue;
		*last = s;
		n++;
	}
	return n;
}

/* the same, waiting until there is one: NULL after MINUTES */
static const struct nettrace_state *await(struct events *e, struct log *l, unsigned int kind,
					  unsigned int what, unsigned int lport)
{
	uint64_t end = own_mono() + MINUTES * 1000 * MS;
	const struct nettrace_state *s = NULL;

	while (own_mono() < end) {
		read_log(e, l);
		if (count(l, kind, what, lport, &s))
			return s;
		events_wait(e, 1000);
	}
	return NULL;
}

/* is the socket in /proc/net/tcp or tcp6, in that state? */
/* @ms: NULL, or how long its timer has to run, as the kernel says it */
static bool find_in_proc(int family, unsigned int lport, unsigned int state, unsigned int *ms)
{
	int fd = open_in_netns(NULL,
			       family == AF_INET ? "/proc/thread-self/net/tcp" :
						   "/proc/thread-self/net/tcp6",
			       O_RDONLY);
	FILE *f = fdopen(fd, "r");
	unsigned int lp, rp, st, when;
	bool found = false;
	char line[256];

	while (f && fgets(line, sizeof(line), f)) {
		if (sscanf(line,
			   " %*[^:]: %*[0-9A-F]:%X %*[0-9A-F]:%X %X %*[0-9A-F]:%*[0-9A-F] %*X:%X",
			   &lp, &rp, &st, &when) != 4 ||
		    lp != lport || !rp || st != state)
			continue;
		found = true;
		if (ms)
			*ms = when * 1000 / sysconf(_SC_CLK_TCK);
	}
	if (f)
		fclose(f);
	return found;
}

static bool in_proc(int family, unsigned int lport, unsigned int state)
{
	return find_in_proc(family, lport, state, NULL);
}

/* @there: when it was last there; @gone: when it was first found to be gone */
static bool watch_it_go(int family, unsigned int lport, unsigned int state, uint64_t *there,
			uint64_t *gone)
{
	uint64_t end = own_mono() + MINUTES * 1000 * MS, now = own_mono();

	for (*there = 0; now < end; now = own_mono()) {
		unsigned int ms = 0;

		if (!find_in_proc(family, lport, state, &ms)) {
			*gone = own_mono();
			return *there;
		}
		*there = now;
		/* often only when the time has come */
		usleep(ms > 500 ? (ms - 500) * 1000 : 2000);
	}
	return false;
}

/* the client closes first, then the server */
#define CLOSE_BOTH()                                                                      \
	do {                                                                              \
		ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, \
					  &self->server));                                \
		close(self->client);                                                      \
		wait_for_fin(self->server);                                               \
		close(self->server);                                                      \
	} while (0)

#define EXPECT_ON_TIME(s, there, gone)                                  \
	do {                                                            \
		EXPECT_LE(there, (s)->hdr.time);                        \
		EXPECT_LE((s)->hdr.time, gone + NETTRACE_LATE_MS * MS); \
		EXPECT_NE(0, (s)->flags &NETTRACE_CTX_TIMER);           \
		EXPECT_EQ(0, (s)->pid);                                 \
	} while (0)

/* nothing says that the end is closed when it goes into TIME-WAIT */
static unsigned int said_closed(const struct log *l, unsigned int lport)
{
	unsigned int i, n = 0;

	for (i = 0; i < l->n; i++)
		n += l->s[i].lport == lport && l->s[i].rport &&
		     l->s[i].new_state == NETTRACE_TCP_CLOSE;
	return n;
}

TEST_F_TIMEOUT(tw, begins_and_expires, MINUTES)
{
	const struct nettrace_state *s;
	uint64_t there, gone, began;

	CLOSE_BOTH();
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN, CPORT);
	ASSERT_NE(NULL, s);
	began = s->hdr.time;
	EXPECT_TRUE(in_proc(variant->family, CPORT, STATE_TIME_WAIT));
	EXPECT_EQ(0, said_closed(&self->log, CPORT));
	ASSERT_TRUE(watch_it_go(variant->family, CPORT, STATE_TIME_WAIT, &there, &gone));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_TIME_WAIT, s->old_state);
	EXPECT_EQ(NETTRACE_TCP_CLOSE, s->new_state);
	EXPECT_EQ(NETTRACE_END_EXPIRED, s->end_why);
	EXPECT_ON_TIME(s, there, gone);
	EXPECT_LT(59000 * MS, s->hdr.time - began);
	EXPECT_GT(64000 * MS, s->hdr.time - began);
	EXPECT_EQ(1, said_closed(&self->log, CPORT));
}

/* the last ACK is lost, the FIN comes again: the wait starts again */
TEST_F_TIMEOUT(tw, starts_again, MINUTES)
{
	const struct nettrace_state *s;
	uint64_t there, gone, again;

	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	close(self->client);
	wait_for_fin(self->server);
	ASSERT_EQ(
		0,
		system("nft 'add table inet t; add chain inet t i { type filter hook input "
		       "priority 0; }; add rule inet t i tcp dport 8080 tcp flags & (syn|fin|ack) "
		       "== ack limit rate 1/day burst 1 packets drop'"));
	close(self->server);
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_RESTART, CPORT);
	ASSERT_NE(NULL, s);
	while (s->new_state != NETTRACE_TCP_TIME_WAIT || s->old_state != NETTRACE_TCP_TIME_WAIT) {
		events_wait(&self->e, 1000);
		read_log(&self->e, &self->log);
		count(&self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_RESTART, CPORT, &s);
	}
	again = s->hdr.time;
	EXPECT_LT(59000, s->left_ms);
	ASSERT_TRUE(watch_it_go(variant->family, CPORT, STATE_TIME_WAIT, &there, &gone));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_END_EXPIRED, s->end_why);
	EXPECT_ON_TIME(s, there, gone);
	EXPECT_LT(59000 * MS, s->hdr.time - again);
}

/* an orphan's FIN-WAIT-2: the FIN arrives at the mini socket, or never */
TEST_F_TIMEOUT(tw, orphan_in_fin_wait_2, MINUTES)
{
	const struct nettrace_state *s;
	uint64_t there, gone;

	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	close(self->client);
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_FIN_WAIT2, s->old_state);
	EXPECT_EQ(NETTRACE_TCP_FIN_WAIT2, s->new_state);
	EXPECT_EQ(0, said_closed(&self->log, CPORT));
	EXPECT_TRUE(in_proc(variant->family, CPORT, 5));
	wait_for_fin(self->server);
	close(self->server);
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_RESTART, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_FIN_WAIT2, s->old_state);
	EXPECT_EQ(NETTRACE_TCP_TIME_WAIT, s->new_state);
	EXPECT_TRUE(in_proc(variant->family, CPORT, STATE_TIME_WAIT));
	EXPECT_EQ(0, said_closed(&self->log, CPORT));
	ASSERT_TRUE(watch_it_go(variant->family, CPORT, STATE_TIME_WAIT, &there, &gone));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_TIME_WAIT, s->old_state);
	EXPECT_EQ(NETTRACE_END_EXPIRED, s->end_why);
	EXPECT_ON_TIME(s, there, gone);
}

TEST_F_TIMEOUT(tw, orphan_that_nobody_answers, MINUTES)
{
	const struct nettrace_state *s;
	uint64_t there, gone;

	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	close(self->client);
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN, CPORT);
	ASSERT_NE(NULL, s);
	ASSERT_TRUE(watch_it_go(variant->family, CPORT, 5, &there, &gone));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_FIN_WAIT2, s->old_state);
	EXPECT_EQ(NETTRACE_TCP_CLOSE, s->new_state);
	EXPECT_EQ(NETTRACE_END_EXPIRED, s->end_why);
	EXPECT_ON_TIME(s, there, gone);
}

/* the server closes first; a new connection takes the addresses over */
TEST_F_TIMEOUT(tw, reused_by_a_new_connection, MINUTES)
{
	const struct nettrace_state *s;

	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	close(self->server);
	wait_for_fin(self->client);
	close(self->client);
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN, PORT);
	ASSERT_NE(NULL, s);
	usleep(1500000); /* the new SYN's timestamp must be newer */
	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, PORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_END_REUSED, s->end_why);
	EXPECT_EQ(NETTRACE_TCP_TIME_WAIT, s->old_state);
	EXPECT_FALSE(in_proc(variant->family, PORT, STATE_TIME_WAIT));
}

/* a RST with the number that is expected next, as if from the server */
static int send_rst(const struct nettrace_packet *fin)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int ret, fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC, IPPROTO_TCP);
	uint32_t seq = htonl(fin->seq + fin->payload + 1), sum = 0;
	uint8_t h[20] = { PORT >> 8, PORT & 255, CPORT >> 8, CPORT & 255 };
	unsigned int i;

	memcpy(h + 4, &seq, 4);
	h[12] = 5 << 4;
	h[13] = 0x04;
	for (i = 0; i < 20; i += 2)
		sum += (uint32_t)h[i] << 8 | h[i + 1];
	sum += 2 * (0x7f00 + 0x0001) + IPPROTO_TCP + 20; /* the pseudo header */
	sum = (sum & 0xffff) + (sum >> 16);
	sum = ~((sum & 0xffff) + (sum >> 16));
	h[16] = (uint8_t)(sum >> 8);
	h[17] = (uint8_t)sum;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	ret = sendto(fd, h, 20, 0, (struct sockaddr *)&to, sizeof(to)) < 0 ? -errno : 0;
	close(fd);
	return ret;
}

TEST_F_TIMEOUT(tw, killed_by_a_reset, MINUTES)
{
	const struct nettrace_state *s;

	if (variant->family != AF_INET)
		SKIP(return, "the packet is made for IPv4");
	CLOSE_BOTH();
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_BEGIN, CPORT);
	ASSERT_NE(NULL, s);
	usleep(200000);
	read_log(&self->e, &self->log);
	ASSERT_EQ(PORT, self->log.fin.sport);
	ASSERT_TRUE(in_proc(variant->family, CPORT, STATE_TIME_WAIT));
	ASSERT_EQ(0, send_rst(&self->log.fin));
	s = await(&self->e, &self->log, NETTRACE_SK_TIMEWAIT, NETTRACE_END, CPORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_END_KILLED, s->end_why);
	EXPECT_FALSE(in_proc(variant->family, CPORT, STATE_TIME_WAIT));
}

static uint64_t retransmitted(void)
{
	FILE *f = popen("nstat -asz TcpRetransSegs", "r");
	unsigned long long n = ~0ull;
	char line[128];

	while (f && fgets(line, sizeof(line), f))
		sscanf(line, "TcpRetransSegs %llu", &n);
	if (f)
		pclose(f);
	return n;
}

/* a half-open connection that nobody completes: begun at the SYN, sent again by
 * the timer, given up
 */
TEST_F_TIMEOUT(tw, half_open_expires, MINUTES)
{
	const struct nettrace_state *s, *begin;
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, variant->family, PORT);
	uint64_t there, gone;

	ASSERT_EQ(0, system("sysctl -qw net.ipv4.tcp_synack_retries=3 && "
			    "nft 'add table inet t; add chain inet t i { type filter hook input "
			    "priority 0; }; add rule inet t i tcp sport 8080 drop'"));
	self->client = bound_socket(variant->family, CPORT);
	fcntl(self->client, F_SETFL, O_NONBLOCK);
	EXPECT_EQ(-1, connect(self->client, (struct sockaddr *)&ss, len));
	begin = await(&self->e, &self->log, NETTRACE_SK_REQUEST, NETTRACE_BEGIN, PORT);
	ASSERT_NE(NULL, begin);
	EXPECT_EQ(NETTRACE_TCP_LISTEN, begin->old_state);
	EXPECT_EQ(NETTRACE_TCP_NEW_SYN_RECV, begin->new_state);
	EXPECT_EQ(CPORT, begin->rport);
	EXPECT_TRUE(in_proc(variant->family, PORT, STATE_SYN_RECV));
	/* no more SYNs: only the server's own timer sends from now on */
	close(self->client);
	ASSERT_TRUE(watch_it_go(variant->family, PORT, STATE_SYN_RECV, &there, &gone));
	s = await(&self->e, &self->log, NETTRACE_SK_REQUEST, NETTRACE_END, PORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_END_EXPIRED, s->end_why);
	EXPECT_EQ(NETTRACE_TCP_CLOSE, s->new_state);
	EXPECT_ON_TIME(s, there, gone);
	EXPECT_EQ(3, retransmitted());
	EXPECT_EQ(3, count(&self->log, NETTRACE_SK_REQUEST, NETTRACE_RESTART, PORT, &s));
	EXPECT_EQ(1, count(&self->log, NETTRACE_SK_REQUEST, NETTRACE_BEGIN, PORT, &s));
	EXPECT_EQ(1, count(&self->log, NETTRACE_SK_REQUEST, NETTRACE_END, PORT, &s));
}

/* the third segment turns it into a full socket: it ends, nothing is closed */
TEST_F(tw, half_open_promoted)
{
	const struct nettrace_state *s;

	ASSERT_EQ(0, connect_once(variant->family, self->listener, &self->client, &self->server));
	s = await(&self->e, &self->log, NETTRACE_SK_REQUEST, NETTRACE_END, PORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_END_PROMOTED, s->end_why);
	EXPECT_NE(NETTRACE_TCP_CLOSE, s->new_state);
	EXPECT_EQ(1, count(&self->log, NETTRACE_SK_REQUEST, NETTRACE_BEGIN, PORT, &s));
	EXPECT_EQ(0, said_closed(&self->log, PORT));
}

/* the listener goes, and with it what was half open */
TEST_F_TIMEOUT(tw, half_open_without_a_listener, MINUTES)
{
	const struct nettrace_state *s;
	struct sockaddr_storage ss;
	socklen_t len = address(&ss, variant->family, PORT);

	ASSERT_EQ(0, system("nft 'add table inet t; add chain inet t i { type filter hook input "
			    "priority 0; }; add rule inet t i tcp sport 8080 drop'"));
	self->client = bound_socket(variant->family, CPORT);
	fcntl(self->client, F_SETFL, O_NONBLOCK);
	EXPECT_EQ(-1, connect(self->client, (struct sockaddr *)&ss, len));
	s = await(&self->e, &self->log, NETTRACE_SK_REQUEST, NETTRACE_BEGIN, PORT);
	ASSERT_NE(NULL, s);
	close(self->client);
	close(self->listener);
	/* it lives until its timer looks for the listener */
	s = await(&self->e, &self->log, NETTRACE_SK_REQUEST, NETTRACE_END, PORT);
	ASSERT_NE(NULL, s);
	EXPECT_EQ(NETTRACE_TCP_CLOSE, s->new_state);
	EXPECT_FALSE(in_proc(variant->family, PORT, STATE_SYN_RECV));
}

TEST_HARNESS_MAIN
