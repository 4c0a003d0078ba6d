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
 * Memory: what was read stays where it was read (merge.h).  The merge holds as many events as the rings do, at most a million.
 * If more come at once, the oldest are handed out before their time; an older
 * one that turns up afterwards is counted in nt_source::late.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "i18n.h"
#include "live_open.h"
#include "source_live_priv.h"

#define WAIT_MAX_NS  3000000ull
/* in a stream of events one is always about to be due: a wake-up for each would
 * cost ten times the event
 */
#define WAIT_MIN_NS  2000000ull
/* for who takes many at a time and shows nothing: a wake-up is dear, and the module
 * gives it before a ring is full
 */
#define WAIT_BULK_NS 10000000ull

/* as the module's clock has it */
uint64_t nt_live_now(const struct nt_live *l)
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

const char *nt_live_title(const struct nt_stream *st)
{
	return *st->name ? st->name : _("this network namespace");
}

static int not_whole(const struct nt_stream *st, size_t n, struct nt_error *err)
{
	return nt_error_set(
		err, -EPROTO,
		_("%s: the module gave %zu bytes, which is no whole number of records of %u: rebuild module and nettrace together"),
		nt_live_title(st), n, st->stride);
}

/* slots that go one after the other as they are: of one CPU, in order, no gap */
static uint32_t run_length(const uint8_t *slot, size_t n, uint32_t stride)
{
	const struct nettrace_hdr *first = (const void *)slot, *hdr = first;
	uint64_t time = first->time;
	size_t i;

	for (i = 1; i < n; i++) {
		hdr = (const void *)((const uint8_t *)hdr + stride);
		if (hdr->cpu != first->cpu || hdr->time < time || hdr->type == NETTRACE_GAP ||
		    hdr->type == NETTRACE_INFO)
			break;
		time = hdr->time;
	}
	return (uint32_t)i;
}

int nt_live_take(struct nt_live *l, unsigned int i, const uint8_t *buf, size_t at, size_t n,
		 struct nt_error *err)
{
	const struct nt_stream *st = &l->s.stream[i];
	struct nt_run run = { .stride = st->stride, .source = i };
	int ret;

	if (n % st->stride)
		return not_whole(st, n, err);
	nt_merge_used(&l->merge, n);
	for (; at < n; at += (size_t)run.n * st->stride) {
		const union nettrace_rec *rec = (const void *)(buf + at);

		run.at = buf + at;
		run.n = 1;
		if (rec->hdr.type == NETTRACE_INFO || rec->hdr.time < l->in[i].since)
			continue;
		if (rec->hdr.type == NETTRACE_GAP && !rec->gap.lost) {
			l->s.filtered += rec->gap.filtered;
			continue;
		}
		if (rec->hdr.type != NETTRACE_GAP)
			run.n = run_length(run.at, (n - at) / st->stride, st->stride);
		ret = nt_merge_add(&l->merge, &run);
		if (ret)
			return nt_error_set(err, ret,
					    _("memory is short: events of %s cannot be held"),
					    nt_live_title(st));
	}
	return 0;
}

/*
 * Read what one descriptor has.  1: it has no more; 0: it may have more, but
 * there is no room; negative: failed
 */
