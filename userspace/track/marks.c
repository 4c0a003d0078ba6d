// SPDX-License-Identifier: GPL-2.0-only
/*
 * marks.c - see marks.h
 */
#include "marks_priv.h"

/* if not all have room: the heaviest first */
static const uint8_t weight[NT_MARK_MAX] = {
	[NT_MARK_DROPPED] = 22,	      [NT_MARK_MALFORMED] = 21,	     [NT_MARK_UNANSWERED] = 21,
	[NT_MARK_NOT_DELIVERED] = 20, [NT_MARK_RETRANSMISSION] = 19, [NT_MARK_SPURIOUS] = 18,
	[NT_MARK_OLD_DUPLICATE] = 17, [NT_MARK_OUT_OF_ORDER] = 16,   [NT_MARK_CHALLENGE_ACK] = 15,
	[NT_MARK_SYN_COOKIE] = 14,    [NT_MARK_PORT_REUSE] = 13,     [NT_MARK_KEEPALIVE] = 12,
	[NT_MARK_PERSIST_PROBE] = 11, [NT_MARK_KEEPALIVE_ACK] = 10,  [NT_MARK_PERSIST_ACK] = 9,
	[NT_MARK_ZERO_WINDOW] = 8,    [NT_MARK_WINDOW_FULL] = 7,     [NT_MARK_DUP_ACK] = 6,
	[NT_MARK_WINDOW_UPDATE] = 5,  [NT_MARK_FASTOPEN] = 4,	     [NT_MARK_ECN] = 3,
	[NT_MARK_SACK] = 2,	      [NT_MARK_SUPER_SEGMENT] = 1,
};

void nt_marks_add(struct nt_mark_list *s, enum nt_mark_name name, const char *reason,
		  enum nt_basis basis, uint32_t n)
{
	unsigned int i = s->n;

	if (s->n == NT_MARKS_MAX) {
		s->left_out++;
		i--;
		if (weight[s->m[i].name] >= weight[name])
			return;
	} else {
		s->n++;
	}
	for (; i > 0 && weight[s->m[i - 1].name] < weight[name]; i--)
		s->m[i] = s->m[i - 1];
	s->m[i] = (struct nt_mark){ name, reason, basis, n };
}

/* RFC 3168, 6.1: in the handshake ECE and CWR negotiate, after it they report */
static void mark_ecn(struct nt_mark_at *a)
{
	static const char *const reason[] = {
		NULL, "ce", "ece", "ce+ece", "cwr", "ce+cwr", "ece+cwr", "ce+ece+cwr",
	};
	const struct nettrace_packet *p = a->p;
	bool ece = TH(p, ECE), cwr = TH(p, CWR);
	unsigned int i = (p->tos & 3) == 3 || a->f->ce;

	if (!i && !ece && !cwr) /* nearly always */
		return;
	if (!TH(p, SYN))
		i |= (ece ? 2 : 0) | (cwr ? 4 : 0);
	if (i)
		nt_marks_add(a->out, NT_MARK_ECN, reason[i], NT_OBSERVED, 0);
	if (!TH(p, SYN) || !ece)
		return;
	if (!TH(p, ACK) && cwr) {
		a->own->ecn_offered = true;
		nt_marks_add(a->out, NT_MARK_ECN, "offered", NT_OBSERVED, 0);
	} else if (TH(p, ACK) && !cwr && (a->other->ecn_offered || !a->peer->isn_known)) {
		nt_marks_add(a->out, NT_MARK_ECN, "accepted", NT_OBSERVED, 0);
	}
}

static void mark_sack(struct nt_mark_at *a)
{
	if (a->p->nsack && TH(a->p, ACK))
		nt_marks_add(a->out, NT_MARK_SACK, nt_is_dsack(a->p) ? "dsack" : NULL, NT_OBSERVED,
			     a->p->nsack);
}

/* of a SYN */
static void mark_fastopen(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	bool option = p->optflags & NETTRACE_OPT_FASTOPEN;
	const char *reason = NULL;

	if (!TH(p, ACK)) {
		a->own->syn_data = p->payload > 0;
		reason = p->payload ? "data" : option ? "cookie" : NULL;
	} else if (a->other->syn_data && a->ack_ok) {
		reason = a->ack > a->peer->base + 1 ? "data accepted" : "data refused";
	} else if (option) {
		reason = "granted";
	}
	if (reason)
		nt_marks_add(a->out, NT_MARK_FASTOPEN, reason, NT_OBSERVED, 0);
}

