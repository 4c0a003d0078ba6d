// SPDX-License-Identifier: GPL-2.0-only
/*
 * cmd_lab.c - lab: the list of the labs, and one of them
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cmd.h"
#include "lab/lab_run.h"
#include "i18n.h"

#define LABS_MAX 256
#define EXT	 ".lab"

/* where the labs are: named, installed beside the program, or in the source tree */
static const char *const beside[] = { "../share/nettrace/labs", "../../userspace/labs" };

static bool find_folder(char *dir, size_t size)
{
	const char *named = getenv("NETTRACE_LABDIR");
	char exe[400] = "", *slash;
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	size_t i;

	if (named && *named) {
		snprintf(dir, size, "%s", named);
		return !access(dir, X_OK);
	}
	slash = n > 0 ? strrchr(exe, '/') : NULL;
	if (slash)
		*slash = '\0';
	for (i = 0; slash && i < sizeof(beside) / sizeof(beside[0]); i++) {
		snprintf(dir, size, "%s/%s", exe, beside[i]);
		if (!access(dir, X_OK))
			return true;
	}
	snprintf(dir, size, "/usr/local/share/nettrace/labs");
	return !access(dir, X_OK);
}

static int no_folder(const char *dir)
{
	fprintf(stderr,
		_("nettrace: there are no labs in %s: run 'make install', or set NETTRACE_LABDIR to the folder\n"),
		dir);
	return NT_EXIT_FAIL;
}

static int by_number(const void *a, const void *b)
{
	const struct nt_lab *x = *(struct nt_lab *const *)a, *y = *(struct nt_lab *const *)b;

	if (x->number != y->number)
		return x->number < y->number ? -1 : 1;
	return strcmp(x->name, y->name);
}

/* all labs of a folder; what cannot be read is said, and counted in @bad */
static int read_folder(const char *dir, struct nt_lab **lab, int *bad)
{
	DIR *d = opendir(dir);
	struct dirent *e;
	int n = 0;

	while (d && n < LABS_MAX && (e = readdir(d))) {
		struct nt_error err = { "" };
		char path[800]; /* a folder's, and a name of 255 */
		size_t len = strlen(e->d_name);

		if (len < sizeof(EXT) || strcmp(e->d_name + len - strlen(EXT), EXT))
			continue;
		snprintf(path, sizeof(path), "%s/%s", dir, e->d_name);
		if (!nt_lab_read(&lab[n], path, &err)) {
			n++;
			continue;
		}
		fprintf(stderr, "nettrace: %s\n", err.text);
		++*bad;
	}
	if (d)
		closedir(d);
	if (n)
		qsort(lab, (size_t)n, sizeof(*lab), by_number);
	return n;
}

static void list_json(const struct nt_lab *lab)
{
	json_t *o = json_pack("{s:s,s:s,s:s,s:s}", "type", "lab", "lab", lab->name, "title",
			      lab->title, "chapter", lab->chapter);

	json_dumpf(o, stdout, JSON_COMPACT | JSON_ENSURE_ASCII);
	putchar('\n');
	json_decref(o);
}

static int list_labs(const struct nt_cli *cli)
{
	static struct nt_lab *lab[LABS_MAX];
	const char *chapter = "";
	char dir[512];
	int i, n, bad = 0;

	if (!find_folder(dir, sizeof(dir)))
		return no_folder(dir);
	n = read_folder(dir, lab, &bad);
	for (i = 0; i < n; i++) {
		if (cli->json) {
			list_json(lab[i]);
		} else {
			if (strcmp(chapter, lab[i]->chapter))
				printf("%s%s\n", i ? "\n" : "", nt_lab_text(lab[i]->chapter));
			printf("  %-14s %s\n", lab[i]->name, nt_lab_text(lab[i]->title));
			chapter = lab[i]->chapter;
		}
	}
	for (i = 0; i < n; i++)
		nt_lab_free(lab[i]);
	if (!n)
		return no_folder(dir);
	return bad ? NT_EXIT_FAIL : NT_EXIT_OK;
}

static int run_one(const struct nt_cli *cli, const char *path)
{
	struct nt_error err = { "" };
	struct nt_lab *lab;
	int status;

	if (nt_lab_read(&lab, path, &err)) {
		fprintf(stderr, "nettrace: %s\n", err.text);
		return NT_EXIT_FAIL;
	}
	if (cli->lab.prevent && !lab->prevent.fails) {
		fprintf(stderr,
			_("nettrace: the lab %s does not say how it is prevented ('prevent:')\n"),
			lab->name);
		status = NT_EXIT_FAIL;
	} else {
		status = nt_lab_run(cli, lab);
	}
	nt_lab_free(lab);
	return status;
}

static int clean(void)
{
	struct nt_error err = { "" };
	int n = nt_lab_net_clean(&err);

	if (n < 0) {
		fprintf(stderr, "nettrace: %s\n", err.text);
		return NT_EXIT_FAIL;
	}
	fprintf(stderr,
		ngettext("nettrace: %d network namespace of labs taken away\n",
			 "nettrace: %d network namespaces of labs taken away\n", (unsigned long)n),
		n);
	return NT_EXIT_OK;
}

static int run_lab(const struct nt_cli *cli)
{
	char dir[512], path[700];

	if (cli->nnetns || cli->every_netns) {
		fputs(_("nettrace: a lab has network namespaces of its own: -N does not go with it\n"),
		      stderr);
		return NT_EXIT_USAGE;
	}
	if (cli->json && (cli->lab.step || cli->lab.quiz)) {
		fputs(_("nettrace: --json is for programs, --step and --quiz are for people: give one of them\n"),
		      stderr);
		return NT_EXIT_USAGE;
	}
	if (cli->lab.clean)
		return clean();
	if (!cli->narg)
		return list_labs(cli);
	if (strchr(cli->arg[0], '/') || strstr(cli->arg[0], EXT))
		return run_one(cli, cli->arg[0]);
	if (!find_folder(dir, sizeof(dir)))
		return no_folder(dir);
	snprintf(path, sizeof(path), "%s/%s" EXT, dir, cli->arg[0]);
	if (access(path, F_OK)) {
		fprintf(stderr, _("nettrace: there is no lab '%s'; 'nettrace lab' lists them\n"),
			cli->arg[0]);
		return NT_EXIT_USAGE;
	}
	return run_one(cli, path);
}

const struct nt_command nt_cmd_lab = {
	.name = "lab",
	.args = "[NAME]",
	.brief = N_("watch what the textbook describes happen, and check it"),
	.help = N_(
		"Builds a small network out of network namespaces of its own (lab-...), runs real\n"
		"programs in it, traces them, explains each step, draws what happened, checks what\n"
		"it claims against the trace, and takes everything away. Without NAME it lists the\n"
		"labs. NAME with a slash or .lab is a file: see docs/labs.md. A lab file names\n"
		"commands that are run as root: run those that you trust. Exit status 4: a claim\n"
		"did not occur.\n"),
	.opts = NT_OPT_LAB | NT_OPT_LOOK | NT_OPT_JSON | NT_OPT_ROWS | NT_OPT_DRAW | NT_OPT_EXPLAIN,
	.max_args = 1,
	.run = run_lab,
};
