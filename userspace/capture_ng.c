// SPDX-License-Identifier: GPL-2.0-only
/*
 * capture_ng.c - pcapng, block by block
 *
 * Purpose, ownership, context: capture.h.  The format: IETF's
 * draft-ietf-opsawg-pcapng.  A block is
 *
 *	type (4)  length of all (4)  body  length of all (4)
 *
 * in the byte order that its section's header gives.  Blocks of other kinds
 * (names, secrets, comments) are stepped over.
 */
#include <errno.h>
#include <string.h>

#include "capture_priv.h"
#include "i18n.h"

enum {
	BLOCK_INTERFACE = 1,
	BLOCK_OLD_PACKET = 2,
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_PACKET = 6,
	BLOCK_SECTION = 0x0a0d0d0a,
};

enum {
	OPT_END = 0,
	IF_NAME = 2,
	IF_TSRESOL = 9,
	IF_TSOFFSET = 14,
	ISB_STARTTIME = 2,
	ISB_IFDROP = 5,
	ISB_OSDROP = 7,
};

#define BYTE_ORDER_MAGIC 0x1a2b3c4du
#define AROUND		 12 /* bytes of a block around its body */

static uint64_t cap64(const struct nt_capture *c, const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return c->swapped ? __builtin_bswap64(v) : v;
}

/* the next option of the @n bytes at *p; false: there is none that is whole */
static bool option(const struct nt_capture *c, const uint8_t **p, size_t *n, unsigned int *code,
		   unsigned int *len, const uint8_t **value)
{
	size_t padded;

	if (*n < 4)
		return false;
	*code = nt_cap16(c, *p);
	*len = nt_cap16(c, *p + 2);
	padded = (*len + 3u) & ~3u;
	if (*code == OPT_END || padded > *n - 4)
		return false;
	*value = *p + 4;
	*p += 4 + padded;
	*n -= 4 + padded;
	return true;
}

static uint64_t ticks_of(uint8_t resol)
{
	uint64_t ticks = 1;
	unsigned int n = resol & 0x7f;

	if (resol & 0x80)
		return n < 64 ? 1ULL << n : 0;
	if (n > 19)
		return 0;
	while (n--)
		ticks *= 10;
	return ticks;
}

/* one that was there in an earlier section goes on: files put one after another */
static int interface_of(struct nt_capture *c, const struct nt_capture_if *new, struct nt_error *err)
{
	unsigned int i = c->nsection;
	const struct nt_capture_if *old;

	if (i < c->niface) {
		old = &c->iface[i];
		if (old->link == new->link && old->ticks == new->ticks &&
		    old->offset == new->offset && !strcmp(old->name, new->name))
			return (int)i;
	}
	return nt_capture_add_if(c, new, err);
}

static int take_interface(struct nt_capture *c, const uint8_t *b, size_t n, struct nt_error *err)
{
	struct nt_capture_if new = { .ticks = 1000000 };
	unsigned int code, len;
	const uint8_t *value;
	int ret;

	if (n < 8)
		return nt_capture_damaged(c, N_("the description of an interface is too short"),
					  err);
	new.link = nt_cap16(c, b);
	new.snaplen = nt_cap32(c, b + 4);
	b += 8;
	n -= 8;
	while (option(c, &b, &n, &code, &len, &value)) {
		if (code == IF_NAME)
			memcpy(new.name, value,
			       len < sizeof(new.name) ? len : sizeof(new.name) - 1);
		else if (code == IF_TSRESOL && len == 1)
			new.ticks = ticks_of(value[0]);
		else if (code == IF_TSOFFSET && len == 8)
			new.offset = (int64_t)cap64(c, value);
	}
	if (!new.ticks)
		return nt_capture_damaged(c, N_("an interface's clock is finer than can be"), err);
	if (c->nsection == NT_STREAM_MAX)
		return nt_capture_damaged(c, N_("a section has too many interfaces"), err);
	ret = interface_of(c, &new, err);
	if (ret < 0)
		return ret;
	c->section[c->nsection++] = (unsigned int)ret;
	return 2;
}

static int64_t time_of(const struct nt_capture_if *i, uint64_t ts)
{
	__int128 t;

	if (i->ticks == 1000000000)
		t = ts;
	else
		t = (__int128)(ts / i->ticks) * 1000000000 +
		    (__int128)(ts % i->ticks) * 1000000000 / i->ticks;
	t += (__int128)i->offset * 1000000000;
	if (t < 0)
		return 0;
	return t > INT64_MAX / 2 ? INT64_MAX / 2 : (int64_t)t;
}

static int frame(struct nt_capture *c, struct nt_frame *f, unsigned int iface, const uint8_t *b,
		 size_t room, uint32_t caplen, uint32_t wirelen, struct nt_error *err)
{
	if (caplen > room || caplen > NT_FRAME_MAX)
		return nt_capture_damaged(c, N_("a packet is longer than its block"), err);
	f->type = NT_FRAME_PACKET;
	f->iface = iface;
	f->caplen = caplen;
	f->wirelen = wirelen < caplen ? caplen : wirelen;
	f->bytes = b;
	c->last = f->t;
	c->packets++;
	return 1;
}

/* also the obsolete one, whose interface and number of drops share a word */
static int take_packet(struct nt_capture *c, struct nt_frame *f, uint32_t type, const uint8_t *b,
		       size_t n, struct nt_error *err)
{
	unsigned int id;

	if (n < 20)
		return nt_capture_damaged(c, N_("a packet's block is too short"), err);
	id = type == BLOCK_PACKET ? nt_cap32(c, b) : nt_cap16(c, b);
	if (id >= c->nsection)
		return nt_capture_damaged(
			c, N_("a packet is of an interface that is not described"), err);
	id = c->section[id];
	f->t = time_of(&c->iface[id], (uint64_t)nt_cap32(c, b + 4) << 32 | nt_cap32(c, b + 8));
	return frame(c, f, id, b + 20, n - 20, nt_cap32(c, b + 12), nt_cap32(c, b + 16), err);
}

