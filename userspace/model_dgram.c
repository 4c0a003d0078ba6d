// SPDX-License-Identifier: GPL-2.0-only
/*
 * model_dgram.c - what is not TCP: silence, answers, echoes, ICMP errors
 *
 * No flag begins or ends these conversations.  They are over when nothing was
 * said for as long as Linux' connection tracking keeps them (nf_conntrack's
 * udp_timeout, udp_timeout_stream, icmp_timeout).
 */
#include <string.h>

#include "model_priv.h"

#define SEC	   (1000 * NT_MS)
#define LOOK_BACK  1024 /* arrows looked at for the one that is meant */
#define STREAM_AGE (2 * SEC)

int64_t nt_dgram_timeout(const struct nt_convx *cv)
{
	switch (cv->c.proto) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
		/* conntrack: a stream has packets both ways, two seconds after the first */
		return cv->stream ? 120 * SEC : 30 * SEC;
	case IPPROTO_ICMP:
	case IPPROTO_ICMPV6:
		return 30 * SEC;
	default:
		return 300 * SEC;
	}
}

bool nt_dgram_silent(const struct nt_convx *cv, int64_t t)
{
	return cv->c.proto != IPPROTO_TCP && t - cv->t_fed > nt_dgram_timeout(cv);
}

static bool to_group(const struct nettrace_packet *p)
{
	static const uint8_t all[4] = { 255, 255, 255, 255 };

	if ((p->flags & NETTRACE_PKT_MAC) && p->mac_dst[0] & 1)
		return true;
	if (p->hdr.family == NETTRACE_IPV6)
		return p->dst[0] == 0xff;
	return p->dst[0] >> 4 == 14 || !memcmp(p->dst, all, sizeof(all));
}

/* is it of a protocol whose packets are answered, and to one host */
static bool wants_answer(const struct nettrace_packet *p)
{
	switch (p->proto) {
	case IPPROTO_UDP:
	case IPPROTO_UDPLITE:
	case IPPROTO_SCTP:
	case IPPROTO_DCCP:
		break;
	default:
		if (!nt_is_echo_request(p))
			return false;
	}
	return !to_group(p);
}

/* what an error says of its conversation; -1: nothing */
static int opened_by_error(const struct nettrace_packet *p)
{
	bool v6 = p->proto == IPPROTO_ICMPV6;

	switch (p->icmp_type) {
	case 1:
		if (!v6)
			return -1;
		return p->icmp_code == 4 ? NT_OPEN_NO_PORT : NT_OPEN_NO_WAY;
	case 3:
		if (v6)
			return NT_OPEN_TTL;
		if (p->icmp_code == 4) /* it is sent again, smaller */
			return -1;
		return p->icmp_code == 3 ? NT_OPEN_NO_PORT : NT_OPEN_NO_WAY;
	case 11:
		return v6 ? -1 : NT_OPEN_TTL;
	default:
		return -1;
	}
}

static void note_answer(struct nt_convx *cv, const struct nt_arrowx *x)
{
	struct nt_conv *c = &cv->c;
	int how;

	if (x->icmp) {
		how = opened_by_error(&x->a.pkt);
		if (how >= 0 && (c->opened == NT_OPEN_UNANSWERED || c->opened == NT_OPEN_ONE_WAY))
			c->opened = (enum nt_opened)how;
		return;
	}
	if (x->a.dir && c->opened != NT_OPEN_MIDSTREAM)
		c->opened = NT_OPEN_ANSWERED;
	else if (!x->a.dir && c->opened == NT_OPEN_MIDSTREAM)
		c->opened = wants_answer(&x->a.pkt) ? NT_OPEN_UNANSWERED : NT_OPEN_ONE_WAY;
}

/* ---- ICMP errors ------------------------------------------------------------ */

/* the quoted packet can be a piece of what was sighted: a super-segment's */
static bool quotes_number(const struct nettrace_packet *sent, const struct nettrace_packet *error)
{
	uint32_t len = sent->payload ? sent->payload : 1;

	if (sent->proto == IPPROTO_TCP)
		return error->tsval - sent->seq < len;
	return nt_is_echo(sent) && error->tsval == sent->icmp_info;
}

static bool quotes_id(const struct nettrace_packet *sent, const struct nettrace_packet *error)
{
	uint16_t ahead = (uint16_t)(error->icmp_id - sent->ip_id);

	if (sent->hdr.family != NETTRACE_IPV4 || !sent->ip_id || !error->icmp_id)
		return false;
	return ahead == 0 || (sent->gso_size && ahead < sent->gso_segs);
}

static bool has_number(const struct nettrace_packet *p)
{
	return p->proto == IPPROTO_TCP || nt_is_echo(p);
}

