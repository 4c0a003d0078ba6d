// SPDX-License-Identifier: GPL-2.0-only
/*
 * nettraced.c - the daemon's main: settings, the socket, then two processes
 *
 * What needs the privileges of root for once is done here: the socket, names of
 * users and groups, a filter with names of hosts in it.  Then the worker is
 * forked, and both processes give up what they do not need.
 */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon_conf.h"
#include "daemon_listen.h"
#include "daemon_open.h"
#include "daemon_priv.h"
#include "daemon_say.h"
#include "daemon_work.h"
#include "i18n.h"

/* -1 to go on, or an exit status */
static int read_settings(struct ntd_conf *conf, int argc, char **argv)
{
	struct nt_error err = { "" };
	struct ntd_conf first;
	int status;

	ntd_conf_default(conf);
	status = ntd_conf_options(conf, argc, argv, true);
	if (status != NTD_GO_ON)
		return status;
	/* the file that they name, and they over it */
	first = *conf;
	ntd_conf_default(conf);
	memcpy(conf->file, first.file, sizeof(conf->file));
	conf->file_named = first.file_named;
	if (ntd_conf_file(conf, &err)) {
		ntd_say(NTD_ERR, "%s", err.text);
		return 1;
	}
	return ntd_conf_options(conf, argc, argv, false);
}

static void block_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGHUP);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/* a descriptor for each namespace */
static void more_descriptors(void)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_NOFILE, &r))
		return;
	r.rlim_cur = r.rlim_max;
	setrlimit(RLIMIT_NOFILE, &r);
}

/* -1, or what must be known before there are two processes */
static int prepare(const struct ntd_conf *conf, struct ntd_open_opts *o, struct ntd_work_opts *w,
		   struct nt_error *err)
{
	int ret;

	if (geteuid())
		return nt_error_set(
			err, -EPERM,
			_("nettraced begins as root, to enter network namespaces: run with sudo"));
	ret = ntd_user(conf->user, &w->uid, &w->gid, err);
	if (!ret)
		ret = ntd_group(conf->group, &o->group, err);
	if (!ret && *conf->filter)
		ret = nt_filter_compile(&o->filter, conf->filter, err);
	return ret;
}

static int split(const struct ntd_listen *l, struct ntd_open_opts *o, struct ntd_work_opts *w)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, pair)) {
		ntd_say(NTD_ERR, "no socket can be made: %s", strerror(errno));
		return 1;
	}
	o->pid = fork();
	if (o->pid < 0) {
		ntd_say(NTD_ERR, "no worker can be made: %s", strerror(errno));
		return 1;
	}
	if (!o->pid) {
		close(pair[0]);
		ntd_notify_close();
		w->opener = pair[1];
		w->listener = l->fd;
		_exit(ntd_work(w));
	}
	close(pair[1]);
	close(l->fd);
	o->worker = pair[0];
	return ntd_open(o);
}

int main(int argc, char **argv)
{
	struct ntd_open_opts o = { .argc = argc, .argv = argv };
	struct ntd_work_opts w = { 0 };
	struct nt_error err = { "" };
	struct ntd_conf conf;
	struct ntd_listen l;
	int status;

	nt_i18n_start();
	ntd_say_init();
	status = read_settings(&conf, argc, argv);
	if (status >= 0)
		return status;
	block_signals();
	more_descriptors();
	if (prepare(&conf, &o, &w, &err) || ntd_listen(&l, conf.socket, conf.mode, o.group, &err)) {
		ntd_say(NTD_ERR, "%s", err.text);
		nt_filter_free(o.filter);
		return 1;
	}
	nt_i18n_end(); /* a log is in one language, and the worker opens no file */
	o.conf = &conf;
	status = split(&l, &o, &w);
	ntd_listen_remove(&l);
	return status;
}
