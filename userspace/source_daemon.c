// SPDX-License-Identifier: GPL-2.0-only
/*
 * source_daemon.c - events from nettraced, through its socket
 *
 * Purpose, ownership: source.h, source_daemon.h.
 * Context:   one thread.  Nothing here waits for ever: a daemon that does not
 *            answer is said to be one.
 */
#include "i18n.h"
#include "source_daemon.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "source_file.h"

#define PATIENCE_MS  10000
#define COUNTERS_MAX (64u * 1024)

#define OVERFLOW_ID  65534 /* how a user namespace shows those it does not know */

/* the socket's group may use it: "the group NAME"; NULL: it cannot be told */
static const char *group_of(const char *path, char *buf, size_t size)
{
	struct stat st;
	struct group *g;

	if (stat(path, &st))
		return NULL;
	g = st.st_uid == OVERFLOW_ID ? NULL : getgrgid(st.st_gid);
	if (g)
		snprintf(buf, size, _("the group %s"), g->gr_name);
	else if (st.st_uid == OVERFLOW_ID)
		snprintf(buf, size, _("a group outside of this user namespace"));
	else
		snprintf(buf, size, _("the group %u"), st.st_gid);
	return buf;
}

static int cannot_connect(const char *path, int error, struct nt_error *err)
{
	char group[64];

	switch (error) {
	case ENOENT:
	case ENOTDIR:
		return nt_error_set(
			err, -error,
			_("there is no daemon at %s: start it with 'sudo systemctl start nettraced' or 'sudo nettraced'"),
			path);
	case ECONNREFUSED:
		return nt_error_set(
			err, -error,
			_("no daemon listens at %s any more: start it again with 'sudo systemctl restart nettraced' or 'sudo nettraced'"),
			path);
	case EACCES:
	case EPERM:
		if (!group_of(path, group, sizeof(group)))
			break;
		return nt_error_set(
			err, -error,
			_("%s is for root and %s: ask for membership, or run with sudo"), path,
			group);
	case EPROTOTYPE:
	case ENOTSOCK:
		return nt_error_set(err, -error, _("%s is not the socket of nettraced"), path);
	case EAGAIN:
		return nt_error_set(err, -error,
				    _("the daemon at %s takes no connection: is it stopped?"),
				    path);
	}
	return nt_error_set(err, -error, _("the daemon at %s cannot be reached: %s"), path,
			    strerror(error));
}

static int connect_to(const char *path, struct nt_error *err)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd, error;

	if (strlen(path) >= sizeof(a.sun_path))
		return nt_error_set(
			err, -ENAMETOOLONG,
			_("the name of the daemon's socket is too long: %zu bytes at most"),
			sizeof(a.sun_path) - 1);
	strcpy(a.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return nt_error_set(err, -errno, _("no socket can be made: %s"), strerror(errno));
	if (!connect(fd, (struct sockaddr *)&a, sizeof(a)))
		return fd;
	error = errno;
	close(fd);
	return cannot_connect(path, error, err);
}

/* only the header is awaited: all else is the reader's business */
static int read_all(int fd, void *buf, size_t n, const char *path, struct nt_error *err)
{
	struct pollfd pfd = { .fd = fd, .events = POLLIN };
	size_t have = 0;
	ssize_t r;
	int ret;

	while (have < n) {
		ret = poll(&pfd, 1, PATIENCE_MS);
		if (ret < 0)
			return nt_error_set(err, -errno,
					    _("interrupted while waiting for the daemon at %s"),
					    path);
		if (!ret)
			return nt_error_set(
				err, -ETIMEDOUT,
				_("the daemon at %s does not answer within %d s: is it stopped?"),
				path, PATIENCE_MS / 1000);
		r = read(fd, (char *)buf + have, n - have);
		if (r > 0)
			have += (size_t)r;
		else if (!r || (errno != EINTR && errno != EAGAIN))
			return nt_error_set(
				err, -ECONNRESET,
				_("the daemon at %s closed the connection without a word"), path);
	}
	return 0;
}

