// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_work.c - nettraced's worker: reads, keeps, serves
 *
 * Purpose, memory, context: daemon_work.h.
 *
 * Waiting: the module's files are polled only when there was silence for a
 * while; a wake-up costs as much as many records, so in between their rings are
 * looked at every HOT_MS.
 */
#include "daemon_work.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

#include "../module/core/version.h"
#include "daemon_msg.h"
#include "daemon_priv.h"
#include "daemon_say.h"
#include "daemon_serve.h"
#include "daemon_store.h"
#include "filter.h"
#include "source_live.h"

#define SECOND	  1000000000LL
#define HOT_MS	  3    /* a little more than events are held back */
#define BATCH	  4096 /* events before clients have their turn */
#define NEWS_S	  5
#define MERGE_EV  256		     /* bytes of an event that is held for merging */
#define PROCESS	  (6u * 1024 * 1024) /* code, libraries, tables of streams */
#define END_MS	  1000
#define TAG_CTL	  1
#define TAG_READ  2
#define TAG_SERVE 4 /* 3: the listening socket */

struct work {
	struct ntd_work_opts o;
	int epoll;
	int files;	       /* epoll of the module's files, inside of the other */
	struct nt_source *src; /* NULL until the first settings came */
	struct ntd_store *store;
	struct ntd_server *server;
	struct nt_filter *filter;
	uint64_t filtered;
	uint64_t memory; /* bytes, for all */
	size_t merge;	 /* of these for merging */
	bool armed;	 /* files are polled */
	bool hot;	 /* there was something a moment ago */
	bool stop;
	int status;
	int64_t began, tick, news;
	uint64_t newsworthy;
	bool told[NT_STREAM_MAX];     /* that it has ended */
	bool released[NT_STREAM_MAX]; /* its place may be used again */
	char payload[NTD_PAYLOAD_MAX + 1];
};

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * SECOND + ts.tv_nsec;
}

static void tell(struct work *w, uint32_t type, uint64_t inode, const char *text)
{
	struct ntd_msg m = { .type = type, .inode = inode, .len = (uint32_t)strlen(text) };

	if (!ntd_send(w->o.opener, &m, text, -1))
		return;
	/* gone, or stuck: no end in good order, as in hear() */
	w->stop = true;
	w->status = 1;
}

static void give_up(struct work *w, const struct nt_error *err)
{
	tell(w, NTD_FAILED, 0, err->text);
	w->stop = true;
	w->status = 1;
}

/* ---- settings -------------------------------------------------------------------- */

static size_t aside(const struct work *w)
{
	return PROCESS + w->merge * MERGE_EV +
	       NTD_CLIENTS_MAX * (NTD_CLIENT_BYTES + sizeof(struct ntd_cursor));
}

/* what is left is the store's, which has a least of its own */
static size_t rest(const struct work *w)
{
	return w->memory > aside(w) ? w->memory - aside(w) : 0;
}

static unsigned int namespaces(const struct work *w)
{
	unsigned int i, n = 0;

	for (i = 0; i < w->src->nstream; i++)
		n += !w->src->stream[i].ended;
	return n;
}

static size_t counters(void *arg, char *buf, size_t size)
{
	const struct work *w = arg;
	const struct ntd_counts *n = ntd_store_counts(w->store);
	const struct ntd_server_counts *c = ntd_server_counts(w->server);
	const struct {
		const char *key;
		uint64_t value;
	} lines[] = {
		{ "uptime_s", (uint64_t)(now_ns() - w->began) / SECOND },
		{ "namespaces", namespaces(w) },
		{ "memory_limit", w->memory },
		{ "store_limit", n->limit },
		{ "store_bytes", n->bytes },
		{ "events_received", n->received },
		{ "events_lost", n->lost },
		{ "events_before", n->before },
		{ "events_filtered", w->filtered },
		{ "events_late", w->src->late },
		{ "events_held", n->events },
		{ "events_evicted", n->evicted },
		{ "events_trimmed", n->trimmed },
		{ "events_no_memory", n->no_memory },
		{ "conversations_held", n->conversations },
		{ "conversations_evicted", n->evicted_conversations },
		{ "clients", c->clients },
		{ "clients_served", c->served },
		{ "clients_refused", c->refused },
		{ "clients_dropped", c->dropped },
		{ "clients_events_sent", c->sent },
		{ "clients_events_missed", c->missed },
	};
	size_t i, len = (size_t)snprintf(buf, size, "version %s\n", NT_VERSION);

	for (i = 0; i < sizeof(lines) / sizeof(lines[0]) && len < size; i++)
		len += (size_t)snprintf(buf + len, size - len, "%s %" PRIu64 "\n", lines[i].key,
					lines[i].value);
	return len < size ? len : size - 1;
}

