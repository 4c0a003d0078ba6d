// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_lab.c - any lab file: it is a lab, or refused with a sentence that names the
 * file; the patterns of a lab can be asked of any object
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/lab/lab_match.h"

#define NAME "fuzz.lab"

static const char segment[] =
	"[{\"type\":\"segment\",\"t\":1,\"conv\":1,\"n\":1,\"dir\":\"c>s\",\"flags\":\"SYN\","
	"\"seq_abs\":7,\"len\":0,\"marks\":[{\"name\":\"retransmission\",\"reason\":\"rto\"}],"
	"\"sightings\":[{\"netns\":\"lab-client\"}]},"
	"{\"type\":\"transition\",\"t\":2,\"conv\":1,\"cause\":{\"segment\":1}}]";

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void judge(const struct nt_lab *lab, const json_t *items)
{
	static struct nt_lab_verdict v[NT_LAB_CLAIMS_MAX];
	int i, wrong = 0, said = nt_lab_judge(lab, items, v);

	for (i = 0; i < lab->nclaim; i++)
		wrong += !v[i].holds;
	must(wrong == said, "it counts claims that it did not judge");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static json_t *some, *none;
	struct nt_error err = { "" };
	struct nt_lab *lab;
	int ret;

	if (!some) {
		some = json_loads(segment, 0, NULL);
		none = json_array();
	}
	ret = nt_lab_parse(&lab, NAME, (const char *)data, size, &err);
	if (ret) {
		must(!lab, "it is refused, and there");
		must(!strncmp(err.text, NAME, strlen(NAME)), "the sentence names no file");
		return 0;
	}
	must(lab->name && lab->title && lab->nhost <= NT_LAB_HOSTS_MAX &&
		     lab->nstep <= NT_LAB_STEPS_MAX && lab->nclaim <= NT_LAB_CLAIMS_MAX,
	     "it is no lab");
	judge(lab, some);
	judge(lab, none);
	nt_lab_free(lab);
	return 0;
}
