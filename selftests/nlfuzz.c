// SPDX-License-Identifier: GPL-2.0-only
/* vm: --append slub_debug=P */
/*
 * nlfuzz.c - hostile callers of the netlink family and of the files in /proc
 *
 * Requests that the specification allows are made from the specification and spoilt:
 * lengths, nesting, values, flags, headers, messages cut, endless or several in one.
 * Root, root of a user namespace of its own, and nobody send them, three callers at
 * once, while connections are made beside them.  Each request must get exactly one
 * end; each answer must be an ACK, a message by the specification, or an error with a
 * sentence; nothing may be in it of another namespace, where recognisable things are
 * planted, no address of the kernel's, nor memory that was never written (that is what
 * slub_debug=P is for).  Afterwards the memory is what it was, tracing works and the
 * module can go.
 *
 *   nlfuzz [--count N] [--seed N] [HARNESS OPTION...]   datagrams, all callers together
 *
 * The full run, more than a million requests of each caller that has the capability,
 * takes twenty minutes in an emulated machine:
 *
 *   scripts/vm --append slub_debug=P --timeout 14400 -- selftests/nlfuzz --count 1100000
 *
 * Without --count, NT_STORM is the number (scripts/check-storms).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "../module/uapi/nettrace_netlink.h"
#include "kselftest_harness.h"
#include "lib/nlsock.h"
#include "lib/nlstorm.h"
#include "lib/own.h"

#define COUNT	   10000
#define TELLING	   5000 /* so many datagrams meet everything; a hundred may not */
#define COUNT_MAX  100000000
#define SEED	   20261126
#define HOUR	   3600
#define CANARY	   7199 /* port of the packet that must be seen afterwards */
#define SETTLED_MS 30000

static uint64_t datagrams, seed = SEED;

static const struct talk own_talk = {
	.comm = "own",
	.addr = "127.0.0.1",
	.addr6 = "::1",
	.port = 7100,
	.cport = 7101,
	.keep = true,
};

static const struct talk planted_talk = {
	.comm = PLANTED_COMM,
	.addr = PLANTED_ADDR4,
	.addr6 = PLANTED_ADDR6,
	.datagram = PLANTED_PEER4,
	.port = PLANTED_PORT,
	.cport = PLANTED_CPORT,
};

/* ---- what goes on elsewhere ------------------------------------------------------- */

static int plant(void)
{
	return system("ip link add " PLANTED_DEV " type dummy && ip link set " PLANTED_DEV " up && "
		      "ip addr add " PLANTED_ADDR4 "/24 dev " PLANTED_DEV " && "
		      "ip addr add " PLANTED_ADDR6 "/64 dev " PLANTED_DEV " nodad");
}

/* the other namespace, until it is killed; it says whether what it plants can be found */
static void other_namespace(int ready)
{
	const char *wrong;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (own_netns() || plant() || talk(&planted_talk) < 0)
		wrong = "the other namespace cannot be made";
	else
		wrong = nl_planted_found();
	dprintf(ready, "%s\n", wrong ? wrong : "ok");
	pause();
	_exit(0);
}

static pid_t start_other(char *said, size_t size)
{
	int ready[2];
	ssize_t n;
	pid_t pid;

	if (pipe(ready))
		return -errno;
	pid = fork();
	if (!pid)
		other_namespace(ready[1]);
	close(ready[1]);
	n = read(ready[0], said, size - 1);
	said[n > 0 ? n : 0] = 0;
	close(ready[0]);
	return pid;
}

/* ---- a storm ------------------------------------------------------------------------- */

static struct nl_req request;
static struct nl_got reply;

static int set_u32(int fd, uint8_t cmd, unsigned int attr, uint32_t v)
{
	nl_req_plain(&request, cmd);
	nl_req_put(&request, attr, &v, sizeof(v));
	return nl_do(fd, &request, &reply);
}

/* whatever the callers have left set: a packet is seen again */
static bool tracing_works(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(CANARY) };
	int udp = socket(AF_INET, SOCK_DGRAM, 0), fd = nl_open(0, true), patience;
	struct nl_rng rng = { 1 };
	union nettrace_rec rec;
	bool seen = false;
	struct events e;
	uint32_t group;

	request.rng = &rng;
	if (nl_family(&request.family, &group))
		return false;
	nl_req_plain(&request, NETTRACE_CMD_SET);
	nl_req_put(&request, NETTRACE_A_FILTER, NULL, 0);
	if (nl_do(fd, &request, &reply))
		return false;
	nl_req_plain(&request, NETTRACE_CMD_STOP);
	nl_do(fd, &request, &reply); /* or it was not traced */
	if (set_u32(fd, NETTRACE_CMD_START, NETTRACE_A_RING, 1024) ||
	    events_open(&e, NULL, true, 65536))
		return false;
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	sendto(udp, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	for (patience = 0; patience < 500 && !seen; patience++) {
		while (!seen && events_next(&e, &rec) > 0)
			seen = rec.hdr.type == NETTRACE_PACKET && rec.packet.dport == CANARY;
		if (!seen)
			events_wait(&e, 10);
	}
	events_close(&e);
	close(udp);
	close(fd);
	return seen;
}