/* the first settings say how much there may be of all */
static int set_up(struct work *w, struct nt_error *err)
{
	struct ntd_server_opts o = {
		.epoll = w->epoll,
		.tag = TAG_SERVE,
		.listener = w->o.listener,
		.counters = counters,
		.arg = w,
	};
	int ret;

	ret = nt_source_live_fds(&w->src, NULL, NULL, 0, w->merge, err);
	if (ret)
		return ret;
	w->store = ntd_store_new(rest(w));
	o.store = w->store;
	o.src = w->src;
	w->server = w->store ? ntd_server_new(&o) : NULL;
	return w->server ? 0 : nt_error_set(err, -ENOMEM, "memory is short");
}

static int take_filter(struct work *w, const struct ntd_msg *m, struct nt_error *err)
{
	size_t size = m->ninsn * sizeof(struct sock_filter);
	struct sock_filter *prog;
	struct nt_filter *f = NULL;
	int ret = 0;

	if (m->ninsn > BPF_MAXINSNS || size > m->len)
		return nt_error_set(err, -EPROTO, "the filter came in pieces");
	if (m->ninsn) {
		prog = malloc(size); /* aligned */
		if (!prog)
			return nt_error_set(err, -ENOMEM, "memory is short");
		memcpy(prog, w->payload, size);
		ret = nt_filter_from(&f, w->payload + size, prog, m->ninsn, err);
		free(prog);
	}
	if (ret)
		return ret;
	nt_filter_free(w->filter);
	w->filter = f;
	return 0;
}

static void settings(struct work *w, const struct ntd_msg *m)
{
	struct nt_error err = { "" };
	int ret = take_filter(w, m, &err);

	if (!ret) {
		w->memory = m->value;
		w->merge = w->memory / 8 / MERGE_EV;
		if (!w->src) {
			ret = set_up(w, &err);
		} else {
			nt_source_live_hold(w->src, w->merge);
			ntd_store_limit(w->store, rest(w));
		}
	}
	if (ret && !w->server)
		give_up(w, &err);
	else
		tell(w, ret ? NTD_FAILED : NTD_READY, 0, err.text);
}

/* ---- namespaces -------------------------------------------------------------------- */

static int stream_of(const struct work *w, uint64_t inode)
{
	unsigned int i;

	for (i = 0; i < w->src->nstream; i++)
		if (w->src->stream[i].netns == inode && !w->src->stream[i].ended)
			return (int)i;
	return -1;
}

/* who asked for that knows; word of its end would be taken for that of the next one */
static void drop_stream(struct work *w, uint64_t inode)
{
	int i = w->src ? stream_of(w, inode) : -1;

	if (i >= 0) {
		nt_source_live_drop(w->src, (unsigned int)i);
		w->told[i] = true;
	}
}

/* it will be handed over again: nothing of it may stay */
static void refuse(struct work *w, uint64_t inode, const char *why)
{
	drop_stream(w, inode);
	tell(w, NTD_FAILED, inode, why);
}

