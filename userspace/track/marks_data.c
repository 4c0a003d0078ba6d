// SPDX-License-Identifier: GPL-2.0-only
/*
 * marks_data.c - retransmissions, reordering, old duplicates
 *
 * A sending socket of a traced kernel tells what it sent before, and why.  Of
 * others the segments have to tell: octets that were seen before were sent again,
 * or the network made a copy.  Octets in a hole were sent again, or were
 * overtaken: the sender's own clock (timestamps) and counter (IPv4
 * identifications) know the order of sending; where there is neither, time does.
 */
#include "marks_priv.h"

#define RTO_MIN	  (200 * NT_TIME_MS)  /* Linux'; RFC 6298 has a second */
#define SYN_RTO	  (1000 * NT_TIME_MS) /* RFC 6298, 2 */
#define REORDERED (3 * NT_TIME_MS)    /* as long as no round trip is known */
#define ID_STEP	  64		      /* segments of the largest super-segment */
#define IDS_SURE  3

static int32_t id_step(const struct nt_mark_at *a)
{
	return (int16_t)(a->p->ip_id - a->own->max_id);
}

static bool small_step(int32_t step)
{
	return step >= -ID_STEP && step <= ID_STEP;
}

/* do its sender's identifications tell the order of sending: did @enough of them */
static bool ids_count(const struct nt_mark_at *a, unsigned int enough)
{
	return a->p->hdr.family == NETTRACE_IPV4 && a->p->ip_id && a->own->ids >= enough;
}

/* -1: sent before the one at d->max, 1: after it, 0: not known */
static int sent_order(const struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	bool timed = (p->optflags & NETTRACE_OPT_TS) && a->own->max_ts_known;
	int32_t step = id_step(a);

	if (timed && p->tsval != a->own->max_ts)
		return (int32_t)(p->tsval - a->own->max_ts) < 0 ? -1 : 1;
	/* within a tick of its clock they are near each other: one step that fits is enough */
	if (!ids_count(a, timed && small_step(step) ? 1 : IDS_SURE))
		return 0;
	return step < 0 ? -1 : step > 0;
}

/* RFC 7323, 5.3 R1: of a segment that is not behind a hole */
static bool is_paws(const struct nt_mark_at *a)
{
	return (a->p->optflags & NETTRACE_OPT_TS) && a->d->ts_known &&
	       (int32_t)(a->p->tsval - a->d->ts_val) < 0;
}

/*
 * The same, wherever it may have been overtaken on its way: its receiver has echoed
 * a newer one.  That others passed here before it tells nothing: they may come to
 * their receiver behind it, or be refused there.
 */
static bool is_paws_for_sure(const struct nt_mark_at *a)
{
	return (a->p->optflags & NETTRACE_OPT_TS) && a->d->echo_known &&
	       (int32_t)(a->p->tsval - a->d->ts_echo) < 0;
}

/* as sent_order(), of one that is remembered */
static int order_of(const struct nt_mark_at *a, const struct nt_recent *r)
{
	const struct nettrace_packet *p = a->p;
	int16_t step = (int16_t)(p->ip_id - r->ip_id);

	if ((p->optflags & NETTRACE_OPT_TS) && r->timed && p->tsval != r->ts)
		return (int32_t)(p->tsval - r->ts) < 0 ? -1 : 1;
	if (!ids_count(a, IDS_SURE) || !r->ip_id)
		return 0;
	return step < 0 ? -1 : step > 0;
}

/* equal for the same packet; for two, of a few, hardly ever; never 0 */
static uint32_t print_of(const struct nettrace_packet *p)
{
	uint32_t id = (uint16_t)p->ip_id;

	return ((p->seq ^ id << 16) * 0x9e3779b1u + p->ack * 0x85ebca77u + nt_seg_len(p)) | 1;
}

/* it passed before, as it is: nobody gives two packets of a flow one identification */
bool nt_mark_is_copy(const struct nt_mark_at *a)
{
	uint32_t print = print_of(a->p);
	unsigned int i;

	for (i = 0; a->p->ip_id && i < NT_PRINTS_MAX; i++)
		if (a->own->prints[i] == print)
			return true;
	return false;
}

