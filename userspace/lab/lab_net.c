// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_net.c - a lab's network: namespaces of its own, and nothing else
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/lab_net.h"
#include "i18n.h"
#include "netns.h"

#define WORDS_MAX   24
#define KILL_ROUNDS 50
#define KILL_NS	    20000000L

void nt_lab_netns(char *buf, size_t size, const char *host)
{
	snprintf(buf, size, NT_LAB_PREFIX "%s", host);
}

/* `ip WORDS`, the words up to NULL */
static int ip(struct nt_error *err, ...)
{
	const char *argv[WORDS_MAX] = { "ip" };
	char out[256], said[256];
	int n = 1, status;
	va_list ap;

	va_start(ap, err);
	while (n < WORDS_MAX - 1 && (argv[n] = va_arg(ap, const char *)))
		n++;
	va_end(ap);
	argv[n] = NULL;
	status = nt_lab_exec(argv, out, sizeof(out));
	if (!status)
		return 0;
	out[strcspn(out, "\n")] = '\0';
	snprintf(said, sizeof(said), "%s %s %s %s", argv[1], n > 2 ? argv[2] : "",
		 n > 3 ? argv[3] : "", n > 4 ? argv[4] : "");
	return nt_error_set(err, -EIO, _("the lab's network: 'ip %s ...' failed: %s"), said, out);
}

/* ---- which namespaces are ours ------------------------------------------- */

static uint64_t inode_of(const char *netns)
{
	int fd = nt_netns_open(netns, NULL);
	uint64_t inode;

	if (fd < 0)
		return 0;
	inode = nt_netns_inode(fd);
	close(fd);
	return inode;
}

static bool exists(const char *netns)
{
	char path[300];

	snprintf(path, sizeof(path), "/run/netns/%s", netns);
	return !access(path, F_OK);
}

static void marker(char *path, size_t size, const char *netns)
{
	snprintf(path, size, NT_LAB_STATE "/%s", netns);
}

static bool is_ours(const char *netns)
{
	unsigned long long inode = 0;
	char path[300];
	FILE *f;

	marker(path, sizeof(path), netns);
	f = fopen(path, "re");
	if (!f)
		return false;
	if (fscanf(f, "%llu", &inode) != 1)
		inode = 0;
	fclose(f);
	return inode && inode == inode_of(netns);
}

static int mark(const char *netns, struct nt_error *err)
{
	char path[300];
	FILE *f;

	marker(path, sizeof(path), netns);
	f = fopen(path, "we");
	if (!f || fprintf(f, "%llu\n", (unsigned long long)inode_of(netns)) < 0 || fclose(f))
		return nt_error_set(err, -EIO, _("cannot write %s: %s"), path, strerror(errno));
	return 0;
}