static void take_stream(struct work *w, const struct ntd_msg *m, int fd)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct nt_error err = { "" };
	int i, ret;

	if (fd == -EMFILE && w->src) {
		nt_error_set(
			&err, fd,
			"network namespace %s is left out: the worker may not have more open files; allow it more (LimitNOFILE= of its unit, or ulimit -n)",
			*m->name ? m->name : "of its own");
		refuse(w, m->inode, err.text);
		return;
	}
	if (fd < 0 || !w->src) {
		if (fd >= 0)
			close(fd);
		return;
	}
	/* forgotten when the source closes it */
	if (epoll_ctl(w->files, EPOLL_CTL_ADD, fd, &ev)) {
		close(fd);
		tell(w, NTD_ENDED, m->inode, "");
		return;
	}
	ret = nt_source_live_add(w->src, fd, m->name, &err);
	i = stream_of(w, m->inode);
	if (i >= 0) {
		w->told[i] = false;
		w->released[i] = false;
		ntd_server_stream(w->server, (unsigned int)i);
	}
	if (ret)
		refuse(w, m->inode, err.text);
	w->hot = true;
}

static void rename_stream(struct work *w, const struct ntd_msg *m)
{
	int i = w->src ? stream_of(w, m->inode) : -1;

	if (i < 0)
		return;
	nt_source_live_rename(w->src, m->inode, m->name);
	ntd_server_stream(w->server, (unsigned int)i);
}

/* it has ended like any other */
static void look_for_ended(struct work *w)
{
	unsigned int i;

	for (i = 0; i < w->src->nstream; i++) {
		if (!w->src->stream[i].ended)
			continue;
		if (!w->told[i]) {
			w->told[i] = true;
			tell(w, NTD_ENDED, w->src->stream[i].netns, "");
		}
		if (!w->released[i] && ntd_store_idle(w->store, i)) {
			w->released[i] = true;
			nt_source_live_release(w->src, i);
		}
	}
}

/* ---- the opener ---------------------------------------------------------------------- */

static void hear(struct work *w)
{
	struct ntd_msg m;
	int fd, ret;

	while (!w->stop && (ret = ntd_recv(w->o.opener, &m, w->payload, &fd))) {
		if (ret < 0) { /* it was killed: clients shall see that */
			w->stop = true;
			w->status = 1;
			return;
		}
		switch (m.type) {
		case NTD_STREAM:
			take_stream(w, &m, fd);
			continue;
		case NTD_RENAME:
			rename_stream(w, &m);
			break;
		case NTD_SETTINGS:
			settings(w, &m);
			break;
		case NTD_DROP:
			drop_stream(w, m.inode);
			break;
		case NTD_SYNC:
			tell(w, NTD_SYNCED, 0, "");
			break;
		case NTD_STOP:
			w->stop = true;
			break;
		}
		if (fd >= 0)
			close(fd);
	}
}

static void report(struct work *w, int64_t now)
{
	const struct ntd_counts *n = ntd_store_counts(w->store);
	const struct ntd_server_counts *c = ntd_server_counts(w->server);
	uint64_t mark = n->received + n->lost + c->clients + namespaces(w);
	char text[256];

	if (mark == w->newsworthy || now - w->news < NEWS_S * SECOND)
		return;
	w->newsworthy = mark;
	w->news = now;
	snprintf(text, sizeof(text),
		 "namespaces: %u; events held: %" PRIu64 ", let go: %" PRIu64 ", lost: %" PRIu64
		 "; conversations: %" PRIu64 "; clients: %" PRIu64,
		 namespaces(w), n->events, n->evicted, n->lost, n->conversations, c->clients);
	tell(w, NTD_NEWS, 0, text);
}

/* ---- the loop -------------------------------------------------------------------------- */

/* how many came; what it could not read ends the worker */
static unsigned int read_events(struct work *w)
{
	struct nt_error err = { "" };
	struct nt_event ev;
	unsigned int n;
	int ret;

	for (n = 0; n < BATCH; n++) {
		ret = nt_source_next(w->src, &ev, &err);
		if (ret == -ENODATA || !ret)
			break;
		if (ret < 0) {
			give_up(w, &err);
			break;
		}
		if (w->filter && ev.rec.hdr.type != NETTRACE_GAP &&
		    nt_filter_record(w->filter, &ev.rec) == NT_REJECT)
			w->filtered++;
		else
			ntd_store_add(w->store, &ev);
	}
	return n;
}

