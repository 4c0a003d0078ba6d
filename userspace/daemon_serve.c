// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_serve.c - nettraced's clients
 *
 * Purpose, ownership, context: daemon_serve.h.
 *
 * A client's memory holds what is to be sent next; when all of it is sent, the
 * next block is made from where its cursor is in the store.
 */
#include "daemon_serve.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "recordfile.h"
#include "source_daemon.h"

#define SECOND	  1000000000LL
#define SETTLE_NS 500000000LL /* "now" has come after this at the latest */
#define ROUND	  8	      /* blocks for a client before others have their turn */

#define END_ROOM  16384 /* bytes that what ends an answer may take */

struct client {
	int fd;	       /* -1: the place is free */
	uint32_t life; /* tells it from whoever had the place before */
	uint16_t flags;
	bool asked;   /* it has said what it wants: the cursor is in use */
	bool closing; /* nothing follows what is in the memory */
	bool blocked; /* it does not take what is in the memory now */
	bool greeted; /* the header is made */
	struct nt_dq q;
	size_t have; /* bytes of q */
	struct ntd_cursor cur;
	uint64_t below;	  /* the end of what it gets; UINT64_MAX: not known yet */
	uint64_t records; /* what the end block says */
	int64_t asked_at;
	int64_t took; /* when it last took something */
	/* streams: all changes up to told are described, and those of this round
	 * (up to tell) of the streams before stream
	 */
	uint64_t told, tell;
	unsigned int stream;
	size_t from, to; /* in buf: to be sent */
	uint8_t *buf;
};

struct ntd_server {
	struct ntd_server_opts o;
	struct ntd_server_counts n;
	struct client client[NTD_CLIENTS_MAX];
	uint32_t lives;
	bool deaf;			 /* not accepting until the next tick */
	uint64_t change;		 /* number of the last one */
	uint64_t changed[NT_STREAM_MAX]; /* the change of each stream; 0: none */
	uint8_t bytes[NTD_CLIENT_BYTES]; /* payloads of the events that are being put */
};

/* ---- what is in the memory --------------------------------------------------- */

static void *body(struct client *c)
{
	return c->buf + c->to + sizeof(struct nt_rf_block);
}

static size_t room(const struct client *c)
{
	size_t head = sizeof(struct nt_rf_block);

	return NTD_CLIENT_BYTES - c->to > head ? NTD_CLIENT_BYTES - c->to - head : 0;
}

/* @len bytes of body() are filled, as a multiple of 8 */
static void put_block(struct client *c, uint32_t type, size_t len)
{
	struct nt_rf_block head = { .type = type, .len = (uint32_t)len };

	head.sum = nt_rf_sum(type, head.len, body(c));
	memcpy(c->buf + c->to, &head, sizeof(head));
	c->to += sizeof(head) + len;
}

static void put_text(struct client *c, uint32_t type, size_t len)
{
	memset((uint8_t *)body(c) + len, 0, 8);
	put_block(c, type, (len + 7) & ~(size_t)7);
}

static void put_header(struct client *c)
{
	struct nt_rf_header h = nt_rf_header();

	memcpy(c->buf + c->to, &h, sizeof(h));
	c->to += sizeof(h);
	c->greeted = true;
}

static void put_stream(struct client *c, const struct nt_stream *st, unsigned int i)
{
	struct nt_rf_stream *to = body(c);

	*to = nt_rf_stream_of(i, st);
	put_block(c, NT_RF_STREAM, sizeof(*to));
}

/* false: there are more than fit */
static bool put_streams(const struct ntd_server *sv, struct client *c)
{
	unsigned int n = sv->o.src->nstream;

	if (c->told == sv->change)
		return true;
	if (!c->stream)
		c->tell = sv->change;
	for (; c->stream < n; c->stream++) {
		if (room(c) < sizeof(struct nt_rf_stream))
			return false;
		if (sv->changed[c->stream] > c->told)
			put_stream(c, &sv->o.src->stream[c->stream], c->stream);
	}
	c->stream = 0;
	c->told = c->tell;
	return c->told == sv->change;
}

/* is there room for one more event, with its payload? */
static bool fits(const struct client *c, size_t events, size_t bytes)
{
	uint32_t next = ntd_cursor_bytes(&c->cur);

	if (next)
		bytes += nt_rf_bytes_size(next);
	if (bytes)
		bytes += sizeof(struct nt_rf_block);
	return (events + 1) * sizeof(struct nt_rf_event) + bytes <= room(c);
}

