// SPDX-License-Identifier: GPL-2.0-only
/*
 * Bytes of payloads on their way: slots, recordings, a filter that looks ahead.
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <unistd.h>

#include "../../userspace/filter.h"
#include "../../userspace/recordfile.h"
#include "tempfile.h"

#define STRIDE (192 + 320)

static const struct nt_stream streams[2] = { { .name = "a", .stride = STRIDE }, { .name = "b" } };

/* how many bytes event @i has: none, few, all that a slot holds */
static uint32_t length(unsigned int i)
{
	return i % 3 ? i * 7 % 321 : 0;
}

static uint8_t byte(unsigned int i, uint32_t at)
{
	return (uint8_t)(i * 31 + at);
}

static void fill(uint8_t *b, unsigned int i, uint32_t n)
{
	uint32_t at;

	for (at = 0; at < n; at++)
		b[at] = byte(i, at);
}

static struct nt_event nth(unsigned int i, uint8_t *bytes, uint32_t n)
{
	struct nt_event ev = make_event(1000 + i, 0, 0, i);

	fill(bytes, i, n);
	ev.t = (int64_t)ev.rec.hdr.time;
	ev.rec.hdr.family = NETTRACE_IPV4;
	ev.rec.packet.payload = n;
	ev.bytes = bytes;
	ev.nbytes = n;
	return ev;
}

static struct nt_recorder *begin(void)
{
	struct nt_recorder *r;
	struct nt_error err;

	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	return r;
}

static void end(struct nt_recorder *r)
{
	struct nt_error err;

	assert_int_equal(nt_recorder_close(r, &err), 0);
}

static void is_nth(const struct nt_event *ev, unsigned int i, uint32_t n)
{
	uint32_t at;

	assert_int_equal(ev->rec.hdr.seq, i);
	assert_int_equal(ev->nbytes, n);
	for (at = 0; at < n; at++)
		assert_int_equal(ev->bytes[at], byte(i, at));
}

/* @n events, and what it ends with */
static int replay(uint32_t (*want)(unsigned int i), unsigned int *n)
{
	struct nt_source *s;
	struct nt_error err;
	struct nt_event ev;
	int ret;

	*n = 0;
	assert_int_equal(nt_source_file(&s, path, &err), 0);
	while ((ret = nt_source_next(s, &ev, &err)) == 1) {
		is_nth(&ev, *n, want(*n));
		(*n)++;
	}
	nt_source_close(s);
	return ret;
}

static void recorded(void **state)
{
	static const unsigned int counts[] = { 1, 2, 255, 256, 257, 3000 };
	uint8_t bytes[NT_EVENT_BYTES];
	struct nt_error err;
	unsigned int i, k, n;

	(void)state;
	for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		struct nt_recorder *r = begin();

		for (i = 0; i < counts[k]; i++) {
			struct nt_event ev = nth(i, bytes, length(i));

			assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
		}
		end(r);
		assert_int_equal(replay(length, &n), -ENODATA);
		assert_int_equal(n, counts[k]);
	}
}

static uint32_t most(unsigned int i)
{
	(void)i;
	return NT_EVENT_BYTES;
}

/* more of them than a block takes */
static void recorded_long(void **state)
{
	struct nt_recorder *r = begin();
	uint8_t bytes[NT_EVENT_BYTES];
	struct nt_error err;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < 300; i++) {
		struct nt_event ev = nth(i, bytes, NT_EVENT_BYTES);

		assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
	}
	end(r);
	assert_int_equal(replay(most, &n), -ENODATA);
	assert_int_equal(n, 300);
}

/* as the live source has them: the bytes follow the record in its slot */
static void slots(void **state)
{
	struct nt_run run = { .n = 1000, .stride = STRIDE, .source = 0 };
	uint8_t *at = aligned_alloc(64, 1000 * STRIDE);
	struct nt_recorder *r = begin();
	struct nt_error err;
	unsigned int i, n;

	(void)state;
	assert_non_null(at);
	memset(at, 0xee, 1000 * STRIDE);
	for (i = 0; i < 1000; i++) {
		struct nt_event ev = nth(i, at + i * STRIDE + NETTRACE_REC_SIZE, length(i));

		memcpy(at + i * STRIDE, &ev.rec, sizeof(ev.rec));
	}
	run.at = at;
	assert_int_equal(nt_recorder_run(r, &run, &err), 0);
	end(r);
	assert_int_equal(replay(length, &n), -ENODATA);
	assert_int_equal(n, 1000);
	free(at);
}

/* what a record says of itself is not believed where the slot is shorter */
static void slot_lengths(void **state)
{
	union nettrace_rec rec = { .hdr = { .type = NETTRACE_PACKET, .family = NETTRACE_IPV6 } };

	(void)state;
	rec.packet.payload = 5000;
	assert_int_equal(nt_slot_bytes(&rec, 192 + 64), 64);
	assert_int_equal(nt_slot_bytes(&rec, 192 + 8192), NT_EVENT_BYTES);
	rec.packet.payload = 10;
	assert_int_equal(nt_slot_bytes(&rec, 192 + 64), 10);
	rec.hdr.family = NETTRACE_ARP;
	assert_int_equal(nt_slot_bytes(&rec, 192 + 64), 0);
	rec.hdr.type = NETTRACE_STATE;
	assert_int_equal(nt_slot_bytes(&rec, 192 + 64), 0);
}

