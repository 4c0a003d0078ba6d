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

#include "merge.h"

#define BUF_SIZE    (256u * 1024)
#define HOLD_MIN    (16u * 1024)
#define HOLD_MAX    (1024u * 1024) /* events of 240 bytes */
#define WAIT_MAX_NS 3000000ull

struct live_in {
	int fd; /* -1: it has ended */
	uint32_t stride;
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
	uint8_t *buf;
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
}

static bool all_ended(const struct nt_live *l)
{
	unsigned int i;

	for (i = 0; i < l->s.nstream; i++)
		if (l->in[i].fd >= 0)
			return false;
	return true;
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
		if (ev.rec.hdr.type == NETTRACE_INFO)
			continue;
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

static int drain(struct nt_live *l, struct nt_error *err)
{
	uint64_t start = now(l);
	bool whole = true;
	unsigned int i;
	int ret;

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
	if (l->until_now || all_ended(l))
		l->until = UINT64_MAX;
	return 0;
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
	if (hdr->type == NETTRACE_GAP)
		l->s.lost += ev->rec.gap.lost;
	else
		l->s.delivered++;
	return true;
}

static int live_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_live *l = of(s);
	size_t least = BUF_SIZE / NETTRACE_REC_SIZE;
	int ret;

	if (take(l, l->until, ev))
		return 1;
	if (all_ended(l) || (l->until_now && l->drained)) {
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
	return all_ended(l) || (l->until_now && l->drained) ? -ENODATA : 0;
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
	struct pollfd pfd[NT_STREAM_MAX];
	uint64_t oldest, ns, t = now(l);
	struct timespec ts;
	unsigned int i;
	nfds_t n = 0;

	if (l->until_now || all_ended(l))
		return 0;
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
	return ppoll(pfd, n, ns == UINT64_MAX ? NULL : &ts, NULL) < 0 ? -errno : 0;
}

static void live_close(struct nt_source *s)
{
	struct nt_live *l = of(s);
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (l->in[i].fd >= 0)
			end_stream(l, i);
	nt_merge_free(&l->merge);
	free(l->buf);
	free(l);
}

static const struct nt_source_ops live_ops = {
	.next = live_next,
	.wait = live_wait,
	.close = live_close,
};

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
	if (!i && (off > 1000000000 || off < -1000000000))
		l->skew = off;
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
			err, -EPROTO,
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
		strncpy(l->s.stream[i].name, names[i], sizeof(l->s.stream[i].name) - 1);
	}
	nt_merge_init(&l->merge, HOLD_MAX); /* until the rings are known */
	for (i = 0; !ret && i < n; i++)
		ret = greet(l, i, err);
	if (ret) {
		live_close(&l->s);
		return ret;
	}
	l->merge.cap = max ? max : hold(&l->s);
	*s = &l->s;
	return 0;
}
