// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_live.c - the module's events as they happen, in one order
 *
 * Purpose, ownership: source.h, source_live.h.
 * Context:   one thread.
 *
 * Order: the clock is read, then all descriptors are read until they have no
 * more.  Whatever happened NT_LIVE_SLACK_NS before that reading of the clock has
 * been read then (a record is in its ring within microseconds of its time), so
 * that all of it can be handed out in order.  The rest is held back.
 *
 * A namespace that comes later is read from its first record on.  What it wrote
 * before it was met may be older than what was handed out already; it is handed
 * out all the same, and counted in nt_source::late.
 *
 * Memory: the merge holds as many events as the rings do, at most HOLD_MAX.
 * If more come at once, the oldest are handed out before their time; an older
 * one that turns up afterwards is counted in nt_source::late.
 */
#include "source_live.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "live_open.h"
#include "merge.h"

#define BUF_SIZE    (256u * 1024)
#define HOLD_MIN    (16u * 1024)
#define HOLD_MAX    (1024u * 1024) /* events of 240 bytes */
#define WAIT_MAX_NS 3000000ull

struct live_in {
	int fd; /* -1: it has ended */
	uint32_t stride;
	bool released;
	bool in_kernel; /* the filter was set there, too */
	uint64_t since; /* what is older is left out */
};

struct nt_live {
	struct nt_source s; /* first: ops get a pointer to it */
	struct live_in in[NT_STREAM_MAX];
	struct nt_merge merge;
	uint64_t until; /* what is not younger may go */
	uint64_t last;	/* time of the youngest event handed out */
	int64_t skew;	/* records' clock less ours: time namespaces */
	bool until_now;
	bool drained; /* until_now: all has been read */
	bool fixed_cap;
	uint8_t *buf;
	struct nt_live_finder *finder; /* NULL: no namespace comes later */
	bool look;		       /* it has something: some files say so only once */
	uint64_t since;
	struct pollfd pfd[NT_STREAM_MAX + 1];
};

static const struct nt_source_ops live_ops;

static struct nt_live *of(struct nt_source *s)
{
	return (struct nt_live *)s;
}

/* as the module's clock has it */
static uint64_t now(const struct nt_live *l)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec + (uint64_t)l->skew;
}

static void end_stream(struct nt_live *l, unsigned int i)
{
	close(l->in[i].fd);
	l->in[i].fd = -1;
	l->s.stream[i].ended = true;
	if (l->finder)
		l->finder->ended(l->finder, l->s.stream[i].netns);
}

static bool all_ended(const struct nt_live *l)
{
	unsigned int i;

	for (i = 0; i < l->s.nstream; i++)
		if (l->in[i].fd >= 0)
			return false;
	return true;
}

/* nothing will ever follow what is held */
static bool over(const struct nt_live *l)
{
	return all_ended(l) && (!l->finder || l->finder->over(l->finder));
}

static const char *title(const struct nt_stream *st)
{
	return *st->name ? st->name : "this network namespace";
}

static int not_whole(const struct nt_stream *st, size_t n, struct nt_error *err)
{
	return nt_error_set(
		err, -EPROTO,
		"%s: the module gave %zu bytes, which is no whole number of records of %u: rebuild module and nettrace together",
		title(st), n, st->stride);
}

/* slots at l->buf from byte @at on */
static int take_slots(struct nt_live *l, unsigned int i, size_t at, size_t n, struct nt_error *err)
{
	const struct nt_stream *st = &l->s.stream[i];
	struct nt_event ev = { .source = i };
	int ret;

	if (n % st->stride)
		return not_whole(st, n, err);
	for (; at < n; at += st->stride) {
		memcpy(&ev.rec, l->buf + at, sizeof(ev.rec));
		if (ev.rec.hdr.type == NETTRACE_INFO || ev.rec.hdr.time < l->in[i].since)
			continue;
		if (ev.rec.hdr.type == NETTRACE_GAP && !ev.rec.gap.lost) {
			l->s.filtered += ev.rec.gap.filtered;
			continue;
		}
		ev.t = (int64_t)ev.rec.hdr.time + st->real_offset;
		ret = nt_merge_add(&l->merge, &ev);
		if (ret)
			return nt_error_set(err, ret,
					    "memory is short: events of %s cannot be held",
					    title(st));
	}
	return 0;
}

/*
 * Read what one descriptor has.  1: it has no more; 0: it may have more, but
 * there is no room; negative: failed
 */
