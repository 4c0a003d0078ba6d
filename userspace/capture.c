// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture.c - the buffer over a capture file, and pcap's own format
 *
 * Purpose, ownership, context: capture.h.  The format: IETF's
 * draft-ietf-opsawg-pcap.  Nothing is taken out of the buffer before it is there
 * in full, so that reading goes on where it stopped when a pipe has no more now.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "capture_priv.h"
#include "i18n.h"

#define PCAP_HEADER 24
#define PCAP_RECORD 16
#define PCAP_MICRO  0xa1b2c3d4u
#define PCAP_NANO   0xa1b23c4du
#define PCAPNG	    0x0a0d0d0au

static uint32_t native32(const uint8_t *b)
{
	uint32_t v;

	memcpy(&v, b, sizeof(v));
	return v;
}

static bool is_pcap(uint32_t magic)
{
	return magic == PCAP_MICRO || magic == PCAP_NANO;
}

bool nt_capture_magic(const uint8_t *b, size_t n)
{
	uint32_t magic;

	if (n < sizeof(magic))
		return false;
	magic = native32(b);
	return is_pcap(magic) || is_pcap(__builtin_bswap32(magic)) || magic == PCAPNG;
}

int nt_capture_fill(struct nt_capture *c, size_t n, struct nt_error *err)
{
	ssize_t got;

	/* what is left is less than a packet; the memory behind it is in the cache */
	memmove(c->buf, c->buf + c->pos, c->have - c->pos);
	c->base += c->pos;
	c->have -= c->pos;
	c->pos = 0;
	while (c->have < n) {
		got = read(c->in.fd, c->buf + c->have, NT_CAPTURE_CHUNK);
		if (got > 0)
			c->have += (size_t)got;
		else if (!got)
			return -ENODATA;
		else if (errno == EINTR || errno == EAGAIN)
			return 0;
		else
			return nt_error_set(err, -errno, _("cannot read %s: %s"), c->title,
					    strerror(errno));
	}
	return 1;
}

int nt_capture_damaged(const struct nt_capture *c, const char *what, struct nt_error *err)
{
	return nt_error_set(
		err, -EBADMSG,
		_("%s is damaged at byte %llu, after packet %llu: %s; what follows cannot be read"),
		c->title, (unsigned long long)(c->base + c->pos), (unsigned long long)c->packets,
		_(what));
}

int nt_capture_short(const struct nt_capture *c, int ret, struct nt_error *err)
{
	if (ret != -ENODATA)
		return ret;
	return nt_error_set(
		err, -EBADMSG,
		_("%s is cut off at byte %llu, inside of what follows packet %llu: all before it was read"),
		c->title, (unsigned long long)(c->base + c->have), (unsigned long long)c->packets);
}

int nt_capture_add_if(struct nt_capture *c, const struct nt_capture_if *new, struct nt_error *err)
{
	struct nt_capture_if *array;

	if (c->niface == NT_STREAM_MAX)
		return nt_error_set(
			err, -E2BIG,
			_("%s has more than %d interfaces: split it with editcap or tshark"),
			c->title, NT_STREAM_MAX);
	array = reallocarray(c->iface, c->niface + 1, sizeof(*array));
	if (!array)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	c->iface = array;
	array[c->niface] = *new;
	return (int)c->niface++;
}

static int pcap_header(struct nt_capture *c, struct nt_error *err)
{
	struct nt_capture_if iface = { .ticks = 1000000 };
	int ret = nt_capture_need(c, PCAP_HEADER, err);
	const uint8_t *h = c->buf;

	if (!ret)
		return nt_error_set(err, -EINTR, _("interrupted while reading %s"), c->title);
	if (ret == -ENODATA)
		return nt_error_set(err, -EBADMSG,
				    _("%s ends inside its header: there is no packet in it"),
				    c->title);
	if (ret < 0)
		return ret;
	c->swapped = !is_pcap(native32(h));
	if (nt_cap32(c, h) == PCAP_NANO)
		iface.ticks = 1000000000;
	if (nt_cap16(c, h + 4) != 2 || nt_cap16(c, h + 6) < 3)
		return nt_error_set(
			err, -EBADMSG,
			_("%s is of pcap's format %u.%u: write it anew, for instance with 'editcap -F pcap'"),
			c->title, nt_cap16(c, h + 4), nt_cap16(c, h + 6));
	iface.snaplen = nt_cap32(c, h + 16);
	iface.link = nt_cap32(c, h + 20) & 0x03ffffff; /* above: length of the FCS */
	c->pos = PCAP_HEADER;
	ret = nt_capture_add_if(c, &iface, err);
	return ret < 0 ? ret : 0;
}

