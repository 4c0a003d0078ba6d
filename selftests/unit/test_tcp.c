// SPDX-License-Identifier: GPL-2.0-only
/*
 * test_tcp.c - the tracker: one end, fed a segment at a time
 *
 * Each script is a line per segment, as the end itself meets it: "<" reached it,
 * ">" it sent, "!" is a call or a time-out; then the state that it must be in.
 * Numbers are relative: S to its own ISN, R to the peer's.
 */
#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "track/tcp.h"

/* once in the middle of the number space, once around its end */
static const struct {
	uint32_t own, peer;
} isns[] = { { 100000, 7000000 }, { 0xfffffffbu, 0xffffff00u }, { 0x7ffffffeu, 0 } };

static uint16_t flags_of(const char *w)
{
	static const char letter[] = "FSRPAU";
	uint16_t f = 0;

	for (; *w; w++) {
		assert_non_null(strchr(letter, *w));
		f |= (uint16_t)(1u << (strchr(letter, *w) - letter));
	}
	return f;
}

static enum nt_state state_named(const char *name)
{
	unsigned int s;

	for (s = NT_CLOSED; s < NT_ST_MAX; s++) {
		if (!strcmp(name, nt_state_name(s)))
			return s;
	}
	assert_string_equal(name, "?");
	return NT_ST_NONE;
}

static enum nt_meaning event_named(const char *name)
{
	unsigned int m;

	for (m = NT_USR_OPEN; m < NT_MEANING_MAX; m++) {
		if (!strcmp(name, nt_meaning_name(m)))
			return m;
	}
	fail_msg("no event %s", name);
	return NT_MEANING_MAX;
}

static long value(const char *line, const char *key, long def)
{
	const char *p = strstr(line, key);

	return p ? strtol(p + strlen(key), NULL, 0) : def;
}

static void step(struct nt_tcp *e, const char *line, uint32_t own, uint32_t peer)
{
	struct nt_step steps[NT_MEANINGS_MAX];
	char dir, what[32], state[32];
	const char *last = strrchr(line, ' ');
	struct nt_segment g = { .window = (uint16_t)value(line, "win=", 1000) };
	bool in;

	if (sscanf(line, " %c %31s", &dir, what) != 2 || !last)
		fail_msg("script: '%s'", line);
	snprintf(state, sizeof(state), "%s", last + 1);
	if (dir == '!') {
		nt_tcp_event(e, event_named(what));
	} else {
		in = dir == '<';
		g.flags = flags_of(what);
		g.seq = (in ? peer : own) + (uint32_t)value(line, "seq=", 0);
		if (g.flags & NETTRACE_TH_ACK)
			g.ack = (in ? own : peer) + (uint32_t)value(line, "ack=", 0);
		g.len = (uint32_t)value(line, "len=", 0);
		g.tsval = (uint32_t)value(line, "ts=", 0);
		if (strstr(line, "ts="))
			g.optflags |= NETTRACE_OPT_TS;
		if (strstr(line, "ws=")) {
			g.optflags |= NETTRACE_OPT_WSCALE;
			g.wscale = (uint8_t)value(line, "ws=", 0);
		}
		(void)(in ? nt_tcp_received(e, &g, steps) : nt_tcp_sent(e, &g, steps));
	}
	if (nt_tcp_state(e) != state_named(state))
		fail_msg("'%s': %s (set %#x)", line, nt_state_name(nt_tcp_state(e)), e->may);
}

static void run(nt_states may, const char *text)
{
	char line[128];
	unsigned int i;

	for (i = 0; i < sizeof(isns) / sizeof(isns[0]); i++) {
		const char *p = text;
		struct nt_tcp e;

		nt_tcp_begin(&e, may);
		while (*p) {
			size_t n = strcspn(p, "\n");

			snprintf(line, sizeof(line), "%.*s", (int)n, p);
			step(&e, line, isns[i].own, isns[i].peer);
			p += n + (p[n] == '\n');
		}
	}
}

#define CLIENT NT_SET(NT_CLOSED)
#define SERVER NT_SET(NT_LISTEN)
#define OPENED "> S seq=0 SYN-SENT\n< SA seq=0 ack=1 ESTABLISHED\n> A seq=1 ack=1 ESTABLISHED\n"
#define TAKEN  "< S seq=0 SYN-RECEIVED\n> SA seq=0 ack=1 SYN-RECEIVED\n< A seq=1 ack=1 ESTABLISHED\n"