static int drain_one(struct nt_live *l, unsigned int i, struct nt_error *err)
{
	struct live_in *in = &l->in[i];
	size_t slots = BUF_SIZE / in->stride;
	uint64_t most = (uint64_t)l->s.stream[i].ring * l->s.stream[i].cpus;
	uint64_t got = 0;
	ssize_t n;
	int ret;

	/* under load there is always more: what the rings held is enough */
	while (in->fd >= 0 && got <= most + slots) {
		if (nt_merge_room(&l->merge) < slots)
			return 0;
		n = read(in->fd, l->buf, slots * in->stride);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (!n || (n < 0 && errno == EIO)) {
			end_stream(l, i);
			break;
		}
		if (n < 0)
			return nt_error_set(err, -errno, "events of %s cannot be read: %s",
					    title(&l->s.stream[i]), strerror(errno));
		ret = take_slots(l, i, 0, (size_t)n, err);
		if (ret)
			return ret;
		got += (size_t)n / in->stride;
	}
	return 1;
}

/* are there namespaces that are not read yet? */
static int look_for_more(struct nt_live *l, struct nt_error *err)
{
	struct pollfd pfd = { .events = POLLIN };

	if (!l->finder || l->until_now)
		return 0;
	pfd.fd = l->finder->fd;
	if (!l->look && poll(&pfd, 1, 0) <= 0)
		return 0;
	l->look = false;
	return l->finder->look(l->finder, &l->s, err);
}

static int drain(struct nt_live *l, struct nt_error *err)
{
	bool whole = true;
	uint64_t start;
	unsigned int i;
	int ret;

	ret = look_for_more(l, err);
	if (ret)
		return ret;
	start = now(l);
	for (i = 0; i < l->s.nstream; i++) {
		ret = drain_one(l, i, err);
		if (ret < 0)
			return ret;
		whole &= ret;
	}
	if (!whole)
		return 0;
	l->until = start - NT_LIVE_SLACK_NS;
	l->drained = true;
	if (l->until_now || over(l))
		l->until = UINT64_MAX;
	return 0;
}

/* Unix time of the module's clock */
static int64_t to_unix(const struct nt_live *l, uint64_t time)
{
	return (int64_t)time + l->s.stream[0].real_offset;
}

static bool take(struct nt_live *l, uint64_t until, struct nt_event *ev)
{
	const struct nettrace_hdr *hdr = &ev->rec.hdr;

	if (!nt_merge_pop(&l->merge, until, ev))
		return false;
	if (hdr->time < l->last)
		l->s.late++;
	else
		l->last = hdr->time;
	if (ev->t > l->s.settled)
		l->s.settled = ev->t;
	if (hdr->type == NETTRACE_GAP) {
		l->s.lost += ev->rec.gap.lost;
		l->s.filtered += ev->rec.gap.filtered;
	} else {
		l->s.delivered++;
	}
	return true;
}

static int live_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_live *l = of(s);
	size_t least = BUF_SIZE / NETTRACE_REC_SIZE;
	int ret;

	if (take(l, l->until, ev))
		return 1;
	if (over(l) || (l->until_now && l->drained)) {
		l->until = UINT64_MAX;
		return take(l, UINT64_MAX, ev) ? 1 : -ENODATA;
	}
	ret = drain(l, err);
	if (ret)
		return ret;
	if (take(l, l->until, ev))
		return 1;
	if (nt_merge_room(&l->merge) < least && take(l, UINT64_MAX, ev))
		return 1;
	if (over(l) || (l->until_now && l->drained))
		return -ENODATA;
	if (l->until != UINT64_MAX && to_unix(l, l->until) > s->settled)
		s->settled = to_unix(l, l->until);
	return 0;
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000ull),
		.tv_nsec = (long)(ns % 1000000000ull),
	};
}

/*
 * While events are held back, no younger one can pass them: sleep until the
 * oldest may go, and let the rings gather.  Only with nothing in hand does the
 * module have to wake us.
 */
static int live_wait(struct nt_source *s, int timeout_ms)
{
	struct nt_live *l = of(s);
	struct pollfd *pfd = l->pfd;
	uint64_t oldest, ns, t = now(l);
	struct timespec ts;
	unsigned int i;
	nfds_t n = 0;

	if (l->until_now || over(l))
		return 0;
	if (l->finder)
		pfd[n++] = (struct pollfd){ .fd = l->finder->fd, .events = POLLIN };
	ns = timeout_ms < 0 ? UINT64_MAX : (uint64_t)timeout_ms * 1000000ull;
	if (nt_merge_oldest(&l->merge, &oldest)) {
		oldest += NT_LIVE_SLACK_NS + 1000;
		if (oldest <= t)
			return 0;
		if (ns > oldest - t)
			ns = oldest - t;
		if (ns > WAIT_MAX_NS)
			ns = WAIT_MAX_NS;
	} else {
		for (i = 0; i < s->nstream; i++)
			if (l->in[i].fd >= 0)
				pfd[n++] = (struct pollfd){ .fd = l->in[i].fd, .events = POLLIN };
	}
	ts = to_timespec(ns);
	if (ppoll(pfd, n, ns == UINT64_MAX ? NULL : &ts, NULL) < 0)
		return -errno;
	l->look = l->look || (l->finder && pfd[0].revents);
	return 0;
}