static int pcap_record(struct nt_capture *c, struct nt_frame *f, struct nt_error *err)
{
	int ret = nt_capture_need(c, PCAP_RECORD, err);
	const uint8_t *h;
	uint32_t caplen;

	if (ret == -ENODATA && c->have == c->pos)
		return ret;
	if (ret != 1)
		return nt_capture_short(c, ret, err);
	caplen = nt_cap32(c, c->buf + c->pos + 8);
	if (caplen > NT_FRAME_MAX)
		return nt_capture_damaged(c, N_("a packet's length is impossible"), err);
	ret = nt_capture_need(c, PCAP_RECORD + caplen, err);
	if (ret != 1)
		return nt_capture_short(c, ret, err);
	h = c->buf + c->pos;
	f->type = NT_FRAME_PACKET;
	f->iface = 0;
	f->t = nt_cap32(c, h) * 1000000000LL +
	       nt_cap32(c, h + 4) * (c->iface[0].ticks == 1000000 ? 1000LL : 1LL);
	f->caplen = caplen;
	f->wirelen = nt_cap32(c, h + 12);
	if (f->wirelen < caplen)
		f->wirelen = caplen;
	f->bytes = h + PCAP_RECORD;
	c->pos += PCAP_RECORD + caplen;
	c->packets++;
	return 1;
}

/* what no one wants: bytes of other blocks, in any number */
static int step_over(struct nt_capture *c, struct nt_error *err)
{
	size_t n;
	int ret;

	while (c->skip) {
		ret = nt_capture_need(c, 1, err);
		if (ret != 1)
			return nt_capture_short(c, ret, err);
		n = c->have - c->pos;
		if (n > c->skip)
			n = (size_t)c->skip;
		c->pos += n;
		c->skip -= n;
	}
	return 1;
}

int nt_capture_next(struct nt_capture *c, struct nt_frame *f, struct nt_error *err)
{
	int ret;

	if (!c->ng)
		return pcap_record(c, f, err);
	do {
		ret = c->skip ? step_over(c, err) : 1;
		if (ret == 1)
			ret = nt_capture_block(c, f, err);
	} while (ret == 2);
	return ret;
}

int nt_capture_open(struct nt_capture **out, const struct nt_input *in, struct nt_error *err)
{
	struct nt_capture *c = malloc(sizeof(*c));
	int ret = 0;

	*out = NULL;
	if (!c) {
		if (in->own)
			close(in->fd);
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	}
	memset(c, 0, offsetof(struct nt_capture, buf));
	c->in = *in;
	strncpy(c->title, in->title, sizeof(c->title) - 1);
	memcpy(c->buf, in->head, in->n);
	c->have = in->n;
	c->ng = in->n >= 4 && native32(in->head) == PCAPNG;
	if (!c->ng)
		ret = pcap_header(c, err);
	if (ret) {
		nt_capture_close(c);
		return ret;
	}
	*out = c;
	return 0;
}

unsigned int nt_capture_nif(const struct nt_capture *c)
{
	return c->niface;
}

const struct nt_capture_if *nt_capture_if(const struct nt_capture *c, unsigned int i)
{
	return &c->iface[i];
}

bool nt_capture_swapped(const struct nt_capture *c)
{
	return c->swapped;
}

int nt_capture_fd(const struct nt_capture *c)
{
	return c->in.fd;
}

void nt_capture_close(struct nt_capture *c)
{
	if (!c)
		return;
	if (c->in.own)
		close(c->in.fd);
	free(c->iface);
	free(c);
}