static int drain_one(struct nt_live *l, unsigned int i, struct nt_error *err)
{
	struct nt_live_in *in = &l->in[i];
	size_t slots = NT_LIVE_BUF / in->stride, room;
	uint64_t most = (uint64_t)l->s.stream[i].ring * l->s.stream[i].cpus;
	uint64_t got = 0;
	uint8_t *buf;
	ssize_t n;
	int ret;

	/* under load there is always more: what the rings held is enough */
	while (in->fd >= 0 && got <= most + slots) {
		if (nt_merge_room(&l->merge) < slots)
			return 0;
		buf = nt_merge_space(&l->merge, &room);
		if (!buf)
			return nt_error_set(err, -ENOMEM, _("memory is short"));
		n = read(in->fd, buf, room - room % in->stride);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			break;
		if (!n || (n < 0 && errno == EIO)) {
			end_stream(l, i);
			break;
		}
		if (n < 0)
			return nt_error_set(err, -errno, _("events of %s cannot be read: %s"),
					    nt_live_title(&l->s.stream[i]), strerror(errno));
		ret = nt_live_take(l, i, buf, 0, (size_t)n, err);
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
	start = nt_live_now(l);
	for (i = 0; i < l->s.nstream; i++) {
		ret = drain_one(l, i, err);
		if (ret < 0)
			return ret;
		whole &= ret;
	}
	if (!whole)
		return 0;
	l->until = start - NT_LIVE_SLACK_NS;
	l->reached = l->until;
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

static const union nettrace_rec *record(const struct nt_run *run, uint32_t i)
{
	return (const void *)(run->at + (size_t)i * run->stride);
}

/* the accounts of the first @n records in hand, which are handed out now */
static void account(struct nt_live *l, uint32_t n)
{
	const union nettrace_rec *first = record(&l->run, 0);
	uint64_t last = record(&l->run, n - 1)->hdr.time;
	uint32_t i;

	for (i = 0; i < n && record(&l->run, i)->hdr.time < l->last; i++)
		l->s.late++;
	if (last > l->last)
		l->last = last;
	if (to_unix(l, last) > l->s.settled)
		l->s.settled = to_unix(l, last);
	if (first->hdr.type == NETTRACE_GAP) { /* always a run of its own */
		l->s.lost += first->gap.lost;
		l->s.filtered += first->gap.filtered;
	} else {
		l->s.delivered += n;
	}
	l->run.at += (size_t)n * l->run.stride;
	l->run.n -= n;
}

static bool take(struct nt_live *l, uint64_t until, uint32_t max)
{
	return nt_merge_take(&l->merge, until, max, &l->run);
}

/* the rings were read empty: until then there was nothing else */
static int nothing_more(struct nt_live *l)
{
	if (l->reached && l->s.nstream && to_unix(l, l->reached) > l->s.settled)
		l->s.settled = to_unix(l, l->reached);
	return -ENODATA;
}

/* have l->run: 1, or as nt_source_ops::next */
static int fetch(struct nt_live *l, struct nt_error *err)
{
	size_t least = NT_LIVE_BUF / NETTRACE_REC_SIZE;
	int ret;

	if (take(l, l->until, UINT32_MAX))
		return 1;
	if (over(l) || (l->until_now && l->drained)) {
		l->until = UINT64_MAX;
		return take(l, UINT64_MAX, UINT32_MAX) ? 1 : nothing_more(l);
	}
	ret = drain(l, err);
	if (ret)
		return ret;
	if (take(l, l->until, UINT32_MAX))
		return 1;
	if (nt_merge_room(&l->merge) < least && take(l, UINT64_MAX, 1))
		return 1;
	if (over(l) || (l->until_now && l->drained))
		return nothing_more(l);
	if (l->until != UINT64_MAX && to_unix(l, l->until) > l->s.settled)
		l->s.settled = to_unix(l, l->until);
	return 0;
}

static int live_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_live *l = nt_live_of(s);
	int ret;

	l->bulk = false;
	ret = l->run.n ? 1 : fetch(l, err);
	if (ret != 1)
		return ret;
	ev->rec = *record(&l->run, 0);
	ev->bytes = l->run.at + NETTRACE_REC_SIZE;
	ev->nbytes = l->run.stride == NETTRACE_REC_SIZE ? 0 :
							  nt_slot_bytes(&ev->rec, l->run.stride);
	ev->source = l->run.source;
	ev->t = (int64_t)ev->rec.hdr.time + s->stream[ev->source].real_offset;
	account(l, 1);
	return 1;
}

static int live_batch(struct nt_source *s, struct nt_run *run, struct nt_error *err)
{
	struct nt_live *l = nt_live_of(s);
	int ret;

	l->bulk = true;
	ret = l->run.n ? 1 : fetch(l, err);
	if (ret != 1)
		return ret;
	*run = l->run;
	account(l, run->n);
	return 1;
}

static struct timespec to_timespec(uint64_t ns)
{
	return (struct timespec){
		.tv_sec = (time_t)(ns / 1000000000ull),
		.tv_nsec = (long)(ns % 1000000000ull),
	};
}

/* all streams that have not ended, from @n on in l->pfd: how many there are then */
static nfds_t poll_streams(struct nt_live *l, nfds_t n, short events)
{
	unsigned int i;

	for (i = 0; i < l->s.nstream; i++)
		if (l->in[i].fd >= 0)
			l->pfd[n++] = (struct pollfd){ .fd = l->in[i].fd, .events = events };
	return n;
}

/* how long events are held back that are due in @due nanoseconds */
static uint64_t hold_ns(const struct nt_live *l, uint64_t due)
{
	if (l->bulk)
		return WAIT_BULK_NS;
	return due < WAIT_MIN_NS ? WAIT_MIN_NS : due > WAIT_MAX_NS ? WAIT_MAX_NS : due;
}

/*
 * While events are held back, no younger one can pass them: sleep until the
 * oldest may go, and let the rings gather; only in bulk longer than these last, so
 * there the module says when one fills up (POLLPRI).  With nothing in hand it has
 * to wake us for anything.
 */
static int live_wait(struct nt_source *s, int timeout_ms)
{
	struct nt_live *l = nt_live_of(s);
	struct pollfd *pfd = l->pfd;
	uint64_t oldest, ns, t = nt_live_now(l);
	struct timespec ts;
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
			ns = hold_ns(l, oldest - t);
		if (l->bulk)
			n = poll_streams(l, n, POLLPRI);
	} else {
		n = poll_streams(l, n, POLLIN);
	}
	ts = to_timespec(ns);
	if (ppoll(pfd, n, ns == UINT64_MAX ? NULL : &ts, NULL) < 0)
		return -errno;
	l->look = l->look || (l->finder && pfd[0].revents);
	return 0;
}