/* a SYN; under SYN cookies the kernel sends it without any socket of the connection */
static void mark_cookie(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;

	if (p->hook == NETTRACE_LOCAL_OUT && TH(p, ACK) &&
	    (p->sk_kind == NETTRACE_SK_NONE || p->sk_kind == NETTRACE_SK_LISTEN))
		nt_marks_add(a->out, NT_MARK_SYN_COOKIE, NULL, NT_OBSERVED, 0);
}

static uint32_t mark_super(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;
	bool out = p->hook == NETTRACE_LOCAL_OUT || p->hook == NETTRACE_POST_ROUTING;
	uint32_t segs, mss = a->other->mss;

	if (p->gso_size && p->gso_segs > 1) {
		nt_marks_add(a->out, NT_MARK_SUPER_SEGMENT, out ? "gso" : "gro", NT_OBSERVED,
			     p->gso_segs);
		return p->gso_segs;
	}
	if (!mss || p->payload <= mss || TH(p, SYN))
		return 1;
	/* RFC 6691: the MSS does not count the options */
	if ((p->optflags & NETTRACE_OPT_TS) && mss > 12)
		mss -= 12;
	segs = p->payload / mss + !!(p->payload % mss);
	nt_marks_add(a->out, NT_MARK_SUPER_SEGMENT, "mss", NT_INFERRED, segs);
	return segs;
}

/* SYN, SYN,ACK and ACK, each seen once: wherever they are seen, that is a round trip */
static void note_handshake(struct nt_mark_at *a)
{
	const struct nettrace_packet *p = a->p;

	if (TH(p, SYN) && !TH(p, RST)) {
		if (a->own->syns < 255)
			a->own->syns++;
		if (!TH(p, ACK))
			a->m->t_syn = a->f->t;
		if (p->optflags & NETTRACE_OPT_MSS)
			a->own->mss = p->mss;
		a->own->sack_ok = p->optflags & NETTRACE_OPT_SACK_OK;
	} else if (!a->m->rtt && TH(p, ACK) && !TH(p, RST) && a->own->syns == 1 &&
		   a->other->syns == 1 && a->ack_ok && a->peer->acked == a->peer->base &&
		   a->ack > a->peer->base && a->m->t_syn && a->f->t > a->m->t_syn) {
		a->m->rtt = a->f->t - a->m->t_syn;
	}
}

uint32_t nt_marks_segment(struct nt_marker *m, const struct nt_mark_facts *f,
			  const struct nt_dir *d, const struct nt_dir *peer,
			  struct nt_mark_list *out)
{
	struct nt_mark_at a = {
		.m = m,
		.f = f,
		.p = f->p,
		.d = d,
		.peer = peer,
		.own = &m->d[f->dir & 1],
		.other = &m->d[!(f->dir & 1)],
		.out = out,
	};
	uint32_t segs;

	if (d->based) {
		a.seq = nt_dir_seq(d, f->p->seq);
		a.end = a.seq + nt_seg_len(f->p);
	}
	if (TH(f->p, ACK) && peer->based) {
		a.ack_ok = true;
		a.ack = nt_unwrap(peer->max, f->p->ack);
	}
	if (f->reused)
		nt_marks_add(out, NT_MARK_PORT_REUSE, NULL, NT_OBSERVED, 0);
	mark_ecn(&a);
	mark_sack(&a);
	if (TH(f->p, SYN)) {
		mark_fastopen(&a);
		mark_cookie(&a);
	}
	segs = mark_super(&a);
	nt_marks_of_window(&a);
	if (d->based && !nt_marks_of_probe(&a))
		nt_marks_of_data(&a);
	nt_marks_of_ack(&a);
	nt_marks_owe(&a);
	note_handshake(&a);
	nt_marks_sent(&a);
	return segs;
}

void nt_marks_icmp(struct nt_marker *m, int dir, const struct nettrace_packet *p)
{
	bool v6 = p->hdr.family == NETTRACE_IPV6;

	/* fragmentation needed (RFC 1191), packet too big (RFC 8201) */
	if (v6 ? p->icmp_type == 2 : p->icmp_type == 3 && p->icmp_code == 4)
		m->d[dir & 1].too_big = true;
}
