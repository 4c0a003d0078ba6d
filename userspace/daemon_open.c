// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_open.c - nettraced's opener: enters namespaces, speaks for the daemon
 *
 * Purpose, context: daemon_open.h.
 */
#include "daemon_open.h"

#include <errno.h>
#include <inttypes.h>
#include <linux/filter.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon_msg.h"
#include "daemon_priv.h"
#include "daemon_say.h"
#include "daemon_spaces.h"

#define PATIENCE_MS 20000 /* for the worker's answers */
#define END_MS	    5000

struct opener {
	struct ntd_open_opts o;
	struct ntd_conf conf; /* in use */
	struct ntd_spaces *spaces;
	int signals;
	bool stop;	     /* told to end */
	bool ended;	     /* the worker has */
	int status;	     /* of wait() */
	uint32_t answer;     /* what the worker said last of what it was asked */
	struct nt_error why; /* with NTD_FAILED */
	char payload[NTD_PAYLOAD_MAX + 1];
};

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * 1000LL + ts.tv_nsec / 1000000;
}

/* ---- the worker ------------------------------------------------------------------------ */

static void hear(struct opener *p)
{
	struct ntd_msg m;
	int fd, ret;

	while ((ret = ntd_recv(p->o.worker, &m, p->payload, &fd)) == 1) {
		if (fd >= 0)
			close(fd);
		switch (m.type) {
		case NTD_ENDED:
			ntd_spaces_ended(p->spaces, m.inode);
			break;
		case NTD_NEWS:
			ntd_notify("STATUS=%s", p->payload);
			break;
		case NTD_FAILED:
			if (m.inode) {
				ntd_spaces_refused(p->spaces, m.inode, p->payload);
				break;
			}
			nt_error_set(&p->why, -EIO, "%s", p->payload);
			p->answer = m.type;
			break;
		case NTD_READY:
		case NTD_SYNCED:
		case NTD_BYE:
			p->answer = m.type;
			break;
		}
	}
	if (ret < 0)
		p->ended = true;
}

/* false: it did not come in time, or the worker is gone */
static bool await(struct opener *p, uint32_t answer, int ms)
{
	struct pollfd pfd = { .fd = p->o.worker, .events = POLLIN };
	int64_t end = now_ms() + ms, left;

	while (p->answer != answer && p->answer != NTD_FAILED && !p->ended) {
		left = end - now_ms();
		if (left <= 0)
			return false;
		if (poll(&pfd, 1, (int)left) > 0)
			hear(p);
	}
	return p->answer == answer;
}

static int not_answered(struct opener *p, struct nt_error *err)
{
	if (p->answer != NTD_FAILED)
		return nt_error_set(err, -ESHUTDOWN, "the worker %s",
				    p->ended ? "has ended" : "does not answer");
	*err = p->why;
	return -EIO;
}

static int give_settings(struct opener *p, const struct ntd_conf *conf,
			 const struct nt_filter *filter, struct nt_error *err)
{
	struct ntd_msg m = { .type = NTD_SETTINGS, .value = conf->memory << 20 };
	const struct sock_filter *prog = NULL;
	size_t size = 0;

	if (filter) {
		prog = nt_filter_program(filter, &m.ninsn);
		size = m.ninsn * sizeof(*prog);
		memcpy(p->payload, prog, size);
		strcpy(p->payload + size, conf->filter);
		m.len = (uint32_t)(size + strlen(conf->filter) + 1);
	}
	p->answer = 0;
	if (ntd_send(p->o.worker, &m, p->payload, -1) || !await(p, NTD_READY, PATIENCE_MS))
		return not_answered(p, err);
	return 0;
}

/* all that was handed over is being read, or was refused */
static int sync_worker(struct opener *p, struct nt_error *err)
{
	struct ntd_msg m = { .type = NTD_SYNC };

	p->answer = 0;
	if (ntd_send(p->o.worker, &m, NULL, -1) || !await(p, NTD_SYNCED, PATIENCE_MS))
		return not_answered(p, err);
	return 0;
}

/* why did it end? */
static void post_mortem(const struct opener *p)
{
	if (*p->why.text)
		ntd_say(NTD_ERR, "%s", p->why.text);
	else if (WIFSIGNALED(p->status) && WTERMSIG(p->status) == SIGSYS)
		ntd_say(NTD_ERR,
			"the worker was ended by the kernel for a system call that it may not make: please report it, with the kernel's log");
	else if (WIFSIGNALED(p->status))
		ntd_say(NTD_ERR, "the worker was ended by signal %d (%s)", WTERMSIG(p->status),
			sigabbrev_np(WTERMSIG(p->status)));
	else
		ntd_say(NTD_ERR, "the worker has ended with status %d", WEXITSTATUS(p->status));
}

/* ---- reading the file again ---------------------------------------------------------------- */

/* what can be changed while it runs; nothing is changed here */
static int check_new(const struct opener *p, const struct ntd_conf *conf, struct nt_filter **filter,
		     struct nt_error *err)
{
	*filter = NULL;
	if (strcmp(conf->group, p->conf.group))
		return nt_error_set(
			err, -EINVAL,
			"the socket's group cannot be changed while nettraced runs: restart it");
	return *conf->filter ? nt_filter_compile(filter, conf->filter, err) : 0;
}

static int set_mode(const struct opener *p, const struct ntd_conf *conf, struct nt_error *err)
{
	if (conf->mode == p->conf.mode || !chmod(conf->socket, conf->mode))
		return 0;
	return nt_error_set(err, -errno, "%s cannot have mode %04o: %s", conf->socket, conf->mode,
			    strerror(errno));
}

