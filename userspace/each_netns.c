// SPDX-License-Identifier: GPL-2.0-only
/*
 * each_netns.c - do something in each namespace that -N names
 *
 * Purpose, ownership, errors: each_netns.h.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "each_netns.h"
#include "i18n.h"
#include "netns.h"
#include "netns_watch.h"
#include "text.h"

int nt_each_failed(const struct nt_each *e, const struct nt_error *err)
{
	char name[256];

	nt_text_escape(name, sizeof(name), e->name, strlen(e->name));
	fprintf(stderr, "nettrace: %s%s%s\n", name, *name ? ": " : "", err->text);
	return NT_EXIT_FAIL;
}

static int each_named(const struct nt_cli *cli, int (*fn)(void *arg, const struct nt_each *e),
		      void *arg)
{
	int status = NT_EXIT_OK, ret;
	size_t i;

	for (i = 0; i < cli->nnetns; i++) {
		struct nt_each e = { .name = cli->netns[i] };
		struct nt_error err = { "" };

		e.nsfd = nt_netns_open(cli->netns[i], &err);
		if (e.nsfd < 0) {
			fprintf(stderr, "nettrace: %s\n", err.text);
			status = NT_EXIT_FAIL;
			continue;
		}
		ret = fn(arg, &e);
		if (ret != NT_EXIT_OK)
			status = ret;
		close(e.nsfd);
	}
	return status;
}

static int each_there_is(int (*fn)(void *arg, const struct nt_each *e), void *arg)
{
	struct nt_error err = { "" };
	struct nt_nsfound found;
	struct nt_nswatch *w;
	int status = NT_EXIT_OK, ret;

	ret = nt_nswatch_open(&w, &err);
	while (!ret && (ret = nt_nswatch_next(w, &found, &err)) == 1) {
		struct nt_each e = { .nsfd = found.nsfd, .name = found.name, .all = true };

		ret = 0;
		if (found.renamed)
			continue;
		if (found.nsfd < 0) {
			nt_error_set(&err, found.nsfd, _("it may not be entered: %s"),
				     strerror(-found.nsfd));
			status = nt_each_failed(&e, &err);
			continue;
		}
		if (fn(arg, &e) != NT_EXIT_OK)
			status = NT_EXIT_FAIL;
		close(found.nsfd);
	}
	nt_nswatch_close(w);
	if (!ret)
		return status;
	fprintf(stderr, "nettrace: %s\n", err.text);
	return NT_EXIT_FAIL;
}

int nt_each_netns(const struct nt_cli *cli, int (*fn)(void *arg, const struct nt_each *e),
		  void *arg)
{
	static const struct nt_each own = { .nsfd = -1, .name = "" };

	if (cli->every_netns)
		return each_there_is(fn, arg);
	return cli->nnetns ? each_named(cli, fn, arg) : fn(arg, &own);
}
