// SPDX-License-Identifier: GPL-2.0-only
/*
 * fuzz_app.c - any payload: its label has a name and stays in its room, and what is
 * shown of it is printable
 *
 * The first byte says TCP or UDP and on which ports, the second how much of the
 * payload was not kept.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../userspace/app/app.h"
#include "../../userspace/describe.h"
#include "../../userspace/text.h"

static void must(int good, const char *what)
{
	if (good)
		return;
	fprintf(stderr, "%s\n", what);
	abort();
}

static void printable(const struct nt_app *app)
{
	char text[NT_APP_TEXT_SHOWN];
	const char *p, *end;
	uint32_t cp;

	nt_describe_app(text, sizeof(text), app);
	end = text + strlen(text);
	must(end - text >= app->n, "something is left out");
	for (p = text; p < end;)
		must(nt_utf8_next(&p, end, &cp) && nt_cp_width(cp) > 0, "it cannot be printed");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint16_t port[16] = { 53,	80,  443, 22, 21,   25,	  23,  67,
					   546, 123, 69,  80, 3306, 5353, 587, 40001 };
	struct nt_app_in in = { 0 };
	struct nt_app app, again;

	if (size < 3)
		return 0;
	in.tcp = data[0] & 1;
	in.start = data[0] & 2;
	in.sport = data[0] & 4 ? port[data[0] >> 4] : 40000;
	in.dport = data[0] & 4 ? 40000 : port[data[0] >> 4];
	in.b = data + 2;
	in.n = (uint32_t)size - 2;
	in.len = in.n + data[1] * (data[1] & 1 ? 1u : 16u);
	memset(&app, 0x55, sizeof(app));
	memset(&again, 0xaa, sizeof(again));
	if (!nt_app_parse(&app, &in))
		return 0;
	must(nt_app_parse(&again, &in), "the second time it is nothing");
	must(app.proto > NT_APP_NONE && app.proto < NT_APP_MAX, "a protocol that is none");
	must(app.kind < NT_APP_KIND_MAX, "a kind that is none");
	must(app.n <= NT_APP_TEXT, "more text than there is room");
	must(app.proto == again.proto && app.kind == again.kind && app.cut == again.cut &&
		     app.n == again.n && !memcmp(app.text, again.text, app.n),
	     "the second time it is something else");
	printable(&app);
	return 0;
}