enum { STORM_OK, STORM_NO_STAGE, STORM_CALLER_DIED, STORM_BLIND };

/* a process that becomes @s->who and starts the callers */
static int storm_process(struct nl_storm *s)
{
	pid_t pid[NL_CALLERS], other = 0;
	int ret = STORM_OK, status;
	unsigned int i;

	if (become(s->who))
		return STORM_NO_STAGE;
	if (s->who != WHO_NOBODY) {
		other = talk(&own_talk);
		if (other < 0)
			return STORM_NO_STAGE;
	}
	for (i = 0; i < NL_CALLERS; i++) {
		pid[i] = fork();
		if (pid[i])
			continue;
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		nl_call(s, i);
		_exit(0);
	}
	for (i = 0; i < NL_CALLERS; i++)
		if (waitpid(pid[i], &status, 0) < 0 || status)
			ret = STORM_CALLER_DIED;
	if (other > 0) {
		kill(other, SIGKILL);
		waitpid(other, NULL, 0);
		if (!ret && !tracing_works())
			ret = STORM_BLIND;
	}
	return ret;
}

static void add(struct nl_count *sum, const struct nl_count *c)
{
	const uint64_t *from = (const uint64_t *)c;
	uint64_t *to = (uint64_t *)sum;
	size_t i;

	for (i = 0; i < sizeof(*sum) / sizeof(*to); i++)
		to[i] += from[i];
}

static void report(const char *who, const struct nl_count *c, uint64_t ns)
{
	size_t i;

	printf("# %s: %llu datagrams, %llu requests, %llu a second: %llu acks, %llu answers, %llu notifications\n",
	       who, (unsigned long long)c->datagrams, (unsigned long long)c->requests,
	       (unsigned long long)(c->requests * 1000000 / (ns / 1000 + 1)),
	       (unsigned long long)c->acks, (unsigned long long)c->data,
	       (unsigned long long)c->notified);
	printf("# %s: %llu refused, %llu of them with a sentence:", who,
	       (unsigned long long)c->refused, (unsigned long long)c->texts);
	for (i = 1; i < sizeof(c->errors) / sizeof(*c->errors); i++)
		if (c->errors[i])
			printf(" %s %llu", strerrorname_np((int)i),
			       (unsigned long long)c->errors[i]);
	printf("\n# %s: %llu joins, %llu sockets closed unread, %llu dumps, %llu of them left half-read, %llu overruns\n",
	       who, (unsigned long long)c->joins, (unsigned long long)c->closed_unread,
	       (unsigned long long)c->dumps, (unsigned long long)c->half_read,
	       (unsigned long long)c->overruns);
	printf("# storm did: %llu datagrams with %llu requests, as %s; %llu answered, %llu refused\n",
	       (unsigned long long)c->datagrams, (unsigned long long)c->requests, who,
	       (unsigned long long)(c->acks + c->data), (unsigned long long)c->refused);
	printf("# storm lost: %llu overruns of sockets that did not read, each told by ENOBUFS\n",
	       (unsigned long long)c->overruns);
	fflush(stdout);
}

FIXTURE(storm)
{
	struct nl_storm *s;
	pid_t other;
	int trouble;
	uint64_t memory;
	char said[256];
};

FIXTURE_VARIANT(storm)
{
	const char *name;
	enum who who;
};

FIXTURE_VARIANT_ADD(storm, root){
	.name = "root",
	.who = WHO_ROOT,
};

FIXTURE_VARIANT_ADD(storm, user_namespace){
	.name = "user namespace",
	.who = WHO_USER,
};

FIXTURE_VARIANT_ADD(storm, nobody){
	.name = "nobody",
	.who = WHO_NOBODY,
};

/* what stays until the module goes, once it was needed, is there from the beginning */
static int make_what_stays(void)
{
	struct nl_rng rng = { 1 };
	int fd = nl_open(0, true), ret;
	uint32_t group;

	request.rng = &rng;
	ret = nl_family(&request.family, &group);
	if (!ret)
		ret = set_u32(fd, NETTRACE_CMD_SET, NETTRACE_A_CALLS, 1);
	if (!ret)
		ret = set_u32(fd, NETTRACE_CMD_SET, NETTRACE_A_CALLS, 0);
	close(fd);
	return ret;
}

