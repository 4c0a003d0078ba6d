// SPDX-License-Identifier: GPL-2.0-only
/*
 * recorder.c - write a recording
 *
 * Purpose, ownership: source.h.  Format: recordfile.h.
 * Context:   one thread.  A block is written in one piece; what a failed write
 *            left behind is cut off again where the file can be cut, so that a
 *            full disk leaves a sound file.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "i18n.h"
#include "recordfile.h"
#include "source.h"

#define BLOCK_EVENTS 256
#define RUN_MIN	     32 /* records that are worth a block of their own */
#define LAST_MS	     1000

struct nt_recorder {
	char path[PATH_MAX];
	int fd;
	bool own_fd;
	bool failed;	     /* said once; nothing is written after it */
	int (*signal)(void); /* not 0: the user wants an end; may be NULL */
	bool known[NT_STREAM_MAX];
	int64_t offset[NT_STREAM_MAX];
	unsigned int n; /* events in the block */
	uint8_t *bytes; /* of their payloads, once there were any: NT_RF_BODY_MAX */
	size_t nbytes;
	uint64_t written; /* events in the file */
	uint64_t size;	  /* of the file, sound part */
	struct {
		struct nt_rf_block head;
		union {
			struct nt_rf_event event[BLOCK_EVENTS];
			struct nt_rf_stream stream;
			struct nt_rf_end end;
		};
	} block;
};

_Static_assert(offsetof(struct nt_recorder, block.event) -
			       offsetof(struct nt_recorder, block.head) ==
		       16,
	       "one piece");
_Static_assert(sizeof(struct nt_rf_event) * BLOCK_EVENTS <= NT_RF_BODY_MAX,
	       "a block that readers take");

static int write_failed(struct nt_recorder *r, int error, struct nt_error *err)
{
	const char *sound = "";

	r->failed = true;
	if (r->own_fd && !ftruncate(r->fd, (off_t)r->size))
		sound = _(" and can be read");
	return nt_error_set(err, -error,
			    _("cannot write to %s: %s; it holds the first %llu events%s"), r->path,
			    strerror(error), (unsigned long long)r->written, sound);
}

/* after a failure, which was said when it happened */
static int not_complete(const struct nt_recorder *r, struct nt_error *err)
{
	return nt_error_set(err, -EIO, _("%s is not complete: it holds the first %llu events"),
			    r->path, (unsigned long long)r->written);
}

static int gave_up(struct nt_recorder *r, struct nt_error *err)
{
	r->failed = true;
	return nt_error_set(
		err, -ETIMEDOUT,
		_("nobody reads what is written to %s: the recording is incomplete, it holds the first %llu events"),
		r->path, (unsigned long long)r->written);
}

/* where an end is wanted, a reader that has taken nothing for so long has gone astray */
static bool takes_more(const struct nt_recorder *r)
{
	struct pollfd pfd = { .fd = r->fd, .events = POLLOUT };

	return poll(&pfd, 1, LAST_MS) > 0;
}

/* so many bytes of the first piece that there are as poll() has found room for */
static ssize_t write_some(int fd, const struct iovec iov[2])
{
	const struct iovec *v = iov[0].iov_len ? &iov[0] : &iov[1];

	return write(fd, v->iov_base, v->iov_len < PIPE_BUF ? v->iov_len : PIPE_BUF);
}

/* both pieces, whose addresses and lengths are used up */
static int put_pieces(struct nt_recorder *r, struct iovec iov[2], struct nt_error *err)
{
	size_t n = iov[0].iov_len + iov[1].iov_len, left = n, part;
	bool last;
	ssize_t w;

	while (left) {
		last = r->signal && r->signal();
		if (last && !takes_more(r))
			return gave_up(r, err);
		w = last ? write_some(r->fd, iov) : writev(r->fd, iov, 2);
		if (w < 0 && errno == EINTR)
			continue;
		if (w < 0 && errno == EAGAIN) {
			struct pollfd pfd = { .fd = r->fd, .events = POLLOUT };

			poll(&pfd, 1, -1);
			continue;
		}
		if (w < 0)
			return write_failed(r, errno, err);
		left -= (size_t)w;
		part = (size_t)w < iov[0].iov_len ? (size_t)w : iov[0].iov_len;
		iov[0].iov_base = (uint8_t *)iov[0].iov_base + part;
		iov[0].iov_len -= part;
		part = (size_t)w - part;
		iov[1].iov_base = (uint8_t *)iov[1].iov_base + part;
		iov[1].iov_len -= part;
	}
	r->size += n;
	return 0;
}

static int put(struct nt_recorder *r, const void *bytes, size_t n, struct nt_error *err)
{
	struct iovec iov[2] = { { (void *)(uintptr_t)bytes, n }, { NULL, 0 } };

	return put_pieces(r, iov, err);
}

