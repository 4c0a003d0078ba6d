// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_file.c - read a recording
 *
 * Purpose, ownership: source.h.  Format: recordfile.h.
 * Context:   one thread.  Memory is one block.  Nothing is asked of the file
 *            but bytes in order, so that a pipe or a socket will do; when it has
 *            none now (EAGAIN, a signal), the read goes on where it stopped.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "i18n.h"
#include "source_file.h"

struct nt_file_source {
	struct nt_source s; /* first: ops get a pointer to it */
	char path[PATH_MAX];
	struct nt_blocks b;
	bool own_fd;
	bool at_end; /* the end block was read */
	bool known[NT_STREAM_MAX];
	uint64_t offset;      /* in the file, of head */
	uint64_t read;	      /* events handed out, gaps included */
	size_t have;	      /* bytes of head and body that were read */
	unsigned int n, next; /* events in the body, and the next of them */
	bool records;	      /* they are records, not events */
	/* payloads: of the block that was read, and of the one to come */
	uint8_t *bytes;
	size_t bytes_at, bytes_end, bytes_next;
	struct nt_rf_block head;
	union { /* follows head without a gap */
		struct nt_rf_header file;
		struct nt_rf_stream stream;
		struct nt_rf_event event[NT_RF_BODY_MAX / sizeof(struct nt_rf_event)];
		struct nt_rf_end end;
		struct {
			struct nt_rf_run run;
			union nettrace_rec rec[(NT_RF_BODY_MAX - sizeof(struct nt_rf_run)) /
					       NETTRACE_REC_SIZE];
		};
		uint8_t bytes[NT_RF_BODY_MAX];
	} body;
};

_Static_assert(offsetof(struct nt_file_source, body) - offsetof(struct nt_file_source, head) ==
		       sizeof(struct nt_rf_block),
	       "one piece");

static struct nt_file_source *of(struct nt_source *s)
{
	return (struct nt_file_source *)s;
}

static int damaged(const struct nt_file_source *f, const char *what, struct nt_error *err)
{
	return nt_error_set(err, -EBADMSG,
			    _("%s is damaged at byte %llu: %s; the first %llu events were read"),
			    f->path, (unsigned long long)f->offset, _(what),
			    (unsigned long long)f->read);
}

/*
 * Have @want bytes at f->head.  1: they are there; 0: not now; -ENODATA: the
 * file ends before; other -errno: failed, said in @err
 */
static int fill(struct nt_file_source *f, size_t want, struct nt_error *err)
{
	ssize_t n;

	while (f->have < want) {
		n = read(f->b.fd, (uint8_t *)&f->head + f->have, want - f->have);
		if (n > 0)
			f->have += (size_t)n;
		else if (!n)
			return -ENODATA;
		else if (errno == EINTR || errno == EAGAIN)
			return 0;
		else
			return nt_error_set(err, -errno, _("cannot read %s: %s"), f->path,
					    strerror(errno));
	}
	return 1;
}

static int take_stream(struct nt_file_source *f, struct nt_error *err)
{
	const struct nt_rf_stream *from = &f->body.stream;
	struct nt_stream *to;

	if (f->head.len != sizeof(*from) || from->index >= NT_STREAM_MAX)
		return damaged(f, N_("it describes a namespace in a way that cannot be"), err);
	to = &f->s.stream[from->index];
	to->netns = from->netns;
	to->real_offset = from->real_offset;
	to->cpus = from->cpus;
	to->stride = from->stride;
	to->ring = from->ring;
	memcpy(to->name, from->name, sizeof(to->name) - 1);
	memcpy(to->version, from->version, sizeof(to->version) - 1);
	memcpy(to->release, from->release, sizeof(to->release) - 1);
	f->known[from->index] = true;
	if (f->s.nstream <= from->index)
		f->s.nstream = from->index + 1;
	return 1;
}

/*
 * Payloads of the events in the next block.  Each entry is whole, and the events
 * stand in order, so that handing out need not look twice.
 */