static void test_open(void **state)
{
	(void)state;
	run(CLIENT, OPENED);
	run(SERVER, TAKEN);
	/* refused; unanswered; the SYN again */
	run(CLIENT, "> S seq=0 SYN-SENT\n> S seq=0 SYN-SENT\n< RA seq=0 ack=1 CLOSED\n");
	run(CLIENT, "> S seq=0 SYN-SENT\n! tmo-user CLOSED\n");
	run(CLIENT, "< S seq=0 CLOSED\n> RA seq=0 ack=1 CLOSED\n");
	/* both SYNs cross; RFC 9293, figure 8 */
	run(CLIENT, "> S seq=0 SYN-SENT\n< S seq=0 SYN-RECEIVED\n"
		    "> SA seq=0 ack=1 SYN-RECEIVED\n< SA seq=0 ack=1 ESTABLISHED\n");
	run(CLIENT, "> S seq=0 SYN-SENT\n< S seq=0 SYN-RECEIVED\n< A seq=1 ack=1 ESTABLISHED\n");
	/* figure 9: an old SYN gets a SYN,ACK, which its RST refuses: back to LISTEN */
	run(SERVER, "< S seq=0 SYN-RECEIVED\n> SA seq=0 ack=1 SYN-RECEIVED\n"
		    "< R seq=1 LISTEN\n< S seq=500 SYN-RECEIVED\n");
	/* after an active OPEN there is no LISTEN to go back to */
	run(CLIENT, "> S seq=0 SYN-SENT\n< S seq=0 SYN-RECEIVED\n< R seq=1 CLOSED\n");
	/* Fast Open: text in the SYN, text before the handshake ends */
	run(SERVER, "< S seq=0 len=100 SYN-RECEIVED\n> SA seq=0 ack=101 SYN-RECEIVED\n"
		    "> PA seq=1 ack=101 len=50 SYN-RECEIVED\n< A seq=101 ack=51 ESTABLISHED\n");
	run(CLIENT, "> S seq=0 len=100 SYN-SENT\n< SA seq=0 ack=101 ESTABLISHED\n");
	/* an acknowledgment of nothing is refused */
	run(SERVER, "< S seq=0 SYN-RECEIVED\n> SA seq=0 ack=1 SYN-RECEIVED\n"
		    "< A seq=1 ack=9 SYN-RECEIVED\n> R seq=9 SYN-RECEIVED\n");
	run(CLIENT, "> S seq=0 SYN-SENT\n< SA seq=0 ack=9 SYN-SENT\n> R seq=9 SYN-SENT\n");
	run(CLIENT, "> S seq=0 SYN-SENT\n< R seq=0 SYN-SENT\n");
}