/* the body is in r->block */
static int put_block(struct nt_recorder *r, uint32_t type, uint32_t len, struct nt_error *err)
{
	r->block.head.type = type;
	r->block.head.len = len;
	r->block.head.sum = nt_rf_sum(type, len, &r->block.event);
	return put(r, &r->block, sizeof(r->block.head) + len, err);
}

static int put_header(struct nt_recorder *r, struct nt_error *err)
{
	struct nt_rf_header h = nt_rf_header();

	return put(r, &h, sizeof(h), err);
}

/* under sudo a new file belongs to the user who will want to read it */
static void give_to_sudo_user(int fd)
{
	const char *uid = getenv("SUDO_UID"), *gid = getenv("SUDO_GID");
	unsigned long u, g;
	char *end;

	if (geteuid() || !uid || !gid)
		return;
	errno = 0;
	u = strtoul(uid, &end, 10);
	if (errno || !*uid || *end || u >= UINT_MAX)
		return;
	g = strtoul(gid, &end, 10);
	if (errno || !*gid || *end || g >= UINT_MAX)
		return;
	if (fchown(fd, (uid_t)u, (gid_t)g))
		return; /* then root keeps it */
}

/* 0600: who talks to whom, and which programs run, is not for everyone */
static int open_path(struct nt_recorder *r, struct nt_error *err)
{
	if (!strcmp(r->path, "-")) {
		strcpy(r->path, _("the standard output"));
		r->fd = STDOUT_FILENO;
		if (!isatty(r->fd))
			return 0;
		return nt_error_set(
			err, -EINVAL,
			_("a recording is not text for a terminal: name a file, or send it through a pipe"));
	}
	r->own_fd = true;
	r->fd = open(r->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (r->fd >= 0) {
		give_to_sudo_user(r->fd);
		return 0;
	}
	if (errno == EEXIST)
		r->fd = open(r->path, O_WRONLY | O_TRUNC | O_CLOEXEC);
	if (r->fd >= 0)
		return 0;
	return nt_error_set(err, -errno, _("cannot write to %s: %s"), r->path, strerror(errno));
}

static void recorder_free(struct nt_recorder *r)
{
	if (r->own_fd && r->fd >= 0)
		close(r->fd);
	free(r->bytes);
	free(r);
}

int nt_recorder_open(struct nt_recorder **out, const char *path, const struct nt_stream *streams,
		     unsigned int n, struct nt_error *err)
{
	struct nt_recorder *r;
	unsigned int i;
	int ret;

	*out = NULL;
	if (strlen(path) >= sizeof(r->path))
		return nt_error_set(err, -ENAMETOOLONG,
				    _("the name of the file to write is too long"));
	r = calloc(1, sizeof(*r));
	if (!r)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	strcpy(r->path, path);
	r->fd = -1;
	ret = open_path(r, err);
	if (!ret)
		ret = put_header(r, err);
	for (i = 0; !ret && i < n; i++)
		ret = nt_recorder_stream(r, i, &streams[i], err);
	if (ret) {
		recorder_free(r);
		return ret;
	}
	*out = r;
	return 0;
}

void nt_recorder_until(struct nt_recorder *r, int (*signal)(void))
{
	r->signal = signal;
}

int nt_recorder_stream(struct nt_recorder *r, unsigned int index, const struct nt_stream *stream,
		       struct nt_error *err)
{
	struct nt_rf_stream *to = &r->block.stream;
	int ret;

	if (index >= NT_STREAM_MAX)
		return nt_error_set(err, -E2BIG, _("cannot record more than %d namespaces"),
				    NT_STREAM_MAX);
	ret = nt_recorder_flush(r, err); /* the block's memory is shared */
	if (ret)
		return ret;
	*to = nt_rf_stream_of(index, stream);
	ret = put_block(r, NT_RF_STREAM, sizeof(*to), err);
	if (!ret)
		r->known[index] = true;
	r->offset[index] = stream->real_offset;
	return ret;
}

/* may events of this stream be written? */
static int may_write(const struct nt_recorder *r, unsigned int source, struct nt_error *err)
{
	if (r->failed)
		return not_complete(r, err);
	if (source < NT_STREAM_MAX && r->known[source])
		return 0;
	return nt_error_set(err, -EINVAL,
			    _("an event of namespace number %u, which %s has not been told of"),
			    source, r->path);
}

/* the payload of the event that comes next in the block */
static int keep_bytes(struct nt_recorder *r, const struct nt_event *ev, struct nt_error *err)
{
	uint32_t n = ev->nbytes < NT_EVENT_BYTES ? ev->nbytes : NT_EVENT_BYTES;
	int ret;

	if (r->nbytes + nt_rf_bytes_size(n) > NT_RF_BODY_MAX) {
		ret = nt_recorder_flush(r, err);
		if (ret)
			return ret;
	}
	if (!r->bytes)
		r->bytes = malloc(NT_RF_BODY_MAX);
	if (!r->bytes)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	r->nbytes += nt_rf_put_bytes(r->bytes + r->nbytes, r->n, ev->bytes, n);
	return 0;
}

int nt_recorder_write(struct nt_recorder *r, const struct nt_event *ev, struct nt_error *err)
{
	struct nt_rf_event *to;
	int ret = may_write(r, ev->source, err);

	if (!ret && ev->nbytes)
		ret = keep_bytes(r, ev, err);
	if (ret)
		return ret;
	to = &r->block.event[r->n++];
	to->t = ev->t;
	to->stream = ev->source;
	to->pad = 0;
	to->rec = ev->rec;
	return r->n < BLOCK_EVENTS ? 0 : nt_recorder_flush(r, err);
}

/* what stands in front of the block of their events */
static int put_bytes(struct nt_recorder *r, struct nt_error *err)
{
	struct nt_rf_block head = { .type = NT_RF_BYTES, .len = (uint32_t)r->nbytes };
	struct iovec iov[2] = { { &head, sizeof(head) }, { r->bytes, r->nbytes } };

	head.sum = nt_rf_sum(head.type, head.len, r->bytes);
	r->nbytes = 0;
	return put_pieces(r, iov, err);
}

int nt_recorder_flush(struct nt_recorder *r, struct nt_error *err)
{
	unsigned int n = r->n;
	int ret = 0;

	if (r->failed)
		return not_complete(r, err);
	if (!n)
		return 0;
	r->n = 0;
	if (r->nbytes)
		ret = put_bytes(r, err);
	if (!ret)
		ret = put_block(r, NT_RF_EVENTS, n * (uint32_t)sizeof(struct nt_rf_event), err);
	if (!ret)
		r->written += n;
	return ret;
}

/* one block of @n records that lie one behind the other */
static int put_records(struct nt_recorder *r, const struct nt_rf_run *run, const uint8_t *records,
		       uint32_t n, struct nt_error *err)
{
	struct {
		struct nt_rf_block head;
		struct nt_rf_run run;
	} front = { .head = { .type = NT_RF_RECORDS }, .run = *run };
	size_t bytes = (size_t)n * NETTRACE_REC_SIZE;
	struct iovec iov[2] = { { &front, sizeof(front) }, { (void *)(uintptr_t)records, bytes } };
	int ret;

	front.head.len = (uint32_t)(sizeof(front.run) + bytes);
	front.head.sum = nt_rf_sum_run(&front.head, run, records);
	ret = put_pieces(r, iov, err);
	if (!ret)
		r->written += n;
	return ret;
}

/* too few for a block and a system call of their own, or with their payloads */
static int put_each(struct nt_recorder *r, const struct nt_run *run, struct nt_error *err)
{
	struct nt_event ev = { .source = run->source };
	uint32_t i;
	int ret = 0;

	for (i = 0; !ret && i < run->n; i++) {
		memcpy(&ev.rec, run->at + (size_t)i * run->stride, sizeof(ev.rec));
		ev.t = (int64_t)(ev.rec.hdr.time + (uint64_t)r->offset[run->source]);
		ev.bytes = run->at + (size_t)i * run->stride + NETTRACE_REC_SIZE;
		ev.nbytes = nt_slot_bytes(&ev.rec, run->stride);
		ret = nt_recorder_write(r, &ev, err);
	}
	return ret;
}

int nt_recorder_run(struct nt_recorder *r, const struct nt_run *run, struct nt_error *err)
{
	const uint32_t most = (NT_RF_BODY_MAX - sizeof(struct nt_rf_run)) / NETTRACE_REC_SIZE;
	struct nt_rf_run to = { .stream = run->source };
	uint32_t n, done;
	int ret = may_write(r, run->source, err);

	if (!ret && (run->n < RUN_MIN || run->stride != NETTRACE_REC_SIZE))
		return put_each(r, run, err);
	if (!ret)
		ret = nt_recorder_flush(r, err); /* what came before */
	to.offset = ret ? 0 : r->offset[run->source];
	for (done = 0; !ret && done < run->n; done += n) {
		const uint8_t *at = run->at + (size_t)done * run->stride;

		n = run->n - done;
		n = n < most ? n : most;
		ret = put_records(r, &to, at, n, err);
	}
	return ret;
}

static int recorder_finish(struct nt_recorder *r, struct nt_error *err)
{
	int ret = nt_recorder_flush(r, err);
	int fd = r->fd;

	if (ret)
		return ret;
	r->block.end.events = r->written;
	ret = put_block(r, NT_RF_END, sizeof(struct nt_rf_end), err);
	if (ret || !r->own_fd)
		return ret;
	r->fd = -1;
	/* some file systems tell of a full disk only now */
	if (close(fd) && errno != EINTR)
		return nt_error_set(err, -errno, _("cannot write to %s: %s"), r->path,
				    strerror(errno));
	return 0;
}

int nt_recorder_close(struct nt_recorder *r, struct nt_error *err)
{
	int ret;

	if (!r)
		return 0;
	ret = recorder_finish(r, err);
	recorder_free(r);
	return ret;
}