static int take_bytes(struct nt_file_source *f, struct nt_error *err)
{
	struct nt_rf_bytes e;
	uint64_t least = 0;
	size_t at, size;

	for (at = 0; at < f->head.len; at += size) {
		memcpy(&e, f->body.bytes + at, sizeof(e)); /* len is a multiple of 8 */
		size = nt_rf_bytes_size(e.n);
		if (e.n > NT_EVENT_BYTES || size > f->head.len - at || e.event < least)
			return damaged(f, N_("bytes of a payload are where they cannot be"), err);
		least = (uint64_t)e.event + 1;
	}
	if (!f->bytes)
		f->bytes = malloc(NT_RF_BODY_MAX);
	if (!f->bytes)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	memcpy(f->bytes, f->body.bytes, f->head.len);
	f->bytes_at = 0;
	f->bytes_end = 0;
	f->bytes_next = f->head.len;
	return 1;
}

/* the payloads that were read are those of the block that begins */
static void begin_bytes(struct nt_file_source *f)
{
	f->bytes_at = 0;
	f->bytes_end = f->bytes_next;
	f->bytes_next = 0;
}

static int take_events(struct nt_file_source *f, struct nt_error *err)
{
	unsigned int i, n = f->head.len / sizeof(struct nt_rf_event);
	uint32_t stream;

	if (f->head.len % sizeof(struct nt_rf_event))
		return damaged(f, N_("a block holds part of an event"), err);
	for (i = 0; i < n; i++) {
		stream = f->body.event[i].stream;
		if (stream >= NT_STREAM_MAX || !f->known[stream])
			return damaged(f,
				       N_("an event comes from a namespace that is not described"),
				       err);
	}
	f->n = n;
	f->next = 0;
	f->records = false;
	begin_bytes(f);
	return 1;
}

static int take_records(struct nt_file_source *f, struct nt_error *err)
{
	const struct nt_rf_run *run = &f->body.run;
	uint32_t bytes = f->head.len - (uint32_t)sizeof(*run);

	if (f->head.len < sizeof(*run) || bytes % NETTRACE_REC_SIZE)
		return damaged(f, N_("a block holds part of a record"), err);
	if (run->stream >= NT_STREAM_MAX || !f->known[run->stream])
		return damaged(f, N_("records come from a namespace that is not described"), err);
	f->n = bytes / NETTRACE_REC_SIZE;
	f->next = 0;
	f->records = true;
	begin_bytes(f);
	return 1;
}

static int take_end(struct nt_file_source *f, struct nt_error *err)
{
	if (f->head.len != sizeof(f->body.end))
		return damaged(f, N_("its end is not as it should be"), err);
	if (f->body.end.events != f->read)
		return damaged(f, N_("events are missing before its end"), err);
	f->at_end = true;
	return 1;
}

static int take_other(struct nt_file_source *f, struct nt_error *err)
{
	int ret = f->b.other ? f->b.other(f->b.arg, f->head.type, f->body.bytes, f->head.len, err) :
			       0;

	return ret ? ret : 1;
}

/* it ends, at a block's beginning or inside one */
static int cut_off(const struct nt_file_source *f, struct nt_error *err)
{
	if (f->b.must_end)
		return nt_error_set(
			err, -ECONNRESET,
			_("%s broke off without saying that it ends: was it killed? %llu events were read"),
			f->path, (unsigned long long)f->read);
	if (!f->have)
		return -ENODATA; /* at the end, or where a recorder was killed */
	return damaged(f, N_("it ends inside a block"), err);
}

/* the next block, checked and taken in: 1, or as fill() */
static int next_block(struct nt_file_source *f, struct nt_error *err)
{
	int ret;

	if (f->at_end && f->b.must_end)
		return -ENODATA;
	ret = fill(f, sizeof(f->head), err);
	if (ret == -ENODATA && f->at_end && !f->have)
		return ret;
	if (ret == -ENODATA)
		return cut_off(f, err);
	if (ret <= 0)
		return ret;
	if (f->at_end)
		return damaged(f, N_("more follows after its end"), err);
	if (f->head.len > NT_RF_BODY_MAX || f->head.len % 8)
		return damaged(f, N_("a block's length is impossible"), err);
	ret = fill(f, sizeof(f->head) + f->head.len, err);
	if (ret == -ENODATA)
		return cut_off(f, err);
	if (ret <= 0)
		return ret;
	if (nt_rf_sum(f->head.type, f->head.len, &f->body) != f->head.sum)
		return damaged(f, N_("a block's checksum is wrong"), err);

	switch (f->head.type) {
	case NT_RF_STREAM:
		ret = take_stream(f, err);
		break;
	case NT_RF_EVENTS:
		ret = take_events(f, err);
		break;
	case NT_RF_RECORDS:
		ret = take_records(f, err);
		break;
	case NT_RF_BYTES:
		ret = take_bytes(f, err);
		break;
	case NT_RF_END:
		ret = take_end(f, err);
		break;
	default:
		ret = take_other(f, err);
		break;
	}
	if (ret == 1) {
		f->offset += f->have;
		f->have = 0;
	}
	return ret;
}

