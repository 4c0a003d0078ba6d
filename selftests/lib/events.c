// SPDX-License-Identifier: GPL-2.0-only
/*
 * events.c - see events.h
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "events.h"

struct opener {
	const char *netns, *path;
	int flags, fd;
};

static void *open_there(void *arg)
{
	struct opener *o = arg;
	char name[256];
	int ns;

	if (o->netns) {
		snprintf(name, sizeof(name), "/run/netns/%s", o->netns);
		ns = open(name, O_RDONLY | O_CLOEXEC);
		if (ns < 0 || setns(ns, CLONE_NEWNET)) {
			o->fd = -errno;
			if (ns >= 0)
				close(ns);
			return NULL;
		}
		close(ns);
	}
	o->fd = open(o->path, o->flags | O_CLOEXEC);
	if (o->fd < 0)
		o->fd = -errno;
	return NULL;
}

int open_in_netns(const char *netns, const char *path, int flags)
{
	struct opener o = { .netns = netns, .path = path, .flags = flags };
	pthread_t thread;
	int err;

	err = pthread_create(&thread, NULL, open_there, &o);
	if (err)
		return -err;
	pthread_join(thread, NULL);
	return o.fd;
}

int events_open(struct events *e, const char *netns, bool from_now, size_t size)
{
	int err;

	memset(e, 0, sizeof(*e));
	e->fd = open_in_netns(netns, "/proc/thread-self/net/nettrace/events",
			      O_RDONLY | O_NONBLOCK);
	if (e->fd < 0)
		return e->fd;
	if (from_now && lseek(e->fd, 0, SEEK_END) < 0) {
		err = -errno;
		close(e->fd);
		return err;
	}
	e->size = size;
	e->buf = malloc(size);
	if (!e->buf) {
		close(e->fd);
		return -ENOMEM;
	}
	return 0;
}

/* the first slot tells how far it is to the next one */
static int take_info(struct events *e)
{
	if (e->have < sizeof(e->info))
		return -EPROTO;
	memcpy(&e->info, e->buf, sizeof(e->info));
	if (e->info.hdr.type != NETTRACE_INFO || e->info.magic != NETTRACE_MAGIC ||
	    e->info.abi != NETTRACE_ABI || e->info.rec_size != NETTRACE_REC_SIZE ||
	    e->info.stride < NETTRACE_REC_SIZE)
		return -EPROTO;
	e->have_info = true;
	e->pos = e->info.stride;
	return 0;
}

static int fill(struct events *e)
{
	ssize_t n = read(e->fd, e->buf, e->size);

	if (n < 0)
		return errno == EAGAIN ? 0 : errno == EIO ? -ENODATA : -errno;
	if (!n)
		return -ENODATA;
	e->have = (size_t)n;
	e->pos = 0;
	if (!e->have_info && take_info(e))
		return -EPROTO;
	return e->have % e->info.stride ? -EPROTO : 1;
}

int events_next(struct events *e, union nettrace_rec *rec)
{
	int ret;

	while (e->pos >= e->have) {
		ret = fill(e);
		if (ret <= 0)
			return ret;
	}
	memcpy(rec, e->buf + e->pos, sizeof(*rec));
	e->pos += e->info.stride;
	switch (rec->hdr.type) {
	case NETTRACE_GAP:
		e->gaps++;
		e->lost += rec->gap.lost;
		e->filtered += rec->gap.filtered;
		return 1;
	case NETTRACE_PACKET:
	case NETTRACE_STATE:
	case NETTRACE_RESET:
	case NETTRACE_CALL:
	case NETTRACE_TIMER:
	case NETTRACE_NEIGH:
	case NETTRACE_ROUTE:
	case NETTRACE_DROP:
		e->delivered++;
		return 1;
	default:
		return -EPROTO;
	}
}

int events_wait(struct events *e, int ms)
{
	struct pollfd p = { .fd = e->fd, .events = POLLIN };

	if (e->pos < e->have)
		return 1;
	return poll(&p, 1, ms) > 0;
}

void events_close(struct events *e)
{
	free(e->buf);
	e->buf = NULL;
	if (e->fd >= 0)
		close(e->fd);
	e->fd = -1;
}

int nettrace_stat(const char *netns, const char *key, uint64_t *value)
{
	char line[512], name[64];
	unsigned long long v;
	int fd, ret = -ENOMSG;
	FILE *f;

	fd = open_in_netns(netns, "/proc/thread-self/net/nettrace/stats", O_RDONLY);
	if (fd < 0)
		return fd;
	f = fdopen(fd, "r");
	if (!f) {
		close(fd);
		return -ENOMEM;
	}
	while (fgets(line, sizeof(line), f)) {
		if (sscanf(line, "%63s %llu", name, &v) == 2 && !strcmp(name, key)) {
			*value = v;
			ret = 0;
			break;
		}
	}
	fclose(f);
	return ret;
}
