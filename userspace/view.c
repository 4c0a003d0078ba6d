// SPDX-License-Identifier: GPL-2.0-only
/*
 * view.c - how and where to draw: width, characters, colour, output errors
 */
#include <errno.h>
#include <langinfo.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "i18n.h"
#include "session.h"

#define DEFAULT_WIDTH 80

static volatile sig_atomic_t pipe_closed;

static void on_pipe(int sig)
{
	(void)sig;
	pipe_closed = 1;
}

/* columns by option, environment or terminal; 0: nothing says */
static int find_width(const struct nt_cli *cli, bool fit, const char **by)
{
	const char *env = getenv("COLUMNS");
	struct winsize ws;
	char *end;
	long n;

	*by = "--width";
	if (cli->width)
		return cli->width;
	/* lines that go to a file or a pipe are not cut */
	if (!fit && !isatty(STDOUT_FILENO))
		return 0;
	*by = "COLUMNS";
	if (env && *env) {
		n = strtol(env, &end, 10);
		if (!*end && n > 0 && n < 100000)
			return (int)n;
	}
	*by = "the terminal";
	if (isatty(STDOUT_FILENO) && !ioctl(STDOUT_FILENO, TIOCGWINSZ, &ws) && ws.ws_col)
		return ws.ws_col;
	return 0;
}

static bool want_unicode(const struct nt_cli *cli)
{
	const char *term = getenv("TERM");

	if (cli->unicode != NT_AUTO)
		return cli->unicode == NT_ALWAYS;
	/* the console's font has the lines, but not the heads of the arrows */
	if (isatty(STDOUT_FILENO) && term && (!strcmp(term, "linux") || !strcmp(term, "dumb")))
		return false;
	return !strcmp(nl_langinfo(CODESET), "UTF-8");
}

/* https://no-color.org: set and not empty means none, an option outranks it */
static bool want_color(const struct nt_cli *cli)
{
	const char *none = getenv("NO_COLOR"), *term = getenv("TERM");

	if (cli->color != NT_AUTO)
		return cli->color == NT_ALWAYS;
	return isatty(STDOUT_FILENO) && !(none && *none) && !(term && !strcmp(term, "dumb"));
}

/* live, reading the list would hold the first line up that has a link address */
static struct nt_oui *open_oui(void)
{
	const char *path = getenv("NETTRACE_OUI");

	if (path && *path && access(path, R_OK))
		fprintf(stderr, _("nettrace: cannot read %s, which NETTRACE_OUI names: %s\n"), path,
			strerror(errno));
	return nt_oui_new(path);
}

int nt_view_open(struct nt_view *v, const struct nt_session *s, bool fit)
{
	const struct nt_cli *cli = s->cli;
	const char *by;
	unsigned int i;

	signal(SIGPIPE, on_pipe);
	memset(v, 0, sizeof(*v));
	v->out = stdout;
	v->unicode = want_unicode(cli);
	if (!v->unicode && !cli->json)
		nt_i18n_ascii();
	v->color = want_color(cli);
	v->draw = cli->draw;
	v->services = nt_services_load();
	v->oui = s->live ? NULL : open_oui();
	_Static_assert(NT_VIEW_STREAMS == NT_STREAM_MAX, "a name for each stream");
	/* also of those to come */
	for (i = 0; s->src && i < NT_STREAM_MAX; i++)
		v->netns[i] = s->src->stream[i].name;
	if (cli->json)
		return -1;
	v->width = find_width(cli, fit, &by);
	if (v->width && v->width < NT_WIDTH_MIN) {
		fprintf(stderr,
			_("nettrace: %d columns (%s) are too few for a picture, which needs %d: widen the terminal, or use --width %d or --json\n"),
			v->width, by, NT_WIDTH_MIN, NT_WIDTH_MIN);
		return cli->command ? NT_EXIT_TRACE : NT_EXIT_FAIL;
	}
	if (!v->width && fit)
		v->width = DEFAULT_WIDTH;
	return -1;
}

bool nt_view_check(struct nt_view *v)
{
	if (!v->error && ferror(v->out))
		v->error = errno ? errno : EIO;
	return v->error != 0;
}

int nt_view_close(struct nt_view *v)
{
	nt_services_free(v->services);
	v->services = NULL;
	nt_oui_free(v->oui);
	v->oui = NULL;
	if (!nt_view_check(v) && fflush(v->out))
		v->error = errno;
	if (!v->error)
		return NT_EXIT_OK;
	if (!pipe_closed) /* who closed the pipe has read enough */
		fprintf(stderr, _("nettrace: cannot write to standard output: %s\n"),
			strerror(v->error));
	return NT_EXIT_FAIL;
}