/* their payloads stand in front of them */
static void put_bytes(const struct ntd_server *sv, struct client *c, size_t bytes, size_t events)
{
	uint8_t *at = body(c);

	memmove(at + bytes + sizeof(struct nt_rf_block), at, events);
	memcpy(at, sv->bytes, bytes);
	put_block(c, NT_RF_BYTES, bytes);
}

static void put_events(struct ntd_server *sv, struct client *c)
{
	struct nt_rf_event *ev = body(c);
	size_t n = 0, bytes = 0;

	while (fits(c, n, bytes) && ntd_cursor_next(sv->o.store, &c->cur, c->below, &ev[n])) {
		if (c->cur.nbytes)
			bytes += nt_rf_put_bytes(sv->bytes + bytes, (uint32_t)n, c->cur.bytes,
						 c->cur.nbytes);
		if (ev[n].rec.hdr.type == NETTRACE_GAP)
			sv->n.missed += ev[n].rec.gap.lost;
		else
			sv->n.sent++;
		n++;
	}
	if (!n)
		return;
	c->records += n;
	if (bytes)
		put_bytes(sv, c, bytes, n * sizeof(*ev));
	put_block(c, NT_RF_EVENTS, n * sizeof(*ev));
}

static void put_end(struct ntd_server *sv, struct client *c)
{
	struct nt_rf_end *end;
	size_t n;

	if (c->flags & NT_DQ_COUNTERS) {
		n = sv->o.counters(sv->o.arg, body(c), END_ROOM / 2);
		put_text(c, NT_DQ_BLOCK_COUNTERS, n);
	}
	end = body(c);
	end->events = c->records;
	put_block(c, NT_RF_END, sizeof(*end));
	c->closing = true;
}

static bool at_end(const struct client *c)
{
	return c->below != UINT64_MAX && !ntd_cursor_has(&c->cur, c->below);
}

/* what comes next, if the memory is empty; true: there is something to send */
static bool fill(struct ntd_server *sv, struct client *c)
{
	if (c->from < c->to)
		return true;
	c->from = 0;
	c->to = 0;
	if (c->closing || !c->asked)
		return false;
	if (!c->greeted)
		put_header(c);
	if (!put_streams(sv, c) || room(c) < END_ROOM)
		return true;
	if (at_end(c))
		put_end(sv, c);
	else
		put_events(sv, c);
	return c->to > 0;
}

/* ---- places ------------------------------------------------------------------- */

static void leave(struct ntd_server *sv, struct client *c)
{
	if (c->asked)
		ntd_cursor_done(sv->o.store, &c->cur);
	close(c->fd); /* epoll forgets it */
	free(c->buf);
	memset(c, 0, sizeof(*c));
	c->fd = -1;
	sv->n.clients--;
}

static void drop(struct ntd_server *sv, struct client *c)
{
	sv->n.dropped++;
	leave(sv, c);
}

static int watch(const struct ntd_server *sv, const struct client *c, int op, uint32_t events)
{
	struct epoll_event ev = {
		.events = events,
		.data.u64 = sv->o.tag + (uint64_t)(c - sv->client) + ((uint64_t)c->life << 32),
	};

	return epoll_ctl(sv->o.epoll, op, c->fd, &ev);
}

/* false: the client is gone */
static bool send_some(struct ntd_server *sv, struct client *c, int64_t now)
{
	ssize_t n = send(c->fd, c->buf + c->from, c->to - c->from, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n >= 0) {
		c->from += (size_t)n;
		c->took = now;
	} else if (errno != EAGAIN && errno != EINTR) {
		leave(sv, c);
		return false;
	}
	if (c->from < c->to && !c->blocked) {
		c->blocked = true;
		watch(sv, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLOUT | EPOLLRDHUP);
	}
	if (c->from == c->to && c->closing) {
		leave(sv, c);
		return false;
	}
	return true;
}

/* a sentence, and that is all it gets */
static void refuse(struct ntd_server *sv, struct client *c, const char *why, int64_t now)
{
	size_t n = strlen(why);

	sv->n.refused++;
	c->from = 0;
	c->to = 0;
	put_header(c);
	memcpy(body(c), why, n);
	put_text(c, NT_DQ_BLOCK_REFUSED, n);
	c->closing = true;
	send_some(sv, c, now);
}