/* a block of bytes by hand, before the end block of a file with 3 events */
static int with_block(const void *body, uint32_t len)
{
	struct nt_rf_block head = { .type = NT_RF_BYTES, .len = len };
	struct nt_recorder *r = begin();
	uint8_t bytes[8];
	struct nt_error err = { "" };
	struct nt_source *s;
	struct nt_event ev;
	unsigned int i;
	int fd, ret;

	for (i = 0; i < 3; i++) {
		struct nt_event one = nth(i, bytes, 0);

		assert_int_equal(nt_recorder_write(r, &one, &err), 0);
	}
	end(r);
	head.sum = nt_rf_sum(head.type, len, body);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_true(lseek(fd, -24, SEEK_END) > 0); /* in place of its end block */
	assert_int_equal(write(fd, &head, sizeof(head)), sizeof(head));
	assert_int_equal(write(fd, body, len), len);
	close(fd);
	assert_int_equal(nt_source_file(&s, path, &err), 0);
	while ((ret = nt_source_next(s, &ev, &err)) == 1)
		assert_int_equal(ev.nbytes, 0);
	if (ret == -EBADMSG)
		assert_says(&err, "bytes of a payload");
	nt_source_close(s);
	return ret;
}

static void sound_nonsense(void **state)
{
	struct {
		struct nt_rf_bytes a;
		uint8_t ab[8];
		struct nt_rf_bytes b;
		uint8_t bb[8];
	} k = { .a = { 0, 5 }, .b = { 1, 8 } };

	(void)state;
	/* a recorder was killed before it wrote their events */
	assert_int_equal(with_block(&k, sizeof(k)), -ENODATA);
	k.b.n = 9; /* goes on behind the block */
	assert_int_equal(with_block(&k, sizeof(k)), -EBADMSG);
	k.b.n = UINT32_MAX;
	assert_int_equal(with_block(&k, sizeof(k)), -EBADMSG);
	k.b.n = 8;
	k.b.event = 0; /* the same once more */
	assert_int_equal(with_block(&k, sizeof(k)), -EBADMSG);
}

/* ---- a filter that looks ahead -------------------------------------------------- */

#define EVENTS 12

struct list {
	struct nt_source s; /* first */
	unsigned int next;
	uint8_t bytes[64]; /* overwritten with each event, as a source may */
};

/* LISTEN to SYN-RECEIVED without a remote end, packets, then the next step */
static int list_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct list *l = (struct list *)s;
	unsigned int i = l->next++;
	struct nettrace_state *st = &ev->rec.state;

	(void)err;
	if (i == EVENTS)
		return -ENODATA;
	memset(ev, 0, sizeof(*ev));
	ev->t = 1000 + i;
	ev->rec.hdr.seq = i;
	ev->rec.hdr.family = NETTRACE_IPV4;
	if (i == 0 || i == EVENTS - 1) {
		ev->rec.hdr.type = NETTRACE_STATE;
		st->what = NETTRACE_CHANGE;
		st->old_state = i ? NETTRACE_TCP_SYN_RECV : NETTRACE_TCP_LISTEN;
		st->new_state = i ? NETTRACE_TCP_ESTABLISHED : NETTRACE_TCP_SYN_RECV;
		st->sk_id = 7;
		st->lport = 80;
		st->rport = i ? 40000 : 0;
		return 1;
	}
	ev->rec.hdr.type = NETTRACE_PACKET;
	ev->rec.packet.proto = IPPROTO_TCP;
	ev->rec.packet.flags = NETTRACE_PKT_L4;
	ev->rec.packet.len = 100;
	ev->rec.packet.sport = 40000;
	ev->rec.packet.dport = 80;
	ev->rec.packet.payload = 60;
	fill(l->bytes, i, 60);
	ev->bytes = l->bytes;
	ev->nbytes = 60;
	return 1;
}

static int list_wait(struct nt_source *s, int timeout_ms)
{
	(void)s;
	return timeout_ms;
}

static void list_close(struct nt_source *s)
{
	(void)s;
}

static void filtered(void **state)
{
	static const struct nt_source_ops ops = { .next = list_next,
						  .wait = list_wait,
						  .close = list_close };
	static struct list l = { .s = { .ops = &ops, .nstream = 1 } };
	struct nt_filter *f;
	struct nt_source *s;
	struct nt_event ev;
	struct nt_error err;
	unsigned int i;

	(void)state;
	assert_int_equal(nt_filter_compile(&f, "tcp port 80", &err), 0);
	assert_int_equal(nt_source_filtered(&s, &l.s, f, &err), 0);
	for (i = 0; i < EVENTS; i++) {
		assert_int_equal(nt_source_next(s, &ev, &err), 1);
		is_nth(&ev, i, i == 0 || i == EVENTS - 1 ? 0 : 60);
	}
	assert_int_equal(nt_source_next(s, &ev, &err), -ENODATA);
	nt_source_close(s);
	nt_filter_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(recorded, setup, teardown),
		cmocka_unit_test_setup_teardown(recorded_long, setup, teardown),
		cmocka_unit_test_setup_teardown(slots, setup, teardown),
		cmocka_unit_test(slot_lengths),
		cmocka_unit_test_setup_teardown(sound_nonsense, setup, teardown),
		cmocka_unit_test(filtered),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
