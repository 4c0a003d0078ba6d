// SPDX-License-Identifier: GPL-2.0-only
/*
 * corpus_main.c - run a fuzz target without a fuzzer
 *
 * Purpose:	regression: every file named, and every file in every folder
 *		named, is given to the target once; then, with -m N, N mutations
 *		of each (reproducible: the seed is fixed).
 * Exit status:	0 when all ran; a defect aborts.  1: nothing could be run.
 */
#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define INPUT_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned long mutations, ran;
static uint32_t rnd = 2463534242u;

static uint32_t next_random(void)
{
	rnd ^= rnd << 13;
	rnd ^= rnd >> 17;
	rnd ^= rnd << 5;
	return rnd;
}

/* in an allocation of its own size, so that a sanitizer sees its end */
static void run_one(const uint8_t *data, size_t size)
{
	uint8_t *copy = malloc(size ? size : 1);

	if (!copy)
		abort();
	memcpy(copy, data, size);
	LLVMFuzzerTestOneInput(copy, size);
	free(copy);
	ran++;
}

static size_t mutate(uint8_t *b, size_t size)
{
	unsigned int n = 1 + next_random() % 8;

	if (!size)
		return 0;
	while (n--)
		b[next_random() % size] = (uint8_t)next_random();
	if (next_random() % 4 == 0)
		size = next_random() % (size + 1);
	return size;
}

static void run_file(const char *path)
{
	static uint8_t in[INPUT_MAX], b[INPUT_MAX];
	FILE *f = fopen(path, "rb");
	unsigned long i;
	size_t size;

	if (!f) {
		perror(path);
		return;
	}
	size = fread(in, 1, sizeof(in), f);
	fclose(f);
	run_one(in, size);
	for (i = 0; i < mutations; i++) {
		memcpy(b, in, size);
		run_one(b, mutate(b, size));
	}
}

static void run_path(const char *path)
{
	char sub[4096];
	struct dirent *e;
	struct stat st;
	DIR *d;

	if (stat(path, &st) || !S_ISDIR(st.st_mode)) {
		run_file(path);
		return;
	}
	d = opendir(path);
	while (d && (e = readdir(d)))
		if (e->d_name[0] != '.' &&
		    snprintf(sub, sizeof(sub), "%s/%s", path, e->d_name) < (int)sizeof(sub))
			run_file(sub);
	if (d)
		closedir(d);
}

int main(int argc, char **argv)
{
	int i;

	for (i = 1; i < argc; i++) {
		if (!strcmp(argv[i], "-m") && i + 1 < argc)
			mutations = strtoul(argv[++i], NULL, 10);
		else
			run_path(argv[i]);
	}
	printf("%lu inputs ran\n", ran);
	return ran ? 0 : 1;
}
