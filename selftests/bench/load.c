// SPDX-License-Identifier: GPL-2.0-only
/*
 * load.c - a repeatable load, and what it cost in guest instructions
 *
 * Use:       load WORKLOAD COUNT
 *            measures COUNT units of it: measure.h tells how, and what is printed.
 * Exit:      1 if the kernel's own counters saw another number of packets than
 *            the load should have.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure.h"

int main(int argc, char **argv)
{
	unsigned long count = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
	const struct load *l;

	for (l = loads; count && l->name; l++)
		if (!strcmp(argv[1], l->name))
			return measure(l, count);
	fputs("usage: load WORKLOAD COUNT\nworkloads:", stderr);
	for (l = loads; l->name; l++)
		fprintf(stderr, " %s", l->name);
	fputc('\n', stderr);
	return 2;
}