static int check_header(const struct nt_rf_header *h, const char *path, struct nt_error *err)
{
	if (memcmp(h->magic, NT_RF_MAGIC, NT_RF_MAGIC_LEN) || h->order != NT_RF_ORDER)
		return nt_error_set(err, -EPROTO, _("what listens at %s is not nettraced"), path);
	if (h->version != NT_RF_VERSION || h->abi != NETTRACE_ABI ||
	    h->rec_size != NETTRACE_REC_SIZE)
		return nt_error_set(
			err, -EPROTO,
			_("the daemon at %s is of another version (format %u, ABI %u; this nettrace: %d, %d): restart the daemon that belongs to this nettrace"),
			path, h->version, h->abi, NT_RF_VERSION, NETTRACE_ABI);
	return 0;
}

/* connected, asked, and the header is read: a descriptor */
static int ask(const char *path, uint16_t flags, struct nt_error *err)
{
	struct nt_dq q = { .magic = NT_DQ_MAGIC, .version = NT_DQ_VERSION, .flags = flags };
	struct nt_rf_header h;
	int fd = connect_to(path, err);
	int ret = 0;

	if (fd < 0)
		return fd;
	/* it fits into an empty socket; one that is full already has closed it */
	if (send(fd, &q, sizeof(q), MSG_NOSIGNAL) != sizeof(q) && errno != EPIPE)
		ret = nt_error_set(err, -errno, _("the daemon at %s cannot be asked: %s"), path,
				   strerror(errno));
	if (!ret)
		ret = read_all(fd, &h, sizeof(h), path, err);
	if (!ret)
		ret = check_header(&h, path, err);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

struct text {
	char *buf;
	size_t len;
};

static int other_block(void *arg, uint32_t type, const void *body, uint32_t len,
		       struct nt_error *err)
{
	struct text *t = arg;
	char *buf;

	if (type == NT_DQ_BLOCK_REFUSED)
		return nt_error_set(err, -ECONNREFUSED, _("nettraced refuses: %.*s"),
				    (int)strnlen(body, len), (const char *)body);
	if (type != NT_DQ_BLOCK_COUNTERS || !t || t->len + len > COUNTERS_MAX)
		return 0;
	buf = realloc(t->buf, t->len + len + 1);
	if (!buf)
		return nt_error_set(err, -ENOMEM, _("memory is short"));
	len = (uint32_t)strnlen(body, len);
	memcpy(buf + t->len, body, len);
	t->buf = buf;
	t->len += len;
	buf[t->len] = '\0';
	return 0;
}

static int open_blocks(struct nt_source **s, const char *path, uint16_t flags, struct text *t,
		       struct nt_error *err)
{
	char title[PATH_MAX + 32];
	struct nt_blocks b = {
		.title = title,
		.offset = sizeof(struct nt_rf_header),
		.must_end = true,
		.other = other_block,
		.arg = t,
	};

	*s = NULL;
	if (!path)
		path = NT_DAEMON_SOCKET;
	snprintf(title, sizeof(title), _("the daemon at %s"), path);
	b.fd = ask(path, flags, err);
	return b.fd < 0 ? b.fd : nt_source_blocks(s, &b, err);
}

int nt_source_daemon(struct nt_source **s, const char *path, bool history, bool live,
		     struct nt_error *err)
{
	uint16_t flags = (history ? NT_DQ_HISTORY : 0) | (live ? NT_DQ_LIVE : 0);

	return open_blocks(s, path, flags, NULL, err);
}

int nt_daemon_counters(const char *path, char **text, struct nt_error *err)
{
	struct text t = { NULL, 0 };
	struct timespec now, end;
	struct nt_source *s;
	struct nt_event ev;
	int ret = open_blocks(&s, path, NT_DQ_COUNTERS, &t, err);

	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += PATIENCE_MS / 1000;
	while (!ret) {
		ret = nt_source_next(s, &ev, err);
		if (ret)
			break;
		nt_source_wait(s, PATIENCE_MS);
		clock_gettime(CLOCK_MONOTONIC, &now);
		if (now.tv_sec > end.tv_sec)
			ret = nt_error_set(
				err, -ETIMEDOUT,
				_("the daemon does not answer within %d s: is it stopped?"),
				PATIENCE_MS / 1000);
	}
	nt_source_close(s);
	if (ret == -ENODATA && t.buf) {
		*text = t.buf;
		return 0;
	}
	free(t.buf);
	*text = NULL;
	if (ret == -ENODATA || ret == 1)
		ret = nt_error_set(err, -EPROTO, _("the daemon sent no counters"));
	return ret;
}