static int lock_labs(struct nt_lab_net *net, struct nt_error *err)
{
	struct stat st;

	if (geteuid())
		return nt_error_set(
			err, -EPERM,
			_("a lab makes network namespaces, which takes root: use sudo"));
	if ((mkdir(NT_LAB_STATE, 0700) && errno != EEXIST) || lstat(NT_LAB_STATE, &st) ||
	    !S_ISDIR(st.st_mode) || st.st_uid)
		return nt_error_set(err, -EIO, _("%s cannot be made, or is not root's own folder"),
				    NT_LAB_STATE);
	net->lock = open(NT_LAB_STATE "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (net->lock < 0)
		return nt_error_set(err, -errno, _("cannot open %s: %s"), NT_LAB_STATE "/lock",
				    strerror(errno));
	if (flock(net->lock, LOCK_EX | LOCK_NB))
		return nt_error_set(err, -EBUSY, _("another lab is running: wait for its end"));
	return 0;
}

/* ---- taking it away ------------------------------------------------------- */

/* those that `ip netns pids` lists, as far as there is room; how many they were */
static int kill_listed(const char *netns)
{
	const char *argv[] = { "ip", "netns", "pids", netns, NULL };
	char out[2048], *rest = out, *end;
	int n = 0;

	if (nt_lab_exec(argv, out, sizeof(out)))
		return 0;
	/* what is cut off is the beginning of a number, which is another's PID: whole lines */
	for (; (end = strchr(rest, '\n')); rest = end + 1) {
		long pid;

		*end = '\0';
		pid = strtol(rest, NULL, 10);
		if (pid <= 1 || pid == getpid())
			continue;
		kill((pid_t)pid, SIGKILL);
		n++;
	}
	return n;
}

/*
 * SIGKILL for all that is in the namespace: whoever keeps it open keeps it alive.  Until
 * none is left: there may be more than are listed at once, and some that are being born.
 */
static void kill_inside(const char *netns)
{
	int i;

	for (i = 0; i < KILL_ROUNDS && kill_listed(netns); i++)
		nanosleep(&(struct timespec){ .tv_nsec = KILL_NS }, NULL);
}

static int remove_one(const char *netns, struct nt_error *err)
{
	char path[300];
	int ret;

	kill_inside(netns);
	ret = ip(err, "netns", "del", netns, NULL);
	marker(path, sizeof(path), netns);
	if (!ret)
		unlink(path);
	return ret;
}

static void unlock(struct nt_lab_net *net)
{
	if (net->lock >= 0)
		close(net->lock);
	net->lock = -1;
}

void nt_lab_net_keep(struct nt_lab_net *net)
{
	unlock(net);
}

void nt_lab_net_down(struct nt_lab_net *net)
{
	struct nt_error err = { "" };
	char netns[64];
	int i;

	for (i = net->lab ? net->lab->nhost - 1 : -1; i >= 0; i--) {
		if (!net->made[i])
			continue;
		nt_lab_netns(netns, sizeof(netns), net->lab->host[i].name);
		if (remove_one(netns, &err))
			fprintf(stderr, "nettrace: %s\n", err.text);
		net->made[i] = false;
	}
	unlock(net);
}

int nt_lab_net_clean(struct nt_error *err)
{
	struct nt_lab_net net = { .lock = -1 };
	int n = 0, ret = lock_labs(&net, err);
	struct dirent *d;
	DIR *dir = NULL;

	if (!ret && !(dir = opendir(NT_LAB_STATE)))
		ret = nt_error_set(err, -errno, _("cannot read %s: %s"), NT_LAB_STATE,
				   strerror(errno));
	while (!ret && (d = readdir(dir))) {
		if (strncmp(d->d_name, NT_LAB_PREFIX, strlen(NT_LAB_PREFIX)))
			continue;
		if (is_ours(d->d_name)) {
			ret = remove_one(d->d_name, err);
			n++;
		} else if (!exists(d->d_name)) {
			unlinkat(dirfd(dir), d->d_name, 0);
		}
	}
	if (dir)
		closedir(dir);
	unlock(&net);
	return ret ? ret : n;
}

/* ---- building it ---------------------------------------------------------- */

/* one sysctl, written by a process that is in the namespace */
static int set_sysctl(const char *netns, const char *key, const char *value, struct nt_error *err)
{
	char path[256];
	int status = 0;
	size_t i;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/sys/%s", key);
	for (i = strlen("/proc/sys/"); path[i]; i++)
		if (path[i] == '.')
			path[i] = '/';
	fflush(NULL);
	pid = fork();
	if (pid == 0) {
		int ns = nt_netns_open(netns, NULL), fd;

		if (ns < 0 || setns(ns, CLONE_NEWNET))
			_exit(1);
		fd = open(path, O_WRONLY);
		if (fd < 0)
			_exit(2);
		_exit(write(fd, value, strlen(value)) < 0 ? 3 : 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		return nt_error_set(err, -EAGAIN, _("cannot start a process: %s"), strerror(errno));
	if (!status)
		return 0;
	return nt_error_set(err, -EIO, _("cannot set %s to '%s' in %s: %s"), key, value, netns,
			    WEXITSTATUS(status) == 2 ?
				    _("this kernel's namespaces have no such setting") :
				    _("it was refused"));
}

static int host_settings(const struct nt_lab *lab, const struct nt_lab_host *h, const char *netns,
			 struct nt_error *err)
{
	int i, ret = 0;

	/* one thing at a time: a lab that is not about IPv6 is not disturbed by it */
	if (!lab->ipv6)
		ret = set_sysctl(netns, "net.ipv6.conf.all.disable_ipv6", "1", err);
	if (!ret && !lab->ipv6)
		ret = set_sysctl(netns, "net.ipv6.conf.default.disable_ipv6", "1", err);
	if (!ret && lab->ipv6)
		ret = set_sysctl(netns, "net.ipv6.conf.default.accept_dad", "0", err);
	if (!ret && h->forward)
		ret = set_sysctl(netns, "net.ipv4.ip_forward", "1", err);
	if (!ret && h->forward && lab->ipv6)
		ret = set_sysctl(netns, "net.ipv6.conf.all.forwarding", "1", err);
	for (i = 0; !ret && i < h->nsysctl; i++)
		ret = set_sysctl(netns, h->sysctl[i].key, h->sysctl[i].value, err);
	return ret;
}

static int make_host(struct nt_lab_net *net, int i, struct nt_error *err)
{
	const struct nt_lab_host *h = &net->lab->host[i];
	char netns[64];
	int ret;

	nt_lab_netns(netns, sizeof(netns), h->name);
	if (exists(netns) && !is_ours(netns))
		return nt_error_set(
			err, -EEXIST,
			_("there is a network namespace %s that no lab made: it is not touched, and this lab does not run; rename or remove it"),
			netns);
	if (exists(netns) && (ret = remove_one(netns, err)))
		return ret;
	ret = ip(err, "netns", "add", netns, NULL);
	if (ret)
		return ret;
	net->made[i] = true;
	ret = mark(netns, err);
	if (!ret)
		ret = host_settings(net->lab, h, netns, err);
	if (!ret)
		ret = ip(err, "-n", netns, "link", "set", "lo", "up", NULL);
	if (ret || !h->bridge)
		return ret;
	ret = ip(err, "-n", netns, "link", "add", h->bridge, "type", "bridge", NULL);
	return ret ? ret : ip(err, "-n", netns, "link", "set", h->bridge, "up", NULL);
}

static int set_up_port(const struct nt_lab *lab, const struct nt_lab_port *p, struct nt_error *err)
{
	const struct nt_lab_host *h = &lab->host[p->host];
	char netns[64];
	int i, ret = 0;

	nt_lab_netns(netns, sizeof(netns), h->name);
	for (i = 0; !ret && i < p->naddr; i++) {
		if (strchr(p->addr[i], ':'))
			ret = ip(err, "-n", netns, "addr", "add", p->addr[i], "dev", p->dev,
				 "nodad", NULL);
		else
			ret = ip(err, "-n", netns, "addr", "add", p->addr[i], "dev", p->dev, NULL);
	}
	if (!ret && h->bridge)
		ret = ip(err, "-n", netns, "link", "set", p->dev, "master", h->bridge, NULL);
	return ret ? ret : ip(err, "-n", netns, "link", "set", p->dev, "up", NULL);
}

/* @n: which link; its MAC addresses say so, and are locally administered */
static int make_link(const struct nt_lab *lab, int n, struct nt_error *err)
{
	const struct nt_lab_link *l = &lab->link[n];
	char ns[2][64], mac[2][18];
	int k, ret;

	for (k = 0; k < 2; k++) {
		nt_lab_netns(ns[k], sizeof(ns[k]), lab->host[l->end[k].host].name);
		snprintf(mac[k], sizeof(mac[k]), "02:00:00:00:%02x:%02x",
			 (unsigned int)(n + 1) & 0xff, (unsigned int)(k + 1));
		if (l->end[k].mac)
			snprintf(mac[k], sizeof(mac[k]), "%s", l->end[k].mac);
	}
	/* made where they belong: they never are in the namespace that we are in */
	ret = ip(err, "link", "add", l->end[0].dev, "netns", ns[0], "address", mac[0], "type",
		 "veth", "peer", "name", l->end[1].dev, "netns", ns[1], "address", mac[1], NULL);
	for (k = 0; !ret && k < 2; k++)
		ret = set_up_port(lab, &l->end[k], err);
	return ret;
}

static int add_routes(const struct nt_lab_host *h, struct nt_error *err)
{
	char netns[64], copy[256];
	int i, n, ret = 0;

	nt_lab_netns(netns, sizeof(netns), h->name);
	for (i = 0; !ret && i < h->nroute; i++) {
		const char *argv[WORDS_MAX] = { "ip",	 "-n",
						netns,	 strchr(h->route[i], ':') ? "-6" : "-4",
						"route", "add" };
		char *rest = copy, *word, out[256];

		snprintf(copy, sizeof(copy), "%s", h->route[i]);
		for (n = 6; n < WORDS_MAX - 1 && (word = strsep(&rest, " "));)
			if (*word)
				argv[n++] = word;
		if (nt_lab_exec(argv, out, sizeof(out))) {
			out[strcspn(out, "\n")] = '\0';
			ret = nt_error_set(err, -EIO, _("the route '%s' of %s: %s"), h->route[i],
					   h->name, out);
		}
	}
	return ret;
}

int nt_lab_net_up(struct nt_lab_net *net, const struct nt_lab *lab, struct nt_error *err)
{
	int i, ret;

	memset(net, 0, sizeof(*net));
	net->lab = lab;
	net->lock = -1;
	ret = lock_labs(net, err);
	for (i = 0; !ret && i < lab->nhost; i++)
		ret = make_host(net, i, err);
	for (i = 0; !ret && i < lab->nlink; i++)
		ret = make_link(lab, i, err);
	for (i = 0; !ret && i < lab->nhost; i++)
		ret = add_routes(&lab->host[i], err);
	return ret;
}