static struct client *free_place(struct ntd_server *sv, int64_t now)
{
	struct client *c, *longest = NULL;
	unsigned int i;

	for (i = 0; i < NTD_CLIENTS_MAX; i++) {
		c = &sv->client[i];
		if (c->fd < 0)
			return c;
		if (c->blocked && now - c->took > NTD_STALL_S * SECOND &&
		    (!longest || c->took < longest->took))
			longest = c;
	}
	if (longest)
		drop(sv, longest);
	return longest;
}

/* without a place: told why on the spot, as far as it fits, which it does */
static void turn_away(struct ntd_server *sv, int fd, int64_t now)
{
	struct client c = { .fd = fd, .buf = malloc(NTD_CLIENT_BYTES) };
	char why[128];

	snprintf(why, sizeof(why),
		 "it has %d clients already, which is the most; try again when one has ended",
		 NTD_CLIENTS_MAX);
	if (!c.buf) {
		close(fd);
		return;
	}
	sv->n.clients++; /* leave() takes it off again */
	c.blocked = true;
	refuse(sv, &c, why, now);
	if (c.fd >= 0)
		leave(sv, &c);
}

/*
 * No descriptor, or no memory, for who wants to connect: the listening socket stays
 * readable, and is not looked at for a while
 */
static void hear_clients(struct ntd_server *sv, bool hear)
{
	struct epoll_event ev = { .events = hear ? EPOLLIN : 0, .data.u64 = sv->o.tag - 1 };

	if (!epoll_ctl(sv->o.epoll, EPOLL_CTL_MOD, sv->o.listener, &ev))
		sv->deaf = !hear;
}

