// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_session.c - COMMAND: what is waited for after it, and what becomes of it when
 * what was traced cannot be written
 */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "cmd.h"
#include "session.h"
#include "support.h"

const struct nt_command *const nt_commands[] = { &nt_cmd_timeline, NULL };

#define MS	 1000000LL
#define GIVE_UP	 6000 /* ms: then the source ends */
#define COMMANDS 80   /* port of COMMAND's server */
#define OTHERS	 22

/* a live source: what happens when, in ms since it began */
struct fake {
	struct nt_source s; /* first */
	int64_t t0;
	unsigned int at; /* events handed out */
	bool (*event)(const struct fake *f, struct nt_event *ev, int *ms);
	bool given_up;
	const struct nt_session *user;
};

static int64_t now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static int fake_next(struct nt_source *s, struct nt_event *ev, struct nt_error *err)
{
	struct fake *f = (struct fake *)s;
	int64_t since = now() - f->t0;
	int ms;

	(void)err;
	if (since > GIVE_UP * MS) {
		f->given_up = true;
		return -ENODATA;
	}
	memset(ev, 0, sizeof(*ev));
	if (!f->event(f, ev, &ms) || since < ms * MS)
		return 0;
	f->at++;
	ev->t = f->t0 + ms * MS;
	ev->rec.hdr.time = (uint64_t)ev->t;
	return 1;
}

static int fake_wait(struct nt_source *s, int ms)
{
	(void)s;
	usleep((unsigned int)(ms < 5 ? ms : 5) * 1000);
	return 0;
}

static void fake_close(struct nt_source *s)
{
	(void)s;
}

static const struct nt_source_ops fake_ops = {
	.next = fake_next,
	.wait = fake_wait,
	.close = fake_close,
};

/* a segment, from the client or @back */
static void segment(struct nt_event *ev, uint16_t cport, uint16_t sport, bool back,
		    unsigned int flags, uint32_t seq, uint32_t ack)
{
	struct nettrace_packet *p = &ev->rec.packet;

	p->hdr.type = NETTRACE_PACKET;
	p->hdr.family = NETTRACE_IPV4;
	p->hook = NETTRACE_CAPTURE;
	p->proto = IPPROTO_TCP;
	p->flags = NETTRACE_PKT_L4;
	memcpy(p->src, back ? "\12\0\0\2" : "\12\0\0\1", 4);
	memcpy(p->dst, back ? "\12\0\0\1" : "\12\0\0\2", 4);
	p->sport = back ? sport : cport;
	p->dport = back ? cport : sport;
	p->tcp_flags = (uint16_t)flags;
	p->seq = seq;
	p->ack = ack;
	p->window = 1000;
	p->ip_id = seq + flags;
	p->ttl = 64;
	strcpy(p->dev, "eth0");
}

/* COMMAND's own: refused at once, which closes both ends */
static bool refused(unsigned int n, struct nt_event *ev, uint16_t cport, uint16_t sport)
{
	if (n == 0)
		segment(ev, cport, sport, false, NETTRACE_TH_SYN, 1, 0);
	else if (n == 1)
		segment(ev, cport, sport, true, NETTRACE_TH_RST | NETTRACE_TH_ACK, 0, 2);
	else
		return false;
	return true;
}

/*
 * Beside COMMAND's connection: one that was there before it, with a segment every 10 ms,
 * and, once COMMAND has ended, one that somebody opens every 50 ms, and nobody closes.
 */
static bool busy(const struct fake *f, struct nt_event *ev, int *ms)
{
	uint16_t n = (uint16_t)f->at;

	*ms = n < 2 ? 10 : 10 * n;
	if (n < 2)
		return refused(n, ev, 40000, COMMANDS);
	if (n % 5 == 4 && f->user->ended && f->t0 + *ms * MS > f->user->ended_at)
		segment(ev, 50000 + n, OTHERS, false, NETTRACE_TH_SYN, 7, 0);
	else
		segment(ev, 40001, OTHERS, n & 1, NETTRACE_TH_ACK, 100 + n, 100 + n);
	return true;
}

/* COMMAND's connection is refused long after its end */
static bool late(const struct fake *f, struct nt_event *ev, int *ms)
{
	*ms = f->at ? 1500 : 10;
	return refused(f->at, ev, 40000, COMMANDS);
}

static bool silence(const struct fake *f, struct nt_event *ev, int *ms)
{
	(void)f;
	(void)ev;
	(void)ms;
	return false;
}