/* into the account; false: a gap that tells only of what a filter left out */
static bool counts(struct nt_source *s, const union nettrace_rec *rec)
{
	if (rec->hdr.type != NETTRACE_GAP) {
		s->delivered++;
		return true;
	}
	s->lost += rec->gap.lost;
	s->filtered += rec->gap.filtered;
	return rec->gap.lost;
}

static void hand_out_bytes(struct nt_file_source *f, unsigned int i, struct nt_event *ev)
{
	struct nt_rf_bytes e;

	memcpy(&e, f->bytes + f->bytes_at, sizeof(e));
	if (e.event != i)
		return;
	ev->bytes = f->bytes + f->bytes_at + sizeof(e);
	ev->nbytes = e.n;
	f->bytes_at += nt_rf_bytes_size(e.n);
}

static void hand_out(struct nt_file_source *f, unsigned int i, struct nt_event *ev)
{
	const struct nt_rf_event *from = &f->body.event[i];

	ev->nbytes = 0;
	if (f->bytes_at < f->bytes_end)
		hand_out_bytes(f, i, ev);

	if (f->records) {
		ev->rec = f->body.rec[i];
		ev->t = (int64_t)(ev->rec.hdr.time + (uint64_t)f->body.run.offset);
		ev->source = f->body.run.stream;
	} else {
		ev->t = from->t;
		ev->source = from->stream;
		ev->rec = from->rec;
	}
}

static int file_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct nt_file_source *f = of(s);
	int ret;

	do {
		while (f->next >= f->n) {
			f->n = 0;
			f->next = 0;
			ret = next_block(f, err);
			if (ret != 1)
				return ret;
		}
		hand_out(f, f->next++, ev);
		f->read++;
	} while (!counts(s, &ev->rec));
	return 1;
}

static int file_wait(struct nt_source *s, int timeout_ms)
{
	return nt_wait_readable(of(s)->b.fd, timeout_ms);
}

static void file_close(struct nt_source *s)
{
	struct nt_file_source *f = of(s);

	if (f->own_fd && f->b.fd >= 0)
		close(f->b.fd);
	free(f->bytes);
	free(f);
}

static const struct nt_source_ops file_ops = {
	.next = file_next,
	.wait = file_wait,
	.close = file_close,
};

/* not a recording: whose file is it? */
static int foreign(const struct nt_file_source *f, const uint8_t *b, size_t n, struct nt_error *err)
{
	static const struct {
		uint8_t magic[4];
		size_t n;
		const char *what, *with;
	} packed[] = {
		{ { 0x1f, 0x8b }, 2, "gzip", "zcat" },
		{ { 0x28, 0xb5, 0x2f, 0xfd }, 4, "zstd", "zstdcat" },
		{ { 0xfd, '7', 'z', 'X' }, 4, "xz", "xzcat" },
		{ { 'B', 'Z', 'h' }, 3, "bzip2", "bzcat" },
	};
	size_t i;

	for (i = 0; i < sizeof(packed) / sizeof(packed[0]); i++)
		if (n >= packed[i].n && !memcmp(b, packed[i].magic, packed[i].n))
			return nt_error_set(
				err, -EINVAL,
				_("%s is compressed (%s): give what '%s FILE' prints to 'nettrace replay -'"),
				f->path, packed[i].what, packed[i].with);
	return nt_error_set(
		err, -EINVAL,
		_("%s is neither a recording of nettrace nor a packet capture: name a file that 'nettrace record' or 'tcpdump -w' wrote"),
		f->path);
}

