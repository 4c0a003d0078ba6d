// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_pcap.c - the reader of captures and all behind it against any bytes
 *
 * Input:	a pcap or pcapng file, of which the first byte is left out: it says
 *		how the model is told to keep.
 * Checks:	it ends, with a code and, if that is an error, a sentence; events
 *		are of streams that are there; counters are those of what came out;
 *		what a packet claims is within what was on the wire.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "../../userspace/model.h"
#include "../../userspace/source_pcap.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int cond, const char *what)
{
	if (cond)
		return;
	fprintf(stderr, "capture: %s\n", what);
	abort();
}

static int file_of(const uint8_t *data, size_t size)
{
	int fd = memfd_create("capture", MFD_CLOEXEC);

	must(fd >= 0 && write(fd, data, size) == (ssize_t)size, "no memory");
	must(lseek(fd, 0, SEEK_SET) == 0, "no file");
	return fd;
}

static void check(const struct nt_source *s, const struct nt_event *ev)
{
	const struct nettrace_packet *p = &ev->rec.packet;

	must(ev->source < s->nstream, "an unknown stream");
	must(ev->t >= 0, "a time before 1970");
	if (ev->rec.hdr.type != NETTRACE_PACKET)
		return;
	must(p->hook == NETTRACE_CAPTURE, "another hook");
	must(p->payload <= p->len, "more payload than packet");
	must(p->nsack <= NETTRACE_SACK_MAX, "too many SACK blocks");
}

static void read_all(struct nt_source *s, struct nt_model *m, size_t size)
{
	uint64_t events = 0, gaps = 0;
	struct nt_error err = { "" };
	struct nt_event ev;
	int64_t t = 0;
	int ret;

	while ((ret = nt_source_next(s, &ev, &err)) == 1) {
		check(s, &ev);
		gaps += ev.rec.hdr.type == NETTRACE_GAP;
		must(events++ <= size, "more events than bytes");
		must(!nt_model_feed(m, &ev), "no memory");
		if (ev.t > t)
			t = ev.t;
		nt_model_advance(m, t);
		if (events % 16 == 0)
			nt_model_forget(m, 1000000000);
	}
	must(ret < 0, "it waits for a file");
	must(ret == -ENODATA || *err.text, "an error without a sentence");
	must(s->delivered + gaps == events, "counters are wrong");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct nt_read_opts opts = { .expr = NULL };
	struct nt_model_policy policy = { 0 };
	struct nt_input in = { .own = true, .title = "capture" };
	struct nt_error err = { "" };
	struct nt_source *s = NULL;
	struct nt_model *m;

	if (!size || size > 1 << 16)
		return 0;
	in.fd = file_of(data + 1, size - 1);
	if (nt_source_capture(&s, &in, &opts, &err)) {
		must(*err.text, "an error without a sentence");
		must(!s, "a source that failed");
		return 0;
	}
	m = nt_model_new(1000000, NULL);
	must(m != NULL, "no memory");
	policy.no_items = data[0] & 1;
	policy.eager = policy.no_items && s->one_place;
	policy.keep_over = data[0] & 2;
	policy.one_place = s->one_place;
	nt_model_policy(m, &policy);
	read_all(s, m, size);
	nt_model_finish(m);
	nt_model_free(m);
	nt_source_close(s);
	return 0;
}