/* octets behind it were sent before it: new ones go in order, so these went again */
static bool behind_its_turn(const struct nt_mark_at *a)
{
	uint32_t end = a->p->seq + nt_seg_len(a->p);
	unsigned int i;

	for (i = 0; i < NT_RECENT_MAX; i++) {
		const struct nt_recent *r = &a->own->recent[i];

		if (r->len && !nt_seq_before(r->seq, end) && order_of(a, r) > 0)
			return true;
	}
	return false;
}

/*
 * All of it was seen before.  The same packet twice: by its identification; without
 * one, a sender that is traced knows what it sent.  Or what was sent again came
 * first, and this is what was sent before it.
 * Return: why it was not sent again, or NULL: it was, as far as can be told.
 */
static const char *old_duplicate(const struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	bool newer = behind_its_turn(a), older = false;
	unsigned int i;

	if (nt_mark_is_copy(a))
		return "copy";
	for (i = 0; i < NT_RECENT_MAX; i++) {
		const struct nt_recent *r = &a->own->recent[i];
		int order = order_of(a, r);

		if (r->seq != p->seq || r->len != nt_seg_len(p))
			continue;
		if (!p->ip_id && !r->ip_id && a->f->copy && r->out)
			return "copy";
		older |= order < 0;
		newer |= order > 0;
	}
	/* newer than one of them: it was sent again, whatever came before it */
	if (newer)
		return NULL;
	if (older)
		return "late";
	return is_paws(a) ? "paws" : NULL;
}

/* octets of it that were not seen before */
static uint64_t fresh(const struct nt_mark_at *a)
{
	uint64_t from = a->seq + !!TH(a->p, SYN), to = from + a->p->payload;
	uint64_t n = nt_ranges_new(&a->d->ranges, from, to);

	n += TH(a->p, SYN) && !a->d->isn_known;
	n += TH(a->p, FIN) && !(a->d->fin_known && a->d->fin == to);
	return n;
}

/*
 * From the sender's own socket: exact.  In loss after a retransmission timeout
 * everything that goes again goes because of it; a MTU that turned out to be
 * smaller puts a socket into the same state, without a timeout.
 */
static const char *observed_reason(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;

	if (TH(p, SYN))
		return TH(p, ACK) ? "syn+ack timer" : "syn timer";
	if (p->ca_state == 4)
		return a->own->too_big && !p->retransmits ? "pmtu" : "rto";
	a->own->too_big = false;
	if (p->ca_state == 3)
		return "fast";
	return p->pending == 5 ? "tlp" : NULL;
}

/*
 * A timeout is a silence that long, of which a tail loss probe is none: it repeats
 * what was sent last, once.  Anything else has to be told by the acknowledgements:
 * by three duplicate ones (RFC 5681), or by any with SACK when what is first in
 * line, but not last, goes again with no timer having run (RFC 8985).
 */
static const char *inferred_reason(const struct nt_mark_at *a)
{
	const struct nt_mark_dir *own = a->own;
	int64_t since = own->t_sent > own->t_acked ? own->t_sent : own->t_acked;
	int64_t silence = a->f->t - since;
	bool sack = own->sack_ok && a->other->sack_ok;
	bool probe = sack && a->end == a->d->max && own->again != a->seq;

	if (TH(a->p, SYN)) {
		if (silence < SYN_RTO - SYN_RTO / 10)
			return NULL;
		return TH(a->p, ACK) ? "syn+ack timer" : "syn timer";
	}
	if (own->dup_acks >= 3 && a->seq == a->d->acked)
		return "fast";
	if (own->dup_acks && sack && a->seq == a->d->acked && a->end != a->d->max &&
	    silence < RTO_MIN)
		return "fast";
	if (silence >= RTO_MIN - RTO_MIN / 20 + a->m->rtt)
		return probe || a->seq != a->d->acked ? NULL : "rto";
	return own->recover && a->end <= own->recover ? "fast" : NULL;
}

