// SPDX-License-Identifier: GPL-2.0-only
/*
 * daemon_say.c - nettraced's messages, and its word to the service manager
 *
 * The two descriptors' state is static: it belongs to the process as stderr does.
 */
#include "daemon_say.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "text.h"

static bool journal;
static int manager = -1;

/* systemd tells which stream it reads: "DEVICE:INODE" */
static bool is_journal(void)
{
	const char *env = getenv("JOURNAL_STREAM");
	uint64_t dev, ino;
	struct stat st;

	return env && sscanf(env, "%" SCNu64 ":%" SCNu64, &dev, &ino) == 2 &&
	       !fstat(STDERR_FILENO, &st) && st.st_dev == dev && st.st_ino == ino;
}

static int connect_manager(void)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = path ? strlen(path) : 0;
	int fd;

	if (!n || n >= sizeof(a.sun_path) || (*path != '/' && *path != '@'))
		return -1;
	memcpy(a.sun_path, path, n);
	if (*path == '@') /* an abstract name begins with a NUL */
		a.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	n += offsetof(struct sockaddr_un, sun_path);
	if (connect(fd, (struct sockaddr *)&a, (socklen_t)n)) {
		close(fd);
		return -1;
	}
	return fd;
}

void ntd_say_init(void)
{
	journal = is_journal();
	manager = connect_manager();
}

void ntd_say(enum ntd_level level, const char *fmt, ...)
{
	char raw[1024], text[1024], line[1100];
	va_list ap;
	int n;

	va_start(ap, fmt);
	vsnprintf(raw, sizeof(raw), fmt, ap);
	va_end(ap);
	nt_text_escape(text, sizeof(text), raw, sizeof(raw));
	if (journal)
		n = snprintf(line, sizeof(line), "<%d>%s\n", level, text);
	else
		n = snprintf(line, sizeof(line), "nettraced: %s\n", text);
	/* not stdio: it asks whether this is a terminal, which is not allowed */
	if (n > 0 && write(STDERR_FILENO, line, (size_t)n) < 0)
		return; /* nobody to tell */
}

void ntd_notify(const char *fmt, ...)
{
	char text[1024];
	va_list ap;
	int n;

	if (manager < 0)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0 && (size_t)n < sizeof(text))
		(void)!send(manager, text, (size_t)n, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void ntd_notify_close(void)
{
	if (manager >= 0)
		close(manager);
	manager = -1;
}
