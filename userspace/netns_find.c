// SPDX-License-Identifier: GPL-2.0-only
/*
 * netns_find.c - a namespace again, by its inode: see netns.h
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "netns.h"

/* @fd if it is of that namespace, which is what the name said a moment ago; else closed */
static int only(int fd, uint64_t inode)
{
	if (fd < 0 || nt_netns_inode(fd) == inode)
		return fd;
	close(fd);
	return -1;
}

static int by_process(uint64_t inode)
{
	DIR *d = opendir("/proc");
	char path[300];
	struct dirent *e;
	struct stat st;
	int fd = -1;

	while (d && fd < 0 && (e = readdir(d))) {
		if (!isdigit((unsigned char)*e->d_name))
			continue;
		snprintf(path, sizeof(path), "/proc/%s/ns/net", e->d_name);
		if (!stat(path, &st) && st.st_ino == inode)
			fd = only(open(path, O_RDONLY | O_CLOEXEC), inode);
	}
	if (d)
		closedir(d);
	return fd;
}

int nt_netns_find(uint64_t inode, const char *const *spec, size_t n, int *fd)
{
	char name[256];
	size_t i;

	*fd = only(nt_netns_open(NULL, NULL), inode);
	if (*fd >= 0) { /* our own, which takes no privilege to be in */
		close(*fd);
		*fd = -1;
		return 0;
	}
	for (i = 0; *fd < 0 && i < n; i++)
		*fd = only(nt_netns_open(spec[i], NULL), inode);
	if (*fd < 0) {
		nt_netns_name(inode, name, sizeof(name));
		if (*name)
			*fd = only(nt_netns_open(name, NULL), inode);
	}
	if (*fd < 0)
		*fd = by_process(inode);
	return *fd < 0 ? -ESRCH : 0;
}
