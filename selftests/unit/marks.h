/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * marks.h - scripts whose marks are compared, a line for each segment that has any
 *
 * Purpose:   most is seen from a router (FWD), where all has to be inferred; what a socket
 *            tells is seen at its end (OUT, IN).
 * Ownership: none.
 */
#ifndef NETTRACE_UNIT_MARKS_H
#define NETTRACE_UNIT_MARKS_H

#include "script.h"
#include "track/marks.h"

/* a round trip of 2 ms; numbers from 1001 and 5001 on */
#define OPENING                                                                      \
	"    0 0 FWD c>s SYN seq=1000 mss=1460 ws=7 sackok win=64240\n"              \
	" 1000 0 FWD s>c SYN,ACK seq=5000 ack=1001 mss=1460 ws=7 sackok win=65160\n" \
	" 2000 0 FWD c>s ACK seq=1001 ack=5001 win=502\n"

/* client in stream 0, server in 1 */
#define TRACED                                               \
	"   0 0 FULL c CLOSE>SYN_SENT call=connect pid=10\n" \
	"  10 0 OUT c>s SYN seq=1000 id=1\n"                 \
	"  20 1 IN  c>s SYN seq=1000 id=1\n"                 \
	"  30 1 OUT s>c SYN,ACK seq=5000 ack=1001\n"         \
	"  40 0 IN  s>c SYN,ACK seq=5000 ack=1001\n"         \
	"  50 0 OUT c>s ACK seq=1001 ack=5001 id=2\n"        \
	"  60 1 IN  c>s ACK seq=1001 ack=5001 id=2\n"

#define TWO                                                        \
	" 10000 0 FWD c>s ACK seq=1001 ack=5001 len=100 win=502\n" \
	" 10010 0 FWD c>s ACK seq=1101 ack=5001 len=100 win=502\n"

#define IDLE                                                     \
	" 9000 0 FWD c>s ACK seq=1001 ack=5001 len=10 win=502\n" \
	" 9500 0 FWD s>c ACK seq=5001 ack=1011 win=500\n"

/* the marks of conversation @conv, a line for each arrow that has any */
static inline const char *marks(struct script *s, const char *script, size_t conv)
{
	const struct nt_conv *c;
	size_t i;
	int k;

	script_begin(s, "10.0.1.2", "10.0.2.2");
	script_run(s, script);
	nt_model_finish(s->m);
	s->out[0] = '\0';
	c = nt_model_conv(s->m, conv);
	for (i = 0; i < c->nitem; i++) {
		const struct nt_arrow *a = c->item[i].arrow;

		if (c->item[i].type != NT_ITEM_ARROW || !a->nmark)
			continue;
		script_put(s, "%u", a->n);
		for (k = 0; k < a->nmark; k++) {
			const struct nt_mark *m = &a->mark[k];

			script_put(s, " %s%s%s%s", m->basis == NT_INFERRED ? "~" : "",
				   nt_mark_word(m->name), m->reason ? ":" : "",
				   m->reason ? m->reason : "");
			if (m->n)
				script_put(s, "#%u", m->n);
		}
		script_put(s, "\n");
	}
	return s->out;
}

static inline void check_at(const char *script, const char *want, size_t conv, int line)
{
	struct script s;
	const char *got = marks(&s, script, conv);

	if (strcmp(got, want)) {
		print_error("line %d:\n%s--- instead of ---\n%s", line, got, want);
		fail();
	}
	script_end(&s);
}

#define CHECK(script, want) check_at(script, want, 0, __LINE__)

#endif /* NETTRACE_UNIT_MARKS_H */
