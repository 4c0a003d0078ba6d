// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_recordrun.c - blocks of records: what nt_recorder_run() writes is read as
 * what nt_recorder_write() writes, damage is found, older files are read; CRC-32C
 * is that of RFC 3720
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../userspace/crc32c.h"
#include "../../userspace/recordfile.h"
#include "tempfile.h"

static const struct nt_stream streams[2] = {
	{ .name = "client", .real_offset = 1000, .stride = 192 },
	{ .name = "server", .real_offset = -7, .stride = 256 },
};

static struct nt_event nth(unsigned int i, unsigned int source)
{
	struct nt_event ev = make_event(1000 + i, source, (uint16_t)source, i);

	ev.t = (int64_t)ev.rec.hdr.time + streams[source].real_offset;
	return ev;
}

static struct nt_recorder *begin(void)
{
	struct nt_recorder *r;
	struct nt_error err;

	assert_int_equal(nt_recorder_open(&r, path, streams, 2, &err), 0);
	return r;
}

/* events @from to @to of a stream, as they lie in memory that was read into */
static void put_run(struct nt_recorder *r, unsigned int from, unsigned int to, unsigned int source)
{
	uint32_t stride = streams[source].stride, n = to - from;
	uint8_t *at = aligned_alloc(64, (size_t)n * stride);
	struct nt_run run = { .at = at, .n = n, .stride = stride, .source = source };
	struct nt_error err;
	unsigned int i;

	assert_non_null(at);
	memset(at, 0xee, (size_t)n * stride);
	for (i = 0; i < n; i++) {
		struct nt_event ev = nth(from + i, source);

		memcpy(at + (size_t)i * stride, &ev.rec, sizeof(ev.rec));
	}
	assert_int_equal(nt_recorder_run(r, &run, &err), 0);
	free(at);
}

static void end(struct nt_recorder *r)
{
	struct nt_error err;

	assert_int_equal(nt_recorder_close(r, &err), 0);
}

/* how many events are as they should be, and what it ends with */
static int replay(unsigned int source, unsigned int *n, struct nt_error *err)
{
	struct nt_event ev, want;
	struct nt_source *s;
	int ret;

	*n = 0;
	ret = nt_source_file(&s, path, err);
	if (ret)
		return ret;
	while ((ret = nt_source_next(s, &ev, err)) == 1) {
		want = nth((*n)++, source);
		assert_int_equal(ev.t, want.t);
		assert_int_equal(ev.source, want.source);
		assert_memory_equal(&ev.rec, &want.rec, sizeof(ev.rec));
	}
	nt_source_close(s);
	return ret;
}

static void round_trip(void **state)
{
	static const unsigned int counts[] = { 1, 31, 32, 33, 256, 257, 1364, 1365, 1366, 5000 };
	unsigned int i, k, n;
	struct nt_error err;

	(void)state;
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		for (k = 0; k < 2; k++) {
			struct nt_recorder *r = begin();

			put_run(r, 0, counts[i], k);
			end(r);
			assert_int_equal(replay(k, &n, &err), -ENODATA);
			assert_int_equal(n, counts[i]);
		}
	}
}

/* runs, short runs and single events stay in their order */
static void mixed(void **state)
{
	struct nt_recorder *r = begin();
	unsigned int at = 0, n, i;
	struct nt_error err;

	(void)state;
	srandom(3);
	while (at < 20000) {
		unsigned int len = 1 + (unsigned int)random() % (random() % 4 ? 60 : 3000);

		put_run(r, at, at + len, 0);
		at += len;
		for (i = (unsigned int)random() % 5; i; i--) {
			struct nt_event ev = nth(at++, 0);

			assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
		}
	}
	end(r);
	assert_int_equal(replay(0, &n, &err), -ENODATA);
	assert_int_equal(n, at);
}