/* all that happened before is in the store: CLOCK_MONOTONIC */
static int64_t settled(const struct work *w, int64_t now)
{
	if (!namespaces(w))
		return now;
	return w->src->settled - w->src->stream[0].real_offset;
}

static void arm(struct work *w)
{
	struct epoll_event ev = { .events = EPOLLIN | EPOLLONESHOT, .data.u64 = TAG_READ };

	if (w->armed)
		return;
	epoll_ctl(w->epoll, EPOLL_CTL_MOD, w->files, &ev);
	w->armed = true;
}

static void wait_for(struct work *w, int timeout)
{
	struct epoll_event ev[64];
	int i, n = epoll_wait(w->epoll, ev, 64, timeout);
	int64_t now = now_ns();

	for (i = 0; i < n; i++) {
		uint64_t tag = ev[i].data.u64;

		if (tag == TAG_CTL) {
			hear(w);
		} else if (tag == TAG_READ) {
			w->armed = false;
			w->hot = true;
		} else if (tag == TAG_SERVE - 1) {
			ntd_server_accept(w->server, now);
		} else {
			ntd_server_ready(w->server, tag - TAG_SERVE, ev[i].events, now);
		}
	}
	/* what is held back may go after this */
	if (!n && timeout == HOT_MS)
		w->hot = false;
}

static void every_second(struct work *w, int64_t now)
{
	if (now - w->tick < SECOND)
		return;
	w->tick = now;
	look_for_ended(w);
	ntd_server_tick(w->server, now);
	report(w, now);
}

static void run(struct work *w)
{
	unsigned int n;
	int64_t now;
	bool more;

	while (!w->stop && !w->src)
		wait_for(w, -1);
	while (!w->stop) {
		n = read_events(w);
		now = now_ns();
		more = ntd_server_push(w->server, settled(w, now), now);
		every_second(w, now);
		if (n) {
			w->hot = true;
		} else if (!w->hot) {
			arm(w);
		}
		wait_for(w, n == BATCH || more ? 0 : w->hot ? HOT_MS : 1000);
	}
}

/* in good order: what there is goes to the store and to who can take it */
static void finish(struct work *w)
{
	int64_t end = now_ns() + END_MS * 1000000LL / 2;

	while (w->server && read_events(w) && now_ns() < end)
		;
	if (w->server)
		ntd_server_end(w->server, END_MS);
	tell(w, NTD_BYE, 0, "");
}

static int watch(struct work *w, int fd, uint32_t events, uint64_t tag)
{
	struct epoll_event ev = { .events = events, .data.u64 = tag };

	return epoll_ctl(w->epoll, EPOLL_CTL_ADD, fd, &ev);
}

int ntd_work(const struct ntd_work_opts *o)
{
	struct work *w = calloc(1, sizeof(*w));
	struct nt_error err = { "" };

	if (!w)
		return 1;
	w->o = *o;
	w->began = now_ns();
	w->epoll = epoll_create1(EPOLL_CLOEXEC);
	w->files = epoll_create1(EPOLL_CLOEXEC);
	if (w->epoll < 0 || w->files < 0 || watch(w, o->opener, EPOLLIN, TAG_CTL) ||
	    watch(w, w->files, EPOLLONESHOT, TAG_READ))
		nt_error_set(&err, -errno, "epoll: %s", strerror(errno));
	else
		ntd_confine_worker(o->uid, o->gid, &err);
	if (*err.text)
		give_up(w, &err);
	else
		run(w);
	if (!w->status)
		finish(w);
	ntd_server_free(w->server);
	ntd_store_free(w->store);
	if (w->src)
		nt_source_close(w->src);
	nt_filter_free(w->filter);
	return w->status;
}