static void mark_again(struct nt_mark_at *a, enum nt_basis basis)
{
	struct nt_mark_dir *own = a->own;
	const char *reason = basis == NT_OBSERVED ? observed_reason(a) : inferred_reason(a);

	nt_marks_add(a->out, NT_MARK_RETRANSMISSION, reason, basis, 0);
	if (own->dup_acks && !own->recover && a->seq == a->d->acked)
		own->recover = a->d->max;
	own->again = a->seq;
	if (a->f->had)
		nt_marks_add(a->out, NT_MARK_SPURIOUS, "received", NT_OBSERVED, 0);
	else if (a->end <= a->d->acked)
		nt_marks_add(a->out, NT_MARK_SPURIOUS, "acknowledged", NT_INFERRED, 0);
}

/* it fills a hole, no octet of it was seen before: late, or sent again? */
static bool was_overtaken(const struct nt_mark_at *a)
{
	int order = sent_order(a);

	if (order)
		return order < 0 && !behind_its_turn(a);
	if (a->own->recover || a->own->dup_acks >= 3)
		return false;
	return a->f->t - a->own->t_max < (a->m->rtt ? a->m->rtt : REORDERED);
}

void nt_marks_of_data(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	uint32_t len = nt_seg_len(p);
	bool answer = TH(p, SYN) && TH(p, ACK) && !a->own->synack;
	const char *old;

	if (TH(p, RST) || !len)
		return;
	a->own->synack |= answer;
	if (p->flags & NETTRACE_PKT_RETRANS) {
		mark_again(a, NT_OBSERVED);
		return;
	}
	/* what its own socket sends for the first time */
	if (a->f->owned || !a->d->sent)
		return;
	if (a->seq >= a->d->max) {
		/* new numbers with an old timestamp: those of 4 GiB ago, or far too late */
		if (is_paws_for_sure(a))
			nt_marks_add(a->out, NT_MARK_OLD_DUPLICATE, "paws", NT_INFERRED, 0);
		return;
	}
	/* a SYN of another connection; the answer to one that crossed the own */
	if (TH(p, SYN) && (p->seq != (uint32_t)a->d->base || answer))
		return;
	if (fresh(a) == len && a->end > a->d->acked) {
		if (was_overtaken(a))
			nt_marks_add(a->out, NT_MARK_OUT_OF_ORDER, NULL, NT_INFERRED, 0);
		else
			mark_again(a, NT_INFERRED);
		return;
	}
	old = old_duplicate(a);
	if (old)
		nt_marks_add(a->out, NT_MARK_OLD_DUPLICATE, old, NT_INFERRED, 0);
	else
		mark_again(a, NT_INFERRED);
}

/*
 * It ends where nothing has been: the newest.  So is an acknowledgment without data
 * that overtook what was sent before it.
 */
static void note_newest(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	struct nt_mark_dir *own = a->own;
	int32_t step = id_step(a);

	if (!p->ip_id || step <= 0 || step > ID_STEP)
		own->ids = 0;
	else if (own->ids < IDS_SURE)
		own->ids++;
	own->max_id = (uint16_t)p->ip_id;
	own->t_max = a->f->t;
	own->max_ts_known = p->optflags & NETTRACE_OPT_TS;
	own->max_ts = p->tsval;
}

/* what was sent again is wanted for longer: until what it stood for comes */
static void remember(struct nt_mark_at *a)
{
	bool again = nt_mark_find(a->out, NT_MARK_RETRANSMISSION) != NULL;
	uint8_t *next = &a->own->next[again];

	a->own->recent[*next + again * (NT_RECENT_MAX / 2)] = (struct nt_recent){
		.seq = a->p->seq,
		.len = nt_seg_len(a->p),
		.ip_id = (uint16_t)a->p->ip_id,
		.timed = a->p->optflags & NETTRACE_OPT_TS,
		.ts = a->p->tsval,
		.out = a->f->out,
	};
	*next = (*next + 1) % (NT_RECENT_MAX / 2);
}

static void remember_print(struct nt_mark_at *a)
{
	if (!a->p->ip_id)
		return;
	a->own->prints[a->own->next_print] = print_of(a->p);
	a->own->next_print = (a->own->next_print + 1) % NT_PRINTS_MAX;
}

void nt_marks_sent(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	struct nt_mark_dir *own = a->own;
	uint32_t len = nt_seg_len(p);

	if (TH(p, RST) || !a->d->based)
		return;
	if (a->end > a->d->max)
		note_newest(a);
	remember_print(a);
	if (!len)
		return;
	own->t_sent = a->f->t;
	remember(a);
}