static void live_close(struct nt_source *s)
{
	struct nt_live *l = of(s);
	unsigned int i;

	if (l->finder)
		l->finder->close(l->finder);
	l->finder = NULL;
	for (i = 0; i < s->nstream; i++)
		if (l->in[i].fd >= 0)
			end_stream(l, i);
	nt_merge_free(&l->merge);
	free(l->buf);
	free(l);
}

/* was it in force everywhere, and is it still?  Once lifted it does not come back */
static bool live_in_kernel(struct nt_source *s)
{
	struct nt_live *l = of(s);
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (!l->in[i].in_kernel || s->stream[i].ended ||
		    !nt_live_filter_holds(s->stream[i].name, s->stream[i].netns))
			return false;
	return s->nstream;
}

static const struct nt_source_ops live_ops = {
	.next = live_next,
	.wait = live_wait,
	.close = live_close,
	.in_kernel = live_in_kernel,
};

void nt_source_live_in_kernel(struct nt_source *s, uint64_t inode)
{
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (s->stream[i].netns == inode && !s->stream[i].ended)
			of(s)->in[i].in_kernel = true;
}

void nt_source_live_until_now(struct nt_source *s)
{
	if (s->ops != &live_ops)
		return;
	of(s)->until_now = true;
	of(s)->drained = false;
}

/* what the module says of itself, before anything of it is believed */
static int check_info(const struct nt_stream *st, const void *slot, size_t n, struct nt_error *err)
{
	struct nettrace_info info = { 0 };

	if (n < offsetof(struct nettrace_info, stride))
		return nt_error_set(
			err, -EPROTO,
			"%s: the module's first record is cut short: rebuild module and nettrace together",
			title(st));
	memcpy(&info, slot, n < sizeof(info) ? n : sizeof(info));
	if (info.magic != NETTRACE_MAGIC || info.hdr.type != NETTRACE_INFO)
		return nt_error_set(err, -EPROTO,
				    "%s: what is read there does not come from the nettrace module",
				    title(st));
	if (info.abi > NETTRACE_ABI)
		return nt_error_set(
			err, -EPROTO,
			"the module speaks ABI %u, this nettrace ABI %d: upgrade nettrace to the version of the module",
			info.abi, NETTRACE_ABI);
	if (info.abi < NETTRACE_ABI)
		return nt_error_set(
			err, -EPROTO,
			"the module speaks ABI %u, this nettrace ABI %d: unload the module ('sudo rmmod nettrace') and load the one that was built with this nettrace",
			info.abi, NETTRACE_ABI);
	if (info.rec_size != NETTRACE_REC_SIZE || n < offsetof(struct nettrace_info, pad) ||
	    info.stride < NETTRACE_REC_SIZE || info.stride > BUF_SIZE / 4)
		return nt_error_set(
			err, -EPROTO,
			"the module's records have %u bytes in slots of %u, this nettrace's have %d: rebuild module and nettrace together",
			info.rec_size, info.stride, NETTRACE_REC_SIZE);
	return 0;
}

static void take_info(struct nt_live *l, unsigned int i, uint64_t read_at)
{
	struct nt_stream *st = &l->s.stream[i];
	struct nettrace_info info;
	int64_t off;

	memcpy(&info, l->buf, sizeof(info));
	st->netns = info.netns;
	/* one for all: the order of time must stay the order of Unix time */
	st->real_offset = i ? l->s.stream[0].real_offset : info.real_offset;
	st->cpus = info.cpus;
	st->stride = info.stride;
	st->ring = info.ring;
	memcpy(st->version, info.version, sizeof(st->version) - 1);
	memcpy(st->release, info.release, sizeof(st->release) - 1);
	l->in[i].stride = info.stride;

	/* in a time namespace our clock is another one, by far */
	off = (int64_t)(info.hdr.time - read_at);
	if (i || (off <= 1000000000 && off >= -1000000000))
		return;
	l->skew = off;
	if (l->since)
		l->since += (uint64_t)off;
	l->in[i].since = l->since;
}