static int check_header(struct nt_file_source *f, const struct nt_rf_header *h,
			struct nt_error *err)
{
	if (h->order == NT_RF_ORDER_SWAPPED)
		return nt_error_set(
			err, -EINVAL,
			_("%s was recorded on a machine of the other byte order: read it on one of that kind"),
			f->path);
	if (h->order != NT_RF_ORDER)
		return damaged(f, N_("its header makes no sense"), err);
	if (h->version > NT_RF_VERSION)
		return nt_error_set(
			err, -EINVAL,
			_("%s is a recording of format %u, this nettrace reads format %d: read it with the newer nettrace that wrote it"),
			f->path, h->version, NT_RF_VERSION);
	if (h->abi > NETTRACE_ABI)
		return nt_error_set(
			err, -EINVAL,
			_("%s holds records of ABI %u, this nettrace reads ABI %d: read it with the newer nettrace that wrote it"),
			f->path, h->abi, NETTRACE_ABI);
	if (h->abi != NETTRACE_ABI || !h->version)
		return nt_error_set(
			err, -EINVAL,
			_("%s was written by an older nettrace (format %u, ABI %u), this one reads format %d, ABI %d: read it with that one"),
			f->path, h->version, h->abi, NT_RF_VERSION, NETTRACE_ABI);
	if (h->rec_size != NETTRACE_REC_SIZE)
		return damaged(f, N_("its header makes no sense"), err);
	return 0;
}

static int read_header(struct nt_file_source *f, struct nt_error *err)
{
	const uint8_t *b = (const uint8_t *)&f->head;
	struct nt_rf_header h;
	int ret = fill(f, sizeof(h), err);

	if (!ret)
		return nt_error_set(err, -EINTR, _("interrupted while reading %s"), f->path);
	if (ret < 0 && ret != -ENODATA)
		return ret;
	if (!f->have)
		return nt_error_set(err, -EINVAL, _("%s is empty: nothing was recorded in it"),
				    f->path);
	if (memcmp(b, NT_RF_MAGIC, f->have < NT_RF_MAGIC_LEN ? f->have : NT_RF_MAGIC_LEN))
		return foreign(f, b, f->have, err);
	if (ret == -ENODATA)
		return damaged(f, N_("it ends inside its header"), err);
	memcpy(&h, b, sizeof(h));
	f->offset = f->have;
	f->have = 0;
	return check_header(f, &h, err);
}

/* the streams are before the first events: know them when open returns */
static int read_streams(struct nt_file_source *f, struct nt_error *err)
{
	int ret;

	do
		ret = next_block(f, err);
	while (ret == 1 && !f->n && !f->at_end);
	/* what comes later will be met, and said, by next() */
	return ret == 1 || ret == 0 || ret == -ENODATA ? 0 : ret;
}

int nt_source_recording(struct nt_source **s, const struct nt_input *in, struct nt_error *err)
{
	struct nt_file_source *f = calloc(1, sizeof(*f));
	int ret;

	*s = NULL;
	if (!f) {
		if (in->own)
			close(in->fd);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	f->s.ops = &file_ops;
	f->b.fd = in->fd;
	f->own_fd = in->own;
	strncpy(f->path, in->title, sizeof(f->path) - 1);
	memcpy(&f->head, in->head, in->n);
	f->have = in->n;
	ret = read_header(f, err);
	if (!ret)
		ret = read_streams(f, err);
	if (ret) {
		file_close(&f->s);
		return ret;
	}
	*s = &f->s;
	return 0;
}

int nt_input_open(struct nt_input *in, const char *path, struct nt_error *err)
{
	memset(in, 0, sizeof(*in));
	in->own = strcmp(path, "-") != 0;
	in->title = in->own ? path : _("the standard input");
	in->fd = in->own ? open(path, O_RDONLY | O_CLOEXEC) : STDIN_FILENO;
	if (in->fd < 0)
		return nt_error_set(err, -errno, _("cannot read %s: %s"), path, strerror(errno));
	return 0;
}

int nt_source_file(struct nt_source **s, const char *path, struct nt_error *err)
{
	struct nt_input in;
	int ret = nt_input_open(&in, path, err);

	*s = NULL;
	return ret ? ret : nt_source_recording(s, &in, err);
}

int nt_source_blocks(struct nt_source **s, const struct nt_blocks *b, struct nt_error *err)
{
	struct nt_file_source *f = calloc(1, sizeof(*f));
	int ret;

	*s = NULL;
	if (!f) {
		close(b->fd);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	f->s.ops = &file_ops;
	f->b = *b;
	f->own_fd = true;
	f->offset = b->offset;
	strncpy(f->path, b->title, sizeof(f->path) - 1);
	f->b.title = f->path;
	ret = read_streams(f, err);
	if (ret) {
		file_close(&f->s);
		return ret;
	}
	*s = &f->s;
	return 0;
}
