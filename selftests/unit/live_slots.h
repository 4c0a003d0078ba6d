/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * live_slots.h - sockets that give slots as the module's files do
 *
 * Purpose:   a live source without a module.
 * Ownership: the source has the other ends; ours are the test's to close.
 */
#ifndef NETTRACE_UNIT_LIVE_SLOTS_H
#define NETTRACE_UNIT_LIVE_SLOTS_H

#include <errno.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "../../userspace/source_live.h"
#include "support.h"

#define STRIDE 256 /* slots may be larger than records */
#define MS     1000000ull

static const char *const names[] = { "client", "server" };

static inline uint64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (uint64_t)ts.tv_sec * 1000000000ull + (uint64_t)ts.tv_nsec;
}

static inline struct nettrace_info good_info(void)
{
	return (struct nettrace_info){
		.hdr = { .type = NETTRACE_INFO, .time = now() },
		.magic = NETTRACE_MAGIC,
		.abi = NETTRACE_ABI,
		.rec_size = NETTRACE_REC_SIZE,
		.stride = STRIDE,
		.ring = 64,
		.cpus = 2,
		.real_offset = 5000,
		.netns = 4026531840,
		.version = "0.1",
		.release = "6.1.0",
	};
}

/* a message is one read() of the module's file: @n slots */
static inline void send_slots(int fd, const struct nt_event *ev, unsigned int n)
{
	uint8_t buf[64 * STRIDE] = { 0 };
	unsigned int i;

	assert_true(n <= 64);
	for (i = 0; i < n; i++)
		memcpy(buf + i * STRIDE, &ev[i].rec, sizeof(ev[i].rec));
	assert_int_equal(send(fd, buf, n * STRIDE, 0), n * STRIDE);
}

static inline void send_one(int fd, uint64_t time, uint16_t cpu, uint64_t seq)
{
	struct nt_event ev = make_event(time, 0, cpu, seq);

	send_slots(fd, &ev, 1);
}

static inline void send_info(int fd, const struct nettrace_info *info)
{
	uint8_t buf[STRIDE] = { 0 };

	memcpy(buf, info, sizeof(*info));
	assert_int_equal(send(fd, buf, sizeof(buf), 0), sizeof(buf));
}

/* @n streams; our ends in ours[] */
static inline struct nt_source *open_streams(int *ours, unsigned int n, size_t max)
{
	struct nettrace_info info = good_info();
	struct nt_source *s;
	struct nt_error err;
	unsigned int i;
	int sv[2], theirs[2];

	for (i = 0; i < n; i++) {
		assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, sv), 0);
		ours[i] = sv[0];
		theirs[i] = sv[1];
		info.netns += i;
		send_info(ours[i], &info);
		info.real_offset += 77; /* the clock was stepped in between */
	}
	if (nt_source_live_fds(&s, theirs, names, n, max, &err))
		fail_msg("%s", err.text);
	return s;
}

/* the next event, waiting as a command does */
static inline struct nt_event must_get(struct nt_source *s)
{
	uint64_t give_up = now() + 2000 * MS;
	struct nt_event ev;
	struct nt_error err;
	int ret;

	while ((ret = nt_source_next(s, &ev, &err)) == 0 && now() < give_up)
		nt_source_wait(s, 100);
	assert_int_equal(ret, 1);
	return ev;
}

#endif /* NETTRACE_UNIT_LIVE_SLOTS_H */