/*
 * Which packet is it about?  The quotation has its IPv4 identification, if it has
 * one, and the sequence number of a segment or an echo.  Where neither tells two
 * apart it is the newest, which is an inference.
 */
static struct nt_arrowx *find_quoted(const struct nt_arrowx *x, enum nt_basis *basis)
{
	struct nt_arrowx *o, *best = NULL;
	unsigned int n, fit = 0;

	for (o = x->prev, n = 0; o && n < LOOK_BACK; o = o->prev, n++) {
		if (o->a.dir == x->a.dir || o->icmp || !o->final)
			continue;
		if (quotes_id(&o->a.pkt, &x->a.pkt)) {
			*basis = NT_OBSERVED;
			return o;
		}
		if (has_number(&o->a.pkt) && !quotes_number(&o->a.pkt, &x->a.pkt))
			continue;
		if (!best)
			best = o;
		fit++;
	}
	*basis = fit == 1 ? NT_OBSERVED : NT_INFERRED;
	return best;
}

static void tie_error(struct nt_arrowx *x)
{
	struct nt_arrowx *o = find_quoted(x, &x->a.about_basis);

	if (!o)
		return;
	x->a.about = o->a.n;
	o->a.answered = true;
	nt_arrow_unmark(&o->a, NT_MARK_UNANSWERED);
}

/* ---- echoes ----------------------------------------------------------------- */

static void ask(struct nt_model *m, struct nt_arrowx *x)
{
	x->asking = true;
	x->asking_next = NULL;
	if (m->asking)
		m->asking_last->asking_next = x;
	else
		m->asking = x;
	m->asking_last = x;
	x->pend.cv->pending++;
}

/* the newest request with that number: ping does not use one twice in 65536 */
static void answer(struct nt_arrowx *x)
{
	struct nt_arrowx *o;
	unsigned int n;

	for (o = x->prev, n = 0; o && n < LOOK_BACK; o = o->prev, n++) {
		if (o->a.dir == x->a.dir || o->icmp || !nt_is_echo_request(&o->a.pkt) ||
		    o->a.pkt.icmp_info != x->a.pkt.icmp_info)
			continue;
		x->a.request = o->a.n;
		x->a.asked = o->a.sight[0];
		o->a.answered = true;
		nt_arrow_unmark(&o->a, NT_MARK_UNANSWERED);
		return;
	}
}

void nt_echo_settle(struct nt_model *m)
{
	int64_t now = m->finishing ? m->t_max : m->now;
	struct nt_arrowx *x;

	while ((x = m->asking) && (m->finishing || now - x->a.t >= NT_ECHO_WAIT)) {
		m->asking = x->asking_next;
		x->asking = false;
		x->pend.cv->pending--;
		if (x->a.answered || x->pend.cv->c.lost_near || now - x->a.t < NT_ECHO_WAIT)
			continue;
		nt_arrow_mark(&x->a, NT_MARK_UNANSWERED, NULL, NT_INFERRED);
		if (m->prompt)
			nt_late_mark(m, x, NT_MARK_UNANSWERED, x->a.t + NT_ECHO_WAIT);
	}
}

/* the sighting in that namespace that the time is taken at */
static const struct nt_sighting *back_at(const struct nt_arrow *a, enum nt_stage stage)
{
	unsigned int i;

	for (i = 0; i < a->nsight; i++) {
		if (a->sight[i].source == a->asked.source &&
		    nt_hook_stage(a->sight[i].hook) == stage)
			return &a->sight[i];
	}
	return NULL;
}

int64_t nt_arrow_rtt(const struct nt_arrow *a, bool *whole)
{
	enum nt_stage stage = nt_hook_stage(a->asked.hook);
	const struct nt_sighting *s;

	*whole = stage == NT_STAGE_OUT;
	if (!a->request)
		return -1;
	if (stage == NT_STAGE_OUT)
		stage = NT_STAGE_IN;
	else if (stage == NT_STAGE_IN)
		stage = NT_STAGE_OUT;
	s = back_at(a, stage);
	return s ? s->t - a->asked.t : -1;
}

/* ----------------------------------------------------------------------------- */

void nt_dgram_final(struct nt_model *m, struct nt_arrowx *x)
{
	struct nt_convx *cv = x->pend.cv;

	if (cv->c.proto != IPPROTO_TCP)
		note_answer(cv, x);
	if (x->icmp) {
		tie_error(x);
		return;
	}
	if (cv->c.opened == NT_OPEN_ANSWERED && cv->any && x->a.t - cv->c.t0 > STREAM_AGE)
		cv->stream = true;
	if (nt_is_echo_request(&x->a.pkt) && !to_group(&x->a.pkt))
		ask(m, x);
	else if (nt_is_echo_reply(&x->a.pkt))
		answer(x);
}