/* the first read: INFO, and events already */
static int greet(struct nt_live *l, unsigned int i, struct nt_error *err)
{
	struct nt_stream *st = &l->s.stream[i];
	int fd = l->in[i].fd;
	uint64_t t = now(l);
	ssize_t n;
	int ret;

	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return nt_error_set(err, -errno, "events of %s: %s", title(st), strerror(errno));
	do
		n = read(fd, l->buf, BUF_SIZE);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return nt_error_set(err, -errno, "events of %s cannot be read: %s", title(st),
				    strerror(errno));
	if (!n)
		return nt_error_set(
			err, -ESHUTDOWN,
			"the module is being unloaded: load it again with 'sudo insmod module/nettrace.ko'");
	ret = check_info(st, l->buf, (size_t)n, err);
	if (ret)
		return ret;
	take_info(l, i, t);
	return take_slots(l, i, st->stride, (size_t)n, err);
}

/* as many as the rings may give at once */
static size_t hold(const struct nt_source *s)
{
	uint64_t sum = 2 * BUF_SIZE / NETTRACE_REC_SIZE;
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		sum += (uint64_t)s->stream[i].ring * s->stream[i].cpus;
	return sum < HOLD_MIN ? HOLD_MIN : sum > HOLD_MAX ? HOLD_MAX : sum;
}

static void name_stream(struct nt_stream *st, const char *name)
{
	memset(st->name, 0, sizeof(st->name));
	strncpy(st->name, name, sizeof(st->name) - 1);
}

int nt_source_live_fds(struct nt_source **s, const int *fds, const char *const *names, size_t n,
		       size_t max, struct nt_error *err)
{
	struct nt_live *l = calloc(1, sizeof(*l));
	unsigned int i;
	int ret = 0;

	*s = NULL;
	if (l)
		l->buf = malloc(BUF_SIZE);
	if (!l || !l->buf) {
		for (i = 0; i < n; i++)
			close(fds[i]);
		free(l);
		return nt_error_set(err, -ENOMEM, "memory is short");
	}
	l->s.ops = &live_ops;
	l->s.nstream = (unsigned int)n;
	for (i = 0; i < n; i++) {
		l->in[i].fd = fds[i];
		name_stream(&l->s.stream[i], names[i]);
	}
	nt_merge_init(&l->merge, HOLD_MAX); /* until the rings are known */
	for (i = 0; !ret && i < n; i++)
		ret = greet(l, i, err);
	if (ret) {
		live_close(&l->s);
		return ret;
	}
	l->fixed_cap = max;
	l->merge.cap = max ? max : hold(&l->s);
	*s = &l->s;
	return 0;
}

/* a place for one more stream: the next, or one that was released; -1: none */
static int place(const struct nt_live *l)
{
	unsigned int i;

	if (l->s.nstream < NT_STREAM_MAX)
		return (int)l->s.nstream;
	for (i = 0; i < NT_STREAM_MAX; i++)
		if (l->in[i].released)
			return (int)i;
	return -1;
}

int nt_source_live_add(struct nt_source *s, int fd, const char *name, struct nt_error *err)
{
	struct nt_live *l = of(s);
	int i = place(l), ret;
	struct nt_stream *st;

	if (i < 0) {
		close(fd);
		return nt_error_set(
			err, -E2BIG,
			"network namespace %s is left out: %d were read before it, which is the most",
			name, NT_STREAM_MAX);
	}
	st = &s->stream[i];
	/* what its first read gives must not be refused */
	if (nt_merge_room(&l->merge) < BUF_SIZE / NETTRACE_REC_SIZE)
		l->merge.cap += BUF_SIZE / NETTRACE_REC_SIZE;
	l->in[i] = (struct live_in){ .fd = fd, .since = l->since };
	memset(st, 0, sizeof(*st));
	name_stream(st, name);
	ret = greet(l, (unsigned int)i, err);
	if (ret && !st->stride) { /* nothing of it was taken: it never was here */
		close(fd);
		l->in[i] = (struct live_in){ .fd = -1, .released = (unsigned int)i < s->nstream };
		st->ended = true;
		return ret;
	}
	if ((unsigned int)i == s->nstream)
		s->nstream++;
	if (!l->fixed_cap && hold(s) > l->merge.cap)
		l->merge.cap = hold(s);
	l->drained = false;
	return ret;
}

void nt_source_live_drop(struct nt_source *s, unsigned int i)
{
	struct nt_live *l = of(s);

	if (i < s->nstream && l->in[i].fd >= 0)
		end_stream(l, i);
}

void nt_source_live_rename(struct nt_source *s, uint64_t inode, const char *name)
{
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (s->stream[i].netns == inode && !s->stream[i].ended)
			name_stream(&s->stream[i], name);
}

void nt_source_live_release(struct nt_source *s, unsigned int i)
{
	struct nt_live *l = of(s);

	if (s->ops == &live_ops && i < s->nstream && l->in[i].fd < 0)
		l->in[i].released = true;
}

void nt_source_live_finder(struct nt_source *s, struct nt_live_finder *f, bool from_now)
{
	struct nt_live *l = of(s);

	l->finder = f;
	l->since = from_now ? now(l) : 0;
}