/* a bit of each byte of a block: found, and what stands before it is read */
static void damage_is_found(void **state)
{
	struct nt_recorder *r = begin();
	struct nt_error err;
	unsigned int n, i;
	off_t block, last;
	uint8_t b;
	int fd;

	(void)state;
	put_run(r, 0, 100, 0);
	assert_int_equal(nt_recorder_flush(r, &err), 0);
	block = file_size();
	put_run(r, 100, 140, 0);
	last = file_size();
	end(r);
	fd = open(path, O_RDWR);
	assert_true(fd >= 0);
	for (i = 0; i < (unsigned int)(last - block); i++) {
		off_t at = block + i;

		assert_int_equal(pread(fd, &b, 1, at), 1);
		b ^= (uint8_t)(1 << i % 8);
		assert_int_equal(pwrite(fd, &b, 1, at), 1);
		assert_int_equal(replay(0, &n, &err), -EBADMSG);
		assert_int_equal(n, 100);
		b ^= (uint8_t)(1 << i % 8);
		assert_int_equal(pwrite(fd, &b, 1, at), 1);
	}
	close(fd);
	assert_int_equal(replay(0, &n, &err), -ENODATA);
	assert_int_equal(n, 140);
}

static void sound_nonsense(void **state)
{
	static const struct {
		uint32_t len, stream;
	} t[] = { { 8, 0 }, { 16 + 184, 0 }, { 16 + 192, 2 }, { 16 + 192, NT_STREAM_MAX } };
	struct {
		struct nt_rf_block head;
		struct nt_rf_run run;
		uint8_t rec[NETTRACE_REC_SIZE];
	} k;
	struct nt_error err;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < sizeof(t) / sizeof(t[0]); i++) {
		struct nt_recorder *r = begin();

		put_run(r, 0, 40, 0);
		end(r);
		memset(&k, 0, sizeof(k));
		k.head.type = NT_RF_RECORDS;
		k.head.len = t[i].len;
		k.run.stream = t[i].stream;
		k.head.sum = nt_rf_sum(k.head.type, k.head.len, &k.run);
		patch(file_size() - 24, &k, sizeof(k.head) + t[i].len);
		assert_int_equal(replay(0, &n, &err), -EBADMSG);
		assert_int_equal(n, 40);
	}
}

/* of an older nettrace: its version, and events only */
static void older_version(void **state)
{
	uint16_t version = 1;
	struct nt_recorder *r = begin();
	struct nt_error err;
	struct nt_event ev;
	unsigned int i, n;

	(void)state;
	for (i = 0; i < 300; i++) {
		ev = nth(i, 0);
		assert_int_equal(nt_recorder_write(r, &ev, &err), 0);
	}
	end(r);
	patch(offsetof(struct nt_rf_header, version), &version, 2);
	assert_int_equal(replay(0, &n, &err), -ENODATA);
	assert_int_equal(n, 300);
	version = 0;
	patch(offsetof(struct nt_rf_header, version), &version, 2);
	assert_int_equal(replay(0, &n, &err), -EINVAL);
}

/* RFC 3720, B.4, and the check value of CRC catalogues */
static void castagnoli(void **state)
{
	uint8_t b[1024];
	uint32_t whole;
	size_t i, n;

	(void)state;
	assert_int_equal(nt_crc32c(0, "123456789", 9), 0xe3069283);
	memset(b, 0, 32);
	assert_int_equal(nt_crc32c(0, b, 32), 0x8a9136aa);
	memset(b, 0xff, 32);
	assert_int_equal(nt_crc32c(0, b, 32), 0x62a8ab43);
	for (i = 0; i < 32; i++)
		b[i] = (uint8_t)i;
	assert_int_equal(nt_crc32c(0, b, 32), 0x46dd794e);
	assert_int_equal(nt_crc32c_plain(0, b, 32), 0x46dd794e);
	srandom(5);
	for (i = 0; i < sizeof(b); i++)
		b[i] = (uint8_t)random();
	for (n = 0; n < sizeof(b); n++) {
		whole = nt_crc32c(0, b, n);
		assert_int_equal(whole, nt_crc32c_plain(0, b, n));
		assert_int_equal(whole, nt_crc32c(nt_crc32c(0, b, n / 3), b + n / 3, n - n / 3));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(round_trip, setup, teardown),
		cmocka_unit_test_setup_teardown(mixed, setup, teardown),
		cmocka_unit_test_setup_teardown(damage_is_found, setup, teardown),
		cmocka_unit_test_setup_teardown(sound_nonsense, setup, teardown),
		cmocka_unit_test_setup_teardown(older_version, setup, teardown),
		cmocka_unit_test(castagnoli),
	};

	return cmocka_run_group_tests_name("recordrun", tests, NULL, NULL);
}