void ntd_server_accept(struct ntd_server *sv, int64_t now)
{
	struct client *c;
	int fd;

	while ((fd = accept4(sv->o.listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
		c = free_place(sv, now);
		if (!c) {
			turn_away(sv, fd, now);
			continue;
		}
		memset(c, 0, sizeof(*c));
		c->fd = fd;
		c->life = ++sv->lives;
		c->asked_at = now;
		c->took = now;
		c->buf = malloc(NTD_CLIENT_BYTES);
		sv->n.clients++;
		if (!c->buf || watch(sv, c, EPOLL_CTL_ADD, EPOLLIN | EPOLLRDHUP))
			drop(sv, c);
	}
	if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		hear_clients(sv, false);
}

static void begin(struct ntd_server *sv, struct client *c, int64_t now)
{
	if (c->q.magic != NT_DQ_MAGIC) {
		refuse(sv, c, "what was asked is not a question of nettrace's", now);
		return;
	}
	if (c->q.version != NT_DQ_VERSION || (c->q.flags & ~NT_DQ_ALL) || c->q.pad) {
		refuse(sv, c,
		       "it is of another version than this nettrace: restart the daemon that belongs to it",
		       now);
		return;
	}
	c->flags = c->q.flags;
	c->below = c->flags & (NT_DQ_HISTORY | NT_DQ_LIVE) ? UINT64_MAX : 0;
	c->asked_at = now;
	c->asked = true;
	ntd_cursor_init(sv->o.store, &c->cur, c->flags & NT_DQ_HISTORY);
	sv->n.served++;
}

/* its question; what comes after that is nothing we wait for */
static void listen_to(struct ntd_server *sv, struct client *c, int64_t now)
{
	uint8_t rest[64];
	ssize_t n;

	if (c->asked || c->closing) {
		n = recv(c->fd, rest, sizeof(rest), MSG_DONTWAIT);
		if (!n || (n < 0 && errno != EAGAIN && errno != EINTR))
			leave(sv, c);
		return;
	}
	n = recv(c->fd, (uint8_t *)&c->q + c->have, sizeof(c->q) - c->have, MSG_DONTWAIT);
	if (!n || (n < 0 && errno != EAGAIN && errno != EINTR)) {
		leave(sv, c);
		return;
	}
	if (n > 0)
		c->have += (size_t)n;
	if (c->have == sizeof(c->q))
		begin(sv, c, now);
}

void ntd_server_ready(struct ntd_server *sv, uint64_t which, uint32_t events, int64_t now)
{
	uint32_t i = (uint32_t)which;
	struct client *c = i < NTD_CLIENTS_MAX ? &sv->client[i] : NULL;

	/* another may have its place by now */
	if (!c || c->fd < 0 || c->life != which >> 32)
		return;
	if (events & (EPOLLHUP | EPOLLERR)) {
		leave(sv, c);
		return;
	}
	if (events & EPOLLOUT) {
		c->blocked = false;
		watch(sv, c, EPOLL_CTL_MOD, EPOLLIN | EPOLLRDHUP);
	}
	if (events & (EPOLLIN | EPOLLRDHUP))
		listen_to(sv, c, now);
}

/* ---- sending ------------------------------------------------------------------- */

static bool push_one(struct ntd_server *sv, struct client *c, int64_t now)
{
	unsigned int i;

	for (i = 0; i < ROUND && !c->blocked; i++) {
		if (!fill(sv, c))
			return false;
		if (!send_some(sv, c, now))
			return false;
	}
	return !c->blocked;
}

bool ntd_server_push(struct ntd_server *sv, int64_t settled, int64_t now)
{
	bool more = false;
	unsigned int i;

	for (i = 0; i < NTD_CLIENTS_MAX; i++) {
		struct client *c = &sv->client[i];

		if (c->fd < 0 || (!c->asked && c->from == c->to))
			continue;
		/* what had happened when it asked is there now: this is the end */
		if (c->asked && c->below == UINT64_MAX && !(c->flags & NT_DQ_LIVE) &&
		    (settled >= c->asked_at || now - c->asked_at > SETTLE_NS))
			c->below = ntd_store_number(sv->o.store);
		more |= push_one(sv, c, now);
	}
	return more;
}

void ntd_server_tick(struct ntd_server *sv, int64_t now)
{
	unsigned int i;

	if (sv->deaf)
		hear_clients(sv, true);
	for (i = 0; i < NTD_CLIENTS_MAX; i++) {
		struct client *c = &sv->client[i];

		if (c->fd < 0)
			continue;
		if (!c->asked && now - c->asked_at > NTD_ASK_S * SECOND)
			drop(sv, c);
		else if (c->asked && c->cur.broken)
			drop(sv, c);
		else if (c->blocked && now - c->took > NTD_DROP_S * SECOND &&
			 (c->closing || c->cur.missed.sum))
			drop(sv, c);
	}
}

static int64_t clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

void ntd_server_end(struct ntd_server *sv, int ms)
{
	int64_t now = clock_ns(), end = now + ms * 1000000LL;
	struct pollfd pfd[NTD_CLIENTS_MAX];
	unsigned int i;

	for (i = 0; i < NTD_CLIENTS_MAX; i++) {
		struct client *c = &sv->client[i];

		if (c->fd >= 0 && !c->asked && !c->closing)
			leave(sv, c);
		else if (c->below == UINT64_MAX)
			c->below = ntd_store_number(sv->o.store);
	}
	do {
		for (i = 0; i < NTD_CLIENTS_MAX; i++)
			sv->client[i].blocked = false;
		ntd_server_push(sv, now, now);
		for (i = 0; i < NTD_CLIENTS_MAX; i++)
			pfd[i] = (struct pollfd){ .fd = sv->client[i].fd, .events = POLLOUT };
		if (sv->n.clients && poll(pfd, NTD_CLIENTS_MAX, (int)((end - now) / 1000000)) <= 0)
			break;
		now = clock_ns();
	} while (sv->n.clients && now < end);
}

/* ---- the server ------------------------------------------------------------------ */

void ntd_server_stream(struct ntd_server *sv, unsigned int i)
{
	if (i < NT_STREAM_MAX)
		sv->changed[i] = ++sv->change;
}

struct ntd_server *ntd_server_new(const struct ntd_server_opts *o)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.u64 = o->tag - 1 };
	struct ntd_server *sv = calloc(1, sizeof(*sv));
	unsigned int i;

	if (!sv)
		return NULL;
	sv->o = *o;
	for (i = 0; i < NTD_CLIENTS_MAX; i++)
		sv->client[i].fd = -1;
	if (epoll_ctl(o->epoll, EPOLL_CTL_ADD, o->listener, &ev)) {
		free(sv);
		return NULL;
	}
	return sv;
}

void ntd_server_free(struct ntd_server *sv)
{
	unsigned int i;

	if (!sv)
		return;
	for (i = 0; i < NTD_CLIENTS_MAX; i++)
		if (sv->client[i].fd >= 0)
			leave(sv, &sv->client[i]);
	close(sv->o.listener);
	free(sv);
}

const struct ntd_server_counts *ntd_server_counts(const struct ntd_server *sv)
{
	return &sv->n;
}