/* where the module's code lies is known for an address of the kernel's */
static bool knows_addresses(void)
{
	FILE *f = fopen("/proc/modules", "re");
	unsigned long long at = 0;
	char line[512];

	while (f && fgets(line, sizeof(line), f) && !at)
		if (sscanf(line, "nettrace %*u %*u %*s %*s 0x%llx", &at) != 1)
			at = 0;
	if (f)
		fclose(f);
	return at && nl_like_pointer(at);
}

FIXTURE_SETUP(storm)
{
	self->trouble = kernel_trouble();
	ASSERT_LE(0, self->trouble);
	ASSERT_EQ(0, nl_know_kernel());
	ASSERT_EQ(0, module_load("ring=256 minisocks=256 memory=16"));
	ASSERT_TRUE(knows_addresses());
	ASSERT_EQ(0, make_what_stays());
	self->other = start_other(self->said, sizeof(self->said));
	ASSERT_LT(0, self->other);
	ASSERT_EQ(0, nettrace_stat(NULL, "memory", &self->memory));
	self->s = mmap(NULL, sizeof(*self->s), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		       -1, 0);
	ASSERT_NE(MAP_FAILED, self->s);
}

FIXTURE_TEARDOWN(storm)
{
	kill(self->other, SIGKILL);
	waitpid(self->other, NULL, 0);
	EXPECT_EQ(0, module_unload());
	EXPECT_EQ(self->trouble, kernel_trouble());
	munmap(self->s, sizeof(*self->s));
}

/* the namespace is taken down after its last process has ended */
static uint64_t memory_when(uint64_t expected)
{
	struct timespec rest = { .tv_nsec = 20000000 };
	uint64_t now = 0, since = own_mono();

	while (own_mono() - since < SETTLED_MS * 1000000ull) {
		if (nettrace_stat(NULL, "memory", &now) || now == expected)
			break;
		nanosleep(&rest, NULL);
	}
	return now;
}

TEST_F_TIMEOUT(storm, of_requests, 4 * HOUR)
{
	uint64_t since = own_mono();
	struct nl_count sum = { 0 };
	unsigned int i;
	int status;
	pid_t pid;

	ASSERT_STREQ("ok\n", self->said);
	self->s->who = variant->who;
	self->s->seed = seed;
	self->s->datagrams = datagrams / NL_CALLERS;
	fflush(stdout);
	pid = fork();
	ASSERT_LE(0, pid);
	if (!pid)
		_exit(storm_process(self->s));
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	for (i = 0; i < NL_CALLERS; i++) {
		add(&sum, &self->s->c[i]);
		EXPECT_STREQ("", self->s->wrong[i]);
	}
	report(variant->name, &sum, own_mono() - since);
	EXPECT_EQ(0, status);
	EXPECT_EQ(self->memory, memory_when(self->memory));
	EXPECT_LT(datagrams / 2, sum.datagrams);
	EXPECT_LT(datagrams / 20, sum.refused);
	/* a random number looks like an address of the kernel's once in a life */
	EXPECT_GE(2 + sum.sk_ids / 1000, sum.sk_ids_like_pointers);
	if (variant->who == WHO_NOBODY) {
		EXPECT_EQ(0, sum.data);
		EXPECT_LT(0, sum.errors[EPERM]);
	} else {
		EXPECT_EQ(0, sum.errors[EPERM]);
		EXPECT_LT(0, sum.data);
		if (datagrams >= TELLING) {
			EXPECT_LT(0, sum.notified);
			EXPECT_LT(0, sum.sk_ids);
		}
	}
}

/* --count and --seed are ours, the rest is the harness's */
int main(int argc, char **argv)
{
	int i, kept = 1;

	for (i = 1; i < argc; i++) {
		bool count = !strcmp(argv[i], "--count");

		if (!count && strcmp(argv[i], "--seed")) {
			argv[kept++] = argv[i];
			continue;
		}
		if (i + 1 == argc || !strtoull(argv[i + 1], NULL, 0)) {
			fprintf(stderr,
				"nlfuzz: %s needs a number above 0; see the top of nlfuzz.c\n",
				argv[i]);
			return KSFT_FAIL;
		}
		*(count ? &datagrams : &seed) = strtoull(argv[++i], NULL, 0);
	}
	argv[kept] = NULL;
	if (!datagrams)
		datagrams = storm_size(COUNT, COUNT_MAX);
	return test_harness_run(kept, argv);
}
