// SPDX-License-Identifier: GPL-2.0-only
/*
 * lab_prog.c - the programs of a lab: started in their host, heard, ended
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "lab/lab_net.h"
#include "lab/lab_prog.h"
#include "i18n.h"
#include "priv.h"
#include "text.h"

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts.tv_sec * 1000000000LL + ts.tv_nsec;
}

static void child(const struct nt_lab *lab, const char *netns, const struct nt_lab_words *words,
		  int in, int out)
{
	const char *argv[NT_LAB_WORDS_MAX + 5] = { "ip", "netns", "exec", netns };
	sigset_t none;
	int i;

	for (i = 0; i < words->n; i++)
		argv[4 + i] = words->word[i];
	setsid();
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_DFL);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	signal(SIGHUP, SIG_DFL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	dup2(in, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	setenv("PYTHONUNBUFFERED", "1", 1);
	setenv("PYTHONDONTWRITEBYTECODE", "1", 1);
	if (lab->dir && chdir(lab->dir))
		dprintf(STDERR_FILENO, _("cannot go to %s: %s\n"), lab->dir, strerror(errno));
	execvp(argv[0], (char **)(uintptr_t)argv);
	dprintf(STDERR_FILENO, _("cannot run %s: %s\n"), "ip", strerror(errno));
	_exit(127);
}

static struct nt_lab_prog *no_start(struct nt_error *err, const char *what)
{
	nt_error_set(err, -errno, _("cannot start %s: %s"), what, strerror(errno));
	return NULL;
}

struct nt_lab_prog *nt_lab_prog_start(struct nt_lab_progs *ps, const struct nt_lab *lab,
				      const char *host, const char *name,
				      const struct nt_lab_words *words, struct nt_error *err)
{
	struct nt_lab_prog *p = &ps->prog[ps->n];
	char netns[64];
	int in[2], out[2];

	errno = ENOBUFS;
	if (ps->n == NT_LAB_PROGS_MAX || pipe2(in, O_CLOEXEC))
		return no_start(err, words->word[0]);
	if (pipe2(out, O_CLOEXEC)) {
		close(in[0]);
		close(in[1]);
		return no_start(err, words->word[0]);
	}
	memset(p, 0, sizeof(*p));
	nt_lab_netns(netns, sizeof(netns), host);
	fflush(NULL);
	p->pid = fork();
	if (p->pid == 0)
		child(lab, netns, words, in[0], out[1]);
	close(in[0]);
	close(out[1]);
	p->name = name ? name : words->word[0];
	p->host = host;
	p->in = in[1];
	p->out = out[0];
	if (p->pid < 0) {
		close(in[1]);
		close(out[0]);
		return no_start(err, words->word[0]);
	}
	fcntl(p->out, F_SETFL, O_NONBLOCK);
	fcntl(p->in, F_SETFL, O_NONBLOCK);
	ps->n++;
	return p;
}

/* whole lines of it, and what is left when nothing more comes */
static void tell_lines(struct nt_lab_progs *ps, struct nt_lab_prog *p)
{
	char *nl;

	while (p->told < p->len) {
		size_t n = p->len - p->told;

		nl = memchr(p->text + p->told, '\n', n);
		if (!nl && p->out >= 0)
			return;
		n = nl ? (size_t)(nl - (p->text + p->told)) : n;
		if (ps->line)
			ps->line(ps->arg, p, p->text + p->told, n);
		p->told += n + (nl != NULL);
	}
}

static void read_some(struct nt_lab_progs *ps, struct nt_lab_prog *p)
{
	char buf[2048];
	ssize_t n;

	while (p->out >= 0) {
		n = read(p->out, buf, sizeof(buf));
		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n <= 0) {
			close(p->out);
			p->out = -1;
			break;
		}
		if (p->len + (size_t)n > NT_LAB_OUTPUT_MAX) {
			n = (ssize_t)(NT_LAB_OUTPUT_MAX - p->len);
			p->cut = true;
		}
		if (!p->text)
			p->text = malloc(NT_LAB_OUTPUT_MAX);
		if (!p->text)
			break;
		memcpy(p->text + p->len, buf, (size_t)n);
		p->len += (size_t)n;
	}
	tell_lines(ps, p);
}

void nt_lab_progs_look(struct nt_lab_progs *ps)
{
	int i, status;

	for (i = 0; i < ps->n; i++) {
		struct nt_lab_prog *p = &ps->prog[i];
		bool over = p->ended;

		if (!over && waitpid(p->pid, &status, WNOHANG) == p->pid) {
			p->ended = true;
			p->status = nt_status_of(status);
			p->t_end = now_ns();
		}
		read_some(ps, p);
		/* who has inherited the pipe may keep it open: nobody waits for that */
		if (over && p->out >= 0) {
			close(p->out);
			p->out = -1;
			tell_lines(ps, p);
		}
	}
}

struct nt_lab_prog *nt_lab_prog_named(struct nt_lab_progs *ps, const char *name)
{
	int i;

	for (i = ps->n - 1; i >= 0; i--)
		if (!strcmp(ps->prog[i].name, name))
			return &ps->prog[i];
	return NULL;
}

int nt_lab_prog_signal(const struct nt_lab_prog *p, int sig)
{
	if (p->ended)
		return -ESRCH;
	return kill(-p->pid, sig) ? -errno : 0;
}

int nt_lab_prog_tell(struct nt_lab_prog *p, const char *line)
{
	size_t n = strlen(line);

	if (p->ended || p->in < 0)
		return -EPIPE;
	if (write(p->in, line, n) != (ssize_t)n || write(p->in, "\n", 1) != 1)
		return -errno;
	return 0;
}

void nt_lab_progs_end(struct nt_lab_progs *ps)
{
	int i, status;

	for (i = 0; i < ps->n; i++) {
		struct nt_lab_prog *p = &ps->prog[i];

		if (!p->ended) {
			kill(-p->pid, SIGKILL);
			kill(p->pid, SIGKILL); /* it may not have made its group yet */
			while (waitpid(p->pid, &status, 0) < 0 && errno == EINTR)
				;
		}
		if (p->in >= 0)
			close(p->in);
		if (p->out >= 0)
			close(p->out);
		free(p->text);
	}
	ps->n = 0;
}

json_t *nt_lab_prog_json(const struct nt_lab_prog *p)
{
	size_t size = p->len * NT_ESCAPE_MAX + 1, len = 0, i;
	char *safe = malloc(size);
	json_t *o = json_pack("{s:s,s:I,s:s,s:s,s:b}", "type", "program", "t",
			      (json_int_t)(p->ended ? p->t_end : now_ns()), "name", p->name, "on",
			      p->host, "ended", (int)p->ended);

	if (p->ended)
		json_object_set_new(o, "status", json_integer(p->status));
	/* line by line: an end of line is no foreign character here */
	for (i = 0; safe && i < p->len;) {
		const char *nl = memchr(p->text + i, '\n', p->len - i);
		size_t n = nl ? (size_t)(nl - (p->text + i)) : p->len - i;

		nt_text_escape(safe + len, size - len, p->text + i, n);
		len += strlen(safe + len);
		i += n;
		if (nl && ++i && len + 1 < size)
			safe[len++] = '\n';
	}
	json_object_set_new(o, "output", json_stringn(safe ? safe : "", safe ? len : 0));
	free(safe);
	return o;
}