static void live_close(struct nt_source *s)
{
	struct nt_live *l = nt_live_of(s);
	unsigned int i;

	if (l->finder)
		l->finder->close(l->finder);
	l->finder = NULL;
	for (i = 0; i < s->nstream; i++)
		if (l->in[i].fd >= 0)
			end_stream(l, i);
	nt_merge_free(&l->merge);
	free(l);
}

/* was it in force everywhere, and is it still?  Once lifted it does not come back */
static bool live_in_kernel(struct nt_source *s)
{
	struct nt_live *l = nt_live_of(s);
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (!l->in[i].in_kernel || s->stream[i].ended ||
		    !nt_live_filter_holds(s->stream[i].name, s->stream[i].netns))
			return false;
	return s->nstream;
}

const struct nt_source_ops nt_live_ops = {
	.next = live_next,
	.batch = live_batch,
	.wait = live_wait,
	.close = live_close,
	.in_kernel = live_in_kernel,
};

void nt_source_live_in_kernel(struct nt_source *s, uint64_t inode)
{
	unsigned int i;

	for (i = 0; i < s->nstream; i++)
		if (s->stream[i].netns == inode && !s->stream[i].ended)
			nt_live_of(s)->in[i].in_kernel = true;
}

void nt_source_live_drop(struct nt_source *s, unsigned int i)
{
	struct nt_live *l = nt_live_of(s);

	if (i < s->nstream && l->in[i].fd >= 0)
		end_stream(l, i);
}

void nt_source_live_until_now(struct nt_source *s)
{
	if (s->ops != &nt_live_ops)
		return;
	nt_live_of(s)->until_now = true;
	nt_live_of(s)->drained = false;
}