static int take_simple(struct nt_capture *c, struct nt_frame *f, const uint8_t *b, size_t n,
		       struct nt_error *err)
{
	uint32_t wirelen, caplen, snaplen;

	if (n < 4 || !c->nsection)
		return nt_capture_damaged(
			c, N_("a packet's block is too short, or of no interface"), err);
	wirelen = nt_cap32(c, b);
	snaplen = c->iface[c->section[0]].snaplen;
	caplen = snaplen && snaplen < wirelen ? snaplen : wirelen;
	f->t = c->last; /* it has none of its own */
	return frame(c, f, c->section[0], b + 4, n - 4, caplen, wirelen, err);
}

/*
 * What was lost while capturing, counted by the kernel and by the interface.  The
 * counts are since the capture began, which may be in several files that were put one
 * behind another; another capture's begin anew.
 */
static int take_statistics(struct nt_capture *c, struct nt_frame *f, const uint8_t *b, size_t n,
			   struct nt_error *err)
{
	unsigned int id, code, len;
	struct nt_capture_if *i;
	uint64_t dropped = 0, began;
	const uint8_t *value;

	if (n < 12)
		return nt_capture_damaged(c, N_("a block of statistics is too short"), err);
	id = nt_cap32(c, b);
	if (id >= c->nsection)
		return nt_capture_damaged(
			c, N_("statistics are of an interface that is not described"), err);
	i = &c->iface[c->section[id]];
	f->t = time_of(i, (uint64_t)nt_cap32(c, b + 4) << 32 | nt_cap32(c, b + 8));
	b += 12;
	n -= 12;
	began = i->began;
	while (option(c, &b, &n, &code, &len, &value)) {
		if ((code == ISB_IFDROP || code == ISB_OSDROP) && len == 8)
			dropped += cap64(c, value);
		else if (code == ISB_STARTTIME && len == 8)
			began = (uint64_t)nt_cap32(c, value) << 32 | nt_cap32(c, value + 4);
	}
	if (began != i->began || dropped < i->dropped)
		i->dropped = 0;
	i->began = began;
	if (dropped == i->dropped)
		return 2;
	f->type = NT_FRAME_DROPPED;
	f->iface = c->section[id];
	f->dropped = dropped - i->dropped;
	i->dropped = dropped;
	return 1;
}

/* the length of the block at pos; 0: wrong, said */
static uint32_t length_of(const struct nt_capture *c, struct nt_error *err)
{
	uint32_t len = nt_cap32(c, c->buf + c->pos + 4);

	if (len >= AROUND && !(len % 4))
		return len;
	nt_capture_damaged(c, N_("a block's length is impossible"), err);
	return 0;
}

/* in which byte order what follows is */
static int take_section(struct nt_capture *c, struct nt_error *err)
{
	int ret = nt_capture_need(c, 12, err);
	uint32_t magic;

	if (ret != 1)
		return nt_capture_short(c, ret, err);
	memcpy(&magic, c->buf + c->pos + 8, sizeof(magic));
	if (magic != BYTE_ORDER_MAGIC && magic != __builtin_bswap32(BYTE_ORDER_MAGIC))
		return nt_capture_damaged(c, N_("the header of a section makes no sense"), err);
	c->swapped = magic != BYTE_ORDER_MAGIC;
	c->nsection = 0;
	ret = (int)length_of(c, err);
	if (!ret)
		return -EBADMSG;
	c->skip = (uint32_t)ret;
	return 2;
}

static bool is_wanted(uint32_t type)
{
	return type == BLOCK_PACKET || type == BLOCK_INTERFACE || type == BLOCK_SIMPLE ||
	       type == BLOCK_OLD_PACKET || type == BLOCK_STATISTICS;
}

static int take_body(struct nt_capture *c, struct nt_frame *f, uint32_t type, const uint8_t *b,
		     size_t n, struct nt_error *err)
{
	switch (type) {
	case BLOCK_INTERFACE:
		return take_interface(c, b, n, err);
	case BLOCK_SIMPLE:
		return take_simple(c, f, b, n, err);
	case BLOCK_STATISTICS:
		return take_statistics(c, f, b, n, err);
	default:
		return take_packet(c, f, type, b, n, err);
	}
}

int nt_capture_block(struct nt_capture *c, struct nt_frame *f, struct nt_error *err)
{
	int ret = nt_capture_need(c, 8, err);
	uint32_t type, len;
	const uint8_t *b;

	if (ret == -ENODATA && c->have == c->pos)
		return ret;
	if (ret != 1)
		return nt_capture_short(c, ret, err);
	type = nt_cap32(c, c->buf + c->pos);
	if (type == BLOCK_SECTION)
		return take_section(c, err);
	len = length_of(c, err);
	if (!len)
		return -EBADMSG;
	if (!is_wanted(type)) {
		c->skip = len;
		return 2;
	}
	if (len > NT_BLOCK_MAX)
		return nt_capture_damaged(c, N_("a packet's block is longer than can be"), err);
	ret = nt_capture_need(c, len, err);
	if (ret != 1)
		return nt_capture_short(c, ret, err);
	b = c->buf + c->pos;
	if (nt_cap32(c, b + len - 4) != len)
		return nt_capture_damaged(c, N_("a block's two lengths differ"), err);
	ret = take_body(c, f, type, b + 8, len - AROUND, err);
	if (ret > 0)
		c->pos += len;
	return ret;
}
