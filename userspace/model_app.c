// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_app.c - what the payload of a sighting says, of the arrow and of its
 * conversation
 *
 * A label is of the bytes of that packet.  The conversation is of the protocol that
 * the first label names; later packets are then asked for no other, but for TLS,
 * which begins inside of some.
 */
#include <errno.h>
#include <stdlib.h>

#include "model_priv.h"

#define TRIES_MAX 16  /* packets without a label after which none is asked any more */
#define ENOUGH	  240 /* bytes of which each parser can tell whether they are its own */

/* are these the first bytes that this end sends, by its SYN's number? */
static bool at_start(const struct nt_convx *cv, const struct nt_seen *s)
{
	const struct nt_flow *f = &cv->e[s->dir].fed;
	uint32_t seq = s->p->seq + !!(s->p->tcp_flags & NETTRACE_TH_SYN);

	return s->p->proto == IPPROTO_TCP && f->isn_known && seq == f->isn + 1;
}

static bool worth_asking(const struct nt_convx *cv, const struct nt_seen *s)
{
	if (s->icmp || (s->p->proto != IPPROTO_TCP && s->p->proto != IPPROTO_UDP))
		return false;
	return cv->c.app || cv->app_tries < TRIES_MAX;
}

/* bytes that a beginning would have been known by, and is not */
static void tell_apart(struct nt_convx *cv, const struct nt_app_in *in)
{
	if (cv->app_tries < TRIES_MAX)
		cv->app_tries++;
	if (!in->start && in->tcp)
		return;
	if (in->len >= 8 && (in->n == in->len || in->n >= ENOUGH))
		cv->c.app_unlike = true;
}

int nt_app_feed(struct nt_convx *cv, struct nt_arrow *a, const struct nt_seen *s)
{
	struct nt_app_in in;
	struct nt_app app;

	if (a->app || !worth_asking(cv, s))
		return 0;
	in = (struct nt_app_in){
		.b = s->ev->bytes,
		.n = s->ev->nbytes,
		.len = s->p->payload,
		.sport = s->p->sport,
		.dport = s->p->dport,
		.tcp = s->p->proto == IPPROTO_TCP,
		.start = at_start(cv, s),
	};
	if (!nt_app_parse(&app, &in)) {
		if (!cv->c.app)
			tell_apart(cv, &in);
		return 0;
	}
	if (cv->c.app && app.proto != cv->c.app && app.proto != NT_APP_TLS)
		return 0;
	a->app = malloc(sizeof(*a->app));
	if (!a->app)
		return -ENOMEM;
	*a->app = app;
	if (!cv->c.app)
		cv->c.app = app.proto;
	return 0;
}