static void test_close(void **state)
{
	(void)state;
	/* four segments, three, and a FIN with text */
	run(CLIENT, OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< A seq=1 ack=2 FIN-WAIT-2\n"
			   "< FA seq=1 ack=2 TIME-WAIT\n> A seq=2 ack=2 TIME-WAIT\n"
			   "< FA seq=1 ack=2 TIME-WAIT\n! tmo-time-wait CLOSED\n");
	run(CLIENT, OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< FA seq=1 ack=2 TIME-WAIT\n");
	run(SERVER, TAKEN "< FPA seq=1 ack=1 len=7 CLOSE-WAIT\n> FA seq=1 ack=9 LAST-ACK\n"
			  "> FA seq=1 ack=9 LAST-ACK\n< A seq=9 ack=2 CLOSED\n");
	/* simultaneous close */
	run(CLIENT, OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< FA seq=1 ack=1 CLOSING\n"
			   "> A seq=2 ack=2 CLOSING\n< A seq=2 ack=2 TIME-WAIT\n");
	/* half-close: text still comes */
	run(CLIENT, OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< A seq=1 ack=2 FIN-WAIT-2\n"
			   "< PA seq=1 ack=2 len=9 FIN-WAIT-2\n< FA seq=10 ack=2 TIME-WAIT\n");
	/* the FIN overtakes the text before it, which then completes it */
	run(CLIENT, OPENED "< FA seq=11 ack=1 ESTABLISHED\n< PA seq=1 ack=1 len=10 CLOSE-WAIT\n");
	/* a lost ACK: that ours was acknowledged is said by the next segment */
	run(CLIENT, OPENED "> PA seq=1 ack=1 len=5 ESTABLISHED\n> FA seq=6 ack=1 FIN-WAIT-1\n"
			   "< A seq=1 ack=6 FIN-WAIT-1\n< PA seq=1 ack=7 len=3 FIN-WAIT-2\n");
	/* a call goes before the FIN that waits behind the text */
	run(CLIENT, OPENED "! usr-close FIN-WAIT-1\n< FA seq=1 ack=1 CLOSING\n"
			   "> FPA seq=1 ack=2 len=9 CLOSING\n< A seq=2 ack=11 TIME-WAIT\n");
}

static void test_rst(void **state)
{
	static const char *const until[] = {
		OPENED,
		OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n",
		OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< A seq=1 ack=2 FIN-WAIT-2\n",
	};
	static const char *const names[] = { "ESTABLISHED", "FIN-WAIT-1", "FIN-WAIT-2" };
	char text[512];
	unsigned int i;

	(void)state;
	for (i = 0; i < 3; i++) {
		/* challenge ACK, out of the window on both sides, exact */
		snprintf(text, sizeof(text),
			 "%s< R seq=2 %s\n> A seq=2 ack=1 %s\n< R seq=0 %s\n< R seq=1001 %s\n"
			 "< R seq=1 CLOSED\n",
			 until[i], names[i], names[i], names[i], names[i]);
		run(CLIENT, text);
	}
	run(SERVER, TAKEN "< FA seq=1 ack=1 CLOSE-WAIT\n< R seq=1 CLOSE-WAIT\n< R seq=2 CLOSED\n");
	run(SERVER, TAKEN "> R seq=1 CLOSED\n< A seq=1 ack=1 CLOSED\n> R seq=1 CLOSED\n");
	run(CLIENT, OPENED "< S seq=500 ESTABLISHED\n> A seq=1 ack=1 ESTABLISHED\n");
}

static void test_windows(void **state)
{
	(void)state;
	/* a scaled window takes what lies beyond the field's number */
	run(CLIENT, "> S seq=0 ws=7 win=1000 SYN-SENT\n< SA seq=0 ack=1 ws=2 ESTABLISHED\n"
		    "> A seq=1 ack=1 win=100 ESTABLISHED\n< R seq=12800 ESTABLISHED\n"
		    "< FA seq=12799 ack=1 ESTABLISHED\n< PA seq=1 ack=1 len=12798 CLOSE-WAIT\n");
	/* and is none where the peer has not offered it */
	run(CLIENT, "> S seq=0 ws=7 win=1000 SYN-SENT\n< SA seq=0 ack=1 ESTABLISHED\n"
		    "> A seq=1 ack=1 win=100 ESTABLISHED\n< FA seq=12799 ack=1 ESTABLISHED\n"
		    "< PA seq=1 ack=1 len=12798 ESTABLISHED\n");
	/* zero window: the probe's text and a FIN are refused, its ACK is not */
	run(CLIENT, "> S seq=0 win=10 SYN-SENT\n< SA seq=0 ack=1 ESTABLISHED\n"
		    "< PA seq=1 ack=1 len=10 ESTABLISHED\n> FA seq=1 ack=11 win=0 FIN-WAIT-1\n"
		    "< PA seq=11 ack=2 len=1 FIN-WAIT-2\n< FA seq=11 ack=2 FIN-WAIT-2\n"
		    "> A seq=2 ack=11 win=10 FIN-WAIT-2\n< FA seq=11 ack=2 TIME-WAIT\n");
	/* keepalive: one below, nothing new */
	run(CLIENT, OPENED "< A seq=0 ack=1 ESTABLISHED\n> A seq=1 ack=1 ESTABLISHED\n");
	/* PAWS: an old FIN of the same numbers, with an older timestamp */
	run(CLIENT, "> S seq=0 ts=10 SYN-SENT\n< SA seq=0 ack=1 ts=100 ESTABLISHED\n"
		    "> A seq=1 ack=1 ts=11 ESTABLISHED\n< FA seq=1 ack=1 ts=99 ESTABLISHED\n"
		    "< FA seq=1 ack=1 ts=100 CLOSE-WAIT\n");
	/* TIME-WAIT: a newer SYN opens anew, an old one does not */
	run(CLIENT, OPENED "> FA seq=1 ack=1 FIN-WAIT-1\n< FA seq=1 ack=2 TIME-WAIT\n"
			   "< S seq=-5 TIME-WAIT\n< S seq=9000 SYN-RECEIVED\n");
}

/* the trace began later: only what is certain */
static void test_midstream(void **state)
{
	(void)state;
	run(NT_SET_ANY, "> PA seq=1 ack=1 len=5 ?\n< A seq=1 ack=6 ?\n> PA seq=6 ack=1 len=5 ?\n"
			"< PA seq=1 ack=11 len=5 ESTABLISHED\n");
	run(NT_SET_ANY, "> R seq=1 CLOSED\n");
	run(NT_SET_ANY, "> S seq=0 SYN-SENT\n");
	/* an answer that was not seen shows in what follows it */
	run(CLIENT, "> S seq=0 SYN-SENT\n> A seq=1 ack=1 ESTABLISHED\n");
	run(SERVER, "> SA seq=0 ack=1 SYN-RECEIVED\n< A seq=1 ack=1 ESTABLISHED\n");
	/* listener or nobody: its answer tells */
	run(NT_SET(NT_LISTEN) | NT_SET(NT_CLOSED), "< S seq=0 ?\n> SA seq=0 ack=1 SYN-RECEIVED\n"
						   "< R seq=1 LISTEN\n");
	run(NT_SET(NT_LISTEN) | NT_SET(NT_CLOSED), "< S seq=0 ?\n> RA seq=0 ack=1 CLOSED\n");
}

#define UPLOAD                                                                       \
	"> SA seq=0 ack=1 ws=2 win=1000 SYN-RECEIVED\n< A seq=1 ack=1 ESTABLISHED\n" \
	"< PA seq=1 ack=1 len=1000 ESTABLISHED\n> A seq=1 ack=1001 ESTABLISHED\n"    \
	"< PA seq=1001 ack=1 len=3000 ESTABLISHED\n> A seq=1 ack=4001 ESTABLISHED\n" \
	"< FA seq=4001 ack=1 CLOSE-WAIT\n> FA seq=1 ack=4002 LAST-ACK\n"             \
	"< A seq=4002 ack=2 CLOSED\n"

/* what was in the SYN is known, whether or not it was known that somebody listens */
static void test_windows_of_a_listener(void **state)
{
	(void)state;
	run(SERVER, "< S seq=0 ws=7 SYN-RECEIVED\n" UPLOAD);
	run(NT_SET(NT_LISTEN) | NT_SET(NT_CLOSED), "< S seq=0 ws=7 ?\n" UPLOAD);
	/* it was sent before the trace began: that the answer offers to scale is enough */
	run(SERVER, UPLOAD);
	/* not offered: what is beyond the window as it stands is refused */
	run(NT_SET(NT_LISTEN) | NT_SET(NT_CLOSED),
	    "< S seq=0 ?\n> SA seq=0 ack=1 win=1000 SYN-RECEIVED\n< A seq=1 ack=1 ESTABLISHED\n"
	    "> A seq=1 ack=1 ESTABLISHED\n< FA seq=1001 ack=1 ESTABLISHED\n"
	    "< FA seq=1 ack=1 CLOSE-WAIT\n");
}

/* more holes than are kept: what the end acknowledges has reached it */
static void test_holes(void **state)
{
	struct nt_tcp e;
	char line[64];
	int i;

	(void)state;
	nt_tcp_begin(&e, CLIENT);
	step(&e, "> S seq=0 win=60000 SYN-SENT", 0, 0);
	step(&e, "< SA seq=0 ack=1 ESTABLISHED", 0, 0);
	for (i = 1; i <= 2 * NT_HOLES_MAX; i++) {
		snprintf(line, sizeof(line), "< PA seq=%d ack=1 len=10 ESTABLISHED", 1 + 20 * i);
		step(&e, line, 0, 0);
	}
	assert_int_equal(e.tcb.nahead, NT_HOLES_MAX);
	assert_int_equal(e.tcb.rcv_nxt, 1);
	step(&e, "< FA seq=341 ack=1 ESTABLISHED", 0, 0);
	/* all holes are filled, from the last one down, but what found no room is missing */
	for (i = 2 * NT_HOLES_MAX; i >= 0; i--) {
		snprintf(line, sizeof(line), "< PA seq=%d ack=1 len=%d ESTABLISHED",
			 i ? 11 + 20 * i : 1, i ? 10 : 20);
		if (i == 2 * NT_HOLES_MAX)
			continue;
		step(&e, line, 0, 0);
	}
	step(&e, "> A seq=1 ack=342 CLOSE-WAIT", 0, 0);
	assert_int_equal(e.tcb.rcv_nxt, 342);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_open),
		cmocka_unit_test(test_close),
		cmocka_unit_test(test_rst),
		cmocka_unit_test(test_windows),
		cmocka_unit_test(test_midstream),
		cmocka_unit_test(test_holes),
		cmocka_unit_test(test_windows_of_a_listener),
	};

	return cmocka_run_group_tests_name("tcp", tests, NULL, NULL);
}