static struct nt_session *session(struct fake *f, struct nt_cli *cli,
				  bool (*event)(const struct fake *f, struct nt_event *ev, int *ms))
{
	struct nt_session *s = calloc(1, sizeof(*s));

	f->s.ops = &fake_ops;
	f->s.nstream = 1;
	f->event = event;
	f->t0 = now();
	s->cli = cli;
	s->src = &f->s;
	s->live = true;
	f->user = s;
	return s;
}

/* the milliseconds it took; how it ended is in *f */
static int until_closed(struct fake *f, char *const *command,
			bool (*event)(const struct fake *f, struct nt_event *ev, int *ms))
{
	struct nt_cli cli = { .command = (char **)(uintptr_t)command, .until_closed = true };
	struct nt_session *s = session(f, &cli, event);
	int64_t begin = now();

	assert_int_equal(nt_session_model(s, 200, NULL), -1);
	assert_int_equal(nt_session_run(s), -1);
	assert_true(s->ended);
	assert_int_equal(nt_session_exit(s, NT_EXIT_OK), 0);
	assert_int_equal(nt_model_conv(s->model, 0)->end[1].addr.port, COMMANDS);
	nt_model_free(s->model);
	free(s);
	return (int)((now() - begin) / MS);
}

/* what others do, before COMMAND and after it, is not waited for */
static void test_others(void **state)
{
	char *const command[] = { "sleep", "0.3", NULL };
	struct fake *f = calloc(1, sizeof(*f));

	(void)state;
	until_closed(f, command, busy);
	assert_true(f->at > 40);
	assert_false(f->given_up);
	free(f);
}

/* what COMMAND began is */
static void test_own(void **state)
{
	char *const command[] = { "sleep", "0.2", NULL };
	struct fake *f = calloc(1, sizeof(*f));

	(void)state;
	assert_true(until_closed(f, command, late) >= 1500);
	assert_int_equal(f->at, 2);
	assert_false(f->given_up);
	free(f);
}

/* nobody was left behind, and COMMAND came to its end */
static void has_run(const struct nt_session *s, const char *file)
{
	assert_true(s->ended);
	assert_int_equal(s->child_status, 7);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
	assert_int_equal(errno, ECHILD);
	assert_int_equal(unlink(file), 0);
}

/* the disk gets full in the middle: COMMAND is waited for, and tracing has failed */
static void test_recorder_fails(void **state)
{
	char path[] = "/tmp/nettrace-test-XXXXXX", ran[sizeof(path) + 4];
	char *const command[] = { "sh", "-c", "sleep 0.5; : >$0; exit 7", ran, NULL };
	struct nt_cli cli = { .command = (char **)(uintptr_t)command };
	struct fake *f = calloc(1, sizeof(*f));
	struct nt_session *s = session(f, &cli, busy);
	struct rlimit old, small = { .rlim_cur = 1000 };
	struct nt_error err;
	int status;

	(void)state;
	close(mkstemp(path));
	snprintf(ran, sizeof(ran), "%s.ran", path);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &old), 0);
	small.rlim_max = old.rlim_max;
	assert_int_equal(nt_recorder_open(&s->rec, path, f->s.stream, 1, &err), 0);
	s->told = 1;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	status = nt_session_run(s);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &old), 0);
	if (nt_recorder_close(s->rec, &err))
		status = NT_EXIT_FAIL;
	assert_says(&err, "is not complete");
	assert_int_equal(nt_session_exit(s, status), NT_EXIT_TRACE);
	has_run(s, ran);
	unlink(path);
	free(s);
	free(f);
}

/* so is it where standard output takes no more */
static void test_output_fails(void **state)
{
	char ran[] = "/tmp/nettrace-test-XXXXXX";
	char *const command[] = { "sh", "-c", "sleep 0.5; : >$0; exit 7", ran, NULL };
	struct nt_cli cli = { .command = (char **)(uintptr_t)command };
	struct fake *f = calloc(1, sizeof(*f));
	struct nt_session *s = session(f, &cli, silence);
	int keep = dup(STDOUT_FILENO), full = open("/dev/full", O_WRONLY), status;

	(void)state;
	assert_true(keep >= 0 && full >= 0);
	close(mkstemp(ran));
	unlink(ran);
	s->flush_out = true;
	fflush(stdout);
	dup2(full, STDOUT_FILENO);
	printf("a line\n");
	status = nt_session_run(s);
	dup2(keep, STDOUT_FILENO);
	clearerr(stdout);
	assert_int_equal(status, -1);
	assert_int_equal(nt_session_exit(s, NT_EXIT_FAIL), NT_EXIT_TRACE);
	has_run(s, ran);
	close(keep);
	close(full);
	free(s);
	free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_others),
		cmocka_unit_test(test_own),
		cmocka_unit_test(test_recorder_fails),
		cmocka_unit_test(test_output_fails),
	};

	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
