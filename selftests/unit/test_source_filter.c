// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_source_filter.c - source_filter.c on a source that is a list
 */
#include <errno.h>
#include <netinet/in.h>

#include "../../userspace/filter.h"
#include "support.h"

#define MANY 400

struct list {
	struct nt_source s;
	struct nt_event ev[MANY];
	unsigned int n, next;
	unsigned int pause; /* with this one still to come, there is nothing now */
	int end;
	bool in_kernel;
	bool closed, *closed_to;
};

static int list_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct list *l = (struct list *)s;

	if (l->next == l->n) {
		return l->end == -ENODATA ? -ENODATA :
					    nt_error_set(err, l->end, "the list is torn");
	}
	if (l->pause && l->pause == l->next) {
		l->pause = 0;
		return 0;
	}
	*ev = l->ev[l->next++];
	if (ev->rec.hdr.type == NETTRACE_GAP)
		s->lost += ev->rec.gap.lost;
	else
		s->delivered++;
	if (ev->source >= s->nstream) {
		s->nstream = ev->source + 1;
		snprintf(s->stream[ev->source].name, sizeof(s->stream[0].name), "ns%u", ev->source);
	}
	s->settled = ev->t;
	return 1;
}

static int list_wait(struct nt_source *s, int timeout_ms)
{
	(void)s;
	return timeout_ms;
}

static void list_close(struct nt_source *s)
{
	*((struct list *)s)->closed_to = true;
}

static bool list_in_kernel(struct nt_source *s)
{
	return ((struct list *)s)->in_kernel;
}

static const struct nt_source_ops list_ops = {
	.next = list_next,
	.wait = list_wait,
	.close = list_close,
	.in_kernel = list_in_kernel,
};

/* a source behind a filter, and what it is made of */
struct bench {
	struct list l;
	struct nt_filter *f;
	struct nt_source *s;
	bool closed;
};

static struct bench *begin(void)
{
	struct bench *b = calloc(1, sizeof(*b));

	assert_non_null(b);
	b->l.s.ops = &list_ops;
	b->l.end = -ENODATA;
	b->l.closed_to = &b->closed;
	return b;
}

static void filter(struct bench *b, const char *expr)
{
	struct nt_error err = { "" };

	if (nt_filter_compile(&b->f, expr, &err))
		fail_msg("%s", err.text);
	assert_int_equal(nt_source_filtered(&b->s, &b->l.s, b->f, &err), 0);
}

static void end(struct bench *b)
{
	nt_source_close(b->s);
	assert_true(b->closed);
	nt_filter_free(b->f);
	free(b);
}

static struct nt_event *put(struct bench *b, int64_t t, uint8_t type)
{
	struct nt_event *ev = &b->l.ev[b->l.n++];

	assert_true(b->l.n <= MANY);
	ev->t = t;
	ev->rec.hdr.time = (uint64_t)t;
	ev->rec.hdr.type = type;
	ev->rec.hdr.family = NETTRACE_IPV4;
	return ev;
}

/* 10.0.0.1:40000 -> 10.0.0.2:@port */
static void packet(struct bench *b, int64_t t, uint16_t port)
{
	struct nettrace_packet *p = &put(b, t, NETTRACE_PACKET)->rec.packet;

	p->proto = IPPROTO_TCP;
	p->flags = NETTRACE_PKT_L4;
	p->len = 40;
	memcpy(p->src, "\x0a\0\0\1", 4);
	memcpy(p->dst, "\x0a\0\0\2", 4);
	p->sport = 40000;
	p->dport = port;
}

static struct nettrace_state *state(struct bench *b, int64_t t, uint64_t sk, uint8_t from,
				    uint8_t to)
{
	struct nettrace_state *st = &put(b, t, NETTRACE_STATE)->rec.state;

	st->what = NETTRACE_CHANGE;
	st->kind = NETTRACE_SK_FULL;
	st->old_state = from;
	st->new_state = to;
	st->sk_id = sk;
	memcpy(st->local, "\x0a\0\0\2", 4);
	st->lport = 80;
	return st;
}

static void child(struct bench *b, int64_t t, uint64_t sk)
{
	state(b, t, sk, NETTRACE_TCP_LISTEN, NETTRACE_TCP_SYN_RECV);
}

static void established(struct bench *b, int64_t t, uint64_t sk, uint16_t rport)
{
	struct nettrace_state *st =
		state(b, t, sk, NETTRACE_TCP_SYN_RECV, NETTRACE_TCP_ESTABLISHED);

	memcpy(st->remote, "\x0a\0\0\1", 4);
	st->rport = rport;
}

/* the next event has this time; -1: there is none now; else the end */
static void gives(struct bench *b, int64_t t)
{
	struct nt_error err = { "" };
	struct nt_event ev;
	int ret = nt_source_next(b->s, &ev, &err);

	assert_int_equal(ret, 1);
	assert_int_equal(ev.t, t);
	assert_true(b->s->settled <= b->l.s.settled);
}

static void gives_no_more(struct bench *b, int want)
{
	struct nt_error err = { "" };
	struct nt_event ev;

	assert_int_equal(nt_source_next(b->s, &ev, &err), want);
}