/* all of it or nothing: what may fail, and can be taken back, goes first */
static int apply(struct opener *p, const struct ntd_conf *conf, const struct nt_filter *filter,
		 struct nt_error *err)
{
	int ret = ntd_spaces_prepare(p->spaces, conf, err);

	if (!ret)
		ret = set_mode(p, conf, err);
	if (!ret) {
		ret = give_settings(p, conf, filter, err);
		if (ret && conf->mode != p->conf.mode)
			chmod(conf->socket, p->conf.mode);
	}
	if (!ret)
		return ntd_spaces_set(p->spaces, conf, false, err);
	ntd_spaces_cancel(p->spaces);
	return ret;
}

static void reload(struct opener *p)
{
	struct nt_filter *filter = NULL;
	struct nt_error err = { "" };
	struct ntd_conf conf;
	int ret;

	ntd_notify("RELOADING=1\nMONOTONIC_USEC=%" PRId64, now_ms() * 1000);
	ntd_conf_default(&conf);
	memcpy(conf.file, p->conf.file, sizeof(conf.file));
	conf.file_named = p->conf.file_named;
	ret = ntd_conf_file(&conf, &err);
	if (!ret)
		ntd_conf_options(&conf, p->o.argc, p->o.argv, false);
	if (!ret)
		ret = check_new(p, &conf, &filter, &err);
	if (!ret)
		ret = apply(p, &conf, filter, &err);
	if (ret) {
		ntd_say(NTD_ERR,
			ret == -ESHUTDOWN ? "%s; it may have taken new settings already" :
					    "%s; the old settings stay",
			err.text);
		nt_filter_free(filter);
	} else {
		nt_filter_free(p->o.filter);
		p->o.filter = filter;
		p->conf = conf;
		ntd_say(NTD_NOTICE, "%s was read again", conf.file);
	}
	p->why.text[0] = '\0';
	ntd_notify("READY=1");
}

/* ---- the loop ------------------------------------------------------------------------------ */

static void take_signal(struct opener *p)
{
	struct signalfd_siginfo si;

	while (read(p->signals, &si, sizeof(si)) == sizeof(si)) {
		switch (si.ssi_signo) {
		case SIGHUP:
			reload(p);
			break;
		case SIGCHLD:
			if (waitpid(p->o.pid, &p->status, WNOHANG) == p->o.pid)
				p->ended = true;
			break;
		default:
			p->stop = true;
			break;
		}
	}
}

static void run(struct opener *p)
{
	int64_t next = now_ms() + 1000;

	while (!p->stop && !p->ended) {
		struct pollfd pfd[3] = {
			{ .fd = p->signals, .events = POLLIN },
			{ .fd = p->o.worker, .events = POLLIN },
			{ .fd = ntd_spaces_fd(p->spaces), .events = POLLIN },
		};
		int64_t left = next - now_ms();

		if (poll(pfd, 3, left > 0 ? (int)left : 0) < 0 && errno != EINTR)
			break;
		if (pfd[1].revents)
			hear(p);
		if (pfd[0].revents)
			take_signal(p);
		if (pfd[2].revents || now_ms() >= next) {
			ntd_spaces_look(p->spaces);
			next = now_ms() + 1000;
		}
	}
}

static int begin(struct opener *p, struct nt_error *err)
{
	int ret = give_settings(p, &p->conf, p->o.filter, err);

	if (!ret)
		ret = ntd_confine_opener(err);
	if (!ret)
		ret = ntd_spaces_set(p->spaces, &p->conf, true, err);
	return ret ? ret : sync_worker(p, err);
}

/* the worker ends in good order, or with us */
static void end_worker(struct opener *p)
{
	struct ntd_msg m = { .type = NTD_STOP };

	p->answer = 0;
	if (ntd_send(p->o.worker, &m, NULL, -1) || !await(p, NTD_BYE, END_MS))
		ntd_say(NTD_WARN, "the worker did not end in good order");
	close(p->o.worker);
	if (p->answer == NTD_BYE)
		waitpid(p->o.pid, &p->status, 0);
}

static int live(struct opener *p)
{
	struct nt_error err = { "" };

	if (begin(p, &err)) {
		ntd_say(NTD_ERR, "%s", err.text);
		return 1;
	}
	ntd_say(NTD_INFO, "serving on %s", p->conf.socket);
	ntd_notify("READY=1");
	run(p);
	if (p->ended) {
		/* its socket closes before its status can be had; reaped by the
		 * signal already, this is refused and changes nothing
		 */
		waitpid(p->o.pid, &p->status, 0);
		post_mortem(p);
		ntd_notify("STOPPING=1");
		return 1;
	}
	ntd_notify("STOPPING=1");
	end_worker(p);
	return 0;
}

int ntd_open(const struct ntd_open_opts *o)
{
	struct opener *p = calloc(1, sizeof(*p));
	int status = 1;
	sigset_t set;

	if (!p)
		return 1;
	p->o = *o;
	p->conf = *o->conf;
	p->spaces = ntd_spaces_new(o->worker);
	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	p->signals = signalfd(-1, &set, SFD_NONBLOCK | SFD_CLOEXEC);
	if (!p->spaces || p->signals < 0)
		ntd_say(NTD_ERR, "memory is short");
	else
		status = live(p);
	ntd_spaces_free(p->spaces);
	nt_filter_free(p->o.filter);
	free(p);
	return status;
}
