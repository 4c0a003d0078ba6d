// SPDX-License-Identifier: GPL-2.0-only
/*
 * live_stream.c - a stream of the live source begins
 *
 * Purpose:   what the module says of itself is checked before anything of it is
 *            believed; a stream gets its place, at the start or while others run.
 * Ownership, context: source_live.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "source_live_priv.h"

#define HOLD_MIN (16u * 1024)
#define HOLD_MAX (1024u * 1024) /* events of 240 bytes */

/* what the module says of itself, before anything of it is believed */
static int check_info(const struct nt_stream *st, const void *slot, size_t n, struct nt_error *err)
{
	struct nettrace_info info = { 0 };

	if (n < offsetof(struct nettrace_info, stride))
		return nt_error_set(
			err, -EPROTO,
			_("%s: the module's first record is cut short: rebuild module and nettrace together"),
			nt_live_title(st));
	memcpy(&info, slot, n < sizeof(info) ? n : sizeof(info));
	if (info.magic != NETTRACE_MAGIC || info.hdr.type != NETTRACE_INFO)
		return nt_error_set(
			err, -EPROTO,
			_("%s: what is read there does not come from the nettrace module"),
			nt_live_title(st));
	if (info.abi > NETTRACE_ABI)
		return nt_error_set(
			err, -EPROTO,
			_("the module speaks ABI %u, this nettrace ABI %d: upgrade nettrace to the version of the module"),
			info.abi, NETTRACE_ABI);
	if (info.abi < NETTRACE_ABI)
		return nt_error_set(
			err, -EPROTO,
			_("the module speaks ABI %u, this nettrace ABI %d: unload the module ('sudo rmmod nettrace') and load the one that was built with this nettrace"),
			info.abi, NETTRACE_ABI);
	if (info.rec_size != NETTRACE_REC_SIZE || n < offsetof(struct nettrace_info, pad) ||
	    info.stride < NETTRACE_REC_SIZE || info.stride > NT_LIVE_BUF / 4)
		return nt_error_set(
			err, -EPROTO,
			_("the module's records have %u bytes in slots of %u, this nettrace's have %d: rebuild module and nettrace together"),
			info.rec_size, info.stride, NETTRACE_REC_SIZE);
	return 0;
}

static void take_info(struct nt_live *l, unsigned int i, const uint8_t *buf, uint64_t read_at)
{
	struct nt_stream *st = &l->s.stream[i];
	struct nettrace_info info;
	int64_t off;

	memcpy(&info, buf, sizeof(info));
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
	uint64_t t = nt_live_now(l);
	uint8_t *buf;
	size_t room;
	ssize_t n;
	int ret;

	buf = nt_merge_space(&l->merge, &room);
	if (!buf)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	if (fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK))
		return nt_error_set(err, -errno, _("events of %s: %s"), nt_live_title(st),
				    strerror(errno));
	do
		n = read(fd, buf, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return nt_error_set(err, -errno, _("events of %s cannot be read: %s"),
				    nt_live_title(st), strerror(errno));
	if (!n)
		return nt_error_set(
			err, -ESHUTDOWN,
			_("the module is being unloaded: load it again with 'sudo insmod module/nettrace.ko'"));
	ret = check_info(st, buf, (size_t)n, err);
	if (ret)
		return ret;
	take_info(l, i, buf, t);
	return nt_live_take(l, i, buf, st->stride, (size_t)n, err);
}

/* as many as the rings may give at once */
static size_t hold(const struct nt_source *s)
{
	uint64_t sum = 2 * NT_LIVE_BUF / NETTRACE_REC_SIZE;
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
	if (!l) {
		for (i = 0; i < n; i++)
			close(fds[i]);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	l->s.ops = &nt_live_ops;
	l->s.nstream = (unsigned int)n;
	for (i = 0; i < n; i++) {
		l->in[i].fd = fds[i];
		name_stream(&l->s.stream[i], names[i]);
	}
	nt_merge_init(&l->merge, HOLD_MAX); /* until the rings are known */
	for (i = 0; !ret && i < n; i++)
		ret = greet(l, i, err);
	if (ret) {
		nt_live_ops.close(&l->s);
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
	struct nt_live *l = nt_live_of(s);
	size_t cap = l->merge.cap;
	int i = place(l), ret;
	struct nt_stream *st;

	if (i < 0) {
		close(fd);
		return nt_error_set(
			err, -E2BIG,
			_("network namespace %s is left out: %d were read before it, which is the most"),
			name, NT_STREAM_MAX);
	}
	st = &s->stream[i];
	/* what its first read gives must not be refused */
	if (nt_merge_room(&l->merge) < NT_LIVE_BUF / NETTRACE_REC_SIZE)
		l->merge.cap = l->merge.n + NT_LIVE_BUF / NETTRACE_REC_SIZE;
	l->in[i] = (struct nt_live_in){ .fd = fd, .since = l->since };
	memset(st, 0, sizeof(*st));
	name_stream(st, name);
	ret = greet(l, (unsigned int)i, err);
	if (l->fixed_cap)
		l->merge.cap = cap;
	if (ret && !st->stride) { /* nothing of it was taken: it never was here */
		close(fd);
		l->in[i] =
			(struct nt_live_in){ .fd = -1, .released = (unsigned int)i < s->nstream };
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

void nt_source_live_hold(struct nt_source *s, size_t max)
{
	nt_live_of(s)->merge.cap = max;
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
	struct nt_live *l = nt_live_of(s);

	if (s->ops == &nt_live_ops && i < s->nstream && l->in[i].fd < 0)
		l->in[i].released = true;
}

void nt_source_live_finder(struct nt_source *s, struct nt_live_finder *f, bool from_now)
{
	struct nt_live *l = nt_live_of(s);

	l->finder = f;
	l->since = from_now ? nt_live_now(l) : 0;
}