static void counts(void **unused)
{
	struct bench *b = begin();

	(void)unused;
	packet(b, 1, 80);
	packet(b, 2, 81);
	put(b, 3, NETTRACE_GAP)->rec.gap.lost = 7;
	packet(b, 4, 80);
	packet(b, 5, 82);
	b->l.ev[4].source = 3;
	b->l.s.filtered = 10;
	filter(b, "dst port 80");
	gives(b, 1);
	assert_int_equal(b->s->filtered, 10);
	gives(b, 3);
	gives(b, 4);
	gives_no_more(b, -ENODATA);
	gives_no_more(b, -ENODATA);
	assert_int_equal(b->s->delivered, 2);
	assert_int_equal(b->s->lost, 7);
	assert_int_equal(b->s->filtered, 12);
	assert_int_equal(b->s->undecided, 0);
	/* all that the inner source has handed out is in one of them */
	assert_int_equal(b->l.s.delivered + 10, b->s->delivered + b->s->filtered);
	assert_int_equal(b->s->nstream, 4);
	assert_string_equal(b->s->stream[3].name, "ns3");
	end(b);
}

static void hands_out_what_is_undecided(void **unused)
{
	struct bench *b = begin();

	(void)unused;
	packet(b, 1, 80);
	packet(b, 2, 81);
	filter(b, "dst port 80 and tcp[16:2] = 0");
	gives(b, 1);
	gives_no_more(b, -ENODATA);
	assert_int_equal(b->s->undecided, 1);
	assert_int_equal(nt_source_undecided(b->s), 1);
	/* the kernel has decided on the packet itself */
	b->l.in_kernel = true;
	assert_int_equal(nt_source_undecided(b->s), 0);
	assert_int_equal(b->s->delivered, 1);
	assert_int_equal(b->s->filtered, 1);
	end(b);
}

/* the first step has no remote end: the next one tells, both go the same way */
static void a_child_goes_with_its_next_step(void **unused)
{
	struct bench *b = begin();

	(void)unused;
	child(b, 1, 7);
	packet(b, 2, 80);
	child(b, 3, 8);
	established(b, 4, 8, 41000);
	established(b, 5, 7, 40000);
	child(b, 6, 7); /* the number is used again */
	established(b, 7, 7, 41000);
	packet(b, 8, 80);
	filter(b, "port 40000");
	gives(b, 1);
	gives(b, 2);
	gives(b, 5);
	gives(b, 8);
	gives_no_more(b, -ENODATA);
	assert_int_equal(b->s->delivered, 4);
	assert_int_equal(b->s->filtered, 4);
	end(b);
}

/* connect() has no port yet: its SYN tells */
static void a_connect_goes_with_its_syn(void **unused)
{
	struct bench *b = begin();
	struct nettrace_state *st;
	int i;

	(void)unused;
	for (i = 0; i < 2; i++) {
		st = state(b, 10 * i + 1, 7, NETTRACE_TCP_CLOSE, NETTRACE_TCP_SYN_SENT);
		memcpy(st->local, "\x0a\0\0\1", 4);
		memcpy(st->remote, "\x0a\0\0\2", 4);
		st->lport = 0;
		st->rport = 80;
		packet(b, 10 * i + 2, 80);
		b->l.ev[b->l.n - 1].rec.packet.hook = NETTRACE_LOCAL_OUT;
		b->l.ev[b->l.n - 1].rec.packet.tcp_flags = NETTRACE_TH_SYN;
		b->l.ev[b->l.n - 1].rec.packet.sport = 40000 + i;
	}
	filter(b, "port 40000");
	gives(b, 1);
	gives(b, 2);
	gives_no_more(b, -ENODATA);
	assert_int_equal(b->s->filtered, 2);
	end(b);
}

static void does_not_look_far(void **unused)
{
	struct bench *b = begin();
	int i;

	(void)unused;
	child(b, 1, 7);
	established(b, 2000000, 7, 41000);
	child(b, 2000001, 9);
	for (i = 0; i < 200; i++)
		packet(b, 2000002 + i, 80);
	established(b, 2000900, 9, 41000);
	child(b, 2001000, 11);
	filter(b, "port 40000");
	gives(b, 1); /* could be */
	gives(b, 2000001);
	for (i = 0; i < 200; i++)
		gives(b, 2000002 + i);
	gives(b, 2001000);
	gives_no_more(b, -ENODATA);
	end(b);
}

static void does_not_wait_for_it(void **unused)
{
	struct bench *b = begin();

	(void)unused;
	child(b, 1, 7);
	packet(b, 2, 80);
	packet(b, 3, 81);
	established(b, 4, 7, 40000);
	b->l.pause = 2;
	filter(b, "port 40000 and port 80");
	gives(b, 1);
	assert_int_equal(nt_source_wait(b->s, 5), 0);
	gives(b, 2);
	assert_int_equal(nt_source_wait(b->s, 5), 5);
	gives(b, 4);
	gives_no_more(b, -ENODATA);
	end(b);
}

static void an_error_comes_after_what_was_before(void **unused)
{
	struct bench *b = begin();
	struct nt_error err = { "" };
	struct nt_event ev;

	(void)unused;
	child(b, 1, 7);
	packet(b, 2, 80);
	b->l.end = -EIO;
	filter(b, "port 40000");
	gives(b, 1);
	gives(b, 2);
	assert_int_equal(nt_source_next(b->s, &ev, &err), -EIO);
	assert_says(&err, "torn");
	end(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(counts),
		cmocka_unit_test(hands_out_what_is_undecided),
		cmocka_unit_test(a_child_goes_with_its_next_step),
		cmocka_unit_test(a_connect_goes_with_its_syn),
		cmocka_unit_test(does_not_look_far),
		cmocka_unit_test(does_not_wait_for_it),
		cmocka_unit_test(an_error_comes_after_what_was_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
